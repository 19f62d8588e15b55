//! Cases, laws and accuracy of the context engine.

use crate::cases;
use crate::engine::Engine;
use std::path::Path;

fn engine() -> Engine {
    Engine::built_in().unwrap_or_else(|problems| panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>()))
}

#[test]
fn cases_of_the_rules_hold() {
    let mut problems = Vec::new();
    let mut files = crate::knowledge::read_folder(Path::new(env!("CARGO_MANIFEST_DIR")), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    files.retain(|f| f.path.starts_with("rules/context/"));
    let outcome = cases::run(&engine(), &files);
    let faults: Vec<String> = outcome.problems.iter().filter(|p| p.code != "K042").map(|p| p.to_string()).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
