//! Finds codes by words: titles, inclusion terms, and terms of daily speech that the knowledge maps to codes.

use super::{CodeSet, NoteKind, Validity};
use crate::code::{Code, IndexTerm};
use serde::Serialize;

/// A code found by words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The code.
    pub code: Code,
    /// Its title.
    pub title: String,
    /// Whether it may be reported as it is.
    pub validity: Validity,
    /// The words that matched, where they are not the title.
    pub via: Option<String>,
    /// How well they match; comparable only within one answer.
    pub score: u32,
}

/// Words that carry nothing.
const EMPTY: [&str; 13] = ["a", "an", "and", "at", "by", "for", "in", "nos", "of", "on", "or", "the", "to"];
/// A term that says exactly the words asked for.
const EXACT: u32 = 400;
/// What an index term is worth above a title.
const INDEX: u32 = 300;

impl CodeSet {
    /// The codes whose words match, best first; all words must match, or, if none do so, words with one slip of the finger.
    pub fn search(&self, words: &str, index: &[IndexTerm], limit: usize) -> Vec<Found> {
        let query = tokens(words);
        if query.is_empty() {
            return Vec::new();
        }
        let hasty = Hasty::new(&query);
        let maybe = |text: &str| hasty.as_ref().is_none_or(|h| h.all_in(text));
        let mut found =
            self.search_with(&query, index, &maybe, &|word, asked| word == asked || (asked.len() >= 4 && word.starts_with(asked)));
        if found.is_empty() {
            found = self.search_with(&query, index, &|_| true, &|word, asked| word == asked || one_slip(word, asked));
        }
        found.sort_by(|a, b| b.score.cmp(&a.score).then(a.code.compact().len().cmp(&b.code.compact().len())).then(a.code.cmp(&b.code)));
        found.truncate(limit);
        found
    }

    fn search_with(
        &self,
        query: &[String],
        index: &[IndexTerm],
        maybe: &dyn Fn(&str) -> bool,
        same: &dyn Fn(&str, &str) -> bool,
    ) -> Vec<Found> {
        let score = |text: &str| if maybe(text) { score(query, text, same) } else { None };
        let mut found: std::collections::BTreeMap<Code, (u32, Option<&str>)> = std::collections::BTreeMap::new();
        let mut keep = |code: Code, score: u32, via| {
            let best = found.entry(code).or_insert((0, None));
            if score > best.0 {
                *best = (score, via);
            }
        };
        for entry in self.entries() {
            if let Some(score) = score(&entry.title) {
                keep(entry.code, score + 20, None);
            }
            for note in entry.notes.iter().filter(|n| matches!(n.kind, NoteKind::InclusionTerm | NoteKind::Includes)) {
                if let Some(score) = score(&note.text) {
                    keep(entry.code, score, Some(note.text.as_str()));
                }
            }
        }
        for term in index {
            if let Some(score) = score(&term.term) {
                for (i, &code) in term.codes.iter().enumerate() {
                    if self.validity(code) != Validity::Unknown {
                        keep(code, (score + INDEX).saturating_sub(i as u32), Some(term.term.as_str()));
                    }
                }
            }
        }
        let finished = found.into_iter().map(|(code, (score, via))| {
            let validity = self.validity(code);
            let score = if validity == Validity::Header { score } else { score + 10 };
            Found { code, title: self.title(code).unwrap_or_default(), validity, via: via.map(str::to_string), score }
        });
        finished.collect()
    }
}

/// Sets aside the texts that cannot hold all words, without taking them apart (of 60,000 texts, all but a few).
struct Hasty {
    stems: aho_corasick::AhoCorasick,
}

impl Hasty {
    /// `None` where words are too many or too foreign to be looked for hastily.
    fn new(query: &[String]) -> Option<Hasty> {
        // without the last letter: the plural may change it ("injury", "injuries")
        let stems: Vec<&str> =
            query.iter().map(|w| w.char_indices().next_back().map_or("", |(i, _)| w.get(..i.max(1)).unwrap_or(w))).collect();
        if query.len() > 32 || !query.iter().all(|w| w.is_ascii()) {
            return None;
        }
        let stems = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(stems).ok()?;
        Some(Hasty { stems })
    }

    fn all_in(&self, text: &str) -> bool {
        let all = u32::MAX >> (32 - self.stems.patterns_len().clamp(1, 32));
        let mut seen = 0u32;
        for found in self.stems.find_overlapping_iter(text) {
            seen |= 1 << found.pattern().as_u32();
            if seen == all {
                return true;
            }
        }
        // letters beyond ASCII may fold into ASCII ones
        seen == all || !text.is_ascii()
    }
}

/// How well a text answers: all words must be in it; the fewer other words, the better.
fn score(query: &[String], text: &str, same: &dyn Fn(&str, &str) -> bool) -> Option<u32> {
    let mut words = 0u32;
    let mut matched = vec![false; query.len()];
    let mut used = 0u32;
    let mut exact = 0u32;
    each_token(text, &mut |word| {
        words += 1;
        let mut any = false;
        for (asked, matched) in query.iter().zip(&mut matched) {
            if same(word, asked) {
                *matched = true;
                any = true;
                exact += u32::from(word == asked);
            }
        }
        used += u32::from(any);
    });
    if words == 0 || !matched.iter().all(|m| *m) {
        return None;
    }
    let all = if used == words && exact as usize >= query.len() { EXACT } else { 0 };
    Some(all + 100 * used / words + 10 * exact.min(query.len() as u32) / query.len() as u32)
}

/// The words of a text as they are compared: lower case, singular, without empty words.
fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    each_token(text, &mut |word| {
        if !out.iter().any(|o| o == word) {
            out.push(word.to_string());
        }
    });
    out
}

fn each_token(text: &str, take: &mut dyn FnMut(&str)) {
    let mut lower = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        if !EMPTY.contains(&lower.as_str()) {
            take(singular(&mut lower));
        }
    }
}

/// "sprains" → "sprain", "injuries" → "injury", "spondylosis" and "stress" stay.
fn singular(word: &mut String) -> &str {
    if word.len() > 4 && word.ends_with("ies") {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if word.len() > 3 && word.ends_with('s') && !["ss", "is", "us", "as", "os"].iter().any(|e| word.ends_with(e)) {
        word.truncate(word.len() - 1);
    }
    word
}

/// Whether two words of four letters or more differ by one letter or by two swapped ones.
fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.len() < 4 || long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(x, y)| x == y).count();
    if long.len() > short.len() || head + tail + 1 >= long.len() {
        return head + tail + 1 >= long.len();
    }
    head + tail + 2 == long.len() && short[head] == long[head + 1] && short[head + 1] == long[head]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_plural_and_slips() {
        assert_eq!(tokens("Injuries of the NECK"), ["injury", "neck"]);
        assert!(one_slip("pian", "pain") && one_slip("sprian", "sprain") && one_slip("radiculpathy", "radiculopathy"));
        assert!(!one_slip("neck", "back") && !one_slip("arm", "art"));
        let set = CodeSet::built_in();
        let neck = [IndexTerm { term: "neck pain".into(), codes: vec![Code::parse("M54.2").unwrap()] }];
        for asked in ["neck pain", "Neck Pains", "pain, neck", "neck pian", "cervicalgia", "CERVICALGIA"] {
            assert_eq!(set.search(asked, &neck, 5).first().map(|f| f.code.to_string()).as_deref(), Some("M54.2"), "{asked}");
        }
        assert_eq!(set.search("whiplash", &[], 3).first().map(|f| f.code.to_string()).as_deref(), Some("S13.4"));
        assert!(set.search("", &neck, 5).is_empty());
    }
}
