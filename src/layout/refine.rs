//! What single headings cannot tell: numbered headings, sub-headings of a problem, and the impression of a quoted report.

use crate::code::Code;
use crate::fold::{fold, fold_phrase};
use crate::knowledge::sections::{Known, SectionsKnowledge, assesses, squeeze};
use crate::knowledge::source::sections::SectionWordUse;
use crate::layout::correspondence;
use crate::layout::headings::Heading;
use crate::layout::labels;
use crate::layout::lines::Line;
use crate::layout::resumed;
use crate::layout::visits;
use crate::span::{Span, floor};
use crate::vocab::SectionKind;

/// Drops or changes headings by what stands around them.
pub(crate) fn refine(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    numbered(text, lines, headings);
    visits::records(text, lines, headings, knowledge);
    title(text, headings);
    listed_history(text, headings, knowledge);
    told_by_problem(text, lines, headings, knowledge);
    plans_of_problems(text, lines, headings);
    told_in_the_story(text, lines, headings, knowledge);
    quoted_reports(text, headings, knowledge);
    asked_of_a_study(text, headings, knowledge);
    concluding(text, headings, knowledge);
    statements(text, headings, knowledge);
    said_in_a_line(text, lines, headings);
    problems(text, lines, headings, knowledge);
    correspondence::story(text, lines, headings, knowledge);
    resumed::problems_go_on(text, lines, headings, knowledge);
}

/// "#Neck pain: heat" and "Problem #2: Hypertension": problems that are told one by one are the assessment of a note that has no other.
fn problems(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    // "Problem #1: Neck pain / Assessment: better / Plan: PT": what is told of each heads no section
    let line_of = |at: usize| lines.partition_point(|l| l.end <= at);
    let told_of_each = |h: &Heading| {
        let above = line_of(h.start).checked_sub(1).and_then(|i| lines.get(i));
        h.kind == SectionKind::Assessment && above.is_some_and(|l| problem(l.of(text), knowledge).is_some())
    };
    let assessed = headings.iter().any(|h| assesses(h.kind));
    if !headings.iter().filter(|h| assesses(h.kind)).all(told_of_each) {
        return;
    }
    let mut found: Vec<(usize, &str, Known)> =
        lines.iter().filter_map(|l| problem(l.of(text), knowledge).map(|(name, known)| (l.first, name, known))).collect();
    let opens: Vec<usize> = found.iter().map(|f| line_of(f.0)).collect();
    let plan_of_one = |h: &Heading| {
        let own = line_of(h.start);
        let above = opens.partition_point(|l| *l < own).checked_sub(1).map(|i| opens[i]);
        let near = above.is_some_and(|above| own - above <= PLANNED && lines[above..own].iter().all(|l| !l.blank()));
        h.kind == SectionKind::Plan && near
    };
    let of_each = |h: &&Heading| assessed && (told_of_each(h) || plan_of_one(h));
    let of_each: Vec<usize> = headings.iter().filter(of_each).map(|h| h.start).collect();
    if found.is_empty() {
        found = unheaded(text, lines, headings, knowledge);
    }
    if found.is_empty() {
        found = managed(text, lines, headings, knowledge);
    }
    let Some((first, _, known)) = found.first() else { return };
    // where the mark heads a part of the note it heads no problem: "# Exam"
    let heads = |at: usize| headings.iter().any(|h| h.start == at && h.kind != SectionKind::Unknown);
    let names = |label: &str| knowledge.names_problem(&squeeze(&fold_phrase(label)));
    if found.iter().any(|f| heads(f.0)) || !found.iter().any(|f| names(f.1)) {
        return;
    }
    // problems of a history are a list of what the patient has had, unless they stand apart from it
    let told = |h: &&Heading| {
        matches!(h.kind, SectionKind::Hpi | SectionKind::Exam | SectionKind::Vitals | SectionKind::Ros | SectionKind::Preamble)
    };
    let listed = |h: &&Heading| matches!(h.kind, SectionKind::ProblemList | SectionKind::HospitalCourse | SectionKind::Plan);
    if let Some(above) = headings.iter().rfind(|h| h.start < *first).filter(|h| !told(h)) {
        let between = text.get(above.body..*first).unwrap_or("");
        let apart = between[between.trim_end().len()..].matches('\n').count() > 1;
        if listed(&above) || !has_words(between) || !apart {
            return;
        }
    }
    let title = Span::new(*first as u32, *first as u32);
    let heading = Heading { start: *first, title, body: *first, kind: known.kind, rule: known.rule, numbered: false, prose: true };
    let place = headings.partition_point(|h| h.start < *first);
    // what the marks made of single problems goes
    let of_problem = |h: &Heading| h.kind == SectionKind::Unknown && found.iter().any(|f| f.0 == h.start);
    headings.insert(place, heading);
    headings.retain(|h| h.start == *first || !(of_problem(h) || of_each.contains(&h.start)));
}

/// Lines below a problem's among which its own plan stands.
const PLANNED: usize = 4;

/// Words of a line that leads in to a list.
const LEAD: usize = 6;

/// The numbered problems, or those behind their codes, that end a note without a heading, behind an examination:
/// "1) Neck pain: heat" and "2) HTN: same meds"; "(M54.2) Neck pain".
fn unheaded<'t>(text: &'t str, lines: &[Line], headings: &[Heading], knowledge: &SectionsKnowledge) -> Vec<(usize, &'t str, Known)> {
    let Some((_, known)) = knowledge.problems.first() else { return Vec::new() };
    // nothing but a plan may follow
    let last = headings.iter().rposition(|h| h.kind != SectionKind::Plan);
    let Some(at) = last.filter(|at| matches!(headings[*at].kind, SectionKind::Exam | SectionKind::Vitals)) else { return Vec::new() };
    let (exam, end) = (&headings[at], headings.get(at + 1).map_or(text.len(), |h| h.start));
    let item = |line: &Line| {
        let own = line.of(text);
        let number = labels::numbering(own);
        let behind = own[number..].trim_start();
        let bracketed = behind.strip_prefix(['(', '[']).and_then(|code| code.split_once([')', ']']));
        let code = bracketed.or_else(|| behind.split_once(' ')).filter(|(code, _)| Code::parse(code).is_some()).map(|(_, name)| name);
        if number == 0 && code.is_none() {
            return None;
        }
        let name = code.unwrap_or(behind).trim_start_matches([' ', '-']);
        Some((line.first, named(name), *known))
    };
    let found: Vec<_> = lines.iter().filter(|l| l.first > exam.body && l.first < end).filter_map(item).collect();
    // "Differential", "Patient denies": a short line right above leads in to a list of another kind
    let above = found.first().and_then(|(first, ..)| lines.iter().rfind(|l| l.end <= *first && !l.blank()));
    let leads_in = |line: &Line| {
        let own = line.of(text).trim_end();
        line.first > exam.body && !own.ends_with(['.', ')']) && own.split(' ').count() <= LEAD && !own.contains(['.', ',', ';'])
            || own.ends_with(':')
    };
    if above.is_some_and(leads_in) {
        return Vec::new();
    }
    if found.iter().all(|(_, name, _)| knowledge.names_problem(&squeeze(&fold_phrase(name)))) { found } else { Vec::new() }
}

/// The listed problems of a note without a plan, where most are told with what is done about them, one of the neck among these:
/// "- Hypothyroid: refill levo", "- Neck pain: worse at the desk. PT ordered".
fn managed<'t>(text: &'t str, lines: &[Line], headings: &[Heading], knowledge: &SectionsKnowledge) -> Vec<(usize, &'t str, Known)> {
    let Some((_, known)) = knowledge.problems.first() else { return Vec::new() };
    let tells = headings.last().is_some_and(|h| !matches!(h.kind, SectionKind::Exam | SectionKind::Vitals | SectionKind::Unknown));
    if tells || headings.iter().any(|h| h.kind == SectionKind::Plan) {
        return Vec::new();
    }
    let from = headings.last().map_or(0, |h| h.body);
    let item = |line: &Line| {
        let own = line.of(text);
        let listed = own.as_bytes().first().is_some_and(|b| !b.is_ascii_alphabetic());
        let (skip, bullet) = if listed { labels::markup(own) } else { return None };
        let number = labels::numbering(&own[skip..]);
        let (name, told) = own[skip + number..].split_once(':').filter(|(name, _)| (bullet || number > 0) && name.len() < LABEL)?;
        let done = told.split(|c: char| !c.is_alphanumeric()).any(|w| knowledge.is(SectionWordUse::Managed, &w.to_lowercase()));
        Some((line.first, name.trim(), done))
    };
    let found: Vec<_> = lines.iter().filter(|l| l.first >= from).filter_map(item).collect();
    let done = found.iter().filter(|(.., done)| *done);
    let named = || done.clone().any(|(_, name, _)| knowledge.names_problem(&squeeze(&fold_phrase(name))));
    if found.len() < 2 || done.clone().count() * 2 <= found.len() || !named() {
        return Vec::new();
    }
    found.into_iter().map(|(at, name, _)| (at, name, *known)).collect()
}

/// The name of the problem that a line opens with a mark ("#Neck pain: heat", "# 1 Neck pain"), or with a word, its number and a mark
/// ("Problem #1: Neck pain. Heat."), and what that mark or word is.
fn problem<'l>(line: &'l str, knowledge: &SectionsKnowledge) -> Option<(&'l str, Known)> {
    let line = line.trim_start_matches(['-', '*', '•', ' ']);
    let first = line.as_bytes().first()?.to_ascii_lowercase();
    if !knowledge.problems.iter().any(|(opens, _)| opens.as_bytes().first() == Some(&first)) {
        return None;
    }
    knowledge.problems.iter().find_map(|(opens, known)| {
        let rest = labels::behind_word(line, opens)?;
        let (count, number) = labels::counted(rest);
        let word = opens.starts_with(char::is_alphabetic);
        let marks: &[char] = if word { &[':', '.', ')', '-'] } else { &[':', '.', ')'] };
        let behind = rest[number..].trim_start_matches(marks);
        let counted = count.is_some() && behind.len() < rest.len() - number;
        let name = behind.trim_start();
        let opened = if word { counted } else { !rest.starts_with(opens.as_str()) };
        (opened && name.starts_with(char::is_alphabetic)).then_some((named(name), *known))
    })
}

/// The name at the start of what is told of a problem: "*Neck pain*: heat", "*Neck pain* - heat".
fn named(problem: &str) -> &str {
    let end = problem.find([':', '.', ',', ';', '(']).or_else(|| problem.find(" - "));
    &problem[..end.unwrap_or(problem.len())]
}

/// "Diagnosis" right below "Past Medical History" or "Patient Active Problem List" is the head of that list.
fn listed_history(text: &str, headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    for at in (1..headings.len()).rev() {
        let (above, here) = (&headings[at - 1], &headings[at]);
        // and "Active Problems:" right below "Assessment/Plan:" is the head of its problems
        let heads = assesses(above.kind) && here.kind == SectionKind::ProblemList;
        if heads && !has_words(text.get(above.body..here.start).unwrap_or("")) {
            headings.remove(at);
            continue;
        }
        let listed = matches!(above.kind, SectionKind::History | SectionKind::ProblemList | SectionKind::FamilyHistory);
        let between = || text.get(above.body..here.start).unwrap_or("");
        // a word alone on its line heads the column; with a colon it does where the assessment comes later
        let alone = || !text.get(here.title.end as usize..here.body).unwrap_or("").contains(':');
        let later = || {
            between().matches('\n').count() <= 1
                && knowledge.is(SectionWordUse::TableHead, &here.title.of(text).to_lowercase())
                && headings[at + 1..].iter().any(|h| assesses(h.kind))
        };
        if listed && here.kind == SectionKind::Diagnosis && !has_words(between()) && (alone() || later()) {
            headings.remove(at);
        }
    }
}

/// How many lines above an impression the name of its study may stand.
const ABOVE: usize = 3;

/// The longest label that is looked up.
const LABEL: usize = 60;

/// Words at the beginning of a statement, among which one in small letters stands.
const STATED: usize = 5;

/// Bytes of a line that says all there is to say under its heading.
const SHORT: usize = 80;

/// "PMH: HTN, GERD" or "Precautions: none", alone before a blank line, says nothing of the paragraphs below it.
fn said_in_a_line(text: &str, lines: &[Line], headings: &mut Vec<Heading>) {
    use SectionKind::{Allergies, FamilyHistory, History, Instructions, Medications, SocialHistory, Unknown};
    let mut at = 0;
    while let Some(heading) = headings.get(at) {
        at += 1;
        if !matches!(heading.kind, Allergies | FamilyHistory | History | Instructions | Medications | SocialHistory) {
            continue;
        }
        let own = lines.partition_point(|l| l.end <= heading.start);
        let end = headings.get(at).map_or(text.len(), |h| h.start);
        let Some(line) = lines.get(own).filter(|l| l.end - l.first <= SHORT && text.get(heading.body..l.end).is_some_and(has_words)) else {
            continue;
        };
        let alone = lines.get(own + 1).is_some_and(Line::blank);
        let next = lines[own + 1..].iter().find(|l| !l.blank()).filter(|l| alone && l.first < end && l.first > line.end);
        if let Some(next) = next.filter(|l| l.of(text).starts_with(|c: char| c.is_uppercase())) {
            let title = Span::new(next.first as u32, next.first as u32);
            let body = next.first;
            headings.insert(at, Heading { start: body, title, body, kind: Unknown, rule: None, numbered: false, prose: false });
        }
    }
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

/// "Neurology   Follow-up" above all else is the note's title: no note with other headings begins with its plan.
fn title(text: &str, headings: &mut [Heading]) {
    let parts = headings.len() > 1;
    let Some(first) = headings.first_mut().filter(|h| h.kind == SectionKind::Plan && !h.prose) else { return };
    let above = text.get(..first.start).is_some_and(|t| t.trim().is_empty());
    let marked = text.get(first.title.end as usize..).is_some_and(|t| t.trim_start().starts_with(':'));
    if parts && above && !marked {
        (first.kind, first.rule) = (SectionKind::Unknown, None);
    }
}

/// "4. Diagnosis:" is a heading in a note whose parts are numbered; in a list of problems it is an entry.
fn numbered(text: &str, lines: &[Line], headings: &mut Vec<Heading>) {
    let mut kinds: Vec<SectionKind> = headings.iter().filter(|h| h.numbered).map(|h| h.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    // "1. Assessment:" and "2. Plan:" in a note that has no other
    let no_other = !headings.iter().any(|h| !h.numbered && assesses(h.kind));
    let both = || no_other && kinds.contains(&SectionKind::Plan) && kinds.iter().any(|k| assesses(*k));
    if kinds.len() < 3 && !both() {
        // "## 3. Assessment", "**1. Assessment**": marked as a heading
        let marked = |h: &Heading| {
            let line = lines.get(lines.partition_point(|l| l.end <= h.start));
            let bold = text.get(h.start..h.title.start as usize).is_some_and(|mark| mark.ends_with("**"));
            bold || line.is_some_and(|l| l.of(text).starts_with("##") || l.of(text).starts_with("**"))
        };
        // "3. Assessment" alone above a list that begins anew
        let heads_list = |h: &Heading| {
            let ends = lines.get(lines.partition_point(|l| l.end <= h.start)).is_some_and(|l| l.end <= h.body);
            assesses(h.kind) && ends && last_number(text, lines, h.body..text.len(), 1) == Some(1)
        };
        headings.retain(|h| !h.numbered || heads_list(h) || marked(h));
    }
}

/// "Neck pain / Assessment: stable / Plan: heat" for each problem below the heading of an assessment, or of the problems: what is told of a
/// problem heads no section.
fn told_by_problem(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    let heads = |kind: SectionKind| assesses(kind) || kind == SectionKind::ProblemList;
    // hardly a note has one below another
    if !headings.windows(2).any(|pair| heads(pair[0].kind) && pair[1].kind == SectionKind::Assessment) {
        return;
    }
    let line_of = |h: &Heading| lines.partition_point(|l| l.end <= h.start);
    let above = |h: &Heading| line_of(h).checked_sub(1);
    let names = |line: usize| lines.get(line).is_some_and(|l| knowledge.names_problem(&squeeze(&fold_phrase(l.of(text)))));
    // a line of its own below a blank one: "Iron deficiency"
    let set_off = |line: usize| {
        let words = lines.get(line).map_or("", |l| l.of(text));
        let after_blank = line.checked_sub(1).and_then(|l| lines.get(l)).is_some_and(Line::blank);
        after_blank && !words.is_empty() && words.len() <= TITLE && !words.ends_with(['.', ':'])
    };
    let known = headings.iter().filter(|h| h.kind == SectionKind::Assessment && above(h).is_some_and(names)).count();
    let labels = |h: &Heading| h.kind == SectionKind::Assessment && above(h).is_some_and(|l| names(l) || known > 0 && set_off(l));
    let told = headings.iter().filter(|h| labels(h)).count();
    let Some(first) = headings.iter().position(labels).filter(|first| told > 1 && *first > 0 && heads(headings[*first - 1].kind)) else {
        return;
    };
    let end = headings.iter().rposition(labels).unwrap_or(first);
    let last = line_of(&headings[end]);
    // a plan for each, not one for all of them
    let told_in = line_of(&headings[first])..=last + 1;
    let plan_of_one = |h: &Heading| h.kind == SectionKind::Plan && told_in.contains(&line_of(h));
    let each = headings.iter().filter(|h| plan_of_one(h)).count() >= told;
    // the problems that are assessed one by one are the assessment; a list above them stays one
    let (list, body) = (headings[first - 1].start, headings[first - 1].body);
    let title = above(&headings[first]).and_then(|l| lines.get(l)).map_or(body, |l| l.first);
    if headings[first - 1].kind == SectionKind::ProblemList && has_words(text.get(body..title).unwrap_or("")) {
        return;
    }
    headings.retain(|h| !(labels(h) || each && plan_of_one(h)));
    if let Some(list) = headings.iter_mut().find(|h| h.start == list && h.kind == SectionKind::ProblemList) {
        list.kind = if each { SectionKind::AssessmentAndPlan } else { SectionKind::Assessment };
    }
}

/// "Plan:" below each problem of a list belongs to the problem: another numbered problem follows it.
fn plans_of_problems(text: &str, lines: &[Line], headings: &mut Vec<Heading>) {
    let mut drop: Vec<(usize, usize, u32)> = Vec::new();
    for (i, heading) in headings.iter().enumerate() {
        let Some(before) =
            i.checked_sub(1).and_then(|_| headings[..i].iter().enumerate().rev().find(|(j, _)| drop.iter().all(|d| d.0 != *j)))
        else {
            continue;
        };
        if heading.kind != SectionKind::Plan || !(assesses(before.1.kind)) || before.1.numbered {
            continue;
        }
        let end = headings.get(i + 1).map_or(text.len(), |h| h.start);
        let above = last_number(text, lines, before.1.body..heading.start, usize::MAX);
        let below = last_number(text, lines, heading.body..end, 1);
        let indent = lines.iter().find(|l| l.first == heading.start).map_or(0, |l| l.first - l.start);
        let follows = matches!((above, below), (Some(a), Some(b)) if b == a + 1);
        // the plan of the last problem stands as far in as those of the problems before it
        let last = indent > 0 && drop.last().is_some_and(|&(j, other, number)| j + 1 == i && other == indent && above == Some(number + 1));
        if follows || last {
            drop.push((i, indent, above.unwrap_or(0)));
        }
    }
    let mut i = 0;
    headings.retain(|_| {
        i += 1;
        drop.iter().all(|d| d.0 != i - 1)
    });
}

/// Bytes of a line that is the title of a problem.
const TITLE: usize = 60;

/// Bytes of an assessment in which a problem is sought.
const OWN: usize = 600;

/// "HPI: sore neck. Seen in the ED. Dx: cervical sprain. Not better": a diagnosis within the story of a note whose own assessment stands in
/// a line of its own below.
fn told_in_the_story(text: &str, lines: &[Line], headings: &mut Vec<Heading>, knowledge: &SectionsKnowledge) {
    use SectionKind::{Assessment, AssessmentAndPlan, ChiefComplaint, Diagnosis, HospitalCourse, Hpi, Impression, Preamble};
    let opens_line = |h: &Heading| lines.get(lines.partition_point(|l| l.end <= h.start)).is_some_and(|l| l.first >= h.start);
    // hardly a note has one
    if !headings.iter().skip(1).any(|h| assesses(h.kind) && !h.prose && !opens_line(h)) {
        return;
    }
    // its own names a problem, and is no list of codes for the bill
    let names = |i: usize, h: &Heading| {
        let end = headings.get(i + 1).map_or(text.len(), |next| next.start);
        let body = text.get(h.body..floor(text, end.min(h.body + OWN))).unwrap_or("");
        body.lines().any(|line| knowledge.names_problem(&squeeze(&fold_phrase(line))))
    };
    let visits_own = |h: &Heading| matches!(h.kind, Assessment | AssessmentAndPlan | Diagnosis | Impression) && opens_line(h);
    let Some(own) = headings.iter().enumerate().rposition(|(i, h)| visits_own(h) && names(i, h)) else { return };
    let mut story = SectionKind::Preamble;
    let mut told = false;
    let mut at = 0;
    headings.retain(|h| {
        at += 1;
        let inside = at <= own && !h.prose && !opens_line(h) && matches!(story, Preamble | ChiefComplaint | HospitalCourse | Hpi);
        let drop = inside && at > 1 && (assesses(h.kind) || told && h.kind == SectionKind::Plan);
        told = drop;
        if !drop {
            story = h.kind;
        }
        !drop
    });
}

/// The number of the last (or of the first `take`) numbered lines in a stretch of text.
fn last_number(text: &str, lines: &[Line], range: std::ops::Range<usize>, take: usize) -> Option<u32> {
    let from = lines.partition_point(|l| l.end <= range.start);
    let numbers = lines[from..].iter().take_while(|l| l.first < range.end).filter_map(|l| {
        let line = text.get(l.first.max(range.start)..l.end)?.trim_start();
        let width = labels::numbering(line);
        (width > 0).then(|| line[..width].trim_end().trim_end_matches(['.', ')']).parse().ok()).flatten()
    });
    numbers.take(take).last()
}

/// "EMG REPORT", "Referring diagnosis: cervical radiculopathy", "Interpretation: normal": what a study was asked for is no diagnosis of it.
fn asked_of_a_study(text: &str, headings: &mut [Heading], knowledge: &SectionsKnowledge) {
    use SectionKind::{
        Assessment, AssessmentAndPlan, ChiefComplaint, Conclusion, Diagnosis, HospitalCourse, Hpi, Impression, Indications, Plan,
    };
    let of_visit = |h: &Heading| matches!(h.kind, Assessment | AssessmentAndPlan | ChiefComplaint | HospitalCourse | Hpi | Plan);
    let concludes = |h: &Heading| {
        let title = squeeze(&fold_phrase(h.title.of(text)));
        matches!(h.kind, Impression | Conclusion) || knowledge.is(SectionWordUse::Concluding, title.trim())
    };
    let Some(at) = headings.iter().position(|h| h.kind == Diagnosis) else { return };
    let Some(end) = headings[at..].iter().position(concludes).map(|i| at + i) else { return };
    // "Records reviewed: MRI report": what was read is not what the note is
    let story =
        headings[..at].iter().find(|h| matches!(h.kind, SectionKind::History | SectionKind::Exam)).map_or(headings[at].start, |h| h.start);
    if !headings.iter().any(of_visit) && names_study(text.get(..story).unwrap_or(""), knowledge) {
        headings[at..end].iter_mut().filter(|h| h.kind == Diagnosis).for_each(|h| h.kind = Indications);
    }
}

/// "INTERPRETATION" is what a report concludes with, if it has no impression and is no visit's.
fn concluding(text: &str, headings: &mut [Heading], knowledge: &SectionsKnowledge) {
    use SectionKind::{Conclusion, Exam, Imaging, Plan, Results};
    // a report may end with what it recommends
    let visit = headings.iter().any(|h| matches!(h.kind, SectionKind::ChiefComplaint | SectionKind::Hpi | SectionKind::HospitalCourse));
    if headings.iter().any(|h| assesses(h.kind) || visit && h.kind == Plan) {
        return;
    }
    // of an examination ("Needle exam:") only what stands behind all else is the conclusion
    let last = headings.iter().rposition(|h| h.kind != Plan).unwrap_or(0);
    let from = if headings.iter().any(|h| h.kind == Exam) { last } else { 0 };
    for heading in headings.iter_mut().skip(from).filter(|h| matches!(h.kind, Imaging | Results)) {
        let title = squeeze(&fold_phrase(heading.title.of(text)));
        // "MRI impression", "EMG interpretation"
        let last = title.trim().rsplit(' ').next().unwrap_or("");
        if knowledge.is(SectionWordUse::Concluding, title.trim()) || knowledge.is(SectionWordUse::Concluding, last) {
            heading.kind = Conclusion;
        }
    }
}

/// "Attending: I saw the patient. No radiculopathy." states what the attending found; "Attending: John Smith, MD" is a name.
fn statements(text: &str, headings: &mut [Heading], knowledge: &SectionsKnowledge) {
    for heading in headings.iter_mut().filter(|h| h.kind == SectionKind::Unknown) {
        let says = || {
            let body = text.get(heading.body..).unwrap_or("").trim_start_matches(|c: char| !c.is_alphanumeric());
            let first = body.split([',', '\n']).next().unwrap_or("").split(' ').take(STATED);
            first.into_iter().any(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()))
        };
        if knowledge.is(SectionWordUse::Stating, squeeze(&fold_phrase(heading.title.of(text))).trim()) && says() {
            heading.kind = SectionKind::Addendum;
        }
    }
}

/// Whether some words of results name a study of imaging: "Renal ultrasound", "MRI C-spine"; blood and heart tracings have no impression.
fn names_study(results: &str, knowledge: &SectionsKnowledge) -> bool {
    let folded = fold(results);
    let is_study = |word: &str| knowledge.is(SectionWordUse::Study, word);
    (0..folded.tokens.len()).any(|i| is_study(folded.word(i)) || is_study(&format!("{} {}", folded.word(i), folded.word(i + 1))))
}

/// The impression of an imaging report that a visit note quotes is imaging, if the note has an assessment of its own below.
fn quoted_reports(text: &str, headings: &mut [Heading], knowledge: &SectionsKnowledge) {
    use SectionKind::{
        Assessment, AssessmentAndPlan, ChiefComplaint, Conclusion, Diagnosis, Exam, HospitalCourse, Hpi, Imaging, Impression, Plan, Results,
    };
    let Some(last) = headings.iter().rposition(|h| assesses(h.kind)) else { return };
    // a report has an impression, a visit an assessment
    let visit = headings.iter().any(|h| matches!(h.kind, ChiefComplaint | Hpi | Exam | Plan | HospitalCourse))
        || matches!(headings[last].kind, Assessment | AssessmentAndPlan | Diagnosis);
    if !visit {
        return;
    }
    // "HISTORY: cough", "IMPRESSION: nodule", "ADDENDUM", "REVISED IMPRESSION: granuloma": one report, read twice
    let report = !headings
        .iter()
        .any(|h| matches!(h.kind, ChiefComplaint | Exam | Plan | HospitalCourse | Assessment | AssessmentAndPlan | Diagnosis));
    let added = headings[..=last].iter().rposition(|h| h.kind == SectionKind::Addendum).filter(|_| report);
    for i in (0..=last).filter(|i| added.is_none_or(|added| added < *i)) {
        // behind the visit's own assessment a report may be pasted
        if i == last && !headings[..i].iter().any(|h| matches!(h.kind, Assessment | AssessmentAndPlan)) {
            continue;
        }
        let before = i.checked_sub(1).map(|before| &headings[before]);
        let near = before.is_some_and(|b| {
            let names_study = || names_study(text.get(b.start..headings[i].start).unwrap_or(""), knowledge);
            headings[i].start - b.start < 4000 && (b.kind == Imaging || b.kind == Results && names_study())
        });
        // "MRI C-spine 5/2: IMPRESSION: …"
        let line = || text.get(..headings[i].start).and_then(|t| t.rsplit(['\n', '.', ';']).next()).unwrap_or("");
        let study = || {
            let label = line().trim().strip_suffix(':').filter(|l| l.len() <= LABEL);
            label
                .and_then(|l| knowledge.heading(&squeeze(&fold_phrase(labels::undated(l)))))
                .is_some_and(|k| matches!(k.kind, Imaging | Results))
        };
        // "XR CERVICAL SPINE" and "Result date: 6/17" in the lines above
        let above = || {
            let lines = text.get(before.map_or(0, |b| b.body)..headings[i].start).unwrap_or("").lines().rev();
            lines.map(str::trim).filter(|l| !l.is_empty()).take(ABOVE).enumerate().any(|(nth, l)| {
                let label = l.trim_end_matches(':');
                // "Outside MRI (report faxed 5/28)": a line right above that is no sentence
                let names = || nth == 0 && !label.ends_with('.') && names_study(label, knowledge);
                let heads = || knowledge.heading(&squeeze(&fold_phrase(labels::undated(label)))).is_some_and(|k| k.kind == Imaging);
                label.len() <= LABEL && (heads() || names())
            })
        };
        // the same with labels between: "XR CERVICAL SPINE", "Result Date: 5/1", "CLINICAL HISTORY: neck pain"
        let titled = || {
            let lines = text.get(..headings[i].start).unwrap_or("").lines().rev().map(str::trim).filter(|l| !l.is_empty());
            let mut lines = lines.take(ABOVE + 1).skip_while(|l| l.contains(':') && l.len() <= LABEL);
            lines.next().is_some_and(|l| l.len() <= LABEL && !l.ends_with('.') && !l.contains(':') && names_study(l, knowledge))
        };
        // "EMG impression: C6 radiculopathy" above the visit's own
        let own_study = || i < last && names_study(headings[i].title.of(text), knowledge);
        if matches!(headings[i].kind, Impression | Conclusion) && (near || study() || above() || titled() || own_study()) {
            headings[i].kind = Imaging;
        }
    }
}
