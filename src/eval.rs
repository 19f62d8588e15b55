//! Scores an engine against gold labels.
//!
//! A *supported* code is right if gold `codes` has it, ignored if gold `review` has it or it is outside the scored families, wrong
//! otherwise; a gold code that is not supported is missed. A flag is right if gold requires it, ignored if gold allows it.
//! `corpus/scoring.yaml` says which families and flags count.

pub mod check;
mod detail;

pub use detail::{Confusion, Detail, Macro, MissPlace, Style};

use crate::knowledge::yaml;
use crate::note::Facts;
use crate::report::Report;
use crate::vocab::{AuthorRole, Phase, Setting, Status};
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What counts, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ScoringDoc {
    #[allow(dead_code)]
    version: u32,
    families: String,
    not_judged: String,
    flags: BTreeSet<String>,
    flags_free_to_raise: BTreeSet<String>,
    reasons_not_expected: BTreeSet<String>,
}

/// What counts.
#[derive(Debug)]
pub struct Scoring {
    families: Regex,
    not_judged: Regex,
    doc: ScoringDoc,
}

impl Scoring {
    /// The definitions in `corpus/scoring.yaml`.
    ///
    /// # Errors
    /// Only if that file is faulty, which a test excludes.
    pub fn built_in() -> Result<Scoring, String> {
        let doc: ScoringDoc = yaml::parse(include_str!("../corpus/scoring.yaml")).map_err(|e| e.message)?;
        let pattern = |p: &str| Regex::new(p).map_err(|e| e.to_string());
        Ok(Scoring { families: pattern(&doc.families)?, not_judged: pattern(&doc.not_judged)?, doc })
    }

    /// Whether a code is of the families that are judged.
    pub fn counts(&self, code: &str) -> bool {
        self.families.is_match(code) && !self.not_judged.is_match(code)
    }
}

/// The labels of one note.
#[derive(Debug, Clone, Default)]
pub struct Gold {
    /// The note's id.
    pub id: String,
    /// What the program is told.
    pub facts: Facts,
    /// The style of the note.
    pub style: String,
    /// The labels as they stand.
    pub source: Value,
    /// The words that gold gives for a code or flag.
    evidence: BTreeMap<String, String>,
    codes: BTreeSet<String>,
    review: BTreeSet<String>,
    one_of: Vec<BTreeSet<String>>,
    withheld: Vec<(String, String)>,
    flags: BTreeSet<String>,
    flags_ok: BTreeSet<String>,
}

impl Gold {
    /// The labels of a record (`gold` inside it or at its top), if it has any.
    pub fn of_record(record: &Value) -> Option<Gold> {
        let gold = record.get("gold").filter(|g| g.is_object()).unwrap_or(record);
        gold.get("codes")?.as_array()?;
        let text = |key: &str| record.get(key).or_else(|| gold.get(key)).and_then(Value::as_str).unwrap_or("");
        let list = |keys: [&str; 2]| keys.iter().find_map(|k| gold.get(*k)).and_then(Value::as_array).cloned().unwrap_or_default();
        let of = |v: &Value, key: &str| v.as_str().or_else(|| v.get(key).and_then(Value::as_str)).unwrap_or("").to_string();
        let set = |keys, field: &str| list(keys).iter().map(|v| of(v, field)).collect::<BTreeSet<_>>();
        let lists = ["codes", "withheld", "flags"].into_iter().flat_map(|k| gold.get(k).and_then(Value::as_array)).flatten();
        let words = |v: &Value| {
            let name = v.get("code").or_else(|| v.get("flag"))?.as_str()?;
            Some((name.to_string(), v.get("evidence")?.as_str()?.to_string()))
        };
        Some(Gold {
            style: [text("style"), text("note_type")].into_iter().find(|s| !s.is_empty()).unwrap_or("").to_string(),
            source: record.clone(),
            evidence: lists.filter_map(words).collect(),
            id: text("id").to_string(),
            facts: Facts {
                setting: Setting::parse(text("setting")),
                date: text("date").parse().ok(),
                author: AuthorRole::parse(text("author")),
                phase: Phase::parse(text("encounter-phase")).or_else(|| Phase::parse(text("encounter_phase"))),
                billed: Vec::new(),
            },
            codes: set(["codes", "codes"], "code"),
            review: set(["review", "review"], "code"),
            one_of: list(["one_of", "one-of"])
                .iter()
                .map(|g| g.as_array().into_iter().flatten().map(|v| of(v, "code")).collect())
                .collect(),
            withheld: list(["withheld", "withheld"]).iter().map(|v| (of(v, "code"), of(v, "reason"))).collect(),
            flags: set(["flags", "flags"], "flag"),
            flags_ok: set(["flags_ok", "flags-ok"], "flag"),
        })
    }

    /// The labels in a YAML file of the corpus.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of_yaml(id: &str, text: &str) -> Result<Gold, String> {
        let value: Value = yaml::parse(text).map_err(|e| format!("line {}, column {}: {}", e.line, e.column, e.message))?;
        let gold = Gold::of_record(&value).ok_or("it has no `codes`")?;
        Ok(Gold { id: id.to_string(), ..gold })
    }
}

/// Right, wrong and missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Right.
    pub tp: u32,
    /// Wrong.
    pub fp: u32,
    /// Missed.
    #[serde(rename = "fn")]
    pub missed: u32,
}

impl Counts {
    /// Precision, recall and F1; 1 where there is nothing to judge.
    pub fn prf(self) -> (f64, f64, f64) {
        let share = |part: u32, whole: u32| if whole == 0 { 1.0 } else { f64::from(part) / f64::from(whole) };
        let (p, r) = (share(self.tp, self.tp + self.fp), share(self.tp, self.tp + self.missed));
        (p, r, if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) })
    }
}

/// What went wrong on one note.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Miss {
    /// The note.
    pub id: String,
    /// Required codes that are not supported.
    pub missed: BTreeSet<String>,
    /// Those of them that are offered for review.
    pub missed_but_in_review: BTreeSet<String>,
    /// Supported codes that gold does not have.
    pub wrong: BTreeSet<String>,
    /// Required flags that are not raised.
    pub flags_missed: BTreeSet<String>,
    /// Flags that gold does not allow.
    pub flags_wrong: BTreeSet<String>,
    /// Where each of them stands, if it has a place.
    pub places: Vec<MissPlace>,
}

/// The figures so far.
#[derive(Debug, Default)]
pub struct Tally {
    notes: u32,
    codes: Counts,
    fn_in_review: u32,
    flags: Counts,
    exact: u32,
    forbidden: u32,
    clean: (u32, u32),
    groups: (u32, u32),
    withheld: (u32, u32),
    missing: u32,
    per_category: BTreeMap<String, Counts>,
    per_code: BTreeMap<String, Counts>,
    per_flag: BTreeMap<String, Counts>,
    detail: detail::Gathered,
    /// Notes with a fault, in the order of gold.
    pub misses: Vec<Miss>,
}

impl Tally {
    /// Adds one note, whose text serves to tell places; `None` if there is no report of it. The report counts in code points.
    pub fn add(&mut self, gold: &Gold, report: Option<&Report>, text: &str, scoring: &Scoring) {
        let of = |status| -> BTreeSet<String> {
            let codes = report.iter().flat_map(|r| &r.codes);
            codes.filter(|c| c.status == status).map(|c| c.code.to_string()).collect()
        };
        let (got, review) = (of(Status::Supported), of(Status::Review));
        self.notes += 1;
        self.missing += u32::from(report.is_none());
        let right: BTreeSet<_> = gold.codes.intersection(&got).cloned().collect();
        let missed: BTreeSet<_> = gold.codes.difference(&got).cloned().collect();
        let expected = |c: &&String| !gold.codes.contains(*c) && !gold.review.contains(*c);
        let mut wrong: BTreeSet<_> = got.iter().filter(expected).filter(|c| scoring.counts(c)).cloned().collect();
        let in_review: BTreeSet<_> = missed.intersection(&review).cloned().collect();
        // a code of a one-of group counts as wrong in the total and as fitting for the note: so the shared definition has it
        add(&mut self.codes, right.len(), wrong.len(), missed.len());
        self.fn_in_review += in_review.len() as u32;
        self.groups.1 += gold.one_of.len() as u32;
        self.groups.0 += gold.one_of.iter().filter(|g| g.iter().any(|c| got.contains(c) || review.contains(c))).count() as u32;
        wrong.retain(|c| !gold.one_of.iter().any(|g| g.contains(c)));
        self.exact += u32::from(wrong.is_empty() && missed.is_empty());
        let forbidden = |(code, _): &(String, String)| !gold.codes.contains(code) && !gold.review.contains(code) && got.contains(code);
        self.forbidden += u32::from(gold.withheld.iter().any(forbidden));
        if gold.codes.is_empty() {
            self.clean.1 += 1;
            self.clean.0 += u32::from(wrong.is_empty());
        }
        for (codes, kind) in [(&right, 0), (&wrong, 1), (&missed, 2)] {
            for code in codes {
                let n = |k| usize::from(k == kind);
                add(self.per_category.entry(code.chars().take(3).collect()).or_default(), n(0), n(1), n(2));
                add(self.per_code.entry(code.clone()).or_default(), n(0), n(1), n(2));
            }
        }
        let flags: BTreeSet<String> = report.iter().flat_map(|r| &r.flags).map(|f| f.flag.clone()).collect();
        let raised: BTreeSet<String> = flags.intersection(&scoring.doc.flags).cloned().collect();
        let free = |f: &&String| gold.flags.contains(*f) || gold.flags_ok.contains(*f) || scoring.doc.flags_free_to_raise.contains(*f);
        let flags_right: BTreeSet<_> = gold.flags.intersection(&raised).cloned().collect();
        let flags_wrong: BTreeSet<_> = raised.iter().filter(|f| !free(f)).cloned().collect();
        let flags_missed: BTreeSet<_> = gold.flags.difference(&raised).cloned().collect();
        add(&mut self.flags, flags_right.len(), flags_wrong.len(), flags_missed.len());
        for (flags, kind) in [(&flags_right, 0), (&flags_wrong, 1), (&flags_missed, 2)] {
            for flag in flags {
                let n = |k| usize::from(k == kind);
                add(self.per_flag.entry(flag.clone()).or_default(), n(0), n(1), n(2));
            }
        }
        let listed: BTreeSet<String> = report.iter().flat_map(|r| &r.withheld).map(|w| w.code.to_string()).collect();
        let reasons = &scoring.doc.reasons_not_expected;
        let expected: BTreeSet<_> = gold.withheld.iter().filter(|(_, r)| !reasons.contains(r)).map(|(c, _)| c.clone()).collect();
        self.withheld.1 += expected.len() as u32;
        self.withheld.0 += expected.intersection(&listed).count() as u32;
        let id = gold.id.clone();
        let mut miss = Miss { id, missed, missed_but_in_review: in_review, wrong, flags_missed, flags_wrong, places: Vec::new() };
        self.detail.add(gold, report, text, (&right, &flags_right), &mut miss);
        if ![&miss.wrong, &miss.missed, &miss.flags_wrong, &miss.flags_missed].iter().all(|l| l.is_empty()) {
            self.misses.push(miss);
        }
    }

    /// The figures beyond the shared definitions; the seed is that of the bootstrap.
    pub fn detail(&self, seed: u64) -> Detail {
        self.detail.detail(seed)
    }

    /// The figures, with their 95 % intervals.
    pub fn figures(&self) -> Figures {
        let rate = |(part, whole): (u32, u32)| f64::from(part) / f64::from(whole.max(1));
        let (c, f) = (self.codes, self.flags);
        let ((precision, recall, f1), (fp, fr, ff)) = (c.prf(), f.prf());
        Figures {
            notes: self.notes,
            codes: CodeFigures { precision, recall, f1, tp: c.tp, fp: c.fp, missed: c.missed, fn_but_in_review: self.fn_in_review },
            exact_set: rate((self.exact, self.notes)),
            forbidden_rate: rate((self.forbidden, self.notes)),
            clean_right: rate(self.clean),
            clean_notes: self.clean.1,
            flags: FlagFigures { precision: fp, recall: fr, f1: ff, tp: f.tp, fp: f.fp, missed: f.missed },
            one_of: rate(self.groups),
            withheld_recall: rate(self.withheld),
            missing_reports: self.missing,
            intervals95: Intervals {
                precision: wilson(c.tp, c.tp + c.fp),
                recall: wilson(c.tp, c.tp + c.missed),
                exact_set: wilson(self.exact, self.notes),
                flag_precision: wilson(f.tp, f.tp + f.fp),
                flag_recall: wilson(f.tp, f.tp + f.missed),
            },
            per_flag: self.per_flag.clone(),
            per_category: self.per_category.clone(),
            per_code: self.per_code.clone(),
        }
    }
}

fn add(counts: &mut Counts, right: usize, wrong: usize, missed: usize) {
    counts.tp += right as u32;
    counts.fp += wrong as u32;
    counts.missed += missed as u32;
}

/// Wilson's 95 % interval of a share, to three places.
pub fn wilson(part: u32, whole: u32) -> [f64; 2] {
    if whole == 0 {
        return [0.0, 1.0];
    }
    let (k, n, z) = (f64::from(part), f64::from(whole), 1.96f64);
    let p = k / n;
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    [centre - half, centre + half].map(|v| format!("{v:.3}").parse().unwrap_or(v))
}

/// The figures of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Notes scored.
    pub notes: u32,
    /// Supported codes.
    pub codes: CodeFigures,
    /// Share of notes whose supported codes are exactly right.
    pub exact_set: f64,
    /// Share of notes with a supported code that gold withholds.
    pub forbidden_rate: f64,
    /// Share of the notes without required codes on which nothing wrong is supported.
    pub clean_right: f64,
    /// How many those are.
    pub clean_notes: u32,
    /// Flags.
    pub flags: FlagFigures,
    /// Share of one-of groups of which a code is offered.
    pub one_of: f64,
    /// Share of gold's withheld codes that the report withholds too.
    pub withheld_recall: f64,
    /// Notes without a report.
    pub missing_reports: u32,
    /// Wilson's 95 % intervals.
    pub intervals95: Intervals,
    /// By flag.
    pub per_flag: BTreeMap<String, Counts>,
    /// By category.
    pub per_category: BTreeMap<String, Counts>,
    /// By code.
    pub per_code: BTreeMap<String, Counts>,
}

/// Figures of the supported codes.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CodeFigures {
    /// Right of supported.
    pub precision: f64,
    /// Right of required.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
    /// Right.
    pub tp: u32,
    /// Wrong.
    pub fp: u32,
    /// Missed.
    #[serde(rename = "fn")]
    pub missed: u32,
    /// Missed but offered for review.
    pub fn_but_in_review: u32,
}

/// Figures of the flags.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FlagFigures {
    /// Right of raised.
    pub precision: f64,
    /// Right of required.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
    /// Right.
    pub tp: u32,
    /// Wrong.
    pub fp: u32,
    /// Missed.
    #[serde(rename = "fn")]
    pub missed: u32,
}

/// Wilson's 95 % intervals.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Intervals {
    /// Of the codes' precision.
    pub precision: [f64; 2],
    /// Of the codes' recall.
    pub recall: [f64; 2],
    /// Of the share of exact notes.
    pub exact_set: [f64; 2],
    /// Of the flags' precision.
    pub flag_precision: [f64; 2],
    /// Of the flags' recall.
    pub flag_recall: [f64; 2],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_can_be_read() {
        let scoring = Scoring::built_in().unwrap();
        assert!(scoring.counts("M54.2") && scoring.counts("S13.4XXA"));
        assert!(!scoring.counts("M54.16") && !scoring.counts("E11.9"));
    }

    #[test]
    fn gold_reads_the_same_from_record_and_yaml() {
        let yaml = "version: 1\nsetting: inpatient\ncodes:\n  - {code: M54.2}\none-of:\n  - [S13.4XXA, S16.1XXA]\nflags-ok: [location]\n";
        let gold = Gold::of_yaml("a", yaml).unwrap();
        let record = serde_json::json!({"id": "a", "setting": "inpatient", "text": "…", "gold":
            {"codes": [{"code": "M54.2"}], "one_of": [["S13.4XXA", "S16.1XXA"]], "flags_ok": ["location"]}});
        let labels = |gold: Gold| format!("{:?}", Gold { source: Value::Null, ..gold });
        assert_eq!(labels(gold), labels(Gold::of_record(&record).unwrap()));
    }

    #[test]
    fn intervals_are_wilsons() {
        assert_eq!(wilson(8, 10), [0.49, 0.943]);
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }
}
