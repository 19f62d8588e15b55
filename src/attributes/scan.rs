//! The words of a note that the readers know, found in one pass.

use crate::fold::TokenKind;
use crate::knowledge::attributes::{AttributesKnowledge, Meaning};
use crate::knowledge::source::attributes::WordUse;
use crate::layout::{ItemKind, Layout};
use crate::span::Span;
use crate::words::Hints;
use std::ops::Range;

/// No blocking phrase has more tokens.
const BLOCK_LENGTH: u32 = 16;
/// Tokens of a line before a number among which the number before it is sought.
const LINE: usize = 40;

/// A known phrase at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// First token.
    pub start: u32,
    /// First token after.
    pub end: u32,
    /// What it means.
    pub meaning: Meaning,
}

/// A note's text, tokens and known phrases.
pub(crate) struct Scan<'a> {
    pub text: &'a str,
    pub layout: &'a Layout,
    pub knowledge: &'a AttributesKnowledge,
    /// By first token, longest first.
    pub hits: Vec<Hit>,
    /// By token: how many hits begin before it.
    before: Vec<u32>,
}

impl<'a> Scan<'a> {
    /// Finds the known phrases of a note; blocked ones and those in the wrong case are left out.
    pub fn new(text: &'a str, layout: &'a Layout, knowledge: &'a AttributesKnowledge) -> Scan<'a> {
        Scan::of(text, layout, knowledge, |found| knowledge.finder.each_in(&layout.folded, found))
    }

    /// Finds only the phrases by which a note speaks of itself.
    pub fn about_note(text: &'a str, layout: &'a Layout, knowledge: &'a AttributesKnowledge) -> Scan<'a> {
        let (finder, phrases) = &knowledge.about_note;
        let each = |found: &mut dyn FnMut(usize, usize, usize)| {
            finder.each_in(&layout.folded, |start, end, phrase| found(start, end, phrases[phrase] as usize));
        };
        Scan::of(text, layout, knowledge, each)
    }

    /// Whether a note tells something of itself at all: without a fact or a label of its date those phrases say nothing.
    pub fn tells(layout: &Layout, knowledge: &AttributesKnowledge) -> bool {
        let folded = &layout.folded;
        let mut any = false;
        folded.hints.any(Hints::ABOUT) && {
            let begin = folded.tokens.iter().enumerate().filter(|(_, t)| t.hints.any(Hints::ABOUT));
            begin.into_iter().any(|(start, _)| {
                knowledge.telling.at(folded, start, |_, _| any = true);
                any
            })
        }
    }

    /// Finds the known phrases among some tokens.
    pub fn near(text: &'a str, layout: &'a Layout, knowledge: &'a AttributesKnowledge, tokens: Range<u32>) -> Scan<'a> {
        let folded = &layout.folded;
        let to = folded.tokens.len().min(tokens.end as usize);
        let word = |i: usize| folded.tokens[i].word;
        Scan::of(text, layout, knowledge, |found| knowledge.finder.each(tokens.start as usize, to, word, found))
    }

    fn of(
        text: &'a str,
        layout: &'a Layout,
        knowledge: &'a AttributesKnowledge,
        each: impl FnOnce(&mut dyn FnMut(usize, usize, usize)),
    ) -> Scan<'a> {
        let mut hits = Vec::new();
        let mut blocks = Vec::new();
        each(&mut |start, end, phrase| {
            for meaning in &knowledge.meanings[phrase] {
                let hit = Hit { start: start as u32, end: end as u32, meaning: *meaning };
                if matches!(meaning, Meaning::Block(_)) { blocks.push(hit) } else { hits.push(hit) }
            }
        });
        blocks.sort_by_key(|b| b.start);
        hits.retain(|hit| {
            let (rule, exact) = match hit.meaning {
                Meaning::Value { index, exact } => (knowledge.values[index as usize].rule, exact.then_some(index)),
                Meaning::Link(index) => (knowledge.links[index as usize].rule, None),
                Meaning::Fact(index) => (knowledge.facts[index as usize].rule, None),
                _ => return true,
            };
            if let Some(index) = exact {
                let span = span_of(layout, hit.start..hit.end);
                if !knowledge.values[index as usize].exact.iter().any(|e| written(e, span.of(text))) {
                    return false;
                }
            }
            // Only blocks that begin a few tokens before can cover the hit, however long the note.
            let from = blocks.partition_point(|b| b.start + BLOCK_LENGTH < hit.start);
            let mut near = blocks[from..].iter().take_while(|b| b.start <= hit.start);
            !near.any(|b| b.meaning == Meaning::Block(rule) && hit.end <= b.end)
        });
        // they were found by their first token
        for group in hits.chunk_by_mut(|a, b| a.start == b.start) {
            group.sort_by_key(|h| u32::MAX - h.end);
        }
        let mut before = Vec::with_capacity(hits.last().map_or(0, |h| h.start as usize + 2));
        for (i, hit) in hits.iter().enumerate() {
            before.resize(hit.start as usize + 1, i as u32);
        }
        before.push(hits.len() as u32);
        Scan { text, layout, knowledge, hits, before }
    }

    fn from(&self, token: u32) -> usize {
        self.before.get(token as usize).map_or(self.hits.len(), |n| *n as usize)
    }

    /// The phrases that begin at a token, longest first.
    pub fn at(&self, token: u32) -> &[Hit] {
        &self.hits[self.from(token)..self.from(token + 1)]
    }

    /// Whether a number, a length of time or a date may begin at a token.
    pub fn may_count(&self, token: u32) -> bool {
        let kind = self.layout.folded.tokens.get(token as usize).map(|t| t.kind);
        let counts = |h: &Hit| {
            matches!(
                h.meaning,
                Meaning::Number(..)
                    | Meaning::Nth(_)
                    | Meaning::Unit(_)
                    | Meaning::UnitAlone(_)
                    | Meaning::Moment(_)
                    | Meaning::Word(WordUse::PartOfMonth)
            )
        };
        matches!(kind, Some(TokenKind::Number | TokenKind::Alphanumeric)) || self.at(token).iter().any(counts)
    }

    /// The phrases that begin within some tokens.
    pub fn within(&self, tokens: Range<u32>) -> &[Hit] {
        let from = self.from(tokens.start);
        &self.hits[from..self.from(tokens.end).max(from)]
    }

    /// The end of the longest phrase of a use that begins at a token.
    pub fn word(&self, token: u32, what: WordUse) -> Option<u32> {
        self.at(token).iter().find(|h| h.meaning == Meaning::Word(what)).map(|h| h.end)
    }

    /// Whether some word of that use lies wholly within the tokens.
    pub fn any_word(&self, tokens: Range<u32>, what: WordUse) -> bool {
        self.within(tokens.clone()).iter().any(|h| h.meaning == Meaning::Word(what) && h.end <= tokens.end)
    }

    /// The folded word of a token.
    pub fn token(&self, token: u32) -> &str {
        self.layout.folded.word(token as usize)
    }

    /// Whether a token is a mark.
    pub fn is_mark(&self, token: u32) -> bool {
        self.token(token).chars().all(|c| !c.is_alphanumeric())
    }

    /// Whether a token is a mark that may open an entry of a list.
    pub fn is_bullet(&self, token: u32) -> bool {
        self.is_mark(token) || self.token(token) == "•"
    }

    /// Whether a token is the number of a list entry.
    pub fn numbers_item(&self, token: u32) -> bool {
        let Some(start) = self.layout.folded.tokens.get(token as usize).map(|t| t.span.start) else { return false };
        let from = self.layout.items.partition_point(|i| i.span.start < start);
        self.layout.items[from..].iter().take_while(|i| i.span.start == start).any(|i| i.kind == ItemKind::Numbered)
    }

    /// Whether a token is the number of an entry within a line: "1. Neck pain *2.* Migraine".
    pub fn numbers_on(&self, token: u32) -> bool {
        let opens = |t: u32, number: u32| self.token(t).parse() == Ok(number) && matches!(self.token(t + 1), "." | ")");
        let Some(before) = self.token(token).parse::<u32>().ok().filter(|n| *n > 1).map(|n| n - 1) else { return false };
        let line = (0..token).rev().take(LINE).take_while(|t| self.breaks(t + 1) == 0);
        opens(token, before + 1) && line.into_iter().any(|t| opens(t, before))
    }

    /// How many tokens the note has.
    pub fn len(&self) -> u32 {
        self.layout.folded.tokens.len() as u32
    }

    /// The bytes of some tokens.
    pub fn span(&self, tokens: Range<u32>) -> Span {
        span_of(self.layout, tokens)
    }

    /// Whether a token stands directly behind the one before it, without a space.
    pub fn glued(&self, token: u32) -> bool {
        self.layout.folded.tokens.get(token as usize).is_some_and(|t| !t.spaced)
    }

    /// Whether a dash or arrow with a space before it stands there: "neck pain x 3 days *-* PT".
    pub fn sets_off(&self, token: u32) -> bool {
        matches!(self.token(token), "-" | "--" | "->" | "-->" | "=>") && !self.glued(token)
    }

    /// Line breaks before a token.
    pub fn breaks(&self, token: u32) -> u8 {
        self.layout.folded.tokens.get(token as usize).map_or(0, |t| t.breaks)
    }
}

/// The bytes of some tokens.
pub(crate) fn span_of(layout: &Layout, tokens: Range<u32>) -> Span {
    let all = &layout.folded.tokens;
    match (all.get(tokens.start as usize), all.get(tokens.end.saturating_sub(1) as usize)) {
        (Some(first), Some(last)) if tokens.start < tokens.end => Span::new(first.span.start, last.span.end),
        _ => Span::default(),
    }
}

/// Whether an abbreviation stands in its very case; a hyphen does for a space ("L-sided").
fn written(abbreviation: &str, text: &str) -> bool {
    let plain = |c: char| if c == '-' { ' ' } else { c };
    abbreviation.chars().map(plain).eq(text.chars().map(plain))
}
