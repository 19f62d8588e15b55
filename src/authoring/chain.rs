//! From the words of a note to a code, or to why the code is not there.

use super::codes_of;
use super::sheet::Explainer;
use crate::attributes::Value;
use crate::code::Code;
use crate::codeset::Validity;
use crate::coding::{Evidence, Reviewed};
use crate::findings::Finding;
use crate::knowledge::NameId;
use crate::knowledge::coding::{Beside, When};
use crate::mentions::How;
use crate::note::Note;
use crate::span::Span;
use crate::vocab::{Certainty, EvidenceRole, Polarity, Subject, Time};
use serde::Serialize;

/// What became of a code in a note, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// The note.
    pub note: String,
    /// The code.
    pub code: Code,
    /// Its title in the release of the note's date.
    pub title: Option<String>,
    /// "supported", "review", "withheld" or "absent".
    pub outcome: &'static str,
    /// From the words to the code, or to where the way ends.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// "words", "concept", "said", "rule".
    pub label: &'static str,
    /// What there is.
    pub text: String,
    /// Where in the knowledge.
    pub at: Option<String>,
}

fn step(label: &'static str, text: impl Into<String>) -> Step {
    Step { label, text: text.into(), at: None }
}

/// Explains what became of a code in a reviewed note.
pub fn chain(note: &Note, reviewed: &Reviewed, code: Code, explainer: Explainer<'_>) -> Chain {
    let teller = Teller { note, reviewed, explainer };
    let coded = &reviewed.coded;
    let (outcome, steps) = if let Some(s) = coded.suggestions.iter().find(|s| s.code == code) {
        let mut steps = teller.words(&s.evidence);
        steps.push(teller.rule(s.rule, &s.why));
        steps.push(step("authority", s.authority.join("; ")));
        steps.push(step("result", format!("{} ({}), number {}", s.status, s.basis, s.sequence)));
        if !s.conflicts_with.is_empty() {
            let others: Vec<String> = s.conflicts_with.iter().map(Code::to_string).collect();
            steps.push(step("conflict", format!("Excludes1 forbids it beside {}", others.join(", "))));
        }
        (s.status.as_str(), steps)
    } else if let Some(w) = coded.withheld.iter().find(|w| w.code == code) {
        let mut steps = teller.words(&w.evidence);
        steps.push(teller.rule(w.rule, &w.why));
        steps.push(step("authority", w.authority.join("; ")));
        steps.push(step("result", format!("withheld: {}", w.reason)));
        ("withheld", steps)
    } else {
        ("absent", teller.absent(code))
    };
    Chain { note: note.id.clone(), code, title: explainer.set.title(code), outcome, steps }
}

struct Teller<'a> {
    note: &'a Note,
    reviewed: &'a Reviewed,
    explainer: Explainer<'a>,
}

impl Teller<'_> {
    fn place(&self, span: Span) -> String {
        let before = self.note.text.get(..span.start as usize).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("line {line}, column {column}")
    }

    fn quoted(&self, span: Span) -> String {
        let words: Vec<&str> = span.of(&self.note.text).split_whitespace().collect();
        format!("\"{}\"", words.join(" "))
    }

    fn rule(&self, rule: NameId, why: &str) -> Step {
        let names = &self.explainer.knowledge.names;
        Step { label: "rule", text: format!("{}: {why}", names.id(rule)), at: Some(names.at(rule).to_string()) }
    }

    /// The findings whose words are evidence, each with what was read in them.
    fn words(&self, evidence: &[Evidence]) -> Vec<Step> {
        let mentioned: Vec<Span> = evidence.iter().filter(|e| e.role == EvidenceRole::Mention).map(|e| e.span).collect();
        let mut steps = Vec::new();
        for finding in &self.reviewed.findings {
            if finding.mention.spans.iter().any(|s| mentioned.contains(s)) {
                steps.extend(self.finding(finding));
            }
        }
        if steps.is_empty() {
            steps.extend(evidence.iter().map(|e| step("words", format!("{} at {}", self.quoted(e.span), self.place(e.span)))));
        }
        steps
    }

    fn finding(&self, finding: &Finding) -> Vec<Step> {
        let knowledge = self.explainer.knowledge;
        let mention = &finding.mention;
        let pieces: Vec<String> = mention.spans.iter().map(|&s| self.quoted(s)).collect();
        let mut steps = vec![step("words", format!("{} at {}", pieces.join(" … "), self.place(mention.hull())))];
        let id = &knowledge.lexicon.concept(mention.concept).id;
        let how = match mention.how {
            How::Term => "by a term",
            How::Abbreviation => "by an abbreviation",
            How::Composed => "composed of a finding and a site",
            How::Misspelt => "by a misspelt term",
            How::Marked { .. } => "by whoever asks",
        };
        let words: Vec<&str> = mention.spans.iter().map(|s| s.of(&self.note.text)).collect();
        let listed = self.explainer.listed(&words.join(" ")).into_iter().find(|(owner, _)| owner == id).map(|(_, at)| at);
        let at = listed.or_else(|| Some(knowledge.names.at(knowledge.lexicon.concept(mention.concept).name).to_string()));
        let region = mention.region.as_ref().map(|(r, _)| format!(", region {r}")).unwrap_or_default();
        steps.push(Step { label: "concept", text: format!("{id}, {how}{region}"), at });
        steps.push(step("said", said(finding)));
        for cue in &finding.assertion.cues {
            let names = &knowledge.names;
            let text = format!("{} ({})", self.quoted(cue.span), names.id(cue.rule));
            steps.push(Step { label: "cue", text, at: Some(names.at(cue.rule).to_string()) });
        }
        for a in finding.attributes.iter() {
            let value = match &a.value {
                Value::Text(text) => text.clone(),
                Value::Days(least, most) if least == most => format!("{least} days"),
                Value::Days(least, most) => format!("{least} to {most} days"),
                Value::Score(least, most, scale) if least == most => format!("{least} of {scale}"),
                Value::Score(least, most, scale) => format!("{least} to {most} of {scale}"),
            };
            let names = &knowledge.names;
            let text = format!("{} {value}, from {}", a.key, self.quoted(a.span));
            steps.push(Step { label: "attribute", text, at: Some(names.at(a.rule).to_string()) });
        }
        steps.push(step("where", self.section(mention.hull())));
        steps
    }

    /// The section of some words, and whether codes may rest on it.
    fn section(&self, span: Span) -> String {
        let layout = &self.reviewed.layout;
        let i = layout.sections.partition_point(|s| s.start <= span.start).saturating_sub(1);
        let Some(section) = layout.sections.get(i) else { return String::new() };
        let coded = self.reviewed.coded.coded_from.get(i).copied().unwrap_or(section.assessed);
        let title = section.title.map(|t| format!("{}, ", self.quoted(t))).unwrap_or_default();
        format!("{title}{}, {}", section.kind, if coded { "coded from" } else { "not coded from" })
    }

    /// Why a code is neither suggested nor withheld: each rule that could suggest it, and what it waits for.
    fn absent(&self, code: Code) -> Vec<Step> {
        let set = self.explainer.set;
        let coding = &self.explainer.knowledge.coding;
        let mut steps = Vec::new();
        if set.validity(code) != Validity::Valid {
            let edit = set.code_edit(code);
            let near: Vec<String> = edit.instead.iter().take(4).map(|n| n.code.to_string()).collect();
            let near = if near.is_empty() { String::new() } else { format!("; nearest: {}", near.join(", ")) };
            steps.push(step("not valid", format!("{}{near}", edit.reason.unwrap_or_default())));
        }
        let rules: Vec<_> = coding.rules.iter().filter(|r| r.suggest.iter().any(|s| codes_of(s, coding).contains(&code))).collect();
        if rules.is_empty() {
            let near = coding.rules.iter().filter(|r| r.suggest.iter().any(|s| codes_of(s, coding).iter().any(|c| c.within(&code))));
            let mut near: Vec<&str> = near.map(|r| self.explainer.knowledge.names.id(r.name)).collect();
            near.dedup();
            let below = if near.is_empty() { String::new() } else { format!("; rules for codes below it: {}", near.join(", ")) };
            steps.push(step("no rule", format!("no rule of this knowledge suggests {code}{below}")));
        }
        for rule in rules {
            steps.push(self.rule(rule.name, "could suggest it"));
            let other = self.reviewed.coded.suggestions.iter().find(|s| s.rule == rule.name);
            if let Some(other) = other {
                steps.push(step("instead", format!("it suggests {} here", other.code)));
            }
            let found: Vec<&Finding> = self.reviewed.findings.iter().filter(|f| rule.when.any.has(f.mention.concept)).collect();
            if found.is_empty() {
                let wanted = self.explainer.ids_in(&rule.when.any);
                steps.push(step("missing", format!("nothing in the note is read as {}", wanted.join(", "))));
            }
            for finding in found {
                let mention = &finding.mention;
                let id = &self.explainer.knowledge.lexicon.concept(mention.concept).id;
                let about = format!("{} ({id}) at {}", self.quoted(mention.hull()), self.place(mention.hull()));
                steps.push(step("words", format!("{about}: {}; {}", said(finding), self.section(mention.hull()))));
                steps.extend(self.unmet(&rule.when, finding));
            }
        }
        steps
    }

    /// What a condition asks for that a finding has not.
    fn unmet(&self, when: &When, finding: &Finding) -> Vec<Step> {
        let mut steps = Vec::new();
        let region = finding.mention.region.as_ref().map_or("", |(r, _)| r.as_str());
        if !when.region.is_empty() && !when.region.iter().any(|r| r == region) {
            let has = if region.is_empty() { "none" } else { region };
            steps.push(step("region", format!("asks for {}; here: {has}", when.region.join(", ").trim_end_matches(", "))));
        }
        for (key, values) in &when.attributes {
            let have = |a: &&crate::attributes::Attribute| match &a.value {
                Value::Text(text) => a.key == *key && values.iter().any(|v| v == "any" || v == text),
                _ => a.key == *key && values.iter().any(|v| v == "any"),
            };
            if !finding.attributes.iter().any(|a| have(&a)) {
                steps.push(step("attribute", format!("asks for {key} {}", values.join(", "))));
            }
        }
        let among = |b: &Beside| -> Option<&Finding> { self.reviewed.findings.iter().find(|f| b.any.has(f.mention.concept)) };
        for beside in when.with.iter().filter(|b| among(b).is_none()) {
            steps.push(step("beside", format!("asks for one of {} beside it", self.explainer.ids_in(&beside.any).join(", "))));
        }
        for beside in &when.without {
            if let Some(other) = among(beside) {
                let id = &self.explainer.knowledge.lexicon.concept(other.mention.concept).id;
                steps.push(step("held back", format!("may be held back by {} ({id})", self.quoted(other.mention.hull()))));
            }
        }
        steps
    }
}

/// "present, definite, current, of the patient".
fn said(finding: &Finding) -> String {
    let a = &finding.assertion;
    let plain = (a.polarity, a.certainty, a.time, a.subject) == (Polarity::Present, Certainty::Definite, Time::Current, Subject::Patient);
    let resolved = if a.resolved { ", resolved" } else { "" };
    let affirmed = if plain { " (affirmed)" } else { "" };
    format!("{}, {}, {}, {}{resolved}{affirmed}", a.polarity, a.certainty, a.time, a.subject)
}
