//! What each phrase can do towards naming a target concept, for the scan in `mentions::candidates`.

use super::Lexicon;
use super::entries::{Entry, Meaning};
use crate::words::{ByWord, Marked, WordId, Words};
use std::collections::BTreeMap;

/// Sites and regions at which some finding is a target, one bit each; those past the sixty-fourth share the last.
pub type Places = u64;

/// What a phrase can do towards naming a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// It names one by itself.
    pub alone: bool,
    /// It names one together with any of these.
    pub needs: Places,
    /// It is one of these.
    pub gives: Places,
}

/// The shares of all phrases.
#[derive(Debug, Default)]
pub struct Targets {
    /// By phrase; what its several meanings can do.
    pub shares: Vec<Share>,
    /// Whether a phrase that can do something begins with the word.
    pub begins: Marked,
    /// By the first word of such phrases: by which words they go on, each as one bit of a hash; all bits if one is that word alone.
    onward: ByWord<u64>,
    /// What a level of the spine ("C5") is.
    pub levels: Places,
}

impl Targets {
    pub(crate) fn compile(lexicon: &Lexicon, words: &Words) -> Targets {
        let target = |id: Option<super::ConceptId>| id.is_some_and(|id| lexicon.concept(id).target);
        let mut bits: BTreeMap<&str, Places> = BTreeMap::new();
        for (key, concept) in lexicon.findings.iter().flat_map(|f| &f.with) {
            if lexicon.concept(*concept).target {
                let next = 1 << bits.len().min(Places::BITS as usize - 1);
                bits.entry(key).or_insert(next);
            }
        }
        let bit = |key: &str| bits.get(key).copied().unwrap_or(0);
        let region = |region: Option<&String>| region.map_or(0, |r| bit(r));
        let share = |meaning: &Meaning| match *meaning {
            Meaning::Concept(id) => {
                let concept = lexicon.concept(id);
                Share { alone: concept.target || target(concept.past), needs: 0, gives: region(concept.region.as_ref()) }
            }
            Meaning::Finding(id, _) => {
                let finding = &lexicon.findings[id.0 as usize];
                let needs = finding.with.iter().filter(|(_, c)| lexicon.concept(*c).target).fold(0, |all, (key, _)| all | bit(key));
                Share { alone: target(finding.otherwise), needs, gives: 0 }
            }
            Meaning::Site(id) => {
                let site = &lexicon.sites[id.0 as usize];
                Share { alone: false, needs: 0, gives: bit(&site.id) | region(site.region.as_ref()) }
            }
            Meaning::Block(_) => Share::default(),
        };
        let sum = |a: Share, b: Share| Share { alone: a.alone || b.alone, needs: a.needs | b.needs, gives: a.gives | b.gives };
        // a bare guess ("likely *disc*") names nothing without what it is guessed of
        let guessed = |e: &&Entry| e.company.and_then(|c| lexicon.entries.company.get(c as usize)).is_some_and(|c| c.guessed);
        let shares = lexicon.entries.meanings.iter().map(|entries| {
            let entries = || entries.iter().filter(|e| !guessed(e));
            let sites = entries().filter_map(|e| e.site).map(|s| share(&Meaning::Site(s)));
            entries().map(|e| share(&e.meaning)).chain(sites).fold(Share::default(), sum)
        });
        let levels = lexicon.grammar.level_regions().fold(bit("level"), |all, r| all | bit(r));
        let shares: Vec<Share> = shares.collect();
        let (mut begins, mut onward) = (Marked::default(), ByWord::<u64>::default());
        for (pattern, _) in lexicon.entries.patterns.iter().zip(&shares).filter(|(_, share)| **share != Share::default()) {
            let mut of_pattern = pattern.split(' ').filter(|w| !w.is_empty()).map(|w| words.find(w));
            let first = of_pattern.next().unwrap_or_default();
            begins.add(first);
            *onward.slot(first) |= of_pattern.next().map_or(!0, WordId::bit);
        }
        Targets { shares, begins, onward, levels }
    }

    /// Whether a phrase that can do something may begin with a word before another: most words that begin one go on otherwise.
    #[inline]
    pub fn may_begin(&self, word: WordId, next: Option<WordId>) -> bool {
        let onward = self.onward.get(word);
        next.map_or(onward == !0, |next| onward & next.bit() != 0)
    }
}
