//! What the knowledge asks of single words: of its own it is told by a table, of all others each thread remembers what it asked once,
//! since notes are written with few words.

use super::Knowledge;
use crate::fold::{Folded, fold_with};
use crate::words::{Hints, Key, Vocabulary, WordId};
use std::cell::RefCell;

/// Places for the words that are remembered, by a part of their hash. Two words have room in each, so that a common one does not go with
/// every rare one of its place; a third takes the place of the earlier of them.
const PLACES: usize = 1 << 13;

/// What is known of a word of at most sixteen bytes that is no word of the knowledge.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    key: Key,
    hints: Hints,
}

/// What a thread knows of such words, by the knowledge it was asked of.
#[derive(Debug, Default)]
struct Memory {
    instance: u32,
    places: Vec<[Known; 2]>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory { instance: 0, places: Vec::new() }) };
}

impl Knowledge {
    /// Folds a note; words written as one are parted.
    pub fn fold(&self, text: &str) -> Folded {
        let folded = MEMORY.with_borrow_mut(|memory| {
            if memory.instance != self.instance {
                *memory = Memory { instance: self.instance, places: vec![Default::default(); PLACES] };
            }
            fold_with(text, Remembering { knowledge: self, of_words: self.hints_of_words(), places: &mut memory.places })
        });
        if folded.hints.any(Hints::JOINED) { self.lexicon.part(folded, self) } else { folded }
    }

    /// What is asked of each word of the knowledge, by its number.
    fn hints_of_words(&self) -> &[Hints] {
        self.hints_of_words.get_or_init(|| {
            let all = (0..self.words.len() as u32).map(WordId);
            all.map(|id| if id == WordId::NONE { Hints::default() } else { self.hints(self.words.text(id), id) }).collect()
        })
    }

    /// What is asked of a folded word with its number.
    pub(super) fn hints(&self, word: &str, id: WordId) -> Hints {
        let of_known = || {
            let target = self.lexicon.targets(&self.words).begins.has(id);
            Hints::TARGET.when(target).and(Hints::ABOUT.when(self.attributes.telling.may_begin(id)))
        };
        let of_unknown = || Hints::JOINED.when(self.lexicon.may_be_joined(word, &self.words));
        let own = if id == WordId::NONE { of_unknown() } else { of_known() };
        let own = own.and(Hints::COPIED.when(self.sections.may_mark_copied(word)));
        own.and(Hints::MISSPELT.when(self.lexicon.spelling.correct(word, id).is_some()))
    }
}

/// Looks words up in the knowledge, and others in the memory of the thread.
struct Remembering<'k> {
    knowledge: &'k Knowledge,
    of_words: &'k [Hints],
    places: &'k mut [[Known; 2]],
}

impl Remembering<'_> {
    /// What is asked of a word that is none of the knowledge.
    #[inline]
    fn of_other(&mut self, key: Key, word: &[u8]) -> Hints {
        // only a word of small letters can be put right or parted
        if !(key.low as u8).is_ascii_lowercase() {
            return Hints::default();
        }
        let at = key.hash() as usize % PLACES;
        let known = self.places.get(at).and_then(|place| place.iter().find(|known| known.key == key && !key.is_long()));
        known.map(|known| known.hints).unwrap_or_else(|| self.learn(at, key, word))
    }

    #[cold]
    fn learn(&mut self, at: usize, key: Key, word: &[u8]) -> Hints {
        let (bytes, length) = key.bytes();
        let word = if key.is_long() { word } else { &bytes[..length] };
        let hints = std::str::from_utf8(word).map_or(Hints::default(), |word| self.knowledge.hints(word, WordId::NONE));
        if let Some(place) = self.places.get_mut(at).filter(|_| !key.is_long()) {
            *place = [Known { key, hints }, place[0]];
        }
        hints
    }
}

impl Vocabulary for Remembering<'_> {
    #[inline]
    fn look_up(&mut self, key: Key, word: &[u8]) -> (WordId, Hints) {
        let id = self.knowledge.words.find_key(key, word);
        match self.of_words.get(id.index()) {
            Some(hints) if id != WordId::NONE => (id, *hints),
            _ => (id, self.of_other(key, word)),
        }
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
