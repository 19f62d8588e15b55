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
        let mut found = false;
        if token.hints.any(Hints::TARGET) {
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
    let tokens = &folded.tokens;
    let glued = |at: usize| tokens.get(at).is_some_and(|t| !t.spaced);
    (0..tokens.len()).any(|at| match tokens[at].kind {
        TokenKind::Alphanumeric => {
            let word = folded.word(at).as_bytes();
            let shaped = word.len() > 2 && word[1].is_ascii_digit();
            shaped && (word.len() > 3 || (folded.word(at + 1) == "." && glued(at + 1) && glued(at + 2)))
        }
        // "a1c.9" is read as word and number
        TokenKind::Number => folded.word(at).as_bytes().get(3) == Some(&b'.'),
        TokenKind::Word | TokenKind::Punctuation => false,
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
