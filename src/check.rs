//! Everything that can be wrong with a folder of knowledge, in one run: shape, meaning, what no rule uses, and the cases.

mod coding;
mod reach;

use crate::cases;
use crate::codeset::Releases;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::engine::Engine;
use crate::knowledge::source::lexicon::{ConceptDoc, LexiconDoc};
use crate::knowledge::source::{Document, SourceFile};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{Knowledge, sources};
use crate::vocab::ConceptKind;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Every problem, by place.
    pub problems: Vec<Diagnostic>,
    /// Files read.
    pub files: usize,
    /// Cases run; `None` if they were not, because of errors.
    pub cases: Option<usize>,
    /// Known misses among them.
    pub known_misses: usize,
}

impl Checked {
    /// Whether anything must be mended.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
}

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// The built-in knowledge.
    BuiltIn,
    /// A folder laid over the built-in knowledge; only its own files are judged.
    Over(&'a Path),
    /// A folder that is the whole knowledge.
    Alone(&'a Path),
}

/// Checks knowledge against the embedded release of the code set.
pub fn check(scope: Scope<'_>) -> Checked {
    check_against(scope, &Releases::built_in())
}

/// Checks knowledge against the newest of some releases; a code that an older one has was retired.
pub fn check_against(scope: Scope<'_>, releases: &Releases) -> Checked {
    let mut problems = Vec::new();
    let (own, files) = match scope {
        Scope::BuiltIn => {
            let files = Knowledge::written_sources();
            (files.clone(), files)
        }
        Scope::Over(folder) => {
            let own = sources::read_overlay(folder, &mut problems);
            match Knowledge::embedded_sources() {
                Ok(base) => {
                    for taken in sources::taken_terms(&base, &own) {
                        let message = format!("takes the term `{}` from `{}`", taken.term, taken.loses);
                        problems.push(Diagnostic::warning("K013", taken.at, message).related(taken.from, "built in here"));
                    }
                    (own.clone(), sources::lay_over(base, own))
                }
                Err(problems) => return Checked { problems, ..Checked::default() },
            }
        }
        Scope::Alone(folder) => {
            let own = sources::read_overlay(folder, &mut problems);
            (own.clone(), own)
        }
    };
    let knowledge = Knowledge::compile(&files, &mut problems);
    parents(&files, &mut problems);
    coding::codes(&files, releases, &mut problems);
    coding::conditions(&files, &mut problems);
    coding::cases(&files, &own, releases, &mut problems);
    let mut checked = Checked { files: if own.is_empty() { files.len() } else { own.len() }, ..Checked::default() };
    if !problems.iter().any(|p| p.severity == Severity::Error) {
        unused(&files, &mut problems);
        reach::unreachable(&files, &knowledge, &mut problems);
        reach::shadowed(&knowledge, &mut problems);
        reach::circles(&knowledge, &mut problems);
        reach::unused_names(&files, &mut problems);
        reach::cues(&files, &mut problems);
    }
    if !own.is_empty() && !problems.iter().any(|p| p.severity == Severity::Error) {
        let outcome = cases::run(&Engine::new(knowledge).with_releases(releases.clone()), &own);
        checked.cases = Some(outcome.run);
        checked.known_misses = outcome.known_misses;
        problems.extend(outcome.problems);
    }
    if let Scope::Over(_) = scope {
        // what an overlay leaves unused in the built-in knowledge is not its author's concern
        let built_in: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).filter(|p| own.iter().all(|o| o.path != *p)).collect();
        problems.retain(|p| p.severity == Severity::Error || !built_in.contains(&*p.at.path));
    }
    problems.sort();
    problems.dedup();
    checked.problems = problems;
    checked
}

fn place(path: &str, value: &Placed<SmolStr>) -> Location {
    Location { path: Arc::from(path), line: value.line, column: value.column }
}

fn lexicons(files: &[SourceFile]) -> impl Iterator<Item = (&str, &LexiconDoc)> {
    files.iter().filter_map(|f| match &f.document {
        Document::Lexicon(d) => Some((f.path.as_str(), d)),
        _ => None,
    })
}

fn concepts(files: &[SourceFile]) -> BTreeMap<&str, (&str, &ConceptDoc)> {
    lexicons(files).flat_map(|(path, d)| d.concepts.iter().map(move |c| (c.id.value.as_str(), (path, c)))).collect()
}

/// A concept that is, through its parents, a kind of itself.
fn parents(files: &[SourceFile], problems: &mut Vec<Diagnostic>) {
    let concepts = concepts(files);
    for (id, (path, concept)) in &concepts {
        let mut chain = vec![*id];
        let mut at = concept.parent.as_ref();
        while let Some(parent) = at {
            if parent.value == *id {
                // the same circle is named once, at its first id
                if chain.iter().all(|other| id <= other) {
                    let message = format!("`{id}` is a kind of itself: {} > {id}", chain.join(" > "));
                    problems.push(Diagnostic::error("K018", place(path, concept.parent.as_ref().unwrap_or(&concept.id)), message));
                }
                break;
            }
            if chain.contains(&parent.value.as_str()) {
                break;
            }
            chain.push(&parent.value);
            at = concepts.get(parent.value.as_str()).and_then(|(_, c)| c.parent.as_ref());
        }
    }
}

/// Concepts that no rule, cue, link or other concept speaks of.
fn unused(files: &[SourceFile], problems: &mut Vec<Diagnostic>) {
    let mut spoken = BTreeSet::new();
    for file in files {
        let document = match &file.document {
            // what a lexicon says of its own concepts does not use them; what findings become does not either
            Document::Lexicon(_) | Document::Index(_) => continue,
            Document::Coding(d) => serde_json::to_value(d),
            Document::Context(d) => serde_json::to_value(d),
            Document::Attributes(d) => serde_json::to_value(d),
            Document::Sections(d) => serde_json::to_value(d),
        };
        words(&document.unwrap_or_default(), &mut spoken);
    }
    let concepts = concepts(files);
    for concept in concepts.values() {
        let (path, doc) = concept;
        // confusers are there to be found and to mean nothing
        if doc.kind == ConceptKind::Confuser {
            continue;
        }
        let mut at = Some(*concept);
        let used = (0..16).any(|_| {
            let Some((_, here)) = at else { return false };
            at = here.parent.as_ref().and_then(|p| concepts.get(p.value.as_str())).copied();
            spoken.contains(here.id.value.as_str())
        });
        if !used {
            problems.push(Diagnostic::warning("K017", place(path, &doc.id), format!("no rule uses the concept `{}`", doc.id.value)));
        }
    }
}

/// Every string of a document, cases aside.
fn words(value: &serde_json::Value, out: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) => {
            out.insert(text.clone());
        }
        serde_json::Value::Array(list) => list.iter().for_each(|v| words(v, out)),
        serde_json::Value::Object(map) => map.iter().filter(|(key, _)| *key != "cases").for_each(|(_, v)| words(v, out)),
        _ => {}
    }
}
