//! Blocks that are marked as carried over from an earlier note.

use crate::fold::{Folded, fold_phrase};
use crate::knowledge::sections::{SectionsKnowledge, assesses, squeeze};
use crate::layout::headings::Heading;
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::span::Span;
use crate::vocab::SectionKind;
use crate::words::Hints;
use std::ops::Range;

/// Bytes a marking line may have.
const MARK: usize = 100;

/// Words of a line that resumes this visit's note without a colon.
const RESUMING: usize = 4;

/// Every block, its marking lines included; one without an end goes to the next blank line, or, if it has an assessment of its own,
/// to the line that resumes this visit's note: "Hospital discharge 9/1: … Dx: strain … Office visit today".
pub(crate) fn blocks(
    text: &str,
    folded: &Folded,
    lines: &[Line],
    headings: &[Heading],
    knowledge: &SectionsKnowledge,
) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let everywhere = !knowledge.copied_by_words();
    if !everywhere && !folded.hints.any(Hints::COPIED) {
        return out;
    }
    // hardly a line has one of the words
    let words = folded.tokens.iter().filter(|t| t.hints.any(Hints::COPIED)).map(|t| t.span.start as usize);
    let mut words = words.peekable();
    let mut open: Option<usize> = None;
    // a line of an earlier note's name and day
    let mut named: Option<usize> = None;
    let told = |within: &Range<usize>| headings.iter().any(|h| within.contains(&h.start) && assesses(h.kind));
    for (i, line) in lines.iter().enumerate() {
        if let Some(start) = open.or(named)
            && resumes(line.of(text), knowledge)
        {
            let before = start..line.first;
            let apart = lines.iter().any(|l| l.blank() && before.contains(&l.start));
            let whole = told(&before) || open.is_some() && !apart;
            (open, named) = (open.filter(|_| !whole), None);
            if whole {
                out.push(before);
                continue;
            }
        }
        while words.next_if(|at| *at < line.first).is_some() {}
        if !everywhere && words.peek().is_none_or(|at| *at >= line.end) {
            continue;
        }
        let alone = alone(line.of(text), knowledge);
        named = named.or(alone.then_some(line.first));
        let Some(folded) = mark(line.of(text), open.is_some(), knowledge) else { continue };
        let holds = |phrases: &[String]| phrases.iter().any(|p| folded.contains(p.as_str()));
        let begins = holds(&knowledge.copied_begin) || (alone && (line.of(text).ends_with(':') || banner(line.of(text))));
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
    // "*** PCP note ***" above the one assessment is the note's own title
    let titled = |block: &Range<usize>| {
        let line = lines.get(lines.partition_point(|l| l.end <= block.start));
        line.is_some_and(|l| alone(l.of(text), knowledge))
    };
    let outside = headings.iter().any(|h| assesses(h.kind) && !out.iter().any(|b| b.contains(&h.start)));
    out.retain(|block| outside || !titled(block));
    out
}

/// Signs that set off the title of what is pasted.
const BANNER: [char; 9] = ['-', '=', '*', '#', '_', '~', ':', '|', ' '];

/// Whether a line is set off on both sides: "--- Previous Visit 3/1/25 ---".
fn banner(line: &str) -> bool {
    let set = |c: Option<char>| c.is_some_and(|c| c != ' ' && c != ':' && BANNER.contains(&c));
    set(line.chars().next()) && set(line.chars().next_back())
}

/// Whether a line holds nothing but the words for an earlier note, and its day.
fn alone(line: &str, knowledge: &SectionsKnowledge) -> bool {
    let line = line.trim_matches(BANNER);
    let words = labels::undated(line);
    let dated = line.len() <= MARK && words.len() < line.len();
    dated && knowledge.copied_alone.contains(&squeeze(&fold_phrase(words)))
}

/// Whether a line, or its label, says that this visit's note goes on: "Office visit today", "Today's HPI: sore neck".
fn resumes(line: &str, knowledge: &SectionsKnowledge) -> bool {
    let label = line.split_once(':').map_or(line, |(label, _)| label);
    if label.is_empty() || label.len() > MARK / 2 {
        return false;
    }
    let words = format!(" {} ", squeeze(&fold_phrase(labels::undated(label))));
    // without a colon the line holds little more
    let brief = label.len() < line.len() || words.split_ascii_whitespace().count() <= RESUMING;
    brief && knowledge.copied_resume.iter().any(|p| words.starts_with(p.as_str()))
}

/// The folded words of a line that is shaped like a mark (set off by signs, or ending with a colon), or begins and ends with marks in angles.
fn mark(line: &str, open: bool, knowledge: &SectionsKnowledge) -> Option<String> {
    if line.starts_with("<<") && line.ends_with(">>") {
        return Some(fold_phrase(line));
    }
    let set_off =
        line.starts_with(['>', '-', '=', '*', '[', '(', '#', '~', '<', '_', '+', '|']) || line.ends_with([':', ']', '>', '=', '-', '*']);
    // "End of copied text."
    let ends = || {
        open && line.len() <= MARK / 2 && {
            let folded = fold_phrase(line);
            knowledge.copied_end.iter().any(|p| folded.starts_with(p.as_str()))
        }
    };
    // "[Copied from 3/14] Neck pain, worse with driving. … [End copied text]": of a long line its marks are read
    let marks = || {
        let opening = closed(line, 0).map_or("", |end| &line[..end]);
        let closing = line.rfind(['[', '<', '(']).filter(|at| *at >= opening.len() && closed(line, *at) == Some(line.len()));
        let closing = closing.map_or("", |at| &line[at..]);
        let (opening, closing) = (fold_phrase(opening), fold_phrase(closing));
        let holds = |phrases: &[String], mark: &str| phrases.iter().any(|p| mark.contains(p.as_str()));
        let both = holds(&knowledge.copied_begin, &opening) && holds(&knowledge.copied_end, &closing);
        both.then(|| format!("{opening} {closing}"))
    };
    if set_off && line.len() <= MARK || ends() {
        Some(fold_phrase(line))
    } else if set_off {
        marks()
    } else {
        None
    }
}

/// Where the brackets close that open at byte `at`, if they hold no more than a mark.
fn closed(line: &str, at: usize) -> Option<usize> {
    let close = match line.as_bytes().get(at)? {
        b'[' => "]",
        b'(' => ")",
        b'<' => ">",
        _ => return None,
    };
    let end = at + line[at..].find(close)? + 1;
    let end = end + line[end..].len() - line[end..].trim_start_matches(close).len();
    (end - at <= MARK).then_some(end)
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
        let read = |line: &str| knowledge.fold(line).hints.any(Hints::COPIED);
        assert!(
            read("<< carried FORWARD from 3/14 >>") && read("[copied from note of 2/3]") && read("== end copy ==") && read("Last visit:")
        );
        assert!(!read("- Neck strain:") && !read("[x] Numbness") && !read("Physical exam:"));
    }
}
