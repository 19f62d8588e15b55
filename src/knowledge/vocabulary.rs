//! What each thread remembers of single words: notes are written with few words, and of each the knowledge is asked once.

use super::Knowledge;
use crate::fold::{Folded, fold_with};
use crate::words::{Hints, Key, Vocabulary, WordId};
use std::cell::RefCell;

/// Words that are remembered, by a part of their hash; a later one takes the place of an earlier.
const SLOTS: usize = 1 << 14;

/// What is known of a word of at most sixteen bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    key: Key,
    word: WordId,
    hints: Hints,
}

/// What a thread knows of words, by the knowledge it was asked of.
#[derive(Debug, Default)]
struct Memory {
    instance: u32,
    slots: Vec<Known>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory { instance: 0, slots: Vec::new() }) };
}

impl Knowledge {
    /// Folds a note; words written as one are parted.
    pub fn fold(&self, text: &str) -> Folded {
        let folded = MEMORY.with_borrow_mut(|memory| {
            if memory.instance != self.instance {
                *memory = Memory { instance: self.instance, slots: vec![Known::default(); SLOTS] };
            }
            fold_with(text, Remembering { knowledge: self, slots: &mut memory.slots })
        });
        if folded.hints.any(Hints::JOINED) { self.lexicon.part(folded, self) } else { folded }
    }

    /// What is asked of a folded word with its number.
    pub(super) fn hints(&self, word: &str, id: WordId) -> Hints {
        let of_known = || {
            let target = self.lexicon.targets(&self.words).begins.has(id);
            Hints::TARGET.when(target).and(Hints::ABOUT.when(self.attributes.about_note.0.may_begin(id)))
        };
        let of_unknown = || Hints::JOINED.when(self.lexicon.may_be_joined(word, &self.words));
        let own = if id == WordId::NONE { of_unknown() } else { of_known() };
        own.and(Hints::MISSPELT.when(self.lexicon.spelling.correct(word, id).is_some()))
    }
}

/// Looks words up in the memory of the thread before they are looked up in the knowledge.
struct Remembering<'k> {
    knowledge: &'k Knowledge,
    slots: &'k mut [Known],
}

impl Remembering<'_> {
    #[cold]
    fn learn(&self, key: Key, word: &[u8]) -> Known {
        let (bytes, length) = key.bytes();
        let word = if key.is_long() { word } else { &bytes[..length] };
        let id = self.knowledge.words.find_key(key, word);
        let hints = std::str::from_utf8(word).map_or(Hints::default(), |word| self.knowledge.hints(word, id));
        Known { key, word: id, hints }
    }
}

impl Vocabulary for Remembering<'_> {
    #[inline]
    fn look_up(&mut self, key: Key, word: &[u8]) -> (WordId, Hints) {
        let at = key.hash() as usize % SLOTS;
        let slot = self.slots.get(at).copied().unwrap_or_default();
        if slot.key == key && !key.is_long() {
            return (slot.word, slot.hints);
        }
        let known = self.learn(key, word);
        if let Some(slot) = self.slots.get_mut(at).filter(|_| !key.is_long()) {
            *slot = known;
        }
        (known.word, known.hints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_knowledge_has_its_own_memory() {
        let (all, none) = (Knowledge::built_in().unwrap(), Knowledge::compile(&[], &mut Vec::new()));
        for _ in 0..2 {
            let (known, unknown) = (all.fold("neck cervicla neckpain"), none.fold("neck cervicla neckpain"));
            assert_eq!(known.tokens.len(), 4);
            assert!(known.tokens[0].hints.any(Hints::TARGET) && known.tokens[1].hints.any(Hints::MISSPELT));
            assert!(unknown.tokens.len() == 3 && unknown.hints == Hints::default());
            assert!(unknown.tokens.iter().all(|t| t.word == WordId::NONE));
        }
    }

    #[test]
    fn long_words_are_not_taken_for_each_other() {
        let knowledge = Knowledge::built_in().unwrap();
        for word in ["spondylolisthesis", "spondylolisthesiz", "spondylolisthesis"] {
            let folded = knowledge.fold(word);
            assert_eq!(folded.tokens[0].word, knowledge.words.find(word), "{word}");
        }
    }
}
