//! What the documentation lacks, and what an answer would change.

mod given;

use super::decide::{self, Decision};
use super::encounter::Encounter;
use super::facts::{Fact, Standing, State, family};
use super::when::Scene;
use super::{Change, Evidence, Flag, lint, query};
use crate::attributes::{self, NoteValue, Value};
use crate::code::Code;
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::knowledge::coding::{FlagRule, FlagWhen};
use crate::layout::Layout;
use crate::note::Note;
use crate::vocab::{AttributeKey, ConceptKind, EvidenceRole, SectionKind, Status};
use std::cell::OnceCell;

struct Asking<'a> {
    layout: &'a Layout,
    findings: &'a [Finding],
    facts: &'a [Fact],
    encounter: &'a Encounter,
    decision: &'a Decision,
    knowledge: &'a Knowledge,
    values: Vec<NoteValue>,
    active: &'a [usize],
    scene: &'a Scene<'a>,
    /// Which problems tell of the neck; found out when it is asked.
    problems: OnceCell<Vec<bool>>,
}

/// Raises every flag whose trigger holds, in the order of the knowledge.
#[allow(clippy::too_many_arguments)]
pub(crate) fn flags(
    note: &Note,
    layout: &Layout,
    findings: &[Finding],
    values: Vec<NoteValue>,
    facts: &[Fact],
    encounter: &Encounter,
    decision: &Decision,
    knowledge: &Knowledge,
) -> Vec<Flag> {
    if facts.is_empty() && decision.noticed.is_empty() {
        return Vec::new();
    }
    let values = attributes::note_level(values);
    let active = decide::assessed(facts);
    let scene = Scene::new(findings, facts, &active, encounter.setting, &knowledge.coding);
    let asking = Asking {
        layout,
        findings,
        facts,
        encounter,
        decision,
        knowledge,
        values,
        active: &active,
        scene: &scene,
        problems: OnceCell::new(),
    };
    let noted = query::Noted { text: &note.text, layout, findings, facts, lexicon: &knowledge.lexicon };
    let mut out: Vec<Flag> = Vec::new();
    for rule in &knowledge.coding.flags {
        if out.iter().any(|f| f.flag == rule.flag) {
            continue;
        }
        let Some((about, shown)) = rule.when.iter().find_map(|w| asking.holds(w)) else { continue };
        let mut evidence = decide::evidence(layout, findings, facts, &shown);
        let spans = rule.when.iter().flat_map(|w| &w.noticed).filter_map(|n| decision.noticed.get(n.as_str())).flat_map(|n| &n.spans);
        evidence.extend(spans.map(|&span| Evidence { role: EvidenceRole::Mention, span }));
        evidence.sort_by_key(|e| (e.span, e.role));
        evidence.dedup();
        let resting = decision.suggestions.iter().filter(|s| about.contains(&s.code)).flat_map(|s| &s.evidence);
        let condition: Vec<Evidence> = resting.cloned().collect();
        out.push(Flag {
            flag: rule.flag.clone(),
            severity: rule.severity,
            rule: rule.name,
            about,
            why: rule.why.clone(),
            would_change: asking.would_change(rule, &shown),
            query: rule.query.as_ref().and_then(|q| {
                let made = query::query(q, &evidence, &condition, &noted)?;
                // a query that breaks a condition is not sent, whatever the knowledge says
                lint::lint(&made.draft(Some(lint::named(q, knowledge))), &note.text, layout, findings, knowledge).is_empty().then_some(made)
            }),
            evidence,
        });
    }
    out.sort_by_key(|f| f.severity);
    out
}

impl Asking<'_> {
    fn codes(&self, prefixes: &[Code], status: Option<Status>) -> Vec<usize> {
        let fits = |i: &usize| {
            let s = &self.decision.suggestions[*i];
            status.is_none_or(|t| t == s.status) && prefixes.iter().any(|p| s.code.within(p))
        };
        (0..self.decision.suggestions.len()).filter(fits).collect()
    }

    /// Whether one way to raise the flag holds: the codes it is about and the facts that show it.
    fn holds(&self, when: &FlagWhen) -> Option<(Vec<Code>, Vec<usize>)> {
        let mut about: Vec<usize> = Vec::new();
        let mut shown: Vec<usize> = Vec::new();
        for (prefixes, status) in [(&when.supported, Some(Status::Supported)), (&when.suggested, None)] {
            if !prefixes.is_empty() {
                let found = self.codes(prefixes, status);
                if found.is_empty() {
                    return None;
                }
                about.extend(found);
            }
        }
        if !self.codes(&when.not_supported, Some(Status::Supported)).is_empty() || !self.codes(&when.not_suggested, None).is_empty() {
            return None;
        }
        if !when.unspecified_in.is_empty() {
            let found: Vec<usize> = (0..self.decision.candidates.len())
                .filter(|&i| {
                    let candidate = self.decision.candidates[i].as_ref();
                    let plain = candidate.is_some_and(|c| c.plain_in.is_some_and(|t| when.unspecified_in.contains(&t)));
                    // of a history, or of what an operation was for, the level is not asked
                    let assessed = |f: &Fact| f.standing == Standing::Assessed && f.state != State::Past;
                    plain && candidate.is_some_and(|c| c.facts.iter().any(|&f| assessed(&self.facts[f])))
                })
                .collect();
            if found.is_empty() {
                return None;
            }
            about.extend(found);
        }
        if when.note_lacks.iter().any(|key| self.given(*key).is_some()) {
            return None;
        }
        let given = |(key, values): (&AttributeKey, &Vec<String>)| {
            self.given_values(*key).any(|v| matches!(v, Value::Text(t) if values.contains(t)) || values.iter().any(|w| w == "any"))
        };
        if !when.note_has.is_empty() && !when.note_has.iter().any(given) {
            return None;
        }
        if let Some(least) = when.lasting_days {
            let times = || self.complaint_times(AttributeKey::Duration).chain(self.complaint_times(AttributeKey::Onset));
            // "neck pain for 3 days. Sleep has been poor for 6 months": what is told beside the complaint is its time
            let beside = times().any(|t| t.1);
            let long = |v: &Value| matches!(v, Value::Days(from, _) if *from >= least);
            if !times().any(|(v, here)| (here || !beside) && long(v)) {
                return None;
            }
        }
        // "ongoing for a few weeks" is not long-standing
        if let Some(days) = when.unless_under_days {
            let short = |key| self.complaint_values(key).any(|v| matches!(v, Value::Days(_, most) if *most < days));
            if short(AttributeKey::Duration) || short(AttributeKey::Onset) {
                return None;
            }
        }
        let scene = self.scene;
        for beside in &when.with {
            let found = scene.anywhere(beside);
            shown.push(*found.first()?);
        }
        if when.without.iter().any(|b| !scene.anywhere(b).is_empty()) {
            return None;
        }
        if let Some((reasons, codes, _)) = &when.withheld {
            let w = self
                .decision
                .withheld
                .iter()
                .find(|w| reasons.contains(&w.reason) && (codes.is_empty() || codes.iter().any(|p| w.code.within(p))))?;
            shown.extend((0..self.facts.len()).filter(|&f| {
                let hull = self.findings[self.facts[f].finding].mention.hull();
                w.evidence.iter().any(|e| hull.contains(e.span))
            }));
        }
        if !when.noticed.is_empty() {
            let found: Vec<_> = when.noticed.iter().filter_map(|n| self.decision.noticed.get(n.as_str())).collect();
            if found.is_empty() {
                return None;
            }
            shown.extend(found.iter().flat_map(|n| n.facts.iter().copied()));
        }
        // what a referring provider diagnosed is assessed, if not here
        if when.nothing_assessed && (self.encounter.assesses || self.facts.iter().any(|f| f.referred)) {
            return None;
        }
        if when.neck_topic {
            let topic = self.topic();
            if topic.is_empty() && about.is_empty() {
                return None;
            }
            if when.nothing_assessed {
                shown.extend(topic);
            }
        }
        if when.setting_assumed && self.encounter.setting_stated {
            return None;
        }
        shown.extend(about.iter().filter_map(|&i| self.decision.candidates[i].as_ref()).flat_map(|c| c.facts.clone()));
        shown.sort_unstable();
        shown.dedup();
        about.sort_unstable();
        about.dedup();
        Some((about.iter().map(|&i| self.decision.suggestions[i].code).collect(), shown))
    }

    /// Facts that make the neck what the note is about: suggested for, complained of, or treated.
    fn topic(&self) -> Vec<usize> {
        let counts = |f: &Fact| {
            let kind = self.knowledge.lexicon.concept(f.concept).kind;
            let named = self.knowledge.coding.guidelines.get("complaint-of-the-neck").is_some_and(|g| g.concepts.has(f.concept));
            let section = self.layout.sections[f.section as usize].kind;
            let reason = matches!(section, SectionKind::ChiefComplaint | SectionKind::Exam | SectionKind::Indications);
            f.own_region
                && (kind != ConceptKind::Symptom || named || reason)
                && family(&f.region) == "cervical"
                && matches!(kind, ConceptKind::Symptom | ConceptKind::Diagnosis | ConceptKind::Procedure)
                && f.state == State::Affirmed
                && f.standing <= Standing::Narrative
        };
        (0..self.facts.len()).filter(|&i| counts(&self.facts[i])).collect()
    }

    /// The supported codes for each answer, found by coding again with the answer supposed.
    fn would_change(&self, rule: &FlagRule, shown: &[usize]) -> Vec<Change> {
        let Some(would) = &rule.would_change else { return Vec::new() };
        let now = self.supported(self.facts);
        let mut out = Vec::new();
        let mut add = |answer: &str, facts: Vec<Fact>| {
            let codes = self.supported(&facts);
            if codes != now || would.doc.keep_same {
                out.push(Change { answer: answer.to_owned(), codes });
            }
        };
        if let Some(key) = would.doc.attribute {
            for value in &would.doc.values {
                let mut facts = self.facts.to_vec();
                for &f in shown {
                    if !would.of.is_empty() && !would.of.has(facts[f].concept) {
                        continue;
                    }
                    if key == AttributeKey::Level {
                        facts[f].levels = vec![value.clone()];
                    }
                    facts[f].supposed = Some((key, value.clone()));
                }
                add(value, facts);
            }
        }
        for (answer, concept) in &would.doc.findings {
            let Some(concept) = self.knowledge.lexicon.find(concept) else { continue };
            if let Some(&f) = self.active.first() {
                let mut facts = self.facts.to_vec();
                let mut new = facts[f].clone();
                new.concept = concept;
                facts.push(new);
                add(answer, facts);
            }
        }
        if would.doc.certainty {
            let mut facts = self.facts.to_vec();
            for &f in shown {
                facts[f].state = State::Affirmed;
            }
            add("confirmed", facts);
        }
        out
    }

    fn supported(&self, facts: &[Fact]) -> Vec<Code> {
        let outcome = decide::supported(self.findings, facts, self.encounter, self.knowledge);
        let mut codes: Vec<Code> = outcome.kept.iter().filter(|c| c.status == Status::Supported).map(|c| c.code).collect();
        codes.sort();
        codes
    }
}
