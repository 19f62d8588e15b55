//! `cervicode eval`: figures against gold, with intervals and misses.

use super::options::View;
use super::{Failure, Outcome, Status, World};
use crate::bulk::guarded;
use crate::eval::check::Checker;
use crate::eval::{Counts, Detail, Figures, Gold, Miss, Scoring, Style, Tally};
use crate::input::{self, Problem, Raw, Source};
use crate::note::Note;
use crate::qa::pages;
use crate::report::Report;
use crate::span::Unit;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Score the program against gold labels
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Gold records (.ndjson, also .gz or .zst), or folders of <id>.txt and <id>.yaml
    #[arg(required = true, value_name = "GOLD")]
    gold: Vec<String>,
    /// How to show the figures
    #[arg(long, short, default_value = "text")]
    format: View,
    /// Leave out the list of misses
    #[arg(long)]
    no_misses: bool,
    /// Check the labels themselves instead: offsets, codes, flags, ids, duplicated notes; exit status 1 if something is wrong
    #[arg(long)]
    check: bool,
    /// Seed of the bootstrap intervals
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let engine = world.engine()?;
    let scoring = Scoring::built_in().map_err(|e| Failure::Message(format!("corpus/scoring.yaml: {e}")))?;
    let mut problems = Vec::new();
    let mut pairs = Vec::new();
    for gold in &args.gold {
        if Path::new(gold).is_dir() {
            corpus(gold, &mut pairs, &mut problems);
        } else {
            records(gold, &mut pairs, &mut problems);
        }
    }
    if pairs.is_empty() {
        problems.iter().for_each(|p| world.problem(p));
        return Err(Failure::Message(
            "there is no note with labels: gold is a folder of <id>.txt and <id>.yaml, or .ndjson records".into(),
        ));
    }
    if args.check {
        return check(args, &pairs, &problems, &Checker::new(&engine, &scoring), world);
    }
    let pairs: Vec<(Gold, Note)> = pairs.into_iter().map(|l| (l.gold, l.note)).collect();
    let reports: Vec<Result<Report, Problem>> =
        pairs.par_iter().map(|(_, note)| guarded(&engine, note, &|engine, note| engine.review(note, Unit::Codepoints))).collect();
    let mut tally = Tally::default();
    for ((gold, note), report) in pairs.iter().zip(reports) {
        tally.add(gold, report.as_ref().ok(), &note.text, &scoring);
        problems.extend(report.err());
    }
    let (figures, detail) = (tally.figures(), tally.detail(args.seed));
    let misses = if args.no_misses { Vec::new() } else { tally.misses };
    match args.format {
        View::Json => {
            #[derive(serde::Serialize)]
            struct Whole<'a> {
                #[serde(flatten)]
                figures: &'a Figures,
                #[serde(flatten)]
                detail: &'a Detail,
                misses: &'a [Miss],
            }
            let json =
                serde_json::to_string_pretty(&Whole { figures: &figures, detail: &detail, misses: &misses }).map_err(io::Error::from)?;
            writeln!(world.out, "{json}")?;
        }
        View::Html => write!(world.out, "{}", pages::eval(&figures, &detail, &misses))?,
        View::Text => text(&figures, &detail, &misses, world.out)?,
    }
    problems.iter().for_each(|p| world.problem(p));
    Ok(if problems.iter().any(|p| p.lost) { Status::Unread } else { Status::Done })
}

/// A note with its labels, and where they stand.
struct Labelled {
    place: String,
    gold: Gold,
    note: Note,
}

fn check(args: &Args, labelled: &[Labelled], problems: &[Problem], checker: &Checker, world: &mut World<'_>) -> Outcome {
    let mut checker = checker.clone();
    labelled.iter().for_each(|l| checker.check(&l.place, &l.gold, &l.note.text));
    match args.format {
        View::Json => {
            serde_json::to_writer_pretty(&mut *world.out, &checker.faults).map_err(io::Error::from)?;
            writeln!(world.out)?;
        }
        _ => {
            for fault in &checker.faults {
                writeln!(world.out, "{}: {}: {}", fault.place, fault.part, fault.message)?;
            }
            writeln!(world.out, "{} notes with labels, {} faults", labelled.len(), checker.faults.len())?;
        }
    }
    problems.iter().for_each(|p| world.problem(p));
    let lost = problems.iter().any(|p| p.lost);
    Ok(if lost {
        Status::Unread
    } else if checker.faults.is_empty() {
        Status::Done
    } else {
        Status::Problems
    })
}

/// The labelled notes of a folder and those below it.
fn corpus(folder: &str, pairs: &mut Vec<Labelled>, problems: &mut Vec<Problem>) {
    let sources = input::sources(&[folder.to_string()], true, problems);
    for source in sources {
        let Source::File { path, name } = source else { continue };
        let labels = path.with_extension("yaml");
        if path.extension().is_none_or(|e| e != "txt") || !labels.exists() {
            continue;
        }
        let id = name.trim_end_matches(".txt").to_string();
        let read = std::fs::read_to_string(&labels).map_err(|e| e.to_string()).and_then(|text| Gold::of_yaml(&id, &text));
        match (read, note(Source::File { path, name })) {
            (Ok(gold), Ok(note)) => {
                let facts = gold.facts.clone();
                pairs.push(Labelled { place: labels.display().to_string(), gold, note: Note { id, facts, ..note } });
            }
            (Err(e), _) => problems.push(Problem::lost(labels.display(), e)),
            (_, Err(problem)) => problems.push(problem),
        }
    }
}

fn note(source: Source) -> Result<Note, Problem> {
    let options = input::Options::default();
    let item = input::open(source, &options, &mut None)?.next();
    item.unwrap_or_else(|| Err(Problem::lost("-", "empty"))).and_then(|item| input::decode(item, &options))
}

fn records(file: &str, pairs: &mut Vec<Labelled>, problems: &mut Vec<Problem>) {
    let options = input::Options::default();
    for source in input::sources(&[file.to_string()], false, problems) {
        match input::open(source, &options, &mut None) {
            Err(problem) => problems.push(problem),
            Ok(items) => {
                for item in items {
                    match item.and_then(|item| labelled(item, &options)) {
                        Ok(pair) => pairs.push(pair),
                        Err(problem) => problems.push(problem),
                    }
                }
            }
        }
    }
}

fn labelled(item: input::Item, options: &input::Options) -> Result<Labelled, Problem> {
    let place = item.place.to_string();
    let Raw::Json(line) = &item.raw else { return Err(Problem::lost(&place, "gold is a folder or .ndjson records")) };
    let gold = serde_json::from_slice(line).ok().as_ref().and_then(Gold::of_record);
    let note = input::decode(item, options)?;
    let mut gold = gold.ok_or_else(|| Problem::lost(&place, "the record has no gold `codes`"))?;
    gold.id.clone_from(&note.id);
    Ok(Labelled { place, gold, note })
}

fn text(figures: &Figures, detail: &Detail, misses: &[Miss], out: &mut dyn Write) -> io::Result<()> {
    let f = figures;
    let interval = |[low, high]: [f64; 2]| format!("[{low:.3}, {high:.3}]");
    writeln!(out, "{} notes; 95 % Wilson intervals", f.notes)?;
    writeln!(
        out,
        "supported codes  precision {:.3} {}  recall {:.3} {}",
        f.codes.precision,
        interval(f.intervals95.precision),
        f.codes.recall,
        interval(f.intervals95.recall)
    )?;
    writeln!(
        out,
        "                 F1 {:.3}; right {}, wrong {}, missed {} ({} in review)",
        f.codes.f1, f.codes.tp, f.codes.fp, f.codes.missed, f.codes.fn_but_in_review
    )?;
    writeln!(
        out,
        "flags            precision {:.3} {}  recall {:.3} {}",
        f.flags.precision,
        interval(f.intervals95.flag_precision),
        f.flags.recall,
        interval(f.intervals95.flag_recall)
    )?;
    writeln!(out, "                 F1 {:.3}; right {}, wrong {}, missed {}", f.flags.f1, f.flags.tp, f.flags.fp, f.flags.missed)?;
    writeln!(out, "exact code set   {:.3} {}", f.exact_set, interval(f.intervals95.exact_set))?;
    writeln!(out, "forbidden codes  {:.3} of notes", f.forbidden_rate)?;
    writeln!(out, "clean notes ok   {:.3} of {}", f.clean_right, f.clean_notes)?;
    writeln!(out, "one-of offered   {:.3}", f.one_of)?;
    writeln!(out, "withheld listed  {:.3}", f.withheld_recall)?;
    if f.missing_reports > 0 {
        writeln!(out, "missing reports  {}", f.missing_reports)?;
    }
    for (name, m) in [("codes", detail.macro_codes), ("families", detail.macro_families), ("flags", detail.macro_flags)] {
        writeln!(out, "macro, {} {:<14} precision {:.3}   recall {:.3}   F1 {:.3}", m.classes, name, m.precision, m.recall, m.f1)?;
    }
    writeln!(out, "\n95 % bootstrap intervals over notes (seed {}; percentile, 1,000 rounds)", detail.bootstrap_seed)?;
    for (name, bounds) in &detail.bootstrap95 {
        if let Some(bounds) = bounds {
            writeln!(out, "  {:<20}{}", name.replace('_', " "), interval(*bounds))?;
        }
    }
    table("by code", &f.per_code, out)?;
    table("by family", &f.per_category, out)?;
    table("by section", &detail.per_section, out)?;
    table("by flag", &f.per_flag, out)?;
    let styles = |part: fn(&Style) -> Counts| detail.per_style.iter().map(|(name, s)| (name.clone(), part(s))).collect();
    table("codes by style", &styles(|s| s.codes), out)?;
    table("flags by style", &styles(|s| s.flags), out)?;
    if !detail.confusions.is_empty() {
        writeln!(out, "\nexpected -> got")?;
    }
    for c in &detail.confusions {
        writeln!(out, "  {:<10} -> {:<24} {:>3}  {}", c.expected, c.got, c.count, c.notes.join(" "))?;
    }
    if !misses.is_empty() {
        writeln!(out, "\nmisses")?;
    }
    for miss in misses {
        writeln!(out, "  {}", miss.id)?;
        let lists = [
            ("missed", &miss.missed),
            ("of them in review", &miss.missed_but_in_review),
            ("wrong", &miss.wrong),
            ("flags missed", &miss.flags_missed),
            ("flags wrong", &miss.flags_wrong),
        ];
        for (name, list) in lists.iter().filter(|(_, l)| !l.is_empty()) {
            writeln!(out, "    {name}: {}", list.iter().cloned().collect::<Vec<_>>().join(", "))?;
        }
        for place in &miss.places {
            let section = place.section.as_deref().unwrap_or("no section");
            writeln!(out, "    at {}:{} ({section}): {} {}", place.line, place.column, place.what, place.kind)?;
        }
    }
    Ok(())
}

fn table(title: &str, rows: &BTreeMap<String, Counts>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{title:<22}right  wrong missed  precision recall   F1")?;
    for (name, c) in rows {
        let (p, r, f1) = c.prf();
        writeln!(out, "  {name:<20}{:>5}  {:>5}  {:>5}      {p:.3}  {r:.3}  {f1:.3}", c.tp, c.fp, c.missed)?;
    }
    Ok(())
}
