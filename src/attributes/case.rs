//! What a case says of attributes, checked against what was found.

use crate::attributes::{Attribute, facts};
use crate::knowledge::Knowledge;
use crate::knowledge::source::attributes::NoteCase;
use crate::layout;
use crate::vocab::AttributeKey;
use std::collections::BTreeMap;

/// Every difference between expected values (`duration: ["21-21"]`, `pain-score: ["7/10"]`) and those found, in plain words; an empty list expects none.
pub fn differences(expected: &BTreeMap<String, Vec<String>>, found: &[Attribute]) -> Vec<String> {
    let mut out = Vec::new();
    for (key, values) in expected {
        let Some(parsed) = AttributeKey::parse(key) else {
            out.push(format!("`{key}` is no attribute key"));
            continue;
        };
        let mut wanted = values.clone();
        let mut got: Vec<String> = found.iter().filter(|a| a.key == parsed).map(|a| a.value.to_string()).collect();
        for list in [&mut wanted, &mut got] {
            list.sort();
            list.dedup();
        }
        if wanted != got {
            out.push(format!("{key}: expected {wanted:?}, found {got:?}"));
        }
    }
    out
}

/// Every difference between the facts a note case names and those its words state.
pub fn note_differences(case: &NoteCase, knowledge: &Knowledge) -> Vec<String> {
    let text = &case.note.value;
    let layout = layout::layout(text, knowledge);
    let stated = facts::stated(text, &layout, knowledge);
    let date = stated.date.map(|(d, _)| d.to_string());
    let setting = stated.setting.map(|(s, _)| s.to_string());
    let author = stated.author.map(|(a, _)| a.to_string());
    let pairs = [("service-date", &case.service_date, date), ("setting", &case.setting, setting), ("author", &case.author, author)];
    let mut out = Vec::new();
    for (what, wanted, got) in pairs {
        let got = got.unwrap_or_else(|| "none".to_string());
        if wanted.as_ref().is_some_and(|w| *w != got) {
            out.push(format!("{what}: expected {}, found {got}", wanted.as_deref().unwrap_or("none")));
        }
    }
    out
}
