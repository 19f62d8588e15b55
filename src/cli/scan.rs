//! `cervicode scan`: a feed of notes in, a report a note out, in input order and constant memory.

use super::options::{InputArgs, InputFormat, OffsetUnit};
use super::{Failure, Outcome, Status, World};
use crate::bulk;
use crate::engine::Engine;
use crate::input::{self, Format, Item, Options, Problem, Source};
use crate::note::Note;
use crate::report::{Report, csv};
use crate::span::Unit;
use crate::vocab;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Review many notes: folders, patterns, records, compressed files
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders, patterns or files (.txt, .ndjson, .jsonl, .csv; also .gz, .zst); `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Write here instead of standard output: .ndjson or .csv
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Threads; all cores if not given
    #[arg(long, short, default_value_t = 0, hide_default_value = true)]
    jobs: usize,
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
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let stdin_is_text = !matches!(args.input.input, Some(InputFormat::Ndjson | InputFormat::Csv));
    if args.inputs.iter().any(|i| i == "-") && stdin_is_text && args.input.input.is_none() {
        return Err(Failure::Message("say what standard input holds: --input ndjson or --input csv".into()));
    }
    let shape = match args.out.as_deref().and_then(Path::extension).and_then(|e| e.to_str()) {
        None | Some("ndjson" | "jsonl") => Shape::Ndjson,
        Some("csv") => Shape::Csv,
        Some(_) => return Err(Failure::Message("--out ends in .ndjson or .csv".into())),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs).build().map_err(|e| Failure::Message(e.to_string()))?;
    let engine = world.engine()?;
    let options = args.input.options(Format::Ndjson);
    let mut problems = Vec::new();
    let sources = input::sources(&args.inputs, true, &mut problems);
    let mut feed = Feed { sources: sources.into_iter(), options: options.clone(), stdin: world.stdin.take(), items: None, bytes: 0 };

    let (after, file) = match args.out.as_deref().filter(|p| *p != Path::new("-")) {
        Some(path) => {
            let (after, file) = target(path, shape, args.resume).map_err(|e| Failure::Message(format!("{}: {e}", path.display())))?;
            (after, Some(file))
        }
        None => (None, None),
    };
    let fresh = after.is_none();
    let mut file = file.map(|f| BufWriter::with_capacity(1 << 18, f));
    let World { out, err, global, interactive, .. } = world;
    let out: &mut (dyn Write + Send) = match &mut file {
        Some(file) => file,
        None => *out,
    };
    if shape == Shape::Csv && fresh {
        csv::header(out)?;
    }
    let mut state = Sink {
        out,
        err: *err,
        waiting_for: after,
        summary: Summary::default(),
        started: Instant::now(),
        told: Instant::now(),
        quiet: global.quiet,
        interactive: *interactive,
    };
    for problem in problems {
        state.take(Err(problem))?;
    }
    let shown = Shown { shape, unit: args.offsets.unit(), codes_only: args.codes_only, only_hits: args.only_hits };
    let work = |engine: &Engine, note: &Note| shown.piece(engine, note);
    let mut sink = |piece: Result<Piece, Problem>| state.take(piece);
    pool.install(|| bulk::run(&mut feed, &engine, &options, &work, &mut sink))?;
    state.out.flush()?;
    state.finish(feed.bytes)?;
    if let Some(id) = &state.waiting_for {
        return Err(Failure::Message(format!("nothing was added: the last report of --out is of note `{id}`, which is not in this input")));
    }
    if let Some(path) = &args.summary {
        let json = serde_json::to_vec_pretty(&state.summary).map_err(io::Error::from)?;
        std::fs::write(path, json).map_err(|e| Failure::Message(format!("{}: {e}", path.display())))?;
    }
    Ok(if state.summary.unreadable > 0 { Status::Unread } else { Status::Done })
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

/// What is written of a note.
struct Shown {
    shape: Shape,
    unit: Unit,
    codes_only: bool,
    only_hits: bool,
}

/// One note's part of the output, made on any thread.
struct Piece {
    id: String,
    bytes: Vec<u8>,
    hit: bool,
    codes: Vec<(String, vocab::Status)>,
    flags: Vec<String>,
}

impl Shown {
    fn piece(&self, engine: &Engine, note: &Note) -> Piece {
        let mut report: Report = engine.review(note, self.unit);
        let hit = report.is_hit();
        let mut bytes = Vec::new();
        if self.codes_only {
            report.sections.clear();
            report.findings.clear();
        }
        if hit || !self.only_hits {
            // writing to memory cannot fail
            let _ = match self.shape {
                Shape::Ndjson => serde_json::to_writer(&mut bytes, &report).map_err(io::Error::from).map(|()| bytes.push(b'\n')),
                Shape::Csv => csv::rows(&report, &mut bytes),
            };
        }
        Piece {
            id: report.note.id,
            bytes,
            hit,
            codes: report.codes.iter().map(|c| (c.code.to_string(), c.status)).collect(),
            flags: report.flags.into_iter().map(|f| f.flag).collect(),
        }
    }
}

/// What a run did.
#[derive(Debug, Default, Serialize)]
struct Summary {
    notes: u64,
    with_neck_finding: u64,
    unreadable: u64,
    codes: BTreeMap<String, Frequency>,
    flags: BTreeMap<String, u64>,
    bytes: u64,
    seconds: f64,
    notes_per_second: f64,
}

#[derive(Debug, Default, Serialize)]
struct Frequency {
    supported: u64,
    review: u64,
}

/// Where pieces go, in order.
struct Sink<'a> {
    out: &'a mut (dyn Write + Send),
    err: &'a mut (dyn Write + Send),
    /// The note whose report is the last one already there.
    waiting_for: Option<String>,
    summary: Summary,
    started: Instant,
    told: Instant,
    quiet: bool,
    interactive: bool,
}

impl Sink<'_> {
    fn take(&mut self, piece: Result<Piece, Problem>) -> io::Result<()> {
        match piece {
            Err(problem) => {
                if problem.lost || !self.quiet {
                    let _ = writeln!(self.err, "cervicode: {problem}");
                }
                self.summary.unreadable += u64::from(problem.lost);
            }
            Ok(piece) => {
                self.count(&piece);
                if let Some(last) = &self.waiting_for {
                    if *last == piece.id {
                        self.waiting_for = None;
                    }
                } else {
                    self.out.write_all(&piece.bytes)?;
                }
            }
        }
        self.progress();
        Ok(())
    }

    fn count(&mut self, piece: &Piece) {
        self.summary.notes += 1;
        self.summary.with_neck_finding += u64::from(piece.hit);
        for (code, status) in &piece.codes {
            let frequency = self.summary.codes.entry(code.clone()).or_default();
            match status {
                vocab::Status::Supported => frequency.supported += 1,
                vocab::Status::Review => frequency.review += 1,
            }
        }
        for flag in &piece.flags {
            *self.summary.flags.entry(flag.clone()).or_default() += 1;
        }
    }

    /// A line every few seconds; on a terminal the same line again.
    fn progress(&mut self) {
        let pause = if self.interactive { Duration::from_millis(500) } else { Duration::from_secs(5) };
        if self.quiet || self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let rate = self.summary.notes as f64 / self.started.elapsed().as_secs_f64();
        let (start, end) = if self.interactive { ("\r", "  ") } else { ("", "\n") };
        let _ = write!(self.err, "{start}cervicode: {} notes, {rate:.0} a second{end}", self.summary.notes);
        let _ = self.err.flush();
    }

    fn finish(&mut self, bytes: u64) -> io::Result<()> {
        let seconds = self.started.elapsed().as_secs_f64();
        let s = &mut self.summary;
        (s.bytes, s.seconds) = (bytes, seconds);
        s.notes_per_second = if seconds > 0.0 { s.notes as f64 / seconds } else { 0.0 };
        if self.quiet {
            return Ok(());
        }
        let mebibytes = bytes as f64 / f64::from(1 << 20);
        let rate = mebibytes / seconds.max(1e-9);
        let start = if self.interactive { "\r" } else { "" };
        let _ = writeln!(
            self.err,
            "{start}cervicode: {} notes, {} with a neck finding, {} unreadable; {mebibytes:.1} MiB at {rate:.1} MiB/s, {:.0} notes a second",
            s.notes, s.with_neck_finding, s.unreadable, s.notes_per_second
        );
        let mut codes: Vec<_> = s.codes.iter().collect();
        codes.sort_by_key(|(code, f)| (std::cmp::Reverse(f.supported + f.review), (*code).clone()));
        for (code, f) in codes.iter().take(10) {
            let _ = writeln!(self.err, "  {code:<9}{:>8} supported {:>8} for review", f.supported, f.review);
        }
        let mut flags: Vec<_> = s.flags.iter().collect();
        flags.sort_by_key(|(flag, n)| (std::cmp::Reverse(**n), (*flag).clone()));
        for (flag, n) in flags.iter().take(10) {
            let _ = writeln!(self.err, "  {flag:<22}{n:>8}");
        }
        Ok(())
    }
}

/// The output file, and the id of its last complete report if the run goes on after it; what follows that report is cut off.
fn target(path: &Path, shape: Shape, resume: bool) -> io::Result<(Option<String>, File)> {
    if !resume || !path.exists() {
        return Ok((None, File::create(path)?));
    }
    let (last, keep) = match shape {
        Shape::Ndjson => last_line(path)?,
        Shape::Csv => last_rows(path)?,
    };
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    file.set_len(if last.is_some() { keep } else { 0 })?;
    file.seek(io::SeekFrom::End(0))?;
    Ok((last, file))
}

fn last_line(path: &Path) -> io::Result<(Option<String>, u64)> {
    #[derive(serde::Deserialize)]
    struct Head {
        note: Id,
    }
    #[derive(serde::Deserialize)]
    struct Id {
        id: String,
    }
    let mut lines = BufReader::with_capacity(1 << 18, File::open(path)?);
    let (mut line, mut last, mut keep, mut end) = (Vec::new(), Vec::new(), 0, 0);
    while lines.read_until(b'\n', &mut line)? > 0 {
        end += line.len() as u64;
        if line.last() == Some(&b'\n') {
            std::mem::swap(&mut line, &mut last);
            keep = end;
        }
        line.clear();
    }
    let id = serde_json::from_slice::<Head>(&last).ok().map(|head| head.note.id);
    Ok((id, keep))
}

/// The rows of the last note may be incomplete: they go, and the note before is the last one.
fn last_rows(path: &Path) -> io::Result<(Option<String>, u64)> {
    let mut table = ::csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let (mut before, mut current): (Option<String>, Option<String>) = (None, None);
    let mut start = 0;
    let mut row = ::csv::ByteRecord::new();
    loop {
        let at = table.position().byte();
        match table.read_byte_record(&mut row) {
            Ok(true) => {
                let id = String::from_utf8_lossy(row.get(0).unwrap_or_default()).into_owned();
                if current.as_ref() != Some(&id) {
                    before = current.replace(id);
                    start = at;
                }
            }
            Ok(false) | Err(_) => return Ok((before, start)),
        }
    }
}
