//! Clinical knowledge: YAML in `lexicon/` and `rules/`, checked, compiled once, shared read-only by every stage.
//!
//! The built-in knowledge is embedded by the build script in a compact form (documents without their cases);
//! `Knowledge::load` lays the files of a folder over it: same id replaces, new id adds.

pub mod attributes;
pub mod coding;
pub mod context;
pub mod index;
pub mod lexicon;
pub mod sections;
pub mod source;
pub mod sources;
pub mod yaml;

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::fold::{Folded, WordMap, fold_known};
use crate::words::Words;
use smol_str::SmolStr;
use source::{Document, SourceFile};
pub use sources::read_folder;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use yaml::Placed;

/// A named thing of the knowledge (concept, cue, rule, heading, flag), by its place in [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub u32);

/// Every id of the knowledge with its place.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<(String, Location)>,
    by_id: WordMap<String, NameId>,
}

impl Names {
    /// Registers an id; a second one of the same name is a problem (K011) that names both places.
    pub fn add(&mut self, path: &str, id: &Placed<SmolStr>, problems: &mut Vec<Diagnostic>) -> NameId {
        // names come file by file
        let path = match self.list.last() {
            Some((_, before)) if &*before.path == path => before.path.clone(),
            _ => Arc::from(path),
        };
        let at = Location { path, line: id.line, column: id.column };
        let name = NameId(self.list.len() as u32);
        if let Some(first) = self.by_id.get(id.value.as_str()) {
            let first = self.list[first.0 as usize].1.clone();
            problems.push(
                Diagnostic::error("K011", at.clone(), format!("`{}` is defined twice", id.value)).related(first, "first defined here"),
            );
        } else {
            self.by_id.insert(id.value.to_string(), name);
        }
        self.list.push((id.value.to_string(), at));
        name
    }

    /// The id.
    pub fn id(&self, name: NameId) -> &str {
        &self.list[name.0 as usize].0
    }

    /// Where it is defined.
    pub fn at(&self, name: NameId) -> &Location {
        &self.list[name.0 as usize].1
    }

    /// The name of that id.
    pub fn find(&self, id: &str) -> Option<NameId> {
        self.by_id.get(id).copied()
    }

    /// All ids, in order of definition.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(id, _)| id.as_str())
    }
}

/// Everything the program knows, compiled.
#[derive(Debug)]
pub struct Knowledge {
    /// Ids and places.
    pub names: Names,
    /// Every word of the phrases below.
    pub words: Words,
    /// Headings, list markers, abbreviations that end no sentence.
    pub sections: sections::SectionsKnowledge,
    /// Concepts and the terms that name them.
    pub lexicon: lexicon::Lexicon,
    /// Words of daily speech that lead to codes, for look-ups.
    pub index: index::Index,
    /// Cues.
    pub context: context::ContextKnowledge,
    /// Values and links.
    pub attributes: attributes::AttributesKnowledge,
    /// Codes, flags, guidelines.
    pub coding: coding::CodingKnowledge,
    /// Hash of the documents.
    pub sha256: String,
}

/// The documents that the build script embedded.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.bin"));

/// The files themselves, deflated.
static EMBEDDED_TEXTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.bin"));

/// The hash of those documents, made by build.rs.
const EMBEDDED_SHA256: &str = include_str!(concat!(env!("OUT_DIR"), "/knowledge.sha256"));

impl Knowledge {
    /// The built-in knowledge.
    ///
    /// # Errors
    /// Only if the embedded form is damaged or was built from faulty files, which the build refuses.
    pub fn built_in() -> Result<Knowledge, Vec<Diagnostic>> {
        // kept once read: to take thousands of small documents apart again costs a start more than it gives
        static FILES: OnceLock<Vec<SourceFile>> = OnceLock::new();
        let files = match FILES.get() {
            Some(files) => files,
            None => {
                let read = Knowledge::embedded_sources()?;
                FILES.get_or_init(|| read)
            }
        };
        settled(|problems| Knowledge::compile_as(files, EMBEDDED_SHA256.to_owned(), false, problems))
    }

    /// The built-in knowledge with the files of a folder laid over it: an item of the same id replaces, a new id adds.
    ///
    /// # Errors
    /// All problems found in the folder, warnings included.
    pub fn load(folder: &Path) -> Result<Knowledge, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let over = sources::read_overlay(folder, &mut problems);
        let files = sources::lay_over(Knowledge::embedded_sources()?, over);
        let knowledge = Knowledge::compile(&files, &mut problems);
        if problems.iter().any(|p| p.severity == Severity::Error) { Err(problems) } else { Ok(knowledge) }
    }

    /// Folds a note; words written as one are parted.
    pub fn fold(&self, text: &str) -> Folded {
        self.lexicon.part(fold_known(text, &self.words), &self.words)
    }

    /// The built-in documents, without cases.
    ///
    /// # Errors
    /// Only if the embedded form is damaged.
    pub fn embedded_sources() -> Result<Vec<SourceFile>, Vec<Diagnostic>> {
        postcard::from_bytes(EMBEDDED)
            .map_err(|e| vec![Diagnostic::error("K001", Location::default(), format!("the embedded knowledge is damaged: {e}"))])
    }

    /// The built-in files as they were written, comments and cases included, by path.
    pub fn embedded_texts() -> &'static [(String, String)] {
        static TEXTS: OnceLock<Vec<(String, String)>> = OnceLock::new();
        TEXTS.get_or_init(|| {
            let mut raw = Vec::new();
            match flate2::read::ZlibDecoder::new(EMBEDDED_TEXTS).read_to_end(&mut raw) {
                Ok(_) => postcard::from_bytes(&raw).unwrap_or_default(),
                Err(_) => Vec::new(),
            }
        })
    }

    /// The built-in documents with their cases.
    pub fn written_sources() -> Vec<SourceFile> {
        let read = |(path, text): &(String, String)| Some(SourceFile { path: path.clone(), document: source::read(path, text)?.document? });
        Knowledge::embedded_texts().iter().filter_map(read).collect()
    }

    /// Compiles documents; every problem is returned if any is an error.
    ///
    /// # Errors
    /// All problems found, warnings included.
    pub fn from_files(files: &[SourceFile]) -> Result<Knowledge, Vec<Diagnostic>> {
        settled(|problems| Knowledge::compile(files, problems))
    }

    /// Compiles documents and collects problems.
    pub fn compile(files: &[SourceFile], problems: &mut Vec<Diagnostic>) -> Knowledge {
        Knowledge::compile_as(files, sources::sha256(files), true, problems)
    }

    fn compile_as(files: &[SourceFile], sha256: String, thorough: bool, problems: &mut Vec<Diagnostic>) -> Knowledge {
        macro_rules! of_kind {
            ($kind:ident) => {
                files
                    .iter()
                    .filter_map(|f| match &f.document {
                        Document::$kind(d) => Some((f.path.as_str(), d)),
                        _ => None,
                    })
                    .collect::<Vec<_>>()
            };
        }
        let (mut names, mut words) = (Names::default(), Words::default());
        let sections = sections::SectionsKnowledge::compile(&of_kind!(Sections), &mut names, problems);
        let mut lexicon = lexicon::Lexicon::compile(&of_kind!(Lexicon), &mut words, &mut names, problems);
        let index = index::Index::compile(&of_kind!(Index), &mut names, problems);
        let context = context::ContextKnowledge::compile(&of_kind!(Context), &mut words, &mut names, thorough, problems);
        let attributes = attributes::AttributesKnowledge::compile(&of_kind!(Attributes), &mut words, &mut names, problems);
        let coding = coding::CodingKnowledge::compile(&of_kind!(Coding), &lexicon, &mut words, &mut names, problems);
        // what a code can be suggested from is looked for, whoever wrote the rule
        let suggests = |id: lexicon::ConceptId| coding.rules.iter().any(|r| !r.suggest.is_empty() && r.when.any.has(id));
        for (at, concept) in lexicon.concepts.iter_mut().enumerate() {
            concept.target |= suggests(lexicon::ConceptId(at as u16));
        }
        Knowledge { names, words, sections, lexicon, index, context, attributes, coding, sha256 }
    }
}

/// A number that tells what was compiled from everything else that the program compiles, for what threads remember of it.
fn instance() -> u32 {
    static INSTANCES: AtomicU32 = AtomicU32::new(1);
    INSTANCES.fetch_add(1, Ordering::Relaxed)
}

fn settled(compile: impl FnOnce(&mut Vec<Diagnostic>) -> Knowledge) -> Result<Knowledge, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let knowledge = compile(&mut problems);
    if problems.iter().any(|p| p.severity == Severity::Error) { Err(problems) } else { Ok(knowledge) }
}
