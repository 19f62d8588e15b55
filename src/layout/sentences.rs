//! Where sentences end: at closing marks, at lines that do not go on, never inside abbreviations.

use crate::fold::{Folded, TokenKind};
use crate::knowledge::sections::SectionsKnowledge;
use crate::knowledge::source::sections::SectionWordUse;
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::markup;

/// Bytes of a line above which a lower-case next line goes on with it.
const TELEGRAPHIC: usize = 30;
/// Tokens within which the next question of a row of questions ends.
const QUESTION: usize = 7;
/// The narrowest width at which text is wrapped by hand or by a mailer: a list of short lines is none.
const NARROWEST: usize = 44;
/// The widest line of text that was wrapped by hand or by a mailer.
const WIDEST: usize = 110;
/// Bytes that a wrapped line may miss of the full width.
const RAGGED: usize = 8;

/// Whether `next` goes on with the sentence of `line`, the note's lines being at most `width` bytes wide.
pub(crate) fn goes_on(text: &str, line: &Line, next: &Line, width: usize, knowledge: &SectionsKnowledge) -> bool {
    let (here, there) = (line.of(text), next.of(text));
    let row = |line: &str| line.contains('|') || markup::tabular(line);
    if here.is_empty() || there.is_empty() || row(here) || row(there) {
        return false;
    }
    let lower = there.chars().next().is_some_and(char::is_lowercase);
    // a question mark that stands free hedges what follows: "sent home, ?" and, in the next line, "concussion"
    // "radiculopathy -" above "myelopathy -": a column of signs, each of its line
    let signed = |line: &str| line.ends_with(" -") || line.ends_with(" +");
    if signed(here) && signed(there) {
        return false;
    }
    if here.ends_with([',', '-', '/', '&', '+']) || (lower && here.ends_with(" ?")) {
        return true;
    }
    // "(night sweats, weight loss)" and, in the next line, "all negative"
    if here.ends_with(')') && lower && here.len() >= TELEGRAPHIC {
        return true;
    }
    if labels::closes(here) {
        // "symptoms incl." and, in the next line, "weakness"
        let word = here.strip_suffix('.').and_then(|rest| rest.rsplit(char::is_whitespace).next()).unwrap_or("");
        return lower && !word.is_empty() && knowledge.is(SectionWordUse::Abbreviation, &word.to_lowercase());
    }
    // "neck" and, indented below it, "pain": a hanging line goes on
    let hanging = lower && next.first - next.start > line.first - line.start;
    if hanging || unfinished(here, lower, there.contains(':'), knowledge) || (lower && continues(there, knowledge)) {
        return true;
    }
    // "Cervical spondylosis without myelopathy" above "Cervical radiculopathy": lines that open with capitals are a list, however wide the first is
    let mut letters = there.chars();
    let opens = letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
    if opens && here.chars().any(char::is_lowercase) {
        return false;
    }
    let word = there.find(' ').unwrap_or(there.len());
    (lower && here.len() >= TELEGRAPHIC)
        || ((NARROWEST..=WIDEST).contains(&width) && here.len() + word + 1 + RAGGED >= width && here.len() >= TELEGRAPHIC)
}

/// Whether a line's last word asks for another; a word alone on its line does only before small letters ("A" may be a heading).
fn unfinished(line: &str, lower: bool, row: bool, knowledge: &SectionsKnowledge) -> bool {
    let word = line.rsplit(char::is_whitespace).next().unwrap_or("");
    // "Dislocation: No" above "Prior surgery: No" is a whole row
    let answers = || {
        let label = line.strip_suffix(word).map(str::trim_end).unwrap_or("");
        let dashed = || label.ends_with(" -") || label.ends_with(" –");
        (row || !lower) && (label.ends_with([':', ']', ')', '☒', '☑', '✓', '✔', '|']) || dashed())
    };
    if knowledge.is(SectionWordUse::Answer, &word.to_lowercase()) && answers() {
        return false;
    }
    let is = |what: SectionWordUse| knowledge.is(what, &word.to_lowercase());
    // not "strain, cervical"
    let led = || line.strip_suffix(word).is_some_and(|before| before.trim_end().ends_with(char::is_alphanumeric));
    (word.len() < line.len() || (lower && word.len() > 1)) && is(SectionWordUse::Unfinished)
        || lower && is(SectionWordUse::Attributive) && (led() || word.len() == line.len())
}

/// Whether a line's first word goes on with what stands before it.
pub(crate) fn continues(line: &str, knowledge: &SectionsKnowledge) -> bool {
    let word = line.split(char::is_whitespace).next().unwrap_or("");
    knowledge.is(SectionWordUse::Continuing, word)
}

/// Whether a sentence ends with token `i` of a line, because of the mark it is.
pub(crate) fn ends(text: &str, folded: &Folded, i: usize, knowledge: &SectionsKnowledge) -> bool {
    let Some(token) = folded.tokens.get(i).filter(|t| t.kind == TokenKind::Punctuation) else {
        return i > 0 && folded.word(i - 1) == "?" && asks_on(folded, i, knowledge);
    };
    let mark = folded.word(i);
    if mark == "\"" {
        // "recommend CT." He was called: what is quoted ends, and the sentence with it
        let closed = i.checked_sub(1).is_some_and(|j| matches!(folded.word(j), "." | "!" | "?"));
        let next = folded.tokens.get(i + 1);
        let asked = i.checked_sub(1).is_some_and(|j| folded.word(j) == "?") && knowledge.is(SectionWordUse::Answer, folded.word(i + 1));
        return closed && !asked && !token.spaced && next.is_none_or(|n| n.spaced && n.span.of(text).starts_with(char::is_uppercase));
    }
    if !matches!(mark, "." | "!" | "?" | "!!" | "??" | ".." | "•") {
        return false;
    }
    let Some(next) = folded.tokens.get(i + 1) else { return true };
    // "Radiculopathy....... None"
    if mark == ".." && next.breaks == 0 && knowledge.is(SectionWordUse::Answer, folded.word(i + 1)) && answered(folded, i + 1) {
        return false;
    }
    if !next.spaced {
        // "pain.No numbness": a capital directly behind a point and a word of some length.
        let capital = next.span.of(text).chars().next().is_some_and(char::is_uppercase);
        return mark == "." && capital && next.kind == TokenKind::Word && next.span.len() > 1 && !token.spaced && long_word(folded, i);
    }
    // "Arm pain? No.", "Arm pain? [x] Yes", "Arm pain? - No"
    let dash = usize::from(matches!(folded.word(i + 1), "-" | "--") && next.breaks == 0);
    let answer = i + 1 + dash;
    let whole = || (dash == 0 && next.kind == TokenKind::Punctuation) || answered(folded, answer) || asks_on(folded, answer, knowledge);
    if mark == "?" && knowledge.is(SectionWordUse::Answer, folded.word(answer)) && whole() {
        return false;
    }
    if mark != "." {
        // "?radiculopathy" hedges the next word; "stable ? cause" does, too.
        return !token.spaced && !next.span.of(text).starts_with(char::is_lowercase);
    }
    let written = next.span.of(text);
    let lower = written.starts_with(char::is_lowercase);
    let word = abbreviation(text, folded, i);
    // "Dr. C. Whitfield": a shortened word leads to a name
    let titled = || i > 2 && folded.word(i - 2) == "." && knowledge.is(SectionWordUse::Abbreviation, folded.word(i - 3));
    if word.chars().count() == 1
        && word.chars().all(char::is_alphabetic)
        && (titled() || i.checked_sub(2).is_some_and(|j| folded.tokens[j].kind == TokenKind::Word))
    {
        // "5/5 on R. Weakness of grip": a side ends what it stands in, if a name does not stand before it
        let before = i.checked_sub(2).map_or("", |j| folded.tokens[j].span.of(text));
        let side = knowledge.is(SectionWordUse::FinalAbbreviation, &word) && before.starts_with(char::is_lowercase);
        // An initial: "J. Smith"; but "hepatitis C." may end.
        let capital = written.starts_with(char::is_uppercase);
        // "found to have hepatitis C. Her neck pain": no name goes on with such a word
        // and "w/ Dr. R. Had a stiff neck"
        let common = (before.starts_with(char::is_lowercase) || titled()) && knowledge.is(SectionWordUse::Unfinished, folded.word(i + 1));
        return if side || common { capital && !is_upper(written) } else { !capital && !lower };
    }
    if knowledge.is(SectionWordUse::Abbreviation, &word) {
        // "after PT. Whiplash": capitals of their own are no shortened word
        let capitals = i.checked_sub(1).is_some_and(|j| folded.tokens[j].span.len() > 1 && is_upper(folded.tokens[j].span.of(text)));
        let common = || next.span.len() > 3 || knowledge.is(SectionWordUse::Unfinished, folded.word(i + 1));
        // "mother had MS. H/o cancer"
        let shortened = || written.len() == 1 && folded.word(i + 2) == "/";
        return capitals && written.starts_with(char::is_uppercase) && ((!is_upper(written) && common()) || shortened());
    }
    if knowledge.is(SectionWordUse::FinalAbbreviation, &word) {
        // "NEG. FOR FRACTURE"; "no fx. neck pain persists" in a line that begins in small letters
        let small = || {
            let first = (0..i).rev().take_while(|j| folded.word(*j) != "." && folded.tokens[j + 1].breaks == 0).last();
            first.is_some_and(|j| folded.tokens[j].span.of(text).starts_with(char::is_lowercase))
                && knowledge.is(SectionWordUse::Closing, &word)
        };
        return (!lower || small()) && next.kind != TokenKind::Number && !knowledge.is(SectionWordUse::Continuing, folded.word(i + 1));
    }
    true
}

fn is_upper(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether nothing but a mark, a gap or a break follows token `i`.
fn answered(folded: &Folded, i: usize) -> bool {
    let end = folded.tokens.get(i).map_or(0, |t| t.span.end);
    folded.tokens.get(i + 1).is_none_or(|t| t.breaks > 0 || t.kind == TokenKind::Punctuation || t.span.start > end + 1)
}

/// Whether token `i` is an answer and the next question, with its own, stands behind it: "Neck pain? *Yes* Headache? No".
fn asks_on(folded: &Folded, i: usize, knowledge: &SectionsKnowledge) -> bool {
    let here = |j: &usize| folded.tokens.get(*j).is_some_and(|t| t.breaks == 0);
    let answer = |j: usize| here(&j) && knowledge.is(SectionWordUse::Answer, folded.word(j));
    let question = || (i + 2..i + QUESTION).take_while(here).find(|j| folded.word(*j) == "?");
    knowledge.is(SectionWordUse::Answer, folded.word(i)) && question().is_some_and(|mark| answer(mark + 1))
}

fn long_word(folded: &Folded, i: usize) -> bool {
    i.checked_sub(1).is_some_and(|j| folded.word(j).len() > 2 && folded.tokens[j].kind == TokenKind::Word)
}

/// The word before the point `i` in lower case, with its inner points ("e.g").
fn abbreviation(text: &str, folded: &Folded, i: usize) -> String {
    let mut first = i;
    while first > 0 && i - first < 6 && !folded.tokens[first].spaced {
        first -= 1;
    }
    let from = folded.tokens[first].span.start as usize;
    let to = folded.tokens[i].span.start as usize;
    text.get(from..to).unwrap_or("").trim_start_matches(['(', '[', '"']).to_lowercase()
}
