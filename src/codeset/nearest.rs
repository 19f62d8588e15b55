//! What somebody may have meant who typed a code that does not exist, and why it does not.

use super::{CodeSet, Validity};
use crate::code::Code;
use serde::Serialize;

/// A valid code that is near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nearest {
    /// The code.
    pub code: Code,
    /// Its title.
    pub title: String,
}

/// How many are offered.
const MOST: usize = 8;

impl CodeSet {
    /// Why a code is not in this release, and the valid codes nearest to it, likeliest first.
    pub fn nearest(&self, code: Code) -> (String, Vec<Nearest>) {
        let compact = code.compact();
        // the longest beginning that exists
        let stem = (3..=compact.len()).rev().find_map(|n| Code::parse(compact.get(..n)?).filter(|c| self.entry(*c).is_some()));
        let mut found: Vec<Code> = Vec::new();
        let reason = match stem {
            None => format!("there is no category {}", compact.get(..3).unwrap_or(compact)),
            Some(stem) => self.reason_below(code, stem, &mut found),
        };
        self.slips(code, &mut found);
        if let Some(stem) = stem {
            found.extend(self.valid_children(stem).into_iter().take(MOST));
        }
        let mut offered: Vec<Nearest> = Vec::new();
        for code in found {
            if offered.len() < MOST && !offered.iter().any(|n| n.code == code) {
                offered.push(Nearest { code, title: self.title(code).unwrap_or_default() });
            }
        }
        (reason, offered)
    }

    fn reason_below(&self, code: Code, stem: Code, found: &mut Vec<Code>) -> String {
        let rest = code.compact().get(stem.compact().len()..).unwrap_or("");
        let leaf = self.validity(stem);
        let last = rest.chars().last().unwrap_or('X');
        match leaf {
            Validity::Valid => {
                found.push(stem);
                if rest.trim_matches('X').len() <= 1 && code.compact().len() == 7 {
                    format!("{stem} takes no 7th character")
                } else {
                    format!("{stem} is complete: nothing stands below it")
                }
            }
            Validity::MissingSeventh => {
                let completed = self.completed(stem);
                let letters: Vec<String> = completed.iter().filter_map(|c| c.compact().chars().last()).map(String::from).collect();
                let meant = completed.iter().find(|c| c.compact().ends_with(last)).copied();
                found.extend(meant);
                match meant {
                    Some(meant) => format!("the 7th character stands in the 7th place, with X before it: {meant}"),
                    None => format!("the 7th character of {stem} is one of {}", letters.join(", ")),
                }
            }
            _ => format!(
                "{stem} has no {} below it",
                Code::parse(&format!("{}{}", stem.compact(), rest)).map_or(rest.to_string(), |c| c.to_string())
            ),
        }
    }

    /// One character mistyped, left out, doubled, or two swapped.
    fn slips(&self, code: Code, found: &mut Vec<Code>) {
        let typed: Vec<char> = code.compact().chars().collect();
        let mut tries: Vec<String> = Vec::new();
        for i in (0..typed.len()).rev() {
            let mut swapped = typed.clone();
            if i > 0 {
                swapped.swap(i, i - 1);
                tries.push(swapped.iter().collect());
            }
            let look_alikes: &[char] = match typed[i] {
                '0' => &['O'],
                'O' => &['0'],
                '1' | 'L' => &['I', '1'],
                'I' => &['1'],
                'S' => &['5'],
                '5' => &['S'],
                _ => &[],
            };
            for &other in look_alikes {
                let mut changed = typed.clone();
                changed[i] = other;
                tries.push(changed.iter().collect());
            }
            let mut without = typed.clone();
            without.remove(i);
            tries.push(without.iter().collect());
        }
        for i in (1..typed.len()).rev() {
            for other in ('0'..='9').filter(|o| *o != typed[i]) {
                let mut changed = typed.clone();
                changed[i] = other;
                tries.push(changed.iter().collect());
            }
        }
        found.extend(tries.iter().filter_map(|t| Code::parse(t)).filter(|c| *c != code && self.validity(*c) == Validity::Valid));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(text: &str) -> (String, Vec<String>) {
        let (reason, near) = CodeSet::built_in().nearest(Code::parse(text).unwrap());
        (reason, near.iter().map(|n| n.code.to_string()).collect())
    }

    #[test]
    fn each_kind_of_slip_has_its_reason() {
        for (typed, reason, first) in [
            ("M54.22", "M54.2 is complete: nothing stands below it", "M54.2"),
            ("M54.2XXA", "M54.2 takes no 7th character", "M54.2"),
            ("S13.4A", "the 7th character stands in the 7th place, with X before it: S13.4XXA", "S13.4XXA"),
            ("S13.4XXB", "the 7th character of S13.4 is one of A, D, S", "S13.4XXA"),
            ("M50.127", "M50.12 has no M50.127 below it", "M50.120"),
            ("M5O.20", "there is no category M5O", "M50.20"),
        ] {
            let (why, near) = nearest(typed);
            assert_eq!(why, reason, "{typed}");
            assert!(near.iter().take(3).any(|n| n == first), "{typed}: {near:?}");
        }
    }
}
