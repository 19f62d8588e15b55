//! Reads the official Tabular List XML, as NCHS publishes it.
//!
//! The reader streams and holds every bound that a hostile file would test: total size, depth, length of one text,
//! number of entries. A document type declaration is refused (the official files have none), so no entity can expand.

use super::node::{Entry, Group, Note, NoteKind, Seventh, SeventhCharacter, Tabular};
use crate::code::Code;
use quick_xml::events::Event;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};

/// The most bytes of XML that are read; the release of April 2026 has 9.7 million.
pub const LARGEST_FILE: u64 = 48 << 20;
/// The deepest nesting; the official files reach 10.
const DEEPEST: usize = 32;
/// The longest text of one element; the longest official note has about 1,500 characters.
const LONGEST_TEXT: usize = 16 << 10;
/// The most entries; the official files have about 47,000.
const MOST_ENTRIES: usize = 300_000;

/// Why a file could not be read as a Tabular List.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabularError {
    /// One plain sentence.
    pub message: String,
    /// The byte of the (unpacked) XML at which it was noticed.
    pub at: Option<u64>,
}

impl std::fmt::Display for TabularError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            Some(at) => write!(f, "{} (at byte {at} of the XML)", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for TabularError {}

fn error(message: impl Into<String>, at: u64) -> TabularError {
    TabularError { message: message.into(), at: Some(at) }
}

/// A list as read, and what was odd about it.
#[derive(Debug)]
pub struct Reading {
    /// The list.
    pub tabular: Tabular,
    /// Tags that are unknown or empty, codes that are not shaped like codes…; each kind once, with a count.
    pub warnings: Vec<String>,
}

/// Reads a Tabular List from XML or gzipped XML.
///
/// # Errors
/// If it is not a Tabular List, is cut short, or goes beyond a bound.
pub fn read(mut source: impl Read) -> Result<Reading, TabularError> {
    let mut head = [0u8; 4];
    let mut have = 0;
    while have < head.len() {
        match source.read(&mut head[have..]) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(e) => return Err(TabularError { message: format!("cannot be read: {e}"), at: None }),
        }
    }
    let start = std::io::Cursor::new(head[..have].to_vec());
    let whole = start.chain(source);
    match &head[..have] {
        [] => Err(TabularError { message: "the file is empty".into(), at: None }),
        [0x1f, 0x8b, ..] => read_xml(BufReader::with_capacity(1 << 16, Bounded::new(flate2::read::MultiGzDecoder::new(whole)))),
        [b'P', b'K', ..] => {
            Err(TabularError { message: "this is a zip archive: unpack it and give the tabular XML inside".into(), at: None })
        }
        _ => read_xml(BufReader::with_capacity(1 << 16, Bounded::new(whole))),
    }
}

/// Passes on at most [`LARGEST_FILE`] bytes and fails beyond (a plain `take` would look like the end of the file).
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R> Bounded<R> {
    fn new(inner: R) -> Bounded<R> {
        Bounded { inner, left: LARGEST_FILE }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(n as u64)
            .ok_or_else(|| std::io::Error::other(format!("more than {} MB: no official Tabular List is that large", LARGEST_FILE >> 20)))?;
        Ok(n)
    }
}

/// Where the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Root,
    Version,
    Chapter,
    Section,
    Diag,
    Name,
    Desc,
    Notes(NoteKind),
    NoteText,
    SeventhNote,
    SeventhDef,
    Extension(char),
    /// Known, and of no use here: the introduction, the index of sections.
    Skipped,
    /// Not known: its content is passed over with a warning.
    Unknown,
}

fn tag_of(name: &str, parent: Option<Tag>) -> Tag {
    if matches!(parent, Some(Tag::Skipped)) {
        return Tag::Skipped;
    }
    match name {
        "ICD10CM.tabular" => Tag::Root,
        "version" => Tag::Version,
        "chapter" => Tag::Chapter,
        "section" => Tag::Section,
        "diag" => Tag::Diag,
        "name" => Tag::Name,
        "desc" => Tag::Desc,
        "includes" => Tag::Notes(NoteKind::Includes),
        "inclusionTerm" => Tag::Notes(NoteKind::InclusionTerm),
        "excludes1" => Tag::Notes(NoteKind::Excludes1),
        "excludes2" => Tag::Notes(NoteKind::Excludes2),
        "codeFirst" => Tag::Notes(NoteKind::CodeFirst),
        "useAdditionalCode" => Tag::Notes(NoteKind::UseAdditional),
        "codeAlso" => Tag::Notes(NoteKind::CodeAlso),
        "notes" => Tag::Notes(NoteKind::Note),
        "note" => Tag::NoteText,
        "sevenChrNote" => Tag::SeventhNote,
        "sevenChrDef" => Tag::SeventhDef,
        // the introduction explains the conventions; the index of sections repeats the sections; the table of visual impairment defines words
        "introduction" | "sectionIndex" | "visualImpairment" => Tag::Skipped,
        _ => Tag::Unknown,
    }
}

#[derive(Default)]
struct Builder {
    out: Tabular,
    open_groups: Vec<u32>,
    open_entries: Vec<Entry>,
    /// Whether the name of each open entry was read.
    named: Vec<bool>,
    /// Blocks with categories of their own; the others are the wider blocks around them.
    filled: BTreeSet<u32>,
    seen: BTreeSet<Code>,
    odd: BTreeMap<String, u32>,
}

impl Builder {
    fn odd(&mut self, what: impl Into<String>) {
        *self.odd.entry(what.into()).or_default() += 1;
    }

    fn notes(&mut self) -> Option<&mut Vec<Note>> {
        match (self.open_entries.last_mut(), self.open_groups.last()) {
            (Some(entry), _) => Some(&mut entry.notes),
            (None, Some(&g)) => self.out.groups.get_mut(g as usize).map(|g| &mut g.notes),
            (None, None) => None,
        }
    }
}

fn read_xml(source: impl BufRead) -> Result<Reading, TabularError> {
    let mut reader = quick_xml::Reader::from_reader(source);
    let mut buffer = Vec::new();
    let mut tags: Vec<Tag> = Vec::new();
    let mut text = String::new();
    let mut b = Builder::default();
    let mut rooted = false;
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        let event = reader.read_event_into(&mut buffer).map_err(|e| match e {
            quick_xml::Error::Io(e) => error(format!("cannot be read: {e}"), at),
            e => error(format!("not well-formed XML: {e}"), at),
        })?;
        if !rooted && matches!(event, Event::Text(_) | Event::CData(_)) {
            let blank = matches!(&event, Event::Text(t) if t.chars().all(|c| c.is_whitespace() || c == '\u{feff}'));
            if !blank {
                return Err(error("not an ICD-10-CM Tabular List: it is not XML", at));
            }
        }
        match event {
            Event::DocType(_) => return Err(error("a document type declaration is refused: the official files have none", at)),
            Event::Start(e) => {
                let tag = open(&mut b, &tags, &e, at)?;
                rooted = true;
                if tags.len() >= DEEPEST {
                    return Err(error(format!("nested more than {DEEPEST} deep"), at));
                }
                tags.push(tag);
                text.clear();
            }
            Event::Empty(e) => {
                let tag = open(&mut b, &tags, &e, at)?;
                rooted = true;
                text.clear();
                close(&mut b, tag, &tags, "", at)?;
            }
            Event::End(_) => {
                let Some(tag) = tags.pop() else { return Err(error("a closing tag without its opening tag", at)) };
                close(&mut b, tag, &tags, &text, at)?;
                text.clear();
            }
            Event::Text(t) => text.push_str(&t),
            Event::CData(t) => text.push_str(&t),
            Event::GeneralRef(r) => match r.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => {
                    let Some(s) = quick_xml::escape::resolve_predefined_entity(&r) else {
                        return Err(error("an entity that XML does not define", at));
                    };
                    text.push_str(s);
                }
            },
            Event::Eof => {
                if !rooted {
                    return Err(error("not an ICD-10-CM Tabular List: no element in it", at));
                }
                if !tags.is_empty() {
                    return Err(error("the file is cut short: the list does not end", at));
                }
                return finish(b);
            }
            _ => {}
        }
        if text.len() > LONGEST_TEXT {
            return Err(error(format!("a text longer than {LONGEST_TEXT} bytes"), at));
        }
    }
}

fn open(b: &mut Builder, tags: &[Tag], e: &quick_xml::events::BytesStart<'_>, at: u64) -> Result<Tag, TabularError> {
    let parent = tags.last().copied();
    let name = e.name();
    let name: &str = name.as_ref();
    if parent.is_none() && name != "ICD10CM.tabular" {
        let shown: String = name.chars().take(40).collect();
        return Err(error(format!("not an ICD-10-CM Tabular List: the root element is <{shown}>, not <ICD10CM.tabular>"), at));
    }
    let attribute = |wanted: &str| {
        e.attributes()
            .flatten()
            .find(|a| a.key.as_ref() == wanted)
            .and_then(|a| a.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(|v| v.into_owned()))
    };
    let mut tag = tag_of(name, parent);
    if parent == Some(Tag::SeventhDef) && name == "extension" {
        let character = attribute("char").unwrap_or_default();
        let mut characters = character.trim().chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) if c.is_ascii_alphanumeric() => tag = Tag::Extension(c.to_ascii_uppercase()),
            _ => {
                b.odd("a 7th character that is not one letter or digit was passed over");
                tag = Tag::Skipped;
            }
        }
    }
    match tag {
        Tag::Chapter | Tag::Section => {
            let chapter = tag == Tag::Chapter;
            let name = if chapter { String::new() } else { collapse(&attribute("id").unwrap_or_default()) };
            if b.out.groups.len() >= MOST_ENTRIES {
                return Err(error("more chapters and blocks than any release has", at));
            }
            let parent = b.open_groups.last().copied();
            b.open_groups.push(b.out.groups.len() as u32);
            b.out.groups.push(Group { name, title: String::new(), chapter, parent, notes: Vec::new() });
        }
        Tag::Diag => {
            if b.seen.len() >= MOST_ENTRIES || b.out.entries.len() >= MOST_ENTRIES {
                return Err(error("more codes than any release has", at));
            }
            // the name is not read yet: a placeholder that close() replaces
            b.named.push(false);
            b.open_entries.push(Entry { code: placeholder(), title: String::new(), notes: Vec::new(), seventh: None });
        }
        Tag::Unknown => {
            let shown: String = name.chars().take(40).collect();
            b.odd(format!("unknown tag <{shown}> was passed over"));
            if b.odd.len() > 200 {
                return Err(error("more than 200 kinds of unknown tag: not a Tabular List", at));
            }
            tag = Tag::Skipped;
        }
        _ => {}
    }
    Ok(tag)
}

fn placeholder() -> Code {
    Code::parse("A00").unwrap_or_else(|| unreachable!("a code by its form"))
}

fn close(b: &mut Builder, tag: Tag, tags: &[Tag], text: &str, at: u64) -> Result<(), TabularError> {
    let parent = tags.last().copied();
    match tag {
        Tag::Version => b.out.version = collapse(text),
        Tag::Name => {
            let name = collapse(text);
            match (parent, b.open_entries.last_mut()) {
                (Some(Tag::Diag), Some(entry)) => match Code::parse(&name) {
                    Some(code) if b.seen.insert(code) => {
                        entry.code = code;
                        if let Some(named) = b.named.last_mut() {
                            *named = true;
                        }
                    }
                    Some(code) => return Err(error(format!("the code {code} stands in the list twice"), at)),
                    None => return Err(error("a code that is not shaped like an ICD-10-CM code", at)),
                },
                _ => {
                    if let Some(group) = b.open_groups.last().and_then(|&g| b.out.groups.get_mut(g as usize)) {
                        group.name = name;
                    }
                }
            }
        }
        Tag::Desc => {
            let title = collapse(text);
            if title.is_empty() {
                b.odd("empty <desc>");
            }
            match (parent, b.open_entries.last_mut()) {
                (Some(Tag::Diag), Some(entry)) => entry.title = title,
                _ => {
                    if let Some(group) = b.open_groups.last().and_then(|&g| b.out.groups.get_mut(g as usize)) {
                        group.title = title;
                    }
                }
            }
        }
        Tag::NoteText => {
            let text = collapse(text);
            if text.is_empty() {
                b.odd("empty <note>");
                return Ok(());
            }
            match parent {
                Some(Tag::Notes(kind)) => {
                    if let Some(notes) = b.notes() {
                        notes.push(Note { kind, text });
                    }
                }
                Some(Tag::SeventhNote) => {
                    if let Some(entry) = b.open_entries.last_mut() {
                        entry.seventh.get_or_insert_default().note = text;
                    }
                }
                Some(Tag::SeventhDef) => {
                    let last = b.open_entries.last_mut().and_then(|e| e.seventh.as_mut()).and_then(|s| s.characters.last_mut());
                    if let Some(last) = last {
                        last.includes.push(text);
                    }
                }
                _ => b.odd("a <note> outside a list of notes was passed over"),
            }
        }
        Tag::Extension(character) => {
            if let Some(entry) = b.open_entries.last_mut() {
                entry.seventh.get_or_insert_default().characters.push(SeventhCharacter {
                    character,
                    meaning: collapse(text),
                    includes: Vec::new(),
                });
            }
        }
        Tag::Diag => close_entry(b, parent, at)?,
        Tag::Chapter | Tag::Section => {
            b.open_groups.pop();
        }
        Tag::Notes(kind) if b.notes().is_none() => b.odd(format!("\"{}\" outside any chapter was passed over", kind.heading())),
        _ => {}
    }
    Ok(())
}

fn close_entry(b: &mut Builder, parent: Option<Tag>, at: u64) -> Result<(), TabularError> {
    let Some(mut entry) = b.open_entries.pop() else { return Ok(()) };
    if b.named.pop() != Some(true) {
        return Err(error("a <diag> without a <name>", at));
    }
    if let Some(seventh) = &mut entry.seventh {
        seventh.limits = entry.notes.iter().filter_map(|n| Seventh::limit_in(&n.text)).collect();
        if seventh.characters.is_empty() {
            b.odd("7th characters announced, none defined");
            entry.seventh = None;
        }
    }
    match b.open_entries.last() {
        // the chain of a code is read off its prefixes, so the nesting must be by prefix
        Some(above) if parent == Some(Tag::Diag) && !entry.code.within(&above.code) => {
            return Err(error(format!("{} stands below {}, of which it is no part", entry.code, above.code), at));
        }
        Some(_) => {}
        None => {
            let Some(&group) = b.open_groups.last() else { return Err(error(format!("{} stands in no chapter", entry.code), at)) };
            b.filled.insert(group);
            b.out.categories.push((entry.code, group));
        }
    }
    b.out.entries.push(entry);
    Ok(())
}

fn finish(mut b: Builder) -> Result<Reading, TabularError> {
    if b.out.entries.is_empty() {
        return Err(TabularError { message: "not an ICD-10-CM Tabular List: no code in it".into(), at: None });
    }
    // wider blocks have no categories of their own and stand beside the blocks they hold ("M40-M54" before "M50-M54")
    let groups = &b.out.groups;
    let wide = |child: &Group| {
        let (first, last) = range(&child.name);
        groups
            .iter()
            .enumerate()
            .filter(|(i, g)| {
                let (from, to) = range(&g.name);
                g.parent == child.parent
                    && !g.chapter
                    && !b.filled.contains(&(*i as u32))
                    && g.name != child.name
                    && from <= first
                    && last <= to
            })
            .min_by_key(|(_, g)| {
                let (from, to) = range(&g.name);
                groups.iter().filter(|other| !other.chapter && from <= range(&other.name).0 && range(&other.name).1 <= to).count()
            })
            .map(|(i, _)| i as u32)
    };
    let parents: Vec<Option<u32>> = groups.iter().map(|g| if g.chapter { None } else { wide(g).or(g.parent) }).collect();
    for (group, parent) in b.out.groups.iter_mut().zip(parents) {
        group.parent = parent;
    }
    b.out.entries.sort_by_key(|e| e.code);
    b.out.categories.sort();
    let warnings = b.odd.into_iter().map(|(what, n)| if n == 1 { what } else { format!("{what} ({n} times)") }).collect();
    Ok(Reading { tabular: b.out, warnings })
}

/// First and last category of a block's name ("M50-M54", "B20").
fn range(name: &str) -> (&str, &str) {
    name.split_once('-').unwrap_or((name, name))
}

/// Single spaces, none at the ends.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
