//! What the sentences around one say of it: the line that opens its list, and the sentence behind it.

use super::cells::state;
use super::entries::listed_below;
use super::judge::apply;
use super::scope::{Places, Scopes};
use super::view::{Found, View};
use super::{Assertion, Cue};
use crate::fold::TokenKind;
use crate::knowledge::Knowledge;
use crate::knowledge::context::{ADJUNCT, COMPANION, CONTRAST, COURSE, DATING, PREPOSITION, PRONOUN, Part, VERB};
use crate::knowledge::source::context::{Anaphora, Axis, Says};
use crate::layout::{ItemKind, Layout, Sentence};
use crate::mentions::Mention;
use crate::span::Span;
use crate::vocab::{Certainty, Polarity};
use std::ops::Range;

/// What the line that opens a list says of its entries: "Return to the ED for:", "Patient denies:".
pub(super) fn led_in(layout: &Layout, index: usize, knowledge: &Knowledge) -> Vec<(Cue, Says)> {
    let context = &knowledge.context;
    let above = || lead(layout, index).or_else(|| unmarked_lead(layout, index, knowledge));
    let Some((lead, tokens)) = numbered_lead(layout, index).or_else(|| above().map(|l| (l, l.tokens.clone()))) else {
        return Vec::new();
    };
    let view = View::new(&layout.folded, tokens, knowledge);
    let found = view.phrases(&[]);
    let scopes = Scopes::new(&view, &found, &[], Places::default(), context);
    let mut out: Vec<(Cue, Says)> = Vec::new();
    // "Ruled out" alone on its line heads the list below as well, and so does "### Ruled out"
    let alone = |f: &Found| !(0..f.start).chain(f.end..view.len()).any(|i| view.is_word(i));
    if let Some((f, rule)) = found.iter().filter(|f| alone(f)).find_map(|f| match f.part {
        Part::Cue(cue) => Some((f, &context.cues[cue as usize])),
        _ => None,
    }) {
        let cue = Cue { span: view.span(f.start..f.end), scope: lead.span, rule: rule.name };
        return rule.says.iter().map(|s| (cue, *s)).collect();
    }
    if view.symbol(view.len() - 1) != ":" && !opens_list(layout, lead) {
        return out;
    }
    for active in scopes.active.iter().rev().filter(|a| a.forward) {
        let rule = &context.cues[active.cue as usize];
        for says in &rule.says {
            let reaches = scopes.forward(active, says.axis()).end >= view.len();
            if reaches && out.iter().all(|(_, other)| other.axis() != says.axis()) {
                let cue = Cue { span: view.span(active.at.clone()), scope: lead.span, rule: rule.name };
                out.push((cue, *says));
            }
        }
    }
    out
}

/// The sentence that opens the list in which sentence `index` is an entry: a heading, or one that ends with a colon.
fn lead(layout: &Layout, index: usize) -> Option<&Sentence> {
    let here = layout.sentences.get(index)?;
    let listed = |kind: ItemKind| matches!(kind, ItemKind::Bullet | ItemKind::Signed | ItemKind::Numbered);
    let mut at = here.item as usize;
    // "* Differential:" among the entries of a problem opens a list of its own
    let opens = |at: usize| {
        let last = layout.items[at].sentences.end.checked_sub(1).and_then(|s| layout.sentences.get(s as usize));
        at < here.item as usize && last.is_some_and(|s| opens_list(layout, s))
    };
    while listed(layout.items.get(at)?.kind) && layout.items[at].section == here.section && !opens(at) {
        at = at.checked_sub(1)?;
    }
    let opener = layout.items.get(at).filter(|i| at < here.item as usize && i.section == here.section)?;
    let last = layout.sentences.get(opener.sentences.end.checked_sub(1)? as usize)?;
    (opens_list(layout, last) || last.tokens.len() <= SAID_ALONE).then_some(last)
}

/// The line with a colon above short lines without marks and verbs, in which sentence `index` stands: "Differential diagnosis:".
fn unmarked_lead<'l>(layout: &'l Layout, index: usize, knowledge: &Knowledge) -> Option<&'l Sentence> {
    let here = layout.sentences.get(index)?;
    let lines = |s: &&Sentence| {
        let tokens = layout.tokens(s.tokens.clone());
        let says = tokens.iter().any(|t| knowledge.context.classes.get(t.word) & (VERB | COURSE) != 0);
        s.section == here.section && tokens.len() <= SHORT_LINE && !says && tokens.first().is_some_and(|t| t.breaks == 1)
    };
    for (up, sentence) in layout.sentences[..=index].iter().rev().take(MOST_LINES).enumerate() {
        if up > 0 && opens_list(layout, sentence) {
            return (sentence.section == here.section).then_some(sentence);
        }
        if !lines(&sentence) {
            break;
        }
    }
    None
}

/// Tokens of an entry of a list without marks, and how many there are.
const SHORT_LINE: usize = 5;
const MOST_LINES: usize = 8;

/// The sentence that opens a numbered list in running text whose numbers end its sentences, with its tokens up to the colon: "DDx: 1. radiculopathy
/// 2. stenosis".
fn numbered_lead(layout: &Layout, index: usize) -> Option<(&Sentence, Range<u32>)> {
    let here = layout.sentences.get(index)?;
    let word = |at: u32| layout.folded.word(at as usize);
    let numbered = |s: &&Sentence| {
        let end = s.tokens.end;
        s.item == here.item
            && s.tokens.len() > 1
            && word(end - 1) == "."
            && layout.folded.tokens.get(end as usize - 2).is_some_and(|t| t.kind == TokenKind::Number)
    };
    let before = layout.sentences.get(..index)?.iter().rev().take_while(numbered);
    let lead = before.last()?;
    let colon = lead.tokens.end.checked_sub(3).filter(|at| *at > lead.tokens.start && word(*at) == ":")?;
    Some((lead, lead.tokens.start..colon + 1))
}

/// Words of a line that may be nothing but a cue.
const SAID_ALONE: usize = 4;

/// Whether a sentence is a heading or ends with a colon.
fn opens_list(layout: &Layout, lead: &Sentence) -> bool {
    // "**Differential diagnosis:**"
    let closes = |token: &u32| matches!(layout.folded.word(*token as usize), "**" | "__" | "*" | "_");
    let last = lead.tokens.clone().rev().find(|t| !closes(t));
    let colon = last.is_some_and(|last| layout.folded.word(last as usize) == ":");
    // "Ddx" above its list
    let word = lead.tokens.len() == 1 && layout.tokens(lead.tokens.clone()).iter().all(|t| t.kind == TokenKind::Word);
    colon || word || layout.items.get(lead.item as usize).is_some_and(|i| i.kind == ItemKind::Heading)
}

/// "Numbness in the left hand. This has resolved.": what the next sentence says of this one.
pub(super) fn from_next(layout: &Layout, index: usize, mentions: &[Mention], knowledge: &Knowledge, made: &mut [Assertion]) {
    let context = &knowledge.context;
    let (Some(here), Some(next)) = (layout.sentences.get(index), layout.sentences.get(index + 1)) else { return };
    let is = |token: Option<u32>, mark: &str| token.is_some_and(|t| layout.folded.word(t as usize) == mark);
    let last = here.tokens.end.checked_sub(1);
    // "MOI: insidious" where the label is a heading: its own mark asks
    let asks = |m: &Mention| is(last, "?") || m.hull().end == here.span.end;
    if is(last, "?") || (is(last, ":") && mentions.iter().any(asks)) {
        // "Any numbness?" and, in the next line, "Patient: No."
        let label = next.tokens.len() <= SPEAKER && is(next.tokens.end.checked_sub(1), ":");
        let answer = if label { layout.sentences.get(index + 2) } else { Some(next) };
        if let Some(cue) = answer.and_then(|a| answered(layout, a, knowledge)) {
            let open = |a: &Assertion| a.polarity == Polarity::Present && a.certainty != Certainty::Hypothetical;
            for (_, assertion) in mentions.iter().zip(made.iter_mut()).filter(|(m, a)| asks(m) && open(a)) {
                let rule = &context.cues[cue.1 as usize];
                assertion.cues.push(Cue { span: cue.0, scope: here.span, rule: rule.name });
                apply(assertion, Says::Definite);
                rule.says.iter().for_each(|says| apply(assertion, *says));
            }
            return;
        }
    }
    if next.section != here.section {
        return;
    }
    let view = View::new(&layout.folded, next.tokens.start..next.tokens.end.min(next.tokens.start + ANAPHORA), knowledge);
    // "By the end of the week it had cleared": what says when comes before it
    let dated = view.is(0, DATING);
    let anaphoric = |part: &Part| matches!(part, Part::Cue(cue) if context.cues[*cue as usize].anaphoric.is_some());
    // "Neck pain. Resolved.", "Neck pain / Status: resolved", "Neck pain / - resolved": a sentence that is nothing but an end
    let (label, named) = state(&view, here.item != next.item);
    let below = here.item == next.item
        || layout.items.get(next.item as usize).is_some_and(|i| i.parent == Some(here.item))
        || ((named || listed_below(layout, here, next)) && layout.tokens(next.tokens.clone()).first().is_some_and(|t| t.breaks == 1));
    let alone = below && (named || next.tokens.len() <= ENDED_ALONE + label);
    let child = below && here.item != next.item;
    if !dated && !alone && !child && !view.opens_with(anaphoric) {
        return;
    }
    for found in view.phrases(&[]).iter().filter(|f| f.start == label || (dated && view.is(f.start, PRONOUN))) {
        let Part::Cue(cue) = found.part else { continue };
        let rule = &context.cues[cue as usize];
        // "- resolved with PT"
        let leads = |i: usize| view.is(i, PREPOSITION | ADJUNCT | COMPANION) || view.symbol(i) == ",";
        let turns = || (found.end..view.len()).any(|i| view.is(i, CONTRAST));
        let goes_on = (child || named) && (found.start + 1..=found.end).any(leads) && !turns();
        let quiet = !(found.end..view.len()).any(|i| view.is_word(i));
        let ends = rule.says.contains(&Says::Resolved) && ((alone && quiet) || goes_on);
        let Some(reach) = rule.anaphoric.or(ends.then_some(Anaphora::Last)) else { continue };
        let last = mentions.iter().map(|m| m.hull().end).max();
        for (mention, assertion) in mentions.iter().zip(made.iter_mut()) {
            let meant = reach == Anaphora::All || Some(mention.hull().end) == last;
            if meant && assertion.polarity == Polarity::Present && assertion.certainty != Certainty::Hypothetical {
                assertion.cues.push(Cue { span: view.span(found.start..found.end), scope: here.span, rule: rule.name });
                rule.says.iter().for_each(|says| apply(assertion, *says));
            }
        }
    }
}

/// The denial or affirmation that stands by itself at the start of an answer, behind the speaker's label: "Patient: *No*, nothing like that."
fn answered(layout: &Layout, answer: &Sentence, knowledge: &Knowledge) -> Option<(Span, u16)> {
    let view = View::new(&layout.folded, answer.tokens.start..answer.tokens.end.min(answer.tokens.start + ANAPHORA), knowledge);
    let first = if view.is_word(0) && view.symbol(1) == ":" { 2 } else { 0 };
    let alone = |f: &&Found| f.start == first && (f.end >= view.len() || !view.is_word(f.end));
    view.phrases(&[]).iter().filter(alone).find_map(|f| match f.part {
        Part::Cue(cue) | Part::Value(cue) => {
            let says = &knowledge.context.cues[cue as usize].says;
            let answers = matches!(f.part, Part::Value(_)) || says.iter().any(|s| s.axis() == Axis::Polarity);
            answers.then(|| (view.span(f.start..f.end), cue))
        }
        _ => None,
    })
}

/// Tokens of a speaker's label in a line of its own.
const SPEAKER: usize = 3;

/// Tokens of a sentence that is nothing but an end, its point included.
const ENDED_ALONE: usize = 4;

/// How many tokens of a sentence are read for what they say of the one before.
const ANAPHORA: u32 = 12;
