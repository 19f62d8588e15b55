//! Official ICD-10-CM releases: titles, validity, notes, excludes.
//!
//! A [`CodeSet`] is one release. It is cheap to share and read lazily: the embedded one costs nothing until a code is asked for.
//! [`Releases`] holds the embedded and the installed ones and picks by date of service.
//!
//! ```
//! use cervicode::{code::Code, codeset::{CodeSet, Validity}};
//! let set = CodeSet::built_in();
//! let code = |text| Code::parse(text).unwrap();
//! assert_eq!(set.title(code("M54.2")).as_deref(), Some("Cervicalgia"));
//! assert_eq!(set.validity(code("M54.5")), Validity::Header);
//! let bar = set.excludes1(code("M50.122"), code("M54.2")).unwrap();
//! assert_eq!(bar.node, "M54.2");
//! ```

mod compiled;
pub mod edits;
pub mod excludes;
pub mod explain;
pub mod install;
pub mod nearest;
pub mod node;
pub mod reference;
pub mod releases;
pub mod search;
pub mod show;
pub mod tabular;

pub use compiled::Meta;
pub use excludes::Excludes;
pub use node::{Entry, Group, Note, NoteKind, Seventh, SeventhCharacter};
pub use releases::{Picked, Releases};

use crate::code::Code;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

/// The release that the program carries; `lexicon/icd10cm/SOURCE.md` says how it was made.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/lexicon/icd10cm/2026-04-01.bin"));

static BUILT_IN: LazyLock<Arc<CodeSet>> = LazyLock::new(|| match CodeSet::open(EMBEDDED, false) {
    Ok(set) => Arc::new(set),
    // a test holds that the embedded bytes are those that SOURCE.md names
    Err(_) => Arc::new(CodeSet::compile(&node::Tabular::default(), "0001-01-01", None, "")),
});

/// One official release.
#[derive(Debug)]
pub struct CodeSet {
    store: compiled::Store,
    /// Pairs that were asked for, and whether Excludes1 forbids them.
    pairs: Pairs,
}

/// Answers given before; they say nothing of the code set that its lists do not.
#[derive(Default)]
struct Pairs(RwLock<HashMap<(Code, Code), bool>>);

impl std::fmt::Debug for Pairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pairs")
    }
}

/// Whether a code may be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// Complete ("M54.2", "S13.4XXA").
    Valid,
    /// A category or subcategory with codes below it ("M54.5").
    Header,
    /// Lowest level, but its 7th character is missing ("S13.4").
    MissingSeventh,
    /// Not in this release.
    Unknown,
}

/// One step of the chain from a chapter down to a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// How it is called ("chapter 13", "M50-M54", "M54.2").
    pub name: String,
    /// Its title.
    pub title: &'a str,
    /// What it is.
    pub level: Level,
    /// Its own notes.
    pub notes: &'a [Note],
    /// 7th characters defined here.
    pub seventh: Option<&'a Seventh>,
}

/// How wide a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// "Diseases of the musculoskeletal system and connective tissue (M00-M99)".
    Chapter,
    /// "Other dorsopathies (M50-M54)".
    Block,
    /// "M54".
    Category,
    /// Below a category.
    Code,
}

impl CodeSet {
    /// The release that the program carries.
    pub fn built_in() -> Arc<CodeSet> {
        BUILT_IN.clone()
    }

    /// Compiles a list that was read from the official XML with that hash.
    pub fn compile(tabular: &node::Tabular, from: &str, until: Option<&str>, source_sha256: &str) -> CodeSet {
        let meta = |complete| Meta {
            from: from.to_string(),
            until: until.map(str::to_string),
            version: tabular.version.clone(),
            source_sha256: source_sha256.to_string(),
            entries: tabular.entries.len() as u32,
            complete,
        };
        let open = |bytes| match compiled::Store::open(Cow::Owned(bytes), false) {
            Ok(store) => CodeSet { store, pairs: Pairs::default() },
            Err(e) => unreachable!("what was just compiled opens: {e}"),
        };
        let draft = open(compiled::write(tabular, meta(0)));
        let complete = draft.complete_codes().count() as u32;
        open(compiled::write(tabular, meta(complete)))
    }

    /// Opens the compiled form.
    ///
    /// # Errors
    /// One sentence, if it is not one, or damaged.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>, check: bool) -> Result<CodeSet, String> {
        compiled::Store::open(bytes.into(), check).map(|store| CodeSet { store, pairs: Pairs::default() })
    }

    /// The compiled form.
    pub fn bytes(&self) -> &[u8] {
        self.store.bytes()
    }

    /// What it says of itself.
    pub fn meta(&self) -> &Meta {
        &self.store.meta
    }

    /// Its name: the first day it is valid ("2026-04-01").
    pub fn release(&self) -> &str {
        &self.store.meta.from
    }

    /// The entry of exactly that code, as the list prints it (7th characters that are only defined have none).
    pub fn entry(&self, code: Code) -> Option<&Entry> {
        self.store.entry(code)
    }

    /// Every category, subcategory and code as printed, in order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.store.all()
    }

    /// Whether a printed code has no codes below it.
    fn is_leaf(&self, code: Code) -> bool {
        self.store.from(code).nth(1).is_none_or(|next| !next.code.within(&code))
    }

    /// The printed code that a code is, or is completed from by a 7th character ("S13.4XXA" → "S13.4", 'A').
    fn base(&self, code: Code) -> Option<(&Entry, Option<char>)> {
        if let Some(entry) = self.entry(code) {
            return Some((entry, None));
        }
        let compact = code.compact();
        let seventh = (compact.len() == 7).then(|| compact.chars().last()).flatten();
        let mut stem = compact.get(..compact.len().min(6))?;
        if seventh.is_none() && compact.len() < 6 {
            return None; // padding without a 7th character is only ever typed in full
        }
        loop {
            match Code::parse(stem).and_then(|c| self.entry(c)) {
                Some(entry) => return Some((entry, seventh)).filter(|(e, s)| s.is_some() || e.code.compact().len() < compact.len()),
                None => stem = stem.strip_suffix('X')?,
            }
        }
    }

    /// The 7th characters that complete a printed code of the lowest level, and where they are defined; `None` if it takes none.
    pub fn seventh(&self, leaf: Code) -> Option<(&Seventh, Code)> {
        let compact = leaf.compact();
        (3..=compact.len()).rev().find_map(|n| {
            let entry = self.entry(Code::parse(compact.get(..n)?)?)?;
            entry.seventh.as_ref().map(|s| (s, entry.code))
        })
    }

    /// The complete codes that 7th characters make of a code of the lowest level ("S13.4" → S13.4XXA, S13.4XXD, S13.4XXS).
    pub fn completed(&self, leaf: Code) -> Vec<Code> {
        match self.seventh(leaf) {
            Some((seventh, _)) if leaf.compact().len() < 7 => {
                seventh.applying_to(leaf).filter_map(|c| Code::parse(&format!("{:X<6}{}", leaf.compact(), c.character))).collect()
            }
            _ => vec![leaf],
        }
    }

    /// Whether a code may be reported.
    pub fn validity(&self, code: Code) -> Validity {
        let Some((entry, seventh)) = self.base(code) else { return Validity::Unknown };
        if !self.is_leaf(entry.code) {
            return if entry.code == code { Validity::Header } else { Validity::Unknown };
        }
        let defined = self.seventh(entry.code).filter(|_| entry.code.compact().len() < 7);
        match (seventh, defined) {
            (None, None) if entry.code == code => Validity::Valid,
            (None, Some(_)) => Validity::MissingSeventh,
            (Some(c), Some((s, _))) if s.applying_to(entry.code).any(|d| d.character == c) => Validity::Valid,
            _ => Validity::Unknown,
        }
    }

    /// The title of a code; a 7th character adds its meaning ("Sprain of ligaments of cervical spine, initial encounter").
    pub fn title(&self, code: Code) -> Option<String> {
        match self.base(code)? {
            (entry, None) => Some(entry.title.clone()),
            (entry, Some(c)) => {
                let (seventh, _) = self.seventh(entry.code).filter(|_| self.is_leaf(entry.code))?;
                let meaning = seventh.applying_to(entry.code).find(|s| s.character == c)?;
                Some(format!("{}, {}", entry.title, meaning.meaning))
            }
        }
    }

    /// All valid codes that a code is or holds: itself if valid, its completed forms, or the codes below a header.
    pub fn valid_children(&self, code: Code) -> Vec<Code> {
        match self.validity(code) {
            Validity::Valid => vec![code],
            Validity::Unknown => Vec::new(),
            Validity::MissingSeventh => self.base(code).map(|(e, _)| self.completed(e.code)).unwrap_or_default(),
            Validity::Header => self.leaves_below(code).flat_map(|leaf| self.completed(leaf)).collect(),
        }
    }

    /// The printed codes of the lowest level at or below a code.
    fn leaves_below(&self, code: Code) -> impl Iterator<Item = Code> {
        let mut below = self.store.from(code).map(|e| e.code).take_while(move |c| c.within(&code)).peekable();
        std::iter::from_fn(move || {
            loop {
                let this = below.next()?;
                if below.peek().is_none_or(|next| !next.within(&this)) {
                    return Some(this);
                }
            }
        })
    }

    /// Every complete, valid code, in order of the printed codes.
    pub fn complete_codes(&self) -> impl Iterator<Item = Code> {
        let mut all = self.store.all().map(|e| e.code).peekable();
        std::iter::from_fn(move || {
            loop {
                let this = all.next()?;
                if all.peek().is_none_or(|next| !next.within(&this)) {
                    return Some(this);
                }
            }
        })
        .flat_map(|leaf| self.completed(leaf))
    }

    /// The chain of a code, from its chapter down to itself; empty if the release does not hold it.
    pub fn chain(&self, code: Code) -> Vec<Place<'_>> {
        let Some((entry, _)) = self.base(code) else { return Vec::new() };
        let compact = entry.code.compact();
        let groups = self.store.groups();
        let mut chain = Vec::new();
        let category = compact.get(..3).and_then(Code::parse);
        let group = category.and_then(|c| groups.categories.binary_search_by_key(&c, |(c, _)| *c).ok());
        let mut group = group.and_then(|i| groups.categories.get(i)).map(|(_, g)| *g);
        // parents come before children, so this ends
        while let Some(g) = group.and_then(|g| groups.groups.get(g as usize)) {
            let (name, level) = if g.chapter { (format!("chapter {}", g.name), Level::Chapter) } else { (g.name.clone(), Level::Block) };
            chain.push(Place { name, title: &g.title, level, notes: &g.notes, seventh: None });
            group = g.parent.filter(|_| chain.len() < 8);
        }
        chain.reverse();
        for n in 3..=compact.len() {
            if let Some(e) = compact.get(..n).and_then(Code::parse).and_then(|c| self.entry(c)) {
                let level = if n == 3 { Level::Category } else { Level::Code };
                chain.push(Place { name: e.code.to_string(), title: &e.title, level, notes: &e.notes, seventh: e.seventh.as_ref() });
            }
        }
        chain
    }
}

/// The hash of a file's bytes, as SOURCE.md and `codeset list` print it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
