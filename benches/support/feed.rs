//! Feeds of notes made of corpus/ with a seed; shared by benchmarks and tests.

use cervicode::engine::Engine;
use cervicode::mentions::candidates;
use std::path::{Path, PathBuf};

/// Bytes of an ordinary note.
const ORDINARY: usize = 1800;

/// What notes are made of.
pub struct Parts {
    /// Whole notes that name the neck.
    pub neck: Vec<String>,
    /// Paragraphs in which nothing of the neck can be meant.
    pub other: Vec<String>,
}

impl Parts {
    /// Reads corpus/: notes that name the neck as they are; of all notes the paragraphs in which nothing of it can be meant.
    pub fn read(engine: &Engine) -> Parts {
        let mut paths = Vec::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"), &mut paths);
        paths.sort();
        let mut parts = Parts { neck: Vec::new(), other: Vec::new() };
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a note of the corpus can be read").replace("\r\n", "\n");
            let paragraphs = text.split("\n\n").map(str::trim_end).filter(|p| p.len() > 30);
            parts.other.extend(paragraphs.filter(|p| !may_name_neck(engine, p)).map(str::to_owned));
            if may_name_neck(engine, &text) {
                parts.neck.push(text);
            }
        }
        assert!(parts.neck.len() > 20 && parts.other.len() > 20, "the corpus has notes");
        parts
    }

    /// A note of ordinary length; `neck` puts a whole note about the neck into it.
    pub fn note(&self, neck: bool, seed: &mut Seed) -> String {
        let mut text = if neck { self.neck[seed.below(self.neck.len())].clone() } else { String::new() };
        while text.len() < ORDINARY {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&self.other[seed.below(self.other.len())]);
        }
        text
    }
}

/// NDJSON of at least `bytes` bytes; one note in `every` names the neck.
pub fn ndjson(parts: &Parts, bytes: usize, every: usize, seed: u64) -> Vec<u8> {
    let mut seed = Seed(seed);
    let mut out = Vec::with_capacity(bytes + 4096);
    for i in 0.. {
        let text = parts.note(i % every == 0, &mut seed);
        let record = serde_json::json!({ "id": format!("note-{i}"), "text": text });
        serde_json::to_writer(&mut out, &record).expect("writing to memory cannot fail");
        out.push(b'\n');
        if out.len() >= bytes {
            break;
        }
    }
    out
}

/// Numbers that are the same on every machine.
pub struct Seed(pub u64);

impl Seed {
    /// The next number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Whether the phrases of a text could name something of the neck that the program looks for.
fn may_name_neck(engine: &Engine, text: &str) -> bool {
    candidates::possible(text, &engine.knowledge.fold(text), &engine.knowledge)
}

/// The text files below a folder, in no certain order.
pub fn walk(at: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(at).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|e| e == "txt") {
            out.push(path);
        }
    }
}
