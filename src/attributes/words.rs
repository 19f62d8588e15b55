//! Values that are words: acuity, severity, side, course, phase, region; where pain goes; what it is due to.

use crate::attributes::levels;
use crate::attributes::scan::Scan;
use crate::attributes::{Attribute, Read, Value};
use crate::fold::{Token, TokenKind};
use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::{LinkKind, WordUse};
use crate::vocab::AttributeKey;
use crate::words::WordId;
use std::ops::Range;

/// How far before a link a denial reaches, in tokens.
const DENIAL_REACH: u32 = 8;
/// How far before a link the words stand that say it was so at first, in tokens.
const FIRST_REACH: u32 = 4;
/// How many tokens without a target end the words of a radiation.
const PATH_REACH: u32 = 5;
/// Letters of a title or an initial before a name, at most.
const TITLE: usize = 3;
/// How many tokens a cause has at most.
const CAUSE_LENGTH: u32 = 8;

/// Reads every word value of a note; a value inside a longer one of the same key is left out.
pub(crate) fn read(scan: &Scan<'_>, out: &mut Vec<Read>) {
    let mut ends = [0u32; AttributeKey::ALL.len()];
    for hit in &scan.hits {
        let Meaning::Value { index, .. } = hit.meaning else { continue };
        let value = &scan.knowledge.values[index as usize];
        let covered = &mut ends[value.key as usize];
        if hit.end <= *covered {
            continue;
        }
        *covered = hit.end;
        let tokens = hit.start..hit.end;
        let attribute =
            Attribute { key: value.key, value: Value::Text(value.value.clone()), span: scan.span(tokens.clone()), rule: value.rule };
        out.push(Read { attribute, tokens, beside_mention: false, after_mention: false });
    }
}

/// Whether a letter is of a name or a unit and not of a side: "A. *R*. Smith", "Dr. *R*. Smith", "on 2*L*".
pub(crate) fn initial(scan: &Scan<'_>, tokens: &Range<u32>) -> bool {
    // "L" or "L."
    let pointed = tokens.len() == 2 && scan.token(tokens.start + 1) == ".";
    if !(tokens.len() == 1 || pointed) || scan.token(tokens.start).len() != 1 || tokens.start == 0 {
        return false;
    }
    let counted = scan.glued(tokens.start) && scan.token(tokens.start - 1).bytes().all(|b| b.is_ascii_digit());
    let title = |t: &str| t.len() <= TITLE && t.bytes().all(|b| b.is_ascii_alphabetic());
    let named = || (pointed || scan.token(tokens.end) == ".") && scan.token(tokens.start - 1) == "." && tokens.start > 1;
    // "R > L."
    let lesser = pointed && matches!(scan.token(tokens.start - 1), ">" | "<");
    counted
        || lesser
        || named() && title(scan.token(tokens.start - 2))
        || (scan.word(tokens.start - 1, WordUse::BeforeName).is_some() && surname(scan, tokens.end))
}

/// Whether a word that no term has is written as a name is: "signed by R. *Patel*".
fn surname(scan: &Scan<'_>, token: u32) -> bool {
    let strange = |t: &Token| t.kind == TokenKind::Word && t.word == WordId::NONE;
    let mut letters = scan.span(token..token + 1).of(scan.text).chars();
    scan.layout.folded.tokens.get(token as usize).is_some_and(strange)
        && letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_some_and(char::is_lowercase)
}

/// Reads where pain goes and what things are due to.
pub(crate) fn read_links(scan: &Scan<'_>, out: &mut Vec<Read>) {
    let mut covered = 0;
    for hit in &scan.hits {
        let Meaning::Link(index) = hit.meaning else { continue };
        let link = &scan.knowledge.links[index as usize];
        if hit.start < covered || denied(scan, hit.start) {
            continue;
        }
        covered = hit.end;
        let sentence_end = sentence_end(scan, hit.start);
        match link.kind {
            LinkKind::Radiation if gone_since(scan, hit.start, sentence_end) => {}
            LinkKind::Radiation => radiation(scan, hit.start, hit.end, sentence_end, index, out),
            LinkKind::Cause => cause(scan, hit.start, hit.end, sentence_end, index, out),
            LinkKind::ServiceDate => {}
        }
    }
}

/// Whether a denial stands before a token in its clause.
pub(crate) fn denied(scan: &Scan<'_>, token: u32) -> bool {
    let from = token.saturating_sub(DENIAL_REACH);
    let clause =
        (from..token).rev().take_while(|t| !matches!(scan.token(*t), "." | ";" | "!" | "?") && scan.word(*t, WordUse::Clause).is_none());
    let start = clause.last().unwrap_or(token);
    scan.any_word(start..token, WordUse::Negator)
}

/// Whether the sentence says that it was so at first and is over: "*initially* radiated to the arm, but *now just* in the neck".
fn gone_since(scan: &Scan<'_>, token: u32, sentence_end: u32) -> bool {
    scan.any_word(token.saturating_sub(FIRST_REACH)..token, WordUse::Formerly) && scan.any_word(token..sentence_end, WordUse::OverNow)
}

/// The token after the sentence that holds a token.
fn sentence_end(scan: &Scan<'_>, token: u32) -> u32 {
    scan.layout.sentence_at(token).map_or(scan.len(), |at| scan.layout.sentences[at].tokens.end)
}

/// Targets behind a radiation's words, each with the side that stands before it.
fn radiation(scan: &Scan<'_>, start: u32, from: u32, end: u32, link: u16, out: &mut Vec<Read>) {
    let rule = scan.knowledge.links[link as usize].rule;
    let mut at = from;
    let mut last = from;
    let mut limit = from + PATH_REACH;
    let mut side: Option<String> = None;
    while at < end && at < limit {
        if matches!(scan.token(at), ";" | "." | ":" | "|")
            || scan.word(at, WordUse::Clause).is_some()
            || scan.word(at, WordUse::Negator).is_some()
        {
            break;
        }
        // "Radiation: [ ] R arm [ ] L arm [x] none": up to the next box nothing is said
        if let Some(behind) = scan.word(at, WordUse::Unticked) {
            let boxed =
                |t: &u32| matches!(scan.token(*t), "[" | "[x]" | "☐" | "☒" | "☑" | "(") || scan.word(*t, WordUse::Unticked).is_some();
            at = (behind..end).find(boxed).unwrap_or(end);
            last = at;
            continue;
        }
        let hits = scan.at(at);
        let target = hits.iter().find_map(|h| match h.meaning {
            Meaning::Target(i) => Some((i, h.end)),
            _ => None,
        });
        let value = hits.iter().find_map(|h| match h.meaning {
            Meaning::Value { index, .. } if scan.knowledge.values[index as usize].key == AttributeKey::Laterality => Some((index, h.end)),
            _ => None,
        });
        if let Some((target, target_end)) = target {
            let named = &scan.knowledge.targets[target as usize];
            let name = &named.value;
            let text = side.take().or_else(|| named.side.clone()).map_or_else(|| name.clone(), |side| format!("{side} {name}"));
            // "Radiating to arms: No", "Radiates to arm? No"
            if matches!(scan.token(target_end), ":" | "?") && scan.word(target_end + 1, WordUse::Negator).is_some() {
                return;
            }
            let attribute = Attribute { key: AttributeKey::Radiation, value: Value::Text(text), span: scan.span(start..target_end), rule };
            out.push(Read { attribute, tokens: start..target_end, beside_mention: false, after_mention: true });
            at = target_end;
            last = at;
            limit = at + PATH_REACH;
        } else if let Some((index, value_end)) = value {
            side = Some(scan.knowledge.values[index as usize].value.clone());
            at = value_end;
        } else if let Some(path_end) = scan.word(at, WordUse::Path).or_else(|| scan.word(at, WordUse::Join)) {
            at = path_end;
            limit = (at + PATH_REACH).max(limit);
        } else {
            // A word that is no path: what stands behind it is another matter once a target is found.
            if last > from {
                break;
            }
            at += 1;
        }
    }
}

/// The words behind a causal link, up to the clause's end.
fn cause(scan: &Scan<'_>, start: u32, from: u32, end: u32, link: u16, out: &mut Vec<Read>) {
    let link = &scan.knowledge.links[link as usize];
    let limit = end.min(from + CAUSE_LENGTH);
    let ends = |t: &u32| {
        matches!(scan.token(*t), "." | "," | ";" | ":" | "(" | ")" | "|" | "?" | "!")
            || scan.word(*t, WordUse::Stop).is_some()
            || scan.word(*t, WordUse::Clause).is_some()
    };
    let stop = (from..limit).find(ends).unwrap_or(limit);
    // "strain from 2/8", "off after 2 days": a day is no cause, and no time either
    let numeral = |t: u32| t < end && scan.token(t).bytes().all(|b| b.is_ascii_digit());
    let dated = numeral(from) && matches!(scan.token(from + 1), "/" | "-") && numeral(from + 2);
    // "decreased from 7 to 3", "from C4 to C7"
    let ranged = (numeral(from) || levels::named(scan, from)) && scan.token(from + 1) == "to";
    if stop == from || dated || ranged || scan.length(from).is_some() {
        return;
    }
    let span = scan.span(from..stop);
    let text = span.of(scan.text).split_whitespace().collect::<Vec<_>>().join(" ");
    let attribute = Attribute { key: AttributeKey::Cause, value: Value::Text(text), span, rule: link.rule };
    out.push(Read { attribute, tokens: start..stop, beside_mention: link.close, after_mention: true });
}
