//! What the commas and coordinators of a sentence part: entries of one list, or clauses that speak for themselves.

use super::scope::{Active, Scopes};
use crate::knowledge::context::{ADJUNCT, ALTERNATIVE, COORDINATOR, COURSE, LESSER, RELATIVE, SIDE, VERB};
use crate::knowledge::source::context::Direction;
use std::ops::Range;

/// How many symbols a clause's subject may have before its verb.
pub(super) const SUBJECT: usize = 5;
/// Entries of a list that one word behind it speaks of, at least.
const LIST: usize = 3;
/// The same, at most.
const LISTED: usize = 24;
/// Words of an entry of a list, at most.
const ENTRY: usize = 6;

impl Scopes<'_, '_> {
    /// Whether what stands before the comma says itself whether it is there: "no hoarseness, arm pain resolved".
    pub(super) fn stands_alone(&self, comma: usize) -> bool {
        let from = (0..comma).rev().find(|i| matches!(self.view.symbol(*i), "," | ";")).map_or(0, |i| i + 1);
        self.stated.iter().any(|at| from <= *at && *at < comma) || (from..comma).any(|i| self.view.is(i, VERB))
    }

    /// Whether a clause with a verb of its own follows the comma: "denies weakness, grip is reduced".
    pub(super) fn opens_clause(&self, comma: usize) -> bool {
        let first = comma + 1 + usize::from(self.coordinates(comma + 1) && !self.view.is(comma + 1, ALTERNATIVE));
        (first..self.view.len().min(first + SUBJECT))
            .take_while(|i| !matches!(self.view.symbol(*i), "," | ";" | "/" | "(") && !self.view.is(*i, COORDINATOR | RELATIVE))
            .any(|i| self.view.is(i, VERB))
    }

    /// Whether the entry behind the comma names something and says how it stands with it: "no fracture, *neck pain improving*".
    pub(super) fn speaks_for_itself(&self, comma: usize) -> bool {
        let ends = |i: usize| matches!(self.view.symbol(i), "," | ";" | "." | ":" | "(") || self.coordinates(i) || self.stated.contains(&i);
        let end = (comma + 1..self.view.len()).find(|i| ends(*i)).unwrap_or(self.view.len());
        let name = self.places.named.iter().filter(|n| comma < n.start && n.end <= end).map(|n| n.end).min();
        name.is_some_and(|from| (from..end).any(|i| self.view.is(i, COURSE) || self.view.is_pair(i)))
    }

    /// Whether something is named behind the coordinator, and how it stands with it: "and *cervicalgia is improving*".
    pub(super) fn goes_on_anew(&self, coordinator: usize) -> bool {
        let goes = (coordinator + 1..coordinator + SUBJECT).any(|i| self.view.is(i, VERB) && self.view.is(i + 1, COURSE));
        if !goes {
            return false;
        }
        let name = self.places.named.iter().filter(|n| n.start > coordinator && n.start <= coordinator + 2).map(|n| n.end).min();
        name.is_some_and(|end| self.view.is(end, VERB) && self.view.is(end + 1, COURSE))
    }

    /// Whether the mark stands where symptoms are asked for, or others lead other lists beside it, not in an examination.
    pub(super) fn leads_list(&self, active: &Active) -> bool {
        let marker = |a: &&Active| self.rule(a).direction == Direction::Marker && a.forward;
        self.view.asked || (!self.view.examined && self.active.iter().filter(marker).any(|a| a.at != active.at))
    }

    /// Whether the entry behind the comma is a diagnosis of its own: with a side, a level, a course or a time, "no myelopathy, *right C6
    /// radiculopathy*", or of the kind that is made where worse was denied, "no fracture, *neck strain*".
    pub(super) fn diagnoses(&self, from: usize, comma: usize) -> bool {
        let ends = |i: usize| matches!(self.view.symbol(i), "," | ";" | "." | ":" | "(") || self.coordinates(i) || self.stated.contains(&i);
        let end = (comma + 1..self.view.len()).find(|i| ends(*i)).unwrap_or(self.view.len());
        let entry = comma + 1..end;
        let told = |i: usize| self.view.is(i, SIDE | COURSE) || self.view.is_number(i) || self.view.is_alphanumeric(i);
        let lesser = |i: usize| self.view.is(i, LESSER);
        let within = |places: &[Range<usize>], of: Range<usize>| places.iter().any(|p| of.start <= p.start && p.end <= of.end);
        let instead = entry.clone().any(lesser) && !(from..comma).any(lesser);
        // "no fx, neck spasm": a complaint is made of what was denied as a diagnosis
        let complains = || instead && within(&self.places.named, entry.clone()) && within(&self.places.diagnosed, from..comma);
        within(&self.places.diagnosed, entry.clone()) && (entry.clone().any(told) || instead) || complains()
    }

    /// Whether a dash or a point in an assessment stands between something named and a diagnosis that is made where worse was denied.
    pub(super) fn parts_diagnoses(&self, from: usize, mark: usize) -> bool {
        let spaced = self.view.symbol(mark) == "." || self.view.spaced(mark) && self.view.spaced(mark + 1);
        let named = || self.places.named.iter().any(|n| from <= n.start && n.end <= mark);
        let dash = |i: &usize| matches!(self.view.symbol(*i), "-" | "--") && self.view.spaced(*i) && self.view.spaced(i + 1);
        let alone = || (0..self.view.len()).filter(dash).count() < 2;
        // in a chain of dashes what was denied may go on
        let own = |d: &Range<usize>| d.start == mark + 1 && (d.clone().any(|i| self.view.is(i, LESSER)) || alone());
        self.view.assessed && spaced && self.places.diagnosed.iter().any(own) && named()
    }

    /// Whether nothing stands behind the comma but one word, or a diagnosis, that leans on the diagnosis before it: "possible
    /// radiculopathy, *stenosis,* HNP", "likely DDD, *facet arthropathy*". A complaint, or a diagnosis with a site, a side or a level, is an
    /// entry of its own.
    pub(super) fn leans(&self, comma: usize) -> bool {
        let ends = |i: usize| i >= self.view.len() || matches!(self.view.symbol(i), "," | ";" | ".") || self.coordinates(i);
        let word = comma + 1..comma + 2;
        let says =
            || !self.view.is_word(word.start) || self.view.is(word.start, VERB | COURSE | ADJUNCT) || self.stated.contains(&word.start);
        let name = || self.places.diagnosed.contains(&word) || !(self.places.named.contains(&word) || says());
        let before = || comma > 1 && self.view.symbol(comma - 2) == ",";
        let leaned_on = || self.places.diagnosed.iter().any(|d| d.end == comma);
        let bare = |d: &Range<usize>| d.start == word.start && ends(d.end) && !self.places.placed.contains(d);
        ends(word.end) && name() && (before() || leaned_on()) || self.places.diagnosed.iter().any(bare) && leaned_on()
    }

    /// The span of a list of three diagnoses or more without a place, and nothing else, from where its clause opens to symbol `to`: "*HNP,
    /// myelopathy, radiculopathy* unlikely". What is diagnosed where worse was denied is no part of it: "whiplash, sprain, *fracture* excluded".
    pub(super) fn bare_diagnoses(&self, to: usize) -> Range<usize> {
        let lesser = |d: &Range<usize>| d.clone().any(|i| self.view.is(i, LESSER));
        let own = |kinds: &[Range<usize>], end: usize| kinds.iter().find(|d| d.end == end && !self.places.placed.contains(d)).cloned();
        // of the last the word speaks whatever it is
        let Some(last) = own(&self.places.named, to) else { return to..to };
        let (mut from, mut entries) = (last.start, 1);
        while entries < LISTED && from > 1 && self.view.symbol(from - 1) == "," {
            let Some(entry) = own(&self.places.diagnosed, from - 1).filter(|d| !lesser(d)) else { break };
            (from, entries) = (entry.start, entries + 1);
            if entries >= LIST && (from == 0 || matches!(self.view.symbol(from - 1), "." | ";" | ":" | "(")) {
                return from..to;
            }
        }
        to..to
    }

    pub(super) fn coordinates(&self, at: usize) -> bool {
        self.view.is(at, COORDINATOR)
    }

    /// Whether the comma belongs to a list of short entries that "or" closes ("possible A, B, or C").
    pub(super) fn in_or_list(&self, comma: usize) -> bool {
        let alternative = |at: usize| self.view.is(at, ALTERNATIVE);
        // "numbness, tingling and weakness": single words are one list, however it is closed
        let entry = |at: usize| at < self.view.len() && self.view.is_word(at) && !self.stated.contains(&at);
        if comma > 0 && entry(comma - 1) && entry(comma + 1) && self.coordinates(comma + 2) && !alternative(comma + 2) && entry(comma + 3) {
            return true;
        }
        let mut last = comma;
        for i in comma + 1..self.view.len() {
            // "and/or"
            let closes = alternative(i) || (self.coordinates(i) && self.view.symbol(i + 1) == "/" && alternative(i + 2));
            if closes {
                return i - last <= 6;
            }
            if self.stated.contains(&i) || self.coordinates(i) || i - last > 6 {
                return false;
            }
            match self.view.symbol(i) {
                "," => last = i,
                ";" | "(" => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether the mark stands between short entries of a list that a colon opens: words without a verb on both sides.
    pub(super) fn lists(&self, mark: usize, from: usize) -> bool {
        let ends = |i: &usize| matches!(self.view.symbol(*i), "," | ";" | ".") || *i >= self.view.len();
        let entry = |words: Range<usize>| {
            !words.is_empty() && words.len() <= ENTRY && words.clone().all(|i| !self.view.is(i, VERB) && !self.stated.contains(&i))
        };
        let before = (from..mark).rev().find(ends).map_or(from, |i| i + 1);
        let after = (mark + 1..=self.view.len()).find(ends).unwrap_or(self.view.len());
        entry(before..mark) && entry(mark + 1..after)
    }

    /// Whether the comma belongs to a list of three short entries or more that "and" closes ("ruled out A, B, and C").
    pub(super) fn in_and_list(&self, comma: usize, from: usize) -> bool {
        let commas: Vec<usize> = (from..self.view.len()).filter(|i| self.view.symbol(*i) == ",").collect();
        let Some(at) = commas.iter().position(|c| *c == comma) else { return false };
        let closed = commas.iter().skip(at).copied().take_while(|c| self.lists(*c, from)).last();
        let closing = closed.filter(|c| self.coordinates(c + 1) || (c + 1..self.view.len().min(c + ENTRY)).any(|i| self.coordinates(i)));
        closing.is_some_and(|last| last > comma || at > 0)
    }

    /// Whether the comma belongs to a list of short entries that ends before symbol `to` ("edema, redness and warmth are absent").
    pub(super) fn in_list_before(&self, comma: usize, to: usize) -> bool {
        let coordinator = (comma + 1..to).find(|&i| self.coordinates(i));
        coordinator.is_some_and(|at| at - comma <= 5 && (comma + 1..to).all(|i| !matches!(self.view.symbol(i), ";" | ":" | "(")))
    }
}
