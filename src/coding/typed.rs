//! Codes that somebody typed into the note: the words beside them govern.

use super::encounter::Encounter;
use super::facts::{Fact, Standing, State, family};
use crate::code::Code;
use crate::codeset::Validity;
use crate::findings::Finding;
use crate::knowledge::coding::Saying;
use crate::layout::{ItemKind, Layout};
use crate::mentions::candidates;
use crate::span::Span;
use regex::Regex;
use std::sync::LazyLock;

/// A code, or a number of the code set before, as it stands in an assessed section.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    /// Its place.
    pub span: Span,
    /// The code; `None` for a number of the code set before.
    pub code: Option<Code>,
    /// What the code set says of it.
    pub validity: Validity,
    /// The facts of its line, or of its problem where its line names nothing.
    pub facts: Vec<usize>,
}

/// Letter, digit, character, then a dot and the rest; or a number with a decimal, as the code set before had.
static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:([A-TV-Za-tv-z][0-9][0-9A-Za-z]\.[0-9A-Za-z]{1,4}|[A-TV-Z][0-9]{2}[0-9A-Z]{1,4})|([0-9]{3})\.[0-9]{1,2})\b")
        .expect("the pattern is well formed")
});

/// Finds the typed codes that the convention speaks of, in the assessed sections.
pub(crate) fn typed(
    text: &str,
    layout: &Layout,
    findings: &[Finding],
    facts: &[Fact],
    encounter: &Encounter,
    saying: &Saying,
) -> Vec<Typed> {
    let set = &encounter.release.set;
    let mut out = Vec::new();
    let mut below: Vec<usize> = Vec::new();
    if !candidates::typed_code(&layout.folded) {
        return out;
    }
    // "Referring diagnosis: cervicalgia (723.1)" in a therapist's note
    let referred = |at: usize| facts.iter().any(|f| f.referred && f.section as usize == at);
    let coded = |at: usize| encounter.coded_from.get(at).copied().unwrap_or(false) || referred(at);
    for (_, section) in layout.sections.iter().enumerate().filter(|(at, _)| coded(*at)) {
        let Some(body) = text.get(section.start as usize..section.end as usize) else { continue };
        for found in SHAPE.captures_iter(body) {
            let Some(whole) = found.get(0) else { continue };
            let span = Span::new(section.start + whole.start() as u32, section.start + whole.end() as u32);
            let code = found.get(1).and_then(|c| Code::parse(c.as_str()));
            let known = match (&code, found.get(2)) {
                (Some(code), _) => saying.codes.iter().any(|p| code.within(p)),
                (None, Some(old)) => saying.phrases.iter().any(|p| p.trim() == old.as_str()),
                _ => false,
            };
            let at = layout.sentences.partition_point(|s| s.span.end <= span.start);
            let (true, Some(sentence)) = (known, layout.sentences.get(at)) else { continue };
            let near = |same: &dyn Fn(&Fact) -> bool| -> Vec<usize> {
                (0..facts.len()).filter(|&f| same(&facts[f]) && facts[f].standing == Standing::Assessed).collect()
            };
            let line = line_of(text, span);
            let here = |f: &Fact| line_of(text, findings[f.finding].mention.hull()) == line;
            // the words that a code belongs to stand before it, after the code before; or behind it
            let earlier = out.last().map(|t: &Typed| t.span.end).filter(|&e| line_of(text, Span::new(e, e)) == line).unwrap_or(line as u32);
            let start = |f: &Fact| findings[f.finding].mention.hull().start;
            let before = || near(&|f| here(f) && start(f) >= earlier && start(f) < span.start);
            let behind = || {
                let next = found_after(body, whole.end()).map_or(u32::MAX, |n| section.start + n as u32);
                near(&|f| here(f) && start(f) >= span.end && start(f) < next)
            };
            // "M54.2 Cervicalgia; M99.01 Segmental dysfunction": a line that opens with a code has them all in front of their words
            let first = found_after(body, line.saturating_sub(section.start as usize)).map_or(span.start, |n| section.start + n as u32);
            let leads = near(&|f| here(f) && start(f) < first).is_empty();
            let mut beside = if leads { behind() } else { before() };
            // "neck pain (M54.2, G89.29). Diclofenac": codes in a row are of the same words
            let row = |t: &&Typed| {
                let between = text.get(t.span.end as usize..span.start as usize);
                between.is_some_and(|b| b.chars().all(|c| c.is_ascii_punctuation() || c == ' '))
            };
            if beside.is_empty()
                && !leads
                && let Some(previous) = out.last().filter(row)
            {
                beside.clone_from(&previous.facts);
            }
            if beside.is_empty() {
                beside = if leads { before() } else { behind() };
            }
            // "[ ] Cervicalgia   M54.2": what is not ticked is not said
            let unsaid = |f: &usize| matches!(facts[*f].state, State::Denied | State::Hypothetical);
            if !beside.is_empty() && beside.iter().all(unsaid) {
                continue;
            }
            if beside.is_empty() {
                beside = near(&here);
            }
            if beside.is_empty() {
                beside = near(&|f| f.item == sentence.item);
            }
            // "Cervicalgia / ICD-10: M54.2": the words of the line above, or, where the first code of a list stands above its words, below
            // "1. Neck pain / 2. M62.838": an entry of its own has no words
            let own = layout.items.get(sentence.item as usize).filter(|i| i.kind == ItemKind::Numbered);
            let entry = own.is_some_and(|i| line_of(text, i.span) == line);
            if beside.is_empty() && !entry {
                let of_line = |other: Option<usize>| near(&|f| other == Some(line_of(text, findings[f.finding].mention.hull())));
                let above = of_line(line_above(text, line)).into_iter().filter(|f| !below.contains(f)).collect::<Vec<_>>();
                if above.is_empty() {
                    beside = of_line(line_below(text, line));
                    below.extend(&beside);
                } else {
                    beside = above;
                }
            }
            // a code beside words of another part of the body is that part's affair
            let elsewhere = |&f: &usize| !facts[f].region.is_empty() && family(&facts[f].region) != "cervical";
            let validity = code.map_or(Validity::Unknown, |code| set.validity(code));
            if validity == Validity::Valid && !beside.is_empty() && beside.iter().all(elsewhere) {
                continue;
            }
            out.push(Typed { span, code, validity, facts: beside });
        }
    }
    out
}

/// Where the next typed code begins.
fn found_after(body: &str, from: usize) -> Option<usize> {
    SHAPE.find_at(body, from).map(|m| m.start())
}

/// Where the line of a place begins.
fn line_of(text: &str, span: Span) -> usize {
    text.as_bytes()[..(span.start as usize).min(text.len())].iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |i| i + 1)
}

/// Where the line right above one begins.
fn line_above(text: &str, line: usize) -> Option<usize> {
    let end = text.get(..line)?.trim_end_matches(['\n', '\r']).len();
    let blank = text.get(end..line)?.bytes().filter(|b| *b == b'\n').count() > 1;
    (end > 0 && !blank).then(|| line_of(text, Span::new(end as u32, end as u32)))
}

/// Where the line right below one begins.
fn line_below(text: &str, line: usize) -> Option<usize> {
    let at = line + text.get(line..)?.find(['\n', '\r'])?;
    Some(at + 1 + usize::from(text.get(at..)?.starts_with("\r\n")))
}
