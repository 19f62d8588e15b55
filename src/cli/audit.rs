//! `cervicode audit`: what a reviewer's decisions say of all notes.

use super::options::InputArgs;
use super::sample::each_report;
use super::{Failure, Outcome, Status, World, billed};
use crate::codeset::show::wrapped;
use crate::qa::audit::{self, Audit, Review, Reviewed};
use crate::qa::draw::{SCHEMA, Sample};
use crate::qa::frame::Frame;
use crate::qa::pages;
use crate::qa::statistics::Share;
use crate::qa::worksheet;
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Accuracy from a reviewer's worksheet, with intervals; agreement, if there are several reviewers
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Worksheets of one sample (.csv), one a reviewer; the figures of the first stand for the audit. With --billed: notes
    #[arg(required = true, value_name = "WORKSHEET")]
    worksheets: Vec<PathBuf>,
    /// Judge the codes that were billed, which records of notes carry as `billed`
    #[arg(long, conflicts_with_all = ["sample", "frame", "partial"])]
    billed: bool,
    #[command(flatten)]
    input: InputArgs,
    /// The record of the sample; sample.json beside the first worksheet if not given
    #[arg(long, value_name = "FILE")]
    sample: Option<PathBuf>,
    /// The reports that the sample was drawn from: it is an error if they changed (may be given more than once)
    #[arg(long, value_name = "REPORTS")]
    frame: Vec<String>,
    /// Also by this kept field of the reports, or with --billed field of the records (may be given more than once); of a
    /// worksheet by author and coder if not given
    #[arg(long, value_name = "FIELD")]
    by: Vec<String>,
    /// Count what is decided; without it an open decision is an error
    #[arg(long)]
    partial: bool,
    /// The level of every interval
    #[arg(long, value_name = "C", default_value_t = 0.95)]
    confidence: f64,
    /// How to show the figures
    #[arg(long, short, default_value = "text")]
    format: View,
}

/// Faults that are told of one worksheet.
const MOST_FAULTS: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum View {
    /// For a person
    Text,
    /// For a program
    Json,
    /// The worklist of --billed as a table
    Csv,
    /// One self-contained page with charts
    Html,
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    if !(args.confidence > 0.0 && args.confidence < 1.0) {
        return Err(Failure::Message("--confidence lies between 0 and 1 (0.95)".into()));
    }
    if args.billed {
        return of_billed(args, world);
    }
    if args.format == View::Csv {
        return Err(Failure::Message("--format csv is for --billed".into()));
    }
    if let Some(path) = args.worksheets.iter().find(|p| !p.exists()) {
        return Err(Failure::Message(format!("{}: no such file", path.display())));
    }
    let sample = record(args)?;
    if !args.frame.is_empty() {
        unchanged(&sample, &args.frame, world)?;
    }
    let mut reviews = Vec::new();
    let mut faulty = false;
    for path in &args.worksheets {
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|e| Failure::Message(format!("{shown}: {e}")))?;
        match worksheet::read(&bytes, &sample, args.partial) {
            Ok(rows) => {
                let named = rows.iter().map(|r| r.reviewer.as_str()).find(|r| !r.is_empty());
                let reviewer = named.map_or_else(|| path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), str::to_string);
                if let Some(other) = rows.iter().find(|r| !r.reviewer.is_empty() && r.reviewer != reviewer) {
                    faulty = true;
                    let _ = writeln!(world.err, "cervicode: {shown}: row {}, column reviewer: one worksheet is of one reviewer", other.row);
                }
                reviews.push(Review { reviewer, rows });
            }
            Err(faults) => {
                faulty = true;
                for fault in faults.iter().take(MOST_FAULTS) {
                    let _ = writeln!(world.err, "cervicode: {shown}: {fault}");
                }
                if faults.len() > MOST_FAULTS {
                    let _ = writeln!(world.err, "cervicode: {shown}: and {} more", faults.len() - MOST_FAULTS);
                }
            }
        }
    }
    if faulty {
        return Err(Failure::Message("no figures: a worksheet cannot be used as it is".into()));
    }
    let by = if args.by.is_empty() { vec!["author".into(), "coder".into()] } else { args.by.clone() };
    let by: Vec<String> = by.into_iter().filter(|f| sample.draws.iter().any(|d| d.fields.contains_key(f))).collect();
    if let Some(field) = args.by.iter().find(|f| !by.contains(f)) {
        let message = format!("--by {field}: no report of the sample has it; `cervicode scan --keep {field}` carries it along");
        return Err(Failure::Message(message));
    }
    let audit = audit::audit(&sample, &reviews, &by, args.confidence);
    match args.format {
        View::Json => {
            serde_json::to_writer_pretty(&mut *world.out, &audit).map_err(io::Error::from)?;
            writeln!(world.out)?;
        }
        View::Html => write!(world.out, "{}", pages::audit(&audit))?,
        _ => text(&audit, world.out)?,
    }
    Ok(Status::Done)
}

fn of_billed(args: &Args, world: &mut World<'_>) -> Outcome {
    let inputs: Vec<String> = args.worksheets.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    let (audit, lost) = billed::audit(&inputs, &args.input, &args.by, args.confidence, world)?;
    match args.format {
        View::Json => {
            serde_json::to_writer_pretty(&mut *world.out, &audit).map_err(io::Error::from)?;
            writeln!(world.out)?;
        }
        View::Csv => billed::csv(&audit, world.out)?,
        View::Html => write!(world.out, "{}", pages::billed(&audit))?,
        View::Text => billed::text(&audit, world.out)?,
    }
    Ok(if lost { Status::Unread } else { Status::Done })
}

fn record(args: &Args) -> Result<Sample, Failure> {
    let beside = || args.worksheets.first().and_then(|w| w.parent()).unwrap_or(Path::new("")).join("sample.json");
    let path = args.sample.clone().unwrap_or_else(beside);
    let said = |e: String| Failure::Message(format!("{}: {e}", path.display()));
    let text = std::fs::read(&path).map_err(|e| said(format!("the record of the sample cannot be read ({e}); name it with --sample")))?;
    let sample: Sample = serde_json::from_slice(&text).map_err(|e| said(format!("is no record of a sample (line {})", e.line())))?;
    if sample.schema != SCHEMA {
        return Err(said(format!("is not in the form {SCHEMA}")));
    }
    if sample.sample != sample.name() {
        return Err(said("was edited: its contents no longer give its name".into()));
    }
    Ok(sample)
}

fn unchanged(sample: &Sample, reports: &[String], world: &mut World<'_>) -> Result<(), Failure> {
    let mut frame = Frame::default();
    let take = &mut |line: &[u8]| {
        frame.add(line);
        Ok(())
    };
    each_report(reports, world, take, &mut |world, problem| world.problem(&problem));
    if frame.reports() == sample.frame.reports && frame.sha256() == sample.frame.sha256 {
        return Ok(());
    }
    Err(Failure::Message(format!(
        "the frame changed: the sample was drawn from {} reports with hash {}, there are {} with hash {}",
        sample.frame.reports,
        &sample.frame.sha256[..12.min(sample.frame.sha256.len())],
        frame.reports(),
        &frame.sha256()[..12]
    )))
}

fn text(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    let level = level(audit.confidence);
    writeln!(out, "sample {} of {} reports", audit.sample, audit.frame_reports)?;
    writeln!(out, "{level} intervals: exact (Clopper-Pearson) and Wilson; weighted: Korn-Graubard")?;
    for (i, reviewer) in audit.reviewers.iter().enumerate() {
        let which = if i == 0 { "" } else { " (a further reviewer)" };
        writeln!(
            out,
            "\nreviewer {}{which}: {} notes, {} unusable, {} rows undecided",
            reviewer.reviewer, reviewer.notes, reviewer.unusable, reviewer.undecided
        )?;
        figures(reviewer, out)?;
    }
    if let Some(agreement) = &audit.agreement {
        writeln!(out, "\nagreement between reviewers, over items that all decided")?;
        writeln!(out, "  raw agreement\n    {}", share(&agreement.raw))?;
        if let Some(kappa) = &agreement.kappa {
            writeln!(out, "  {}\n    {:.3}, {:.3} to {:.3}", agreement.method, kappa.value, kappa.interval[0], kappa.interval[1])?;
        }
        for d in &agreement.differ {
            let said = d.said.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
            writeln!(out, "  differ: {} {} {}: {said}", d.note_id, d.item.as_str(), d.code)?;
        }
    }
    Ok(())
}

fn figures(reviewer: &Reviewed, out: &mut dyn Write) -> io::Result<()> {
    for measure in &reviewer.measures {
        writeln!(out, "  {}\n    {}", measure.name, share(&measure.share))?;
        if let Some(e) = &measure.weighted {
            writeln!(out, "    weighted to the frame {}, {} to {}", percent(e.value), percent(e.interval[0]), percent(e.interval[1]))?;
            if e.single > 0 {
                writeln!(out, "    ({} strata with one note each: their variance is not counted)", e.single)?;
            }
        }
        wrapped(out, "    = ", "      ", measure.definition)?;
    }
    for (title, counts) in [("error reasons", &reviewer.reasons), ("missed codes", &reviewer.missed)] {
        if !counts.is_empty() {
            let list = counts.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ");
            wrapped(out, "  ", "    ", &format!("{title}: {list}"))?;
        }
    }
    for group in &reviewer.groups {
        writeln!(out, "  {} {}\n    {}", group.by, group.value, share(&group.share))?;
    }
    for error in &reviewer.errors {
        let correct = if error.correct.is_empty() { String::new() } else { format!(" -> {}", error.correct.join(" ")) };
        writeln!(out, "  row {}: {} {} {} {}{correct}", error.row, error.note_id, error.item.as_str(), error.code, error.reason)?;
    }
    Ok(())
}

/// "95.0 % (19 of 20), exact 75.1 % to 99.9 %, Wilson 76.4 % to 99.1 %": a share never stands alone.
pub(super) fn share(share: &Share) -> String {
    let Some(value) = share.value else { return "nothing to count (0 of 0)".into() };
    let [[a, b], [c, d]] = [share.exact, share.wilson].map(|i| i.map(percent));
    format!("{} ({} of {}), exact {a} to {b}, Wilson {c} to {d}", percent(value), share.count, share.of)
}

/// "95 %", for a confidence level.
pub(super) fn level(confidence: f64) -> String {
    format!("{} %", (confidence * 1e6).round() / 1e4)
}

fn percent(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}
