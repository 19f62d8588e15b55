//! `cervicode audit --billed`: the codes that were billed against what the notes document.

use super::audit::{level, share};
use super::options::InputArgs;
use super::{Failure, World};
use crate::bulk;
use crate::code::Code;
use crate::codeset::show::wrapped;
use crate::engine::Engine;
use crate::eval::Scoring;
use crate::input::{self, Format, Problem};
use crate::note::Note;
use crate::qa::billed::{BilledAudit, Finding, Judged, Totals, judge};
use crate::qa::worksheet::harmless;
use crate::span::Unit;
use std::io::{self, Write};

/// What came of a note, and the groups it belongs to.
type Made = (Option<Judged>, Vec<(String, String)>);

/// Reviews the notes and judges what was billed for them; the second value says whether something could not be read.
pub(super) fn audit(
    inputs: &[String],
    input: &InputArgs,
    by: &[String],
    confidence: f64,
    world: &mut World<'_>,
) -> Result<(BilledAudit, bool), Failure> {
    let engine = world.engine()?;
    let scoring = Scoring::built_in().map_err(|e| Failure::Message(format!("corpus/scoring.yaml: {e}")))?;
    let mut options = input.options(Format::Ndjson);
    options.keep.extend(by.iter().cloned());
    let mut problems = Vec::new();
    let sources = input::sources(inputs, true, &mut problems);
    let mut lost = problems.iter().any(|p| p.lost);
    problems.iter().for_each(|p| world.problem(p));
    let (mut stdin, reading) = (world.stdin.take(), options.clone());
    let mut items = sources.into_iter().flat_map(move |source| match input::open(source, &reading, &mut stdin) {
        Ok(items) => items,
        Err(problem) => Box::new(std::iter::once(Err(problem))),
    });
    let judged = |code: Code| scoring.counts(&code.to_string());
    let work = |engine: &Engine, note: &Note| -> Made {
        if note.facts.billed.is_empty() {
            return (None, Vec::new());
        }
        let report = engine.review(note, Unit::Codepoints);
        let picked = engine.releases.pick(report.note.date.as_deref().and_then(|d| d.parse().ok()));
        let value = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_string);
        let group = |by: &String| (by.clone(), note.passthrough.iter().find(|(k, _)| k == by).map_or("none".into(), |(_, v)| value(v)));
        let judged = judge(&note.facts.billed, &report, &picked.set, picked.covers_date, &judged);
        (Some(judged), by.iter().map(group).collect())
    };
    let mut totals = Totals::default();
    let mut told: Vec<Problem> = Vec::new();
    let mut sink = |made: Result<Made, Problem>| {
        match made {
            Ok((judged, groups)) => totals.add(judged, &groups),
            Err(problem) => told.push(problem),
        }
        Ok(())
    };
    let run = bulk::Run { engine: &engine, options: &options, done: &mut |_| false };
    bulk::run(&mut items, run, &work, &mut sink)?;
    lost |= told.iter().any(|p| p.lost);
    told.iter().for_each(|p| world.problem(p));
    let audit = totals.audit(confidence);
    if audit.notes == 0 {
        let message = "no note has billed codes: records carry them as `billed`, a list of codes";
        return Err(Failure::Message(message.into()));
    }
    Ok((audit, lost))
}

pub(super) fn text(audit: &BilledAudit, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} notes with {} billed codes, {} notes without", audit.notes, audit.billed, audit.without_billed)?;
    writeln!(out, "{} codes are of kinds that are not judged", audit.not_judged)?;
    writeln!(out, "{} intervals: exact (Clopper-Pearson) and Wilson\n\nbilled codes that are", level(audit.confidence))?;
    for (outcome, figures) in &audit.outcomes {
        writeln!(out, "  {outcome}\n    {}", share(figures))?;
    }
    for (name, figures) in [
        ("notes on which nothing was found", &audit.clean),
        ("notes on which a supported code was not billed", &audit.notes_with_missed),
        ("notes with an Excludes1 pair billed together", &audit.notes_with_excludes1),
    ] {
        writeln!(out, "{name}\n    {}", share(figures))?;
    }
    for (by, value, figures) in &audit.groups {
        writeln!(out, "supported, {by} {value}\n    {}", share(figures))?;
    }
    if !audit.worklist.is_empty() {
        writeln!(out, "\nworklist, the surest first")?;
    }
    for f in &audit.worklist {
        writeln!(out, "  {:<8} {} {}: {}", f.certainty.as_str(), f.note_id, f.kind, codes(&f.codes))?;
        let indent = "           ";
        wrapped(out, indent, indent, &f.because)?;
        if !f.evidence.is_empty() {
            wrapped(out, indent, indent, &format!("from {}", words(f)))?;
        }
    }
    Ok(())
}

/// The worklist as a table that no spreadsheet takes for formulas.
pub(super) fn csv(audit: &BilledAudit, out: &mut dyn Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = ::csv::WriterBuilder::new().quote_style(::csv::QuoteStyle::Always).terminator(::csv::Terminator::CRLF).from_writer(out);
    table.write_record(["certainty", "note_id", "kind", "codes", "because", "instead", "evidence"])?;
    for f in &audit.worklist {
        let row = [f.certainty.as_str(), &f.note_id, f.kind, &codes(&f.codes), &f.because, &codes(&f.instead), &words(f)].map(harmless);
        table.write_record(row)?;
    }
    table.flush()
}

fn codes(codes: &[Code]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn words(f: &Finding) -> String {
    let one = |(text, section): &(String, Option<String>)| {
        format!("\"{}\" ({})", text.split_whitespace().collect::<Vec<_>>().join(" "), section.as_deref().unwrap_or("note"))
    };
    f.evidence.iter().map(one).collect::<Vec<_>>().join(", ")
}
