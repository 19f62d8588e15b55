//! The reports of a long note's parts → one report.

use super::{CodeEntry, Report, build};
use crate::codeset::CodeSet;
use crate::vocab::Status;

/// Adds the report of the part behind to that of all parts before it: a code is told once, and two that exclude each other are both for review.
pub fn add(whole: &mut Report, part: Report, codes: &CodeSet) {
    whole.sections.extend(part.sections);
    whole.findings.extend(part.findings);
    for code in part.codes {
        match whole.codes.iter_mut().find(|c| c.code == code.code) {
            Some(known) if known.status == Status::Review && code.status == Status::Supported => {
                *known = CodeEntry { sequence: known.sequence, ..code };
            }
            Some(_) => {}
            None => whole.codes.push(CodeEntry { sequence: whole.codes.len() as u32 + 1, ..code }),
        }
    }
    for i in 0..whole.codes.len() {
        for j in 0..whole.codes.len() {
            let (one, other) = (whole.codes[i].code, whole.codes[j].code);
            if i != j && codes.forbids(one, other) && !whole.codes[i].conflicts_with.contains(&other) {
                whole.codes[i].conflicts_with.push(other);
                whole.codes[i].status = Status::Review;
            }
        }
    }
    for withheld in part.withheld {
        if !whole.withheld.iter().any(|w| (w.code, w.reason) == (withheld.code, withheld.reason)) {
            whole.withheld.push(withheld);
        }
    }
    let suggested = &whole.codes;
    whole.withheld.retain(|w| suggested.iter().all(|c| c.code != w.code));
    for flag in part.flags {
        if !whole.flags.iter().any(|f| f.flag == flag.flag) {
            whole.flags.push(flag);
        }
    }
    whole.flags.sort_by_key(|f| f.severity);
    for notice in part.notices {
        if !whole.notices.contains(&notice) {
            whole.notices.push(notice);
        }
    }
}

/// Gives the joined report what is the whole note's own.
pub fn close(whole: &mut Report, text: &str, parts: usize) {
    whole.note.sha256 = build::hash(text);
    whole.notices.push(format!("the note is very long and was read in {parts} parts: what one part says of another was not seen"));
}
