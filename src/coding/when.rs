//! Whether a rule's `when` holds for a fact among the others.

use super::apart;
use super::bonds::{Bonds, causes};
use super::facts::{Fact, Standing, State, compatible};
use crate::findings::Finding;
use crate::knowledge::coding::{Beside, CodingKnowledge, When};
use crate::knowledge::lexicon::ConceptId;
use crate::knowledge::source::coding::{Among, Near};
use crate::vocab::{AttributeKey, Setting};
use std::collections::BTreeMap;

/// Values by attribute.
type Wanted = BTreeMap<AttributeKey, Vec<String>>;

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
    /// Complications and the conditions they are of.
    pub bonds: Bonds,
    /// The facts of each concept that there is, in order.
    present: Vec<(ConceptId, Vec<usize>)>,
    /// By fact: its place among the active ones, if it is one.
    places: Vec<Option<usize>>,
    /// What is said of questions and their answers.
    pub(crate) coding: &'a CodingKnowledge,
}

impl<'a> Scene<'a> {
    /// The scene in which these facts count.
    pub(crate) fn new(
        findings: &'a [Finding],
        facts: &'a [Fact],
        active: &'a [usize],
        setting: Setting,
        coding: &'a CodingKnowledge,
    ) -> Scene<'a> {
        let mut present: Vec<(ConceptId, Vec<usize>)> = Vec::new();
        for (i, fact) in facts.iter().enumerate() {
            match present.iter_mut().find(|(concept, _)| *concept == fact.concept) {
                Some((_, list)) => list.push(i),
                None => present.push((fact.concept, vec![i])),
            }
        }
        let mut places = vec![None; facts.len()];
        active.iter().enumerate().rev().for_each(|(place, fact)| places[*fact] = Some(place));
        Scene { findings, facts, active, setting, bonds: Bonds::new(findings, facts, active, coding), present, places, coding }
    }

    /// The facts of the concepts asked for, concept by concept.
    fn asked(&self, beside: &Beside) -> impl Iterator<Item = &[usize]> {
        self.present.iter().filter(|(concept, _)| beside.any.has(*concept)).map(|(_, list)| list.as_slice())
    }

    /// Whether `when` holds for fact `f`.
    pub(crate) fn holds(&self, when: &When, f: usize) -> bool {
        let fact = &self.facts[f];
        when.any.has(fact.concept)
            && (!when.resolved || fact.state == State::Resolved)
            && (when.region.is_empty() || when.region.contains(&fact.region))
            && when.setting.is_none_or(|s| s == self.setting)
            && self.valued(fact, &when.attributes, &when.not_attributes)
            && when.with.iter().all(|b| self.beside(b, f).is_some())
            && !when.without.iter().any(|b| self.beside(b, f).is_some())
    }

    /// Whether a fact has the values it must have and none it must not.
    fn valued(&self, fact: &Fact, wanted: &Wanted, refused: &Wanted) -> bool {
        wanted.iter().all(|(key, values)| fact.has(self.findings, *key, values))
            && !refused.iter().any(|(key, values)| fact.has(self.findings, *key, values))
    }

    /// A fact that stands beside `f` as asked.
    pub(crate) fn beside(&self, beside: &Beside, f: usize) -> Option<usize> {
        let here = &self.facts[f];
        let near = |i: usize, other: &Fact| match beside.near {
            Near::Note => true,
            Near::Level => other.may_share_level(here),
            Near::Bound => self.bonds.bound(f, i),
            Near::Rival => self.bonds.rivals(f, i),
            Near::Apart => apart::parted(other, here),
            Near::Cause => causes(self.findings, self.facts, f, i),
            Near::Effect => causes(self.findings, self.facts, i, f),
            Near::Item => other.item == here.item,
            Near::Problem => other.problem == here.problem,
            Near::Sentence => other.sentence == here.sentence,
            Near::OtherItem => other.item != here.item && other.standing == Standing::Assessed,
        };
        let fits = |i: usize| {
            let other = &self.facts[i];
            i != f
                && near(i, other)
                && placed(beside, other, &here.region)
                && self.valued(other, &beside.attributes, &beside.not_attributes)
        };
        match beside.among {
            Among::Assessed => {
                let places = self.asked(beside).flatten().filter_map(|&i| self.places[i].map(|place| (place, i)));
                let mut first: Option<(usize, usize)> = None;
                for (place, i) in places {
                    if first.is_none_or(|(least, _)| place < least) && fits(i) {
                        first = Some((place, i));
                    }
                }
                first.map(|(_, i)| i)
            }
            among => self.asked(beside).filter_map(|list| list.iter().copied().find(|&i| counts(&self.facts[i], among) && fits(i))).min(),
        }
    }

    /// The same question where no finding is meant in particular (for flags).
    pub(crate) fn anywhere(&self, beside: &Beside) -> Vec<usize> {
        let among = |i: usize| match beside.among {
            Among::Assessed => self.places[i].is_some(),
            Among::Affirmed => counts(&self.facts[i], Among::Affirmed) && self.facts[i].standing != Standing::Incidental,
            other => counts(&self.facts[i], other),
        };
        let mut found: Vec<usize> = self
            .asked(beside)
            .flatten()
            .copied()
            .filter(|&i| {
                let fact = &self.facts[i];
                among(i)
                    && !(beside.among == Among::Open && answered(self.facts, i, self.coding))
                    && placed(beside, fact, "cervical")
                    && self.valued(fact, &beside.attributes, &beside.not_attributes)
            })
            .collect();
        found.sort_unstable();
        found
    }
}

/// Whether the place of a fact that stands beside one of region `here` is as asked.
fn placed(beside: &Beside, other: &Fact, here: &str) -> bool {
    match beside.region.as_slice() {
        [] => beside.any_region || compatible(&other.region, here),
        regions => regions.contains(&other.region),
    }
}

/// Whether what is asked is answered below: "r/o fx", then "No acute fracture" as the impression, or "CT negative" with it.
pub(crate) fn answered(facts: &[Fact], i: usize, coding: &CodingKnowledge) -> bool {
    let fact = &facts[i];
    let says = |id: &str, f: &Fact| coding.guidelines.get(id).is_some_and(|g| g.concepts.has(fact.concept) && g.beside.has(f.concept));
    // "no acute fracture" names no place and need not
    let same = |f: &Fact| f.concept == fact.concept && f.may_share_place(fact) || says("settled-by", f);
    let denied = |f: &Fact| same(f) && f.state == State::Denied && f.standing == Standing::Assessed && f.sentence > fact.sentence;
    let studied = |(k, f): (usize, &Fact)| {
        says("settled-by-study", f)
            && matches!(f.state, State::Affirmed | State::Hedged)
            && f.section == fact.section
            && k > i
            && f.sentence <= fact.sentence + 1
    };
    fact.state == State::Hedged && (facts.iter().any(denied) || facts.iter().enumerate().any(studied))
}

/// Whether a fact is of those that are asked for; the assessed ones are known to the scene alone.
fn counts(fact: &Fact, among: Among) -> bool {
    let affirmed = fact.state == State::Affirmed;
    match among {
        Among::Assessed | Among::Affirmed => affirmed,
        Among::Ever => matches!(fact.state, State::Affirmed | State::Past | State::Resolved),
        Among::Denied => fact.state == State::Denied,
        Among::Told => affirmed && fact.standing <= Standing::Narrative,
        Among::Open => matches!(fact.state, State::Affirmed | State::Hedged) && fact.standing <= Standing::Imaging,
        Among::Hedged => fact.state == State::Hedged,
        Among::Entertained => matches!(fact.state, State::Affirmed | State::Hedged | State::Past | State::Resolved),
        Among::Past => fact.state == State::Past || (affirmed && fact.standing == Standing::Past),
        Among::Recent => affirmed && fact.standing <= Standing::Narrative,
        Among::Planned => fact.planned,
        Among::Performed => fact.performed,
    }
}
