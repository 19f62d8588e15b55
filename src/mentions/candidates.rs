//! Whether a note can name a target concept at all, by its phrases alone; nine of ten notes of a bulk feed cannot.
//!
//! The scan may say yes too often, never no wrongly: a note it turns away has no mention of a concept marked `target`.
//! A mention stands in one sentence, and no sentence goes over a blank line or a mark that ends it; so phrases that name a target only
//! together must stand between two of these.

use crate::fold::{Folded, TokenKind};
use crate::knowledge::Knowledge;
use crate::knowledge::lexicon::targets::Places;
use crate::layout::sentences::ends;
use crate::words::Hints;

/// Whether `mentions` could find a target concept in the text, which folds so.
pub fn possible(text: &str, folded: &Folded, knowledge: &Knowledge) -> bool {
    if !folded.hints.any(Hints::TARGET.and(Hints::MISSPELT)) {
        return false;
    }
    let lexicon = &knowledge.lexicon;
    let targets = lexicon.targets(&knowledge.words);
    let mut stretch = Stretch::default();
    for (at, token) in folded.tokens.iter().enumerate() {
        if token.breaks > 1 {
            stretch = Stretch::default();
        }
        // most tokens are words that are asked nothing
        if matches!(token.kind, TokenKind::Word | TokenKind::Number) && !token.hints.any(Hints::TARGET.and(Hints::MISSPELT)) {
            continue;
        }
        let mut found = false;
        let next = || folded.tokens.get(at + 1).map(|t| t.word);
        if token.hints.any(Hints::TARGET) && targets.may_begin(token.word, next()) {
            lexicon.entries.finder.at(folded, at, |end, phrase| {
                let share = targets.shares[phrase];
                // an abbreviation counts in its very case
                let meant = || {
                    let written = token.span.hull(folded.tokens[end - 1].span).of(text);
                    lexicon.entries.meanings[phrase].iter().any(|e| e.exact.as_ref().is_none_or(|exact| exact == written))
                };
                if (share.alone || share.needs | share.gives != 0) && meant() {
                    found |= share.alone || stretch.meets(share.needs, share.gives);
                }
            });
        }
        found = found
            || match token.kind {
                TokenKind::Word => token.hints.any(Hints::MISSPELT),
                TokenKind::Alphanumeric => {
                    lexicon.grammar.level_region(folded.word(at), None).is_some() && stretch.meets(0, targets.levels)
                }
                TokenKind::Punctuation => {
                    if stretch.holds() && ends(text, folded, at, &knowledge.sections) {
                        stretch = Stretch::default();
                    }
                    false
                }
                TokenKind::Number => false,
            };
        if found {
            return true;
        }
    }
    false
}

/// Whether something is typed that has a code's shape ("M54.2", "M542", "723.1"): what it stands for is decided later.
pub fn typed_code(folded: &Folded) -> bool {
    if !folded.hints.any(Hints::CODED) {
        return false;
    }
    let tokens = &folded.tokens;
    let glued = |at: usize| tokens.get(at).is_some_and(|t| !t.spaced);
    let coded = tokens.iter().enumerate().filter(|(_, t)| t.hints.any(Hints::CODED));
    // "m542", "m54.2"; "a1c.9" is read as word and number
    coded.into_iter().any(|(at, token)| {
        let word = folded.word(at);
        token.kind == TokenKind::Number || word.len() > 3 || (folded.word(at + 1) == "." && glued(at + 1) && glued(at + 2))
    })
}

/// What the phrases of what may be one sentence need and give so far.
#[derive(Default)]
struct Stretch {
    needs: Places,
    gives: Places,
}

impl Stretch {
    fn holds(&self) -> bool {
        self.needs | self.gives != 0
    }

    /// Adds to it; whether something that is needed is there then.
    fn meets(&mut self, needs: Places, gives: Places) -> bool {
        self.needs |= needs;
        self.gives |= gives;
        self.needs & self.gives != 0
    }
}
