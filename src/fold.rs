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

use crate::span::Span;

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
}

/// A text's tokens and their folded form.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// Tokens in lower case, one space around each; `" "` for an empty text.
    pub text: String,
    /// In text order.
    pub tokens: Vec<Token>,
}

impl Folded {
    /// The folded words of token `i` ("" if there is none).
    pub fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.folded.of(&self.text))
    }

    /// The token whose folded text begins at byte `at` of the folded text.
    pub fn token_at(&self, at: u32) -> Option<usize> {
        self.tokens.binary_search_by_key(&at, |t| t.folded.start).ok()
    }
}

/// Folds a whole text. Never fails; every token's span lies on character boundaries of `text`.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len() + text.len() / 8 + 2), tokens: Vec::with_capacity(text.len() / 5) };
    folded.text.push(' ');
    fold_into(text, 0, &mut folded);
    folded
}

/// Folds a phrase of the knowledge to the pattern it is matched by: `"Neck pain"` → `" neck pain "`.
pub fn fold_phrase(phrase: &str) -> String {
    fold(phrase).text
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Break,
    Vanish,
    Mark,
}

fn class_of(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{c}' | '\u{b}' => Class::Break,
        ' ' | '\t' => Class::Space,
        '\0'..='\u{7f}' => {
            if c.is_ascii_control() {
                Class::Space
            } else {
                Class::Mark
            }
        }
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => Class::Vanish,
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_alphabetic() => Class::Letter,
        _ => Class::Mark,
    }
}

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
fn push_letter(out: &mut String, c: char) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
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
            out.extend(c.to_lowercase());
            return;
        }
    };
    out.push_str(plain);
}

/// Folds `text`, whose first byte is byte `base` of the note, onto `out` (whose text must end with a space).
pub fn fold_into(text: &str, base: u32, out: &mut Folded) {
    let at = |i: usize| base + i as u32;
    let mut breaks = 0u8;
    let mut spaced = true;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let class = class_of(c);
        match class {
            Class::Space => spaced = true,
            Class::Break => {
                spaced = true;
                let crlf = c == '\r' && matches!(chars.peek(), Some((_, '\n')));
                if !crlf {
                    breaks = breaks.saturating_add(1);
                }
            }
            Class::Vanish => {}
            Class::Letter | Class::Digit | Class::Mark => {
                let from = out.text.len() as u32;
                let (end, kind) = match class {
                    Class::Letter => word(text, i, &mut out.text),
                    Class::Digit => number(text, i, &mut out.text),
                    _ => match mark(text, i, c, spaced, out) {
                        Some(end) => (end, TokenKind::Punctuation),
                        None => continue,
                    },
                };
                let folded = Span::new(from, out.text.len() as u32);
                out.text.push(' ');
                out.tokens.push(Token { span: Span::new(at(i), at(end)), folded, kind, breaks, spaced });
                breaks = 0;
                spaced = false;
                while chars.peek().is_some_and(|(j, _)| *j < end) {
                    chars.next();
                }
            }
        }
    }
}

/// Reads a word that begins at `start`; returns its end and kind.
fn word(text: &str, start: usize, out: &mut String) -> (usize, TokenKind) {
    let from = out.len();
    let mut end = start;
    let mut kind = TokenKind::Word;
    let mut rest = text[start..].char_indices().peekable();
    while let Some((i, c)) = rest.next() {
        match class_of(c) {
            Class::Letter if kind == TokenKind::Word => push_letter(out, c),
            Class::Digit => {
                kind = TokenKind::Alphanumeric;
                out.push(c);
            }
            Class::Vanish => continue,
            Class::Mark
                if kind == TokenKind::Word && plain_mark(c) == '\'' && rest.peek().is_some_and(|(_, n)| class_of(*n) == Class::Letter) =>
            {
                out.push('\'');
            }
            _ => break,
        }
        end = start + i + c.len_utf8();
    }
    if out[from..].ends_with("'s") {
        out.truncate(out.len() - 2);
    }
    (end, kind)
}

/// Reads a number that begins at `start`; returns its end and kind.
fn number(text: &str, start: usize, out: &mut String) -> (usize, TokenKind) {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut decimals = false;
    while end < bytes.len() {
        if bytes[end].is_ascii_digit() {
            out.push(bytes[end] as char);
        } else if bytes[end] == b'.' && !decimals && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            decimals = true;
            out.push('.');
        } else {
            break;
        }
        end += 1;
    }
    (end, TokenKind::Number)
}

/// Reads a mark (or a run of it) at `start`; `None` for a hyphen that glues two letters.
fn mark(text: &str, start: usize, c: char, spaced: bool, out: &mut Folded) -> Option<usize> {
    let plain = plain_mark(c);
    let mut end = start + c.len_utf8();
    let mut run = 1;
    while let Some(next) = text[end..].chars().next().filter(|n| plain_mark(*n) == plain) {
        end += next.len_utf8();
        run += 1;
    }
    let last = out.tokens.last().map(|t| t.kind);
    let glues = plain == '-'
        && run == 1
        && !spaced
        && last == Some(TokenKind::Word)
        && text[end..].chars().next().is_some_and(|n| class_of(n) == Class::Letter);
    if glues {
        return None;
    }
    out.text.push(plain);
    if run > 1 {
        out.text.push(plain);
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_spellings_of_one_phrase_alike() {
        for text in ["neck pain", "Neck\u{a0}Pain", "NECK\r\n   pain", "neck-pain", "ne\u{ad}ck pain"] {
            assert_eq!(fold_phrase(text), " neck pain ", "{text:?}");
        }
        assert_eq!(fold_phrase("C5-6"), " c5 - 6 ");
        assert_eq!(fold_phrase("C5 – C6"), " c5 - c6 ");
        assert_eq!(fold_phrase("1.No x3d 10mg Spurling's"), " 1 . no x3 d 10 mg spurling ");
        assert_eq!(fold_phrase("7/10, 7.5; doesn’t"), " 7 / 10 , 7.5 ; doesn't ");
        assert_eq!(fold_phrase(""), " ");
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
