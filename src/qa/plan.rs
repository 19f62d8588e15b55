//! How a sample is to be drawn: read from YAML or made of options, then checked.

use super::frame::Head;
use super::statistics::proportion::sample_size;
use crate::knowledge::yaml;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A plan, as written and as recorded in the sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// 1.
    pub version: u32,
    /// How notes are chosen.
    #[serde(default)]
    pub method: Method,
    /// Notes to draw; instead of it `precision`, or numbers by stratum.
    #[serde(default)]
    pub size: Option<u64>,
    /// Half the width of the interval that is wanted ("0.05").
    #[serde(default)]
    pub precision: Option<f64>,
    /// Its level.
    #[serde(default = "confidence")]
    pub confidence: f64,
    /// The share that is expected; 0.5 is the most cautious.
    #[serde(default = "half")]
    pub expected: f64,
    /// What makes a stratum, of [`KEYS`] or `field:NAME`.
    #[serde(default)]
    pub by: Vec<String>,
    /// How notes are divided among strata.
    #[serde(default)]
    pub allocation: Allocation,
    /// Notes from every stratum (allocation `fixed`).
    #[serde(default)]
    pub per_stratum: Option<u64>,
    /// Notes from the strata named, where it differs (allocation `fixed`).
    #[serde(default)]
    pub strata: BTreeMap<String, u64>,
    /// At least so many from every stratum (allocation `proportional`); with fewer than 2 its variance is unknown.
    #[serde(default = "two")]
    pub minimum: u64,
    /// Every so manieth note (method `systematic`), instead of `size`.
    #[serde(default)]
    pub every: Option<u64>,
    /// Further draws from every stratum, to stand in for notes that cannot be judged.
    #[serde(default)]
    pub spares: u64,
    /// The same seed and frame give the same draw.
    #[serde(default = "one")]
    pub seed: u64,
}

/// How notes are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Every set of notes of that size is as likely.
    #[default]
    Simple,
    /// So within every stratum.
    Stratified,
    /// At equal distances from a random start.
    Systematic,
}

/// How notes are divided among strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allocation {
    /// By the size of the stratum, largest remainders first.
    #[default]
    Proportional,
    /// By numbers in the plan.
    Fixed,
}

fn confidence() -> f64 {
    0.95
}
fn half() -> f64 {
    0.5
}
fn one() -> u64 {
    1
}
fn two() -> u64 {
    2
}

/// What can make a stratum without being a kept field.
pub const KEYS: [&str; 5] = ["family", "flag", "status", "setting", "author"];

/// The most notes that one sample may hold: worksheets are for people.
const MOST: u64 = 1_000_000;

impl Plan {
    /// The plan that options alone make.
    pub fn simple() -> Plan {
        Plan {
            version: 1,
            method: Method::Simple,
            size: None,
            precision: None,
            confidence: confidence(),
            expected: half(),
            by: Vec::new(),
            allocation: Allocation::Proportional,
            per_stratum: None,
            strata: BTreeMap::new(),
            minimum: two(),
            every: None,
            spares: 0,
            seed: one(),
        }
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn parse(text: &str) -> Result<Plan, String> {
        yaml::parse(text).map_err(|e| format!("line {}, column {}: {}", e.line, e.column, e.message))
    }

    /// Checks that the plan says one thing.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), String> {
        let say = |wrong: bool, message: &str| if wrong { Err(message.to_string()) } else { Ok(()) };
        let within = |v: f64| v > 0.0 && v < 1.0;
        say(self.version != 1, "`version` is 1")?;
        say(!within(self.confidence), "`confidence` lies between 0 and 1 (0.95)")?;
        say(!(0.0..=1.0).contains(&self.expected), "`expected` lies between 0 and 1")?;
        say(self.precision.is_some_and(|p| !within(p)), "`precision` lies between 0 and 1 (0.05)")?;
        say(self.size.is_some() && self.precision.is_some(), "give `size` or `precision`, not both")?;
        say(self.size == Some(0), "`size` is at least 1")?;
        say(self.every == Some(0), "`every` is at least 1")?;
        say(self.every.is_some() && self.method != Method::Systematic, "`every` is for the method systematic")?;
        say(self.every.is_some() && self.sized(), "give `every` or a size, not both")?;
        say(self.method == Method::Systematic && self.spares > 0, "a systematic sample has no spares")?;
        say(
            (self.method == Method::Stratified) == self.by.is_empty(),
            "`by` names what makes a stratum; it goes with the method stratified",
        )?;
        let unknown = self.by.iter().find(|key| !KEYS.contains(&key.as_str()) && !key.starts_with("field:"));
        if let Some(key) = unknown {
            return Err(format!("`by: {key}` is none of {} or field:NAME", KEYS.join(", ")));
        }
        let fixed = self.allocation == Allocation::Fixed;
        say(fixed && self.method != Method::Stratified, "allocation `fixed` is for the method stratified")?;
        say(fixed && self.sized(), "allocation `fixed` takes its numbers from `per-stratum` and `strata`")?;
        say(fixed && self.per_stratum.is_none() && self.strata.is_empty(), "allocation `fixed` needs `per-stratum` or `strata`")?;
        say(!fixed && (self.per_stratum.is_some() || !self.strata.is_empty()), "`per-stratum` and `strata` go with `allocation: fixed`")?;
        say(!fixed && !self.sized() && self.every.is_none(), "say how many notes: `size`, or `precision` with `expected`")?;
        let most = self.strata.values().chain(&self.per_stratum).chain(&self.size).chain([&self.spares]).max().copied();
        say(most > Some(MOST) || self.target(None) > MOST, "more than a million notes for one sample: no one reads so many")
    }

    fn sized(&self) -> bool {
        self.size.is_some() || self.precision.is_some()
    }

    /// Notes to draw from a frame of that size (unknown while it is read: then the most it can be).
    pub fn target(&self, frame: Option<u64>) -> u64 {
        let size = match self.precision {
            Some(precision) => sample_size(precision, self.confidence, self.expected, frame),
            None => self.size.unwrap_or(0),
        };
        frame.map_or(size, |frame| size.min(frame))
    }

    /// Notes to draw from a stratum by numbers in the plan.
    pub fn fixed(&self, stratum: &str) -> u64 {
        self.strata.get(stratum).copied().or(self.per_stratum).unwrap_or(0)
    }

    /// The stratum of a report: by the first-listed code's category, the first flag, whether anything is supported, a kept field.
    pub fn stratum(&self, head: &Head<'_>) -> String {
        if self.by.is_empty() {
            return "all".into();
        }
        let field = |name: &str| match head.passthrough.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => text.trim().to_string(),
            None | Some(Value::Null | Value::String(_)) => "none".into(),
            Some(other) => other.to_string(),
        };
        let one = |key: &String| match key.as_str() {
            "family" => head.codes.first().map_or("none".into(), |c| c.code.chars().take(3).collect()),
            "flag" => head.flags.first().map_or("none".into(), |f| f.flag.to_string()),
            "status" => match head.codes.iter().any(|c| c.status == "supported") {
                true => "supported".into(),
                false if head.codes.is_empty() => "none".into(),
                false => "review".into(),
            },
            "setting" => head.note.setting.to_string(),
            name => field(name.strip_prefix("field:").unwrap_or(name)),
        };
        self.by.iter().map(one).collect::<Vec<_>>().join(" / ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_read_and_checked() {
        let plan = Plan::parse("version: 1\nmethod: stratified\nby: [family, 'field:clinic']\nsize: 100\nseed: 7\n").unwrap();
        assert_eq!((plan.check(), plan.target(Some(40)), plan.seed), (Ok(()), 40, 7));
        let wrong = [
            ("method: stratified\nsize: 5", "`by` names"),
            ("size: 5\nby: [family]", "`by` names"),
            ("method: stratified\nby: [colour]\nsize: 5", "`by: colour` is none of"),
            ("size: 5\nprecision: 0.1", "not both"),
            ("method: simple", "say how many"),
            ("size: 5\nper-stratum: 3", "go with"),
            ("method: systematic\nevery: 10\nsize: 3", "`every` or a size"),
            ("precision: 0.00001", "million"),
        ];
        for (text, message) in wrong {
            let error = Plan::parse(&format!("version: 1\n{text}\n")).unwrap().check().unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
        assert!(Plan::parse("version: 1\nsizes: 5\n").unwrap_err().starts_with("line 2"));
    }
}
