//! How fast notes go through, as ratios within one run: `cargo bench --bench speed` (options: seconds a figure, e.g. `-- 5`).
//!
//! The measure is a *bare pass*: one aho-corasick DFA, 500 terms of the lexicon, ASCII case-insensitive, leftmost-longest,
//! `find_iter` over the same bytes. What is measured is the whole program: NDJSON bytes in, NDJSON reports out. Notes are made of
//! corpus/ with a seed: `mixed` names the neck in one note of ten, `neck` in every note.

#![allow(clippy::print_stdout)]

#[path = "support/feed.rs"]
mod feed;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use cervicode::engine::Engine;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

fn main() {
    // cargo passes `--bench`
    let seconds = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(3.0);
    let span = Duration::from_secs_f64(seconds);
    let started = Instant::now();
    let engine = Engine::built_in().expect("the built-in knowledge loads");
    let report = engine.review(&cervicode::note::Note::new("first", "Assessment: neck pain."), cervicode::span::Unit::Codepoints);
    black_box(report);
    println!("start to first report       {:>8.1} ms", started.elapsed().as_secs_f64() * 1e3);

    let parts = feed::Parts::read(&engine);
    let bare = bare(&engine);
    for (name, hits) in [("mixed", 10), ("neck", 1)] {
        let notes = feed::ndjson(&parts, 6 << 20, hits, 7);
        println!("\n{name}: {} notes, {:.1} MB", notes.iter().filter(|b| **b == b'\n').count(), megabytes(notes.len()));
        let pass = rate(span, notes.len(), || black_box(bare.find_iter(&notes).count()) as u64);
        println!("bare pass                   {pass:>8.0} MB/s");
        let mut one = 0.0;
        for (jobs, more) in [(1, &[][..]), (2, &[]), (1, &["--only-hits"])] {
            let mut written = 0;
            let whole = rate(span, notes.len(), || {
                written = scan(&notes, jobs, more);
                written
            });
            let against = if jobs == 1 {
                one = whole;
                format!("{:.2} x the bare pass", whole / pass)
            } else {
                format!("{:.2} x one thread", whole / one)
            };
            let name = format!("scan, {jobs} thread(s) {}", more.join(" "));
            println!("{name:<33}{whole:>3.1} MB/s   {against}   ({:.1} MB of reports)", megabytes(written as usize));
        }
    }
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The best of several runs, in MB/s: other work on the machine only slows.
fn rate(span: Duration, bytes: usize, mut run: impl FnMut() -> u64) -> f64 {
    let started = Instant::now();
    let mut best = Duration::MAX;
    while started.elapsed() < span || best == Duration::MAX {
        let one = Instant::now();
        black_box(run());
        best = best.min(one.elapsed());
    }
    megabytes(bytes) / best.as_secs_f64()
}

/// The automaton of the bare pass.
fn bare(engine: &Engine) -> AhoCorasick {
    let terms = engine.knowledge.lexicon.entries.patterns.iter().map(|p| p.trim()).filter(|p| p.len() > 3).take(500);
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(terms)
        .expect("the terms compile")
}

/// Counts what is written.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The program's own `scan`, from memory to nowhere.
fn scan(notes: &[u8], jobs: usize, more: &[&str]) -> u64 {
    let args = ["cervicode", "scan", "-", "--input", "ndjson", "--quiet", "--jobs", if jobs == 1 { "1" } else { "2" }];
    let mut out = Counter(0);
    let input = Box::new(io::Cursor::new(notes.to_vec()));
    let status = cervicode::cli::run_with(args.iter().chain(more).map(Into::into), input, &mut out, &mut io::sink());
    assert_eq!(status, 0, "the scan went through");
    out.0
}
