//! Whose a value is in a note that assesses other problems beside the neck's: there a sentence that does not name the neck tells of it only if
//! it says nothing that the telling of a complaint does not, and goes on with what tells of the neck.

use crate::attributes::Read;
use crate::attributes::link::{Linker, tells};
use crate::attributes::scan::Hit;
use crate::fold::TokenKind;
use crate::knowledge::Knowledge;
use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::{LinkKind, WordUse};
use crate::layout::{Item, ItemKind, Layout};
use crate::mentions::Mention;
use crate::vocab::{AttributeKey, ConceptKind};
use std::ops::Range;

/// Tokens at the beginning of an entry without a number among which a problem is named.
const NAMED: usize = 8;
/// Sentences before one among which its topic is sought.
const TOPIC: usize = 6;

/// The problems of a note that assesses others beside the neck's.
pub(crate) struct Problems<'a> {
    /// For each item whether it, or what stands under it, tells of the neck.
    of_neck: Vec<bool>,
    /// The regions of the places that the others name.
    regions: Vec<&'a str>,
    /// The tokens of the others.
    pub others: Vec<Range<u32>>,
}

impl<'a> Problems<'a> {
    /// The problems of a note that tells of the neck and assesses something else; `None` for any other.
    pub fn of(layout: &Layout, mentions: impl Iterator<Item = &'a Mention> + Clone, knowledge: &'a Knowledge) -> Option<Problems<'a>> {
        let mut of_neck = vec![false; layout.items.len()];
        for sentence in mentions.clone().filter(|m| is_cervical(m)).filter_map(|m| layout.sentences.get(m.sentence as usize)) {
            if let Some(problem) = of_neck.get_mut(layout.problem(sentence.item) as usize) {
                *problem = true;
            }
        }
        let other = |at: &usize| {
            let item = &layout.items[*at];
            let assessed = layout.sections.get(item.section as usize).is_some_and(|s| s.assessed);
            let own = layout.problem(*at as u32) as usize == *at && !of_neck[*at];
            assessed && own && item.kind != ItemKind::Heading && names_a_problem(layout, item, knowledge)
        };
        let mut others: Vec<usize> = (0..layout.items.len()).filter(other).collect();
        // most notes assess nothing else, and need no search for the neck's name
        if others.is_empty() {
            return None;
        }
        for sentence in &layout.sentences {
            if let Some(problem) = of_neck.get_mut(layout.problem(sentence.item) as usize).filter(|problem| !**problem) {
                *problem = knowledge.lexicon.names_neck(&layout.folded, sentence.tokens.clone());
            }
        }
        others.retain(|at| !of_neck[*at]);
        if others.is_empty() || !of_neck.contains(&true) {
            return None;
        }
        let mut regions: Vec<&str> = Vec::new();
        let tokens = |at: &usize| {
            let sentences = layout.sentences.get(range(&layout.items[*at].sentences)).unwrap_or_default();
            sentences.first().map_or(0, |s| s.tokens.start)..sentences.last().map_or(0, |s| s.tokens.end)
        };
        let told: Vec<Range<u32>> = others.iter().map(tokens).collect();
        for tokens in &told {
            knowledge.lexicon.regions_in(&layout.folded, tokens.clone(), |region| regions.push(region));
        }
        let within =
            |m: &&Mention| layout.sentences.get(m.sentence as usize).is_some_and(|s| others.binary_search(&(s.item as usize)).is_ok());
        regions.extend(mentions.filter(within).filter_map(|m| Some(m.region.as_ref()?.0.as_str())));
        Some(Problems { of_neck, regions, others: told })
    }

    /// Whether some tokens name a place that the others name.
    pub fn name_a_place_of_others(&self, layout: &Layout, tokens: Range<u32>, knowledge: &Knowledge) -> bool {
        let mut found = false;
        knowledge.lexicon.regions_in(&layout.folded, tokens, |region| found |= self.regions.contains(&region));
        found
    }
}

/// Whether a property is one that each complaint has of its own.
fn of_a_complaint(key: AttributeKey) -> bool {
    use AttributeKey::{Duration, Laterality, Onset, PainScore, Region, Severity};
    matches!(key, Duration | Onset | PainScore | Severity | Laterality | Region)
}

/// Whether a mention is of the neck by its own words.
pub(super) fn is_cervical(mention: &Mention) -> bool {
    mention.region.as_ref().is_some_and(|(region, _)| region == "cervical")
}

fn range(of: &Range<u32>) -> Range<usize> {
    of.start as usize..of.end as usize
}

/// Whether an entry of an assessment opens with words that may name a problem, behind sides and the like, not with what is done.
fn names_a_problem(layout: &Layout, item: &Item, knowledge: &Knowledge) -> bool {
    let (folded, attributes) = (&layout.folded, &knowledge.attributes);
    let says = |token: u32, what: fn(&Meaning) -> bool| {
        let mut said = false;
        attributes.finder.at(folded, token as usize, |_, phrase| said |= attributes.meanings[phrase].iter().any(what));
        said
    };
    let word = |t: &u32| folded.tokens.get(*t as usize).is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::Alphanumeric));
    let sentences = layout.sentences.get(range(&item.sentences)).unwrap_or_default();
    let mut words = sentences.iter().flat_map(|s| s.tokens.clone()).filter(word);
    let first = words.find(|t| !says(*t, |m| matches!(m, Meaning::Value { .. })));
    // an entry without a number may be anything: one that names no problem is none
    let named = || {
        use WordUse::{AnotherMatter, OtherLabel, OtherPart, OtherSite};
        let mut tokens = sentences.iter().flat_map(|s| s.tokens.clone()).take(NAMED);
        let known = |m: &Meaning| matches!(m, Meaning::Word(AnotherMatter | OtherLabel | OtherPart | OtherSite));
        let problem = |t: u32| knowledge.sections.names_problem(folded.word(t as usize));
        item.kind == ItemKind::Numbered || tokens.any(|t| says(t, known) || problem(t))
    };
    first.is_some_and(|t| !says(t, |m| matches!(m, Meaning::Word(WordUse::Managed | WordUse::Telling)))) && named()
}

impl<'a> Linker<'a> {
    /// Whether a time, score, strength or side that stands in no sentence of the neck is of another problem of the note.
    pub(super) fn of_another_problem(&self, read: &Read) -> bool {
        if !of_a_complaint(read.attribute.key) {
            return false;
        }
        let layout = self.scan.layout;
        let Some(at) = layout.sentence_at(read.tokens.start) else { return false };
        let Some(here) = layout.sentences.get(at) else { return false };
        if self.speaks_of_the_neck(here.tokens.clone()) {
            return false;
        }
        let Some(section) = layout.sections.get(here.section as usize) else { return false };
        if !(section.assessed || tells(section.kind)) {
            return false;
        }
        let Some(problems) = self.problems.get_or_init(|| Problems::of(layout, self.mentions.iter(), self.knowledge)) else { return false };
        if section.assessed {
            return problems.of_neck.get(layout.problem(here.item) as usize) == Some(&false);
        }
        let before = here.tokens.start..read.tokens.start;
        let strong = matches!(read.attribute.key, AttributeKey::PainScore | AttributeKey::Severity);
        let from = before.clone().rev().find(|t| self.scan.token(*t) == ";").map_or(before.start, |t| t + 1);
        // "the *right* shoulder", where a shoulder is assessed
        let beside = read.attribute.key == AttributeKey::Laterality && {
            problems.name_a_place_of_others(layout, read.tokens.end..read.tokens.end + 1, self.knowledge)
        };
        // "The right shoulder is bad; she rates it 7/10"
        let earlier = from > before.start && self.is_of_another_part(before.start..from, problems);
        // "R shoulder stiff x 1 yr"
        let own = self.is_of_another_part(from..read.tokens.start, problems);
        // how strong something is is told of what hurts, in whatever words
        beside || earlier || own || !self.speaks_of_a_complaint(from..read.tokens.start, strong) || self.goes_on_with_another(at, problems)
    }

    /// Whether a value stands behind something else that is told behind the neck in its sentence: "neck pain, right *knee pain* x 3 months",
    /// "neck pain and *BP has been running high* for 2 weeks"; not of "neck pain, worse at the desk, for 2 weeks", nor of what may be shared:
    /// "neck pain and headache for 2 weeks".
    pub(super) fn of_a_neighbour(&self, read: &Read) -> bool {
        let start = read.tokens.start;
        let here = self.scan.layout.sentence_at(start).and_then(|at| self.scan.layout.sentences.get(at));
        let places = matches!(read.attribute.key, AttributeKey::Laterality | AttributeKey::Region);
        let Some(here) = here.filter(|_| of_a_complaint(read.attribute.key) && !places) else { return false };
        let named = self.mentions_in(here.tokens.start..start).filter(|m| is_cervical(m) && m.tokens.end <= start);
        let Some(neck) = named.map(|m| m.tokens.end).max() else { return false };
        let joins =
            |t: u32| matches!(self.scan.word(t, WordUse::Join), Some(end) if end == t + 1) && !matches!(self.scan.token(t), "-" | "/");
        let Some(join) = (neck..start).rev().find(|t| joins(*t)) else { return false };
        let marked = self.scan.is_mark(join) && self.scan.token(join) != "&";
        let skipped = |t: &u32| {
            let value = self.scan.at(*t).iter().any(|h| matches!(h.meaning, Meaning::Value { .. } | Meaning::Word(WordUse::Determiner)));
            value || joins(*t)
        };
        let Some(first) = (join..start).find(|t| !skipped(t)) else { return false };
        let strange = |t: &u32| {
            let word = self.scan.layout.folded.tokens.get(*t as usize).is_some_and(|t| t.kind == TokenKind::Word);
            let limb = self.scan.at(*t).iter().any(|h| matches!(h.meaning, Meaning::Target(_)));
            word && !limb && self.told_by(*t, start, false).is_none() && self.mentions_in(*t..*t + 1).next().is_none()
        };
        let several = || (first..start).filter(strange).count() > 1;
        let other = strange(&first) && (marked || several());
        other && self.problems.get_or_init(|| Problems::of(self.scan.layout, self.mentions.iter(), self.knowledge)).is_some()
    }

    /// Whether some words before a value tell of nothing but a complaint: each of them is one that such a telling has ("It *started*"), or
    /// what is felt is named without its place and no other part is ("with ibuprofen the *pain* is").
    fn speaks_of_a_complaint(&self, before: Range<u32>, strong: bool) -> bool {
        let mut at = before.start;
        let (mut strange, mut felt, mut goes, mut placed) = (false, strong, false, false);
        let mut plain = true;
        while at < before.end {
            let known = self.told_by(at, before.end, goes);
            let told = || self.scan.word(at + 1, WordUse::Speaks).is_some();
            let word = self.scan.layout.folded.tokens.get(at as usize).is_some_and(|t| t.kind == TokenKind::Word);
            goes |= self.scan.at(at).iter().any(|h| self.radiates(h));
            let names = [WordUse::Felt, WordUse::Hurts].into_iter().any(|of| self.scan.word(at, of).is_some());
            felt |= plain && names;
            placed |= !plain && self.scan.word(at, WordUse::Felt).is_some();
            // "it has been hurting since *she took a new job*": how it began may be told in any words
            if felt && self.scan.word(at, WordUse::Following).is_some() {
                break;
            }
            plain = known.is_some() || !word || told();
            strange |= !plain;
            at = known.unwrap_or(at + 1);
        }
        let other = || {
            [WordUse::OtherPart, WordUse::OtherSite, WordUse::AnotherMatter].into_iter().any(|of| self.scan.any_word(before.clone(), of))
        };
        !strange || felt && !placed && !other()
    }

    /// The end, not behind `end`, of what stands at a token and is a word of the telling of a complaint, or a value; a part of the body only where the
    /// complaint goes there.
    fn told_by(&self, token: u32, end: u32, goes: bool) -> Option<u32> {
        use WordUse as W;
        let tells = |meaning: Meaning| match meaning {
            Meaning::Word(of) => matches!(
                of,
                W::Telling
                    | W::Speaks
                    | W::Managed
                    | W::Felt
                    | W::Hurts
                    | W::Determiner
                    | W::Copula
                    | W::Quality
                    | W::Join
                    | W::About
                    | W::Following
                    | W::Formerly
                    | W::Each
                    | W::At
                    | W::Company
                    | W::Onset
                    | W::Often
                    | W::Clock
                    | W::Range
            ),
            Meaning::Target(_) => goes,
            Meaning::Fact(_) | Meaning::Block(_) => false,
            _ => true,
        };
        self.scan.at(token).iter().find(|h| h.end <= end && tells(h.meaning)).map(|h| h.end)
    }

    /// Whether a sentence goes on with one before it that is of another part: "Here for the right *shoulder*. It began 3 weeks ago."
    fn goes_on_with_another(&self, sentence: usize, problems: &Problems<'_>) -> bool {
        let layout = self.scan.layout;
        let here = &layout.sentences[sentence];
        let before = layout.sentences[..sentence].iter().rev().take(TOPIC).take_while(|s| s.section == here.section);
        for s in before {
            if self.speaks_of_the_neck(s.tokens.clone()) {
                return false;
            }
            if self.is_of_another_part(s.tokens.clone(), problems) {
                return true;
            }
        }
        false
    }

    /// Whether some tokens name another part of the body as what they are about, or one in which another problem is assessed: not as where the
    /// pain goes, nor as what is well.
    fn is_of_another_part(&self, all: Range<u32>, problems: &Problems<'_>) -> bool {
        let goes = self.scan.within(all.clone()).iter().any(|h| self.radiates(h));
        let denies = self.scan.any_word(all.clone(), WordUse::Negator);
        let part = || [WordUse::OtherSite, WordUse::OtherPart].into_iter().any(|of| self.scan.any_word(all.clone(), of));
        let felt = |m: &Mention| m.region.is_some() && self.knowledge.lexicon.concept(m.concept).kind == ConceptKind::Symptom;
        let assessed = || problems.name_a_place_of_others(self.scan.layout, all.clone(), self.knowledge);
        // "it sits just under the ear" is of what was named before
        let goes_on = self.scan.word(all.start, WordUse::Hurts).is_some();
        !goes && !goes_on && !denies && (part() || self.mentions_in(all.clone()).any(felt) || assessed())
    }

    /// Whether words say where a complaint goes.
    fn radiates(&self, hit: &Hit) -> bool {
        matches!(hit.meaning, Meaning::Link(link) if self.knowledge.attributes.links[link as usize].kind == LinkKind::Radiation)
    }

    /// The mentions that begin among some tokens.
    pub(super) fn mentions_in(&self, tokens: Range<u32>) -> impl Iterator<Item = &'a Mention> {
        let from = self.mentions.partition_point(|m| m.tokens.start < tokens.start);
        self.mentions[from..].iter().take_while(move |m| m.tokens.start < tokens.end)
    }
}
