//! The built-in knowledge, as the build script embeds it, and folders laid over it.

use super::source::{self, SourceFile};
use super::{Knowledge, sources};
use crate::diagnostic::{Diagnostic, Location, Severity};
use serde::de::DeserializeOwned;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

/// The knowledge that the build script compiled.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.bin"));

/// The documents that it is made of.
static EMBEDDED_DOCUMENTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/documents.bin"));

/// The files themselves, deflated.
static EMBEDDED_TEXTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.bin"));

impl Knowledge {
    /// The built-in knowledge.
    ///
    /// # Errors
    /// Only if the embedded form is damaged.
    pub fn built_in() -> Result<Knowledge, Vec<Diagnostic>> {
        read(EMBEDDED)
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

    /// The built-in documents, without cases.
    ///
    /// # Errors
    /// Only if the embedded form is damaged.
    pub fn embedded_sources() -> Result<Vec<SourceFile>, Vec<Diagnostic>> {
        read(EMBEDDED_DOCUMENTS)
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
        let mut problems = Vec::new();
        let knowledge = Knowledge::compile(files, &mut problems);
        if problems.iter().any(|p| p.severity == Severity::Error) { Err(problems) } else { Ok(knowledge) }
    }
}

fn read<T: DeserializeOwned>(embedded: &[u8]) -> Result<T, Vec<Diagnostic>> {
    postcard::from_bytes(embedded)
        .map_err(|e| vec![Diagnostic::error("K001", Location::default(), format!("the embedded knowledge is damaged: {e}"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_is_what_the_documents_say() {
        let written = Knowledge::written_sources().into_iter().map(|f| SourceFile { document: f.document.without_cases(), ..f });
        let compiled = Knowledge::from_files(&written.collect::<Vec<_>>()).unwrap();
        assert!(postcard::to_stdvec(&compiled).unwrap() == EMBEDDED, "the build script compiles as the program does");
    }
}
