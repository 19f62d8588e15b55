//! Hits on misspelt words: the word is put right, and what then reads as a phrase around it counts.

use super::How;
use super::matcher::{Hit, add};
use crate::fold::{TokenKind, hash};
use crate::knowledge::lexicon::Lexicon;
use crate::layout::Layout;

/// Phrases have few words: no phrase that holds the word reaches further.
const AROUND: u32 = 6;

/// Adds the hits that hold a word put right.
pub(super) fn hits(text: &str, layout: &Layout, lexicon: &Lexicon, hits: &mut Vec<Hit>) {
    for sentence in &layout.sentences {
        for token in sentence.tokens.clone() {
            if layout.folded.tokens.get(token as usize).is_none_or(|t| t.kind != TokenKind::Word) {
                continue;
            }
            let Some(right) = lexicon.spelling.correct(layout.folded.word(token as usize)) else { continue };
            let from = token.saturating_sub(AROUND).max(sentence.tokens.start);
            let to = (token + AROUND + 1).min(sentence.tokens.end);
            let folded = &layout.folded;
            let word =
                |near: usize| if near == token as usize { (hash(right), right) } else { (folded.tokens[near].hash, folded.word(near)) };
            lexicon.entries.finder.each(from as usize, to as usize, word, |start, end, pattern| {
                for entry in &lexicon.entries.meanings[pattern] {
                    let tokens = start as u32..end as u32;
                    if tokens.contains(&token) && entry.exact.is_none() {
                        add(text, layout, lexicon, entry, tokens, Some(How::Misspelt), hits);
                    }
                }
            });
        }
    }
}
