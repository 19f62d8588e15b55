//! Folders of YAML → documents: reading, laying one folder over another, and the hash that names the whole.

use crate::diagnostic::{Diagnostic, Location, nearest};
use crate::fold::fold_phrase;
use crate::knowledge::source::{self, Document, SourceFile};
use crate::knowledge::yaml::{Placed, YamlError};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Reads every knowledge file under `root`'s `lexicon/` and `rules/`, in path order; problems are collected, the rest is read.
///
/// Places are relative to `root` ("rules/coding/disc.yaml:41:5").
pub fn read_folder(root: &Path, problems: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    read(root, "", problems)
}

/// The same with places as the user would type them ("clinic/rules/coding/disc.yaml:41:5"); a folder without knowledge is a problem.
pub fn read_overlay(folder: &Path, problems: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    let typed = folder.to_string_lossy().replace('\\', "/");
    let prefix = match typed.trim_end_matches('/') {
        "." => String::new(),
        name => format!("{name}/"),
    };
    let before = problems.len();
    let files = read(folder, &prefix, problems);
    if files.is_empty() && problems.len() == before {
        let at = Location { path: Arc::from(typed), line: 0, column: 0 };
        let what = if folder.is_dir() { "no YAML file in its `lexicon` or `rules`" } else { "no such folder" };
        problems.push(Diagnostic::error("K001", at, what).help("knowledge is a folder that holds `lexicon/` or `rules/` or both"));
    }
    files
}

fn read(root: &Path, prefix: &str, problems: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    for top in ["lexicon", "rules"] {
        walk(root, &root.join(top), 0, &mut paths);
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let shown = format!("{prefix}{path}");
        let at = |line, column| Location { path: Arc::from(shown.as_str()), line, column };
        let text = match std::fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(e) => {
                problems.push(Diagnostic::error("K001", at(0, 0), format!("cannot be read: {e}")));
                continue;
            }
        };
        let Some(parsed) = source::read(&path, &text) else {
            let help = "knowledge stands in lexicon/, rules/sections.yaml, rules/context/, rules/attributes/ and rules/coding/";
            problems.push(Diagnostic::warning("K004", at(0, 0), "this place is not read").help(help));
            continue;
        };
        problems.extend(parsed.faults.iter().map(|fault| shape(fault, at(fault.line, fault.column))));
        let Some(document) = parsed.document else { continue };
        match document.as_items().version() {
            1 => {}
            0 if !parsed.faults.is_empty() => {}
            0 => {
                problems.push(Diagnostic::error("K003", at(1, 1), "the file does not state its version").help("begin it with `version: 1`"))
            }
            other => problems
                .push(Diagnostic::error("K003", at(1, 1), format!("version {other} is not known")).help("this program reads version 1")),
        }
        files.push(SourceFile { path: shown, document });
    }
    files
}

/// A fault of shape as a problem, with the nearest known key or value.
fn shape(fault: &YamlError, at: Location) -> Diagnostic {
    let problem = Diagnostic::error("K002", at, fault.message.clone());
    match &fault.unknown {
        Some((word, known)) => match nearest(word, known.iter().copied()) {
            Some(meant) => problem.help(format!("did you mean `{meant}`?")),
            None if known.is_empty() => problem,
            None => problem.help(format!("known here: {}", known.join(", "))),
        },
        None => problem,
    }
}

/// Lays documents over others: an item of `over` takes the place of every item of the same id in `base`, and a term of one of its
/// concepts is taken from the concept of `base` that had it; the rest adds.
pub fn lay_over(base: Vec<SourceFile>, over: Vec<SourceFile>) -> Vec<SourceFile> {
    let taken: Vec<Location> = taken_terms(&base, &over).into_iter().map(|t| t.from).collect();
    let ids: BTreeSet<String> = over.iter().flat_map(|f| f.document.as_items().items()).map(|item| item.id.value.to_string()).collect();
    let mut files = base;
    for file in &mut files {
        file.document.as_items_mut().retain(&mut |id| !ids.contains(id));
        if let Document::Lexicon(doc) = &mut file.document {
            let path = &file.path;
            let kept = |t: &Placed<SmolStr>| !taken.iter().any(|at| (&*at.path, at.line, at.column) == (path.as_str(), t.line, t.column));
            for concept in doc.concepts.iter_mut().filter(|_| !taken.is_empty()) {
                concept.terms.retain(kept);
                concept.abbreviations.retain(kept);
            }
        }
    }
    files.extend(over);
    files
}

/// A term that an overlay takes from a built-in concept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The term.
    pub term: String,
    /// Where the overlay lists it.
    pub at: Location,
    /// Where the built-in knowledge lists it.
    pub from: Location,
    /// The concept that loses it.
    pub loses: String,
}

/// The terms of concepts of `over` that concepts of `base` with another id list, too.
pub fn taken_terms(base: &[SourceFile], over: &[SourceFile]) -> Vec<Taken> {
    let own: Vec<(String, Location, &str)> = terms(over).map(|(term, path, id)| (fold_phrase(term), location(path, term), id)).collect();
    if own.is_empty() {
        return Vec::new();
    }
    let mut taken = Vec::new();
    for (term, path, id) in terms(base) {
        let folded = fold_phrase(term);
        if let Some((_, at, _)) = own.iter().find(|(text, _, by)| *text == folded && *by != id) {
            taken.push(Taken { term: term.value.to_string(), at: at.clone(), from: location(path, term), loses: id.to_string() });
        }
    }
    taken
}

fn location(path: &str, value: &Placed<SmolStr>) -> Location {
    Location { path: Arc::from(path), line: value.line, column: value.column }
}

/// Every term and abbreviation of a concept, with its file and the concept's id.
fn terms(files: &[SourceFile]) -> impl Iterator<Item = (&Placed<SmolStr>, &str, &str)> {
    files.iter().filter_map(|f| if let Document::Lexicon(d) = &f.document { Some((f.path.as_str(), d)) } else { None }).flat_map(
        |(path, doc)| {
            let of = move |c| (c, path);
            doc.concepts
                .iter()
                .map(of)
                .flat_map(|(c, path)| c.terms.iter().chain(&c.abbreviations).map(move |t| (t, path, c.id.value.as_str())))
        },
    )
}

/// The hash of what the documents say, cases aside; the same whether they were embedded or read from a folder.
pub fn sha256(files: &[SourceFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        // built-in documents have no cases: no need to copy them
        let bytes = postcard::to_stdvec(&file.document.clone().without_cases());
        hash.update(bytes.unwrap_or_default());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// Collects the files below `folder`, relative to `root`, with `/`; eight folders deep, so that a link to itself ends.
fn walk(root: &Path, folder: &Path, depth: usize, paths: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && depth < 8 {
            walk(root, &path, depth + 1, paths);
        } else if let (true, Ok(relative)) = (path.extension().is_some_and(|e| e == "yaml"), path.strip_prefix(root)) {
            paths.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}
