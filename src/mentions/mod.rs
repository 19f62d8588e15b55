//! Layout → mentions: where a concept is named, by a term or by a finding composed with a site.

pub mod candidates;
mod compose;
mod lone;
mod matcher;
mod nodes;
mod overlap;
mod spelling;

use crate::fold::TokenKind;
use crate::knowledge::Knowledge;
use crate::knowledge::lexicon::ConceptId;
use crate::layout::Layout;
use crate::span::Span;
use std::ops::Range;

/// A concept named in the note.
#[derive(Debug, Clone)]
pub struct Mention {
    /// What is named.
    pub concept: ConceptId,
    /// How it was found.
    pub how: How,
    /// The words, in text order; more than one for a discontinuous mention ("pain and stiffness of the *neck*").
    pub spans: Vec<Span>,
    /// The tokens from first to last.
    pub tokens: Range<u32>,
    /// Index into [`Layout::sentences`].
    pub sentence: u32,
    /// The site it was composed with or that its term implies ("cervical", "lumbar"), with its words if they stand apart.
    pub region: Option<(String, Option<Span>)>,
}

/// How a mention was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A term of the lexicon.
    Term,
    /// An abbreviation, in its very case.
    Abbreviation,
    /// A finding and a site in one clause.
    Composed,
    /// A term with a misspelt word, or of words written as one.
    Misspelt,
    /// Marked in the text by whoever asks: an event is what is done, not had.
    Marked {
        /// Whether it is an event.
        event: bool,
    },
}

impl Mention {
    /// Its tokens without the site it shares with what stands before it: *spondylosis* in "Cervical DDD, C5-6, spondylosis".
    pub fn core(&self, layout: &Layout) -> Range<u32> {
        let Some((_, Some(site))) = &self.region else { return self.tokens.clone() };
        let own = |t: &u32| {
            let token = layout.folded.tokens.get(*t as usize);
            token.is_some_and(|t| {
                let word = matches!(t.kind, TokenKind::Word | TokenKind::Alphanumeric);
                word && !t.span.overlaps(*site) && self.spans.iter().any(|s| s.overlaps(t.span))
            })
        };
        let start = self.tokens.clone().find(own).unwrap_or(self.tokens.start);
        let end = self.tokens.clone().rev().find(own).map_or(self.tokens.end, |t| t + 1);
        start..end
    }

    /// From the first word to the last.
    pub fn hull(&self) -> Span {
        self.spans.iter().copied().reduce(Span::hull).unwrap_or_default()
    }
}

/// Finds every mention, in text order; one a concept and span.
pub fn mentions(text: &str, layout: &Layout, knowledge: &Knowledge) -> Vec<Mention> {
    let lexicon = &knowledge.lexicon;
    let hits = matcher::hits(text, layout, knowledge);
    let mut mentions = Vec::new();
    for group in hits.chunk_by(|a, b| a.sentence == b.sentence) {
        for meant in overlap::meant(group, lexicon).iter().filter(|meant| !meant.is_empty()) {
            compose::compose(layout, lexicon, group[0].sentence, meant, &mut mentions);
            for (term, row) in overlap::shared(group, meant) {
                let mut inside = Vec::new();
                compose::compose(layout, lexicon, group[0].sentence, &row, &mut inside);
                mentions.extend(inside.into_iter().filter(|m| m.tokens.start < term));
            }
        }
    }
    mentions.sort_by(|a, b| (a.hull(), a.concept, &a.spans).cmp(&(b.hull(), b.concept, &b.spans)));
    mentions.dedup_by(|a, b| a.concept == b.concept && a.spans == b.spans);
    mentions
}

#[cfg(test)]
mod tests;
