//! Levels of the spine in every spelling: "C5-6", "C5/C6", "C5 6", "C5,6", "C56", "C5 C6", "C4 through C7", "C3-4, 4-5 and 5-6", "C-5", "T1".

use crate::attributes::link::Linker;
use crate::attributes::scan::Scan;
use crate::attributes::{Attribute, Read, Value};
use crate::fold::TokenKind;
use crate::knowledge::lexicon::grammar::neighbours;
use crate::knowledge::source::attributes::WordUse;
use crate::vocab::{AttributeKey, ConceptKind};

/// Words between what an operation is for and what leads to it: "for *his left* herniation".
const NAMED: usize = 3;

/// A vertebra or root: the column's place in the knowledge, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Vertebra {
    column: usize,
    number: u8,
}

/// What stands between two vertebrae.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    /// "C5-6", "C6 on 7": a disc, or a range if they are not neighbours.
    Pair,
    /// "C5 through C7": a range.
    Range,
}

/// Reads every level of a note, in text order.
pub(crate) fn read(scan: &Scan<'_>, out: &mut Vec<Read>) {
    if scan.knowledge.columns.is_empty() {
        return;
    }
    let mut token = 0;
    while token < scan.len() {
        token = match first(scan, token) {
            Some((vertebra, end, sure)) => chain(scan, token, vertebra, end, sure, out).max(token + 1),
            None => {
                if let Some((upper, lower)) = written_as_one(scan, token) {
                    push(scan, token..token + 1, disc(scan, upper, lower), out);
                }
                token + 1
            }
        };
    }
}

/// Which values are levels where nothing is wrong: "C6-7 unremarkable", "C5-6 and C6-7 spared".
pub(crate) fn spared(scan: &Scan<'_>, reads: &[Read]) -> Vec<bool> {
    let mut out = vec![false; reads.len()];
    // where the next level begins, and whether it is spared
    let mut next: Option<(u32, bool)> = None;
    for (i, read) in reads.iter().enumerate().rev().filter(|(_, r)| r.attribute.key == AttributeKey::Level) {
        let (start, end) = (read.tokens.start, read.tokens.end);
        let before = || (start.saturating_sub(3)..start).any(|t| scan.word(t, WordUse::SparesLevel) == Some(start));
        let word_between = |at: u32| end + 1 == at && scan.word(end, WordUse::Join).is_some() && scan.token(end) != ",";
        let joined = |at: u32| scan.breaks(end) == 0 && (end == at || word_between(at));
        let with_next = next.is_some_and(|(at, spared)| spared && (joined(at) || read.tokens.contains(&at)));
        out[i] = scan.word(end, WordUse::LevelSpared).is_some() || before() || with_next;
        next = Some((start, out[i]));
    }
    out
}

/// Whether a vertebra is named at a token.
pub(crate) fn named(scan: &Scan<'_>, token: u32) -> bool {
    first(scan, token).is_some()
}

/// The vertebra at a token, the token after it, and whether it is sure without a partner.
fn first(scan: &Scan<'_>, token: u32) -> Option<(Vertebra, u32, bool)> {
    let kind = scan.layout.folded.tokens.get(token as usize)?.kind;
    if !matches!(kind, TokenKind::Alphanumeric | TokenKind::Word) {
        return None;
    }
    // letters alone are a column's only if they are one or two
    if kind == TokenKind::Word && scan.layout.folded.tokens[token as usize].folded.len() > 2 {
        return None;
    }
    let word = scan.token(token);
    if kind == TokenKind::Word && (word.is_empty() || !scan.knowledge.columns.iter().any(|c| c.letter.value == word)) {
        return None;
    }
    let column = scan.knowledge.columns.iter().position(|c| word.starts_with(c.letter.value.as_str()))?;
    let letter = &scan.knowledge.columns[column].letter.value;
    let rest = &word[letter.len()..];
    match kind {
        TokenKind::Alphanumeric => {
            let number: u8 = rest.parse().ok()?;
            Some((vertebra(scan, column, number)?, token + 1, true))
        }
        // "C-5/6" and "C 5-6"
        TokenKind::Word if rest.is_empty() => {
            let dash = scan.token(token + 1) == "-" && scan.glued(token + 1) && scan.glued(token + 2);
            let at = if dash { token + 2 } else { token + 1 };
            let number = number(scan, at)?;
            Some((vertebra(scan, column, number)?, at + 1, dash))
        }
        _ => None,
    }
}

/// Two neighbours written as one number: "C56". Behind a point or before one it may be a code.
fn written_as_one(scan: &Scan<'_>, token: u32) -> Option<(Vertebra, Vertebra)> {
    let here = scan.layout.folded.tokens.get(token as usize).filter(|t| t.kind == TokenKind::Alphanumeric)?;
    let (letter, number) = here.folded.of(&scan.layout.folded.text).split_at_checked(1)?;
    let upper = neighbours(number)?;
    let coded = scan.token(token + 1) == "." && scan.glued(token + 1) && scan.glued(token + 2);
    if coded {
        return None;
    }
    let column = scan.knowledge.columns.iter().position(|c| c.letter.value == letter)?;
    let upper = vertebra(scan, column, upper)?;
    Some((upper, below(scan, upper).filter(|v| v.column == column)?))
}

/// A whole number of one or two digits at a token.
fn number(scan: &Scan<'_>, token: u32) -> Option<u8> {
    let kind = scan.layout.folded.tokens.get(token as usize)?.kind;
    (kind == TokenKind::Number).then(|| scan.token(token).parse().ok()).flatten()
}

/// The vertebra of that number, if the column has it.
fn vertebra(scan: &Scan<'_>, column: usize, number: u8) -> Option<Vertebra> {
    let known = scan.knowledge.columns.get(column)?;
    (number >= 1 && number <= known.roots.max(known.vertebrae)).then_some(Vertebra { column, number })
}

/// The vertebra below, if `upper` is one.
fn below(scan: &Scan<'_>, upper: Vertebra) -> Option<Vertebra> {
    let column = scan.knowledge.columns.get(upper.column)?;
    if upper.number < column.vertebrae {
        return Some(Vertebra { column: upper.column, number: upper.number + 1 });
    }
    (upper.number == column.vertebrae && upper.column + 1 < scan.knowledge.columns.len())
        .then_some(Vertebra { column: upper.column + 1, number: 1 })
}

/// The other end of a pair: "C6", "6", "T1" or, of the next column, "1"; and the token after it.
fn partner(scan: &Scan<'_>, upper: Vertebra, token: u32) -> Option<(Vertebra, u32)> {
    if let Some((lower, end, true)) = first(scan, token) {
        return Some((lower, end));
    }
    let number = number(scan, token)?;
    // "5/10" and "C5-6 mm" are no levels; "C7-1" is C7-T1.
    let same = vertebra(scan, upper.column, number)
        .filter(|v| v.number > upper.number && v.number <= scan.knowledge.columns[upper.column].vertebrae);
    same.map(|v| (v, token + 1))
}

/// The mark or word between two vertebrae.
fn between(scan: &Scan<'_>, token: u32) -> Option<(Between, u32)> {
    // "- C5-6" and, in the line below, "- C6-7": the mark is the list's
    if scan.breaks(token) > 0 && scan.is_mark(token) {
        return None;
    }
    if let Some(end) = scan.word(token, WordUse::LevelRange) {
        return Some((Between::Range, end));
    }
    scan.word(token, WordUse::LevelPair).map(|end| (Between::Pair, end))
}

/// The vertebra right behind another that is its neighbour, and the token after it.
fn neighbour(scan: &Scan<'_>, upper: Vertebra, token: u32) -> Option<(Vertebra, u32)> {
    let (lower, behind, sure) = first(scan, token)?;
    (sure && scan.breaks(token) == 0 && below(scan, upper) == Some(lower)).then_some((lower, behind))
}

/// Whether a slash and a number follow ("C5 6/10" is a root and a score).
fn score_follows(scan: &Scan<'_>, token: u32) -> bool {
    scan.token(token) == "/" && number(scan, token + 1).is_some_and(|n| n >= 10)
}

/// Reads what begins with a vertebra, and the short forms listed behind it; the token after all of it.
fn chain(scan: &Scan<'_>, start: u32, head: Vertebra, mut end: u32, sure: bool, out: &mut Vec<Read>) -> u32 {
    // "complement C3", but "T2DM" and, in the next line, "C6-7 disc herniation"
    let behind_one = || start.checked_sub(1).is_some_and(|t| scan.breaks(start) == 0 && scan.word(t, WordUse::NoLevel).is_some());
    if scan.word(end, WordUse::NoLevel).is_some() || behind_one() {
        return end;
    }
    let before = out.len();
    let mut upper = head;
    let mut paired = false;
    let disc_between = start.checked_sub(1).is_some_and(|t| scan.word(t, WordUse::LevelBetween) == Some(start));
    let above = start.checked_sub(1).and_then(|t| first(scan, t));
    let mut mark = "";
    let third = above.is_some_and(|(v, behind, _)| behind == start && below(scan, v) == Some(head));
    // "C5-6", and "C4-5-6" on to the next.
    loop {
        let (kind, at) = match between(scan, end) {
            Some(found) => found,
            None if !paired && scan.token(end).len() == 1 && number(scan, end).is_some_and(|n| n == upper.number + 1) => {
                (Between::Pair, end)
            }
            None if !paired && scan.glued(end) && first(scan, end).is_some() => (Between::Pair, end),
            // dictated: "C5 C6", if no third stands beside them
            None if !paired
                && !third
                && neighbour(scan, upper, end).is_some_and(|(lower, behind)| neighbour(scan, lower, behind).is_none()) =>
            {
                (Between::Pair, end)
            }
            None if !paired && disc_between && scan.word(end, WordUse::Join).is_some() => (Between::Pair, end + 1),
            // "C5,6"
            None if !paired
                && scan.token(end) == ","
                && scan.glued(end)
                && scan.glued(end + 1)
                && number(scan, end + 1).is_some_and(|n| n == upper.number + 1) =>
            {
                (Between::Pair, end + 1)
            }
            None => break,
        };
        // "C3-4/C5-6" lists two discs
        if paired && scan.token(end) == "/" && mark != "/" {
            break;
        }
        let Some((lower, after)) = partner(scan, upper, at).filter(|(l, a)| *l > upper && !score_follows(scan, *a)) else { break };
        if kind == Between::Range && below(scan, upper) != Some(lower) && paired {
            // "C3-4 through C6-7": the range ends where the second disc does
            let pair = between(scan, after).filter(|(kind, _)| *kind == Between::Pair);
            let last = pair.and_then(|(_, at)| partner(scan, lower, at)).filter(|(last, _)| below(scan, lower) == Some(*last));
            let Some((last, behind)) = last else { break };
            let mut from = upper;
            while from < last {
                let Some(next) = below(scan, from) else { break };
                push(scan, start..behind, disc(scan, from, next), out);
                from = next;
            }
            (upper, end) = (last, behind);
            continue;
        }
        let mut from = upper;
        while from < lower {
            let Some(next) = below(scan, from) else { break };
            push(scan, start..after, disc(scan, from, next), out);
            from = next;
        }
        mark = scan.token(end);
        (upper, end, paired) = (lower, after, true);
    }
    if !paired {
        if !sure || !scan.knowledge.columns[head.column].single {
            return end;
        }
        push(scan, start..end, single(scan, head), out);
        return end;
    }
    // "C3-4, 4-5 and 5-6": short forms under the same letter.
    while let Some((next, after)) = short_pair(scan, upper, end) {
        let lower = below(scan, next).unwrap_or(next);
        push(scan, end..after, disc(scan, next, lower), out);
        (upper, end) = (lower, after);
    }
    if out.len() == before { start + 1 } else { end }
}

/// A pair without letter behind a joining word: ", 4-5", " and 5/6"; its upper vertebra and the token after it.
fn short_pair(scan: &Scan<'_>, last: Vertebra, token: u32) -> Option<(Vertebra, u32)> {
    let mut at = scan.word(token, WordUse::Join)?;
    if let Some(end) = scan.word(at, WordUse::Join) {
        at = end;
    }
    let upper = vertebra(scan, last.column, number(scan, at)?)?;
    let (kind, behind) = between(scan, at + 1)?;
    let lower = number(scan, behind)?;
    let next = below(scan, upper)?;
    let fits = kind == Between::Pair
        && upper >= last
        && scan.glued(at + 1)
        && (next.number == lower || (next.column != upper.column && lower == 1));
    fits.then_some((upper, behind + 1))
}

fn single(scan: &Scan<'_>, vertebra: Vertebra) -> String {
    format!("{}{}", scan.knowledge.columns[vertebra.column].letter.value.to_ascii_uppercase(), vertebra.number)
}

fn disc(scan: &Scan<'_>, upper: Vertebra, lower: Vertebra) -> String {
    format!("{}-{}", single(scan, upper), single(scan, lower))
}

fn push(scan: &Scan<'_>, tokens: std::ops::Range<u32>, level: String, out: &mut Vec<Read>) {
    let Some(rule) = scan.knowledge.level_rule else { return };
    let attribute = Attribute { key: AttributeKey::Level, value: Value::Text(level), span: scan.span(tokens.clone()), rule };
    out.push(Read { attribute, tokens, beside_mention: false, after_mention: false });
}

impl Linker<'_> {
    /// The procedure right before a level, with nothing but words of place between: "*CESI* at C7-T1", "*ACDF* C5-6".
    pub(super) fn done_at(&self, read: &Read) -> Option<usize> {
        let before = self.mentions.partition_point(|m| m.tokens.start < read.tokens.start);
        let host = before.checked_sub(1)?;
        let own = &self.mentions[host];
        let placed =
            own.tokens.end <= read.tokens.start && (own.tokens.end..read.tokens.start).all(|t| self.scan.word(t, WordUse::At).is_some());
        (placed && self.kind(host) == ConceptKind::Procedure).then_some(host)
    }

    /// Whether a procedure goes in at another level than that of what it is for: an injection.
    pub(super) fn enters_elsewhere(&self, procedure: usize) -> bool {
        let given = self.knowledge.coding.guidelines.get("enters-elsewhere");
        given.is_some_and(|g| g.concepts.has(self.mentions[procedure].concept))
    }

    /// What is operated on at the level of the operation: the *herniation* in "ACDF C5-6 for herniation".
    pub(super) fn operated_for(&self, read: &Read, procedure: usize) -> Option<usize> {
        if read.attribute.key != AttributeKey::Level || self.done_at(read) != Some(procedure) || self.enters_elsewhere(procedure) {
            return None;
        }
        let next = procedure + 1;
        let own = self.mentions.get(next).filter(|m| m.sentence == self.mentions[procedure].sentence)?;
        let mut gap = read.tokens.end..own.tokens.start;
        let purpose = gap.next().is_some_and(|t| self.scan.word(t, WordUse::Purpose).is_some());
        let free = purpose && gap.len() < NAMED && self.kind(next) == ConceptKind::Diagnosis && !self.has_level(next, read);
        free.then_some(next)
    }
}
