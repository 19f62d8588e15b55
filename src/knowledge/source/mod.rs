//! The knowledge as written: typed YAML documents, one kind per place in the tree.
//!
//! It uses only [`crate::vocab`] and [`crate::knowledge::yaml`], so that the build script can read, check the shape of, and embed it.

pub mod attributes;
pub mod case;
pub mod coding;
pub mod context;
pub mod index;
pub mod items;
pub mod lexicon;
pub mod sections;

use crate::knowledge::yaml::{Parsed, parse_all};
use serde::{Deserialize, Serialize};

/// One file of knowledge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceFile {
    /// Relative to the knowledge root, with `/` ("rules/coding/disc.yaml").
    pub path: String,
    /// What it says.
    pub document: Document,
}

/// A document of one of the kinds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Document {
    /// `lexicon/*.yaml`: concepts, sites, findings.
    Lexicon(lexicon::LexiconDoc),
    /// `lexicon/icd10cm/*.yaml`: words that lead to codes.
    Index(index::IndexDoc),
    /// `rules/sections.yaml`: headings and sentence data.
    Sections(sections::SectionsDoc),
    /// `rules/context/*.yaml`: cues.
    Context(context::ContextDoc),
    /// `rules/attributes/*.yaml`: values and links.
    Attributes(attributes::AttributesDoc),
    /// `rules/coding/*.yaml`: codes, flags, guidelines.
    Coding(coding::CodingDoc),
}

/// Reads the document at `path` (relative to the knowledge root); `None` if the path is no place for knowledge.
pub fn read(path: &str, text: &str) -> Option<Parsed<Document>> {
    if !path.ends_with(".yaml") {
        return None;
    }
    Some(if path.starts_with("lexicon/icd10cm/") {
        parse_all(text).map(Document::Index)
    } else if path.starts_with("lexicon/") {
        parse_all(text).map(Document::Lexicon)
    } else if path == "rules/sections.yaml" {
        parse_all(text).map(Document::Sections)
    } else if path.starts_with("rules/context/") {
        parse_all(text).map(Document::Context)
    } else if path.starts_with("rules/attributes/") {
        parse_all(text).map(Document::Attributes)
    } else if path.starts_with("rules/coding/") {
        parse_all(text).map(Document::Coding)
    } else {
        return None;
    })
}

impl Document {
    /// The same document without its cases (they are not needed to review notes).
    pub fn without_cases(mut self) -> Document {
        match &mut self {
            Document::Lexicon(d) => d.strip_cases(),
            Document::Index(_) => {}
            Document::Sections(d) => d.strip_cases(),
            Document::Context(d) => d.strip_cases(),
            Document::Attributes(d) => d.strip_cases(),
            Document::Coding(d) => d.strip_cases(),
        }
        self
    }
}
