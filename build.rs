//! Reads lexicon/ and rules/ (refusing files of the wrong shape, with their place) and embeds them twice: as documents without
//! their cases, which every start reads, and as deflated text, which only `explain`, `check` and their like read. The hash that
//! names the documents is made here too, so that no start has to.

use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

#[path = "src/knowledge"]
#[allow(dead_code, missing_docs)]
mod knowledge {
    pub mod source;
    pub mod yaml;
}
#[path = "src/vocab.rs"]
#[allow(dead_code)]
mod vocab;

fn main() {
    println!("cargo:rerun-if-changed=lexicon");
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/knowledge/source");
    println!("cargo:rerun-if-changed=src/knowledge/yaml.rs");
    println!("cargo:rerun-if-changed=src/vocab.rs");
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
    std::fs::write(out.join("knowledge.bin"), postcard::to_stdvec(&files).expect("documents serialise")).expect("OUT_DIR is writable");
    let mut hash = Sha256::new();
    for file in &files {
        hash.update(postcard::to_stdvec(&file.document).expect("documents serialise"));
    }
    let hex: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    std::fs::write(out.join("knowledge.sha256"), hex).expect("OUT_DIR is writable");
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&postcard::to_stdvec(&texts).expect("texts serialise")).expect("a vector takes all");
    std::fs::write(out.join("texts.bin"), deflated.finish().expect("a vector takes all")).expect("OUT_DIR is writable");
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
