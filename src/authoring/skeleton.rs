//! A commented skeleton of a new item, in the right file of an overlay folder.

use crate::authoring::schema::{self, modeline};
use crate::authoring::written::Written;
use std::path::{Path, PathBuf};

/// What can be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A thing that notes name.
    Concept,
    /// Findings to codes.
    Rule,
    /// Something the documentation may lack.
    Flag,
    /// Words that say something of a mention.
    Cue,
    /// The heading of a section.
    Heading,
}

impl Kind {
    /// The file below the overlay folder, and the list in it.
    const fn place(self) -> (&'static str, &'static str) {
        match self {
            Kind::Concept => ("lexicon/own.yaml", "concepts"),
            Kind::Rule => ("rules/coding/own.yaml", "rules"),
            Kind::Flag => ("rules/coding/own.yaml", "flags"),
            Kind::Cue => ("rules/context/own.yaml", "cues"),
            Kind::Heading => ("rules/sections.yaml", "headings"),
        }
    }

    const fn template(self) -> &'static str {
        match self {
            Kind::Concept => include_str!("templates/concept.yaml"),
            Kind::Rule => include_str!("templates/rule.yaml"),
            Kind::Flag => include_str!("templates/flag.yaml"),
            Kind::Cue => include_str!("templates/cue.yaml"),
            Kind::Heading => include_str!("templates/heading.yaml"),
        }
    }
}

/// What the author already knows of the new item.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub name: &'a str,
    /// The words that name it; else those of the id.
    pub words: Option<&'a str>,
    /// The concept a rule starts from.
    pub concept: Option<&'a str>,
    /// The code it is about.
    pub code: Option<&'a str>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The file.
    pub path: PathBuf,
    /// The line of the new item.
    pub line: usize,
    /// Whether a built-in item of this name was copied, to be changed.
    pub copied: bool,
}

/// Writes the skeleton of an item into its file below `folder`; an id that is built in is copied, to be changed.
///
/// # Errors
/// One sentence: the id is badly formed or taken in the folder, or the file cannot be written or added to.
pub fn begin(folder: &Path, wanted: Wanted<'_>, built_in: &Written) -> Result<Begun, String> {
    let name = wanted.name;
    let formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.ends_with('-');
    if !formed {
        return Err("an id is written in lower case with dashes (`stiff-neck`)".into());
    }
    let (mut file, list) = wanted.kind.place();
    let mut entry = filled(wanted);
    let original = built_in.item(name);
    if let Some((path, item)) = original {
        if !list_holds(built_in, path, list, name) {
            return Err(format!("`{name}` is already the id of a {} ({path}:{})", item.what.as_str(), item.id.line));
        }
        entry = built_in.excerpt(path, item.id.line) + "\n";
        file = if path == "rules/sections.yaml" { file } else { path };
    }
    if let Ok(own) = Written::over(folder)
        && let Some((path, item)) = own.item(name).filter(|(path, _)| original.is_none_or(|(first, _)| first != *path))
    {
        let help = format!("ids are unique over the whole knowledge; try `code-{name}` or `own-{name}`");
        return Err(format!("`{name}` is already defined at {path}:{}; {help}", item.id.line));
    }
    let path = folder.join(file);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let line = modeline(file).map(|line| line + "\n").unwrap_or_default();
            format!("{line}version: 1\n")
        }
        Err(e) => return Err(format!("{}: {e}", path.display())),
    };
    let (text, line) = inserted(&text, list, &entry)
        .ok_or_else(|| format!("{}: its `{list}` is not a list of one entry a line, and cannot be added to", path.display()))?;
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
    written.map_err(|e| format!("{}: {e}", path.display()))?;
    // editors complete keys by it; without it the file is as good
    if let Some(kind) = schema::Kind::of(file) {
        let described = folder.join("schemas").join(format!("{}.json", kind.name()));
        if !described.exists() {
            let _ = std::fs::create_dir_all(folder.join("schemas")).and_then(|()| std::fs::write(described, schema::schema(kind)));
        }
    }
    Ok(Begun { path, line, copied: original.is_some() })
}

/// Whether the built-in item stands in the list the new one would stand in.
fn list_holds(built_in: &Written, path: &str, list: &str, name: &str) -> bool {
    let Some((_, item)) = built_in.item(name) else { return false };
    built_in.list_of(path, item.id.line).is_some_and(|l| l == list)
}

fn filled(wanted: Wanted<'_>) -> String {
    let plain = wanted.name.replace('-', " ");
    let words = wanted.words.unwrap_or(&plain);
    let mut title = words.to_string();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let flag = wanted.name.strip_prefix("flag-").unwrap_or(wanted.name);
    let text = wanted.kind.template();
    text.replace("NAME", wanted.name)
        .replace("FLAG", flag)
        .replace("TITLE", &title)
        .replace("WORDS", words)
        .replace("CONCEPT", wanted.concept.unwrap_or("a-concept"))
        .replace("CODE", wanted.code.unwrap_or("A00.0"))
}

/// The text with the entry at the end of a top-level list, and the entry's line; `None` if the list is written in another way.
fn inserted(text: &str, list: &str, entry: &str) -> Option<(String, usize)> {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let top = |l: &String| l.starts_with(|c: char| c.is_ascii_alphabetic());
    let at = match lines.iter().position(|l| l.strip_prefix(list).is_some_and(|rest| rest.starts_with(':'))) {
        Some(head) => {
            if lines[head].split_once(':').is_some_and(|(_, rest)| !rest.trim().is_empty() && !rest.trim().starts_with('#')) {
                return None;
            }
            let end = lines.iter().skip(head + 1).position(top).map_or(lines.len(), |n| head + 1 + n);
            let blank = lines[head + 1..end].iter().rev().take_while(|l| l.trim().is_empty()).count();
            end - blank
        }
        None => {
            while lines.last().is_some_and(|l| l.trim().is_empty()) {
                lines.pop();
            }
            lines.push(format!("{list}:"));
            lines.len()
        }
    };
    let indented = entry.lines().map(|l| if l.is_empty() { String::new() } else { format!("  {l}") });
    lines.splice(at..at, indented);
    Some((lines.join("\n") + "\n", at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_goes_to_the_end_of_its_list() {
        let (text, line) = inserted("version: 1\nconcepts:\n  - id: a\n\nsites:\n  - id: b\n", "concepts", "- id: c\n  x: 1\n").unwrap();
        assert_eq!((text.as_str(), line), ("version: 1\nconcepts:\n  - id: a\n  - id: c\n    x: 1\n\nsites:\n  - id: b\n", 4));
        let (text, line) = inserted("version: 1\n", "cues", "- id: c\n").unwrap();
        assert_eq!((text.as_str(), line), ("version: 1\ncues:\n  - id: c\n", 3));
        assert!(inserted("version: 1\ncues: [{ id: a }]\n", "cues", "- id: c\n").is_none());
    }
}
