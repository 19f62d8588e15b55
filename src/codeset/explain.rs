//! Everything the release says of one code: the chain from its chapter down, every note with the place it stands on.

use super::edits::CodeEdit;
use super::{CodeSet, Level, NoteKind};
use crate::code::Code;
use serde::Serialize;

/// What a code is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The release that was asked.
    pub release: String,
    /// Its title and validity, and what to use where it is not valid.
    #[serde(flatten)]
    pub code: CodeEdit,
    /// From its chapter down to itself.
    pub chain: Vec<Step>,
    /// The 7th characters that complete it, and where they are defined.
    pub seventh: Option<SeventhShown>,
}

/// One place of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// "chapter 13", "M50-M54", "M54.2".
    pub node: String,
    /// Its title.
    pub title: String,
    /// How wide it is.
    pub level: Level,
    /// Its notes, in the order of the list.
    pub notes: Vec<NoteShown>,
}

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteShown {
    /// Its kind.
    pub kind: NoteKind,
    /// Its words.
    pub text: String,
}

/// 7th characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeventhShown {
    /// The place that defines them.
    pub node: String,
    /// The sentence that introduces them.
    pub note: String,
    /// Each with its meaning.
    pub characters: Vec<(char, String)>,
}

impl CodeSet {
    /// Everything this release says of a code.
    pub fn explain_code(&self, code: Code) -> Explained {
        let chain = self.chain(code);
        let steps = chain.iter().map(|place| Step {
            node: place.name.clone(),
            title: place.title.to_string(),
            level: place.level,
            notes: place.notes.iter().map(|n| NoteShown { kind: n.kind, text: n.text.clone() }).collect(),
        });
        let leaf = chain.last().and_then(|p| Code::parse(&p.name)).unwrap_or(code);
        let seventh = self.seventh(leaf).map(|(seventh, at)| SeventhShown {
            node: at.to_string(),
            note: seventh.note.clone(),
            characters: seventh.applying_to(leaf).map(|c| (c.character, c.meaning.clone())).collect(),
        });
        Explained { release: self.release().to_string(), code: self.code_edit(code), chain: steps.collect(), seventh }
    }
}
