//! Runs the `cases:` of lexicon and rules against an engine: each failure is a problem at the case's place, with expected and got.

use crate::attributes;
use crate::code::Code;
use crate::coding::Coded;
use crate::context::{self, Assertion};
use crate::diagnostic::{Diagnostic, Location, nearest};
use crate::engine::{Engine, Reviewed};
use crate::findings::Finding;
use crate::knowledge::source::SourceFile;
use crate::knowledge::source::case::Case;
use crate::knowledge::source::items::{Item, What};
use crate::knowledge::yaml::Placed;
use crate::mentions::{How, Mention};
use crate::note::Note;
use crate::span::Span;
use crate::vocab::{AttributeKey, Certainty, Polarity, SectionKind, Status, Subject, Time};
use rayon::prelude::*;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a run of cases found.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How many cases were run.
    pub run: usize,
    /// How many of them are known misses.
    pub known_misses: usize,
    /// Failures, known misses that hold now, and items without cases, in order of place.
    pub problems: Vec<Diagnostic>,
}

/// Runs every case of the documents.
pub fn run(engine: &Engine, files: &[SourceFile]) -> Outcome {
    let mut tasks = Vec::new();
    let mut outcome = Outcome::default();
    for file in files {
        let path: Arc<str> = Arc::from(file.path.as_str());
        let document = file.document.as_items();
        let items = document.items();
        tasks.extend(document.file_cases().iter().map(|case| Task { path: path.clone(), owner: None, case }));
        for item in items {
            outcome.problems.extend(lacking(&path, &item));
            let task = |case| Task { path: path.clone(), owner: Some(item), case };
            tasks.extend(item.cases.iter().map(task));
        }
    }
    outcome.run = tasks.len();
    outcome.known_misses = tasks.iter().filter(|t| t.case.known_miss).count();
    let found: Vec<Vec<Diagnostic>> = tasks.par_iter().map(|task| task.problems(engine)).collect();
    outcome.problems.extend(found.into_iter().flatten());
    for file in files {
        for case in file.document.note_cases() {
            outcome.run += 1;
            let differences = attributes::case::note_differences(case, &engine.knowledge);
            let at = place(&file.path, &case.note);
            outcome.problems.extend(differences.into_iter().map(|d| Diagnostic::error("K040", at.clone(), format!("a case fails: {d}"))));
        }
    }
    outcome.problems.sort();
    outcome
}

fn place(path: &str, value: &Placed<SmolStr>) -> Location {
    Location { path: Arc::from(path), line: value.line, column: value.column }
}

/// What an item's cases do not show: that it works, or that it keeps to itself.
fn lacking(path: &str, item: &Item<'_>) -> Option<Diagnostic> {
    if matches!(item.what, What::Other) {
        return None;
    }
    let shows = |case: &Case| -> (bool, bool) {
        let finds = case.finds.as_deref();
        let id = item.id.value.as_str();
        match item.what {
            What::Concept => (finds.is_some_and(|f| f.iter().any(|x| x == id)), finds.is_some_and(|f| f.iter().all(|x| x != id))),
            What::Finding => (finds.is_some_and(|f| !f.is_empty()), finds.is_some_and(<[String]>::is_empty)),
            What::Cue => {
                let acts = [&case.absent, &case.uncertain, &case.hypothetical, &case.historical, &case.family];
                let rests = [&case.present, &case.definite, &case.current, &case.patient];
                (acts.iter().any(|words| !words.is_empty()), rests.iter().any(|words| !words.is_empty()))
            }
            What::Rule => {
                let yes = !case.suggests.is_empty() || !case.review.is_empty() || !case.withholds.is_empty() || case.first.is_some();
                (yes, !case.never.is_empty() || !case.withholds.is_empty())
            }
            What::Flag => (!case.flags.is_empty(), !case.no_flags.is_empty()),
            What::Other => (true, true),
        }
    };
    let shown: Vec<(bool, bool)> = item.cases.iter().map(shows).collect();
    let lacks = match (shown.iter().any(|s| s.0), shown.iter().any(|s| s.1)) {
        (true, true) => return None,
        (false, false) => "no case shows what it does, and none what it leaves alone",
        (false, true) => "no case shows what it does",
        (true, false) => "no case shows what it leaves alone",
    };
    Some(Diagnostic::warning("K042", place(path, item.id), format!("{} `{}`: {lacks}", item.what.as_str(), item.id.value)))
}

/// One case with what stands around it.
struct Task<'a> {
    path: Arc<str>,
    owner: Option<Item<'a>>,
    case: &'a Case,
}

impl Task<'_> {
    fn problems(&self, engine: &Engine) -> Vec<Diagnostic> {
        let at = place(&self.path, &self.case.note);
        let mut faults = Vec::new();
        let mut failures = Vec::new();
        match self.note() {
            Ok(note) => {
                let reviewed = engine.stages(&note);
                self.check_findings(engine, &note, &reviewed, &mut faults, &mut failures);
                self.check_coded(&reviewed.coded, &mut faults, &mut failures);
            }
            Err(fault) => faults.push((fault, None)),
        }
        let mut problems: Vec<Diagnostic> = faults
            .into_iter()
            .map(|(message, help)| {
                let problem = Diagnostic::error("K043", at.clone(), message);
                help.into_iter().fold(problem, Diagnostic::help)
            })
            .collect();
        if !problems.is_empty() {
            // what a case with a fault of its own expects is not worth comparing
        } else if self.case.known_miss {
            if failures.is_empty() {
                let problem = Diagnostic::error("K041", at, "a known miss holds now: promote it");
                problems.push(problem.help("take `known-miss: true` away"));
            }
        } else {
            problems.extend(failures.into_iter().map(|failure| Diagnostic::error("K040", at.clone(), format!("a case fails: {failure}"))));
        }
        problems
    }

    /// The case's text as a note.
    fn note(&self) -> Result<Note, String> {
        let case = self.case;
        let mut note = Note::new("case", case.note.value.clone());
        note.facts.setting = case.setting;
        note.facts.author = case.author;
        note.facts.phase = case.phase;
        if let Some(date) = &case.date {
            note.facts.date = Some(date.parse().map_err(|_| format!("`{date}` is no date of the form YYYY-MM-DD"))?);
        }
        Ok(note)
    }

    fn check_findings(&self, engine: &Engine, note: &Note, reviewed: &Reviewed, faults: &mut Faults, failures: &mut Vec<String>) {
        let case = self.case;
        let lexicon = &engine.knowledge.lexicon;
        if let Some(expected) = &case.finds {
            for id in expected {
                if lexicon.find(id).is_none() {
                    let help = nearest(id, lexicon.concepts.iter().map(|c| c.id.as_str())).map(|near| format!("did you mean `{near}`?"));
                    faults.push((format!("`finds` names `{id}`, which is no concept"), help));
                }
            }
            let found: BTreeSet<&str> = reviewed.findings.iter().map(|f| lexicon.concept(f.mention.concept).id.as_str()).collect();
            let missing = expected.iter().any(|id| !found.contains(id.as_str()));
            let surplus = found.iter().any(|id| self.judged(id, expected) && !expected.iter().any(|e| e == id));
            if missing || surplus {
                failures.push(format!("expected to find [{}], found [{}]", expected.join(", "), join(found)));
            }
        }
        type Holds = fn(&Assertion) -> bool;
        let axes: [(&str, &[String], Holds); 9] = [
            ("present", &case.present, |a| {
                a.polarity == Polarity::Present
                    && a.certainty != Certainty::Hypothetical
                    && a.time == Time::Current
                    && a.subject == Subject::Patient
            }),
            ("absent", &case.absent, |a| a.polarity == Polarity::Absent),
            ("uncertain", &case.uncertain, |a| matches!(a.certainty, Certainty::Probable | Certainty::Possible)),
            ("definite", &case.definite, |a| a.certainty == Certainty::Definite),
            ("hypothetical", &case.hypothetical, |a| a.certainty == Certainty::Hypothetical),
            ("historical", &case.historical, |a| a.time == Time::Historical),
            ("current", &case.current, |a| a.time == Time::Current),
            ("family", &case.family, |a| a.subject != Subject::Patient),
            ("patient", &case.patient, |a| a.subject == Subject::Patient),
        ];
        for (axis, words, holds) in axes {
            for words in words {
                let Some(span) = first_occurrence(&note.text, words) else {
                    faults.push((format!("`{axis}` names words that do not stand in the note: `{words}`"), None));
                    continue;
                };
                match assertion_of(engine, note, reviewed, span) {
                    Some(a) if holds(&a) => {}
                    Some(a) => {
                        failures.push(format!("expected `{words}` {axis}, got {} {} {} {}", a.polarity, a.certainty, a.time, a.subject))
                    }
                    None => failures.push(format!("expected `{words}` {axis}, got nothing: it stands in no sentence")),
                }
            }
        }
        if let Some(expected) = &case.sections {
            for kind in expected.iter().filter(|kind| SectionKind::parse(kind).is_none()) {
                let help = nearest(kind, SectionKind::ALL.iter().map(|k| k.as_str())).map(|near| format!("did you mean `{near}`?"));
                faults.push((format!("`{kind}` is no kind of section"), help));
            }
            let got: Vec<&str> = reviewed.layout.sections.iter().map(|s| s.kind.as_str()).collect();
            if *expected != got {
                failures.push(format!("expected sections [{}], got [{}]", expected.join(", "), got.join(", ")));
            }
        }
        if !case.attributes.is_empty() {
            for key in case.attributes.keys().filter(|key| AttributeKey::parse(key).is_none()) {
                let help = nearest(key, AttributeKey::ALL.iter().map(|k| k.as_str())).map(|near| format!("did you mean `{near}`?"));
                faults.push((format!("`{key}` is no attribute"), help));
            }
            let mut known = case.attributes.clone();
            known.retain(|key, _| AttributeKey::parse(key).is_some());
            let words = case.of.as_deref().map(|of| (of, first_occurrence(&note.text, of)));
            if let Some((of, None)) = words {
                faults.push((format!("`of` names words that do not stand in the note: `{of}`"), None));
            }
            let meant = |f: &&Finding| words.is_none_or(|(_, at)| at.is_some_and(|at| f.mention.hull().overlaps(at)));
            let found: Vec<attributes::Attribute> =
                reviewed.findings.iter().filter(meant).flat_map(|f| f.attributes.iter().cloned()).collect();
            failures.extend(attributes::case::differences(&known, &found));
        }
    }

    /// Whether a concept that is found and not named makes `finds` fail: the case's own; under a bare finding, any if none is named.
    fn judged(&self, id: &str, expected: &[String]) -> bool {
        match &self.owner {
            Some(item) if item.what == What::Concept => item.id.value == id,
            _ => expected.is_empty(),
        }
    }

    fn check_coded(&self, coded: &Coded, faults: &mut Faults, failures: &mut Vec<String>) {
        let case = self.case;
        let with = |status: Status| -> BTreeSet<String> {
            coded.suggestions.iter().filter(|s| s.status == status).map(|s| s.code.to_string()).collect()
        };
        let (supported, review) = (with(Status::Supported), with(Status::Review));
        let withheld: BTreeSet<String> = coded.withheld.iter().map(|w| format!("{} ({})", w.code, w.reason)).collect();
        let got = || format!("got supported [{}], review [{}], withheld [{}]", join(&supported), join(&review), join(&withheld));
        let mut code = |text: &str| {
            let code = Code::parse(text);
            if code.is_none() {
                faults.push((format!("`{text}` is not shaped like an ICD-10-CM code"), None));
            }
            code
        };
        for text in &case.suggests {
            if code(text).is_some_and(|c| !supported.contains(&c.to_string())) {
                failures.push(format!("expected {text} supported, {}", got()));
            }
        }
        for text in &case.review {
            if code(text).is_some_and(|c| !review.contains(&c.to_string())) {
                failures.push(format!("expected {text} for review, {}", got()));
            }
        }
        for (text, reason) in &case.withholds {
            if code(text).is_some_and(|c| !coded.withheld.iter().any(|w| w.code == c && w.reason == *reason)) {
                failures.push(format!("expected {text} withheld ({reason}), {}", got()));
            }
        }
        for text in &case.never {
            if code(text.trim_end_matches(['-', '.'])).is_some_and(|c| coded.suggestions.iter().any(|s| s.code.within(&c))) {
                failures.push(format!("expected no {text}, {}", got()));
            }
        }
        if let Some(text) = &case.first {
            let first = coded.suggestions.first().map(|s| s.code);
            if code(text).is_some_and(|c| first != Some(c)) {
                failures.push(format!("expected {text} first, got {}", first.map_or("no code".to_string(), |c| c.to_string())));
            }
        }
        let flags: BTreeSet<&str> = coded.flags.iter().map(|f| f.flag.as_str()).collect();
        for flag in case.flags.iter().filter(|f| !flags.contains(f.as_str())) {
            failures.push(format!("expected the flag `{flag}`, got [{}]", join(&flags)));
        }
        for flag in case.no_flags.iter().filter(|f| flags.contains(f.as_str())) {
            failures.push(format!("expected no flag `{flag}`, got [{}]", join(&flags)));
        }
    }
}

/// Faults of a case itself, with help where there is some.
type Faults = Vec<(String, Option<String>)>;

fn join<T: AsRef<str>>(list: impl IntoIterator<Item = T>) -> String {
    list.into_iter().map(|x| x.as_ref().to_string()).collect::<Vec<_>>().join(", ")
}

/// Where the words stand first, in any ASCII case, as whole words where that is possible.
fn first_occurrence(text: &str, words: &str) -> Option<Span> {
    let (low, words) = (text.to_ascii_lowercase(), words.to_ascii_lowercase());
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let whole = |&at: &usize| !inside(low[..at].chars().next_back()) && !inside(low[at + words.len()..].chars().next());
    if words.is_empty() {
        return None;
    }
    let mut places = low.match_indices(&words).map(|(at, _)| at);
    let at = places.clone().find(whole).or_else(|| places.next())?;
    Some(Span::new(at as u32, (at + words.len()) as u32))
}

/// What the note says of those words: of the finding that covers most of them, or, where none does, of the words taken as a mention.
fn assertion_of(engine: &Engine, note: &Note, reviewed: &Reviewed, span: Span) -> Option<Assertion> {
    let shared = |m: &Mention| m.spans.iter().map(|s| s.end.min(span.end).saturating_sub(s.start.max(span.start))).sum::<u32>();
    let best = reviewed.findings.iter().filter(|f| shared(&f.mention) > 0);
    if let Some(finding) = best.min_by_key(|f| (u32::MAX - shared(&f.mention), f.mention.hull().len())) {
        return Some(finding.assertion.clone());
    }
    let layout = &reviewed.layout;
    let concept = reviewed.findings.first().map(|f| f.mention.concept).or_else(|| {
        let first = engine.knowledge.lexicon.concepts.first()?;
        engine.knowledge.lexicon.find(&first.id)
    })?;
    let sentence = layout.sentences.iter().position(|s| s.span.overlaps(span))?;
    let tokens = layout.sentences[sentence].tokens.clone();
    let first = tokens.clone().find(|&t| layout.folded.tokens[t as usize].span.overlaps(span))?;
    let last = tokens.rev().find(|&t| layout.folded.tokens[t as usize].span.overlaps(span))?;
    let mention = Mention { concept, how: How::Term, spans: vec![span], tokens: first..last + 1, sentence: sentence as u32, region: None };
    let mut mentions: Vec<Mention> = reviewed.findings.iter().map(|f| f.mention.clone()).collect();
    let at = mentions.partition_point(|m| m.hull() < span);
    mentions.insert(at, mention);
    context::assertions(&note.text, layout, &mentions, &engine.knowledge).into_iter().nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_first() {
        assert_eq!(first_occurrence("Painful. No pain.", "pain"), Some(Span::new(12, 16)));
        assert_eq!(first_occurrence("Painful.", "pain"), Some(Span::new(0, 4)));
        assert_eq!(first_occurrence("é", "pain"), None);
    }
}
