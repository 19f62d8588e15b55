//! The code set's own edits on what the rules suggest: valid and billable, and no two supported codes that Excludes1 forbids together.

use super::Suggestion;
use crate::code::Code;
use crate::codeset::{CodeSet, Validity};
use crate::vocab::Status;

/// Whether the code set takes the code as it stands.
pub(crate) fn billable(set: &CodeSet, code: Code) -> bool {
    set.validity(code) == Validity::Valid
}

/// Two supported codes that Excludes1 forbids together: the one lower in coding order goes to review, and each conflict names the other.
/// Which suggestions were sent to review so.
pub(crate) fn excludes(set: &CodeSet, suggestions: &mut [Suggestion]) -> Vec<usize> {
    let mut sent = Vec::new();
    for i in 0..suggestions.len() {
        for j in i + 1..suggestions.len() {
            let (a, b) = (suggestions[i].code, suggestions[j].code);
            if !set.forbids(a, b) {
                continue;
            }
            if suggestions[i].status == Status::Supported && suggestions[j].status == Status::Supported {
                suggestions[j].status = Status::Review;
                sent.push(j);
            }
            suggestions[i].conflicts_with.push(b);
            suggestions[j].conflicts_with.push(a);
        }
    }
    sent
}
