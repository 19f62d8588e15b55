//! Tools for people who write terms and rules: what an id is, why a code is in a report or not, what a change of knowledge changes.

pub mod chain;
pub mod change;
pub mod coverage;
pub mod reference;
pub mod schema;
pub mod sheet;
pub mod skeleton;
pub mod written;

use crate::code::Code;
use crate::knowledge::coding::{CodingKnowledge, Suggest};

/// The codes that a suggestion can become, in the order of its table.
fn codes_of(suggest: &Suggest, coding: &CodingKnowledge) -> Vec<Code> {
    match suggest.table.and_then(|t| coding.tables.get(t)) {
        None => Code::parse(&suggest.stem).into_iter().collect(),
        Some(table) => {
            let mut codes: Vec<Code> = table.rows.values().filter_map(|end| Code::parse(&format!("{}{end}", suggest.stem))).collect();
            codes.sort();
            codes.dedup();
            codes
        }
    }
}
