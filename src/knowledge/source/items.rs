//! What every kind of document has in common: items with an id, and cases beside them.

use super::Document;
use super::attributes::{AttributesDoc, NoteCase};
use super::case::Case;
use super::coding::CodingDoc;
use super::context::ContextDoc;
use super::index::IndexDoc;
use super::lexicon::LexiconDoc;
use super::sections::SectionsDoc;
use crate::knowledge::yaml::Placed;
use smol_str::SmolStr;

/// What an item is, in the words of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A concept of the lexicon.
    Concept,
    /// A bare finding that a site completes.
    Finding,
    /// A cue.
    Cue,
    /// A coding rule.
    Rule,
    /// A flag.
    Flag,
    /// Anything else that has an id: a value, a link, a heading, a guideline.
    Other,
}

impl What {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            What::Concept => "concept",
            What::Finding => "finding",
            What::Cue => "cue",
            What::Rule => "rule",
            What::Flag => "flag",
            What::Other => "item",
        }
    }
}

/// One item of a document.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// What it is.
    pub what: What,
    /// Its id and place.
    pub id: &'a Placed<SmolStr>,
    /// Its cases.
    pub cases: &'a [Case],
}

/// A document as a list of items, whatever its kind.
pub trait Items {
    /// Every item with an id, in the order written, list by list.
    fn items(&self) -> Vec<Item<'_>>;
    /// Keeps the items whose id is approved: how an overlay takes the place of what it redefines.
    fn retain(&mut self, keep: &mut dyn FnMut(&str) -> bool);
    /// Cases of the file as a whole.
    fn file_cases(&self) -> &[Case] {
        &[]
    }
    /// The version the file states; 0 if none.
    fn version(&self) -> u32;
}

macro_rules! items {
    ($doc:ty $(, file cases $file:ident)? ; $($list:ident: $what:ident $(with $cases:ident)?),* $(,)?) => {
        impl Items for $doc {
            #[allow(unused_mut)]
            fn items(&self) -> Vec<Item<'_>> {
                let mut all = Vec::new();
                $(all.extend(self.$list.iter().map(|i| Item { what: What::$what, id: &i.id, cases: items!(@cases i $($cases)?) }));)*
                all
            }
            #[allow(unused_variables)]
            fn retain(&mut self, keep: &mut dyn FnMut(&str) -> bool) {
                $(self.$list.retain(|i| keep(&i.id.value));)*
            }
            $(fn file_cases(&self) -> &[Case] {
                &self.$file
            })?
            fn version(&self) -> u32 {
                self.version
            }
        }
    };
    (@cases $item:ident $cases:ident) => { &$item.$cases };
    (@cases $item:ident) => { &[] };
}

items!(LexiconDoc; concepts: Concept with cases, sites: Other, findings: Finding with cases, classes: Other);
items!(SectionsDoc, file cases cases; headings: Other with cases, copied: Other with cases);
items!(IndexDoc; entries: Other);
items!(
    ContextDoc, file cases cases;
    cues: Cue with cases, pseudo_cues: Other with cases, terminators: Other with cases, values: Other with cases, priors: Other with cases, alike: Other,
    sets: Other
);
items!(AttributesDoc, file cases cases; values: Other with cases, quantities: Other with cases, links: Other with cases, facts: Other);
items!(
    CodingDoc, file cases cases;
    groups: Other, tables: Other, bindings: Other, displacements: Other, rules: Rule with cases, tempting: Rule with cases, flags: Flag with cases, reasons: Other,
    guidelines: Other with cases
);

impl Document {
    /// The document as a list of items.
    pub fn as_items(&self) -> &dyn Items {
        match self {
            Document::Lexicon(d) => d,
            Document::Index(d) => d,
            Document::Sections(d) => d,
            Document::Context(d) => d,
            Document::Attributes(d) => d,
            Document::Coding(d) => d,
        }
    }

    /// The document as a list of items that can be taken out.
    pub fn as_items_mut(&mut self) -> &mut dyn Items {
        match self {
            Document::Lexicon(d) => d,
            Document::Index(d) => d,
            Document::Sections(d) => d,
            Document::Context(d) => d,
            Document::Attributes(d) => d,
            Document::Coding(d) => d,
        }
    }

    /// Cases about facts that a note states of itself (its date, its author).
    pub fn note_cases(&self) -> Vec<&NoteCase> {
        match self {
            Document::Attributes(d) => {
                d.links.iter().flat_map(|l| &l.note_cases).chain(d.facts.iter().flat_map(|f| &f.note_cases)).collect()
            }
            _ => Vec::new(),
        }
    }
}
