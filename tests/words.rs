//! Words: the commonest ways to name a complaint of the neck, misspelt ones too, and right words that only look like them.

use crate::root;
use cervicode::engine::Engine;
use cervicode::knowledge::lexicon::Lexicon;
use cervicode::mentions::How;
use cervicode::note::Note;
use cervicode::vocab::ConceptKind;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrasings {
    version: u32,
    words: Vec<Phrasing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrasing {
    text: String,
    names: String,
    #[serde(default)]
    misspelt: bool,
}

/// The ids of what a text names, look-alikes aside, each with whether a word was put right for it.
fn named<'k>(engine: &'k Engine, text: &str) -> Vec<(&'k str, bool)> {
    let lexicon: &Lexicon = &engine.knowledge.lexicon;
    let findings = engine.stages(&Note::new("words", text)).findings;
    let concepts = findings.iter().map(|f| (lexicon.concept(f.mention.concept), f.mention.how == How::Misspelt));
    concepts.filter(|(c, _)| c.kind != ConceptKind::Confuser).map(|(c, m)| (c.id.as_str(), m)).collect()
}

#[test]
fn what_is_written_is_found() {
    let text = std::fs::read_to_string(root().join("corpus/words/phrasings.yaml")).unwrap();
    let phrasings: Phrasings = cervicode::knowledge::yaml::parse(&text).unwrap();
    assert_eq!(phrasings.version, 1);
    let engine = Engine::built_in().unwrap();
    let mut faults = Vec::new();
    for p in &phrasings.words {
        // alone and in a sentence
        let sentence = format!("She came because of {}.", p.text);
        for text in [p.text.clone(), sentence] {
            let found = named(&engine, &text);
            let right = if p.names == "none" { found.is_empty() } else { found.contains(&(p.names.as_str(), p.misspelt)) };
            if !right {
                faults.push(format!("`{}` names {} (misspelt: {}), found {found:?}", text.escape_debug(), p.names, p.misspelt));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let neck_pain = phrasings.words.iter().filter(|p| p.names == "neck-pain").count();
    assert!(neck_pain >= 50, "{neck_pain} ways to say neck pain");
}

/// Everyday and clinical words one slip away from words of ours.
#[test]
fn right_words_stay_as_they_are() {
    let engine = Engine::built_in().unwrap();
    for word in [
        "discus",
        "discuss",
        "radial",
        "lumber",
        "plumbago",
        "regeneration",
        "numbers",
        "smoulder",
        "lightness",
        "intrusion",
        "branchial",
        "neurotic",
        "myopathy",
        "trapezium",
        "dystocia",
        "allocation",
        "tinkling",
        "sciatic",
        "cervicitis",
        "services",
        "serial",
        "clerical",
        "vertical",
        "vertebrate",
        "stenographer",
        "thematic",
        "hesitation",
        "starvation",
        "rotation",
        "weariness",
        // made of words of ours
        "backpack",
        "background",
        "backbone",
        "backhand",
        "backseat",
        "headache",
        "headlight",
        "headrest",
        "heartburn",
        "earache",
        "toothache",
        "stomachache",
        "forearm",
        "underarm",
        "armchair",
        "armrest",
        "handout",
        "handsome",
        "handicap",
        "elbowroom",
        "footplate",
        "footsore",
        "legroom",
        "neckline",
        "necklace",
        "shoulderblade",
        "brainstem",
        "nobody",
        "radicand",
        "rubberneck",
        "longterm",
        "outpatient",
        "postprocedure",
        "hispanic",
        "company",
        "compare",
        "painkiller",
        "painful",
        "painstaking",
        "discord",
        "jawbone",
        "strained",
    ] {
        let found = named(&engine, &format!("The word {word} stands here."));
        assert!(found.iter().all(|(_, misspelt)| !misspelt), "{word}: {found:?}");
    }
}

#[test]
fn what_was_put_right_is_told() {
    let engine = Engine::built_in().unwrap();
    let notices = |text: &str| engine.review(&Note::new("words", text), cervicode::span::Unit::Bytes).notices;
    let told: Vec<String> =
        notices("A: Cervical radiculpathy, neckpain. Cervical radiculpathy.").into_iter().filter(|n| n.starts_with("misspelt")).collect();
    let wanted = ["\"Cervical radiculpathy\" was read as Radiculopathy", "\"neckpain\" was read as Neck pain"];
    assert_eq!(told, wanted.map(|w| format!("misspelt or run together: {w}")));
    assert!(!notices("A: Cervical radiculopathy, neck pain.").iter().any(|n| n.starts_with("misspelt")));
}
