//! Every phrase of the lexicon, found in one pass over folded text, and what each phrase means.

use super::ConceptId;
use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{fold_known, fold_phrase};
use crate::knowledge::source::lexicon::Form;
use crate::knowledge::yaml::Placed;
use crate::phrases::Phrases;
use crate::words::{WordId, Words};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// A site, by its place in [`super::Lexicon::sites`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SiteId(pub u16);

/// A bare finding, by its place in [`super::Lexicon::findings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingId(pub u16);

/// What a phrase stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Meaning {
    /// Names a concept.
    Concept(ConceptId),
    /// Names a bare finding.
    Finding(FindingId, u8),
    /// Names a site.
    Site(SiteId),
    /// Takes its words away from shorter phrases and means nothing; the finding whose words it takes ("pain clinic"), if it is one's own.
    Block(Option<FindingId>),
}

impl Meaning {
    /// The meaning of a finding's word of that form.
    pub fn finding(id: FindingId, form: Form) -> Meaning {
        Meaning::Finding(id, form as u8)
    }

    /// Whether it means nothing.
    pub fn blocks(self) -> bool {
        matches!(self, Meaning::Block(_))
    }
}

/// One phrase of the lexicon.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// What it stands for.
    pub meaning: Meaning,
    /// How many tokens it has.
    pub tokens: u32,
    /// The very text it must have in the note, if it is an abbreviation.
    pub exact: Option<String>,
    /// A site among its own words, for a concept that takes its region from sites ("radicular *neck* pain").
    pub site: Option<SiteId>,
    /// Index into [`Entries::company`], if other words decide.
    pub company: Option<u16>,
    /// Where it is written.
    spot: Spot,
}

/// Words that must, or must not, stand in the same sentence.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Company {
    /// One of these must.
    pub near: Vec<WordId>,
    /// None of these may.
    pub unless_near: Vec<WordId>,
    /// In the note, not only in the sentence.
    pub anywhere: bool,
    /// It must be said as a guess, or as one of two.
    pub guessed: bool,
}

/// All phrases.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Entries {
    /// Finds the folded phrases.
    pub finder: Phrases,
    /// The folded phrase of each pattern.
    pub patterns: Vec<SmolStr>,
    /// What each pattern can stand for.
    pub meanings: Vec<Vec<Entry>>,
    /// Company of entries.
    pub company: Vec<Company>,
}

impl Entries {
    /// The sites among the words of pattern `at`.
    pub(crate) fn sites_in(&self, at: usize, words: &Words) -> Vec<SiteId> {
        let mut sites = Vec::new();
        self.finder.each_in(&fold_known(&self.patterns[at], words), |_, _, pattern| {
            sites.extend(self.meanings[pattern].iter().filter_map(|e| if let Meaning::Site(site) = e.meaning { Some(site) } else { None }));
        });
        sites
    }
}

/// Collects phrases and notices those that are empty or mean two things.
#[derive(Default)]
pub(crate) struct Builder {
    finder: Phrases,
    patterns: Vec<SmolStr>,
    meanings: Vec<Vec<Entry>>,
    company: Vec<Company>,
    files: Vec<Arc<str>>,
}

/// A place: the file by its number, line, column.
type Spot = (u16, u32, u32);

impl Builder {
    /// With room for so many phrases.
    pub(crate) fn with_room(phrases: usize) -> Builder {
        let (patterns, meanings) = (Vec::with_capacity(phrases), Vec::with_capacity(phrases));
        Builder { finder: Phrases::with_room(phrases), patterns, meanings, ..Builder::default() }
    }

    /// What is added from now on stands in this file.
    pub(crate) fn file(&mut self, path: &str) {
        self.files.push(Arc::from(path));
    }

    fn location(&self, spot: Spot) -> Location {
        let path = self.files.get(spot.0 as usize).cloned().unwrap_or_default();
        Location { path, line: spot.1, column: spot.2 }
    }

    /// Registers company and returns its index; none for empty company.
    pub(crate) fn company(&mut self, near: &[String], unless_near: &[String], anywhere: bool, words: &mut Words) -> Option<u16> {
        if near.is_empty() && unless_near.is_empty() {
            return None;
        }
        let mut known = |list: &[String]| list.iter().map(|w| words.add(w)).collect();
        self.company.push(Company { near: known(near), unless_near: known(unless_near), anywhere, guessed: false });
        Some((self.company.len() - 1) as u16)
    }

    /// The company of what counts only as a guess.
    pub(crate) fn guessed(&mut self) -> u16 {
        self.company.push(Company { guessed: true, ..Company::default() });
        (self.company.len() - 1) as u16
    }

    /// Adds a phrase.
    pub(crate) fn add(
        &mut self,
        phrase: &Placed<SmolStr>,
        meaning: Meaning,
        exact: bool,
        company: Option<u16>,
        words: &mut Words,
        problems: &mut Vec<Diagnostic>,
    ) {
        let spot = ((self.files.len().max(1) - 1) as u16, phrase.line, phrase.column);
        let folded = fold_phrase(phrase);
        let tokens = folded.split_ascii_whitespace().count() as u32;
        if tokens == 0 {
            problems.push(Diagnostic::error("K012", self.location(spot), "a term without words"));
            return;
        }
        let slot = self.finder.add(&folded, words);
        let entry = Entry { meaning, tokens, exact: exact.then(|| phrase.value.to_string()), site: None, company, spot };
        if slot == self.patterns.len() {
            self.patterns.push(folded.into());
            self.meanings.push(vec![entry]);
            return;
        }
        let clash = self.meanings[slot].iter().find(|other| clashes(&entry, other));
        if let Some(first) = clash.map(|other| other.spot) {
            let problem = Diagnostic::error("K013", self.location(spot), format!("`{}` is a term twice", phrase.value));
            problems.push(problem.related(self.location(first), "first here"));
        }
        self.meanings[slot].push(entry);
    }

    /// Compiles what was collected.
    pub(crate) fn build(self) -> Entries {
        Entries { finder: self.finder, patterns: self.patterns, meanings: self.meanings, company: self.company }
    }
}

/// Whether two readings of one phrase cannot both be meant: the same words, neither an abbreviation nor bound to company.
///
/// A blocking phrase may be another concept's term: the term wins, and its words are gone for shorter phrases all the same.
fn clashes(a: &Entry, b: &Entry) -> bool {
    let free = |e: &Entry| e.exact.is_none() && e.company.is_none();
    let two_forms = matches!((a.meaning, b.meaning), (Meaning::Finding(_, f), Meaning::Finding(_, g)) if f != g);
    let blocks = |e: &Entry| e.meaning.blocks();
    // "LBP" names the place and what is found there
    let holds_its_site =
        matches!((a.meaning, b.meaning), (Meaning::Finding(..), Meaning::Site(_)) | (Meaning::Site(_), Meaning::Finding(..)));
    free(a) && free(b) && !blocks(a) && !blocks(b) && !two_forms && !holds_its_site
}
