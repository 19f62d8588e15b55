//! Letters: the list of diagnoses that opens one ends where its story begins.

use crate::knowledge::sections::{SectionsKnowledge, assesses};
use crate::knowledge::source::sections::SectionWordUse;
use crate::layout::headings::{Heading, LABEL};
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::span::Span;
use crate::vocab::SectionKind;

/// Bytes of the shortest paragraph that tells a story.
const STORY: usize = 100;

/// Whether a line opens a letter: "Dear Dr. Jones,".
pub(crate) fn salutes(line: &str, knowledge: &SectionsKnowledge) -> bool {
    let first = || line.split([' ', ',']).next().unwrap_or("").to_lowercase();
    line.len() <= LABEL && line.ends_with([',', ':']) && knowledge.is(SectionWordUse::Salutation, &first())
}

/// "Dear Dr. Jones," "Diagnosis: cervical spondylosis" and, behind a blank line, "Thank you for referring this lady. She has …": what stands
/// in the letter itself is told, and its diagnoses are those of the list.
pub(crate) fn story(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    let Some(opening) = lines.iter().find(|l| salutes(l.of(text), knowledge)).map(|l| l.first) else { return };
    let lists = |h: &Heading| h.kind == SectionKind::Diagnosis && h.start > opening;
    let Some(at) = headings.iter().position(lists).filter(|at| !headings[..*at].iter().any(|h| assesses(h.kind))) else { return };
    let (body, end) = (headings[at].body, headings.get(at + 1).map_or(text.len(), |h| h.start));
    let inside: Vec<&Line> = lines.iter().filter(|l| l.end > body && l.first < end).collect();
    let told = inside.iter().position(|l| !l.blank() && l.first.max(body) < l.end && !text[l.first.max(body)..l.end].trim().is_empty());
    let Some(told) = told else { return };
    let begins = (told + 1..inside.len()).find(|&i| {
        let own = inside[i].of(text);
        let (skip, bullet) = labels::markup(own);
        let listed = bullet || labels::numbering(&own[skip..]) > 0;
        inside[i - 1].blank() && !listed && own.len() >= STORY && own.contains(". ")
    });
    let Some(first) = begins.map(|i| inside[i].first) else { return };
    let title = Span::new(first as u32, first as u32);
    let heading = Heading { start: first, title, body: first, kind: SectionKind::Unknown, rule: None, numbered: false, prose: true };
    headings.insert(at + 1, heading);
}
