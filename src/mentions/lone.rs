//! Where a finding is that has no place of its own: at its effect, where it is guessed, or where the list is that it stands in.

use super::Mention;
use super::compose::{Reader, Sites};
use super::nodes::{Named, Node};
use crate::fold::TokenKind;
use crate::knowledge::source::lexicon::Joins;
use crate::layout::Sentence;
use crate::vocab::{ConceptKind, SectionKind};
use std::ops::Range;

/// Mentions of a list that are looked at for where it is.
const LISTED: usize = 64;

impl Reader<'_> {
    /// "neck pain in the setting of arthritis": the causes in a row are sought where their effect is.
    pub(super) fn sites_of_effect(&self, row: Range<usize>, earlier: &Sites) -> Sites {
        let at = row.start;
        let effect = self.effect(at).filter(|&e| !matches!(self.nodes[e], Node::Site(_)) || earlier.contains(&e));
        let caused = row.filter_map(|n| self.named(n)).any(|n| self.caused(n));
        match effect {
            Some(effect) if caused && self.causes(effect, at) => earlier.clone(),
            _ => Sites::new(),
        }
    }

    /// Whether a node is told as the cause of one before it; where nothing but its place says so, nothing may be listed behind it.
    fn causes(&self, effect: usize, at: usize) -> bool {
        let pattern = self.lexicon.grammar.joins(Joins::FindingCause, None, &self.layout.folded, self.gap(effect, at));
        pattern.is_some_and(|p| !p.closes || self.ends_sentence(at))
    }

    /// Whether the sentence ends behind a node, or behind the row that it begins.
    fn ends_sentence(&self, at: usize) -> bool {
        let end = self.nodes[self.row_end(at) - 1].tokens().end;
        let folded = &self.layout.folded;
        (end..self.layout.sentences[self.sentence as usize].tokens.end)
            .all(|t| folded.word(t as usize) != "," && self.lexicon.grammar.is_mark(folded, t))
    }

    /// The node before one that it may be the cause of: not what only blames, nor what is said of the cause ("due to *known* arthritis").
    fn effect(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|&e| !self.binds_action(e) && !self.says_of(e))
    }

    /// Whether a node only says something of what it stands before: "*known* arthritis".
    pub(super) fn says_of(&self, at: usize) -> bool {
        let concept = self.named(at).and_then(|n| n.concept);
        concept.is_some_and(|c| self.lexicon.concept(c).kind == ConceptKind::Circumstance)
    }

    /// "cervicalgia due to arthritis", "LBP due to HNP": the region of the effect, by its name or by its one place.
    pub(super) fn region_of_effect(&self, at: usize, out: &[Mention]) -> Option<String> {
        let effect = self.effect(at)?;
        if !self.causes(effect, at) {
            return None;
        }
        let tokens = self.nodes[effect].tokens();
        let own = |m: &&Mention| m.tokens.start < tokens.end && tokens.start < m.tokens.end;
        let mut told = out
            .iter()
            .rev()
            .take(LISTED)
            .take_while(|m| m.sentence == self.sentence)
            .filter(own)
            .filter_map(|m| Some(&m.region.as_ref()?.0));
        let named = || self.named(effect).and_then(|n| n.region.as_ref());
        let region = told.next().or_else(named)?;
        told.all(|r| r == region).then(|| region.clone())
    }

    /// "Neck pain. Suspect muscle strain.": in an assessment a guess is at what was named before it there, or else at what the story is
    /// about, if that is one region.
    pub(super) fn region_guessed_at(&self, named: &Named, told: &[Mention]) -> Option<String> {
        let section_of = |sentence: u32| self.layout.sentences[sentence as usize].section as usize;
        let here = &self.layout.sentences[self.sentence as usize];
        // "- suspect muscle strain": a bullet says nothing
        let mark = |t: &u32| self.layout.folded.tokens[*t as usize].kind == TokenKind::Punctuation;
        let opens = (here.tokens.start..named.tokens.start).find(|t| !mark(t)).unwrap_or(named.tokens.start);
        let (grammar, folded) = (&self.lexicon.grammar, &self.layout.folded);
        // "strain likely", "DJD vs strain": what makes it a guess may stand behind it
        let behind = || {
            let next = named.tokens.end;
            let last = (next + 1..here.tokens.end).all(|t| mark(&t));
            let weighed = grammar.is_versus(folded, next) && self.named(named.node + 1).is_some_and(|n| n.tokens.start == next + 1);
            opens == named.tokens.start && next < here.tokens.end && (weighed || grammar.is_guess(folded, next) && last)
        };
        let against = || grammar.is_versus(folded, named.tokens.start - 1).then(|| told.last())?;
        if opens < named.tokens.start
            && let Some((region, _)) = against().filter(|m| m.sentence == self.sentence).and_then(|m| m.region.as_ref())
        {
            return Some(region.clone());
        }
        // "Neck pain. She has arthritis."
        let right_behind = || told.last().is_some_and(|m| m.region.is_some() && m.sentence + 1 == self.sentence);
        let leads = || {
            let pattern = grammar.joins(Joins::Guess, None, folded, opens..named.tokens.start);
            pattern.is_some_and(|p| !p.closes || right_behind() && self.ends_behind(named))
        };
        let guess = || leads() || behind();
        let section = &self.layout.sections[here.section as usize];
        let adds = section.kind == SectionKind::Addendum;
        if !(section.assessed || adds) || !guess() {
            return None;
        }
        let before = told.iter().rev().filter(|m| m.sentence < self.sentence && m.region.is_some());
        let last = before.clone().next().filter(|m| section_of(m.sentence) == here.section as usize).map(|m| m.sentence);
        // an addendum speaks of the assessment that it is added to
        let tells = |m: &&Mention| {
            let told_in = &self.layout.sections[section_of(m.sentence)];
            if adds { told_in.assessed } else { told_in.kind <= SectionKind::Hpi }
        };
        let mut regions = before.filter(|m| last.map_or_else(|| tells(m), |last| m.sentence == last)).filter_map(|m| m.region.as_ref());
        let (only, _) = regions.next()?;
        regions.all(|(region, _)| region == only).then(|| only.clone())
    }

    /// Whether the sentence ends behind a finding: not "due to arthritis *she uses a cane*", "she has arthritis, *takes Tylenol*".
    fn ends_behind(&self, named: &Named) -> bool {
        let folded = &self.layout.folded;
        let rest = named.tokens.end..self.layout.sentences[self.sentence as usize].tokens.end;
        rest.into_iter().all(|t| folded.tokens[t as usize].kind == TokenKind::Punctuation)
    }

    /// "1. Cervical spondylosis. 2. Stenosis.": what is a sentence of an assessment by itself is where all is that was named before it
    /// there, and "Neck pain" with "OA" in the line below, where the problem is.
    pub(super) fn region_of_the_list(&self, named: &Named, told: &[Mention]) -> Option<String> {
        let sentences = &self.layout.sentences;
        let here = &sentences[self.sentence as usize];
        let folded = &self.layout.folded;
        let mark = |t: u32| folded.tokens[t as usize].kind != TokenKind::Word || self.lexicon.grammar.describes(folded, t);
        let alone = || (here.tokens.start..named.tokens.start).chain(named.tokens.end..here.tokens.end).all(mark);
        if !self.layout.sections[here.section as usize].assessed || !alone() {
            return None;
        }
        let only = |in_list: &dyn Fn(&Sentence) -> bool| {
            let listed = told.iter().rev().take(LISTED).filter(|m| m.sentence < self.sentence && in_list(&sentences[m.sentence as usize]));
            let mut regions = listed.filter_map(|m| m.region.as_ref());
            let (only, _) = regions.next()?;
            regions.all(|(region, _)| region == only).then(|| only.clone())
        };
        let problem = self.layout.problem(here.item);
        let of_problem = |s: &Sentence| s.section == here.section && self.layout.problem(s.item) == problem;
        let listed = |s: &Sentence| s.section == here.section;
        // "1. Cervicalgia. 2. Aortic valve disease. 3. Stenosis": of what the entry before it names
        let blank = |s: &&Sentence| s.tokens.clone().all(|t| folded.tokens[t as usize].kind != TokenKind::Word);
        let before = sentences[..self.sentence as usize].iter().rposition(|s| !blank(&s)).unwrap_or(0) as u32;
        let next = || told.iter().rev().take(LISTED).any(|m| m.sentence == before && m.region.is_some());
        match only(&of_problem) {
            Some(region) if self.caused(named) => Some(region),
            // "1. Neck pain 2. Arthritis" may be of any joint
            _ if self.placed_by_clause(named) && next() => only(&listed),
            _ => None,
        }
    }
}
