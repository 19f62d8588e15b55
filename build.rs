//! Reads lexicon/ and rules/ (refusing files of the wrong shape or that do not compile, with their place) and embeds them three times: compiled,
//! which every start reads; as documents without their cases, over which folders are laid; and as deflated text, which only `explain`,
//! `check` and their like read. The hash that names the documents is made here too, so that no start has to.

use std::io::Write;
use std::path::{Path, PathBuf};

#[path = "src/code.rs"]
#[allow(dead_code)]
mod code;
#[path = "src/diagnostic.rs"]
#[allow(dead_code)]
mod diagnostic;
#[path = "src/fold.rs"]
#[allow(dead_code)]
mod fold;
#[path = "src/markup.rs"]
#[allow(dead_code)]
mod markup;
#[path = "src/knowledge"]
#[allow(dead_code, missing_docs)]
mod knowledge {
    pub mod attributes;
    pub mod coding;
    pub mod compiled;
    pub mod context;
    pub mod index;
    pub mod lexicon;
    pub mod sections;
    pub mod source;
    pub mod sources;
    mod vocabulary;
    pub mod yaml;
    use compiled::instance;
    pub use compiled::{Knowledge, NameId, Names};
}
#[path = "src/phrases.rs"]
#[allow(dead_code)]
mod phrases;
#[path = "src/span.rs"]
#[allow(dead_code)]
mod span;
#[path = "src/vocab.rs"]
#[allow(dead_code)]
mod vocab;
#[path = "src/words.rs"]
#[allow(dead_code)]
mod words;

fn main() {
    println!("cargo:rerun-if-changed=lexicon");
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/knowledge");
    for module in ["code", "diagnostic", "fold", "markup", "phrases", "span", "vocab", "words"] {
        println!("cargo:rerun-if-changed=src/{module}.rs");
    }
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root, &root.join("lexicon"), &mut paths);
    walk(&root, &root.join("rules"), &mut paths);
    paths.sort();
    let mut files = Vec::new();
    let mut texts = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(root.join(&path)).expect("a listed file can be read");
        let Some(parsed) = knowledge::source::read(&path, &text) else {
            faults.push(format!("{path}: no place for knowledge"));
            continue;
        };
        faults.extend(parsed.faults.iter().map(|e| format!("{path}:{}:{}: {}", e.line, e.column, e.message)));
        if let Some(document) = parsed.document {
            texts.push((path.clone(), text));
            files.push(knowledge::source::SourceFile { path, document: document.without_cases() });
        }
    }
    assert!(faults.is_empty(), "knowledge files of the wrong shape:\n{}", faults.join("\n"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let written = |name: &str, bytes: &[u8]| std::fs::write(out.join(name), bytes).expect("OUT_DIR is writable");
    written("documents.bin", &postcard::to_stdvec(&files).expect("documents serialise"));
    let mut problems = Vec::new();
    let knowledge = knowledge::Knowledge::compile(&files, &mut problems);
    let errors = problems.iter().filter(|p| p.severity == diagnostic::Severity::Error);
    let errors: Vec<String> = errors.map(|p| format!("{}: {} {}", p.at, p.code, p.message)).collect();
    assert!(errors.is_empty(), "knowledge that does not compile:\n{}", errors.join("\n"));
    written("knowledge.bin", &postcard::to_stdvec(&knowledge).expect("knowledge serialises"));
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&postcard::to_stdvec(&texts).expect("texts serialise")).expect("a vector takes all");
    written("texts.bin", &deflated.finish().expect("a vector takes all"));
}

fn walk(root: &Path, folder: &Path, paths: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, paths);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            let relative = path.strip_prefix(root).expect("below the root");
            paths.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}
