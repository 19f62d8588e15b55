//! Lines of a text, whatever ends them: LF, CR, CRLF, form feed, vertical tab, NEL, LS, PS, and the tags of an export that do.

use crate::markup;

/// One line, as bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// First byte.
    pub start: usize,
    /// First byte that is not white space; `end` for a blank line.
    pub first: usize,
    /// Behind the last byte that is not white space.
    pub end: usize,
}

impl Line {
    /// Whether nothing but white space stands in it.
    pub fn blank(&self) -> bool {
        self.first >= self.end
    }

    /// Its text without the white space around it.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.first..self.end).unwrap_or("")
    }
}

/// Every line of a text; CRLF ends one line, not two.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len() / 50 + 1);
    // nearly all notes have plain line ends only
    if memchr::memchr3(b'\r', 0x0b, 0x0c, bytes).is_none()
        && memchr::memchr(b'<', bytes).is_none()
        && memchr::memchr2(0xC2, 0xE2, bytes).is_none()
    {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            out.push(line(text, start, end));
            start = end + 1;
        }
        out.push(line(text, start, bytes.len()));
        return out;
    }
    let (mut start, mut i) = (0, 0);
    while let Some(next) = bytes[i..].iter().position(|b| MAY_END[usize::from(*b)]) {
        i += next;
        if bytes[i] == b'<' {
            let Some(run) = markup::tags(bytes, i) else {
                i += 1;
                continue;
            };
            let opens = text.get(start..i).is_some_and(|before| before.trim().is_empty());
            let ended = markup::line_end(bytes, run.end);
            i = run.end;
            if opens && run.breaks {
                // what a line opens with is not read, and a line of nothing but tags is none
                i = ended.unwrap_or(run.end);
                start = i;
            } else if !opens && (run.breaks || ended.is_some()) {
                out.push(line(text, start, run.start));
                i = ended.unwrap_or(run.end);
                start = i;
            }
            continue;
        }
        let width = match (bytes[i], bytes.get(i + 1), bytes.get(i + 2)) {
            (b'\r', Some(b'\n'), _) | (0xC2, Some(0x85), _) => 2,
            (b'\n' | b'\r' | 0x0b | 0x0c, ..) => 1,
            (0xE2, Some(0x80), Some(0xA8 | 0xA9)) => 3,
            _ => {
                i += 1;
                continue;
            }
        };
        out.push(line(text, start, i));
        i += width;
        start = i;
    }
    out.push(line(text, start, bytes.len()));
    out
}

/// The bytes with which the end of a line may begin.
const MAY_END: [bool; 256] = {
    let mut set = [false; 256];
    let ends = [b'\n', b'\r', 0x0b, 0x0c, 0xC2, 0xE2, b'<'];
    let mut i = 0;
    while i < ends.len() {
        set[ends[i] as usize] = true;
        i += 1;
    }
    set
};

fn line(text: &str, start: usize, end: usize) -> Line {
    let invisible = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}');
    let all = text.get(start..end).unwrap_or("");
    if let (Some(b'!'..=b'~'), Some(b'!'..=b'~')) = (all.as_bytes().first(), all.as_bytes().last()) {
        return Line { start, first: start, end };
    }
    let left = all.trim_start_matches(invisible);
    let first = end - left.len();
    Line { start, first, end: first + left.trim_end_matches(invisible).len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_break_ends_one_line() {
        let text = "a\nb\r\nc\rd\u{85}e\u{2028}f\u{c} g \0\n";
        let found: Vec<&str> = lines(text).iter().map(|l| l.of(text)).collect();
        assert_eq!(found, ["a", "b", "c", "d", "e", "f", "g", ""]);
    }

    #[test]
    fn tags_end_lines_and_open_them() {
        let text = "<ul>\n<li>a</li><li class=\"x\">b <b>c</b></li>\n</ul>\nd<br/>\ne <6 f</p><p>g</b>\n\nh";
        let found: Vec<&str> = lines(text).iter().map(|l| l.of(text)).collect();
        assert_eq!(found, ["a", "b <b>c", "d", "e <6 f", "g", "", "h"]);
    }
}
