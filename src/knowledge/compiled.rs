//! Everything that the documents say, in the form that the stages read; the build script makes that of the built-in ones.

use super::source::{Document, SourceFile};
use super::yaml::Placed;
use super::{attributes, coding, context, index, lexicon, sections, sources};
use crate::diagnostic::{Diagnostic, Location};
use crate::fold::WordMap;
use crate::words::Words;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// A named thing of the knowledge (concept, cue, rule, heading, flag), by its place in [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameId(pub u32);

/// Every id of the knowledge with its place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Names {
    /// Files, in order.
    paths: Vec<Arc<str>>,
    list: Vec<Named>,
    /// Made when first asked for.
    #[serde(skip)]
    by_id: OnceLock<WordMap<SmolStr, NameId>>,
}

/// An id, its file by its place in [`Names::paths`], and where it stands there.
#[derive(Debug, Serialize, Deserialize)]
struct Named {
    id: SmolStr,
    path: u16,
    line: u32,
    column: u32,
}

impl Names {
    /// Registers an id; a second one of the same name is a problem (K011) that names both places.
    pub fn add(&mut self, path: &str, id: &Placed<SmolStr>, problems: &mut Vec<Diagnostic>) -> NameId {
        // names come file by file
        if self.paths.last().is_none_or(|last| **last != *path) {
            self.paths.push(Arc::from(path));
        }
        let name = NameId(self.list.len() as u32);
        let first = self.find(&id.value);
        self.list.push(Named { id: id.value.clone(), path: self.paths.len() as u16 - 1, line: id.line, column: id.column });
        match (first, self.by_id.get_mut()) {
            (Some(first), _) => {
                let problem = Diagnostic::error("K011", self.at(name), format!("`{}` is defined twice", id.value));
                problems.push(problem.related(self.at(first), "first defined here"));
            }
            (None, Some(by_id)) => drop(by_id.insert(id.value.clone(), name)),
            (None, None) => {}
        }
        name
    }

    /// The id.
    pub fn id(&self, name: NameId) -> &str {
        &self.list[name.0 as usize].id
    }

    /// Where it is defined.
    pub fn at(&self, name: NameId) -> Location {
        let named = &self.list[name.0 as usize];
        Location { path: self.paths[usize::from(named.path)].clone(), line: named.line, column: named.column }
    }

    /// The name of that id.
    pub fn find(&self, id: &str) -> Option<NameId> {
        let by_id = self.by_id.get_or_init(|| {
            let all = self.list.iter().enumerate().rev();
            all.map(|(at, named)| (named.id.clone(), NameId(at as u32))).collect()
        });
        by_id.get(id).copied()
    }

    /// All ids, in order of definition.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|named| named.id.as_str())
    }
}

/// Everything the program knows, compiled.
#[derive(Debug, Serialize, Deserialize)]
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
    /// What is asked of each word, made when first asked for.
    #[serde(skip)]
    pub(super) hints_of_words: OnceLock<Vec<crate::words::Hints>>,
    /// Tells it from other knowledge of the program.
    #[serde(skip, default = "instance")]
    pub(crate) instance: u32,
}

impl Knowledge {
    /// Compiles documents and collects problems.
    pub fn compile(files: &[SourceFile], problems: &mut Vec<Diagnostic>) -> Knowledge {
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
        let context = context::ContextKnowledge::compile(&of_kind!(Context), &mut words, &mut names, problems);
        let attributes = attributes::AttributesKnowledge::compile(&of_kind!(Attributes), &mut words, &mut names, problems);
        let coding = coding::CodingKnowledge::compile(&of_kind!(Coding), &lexicon, &mut words, &mut names, problems);
        // what a code can be suggested from is looked for, whoever wrote the rule
        let suggests = |id: lexicon::ConceptId| coding.rules.iter().any(|r| !r.suggest.is_empty() && r.when.any.has(id));
        for (at, concept) in lexicon.concepts.iter_mut().enumerate() {
            concept.target |= suggests(lexicon::ConceptId(at as u16));
        }
        Knowledge {
            names,
            words,
            sections,
            lexicon,
            index,
            context,
            attributes,
            coding,
            sha256: sources::sha256(files),
            hints_of_words: OnceLock::new(),
            instance: instance(),
        }
    }
}

/// A number that tells what was compiled from everything else that the program compiles, for what threads remember of it.
pub(super) fn instance() -> u32 {
    static INSTANCES: AtomicU32 = AtomicU32::new(1);
    INSTANCES.fetch_add(1, Ordering::Relaxed)
}
