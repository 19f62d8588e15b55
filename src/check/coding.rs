//! Coding rules against the code set and the rest of the knowledge: codes that do not exist, conditions that nothing can meet.

use crate::code::Code;
use crate::codeset::{Releases, Validity};
use crate::diagnostic::{Diagnostic, Location, nearest};
use crate::knowledge::source::coding::{CodingDoc, SuggestDoc, TableDoc, TableKey, WhenDoc};
use crate::knowledge::source::{Document, SourceFile};
use crate::knowledge::yaml::Placed;
use crate::vocab::{AttributeKey, Reason};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn place(path: &str, value: &Placed<SmolStr>) -> Location {
    Location { path: Arc::from(path), line: value.line, column: value.column }
}

fn documents(files: &[SourceFile]) -> impl Iterator<Item = (&str, &CodingDoc)> {
    files.iter().filter_map(|f| match &f.document {
        Document::Coding(d) => Some((f.path.as_str(), d)),
        _ => None,
    })
}

/// Codes that rules suggest must be complete and valid; codes that they speak of must exist.
pub(super) fn codes(files: &[SourceFile], releases: &Releases, problems: &mut Vec<Diagnostic>) {
    let newest = releases.pick(None).set;
    let tables: BTreeMap<&str, &TableDoc> =
        documents(files).flat_map(|(_, d)| &d.tables).map(|table| (table.id.value.as_str(), table)).collect();
    for (path, doc) in documents(files) {
        let suggested = doc.rules.iter().flat_map(|r| &r.suggest).chain(doc.tempting.iter().flat_map(|t| &t.codes));
        for suggest in suggested {
            for (code, row) in completed(suggest, &tables) {
                let Some((why, help)) = fault(releases, code) else { continue };
                let by = row.map_or_else(String::new, |row| format!(" (row `{row}`)"));
                let problem = Diagnostic::error("K034", place(path, &suggest.code), format!("{code}{by} {why}"));
                problems.push(help.into_iter().fold(problem, Diagnostic::help));
            }
        }
        let shared = doc.displacements.iter().flat_map(|d| &d.replaces);
        let replaced = doc.rules.iter().flat_map(|r| &r.replaces).chain(shared).flat_map(|r| &r.codes);
        let flagged = doc.flags.iter().flat_map(|f| &f.when).flat_map(|w| {
            let withheld = w.withheld.iter().flat_map(|w| &w.codes);
            w.supported.iter().chain(&w.suggested).chain(&w.not_supported).chain(&w.not_suggested).chain(withheld)
        });
        for text in replaced.chain(flagged).chain(doc.guidelines.iter().flat_map(|g| &g.codes)) {
            let prefix = Code::parse(text.trim_end_matches(['-', '.']));
            if prefix.is_some_and(|code| newest.validity(code) == Validity::Unknown) {
                problems.push(Diagnostic::error("K034", place(path, text), format!("{} is not in the code set", text.value)));
            }
        }
    }
}

/// The codes a suggestion can become, each with the row of the table that makes it.
fn completed<'a>(suggest: &'a SuggestDoc, tables: &BTreeMap<&str, &'a TableDoc>) -> Vec<(Code, Option<&'a str>)> {
    match suggest.table.as_ref().map(|id| tables.get(id.value.as_str())) {
        None => Code::parse(&suggest.code).map(|code| (code, None)).into_iter().collect(),
        // an unknown table is a problem of its own
        Some(None) => Vec::new(),
        Some(Some(table)) if table.by == TableKey::Root => Vec::new(),
        Some(Some(table)) => {
            let code =
                |(row, end): (&'a String, &String)| Some((Code::parse(&format!("{}{end}", suggest.code.value))?, Some(row.as_str())));
            table.rows.iter().filter_map(code).collect()
        }
    }
}

/// Why a code cannot be reported in the newest release, and what could stand instead.
fn fault(releases: &Releases, code: Code) -> Option<(String, Option<String>)> {
    let newest = releases.pick(None).set;
    let edit = newest.code_edit(code);
    let near: Vec<String> = edit.instead.iter().take(4).map(|n| format!("{} {}", n.code, n.title)).collect();
    let help = (!near.is_empty()).then(|| format!("valid are: {}", near.join("; ")));
    let why = match edit.validity {
        Validity::Valid => return None,
        Validity::Header => "is a header: it has codes below it".to_string(),
        Validity::MissingSeventh => "lacks its 7th character".to_string(),
        Validity::Unknown => {
            let had = releases.list().iter().rev().find(|set| set.validity(code) == Validity::Valid);
            match had {
                Some(older) => format!("is retired: the release of {} had it, that of {} has not", older.release(), newest.release()),
                None => "is not in the code set".to_string(),
            }
        }
    };
    Some((why, help))
}

/// Conditions that no note can meet: a region or a value that nothing in the knowledge gives.
pub(super) fn conditions(files: &[SourceFile], problems: &mut Vec<Diagnostic>) {
    let mut regions: BTreeSet<&str> = BTreeSet::from([""]);
    let mut values: BTreeMap<AttributeKey, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        match &file.document {
            Document::Lexicon(d) => {
                regions.extend(d.sites.iter().filter_map(|s| s.region.as_ref()).map(|r| r.value.as_str()));
                regions.extend(d.concepts.iter().filter_map(|c| c.region.as_ref()).map(|r| r.value.as_str()));
                regions.extend(d.levels.iter().map(|l| l.region.value.as_str()));
            }
            Document::Attributes(d) => d.values.iter().for_each(|v| {
                values.entry(v.key).or_default().insert(&v.value);
            }),
            _ => {}
        }
    }
    regions.extend(values.get(&AttributeKey::Region).into_iter().flatten().copied());
    let closed = [AttributeKey::Acuity, AttributeKey::Severity, AttributeKey::Laterality, AttributeKey::Course, AttributeKey::Phase];
    for (path, doc) in documents(files) {
        let rules = doc.rules.iter().map(|r| (&r.id, &r.when)).chain(doc.tempting.iter().map(|t| (&t.id, &t.when)));
        for (id, when) in rules {
            let WhenDoc { region, attributes, .. } = when;
            for name in region.iter().filter(|name| !regions.contains(name.as_str())) {
                let problem =
                    Diagnostic::error("K035", place(path, id), format!("`{}` waits for the region `{name}`, which nothing has", id.value));
                problems.push(help(problem, nearest(name, regions.iter().copied())));
            }
            for (key, wanted) in attributes.iter().filter(|(key, _)| closed.contains(key)) {
                let known = values.get(key).cloned().unwrap_or_default();
                for value in wanted.iter().filter(|v| *v != "any" && !known.contains(v.as_str())) {
                    let message = format!("`{}` waits for the {key} `{value}`, which nothing has", id.value);
                    problems.push(help(Diagnostic::error("K035", place(path, id), message), nearest(value, known.iter().copied())));
                }
            }
        }
    }
}

fn help(problem: Diagnostic, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// What cases expect must be possible: codes complete and valid, flags that some rule raises.
pub(super) fn cases(files: &[SourceFile], own: &[SourceFile], releases: &Releases, problems: &mut Vec<Diagnostic>) {
    let flags: BTreeSet<&str> = documents(files).flat_map(|(_, d)| &d.flags).map(|f| f.flag.as_str()).collect();
    for file in own {
        let document = file.document.as_items();
        let items = document.items();
        for case in document.file_cases().iter().chain(items.iter().flat_map(|i| i.cases)) {
            let withheld = case.withholds.iter().filter(|(_, reason)| **reason != Reason::InvalidCode).map(|(code, _)| code);
            let named = case.suggests.iter().chain(&case.review).chain(&case.first).chain(withheld);
            let wrong = named.filter_map(|text| Some(format!("the case expects {text}, which {}", fault(releases, Code::parse(text)?)?.0)));
            problems.extend(wrong.map(|message| Diagnostic::error("K044", place(&file.path, &case.note), message)));
            for flag in case.flags.iter().chain(&case.no_flags).filter(|f| !flags.contains(f.as_str())) {
                let problem = Diagnostic::error(
                    "K044",
                    place(&file.path, &case.note),
                    format!("the case names the flag `{flag}`, which no rule raises"),
                );
                problems.push(help(problem, nearest(flag, flags.iter().copied())));
            }
        }
    }
}
