//! Statistics as functions over values: every method is named, none rounds.
//!
//! Held in tests against published worked examples and against figures of independent libraries (`tests/data/statistics.json`).

pub mod agreement;
pub mod correction;
pub mod proportion;
pub mod random;
pub mod strata;

/// A share with its two intervals: never shown without `of`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// `count / of`; unknown if there are none.
    pub value: Option<f64>,
    /// The confidence level of both intervals ("0.95").
    pub confidence: f64,
    /// Clopper and Pearson's exact interval.
    pub exact: [f64; 2],
    /// Wilson's score interval.
    pub wilson: [f64; 2],
}

impl Share {
    /// The share of `count` in `of` with its intervals.
    pub fn new(count: u64, of: u64, confidence: f64) -> Share {
        let value = (of > 0).then(|| count as f64 / of as f64);
        let exact = proportion::clopper_pearson(count, of, confidence);
        Share { count, of, value, confidence, exact, wilson: proportion::wilson(count, of, confidence) }
    }
}
