//! `cervicode codeset list|show|add|diff|compile`: official releases.

use super::{AnswerFormat, DONE, Streams, UNREADABLE};
use crate::codeset::{CodeSet, Meta, install, sha256, show};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::io::Result;
use std::path::PathBuf;

/// Options of `codeset`.
#[derive(Debug, Args)]
pub(super) struct CodesetArgs {
    #[command(subcommand)]
    command: CodesetCommand,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t, global = true)]
    format: AnswerFormat,
}

#[derive(Debug, Subcommand)]
enum CodesetCommand {
    /// The releases at hand, oldest first
    List,
    /// One release: its dates, origin and size
    Show {
        /// Its first day [default: the newest]
        release: Option<String>,
    },
    /// Install an official Tabular List (XML, may be gzipped)
    Add {
        /// The official file
        file: PathBuf,
        #[command(flatten)]
        dates: Dates,
    },
    /// Codes added, removed and revised between two releases
    Diff {
        /// The older release, by its first day
        from: String,
        /// The newer release
        to: String,
    },
    /// Compile an official file without installing it
    Compile {
        /// The official file
        file: PathBuf,
        #[command(flatten)]
        dates: Dates,
        /// Where the compiled form goes
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Dates {
    /// First day of validity (the file states only a year)
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Date,
    /// Last day of validity [default: the end of the file's fiscal year]
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
}

pub(super) fn run(args: &CodesetArgs, streams: &mut Streams<'_>) -> Result<u8> {
    match &args.command {
        CodesetCommand::List => {
            let (releases, whole) = streams.releases();
            let metas: Vec<&Meta> = releases.list().iter().map(|s| s.meta()).collect();
            match args.format {
                AnswerFormat::Json => streams.json(&metas)?,
                AnswerFormat::Text => {
                    for meta in metas {
                        let until = meta.until.as_deref().unwrap_or("open");
                        writeln!(streams.out, "{}  to {until:<10}  version {}  {} codes", meta.from, meta.version, meta.complete)?;
                    }
                }
            }
            Ok(if whole { DONE } else { UNREADABLE })
        }
        CodesetCommand::Show { release } => {
            let (releases, _) = streams.releases();
            let set = match release {
                Some(name) => releases.named(name),
                None => releases.list().last().cloned(),
            };
            let Some(set) = set else {
                streams.message("no such release; `cervicode codeset list` names those at hand");
                return Ok(UNREADABLE);
            };
            describe(&set, args.format, streams)?;
            Ok(DONE)
        }
        CodesetCommand::Add { file, dates } => {
            let Some(folder) = streams.folder.path() else {
                streams.message("the system names no data folder: give --codeset-dir");
                return Ok(UNREADABLE);
            };
            let Some(set) = make(file, dates, streams) else { return Ok(UNREADABLE) };
            match install::install(&set, &folder) {
                Ok(path) => streams.message(&format!("installed as {}", path.display())),
                Err(e) => {
                    streams.message(&format!("{}: {e}", folder.display()));
                    return Ok(UNREADABLE);
                }
            }
            describe(&set, args.format, streams)?;
            Ok(DONE)
        }
        CodesetCommand::Diff { from, to } => {
            let (releases, _) = streams.releases();
            let (Some(from), Some(to)) = (releases.named(from), releases.named(to)) else {
                streams.message("no such release; `cervicode codeset list` names those at hand");
                return Ok(UNREADABLE);
            };
            let difference = install::difference(&from, &to);
            match args.format {
                AnswerFormat::Text => show::difference(streams.out, &difference)?,
                AnswerFormat::Json => streams.json(&difference)?,
            }
            Ok(DONE)
        }
        CodesetCommand::Compile { file, dates, out } => {
            let Some(set) = make(file, dates, streams) else { return Ok(UNREADABLE) };
            if let Err(e) = std::fs::write(out, set.bytes()) {
                streams.message(&format!("{}: {e}", out.display()));
                return Ok(UNREADABLE);
            }
            describe(&set, args.format, streams)?;
            Ok(DONE)
        }
    }
}

/// Reads an official file; what is odd or wrong is told.
fn make(file: &std::path::Path, dates: &Dates, streams: &mut Streams<'_>) -> Option<CodeSet> {
    match install::make(file, dates.from, dates.until) {
        Ok(made) => {
            made.warnings.iter().for_each(|w| streams.message(&format!("warning: {}: {w}", file.display())));
            Some(made.set)
        }
        Err(e) => {
            streams.message(&format!("{}: {e}", file.display()));
            None
        }
    }
}

fn describe(set: &CodeSet, format: AnswerFormat, streams: &mut Streams<'_>) -> Result<()> {
    let meta = set.meta();
    if format == AnswerFormat::Json {
        return streams.json(meta);
    }
    let out = &mut *streams.out;
    writeln!(out, "Release         {}", meta.from)?;
    writeln!(out, "Valid until     {}", meta.until.as_deref().unwrap_or("the next release"))?;
    writeln!(out, "Version         {}", meta.version)?;
    writeln!(out, "Complete codes  {}", meta.complete)?;
    writeln!(out, "Listed entries  {}", meta.entries)?;
    show::wrapped(out, "Official file   ", "                ", &format!("SHA-256 {}", meta.source_sha256))?;
    show::wrapped(out, "Compiled form   ", "                ", &format!("SHA-256 {}", sha256(set.bytes())))
}
