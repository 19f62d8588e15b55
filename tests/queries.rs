//! Queries that may be sent and queries that may not: the examples, and every query that the program makes.

use cervicode::cli::run_with;
use cervicode::coding::lint::lint;
use cervicode::engine::Engine;
use serde_json::Value;

fn linted(files: &[String]) -> (Value, u8) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["cervicode", "query", "lint", "--format", "json"].into_iter().map(String::from).chain(files.iter().cloned());
    let status = run_with(args.map(Into::into), Box::new(std::io::empty()), &mut out, &mut err);
    (serde_json::from_slice(&out).unwrap(), status)
}

#[test]
fn the_examples_break_what_they_say_they_break() {
    let mut files: Vec<String> =
        std::fs::read_dir(crate::root().join("corpus/queries")).unwrap().map(|e| e.unwrap().path().display().to_string()).collect();
    files.sort();
    let (answers, status) = linted(&files);
    assert_eq!(status, 1);
    let mut shown = std::collections::BTreeSet::new();
    for (file, answer) in files.iter().zip(answers.as_array().unwrap()) {
        let text = std::fs::read_to_string(file).unwrap();
        let line = text.lines().find(|l| l.starts_with("violates:")).unwrap();
        let got: Vec<&str> = answer["faults"].as_array().unwrap().iter().map(|f| f["condition"].as_str().unwrap()).collect();
        assert_eq!(line, format!("violates: [{}]", got.join(", ")), "{file}");
        shown.extend(got.into_iter().map(String::from));
    }
    assert_eq!(shown.len(), 9, "an example for each condition: {shown:?}");
}

#[test]
fn a_query_that_cannot_be_read_does_not_stop_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.yaml");
    std::fs::write(&bad, "query: [\n").unwrap();
    let good = crate::root().join("corpus/queries/good-level.yaml");
    let (answers, status) = linted(&[bad.display().to_string(), good.display().to_string()]);
    assert_eq!((answers.as_array().unwrap().len(), status), (1, 2));
}

#[test]
fn every_query_the_program_makes_may_be_sent() {
    let engine = Engine::built_in().unwrap();
    let mut made = std::collections::BTreeSet::new();
    for note in crate::paths::corpus() {
        let reviewed = engine.stages(&note);
        for flag in &reviewed.coded.flags {
            let rule = engine.knowledge.coding.flags.iter().find(|f| f.name == flag.rule).unwrap();
            let Some(query) = &flag.query else {
                assert!(rule.query.is_none() || flag.evidence.is_empty(), "{}: {} has no query", note.id, flag.flag);
                continue;
            };
            let faults = lint(&query.draft(None), &note.text, &reviewed.layout, &reviewed.findings, &engine.knowledge);
            assert!(faults.is_empty(), "{}: {}: {faults:?}", note.id, flag.flag);
            let last = &query.options[query.options.len() - 2..];
            assert_eq!(last, ["Other (please specify): ____", "Unable to determine"]);
            made.insert(flag.flag.clone());
        }
    }
    assert!(made.len() > 10, "{made:?}");
}
