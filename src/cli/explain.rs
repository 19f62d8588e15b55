//! `cervicode explain CODE|ID`.

use super::releases::Which;
use super::{AnswerFormat, DONE, Streams, UNREADABLE};
use crate::code::Code;
use crate::codeset::{Validity, show};
use crate::engine::Engine;
use clap::Args;
use std::io::Result;

/// Options of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A code ("M50.122"), or the id of a rule, flag, cue or concept ("neck-pain")
    #[arg(value_name = "CODE|ID")]
    what: String,
    #[command(flatten)]
    which: Which,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// Explains a code by the release's inherited notes, an id by its place in the knowledge.
pub(super) fn run(args: &ExplainArgs, engine: &Engine, streams: &mut Streams<'_>) -> Result<u8> {
    let names = &engine.knowledge.names;
    if let Some(name) = names.find(&args.what) {
        let (id, at) = (names.id(name), names.at(name).to_string());
        match args.format {
            AnswerFormat::Text => writeln!(streams.out, "{id}\n    {at}")?,
            AnswerFormat::Json => streams.json(&serde_json::json!({ "id": id, "at": at }))?,
        }
        return Ok(DONE);
    }
    let Some(code) = Code::parse(&args.what) else {
        streams.message("neither a code nor an id of the knowledge");
        return Ok(UNREADABLE);
    };
    let Some((set, whole)) = args.which.pick(streams) else { return Ok(UNREADABLE) };
    let explained = set.explain_code(code);
    match args.format {
        AnswerFormat::Text => show::explained(streams.out, &explained)?,
        AnswerFormat::Json => streams.json(&explained)?,
    }
    let known = explained.code.validity != Validity::Unknown;
    if !known {
        streams.message(&format!("{code} is not in release {}", set.release()));
    }
    Ok(if whole && known { DONE } else { UNREADABLE })
}
