//! Drawing a sample in one pass, whatever the size of the frame.
//!
//! Every report gets the next number of a seeded stream ([`super::statistics::random`]) as its key; of each stratum those with the
//! smallest keys are drawn, in the order of their keys, and only they are held. Every set of notes is as likely as any other, the first
//! notes drawn are themselves a sample (so spares are simply the next ones), and the number can be settled after the frame is known.

use super::frame::{Entry, Frame, Head, hex, read};
use super::plan::{Allocation, Method, Plan};
use super::statistics::random::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// The form of the record of a sample.
pub const SCHEMA: &str = "cervicode.sample/1";
/// What the random stream is called.
const PURPOSE: &str = "cervicode sample/1";
/// More strata than this are no strata.
const MOST_STRATA: usize = 10_000;

/// The record of a sample: all that is needed to draw it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    /// [`SCHEMA`].
    pub schema: String,
    /// Names the sample: a hash of everything below.
    pub sample: String,
    /// How it was drawn.
    pub algorithm: String,
    /// The plan, complete.
    pub plan: Plan,
    /// What it was drawn from.
    pub frame: FrameRecord,
    /// The strata, by name.
    pub strata: Vec<StratumRecord>,
    /// The notes drawn, in order, each stratum's spares after its draws.
    pub draws: Vec<Draw>,
}

/// What a sample was drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRecord {
    /// The inputs, as they were called.
    pub inputs: Vec<String>,
    /// Reports in them.
    pub reports: u64,
    /// See [`Frame::sha256`].
    pub sha256: String,
    /// What made them: version and the beginning of the knowledge's hash.
    pub engines: Vec<String>,
}

/// One stratum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StratumRecord {
    /// Its name.
    pub stratum: String,
    /// Reports in the frame.
    pub size: u64,
    /// Drawn, without spares.
    pub drawn: u64,
    /// Spares.
    pub spares: u64,
}

/// A note drawn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Draw {
    /// One-based, in the order drawn.
    pub draw: u64,
    /// Its stratum.
    pub stratum: String,
    /// Whether it only stands in for another.
    pub spare: bool,
    /// Its one-based place in the frame.
    pub place: u64,
    /// Its random key.
    pub key: String,
    /// The note.
    pub note_id: String,
    /// The hash of its text.
    pub note_sha256: String,
    /// Its codes, in order.
    pub codes: Vec<DrawnCode>,
    /// The fields that were kept.
    pub fields: Map<String, Value>,
}

/// A code of a note drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnCode {
    /// The code.
    pub code: String,
    /// "supported" or "review".
    pub status: String,
}

impl Sample {
    /// The name that its contents give it.
    pub fn name(&self) -> String {
        let unnamed = Sample { sample: String::new(), ..self.clone() };
        let json = serde_json::to_vec(&unnamed).unwrap_or_default();
        hex(&Sha256::digest(&json)).chars().take(16).collect()
    }
}

/// A report with its key; the greatest key is on top of a heap.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Keyed {
    key: u64,
    place: u64,
    line: Vec<u8>,
}

#[derive(Debug, Default)]
struct Reservoir {
    size: u64,
    held: BinaryHeap<Keyed>,
}

/// Draws while the frame goes by.
#[derive(Debug)]
pub struct Drawer {
    plan: Plan,
    frame: Frame,
    engines: BTreeSet<String>,
    stream: Stream,
    strata: BTreeMap<String, Reservoir>,
    /// For the systematic method: the fraction of a step at which it starts, and the size of the frame.
    steps: Option<Steps>,
}

#[derive(Debug)]
struct Steps {
    start: u32,
    taken: u64,
    /// Reports and draws: one of every `reports / draws` is taken.
    ratio: (u64, u64),
}

impl Steps {
    /// The zero-based place of the next draw.
    fn next(&self) -> u64 {
        let at = ((u128::from(self.taken) << 32) + u128::from(self.start)) * u128::from(self.ratio.0) / u128::from(self.ratio.1.max(1));
        (at >> 32) as u64
    }
}

impl Drawer {
    /// A drawer for a checked plan; `reports` is the size of the frame, which the systematic method must know unless it takes every
    /// so manieth note.
    ///
    /// # Errors
    /// What is wrong with the plan.
    pub fn new(plan: &Plan, reports: Option<u64>) -> Result<Drawer, String> {
        plan.check()?;
        let mut stream = Stream::new(PURPOSE, plan.seed);
        let steps = match (plan.method, plan.every, reports) {
            (Method::Systematic, Some(every), _) => Some((every, 1)),
            (Method::Systematic, None, Some(reports)) => Some((reports, plan.target(Some(reports)))),
            (Method::Systematic, None, None) => return Err("the systematic method must know the size of the frame".into()),
            _ => None,
        };
        let steps = steps.map(|ratio| Steps { start: (stream.next_number() >> 32) as u32, taken: 0, ratio });
        Ok(Drawer { plan: plan.clone(), frame: Frame::default(), engines: BTreeSet::new(), stream, strata: BTreeMap::new(), steps })
    }

    /// Shows the drawer the next report of the frame.
    ///
    /// # Errors
    /// If the line is no report, which then is not part of the frame; or if there are too many strata.
    pub fn offer(&mut self, line: &[u8]) -> Result<(), String> {
        let head: Head<'_> = read(line)?;
        let stratum = self.plan.stratum(&head);
        if self.strata.len() >= MOST_STRATA && !self.strata.contains_key(&stratum) {
            return Err(format!("more than {MOST_STRATA} strata: `by` names something that differs from note to note"));
        }
        let place = self.frame.reports();
        self.frame.add(line);
        let hash: String = head.engine.knowledge_sha256.chars().take(12).collect();
        let engine = format!("{} {hash}", head.engine.version);
        // a frame of many engines is a mistake; its record need not hold them all
        if self.engines.len() < 16 {
            self.engines.insert(engine);
        }
        let reservoir = self.strata.entry(stratum.clone()).or_default();
        reservoir.size += 1;
        let (key, keep) = match &mut self.steps {
            Some(steps) => {
                if steps.next() != place || (self.plan.every.is_none() && steps.taken >= steps.ratio.1) {
                    return Ok(());
                }
                steps.taken += 1;
                (steps.taken, u64::MAX)
            }
            None => {
                let most = match self.plan.allocation {
                    Allocation::Fixed => self.plan.fixed(&stratum),
                    Allocation::Proportional => self.plan.target(None),
                };
                (self.stream.next_number(), most + self.plan.spares)
            }
        };
        let full = reservoir.held.len() as u64 >= keep;
        if full && reservoir.held.peek().is_none_or(|top| (top.key, top.place) < (key, place)) {
            return Ok(());
        }
        if full {
            reservoir.held.pop();
        }
        reservoir.held.push(Keyed { key, place, line: line.trim_ascii().to_vec() });
        Ok(())
    }

    /// Reports so far.
    pub fn reports(&self) -> u64 {
        self.frame.reports()
    }

    /// The sample, and the reports drawn, in the same order.
    ///
    /// # Errors
    /// If the plan cannot be met.
    pub fn finish(self, inputs: Vec<String>) -> Result<(Sample, Vec<Entry>), String> {
        if let Some(name) = self.plan.strata.keys().find(|name| !self.strata.contains_key(*name)) {
            let names = self.strata.keys().take(12).cloned().collect::<Vec<_>>().join(", ");
            return Err(format!("the plan's stratum `{name}` is not in the frame, which has {names}"));
        }
        let numbers = self.numbers()?;
        let systematic = self.steps.is_some();
        let (mut draws, mut entries, mut strata) = (Vec::new(), Vec::new(), Vec::new());
        for ((stratum, reservoir), drawn) in self.strata.into_iter().zip(numbers) {
            let held = reservoir.held.into_sorted_vec();
            let drawn = if systematic { held.len() as u64 } else { drawn.min(held.len() as u64) };
            let spares = (held.len() as u64 - drawn).min(self.plan.spares);
            strata.push(StratumRecord { stratum: stratum.clone(), size: reservoir.size, drawn, spares });
            for (i, keyed) in held.into_iter().take((drawn + spares) as usize).enumerate() {
                let entry: Entry = read(&keyed.line)?;
                draws.push(Draw {
                    draw: draws.len() as u64 + 1,
                    stratum: stratum.clone(),
                    spare: i as u64 >= drawn,
                    place: keyed.place + 1,
                    key: format!("{:016x}", keyed.key),
                    note_id: entry.note.id.clone(),
                    note_sha256: entry.note.sha256.clone(),
                    codes: entry.codes.iter().map(|c| DrawnCode { code: c.code.clone(), status: c.status.clone() }).collect(),
                    fields: entry.passthrough.clone(),
                });
                entries.push(entry);
            }
        }
        let algorithm = match systematic {
            true => "systematic: places floor((j + u) * step), u the first 32 bits of the stream".to_string(),
            false => "the smallest of one random key a report (bottom-k), by stratum".to_string(),
        };
        let algorithm =
            format!("{algorithm}; stream: ChaCha20 (64-bit counter, nonce 0), key SHA-256(\"{PURPOSE} seed {}\")", self.plan.seed);
        let frame =
            FrameRecord { inputs, reports: self.frame.reports(), sha256: self.frame.sha256(), engines: self.engines.into_iter().collect() };
        let mut sample = Sample { schema: SCHEMA.into(), sample: String::new(), algorithm, plan: self.plan, frame, strata, draws };
        sample.sample = sample.name();
        Ok((sample, entries))
    }

    /// How many to draw from each stratum, in their order.
    fn numbers(&self) -> Result<Vec<u64>, String> {
        if self.plan.allocation == Allocation::Fixed {
            return Ok(self.strata.iter().map(|(name, r)| self.plan.fixed(name).min(r.size)).collect());
        }
        let sizes: Vec<u64> = self.strata.values().map(|r| r.size).collect();
        let target = self.plan.target(Some(self.frame.reports()));
        if self.plan.method != Method::Stratified {
            return Ok(vec![target; sizes.len()]);
        }
        allocate(target, &sizes, self.plan.minimum)
    }
}

/// Divides `target` among strata by their sizes: first the minimum of each, then largest remainders; none gives more than it has.
///
/// # Errors
/// If the minimums alone are more.
pub fn allocate(target: u64, sizes: &[u64], minimum: u64) -> Result<Vec<u64>, String> {
    let least: Vec<u64> = sizes.iter().map(|&s| s.min(minimum)).collect();
    let (needed, whole) = (least.iter().sum::<u64>(), sizes.iter().sum::<u64>());
    if needed > target {
        return Err(format!("{} strata with at least {minimum} notes each need {needed} notes, and {target} are asked for", sizes.len()));
    }
    // what falls below its minimum gets that, and the others share the rest; this may take others below theirs
    let mut given: Vec<Option<u64>> = vec![None; sizes.len()];
    loop {
        let left = target.min(whole) - given.iter().flatten().sum::<u64>();
        let open: u64 = (0..sizes.len()).filter(|&i| given[i].is_none()).map(|i| sizes[i]).sum();
        let below = |i: &usize| u128::from(left) * u128::from(sizes[*i]) < u128::from(least[*i]) * u128::from(open);
        let low: Vec<usize> = (0..sizes.len()).filter(|&i| given[i].is_none()).filter(below).collect();
        if low.is_empty() {
            return Ok(remainders(left, open, sizes, given));
        }
        low.into_iter().for_each(|i| given[i] = Some(least[i]));
    }
}

/// Shares `left` among those that have nothing yet, by size: whole parts first, then the largest remainders, the first of equal ones.
fn remainders(left: u64, open: u64, sizes: &[u64], given: Vec<Option<u64>>) -> Vec<u64> {
    let part = |i: usize| u128::from(left) * u128::from(sizes[i]);
    let mut order: Vec<usize> = (0..sizes.len()).filter(|&i| given[i].is_none()).collect();
    let open = u128::from(open.max(1));
    let mut shares: Vec<u64> = given.iter().enumerate().map(|(i, g)| g.unwrap_or((part(i) / open) as u64)).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(part(i) % open));
    let over = left.saturating_sub(order.iter().map(|&i| shares[i]).sum());
    order.into_iter().take(over as usize).for_each(|i| shares[i] += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(i: u64, code: &str) -> Vec<u8> {
        let codes = if code.is_empty() {
            "[]".into()
        } else {
            format!(r#"[{{"code":"{code}","status":"supported","title":null,"why":"w","evidence":[]}}]"#)
        };
        let note = format!(r#"{{"id":"n{i}","sha256":"{i}","setting":"outpatient"}}"#);
        format!(r#"{{"note":{note},"offsets":"codepoints","codes":{codes},"flags":[],"passthrough":{{"clinic":{}}}}}"#, i % 3).into_bytes()
    }

    fn sample(plan: &Plan, reports: u64, code: impl Fn(u64) -> &'static str) -> Sample {
        let mut drawer = Drawer::new(plan, Some(reports)).unwrap();
        (0..reports).for_each(|i| drawer.offer(&report(i, code(i))).unwrap());
        drawer.finish(vec!["frame".into()]).unwrap().0
    }

    #[test]
    fn the_same_seed_draws_the_same_and_spares_are_the_next() {
        let plan = Plan { size: Some(12), ..Plan::simple() };
        let first = sample(&plan, 1000, |_| "M54.2");
        assert_eq!(first.sample, sample(&plan, 1000, |_| "M54.2").sample);
        // the places that an independent implementation of the same definition draws (tests/data/statistics.json)
        let places: Vec<u64> = first.draws.iter().map(|d| d.place - 1).collect();
        assert_eq!(places, [768, 605, 569, 532, 113, 125, 665, 653, 301, 50, 218, 64]);
        let fewer = sample(&Plan { size: Some(7), spares: 5, ..Plan::simple() }, 1000, |_| "M54.2");
        assert!(fewer.draws.iter().map(|d| d.place - 1).eq(places));
        assert_eq!(fewer.draws.iter().filter(|d| d.spare).count(), 5);
        assert_ne!(first.draws[0].place, sample(&Plan { seed: 2, ..plan }, 1000, |_| "M54.2").draws[0].place);
    }

    #[test]
    fn every_note_is_as_likely() {
        let mut seen = [0u32; 50];
        for seed in 0..2000 {
            sample(&Plan { size: Some(5), seed, ..Plan::simple() }, 50, |_| "").draws.iter().for_each(|d| seen[d.place as usize - 1] += 1);
        }
        // 200 are expected of each; chi-squared with 49 degrees of freedom, scaled for draws without replacement, is below 85.4 with p = 0.999
        let chi: f64 = seen.iter().map(|&n| (f64::from(n) - 200.0).powi(2) / 200.0 / 0.9).sum();
        assert!(chi < 85.4, "{chi}");
    }

    #[test]
    fn strata_are_proportional_or_fixed() {
        let code = |i: u64| {
            if i.is_multiple_of(10) {
                "M50.20"
            } else if i % 100 == 1 {
                ""
            } else {
                "M54.2"
            }
        };
        let by = vec!["family".to_string()];
        let plan = Plan { method: Method::Stratified, by, size: Some(50), ..Plan::simple() };
        let strata = |s: &Sample| s.strata.iter().map(|s| (s.stratum.clone(), s.size, s.drawn)).collect::<Vec<_>>();
        let of = |name: &str, size, drawn| (name.to_string(), size, drawn);
        assert_eq!(strata(&sample(&plan, 1000, code)), [of("M50", 100, 5), of("M54", 890, 43), of("none", 10, 2)]);
        let fixed = Plan { size: None, allocation: Allocation::Fixed, per_stratum: Some(20), strata: [("M54".into(), 3)].into(), ..plan };
        assert_eq!(strata(&sample(&fixed, 1000, code)), [of("M50", 100, 20), of("M54", 890, 3), of("none", 10, 10)]);
        let absent = Plan { strata: [("M99".to_string(), 3)].into(), ..fixed };
        let mut drawer = Drawer::new(&absent, None).unwrap();
        drawer.offer(&report(1, "")).unwrap();
        assert!(drawer.finish(Vec::new()).unwrap_err().contains("`M99` is not in the frame, which has none"));
    }

    #[test]
    fn allocation_gives_all_and_never_more_than_there_is() {
        assert_eq!(allocate(10, &[3, 3, 3, 1], 0), Ok(vec![3, 3, 3, 1]));
        assert_eq!(allocate(10, &[1000, 1, 1], 2), Ok(vec![8, 1, 1]));
        assert_eq!(allocate(100, &[500, 300, 200], 2), Ok(vec![50, 30, 20]));
        assert!(allocate(3, &[9, 9], 2).is_err());
        assert_eq!(allocate(7, &[], 2), Ok(vec![]));
    }

    #[test]
    fn systematic_draws_stand_at_equal_distances() {
        let plan = Plan { method: Method::Systematic, size: Some(8), ..Plan::simple() };
        let places: Vec<u64> = sample(&plan, 100, |_| "").draws.iter().map(|d| d.place).collect();
        assert_eq!(places.len(), 8);
        assert!(places.windows(2).all(|w| (12..=13).contains(&(w[1] - w[0]))), "{places:?}");
        let every: Vec<u64> = sample(&Plan { size: None, every: Some(25), ..plan }, 100, |_| "").draws.iter().map(|d| d.place).collect();
        assert!(every.len() == 4 && every.windows(2).all(|w| w[1] - w[0] == 25), "{every:?}");
    }

    #[test]
    fn precision_settles_the_size_after_the_frame_is_known() {
        let plan = Plan { precision: Some(0.05), ..Plan::simple() };
        assert_eq!(sample(&plan, 1000, |_| "").strata[0].drawn, 278);
    }
}
