//! The check as a command: its three formats and its exit status, on folders with mistakes.

use cervicode::check::{Scope, check};
use cervicode::cli::run_with;

fn shown(folder: &str, format: &str) -> (String, u8) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["cervicode", "check", folder, "--alone", "--format", format].map(Into::into);
    let status = run_with(args.into_iter(), Box::new(std::io::empty()), &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    (String::from_utf8(out).unwrap(), status)
}

#[test]
fn problems_are_told_to_people_and_programs() {
    let folder = "tests/broken/shape";
    let (text, status) = shown(folder, "text");
    assert!(status == 1 && text.contains("did you mean `symptom`?") && text.contains("cases not run"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&shown(folder, "json").0).unwrap();
    assert!(json["problems"].as_array().unwrap().iter().any(|p| p["code"] == "K002" && p["at"]["line"] == 5));
    let sarif: serde_json::Value = serde_json::from_str(&shown(folder, "sarif").0).unwrap();
    assert!(sarif["runs"][0]["results"].as_array().unwrap().iter().all(|r| r["locations"][0]["physicalLocation"].is_object()));
}

#[test]
fn an_overlay_is_judged_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("lexicon")).unwrap();
    let text = "version: 1\nconcepts:\n  - { id: zz-not-used, title: Not used, kind: diagnosis, terms: [zzunused] }\n";
    std::fs::write(folder.path().join("lexicon/clinic.yaml"), text).unwrap();
    let checked = check(Scope::Over(folder.path()));
    let codes: Vec<&str> = checked.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["K017", "K042"], "{:?}", checked.problems);
    assert!(check(Scope::Over(&folder.path().join("nowhere"))).has_errors());
}
