//! `cervicode scan`: a feed of notes in, a report a note out, in input order and constant memory.

mod earlier;
mod sink;
#[cfg(feature = "parquet")]
mod table;
mod target;

use super::options::{InputArgs, InputFormat, OffsetUnit};
use super::{Failure, Outcome, Status, World};
use crate::bulk::{self, Run};
use crate::engine::{Engine, LONGEST};
use crate::input::{self, Format, Item, Options, Problem, Source};
use crate::note::Note;
use crate::report::{Report, csv};
use crate::span::Unit;
use earlier::Earlier;
use sink::{Body, Piece, Sink};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use target::Target;

/// Review many notes: folders, patterns, records, compressed files
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders, patterns or files (.txt, .ndjson, .jsonl, .csv; also .gz, .zst; .parquet if built in); `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Write here instead of standard output: .ndjson, .csv, or .parquet if built in
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Threads, at most 256; all cores if not given
    #[arg(long, short, default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u16).range(..=256))]
    jobs: u16,
    /// Go on after the last complete report of --out
    #[arg(long, requires = "out")]
    resume: bool,
    /// Leave out notes on which nothing was suggested, withheld or flagged
    #[arg(long)]
    only_hits: bool,
    /// Leave out sections and findings
    #[arg(long)]
    codes_only: bool,
    /// Write the summary here as JSON
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// The unit of positions
    #[arg(long, default_value = "codepoints")]
    offsets: OffsetUnit,
    #[command(flatten)]
    input: InputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Ndjson,
    Csv,
    #[cfg(feature = "parquet")]
    Parquet,
}

fn shape(args: &Args) -> Result<Shape, &'static str> {
    match args.out.as_deref().and_then(Path::extension).and_then(|e| e.to_str()) {
        None | Some("ndjson" | "jsonl") => Ok(Shape::Ndjson),
        Some("csv") => Ok(Shape::Csv),
        #[cfg(feature = "parquet")]
        Some("parquet") if args.resume => Err("--resume is for .ndjson and .csv: a Parquet file cannot be read before its end is \
            written, so a stopped run leaves none to go on with"),
        #[cfg(feature = "parquet")]
        Some("parquet") => Ok(Shape::Parquet),
        #[cfg(not(feature = "parquet"))]
        Some("parquet") => Err(input::NO_PARQUET),
        Some(_) => Err("--out ends in .ndjson, .csv or .parquet"),
    }
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let stdin_is_text = !matches!(args.input.input, Some(InputFormat::Ndjson | InputFormat::Csv));
    if args.inputs.iter().any(|i| i == "-") && stdin_is_text && args.input.input.is_none() {
        return Err(Failure::Message("say what standard input holds: --input ndjson or --input csv".into()));
    }
    let shape = shape(args).map_err(|message| Failure::Message(message.into()))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.into()).build().map_err(|e| Failure::Message(e.to_string()))?;
    let engine = world.engine()?;
    let options = args.input.options(Format::Ndjson);
    let mut problems = Vec::new();
    let path = args.out.as_deref().filter(|p| *p != Path::new("-"));
    let mut sources = input::sources(&args.inputs, true, &mut problems);
    if let Some(path) = path {
        if args.inputs.iter().any(|input| same_file(Path::new(input), path)) {
            return Err(Failure::Message(format!("{}: is an input and is not written over", path.display())));
        }
        leave_out(path, &mut sources, &mut problems);
    }
    let size = sources.iter().map(size).sum::<Option<u64>>();
    let mut feed = Feed { sources: sources.into_iter(), options: options.clone(), stdin: world.stdin.take(), items: None, bytes: 0 };
    let shown = Shown { shape, unit: args.offsets.unit(), codes_only: args.codes_only, only_hits: args.only_hits };

    let World { out, err, global, interactive, .. } = world;
    let unusable = |path: &Path, e: io::Error| {
        let reason = match e.kind() {
            io::ErrorKind::NotFound => "its folder does not exist".into(),
            io::ErrorKind::PermissionDenied => "no permission".into(),
            _ => e.to_string(),
        };
        Failure::Message(format!("{}: cannot be written: {reason}", path.display()))
    };
    let (mut earlier, mut target) = match path {
        None => (Earlier::default(), Target::Stream(Box::new(&mut **out))),
        #[cfg(feature = "parquet")]
        Some(path) if shape == Shape::Parquet => {
            (Earlier::default(), Target::Table(Box::new(table::Table::new(path).map_err(|e| unusable(path, e))?)))
        }
        Some(path) => {
            let (earlier, file) = earlier::open(path, &shown, args.resume, &engine).map_err(|e| unusable(path, e))?;
            (earlier, Target::Stream(Box::new(BufWriter::with_capacity(1 << 18, file))))
        }
    };
    if shape == Shape::Csv && earlier.last.is_none() {
        let mut header = Vec::new();
        csv::header(&mut header)?;
        target.add(&header)?;
    }
    let mut state = Sink::new(target, *err, std::mem::take(&mut earlier.summary), global.quiet);
    state.show_bar(*interactive, size, options.bytes_read.clone());
    // rows do not tell all that the summary counts: those notes are reviewed again, and their rows left out
    let mut done = earlier.last.take();
    if shape == Shape::Csv {
        state.waiting_for = done.take();
    }
    let skipped = AtomicU64::new(0);
    let mut is_done = |id: &str| match &done {
        Some(last) => {
            skipped.fetch_add(1, Ordering::Relaxed);
            if last == id {
                done = None;
            }
            true
        }
        None => false,
    };
    let work = |engine: &Engine, note: &Note| shown.piece(engine, note);
    let ran = problems.into_iter().try_for_each(|problem| state.take(Err(problem))).and_then(|()| {
        let mut sink = |piece: Result<Piece, Problem>| state.take(piece);
        let run = Run { engine: &engine, options: &options, done: &mut is_done };
        pool.install(|| bulk::run(&mut feed, run, &work, &mut sink))
    });
    let ran = ran.and_then(|()| state.out.finish());
    let whole = ran.is_ok();
    state.summary.notes += skipped.into_inner();
    state.finish(feed.bytes, whole);
    let Sink { summary, waiting_for, .. } = state;
    ran?;
    if let Some(id) = done.or(waiting_for) {
        return Err(Failure::Message(format!("nothing was added: the last report of --out is of note `{id}`, which is not in this input")));
    }
    if let Some(path) = &args.summary {
        let json = serde_json::to_vec_pretty(&summary).map_err(io::Error::from)?;
        std::fs::write(path, json).map_err(|e| Failure::Message(format!("{}: {e}", path.display())))?;
    }
    Ok(if summary.unreadable > 0 { Status::Unread } else { Status::Done })
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Takes the output out of the inputs: it would be read while it is written.
fn leave_out(out: &Path, sources: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    sources.retain(|source| {
        let same = matches!(source, Source::File { path, .. } if path.file_name() == out.file_name() && same_file(path, out));
        if same {
            problems.push(Problem::told(out.display(), "is the output and is not read"));
        }
        !same
    });
}

/// Bytes of a source, where they can be known before.
fn size(source: &Source) -> Option<u64> {
    match source {
        Source::Stdin => None,
        Source::File { path, .. } => path.metadata().ok().map(|m| m.len()),
    }
}

/// The items of all sources, one after the other.
struct Feed {
    sources: std::vec::IntoIter<Source>,
    options: Options,
    stdin: Option<Box<dyn Read + Send>>,
    items: Option<input::records::Items>,
    bytes: u64,
}

impl Iterator for Feed {
    type Item = Result<Item, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.as_mut().and_then(Iterator::next) {
                self.bytes += item.as_ref().map_or(0, |i| i.raw.len() as u64);
                return Some(item);
            }
            match input::open(self.sources.next()?, &self.options, &mut self.stdin) {
                Ok(items) => self.items = Some(items),
                Err(problem) => return Some(Err(problem)),
            }
        }
    }
}

/// Bytes of a line on a note that names nothing.
const USUAL: usize = 1 << 10;

/// What is written of a note.
struct Shown {
    shape: Shape,
    unit: Unit,
    codes_only: bool,
    only_hits: bool,
}

impl Shown {
    fn piece(&self, engine: &Engine, note: &Note) -> Piece {
        let reviewed = if self.only_hits { engine.review_possible(note, self.unit) } else { Some(engine.review(note, self.unit)) };
        let Some(mut report) = reviewed else {
            // nothing is written of it, and nothing counted but that it was read
            return Piece { id: note.id.clone(), hit: false, codes: Vec::new(), flags: Vec::new(), body: Body::Made(Vec::new()) };
        };
        let hit = report.is_hit();
        if self.codes_only {
            report.sections.clear();
            report.findings.clear();
        }
        let id = report.note.id.clone();
        let codes = report.codes.iter().map(|c| (c.code, c.status)).collect();
        let flags = report.flags.iter().map(|f| f.flag.clone()).collect();
        Piece { id, hit, codes, flags, body: if hit || !self.only_hits { self.body(report, note) } else { Body::Made(Vec::new()) } }
    }

    fn body(&self, report: Report, note: &Note) -> Body {
        let mut bytes = Vec::with_capacity(USUAL);
        // writing to memory cannot fail
        let _ = match self.shape {
            Shape::Ndjson if note.text.len() > LONGEST => return Body::Line(Box::new(report)),
            Shape::Ndjson => serde_json::to_writer(&mut bytes, &report).map_err(io::Error::from).map(|()| bytes.push(b'\n')),
            Shape::Csv => csv::rows(&report, &mut bytes),
            #[cfg(feature = "parquet")]
            Shape::Parquet => crate::report::parquet::row(&report, &mut bytes),
        };
        Body::Made(bytes)
    }
}
