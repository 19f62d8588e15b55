//! `rules/coding/*.yaml` as written: tables, groups, rules, temptations, flags, guidelines.

use crate::knowledge::source::case::Case;
use crate::knowledge::yaml::Placed;
use crate::vocab::{AttributeKey, Basis, FlagSeverity, Reason, Setting, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// One file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CodingDoc {
    /// The format's version: 1.
    pub version: u32,
    /// Named sets of concepts that rules speak of as `@name`.
    pub groups: Vec<GroupDoc>,
    /// Value → end of a code.
    pub tables: Vec<TableDoc>,
    /// Which condition a complication is read as being of.
    pub bindings: Vec<BindingDoc>,
    /// Sets of displaced suggestions that many rules share.
    pub displacements: Vec<DisplacementDoc>,
    /// Findings → codes.
    pub rules: Vec<RuleDoc>,
    /// Findings that look codable and are not.
    pub tempting: Vec<TemptingDoc>,
    /// What the documentation may lack.
    pub flags: Vec<FlagDoc>,
    /// Why a code is withheld, by reason, and what is said of it.
    pub reasons: Vec<ReasonDoc>,
    /// The conventions of assertion, setting and section.
    pub guidelines: Vec<GuidelineDoc>,
    /// Numbered rules of the field that no coding rule carries out, and why.
    pub process_rules: Vec<ProcessRuleDoc>,
    /// Cases of the file as a whole.
    pub cases: Vec<Case>,
}

/// A named set of concepts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GroupDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// Concepts (with all their kinds) and other groups.
    pub members: Vec<Placed<SmolStr>>,
}

/// A complication and the conditions that may be its cause: it is bound to those nearest to it (named as its cause, then in its sentence,
/// then in its problem, then anywhere in the assessment).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BindingDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// The complications.
    pub complications: Vec<Placed<SmolStr>>,
    /// What they may be of.
    pub hosts: Vec<Placed<SmolStr>>,
    /// What they may be of where none of the hosts stands as near.
    #[serde(default)]
    pub weak_hosts: Vec<Placed<SmolStr>>,
    /// Table of nerve root → level: a named root picks the host of its level.
    #[serde(default)]
    pub roots: Option<Placed<SmolStr>>,
}

/// A table from a value to the end of a code.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TableDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// Which property of the finding is looked up.
    pub by: TableKey,
    /// Value → characters appended to the stem; `none` is the row for a value that is not documented.
    pub rows: BTreeMap<String, String>,
}

/// The property a table is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableKey {
    /// Disc level ("C5-C6") or a word for several ("mid-cervical").
    Level,
    /// Region of the spine.
    Region,
    /// Side.
    Laterality,
    /// Phase of care.
    Phase,
    /// Nerve root: the row is no end of a code but the disc level that touches the root.
    Root,
}

/// One coding rule.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleDoc {
    /// Kebab-case id; it names what is found.
    pub id: Placed<SmolStr>,
    /// What it is, in the field's words.
    pub title: String,
    /// Numbers of the project's rule book that it carries out ("R-30").
    pub cites: Vec<String>,
    /// Where its right comes from, as printed.
    pub authority: Vec<String>,
    /// When it fires.
    pub when: WhenDoc,
    /// What it suggests.
    #[serde(default)]
    pub suggest: Vec<SuggestDoc>,
    /// Which other suggestions it displaces.
    #[serde(default)]
    pub replaces: Vec<ReplaceDoc>,
    /// Sets of such suggestions, by id.
    #[serde(default)]
    pub displaces: Vec<Placed<SmolStr>>,
    /// One plain sentence for the report.
    pub why: String,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// When a rule fires: all keys must hold, a list is an "or".
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct WhenDoc {
    /// The finding itself: any of these concepts (or `@group`).
    pub any: Vec<Placed<SmolStr>>,
    /// Its region; empty: any.
    pub region: Vec<String>,
    /// Attribute values, any of each list; `any` accepts every value.
    pub attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Attribute values it must not have; `any` refuses every value.
    pub not_attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Other findings that must stand beside it.
    pub with: Vec<BesideDoc>,
    /// Other findings that must not stand beside it.
    pub without: Vec<BesideDoc>,
    /// Setting of the encounter.
    pub setting: Option<Setting>,
    /// The finding is told as past and gone ("neck pain, resolved"), not as there.
    pub resolved: bool,
}

/// Another finding.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BesideDoc {
    /// Any of these concepts.
    pub any: Vec<Placed<SmolStr>>,
    /// How near it must stand.
    pub near: Near,
    /// Which findings count.
    pub among: Among,
    /// Its region, whatever that of the finding itself; empty: the same, as far as both tell theirs.
    pub region: Vec<String>,
    /// Its attribute values.
    pub attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Attribute values it must not have; `any` refuses every value.
    pub not_attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Whether its region may differ.
    pub any_region: bool,
}

/// How near another finding must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Near {
    /// Anywhere in the note.
    #[default]
    Note,
    /// In the same problem or paragraph.
    Item,
    /// In the entries of the same problem: "Neck pain.", then "- Medical reasoning: a muscle strain".
    Problem,
    /// In the same sentence.
    Sentence,
    /// In another problem or paragraph.
    OtherItem,
    /// At its level, as far as both tell theirs.
    Level,
    /// Bound to it: the complication to its condition, the condition to its complication.
    Bound,
    /// A condition that shares a complication with it.
    Rival,
    /// Said not to come from it ("not due to the disc").
    Apart,
    /// Named as its cause ("due to …").
    Cause,
    /// What it is named as the cause of.
    Effect,
}

/// Which findings count as standing beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Among {
    /// Those that count as the finding itself does.
    #[default]
    Assessed,
    /// Affirmed anywhere in the note, of the patient, now.
    Affirmed,
    /// Affirmed anywhere, now or in the past.
    Ever,
    /// Denied anywhere.
    Denied,
    /// Affirmed by the provider: in the assessment or the narrative.
    Told,
    /// Affirmed or hedged anywhere but in passing: what is not settled.
    Open,
    /// Hedged anywhere.
    Hedged,
    /// Affirmed, hedged, past or resolved: somebody has thought of it.
    Entertained,
    /// Told as past, not resolved.
    Past,
    /// Affirmed and not told as old: in the assessment, the complaint or the present history.
    Recent,
    /// Ordered or planned: to come, or named in the plan.
    Planned,
    /// Done in this encounter: named in the account of a procedure or in its heading.
    Performed,
}

/// A code to suggest.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SuggestDoc {
    /// The whole code, or the stem that the table completes.
    pub code: Placed<SmolStr>,
    /// The table that completes it.
    pub table: Option<Placed<SmolStr>>,
    /// Supported or for review.
    pub status: Option<Status>,
    /// What it rests on, where not plainly documented.
    pub basis: Option<Basis>,
    /// Place in coding order: low first; 50 where nothing is said.
    pub rank: Option<u32>,
    /// Pair disc levels with another finding by this table of root → level.
    pub pair: Option<PairDoc>,
}

/// How a levelled condition and a complication are paired level by level.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PairDoc {
    /// The complication.
    pub with: Vec<Placed<SmolStr>>,
    /// The table of nerve root → the disc level that touches it.
    pub roots: Option<Placed<SmolStr>>,
}

/// Suggestions that are displaced while this rule's stand.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReplaceDoc {
    /// Codes or prefixes.
    pub codes: Vec<Placed<SmolStr>>,
    /// Why.
    pub reason: Reason,
    /// What becomes of them.
    #[serde(default)]
    pub outcome: Outcome,
    /// Only codes of the same level.
    #[serde(default)]
    pub same_level: bool,
    /// Only codes of the same region.
    #[serde(default)]
    pub same_region: bool,
    /// A problem of its own in the assessment is kept for review instead.
    #[serde(default)]
    pub own_problem_review: bool,
    /// Where the displacing finding stands only outside the assessment, the displaced code is for review, too.
    #[serde(default)]
    pub demotes: bool,
    /// Not while one of these stands in either problem.
    #[serde(default)]
    pub unless: Vec<Placed<SmolStr>>,
    /// What is said of the displaced code.
    pub why: String,
    /// Where the right comes from, if not the rule's own.
    #[serde(default)]
    pub authority: Vec<String>,
}

/// A set of displaced suggestions with an id.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DisplacementDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// What is displaced.
    pub replaces: Vec<ReplaceDoc>,
}

/// What becomes of a suggestion that another displaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is withheld.
    #[default]
    Withhold,
    /// It stays, for review.
    Review,
    /// Both stay, for review.
    BothReview,
    /// It stays, and the one that would displace it is for review.
    OtherReview,
}

/// A finding that looks codable and is not.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TemptingDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// Numbers of the rule book.
    pub cites: Vec<String>,
    /// Where the right comes from.
    pub authority: Vec<String>,
    /// When.
    pub when: WhenDoc,
    /// The codes it tempts to.
    pub codes: Vec<SuggestDoc>,
    /// Why not, where the finding is affirmed; without it an affirmed finding tempts to nothing.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// One plain sentence.
    pub why: String,
    /// Only in a note with a neck finding.
    #[serde(default)]
    pub only_when_coded: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// What is said of a code that is withheld for a reason of assertion or place.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReasonDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// The reason.
    pub reason: Reason,
    /// Numbers of the rule book.
    pub cites: Vec<String>,
    /// Where the right comes from.
    pub authority: Vec<String>,
    /// One plain sentence; `{words}` is the finding's own words.
    pub why: String,
}

/// A convention that the coding stage itself carries out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GuidelineDoc {
    /// Its id.
    pub id: Placed<SmolStr>,
    /// Numbers of the rule book.
    pub cites: Vec<String>,
    /// Where the right comes from.
    pub authority: Vec<String>,
    /// One plain sentence.
    pub why: String,
    /// Concepts or groups it speaks of, where it does.
    #[serde(default)]
    pub concepts: Vec<Placed<SmolStr>>,
    /// A second set, where it needs one.
    #[serde(default)]
    pub beside: Vec<Placed<SmolStr>>,
    /// Codes it speaks of, where it does.
    #[serde(default)]
    pub codes: Vec<Placed<SmolStr>>,
    /// Words (of a heading, for example) it looks for.
    #[serde(default)]
    pub phrases: Vec<String>,
    /// A number of days it speaks of.
    #[serde(default)]
    pub days: Option<u32>,
    /// How many tokens before a finding, in its sentence, its words may stand.
    #[serde(default)]
    pub within: Option<u32>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// A numbered rule of the field that no coding rule carries out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProcessRuleDoc {
    /// Its number.
    pub rule: Placed<SmolStr>,
    /// Where it is carried out, or why it is not.
    pub how: String,
}

/// Something the documentation may lack.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FlagDoc {
    /// Its id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Its name in the report.
    pub flag: String,
    /// What it is for.
    pub severity: FlagSeverity,
    /// Numbers of the rule book and names of the gap list.
    pub cites: Vec<String>,
    /// When it is raised: one of these must hold.
    pub when: Vec<FlagWhenDoc>,
    /// One plain sentence for the coder, never for the provider.
    pub why: String,
    /// Answers that could change a code, tried by running the coding stage again.
    #[serde(default)]
    pub would_change: Option<WouldChangeDoc>,
    /// What may be asked.
    #[serde(default)]
    pub query: Option<QueryDoc>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// One way a flag comes to be raised; all keys must hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FlagWhenDoc {
    /// A supported code within one of these.
    pub supported: Vec<Placed<SmolStr>>,
    /// A supported or review code within one of these.
    pub suggested: Vec<Placed<SmolStr>>,
    /// No supported code within any of these.
    pub not_supported: Vec<Placed<SmolStr>>,
    /// No supported or review code within any of these.
    pub not_suggested: Vec<Placed<SmolStr>>,
    /// A supported code in the plain form of one of these tables (its `none` row).
    pub unspecified_in: Vec<Placed<SmolStr>>,
    /// The note gives none of these for the neck, anywhere in the provider's words.
    pub note_lacks: Vec<AttributeKey>,
    /// The note gives one of these attribute values somewhere, any of each list.
    pub note_has: BTreeMap<AttributeKey, Vec<String>>,
    /// A duration or onset of at least so many days.
    pub lasting_days: Option<u32>,
    /// Not if the complaint is told to have lasted fewer days than these.
    pub unless_under_days: Option<u32>,
    /// Findings that must stand in the note.
    pub with: Vec<BesideDoc>,
    /// Findings that must not.
    pub without: Vec<BesideDoc>,
    /// A code withheld or offered for one of these reasons, of these codes.
    pub withheld: Option<WithheldWhenDoc>,
    /// Something the coding stage noticed.
    pub noticed: Vec<Placed<SmolStr>>,
    /// The setting was assumed.
    pub setting_assumed: bool,
    /// No section counts as assessed.
    pub nothing_assessed: bool,
    /// The note is about the neck: a code is suggested or withheld for it, or it is a presenting complaint.
    pub neck_topic: bool,
}

/// A withheld code.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct WithheldWhenDoc {
    /// For one of these reasons.
    pub reason: Vec<Reason>,
    /// Within one of these.
    pub codes: Vec<Placed<SmolStr>>,
    /// From an assessed section only.
    pub assessed: bool,
}

/// Answers to try.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct WouldChangeDoc {
    /// The attribute that an answer would give.
    pub attribute: Option<AttributeKey>,
    /// The answers.
    pub values: Vec<String>,
    /// Findings (concepts) that an answer would affirm, by answer.
    pub findings: BTreeMap<String, String>,
    /// The answer makes the uncertain findings certain (`confirmed`), and drops them (`ruled out`).
    pub certainty: bool,
    /// Concepts that take the attribute; empty: those of the codes.
    pub of: Vec<Placed<SmolStr>>,
    /// An answer is shown also where no code changes.
    pub keep_same: bool,
}

/// A question that may be sent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QueryDoc {
    /// The question; `{quote}` is the first indicator, `{section}` its heading.
    pub question: String,
    /// Whether `{quote}` is the condition that the flag's codes rest on instead: "document the cause of *the neck pain*".
    #[serde(default)]
    pub quotes_condition: bool,
    /// Answers; shown only where their need is met.
    #[serde(default)]
    pub options: Vec<OptionDoc>,
    /// Concepts whose mentions are quoted as indicators beside the flag's evidence.
    #[serde(default)]
    pub indicators: Vec<Placed<SmolStr>>,
    /// The question where fewer than two answers remain.
    #[serde(default)]
    pub open_question: Option<String>,
}

/// One answer of a query.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OptionDoc {
    /// Its text.
    pub text: String,
    /// Concepts, one of which must be mentioned for the answer to be offered.
    #[serde(default)]
    pub needs: Vec<Placed<SmolStr>>,
    /// It names a diagnosis.
    #[serde(default)]
    pub diagnosis: bool,
}

impl CodingDoc {
    pub(crate) fn strip_cases(&mut self) {
        self.cases.clear();
        for rule in &mut self.rules {
            rule.cases.clear();
        }
        for tempting in &mut self.tempting {
            tempting.cases.clear();
        }
        for flag in &mut self.flags {
            flag.cases.clear();
        }
        for guideline in &mut self.guidelines {
            guideline.cases.clear();
        }
    }
}
