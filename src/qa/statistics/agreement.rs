//! Agreement between reviewers, beyond what chance gives.

use super::proportion::normal_quantile;
use std::collections::BTreeMap;

/// A kappa with its interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Kappa {
    /// 1 is full agreement, 0 what chance gives.
    pub value: f64,
    /// Of the value, in large samples.
    pub standard_error: f64,
    /// Value ± quantile × standard error, cut at −1 and 1.
    pub interval: [f64; 2],
}

impl Kappa {
    fn new(value: f64, variance: f64, confidence: f64) -> Kappa {
        let standard_error = variance.max(0.0).sqrt();
        let half = normal_quantile(confidence) * standard_error;
        Kappa { value, standard_error, interval: [(value - half).max(-1.0), (value + half).min(1.0)] }
    }
}

/// Cohen's kappa of two reviewers over the same items (1960), with the standard error of Fleiss, Cohen and Everitt (1969).
/// `None` without items; 1 if both say the same single thing of all.
pub fn cohen<T: Ord>(ratings: &[(T, T)], confidence: f64) -> Option<Kappa> {
    let n = ratings.len() as f64;
    if ratings.is_empty() {
        return None;
    }
    let (mut rows, mut columns, mut cells) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (a, b) in ratings {
        *rows.entry(a).or_insert(0.0) += 1.0 / n;
        *columns.entry(b).or_insert(0.0) += 1.0 / n;
        *cells.entry((a, b)).or_insert(0.0) += 1.0 / n;
    }
    let get = |side: &BTreeMap<&T, f64>, key: &T| side.get(key).copied().unwrap_or(0.0);
    let observed: f64 = cells.iter().filter(|((a, b), _)| a == b).map(|(_, p)| p).sum();
    let chance: f64 = rows.iter().map(|(key, p)| p * get(&columns, key)).sum();
    let rest = 1.0 - chance;
    if rest <= 1e-12 {
        return Some(Kappa::new(1.0, 0.0, confidence));
    }
    let kappa = (observed - chance) / rest;
    let mut variance = 0.0;
    for ((a, b), p) in &cells {
        let margins = if a == b { get(&rows, a) + get(&columns, b) } else { get(&columns, a) + get(&rows, b) };
        let term = margins * (1.0 - kappa);
        variance += p * if a == b { (1.0 - term).powi(2) } else { term.powi(2) };
    }
    variance -= (kappa - chance * (1.0 - kappa)).powi(2);
    Some(Kappa::new(kappa, variance / (n * rest * rest), confidence))
}

/// Fleiss' kappa of a fixed number of reviewers (1971): each row says how many chose each category. The standard error is Gwet's (2008)
/// for items drawn from a large population. `None` without items or with fewer than two reviewers.
pub fn fleiss(counts: &[Vec<u32>], confidence: f64) -> Option<Kappa> {
    let reviewers = f64::from(counts.first()?.iter().sum::<u32>());
    let categories = counts.iter().map(Vec::len).max().unwrap_or(0);
    if reviewers < 2.0 || counts.iter().any(|row| f64::from(row.iter().sum::<u32>()) != reviewers) {
        return None;
    }
    let n = counts.len() as f64;
    let at = |row: &Vec<u32>, c: usize| f64::from(row.get(c).copied().unwrap_or(0));
    let shares: Vec<f64> = (0..categories).map(|c| counts.iter().map(|row| at(row, c)).sum::<f64>() / (n * reviewers)).collect();
    let agreed = |row: &Vec<u32>| (0..categories).map(|c| at(row, c) * (at(row, c) - 1.0)).sum::<f64>() / (reviewers * (reviewers - 1.0));
    let observed = counts.iter().map(agreed).sum::<f64>() / n;
    let chance: f64 = shares.iter().map(|p| p * p).sum();
    let rest = 1.0 - chance;
    if rest <= 1e-12 {
        return Some(Kappa::new(1.0, 0.0, confidence));
    }
    let kappa = (observed - chance) / rest;
    let deviation = |row: &Vec<u32>| {
        let own = (agreed(row) - chance) / rest;
        let own_chance = (0..categories).map(|c| shares[c] * at(row, c) / reviewers).sum::<f64>();
        (own - 2.0 * (1.0 - kappa) * (own_chance - chance) / rest - kappa).powi(2)
    };
    let variance = if n > 1.0 { counts.iter().map(deviation).sum::<f64>() / (n * (n - 1.0)) } else { 0.0 };
    Some(Kappa::new(kappa, variance, confidence))
}
