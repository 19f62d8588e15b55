//! Words written as one ("cervicalradiculopathy", "neckstrain", "neckand"): an unknown word that is exactly several words of the
//! lexicon is read as these, each at its own letters.
//!
//! Words belong together if they are a phrase of the lexicon or stand side by side in one, if they are a site and what can be
//! found there, or if one is a small word that the lexicon lists for this. A word of the lexicon or a known one is never parted,
//! nor one that can be parted in two ways. Two bit sets of beginnings and endings turn most words away before anything is sought.

use super::entries::{Entry, Meaning};
use super::{Lexicon, lookup_row};
use crate::fold::{Folded, Token, TokenKind, WordSet};
use crate::knowledge::Knowledge;
use crate::knowledge::source::lexicon::{Form, LexiconDoc, Regional};
use crate::span::Span;
use crate::words::{ByWord, Hints, Key, WordId, Words};
use serde::{Deserialize, Serialize};

/// Parts shorter than this are none, listed small words aside.
const SHORTEST_PART: usize = 3;
/// Parts that only stand side by side in a longer phrase, or beside a small word, have this many letters.
const SURE_PART: usize = 4;
/// Shorter words are not parted, longer ones neither.
pub(super) const LENGTH: std::ops::RangeInclusive<usize> = 6..=40;
/// A word is parted into no more words than this.
const MOST: usize = 5;

/// What the lexicon's words can be parted into.
#[derive(Debug)]
pub struct Joined {
    /// Four letters that a word can begin with whose first part this is, and the same from its end.
    begin: Bits,
    end: Bits,
    /// Hashes of the parts, from their first letter on and from their last one back.
    heads: Bits,
    tails: Bits,
    /// Words of phrases.
    words: ByWord<bool>,
    small: WordSet<String>,
    prefixes: WordSet<String>,
    /// Hashes, in order, of words side by side in phrases, with the space between them.
    pairs: Vec<u32>,
}

/// The small words and prefixes of the documents.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Listed {
    small: WordSet<String>,
    prefixes: WordSet<String>,
}

/// Whether a token is a word that can be parted; one byte of the note a letter, so that the parts have places.
fn may_be_parted(token: &Token) -> bool {
    token.hints.any(Hints::JOINED) && token.kind == TokenKind::Word && token.folded.len() == token.span.len()
}

impl Listed {
    pub(super) fn of(docs: &[(&str, &LexiconDoc)]) -> Listed {
        let all = |list: fn(&LexiconDoc) -> &Vec<String>| docs.iter().flat_map(|(_, d)| list(d)).cloned().collect();
        Listed { small: all(|d| &d.run_together), prefixes: all(|d| &d.prefixes) }
    }
}

impl Joined {
    pub(super) fn compile(lexicon: &Lexicon, listed: &Listed, words: &Words) -> Joined {
        let Listed { small, prefixes } = listed;
        let mut joined = Joined {
            begin: Bits::default(),
            end: Bits::default(),
            heads: Bits::default(),
            tails: Bits::default(),
            words: ByWord::default(),
            small: small.clone(),
            prefixes: prefixes.clone(),
            pairs: Vec::new(),
        };
        lexicon.entries.finder.words().for_each(|word| *joined.words.slot(word) = true);
        let mut marked = ByWord::<bool>::default();
        let mut both = String::new();
        let entries = &lexicon.entries;
        for (pattern, _) in entries.patterns.iter().zip(&entries.meanings).filter(|(_, meanings)| meanings.iter().any(speaks)) {
            let mut before = "";
            for word in pattern.split(' ').filter(|w| w.bytes().all(|b| b.is_ascii_lowercase())) {
                if !std::mem::replace(marked.slot(words.find(word)), true) {
                    joined.mark(word);
                }
                if before.len() >= SURE_PART && word.len() >= SURE_PART {
                    both.clear();
                    both.extend([before, " ", word]);
                    joined.pairs.push(hash(&both));
                }
                before = word;
            }
        }
        small.iter().for_each(|w| joined.mark(w));
        joined.pairs.sort_unstable();
        joined.pairs.dedup();
        joined
    }

    fn mark(&mut self, word: &str) {
        if word.len() < SHORTEST_PART && !self.small.contains(word) {
            return;
        }
        for (set, letters) in [(&mut self.begin, Letters::of(word.bytes())), (&mut self.end, Letters::of(word.bytes().rev()))] {
            letters.each(|four| set.mark(four));
        }
        self.heads.mark(word.bytes().fold(0, step));
        self.tails.mark(word.bytes().rev().fold(0, step));
    }

    /// Whether a part could begin and another end the word: nearly all words are turned away here.
    fn possible(&self, word: &[u8]) -> bool {
        let (Some(&first), Some(&[a, b, c, d])) = (word.first_chunk::<4>(), word.last_chunk::<4>()) else { return false };
        let (first, last) = (u32::from_be_bytes(first), u32::from_be_bytes([d, c, b, a]));
        // both at once: neither alone foretells the other
        self.begin.has(spread(first)) & self.end.has(spread(last))
    }

    /// Where a first part may end and where a last one may begin, one bit each.
    fn ends_and_starts(&self, word: &[u8]) -> (u64, u64) {
        let (mut ends, mut starts) = (0, 0);
        let (mut from_head, mut from_tail) = (0, 0);
        for (i, (first, last)) in word.iter().zip(word.iter().rev()).enumerate().take(word.len() - 2) {
            (from_head, from_tail) = (step(from_head, *first), step(from_tail, *last));
            ends |= u64::from(self.heads.has(from_head)) << (i + 1);
            starts |= u64::from(self.tails.has(from_tail)) << (word.len() - 1 - i);
        }
        (ends, starts)
    }

    /// Whether an unknown word is several written as one.
    pub(super) fn is_joined(&self, word: &str, lexicon: &Lexicon, words: &Words) -> bool {
        self.possible(word.as_bytes()) && self.ends(word, lexicon, words).is_some()
    }

    /// Parts the run-together words of a note.
    pub(super) fn part(&self, folded: Folded, knowledge: &Knowledge) -> Folded {
        let mut cuts: Vec<(usize, Vec<u32>)> = Vec::new();
        for (at, _) in folded.tokens.iter().enumerate().filter(|(_, t)| may_be_parted(t)) {
            cuts.extend(self.ends(folded.word(at), &knowledge.lexicon, &knowledge.words).map(|ends| (at, ends)));
        }
        if cuts.is_empty() { folded } else { cut(&folded, &cuts, knowledge) }
    }

    /// Where the parts of a word end, if it is several words written as one.
    fn ends(&self, word: &str, lexicon: &Lexicon, words: &Words) -> Option<Vec<u32>> {
        let (ends, starts) = self.ends_and_starts(word.as_bytes());
        // two parts meet, or the first ends where others have room before the last
        let room = ends != 0 && starts != 0 && ends.trailing_zeros() + 1 < u64::BITS - starts.leading_zeros();
        if (ends & starts == 0 && !room) || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let mut seeker = Seeker { joined: self, lexicon, words, word, first_ends: ends, last_starts: starts, best: None, twice: false };
        seeker.seek(0, &mut Vec::new());
        seeker.best.filter(|_| !seeker.twice)
    }

    fn is_part(&self, part: &str, words: &Words) -> bool {
        (part.len() >= SHORTEST_PART && self.words.get(words.find(part))) || self.small.contains(part)
    }

    /// Whether the parts belong together.
    fn belong(&self, word: &str, ends: &[u32], lexicon: &Lexicon, words: &Words) -> bool {
        let parts: Vec<&str> = ends.iter().scan(0, |from, &end| Some(&word[std::mem::replace(from, end as usize)..end as usize])).collect();
        if self.prefixes.contains(parts[0]) {
            return false;
        }
        // "neckstrain" is no "necks train"
        let pair =
            parts.len() == 2 && parts.iter().all(|p| p.len() >= SURE_PART) && self.pairs.binary_search(&hash(&parts.join(" "))).is_ok();
        pair || self.tiles(&parts, lexicon, words)
    }

    /// Whether phrases and small words cover the parts, each of which goes with the next.
    fn tiles(&self, parts: &[&str], lexicon: &Lexicon, words: &Words) -> bool {
        let mut groups: Vec<Vec<(usize, Group)>> = vec![Vec::new(); parts.len()];
        let entries = &lexicon.entries;
        let known: Vec<WordId> = parts.iter().map(|p| words.find(p)).collect();
        entries.finder.each(
            0,
            parts.len(),
            |i| known[i],
            |start, end, pattern| {
                let letters = parts[start..end].iter().map(|p| p.len()).sum::<usize>();
                let group = |e: &Entry| Group { meaning: Some(e.meaning), letters };
                groups[start].extend(entries.meanings[pattern].iter().filter(|e| speaks(e)).map(|e| (end, group(e))));
            },
        );
        for (at, part) in parts.iter().enumerate().filter(|(_, p)| self.small.contains(**p)) {
            groups[at].push((at + 1, Group { meaning: None, letters: part.len() }));
        }
        covers(&groups, 0, None, lexicon)
    }
}

/// A part, or several that are one phrase; a small word has no meaning.
#[derive(Debug, Clone, Copy)]
struct Group {
    meaning: Option<Meaning>,
    letters: usize,
}

/// Whether groups that go with each other reach from `at`, behind `before`, to the end.
fn covers(groups: &[Vec<(usize, Group)>], at: usize, before: Option<Group>, lexicon: &Lexicon) -> bool {
    let Some(here) = groups.get(at) else { return true };
    here.iter().any(|&(end, group)| before.is_none_or(|b| go_together(b, group, lexicon)) && covers(groups, end, Some(group), lexicon))
}

fn go_together(left: Group, right: Group, lexicon: &Lexicon) -> bool {
    let (first, second) = match (left.meaning, right.meaning) {
        (None, None) => return false,
        (None, Some(_)) => return right.letters >= SURE_PART,
        (Some(_), None) => return left.letters >= SURE_PART,
        (Some(first), Some(second)) => (first, second),
    };
    match (first, second) {
        (Meaning::Site(site), Meaning::Finding(finding, form)) => form != Form::Action as u8 && lookup_row(lexicon, finding, site),
        (Meaning::Finding(finding, form), Meaning::Site(site)) => form == Form::Adjective as u8 && lookup_row(lexicon, finding, site),
        (Meaning::Site(site), Meaning::Concept(concept)) => {
            let site = &lexicon.sites[site.0 as usize];
            match lexicon.concept(concept).regional {
                Regional::No => false,
                Regional::Spine => site.spine,
                Regional::Any => site.region.is_some(),
            }
        }
        // "cervicaldisc", "lumbarfacet"
        (Meaning::Site(site), Meaning::Site(structure)) => {
            lexicon.sites[site.0 as usize].spine && lexicon.sites[structure.0 as usize].region.is_none()
        }
        _ => false,
    }
}

/// Whether a phrase means something, in any case.
fn speaks(entry: &Entry) -> bool {
    entry.exact.is_none() && !entry.meaning.blocks()
}

/// Seeks the parting of a word into the fewest parts.
struct Seeker<'a> {
    joined: &'a Joined,
    lexicon: &'a Lexicon,
    words: &'a Words,
    word: &'a str,
    first_ends: u64,
    last_starts: u64,
    best: Option<Vec<u32>>,
    /// Whether there are two of them.
    twice: bool,
}

impl Seeker<'_> {
    /// Goes on at `from`, behind the parts that end at `ends`; partings into more parts than the best has are not wanted.
    fn seek(&mut self, from: usize, ends: &mut Vec<u32>) {
        if ends.len() >= self.best.as_ref().map_or(MOST, Vec::len) {
            return;
        }
        let whole = self.word.len();
        for end in from + 2..=whole {
            let first = from > 0 || self.first_ends & 1 << end != 0;
            let last = end < whole || self.last_starts & 1 << from != 0;
            if !first || !last || !self.joined.is_part(&self.word[from..end], self.words) {
                continue;
            }
            ends.push(end as u32);
            if end < whole {
                self.seek(end, ends);
            } else if self.joined.belong(self.word, ends, self.lexicon, self.words) {
                self.twice = self.best.as_ref().is_some_and(|b| b.len() == ends.len());
                self.best = Some(ends.clone());
            }
            ends.pop();
        }
    }
}

/// The same text with these tokens cut at these ends.
fn cut(folded: &Folded, cuts: &[(usize, Vec<u32>)], knowledge: &Knowledge) -> Folded {
    let more = cuts.iter().map(|(_, ends)| ends.len() - 1).sum::<usize>();
    let mut text = String::with_capacity(folded.text.len() + more);
    let mut tokens = Vec::with_capacity(folded.tokens.len() + more);
    text.push(' ');
    let mut all = folded.hints;
    let mut cuts = cuts.iter().peekable();
    for (at, token) in folded.tokens.iter().enumerate() {
        let word = folded.word(at);
        let mut add = |part: &str, span: Span, like: &Token, hints: Option<Hints>| {
            let from = text.len() as u32;
            text.push_str(part);
            let word = knowledge.words.find(part);
            let hints = hints.unwrap_or_else(|| knowledge.hints(part, word));
            all = all.and(hints);
            tokens.push(Token { span, folded: Span::new(from, text.len() as u32), word, hints, ..*like });
            text.push(' ');
        };
        let Some((_, ends)) = cuts.next_if(|(cut, _)| *cut == at) else {
            add(word, token.span, token, Some(token.hints));
            continue;
        };
        let mut from = 0;
        let mut like = *token;
        for &end in ends {
            let span = Span::new(token.span.start + from, token.span.start + end);
            add(&word[from as usize..end as usize], span, &like, None);
            // the missing space counts as one
            (like.breaks, like.spaced, from) = (0, true, end);
        }
    }
    Folded { text, tokens, hints: all }
}

/// Whether a token is a part of words written as one: nothing else leaves two words without anything between them.
pub fn is_part(folded: &Folded, token: usize) -> bool {
    let touch = |left: usize| match (folded.tokens.get(left), folded.tokens.get(left + 1)) {
        (Some(a), Some(b)) => a.kind == TokenKind::Word && b.kind == TokenKind::Word && a.span.end == b.span.start,
        _ => false,
    };
    touch(token) || token.checked_sub(1).is_some_and(touch)
}

/// The first letters of a part, at most four.
struct Letters {
    number: u32,
    count: u32,
}

impl Letters {
    fn of(letters: impl Iterator<Item = u8>) -> Letters {
        letters.take(4).fold(Letters { number: 0, count: 0 }, |l, b| Letters { number: (l.number << 8) | u32::from(b), count: l.count + 1 })
    }

    /// Every four letters that a word can have there: those of a shorter part are followed by any.
    fn each(&self, mut mark: impl FnMut(u32)) {
        let free = 4 - self.count;
        for rest in 0..26u32.pow(free) {
            let behind = (0..free).fold((0, rest), |(number, rest), _| ((number << 8) | (u32::from(b'a') + rest % 26), rest / 26)).0;
            mark(spread(self.number << (8 * free) | behind));
        }
    }
}

fn hash(word: &str) -> u32 {
    Key::of(word.as_bytes()).hash() as u32
}

/// Spreads a number over all bits.
fn spread(number: u32) -> u32 {
    number.wrapping_mul(0x9E37_79B1)
}

/// The hash of one letter more.
fn step(hash: u32, letter: u8) -> u32 {
    spread(hash ^ u32::from(letter)).rotate_left(7)
}

/// A set of hashed numbers that may hold more than was put in.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    /// Its size as a power of two.
    const POWER: u32 = 15;

    fn mark(&mut self, number: u32) {
        let at = (number >> (u32::BITS - Bits::POWER)) as usize;
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn has(&self, number: u32) -> bool {
        let at = (number >> (u32::BITS - Bits::POWER)) as usize;
        self.0.get(at / 64).is_some_and(|set| set & 1 << (at % 64) != 0)
    }
}

impl Default for Bits {
    fn default() -> Bits {
        Bits(vec![0; (1 << Bits::POWER) / 64])
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::{Folded, fold_known};
    use crate::knowledge::Knowledge;

    #[test]
    fn parts_stand_at_their_own_letters() {
        let knowledge = Knowledge::built_in().unwrap();
        let text = "Née: NECKSTRAIN,\n\nLowbackpain and neckandshoulder pain";
        let folded = knowledge.fold(text);
        let words: Vec<&str> = (0..folded.tokens.len()).map(|i| folded.word(i)).collect();
        assert_eq!(words, ["nee", ":", "neck", "strain", ",", "low", "back", "pain", "and", "neck", "and", "shoulder", "pain"]);
        assert_eq!(folded.text, format!(" {} ", words.join(" ")));
        for token in &folded.tokens[2..] {
            assert_eq!(token.span.of(text).to_lowercase(), token.folded.of(&folded.text));
            assert_eq!(token.word, knowledge.words.find(token.folded.of(&folded.text)));
        }
        let breaks: Vec<u8> = folded.tokens.iter().map(|t| t.breaks).collect();
        assert_eq!(breaks, [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn right_words_are_not_parted() {
        let knowledge = Knowledge::built_in().unwrap();
        for text in ["nobody", "headache", "forearm", "postfusion", "armand", "neckandarmand", "painin", "ne\u{ad}ckstrain", "neckstrain's"]
        {
            let words = |folded: Folded| folded.tokens.iter().map(|t| (t.span, t.word)).collect::<Vec<_>>();
            assert_eq!(words(knowledge.fold(text)), words(fold_known(text, &knowledge.words)), "{text}");
        }
    }
}
