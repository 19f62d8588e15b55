//! Headings that are a letter, or stand in angles or square brackets: "S: neck pain", "[A] neck strain", `<ASSESSMENT>`.

use crate::knowledge::source::sections::HeadingUse;
use crate::layout::headings::{Finder, Heading, LABEL};
use crate::layout::lines::Line;

/// Bytes of the name of a tag that may name a section.
const TAG: usize = 3;

/// What sets off the letter that a line opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SetOff {
    /// Two blanks, or a tab.
    Gap,
    /// A bracket behind it.
    Bracket,
    /// A point behind it.
    Point,
    /// One blank.
    Blank,
    /// A bracket on both sides.
    Brackets,
}

impl Finder<'_> {
    /// "<ASSESSMENT>", "<INTERVAL_HISTORY> She walks.": the tag of an export that names a section.
    pub(super) fn tag(&self, line: Line) -> Option<Heading> {
        let name = line.of(self.text).strip_prefix('<')?;
        let end = name.find('>').filter(|end| (TAG..LABEL).contains(end))?;
        let label = &name[..end];
        let written = label.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        let known = self.known_label(&label.replace('_', " ")).filter(|k| written && k.how == Some(HeadingUse::Heading))?;
        let at = line.first + 1;
        Some(Heading { start: line.first, ..self.heading_at(at, label, at + end + 1, known) })
    }

    /// Whether line `i` is a chiropractor's row of an exam by its letters, pain, asymmetry, range, tone: "P: … / A: … / R: …", not plan and assessment.
    pub(super) fn part_row(&self, i: usize) -> bool {
        let named = self.lines.get(i).is_some_and(|l| l.of(self.text).starts_with('P'));
        (named && self.opens_part(i)) || i.checked_sub(1).is_some_and(|before| self.opens_part(before))
    }

    /// Whether those rows begin with line `i`; the first may stand behind the heading of the exam: "O - P: tender".
    pub(super) fn opens_part(&self, i: usize) -> bool {
        let line = |i: usize| self.lines.get(i).map_or("", |l| l.of(self.text));
        let row = |line: &str, letter: char| {
            line.strip_prefix(letter).is_some_and(|l| l.trim_start_matches(' ').starts_with([':', '-', '–', '=']))
        };
        row(line(i).trim_start_matches(|c: char| c == 'O' || !c.is_alphabetic()), 'P') && row(line(i + 1), 'A') && row(line(i + 2), 'R')
    }

    /// The heading that a lone letter is ("A  1. Neck pain", "(A) Neck pain").
    pub(super) fn letter(&self, line: Line) -> Option<Heading> {
        let at = line.first + usize::from(line.of(self.text).starts_with('('));
        let label = self.text.get(at..at + 1)?;
        let known = self.known_label(label)?;
        let mark = usize::from(matches!(self.text.as_bytes().get(at + 1), Some(b')' | b'.')));
        Some(Heading { start: line.first, ..self.heading_at(at, label, at + 1 + mark, known) })
    }

    /// "- **A:** neck strain" where an S, an O or a P stands so too: the bullet is no list's.
    pub(super) fn bold_letter(&self, at: usize, label: &str) -> bool {
        let others = || ["**S:", "**O:", "**A:", "**P:"].iter().filter(|mark| self.text.contains(**mark)).count() > 1;
        label.len() == 1 && self.text[..at].ends_with("**") && *self.bold_letters.get_or_init(others)
    }

    /// "S: neck pain 3 d O: tender A: cervicalgia P: heat": the letters behind the first, if all stand in one line, in order.
    pub(super) fn letters_in_line(&self, from: usize, end: usize) -> Vec<Heading> {
        let line = self.text.get(from..end).unwrap_or("");
        let mut at = 0;
        let found = ["O", "A", "P"].map(|letter| {
            let opens = |i: &usize| line[..*i].ends_with(' ') && ends_letter(&line[i + 1..]).is_some();
            let i = line[at..].match_indices(letter).map(|(i, _)| at + i).find(opens)?;
            let body = i + 1 + ends_letter(&line[i + 1..])?;
            at = body;
            self.known_label(letter).map(|known| self.heading_at(from + i, letter, from + body, known))
        });
        if found.iter().all(Option::is_some) { found.into_iter().flatten().collect() } else { Vec::new() }
    }

    /// Lines that open with a known letter and a gap of two blanks or a tab, if three letters or more do so and none of them twice, or an
    /// S and an O, or an A and a P; the same with a bracket or a point, if they are no letters of a list ("S) O) A) P)").
    pub(super) fn lettered_lines(&self) -> Vec<usize> {
        // hardly a line opens so
        let opening = |(i, line): (usize, &Line)| {
            let set_off = match line.of(self.text).as_bytes() {
                [b'A'..=b'Z', b'\t', ..] | [b'A'..=b'Z', b' ', b' ', ..] => SetOff::Gap,
                [b'A'..=b'Z', b')', b' ', ..] => SetOff::Bracket,
                [b'A'..=b'Z', b'.', b' ', ..] => SetOff::Point,
                [b'A'..=b'Z', b' ', ..] => SetOff::Blank,
                [b'(', b'A'..=b'Z', b')', ..] => SetOff::Brackets,
                _ => return None,
            };
            (line.first == line.start && line.end - line.first > 3).then_some((i, set_off))
        };
        let opened: Vec<(usize, SetOff)> = self.lines.iter().enumerate().filter_map(opening).collect();
        let by = |set_off| self.lettered_by(opened.iter().filter(|(_, own)| *own == set_off).map(|(i, _)| *i));
        let found = by(SetOff::Gap);
        if !found.is_empty() {
            return found;
        }
        let bracketed = by(SetOff::Brackets);
        if !bracketed.is_empty() {
            return bracketed;
        }
        let letter = |i: &usize| self.lines[*i].of(self.text).as_bytes().first().copied();
        let listed = |lines: &[usize]| lines.first().is_none_or(|i| letter(i) == Some(b'A')) && lines.get(1).and_then(letter) != Some(b'P');
        let marked = [SetOff::Bracket, SetOff::Point].map(by).into_iter().find(|lines| !listed(lines));
        // "A neck pain" above "P nsaids": an article opens many a line, all four letters in order do not, nor an A right above a P
        marked.or_else(|| Some(by(SetOff::Blank)).filter(|lines| self.in_order(lines))).unwrap_or_default()
    }

    /// Whether lines open with S, O, A and P in this order, or with an A and a P right below it.
    fn in_order(&self, lines: &[usize]) -> bool {
        let letters: String = lines.iter().filter_map(|i| self.lines[*i].of(self.text).chars().next()).collect();
        letters == "SOAP" || (letters == "AP" && lines[0] + 1 == lines[1])
    }

    /// Those of the lines whose letter is known, if they are enough and none of them stands twice.
    fn lettered_by(&self, lines: impl Iterator<Item = usize>) -> Vec<usize> {
        let found: Vec<usize> = lines.filter(|i| self.letter(self.lines[*i]).is_some()).collect();
        let letter = |i: &usize| self.lines[*i].of(self.text).bytes().find(|b| *b != b'(').unwrap_or(0);
        let letters: Vec<u8> = found.iter().map(letter).collect();
        let mut distinct = letters.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let enough = distinct.len() >= 3 || matches!(letters.as_slice(), b"AP" | b"SO");
        if enough && distinct.len() == letters.len() { found } else { Vec::new() }
    }

    /// "**Assessment:** neck strain **Plan:** PT": the headings in bold behind the first.
    pub(super) fn bold_inside(&mut self, from: usize, end: usize) {
        let Some(line) = self.text.get(from..end) else { return };
        // nearly no line has any
        if memchr::memchr(b'*', line.as_bytes()).is_none() {
            return;
        }
        let mut next = 0;
        while let Some(open) = line[next..].find("**").map(|at| next + at) {
            let Some(close) = line[open + 2..].find("**") else { return };
            let (at, label) = (from + open + 2, line[open + 2..open + 2 + close].trim_end_matches([':', ' ']));
            next = open + 2;
            let colon = label.len() < close || line[open + 4 + close..].starts_with(':');
            if !colon || label.len() > LABEL || !label.starts_with(char::is_uppercase) {
                continue;
            }
            let Some(known) = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading)) else { continue };
            next = open + 4 + close;
            let heading = Heading { start: from + open, ..self.heading_at(at, label, from + next, known) };
            self.add(heading);
        }
    }

    /// "[HPI] sore neck [PE] normal [A] neck strain": the headings in square brackets behind the first.
    pub(super) fn squared_inside(&mut self, from: usize, end: usize) {
        let Some(line) = self.text.get(from..end) else { return };
        for open in memchr::memchr_iter(b'[', line.as_bytes()) {
            let Some(close) = line[open..].find(']').filter(|close| (2..LABEL).contains(close)) else { continue };
            let (at, label) = (from + open + 1, &line[open + 1..open + close]);
            let apart = open == 0 || line[..open].ends_with(' ');
            let named = label.starts_with(char::is_uppercase) && (label.len() > 1 || self.tagged());
            if !apart || !named {
                continue;
            }
            let Some(known) = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading)) else { continue };
            let heading = self.heading_at(at, label, at + label.len() + 1, known);
            self.add(heading);
        }
    }

    /// Whether headings stand in square brackets here, so that a letter in them is one.
    pub(super) fn tagged(&self) -> bool {
        ["[S]", "[O]", "[P]"].iter().any(|tag| self.text.contains(tag))
            || self.out.iter().any(|h| self.text[..h.title.start as usize].ends_with('['))
    }
}

/// Bytes of the colon or dash behind a lone letter.
fn ends_letter(behind: &str) -> Option<usize> {
    [":", " :", " - "].iter().find(|mark| behind.starts_with(**mark)).map(|mark| mark.len())
}
