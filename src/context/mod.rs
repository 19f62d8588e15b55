//! Mention → Assertion: said to be there or not, how surely, when, of whom; every answer with the cue that gave it.
//!
//! A cue is a phrase of `rules/context`. It reaches forward or backward over the symbols of its sentence until a terminator
//! of its axis, and the nearest cue of an axis decides. Without one, the section's prior decides, and without that the
//! assertion is the plain one: present, definite, current, of the patient.

mod around;
mod cells;
mod commas;
mod entries;
mod judge;
mod scope;
mod target;
mod verdict;
mod view;

#[cfg(test)]
mod tests;

pub use target::{assertion_of, assertion_of_first};

use crate::knowledge::{Knowledge, NameId};
use crate::layout::Layout;
use crate::mentions::Mention;
use crate::span::Span;
use crate::vocab::{Certainty, Polarity, Subject, Time};

/// What a note says of a mention, on four axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// There or not.
    pub polarity: Polarity,
    /// How surely.
    pub certainty: Certainty,
    /// When.
    pub time: Time,
    /// Of whom.
    pub subject: Subject,
    /// Whether the time is past by a resolution cue ("resolved", "gone since surgery").
    pub resolved: bool,
    /// The cues that decided, in text order.
    pub cues: Vec<Cue>,
}

/// A cue that acts on a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cue {
    /// Its words.
    pub span: Span,
    /// What it reaches.
    pub scope: Span,
    /// The rule that makes it a cue.
    pub rule: NameId,
}

impl Default for Assertion {
    fn default() -> Assertion {
        Assertion {
            polarity: Polarity::Present,
            certainty: Certainty::Definite,
            time: Time::Current,
            subject: Subject::Patient,
            resolved: false,
            cues: Vec::new(),
        }
    }
}

/// One assertion a mention, in the same order.
pub fn assertions(_text: &str, layout: &Layout, mentions: &[Mention], knowledge: &Knowledge) -> Vec<Assertion> {
    let mut made = vec![Assertion::default(); mentions.len()];
    let mut title = judge::Title::default();
    let mut from = 0;
    while from < mentions.len() {
        let sentence = mentions[from].sentence;
        let to = from + mentions[from..].iter().take_while(|m| m.sentence == sentence).count();
        judge::sentence(layout, sentence as usize, &mentions[from..to], knowledge, &mut title, &mut made[from..to]);
        from = to;
    }
    made
}
