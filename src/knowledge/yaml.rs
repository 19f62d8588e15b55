//! The only file that names the YAML library: text → typed document, with the place of every value that is `Placed`.
//!
//! It uses nothing of the rest of the crate, so that the build script can include it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A value and where it stands in its file (one-based line and column).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// One-based line.
    pub line: u32,
    /// One-based column, in characters.
    pub column: u32,
}

impl<T> std::ops::Deref for Placed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Serialize> Serialize for Placed<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        (&self.value, self.line, self.column).serialize(s)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Placed<T>, D::Error> {
        if d.is_human_readable() {
            let spanned = serde_yaml::Spanned::<T>::deserialize(d)?;
            let at = spanned.referenced;
            Ok(Placed { value: spanned.value, line: at.line() as u32, column: at.column() as u32 })
        } else {
            let (value, line, column) = Deserialize::deserialize(d)?;
            Ok(Placed { value, line, column })
        }
    }
}

/// A place is no part of what is written.
impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Something wrong with a document's shape, and where (0 when the place is not known).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct YamlError {
    /// One-based line.
    pub line: u32,
    /// One-based column.
    pub column: u32,
    /// What is wrong, without the place.
    pub message: String,
    /// An unknown key or value, and those that would be known there.
    pub unknown: Option<(String, Vec<&'static str>)>,
    /// Whether something is missing: the place is then that of the entry.
    pub missing: bool,
}

/// What could be read of a document.
#[derive(Debug, Clone)]
pub struct Parsed<T> {
    /// The document without its faulty parts; `None` if nothing of it could be read.
    pub document: Option<T>,
    /// Every fault, in order of place.
    pub faults: Vec<YamlError>,
}

impl<T> Parsed<T> {
    /// The same with the document wrapped.
    pub fn map<U>(self, wrap: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { document: self.document.map(wrap), faults: self.faults }
    }
}

/// Faults shown for one file; a file with more is not meant to be knowledge.
const MOST_FAULTS: usize = 50;
/// The largest file that is read.
const MOST_BYTES: usize = 16 << 20;

/// Reads one document; a faulty part is named, left out, and the rest read, so that one run shows every fault.
///
/// The parts left out are lines: an entry of a list or a key with what is indented below it. Serde reports a missing key only for what
/// it sees, so a key that is missing because this function left it out is no fault of its own; its whole entry goes then.
pub fn parse_all<T: serde::de::DeserializeOwned>(text: &str) -> Parsed<T> {
    if text.len() > MOST_BYTES {
        let message = format!("the file is larger than {} MiB", MOST_BYTES >> 20);
        return Parsed { document: None, faults: vec![YamlError { line: 0, column: 0, message, unknown: None, missing: false }] };
    }
    let mut faults: Vec<YamlError> = Vec::new();
    let mut lines: Option<Lines<'_>> = None;
    let mut rest = std::borrow::Cow::Borrowed(text);
    loop {
        let error = match parse::<T>(&rest) {
            Ok(document) => {
                faults.sort();
                return Parsed { document: Some(document), faults };
            }
            Err(error) => error,
        };
        let lines = lines.get_or_insert_with(|| Lines::of(text));
        let index = (error.line as usize).saturating_sub(1).min(lines.list.len().saturating_sub(1));
        let entry = lines.entry(index);
        // a list or key that misses what was left out of it is no new fault
        let derived = if error.missing { lines.left_out(entry.clone()) } else { lines.left_out(lines.block(index)) };
        let block = if derived || error.missing { entry } else { lines.block(index) };
        if !derived {
            faults.push(if error.missing { lines.at_entry(error, index) } else { error });
        }
        if faults.len() >= MOST_FAULTS || !lines.leave_out(block) {
            faults.sort();
            return Parsed { document: None, faults };
        }
        rest = lines.text().into();
    }
}

/// Reads one document, or says what is wrong with it first.
///
/// # Errors
/// Bad YAML, an unknown key or value, or a missing one, with its place.
pub fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    // anchors, merges and tags hide where a value stands; knowledge does without them
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_anchors: 0, max_aliases: 0, max_merge_keys: 0, max_documents: 1, max_depth: 24, max_events: 2_000_000 },
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text, options).map_err(|e| {
        let (line, column) = e.location().map_or((0, 0), |l| (l.line() as u32, l.column() as u32));
        let (message, unknown) = say(&e);
        let missing = matches!(e.without_snippet(), serde_yaml::Error::SerdeMissingField { .. });
        YamlError { line, column, message, unknown, missing }
    })
}

/// The library's error in the words of somebody who writes knowledge.
fn say(error: &serde_yaml::Error) -> (String, Option<(String, Vec<&'static str>)>) {
    use serde_yaml::Error;
    let message = match error {
        Error::WithSnippet { error, .. } => return say(error),
        Error::SerdeUnknownField { field, expected, .. } => {
            return (format!("unknown key `{field}`"), Some((field.clone(), expected.clone())));
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            return (format!("unknown value `{variant}`"), Some((variant.clone(), expected.clone())));
        }
        Error::SerdeMissingField { field, .. } => format!("the key `{field}` is missing"),
        Error::Unexpected { expected: "sequence start", .. } => "a list is expected here: `[…]`".to_string(),
        Error::Unexpected { expected: "mapping start", .. } => "keys and values are expected here: `key: value`".to_string(),
        Error::Unexpected { expected: "string scalar", .. } => "one value is expected here, no list and no keys".to_string(),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` stands twice"),
        Error::DuplicateMappingKey { key: None, .. } => "a key stands twice".to_string(),
        Error::MultipleDocuments { .. } => "one file holds one document: a second `---` is too much".to_string(),
        Error::Budget { .. } => "the file uses anchors, aliases or merges, or is too large or too deep; write values out".to_string(),
        Error::UnknownAnchor { .. } | Error::MergeKeyNotAllowed { .. } => {
            "anchors and aliases are not used in knowledge; write values out".to_string()
        }
        other => other.render_with_formatter(&Plain),
    };
    let first = message.lines().next().unwrap_or("").trim();
    (first.chars().filter(|c| !c.is_control()).take(200).collect(), None)
}

/// The library's own words without the place, which stands beside them anyway.
struct Plain;

impl serde_yaml::MessageFormatter for Plain {
    fn localizer(&self) -> &dyn serde_yaml::Localizer {
        &Placeless
    }
    fn format_message<'a>(&self, error: &'a serde_yaml::Error) -> std::borrow::Cow<'a, str> {
        serde_yaml::UserMessageFormatter.format_message(error)
    }
}

struct Placeless;

impl serde_yaml::Localizer for Placeless {
    fn attach_location<'a>(&self, base: std::borrow::Cow<'a, str>, _: serde_yaml::Location) -> std::borrow::Cow<'a, str> {
        base
    }
}

/// A document's lines, of which some are left out.
struct Lines<'a> {
    list: Vec<&'a str>,
    out: Vec<bool>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Lines<'a> {
        let list: Vec<&str> = text.split_inclusive('\n').collect();
        Lines { out: vec![false; list.len()], list }
    }

    /// The columns before a line's first character; `None` for an empty line or a comment.
    fn indent(&self, index: usize) -> Option<usize> {
        let line = self.list.get(index)?;
        let text = line.trim_start_matches(' ');
        (!text.trim().is_empty() && !text.starts_with('#')).then_some(line.len() - text.len())
    }

    fn starts_entry(&self, index: usize) -> bool {
        let text = self.list[index].trim_start();
        text.starts_with("- ") || text.trim_end() == "-"
    }

    /// The line and what is indented below it (an entry's first line stands for the whole entry).
    fn block(&self, index: usize) -> std::ops::Range<usize> {
        let Some(indent) = self.indent(index) else { return index..index + 1 };
        let mut end = index + 1;
        while end < self.list.len() && self.indent(end).is_none_or(|i| i > indent) {
            end += 1;
        }
        index..end
    }

    /// The entry of a top-level list that holds the line; the line's own block if none does.
    fn entry(&self, index: usize) -> std::ops::Range<usize> {
        let mut best = None;
        let mut least = usize::MAX;
        for at in (0..=index.min(self.list.len().saturating_sub(1))).rev() {
            let Some(indent) = self.indent(at) else { continue };
            if indent < least {
                least = indent;
                if self.starts_entry(at) {
                    best = Some(at);
                }
            }
            if indent == 0 {
                break;
            }
        }
        best.map_or_else(|| self.block(index), |at| self.block(at))
    }

    /// The error at the innermost entry that holds the line, instead of at the entry's last word.
    fn at_entry(&self, error: YamlError, index: usize) -> YamlError {
        let own = self.indent(index).unwrap_or(0);
        let starts = |at: &usize| self.starts_entry(*at) && self.indent(*at).is_some_and(|i| i < own || *at == index);
        match (0..=index).rev().find(starts) {
            Some(at) => YamlError { line: at as u32 + 1, column: self.indent(at).unwrap_or(0) as u32 + 1, ..error },
            None => error,
        }
    }

    /// Whether part of the range was left out.
    fn left_out(&self, range: std::ops::Range<usize>) -> bool {
        range.clone().any(|i| self.out.get(i) == Some(&true))
    }

    /// Leaves the range out; false if nothing of it was left.
    fn leave_out(&mut self, range: std::ops::Range<usize>) -> bool {
        let mut any = false;
        for index in range {
            if self.indent(index).is_some() && !std::mem::replace(&mut self.out[index], true) {
                any = true;
            }
        }
        any
    }

    fn text(&self) -> String {
        self.list.iter().zip(&self.out).map(|(line, &out)| if out { "\n" } else { line }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Doc {
        #[serde(default)]
        version: u32,
        #[serde(default)]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        id: Placed<String>,
        kind: Kind,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    enum Kind {
        #[serde(rename = "sign")]
        Sign,
        #[serde(rename = "symptom")]
        Symptom,
    }

    #[test]
    fn every_fault_of_a_file_is_named_and_the_rest_is_read() {
        let text = "version: 1\nitems:\n  - id: a\n    kind: symptm\n  - id: b\n    kind: sign\n  - id: c\n    kind: sign\n    colour: red\n  - kind: symptom\nextra: 1\n";
        let parsed = parse_all::<Doc>(text);
        let places: Vec<(u32, &str)> = parsed.faults.iter().map(|f| (f.line, f.message.as_str())).collect();
        assert_eq!(
            places,
            [(4, "unknown value `symptm`"), (9, "unknown key `colour`"), (10, "the key `id` is missing"), (11, "unknown key `extra`")]
        );
        let doc = parsed.document.unwrap();
        assert_eq!((doc.version, doc.items.len()), (1, 2));
        assert_eq!((doc.items[0].id.value.as_str(), doc.items[0].id.line, &doc.items[1].kind), ("b", 5, &Kind::Sign));
    }

    #[test]
    fn hostile_and_broken_text_is_refused_in_one_line() {
        for text in [
            "items: &a [*a]",
            "items: [",
            "\u{0}",
            "a: !!binary x",
            "items:\n\t- id: x",
            "- 1\n- 2",
            "version: 1\n---\nversion: 2",
            "version: {a: 1",
            "\"",
            "version: 'x",
        ] {
            let parsed = parse_all::<Doc>(text);
            assert!(!parsed.faults.is_empty(), "{text:?}");
            for fault in parsed.faults {
                assert!(!fault.message.contains('\n') && !fault.message.contains(" line "), "{text:?}: {}", fault.message);
            }
        }
        let deep = format!("items: {}", "[".repeat(10_000));
        assert!(!parse_all::<Doc>(&deep).faults.is_empty());
    }
}
