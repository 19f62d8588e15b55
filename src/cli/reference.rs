//! `cervicode reference`: pages of every concept, rule and flag.

use super::{Failure, Outcome, Status, World};
use crate::authoring::reference::pages;
use crate::authoring::written::Written;
use crate::codeset::CodeSet;
use std::path::PathBuf;

/// Write reference pages of every concept, rule and flag, as Markdown
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder for the pages
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let engine = world.knowing()?;
    let written = match &world.global.knowledge {
        Some(folder) => Written::over(folder).map_err(|_| Failure::Message("the knowledge cannot be used".into()))?,
        None => Written::built_in(),
    };
    let failed = |e: std::io::Error| Failure::Message(format!("{}: {e}", args.out.display()));
    std::fs::create_dir_all(&args.out).map_err(failed)?;
    for (file, page) in pages(&engine.knowledge, &written, &CodeSet::built_in()) {
        std::fs::write(args.out.join(file), page).map_err(failed)?;
    }
    Ok(Status::Done)
}
