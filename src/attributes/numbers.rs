//! Numbers and lengths of time: "3 wks", "six to eight-week", "a couple of months", "one and a half years".

use crate::attributes::scan::Scan;
use crate::fold::TokenKind;
use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::WordUse;

/// A number or range of numbers, and the token after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    pub min: f32,
    pub max: f32,
    pub end: u32,
    /// Whether it is written in digits.
    pub digits: bool,
}

/// A length of time in days, and the token after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    pub min: u32,
    pub max: u32,
    pub end: u32,
}

/// The longest length of time that is believed: 120 years.
const MOST_DAYS: f32 = 43_800.0;

impl Scan<'_> {
    /// The number at a token, without range.
    fn single_number(&self, token: u32) -> Option<Number> {
        let kind = self.layout.folded.tokens.get(token as usize)?.kind;
        let word = self.token(token);
        let mut number = match kind {
            TokenKind::Number => {
                let value: f32 = word.parse().ok()?;
                Number { min: value, max: value, end: token + 1, digits: true }
            }
            // `x3` is one token: the letter multiplies, the digits count.
            TokenKind::Alphanumeric => {
                let value: f32 = word.strip_prefix('x')?.parse().ok()?;
                Number { min: value, max: value, end: token + 1, digits: true }
            }
            _ => self.at(token).iter().find_map(|h| match h.meaning {
                Meaning::Number(min, max) => Some(Number { min, max, end: h.end, digits: false }),
                _ => None,
            })?,
        };
        // "1 1/2", "1 ½" and "2+".
        if number.digits && self.token(number.end) == "1" && self.token(number.end + 1) == "/" && self.token(number.end + 2) == "2" {
            number = Number { min: number.min + 0.5, max: number.max + 0.5, end: number.end + 3, digits: true };
        } else if self.token(number.end) == "½" {
            number = Number { min: number.min + 0.5, max: number.max + 0.5, end: number.end + 1, digits: number.digits };
        }
        Some(number)
    }

    /// The number or range at a token: "7", "7-8", "two to three".
    pub fn number(&self, token: u32) -> Option<Number> {
        let first = self.single_number(token)?;
        let second = self.word(first.end, WordUse::Range).and_then(|at| self.single_number(at));
        Some(match second {
            Some(second) if second.max >= first.min => Number { min: first.min, max: second.max, end: second.end, digits: first.digits },
            _ if self.token(first.end) == "+" => Number { end: first.end + 1, ..first },
            _ => first,
        })
    }

    /// The unit at a token, its hours and the token after it.
    fn unit(&self, token: u32) -> Option<(u32, u32)> {
        // "extension 20 w/ pain": a letter with a stroke is short for another word
        if self.token(token).len() == 1 && self.token(token + 1) == "/" && self.glued(token + 1) {
            return None;
        }
        self.at(token).iter().find_map(|h| match h.meaning {
            Meaning::Unit(i) | Meaning::UnitAlone(i) => Some((self.knowledge.units[i as usize].hours, h.end)),
            _ => None,
        })
    }

    /// The time gone by where a day, week or month is counted: "day 4", "week three", "4th day", "third week".
    pub fn counted(&self, token: u32) -> Option<Length> {
        let (nth, hours, end) = if let Some((hours, at)) = self.unit(token) {
            let number =
                self.single_number(at).filter(|n| n.min == n.max && n.min.fract() == 0.0 && !matches!(self.token(at), "a" | "an"))?;
            (number.min, hours, number.end)
        } else {
            let (nth, at) = self.nth(token)?;
            let (hours, end) = self.unit(at)?;
            (nth, hours, end)
        };
        let days = |count: f32| (count * hours as f32 / 24.0).clamp(0.0, MOST_DAYS) as u32;
        (nth >= 1.0).then(|| Length { min: days(nth - 1.0), max: days(nth), end })
    }

    /// The place in a count at a token: "second", "4th".
    fn nth(&self, token: u32) -> Option<(f32, u32)> {
        let word = self.at(token).iter().find_map(|h| match h.meaning {
            Meaning::Nth(n) => Some((f32::from(n), h.end)),
            _ => None,
        });
        word.or_else(|| {
            let end = self.word(token + 1, WordUse::Ordinal)?;
            Some((self.token(token).parse::<u16>().ok()?.into(), end))
        })
    }

    /// The length of time at a token: "3 wks", "4-month", "years".
    pub fn length(&self, token: u32) -> Option<Length> {
        let days = |amount: f32, hours: u32, up: bool| {
            let days = amount * hours as f32 / 24.0;
            (if up { days.ceil() } else { days.floor() }).clamp(0.0, MOST_DAYS) as u32
        };
        if let Some(number) = self.number(token) {
            let mut at = number.end;
            // "3 and a half months", "a month and a half"
            let before = self.word(at, WordUse::Half);
            at = before.unwrap_or(at);
            if self.token(at) == "-" {
                at += 1;
            }
            // "3 more weeks" is no length of a complaint, "3 full weeks" is rare: the unit stands next to the number.
            let (hours, end) = self.unit(at)?;
            let behind = self.word(end, WordUse::Half);
            let (half, end) = (if before.or(behind).is_some() { 0.5 } else { 0.0 }, behind.unwrap_or(end));
            let (min, max) = (number.min + half, number.max + half);
            return Some(Length { min: days(min, hours, false), max: days(max, hours, true), end });
        }
        self.at(token).iter().find_map(|h| match h.meaning {
            Meaning::UnitAlone(i) => {
                let unit = &self.knowledge.units[i as usize];
                let (least, most) = unit.alone;
                Some(Length { min: days(least as f32, unit.hours, false), max: days(most as f32, unit.hours, true), end: h.end })
            }
            _ => None,
        })
    }
}
