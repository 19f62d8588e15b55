//! Options that several subcommands share.

use crate::input::{Format, Options};
use crate::note::Facts;
use crate::span::Unit;
use crate::vocab::{AuthorRole, Phase, Setting};
use clap::ValueEnum;
use std::sync::Arc;

/// Facts that the text of a note does not give.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FactsArgs {
    /// Where care was given: outpatient or inpatient
    #[arg(long, value_parser = setting)]
    pub setting: Option<Setting>,
    /// Date of service, YYYY-MM-DD
    #[arg(long, value_parser = date)]
    pub date: Option<jiff::civil::Date>,
    /// Phase of care of an injury: active, routine or sequela
    #[arg(long, value_parser = phase)]
    pub encounter_phase: Option<Phase>,
    /// Who wrote the note: provider, therapist, nurse or radiologist
    #[arg(long, value_parser = author)]
    pub author: Option<AuthorRole>,
}

/// How notes are read.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct InputArgs {
    /// What standard input holds
    #[arg(long, value_name = "FORMAT")]
    pub input: Option<InputFormat>,
    /// The column or field that holds the note
    #[arg(long, default_value = "text", value_name = "NAME")]
    pub text_column: String,
    /// The column or field that holds the id
    #[arg(long, default_value = "id", value_name = "NAME")]
    pub id_column: String,
    /// Carry this field of the record to the report (may be given more than once)
    #[arg(long, value_name = "FIELD")]
    pub keep: Vec<String>,
    /// Longest note in bytes (K, M and G may follow)
    #[arg(long, default_value = "64M", value_parser = size, value_name = "SIZE")]
    pub max_note: u64,
    #[command(flatten)]
    pub facts: FactsArgs,
}

impl InputArgs {
    pub(crate) fn options(&self, stdin: Format) -> Options {
        let facts = &self.facts;
        Options {
            stdin: self.input.map_or(stdin, InputFormat::format),
            text_field: self.text_column.clone(),
            id_field: self.id_column.clone(),
            keep: self.keep.clone(),
            max_note: self.max_note,
            facts: Facts {
                setting: facts.setting,
                date: facts.date,
                author: facts.author,
                phase: facts.encounter_phase,
                billed: Vec::new(),
            },
            bytes_read: Arc::default(),
        }
    }
}

/// What standard input can hold.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum InputFormat {
    /// One plain-text note
    Text,
    /// One JSON record a line
    Ndjson,
    /// A table with a header
    Csv,
}

impl InputFormat {
    fn format(self) -> Format {
        match self {
            InputFormat::Text => Format::Text,
            InputFormat::Ndjson => Format::Ndjson,
            InputFormat::Csv => Format::Csv,
        }
    }
}

/// The unit of positions.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OffsetUnit {
    /// UTF-8 bytes
    Bytes,
    /// Unicode code points, as Python counts
    Codepoints,
    /// UTF-16 code units, as JavaScript and Java count
    Utf16,
}

impl OffsetUnit {
    pub(crate) fn unit(self) -> Unit {
        match self {
            OffsetUnit::Bytes => Unit::Bytes,
            OffsetUnit::Codepoints => Unit::Codepoints,
            OffsetUnit::Utf16 => Unit::Utf16,
        }
    }
}

fn known<T: Copy + AsName + 'static>(text: &str, value: Option<T>, all: &[T]) -> Result<T, String> {
    value.ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|v| v.name()).collect();
        format!("`{text}` is none of {}", names.join(", "))
    })
}

trait AsName {
    fn name(self) -> &'static str;
}

macro_rules! parsers {
    ($($parse:ident: $kind:ident),+) => { $(
        impl AsName for $kind {
            fn name(self) -> &'static str { self.as_str() }
        }
        fn $parse(text: &str) -> Result<$kind, String> { known(text, $kind::parse(text), $kind::ALL) }
    )+ };
}
parsers!(setting: Setting, phase: Phase, author: AuthorRole);

fn date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| format!("`{text}` is no date; write YYYY-MM-DD"))
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let scale = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        _ => return Err(format!("`{text}` is no size; write 64M")),
    };
    let number: u64 = digits.parse().map_err(|_| format!("`{text}` is no size; write 64M"))?;
    // positions are 32-bit
    Ok((number << scale).min(u64::from(u32::MAX) / 2))
}

/// How figures over many notes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    /// For a person
    Text,
    /// For a program
    Json,
    /// One self-contained page with charts
    Html,
}
