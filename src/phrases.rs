//! Finds many phrases in folded text, word by word.
//!
//! A phrase of the knowledge is a run of tokens, so it is sought by tokens: every token carries a hash of its folded word,
//! the hash leads to the word's number, and the numbers walk a tree of phrases. Most words of a note begin no phrase and cost
//! one look at a table; an automaton over the folded text touches every byte, once each for lexicon, cues and values, and building
//! three of them takes most of a start.

use crate::fold::{self, Folded};

/// A set of phrases, each with the number it was given in: its place in the list.
#[derive(Debug, Default)]
pub struct Phrases {
    /// By a word's hash: its number plus one; 0 is an empty slot. The length is a power of two.
    slots: Vec<u32>,
    words: Vec<(u32, Box<str>)>,
    /// By word: the node that stands for it at the start of a phrase; 0 if no phrase begins with it.
    first: Vec<u32>,
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    /// The phrase that ends here, plus one.
    phrase: u32,
    /// Next words with their nodes.
    next: Vec<(u32, u32)>,
}

impl Phrases {
    /// Compiles folded phrases (`" neck pain "`); their places in the list are their numbers.
    pub fn new<P: AsRef<str>>(phrases: &[P]) -> Phrases {
        let mut made = Phrases { nodes: vec![Node::default()], ..Phrases::default() };
        made.grow(1024);
        for (number, phrase) in phrases.iter().enumerate() {
            let mut node = 0;
            for word in phrase.as_ref().split(' ').filter(|w| !w.is_empty()) {
                let word = made.add_word(word);
                node = made.step(node, word);
            }
            if node != 0 {
                made.nodes[node as usize].phrase = number as u32 + 1;
            }
        }
        made
    }

    /// The words of the phrases, each once.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(_, word)| &**word)
    }

    fn step(&mut self, node: u32, word: u32) -> u32 {
        let known = if node == 0 { self.first[word as usize] } else { self.next(node, word) };
        if known != 0 {
            return known;
        }
        let new = self.nodes.len() as u32;
        self.nodes.push(Node::default());
        if node == 0 {
            self.first[word as usize] = new;
        } else {
            let next = &mut self.nodes[node as usize].next;
            next.insert(next.partition_point(|(w, _)| *w < word), (word, new));
        }
        new
    }

    fn next(&self, node: u32, word: u32) -> u32 {
        let next = &self.nodes[node as usize].next;
        next.binary_search_by_key(&word, |(w, _)| *w).map_or(0, |at| next[at].1)
    }

    fn grow(&mut self, size: usize) {
        self.slots = vec![0; size];
        for word in 0..self.words.len() {
            self.place(self.words[word].0, word as u32);
        }
    }

    fn place(&mut self, hash: u32, word: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = word + 1;
    }

    fn add_word(&mut self, word: &str) -> u32 {
        let hash = fold::hash(word);
        if let Some(known) = self.word(hash, word) {
            return known;
        }
        let number = self.words.len() as u32;
        self.words.push((hash, word.into()));
        self.first.push(0);
        if self.words.len() * 4 > self.slots.len() {
            self.grow(self.slots.len() * 4);
        } else {
            self.place(hash, number);
        }
        number
    }

    /// The number of a word that stands in some phrase.
    fn word(&self, hash: u32, word: &str) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let number = self.slots.get(at)?.checked_sub(1)?;
            let (known, text) = &self.words[number as usize];
            if *known == hash && **text == *word {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Calls `found` with start, end and number of every phrase within the words `from..to`; by start, the shorter first.
    ///
    /// `word` gives the hash and the text of a word.
    pub fn each<'w>(&self, from: usize, to: usize, word: impl Fn(usize) -> (u32, &'w str), mut found: impl FnMut(usize, usize, usize)) {
        for start in from..to {
            self.walk(start, to, &word, |end, phrase| found(start, end, phrase));
        }
    }

    /// The phrases that begin with word `start` and end before `to`.
    fn walk<'w>(&self, start: usize, to: usize, word: impl Fn(usize) -> (u32, &'w str), mut found: impl FnMut(usize, usize)) {
        let (hash, text) = word(start);
        let Some(first) = self.word(hash, text) else { return };
        let mut node = self.first[first as usize];
        let mut end = start + 1;
        while node != 0 {
            let here = &self.nodes[node as usize];
            if here.phrase != 0 {
                found(end, here.phrase as usize - 1);
            }
            if here.next.is_empty() || end >= to {
                break;
            }
            let (hash, text) = word(end);
            node = self.word(hash, text).map_or(0, |w| self.next(node, w));
            end += 1;
        }
    }

    /// Calls `found` with the end and the number of every phrase that begins with token `at`.
    pub fn at(&self, folded: &Folded, at: usize, found: impl FnMut(usize, usize)) {
        self.walk(at, folded.tokens.len(), |i| (folded.tokens[i].hash, folded.word(i)), found);
    }

    /// The same over a whole folded text.
    pub fn each_in(&self, folded: &Folded, found: impl FnMut(usize, usize, usize)) {
        self.each(0, folded.tokens.len(), |i| (folded.tokens[i].hash, folded.word(i)), found);
    }

    /// Whether there are no phrases.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    fn found(phrases: &[&str], text: &str) -> Vec<(usize, usize, usize)> {
        let mut out = Vec::new();
        Phrases::new(phrases).each_in(&fold(text), |start, end, number| out.push((start, end, number)));
        out
    }

    #[test]
    fn overlapping_phrases_are_all_found() {
        let phrases = [" neck ", " neck pain ", " pain in the neck ", " pain "];
        assert_eq!(found(&phrases, "Neck pain in the neck."), [(0, 1, 0), (0, 2, 1), (1, 2, 3), (1, 5, 2), (4, 5, 0)]);
        assert_eq!(found(&phrases, "Bottleneck painful"), []);
        assert_eq!(found(&[], "neck"), []);
    }

    #[test]
    fn many_words_stay_apart() {
        let phrases: Vec<String> = (0..5000).map(|i| format!(" w{i} x ")).collect();
        let made = Phrases::new(&phrases);
        let mut numbers = Vec::new();
        made.each_in(&fold("w4999 x w17 x w5000 x w3"), |_, _, n| numbers.push(n));
        assert_eq!(numbers, [4999, 17]);
    }
}
