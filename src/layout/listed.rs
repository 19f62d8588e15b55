//! Lines of a list of diagnoses or problems that are shaped like headings, and those that end it.

use crate::fold::fold_phrase;
use crate::knowledge::sections::{assesses, squeeze};
use crate::knowledge::source::sections::{HeadingUse, SectionWordUse};
use crate::layout::headings::{Finder, Heading, LABEL, UNKNOWN};
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::layout::marks::behind;
use crate::vocab::SectionKind;

/// Words of a label that is known by its place alone.
const LABELLING: usize = 4;
/// Lines above one that are looked at for what is listed there.
const LOOKED: usize = 60;

impl Finder<'_> {
    /// A label of no known meaning that opens a line of text behind a blank one, where a list of diagnoses is open that has ended: "Nursing:
    /// continent by day" below "Secondary diagnoses: clavicle fracture; headache."
    pub(super) fn beyond_a_diagnosis(&self, i: usize, at: usize, label: &str, rest: &str, listed: bool) -> Option<Heading> {
        let words = label.split(' ').count();
        let written =
            label.starts_with(char::is_uppercase) && label.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'-' | b'/'));
        if self.kind() != SectionKind::Diagnosis
            || listed
            || words > LABELLING
            || !written
            || !self.after_blank(i)
            || self.told_since(i) == 0
        {
            return None;
        }
        let body = at + label.len() + 1 + behind(&rest[label.len() + 1..]);
        // "Etiology: cervical DDD" tells of a diagnosis
        let told = self.names_problem(&rest[label.len() + 1..]);
        let named = self.known_label(label).is_some_and(|k| k.how != Some(HeadingUse::Part) || k.kind != SectionKind::Unknown);
        (!named && !told && !self.problem(label)).then(|| self.heading_at(at, label, body, UNKNOWN))
    }

    /// How many lines with text stand between the last heading and line `i`, its own line included where it has text.
    pub(super) fn told_since(&self, i: usize) -> usize {
        let body = self.out.last().map_or(0, |h| h.body);
        let has_words = |l: &&Line| self.text.get(l.first.max(body)..l.end).is_some_and(|t| t.contains(char::is_alphanumeric));
        self.lines[..i].iter().rev().take(LOOKED).take_while(|l| l.end > body).filter(has_words).count()
    }

    /// Whether a line of capitals in line `i` is one of several that name the problems of the assessment: "PREDIABETES" below "IRON DEFICIENCY".
    pub(super) fn among_problems(&self, i: usize, labelled: bool) -> bool {
        if !assesses(self.kind()) {
            return false;
        }
        let body = self.out.last().map_or(0, |h| h.body);
        let above = (0..i).rev().take(LOOKED).filter(|j| !self.lines[*j].blank()).take_while(|j| self.lines[*j].first >= body);
        let names = |j: usize, first: bool| {
            let line = self.lines[j].of(self.text);
            let label = line.split(':').next().unwrap_or(line);
            label.len() <= LABEL && labels::capitals(label) && self.after_blank(j) && (first || self.problem(label))
        };
        // "PERTINENT RESULTS", "STUDIES REVIEWED": a word of the record
        let recorded = |word: &str| {
            let word = &word.to_lowercase();
            let known = self.knowledge.heading(word).filter(|k| k.kind != SectionKind::Unknown && k.how.is_some());
            known.is_some() || self.knowledge.is(SectionWordUse::Record, word) || self.knowledge.is(SectionWordUse::NoProblem, word)
        };
        if self.lines[i].of(self.text).split(|c: char| !c.is_alphabetic()).any(recorded) {
            return false;
        }
        let above: Vec<usize> = above.collect();
        // what stands right below a heading that has no text of its own is what is assessed
        let bare = self.text.get(body..).is_some_and(|t| t.lines().next().is_none_or(|l| !l.contains(char::is_alphanumeric)));
        let last = above.len().wrapping_sub(1);
        if above.is_empty() { bare && !labelled } else { above.iter().enumerate().any(|(n, j)| names(*j, bare && n == last)) }
    }

    /// Whether some words name a problem.
    fn names_problem(&self, words: &str) -> bool {
        self.knowledge.names_problem(&squeeze(&fold_phrase(words)))
    }

    /// Whether a label names one of the problems of the assessment that is open.
    pub(super) fn problem(&self, label: &str) -> bool {
        let open =
            assesses(self.kind()) || matches!(self.kind(), SectionKind::Plan | SectionKind::ProblemList | SectionKind::HospitalCourse);
        open && self.knowledge.names_problem(&squeeze(&fold_phrase(&labels::clean(label))))
    }

    /// Whether a short line alone behind a blank one stands below a numbered or bulleted list of diagnoses and above text of its own:
    /// "Summary of the stay".
    pub(super) fn beyond_a_list(&self, i: usize, rest: &str) -> bool {
        if self.kind() != SectionKind::Diagnosis || rest.split(' ').count() > LABELLING || !rest.starts_with(char::is_uppercase) {
            return false;
        }
        let plain = rest.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '/'));
        let body = self.out.last().map_or(0, |h| h.body);
        let line = |l: &Line| self.text.get(l.first.max(body)..l.end).unwrap_or("");
        let marked = |l: &str| labels::markup(l).1 || labels::numbering(l) > 0;
        let mut list = self.lines[..i].iter().rev().take(LOOKED).take_while(|l| l.end > body).map(line).filter(|l| !l.is_empty());
        let first = list.by_ref().last();
        let text = |l: &Line| !l.blank() && !marked(l.of(self.text)) && !self.names_problem(l.of(self.text));
        let follows = self.lines.get(i + 1).is_some_and(text);
        plain && follows && first.is_some_and(marked)
    }

    /// "# Dispo" below "# HTN" in an assessment whose own heading has no such mark: one of its problems.
    pub(super) fn marks_a_problem(&self, i: usize, heading: &Heading) -> bool {
        if !matches!(heading.kind, SectionKind::Plan | SectionKind::Unknown) {
            return false;
        }
        let hash = |line: &Line| {
            let own = line.of(self.text).as_bytes();
            own.first() == Some(&b'#') && own.get(1) != Some(&b'#')
        };
        if !assesses(self.kind()) || !self.lines.get(i).is_some_and(hash) {
            return false;
        }
        let Some(open) = self.out.last().filter(|h| self.text.as_bytes().get(h.start) != Some(&b'#')) else { return false };
        self.lines[..i].iter().rev().take(LOOKED).take_while(|l| l.end > open.body).any(|l| l.first >= open.body && hash(l))
    }
}
