//! The words of the knowledge, each with a number: text is looked up once, word by word, and every stage compares numbers.

use serde::{Deserialize, Serialize};

/// The number of a word of the knowledge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WordId(pub u32);

impl WordId {
    /// No word of the knowledge.
    pub const NONE: WordId = WordId(0);

    /// One of 64 bits, by a hash: many words in one number, which tells for certain only that a word is not among them.
    #[inline]
    pub const fn bit(self) -> u64 {
        1 << (self.0.wrapping_mul(0x9E37_79B1) >> 26)
    }

    /// Its place in a table of all words.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The letters of a word as two numbers; a word of at most sixteen bytes is its key and no other word has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    /// The first eight bytes.
    pub low: u64,
    /// The next eight, or what stands for all the rest of a longer word.
    pub high: u64,
}

/// Bytes that a key holds.
const EXACT: usize = 16;
/// The last byte of the key of a longer word: a byte that no text has.
const LONG: u64 = 0xFF << 56;
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key {
    /// The key of a word.
    pub fn of(word: &[u8]) -> Key {
        let (first, rest) = word.split_at(word.len().min(8));
        let high = if word.len() <= EXACT {
            eight(rest)
        } else {
            rest.chunks(8).fold(0, |h: u64, part| (h.rotate_left(23) ^ eight(part)).wrapping_mul(FACTOR)) | LONG
        };
        Key { low: eight(first), high }
    }

    /// The bytes of a word of at most sixteen, and how many they are.
    pub fn bytes(self) -> ([u8; EXACT], usize) {
        let mut bytes = [0; EXACT];
        bytes[..8].copy_from_slice(&self.low.to_le_bytes());
        bytes[8..].copy_from_slice(&self.high.to_le_bytes());
        let length = EXACT - (u128::from(self.high) << 64 | u128::from(self.low)).leading_zeros() as usize / 8;
        (bytes, length)
    }

    /// Whether it is that of a longer word, which other words may share.
    #[inline]
    pub fn is_long(self) -> bool {
        self.high & LONG == LONG
    }

    #[inline]
    pub fn hash(self) -> u64 {
        let mixed = (self.low ^ self.high.wrapping_mul(FACTOR).rotate_left(31)).wrapping_mul(FACTOR);
        mixed ^ (mixed >> 29)
    }
}

/// The first eight bytes as a number; zeros behind the end.
#[inline]
pub(crate) fn eight(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(all) => u64::from_le_bytes(*all),
        None => bytes.iter().rev().fold(0, |n, b| (n << 8) | u64::from(*b)),
    }
}

/// All words, by number and by text.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Words {
    /// Upper half of the hash, and the number; 0 is an empty slot. The length is a power of two, or 0.
    slots: Vec<u64>,
    /// By number.
    keys: Vec<Key>,
    text: String,
    /// Where each word ends in `text`, by number; that of number 0 is 0.
    ends: Vec<u32>,
}

/// No words at all.
pub(crate) static NO_WORDS: Words = Words { slots: Vec::new(), keys: Vec::new(), text: String::new(), ends: Vec::new() };

/// The bits of a slot that hold the hash.
const HASHED: u64 = !0 << 32;

impl Words {
    /// How many numbers there are, the one for no word included.
    pub fn len(&self) -> usize {
        self.ends.len().max(1)
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// The word of that number, "" for none.
    pub fn text(&self, id: WordId) -> &str {
        let at = id.index();
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        match (start, self.ends.get(at)) {
            (Some(start), Some(end)) => self.text.get(*start as usize..*end as usize).unwrap_or(""),
            _ => "",
        }
    }

    /// The number of a folded word.
    pub fn find(&self, word: &str) -> WordId {
        self.find_key(Key::of(word.as_bytes()), word.as_bytes())
    }

    /// The same, of a word whose key is known; the word itself counts only if it is longer than its key.
    #[inline]
    pub(crate) fn find_key(&self, key: Key, word: &[u8]) -> WordId {
        let hash = key.hash();
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return WordId::NONE;
            }
            let id = WordId(slot as u32);
            if (slot ^ hash) & HASHED == 0
                && self.keys.get(id.index()) == Some(&key)
                && (!key.is_long() || self.text(id).as_bytes() == word)
            {
                return id;
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of a folded word, which is a word of the knowledge from now on.
    pub fn add(&mut self, word: &str) -> WordId {
        let key = Key::of(word.as_bytes());
        let known = self.find_key(key, word.as_bytes());
        if known != WordId::NONE || word.is_empty() {
            return known;
        }
        if self.ends.is_empty() {
            self.ends.push(0);
            self.keys.push(Key { low: 0, high: 0 });
        }
        let id = WordId(self.ends.len() as u32);
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
        self.keys.push(key);
        if self.ends.len() * 2 > self.slots.len() {
            let size = (self.slots.len() * 2).max(1 << 15);
            self.slots = vec![0; size];
            (1..id.0).for_each(|earlier| self.place(WordId(earlier)));
        }
        self.place(id);
        id
    }

    fn place(&mut self, id: WordId) {
        let hash = self.keys[id.index()].hash();
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash & HASHED) | u64::from(id.0);
    }
}

/// Something about each word that few words have; what most have is the default.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ByWord<T>(Vec<T>);

impl<T: Copy + Default> ByWord<T> {
    /// What is known of a word.
    #[inline]
    pub fn get(&self, id: WordId) -> T {
        self.0.get(id.index()).copied().unwrap_or_default()
    }

    /// The place for a word.
    pub fn slot(&mut self, id: WordId) -> &mut T {
        if self.0.len() <= id.index() {
            self.0.resize(id.index() + 1, T::default());
        }
        &mut self.0[id.index()]
    }
}

/// Yes or no about each word: so small that it stays at hand while a note is read.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Marked(Vec<u64>);

impl Marked {
    /// Whether the word is one of them.
    #[inline]
    pub fn has(&self, id: WordId) -> bool {
        self.0.get(id.index() / 64).is_some_and(|bits| bits & (1 << (id.index() % 64)) != 0)
    }

    /// Adds a word.
    pub fn add(&mut self, id: WordId) {
        let at = id.index() / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (id.index() % 64);
    }
}

/// Many words in a few numbers, each as one bit of a hash: it tells for certain only that a word is not among them.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct WordBits([u64; 8]);

impl WordBits {
    /// The number that holds the bit of a word.
    const fn slot(word: WordId) -> usize {
        (word.0.wrapping_mul(0x85EB_CA6B) >> 29) as usize
    }

    /// These words.
    pub fn of<'w>(words: impl IntoIterator<Item = &'w WordId>) -> WordBits {
        let mut bits = WordBits::default();
        words.into_iter().for_each(|word| bits.0[WordBits::slot(*word)] |= word.bit());
        bits
    }

    /// Whether the word may be one of them.
    #[inline]
    pub fn may_have(&self, word: WordId) -> bool {
        self.0[WordBits::slot(word)] & word.bit() != 0
    }
}

/// What the knowledge asks of a word, told once for each word: a stage that has nothing to ask of any passes over the note.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints(u8);

impl Hints {
    /// It is misspelt, and put right by what it says.
    pub const MISSPELT: Hints = Hints(1);
    /// It may be several words written as one.
    pub const JOINED: Hints = Hints(2);
    /// A phrase begins with it that can name a target concept, alone or with others.
    pub const TARGET: Hints = Hints(4);
    /// A phrase begins with it by which a note speaks of itself.
    pub const ABOUT: Hints = Hints(8);
    /// It has the beginning of a code's shape ("M54", "723.1"), which is told by its letters and digits alone.
    pub const CODED: Hints = Hints(16);
    /// A line that holds it may say that copied text begins or ends there.
    pub const COPIED: Hints = Hints(32);

    /// Whether one of those is among them.
    #[inline]
    pub const fn any(self, of: Hints) -> bool {
        self.0 & of.0 != 0
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, more: Hints) -> Hints {
        Hints(self.0 | more.0)
    }

    /// These if it is so, else none.
    pub const fn when(self, so: bool) -> Hints {
        if so { self } else { Hints(0) }
    }
}

/// What tells of each word of a text what the knowledge has of it.
pub(crate) trait Vocabulary {
    /// The number of a folded word and what is asked of it; the word itself counts only if it is longer than its key.
    fn look_up(&mut self, key: Key, word: &[u8]) -> (WordId, Hints);
}

impl Vocabulary for &Words {
    #[inline]
    fn look_up(&mut self, key: Key, word: &[u8]) -> (WordId, Hints) {
        (self.find_key(key, word), Hints::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_number() {
        let mut words = Words::default();
        assert_eq!((words.find("neck"), words.text(WordId::NONE)), (WordId::NONE, ""));
        let mut list: Vec<String> = (0..20_000).map(|i| format!("w{i}")).collect();
        list.extend(
            ["n", "neck", "radiculo", "radiculopathy", "spondylolisthesis", "spondyloarthropathies", "spondyloarthropathiex"]
                .map(String::from),
        );
        let ids: Vec<WordId> = list.iter().map(|w| words.add(w)).collect();
        for (word, id) in list.iter().zip(&ids) {
            assert_eq!((words.find(word), words.text(*id)), (*id, word.as_str()));
            assert_eq!(words.add(word), *id);
        }
        assert_eq!((words.len(), words.find("spondyloarthropathiey"), words.find("")), (list.len() + 1, WordId::NONE, WordId::NONE));
    }

    #[test]
    fn bits_turn_away_words_that_are_not_among_them() {
        let among: Vec<WordId> = (1..20).map(|i| WordId(i * 37)).collect();
        let bits = WordBits::of(&among);
        assert!(among.iter().all(|word| bits.may_have(*word)));
        let others = (1..2000).map(WordId).filter(|word| !among.contains(word));
        assert!(others.filter(|word| bits.may_have(*word)).count() < 200);
    }
}
