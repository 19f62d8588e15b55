//! Reports as Parquet: one row a note, its columns the report's fields, nested as they are in JSON.
//!
//! What JSON leaves open has one type here: `findings.attributes.value` is a record of `text`, `days`, `score` and `scale`, of which
//! those that do not apply are null, and `passthrough` is JSON as text.

use super::{
    AssertionEntry, AttributeValue, CodeEntry, CueEntry, EngineInfo, FlagEntry, NoteInfo, Report, Section, SpanEntry, WithheldEntry,
};
use crate::span::Unit;
use crate::vocab::{AttributeKey, SectionKind};
use arrow_json::reader::{Decoder, ReaderBuilder};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::sync::Arc;

/// How much is held before it is written: rows and bytes of JSON that become columns at once, and bytes of a row group.
const ROWS: usize = 1024;
const BYTES: usize = 4 << 20;
const GROUP_BYTES: usize = 32 << 20;

/// The columns.
pub fn schema() -> Schema {
    let about = [text("id"), text("sha256"), text("setting"), text("setting_basis")];
    let date = [maybe(field("date", DataType::Date32)), maybe(text("date_basis"))];
    let codeset = record("codeset", [text("release"), maybe(truth("covers_date"))]);
    let section = [text("kind"), maybe(text("title")), number("start"), number("body_start"), number("end"), truth("coded_from")];
    let evidence = || records("evidence", [text("role"), number("start"), number("end"), text("text"), maybe(text("section"))]);
    let code = [text("code"), maybe(text("title")), number("sequence"), text("status"), text("basis"), text("rule"), text("why")];
    let withheld = [text("code"), maybe(text("title")), text("reason"), text("rule"), text("why"), texts("authority"), evidence()];
    let indicators = records("indicators", [text("text"), maybe(text("section")), number("start"), number("end")]);
    let query = record("query", [text("question"), indicators, texts("options")]);
    let flag = [text("flag"), text("severity"), texts("about"), text("why"), evidence()];
    let change = records("would_change", [text("if"), texts("codes")]);
    let finding = [text("concept"), number("start"), number("end"), text("text"), maybe(text("section"))];
    let assertion = record("assertion", [text("polarity"), text("certainty"), text("time"), text("subject")]);
    let cues = records("cues", [number("start"), number("end"), text("text"), text("rule")]);
    let spans = records("spans", [number("start"), number("end")]);
    let days = list("days", field("element", DataType::Int64));
    let score = list("score", field("element", DataType::Float64));
    let value = record("value", [text("text"), days, score, field("scale", DataType::Float64)].map(maybe));
    let attributes = records("attributes", [text("key"), value, number("start"), number("end"), text("text")]);
    Schema::new(vec![
        text("schema"),
        record("note", about.into_iter().chain(date)),
        record("engine", [text("version"), text("knowledge_sha256"), codeset]),
        text("offsets"),
        records("sections", section),
        records("codes", code.into_iter().chain([texts("authority"), texts("conflicts_with"), evidence()])),
        records("withheld", withheld),
        records("flags", flag.into_iter().chain([change, maybe(query)])),
        records("findings", finding.into_iter().chain([assertion, cues, maybe(spans), attributes])),
        text("passthrough"),
        texts("notices"),
    ])
}

fn field(name: &str, of: DataType) -> Field {
    Field::new(name, of, false)
}

fn maybe(field: Field) -> Field {
    field.with_nullable(true)
}

fn text(name: &str) -> Field {
    field(name, DataType::Utf8)
}

/// A position is below the longest note's length, which is below 2^31.
fn number(name: &str) -> Field {
    field(name, DataType::Int32)
}

fn truth(name: &str) -> Field {
    field(name, DataType::Boolean)
}

fn list(name: &str, of: Field) -> Field {
    field(name, DataType::List(Arc::new(of)))
}

fn texts(name: &str) -> Field {
    list(name, text("element"))
}

fn record(name: &str, fields: impl IntoIterator<Item = Field>) -> Field {
    field(name, DataType::Struct(fields.into_iter().collect::<Fields>()))
}

fn records(name: &str, fields: impl IntoIterator<Item = Field>) -> Field {
    list(name, record("element", fields))
}

/// A report with its open parts given their types.
#[derive(Serialize)]
struct Row<'r> {
    schema: &'r str,
    note: &'r NoteInfo,
    engine: &'r EngineInfo,
    offsets: Unit,
    sections: &'r [Section],
    codes: &'r [CodeEntry],
    withheld: &'r [WithheldEntry],
    flags: &'r [FlagEntry],
    findings: Vec<FindingRow<'r>>,
    passthrough: String,
    notices: &'r [String],
}

#[derive(Serialize)]
struct FindingRow<'r> {
    concept: &'r str,
    start: u32,
    end: u32,
    text: &'r str,
    section: Option<SectionKind>,
    assertion: AssertionEntry,
    cues: &'r [CueEntry],
    spans: &'r Option<Vec<SpanEntry>>,
    attributes: Vec<AttributeRow<'r>>,
}

#[derive(Serialize)]
struct AttributeRow<'r> {
    key: AttributeKey,
    value: ValueRow<'r>,
    start: u32,
    end: u32,
    text: &'r str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ValueRow<'r> {
    Text { text: &'r str },
    Record(&'r AttributeValue),
}

/// A report as [`Writer::add`] takes it.
///
/// # Errors
/// None, on memory.
pub fn row(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().map(|f| FindingRow {
        concept: &f.concept,
        start: f.start,
        end: f.end,
        text: &f.text,
        section: f.section,
        assertion: f.assertion,
        cues: &f.cues,
        spans: &f.spans,
        attributes: f
            .attributes
            .iter()
            .map(|a| AttributeRow { key: a.key, value: value(&a.value), start: a.start, end: a.end, text: &a.text })
            .collect(),
    });
    let passthrough: Map<String, Value> = report.passthrough.iter().cloned().collect();
    let row = Row {
        schema: report.schema,
        note: &report.note,
        engine: &report.engine,
        offsets: report.offsets,
        sections: &report.sections,
        codes: &report.codes,
        withheld: &report.withheld,
        flags: &report.flags,
        findings: findings.collect(),
        passthrough: Value::Object(passthrough).to_string(),
        notices: &report.notices,
    };
    Ok(serde_json::to_writer(out, &row)?)
}

fn value(value: &AttributeValue) -> ValueRow<'_> {
    match value {
        AttributeValue::Text(text) => ValueRow::Text { text },
        other => ValueRow::Record(other),
    }
}

/// Makes a Parquet file of rows.
pub struct Writer<W: Write + Send> {
    decoder: Decoder,
    held: usize,
    file: ArrowWriter<W>,
}

impl<W: Write + Send> Writer<W> {
    /// A file on `out`.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W) -> io::Result<Writer<W>> {
        let schema = Arc::new(schema());
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).set_max_row_group_bytes(Some(GROUP_BYTES));
        let file = ArrowWriter::try_new(out, schema.clone(), Some(properties.build())).map_err(of_file)?;
        let decoder = ReaderBuilder::new(schema).with_batch_size(ROWS).build_decoder().map_err(of_row)?;
        Ok(Writer { decoder, held: 0, file })
    }

    /// Adds what [`row`] made: whole rows.
    ///
    /// # Errors
    /// What `out` says.
    pub fn add(&mut self, mut rows: &[u8]) -> io::Result<()> {
        while !rows.is_empty() {
            // a full batch takes no more
            let n = self.decoder.decode(rows).map_err(of_row)?;
            rows = &rows[n..];
            self.held += n;
            if !rows.is_empty() || self.held >= BYTES {
                self.write_batch()?;
            }
        }
        Ok(())
    }

    fn write_batch(&mut self) -> io::Result<()> {
        self.held = 0;
        match self.decoder.flush().map_err(of_row)? {
            Some(batch) => self.file.write(&batch).map_err(of_file),
            None => Ok(()),
        }
    }

    /// Writes the end, without which the file is none, and gives back `out`.
    ///
    /// # Errors
    /// What `out` says.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_batch()?;
        self.file.into_inner().map_err(of_file)
    }
}

/// Its own words may quote a note.
fn of_row(_: ArrowError) -> io::Error {
    io::Error::other("a report could not be turned into columns")
}

fn of_file(e: ParquetError) -> io::Error {
    match e {
        ParquetError::External(e) => e.downcast::<io::Error>().map_or_else(|_| io::Error::other("Parquet cannot be written"), |e| *e),
        _ => io::Error::other("Parquet cannot be written"),
    }
}
