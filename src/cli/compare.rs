//! `cervicode compare`: whether codes and flags stand more or less often in one batch of reports than in another.

use super::audit::{level, share};
use super::options::View;
use super::sample::each_report;
use super::{Failure, Outcome, Status, World};
use crate::codeset::show::wrapped;
use crate::qa::drift::{self, Batch, Drift};
use crate::qa::frame::read;
use crate::qa::pages;
use crate::qa::statistics::correction::Correction;
use crate::qa::statistics::proportion::Test;
use clap::ValueEnum;
use std::io::{self, Write};

/// Compare the codes and flags of two batches of reports: months, clinics
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Reports of the first batch, as `cervicode scan` writes them: a file or a folder
    #[arg(value_name = "A")]
    a: String,
    /// Reports of the second batch; without it the rates of the first are shown
    #[arg(value_name = "B")]
    b: Option<String>,
    /// How p-values are corrected for the many comparisons
    #[arg(long, default_value = "holm")]
    correction: Method,
    /// The level of every interval
    #[arg(long, value_name = "C", default_value_t = 0.95)]
    confidence: f64,
    /// How to show the comparison
    #[arg(long, short, default_value = "text")]
    format: View,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Holm: the chance of even one false alarm
    Holm,
    /// Benjamini and Hochberg: the share of false alarms among the alarms
    BenjaminiHochberg,
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    if !(args.confidence > 0.0 && args.confidence < 1.0) {
        return Err(Failure::Message("--confidence lies between 0 and 1 (0.95)".into()));
    }
    let mut lost = false;
    let mut batch = |input: &String, world: &mut World<'_>| {
        let mut batch = Batch::default();
        let take = &mut |line: &[u8]| read(line).map(|head| batch.add(&head));
        each_report(std::slice::from_ref(input), world, take, &mut |world, problem| {
            lost |= problem.lost;
            world.problem(&problem);
        });
        if batch.reports() == 0 {
            return Err(Failure::Message(format!("{input}: there is no report in it; `cervicode scan` makes them")));
        }
        Ok(batch)
    };
    let a = batch(&args.a, world)?;
    let Some(second) = &args.b else {
        rates(args, &a, world.out)?;
        return Ok(if lost { Status::Unread } else { Status::Done });
    };
    let b = batch(second, world)?;
    let correction = match args.correction {
        Method::Holm => Correction::Holm,
        Method::BenjaminiHochberg => Correction::BenjaminiHochberg,
    };
    let drift = drift::compare(&a, &b, args.confidence, correction);
    match args.format {
        View::Json => {
            serde_json::to_writer_pretty(&mut *world.out, &drift).map_err(io::Error::from)?;
            writeln!(world.out)?;
        }
        View::Html => write!(world.out, "{}", pages::drift(&drift, (&args.a, second), (a.reports(), b.reports()), name(correction)))?,
        View::Text => text((&args.a, second), &drift, (a.reports(), b.reports()), world.out)?,
    }
    Ok(if lost { Status::Unread } else { Status::Done })
}

/// One batch alone.
fn rates(args: &Args, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
    let shares = batch.shares(args.confidence);
    match args.format {
        View::Json => {
            serde_json::to_writer_pretty(&mut *out, &shares)?;
            writeln!(out)
        }
        View::Html => write!(out, "{}", pages::rates(batch, &args.a, args.confidence)),
        View::Text => {
            writeln!(out, "{}: {} reports; shares of notes", args.a, batch.reports())?;
            shares.iter().try_for_each(|(what, name, s)| writeln!(out, "{} {name}\n    {}", what.as_str(), share(s)))
        }
    }
}

fn text((first, second): (&str, &str), drift: &Drift, (a, b): (u64, u64), out: &mut dyn Write) -> io::Result<()> {
    let level = level(drift.confidence);
    writeln!(out, "A: {first} ({a} reports)\nB: {second} ({b} reports)")?;
    writeln!(out, "share of notes; {level} intervals: Wilson for each, Newcombe for B - A")?;
    writeln!(out, "p: score test; Fisher's exact (f) where fewer than 5 are expected")?;
    let adjusted =
        format!("adjusted for {} comparisons by {}; * below {:.2}", drift.rows.len(), name(drift.correction), 1.0 - drift.confidence);
    wrapped(out, "", "  ", &adjusted)?;
    writeln!(out)?;
    writeln!(out, "{:<23}{:>6}{:>6} {:>22} {:>7}  {:>8}", "", "A %", "B %", "B - A (points)", "p", "adjusted")?;
    for row in &drift.rows {
        let of = |v: Option<f64>| format!("{:.1}", v.unwrap_or(0.0) * 100.0);
        let difference = format!("{:+.1} [{:+.1}, {:+.1}]", row.difference * 100.0, row.interval[0] * 100.0, row.interval[1] * 100.0);
        let exact = if row.test == Test::FisherExact { "f" } else { " " };
        let mark = if row.p_adjusted < 1.0 - drift.confidence { "*" } else { "" };
        let named = format!("{} {}", row.what.as_str(), row.name);
        let (p, adjusted) = (small(row.p), small(row.p_adjusted));
        writeln!(out, "{named:<23}{:>6}{:>6} {difference:>22} {p:>7}{exact} {adjusted:>8}{mark}", of(row.a.value), of(row.b.value))?;
    }
    writeln!(out, "\nnotes with it, of all; Wilson intervals")?;
    for row in &drift.rows {
        let one = |s: &crate::qa::statistics::Share| {
            format!("{} of {} [{:.1}, {:.1}] %", s.count, s.of, s.wilson[0] * 100.0, s.wilson[1] * 100.0)
        };
        writeln!(out, "  {}\n    A {:<34} B {}", row.name, one(&row.a), one(&row.b))?;
    }
    Ok(())
}

fn name(correction: Correction) -> &'static str {
    match correction {
        Correction::Holm => "Holm's method (the chance of even one false alarm)",
        Correction::BenjaminiHochberg => "Benjamini and Hochberg's method (the share of false alarms)",
    }
}

fn small(p: f64) -> String {
    if p < 0.0005 { "<0.001".into() } else { format!("{p:.3}") }
}
