//! Checks gold labels before they are trusted: wrong offsets, unknown codes and ids, duplicated notes.

use super::{Gold, Scoring};
use crate::code::Code;
use crate::codeset::{Releases, Validity};
use crate::engine::Engine;
use crate::vocab::{AuthorRole, Phase, Reason, Setting};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Something wrong with gold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoldFault {
    /// The file, and its line if it holds many.
    pub place: String,
    /// The part of the labels (`codes[1].evidence`).
    pub part: String,
    /// One plain sentence.
    pub message: String,
}

/// The keys that labels may have, in both spellings; and those of a record beside `gold`.
const KEYS: [&str; 15] = [
    "version",
    "setting",
    "date",
    "author",
    "encounter-phase",
    "encounter_phase",
    "style",
    "codes",
    "review",
    "one-of",
    "one_of",
    "withheld",
    "flags",
    "flags-ok",
    "flags_ok",
];
const RECORD_KEYS: [&str; 7] = ["id", "text", "source", "licence", "note_type", "sections_used", "attributes"];

/// Checks labels one after the other; it remembers ids and notes.
#[derive(Debug, Clone)]
pub struct Checker {
    releases: Arc<Releases>,
    flags: BTreeSet<String>,
    ids: BTreeMap<String, String>,
    notes: BTreeMap<[u8; 32], String>,
    /// What was found.
    pub faults: Vec<GoldFault>,
}

impl Checker {
    /// A checker that knows the releases at hand, and the flags of the knowledge and of the scoring.
    pub fn new(engine: &Engine, scoring: &Scoring) -> Checker {
        let known = engine.knowledge.coding.flags.iter().map(|f| f.flag.clone());
        Checker {
            releases: engine.releases.clone(),
            flags: known.chain(scoring.doc.flags.iter().cloned()).collect(),
            ids: BTreeMap::new(),
            notes: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// Checks the labels of one note.
    pub fn check(&mut self, place: &str, gold: &Gold, text: &str) {
        let mut at = Here { place, text, faults: &mut self.faults };
        if let Some(other) = self.ids.insert(gold.id.clone(), place.to_string()) {
            at.fault("id", format!("`{}` stands in {other} already", gold.id));
        }
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if let Some(other) = self.notes.insert(Sha256::digest(words.as_bytes()).into(), place.to_string()) {
            at.fault("text", format!("the same note stands in {other} already"));
        }
        let empty = Value::Null;
        let record = &gold.source;
        let labels = record.get("gold").filter(|g| g.is_object()).unwrap_or(record);
        at.keys(labels);
        let of = |names: [&str; 2]| names.iter().find_map(|n| labels.get(*n)).unwrap_or(&empty);
        at.word(record, labels, "setting", &|w| Setting::parse(w).is_some());
        at.word(record, labels, "author", &|w| AuthorRole::parse(w).is_some());
        at.word(record, labels, "encounter-phase", &|w| Phase::parse(w).is_some());
        at.word(record, labels, "date", &|w| w.parse::<jiff::civil::Date>().is_ok());

        let release = self.releases.pick(gold.facts.date).set;
        let mut stands: BTreeMap<String, &str> = BTreeMap::new();
        for list in ["codes", "review", "withheld"] {
            for (i, entry) in at.list(of([list, list]), list) {
                let part = format!("{list}[{i}]");
                let code = entry.get("code").or(Some(entry)).and_then(Value::as_str).unwrap_or("");
                let reason = entry.get("reason").and_then(Value::as_str);
                match Code::parse(code) {
                    None => at.fault(&part, "its code is not shaped like one"),
                    Some(parsed) if reason != Some("invalid-code") && release.validity(parsed) != Validity::Valid => {
                        at.fault(&part, format!("{parsed} is no valid code in the release of {}", release.release()));
                    }
                    Some(parsed) if parsed.to_string() != code => at.fault(&part, format!("{code} is written {parsed}")),
                    Some(_) => {}
                }
                if list == "withheld" && reason.and_then(Reason::parse).is_none() {
                    at.fault(&part, "its reason is missing or none of the report's");
                }
                if let Some(other) = stands.insert(code.to_string(), list) {
                    at.fault(&part, format!("{code} stands in `{other}` already"));
                }
                at.evidence(entry, &part);
            }
        }
        for (i, group) in at.list(of(["one_of", "one-of"]), "one-of") {
            for code in group.as_array().into_iter().flatten() {
                let code = code.get("code").unwrap_or(code).as_str().unwrap_or("");
                if Code::parse(code).is_none_or(|c| release.validity(c) != Validity::Valid) {
                    at.fault(&format!("one-of[{i}]"), format!("{code} is no valid code in the release of {}", release.release()));
                }
            }
        }
        for (names, shown) in [(["flags", "flags"], "flags"), (["flags_ok", "flags-ok"], "flags-ok")] {
            for (i, entry) in at.list(of(names), shown) {
                let part = format!("{shown}[{i}]");
                let flag = entry.get("flag").or(Some(entry)).and_then(Value::as_str).unwrap_or("");
                if !self.flags.contains(flag) {
                    at.fault(&part, format!("`{flag}` is no flag"));
                }
                at.evidence(entry, &part);
            }
        }
    }
}

/// The labels being checked.
struct Here<'a> {
    place: &'a str,
    text: &'a str,
    faults: &'a mut Vec<GoldFault>,
}

impl Here<'_> {
    fn fault(&mut self, part: &str, message: impl Into<String>) {
        self.faults.push(GoldFault { place: self.place.to_string(), part: part.to_string(), message: message.into() });
    }

    fn keys(&mut self, labels: &Value) {
        for key in labels.as_object().into_iter().flat_map(|o| o.keys()) {
            if !KEYS.contains(&key.as_str()) && !RECORD_KEYS.contains(&key.as_str()) {
                self.fault(key, "is no key of gold labels");
            }
        }
    }

    fn word(&mut self, record: &Value, labels: &Value, key: &str, known: &dyn Fn(&str) -> bool) {
        let spelt = key.replace('-', "_");
        let value = [record, labels].into_iter().find_map(|v| v.get(key).or_else(|| v.get(&spelt))).filter(|v| !v.is_null());
        if value.is_some_and(|v| v.as_str().is_none_or(|w| !known(w))) {
            self.fault(key, "its value is not known");
        }
    }

    fn list<'v>(&mut self, value: &'v Value, name: &str) -> Vec<(usize, &'v Value)> {
        if !value.is_null() && !value.is_array() {
            self.fault(name, "is no list");
        }
        value.as_array().into_iter().flatten().enumerate().collect()
    }

    /// Words that are given are in the note, and where they are said to be.
    fn evidence(&mut self, entry: &Value, part: &str) {
        let words = entry.get("evidence").or_else(|| entry.get("quote")).and_then(Value::as_str);
        if let Some(words) = words
            && !self.text.contains(words)
        {
            self.fault(&format!("{part}.evidence"), "its words are not in the note");
        }
        let position = |key: &str| entry.get(key).map(|v| v.as_u64().unwrap_or(u64::MAX));
        let (Some(start), Some(end)) = (position("start"), position("end")) else { return };
        let length = self.text.chars().count() as u64;
        if start >= end || end > length {
            self.fault(&format!("{part}.start"), format!("{start} to {end} is no place in a note of {length} code points"));
        } else if let Some(words) = words {
            let there: String = self.text.chars().skip(start as usize).take((end - start) as usize).collect();
            if there != words {
                self.fault(&format!("{part}.start"), format!("its words are not at {start} to {end} (code points)"));
            }
        }
    }
}
