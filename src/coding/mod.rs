//! Findings → suggested codes, withheld codes and flags.

mod apart;
mod bonds;
mod care;
mod combine;
mod decide;
mod edits;
mod encounter;
mod facts;
mod flags;
pub mod lint;
mod query;
mod reconcile;
mod typed;
mod when;

use crate::attributes::NoteValue;
use crate::code::Code;
use crate::codeset::{Picked, Releases};
use crate::findings::Finding;
use crate::knowledge::{Knowledge, NameId};
use crate::layout::Layout;
use crate::note::Note;
use crate::span::Span;
use crate::vocab::{Basis, EvidenceRole, FlagSeverity, Reason, Setting, Status};
use jiff::civil::Date;

/// Everything the coding stage decided of one note.
#[derive(Debug, Clone, Default)]
pub struct Coded {
    /// Suggested codes, in coding order: supported ones, then those for review.
    pub suggestions: Vec<Suggestion>,
    /// Tempting codes that are not suggested, by code.
    pub withheld: Vec<Withheld>,
    /// What the documentation lacks, most severe first.
    pub flags: Vec<Flag>,
    /// Whether each section counts as assessed, by section index.
    pub coded_from: Vec<bool>,
    /// The setting whose rules were used, and whether it was stated.
    pub setting: Option<(Setting, bool)>,
    /// The date of service, and whether it was stated beside the text (else a labelled date in the text gave it).
    pub date: Option<(Date, bool)>,
    /// The ICD-10-CM release that the date picked.
    pub release: Option<Picked>,
    /// Plain sentences for the reader ("no assessment section: nothing is final").
    pub notices: Vec<String>,
}

/// Everything the stages made of one note, before it is shown.
#[derive(Debug)]
pub struct Reviewed {
    /// Structure.
    pub layout: Layout,
    /// Mentions with what is said of them, in text order.
    pub findings: Vec<Finding>,
    /// Codes, withheld codes, flags.
    pub coded: Coded,
}

/// Words that a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// What they are in the argument.
    pub role: EvidenceRole,
    /// Where they stand.
    pub span: Span,
}

/// A suggested code.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Complete and billable.
    pub code: Code,
    /// One-based place in coding order.
    pub sequence: u32,
    /// Supported or for review.
    pub status: Status,
    /// What it rests on.
    pub basis: Basis,
    /// The rule that suggests it.
    pub rule: NameId,
    /// One plain sentence.
    pub why: String,
    /// Where the rule's right comes from.
    pub authority: Vec<String>,
    /// Codes of this report that Excludes1 forbids beside it.
    pub conflicts_with: Vec<Code>,
    /// The words it rests on.
    pub evidence: Vec<Evidence>,
}

/// A tempting code that is not suggested.
#[derive(Debug, Clone)]
pub struct Withheld {
    /// The code.
    pub code: Code,
    /// Why not.
    pub reason: Reason,
    /// The rule that withholds it.
    pub rule: NameId,
    /// One plain sentence.
    pub why: String,
    /// Where the rule's right comes from.
    pub authority: Vec<String>,
    /// The words that tempted and those that forbid.
    pub evidence: Vec<Evidence>,
}

/// Something the documentation lacks.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its name in the report contract ("level").
    pub flag: String,
    /// What it is for.
    pub severity: FlagSeverity,
    /// The rule that raises it.
    pub rule: NameId,
    /// The codes it is about.
    pub about: Vec<Code>,
    /// One plain sentence, for the reader of the report, never for the provider.
    pub why: String,
    /// The words that raise it.
    pub evidence: Vec<Evidence>,
    /// What the codes would be with an answer.
    pub would_change: Vec<Change>,
    /// What may be sent to the provider.
    pub query: Option<Query>,
}

/// The codes that an answer would give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The answer ("C5-C6").
    pub answer: String,
    /// The supported codes then.
    pub codes: Vec<Code>,
}

/// A question that may be sent to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The question, without a leading word.
    pub question: String,
    /// Quoted words of the note with their section.
    pub indicators: Vec<Span>,
    /// Answers to choose from; the last two are always "Other (please specify): ____" and "Unable to determine".
    pub options: Vec<String>,
}

impl Query {
    /// The query as it would be sent; it is stored with the report, which holds the note's id and hash.
    pub fn draft<'a>(&'a self, named: Option<&'a crate::knowledge::coding::Named>) -> lint::Draft<'a> {
        lint::Draft { question: &self.question, options: &self.options, indicators: &self.indicators, why: None, recorded: true, named }
    }
}

/// Codes a note's findings, by the release of its date of service.
pub fn code(
    note: &Note,
    layout: &Layout,
    findings: &[Finding],
    values: Vec<NoteValue>,
    knowledge: &Knowledge,
    releases: &Releases,
) -> Coded {
    let encounter = encounter::read(note, layout, findings, knowledge, releases);
    let mut made = Coded::default();
    // where no sentence was sought nothing is decided
    if !layout.sentences.is_empty() {
        let facts = facts::facts(layout, findings, &encounter, knowledge);
        let decision = decide::decide(&note.text, layout, findings, &facts, &encounter, knowledge);
        made.flags = flags::flags(note, layout, findings, values, &facts, &encounter, &decision, knowledge);
        (made.suggestions, made.withheld) = (decision.suggestions, decision.withheld);
    }
    let mut notices = Vec::new();
    if !encounter.setting_stated {
        notices.push("setting not stated: outpatient rules used".to_owned());
    }
    if !encounter.assesses {
        notices.push("no assessment section: nothing is final".to_owned());
    }
    Coded {
        coded_from: encounter.coded_from,
        setting: Some((encounter.setting, encounter.setting_stated)),
        date: encounter.date,
        release: Some(encounter.release),
        notices,
        ..made
    }
}
