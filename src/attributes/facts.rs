//! Facts that a note's own words state about itself: date of service, setting, who wrote it.

use crate::attributes::dates::Reading;
use crate::attributes::scan::{Scan, span_of};
use crate::knowledge::Knowledge;
use crate::knowledge::attributes::{Fact, Meaning};
use crate::knowledge::source::attributes::{LinkKind, Place, WordUse};
use crate::layout::{Layout, Section};
use crate::span::Span;
use crate::vocab::{AuthorRole, SectionKind, Setting};
use jiff::civil::Date;

/// Bytes of the longest credential that is written in capitals alone.
const CREDENTIAL: usize = 6;
/// How many bytes at the start (and, for signatures, at the end) of a note count as its title.
const TITLE_BYTES: u32 = 400;
/// A line of more bytes is running text, no title.
const TITLE_LINE: usize = 160;
/// No date stands, or reaches, further behind its label, in tokens.
const DATE_REACH: u32 = 32;
/// How many bytes hold the first line or two.
const TOP_BYTES: u32 = 120;

/// What a note's own words state of itself, with the words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stated {
    /// The labelled date of service: "Date of svc 01/22/26".
    pub date: Option<(Date, Span)>,
    /// The setting: "EMERGENCY DEPARTMENT NOTE", "DISCHARGE SUMMARY".
    pub setting: Option<(Setting, Span)>,
    /// The role of the writer: "PHYSICAL THERAPY EVALUATION", "J. Doe, RN".
    pub author: Option<(AuthorRole, Span)>,
}

/// Reads what a note states of itself.
pub fn stated(text: &str, layout: &Layout, knowledge: &Knowledge) -> Stated {
    if !Scan::tells(layout, &knowledge.attributes) {
        return Stated::default();
    }
    let about = Scan::about_note(text, layout, &knowledge.attributes);
    if about.hits.is_empty() {
        return Stated::default();
    }
    Stated {
        date: service_date_in(&about, |from| Scan::near(text, layout, &knowledge.attributes, from..from + DATE_REACH)),
        setting: first_fact(&about, layout, |fact| fact.setting).map(|(setting, span, _)| (setting, span)),
        author: author(&about, layout),
    }
}

/// Who writes. "Roomed by B. Tran, MA" above, "Dana Marchetti, MD" below: of a provider's and a nurse's signature the provider's counts.
fn author(about: &Scan<'_>, layout: &Layout) -> Option<(AuthorRole, Span)> {
    let (role, span, place) = first_fact(about, layout, |fact| fact.author)?;
    if role == AuthorRole::Nurse && place == Place::Signature {
        let provider = first_fact(about, layout, |fact| fact.author.filter(|a| *a == AuthorRole::Provider));
        if let Some((role, span, _)) = provider.filter(|(.., place)| *place == Place::Signature) {
            return Some((role, span));
        }
    }
    Some((role, span))
}

/// The labelled date of service, of words already found.
pub(crate) fn service_date_of(scan: &Scan<'_>) -> Option<(Date, Span)> {
    service_date_in(scan, |_| scan)
}

/// Looks for a date behind each label; `near` gives the words from a token on.
fn service_date_in<'a, S: std::borrow::Borrow<Scan<'a>>>(labels: &Scan<'_>, near: impl Fn(u32) -> S) -> Option<(Date, Span)> {
    labels.hits.iter().find_map(|hit| {
        let Meaning::Link(index) = hit.meaning else { return None };
        let link = &labels.knowledge.links[index as usize];
        if link.kind != LinkKind::ServiceDate || link.close && hit.start > 0 && labels.breaks(hit.start) == 0 {
            return None;
        }
        let near = near(hit.end);
        let scan = near.borrow();
        let mut at = hit.end;
        for _ in 0..3 {
            match scan.token(at) {
                ":" | "-" | "--" | "=" | "|" | "(" | "*" | "**" | "#" => at += 1,
                _ if scan.word(at, WordUse::At).is_some() => at += 1,
                _ => break,
            }
        }
        let when = scan.when(at)?;
        match when.reading {
            Reading::Day(date) => Some((date, scan.span(at..when.end))),
            _ => None,
        }
    })
}

/// The first fact that stands where it counts; a title goes before a signature and that before the rest. A title that is the label of its line
/// ("MA note: meds reconciled") titles that line, and goes behind a signature.
fn first_fact<T>(scan: &Scan<'_>, layout: &Layout, of: impl Fn(&Fact) -> Option<T>) -> Option<(T, Span, Place)> {
    let mut found: Option<((bool, Place, u32), T, Span)> = None;
    for hit in &scan.hits {
        let Meaning::Fact(index) = hit.meaning else { continue };
        let fact = &scan.knowledge.facts[index as usize];
        let Some(value) = of(fact) else { continue };
        let span = span_of(layout, hit.start..hit.end);
        let rank = (fact.place == Place::Title && labels_its_line(scan, hit.end), fact.place, hit.start);
        let better = found.as_ref().is_none_or(|(best, ..)| rank < *best);
        if better && counts(scan, fact.place, hit.start, hit.end, span) {
            found = Some((rank, value, span));
        }
    }
    found.map(|((_, place, _), value, span)| (value, span, place))
}

/// Tokens between the words of a label and its colon: "PT note *reviewed:* improving".
const LABEL: u32 = 5;

/// Whether what ends at a token is the label of its line's text: a colon follows, and words behind it.
fn labels_its_line(scan: &Scan<'_>, end: u32) -> bool {
    let here = |t: &u32| *t < scan.len() && scan.breaks(*t) == 0;
    let colon = (end..end + LABEL).take_while(here).find(|t| scan.token(*t) == ":");
    colon.is_some_and(|colon| here(&(colon + 1)))
}

/// Whether words stand where they count.
fn counts(scan: &Scan<'_>, place: Place, start: u32, end: u32, span: Span) -> bool {
    let length = scan.text.len() as u32;
    match place {
        Place::Anywhere | Place::Decisive => true,
        // "Plan: physical therapy" in a short note is no title
        Place::Top => {
            let section = scan.layout.sections.iter().rfind(|s| s.start <= span.start);
            let heads =
                |s: &Section| matches!(s.kind, SectionKind::Preamble | SectionKind::Unknown) || s.title.is_some_and(|t| t.contains(span));
            // "Physical therapy: 6 visits, helpful", but "PHYSICAL THERAPY: Daily Note"
            let told = || scan.span(end + 1..end + 2).of(scan.text).starts_with(|c: char| c.is_ascii_digit() || c.is_lowercase());
            let label = || scan.token(end) == ":" && labels_its_line(scan, end) && told();
            span.start < TOP_BYTES && section.is_some_and(heads) && !label()
        }
        Place::Title => {
            let section = scan.layout.sections.iter().rfind(|s| s.start <= span.start);
            let first = section.is_some_and(|s| s.title.is_none() || s.title.is_some_and(|t| t.contains(span)));
            // "Brought in by EMS. ... Triage note reads": in running text it is told of, and no title
            let line_start = scan.text[..span.start as usize].rfind('\n').map_or(0, |i| i + 1);
            let line = scan.text[line_start..].find('\n').unwrap_or(scan.text.len() - line_start);
            first && span.start < TITLE_BYTES && line <= TITLE_LINE
                || scan.layout.sections.iter().any(|s| s.title.is_some_and(|t| t.contains(span)))
        }
        Place::Signature => {
            // "DPT", "L.Ac.", "Occupational Therapist"; not "pt"
            let written = span.of(scan.text);
            let titled = written.starts_with(char::is_uppercase) && (written.contains('.') || written.len() > CREDENTIAL);
            let capitals = titled || written.chars().all(|c| !c.is_lowercase());
            // "J. Doe, PT, DPT", "J. Doe RN" and "Jane Doe, RN BSN" at a line's end.
            let alone = scan.word(start, WordUse::Credential).is_some_and(|credential| credential >= end);
            let comma = start > 0 && scan.token(start - 1) == ",";
            let behind_name = start > 0 && (comma && names(scan, start - 1) || !comma && alone && names(scan, start));
            // "Taken by: D. Tarn, RN     PCP: Hale"
            let in_column = || scan.span(end..end + 1).start > scan.span(end - 1..end).end + 1;
            // "signed by Jane Doe, RN, FNP-C on 06/12/2025"
            let digit = |t: u32| scan.token(t).starts_with(|c: char| c.is_ascii_digit());
            let dated = || digit(end) || scan.token(end).len() == 2 && digit(end + 1);
            let ends_line =
                dated() || end >= scan.len() || scan.breaks(end) > 0 || matches!(scan.token(end), "," | "." | "/" | ")") || in_column();
            capitals && behind_name && ends_line && (span.start < TITLE_BYTES || span.end + TITLE_BYTES > length)
        }
    }
}

/// Tokens between the words for a sender and the sender's name, at most.
const SENDER: u32 = 4;

/// Whether a name ends before the comma at `comma`: two to four capitalised words or initials that begin their line, or stand behind a
/// mark ("Signed: J. Doe, DPT"); credentials may stand between. Not "ibuprofen, PT" and not "with John Smith, PT".
fn names(scan: &Scan<'_>, comma: u32) -> bool {
    let capital = |t: u32| scan.span(t..t + 1).of(scan.text).starts_with(char::is_uppercase);
    let mut at = comma;
    let mut words = 0;
    while at > 0 && words < 6 {
        let before = at - 1;
        match scan.token(before) {
            "." | "," => {}
            _ if capital(before) => words += 1,
            _ => break,
        }
        at = before;
        if scan.breaks(at) > 0 {
            break;
        }
    }
    let mark = |t: u32| matches!(scan.token(t), ":" | "-" | "--" | "|" | "_" | "__") || scan.word(t, WordUse::Signer).is_some();
    // "A/P: Cervicalgia. Meloxicam, PT": behind a point the sentence before is no name
    let points = (at..comma).filter(|t| scan.token(*t) == "." && *t > at && scan.span(*t - 1..*t).len() > 2).count();
    let opens = at == 0 || scan.breaks(at) > 0 || mark(at - 1);
    // "Referring: A. Lee, DO"
    let sent = |t: u32| scan.word(t, WordUse::Sender).is_some_and(|end| end <= at && end + 1 >= at);
    let sender = at > 0 && (at.saturating_sub(SENDER)..at).any(sent);
    words >= 2 && opens && points == 0 && !sender
}
