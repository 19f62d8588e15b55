//! Which unknown words are one slip away from a word of the lexicon.
//!
//! Only words that the lexicon lists as correctable are sought: clinical words that no everyday word resembles.
//! Each is filed under itself and under each form with one letter left out; two words that are one insertion, deletion,
//! exchange or transposition apart share such a form. A small table of beginnings and endings with the lengths they stand in turns
//! most words away before that (a slip in the very middle of a six-letter word is lost by it).

use super::entries::Entries;
use super::words_of;
use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{WordSet, fold};
use crate::knowledge::source::lexicon::LexiconDoc;
use crate::words::{ByWord, WordId, Words};
use serde::{Deserialize, Serialize};

/// Words shorter than this are not corrected: too many right words are one slip apart.
pub const SHORTEST: usize = 6;

/// The index.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Spelling {
    /// What listed words stand for.
    listed: Vec<String>,
    /// By listed word: its place among them, plus one.
    listed_at: ByWord<u16>,
    words: Vec<String>,
    /// Forms by hash, in order, with the word that each is of.
    by_form: Vec<(u64, u16)>,
    /// By beginning or ending: the lengths that words so near have, one bit each, those above 31 as 31; empty without words.
    ends: Vec<u32>,
}

const END_SLOTS: usize = 1 << 13;
/// Words of this many letters or more are known by four letters at an end, shorter ones by three.
const FOUR: usize = 9;

impl Spelling {
    pub(crate) fn compile(docs: &[(&str, &LexiconDoc)], entries: &Entries, all: &mut Words, problems: &mut Vec<Diagnostic>) -> Spelling {
        let mut spelling = Spelling::default();
        let words = words_of(entries);
        for (path, doc) in docs {
            for listed in &doc.misspellings {
                if words.contains(listed.wrong.as_str()) {
                    let at = Location { path: (*path).into(), line: listed.wrong.line, column: listed.wrong.column };
                    problems.push(Diagnostic::error("K016", at, format!("`{}` is a word of a term", listed.wrong.value)));
                }
                let right = fold(&listed.right).text.trim().to_owned();
                if right.contains(' ') {
                    let at = Location { path: (*path).into(), line: listed.right.line, column: listed.right.column };
                    let problem = Diagnostic::error("K016", at, format!("`{}` is more than one word", listed.right.value));
                    problems.push(problem.help("words of terms that are written as one are read apart without being listed"));
                }
                spelling.listed.push(right);
                *spelling.listed_at.slot(all.add(&listed.wrong)) = spelling.listed.len() as u16;
            }
            doc.known_words.iter().for_each(|w| _ = all.add(w));
        }
        let words = spelling.correctable(docs, &words, problems);
        spelling.file(words);
        spelling
    }

    /// The index of these words.
    pub(crate) fn of(words: Vec<String>) -> Spelling {
        let mut spelling = Spelling::default();
        spelling.file(words.into_iter().filter(|w| w.len() >= SHORTEST && w.is_ascii()).collect());
        spelling
    }

    fn file(&mut self, mut words: Vec<String>) {
        words.sort_unstable();
        words.dedup();
        for (id, word) in words.iter().enumerate() {
            self.by_form.extend(forms(word).map(|form| (form, id as u16)));
            let bytes = word.as_bytes();
            self.ends.resize(END_SLOTS, 0);
            for (letters, which) in [(3, 0), (3, 1), (4, 2), (4, 3)] {
                let part = if which % 2 == 0 { &bytes[..letters] } else { &bytes[bytes.len() - letters..] };
                self.ends[end_slot(part, which)] |= 0b111 << (bytes.len().min(31) - 1).min(29);
            }
        }
        self.by_form.sort_unstable();
        self.words = words;
    }

    /// The words to be put right; each must be a word of a term.
    fn correctable(&self, docs: &[(&str, &LexiconDoc)], words: &WordSet<&str>, problems: &mut Vec<Diagnostic>) -> Vec<String> {
        let mut correctable = Vec::new();
        for (path, doc) in docs {
            for word in &doc.correctable {
                if word.len() >= SHORTEST && word.is_ascii() && words.contains(word.as_str()) {
                    correctable.push(word.value.to_string());
                } else {
                    let at = Location { path: (*path).into(), line: word.line, column: word.column };
                    problems.push(Diagnostic::error("K016", at, format!("`{}` is too short, or no word of any term", word.value)));
                }
            }
        }
        correctable
    }

    /// Whether a word of that length begins or ends like one that may be meant.
    #[inline]
    fn near(&self, word: &[u8]) -> bool {
        let (letters, which) = if word.len() < FOUR { (3, 0) } else { (4, 2) };
        let lengths = |part: &[u8], which: usize| self.ends.get(end_slot(part, which)).copied().unwrap_or(0);
        let all = lengths(&word[..letters], which) | lengths(&word[word.len() - letters..], which + 1);
        all & (1 << word.len().min(31)) != 0
    }

    /// The words meant by a folded word with its number, if it is misspelt: a listed one, or one that is no word of the knowledge and
    /// a single slip away from exactly one.
    pub fn correct(&self, word: &str, id: WordId) -> Option<&str> {
        if id != WordId::NONE {
            let at = self.listed_at.get(id).checked_sub(1)?;
            return self.listed.get(at as usize).map(String::as_str);
        }
        let bytes = word.as_bytes();
        // One slip leaves the letters at the beginning or those at the end untouched; most words are turned away here.
        if bytes.len() < SHORTEST || !self.near(bytes) {
            return None;
        }
        if bytes.iter().all(u8::is_ascii_lowercase) { self.seek(word) } else { None }
    }

    /// The one word that is a single slip away.
    fn seek(&self, word: &str) -> Option<&str> {
        let mut found: Option<&str> = None;
        for form in forms(word) {
            let first = self.by_form.partition_point(|(f, _)| *f < form);
            for (_, id) in self.by_form[first..].iter().take_while(|(f, _)| *f == form) {
                let candidate = self.words[*id as usize].as_str();
                if !one_slip_apart(candidate, word) || is_ending_of(candidate, word) {
                    continue;
                }
                match found {
                    Some(other) if other != candidate => return None,
                    _ => found = Some(candidate),
                }
            }
        }
        found
    }
}

/// Whether the words differ only by an ending (`strain`, `strains`): a form, not a slip.
fn is_ending_of(a: &str, b: &str) -> bool {
    let stem = |long: &str, short: &str| long.len() == short.len() + 1 && long.starts_with(short) && long.ends_with('s');
    stem(a, b) || stem(b, a)
}

fn end_slot(letters: &[u8], which: usize) -> usize {
    let hash = letters.iter().fold(which as u32 + 1, |h, b| (h << 7) ^ u32::from(*b));
    (hash.wrapping_mul(0x9E37_79B1) >> 19) as usize % END_SLOTS
}

/// Longer words are no slip away from a word of the lexicon.
const LONGEST: usize = 40;

/// Hashes of the word and of each form with one letter left out; none of a word that is too long.
///
/// A form's hash is that of the letters before the gap and that of the letters behind it, so all of them cost one walk.
fn forms(word: &str) -> impl Iterator<Item = u64> + use<> {
    const FACTOR: u64 = 0x0100_0000_01b3;
    let bytes = word.as_bytes();
    let length = if bytes.len() > LONGEST { 0 } else { bytes.len() };
    // the letters from `i` on, and the factor's power that stands before them
    let mut behind = [0u64; LONGEST + 1];
    let mut power = 1u64;
    for i in (0..length).rev() {
        behind[i] = behind[i + 1].wrapping_add(u64::from(bytes[i]).wrapping_mul(power));
        power = power.wrapping_mul(FACTOR);
    }
    // the letters before `i`
    let mut before = [0u64; LONGEST + 1];
    for i in 0..length {
        before[i + 1] = before[i].wrapping_mul(FACTOR).wrapping_add(u64::from(bytes[i]));
    }
    let mut out = [0u64; LONGEST + 1];
    let mut power = 1u64;
    for i in (0..length).rev() {
        out[i] = before[i].wrapping_mul(power).wrapping_add(behind[i + 1]);
        power = power.wrapping_mul(FACTOR);
    }
    out[length] = behind[0];
    out.into_iter().take(if length == 0 { 0 } else { length + 1 })
}

/// Whether two words are one insertion, deletion, exchange or transposition of neighbours apart (equal words are not).
pub fn one_slip_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let start = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 if start == long.len() => false,
        0 => {
            long[start + 1..] == short[start + 1..]
                || (start + 1 < long.len()
                    && long[start] == short[start + 1]
                    && long[start + 1] == short[start]
                    && long[start + 2..] == short[start + 2..])
        }
        1 => long[start + 1..] == short[start..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
        for (a, b) in [("stenosis", "stenois"), ("stenosis", "stneosis"), ("stenosis", "stenosys"), ("stenosis", "stenossis")] {
            assert!(one_slip_apart(a, b) && one_slip_apart(b, a), "{a} {b}");
        }
        for (a, b) in [("stenosis", "stenosis"), ("stenosis", "sclerosis"), ("", "ab")] {
            assert!(!one_slip_apart(a, b), "{a} {b}");
        }
    }
}
