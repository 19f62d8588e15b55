//! What `rules/context` says, checked and compiled.

use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{WordMap, WordSet, fold_phrase};
use crate::knowledge::lexicon::spelling::Spelling;
use crate::knowledge::source::context::{Anaphora, Axis, ContextDoc, CueDoc, Direction, Reach, Says, WordClass};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{NameId, Names};
use crate::phrases::Phrases;
use crate::vocab::SectionKind;
use crate::words::{ByWord, WordId, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Stands for any number in a compiled phrase and in the text it is matched against; folded text has no capitals.
pub const NUMBER: &str = "N";
/// Stands for a year.
pub const YEAR: &str = "Y";

/// Compiled form.
#[derive(Debug, Default)]
pub struct ContextKnowledge {
    /// Every phrase of every kind, over the symbols of a sentence.
    pub(crate) finder: Phrases,
    /// By pattern: what the phrase is.
    pub(crate) patterns: Vec<Vec<Part>>,
    /// Cues and values.
    pub(crate) cues: Vec<CueRule>,
    /// Terminators.
    pub(crate) terminators: Vec<TerminatorRule>,
    /// By section kind.
    pub(crate) priors: BTreeMap<SectionKind, (NameId, Says)>,
    /// The small classes that each symbol is of, by [`OPENER`] and the like; [`NUMERAL`] and [`RANGE`] are of words before they are symbols.
    pub(crate) classes: ByWord<u16>,
    /// What may stand inside a phrase and change nothing.
    pub(crate) fillers: Phrases,
    /// Adjuncts of several words.
    pub(crate) adjuncts: Phrases,
    /// The word that stands for each of several that are alike; none for most.
    pub(crate) alike: ByWord<WordId>,
    /// Which words are misspelt words of cues.
    pub(crate) spelling: Spelling,
    /// The symbols for any number and any year.
    pub(crate) number: WordId,
    pub(crate) year: WordId,
}

/// Words that may stand before a cue without being what it speaks of.
pub(crate) const OPENER: u16 = 1;
/// Words that begin an adjunct.
pub(crate) const ADJUNCT: u16 = 2;
/// Words that show that a clause has begun.
pub(crate) const VERB: u16 = 4;
/// Words for numbers.
pub(crate) const NUMERAL: u16 = 8;
/// Words that join the entries of a list.
pub(crate) const COORDINATOR: u16 = 16;
/// Words that close a list of alternatives.
pub(crate) const ALTERNATIVE: u16 = 32;
/// Words that open a clause about what stands before them.
pub(crate) const RELATIVE: u16 = 64;
/// Words between the ends of a range of numbers.
pub(crate) const RANGE: u16 = 128;
/// Words that open a clause.
pub(crate) const CLAUSE_OPENER: u16 = 256;
/// Words after which nothing is a clause's subject.
pub(crate) const PREPOSITION: u16 = 512;
/// Words that are an adjunct where they close a phrase.
pub(crate) const SIDE: u16 = 1024;

/// What a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A cue, by its place in `cues`.
    Cue(u16),
    /// A value of a check list, by its place in `cues`.
    Value(u16),
    /// A terminator, by its place in `terminators`.
    Terminator(u16),
    /// Nothing: it only blocks.
    Pseudo,
}

/// A compiled cue.
#[derive(Debug)]
pub(crate) struct CueRule {
    pub(crate) name: NameId,
    pub(crate) says: Vec<Says>,
    pub(crate) direction: Direction,
    pub(crate) reach: Reach,
    pub(crate) words: u16,
    pub(crate) passes: Vec<u16>,
    pub(crate) glued: bool,
    pub(crate) reverses: bool,
    pub(crate) reversible: bool,
    pub(crate) opens: bool,
    pub(crate) wins: bool,
    pub(crate) skips_subject: bool,
    pub(crate) indefinite: bool,
    pub(crate) bare: bool,
    pub(crate) anaphoric: Option<Anaphora>,
}

/// A compiled terminator.
#[derive(Debug)]
pub(crate) struct TerminatorRule {
    pub(crate) ends: Vec<Axis>,
    /// `ends` as bits; all of them if it ends nothing, for it is there to hide shorter ones.
    pub(crate) hides: u8,
    pub(crate) forward: bool,
    pub(crate) backward: bool,
    pub(crate) resumes: bool,
    pub(crate) unless_after: Option<u16>,
}

impl Says {
    /// The question it answers.
    pub const fn axis(self) -> Axis {
        match self {
            Says::Absent | Says::Present => Axis::Polarity,
            Says::Definite | Says::Probable | Says::Possible | Says::Hypothetical => Axis::Certainty,
            Says::Current | Says::Historical | Says::Resolved | Says::Future => Axis::Time,
            Says::Patient | Says::Family | Says::Other => Axis::Subject,
        }
    }
}

/// Collected gathered while compiling.
struct Collected<'p> {
    numbers: WordSet<String>,
    alike: WordMap<String, String>,
    /// By name in angle brackets: the patterns of a set, and of those it names.
    sets: BTreeMap<String, Vec<String>>,
    by_text: WordMap<String, usize>,
    /// In order of definition: the patterns, and what each is.
    list: Vec<(String, Vec<(Part, Arc<str>, Location)>)>,
    problems: &'p mut Vec<Diagnostic>,
}

/// How deep sets may name sets.
const NESTED: usize = 4;

impl Collected<'_> {
    fn add(&mut self, path: &str, id: &str, phrases: &[Placed<String>], part: Part, cues: &[CueRule]) {
        let (path, id): (Arc<str>, Arc<str>) = (Arc::from(path), Arc::from(id));
        for phrase in phrases {
            let at = Location { path: path.clone(), line: phrase.line, column: phrase.column };
            if !phrase.value.contains('<') {
                self.add_one(pattern(&phrase.value, &self.numbers, &self.alike), false, &id, part, at, cues);
                continue;
            }
            let texts = expand(&phrase.value, &self.sets, &self.numbers, &self.alike);
            let expanded = texts.len() > 1;
            for text in texts {
                self.add_one(text, expanded, &id, part, at.clone(), cues);
            }
        }
    }

    /// Adds the pattern of a phrase.
    fn add_one(&mut self, text: String, expanded: bool, id: &Arc<str>, part: Part, at: Location, cues: &[CueRule]) {
        if text.len() < 2 {
            self.problems.push(Diagnostic::error("K020", at, format!("`{id}` has a phrase without words")));
            return;
        }
        let slot = match self.by_text.get(&text) {
            Some(slot) => *slot,
            None => {
                self.by_text.insert(text.clone(), self.list.len());
                self.list.push((text.clone(), Vec::new()));
                self.list.len() - 1
            }
        };
        let parts = &mut self.list[slot].1;
        // a phrase in which one cue is none may well be another's
        if part == Part::Pseudo && !parts.is_empty() {
            return;
        }
        parts.retain(|(other, _, _)| *other != Part::Pseudo);
        // two words of a set may be alike
        if expanded && parts.iter().any(|(other, _, _)| *other == part) {
            return;
        }
        if let Some((_, other, first)) = parts.iter().find(|(other, other_id, _)| *other_id == *id || clash(*other, part, cues)) {
            let said = format!("`{}` is a phrase of `{other}` and of `{id}`", text.trim());
            self.problems.push(Diagnostic::error("K021", at, said).related(first.clone(), "first used here"));
            return;
        }
        parts.push((part, id.clone(), at));
    }
}

/// The patterns of the phrases that a phrase with names of sets stands for.
fn expand(phrase: &str, sets: &BTreeMap<String, Vec<String>>, numbers: &WordSet<String>, alike: &WordMap<String, String>) -> Vec<String> {
    let mut made = vec![String::from(" ")];
    for word in phrase.split(' ').filter(|w| !w.is_empty()) {
        match word.starts_with('<').then(|| sets.get(word)).flatten() {
            Some(members) => made = made.iter().flat_map(|m| members.iter().map(move |member| [m, member.trim_start()].concat())).collect(),
            None => {
                let text = pattern(word, numbers, alike);
                made.iter_mut().for_each(|m| m.push_str(text.trim_start()));
            }
        }
    }
    made
}

/// The patterns of a set by its name in angle brackets, each set before those that name it.
fn flatten(
    name: &str,
    docs: &BTreeMap<String, &[Placed<String>]>,
    depth: usize,
    words: (&WordSet<String>, &WordMap<String, String>),
    made: &mut BTreeMap<String, Vec<String>>,
) {
    let Some(phrases) = docs.get(name).filter(|_| depth > 0 && !made.contains_key(name)) else { return };
    let named = phrases.iter().flat_map(|p| p.value.split(' ')).filter(|w| w.starts_with('<'));
    named.for_each(|inner| flatten(inner, docs, depth - 1, words, made));
    let flat = phrases.iter().flat_map(|p| expand(&p.value, made, words.0, words.1)).collect();
    made.insert(name.to_owned(), flat);
}

/// Whether two cues of one phrase would answer one question for one side.
fn clash(one: Part, other: Part, cues: &[CueRule]) -> bool {
    let (Part::Cue(a) | Part::Value(a), Part::Cue(b) | Part::Value(b)) = (one, other) else { return false };
    let same_kind = matches!(one, Part::Cue(_)) == matches!(other, Part::Cue(_));
    let (Some(a), Some(b)) = (cues.get(a as usize), cues.get(b as usize)) else { return false };
    same_kind && a.direction == b.direction && a.says.iter().any(|x| b.says.iter().any(|y| x.axis() == y.axis()))
}

/// The pattern of a phrase: folded, with symbols for numbers and years and for words that are alike.
fn pattern(phrase: &str, numbers: &WordSet<String>, alike: &WordMap<String, String>) -> String {
    let mut out = String::with_capacity(phrase.len() + 2);
    out.push(' ');
    let mut push = |symbol: &str| {
        out.push_str(if numbers.contains(symbol) { NUMBER } else { alike.get(symbol).map_or(symbol, String::as_str) });
        out.push(' ');
    };
    for word in phrase.split(' ').filter(|w| !w.is_empty()) {
        match word {
            "<n>" => push("N"),
            "<year>" => push("Y"),
            _ if word.bytes().all(|b| b.is_ascii_lowercase()) => push(word),
            _ => fold_phrase(word).split_whitespace().for_each(&mut push),
        }
    }
    out
}

impl ContextKnowledge {
    /// Checks and compiles the documents, in path order.
    pub(crate) fn compile(
        docs: &[(&str, &ContextDoc)],
        known: &mut Words,
        names: &mut Names,
        problems: &mut Vec<Diagnostic>,
    ) -> ContextKnowledge {
        let mut made = ContextKnowledge::default();
        let mut terminator_ids: BTreeMap<&str, u16> = BTreeMap::new();
        let mut numbers = WordSet::default();
        for words in docs.iter().flat_map(|(_, doc)| &doc.words).filter(|w| w.class == WordClass::Number) {
            numbers.extend(words.words.iter().map(|w| w.value.to_lowercase()));
        }
        let alike = alike(docs, names, problems);
        let mut sets: BTreeMap<String, &[Placed<String>]> = BTreeMap::new();
        for (path, set) in docs.iter().flat_map(|(path, doc)| doc.sets.iter().map(move |s| (path, s))) {
            names.add(path, &set.id, problems);
            sets.insert(format!("<{}>", set.id.value), &set.phrases);
        }
        let mut flat = BTreeMap::new();
        sets.keys().for_each(|name| flatten(name, &sets, NESTED, (&numbers, &alike), &mut flat));
        let sets = flat;
        let mut phrases = Collected { numbers, alike, sets, by_text: WordMap::default(), list: Vec::new(), problems };
        for (number, terminator) in docs.iter().flat_map(|(_, doc)| &doc.terminators).enumerate() {
            terminator_ids.insert(&terminator.id.value, number as u16);
        }
        for (path, doc) in docs {
            for terminator in &doc.terminators {
                names.add(path, &terminator.id, phrases.problems);
                let index = made.terminators.len() as u16;
                let unless_after = terminator.unless_after.as_ref().and_then(|id| terminator_ids.get(id.value.as_str()).copied());
                made.terminators.push(TerminatorRule {
                    ends: terminator.ends.clone(),
                    hides: if terminator.ends.is_empty() {
                        u8::MAX
                    } else {
                        terminator.ends.iter().fold(0, |bits, a| bits | 1 << *a as u8)
                    },
                    forward: terminator.from != Some(Direction::Backward),
                    backward: terminator.from != Some(Direction::Forward),
                    resumes: terminator.resumes,
                    unless_after,
                });
                phrases.add(path, &terminator.id.value, &terminator.phrases, Part::Terminator(index), &[]);
            }
        }
        let (mut correctable, mut fillers, mut adjuncts) = (Vec::new(), Vec::new(), Vec::new());
        for (path, doc) in docs {
            for cue in &doc.cues {
                let name = names.add(path, &cue.id, phrases.problems);
                let index = made.cues.len() as u16;
                let rule = cue_rule(path, cue, name, &terminator_ids, phrases.problems);
                made.cues.push(rule);
                phrases.add(path, &cue.id.value, &cue.phrases, Part::Cue(index), &made.cues);
                phrases.add(path, &cue.id.value, &cue.not, Part::Pseudo, &made.cues);
            }
            for value in &doc.values {
                let name = names.add(path, &value.id, phrases.problems);
                let index = made.cues.len() as u16;
                made.cues.push(value_rule(name, &value.says, value.bare));
                phrases.add(path, &value.id.value, &value.phrases, Part::Value(index), &made.cues);
            }
            for pseudo in &doc.pseudo_cues {
                names.add(path, &pseudo.id, phrases.problems);
                phrases.add(path, &pseudo.id.value, &pseudo.phrases, Part::Pseudo, &made.cues);
            }
            for prior in &doc.priors {
                let name = names.add(path, &prior.id, phrases.problems);
                for section in &prior.sections {
                    made.priors.insert(*section, (name, prior.says));
                }
            }
            for words in &doc.words {
                let symbols = |w: &Placed<String>| pattern(&w.value, &phrases.numbers, &phrases.alike);
                let mut class = |class: u16, list: &[Placed<String>]| {
                    list.iter().for_each(|w| *made.classes.slot(known.add(symbols(w).trim())) |= class);
                };
                match words.class {
                    WordClass::Number => {}
                    WordClass::Opener => class(OPENER, &words.words),
                    WordClass::Adjunct => {
                        class(ADJUNCT, &words.words);
                        adjuncts.extend(words.words.iter().map(symbols));
                    }
                    WordClass::Filler => fillers.extend(words.words.iter().map(symbols)),
                    WordClass::ClauseOpener => class(CLAUSE_OPENER, &words.words),
                    WordClass::Preposition => class(PREPOSITION, &words.words),
                    WordClass::Side => class(SIDE, &words.words),
                    WordClass::Verb => class(VERB, &words.words),
                    WordClass::Coordinator => class(COORDINATOR, &words.words),
                    WordClass::Alternative => class(ALTERNATIVE, &words.words),
                    WordClass::Relative => class(RELATIVE, &words.words),
                    WordClass::Range => class(RANGE, &words.words),
                    WordClass::Correctable => correctable.extend(words.words.iter().map(|w| w.value.to_lowercase())),
                    WordClass::KnownWord => words.words.iter().for_each(|w| _ = known.add(&w.value.to_lowercase())),
                }
            }
        }
        made.spelling = Spelling::of(correctable);
        let mut texts = Vec::with_capacity(phrases.list.len());
        for (text, parts) in std::mem::take(&mut phrases.list) {
            texts.push(text);
            made.patterns.push(parts.into_iter().map(|(part, _, _)| part).collect());
        }
        for word in &phrases.numbers {
            *made.classes.slot(known.add(word)) |= NUMERAL;
        }
        for (word, first) in &phrases.alike {
            *made.alike.slot(known.add(word)) = known.add(first);
        }
        (made.number, made.year) = (known.add(NUMBER), known.add(YEAR));
        made.fillers = Phrases::new(&fillers, known);
        made.adjuncts = Phrases::new(&adjuncts, known);
        made.finder = Phrases::new(&texts, known);
        made
    }
}

/// By word: the first of those it is like.
fn alike(docs: &[(&str, &ContextDoc)], names: &mut Names, problems: &mut Vec<Diagnostic>) -> WordMap<String, String> {
    let mut made = WordMap::default();
    for (path, doc) in docs {
        for group in &doc.alike {
            names.add(path, &group.id, problems);
            let Some(first) = group.words.first().map(|w| w.value.to_lowercase()) else { continue };
            for word in &group.words {
                if made.insert(word.value.to_lowercase(), first.clone()).is_some() {
                    let at = Location { path: Arc::from(*path), line: word.line, column: word.column };
                    problems.push(Diagnostic::error("K025", at, format!("`{}` stands in two lists of words that are alike", word.value)));
                }
            }
        }
    }
    made
}

fn cue_rule(path: &str, cue: &CueDoc, name: NameId, terminators: &BTreeMap<&str, u16>, problems: &mut Vec<Diagnostic>) -> CueRule {
    let at = |place: &Placed<String>| Location { path: Arc::from(path), line: place.line, column: place.column };
    if cue.says.is_empty() && !cue.reverses {
        problems.push(Diagnostic::error(
            "K023",
            at(&cue.id),
            format!("`{}` says nothing; a pseudo-cue belongs under `pseudo-cues`", cue.id.value),
        ));
    }
    let mut passes = Vec::new();
    for id in &cue.passes {
        match terminators.get(id.value.as_str()) {
            Some(index) => passes.push(*index),
            None => problems.push(Diagnostic::error("K024", at(id), format!("there is no terminator `{}`", id.value))),
        }
    }
    CueRule {
        name,
        says: cue.says.clone(),
        direction: cue.direction,
        reach: cue.reach,
        words: cue.words.unwrap_or(u16::MAX),
        passes,
        glued: cue.glued,
        reverses: cue.reverses,
        reversible: cue.reversible,
        opens: cue.opens,
        wins: cue.wins,
        skips_subject: cue.skips_subject,
        indefinite: cue.indefinite,
        bare: false,
        anaphoric: cue.anaphoric,
    }
}

/// A value acts on its label only; its place says where that is.
fn value_rule(name: NameId, says: &[Says], bare: bool) -> CueRule {
    CueRule {
        name,
        says: says.to_vec(),
        direction: Direction::Backward,
        reach: Reach::Clause,
        words: u16::MAX,
        passes: Vec::new(),
        glued: false,
        reverses: false,
        reversible: false,
        opens: false,
        wins: false,
        skips_subject: false,
        indefinite: false,
        bare,
        anaphoric: None,
    }
}
