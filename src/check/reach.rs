//! What can never come about: rules whose findings nothing names, rules that another always hides, codes that displace one another,
//! cues and terms that get in one another's way, names that nothing uses.

use super::{lexicons, place};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::fold::fold_phrase;
use crate::knowledge::Knowledge;
use crate::knowledge::coding::{Beside, CodingKnowledge, Concepts, Rule, Suggest, When};
use crate::knowledge::lexicon::ConceptId;
use crate::knowledge::source::context::{CueDoc, Direction, Says};
use crate::knowledge::source::{Document, SourceFile};
use crate::knowledge::yaml::Placed;
use crate::vocab::ConceptKind;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Rules that can never fire: no word leads to any concept they start from, or to one they need beside it.
pub(super) fn unreachable(files: &[SourceFile], knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) {
    let named = named(files);
    let lexicon = &knowledge.lexicon;
    let reachable = |set: &Concepts| {
        (0..lexicon.concepts.len() as u16).map(ConceptId).any(|id| set.has(id) && named.contains(lexicon.concept(id).id.as_str()))
    };
    let coding = &knowledge.coding;
    let rules = coding.rules.iter().map(|r| (r.name, &r.when)).chain(coding.tempting.iter().map(|t| (t.name, &t.when)));
    for (name, when) in rules {
        let (id, at) = (knowledge.names.id(name), knowledge.names.at(name));
        if !reachable(&when.any) {
            problems.push(Diagnostic::warning("K036", at, format!("`{id}` can never fire: no term names what it starts from")));
        } else if when.with.iter().any(|b| !reachable(&b.any)) {
            problems.push(Diagnostic::warning("K036", at, format!("`{id}` can never fire: no term names what it needs beside it")));
        }
    }
}

/// Concepts that words lead to: by a term, an abbreviation, a finding with a site, or as the past of another.
fn named(files: &[SourceFile]) -> BTreeSet<&str> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for (_, doc) in lexicons(files) {
        named.extend(doc.concepts.iter().filter(|c| !c.terms.is_empty() || !c.abbreviations.is_empty()).map(|c| c.id.value.as_str()));
        named.extend(doc.findings.iter().flat_map(|f| f.with.iter().map(|w| &w.is).chain(&f.otherwise)).map(|id| id.value.as_str()));
        named.extend(doc.concepts.iter().flat_map(|c| &c.with).map(|w| w.is.value.as_str()));
        named.extend(doc.abbreviations.iter().map(|a| a.means.value.as_str()));
    }
    let past =
        lexicons(files).flat_map(|(_, d)| &d.concepts).filter(|c| named.contains(c.id.value.as_str())).filter_map(|c| c.past.as_ref());
    let past: Vec<&str> = past.map(|id| id.value.as_str()).collect();
    named.extend(past);
    named
}

fn codes(suggest: &Suggest, coding: &CodingKnowledge) -> Vec<Code> {
    match suggest.table.and_then(|t| coding.tables.get(t)) {
        None => Code::parse(&suggest.stem).into_iter().collect(),
        Some(table) => table.rows.values().filter_map(|end| Code::parse(&format!("{}{end}", suggest.stem))).collect(),
    }
}

/// Rules that an earlier one always hides: it fires wherever they do, and suggests all that they suggest.
pub(super) fn shadowed(knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) {
    let coding = &knowledge.coding;
    for (i, rule) in coding.rules.iter().enumerate() {
        let hides = |other: &&Rule| {
            let theirs = |s: &Suggest| {
                other.suggest.iter().any(|o| (&o.stem, o.table, o.status) == (&s.stem, s.table, s.status) && o.pair.is_none())
            };
            !rule.suggest.is_empty()
                && rule.suggest.iter().all(|s| s.pair.is_none() && theirs(s))
                && weaker(&other.when, &rule.when, knowledge)
        };
        if let Some(other) = coding.rules[..i].iter().find(hides) {
            let names = &knowledge.names;
            let message =
                format!("`{}` never shows: `{}` stands before it and suggests the same", names.id(rule.name), names.id(other.name));
            let problem = Diagnostic::warning("K037", names.at(rule.name), message);
            problems.push(problem.related(names.at(other.name), "this rule hides it"));
        }
    }
}

/// Whether `a` holds wherever `b` does.
fn weaker(a: &When, b: &When, knowledge: &Knowledge) -> bool {
    let covers = |a: &Concepts, b: &Concepts| (0..knowledge.lexicon.concepts.len() as u16).map(ConceptId).all(|id| !b.has(id) || a.has(id));
    let among = |list: &[Beside], one: &Beside| list.iter().any(|other| format!("{other:?}") == format!("{one:?}"));
    covers(&a.any, &b.any)
        && (a.region.is_empty() || !b.region.is_empty() && b.region.iter().all(|r| a.region.contains(r)))
        && a.attributes.iter().all(|(key, values)| b.attributes.get(key).is_some_and(|v| v.iter().all(|x| values.contains(x))))
        && a.not_attributes.iter().all(|(key, values)| b.not_attributes.get(key).is_some_and(|v| values.iter().all(|x| v.contains(x))))
        && a.with.iter().all(|one| among(&b.with, one))
        && a.without.iter().all(|one| among(&b.without, one))
        && (a.setting.is_none() || a.setting == b.setting)
        && (!a.resolved || b.resolved)
}

/// Codes that displace one another in a circle: which of them stands would depend on the order of the note.
pub(super) fn circles(knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) {
    let coding = &knowledge.coding;
    // from a code to those it displaces without condition, with the rule that says so
    let mut edges: BTreeMap<Code, BTreeMap<Code, usize>> = BTreeMap::new();
    let suggested: BTreeSet<Code> = coding.rules.iter().flat_map(|r| &r.suggest).flat_map(|s| codes(s, coding)).collect();
    for (i, rule) in coding.rules.iter().enumerate() {
        let own: Vec<Code> = rule.suggest.iter().flat_map(|s| codes(s, coding)).collect();
        for replace in rule.replaces.iter().filter(|r| !r.same_level && !r.same_region && !r.own_problem_review && r.unless.is_empty()) {
            let displaced = suggested.iter().filter(|c| !own.contains(c) && replace.codes.iter().any(|p| c.within(p)));
            let displaced: Vec<Code> = displaced.copied().collect();
            for code in &own {
                edges.entry(*code).or_default().extend(displaced.iter().map(|c| (*c, i)));
            }
        }
    }
    let mut told = BTreeSet::new();
    for (&from, reached) in &edges {
        for (&to, &rule) in reached {
            let Some(&back) = edges.get(&to).and_then(|r| r.get(&from)) else { continue };
            let pair = (rule.min(back), rule.max(back));
            if rule == back || !told.insert(pair) {
                continue;
            }
            let names = &knowledge.names;
            let (a, b) = (&coding.rules[pair.0], &coding.rules[pair.1]);
            let message = format!("`{}` and `{}` displace each other: {from} and {to}", names.id(a.name), names.id(b.name));
            let problem = Diagnostic::warning("K038", names.at(a.name), message);
            problems.push(problem.related(names.at(b.name), "the other one"));
        }
    }
}

/// Groups, tables and displacements that nothing speaks of.
pub(super) fn unused_names(files: &[SourceFile], problems: &mut Vec<Diagnostic>) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let docs = || files.iter().filter_map(|f| if let Document::Coding(d) = &f.document { Some((f.path.as_str(), d)) } else { None });
    for (_, doc) in docs() {
        count(&serde_json::to_value(doc).unwrap_or_default(), &mut times);
    }
    let used = |name: &str, least: usize| times.get(name).is_some_and(|n| *n >= least);
    for (path, doc) in docs() {
        let groups = doc.groups.iter().filter(|g| !used(&format!("@{}", g.id.value), 1)).map(|g| ("group", &g.id));
        // an id is one occurrence itself
        let tables = doc.tables.iter().filter(|t| !used(&t.id.value, 2)).map(|t| ("table", &t.id));
        let displacements = doc.displacements.iter().filter(|d| !used(&d.id.value, 2)).map(|d| ("displacement", &d.id));
        for (what, id) in groups.chain(tables).chain(displacements) {
            problems.push(Diagnostic::warning("K039", place(path, id), format!("no rule uses the {what} `{}`", id.value)));
        }
    }
}

fn count(value: &serde_json::Value, times: &mut BTreeMap<String, usize>) {
    match value {
        serde_json::Value::String(text) => *times.entry(text.clone()).or_default() += 1,
        serde_json::Value::Array(list) => list.iter().for_each(|v| count(v, times)),
        serde_json::Value::Object(map) => map.iter().filter(|(key, _)| *key != "cases").for_each(|(_, v)| count(v, times)),
        _ => {}
    }
}

/// Terms that begin with a cue (a mention never contains what decides about it), and phrases that are to keep cues from acting and cannot.
pub(super) fn cues(files: &[SourceFile], problems: &mut Vec<Diagnostic>) {
    let contexts = || files.iter().filter_map(|f| if let Document::Context(d) = &f.document { Some((f.path.as_str(), d)) } else { None });
    let mut acting: BTreeMap<String, (&str, &Placed<SmolStr>)> = BTreeMap::new();
    let mut silent: BTreeMap<String, (&str, &Placed<SmolStr>)> = BTreeMap::new();
    for (path, doc) in contexts() {
        // one that only looks back, or closes its clause, says nothing of a term that begins with its words
        let decides = |s: &Says| matches!(s, Says::Absent | Says::Possible | Says::Probable | Says::Family);
        let ahead = |c: &&CueDoc| c.direction != Direction::Backward && !c.closes && c.says.iter().any(decides);
        for cue in doc.cues.iter().filter(ahead) {
            acting.extend(cue.phrases.iter().map(|p| (folded(p), (path, p))));
        }
        for pseudo in &doc.pseudo_cues {
            silent.extend(pseudo.phrases.iter().map(|p| (folded(p), (path, p))));
        }
    }
    for (path, doc) in lexicons(files) {
        for concept in doc.concepts.iter().filter(|c| c.kind != ConceptKind::Confuser) {
            for term in &concept.terms {
                let folded_term = folded(term);
                let words: Vec<&str> = folded_term.split(' ').collect();
                let cue = (1..words.len()).find_map(|n| acting.get(&words[..n].join(" ")));
                if let Some((cue_path, cue)) = cue {
                    let message = format!("the term `{}` begins with the cue `{}`", term.value, cue.value);
                    let problem = Diagnostic::warning("K029", place(path, term), message).related(place(cue_path, cue), "this cue");
                    problems.push(problem.help("a term names the finding alone; what is said of it is for the cue to decide"));
                }
            }
        }
    }
    for (path, doc) in contexts() {
        for cue in &doc.cues {
            let own: BTreeMap<String, &Placed<SmolStr>> = cue.not.iter().map(|p| (folded(p), p)).collect();
            for phrase in &cue.phrases {
                let words = folded(phrase);
                let kept = own.get(&words).map(|not| (path, *not)).or_else(|| silent.get(&words).copied());
                if let Some((other, not)) = kept {
                    let message = format!("`{}` keeps no cue from acting: it is a phrase of the cue `{}`", not.value, cue.id.value);
                    problems.push(Diagnostic::warning("K027", place(other, not), message).related(place(path, phrase), "this phrase"));
                }
            }
        }
    }
}

/// A phrase as it is compared, without the spaces that end it.
fn folded(phrase: &str) -> String {
    fold_phrase(phrase).trim().to_string()
}
