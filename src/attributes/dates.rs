//! Dates and moments: "06/04/2021", "Aug 14, 2020", "2019", "mid-September", "last Tuesday", "yesterday".

use crate::attributes::scan::Scan;
use crate::fold::TokenKind;
use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::{MomentDoc, WordUse};
use jiff::civil::Date;

/// A date as precisely as it is written, and the token after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub reading: Reading,
    pub end: u32,
}

/// What was written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reading {
    /// Day, month and year.
    Day(Date),
    /// From one day to another ("2019", "March 2020").
    Between(Date, Date),
    /// Months and days of an unnamed year ("mid-September", "2/8"): first and last.
    Yearless((i8, i8), (i8, i8)),
    /// Day of the week, 1 = Monday.
    Weekday(i8),
    /// So many days ago.
    Ago(u32, u32),
}

/// When a note was written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Written {
    /// On that day.
    On(Date),
    /// On that day or later: of notes without a date none is older than the first of the years that count as recent.
    Since(Date),
    /// At any time.
    Sometime,
}

impl Reading {
    /// Days before the note was written, from least to most; `None` if it lies after it. Without a service date what can be said: a wide range.
    pub fn days_before(self, written: Written) -> Option<(u32, u32)> {
        let Written::On(service) = written else {
            let least = |last: Date| match written {
                Written::Since(first) => first.since(last).map_or(0, |s| s.get_days().max(0) as u32),
                Written::On(_) | Written::Sometime => 0,
            };
            return Some(match self {
                Reading::Ago(least, most) => (least, most),
                Reading::Weekday(_) => (0, 13),
                Reading::Yearless(..) => (0, 365),
                Reading::Day(last) | Reading::Between(_, last) => (least(last), 36_500),
            });
        };
        let before = |date: Date| service.since(date).ok().map(|s| s.get_days());
        match self {
            Reading::Ago(least, most) => Some((least, most)),
            Reading::Day(date) => u32::try_from(before(date)?).ok().map(|d| (d, d)),
            Reading::Between(first, last) => {
                let most = u32::try_from(before(first)?).ok()?;
                Some((before(last)?.max(0) as u32, most))
            }
            Reading::Weekday(day) => {
                let back = (service.weekday().to_monday_one_offset() - day).rem_euclid(7);
                // "since Tuesday" on a Tuesday is a week ago.
                let back = if back == 0 { 7 } else { back as u32 };
                Some((back, back))
            }
            Reading::Yearless(first, last) => {
                // The latest such time that has begun on or before the service date.
                let year = service.year();
                let begin = [year, year - 1].into_iter().find_map(|y| Date::new(y, first.0, first.1).ok().filter(|d| *d <= service))?;
                let end_year = if last < first { begin.year() + 1 } else { begin.year() };
                let end = last_day(end_year, last.0, last.1)?;
                Some((before(end)?.max(0) as u32, u32::try_from(before(begin)?).ok()?))
            }
        }
    }
}

/// That day, or the month's last if it has fewer.
fn last_day(year: i16, month: i8, day: i8) -> Option<Date> {
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, day.min(first.days_in_month())).ok()
}

impl Scan<'_> {
    /// A whole number of at most four digits at a token, and how many digits it has.
    fn whole(&self, token: u32) -> Option<(i16, usize)> {
        let kind = self.layout.folded.tokens.get(token as usize)?.kind;
        let word = self.token(token);
        if kind != TokenKind::Number || word.len() > 4 || !word.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        word.parse().ok().map(|n| (n, word.len()))
    }

    /// A year at a token: four digits, or two after another part of a date.
    fn year(&self, token: u32, short: bool) -> Option<i16> {
        match self.whole(token)? {
            (y @ 1900..=2099, 4) => Some(y),
            (y, 2) if short => Some(if y < 60 { 2000 + y } else { 1900 + y }),
            _ => None,
        }
    }

    /// The month named at a token, if it is exactly one, with the token after it.
    fn month_name(&self, token: u32) -> Option<(i8, u32)> {
        self.at(token).iter().find_map(|h| match h.meaning {
            Meaning::Moment(i) => match self.knowledge.moments[i as usize] {
                MomentDoc { months: Some((first, last)), days: None, .. } if first == last => {
                    // "Aug. 14", but "since August. Gabapentin was started"
                    let abbreviates = self.token(h.end) == "." && self.glued(h.end) && self.whole(h.end + 1).is_some();
                    Some((first as i8, h.end + u32::from(abbreviates)))
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// The date or moment at a token.
    pub fn when(&self, token: u32) -> Option<When> {
        if let Some(found) = self.numeric_date(token, false) {
            return Some(found);
        }
        if let Some((month, end)) = self.month_name(token) {
            return Some(self.named_month(month, end));
        }
        // "14 August 2020", "the 1st of August"
        if let Some((day @ 1..=31, _)) = self.whole(token) {
            let ordinal = self.word(token + 1, WordUse::Ordinal);
            let at = ordinal.map_or(token + 1, |at| at + u32::from(self.token(at) == "of"));
            if let Some((month, end)) = self.month_name(at) {
                if let Some(year) = self.year(end, false) {
                    return Some(When { reading: Reading::Day(Date::new(year, month, day as i8).ok()?), end: end + 1 });
                }
                return Some(When { reading: Reading::Yearless((month, day as i8), (month, day as i8)), end });
            }
        }
        if let Some(year) = self.year(token, false) {
            return Some(When { reading: whole_year(year)?, end: token + 1 });
        }
        // "'19"
        if token > 0 && self.token(token - 1) == "'" && self.glued(token) {
            return Some(When { reading: whole_year(self.year(token, true)?)?, end: token + 1 });
        }
        // "mid-September", "late 2019"
        if let Some(at) = self.word(token, WordUse::PartOfMonth) {
            let at = if self.token(at) == "-" { at + 1 } else { at };
            if let Some((month, end)) = self.month_name(at) {
                return Some(self.named_month(month, end));
            }
            if let Some(year) = self.year(at, false) {
                return Some(When { reading: whole_year(year)?, end: at + 1 });
            }
        }
        self.clock(token).or_else(|| self.moment(token))
    }

    /// A time of the day, which was today or last night: "5 pm", "5:30 a.m.", "at 2300".
    fn clock(&self, token: u32) -> Option<When> {
        let (hour, digits) = self.whole(token)?;
        let minutes = self.token(token + 1) == ":" && self.glued(token + 1) && self.whole(token + 2).is_some_and(|(m, d)| m < 60 && d == 2);
        let end = if minutes { token + 3 } else { token + 1 };
        let told = self.word(end, WordUse::Clock).filter(|_| hour <= 24 || digits == 4);
        // a number alone is a time only behind a word for one
        let placed = digits == 4 && hour < 2400 && hour % 100 < 60 && token > 0 && self.word(token - 1, WordUse::About).is_some();
        let end = told.or_else(|| (placed || (minutes && hour < 24)).then_some(end))?;
        Some(When { reading: Reading::Ago(0, 1), end })
    }

    /// A month's name, with what follows: "August 14, 2020", "August 2020", "August".
    fn named_month(&self, month: i8, end: u32) -> When {
        if let Some((day @ 1..=31, 1..=2)) = self.whole(end) {
            let day = day as i8;
            let at = self.word(end + 1, WordUse::Ordinal).unwrap_or(end + 1);
            let behind = if self.token(at) == "," { at + 1 } else { at };
            if let Some(date) = self.year(behind, false).and_then(|year| Date::new(year, month, day).ok()) {
                return When { reading: Reading::Day(date), end: behind + 1 };
            }
            return When { reading: Reading::Yearless((month, day), (month, day)), end: at };
        }
        let at = self.word(end, WordUse::BeforeYear).unwrap_or(end);
        if let Some(year) = self.year(at, false)
            && let (Ok(first), Some(last)) = (Date::new(year, month, 1), last_day(year, month, 31))
        {
            return When { reading: Reading::Between(first, last), end: at + 1 };
        }
        When { reading: Reading::Yearless((month, 1), (month, 31)), end }
    }

    /// "06/04/2021", "2021-06-04", "6-4-21", "3/2021", "2/8".
    fn numeric_date(&self, token: u32, hyphens: bool) -> Option<When> {
        let (first, digits) = self.whole(token)?;
        let mark = self.token(token + 1);
        if !matches!(mark, "/" | "-" | ".") || !self.glued(token + 1) || !self.glued(token + 2) {
            return None;
        }
        let (second, second_digits) = self.whole(token + 2)?;
        let third =
            (self.token(token + 3) == mark && self.glued(token + 3) && self.glued(token + 4)).then(|| self.whole(token + 4)).flatten();
        if let Some((third, third_digits)) = third {
            let date = if digits == 4 {
                Date::new(first, i8::try_from(second).ok()?, i8::try_from(third).ok()?)
            } else if third_digits == 4 || third_digits == 2 {
                Date::new(self.year(token + 4, true)?, i8::try_from(first).ok()?, i8::try_from(second).ok()?)
            } else {
                return None;
            };
            return Some(When { reading: Reading::Day(date.ok()?), end: token + 5 });
        }
        if !(mark == "/" || mark == "-" && hyphens) || !(1..=12).contains(&first) {
            return None;
        }
        let month = first as i8;
        if second_digits == 4 {
            let year = self.year(token + 2, false)?;
            return Some(When { reading: Reading::Between(Date::new(year, month, 1).ok()?, last_day(year, month, 31)?), end: token + 3 });
        }
        let day = i8::try_from(second).ok().filter(|d| (1..=31).contains(d))?;
        Some(When { reading: Reading::Yearless((month, day), (month, day)), end: token + 3 })
    }

    /// "1-26", which is a day only behind a word for a beginning.
    pub fn hyphened(&self, token: u32) -> Option<When> {
        self.numeric_date(token, true)
    }

    /// A moment in words.
    fn moment(&self, token: u32) -> Option<When> {
        self.at(token).iter().find_map(|h| {
            let Meaning::Moment(i) = h.meaning else { return None };
            let moment = &self.knowledge.moments[i as usize];
            let reading = if let Some((least, most)) = moment.days_ago {
                Reading::Ago(least, most)
            } else if let Some(day) = moment.weekday {
                Reading::Weekday(day as i8)
            } else {
                let (first, last) = moment.months?;
                let (from, to) = moment.days.unwrap_or((1, 31));
                Reading::Yearless((first as i8, from as i8), (last as i8, to as i8))
            };
            // "summer 2019"
            if let (Reading::Yearless(first, last), Some(year)) = (reading, self.year(h.end, false))
                && let (Ok(first), Some(last)) = (Date::new(year, first.0, first.1), last_day(year, last.0, last.1))
            {
                return Some(When { reading: Reading::Between(first, last), end: h.end + 1 });
            }
            Some(When { reading, end: h.end })
        })
    }
}

/// All days of a year.
fn whole_year(year: i16) -> Option<Reading> {
    Some(Reading::Between(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
}
