//! The repository's own knowledge has no error: every case in lexicon/ and rules/ holds, and every known miss is still missed.

use cervicode::check::{Scope, check};
use cervicode::diagnostic::Severity;
use std::path::Path;

#[test]
fn the_knowledge_of_the_repository_has_no_error() {
    let checked = check(Scope::Alone(Path::new(".")));
    let errors: Vec<String> = checked.problems.iter().filter(|p| p.severity == Severity::Error).map(|p| p.to_string()).collect();
    assert!(errors.is_empty(), "{} errors, {:?} cases:\n{}", errors.len(), checked.cases, errors.join("\n"));
    assert!(checked.cases.is_some());
}
