//! What lies behind a complaint of today, and is itself past.

use super::{Fact, Standing, State};
use crate::attributes::Value;
use crate::coding::bonds::causes;
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::vocab::AttributeKey;

/// Puts in the past an injury that a complaint is said to come of, if it happened long ago ("neck pain due to whiplash from an MVA in
/// *2021*") or its late effect is stated ("1. Whiplash, *sequela* 2. Neck pain due to whiplash").
pub(super) fn put_old_causes_in_the_past(facts: &mut [Fact], findings: &[Finding], knowledge: &Knowledge) {
    let Some(rule) = knowledge.coding.guidelines.get("old-cause-of-a-complaint") else { return };
    let injury = |f: &Fact| rule.concepts.has(f.concept) && f.state == State::Affirmed && f.standing == Standing::Assessed;
    let late = |item: u32| facts.iter().any(|f| f.item == item && f.state == State::Affirmed && rule.beside.has(f.concept));
    let old = |f: &Fact| {
        let long_ago = |v: &Value| matches!(v, Value::Days(least, _) if rule.days.is_some_and(|days| *least >= days));
        let told = findings[f.finding].attributes.iter().any(|a| a.key == AttributeKey::Onset && long_ago(&a.value));
        told || facts.iter().any(|g| g.concept == f.concept && injury(g) && late(g.item))
    };
    let is_cause = |i: usize| (0..facts.len()).any(|effect| effect != i && causes(findings, facts, effect, i));
    let past: Vec<usize> = (0..facts.len()).filter(|&i| injury(&facts[i]) && old(&facts[i]) && is_cause(i)).collect();
    for i in past {
        facts[i].state = State::Past;
    }
}
