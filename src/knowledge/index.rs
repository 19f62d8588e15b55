//! What `lexicon/icd10cm` says, checked: terms of daily speech for `lookup`.

use crate::code::{Code, IndexTerm};
use crate::diagnostic::{Diagnostic, Location};
use crate::knowledge::Names;
use crate::knowledge::source::index::IndexDoc;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Terms and the codes they lead to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Index {
    /// Terms in the order written.
    pub terms: Vec<IndexTerm>,
}

impl Index {
    /// Checks and compiles the documents.
    pub fn compile(documents: &[(&str, &IndexDoc)], names: &mut Names, problems: &mut Vec<Diagnostic>) -> Index {
        let mut index = Index::default();
        for (path, document) in documents {
            for entry in &document.entries {
                names.add(path, &entry.id, problems);
                let mut codes = Vec::new();
                for code in &entry.codes {
                    match Code::parse(&code.value) {
                        Some(code) => codes.push(code),
                        None => {
                            let at = Location { path: Arc::from(*path), line: code.line, column: code.column };
                            problems.push(Diagnostic::error("K030", at, format!("`{}` is not shaped like an ICD-10-CM code", code.value)));
                        }
                    }
                }
                index.terms.extend(entry.terms.iter().map(|t| IndexTerm { term: t.value.to_string(), codes: codes.clone() }));
            }
        }
        index
    }
}
