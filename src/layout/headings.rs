//! Finds headings: at the start of lines, inside run-on lines, and the words that open an assessment in prose.

use crate::fold::{WordMap, fold_phrase};
use crate::knowledge::NameId;
use crate::knowledge::sections::{FirstWord, Known, SectionsKnowledge, assesses, squeeze};
use crate::knowledge::source::sections::{HeadingUse, SectionWordUse};
use crate::layout::lines::Line;
use crate::layout::marks::{behind, bracket, column, dash, keyed, leader, point};
use crate::layout::opener::{may_be_owned, opener};
use crate::layout::sentences::continues;
use crate::layout::{correspondence, labels, visits};
use crate::span::{Span, floor};
use crate::vocab::SectionKind;
use std::cell::{OnceCell, RefCell};
use std::sync::LazyLock;

/// Bytes a label may have.
pub(super) const LABEL: usize = 72;
/// What a heading means whose words are not known.
pub(super) const UNKNOWN: Known = Known { kind: SectionKind::Unknown, how: None, rule: None };
/// Words of a name between a title and a heading.
const NAMES: usize = 2;
/// Bytes of a label in small letters, its mark included.
const LABELLED: usize = 16;
/// Bytes of a line that an author would have wrapped.
const WRAPPED: usize = 50;

/// Finds a gap of three blanks.
pub(super) static GAP: LazyLock<memchr::memmem::Finder<'static>> = LazyLock::new(|| memchr::memmem::Finder::new(b"   "));

/// What the labels mean that were met lately, and in which knowledge.
type Memory = (u32, WordMap<Box<str>, Option<Known>>);

thread_local! {
    static KNOWN: RefCell<Memory> = RefCell::default();
}

/// How many labels are remembered at most.
const LABELS: usize = 4096;

/// One heading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heading {
    /// First byte, markup and number included.
    pub start: usize,
    /// Its words.
    pub title: Span,
    /// First byte behind it and its colon.
    pub body: usize,
    pub kind: SectionKind,
    pub rule: Option<NameId>,
    /// Whether a number stands before it ("4. Diagnosis:").
    pub numbered: bool,
    /// Whether it opens a section in prose.
    pub prose: bool,
}

pub(crate) struct Finder<'a> {
    pub text: &'a str,
    pub knowledge: &'a SectionsKnowledge,
    pub lines: &'a [Line],
    /// The kind of the section that is open.
    kind: SectionKind,
    prose: bool,
    /// Whether most of the note is in capitals, so that capitals say nothing; found out when it is asked.
    shouting: OnceCell<bool>,
    /// Whether it is written without capitals and points; found out when it is asked.
    whispered: OnceCell<bool>,
    /// Whether words in capitals head its lines without a mark; found out when it is asked.
    pub capital_heads: OnceCell<bool>,
    /// Whether letters in bold head its parts; found out when it is asked.
    pub bold_letters: OnceCell<bool>,
    /// Lines that begin with a lone letter set off by a gap, in a note that has several such.
    lettered: Vec<usize>,
    pub out: Vec<Heading>,
}

/// Every heading of a text, in order.
pub(crate) fn headings(text: &str, lines: &[Line], knowledge: &SectionsKnowledge) -> Vec<Heading> {
    let mut finder = Finder {
        text,
        knowledge,
        lines,
        kind: SectionKind::Preamble,
        prose: false,
        shouting: OnceCell::new(),
        whispered: OnceCell::new(),
        capital_heads: OnceCell::new(),
        bold_letters: OnceCell::new(),
        lettered: Vec::new(),
        out: Vec::new(),
    };
    finder.lettered = finder.lettered_lines();
    for (i, line) in lines.iter().enumerate() {
        if !line.blank() {
            finder.line(i, *line);
        }
    }
    finder.out
}

impl Finder<'_> {
    pub(crate) fn shouting(&self) -> bool {
        *self.shouting.get_or_init(|| {
            // in chunks whose counts one byte holds: many bytes are counted at once
            let (mut upper, mut lower) = (0, 0);
            for chunk in self.text.as_bytes().chunks(usize::from(u8::MAX)) {
                let (mut capital, mut small) = (0u8, 0u8);
                for byte in chunk {
                    capital += u8::from(byte.is_ascii_uppercase());
                    small += u8::from(byte.is_ascii_lowercase());
                }
                upper += usize::from(capital);
                lower += usize::from(small);
            }
            upper > 2 * lower
        })
    }

    /// Whether the note is written without capitals and points.
    pub(crate) fn whispered(&self) -> bool {
        *self
            .whispered
            .get_or_init(|| !self.text.bytes().any(|b| b.is_ascii_uppercase() || matches!(b, b':' | b';')) && !self.text.contains(". "))
    }

    fn line(&mut self, i: usize, line: Line) {
        let all = line.of(self.text);
        let (skip, bullet) = labels::markup(all);
        let own = &all[skip..];
        let number = labels::numbering(own);
        let field = || labels::field_number(own, |name| self.knowledge.is(SectionWordUse::Field, name));
        let at = line.first + skip + if number > 0 { number } else { field() };
        // "5/3/25 S: neck pain O: tender"
        let at = at + if number > 0 { 0 } else { visits::day_before_letter(&self.text[at..line.end]) };
        // "1. **Assessment**"
        let at = if number > 0 && self.text[at..line.end].starts_with("**") { at + 2 } else { at };
        let rest = &self.text[at..line.end];
        // "## Assessment ##"
        let rest = if all.starts_with('#') { rest.trim_end_matches(['#', ' ']) } else { rest };
        let wrapped = self.wrapped(i);
        let before = self.out.len();
        let mut from = at;
        if self.part_row(i) {
            return;
        }
        if let Some(heading) = self.tag(line) {
            self.add(heading);
            return;
        }
        if assesses(self.kind) && correspondence::salutes(rest, self.knowledge) {
            self.add(self.heading_at(at, rest.trim_end_matches([',', ':']), line.end, UNKNOWN));
            return;
        }
        if let Some(heading) = self.lettered.contains(&i).then(|| self.letter(line)).flatten() {
            from = heading.body;
            self.add(heading);
        } else if let Some(mut heading) = self.at_start(i, at, rest, bullet, number > 0, wrapped).filter(|h| !self.marks_a_problem(i, h)) {
            heading.start = line.first;
            from = heading.body;
            self.add(heading);
        }
        let spelled = self.out.len() > before;
        if !spelled && !wrapped {
            self.opening(at, line.end);
        }
        let lettered = spelled && self.out.last().is_some_and(|h| h.title.len() == 1);
        if lettered && self.opens_part(i) {
            return;
        }
        let run = if lettered { self.letters_in_line(from, line.end) } else { Vec::new() };
        from = run.last().map_or(from, |heading| heading.body);
        run.into_iter().for_each(|heading| self.add(heading));
        self.inside(from, line.end, lettered);
        self.squared_inside(from, line.end);
        self.bold_inside(from, line.end);
        self.set_off(before, from, line.end);
        self.capitals_inside(before, at, line.end);
        // those in bold or in brackets are sought after the others of the line
        if !self.out[before..].is_sorted_by_key(|h| h.start) {
            self.in_order_from(before);
        }
    }

    pub(crate) fn add(&mut self, heading: Heading) {
        // "Course:" among "Onset:", "Location:" in a history is how the complaint went
        let label = || self.knowledge.is(SectionWordUse::Label, &heading.title.of(self.text).to_lowercase());
        if self.kind == SectionKind::Hpi && heading.kind == SectionKind::HospitalCourse && label() {
            return;
        }
        self.kind = heading.kind;
        self.prose = heading.prose;
        self.out.push(heading);
    }

    /// Whether line `i` goes on with a sentence of the line before.
    fn wrapped(&self, i: usize) -> bool {
        let Some(before) = i.checked_sub(1).and_then(|j| self.lines.get(j)) else { return false };
        !before.blank() && before.end - before.first >= WRAPPED && !labels::closes(before.of(self.text))
    }

    /// Sorts the headings from number `own` on.
    pub(crate) fn in_order_from(&mut self, own: usize) {
        self.out[own..].sort_by_key(|h| h.start);
        let last = self.out.last().map(|h| (h.kind, h.prose));
        (self.kind, self.prose) = last.unwrap_or((self.kind, self.prose));
    }

    /// Whether nothing, or a blank line, stands above line `i`.
    pub(crate) fn after_blank(&self, i: usize) -> bool {
        i.checked_sub(1).and_then(|j| self.lines.get(j)).is_none_or(Line::blank)
    }

    /// Whether the last heading ends at byte `at`.
    pub(crate) fn behind_heading(&self, at: usize) -> bool {
        self.out.last().is_some_and(|h| h.body == at)
    }

    pub(crate) fn kind(&self) -> SectionKind {
        self.kind
    }

    pub(crate) fn in_prose(&self) -> bool {
        self.prose
    }

    pub(crate) fn known_label(&self, label: &str) -> Option<Known> {
        if let Some(close) = labels::spaced_out(label) {
            return self.known_label(&close);
        }
        if !self.may_mean(label) {
            return None;
        }
        let mut room = [0; LABEL + 8];
        if let Some(plain) = labels::plain_words(label, &mut room) {
            let signed = || self.signed(plain, SectionWordUse::Author, |own| self.knowledge.heading(own));
            // "Diagnoses, all industrial"
            let qualified = || {
                let (head, behind) = plain.split_once(" , ").or_else(|| plain.split_once(", "))?;
                let known = self.knowledge.heading(head.trim()).filter(|k| k.kind == SectionKind::Diagnosis)?;
                self.knowledge.is(SectionWordUse::After, behind).then_some(known)
            };
            let find = || self.knowledge.heading(plain).or_else(|| self.knowledge.misspelt(plain)).or_else(signed).or_else(qualified);
            return if self.knowledge.may_head(plain) { self.remembered(plain, find) } else { None };
        }
        if !self.may_be_known(label) {
            return None;
        }
        self.remembered(label, || {
            let of = |label: &str| {
                let cleaned = labels::clean(label);
                // "XR c-spine (5/3/25)": without its bracket it may hold plain words
                let mut room = [0; LABEL + 8];
                let plain = labels::plain_words(cleaned.trim(), &mut room).and_then(|plain| self.knowledge.heading(plain));
                let folded = || Some(squeeze(&fold_phrase(&cleaned))).filter(|f| !f.is_empty());
                plain.or_else(|| folded().and_then(|f| self.knowledge.heading(&f)))
            };
            // "Dr. Baig's assessment"
            let titled = |whose: &str| {
                let first = whose.split([' ', '.']).next().unwrap_or("").to_lowercase();
                whose.starts_with(char::is_uppercase) && self.knowledge.is(SectionWordUse::Abbreviation, &first)
            };
            let own = || {
                label.split_once("'s ").or_else(|| label.split_once("’s ")).filter(|(whose, _)| titled(whose)).and_then(|(_, own)| of(own))
            };
            // "Dr. Lee Impression"
            let named = || {
                let mut rest = label.split_once(' ').filter(|(whose, _)| titled(whose))?.1;
                for _ in 0..NAMES {
                    rest = rest.split_once(' ')?.1;
                    if let Some(known) = of(rest) {
                        return Some(known);
                    }
                }
                None
            };
            // "MRI C-spine 2/3", "Addendum 11/2"
            let dated = || {
                let unsigned = labels::clean(label);
                let undated = labels::undated(&unsigned);
                of(undated).filter(|k| {
                    undated.len() < label.len()
                        && (matches!(
                            k.kind,
                            SectionKind::Imaging | SectionKind::Results | SectionKind::Addendum | SectionKind::ProblemList
                        ) || assesses(k.kind))
                })
            };
            of(label).or_else(own).or_else(named).or_else(dated).or_else(|| self.signed(label, SectionWordUse::Byline, of))
        })
    }

    /// Whether a label, or one that a text begins with, may mean something by its first word.
    pub(crate) fn may_mean(&self, text: &str) -> bool {
        self.may_open(text, FirstWord::HEADS.and(FirstWord::SHORTENED)) || may_be_owned(text)
    }

    /// Whether the first word of a text can do one of those, or is no plain word.
    pub(crate) fn may_open(&self, text: &str, what: FirstWord) -> bool {
        opener(text, self.knowledge).is_none_or(|(word, _)| word.any(what))
    }

    /// Whether a label that holds more than plain words may mean something: by its first word, where that is plain, and no name leads.
    fn may_be_known(&self, label: &str) -> bool {
        let bytes = label.as_bytes();
        let length = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let mut room = [0; LABEL];
        let Some(first) = room.get_mut(..length) else { return true };
        first.copy_from_slice(&bytes[..length]);
        first.make_ascii_lowercase();
        let plain = length > 0 && matches!(bytes.get(length), None | Some(b' ' | b'-' | b'/' | b',' | b'&' | b'+' | b'(' | b'.' | b':'));
        let owned = memchr::memchr2(b'\'', 0xE2, bytes).is_some();
        let first = std::str::from_utf8(first).unwrap_or("");
        !plain || owned || self.knowledge.may_head(first) || self.knowledge.is(SectionWordUse::Abbreviation, first)
    }

    /// "Addendum by Dr. Lee", "Assessment and Plan by NP Smith", "Addendum 1 day later": what stands before the name or the count.
    fn signed(&self, label: &str, by: SectionWordUse, of: impl Fn(&str) -> Option<Known>) -> Option<Known> {
        let counts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let line = |(at, word): &(usize, &str)| *at > 0 && (counts(word) || self.knowledge.is(by, &word.to_lowercase()));
        let mut words = label.split(' ').scan(0, |at, word| Some((std::mem::replace(at, *at + word.len() + 1), word)));
        let (at, word) = words.find(line)?;
        of(label.get(..at)?.trim_end()).filter(|k| k.kind == SectionKind::Addendum || (assesses(k.kind) && !counts(word)))
    }

    /// What a label means, from this thread's memory if it was met lately: notes share their labels.
    fn remembered(&self, label: &str, find: impl FnOnce() -> Option<Known>) -> Option<Known> {
        KNOWN.with_borrow_mut(|(instance, known)| {
            if *instance != self.knowledge.instance || known.len() >= LABELS {
                *instance = self.knowledge.instance;
                known.clear();
            }
            if let Some(found) = known.get(label) {
                return *found;
            }
            let found = find();
            if label.len() <= LABEL {
                known.insert(label.into(), found);
            }
            found
        })
    }

    pub(crate) fn heading_at(&self, at: usize, label: &str, body: usize, known: Known) -> Heading {
        let label = label.rsplit_once("</").map_or(label, |(label, _)| label);
        let label = label.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | ':' | '=' | '#' | '~' | '|'));
        let label = label.strip_suffix(']').filter(|l| !l.contains('[')).unwrap_or(label);
        let title = Span::new(at as u32, (at + label.len()) as u32);
        Heading { start: at, title, body, kind: known.kind, rule: known.rule, numbered: false, prose: false }
    }

    /// Whether a line in small letters opens with the label of an assessment or plan behind a line whose last word does not lead to it:
    /// "dx: neck strain", "plan - heat" below a long line without a point.
    fn labelled_anew(&self, i: usize, rest: &str) -> bool {
        let end = rest.find([':', '-']).filter(|end| *end < LABELLED);
        let Some(label) = end.map(|end| rest[..end].trim_end()) else { return false };
        let before = i.checked_sub(1).and_then(|j| self.lines.get(j)).map_or("", |l| l.of(self.text));
        let last = before.rsplit(' ').next().unwrap_or("").to_ascii_lowercase();
        let opens = |k: Known| k.how == Some(HeadingUse::Heading) && (assesses(k.kind) || k.kind == SectionKind::Plan);
        !self.knowledge.is(SectionWordUse::Unfinished, &last) && self.known_label(label).is_some_and(opens)
    }

    /// A heading at the start of a line: with a colon or dash behind it, alone, or before text.
    fn at_start(&self, i: usize, at: usize, rest: &str, bullet: bool, numbered: bool, wrapped: bool) -> Option<Heading> {
        let lower = rest.chars().next().is_none_or(|c| !c.is_uppercase() && !c.is_ascii_digit());
        // "a/" alone on its line
        let slashed = rest.len() == 2 && rest.ends_with('/');
        if wrapped && lower && !slashed && !self.labelled_anew(i, rest) {
            return None;
        }
        let head = rest.get(..floor(rest, LABEL)).unwrap_or("");
        let colon = memchr::memchr(b':', head.as_bytes());
        let bold = self.text[..at].ends_with("**").then(|| head.find("**")).flatten();
        // "ADDENDUM, next day 09:30"
        let dated = memchr::memchr(b',', head.as_bytes()).filter(|_| rest.len() <= LABEL && !lower && self.after_blank(i));
        if let Some(label) = dated.map(|comma| &rest[..comma])
            && let Some(known) = self.known_label(label).filter(|k| k.kind == SectionKind::Addendum && k.how == Some(HeadingUse::Heading))
        {
            return Some(self.heading_at(at, label, at + rest.len(), known));
        }
        if self.begins_no_heading(i, rest, head, colon) {
            return None;
        }
        // each mark is sought only where those before it have not decided
        // "Hospital course. He was brought in": a point does for a colon at the start of a paragraph
        let pointed = || point(head).filter(|_| !numbered && !bullet && !lower && self.after_blank(i));
        // "assessment.1.text=Cervical strain"
        if let Some((label, body)) = keyed(head) {
            let known = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading))?;
            let same = self.out.last().is_some_and(|h| h.kind == known.kind && h.title.of(self.text) == label);
            return (!same && !wrapped).then(|| self.heading_at(at, label, at + body, known));
        }
        // "[HPI] sore neck", and "[A] neck strain" where an S, an O or a P stands so too
        let squared = || {
            let end = self.text[..at].ends_with('[').then(|| head.find(']')).flatten()?;
            (end > 1 || self.tagged()).then_some((end, end + 1))
        };
        let marks: [&dyn Fn() -> Option<(usize, usize)>; 8] = [
            &squared,
            &|| colon.map(|c| (c, c + 1)),
            &|| dash(head),
            &|| bold.map(|b| (b, b + 2)),
            &|| bracket(head),
            &|| leader(head),
            &|| column(head),
            &pointed,
        ];
        for (end, body) in marks.iter().filter_map(|mark| mark()) {
            let label = &rest[..end];
            let Some(known) = self.known_label(label) else { continue };
            let body = at + body + behind(&rest[body..]);
            let listed =
                bullet && (!assesses(known.kind) || label.len() < 4) && !self.marked_as_the_last(i, at) && !self.bold_letter(at, label);
            let other = listed || self.heads_columns(at, &rest[end..]) || self.numbers_a_problem(known, label);
            if other || !self.opens(known, label) || self.is_value(label, &self.text[body..]) {
                return None;
            }
            let mut heading = self.heading_at(at, label, body, known);
            heading.numbered = numbered;
            return Some(heading);
        }
        // "Section: Assessment"
        let named = colon
            .filter(|_| self.may_open(rest, FirstWord::NAMES))
            .filter(|c| self.knowledge.is(SectionWordUse::SectionLabel, &squeeze(&fold_phrase(&rest[..*c]))));
        if let Some(colon) = named {
            let label = rest[colon + 1..].trim();
            let known = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading));
            let from = at + rest.len() - rest[colon + 1..].trim_start().len();
            return known.map(|known| self.heading_at(from, label, at + rest.len(), known));
        }
        if let Some(colon) = colon {
            if let Some(heading) = self.beyond_a_diagnosis(i, at, &rest[..colon], rest, bullet || numbered) {
                return Some(heading);
            }
            return self.unknown(
                i,
                at,
                &rest[..colon],
                at + colon + 1 + behind(&rest[colon + 1..]),
                bullet || numbered,
                rest[colon + 1..].trim_matches(['*', '_', ' ']).is_empty(),
            );
        }
        if let Some(heading) = self.alone(i, at, rest, lower).or_else(|| self.before_text(i, at, rest, lower)) {
            // "• Assessment" alone above a numbered list heads it
            let next = || self.lines[i + 1..].iter().find(|l| !l.blank()).is_some_and(|l| labels::numbering(l.of(self.text)) > 0);
            let heads_list = || assesses(heading.kind) && heading.rule.is_some() && heading.body == at + rest.len() && next();
            return (!bullet || heads_list()).then_some(Heading { numbered, ..heading });
        }
        None
    }

    /// Whether the words of a line cannot be a heading by their first one: no heading begins with it, it is written as a sentence's first
    /// word or in small letters, and it is no label with nothing behind its colon.
    fn begins_no_heading(&self, i: usize, rest: &str, head: &str, colon: Option<usize>) -> bool {
        let known = || opener(rest, self.knowledge).is_none_or(|(word, _)| word != FirstWord::default());
        let label = colon.is_some_and(|colon| rest[colon + 1..].trim_matches(['*', '_', ' ']).is_empty());
        let small = rest.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase);
        // behind a list of diagnoses a line may be known by its place alone
        let placed = || self.kind == SectionKind::Diagnosis && self.after_blank(i);
        small && !label && !may_be_owned(head) && !known() && !self.hashed(i) && !placed()
    }

    /// A pulse ("P: 72") is no plan; a story or an assessment may well begin with an age ("A: 45M with neck pain").
    fn is_value(&self, label: &str, behind: &str) -> bool {
        if matches!(label.trim(), "A" | "S") {
            return false;
        }
        let digits = behind.trim_start().bytes().take_while(u8::is_ascii_digit).count();
        label.trim().len() == 1 && (digits >= 2) && !behind.trim_start()[digits..].starts_with(['.', ')'])
    }

    /// Whether the words open a section here.
    fn opens(&self, known: Known, label: &str) -> bool {
        use SectionKind::{
            Assessment, AssessmentAndPlan, Conclusion, Diagnosis, Exam, Hpi, Imaging, Impression, Plan, Preamble, Results, Ros, Vitals,
        };
        match known.how {
            Some(HeadingUse::Heading) => true,
            Some(HeadingUse::Part) => {
                let (all, upper) = labels::letters(label);
                let within = matches!(
                    self.kind,
                    Assessment
                        | AssessmentAndPlan
                        | Conclusion
                        | Diagnosis
                        | Exam
                        | Impression
                        | Plan
                        | Ros
                        | Imaging
                        | Results
                        | Vitals
                        | Hpi
                        | Preamble
                );
                all == upper && all > 2 && !within
            }
            _ => false,
        }
    }

    /// A label of no known meaning that has a heading's shape.
    fn unknown(&self, i: usize, at: usize, label: &str, body: usize, listed: bool, alone: bool) -> Option<Heading> {
        if listed || (self.known_label(label).is_some()) {
            return None;
        }
        let shaped = (labels::capitals(label) && !self.shouting()) || (alone && (labels::title_case(label) || labels::capitals(label)));
        // "FRACTURE RISK: 19 %" below "DIAGNOSIS: Osteoporosis."
        let beyond =
            self.kind == SectionKind::Diagnosis && !alone && labels::capitals(label) && self.after_blank(i) && self.told_since(i) == 1;
        (shaped && (beyond || !self.problem(label) && !self.among_problems(i, true))).then(|| self.heading_at(at, label, body, UNKNOWN))
    }

    /// A heading alone on its line, without a colon.
    fn alone(&self, i: usize, at: usize, rest: &str, lower: bool) -> Option<Heading> {
        if rest.len() > LABEL {
            return None;
        }
        let after_blank = self.after_blank(i);
        let end = at + rest.len();
        if let Some(known) = self.known_label(rest) {
            // "History / of whiplash": the next line goes on with it
            if self.lines.get(i + 1).is_some_and(|l| continues(l.of(self.text), self.knowledge)) {
                return None;
            }
            // "MRI" alone in a plan is ordered
            let ordered = self.knowledge.is(SectionWordUse::Study, &squeeze(&fold_phrase(rest)))
                && (assesses(self.kind) || self.kind == SectionKind::Plan)
                && !after_blank;
            if ordered {
                return None;
            }
            let short = rest.len() < 3 && self.lines.get(i + 1).is_none_or(|l| l.blank());
            let letter = rest.len() < 2 && lower;
            // in a note without capitals a short line that is an assessment's name is no wrapped word
            let slashed = rest.len() == 2 && rest.ends_with('/');
            let firm =
                (after_blank || !lower || slashed || ((assesses(known.kind) || self.whispered()) && !self.wrapped(i))) && !short && !letter;
            return (firm && self.opens(known, rest)).then(|| self.heading_at(at, rest, end, known));
        }
        if !after_blank {
            return None;
        }
        let rest = rest.trim_end_matches(['*', '_', '=', '#', ' ']);
        let capitals = labels::capitals(rest) && !self.shouting();
        let shaped = capitals || (labels::title_case(rest) && self.hashed(i) && self.marked_as_the_last(i, at));
        let beyond = !shaped && self.beyond_a_list(i, rest);
        ((shaped || beyond) && !self.problem(rest) && !self.among_problems(i, false)).then(|| self.heading_at(at, rest, end, UNKNOWN))
    }

    /// Whether line `i` opens with a mark of sub-headings.
    fn hashed(&self, i: usize) -> bool {
        self.lines.get(i).is_some_and(|l| l.of(self.text).starts_with("##"))
    }

    /// Whether the words at `at` in line `i` have the same mark of a heading or bullet ("## ", "• ") as the heading before them.
    fn marked_as_the_last(&self, i: usize, at: usize) -> bool {
        let mark = self.lines.get(i).and_then(|l| self.text.get(l.first..at)).unwrap_or("");
        self.out.last().is_some_and(|h| self.text.get(h.start..h.title.start as usize) == Some(mark))
    }

    /// "Diagnosis     Date noted" right below a heading: the first row of its table.
    fn heads_columns(&self, at: usize, behind: &str) -> bool {
        let below = self.out.last().is_some_and(|h| self.text.get(h.body..at).is_some_and(|t| t.trim().is_empty()));
        let cells = || {
            behind.split("  ").flat_map(|c| c.split(['\t', '|'])).map(|c| c.trim_matches([' ', '|', ':', '?'])).filter(|c| !c.is_empty())
        };
        let named = |cell: &str| self.knowledge.is(SectionWordUse::TableColumn, &squeeze(&fold_phrase(cell)));
        below && cells().next().is_some() && cells().all(named)
    }

    /// "Diagnosis 2:" below "Assessment": an entry of it.
    fn numbers_a_problem(&self, known: Known, label: &str) -> bool {
        let numbered = |title: &str| title.trim_end().ends_with(|c: char| c.is_ascii_digit());
        let within = assesses(self.kind) && self.out.last().is_some_and(|h| !numbered(h.title.of(self.text)));
        within && assesses(known.kind) && numbered(label)
    }
}
