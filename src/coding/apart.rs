//! What the provider sets apart from what else is named: "C6 radiculopathy, not from the disc", "unrelated to the spondylosis".

use super::bonds::causes;
use super::facts::{Fact, Standing, State};
use crate::findings::Finding;
use crate::fold::TokenKind;
use crate::knowledge::Knowledge;
use crate::layout::{ItemKind, Layout};
use crate::vocab::ConceptKind;
use std::ops::Range;

/// Tokens behind "not from" within which a word refers to what was named before.
const BACK: u32 = 4;
/// Tokens between "not due to" and what it names.
const OBJECT: u32 = 5;

/// Whether one of two conditions is said not to come from the other.
pub(super) fn parted(one: &Fact, other: &Fact) -> bool {
    one.apart.contains(&other.finding) || other.apart.contains(&one.finding)
}

/// Sets conditions apart as the note does. What is only denied as a cause is not denied where the assessment has it elsewhere: "Cervical
/// spondylosis. C7 radiculopathy, not due to spondylosis."
pub(super) fn set(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let guidelines = &knowledge.coding.guidelines;
    let (Some(saying), Some(discs)) = (guidelines.get("stated-unrelated"), guidelines.get("said-of-the-disc")) else { return };
    let tokens = |f: &Fact| findings[f.finding].mention.tokens.clone();
    let condition = |f: &Fact| matches!(knowledge.lexicon.concept(f.concept).kind, ConceptKind::Diagnosis | ConceptKind::Symptom);
    let apart = |f: &&Fact| saying.concepts.has(f.concept) && f.state == State::Affirmed;
    let said: Vec<Fact> = facts.iter().filter(apart).cloned().collect();
    for word in said {
        let (start, end) = (tokens(&word).start, tokens(&word).end);
        let here = |f: &Fact| f.sentence == word.sentence && condition(f);
        let subject = (0..facts.len()).rfind(|i| here(&facts[*i]) && tokens(&facts[*i]).end <= start);
        let Some(subject) = subject else { continue };
        let comma = (end..end + OBJECT).find(|t| layout.folded.word(*t as usize) == ",");
        let near = |f: &Fact| (end..comma.unwrap_or(end + OBJECT)).contains(&tokens(f).start);
        let objects: Vec<usize> = (0..facts.len()).filter(|i| here(&facts[*i]) && near(&facts[*i])).collect();
        // "not related to prior ACDF": the operation was done
        for fact in facts.iter_mut().filter(|f| f.sentence == word.sentence && near(f) && f.state == State::Denied) {
            if matches!(knowledge.lexicon.concept(fact.concept).kind, ConceptKind::Status) {
                fact.state = State::Affirmed;
            }
        }
        let last = layout.sentences.get(word.sentence as usize).map_or(end, |s| s.tokens.end);
        let behind = end..last.min(end + BACK);
        let earlier = |i: &usize| *i != subject && condition(&facts[*i]) && tokens(&facts[*i]).end <= start;
        let meant: Vec<usize> = if !objects.is_empty() {
            let disc = |f: &Fact| discs.concepts.has(f.concept);
            let alike = |o: &Fact, f: &Fact| f.concept == o.concept || disc(o) && disc(f);
            let same = |o: &Fact, f: &Fact| alike(o, f) && f.may_share_place(o);
            (0..facts.len()).filter(|i| *i != subject && objects.iter().any(|o| same(&facts[*o], &facts[*i]))).collect()
        } else if let Some(number) = numbered(layout, &behind) {
            let items = numbered_items(layout, word.section, number);
            (0..facts.len()).filter(|i| condition(&facts[*i]) && items.contains(&facts[*i].item)).collect()
        } else if discs.stands_in(layout.tokens(behind.clone())) {
            (0..facts.len()).filter(earlier).filter(|i| discs.concepts.has(facts[*i].concept)).collect()
        } else if saying.stands_in(layout.tokens(behind.clone())) || closes(layout, &behind) {
            (0..facts.len()).filter(earlier).collect()
        } else {
            Vec::new()
        };
        let meant: Vec<usize> = meant.iter().map(|i| facts[*i].finding).collect();
        let of = facts[subject].clone();
        let effect = |i: &usize| here(&facts[*i]) && causes(findings, facts, *i, subject);
        let effects: Vec<usize> = (0..facts.len()).filter(effect).map(|i| facts[i].finding).collect();
        for fact in facts.iter_mut() {
            // "neck pain due to spasm, unrelated to her DDD": the pain is apart from it too
            if effects.contains(&fact.finding) || fact.concept == of.concept && fact.may_share_place(&of) {
                fact.apart.extend(meant.iter().filter(|m| **m != fact.finding));
            }
        }
        for object in objects {
            let (concept, sentence) = (facts[object].concept, facts[object].sentence);
            let has = |f: &Fact| f.concept == concept && f.sentence != sentence && f.standing == Standing::Assessed;
            if facts[object].state == State::Denied && facts.iter().any(|f| has(f) && f.state == State::Affirmed) {
                facts[object].standing = Standing::Incidental;
            }
        }
    }
}

/// The number of the problem that is referred to: "unrelated to *#1*", "not due to problem *1*."
fn numbered(layout: &Layout, behind: &Range<u32>) -> Option<u32> {
    let word = |t: u32| layout.folded.word(t as usize);
    let refers = |t: &u32| word(t - 1) == "#" || closes(layout, &(t + 1..behind.end));
    behind.clone().filter(|t| word(*t).parse::<u32>().is_ok()).find(refers).and_then(|t| word(t).parse().ok())
}

/// The entries of that number in a section: "1. HTN".
fn numbered_items(layout: &Layout, section: u32, number: u32) -> Vec<u32> {
    let parsed = |t: u32| layout.folded.word(t as usize).parse::<u32>().ok();
    let of_number = |i: &usize| {
        let item = &layout.items[*i];
        let first = layout.sentences.get(item.sentences.start as usize).map_or(0, |s| s.tokens.start);
        // the number is the sentence's first word or stands, with its mark, right before it
        let own = [first, first.saturating_sub(1), first.saturating_sub(2)].into_iter().find_map(parsed);
        item.section == section && item.kind == ItemKind::Numbered && own == Some(number)
    };
    (0..layout.items.len()).filter(of_number).map(|i| i as u32).collect()
}

/// Whether nothing follows but a mark: "Cervical DDD, *unrelated.*"
fn closes(layout: &Layout, behind: &Range<u32>) -> bool {
    layout.tokens(behind.clone()).first().is_none_or(|t| t.kind == TokenKind::Punctuation)
}
