//! Note → Layout: tokens, sentences, items (list entries, paragraphs) and sections.

mod blocks;
mod columns;
mod copied;
mod correspondence;
mod headings;
mod inline;
mod labels;
mod letters;
mod lines;
mod listed;
mod markers;
mod marks;
mod opener;
mod refine;
mod resumed;
pub(crate) mod sentences;
mod visits;

use crate::fold::{Folded, Token};
use crate::knowledge::sections::assesses;
use crate::knowledge::{Knowledge, NameId};
use crate::span::Span;
use crate::vocab::SectionKind;
use std::ops::Range;

/// A note's structure. Sections partition the text; items partition a section (its heading is one); sentences an item.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Tokens and folded text of the whole note.
    pub folded: Folded,
    /// In text order.
    pub sentences: Vec<Sentence>,
    /// In text order.
    pub items: Vec<Item>,
    /// In text order; at least one.
    pub sections: Vec<Section>,
    /// For each item the one that names its problem.
    pub problems: Vec<u32>,
}

/// A sentence, or what stands for one in telegraphic notes (a list entry, a table row).
#[derive(Debug, Clone)]
pub struct Sentence {
    /// Bytes of the note.
    pub span: Span,
    /// Its tokens.
    pub tokens: Range<u32>,
    /// Index into [`Layout::sections`].
    pub section: u32,
    /// Index into [`Layout::items`].
    pub item: u32,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A section's heading.
    Heading,
    /// Running text between blank lines.
    Paragraph,
    /// A list entry with a bullet or dash.
    Bullet,
    /// A list entry with a sign that says whether it is there ("+", "-", a tick, a cross): other entries of its list have the other one.
    Signed,
    /// A numbered or lettered list entry.
    Numbered,
    /// A table row or `key: value` line.
    Row,
}

/// A list entry or paragraph; in a problem-oriented plan each problem is one item with the lines below it.
#[derive(Debug, Clone)]
pub struct Item {
    /// Bytes of the note.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
    /// Index into [`Layout::sections`].
    pub section: u32,
    /// Its sentences.
    pub sentences: Range<u32>,
    /// The item it is indented under, if any.
    pub parent: Option<u32>,
}

/// A section of a note.
#[derive(Debug, Clone)]
pub struct Section {
    /// What it is for.
    pub kind: SectionKind,
    /// The heading as it stands, without its colon; `None` for the preamble.
    pub title: Option<Span>,
    /// First byte of the heading (or of the text).
    pub start: u32,
    /// First byte after the heading and its colon.
    pub body_start: u32,
    /// Start of the next section, or end of the note.
    pub end: u32,
    /// Whether diagnoses in it count as assessed by its kind alone (plans and addenda are judged later, by what they say).
    pub assessed: bool,
    /// Whether it is assessed and a table of diagnoses, in whose columns "no" and "none" answer the column's name.
    pub tabled: bool,
    /// Whether it stands in a block that is marked as carried over from an earlier note, or is the assessment of an earlier visit.
    pub copied: bool,
    /// The heading rule that recognised it.
    pub rule: Option<NameId>,
}

impl Layout {
    /// The folded words of some tokens, with a space at both ends; "" for none.
    pub fn words(&self, tokens: Range<u32>) -> &str {
        let all = &self.folded.tokens;
        let (Some(first), Some(last)) = (all.get(tokens.start as usize), all.get(tokens.end.wrapping_sub(1) as usize)) else { return "" };
        if tokens.is_empty() {
            return "";
        }
        self.folded.text.get(first.folded.start as usize - 1..last.folded.end as usize + 1).unwrap_or("")
    }

    /// The folded words of the tokens that a span covers, with a space at both ends.
    pub fn words_of(&self, span: Span) -> &str {
        let (first, end) = self.covered(span);
        self.words(first as u32..end as u32)
    }

    /// As many tokens right before a token of a sentence, fewer where the sentence begins.
    pub fn before(&self, sentence: u32, token: u32, within: u32) -> Range<u32> {
        let first = self.sentences.get(sentence as usize).map_or(0, |s| s.tokens.start);
        token.saturating_sub(within).max(first)..token
    }

    /// These tokens; none beyond the last.
    pub fn tokens(&self, tokens: Range<u32>) -> &[Token] {
        self.folded.tokens.get(tokens.start as usize..tokens.end as usize).unwrap_or_default()
    }

    /// The tokens that a span covers.
    pub fn tokens_of(&self, span: Span) -> &[Token] {
        let (first, end) = self.covered(span);
        &self.folded.tokens[first..end]
    }

    /// The number of the sentence that holds a token; of the next one, if none does.
    pub fn sentence_at(&self, token: u32) -> Option<usize> {
        let at = self.sentences.partition_point(|s| s.tokens.end <= token);
        (at < self.sentences.len()).then_some(at)
    }

    /// The problem that an item is told of: the entry that it is indented under, or the short line above its list ("Neck pain.", then
    /// "- Medical reasoning: …") or right above it; itself where there is neither.
    pub fn problem(&self, item: u32) -> u32 {
        self.problems.get(item as usize).copied().unwrap_or(item)
    }

    fn covered(&self, span: Span) -> (usize, usize) {
        let first = self.folded.tokens.partition_point(|t| t.span.start < span.start);
        let end = self.folded.tokens.partition_point(|t| t.span.end <= span.end);
        (first, end.max(first))
    }
}

/// Tokens of a line that is the title of a problem.
const TITLE: usize = 8;

/// Lays out a note.
pub fn layout(text: &str, knowledge: &Knowledge) -> Layout {
    whole(text, outline(text, knowledge.fold(text), knowledge), knowledge)
}

/// Tokens and sections alone: all that is shown of a note which names nothing.
pub fn outline(text: &str, folded: Folded, knowledge: &Knowledge) -> Layout {
    let sections = parts(text, &folded, knowledge);
    Layout { folded, sections, ..Layout::default() }
}

/// The layout with its items and sentences.
pub fn whole(text: &str, mut outline: Layout, knowledge: &Knowledge) -> Layout {
    columns::answer(text, &mut outline.folded, &knowledge.sections);
    let (items, sentences) = blocks::blocks(text, &outline.folded, &outline.sections, &knowledge.sections);
    for (section, here) in outline.sections.iter_mut().enumerate().filter(|(_, s)| s.assessed) {
        here.tabled = columns::heads_table(&outline.folded, section as u32, &sentences, &knowledge.sections);
    }
    let problems = problems(&outline.folded, &items, &sentences);
    Layout { items, sentences, problems, ..outline }
}

/// For each item the one that names its problem.
fn problems(folded: &Folded, items: &[Item], sentences: &[Sentence]) -> Vec<u32> {
    let of = |i: &Item| sentences.get(i.sentences.start as usize..i.sentences.end as usize).unwrap_or_default();
    let words = |i: &Item| of(i).last().map_or(0, |last| (last.tokens.end - of(i)[0].tokens.start) as usize);
    let next_line = |i: &Item| of(i).first().and_then(|s| folded.tokens.get(s.tokens.start as usize)).is_some_and(|t| t.breaks == 1);
    let mut out: Vec<u32> = Vec::with_capacity(items.len());
    let mut unlisted: Option<usize> = None;
    for (at, item) in items.iter().enumerate() {
        let above = match item.kind {
            ItemKind::Bullet => unlisted,
            // "Neck pain", and in the line below "MRI shows a disc bulge."
            ItemKind::Paragraph if words(item) > TITLE && next_line(item) => at.checked_sub(1),
            _ => None,
        };
        let titled =
            |i: &Item| matches!(i.kind, ItemKind::Paragraph | ItemKind::Numbered) && i.section == item.section && words(i) <= TITLE;
        let own = match item.parent {
            Some(parent) => out.get(parent as usize).copied().unwrap_or(parent),
            None => above.filter(|i| titled(&items[*i])).unwrap_or(at) as u32,
        };
        out.push(own);
        if item.kind != ItemKind::Bullet {
            unlisted = Some(at);
        }
    }
    out
}

/// The sections of a note alone: they partition the text, and at least one is there.
pub fn sections(text: &str, knowledge: &Knowledge) -> Vec<Section> {
    outline(text, knowledge.fold(text), knowledge).sections
}

/// The sections of a note that folds so.
fn parts(text: &str, folded: &Folded, knowledge: &Knowledge) -> Vec<Section> {
    let lines = lines::lines(text);
    let mut found = headings::headings(text, &lines, &knowledge.sections);
    refine::refine(text, &lines, &mut found, &knowledge.sections);
    let earlier = visits::earlier(text, &lines, &found, &knowledge.sections);
    let copied = copied::blocks(text, folded, &lines, &found, &knowledge.sections);
    copied::insert(&copied, &mut found);
    let end = text.len() as u32;
    let mut out = Vec::with_capacity(found.len() + 1);
    if found.first().is_none_or(|h| lines.iter().find(|l| !l.blank()).is_some_and(|l| l.first < h.start)) {
        out.push(Section {
            kind: SectionKind::Preamble,
            title: None,
            start: 0,
            body_start: 0,
            end,
            assessed: false,
            tabled: false,
            copied: false,
            rule: None,
        });
    }
    for heading in &found {
        // White space before the first heading of all belongs to its section.
        let start = if out.is_empty() { 0 } else { heading.start as u32 };
        if let Some(before) = out.last_mut() {
            before.end = start;
        }
        let title = Some(heading.title).filter(|t| !t.is_empty());
        let copied = copied.iter().any(|c| c.contains(&heading.start)) || earlier.contains(&heading.start);
        out.push(Section {
            kind: heading.kind,
            title,
            start,
            body_start: heading.body as u32,
            end,
            assessed: assesses(heading.kind),
            tabled: false,
            copied,
            rule: heading.rule,
        });
    }
    out
}
