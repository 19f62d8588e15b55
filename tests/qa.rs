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

/// Records of notes with gold, one of them faulty in every way the checker knows.
#[test]
fn faulty_gold_is_named_by_place_and_part() {
    let folder = tempfile::tempdir().unwrap();
    let gold = path(folder.path(), "gold.ndjson");
    let good = json!({"id": "a", "text": "Assessment: neck pain.", "setting": "outpatient", "gold":
        {"codes": [{"code": "M54.2", "evidence": "neck pain", "start": 12, "end": 21}], "flags": [{"flag": "duration"}]}});
    std::fs::write(&gold, format!("{good}\n")).unwrap();
    let (status, out, err) = run(&["eval", &gold, "--check"]);
    assert!(status == 0 && out.contains("1 notes with labels, 0 faults"), "{out}{err}");
    let bad = json!({"id": "a", "text": "ASSESSMENT:  neck pain.", "setting": "office", "gold": {
        "codes": [{"code": "M54.2", "evidence": "neck pain", "start": 12, "end": 21}, {"code": "M54.5"}, {"code": "neck"}],
        "review": [{"code": "M54.2"}], "withheld": [{"code": "M54.12", "reason": "because"}, {"code": "M50.00", "reason": "negated", "evidence": "disc"}],
        "one_of": [["M54.13", "M54.1"]], "flags": [{"flag": "durations"}], "flag": []}});
    std::fs::write(&gold, format!("{good}\n{bad}\n")).unwrap();
    let (status, out, _) = run(&["eval", &gold, "--check"]);
    assert_eq!(status, 1);
    for fault in [
        "gold.ndjson:2: id: `a` stands in gold.ndjson:1 already",
        "gold.ndjson:2: text: the same note stands in gold.ndjson:1 already",
        "setting: its value is not known",
        "flag: is no key of gold labels",
        "codes[0].start: its words are not at 12 to 21",
        "codes[1]: M54.5 is no valid code",
        "codes[2]: its code is not shaped like one",
        "review[0]: M54.2 stands in `codes` already",
        "withheld[0]: its reason is missing or none of the report's",
        "withheld[1].evidence: its words are not in the note",
        "one-of[0]: M54.1 is no valid code",
        "flags[0]: `durations` is no flag",
    ] {
        assert!(out.contains(fault), "{fault}\n{out}");
    }
}

#[test]
fn the_gold_of_the_corpus_has_no_fault() {
    let (status, out, err) = run(&["eval", &path(crate::root(), "corpus/gold"), "--check"]);
    assert!(status == 0 && out.ends_with("0 faults\n"), "{out}{err}");
}

#[test]
fn figures_against_gold_have_intervals_styles_confusions_and_places() {
    let corpus = path(crate::root(), "corpus/gold");
    let (status, out, _) = run(&["eval", &corpus, "--format", "json"]);
    let figures: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status, 0);
    assert_eq!(out, run(&["eval", &corpus, "--format", "json"]).1);
    let sum = |list: &str, key: &dyn Fn(&Value) -> u64| figures[list].as_object().unwrap().values().map(key).sum::<u64>();
    let counts = |list: &str| ["tp", "fp", "fn"].map(|k| sum(list, &|v| v[k].as_u64().unwrap()));
    // what is counted by code is counted by family, section and style, too
    assert_eq!(counts("per_code"), counts("per_category"));
    assert_eq!(counts("per_code"), counts("per_section"));
    assert_eq!(counts("per_code"), ["tp", "fp", "fn"].map(|k| sum("per_style", &|v| v["codes"][k].as_u64().unwrap())));
    assert_eq!(
        sum("per_style", &|v| v["exact"].as_u64().unwrap()),
        (figures["exact_set"].as_f64().unwrap() * figures["notes"].as_f64().unwrap()).round() as u64
    );
    let interval = |name: &str| figures["bootstrap95"][name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<_>>();
    for (name, value) in
        [("precision", &figures["codes"]["precision"]), ("f1", &figures["codes"]["f1"]), ("exact_set", &figures["exact_set"])]
    {
        let value = value.as_f64().unwrap();
        assert!(interval(name)[0] <= value && value <= interval(name)[1], "{name}");
    }
    let confused: u64 = figures["confusions"].as_array().unwrap().iter().map(|c| c["count"].as_u64().unwrap()).sum();
    let [_, wrong, missed] = counts("per_code");
    assert!(confused >= wrong.max(missed) && confused <= wrong + missed);
    for miss in figures["misses"].as_array().unwrap() {
        let text = std::fs::read_to_string(path(crate::root(), &format!("corpus/gold/{}.txt", miss["id"].as_str().unwrap()))).unwrap();
        for place in miss["places"].as_array().unwrap() {
            let (start, line) = (place["start"].as_u64().unwrap() as usize, place["line"].as_u64().unwrap() as usize);
            assert_eq!(text.chars().take(start).filter(|c| *c == '\n').count() + 1, line);
            assert!(place["end"].as_u64().unwrap() as usize <= text.chars().count());
        }
    }
}

/// Billed codes: the rules about this one plain note are the plainest there are.
#[test]
fn billed_codes_are_judged_by_the_note_and_the_official_list() {
    let folder = tempfile::tempdir().unwrap();
    let notes = path(folder.path(), "notes.ndjson");
    let text = "HPI: neck pain for 3 days, 4/10. No arm symptoms.\n\nASSESSMENT:\n1. Herniated disc C5-C6.\n";
    let note = |id: &str, billed: &[&str]| json!({"id": id, "text": text, "setting": "outpatient", "billed": billed}).to_string();
    let lines = [note("right", &["M50.222"]), note("broad", &["M50.20"]), note("mixed", &["M54.5", "M54.2", "M50.222", "E11.9", "M54.12"])];
    std::fs::write(&notes, lines.join("\n") + "\n{\"id\":\"none\",\"text\":\"Neck pain.\"}\n").unwrap();
    let (status, out, err) = run(&["audit", "--billed", &notes, "--format", "json"]);
    assert_eq!(status, 0, "{err}");
    let audit: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (audit["notes"].as_u64(), audit["without_billed"].as_u64(), audit["billed"].as_u64(), audit["not_judged"].as_u64()),
        (Some(3), Some(1), Some(7), Some(1))
    );
    let outcome = |name: &str| audit["outcomes"].as_array().unwrap().iter().find(|o| o[0] == name).unwrap()[1]["count"].as_u64().unwrap();
    assert_eq!((outcome("supported"), outcome("specificity-lost"), outcome("invalid"), outcome("unsupported")), (2, 1, 1, 2));
    let list = audit["worklist"].as_array().unwrap();
    let find = |note: &str, kind: &str| {
        list.iter().find(|f| f["note_id"] == note && f["kind"] == kind).unwrap_or_else(|| panic!("{note} {kind}: {out}"))
    };
    assert_eq!(find("broad", "specificity-lost")["instead"][0], "M50.222");
    assert_eq!(find("mixed", "excludes1")["codes"], json!(["M54.2", "M50.222"]));
    assert_eq!(find("mixed", "invalid")["certainty"], "certain");
    assert!(!list.iter().any(|f| f["note_id"] == "right" || f["kind"] == "missed"), "{out}");
    let order: Vec<_> = list.iter().map(|f| ["certain", "likely", "check"].iter().position(|c| f["certainty"] == *c).unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
    // by a field of the records: whose codes they are
    let text = std::fs::read_to_string(&notes).unwrap().replace("\"id\":\"broad\"", "\"coder\":\"kim\",\"id\":\"broad\"");
    std::fs::write(&notes, text).unwrap();
    let (_, grouped, _) = run(&["audit", "--billed", &notes, "--by", "coder"]);
    assert!(
        grouped.contains("supported, coder kim\n    0.0 % (0 of 1)") && grouped.contains("supported, coder none\n    40.0 % (2 of 5)"),
        "{grouped}"
    );
    // the worklist as a table, and notes without billed codes
    let (_, table, _) = run(&["audit", "--billed", &notes, "--format", "csv"]);
    assert_eq!(table.lines().count(), list.len() + 1);
    std::fs::write(&notes, "{\"text\":\"Neck pain.\"}\n").unwrap();
    assert!(run(&["audit", "--billed", &notes]).2.contains("no note has billed codes"));
}

#[test]
fn two_batches_are_compared_with_a_named_test_and_correction() {
    let folder = tempfile::tempdir().unwrap();
    let a = frame(folder.path());
    let b = path(folder.path(), "b.ndjson");
    let text = std::fs::read_to_string(&a).unwrap();
    std::fs::write(
        &b,
        text.lines().enumerate().map(|(i, l)| if i % 2 == 0 { l.replace("M54.2", "M54.6") } else { l.into() } + "\n").collect::<String>(),
    )
    .unwrap();
    let (status, out, err) = run(&["compare", &a, &b, "--format", "json", "--correction", "benjamini-hochberg"]);
    assert_eq!(status, 0, "{err}");
    let drift: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(drift["correction"], "benjamini-hochberg");
    let row = |name: &str| drift["rows"].as_array().unwrap().iter().find(|r| r["name"] == name).unwrap().clone();
    assert_eq!((row("M54.2")["a"]["count"].as_u64(), row("M54.2")["b"]["count"].as_u64()), (Some(160), Some(80)));
    assert!(row("M54.2")["p_adjusted"].as_f64().unwrap() < 1e-6 && row("level")["p"] == 1.0);
    let (_, text, _) = run(&["compare", &a, &b]);
    assert!(text.contains("Holm's method") && text.lines().skip(2).all(|l| l.chars().count() <= 80), "{text}");
    let (_, text, _) = run(&["compare", &a]);
    assert!(text.contains("80.0 % (160 of 200), exact"), "{text}");
    assert_eq!(run(&["compare", &a, "nothing.ndjson"]).0, 2);
}

#[test]
fn pages_fetch_nothing_run_nothing_and_escape_what_they_show() {
    let folder = tempfile::tempdir().unwrap();
    let reports = frame(folder.path());
    let text =
        std::fs::read_to_string(&reports).unwrap().replace("\"n0\"", "\"<script>alert(1)</script>\"").replace("Because.", "<img src=x>");
    std::fs::write(&reports, text).unwrap();
    let out = path(folder.path(), "s");
    assert_eq!(run(&["sample", &reports, "--size", "200", "--out", &out]).0, 0);
    let filled = path(folder.path(), "s/filled.csv");
    fill(&path(folder.path(), "s/worksheet.csv"), &filled, &|_, i| if i % 7 == 0 { ["unsure", "", ""] } else { ["agree", "", ""] });
    let corpus = path(crate::root(), "corpus/gold");
    let mut pages = vec![std::fs::read_to_string(path(folder.path(), "s/worksheet.html")).unwrap()];
    for args in [vec!["audit", &filled], vec!["compare", &reports], vec!["compare", &reports, &reports], vec!["eval", &corpus]] {
        let (status, page, err) = run(&[args.as_slice(), &["--format", "html"]].concat());
        assert_eq!(status, 0, "{err}");
        assert!(page.contains("<svg"), "{args:?}");
        pages.push(page);
        let lines = run(&args).1;
        assert!(lines.lines().all(|l| l.chars().count() <= 80), "{args:?}\n{lines}");
    }
    for page in pages {
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</body></html>\n"));
        assert!(page.contains("prefers-color-scheme: dark") && page.contains("@media print") && page.contains("default-src 'none'"));
        for banned in ["<script", "<img", "<link", "<a ", "<iframe", "@import", "url("] {
            assert!(!page.contains(banned), "{banned}");
        }
        let addresses =
            page.matches("http").count() - page.matches("http-equiv").count() - page.matches("http://www.w3.org/2000/svg").count();
        assert_eq!(addresses, 0);
    }
}

#[test]
fn a_worksheet_to_read_from_holds_the_notes_with_their_evidence_marked() {
    let folder = tempfile::tempdir().unwrap();
    let (notes, reports) = (path(folder.path(), "notes.ndjson"), path(folder.path(), "reports.ndjson"));
    let note = json!({"id": "é1", "text": "Café 😀 visit.\n\nASSESSMENT: Neck pain.\n", "setting": "outpatient"});
    std::fs::write(&notes, format!("{note}\n")).unwrap();
    for unit in ["codepoints", "utf16", "bytes"] {
        assert_eq!(run(&["scan", &notes, "--out", &reports, "--offsets", unit, "--quiet"]).0, 0);
        let out = path(folder.path(), unit);
        assert_eq!(run(&["sample", &reports, "--size", "1", "--notes", &notes, "--out", &out]).0, 0);
        let page = std::fs::read_to_string(path(folder.path(), &format!("{unit}/worksheet.html"))).unwrap();
        assert!(page.contains("ASSESSMENT: <mark>Neck pain</mark>."), "{unit}");
    }
    // another text under the same id is not shown
    std::fs::write(&notes, format!("{}\n", note.to_string().replace("visit", "call"))).unwrap();
    let (status, _, err) = run(&["sample", &reports, "--size", "1", "--notes", &notes, "--out", &path(folder.path(), "x")]);
    assert!(status == 2 && err.contains("1 of the notes drawn are not in it"), "{err}");
}

/// Runs every command of docs/qa.md in the repository's root and holds each output against the text that follows it.
#[cfg(unix)]
#[test]
fn the_page_about_qa_says_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_cervicode"));
    let page = std::fs::read_to_string(path(crate::root(), "docs/qa.md")).unwrap();
    let all = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::env::join_paths([program.parent().unwrap().into()].into_iter().chain(std::env::split_paths(&all))).unwrap();
    let (mut shown, mut ran) = (String::new(), 0);
    for block in page.split("```").skip(1).step_by(2) {
        let (kind, body) = block.split_once('\n').unwrap();
        match kind {
            "sh" => {
                let mut shell = std::process::Command::new("sh");
                shell.args(["-eu", "-c", body]).current_dir(crate::root()).env("work", folder.path());
                let output = shell.env("PATH", &paths).output().unwrap();
                assert!(output.status.success(), "{body}\n{}", String::from_utf8_lossy(&output.stderr));
                shown = String::from_utf8(output.stdout).unwrap();
                ran += 1;
            }
            "text" => body.lines().for_each(|line| assert!(shown.lines().any(|l| l == line), "{line}\n{shown}")),
            "yaml" => assert!(cervicode::qa::plan::Plan::parse(body).unwrap().check().is_ok()),
            other => panic!("{other}"),
        }
    }
    assert!(ran >= 5);
}

mod hostile {
    use super::{fill, path, sampled};
    use cervicode::qa::draw::{Drawer, Sample};
    use cervicode::qa::plan::Plan;
    use cervicode::qa::worksheet::{harmless, read};
    use proptest::prelude::*;

    proptest! {
        /// A cell never begins with what makes a formula, nor does what follows a separator in it; doing it twice changes nothing that matters.
        #[test]
        fn no_text_becomes_a_formula(text in r#"[=+\-@;,"' \t\r\n|%a-z0-9＝é]{0,20}"#) {
            let cell = harmless(&text);
            for part in cell.split([';', ',']) {
                let first = part.trim_start_matches([' ', '"']).chars().next();
                prop_assert!(!first.is_some_and(|c| "=+-@|%＝".contains(c)), "{cell:?}");
            }
            prop_assert!(!cell.contains(['\t', '\r', '\n']));
            prop_assert_eq!(harmless(&cell), cell);
        }

        /// Whatever is in a file, reading it back ends with rows or faults.
        #[test]
        fn any_bytes_are_no_worksheet_or_one(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0usize..2000, with in any::<u8>()) {
            let folder = tempfile::tempdir().unwrap();
            let (worksheet, record) = sampled(folder.path(), &["--size", "3", "--quiet"]);
            let sample: Sample = serde_json::from_value(record).unwrap();
            let filled = path(folder.path(), "s/filled.csv");
            fill(&worksheet, &filled, &super::agree);
            let mut near = std::fs::read(&filled).unwrap();
            let place = at % near.len();
            near[place] = with;
            for text in [&bytes, &near] {
                if let Err(faults) = read(text, &sample, false) {
                    prop_assert!(!faults.is_empty());
                }
            }
        }

        /// Whatever stands in a frame is a report or is told; nothing panics.
        #[test]
        fn any_line_is_a_report_or_not(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut drawer = Drawer::new(&Plan { size: Some(2), ..Plan::simple() }, None).unwrap();
            let taken = drawer.offer(&line).is_ok();
            prop_assert_eq!(drawer.reports(), u64::from(taken));
        }
    }
}
