//! Whose a value is that names nothing of ours: the matter of another part or problem that its clause, or the story before it, is about.

use crate::attributes::Read;
use crate::attributes::link::{Linker, tells};
use crate::attributes::problems::is_cervical;
use crate::fold::TokenKind;
use crate::knowledge::source::attributes::WordUse;
use crate::layout::{Item, ItemKind, Sentence};
use crate::vocab::{AttributeKey, SectionKind};
use crate::words::WordId;
use std::ops::Range;

/// Tokens at the beginning of a clause among which its subject stands: "The *pain* disturbs sleep".
const OPENS: u32 = 2;
/// Tokens at the beginning of a clause among which what it is about is named: "Screening: *PHQ-9:* 12".
const OPENING: u32 = 4;
/// Tokens behind a time that name what lasts: "2 days of *diarrhea*".
const OF_WHAT: u32 = 4;
/// Tokens of a field's name before its score: "*Pain level:* 5/10".
const FIELD: u32 = 3;
/// Tokens behind a score among which its place is told in a field of its own.
const PLACED: u32 = 6;
/// Tokens at the beginning of a clause among which its subject and its verb stand: "*Her blood sugars have* been high".
const SUBJECT: u32 = 5;
/// Sentences of a list entry that are looked at for the neck.
const ENTRY: usize = 12;
/// Tokens of a label, its mark and colon included: "**R shoulder:**".
const LABELLED: u32 = 6;
/// Tokens before a value among which what is taken may be named.
const TAKEN: u32 = 4;
/// Tokens behind a phase of care that name what heals: "healing *ulcer*".
const HEALED: u32 = 3;

impl Linker<'_> {
    /// The clause in which a time, side or strength is of something that has its own, named before it there or right behind it: "*knee* swollen for
    /// 2 weeks", "2 days of *diarrhea*", "*plantar fasciitis* left"; not where the neck is named, too, but in "neck pain, *stable* hypertension".
    pub(super) fn of_another_matter(&self, read: &Read) -> Option<Range<u32>> {
        let own = match read.attribute.key {
            AttributeKey::Duration | AttributeKey::Onset | AttributeKey::Laterality | AttributeKey::Region => WordUse::AnotherMatter,
            // "*ankle* 8/10", "*chest* pain radiating to the left arm"
            AttributeKey::PainScore | AttributeKey::Severity | AttributeKey::Radiation | AttributeKey::Course => WordUse::OtherPart,
            _ => return None,
        };
        let at = self.scan.layout.sentence_at(read.tokens.start)?;
        let here = self.scan.layout.sentences[at].tokens.clone();
        // "PHQ-9 *(past 2 weeks)*": what opens a bracket is of what stands before it
        let opened = |t: u32| self.scan.token(t) == "(" && t + 2 >= read.tokens.start;
        let begin = |until: u32| self.clause_start(here.start, until, opened);
        let mut from = begin(read.tokens.start);
        // "Heartburn is controlled; if he forgets it he pays for it, *8 out of 10*": a clause that names nothing goes on with the one before
        if from > here.start && self.scan.token(from - 1) == ";" && !self.felt_in(from..here.end) {
            let earlier = begin(from - 1);
            let first = self.mentions.partition_point(|m| m.tokens.start < earlier);
            let told = self.mentions.get(first).is_some_and(|m| m.tokens.start < from) || (earlier..from).any(|t| self.names_neck(t));
            from = if told { from } else { earlier };
        }
        // "2 days of diarrhea", "intermittent cough"
        let of_what = [read.tokens.end, read.tokens.end - 1].into_iter().any(|t| self.scan.token(t) == "of");
        let reach = if of_what { OF_WHAT } else { u32::from(own == WordUse::OtherPart) };
        // "neck pain, *stable* hypertension"
        if own == WordUse::OtherPart && self.scan.word(read.tokens.end, own).is_some() {
            return Some(read.tokens.clone());
        }
        let before = from..read.tokens.start;
        // "shoots into the *elbow*" names where it goes
        let story = || self.scan.layout.sections.get(self.scan.layout.sentences[at].section as usize).is_some_and(|s| tells(s.kind));
        let goes = read.attribute.key == AttributeKey::Radiation && story();
        let named = self.scan.any_word(from..if goes { read.tokens.start } else { (read.tokens.end + reach).min(here.end) }, own);
        // "Insomnia x 1 yr, *severe*": how strong something is that is no part of the body
        let strength = matches!(read.attribute.key, AttributeKey::PainScore | AttributeKey::Severity);
        let opens = from..(from + OPENING).min(before.end);
        let other = || strength && self.scan.any_word(opens, WordUse::AnotherMatter) && !self.felt_in(before.clone());
        let lives = || self.scan.any_word(before.clone(), WordUse::WayOfLife) && !self.felt_in(before.clone());
        let told = named || other() || lives() || self.takes_something(before.clone()) || self.labelled_elsewhere(at);
        // "Pain disturbs sleep, rated 8/10"
        // but "Chest pain 7/10"
        let subject = |t: u32| self.scan.word(t, WordUse::Felt) == Some(t + 1) && !self.scan.any_word(from..t + 1, own);
        let felt = own == WordUse::OtherPart && (from..from + OPENS).any(subject);
        let another = told && !felt && !self.in_a_field(read) || self.placed_elsewhere(read);
        if !another {
            return None;
        }
        // "coughing for 2 weeks and has neck pain": what is told before the neck is named is of what is named before it
        let ahead = |neck: u32| {
            let timed = matches!(read.attribute.key, AttributeKey::Duration | AttributeKey::Onset);
            let because = (read.tokens.end..here.end).any(|t| self.scan.word(t, WordUse::Because).is_some());
            timed && named && neck >= read.tokens.end && !because && self.scan.any_word(before.clone(), own)
        };
        match (from..here.end).find(|t| self.names_neck(*t)) {
            None => Some(from..here.end),
            Some(neck) => ahead(neck).then_some(from..read.tokens.end),
        }
    }

    /// Where the clause begins that ends before `until`: behind a mark that parts it from what stands before in the sentence, but for
    /// those that are `spared`, or behind a blank line.
    pub(super) fn clause_start(&self, sentence: u32, until: u32, spared: impl Fn(u32) -> bool) -> u32 {
        let parts = |t: u32| matches!(self.scan.token(t), ";" | "." | "(" | ")" | "|") && !spared(t);
        (sentence..until).rev().take_while(|t| !parts(*t) && self.scan.breaks(t + 1) <= 1).last().unwrap_or(until)
    }

    /// Whether the clause of a time, score or side has a subject that no telling of the complaint has: "*Her sugars* have been high for 3
    /// weeks", "*the rash* was on the left side".
    pub(super) fn has_another_subject(&self, read: &Read) -> bool {
        use AttributeKey as K;
        if !matches!(read.attribute.key, K::Duration | K::Onset | K::PainScore | K::Severity | K::Laterality) {
            return false;
        }
        let Some(here) = self.scan.layout.sentence_at(read.tokens.start).map(|at| self.scan.layout.sentences[at].tokens.clone()) else {
            return false;
        };
        let from = self.clause_start(here.start, read.tokens.start, |_| false);
        // "and her sugars"
        let from = from + u32::from(self.scan.word(from, WordUse::Join).is_some());
        if self.scan.word(from, WordUse::Determiner) != Some(from + 1) {
            return false;
        }
        let ends = |t: &u32| self.scan.word(*t, WordUse::Copula).is_some();
        let Some(verb) = (from + 1..read.tokens.start.min(from + SUBJECT)).find(ends) else { return false };
        let strange = |t: u32| {
            let word = self.scan.layout.folded.tokens.get(t as usize).is_some_and(|t| t.kind == TokenKind::Word);
            word && self.scan.word(t, WordUse::ComplaintWord).is_none()
        };
        let own = self.mentions.partition_point(|m| m.tokens.end <= from);
        let mentioned = self.mentions.get(own).is_some_and(|m| m.tokens.start < read.tokens.end);
        verb > from + 1 && !mentioned && (from + 1..verb).all(strange) && !(from..here.end).any(|t| self.names_neck(t))
    }

    /// Whether a label opens the sentence, or the list entry that it stands in, and names something else: "*R shoulder:* 6 wks, 7/10",
    /// "- *Migraine:* twice a month. Typical attack 8/10".
    fn labelled_elsewhere(&self, sentence: usize) -> bool {
        let layout = self.scan.layout;
        let labelled = |at: usize| {
            let Some(tokens) = layout.sentences.get(at).map(|s| s.tokens.clone()) else { return false };
            let colon = (tokens.start..tokens.end.min(tokens.start + LABELLED)).find(|t| self.scan.token(*t) == ":");
            let uses = [WordUse::OtherLabel, WordUse::OtherSite, WordUse::OtherPart];
            colon.is_some_and(|end| uses.into_iter().any(|of| self.scan.any_word(tokens.start..end, of)))
        };
        let entry = layout.sentences.get(sentence).and_then(|s| layout.items.get(s.item as usize));
        let entry = entry.filter(|i| matches!(i.kind, ItemKind::Bullet | ItemKind::Numbered));
        let neck = |i: &Item| i.sentences.clone().take(ENTRY).any(|s| self.tells_of_the_neck(layout.sentences[s as usize].tokens.clone()));
        labelled(sentence) || entry.is_some_and(|i| labelled(i.sentences.start as usize) && !neck(i))
    }

    /// Whether what is taken, by a name that nothing of ours has, stands right before a value: "on *Wegovy* x 4 mo".
    fn takes_something(&self, before: Range<u32>) -> bool {
        let strange = |t: u32| {
            let token = self.scan.layout.folded.tokens.get(t as usize);
            token.is_some_and(|t| t.kind == TokenKind::Word && t.word == WordId::NONE)
        };
        let near = before.end.saturating_sub(TAKEN).max(before.start)..before.end;
        near.into_iter().any(|t| self.scan.word(t, WordUse::Takes).is_some_and(|end| end < before.end && strange(end)))
    }

    /// Whether a complaint is named among some tokens.
    fn felt_in(&self, mut tokens: Range<u32>) -> bool {
        tokens.any(|t| self.scan.word(t, WordUse::Felt).is_some())
    }

    /// Whether a score's own field, or the one beside it, places it in another part: "Pain scale 5/10 R *foot*", "Pain Score: 6 | Pain Loc: *Knee*".
    fn placed_elsewhere(&self, read: &Read) -> bool {
        let side = |t: u32| self.scan.at(t).iter().any(|h| self.is_value(h, AttributeKey::Laterality));
        let site = |t: u32| self.scan.word(t, WordUse::OtherSite).is_some();
        let named = |t: u32| [WordUse::OtherPart, WordUse::OtherLabel].into_iter().any(|of| self.scan.word(t, of).is_some());
        let opened = |t: u32| u32::from(self.scan.token(t) == "(");
        // "5/10 hip", "6 (ankle)", "5/10 R foot"
        let part = |t: u32| {
            let at = t + opened(t) + u32::from(side(t + opened(t)));
            let ends = || self.scan.breaks(at + 1) > 0 || self.scan.is_mark(at + 1);
            site(at) || named(at) && (at > t || ends())
        };
        let (start, end) = (read.tokens.start, read.tokens.end);
        let in_line = |t: &u32| self.scan.breaks(*t) == 0;
        let label = |t: u32| {
            self.scan.word(t, WordUse::PlaceLabel).is_some_and(|end| self.scan.token(end) == ":" && (part(end + 1) || named(end + 1)))
        };
        read.attribute.key == AttributeKey::PainScore
            && (part(end)
                || (end..end + PLACED).take_while(in_line).any(label)
                || (start.saturating_sub(PLACED)..start).rev().take_while(in_line).any(label))
    }

    /// Whether a score stands in its own field of a line of measures: "BP 120/70, HR 70, *Pain* 5/10".
    fn in_a_field(&self, read: &Read) -> bool {
        let measured = |t: u32| self.scan.is_mark(t) || self.scan.token(t).bytes().all(|b| b.is_ascii_digit());
        let field = |t: u32| t > 0 && self.scan.word(t, WordUse::Felt).is_some() && measured(t - 1);
        read.attribute.key == AttributeKey::PainScore && (read.tokens.start.saturating_sub(FIELD)..=read.tokens.start).any(field)
    }

    /// The sentence of a time or score that is told before the neck is named in its story, where that story is of another part so far:
    /// "Here for the left *knee*. Pain is 8/10 on stairs, for *six months*. He also has neck pain." A reason for the visit that is the
    /// neck alone names it; "ankle, neck" leaves it open.
    pub(super) fn before_the_neck(&self, read: &Read) -> Option<Range<u32>> {
        if !matches!(read.attribute.key, AttributeKey::Duration | AttributeKey::Onset | AttributeKey::PainScore) {
            return None;
        }
        let layout = self.scan.layout;
        let here = layout.sentences.get(layout.sentence_at(read.tokens.start)?)?;
        let section = layout.sections.get(here.section as usize).filter(|s| tells(s.kind))?;
        // nearly always it is named, and nothing else
        if !self.scan.any_word(0..read.tokens.start, WordUse::OtherSite) {
            return None;
        }
        let reason = |s: &Sentence| layout.sections.get(s.section as usize).is_some_and(|s| s.kind == SectionKind::ChiefComplaint);
        let story = |s: &&Sentence| s.section == here.section || (section.kind == SectionKind::Hpi && reason(s));
        let until = |s: &Sentence| s.tokens.start..s.tokens.end.min(read.tokens.start);
        let other = |s: &Sentence| self.scan.any_word(until(s), WordUse::OtherSite);
        // "knee, neck": of which the story is is open; not where the neck comes first, or both come together
        let led = |s: &Sentence| {
            let first = s.tokens.clone().find(|t| self.scan.word(*t, WordUse::OtherSite).is_some()).unwrap_or(s.tokens.end);
            let joined =
                s.tokens.clone().any(|t| matches!(self.scan.word(t, WordUse::Join), Some(end) if end == t + 1) && !self.scan.is_mark(t));
            joined || self.tells_of_the_neck(s.tokens.start..first)
        };
        let own = |s: &Sentence| self.tells_of_the_neck(s.tokens.clone()) && (s.section == here.section || !other(s) || led(s));
        let before = || layout.sentences.iter().take_while(|s| s.tokens.start < read.tokens.start).filter(story);
        let named = self.tells_of_the_neck(here.tokens.clone()) || before().any(own);
        (!named && before().any(other)).then(|| here.tokens.clone())
    }

    /// Whether some tokens name the neck, a place of it or something of it.
    fn tells_of_the_neck(&self, mut tokens: Range<u32>) -> bool {
        self.speaks_of_the_neck(tokens.clone()) || tokens.any(|t| self.is_site(t))
    }

    /// Whether some tokens name the neck or something of it; "on the lower left" may be of anything.
    pub(super) fn speaks_of_the_neck(&self, tokens: Range<u32>) -> bool {
        self.mentions_in(tokens.clone()).any(is_cervical) || self.knowledge.lexicon.names_neck(&self.scan.layout.folded, tokens)
    }

    /// Whether a phase is of something else that heals: named before it, or right behind it in its clause.
    pub(super) fn of_another(&self, told: Range<u32>) -> bool {
        let ends = |t: &u32| *t >= self.scan.len() || self.scan.breaks(*t) > 0 || self.scan.is_mark(*t);
        let behind = (told.end..told.end + HEALED).find(ends).unwrap_or(told.end + HEALED);
        self.scan.any_word(told.start..behind, WordUse::HealsToo)
    }
}
