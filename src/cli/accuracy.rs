//! `cervicode accuracy`: how well the context engine reads marked sentences, as the page `docs/accuracy.md`.

use super::{Failure, Outcome, Status, World};
use crate::corpus::{Accuracy, marked, page};
use crate::input::Problem;
use std::path::PathBuf;

/// How well the context engine reads marked sentences, as a page
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of .yaml files with marked sentences
    #[arg(default_value = "corpus/sentences", value_name = "DIR")]
    folder: PathBuf,
    /// List the misses instead
    #[arg(long)]
    misses: bool,
}

/// Runs `accuracy`.
pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let engine = world.engine()?;
    let folder = args.folder.display();
    let entries = std::fs::read_dir(&args.folder).map_err(|e| Failure::Message(format!("{folder}: cannot be read: {e}")))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    let mut words = Vec::new();
    let mut lost = false;
    for file in files {
        match std::fs::read_to_string(&file).map_err(|e| e.to_string()).and_then(|text| marked(&text)) {
            Ok(found) => words.extend(found),
            Err(e) => {
                lost = true;
                world.problem(&Problem::lost(file.display(), e));
            }
        }
    }
    let accuracy = Accuracy::of(&words, &engine.knowledge);
    if args.misses {
        for miss in &accuracy.misses {
            writeln!(world.out, "{}", miss.replace('\n', "⏎"))?;
        }
    } else {
        world.out.write_all(page(&accuracy, words.len()).as_bytes())?;
    }
    Ok(if lost { Status::Unread } else { Status::Done })
}
