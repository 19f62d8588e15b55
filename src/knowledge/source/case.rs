//! A case: a few words of a note and what the program must make of them. Cases stand beside what they prove.

use crate::knowledge::yaml::Placed;
use crate::vocab::{AuthorRole, Phase, Reason, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// One case. Every outcome that is named must hold; what is not named is not judged.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Case {
    /// The note's text. `A:` opens an assessment, as in any note.
    pub note: Placed<SmolStr>,
    /// Fact given beside the text.
    pub setting: Option<Setting>,
    /// Fact given beside the text.
    pub author: Option<AuthorRole>,
    /// Fact given beside the text.
    pub phase: Option<Phase>,
    /// Service date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Concepts found, among others; the concept the case stands under is found only if it is named here (`[]`: it is not found).
    pub finds: Option<Vec<String>>,
    /// Words of the note that are asserted present (any certainty but hypothetical, current, of the patient).
    pub present: Vec<String>,
    /// Words of the note that are negated.
    pub absent: Vec<String>,
    /// Words of the note that are hedged (probable or possible).
    pub uncertain: Vec<String>,
    /// Words of the note that are definite.
    pub definite: Vec<String>,
    /// Words of the note that are hypothetical.
    pub hypothetical: Vec<String>,
    /// Words of the note that are historical.
    pub historical: Vec<String>,
    /// Words of the note that are current.
    pub current: Vec<String>,
    /// Words of the note that are said of someone else.
    pub family: Vec<String>,
    /// Words of the note that are said of the patient.
    pub patient: Vec<String>,
    /// Sections, in order, by kind.
    pub sections: Option<Vec<String>>,
    /// Words of the note: the finding whose attributes are meant; without them, those of any finding are.
    pub of: Option<String>,
    /// Attribute values linked to a finding, by key: `duration: 21..21` is written `duration: "21-21"`.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Codes that are supported (others may be, too).
    pub suggests: Vec<String>,
    /// Codes that are offered for review.
    pub review: Vec<String>,
    /// Codes that are withheld, with the reason.
    pub withholds: BTreeMap<String, Reason>,
    /// Codes that are neither supported nor offered for review; a code prefix (`M50`) stands for all below it.
    pub never: Vec<String>,
    /// Flags raised.
    pub flags: Vec<String>,
    /// Flags not raised.
    pub no_flags: Vec<String>,
    /// The first code of the report.
    pub first: Option<String>,
    /// The case fails today and is known to; when it passes, it must be promoted.
    pub known_miss: bool,
}
