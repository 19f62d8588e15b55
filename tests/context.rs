//! What may not go wrong between a cue and what it speaks of, whatever the words are: the laws of context.

use crate::accuracy::words;
use cervicode::context::{Assertion, assertion_of, assertion_of_first};
use cervicode::engine::Engine;
use cervicode::knowledge::Knowledge;
use cervicode::knowledge::lexicon::entries::{Entry, Meaning};
use cervicode::knowledge::source::Document;
use cervicode::knowledge::source::context::{Axis, ContextDoc, Direction, Says};
use cervicode::mentions::Mention;
use cervicode::note::Note;
use cervicode::span::Span;
use cervicode::vocab::{EvidenceRole, Polarity, Status, Subject};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());

static RULES: LazyLock<Vec<ContextDoc>> = LazyLock::new(|| {
    let files = Knowledge::embedded_sources().unwrap();
    files.into_iter().filter_map(|f| if let Document::Context(d) = f.document { Some(d) } else { None }).collect()
});

fn of(text: &str, words: &str) -> Assertion {
    assertion_of_first(text, words, &ENGINE.knowledge).unwrap_or_else(|| panic!("no `{words}` in {text:?}"))
}

fn polarity(text: &str, words: &str) -> Polarity {
    of(text, words).polarity
}

fn said(a: &Assertion) -> String {
    format!("{} {} {} {}", a.polarity, a.certainty, a.time, a.subject)
}

/// Collects what is wrong, to show all of it.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn is(&mut self, text: &str, words: &str, wanted: Polarity) {
        let got = polarity(text, words);
        if got != wanted {
            self.0.push(format!("`{words}` in {text:?}: {got}"));
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{} faults:\n{}", self.0.len(), self.0.join("\n"));
    }
}

const FINDINGS: [&str; 4] = ["numbness", "fever", "arm weakness", "photophobia"];

/// Phrases of cues that say of what follows that it is not there.
fn denials() -> Vec<String> {
    let cues = RULES.iter().flat_map(|d| &d.cues).filter(|c| c.direction == Direction::Forward && c.says == [Says::Absent]);
    // what speaks of events alone denies no symptom
    let cues = cues.filter(|c| !c.glued && !c.events && c.words.is_none());
    let phrases = cues.flat_map(|c| &c.phrases).map(|p| p.value.clone());
    phrases.filter(|p| p.starts_with(|c: char| c.is_ascii_alphabetic()) && !p.contains(['<', ':'])).map(|p| p.to_string()).collect()
}

#[test]
fn a_list_under_one_cue_is_denied_as_a_whole() {
    let mut faults = Faults::default();
    for cue in
        ["No", "Denies", "Patient denies", "There is no", "Negative for", "No evidence of", "Without", "Has no complaints of", "Never had"]
    {
        for joint in [", ", " or ", " and ", " and/or ", "/", " & ", ", or ", ", and ", " nor ", ", no "] {
            // "spondylosis without myelopathy, stenosis": its list is one only if "or" closes it
            if cue == "Without" && !joint.contains("or") {
                continue;
            }
            let text = format!("{cue} {}.", FINDINGS.join(joint));
            FINDINGS.iter().for_each(|f| faults.is(&text, f, Polarity::Absent));
            let mixed = format!("{cue} {}, {}, {}{joint}{}.", FINDINGS[0], FINDINGS[1], FINDINGS[2], FINDINGS[3]);
            FINDINGS.iter().for_each(|f| faults.is(&mixed, f, Polarity::Absent));
        }
        for turn in [
            " and she has ",
            " and he reports ",
            ", he has ",
            " but has ",
            "; he has ",
            ", but there is ",
            " and/or she has ",
            " and/or has ",
        ] {
            let text = format!("{cue} numbness, fever or photophobia{turn}arm weakness.");
            FINDINGS.iter().for_each(|f| faults.is(&text, f, if *f == "arm weakness" { Polarity::Present } else { Polarity::Absent }));
        }
    }
    faults.none();
}

/// "negative for stroke" and "is negative for stroke": what stands before a cue, and cues within it, leave its reach as it is.
#[test]
fn every_denial_reaches_its_whole_list_whatever_stands_before_it() {
    let mut faults = Faults::default();
    for cue in denials() {
        for before in ["", "is ", "Exam is ", "He was ", "Today she "] {
            let text = format!("{before}{cue} numbness, fever or photophobia.");
            ["numbness", "fever", "photophobia"].iter().for_each(|f| faults.is(&text, f, Polarity::Absent));
        }
    }
    faults.none();
}

const LABELS: [&str; 10] =
    ["Detail: ", "Neck: ", "Comment: ", "MSK: ", "Neurologic: ", "Pertinent points: ", "Zyxgrub: ", "Left side: ", "Today: ", "Update 3: "];

#[test]
fn a_label_ends_nothing_but_itself() {
    let mut faults = Vec::new();
    for m in crate::invariance::closed() {
        let was = said(&assertion_of(&m.text, m.target, &ENGINE.knowledge));
        for label in LABELS {
            let text = format!("{label}{}", m.text);
            let by = label.len() as u32;
            let is = said(&assertion_of(&text, Span::new(m.target.start + by, m.target.end + by), &ENGINE.knowledge));
            if was != is {
                faults.push(format!("`{}` in {text:?}: {was} became {is}", m.target.of(&m.text)));
            }
        }
    }
    assert!(faults.is_empty(), "{} changed:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_value_speaks_of_its_label_in_every_spacing() {
    let mut faults = Faults::default();
    let labels = ["Fever", "Neck pain", "Arm numbness", "Spurling's test"];
    let values = [("none", false), ("no", false), ("No", false), ("neg", false), ("negative", false), ("denied", false), ("absent", false)];
    let values = values.into_iter().chain([
        ("-", false),
        ("N", false),
        ("yes", true),
        ("Yes", true),
        ("positive", true),
        ("present", true),
        ("+", true),
        ("Y", true),
    ]);
    for (value, there) in values {
        let wanted = if there { Polarity::Present } else { Polarity::Absent };
        let signs: &[&str] = if value == "-" {
            &[":", " :", ": ", " : ", "= ", " = "]
        } else {
            &[":", " :", ": ", " : ", ":  ", ":\t", " - ", " – ", "= ", " = ", "=", "......", " .... "]
        };
        for label in labels {
            for sign in signs {
                let cell = format!("{label}{sign}{value}");
                for text in
                    [cell.clone(), format!("{cell}\n"), format!("- {cell}\n- Cough: yes\n"), format!("{cell}\nCough: yes\nChills: no\n")]
                {
                    faults.is(&text, label, wanted);
                }
                // the neighbour's value is the neighbour's own
                for other in ["no", "yes"] {
                    if sign.contains(':') {
                        faults.is(&format!("{cell}  Cough: {other}"), label, wanted);
                        faults.is(&format!("Cough: {other}  {cell}"), label, wanted);
                        faults.is(&format!("{cell}, Cough: {other}"), label, wanted);
                        faults.is(&format!("{cell}; Cough: {other}"), label, wanted);
                    }
                }
            }
            if !matches!(value, "-" | "+") {
                faults.is(&format!("| {label} | {value} |\n| Cough | yes |\n"), label, wanted);
                faults.is(&format!("| Cough | no | {label} | {value} |\n"), label, wanted);
            }
        }
    }
    for label in labels {
        faults.is(&format!("{label} [x] yes [ ] no"), label, Polarity::Present);
        faults.is(&format!("{label} [ ] yes [x] no"), label, Polarity::Absent);
        faults.is(&format!("[x] {label}\n[ ] cough\n"), label, Polarity::Present);
        faults.is(&format!("[ ] {label}\n[x] cough\n"), label, Polarity::Absent);
        faults.is(&format!("☐ {label}\n☒ cough\n"), label, Polarity::Absent);
        faults.is(&format!("☒ {label}\n☐ cough\n"), label, Polarity::Present);
    }
    faults.none();
}

/// A sample of an answer on each axis that a terminator could end.
const AXIS_CUES: [(Axis, &str, &str); 4] = [
    (Axis::Polarity, "No", "absent"),
    (Axis::Certainty, "Possible", "possible"),
    (Axis::Time, "History of", "historical"),
    (Axis::Subject, "Mother has", "family"),
];

fn on(axis: Axis, a: &Assertion) -> String {
    match axis {
        Axis::Polarity => a.polarity.to_string(),
        Axis::Certainty => a.certainty.to_string(),
        Axis::Time => a.time.to_string(),
        Axis::Subject => a.subject.to_string(),
    }
}

/// A terminator ends the axes that its rule names and no other.
#[test]
fn a_terminator_ends_the_axes_it_names() {
    let mut faults = Vec::new();
    let mut kept = 0;
    for t in RULES.iter().flat_map(|d| &d.terminators) {
        for phrase in &t.phrases {
            for (axis, cue, answer) in AXIS_CUES.iter().filter(|(axis, _, _)| !t.ends.contains(axis)) {
                let text = format!("{cue} fever {} numbness.", phrase.value);
                let alone = format!("{} numbness.", phrase.value);
                // another cue in the phrase may answer by itself
                if !of(&text, "numbness").cues.is_empty()
                    && on(*axis, &of(&text, "numbness")) != *answer
                    && of(&alone, "numbness").cues.is_empty()
                {
                    faults.push(format!("{} ({}): {text:?}", t.id.value, on(*axis, &of(&text, "numbness"))));
                }
                kept += usize::from(on(*axis, &of(&text, "numbness")) == *answer);
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(kept > 100, "{kept}");
}

/// Every answer that is not the plain one says what gave it: words of the note, what they reach, and a rule with a place.
fn explained(text: &str, target: Span, a: &Assertion) -> Result<(), String> {
    let plain = Assertion::default();
    let differs = (a.polarity, a.certainty, a.time, a.subject) != (plain.polarity, plain.certainty, plain.time, plain.subject);
    let fault = |why: &str| Err(format!("{why}: `{}` ({}) in {text:?}: {:?}", target.of(text), said(a), a.cues));
    if differs && a.cues.is_empty() {
        return fault("no cue");
    }
    for cue in &a.cues {
        if cue.span.of(text).trim().is_empty() || cue.scope.of(text).trim().is_empty() {
            return fault("a cue without words or scope");
        }
        if ENGINE.knowledge.names.id(cue.rule).is_empty() || ENGINE.knowledge.names.at(cue.rule).line == 0 {
            return fault("a cue without a rule");
        }
    }
    Ok(())
}

/// By rule id: what may make an assertion. Terminators and pseudo-cues are none of it.
fn speaking() -> BTreeSet<String> {
    let docs = || RULES.iter();
    let cues = docs().flat_map(|d| d.cues.iter().map(|c| c.id.value.clone()));
    let values = docs().flat_map(|d| d.values.iter().map(|v| v.id.value.clone()));
    cues.chain(values).chain(docs().flat_map(|d| d.priors.iter().map(|p| p.id.value.clone()))).map(|id| id.to_string()).collect()
}

#[test]
fn every_answer_says_what_gave_it() {
    let speaking = speaking();
    let mut faults = Vec::new();
    let mut given = 0;
    let mut judge = |text: &str, target: Span, a: &Assertion| {
        given += a.cues.len();
        faults.extend(explained(text, target, a).err());
        for cue in &a.cues {
            let id = ENGINE.knowledge.names.id(cue.rule);
            if !speaking.contains(id) {
                faults.push(format!("`{id}` made an assertion in {text:?}"));
            }
        }
    };
    for m in words() {
        judge(&m.text, m.target, &assertion_of(&m.text, m.target, &ENGINE.knowledge));
    }
    for note in crate::paths::corpus() {
        for f in ENGINE.stages(&note).findings {
            judge(&note.text, f.mention.hull(), &f.assertion);
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(given > 1000, "{given}");
}

/// No cue stands whole in the name of what it speaks of, and mentions that share their head share their answer.
#[test]
fn names_and_cues_stay_apart_and_shared_heads_agree() {
    let lexicon = &ENGINE.knowledge.lexicon;
    // shared words of a place are no head: "cervical spondylosis without radiculopathy"
    let is_head = |shared: &str| {
        let mut head = false;
        let folded = ENGINE.knowledge.fold(shared);
        lexicon.entries.finder.each_in(&folded, |_, _, phrase| {
            // a word that names something only as a guess is no head elsewhere: "tenderness over the *facet*, no spasm"
            let guessed = |e: &Entry| e.company.is_some_and(|c| lexicon.entries.company[c as usize].guessed);
            let names = |e: &Entry| matches!(e.meaning, Meaning::Concept(_) | Meaning::Finding(..)) && !guessed(e);
            head |= lexicon.entries.meanings[phrase].iter().any(names);
        });
        head
    };
    let mut faults = Vec::new();
    let mut shared = 0;
    let sentences = words().into_iter().map(|m| Note::new("sentence", m.text));
    let made = denials().into_iter().flat_map(|cue| {
        let texts = ["neck pain, stiffness and arm numbness", "neck and arm pain", "pain in the neck or shoulder", "C5-6 disc herniation"];
        texts.map(|t| Note::new("made", format!("{cue} {t}.")))
    });
    for note in crate::paths::corpus().into_iter().chain(sentences).chain(made) {
        let text = &note.text;
        let findings = ENGINE.stages(&note).findings;
        for f in &findings {
            for cue in &f.assertion.cues {
                if let Some(span) = f.mention.spans.iter().find(|s| s.contains(cue.span)) {
                    faults.push(format!("`{}` holds the cue `{}` in {text:?}", span.of(text), cue.span.of(text)));
                }
            }
        }
        for (i, a) in findings.iter().enumerate() {
            for b in &findings[i + 1..] {
                let pairs =
                    a.mention.spans.iter().flat_map(|s| b.mention.spans.iter().map(move |t| (s.start.max(t.start), s.end.min(t.end))));
                let heads = pairs.filter(|(start, end)| start < end && is_head(Span::new(*start, *end).of(text))).count();
                shared += heads;
                if heads > 0 && said(&a.assertion) != said(&b.assertion) {
                    let words = |m: &Mention| m.spans.iter().map(|s| s.of(text)).collect::<Vec<_>>().join(" … ");
                    let (one, other) = (words(&a.mention), words(&b.mention));
                    faults.push(format!("`{one}` is {}, `{other}` is {} in {text:?}", said(&a.assertion), said(&b.assertion)));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(shared > 100, "{shared}");
}

/// Nothing that follows a sentence, or stands before it, changes what is said in it.
#[test]
fn sentences_keep_their_cues_to_themselves() {
    let closed = crate::invariance::closed();
    let mut faults = Vec::new();
    for (i, m) in closed.iter().enumerate() {
        let was = said(&assertion_of(&m.text, m.target, &ENGINE.knowledge));
        for step in [1, 7, 101, 367] {
            let other = &closed[(i + step) % closed.len()].text;
            for between in [" ", "\n", "\n\n"] {
                let after = format!("{}{between}{other}", m.text);
                let is = said(&assertion_of(&after, m.target, &ENGINE.knowledge));
                if was != is {
                    faults.push(format!("`{}` in {after:?}: {was} became {is}", m.target.of(&m.text)));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} changed:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn numbers_of_lists_glued_to_words_are_split() {
    let mut faults = Faults::default();
    for number in ["1", "2", "10", "12"] {
        for mark in [".", ")", "-", ":", "]"] {
            for cue in ["No evidence of", "No", "Denies", "Without"] {
                faults.is(&format!("{number}{mark}{cue} fever."), "fever", Polarity::Absent);
                faults.is(&format!("1{mark}Neck pain\n2{mark}{cue} fever\n3{mark}Arm weakness\n"), "fever", Polarity::Absent);
                faults.is(&format!("1{mark}Neck pain\n2{mark}{cue} fever\n3{mark}Arm weakness\n"), "Arm weakness", Polarity::Present);
                faults.is(&format!("1{mark}Neck pain\n2{mark}{cue} fever\n"), "Neck pain", Polarity::Present);
            }
        }
    }
    faults.none();
}

#[test]
fn a_cue_within_a_longer_word_says_nothing() {
    let mut faults = Vec::new();
    for phrase in RULES.iter().flat_map(|d| &d.cues).flat_map(|c| &c.phrases).map(|p| &p.value) {
        if !phrase.bytes().all(|b| b.is_ascii_alphabetic()) {
            continue;
        }
        for word in [format!("qu{phrase}ix"), format!("{phrase}ixqu"), format!("quix{phrase}")] {
            for text in [format!("The {word} fever."), format!("Fever {word} .")] {
                let target = if text.starts_with('F') { "Fever" } else { "fever" };
                if said(&of(&text, target)) != said(&Assertion::default()) {
                    faults.push(text);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every code that is supported rests on a finding that is said to be there, now, surely, of the patient.
#[test]
fn no_code_without_its_assertion() {
    let mut supported = 0;
    for note in crate::paths::corpus() {
        let r = ENGINE.stages(&note);
        for s in r.coded.suggestions.iter().filter(|s| s.status == Status::Supported) {
            let mentions: Vec<Span> = s.evidence.iter().filter(|e| e.role == EvidenceRole::Mention).map(|e| e.span).collect();
            let rests =
                |span: &Span| r.findings.iter().filter(|f| f.mention.spans.contains(span) || f.mention.hull() == *span).collect::<Vec<_>>();
            let found: Vec<_> = mentions.iter().flat_map(rests).collect();
            let right = found.iter().any(|f| f.assertion.polarity == Polarity::Present && f.assertion.subject == Subject::Patient);
            assert!(right, "{}: {} rests on {mentions:?}", note.id, s.code);
            supported += 1;
        }
    }
    assert!(supported > 50, "{supported}");
    // and each of the four answers alone takes the code away
    let codes =
        |text: &str| ENGINE.stages(&Note::new("law", text)).coded.suggestions.iter().filter(|s| s.status == Status::Supported).count();
    for (before, after) in
        [("", ""), ("No ", ""), ("Possible ", ""), ("History of ", ""), ("Mother has ", ""), ("If he gets ", ", he will call")]
    {
        for condition in ["cervical spondylosis", "cervical disc herniation", "cervical radiculopathy", "torticollis"] {
            let text = format!("Setting: outpatient\n\nAssessment: {before}{condition}{after}.");
            assert_eq!(codes(&text) > 0, before.is_empty(), "{text:?}");
        }
    }
}

/// Shapes of a line's end: each side is a scope of its own.
#[test]
fn line_ends_of_every_shape_part_what_they_part() {
    let mut faults = Faults::default();
    for end in [
        "\n",
        "\r\n",
        "\r",
        "\u{85}",
        "\u{c}",
        "\u{b}",
        "\u{2028}",
        "\u{2029}",
        "\n\n",
        "\r\n\r\n",
        "\n \t\n",
        "\n\u{a0}\n",
        "\n\0\n",
        "\n\u{200b}\n",
    ] {
        for bullet in ["- ", "* ", "• ", "1. ", "a) ", "+ ", "– ", "· "] {
            let text = format!("{bullet}No fever{end}{bullet}Neck pain{end}{bullet}Denies cough{end}{bullet}Arm weakness{end}");
            faults.is(&text, "fever", Polarity::Absent);
            faults.is(&text, "Neck pain", Polarity::Present);
            faults.is(&text, "cough", Polarity::Absent);
            faults.is(&text, "Arm weakness", Polarity::Present);
        }
        let text = format!("No fever.{end}Neck pain.{end}Denies cough.{end}Arm weakness.{end}");
        faults.is(&text, "Neck pain", Polarity::Present);
        faults.is(&text, "Arm weakness", Polarity::Present);
        for text in [format!("{end}No{end}"), end.repeat(40), format!("{end}\0{end}No fever\0{end}"), format!("No\0 fever{end}neck\0pain")]
        {
            let _ = ENGINE.stages(&Note::new("law", &text));
        }
    }
    faults.none();
}

/// A place of the patient is no finding that could be missing.
#[test]
fn places_are_not_denied() {
    let mut faults = Faults::default();
    for (text, there) in [
        ("He does not have any help at home.", "home"),
        ("No cane is used at work.", "work"),
        ("She has no pain at rest.", "rest"),
        ("No numbness on exam of the neck.", "neck"),
    ] {
        faults.is(text, there, Polarity::Present);
    }
    faults.none();
}
