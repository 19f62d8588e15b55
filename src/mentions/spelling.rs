//! Hits on misspelt words: the word is put right, and what then reads as a phrase around it counts.

use super::How;
use super::matcher::{Hit, add};
use crate::fold::{Token, TokenKind};
use crate::knowledge::Knowledge;
use crate::layout::Layout;
use crate::words::Hints;

/// Phrases have few words: no phrase that holds the word reaches further.
const AROUND: u32 = 6;

/// Adds the hits that hold a word put right.
pub(super) fn hits(text: &str, layout: &Layout, knowledge: &Knowledge, hits: &mut Vec<Hit>) {
    let (lexicon, folded) = (&knowledge.lexicon, &layout.folded);
    if !folded.hints.any(Hints::MISSPELT) {
        return;
    }
    for (number, sentence) in layout.sentences.iter().enumerate() {
        for token in sentence.tokens.clone() {
            let misspelt = |t: &&Token| t.hints.any(Hints::MISSPELT) && t.kind == TokenKind::Word;
            let Some(here) = folded.tokens.get(token as usize).filter(misspelt) else { continue };
            let Some(right) = lexicon.spelling.correct(folded.word(token as usize), here.word) else { continue };
            let from = token.saturating_sub(AROUND).max(sentence.tokens.start);
            let to = (token + AROUND + 1).min(sentence.tokens.end);
            let right = knowledge.words.find(right);
            let word = |near: usize| if near == token as usize { right } else { folded.tokens[near].word };
            lexicon.entries.finder.each(from as usize, to as usize, word, |start, end, pattern| {
                for entry in &lexicon.entries.meanings[pattern] {
                    let tokens = start as u32..end as u32;
                    if tokens.contains(&token) && entry.exact.is_none() {
                        add(text, layout, lexicon, entry, (number as u32, tokens), Some(How::Misspelt), hits);
                    }
                }
            });
        }
    }
}
