//! `cervicode assert`: what the context engine makes of marked words, for any annotated set.

use super::{Failure, Outcome, Status, World};
use crate::context;
use crate::input::Problem;
use crate::knowledge::Knowledge;
use crate::span::{Positions, Span, Unit, byte_of_codepoint};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

/// What the context engine makes of marked words: {"id","text","target","start"?} a line
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// Records, one a line; `-` is standard input
    #[arg(value_name = "CASES.ndjson")]
    cases: String,
}

/// Runs `assert`.
pub(super) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let engine = world.engine()?;
    let source: Box<dyn Read> = if args.cases == "-" {
        world.stdin.take().map_or_else(|| Box::new(io::empty()) as Box<dyn Read>, |stdin| stdin as Box<dyn Read>)
    } else {
        Box::new(File::open(&args.cases).map_err(|e| Failure::Message(format!("{}: cannot be read: {e}", args.cases)))?)
    };
    let faults = assert_lines(&mut BufReader::new(source), world.out, &engine.knowledge)?;
    for (line, fault) in &faults {
        world.problem(&Problem::lost(format!("{}:{line}", args.cases), fault.message()));
    }
    Ok(if faults.is_empty() { Status::Done } else { Status::Unread })
}

/// A line of the input: the target is taken as a mention of a concept.
#[derive(Debug, Deserialize)]
struct Marked {
    id: String,
    text: String,
    target: String,
    /// In code points; without it the first occurrence is meant.
    start: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Asserted<'a> {
    id: &'a str,
    polarity: &'static str,
    certainty: &'static str,
    time: &'static str,
    subject: &'static str,
    cues: Vec<AssertedCue<'a>>,
}

#[derive(Debug, Serialize)]
struct AssertedCue<'a> {
    start: u32,
    end: u32,
    text: &'a str,
    rule: &'a str,
}

/// Why a line was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is no record with `id`, `text` and `target`.
    Shape,
    /// The target does not stand in the text (at `start`).
    Target,
}

impl Fault {
    /// What is wrong, in words.
    const fn message(self) -> &'static str {
        match self {
            Fault::Shape => "is no record with `id`, `text` and `target`",
            Fault::Target => "has a target that does not stand in the text",
        }
    }
}

/// Reads marked sentences, one JSON record a line, and writes their assertions in the same order.
/// Lines that cannot be used are passed over and returned with their one-based numbers.
///
/// # Errors
/// The input cannot be read or the output not written.
fn assert_lines(input: &mut dyn BufRead, out: &mut dyn Write, knowledge: &Knowledge) -> io::Result<Vec<(usize, Fault)>> {
    let mut faults = Vec::new();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(faults);
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Ok(marked) = serde_json::from_slice::<Marked>(&line) else {
            faults.push((number, Fault::Shape));
            continue;
        };
        let Some(target) = place(&marked) else {
            faults.push((number, Fault::Target));
            continue;
        };
        let assertion = context::assertion_of(&marked.text, target, knowledge);
        let positions = Positions::new(&marked.text, Unit::Codepoints);
        let cue = |cue: &context::Cue| AssertedCue {
            start: positions.at(cue.span.start),
            end: positions.at(cue.span.end),
            text: cue.span.of(&marked.text),
            rule: knowledge.names.id(cue.rule),
        };
        let asserted = Asserted {
            id: &marked.id,
            polarity: assertion.polarity.as_str(),
            certainty: assertion.certainty.as_str(),
            time: assertion.time.as_str(),
            subject: assertion.subject.as_str(),
            cues: assertion.cues.iter().map(cue).collect(),
        };
        serde_json::to_writer(&mut *out, &asserted)?;
        out.write_all(b"\n")?;
    }
}

/// Where the target stands.
fn place(marked: &Marked) -> Option<Span> {
    let start = match marked.start {
        Some(n) => byte_of_codepoint(&marked.text, n),
        None => marked.text.find(&marked.target)?,
    };
    let end = start + marked.target.len();
    (!marked.target.is_empty() && marked.text.get(start..end) == Some(marked.target.as_str())).then(|| Span::new(start as u32, end as u32))
}
