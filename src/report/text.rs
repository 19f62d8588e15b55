//! A report for a person at a terminal: the note's words with what rests on them underlined, then codes, withheld codes and flags.
//!
//! Underlines are characters on a line of their own, so they survive a pipe, a file and a colour-blind reader; colour is added on top.

use super::{EvidenceEntry, FlagEntry, Report, Section};
use crate::vocab::Status;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How to show it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns to fill.
    pub width: usize,
    /// Whether to add colour.
    pub colour: bool,
}

/// What rests on a character of the note; the strongest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    None,
    Flag,
    Withheld,
    Code,
}

impl Mark {
    fn character(self) -> char {
        match self {
            Mark::None => ' ',
            Mark::Flag => '.',
            Mark::Withheld => '-',
            Mark::Code => '^',
        }
    }

    fn style(self) -> Style {
        match self {
            Mark::None => Style::new(),
            Mark::Flag => AnsiColor::Cyan.on_default(),
            Mark::Withheld => AnsiColor::Yellow.on_default(),
            Mark::Code => AnsiColor::Green.on_default().bold(),
        }
    }
}

/// How many unmarked lines are shown on either side of a marked one.
const NEAR: usize = 2;

/// Writes a report whose positions are bytes of `note`.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, note: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { look, out };
    page.head(report)?;
    page.note(report, note)?;
    page.codes(report)?;
    page.withheld(report)?;
    page.flags(report)?;
    for notice in &report.notices {
        page.wrapped("Notice: ", "        ", notice)?;
    }
    Ok(())
}

struct Page<'a> {
    look: Look,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn head(&mut self, report: &Report) -> io::Result<()> {
        let note = &report.note;
        let date = note.date.as_ref().map_or(String::new(), |d| format!(", {d}"));
        let line = format!("{}: {} ({}){date}", printable(&note.id), note.setting, note.setting_basis);
        self.styled(Style::new().bold(), &line)?;
        writeln!(self.out, "\n")
    }

    /// The assessed sections, and of the others the lines on which something rests.
    fn note(&mut self, report: &Report, note: &str) -> io::Result<()> {
        let marks = marks(report);
        let mut seen = 0u8;
        for section in &report.sections {
            let lines = lines(note, section, &marks);
            let marked = |i: usize| lines.get(i).is_some_and(|l| l.cells.iter().any(|c| c.1 != Mark::None));
            let show: Vec<bool> = (0..lines.len())
                .map(|i| if section.coded_from { (i.saturating_sub(NEAR)..=i + NEAR).any(&marked) || i == 0 } else { marked(i) })
                .collect();
            if !show.contains(&true) {
                continue;
            }
            let label = section.title.as_deref().map_or_else(|| section.kind.to_string(), printable);
            let role = if section.coded_from { "coded from" } else { "not coded from" };
            self.styled(Style::new().bold(), &format!("{label} [{}; {role}]", section.kind))?;
            writeln!(self.out)?;
            let mut gap = false;
            for (line, show) in lines.iter().zip(show) {
                if show && !line.cells.iter().all(|c| c.0.is_whitespace()) {
                    if gap {
                        writeln!(self.out, "  ...")?;
                    }
                    gap = false;
                    seen |= self.line(&line.cells)?;
                } else if !line.cells.iter().all(|c| c.0.is_whitespace()) {
                    gap = true;
                }
            }
            writeln!(self.out)?;
        }
        let legend = [(Mark::Code, "a suggested code rests on it"), (Mark::Withheld, "a withheld code"), (Mark::Flag, "a flag")];
        let used = legend.iter().filter(|(m, _)| seen & bit(*m) != 0).map(|(m, what)| format!("{} {what}", m.character()));
        let used = used.collect::<Vec<_>>().join("   ");
        if used.is_empty() { Ok(()) } else { writeln!(self.out, "{used}\n") }
    }

    /// One line of the note, wrapped, each row followed by its underline if it has one.
    fn line(&mut self, cells: &[(char, Mark)]) -> io::Result<u8> {
        let mut seen = 0;
        for row in wrap(cells, self.look.width.saturating_sub(2).max(20)) {
            let text: String = row.iter().map(|c| c.0).collect();
            writeln!(self.out, "  {}", text.trim_end())?;
            let mut under = String::new();
            let mut at = Mark::None;
            for &(c, mark) in row {
                seen |= bit(mark);
                if self.look.colour && mark != at {
                    under.push_str(&format!("{}{}", at.style().render_reset(), mark.style().render()));
                }
                at = mark;
                under.extend(std::iter::repeat_n(mark.character(), c.width().unwrap_or(0)));
            }
            if self.look.colour && at != Mark::None {
                under.push_str(&at.style().render_reset().to_string());
            }
            if row.iter().any(|c| c.1 != Mark::None) {
                writeln!(self.out, "  {}", under.trim_end())?;
            }
        }
        Ok(seen)
    }

    fn codes(&mut self, report: &Report) -> io::Result<()> {
        self.heading("SUGGESTED CODES")?;
        if report.codes.is_empty() {
            return writeln!(self.out, "  none\n");
        }
        for c in &report.codes {
            let status = if c.status == Status::Review { " (review: a coder must confirm)" } else { "" };
            let title = c.title.as_deref().unwrap_or("");
            self.wrapped(&format!("{:>2}. {:<9}", c.sequence, c.code), "             ", &format!("{title}{status}"))?;
            self.wrapped("    ", "    ", &c.why)?;
            self.quotes(&c.evidence)?;
            let conflicts = c.conflicts_with.iter().map(|c| c.to_string()).collect::<Vec<_>>();
            if !conflicts.is_empty() {
                self.wrapped("    ", "    ", &format!("Excludes1 forbids it beside {}.", conflicts.join(", ")))?;
            }
            self.rule(&c.rule, &c.authority)?;
        }
        writeln!(self.out)
    }

    fn withheld(&mut self, report: &Report) -> io::Result<()> {
        if report.withheld.is_empty() {
            return Ok(());
        }
        self.heading("WITHHELD")?;
        for w in &report.withheld {
            let title = w.title.as_deref().unwrap_or("");
            self.wrapped(&format!("    {:<9}", w.code), "             ", &format!("{title} ({})", w.reason))?;
            self.wrapped("    ", "    ", &w.why)?;
            self.quotes(&w.evidence)?;
            self.rule(&w.rule, &w.authority)?;
        }
        writeln!(self.out)
    }

    fn flags(&mut self, report: &Report) -> io::Result<()> {
        if report.flags.is_empty() {
            return Ok(());
        }
        self.heading("DOCUMENTATION FLAGS")?;
        for f in &report.flags {
            self.flag(f)?;
        }
        writeln!(self.out)
    }

    fn flag(&mut self, f: &FlagEntry) -> io::Result<()> {
        let about = f.about.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(", ");
        let about = if about.is_empty() { String::new() } else { format!(", about {about}") };
        self.wrapped("  * ", "    ", &format!("{} ({}{about})", f.flag, f.severity))?;
        self.wrapped("    ", "    ", &f.why)?;
        for change in &f.would_change {
            let codes = change.codes.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(", ");
            self.wrapped("    ", "      ", &format!("if {}: {codes}", change.answer))?;
        }
        if let Some(query) = &f.query {
            self.wrapped("    Query: ", "      ", &query.question)?;
            for indicator in query.further() {
                let section = indicator.section.map_or("", |s| s.as_str());
                self.wrapped("      - ", "        ", &format!("\"{}\" ({section})", printable(&indicator.text)))?;
            }
            for option in &query.options {
                self.wrapped("      [ ] ", "          ", option)?;
            }
        }
        Ok(())
    }

    fn quotes(&mut self, evidence: &[EvidenceEntry]) -> io::Result<()> {
        let mut quotes: Vec<String> = Vec::new();
        for e in evidence {
            let quote = format!("\"{}\"", printable(&e.text));
            if !quotes.contains(&quote) && quote.len() < 200 {
                quotes.push(quote);
            }
        }
        if quotes.is_empty() { Ok(()) } else { self.wrapped("    from ", "         ", &quotes.join(", ")) }
    }

    fn rule(&mut self, rule: &str, authority: &[String]) -> io::Result<()> {
        let authority = if authority.is_empty() { String::new() } else { format!("; {}", authority.join("; ")) };
        self.wrapped("    rule ", "         ", &format!("{rule}{authority}"))
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.styled(Style::new().bold(), text)?;
        writeln!(self.out)
    }

    fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        if self.look.colour { write!(self.out, "{}{text}{}", style.render(), style.render_reset()) } else { write!(self.out, "{text}") }
    }

    /// Words broken at the width; `first` begins the first row, `rest` the others.
    fn wrapped(&mut self, first: &str, rest: &str, text: &str) -> io::Result<()> {
        let mut row = first.to_string();
        let mut empty = true;
        for word in printable(text).split_whitespace() {
            if !empty && row.width() + 1 + word.width() > self.look.width {
                writeln!(self.out, "{}", row.trim_end())?;
                row = rest.to_string();
                empty = true;
            }
            if !empty {
                row.push(' ');
            }
            row.push_str(word);
            empty = false;
        }
        writeln!(self.out, "{}", row.trim_end())
    }
}

fn bit(mark: Mark) -> u8 {
    1 << mark as u8
}

/// Where evidence stands, with the strongest mark of each place: sorted, apart, unmarked places left out.
fn marks(report: &Report) -> Vec<(u32, u32, Mark)> {
    let mut spans: Vec<(u32, u32, Mark)> = Vec::new();
    let mut add = |evidence: &[EvidenceEntry], mark| {
        let words = evidence.iter().filter(|e| e.role != crate::vocab::EvidenceRole::Section);
        spans.extend(words.map(|e| (e.start, e.end, mark)));
    };
    report.codes.iter().for_each(|c| add(&c.evidence, Mark::Code));
    report.withheld.iter().for_each(|w| add(&w.evidence, Mark::Withheld));
    report.flags.iter().for_each(|f| add(&f.evidence, Mark::Flag));
    spans.sort_unstable();
    spans.dedup();
    spans
}

struct Line {
    cells: Vec<(char, Mark)>,
}

/// The lines of a section's body as printable characters with their marks; tabs are spaces.
fn lines(note: &str, section: &Section, marks: &[(u32, u32, Mark)]) -> Vec<Line> {
    let body = note.get(section.body_start as usize..section.end as usize).unwrap_or("");
    let mut strongest = vec![Mark::None; body.len()];
    for &(start, end, mark) in marks.iter().filter(|m| m.1 > section.body_start && m.0 < section.end) {
        let from = start.saturating_sub(section.body_start) as usize;
        let to = (end.saturating_sub(section.body_start) as usize).min(body.len());
        for place in strongest.get_mut(from..to).unwrap_or_default() {
            *place = mark.max(*place);
        }
    }
    let mut lines = vec![Line { cells: Vec::new() }];
    for (at, c) in body.char_indices() {
        let mark = strongest.get(at).copied().unwrap_or(Mark::None);
        match c {
            '\n' | '\r' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => lines.push(Line { cells: Vec::new() }),
            _ => {
                if let Some(line) = lines.last_mut() {
                    match c {
                        '\t' => line.cells.extend(std::iter::repeat_n((' ', mark), 4 - line.cells.len() % 4)),
                        _ if c.is_control() => line.cells.push((' ', mark)),
                        _ => line.cells.push((c, mark)),
                    }
                }
            }
        }
    }
    lines
}

/// Rows of at most `width` columns, broken at spaces where there are any.
fn wrap(cells: &[(char, Mark)], width: usize) -> Vec<&[(char, Mark)]> {
    let mut rows = Vec::new();
    let (mut start, mut column, mut space) = (0, 0, None);
    for (i, &(c, _)) in cells.iter().enumerate() {
        let w = c.width().unwrap_or(0);
        if column + w > width {
            let end = space.filter(|&s| s > start).map_or(i, |s: usize| s + 1);
            rows.push(&cells[start..end]);
            start = end;
            column = cells[start..i].iter().map(|c| c.0.width().unwrap_or(0)).sum();
            space = None;
        }
        if c == ' ' {
            space = Some(i);
        }
        column += w;
    }
    rows.push(&cells[start..]);
    rows
}

/// Text of a note without anything that could steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_never_exceed_the_width_and_lose_nothing() {
        let text = "頸部痛 neck pain 😀 with a verylongwordthatcannotbebrokenanywhereatallinarow and more";
        let cells: Vec<_> = text.chars().map(|c| (c, Mark::None)).collect();
        let rows = wrap(&cells, 20);
        assert!(rows.iter().all(|r| r.iter().map(|c| c.0.width().unwrap_or(0)).sum::<usize>() <= 21));
        assert_eq!(rows.concat().len(), cells.len());
    }

    #[test]
    fn nothing_in_a_note_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{7}"), "a [31mb ");
    }
}
