//! `cervicode diff`: reports before and after a change of knowledge.

use super::options::InputArgs;
use super::{AnswerFormat, Failure, Outcome, Status, World, notes};
use crate::authoring::change::Changes;
use crate::codeset::show::wrapped;
use crate::engine::Engine;
use crate::span::Unit;
use rayon::prelude::*;
use std::io::Write;
use std::path::PathBuf;

/// Show what a change of knowledge changes in the reports of notes
///
/// "After" is what --knowledge asks for (the built-in knowledge without it), "before" is --base.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders, patterns or files of notes; `-` is standard input
    #[arg(required = true, value_name = "NOTES")]
    notes: Vec<String>,
    /// The knowledge before the change: a folder laid over the built-in knowledge [default: the built-in knowledge]
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let after = world.engine()?;
    let before = match &args.base {
        Some(folder) => Engine::load(folder),
        None => Engine::built_in(),
    };
    let before = match before {
        Ok(engine) => Engine { releases: after.releases.clone(), ..engine },
        Err(problems) => {
            world.diagnostics(&problems);
            return Err(Failure::Message("the knowledge of --base cannot be used".into()));
        }
    };
    let mut changes = Changes::default();
    let whole = notes::each_chunk(&args.notes, &args.input, world, |chunk, _| {
        let both = |note| (before.review(note, Unit::Codepoints), after.review(note, Unit::Codepoints));
        let reports: Vec<_> = chunk.par_iter().map(both).collect();
        reports.iter().for_each(|(old, new)| changes.add(old, new));
        Ok(())
    })?;
    let changes = changes.finish();
    match args.format {
        AnswerFormat::Json => {
            serde_json::to_writer_pretty(&mut *world.out, &changes).map_err(std::io::Error::from)?;
            writeln!(world.out)?;
        }
        AnswerFormat::Text => text(&changes, world.out)?,
    }
    Ok(if whole { Status::Done } else { Status::Unread })
}

fn text(changes: &Changes, out: &mut dyn Write) -> std::io::Result<()> {
    let notes = if changes.notes == 1 { "note" } else { "notes" };
    writeln!(out, "{} {notes}, {} changed", changes.notes, changes.changed)?;
    for (kind, counts) in &changes.counts {
        let list: Vec<String> = counts.iter().map(|(what, n)| if *n == 1 { what.clone() } else { format!("{what} x {n}") }).collect();
        wrapped(
            out,
            &format!("{:>5}  {:<17} ", counts.values().sum::<u64>(), kind.as_str()),
            "                         ",
            &list.join(", "),
        )?;
    }
    for group in changes.changes.chunk_by(|a, b| (a.kind, &a.what) == (b.kind, &b.what)) {
        writeln!(out, "\n{}: {}", group[0].kind.as_str().to_uppercase(), group[0].what)?;
        for change in group {
            let quoted: Vec<String> = change.evidence.iter().map(|e| format!("\"{e}\"")).collect();
            let rule = change.rule.as_ref().map(|r| format!(" [{r}]")).unwrap_or_default();
            wrapped(out, &format!("  {}  ", change.note), "      ", &format!("{}{rule}", quoted.join(", ")))?;
        }
    }
    Ok(())
}
