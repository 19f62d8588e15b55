//! Random numbers that are the same on every platform.
//!
//! The generator is ChaCha20 with a 64-bit block counter and nonce 0. Its key is the SHA-256 of `<purpose> seed <seed>`, the seed in
//! decimal digits. Number `i` is made of its 32-bit words `2i` (low) and `2i + 1` (high). Anyone can compute it again.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha20Rng);

impl Stream {
    /// The stream of that purpose and seed.
    pub fn new(purpose: &str, seed: u64) -> Stream {
        Stream(ChaCha20Rng::from_seed(Sha256::digest(format!("{purpose} seed {seed}").as_bytes()).into()))
    }

    /// The next 64 bits.
    pub fn next_number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `n`: the high half of the product, whose bias is below `n / 2^64`.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_number()) * u128::from(n)) >> 64) as u64
    }
}

/// Percentile intervals by the bootstrap: `items` are drawn with replacement `rounds` times; `figures` makes figures of the indices drawn.
///
/// The interval of a figure is from its `(1 - confidence) / 2` to its `(1 + confidence) / 2` quantile (nearest rank); rounds in which
/// a figure is not a number do not count for it.
pub fn bootstrap(
    items: usize,
    rounds: usize,
    seed: u64,
    confidence: f64,
    mut figures: impl FnMut(&[usize]) -> Vec<f64>,
) -> Vec<Option<[f64; 2]>> {
    let mut stream = Stream::new("cervicode bootstrap/1", seed);
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut drawn = vec![0; items];
    for _ in 0..if items == 0 { 0 } else { rounds } {
        drawn.iter_mut().for_each(|slot| *slot = stream.below(items as u64) as usize);
        for (i, figure) in figures(&drawn).into_iter().enumerate() {
            if columns.len() <= i {
                columns.resize(i + 1, Vec::new());
            }
            if figure.is_finite() {
                columns[i].push(figure);
            }
        }
    }
    let tail = (1.0 - confidence) / 2.0;
    let interval = |mut column: Vec<f64>| {
        column.sort_by(f64::total_cmp);
        let n = column.len();
        let at = |q: f64| column.get(((q * n as f64).ceil() as usize).clamp(1, n.max(1)) - 1).copied();
        Some([at(tail)?, at(1.0 - tail)?])
    };
    columns.into_iter().map(interval).collect()
}
