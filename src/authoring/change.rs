//! What a change of knowledge changes: two reports of each note, and the differences grouped by kind.

use crate::code::Code;
use crate::report::{EvidenceEntry, Report};
use crate::vocab::{Reason, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// The kinds of difference, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A code is suggested that was not.
    CodeAdded,
    /// A code is no longer suggested.
    CodeRemoved,
    /// A code is suggested with another status.
    StatusChanged,
    /// The same codes stand in another order.
    OrderChanged,
    /// A code is withheld that was not.
    WithheldAdded,
    /// A code is no longer withheld.
    WithheldRemoved,
    /// A code is withheld for another reason.
    ReasonChanged,
    /// A flag is raised that was not.
    FlagAdded,
    /// A flag is no longer raised.
    FlagRemoved,
}

impl Kind {
    /// The words for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::CodeAdded => "code added",
            Kind::CodeRemoved => "code removed",
            Kind::StatusChanged => "status changed",
            Kind::OrderChanged => "order changed",
            Kind::WithheldAdded => "withheld added",
            Kind::WithheldRemoved => "withheld removed",
            Kind::ReasonChanged => "reason changed",
            Kind::FlagAdded => "flag added",
            Kind::FlagRemoved => "flag removed",
        }
    }
}

/// What changed in one note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind of difference.
    pub kind: Kind,
    /// The code or flag ("M54.2", "M54.2 supported -> review").
    pub what: String,
    /// The note.
    pub note: String,
    /// The rule that made it or used to.
    pub rule: Option<String>,
    /// The words of the note it rests on.
    pub evidence: Vec<String>,
}

/// All notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Notes read.
    pub notes: u64,
    /// Notes with a difference.
    pub changed: u64,
    /// How many differences of each kind, by what changed.
    pub counts: BTreeMap<Kind, BTreeMap<String, u64>>,
    /// Each difference, by kind, then by what changed, then in input order.
    pub changes: Vec<Change>,
}

impl Changes {
    /// Adds what changed in one note.
    pub fn add(&mut self, before: &Report, after: &Report) {
        let found = differences(before, after);
        self.notes += 1;
        self.changed += u64::from(!found.is_empty());
        for change in found {
            *self.counts.entry(change.kind).or_default().entry(change.what.clone()).or_default() += 1;
            self.changes.push(change);
        }
    }

    /// Groups the differences.
    pub fn finish(mut self) -> Changes {
        // stable: notes stay in input order
        self.changes.sort_by(|a, b| (a.kind, &a.what).cmp(&(b.kind, &b.what)));
        self
    }
}

/// The differences between two reports of one note.
pub fn differences(before: &Report, after: &Report) -> Vec<Change> {
    let mut out = Vec::new();
    let mut push = |kind, what: String, rule: Option<&str>, evidence: &[EvidenceEntry]| {
        let evidence = evidence.iter().map(|e| e.text.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        out.push(Change { kind, what, note: after.note.id.clone(), rule: rule.map(str::to_string), evidence });
    };
    for new in &after.codes {
        match before.codes.iter().find(|c| c.code == new.code) {
            None => push(Kind::CodeAdded, new.code.to_string(), Some(&new.rule), &new.evidence),
            Some(old) if old.status != new.status => {
                let status = |s: Status| s.as_str();
                let what = format!("{} {} -> {}", new.code, status(old.status), status(new.status));
                push(Kind::StatusChanged, what, Some(&new.rule), &new.evidence);
            }
            Some(_) => {}
        }
    }
    for old in before.codes.iter().filter(|o| after.codes.iter().all(|n| n.code != o.code)) {
        push(Kind::CodeRemoved, old.code.to_string(), Some(&old.rule), &old.evidence);
    }
    let order = |r: &Report| -> Vec<Code> { r.codes.iter().map(|c| c.code).collect() };
    let (old, new) = (order(before), order(after));
    let (mut sorted_old, mut sorted_new) = (old.clone(), new.clone());
    sorted_old.sort();
    sorted_new.sort();
    if old != new && sorted_old == sorted_new {
        let list = |codes: &[Code]| codes.iter().map(Code::to_string).collect::<Vec<_>>().join(" ");
        push(Kind::OrderChanged, format!("{} -> {}", list(&old), list(&new)), None, &[]);
    }
    for new in &after.withheld {
        match before.withheld.iter().find(|w| w.code == new.code) {
            None => push(Kind::WithheldAdded, format!("{} ({})", new.code, new.reason), Some(&new.rule), &new.evidence),
            Some(old) if old.reason != new.reason => {
                let reason = |r: Reason| r.as_str();
                let what = format!("{} {} -> {}", new.code, reason(old.reason), reason(new.reason));
                push(Kind::ReasonChanged, what, Some(&new.rule), &new.evidence);
            }
            Some(_) => {}
        }
    }
    for old in before.withheld.iter().filter(|o| after.withheld.iter().all(|n| n.code != o.code)) {
        push(Kind::WithheldRemoved, format!("{} ({})", old.code, old.reason), Some(&old.rule), &old.evidence);
    }
    for new in after.flags.iter().filter(|n| before.flags.iter().all(|o| o.flag != n.flag)) {
        push(Kind::FlagAdded, new.flag.clone(), None, &new.evidence);
    }
    for old in before.flags.iter().filter(|o| after.flags.iter().all(|n| n.flag != o.flag)) {
        push(Kind::FlagRemoved, old.flag.clone(), None, &old.evidence);
    }
    out.sort_by_key(|c| c.kind);
    out
}
