//! Headings that stand before their text without a mark, inside run-on lines, and in prose.

use crate::fold::fold_phrase;
use crate::knowledge::sections::{FirstWord, Known, assesses, squeeze};
use crate::knowledge::source::sections::{HeadingUse, SectionWordUse};
use crate::layout::headings::{Finder, GAP, Heading};

use crate::layout::labels;
use crate::layout::opener::may_be_owned;
use crate::span::floor;
use crate::vocab::SectionKind;

/// Bytes of prose an opening may have.
const OPENING: usize = 64;
/// Letters of a heading that stands in the middle of a line without a mark before it.
const RUN_ON: usize = 9;
/// Bytes of a label and the dash behind it.
const DASHED: usize = 16;
/// Bytes of a label of letters with a stroke: "A&P".
const BARE: usize = 4;
/// Words behind such a label among which another part of the note is looked for.
const GOES_ON: usize = 80;
/// Bytes of the label of a service before a heading.
const LED: usize = 28;
/// Bytes of a heading that nothing marks.
const UNMARKED_LABEL: usize = 24;
/// Words before a comma in which a problem is named.
const PROBLEM: usize = 4;
/// Bytes of a short line behind a heading without a mark.
const UNWRAPPED: usize = 60;
/// Bytes of a line from which it is strange that no mark stands in it.
const UNMARKED: usize = 200;

impl Finder<'_> {
    /// "A/P neck pain", "IMPRESSION Cervical spondylosis", "Assessment 1. Neck pain".
    pub(crate) fn before_text(&self, i: usize, at: usize, rest: &str, lower: bool) -> Option<Heading> {
        let opens = FirstWord::BARE.and(FirstWord::HEADS).and(FirstWord::SHORTENED);
        if !self.may_open(rest, opens) && !may_be_owned(rest) {
            return None;
        }
        let first = rest.find(' ').unwrap_or(rest.len());
        if first > 24 {
            return None;
        }
        let second = rest[first..].find(|c| c != ' ').and_then(|w| rest[first + w..].find(' ').map(|e| first + w + e));
        let written = rest.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let bare = written && self.knowledge.may_be_bare(rest) && self.may_open(rest, FirstWord::BARE);
        if bare && self.kind() != SectionKind::Imaging {
            for end in [Some(first), second].into_iter().flatten().filter(|e| *e <= 16 && *e < rest.len()) {
                if let Some(known) = self.knowledge.bare(&squeeze(&fold_phrase(&rest[..end]))) {
                    return Some(self.heading_at(at, &rest[..end], at + end, known));
                }
            }
        }
        if lower {
            return self.dictated(i, at, rest, first);
        }
        let mut end = 0;
        let mut run = 0;
        for word in rest.split(' ').take(8) {
            let (all, upper) = labels::letters(word);
            let numbered = labels::numbering(&rest[run..]) > 0;
            if (all == 0 && !matches!(word, "&" | "/" | "")) || (end > 0 && upper != all) || numbered {
                break;
            }
            run = (run + word.len() + 1).min(rest.len());
            end = run;
            if upper != all {
                break;
            }
        }
        let label = rest.get(..end)?.trim_end();
        let next = rest.get(end..)?;
        let (all, upper) = labels::letters(label);
        let follows = if all == upper {
            next.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
        } else {
            labels::numbering(next) > 0
        };
        if all < 4 || !follows {
            return self.unmarked(at, rest);
        }
        let Some(known) = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading)) else {
            return self.capital_head(at, rest);
        };
        Some(self.heading_at(at, label, at + label.len(), known))
    }

    /// "assessment number one chronic neck pain" behind a blank line, in a dictation without capitals and marks.
    fn dictated(&self, i: usize, at: usize, rest: &str, first: usize) -> Option<Heading> {
        let next = rest[first..].split_ascii_whitespace().next().unwrap_or("");
        // "exam of the neck", "plan was made"
        let goes_on = self.knowledge.is(SectionWordUse::Unfinished, next);
        if !self.after_blank(i) || goes_on || first < 4 || self.text.len() < UNMARKED || !self.whispered() {
            return None;
        }
        let opens = |k: &Known| assesses(k.kind) || matches!(k.kind, SectionKind::Plan | SectionKind::Exam);
        let known = self.known_label(&rest[..first]).filter(|k| k.how == Some(HeadingUse::Heading) && opens(k))?;
        Some(self.heading_at(at, &rest[..first], at + first, known))
    }

    /// "Assessment Neck pain", "Impression acute neck strain, no red flags.": the heading of an assessment before a short line's text,
    /// or before a problem, in a note without colons.
    fn unmarked(&self, at: usize, rest: &str) -> Option<Heading> {
        if !self.may_mean(rest) {
            return None;
        }
        if let Some(heading) = self.capital_head(at, rest) {
            return Some(heading);
        }
        let head = &rest[..floor(rest, UNMARKED_LABEL)];
        let mut words = head.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && !w.contains(|c: char| c.is_ascii_digit()));
        if !may_be_owned(head) && !words.any(|word| self.may_open(word, FirstWord::ASSESSES)) {
            return None;
        }
        let spaces = rest.match_indices(' ').map(|(space, _)| space).take_while(|space| *space <= UNMARKED_LABEL);
        let text = |space: &usize| {
            let behind = &rest[space + 1..];
            if behind.starts_with(char::is_uppercase) && behind.len() < UNWRAPPED {
                return true;
            }
            let opening: Vec<&str> = behind[..behind.find([',', '.', ';']).unwrap_or(behind.len())].split(' ').take(PROBLEM).collect();
            let says = |w: &&&str| {
                let verb = self.knowledge.ends_in(SectionWordUse::VerbEnding, w) && !self.knowledge.names_problem(w);
                verb || self.knowledge.is(SectionWordUse::Unfinished, w)
            };
            let written = rest.starts_with(char::is_uppercase) && rest[..*space].ends_with(char::is_alphanumeric);
            written && opening.first().filter(says).is_none() && self.knowledge.names_problem(&squeeze(&fold_phrase(&opening.join(" "))))
        };
        let ends: Vec<usize> = spaces.filter(|end| *end >= 4 && text(end)).collect();
        ends.into_iter().rev().find_map(|end| {
            let label = rest[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
            let exact = self.knowledge.heading(&squeeze(&fold_phrase(label)));
            // "Impression from 2019 MRI: …" is of that
            let titled = rest[end + 1..].starts_with(char::is_uppercase) && !label.contains(|c: char| c.is_ascii_digit());
            let known = if titled { self.known_label(&rest[..end]) } else { exact };
            let known = known.filter(|k| k.how == Some(HeadingUse::Heading) && assesses(k.kind))?;
            Some(self.heading_at(at, &rest[..end], at + end, known))
        })
    }

    /// The one word in capitals before its text that a heading is: "PLAN physical therapy".
    fn in_capitals<'l>(&self, line: &'l str) -> Option<(&'l str, Known)> {
        let (label, text) = line.split_once(' ')?;
        let written =
            label.len() >= 4 && label.bytes().all(|b| b.is_ascii_uppercase()) && text.starts_with(|c: char| c.is_ascii_alphabetic());
        let known = written.then(|| self.knowledge.heading(&label.to_ascii_lowercase()))??;
        (known.how == Some(HeadingUse::Heading)).then_some((label, known))
    }

    /// That heading, where such ones head the lines of the note, or where it is the plan right below an assessment.
    fn capital_head(&self, at: usize, line: &str) -> Option<Heading> {
        let (label, known) = self.in_capitals(line)?;
        let next = line[label.len()..].split_ascii_whitespace().next().unwrap_or("").to_ascii_lowercase();
        let plan = known.kind == SectionKind::Plan && assesses(self.kind()) && !self.knowledge.is(SectionWordUse::Unfinished, &next);
        if !plan && !self.capitals_head() {
            return None;
        }
        Some(self.heading_at(at, label, at + label.len(), known))
    }

    /// Whether such headings head the lines of the note, one that assesses among them.
    fn capitals_head(&self) -> bool {
        *self.capital_heads.get_or_init(|| {
            let found = || self.lines.iter().filter_map(|l| self.in_capitals(l.of(self.text)));
            !self.shouting() && found().count() > 1 && found().any(|(_, known)| assesses(known.kind))
        })
    }

    /// Headings with a colon in the middle of a line, behind a closed sentence.
    pub(crate) fn inside(&mut self, from: usize, end: usize, mut soap: bool) {
        let Some(line) = self.text.get(from..end) else { return };
        let mut done = 0;
        for colon in memchr::memchr_iter(b':', line.as_bytes()) {
            let low = floor(line, colon.saturating_sub(OPENING)).max(done);
            let head = line.get(low..colon).unwrap_or("");
            let label_at = label_start(head);
            let label = &head[label_at..];
            let start = low + label_at;
            let before = &line[..start];
            // "Spine Surgery: Impression: …": a heading right behind another
            let second = before.trim().is_empty() && self.behind_heading(from);
            // "FH: DM Assessment: neck pain": an export without line breaks
            if let Some((at, known)) = self.run_on(line, low + label_at, colon, from) {
                self.openings_inside(from + done, from + at);
                done = colon + 1;
                let heading = self.heading_at(from + at, &line[at..colon], from + colon + 1, known);
                self.add(heading);
                continue;
            }
            if (start == 0 && !second) || !label.starts_with(|c: char| c.is_uppercase()) {
                continue;
            }
            let (all, upper) = labels::letters(label);
            // "ED. A: neck pain. P: rest": of lone letters an A may be the first
            let lone = all == 1 && (soap || label == "A");
            // "P: tender C2. A: head tilt. R: turns 40": the letters of an exam
            if all == 1 && line[colon..].contains(" R: ") {
                continue;
            }
            // "FH: CAD. SH: smoker. CC: neck pain": behind a history of two letters comes the next
            let paired = all == 2 && matches!(self.kind(), SectionKind::FamilyHistory | SectionKind::History | SectionKind::SocialHistory);
            let capitals = all == upper && (all >= 3 || lone || paired || label.contains('/') || label.contains('&'));
            let gap = before.ends_with("  ") || before.ends_with('\t');
            // "stenosis.,POSTOPERATIVE DIAGNOSIS:": exports that keep a comma where a line ended
            let joined = capitals && all >= 4 && before.ends_with(',');
            let closed = joined
                || (before.trim_end().ends_with(['.', '!', '?', ';', ')', ',', ':', '|']) && before.ends_with(char::is_whitespace))
                || before.ends_with('>');
            if !(closed || gap || second) {
                continue;
            }
            let Some(known) = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading)) else { continue };
            // what a history or a leaflet says is said in one way, so that its end must not be missed: "FHx: father DM2. Exam: numbness"
            let closes = matches!(self.kind(), SectionKind::FamilyHistory | SectionKind::History | SectionKind::Instructions)
                || (assesses(self.kind()) && matches!(known.kind, SectionKind::Medications | SectionKind::Allergies))
                || (self.kind() == SectionKind::Diagnosis && known.kind == SectionKind::Procedure);
            let spelled = (all >= 2 && assesses(known.kind)) || (all >= 4 && (known.kind == SectionKind::Plan || closes));
            // "Referring provider: Dr. Lee      Referral dx: Cervicalgia"
            let spelled = spelled || (gap && all >= 4 && known.kind == SectionKind::ChiefComplaint);
            let sentence = before.trim_end().ends_with(['.', '!', '?', '>']);
            // "Ortho: Assessment: neck pain": the label of a service before it
            let led = assesses(known.kind) && (second || (before.len() <= LED && before.trim_end().ends_with(':')));
            if capitals || (spelled && (sentence || gap || led)) {
                self.openings_inside(from + done, from + start);
                done = colon + 1;
                soap |= all == 1;
                let body = from + colon + 1;
                let heading = self.heading_at(from + start, label, body, known);
                self.add(heading);
            }
        }
        self.openings_inside(from + done, end);
    }

    /// Headings before a gap of three blanks in an export that has lost its line breaks: "left arm pain History of Present Illness   He is".
    /// Those of the line from number `own` on are put in order.
    pub(crate) fn set_off(&mut self, own: usize, from: usize, end: usize) {
        let Some(line) = self.text.get(from..end).filter(|l| l.len() >= UNMARKED) else { return };
        let mut done = 0;
        let mut any = false;
        for gap in GAP.find_iter(line.as_bytes()) {
            if gap < done || line[..gap].ends_with(' ') {
                continue;
            }
            let low = floor(line, gap.saturating_sub(OPENING)).max(done);
            let head = line[low..gap].rfind("  ").map_or(low, |at| low + at + 2);
            let label = &line[head..gap];
            let starts = std::iter::once(0).chain(label.match_indices(' ').map(|(space, _)| space + 1));
            let titled = |at: &usize| {
                let title = &label[*at..];
                title.starts_with(char::is_uppercase) && labels::title_case(title) && labels::letters(title).0 >= RUN_ON
            };
            let known = starts.filter(titled).find_map(|at| {
                let known = self.known_label(&label[at..]).filter(|k| k.how == Some(HeadingUse::Heading))?;
                Some((at, known))
            });
            if let Some((at, known)) = known {
                let heading = self.heading_at(from + head + at, &label[at..], from + gap, known);
                self.add(heading);
                any = true;
            }
            done = gap + 3;
        }
        if any {
            self.in_order_from(own);
        }
    }

    /// The heading of an assessment that ends a stretch of words before a colon, in a line where a label stands before it and no sentence ends
    /// between. Not "Pain Assessment:", which is a label of its own.
    fn run_on(&self, line: &str, start: usize, colon: usize, from: usize) -> Option<(usize, Known)> {
        if !(line[..start].contains(':') || self.behind_heading(from)) {
            return None;
        }
        let label = &line[start..colon];
        if self.known_label(label).is_some() {
            return None;
        }
        let words = label.match_indices(' ').map(|(space, _)| space + 1);
        let one_line = self.lines.iter().filter(|l| !l.blank()).take(2).count() < 2;
        let spelled = |at: &usize| {
            let word = &label[*at..];
            if !word.starts_with(char::is_uppercase) || !(self.may_mean(word) || word.as_bytes().get(1) == Some(&b' ')) {
                return false;
            }
            let (all, upper) = labels::letters(word);
            // "Spurling neg A/P: neck pain", and "tender paraspinals Dx: neck pain" in a note of one line
            let short = all > 1 && !word.contains(' ') && (word.contains(['/', '&']) && all == upper || one_line);
            all >= RUN_ON || short
        };
        words.filter(spelled).find_map(|at| {
            let before = label[..at].trim_end();
            let whole = before.rfind(' ').map_or(0, |space| space + 1);
            let named = |from: usize| self.known_label(&label[from..]);
            let known = named(at).filter(|k| k.how == Some(HeadingUse::Heading) && assesses(k.kind))?;
            // with the word before it, it would be another heading
            named(whole).is_none().then_some((start + at, known))
        })
    }

    /// "PHYSICAL EXAMINATION.  The leg is short.  ASSESSMENT.  Fracture.  PLAN.  Admit.": words in capitals that head the parts of a dictation in
    /// one line, behind closed sentences, with a point or nothing behind them, if they are several and one of them assesses.
    pub(crate) fn capitals_inside(&mut self, own: usize, from: usize, end: usize) {
        let Some(line) = self.text.get(from..end).filter(|l| l.len() >= UNMARKED / 2) else { return };
        let bytes = line.as_bytes();
        let opens = |at: &usize| bytes[*at..].iter().take(RUN_ON / 2).all(u8::is_ascii_uppercase) && bytes.len() > *at + RUN_ON;
        let closed = memchr::memchr3_iter(b'.', b'!', b'?', bytes).filter_map(|at| {
            let spaces = bytes[at + 1..].iter().take_while(|b| **b == b' ').count();
            (spaces > 0).then_some(at + 1 + spaces)
        });
        let labels: Vec<(usize, usize)> =
            std::iter::once(0).chain(closed).filter(opens).map(|at| (at, capital_words(&line[at..]))).collect();
        if labels.len() < 2 || self.shouting() {
            return;
        }
        let heads = |&(at, length): &(usize, usize)| {
            let label = &line[at..at + length];
            let known = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading))?;
            let body = at + length + usize::from(bytes.get(at + length) == Some(&b'.'));
            (bytes.get(body) == Some(&b' ')).then(|| self.heading_at(from + at, label, from + body, known))
        };
        let found: Vec<Heading> = labels.iter().filter_map(heads).collect();
        if found.len() > 1 && found.iter().any(|h| assesses(h.kind)) {
            let mut known: Vec<usize> = self.out[own..].iter().map(|h| h.start).collect();
            known.sort_unstable();
            let found: Vec<Heading> = found.into_iter().filter(|h| known.binary_search(&h.start).is_err()).collect();
            found.into_iter().for_each(|heading| self.add(heading));
        }
    }

    /// Openings in prose behind a closed sentence within a line; in a dictation without any marks, behind any word.
    fn openings_inside(&mut self, from: usize, end: usize) {
        let Some(line) = self.text.get(from..end) else { return };
        if line.len() >= UNMARKED && !parted(line) {
            for at in memchr::memchr_iter(b' ', line.as_bytes()) {
                self.opening(from + at + 1, end);
                self.dictated_inside(from, from + at + 1, end);
            }
            return;
        }
        // "PROVIDER: Assessment - neck pain"
        if self.behind_heading(from) {
            self.dashed(from + line.len() - line.trim_start().len(), end);
        }
        for at in memchr::memchr3_iter(b'.', b'!', b'?', line.as_bytes()) {
            let rest = &line[at + 1..];
            let at = at + 1;
            let spaces = rest.len() - rest.trim_start().len();
            if spaces > 0 {
                self.opening(from + at + spaces, end);
                self.dashed(from + at + spaces, end);
                self.bare_inside(from + at + spaces, end);
            }
        }
    }

    /// Whether the sentence before byte `at` names a study, or what others have found or written.
    fn tells_of_a_study(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or("").trim_end().trim_end_matches(['.', '!', '?']);
        let start = before.rfind(['.', '!', '?', '\n']).map_or(0, |i| i + 1);
        let words = squeeze(&fold_phrase(&before[start..]).replace(" - ", " "));
        let words: Vec<&str> = words.split(' ').collect();
        let is =
            |words: &[&str]| [SectionWordUse::Study, SectionWordUse::Record].into_iter().any(|of| self.knowledge.is(of, &words.join(" ")));
        words.chunks(1).chain(words.windows(2)).any(is)
    }

    /// Whether another part of the note than its plan follows in the rest of the line: "imp cervical myelopathy. *A:* neck pain", "imp neck
    /// pain. *pmh* spondylosis".
    fn goes_on_behind(&self, rest: &str) -> bool {
        rest.split(' ').skip(1).take(GOES_ON).any(|word| {
            let label = word.trim_end_matches(':');
            let labelled = label.len() < word.len();
            if !labelled && word.len() > BARE {
                return false;
            }
            let label = label.to_lowercase();
            let known = self.knowledge.bare(&label).or_else(|| self.knowledge.heading(&label));
            known.is_some_and(|k| if labelled { k.kind != SectionKind::Plan } else { k.kind == SectionKind::History })
        })
    }

    /// "Neuro intact. A/P Neck pain.": a heading of letters and a stroke, or of a few small letters, behind a closed sentence, before its text.
    fn bare_inside(&mut self, at: usize, end: usize) {
        let Some(rest) = self.text.get(at..end) else { return };
        let length = rest.find(' ').unwrap_or(rest.len());
        let Some(label) = rest.get(..length).filter(|l| l.len() <= BARE && self.knowledge.may_be_bare(l)) else { return };
        let capitals = label.contains(['/', '&']) && label.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'/' | b'&'));
        // "no Hoffmann. imp cervical stenosis, …"
        let small = label.len() > 2 && label.bytes().all(|b| b.is_ascii_lowercase());
        if assesses(self.kind()) || !capitals && !small {
            return;
        }
        let Some(known) = self.knowledge.bare(&squeeze(&fold_phrase(label))) else { return };
        // "MRI done today. imp C5-6 herniation" is what the study's report says
        if !capitals && (self.tells_of_a_study(at) || self.goes_on_behind(rest)) {
            return;
        }
        let behind = rest[length..].trim_start_matches([' ', '-']);
        let opening: Vec<&str> = behind[..behind.find([',', '.', ';']).unwrap_or(behind.len())].split(' ').take(PROBLEM).collect();
        // not "A/P lateral views"
        let follows = self.knowledge.names_problem(&squeeze(&fold_phrase(&opening.join(" "))));
        if follows {
            let heading = self.heading_at(at, label, at + length, known);
            self.add(heading);
        }
    }

    /// "…no tenderness assessment low back pain plan naproxen": an assessment, and the plan behind it, in a dictation on one line.
    fn dictated_inside(&mut self, from: usize, at: usize, end: usize) {
        let Some(rest) = self.text.get(at..end) else { return };
        let length = rest.find(' ').unwrap_or(rest.len());
        if !(4..=DASHED).contains(&length) || !self.knowledge.may_head(&rest[..length]) || !self.whispered() {
            return;
        }
        // a word that is only like a heading is a word: "diagnosed 2019"
        let Some(known) = self.knowledge.heading(&rest[..length]).filter(|k| k.how == Some(HeadingUse::Heading)) else { return };
        let opens =
            if assesses(self.kind()) { known.kind == SectionKind::Plan } else { assesses(known.kind) && self.kind() != SectionKind::Plan };
        let next = rest[length..].split_ascii_whitespace().next().unwrap_or("");
        let before = self.text.get(from..at).and_then(|t| t.split_ascii_whitespace().next_back()).unwrap_or("");
        // "risk assessment low", "the plan", "plan is"
        let of_other = || assesses(known.kind) && self.known_label(&format!("{before} {}", &rest[..length])).is_some();
        let led = self.knowledge.is(SectionWordUse::Unfinished, before) || of_other();
        if opens && !led && !next.is_empty() && !self.knowledge.is(SectionWordUse::Unfinished, next) {
            let heading = self.heading_at(at, &rest[..length], at + length, known);
            self.add(heading);
        }
    }

    /// A short label with a dash in the middle of a line: "Rear ended today. Dx - neck sprain."
    fn dashed(&mut self, at: usize, end: usize) {
        let Some(rest) = self.text.get(at..end).filter(|r| r.starts_with(|c: char| c.is_ascii_uppercase())) else { return };
        let head = &rest[..floor(rest, DASHED)];
        let bytes = head.as_bytes();
        let set_off = |at: &usize| bytes[..*at].last() == Some(&b' ') && bytes.get(at + 1) == Some(&b' ');
        let Some(dash) = memchr::memchr_iter(b'-', bytes).find(set_off).map(|at| at - 1).filter(|d| *d > 1) else { return };
        let label = &head[..dash];
        if assesses(self.kind()) || !label.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'&')) {
            return;
        }
        if let Some(known) = self.known_label(label).filter(|k| k.how == Some(HeadingUse::Heading) && assesses(k.kind)) {
            let heading = self.heading_at(at, label, at + dash + 3, known);
            self.add(heading);
        }
    }

    /// An opening in prose at `at`: an assessment where none is open, a plan behind an assessment in prose.
    pub(crate) fn opening(&mut self, at: usize, end: usize) {
        let Some(rest) = self.text.get(at..end) else { return };
        if !self.knowledge.may_open_prose(rest) {
            return;
        }
        // The words may go on in the next line.
        let reach = self.text.get(at..).unwrap_or("");
        let reach = &reach[..floor(reach, OPENING)];
        let known = self.knowledge.prose(reach, || squeeze(&fold_phrase(reach).replace(" , ", " ")));
        let Some(mut known) = known else { return };
        // "my impression is that he is doing well" assesses nothing, "… is doing well with his cervical radiculopathy" does
        if known.kind == SectionKind::Unknown {
            let sentence = &rest[..rest.find(['.', '!', '?', ';']).unwrap_or(rest.len())];
            if !self.knowledge.names_problem(&squeeze(&fold_phrase(sentence))) {
                return;
            }
            known.kind = SectionKind::Impression;
        }
        let fits = match known.kind {
            SectionKind::Plan => self.in_prose(),
            _ => !assesses(self.kind()) && self.kind() != SectionKind::Plan,
        };
        if fits {
            let mut heading = self.heading_at(at, "", at, known);
            heading.prose = true;
            self.add(heading);
        }
    }
}

/// Whether a mark of punctuation parts the line; the point of "4.1" does not.
fn parted(line: &str) -> bool {
    let bytes = line.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let within = |i: usize| bytes[i] == b'.' && i > 0 && digit(i - 1) && digit(i + 1);
    line.match_indices(['.', '!', '?', ';', ':']).any(|(i, _)| !within(i))
}

/// Bytes of the words in capitals that a text begins with, the last of them before its text: "ASSESSMENT Croup", "PHYSICAL EXAMINATION.".
fn capital_words(text: &str) -> usize {
    let mut end = 0;
    for word in text.split(' ').take(PROBLEM) {
        let own = word.trim_end_matches('.');
        if own.len() < 2 && own != "&" || !own.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'/' | b'&')) {
            break;
        }
        end = (word.as_ptr() as usize - text.as_ptr() as usize) + own.len();
        if own.len() < word.len() {
            break;
        }
    }
    end
}

/// Where the label that ends a stretch of text begins.
fn label_start(head: &str) -> usize {
    let stop = |c: char| !(c.is_alphabetic() || matches!(c, ' ' | '/' | '&' | '-' | '\'' | '’' | '(' | ')' | '+'));
    let mut at = head.char_indices().rev().find(|(_, c)| stop(*c)).map_or(0, |(i, c)| i + c.len_utf8());
    if let Some(gap) = head[at..].trim_end().rfind("  ") {
        at += gap;
    }
    at + head[at..].len() - head[at..].trim_start().len()
}
