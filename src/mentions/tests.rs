//! Spans, regions and laws of mentions; what is found at all is proved by the cases in the lexicon.

use super::*;
use crate::knowledge::source::SourceFile;
use crate::layout;
use std::path::Path;
use std::sync::LazyLock;

static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(|| {
    let mut problems = Vec::new();
    let files = crate::knowledge::read_folder(Path::new(env!("CARGO_MANIFEST_DIR")), &mut problems);
    assert!(problems.is_empty(), "{problems:#?}");
    files
});

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let mut problems = Vec::new();
    let knowledge = Knowledge::compile(&FILES, &mut problems);
    let ours: Vec<String> = problems.iter().filter(|p| p.code.starts_with("K01")).map(ToString::to_string).collect();
    assert!(ours.is_empty(), "{}", ours.join("\n"));
    knowledge
});

/// What is found in a text: `concept@region words`.
fn found(text: &str) -> Vec<String> {
    let layout = layout::layout(text, &KNOWLEDGE);
    let show = |m: &Mention| {
        let words: Vec<&str> = m.spans.iter().map(|s| s.of(text)).collect();
        let region = m.region.as_ref().map_or(String::new(), |r| format!("@{}", r.0));
        format!("{}{region} {}", KNOWLEDGE.lexicon.concept(m.concept).id, words.join(" … "))
    };
    mentions(text, &layout, &KNOWLEDGE).iter().map(show).collect()
}

/// Each sentence with all that is found in it.
const SENTENCES: &[(&str, &[&str])] = &[
    // findings in a row share sites, sites in a row share findings
    (
        "Ache and tightness of the neck and low back.",
        &["neck-pain@cervical Ache … neck", "low-back-pain@lumbar Ache … low back", "neck-stiffness@cervical tightness of the neck"],
    ),
    ("Neck and right forearm pain.", &["neck-pain@cervical Neck … pain", "arm-pain@forearm forearm pain"]),
    ("Soreness in the neck and hand tingling.", &["neck-pain@cervical Soreness in the neck", "arm-paresthesia@hand hand tingling"]),
    ("Pain in the neck, stiffness too.", &["neck-pain@cervical Pain in the neck", "neck-stiffness@cervical neck, stiffness"]),
    ("Neck: no pain.", &["neck-pain@cervical Neck … pain"]),
    // the pain of another part that goes to the neck is not pain of the neck
    ("Jaw ache radiating into the neck.", &[]),
    ("Shoulder pain up to the neck.", &["shoulder-pain@shoulder Shoulder pain"]),
    ("Pain shooting from the neck to the elbow.", &["neck-pain@cervical Pain shooting from the neck"]),
    // regions of diagnoses
    ("Cervical and lumbar spondylosis.", &["spondylosis@cervical Cervical … spondylosis", "spondylosis@lumbar lumbar spondylosis"]),
    ("Disc bulges at C3-4, C4-5 and C5-6.", &["disc-displacement@cervical Disc bulges"]),
    ("Bulging disc at L4-5.", &["disc-displacement@lumbar Bulging disc"]),
    ("C7-T1 stenosis.", &["spinal-stenosis@cervicothoracic C7-T1 stenosis"]),
    ("Right arm radiculopathy.", &["radiculopathy radiculopathy"]),
    ("Facet arthropathy of C2-3.", &["facet-arthropathy@cervical Facet arthropathy"]),
    ("Neck pain in the setting of arthritis.", &["neck-pain@cervical Neck pain", "spondylosis@cervical Neck … arthritis"]),
    ("Neck pain and knee arthritis.", &["neck-pain@cervical Neck pain"]),
    // strain and sprain
    ("Cervical sprain and strain.", &["cervical-sprain@cervical Cervical sprain", "neck-strain@cervical Cervical … strain"]),
    ("Neck strain/sprain.", &["sprain-strain@cervical Neck strain/sprain"]),
    // the past of a procedure
    ("S/p C5-6 ACDF.", &["fusion-status@cervical ACDF"]),
    ("Discussed C5-6 ACDF.", &["cervical-fusion-procedure@cervical ACDF"]),
    // longer phrases win
    ("Wears a neck brace; femoral neck intact.", &["femoral-neck femoral neck"]),
    ("Vocal cord lesion.", &[]),
    // misspelt
    ("Cervcal spondylsis.", &["spondylosis@cervical Cervcal spondylsis"]),
    ("Discus throw; radial pulse; lumber yard.", &[]),
    // written as one: each word at its own letters
    ("Neckand back pain.", &["neck-pain@cervical Neck … pain", "back-pain@back back pain"]),
    ("Neckandshoulder pain.", &["neck-pain@cervical Neck … pain", "shoulder-pain@shoulder shoulder pain"]),
    ("Left armnumbness, cervicalradiculopathy.", &["arm-numbness@arm armnumbness", "radiculopathy@cervical cervicalradiculopathy"]),
    ("Neckbrace; forearms; backhand; handsome; a postfusion day.", &[]),
];

#[test]
fn sentences() {
    let mut faults = Vec::new();
    for (text, expected) in SENTENCES {
        let got = found(text);
        if got != *expected {
            faults.push(format!("{text:?}\n  found    {got:?}\n  expected {expected:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn possible(text: &str) -> bool {
    candidates::possible(text, &KNOWLEDGE.fold(text), &KNOWLEDGE)
}

/// Terms of two or three words name the same when they are written as one, unless the whole is a word itself.
#[test]
fn words_written_as_one_are_read_as_they_are_meant() {
    let lexicon = &KNOWLEDGE.lexicon;
    let concepts = |text: &str| {
        let layout = layout::layout(text, &KNOWLEDGE);
        let found = mentions(text, &layout, &KNOWLEDGE).into_iter().map(|m| (m.concept, m.region.map(|r| r.0), m.how));
        found.collect::<Vec<_>>()
    };
    let mut parted = 0;
    for pattern in &lexicon.entries.patterns {
        let words: Vec<&str> = pattern.split_whitespace().collect();
        if !(2..=3).contains(&words.len()) || words.iter().any(|w| w.len() < 3 || !w.bytes().all(|b| b.is_ascii_lowercase())) {
            continue;
        }
        let (apart, one) = (words.join(" "), words.concat());
        let folded = KNOWLEDGE.fold(&one);
        if folded.tokens.len() == 1 {
            continue;
        }
        parted += 1;
        let (expected, got) = (concepts(&apart), concepts(&one));
        let same = expected.iter().map(|m| (m.0, &m.1)).eq(got.iter().map(|m| (m.0, &m.1)));
        assert!(same, "{apart}: {expected:?}, written as one {got:?}");
        assert!(got.iter().all(|m| m.2 == How::Misspelt), "{one}: {got:?}");
    }
    assert!(parted > 1000, "{parted}");
}

/// A phrase with one slip in its longest word: a letter left out, two exchanged, one written twice.
fn slips(phrase: &str) -> Vec<String> {
    let Some(word) = phrase.split_whitespace().filter(|w| w.is_ascii() && w.len() > 5).max_by_key(|w| w.len()) else { return Vec::new() };
    let (at, letters) = (word.len() / 2, word.as_bytes());
    let (one, two) = (char::from(letters[at]), char::from(letters[at + 1]));
    let (before, behind) = (&word[..at], &word[at + 2..]);
    let written = [format!("{before}{two}{behind}"), format!("{before}{two}{one}{behind}"), format!("{before}{one}{one}{two}{behind}")];
    written.into_iter().map(|slip| phrase.replace(word, &slip)).collect()
}

/// So many texts of the test below name a target, and so many of those with a slip.
const NAMED: usize = 10_000;
const SLIPPED: usize = 2500;

#[test]
fn no_note_that_names_a_target_is_turned_away() {
    let lexicon = &KNOWLEDGE.lexicon;
    let names_target = |text: &str| {
        let layout = layout::layout(text, &KNOWLEDGE);
        mentions(text, &layout, &KNOWLEDGE).iter().any(|m| lexicon.concept(m.concept).target)
    };
    let mut texts: Vec<String> = lexicon.entries.patterns.iter().map(ToString::to_string).collect();
    texts.extend(lexicon.entries.patterns.iter().map(|p| format!("NECK{}C5-6", p.to_uppercase())));
    texts.extend(lexicon.entries.patterns.iter().map(|p| format!("x {}\n pain", p.trim().replace(' ', "-"))));
    texts.extend(lexicon.entries.patterns.iter().map(|p| format!("{} in the neck", p.replace(' ', ""))));
    texts.extend(lexicon.entries.patterns.iter().map(|p| format!("cervical{}", p.trim())));
    texts.extend(lexicon.entries.patterns.iter().flat_map(|p| slips(p)));
    texts.push("Nekc pian.".to_owned());
    texts.push("Sore c\u{e9}rvical spine.".to_owned());
    let named: Vec<&String> = texts.iter().filter(|text| names_target(text)).collect();
    for text in &named {
        assert!(possible(text), "{text:?}");
    }
    // texts in which nothing is found would prove nothing
    let slipped = lexicon.entries.patterns.iter().flat_map(|p| slips(p)).filter(|text| names_target(text)).count();
    assert!(named.len() > NAMED && slipped > SLIPPED, "{} name a target, {slipped} of them with a slip", named.len());
    assert!(!possible("Sore throat and cough for three days. Lungs clear."));
    assert!(!possible("Knee pain after a fall; the ankle is bruised."));
}
