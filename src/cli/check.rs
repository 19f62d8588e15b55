//! `cervicode check`: every problem of a folder of knowledge, for a person, an editor or a build.

use super::{Outcome, Status, World};
use crate::check::{Checked, Scope, check_against};
use crate::diagnostic::{Diagnostic, Location, Severity, render};
use crate::knowledge::Knowledge;
use annotate_snippets::Renderer;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Check knowledge: every problem in lexicon/ and rules/, and every case
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// Folder that holds `lexicon/` or `rules/`, laid over the built-in knowledge; without it the built-in knowledge is checked
    folder: Option<PathBuf>,
    /// The folder is the whole knowledge: nothing built in stands below it
    #[arg(long, requires = "folder")]
    alone: bool,
    /// How problems are shown
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Check again whenever a file changes, until interrupted
    #[arg(long)]
    watch: bool,
}

/// How problems are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With the source line and a caret.
    Text,
    /// One JSON object with a list of problems.
    Json,
    /// SARIF 2.1.0, which code hosts show beside the lines.
    Sarif,
}

/// Runs the check.
pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let folder = args.folder.clone().or_else(|| world.global.knowledge.clone());
    let (releases, unusable) = world.global.folder.releases();
    world.unusable(&unusable);
    loop {
        let scope = match &folder {
            None => Scope::BuiltIn,
            Some(folder) if args.alone => Scope::Alone(folder),
            Some(folder) => Scope::Over(folder),
        };
        let before = folder.as_deref().map(newest);
        let checked = check_against(scope, &releases);
        match args.format {
            Format::Text => text(&checked, world.colour, world.out)?,
            Format::Json => writeln!(world.out, "{:#}", as_json(&checked))?,
            Format::Sarif => writeln!(world.out, "{:#}", as_sarif(&checked))?,
        }
        world.out.flush()?;
        if !args.watch || folder.is_none() {
            return Ok(if checked.has_errors() { Status::Problems } else { Status::Done });
        }
        while folder.as_deref().map(newest) == before {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

/// How many knowledge files there are and when the last one changed.
fn newest(folder: &std::path::Path) -> (usize, Option<SystemTime>) {
    let mut seen = (0, None);
    let mut folders = vec![(folder.join("lexicon"), 0), (folder.join("rules"), 0)];
    while let Some((at, depth)) = folders.pop() {
        for entry in std::fs::read_dir(at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && depth < 8 {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|e| e == "yaml") {
                seen.0 += 1;
                seen.1 = seen.1.max(entry.metadata().and_then(|m| m.modified()).ok());
            }
        }
    }
    seen
}

fn text(checked: &Checked, styled: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let mut files: BTreeMap<String, Option<Arc<str>>> = BTreeMap::new();
    let mut source = |path: &str| files.entry(path.to_string()).or_insert_with(|| source_text(path)).clone();
    out.write_all(render(&checked.problems, &mut source, &renderer).as_bytes())?;
    let count = |severity| checked.problems.iter().filter(|p| p.severity == severity).count();
    let cases = match checked.cases {
        Some(run) => format!("{run} cases run ({} known misses)", checked.known_misses),
        None => "cases not run before the errors are mended".to_string(),
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    writeln!(out, "{}, {}; {}; {cases}", of(errors, "error"), of(warnings, "warning"), of(checked.files, "file"))
}

/// The text of a knowledge file: of the folder, or as it was built in.
fn source_text(path: &str) -> Option<Arc<str>> {
    let built_in = || Knowledge::embedded_texts().iter().find(|(known, _)| known == path).map(|(_, text)| text.as_str().into());
    std::fs::read_to_string(path).ok().map(Into::into).or_else(built_in)
}

fn of(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn severity(problem: &Diagnostic) -> &'static str {
    match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn as_json(checked: &Checked) -> Value {
    let at = |at: &Location| json!({ "path": &*at.path, "line": at.line, "column": at.column });
    let problem = |p: &Diagnostic| {
        let related: Vec<Value> = p.related.iter().map(|(place, label)| json!({ "at": at(place), "label": label })).collect();
        json!({ "code": p.code, "severity": severity(p), "message": p.message, "at": at(&p.at), "help": p.help, "related": related })
    };
    json!({
        "files": checked.files,
        "cases": checked.cases,
        "known-misses": checked.known_misses,
        "problems": checked.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn as_sarif(checked: &Checked) -> Value {
    let place = |at: &Location| {
        let mut physical = json!({ "artifactLocation": { "uri": &*at.path } });
        if at.line > 0 {
            physical["region"] = json!({ "startLine": at.line, "startColumn": at.column.max(1) });
        }
        json!({ "physicalLocation": physical })
    };
    let result = |p: &Diagnostic| {
        let message = match &p.help {
            Some(help) => format!("{} ({help})", p.message),
            None => p.message.clone(),
        };
        let related: Vec<Value> = p
            .related
            .iter()
            .map(|(at, label)| {
                let mut location = place(at);
                location["message"] = json!({ "text": label });
                location
            })
            .collect();
        json!({
            "ruleId": p.code, "level": severity(p), "message": { "text": message },
            "locations": [place(&p.at)], "relatedLocations": related,
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "cervicode", "version": env!("CARGO_PKG_VERSION") } },
            "columnKind": "unicodeCodePoints",
            "results": checked.problems.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
