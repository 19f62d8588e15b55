//! Reports, one JSON object a line, as the list that a sample is drawn from or a rate is counted in.

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What a stratum or a rate needs of a report; the rest is skipped unread.
#[derive(Debug, Deserialize)]
pub struct Head<'a> {
    /// Which note.
    #[serde(borrow)]
    pub note: HeadNote<'a>,
    /// What made the report.
    #[serde(borrow, default)]
    pub engine: HeadEngine<'a>,
    /// Its codes.
    #[serde(borrow)]
    pub codes: Vec<HeadCode<'a>>,
    /// Its flags.
    #[serde(borrow)]
    pub flags: Vec<HeadFlag<'a>>,
    /// The fields that were kept.
    #[serde(default)]
    pub passthrough: Map<String, Value>,
}

/// Which note.
#[derive(Debug, Deserialize)]
pub struct HeadNote<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Where care was given.
    #[serde(borrow)]
    pub setting: Cow<'a, str>,
}

/// What made a report.
#[derive(Debug, Default, Deserialize)]
pub struct HeadEngine<'a> {
    /// Of the program.
    #[serde(borrow)]
    pub version: Cow<'a, str>,
    /// Hash of lexicon and rules.
    #[serde(borrow)]
    pub knowledge_sha256: Cow<'a, str>,
}

/// A code.
#[derive(Debug, Deserialize)]
pub struct HeadCode<'a> {
    /// The code.
    #[serde(borrow)]
    pub code: Cow<'a, str>,
    /// "supported" or "review".
    #[serde(borrow)]
    pub status: Cow<'a, str>,
}

/// A flag.
#[derive(Debug, Deserialize)]
pub struct HeadFlag<'a> {
    /// Its name.
    #[serde(borrow)]
    pub flag: Cow<'a, str>,
}

/// A report of which a worksheet is made.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    /// Which note.
    pub note: EntryNote,
    /// The unit of positions.
    pub offsets: crate::span::Unit,
    /// Suggested codes.
    pub codes: Vec<EntryCode>,
    /// The fields that were kept.
    #[serde(default)]
    pub passthrough: Map<String, Value>,
}

/// Which note.
#[derive(Debug, Clone, Deserialize)]
pub struct EntryNote {
    /// Its id.
    pub id: String,
    /// The hash of its text.
    pub sha256: String,
}

/// A suggested code.
#[derive(Debug, Clone, Deserialize)]
pub struct EntryCode {
    /// The code.
    pub code: String,
    /// The official title.
    pub title: Option<String>,
    /// "supported" or "review".
    pub status: String,
    /// One plain sentence.
    pub why: String,
    /// The words it rests on.
    pub evidence: Vec<EntryEvidence>,
}

/// Words of the note.
#[derive(Debug, Clone, Deserialize)]
pub struct EntryEvidence {
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
    /// The words.
    pub text: String,
    /// What they are in the argument.
    pub role: String,
    /// The kind of section they stand in.
    pub section: Option<String>,
}

/// Reads what is needed of a report.
///
/// # Errors
/// If the line is no report; the message holds nothing of it.
pub fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|e| {
        let what = if e.is_data() { "is no report of this program" } else { "is no JSON object" };
        format!("the line {what} (column {})", e.column())
    })
}

/// The frame as it is read: how many reports, and a hash that any change of a report, or of their order, changes.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    reports: u64,
    hash: Sha256,
}

impl Frame {
    /// Takes one report's line.
    pub fn add(&mut self, line: &[u8]) {
        self.reports += 1;
        self.hash.update(line.trim_ascii());
        self.hash.update(b"\n");
    }

    /// Reports so far.
    pub fn reports(&self) -> u64 {
        self.reports
    }

    /// SHA-256 of the lines, each without surrounding blanks and followed by a line feed.
    pub fn sha256(&self) -> String {
        hex(&self.hash.clone().finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
