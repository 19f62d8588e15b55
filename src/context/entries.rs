//! How entries of an assessment or a list part from each other before a cue that looks back.

use super::scope::Scopes;
use crate::knowledge::context::{ADJUNCT, BEDSIDE, EVENT, LESSER, MANEUVER, OPENER, PREPOSITION, VERB};
use crate::knowledge::source::context::Axis;
use crate::layout::{ItemKind, Layout, Sentence};
use std::ops::Range;

/// Symbols of a list of tests behind the first of them.
const LISTED: usize = 12;

impl Scopes<'_, '_> {
    /// Whether a comma, or one before it, stands behind the name of a test, with nothing but further names from there to the cue.
    pub(super) fn lists_maneuvers(&self, comma: usize, to: usize) -> bool {
        let name = |i: &usize| (self.view.is_word(*i) && !self.view.is(*i, VERB)) || matches!(self.view.symbol(*i), "," | "/" | "&");
        let cue = |i: usize| self.active.iter().any(|a| a.at.start <= i && i < a.at.end && a.at.end <= to);
        let called = |i: usize| i > 0 && self.view.is(i - 1, MANEUVER);
        let named = |i: usize| called(i) || (self.view.is_word(i - 1) && called(i - 1));
        let from = to.saturating_sub(LISTED).max(1);
        let mut names = (from..to).rev().take_while(|i| name(i) && !cue(*i));
        names.any(|i| i <= comma && self.view.symbol(i) == "," && named(i))
    }

    /// Whether what stands between a comma and the cue is what the cue speaks of, and nothing before it: on time something named, if only
    /// an event; in an assessment any word of substance.
    pub(super) fn says_of_its_own(&self, comma: usize, to: usize, axis: Axis) -> bool {
        (axis == Axis::Time && self.places.told.iter().any(|n| comma < n.start && n.end <= to))
            || (self.view.assessed && axis != Axis::Subject && (comma + 1..to).any(|i| self.is_substance(i)))
    }

    /// Whether what stands between a dash and the cue is what the cue speaks of: "neck pain - *fracture* excluded", "stenosis - *ESI* in 2023".
    pub(super) fn parted_by_dash(&self, from: usize, to: usize, axis: Axis) -> bool {
        match axis {
            // in an assessment any word of substance behind a complaint or a strain: "neck pain - *x-rays* negative"
            Axis::Polarity => {
                // but "fracture - *CT* negative"
                let shown = |d: &Range<usize>| !d.clone().any(|i| self.view.is(i, LESSER | BEDSIDE));
                let sought = self.places.diagnosed.iter().any(|d| d.end + 1 == from && shown(d));
                let told = || self.view.assessed && !sought && (from..to).any(|i| self.is_substance(i));
                self.names_between(from, to) || told()
            }
            // "neck pain - *x-rays* in 2023"
            Axis::Time => {
                let told = self.places.told.iter().any(|n| from <= n.start && n.end <= to);
                let comma = || (from..to).any(|i| self.view.symbol(i) == ",");
                told || self.view.assessed && (from..to).any(|i| self.is_substance(i)) && !comma()
            }
            // "herniation - *radiculopathy* suspected": in an assessment
            Axis::Certainty => self.view.assessed && self.names_between(from, to),
            Axis::Subject => false,
        }
    }

    /// Whether only what stands between the comma and symbol `to` is spoken of there: "neck pain, no numbness, *weakness* denied", where
    /// an entry between says itself whether it is there; "neck pain, *weakness* denied", two entries and no list: no third, no "and", no label.
    pub(super) fn parts_entries(&self, comma: usize, to: usize) -> bool {
        if self.stated.iter().any(|s| comma < *s && *s < to) {
            return true;
        }
        let listed = |i: usize| matches!(self.view.symbol(i), "," | ":" | ";") || self.coordinates(i);
        let second = self.names_between(comma + 1, to) || (comma + 2 == to && self.view.is_word(comma + 1));
        let before = || self.places.named.iter().filter(|n| n.end <= comma);
        // one thing, though parts of it may be named twice: "*neck* pain, trauma"
        let one = before().map(|n| n.start).max().is_some_and(|last| before().all(|n| n.end > last));
        second && one && !(0..comma).chain(comma + 1..to).any(listed)
    }

    /// Whether what stands between a comma and the cue only qualifies what stands before it: "strain, *work related,* resolved".
    pub(super) fn only_qualifies(&self, comma: usize, to: usize) -> bool {
        !self.places.named.is_empty()
            && !self.places.named.iter().any(|n| comma < n.start && n.start < to)
            && !(comma + 1..to).any(|i| self.view.is(i, VERB) || self.view.symbol(i) == ";")
    }

    /// Whether what stands behind "with" has its own word in an assessment. What is over there may be the condition before it ("neck pain
    /// with *rest* resolved"), unless something is named.
    pub(super) fn has_its_own(&self, from: usize, to: usize, axis: Axis) -> bool {
        let own = match axis {
            Axis::Polarity => from < to,
            Axis::Certainty => (from..to).any(|i| self.is_substance(i)),
            // "herniation treated with *foraminotomy* in 2018": what is done has no time of its own there
            Axis::Time => self.names_between(from, to) && !(from..to).any(|i| self.view.is(i, EVENT)),
            Axis::Subject => false,
        };
        self.view.assessed && own
    }

    /// A word that is no mere joint of the sentence.
    fn is_substance(&self, i: usize) -> bool {
        self.view.is_word(i) && !self.view.is(i, OPENER | ADJUNCT | PREPOSITION)
    }
}

/// Whether a bullet follows what is none: "1. Neck pain / - resolved".
pub(super) fn listed_below(layout: &Layout, here: &Sentence, next: &Sentence) -> bool {
    let bullet = |s: &Sentence| layout.items.get(s.item as usize).is_some_and(|i| i.kind == ItemKind::Bullet);
    bullet(next) && !bullet(here)
}
