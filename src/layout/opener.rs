//! What a label or a line can do by its first word alone: most lines of a note are told from headings by one look at it.

use crate::fold::first_word;
use crate::knowledge::sections::{FirstWord, SectionsKnowledge};
use crate::words::Key;
use std::cell::RefCell;

/// Words that are remembered, by a part of their hash; a later one takes the place of an earlier.
const SLOTS: usize = 1 << 11;

/// What a thread knows of words, by the knowledge it was asked of.
#[derive(Default)]
struct Memory {
    instance: u32,
    slots: Vec<(Key, FirstWord)>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// What the first word of a text can do, and its bytes; `None` if the text does not begin with a plain word, with a blank or a plain mark
/// behind it.
pub(crate) fn opener(text: &str, knowledge: &SectionsKnowledge) -> Option<(FirstWord, usize)> {
    let (key, length) = first_word(text.as_bytes())?;
    if !matches!(text.as_bytes().get(length), None | Some(b' ' | b'-' | b'/' | b',' | b'&' | b'+' | b'(' | b'.' | b':')) {
        return None;
    }
    let known = MEMORY.with_borrow_mut(|memory| {
        if memory.instance != knowledge.instance {
            *memory = Memory { instance: knowledge.instance, slots: vec![Default::default(); SLOTS] };
        }
        let slot = memory.slots.get_mut(key.hash() as usize % SLOTS)?;
        if slot.0 != key {
            let (bytes, length) = key.bytes();
            *slot = (key, knowledge.first_word(std::str::from_utf8(&bytes[..length]).ok()?));
        }
        Some(slot.1)
    });
    known.map(|known| (known, length))
}

/// Whether an apostrophe, or a character that may be one, stands in a label: a name may lead it ("Dr. Baig's assessment").
pub(crate) fn may_be_owned(label: &str) -> bool {
    memchr::memchr2(b'\'', 0xE2, label.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    #[test]
    fn a_first_word_is_told_by_what_the_knowledge_has_of_it() {
        let knowledge = Knowledge::built_in().unwrap();
        let of = |text: &str| opener(text, &knowledge.sections);
        for _ in 0..2 {
            assert!(of("Assessment: strain").is_some_and(|(word, bytes)| word.any(FirstWord::HEADS) && bytes == 10));
            assert!(of("ASESSMENT").is_some_and(|(word, _)| word.any(FirstWord::HEADS)));
            assert!(of("dx neck strain").is_some_and(|(word, _)| word.any(FirstWord::BARE)));
            assert!(of("Dr. Lee").is_some_and(|(word, _)| word.any(FirstWord::SHORTENED)));
            assert!(of("Numbness of the hand").is_some_and(|(word, bytes)| word == FirstWord::default() && bytes == 8));
        }
        for text in ["", "1. Strain", "dx's", "Née", "abcdefghijklmnopq r", "C5"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
