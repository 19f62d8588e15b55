//! The engine: knowledge, and the stages in order.

use crate::codeset::Releases;
use crate::coding;
pub use crate::coding::Reviewed;
use crate::diagnostic::Diagnostic;
use crate::findings;
use crate::fold::Folded;
use crate::knowledge::Knowledge;
use crate::layout::{self, Layout};
use crate::mentions::{self, Mention};
use crate::note::Note;
use crate::report::{Report, build, joined};
use crate::span::{Positions, Unit, floor};
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
        self.go_on(note, self.first_look(note))
    }

    /// What the phrases of a note say before anything else is done.
    fn first_look(&self, note: &Note) -> FirstLook {
        let folded = self.knowledge.fold(&note.text);
        let typed = mentions::candidates::typed_code(&folded);
        let possible = typed || mentions::candidates::possible(&note.text, &folded, &self.knowledge);
        FirstLook { folded, typed, possible }
    }

    /// The stages behind the first look.
    fn go_on(&self, note: &Note, first: FirstLook) -> Reviewed {
        let knowledge = &*self.knowledge;
        let FirstLook { folded, typed, possible } = first;
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

    /// Reviews a note only if something of the neck could be meant in it; the report of any other has no finding, no code and no flag.
    ///
    /// It turns too few notes away, never one that hits, and takes a fraction of the time of a review for those.
    pub fn review_possible(&self, note: &Note, unit: Unit) -> Option<Report> {
        if note.text.len() > LONGEST {
            return Some(self.review(note, unit));
        }
        let first = self.first_look(note);
        first.possible.then(|| build::report(note, &self.go_on(note, first), &self.knowledge, unit))
    }

    /// Reviews a note: its report, positions in `unit`. Never fails.
    ///
    /// What is longer than [`LONGEST`] is no note of one encounter: it is read in parts, each on its own, and the report says so.
    pub fn review(&self, note: &Note, unit: Unit) -> Report {
        if note.text.len() <= LONGEST {
            return build::report(note, &self.reviewed(note), &self.knowledge, unit);
        }
        let (mut from, mut base, mut count) = (0, 0, 0);
        let mut whole: Option<Report> = None;
        while from < note.text.len() {
            let end = cut(&note.text, from);
            let text = note.text.get(from..end).unwrap_or_default().to_owned();
            let (id, facts) = (note.id.clone(), note.facts.clone());
            // what is told of the note is told once
            let (notices, passthrough) = if from == 0 { (note.notices.clone(), note.passthrough.clone()) } else { Default::default() };
            let part = Note { id, text, facts, notices, passthrough };
            let report = build::part(&part, &self.reviewed(&part), &self.knowledge, unit, base);
            base = Positions::new(&part.text, unit).from(base).at(part.text.len() as u32);
            match &mut whole {
                Some(whole) => joined::add(whole, report, &self.releases.pick(note.facts.date).set),
                None => whole = Some(report),
            }
            (from, count) = (end, count + 1);
        }
        let mut whole = whole.unwrap_or_else(|| build::report(note, &self.reviewed(note), &self.knowledge, unit));
        joined::close(&mut whole, &note.text, count);
        whole
    }
}

/// A note folded, and whether its phrases could name anything that is sought.
struct FirstLook {
    folded: Folded,
    /// Whether something of a code's shape is typed.
    typed: bool,
    possible: bool,
}

/// Bytes of the longest text that is reviewed as one note; long discharge summaries have a fifth of it.
pub const LONGEST: usize = 1 << 18;

/// Bytes of a part of what is longer.
const PART: usize = 1 << 16;

/// Where the part that begins at `from` ends: behind the last blank line in its second half, else the last line, else the last word.
fn cut(text: &str, from: usize) -> usize {
    if text.len() - from <= PART {
        return text.len();
    }
    let end = floor(text, from + PART);
    let half = floor(text, from + PART / 2);
    let second = text.get(half..end).unwrap_or_default();
    let behind = |mark: &str| second.rfind(mark).map(|at| half + at + mark.len());
    behind("\n\n").or_else(|| behind("\n")).or_else(|| behind(" ")).unwrap_or(end)
}
