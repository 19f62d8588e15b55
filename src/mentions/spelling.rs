//! Hits on misspelt words: the word is put right, and what then reads as a phrase around it counts.

use super::How;
use super::matcher::{Hit, add};
use crate::fold::TokenKind;
use crate::knowledge::Knowledge;
use crate::knowledge::lexicon::spelling::SHORTEST;
use crate::layout::Layout;
use crate::words::WordId;

/// Phrases have few words: no phrase that holds the word reaches further.
const AROUND: u32 = 6;

/// Adds the hits that hold a word put right.
pub(super) fn hits(text: &str, layout: &Layout, knowledge: &Knowledge, hits: &mut Vec<Hit>) {
    let (lexicon, folded) = (&knowledge.lexicon, &layout.folded);
    for sentence in &layout.sentences {
        for token in sentence.tokens.clone() {
            let Some(here) = folded.tokens.get(token as usize).filter(|t| t.kind == TokenKind::Word) else { continue };
            if here.word == WordId::NONE && here.folded.len() < SHORTEST as u32 {
                continue;
            }
            let Some(right) = lexicon.spelling.correct(folded.word(token as usize), here.word) else { continue };
            let from = token.saturating_sub(AROUND).max(sentence.tokens.start);
            let to = (token + AROUND + 1).min(sentence.tokens.end);
            // a word that stands for several ("neckstrain") is read as all of them, at its one place
            let meant: Vec<WordId> = right.split(' ').map(|w| knowledge.words.find(w)).collect();
            let (at, more) = (token as usize, meant.len() - 1);
            let word = |near: usize| match near.checked_sub(at) {
                None => folded.tokens[near].word,
                Some(part) if part <= more => meant[part],
                Some(_) => folded.tokens[near - more].word,
            };
            let place = |near: usize| if near <= at { near } else { near.saturating_sub(more).max(at) };
            lexicon.entries.finder.each(from as usize, to as usize + more, word, |start, end, pattern| {
                let (start, end) = (place(start), place(end - 1) + 1);
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
