//! What the note says of the encounter itself: setting, author, phase of care, and which sections count as assessed.

use super::care::Care;
use super::facts;
use crate::attributes;
use crate::codeset::{Picked, Releases};
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::layout::{ItemKind, Layout};
use crate::note::Note;
use crate::vocab::{AuthorRole, Certainty, ConceptKind, Polarity, SectionKind, Setting, Subject, Time};
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
    /// Whether the note is the report of a study and no visit: what its body names the impression has weighed.
    pub report: bool,
    /// Numbered problems of a note that has no heading for them; each is assessed where it names a condition first.
    pub problems: Vec<u32>,
}

/// Reads the encounter from the record and the note's words.
pub(crate) fn read(note: &Note, layout: &Layout, findings: &[Finding], knowledge: &Knowledge, releases: &Releases) -> Encounter {
    let written = attributes::facts::stated(&note.text, layout, knowledge);
    let date = note.facts.date.map(|date| (date, true)).or_else(|| written.date.map(|(date, _)| (date, false)));
    let stated = note.facts.setting.or_else(|| written.setting.map(|(s, _)| s));
    let author = note.facts.author.or_else(|| written.author.map(|(a, _)| a));
    let therapy = author == Some(AuthorRole::Therapist);
    let coded_from = coded_from(layout, findings, knowledge);
    let problems = if coded_from.iter().any(|c| *c) { Vec::new() } else { unheaded_problems(layout) };
    let says = |s: &crate::layout::Section| note.text.get(s.body_start as usize..s.end as usize).is_some_and(|t| !t.trim().is_empty());
    Encounter {
        assesses: layout.sections.iter().zip(&coded_from).any(|(s, coded)| *coded && says(s)) || !problems.is_empty(),
        problems,
        report: is_report(layout),
        setting: stated.unwrap_or(Setting::Outpatient),
        setting_stated: stated.is_some(),
        phase: note.facts.phase.map(crate::vocab::Phase::as_str).or_else(|| Care { layout, findings, knowledge, therapy }.phase()),
        not_provider: matches!(author, Some(AuthorRole::Therapist | AuthorRole::Nurse)),
        date,
        release: releases.pick(date.map(|(date, _)| date)),
        coded_from,
    }
}

/// Affirmed or past, of the patient, and no mere precaution.
pub(super) fn told(finding: &Finding) -> bool {
    let a = &finding.assertion;
    a.polarity == Polarity::Present && a.subject == Subject::Patient && a.certainty == Certainty::Definite && a.time != Time::Future
}

/// Whether a note has findings of a study and an impression of them, and no part of a visit.
fn is_report(layout: &Layout) -> bool {
    use SectionKind::{Assessment, AssessmentAndPlan, ChiefComplaint, Diagnosis, Hpi, Imaging, Plan, ProblemList, Ros};
    // "EXAM:" and "PROCEDURE:" may name the study
    let visit = |k| matches!(k, Assessment | AssessmentAndPlan | ChiefComplaint | Diagnosis | Hpi | Plan | ProblemList | Ros);
    let kinds = || layout.sections.iter().map(|s| s.kind);
    kinds().any(|k| matches!(k, SectionKind::Impression | SectionKind::Conclusion)) && kinds().any(|k| k == Imaging) && !kinds().any(visit)
}

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
pub(super) fn assessed(layout: &Layout, finding: &Finding) -> bool {
    let section = layout.sentences.get(finding.mention.sentence as usize).and_then(|s| layout.sections.get(s.section as usize));
    section.is_some_and(|s| s.assessed && !s.copied)
}

/// Whether a finding stands where the present matter is told: not in past history, lists, plan or drugs.
pub(super) fn in_story(layout: &Layout, finding: &Finding) -> bool {
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
            let treated = facts::led_by(layout, finding, knowledge, "treated-for");
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
