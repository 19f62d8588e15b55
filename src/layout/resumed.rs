//! Problems that go on behind a sub-heading of one of them: "1. Diabetes / Labs: A1c 7.2 / 2. Cervical radiculopathy".

use crate::code::Code;
use crate::fold::fold_phrase;
use crate::knowledge::sections::{SectionsKnowledge, assesses, squeeze};
use crate::layout::headings::Heading;
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::span::Span;
use crate::vocab::SectionKind;

/// Bytes of a line that is a problem's title.
const TITLE: usize = 60;
/// Words of such a line.
const WORDS: usize = 6;

/// How the problems of an assessment are set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark<'t> {
    /// By numbers, with what closes them.
    Number(u32, char),
    /// By a mark alone: "#", "###".
    Sign(&'t str),
}

/// Lets the assessment go on where its next problem begins below a heading that stands within one of its problems.
pub(super) fn problems_go_on(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    let mut at = 0;
    while at + 1 < headings.len() {
        let own = headings[at];
        let listed = assesses(own.kind) || own.kind == SectionKind::Plan;
        let sub = headings[at + 1];
        let within = listed && !assesses(sub.kind) && (says_more(text, &sub) || lists_orders(sub.kind));
        let end = || headings[at + 1..].iter().find(|h| assesses(h.kind)).map_or(text.len(), |h| h.start);
        if within && let Some(start) = next_problem(text, lines, &own, &sub, end(), knowledge) {
            let title = Span::new(start as u32, start as u32);
            let next = Heading { start, title, body: start, numbered: false, ..own };
            let place = headings.partition_point(|h| h.start < start);
            match headings.get_mut(place).filter(|h| h.start == start) {
                Some(bare) if bare.title.is_empty() => *bare = next,
                Some(_) => {}
                None => headings.insert(place, next),
            }
            at = place;
        } else {
            at += 1;
        }
    }
}

/// Whether a heading has text on its own line: "Labs: A1c 7.2".
fn says_more(text: &str, heading: &Heading) -> bool {
    let line = text.get(heading.body..).and_then(|t| t.lines().next()).unwrap_or("");
    line.contains(char::is_alphanumeric)
}

/// Whether what stands below a heading alone on its line may still be of one problem: what is ordered for it, or told of it.
fn lists_orders(kind: SectionKind) -> bool {
    use SectionKind::{Exam, Instructions, Medications, Plan, Results, Unknown};
    matches!(kind, Exam | Instructions | Medications | Plan | Results | Unknown)
}

/// Whether a heading of that kind has a list of its own.
fn of_record(kind: SectionKind) -> bool {
    use SectionKind::{FamilyHistory, History, ProblemList, SocialHistory};
    matches!(kind, FamilyHistory | History | ProblemList | SocialHistory)
}

/// Where the problem behind the one begins that the heading `sub` stands in.
fn next_problem(text: &str, lines: &[Line], own: &Heading, sub: &Heading, end: usize, knowledge: &SectionsKnowledge) -> Option<usize> {
    let from = lines.partition_point(|l| l.end <= own.body);
    let to = lines.partition_point(|l| l.end <= sub.start);
    let before: Vec<&Line> = lines.get(from..to + 1)?.iter().filter(|l| !l.blank() && l.first.max(own.body) < sub.start).collect();
    let of = |line: &Line| text.get(line.first.max(own.body)..line.end).unwrap_or("").trim_start();
    let mark = |line| mark(line, knowledge);
    let Some(last) = before.iter().rev().find_map(|l| mark(of(l))) else {
        return next_title(text, lines, (from, to), own, sub, end, knowledge);
    };
    let behind = || lines[to..].iter().filter(|l| l.first > sub.start && l.first < end && !l.blank());
    // "Medications: 1. naproxen": a list of its own
    let told = text.get(sub.body..).and_then(|t| t.lines().next()).unwrap_or("").trim_start();
    if mark(told).is_some() || told.match_indices(' ').any(|(at, _)| mark(&told[at + 1..]).is_some()) {
        return None;
    }
    // a leaflet's line is a sentence: "2. Cervical radiculopathy may cause numbness."
    let sentence = |at: usize| {
        let line = text.get(at..).and_then(|t| t.lines().next()).unwrap_or("").trim_end();
        sub.kind == SectionKind::Instructions && line.len() > TITLE && line.ends_with('.')
    };
    // alone on its line, a label has something below it before the next entry
    let unnumbered = |at: usize| says_more(text, sub) || behind().take_while(|l| l.first < at).any(|l| mark(of(l)).is_none());
    match last {
        Mark::Number(number, close) => {
            let next = behind().find_map(|l| match mark(of(l)) {
                Some(Mark::Number(next, other)) if other == close => Some((l.first, next)),
                _ => None,
            })?;
            (next.1 == number + 1 && !sentence(next.0) && unnumbered(next.0)).then_some(next.0)
        }
        Mark::Sign(_) if of_record(sub.kind) => None,
        Mark::Sign(sign) => behind().find(|l| mark(of(l)) == Some(Mark::Sign(sign))).map(|l| l.first),
    }
}

/// The mark of a problem that a line begins with: "2.", "##", "Problem #2:".
fn mark<'t>(line: &'t str, knowledge: &SectionsKnowledge) -> Option<Mark<'t>> {
    let signs = line.len() - line.trim_start_matches('#').len();
    let plain = line.trim_start_matches(['*', '_', '#']).trim_start();
    let counted = knowledge.problems.iter().filter(|(word, _)| word.starts_with(char::is_alphabetic)).find_map(|(word, _)| {
        let rest = labels::behind_word(plain, word)?;
        let (number, width) = labels::counted(rest);
        let close = rest[width..].chars().next().filter(|c| matches!(c, ':' | '.' | ')' | '-'))?;
        number.map(|n| Mark::Number(n, close))
    });
    if counted.is_some() {
        return counted;
    }
    // "(M54.12) Cervical radiculopathy"
    if line.strip_prefix('(').and_then(|l| l.split_once(')')).is_some_and(|(code, _)| Code::parse(code).is_some()) {
        return Some(Mark::Sign(&line[..1]));
    }
    let width = labels::numbering(plain);
    if width > 0 {
        let number = plain[..width].trim_end();
        let close = number.chars().next_back()?;
        return number.trim_end_matches(close).parse().ok().map(|n| Mark::Number(n, close));
    }
    (signs > 0 && plain.starts_with(char::is_alphabetic)).then(|| Mark::Sign(&line[..signs]))
}

/// The same where problems have titles alone on their lines: "Type 2 diabetes / Labs: A1c 7.2", a blank line, "Cervical radiculopathy".
fn next_title(
    text: &str,
    lines: &[Line],
    (from, to): (usize, usize),
    own: &Heading,
    sub: &Heading,
    end: usize,
    knowledge: &SectionsKnowledge,
) -> Option<usize> {
    // what a leaflet is about is no problem
    let told = says_more(text, sub);
    let leaflet = sub.kind == SectionKind::Instructions;
    if of_record(sub.kind) || leaflet && !told {
        return None;
    }
    let (_, bullet) = lines.get(to).map(|l| labels::markup(l.of(text)))?;
    let titled = |l: &Line| {
        let line = l.of(text);
        let words = line.split(' ').count();
        let named = || knowledge.names_problem(&squeeze(&fold_phrase(&labels::clean(line))));
        let line = line.strip_suffix(':').unwrap_or(line);
        line.len() <= TITLE && words <= WORDS && !line.ends_with('.') && !line.contains(':') && !labels::markup(line).1 && named()
    };
    let above = lines.get(from..to)?.iter().rev().take_while(|l| !l.blank() && l.first >= own.body).last();
    let title = above.filter(|l| !bullet && titled(l))?;
    let indent = title.first - title.start;
    // titles in bold, or less far in than what is told below them, need no blank line
    let bold = |l: &Line| l.of(text).starts_with("**") && l.of(text).ends_with("**");
    let deeper = lines.get(to).is_some_and(|l| l.first - l.start > indent);
    // behind a label alone on its line at least one entry is its own
    let (mut listed, mut filled) = (!told, false);
    let mut apart = false;
    for line in lines[to + 1..].iter().take_while(|l| l.first < end) {
        if line.blank() {
            apart = true;
            continue;
        }
        let further = line.first - line.start > indent || labels::markup(line.of(text)).1;
        if !further && (apart && !leaflet || deeper || bold(title) && bold(line) || listed && filled) && titled(line) {
            return Some(line.first);
        }
        if apart && !further {
            return None;
        }
        listed &= further;
        filled |= further;
    }
    None
}
