//! `cervicode sample`: notes for a reviewer, drawn so that an auditor can draw them again.

use super::{Failure, Outcome, Status, World};
use crate::codeset::sha256;
use crate::input::{self, Problem, Raw};
use crate::qa::draw::{Drawer, Sample};
use crate::qa::frame::Entry;
use crate::qa::pages;
use crate::qa::plan::{Method, Plan};
use crate::qa::worksheet;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Draw a sample of reviewed notes, with worksheets for a reviewer
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same seed, plan and reports give the same sample on every machine. --out FOLDER gets sample.json (the record of \
the sample), worksheet.csv, worksheet.html to read from (with --notes it holds the notes, their evidence marked) and, where there are spares, spares.csv. Without --out the record goes to standard output."
)]
pub(crate) struct Args {
    /// Reports, as `cervicode scan` writes them (.ndjson, also .gz or .zst); `-` is standard input
    #[arg(required = true, value_name = "REPORTS")]
    reports: Vec<String>,
    /// Read the plan from this file (YAML)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["size", "precision"])]
    plan: Option<PathBuf>,
    /// Draw so many notes
    #[arg(long, value_name = "N")]
    size: Option<u64>,
    /// Draw as many notes as make the interval of a share ± this (0.05)
    #[arg(long, value_name = "P")]
    precision: Option<f64>,
    /// The level of that interval
    #[arg(long, value_name = "C")]
    confidence: Option<f64>,
    /// The share that is expected; 0.5, the most cautious, if not given
    #[arg(long, value_name = "E")]
    expected: Option<f64>,
    /// Stratify by family, flag, status, setting, author or field:NAME (may be given more than once)
    #[arg(long, value_name = "KEY", conflicts_with = "plan")]
    by: Vec<String>,
    /// Draw at equal distances from a random start
    #[arg(long, conflicts_with_all = ["plan", "by"])]
    systematic: bool,
    /// Further draws from every stratum, to stand in for notes that cannot be judged
    #[arg(long, value_name = "N")]
    spares: Option<u64>,
    /// Any number; 1, or what the plan says, if not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The notes themselves, for worksheet.html: the inputs that `cervicode scan` had (may be given more than once)
    #[arg(long, value_name = "NOTES", requires = "out")]
    notes: Vec<String>,
    /// Write the record and the worksheets into this folder
    #[arg(long, short, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let plan = plan(args)?;
    plan.check().map_err(Failure::Message)?;
    let mut lost = false;
    let mut size = None;
    if plan.method == Method::Systematic && plan.every.is_none() {
        if args.reports.iter().any(|r| r == "-") {
            return Err(Failure::Message("a systematic sample of standard input needs `every`: its size is not known before".into()));
        }
        let mut count = Drawer::new(&Plan { size: Some(1), ..Plan::simple() }, None).map_err(Failure::Message)?;
        each_report(&args.reports, world, &mut |line| count.offer(line), &mut |_, _| {});
        size = Some(count.reports());
    }
    let mut drawer = Drawer::new(&plan, size).map_err(Failure::Message)?;
    each_report(&args.reports, world, &mut |line| drawer.offer(line), &mut |world, problem| {
        lost |= problem.lost;
        world.problem(&problem);
    });
    if drawer.reports() == 0 {
        return Err(Failure::Message("there is no report to draw from; `cervicode scan` makes them".into()));
    }
    let names = args.reports.iter().map(|r| Path::new(r).file_name().map_or_else(|| r.clone(), |n| n.to_string_lossy().into_owned()));
    let (sample, entries) = drawer.finish(names.collect()).map_err(Failure::Message)?;
    tell_twice(&sample, world);
    match &args.out {
        Some(folder) => {
            let texts = texts(&args.notes, &sample, world, &mut lost);
            write(folder, &sample, &entries, &texts).map_err(|(path, e)| Failure::Message(format!("{}: {e}", path.display())))?;
        }
        None => {
            serde_json::to_writer_pretty(&mut *world.out, &sample).map_err(std::io::Error::from)?;
            writeln!(world.out)?;
        }
    }
    if !world.global.quiet {
        let drawn = sample.draws.iter().filter(|d| !d.spare).count();
        let _ = writeln!(
            world.err,
            "cervicode: sample {}: {drawn} of {} reports in {} strata, {} spares, seed {}",
            sample.sample,
            sample.frame.reports,
            sample.strata.len(),
            sample.draws.len() - drawn,
            sample.plan.seed
        );
    }
    Ok(if lost { Status::Unread } else { Status::Done })
}

/// Tells of what an auditor would ask: a note that stands in the frame more than once, reports of several engines.
fn tell_twice(sample: &Sample, world: &mut World<'_>) {
    let mut ids = std::collections::BTreeSet::new();
    let twice = sample.draws.iter().filter(|d| !ids.insert(&d.note_id)).count();
    if twice > 0 {
        world.problem(&Problem::told(
            "frame",
            format!("{twice} of the draws are of a note id drawn already: are notes in it more than once?"),
        ));
    }
    if sample.frame.engines.len() > 1 {
        world.problem(&Problem::told(
            "frame",
            format!("its reports were made by {} engines: {}", sample.frame.engines.len(), sample.frame.engines.join(", ")),
        ));
    }
}

fn plan(args: &Args) -> Result<Plan, Failure> {
    let mut plan = match &args.plan {
        Some(path) => {
            let said = |e: String| Failure::Message(format!("{}: {e}", path.display()));
            let text = std::fs::read_to_string(path).map_err(|e| said(e.to_string()))?;
            Plan::parse(&text).map_err(said)?
        }
        None => {
            let method = match (args.systematic, args.by.is_empty()) {
                (true, _) => Method::Systematic,
                (_, false) => Method::Stratified,
                _ => Method::Simple,
            };
            Plan { method, by: args.by.clone(), size: args.size, precision: args.precision, ..Plan::simple() }
        }
    };
    plan.confidence = args.confidence.unwrap_or(plan.confidence);
    plan.expected = args.expected.unwrap_or(plan.expected);
    plan.spares = args.spares.unwrap_or(plan.spares);
    plan.seed = args.seed.unwrap_or(plan.seed);
    Ok(plan)
}

/// Shows every report's line to `take`; what cannot be read goes to `problem` with its place.
pub(super) fn each_report<'w>(
    reports: &[String],
    world: &mut World<'w>,
    take: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    problem: &mut dyn FnMut(&mut World<'w>, Problem),
) {
    let options = input::Options { stdin: input::Format::Ndjson, ..input::Options::default() };
    let mut problems = Vec::new();
    let sources = input::sources(reports, true, &mut problems);
    problems.into_iter().for_each(|p| problem(world, p));
    for source in sources {
        let items = match input::open(source, &options, &mut world.stdin) {
            Ok(items) => items,
            Err(e) => {
                problem(world, e);
                continue;
            }
        };
        for item in items {
            let taken = item.and_then(|item| match &item.raw {
                Raw::Json(line) => take(line).map_err(|e| Problem::lost(&item.place, e)),
                _ => Err(Problem::lost(&item.place, "reports are read from .ndjson files, as `cervicode scan --out` writes them")),
            });
            if let Err(e) = taken {
                problem(world, e);
            }
        }
    }
}

/// The texts of the notes drawn, by id; one whose hash is not that of the report is left out, and told.
fn texts(notes: &[String], sample: &Sample, world: &mut World<'_>, lost: &mut bool) -> BTreeMap<String, String> {
    let wanted: BTreeMap<&str, &str> = sample.draws.iter().map(|d| (d.note_id.as_str(), d.note_sha256.as_str())).collect();
    let options = input::Options { stdin: input::Format::Ndjson, ..input::Options::default() };
    let (mut problems, mut texts) = (Vec::new(), BTreeMap::new());
    for source in input::sources(notes, true, &mut problems) {
        let items = match input::open(source, &options, &mut world.stdin) {
            Ok(items) => items,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        for note in items.map(|item| item.and_then(|item| input::decode(item, &options))) {
            match note {
                Ok(note) if wanted.get(note.id.as_str()).is_some_and(|hash| *hash == sha256(note.text.as_bytes())) => {
                    texts.insert(note.id, note.text);
                }
                Ok(_) => {}
                Err(problem) => problems.push(problem),
            }
        }
    }
    let absent = wanted.keys().filter(|id| !texts.contains_key(**id)).count();
    if !notes.is_empty() && absent > 0 {
        problems.push(Problem::lost("--notes", format!("{absent} of the notes drawn are not in it, or are not those that were reviewed")));
    }
    *lost |= problems.iter().any(|p| p.lost);
    problems.iter().for_each(|p| world.problem(p));
    texts
}

fn write(folder: &Path, sample: &Sample, entries: &[Entry], texts: &BTreeMap<String, String>) -> Result<(), (PathBuf, std::io::Error)> {
    std::fs::create_dir_all(folder).map_err(|e| (folder.to_path_buf(), e))?;
    let save = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|e| (path, e))
    };
    let mut json = serde_json::to_vec_pretty(sample).unwrap_or_default();
    json.push(b'\n');
    save("sample.json", &json)?;
    let table = |spares| {
        let mut bytes = Vec::new();
        // writing to memory cannot fail
        let _ = worksheet::write(sample, entries, spares, &mut bytes);
        bytes
    };
    save("worksheet.csv", &table(false))?;
    save("worksheet.html", pages::worksheet(sample, entries, texts).as_bytes())?;
    if sample.draws.iter().any(|d| d.spare) {
        save("spares.csv", &table(true))?;
    }
    Ok(())
}
