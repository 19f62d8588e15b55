//! Folded text → hits: every phrase of the lexicon that stands in a sentence, overlapping ones included.

use super::How;
use super::spelling;
use crate::fold::TokenKind;
use crate::knowledge::Knowledge;
use crate::knowledge::lexicon::Lexicon;
use crate::knowledge::lexicon::entries::{Entry, Meaning, SiteId};
use crate::knowledge::lexicon::joined;
use crate::knowledge::source::lexicon::Regional;
use crate::layout::Layout;
use crate::span::Span;
use crate::words::WordId;
use std::ops::Range;

/// A phrase of the lexicon in a sentence.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub tokens: Range<u32>,
    pub sentence: u32,
    pub meaning: Meaning,
    /// A site among its own words.
    pub site: Option<SiteId>,
    pub how: How,
}

/// All hits, in order of sentence.
pub(super) fn hits(text: &str, layout: &Layout, knowledge: &Knowledge) -> Vec<Hit> {
    let lexicon = &knowledge.lexicon;
    let mut hits = Vec::new();
    let folded = &layout.folded;
    for (number, sentence) in layout.sentences.iter().enumerate() {
        let (from, to) = (sentence.tokens.start as usize, sentence.tokens.end as usize);
        let word = |i: usize| folded.tokens[i].word;
        lexicon.entries.finder.each(from, to, word, |start, end, pattern| {
            for entry in &lexicon.entries.meanings[pattern] {
                add(text, layout, lexicon, entry, (number as u32, start as u32..end as u32), None, &mut hits);
            }
        });
    }
    spelling::hits(text, layout, knowledge, &mut hits);
    hits.sort_by_key(|h| (h.sentence, h.tokens.start, std::cmp::Reverse(h.tokens.end)));
    hits
}

/// Adds the hit, with the number of its sentence, if it stands in its own case, in the company it needs.
pub(super) fn add(
    text: &str,
    layout: &Layout,
    lexicon: &Lexicon,
    entry: &Entry,
    (sentence, tokens): (u32, Range<u32>),
    how: Option<How>,
    hits: &mut Vec<Hit>,
) {
    if let Some(exact) = &entry.exact
        && words_of(layout, &tokens).of(text) != exact
    {
        return;
    }
    if let Some(company) = entry.company.and_then(|c| lexicon.entries.company.get(c as usize)) {
        let whole = 0..layout.folded.tokens.len() as u32;
        let within = if company.anywhere { whole } else { layout.sentences[sentence as usize].tokens.clone() };
        let meets = |words: &[WordId]| within.clone().any(|t| words.contains(&layout.folded.tokens[t as usize].word));
        let sure = || matches!(entry.meaning, Meaning::Site(_)) && names_spine(layout, lexicon, tokens.end);
        if (!company.near.is_empty() && !meets(&company.near)) || (meets(&company.unless_near) && !sure()) {
            return;
        }
        if company.guessed && !guessed(layout, lexicon, sentence, &tokens) {
            return;
        }
    }
    if in_date(layout, &tokens) || in_levels(layout, lexicon, &tokens) {
        return;
    }
    let parted = || tokens.clone().any(|t| joined::is_part(&layout.folded, t as usize));
    let how = how.unwrap_or_else(|| match entry.exact {
        Some(_) => How::Abbreviation,
        None if parted() => How::Misspelt,
        None => How::Term,
    });
    hits.push(Hit { tokens, sentence, meaning: entry.meaning, site: entry.site, how });
}

/// Words before a guess among which what makes it one stands: "most likely to be *facet*".
const GUESS: u32 = 6;

/// Whether words are said as a guess, or as one of two, and end there: "suspect *facet*", "facet vs *disc*", "*facet* or disc".
fn guessed(layout: &Layout, lexicon: &Lexicon, sentence: u32, tokens: &Range<u32>) -> bool {
    let (grammar, folded) = (&lexicon.grammar, &layout.folded);
    let all = &layout.sentences[sentence as usize].tokens;
    let next = tokens.end;
    let versus = |t: u32| all.contains(&t) && grammar.is_versus(folded, t);
    let named = |from: u32, to: u32, fits: &dyn Fn(usize, usize) -> bool| {
        let mut found = false;
        let word = |i: usize| folded.tokens[i].word;
        lexicon
            .entries
            .finder
            .each(from.max(all.start) as usize, to.min(all.end) as usize, word, |start, end, _| found |= fits(start, end));
        found
    };
    // "facet vs disc", not "papilledema vs disc"
    let weighed_behind = || versus(next) && named(next + 1, next + 1 + GUESS, &|start, _| start as u32 == next + 1);
    let weighed_before = || {
        let before = tokens.start.checked_sub(1).filter(|t| versus(*t));
        before.is_some_and(|t| named(t.saturating_sub(GUESS), t, &|_, end| end as u32 == t))
    };
    let ends =
        next >= all.end || folded.tokens[next as usize].breaks > 0 || grammar.is_mark(folded, next) || grammar.ends_a_guess(folded, next);
    let starts = || (tokens.start.saturating_sub(GUESS).max(all.start)..tokens.start).rev();
    let guess = || starts().any(|from| grammar.guesses(folded, from..tokens.start));
    ends && (weighed_behind() || weighed_before() || guess())
}

/// Whether numbers go on with strokes before or behind what begins or ends with a number: the "4/5" of "4/5/26".
fn in_date(layout: &Layout, tokens: &Range<u32>) -> bool {
    let all = &layout.folded.tokens;
    let number = |i: usize| all.get(i).is_some_and(|t| t.kind == TokenKind::Number);
    let stroke = |i: usize| layout.folded.word(i) == "/" && !all[i].spaced && all.get(i + 1).is_some_and(|t| !t.spaced);
    let (start, end) = (tokens.start as usize, tokens.end as usize);
    (number(end - 1) && number(end + 1) && stroke(end)) || (number(start) && start > 1 && number(start - 2) && stroke(start - 1))
}

/// Levels in a row, at most.
const LEVELS: usize = 8;

/// Whether two numbers with a stroke go on with a list of levels: the "4/5" of "C3/4, 4/5 and 5/6".
fn in_levels(layout: &Layout, lexicon: &Lexicon, tokens: &Range<u32>) -> bool {
    let word = |i: usize| layout.folded.word(i);
    let number = |i: usize| layout.folded.tokens.get(i).is_some_and(|t| t.kind == TokenKind::Number);
    let joins = |i: usize| word(i) == "," || lexicon.grammar.coordinates(&layout.folded, i as u32);
    let mut at = tokens.start as usize;
    if tokens.len() != 3 || !number(at) || word(at + 1) != "/" {
        return false;
    }
    for _ in 0..LEVELS {
        // the pair before, behind at most two marks: ", and"
        let Some(end) = (1..=2).filter_map(|n| at.checked_sub(n)).take_while(|i| joins(*i)).last() else { return false };
        let Some(start) = end.checked_sub(3).filter(|s| number(end - 1) && matches!(word(s + 1), "/" | "-")) else { return false };
        if lexicon.grammar.level_region(word(start), None).is_some() {
            return true;
        }
        if !number(start) {
            return false;
        }
        at = start;
    }
    false
}

/// Whether a disease of the spine, or a strain, is named right behind a site: "*cervical* spondylosis; Pap smear done" is no cervix.
fn names_spine(layout: &Layout, lexicon: &Lexicon, token: u32) -> bool {
    let mut found = false;
    let spinal = |e: &Entry| match e.meaning {
        Meaning::Concept(c) => lexicon.concept(c).regional == Regional::Spine,
        Meaning::Finding(f, _) => lexicon.findings[f.0 as usize].musculoskeletal,
        Meaning::Site(_) | Meaning::Block(_) => false,
    };
    if (token as usize) < layout.folded.tokens.len() {
        let meanings = &lexicon.entries.meanings;
        lexicon.entries.finder.at(&layout.folded, token as usize, |_, phrase| found |= meanings[phrase].iter().any(spinal));
    }
    found
}

/// The bytes of the note from the first of the tokens to the last.
pub(super) fn words_of(layout: &Layout, tokens: &Range<u32>) -> Span {
    let at = |i: u32| layout.folded.tokens.get(i as usize).map(|t| t.span);
    match (at(tokens.start), tokens.end.checked_sub(1).and_then(at)) {
        (Some(first), Some(last)) => first.hull(last),
        _ => Span::default(),
    }
}
