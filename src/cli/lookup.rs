//! `cervicode lookup CODE|WORDS`.

use super::releases::Which;
use super::{AnswerFormat, DONE, Streams, UNREADABLE};
use crate::code::Code;
use crate::code::IndexTerm;
use crate::codeset::{CodeSet, Validity, show};
use clap::Args;
use serde::Serialize;
use std::io::Result;

/// Options of `lookup`.
#[derive(Debug, Args)]
pub(super) struct LookupArgs {
    /// A code ("M54.2"), or words ("neck pain")
    #[arg(required = true, value_name = "CODE|WORDS")]
    query: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// The most codes to list
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer<'a> {
    release: &'a str,
    query: &'a str,
    found: Vec<crate::codeset::search::Found>,
}

impl LookupArgs {
    /// Whether the query is a code, not words.
    pub(super) fn names_a_code(&self) -> bool {
        Code::parse(&self.query.join(" ")).is_some()
    }
}

pub(super) fn run(args: &LookupArgs, index: &[IndexTerm], streams: &mut Streams<'_>) -> Result<u8> {
    let Some((set, whole)) = args.which.pick(streams) else { return Ok(UNREADABLE) };
    let query = args.query.join(" ");
    let known = match Code::parse(&query) {
        Some(code) => code_answer(&set, code, args.format, streams)?,
        None => words_answer(&set, &query, index, args, streams)?,
    };
    Ok(if whole && known { DONE } else { UNREADABLE })
}

fn code_answer(set: &CodeSet, code: Code, format: AnswerFormat, streams: &mut Streams<'_>) -> Result<bool> {
    let explained = set.explain_code(code);
    match format {
        AnswerFormat::Text => show::looked_up(streams.out, &explained)?,
        AnswerFormat::Json => streams.json(&explained)?,
    }
    let known = explained.code.validity != Validity::Unknown;
    if !known {
        streams.message(&format!("{code} is not in release {}", set.release()));
    }
    Ok(known)
}

fn words_answer(set: &CodeSet, query: &str, index: &[IndexTerm], args: &LookupArgs, streams: &mut Streams<'_>) -> Result<bool> {
    let found = set.search(query, index, args.limit);
    if found.is_empty() {
        streams.message("no code has these words");
    }
    match args.format {
        AnswerFormat::Text => show::found(streams.out, &found)?,
        AnswerFormat::Json => streams.json(&Answer { release: set.release(), query, found })?,
    }
    Ok(true)
}
