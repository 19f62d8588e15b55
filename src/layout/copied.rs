//! Blocks that are marked as carried over from an earlier note.

use crate::fold::fold_phrase;
use crate::knowledge::sections::{SectionsKnowledge, squeeze};
use crate::layout::headings::Heading;
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::span::Span;
use crate::vocab::SectionKind;
use std::ops::Range;

/// Bytes a marking line may have.
const MARK: usize = 100;

/// Every block, its marking lines included; one without an end goes to the next blank line.
pub(crate) fn blocks(text: &str, lines: &[Line], knowledge: &SectionsKnowledge) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (i, line) in lines.iter().enumerate() {
        let Some(folded) = mark(line.of(text), knowledge) else { continue };
        let holds = |phrases: &[String]| phrases.iter().any(|p| folded.contains(p.as_str()));
        let words = || squeeze(&fold_phrase(labels::undated(line.of(text).trim_end_matches([':', '-', '=', '*']))));
        let begins = holds(&knowledge.copied_begin) || (line.of(text).ends_with(':') && knowledge.copied_alone.contains(&words()));
        let next = lines.get(i + 1).map_or(text.len(), |l| l.start);
        if begins && holds(&knowledge.copied_end) {
            // "<<carried forward from 3/14>> Assessment: strain. <<end copy>>"
            out.push(line.first..next);
        } else if holds(&knowledge.copied_end) {
            if let Some(start) = open.take() {
                out.push(start..next);
            }
        } else if begins && closes_itself(line.of(text)) {
            out.push(line.first..next);
        } else if begins && let Some(start) = open.replace(line.first) {
            out.push(start..unmarked_end(lines, start, line.first));
        }
    }
    if let Some(start) = open {
        out.push(start..unmarked_end(lines, start, text.len()));
    }
    out
}

/// The folded words of a line that is shaped like a mark (set off by signs, or ending with a colon), or begins and ends with marks in angles.
fn mark(line: &str, knowledge: &SectionsKnowledge) -> Option<String> {
    if line.starts_with("<<") && line.ends_with(">>") {
        return knowledge.may_mark_copied(line).then(|| fold_phrase(line));
    }
    let set_off =
        line.starts_with(['>', '-', '=', '*', '[', '(', '#', '~', '<', '_', '+', '|']) || line.ends_with([':', ']', '>', '=', '-', '*']);
    (set_off && line.len() <= MARK && knowledge.may_mark_copied(line)).then(|| fold_phrase(line))
}

/// "(carried forward from 8/20: arm pain 8/10)": the mark holds all that is carried over.
fn closes_itself(line: &str) -> bool {
    let bracketed = line.starts_with('(') && line.trim_end().ends_with(')') || line.starts_with('[') && line.trim_end().ends_with(']');
    bracketed && line.split_once(": ").is_some_and(|(_, copied)| copied.len() > 2)
}

fn unmarked_end(lines: &[Line], start: usize, limit: usize) -> usize {
    lines.iter().skip_while(|l| l.start <= start).skip(1).find(|l| l.blank()).map_or(limit, |l| l.start.min(limit))
}

/// Lets each block and the text behind it begin a section of its own.
pub(crate) fn insert(blocks: &[Range<usize>], headings: &mut Vec<Heading>) {
    for block in blocks {
        for at in [block.start, block.end] {
            let place = headings.partition_point(|h| h.start < at);
            if headings.get(place).is_none_or(|h| h.start != at) {
                // The heading of before the block does not reach past it.
                let title = Span::new(at as u32, at as u32);
                let heading = Heading { start: at, title, body: at, kind: SectionKind::Unknown, rule: None, numbered: false, prose: false };
                headings.insert(place, heading);
            }
        }
    }
    headings.dedup_by_key(|h| h.start);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    #[test]
    fn lines_without_the_words_are_not_read_for_marks() {
        let knowledge = Knowledge::built_in().unwrap();
        let read = |line: &str| mark(line, &knowledge.sections).is_some();
        assert!(
            read("<< carried FORWARD from 3/14 >>") && read("[copied from note of 2/3]") && read("== end copy ==") && read("Last visit:")
        );
        assert!(!read("- Neck strain:") && !read("[x] Numbness") && !read("Physical exam:"));
    }
}
