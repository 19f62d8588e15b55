//! Coding judgement as a whole: the numbered rules of the field each have a rule here, the everyday sentences that decide, and a truth table
//! of every code of the neck against every way of stating it. What is expected follows from the rules, never from the program's output.

use cervicode::codeset::CodeSet;
use cervicode::coding::Coded;
use cervicode::engine::Engine;
use cervicode::note::Note;
use cervicode::vocab::{Reason, Setting, Status};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());

fn coded(text: &str, setting: Option<Setting>) -> Coded {
    let mut note = Note::new("table", text);
    note.facts.setting = setting;
    ENGINE.stages(&note).coded
}

fn with(coded: &Coded, status: Status) -> Vec<String> {
    coded.suggestions.iter().filter(|s| s.status == status).map(|s| s.code.to_string()).collect()
}

fn flags(coded: &Coded) -> BTreeSet<&str> {
    coded.flags.iter().map(|f| f.flag.as_str()).collect()
}

/// The numbered decision rules, from with their lettered additions.
fn numbers() -> Vec<String> {
    let gaps: &[(u32, u32)] = &[
        (1, 7),
        (10, 19),
        (20, 29),
        (30, 39),
        (40, 49),
        (50, 64),
        (65, 79),
        (80, 89),
        (90, 97),
        (100, 106),
        (110, 119),
        (120, 126),
        (130, 133),
        (140, 143),
        (150, 155),
    ];
    let plain = gaps.iter().flat_map(|&(from, to)| (from..=to).map(|n| format!("R-{n:02}")));
    plain.chain(["R-23a", "R-23b", "R-40a", "R-45a", "R-46a", "R-92a"].map(String::from)).collect()
}

#[test]
fn every_numbered_rule_is_carried_out_or_says_why_not() {
    let mut cited = BTreeSet::new();
    let mut process = Vec::new();
    for entry in std::fs::read_dir(crate::root().join("rules/coding")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for line in text.lines() {
            let line = line.trim();
            if let Some(list) = line.find("cites: [").map(|at| &line[at + 8..]) {
                cited.extend(list.split(']').next().unwrap().split(',').map(|r| r.trim().to_string()));
            } else if let Some(rest) = line.strip_prefix("- { rule: ") {
                let (rule, how) = rest.split_once(", how: ").unwrap();
                assert!(how.trim_matches(['"', ' ', '}']).len() > 20, "{rule} does not say how");
                process.push(rule.to_string());
            }
        }
    }
    let missing: Vec<String> = numbers().into_iter().filter(|n| !cited.contains(n) && !process.contains(n)).collect();
    assert!(missing.is_empty(), "no rule, guideline or reason for {missing:?}");
    let known: BTreeSet<String> = numbers().into_iter().collect();
    let unknown: Vec<&String> = cited.iter().filter(|c| c.starts_with("R-") && !known.contains(*c)).collect();
    assert!(unknown.is_empty(), "rules cite {unknown:?}, which do not exist");
}

#[test]
fn the_sentences_that_decide() {
    let outpatient = Some(Setting::Outpatient);
    let sup = |text: &str| with(&coded(text, outpatient), Status::Supported);
    let withheld = |text: &str, code: &str| {
        let coded = coded(text, outpatient);
        coded.withheld.iter().find(|w| w.code.to_string() == code).map(|w| (w.reason, w.authority.join("; ")))
    };
    assert_eq!(sup("A: Cervicalgia"), ["M54.2"]);
    let disc = "A: Neck pain due to cervical disc degeneration";
    assert_eq!(sup(disc), ["M50.30"]);
    assert!(flags(&coded(disc, outpatient)).contains("level"));
    let (reason, authority) = withheld(disc, "M54.2").unwrap();
    assert!(reason == Reason::Excludes1 && authority.contains("M54.2"), "{authority}");
    let psychogenic = "A: Neck pain, pain disorder exclusively related to psychological factors";
    assert_eq!(sup(psychogenic), ["F45.41"]);
    let (reason, authority) = withheld(psychogenic, "M54.2").unwrap();
    assert!(reason == Reason::Excludes1 && authority.contains("M54"), "{authority}");
    let stress = "A: Neck pain aggravated by stress";
    assert_eq!(sup(stress), ["M54.2"]);
    assert!(flags(&coded(stress, outpatient)).contains("etiology"));
    assert_eq!(sup("A: Chronic neck pain, cause undetermined"), ["M54.2", "G89.29"]);
    assert_eq!(sup("Pain clinic. Visit for pain management.\nA: Chronic neck pain"), ["G89.29", "M54.2"]);
    assert_eq!(sup("A: Acute neck pain"), ["M54.2"]);
    let root = coded("A: Neck pain from nerve root compression C6", outpatient);
    assert_eq!((with(&root, Status::Supported).len(), with(&root, Status::Review)), (0, vec!["M54.2".to_string()]));
    assert!(flags(&root).contains("radiation"));
    assert_eq!(sup("A: Cervical radiculopathy"), ["M54.12"]);
    let whiplash = "ED PROVIDER NOTE\nA: Whiplash, neck pain";
    assert_eq!(sup(whiplash), ["S13.4XXA"]);
    let (reason, authority) = withheld(whiplash, "M54.2").unwrap();
    assert!(reason == Reason::CurrentInjury && authority.contains("M50-M54"), "{authority}");
    assert!(flags(&coded(whiplash, outpatient)).contains("injury-mechanism"));
    let blank = coded("CC: stiff neck\nExam: stiff neck, rotation limited.\nAssessment:\n", outpatient);
    assert!(with(&blank, Status::Supported).is_empty());
    assert!(flags(&blank).contains("not-assessed") && flags(&blank).contains("symptom-only"), "{:?}", flags(&blank));
}

/// A code, words that document exactly that code, and whether they are a complaint (which a hedge does not make uncertain).
fn table() -> Vec<(String, String, bool)> {
    let mut rows = vec![("M54.2".to_string(), "neck pain".to_string(), true)];
    let levels = [
        ("0", "cervical", ""),
        ("1", "", "C3-C4 "),
        ("20", "mid-cervical", ""),
        ("21", "", "C4-C5 "),
        ("22", "", "C5-C6 "),
        ("23", "", "C6-C7 "),
        ("3", "", "C7-T1 "),
    ];
    let kinds = [
        ("M50.0", "disc herniation with myelopathy"),
        ("M50.1", "disc herniation with radiculopathy"),
        ("M50.2", "disc herniation"),
        ("M50.3", "disc degeneration"),
        ("M50.8", "discogenic pain"),
        ("M50.9", "disc disorder"),
    ];
    for (stem, words) in kinds {
        for (suffix, region, level) in levels {
            let before = format!("{level}{region} ");
            rows.push((format!("{stem}{suffix}"), format!("{} {words}", before.trim()), false));
        }
    }
    let regions = [("1", "occipito-atlanto-axial"), ("2", "cervical"), ("3", "cervicothoracic")];
    for (suffix, region) in regions {
        rows.push((format!("M54.1{suffix}"), format!("{region} radiculopathy"), false));
        rows.push((format!("M47.1{suffix}"), format!("{region} spondylosis with myelopathy"), false));
        rows.push((format!("M47.2{suffix}"), format!("{region} spondylosis with radiculopathy"), false));
        rows.push((format!("M47.81{suffix}"), format!("{region} spondylosis"), false));
    }
    for (code, words, complaint) in [
        ("G89.0", "central pain syndrome", false),
        ("G89.11", "acute neck pain due to motor vehicle collision", true),
        ("G89.18", "postprocedural neck pain", false),
        ("G89.21", "chronic neck pain due to old whiplash injury", true),
        ("G89.28", "chronic postprocedural neck pain", false),
        ("G89.29", "chronic neck pain", true),
        ("G89.3", "neoplasm related pain of the neck", false),
        ("G89.4", "chronic pain syndrome", false),
    ] {
        rows.push((code.to_string(), words.to_string(), complaint));
    }
    rows
}

/// Codes of these families that no note about the neck can document, or that need words outside this program's subject.
const OUTSIDE: &[(&str, &str)] = &[
    ("G89.12", "after thoracotomy: the chest"),
    ("G89.22", "after thoracotomy: the chest"),
    ("M47.011", "anterior spinal artery compression: a vascular diagnosis"),
    ("M47.012", "anterior spinal artery compression: a vascular diagnosis"),
    ("M47.013", "anterior spinal artery compression: a vascular diagnosis"),
    ("M47.019", "anterior spinal artery compression: a vascular diagnosis"),
    ("M47.021", "vertebral artery compression: a vascular diagnosis"),
    ("M47.022", "vertebral artery compression: a vascular diagnosis"),
    ("M47.029", "vertebral artery compression: a vascular diagnosis"),
    ("M47.10", "site unspecified: no neck"),
    ("M47.20", "site unspecified: no neck"),
    ("M47.819", "site unspecified: no neck"),
    ("M47.891", "other spondylosis: no words of clinical use name it"),
    ("M47.892", "other spondylosis: no words of clinical use name it"),
    ("M47.893", "other spondylosis: no words of clinical use name it"),
    ("M47.899", "site unspecified: no neck"),
    ("M47.9", "site unspecified: no neck"),
    ("M54.10", "site unspecified: no neck"),
];

#[test]
fn the_table_holds_every_code_of_the_families() {
    let rows: BTreeSet<String> = table().into_iter().map(|r| r.0).collect();
    let set = CodeSet::built_in();
    let neck = |code: &str| {
        let spine = code.starts_with("M54.1") || code.starts_with("M47.");
        // lumbar and thoracic rows end in 4 to 8
        !(spine && code.ends_with(['4', '5', '6', '7', '8']))
    };
    let family = |code: &str| ["M50.", "M54.1", "M47.", "M54.2", "G89."].iter().any(|f| code.starts_with(f));
    let missing: Vec<String> = set
        .complete_codes()
        .map(|c| c.to_string())
        .filter(|c| family(c) && neck(c) && !rows.contains(c) && !OUTSIDE.iter().any(|(o, _)| o == c))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    for code in &rows {
        assert!(set.complete_codes().any(|c| c.to_string() == *code), "{code} is no code");
    }
}

#[test]
fn every_code_against_every_way_of_stating_it() {
    let mut wrong = Vec::new();
    for (code, words, complaint) in table() {
        let mut check = |stated: &str, setting: Setting, holds: &dyn Fn(&Coded) -> bool| {
            let heading = if setting == Setting::Inpatient { "DISCHARGE SUMMARY\nDischarge diagnosis" } else { "Assessment" };
            let text = format!("{heading}: {stated}.");
            let coded = coded(&text, Some(setting));
            if !holds(&coded) {
                let withheld: Vec<String> = coded.withheld.iter().map(|w| format!("{} {}", w.code, w.reason)).collect();
                let review = with(&coded, Status::Review);
                wrong.push(format!(
                    "{code} {setting}: {stated}: supported {:?} review {review:?} withheld {withheld:?}",
                    with(&coded, Status::Supported)
                ));
            }
        };
        let supported = |c: &Coded| with(c, Status::Supported).contains(&code);
        let absent = |c: &Coded| !c.suggestions.iter().any(|s| s.code.to_string() == code);
        let hedged = |c: &Coded| {
            let reason = c.withheld.iter().find(|w| w.code.to_string() == code).map(|w| w.reason);
            absent(c) && (reason == Some(Reason::Uncertain) || code.starts_with("G89"))
        };
        for setting in [Setting::Outpatient, Setting::Inpatient] {
            check(&capital(&words), setting, &supported);
            check(&format!("No {words}"), setting, &absent);
            check(&format!("Past history of {words}, resolved"), setting, &absent);
            check(&format!("Mother has {words}"), setting, &absent);
        }
        if !complaint {
            check(&format!("Possible {words}"), Setting::Outpatient, &hedged);
            check(&format!("Probable {words}"), Setting::Inpatient, &supported);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}
