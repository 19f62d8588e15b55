//! List marks: "1.", "2)", "(3)", "#4", "a.", "B)", "- ", "•", " 1 Cervicalgia".

use crate::layout::ItemKind;

/// A list mark at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marker {
    pub kind: ItemKind,
    /// Its number, or the place of its letter.
    pub number: u32,
    /// What closes it.
    pub close: char,
    pub letter: bool,
}

/// The list mark that a line (without white space before it) begins with.
pub(crate) fn marker(line: &str) -> Option<Marker> {
    let bytes = line.as_bytes();
    let first = line.chars().next()?;
    let behind = line[first.len_utf8()..].chars().next();
    let spaced = behind.is_none_or(char::is_whitespace);
    match first {
        '-' | '*' | '–' | '—' | '+' | '>' | 'o' if spaced && line.len() > 1 => {
            return Some(Marker { kind: ItemKind::Bullet, number: 0, close: first, letter: false });
        }
        '•' | '·' | '▪' | '●' | '◦' | '■' | '\u{f0b7}' | '◉' | '○' | '◯' | '✓' | '✔' | '✗' | '✘' | '✕' | '►' | '▶' | '▸' | '➤' | '➔'
        | '→' | '◆' | '❖' | '»' | '★' | '✦' => {
            return Some(Marker { kind: ItemKind::Bullet, number: 0, close: first, letter: false });
        }
        '-' | '+' if behind.is_some_and(char::is_alphabetic) => {
            return Some(Marker { kind: ItemKind::Bullet, number: 0, close: first, letter: false });
        }
        '#' if behind != Some('#') => {
            return Some(Marker { kind: ItemKind::Numbered, number: digits(&bytes[1..]).1, close: '#', letter: false });
        }
        // "_X_ Cervicalgia" above "___ Stenosis"
        '_' => return blank(line),
        'x' | 'X' if line.get(1..3).is_some_and(|gap| gap.trim().is_empty()) => {
            return Some(Marker { kind: ItemKind::Bullet, number: 0, close: 'x', letter: false });
        }
        _ => {}
    }
    let opened = usize::from(first == '(');
    let rest = &bytes[opened..];
    let (mut width, mut number) = digits(rest);
    let letter = width == 0 && rest.first().is_some_and(u8::is_ascii_alphabetic);
    if letter {
        width = 1;
        number = u32::from(rest[0].to_ascii_lowercase() - b'a') + 1;
    }
    if width == 0 || width > 2 {
        return None;
    }
    let close = *rest.get(width)? as char;
    let after = rest.get(width + 1).copied();
    let marked = match close {
        ')' => after.is_none_or(|b| b != b':') && (opened == 1 || !letter || after.is_none_or(|b| b.is_ascii_whitespace())),
        '.' if opened == 0 => match after {
            None => true,
            Some(b) if letter => b.is_ascii_whitespace(),
            Some(b) => !b.is_ascii_digit(),
        },
        ' ' => !letter && opened == 0 && number > 0 && number < 20 && after.is_some_and(|b| b.is_ascii_uppercase()),
        _ => false,
    };
    marked.then_some(Marker { kind: ItemKind::Numbered, number, close, letter })
}

/// A blank to fill in before an entry, or a filled one: "___ ", "_X_ ".
fn blank(line: &str) -> Option<Marker> {
    let rest = line.trim_start_matches('_');
    let filled = rest.strip_prefix(['x', 'X']).filter(|rest| rest.starts_with('_')).map(|rest| rest.trim_start_matches('_'));
    let wide = line.len() - rest.len() > 1;
    let entry = filled.unwrap_or(rest).trim_start();
    let close = if filled.is_some() { 'x' } else { '_' };
    let marked = (filled.is_some() || wide) && entry.starts_with(char::is_alphabetic);
    marked.then_some(Marker { kind: ItemKind::Bullet, number: 0, close, letter: false })
}

fn digits(bytes: &[u8]) -> (usize, u32) {
    let width = bytes.iter().take_while(|b| b.is_ascii_digit()).take(4).count();
    (width, bytes[..width].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

/// Where further entries of the same list begin in a line: "1. Foo. 2. Bar" has one, at "2.".
pub(crate) fn inline_entries(line: &str, first: Marker) -> Vec<usize> {
    let mut out = Vec::new();
    if first.kind != ItemKind::Numbered || !matches!(first.close, '.' | ')') {
        return out;
    }
    let mut want = first.number + 1;
    for (space, _) in line.match_indices([' ', '\t']) {
        let at = space + 1;
        let Some(rest) = line.get(at..) else { continue };
        let Some(next) = rest.chars().next().filter(|c| c.is_ascii_alphanumeric() || *c == '(') else { continue };
        let same = marker(rest).is_some_and(|m| m.number == want && m.close == first.close && m.letter == first.letter);
        let before = line[..space].trim_end();
        let closed = before.ends_with(['.', ';', ',', ')', '?', ':']) || line[..at].ends_with("  ") || first.close == ')' || next == '(';
        // "1. HNP C5-6 2. C7 radiculopathy"
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '));
        let closed = closed || (rest.starts_with(|c: char| c.is_ascii_digit()) && behind.starts_with(|c: char| c.is_ascii_uppercase()));
        if same && closed {
            out.push(at);
            want += 1;
        }
    }
    out
}
