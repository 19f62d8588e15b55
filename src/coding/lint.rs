//! Whether a query may be sent: nine conditions, the same for the program's own queries and for one that a person wrote.
//!
//! The conditions follow the practice of compliant queries (AHIMA/ACDIS, 2022 update, as quoted by secondary sources; unverified). The words
//! that they forbid are knowledge (`rules/coding/query.yaml`).

use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::knowledge::coding::{Named, QueryRule, Saying};
use crate::knowledge::lexicon::ConceptId;
use crate::layout::{self, Layout};
use crate::mentions;
use crate::span::Span;
use crate::vocab::{ConceptKind, Polarity, Subject};
use regex::{Regex, bytes};
use std::sync::LazyLock;

/// A query as it would be sent.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The question with its quotes.
    pub question: &'a str,
    /// The answers to choose from.
    pub options: &'a [String],
    /// Words of the note that are listed beside the question.
    pub indicators: &'a [Span],
    /// The reviewer's private reason, which must not be sent.
    pub why: Option<&'a str>,
    /// Whether it is stored with the note's id and hash.
    pub recorded: bool,
    /// The diagnoses that question and options name, where that is known before (a query made from knowledge).
    pub named: Option<&'a Named>,
}

/// The diagnoses that a query of the knowledge names; read once for all notes.
pub(crate) fn named<'k>(rule: &'k QueryRule, knowledge: &Knowledge) -> &'k Named {
    rule.named.get_or_init(|| {
        let questions = std::iter::once(&rule.question).chain(&rule.open_question);
        let question = questions.flat_map(|q| diagnoses(&unquoted(q), knowledge)).collect();
        Named { question, options: rule.options.iter().map(|(o, ..)| (o.clone(), diagnoses(o, knowledge))).collect() }
    })
}

/// Diagnoses that words name.
fn diagnoses(words: &str, knowledge: &Knowledge) -> Vec<ConceptId> {
    let layout = layout::layout(words, knowledge);
    let named = mentions::mentions(words, &layout, knowledge);
    named.into_iter().map(|m| m.concept).filter(|c| knowledge.lexicon.concept(*c).kind == ConceptKind::Diagnosis).collect()
}

/// A condition of a query that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// At least one quoted indicator with its place.
    Q1,
    /// The question names no diagnosis that the note does not document.
    Q2,
    /// No payment, severity-credit or quality words.
    Q3,
    /// An option that names a new diagnosis is linked to an indicator.
    Q4,
    /// "Other" and "unable to determine" are offered.
    Q5,
    /// Yes and no only to confirm what is documented.
    Q6,
    /// Never a single clinical option.
    Q7,
    /// Stored with the note's id and hash.
    Q8,
    /// The reviewer's private reason is not in the text.
    Q9,
}

impl Condition {
    /// Its name ("Q4").
    pub const fn as_str(self) -> &'static str {
        match self {
            Condition::Q1 => "Q1",
            Condition::Q2 => "Q2",
            Condition::Q3 => "Q3",
            Condition::Q4 => "Q4",
            Condition::Q5 => "Q5",
            Condition::Q6 => "Q6",
            Condition::Q7 => "Q7",
            Condition::Q8 => "Q8",
            Condition::Q9 => "Q9",
        }
    }

    /// What it asks, in one sentence.
    pub const fn asks(self) -> &'static str {
        match self {
            Condition::Q1 => "a query quotes at least one indicator of the note, with its place",
            Condition::Q2 => "the question names no diagnosis that the note does not document",
            Condition::Q3 => "no word of payment, severity credit or quality stands in it, and no code",
            Condition::Q4 => "an option that names a new diagnosis needs an indicator that is quoted",
            Condition::Q5 => "\"Other (please specify)\" and \"Unable to determine\" are always offered",
            Condition::Q6 => "yes and no are offered only to confirm a documented diagnosis",
            Condition::Q7 => "there is never one clinical option alone",
            Condition::Q8 => "it is stored with the note's id and hash",
            Condition::Q9 => "the reviewer's private reason is not in the text",
        }
    }
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub condition: Condition,
    /// What of the query breaks it, in words that hold nothing of the note.
    pub found: String,
}

/// Words in double quotes, or in single quotes that stand free; of bytes, which compiles in a tenth of the time.
static QUOTED: LazyLock<bytes::Regex> = LazyLock::new(|| {
    let pattern = r#"(?-u)"([^"]{2,})"|(?:^|[\s(])'([^']{2,}(?:'[a-z][^']*)?)'(?:$|[\s).,;:])"#;
    bytes::Regex::new(pattern).expect("well formed")
});

/// Words without those that stand in quotes.
fn unquoted(words: &str) -> String {
    String::from_utf8_lossy(&QUOTED.replace_all(words.as_bytes(), " … ".as_bytes())).into_owned()
}

/// A code of the present or the former code set.
static CODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b|\b7[0-9]{2}\.[0-9]{1,2}\b").expect("well formed"));

/// Every condition that a query breaks, in order.
pub fn lint(draft: &Draft<'_>, text: &str, layout: &Layout, findings: &[Finding], knowledge: &Knowledge) -> Vec<Fault> {
    let reader = Reader { draft, text, layout, findings, knowledge };
    let mut faults = reader.faults();
    faults.sort_by_key(|f| f.condition);
    faults
}

struct Reader<'a> {
    draft: &'a Draft<'a>,
    text: &'a str,
    layout: &'a Layout,
    findings: &'a [Finding],
    knowledge: &'a Knowledge,
}

impl Reader<'_> {
    fn faults(&self) -> Vec<Fault> {
        let mut out = Vec::new();
        let mut fault = |condition, found: String| out.push(Fault { condition, found });
        let quotes = self.quotes();
        if quotes.is_empty() && self.draft.indicators.is_empty() {
            fault(Condition::Q1, "no words of the note are quoted".into());
        } else if !self.names_a_place() {
            fault(Condition::Q1, "no section is named beside the quote".into());
        }
        let asked = self.asked();
        let new = self.undocumented(asked.clone());
        for concept in &new {
            fault(Condition::Q2, format!("the question names `{}`", self.knowledge.lexicon.concept(*concept).id));
        }
        let sent = std::iter::once(self.stem()).chain(self.draft.options.iter().cloned()).collect::<Vec<_>>().join(" | ");
        if let Some(word) = self.word_of("query-payment-words", &sent) {
            fault(Condition::Q3, format!("`{word}`"));
        }
        // a code has a point between two characters; most queries have none
        let pointed = sent.as_bytes().windows(3).any(|w| w[1] == b'.' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphanumeric());
        if pointed && CODE.is_match(&sent) {
            fault(Condition::Q3, "a code".into());
        }
        let clinical: Vec<&String> =
            self.draft.options.iter().filter(|o| !self.is("query-other", o) && !self.is("query-undetermined", o)).collect();
        for option in &clinical {
            let named = self.undocumented(self.offered(option));
            if let Some(concept) = named.iter().find(|c| !self.linked(**c, &quotes)) {
                fault(Condition::Q4, format!("an option names `{}`", self.knowledge.lexicon.concept(*concept).id));
            }
        }
        let offers = |id: &str| self.draft.options.iter().any(|o| self.is(id, o));
        if !offers("query-other") || !offers("query-undetermined") {
            fault(Condition::Q5, "one of the two is missing".into());
        }
        let whole = |o: &str| self.saying("query-yes-no").is_some_and(|s| s.phrases.contains(&crate::fold::fold_phrase(o)));
        let yes_no = clinical.iter().any(|o| whole(o));
        let names_documented = !asked.is_empty() && new.is_empty();
        if yes_no && !names_documented {
            fault(Condition::Q6, "yes or no is asked of something that is not documented".into());
        }
        if clinical.len() == 1 {
            fault(Condition::Q7, "one clinical option stands alone".into());
        }
        if !self.draft.recorded {
            fault(Condition::Q8, "it is not stored with the note".into());
        }
        let folded = crate::fold::fold_phrase(&sent);
        let own = self.draft.why.map(crate::fold::fold_phrase).filter(|w| w.trim().len() > 8 && folded.contains(w.trim()));
        if own.is_some() {
            fault(Condition::Q9, "the private reason itself".into());
        } else if let Some(word) = self.word_of("query-private-words", &sent) {
            fault(Condition::Q9, format!("`{word}`"));
        }
        out
    }

    fn saying(&self, id: &str) -> Option<&Saying> {
        self.knowledge.coding.guidelines.get(id)
    }

    /// The first phrase of a list that stands in the text.
    fn word_of(&self, id: &str, text: &str) -> Option<String> {
        let folded = crate::fold::fold_phrase(text);
        self.saying(id)?.phrases.iter().find(|p| folded.contains(p.as_str())).map(|p| p.trim().to_string())
    }

    fn is(&self, id: &str, option: &str) -> bool {
        self.word_of(id, option).is_some()
    }

    /// Quotes of the question that stand in the note, white space apart.
    fn quotes(&self) -> Vec<String> {
        let plain = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
        let quoted = QUOTED.captures_iter(self.draft.question.as_bytes()).filter_map(|c| c.get(1).or(c.get(2)));
        let words = quoted.filter_map(|q| self.draft.question.get(q.range())).map(plain);
        // nearly all stand there as they are quoted
        words.filter(|q| self.text.contains(q.as_str()) || plain(self.text).to_lowercase().contains(&q.to_lowercase())).collect()
    }

    /// The question without what it quotes.
    fn stem(&self) -> String {
        unquoted(self.draft.question)
    }

    /// Whether the question names a heading of the note, or says that the note has none.
    fn names_a_place(&self) -> bool {
        let question = self.draft.question.to_lowercase();
        let mut titles = self.layout.sections.iter().filter_map(|s| s.title).map(|t| t.of(self.text).trim().to_lowercase());
        titles.any(|t| !t.is_empty() && question.contains(&t)) || self.is("query-places", &question)
    }

    /// Diagnoses that the question names outside its quotes.
    fn asked(&self) -> Vec<ConceptId> {
        self.draft.named.map_or_else(|| diagnoses(&self.stem(), self.knowledge), |n| n.question.clone())
    }

    /// Diagnoses that an option names.
    fn offered(&self, option: &str) -> Vec<ConceptId> {
        let known = self.draft.named.and_then(|n| n.options.iter().find(|(o, _)| o == option));
        known.map_or_else(|| diagnoses(option, self.knowledge), |(_, named)| named.clone())
    }

    /// Those that the note does not say the patient has, surely or not.
    fn undocumented(&self, named: Vec<ConceptId>) -> Vec<ConceptId> {
        let lexicon = &self.knowledge.lexicon;
        let documented = |c: ConceptId| {
            self.findings.iter().any(|f| {
                let told = f.assertion.polarity == Polarity::Present && f.assertion.subject == Subject::Patient;
                told && (lexicon.is_a(f.mention.concept, c) || lexicon.is_a(c, f.mention.concept))
            })
        };
        let mut new: Vec<ConceptId> = named.into_iter().filter(|c| !documented(*c)).collect();
        new.sort();
        new.dedup();
        new
    }

    /// Whether a finding that the knowledge calls an indicator of a diagnosis stands in the words that are quoted, or in the note.
    fn linked(&self, concept: ConceptId, quotes: &[String]) -> bool {
        let lexicon = &self.knowledge.lexicon;
        let of_knowledge = self.knowledge.coding.flags.iter().filter_map(|f| f.query.as_ref()).flat_map(|q| &q.options);
        let mut needs = of_knowledge
            .filter(|(option, _, diagnosis)| *diagnosis && self.offered(option).iter().any(|c| lexicon.is_a(concept, *c)))
            .map(|(_, needs, _)| needs);
        let quoted = |span: Span| {
            let words = span.of(self.text).to_lowercase();
            quotes.iter().any(|q| q.to_lowercase().contains(&words)) || self.draft.indicators.iter().any(|i| i.overlaps(span))
        };
        needs.any(|n| {
            self.findings.iter().any(|f| n.has(f.mention.concept) && f.assertion.polarity == Polarity::Present && quoted(f.mention.hull()))
        })
    }
}
