//! The context engine on the marked sentences of the corpus: floors that only rise, and a page that is current.

use crate::root;
use cervicode::corpus::{AXES, Accuracy, Marked, marked};
use cervicode::engine::Engine;
use std::collections::BTreeMap;

/// Every marked word of the corpus.
pub fn words() -> Vec<Marked> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("corpus/sentences")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|f| marked(&std::fs::read_to_string(f).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", f.display()))).collect()
}

#[test]
fn no_axis_falls_below_its_floor() {
    let floors: BTreeMap<String, BTreeMap<String, f64>> =
        cervicode::knowledge::yaml::parse(&std::fs::read_to_string(root().join("tests/floors.yaml")).unwrap()).unwrap();
    let accuracy = Accuracy::of(&words(), &Engine::built_in().unwrap().knowledge);
    for (axis, name) in AXES.iter().enumerate() {
        let (right, all) = accuracy.share(axis);
        let share = f64::from(right) / f64::from(all);
        let floor = floors["sentences"][*name];
        assert!(share >= floor, "{name}: {share:.4} is below {floor}\n{}", accuracy.misses.join("\n"));
    }
}

#[test]
fn every_class_has_sentences_enough() {
    let words = words();
    let count = |axis: usize, values: &[&str]| words.iter().filter(|w| w.gold[axis].is_some_and(|v| values.contains(&v))).count();
    assert!(words.len() >= 1300);
    assert!(count(0, &["absent"]) >= 300 && count(1, &["hedged", "hypothetical"]) >= 150);
    assert!(count(2, &["historical", "future"]) >= 80 && count(3, &["another person"]) >= 60);
}

#[test]
fn the_page_is_current() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let folder = root().join("corpus/sentences").to_string_lossy().into_owned();
    let args = ["cervicode", "accuracy", &folder].map(Into::into);
    cervicode::cli::run_with(args.into_iter(), Box::new(std::io::empty()), &mut out, &mut err);
    let page = std::fs::read_to_string(root().join("docs/accuracy.md")).unwrap();
    assert!(page == String::from_utf8(out).unwrap(), "docs/accuracy.md is old: run `cervicode accuracy > docs/accuracy.md`");
}
