//! Reviewers' decisions → accuracy with its definitions and intervals, error reasons, and agreement between reviewers.

use super::draw::Sample;
use super::statistics::Share;
use super::statistics::agreement::{Kappa, cohen, fleiss};
use super::statistics::strata::{Estimate, Stratum, ratio};
use super::worksheet::{Decision, Item, Row};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One reviewer's worksheet.
#[derive(Debug, Clone)]
pub struct Review {
    /// Who, or the file's name.
    pub reviewer: String,
    /// The rows.
    pub rows: Vec<Row>,
}

/// What an audit says.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// The sample's name.
    pub sample: String,
    /// Reports in the frame.
    pub frame_reports: u64,
    /// The confidence level of every interval.
    pub confidence: f64,
    /// By reviewer, in the order given; the first is the one whose figures stand for the audit.
    pub reviewers: Vec<Reviewed>,
    /// Agreement between reviewers, if there is more than one.
    pub agreement: Option<Agreement>,
}

/// What one reviewer's decisions say.
#[derive(Debug, Clone, Serialize)]
pub struct Reviewed {
    /// Who.
    pub reviewer: String,
    /// Notes of which at least one row counts.
    pub notes: u64,
    /// Notes that could not be judged.
    pub unusable: u64,
    /// Rows that were left unsure or open.
    pub undecided: u64,
    /// The figures of all notes.
    pub measures: Vec<Measure>,
    /// Disagreements by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Missed codes.
    pub missed: BTreeMap<String, u64>,
    /// By what the notes were grouped by: a group's name, its value, its figures.
    pub groups: Vec<Group>,
    /// Every disagreement, with its row.
    pub errors: Vec<ErrorRow>,
}

/// A figure with its definition.
#[derive(Debug, Clone, Serialize)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub definition: &'static str,
    /// In the sample, each item counted once.
    pub share: Share,
    /// Weighted to the frame; unknown where a stratum has nothing to count.
    pub weighted: Option<Estimate>,
}

/// The figures of some of the notes or codes.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// What it is grouped by ("family", "author").
    pub by: String,
    /// The value.
    pub value: String,
    /// The share of supported codes that are right.
    pub share: Share,
}

/// A disagreement.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorRow {
    /// In the worksheet.
    pub row: u64,
    /// The note.
    pub note_id: String,
    /// What the row is about.
    pub item: Item,
    /// The code.
    pub code: String,
    /// Why.
    pub reason: String,
    /// The right or the missed codes.
    pub correct: Vec<String>,
}

/// Agreement between reviewers over the items that all of them decided.
#[derive(Debug, Clone, Serialize)]
pub struct Agreement {
    /// "Cohen's kappa" for two reviewers, "Fleiss' kappa" for more.
    pub method: &'static str,
    /// Items on which all say the same.
    pub raw: Share,
    /// Beyond chance.
    pub kappa: Option<Kappa>,
    /// The items behind the number: those on which they differ.
    pub differ: Vec<Difference>,
}

/// An item on which reviewers differ.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The note.
    pub note_id: String,
    /// What the item is about.
    pub item: Item,
    /// The code.
    pub code: String,
    /// What each said, in the order of reviewers.
    pub said: Vec<Decision>,
}

/// The accuracies, with their definitions.
const MEASURES: [(&str, &str); 4] = [
    ("code accuracy", "supported codes that the reviewer agrees with, of supported codes decided"),
    ("code completeness", "supported codes that the reviewer agrees with, of those and the codes that the reviewer says are missed"),
    ("case accuracy", "notes whose supported codes are all right, rightly ordered and complete, of notes with every row decided"),
    (
        "first-listed accuracy",
        "notes whose first supported code is rightly first and right, of notes with a supported code and both decided",
    ),
];

/// What counts of one note: numerator and denominator of each measure.
type Counts = [(u64, u64); 4];

/// Judges worksheets of one sample. `by` names kept fields of the reports to group by, beside the code's family.
pub fn audit(sample: &Sample, reviews: &[Review], by: &[String], confidence: f64) -> Audit {
    Audit {
        sample: sample.sample.clone(),
        frame_reports: sample.frame.reports,
        confidence,
        reviewers: reviews.iter().map(|r| reviewed(sample, r, by, confidence)).collect(),
        agreement: (reviews.len() > 1).then(|| agreement(sample, reviews, confidence)),
    }
}

fn reviewed(sample: &Sample, review: &Review, by: &[String], confidence: f64) -> Reviewed {
    let mut notes: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    review.rows.iter().for_each(|row| notes.entry(row.draw).or_default().push(row));
    let unusable = |rows: &[&Row]| rows.iter().any(|r| r.decision == Some(Decision::Unusable));
    let lost = notes.values().filter(|rows| unusable(rows)).count() as u64;
    notes.retain(|_, rows| !unusable(rows));

    let mut totals: Counts = Default::default();
    let mut strata: Vec<BTreeMap<&str, Stratum>> = Vec::new();
    for _ in MEASURES {
        let empty = sample.strata.iter().map(|s| (s.stratum.as_str(), Stratum { size: s.size, drawn: Vec::new() }));
        strata.push(empty.collect());
    }
    let (mut reasons, mut missed) = (BTreeMap::new(), BTreeMap::new());
    let (mut errors, mut judged) = (Vec::new(), 0);
    let mut groups: BTreeMap<(usize, String, String), (u64, u64)> = BTreeMap::new();
    for (&at, rows) in &notes {
        let draw = &sample.draws[at];
        let counts = counts(rows, sample);
        judged += u64::from(rows.iter().any(|r| decided(r)));
        for (i, (part, whole)) in counts.iter().enumerate() {
            totals[i].0 += part;
            totals[i].1 += whole;
            if let Some(stratum) = strata[i].get_mut(draw.stratum.as_str()) {
                stratum.drawn.push((*part as f64, *whole as f64));
            }
        }
        for row in rows.iter().filter(|r| r.decision == Some(Decision::Disagree)) {
            match row.item {
                Item::Missed => row.correct.iter().for_each(|c| *missed.entry(c.to_string()).or_insert(0) += 1),
                _ => *reasons.entry(row.reason.clone()).or_insert(0) += 1,
            }
            errors.push(ErrorRow {
                row: row.row,
                note_id: draw.note_id.clone(),
                item: row.item,
                code: row.code.clone(),
                reason: row.reason.clone(),
                correct: row.correct.iter().map(ToString::to_string).collect(),
            });
        }
        for row in rows.iter().filter(|r| r.item == Item::Code && decided(r) && supported(r, sample)) {
            let right = u64::from(row.decision == Some(Decision::Agree));
            let mut add = |rank, by: &str, value: String| {
                let slot = groups.entry((rank, by.to_string(), value)).or_default();
                slot.0 += right;
                slot.1 += 1;
            };
            add(0, "family", row.code.chars().take(3).collect());
            for (rank, name) in by.iter().enumerate() {
                let value = draw.fields.get(name).map_or("none".into(), |v| v.as_str().map_or_else(|| v.to_string(), str::to_string));
                add(rank + 1, name, value);
            }
        }
    }
    errors.sort_by_key(|e| e.row);
    let measures = MEASURES.iter().zip(totals).zip(strata).map(|(((name, definition), (part, whole)), strata)| Measure {
        name,
        definition,
        share: Share::new(part, whole, confidence),
        weighted: ratio(&strata.into_values().collect::<Vec<_>>(), confidence),
    });
    Reviewed {
        reviewer: review.reviewer.clone(),
        notes: judged,
        unusable: lost,
        undecided: notes.values().flatten().filter(|r| !decided(r)).count() as u64,
        measures: measures.collect(),
        reasons,
        missed,
        groups: groups.into_iter().map(|((_, by, value), (k, n))| Group { by, value, share: Share::new(k, n, confidence) }).collect(),
        errors,
    }
}

fn decided(row: &Row) -> bool {
    matches!(row.decision, Some(Decision::Agree | Decision::Disagree))
}

fn supported(row: &Row, sample: &Sample) -> bool {
    sample.draws[row.draw].codes.iter().any(|c| c.code == row.code && c.status == "supported")
}

fn counts(rows: &[&Row], sample: &Sample) -> Counts {
    let codes: Vec<_> = rows.iter().filter(|r| r.item == Item::Code && supported(r, sample)).collect();
    let one = |item| rows.iter().find(|r| r.item == item).filter(|r| decided(r));
    let right = codes.iter().filter(|r| r.decision == Some(Decision::Agree)).count() as u64;
    let judged = codes.iter().filter(|r| decided(r)).count() as u64;
    let (first, complete) = (one(Item::First), one(Item::Missed));
    let lacking = complete.map_or(0, |r| if r.decision == Some(Decision::Disagree) { r.correct.len() as u64 } else { 0 });
    let agrees = |row: Option<&&Row>| row.is_some_and(|r| r.decision == Some(Decision::Agree));
    let has_first = rows.iter().any(|r| r.item == Item::First);
    let all_decided = judged == codes.len() as u64 && complete.is_some() && (!has_first || first.is_some());
    let all_right = right == codes.len() as u64 && agrees(complete) && (!has_first || agrees(first));
    let first_code = first.and_then(|f| codes.iter().find(|c| c.code == f.code)).filter(|c| decided(c));
    let first_right = agrees(first) && first_code.is_some_and(|c| c.decision == Some(Decision::Agree));
    [
        (right, judged),
        if complete.is_some() { (right, right + lacking) } else { (0, 0) },
        (u64::from(all_decided && all_right), u64::from(all_decided)),
        (u64::from(first_right), u64::from(first_code.is_some())),
    ]
}

fn agreement(sample: &Sample, reviews: &[Review], confidence: f64) -> Agreement {
    let mut said: BTreeMap<(usize, Item, &str), Vec<Decision>> = BTreeMap::new();
    for (i, review) in reviews.iter().enumerate() {
        for row in review.rows.iter().filter(|r| decided(r)) {
            let slot = said.entry((row.draw, row.item, &row.code)).or_default();
            // only items that every reviewer before decided, too
            if slot.len() == i {
                slot.extend(row.decision);
            }
        }
    }
    said.retain(|_, d| d.len() == reviews.len());
    let same = said.values().filter(|d| d.iter().collect::<BTreeSet<_>>().len() == 1).count() as u64;
    let (method, kappa) = if reviews.len() == 2 {
        let pairs: Vec<_> = said.values().map(|d| (d[0], d[1])).collect();
        ("Cohen's kappa", cohen(&pairs, confidence))
    } else {
        let count = |d: &[Decision], of| d.iter().filter(|x| **x == of).count() as u32;
        let rows: Vec<_> = said.values().map(|d| vec![count(d, Decision::Agree), count(d, Decision::Disagree)]).collect();
        ("Fleiss' kappa", fleiss(&rows, confidence))
    };
    let raw = Share::new(same, said.len() as u64, confidence);
    let differ = said.into_iter().filter(|(_, d)| d.iter().any(|x| *x != d[0])).map(|((at, item, code), said)| Difference {
        note_id: sample.draws[at].note_id.clone(),
        item,
        code: code.to_string(),
        said,
    });
    Agreement { method, raw, kappa, differ: differ.collect() }
}
