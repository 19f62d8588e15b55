//! The order of the house: modules use only what stands to their left, data files are canonical, nothing points outside.

use std::path::{Path, PathBuf};

/// Modules in the order of the flow; those of one row do not see each other.
const ORDER: &[&[&str]] = &[
    &["vocab", "span", "code", "note", "diagnostic", "words", "markup", "fold", "phrases"],
    &["codeset"],
    &["knowledge"],
    &["input", "layout"],
    &["mentions"],
    &["context", "attributes"],
    &["findings"],
    &["coding"],
    &["report"],
    &["engine"],
    &["cases", "check", "authoring", "eval", "bulk", "qa", "corpus"],
    &["cli"],
];

/// Base files may use one another, and so may the tools above the engine.
const FREE: &[usize] = &[0, 10];

fn files(folder: &str, wanted: &dyn Fn(&Path) -> bool) -> Vec<(String, PathBuf)> {
    fn walk(at: &Path, wanted: &dyn Fn(&Path) -> bool, out: &mut Vec<(String, PathBuf)>) {
        for entry in std::fs::read_dir(at).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if name == "target" || name == ".git" {
                continue;
            }
            if path.is_dir() {
                walk(&path, wanted, out);
            } else if wanted(&path) {
                let shown = path.strip_prefix(crate::root()).unwrap().to_string_lossy().replace('\\', "/");
                out.push((shown, path));
            }
        }
    }
    let mut out = Vec::new();
    walk(&crate::root().join(folder), wanted, &mut out);
    out.sort();
    out
}

fn has_extension(list: &'static [&'static str]) -> impl Fn(&Path) -> bool {
    move |path| path.extension().is_some_and(|e| list.iter().any(|x| e == *x))
}

fn text_of(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

fn row(module: &str) -> Option<usize> {
    ORDER.iter().position(|row| row.contains(&module))
}

/// The modules that a file's `use crate::…` lines and `crate::…` paths name.
fn used(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut group: Option<String> = None;
    for (i, line) in text.lines().enumerate() {
        let code = line.trim();
        if code.starts_with("//") {
            continue;
        }
        if code.starts_with("#[cfg(test)]") {
            // tests at a file's foot may look anywhere
            break;
        }
        let mut add = |list: &str| {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars().chain([',']) {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        let first = name.trim().split([':', ' ', '{', '}', ';']).next().unwrap_or("").to_string();
                        if !first.is_empty() {
                            out.push((i + 1, first));
                        }
                        name.clear();
                        continue;
                    }
                    _ => {}
                }
                name.push(c);
            }
        };
        if let Some(open) = &mut group {
            open.push_str(code);
            if code.contains("};") {
                add(open.trim_end_matches("};"));
                group = None;
            }
            continue;
        }
        for (at, _) in code.match_indices("crate::") {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &code[at + 7..];
            match rest.strip_prefix('{') {
                Some(list) if list.contains("};") => add(list.split("};").next().unwrap()),
                Some(list) => group = Some(list.to_string()),
                None => add(rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap()),
            }
        }
    }
    out
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    for (shown, path) in files("src", &has_extension(&["rs"])) {
        let module = shown.trim_start_matches("src/").split(['/', '.']).next().unwrap().to_string();
        if module == "lib" || module == "main" {
            continue;
        }
        let Some(own) = row(&module) else {
            wrong.push(format!("{shown}: `{module}` has no place in the order (tests/house.rs)"));
            continue;
        };
        if shown.ends_with("/tests.rs") || shown.contains("/tests/") {
            continue;
        }
        for (line, other) in used(&text_of(&path)) {
            let Some(its) = row(&other) else { continue };
            let free = its == own && FREE.contains(&own);
            if other != module && its >= own && !free {
                wrong.push(format!("{shown}:{line}: `{module}` may not use `{other}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_use_lines_sees_groups_and_paths() {
    let text = "use crate::span::Span;\nuse crate::{attributes, context::{self, Cue}};\nuse crate::{\n    coding,\n    report::Report,\n};\nfn f() { crate::fold::fold(\"\") }\n// crate::cli\n";
    let names: Vec<String> = used(text).into_iter().map(|u| u.1).collect();
    assert_eq!(names, ["span", "attributes", "context", "coding", "report", "fold"]);
}

#[test]
fn nothing_points_outside_the_repository() {
    let kinds = &["rs", "yaml", "yml", "toml", "md", "txt", "json", "ndjson", "sh", "html"];
    let outside = ["..", "/shared"].concat();
    let absolute: Vec<String> = ["work", "home", "Users", "root"].iter().map(|top| format!("/{top}/")).collect();
    let mut wrong = Vec::new();
    let mut all = files("", &has_extension(kinds));
    all.push((".ci/run".into(), crate::root().join(".ci/run")));
    for (shown, path) in all {
        if shown.ends_with("tests/house.rs") {
            continue;
        }
        for (i, line) in text_of(&path).lines().enumerate() {
            let start = |top: &String| {
                line.match_indices(top.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| " \"'`(=<[".contains(c))
                })
            };
            if line.contains(&outside) || absolute.iter().any(start) {
                wrong.push(format!("{shown}:{}: names a place outside the repository", i + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn knowledge_files_are_canonical() {
    let mut wrong = Vec::new();
    let all = files("lexicon", &has_extension(&["yaml", "yml"])).into_iter().chain(files("rules", &has_extension(&["yaml", "yml"])));
    for (shown, path) in all {
        let text = text_of(&path);
        let first = text.lines().find(|l| !l.starts_with('#') && !l.trim().is_empty()).unwrap_or("");
        let mut fault = |what: &str| wrong.push(format!("{shown}: {what}"));
        if first != "version: 1" {
            fault("does not begin with `version: 1`");
        }
        if shown.ends_with(".yml") {
            fault("is called .yml, not .yaml");
        }
        if text.contains('\t') || text.contains('\r') {
            fault("has a tab or a carriage return");
        }
        if !text.ends_with('\n') || text.ends_with("\n\n") {
            fault("does not end with one line feed");
        }
        if text.lines().any(|l| l.ends_with(' ')) {
            fault("has blanks at the end of a line");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_file_is_run() {
    let main = text_of(&crate::root().join("tests/main.rs"));
    for entry in std::fs::read_dir(crate::root().join("tests")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(module) = name.strip_suffix(".rs").filter(|m| *m != "main") {
            assert!(main.contains(&format!("mod {module};")), "tests/{name} is not named in tests/main.rs: it never runs");
        }
    }
}
