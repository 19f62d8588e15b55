//! Parquet in and out: the columns say what the JSON report says, records are read as from other formats, and a damaged file loses
//! no more than what is damaged.

use crate::paths::{corpus, feed};
use crate::scan::{path, scan};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BinaryArray, DictionaryArray, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use cervicode::input::{self, Item, Options, Problem, Source};
use cervicode::report::parquet::schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// The rows of a file as JSON, with every null.
fn rows(path: &str) -> Vec<Value> {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    assert_eq!(file.schema().fields(), schema().fields(), "the types of the columns");
    let mut lines = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
    for batch in file.build().unwrap() {
        lines.write(&batch.unwrap()).unwrap();
    }
    reports(&lines.into_inner())
}

fn reports(lines: &[u8]) -> Vec<Value> {
    lines.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// A row in the form of the JSON report; counts what it has of each kind of value.
fn as_report(mut row: Value, seen: &mut Vec<&'static str>) -> Value {
    row["passthrough"] = serde_json::from_str(row["passthrough"].as_str().unwrap()).unwrap();
    for finding in row["findings"].as_array_mut().unwrap() {
        seen.extend(finding["spans"].is_array().then_some("spans"));
        for attribute in finding["attributes"].as_array_mut().unwrap() {
            let Value::Object(value) = attribute["value"].take() else { panic!() };
            let said: Map<String, Value> = value.into_iter().filter(|(_, v)| !v.is_null()).collect();
            seen.extend(["text", "days", "score"].iter().filter(|k| said.contains_key(**k)));
            attribute["value"] = said.get("text").cloned().unwrap_or(Value::Object(said));
        }
    }
    let filled = |key: &str, part: &str| row[key].as_array().unwrap().iter().any(|e| e[part].as_array().is_some_and(|l| !l.is_empty()));
    seen.extend(filled("codes", "conflicts_with").then_some("conflicts"));
    seen.extend(filled("flags", "would_change").then_some("changes"));
    seen.extend(row["flags"].as_array().unwrap().iter().any(|f| f["query"]["question"].is_string()).then_some("query"));
    row
}

/// Every number as a fraction: JSON writes a score of 7 as `7` and a column of fractions has 7.0.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64()),
        Value::Array(list) => list.into_iter().map(plain).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, plain(v))).collect(),
        other => other,
    }
}

/// Records of the corpus, with all that a record can say, and a bad line, a repeated id and an empty note.
fn records() -> Vec<u8> {
    let mut records = Vec::new();
    for (i, note) in corpus().into_iter().enumerate() {
        let mut record = json!({"id": note.id, "text": note.text, "ward": {"name": "W\"7", "beds": [1, 2]}, "n": i});
        if i % 3 == 0 {
            record["date"] = json!(format!("2026-0{}-15", i % 9 + 1));
            record["setting"] = json!("inpatient");
            record["billed"] = json!(["M54.2"]);
        }
        records.extend_from_slice(record.to_string().as_bytes());
        records.push(b'\n');
    }
    let more = [
        json!({"id": corpus()[0].id, "text": "Assessment: neck pain."}),
        json!({"id": "conflict", "text": "A: Spasmodic torticollis. Congenital torticollis."}),
        json!({"id": 5}),
        json!({"id": "empty", "text": ""}),
    ];
    for line in more {
        records.extend_from_slice(format!("{line}\n").as_bytes());
    }
    records
}

#[test]
fn the_columns_say_what_the_json_report_says() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (path(folder.path(), "notes.ndjson"), path(folder.path(), "out.parquet"));
    let (summary, summary_of_rows) = (path(folder.path(), "s.json"), path(folder.path(), "t.json"));
    std::fs::write(&input, records()).unwrap();
    let mut seen = Vec::new();
    for more in [&["--keep", "ward", "--keep", "n"][..], &["--only-hits", "--codes-only", "--offsets", "bytes"]] {
        let args = |extra: &[&'static str]| [&[input.as_str(), "--quiet"], more, extra].concat();
        let told = scan(&[args(&["--summary"]), vec![&summary]].concat(), b"");
        let done = scan(&[args(&["--summary"]), vec![&summary_of_rows, "--out", &out, "--jobs", "1"]].concat(), b"");
        assert_eq!((told.status, done.status), (2, 2), "the bad line is told");
        assert_eq!((&done.err, done.out.len()), (&told.err, 0));
        let bytes = std::fs::read(&out).unwrap();
        for jobs in ["2", "8"] {
            scan(&[args(&["--jobs", jobs, "--out"]), vec![&out]].concat(), b"");
            assert!(std::fs::read(&out).unwrap() == bytes, "{jobs} threads");
        }
        let rows: Vec<Value> = rows(&out).into_iter().map(|row| plain(as_report(row, &mut seen))).collect();
        let reports = reports(&told.out);
        assert_eq!(rows.len(), reports.len());
        for (row, report) in rows.into_iter().zip(reports) {
            assert_eq!(row, plain(report));
        }
        let counts = |path: &str| {
            let mut summary: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            ["seconds", "notes_per_second"].iter().for_each(|k| summary[*k] = Value::Null);
            summary
        };
        assert_eq!(counts(&summary), counts(&summary_of_rows));
    }
    for kind in ["spans", "text", "days", "score", "conflicts", "changes", "query"] {
        assert!(seen.contains(&kind), "no note of the corpus has {kind}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn reports_beyond_a_batch_and_none_at_all_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (path(folder.path(), "notes.csv"), path(folder.path(), "out.parquet"));
    let lines: String = (0..2500).map(|i| format!("n{i},Sore throat.\n")).collect();
    for text in [format!("id,text\n{lines}"), "id,text\n".into()] {
        std::fs::write(&input, &text).unwrap();
        assert_eq!(scan(&[&input, "--out", &out], b"").status, 0);
        let ids: Vec<String> = rows(&out).iter().map(|r| r["note"]["id"].as_str().unwrap().to_owned()).collect();
        let wanted: Vec<String> = (0..text.lines().count() - 1).map(|i| format!("n{i}")).collect();
        assert_eq!(ids, wanted);
    }
}

/// Columns of such records; `words` is the type of short texts, `day` that of dates.
fn table(words: DataType, day: DataType, records: &[u8]) -> RecordBatch {
    let maybe = |name: &str, of: &DataType| Field::new(name, of.clone(), true);
    let ward = vec![maybe("name", &words), Field::new_list("beds", maybe("item", &DataType::Int8), true)];
    let fields = vec![
        maybe("unused", &DataType::Float32),
        maybe("text", &DataType::Utf8),
        maybe("id", &words),
        maybe("n", &DataType::UInt16),
        maybe("setting", &words),
        maybe("date", &day),
        Field::new_list("billed", maybe("item", &words), true),
        Field::new_struct("ward", ward, true),
    ];
    let reader = arrow_json::ReaderBuilder::new(Arc::new(Schema::new(fields))).with_batch_size(100_000);
    reader.build(records).unwrap().next().unwrap().unwrap()
}

fn with_column(batch: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns.map(|(f, old)| (f.name(), if f.name() == name { column.clone() } else { old.clone() }, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn write(path: &str, batch: &RecordBatch, rows: usize, compression: Compression) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).set_compression(compression);
    let mut file = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties.build())).unwrap();
    file.write(batch).unwrap();
    file.close().unwrap();
}

/// Whatever the types and the compression of the columns, the reports are those of the same records in NDJSON.
#[test]
fn records_are_read_as_from_ndjson() {
    let folder = tempfile::tempdir().unwrap();
    let lines = records();
    let lines = lines.split_inclusive(|b| *b == b'\n').filter(|l| serde_json::from_slice::<Value>(l).unwrap()["text"].is_string());
    let lines: Vec<u8> = lines.take(60).flatten().copied().collect();
    let keep = ["--keep", "ward", "--keep", "n", "--quiet"];
    let told = scan(&[&["-", "--input", "ndjson"], &keep[..]].concat(), &lines);
    let file = path(folder.path(), "notes.parquet");
    let check = |batch: &RecordBatch, rows: usize, compression: Compression| {
        write(&file, batch, rows, compression);
        let done = scan(&[&[file.as_str()], &keep[..]].concat(), b"");
        assert_eq!((done.status, done.err.as_str()), (0, ""));
        assert!(done.out == told.out, "{:?}", batch.schema());
    };
    let millisecond = DataType::Timestamp(TimeUnit::Millisecond, None);
    check(&table(DataType::Utf8View, millisecond, &lines), 1000, Compression::GZIP(Default::default()));
    check(&table(DataType::LargeUtf8, DataType::Utf8, &lines), 17, Compression::UNCOMPRESSED);
    let batch = table(DataType::Utf8, DataType::Date32, &lines);
    let texts = || batch.column(1).as_string::<i32>().iter();
    check(&with_column(&batch, "text", Arc::new(LargeStringArray::from_iter(texts()))), 1000, Compression::SNAPPY);
    check(&with_column(&batch, "text", Arc::new(StringViewArray::from_iter(texts()))), 1, Compression::LZ4_RAW);
    check(&with_column(&batch, "text", Arc::new(DictionaryArray::<Int32Type>::from_iter(texts()))), 50, Compression::LZ4);
    let bytes = BinaryArray::from_iter(texts().map(|t| t.map(str::as_bytes)));
    check(&with_column(&batch, "text", Arc::new(bytes)), 50, Compression::SNAPPY);
}

#[test]
fn columns_have_the_names_that_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "notes.parquet");
    let key: ArrayRef = Arc::new(Int64Array::from(vec![Some(41), None]));
    let body: ArrayRef = Arc::new(StringArray::from(vec!["Assessment: neck pain."; 2]));
    write(&file, &RecordBatch::try_from_iter_with_nullable([("key", key, true), ("body", body, false)]).unwrap(), 9, Compression::SNAPPY);
    let done = scan(&[&file, "--text-column", "body", "--id-column", "key", "--keep", "key", "--keep", "body"], b"");
    let reports = reports(&done.out);
    let ids: Vec<_> = reports.iter().map(|r| r["note"]["id"].as_str().unwrap()).collect();
    assert_eq!((done.status, ids), (0, vec!["41", "notes.parquet:2"]));
    assert_eq!(reports[0]["passthrough"], json!({"key": 41, "body": "Assessment: neck pain."}));

    // what is written can be read, and nested columns are no text
    let out = path(folder.path(), "out.parquet");
    assert_eq!(scan(&[&file, "--text-column", "body", "--out", &out], b"").status, 0);
    assert_eq!(scan(&[&out, "--text-column", "passthrough"], b"").status, 0);
    let refused = scan(&[&out, "--text-column", "note"], b"");
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("out.parquet: its column `note` is no text (Struct("), "{}", refused.err);
}

/// The items of a file, without a review.
fn items(file: &str) -> Vec<Result<Item, Problem>> {
    let source = Source::File { path: file.into(), name: "notes.parquet".into() };
    match input::open(source, &Options::default(), &mut None) {
        Ok(items) => items.collect(),
        Err(problem) => vec![Err(problem)],
    }
}

/// Rows of a hundred notes in ten row groups, and what the file's bytes are.
fn hundred(file: &str) -> Vec<u8> {
    let texts: Vec<String> = (0..100).map(|i| format!("Assessment: neck pain of Jane, {i} weeks.")).collect();
    let batch = RecordBatch::try_from_iter([("text", Arc::new(StringArray::from(texts)) as ArrayRef)]).unwrap();
    write(file, &batch, 10, Compression::UNCOMPRESSED);
    std::fs::read(file).unwrap()
}

#[test]
fn the_rest_is_done_whatever_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(folder.path(), name);
    let whole = hundred(&at("a-damaged.parquet"));
    // the length of the first text of the third row group
    let mut damaged = whole.clone();
    let page = memchr::memmem::find(&whole, b"neck pain of Jane, 20 weeks").unwrap();
    damaged[page - 16..page - 12].fill(0xff);
    std::fs::write(at("a-damaged.parquet"), damaged).unwrap();
    std::fs::write(at("b-cut.parquet"), &whole[..whole.len() - 3]).unwrap();
    std::fs::write(at("c-text.parquet"), "Jane has neck pain.").unwrap();
    std::fs::write(at("d-nothing.parquet"), "").unwrap();
    std::fs::write(at("e-packed.parquet.gz"), "").unwrap();
    let long = "Jane ".repeat(300);
    let texts = [
        None,
        Some("Assessment: neck pain.".as_bytes()),
        Some(b"Neck pain \xff\xfe."),
        Some(b"%PDF-1.7 Jane"),
        Some(long.as_bytes()),
        Some(b""),
    ];
    let column = |of: ArrayRef, name: &str| RecordBatch::try_from_iter_with_nullable([(name, of, true)]).unwrap();
    write(&at("f-rows.parquet"), &column(Arc::new(BinaryArray::from(texts.to_vec())), "text"), 9, Compression::SNAPPY);
    write(&at("g-numbers.parquet"), &column(Arc::new(Int64Array::from(vec![1, 2])), "text"), 9, Compression::SNAPPY);
    write(&at("h-other.parquet"), &column(Arc::new(StringArray::from(vec!["Jane"])), "body"), 9, Compression::SNAPPY);
    write(&at("i-empty.parquet"), &column(Arc::new(StringArray::from(Vec::<&str>::new())), "text"), 9, Compression::SNAPPY);
    std::fs::write(at("j.txt"), "Assessment: cervicalgia.").unwrap();
    let summary = at("summary.json");
    let done = scan(&[&folder.path().to_string_lossy(), "--max-note", "1K", "--quiet", "--summary", &summary], b"");
    assert_eq!(done.status, 2);
    let ids: Vec<String> = reports(&done.out).iter().map(|r| r["note"]["id"].as_str().unwrap().to_owned()).collect();
    let kept = (1..=20).chain(31..=100).map(|row| format!("a-damaged.parquet:{row}"));
    let others = ["f-rows.parquet:2", "f-rows.parquet:3", "f-rows.parquet:6", "j.txt"].map(str::to_owned);
    assert_eq!(ids, kept.chain(others).collect::<Vec<_>>());
    let told: Vec<&str> = done.err.lines().collect();
    let wanted = [
        "a-damaged.parquet:21: rows from this one to 30 cannot be read; the file may be damaged",
        "b-cut.parquet: is no Parquet file, or a damaged one",
        "c-text.parquet: is no Parquet file, or a damaged one",
        "d-nothing.parquet: is no Parquet file, or a damaged one",
        "e-packed.parquet.gz: Parquet is read from a plain file only; unpack it",
        "f-rows.parquet:1: its text is null",
        "f-rows.parquet:4: is no plain text (a PDF)",
        "f-rows.parquet:5: the note is longer than 1024 bytes (--max-note)",
        "g-numbers.parquet: its column `text` is no text (Int64); name the one that holds the text with --text-column",
        "h-other.parquet: no column is called `text`; name the one that holds the text with --text-column",
    ];
    assert_eq!(told, wanted.map(|line| format!("cervicode: {line}")));
    let summary: Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    assert_eq!((&summary["notes"], &summary["unreadable"]), (&json!(94), &json!(10)));
}

/// A byte that is wrong costs rows at most, and no message has words of a note.
#[test]
fn wrong_bytes_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "notes.parquet");
    let whole = hundred(&file);
    let mut seed = feed::Seed(7);
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..=seed.below(3) {
            let at = seed.below(bytes.len());
            bytes[at] = seed.below(256) as u8;
        }
        std::fs::write(&file, bytes).unwrap();
        let items = items(&file);
        assert!(items.len() <= 100);
        for problem in items.iter().filter_map(|item| item.as_ref().err()) {
            assert!(problem.lost && !problem.message.contains("Jane"), "{problem}");
        }
    }
}

/// A killed process leaves nothing under the output's name, and what is there already stays.
#[test]
fn a_killed_run_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (path(folder.path(), "notes.ndjson"), path(folder.path(), "out.parquet"));
    std::fs::write(&input, records().repeat(20)).unwrap();
    let part = Path::new(&folder.path().join("out.parquet.part")).to_path_buf();
    for earlier in [None, Some("an earlier file")] {
        earlier.inspect(|text| std::fs::write(&out, text).unwrap());
        let mut run = Command::new(env!("CARGO_BIN_EXE_cervicode"));
        let mut run = run.args(["scan", &input, "--out", &out]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !part.metadata().is_ok_and(|m| m.len() > 0) && run.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        run.kill().unwrap();
        run.wait().unwrap();
        assert!(part.exists(), "the run was over before it was killed");
        assert_eq!(std::fs::read_to_string(&out).ok().as_deref(), earlier);
    }
    std::fs::write(&input, "{\"text\":\"Assessment: neck pain.\"}\n").unwrap();
    assert_eq!(scan(&[&input, "--out", &out], b"").status, 0);
    assert_eq!(rows(&out).len(), 1);
    assert!(!part.exists());
    let resumed = scan(&[&input, "--out", &out, "--resume"], b"");
    assert_eq!(resumed.status, 2);
    assert!(resumed.err.contains("--resume") && resumed.err.contains("before its end"), "{}", resumed.err);
    let over = scan(&[&out, "--text-column", "passthrough", "--out", &out], b"");
    assert!(over.status == 2 && over.err.contains("is an input"), "{}", over.err);
}
