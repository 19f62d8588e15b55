//! Marked sentences of the corpus: what the context engine makes of them, and the page that says how well.
//!
//! A sentence marks words with braces and says what the text says of them: `Denies {neck pain|absent}.` Without a value a mark
//! means: there, definite, current, the patient's. `-time` after the bar takes an axis out, where readers would differ.

use crate::context::{Assertion, assertion_of};
use crate::eval::wilson;
use crate::knowledge::Knowledge;
use crate::knowledge::yaml;
use crate::span::Span;
use crate::vocab::{Certainty, Polarity, Subject, Time};
use rayon::prelude::*;
use serde::Deserialize;
use std::fmt::Write;

/// A file of marked sentences as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentencesDoc {
    /// The format's version: 1.
    version: u32,
    /// Sentences with marks.
    sentences: Vec<String>,
}

/// The questions an assertion answers, in the order of the page.
pub const AXES: [&str; 4] = ["polarity", "certainty", "time", "subject"];

/// A marked word with its gold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The sentence without marks.
    pub text: String,
    /// The marked words.
    pub target: Span,
    /// By axis: what the sentence says; `None` where it is not judged.
    pub gold: [Option<&'static str>; 4],
}

/// The values of an assertion by axis. Probable and possible count as one, and so do family and others.
fn values(assertion: &Assertion) -> [&'static str; 4] {
    let polarity = match assertion.polarity {
        Polarity::Present => "present",
        Polarity::Absent => "absent",
    };
    let certainty = match assertion.certainty {
        Certainty::Definite => "definite",
        Certainty::Probable | Certainty::Possible => "hedged",
        Certainty::Hypothetical => "hypothetical",
    };
    let time = match assertion.time {
        Time::Current => "current",
        Time::Historical => "historical",
        Time::Future => "future",
    };
    let subject = match assertion.subject {
        Subject::Patient => "patient",
        Subject::Family | Subject::Other => "another person",
    };
    [polarity, certainty, time, subject]
}

/// The marked words of a file, in order.
///
/// # Errors
/// The file has no such form; the message names the sentence by its number.
pub fn marked(text: &str) -> Result<Vec<Marked>, String> {
    let doc: SentencesDoc = yaml::parse(text).map_err(|e| format!("line {}, column {}: {}", e.line, e.column, e.message))?;
    if doc.version != 1 {
        return Err(format!("version {} is not known", doc.version));
    }
    let read = |(i, s): (usize, &String)| sentence(s).map_err(|e| format!("sentence {}: {e}", i + 1));
    Ok(doc.sentences.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?.concat())
}

/// The marked words of one sentence.
fn sentence(marked: &str) -> Result<Vec<Marked>, String> {
    let mut text = String::with_capacity(marked.len());
    let mut found = Vec::new();
    let mut rest = marked;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').ok_or("a mark is not closed")? + open;
        text.push_str(&rest[..open]);
        let (words, said) = rest[open + 1..close].split_once('|').unwrap_or((&rest[open + 1..close], ""));
        let start = text.len() as u32;
        text.push_str(words);
        found.push((Span::new(start, text.len() as u32), gold(said)?));
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    if found.is_empty() {
        return Err("nothing is marked".to_string());
    }
    Ok(found.into_iter().map(|(target, gold)| Marked { text: text.clone(), target, gold }).collect())
}

/// What a mark says, by axis. Of what is only spoken of, the time is not judged.
fn gold(said: &str) -> Result<[Option<&'static str>; 4], String> {
    let mut gold = [Some("present"), Some("definite"), Some("current"), Some("patient")];
    for word in said.split_whitespace() {
        match word {
            "absent" => gold[0] = Some("absent"),
            "possible" | "probable" => gold[1] = Some("hedged"),
            "hypothetical" => (gold[1], gold[2]) = (Some("hypothetical"), None),
            "historical" => gold[2] = Some("historical"),
            "future" => gold[2] = Some("future"),
            "family" | "other" => gold[3] = Some("another person"),
            _ => {
                let axis = word.strip_prefix('-').and_then(|name| AXES.iter().position(|axis| *axis == name));
                gold[axis.ok_or_else(|| format!("`{word}` says nothing of a mark"))?] = None;
            }
        }
    }
    Ok(gold)
}

/// What was found against what is right, by axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// By axis: every judged pair of right and found.
    pub pairs: [Vec<(&'static str, &'static str)>; 4],
    /// The sentences, with the words, axis, right and found values of each miss.
    pub misses: Vec<String>,
}

impl Accuracy {
    /// Judges marked words.
    pub fn of(marked: &[Marked], knowledge: &Knowledge) -> Accuracy {
        let found: Vec<[&str; 4]> = marked.par_iter().map(|m| values(&assertion_of(&m.text, m.target, knowledge))).collect();
        let mut out = Accuracy::default();
        for (m, found) in marked.iter().zip(found) {
            for (axis, (right, got)) in m.gold.into_iter().zip(found).enumerate() {
                let Some(right) = right else { continue };
                out.pairs[axis].push((right, got));
                if right != got {
                    out.misses.push(format!("{} of \"{}\" is {right}, found {got}: {}", AXES[axis], m.target.of(&m.text), m.text));
                }
            }
        }
        out
    }

    /// Right answers and answers of an axis.
    pub fn share(&self, axis: usize) -> (u32, u32) {
        let pairs = &self.pairs[axis];
        (pairs.iter().filter(|(right, got)| right == got).count() as u32, pairs.len() as u32)
    }

    /// Right, found wrongly and missed for one value of an axis.
    fn counts(&self, axis: usize, value: &str) -> (u32, u32, u32) {
        let count = |test: &dyn Fn(&(&str, &str)) -> bool| self.pairs[axis].iter().filter(|p| test(p)).count() as u32;
        (
            count(&|(right, got)| *right == value && *got == value),
            count(&|(right, got)| *right != value && *got == value),
            count(&|(right, got)| *right == value && *got != value),
        )
    }
}

/// The page of figures, in Markdown.
pub fn page(accuracy: &Accuracy, words: usize) -> String {
    let mut out = String::from(
        "# How accurate the context engine is\n\n\
         Made from `corpus/sentences` by `cervicode accuracy`; a test holds that this page is current. Do not edit it.\n\n\
         The sentences are the project's own, written in the manner of clinicians, and the engine was mended until it read them;\n\
         they say what it can do, not how it does on sentences it has not seen. The words are marked, so that finding them is not\n\
         part of the figures. Probable and possible count as one (hedged), relatives and other persons as one.\n\n",
    );
    let percent =
        |part: u32, whole: u32| if whole == 0 { "–".to_string() } else { format!("{:.1} %", 100.0 * f64::from(part) / f64::from(whole)) };
    let _ = writeln!(out, "{words} marked words.\n\n| axis | n | right | accuracy | 95 % interval (Wilson) |\n|---|---|---|---|---|");
    for (axis, name) in AXES.iter().enumerate() {
        let (right, all) = accuracy.share(axis);
        let [low, high] = wilson(right, all);
        let _ = writeln!(out, "| {name} | {all} | {right} | {} | {low:.3}–{high:.3} |", percent(right, all));
    }
    out.push_str("\n| axis | value | n | precision | interval | recall | interval | F1 |\n|---|---|---|---|---|---|---|---|\n");
    let values = [(0, "absent"), (1, "hedged"), (1, "hypothetical"), (2, "historical"), (2, "future"), (3, "another person")];
    for (axis, value) in values {
        let (right, wrong, missed) = accuracy.counts(axis, value);
        let (precision, recall) = (wilson(right, right + wrong), wilson(right, right + missed));
        let f1 = percent(2 * right, 2 * right + wrong + missed);
        let _ = writeln!(
            out,
            "| {} | {value} | {} | {} | {:.3}–{:.3} | {} | {:.3}–{:.3} | {f1} |",
            AXES[axis],
            right + missed,
            percent(right, right + wrong),
            precision[0],
            precision[1],
            percent(right, right + missed),
            recall[0],
            recall[1],
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read() {
        let read = marked("version: 1\nsentences:\n  - \"Denies {neck pain|absent}, {tired|-time}.\"\n").unwrap();
        assert_eq!(read[0].text, "Denies neck pain, tired.");
        assert_eq!(read[0].target, Span::new(7, 16));
        assert_eq!(read[0].gold, [Some("absent"), Some("definite"), Some("current"), Some("patient")]);
        assert_eq!(read[1].gold[2], None);
        assert!(marked("version: 1\nsentences: [\"{pain|sore}\"]").unwrap_err().contains("sentence 1: `sore`"));
        assert!(marked("version: 1\nsentences: [\"{pain\"]").is_err() && marked("version: 1\nsentences: [pain]").is_err());
    }

    #[test]
    fn figures_are_counted() {
        let pairs =
            [vec![("absent", "absent"), ("absent", "present"), ("present", "absent"), ("present", "present")], vec![], vec![], vec![]];
        let accuracy = Accuracy { pairs, misses: Vec::new() };
        assert_eq!((accuracy.share(0), accuracy.counts(0, "absent")), ((2, 4), (1, 1, 1)));
        assert!(page(&accuracy, 4).contains("| polarity | absent | 2 | 50.0 % |"));
    }
}
