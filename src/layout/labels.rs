//! The shape of what may be a heading: markup, numbering, capitals.

use crate::markup;

/// Bytes of markup, quoting or a bullet before a label, and whether it is a bullet.
pub(crate) fn markup(line: &str) -> (usize, bool) {
    let mut at = segment(line);
    let mut bullet = false;
    loop {
        let rest = &line[at..];
        let Some(c) = rest.chars().next() else { return (at, bullet) };
        let next = rest[c.len_utf8()..].chars().next();
        match c {
            '<' => match rest.find('>').filter(|end| *end <= 24) {
                Some(end) => at += end + 1,
                None => match markup::tags(rest.as_bytes(), 0) {
                    Some(tags) => at += tags.end,
                    None => return (at, bullet),
                },
            },
            // "-- Objective --" is set off, not listed
            '*' | '-' | '–' | '+' if next.is_none_or(char::is_whitespace) && !line[..at].ends_with(['-', '*']) => {
                bullet = true;
                at += c.len_utf8();
            }
            '▼' | '▾' | '►' | '▶' | '▸' | '➤' | '➔' | '→' | '◆' | '❖' | '»' | '§' | '★' | '✦' | '■' | '◼' => {
                at += c.len_utf8()
            }
            // "•Assessment", "o Assessment"
            '•' | '·' | '▪' | '●' | '◦' | '‣' | '○' => {
                bullet = true;
                at += c.len_utf8();
            }
            'o' if at == segment(line)
                && rest.as_bytes().get(1) == Some(&b' ')
                && rest.as_bytes().get(2).is_some_and(u8::is_ascii_uppercase) =>
            {
                bullet = true;
                at += 2;
            }
            '#' | '*' | '_' | '=' | '-' | '~' | '[' | '"' | '|' | '>' => at += c.len_utf8(),
            _ if c.is_whitespace() => at += c.len_utf8(),
            _ => return (at, bullet),
        }
    }
}

/// Bytes of the fields of an HL7 segment before its text: "OBX|5|TX|||FINDINGS:".
fn segment(line: &str) -> usize {
    let named = line.starts_with("OBX|") || line.starts_with("NTE|");
    if !named {
        return 0;
    }
    let head = line.get(..crate::span::floor(line, SEGMENT)).unwrap_or("");
    head.rfind('|').map_or(0, |bar| bar + 1)
}

/// Bytes that the fields of a segment before its text may take.
const SEGMENT: usize = 24;

/// Bytes of a number or Roman numeral with its point or bracket and the space behind ("4. ", "IV) "); 0 if there is none.
pub(crate) fn numbering(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let roman = line.bytes().take_while(|b| matches!(b, b'I' | b'V' | b'X')).count();
    let width = if digits > 0 { digits } else { roman };
    if width == 0 || width > 4 || !matches!(line.as_bytes().get(width), Some(b'.' | b')')) {
        return 0;
    }
    let behind = &line[width + 1..];
    let spaces = behind.len() - behind.trim_start().len();
    if spaces == 0 { 0 } else { width + 1 + spaces }
}

/// Bytes of the number of a form's field ("Box 17 ", "Item 5. ", "(3) "), with the space behind; 0 if there is none.
pub(crate) fn field_number(line: &str, names_field: impl Fn(&str) -> bool) -> usize {
    let bytes = line.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let opened = bytes.first() == Some(&b'(');
    let name = if opened { 0 } else { bytes.iter().take(FIELD).take_while(|b| b.is_ascii_alphabetic()).count() };
    let at = if opened { 1 } else { name + usize::from(name > 0 && bytes.get(name) == Some(&b' ')) };
    let width = bytes.get(at).map_or(0, |_| digits(at));
    if width == 0 || width > 3 || !(opened || name > 0 && names_field(&line[..name].to_ascii_lowercase())) {
        return 0;
    }
    let mut end = at + width;
    if opened && bytes.get(end) != Some(&b')') {
        return 0;
    }
    end += usize::from(matches!(bytes.get(end), Some(b'.' | b')' | b':')));
    let spaces = bytes[end.min(bytes.len())..].iter().take_while(|b| **b == b' ').count();
    if spaces == 0 { 0 } else { end + spaces }
}

/// What stands behind a word that opens a line, in any case: " #2: Neck pain" of "Problem #2: Neck pain".
pub(crate) fn behind_word<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let head = line.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word))?;
    Some(&line[head.len()..])
}

/// The number at the beginning of a text, and the bytes that it takes with the blanks and signs around it: " #2", "2 ".
pub(crate) fn counted(text: &str) -> (Option<u32>, usize) {
    let width = text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'#' | b' ')).count();
    (text[..width].trim_matches(['#', ' ']).parse().ok(), width)
}

/// Letters of the name of a form's field, at most.
const FIELD: usize = 8;

/// A label without what stands in brackets and the markup behind it.
pub(crate) fn clean(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    let mut depth = 0usize;
    for c in label.chars() {
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth = depth.saturating_sub(1),
            '*' | '_' | '=' | '~' | '|' => out.push(' '),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// A label without the date at its end: "MRI C-spine 2/3".
pub(crate) fn undated(label: &str) -> &str {
    label.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | ' ' | '(' | ')' | ','))
}

/// The folded words of a label without its hyphens, if it holds nothing but ASCII letters, spaces, hyphens and marks between words, as
/// most do; `None` if it holds more, or too much.
pub(crate) fn plain_words<'r>(label: &str, room: &'r mut [u8]) -> Option<&'r str> {
    let mut n = 0;
    for byte in label.bytes() {
        if n + 3 > room.len() {
            return None;
        }
        match byte {
            b' ' | b'-' if n == 0 || room[n - 1] == b' ' => continue,
            b' ' | b'-' => room[n] = b' ',
            b'/' | b'&' | b',' | b'+' => {
                if n > 0 && room[n - 1] != b' ' {
                    room[n] = b' ';
                    n += 1;
                } else if n > 1 && room[n - 2] == byte {
                    return None;
                }
                (room[n], room[n + 1]) = (byte, b' ');
                n += 1;
            }
            _ if byte.is_ascii_alphabetic() => room[n] = byte.to_ascii_lowercase(),
            _ => return None,
        }
        n += 1;
    }
    let n = if n > 0 && room[n - 1] == b' ' { n - 1 } else { n };
    std::str::from_utf8(&room[..n]).ok().filter(|words| !words.is_empty())
}

/// Letters of a label: how many, how many of them capital.
pub(crate) fn letters(label: &str) -> (usize, usize) {
    if label.is_ascii() {
        let count = |of: fn(&u8) -> bool| label.bytes().filter(of).count();
        return (count(u8::is_ascii_alphabetic), count(u8::is_ascii_uppercase));
    }
    label.chars().filter(|c| c.is_alphabetic()).fold((0, 0), |(all, upper), c| (all + 1, upper + usize::from(c.is_uppercase())))
}

/// "PLAN OF CARE": capitals only, long enough to be no abbreviation of a value.
pub(crate) fn capitals(label: &str) -> bool {
    let (all, upper) = letters(label);
    let words = label.split_whitespace().count();
    all == upper && words <= 7 && (all >= 5 || (words >= 2 && all >= 4)) && plain(label)
}

/// "Plan of Care": every word of weight begins with a capital.
pub(crate) fn title_case(label: &str) -> bool {
    let mut words = label.split_whitespace();
    let weighty = |w: &str| w.chars().next().is_some_and(char::is_uppercase) || w.len() <= 3;
    plain(label) && label.chars().next().is_some_and(char::is_uppercase) && label.split_whitespace().count() <= 6 && words.all(weighty)
}

fn plain(label: &str) -> bool {
    label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '/' | '&' | '-' | '\'' | '(' | ')' | ',' | '’'))
}

/// Whether a sentence or a heading may begin behind this text: it ends with a closing mark.
pub(crate) fn closes(text: &str) -> bool {
    text.trim_end()
        .chars()
        .next_back()
        .is_none_or(|c| matches!(c, '.' | ':' | ';' | '!' | '?' | ')' | '"' | '”' | '|' | '*' | '>' | '_' | '='))
}

/// "A S S E S S M E N T" without its blanks; `None` for a label that is not spaced out so.
pub(crate) fn spaced_out(label: &str) -> Option<String> {
    let bytes = label.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let blank = |at: usize| bytes.get(at) == Some(&b' ');
    if !(letter(0) && blank(1) && letter(2) && blank(3) && letter(4) && blank(5) && letter(6)) {
        return None;
    }
    // words are parted by more than one blank
    let words: Vec<String> = label.split("  ").filter(|w| !w.trim().is_empty()).map(|w| w.split(' ').collect()).collect();
    let single = |word: &str| word.split(' ').all(|letter| letter.len() <= 1);
    label.split("  ").all(single).then(|| words.join(" "))
}
