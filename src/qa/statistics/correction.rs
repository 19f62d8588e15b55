//! P-values of many comparisons made at once.

use serde::Serialize;

/// What the correction keeps in check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// Holm's step-down method (1979): the chance of even one false alarm.
    Holm,
    /// Benjamini and Hochberg's step-up method (1995): the expected share of false alarms among the alarms.
    BenjaminiHochberg,
}

impl Correction {
    /// The adjusted p-values, in the order given.
    pub fn adjust(self, p: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
        let n = p.len() as f64;
        let mut adjusted = vec![1.0; p.len()];
        match self {
            Correction::Holm => {
                let mut most = 0.0f64;
                for (rank, &i) in order.iter().enumerate() {
                    most = most.max((n - rank as f64) * p[i]).min(1.0);
                    adjusted[i] = most;
                }
            }
            Correction::BenjaminiHochberg => {
                let mut least = 1.0f64;
                for (rank, &i) in order.iter().enumerate().rev() {
                    least = least.min(n / (rank as f64 + 1.0) * p[i]);
                    adjusted[i] = least;
                }
            }
        }
        adjusted
    }
}
