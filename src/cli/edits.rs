//! `cervicode edits CODE…`.

use super::releases::Which;
use super::{AnswerFormat, DONE, PROBLEMS, Streams, UNREADABLE};
use crate::code::Code;
use crate::codeset::show;
use clap::{Args, ValueEnum};
use std::io::Result;

/// Options of `edits`.
#[derive(Debug, Args)]
pub(super) struct EditsArgs {
    /// Codes, in the order they would be reported
    #[arg(required = true, value_name = "CODE")]
    codes: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// Exit with 1 if anything forbids the list as it stands
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// An invalid code, a forbidden pair, a wrong order.
    Problems,
}

pub(super) fn run(args: &EditsArgs, streams: &mut Streams<'_>) -> Result<u8> {
    let Some((set, mut whole)) = args.which.pick(streams) else { return Ok(UNREADABLE) };
    let mut codes = Vec::new();
    for typed in args.codes.iter().flat_map(|c| c.split([',', ';', ' '])).filter(|c| !c.is_empty()) {
        match Code::parse(typed) {
            Some(code) => codes.push(code),
            None => {
                let shown: String = typed.chars().filter(|c| !c.is_control()).take(20).collect();
                streams.message(&format!("`{shown}` is not shaped like an ICD-10-CM code"));
                whole = false;
            }
        }
    }
    let edits = set.edits(&codes);
    match args.format {
        AnswerFormat::Text => show::edits(streams.out, &edits)?,
        AnswerFormat::Json => streams.json(&edits)?,
    }
    Ok(match (whole, args.fail_on) {
        (false, _) => UNREADABLE,
        (true, Some(FailOn::Problems)) if edits.problems() => PROBLEMS,
        _ => DONE,
    })
}
