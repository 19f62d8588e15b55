//! What `rules/sections.yaml` says, checked and compiled: which labels are headings, and the words that shape sentences and items.

use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{WordMap, WordSet, first_word, fold_phrase};
use crate::knowledge::lexicon::spelling::Spelling;
use crate::knowledge::source::sections::{HeadingUse, SectionWordUse, SectionsDoc};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{NameId, Names};
use crate::vocab::SectionKind;
use crate::words::{WordId, eight};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// Compiled form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SectionsKnowledge {
    /// Tells it from other knowledge of the program.
    #[serde(skip, default = "crate::knowledge::instance")]
    pub(crate) instance: u32,
    /// Folded words of a heading, without the spaces around them.
    headings: WordMap<String, Known>,
    /// Headings that open a section without a mark before the text.
    bare: WordMap<String, Known>,
    /// Openings in prose, by their first word.
    prose: WordMap<String, Openings>,
    /// What stands before the name of a problem that is told by itself.
    pub(crate) problems: Vec<(String, Known)>,
    /// The words of each use, by its number.
    words: Vec<WordSet<String>>,
    /// The words that a heading, with or without qualifiers, may begin with.
    first: WordSet<String>,
    /// The words that the heading of an assessment begins with, qualifiers aside.
    first_assessing: WordSet<String>,
    /// The first letters of [`Self::bare`], one bit each.
    bare_letters: u32,
    /// By the first byte of an opening in prose: the bits of the letters behind it.
    prose_starts: Vec<u32>,
    /// The words of headings that are put right.
    spelling: Spelling,
    /// Lines that begin copied text.
    pub(crate) copied_begin: Vec<String>,
    /// Lines that begin copied text if they hold nothing else but a date.
    pub(crate) copied_alone: Vec<String>,
    /// How lines begin that resume this visit's note behind it.
    pub(crate) copied_resume: Vec<String>,
    /// Lines that end copied text.
    pub(crate) copied_end: Vec<String>,
    /// Words without which no line does any of this: the longest of each phrase; `None` if one has no plain word.
    copied_words: Option<WordSet<String>>,
}

/// Openings in prose that share their first word.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Openings {
    /// Their folded words, longest first.
    list: Vec<(String, Known)>,
    /// The first eight bytes of the second word of each; 0 if it has none.
    by_second: Vec<u64>,
    /// The first letters of their second words, one bit each: most texts are turned away by it. All bits if one has no second word.
    seconds: u32,
}

impl Openings {
    fn add(&mut self, words: String, known: Known) {
        self.seconds |= words.split_once(' ').map_or(!0, |(_, second)| letter_bit(second));
        self.list.push((words, known));
    }

    /// Puts them in order.
    fn finish(&mut self) {
        self.list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        let second = |words: &String| words.split(' ').nth(1).map_or(0, |second| eight(second.as_bytes()));
        self.by_second = self.list.iter().map(|(words, _)| second(words)).collect();
    }

    /// Whether one of them may begin a text whose first word ends at byte `at`.
    fn may_go_on(&self, text: &str, at: usize) -> bool {
        match text.as_bytes().get(at..) {
            Some([b' ', second, ..]) if second.is_ascii_alphabetic() => self.seconds & letter_bit(&text[at + 1..]) != 0,
            _ => true,
        }
    }
}

/// What a word can do as the first of a label or a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FirstWord(u8);

impl FirstWord {
    /// A heading may begin with it, as it stands or put right.
    pub const HEADS: FirstWord = FirstWord(1);
    /// A heading that stands before its text without a mark may begin with it.
    pub const BARE: FirstWord = FirstWord(2);
    /// It may lead to the name of a section: "Section: Assessment".
    pub const NAMES: FirstWord = FirstWord(4);
    /// It is an abbreviation, as a title before a name is.
    pub const SHORTENED: FirstWord = FirstWord(8);

    /// The heading of an assessment may begin with it behind its qualifiers, as it stands or put right.
    pub const ASSESSES: FirstWord = FirstWord(16);

    /// Whether one of those is among them.
    pub const fn any(self, of: FirstWord) -> bool {
        self.0 & of.0 != 0
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, more: FirstWord) -> FirstWord {
        FirstWord(self.0 | more.0)
    }

    const fn when(self, so: bool) -> u8 {
        if so { self.0 } else { 0 }
    }
}

/// What a label means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The section it opens.
    pub kind: SectionKind,
    /// How; `None` for a label that opens none.
    pub how: Option<HeadingUse>,
    /// The rule.
    pub rule: Option<NameId>,
}

impl SectionsKnowledge {
    /// Checks and compiles the documents, in path order.
    pub(crate) fn compile(docs: &[(&str, &SectionsDoc)], names: &mut Names, problems: &mut Vec<Diagnostic>) -> SectionsKnowledge {
        let mut out = SectionsKnowledge { instance: super::instance(), ..SectionsKnowledge::default() };
        for (path, doc) in docs {
            let mut fold = |term: &Placed<SmolStr>| {
                let folded = squeeze(&fold_phrase(&term.value));
                if folded.is_empty() {
                    let at = Location { path: Arc::from(*path), line: term.line, column: term.column };
                    problems.push(Diagnostic::error("K022", at, "an empty phrase"));
                }
                folded
            };
            let mut ids = Vec::new();
            for heading in &doc.headings {
                let rule = names.add(path, &heading.id, &mut ids);
                let known = Known { kind: heading.kind, how: Some(heading.how), rule: Some(rule) };
                for term in &heading.terms {
                    let folded = fold(term);
                    match heading.how {
                        HeadingUse::Prose => {
                            let first = folded.split(' ').next().unwrap_or("").to_string();
                            out.prose.entry(first).or_default().add(folded, known);
                        }
                        HeadingUse::Problem => out.problems.push((folded, known)),
                        HeadingUse::Heading | HeadingUse::Part => {
                            out.headings.insert(folded, known);
                        }
                    }
                }
                out.bare.extend(heading.bare.iter().map(|t| (fold(t), known)));
            }
            for copied in &doc.copied {
                names.add(path, &copied.id, &mut ids);
                out.copied_begin.extend(copied.begin.iter().map(|t| format!(" {} ", fold(t))));
                out.copied_alone.extend(copied.alone.iter().map(&mut fold));
                out.copied_resume.extend(copied.resume.iter().map(|t| format!(" {} ", fold(t))));
                out.copied_end.extend(copied.end.iter().map(|t| format!(" {} ", fold(t))));
            }
            for words in &doc.words {
                match words.what {
                    SectionWordUse::Abbreviation | SectionWordUse::FinalAbbreviation => {
                        // Kept as written: their inner points count.
                        let set = out.words_for(words.what);
                        set.extend(words.terms.iter().map(|t| t.value.to_lowercase()));
                    }
                    what => {
                        let folded: Vec<String> = words.terms.iter().map(&mut fold).collect();
                        out.words_for(what).extend(folded);
                    }
                }
            }
            problems.append(&mut ids);
        }
        let qualifiers = [SectionWordUse::Label, SectionWordUse::Before, SectionWordUse::BeforeDiagnosis, SectionWordUse::Join]
            .map(|what| out.words.get(what as usize));
        let all = out.headings.keys().chain(qualifiers.into_iter().flatten().flatten());
        let first = |words: &String| words.split(' ').next().map(str::to_owned);
        out.first = all.filter_map(first).collect();
        let assessing = out.headings.iter().filter(|(_, known)| assesses(known.kind)).map(|(words, _)| words);
        out.first_assessing = assessing.filter_map(first).collect();
        out.spelling = Spelling::of(out.words.get(SectionWordUse::Correctable as usize).into_iter().flatten().cloned().collect());
        let copied = [&out.copied_begin, &out.copied_alone, &out.copied_end].into_iter().flatten();
        let plain = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase()) && !word.is_empty();
        let longest = |phrase: &String| phrase.split(' ').filter(plain).max_by_key(|word| word.len()).map(str::to_owned);
        out.copied_words = copied.map(longest).collect();
        out.bare_letters = out.bare.keys().fold(0, |all, words| all | letter_bit(words));
        out.lead_in();
        out.prose_starts = vec![0; 128];
        for (words, _) in out.prose.values().flat_map(|o| &o.list) {
            let starts = words.bytes().next().and_then(|first| out.prose_starts.get_mut(usize::from(first)));
            starts.into_iter().for_each(|s| *s |= words.get(1..).map_or(0, letter_bit));
        }
        out.prose.values_mut().for_each(Openings::finish);
        out
    }

    fn words_for(&mut self, what: SectionWordUse) -> &mut WordSet<String> {
        let uses = self.words.len().max(what as usize + 1);
        self.words.resize_with(uses, WordSet::default);
        &mut self.words[what as usize]
    }

    /// Lets every opening in prose stand behind each of the words that may lead to one: "in summary, my impression is".
    fn lead_in(&mut self) {
        let Some(leads) = self.words.get(SectionWordUse::Lead as usize) else { return };
        let plain: Vec<(String, Known)> = self.prose.values().flat_map(|o| &o.list).cloned().collect();
        for lead in leads {
            let openings = self.prose.entry(lead.split(' ').next().unwrap_or("").to_owned()).or_default();
            plain.iter().for_each(|(words, known)| openings.add(format!("{lead} {words}"), *known));
        }
    }

    /// Whether a word or phrase (folded; abbreviations in lower case) has that use.
    pub(crate) fn is(&self, what: SectionWordUse, words: &str) -> bool {
        self.words.get(what as usize).is_some_and(|set| set.contains(words))
    }

    /// What a word in small letters can do as the first of a label or a line.
    pub(crate) fn first_word(&self, word: &str) -> FirstWord {
        let leads = |phrase: &String| phrase.split(' ').next() == Some(word);
        let names = self.words.get(SectionWordUse::SectionLabel as usize).is_some_and(|set| set.iter().any(leads));
        FirstWord(
            FirstWord::HEADS.when(self.may_head(word))
                | FirstWord::BARE.when(self.bare.keys().any(leads))
                | FirstWord::ASSESSES.when(self.may_head_assessment(word))
                | FirstWord::NAMES.when(names)
                | FirstWord::SHORTENED.when(self.is(SectionWordUse::Abbreviation, word)),
        )
    }

    /// Whether some heading begins with the first of these words.
    pub(crate) fn may_head(&self, label: &str) -> bool {
        label.split(' ').next().is_some_and(|first| self.first.contains(first) || self.corrected(first).is_some())
    }

    /// Whether the heading of some assessment begins with the word, qualifiers aside.
    fn may_head_assessment(&self, word: &str) -> bool {
        let heads = |word: &str| self.first_assessing.contains(word);
        heads(word) || self.corrected(word).is_some_and(heads)
    }

    /// The word that is meant by one that is no word of a heading and a slip away from one.
    fn corrected(&self, word: &str) -> Option<&str> {
        self.spelling.correct(word, WordId::NONE)
    }

    /// What a heading's words mean with their slips put right: "imression", "final assesment".
    pub(crate) fn misspelt(&self, label: &str) -> Option<Known> {
        let right: Vec<&str> = label.split(' ').map(|word| self.corrected(word).unwrap_or(word)).collect();
        Some(right.join(" ")).filter(|right| right != label).and_then(|right| self.heading(&right))
    }

    /// What a heading's words mean: as they stand, without qualifiers, or as two headings in one ("dx and plan").
    pub(crate) fn heading(&self, label: &str) -> Option<Known> {
        if let Some(known) = self.one(label) {
            return Some(known);
        }
        let words: Vec<&str> = label.split(' ').collect();
        if let Some(known) = self.impression_of_study(&words) {
            return Some(known);
        }
        if words.len() > 9 || !words.iter().any(|w| self.is(SectionWordUse::Join, w)) {
            return None;
        }
        let mut all: Option<Known> = None;
        let mut unassigned = false;
        for part in words.split(|w| self.is(SectionWordUse::Join, w)) {
            if part.is_empty() {
                continue;
            }
            match self.one(&part.join(" ")) {
                Some(known) => all = Some(all.map_or(known, |first| both(first, known))),
                // "pre- and postoperative diagnosis": a qualifier alone takes the heading of the next part.
                None if self.is(SectionWordUse::Before, &part.join(" ")) => unassigned = true,
                None => return None,
            }
        }
        all.filter(|k| k.how.is_some() || !unassigned)
    }

    /// "CT c-spine impression": what a study was read as, whatever part it shows.
    fn impression_of_study(&self, words: &[&str]) -> Option<Known> {
        let (last, study) = words.split_last()?;
        let known = self.headings.get(*last).filter(|k| matches!(k.kind, SectionKind::Impression | SectionKind::Conclusion))?;
        let named = study.first().is_some_and(|first| self.is(SectionWordUse::Study, first))
            || study.get(..2).is_some_and(|two| self.is(SectionWordUse::Study, &two.join(" ")));
        named.then_some(Known { kind: SectionKind::Imaging, ..*known })
    }

    fn one(&self, label: &str) -> Option<Known> {
        let mut rest = label;
        loop {
            if let Some(known) = self.headings.get(rest) {
                return Some(*known);
            }
            if self.is(SectionWordUse::Label, rest) {
                return Some(Known { kind: SectionKind::Unknown, how: None, rule: None });
            }
            match self.without_first(rest).or_else(|| self.without_last(rest)) {
                Some(less) => rest = less,
                None => return self.diagnosis_of_a_field(rest),
            }
        }
    }

    /// "rehabilitation diagnosis", "gross anatomic diagnoses": what a field of medicine diagnoses; what it assesses may be anything.
    fn diagnosis_of_a_field(&self, label: &str) -> Option<Known> {
        let mut rest = label;
        while let Some((_, behind)) = rest.split_once(' ').filter(|(first, _)| self.is(SectionWordUse::BeforeDiagnosis, first)) {
            rest = behind;
            let known =
                self.headings.get(rest).copied().or_else(|| self.without_last(rest).and_then(|less| self.headings.get(less).copied()));
            if let Some(known) = known {
                return Some(known).filter(|k| k.kind == SectionKind::Diagnosis);
            }
        }
        None
    }

    fn without_first<'l>(&self, label: &'l str) -> Option<&'l str> {
        let spaces = label.match_indices(' ').map(|(i, _)| i).take(3);
        spaces.filter(|i| self.is(SectionWordUse::Before, &label[..*i])).last().map(|i| &label[i + 1..])
    }

    fn without_last<'l>(&self, label: &'l str) -> Option<&'l str> {
        let (head, last) = label.rsplit_once(' ')?;
        if last.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Some(head);
        }
        let spaces = label.rmatch_indices(' ').map(|(i, _)| i).take(3);
        spaces.filter(|i| self.is(SectionWordUse::After, &label[*i + 1..])).last().map(|i| &label[..i])
    }

    /// Whether a line that holds the folded word may say that copied text begins or ends; nearly all lines hold none.
    pub(crate) fn may_mark_copied(&self, word: &str) -> bool {
        self.copied_words.as_ref().is_some_and(|words| words.contains(word))
    }

    /// Whether only lines with one of those words may say so.
    pub(crate) fn copied_by_words(&self) -> bool {
        self.copied_words.is_some()
    }

    /// The heading that these words open before text, without any mark between.
    pub(crate) fn bare(&self, label: &str) -> Option<Known> {
        self.bare.get(label).copied()
    }

    /// Whether such a heading may begin with the first letter of these words.
    pub(crate) fn may_be_bare(&self, text: &str) -> bool {
        self.bare_letters & letter_bit(text) != 0
    }

    /// The opening in prose that a text begins with; `folded` are its folded words, which only unusual texts need.
    pub(crate) fn prose(&self, text: &str, folded: impl FnOnce() -> String) -> Option<Known> {
        let word = text.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
        let mut room = [0; 12];
        let first = room.get_mut(..word)?;
        first.copy_from_slice(&text.as_bytes()[..word]);
        first.make_ascii_lowercase();
        let openings = self.prose.get(std::str::from_utf8(first).ok()?)?;
        if !openings.may_go_on(text, word) {
            return None;
        }
        let list = &openings.list;
        let second = plain_second(text, word);
        let may_go_on = |at: &usize| second.is_none_or(|second| openings.by_second.get(*at).is_none_or(|own| *own == 0 || *own == second));
        // the longest that the text begins with, unless one of them can only be told by folding it
        let mut plain = Some(None);
        for at in (0..list.len()).filter(may_go_on) {
            match begins_with(text, &list[at].0) {
                Some(begins) => plain = plain.map(|first| first.or_else(|| begins.then_some(at))),
                None => {
                    plain = None;
                    break;
                }
            }
        }
        let at = match plain {
            Some(first) => first,
            None => {
                let folded = folded();
                let begins = |words: &str| folded.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
                list.iter().position(|(words, _)| begins(words))
            }
        };
        at.map(|at| list[at].1)
    }

    /// Whether some opening in prose begins with the first word of the text.
    pub(crate) fn may_open_prose(&self, text: &str) -> bool {
        let second = text.get(1..).map_or(0, letter_bit);
        let first = text.bytes().next().map_or(0, |b| b.to_ascii_lowercase());
        if self.prose_starts.get(usize::from(first)).is_none_or(|seconds| seconds & second == 0) {
            return false;
        }
        let mut room = [0; 12];
        let length = text.bytes().position(|b| b == b' ').unwrap_or(text.len());
        let Some(word) = room.get_mut(..length) else { return false };
        word.copy_from_slice(&text.as_bytes()[..length]);
        word.make_ascii_lowercase();
        let length = word.len();
        let known = std::str::from_utf8(word).ok().and_then(|word| self.prose.get(word));
        known.is_some_and(|openings| openings.may_go_on(text, length))
    }

    /// Whether folded words name a problem rather than a part of a note.
    pub(crate) fn names_problem(&self, folded: &str) -> bool {
        self.is(SectionWordUse::Problem, folded)
            || folded.split(' ').any(|w| self.is(SectionWordUse::Problem, w) || self.ends_in(SectionWordUse::ProblemEnding, w))
    }

    /// Whether a folded word has one of the endings that are listed for a use.
    pub(crate) fn ends_in(&self, what: SectionWordUse, word: &str) -> bool {
        let ends = |ending: &String| word.len() > ending.len() + 1 && word.ends_with(ending.as_str());
        self.words.get(what as usize).is_some_and(|set| set.iter().any(ends))
    }
}

/// The first eight letters of a text's second word in small letters, if one blank stands before it and no letter, digit or mark behind it
/// that may be a part of it; its first word ends at byte `at`. No opening with another second word begins such a text.
fn plain_second(text: &str, at: usize) -> Option<u64> {
    let behind = text.as_bytes().get(at..)?.strip_prefix(b" ")?;
    let (key, length) = first_word(behind)?;
    let ends = behind.get(length).is_none_or(|b| matches!(b, b' ' | b',' | b'.' | b':' | b';' | b'\n' | b'\r' | b'\t'));
    ends.then_some(key.low)
}

/// Whether a text begins with these folded words, commas aside; `None` if that cannot be told without folding it.
fn begins_with(text: &str, words: &str) -> Option<bool> {
    let text = text.as_bytes();
    let mut at = 0;
    for letter in words.bytes() {
        let here = text.get(at).copied();
        match (letter, here) {
            (_, Some(b'\'' | b'`' | b'-' | 128..)) => return None,
            (b' ', Some(b' ' | b',' | b'\n' | b'\r' | b'\t')) => {
                at += text[at..].iter().take_while(|b| matches!(b, b' ' | b',' | b'\n' | b'\r' | b'\t')).count();
            }
            (_, Some(b)) if b.to_ascii_lowercase() == letter => at += 1,
            _ => return Some(false),
        }
    }
    match text.get(at) {
        Some(b'\'' | b'`' | b'-' | 128..) => None,
        behind => Some(behind.is_none_or(|b| !b.is_ascii_alphanumeric())),
    }
}

/// The bit of the first letter, whatever its case; one bit for all that are no ASCII letters.
fn letter_bit(text: &str) -> u32 {
    1 << text.bytes().next().map(|b| b.to_ascii_lowercase()).filter(u8::is_ascii_lowercase).map_or(26, |b| b - b'a')
}

/// Two headings in one: an assessment with a plan is both, otherwise the assessment or the first governs.
fn both(first: Known, second: Known) -> Known {
    match (assesses(first.kind), assesses(second.kind)) {
        (true, false) if second.kind == SectionKind::Plan => Known { kind: SectionKind::AssessmentAndPlan, ..first },
        (false, true) if first.kind == SectionKind::Plan => Known { kind: SectionKind::AssessmentAndPlan, ..second },
        (false, true) => second,
        _ => first,
    }
}

/// Whether diagnoses in a section of this kind are assessed by the kind alone.
pub fn assesses(kind: SectionKind) -> bool {
    use SectionKind::{Assessment, AssessmentAndPlan, Conclusion, Diagnosis, Impression};
    matches!(kind, Assessment | AssessmentAndPlan | Impression | Diagnosis | Conclusion)
}

/// A folded label without hyphens and the spaces around it: " icd - 10 codes " is "icd 10 codes".
pub(crate) fn squeeze(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    for word in folded.split(' ').filter(|w| !w.is_empty() && *w != "-" && *w != "--") {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
