//! One proportion, two proportions, and how many to draw.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, Discrete, Hypergeometric, Normal};

/// The two-sided normal quantile of a confidence level: 1.959964 for 0.95.
pub fn normal_quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence.clamp(0.0, 0.999_999)))
}

/// Clopper and Pearson's exact interval of `count` in `of` (1934): its coverage is never below the level.
pub fn clopper_pearson(count: u64, of: u64, confidence: f64) -> [f64; 2] {
    if of == 0 {
        return [0.0, 1.0];
    }
    let (k, n, tail) = (count.min(of) as f64, of as f64, (1.0 - confidence) / 2.0);
    let low = if count == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, tail) };
    let high = if count >= of { 1.0 } else { beta_quantile(k + 1.0, n - k, 1.0 - tail) };
    [low, high]
}

/// The same for a share of a number of items that need not be whole (an effective number).
pub fn beta_interval(share: f64, items: f64, confidence: f64) -> [f64; 2] {
    let (k, tail) = (share * items, (1.0 - confidence) / 2.0);
    let low = if k <= 0.0 { 0.0 } else { beta_quantile(k, items - k + 1.0, tail) };
    let high = if k >= items { 1.0 } else { beta_quantile(k + 1.0, items - k, 1.0 - tail) };
    [low, high]
}

/// The library's quantile is good to ten places, which is little for a share of one in a hundred thousand: Newton's steps sharpen it.
fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let Ok(beta) = Beta::new(a, b) else { return f64::NAN };
    let step = |x: f64| x - (beta.cdf(x) - p) / beta.pdf(x);
    let rough = beta.inverse_cdf(p);
    let sharp = step(step(step(rough)));
    // a step that leads away is the fault of a flat place, where the library's answer stands
    if (sharp - rough).abs() < 1e-3 * rough { sharp } else { rough }
}

/// Wilson's score interval of `count` in `of` (1927), without continuity correction.
pub fn wilson(count: u64, of: u64, confidence: f64) -> [f64; 2] {
    if of == 0 {
        return [0.0, 1.0];
    }
    let (k, n, z) = (count.min(of) as f64, of as f64, normal_quantile(confidence));
    let p = k / n;
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    // at the ends the two terms are equal but for rounding
    [if count == 0 { 0.0 } else { centre - half }, if count >= of { 1.0 } else { centre + half }]
}

/// Newcombe's interval of a difference of two independent proportions (1998, method 10: from Wilson's intervals).
pub fn newcombe(a: (u64, u64), b: (u64, u64), confidence: f64) -> [f64; 2] {
    if a.1 == 0 || b.1 == 0 {
        return [-1.0, 1.0];
    }
    let share = |(k, n): (u64, u64)| k as f64 / n as f64;
    let (p, q) = (share(a), share(b));
    let ([low_a, high_a], [low_b, high_b]) = (wilson(a.0, a.1, confidence), wilson(b.0, b.1, confidence));
    [p - q - (p - low_a).hypot(high_b - q), p - q + (high_a - p).hypot(q - low_b)]
}

/// How two proportions were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Fisher's exact test, two-sided: tables no more likely than the one seen.
    FisherExact,
    /// The two-sided score test with the pooled proportion (the chi-squared test without correction).
    Score,
}

/// The two-sided p-value of "the two proportions are equal", and the test: Fisher's where an expected count is below 5, else the score test.
pub fn two_proportions(a: (u64, u64), b: (u64, u64)) -> (f64, Test) {
    let whole = (a.1 + b.1).max(1) as f64;
    let (hits, misses) = ((a.0 + b.0) as f64, (a.1 + b.1 - a.0 - b.0) as f64);
    let least = hits.min(misses) * a.1.min(b.1) as f64 / whole;
    if least < 5.0 { (fisher(a, b), Test::FisherExact) } else { (score(a, b), Test::Score) }
}

/// The score test's two-sided p-value.
pub fn score(a: (u64, u64), b: (u64, u64)) -> f64 {
    let (m, n) = (a.1 as f64, b.1 as f64);
    let pooled = (a.0 + b.0) as f64 / (m + n);
    let error = (pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n)).sqrt();
    if error.is_nan() || error <= 0.0 {
        return 1.0;
    }
    let z = (a.0 as f64 / m - b.0 as f64 / n) / error;
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// Fisher's exact test's two-sided p-value.
pub fn fisher(a: (u64, u64), b: (u64, u64)) -> f64 {
    let (whole, hits) = (a.1 + b.1, a.0 + b.0);
    let Ok(tables) = Hypergeometric::new(whole, hits, a.1) else { return 1.0 };
    // as likely, but for rounding
    let limit = tables.ln_pmf(a.0) + 1e-7;
    let (least, most) = (hits.saturating_sub(b.1), hits.min(a.1));
    let mut p = 0.0;
    // most tables far from the middle add nothing: from each end inwards until one is likelier than the one seen
    for k in least..=most {
        let ln = tables.ln_pmf(k);
        if ln > limit {
            break;
        }
        p += ln.exp();
    }
    let seen_to = (least..=most).take_while(|&k| tables.ln_pmf(k) <= limit).count() as u64;
    for k in (least + seen_to..=most).rev() {
        let ln = tables.ln_pmf(k);
        if ln > limit {
            break;
        }
        p += ln.exp();
    }
    p.min(1.0)
}

/// How many to draw so that a share near `expected` is known to ± `precision` at the level (normal approximation; Cochran 1977, 4.2),
/// with the finite-population correction if the size of the frame is given.
pub fn sample_size(precision: f64, confidence: f64, expected: f64, frame: Option<u64>) -> u64 {
    let z = normal_quantile(confidence);
    let endless = z * z * expected * (1.0 - expected) / (precision * precision);
    let size = match frame {
        Some(frame) if frame > 0 => endless / (1.0 + (endless - 1.0) / frame as f64),
        _ => endless,
    };
    // 384.0000001 is 384
    let size = (size - 1e-9).ceil().max(1.0) as u64;
    frame.map_or(size, |frame| size.min(frame))
}
