//! The check as a command: its three formats and its exit status, on folders with mistakes.

use cervicode::check::{Scope, check, check_against};
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

#[test]
fn a_code_that_the_newest_release_has_no_more_is_retired() {
    use cervicode::codeset::{CodeSet, Releases, tabular};
    let xml = "<ICD10CM.tabular><version>2027</version><chapter><name>13</name><desc>C</desc><section id=\"M50-M54\"><desc>B</desc>\
               <diag><name>M54</name><desc>D</desc><diag><name>M54.3</name><desc>E</desc></diag></diag></section></chapter></ICD10CM.tabular>";
    let mut releases = Releases::built_in();
    let newer = CodeSet::compile(&tabular::read(xml.as_bytes()).unwrap().tabular, "2026-10-01", None, "");
    assert!(releases.add(std::sync::Arc::new(newer)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("rules/coding")).unwrap();
    let rule = |code: &str| {
        let text = format!(
            "version: 1\nrules:\n  - {{ id: own-rule, title: Own, cites: [], authority: [own], when: {{ any: [neck-pain] }}, \
             suggest: [{{ code: {code} }}], why: \"Own.\" }}\n"
        );
        std::fs::write(folder.path().join("rules/coding/own.yaml"), text).unwrap();
        let own = |p: &&cervicode::diagnostic::Diagnostic| p.at.path.contains("own.yaml") && p.code == "K034";
        check_against(Scope::Over(folder.path()), &releases).problems.iter().filter(own).map(|p| p.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rule("M54.3"), Vec::<String>::new());
    assert_eq!(rule("M54.2"), ["M54.2 is retired: the release of 2026-04-01 had it, that of 2026-10-01 has not"]);
    assert_eq!(rule("M54.22"), ["M54.22 is not in the code set"]);
}

#[test]
fn a_watched_folder_is_checked_again_when_a_file_changes() {
    use std::io::BufRead;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lexicon/own.yaml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "version: 1\n").unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cervicode"))
        .args(["check", folder.path().to_str().unwrap(), "--watch"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |words: &str| lines.by_ref().map_while(Result::ok).any(|l| l.starts_with(words));
    let first = until("0 errors, 0 warnings");
    std::fs::write(&file, "version: 1\nconceptz: []\n").unwrap();
    let second = until("1 error, 0 warnings");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first && second);
}

#[test]
fn the_built_in_knowledge_is_checked_with_its_cases() {
    let checked = check(Scope::BuiltIn);
    assert!(checked.cases.is_some_and(|cases| cases > 500), "{:?}", checked.cases);
}
