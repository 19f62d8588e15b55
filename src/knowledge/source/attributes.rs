//! `rules/attributes` as written: the words that are values, the words around numbers, the words that link.

use crate::knowledge::source::case::Case;
use crate::knowledge::yaml::Placed;
use crate::vocab::{AttributeKey, AuthorRole, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One file; every list may be spread over several files.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AttributesDoc {
    /// The format's version: 1.
    pub version: u32,
    /// Words that are a value by themselves: "chronic", "left", "severe".
    pub values: Vec<ValueDoc>,
    /// Numbers and dates, read by the words around them: "for 3 weeks", "7/10", "since 2019".
    pub quantities: Vec<QuantityDoc>,
    /// Numbers in words: "two", "a few".
    pub numbers: Vec<NumberDoc>,
    /// Places in a count, in words: "second", "third".
    pub ordinals: Vec<OrdinalDoc>,
    /// Units of time.
    pub units: Vec<UnitDoc>,
    /// Moments in words: "yesterday", "last week", "September", "Tuesday".
    pub moments: Vec<MomentDoc>,
    /// Words behind which a value stands: "radiating to", "due to", "date of service".
    pub links: Vec<LinkDoc>,
    /// Parts of the body that pain goes to.
    pub targets: Vec<TargetDoc>,
    /// Small words that the readers need, by what they do.
    pub words: Vec<WordsDoc>,
    /// The letters of the spine.
    pub columns: Vec<ColumnDoc>,
    /// Words that state where care was given or who wrote the note.
    pub facts: Vec<FactDoc>,
    /// Cases of the file as a whole.
    pub cases: Vec<Case>,
}

/// Words that are one value of one key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValueDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Which property.
    pub key: AttributeKey,
    /// The normalised value.
    pub value: String,
    /// The words, in any case.
    #[serde(default)]
    pub terms: Vec<Placed<SmolStr>>,
    /// Words that count only in this very case ("L" for left).
    #[serde(default)]
    pub abbreviations: Vec<Placed<SmolStr>>,
    /// Longer phrases that block a match inside them.
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// What a quantity rule reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuantityKind {
    /// A number with a unit of time: "3 weeks".
    Span,
    /// A number: "7".
    Score,
    /// A date or moment: "06/04/2021", "yesterday".
    Date,
    /// A day, week or month counted from the beginning: "day 4", "third week".
    Nth,
}

/// A number or date with the words that make it a value.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QuantityDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Which property.
    pub key: AttributeKey,
    /// What stands in the middle.
    pub of: QuantityKind,
    /// One of these must stand before it; none: nothing need stand there.
    #[serde(default)]
    pub before: Vec<Placed<SmolStr>>,
    /// One of these must stand behind it; none: nothing need stand there.
    #[serde(default)]
    pub after: Vec<Placed<SmolStr>>,
    /// Words that may stand between `before` and the quantity.
    #[serde(default)]
    pub skip: Vec<String>,
    /// Whether it counts only beside words of use `onset` in its sentence ("*began while* she was painting on Saturday"); then what stands
    /// between does not make it the time of something else.
    #[serde(default)]
    pub opened: bool,
    /// Its `before` names what it dates ("date of injury"): a visit, a dose or a therapy named beside it changes nothing.
    #[serde(default)]
    pub named: bool,
    /// Whether it counts only directly beside a mention ("neck pain, 3 weeks").
    #[serde(default)]
    pub beside_mention: bool,
    /// Whether it counts only where marks or line ends stand on both sides, in the story or the assessment ("neck pain, 6/10, 4 mos.").
    #[serde(default)]
    pub alone: bool,
    /// Whether the end of its line will do for the words behind it ("Vitals: P 72  Pain 6").
    #[serde(default)]
    pub line_end: bool,
    /// None of these may stand in the few words before it.
    #[serde(default)]
    pub not_before: Vec<String>,
    /// None of these may stand in the few words behind it.
    #[serde(default)]
    pub not_after: Vec<String>,
    /// Words of which the quantity itself must hold one: " past " in "for the past year".
    #[serde(default)]
    pub holds: Vec<String>,
    /// A score's maximum.
    #[serde(default)]
    pub scale: Option<u32>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Words for a number.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NumberDoc {
    /// Least.
    pub min: f32,
    /// Most.
    pub max: f32,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
}

/// Words for a place in a count.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OrdinalDoc {
    /// Which one: 2 for "second".
    pub nth: u16,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
}

/// A unit of time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UnitDoc {
    /// How many hours it has.
    pub hours: u32,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
    /// Plural words that count without a number ("for years").
    #[serde(default)]
    pub alone: Vec<Placed<SmolStr>>,
    /// How many are meant then, at least and at most.
    #[serde(default)]
    pub alone_means: Option<(u32, u32)>,
}

/// Words for a moment; exactly one of the readings is given.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MomentDoc {
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
    /// Days before the service date, from least to most.
    #[serde(default)]
    pub days_ago: Option<(u32, u32)>,
    /// Day of the week, 1 = Monday.
    #[serde(default)]
    pub weekday: Option<u8>,
    /// Months of the year, first and last (a month: twice the same; a season: three).
    #[serde(default)]
    pub months: Option<(u8, u8)>,
    /// Days of that month, first and last (a holiday).
    #[serde(default)]
    pub days: Option<(u8, u8)>,
}

/// What stands behind a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Where pain goes.
    Radiation,
    /// What it is due to.
    Cause,
    /// The date of service.
    ServiceDate,
}

/// Words behind which a value stands.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LinkDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// What stands behind them.
    pub kind: LinkKind,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
    /// Longer phrases that block a match inside them.
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Whether it counts only directly behind a mention ("neck pain from a fall"), or for a label at the start of a line.
    #[serde(default)]
    pub close: bool,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// Cases for what is read of the note as a whole.
    #[serde(default)]
    pub note_cases: Vec<NoteCase>,
}

/// A part of the body.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetDoc {
    /// "scapula".
    pub value: String,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
    /// Whether a side named before it is its own, not the complaint's: "*both* hands".
    #[serde(default)]
    pub limb: bool,
    /// The side that its words name, if they do ("LUE").
    #[serde(default)]
    pub side: Option<String>,
}

/// What small words do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WordUse {
    /// Deny what follows: "no", "denies".
    Negator,
    /// Behind what is not there: "headache*-free* days".
    NegatorBehind,
    /// Join equals: "and", ",".
    Join,
    /// End the words of a cause: "which", "with".
    Stop,
    /// Begin a new clause: "but".
    Clause,
    /// Between the ends of a range of numbers: "to", "-".
    Range,
    /// Before a number that is not exact: "about".
    About,
    /// Within a date ("mid", "early"), no change of meaning.
    PartOfMonth,
    /// Behind a time of the day: "pm", "hrs".
    Clock,
    /// Begins what someone tells of a complaint, whoever it is: "the house painter *has a* ten-week history of neck pain".
    Tells,
    /// Of something other than the complaint: doses, visits, therapy courses.
    Elsewhere,
    /// What has a time of its own that is not the complaint's: another part, another illness, an event of life ("*knee* swollen for 2 weeks").
    AnotherMatter,
    /// What heals or leaves something behind besides an injury of the spine: "*abrasions* healing", "sequelae of *stroke*".
    HealsToo,
    /// Say that something began with what follows: "began while".
    Onset,
    /// Add half a unit: "and a half".
    Half,
    /// Within the words of a radiation, between its targets: "the", "down".
    Path,
    /// Before a place: "at", "of".
    At,
    /// Behind a level-shaped word that is none: "weighted" ("T2 weighted").
    NoLevel,
    /// Behind a level where nothing is wrong: "unremarkable".
    LevelSpared,
    /// Before a level where nothing is wrong, or that is not meant: "sparing of", "rather than".
    SparesLevel,
    /// Between the ends of a range of levels: "through".
    LevelRange,
    /// Between the two vertebrae of a disc: "on", "/".
    LevelPair,
    /// Before the two vertebrae of a disc that are joined by a word: "between" ("between C5 and C6").
    LevelBetween,
    /// Bring in what goes along with a condition, or does not: "with", "without". A level before them is of what stands before it.
    Company,
    /// What a subject may be that is the complaint, though it does not name the neck: "the *symptoms* have".
    ComplaintWord,
    /// What the telling of a complaint is made of, though it names nothing: "it", "started", "worse", "at its". Where a note has several
    /// problems, a sentence with another word tells of another one.
    Telling,
    /// Stands for the complaint where it is not named: "*it* began", "*hurting* since", "*stiff* for".
    Hurts,
    /// Says that someone tells: a name may stand before it ("Brianna *rates* it 5/10").
    Speaks,
    /// What is done for a problem, and so names none where an entry of an assessment opens with it: "heat", "continue".
    Managed,
    /// Before a subject: "her", "the".
    Determiner,
    /// Before the name of a clinician: "signed *by* R. Patel".
    BeforeName,
    /// Says that what follows was so at first: "initially", "at one time".
    Formerly,
    /// Says that what was so at first is over: "now just", "has resolved".
    OverNow,
    /// How a pain feels, between how strong it is and its name: "a severe *sharp* pain".
    Quality,
    /// Between a condition and its cause, or a cause and what it does: "due to", "causing". Both are at the level that either names.
    Because,
    /// Leads to what something is done for: "ACDF C5-6 *for* herniation".
    Purpose,
    /// Between a complaint and the event it began with, or behind it: "since", "after".
    Following,
    /// Before a word that tells how something is: "is". The word is of what stands before it.
    Copula,
    /// What is felt, wherever it is: "right-sided *pain*".
    Felt,
    /// Say that a value is of all that is named before it: "both" ("pain in the neck and across the back, *both* about 5/10").
    Each,
    /// Behind the number of a day: "rd" ("March 3rd").
    Ordinal,
    /// Say how often something comes within the time behind them: "3 *times* a week".
    Often,
    /// Name another part of the body, whose pain has a score and a course of its own: "*ankle* 8/10".
    OtherPart,
    /// The label of a field that places a score: "*Pain Loc:* knee".
    PlaceLabel,
    /// What a life goes on with, whose time is no complaint's: "*caring for* her mother for the past year".
    WayOfLife,
    /// Stand before a drug: "*on* Wegovy x 4 mo".
    Takes,
    /// Name something else in a label before a colon: "*Migraine:* twice a month, 8/10".
    OtherLabel,
    /// Name another part of the body that a story may be about before the neck is named in it: "here for the left *knee*".
    OtherSite,
    /// Between a month and its year: "of", ",".
    BeforeYear,
    /// An empty box: the value right behind it is not chosen.
    Unticked,
    /// Before the name of who signs: "by".
    Signer,
    /// Before a name and its mark: of who sent the patient or is written to, not of who writes: "*Referring:* A. Lee, DO".
    Sender,
    /// Letters behind a name that are no words of a text, and need no comma before them: "J. Doe *RN*".
    Credential,
}

/// Small words of one use.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WordsDoc {
    /// What they do.
    #[serde(rename = "use")]
    pub what: WordUse,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
}

/// A letter of the spine.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ColumnDoc {
    /// "c".
    pub letter: Placed<SmolStr>,
    /// How many vertebrae it has.
    pub vertebrae: u8,
    /// How many roots it has.
    pub roots: u8,
    /// Whether a single vertebra may be read without a disc partner (not so for "S1", which is also a heart sound).
    pub single: bool,
}

/// Where in a note words state a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Anywhere, and it goes before whatever else is stated ("during this hospitalization").
    Decisive,
    /// In the very first line or two: what the whole document is.
    Top,
    /// In a heading or the first lines.
    Title,
    /// Behind a comma in the first or last lines, in capitals ("J. Doe, DPT").
    Signature,
    /// Anywhere.
    Anywhere,
}

/// Words that state the setting or the author's role.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FactDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// The setting they state.
    #[serde(default)]
    pub setting: Option<Setting>,
    /// The role they state.
    #[serde(default)]
    pub author: Option<AuthorRole>,
    /// Where they count.
    pub place: Place,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
    /// Longer phrases that block a match inside them.
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub note_cases: Vec<NoteCase>,
}

/// A note and the facts its own words state; `none` where nothing may be read.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct NoteCase {
    /// The note.
    pub note: Placed<SmolStr>,
    /// `YYYY-MM-DD` or `none`.
    pub service_date: Option<String>,
    /// `outpatient`, `inpatient` or `none`.
    pub setting: Option<String>,
    /// `provider`, `therapist`, … or `none`.
    pub author: Option<String>,
}

impl AttributesDoc {
    pub(crate) fn strip_cases(&mut self) {
        self.cases.clear();
        self.values.iter_mut().for_each(|d| d.cases.clear());
        self.quantities.iter_mut().for_each(|d| d.cases.clear());
        for link in &mut self.links {
            link.cases.clear();
            link.note_cases.clear();
        }
        self.facts.iter_mut().for_each(|d| d.note_cases.clear());
    }
}
