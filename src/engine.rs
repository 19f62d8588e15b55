//! The engine: knowledge, and the stages in order.

use crate::codeset::Releases;
use crate::coding;
pub use crate::coding::Reviewed;
use crate::diagnostic::Diagnostic;
use crate::findings;
use crate::knowledge::Knowledge;
use crate::layout;
use crate::note::Note;
use crate::{attributes, context, mentions};
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
        let knowledge = &*self.knowledge;
        let layout = layout::layout(&note.text, knowledge);
        let mentions = mentions::mentions(&note.text, &layout, knowledge);
        let assertions = context::assertions(&note.text, &layout, &mentions, knowledge);
        let attributes = attributes::attributes(note, &layout, &mentions, knowledge);
        let findings = findings::join(mentions, assertions, attributes);
        let coded = coding::code(note, &layout, &findings, knowledge, &self.releases);
        Reviewed { layout, findings, coded }
    }

    /// Reviews a note: its report, positions in `unit`. Never fails.
    pub fn review(&self, note: &Note, unit: crate::span::Unit) -> crate::report::Report {
        crate::report::build::report(note, &self.stages(note), &self.knowledge, unit)
    }
}
