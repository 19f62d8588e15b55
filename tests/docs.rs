//! The guide is run as its reader would run it: files are written, commands run, and their output compared, page after page in one folder.
//! The reference pages and the schemas are those that the program makes now.

use cervicode::authoring::reference::pages;
use cervicode::authoring::schema::{Kind, modeline, schema};
use cervicode::authoring::written::Written;
use cervicode::codeset::CodeSet;
use cervicode::knowledge::Knowledge;
use std::path::Path;

/// A fenced block: what stands behind its fence, and its lines.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => out.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, Some(info)) => open = Some((info.to_string(), String::new())),
            (None, None) => {}
        }
    }
    out
}

/// The words of a command line; double quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (i, part) in line.split('"').enumerate() {
        if i % 2 == 1 {
            words.push(part.to_string());
        } else {
            words.extend(part.split_whitespace().map(str::to_string));
        }
    }
    words
}

fn run(line: &str, folder: &Path) -> String {
    let words = words(line);
    assert_eq!(words[0], "cervicode", "{line}");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cervicode"));
    let done = command.args(&words[1..]).current_dir(folder).env("XDG_DATA_HOME", folder.join("data")).output().unwrap();
    let mut shown = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    if let Some(status) = done.status.code().filter(|s| *s != 0) {
        shown.push_str(&format!("[exit status {status}]\n"));
    }
    shown
}

/// Whether the output is the one shown, in which a line `...` stands for any lines.
fn matches(wanted: &[&str], got: &[&str]) -> bool {
    match (wanted.split_first(), got.split_first()) {
        (None, None) => true,
        (Some((&"...", rest)), _) => (0..=got.len()).any(|n| matches(rest, &got[n..])),
        (Some((want, rest)), Some((line, others))) => want.trim_end() == line.trim_end() && matches(rest, others),
        _ => false,
    }
}

#[test]
fn the_guide_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut pages: Vec<_> = std::fs::read_dir(crate::root().join("docs/guide")).unwrap().map(|e| e.unwrap().path()).collect();
    pages.sort();
    assert!(pages.len() >= 5);
    let mut wrong = String::new();
    for page in pages {
        for (info, text) in blocks(&std::fs::read_to_string(&page).unwrap()) {
            if let Some(file) = info.split_whitespace().nth(1) {
                let path = folder.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
                continue;
            }
            assert_eq!(info, "console", "{}: a block that is neither a file nor commands", page.display());
            for part in text.split("$ ").skip(1) {
                let (command, wanted) = part.split_once('\n').unwrap();
                let got = run(command, folder.path());
                if !matches(&wanted.lines().collect::<Vec<_>>(), &got.lines().collect::<Vec<_>>()) {
                    let name = page.file_name().unwrap().to_string_lossy().into_owned();
                    wrong.push_str(&format!("{name}: $ {command}\n--- shown\n{wanted}--- got\n{got}\n"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Holds a made file current; `CERVICODE_UPDATE=1` makes it again.
fn current(path: &str, made: &str, stale: &mut Vec<String>) {
    let path = crate::root().join(path);
    if std::env::var_os("CERVICODE_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, made).unwrap();
    }
    if std::fs::read_to_string(&path).ok().as_deref() != Some(made) {
        stale.push(path.display().to_string());
    }
}

#[test]
fn reference_pages_and_schemas_are_current() {
    let mut stale = Vec::new();
    let knowledge = Knowledge::built_in().unwrap();
    for (file, page) in pages(&knowledge, &Written::built_in(), &CodeSet::built_in()) {
        current(&format!("docs/reference/{file}"), &page, &mut stale);
    }
    for kind in Kind::ALL {
        current(&format!("schemas/{}.json", kind.name()), &schema(kind), &mut stale);
    }
    assert!(stale.is_empty(), "run `CERVICODE_UPDATE=1 cargo test docs`: {stale:?}");
}

#[test]
fn every_knowledge_file_names_its_schema() {
    for (path, text) in Knowledge::embedded_texts() {
        let line = modeline(path).unwrap();
        assert_eq!(text.lines().next(), Some(line.as_str()), "{path}");
        let schema = Path::new(path).parent().unwrap().join(line.split("$schema=").nth(1).unwrap());
        assert!(crate::root().join(&schema).is_file(), "{path}: {}", schema.display());
    }
}

#[test]
fn every_key_has_a_description() {
    fn walk(value: &serde_json::Value, at: &str, bare: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(|p| p.as_object()) {
            for (key, property) in properties {
                if property.get("description").is_none() {
                    bare.push(format!("{at}.{key}"));
                }
            }
        }
        match value {
            serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| walk(v, &format!("{at}.{k}"), bare)),
            serde_json::Value::Array(list) => list.iter().for_each(|v| walk(v, at, bare)),
            _ => {}
        }
    }
    let mut bare = Vec::new();
    for kind in Kind::ALL {
        let schema: serde_json::Value = serde_json::from_str(&schema(kind)).unwrap();
        walk(&schema, kind.name(), &mut bare);
        assert!(schema["definitions"].is_object(), "{}", kind.name());
    }
    assert_eq!(bare, Vec::<String>::new());
}

/// A report has exactly the keys that its schema names, at every depth.
#[test]
fn the_report_fits_its_schema() {
    use cervicode::{engine::Engine, note::Note, span::Unit};
    fn fits(value: &serde_json::Value, schema: &serde_json::Value, root: &serde_json::Value, at: &str) {
        let mut schema = schema;
        while let Some(name) = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str()) {
            schema = root.pointer(name.trim_start_matches('#')).unwrap();
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let kind = |c: &&serde_json::Value| (c["type"] == "null") == value.is_null();
            if let Some(choice) = choices.iter().find(kind).filter(|_| choices.len() == 2) {
                fits(value, choice, root, at);
            }
            return;
        }
        match value {
            serde_json::Value::Object(map) => {
                let Some(properties) = schema["properties"].as_object() else { return };
                assert_eq!(map.keys().collect::<std::collections::BTreeSet<_>>(), properties.keys().collect(), "{at}");
                map.iter().for_each(|(k, v)| fits(v, &properties[k], root, &format!("{at}.{k}")));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|v| fits(v, &schema["items"], root, at)),
            _ => {}
        }
    }
    let root: serde_json::Value = serde_json::from_str(&schema(Kind::Report)).unwrap();
    let engine = Engine::built_in().unwrap();
    let note = Note::new("n", "HPI: denies arm numbness.\nA: Neck pain for 3 weeks, 6/10. C5-6 disc herniation, possible radiculopathy.");
    let report = serde_json::to_value(engine.review(&note, Unit::Bytes)).unwrap();
    assert!(!report["findings"].as_array().unwrap().is_empty() && !report["flags"].as_array().unwrap().is_empty());
    fits(&report, &root, &root, "report");
}
