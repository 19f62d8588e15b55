//! Whether a note can name a target concept at all, by a scan of its raw text; most notes of a bulk feed cannot.
//!
//! The scan may say yes too often, never no wrongly: a note it turns away has no mention of a concept marked `target`.
//! Letters outside ASCII and invisible characters are folded before matching, so a note with any of them is always kept.

use crate::knowledge::lexicon::Lexicon;
use crate::knowledge::lexicon::stems::{Stems, Words};

/// Longer words are no misspelt words of the lexicon.
const LONGEST: usize = 24;

/// Whether `mentions` could find a target concept in the text.
pub fn possible(text: &str, lexicon: &Lexicon) -> bool {
    if text.chars().any(|c| !c.is_ascii() && (c.is_alphabetic() || invisible(c))) {
        return true;
    }
    let stems = lexicon.stems();
    let found = found(text, stems);
    let has = |words: &Words| words.iter().all(|w| found[*w as usize / 64] & (1 << (w % 64)) != 0);
    stems.alone.iter().any(has)
        || stems.together.iter().any(|(findings, sites)| findings.iter().any(has) && sites.iter().any(has))
        || misspelt(text, lexicon)
}

/// The set of stems that stand in the text as words.
fn found(text: &str, stems: &Stems) -> Vec<u64> {
    let bytes = text.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let mut found = vec![0; stems.count.div_ceil(64)];
    for hit in stems.automaton.find_overlapping_iter(text) {
        let stem = hit.pattern().as_usize();
        let begins = !hit.start().checked_sub(1).is_some_and(letter);
        if begins && (stem >= stems.levels_from || !letter(hit.end())) {
            found[stem / 64] |= 1 << (stem % 64);
        }
    }
    found
}

/// Whether any word of the text would be put right.
fn misspelt(text: &str, lexicon: &Lexicon) -> bool {
    let mut lower = String::with_capacity(LONGEST);
    text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| {
        if word.len() < 3 || word.len() > LONGEST {
            return false;
        }
        lower.clear();
        lower.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        lexicon.spelling.correct(&lower).is_some()
    })
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}')
}
