//! `cervicode schema`: JSON Schemas for editors and programs.

use super::{Failure, Outcome, Status, World};
use crate::authoring::schema::{Kind, schema};
use std::path::PathBuf;

/// Print the JSON Schema of knowledge files or of the report
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What is described
    #[arg(required_unless_present = "out")]
    kind: Option<Kind>,
    /// Write all schemas into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    if let Some(kind) = args.kind {
        write!(world.out, "{}", schema(kind))?;
    }
    if let Some(folder) = &args.out {
        let failed = |e: std::io::Error| Failure::Message(format!("{}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        for kind in Kind::ALL {
            std::fs::write(folder.join(format!("{}.json", kind.name())), schema(kind)).map_err(failed)?;
        }
    }
    Ok(Status::Done)
}
