//! Tables: of answers ("Fever        X" below "YES   NO" has its mark under one of them), and of diagnoses, by their heads.

use crate::fold::{Folded, Token, TokenKind};
use crate::knowledge::sections::SectionsKnowledge;
use crate::knowledge::source::sections::SectionWordUse;
use crate::layout::Sentence;
use crate::words::WordId;
use std::ops::Range;

/// White space that parts columns, in bytes.
const GAP: u32 = 2;
/// Lines between the answers and the first mark that hold none, as a title of the table does.
const UNMARKED: usize = 3;

/// Lets each mark in a column of answers be the answer that heads its column.
pub(crate) fn answer(text: &str, folded: &mut Folded, knowledge: &SectionsKnowledge) {
    let is_answer = |folded: &Folded, i: usize| knowledge.is(SectionWordUse::Column, folded.word(i));
    let mut at = 0;
    while at + 1 < folded.tokens.len() {
        let line = line_from(folded, at);
        let next = line.end;
        let filled = line.clone().rev().filter(|i| folded.word(*i) != BAR);
        let heads: Vec<usize> = filled.take_while(|i| is_answer(folded, *i) && set_off(text, &folded.tokens, *i)).collect();
        if heads.len() == 2 {
            let start = folded.tokens[line.start].span.start as usize;
            let columns: Vec<(Place, WordId)> =
                heads.iter().map(|i| (place(text, start, &folded.tokens[*i]), folded.tokens[*i].word)).collect();
            at = rows(text, folded, next, &columns, knowledge);
        } else {
            at = next;
        }
    }
}

/// Reads the rows from a token on; returns the token behind them.
fn rows(text: &str, folded: &mut Folded, from: usize, columns: &[(Place, WordId)], knowledge: &SectionsKnowledge) -> usize {
    let (mut at, mut unmarked) = (from, 0);
    while at < folded.tokens.len() && unmarked <= UNMARKED {
        let line = line_from(folded, at);
        if unmarked > 0 && folded.tokens[at].breaks > 1 {
            break;
        }
        let mark = line.clone().rev().find(|i| folded.word(*i) != BAR).unwrap_or(line.start);
        let ticked = mark > line.start && knowledge.is(SectionWordUse::Tick, folded.word(mark)) && set_off(text, &folded.tokens, mark);
        if ticked {
            let here = place(text, folded.tokens[line.start].span.start as usize, &folded.tokens[mark]);
            let column = columns.iter().min_by_key(|(column, _)| (column.cell.abs_diff(here.cell), column.middle.abs_diff(here.middle)));
            if let Some((_, word)) = column.filter(|(column, _)| column.cell == here.cell) {
                folded.tokens[mark].word = *word;
            }
        }
        unmarked = if ticked { 0 } else { unmarked + 1 };
        at = line.end;
    }
    at
}

/// The tokens of the line that begins with a token.
fn line_from(folded: &Folded, at: usize) -> Range<usize> {
    let behind = folded.tokens[at + 1..].iter().position(|t| t.breaks > 0).map_or(folded.tokens.len(), |n| at + 1 + n);
    at..behind
}

/// Whether a gap, the mark or tab of a cell, or the line's start stands before a token.
fn set_off(text: &str, tokens: &[Token], i: usize) -> bool {
    let token = &tokens[i];
    let before = i.checked_sub(1).map_or(0, |j| tokens[j].span.end);
    let parted = || text.get(before.saturating_sub(1) as usize..token.span.start as usize).is_some_and(|gap| gap.contains(PARTS));
    token.kind != TokenKind::Number && (token.breaks > 0 || token.span.start - before >= GAP || parted())
}

/// Where a token stands in its line.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Cells before its own, where marks or tabs part them.
    cell: usize,
    /// Its middle, in characters.
    middle: usize,
}

/// What parts cells.
const PARTS: [char; 2] = ['|', '\t'];
const BAR: &str = "|";

fn place(text: &str, line: usize, token: &Token) -> Place {
    let cell = text.get(line..token.span.start as usize).map_or(0, |before| before.matches(PARTS).count());
    Place { cell, middle: middle(text, token) }
}

/// The column, in characters, in which the middle of a token stands.
fn middle(text: &str, token: &Token) -> usize {
    let (start, end) = (token.span.start as usize, token.span.end as usize);
    let before = text.get(..start).unwrap_or("");
    let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    before.get(line..).unwrap_or("").chars().count() + (end - start) / 2
}

/// Lines of a section among which the head of a table is sought.
const HEAD: usize = 3;

/// Whether one of the first lines of a section names the columns of a table of diagnoses: "Diagnosis    Side   Comment".
pub(crate) fn heads_table(folded: &Folded, section: u32, sentences: &[Sentence], knowledge: &SectionsKnowledge) -> bool {
    let from = sentences.partition_point(|s| s.section < section);
    sentences[from..].iter().take_while(|s| s.section == section).take(HEAD).any(|s| {
        let mut line = s.tokens.start as usize..s.tokens.end as usize;
        let Some(first) = line.find(|i| folded.tokens[*i].kind == TokenKind::Word) else { return false };
        // behind the name of the first column stands a gap or a bar, and another name
        let (name, Some(next)) = (&folded.tokens[first], folded.tokens.get(first + 1)) else { return false };
        let gap = next.span.start >= name.span.end + GAP && next.kind == TokenKind::Word;
        next.breaks == 0 && (folded.word(first + 1) == "|" || gap) && knowledge.is(SectionWordUse::TableHead, folded.word(first))
    })
}
