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
        let heads: Vec<usize> = line.clone().rev().take_while(|i| is_answer(folded, *i) && set_off(&folded.tokens, *i)).collect();
        if heads.len() == 2 {
            let columns: Vec<(usize, WordId)> = heads.iter().map(|i| (middle(text, &folded.tokens[*i]), folded.tokens[*i].word)).collect();
            at = rows(text, folded, next, &columns, knowledge);
        } else {
            at = next;
        }
    }
}

/// Reads the rows from a token on; returns the token behind them.
fn rows(text: &str, folded: &mut Folded, from: usize, columns: &[(usize, WordId)], knowledge: &SectionsKnowledge) -> usize {
    let (mut at, mut unmarked) = (from, 0);
    while at < folded.tokens.len() && unmarked <= UNMARKED {
        let line = line_from(folded, at);
        if unmarked > 0 && folded.tokens[at].breaks > 1 {
            break;
        }
        let mark = line.end - 1;
        let ticked = line.len() > 1 && knowledge.is(SectionWordUse::Tick, folded.word(mark)) && set_off(&folded.tokens, mark);
        if ticked {
            let place = middle(text, &folded.tokens[mark]);
            let column = columns.iter().min_by_key(|(column, _)| column.abs_diff(place));
            if let Some((_, word)) = column {
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

/// Whether a gap, or the line's start, stands before a token.
fn set_off(tokens: &[Token], i: usize) -> bool {
    let token = &tokens[i];
    let before = i.checked_sub(1).map_or(0, |j| tokens[j].span.end);
    token.kind != TokenKind::Number && (token.breaks > 0 || token.span.start - before >= GAP)
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
