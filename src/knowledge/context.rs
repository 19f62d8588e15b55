//! What `rules/context` says, checked and compiled.

mod classes;

use crate::diagnostic::{Diagnostic, Location};
use crate::fold::fold_phrase;
use crate::knowledge::lexicon::spelling::Spelling;
use crate::knowledge::source::context::{Anaphora, Axis, ContextDoc, CueDoc, Direction, Reach, Says, ValueDoc, WordClass};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{NameId, Names};
use crate::phrases::Phrases;
use crate::vocab::SectionKind;
use crate::words::{ByWord, WordId, Words};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use classes::*;

/// Stands for any number in a compiled phrase and in the text it is matched against; folded text has no capitals.
pub const NUMBER: &str = "N";
/// Stands for a year.
pub const YEAR: &str = "Y";

/// Compiled form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ContextKnowledge {
    /// Every phrase of every kind, over the symbols of a sentence.
    pub(crate) finder: Phrases,
    /// By pattern: what the phrase is.
    pub(crate) patterns: Patterns,
    /// Cues and values.
    pub(crate) cues: Vec<CueRule>,
    /// Terminators.
    pub(crate) terminators: Vec<TerminatorRule>,
    /// By section kind.
    pub(crate) priors: BTreeMap<SectionKind, (NameId, Says)>,
    /// The small classes that each symbol is of, by [`OPENER`] and the like; [`NUMERAL`] and [`RANGE`] are of words before they are symbols.
    pub(crate) classes: ByWord<u32>,
    /// What may stand inside a phrase and change nothing.
    pub(crate) fillers: Phrases,
    /// Adjuncts of several words.
    pub(crate) adjuncts: Phrases,
    /// The word that stands for each of several that are alike; none for most.
    pub(crate) alike: ByWord<WordId>,
    /// How the names of what is done end ("-ectomy").
    pub(crate) event_endings: Vec<String>,
    /// Years in which a full date is no past by itself.
    pub(crate) recent_years: Vec<String>,
    /// Pairs of figures that are read as words, each as its two figures.
    pub(crate) figures: Vec<(String, String)>,
    /// Which words are misspelt words of cues.
    pub(crate) spelling: Spelling,
    /// The symbols for any number and any year.
    pub(crate) number: WordId,
    pub(crate) year: WordId,
}

/// What a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CueRule {
    pub(crate) name: NameId,
    pub(crate) says: Vec<Says>,
    pub(crate) direction: Direction,
    pub(crate) reach: Reach,
    pub(crate) words: u16,
    pub(crate) passes: Vec<u16>,
    pub(crate) until: Option<u16>,
    pub(crate) glued: bool,
    pub(crate) reverses: bool,
    pub(crate) reversible: bool,
    pub(crate) opens: bool,
    pub(crate) object: bool,
    pub(crate) closes: bool,
    pub(crate) wins: bool,
    pub(crate) skips_subject: bool,
    pub(crate) indefinite: bool,
    pub(crate) events: bool,
    pub(crate) chooses: bool,
    pub(crate) behind_answer: bool,
    pub(crate) denied: bool,
    /// Sections in which it says nothing.
    pub(crate) not_in: Vec<SectionKind>,
    pub(crate) bare: bool,
    pub(crate) in_turn: bool,
    pub(crate) answers: bool,
    pub(crate) anaphoric: Option<Anaphora>,
}

/// A compiled terminator.
#[derive(Debug, Serialize, Deserialize)]
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

/// What each phrase is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Patterns {
    parts: Vec<Part>,
    /// By phrase: where its parts end.
    ends: Vec<u32>,
}

impl Patterns {
    /// What a phrase is.
    pub fn of(&self, phrase: usize) -> &[Part] {
        let start = phrase.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.parts[start as usize..self.ends[phrase] as usize]
    }
}

/// A phrase that is one of a rule's: what it is there, and where it is written.
#[derive(Debug, Clone, Copy)]
struct Said {
    part: Part,
    /// By its place in [`Collected::owners`].
    owner: u32,
    line: u32,
    column: u32,
}

/// What is gathered while compiling.
struct Collected<'p> {
    words: &'p mut Words,
    numbers: ByWord<bool>,
    alike: ByWord<WordId>,
    number: WordId,
    year: WordId,
    /// By name in angle brackets: the node where the phrases of a set begin.
    sets: BTreeMap<String, u32>,
    finder: Phrases,
    /// Phrases that name sets, to be compared with all others.
    named: Vec<(String, Said, usize)>,
    /// By phrase of the finder.
    patterns: Vec<Said>,
    /// What phrases are besides, in order of definition: few are two things.
    more: BTreeMap<usize, Vec<Said>>,
    /// File and id of what has phrases.
    owners: Vec<(Arc<str>, Arc<str>)>,
    problems: &'p mut Vec<Diagnostic>,
}

/// How deep sets may name sets.
const NESTED: usize = 4;

impl Collected<'_> {
    fn add(&mut self, path: &str, id: &str, phrases: &[Placed<SmolStr>], part: Part, cues: &[CueRule]) {
        let owner = self.owners.len() as u32;
        self.owners.push((Arc::from(path), Arc::from(id)));
        for phrase in phrases {
            let said = Said { part, owner, line: phrase.line, column: phrase.column };
            let end = self.node(0, &phrase.value);
            if end == 0 {
                let message = format!("`{id}` has a phrase without words");
                self.problems.push(Diagnostic::error("K020", self.location(said), message));
                continue;
            }
            self.add_one(end, said, &phrase.value, cues);
        }
    }

    /// Adds a phrase that ends at a node.
    fn add_one(&mut self, end: u32, said: Said, written: &str, cues: &[CueRule]) {
        let number = self.finder.end(end);
        let several = written.contains('<') && written.split(' ').any(|w| self.sets.contains_key(w));
        if several {
            self.named.push((written.to_owned(), said, number));
        }
        if number == self.patterns.len() {
            self.patterns.push(said);
            return;
        }
        let first = self.patterns[number];
        // a phrase in which one cue is none may well be another's
        if said.part == Part::Pseudo {
            return;
        }
        if first.part == Part::Pseudo {
            self.patterns[number] = said;
            return;
        }
        match self.clashing(number, said, cues) {
            // two words of a phrase may be alike
            Some(first) if several && first.part == said.part => {}
            Some(first) => self.twice(written, first, said),
            None => self.more.entry(number).or_default().push(said),
        }
    }

    /// What a phrase is already that it cannot be if it is this, too.
    fn clashing(&self, number: usize, said: Said, cues: &[CueRule]) -> Option<Said> {
        let all = std::iter::once(&self.patterns[number]).chain(self.more.get(&number).into_iter().flatten());
        let same = |other: &Said| self.owners[other.owner as usize].1 == self.owners[said.owner as usize].1;
        let clashes = |other: &Said| other.part != Part::Pseudo && (same(other) || clash(other.part, said.part, cues));
        all.copied().find(clashes)
    }

    fn twice(&mut self, written: &str, first: Said, said: Said) {
        let id = |said: &Said| &self.owners[said.owner as usize].1;
        let message = format!("`{written}` is a phrase of `{}` and of `{}`", id(&first), id(&said));
        let problem = Diagnostic::error("K021", self.location(said), message);
        self.problems.push(problem.related(self.location(first), "first used here"));
    }

    /// Compares the phrases that name sets with all others, member by member.
    fn compare(&mut self, docs: &BTreeMap<String, &[Placed<SmolStr>]>, cues: &[CueRule]) {
        for (written, said, number) in std::mem::take(&mut self.named).into_iter().filter(|(_, said, _)| said.part != Part::Pseudo) {
            let mut first = None;
            for words in self.expand(&written, docs, NESTED) {
                let mut same = Vec::new();
                self.finder.walk(0, words.len(), |i| words[i], |end, phrase| same.extend((end == words.len()).then_some(phrase)));
                let others = same.into_iter().filter(|other| *other != number);
                first = first.or(others.filter_map(|other| self.clashing(other, said, cues)).find(|other| other.part != said.part));
            }
            if let Some(first) = first {
                self.twice(&written, first, said);
            }
        }
    }

    fn location(&self, said: Said) -> Location {
        Location { path: self.owners[said.owner as usize].0.clone(), line: said.line, column: said.column }
    }

    /// Makes the tree of a set, after those of the sets that it names; a set that names itself is none there.
    fn grow(&mut self, name: &str, docs: &BTreeMap<String, &[Placed<SmolStr>]>, depth: usize) {
        let Some(members) = docs.get(name).filter(|_| depth > 0 && !self.sets.contains_key(name)) else { return };
        let named = members.iter().flat_map(|p| p.value.split(' ')).filter(|w| w.starts_with('<') && *w != name);
        named.for_each(|inner| self.grow(inner, docs, depth - 1));
        if self.sets.contains_key(name) {
            return;
        }
        let set = self.finder.set();
        for member in *members {
            let end = self.node(set, &member.value);
            self.finder.end_of_set(end);
        }
        self.sets.insert(name.to_owned(), set);
    }

    /// The node at which a phrase ends that begins at `node`.
    fn node(&mut self, mut node: u32, phrase: &str) -> u32 {
        for word in phrase.split(' ').filter(|w| !w.is_empty()) {
            match word.starts_with('<').then(|| self.sets.get(word)).flatten() {
                Some(set) => node = self.finder.step_by_set(node, *set),
                None => self.each_symbol(word, |finder, symbol| node = finder.step(node, symbol)),
            }
        }
        node
    }

    /// Calls `found` with each symbol of a word as written: one for numbers, for years, for words that are alike.
    fn each_symbol(&mut self, word: &str, mut found: impl FnMut(&mut Phrases, WordId)) {
        let (number, year) = (self.number, self.year);
        let symbol = |made: &mut Self, word: &str| {
            let id = made.words.add(word);
            match made.alike.get(id) {
                _ if made.numbers.get(id) => number,
                WordId::NONE => id,
                first => first,
            }
        };
        match word {
            "<n>" => found(&mut self.finder, number),
            "<year>" => found(&mut self.finder, year),
            _ if word.bytes().all(|b| b.is_ascii_lowercase()) => {
                let id = symbol(self, word);
                found(&mut self.finder, id);
            }
            _ => {
                for part in fold_phrase(word).split_whitespace() {
                    let id = symbol(self, part);
                    found(&mut self.finder, id);
                }
            }
        }
    }

    /// The symbols of a phrase.
    fn symbols(&mut self, phrase: &str) -> Vec<WordId> {
        let mut all = Vec::new();
        phrase.split(' ').filter(|w| !w.is_empty()).for_each(|word| self.each_symbol(word, |_, symbol| all.push(symbol)));
        all
    }

    /// The phrases that a phrase with names of sets stands for.
    fn expand(&mut self, phrase: &str, docs: &BTreeMap<String, &[Placed<SmolStr>]>, depth: usize) -> Vec<Vec<WordId>> {
        let mut made = vec![Vec::new()];
        for word in phrase.split(' ').filter(|w| !w.is_empty()) {
            let members = match docs.get(word) {
                Some(members) if depth > 0 => members.iter().flat_map(|m| self.expand(&m.value, docs, depth - 1)).collect(),
                _ => vec![self.symbols(word)],
            };
            made = made.iter().flat_map(|m: &Vec<WordId>| members.iter().map(move |member| [m.as_slice(), member].concat())).collect();
        }
        made
    }
}

/// Whether two cues of one phrase would answer one question for one side.
fn clash(one: Part, other: Part, cues: &[CueRule]) -> bool {
    let (Part::Cue(a) | Part::Value(a), Part::Cue(b) | Part::Value(b)) = (one, other) else { return false };
    let same_kind = matches!(one, Part::Cue(_)) == matches!(other, Part::Cue(_));
    let (Some(a), Some(b)) = (cues.get(a as usize), cues.get(b as usize)) else { return false };
    same_kind && a.direction == b.direction && a.says.iter().any(|x| b.says.iter().any(|y| x.axis() == y.axis()))
}

impl ContextKnowledge {
    /// Whether a word, or the one that stands for it, is of a class.
    pub(crate) fn is_of(&self, word: WordId, classes: u32) -> bool {
        let [own, other] = [word, self.alike.get(word)];
        (self.classes.get(own) | self.classes.get(other)) & classes != 0
    }

    /// Checks and compiles the documents, in path order.
    pub(crate) fn compile(
        docs: &[(&str, &ContextDoc)],
        known: &mut Words,
        names: &mut Names,
        problems: &mut Vec<Diagnostic>,
    ) -> ContextKnowledge {
        let mut made = ContextKnowledge::default();
        let mut terminator_ids: BTreeMap<&str, u16> = BTreeMap::new();
        (made.number, made.year) = (known.add(NUMBER), known.add(YEAR));
        let mut numbers = ByWord::default();
        for word in docs.iter().flat_map(|(_, d)| &d.words).filter(|w| w.class == WordClass::Number).flat_map(|w| &w.words) {
            let id = known.add(&word.value.to_lowercase());
            *numbers.slot(id) = true;
            *made.classes.slot(id) |= NUMERAL;
        }
        let alike = alike(docs, known, names, problems);
        let mut sets: BTreeMap<String, &[Placed<SmolStr>]> = BTreeMap::new();
        for (path, set) in docs.iter().flat_map(|(path, doc)| doc.sets.iter().map(move |s| (path, s))) {
            names.add(path, &set.id, problems);
            sets.insert(format!("<{}>", set.id.value), &set.phrases);
        }
        let mut phrases = Collected {
            words: known,
            numbers,
            alike,
            number: made.number,
            year: made.year,
            sets: BTreeMap::new(),
            finder: Phrases::with_room(docs.iter().map(|(_, d)| d.phrases()).sum()),
            named: Vec::new(),
            patterns: Vec::new(),
            more: BTreeMap::new(),
            owners: Vec::new(),
            problems,
        };
        sets.keys().for_each(|name| phrases.grow(name, &sets, NESTED));
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
        let mut correctable = Vec::new();
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
                made.cues.push(value_rule(name, value));
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
                let class = classes::bit(words.class);
                for word in words.words.iter().filter(|_| class != 0 || words.class == WordClass::Filler) {
                    let symbols = phrases.symbols(&word.value);
                    match (words.class, symbols.as_slice()) {
                        (WordClass::Filler, _) => _ = made.fillers.insert(symbols),
                        (_, [one]) => *made.classes.slot(*one) |= class,
                        (WordClass::Adjunct, _) => _ = made.adjuncts.insert(symbols),
                        _ => {}
                    }
                }
                match words.class {
                    WordClass::Correctable => correctable.extend(words.words.iter().map(|w| w.value.to_lowercase())),
                    WordClass::Figures => {
                        let pair = |w: &str| w.split_once('/').map(|(first, second)| (first.to_owned(), second.to_owned()));
                        made.figures.extend(words.words.iter().filter_map(|w| pair(&w.value)));
                    }
                    WordClass::RecentYear => made.recent_years.extend(words.words.iter().map(|w| w.value.to_string())),
                    WordClass::EventEnding => made.event_endings.extend(words.words.iter().map(|w| w.value.to_lowercase())),
                    WordClass::KnownWord => words.words.iter().for_each(|w| _ = phrases.words.add(&w.value.to_lowercase())),
                    _ => {}
                }
            }
        }
        phrases.finder.finish();
        phrases.compare(&sets, &made.cues);
        made.spelling = Spelling::of(correctable);
        made.alike = phrases.alike;
        made.finder = phrases.finder;
        for (number, first) in phrases.patterns.iter().enumerate() {
            let more = phrases.more.get(&number).into_iter().flatten();
            made.patterns.parts.extend(std::iter::once(first).chain(more).map(|said| said.part));
            made.patterns.ends.push(made.patterns.parts.len() as u32);
        }
        made
    }
}

/// By word: the first of those it is like.
fn alike(docs: &[(&str, &ContextDoc)], known: &mut Words, names: &mut Names, problems: &mut Vec<Diagnostic>) -> ByWord<WordId> {
    let mut made = ByWord::default();
    for (path, doc) in docs {
        for group in &doc.alike {
            names.add(path, &group.id, problems);
            let Some(first) = group.words.first().map(|w| known.add(&w.value.to_lowercase())) else { continue };
            for word in &group.words {
                if std::mem::replace(made.slot(known.add(&word.value.to_lowercase())), first) != WordId::NONE {
                    let at = Location { path: Arc::from(*path), line: word.line, column: word.column };
                    problems.push(Diagnostic::error("K025", at, format!("`{}` stands in two lists of words that are alike", word.value)));
                }
            }
        }
    }
    made
}

fn cue_rule(path: &str, cue: &CueDoc, name: NameId, terminators: &BTreeMap<&str, u16>, problems: &mut Vec<Diagnostic>) -> CueRule {
    let at = |place: &Placed<SmolStr>| Location { path: Arc::from(path), line: place.line, column: place.column };
    if cue.says.is_empty() && !cue.reverses {
        problems.push(Diagnostic::error(
            "K023",
            at(&cue.id),
            format!("`{}` says nothing; a pseudo-cue belongs under `pseudo-cues`", cue.id.value),
        ));
    }
    let mut find = |id: &Placed<SmolStr>| {
        let found = terminators.get(id.value.as_str()).copied();
        if found.is_none() {
            problems.push(Diagnostic::error("K024", at(id), format!("there is no terminator `{}`", id.value)));
        }
        found
    };
    let passes = cue.passes.iter().filter_map(&mut find).collect();
    let until = cue.until.as_ref().and_then(find);
    CueRule {
        name,
        says: cue.says.clone(),
        direction: cue.direction,
        reach: cue.reach,
        words: cue.words.unwrap_or(u16::MAX),
        passes,
        until,
        glued: cue.glued,
        reverses: cue.reverses,
        reversible: cue.reversible,
        opens: cue.opens,
        object: cue.object,
        closes: cue.closes,
        wins: cue.wins,
        skips_subject: cue.skips_subject,
        indefinite: cue.indefinite,
        events: cue.events,
        chooses: cue.chooses,
        behind_answer: cue.behind_answer,
        denied: cue.denied,
        not_in: cue.not_in.clone(),
        bare: false,
        in_turn: false,
        answers: false,
        anaphoric: cue.anaphoric,
    }
}

/// A value acts on its label only; its place says where that is.
fn value_rule(name: NameId, value: &ValueDoc) -> CueRule {
    CueRule {
        name,
        says: value.says.clone(),
        direction: Direction::Backward,
        reach: Reach::Clause,
        words: u16::MAX,
        passes: Vec::new(),
        until: None,
        glued: false,
        reverses: false,
        reversible: false,
        opens: false,
        object: false,
        closes: false,
        wins: false,
        skips_subject: false,
        indefinite: false,
        events: false,
        chooses: false,
        behind_answer: false,
        denied: false,
        not_in: Vec::new(),
        bare: value.bare,
        in_turn: value.in_turn,
        answers: value.answers,
        anaphoric: None,
    }
}
