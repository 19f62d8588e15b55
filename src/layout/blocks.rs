//! Items and sentences: list entries with the lines that belong to them, paragraphs, rows; then the sentences of each.

use crate::fold::{Folded, TokenKind};
use crate::knowledge::sections::{SectionsKnowledge, assesses};
use crate::layout::lines::{Line, lines};
use crate::layout::markers::{Marker, inline_entries, marker};
use crate::layout::sentences::{ends, goes_on};
use crate::layout::{Item, ItemKind, Section, Sentence};
use crate::span::Span;
use crate::vocab::SectionKind;

/// Tokens after which a sentence ends at the next mark, whatever the mark.
const LONGEST: usize = 400;

/// A line within a section: its bytes, and how far it is indented.
struct Open {
    indent: usize,
    item: u32,
    kind: ItemKind,
}

/// Items and sentences of every section, in text order; every token is in exactly one sentence.
pub(crate) fn blocks(text: &str, folded: &Folded, sections: &[Section], knowledge: &SectionsKnowledge) -> (Vec<Item>, Vec<Sentence>) {
    let lines = lines(text);
    let width = lines.iter().map(|l| l.end - l.first).max().unwrap_or(0);
    let mut starts: Vec<Start> = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let mut section =
            Body { text, lines: &lines, width, knowledge, section, index: index as u32, items: &mut starts, signs: Vec::new() };
        section.items();
    }
    sentences(text, folded, &lines, width, starts, sections, knowledge)
}

/// Where an item begins.
struct Start {
    at: usize,
    kind: ItemKind,
    section: u32,
    parent: Option<u32>,
}

/// The entries of a list that signs of one kind open.
struct Signs {
    indent: usize,
    kind: u8,
    plus: bool,
    minus: bool,
    items: Vec<u32>,
}

/// Which kind of sign a mark is, and whether it says that the entry is there: "+" and "-", a tick and a cross, a filled circle and an empty one.
fn sign(mark: char) -> Option<(u8, bool)> {
    match mark {
        '+' => Some((0, true)),
        '-' | '–' | '—' => Some((0, false)),
        '✓' | '✔' => Some((1, true)),
        '✗' | '✘' | '✕' => Some((1, false)),
        '●' | '◉' => Some((2, true)),
        '○' | '◯' => Some((2, false)),
        'x' => Some((3, true)),
        '_' => Some((3, false)),
        _ => None,
    }
}

struct Body<'a> {
    text: &'a str,
    lines: &'a [Line],
    width: usize,
    knowledge: &'a SectionsKnowledge,
    section: &'a Section,
    index: u32,
    items: &'a mut Vec<Start>,
    /// The entries with a plus or a minus since the last paragraph or blank line.
    signs: Vec<Signs>,
}

impl Body<'_> {
    fn push(&mut self, at: usize, kind: ItemKind, parent: Option<u32>) -> u32 {
        self.items.push(Start { at, kind, section: self.index, parent });
        self.items.len() as u32 - 1
    }

    fn items(&mut self) {
        let (start, body, end) = (self.section.start as usize, self.section.body_start as usize, self.section.end as usize);
        if body > start {
            self.push(start, ItemKind::Heading, None);
        }
        // In a list of problems without marks each line is one.
        let listing = assesses(self.section.kind) || self.section.kind == SectionKind::ProblemList;
        let mut open: Vec<Open> = Vec::new();
        let mut any = false;
        let mut before: Option<Line> = None;
        let from = self.lines.partition_point(|l| l.end <= body && l.end <= l.first.max(body));
        for line in self.lines.iter().skip(from).take_while(|l| l.start < end) {
            let line = Line { start: line.start, first: line.first.max(body), end: line.end.min(end) };
            let words = self.text.get(line.first..line.end.max(line.first)).unwrap_or("");
            let first = line.first + words.len() - words.trim_start().len();
            let line = Line { first, ..line };
            if line.blank() {
                if before.is_some() {
                    open.retain(|o| o.kind == ItemKind::Numbered);
                }
                before = None;
                self.signs.clear();
                continue;
            }
            let at = if any { line.start.max(body) } else { body };
            let indent = line.first - line.start;
            match marker(line.of(self.text)) {
                Some(mark) => self.entry(at, &line, indent, mark, &mut open),
                None => {
                    let follows = before.as_ref().is_some_and(|b| goes_on(self.text, b, &line, self.width, self.knowledge));
                    let belongs = open.last().is_some_and(|o| {
                        if before.is_some() { o.kind != ItemKind::Paragraph || !listing || follows } else { indent > o.indent }
                    });
                    if !belongs {
                        open.clear();
                        self.signs.clear();
                        let item = self.push(at, ItemKind::Paragraph, None);
                        open.push(Open { indent, item, kind: ItemKind::Paragraph });
                    }
                }
            }
            any = true;
            before = Some(line);
        }
        if !any && end > body {
            self.push(body, ItemKind::Paragraph, None);
        }
    }

    /// A list entry, and the further entries its line may hold ("1. Foo. 2. Bar").
    fn entry(&mut self, at: usize, line: &Line, indent: usize, mark: Marker, open: &mut Vec<Open>) {
        let rank = |k: ItemKind| u8::from(k == ItemKind::Bullet);
        while open
            .last()
            .is_some_and(|o| o.kind == ItemKind::Paragraph || o.indent > indent || (o.indent == indent && rank(o.kind) >= rank(mark.kind)))
        {
            open.pop();
        }
        let parent = open.last().map(|o| o.item);
        let item = self.push(at, mark.kind, parent);
        open.push(Open { indent, item, kind: mark.kind });
        self.sign(mark.close, indent, item);
        for offset in inline_entries(line.of(self.text), mark) {
            open.pop();
            let item = self.push(line.first + offset, mark.kind, parent);
            open.push(Open { indent, item, kind: mark.kind });
        }
    }

    /// Takes the marks of a list for signs where both of a kind stand before its entries.
    fn sign(&mut self, mark: char, indent: usize, item: u32) {
        let Some((kind, there)) = sign(mark) else { return };
        let at = self.signs.iter().position(|s| (s.indent, s.kind) == (indent, kind)).unwrap_or(self.signs.len());
        if at == self.signs.len() {
            self.signs.push(Signs { indent, kind, plus: false, minus: false, items: Vec::new() });
        }
        let signs = &mut self.signs[at];
        signs.plus |= there;
        signs.minus |= !there;
        signs.items.push(item);
        if signs.plus && signs.minus {
            signs.items.drain(..).for_each(|i| self.items[i as usize].kind = ItemKind::Signed);
        }
    }
}

fn sentences(
    text: &str,
    folded: &Folded,
    lines: &[Line],
    width: usize,
    starts: Vec<Start>,
    sections: &[Section],
    knowledge: &SectionsKnowledge,
) -> (Vec<Item>, Vec<Sentence>) {
    let mut items = Vec::with_capacity(starts.len());
    let mut out: Vec<Sentence> = Vec::new();
    let mut token = 0usize;
    for (i, start) in starts.iter().enumerate() {
        let section_end = sections.get(start.section as usize).map_or(text.len(), |s| s.end as usize);
        let end = starts.get(i + 1).filter(|n| n.section == start.section).map_or(section_end, |n| n.at);
        let first = out.len() as u32;
        let mut from = token;
        while token < folded.tokens.len() && (folded.tokens[token].span.start as usize) < end {
            let next = folded.tokens.get(token + 1);
            let last = next.is_none_or(|n| n.span.start as usize >= end);
            let broken =
                next.is_some_and(|n| n.breaks > 1 || (n.breaks == 1 && !joined(text, lines, width, n.span.start as usize, knowledge)));
            token += 1;
            // nobody's cue reaches so far: a text without stops is parted at a mark, or anywhere
            let length = token - from;
            let marked = || folded.tokens[token - 1].kind == TokenKind::Punctuation || next.is_some_and(|n| n.breaks > 0);
            let endless = length >= LONGEST && (marked() || length >= LONGEST + LONGEST / 4);
            if last || broken || endless || ends(text, folded, token - 1, knowledge) {
                let span = Span::new(folded.tokens[from].span.start, folded.tokens[token - 1].span.end);
                out.push(Sentence { span, tokens: from as u32..token as u32, section: start.section, item: i as u32 });
                from = token;
            }
        }
        let span = Span::new(start.at as u32, end as u32);
        items.push(Item { span, kind: start.kind, section: start.section, sentences: first..out.len() as u32, parent: start.parent });
    }
    (items, out)
}

/// Whether the line at `at` goes on with the sentence of the line before.
fn joined(text: &str, lines: &[Line], width: usize, at: usize, knowledge: &SectionsKnowledge) -> bool {
    let i = lines.partition_point(|l| l.start <= at).saturating_sub(1);
    match (i.checked_sub(1).and_then(|j| lines.get(j)), lines.get(i)) {
        (Some(before), Some(line)) => marker(line.of(text)).is_none() && goes_on(text, before, line, width, knowledge),
        _ => false,
    }
}
