//! The small classes of words that the mechanisms of the context engine need, as bits.

use crate::knowledge::source::context::WordClass;

/// Words that may stand before a cue without being what it speaks of.
pub(crate) const OPENER: u32 = 1;
/// Words that begin an adjunct.
pub(crate) const ADJUNCT: u32 = 1 << 1;
/// Words that show that a clause has begun.
pub(crate) const VERB: u32 = 1 << 2;
/// Words for numbers.
pub(crate) const NUMERAL: u32 = 1 << 3;
/// Words that join the entries of a list.
pub(crate) const COORDINATOR: u32 = 1 << 4;
/// Words that close a list of alternatives.
pub(crate) const ALTERNATIVE: u32 = 1 << 5;
/// Words that open a clause about what stands before them.
pub(crate) const RELATIVE: u32 = 1 << 6;
/// Words between the ends of a range of numbers.
pub(crate) const RANGE: u32 = 1 << 7;
/// Words that open a clause.
pub(crate) const CLAUSE_OPENER: u32 = 1 << 8;
/// Words after which nothing is a clause's subject.
pub(crate) const PREPOSITION: u32 = 1 << 9;
/// Words that are an adjunct where they close a phrase.
pub(crate) const SIDE: u32 = 1 << 10;
/// Words before what is known already.
pub(crate) const DEFINITE: u32 = 1 << 11;
/// Words that open the naming of a person.
pub(crate) const ARTICLE: u32 = 1 << 12;
/// Words that stand for a thing named before.
pub(crate) const PRONOUN: u32 = 1 << 13;
/// Words with which a cue goes on about the subject before it.
pub(crate) const RESUMING: u32 = 1 << 14;
/// Words between a doubt and its subject.
pub(crate) const COMPLEMENT: u32 = 1 << 15;
/// Words behind which another thing is said.
pub(crate) const CONTRAST: u32 = 1 << 16;
/// Words that open a time.
pub(crate) const DATING: u32 = 1 << 17;
/// Persons of whom something may be said between commas.
pub(crate) const PERSON: u32 = 1 << 18;
/// Words before the naming of the patient himself.
pub(crate) const INTRODUCING: u32 = 1 << 19;
/// Words behind which a person is the patient, told by his work.
pub(crate) const AGED: u32 = 1 << 20;
/// Words that tell how it stands with what is named before them.
pub(crate) const COURSE: u32 = 1 << 21;
/// Words for what is diagnosed where worse was denied.
pub(crate) const LESSER: u32 = 1 << 22;
/// Words that deny the verb they stand with.
pub(crate) const DENIER: u32 = 1 << 23;
/// See [`WordClass::Maneuver`].
pub(crate) const MANEUVER: u32 = 1 << 24;
/// See [`WordClass::Event`].
pub(crate) const EVENT: u32 = 1 << 25;
/// See [`WordClass::Presupposing`].
pub(crate) const PRESUPPOSING: u32 = 1 << 26;

/// See [`WordClass::Companion`].
pub(crate) const COMPANION: u32 = 1 << 27;

/// See [`WordClass::State`].
pub(crate) const STATE: u32 = 1 << 28;

/// See [`WordClass::Bedside`].
pub(crate) const BEDSIDE: u32 = 1 << 29;

/// The bit of a class; none for those that are kept in another way.
pub(super) fn bit(class: WordClass) -> u32 {
    match class {
        WordClass::Opener => OPENER,
        WordClass::Adjunct => ADJUNCT,
        WordClass::ClauseOpener => CLAUSE_OPENER,
        WordClass::Preposition => PREPOSITION,
        WordClass::Side => SIDE,
        WordClass::Verb => VERB,
        WordClass::Coordinator => COORDINATOR,
        WordClass::Alternative => ALTERNATIVE,
        WordClass::Relative => RELATIVE,
        WordClass::Range => RANGE,
        WordClass::Definite => DEFINITE,
        WordClass::Article => ARTICLE,
        WordClass::Person => PERSON,
        WordClass::Introducing => INTRODUCING,
        WordClass::Aged => AGED,
        WordClass::Course => COURSE,
        WordClass::Lesser => LESSER,
        WordClass::Bedside => BEDSIDE,
        WordClass::Denier => DENIER,
        WordClass::Maneuver => MANEUVER,
        WordClass::Pronoun => PRONOUN,
        WordClass::Resuming => RESUMING,
        WordClass::Complement => COMPLEMENT,
        WordClass::Contrast => CONTRAST,
        WordClass::Dating => DATING,
        WordClass::Event => EVENT,
        WordClass::Presupposing => PRESUPPOSING,
        WordClass::Companion => COMPANION,
        WordClass::State => STATE,
        WordClass::RecentYear
        | WordClass::Figures
        | WordClass::Number
        | WordClass::Filler
        | WordClass::Correctable
        | WordClass::KnownWord
        | WordClass::EventEnding => 0,
    }
}
