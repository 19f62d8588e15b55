//! Mention → attributes: acuity, duration, severity, side, level, region, radiation, cause, course; each linked to its mention.
//!
//! Reading and linking are two steps: `scan` finds all known words in one pass, the readers make values of them (`quantities`, `levels`,
//! `words`), and `link` gives each value to the mention it belongs to. [`values`] gives every value, linked or not.

pub mod case;
mod dates;
pub mod facts;
mod levels;
mod link;
mod matter;
mod numbers;
mod phrase;
pub(crate) mod problems;
mod quantities;
mod scan;
mod words;

#[cfg(test)]
mod tests;

use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::WordUse;
use crate::knowledge::{Knowledge, NameId};
use crate::layout::Layout;
use crate::mentions::Mention;
use crate::note::Note;
use crate::span::Span;
use crate::vocab::{AttributeKey, ConceptKind, SectionKind};
use dates::Written;
use jiff::civil::Date;
use link::Linker;
use scan::Scan;
use std::cell::OnceCell;
use std::ops::Range;

/// A property of a mention, with the words that give it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Which property.
    pub key: AttributeKey,
    /// Its normalised value.
    pub value: Value,
    /// The words.
    pub span: Span,
    /// The rule that reads them.
    pub rule: NameId,
}

/// A normalised value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// "chronic", "left", "C5-C6", "C6", "right arm".
    Text(String),
    /// Days, from least to most ("2-3 months" is 60–90).
    Days(u32, u32),
    /// A score from least to most, and its scale's maximum.
    Score(f32, f32, f32),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Days(least, most) => write!(f, "{least}-{most}"),
            Value::Score(least, most, scale) if least == most => write!(f, "{least}/{scale}"),
            Value::Score(least, most, scale) => write!(f, "{least}-{most}/{scale}"),
        }
    }
}

/// A value as read, before it is linked.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub attribute: Attribute,
    /// The tokens it takes, with the words that make it a value.
    pub tokens: Range<u32>,
    /// Whether it counts only directly beside a mention.
    pub beside_mention: bool,
    /// Whether it belongs to what stands before it.
    pub after_mention: bool,
}

/// A value found anywhere in the note, with the mentions it belongs to (none: it stands alone, as "4/10" in a line of its own may).
#[derive(Debug, Clone)]
pub struct NoteValue {
    /// The value.
    pub attribute: Attribute,
    /// The kind of section it stands in.
    pub section: SectionKind,
    /// Indices of the mentions it is linked to.
    pub mentions: Vec<usize>,
}

/// The attributes of each mention, in the order of mentions.
pub fn attributes(note: &Note, layout: &Layout, mentions: &[Mention], knowledge: &Knowledge) -> Vec<Vec<Attribute>> {
    of_mentions(&values(note, layout, mentions, knowledge), mentions.len())
}

/// The same, of values already read.
pub fn of_mentions(values: &[NoteValue], mentions: usize) -> Vec<Vec<Attribute>> {
    let mut out: Vec<Vec<Attribute>> = vec![Vec::new(); mentions];
    for value in values {
        for mention in &value.mentions {
            let list: &mut Vec<Attribute> = &mut out[*mention];
            if !list.iter().any(|a| a.key == value.attribute.key && a.value == value.attribute.value) {
                list.push(value.attribute.clone());
            }
        }
    }
    out
}

/// The values of the note's own story, linked or not; not those of relatives, habits, drugs and instructions.
pub fn note_level(mut values: Vec<NoteValue>) -> Vec<NoteValue> {
    values.retain(|v| !link::quiet(v.section));
    values
}

/// When a note without a date was written.
fn recent(knowledge: &Knowledge) -> Written {
    let years = knowledge.context.recent_years.iter().filter_map(|year| year.parse().ok());
    years.min().and_then(|year| Date::new(year, 1, 1).ok()).map_or(Written::Sometime, Written::Since)
}

/// Reads and links every value of a note, in text order.
pub fn values(note: &Note, layout: &Layout, mentions: &[Mention], knowledge: &Knowledge) -> Vec<NoteValue> {
    if mentions.is_empty() {
        return Vec::new();
    }
    let scan = Scan::new(&note.text, layout, &knowledge.attributes);
    let service = note.facts.date.or_else(|| facts::service_date_of(&scan).map(|(date, _)| date));
    let mut reads = Vec::new();
    let written = service.map_or_else(|| recent(knowledge), Written::On);
    quantities::read(&scan, written, &mut reads);
    levels::read(&scan, &mut reads);
    words::read(&scan, &mut reads);
    words::read_links(&scan, &mut reads);
    // "C4-5 d/t stenosis", "C5-6 w/ radiculopathy": the number of a level counts no days
    let of_levels: Vec<Range<u32>> = reads.iter().filter(|r| r.attribute.key == AttributeKey::Level).map(|r| r.tokens.clone()).collect();
    reads.retain(|r| {
        let time = matches!(r.attribute.key, AttributeKey::Duration | AttributeKey::Onset);
        !(time && of_levels.iter().any(|l| l.contains(&r.tokens.start)))
    });
    // "[ ] C4-5 [x] C5-6": what is not ticked is not said
    let unticked = |start: u32| (start.saturating_sub(3)..start).any(|t| scan.word(t, WordUse::Unticked) == Some(start));
    let letter = |r: &Read| r.attribute.key == AttributeKey::Laterality && words::initial(&scan, &r.tokens);
    reads.retain(|r| !unticked(r.tokens.start) && !letter(r));
    reads.sort_by_key(|r| (r.tokens.start, r.tokens.end));
    let linker = Linker { scan: &scan, mentions, knowledge, problems: OnceCell::new() };
    let mut out: Vec<NoteValue> = Vec::with_capacity(reads.len());
    let mut levels: Option<(u32, Vec<usize>)> = None;
    let spared = levels::spared(&scan, &reads);
    for (read, spared) in reads.into_iter().zip(spared) {
        // "sensation fine in *both* hands", "abrasion of the *right* palm": the side of a part, not of the complaint
        let of_part = {
            let end = read.tokens.end;
            let near = |h: &scan::Hit| matches!(h.meaning, Meaning::Target(t) if !knowledge.attributes.targets[t as usize].limb);
            let felt = || scan.word(end, WordUse::Felt).is_some();
            let of_neck = || linker.ends_phrase(end) || linker.names_neck(end) || felt() || scan.at(end).iter().any(near);
            let open =
                || scan.word(end - 1, WordUse::At).is_some() && !scan.at(end).iter().any(|h| matches!(h.meaning, Meaning::Target(_)));
            read.attribute.key == AttributeKey::Laterality && !(open() || of_neck())
        };
        // "*Mild* asthma."
        let elsewhere = read.attribute.key == AttributeKey::Severity && scan.word(read.tokens.end, WordUse::Elsewhere).is_some();
        // "*mild* anemia", "*moderate* persistent asthma", "*slightly* above goal": how strong something else is
        // but "in *severe* pain" is the complaint's, where the patient tells it
        let story = || section_of(layout, read.attribute.span) <= SectionKind::Hpi;
        // "a severe, *sharp* pain"
        let described = |t: u32| scan.word(t, WordUse::Quality).or_else(|| (scan.token(t) == ",").then_some(t + 1));
        let named = || std::iter::successors(Some(read.tokens.end), |t| described(*t)).last().unwrap_or(read.tokens.end);
        let felt = || scan.word(named(), WordUse::Felt).is_some_and(|end| !linker.goes_on(end)) && story();
        let of_other = read.attribute.key == AttributeKey::Severity && linker.goes_on(read.tokens.end) && !felt();
        let matter = linker.of_another_matter(&read).or_else(|| linker.before_the_neck(&read));
        let of_other = of_other || matter.is_some() || linker.has_another_subject(&read) || linker.of_another_problem(&read);
        // "neck pain; sleep is worse": in its clause nothing of ours is named
        // but "R shoulder: 6 wks, night pain"
        let placed = |m: &Mention| m.region.is_some() || knowledge.lexicon.concept(m.concept).kind != ConceptKind::Symptom;
        let elsewhere = elsewhere || matter.is_some_and(|clause| !mentions.iter().any(|m| clause.contains(&m.tokens.start) && placed(m)));
        let neighbour = linker.of_a_neighbour(&read);
        let (of_other, elsewhere) = (of_other || neighbour, elsewhere || neighbour);
        let mut linked = if spared || elsewhere { Vec::new() } else { linker.link(&read, !(of_part || of_other)) };
        if read.attribute.key == AttributeKey::Level {
            // "at C5-6 and C6-7 without radiculopathy": levels in a row are of one condition
            if let Some((end, mentions)) = &levels
                && !mentions.is_empty()
                && linker.only_joins(*end..read.tokens.start)
                && !spared
            {
                linked.clone_from(mentions);
            }
            levels = Some((read.tokens.end, linked.clone()));
        }
        if linked.is_empty() && (read.beside_mention || of_part || of_other) {
            continue;
        }
        let section = section_of(layout, read.attribute.span);
        out.push(NoteValue { attribute: read.attribute, section, mentions: linked });
    }
    out
}

/// The kind of section a place stands in.
fn section_of(layout: &Layout, span: Span) -> SectionKind {
    let at = layout.sections.partition_point(|s| s.start <= span.start);
    at.checked_sub(1).and_then(|i| layout.sections.get(i)).map_or(SectionKind::Preamble, |s| s.kind)
}
