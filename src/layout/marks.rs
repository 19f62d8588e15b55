//! What parts a label from its text: dashes, brackets, dots, gaps.

use crate::layout::headings::GAP;

/// Bytes that a label before a closing bracket may have.
const BRACKETED: usize = 12;
/// Bytes that a label before a gap has at least.
const COLUMN: usize = 4;

/// Where a dash or angle parts a label from its text: its start and its end.
pub(super) fn dash(head: &str) -> Option<(usize, usize)> {
    const DASHES: [&str; 9] = [" - ", " – ", " — ", " -- ", "—", "--", "> ", "- ", ">"];
    let bytes = head.as_bytes();
    // what opens the line parts nothing, and says that such marks do not
    let opens = |mark: &&&str| head.starts_with(**mark);
    for at in memchr::memchr3_iter(b'-', b'>', 0xE2, bytes) {
        for start in [at.wrapping_sub(1), at] {
            let Some(here) = bytes.get(start..).filter(|_| start > 0) else { continue };
            let mark = DASHES.iter().find(|mark| here.starts_with(mark.as_bytes()));
            if let Some(mark) = mark.filter(|mark| !opens(mark)) {
                return Some((start, start + mark.len()));
            }
        }
    }
    None
}

/// A bracket that closes a short label and nothing else: "Dx) neck strain".
pub(super) fn bracket(head: &str) -> Option<(usize, usize)> {
    let at = memchr::memchr(b')', head.as_bytes()).filter(|at| *at > 1 && *at <= BRACKETED)?;
    (!head[..at].contains('(')).then_some((at, at + 1))
}

/// Dots that lead from a label to its text: "Dx ....... neck strain", "Assessment... neck strain".
pub(super) fn leader(head: &str) -> Option<(usize, usize)> {
    let bytes = head.as_bytes();
    let at = memchr::memchr_iter(b'.', bytes).find(|at| bytes[*at..].starts_with(b"..."))?;
    let dots = head[at..].len() - head[at..].trim_start_matches('.').len();
    Some((at, at + dots))
}

/// The first part of a key and where its value begins: "hpi.onset=2 weeks", "assessment=neck pain".
pub(super) fn keyed(head: &str) -> Option<(&str, usize)> {
    let at = memchr::memchr(b'=', head.as_bytes()).filter(|at| *at > 1)?;
    let key = &head[..at];
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_');
    let first = key.split(['.', '_']).next().filter(|first| first.len() > 1)?;
    (key.bytes().all(plain) && !head[at + 1..].starts_with(['=', ' '])).then_some((first, at + 1))
}

/// A point behind a label of at least four bytes: "Hospital course. ".
pub(super) fn point(head: &str) -> Option<(usize, usize)> {
    let at = memchr::memchr(b'.', head.as_bytes()).filter(|at| *at >= COLUMN)?;
    head[at + 1..].starts_with(' ').then_some((at, at + 1))
}

/// The gap between a label and its text in a note that is set in columns: "Assessment    neck strain".
pub(super) fn column(head: &str) -> Option<(usize, usize)> {
    let bytes = head.as_bytes();
    let at = GAP.find(bytes).or_else(|| memchr::memchr(b'\t', bytes)).filter(|at| *at >= COLUMN)?;
    let gap = head[at..].len() - head[at..].trim_start().len();
    Some((at, at + gap))
}

/// Closing markup directly behind a heading.
pub(super) fn behind(text: &str) -> usize {
    let end = text.len() - text.trim_start_matches(['*', '_', '=']).len();
    let tag = text[end..].starts_with("</").then(|| text[end..].find('>')).flatten();
    end + tag.filter(|t| *t < 16).map_or(0, |t| t + 1)
}
