//! What the provider sets apart from what was named before: "C6 radiculopathy, not from the disc", "unrelated to the spondylosis".

use super::facts::{Fact, Standing, State};
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::knowledge::lexicon::ConceptId;
use crate::layout::Layout;
use crate::vocab::ConceptKind;

/// Tokens behind "not from" within which a word refers to what was named before.
const BACK: u32 = 4;
/// Tokens between "not due to" and what it names.
const OBJECT: u32 = 4;

/// What a condition is said not to come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Apart {
    /// Nothing of the kind is said.
    #[default]
    Nothing,
    /// From all that was named before it: "not from the disc", "unrelated to #1".
    All,
    /// From these: "not due to spondylosis".
    From(Vec<ConceptId>),
}

/// Whether `condition` is said not to come from `other`.
pub(super) fn parted(condition: &Fact, other: &Fact) -> bool {
    match &condition.apart {
        Apart::Nothing => false,
        Apart::All => other.sentence < condition.sentence,
        Apart::From(concepts) => concepts.contains(&other.concept),
    }
}

/// Sets conditions apart as the note does. What is only denied as a cause is not denied where the assessment has it elsewhere: "Cervical
/// spondylosis. C7 radiculopathy, not due to spondylosis."
pub(super) fn set(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let Some(saying) = knowledge.coding.guidelines.get("stated-unrelated") else { return };
    let tokens = |f: &Fact| findings[f.finding].mention.tokens.clone();
    let condition = |f: &Fact| matches!(knowledge.lexicon.concept(f.concept).kind, ConceptKind::Diagnosis | ConceptKind::Symptom);
    let apart = |f: &&Fact| saying.concepts.has(f.concept) && f.state == State::Affirmed;
    let said: Vec<Fact> = facts.iter().filter(apart).cloned().collect();
    for word in said {
        let (start, end) = (tokens(&word).start, tokens(&word).end);
        let here = |f: &Fact| f.sentence == word.sentence && condition(f);
        let subject = (0..facts.len()).rfind(|i| here(&facts[*i]) && tokens(&facts[*i]).end <= start);
        let Some(subject) = subject else { continue };
        let near = |f: &Fact| (end..end + OBJECT).contains(&tokens(f).start);
        let objects: Vec<usize> = (0..facts.len()).filter(|i| here(&facts[*i]) && near(&facts[*i])).collect();
        if objects.is_empty() {
            let last = layout.sentences.get(word.sentence as usize).map_or(end, |s| s.tokens.end);
            if saying.stands_in(layout.tokens(end..last.min(end + BACK))) {
                facts[subject].apart = Apart::All;
            }
            continue;
        }
        facts[subject].apart = Apart::From(objects.iter().map(|i| facts[*i].concept).collect());
        for object in objects {
            let (concept, sentence) = (facts[object].concept, facts[object].sentence);
            let has = |f: &Fact| f.concept == concept && f.sentence != sentence && f.standing == Standing::Assessed;
            if facts[object].state == State::Denied && facts.iter().any(|f| has(f) && f.state == State::Affirmed) {
                facts[object].standing = Standing::Incidental;
            }
        }
    }
}
