//! One note and what is known about it beside its text.

use crate::code::Code;
use crate::vocab::{AuthorRole, Phase, Setting};

/// A clinical note as read: decoded text, an id, and facts that came with it.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// Unique within a run ("note.txt", "batch.ndjson:17", or the record's own id).
    pub id: String,
    /// The decoded text; every span points into it.
    pub text: String,
    /// What the record or the command line said.
    pub facts: Facts,
    /// Things worth telling about how it was read ("invalid UTF-8 was replaced").
    pub notices: Vec<String>,
    /// Fields of the input record to carry to the report (`--keep`), in the order asked for.
    pub passthrough: Vec<(String, serde_json::Value)>,
}

/// What is known about an encounter beside the note's text; `None` is "not said".
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Outpatient or inpatient.
    pub setting: Option<Setting>,
    /// Date of service.
    pub date: Option<jiff::civil::Date>,
    /// Who wrote the note.
    pub author: Option<AuthorRole>,
    /// Phase of care of an injury.
    pub phase: Option<Phase>,
    /// Codes that were billed, for audit.
    pub billed: Vec<Code>,
}

impl Note {
    /// A note with that text and nothing else known.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Note {
        Note { id: id.into(), text: text.into(), ..Note::default() }
    }
}
