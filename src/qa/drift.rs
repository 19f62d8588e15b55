//! Two batches of reports: how often each code and flag stands in each, and whether the difference is more than chance.

use super::frame::Head;
use super::statistics::Share;
use super::statistics::correction::Correction;
use super::statistics::proportion::{Test, newcombe, two_proportions};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Any supported code, any flag.
    Any,
    /// A supported code.
    Code,
    /// A flag.
    Flag,
}

impl What {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        ["any", "code", "flag"][self as usize]
    }
}

/// How often things stand in the notes of a batch.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    reports: u64,
    counts: BTreeMap<(What, String), u64>,
}

impl Batch {
    /// Adds a report.
    pub fn add(&mut self, head: &Head<'_>) {
        self.reports += 1;
        let codes: BTreeSet<&str> = head.codes.iter().filter(|c| c.status == "supported").map(|c| &*c.code).collect();
        let flags: BTreeSet<&str> = head.flags.iter().map(|f| &*f.flag).collect();
        let any = [(!codes.is_empty(), "supported code"), (!flags.is_empty(), "flag")];
        let any = any.into_iter().filter(|a| a.0).map(|a| (What::Any, a.1));
        for (what, name) in any.chain(codes.into_iter().map(|c| (What::Code, c))).chain(flags.into_iter().map(|f| (What::Flag, f))) {
            match self.counts.get_mut(&(what, name.to_string())) {
                Some(count) => *count += 1,
                None => drop(self.counts.insert((what, name.to_string()), 1)),
            }
        }
    }

    /// Reports so far.
    pub fn reports(&self) -> u64 {
        self.reports
    }
}

impl Batch {
    /// The share of notes that each thing stands in.
    pub fn shares(&self, confidence: f64) -> Vec<(What, String, Share)> {
        self.counts.iter().map(|((what, name), count)| (*what, name.clone(), Share::new(*count, self.reports, confidence))).collect()
    }
}

/// The comparison of two batches.
#[derive(Debug, Clone, Serialize)]
pub struct Drift {
    /// The confidence level of every interval.
    pub confidence: f64,
    /// How the p-values were corrected for each other.
    pub correction: Correction,
    /// What was compared, the most surprising first.
    pub rows: Vec<Row>,
}

/// One code or flag.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What it is.
    pub what: What,
    /// Its name.
    pub name: String,
    /// Share of notes in the first batch.
    pub a: Share,
    /// In the second.
    pub b: Share,
    /// Second minus first.
    pub difference: f64,
    /// Newcombe's interval of the difference.
    pub interval: [f64; 2],
    /// The test of "the two shares are equal".
    pub test: Test,
    /// Its two-sided p-value.
    pub p: f64,
    /// The same, corrected for all comparisons made.
    pub p_adjusted: f64,
}

/// Compares two batches; neither is empty.
pub fn compare(a: &Batch, b: &Batch, confidence: f64, correction: Correction) -> Drift {
    let names: BTreeSet<&(What, String)> = a.counts.keys().chain(b.counts.keys()).collect();
    let of = |batch: &Batch, key: &(What, String)| (batch.counts.get(key).copied().unwrap_or(0), batch.reports);
    let mut rows: Vec<Row> = names
        .into_iter()
        .map(|key| {
            let (first, second) = (of(a, key), of(b, key));
            let (p, test) = two_proportions(first, second);
            let (first_share, second_share) = (Share::new(first.0, first.1, confidence), Share::new(second.0, second.1, confidence));
            Row {
                what: key.0,
                name: key.1.clone(),
                difference: second_share.value.unwrap_or(0.0) - first_share.value.unwrap_or(0.0),
                a: first_share,
                b: second_share,
                interval: newcombe(second, first, confidence),
                test,
                p,
                p_adjusted: 1.0,
            }
        })
        .collect();
    let adjusted = correction.adjust(&rows.iter().map(|r| r.p).collect::<Vec<_>>());
    rows.iter_mut().zip(adjusted).for_each(|(row, p)| row.p_adjusted = p);
    rows.sort_by(|x, y| x.p.total_cmp(&y.p).then_with(|| (x.what, &x.name).cmp(&(y.what, &y.name))));
    Drift { confidence, correction, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_became_rarer_is_found_and_equal_ones_are_not() {
        let mut batches = [Batch::default(), Batch::default()];
        for (which, every) in [(0, 2), (1, 4)] {
            for i in 0..400u32 {
                let code = |code: &str| format!(r#"{{"code":"{code}","status":"supported"}}"#);
                let mut codes = vec![code("M50.20")];
                codes.extend(i.is_multiple_of(every).then(|| code("M54.2")));
                let line = format!(r#"{{"note":{{"id":"a","setting":"outpatient"}},"codes":[{}],"flags":[]}}"#, codes.join(","));
                batches[which].add(&serde_json::from_str(&line).unwrap());
            }
        }
        let [a, b] = batches;
        let drift = compare(&a, &b, 0.95, Correction::Holm);
        assert_eq!(drift.rows.len(), 3);
        let first = &drift.rows[0];
        assert_eq!((first.name.as_str(), first.a.count, first.b.count, first.difference), ("M54.2", 200, 100, -0.25));
        assert!(first.p_adjusted < 1e-10 && first.interval[1] < -0.18 && first.interval[0] > -0.32);
        assert!(drift.rows[1..].iter().all(|r| r.p_adjusted == 1.0 && r.difference == 0.0));
    }
}
