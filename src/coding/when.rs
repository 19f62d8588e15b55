//! Whether a rule's `when` holds for a fact among the others.

use super::facts::{Fact, Standing, State, compatible};
use crate::findings::Finding;
use crate::knowledge::coding::{Beside, When};
use crate::knowledge::source::coding::{Among, Near};
use crate::vocab::Setting;

/// What rules are asked about: the note's facts, and which of them count as assessed this time.
pub(crate) struct Scene<'a> {
    /// The note's findings.
    pub findings: &'a [Finding],
    /// All facts of the note.
    pub facts: &'a [Fact],
    /// The facts that count as affirmed in the assessment, by index into `facts`.
    pub active: &'a [usize],
    /// The setting whose rules are used.
    pub setting: Setting,
}

impl Scene<'_> {
    /// Whether `when` holds for fact `f`.
    pub(crate) fn holds(&self, when: &When, f: usize) -> bool {
        let fact = &self.facts[f];
        when.any.has(fact.concept)
            && (when.region.is_empty() || when.region.contains(&fact.region))
            && when.setting.is_none_or(|s| s == self.setting)
            && when.attributes.iter().all(|(key, values)| fact.has(self.findings, *key, values))
            && !when.not_attributes.iter().any(|(key, values)| fact.has(self.findings, *key, values))
            && when.with.iter().all(|b| self.beside(b, f).is_some())
            && !when.without.iter().any(|b| self.beside(b, f).is_some())
    }

    /// A fact that stands beside `f` as asked.
    pub(crate) fn beside(&self, beside: &Beside, f: usize) -> Option<usize> {
        let here = &self.facts[f];
        let near = |other: &Fact| match beside.near {
            Near::Note => true,
            Near::Item => other.item == here.item,
            Near::Sentence => other.sentence == here.sentence,
            Near::OtherItem => other.item != here.item && other.standing == Standing::Assessed,
        };
        let fits = |i: usize| {
            let other = &self.facts[i];
            i != f
                && beside.any.has(other.concept)
                && near(other)
                && (beside.any_region || compatible(&other.region, &here.region))
                && beside.attributes.iter().all(|(key, values)| other.has(self.findings, *key, values))
        };
        match beside.among {
            Among::Assessed => self.active.iter().copied().find(|&i| fits(i)),
            Among::Affirmed => (0..self.facts.len()).find(|&i| self.facts[i].state == State::Affirmed && fits(i)),
            Among::Ever => {
                (0..self.facts.len()).find(|&i| matches!(self.facts[i].state, State::Affirmed | State::Past | State::Resolved) && fits(i))
            }
            Among::Denied => (0..self.facts.len()).find(|&i| self.facts[i].state == State::Denied && fits(i)),
        }
    }

    /// The same question where no finding is meant in particular (for flags).
    pub(crate) fn anywhere(&self, beside: &Beside) -> Vec<usize> {
        let counts = |i: usize| match beside.among {
            Among::Assessed => self.active.contains(&i),
            Among::Affirmed => self.facts[i].state == State::Affirmed && self.facts[i].standing != Standing::Incidental,
            Among::Ever => matches!(self.facts[i].state, State::Affirmed | State::Past | State::Resolved),
            Among::Denied => self.facts[i].state == State::Denied,
        };
        (0..self.facts.len())
            .filter(|&i| {
                let fact = &self.facts[i];
                beside.any.has(fact.concept)
                    && counts(i)
                    && (beside.any_region || compatible(&fact.region, "cervical"))
                    && beside.attributes.iter().all(|(key, values)| fact.has(self.findings, *key, values))
            })
            .collect()
    }
}
