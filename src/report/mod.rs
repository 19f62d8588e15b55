//! Reviewed notes → the report of the contract, and how it is shown.
//!
//! [`Report`] is the contract (`cervicode.report/1`): every field always present, in this order. [`build`] makes it,
//! [`text`], [`html`] and [`csv`] show it; in builds with the feature `parquet` it is a row of columns, too.

pub mod build;
pub mod csv;
pub mod html;
pub mod joined;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod text;

use crate::code::Code;
use crate::span::Unit;
use crate::vocab::{
    AttributeKey, Basis, Certainty, EvidenceRole, FlagSeverity, Polarity, Reason, SectionKind, Setting, Status, Subject, Time,
};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};
use smol_str::SmolStr;

/// The name and number of the report's form; a change of meaning is a new number.
pub const SCHEMA: &str = "cervicode.report/1";

/// What was found in one note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Which note, and what is known of its encounter.
    pub note: NoteInfo,
    /// What made the report.
    pub engine: EngineInfo,
    /// The unit of every `start` and `end` below.
    pub offsets: Unit,
    /// The note's parts; they cover it without gaps.
    pub sections: Vec<Section>,
    /// Suggested codes, in coding order.
    pub codes: Vec<CodeEntry>,
    /// Tempting codes that are not suggested, and why.
    pub withheld: Vec<WithheldEntry>,
    /// What the documentation lacks.
    pub flags: Vec<FlagEntry>,
    /// Every mention with what is said of it.
    pub findings: Vec<FindingEntry>,
    /// Fields of the input record that were asked for.
    #[serde(serialize_with = "as_map")]
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    pub passthrough: Vec<(String, Value)>,
    /// Plain sentences for the reader.
    pub notices: Vec<String>,
}

/// Which note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NoteInfo {
    /// Unique within a run.
    pub id: String,
    /// Hash of the decoded text.
    pub sha256: String,
    /// The setting whose rules were used.
    pub setting: Setting,
    /// "stated" or "assumed".
    pub setting_basis: &'static str,
    /// Date of service.
    pub date: Option<String>,
    /// "stated" or "text".
    pub date_basis: Option<&'static str>,
}

/// What made the report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EngineInfo {
    /// Of the program.
    pub version: &'static str,
    /// Hash of lexicon and rules.
    pub knowledge_sha256: String,
    /// The official release that was used.
    pub codeset: CodesetInfo,
}

/// The official release that was used.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CodesetInfo {
    /// Its first day.
    pub release: String,
    /// Whether it covers the date of service; unknown without one.
    pub covers_date: Option<bool>,
}

/// A part of the note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Section {
    /// What it is for.
    pub kind: SectionKind,
    /// The heading as it stands.
    pub title: Option<SmolStr>,
    /// First character of the heading, or of the text.
    pub start: u32,
    /// First after the heading and its colon.
    pub body_start: u32,
    /// Start of the next section.
    pub end: u32,
    /// Whether diagnoses in it count as assessed.
    pub coded_from: bool,
}

/// A suggested code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CodeEntry {
    /// Complete and billable.
    pub code: Code,
    /// The official title.
    pub title: Option<String>,
    /// One-based place in coding order.
    pub sequence: u32,
    /// Supported or for review.
    pub status: Status,
    /// What it rests on.
    pub basis: Basis,
    /// The rule that suggests it.
    pub rule: String,
    /// One plain sentence.
    pub why: String,
    /// Where the rule's right comes from.
    pub authority: Vec<String>,
    /// Codes of this report that Excludes1 forbids beside it.
    pub conflicts_with: Vec<Code>,
    /// The words it rests on.
    pub evidence: Vec<EvidenceEntry>,
}

/// A code that is not suggested.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WithheldEntry {
    /// The code.
    pub code: Code,
    /// The official title.
    pub title: Option<String>,
    /// Why not.
    pub reason: Reason,
    /// The rule that withholds it.
    pub rule: String,
    /// One plain sentence.
    pub why: String,
    /// Where the rule's right comes from.
    pub authority: Vec<String>,
    /// The words.
    pub evidence: Vec<EvidenceEntry>,
}

/// Words of the note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EvidenceEntry {
    /// What they are in the argument.
    pub role: EvidenceRole,
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
    /// Exactly the note's text between the two.
    pub text: String,
    /// The kind of section they stand in.
    pub section: Option<SectionKind>,
}

/// Something the documentation lacks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FlagEntry {
    /// Its name in the contract.
    pub flag: String,
    /// What it is for.
    pub severity: FlagSeverity,
    /// The codes it is about.
    pub about: Vec<Code>,
    /// One plain sentence.
    pub why: String,
    /// The words that raise it.
    pub evidence: Vec<EvidenceEntry>,
    /// What the codes would be with an answer.
    pub would_change: Vec<ChangeEntry>,
    /// What may be sent to the provider.
    pub query: Option<QueryEntry>,
}

/// The codes that an answer would give.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangeEntry {
    /// The answer.
    #[serde(rename = "if")]
    pub answer: String,
    /// The codes then.
    pub codes: Vec<Code>,
}

/// A question for the provider.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QueryEntry {
    /// The question.
    pub question: String,
    /// What in the record gives rise to it.
    pub indicators: Vec<IndicatorEntry>,
    /// Answers to choose from.
    pub options: Vec<String>,
}

impl QueryEntry {
    /// The indicators that the question does not quote itself, each once.
    pub fn further(&self) -> impl Iterator<Item = &IndicatorEntry> {
        let known =
            |i: usize| self.indicators[..i].iter().any(|e| e.text == self.indicators[i].text && e.section == self.indicators[i].section);
        let further = self.indicators.iter().enumerate();
        further.filter(move |(i, e)| !self.question.contains(&format!("'{}'", e.text)) && !known(*i)).map(|(_, e)| e)
    }
}

/// Quoted words of the note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IndicatorEntry {
    /// The words.
    pub text: String,
    /// The kind of section they stand in.
    pub section: Option<SectionKind>,
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
}

/// A mention with what is said of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FindingEntry {
    /// Concept of the lexicon.
    pub concept: SmolStr,
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
    /// From the first word to the last.
    pub text: SmolStr,
    /// The kind of section it stands in.
    pub section: Option<SectionKind>,
    /// The four axes.
    pub assertion: AssertionEntry,
    /// What decided them.
    pub cues: Vec<CueEntry>,
    /// Its pieces, if it is discontinuous.
    pub spans: Option<Vec<SpanEntry>>,
    /// Its properties.
    pub attributes: Vec<AttributeEntry>,
}

/// The four axes of context.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct AssertionEntry {
    /// There or not.
    pub polarity: Polarity,
    /// How surely.
    pub certainty: Certainty,
    /// When.
    pub time: Time,
    /// Of whom.
    pub subject: Subject,
}

/// A cue's words.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CueEntry {
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
    /// The words.
    pub text: SmolStr,
    /// The rule.
    pub rule: SmolStr,
}

/// A piece of a mention.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct SpanEntry {
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
}

/// A property.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AttributeEntry {
    /// Which.
    pub key: AttributeKey,
    /// Its normalised value.
    pub value: AttributeValue,
    /// First.
    pub start: u32,
    /// First after.
    pub end: u32,
    /// The words.
    pub text: SmolStr,
}

/// A normalised value: `"chronic"`, `{"days":[60,90]}` or `{"score":[7,7],"scale":10}`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Words.
    Text(String),
    /// Days from least to most.
    Days {
        /// Least and most.
        days: [u32; 2],
    },
    /// A score and its scale's maximum.
    Score {
        /// Least and most.
        score: [Number; 2],
        /// Maximum of the scale.
        scale: Number,
    },
}

impl Report {
    /// Whether the note names something of the neck: a code, a withheld code or a flag came of it.
    pub fn is_hit(&self) -> bool {
        !(self.codes.is_empty() && self.withheld.is_empty() && self.flags.is_empty())
    }
}

fn as_map<S: Serializer>(pairs: &[(String, Value)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().map(|(k, v)| (k, v)))
}
