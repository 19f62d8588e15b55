//! The engine: knowledge, and the stages in order.

use crate::codeset::Releases;
use crate::coding;
pub use crate::coding::Reviewed;
use crate::diagnostic::Diagnostic;
use crate::findings;
use crate::knowledge::Knowledge;
use crate::layout::{self, Layout};
use crate::mentions::{self, Mention};
use crate::note::Note;
use crate::{attributes, context};
use std::sync::Arc;

/// Reviews notes; cheap to clone and to share between threads.
#[derive(Debug, Clone)]
pub struct Engine {
    /// What it knows.
    pub knowledge: Arc<Knowledge>,
    /// The ICD-10-CM releases at hand; a note's date picks one.
    pub releases: Arc<Releases>,
}

impl Engine {
    /// An engine with that knowledge and the embedded release.
    pub fn new(knowledge: Knowledge) -> Engine {
        Engine { knowledge: Arc::new(knowledge), releases: Arc::new(Releases::built_in()) }
    }

    /// The same engine with other releases.
    pub fn with_releases(self, releases: Releases) -> Engine {
        Engine { releases: Arc::new(releases), ..self }
    }

    /// An engine with the built-in knowledge.
    ///
    /// # Errors
    /// Only if the embedded knowledge is damaged.
    pub fn built_in() -> Result<Engine, Vec<Diagnostic>> {
        Ok(Engine::new(Knowledge::built_in()?))
    }

    /// An engine with the knowledge of a folder laid over the built-in.
    ///
    /// # Errors
    /// Every problem in the folder's files, with its place.
    pub fn load(folder: &std::path::Path) -> Result<Engine, Vec<Diagnostic>> {
        Ok(Engine::new(Knowledge::load(folder)?))
    }

    /// Runs every stage on a note. Never fails.
    pub fn stages(&self, note: &Note) -> Reviewed {
        let layout = layout::layout(&note.text, &self.knowledge);
        let mentions = mentions::mentions(&note.text, &layout, &self.knowledge);
        self.read(note, layout, mentions)
    }

    /// What a report is made of: a note that names no target concept and in which no code is typed (nine of ten in a bulk feed)
    /// has no findings and is not read further.
    ///
    /// Candidates come first: sentences are sought, and mentions in them, only where the note's phrases could name a target.
    pub fn reviewed(&self, note: &Note) -> Reviewed {
        let knowledge = &*self.knowledge;
        let folded = knowledge.fold(&note.text);
        let typed = mentions::candidates::typed_code(&folded);
        let possible = typed || mentions::candidates::possible(&note.text, &folded, knowledge);
        let outline = layout::outline(&note.text, folded, knowledge);
        if !possible {
            return self.read(note, outline, Vec::new());
        }
        let layout = layout::whole(&note.text, outline, knowledge);
        let mentions = mentions::mentions(&note.text, &layout, knowledge);
        if !typed && !mentions.iter().any(|m| knowledge.lexicon.concept(m.concept).target) {
            return self.read(note, Layout { items: Vec::new(), sentences: Vec::new(), ..layout }, Vec::new());
        }
        self.read(note, layout, mentions)
    }

    /// The stages behind mentions.
    fn read(&self, note: &Note, layout: Layout, mentions: Vec<Mention>) -> Reviewed {
        let knowledge = &*self.knowledge;
        let assertions = context::assertions(&note.text, &layout, &mentions, knowledge);
        let values = attributes::values(note, &layout, &mentions, knowledge);
        let attributes = attributes::of_mentions(&values, mentions.len());
        let findings = findings::join(mentions, assertions, attributes);
        let coded = coding::code(note, &layout, &findings, values, knowledge, &self.releases);
        Reviewed { layout, findings, coded }
    }

    /// Reviews a note: its report, positions in `unit`. Never fails.
    pub fn review(&self, note: &Note, unit: crate::span::Unit) -> crate::report::Report {
        crate::report::build::report(note, &self.reviewed(note), &self.knowledge, unit)
    }
}
