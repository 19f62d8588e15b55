//! Durations, onsets and scores: a number, length of time or date with the words around it.

use crate::attributes::dates::{When, Written};
use crate::attributes::scan::{Hit, Scan};
use crate::attributes::{Attribute, Read, Value};
use crate::fold::TokenKind;
use crate::knowledge::attributes::{Meaning, Quantity};
use crate::knowledge::source::attributes::{QuantityKind, WordUse};
use crate::layout::Section;
use crate::vocab::AttributeKey;
use crate::words::WordId;
use std::ops::Range;

/// How many tokens before and behind a quantity can say that it is of something else.
const NEAR: u32 = 5;

/// Tokens of words that tell how it goes: "on and off".
const COURSE: u32 = 3;

/// How far off the words that open a quantity may stand, in tokens.
const OPENED: u32 = 16;

/// Reads every quantity of a note, in text order.
pub(crate) fn read(scan: &Scan<'_>, written: Written, out: &mut Vec<Read>) {
    let mut token = 0;
    while token < scan.len() {
        let found = if scan.may_count(token) { quantity(scan, written, token, out) } else { None };
        token = found.unwrap_or(token + 1).max(token + 1);
    }
}

/// Reads the quantity that begins at a token; the token after it if there is one.
fn quantity(scan: &Scan<'_>, written: Written, token: u32, out: &mut Vec<Read>) -> Option<u32> {
    if let Some(length) = scan.length(token) {
        // "twice a week" is no length of time
        let often = || token > 0 && scan.any_word(token - 1..token, WordUse::Often);
        if matches!(scan.token(token), "a" | "an") && often() {
            return Some(length.end);
        }
        let found = match_rules(scan, QuantityKind::Span, token, length.end);
        if let Some((rule, from, to)) = found {
            push(scan, rule, Value::Days(length.min, length.max), from, to, out);
            return Some(to.max(length.end));
        }
        return Some(length.end);
    }
    if let Some(counted) = scan.counted(token)
        && let Some((rule, from, to)) = match_rules(scan, QuantityKind::Nth, token, counted.end)
    {
        push(scan, rule, Value::Days(counted.min, counted.max), from, to, out);
        return Some(to.max(counted.end));
    }
    let by_rule = |when: When| Some((when.end, match_rules(scan, QuantityKind::Date, token, when.end)?, when.reading));
    // "onset 1-26" is a day, "1-26" may be anything
    let hyphened = || scan.hyphened(token).and_then(by_rule).filter(|(_, (rule, ..), _)| !rule.before.is_empty());
    // "neck pain 2/2 arthritis" is due to it
    let because = |end: u32| scan.at(token).iter().any(|h| h.end == end && matches!(h.meaning, Meaning::Link(_)));
    let dated = scan.when(token).filter(|when| !because(when.end)).and_then(by_rule).or_else(hyphened);
    // "onset about 2/10" is a day, "pain 2/10" a score
    let onset = dated.as_ref().is_some_and(|(_, (rule, ..), _)| !rule.before.is_empty());
    // "as a 6": an article is a number before a length of time only
    if let Some(number) = scan.number(token).filter(|_| !onset && !matches!(scan.token(token), "a" | "an"))
        && let Some((rule, from, to)) = match_rules(scan, QuantityKind::Score, token, number.end)
    {
        let scale = rule.scale as f32;
        // "7/10/2024" is a date.
        let date = scan.token(to) == "/" && scan.glued(to);
        if number.max <= scale && number.min >= 0.0 && !date {
            push(scan, rule, Value::Score(number.min, number.max, scale), from, to, out);
            return Some(to.max(number.end));
        }
    }
    if let Some((end, (rule, from, to), reading)) = dated
        && let Some((least, most)) = reading.days_before(written)
    {
        push(scan, rule, Value::Days(least, most), from, to, out);
        return Some(to.max(end));
    }
    // "prn pain 7-10/10": what is no score as a range is none by its last number
    let range = || scan.number(token).filter(|number| number.min < number.max).map(|number| number.end);
    scan.when(token).map(|when| when.end).or_else(range)
}

fn push(scan: &Scan<'_>, rule: &Quantity, value: Value, from: u32, to: u32, out: &mut Vec<Read>) {
    let attribute = Attribute { key: rule.key, value, span: scan.span(from..to), rule: rule.rule };
    out.push(Read { attribute, tokens: from..to, beside_mention: rule.beside_mention, after_mention: false });
}

/// The first rule whose words stand around the tokens, with the tokens including those words.
fn match_rules<'k>(scan: &Scan<'k>, of: QuantityKind, start: u32, end: u32) -> Option<(&'k Quantity, u32, u32)> {
    let word = |token: u32| scan.layout.folded.tokens.get(token as usize).map_or(WordId::NONE, |t| t.word);
    let (previous, next) = (start.checked_sub(1).map_or(WordId::NONE, word), word(end));
    // "S> 8 days": a mark that is set to the word before it is that word's
    let set_to = |t: u32| scan.is_mark(t) && scan.glued(t);
    let about = start.checked_sub(1).is_some_and(|t| scan.word(t, WordUse::About) == Some(start) && !set_to(t));
    // `x3` holds the word before it
    let joined = scan.layout.folded.tokens.get(start as usize).is_some_and(|t| t.kind == TokenKind::Alphanumeric);
    let rules = &scan.knowledge.quantities;
    // "1. Neck pain 2. HTN", in one line or in two
    if of == QuantityKind::Score
        && matches!(scan.token(end), "." | ")")
        && (scan.breaks(start) > 0 || scan.numbers_item(start) || scan.numbers_on(start))
    {
        return None;
    }
    let near = scan.knowledge.quantities_by.between(previous, next, about || joined, rules.len());
    near.map(|rule| &rules[rule]).filter(|rule| rule.of == of).find_map(|rule| {
        let from = before(scan, rule, start)?;
        let to = behind(scan, rule, end)?;
        // "neck pain since a run of night shifts, *about* 10 days"
        let opening = if about && from == start { start - 1 } else { from };
        if rule.alone && !(stands_alone(scan, opening, to) && in_story(scan, from)) {
            return None;
        }
        let here = sentence(scan, start, end);
        let holds = match of {
            // "this morning she tripped" as well as "she tripped this morning"
            _ if rule.opened => {
                scan.any_word(here.start.max(start.saturating_sub(OPENED))..start, WordUse::Onset)
                    || scan.any_word(end..here.end.min(end + OPENED), WordUse::Onset)
            }
            QuantityKind::Score => true,
            _ if rule.named => true,
            _ => !elsewhere(scan, rule.key, from..to, start),
        };
        if !holds {
            return None;
        }
        // A score's neighbours say what it is; a date's clause says whose it is.
        let near = if of == QuantityKind::Score { 2 } else { NEAR };
        let first = start.saturating_sub(near).max(here.start);
        // "5/10 last visit, 4/10 today"
        let comma = (first..start).rev().find(|t| of == QuantityKind::Score && scan.token(*t) == ",").map(|t| t + 1);
        // but "on and off since college" is on no date
        let near_before = window(scan, comma.unwrap_or(first), behind_course(scan, start));
        let behind = if of == QuantityKind::Score { to } else { end };
        let near_after = window(scan, behind.min(here.end), (behind + near).min(here.end));
        let own = window(scan, start, end);
        if rule.not_before.iter().any(|w| near_before.contains(w.as_str()))
            || rule.not_after.iter().any(|w| near_after.contains(w.as_str()))
            || !(rule.holds.is_empty() || rule.holds.iter().any(|w| own.contains(w.as_str())))
        {
            return None;
        }
        Some((rule, from, to))
    })
}

/// The first token of the words that must stand before; `start` if none need to.
fn before(scan: &Scan<'_>, rule: &Quantity, start: u32) -> Option<u32> {
    if rule.before.is_empty() {
        return Some(start);
    }
    // The letter of `x3` is the word before the number.
    if scan.token(start).len() > 1 && scan.token(start).starts_with('x') && scan.token(start).as_bytes()[1].is_ascii_digit() {
        return rule.before.iter().any(|b| b == " x ").then_some(start);
    }
    let (mut at, mut found) = (start, None);
    for _ in 0..4 {
        let text = text_up_to(scan, at);
        let words = rule.before.iter().filter(|b| text.ends_with(b.as_str())).max_by_key(|b| b.len());
        found = words.map(|words| at.saturating_sub(count(words))).or(found);
        let skipped = rule.skip.iter().find(|s| text.ends_with(s.as_str())).map(|s| count(s));
        let skipped = skipped.or_else(|| at.checked_sub(1).filter(|a| scan.word(*a, WordUse::About) == Some(at)).map(|_| 1));
        // "lasting *over* 6 months": what may be skipped may open as well
        match skipped {
            Some(skipped) => at = at.saturating_sub(skipped),
            None => break,
        }
    }
    found
}

/// The token after the words that must stand behind; `end` if none need to.
fn behind(scan: &Scan<'_>, rule: &Quantity, end: u32) -> Option<u32> {
    let ends_line = || end >= scan.len() || scan.breaks(end) > 0;
    if rule.after.is_empty() || rule.line_end && ends_line() {
        return Some(end);
    }
    let text = text_from(scan, end);
    rule.after.iter().filter(|a| text.starts_with(a.as_str())).max_by_key(|a| a.len()).map(|a| end + count(a))
}

/// Whether marks, the end of a score or line ends stand on both sides of some tokens.
fn stands_alone(scan: &Scan<'_>, from: u32, to: u32) -> bool {
    let mark = |t: u32| scan.is_mark(t);
    let opens =
        from == 0 || scan.breaks(from) > 0 || mark(from - 1) || (from > 1 && scan.token(from - 1) == "10" && scan.token(from - 2) == "/");
    let closes = to >= scan.len() || scan.breaks(to) > 0 || mark(to);
    opens && closes
}

/// Whether a token stands where the complaint is told or assessed.
fn in_story(scan: &Scan<'_>, token: u32) -> bool {
    use crate::vocab::SectionKind as S;
    let at = scan.span(token..token + 1).start;
    let sections = &scan.layout.sections;
    let Some(here) = sections.iter().rposition(|s| s.start <= at) else { return false };
    let told = |s: &Section| s.assessed || matches!(s.kind, S::Preamble | S::ChiefComplaint | S::Hpi | S::Indications | S::Addendum);
    // under a letterhead of no known kind the complaint is told first
    let opens =
        || sections[here].kind == S::Unknown && sections[..here].iter().all(|s| matches!(s.kind, S::Preamble | S::Unknown | S::History));
    told(&sections[here]) || opens()
}

/// Whether the clause says that the quantity, whose number stands at `number`, is of a dose, a visit or a therapy.
fn elsewhere(scan: &Scan<'_>, key: AttributeKey, own: Range<u32>, number: u32) -> bool {
    let (start, end) = (own.start, own.end);
    let in_clause = |t: &u32| !ends_clause(scan, *t) && scan.word(*t, WordUse::Clause).is_none();
    // "PMH: HTN" and, in the next line, "HPI: neck pain 3 weeks"
    let first = sentence(scan, start, end).start.max(start.saturating_sub(NEAR));
    // "a house painter has a ten-week history": what stands before the telling is who tells
    let told = |t: &u32| in_clause(t) && scan.word(*t, WordUse::Tells).is_none();
    let from = (first..start).rev().take_while(told).last().unwrap_or(start);
    // "it began five weeks ago after she took a second job"
    let follows = |t: u32| key == AttributeKey::Onset && scan.word(t, WordUse::Following).is_some();
    // "neck pain x 3 days - PT": what is done for it is set off
    let goes_on = |t: &u32| in_clause(t) && scan.breaks(*t) == 0 && !follows(*t) && !scan.sets_off(*t);
    let to = (end..(end + 3).min(scan.len())).take_while(goes_on).last().map_or(end, |t| t + 1);
    // "*PT for* 6 weeks": its words may go on into those that lead to the number
    let before = |t: u32| scan.word(t, WordUse::Elsewhere).is_some_and(|end| end <= number);
    (from..start).any(before) || scan.any_word(end..to, WordUse::Elsewhere)
}

/// Where words that tell how it goes begin, if they end at a token, else the token: "*on and off* since college".
fn behind_course(scan: &Scan<'_>, token: u32) -> u32 {
    let course =
        |h: &Hit| matches!(h.meaning, Meaning::Value { index, .. } if scan.knowledge.values[index as usize].key == AttributeKey::Course);
    (token.saturating_sub(COURSE)..token).find(|t| scan.at(*t).iter().any(|h| h.end == token && course(h))).unwrap_or(token)
}

/// The tokens of the sentence some tokens stand in; all of them if they stand in none.
fn sentence(scan: &Scan<'_>, start: u32, end: u32) -> Range<u32> {
    let near = scan.layout.sentence_at(start).map(|at| &scan.layout.sentences[at].tokens);
    near.filter(|t| t.start <= start && end <= t.end).cloned().unwrap_or(0..scan.len())
}

/// Whether a token ends a clause.
fn ends_clause(scan: &Scan<'_>, token: u32) -> bool {
    matches!(scan.token(token), "." | ";" | "," | "(" | ")" | "|") || scan.breaks(token + 1) > 1
}

/// How many tokens a folded phrase has.
fn count(phrase: &str) -> u32 {
    phrase.split_ascii_whitespace().count() as u32
}

/// The folded text before a token, with the space that ends it.
fn text_up_to<'s>(scan: &'s Scan<'_>, token: u32) -> &'s str {
    let folded = &scan.layout.folded;
    let end = folded.tokens.get(token as usize).map_or(folded.text.len(), |t| t.folded.start as usize);
    folded.text.get(..end).unwrap_or("")
}

/// The folded text from a token on, with the space before it.
fn text_from<'s>(scan: &'s Scan<'_>, token: u32) -> &'s str {
    let folded = &scan.layout.folded;
    let start = folded.tokens.get(token as usize).map_or(folded.text.len(), |t| t.folded.start as usize);
    folded.text.get(start.saturating_sub(1)..).unwrap_or("")
}

/// The folded text of some tokens, with spaces at both ends.
fn window<'s>(scan: &'s Scan<'_>, start: u32, end: u32) -> &'s str {
    let folded = &scan.layout.folded;
    let from = folded.tokens.get(start as usize).map_or(folded.text.len(), |t| t.folded.start as usize);
    let to = folded.tokens.get(end as usize).map_or(folded.text.len(), |t| t.folded.start as usize);
    if start >= end { "" } else { folded.text.get(from.saturating_sub(1)..to).unwrap_or("") }
}
