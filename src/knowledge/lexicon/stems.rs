//! The words without which a note cannot name a target concept, for the scan of raw text in `mentions::candidates`.

use super::entries::Meaning;
use super::{Finding, Lexicon};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::{BTreeMap, BTreeSet};

/// A word, by its place in the automaton.
type Stem = u16;

/// Words all of which a phrase has.
pub type Words = Vec<Stem>;

/// Stems and what they can make.
#[derive(Debug)]
pub struct Stems {
    /// Finds the words in raw text, whatever their case.
    pub automaton: AhoCorasick,
    /// How many stems there are.
    pub count: usize,
    /// The stem from which on stems are beginnings of levels ("c5"), which may run on.
    pub levels_from: usize,
    /// Phrases that name a target by themselves.
    pub alone: Vec<Words>,
    /// Phrases of findings and of sites that name a target together.
    pub together: Vec<(Vec<Words>, Vec<Words>)>,
}

impl Stems {
    pub(crate) fn compile(lexicon: &Lexicon) -> Stems {
        let mut stems = Collector::default();
        let mut alone = BTreeSet::new();
        let mut findings: BTreeMap<u16, BTreeSet<Words>> = BTreeMap::new();
        let mut sites: BTreeMap<u16, BTreeSet<Words>> = BTreeMap::new();
        let target = |id: Option<super::ConceptId>| id.is_some_and(|id| lexicon.concept(id).target);
        for (pattern, meanings) in lexicon.entries.patterns.iter().zip(&lexicon.entries.meanings) {
            for entry in meanings {
                match entry.meaning {
                    Meaning::Concept(id) => {
                        if lexicon.concept(id).target || target(lexicon.concept(id).past) {
                            alone.insert(stems.words(pattern));
                        }
                    }
                    Meaning::Finding(id, _) => {
                        let finding = &lexicon.findings[id.0 as usize];
                        if target(finding.otherwise) {
                            alone.insert(stems.words(pattern));
                        }
                        findings.entry(id.0).or_default().insert(stems.words(pattern));
                    }
                    Meaning::Site(id) => {
                        sites.entry(id.0).or_default().insert(stems.words(pattern));
                    }
                    Meaning::Block => {}
                }
            }
        }
        let levels_from = stems.list.len();
        let levels = stems.levels(lexicon);
        let mut together = Vec::new();
        for (id, phrases) in findings {
            let finding = &lexicon.findings[id as usize];
            let keys = target_keys(lexicon, finding);
            if keys.is_empty() {
                continue;
            }
            let fits = |s: &u16| {
                let site = &lexicon.sites[*s as usize];
                keys.contains(&site.id.as_str()) || site.region.as_deref().is_some_and(|r| keys.contains(&r))
            };
            let places = sites.iter().filter(|(s, _)| fits(s)).flat_map(|(_, phrases)| phrases.iter().cloned());
            let places = places.chain(levels.iter().map(|l| vec![*l])).collect();
            together.push((phrases.into_iter().collect(), places));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(true)
            .build(&stems.list)
            .unwrap_or_else(|_| AhoCorasick::new([""]).expect("one pattern"));
        Stems { automaton, count: stems.list.len(), levels_from, alone: alone.into_iter().collect(), together }
    }
}

/// Sites and regions at which a finding is a target.
fn target_keys<'a>(lexicon: &Lexicon, finding: &'a Finding) -> Vec<&'a str> {
    let rows = finding.with.iter().filter(|(_, concept)| lexicon.concept(*concept).target);
    rows.map(|(key, _)| key.as_str()).collect()
}

#[derive(Default)]
struct Collector {
    list: Vec<String>,
    by_word: BTreeMap<String, Stem>,
}

impl Collector {
    fn stem(&mut self, word: &str) -> Stem {
        if let Some(stem) = self.by_word.get(word) {
            return *stem;
        }
        let stem = self.list.len() as Stem;
        self.list.push(word.to_owned());
        self.by_word.insert(word.to_owned(), stem);
        stem
    }

    /// The runs of letters of a folded phrase; the long ones if there are any, for short ones stand in every note.
    fn words(&mut self, pattern: &str) -> Words {
        const LONG: usize = 4;
        let runs = || pattern.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty());
        let long = runs().any(|w| w.len() >= LONG);
        let words: BTreeSet<Stem> = runs().filter(|w| !long || w.len() >= LONG).map(|w| self.stem(w)).collect();
        words.into_iter().collect()
    }

    /// The beginnings of levels: "c0" to "c9" and so on for each letter.
    fn levels(&mut self, lexicon: &Lexicon) -> Vec<Stem> {
        let mut levels = Vec::new();
        for letter in lexicon.grammar.level_letters() {
            for digit in b'0'..=b'9' {
                levels.push(self.stem(&format!("{}{}", letter as char, digit as char)));
            }
        }
        levels
    }
}
