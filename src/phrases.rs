//! Finds many phrases in folded text, word by word.
//!
//! A phrase of the knowledge is a run of words, so it is sought by words: every token carries the number of its word, and
//! the numbers walk a tree of phrases. Most words of a note begin no phrase and cost one look at a table; an automaton over
//! the folded text touches every byte, once each for lexicon, cues and values, and building three of them takes most of a start.
//!
//! A step of the tree is a word or a set of phrases (`<surgery> for`): a set is a tree of its own that is walked in its place, so
//! that no phrase has to be written out for each member of the sets it names.

use crate::fold::Folded;
use crate::words::{ByWord, Marked, WordId, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A set of phrases, each with the number it was given in: its place in the list.
#[derive(Debug, Serialize, Deserialize)]
pub struct Phrases {
    /// The words that phrases begin with, by themselves or by a set: most words of a note are none.
    begin: Marked,
    /// By word: where phrases go on that begin with it.
    first: ByWord<First>,
    nodes: Vec<Node>,
    steps: Steps,
    edges: Vec<Edge>,
    /// By word: where the edges of the first node stand in `opening` whose set can begin with it, and how many they are.
    opens: ByWord<(u32, u32)>,
    opening: Vec<Edge>,
    /// How many phrases there are.
    count: u32,
}

/// The first word of phrases. Most words of a note that begin one are turned away by what follows them, before any node is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct First {
    /// The node that stands for it; 0 if none does.
    node: u32,
    /// Which words phrases go on by, each as one bit of a hash; all bits if one ends with the first word, or a set may follow or begin here.
    by: u32,
}

impl First {
    /// Whatever follows, a phrase may be there.
    const ANY: u32 = !0;

    /// Whether a phrase may go on by that word, or end here where none is left.
    #[inline]
    fn may_go_on(self, next: Option<WordId>) -> bool {
        next.map_or(self.by == First::ANY, |next| self.by & half_bit(next) != 0)
    }
}

/// One of 32 bits for a word.
#[inline]
fn half_bit(word: WordId) -> u32 {
    let bit = word.bit();
    (bit | bit >> 32) as u32
}

/// A step by a set.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Edge {
    /// The node where the set's own phrases begin.
    set: u32,
    /// The node behind it.
    next: u32,
    /// The next edge of the same node; 0 for none.
    more: u32,
}

#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
struct Node {
    /// The phrase that ends here, plus one.
    phrase: u32,
    /// The node before it, and the word that leads here.
    parent: u32,
    word: WordId,
    /// Its first edge by a set; 0 for none.
    edge: u32,
    /// Which words phrases go on by, each as one bit of a hash: most words that follow are turned away by it.
    by: u64,
}

impl Node {
    /// Whether some phrase may go on by that word.
    #[inline]
    fn may_go_on(&self, word: WordId) -> bool {
        self.by & word.bit() != 0
    }
}

/// From a node, by a word, to the next node, which knows both; 0 is an empty slot. The length is a power of two, or 0.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Steps {
    slots: Vec<u32>,
    used: usize,
}

impl Steps {
    #[inline]
    fn slot(&self, nodes: &[Node], node: u32, word: WordId) -> usize {
        let mask = self.slots.len() - 1;
        let key = (u64::from(node) << 32 | u64::from(word.0)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut at = (key >> 32) as usize & mask;
        loop {
            let next = self.slots[at];
            if next == 0 || (nodes[next as usize].parent == node && nodes[next as usize].word == word) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// The next node; 0 if there is none.
    #[inline]
    fn get(&self, nodes: &[Node], node: u32, word: WordId) -> u32 {
        if self.slots.is_empty() { 0 } else { self.slots[self.slot(nodes, node, word)] }
    }

    /// Adds a node that has the number `next`.
    fn add(&mut self, nodes: &[Node], next: u32) {
        if self.used * 2 >= self.slots.len() {
            let size = (self.slots.len() * 2).max(1 << 10);
            for next in std::mem::replace(&mut self.slots, vec![0; size]).into_iter().filter(|next| *next != 0) {
                self.place(nodes, next);
            }
        }
        self.place(nodes, next);
        self.used += 1;
    }

    fn place(&mut self, nodes: &[Node], next: u32) {
        let node = nodes[next as usize];
        let at = self.slot(nodes, node.parent, node.word);
        self.slots[at] = next;
    }
}

impl Default for Phrases {
    fn default() -> Phrases {
        Phrases {
            begin: Marked::default(),
            first: ByWord::default(),
            nodes: vec![Node::default()],
            steps: Steps::default(),
            edges: vec![Edge::default()],
            opens: ByWord::default(),
            opening: Vec::new(),
            count: 0,
        }
    }
}

impl Phrases {
    /// None yet, with room for so many: tables that grow are written again and again, which a start feels.
    pub(crate) fn with_room(phrases: usize) -> Phrases {
        let mut nodes = Vec::with_capacity(2 * phrases + 1);
        nodes.push(Node::default());
        let steps = Steps { slots: vec![0; (4 * phrases).next_power_of_two()], used: 0 };
        Phrases { nodes, steps, ..Phrases::default() }
    }

    /// Compiles folded phrases (`" neck pain "`), each once; their places in the list are their numbers, their words become words of the
    /// knowledge.
    pub fn new<P: AsRef<str>>(phrases: &[P], words: &mut Words) -> Phrases {
        let mut made = Phrases::default();
        for phrase in phrases {
            made.add(phrase.as_ref(), words);
        }
        made
    }

    /// The number of a folded phrase: the next one if it is new.
    pub fn add(&mut self, phrase: &str, words: &mut Words) -> usize {
        self.insert(phrase.split_ascii_whitespace().map(|word| words.add(word)))
    }

    /// The same, of a phrase by its words.
    pub fn insert(&mut self, words: impl IntoIterator<Item = WordId>) -> usize {
        let end = words.into_iter().fold(0, |node, word| self.step(node, word));
        self.end(end)
    }

    /// The number of the phrase that ends at a node: the next one if none did.
    pub(crate) fn end(&mut self, node: u32) -> usize {
        if self.nodes[node as usize].phrase == 0 {
            self.count += 1;
            self.nodes[node as usize].phrase = self.count;
            self.opens_by(node, First::ANY);
        }
        self.nodes[node as usize].phrase as usize - 1
    }

    /// Notes at the first word of phrases, if a node stands for one, by what they go on.
    fn opens_by(&mut self, node: u32, by: u32) {
        let word = self.nodes[node as usize].word;
        if node != 0 && self.first.get(word).node == node {
            self.first.slot(word).by |= by;
        }
    }

    /// The node behind another by a word; 0 is where every phrase begins.
    pub(crate) fn step(&mut self, node: u32, word: WordId) -> u32 {
        let known = if node == 0 { self.first.get(word).node } else { self.steps.get(&self.nodes, node, word) };
        if known != 0 {
            return known;
        }
        let new = self.nodes.len() as u32;
        self.nodes.push(Node { parent: node, word, ..Node::default() });
        if node == 0 {
            self.first.slot(word).node = new;
            self.begin.add(word);
        } else {
            self.nodes[node as usize].by |= word.bit();
            self.opens_by(node, half_bit(word));
            self.steps.add(&self.nodes, new);
        }
        new
    }

    /// The node where the phrases of a new set begin.
    pub(crate) fn set(&mut self) -> u32 {
        self.nodes.push(Node::default());
        self.nodes.len() as u32 - 1
    }

    /// Lets a phrase of a set end at a node.
    pub(crate) fn end_of_set(&mut self, node: u32) {
        self.nodes[node as usize].phrase = 1;
    }

    /// The node behind another by a set.
    pub(crate) fn step_by_set(&mut self, node: u32, set: u32) -> u32 {
        let mut last = 0;
        let mut edge = self.nodes[node as usize].edge;
        while edge != 0 {
            let here = self.edges[edge as usize];
            if here.set == set {
                return here.next;
            }
            (last, edge) = (edge, here.more);
        }
        let (new, next) = (self.edges.len() as u32, self.set());
        self.edges.push(Edge { set, next, more: 0 });
        self.opens_by(node, First::ANY);
        match last {
            0 => self.nodes[node as usize].edge = new,
            _ => self.edges[last as usize].more = new,
        }
        next
    }

    /// The words of all phrases, some of them more than once.
    pub(crate) fn words(&self) -> impl Iterator<Item = WordId> {
        self.nodes.iter().map(|n| n.word).filter(|w| *w != WordId::NONE)
    }

    /// Notes with which words a set can begin that begins phrases; nothing may be added behind this.
    pub(crate) fn finish(&mut self) {
        let mut begin: BTreeMap<u32, Vec<WordId>> = self.edges.iter().skip(1).map(|e| (e.set, Vec::new())).collect();
        let sets: Vec<u32> = begin.keys().copied().collect();
        for node in self.nodes.iter().filter(|n| sets.binary_search(&n.parent).is_ok()) {
            begin.entry(node.parent).or_default().push(node.word);
        }
        let mut by_word: BTreeMap<WordId, Vec<Edge>> = BTreeMap::new();
        let mut edge = self.nodes[0].edge;
        while edge != 0 {
            let here = self.edges[edge as usize];
            let mut words = Vec::new();
            self.begin_with(here.set, &begin, &mut words);
            words.sort_unstable();
            words.dedup();
            words.into_iter().for_each(|w| by_word.entry(w).or_default().push(here));
            edge = here.more;
        }
        for (word, edges) in by_word {
            self.begin.add(word);
            self.first.slot(word).by = First::ANY;
            *self.opens.slot(word) = (self.opening.len() as u32, edges.len() as u32);
            self.opening.extend(edges);
        }
    }

    fn begin_with(&self, set: u32, begin: &BTreeMap<u32, Vec<WordId>>, words: &mut Vec<WordId>) {
        words.extend(begin.get(&set).into_iter().flatten());
        let mut edge = self.nodes[set as usize].edge;
        while edge != 0 {
            let here = self.edges[edge as usize];
            self.begin_with(here.set, begin, words);
            edge = here.more;
        }
    }

    /// Whether some phrase may begin with the word.
    pub(crate) fn may_begin(&self, word: WordId) -> bool {
        self.begin.has(word)
    }

    /// Calls `found` with start, end and number of every phrase within the words `from..to`; by start, the shorter first.
    #[inline]
    pub fn each(&self, from: usize, to: usize, word: impl Fn(usize) -> WordId, mut found: impl FnMut(usize, usize, usize)) {
        for start in from..to {
            self.walk(start, to, &word, |end, phrase| found(start, end, phrase));
        }
    }

    /// The phrases that begin with word `start` and end before `to`.
    #[inline]
    pub fn walk(&self, start: usize, to: usize, word: impl Fn(usize) -> WordId, mut found: impl FnMut(usize, usize)) {
        let first = word(start);
        if !self.begin.has(first) {
            return;
        }
        let opening = self.first.get(first);
        let mut end = start + 1;
        if !opening.may_go_on((end < to).then(|| word(end))) {
            return;
        }
        let mut node = opening.node;
        while node != 0 {
            let here = self.nodes[node as usize];
            if here.edge != 0 {
                self.follow(node, end, to, &word, &mut found);
                break;
            }
            if here.phrase != 0 {
                found(end, here.phrase as usize - 1);
            }
            if here.by == 0 || end >= to {
                break;
            }
            let next = word(end);
            node = if here.may_go_on(next) { self.steps.get(&self.nodes, node, next) } else { 0 };
            end += 1;
        }
        let (from, count) = self.opens.get(first);
        for edge in &self.opening[from as usize..(from + count) as usize] {
            self.follow(edge.set, start, to, &word, &mut |end, _| self.follow(edge.next, end, to, &word, &mut found));
        }
    }

    /// The same from a node on, behind which word `at` stands; a phrase of a set has no number of its own.
    fn follow(&self, node: u32, at: usize, to: usize, word: &dyn Fn(usize) -> WordId, found: &mut dyn FnMut(usize, usize)) {
        let (mut node, mut at) = (node, at);
        loop {
            let here = self.nodes[node as usize];
            if here.phrase != 0 {
                found(at, here.phrase as usize - 1);
            }
            if at >= to {
                return;
            }
            let mut edge = here.edge;
            while edge != 0 {
                let Edge { set, next, more } = self.edges[edge as usize];
                self.follow(set, at, to, word, &mut |end, _| self.follow(next, end, to, word, found));
                edge = more;
            }
            let next = if here.by == 0 { WordId::NONE } else { word(at) };
            node = if here.may_go_on(next) { self.steps.get(&self.nodes, node, next) } else { 0 };
            if node == 0 {
                return;
            }
            at += 1;
        }
    }

    /// Calls `found` with the end and the number of every phrase that begins with token `at`.
    pub fn at(&self, folded: &Folded, at: usize, found: impl FnMut(usize, usize)) {
        self.walk(at, folded.tokens.len(), |i| folded.tokens[i].word, found);
    }

    /// The same over a whole folded text.
    pub fn each_in(&self, folded: &Folded, found: impl FnMut(usize, usize, usize)) {
        self.each(0, folded.tokens.len(), |i| folded.tokens[i].word, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_known;

    fn found(phrases: &[&str], text: &str) -> Vec<(usize, usize, usize)> {
        let (mut out, mut words) = (Vec::new(), Words::default());
        let phrases = Phrases::new(phrases, &mut words);
        phrases.each_in(&fold_known(text, &words), |start, end, number| out.push((start, end, number)));
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
    fn what_follows_the_first_word_may_turn_it_away() {
        let phrases = [" neck pain ", " neck ache now ", " sore "];
        assert_eq!(found(&phrases, "neck"), []);
        assert_eq!(found(&phrases, "neck ache"), []);
        assert_eq!(found(&phrases, "sore neck"), [(0, 1, 2)]);
        assert_eq!(found(&phrases, "neck sore neck ache now"), [(1, 2, 2), (2, 5, 1)]);
    }

    #[test]
    fn sets_are_steps() {
        let mut words = Words::default();
        let mut made = Phrases::default();
        let (who, whom) = (made.set(), made.set());
        for (set, member) in [(who, "mother"), (who, "old father"), (whom, "friend of")] {
            let end = member.split(' ').fold(set, |node, w| made.step(node, words.add(w)));
            made.end_of_set(end);
        }
        // <whom> stands for "friend of <who>", too
        let nested = ["friend", "of"].iter().fold(whom, |node, w| made.step(node, words.add(w)));
        let nested = made.step_by_set(nested, who);
        made.end_of_set(nested);
        for phrase in [&["<who>", "has"][..], &["her", "<whom>", "has"], &["her", "<who>"], &["her", "mother"]] {
            let end = phrase.iter().fold(0, |node, w| match *w {
                "<who>" => made.step_by_set(node, who),
                "<whom>" => made.step_by_set(node, whom),
                w => made.step(node, words.add(w)),
            });
            made.end(end);
        }
        made.finish();
        let mut out = Vec::new();
        made.each_in(&fold_known("her mother has her friend of old father has", &words), |s, e, n| out.push((s, e, n)));
        out.sort_unstable();
        assert_eq!(out, [(0, 2, 2), (0, 2, 3), (1, 3, 0), (3, 9, 1), (6, 9, 0)]);
    }

    #[test]
    fn many_words_stay_apart() {
        let phrases: Vec<String> = (0..5000).map(|i| format!(" w{i} x ")).collect();
        let mut words = Words::default();
        let made = Phrases::new(&phrases, &mut words);
        let mut numbers = Vec::new();
        made.each_in(&fold_known("w4999 x w17 x w5000 x w3", &words), |_, _, n| numbers.push(n));
        assert_eq!(numbers, [4999, 17]);
    }
}
