//! The compact form of a release: a small index that is read at once, and deflated pages that are read when asked for.
//!
//! ```text
//! "cervicode codeset 1\n" | u32 length of head | head (postcard) | groups (zlib) | pages (zlib, 64 entries each)
//! ```
//! Opening reads the head (some 9 KB for a full release); a title costs the inflation of one page, once.

use super::node::{Entry, Group, Tabular};
use crate::code::Code;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::OnceLock;

const MAGIC: &[u8] = b"cervicode codeset 1\n";
/// Entries a page.
const PAGE: usize = 64;
/// The most bytes a page or the groups may inflate to; real pages have about 8 KB, the groups 80 KB.
const LARGEST_PAGE: u64 = 4 << 20;

/// What a release says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// First day of validity, which names the release ("2026-04-01").
    pub from: String,
    /// Last day of validity, if known ("2026-09-30").
    pub until: Option<String>,
    /// The version the official file states ("2026").
    pub version: String,
    /// SHA-256 of the official XML.
    pub source_sha256: String,
    /// How many categories, subcategories and codes the file lists.
    pub entries: u32,
    /// How many complete, valid codes they make with their 7th characters.
    pub complete: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    meta: Meta,
    groups: u32,
    pages: Vec<Page>,
    crc32: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Page {
    first: [u8; 7],
    length: u32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Groups {
    pub(super) groups: Vec<Group>,
    pub(super) categories: Vec<(Code, u32)>,
}

/// A compiled release, pages unread.
pub(super) struct Store {
    pub(super) meta: Meta,
    data: Cow<'static, [u8]>,
    groups_at: (usize, usize),
    groups: OnceLock<Groups>,
    /// First code, start and end of every page.
    index: Vec<([u8; 7], usize, usize)>,
    pages: Vec<OnceLock<Box<[Entry]>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("meta", &self.meta).finish_non_exhaustive()
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    // writing into a vector cannot fail
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match flate2::read::ZlibDecoder::new(bytes).take(LARGEST_PAGE).read_to_end(&mut out) {
        Ok(_) => out,
        Err(_) => Vec::new(),
    }
}

fn key(code: Code) -> [u8; 7] {
    let mut key = [0; 7];
    for (k, b) in key.iter_mut().zip(code.compact().bytes()) {
        *k = b;
    }
    key
}

/// Compiles a list; the same list and dates give the same bytes.
pub(super) fn write(tabular: &Tabular, meta: Meta) -> Vec<u8> {
    let encode = |value: Result<Vec<u8>, postcard::Error>| deflate(&value.unwrap_or_default());
    let groups = encode(postcard::to_stdvec(&Groups { groups: tabular.groups.clone(), categories: tabular.categories.clone() }));
    let mut body = groups.clone();
    let mut pages = Vec::new();
    for entries in tabular.entries.chunks(PAGE) {
        let page = encode(postcard::to_stdvec(entries));
        pages.push(Page { first: key(entries[0].code), length: page.len() as u32 });
        body.extend_from_slice(&page);
    }
    let mut crc = flate2::Crc::new();
    crc.update(&body);
    let head = postcard::to_stdvec(&Head { meta, groups: groups.len() as u32, pages, crc32: crc.sum() }).unwrap_or_default();
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&(head.len() as u32).to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&body);
    out
}

impl Store {
    /// Opens a compiled release. `check` compares the body's checksum (for files that somebody could have cut).
    pub(super) fn open(data: Cow<'static, [u8]>, check: bool) -> Result<Store, String> {
        let foreign = || "not a compiled code set of this version of cervicode: install the official file again".to_string();
        let rest = data.strip_prefix(MAGIC).ok_or_else(foreign)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(foreign)?;
        let length = u32::from_le_bytes(*length) as usize;
        let head: Head = rest.get(..length).and_then(|h| postcard::from_bytes(h).ok()).ok_or_else(foreign)?;
        let body_at = MAGIC.len() + 4 + length;
        let mut at = body_at + head.groups as usize;
        let groups_at = (body_at, at);
        let mut index = Vec::with_capacity(head.pages.len());
        for page in &head.pages {
            let end = at.checked_add(page.length as usize).ok_or_else(foreign)?;
            index.push((page.first, at, end));
            at = end;
        }
        if at != data.len() {
            return Err("the compiled code set is cut short or too long".into());
        }
        if check {
            let mut crc = flate2::Crc::new();
            crc.update(data.get(body_at..).unwrap_or_default());
            if crc.sum() != head.crc32 {
                return Err("the compiled code set is damaged".into());
            }
        }
        let pages = index.iter().map(|_| OnceLock::new()).collect();
        Ok(Store { meta: head.meta, data, groups_at, groups: OnceLock::new(), index, pages })
    }

    /// The compiled form.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// Chapters, blocks and the categories in them.
    pub(super) fn groups(&self) -> &Groups {
        self.groups.get_or_init(|| {
            let raw = self.data.get(self.groups_at.0..self.groups_at.1).map(inflate).unwrap_or_default();
            postcard::from_bytes(&raw).unwrap_or_default()
        })
    }

    /// How many pages there are.
    pub(super) fn page_count(&self) -> usize {
        self.index.len()
    }

    /// The entries of a page, sorted; a page that is not there is empty.
    pub(super) fn page(&self, n: usize) -> &[Entry] {
        let (Some(&(_, from, to)), Some(page)) = (self.index.get(n), self.pages.get(n)) else { return &[] };
        page.get_or_init(|| {
            let raw = self.data.get(from..to).map(inflate).unwrap_or_default();
            postcard::from_bytes::<Vec<Entry>>(&raw).unwrap_or_default().into_boxed_slice()
        })
    }

    /// The page in which a code stands if it stands anywhere.
    pub(super) fn page_of(&self, code: Code) -> usize {
        let key = key(code);
        self.index.partition_point(|(first, _, _)| *first <= key).saturating_sub(1)
    }

    /// The entry of exactly that code.
    pub(super) fn entry(&self, code: Code) -> Option<&Entry> {
        let page = self.page(self.page_of(code));
        page.binary_search_by_key(&code, |e| e.code).ok().and_then(|i| page.get(i))
    }

    /// All entries from that code on, in order.
    pub(super) fn from(&self, code: Code) -> impl Iterator<Item = &Entry> {
        let first = self.page_of(code);
        (first..self.page_count()).flat_map(|n| self.page(n)).skip_while(move |e| e.code < code)
    }

    /// All entries.
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        (0..self.page_count()).flat_map(|n| self.page(n))
    }
}
