//! A text with marks aligned under its words, at a width.

use crate::span::Span;
use std::io::{Result, Write};
use unicode_width::UnicodeWidthChar;

/// Words to mark, and what to say of them.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// The words.
    pub span: Span,
    /// The sign repeated under them.
    pub sign: char,
    /// What is said beside the signs.
    pub label: String,
}

/// A line to put before the line in which a byte stands.
#[derive(Debug, Clone)]
pub(super) struct Headline {
    /// The byte.
    pub at: u32,
    /// The line.
    pub line: String,
}

/// Writes the text wrapped, with a line of signs for each mark under the words it marks.
pub(super) fn write(text: &str, marks: &[Mark], headlines: &[Headline], width: usize, out: &mut dyn Write) -> Result<()> {
    let mut headlines = headlines.iter().peekable();
    let mut waiting: Vec<&Mark> = marks.iter().collect();
    waiting.sort_by_key(|m| m.span.start);
    let mut waiting = waiting.into_iter().peekable();
    // a long note has many marks, a line only a few
    let mut open: Vec<&Mark> = Vec::new();
    for (start, end) in lines(text, width) {
        while let Some(headline) = headlines.next_if(|h| (h.at as usize) < end.max(start + 1) || h.at as usize == start) {
            writeln!(out, "{}", headline.line)?;
        }
        writeln!(out, "{}", shown(&text[start..end]).trim_end())?;
        while let Some(mark) = waiting.next_if(|m| (m.span.start as usize) < end) {
            open.push(mark);
        }
        open.retain(|m| m.span.end as usize > start);
        for mark in &open {
            let (from, to) = ((mark.span.start as usize).max(start), (mark.span.end as usize).min(end));
            if from >= to {
                continue;
            }
            let words = text[from..to].trim_end();
            let before = columns(&text[start..from]);
            let signs: String = std::iter::repeat_n(mark.sign, columns(words).max(1)).collect();
            let first = from == mark.span.start as usize;
            let line = format!("{}{signs}", " ".repeat(before));
            if !first {
                writeln!(out, "{line}")?;
            } else if before + columns(words) + 1 + mark.label.chars().count() <= width {
                writeln!(out, "{line} {}", mark.label)?;
            } else {
                writeln!(out, "{line}")?;
                let indent = before.min(width.saturating_sub(mark.label.chars().count()));
                writeln!(out, "{}{}", " ".repeat(indent), mark.label)?;
            }
        }
    }
    headlines.try_for_each(|h| writeln!(out, "{}", h.line))
}

/// How a character is shown: control characters as a space.
fn visible(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

fn shown(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| visible(c).width().unwrap_or(0)).sum()
}

/// The byte ranges of the lines shown: the text's own lines, wrapped at spaces.
fn lines(text: &str, width: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (mut from, end) = (start, start + line.trim_end_matches(['\n', '\r']).len());
        start += line.len();
        loop {
            let (mut used, mut cut, mut space) = (0, None, None);
            for (i, c) in text[from..end].char_indices() {
                used += visible(c).width().unwrap_or(0);
                if used > width {
                    cut = Some(space.unwrap_or(from + i));
                    break;
                }
                if c == ' ' {
                    space = Some(from + i + 1);
                }
            }
            match cut.filter(|c| *c > from) {
                Some(cut) => {
                    out.push((from, cut));
                    from = cut;
                }
                None => {
                    out.push((from, end));
                    break;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under(text: &str, marks: &[(&str, char, &str)], width: usize) -> String {
        let mark = |(words, sign, label): &(&str, char, &str)| {
            let start = text.find(words).unwrap();
            Mark { span: Span::new(start as u32, (start + words.len()) as u32), sign: *sign, label: (*label).to_string() }
        };
        let marks: Vec<Mark> = marks.iter().map(mark).collect();
        let mut out = Vec::new();
        write(text, &marks, &[Headline { at: 0, line: "#".into() }], width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn signs_stand_under_their_words() {
        assert_eq!(
            under("No neck pain.\n", &[("No", '=', "cue"), ("neck pain", '^', "x")], 40),
            "#\nNo neck pain.\n== cue\n   ^^^^^^^^^ x\n"
        );
        // wide letters take two columns, tabs one, and a mark over a line break is repeated
        assert_eq!(under("頸 pain\tnow", &[("pain", '^', "x")], 40), "#\n頸 pain now\n   ^^^^ x\n");
        assert_eq!(under("neck\npain", &[("neck\npain", '^', "x")], 40), "#\nneck\n^^^^ x\npain\n^^^^\n");
        assert_eq!(under("some long neck pain", &[("neck pain", '^', "label")], 10), "#\nsome long\nneck pain\n^^^^^^^^^\nlabel\n");
        assert_eq!(under("", &[], 10), "#\n");
    }
}
