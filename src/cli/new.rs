//! `cervicode new`: a commented skeleton in the right file of an overlay folder.

use super::{Failure, Outcome, Status, World};
use crate::authoring::skeleton::{Kind, Wanted, begin};
use crate::authoring::written::Written;
use clap::ValueEnum;
use std::path::PathBuf;

/// Begin a concept, rule, flag, cue or heading: a commented skeleton in the right file of the --knowledge folder
///
/// A name that is built in is copied instead, to be changed: in the overlay it takes the built-in item's place.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to begin
    kind: What,
    /// Its id, in lower case with dashes
    name: String,
    /// The words that name it [default: those of the id]
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// The concept that a rule starts from
    #[arg(long, value_name = "ID")]
    concept: Option<String>,
    /// The code that a rule suggests or a flag is about
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Something that notes name
    Concept,
    /// Findings to codes
    Rule,
    /// Something the documentation may lack
    Flag,
    /// Words that say something of a mention
    Cue,
    /// The heading of a section
    Heading,
}

pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let folder = world.global.knowledge.clone().unwrap_or_else(|| PathBuf::from("."));
    let kind = match args.kind {
        What::Concept => Kind::Concept,
        What::Rule => Kind::Rule,
        What::Flag => Kind::Flag,
        What::Cue => Kind::Cue,
        What::Heading => Kind::Heading,
    };
    let wanted =
        Wanted { kind, name: &args.name, words: args.words.as_deref(), concept: args.concept.as_deref(), code: args.code.as_deref() };
    let begun = begin(&folder, wanted, &Written::built_in()).map_err(Failure::Message)?;
    let path = begun.path.to_string_lossy().replace('\\', "/");
    writeln!(world.out, "{path}:{}", begun.line)?;
    if begun.copied {
        writeln!(world.out, "`{}` is built in and was copied: what you change here takes its place", args.name)?;
    }
    let shown = folder.to_string_lossy().replace('\\', "/");
    writeln!(world.out, "then: cervicode check {shown}")?;
    Ok(Status::Done)
}
