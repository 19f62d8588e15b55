//! Bytes → notes; the only module that reads files of notes.
//!
//! Two steps, so that the second can run on many threads: [`open`] cuts a source into [`Item`]s (a file, a line, a row),
//! [`decode()`] makes a [`Note`](crate::note::Note) of one. Messages name a place, never a note's text.

pub mod compressed;
pub mod decode;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod records;
pub mod sources;

pub use decode::decode;
pub use records::open;
pub use sources::{Source, sources};

use crate::note::Facts;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// What a source holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One note.
    Text,
    /// One JSON record a line.
    Ndjson,
    /// A table with a header.
    Csv,
    /// A table with typed columns; read in builds with the feature `parquet`.
    Parquet,
}

/// What is said of Parquet in a build without the feature.
pub const NO_PARQUET: &str = "this build has no Parquet; build with --features parquet";

/// How to read.
#[derive(Debug, Clone)]
pub struct Options {
    /// What standard input holds.
    pub stdin: Format,
    /// The column or field that holds the text.
    pub text_field: String,
    /// The column or field that holds the id.
    pub id_field: String,
    /// Fields to carry to the report.
    pub keep: Vec<String>,
    /// Longest note, in bytes.
    pub max_note: u64,
    /// What holds for notes whose record does not say.
    pub facts: Facts,
    /// How many bytes were read so far, compressed ones as they are.
    pub bytes_read: Arc<AtomicU64>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            stdin: Format::Text,
            text_field: "text".into(),
            id_field: "id".into(),
            keep: Vec::new(),
            max_note: 64 << 20,
            facts: Facts::default(),
            bytes_read: Arc::default(),
        }
    }
}

/// Something that could not be read, or was read otherwise than it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// "notes.ndjson:17".
    pub place: String,
    /// One plain sentence, without note text.
    pub message: String,
    /// Whether a note was lost by it.
    pub lost: bool,
}

impl Problem {
    /// A note or more could not be read.
    pub fn lost(place: impl ToString, message: impl Into<String>) -> Problem {
        Problem { place: place.to_string(), message: message.into(), lost: true }
    }

    /// Nothing was lost, but it should be known.
    pub fn told(place: impl ToString, message: impl Into<String>) -> Problem {
        Problem { lost: false, ..Problem::lost(place, message) }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Where an item stands: a file, and its line if the file holds many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As shown to the user.
    pub file: Arc<str>,
    /// One-based.
    pub line: Option<u64>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => write!(f, "{}", self.file),
        }
    }
}

/// One note's bytes, not yet decoded.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where it stands.
    pub place: Place,
    /// Its id, unless the record has its own.
    pub id: String,
    /// The bytes.
    pub raw: Raw,
}

/// What kind of bytes.
#[derive(Debug, Clone)]
pub enum Raw {
    /// A plain-text note.
    Text(Vec<u8>),
    /// A JSON record.
    Json(Vec<u8>),
    /// A row, with the names of its columns.
    Row(csv::ByteRecord, Arc<Vec<String>>),
    /// A row whose text stands alone.
    Columns {
        /// The text.
        text: Vec<u8>,
        /// The other columns as a JSON record; nothing if there are none.
        others: Vec<u8>,
    },
}

impl Raw {
    /// Length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Raw::Text(bytes) | Raw::Json(bytes) => bytes.len(),
            Raw::Row(row, _) => row.as_slice().len(),
            Raw::Columns { text, others } => text.len() + others.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Ids seen so far: a repeated one gets `#2`, `#3`…
#[derive(Debug, Default)]
pub struct Ids {
    seen: HashMap<u64, u32>,
}

impl Ids {
    /// The id to use, and whether it had to be changed.
    pub fn unique(&mut self, id: &str) -> Option<String> {
        let count = self.seen.entry(hash(id)).or_insert(0);
        *count += 1;
        if *count == 1 {
            return None;
        }
        let mut n = *count;
        loop {
            let new = format!("{id}#{n}");
            match self.seen.entry(hash(&new)) {
                std::collections::hash_map::Entry::Vacant(slot) => {
                    slot.insert(1);
                    return Some(new);
                }
                std::collections::hash_map::Entry::Occupied(_) => n += 1,
            }
        }
    }
}

/// Only ids' hashes are kept, so that millions of notes cost a few bytes each; the hash is the same on every machine.
fn hash(id: &str) -> u64 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |h, &b| (h << 8) | u64::from(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_ids_stay_apart() {
        let mut ids = Ids::default();
        assert_eq!(ids.unique("a"), None);
        assert_eq!(ids.unique("a#2"), None);
        assert_eq!(ids.unique("a").as_deref(), Some("a#3"));
        assert_eq!(ids.unique("a").as_deref(), Some("a#4"));
        assert_eq!(ids.unique("b"), None);
    }
}
