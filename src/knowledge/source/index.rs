//! `lexicon/icd10cm/*.yaml` as written: words of daily speech and the codes they lead to.

use crate::knowledge::yaml::Placed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct IndexDoc {
    /// The format's version: 1.
    pub version: u32,
    /// Entries.
    pub entries: Vec<EntryDoc>,
}

/// Words that people use for what the Tabular List calls otherwise.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EntryDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// The words ("neck pain", "sore neck"); plural and case are free.
    pub terms: Vec<Placed<SmolStr>>,
    /// The codes, likeliest first; a header stands for the codes below it.
    pub codes: Vec<Placed<SmolStr>>,
}
