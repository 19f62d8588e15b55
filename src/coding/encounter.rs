//! What the note says of the encounter itself: setting, author, phase of care, and which sections count as assessed.

use super::facts;
use crate::attributes::{self, Value};
use crate::codeset::{Picked, Releases};
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::layout::{ItemKind, Layout};
use crate::note::Note;
use crate::vocab::{AttributeKey, AuthorRole, Certainty, ConceptKind, Polarity, SectionKind, Setting, Subject, Time};
use jiff::civil::Date;

/// The encounter.
pub(crate) struct Encounter {
    /// Outpatient unless stated.
    pub setting: Setting,
    /// Whether a record, a flag or the note's own words gave it.
    pub setting_stated: bool,
    /// The phase of care of an injury, where it can be derived.
    pub phase: Option<&'static str>,
    /// Whether the writer may not establish a diagnosis (therapist, nurse).
    pub not_provider: bool,
    /// The date of service, and whether it was stated beside the text (else a labelled date in the text gave it).
    pub date: Option<(Date, bool)>,
    /// The ICD-10-CM release that the date picks.
    pub release: Picked,
    /// Whether each section counts as assessed.
    pub coded_from: Vec<bool>,
    /// Whether one of them says anything.
    pub assesses: bool,
    /// Numbered problems of a note that has no heading for them; each is assessed where it names a condition first.
    pub problems: Vec<u32>,
}

/// Reads the encounter from the record and the note's words.
pub(crate) fn read(note: &Note, layout: &Layout, findings: &[Finding], knowledge: &Knowledge, releases: &Releases) -> Encounter {
    let written = attributes::facts::stated(&note.text, layout, knowledge);
    let date = note.facts.date.map(|date| (date, true)).or_else(|| written.date.map(|(date, _)| (date, false)));
    let stated = note.facts.setting.or_else(|| written.setting.map(|(s, _)| s));
    let author = note.facts.author.or_else(|| written.author.map(|(a, _)| a));
    let coded_from = coded_from(layout, findings, knowledge);
    let problems = if coded_from.iter().any(|c| *c) { Vec::new() } else { unheaded_problems(layout) };
    let says = |s: &crate::layout::Section| note.text.get(s.body_start as usize..s.end as usize).is_some_and(|t| !t.trim().is_empty());
    Encounter {
        assesses: layout.sections.iter().zip(&coded_from).any(|(s, coded)| *coded && says(s)) || !problems.is_empty(),
        problems,
        setting: stated.unwrap_or(Setting::Outpatient),
        setting_stated: stated.is_some(),
        phase: note.facts.phase.map(crate::vocab::Phase::as_str).or_else(|| phase(layout, findings, knowledge)),
        not_provider: matches!(author, Some(AuthorRole::Therapist | AuthorRole::Nurse)),
        date,
        release: releases.pick(date.map(|(date, _)| date)),
        coded_from,
    }
}

/// Affirmed or past, of the patient, and no mere precaution.
fn told(finding: &Finding) -> bool {
    let a = &finding.assertion;
    a.polarity == Polarity::Present && a.subject == Subject::Patient && a.certainty == Certainty::Definite && a.time != Time::Future
}

/// The phase that the note's circumstances show: a residual, care during healing, or first treatment of something recent.
fn phase(layout: &Layout, findings: &[Finding], knowledge: &Knowledge) -> Option<&'static str> {
    let shown = |id: &str| {
        let saying = knowledge.coding.guidelines.get(id);
        saying.is_some_and(|s| findings.iter().any(|f| told(f) && s.concepts.has(f.mention.concept)))
    };
    if shown("care-sequela") {
        return Some("sequela");
    }
    if shown("care-undetermined") {
        return None;
    }
    // an emergency visit is active treatment even if the pain got better there
    let emergency = knowledge.coding.guidelines.get("care-emergency").map(|s| &s.concepts);
    if emergency.is_some_and(|e| findings.iter().any(|f| told(f) && e.has(f.mention.concept) && in_story(layout, f)))
        && !shown("care-recheck")
    {
        return Some("active");
    }
    let routine = knowledge.coding.guidelines.get("care-routine");
    let follows = |f: &Finding| {
        let said = routine.is_some_and(|s| s.concepts.has(f.mention.concept)) && in_story(layout, f);
        let improved = routine.is_some_and(|s| s.beside.has(f.mention.concept)) && assessed(layout, f);
        told(f) && (said || improved) && (!assessed(layout, f) || of_the_neck(f, layout, findings, knowledge))
    };
    // days since the story's events, at least and at most
    let spans = findings.iter().filter(|f| told(f) && in_story(layout, f)).flat_map(|f| &f.attributes).filter_map(|a| match a.value {
        Value::Days(least, most) if matches!(a.key, AttributeKey::Onset | AttributeKey::Duration) => Some((least, most)),
        _ => None,
    });
    let spans: Vec<(u32, u32)> = spans.collect();
    let days = |id: &str| knowledge.coding.guidelines.get(id).and_then(|s| s.days).unwrap_or(0);
    if findings.iter().any(follows) {
        let named = knowledge.coding.guidelines.get("care-new-injury").map(|s| &s.concepts);
        let names = |f: &&Finding| {
            let here = f.mention.sentence;
            named.is_some_and(|n| findings.iter().any(|g| g.mention.sentence == here && n.has(g.mention.concept)))
        };
        let new = spans.iter().any(|(_, most)| *most <= days("care-new-injury"));
        let elsewhere = new && !findings.iter().filter(|f| follows(f)).any(|f| names(&f));
        return (!elsewhere).then_some("routine");
    }
    let healing = knowledge.coding.guidelines.get("care-healing");
    let older = spans.iter().any(|(least, _)| *least >= days("care-healing"));
    let better = |f: &Finding| told(f) && healing.is_some_and(|s| s.concepts.has(f.mention.concept)) && in_story(layout, f);
    if older && !shown("care-active") && findings.iter().any(better) {
        let therapy = knowledge.coding.guidelines.get("care-healing-therapy");
        let in_therapy = |f: &Finding| {
            let sentence = layout.sentences.get(f.mention.sentence as usize);
            therapy.zip(sentence).is_some_and(|(t, s)| t.stands_in(layout.tokens(s.tokens.clone())))
        };
        let goes_on = findings.iter().any(|f| {
            let care = healing.is_some_and(|s| s.beside.has(f.mention.concept));
            (told(f) && care) || (better(f) && in_therapy(f))
        });
        return goes_on.then_some("routine");
    }
    let recent = spans.iter().any(|(_, most)| *most <= days("care-active"));
    // an accident told as the present history, and nobody says that care went on before
    let accident = knowledge.coding.guidelines.get("care-active").map(|s| &s.beside);
    let fresh = |f: &Finding| {
        let now = f.assertion.time == Time::Current || facts::just_after(layout, f, knowledge);
        told(f) && now && accident.is_some_and(|a| a.has(f.mention.concept)) && in_story(layout, f)
    };
    (shown("care-active") || recent || findings.iter().any(fresh)).then_some("active")
}

/// Whether how it goes is said of an injury of the neck: in the assessment it stands behind one in its sentence or alone behind its sentence, or
/// right before one ("1. Ankle sprain, healing 2. Cervical strain" is the ankle's). What is no circumstance but a visit is of all.
fn of_the_neck(said: &Finding, layout: &Layout, findings: &[Finding], knowledge: &Knowledge) -> bool {
    if knowledge.lexicon.concept(said.mention.concept).kind != ConceptKind::Circumstance {
        return true;
    }
    let Some(injuries) = knowledge.coding.guidelines.get("care-of-the-neck").map(|s| &s.concepts) else { return true };
    let here = &said.mention;
    let alone = layout.sentences.get(here.sentence as usize).is_some_and(|s| s.tokens.len() <= ALONE);
    findings.iter().filter(|f| injuries.has(f.mention.concept)).any(|f| {
        let injury = &f.mention;
        let item = |sentence: u32| layout.sentences.get(sentence as usize).map(|s| s.item);
        let behind = injury.tokens.end <= here.tokens.start;
        let beside = injury.sentence == here.sentence && (behind || injury.tokens.start.saturating_sub(here.tokens.end) <= 2);
        beside || (alone && injury.sentence + 1 == here.sentence && item(injury.sentence) == item(here.sentence))
    })
}

/// Tokens of a sentence that says nothing but how it goes: "Improving."
const ALONE: usize = 4;

/// The numbered entries of a part of the note without heading or of unknown kind, if there are two or more.
fn unheaded_problems(layout: &Layout) -> Vec<u32> {
    let open = |i: &&crate::layout::Item| {
        let kind = layout.sections[i.section as usize].kind;
        i.kind == ItemKind::Numbered && matches!(kind, SectionKind::Preamble | SectionKind::Unknown)
    };
    let numbered: Vec<u32> = layout.items.iter().enumerate().filter(|(_, i)| open(i)).map(|(n, _)| n as u32).collect();
    if numbered.len() > 1 { numbered } else { Vec::new() }
}

/// Whether a finding stands in a section that assesses by its kind.
fn assessed(layout: &Layout, finding: &Finding) -> bool {
    let section = layout.sentences.get(finding.mention.sentence as usize).and_then(|s| layout.sections.get(s.section as usize));
    section.is_some_and(|s| s.assessed && !s.copied)
}

/// Whether a finding stands where the present matter is told: not in past history, lists, plan or drugs.
fn in_story(layout: &Layout, finding: &Finding) -> bool {
    use SectionKind as S;
    let elsewhere = [S::History, S::FamilyHistory, S::SocialHistory, S::ProblemList, S::Plan, S::Medications, S::Instructions, S::Ros];
    let section = layout.sentences.get(finding.mention.sentence as usize).and_then(|s| layout.sections.get(s.section as usize));
    section.is_some_and(|s| !elsewhere.contains(&s.kind))
}

/// Which sections count as assessed: by kind; a plan or addendum by what it says.
fn coded_from(layout: &Layout, findings: &[Finding], knowledge: &Knowledge) -> Vec<bool> {
    let condition =
        |f: &Finding| matches!(knowledge.lexicon.concept(f.mention.concept).kind, ConceptKind::Diagnosis | ConceptKind::Symptom);
    let mut coded: Vec<bool> = layout.sections.iter().map(|s| s.assessed && !s.copied).collect();
    for finding in findings.iter().filter(|f| condition(f)) {
        let Some(sentence) = layout.sentences.get(finding.mention.sentence as usize) else { continue };
        let Some(section) = layout.sections.get(sentence.section as usize) else { continue };
        if section.copied {
            continue;
        }
        let heads = || {
            let item = layout.items.get(sentence.item as usize);
            let first = item.and_then(|i| layout.sentences.get(i.sentences.start as usize));
            let start = finding.mention.tokens.start;
            // "continue therapy for her C5-6 herniation"
            let treated = layout.words(start.saturating_sub(4).max(sentence.tokens.start)..start).contains(" for ");
            treated || first.is_some_and(|s| start < s.tokens.start + 5)
        };
        match section.kind {
            SectionKind::Plan if told(finding) && heads() => coded[sentence.section as usize] = true,
            SectionKind::Addendum if told(finding) || finding.assertion.polarity == Polarity::Absent => {
                coded[sentence.section as usize] = true
            }
            _ => {}
        }
    }
    coded
}
