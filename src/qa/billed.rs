//! Codes that were billed against what the note documents: supported or not and by which fact, missed, less specific, forbidden together,
//! invalid on the date.

use super::statistics::Share;
use crate::code::Code;
use crate::codeset::{CodeSet, NoteKind, Validity};
use crate::report::{EvidenceEntry, Report};
use crate::vocab::{Basis, EvidenceRole, Status};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a billed code turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The documentation supports it.
    Supported,
    /// A candidate that a coder must confirm.
    Review,
    /// The note documents a more specific code.
    SpecificityLost,
    /// The documentation does not support it.
    Unsupported,
    /// Not valid on the date of service.
    Invalid,
    /// Not of the kind that this program judges.
    NotJudged,
}

impl Outcome {
    /// Every outcome, in the order shown.
    pub const ALL: [Outcome; 6] =
        [Outcome::Supported, Outcome::Review, Outcome::SpecificityLost, Outcome::Unsupported, Outcome::Invalid, Outcome::NotJudged];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        ["supported", "review", "specificity-lost", "unsupported", "invalid", "not-judged"][self as usize]
    }
}

/// How sure a line of the worklist is; the list is sorted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The official code set alone decides it.
    Certain,
    /// Words of the note decide it.
    Likely,
    /// Nothing in the note speaks for it, or a coder must decide.
    Check,
}

impl Certainty {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        ["certain", "likely", "check"][self as usize]
    }
}

/// A line of the worklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How sure it is.
    pub certainty: Certainty,
    /// The note.
    pub note_id: String,
    /// "unsupported", "specificity-lost", "invalid", "review", "excludes1" or "missed".
    pub kind: &'static str,
    /// The billed code or codes, or the missed one.
    pub codes: Vec<Code>,
    /// The fact that decides it, in one plain sentence.
    pub because: String,
    /// What could be billed instead.
    pub instead: Vec<Code>,
    /// The words of the note, with the kind of section.
    pub evidence: Vec<(String, Option<String>)>,
}

/// What the audit of one note says.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// What each billed code is, in the order billed.
    pub outcomes: Vec<(Code, Outcome)>,
    /// Everything a person should look at.
    pub findings: Vec<Finding>,
}

/// Judges the codes billed for a note; `judged` says whether a code is of the kind that the program judges, `covers` whether the release
/// is known to hold on the date of service.
pub fn judge(billed: &[Code], report: &Report, set: &CodeSet, covers: Option<bool>, judged: &dyn Fn(Code) -> bool) -> Judged {
    let mut distinct: Vec<Code> = Vec::new();
    billed.iter().for_each(|c| {
        if !distinct.contains(c) {
            distinct.push(*c)
        }
    });
    let mut work = Judging { billed: &distinct, report, set, covers, judged, replaced: Vec::new(), out: Judged::default() };
    for &code in &distinct {
        let outcome = work.one(code);
        work.out.outcomes.push((code, outcome));
    }
    work.pairs();
    work.missed();
    work.out
}

struct Judging<'a> {
    billed: &'a [Code],
    report: &'a Report,
    set: &'a CodeSet,
    covers: Option<bool>,
    judged: &'a dyn Fn(Code) -> bool,
    /// Supported codes that a less specific billed one stands for.
    replaced: Vec<Code>,
    out: Judged,
}

impl Judging<'_> {
    fn find(
        &mut self,
        certainty: Certainty,
        kind: &'static str,
        codes: &[Code],
        because: String,
        instead: Vec<Code>,
        evidence: &[EvidenceEntry],
    ) {
        let mut seen = BTreeSet::new();
        let words = evidence.iter().filter(|e| e.role != EvidenceRole::Section);
        self.out.findings.push(Finding {
            certainty,
            note_id: self.report.note.id.clone(),
            kind,
            codes: codes.to_vec(),
            because,
            instead,
            evidence: words.map(|e| (e.text.clone(), e.section.map(|s| s.to_string()))).filter(|e| seen.insert(e.clone())).collect(),
        });
    }

    fn one(&mut self, code: Code) -> Outcome {
        let report = self.report;
        let edit = self.set.code_edit(code);
        if edit.validity != Validity::Valid {
            let below = |c: &Code| c.within(&code) && self.supported(*c);
            let instead: Vec<Code> = report.codes.iter().map(|c| c.code).filter(below).collect();
            self.replaced.extend(&instead);
            let release = format!("in the release of {}", self.set.release());
            let because = format!("{code} {} {release}", edit.reason.map_or("is not valid".into(), |r| format!("is not valid ({r})")));
            // outside the release the list of another year decides nothing
            let certainty = if self.covers == Some(false) { Certainty::Check } else { Certainty::Certain };
            self.find(certainty, "invalid", &[code], because, instead, &[]);
            return Outcome::Invalid;
        }
        if let Some(entry) = report.codes.iter().find(|c| c.code == code) {
            if entry.status == Status::Supported {
                return Outcome::Supported;
            }
            self.find(Certainty::Check, "review", &[code], entry.why.clone(), Vec::new(), &entry.evidence);
            return Outcome::Review;
        }
        if let Some(better) =
            report.codes.iter().find(|c| self.supported(c.code) && !self.billed.contains(&c.code) && self.narrower(code, c.code))
        {
            self.replaced.push(better.code);
            let because = format!("the note documents {} ({})", better.code, better.title.as_deref().unwrap_or("no title"));
            self.find(Certainty::Likely, "specificity-lost", &[code], because, vec![better.code], &better.evidence);
            return Outcome::SpecificityLost;
        }
        if let Some(held) = report.withheld.iter().find(|w| w.code == code) {
            self.find(Certainty::Likely, "unsupported", &[code], format!("{}: {}", held.reason, held.why), Vec::new(), &held.evidence);
            return Outcome::Unsupported;
        }
        if !(self.judged)(code) {
            return Outcome::NotJudged;
        }
        self.find(Certainty::Check, "unsupported", &[code], "nothing in the note leads to it".into(), Vec::new(), &[]);
        Outcome::Unsupported
    }

    fn supported(&self, code: Code) -> bool {
        self.report.codes.iter().any(|c| c.code == code && c.status == Status::Supported)
    }

    /// Whether `broad` is the unspecified form of what `narrow` says: its title says so, and what is left of it without its closing
    /// zeros and nines begins the other ("M50.20" and "M50.222", "M54.9" and "M54.2").
    fn narrower(&self, broad: Code, narrow: Code) -> bool {
        let unspecified = |code| self.set.title(code).is_some_and(|t| t.to_ascii_lowercase().contains("unspecified"));
        let compact = broad.compact();
        let (base, _) = compact.split_at(compact.len().min(6));
        let stem = base.trim_end_matches('X').trim_end_matches(['0', '9']);
        let stem = if stem.len() < 3 { &base[..3.min(base.len())] } else { stem };
        broad != narrow && unspecified(broad) && narrow.compact().starts_with(stem) && !(unspecified(narrow) && stem.len() == 3)
    }

    fn pairs(&mut self) {
        for pair in self.set.edits(self.billed).pairs {
            if pair.kind != NoteKind::Excludes1 {
                continue;
            }
            let Some(note) = pair.notes.first() else { continue };
            let open = pair.wide || pair.contradiction;
            let because = format!("Excludes1 at {}: {}", note.node, note.note);
            self.find(if open { Certainty::Check } else { Certainty::Certain }, "excludes1", &pair.codes, because, Vec::new(), &[]);
        }
    }

    fn missed(&mut self) {
        let report = self.report;
        for entry in report.codes.iter().filter(|c| c.status == Status::Supported) {
            if self.billed.contains(&entry.code) || self.replaced.contains(&entry.code) {
                continue;
            }
            let certainty = if entry.basis == Basis::Documented { Certainty::Likely } else { Certainty::Check };
            self.find(certainty, "missed", &[entry.code], entry.why.clone(), Vec::new(), &entry.evidence);
        }
    }
}

/// The audit of all notes.
#[derive(Debug, Clone, Serialize)]
pub struct BilledAudit {
    /// Notes with billed codes.
    pub notes: u64,
    /// Notes without, which are not judged.
    pub without_billed: u64,
    /// Codes billed.
    pub billed: u64,
    /// The confidence level of every interval.
    pub confidence: f64,
    /// Billed codes by outcome, of those that are judged.
    pub outcomes: Vec<(&'static str, Share)>,
    /// Of no kind that is judged.
    pub not_judged: u64,
    /// Notes on which nothing was found, of notes with billed codes.
    pub clean: Share,
    /// Notes on which a supported code was not billed.
    pub notes_with_missed: Share,
    /// Notes with an Excludes1 pair.
    pub notes_with_excludes1: Share,
    /// Billed codes that are supported, of those that are judged, by kept fields of the records: field, value, share.
    pub groups: Vec<(String, String, Share)>,
    /// What to look at, the surest first.
    pub worklist: Vec<Finding>,
}

/// Adds notes up.
#[derive(Debug, Default)]
pub struct Totals {
    notes: u64,
    without: u64,
    outcomes: [u64; 6],
    clean: u64,
    missed: u64,
    excluded: u64,
    groups: BTreeMap<(String, String), (u64, u64)>,
    worklist: Vec<Finding>,
}

impl Totals {
    /// Adds what came of one note, which belongs to those groups; `None` if no codes were billed for it.
    pub fn add(&mut self, judged: Option<Judged>, groups: &[(String, String)]) {
        let Some(judged) = judged else {
            self.without += 1;
            return;
        };
        self.notes += 1;
        judged.outcomes.iter().for_each(|(_, o)| self.outcomes[*o as usize] += 1);
        let counted = judged.outcomes.iter().filter(|(_, o)| *o != Outcome::NotJudged).count() as u64;
        let supported = judged.outcomes.iter().filter(|(_, o)| *o == Outcome::Supported).count() as u64;
        for group in groups {
            let slot = self.groups.entry(group.clone()).or_default();
            *slot = (slot.0 + supported, slot.1 + counted);
        }
        let has = |kind: &str| u64::from(judged.findings.iter().any(|f| f.kind == kind));
        self.clean += u64::from(judged.findings.is_empty());
        self.missed += has("missed");
        self.excluded += has("excludes1");
        self.worklist.extend(judged.findings);
    }

    /// The audit.
    pub fn audit(mut self, confidence: f64) -> BilledAudit {
        // stable: notes keep their order within a certainty
        self.worklist.sort_by_key(|f| f.certainty);
        let not_judged = self.outcomes[Outcome::NotJudged as usize];
        let billed: u64 = self.outcomes.iter().sum();
        let share = |count, of| Share::new(count, of, confidence);
        let judged = Outcome::ALL.into_iter().filter(|o| *o != Outcome::NotJudged);
        BilledAudit {
            notes: self.notes,
            without_billed: self.without,
            billed,
            confidence,
            outcomes: judged.map(|o| (o.as_str(), share(self.outcomes[o as usize], billed - not_judged))).collect(),
            not_judged,
            clean: share(self.clean, self.notes),
            notes_with_missed: share(self.missed, self.notes),
            notes_with_excludes1: share(self.excluded, self.notes),
            groups: self.groups.into_iter().map(|((by, value), (k, n))| (by, value, Share::new(k, n, confidence))).collect(),
            worklist: self.worklist,
        }
    }
}
