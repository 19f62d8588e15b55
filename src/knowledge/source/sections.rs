//! `rules/sections.yaml` as written.

use crate::knowledge::source::case::Case;
use crate::knowledge::yaml::Placed;
use crate::vocab::SectionKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The file: headings, and what sentences and lists look like.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SectionsDoc {
    /// The format's version: 1.
    pub version: u32,
    /// Headings.
    pub headings: Vec<HeadingDoc>,
    /// Lines that mark the text below them as carried over from an earlier note.
    pub copied: Vec<CopiedDoc>,
    /// Words of one use.
    pub words: Vec<WordsDoc>,
    /// Cases of the file as a whole.
    pub cases: Vec<Case>,
}

/// How a heading's words open its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeadingUse {
    /// As a heading: "Assessment:", "## Assessment".
    #[default]
    Heading,
    /// Names a part of such a section ("HEENT:" of an examination): opens one only where none is open.
    Part,
    /// In prose, at the start of a sentence: "My impression is that …".
    Prose,
    /// Before the name of a problem that is told by itself, where no other heading assesses: "#Neck pain", "Problem #1: neck pain".
    Problem,
}

/// Headings of one kind.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeadingDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// What the section is for.
    pub kind: SectionKind,
    /// How the words open it.
    #[serde(default, rename = "use")]
    pub how: HeadingUse,
    /// The words, in any case.
    pub terms: Vec<Placed<SmolStr>>,
    /// Words that also open it before text without any mark between ("A/P neck pain").
    #[serde(default)]
    pub bare: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Lines that begin and end a block carried over from an earlier note.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CopiedDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Words in a line that begins one.
    pub begin: Vec<Placed<SmolStr>>,
    /// Words in a line that ends one.
    pub end: Vec<Placed<SmolStr>>,
    /// Words that begin one where the line holds nothing else but a date: "Last visit (1/16):".
    #[serde(default)]
    pub alone: Vec<Placed<SmolStr>>,
    /// How a line begins that resumes this visit's note behind it: "Office visit today".
    #[serde(default)]
    pub resume: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// What words do in headings and sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SectionWordUse {
    /// Before a heading's words: "final", "clinical".
    Before,
    /// Stands before a diagnosis and no other heading: "*rehabilitation* diagnosis".
    BeforeDiagnosis,
    /// Behind them: "at discharge", "today".
    After,
    /// Before an opening in prose: "so", "in summary".
    Lead,
    /// Between two headings in one: "and", "/".
    Join,
    /// A line that holds one names a problem, and is no heading in an assessment: "pain", "syndrome".
    Problem,
    /// Endings of such words: "pathy", "itis".
    ProblemEnding,
    /// Endings of words that say something of the heading before them: "diagnosis chang*ed*".
    VerbEnding,
    /// A label within a section that never opens one: "medical reasoning".
    Label,
    /// Abbreviations whose point ends no sentence: "Dr", "vs".
    Abbreviation,
    /// Abbreviations whose point may end a sentence, before a capital: "etc".
    FinalAbbreviation,
    /// Those of them that end a sentence before small letters, too, where it is written in such: "no *fx.* neck pain persists".
    Closing,
    /// A line that ends with one goes on in the next: "no", "of".
    Unfinished,
    /// A line that ends with one, behind other words and no mark, goes on before small letters: "No evidence of cervical".
    Attributive,
    /// A line that begins with one, in small letters, goes on with the line before: "of", "and".
    Continuing,
    /// Behind a question mark these belong to the question: "Arm pain? No."
    Answer,
    /// A short line that begins with one and ends with a comma or a colon opens a letter, and ends the diagnoses above it: "dear".
    Salutation,
    /// A heading of a report that is its conclusion where it has no other: "interpretation".
    Concluding,
    /// Heads a column of a table that holds answers: "yes" and "no".
    Column,
    /// A mark in such a column: "x".
    Tick,
    /// Names a column of a table, whose first row is no heading: "date noted".
    TableColumn,
    /// Names the first column of a table of diagnoses: "problem".
    TableHead,
    /// A label before the name of a section: "Section: Assessment".
    SectionLabel,
    /// What a form calls its fields before their numbers: "*Box* 17 Diagnosis:".
    Field,
    /// In a heading it is known with one slip in it: "imression".
    Correctable,
    /// Names a study whose report ends in an impression of its own: "MRI", "ultrasound".
    Study,
    /// In a heading: the section tells what others have written: "records reviewed".
    Record,
    /// In a line of capitals: it is no problem that is assessed: "triage", "instructions".
    NoProblem,
    /// A label before a name, or before that person's own statement, which is an addendum: "attending".
    Stating,
    /// In a heading: of an earlier visit, where another of the note is of this one: "last visit".
    Earlier,
    /// In a heading: of somebody else, where another assessment of the note is not: "referring provider's impression".
    Another,
    /// Before a heading within its line: what the line has from an earlier note: "Last visit: Assessment: strain."
    EarlierNote,
    /// In a heading: of this visit: "today".
    Now,
    /// Beside the date of a line that opens a visit: "DOS", "encounter".
    Visit,
    /// At the end of a heading, with what follows it: whose it is, or when: "by", "at".
    Byline,
    /// Those of them that name the writer whatever the case of the heading: "by" ("assessment by np smith", not "diagnosis on referral").
    Author,
    /// Says what is done about a problem: "refill", "ordered", "advised".
    Managed,
}

/// Words of one use.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WordsDoc {
    /// What they do.
    #[serde(rename = "use")]
    pub what: SectionWordUse,
    /// The words.
    pub terms: Vec<Placed<SmolStr>>,
}

impl SectionsDoc {
    pub(crate) fn strip_cases(&mut self) {
        self.cases.clear();
        self.headings.iter_mut().for_each(|d| d.cases.clear());
        self.copied.iter_mut().for_each(|d| d.cases.clear());
    }
}
