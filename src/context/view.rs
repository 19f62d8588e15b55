//! A sentence as cues see it: symbols instead of tokens, with numbers and years as classes, and the phrases found in it.

use crate::fold::{Folded, TokenKind};
use crate::knowledge::Knowledge;
use crate::knowledge::context::{
    ADJUNCT, ARTICLE, CLAUSE_OPENER, ContextKnowledge, CueRule, DEFINITE, NUMBER, NUMERAL, PERSON, Part, RANGE, RELATIVE, VERB, YEAR,
};
use crate::knowledge::source::context::{Axis, Direction, Says};
use crate::phrases::Phrases;
use crate::span::Span;
use crate::words::{WordId, Words};
use std::ops::Range;

/// The symbols of a sentence: its folded words, but one symbol for any number but 0, number word or range of numbers ("2-3"), one for any year.
pub(crate) struct View<'f> {
    folded: &'f Folded,
    words: &'f Words,
    knowledge: &'f ContextKnowledge,
    symbols: Vec<Symbol>,
    /// Whether the sentence stands in a list of entries with signs: "+ headache", "- fever".
    pub signed: bool,
    /// Whether the sentence stands where symptoms and signs are gone through, or in no section.
    pub examined: bool,
    /// Whether it stands where symptoms are asked for.
    pub asked: bool,
    /// Whether the sentence stands where things are ordered and listed, not told.
    pub ordered: bool,
    /// Whether the sentence stands in an assessment, where an entry behind a comma rather has its own word than shares one.
    pub assessed: bool,
}

/// A symbol.
#[derive(Debug, Clone, Copy)]
struct Symbol {
    /// What it is; nothing if it is no word of the knowledge.
    word: WordId,
    /// Its first token.
    first: u32,
    /// The token after its last.
    end: u32,
}

/// A phrase of the knowledge in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// First symbol.
    pub start: usize,
    /// The symbol after the last.
    pub end: usize,
    /// What it is.
    pub part: Part,
}

impl<'f> View<'f> {
    /// The view of these tokens.
    pub fn new(folded: &'f Folded, range: Range<u32>, knowledge: &'f Knowledge) -> View<'f> {
        let (words, context) = (&knowledge.words, &knowledge.context);
        let mut symbols = Vec::with_capacity(range.len());
        let mut first = range.start;
        // the mark that closes bold words says nothing: "**Neck pain:** absent"
        let closes = |i: u32| {
            let token = &folded.tokens[i as usize];
            i > range.start && !token.spaced && token.breaks == 0 && token.span.len() == 2 && matches!(folded.word(i as usize), "**" | "__")
        };
        while first < range.end {
            if closes(first) {
                first += 1;
                continue;
            }
            let number = |i: u32| i < range.end && is_number(folded, i, context);
            let joins = |i: u32| i + 1 < range.end && is_range(folded, i + 1, context) && number(i + 2);
            let (word, end) = if folded.is_year(first) {
                (context.year, first + 1)
            } else if first + 1 < range.end && is_short_year(folded, first) {
                (context.year, first + 2)
            } else if number(first) && (joins(first) || folded.word(first as usize) != "0") {
                (context.number, if joins(first) { first + 3 } else { first + 1 })
            } else {
                (meant(folded, first, knowledge), first + 1)
            };
            symbols.push(Symbol { word, first, end });
            first = end;
        }
        View { folded, words, knowledge: context, symbols, signed: false, examined: false, asked: false, ordered: false, assessed: false }
    }

    /// A cue of the knowledge.
    pub fn cue(&self, cue: u16) -> &CueRule {
        &self.knowledge.cues[cue as usize]
    }

    /// How many symbols.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Symbol `i` ("" outside).
    pub fn symbol(&self, i: usize) -> &str {
        match self.symbols.get(i) {
            None => "",
            Some(symbol) if symbol.word == WordId::NONE => self.folded.word(symbol.first as usize),
            Some(symbol) => self.words.text(symbol.word),
        }
    }

    /// Whether symbol `i` is a number.
    pub fn is_number(&self, i: usize) -> bool {
        self.symbol(i) == NUMBER
    }

    /// Whether symbol `i` is the bracket behind the number or letter of a list's entry: "1)", "b)".
    pub fn enumerates(&self, i: usize) -> bool {
        self.symbol(i) == ")" && i > 0 && (self.is_number(i - 1) || (self.is_word(i - 1) && self.symbol(i - 1).len() == 1))
    }

    /// Whether two numbers with a stroke between them begin at symbol `i`: "4/10", "2/2".
    pub fn is_pair(&self, i: usize) -> bool {
        self.is_number(i) && self.symbol(i + 1) == "/" && self.is_number(i + 2)
    }

    /// Whether symbol `i` is of one of these classes.
    pub fn is(&self, i: usize, classes: u32) -> bool {
        self.symbols.get(i).is_some_and(|s| self.knowledge.classes.get(s.word) & classes != 0)
    }

    /// Whether an adjunct of more than one symbol begins at `i`: "b/l".
    pub fn adjoins(&self, i: usize) -> bool {
        self.begins(&self.knowledge.adjuncts, i)
    }

    /// Whether one of these phrases begins with symbol `i`.
    pub fn begins(&self, phrases: &Phrases, i: usize) -> bool {
        let mut any = false;
        if i < self.len() {
            phrases.walk(i, self.len(), |i| self.symbols[i].word, |_, _| any = true);
        }
        any
    }

    /// Whether symbol `i` is made of letters or digits.
    pub fn is_word(&self, i: usize) -> bool {
        self.first_token(i).is_some_and(|t| t.kind != TokenKind::Punctuation)
    }

    /// Whether symbol `i` is letters that run into digits: "C6".
    pub fn is_alphanumeric(&self, i: usize) -> bool {
        self.first_token(i).is_some_and(|t| t.kind == TokenKind::Alphanumeric)
    }

    /// Whether symbol `i` is a possessive, whose ending the folded text has not: "her partner's".
    pub fn possessive(&self, i: usize) -> bool {
        self.first_token(i).is_some_and(|t| t.kind == TokenKind::Word && t.span.len() >= t.folded.len() + 2)
    }

    /// Whether white space stands before symbol `i`.
    pub fn spaced(&self, i: usize) -> bool {
        self.first_token(i).is_none_or(|t| t.spaced)
    }

    /// Whether symbol `i` stands apart like the entry of a column: three or more blanks before it.
    pub fn column(&self, i: usize) -> bool {
        let previous = i.checked_sub(1).and_then(|p| self.symbols.get(p)).and_then(|s| self.folded.tokens.get(s.end as usize - 1));
        let (Some(here), Some(previous)) = (self.first_token(i), previous) else { return false };
        here.spaced && here.breaks == 0 && here.span.start.saturating_sub(previous.span.end) >= 3
    }

    /// Whether a phrase ends with symbol `at`.
    pub fn ends_phrase(&self, at: usize) -> bool {
        at + 1 >= self.len() || matches!(self.symbol(at + 1), "," | ";" | ".")
    }

    /// Whether the sentence begins within a line of what is told.
    pub fn goes_on_in_line(&self) -> bool {
        !self.assessed && !self.ordered && self.first_token(0).is_some_and(|t| t.breaks == 0 && t.span.start > 0)
    }

    /// Whether symbol `i` is the first of its line.
    pub fn opens_line(&self, i: usize) -> bool {
        i == 0 || self.first_token(i).is_none_or(|t| t.breaks > 0)
    }

    fn first_token(&self, i: usize) -> Option<&crate::fold::Token> {
        self.symbols.get(i).and_then(|s| self.folded.tokens.get(s.first as usize))
    }

    /// The bytes of the note that these symbols cover.
    pub fn span(&self, range: Range<usize>) -> Span {
        let first = self.first_token(range.start).map_or(0, |t| t.span.start);
        let last = range.end.checked_sub(1).and_then(|i| self.symbols.get(i)).and_then(|s| self.folded.tokens.get(s.end as usize - 1));
        Span::new(first, last.map_or(first, |t| t.span.end.max(first)))
    }

    /// The symbols that share a byte with the span.
    pub fn symbols_of(&self, span: Span) -> Range<usize> {
        let start = self.symbols.partition_point(|s| self.folded.tokens[s.end as usize - 1].span.end <= span.start);
        let end = self.symbols.partition_point(|s| self.folded.tokens[s.first as usize].span.start < span.end);
        start..end.max(start)
    }

    /// Whether symbol `at` is a number within a full date of late: the "2/2026" of "3/2/2026".
    fn cuts_date(&self, at: usize) -> bool {
        let joined = |i: usize| matches!(self.symbol(i), "/" | "-") && !self.spaced(i + 1);
        if at < 2 || !matches!(self.symbol(at), NUMBER | YEAR) || !self.is_number(at - 2) || !joined(at - 1) {
            return false;
        }
        let year = if self.symbol(at) == NUMBER && joined(at + 1) { at + 2 } else { at };
        let written = self.symbols.get(year).map_or("", |s| self.folded.word(s.first as usize));
        self.symbol(year) == YEAR && self.knowledge.recent_years.iter().any(|y| y == written)
    }

    /// The phrases in it, by start; a phrase inside a longer one says nothing. `told` are the symbols of its mentions.
    pub fn phrases(&self, told: &[Range<usize>]) -> Vec<Found> {
        let knowledge = self.knowledge;
        let mut ranges: Vec<(usize, usize, usize)> = Vec::new();
        knowledge.finder.each(0, self.len(), |i| self.symbols[i].word, |start, end, phrase| ranges.push((start, end, phrase)));
        let whole = |(start, ..): &(usize, usize, usize)| !self.cuts_date(*start);
        ranges.retain(whole);
        settle(&mut ranges, knowledge);
        if let Some(bare) = self.without_fillers() {
            let full = ranges.len();
            // only a phrase that goes over a filler is new
            let last = bare.windows(2).rposition(|two| two[1] > two[0] + 1).map_or(0, |at| at + 1);
            for start in 0..last {
                let word = |i: usize| self.symbols[bare[i]].word;
                knowledge.finder.walk(start, bare.len(), word, |end, phrase| {
                    let (first, behind) = (bare[start], bare[end - 1] + 1);
                    let ends = || knowledge.patterns.of(phrase).iter().any(|p| matches!(p, Part::Terminator(_)));
                    // without its fillers a sentence holds more cues, not more ends of scopes
                    if behind - first > end - start && !ends() {
                        ranges.push((first, behind, phrase));
                    }
                });
            }
            let mut more = ranges.split_off(full);
            more.retain(whole);
            settle(&mut more, knowledge);
            ranges.append(&mut more);
        }
        // "radiculopathy possible (see MRI order)": what a mention stands right before is said of it, and the bracket is an aside
        let behind = |start: usize| told.iter().any(|m| m.end == start || (m.end + 1 == start && self.symbol(m.end) == ":"));
        let aside = |start: usize, end: usize| self.symbol(end) == "(" && behind(start);
        let open = |start: usize, end: usize, part: &Part| self.closes(part) && !self.ends_clause(end) && !aside(start, end);
        // "does not radiate": what is spoken of is itself the end of the phrase that would hide its denial
        let denies = |p: &Part| matches!(p, Part::Cue(cue) if self.cue(*cue).says.contains(&Says::Absent));
        let denied = |m: &Range<usize>, start: usize| {
            ranges.iter().any(|(s, end, cue)| *s == start && *end == m.start && knowledge.patterns.of(*cue).iter().any(denies))
        };
        let shown = |start: usize, end: usize| told.iter().any(|m| m.start < end && end <= m.end && denied(m, start));
        let pseudo = |pattern: usize| knowledge.patterns.of(pattern).contains(&Part::Pseudo);
        let hiding = ranges.iter().filter(|(start, end, pattern)| pseudo(*pattern) && shown(*start, *end));
        let hiding: Vec<(usize, usize, usize)> = hiding.copied().collect();
        ranges.retain(|range| !hiding.contains(range));
        // "- family history of": a dash that opens the line is a bullet
        let bullet = |start: usize, end: usize| start == 0 && end > 1 && self.spaced(1) && matches!(self.symbol(0), "-" | "--");
        ranges.retain(|(start, end, _)| !bullet(*start, *end));
        ranges.retain(|(start, end, pattern)| !knowledge.patterns.of(*pattern).iter().all(|p| open(*start, *end, p)));
        ranges.sort_unstable_by_key(|(start, end, pattern)| (*start, usize::MAX - end, *pattern));
        let hides = |part: &Part| match part {
            Part::Terminator(t) => knowledge.terminators[*t as usize].hides,
            Part::Pseudo => u8::MAX,
            _ => 0,
        };
        let mut all: Vec<Found> = Vec::new();
        // by class: how far the phrases so far reach, and the longest; a pseudo-cue hides what is inside it of either class
        let mut hidden: [(usize, (usize, usize), &[Part]); 2] = [(0, (0, 0), &[]); 2];
        for (start, end, pattern) in ranges {
            let parts = knowledge.patterns.of(pattern);
            let pseudo = parts.contains(&Part::Pseudo);
            for (class, (reach, longest, by)) in hidden.iter_mut().enumerate() {
                let of_class = |part: &Part| matches!(part, Part::Terminator(_)) == (class == 1);
                let named = pseudo || parts.iter().any(of_class);
                let yields = || class == 0 && end == longest.1 && self.yields(by, parts) && self.names_next(end, told);
                if named && end == *reach && *longest != (start, end) && yields() {
                    all.retain(|f| (f.start, f.end) != *longest || !matches!(f.part, Part::Cue(_)));
                    (*longest, *by) = ((start, end), parts);
                }
                if named && (end > *reach || *longest == (start, end)) {
                    (*reach, *longest, *by) = (end, (start, end), parts);
                    for part in parts.iter().filter(|p| of_class(p) && !open(start, end, p)) {
                        let found = Found { start, end, part: *part };
                        // two phrases may say one thing of the same words
                        if !all.iter().rev().take_while(|f| (f.start, f.end) == (start, end)).any(|f| *f == found) {
                            all.push(found);
                        }
                    }
                } else if class == 1 {
                    // a longer terminator hides a shorter one on its own axes only
                    let kept = all.len();
                    for part in parts {
                        let hidden = |f: &Found| f.start <= start && end <= f.end && hides(&f.part) & hides(part) == hides(part);
                        if matches!(part, Part::Terminator(_)) && !all[..kept].iter().any(hidden) {
                            all.push(Found { start, end, part: *part });
                        }
                    }
                }
            }
        }
        // "there is no question": the pseudo-cue takes the last word of the cue
        let pseudo: Vec<Found> = all.iter().filter(|f| f.part == Part::Pseudo).copied().collect();
        // and of two readings of the same words the one without a filler passed over is the closer: "asked again about"
        // and "nearly resolved" takes the first of "resolved after"
        let ends = |f: &Found| matches!(f.part, Part::Cue(cue) if self.cue(cue).says.contains(&Says::Resolved));
        let overlaps = |f: &Found, p: &Found| {
            (f.start < p.start && p.start < f.end && f.end < p.end) || (ends(f) && p.start < f.start && f.start < p.end && p.end < f.end)
        };
        let broken = |f: &Found| pseudo.iter().any(|p| overlaps(f, p) || (p.start, p.end) == (f.start, f.end));
        all.retain(|f| !matches!(f.part, Part::Cue(_)) || !broken(f));
        all
    }

    /// Whether some phrase that its first symbol begins, fillers aside, is of that kind: whether it counts is for [`View::phrases`] to say.
    pub fn opens_with(&self, wanted: impl Fn(&Part) -> bool) -> bool {
        let knowledge = self.knowledge;
        let mut any = false;
        let mut seek = |length: usize, symbol: &dyn Fn(usize) -> WordId| {
            knowledge.finder.walk(0, length, symbol, |_, phrase| any |= knowledge.patterns.of(phrase).iter().any(&wanted));
        };
        if self.len() > 0 {
            seek(self.len(), &|i| self.symbols[i].word);
        }
        if let Some(bare) = self.without_fillers().filter(|bare| bare.first() == Some(&0)) {
            seek(bare.len(), &|i| self.symbols[bare[i]].word);
        }
        any
    }

    /// Whether a phrase that looks back gives way to the one at its end that says the same of what follows: "there *is possible* stenosis".
    fn yields(&self, longer: &[Part], shorter: &[Part]) -> bool {
        let cue = |part: &Part| if let Part::Cue(cue) = part { Some(self.cue(*cue)) } else { None };
        let says = |c: &CueRule| {
            longer.iter().filter_map(cue).any(|back| back.says.iter().any(|s| s.axis() != Axis::Subject && c.says.contains(s)))
        };
        longer.iter().filter_map(cue).all(|c| c.direction == Direction::Backward)
            && shorter.iter().filter_map(cue).any(|c| c.direction != Direction::Backward && !c.opens && says(c))
    }

    /// Whether a mention begins a few words behind symbol `end`, with nothing between that makes another phrase.
    fn names_next(&self, end: usize, told: &[Range<usize>]) -> bool {
        let parts = |i: usize| !self.is_word(i) || self.is(i, ADJUNCT | VERB | DEFINITE | ARTICLE | CLAUSE_OPENER);
        told.iter().any(|m| (end..=end + NEXT).contains(&m.start) && !(end..m.start).any(parts))
    }

    fn closes(&self, part: &Part) -> bool {
        matches!(part, Part::Cue(cue) if self.cue(*cue).closes)
    }

    /// Whether a clause ends before symbol `i`, with a mark or with a word that only says when or where; a sign is closed by a mark alone.
    /// The head of an arrow ("->") is none; a gap parts what is set in columns.
    fn ends_clause(&self, i: usize) -> bool {
        let adjunct = self.is(i, ADJUNCT) && i > 0 && self.is_word(i - 1);
        i >= self.len() || adjunct || self.column(i) || (!self.is_word(i) && !matches!(self.symbol(i), "(" | "/" | ">"))
    }

    /// The symbols without those that change nothing and without asides, if there are such.
    fn without_fillers(&self) -> Option<Vec<usize>> {
        let mut bare = Vec::with_capacity(self.len());
        let mut i = 0;
        while i < self.len() {
            let mut end = self.aside(i).unwrap_or(0);
            self.knowledge.fillers.walk(i, self.len(), |i| self.symbols[i].word, |behind, _| end = end.max(behind));
            if end == 0 {
                bare.push(i);
                i += 1;
            } else {
                i = end;
            }
        }
        (bare.len() < self.len()).then_some(bare)
    }

    /// The end of what is said of a person between commas, if that begins with symbol `i`: "her father*, 68,* has".
    fn aside(&self, i: usize) -> Option<usize> {
        let comma = |at: &usize| self.symbol(*at) == ",";
        // "Dear colleague," above the letter's first line
        if !i.checked_sub(1).is_some_and(|before| self.is(before, PERSON)) || !comma(&i) || self.opens_line(i + 1) {
            return None;
        }
        let close = (i + 1..self.len().min(i + ASIDE)).find(comma)?;
        // "her mother, father and aunt" is a list; "her son, who sat in the passenger seat," is not
        let clause = self.is(i + 1, RELATIVE);
        let says = close > i + 1 && (i + 1..close).all(|at| (clause || !self.is(at, PERSON)) && self.symbol(at) != ";");
        (says && self.is_word(close + 1)).then_some(close + 1)
    }
}

/// Each phrase once at its place; one that is a cue, a value or an end of scopes by one phrase is no pseudo-cue by another.
fn settle(ranges: &mut Vec<(usize, usize, usize)>, knowledge: &ContextKnowledge) {
    ranges.sort_unstable();
    ranges.dedup();
    let pseudo = |phrase: usize| knowledge.patterns.of(phrase).contains(&Part::Pseudo);
    if ranges.iter().any(|r| pseudo(r.2)) {
        let all = ranges.clone();
        ranges.retain(|r| !pseudo(r.2) || !all.iter().any(|o| (o.0, o.1) == (r.0, r.1) && !pseudo(o.2)));
    }
}

/// Words that may stand between a cue and the name of what it speaks of.
const NEXT: usize = 5;

/// How many symbols an aside may have, its commas included.
const ASIDE: usize = 9;

/// The word of token `i` as phrases have it: put right, and the one that stands for those it is like.
fn meant(folded: &Folded, i: u32, knowledge: &Knowledge) -> WordId {
    let Some(token) = folded.tokens.get(i as usize) else { return WordId::NONE };
    let context = &knowledge.context;
    let mut word = token.word;
    if word == WordId::NONE
        && token.kind == TokenKind::Word
        && let Some(right) = context.spelling.correct(folded.word(i as usize), word)
    {
        word = knowledge.words.find(right);
    }
    match context.alike.get(word) {
        WordId::NONE => word,
        first => first,
    }
}

/// "whiplash '09": a mark of omission and two digits.
fn is_short_year(folded: &Folded, i: u32) -> bool {
    let (Some(mark), Some(digits)) = (folded.tokens.get(i as usize), folded.tokens.get(i as usize + 1)) else { return false };
    mark.spaced && !digits.spaced && folded.word(i as usize) == "'" && digits.kind == TokenKind::Number && digits.span.len() == 2
}

fn is_range(folded: &Folded, i: u32, knowledge: &ContextKnowledge) -> bool {
    folded.tokens.get(i as usize).is_some_and(|t| knowledge.classes.get(t.word) & RANGE != 0)
}

/// Whether a number is of two figures that are read as words: "2/2 neck pain".
fn in_figures(folded: &Folded, at: usize, knowledge: &ContextKnowledge) -> bool {
    let glued = |i: usize| folded.tokens.get(i).is_some_and(|t| !t.spaced);
    let pair = |i: usize| {
        let apart = i.checked_sub(1).is_none_or(|before| folded.word(before) != "/");
        let follows = folded.tokens.get(i + 3).is_some_and(|t| t.kind == TokenKind::Word && t.spaced);
        let (first, second) = (folded.word(i), folded.word(i + 2));
        let read = || knowledge.figures.iter().any(|(a, b)| a == first && b == second);
        apart && follows && folded.word(i + 1) == "/" && glued(i + 1) && glued(i + 2) && read()
    };
    pair(at) || at.checked_sub(2).is_some_and(pair)
}

fn is_number(folded: &Folded, i: u32, knowledge: &ContextKnowledge) -> bool {
    let Some(token) = folded.tokens.get(i as usize) else { return false };
    (token.kind == TokenKind::Number && !in_figures(folded, i as usize, knowledge))
        || (token.kind == TokenKind::Word && knowledge.classes.get(token.word) & NUMERAL != 0)
}
