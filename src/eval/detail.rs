//! Figures beyond the shared definitions: by section and style, macro averages, bootstrap intervals, confusions, places of misses.

use super::{Counts, Gold, Miss};
use crate::qa::statistics::random::bootstrap;
use crate::report::Report;
use crate::vocab::{EvidenceRole, Status};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How often the notes are drawn again for an interval.
const ROUNDS: usize = 1000;

/// What one note adds: each outcome by name, with what kind it is.
#[derive(Debug, Default)]
struct NoteOutcomes {
    codes: Vec<(usize, Kind)>,
    flags: Vec<(usize, Kind)>,
    exact: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Right,
    Wrong,
    Missed,
}

/// Gathers over notes.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    notes: Vec<NoteOutcomes>,
    names: BTreeMap<(u8, String), usize>,
    sections: BTreeMap<String, Counts>,
    styles: BTreeMap<String, Style>,
    confusions: BTreeMap<(String, String), Vec<String>>,
}

/// The figures of the notes of one style.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Style {
    /// Notes.
    pub notes: u32,
    /// Notes whose supported codes are exactly right.
    pub exact: u32,
    /// Codes.
    pub codes: Counts,
    /// Flags.
    pub flags: Counts,
}

/// Something expected, and what was there instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// A required code, or "nothing".
    pub expected: String,
    /// A supported code, "for review", "withheld (reason)" or "nothing".
    pub got: String,
    /// How often.
    pub count: usize,
    /// In which notes.
    pub notes: Vec<String>,
}

/// Averages over classes: every class weighs the same, however rare. A class that is never suggested has precision 0, one that is never
/// required recall 0.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Macro {
    /// Classes.
    pub classes: usize,
    /// Mean precision.
    pub precision: f64,
    /// Mean recall.
    pub recall: f64,
    /// Mean F1.
    pub f1: f64,
}

/// Everything beyond the shared definitions.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    /// Macro averages over codes.
    pub macro_codes: Macro,
    /// Over three-character categories.
    pub macro_families: Macro,
    /// Over flags.
    pub macro_flags: Macro,
    /// 95 % percentile intervals: notes drawn again 1,000 times.
    pub bootstrap95: BTreeMap<&'static str, Option<[f64; 2]>>,
    /// Its seed.
    pub bootstrap_seed: u64,
    /// Codes by the section in which their evidence stands.
    pub per_section: BTreeMap<String, Counts>,
    /// By style of note.
    pub per_style: BTreeMap<String, Style>,
    /// What was taken for what, most frequent first.
    pub confusions: Vec<Confusion>,
}

/// Where a miss stands in its note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MissPlace {
    /// The code or flag.
    pub what: String,
    /// "missed" or "wrong".
    pub kind: &'static str,
    /// First code point.
    pub start: u32,
    /// First after.
    pub end: u32,
    /// One-based line.
    pub line: u32,
    /// One-based column, in code points.
    pub column: u32,
    /// The kind of section.
    pub section: Option<String>,
}

const FIGURES: [&str; 10] =
    ["precision", "recall", "f1", "macro_precision", "macro_recall", "macro_f1", "flag_precision", "flag_recall", "flag_f1", "exact_set"];

impl Gathered {
    /// Adds what came of one note; `right` are the required codes that are supported, `text` the note's.
    pub(super) fn add(
        &mut self,
        gold: &Gold,
        report: Option<&Report>,
        text: &str,
        right: (&BTreeSet<String>, &BTreeSet<String>),
        miss: &mut Miss,
    ) {
        let mut note = NoteOutcomes { exact: miss.wrong.is_empty() && miss.missed.is_empty(), ..NoteOutcomes::default() };
        let style = self.styles.entry(if gold.style.is_empty() { "not stated".into() } else { gold.style.clone() }).or_default();
        style.notes += 1;
        style.exact += u32::from(note.exact);
        let lists = [(right.0, Kind::Right, 0), (&miss.wrong, Kind::Wrong, 0), (&miss.missed, Kind::Missed, 0)];
        let flags = [(right.1, Kind::Right, 1), (&miss.flags_wrong, Kind::Wrong, 1), (&miss.flags_missed, Kind::Missed, 1)];
        let mut places = Vec::new();
        for (list, kind, what) in lists.into_iter().chain(flags) {
            for name in list {
                let next = self.names.len();
                let id = *self.names.entry((what, name.clone())).or_insert(next);
                let (outcomes, counts) = if what == 0 { (&mut note.codes, &mut style.codes) } else { (&mut note.flags, &mut style.flags) };
                outcomes.push((id, kind));
                count(counts, kind);
                let at = place(gold, report, text, name, what == 0);
                if what == 0 {
                    let section = at.and_then(|(start, _)| section(report, start)).unwrap_or_else(|| "no place".into());
                    count(self.sections.entry(section).or_default(), kind);
                }
                if kind != Kind::Right
                    && let Some((start, end)) = at
                {
                    let kind = if kind == Kind::Wrong { "wrong" } else { "missed" };
                    places.push(shown(report, text, name, kind, start, end));
                }
            }
        }
        miss.places = places;
        for (expected, got) in confused(miss, report) {
            self.confusions.entry((expected, got)).or_default().push(gold.id.clone());
        }
        self.notes.push(note);
    }

    /// The figures.
    pub(super) fn detail(&self, seed: u64) -> Detail {
        let mut codes = vec![None; self.names.len()];
        let mut families = BTreeMap::new();
        for ((what, name), id) in &self.names {
            if *what == 0 {
                let next = families.len();
                codes[*id] = Some(*families.entry(name.chars().take(3).collect::<String>()).or_insert(next));
            }
        }
        let all: Vec<usize> = (0..self.notes.len()).collect();
        let over = |drawn: &[usize], classes: usize, flags: bool, class: &dyn Fn(usize) -> usize| {
            let mut counts = vec![Counts::default(); classes];
            for note in drawn.iter().filter_map(|&i| self.notes.get(i)) {
                let outcomes = if flags { &note.flags } else { &note.codes };
                outcomes.iter().for_each(|&(id, kind)| count(&mut counts[class(id)], kind));
            }
            counts
        };
        let figures = |drawn: &[usize]| {
            let codes = over(drawn, self.names.len(), false, &|id| id);
            let flags = sum(&over(drawn, 1, true, &|_| 0)).prf();
            let ((p, r, f), m) = (sum(&codes).prf(), average(&codes));
            let exact = drawn.iter().filter(|&&i| self.notes[i].exact).count() as f64 / drawn.len().max(1) as f64;
            vec![p, r, f, m.precision, m.recall, m.f1, flags.0, flags.1, flags.2, exact]
        };
        let intervals = bootstrap(self.notes.len(), ROUNDS, seed, 0.95, figures);
        let mut confusions: Vec<Confusion> = self
            .confusions
            .iter()
            .map(|((expected, got), notes)| {
                let (expected, got) = (expected.clone(), got.clone());
                Confusion { expected, got, count: notes.len(), notes: notes.clone() }
            })
            .collect();
        confusions.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.expected, &a.got).cmp(&(&b.expected, &b.got))));
        Detail {
            macro_codes: average(&over(&all, self.names.len(), false, &|id| id)),
            macro_families: average(&over(&all, families.len(), false, &|id| codes[id].unwrap_or(0))),
            macro_flags: average(&over(&all, self.names.len(), true, &|id| id)),
            bootstrap95: FIGURES.iter().enumerate().map(|(i, name)| (*name, intervals.get(i).copied().flatten())).collect(),
            bootstrap_seed: seed,
            per_section: self.sections.clone(),
            per_style: self.styles.clone(),
            confusions,
        }
    }
}

fn count(counts: &mut Counts, kind: Kind) {
    match kind {
        Kind::Right => counts.tp += 1,
        Kind::Wrong => counts.fp += 1,
        Kind::Missed => counts.missed += 1,
    }
}

fn sum(counts: &[Counts]) -> Counts {
    let add = |a: Counts, b: &Counts| Counts { tp: a.tp + b.tp, fp: a.fp + b.fp, missed: a.missed + b.missed };
    counts.iter().fold(Counts::default(), add)
}

/// The mean over classes that occur.
fn average(counts: &[Counts]) -> Macro {
    let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
    let mut all = Macro::default();
    for c in counts.iter().filter(|c| c.tp + c.fp + c.missed > 0) {
        all.classes += 1;
        all.precision += share(c.tp, c.tp + c.fp);
        all.recall += share(c.tp, c.tp + c.missed);
        all.f1 += share(2 * c.tp, 2 * c.tp + c.fp + c.missed);
    }
    let n = all.classes.max(1) as f64;
    Macro { classes: all.classes, precision: all.precision / n, recall: all.recall / n, f1: all.f1 / n }
}

/// Where a code or a flag stands, in code points: by the report's evidence, else by gold's words.
fn place(gold: &Gold, report: Option<&Report>, text: &str, name: &str, code: bool) -> Option<(u32, u32)> {
    let report = report?;
    let evidence = match code {
        true => report.codes.iter().find(|c| c.status == Status::Supported && c.code.to_string() == name).map(|c| &c.evidence),
        false => report.flags.iter().find(|f| f.flag == name).map(|f| &f.evidence),
    };
    let mut spans = evidence.into_iter().flatten().filter(|e| e.role != EvidenceRole::Section);
    if let Some(e) = spans.next() {
        return Some((e.start, e.end));
    }
    let words = gold.evidence.get(name).filter(|w| !w.is_empty())?;
    let at = text.find(words.as_str())?;
    let start = text[..at].chars().count() as u32;
    Some((start, start + words.chars().count() as u32))
}

fn section(report: Option<&Report>, start: u32) -> Option<String> {
    report?.sections.iter().find(|s| s.start <= start && start < s.end).map(|s| s.kind.to_string())
}

fn shown(report: Option<&Report>, text: &str, what: &str, kind: &'static str, start: u32, end: u32) -> MissPlace {
    let (mut line, mut column) = (1, 1);
    for c in text.chars().take(start as usize) {
        (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    MissPlace { what: what.to_string(), kind, start, end, line, column, section: section(report, start) }
}

/// Pairs of what was expected and what was there: codes that begin alike are paired first.
fn confused(miss: &Miss, report: Option<&Report>) -> Vec<(String, String)> {
    let alike = |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let (mut missed, mut wrong): (Vec<_>, Vec<_>) = (miss.missed.iter().collect(), miss.wrong.iter().collect());
    let mut pairs = Vec::new();
    loop {
        let all = missed.iter().enumerate().flat_map(|(i, m)| wrong.iter().enumerate().map(move |(j, w)| (alike(m, w), i, j)));
        // the first of those that begin alike the longest
        let best = all.filter(|(n, _, _)| *n > 0).reduce(|a, b| if b.0 > a.0 { b } else { a });
        let Some((_, i, j)) = best else { break };
        pairs.push((missed.remove(i).clone(), wrong.remove(j).clone()));
    }
    for code in missed {
        let withheld = report.and_then(|r| r.withheld.iter().find(|w| w.code.to_string() == *code));
        let got = match withheld {
            _ if miss.missed_but_in_review.contains(code) => "for review".to_string(),
            Some(w) => format!("withheld ({})", w.reason),
            None => "nothing".to_string(),
        };
        pairs.push((code.clone(), got));
    }
    pairs.extend(wrong.into_iter().map(|code| ("nothing".to_string(), code.clone())));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macro_averages_take_what_never_occurs_for_nothing() {
        // the figures of scikit-learn 1.9.1, precision_recall_fscore_support(average="macro", zero_division=0), on the same outcomes
        let counts = [(3, 1, 0), (0, 2, 0), (0, 0, 1), (2, 0, 2)].map(|(tp, fp, missed)| Counts { tp, fp, missed });
        let all = average(&counts);
        let places = |v: f64| (v * 1e6).round() / 1e6;
        assert_eq!((all.classes, places(all.precision), places(all.recall), places(all.f1)), (4, 0.4375, 0.375, 0.380952));
    }

    #[test]
    fn what_was_taken_for_what() {
        let set = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let miss = Miss { missed: set(&["M50.122", "M54.2"]), wrong: set(&["M50.222", "G89.4", "M54.12"]), ..Miss::default() };
        let pairs = confused(&miss, None);
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(pairs, [pair("M50.122", "M50.222"), pair("M54.2", "M54.12"), pair("nothing", "G89.4")]);
    }
}
