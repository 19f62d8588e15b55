//! Runs the cases of rules/attributes with a handful of mentions found by plain search; the whole program's cases run elsewhere.

use crate::attributes::{self, case};
use crate::fold::fold_phrase;
use crate::knowledge::source::case::Case;
use crate::knowledge::source::lexicon::LexiconDoc;
use crate::knowledge::source::{Document, SourceFile};
use crate::knowledge::{self, Knowledge, yaml};
use crate::layout::{self, Layout};
use crate::mentions::{How, Mention};
use crate::note::Note;
use crate::span::Span;
use std::path::Path;

const LEXICON: &str = "
version: 1
concepts:
  - { id: t-neck-pain, title: Neck pain, kind: symptom, region: cervical, terms: [neck pain] }
  - { id: t-headache, title: Headache, kind: symptom, terms: [headache] }
  - { id: t-hnp, title: Disc herniation, kind: diagnosis, terms: [disc herniation, disc herniations] }
  - { id: t-radiculopathy, title: Radiculopathy, kind: diagnosis, terms: [radiculopathy] }
  - { id: t-strain, title: Strain, kind: diagnosis, terms: [cervical strain] }
sites:
  - { id: t-neck, region: cervical, terms: [cervical column] }
";

fn knowledge() -> (Knowledge, Vec<SourceFile>, LexiconDoc) {
    let mut problems = Vec::new();
    let files: Vec<_> = knowledge::read_folder(Path::new(env!("CARGO_MANIFEST_DIR")), &mut problems)
        .into_iter()
        .filter(|f| f.path.starts_with("rules/attributes/"))
        .collect();
    let doc: LexiconDoc = yaml::parse(LEXICON).unwrap();
    let mut all = files.clone();
    all.push(SourceFile { path: "lexicon/test.yaml".into(), document: Document::Lexicon(doc.clone()) });
    let knowledge = Knowledge::compile(&all, &mut problems);
    assert!(problems.is_empty(), "{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>());
    (knowledge, files, doc)
}

fn mentions(layout: &Layout, doc: &LexiconDoc, knowledge: &Knowledge) -> Vec<Mention> {
    let mut out = Vec::new();
    for concept in &doc.concepts {
        for term in &concept.terms {
            let pattern = fold_phrase(&term.value);
            for (at, _) in layout.folded.text.match_indices(&pattern) {
                let Some(start) = layout.folded.token_at(at as u32 + 1) else { continue };
                let start = start as u32;
                let tokens = start..start + pattern.trim().split(' ').count() as u32;
                let sentence = layout.sentences.iter().position(|s| s.tokens.contains(&start)).unwrap_or(0) as u32;
                let concept = knowledge.lexicon.find(&concept.id.value).unwrap();
                let spans = vec![super::scan::span_of(layout, tokens.clone())];
                let region = knowledge.lexicon.concept(concept).region.clone().map(|r| (r, None));
                out.push(Mention { concept, how: How::Term, spans, tokens, sentence, region });
            }
        }
    }
    out.sort_by_key(|m| m.tokens.start);
    out
}

fn failures(case: &Case, doc: &LexiconDoc, knowledge: &Knowledge) -> Vec<String> {
    let mut note = Note::new("case", case.note.value.clone());
    note.facts.date = case.date.as_deref().map(|d| d.parse().unwrap());
    let layout = layout::layout(&note.text, knowledge);
    let mentions = mentions(&layout, doc, knowledge);
    let words = case.of.as_deref().and_then(|of| note.text.find(of).map(|at| Span::new(at as u32, (at + of.len()) as u32)));
    let meant = |m: &Mention| words.is_none_or(|w| m.hull().overlaps(w));
    let all = attributes::attributes(&note, &layout, &mentions, knowledge).into_iter().zip(&mentions);
    let found: Vec<_> = all.filter(|(_, m)| meant(m)).flat_map(|(found, _)| found).collect();
    case::differences(&case.attributes, &found)
}

#[test]
fn cases_of_the_rules_hold() {
    let (knowledge, files, doc) = knowledge();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in &files {
        let Document::Attributes(rules) = &file.document else { continue };
        let cases = rules.cases.iter().chain(rules.values.iter().flat_map(|v| &v.cases));
        let cases = cases.chain(rules.quantities.iter().flat_map(|q| &q.cases)).chain(rules.links.iter().flat_map(|l| &l.cases));
        for case in cases {
            count += 1;
            for problem in failures(case, &doc, &knowledge) {
                wrong.push(format!("{}:{}: {:?}: {problem}", file.path, case.note.line, case.note.value));
            }
        }
        let notes = rules.links.iter().flat_map(|l| &l.note_cases).chain(rules.facts.iter().flat_map(|f| &f.note_cases));
        for case in notes {
            count += 1;
            for problem in case::note_differences(case, &knowledge) {
                wrong.push(format!("{}:{}: {:?}: {problem}", file.path, case.note.line, case.note.value));
            }
        }
    }
    assert!(count > 60, "{count} cases");
    assert!(wrong.is_empty(), "{} of {count} cases fail:\n{}", wrong.len(), wrong.join("\n"));
}

/// Splits a note into sentences at full stops, all in one section of the patient's story.
fn told(text: &str, knowledge: &Knowledge) -> Layout {
    let mut layout = layout::layout(text, knowledge);
    let mut sentences = Vec::new();
    let mut from = 0u32;
    for i in 0..layout.folded.tokens.len() as u32 {
        if layout.folded.word(i as usize) == "." {
            sentences.push(layout::Sentence { span: super::scan::span_of(&layout, from..i + 1), tokens: from..i + 1, section: 0, item: 0 });
            from = i + 1;
        }
    }
    layout.items.truncate(1);
    layout.items[0].sentences = 0..sentences.len() as u32;
    layout.sentences = sentences;
    layout
}

#[test]
fn values_link_to_what_they_are_said_of() {
    let (knowledge, _, doc) = knowledge();
    let of = |text: &str| {
        let note = Note::new("case", text);
        let layout = told(text, &knowledge);
        let mentions = mentions(&layout, &doc, &knowledge);
        let found = attributes::attributes(&note, &layout, &mentions, &knowledge);
        let name = |m: &Mention| knowledge.lexicon.concept(m.concept).id.trim_start_matches("t-").to_string();
        let pairs = mentions.iter().zip(found).flat_map(|(m, list)| list.into_iter().map(move |a| format!("{} {}", name(m), a.value)));
        pairs.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(of("Neck pain for 3 weeks. Headache for 2 days."), "neck-pain 21-21; headache 2-2");
    assert_eq!(of("Neck pain. Denies headache. He rates it 5/10."), "neck-pain 5/10");
    assert_eq!(of("Chronic neck pain, severe headache."), "neck-pain chronic; headache severe");
    assert_eq!(of("Left neck pain and right C6 radiculopathy."), "neck-pain left; radiculopathy right; radiculopathy C6");
    assert_eq!(of("Neck pain and headache for 5 days."), "neck-pain 5-5; headache 5-5");
    assert_eq!(of("Disc herniation at C5-6. Neck pain 4/10."), "hnp C5-C6; neck-pain 4/10");
}

#[test]
fn no_text_makes_it_fail() {
    let (knowledge, _, doc) = knowledge();
    let words = [
        "neck pain ",
        "C5",
        "-6",
        " x3",
        "d ",
        "/10",
        " since ",
        "2/30/2021 ",
        "99999",
        " 31 Feb ",
        "\n\n",
        "for ",
        "½",
        "é",
        " radiating to ",
        "left arm",
        ".",
        "..",
        " VAS ",
        "C7-T1",
        "T12 ",
        "S5-6",
    ];
    let mut seed = 7u32;
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(words[(seed >> 16) as usize % words.len()]);
        }
        let mut note = Note::new("case", text);
        note.facts.date = Some(jiff::civil::date(2024, 2, 29));
        let layout = layout::layout(&note.text, &knowledge);
        let mentions = mentions(&layout, &doc, &knowledge);
        for value in attributes::values(&note, &layout, &mentions, &knowledge) {
            let span = value.attribute.span;
            assert!(note.text.get(span.start as usize..span.end as usize).is_some());
        }
    }
}
