//! Reference pages of every concept, rule and flag, made from the YAML.

use super::sheet::{Explainer, Row, Sheet};
use super::written::Written;
use crate::codeset::CodeSet;
use crate::knowledge::Knowledge;
use crate::knowledge::source::items::What;
use std::fmt::Write;

/// The built-in concepts, rules and flags as pages: file name and text.
pub fn pages(knowledge: &Knowledge, written: &Written, set: &CodeSet) -> Vec<(&'static str, String)> {
    let explainer = Explainer { knowledge, written, set };
    let kinds = [("concepts.md", "Concepts", What::Concept), ("rules.md", "Rules", What::Rule), ("flags.md", "Flags", What::Flag)];
    kinds
        .into_iter()
        .map(|(file, title, what)| {
            let mut page = format!("# {title}\n\nMade by `cervicode reference` from the knowledge; a change by hand is lost.\n");
            let mut last = "";
            for (path, item) in written.items().filter(|(_, item)| item.what == what) {
                if path != last {
                    let _ = write!(page, "\n## {path}\n");
                    last = path;
                }
                if let Some(sheet) = explainer.sheet(&item.id.value) {
                    entry(&sheet, &mut page);
                }
            }
            (file, page)
        })
        .collect()
}

fn entry(sheet: &Sheet, page: &mut String) {
    let _ = write!(page, "\n### {}\n\n", sheet.id);
    for Row { label, values } in &sheet.rows {
        // places change with every line above them and are for `explain`
        let values: Vec<&str> = values.iter().map(|v| v.split(" (rules/").next().unwrap_or(v)).collect();
        let _ = writeln!(page, "- {label}: {}", escaped(&values.join(" · ")));
    }
    for case in &sheet.cases {
        let _ = writeln!(page, "- case: \"{}\" → {}", escaped(&case.note.replace('\n', " / ")), escaped(&case.expects.join("; ")));
    }
}

/// Text that Markdown leaves as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '<' | '`' | '[' | '\\' | '|' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
