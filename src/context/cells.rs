//! Check lists and tables: "Numbness: No  Weakness: Yes", "fever - none", "back pain: denied".

use super::view::{Found, View};
use crate::knowledge::context::{ADJUNCT, Part, SIDE, STATE};
use crate::knowledge::source::context::Says;
use std::ops::Range;

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What is spoken of.
    pub label: Range<usize>,
    /// What is said of it.
    pub value: Range<usize>,
}

/// The longest label, in symbols.
const LABEL: usize = 14;
/// How far the mark of the next label may stand from a value that nothing closes.
const NEXT_LABEL: usize = 5;

/// The cells of a sentence, in text order, where `told` are its mentions.
pub(crate) fn cells(view: &View<'_>, found: &[Found], told: &[Range<usize>]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for f in found {
        let Part::Value(cue) = f.part else { continue };
        // "MOI: insidious": the mark is of the label's own words
        if let Some(question) = told.iter().find(|m| m.start < m.end && m.end == f.start && is_mark(view, f.start - 1)) {
            if is_closed(view, found, f) {
                cells.push(Cell { label: question.clone(), value: f.start..f.end });
            }
            continue;
        }
        if view.cue(cue).answers {
            continue;
        }
        let unmarked = f.start > 0 && (in_column(view, f) || closes(view, f, found));
        let marked = f.start > 1 && is_mark(view, f.start - 1) && is_closed(view, found, f);
        if !marked && !unmarked {
            continue;
        }
        // "| Neck pain | - | Active |": an empty cell among others denies nothing
        let among = marked
            && view.symbol(f.start - 1) == "|"
            && view.symbol(f.end) == "|"
            && view.is_word(f.end + 1)
            && !view.opens_line(f.end + 1);
        if !view.is_word(f.start) && among {
            continue;
        }
        let floor = cells.last().map_or(0, |c| c.value.end);
        let mark = if marked { f.start - 1 } else { f.start };
        let mut start = mark;
        // "Myelopathy | G95.9 | ruled out": the last cell of a row speaks of all of it
        // and what closes the row is no cell
        let behind = (f.end..view.len()).find(|i| view.symbol(*i) != "|" || view.opens_line(*i)).unwrap_or(view.len());
        let row = marked && view.symbol(mark) == "|" && (behind >= view.len() || view.opens_line(behind));
        while start > floor && mark - start < LABEL {
            let symbol = view.symbol(start - 1);
            if row && !view.opens_line(start) && matches!(symbol, "|" | ".") {
                start -= 1;
                continue;
            }
            // "Neck pain, fracture: no": in an assessment an entry has its own answer
            // "Cervicalgia    Red flags: none": a gap parts the label from what stands before it
            if (marked && start < mark && view.symbol(mark) == ":" && view.column(start))
                || (row && view.opens_line(start))
                || (view.assessed && (matches!(symbol, "," | "(") || (matches!(symbol, "-" | "--") && view.spaced(start))))
                || matches!(symbol, ";" | "." | "|" | "•" | ":" | "]")
                || (!marked && (matches!(symbol, "," | "/") || view.opens_line(start)))
            {
                break;
            }
            start -= 1;
        }
        if start < mark {
            cells.push(Cell { label: start..mark, value: f.start..f.end });
        }
    }
    cells
}

/// Whether a value stands alone in the column of a table without rules, at its line's end: "Stiffness    Y".
fn in_column(view: &View<'_>, f: &Found) -> bool {
    view.column(f.start) && view.is_word(f.start - 1) && (f.end >= view.len() || view.opens_line(f.end) || view.column(f.end))
}

/// Whether a value that needs no mark closes its phrase: "Numbness N, weakness N", "Neck pain yes / arm pain no".
fn closes(view: &View<'_>, f: &Found, found: &[Found]) -> bool {
    let whole = |f: &Found| {
        let slashed = || view.symbol(f.end) == "/" && view.spaced(f.end) && view.spaced(f.end + 1);
        f.start > 0 && view.is_word(f.start - 1) && (f.end >= view.len() || matches!(view.symbol(f.end), "," | ";" | ".") || slashed())
    };
    let in_turn = |f: &&Found| matches!(f.part, Part::Value(cue) if view.cue(cue).in_turn) && whole(f);
    let bare = matches!(f.part, Part::Value(cue) if view.cue(cue).bare);
    whole(f) && (bare || in_turn(&f) && found.iter().filter(in_turn).count() > 1)
}

/// Whether symbol `i` stands between a label and its value.
fn is_mark(view: &View<'_>, i: usize) -> bool {
    match view.symbol(i) {
        ":" | "=" | "?" | "--" | "|" | ".." => true,
        "-" => view.spaced(i) && view.spaced(i + 1),
        _ => false,
    }
}

/// Whether a value begins at symbol `at`.
fn is_value(found: &Found, at: usize) -> bool {
    matches!(found.part, Part::Value(_)) && found.start == at
}

/// Whether a value is whole: the sentence ends, or a mark of punctuation, an adjunct or the next label follows, or behind a denial another
/// one ("Trauma: none No arm symptoms").
fn is_closed(view: &View<'_>, found: &[Found], value: &Found) -> bool {
    let at = value.end;
    if at >= view.len() {
        return true;
    }
    if !view.is_word(at) {
        return !matches!(view.symbol(at), "\"" | "'" | "?" | ":");
    }
    let denies = |cue: u16| view.cue(cue).says == [Says::Absent];
    let denied = || matches!(value.part, Part::Value(cue) if denies(cue));
    let again = |f: &Found| f.start == at && matches!(f.part, Part::Cue(cue) if denies(cue));
    // "Spurling: negative *R*, negative L"
    let sided = || view.is(at, SIDE) && view.ends_phrase(at);
    view.is(at, ADJUNCT)
        || view.adjoins(at)
        || sided()
        || (denied() && found.iter().any(again))
        || (at + 1..(at + 1 + NEXT_LABEL).min(view.len()))
            .take_while(|i| !matches!(view.symbol(*i), "," | ";" | "."))
            .any(|i| is_mark(view, i) && (!matches!(view.symbol(i), "-" | "--") || found.iter().any(|f| is_value(f, i + 1))))
}

/// Where the words of a line begin behind its bullet, where it has one, and its label of a state ("- **Status:** resolved"), and whether
/// it has that.
pub(crate) fn state(view: &View<'_>, listed: bool) -> (usize, bool) {
    let marks = |from: usize| (from..view.len()).find(|i| view.is_word(*i)).unwrap_or(view.len());
    let first = if listed || view.symbol(0) == "**" { marks(0) } else { 0 };
    let behind = marks(first + 1);
    let labelled = view.is(first, STATE) && (first + 1..behind).any(|i| view.symbol(i) == ":");
    (if labelled { behind } else { first }, labelled)
}
