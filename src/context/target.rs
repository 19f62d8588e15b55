//! The assertion of any words of a text, taken as a mention: for annotated sets and for the cases of rules.

use super::{Assertion, assertions};
use crate::knowledge::Knowledge;
use crate::knowledge::context::EVENT;
use crate::knowledge::lexicon::ConceptId;
use crate::layout::{Layout, layout};
use crate::mentions::{How, Mention, mentions};
use crate::span::Span;
use std::ops::Range;

/// The assertion of the words at `target`; the plain one if the span lies outside the text.
pub fn assertion_of(text: &str, target: Span, knowledge: &Knowledge) -> Assertion {
    assertion_in(text, &layout(text, knowledge), target, knowledge)
}

/// The assertion of the first occurrence of `words`; `None` if they do not occur.
pub fn assertion_of_first(text: &str, words: &str, knowledge: &Knowledge) -> Option<Assertion> {
    let start = text.find(words)? as u32;
    Some(assertion_of(text, Span::new(start, start + words.len() as u32), knowledge))
}

fn assertion_in(text: &str, layout: &Layout, target: Span, knowledge: &Knowledge) -> Assertion {
    let first = layout.folded.tokens.partition_point(|t| t.span.end <= target.start) as u32;
    let end = layout.folded.tokens.partition_point(|t| t.span.start < target.end) as u32;
    let sentence = layout.sentences.partition_point(|s| s.tokens.end <= first);
    // what else the sentence names is named there as in a note
    let named = mentions(text, layout, knowledge);
    let over = |m: &&Mention| m.hull().overlaps(target);
    let same = named.iter().find(|m| m.hull() == target).or_else(|| named.iter().filter(over).max_by_key(|m| m.hull().len()));
    let event = is_event(layout, first..end, knowledge);
    let mention = Mention {
        concept: same.map_or(ConceptId(0), |m| m.concept),
        how: if event || same.is_none() { How::Marked { event } } else { How::Term },
        spans: vec![target],
        tokens: first..end.max(first),
        sentence: sentence as u32,
        region: None,
    };
    let mut all: Vec<Mention> = named.into_iter().filter(|m| !m.hull().overlaps(target)).collect();
    let place = all.partition_point(|m| m.hull() < target);
    all.insert(place, mention);
    assertions(text, layout, &all, knowledge).into_iter().nth(place).unwrap_or_default()
}

/// Whether words tell of something done: one of them says so, or how it ends.
fn is_event(layout: &Layout, tokens: Range<u32>, knowledge: &Knowledge) -> bool {
    let context = &knowledge.context;
    tokens.map(|i| i as usize).any(|i| {
        let says = layout.folded.tokens.get(i).is_some_and(|t| context.is_of(t.word, EVENT));
        says || context.event_endings.iter().any(|end| layout.folded.word(i).ends_with(end.as_str()))
    })
}
