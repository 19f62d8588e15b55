//! `cervicode coverage`: which items of the knowledge fired over some notes, and which never did.

use super::options::InputArgs;
use super::{AnswerFormat, Outcome, Status, World, notes};
use crate::authoring::coverage::{Counts, Coverage};
use crate::authoring::written::Written;
use crate::codeset::show::wrapped;
use rayon::prelude::*;
use std::io::Write;

/// Count which concepts, cues, headings, rules and flags fire over notes, and which never do
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders, patterns or files of notes; `-` is standard input
    #[arg(required = true, value_name = "NOTES")]
    notes: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let engine = world.engine()?;
    let mut counts = Counts::default();
    let whole = notes::each_chunk(&args.notes, &args.input, world, |chunk, _| {
        let one = |note| {
            let mut one = Counts::default();
            one.add(&engine.stages(note), &engine.knowledge);
            one
        };
        let sum = chunk.par_iter().map(one).reduce(Counts::default, Counts::merge);
        counts = std::mem::take(&mut counts).merge(sum);
        Ok(())
    })?;
    let files = match &world.global.knowledge {
        Some(folder) => Written::over(folder).unwrap_or_else(|_| Written::built_in()).files,
        None => Written::built_in().files,
    };
    let coverage = counts.coverage(&engine.knowledge, &files);
    match args.format {
        AnswerFormat::Json => {
            serde_json::to_writer_pretty(&mut *world.out, &coverage).map_err(std::io::Error::from)?;
            writeln!(world.out)?;
        }
        AnswerFormat::Text => text(&coverage, world.out)?,
    }
    Ok(if whole { Status::Done } else { Status::Unread })
}

fn text(coverage: &Coverage, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{} {}", coverage.notes, if coverage.notes == 1 { "note" } else { "notes" })?;
    for kind in &coverage.kinds {
        let all = kind.fired.len() + kind.never.len();
        writeln!(out, "  {:<8} {} of {all} fired", kind.kind, kind.fired.len())?;
    }
    for kind in &coverage.kinds {
        writeln!(out, "\n{}S THAT FIRED (times, notes)", kind.kind.to_uppercase())?;
        for item in &kind.fired {
            writeln!(out, "{:>7} {:>7}  {}", item.times, item.notes, item.id)?;
        }
    }
    for kind in coverage.kinds.iter().filter(|k| !k.never.is_empty()) {
        writeln!(out, "\n{}S THAT NEVER FIRED", kind.kind.to_uppercase())?;
        for item in &kind.never {
            wrapped(out, "  ", "      ", &format!("{} {}", item.id, item.at))?;
        }
    }
    Ok(())
}
