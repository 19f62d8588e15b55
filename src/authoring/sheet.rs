//! What an id is: the words that lead to it, the rules that speak of it, its authority, its cases, and the lines it is written in.

use super::codes_of;
use super::written::{Written, word_for};
use crate::code::Code;
use crate::codeset::CodeSet;
use crate::fold::fold_phrase;
use crate::knowledge::coding::{Concepts, When};
use crate::knowledge::lexicon::ConceptId;
use crate::knowledge::source::Document;
use crate::knowledge::source::case::Case;
use crate::knowledge::source::lexicon::LexiconDoc;
use crate::knowledge::yaml::Placed;
use crate::knowledge::{Knowledge, NameId};
use serde::Serialize;
use smol_str::SmolStr;

/// One item of the knowledge, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Its id.
    pub id: String,
    /// "concept", "rule", "flag", "cue", "heading".
    pub what: &'static str,
    /// Where it is written.
    pub at: String,
    /// What there is to say of it, each line with a label.
    pub rows: Vec<Row>,
    /// Its cases.
    pub cases: Vec<CaseShown>,
    /// The lines it is written in.
    pub source: String,
}

/// One labelled line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// "terms", "authority".
    pub label: &'static str,
    /// What is said.
    pub values: Vec<String>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseShown {
    /// Where it stands.
    pub at: String,
    /// The words of its note.
    pub note: String,
    /// What it expects ("suggests: M54.2").
    pub expects: Vec<String>,
}

/// Rules that lead to a code, and those that keep it away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Leading {
    /// Rules that suggest it.
    pub suggested_by: Vec<RuleShown>,
    /// Rules that withhold it where its words tempt.
    pub withheld_by: Vec<RuleShown>,
    /// Rules whose code takes its place.
    pub displaced_by: Vec<RuleShown>,
    /// Cases that name it.
    pub cases: Vec<CaseShown>,
}

/// A rule in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleShown {
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub at: String,
    /// One plain sentence.
    pub why: String,
    /// Where its right comes from.
    pub authority: Vec<String>,
    /// The concepts it starts from.
    pub concepts: Vec<String>,
    /// Terms that name those, a few of each.
    pub terms: Vec<String>,
}

/// How many terms of a concept are listed for a rule.
const FEW_TERMS: usize = 4;

/// The knowledge, compiled and as written, with the release that gives titles.
#[derive(Debug, Clone, Copy)]
pub struct Explainer<'a> {
    /// Compiled.
    pub knowledge: &'a Knowledge,
    /// As written.
    pub written: &'a Written,
    /// Titles.
    pub set: &'a CodeSet,
}

impl Explainer<'_> {
    /// Everything about the item of that id, or the flag of that name; `None` if there is none.
    pub fn sheet(&self, id: &str) -> Option<Sheet> {
        let by_flag = || self.knowledge.coding.flags.iter().find(|f| f.flag == id).map(|f| self.knowledge.names.id(f.name));
        let id = if self.written.item(id).is_some() { id } else { by_flag()? };
        let (path, item) = self.written.item(id)?;
        let rows = match self.written.document(id)? {
            Document::Lexicon(doc) => self.lexicon_rows(id, doc),
            Document::Coding(_) => self.coding_rows(id),
            _ => Vec::new(),
        };
        let cases = item.cases.iter().map(|c| case_shown(path, c)).collect();
        Some(Sheet {
            id: id.to_string(),
            what: word_for(path, &item),
            at: format!("{path}:{}:{}", item.id.line, item.id.column),
            rows: rows.into_iter().filter(|r| !r.values.is_empty()).collect(),
            cases,
            source: self.written.excerpt(path, item.id.line),
        })
    }

    /// The rules that speak of a code, and the cases that name it.
    pub fn leading(&self, code: Code) -> Leading {
        let coding = &self.knowledge.coding;
        let mut leading = Leading::default();
        for rule in &coding.rules {
            if rule.suggest.iter().any(|s| codes_of(s, coding).contains(&code)) {
                leading.suggested_by.push(self.rule_shown(rule.name, &rule.why, &rule.authority, &rule.when));
            }
            if let Some(replace) = rule.replaces.iter().find(|r| r.codes.iter().any(|p| code.within(p))) {
                leading.displaced_by.push(self.rule_shown(rule.name, &replace.why, &rule.authority, &rule.when));
            }
        }
        for t in coding.tempting.iter().filter(|t| t.codes.iter().any(|s| codes_of(s, coding).contains(&code))) {
            leading.withheld_by.push(self.rule_shown(t.name, &t.why, &t.authority, &t.when));
        }
        let printed = code.to_string();
        let names_it = |c: &Case| {
            let listed = [&c.suggests, &c.review, &c.never];
            listed.iter().any(|l| l.contains(&printed)) || c.withholds.contains_key(&printed) || c.first.as_ref() == Some(&printed)
        };
        let all = self.written.items().flat_map(|(path, item)| item.cases.iter().map(move |c| (path, c)));
        leading.cases = all.filter(|(_, c)| names_it(c)).map(|(path, c)| case_shown(path, c)).collect();
        leading
    }

    fn rule_shown(&self, name: NameId, why: &str, authority: &[String], when: &When) -> RuleShown {
        let names = &self.knowledge.names;
        let (concepts, terms) = self.starting_from(when);
        RuleShown {
            id: names.id(name).to_string(),
            at: names.at(name).to_string(),
            why: why.to_string(),
            authority: authority.to_vec(),
            concepts,
            terms,
        }
    }

    /// The concepts that a condition starts from, and a few terms of each.
    fn starting_from(&self, when: &When) -> (Vec<String>, Vec<String>) {
        let concepts = self.ids_in(&when.any);
        let terms = concepts.iter().flat_map(|id| self.terms_of(id).into_iter().take(FEW_TERMS)).collect();
        (concepts, terms)
    }

    /// The ids of a set of concepts, in order of file and place.
    pub fn ids_in(&self, set: &Concepts) -> Vec<String> {
        let lexicon = &self.knowledge.lexicon;
        let inside = (0..lexicon.concepts.len() as u16).map(ConceptId).filter(|id| set.has(*id));
        inside.map(|id| lexicon.concept(id).id.clone()).collect()
    }

    /// The terms of a concept: its own, then the findings and sites it is composed of.
    pub fn terms_of(&self, id: &str) -> Vec<String> {
        let lexicons = || self.written.files.iter().filter_map(|f| if let Document::Lexicon(d) = &f.document { Some(d) } else { None });
        let own = lexicons().flat_map(|d| &d.concepts).filter(|c| c.id.value == id).flat_map(|c| c.terms.iter().chain(&c.abbreviations));
        let mut terms: Vec<String> = own.map(|t| t.value.to_string()).collect();
        terms.extend(lexicons().flat_map(|d| composed(d, id)));
        terms
    }

    fn lexicon_rows(&self, id: &str, doc: &LexiconDoc) -> Vec<Row> {
        let lexicon = &self.knowledge.lexicon;
        let Some(concept) = doc.concepts.iter().find(|c| c.id.value == id) else { return Vec::new() };
        let own = lexicon.find(id);
        let kinds = lexicon.concepts.iter().filter(|c| c.parent.is_some() && c.parent == own).map(|c| c.id.clone()).collect();
        let mut rows = vec![
            Row { label: "title", values: vec![concept.title.clone()] },
            Row { label: "kind", values: vec![concept.kind.to_string()] },
            Row { label: "is a kind of", values: concept.parent.iter().map(|p| p.value.to_string()).collect() },
            Row { label: "kinds of it", values: kinds },
            Row { label: "terms", values: self.terms_of(id) },
            Row { label: "not in", values: concept.not.iter().map(|t| t.value.to_string()).collect() },
        ];
        let Some(own) = own else { return rows };
        let coding = &self.knowledge.coding;
        let names = &self.knowledge.names;
        let shown = |name| format!("{} ({})", names.id(name), names.at(name));
        let starts = coding.rules.iter().filter(|r| r.when.any.has(own));
        let mut codes: Vec<Code> = starts.clone().flat_map(|r| &r.suggest).flat_map(|s| codes_of(s, coding)).collect();
        codes.sort();
        codes.dedup();
        let beside = coding.rules.iter().filter(|r| r.when.with.iter().any(|b| b.any.has(own)));
        let against = coding.rules.iter().filter(|r| r.when.without.iter().any(|b| b.any.has(own)));
        let tempting = coding.tempting.iter().filter(|t| t.when.any.has(own));
        let asked = |b: &[crate::knowledge::coding::Beside]| b.iter().any(|b| b.any.has(own));
        let flags = coding.flags.iter().filter(|f| f.when.iter().any(|w| asked(&w.with) || asked(&w.without)));
        rows.extend([
            Row { label: "leads to codes", values: codes.iter().map(Code::to_string).collect() },
            Row { label: "rules from it", values: starts.map(|r| shown(r.name)).collect() },
            Row { label: "rules with it beside", values: beside.map(|r| shown(r.name)).collect() },
            Row { label: "rules it holds back", values: against.map(|r| shown(r.name)).collect() },
            Row { label: "withheld by", values: tempting.map(|t| shown(t.name)).collect() },
            Row { label: "flags that ask for it", values: flags.map(|f| shown(f.name)).collect() },
        ]);
        rows
    }

    fn coding_rows(&self, id: &str) -> Vec<Row> {
        let coding = &self.knowledge.coding;
        let Some(name) = self.knowledge.names.find(id) else { return Vec::new() };
        let titled = |codes: Vec<Code>| {
            codes.into_iter().map(|c| format!("{c} {}", self.set.title(c).unwrap_or_default()).trim_end().to_string()).collect()
        };
        let starting = |when: &When| {
            let (concepts, terms) = self.starting_from(when);
            [Row { label: "starts from", values: concepts }, Row { label: "terms", values: terms }]
        };
        if let Some(rule) = coding.rules.iter().find(|r| r.name == name) {
            let mut rows = vec![
                Row { label: "title", values: vec![rule.title.clone()] },
                Row { label: "says", values: vec![rule.why.clone()] },
                Row { label: "authority", values: rule.authority.to_vec() },
                Row { label: "suggests", values: titled(rule.suggest.iter().flat_map(|s| codes_of(s, coding)).collect()) },
            ];
            rows.extend(starting(&rule.when));
            let displaced = rule.replaces.iter().flat_map(|r| r.codes.iter().map(move |c| format!("{c} ({})", r.reason)));
            rows.push(Row { label: "takes the place of", values: displaced.collect() });
            return rows;
        }
        if let Some(t) = coding.tempting.iter().find(|t| t.name == name) {
            let mut rows = vec![
                Row { label: "says", values: vec![t.why.clone()] },
                Row { label: "authority", values: t.authority.to_vec() },
                Row { label: "withholds", values: titled(t.codes.iter().flat_map(|s| codes_of(s, coding)).collect()) },
            ];
            rows.extend(starting(&t.when));
            return rows;
        }
        if let Some(flag) = coding.flags.iter().find(|f| f.name == name) {
            let query = flag.query.iter();
            return vec![
                Row { label: "in reports", values: vec![flag.flag.clone()] },
                Row { label: "severity", values: vec![flag.severity.to_string()] },
                Row { label: "says", values: vec![flag.why.clone()] },
                Row { label: "asks", values: query.clone().map(|q| q.question.clone()).collect() },
                Row { label: "answers", values: query.flat_map(|q| q.options.iter().map(|o| o.0.clone())).collect() },
            ];
        }
        Vec::new()
    }

    /// Where a phrase is listed: the id of its item, and the place.
    pub fn listed(&self, phrase: &str) -> Vec<(String, String)> {
        let wanted = fold_phrase(phrase);
        let mut found = Vec::new();
        for file in &self.written.files {
            let Document::Lexicon(doc) = &file.document else { continue };
            let mut look = |id: &str, list: &[Placed<SmolStr>]| {
                for term in list.iter().filter(|t| fold_phrase(t) == wanted) {
                    found.push((id.to_string(), format!("{}:{}:{}", file.path, term.line, term.column)));
                }
            };
            for c in &doc.concepts {
                look(&c.id, &c.terms);
                look(&c.id, &c.abbreviations);
                look(&c.id, &c.not);
            }
            for s in &doc.sites {
                look(&s.id, &s.terms);
                look(&s.id, &s.abbreviations);
            }
            for f in &doc.findings {
                [&f.nouns, &f.adjectives, &f.verbs, &f.actions].iter().for_each(|list| look(&f.id, list));
            }
        }
        found
    }
}

/// "pain + neck": a finding's first word and the sites at which it is the concept.
fn composed(doc: &LexiconDoc, id: &str) -> Vec<String> {
    let mut out = Vec::new();
    for finding in &doc.findings {
        let word = [&finding.nouns, &finding.adjectives, &finding.verbs, &finding.actions].into_iter().find_map(|l| l.first());
        let word = word.map_or(finding.id.value.as_str(), |w| w.value.as_str());
        for row in finding.with.iter().filter(|w| w.is.value == id) {
            let sites: Vec<&str> = row.at.iter().map(|s| s.value.as_str()).collect();
            out.push(format!("{word} + {}", sites.join(" or ")));
        }
        if finding.otherwise.as_ref().is_some_and(|o| o.value == id) {
            out.push(format!("{word} alone"));
        }
    }
    out
}

/// A case with what it expects, key by key.
pub(crate) fn case_shown(path: &str, case: &Case) -> CaseShown {
    let mut expects = Vec::new();
    if let Ok(serde_json::Value::Object(keys)) = serde_json::to_value(case) {
        for (key, value) in keys.iter().filter(|(key, _)| *key != "note") {
            match value {
                serde_json::Value::Array(list) if list.is_empty() && key != "finds" => {}
                serde_json::Value::Array(list) if list.is_empty() => expects.push("finds: nothing".to_string()),
                serde_json::Value::Array(list) => {
                    let words: Vec<&str> = list.iter().filter_map(|v| v.as_str()).collect();
                    expects.push(format!("{key}: {}", words.join(", ")));
                }
                serde_json::Value::Object(map) if !map.is_empty() => {
                    let plain = |v: &serde_json::Value| match v {
                        serde_json::Value::String(s) => s.clone(),
                        serde_json::Value::Array(list) => list.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(" or "),
                        other => other.to_string(),
                    };
                    let pairs: Vec<String> = map.iter().map(|(k, v)| format!("{k} {}", plain(v))).collect();
                    expects.push(format!("{key}: {}", pairs.join(", ")));
                }
                serde_json::Value::String(text) => expects.push(format!("{key}: {text}")),
                serde_json::Value::Bool(true) => expects.push(key.replace('-', " ")),
                _ => {}
            }
        }
    }
    CaseShown { at: format!("{path}:{}:{}", case.note.line, case.note.column), note: case.note.value.to_string(), expects }
}
