//! Which of several visits in one note is the one it is about, and what the note has from others.

use crate::fold::fold_phrase;
use crate::knowledge::sections::{SectionsKnowledge, assesses, squeeze};
use crate::knowledge::source::sections::SectionWordUse;
use crate::layout::headings::Heading;
use crate::layout::lines::Line;
use crate::vocab::SectionKind;
use std::ops::Range;

/// Bytes at the beginning of a line among which the words and the date of a visit stand.
const OPENING: usize = 60;

/// The first year that four digits may be of.
const YEARS: u32 = 1900;

/// Year (0 where none is written), month and day, so that they compare as dates do.
type Day = (u32, u32, u32);

/// Where the sections begin that are of earlier visits, or of others, in a note that has an assessment of its own besides.
pub(crate) fn earlier(text: &str, lines: &[Line], headings: &[Heading], knowledge: &SectionsKnowledge) -> Vec<usize> {
    if headings.iter().filter(|h| assesses(h.kind)).count() < 2 {
        return Vec::new();
    }
    let mut out = titled(text, headings, knowledge);
    out.extend(quoted(text, lines, headings, knowledge));
    let visits = visits(text, lines, knowledge);
    let of = |at: usize| visits.iter().rposition(|(start, _)| *start <= at);
    let mut days: Vec<Day> = headings.iter().filter(|h| assesses(h.kind)).filter_map(|h| of(h.start).map(|v| visits[v].1)).collect();
    days.sort_unstable();
    days.dedup();
    // days with and without a year do not compare
    if days.len() > 1 && days.iter().all(|d| (d.0 == 0) == (days[0].0 == 0)) {
        let last = days.last().copied().unwrap_or_default();
        out.extend(headings.iter().map(|h| h.start).filter(|at| of(*at).is_some_and(|v| visits[v].1 < last)));
    }
    out
}

/// Assessments whose titles say that they are of an earlier visit or another's, where one is of this one: "Assessment (last visit)",
/// "Dr. Hall's impression" beside "My impression".
fn titled(text: &str, headings: &[Heading], knowledge: &SectionsKnowledge) -> Vec<usize> {
    let titled: Vec<(&Heading, String)> =
        headings.iter().filter(|h| assesses(h.kind)).map(|h| (h, squeeze(&fold_phrase(h.title.of(text))))).collect();
    let others = |title: &str| says(title, SectionWordUse::Another, knowledge);
    let own = titled.iter().rposition(|(_, title)| !others(title)).unwrap_or(0);
    let mut out: Vec<usize> = titled[..own].iter().filter(|(_, title)| others(title)).map(|(h, _)| h.start).collect();
    let today = titled.iter().any(|(_, title)| says(title, SectionWordUse::Now, knowledge));
    let before = |title: &str| today && says(title, SectionWordUse::Earlier, knowledge) && !says(title, SectionWordUse::Now, knowledge);
    out.extend(titled.iter().filter(|(_, title)| before(title)).map(|(h, _)| h.start));
    out
}

/// Assessments that a line quotes from an earlier note, where another stands in a line of its own: "Last visit: Assessment: strain."
fn quoted(text: &str, lines: &[Line], headings: &[Heading], knowledge: &SectionsKnowledge) -> Vec<usize> {
    let quotes = |h: &&Heading| {
        let line = lines.get(lines.partition_point(|l| l.end <= h.start));
        let opening = line.and_then(|l| text.get(l.first..h.title.start as usize)).filter(|o| o.len() <= OPENING).unwrap_or("");
        !opening.is_empty() && says(&squeeze(&fold_phrase(opening)), SectionWordUse::EarlierNote, knowledge)
    };
    let assessments = || headings.iter().filter(|h| assesses(h.kind));
    if assessments().all(|h| quotes(&h)) {
        return Vec::new();
    }
    assessments().filter(quotes).map(|h| h.start).collect()
}

fn says(title: &str, what: SectionWordUse, knowledge: &SectionsKnowledge) -> bool {
    let words: Vec<&str> = title.split(' ').collect();
    (0..words.len())
        .any(|i| knowledge.is(what, words[i]) || words.get(i + 1).is_some_and(|next| knowledge.is(what, &format!("{} {next}", words[i]))))
}

/// The lines that open a visit, with its day: "DOS 1/5/24", "*** Encounter 03/01/2023 ***", "11/3/2022 - Initial visit.".
fn visits(text: &str, lines: &[Line], knowledge: &SectionsKnowledge) -> Vec<(usize, Day)> {
    let opens = |line: &Line| {
        let own = line.of(text);
        let end = (0..=own.len().min(OPENING)).rev().find(|i| own.is_char_boundary(*i)).unwrap_or(0);
        let opening = own[..end].trim_start_matches(|c: char| !c.is_alphanumeric());
        let (day, at) = day(opening)?;
        // before the date its words, or right behind a date that begins the line
        let words = if at.start == 0 { &opening[at.end..] } else { &opening[..at.start] };
        let near: String =
            words.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().take_while(|c| !matches!(c, '.' | ',')).collect();
        says(&squeeze(&fold_phrase(&near)), SectionWordUse::Visit, knowledge).then_some((line.first, day))
    };
    lines.iter().filter_map(opens).collect()
}

/// The first date of a line in numbers, month first: "1/5/24", "03/01/2023", "5/20", "2024-05-20".
fn day(line: &str) -> Option<(Day, Range<usize>)> {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(start) = (at..bytes.len()).find(|i| bytes[*i].is_ascii_digit()) {
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-')).count();
        let written = line[start..start + length].trim_end_matches(['/', '-']);
        at = start + length;
        let parts: Vec<u32> = written.split(['/', '-']).filter_map(|p| p.parse().ok()).collect();
        let found = match parts[..] {
            [year, month, day] if year >= YEARS => (year, month, day),
            [month, day, year] if year >= YEARS => (year, month, day),
            [month, day, year] if year < 100 => (2000 + year, month, day),
            [month, day] if written.contains('/') => (0, month, day),
            _ => continue,
        };
        if (1..=12).contains(&found.1) && (1..=31).contains(&found.2) {
            return Some((found, start..start + written.len()));
        }
    }
    None
}

/// Bytes of a date that a line opens with, and of the blanks behind it, if the label of one letter follows; else none.
pub(super) fn day_before_letter(line: &str) -> usize {
    if !line.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return 0;
    }
    let Some((_, at)) = day(line).filter(|(_, at)| at.start == 0) else { return 0 };
    let behind = line[at.end..].trim_start();
    let labelled = matches!(behind.as_bytes(), [b'A'..=b'Z', b':', ..]) && behind.len() < line.len() - at.end;
    if labelled { line.len() - behind.len() } else { 0 }
}

/// In a review of records the labels within a line are of the records: "1/1/20 ER: Diagnosis: cervical sprain".
pub(crate) fn records(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    let mut reviewing = false;
    headings.retain(|heading| {
        let line = lines.get(lines.partition_point(|l| l.end <= heading.start));
        let before = |l: &Line| text.get(l.first..heading.title.end as usize).is_some_and(|opening| day(opening).is_some());
        let inside = line.is_some_and(|l| l.first < heading.title.start as usize || before(l));
        if reviewing && inside {
            return false;
        }
        reviewing =
            heading.kind == SectionKind::History && says(&squeeze(&fold_phrase(heading.title.of(text))), SectionWordUse::Record, knowledge);
        true
    });
}

#[cfg(test)]
mod tests {
    use super::{Day, day};

    fn read(line: &str) -> Option<Day> {
        day(line).map(|(day, _)| day)
    }

    #[test]
    fn days_are_read_and_compare() {
        assert_eq!(read("DOS: 1/5/24"), Some((2024, 1, 5)));
        assert_eq!(read("Encounter 03/01/2023 ***"), Some((2023, 3, 1)));
        assert_eq!(read("seen 2024-05-20"), Some((2024, 5, 20)));
        assert_eq!(read("Visit #2 (5/20)"), Some((0, 5, 20)));
        assert_eq!(read("C5-6, 120/80, T 98.6"), None);
        assert!(read("1/5/24") < read("9/9/24"));
    }
}
