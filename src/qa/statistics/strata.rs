//! Estimates weighted to the frame: a ratio over notes, drawn by stratum.

use super::proportion::beta_interval;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// One stratum: how many notes the frame holds of it, and for each note drawn the numerator and the denominator.
///
/// For the accuracy of codes these are the right codes and all codes of the note; for that of notes 0 or 1, and 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stratum {
    /// Notes in the frame.
    pub size: u64,
    /// `(numerator, denominator)` of each note drawn.
    pub drawn: Vec<(f64, f64)>,
}

/// A ratio weighted to the frame.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The ratio.
    pub value: f64,
    /// By linearisation, with the finite-population correction; codes of one note are not taken as independent.
    pub standard_error: f64,
    /// Korn and Graubard's interval (1998): Clopper and Pearson's with the number of items that would give this standard error.
    pub interval: [f64; 2],
    /// That number.
    pub effective: f64,
    /// Strata of which only one note was drawn although there are more: their variance is unknown and counted as none.
    pub single: usize,
}

/// The combined ratio estimate over strata (Cochran 1977, 6.11). `None` if a stratum of the frame was not drawn from or nothing counts.
pub fn ratio(strata: &[Stratum], confidence: f64) -> Option<Estimate> {
    let weight = |s: &Stratum| s.size as f64 / s.drawn.len() as f64;
    let strata: Vec<&Stratum> = strata.iter().filter(|s| s.size > 0).collect();
    if strata.iter().any(|s| s.drawn.is_empty()) {
        return None;
    }
    let total = |part: fn(&(f64, f64)) -> f64| strata.iter().map(|s| weight(s) * s.drawn.iter().map(part).sum::<f64>()).sum::<f64>();
    let (numerator, denominator) = (total(|d| d.0), total(|d| d.1));
    if denominator <= 0.0 {
        return None;
    }
    let value = numerator / denominator;
    let (mut variance, mut single) = (0.0, 0);
    for s in &strata {
        let (n, size) = (s.drawn.len() as f64, s.size as f64);
        if s.drawn.len() < 2 {
            single += usize::from(s.size > 1);
            continue;
        }
        let errors: Vec<f64> = s.drawn.iter().map(|(y, x)| y - value * x).collect();
        let mean = errors.iter().sum::<f64>() / n;
        let spread = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0);
        variance += size * size * (1.0 - (n / size).min(1.0)) * spread / n;
    }
    let standard_error = variance.sqrt() / denominator;
    let items: f64 = strata.iter().flat_map(|s| &s.drawn).map(|d| d.1).sum();
    let notes: usize = strata.iter().map(|s| s.drawn.len()).sum();
    let share = notes as f64 / strata.iter().map(|s| s.size as f64).sum::<f64>();
    // never more than a simple sample of the same size would give, whatever the few notes of a stratum say
    let most = items / (1.0 - share).max(0.0);
    let quantile =
        |freedom: f64| StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(f64::NAN, |t| t.inverse_cdf(f64::midpoint(1.0, confidence)));
    let freedom = quantile(items - 1.0) / quantile(notes as f64 - strata.len() as f64);
    let effective = if standard_error > 0.0 { value * (1.0 - value) / standard_error.powi(2) * freedom.powi(2) } else { most };
    let effective = effective.min(most);
    let interval = if effective.is_finite() { beta_interval(value.clamp(0.0, 1.0), effective, confidence) } else { [value, value] };
    Some(Estimate { value, standard_error, interval, effective, single })
}
