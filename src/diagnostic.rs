//! A problem with a place: what is wrong, where, and what would help; and how it is shown.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;
use std::sync::Arc;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The knowledge or input cannot be used as it is.
    Error,
    /// It can be used, and is probably not what was meant.
    Warning,
}

/// A place in a file of knowledge or input: one-based line and column (in characters), and the bytes it covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// Path as the user would type it; relative to the knowledge root for built-in knowledge ("rules/coding/disc.yaml").
    pub path: Arc<str>,
    /// One-based line; 0 if the whole file is meant.
    pub line: u32,
    /// One-based column in characters; 0 if the whole line is meant.
    pub column: u32,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.path),
            (line, 0) => write!(f, "{}:{line}", self.path),
            (line, column) => write!(f, "{}:{line}:{column}", self.path),
        }
    }
}

/// One problem. Never holds note text (it is a patient's): notes are named by id and offset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub at: Location,
    /// Its stable number: K00x YAML shape, K01x lexicon, K02x context and sections, K03x coding, K04x cases, N0xx input.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One plain sentence.
    pub message: String,
    /// What to do about it, if something definite can be said ("did you mean `disc-herniation`?").
    pub help: Option<String>,
    /// Other places that belong to it ("first defined here").
    pub related: Vec<(Location, String)>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, at: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic { at, code, severity: Severity::Error, message: message.into(), help: None, related: Vec::new() }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, at: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, at, message) }
    }

    /// Adds what would help.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Adds another place that belongs to it.
    pub fn related(mut self, at: Location, label: impl Into<String>) -> Diagnostic {
        self.related.push((at, label.into()));
        self
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}: {word}[{}]: {}", self.at, self.code, self.message)?;
        if let Some(help) = &self.help {
            write!(f, " (help: {help})")?;
        }
        Ok(())
    }
}

/// Shows problems with the line they stand in and a caret under the words; `source` gives a file's text by its path, if it can.
pub fn render(problems: &[Diagnostic], source: &mut dyn FnMut(&str) -> Option<Arc<str>>, renderer: &Renderer) -> String {
    let mut out = String::new();
    for problem in problems {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(problem.message.as_str()).id(problem.code);
        let mut groups = vec![place(Group::with_title(title), &problem.at, source, AnnotationKind::Primary)];
        for (at, label) in &problem.related {
            groups.push(place(Group::with_title(Level::NOTE.secondary_title(label.as_str())), at, source, AnnotationKind::Context));
        }
        if let Some(help) = &problem.help {
            groups.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
        }
        out.push_str(&renderer.render(&groups));
        out.push_str("\n\n");
    }
    out
}

fn place<'a>(group: Group<'a>, at: &'a Location, source: &mut dyn FnMut(&str) -> Option<Arc<str>>, kind: AnnotationKind) -> Group<'a> {
    let line = source(&at.path).and_then(|text| text.lines().nth((at.line as usize).checked_sub(1)?).map(str::to_string));
    match line {
        Some(line) => {
            let words = words_at(&line, at.column as usize);
            let snippet = Snippet::source(line).line_start(at.line as usize).path(&*at.path).annotation(kind.span(words));
            group.element(snippet)
        }
        None if at.path.is_empty() => group,
        None => {
            let origin = Origin::path(&*at.path);
            let origin = if at.line > 0 { origin.line(at.line as usize) } else { origin };
            group.element(if at.line > 0 && at.column > 0 { origin.char_column(at.column as usize) } else { origin })
        }
    }
}

/// The bytes of the scalar that begins at a one-based column: to its closing quote, or to what ends a plain one.
fn words_at(line: &str, column: usize) -> Range<usize> {
    let start = match column {
        0 => line.len() - line.trim_start().len(),
        n => line.char_indices().nth(n - 1).map_or(line.len(), |(i, _)| i),
    };
    let rest = &line[start..];
    let len = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest[1..].find(quote).map_or(rest.len(), |i| i + 2),
        Some('{' | '[') => 1,
        _ => {
            let end = rest.find([',', ']', '}']).unwrap_or(rest.len()).min(rest.find(": ").unwrap_or(rest.len()));
            rest[..end].trim_end().trim_end_matches(':').len()
        }
    };
    start..start + len
}

/// The candidate that somebody who typed `word` most likely meant, if one is near enough; ties go to the first in alphabet.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = if candidate.len() > 3 && word.contains(candidate) || word.len() > 3 && candidate.contains(word) {
            limit
        } else if candidate.len().abs_diff(word.len()) > limit * 4 {
            continue;
        } else {
            distance(word, candidate)
        };
        if distance <= limit && best.is_none_or(|(d, b)| (distance, candidate) < (d, b)) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_id_is_offered_only_when_near() {
        let ids = ["neck-pain", "neck-stiffness", "disc-herniation"];
        assert_eq!(nearest("nek-pain", ids), Some("neck-pain"));
        assert_eq!(nearest("disc-hernaition", ids), Some("disc-herniation"));
        assert_eq!(nearest("fever", ids), None);
    }

    #[test]
    fn the_caret_lies_under_the_words() {
        let line = "  - { note: \"Néck: pain.\", finds: [neck-pain, x] }";
        assert_eq!(&line[words_at(line, 13)], "\"Néck: pain.\"");
        assert_eq!(&line[words_at(line, 36)], "neck-pain");
        assert_eq!(&line[words_at(line, 5)], "{");
        assert_eq!(words_at("", 9), 0..0);
        let shown = render(
            &[Diagnostic::error("K002", Location { path: "a.yaml".into(), line: 1, column: 13 }, "wrong").help("write it out")],
            &mut |_| Some(line.into()),
            &Renderer::plain(),
        );
        assert!(shown.contains("a.yaml:1:13") && shown.contains("^^^^") && shown.contains("write it out"), "{shown}");
    }
}
