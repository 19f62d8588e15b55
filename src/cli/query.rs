//! `cervicode query lint`: whether a query may be sent, whoever wrote it.

use super::{AnswerFormat, Outcome, Status, World};
use crate::coding::lint::{Draft, lint};
use crate::input::Problem;
use crate::knowledge::yaml;
use crate::note::Note;
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Queries to providers
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Command {
    /// Check queries against the nine conditions (Q1 to Q9); exit status 1 if one fails
    Lint(LintArgs),
}

#[derive(Debug, Clone, clap::Args)]
struct LintArgs {
    /// Query files (YAML or JSON): note or note-file, query, options, why, note-recorded
    #[arg(required = true, value_name = "QUERY.yaml")]
    files: Vec<PathBuf>,
    /// The note that the queries are about, if the files do not hold it
    #[arg(long, value_name = "NOTE.txt")]
    note: Option<PathBuf>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// A query as a file holds it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct QueryFile {
    version: Option<u32>,
    note: Option<String>,
    note_file: Option<String>,
    note_recorded: bool,
    query: String,
    options: Vec<String>,
    why: Option<String>,
    /// What the query is kept for, in a collection of examples.
    verdict: Option<String>,
    violates: Vec<String>,
}

pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let Command::Lint(args) = &args.command;
    let engine = world.engine()?;
    let mut status = Status::Done;
    let mut answers = Vec::new();
    for path in &args.files {
        let (file, text) = match read(path, args.note.as_deref()) {
            Ok(read) => read,
            Err(message) => {
                world.problem(&Problem::lost(path.display(), message));
                status = Status::Unread;
                continue;
            }
        };
        let note = Note::new(path.display().to_string(), text);
        let reviewed = engine.stages(&note);
        let draft = Draft {
            question: &file.query,
            options: &file.options,
            indicators: &[],
            why: file.why.as_deref(),
            recorded: file.note_recorded,
            named: None,
        };
        let faults = lint(&draft, &note.text, &reviewed.layout, &reviewed.findings, &engine.knowledge);
        if !faults.is_empty() {
            status = status.max(Status::Problems);
        }
        match args.format {
            AnswerFormat::Json => {
                let faults: Vec<_> = faults
                    .iter()
                    .map(|f| json!({ "condition": f.condition.as_str(), "asks": f.condition.asks(), "found": f.found }))
                    .collect();
                answers.push(json!({ "query": path.display().to_string(), "faults": faults }));
            }
            AnswerFormat::Text if faults.is_empty() => writeln!(world.out, "{}: may be sent", path.display())?,
            AnswerFormat::Text => {
                writeln!(world.out, "{}: may not be sent", path.display())?;
                for fault in &faults {
                    writeln!(world.out, "  {} {}", fault.condition.as_str(), fault.condition.asks())?;
                    writeln!(world.out, "     {}", fault.found)?;
                }
            }
        }
    }
    if args.format == AnswerFormat::Json {
        writeln!(world.out, "{:#}", serde_json::Value::Array(answers))?;
    }
    Ok(status)
}

/// Reads a query and the note it is about.
fn read(path: &Path, note: Option<&Path>) -> Result<(QueryFile, String), String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("cannot be read: {e}"))?;
    let file: QueryFile = yaml::parse(&text).map_err(|e| format!("line {}: {}", e.line, e.message))?;
    if file.query.trim().is_empty() {
        return Err("holds no `query`".into());
    }
    let beside = |name: &String| path.parent().unwrap_or(Path::new(".")).join(name);
    let source = file.note_file.as_ref().map(beside).or_else(|| note.map(Path::to_path_buf));
    let note = match (&file.note, source) {
        (Some(note), _) => note.clone(),
        (None, Some(source)) => {
            std::fs::read_to_string(&source).map_err(|e| format!("its note {} cannot be read: {e}", source.display()))?
        }
        (None, None) => return Err("holds no `note` and no `note-file`, and --note is not given".into()),
    };
    Ok((file, note))
}
