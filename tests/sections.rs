//! Headings: every one that is known, in every shape; none in prose; an unknown one ends what stands before it and is told.

use cervicode::engine::Engine;
use cervicode::knowledge::Knowledge;
use cervicode::knowledge::sections::assesses;
use cervicode::knowledge::source::Document;
use cervicode::knowledge::source::sections::HeadingUse;
use cervicode::layout::{Section, layout, sections};
use cervicode::note::Note;
use cervicode::span::Unit;
use cervicode::vocab::{SectionKind, Status};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());

/// Titles with their kinds.
fn titles() -> Vec<(String, SectionKind)> {
    let files = Knowledge::embedded_sources().unwrap();
    let docs = files.into_iter().filter_map(|f| if let Document::Sections(d) = f.document { Some(d) } else { None });
    let headings = docs.flat_map(|d| d.headings).filter(|h| h.how == HeadingUse::Heading);
    headings.flat_map(|h| h.terms.into_iter().map(move |t| (t.value.to_string(), h.kind))).collect()
}

fn sections_of(text: &str) -> Vec<Section> {
    sections(text, &ENGINE.knowledge)
}

fn capital(words: &str) -> String {
    words.split(' ').map(|w| w[..1].to_uppercase() + &w[1..]).collect::<Vec<_>>().join(" ")
}

fn first(words: &str) -> String {
    words[..1].to_uppercase() + &words[1..]
}

/// Shapes of a heading, and whether it stands alone on its line.
fn shapes(title: &str) -> Vec<String> {
    let (big, caps, one) = (title.to_uppercase(), capital(title), first(title));
    vec![
        format!("{big}\n"),
        format!("{big}:\n"),
        format!("{big}: "),
        format!("{caps}\n"),
        format!("{caps}:\n"),
        format!("{caps}: "),
        format!("{one}:\n"),
        format!("**{caps}**\n"),
        format!("**{caps}:** "),
        format!("## {caps}\n"),
        format!("{caps}\n-------\n"),
        format!("{big} - "),
        format!("  {big}:\n"),
        format!("[{caps}]\n"),
        format!("<b>{caps}</b>\n"),
        format!("=== {big} ===\n"),
    ]
}

#[test]
fn every_assessing_heading_is_seen_in_every_shape() {
    let assessing: Vec<_> = titles().into_iter().filter(|(t, k)| assesses(*k) && t.len() > 3 && t.is_ascii()).collect();
    let mut missed = Vec::new();
    let mut all = 0;
    for (title, kind) in &assessing {
        for heading in shapes(title) {
            for end in ["\n", "\r\n", "\r", "\u{85}", "\u{c}", "\u{2028}"] {
                let text = format!("HPI:\nSore neck since May.\n\n{heading}Neck strain.\n\nPlan:\nHeat.\n").replace('\n', end);
                all += 1;
                if !sections_of(&text).iter().any(|s| s.kind == *kind) {
                    missed.push(format!("{text:?}"));
                }
            }
        }
    }
    assert!(missed.len() * 100 <= all, "{} of {all} are not seen:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn prose_opens_no_section() {
    let mut opened = Vec::new();
    for (title, kind) in titles().into_iter().filter(|(t, _)| t.len() > 3 && t.is_ascii()) {
        for text in [
            format!("We spoke about the {title} of the visit and agreed."),
            format!("The {}: of the examiner it is not known.", first(&title)),
            format!("He was seen again; her {title} was reviewed with him\nand the {title} of last year was set aside."),
            format!("She asked about {title}, diet and sleep."),
        ] {
            if let Some(s) = sections_of(&text).iter().find(|s| s.kind != SectionKind::Preamble) {
                opened.push(format!("{:?} ({kind}) in {text:?}", s.kind));
            }
        }
    }
    assert!(opened.is_empty(), "{} opened:\n{}", opened.len(), opened.join("\n"));
}

/// A line of a heading's shape that is not known ends the section before it, is told, and nothing is coded from it.
#[test]
fn an_unknown_heading_ends_a_section_and_is_told() {
    for (title, mark) in [
        ("ZYXGRUB:", ""),
        ("Zyxgrub Quorv:", ""),
        ("ZYXGRUB QUORV", ""),
        ("Zyxgrub Quorv Notes:", ""),
        ("ZYXGRUB (QUORV):", ""),
        ("**ZYXGRUB QUORV**", "**"),
        ("**Zyxgrub Quorv:**", "**"),
        ("## Zyxgrub", "## "),
        ("### Zyxgrub Quorv", "### "),
    ] {
        let text = format!("{mark}Assessment:\nNeck strain.\n\n{title}\nCervical radiculopathy.\n\nPlan:\nHeat.\n");
        let kinds: Vec<SectionKind> = sections_of(&text).iter().map(|s| s.kind).collect();
        assert_eq!(kinds, [SectionKind::Assessment, SectionKind::Unknown, SectionKind::Plan], "{text:?}");
        let report = ENGINE.review(&Note::new("law", text.as_str()), Unit::Codepoints);
        let told = report.sections.iter().find(|s| s.kind == SectionKind::Unknown).and_then(|s| s.title.as_deref());
        assert!(told.is_some_and(|t| t.to_lowercase().contains("zyxgrub")), "{title}: {told:?}");
        let radiculopathy = |c: &str| c.starts_with("M54.1");
        assert!(!report.codes.iter().any(|c| radiculopathy(&c.code.to_string()) && c.status == Status::Supported), "{title}");
    }
}

const SOAP: [SectionKind; 4] = [SectionKind::Hpi, SectionKind::Exam, SectionKind::Assessment, SectionKind::Plan];

#[test]
fn single_letters_are_the_four_parts_of_a_visit() {
    for (mark, between) in [
        (": ", "\n"),
        (":\n", "\n"),
        (":", "\n"),
        (" - ", "\n"),
        (") ", "\n"),
        ("\n", "\n\n"),
        (":  ", "\r\n"),
        ("\t", "\n"),
        (". ", "\n"),
        (" : ", "\n"),
        ("/ ", "\n"),
        // one line without stops
        (": ", " "),
    ] {
        let parts = [("S", "Sore neck."), ("O", "Tender."), ("A", "Neck strain."), ("P", "Heat.")];
        let said = |words: &str| if between == " " { words.trim_end_matches('.').to_owned() } else { words.to_owned() };
        let text = parts.map(|(letter, words)| format!("{letter}{mark}{}", said(words))).join(between);
        let kinds: Vec<SectionKind> = sections_of(&text).iter().map(|s| s.kind).collect();
        assert_eq!(kinds, SOAP, "{text:?}");
    }
}

/// The library, one note, many notes and standard input say the same bytes.
#[test]
fn every_surface_says_the_same() {
    let text = "S: Sore neck for 2 weeks, no numbness.\nO: Tender.\nA: Cervical strain.\nP: Heat.\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("visit.txt");
    std::fs::write(&file, text).unwrap();
    let ndjson = folder.path().join("visit.ndjson");
    std::fs::write(&ndjson, format!("{}\n", serde_json::json!({ "id": "visit.txt", "text": text }))).unwrap();
    let run = |args: &[&str], input: &str| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let args = std::iter::once("cervicode").chain(args.iter().copied()).map(Into::into);
        let status = cervicode::cli::run_with(args, Box::new(std::io::Cursor::new(input.to_owned().into_bytes())), &mut out, &mut err);
        assert_eq!(status, 0, "{}", String::from_utf8_lossy(&err));
        String::from_utf8(out).unwrap()
    };
    let (file, ndjson) = (file.to_string_lossy(), ndjson.to_string_lossy());
    let one = run(&["code", "--format", "ndjson", &file], "");
    let report = ENGINE.review(&Note::new("visit.txt", text), Unit::Codepoints);
    assert_eq!(one.trim_end(), serde_json::to_string(&report).unwrap());
    assert_eq!(one, run(&["scan", &file], ""));
    assert_eq!(one, run(&["scan", &ndjson], ""));
    assert_eq!(one, run(&["scan", "-", "--input", "ndjson"], &std::fs::read_to_string(&*ndjson).unwrap()));
    assert_eq!(one, run(&["code", "--format", "ndjson", &ndjson], ""));
}

/// A text without a stop is parted, so that no cue, level or rule reaches over thousands of words; nothing of it is lost.
#[test]
fn an_endless_sentence_is_parted() {
    let endless = |phrase: &str| format!("Assessment: {}", phrase.repeat(3000));
    for text in [endless("neck pain "), endless("neck pain, "), endless("no neck pain and arm pain,\n")] {
        let layout = layout(&text, &ENGINE.knowledge);
        assert!(layout.sentences.iter().all(|s| s.tokens.len() <= 500));
        let tokens: usize = layout.sentences.iter().map(|s| s.tokens.len()).sum();
        assert_eq!(tokens, layout.folded.tokens.len());
    }
    let report = ENGINE.review(&Note::new("endless", endless("neck pain ")), Unit::Codepoints);
    assert_eq!(report.findings.len(), 3000);
    assert!(report.codes.iter().any(|c| c.code.to_string() == "M54.2"));
}
