//! What holds of every note whatsoever.

use cervicode::engine::{Engine, Reviewed};
use cervicode::note::Note;
use cervicode::span::Span;
use proptest::prelude::*;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::built_in().unwrap());

fn review(text: &str) -> Reviewed {
    ENGINE.stages(&Note::new("law", text))
}

fn inside(text: &str, span: Span) -> bool {
    span.start <= span.end && text.get(span.start as usize..span.end as usize).is_some()
}

fn spans(r: &Reviewed) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::new();
    let layout = &r.layout;
    all.extend(layout.folded.tokens.iter().map(|t| t.span));
    all.extend(layout.sentences.iter().map(|s| s.span));
    all.extend(layout.items.iter().map(|i| i.span));
    all.extend(layout.sections.iter().flat_map(|s| s.title));
    for finding in &r.findings {
        all.extend(finding.mention.spans.iter().copied());
        all.extend(finding.assertion.cues.iter().flat_map(|c| [c.span, c.scope]));
        all.extend(finding.attributes.iter().map(|a| a.span));
    }
    let coded = &r.coded;
    let evidence = coded.suggestions.iter().flat_map(|s| &s.evidence).chain(coded.withheld.iter().flat_map(|w| &w.evidence));
    all.extend(evidence.chain(coded.flags.iter().flat_map(|f| &f.evidence)).map(|e| e.span));
    all.extend(coded.flags.iter().flat_map(|f| &f.query).flat_map(|q| q.indicators.iter().copied()));
    all
}

fn laws(text: &str) {
    let r = review(text);
    for span in spans(&r) {
        assert!(inside(text, span), "{span:?} is not on the boundaries of {text:?}");
    }
    let sections = &r.layout.sections;
    assert!(!sections.is_empty());
    assert_eq!((sections[0].start, sections[sections.len() - 1].end), (0, text.len() as u32), "{text:?}");
    for pair in sections.windows(2) {
        assert_eq!(pair[0].end, pair[1].start, "{text:?}");
    }
    for section in sections {
        assert!(section.start <= section.body_start && section.body_start <= section.end, "{text:?}");
    }
    for (i, sentence) in r.layout.sentences.iter().enumerate() {
        assert!(
            (sentence.section as usize) < sections.len() && (sentence.item as usize) < r.layout.items.len(),
            "sentence {i} of {text:?}"
        );
        assert!(sentence.tokens.end as usize <= r.layout.folded.tokens.len());
    }
    assert!(r.findings.windows(2).all(|w| w[0].mention.hull().start <= w[1].mention.hull().start), "{text:?}");
    let again = review(text);
    assert_eq!(format!("{:?}{:?}", r.findings, r.coded), format!("{:?}{:?}", again.findings, again.coded), "{text:?}");
}

fn codes(text: &str) -> String {
    let coded = review(text).coded;
    let suggestions: Vec<String> = coded.suggestions.iter().map(|s| format!("{} {}", s.code, s.status)).collect();
    let withheld: Vec<String> = coded.withheld.iter().map(|w| format!("{} {}", w.code, w.reason)).collect();
    let flags: Vec<&str> = coded.flags.iter().map(|f| f.flag.as_str()).collect();
    format!("{suggestions:?} {withheld:?} {flags:?}")
}

/// Pieces of notes, put together in any order: far likelier to meet a mechanism than random letters.
const PIECES: &[&str] = &[
    "neck pain",
    "Neck: ",
    "no ",
    "denies ",
    "C5-6 ",
    "C5/C6, ",
    "disc herniation",
    "radiculopathy",
    " with ",
    " due to ",
    "MVC",
    "\n",
    "\r\n",
    "\n\n",
    "A/P:\n",
    "Assessment: ",
    "HPI: ",
    "1. ",
    "2) ",
    "- ",
    "* ",
    "probable ",
    "?",
    "history of ",
    "mother has ",
    "for 3 weeks",
    " 7/10",
    ", ",
    "; ",
    ". ",
    "and ",
    "left arm",
    "numbness",
    "(",
    ")",
    "[ ] ",
    "[x] ",
    "😀",
    "é",
    "\u{a0}",
    "\t",
    "\u{c}",
    "\0",
    "spondylosis",
    "myelopathy",
    "s/p ",
    "ACDF",
    "stenosis ",
    "chronic ",
    "strain",
    "Impression",
    "PLAN",
    "rule out ",
    "06/04/2021",
    "x 3 days",
    "M54.2 ",
    "S13.4XXA",
    "if ",
    "return ",
    "\u{85}",
    "\u{301}",
    "ROS: ",
    "Yes ",
    "No",
    "C4 through C7 ",
    "0",
    "/",
    "ß",
    "İ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hold_of_any_text(text in any::<String>()) {
        laws(&text);
    }

    #[test]
    fn hold_of_pieces_of_notes(picks in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = picks.iter().map(|&i| PIECES[i]).collect();
        laws(&text);
    }

    #[test]
    fn line_ends_do_not_matter(picks in prop::collection::vec(0..PIECES.len(), 0..30)) {
        let text: String = picks.iter().map(|&i| PIECES[i]).filter(|p| !p.contains(['\r', '\u{85}', '\u{c}', '\0'])).collect();
        prop_assert_eq!(codes(&text), codes(&text.replace('\n', "\r\n")));
    }
}

#[test]
fn hold_of_the_corpus_cut_anywhere() {
    for note in crate::paths::corpus() {
        let text = &note.text;
        laws(text);
        for part in 1..4 {
            let mut at = text.len() * part / 4;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            laws(&text[..at]);
            laws(&text[at..]);
        }
        assert_eq!(codes(text), codes(&text.replace('\n', "\r\n")), "{}", note.id);
    }
}
