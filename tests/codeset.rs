//! The embedded release against the official file, and against every Excludes pair of the codes a neck encounter can meet.

use cervicode::code::Code;
use cervicode::codeset::{CodeSet, NoteKind, Validity, sha256, tabular};
use std::path::Path;

const RELEASE: &str = "2026-04-01";

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn file(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn official_xml() -> Vec<u8> {
    let mut xml = Vec::new();
    let packed = file(&format!("lexicon/icd10cm/tabular-{RELEASE}.xml.gz"));
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut xml).unwrap();
    xml
}

#[test]
fn the_embedded_release_is_made_from_the_official_file_in_the_repository() {
    let xml = official_xml();
    let reading = tabular::read(&xml[..]).unwrap();
    assert_eq!(reading.warnings, Vec::<String>::new());
    let rebuilt = CodeSet::compile(&reading.tabular, RELEASE, Some("2026-09-30"), &sha256(&xml));
    let path = format!("lexicon/icd10cm/{RELEASE}.bin");
    if std::env::var_os("CERVICODE_UPDATE").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path), rebuilt.bytes()).unwrap();
    }
    let source = String::from_utf8(file("lexicon/icd10cm/SOURCE.md")).unwrap();
    let committed = file(&path);
    assert!(committed == rebuilt.bytes(), "run the command of SOURCE.md again");
    for hash in [sha256(&xml), sha256(&committed)] {
        assert!(source.contains(&hash), "SOURCE.md does not name {hash}");
    }
    assert!(committed.len() < 2_000_000);
    assert_eq!((rebuilt.meta().entries, rebuilt.meta().complete), (46_881, 74_719));
}

#[test]
fn every_listed_pair_comes_out_from_either_side() {
    let set = CodeSet::built_in();
    let pairs = String::from_utf8(file("tests/data/excludes_pairs.tsv")).unwrap();
    let mut wrong = Vec::new();
    let mut codes = std::collections::BTreeSet::new();
    let mut listed = std::collections::BTreeSet::new();
    for line in pairs.lines().skip(1) {
        let [kind, a, b, node, _, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (a, b, node) = (code(a), code(b), node.trim_matches(['[', ']']));
        let kind = if kind == "excludes1" { NoteKind::Excludes1 } else { NoteKind::Excludes2 };
        for found in [set.excludes(a, b), set.excludes(b, a)] {
            if !found.iter().any(|e| e.kind == kind && e.from == a && e.other == b && e.node == node && e.note == text) {
                wrong.push(line);
            }
        }
        if kind == NoteKind::Excludes1 && (set.excludes1(a, b).is_none() || set.excludes1(a, b) != set.excludes1(b, a)) {
            wrong.push(line);
        }
        codes.extend([a, b]);
        listed.insert((kind, a, b));
    }
    assert_eq!(wrong, Vec::<&str>::new());
    let mut more = Vec::new();
    for &a in &codes {
        for &b in codes.range(a..) {
            for e in set.excludes(a, b) {
                if !listed.contains(&(e.kind, e.from, e.other)) && !e.node.starts_with("chapter") {
                    more.push(format!("{} {} {} {} {}", e.kind.heading(), e.from, e.other, e.node, e.note));
                }
            }
        }
    }
    assert_eq!(more, Vec::<String>::new());
}

#[test]
fn validity_and_titles() {
    let set = CodeSet::built_in();
    for (text, validity) in [
        ("M54.2", Validity::Valid),
        ("M54.5", Validity::Header),
        ("M50.12", Validity::Header),
        ("S13.4", Validity::MissingSeventh),
        ("S13.4XX", Validity::MissingSeventh),
        ("S13.4XXA", Validity::Valid),
        ("S13.4XXB", Validity::Unknown),
        ("S13.4A", Validity::Unknown),
        ("M54.2XXA", Validity::Unknown),
        ("S13XXXA", Validity::Unknown),
        ("M54.22", Validity::Unknown),
        ("S06.1X7A", Validity::Valid),
        ("S06.1X7D", Validity::Unknown),
        ("S06.1X0D", Validity::Valid),
        ("M43.5X2", Validity::Valid),
        ("M43.5X", Validity::Header),
        ("QA0.0151", Validity::Valid),
        ("W19", Validity::MissingSeventh),
        ("W19.XXXA", Validity::Valid),
        ("M48.50XA", Validity::Valid),
        ("S12.600G", Validity::Valid),
        ("S12.9XXG", Validity::Unknown),
    ] {
        assert_eq!(set.validity(code(text)), validity, "{text}");
    }
    assert_eq!(set.title(code("S13.4XXA")).as_deref(), Some("Sprain of ligaments of cervical spine, initial encounter"));
    assert_eq!(set.title(code("S13.4XXB")), None);
    let children = |text| set.valid_children(code(text)).iter().map(Code::to_string).collect::<Vec<_>>();
    assert_eq!(children("M50.12"), ["M50.120", "M50.121", "M50.122", "M50.123"]);
    assert_eq!(children("S16.1"), ["S16.1XXA", "S16.1XXD", "S16.1XXS"]);
    assert_eq!(children("M54.2"), ["M54.2"]);
    assert_eq!(children("M99.999"), Vec::<String>::new());
}

#[test]
fn the_chain_runs_from_the_chapter_down() {
    let set = CodeSet::built_in();
    let chain = |text| set.chain(code(text)).into_iter().map(|p| p.name).collect::<Vec<_>>();
    assert_eq!(chain("M54.2"), ["chapter 13", "M40-M54", "M50-M54", "M54", "M54.2"]);
    assert_eq!(chain("M50.122"), ["chapter 13", "M40-M54", "M50-M54", "M50", "M50.1", "M50.12", "M50.122"]);
    assert_eq!(chain("C05.0"), ["chapter 2", "C00-C96", "C00-C75", "C00-C14", "C05", "C05.0"]);
    assert_eq!(chain("D3A.00"), ["chapter 2", "D3A", "D3A", "D3A.0", "D3A.00"]);
    assert_eq!(chain("V03.00XA")[..3], ["chapter 20", "V00-X58", "V00-V99"]);
}

fn list(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><ICD10CM.tabular><version>2027</version><chapter><name>1</name><desc>One (A00-B99)</desc>\
         <section id=\"A00-A09\"><desc>Block (A00-A09)</desc>{body}</section></chapter></ICD10CM.tabular>"
    )
}

#[test]
fn odd_tags_are_told_and_passed_over() {
    let xml = list(
        "<diag><name>A00</name><desc>Thing &amp; other</desc><excludes1><note></note><note/><note>  that (B01.-)\n  </note></excludes1>\
         <novelty><note>lost</note><diag><name>A99</name></diag></novelty><inclusionTerm/></diag>",
    );
    let reading = tabular::read(xml.as_bytes()).unwrap();
    assert_eq!(reading.warnings, ["empty <note> (2 times)", "unknown tag <novelty> was passed over"]);
    let set = CodeSet::compile(&reading.tabular, "2026-10-01", None, "");
    assert_eq!(set.complete_codes().map(|c| c.to_string()).collect::<Vec<_>>(), ["A00"]);
    let entry = set.entry(code("A00")).unwrap();
    assert_eq!((entry.title.as_str(), entry.notes.len(), entry.notes[0].text.as_str()), ("Thing & other", 1, "that (B01.-)"));
}

#[test]
fn what_is_no_tabular_list_is_refused() {
    let whole = list("<diag><name>A00</name><desc>Thing</desc></diag>");
    assert!(tabular::read(whole.as_bytes()).is_ok());
    let deep = format!("<ICD10CM.tabular>{}", "<chapter>".repeat(1000));
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><ICD10CM.tabular>&c;</ICD10CM.tabular>";
    let entity = list("<diag><name>A00</name><desc>&nothing;</desc></diag>");
    let twice = list("<diag><name>A00</name><desc>x</desc></diag><diag><name>A00</name><desc>x</desc></diag>");
    let astray = list("<diag><name>A00</name><desc>x</desc><diag><name>B00.1</name><desc>x</desc></diag></diag>");
    let long = list(&format!("<diag><name>A00</name><desc>{}</desc></diag>", "a".repeat(100_000)));
    for (what, xml) in [
        ("empty", ""),
        ("root", "<html></html>"),
        ("no code", "<ICD10CM.tabular></ICD10CM.tabular>"),
        ("not XML", "code,title\nA00,Thing\n"),
        ("deep", &deep),
        ("type declaration", bomb),
        ("entity", &entity),
        ("twice", &twice),
        ("astray", &astray),
        ("long", &long),
        ("zip", "PK\u{3}\u{4}rest"),
    ] {
        assert!(tabular::read(xml.as_bytes()).is_err(), "{what}");
    }
    for end in 0..whole.len() - "</ICD10CM.tabular>".len() + 1 {
        assert!(tabular::read(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn an_endless_file_is_refused_early() {
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'a');
            self.0 += buffer.len() as u64;
            assert!(self.0 < tabular::LARGEST_FILE + (1 << 20), "read on");
            Ok(buffer.len())
        }
    }
    let start = b"<ICD10CM.tabular><version>";
    assert!(tabular::read(std::io::Read::chain(&start[..], Endless(0))).is_err());
}

#[test]
fn the_date_of_service_picks_the_release() {
    use cervicode::codeset::Releases;
    let mut releases = Releases::built_in();
    let xml = list("<diag><name>A00</name><desc>Thing</desc></diag>");
    let later = CodeSet::compile(&tabular::read(xml.as_bytes()).unwrap().tabular, "2026-12-01", Some("2027-09-30"), "");
    assert!(releases.add(std::sync::Arc::new(later)));
    for (date, release, covers) in [
        (None, "2026-12-01", None),
        (Some("2026-03-31"), "2026-04-01", Some(false)),
        (Some("2026-04-01"), "2026-04-01", Some(true)),
        (Some("2026-09-30"), "2026-04-01", Some(true)),
        (Some("2026-10-05"), "2026-04-01", Some(false)),
        (Some("2026-11-25"), "2026-12-01", Some(false)),
        (Some("2027-01-01"), "2026-12-01", Some(true)),
        (Some("2031-01-01"), "2026-12-01", Some(false)),
    ] {
        let picked = releases.pick(date.map(|d: &str| d.parse().unwrap()));
        assert_eq!((picked.set.release(), picked.covers_date), (release, covers), "{date:?}");
    }
}

#[test]
fn a_damaged_release_is_refused() {
    let bytes = CodeSet::built_in().bytes().to_vec();
    assert!(CodeSet::open(bytes.clone(), true).is_ok());
    assert!(CodeSet::open(bytes[..bytes.len() - 1].to_vec(), true).is_err());
    assert!(CodeSet::open(b"something else".to_vec(), true).is_err());
    for at in [0, 30, 5_000, 20_000, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        // the head has no checksum of its own: whatever opens must still answer without a panic
        if let Ok(set) = CodeSet::open(damaged, true) {
            set.title(code("M54.2"));
        }
    }
}

#[test]
fn every_term_of_the_index_leads_to_codes_of_the_release() {
    let index = cervicode::knowledge::Knowledge::built_in().unwrap().index.terms;
    let set = CodeSet::built_in();
    for (n, term) in index.iter().enumerate() {
        assert!(!term.codes.is_empty(), "{}", term.term);
        for &code in &term.codes {
            assert_ne!(set.validity(code), Validity::Unknown, "{}: {code}", term.term);
        }
        if n % 8 != 0 {
            continue; // a search reads the whole release
        }
        let found = set.search(&term.term, &index, 3);
        assert!(found.iter().any(|f| term.codes.contains(&f.code)), "{}: {found:?}", term.term);
    }
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_cervicode")).args(args).output().unwrap();
    (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    let here = ["--codeset-dir", folder];
    let run = |args: &[&str]| run(&[args, &here].concat());
    let (status, out, _) = run(&["lookup", "neck pain", "--limit", "1"]);
    assert_eq!((status, out.as_str()), (Some(0), "M54.2     Cervicalgia (neck pain)\n"));
    let (status, out, _) = run(&["edits", "M54.2", "M50.122", "G89.29"]);
    assert_eq!(status, Some(0));
    assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
    assert_eq!(run(&["edits", "M54.2", "M50.122", "--fail-on", "problems"]).0, Some(1));
    assert_eq!(run(&["edits", "M54.2", "neck"]).0, Some(2));
    assert_eq!(run(&["lookup", "M54.22"]).0, Some(2));
    for command in [&["lookup", "M54.2"][..], &["edits", "M54.2"]] {
        let (status, out, messages) = run(&[command, &["--date", "2031-01-01"]].concat());
        assert_eq!(status, Some(2));
        assert!(out.contains("Cervicalgia") && messages.contains("no installed release covers 2031-01-01"));
    }
    let (status, out, _) = run(&["edits", "M54.13", "M50.122", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &json["pairs"][0]["contradiction"], &json["pairs"][0]["kind"]), (Some(0), &true.into(), &"excludes1".into()));

    let (status, out, _) = run(&["explain", "M50.122"]);
    assert_eq!(status, Some(0));
    assert!(out.contains("current injury - see injury of spine by body region") && out.contains("M50-M54  Other dorsopathies"), "{out}");
    assert_eq!(run(&["explain", "M50.122", "--date", "2031-01-01"]).0, Some(2));
    let (status, out, _) = run(&["explain", "index-neck-pain"]);
    assert_eq!((status, out.contains("lexicon/icd10cm/index-terms.yaml:")), (Some(0), true));

    let file = std::path::Path::new(folder).join("next.xml");
    let next = list("<diag><name>A00</name><desc>Thing</desc></diag>");
    std::fs::write(&file, next).unwrap();
    let (status, _, messages) = run(&["codeset", "add", file.to_str().unwrap(), "--from", "2026-10-01"]);
    assert_eq!(status, Some(0), "{messages}");
    let (_, out, _) = run(&["codeset", "list"]);
    assert_eq!(out.lines().map(|l| &l[..10]).collect::<Vec<_>>(), ["2026-04-01", "2026-10-01"]);
    let (status, out, _) = run(&["codeset", "diff", "2026-04-01", "2026-10-01"]);
    assert_eq!((status, out.lines().next()), (Some(0), Some("2026-04-01 -> 2026-10-01: 1 added, 74719 removed, 0 revised")));
    assert_eq!(run(&["lookup", "M54.2"]).0, Some(2));
    assert_eq!(run(&["lookup", "M54.2", "--date", "2026-05-01"]).0, Some(0));
    assert_eq!(run(&["codeset", "add", file.with_extension("not").to_str().unwrap(), "--from", "2026-10-01"]).0, Some(2));
}

/// The official list as a later release might print it: one title revised, one code made a header.
fn later_release() -> CodeSet {
    let xml = String::from_utf8(official_xml()).unwrap();
    let header = "<desc>Radiculopathy, cervical region</desc>";
    let below = "<diag><name>M54.121</name><desc>Radiculopathy, upper cervical region</desc></diag>";
    let later =
        xml.replacen("<desc>Cervicalgia</desc>", "<desc>Cervicalgia, revised</desc>", 1).replacen(header, &format!("{header}{below}"), 1);
    assert!(later.contains("M54.121") && later.contains("Cervicalgia, revised"));
    let reading = tabular::read(later.as_bytes()).unwrap();
    CodeSet::compile(&reading.tabular, "2026-10-01", Some("2027-09-30"), "")
}

#[test]
fn a_report_takes_titles_and_validity_from_the_release_of_its_date() {
    let folder = tempfile::tempdir().unwrap();
    cervicode::codeset::install::install(&later_release(), folder.path()).unwrap();
    let note = folder.path().join("note.txt");
    std::fs::write(&note, "Assessment:\n1. Cervicalgia\n2. Cervical radiculopathy\n").unwrap();
    let here = ["--codeset-dir", folder.path().to_str().unwrap()];
    let report = |args: &[&str]| -> serde_json::Value {
        let (status, out, messages) = run(&[&["code", note.to_str().unwrap(), "--format", "json"], args, &here].concat());
        assert_eq!(status, Some(0), "{messages}");
        serde_json::from_str(&out).unwrap()
    };
    let find =
        |report: &serde_json::Value, list: &str, code: &str| report[list].as_array().unwrap().iter().find(|c| c["code"] == code).cloned();
    for (args, release, covers, title, whole) in [
        (&["--date", "2026-05-01"][..], "2026-04-01", serde_json::json!(true), "Cervicalgia", true),
        (&["--date", "2026-11-25"], "2026-10-01", true.into(), "Cervicalgia, revised", false),
        (&["--date", "2031-01-01"], "2026-10-01", false.into(), "Cervicalgia, revised", false),
        (&["--date", "2020-01-01"], "2026-04-01", false.into(), "Cervicalgia", true),
        (&[], "2026-10-01", serde_json::Value::Null, "Cervicalgia, revised", false),
    ] {
        let report = report(args);
        let codeset = &report["engine"]["codeset"];
        assert_eq!((codeset["release"].as_str().unwrap(), &codeset["covers_date"]), (release, &covers), "{args:?}");
        let told = report["notices"].as_array().unwrap().iter().any(|n| n.as_str().unwrap().contains("covers the date of service"));
        assert_eq!(told, covers == false, "{args:?}");
        let neck_pain = find(&report, "codes", "M54.2").or_else(|| find(&report, "withheld", "M54.2")).unwrap();
        assert_eq!(neck_pain["title"], title, "{args:?}");
        assert_eq!(find(&report, "codes", "M54.12").is_some(), whole, "{args:?}");
        if !whole {
            assert_eq!(find(&report, "withheld", "M54.12").unwrap()["reason"], "invalid-code", "{args:?}");
        }
    }
    // a date that the note itself states counts as well
    std::fs::write(&note, "Date of service: 11/02/2026\nAssessment:\nCervicalgia\n").unwrap();
    let dated = report(&[]);
    assert_eq!((&dated["note"]["date_basis"], &dated["engine"]["codeset"]["release"]), (&"text".into(), &"2026-10-01".into()));
    // a release that cannot be used is named; the note is still coded
    std::fs::write(folder.path().join("2027-04-01.bin"), "cut").unwrap();
    let (status, out, messages) = run(&[&["code", note.to_str().unwrap()], &here[..]].concat());
    assert_eq!(status, Some(2));
    assert!(out.contains("M54.2") && messages.contains("release not used"), "{messages}");
}

#[test]
fn notes_without_a_code_are_rules_that_cite_their_place() {
    use cervicode::knowledge::Knowledge;
    let knowledge = Knowledge::built_in().unwrap();
    let (coding, set) = (&knowledge.coding, CodeSet::built_in());
    let mut codes = std::collections::BTreeSet::new();
    for suggest in coding.rules.iter().flat_map(|r| &r.suggest) {
        match suggest.table.map(|t| &coding.tables[t]) {
            None => codes.extend(Code::parse(&suggest.stem)),
            Some(table) => codes.extend(table.rows.values().filter_map(|end| Code::parse(&format!("{}{end}", suggest.stem)))),
        }
    }
    let codes: Vec<Code> = codes.into_iter().collect();
    let uncoded = set.edits(&codes).uncoded;
    // an injury of today against a condition: the rest speaks of infections, of the kind of accident and of aftercare
    let current: std::collections::BTreeSet<_> =
        uncoded.iter().filter(|u| u.note.contains("current") || u.note.contains("acute traumatic")).map(|u| u.node.as_str()).collect();
    assert_eq!(current.iter().copied().collect::<Vec<_>>(), ["G50-G59", "G54", "M43.1", "M43.6", "M50-M54"]);
    for node in current {
        let cites = |list: &[String]| list.iter().any(|a| a.ends_with(&format!("Excludes1 at {node}")));
        assert!(coding.rules.iter().flat_map(|r| &r.replaces).any(|r| cites(&r.authority)), "no rule cites the note at {node}");
    }
}
