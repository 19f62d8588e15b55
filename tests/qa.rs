//! Samples, worksheets and audits as their users see them.

use serde_json::{Value, json};
use std::path::Path;

/// Runs the program: exit status, standard output, standard error.
fn run(args: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("cervicode").chain(args.iter().copied()).map(Into::into);
    let status = cervicode::cli::run_with(args, Box::new(std::io::empty()), &mut out, &mut err);
    (status, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

/// A frame of hand-made reports, so that no test here depends on the coding rules: every third note has two codes, every fifth none.
fn frame(folder: &Path) -> String {
    let code = |code: &str, status: &str| {
        let evidence = json!([{"role": "mention", "start": 0, "end": 9, "text": "=neck\npain", "section": "assessment"}]);
        json!({"code": code, "title": "A title", "sequence": 1, "status": status, "why": "Because.", "evidence": evidence})
    };
    let mut lines = String::new();
    for i in 0..200 {
        let mut codes = vec![code("M54.2", "supported")];
        if i % 3 == 0 {
            codes.push(code("M50.20", "review"));
        }
        if i % 5 == 0 {
            codes.clear();
        }
        let note = json!({"id": format!("n{i}"), "sha256": format!("{i:064x}"), "setting": "outpatient"});
        let author = ["lee", "kim"][i % 2];
        let report =
            json!({"note": note, "offsets": "codepoints", "codes": codes, "flags": [{"flag": "level"}], "passthrough": {"author": author}});
        lines += &format!("{report}\n");
    }
    let file = path(folder, "reports.ndjson");
    std::fs::write(&file, lines).unwrap();
    file
}

fn sampled(folder: &Path, extra: &[&str]) -> (String, Value) {
    let reports = frame(folder);
    let out = path(folder, "s");
    let (status, _, err) = run(&[&["sample", &reports, "--out", &out], extra].concat());
    assert_eq!(status, 0, "{err}");
    let record = std::fs::read_to_string(path(folder, "s/sample.json")).unwrap();
    (path(folder, "s/worksheet.csv"), serde_json::from_str(&record).unwrap())
}

/// Fills in a worksheet: `decide` gets the row's item and its number and gives decision, reason and correct code.
fn fill(worksheet: &str, to: &str, decide: &dyn Fn(&str, usize) -> [&'static str; 3]) {
    let text = std::fs::read_to_string(worksheet).unwrap();
    let mut table = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = table.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let mut out = csv::Writer::from_path(to).unwrap();
    out.write_record(&header).unwrap();
    for (i, row) in table.records().enumerate() {
        let row = row.unwrap();
        let [decision, reason, correct] = decide(&row[at("item")], i);
        let filled = [(at("decision"), decision), (at("error_reason"), reason), (at("correct_code"), correct)];
        let cell = |(i, cell): (usize, &str)| filled.iter().find(|(at, _)| *at == i).map_or(cell.to_string(), |f| f.1.to_string());
        out.write_record(row.iter().enumerate().map(cell)).unwrap();
    }
    out.flush().unwrap();
}

fn agree(_: &str, _: usize) -> [&'static str; 3] {
    ["agree", "", ""]
}

#[test]
fn a_sample_can_be_drawn_again_and_its_worksheet_holds_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let (worksheet, record) = sampled(folder.path(), &["--size", "20", "--spares", "3", "--seed", "5"]);
    assert_eq!(record["frame"]["reports"], 200);
    assert_eq!(record["draws"].as_array().unwrap().len(), 23);
    assert!(record["algorithm"].as_str().unwrap().contains("ChaCha20"));
    let text = std::fs::read_to_string(&worksheet).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("\"'=neck pain\"") && !text.contains("\"="));
    let again = run(&["sample", &path(folder.path(), "reports.ndjson"), "--size", "20", "--spares", "3", "--seed", "5", "--quiet"]);
    assert_eq!(serde_json::from_str::<Value>(&again.1).unwrap(), record);
    assert!(path(folder.path(), "s/spares.csv").len() > 1 && Path::new(&path(folder.path(), "s/spares.csv")).exists());
}

#[test]
fn a_plan_is_read_and_its_faults_have_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let reports = frame(folder.path());
    let plan = path(folder.path(), "plan.yaml");
    std::fs::write(&plan, "version: 1\nmethod: stratified\nby: [status, author]\nsize: 30\nseed: 4\n").unwrap();
    let (status, out, _) = run(&["sample", &reports, "--plan", &plan]);
    let record: Value = serde_json::from_str(&out).unwrap();
    let strata: Vec<_> = record["strata"].as_array().unwrap().iter().map(|s| s["stratum"].as_str().unwrap()).collect();
    assert_eq!((status, strata), (0, vec!["none / kim", "none / lee", "supported / kim", "supported / lee"]));
    std::fs::write(&plan, "version: 1\nmethod: stratified\nbi: [status]\n").unwrap();
    let (status, _, err) = run(&["sample", &reports, "--plan", &plan]);
    assert!(status == 2 && err.contains("plan.yaml: line 3, column 1"), "{err}");
    let (status, _, err) = run(&["sample", "no-such.ndjson", "--size", "3"]);
    assert!(status == 2 && err.contains("no report to draw from"), "{err}");
    std::fs::write(&reports, "{\"note\":{}}\nJane Doe\n").unwrap();
    let (_, _, err) = run(&["sample", &reports, "--size", "3"]);
    assert!(err.contains("reports.ndjson:1: the line is no report") && err.contains("reports.ndjson:2:") && !err.contains("Jane"), "{err}");
}

#[test]
fn an_audit_counts_what_the_reviewer_decided() {
    let folder = tempfile::tempdir().unwrap();
    let (worksheet, record) = sampled(folder.path(), &["--size", "40", "--by", "status", "--seed", "5"]);
    let filled = path(folder.path(), "s/ann.csv");
    // the first code row is wrong, the first missed row names a code
    let text = std::fs::read_to_string(&worksheet).unwrap();
    let first = |item: &str| text.lines().skip(1).position(|l| l.contains(&format!("\"{item}\""))).unwrap();
    let (wrong, lacking) = (first("code"), first("missed"));
    fill(&worksheet, &filled, &move |_, i| match i {
        _ if i == wrong => ["disagree", "negated", ""],
        _ if i == lacking => ["disagree", "", "M54.12"],
        _ => ["agree", "", ""],
    });
    let reports = path(folder.path(), "reports.ndjson");
    let (status, out, err) = run(&["audit", &filled, "--frame", &reports, "--format", "json"]);
    assert_eq!(status, 0, "{err}");
    let audit: Value = serde_json::from_str(&out).unwrap();
    let supported = record["draws"].as_array().unwrap().iter().flat_map(|d| d["codes"].as_array().unwrap());
    let supported = supported.filter(|c| c["status"] == "supported").count() as u64;
    let measure = |name: &str| audit["reviewers"][0]["measures"].as_array().unwrap().iter().find(|m| m["name"] == name).unwrap().clone();
    let of = |name: &str| (measure(name)["share"]["count"].as_u64().unwrap(), measure(name)["share"]["of"].as_u64().unwrap());
    assert_eq!(of("code accuracy"), (supported - 1, supported));
    assert_eq!(of("code completeness"), (supported - 1, supported));
    assert_eq!(of("case accuracy"), (38, 40));
    assert_eq!(of("first-listed accuracy"), (supported - 1, supported));
    assert!(measure("case accuracy")["weighted"]["interval"].is_array());
    assert_eq!(audit["reviewers"][0]["reasons"]["negated"], 1);
    let groups: Vec<_> = audit["reviewers"][0]["groups"].as_array().unwrap().iter().map(|g| g["by"].as_str().unwrap()).collect();
    assert_eq!(groups, ["family", "author", "author"]);

    // a share never stands without its interval and n
    let (_, text, _) = run(&["audit", &filled]);
    for line in text.lines().filter(|l| l.contains(" % (")) {
        assert!(line.contains(" of ") && line.contains("exact") && line.contains("Wilson"), "{line}");
    }
    assert!(text.contains("= notes whose supported codes are all right"));

    // two reviewers: agreement and what is behind it
    let second = path(folder.path(), "s/bob.csv");
    fill(&worksheet, &second, &agree);
    let (_, text, _) = run(&["audit", &filled, &second]);
    assert!(text.contains("Cohen's kappa") && text.matches("differ: ").count() == 2, "{text}");
    let (_, text, _) = run(&["audit", &filled, &second, &second]);
    assert!(text.contains("Fleiss' kappa"), "{text}");
}

#[test]
fn faults_of_worksheets_name_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let (worksheet, _) = sampled(folder.path(), &["--size", "5"]);
    let filled = path(folder.path(), "s/filled.csv");
    fill(&worksheet, &filled, &agree);
    let good = std::fs::read_to_string(&filled).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let id = lines[1].split(',').nth(3).unwrap();
    let refused = |text: String, message: &str| {
        let bad = path(folder.path(), "s/bad.csv");
        std::fs::write(&bad, text).unwrap();
        let (status, out, err) = run(&["audit", &bad]);
        assert!(status == 2 && out.is_empty() && err.contains(message), "{message}: {err}");
    };
    refused(good.replacen("agree,", ",", 1), "row 2, column decision: is missing");
    refused(good.replacen("agree,", "perhaps,", 1), "row 2, column decision: is none of agree");
    refused(good.replacen("agree,", "disagree,", 1), "row 2, column ");
    refused(good.replacen(&format!(",{id},"), ",n999,", 1), "row 2, column note_id: was edited");
    refused(
        good.replacen(lines[1].split(',').next().unwrap(), "0123456789abcdef", 1),
        "row 2, column sample: the row is of another sample",
    );
    refused(good.replacen("error_reason", "why_not", 1), "row 1, column error_reason: the column is missing");
    refused([&lines[..2], &lines[1..]].concat().join("\n"), "row 3, column draw: the same item stands in row 2 already");
    refused(lines[..lines.len() - 1].join("\n"), "column draw: draw 5 (missed) has no row");
    // a spreadsheet of another country
    let semicolons = path(folder.path(), "s/semicolons.csv");
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_path(&semicolons).unwrap();
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(&filled)
        .unwrap()
        .records()
        .for_each(|r| table.write_record(&r.unwrap()).unwrap());
    table.flush().unwrap();
    assert_eq!(run(&["audit", &semicolons]).0, 0);
    // the frame and the record
    let reports = path(folder.path(), "reports.ndjson");
    let text = std::fs::read_to_string(&reports).unwrap();
    std::fs::write(&reports, text.replacen("M50.20", "M50.30", 1)).unwrap();
    let (status, _, err) = run(&["audit", &filled, "--frame", &reports]);
    assert!(status == 2 && err.contains("the frame changed"), "{err}");
    let record = path(folder.path(), "s/sample.json");
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(&record, text.replacen("\"seed\": 1", "\"seed\": 2", 1)).unwrap();
    let (status, _, err) = run(&["audit", &filled]);
    assert!(status == 2 && err.contains("sample.json: was edited"), "{err}");
}

#[test]
fn a_spare_stands_in_for_a_note_that_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let (worksheet, _) = sampled(folder.path(), &["--size", "5", "--spares", "2"]);
    let (filled, spares) = (path(folder.path(), "s/filled.csv"), path(folder.path(), "s/spares-filled.csv"));
    fill(&worksheet, &filled, &|_, i| if i == 0 { ["unusable", "", ""] } else { ["agree", "", ""] });
    fill(&path(folder.path(), "s/spares.csv"), &spares, &agree);
    let spare_rows = std::fs::read_to_string(&spares).unwrap();
    let of = |draw: &str| spare_rows.lines().filter(|l| l.split(',').nth(1) == Some(draw)).map(|l| format!("{l}\n")).collect::<String>();
    let main = std::fs::read_to_string(&filled).unwrap();
    std::fs::write(&filled, format!("{main}{}", of("6"))).unwrap();
    let (status, out, err) = run(&["audit", &filled]);
    assert!(status == 0 && out.contains("5 notes, 1 unusable"), "{out}{err}");
    std::fs::write(&filled, format!("{main}{}", of("7"))).unwrap();
    assert!(run(&["audit", &filled]).2.contains("spares are used in their order"));
    std::fs::write(&filled, format!("{main}{}{}", of("6"), of("7"))).unwrap();
    assert!(run(&["audit", &filled]).2.contains("2 spares are used and 1 notes are unusable"));
}
