//! What the statements of one note make of each other: a later assessment governs over an earlier one, a correction over what it corrects, and
//! what one assessment both says and denies is left to a person.

use super::bonds::causes;
use super::facts::{Fact, Standing, State, family, led_by};
use crate::findings::Finding;
use crate::fold::Token;
use crate::knowledge::Knowledge;
use crate::knowledge::lexicon::ConceptId;
use crate::layout::Layout;
use crate::span::Span;
use crate::vocab::{AttributeKey, ConceptKind, SectionKind};

/// Reconciles the facts of a note, in text order.
pub(super) fn reconcile(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    delegated(facts, findings, layout, knowledge);
    corrected(facts, layout, knowledge);
    resolved(facts, findings, layout, knowledge);
    residual(facts, findings, knowledge);
    operated(facts, layout, knowledge);
    fused(facts, findings, layout, knowledge);
    later_governs(facts, findings, layout, knowledge);
    ruled_out(facts, findings, layout, knowledge);
}

/// Words at the start of a line that may tell who writes what follows.
const BYLINE: usize = 5;

/// Beside the provider's own assessment what a student, a nurse or another place has assessed in the same note is only told.
fn delegated(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let saying = |id: &str| knowledge.coding.guidelines.get(id);
    let (Some(other), Some(own), Some(answer)) =
        (saying("part-of-another"), saying("part-of-the-provider"), saying("answer-of-the-provider"))
    else {
        return;
    };
    let tokens = &layout.folded.tokens;
    if !other.stands_in(tokens) && !answer.stands_in(tokens) {
        return;
    }
    let mut parts: Vec<(u32, Part)> = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(at, t)| *at == 0 || t.breaks > 0) {
        let line = tokens[at..].iter().take(BYLINE).enumerate();
        let ends = |(i, t): &(usize, &Token)| (*i > 0 && t.breaks > 0) || layout.folded.word(at + i) == ":";
        let byline = &tokens[at..at + line.take_while(|t| !ends(t)).count()];
        let led_by = [(other, Part::Another), (answer, Part::Answer), (own, Part::Provider)];
        if let Some((_, part)) = led_by.into_iter().find(|(saying, _)| saying.stands_in(byline)) {
            parts.push((at as u32, part));
        }
    }
    let part = |f: &Fact| {
        let start = findings[f.finding].mention.tokens.start;
        parts.partition_point(|(at, _)| *at <= start).checked_sub(1).map(|i| parts[i].1)
    };
    // a nurse's call with the provider's answer in it
    facts.iter_mut().filter(|f| part(f) == Some(Part::Answer)).for_each(|f| f.referred = true);
    let assessed = |f: &Fact| f.standing == Standing::Assessed && f.state == State::Affirmed;
    if facts.iter().any(|f| assessed(f) && matches!(part(f), Some(Part::Provider | Part::Answer))) {
        let told = |f: &&mut Fact| f.standing == Standing::Assessed && part(f) == Some(Part::Another);
        facts.iter_mut().filter(told).for_each(|f| f.standing = Standing::Incidental);
    }
}

/// Who writes a part of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Another,
    Provider,
    /// The provider, in a note that a nurse has begun.
    Answer,
}

/// What stands above a retraction ("entered in error") is withdrawn where it gives the diagnosis anew, and else, as above any correction
/// ("should read C6-7"), left to a person.
fn corrected(facts: &mut [Fact], layout: &Layout, knowledge: &Knowledge) {
    let heading = knowledge.coding.guidelines.get("correction-heading");
    // "weight entered in error", "the plan should read" take nothing back of the assessment
    let about = knowledge.coding.guidelines.get("correction-of-diagnosis");
    let names = |at: usize| {
        let told = |f: &Fact| matches!(kind(f, knowledge), ConceptKind::Diagnosis | ConceptKind::Symptom);
        facts.iter().any(|f| f.sentence as usize == at && told(f))
    };
    let concerns = |at: usize, tokens: &[Token]| names(at) || about.is_none_or(|a| a.stands_in(tokens));
    let said = |id: &str| {
        let saying = knowledge.coding.guidelines.get(id)?;
        let headed = |title: Span| id == "correction" && heading.is_some_and(|h| h.stands_in(layout.tokens_of(title)));
        let headed: Vec<bool> = layout.sections.iter().map(|s| corrects(s.kind) && s.title.is_some_and(headed)).collect();
        layout.sentences.iter().enumerate().rposition(|(at, s)| {
            let section = s.section as usize;
            let tokens = layout.tokens(s.tokens.clone());
            corrects(layout.sections[section].kind) && (headed[section] || saying.stands_in(tokens)) && concerns(at, tokens)
        })
    };
    let (retraction, correction) = (said("retraction"), said("correction"));
    let Some(at) = retraction.max(correction).map(|at| at as u32) else { return };
    let counts = |f: &Fact| f.standing == Standing::Assessed && matches!(f.state, State::Affirmed | State::Hedged);
    // an addendum may stand above what it is added to
    let above = facts.iter().any(|f| f.sentence < at && counts(f));
    // "cervical radiculopathy was entered in error" takes that back and nothing else
    let named = |f: &&Fact| f.sentence == at && f.state == State::Denied && kind(f, knowledge) == ConceptKind::Diagnosis;
    if let Some(concept) = facts.iter().find(named).map(|f| f.concept) {
        for fact in facts.iter_mut().filter(|f| !above && f.concept == concept && counts(f)) {
            (fact.overruled, fact.state) = (true, State::Denied);
        }
        return;
    }
    let anew = retraction == Some(at as usize) && facts.iter().any(|f| f.sentence >= at && counts(f));
    let by = facts.iter().position(|f| f.sentence >= at && f.standing == Standing::Assessed);
    let meant = |f: &Fact| counts(f) && if above { f.sentence < at } else { f.sentence > at };
    for (i, fact) in facts.iter_mut().enumerate().filter(|(_, f)| meant(f)) {
        if anew {
            fact.overruled = fact.state == State::Affirmed;
            fact.state = State::Denied;
        } else {
            fact.disputed_by = Some(by.unwrap_or(i));
        }
    }
}

fn kind(fact: &Fact, knowledge: &Knowledge) -> ConceptKind {
    knowledge.lexicon.concept(fact.concept).kind
}

/// Of the diagnoses before and after an operation those after it hold: "Preop: C5-6 HNP. Postop: C6-7 HNP".
fn operated(facts: &mut [Fact], layout: &Layout, knowledge: &Knowledge) {
    let titled = |section: u32, id: &str| {
        let title = layout.sections.get(section as usize).and_then(|s| s.title);
        title.zip(knowledge.coding.guidelines.get(id)).is_some_and(|(t, saying)| saying.stands_in(layout.tokens_of(t)))
    };
    let counts = |f: &Fact| f.standing == Standing::Assessed && f.state == State::Affirmed;
    let after: Vec<(ConceptId, u32)> =
        facts.iter().filter(|f| counts(f) && titled(f.section, "postoperative-list")).map(|f| (f.concept, f.section)).collect();
    let levels = |facts: &[Fact], concept: ConceptId, section: u32| -> Vec<String> {
        facts.iter().filter(|f| f.concept == concept && f.section == section).flat_map(|f| f.levels.clone()).collect()
    };
    for (concept, section) in after {
        let held = levels(facts, concept, section);
        let other = |f: &Fact| !f.levels.is_empty() && !held.is_empty() && f.levels.iter().all(|l| !held.contains(l));
        for fact in facts.iter_mut().filter(|f| f.concept == concept && f.section < section && counts(f) && other(f)) {
            if titled(fact.section, "preoperative-list") {
                (fact.overruled, fact.state) = (true, State::Denied);
            }
        }
    }
}

/// "Residual of the 2020 whiplash (healed)": an injury is over when its late effect is spoken of, and is what that is of. "Due to whiplash
/// (healed)": what an injury has left is there, and the injury is past.
fn residual(facts: &mut [Fact], findings: &[Finding], knowledge: &Knowledge) {
    let guidelines = &knowledge.coding.guidelines;
    let (Some(late), Some(injury)) = (guidelines.get("care-sequela"), guidelines.get("past-is-past")) else { return };
    let there = |f: &&Fact| late.concepts.has(f.concept) && !matches!(f.state, State::Denied | State::Hypothetical);
    let told: Vec<u32> = facts.iter().filter(there).map(|f| f.sentence).collect();
    let over = |f: &&mut Fact| {
        f.standing == Standing::Assessed
            && (injury.concepts.has(f.concept) || late.concepts.has(f.concept))
            && matches!(f.state, State::Resolved | State::Past)
            && told.contains(&f.sentence)
    };
    facts.iter_mut().filter(over).for_each(|f| f.state = State::Affirmed);
    let healed = |f: &Fact| f.standing == Standing::Assessed && f.state == State::Resolved && injury.concepts.has(f.concept);
    let left = |f: &Fact| f.standing == Standing::Assessed && f.state == State::Affirmed;
    let healed: Vec<usize> = (0..facts.len()).filter(|&i| healed(&facts[i])).collect();
    for cause in healed {
        if (0..facts.len()).any(|effect| left(&facts[effect]) && causes(findings, facts, effect, cause)) {
            facts[cause].state = State::Past;
        }
    }
}

/// A disc that has been fused since is past: "C5-6 herniation s/p C5-6 ACDF in 2021".
fn fused(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let guidelines = &knowledge.coding.guidelines;
    let (Some(treated), Some(stay)) = (guidelines.get("treated-by-fusion"), guidelines.get("fused-in-this-stay")) else { return };
    if facts.iter().any(|f| stay.concepts.has(f.concept) || f.performed) {
        // "POD#2 s/p fusion for cervical stenosis": what was operated on in this stay is its diagnosis
        let status: Vec<u32> = facts.iter().filter(|f| treated.beside.has(f.concept)).map(|f| f.sentence).collect();
        let reason = |f: &&mut Fact| {
            let diagnosis = kind(f, knowledge) == ConceptKind::Diagnosis;
            f.standing == Standing::Assessed && f.state == State::Past && diagnosis && status.contains(&f.sentence)
        };
        facts.iter_mut().filter(reason).for_each(|f| f.state = State::Affirmed);
        return;
    }
    let there = |f: &Fact| matches!(f.state, State::Affirmed | State::Hedged);
    let at = |f: &Fact| findings[f.finding].mention.tokens.start;
    let fusions: Vec<Fact> = facts.iter().filter(|f| treated.beside.has(f.concept) && there(f)).cloned().collect();
    for fusion in fusions {
        let end = findings[fusion.finding].mention.tokens.end;
        // "herniation at C4-5, above his fusion"
        let apart = |f: &Fact| guidelines.get("beside-the-fusion").is_some_and(|g| g.stands_in(layout.tokens(at(f)..end)));
        let covered = |f: &Fact| {
            let here = fusion.levels.is_empty() && f.sentence == fusion.sentence && at(f) < at(&fusion) && !apart(f);
            !f.levels.is_empty() && (here || f.levels.iter().all(|l| fusion.levels.contains(l)))
        };
        let discs: Vec<usize> =
            (0..facts.len()).filter(|i| treated.concepts.has(facts[*i].concept) && there(&facts[*i]) && covered(&facts[*i])).collect();
        for disc in discs {
            let (sentence, place) = (facts[disc].sentence, at(&facts[disc]));
            facts[disc].state = State::Past;
            let caused = |f: &&mut Fact| {
                let with = guidelines.get("fused-with-the-disc").is_some_and(|g| g.concepts.has(f.concept));
                with && f.sentence == sentence && at(f) > place && there(f)
            };
            facts.iter_mut().filter(caused).for_each(|f| f.state = State::Past);
        }
    }
}

/// Sections in which what is written above may be taken back.
fn corrects(kind: SectionKind) -> bool {
    use SectionKind as S;
    !matches!(
        kind,
        S::Hpi
            | S::History
            | S::FamilyHistory
            | S::SocialHistory
            | S::Medications
            | S::Allergies
            | S::Instructions
            | S::Results
            | S::Imaging
            | S::Exam
            | S::Ros
    )
}

/// "Spondylosis with radiculopathy, radiculopathy resolved": what one problem says last of a condition holds.
fn resolved(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let gone: Vec<(usize, ConceptId, u32)> = (0..facts.len())
        .filter(|i| facts[*i].standing == Standing::Assessed && facts[*i].state == State::Resolved)
        .map(|i| (i, facts[i].concept, facts[i].problem))
        .collect();
    for (by, concept, problem) in gone {
        // the site may be one that both share: "cervical spondylosis with radiculopathy, radiculopathy resolved"
        let at = |f: &Fact| findings[f.finding].mention.core(layout).start;
        let end = at(&facts[by]);
        let ended = facts[by].clone();
        // "stable C5-6 herniation; the C6-7 herniation has resolved"
        let other = |f: &Fact| match f.sentence == ended.sentence {
            true => !ended.may_share_level(f) || sides(&ended, f, findings) || elsewhere(&ended, f),
            false => another(&ended, f, findings, layout, knowledge),
        };
        let before = |f: &&mut Fact| f.concept == concept && f.problem == problem && f.state == State::Affirmed && at(f) < end && !other(f);
        facts.iter_mut().filter(before).for_each(|f| f.state = State::Resolved);
    }
}

/// Whether what ended is another episode, side, level or region than the one assessed: "She had neck pain in 2020 that resolved".
fn another(ended: &Fact, fact: &Fact, findings: &[Finding], layout: &Layout, knowledge: &Knowledge) -> bool {
    let tokens = layout.sentences.get(ended.sentence as usize).map_or(0..0, |s| s.tokens.clone());
    let earlier = knowledge.coding.guidelines.get("another-episode").is_some_and(|g| g.stands_in(layout.tokens(tokens.clone())));
    let year = tokens.into_iter().any(|t| layout.folded.is_year(t));
    let regions = !ended.region.is_empty() && !fact.region.is_empty() && family(&ended.region) != family(&fact.region);
    earlier || year || sides(ended, fact, findings) || regions || !ended.may_share_level(fact)
}

/// Whether what ended is of another region: "cervical radiculopathy; *lumbar radiculopathy, resolved*". One that names no region is the neck's.
fn elsewhere(ended: &Fact, fact: &Fact) -> bool {
    let of = |f: &Fact| if f.region.is_empty() { "cervical" } else { family(&f.region) }.to_owned();
    !ended.region.is_empty() && of(ended) != of(fact)
}

/// Whether both have a side, and not the same.
fn sides(a: &Fact, b: &Fact, findings: &[Finding]) -> bool {
    let side = AttributeKey::Laterality;
    matches!((a.text(findings, side), b.text(findings, side)), (Some(a), Some(b)) if a != b)
}

/// An assessment that a later one contradicts gives way: an addendum governs over what it is added to, the postoperative diagnosis over
/// the preoperative one; and what was only suspected, over what is said of it last.
fn later_governs(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let assessed = |f: &Fact| f.standing == Standing::Assessed;
    let disagreement = knowledge.coding.guidelines.get("attending-governs");
    let disagrees = |sentence: u32| {
        let tokens = layout.sentences.get(sentence as usize).map(|s| layout.tokens(s.tokens.clone()));
        disagreement.zip(tokens).is_some_and(|(saying, tokens)| saying.stands_in(tokens))
    };
    let disputed: Vec<(usize, usize)> = (0..facts.len())
        .filter(|i| assessed(&facts[*i]) && facts[*i].state == State::Affirmed)
        .filter_map(|i| Some((i, (0..facts.len()).find(|by| disputes(&facts[*by], &facts[i], facts, findings, layout, knowledge))?)))
        .collect();
    disputed.into_iter().for_each(|(i, by)| facts[i].disputed_by = Some(by));
    let undone: Vec<(usize, usize)> = (0..facts.len())
        .filter(|i| assessed(&facts[*i]) && facts[*i].state == State::Affirmed && facts[*i].disputed_by.is_none())
        .filter_map(|i| Some((i, denied_above(i, facts, findings, layout, knowledge)?)))
        .collect();
    undone.into_iter().for_each(|(i, by)| facts[i].disputed_by = Some(by));
    let later: Vec<(ConceptId, u32, u32, usize, State)> = (0..facts.len())
        .filter(|i| assessed(&facts[*i]) && matches!(facts[*i].state, State::Denied | State::Affirmed))
        .map(|i| (facts[i].concept, facts[i].section, facts[i].sentence, i, facts[i].state))
        .collect();
    let settled = knowledge.coding.guidelines.get("settled-by");
    for i in 0..facts.len() {
        let fact = &facts[i];
        if !assessed(fact) {
            continue;
        }
        let follows = |section: u32, sentence: u32| match fact.state {
            // within one section, only who says that he disagrees
            State::Affirmed if !fact.suspected => section > fact.section || (sentence > fact.sentence && disagrees(sentence)),
            State::Affirmed | State::Hedged => sentence > fact.sentence,
            _ => false,
        };
        // "possible protrusion at C4-5" is not confirmed by one at C5-6, nor "neck pain, likely facet" by a lumbar facet arthropathy
        let placed = |by: usize, state: State| state == State::Denied || fact.may_share_place(&facts[by]);
        // "Attending: No fracture": a denial of a fracture anywhere is one of the neck's, too
        let settles = |l: &(ConceptId, u32, u32, usize, State)| {
            l.4 == State::Denied && settled.is_some_and(|g| g.concepts.has(fact.concept) && g.beside.has(l.0))
        };
        let same = |l: &&(ConceptId, u32, u32, usize, State)| (l.0 == fact.concept || settles(l)) && follows(l.1, l.2) && placed(l.3, l.4);
        let last = later.iter().filter(same).max_by_key(|l| l.2);
        match last {
            Some((.., State::Denied)) => {
                facts[i].overruled = facts[i].state == State::Affirmed;
                facts[i].state = State::Denied;
            }
            Some((.., confirmation, _)) => {
                // "possible herniation. Addendum: C5-6 herniation confirmed"
                if facts[i].levels.is_empty() {
                    facts[i].levels = facts[*confirmation].levels.clone();
                }
                facts[i].state = State::Affirmed;
            }
            None => {}
        }
    }
}

/// What an assessment denies of a diagnosis that another entry of it, or the plan below it, tells as there: "1. Spondylosis without
/// radiculopathy. 2. Radiculopathy", "No evidence of radiculopathy. Plan: ESI for radiculopathy".
fn denied_above(i: usize, facts: &[Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) -> Option<usize> {
    let fact = &facts[i];
    let plan = |f: &Fact| layout.sections[f.section as usize].kind == SectionKind::Plan;
    let above = |by: &Fact| {
        let one = by.section == fact.section && by.item != fact.item;
        by.standing == Standing::Assessed && by.sentence < fact.sentence && (one || (plan(fact) && !plan(by)))
    };
    let counts = |by: &Fact| above(by) && denies_the_same(by, fact, facts, findings, layout, knowledge);
    if kind(fact, knowledge) != ConceptKind::Diagnosis {
        return None;
    }
    // what was affirmed before it was denied is another matter
    let before =
        |by: usize| facts[..by].iter().any(|f| f.concept == fact.concept && f.state == State::Affirmed && f.standing == Standing::Assessed);
    (0..facts.len()).find(|&by| counts(&facts[by]) && !before(by))
}

/// A diagnosis that the story tells and the assessment denies outright is not there: "HPI: has radiculopathy. A: Radiculopathy ruled out."
fn ruled_out(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let assessed = |f: &Fact| f.standing == Standing::Assessed;
    let upheld =
        |fact: &Fact| facts.iter().any(|f| assessed(f) && f.concept == fact.concept && matches!(f.state, State::Affirmed | State::Hedged));
    let denied = |fact: &Fact| facts.iter().any(|by| assessed(by) && disputes(by, fact, facts, findings, layout, knowledge));
    let told = |f: &Fact| !assessed(f) && f.state == State::Affirmed && !upheld(f) && denied(f);
    let over: Vec<usize> = (0..facts.len()).filter(|i| told(&facts[*i])).collect();
    over.into_iter().for_each(|i| facts[i].state = State::Denied);
}

/// Whether a diagnosis is denied behind an assessment of it, without words that make it another one: a side, a level, a course.
fn disputes(by: &Fact, fact: &Fact, facts: &[Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) -> bool {
    let told = by.standing == Standing::Assessed || layout.sections[by.section as usize].kind == SectionKind::Plan;
    told && by.sentence > fact.sentence
        && kind(by, knowledge) == ConceptKind::Diagnosis
        && denies_the_same(by, fact, facts, findings, layout, knowledge)
}

/// Tokens behind a denial that may say of when or of what it is.
const QUALIFIED: u32 = 5;

/// Whether a denial is of another time, or of a part, by the words behind it: "no neck pain at the scene", "denies neck pain radiating to the arms".
fn of_then(by: &Fact, findings: &[Finding], layout: &Layout, knowledge: &Knowledge) -> bool {
    let (Some(saying), Some(sentence)) = (knowledge.coding.guidelines.get("denied-of-then"), layout.sentences.get(by.sentence as usize))
    else {
        return false;
    };
    let from = findings[by.finding].mention.tokens.end;
    saying.stands_in(layout.tokens(from..(from + QUALIFIED).min(sentence.tokens.end)))
}

/// Whether what is denied is what is affirmed, without words that make it another one.
pub(super) fn denies_the_same(
    by: &Fact,
    fact: &Fact,
    facts: &[Fact],
    findings: &[Finding],
    layout: &Layout,
    knowledge: &Knowledge,
) -> bool {
    let of_its_own =
        |key: AttributeKey| matches!(key, AttributeKey::Level | AttributeKey::Laterality | AttributeKey::Acuity | AttributeKey::Course);
    let in_part = || led_by(layout, &findings[by.finding], knowledge, "denied-in-part") || of_then(by, findings, layout, knowledge);
    // "C5-6 protrusion with stenosis", and in the next entry "C6-7 bulge without stenosis"
    let levels = |f: &Fact| -> Vec<&String> { facts.iter().filter(|g| g.sentence == f.sentence).flat_map(|g| &g.levels).collect() };
    let parted = || {
        let (own, other) = (levels(by), levels(fact));
        !own.is_empty() && !other.is_empty() && !own.iter().any(|level| other.contains(level))
    };
    by.state == State::Denied
        && !parted()
        && by.concept == fact.concept
        && (by.region.is_empty() || fact.region.is_empty() || family(&by.region) == family(&fact.region))
        && !findings[by.finding].attributes.iter().any(|a| of_its_own(a.key))
        && !in_part()
}
