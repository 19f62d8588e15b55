//! Which condition a complication is read as being of: radiculopathy of the disc named beside it, not of the spondylosis three problems on.

use super::apart;
use super::facts::{Fact, compatible};
use crate::attributes::Value;
use crate::findings::Finding;
use crate::knowledge::coding::{Binding, CodingKnowledge};
use crate::vocab::AttributeKey;

/// Pairs of a complication and a condition it is bound to, by index of facts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bonds {
    bound: Vec<(usize, usize)>,
    /// Those of them in which the condition is named as the cause.
    named: Vec<(usize, usize)>,
}

/// Tokens between two causes that are named together: "spondylosis *and a* disc herniation".
const JOINED: u32 = 2;

/// How near a condition stands to a complication, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    /// Named as its cause.
    Cause,
    /// The first of its sentence, with nothing but "with" between: "*spondylosis with radiculopathy*, DDD".
    With,
    /// In its clause.
    Clause,
    /// In its sentence.
    Sentence,
    /// In its problem.
    Item,
    /// Anywhere.
    Note,
}

impl Bonds {
    /// Binds the complications among the active facts.
    pub(crate) fn new(findings: &[Finding], facts: &[Fact], active: &[usize], coding: &CodingKnowledge) -> Bonds {
        let mut bonds = Bonds::default();
        for binding in &coding.bindings {
            for &c in active.iter().filter(|&&c| binding.complications.has(facts[c].concept)) {
                let (hosts, named) = hosts(findings, facts, active, binding, c);
                bonds.named.extend(hosts.iter().filter(|_| named).map(|h| (c, *h)));
                bonds.bound.extend(hosts.into_iter().map(|h| (c, h)));
            }
        }
        for pairs in [&mut bonds.bound, &mut bonds.named] {
            pairs.sort_unstable();
            pairs.dedup();
        }
        bonds
    }

    /// Whether one of the two is a complication that is bound to the other.
    pub(crate) fn bound(&self, a: usize, b: usize) -> bool {
        self.bound.binary_search(&(a, b)).is_ok() || self.bound.binary_search(&(b, a)).is_ok()
    }

    /// Whether two conditions share a complication, and which of them it is of is not said.
    pub(crate) fn rivals(&self, a: usize, b: usize) -> bool {
        let named = |c: usize, h: usize| self.named.binary_search(&(c, h)).is_ok();
        self.bound.iter().any(|&(c, h)| h == a && self.bound.binary_search(&(c, b)).is_ok() && !(named(c, a) && named(c, b)))
    }
}

/// Whether the cause that is named for `effect` is `cause`.
pub(crate) fn causes(findings: &[Finding], facts: &[Fact], effect: usize, cause: usize) -> bool {
    if facts[effect].consequence_of == Some(facts[cause].finding) {
        return true;
    }
    let hull = findings[facts[cause].finding].mention.hull();
    let mut attributes = findings[facts[effect].finding].attributes.iter();
    attributes.any(|a| a.key == AttributeKey::Cause && matches!(a.value, Value::Text(_)) && a.span.overlaps(hull))
}

/// The conditions that a complication is of, and whether they are named as its cause.
fn hosts(findings: &[Finding], facts: &[Fact], active: &[usize], binding: &Binding, complication: usize) -> (Vec<usize>, bool) {
    let c = &facts[complication];
    let tier = |h: usize| {
        let host = &facts[h];
        if causes(findings, facts, complication, h) {
            Tier::Cause
        } else if c.with == Some(host.finding) {
            Tier::With
        } else if host.sentence == c.sentence && host.clause == c.clause {
            Tier::Clause
        } else if host.sentence == c.sentence {
            Tier::Sentence
        } else if host.item == c.item {
            Tier::Item
        } else {
            Tier::Note
        }
    };
    let may = |h: &usize| {
        let host = &facts[*h];
        *h != complication
            && (binding.hosts.has(host.concept) || binding.weak_hosts.has(host.concept))
            && compatible(&host.region, &c.region)
            && !apart::parted(c, host)
    };
    let mut near: Vec<(Tier, usize)> = active.iter().copied().filter(may).map(|h| (tier(h), h)).collect();
    let Some(least) = near.iter().map(|n| n.0).min() else { return (Vec::new(), false) };
    // "radiculopathy due to spondylosis and disc herniation": both are named as its cause
    let named: Vec<usize> = near.iter().filter(|n| n.0 == Tier::Cause).map(|n| n.1).collect();
    let joined = |h: usize| {
        let tokens = |f: usize| &findings[facts[f].finding].mention.tokens;
        let beside = |&n: &usize| {
            let (first, second) = if n < h { (n, h) } else { (h, n) };
            let between = tokens(second).start.saturating_sub(tokens(first).end);
            facts[n].sentence == facts[h].sentence && facts[n].clause == facts[h].clause && between <= JOINED
        };
        let own = tokens(complication);
        let parted = |&n: &usize| own.start >= tokens(n.min(h)).end && own.end <= tokens(n.max(h)).start;
        named.iter().any(|n| beside(n) && !parted(n))
    };
    near.retain(|n| n.0 == least || joined(n.1));
    let mut hosts: Vec<usize> = near.into_iter().map(|n| n.1).collect();
    if hosts.iter().any(|&h| binding.hosts.has(facts[h].concept)) {
        hosts.retain(|&h| binding.hosts.has(facts[h].concept));
    }
    // "C6 radiculopathy, C5-6 herniation, C3-4 spondylosis": the root picks its level
    let wanted: Vec<&String> = c.roots.iter().filter_map(|r| binding.roots.get(r)).collect();
    let hit = |h: usize| facts[h].levels.iter().any(|l| wanted.contains(&l));
    if least != Tier::Cause && hosts.iter().any(|&h| hit(h)) {
        hosts.retain(|&h| hit(h) || facts[h].levels.is_empty());
    }
    (hosts, least == Tier::Cause)
}
