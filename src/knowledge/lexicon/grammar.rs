//! How findings and sites stand together, compiled: classes of words, patterns of gaps, levels of the spine.

use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{Folded, TokenKind, WordMap};
use crate::knowledge::source::lexicon::{Form, Joins, LexiconDoc};
use crate::knowledge::yaml::Placed;
use crate::words::{ByWord, Words};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::ops::Range;

/// A set of word classes.
pub type Classes = u64;

/// One step of a gap.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Step {
    classes: Classes,
    least: u8,
    many: bool,
}

/// A compiled pattern.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pattern {
    /// What it joins.
    pub joins: Joins,
    /// Bit set of forms.
    forms: u8,
    steps: Vec<Step>,
    /// Whether a mark or the sentence's end must follow.
    pub closes: bool,
}

/// Classes, patterns and levels.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Grammar {
    classes: ByWord<Classes>,
    number: Classes,
    range: Classes,
    mark: Classes,
    cue: Classes,
    out_of: Classes,
    before_year: Classes,
    coordinator: Classes,
    describing: Classes,
    guess: Classes,
    versus: Classes,
    behind_guess: Classes,
    /// In order of definition.
    pub patterns: Vec<Pattern>,
    letters: Vec<(u8, u8, String)>,
    special: WordMap<String, String>,
}

impl Grammar {
    pub(crate) fn compile(docs: &[(&str, &LexiconDoc)], words: &mut Words, problems: &mut Vec<Diagnostic>) -> Grammar {
        let mut grammar = Grammar::default();
        let mut ids: WordMap<&str, Classes> = WordMap::default();
        for (path, doc) in docs {
            for class in &doc.classes {
                let next = ids.len() as u32;
                if next >= Classes::BITS {
                    problems.push(Diagnostic::error("K015", place(path, &class.id), "too many word classes"));
                    continue;
                }
                let bit = *ids.entry(class.id.as_str()).or_insert(1 << next);
                match class.id.as_str() {
                    "number" => grammar.number = bit,
                    "range" => grammar.range = bit,
                    "mark" => grammar.mark = bit,
                    "side" | "degree" | "determiner" => grammar.describing |= bit,
                    "cue" => grammar.cue = bit,
                    "out-of" => grammar.out_of = bit,
                    "before-year" => grammar.before_year = bit,
                    "coordinator" => grammar.coordinator = bit,
                    "guess" => grammar.guess = bit,
                    "versus" => grammar.versus = bit,
                    "behind-guess" => grammar.behind_guess = bit,
                    _ => {}
                }
                for word in &class.words {
                    *grammar.classes.slot(words.add(word)) |= bit;
                }
            }
            for level in &doc.levels {
                if let Some(letter) = level.letter.bytes().next() {
                    grammar.letters.push((letter, level.last, level.region.value.to_string()));
                }
                for name in &level.levels {
                    grammar.special.insert(name.clone(), level.region.value.to_string());
                }
            }
        }
        for (path, doc) in docs {
            for pattern in &doc.patterns {
                let steps = pattern.gap.iter().map(|step| compile_step(path, step, &ids, problems)).collect();
                let forms = if pattern.forms.is_empty() { u8::MAX } else { pattern.forms.iter().fold(0, |set, f| set | 1 << *f as u8) };
                grammar.patterns.push(Pattern { joins: pattern.joins, forms, steps, closes: pattern.closes });
            }
        }
        grammar
    }

    /// The classes of a token.
    fn classes_of(&self, folded: &Folded, token: usize) -> Classes {
        let Some(token) = folded.tokens.get(token) else { return 0 };
        let listed = self.classes.get(token.word);
        if token.kind == TokenKind::Number { listed | self.number } else { listed }
    }

    /// The first pattern that joins these two over the tokens between them; `form` is the finding's, if one is joined.
    pub fn joins(&self, joins: Joins, form: Option<Form>, folded: &Folded, gap: Range<u32>) -> Option<&Pattern> {
        const FARTHEST: usize = 14;
        let length = gap.len();
        if length > FARTHEST {
            return None;
        }
        let mut between = [0; FARTHEST];
        let mut last = 0;
        for (slot, token) in between.iter_mut().zip(gap) {
            // "neck and Lt. shoulder pain": a point that ends no sentence is its word's
            if last == 0 || folded.word(token as usize) != "." {
                last = self.classes_of(folded, token as usize);
            }
            *slot = last;
        }
        let between = &between[..length];
        self.patterns.iter().find(|p| p.joins == joins && form.is_none_or(|f| p.forms & (1 << f as u8) != 0) && matches(&p.steps, between))
    }

    fn is(&self, class: Classes, folded: &Folded, token: u32) -> bool {
        self.classes_of(folded, token as usize) & class != 0
    }

    /// Whether the token joins the ends of a range of levels ("C5 *to* C7").
    pub fn is_range(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.range, folded, token)
    }

    /// Whether the token is a mark that ends a phrase.
    pub fn is_mark(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.mark, folded, token)
    }

    /// Whether the token says that something is not there or not sure, so that no span of a mention may hold it.
    pub fn is_cue(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.cue, folded, token)
    }

    /// Whether the token says whence something comes ("pain *from* the neck").
    pub fn is_from(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.out_of, folded, token)
    }

    /// Whether the token may stand between a procedure, or its level, and its year ("ACDF C5-6 *in* 2021").
    pub fn is_before_year(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.before_year, folded, token)
    }

    /// Whether the token makes a guess of what it stands beside: "*likely*".
    pub fn is_guess(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.guess, folded, token)
    }

    /// Whether some tokens lead to a guess by a word that makes it one: "most *likely* due to".
    pub fn guesses(&self, folded: &Folded, gap: Range<u32>) -> bool {
        gap.clone().any(|t| self.is(self.guess, folded, t)) && self.joins(Joins::Guess, None, folded, gap).is_some()
    }

    /// Whether the token stands between two that are weighed ("facet *vs* disc").
    pub fn is_versus(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.versus, folded, token)
    }

    /// Whether a guess may end before the token ("likely facet *in* origin").
    pub fn ends_a_guess(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.behind_guess | self.versus, folded, token)
    }

    /// Whether the token joins two things of one kind ("laminectomy *and* fusion").
    pub fn coordinates(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.coordinator, folded, token)
    }

    /// Whether the token only describes what follows: a side, a degree, a number, an article.
    pub fn describes(&self, folded: &Folded, token: u32) -> bool {
        self.is(self.describing, folded, token)
    }

    /// The regions that levels stand for.
    pub fn level_regions(&self) -> impl Iterator<Item = &str> {
        self.letters.iter().map(|(_, _, region)| region).chain(self.special.values()).map(String::as_str)
    }

    /// Whether a phrase begins with a word that says that something is not there or not sure.
    pub fn begins_with_cue(&self, phrase: &str, words: &Words) -> bool {
        let first = phrase.split_whitespace().next().unwrap_or_default();
        self.classes.get(words.find(&first.to_lowercase())) & self.cue != 0
    }

    /// The region of a level or of a range of levels ("c5", "c5" to "c6"); the letter of the second may be left out.
    pub fn level_region(&self, first: &str, second: Option<&str>) -> Option<&str> {
        let region = |level: &str| {
            let number = level.get(1..)?;
            // "c56" is two neighbours
            let number = match neighbours(number) {
                Some(upper) if upper > 1 => upper,
                _ => number.parse::<u8>().ok()?,
            };
            let letter = *level.as_bytes().first()?;
            self.letters.iter().find(|(l, last, _)| *l == letter && number <= *last && level.len() <= 3).map(|(_, _, r)| r.as_str())
        };
        let from = region(first)?;
        let Some(second) = second else {
            return Some(self.special.get(first).map_or(from, String::as_str));
        };
        let second =
            if second.as_bytes().first().is_some_and(u8::is_ascii_digit) { format!("{}{second}", &first[..1]) } else { second.to_owned() };
        region(&second)?;
        Some(self.special.get(&format!("{first}-{second}")).map_or(from, String::as_str))
    }
}

/// The first of two neighbours written as one number: "56".
pub(crate) fn neighbours(number: &str) -> Option<u8> {
    let &[upper, lower] = number.as_bytes() else { return None };
    (upper.is_ascii_digit() && lower.is_ascii_digit() && lower == upper + 1).then(|| upper - b'0')
}

fn place(path: &str, at: &Placed<SmolStr>) -> Location {
    Location { path: path.into(), line: at.line, column: at.column }
}

fn compile_step(path: &str, step: &Placed<SmolStr>, ids: &WordMap<&str, Classes>, problems: &mut Vec<Diagnostic>) -> Step {
    let (names, least, many) = match step.value.chars().last() {
        Some('?') => (&step.value[..step.value.len() - 1], 0, false),
        Some('*') => (&step.value[..step.value.len() - 1], 0, true),
        Some('+') => (&step.value[..step.value.len() - 1], 1, true),
        _ => (step.value.as_str(), 1, false),
    };
    let mut classes = 0;
    for name in names.split('|') {
        match ids.get(name) {
            Some(bit) => classes |= bit,
            None => problems.push(Diagnostic::error("K015", place(path, step), format!("`{name}` is no word class"))),
        }
    }
    Step { classes, least, many }
}

/// Whether the steps match the whole gap.
fn matches(steps: &[Step], gap: &[Classes]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return gap.is_empty();
    };
    let most = if step.many { gap.len() } else { gap.len().min(1) };
    let run = gap[..most].iter().take_while(|classes| **classes & step.classes != 0).count();
    (step.least as usize..=run).rev().any(|taken| matches(rest, &gap[taken..]))
}
