//! Which concepts, cues, headings, rules and flags fired over some notes, how often, and which never did.

use crate::coding::Reviewed;
use crate::knowledge::source::SourceFile;
use crate::knowledge::source::items::What;
use crate::knowledge::{Knowledge, NameId};
use serde::Serialize;
use std::collections::BTreeMap;

/// How often each item fired.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    notes: u64,
    fired: BTreeMap<NameId, Fired>,
}

/// How often one item fired.
#[derive(Debug, Clone, Copy, Default)]
struct Fired {
    times: u64,
    notes: u64,
}

/// What is shown of the counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Notes read.
    pub notes: u64,
    /// Each kind of item.
    pub kinds: Vec<Kind>,
}

/// Items of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// "concept", "cue", "heading", "rule", "flag".
    pub kind: &'static str,
    /// Those that fired, most often first.
    pub fired: Vec<Item>,
    /// Those that never did.
    pub never: Vec<Silent>,
}

/// An item that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// How often in all.
    pub times: u64,
    /// In how many notes.
    pub notes: u64,
}

/// An item that never fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silent {
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub at: String,
}

impl Counts {
    /// Counts one note.
    pub fn add(&mut self, reviewed: &Reviewed, knowledge: &Knowledge) {
        let mut here: BTreeMap<NameId, u64> = BTreeMap::new();
        let mut count = |name: NameId| *here.entry(name).or_default() += 1;
        reviewed.layout.sections.iter().filter_map(|s| s.rule).for_each(&mut count);
        for finding in &reviewed.findings {
            count(knowledge.lexicon.concept(finding.mention.concept).name);
            finding.assertion.cues.iter().for_each(|c| count(c.rule));
        }
        let coded = &reviewed.coded;
        coded.suggestions.iter().for_each(|s| count(s.rule));
        coded.withheld.iter().for_each(|w| count(w.rule));
        coded.flags.iter().for_each(|f| count(f.rule));
        self.notes += 1;
        for (name, times) in here {
            let fired = self.fired.entry(name).or_default();
            fired.times += times;
            fired.notes += 1;
        }
    }

    /// Adds the counts of other notes.
    pub fn merge(mut self, other: Counts) -> Counts {
        self.notes += other.notes;
        for (name, fired) in other.fired {
            let here = self.fired.entry(name).or_default();
            here.times += fired.times;
            here.notes += fired.notes;
        }
        self
    }

    /// What is shown: every item of the knowledge either fired or never did.
    pub fn coverage(&self, knowledge: &Knowledge, files: &[SourceFile]) -> Coverage {
        let kinds = ["concept", "cue", "heading", "rule", "flag"].map(|kind| {
            let mut shown = Kind { kind, fired: Vec::new(), never: Vec::new() };
            for file in files {
                for item in file.document.as_items().items() {
                    let is = match item.what {
                        What::Concept => "concept",
                        What::Cue => "cue",
                        What::Rule => "rule",
                        What::Flag => "flag",
                        What::Other if file.path.ends_with("rules/sections.yaml") => "heading",
                        _ => continue,
                    };
                    if is != kind {
                        continue;
                    }
                    let id = item.id.value.clone();
                    match knowledge.names.find(&id).and_then(|name| self.fired.get(&name)) {
                        Some(fired) => shown.fired.push(Item { id: id.to_string(), times: fired.times, notes: fired.notes }),
                        None => shown
                            .never
                            .push(Silent { id: id.to_string(), at: format!("{}:{}:{}", file.path, item.id.line, item.id.column) }),
                    }
                }
            }
            shown.fired.sort_by(|a, b| b.times.cmp(&a.times).then(a.id.cmp(&b.id)));
            shown
        });
        Coverage { notes: self.notes, kinds: kinds.into() }
    }
}
