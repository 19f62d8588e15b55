//! `cervicode scan`: nothing is lost, the bytes are the same for any number of threads, and an interrupted run goes on.

use crate::paths::feed;
use cervicode::engine::Engine;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// A feed of the corpus with a bad line, a repeated id and an empty note among the notes.
fn notes(bytes: usize) -> Vec<u8> {
    let engine = Engine::built_in().unwrap();
    let mut notes = feed::ndjson(&feed::Parts::read(&engine), bytes, 4, 3);
    notes.extend_from_slice(
        b"{\"id\":\"note-1\",\"text\":\"Assessment: neck pain.\",\"ward\":\"W7\"}\n{\"id\":5\n{\"id\":\"empty\",\"text\":\"\"}\n",
    );
    notes
}

pub struct Done {
    pub status: u8,
    pub out: Vec<u8>,
    pub err: String,
}

pub fn scan(args: &[&str], input: &[u8]) -> Done {
    let mut out = Vec::new();
    let (status, err) = scan_to(args, input, &mut out);
    Done { status, out, err }
}

fn scan_to(args: &[&str], input: &[u8], out: &mut (dyn Write + Send)) -> (u8, String) {
    let mut err = Vec::new();
    let all = ["cervicode", "scan"].iter().chain(args).map(Into::into);
    let status = cervicode::cli::run_with(all, Box::new(io::Cursor::new(input.to_vec())), out, &mut err);
    (status, String::from_utf8(err).unwrap())
}

pub fn path(at: &Path, name: &str) -> String {
    at.join(name).to_string_lossy().into_owned()
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let notes = notes(400_000);
    let one = scan(&["-", "--input", "ndjson", "--jobs", "1"], &notes);
    assert_eq!(one.status, 2, "a bad line is told");
    for jobs in ["2", "8"] {
        let more = scan(&["-", "--input", "ndjson", "--jobs", jobs], &notes);
        assert!(more.out == one.out, "{jobs} threads");
    }
    let lines = notes.iter().filter(|b| **b == b'\n').count();
    assert_eq!(one.out.iter().filter(|b| **b == b'\n').count(), lines - 1, "one report a note");
    assert!(one.err.contains("-:"), "{}", one.err);
}

/// Wherever an output is cut, going on gives the file of an uninterrupted run.
#[test]
fn a_cut_output_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let input = path(folder.path(), "notes.ndjson");
    std::fs::write(&input, notes(60_000)).unwrap();
    for (name, more) in [("out.ndjson", &[][..]), ("out.ndjson", &["--only-hits"][..]), ("out.csv", &[][..])] {
        let out = path(folder.path(), name);
        let run = |resume: bool| {
            let mut args = vec![input.as_str(), "--out", out.as_str(), "--quiet", "--jobs", "2"];
            args.extend(more);
            if resume {
                args.push("--resume");
            }
            assert_eq!(scan(&args, b"").status, 2, "the bad line is told each time");
        };
        run(false);
        let whole = std::fs::read(&out).unwrap();
        let mut seed = feed::Seed(whole.len() as u64);
        let cuts = (0..12).map(|_| seed.below(whole.len())).chain([0, 1, whole.len() - 1, whole.len()]);
        for cut in cuts {
            std::fs::write(&out, &whole[..cut]).unwrap();
            run(true);
            assert!(std::fs::read(&out).unwrap() == whole, "{name} {more:?} cut at {cut} of {}", whole.len());
        }
    }
}

/// A killed process leaves a prefix of the whole output, and going on completes it.
#[test]
fn a_killed_run_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (path(folder.path(), "notes.ndjson"), path(folder.path(), "out.ndjson"));
    std::fs::write(&input, notes(2_500_000)).unwrap();
    let start = |resume: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cervicode"));
        command.args(["scan", &input, "--out", &out, "--quiet"]).stdout(Stdio::null()).stderr(Stdio::null());
        if resume {
            command.arg("--resume");
        }
        command.spawn().unwrap()
    };
    let mut whole = start(false);
    let begun = std::time::Instant::now();
    assert_eq!(whole.wait().unwrap().code(), Some(2));
    let lasted = begun.elapsed();
    let whole = std::fs::read(&out).unwrap();
    let mut seed = feed::Seed(5);
    for _ in 0..4 {
        let mut run = start(false);
        std::thread::sleep(lasted.mul_f64(seed.below(90) as f64 / 100.0));
        run.kill().unwrap();
        run.wait().unwrap();
        if let Ok(left) = std::fs::read(&out) {
            assert!(whole.starts_with(&left), "a prefix is left");
        }
        assert_eq!(start(true).wait().unwrap().code(), Some(2));
        assert!(std::fs::read(&out).unwrap() == whole);
    }
}

#[test]
fn the_rest_is_done_whatever_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("a.txt", b"Assessment: neck pain.");
    write("b.ndjson.gz", b"no gzip at all");
    write("c.txt", b"%PDF-1.7 Jane");
    write("d.ndjson", b"{\"text\":\"Jane has neck pain\n{\"id\":\"d2\",\"text\":\"Assessment: cervicalgia.\"}\n");
    write("e.csv", b"id,text\nrow,\"Assessment: neck pain.\"\nopen,\"Jane");
    write("f.txt", "long ".repeat(1000).as_bytes());
    let folder = folder.path().to_string_lossy().into_owned();
    let summary = path(Path::new(&folder), "summary.json");
    let done = scan(&[&folder, "--max-note", "1K", "--summary", &summary], b"");
    assert_eq!(done.status, 2);
    let ids: Vec<String> = String::from_utf8(done.out).unwrap().lines().map(id).collect();
    assert_eq!(ids, ["a.txt", "d2", "row", "open"]);
    for place in ["b.ndjson.gz:1", "c.txt", "d.ndjson:1", "f.txt"] {
        assert!(done.err.contains(place), "{place} in {}", done.err);
    }
    assert!(!done.err.contains("Jane"), "no text of a note in messages");
    let summary: serde_json::Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    assert_eq!((&summary["notes"], &summary["unreadable"], &summary["with_neck_finding"]), (&4.into(), &4.into(), &3.into()));
    assert_eq!(summary["codes"]["M54.2"]["supported"], 3);
}

/// A quote that is never closed does not fill the memory.
#[test]
fn a_row_without_end_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = b"id,text\n1,Neck pain\n2,\"no end ".to_vec();
    table.resize(6 << 20, b'x');
    std::fs::write(folder.path().join("t.csv"), table).unwrap();
    let done = scan(&[&path(folder.path(), "t.csv"), "--max-note", "1M"], b"");
    assert_eq!((done.status, done.out.iter().filter(|b| **b == b'\n').count()), (2, 1));
    assert!(done.err.contains("t.csv:") && done.err.contains("quote"), "{}", done.err);
}

fn id(line: &str) -> String {
    let report: serde_json::Value = serde_json::from_str(line).unwrap();
    report["note"]["id"].as_str().unwrap().to_owned()
}

/// Takes so many bytes, then fails.
struct Full(usize, io::ErrorKind);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(self.1.into());
        }
        let n = bytes.len().min(self.0);
        self.0 -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_and_a_closed_pipe_is_no_failure() {
    let notes = notes(60_000);
    let args = ["-", "--input", "ndjson"];
    let (status, err) = scan_to(&args, &notes, &mut Full(20_000, io::ErrorKind::StorageFull));
    assert_eq!(status, 2);
    assert!(err.contains("the output cannot be written") && err.contains("stopped"), "{err}");
    assert_eq!(scan_to(&args, &notes, &mut Full(20_000, io::ErrorKind::BrokenPipe)).0, 0);
}

/// What cannot hit is turned away early, and nothing that hits with it.
#[test]
fn only_hits_are_the_hits_of_all() {
    let notes = notes(400_000);
    let all = scan(&["-", "--input", "ndjson"], &notes);
    let mut hits = Vec::new();
    for line in all.out.split_inclusive(|b| *b == b'\n') {
        let report: serde_json::Value = serde_json::from_slice(line).unwrap();
        if ["codes", "withheld", "flags"].iter().any(|part| report[part] != serde_json::json!([])) {
            hits.extend_from_slice(line);
        }
    }
    let only = scan(&["-", "--input", "ndjson", "--only-hits"], &notes);
    assert!(!hits.is_empty() && hits.len() < all.out.len());
    assert!(only.out == hits, "the reports of the hits, and no others");
    let counts = |err: &str| err.lines().filter(|l| !l.contains("second") && !l.contains("MB")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(counts(&only.err), counts(&all.err), "the same summary");
}

#[test]
fn fields_are_kept_and_parts_left_out() {
    let notes = b"{\"id\":\"a\",\"text\":\"Assessment: neck pain.\",\"ward\":\"W7\",\"n\":[1]}\n{\"id\":\"b\",\"text\":\"Sore throat.\"}\n";
    let done = scan(&["-", "--input", "ndjson", "--keep", "ward", "--keep", "n", "--codes-only", "--only-hits"], notes);
    let report: serde_json::Value = serde_json::from_slice(&done.out).unwrap();
    assert_eq!(report["passthrough"], serde_json::json!({"ward": "W7", "n": [1]}));
    assert_eq!(report["codes"][0]["code"], "M54.2");
    assert_eq!((&report["sections"], &report["findings"]), (&serde_json::json!([]), &serde_json::json!([])));
    let table = scan(&["-", "--input", "csv", "--text-column", "body", "--id-column", "key"], b"key,body\nk1,Assessment: neck pain.\n");
    assert!(String::from_utf8(table.out).unwrap().starts_with("{\"schema\":\"cervicode.report/1\",\"note\":{\"id\":\"k1\""));
}

#[test]
fn no_file_is_lost_to_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let (input, foreign) = (path(folder.path(), "notes.ndjson"), path(folder.path(), "letter.ndjson"));
    std::fs::write(&input, notes(5_000)).unwrap();
    std::fs::write(&foreign, "Dear colleague").unwrap();
    let refused = scan(&[&input, "--out", &foreign, "--resume"], b"");
    assert_eq!(refused.status, 2);
    assert_eq!(std::fs::read(&foreign).unwrap(), b"Dear colleague");
    let before = std::fs::read(&input).unwrap();
    let same = scan(&[&input, "--out", &input], b"");
    assert_eq!(same.status, 2);
    assert!(std::fs::read(&input).unwrap() == before, "an input is not written over");
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(folder.path(), name);
    std::fs::write(at("a.parquet"), "PAR1").unwrap();
    std::fs::write(at("b.txt"), "Assessment: neck pain.").unwrap();
    let done = scan(&[&folder.path().to_string_lossy()], b"");
    assert_eq!((done.status, done.out.iter().filter(|b| **b == b'\n').count()), (2, 1));
    assert!(done.err.contains("a.parquet: this build has no Parquet; build with --features parquet"), "{}", done.err);
    let done = scan(&[&at("b.txt"), "--out", &at("out.parquet")], b"");
    assert_eq!(done.status, 2);
    assert!(done.err.contains("this build has no Parquet; build with --features parquet"), "{}", done.err);
    assert!(!Path::new(&at("out.parquet")).exists());
}

/// What is too long to be one note is read in parts: places are those of the whole, and the report says so.
#[test]
fn a_very_long_note_is_read_in_parts() {
    let engine = Engine::built_in().unwrap();
    let one = "Anamnèse: vérifiée 🙂.\nHPI: Neck pain for two weeks, 6/10, on the left.\n\nAssessment:\n1. Cervicalgia\n\n";
    let other = "HPI: routine visit, blood pressure is fine.\n\nAssessment: hypertension.\n\n";
    let long = format!("{}{one}{}", other.repeat(16_000), one.repeat(400));
    assert!(long.len() > cervicode::engine::LONGEST);
    for unit in [cervicode::span::Unit::Codepoints, cervicode::span::Unit::Bytes, cervicode::span::Unit::Utf16] {
        let report = engine.review(&cervicode::note::Note::new("chart", &*long), unit);
        let codes: Vec<String> = report.codes.iter().map(|c| c.code.to_string()).collect();
        assert_eq!(codes, ["M54.2"]);
        assert!(report.notices.iter().any(|n| n.contains("parts")), "{:?}", report.notices);
        assert!(report.sections.windows(2).all(|s| s[0].end == s[1].start), "sections follow one another");
        let wide: Vec<u16> = long.encode_utf16().collect();
        let characters: Vec<char> = long.chars().collect();
        let quoted = |start: u32, end: u32| match unit {
            cervicode::span::Unit::Bytes => long[start as usize..end as usize].to_owned(),
            cervicode::span::Unit::Utf16 => String::from_utf16(&wide[start as usize..end as usize]).unwrap(),
            cervicode::span::Unit::Codepoints => characters[start as usize..end as usize].iter().collect(),
        };
        let last = report.findings.last().unwrap();
        assert_eq!(quoted(last.start, last.end), last.text);
        assert!(report.codes[0].evidence.iter().all(|e| quoted(e.start, e.end) == e.text));
        assert_eq!(report.sections.last().unwrap().end as usize, quoted_length(&long, unit));
    }
}

fn quoted_length(text: &str, unit: cervicode::span::Unit) -> usize {
    match unit {
        cervicode::span::Unit::Bytes => text.len(),
        cervicode::span::Unit::Utf16 => text.encode_utf16().count(),
        cervicode::span::Unit::Codepoints => text.chars().count(),
    }
}
