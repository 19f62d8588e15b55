//! Hits on misspelt words: the word is put right, and what then reads as a phrase around it counts.

use super::How;
use super::matcher::{Hit, add};
use crate::fold::TokenKind;
use crate::knowledge::lexicon::Lexicon;
use crate::layout::Layout;

/// Phrases have few words: no phrase that holds the word reaches further.
const AROUND: u32 = 6;

/// Adds the hits that hold a word put right.
pub(super) fn hits(text: &str, layout: &Layout, lexicon: &Lexicon, hits: &mut Vec<Hit>) {
    let mut window = String::new();
    for sentence in &layout.sentences {
        for token in sentence.tokens.clone() {
            if layout.folded.tokens.get(token as usize).is_none_or(|t| t.kind != TokenKind::Word) {
                continue;
            }
            let Some(right) = lexicon.spelling.correct(layout.folded.word(token as usize)) else { continue };
            let from = token.saturating_sub(AROUND).max(sentence.tokens.start);
            let to = (token + AROUND + 1).min(sentence.tokens.end);
            window.clear();
            window.push(' ');
            let mut starts = Vec::with_capacity((to - from) as usize);
            for near in from..to {
                starts.push(window.len());
                window.push_str(if near == token { right } else { layout.folded.word(near as usize) });
                window.push(' ');
            }
            for found in lexicon.entries.automaton.find_overlapping_iter(&window) {
                let Ok(first) = starts.binary_search(&(found.start() + 1)) else { continue };
                for entry in &lexicon.entries.meanings[found.pattern().as_usize()] {
                    let first = from + first as u32;
                    let tokens = first..first + entry.tokens;
                    if tokens.contains(&token) && entry.exact.is_none() {
                        add(text, layout, lexicon, entry, tokens, Some(How::Misspelt), hits);
                    }
                }
            }
        }
    }
}
