//! Whatever way a review is reached, it is the same: built-in or from the folder, one thread or many.

use cervicode::engine::Engine;
use cervicode::knowledge::{Knowledge, read_folder};
use cervicode::note::Note;
use cervicode::report::{Report, build::report};
use cervicode::span::Unit;
use rayon::prelude::*;

#[path = "../benches/support/feed.rs"]
#[allow(dead_code)]
pub mod feed;

/// All notes of the corpus.
pub fn corpus() -> Vec<Note> {
    let mut paths = Vec::new();
    feed::walk(&crate::root().join("corpus"), &mut paths);
    paths.sort();
    let note = |path: &std::path::PathBuf| Note::new(path.to_string_lossy(), std::fs::read_to_string(path).unwrap());
    paths.iter().map(note).collect()
}

/// Everything the stages made of a note, as text; names instead of places in the knowledge.
pub fn shown(engine: &Engine, note: &Note) -> String {
    let reviewed = engine.stages(note);
    format!("{:?}\n{:?}\n{:?}", reviewed.layout.sections, reviewed.findings, reviewed.coded)
}

#[test]
fn built_in_is_what_the_folder_says() {
    let mut problems = Vec::new();
    let files = read_folder(crate::root(), &mut problems);
    let loaded = Engine::new(Knowledge::compile(&files, &mut problems));
    let built_in = Engine::built_in().unwrap();
    assert_eq!(built_in.knowledge.sha256, loaded.knowledge.sha256);
    for note in corpus() {
        assert_eq!(shown(&built_in, &note), shown(&loaded, &note), "{}", note.id);
    }
}

#[test]
fn many_threads_say_what_one_says() {
    let engine = Engine::built_in().unwrap();
    let notes = corpus();
    let serial: Vec<String> = notes.iter().map(|n| shown(&engine, n)).collect();
    let parallel: Vec<String> = notes.par_iter().map(|n| shown(&engine, n)).collect();
    assert!(serial == parallel);
}

#[test]
fn an_empty_folder_laid_over_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("lexicon")).unwrap();
    std::fs::write(folder.path().join("lexicon/empty.yaml"), "version: 1\n").unwrap();
    let over = Engine::new(Knowledge::load(folder.path()).unwrap());
    let built_in = Engine::built_in().unwrap();
    for note in corpus().iter().take(5) {
        assert_eq!(shown(&built_in, note), shown(&over, note), "{}", note.id);
    }
}

/// A review looks for candidates before it lays a note out; what it says is what every stage over the whole note says.
#[test]
fn candidates_first_says_what_the_whole_layout_says() {
    let engine = Engine::built_in().unwrap();
    let parts = feed::Parts::read(&engine);
    let mut seed = feed::Seed(11);
    let mixtures = (0..150).map(|i| Note::new(format!("mixture-{i}"), parts.note(i % 3 == 0, &mut seed)));
    let (mut named, mut unnamed) = (0, 0);
    for note in corpus().into_iter().chain(mixtures) {
        let stages = engine.stages(&note);
        let whole = report(&note, &stages, &engine.knowledge, Unit::Codepoints);
        let review = engine.review(&note, Unit::Codepoints);
        if stages.findings.iter().any(|f| engine.knowledge.lexicon.concept(f.mention.concept).target) {
            named += 1;
            assert_eq!(serde_json::to_string(&review).unwrap(), serde_json::to_string(&whole).unwrap(), "{}", note.id);
            continue;
        }
        unnamed += 1;
        assert!(whole.codes.is_empty(), "{}: a code without a target concept", note.id);
        assert!(review.findings.is_empty() && review.codes.is_empty(), "{}", note.id);
        assert_eq!(serde_json::to_string(&review.note).unwrap(), serde_json::to_string(&whole.note).unwrap(), "{}", note.id);
        let parts = |r: &Report| r.sections.iter().map(|s| (s.kind, s.title.clone(), s.start, s.body_start, s.end)).collect::<Vec<_>>();
        assert_eq!(parts(&review), parts(&whole), "{}", note.id);
    }
    assert!(named > 50 && unnamed > 50, "{named} notes name a target, {unnamed} do not");
}
