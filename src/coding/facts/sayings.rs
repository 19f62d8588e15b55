//! What the words of a convention say of a mention by standing around it.

use crate::findings::Finding;
use crate::fold::{Token, TokenKind};
use crate::knowledge::Knowledge;
use crate::knowledge::coding::Saying;
use crate::knowledge::context::CONTRAST;
use crate::layout::{Layout, Sentence};
use crate::span::Span;

/// Whether the words of a convention introduce a mention: in its heading, or a few tokens before it.
pub(super) fn introduced(layout: &Layout, finding: &Finding, title: Option<Span>, saying: Option<&Saying>) -> bool {
    let Some(saying) = saying else { return false };
    let mention = &finding.mention;
    // "XR C-spine: DDD": the site may be of the words that introduce
    let range = layout.before(mention.sentence, mention.core(layout).start, saying.within);
    let (from, before) = (range.start, layout.tokens(range));
    let number = |i: usize| before[i].kind == TokenKind::Number;
    // "MRI 3/2022: bulge": a date says nothing of who speaks
    let beside = |i: usize| i > 0 && number(i - 1) || i + 1 < before.len() && number(i + 1);
    let date = |i: usize| number(i) || (beside(i) && matches!(layout.folded.word(from as usize + i), "/" | "-" | ","));
    let said = if (0..before.len()).any(number) {
        saying.stands_in(&(0..before.len()).filter(|i| !date(*i)).map(|i| before[i]).collect::<Vec<_>>())
    } else {
        saying.stands_in(before)
    };
    said || title.is_some_and(|t| saying.stands_in(layout.tokens_of(t)))
}

/// Whether the words of a convention stand right behind a mention, in its sentence: "DDD *on films*".
pub(super) fn followed(layout: &Layout, finding: &Finding, saying: &Saying) -> bool {
    let mention = &finding.mention;
    let Some(sentence) = layout.sentences.get(mention.sentence as usize) else { return false };
    let end = sentence.tokens.end.min(mention.tokens.end + saying.within);
    let parted = (mention.tokens.end..end).find(|t| layout.folded.word(*t as usize) == ";");
    saying.stands_in(layout.tokens(mention.tokens.end..parted.unwrap_or(end)))
}

/// The tokens of a sentence between the semicolons around a mention.
pub(super) fn part_of(layout: &Layout, finding: &Finding, sentence: &Sentence) -> std::ops::Range<u32> {
    let own = &finding.mention.tokens;
    let parts = |t: &u32| layout.folded.word(*t as usize) == ";";
    let start = (sentence.tokens.start..own.start).rev().find(parts).map_or(sentence.tokens.start, |t| t + 1);
    start..(own.end..sentence.tokens.end).find(parts).unwrap_or(sentence.tokens.end)
}

/// Whether the words of a convention stand a few tokens before a mention, with neither a semicolon nor a word of contrast between.
pub(super) fn led_in_clause(layout: &Layout, finding: &Finding, saying: Option<&Saying>, knowledge: &Knowledge) -> bool {
    let contrast = |t: &Token| knowledge.context.is_of(t.word, CONTRAST);
    saying.is_some_and(|g| g.stands_in(lead(layout, finding, finding.mention.core(layout).start, g.within, contrast)))
}

/// The few tokens before a place in the sentence of a mention, from behind the last semicolon or other token that parts them.
fn lead<'t>(layout: &'t Layout, finding: &Finding, end: u32, within: u32, parts: impl Fn(&Token) -> bool) -> &'t [Token] {
    let before = layout.tokens(layout.before(finding.mention.sentence, end, within));
    let parted = before.iter().rposition(|t| t.folded.of(&layout.folded.text) == ";" || parts(t));
    &before[parted.map_or(0, |t| t + 1)..]
}

/// Whether the words of a convention stand in the line of a mention: "Referral: Dr. Coates. Dx: *neck pain*", "Dx: *neck pain* - per Dr. Coates".
pub(super) fn in_line(layout: &Layout, finding: &Finding, saying: Option<&Saying>) -> bool {
    let Some(saying) = saying else { return false };
    let tokens = &layout.folded.tokens;
    let own = finding.mention.tokens.start as usize;
    let start = (0..=own).rev().find(|t| tokens[*t].breaks > 0).unwrap_or(0);
    let end = (own + 1..tokens.len()).find(|t| tokens[*t].breaks > 0).unwrap_or(tokens.len());
    saying.stands_in(&tokens[start..end])
}

/// Whether the name of a study, or of a row, opens the line, and what it names goes on in a later sentence of it: "XR: no fracture. Mild *DDD* C5-6".
pub(super) fn reported(layout: &Layout, finding: &Finding, study: Option<&Saying>) -> bool {
    let Some(study) = study else { return false };
    let at = finding.mention.sentence as usize;
    let Some(own) = layout.sentences.get(at) else { return false };
    let same_line =
        |s: &&Sentence| s.section == own.section && s.item == own.item && !breaks_within(layout, s.tokens.start + 1..own.tokens.start + 1);
    let before = layout.sentences[..at].iter().rev().take(REPORTED).take_while(same_line).last();
    before.is_some_and(|s| {
        let colon = layout.tokens(s.tokens.clone()).iter().take(LABELLED).position(|t| t.folded.of(&layout.folded.text) == ":");
        colon.is_some_and(|colon| study.stands_in(layout.tokens(s.tokens.start..s.tokens.start + colon as u32 + 1)))
    })
}

/// Sentences of a line that a study's name opens, and tokens up to the colon behind that name.
pub(super) const REPORTED: usize = 3;
const LABELLED: usize = 8;

/// Whether a line begins with one of these tokens.
fn breaks_within(layout: &Layout, tokens: std::ops::Range<u32>) -> bool {
    layout.tokens(tokens).iter().any(|t| t.breaks > 0)
}

/// Whether the words of a convention stand in the few tokens before a mention: not beyond a semicolon ("No evidence of fracture; cervical
/// strain").
pub(in crate::coding) fn led_by(layout: &Layout, finding: &Finding, knowledge: &Knowledge, id: &str) -> bool {
    let saying = knowledge.coding.guidelines.get(id);
    saying.is_some_and(|g| g.stands_in(lead(layout, finding, finding.mention.tokens.start, g.within, |_| false)))
}
