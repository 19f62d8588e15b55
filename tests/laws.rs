//! What holds of every note whatsoever.

use cervicode::codeset::Validity;
use cervicode::coding::Coded;
use cervicode::engine::{Engine, Reviewed};
use cervicode::knowledge::Knowledge;
use cervicode::knowledge::source::Document;
use cervicode::note::Note;
use cervicode::span::Span;
use cervicode::vocab::Status;
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
    keeps_the_code_set(text, &r.coded);
    let again = review(text);
    assert_eq!(format!("{:?}{:?}", r.findings, r.coded), format!("{:?}{:?}", again.findings, again.coded), "{text:?}");
}

/// The code set's own law: nothing invalid is suggested, and no two supported codes stand together that Excludes1 forbids.
pub fn keeps_the_code_set(text: &str, coded: &Coded) {
    let set = &coded.release.as_ref().expect("a release was picked").set;
    for s in &coded.suggestions {
        assert_eq!(set.validity(s.code), Validity::Valid, "{} of {text:?}", s.code);
    }
    for code in coded.flags.iter().flat_map(|f| &f.would_change).flat_map(|c| &c.codes) {
        assert_eq!(set.validity(*code), Validity::Valid, "{code}, offered for an answer, of {text:?}");
    }
    for a in &coded.suggestions {
        for b in coded.suggestions.iter().filter(|b| b.code != a.code) {
            let forbidden = set.excludes1(a.code, b.code).is_some();
            assert_eq!(a.conflicts_with.contains(&b.code), forbidden, "{} beside {} of {text:?}", a.code, b.code);
            assert!(!forbidden || a.status == Status::Review || b.status == Status::Review, "{} and {} of {text:?}", a.code, b.code);
        }
    }
    let named: Vec<_> = coded.suggestions.iter().map(|s| s.code).chain(coded.withheld.iter().map(|w| w.code)).collect();
    let distinct: std::collections::BTreeSet<_> = named.iter().collect();
    assert_eq!(named.len(), distinct.len(), "a code stands twice in the report of {text:?}");
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

/// A term of every concept: what an assessment could list.
static CONDITIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = Knowledge::embedded_sources().unwrap();
    let lexicons = files.iter().filter_map(|f| if let Document::Lexicon(d) = &f.document { Some(d) } else { None });
    let terms = lexicons.flat_map(|d| &d.concepts).filter_map(|c| c.terms.first());
    terms.map(|t| t.value.to_string()).collect()
});
const LEVELS: [&str; 6] = ["", "", "C5-6 ", "C4-5 and C6-7 ", "cervical ", "left "];
const JOINTS: [&str; 6] = ["\n", "\n2. ", " with ", " due to ", ", ", ". Probable "];

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
    fn hold_of_an_assessment_of_any_conditions(
        picks in prop::collection::vec((0..CONDITIONS.len(), 0..LEVELS.len(), 0..JOINTS.len()), 1..8),
        heading in prop::sample::select(vec!["A:\n", "Assessment and Plan:\n", "IMPRESSION:\n", "HPI: ", ""]),
    ) {
        let mut text = heading.to_string();
        for (condition, level, joint) in picks {
            text.push_str(LEVELS[level]);
            text.push_str(&CONDITIONS[condition]);
            text.push_str(JOINTS[joint]);
        }
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
