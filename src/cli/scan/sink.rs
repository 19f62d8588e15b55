//! Where reports go, in order: the output, the summary, the progress.

use super::target::Target;
use crate::code::Code;
use crate::input::Problem;
use crate::report::Report;
use crate::vocab::Status;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a line of progress is written where there is no terminal.
const PAUSE: Duration = Duration::from_secs(5);

/// One note's part of the output, made on any thread.
pub(super) struct Piece {
    pub id: String,
    pub body: Body,
    pub hit: bool,
    pub codes: Vec<(Code, Status)>,
    pub flags: Vec<String>,
}

/// What is written of a note.
pub(super) enum Body {
    /// As it is written.
    Made(Vec<u8>),
    /// A line of NDJSON that is long: it is made while it is written, so that it is not held twice.
    Line(Box<Report>),
}

/// What a run did.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    pub notes: u64,
    pub with_neck_finding: u64,
    pub unreadable: u64,
    pub codes: BTreeMap<Code, Frequency>,
    pub flags: BTreeMap<String, u64>,
    bytes: u64,
    seconds: f64,
    notes_per_second: f64,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Frequency {
    supported: u64,
    review: u64,
}

impl Summary {
    /// Counts one report.
    pub fn count<'f>(&mut self, hit: bool, codes: impl Iterator<Item = (Code, Status)>, flags: impl Iterator<Item = &'f str>) {
        self.with_neck_finding += u64::from(hit);
        for (code, status) in codes {
            let frequency = self.codes.entry(code).or_default();
            match status {
                Status::Supported => frequency.supported += 1,
                Status::Review => frequency.review += 1,
            }
        }
        for flag in flags {
            match self.flags.get_mut(flag) {
                Some(n) => *n += 1,
                None => drop(self.flags.insert(flag.to_owned(), 1)),
            }
        }
    }
}

/// Where pieces go, in order.
pub(super) struct Sink<'a> {
    pub out: Target<'a>,
    err: &'a mut (dyn Write + Send),
    /// The note whose report is the last one already there.
    pub waiting_for: Option<String>,
    pub summary: Summary,
    started: Instant,
    told: Instant,
    quiet: bool,
    /// How many notes were counted before this run.
    earlier: u64,
    bar: Option<ProgressBar>,
    bytes_read: Arc<AtomicU64>,
    size: Option<u64>,
}

impl<'a> Sink<'a> {
    pub fn new(out: Target<'a>, err: &'a mut (dyn Write + Send), summary: Summary, quiet: bool) -> Sink<'a> {
        let now = Instant::now();
        let earlier = summary.notes;
        Sink {
            out,
            err,
            waiting_for: None,
            summary,
            started: now,
            told: now,
            quiet,
            earlier,
            bar: None,
            bytes_read: Arc::default(),
            size: None,
        }
    }

    /// Shows how far the reading is: a bar on a terminal, a line now and then elsewhere. `size` is that of all inputs, if known.
    pub fn show_bar(&mut self, terminal: bool, size: Option<u64>, bytes_read: Arc<AtomicU64>) {
        (self.size, self.bytes_read) = (size, bytes_read);
        if self.quiet || !terminal {
            return;
        }
        let (bar, form) = match size {
            Some(size) => (ProgressBar::new(size), "{bar:30} {bytes}/{total_bytes} {msg}, {eta} left"),
            None => (ProgressBar::new_spinner(), "{spinner} {bytes} {msg}"),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        self.bar = Some(bar);
    }

    pub fn take(&mut self, piece: Result<Piece, Problem>) -> io::Result<()> {
        match piece {
            Err(problem) => {
                if problem.lost || !self.quiet {
                    let line = format!("cervicode: {problem}\n");
                    self.say(&line);
                }
                self.summary.unreadable += u64::from(problem.lost);
            }
            Ok(piece) => {
                self.summary.notes += 1;
                self.summary.count(piece.hit, piece.codes.into_iter(), piece.flags.iter().map(String::as_str));
                if let Some(last) = &self.waiting_for {
                    if *last == piece.id {
                        self.waiting_for = None;
                    }
                } else {
                    match &piece.body {
                        Body::Made(bytes) => self.out.add(bytes)?,
                        Body::Line(report) => self.out.add_line(report)?,
                    }
                }
            }
        }
        self.progress();
        Ok(())
    }

    /// A message, above the bar if there is one. A closed standard error is no reason to stop.
    fn say(&mut self, text: &str) {
        let err = &mut *self.err;
        let mut write = || {
            let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn rate(&self) -> f64 {
        (self.summary.notes - self.earlier) as f64 / self.started.elapsed().as_secs_f64().max(1e-9)
    }

    fn progress(&mut self) {
        // the clock is not asked for every note
        if self.quiet || !self.summary.notes.is_multiple_of(64) {
            return;
        }
        let read = self.bytes_read.load(Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_position(read);
            bar.set_message(format!("{} notes, {:.0}/s", self.summary.notes, self.rate()));
        } else if self.told.elapsed() >= PAUSE {
            self.told = Instant::now();
            let left = match self.size.filter(|size| *size > read && read > 0) {
                Some(size) => {
                    let seconds = self.started.elapsed().as_secs_f64() * (size - read) as f64 / read as f64;
                    format!(", {} % read, {seconds:.0} s left", read * 100 / size)
                }
                None => String::new(),
            };
            let line = format!("cervicode: {} notes, {:.0} a second{left}\n", self.summary.notes, self.rate());
            self.say(&line);
        }
    }

    /// Tells what was done; `whole` unless writing failed.
    pub fn finish(&mut self, bytes: u64, whole: bool) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let notes_per_second = self.rate();
        let s = &mut self.summary;
        (s.bytes, s.seconds, s.notes_per_second) = (bytes, seconds, notes_per_second);
        if self.quiet {
            return;
        }
        let mebibytes = bytes as f64 / f64::from(1 << 20);
        let rate = mebibytes / seconds.max(1e-9);
        let end = if whole { "" } else { " (stopped: the output could not be written)" };
        let mut text = format!(
            "cervicode: {} notes, {} with a neck finding, {} unreadable; {mebibytes:.1} MiB at {rate:.1} MiB/s, {notes_per_second:.0} notes a second{end}\n",
            s.notes, s.with_neck_finding, s.unreadable
        );
        let mut codes: Vec<_> = s.codes.iter().collect();
        codes.sort_by_key(|(code, f)| (std::cmp::Reverse(f.supported + f.review), **code));
        for (code, f) in codes.iter().take(10) {
            text.push_str(&format!("  {:<9}{:>8} supported {:>8} for review\n", code.to_string(), f.supported, f.review));
        }
        let mut flags: Vec<_> = s.flags.iter().collect();
        flags.sort_by_key(|(flag, n)| (std::cmp::Reverse(**n), (*flag).clone()));
        for (flag, n) in flags.iter().take(10) {
            text.push_str(&format!("  {flag:<22}{n:>8}\n"));
        }
        self.say(&text);
    }
}
