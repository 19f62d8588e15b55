//! A sentence as cues see it: symbols instead of tokens, with numbers and years as classes, and the phrases found in it.

use crate::fold::{Folded, TokenKind, hash};
use crate::knowledge::context::{ContextKnowledge, NUMBER, Part, YEAR};
use crate::span::Span;
use std::ops::Range;

/// The symbols of a sentence: its folded words, but one symbol for any number but 0, number word or range of numbers ("2-3"), one for any year.
pub(crate) struct View<'f> {
    folded: &'f Folded,
    /// The symbols, with a space around each.
    text: String,
    /// By symbol: where it begins in `text`.
    starts: Vec<u32>,
    /// By symbol: its first token and the one after its last.
    tokens: Vec<(u32, u32)>,
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
    pub fn new(folded: &'f Folded, range: Range<u32>, knowledge: &ContextKnowledge) -> View<'f> {
        let mut view = View { folded, text: String::from(" "), starts: Vec::new(), tokens: Vec::new() };
        let mut i = range.start;
        while i < range.end {
            let number = |i: u32| i < range.end && is_number(folded, i, knowledge);
            let joins = |i: u32| i + 1 < range.end && matches!(folded.word(i as usize + 1), "-" | "to" | "or") && number(i + 2);
            let (symbol, next) = if is_year(folded, i) {
                (YEAR, i + 1)
            } else if number(i) && (folded.word(i as usize) != "0" || joins(i)) {
                (NUMBER, if joins(i) { i + 3 } else { i + 1 })
            } else {
                (meant(folded, i, knowledge), i + 1)
            };
            view.starts.push(view.text.len() as u32);
            view.tokens.push((i, next));
            view.text.push_str(symbol);
            view.text.push(' ');
            i = next;
        }
        view
    }

    /// How many symbols.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Symbol `i` ("" outside).
    pub fn symbol(&self, i: usize) -> &str {
        let Some(&start) = self.starts.get(i) else { return "" };
        self.text.get(start as usize..self.end_of(i)).unwrap_or("")
    }

    /// The `n` symbols from `i` on, parted by spaces ("" if there are fewer).
    pub fn phrase(&self, i: usize, n: usize) -> &str {
        match self.starts.get(i) {
            Some(&start) if i + n <= self.len() => self.text.get(start as usize..self.end_of(i + n - 1)).unwrap_or(""),
            _ => "",
        }
    }

    /// Whether symbol `i` is made of letters or digits.
    pub fn is_word(&self, i: usize) -> bool {
        self.first_token(i).is_some_and(|t| t.kind != TokenKind::Punctuation)
    }

    /// Whether white space stands before symbol `i`.
    pub fn spaced(&self, i: usize) -> bool {
        self.first_token(i).is_none_or(|t| t.spaced)
    }

    /// Whether symbol `i` stands apart like the entry of a column: three or more blanks before it.
    pub fn column(&self, i: usize) -> bool {
        let previous = i.checked_sub(1).and_then(|p| self.tokens.get(p)).and_then(|(_, end)| self.folded.tokens.get(*end as usize - 1));
        let (Some(here), Some(previous)) = (self.first_token(i), previous) else { return false };
        here.spaced && here.breaks == 0 && here.span.start.saturating_sub(previous.span.end) >= 3
    }

    /// Whether symbol `i` is the first of its line.
    pub fn opens_line(&self, i: usize) -> bool {
        i == 0 || self.first_token(i).is_none_or(|t| t.breaks > 0)
    }

    fn first_token(&self, i: usize) -> Option<&crate::fold::Token> {
        self.tokens.get(i).and_then(|(first, _)| self.folded.tokens.get(*first as usize))
    }

    /// The bytes of the note that these symbols cover.
    pub fn span(&self, range: Range<usize>) -> Span {
        let first = self.first_token(range.start).map_or(0, |t| t.span.start);
        let last = range.end.checked_sub(1).and_then(|i| self.tokens.get(i)).and_then(|(_, end)| self.folded.tokens.get(*end as usize - 1));
        Span::new(first, last.map_or(first, |t| t.span.end.max(first)))
    }

    /// The symbols that share a byte with the span.
    pub fn symbols_of(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|(_, end)| self.folded.tokens[*end as usize - 1].span.end <= span.start);
        let end = self.tokens.partition_point(|(first, _)| self.folded.tokens[*first as usize].span.start < span.end);
        start..end.max(start)
    }

    /// The phrases in it, by start; a phrase inside a longer one says nothing.
    pub fn phrases(&self, knowledge: &ContextKnowledge) -> Vec<Found> {
        let mut ranges: Vec<(usize, usize, usize)> = Vec::new();
        let mut gather = |text: &str, starts: &[u32], symbols: &dyn Fn(usize) -> usize, spanning: bool| {
            let symbol = |i: usize| {
                let end = starts.get(i + 1).map_or(text.len(), |n| *n as usize) - 1;
                let symbol = text.get(starts[i] as usize..end).unwrap_or("");
                (hash(symbol), symbol)
            };
            knowledge.finder.each(0, starts.len(), symbol, |start, end, phrase| {
                let range = (symbols(start), symbols(end - 1) + 1);
                let ends = || knowledge.patterns[phrase].iter().any(|p| matches!(p, Part::Terminator(_)));
                // without its fillers a sentence holds more cues, not more ends of scopes
                if !spanning || (range.1 - range.0 > end - start && !ends()) {
                    ranges.push((range.0, range.1, phrase));
                }
            });
        };
        gather(&self.text, &self.starts, &|i| i, false);
        if let Some(bare) = self.without_fillers(knowledge) {
            gather(&bare.text, &bare.starts, &|i| bare.symbols[i], true);
        }
        ranges.sort_unstable_by_key(|(start, end, pattern)| (*start, usize::MAX - end, *pattern));
        let hides = |part: &Part| match part {
            Part::Terminator(t) => knowledge.terminators[*t as usize].hides,
            Part::Pseudo => u8::MAX,
            _ => 0,
        };
        let mut all: Vec<Found> = Vec::new();
        // by class: how far the phrases so far reach, and the longest; a pseudo-cue hides what is inside it of either class
        let mut hidden = [(0, (0, 0)); 2];
        for (start, end, pattern) in ranges {
            let parts = &knowledge.patterns[pattern];
            let pseudo = parts.contains(&Part::Pseudo);
            for (class, (reach, longest)) in hidden.iter_mut().enumerate() {
                let of_class = |part: &Part| matches!(part, Part::Terminator(_)) == (class == 1);
                if (pseudo || parts.iter().any(of_class)) && (end > *reach || *longest == (start, end)) {
                    (*reach, *longest) = (end, (start, end));
                    all.extend(parts.iter().filter(|p| of_class(p)).map(|part| Found { start, end, part: *part }));
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
        let overlaps = |f: &Found, p: &Found| f.start < p.start && p.start < f.end && f.end < p.end;
        let broken = |f: &Found| pseudo.iter().any(|p| overlaps(f, p) || (p.start, p.end) == (f.start, f.end));
        all.retain(|f| !matches!(f.part, Part::Cue(_)) || !broken(f));
        all
    }

    /// The sentence without words that change nothing, if it has any.
    fn without_fillers(&self, knowledge: &ContextKnowledge) -> Option<Bare> {
        let mut bare = Bare { text: String::from(" "), starts: Vec::new(), symbols: Vec::new() };
        let mut i = 0;
        while i < self.len() {
            let filler = (1..=FILLER.min(self.len() - i)).rev().find(|n| {
                knowledge.fillers.contains(self.phrase(i, *n))
            });
            match filler {
                Some(n) => i += n,
                None => {
                    bare.starts.push(bare.text.len() as u32);
                    bare.symbols.push(i);
                    bare.text.push_str(self.symbol(i));
                    bare.text.push(' ');
                    i += 1;
                }
            }
        }
        (bare.symbols.len() < self.len()).then_some(bare)
    }

    /// Where symbol `i` ends in `text`.
    fn end_of(&self, i: usize) -> usize {
        self.starts.get(i + 1).map_or(self.text.len(), |n| *n as usize) - 1
    }
}

/// The longest filler, in symbols.
const FILLER: usize = 4;

/// A sentence without fillers.
struct Bare {
    text: String,
    /// By symbol: where it begins in `text`.
    starts: Vec<u32>,
    /// By symbol: its place in the sentence.
    symbols: Vec<usize>,
}

/// The word of token `i` as phrases have it: put right, and the one that stands for those it is like.
fn meant<'f>(folded: &'f Folded, i: u32, knowledge: &'f ContextKnowledge) -> &'f str {
    let word = folded.word(i as usize);
    let is_word = folded.tokens.get(i as usize).is_some_and(|t| t.kind == TokenKind::Word);
    let word = if is_word { knowledge.spelling.correct(word).unwrap_or(word) } else { word };
    knowledge.alike.get(word).map_or(word, String::as_str)
}

fn is_year(folded: &Folded, i: u32) -> bool {
    let word = folded.word(i as usize);
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_number(folded: &Folded, i: u32, knowledge: &ContextKnowledge) -> bool {
    let Some(token) = folded.tokens.get(i as usize) else { return false };
    token.kind == TokenKind::Number || (token.kind == TokenKind::Word && knowledge.numbers.contains(folded.word(i as usize)))
}
