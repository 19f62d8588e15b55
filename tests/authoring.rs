//! The tools for people who write terms and rules, as commands.

use cervicode::cli::run_with;
use std::path::Path;

/// Status, results and messages of a command.
pub fn run(args: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("cervicode").chain(args.iter().copied()).map(Into::into).collect::<Vec<std::ffi::OsString>>();
    let status = run_with(args.into_iter(), Box::new(std::io::empty()), &mut out, &mut err);
    (status, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_skeleton_is_ready_to_fill() {
    let folder = tempfile::tempdir().unwrap();
    let clinic = folder.path().to_str().unwrap();
    let new = |args: &[&str]| run(&[&["new"], args, &["--knowledge", clinic]].concat());
    for args in [
        &["concept", "zz-neck", "--words", "zz neck"][..],
        &["rule", "code-zz-neck", "--concept", "zz-neck", "--code", "M54.2", "--words", "zz neck"],
        &["flag", "flag-zz-neck", "--concept", "zz-neck", "--code", "M54.2", "--words", "zz neck"],
        &["cue", "zz-cue", "--words", "not one zz of"],
        &["heading", "heading-zz", "--words", "zz bottom line"],
    ] {
        let (status, out, messages) = new(args);
        assert!(status == 0 && out.contains("own.yaml:") || out.contains("sections.yaml:"), "{args:?}: {out}{messages}");
    }
    let lexicon = folder.path().join("lexicon/own.yaml");
    let filled = std::fs::read_to_string(&lexicon).unwrap().replace("# region:", "region:");
    std::fs::write(&lexicon, filled).unwrap();
    let (status, out, _) = run(&["check", clinic]);
    assert!(status == 0 && out.contains("0 errors, 0 warnings"), "{out}");
    // an id may stand once; a built-in one is copied and takes its place
    let (status, _, messages) = new(&["rule", "zz-neck"]);
    assert!(status == 2 && messages.contains("already defined at"), "{messages}");
    let (status, _, messages) = new(&["concept", "Zz Neck"]);
    assert!(status == 2 && messages.contains("lower case"), "{messages}");
    let (status, _, messages) = new(&["rule", "neck-pain"]);
    assert!(status == 2 && messages.contains("already the id of a concept"), "{messages}");
    let (status, out, _) = new(&["concept", "neck-pain"]);
    assert!(status == 0 && out.contains("symptoms.yaml:4") && out.contains("copied"), "{out}");
    let (status, out, _) = run(&["check", clinic]);
    assert!(status == 0, "{out}");
}

#[test]
fn every_kind_of_thing_is_explained_with_its_place() {
    for (asked, wanted) in [
        ("neck-pain", &["neck-pain (concept)", "lexicon/symptoms.yaml:", "pain + neck", "M54.2", "CASES", "AS WRITTEN"][..]),
        ("denial", &["denial (cue)", "rules/context/negation.yaml:", "says: [absent]"]),
        ("duration", &["flag-duration (flag)", "severity", "asks"]),
        ("heading-assessment", &["(heading)", "rules/sections.yaml:"]),
        ("cervicodynia", &["(term)", "listed by", "neck-pain (concept)"]),
        ("M54.2", &["RULES THAT SUGGEST IT", "authority", "RULES WHOSE CODE TAKES ITS PLACE", "M50-M54  Other dorsopathies"]),
    ] {
        let (status, out, messages) = run(&["explain", asked]);
        assert_eq!(status, 0, "{asked}: {messages}");
        for words in wanted {
            assert!(out.contains(words), "{asked}: no {words:?} in\n{out}");
        }
        let written = out.split("AS WRITTEN").next().unwrap();
        assert!(written.lines().all(|l| l.chars().count() <= 80), "{asked}:\n{written}");
        let json = run(&["explain", asked, "--format", "json"]).1;
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{asked}");
    }
    let (status, out, messages) = run(&["explain", "flag-duratoin"]);
    assert!(status == 2 && out.is_empty() && messages.contains("did you mean `flag-duration`?"), "{messages}");
}

#[test]
fn a_note_shows_the_chain_to_a_code_and_why_another_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("note.txt");
    std::fs::write(&note, "HPI: no arm numbness.\nAssessment: Neck pain. Radiculopathy ruled out.\n").unwrap();
    let note = note.to_str().unwrap();
    let (status, out, _) = run(&["explain", note, "--code", "M54.2", "--not", "M54.12", "--not", "M50.122"]);
    assert_eq!(status, 0);
    for words in [
        "note.txt: M54.2 Cervicalgia: suggested, supported",
        "\"Neck pain\" at line 2, column 13",
        "neck-pain",
        "\"Assessment\", assessment, coded from",
        "M54.12 Radiculopathy, cervical region: withheld",
        "result       withheld: negated",
        "neither suggested nor withheld",
        "nothing in the note is read as",
    ] {
        assert!(out.contains(words), "no {words:?} in\n{out}");
    }
    assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
    let json: serde_json::Value = serde_json::from_str(&run(&["explain", note, "--code", "M54.2", "--format", "json"]).1).unwrap();
    assert_eq!(json[0]["outcome"], "supported");
    assert_eq!(run(&["explain", "nowhere.txt", "--code", "M54.2"]).0, 2);
}

#[test]
fn what_a_change_changes_is_counted_and_grouped() {
    let folder = tempfile::tempdir().unwrap();
    let (clinic, notes) = (folder.path().join("clinic"), folder.path().join("notes"));
    write(&clinic.join("lexicon/own.yaml"), "version: 1\nconcepts:\n  - { id: zz-ache, title: ZZ ache, kind: symptom, terms: [zzache] }\n");
    write(
        &clinic.join("rules/coding/own.yaml"),
        "version: 1\nrules:\n  - { id: code-zz-ache, title: ZZ, cites: [], authority: [own], when: { any: [zz-ache] }, \
         suggest: [{ code: M54.2 }], why: \"ZZ.\" }\n",
    );
    write(&notes.join("a.txt"), "Assessment: zzache.\n");
    write(&notes.join("b.txt"), "Assessment: fine.\n");
    let (clinic, notes) = (clinic.to_str().unwrap(), notes.to_str().unwrap());
    let (status, out, _) = run(&["diff", notes, "--knowledge", clinic]);
    assert_eq!(status, 0);
    assert!(out.starts_with("2 notes, 1 changed\n    1  code added        M54.2\n"), "{out}");
    assert!(out.contains("CODE ADDED: M54.2\n  a.txt  ") && out.contains("\"zzache\"") && out.contains("[code-zz-ache]"), "{out}");
    // the other way round the code is gone
    let json: serde_json::Value = serde_json::from_str(&run(&["diff", "--base", clinic, notes, "--format", "json"]).1).unwrap();
    assert_eq!((&json["notes"], &json["changed"], &json["counts"]["code-removed"]["M54.2"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!(run(&["diff", "--base", "nowhere", notes]).0, 2);
    assert!(run(&["diff", notes]).1.starts_with("2 notes, 0 changed\n"));

    let (status, out, _) = run(&["coverage", notes, "--knowledge", clinic, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let kind = |name: &str| json["kinds"].as_array().unwrap().iter().find(|k| k["kind"] == name).unwrap().clone();
    assert_eq!((status, &json["notes"]), (0, &2.into()));
    assert_eq!(kind("concept")["fired"], serde_json::json!([{ "id": "zz-ache", "times": 1, "notes": 1 }]));
    assert!(kind("rule")["fired"].as_array().unwrap().iter().any(|r| r["id"] == "code-zz-ache"));
    assert!(kind("concept")["never"].as_array().unwrap().iter().any(|c| c["id"] == "neck-pain" && c["at"].is_string()));
}

#[test]
fn an_overlay_takes_a_term_and_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let clinic = folder.path().to_str().unwrap();
    let lexicon = "version: 1\nconcepts:\n  - { id: own-ache, title: Own ache, kind: confuser, terms: [Cervicodynia] }\n";
    write(&folder.path().join("lexicon/own.yaml"), lexicon);
    let (status, out, _) = run(&["check", clinic]);
    assert!(status == 0 && out.contains("takes the term `cervicodynia` from `neck-pain`"), "{out}");
    let (status, out, _) = run(&["explain", "cervicodynia", "--knowledge", clinic]);
    assert!(status == 0 && out.contains("own-ache (concept)") && !out.contains("neck-pain (concept)"), "{out}");
}

#[test]
fn what_a_stage_saw_stands_under_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("note.txt");
    std::fs::write(&note, "Assessment: Neck pain, 6/10.\r\nNo arm\tnumbness \u{1f600}.\n").unwrap();
    let note = note.to_str().unwrap();
    let under = |stage: &str| {
        let (status, out, messages) = run(&["trace", note, "--stage", stage]);
        assert_eq!(status, 0, "{messages}");
        assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
        out
    };
    let mentions = under("mentions");
    assert!(mentions.contains("Assessment: Neck pain, 6/10.\n            ^^^^^^^^^ neck-pain in cervical (composed)\n"), "{mentions}");
    let context = under("context");
    assert!(context.contains("No arm numbness \u{1f600}.\n== no on ") && context.contains("absent definite current patient"), "{context}");
    assert!(under("attributes").contains("                       ~~~~ pain-score 6-6 of 10 of neck-pain"));
    assert!(under("layout").starts_with("# note.txt\n[assessment, coded from 0.."));
    let coding = under("coding");
    assert!(coding.contains("^^^^^^^^^ M54.2 supported") && coding.contains("[cervicalgia rules/coding/"), "{coding}");
    assert!(under("findings").contains("neck-pain in cervical: present"));
}
