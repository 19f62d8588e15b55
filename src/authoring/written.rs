//! The knowledge as it was written: documents with their cases, and the lines they stand in.

use crate::diagnostic::Diagnostic;
use crate::knowledge::source::items::{Item, What};
use crate::knowledge::source::{Document, SourceFile};
use crate::knowledge::{Knowledge, sources};
use std::collections::BTreeMap;
use std::path::Path;

/// Documents with their text.
#[derive(Debug)]
pub struct Written {
    /// Every document, in the order in which it counts.
    pub files: Vec<SourceFile>,
    texts: BTreeMap<String, String>,
}

impl Written {
    /// The built-in knowledge.
    pub fn built_in() -> Written {
        Written { files: Knowledge::written_sources(), texts: Knowledge::embedded_texts().iter().cloned().collect() }
    }

    /// A folder laid over the built-in knowledge.
    ///
    /// # Errors
    /// Every problem of shape in the folder's files.
    pub fn over(folder: &Path) -> Result<Written, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let own = sources::read_overlay(folder, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut written = Written::built_in();
        for file in &own {
            // the paths are as the user typed them
            if let Ok(text) = std::fs::read_to_string(&file.path) {
                written.texts.insert(file.path.clone(), text);
            }
        }
        written.files = sources::lay_over(written.files, own);
        Ok(written)
    }

    /// Every item with the path of its file.
    pub fn items(&self) -> impl Iterator<Item = (&str, Item<'_>)> {
        self.files.iter().flat_map(|f| f.document.as_items().items().into_iter().map(|item| (f.path.as_str(), item)))
    }

    /// The item of that id.
    pub fn item(&self, id: &str) -> Option<(&str, Item<'_>)> {
        self.items().find(|(_, item)| item.id.value == id)
    }

    /// The document that holds the item of that id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.files.iter().map(|f| &f.document).find(|d| d.as_items().items().iter().any(|i| i.id.value == id))
    }

    /// The top-level list that holds a line ("concepts").
    pub fn list_of(&self, path: &str, line: u32) -> Option<&str> {
        let text = self.texts.get(path)?;
        let above = text.lines().take(line as usize).filter(|l| l.starts_with(|c: char| c.is_ascii_alphabetic()));
        above.last()?.split(':').next()
    }

    /// The entry that holds a line, as written: from its dash to the next entry.
    pub fn excerpt(&self, path: &str, line: u32) -> String {
        let Some(text) = self.texts.get(path) else { return String::new() };
        let lines: Vec<&str> = text.lines().collect();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let Some(mut start) = (line as usize).checked_sub(1).filter(|&i| i < lines.len()) else { return String::new() };
        while start > 0 && !lines[start].trim_start().starts_with("- ") {
            start -= 1;
        }
        let margin = indent(lines[start]);
        let inside = |l: &&str| l.trim().is_empty() || indent(l) > margin;
        let end = start + 1 + lines[start + 1..].iter().take_while(|l| inside(l)).count();
        let cut = |l: &&str| l.get(margin.min(l.len())..).unwrap_or(l).trim_end().to_string();
        let mut kept: Vec<String> = lines[start..end].iter().map(cut).collect();
        while kept.last().is_some_and(String::is_empty) {
            kept.pop();
        }
        kept.join("\n")
    }
}

/// What an item is called, by what it is and where it stands.
pub fn word_for(path: &str, item: &Item<'_>) -> &'static str {
    match item.what {
        What::Other if path.ends_with("rules/sections.yaml") => "heading",
        What::Other if path.contains("rules/context/") => "context item",
        What::Other if path.contains("rules/attributes/") => "attribute",
        What::Other if path.contains("rules/coding/") => "coding item",
        What::Other if path.contains("lexicon/icd10cm/") => "index term",
        what => what.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_whole_entry_and_no_more() {
        let text = "version: 1\nthings:\n  - id: a\n    note: x\n\n    more: [y]\n\n  - { id: b }\n  - title: C\n    id: c\nlast: 1\n";
        let written = Written { files: Vec::new(), texts: BTreeMap::from([("f".to_string(), text.to_string())]) };
        assert_eq!(written.excerpt("f", 3), "- id: a\n  note: x\n\n  more: [y]");
        assert_eq!(written.excerpt("f", 8), "- { id: b }");
        assert_eq!(written.excerpt("f", 10), "- title: C\n  id: c");
        assert_eq!(written.excerpt("f", 99), "");
    }
}
