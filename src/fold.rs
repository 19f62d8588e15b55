//! Tokens and the folded text that every phrase is matched against; notes and knowledge go through the same fold.
//!
//! The folded text is the tokens in lower case, joined by single spaces, with a space at both ends:
//! `"C5-6 HNP.\n  Neck\u{a0}pain"` folds to `" c5 - 6 hnp . neck pain "`. A phrase is folded the same way, so a pattern
//! `" neck pain "` meets a line wrap, a no-break space or capitals, and its spaces are the token boundaries.
//!
//! What a token is:
//! * a run of letters, with inner apostrophes (`doesn't`); a possessive `'s` is dropped from the folded form (`Spurling's` = `spurling`);
//! * letters that run into digits stay one token (`C5`, `T2`, `x3`), digits that run into letters split (`10mg` = `10 mg`, `C5C6` = `c5 c6`, `1.No` = `1 . no`);
//! * a number with its decimals (`7.5`); `7/10` and `06/04/2021` are numbers and slashes;
//! * any other character alone; a run of one character is one token folded to two (`-----` = `--`).
//!
//! A hyphen that glues two letters is no token (`right-sided` = `right sided`, `C-spine` = `c spine`); beside a digit it is (`5-6`).
//! Dashes of all kinds fold to `-`, curly quotes to straight ones, accents are removed, zero-width characters vanish.

use crate::markup;
use crate::span::Span;
use crate::words::{Hints, Key, NO_WORDS, Vocabulary, WordId, Words, eight};
use std::hash::{BuildHasherDefault, Hasher};

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters ("neck", "doesn't").
    Word,
    /// Digits, with decimals ("7", "7.5").
    Number,
    /// Letters that run into digits ("C5", "x3").
    Alphanumeric,
    /// Anything else: one character, or a run of the same one.
    Punctuation,
}

/// One token: where it stands in the note and in the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the note's text.
    pub span: Span,
    /// Bytes of the folded text, without the spaces around it.
    pub folded: Span,
    /// What it is made of.
    pub kind: TokenKind,
    /// Line breaks between the token before and this one, at most 255 (2 or more: a blank line).
    pub breaks: u8,
    /// Whether white space (or the start of the text) stands before it.
    pub spaced: bool,
    /// Its number, if it is a word of the knowledge.
    pub word: WordId,
    /// What the knowledge asks of it.
    pub hints: Hints,
}

/// A text's tokens and their folded form.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// Tokens in lower case, one space around each; `" "` for an empty text.
    pub text: String,
    /// In text order.
    pub tokens: Vec<Token>,
    /// What is asked of any of them.
    pub hints: Hints,
}

impl Folded {
    /// The folded words of token `i` ("" if there is none).
    #[inline]
    pub fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.folded.of(&self.text))
    }

    /// Whether token `i` is the number of a year of this century or the last.
    pub fn is_year(&self, i: u32) -> bool {
        let number = self.tokens.get(i as usize).is_some_and(|t| t.kind == TokenKind::Number && t.folded.len() == 4);
        let word = self.word(i as usize);
        number && (word.starts_with("19") || word.starts_with("20")) && word.bytes().all(|b| b.is_ascii_digit())
    }

    /// The token whose folded text begins at byte `at` of the folded text.
    pub fn token_at(&self, at: u32) -> Option<usize> {
        self.tokens.binary_search_by_key(&at, |t| t.folded.start).ok()
    }
}

/// Folds a whole text that is looked up nowhere. Never fails; every token's span lies on character boundaries of `text`.
pub fn fold(text: &str) -> Folded {
    fold_known(text, &NO_WORDS)
}

/// The same, every token with its number among the words of the knowledge.
pub fn fold_known(text: &str, words: &Words) -> Folded {
    fold_with(text, words)
}

/// The same, every token with what a vocabulary tells of it.
pub(crate) fn fold_with<V: Vocabulary>(text: &str, vocabulary: V) -> Folded {
    let tokens = Vec::with_capacity(text.len() / 4 + 8);
    let out = vec![b' '; text.len() + text.len() / 4 + ROOM];
    let hints = Hints::default();
    let mut folder = Folder { text, vocabulary, out, at: 1, tokens, hints, letters: Vec::new(), cut: cut_width(text) };
    folder.run();
    folder.out.truncate(folder.at);
    // only whole characters were put
    let text = String::from_utf8(folder.out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    Folded { text, tokens: folder.tokens, hints: folder.hints }
}

/// A map whose keys are words of the knowledge: hashed fast, and alike on every machine; nothing from outside becomes a key.
pub type WordMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<WordHasher>>;
/// A set of words of the knowledge.
pub type WordSet<K> = std::collections::HashSet<K, BuildHasherDefault<WordHasher>>;

/// The hasher of [`WordMap`].
#[derive(Debug, Default, Clone)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(29) ^ Key::of(bytes).hash();
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Folds a phrase of the knowledge to the pattern it is matched by: `"Neck pain"` → `" neck pain "`.
pub fn fold_phrase(phrase: &str) -> String {
    // most phrases are plain words and need only the spaces around them
    let bytes = phrase.as_bytes();
    let mut letter = false;
    let plain = bytes.iter().all(|b| {
        let before = std::mem::replace(&mut letter, b.is_ascii_lowercase());
        letter || (*b == b' ' && before)
    });
    if !plain || !letter {
        return fold(phrase).text;
    }
    let mut folded = String::with_capacity(phrase.len() + 2);
    folded.push(' ');
    folded.push_str(phrase);
    folded.push(' ');
    folded
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Break,
    Vanish,
    Mark,
    /// A mark with which an export may begin what it marks up.
    Markup,
}

fn class_of(c: char) -> Class {
    match c {
        '\0'..='\u{7f}' => ASCII[c as usize],
        '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Break,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => Class::Vanish,
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_alphabetic() => Class::Letter,
        _ => Class::Mark,
    }
}

/// The classes of ASCII.
const ASCII: [Class; 128] = {
    let mut classes = [Class::Mark; 128];
    let mut b = 0;
    while b < 128 {
        let c = b as u8;
        classes[b] = match c {
            b'\n' | b'\r' | 0x0b | 0x0c => Class::Break,
            b' ' | 0..=31 | 127 => Class::Space,
            b'0'..=b'9' => Class::Digit,
            b'<' | b'~' | b'&' => Class::Markup,
            _ if c.is_ascii_alphabetic() => Class::Letter,
            _ => Class::Mark,
        };
        b += 1;
    }
    classes
};

/// The plain form of a mark: dashes, quotes, bullets.
fn plain_mark(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{b4}' | '`' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => '"',
        '\u{2022}' | '\u{25aa}' | '\u{25cf}' | '\u{25e6}' | '\u{b7}' | '\u{2043}' | '\u{25a0}' | '\u{f0b7}' => '•',
        '\u{2044}' | '\u{2215}' => '/',
        _ => c,
    }
}

/// Pushes the lower-case, accent-free form of a letter.
fn push_letter(out: &mut Vec<u8>, c: char) {
    let plain = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => "a",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ç' | 'Ç' => "c",
        'ñ' | 'Ñ' => "n",
        'ß' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        _ => {
            c.to_lowercase().for_each(|c| push_char(out, c));
            return;
        }
    };
    out.extend_from_slice(plain.as_bytes());
}

fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Bytes that are free behind the folded text before a word is put.
const ROOM: usize = 32;

/// How many of eight bytes are ASCII letters before the first that is none, and these in lower case.
fn letters_of(eight: u64) -> (usize, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TOP: u64 = EACH * 0x80;
    let lower = (eight & !TOP) | (EACH * 0x20);
    // the top bit of a byte: at or above `a`; above `z`
    let (from_a, above_z) = (lower + EACH * 0x1f, lower + EACH * 0x05);
    let others = !(from_a & !above_z & !eight) & TOP;
    let n = others.trailing_zeros() as usize / 8;
    (n, if n == 8 { lower } else { lower & ((1 << (8 * n)) - 1) })
}

/// The ASCII letters that a text begins with, in lower case, as a key, and how many they are; `None` for none, or more than fifteen.
#[inline]
pub(crate) fn first_word(text: &[u8]) -> Option<(Key, usize)> {
    let (first, low) = letters_of(eight(text));
    let (second, high) = if first == 8 { letters_of(eight(&text[8..])) } else { (0, 0) };
    let length = first + second;
    (1..16).contains(&length).then_some((Key { low, high }, length))
}

/// Whether a folded word has the beginning of a code's shape: "m54", "m542", and "723.1", which is a number.
#[inline]
fn may_be_code(kind: TokenKind, word: &[u8]) -> bool {
    match kind {
        TokenKind::Alphanumeric => word.len() > 2 && word[1].is_ascii_digit(),
        TokenKind::Number => word.get(3) == Some(&b'.'),
        TokenKind::Word | TokenKind::Punctuation => false,
    }
}

struct Folder<'t, V> {
    text: &'t str,
    vocabulary: V,
    /// The folded text up to `at`, and free room.
    out: Vec<u8>,
    /// The folded text ends here, with a space.
    at: usize,
    tokens: Vec<Token>,
    /// What is asked of any of them.
    hints: Hints,
    /// A word in the making.
    letters: Vec<u8>,
    /// The bytes of a line that was cut there, whatever stood there; 0 if the text was not cut so.
    cut: usize,
}

/// Bytes of the lines of a text that was cut at one width, within words as well; 0 for any other.
fn cut_width(text: &str) -> usize {
    let (mut read, mut widest, mut count, mut all) = (0, 0, 0, 0);
    let bytes = text.as_bytes();
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    for end in ends {
        let width = end - read;
        (widest, count) = match width.cmp(&widest) {
            std::cmp::Ordering::Greater => (width, 1),
            std::cmp::Ordering::Equal => (widest, count + 1),
            std::cmp::Ordering::Less => (widest, count),
        };
        (read, all) = (read + width + 1, all + 1);
        if read > CUT_HEAD || widest > *CUT.end() {
            break;
        }
    }
    if count >= CUT_LINES && 2 * count > all && CUT.contains(&widest) { widest } else { 0 }
}

/// Bytes of lines that are cut.
const CUT: std::ops::RangeInclusive<usize> = 40..=132;
/// At least so many lines, and more than half of them, are of one width where a text was cut.
const CUT_LINES: usize = 4;
/// Bytes at the beginning by which this is told.
const CUT_HEAD: usize = 1500;

impl<V: Vocabulary> Folder<'_, V> {
    /// The character at byte `at`.
    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    fn reserve(&mut self, bytes: usize) {
        if self.out.len() < self.at + bytes + ROOM {
            self.out.resize(self.at + bytes + 16 * ROOM, b' ');
        }
    }

    /// Puts folded bytes and returns what is known of the word they are.
    fn put(&mut self, folded: &[u8]) -> (WordId, Hints) {
        if let [byte] = folded {
            self.out[self.at] = *byte;
            self.at += 1;
            return self.vocabulary.look_up(Key { low: u64::from(*byte), high: 0 }, folded);
        }
        self.reserve(folded.len());
        self.out[self.at..self.at + folded.len()].copy_from_slice(folded);
        self.at += folded.len();
        self.vocabulary.look_up(Key::of(folded), folded)
    }

    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut breaks = 0u8;
        let mut spaced = true;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            // nearly all of a note is ASCII, and that needs no decoding
            let (class, width) = match ASCII.get(byte as usize) {
                Some(class) => (*class, 1),
                None => self.char_at(at).map_or((Class::Vanish, 1), |c| (class_of(c), c.len_utf8())),
            };
            let mut cell = None;
            if class == Class::Markup {
                if let Some(end) = markup::unread(bytes, at) {
                    (spaced, at) = (true, end);
                    continue;
                }
                let opens = breaks > 0 || self.tokens.is_empty();
                match markup::tags(bytes, at) {
                    // "</td><td>" is read as a bar between columns
                    Some(run) if run.cells && !run.breaks && !opens => cell = Some((b'|', run.end)),
                    Some(run) => {
                        (spaced, at) = (true, run.end);
                        match (opens && run.breaks, markup::line_end(bytes, run.end)) {
                            (true, Some(end)) => at = end,
                            (false, None) if run.breaks && !opens => breaks = 1,
                            _ => {}
                        }
                        continue;
                    }
                    None => {}
                }
            }
            let from = self.at;
            self.reserve(16);
            let (end, kind, (word, hints)) = match class {
                Class::Letter => self.word(at),
                Class::Space => {
                    spaced = true;
                    at += width;
                    continue;
                }
                Class::Break => {
                    spaced = true;
                    at += width;
                    if !(byte == b'\r' && bytes.get(at) == Some(&b'\n')) {
                        breaks = breaks.saturating_add(1);
                    }
                    continue;
                }
                Class::Vanish => {
                    at += width;
                    continue;
                }
                Class::Digit => self.number(at),
                Class::Mark | Class::Markup => match cell
                    .or_else(|| markup::entity(bytes, at))
                    .map(|(mark, end)| (end, self.put(&[mark])))
                    .or_else(|| self.mark(at, spaced))
                {
                    Some((end, word)) => (end, TokenKind::Punctuation, word),
                    None => {
                        at += width;
                        continue;
                    }
                },
            };
            let hints = hints.and(Hints::CODED.when(may_be_code(kind, &self.out[from..self.at])));
            let folded = Span::new(from as u32, self.at as u32);
            self.out[self.at] = b' ';
            self.at += 1;
            self.tokens.push(Token { span: Span::new(at as u32, end as u32), folded, kind, breaks, spaced, word, hints });
            self.hints = self.hints.and(hints);
            // most words have one blank behind them
            spaced = bytes.get(end) == Some(&b' ');
            (breaks, at) = (0, end + usize::from(spaced));
        }
    }

    /// Reads a word that begins at `start`; returns its end, its kind and what is known of it.
    #[inline]
    fn word(&mut self, start: usize) -> (usize, TokenKind, (WordId, Hints)) {
        let bytes = self.text.as_bytes();
        let here = bytes.get(start..).unwrap_or_default();
        let (first, low) = letters_of(eight(here));
        let (second, high) = if first == 8 { letters_of(eight(&here[8..])) } else { (0, 0) };
        let length = first + second;
        let end = start + length;
        let on = matches!(bytes.get(end), Some(b'\'' | b'`' | b'0'..=b'9' | 128..)) || (self.cut > 0 && self.is_cut(end));
        if length == 16 || on {
            return self.long_word(start, end);
        }
        let room = &mut self.out[self.at..self.at + 16];
        room[..8].copy_from_slice(&low.to_le_bytes());
        room[8..].copy_from_slice(&high.to_le_bytes());
        self.at += length;
        (end, TokenKind::Word, self.vocabulary.look_up(Key { low, high }, &[]))
    }

    /// Whether a line that was cut ends at byte `at`, within a word: letters of one case stand on both sides. A line with a gap in it is
    /// the row of a table, and ends where it ends.
    fn is_cut(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let Some(start) = at.checked_sub(self.cut).filter(|start| *start == 0 || bytes.get(start - 1) == Some(&b'\n')) else {
            return false;
        };
        let (Some(before), Some(after)) = (bytes.get(at - 1), bytes.get(at + 1)) else { return false };
        let word =
            (before.is_ascii_lowercase() && after.is_ascii_lowercase()) || (before.is_ascii_uppercase() && after.is_ascii_uppercase());
        word && bytes.get(at) == Some(&b'\n') && !bytes[start..at].windows(2).any(|two| two == b"  ")
    }

    /// Reads on at `end` in a word that is long, or holds more than ASCII letters.
    fn long_word(&mut self, start: usize, mut end: usize) -> (usize, TokenKind, (WordId, Hints)) {
        let mut out = std::mem::take(&mut self.letters);
        out.clear();
        out.extend(self.text.as_bytes()[start..end].iter().map(u8::to_ascii_lowercase));
        let mut kind = TokenKind::Word;
        let mut at = end;
        while let Some(c) = self.char_at(at) {
            at += c.len_utf8();
            match class_of(c) {
                Class::Letter if kind == TokenKind::Word => {
                    if c.is_ascii() {
                        out.push(c.to_ascii_lowercase() as u8);
                    } else {
                        push_letter(&mut out, c);
                    }
                }
                Class::Digit => {
                    kind = TokenKind::Alphanumeric;
                    out.push(c as u8);
                }
                Class::Vanish => continue,
                Class::Break if self.cut > 0 && self.is_cut(at - c.len_utf8()) => continue,
                Class::Mark
                    if kind == TokenKind::Word
                        && plain_mark(c) == '\''
                        && self.char_at(at).is_some_and(|n| class_of(n) == Class::Letter) =>
                {
                    out.push(b'\'');
                }
                _ => break,
            }
            end = at;
        }
        if out.ends_with(b"'s") {
            out.truncate(out.len() - 2);
        }
        let word = self.put(&out);
        self.letters = out;
        (end, kind, word)
    }

    /// Reads a number that begins at `start`; returns its end, its kind and what is known of it.
    fn number(&mut self, start: usize) -> (usize, TokenKind, (WordId, Hints)) {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut end = start;
        let mut decimals = false;
        while let Some(&byte) = bytes.get(end) {
            if byte == b'.' && !decimals && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
                decimals = true;
            } else if !byte.is_ascii_digit() {
                break;
            }
            end += 1;
        }
        (end, TokenKind::Number, self.put(&bytes[start..end]))
    }

    /// Reads a mark (or a run of it) at `start`; `None` for a hyphen that glues two letters.
    fn mark(&mut self, start: usize, spaced: bool) -> Option<(usize, (WordId, Hints))> {
        let bytes = self.text.as_bytes();
        let glues = |plain: char, folder: &Self| plain == '-' && !spaced && folder.tokens.last().is_some_and(|t| t.kind == TokenKind::Word);
        // one plain mark before something else
        if let (byte, Some(&next @ ..128)) = (bytes[start], bytes.get(start + 1))
            && byte.is_ascii()
            && !matches!(byte, b'\'' | b'`')
            && next != byte
        {
            if ASCII[next as usize] == Class::Letter && glues(char::from(byte), self) {
                return None;
            }
            return Some((start + 1, self.put(&[byte])));
        }
        let plain = plain_mark(self.char_at(start)?);
        let mut end = start;
        let mut run = 0;
        let next = loop {
            match self.char_at(end) {
                Some(c) if plain_mark(c) == plain => {
                    end += c.len_utf8();
                    run += 1;
                }
                next => break next,
            }
        };
        if run == 1 && glues(plain, self) && next.is_some_and(|n| class_of(n) == Class::Letter) {
            return None;
        }
        let mut twice = [0; 8];
        let width = plain.encode_utf8(&mut twice).len();
        if run > 1 {
            plain.encode_utf8(&mut twice[width..]);
        }
        Some((end, self.put(&twice[..if run > 1 { 2 * width } else { width }])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_on_where_a_line_was_cut() {
        let text = "FAMILY HEALTH CENTER, seen today by Y. Adey\nmi, MD. Three weeks of neck pain with tingl\ning of the thumb and no fall. There is no e\nvidence of myelopathy and no torticollis, t\nhe gait is normal.";
        let folded = fold(text);
        assert!(folded.text.contains(" tingling of the thumb ") && folded.text.contains(" no evidence of "), "{}", folded.text);
        assert!(fold("no\npain").text.contains(" no pain "));
        let rows = "numbness of the hand and the arm       absent\nweakness of the hand and the arm       absent\n".repeat(4);
        assert!(fold(&rows).text.contains(" absent weakness "));
    }

    #[test]
    fn folds_spellings_of_one_phrase_alike() {
        for text in ["neck pain", "Neck\u{a0}Pain", "NECK\r\n   pain", "neck-pain", "ne\u{ad}ck pain"] {
            assert_eq!(fold_phrase(text), " neck pain ", "{text:?}");
        }
        for text in ["C5-6", "C5\u{2013}6", "c5&ndash;6", "C5&#8211;6", "C5&#X2011;6"] {
            assert_eq!(fold_phrase(text), " c5 - 6 ", "{text:?}");
        }
        assert_eq!(fold_phrase("neck &amp; arm"), " neck & arm ");
        assert_eq!(fold_phrase("C5-6"), " c5 - 6 ");
        assert_eq!(fold_phrase("C5 – C6"), " c5 - c6 ");
        assert_eq!(fold_phrase("1.No x3d 10mg Spurling's"), " 1 . no x3 d 10 mg spurling ");
        assert_eq!(fold_phrase("7/10, 7.5; doesn’t"), " 7 / 10 , 7.5 ; doesn't ");
        assert_eq!(fold_phrase(""), " ");
    }

    #[test]
    fn what_is_struck_out_is_not_read() {
        assert_eq!(fold_phrase("Neck ~~arm~~ pain<br>"), " neck pain ");
        assert_eq!(fold_phrase("<s>arm</s> Neck&nbsp;pain <!-- no --> <DEL>x</DEL>"), " neck pain ");
        assert_eq!(fold_phrase("~~~~ neck <s>pain"), " ~~ neck < s > pain ");
    }

    #[test]
    fn tokens_point_into_the_note() {
        let text = "Née: C5-6\r\n\r\n  neck pain 😀.";
        let folded = fold(text);
        for (i, token) in folded.tokens.iter().enumerate() {
            assert!(text.get(token.span.start as usize..token.span.end as usize).is_some());
            assert_eq!(folded.token_at(token.folded.start), Some(i));
        }
        let neck = folded.tokens.iter().find(|t| t.folded.of(&folded.text) == "neck").unwrap();
        assert_eq!((neck.span.of(text), neck.breaks, neck.spaced), ("neck", 2, true));
    }
}
