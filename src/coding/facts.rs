//! Findings → facts: where each stands and what is said of it, as the rules see them.

mod causes;
mod places;
mod sayings;

pub(crate) use places::{below_the_neck, compatible, family};
pub(super) use sayings::led_by;

use self::places::{adopt_levels, adopt_sides, place, push_new, region_at_end, region_of_level, share_levels};
use self::sayings::{REPORTED, followed, in_line, introduced, led_in_clause, part_of, reported};
use super::apart;
use super::encounter::{self, Encounter};
use super::reconcile;
use crate::attributes::Value;
use crate::context::Cue;
use crate::findings::Finding;
use crate::fold::Token;
use crate::knowledge::Knowledge;
use crate::knowledge::coding::Saying;
use crate::knowledge::lexicon::ConceptId;
use crate::layout::{ItemKind, Layout, Sentence};
use crate::span::Span;
use crate::vocab::{AttributeKey, Certainty, ConceptKind, Polarity, Reason, SectionKind, Setting, Subject, Time};
use std::collections::BTreeMap;
use std::ops::Range;

/// Where in the note a finding stands, by how much its words weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Assessment-like section.
    Assessed,
    /// The provider's own account: complaint, history of present illness, examination, course, plan.
    Narrative,
    /// Reports and results quoted in the note.
    Imaging,
    /// Past history and carried problem lists.
    Past,
    /// Everything else: review of systems, social history, medications, instructions.
    Incidental,
}

/// What the note says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// There, now, in the patient.
    Affirmed,
    /// There, but hedged.
    Hedged,
    /// Said not to be there.
    Denied,
    /// Past by a resolution cue.
    Resolved,
    /// Past.
    Past,
    /// Another person's.
    Someone,
    /// Conditional, future, general.
    Hypothetical,
}

impl State {
    /// Why a code is withheld whose finding stands so; `None` if it is affirmed.
    pub(crate) const fn reason(self) -> Option<Reason> {
        Some(match self {
            State::Affirmed => return None,
            State::Hedged => Reason::Uncertain,
            State::Denied => Reason::Negated,
            State::Resolved => Reason::Resolved,
            State::Past => Reason::Historical,
            State::Someone => Reason::Family,
            State::Hypothetical => Reason::Hypothetical,
        })
    }
}

/// A finding as the rules see it.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// Index of the finding.
    pub finding: usize,
    /// What it is.
    pub concept: ConceptId,
    /// Region of the spine or body; "" where nothing says.
    pub region: String,
    /// Its own words name the region, not only its neighbours'.
    pub own_region: bool,
    /// Disc levels, in text order.
    pub levels: Vec<String>,
    /// Levels that only a quoted report gives.
    pub imaging_levels: Vec<String>,
    /// Single vertebrae or roots.
    pub roots: Vec<String>,
    /// The list entry or paragraph.
    pub item: u32,
    /// The problem that it is told of, which may have several entries.
    pub problem: u32,
    /// The sentence.
    pub sentence: u32,
    /// Its place among the parts of the sentence that semicolons divide.
    pub clause: u32,
    /// The section.
    pub section: u32,
    /// Where it stands.
    pub standing: Standing,
    /// What is said.
    pub state: State,
    /// It is hedged, whatever the setting makes of that.
    pub suspected: bool,
    /// A later statement of the assessment contradicts it.
    pub overruled: bool,
    /// The fact by which the same assessment, or its plan, denies it.
    pub disputed_by: Option<usize>,
    /// The finding before it in its sentence that is said to cause it ("herniation causing stenosis").
    pub consequence_of: Option<usize>,
    /// The finding right before it, if "with" stands between and none of that kind before: of "spondylosis with radiculopathy, DDD" the
    /// radiculopathy is of the spondylosis.
    pub with: Option<usize>,
    /// The findings it is said not to come from.
    pub apart: Vec<usize>,
    /// Done in this encounter: named in the account of a procedure.
    pub performed: bool,
    /// Ordered or planned: to come, or named in the plan.
    pub planned: bool,
    /// The finding of the story that gives its side.
    pub side: Option<usize>,
    /// Quoted as the referring provider's diagnosis, or given by the provider in another's note.
    pub referred: bool,
    /// Findings whose words were taken over (a level named elsewhere).
    pub adopted: Vec<usize>,
    /// An attribute to suppose, when trying what an answer would change.
    pub supposed: Option<(AttributeKey, String)>,
}

impl Fact {
    /// Whether both may be of one level: one of them names none, or they share one.
    pub(super) fn may_share_level(&self, other: &Fact) -> bool {
        self.levels.is_empty() || other.levels.is_empty() || self.levels.iter().any(|level| other.levels.contains(level))
    }

    /// Whether both may be of one place: of one region and one level, as far as they name them.
    pub(super) fn may_share_place(&self, other: &Fact) -> bool {
        compatible(&self.region, &other.region) && self.may_share_level(other)
    }

    /// Whether the values of this attribute meet the list (`any` meets all).
    pub fn has(&self, findings: &[Finding], key: AttributeKey, wanted: &[String]) -> bool {
        if let Some((k, v)) = &self.supposed
            && *k == key
        {
            return wanted.iter().any(|w| w == "any" || w == v);
        }
        findings[self.finding].attributes.iter().filter(|a| a.key == key).any(|a| match &a.value {
            Value::Text(text) => wanted.iter().any(|w| w == "any" || w == text),
            _ => wanted.iter().any(|w| w == "any"),
        })
    }

    /// The text value of an attribute, the first in the text.
    pub fn text<'f>(&'f self, findings: &'f [Finding], key: AttributeKey) -> Option<&'f str> {
        if let Some((k, v)) = &self.supposed
            && *k == key
        {
            return Some(v);
        }
        let side = self.side.filter(|_| key == AttributeKey::Laterality);
        let own = std::iter::once(self.finding).chain(side).flat_map(|f| &findings[f].attributes);
        own.into_iter().find_map(|a| match &a.value {
            Value::Text(text) if a.key == key => Some(text.as_str()),
            _ => None,
        })
    }
}

/// The weight of a section's words.
pub(crate) fn standing(kind: SectionKind, coded_from: bool) -> Standing {
    use SectionKind as S;
    if coded_from {
        return Standing::Assessed;
    }
    match kind {
        S::Preamble
        | S::ChiefComplaint
        | S::Hpi
        | S::Exam
        | S::HospitalCourse
        | S::Procedure
        | S::Indications
        | S::Plan
        | S::Addendum
        | S::Unknown
        | S::Vitals => Standing::Narrative,
        S::Results | S::Imaging => Standing::Imaging,
        S::History | S::ProblemList => Standing::Past,
        // an assessment that does not count (copied from another visit) is the past
        S::Assessment | S::AssessmentAndPlan | S::Impression | S::Diagnosis | S::Conclusion => Standing::Past,
        S::FamilyHistory | S::SocialHistory | S::Ros | S::Medications | S::Allergies | S::Instructions => Standing::Incidental,
    }
}

/// What the note says of a finding. Inpatient diagnoses at discharge count as established though hedged.
pub(crate) fn state(finding: &Finding, established: bool, kind: ConceptKind, after: bool) -> State {
    let a = &finding.assertion;
    if a.subject != Subject::Patient {
        return State::Someone;
    }
    // what is planned for a complaint is to come, not the complaint: "plan for neck pain: heat"
    let planned = a.time == Time::Future && !matches!(kind, ConceptKind::Symptom | ConceptKind::Diagnosis | ConceptKind::Sign);
    if a.certainty == Certainty::Hypothetical || planned {
        return State::Hypothetical;
    }
    if a.polarity == Polarity::Absent {
        return State::Denied;
    }
    // "neck pain s/p collision yesterday": an event is behind us and no old one
    let event = kind == ConceptKind::Mechanism && after;
    match a.time {
        Time::Historical if event => {}
        // a state after something is told in the past and holds today ("status post C5-6 fusion")
        Time::Historical if kind == ConceptKind::Status => {}
        Time::Historical if a.resolved => return State::Resolved,
        Time::Historical => return State::Past,
        _ => {}
    }
    if a.certainty != Certainty::Definite && !established { State::Hedged } else { State::Affirmed }
}

/// Whether what is done is to come: said so of the patient under no condition, or named in the plan.
fn planned(finding: &Finding, state: State, section: SectionKind) -> bool {
    let a = &finding.assertion;
    let to_come = a.time == Time::Future && a.certainty == Certainty::Definite && a.polarity == Polarity::Present;
    (to_come && a.subject == Subject::Patient) || (state == State::Affirmed && section == SectionKind::Plan)
}

/// Makes the facts of a note's findings.
pub(crate) fn facts(layout: &Layout, findings: &[Finding], encounter: &Encounter, knowledge: &Knowledge) -> Vec<Fact> {
    let (coded_from, setting) = (&encounter.coded_from, encounter.setting);
    let discharge = setting == Setting::Inpatient;
    // a hedge in the list of admission diagnoses is settled by the list made at discharge, if there is one
    let admission = knowledge.coding.guidelines.get("admission-list");
    let admitted = |title: Option<Span>| title.is_some_and(|t| admission.is_some_and(|a| a.stands_in(layout.tokens_of(t))));
    let later = layout.sections.iter().any(|s| s.kind == SectionKind::Diagnosis && !admitted(s.title));
    let at_admission = |title: Option<Span>| later && admitted(title);
    let saying = |id: &str| knowledge.coding.guidelines.get(id);
    let (complaints, by_others, report, axis) =
        (saying("complaints-stand"), saying("told-by-others"), saying("report-line"), saying("axis-row"));
    let (referring, clinician, worse, quoted) =
        (saying("referring-diagnosis"), saying("other-clinician"), saying("makes-worse"), saying("quoted-report"));
    let (weighing, discounting, shows, seen) =
        (saying("report-weighed"), saying("imaging-weighed"), saying("study-shows"), saying("seen-on-study"));
    let (asking, told_study) = (saying("asks-a-study"), saying("study-told"));
    let (conditional, own_words, adopting) = (saying("on-condition"), saying("own-words"), saying("adopted-diagnosis"));
    let (no_account, doubting, as_cause) = (saying("of-no-account"), saying("doubts-that"), saying("as-the-cause"));
    let (diagnosing, by_whom, blames) = (saying("diagnosing-words"), saying("by-whom"), saying("blames"));
    let (seen_with, shared, own_status) = (saying("study-with"), saying("shared-with-the-patient"), saying("status-of-its-own"));
    let mut facts: Vec<Fact> = findings
        .iter()
        .enumerate()
        .filter_map(|(i, finding)| {
            let sentence = layout.sentences.get(finding.mention.sentence as usize)?;
            let section = layout.sections.get(sentence.section as usize)?;
            let coded = coded_from.get(sentence.section as usize).copied().unwrap_or(false);
            // a complaint is there whatever is suspected behind it ("likely muscular neck pain")
            let complaint = complaints.is_some_and(|g| g.concepts.has(finding.mention.concept));
            let established = complaint || (discharge && coded && section.kind == SectionKind::Diagnosis && !at_admission(section.title));
            let (mut levels, mut roots, mut region) = (Vec::new(), Vec::new(), String::new());
            for attribute in &finding.attributes {
                let Value::Text(text) = &attribute.value else { continue };
                match attribute.key {
                    AttributeKey::Level if text.contains('-') => push_new(&mut levels, text),
                    AttributeKey::Level => push_new(&mut roots, text),
                    AttributeKey::Region => region.clone_from(text),
                    _ => {}
                }
            }
            let kind = knowledge.lexicon.concept(finding.mention.concept).kind;
            if let Some((r, _)) = &finding.mention.region {
                region.clone_from(r);
                // "cervical spondylosis C1-2": the ends of a column have regions of their own
                if let Some(end) = region_at_end(&levels, r).filter(|_| kind == ConceptKind::Diagnosis) {
                    end.clone_into(&mut region);
                }
            } else if let Some(level) = levels.first().or(roots.first()) {
                region = region_of_level(level).to_owned();
            }
            let introduced = |by: Option<&Saying>| introduced(layout, finding, section.title, by);
            let says = |by: Option<&Saying>| by.is_some_and(|g| g.stands_in(layout.tokens(sentence.tokens.clone())));
            // a letterhead tells nothing of others: "ED dx:"
            let reported = |by: Option<&Saying>| reported(layout, finding, by);
            // "diagnosed with a strain at urgent care"
            let by_another =
                || led_in_clause(layout, finding, diagnosing, knowledge) && by_whom.is_some_and(|g| followed(layout, finding, g));
            let told = || {
                (led_in_clause(layout, finding, by_others, knowledge) || by_another())
                    && !led_in_clause(layout, finding, own_words, knowledge)
                    && !says(adopting)
            };
            // the treating provider's own diagnosis goes before the one that the patient came with
            let in_line = || section.kind == SectionKind::Diagnosis && in_line(layout, finding, referring);
            let referred = encounter.not_provider && (introduced(referring) || in_line());
            let first = layout.items.get(sentence.item as usize).and_then(|i| layout.sentences.get(i.sentences.start as usize));
            let heads = first.is_some_and(|s| finding.mention.tokens.start < s.tokens.start + 5);
            let problem = heads && encounter.problems.contains(&sentence.item);
            let numbered =
                heads && layout.items.get(sentence.item as usize).is_some_and(|i| i.kind == ItemKind::Numbered) && says(own_status);
            let weighed = || says(weighing);
            // the name of what is done may begin with "after"
            let start = finding.mention.tokens.start;
            let led = || layout.tokens(start.saturating_sub(1).max(sentence.tokens.start)..start + 1);
            let worsens = || introduced(worse) || worse.is_some_and(|g| g.stands_in(led()));
            // "Age-appropriate spondylosis on films": what a study shows and the provider makes nothing of
            let shown = || introduced(shows) || seen.is_some_and(|g| followed(layout, finding, g));
            let part_says = |by: Option<&Saying>| by.is_some_and(|g| g.stands_in(layout.tokens(part_of(layout, finding, sentence))));
            // "I do not think that the bulge is causing her pain"
            let no_cause = || led_in_clause(layout, finding, doubting, knowledge) && as_cause.is_some_and(|g| followed(layout, finding, g));
            // "1. Neck pain. MRI showed a C5-6 bulge. PT": the problem is the complaint, and the study's finding is told of it
            let studied = |f: &Finding| {
                let range = |s: &Sentence| part_of(layout, f, s).start..f.mention.core(layout).start;
                let before = layout.sentences.get(f.mention.sentence as usize).map(range);
                // "MRI for suspected radiculopathy" shows nothing yet
                let says = |range: &Range<u32>, by: Option<&Saying>| by.is_some_and(|g| g.stands_in(layout.tokens(range.clone())));
                before.is_some_and(|range| says(&range, shows) && (!says(&range, asking) || says(&range, told_study)))
            };
            let of_a_complaint = |until: u32| {
                let of = layout.problem(sentence.item);
                let here = |f: &&Finding| {
                    let own = layout.sentences.get(f.mention.sentence as usize);
                    own.is_some_and(|s| s.section == sentence.section && layout.problem(s.item) == of)
                        && f.mention.sentence as usize + REPORTED >= finding.mention.sentence as usize
                };
                let mut before = findings[..i].iter().rev().take_while(here).filter(|f| f.mention.tokens.end <= until);
                let names = |f: &Finding| complaints.is_some_and(|g| g.concepts.has(f.mention.concept));
                // "neck pain and C6 radiculopathy, MRI shows a herniation" tells of the root
                let diagnoses = |f: &Finding| {
                    knowledge.lexicon.concept(f.mention.concept).kind == ConceptKind::Diagnosis
                        && f.assertion.polarity == Polarity::Present
                        && f.assertion.certainty == Certainty::Definite
                        && !studied(f)
                };
                before.clone().any(names) && !before.any(diagnoses)
            };
            let incidental = || no_account.is_some_and(|g| followed(layout, finding, g));
            let of_no_account = || (shown() && part_says(discounting)) || ((incidental() || no_cause()) && of_a_complaint(start));
            // "Disc bulge noted on MRI", not "due to the disc bulge on MRI"
            let seen_on_study = || {
                let blamed = || blames.is_some_and(|g| g.stands_in(layout.tokens(sentence.tokens.start..start)));
                // what opens an entry of its own is a problem: "Cervical stenosis noted on MRI, refer for decompression"
                let opens = start <= sentence.tokens.start + 1 && first.is_some_and(|s| s.tokens == sentence.tokens);
                seen.is_some_and(|g| followed(layout, finding, g)) && !opens && !blamed() && of_a_complaint(sentence.tokens.start)
            };
            let told_of_a_complaint = || (studied(finding) && of_a_complaint(start) || seen_on_study()) && !weighed();
            // "XR w/ mild DDD", not "films reviewed with patient"
            let with_study = || introduced(seen_with) && !introduced(shared) && !weighed();
            let standing = match standing(section.kind, coded) {
                _ if section.copied => Standing::Past,
                _ if introduced(clinician) => Standing::Incidental,
                // "worse after yard work": what makes it worse has not begun it
                _ if kind == ConceptKind::Mechanism && worsens() => Standing::Incidental,
                Standing::Narrative if introduced(quoted) || introduced(report) => Standing::Imaging,
                Standing::Narrative if kind == ConceptKind::Diagnosis && reported(report) => Standing::Imaging,
                // "Axis III: neck pain"
                Standing::Assessed if introduced(axis) || reported(axis) => Standing::Incidental,
                // a complaint is the patient's, whoever tells it
                // unless the provider says what it means: "MRI: C5-6 herniation, which is the cause"
                Standing::Assessed
                    if kind == ConceptKind::Diagnosis && (introduced(report) && !weighed() || with_study() || told_of_a_complaint()) =>
                {
                    Standing::Imaging
                }
                // but "1. Cervical stenosis, an incidental finding on MRI, asymptomatic" is a problem of its own
                Standing::Assessed if kind == ConceptKind::Diagnosis && !numbered && of_no_account() => Standing::Imaging,
                Standing::Assessed if kind == ConceptKind::Diagnosis && told() => Standing::Narrative,
                standing => standing,
            };
            let mut state = state(finding, established, kind, just_after(layout, finding, knowledge));
            let mut concept = finding.mention.concept;
            // an operation that the assessment tells as past is the state after it: "ACDF by Dr. Hale in May 2022"
            if let (Some(past), State::Past, Standing::Assessed) = (knowledge.lexicon.concept(concept).past, state, standing) {
                (concept, state) = (past, State::Affirmed);
            }
            // "heat and cyclobenzaprine for acute cervical strain", in a note that has no assessment
            let recommended = || {
                let says = |id: &str, tokens: &[Token]| knowledge.coding.guidelines.get(id).is_some_and(|g| g.stands_in(tokens));
                !encounter.assesses
                    && standing == Standing::Narrative
                    && kind == ConceptKind::Diagnosis
                    && led_by(layout, finding, knowledge, "recommended-for")
                    && says("recommends", layout.tokens(sentence.tokens.start..finding.mention.tokens.start))
            };
            // "MRI cervical spine if no better"
            let on_condition = || conditional.is_some_and(|g| followed(layout, finding, g));
            let heading = || section.title.is_some_and(|t| t.overlaps(finding.mention.hull()));
            // "Procedure: ACDF, six weeks ago"; "POST-OP VISIT", then "Procedure: ACDF 9/3"
            let before = || {
                let after = |g: &Saying| findings[..i].iter().any(|f| g.concepts.has(f.mention.concept) && encounter::told(f));
                let before = knowledge.coding.guidelines.get("done-before");
                before.is_some_and(|g| g.stands_in(layout.tokens(sentence.tokens.clone())) || after(g))
            };
            Some(Fact {
                finding: i,
                concept,
                own_region: !region.is_empty(),
                region,
                levels,
                imaging_levels: Vec::new(),
                roots,
                item: sentence.item,
                problem: layout.problem(sentence.item),
                sentence: finding.mention.sentence,
                clause: clause(layout, finding),
                section: sentence.section,
                standing: if referred || problem || recommended() { Standing::Assessed } else { standing },
                state,
                consequence_of: consequence_of(layout, findings, i, knowledge),
                with: led_with(layout, findings, i, knowledge),
                apart: Vec::new(),
                planned: kind == ConceptKind::Procedure && planned(finding, state, section.kind) && !on_condition(),
                performed: state == State::Affirmed
                    && kind == ConceptKind::Procedure
                    && (matches!(section.kind, SectionKind::Procedure | SectionKind::HospitalCourse) || heading())
                    && !before(),
                overruled: false,
                disputed_by: None,
                suspected: finding.assertion.certainty != Certainty::Definite,
                referred,
                adopted: Vec::new(),
                side: None,
                supposed: None,
            })
        })
        .collect();
    first_of_many(&mut facts);
    complaints_of_a_kind(&mut facts, findings, layout, knowledge);
    apart::set(&mut facts, findings, layout, knowledge);
    reconcile::reconcile(&mut facts, findings, layout, knowledge);
    established_elsewhere(&mut facts, layout);
    share_levels(&mut facts, findings, layout, knowledge);
    place(&mut facts, findings, layout, knowledge);
    causes::put_old_causes_in_the_past(&mut facts, findings, knowledge);
    adopt_levels(&mut facts, knowledge);
    adopt_sides(&mut facts, findings, knowledge);
    facts
}

/// "Probable discogenic neck pain": the kind is suspected, the neck pain is there.
fn complaints_of_a_kind(facts: &mut Vec<Fact>, findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let Some(kinds) = knowledge.coding.guidelines.get("kind-of-a-complaint") else { return };
    let names = |f: &Fact| kinds.stands_in(layout.tokens(findings[f.finding].mention.tokens.clone()));
    // "residual neck pain from": what remains is there as well
    let remains = |f: &Fact| knowledge.lexicon.concept(f.concept).kind == ConceptKind::Circumstance && f.state == State::Affirmed;
    let of_a_kind = |f: &Fact| kinds.concepts.has(f.concept) && (f.state == State::Hedged || remains(f)) && names(f);
    let told: Vec<(usize, Fact)> = facts.iter().enumerate().filter(|(_, f)| of_a_kind(f)).map(|(i, f)| (i, f.clone())).collect();
    if told.is_empty() {
        return;
    }
    let concepts = 0..knowledge.lexicon.concepts.len() as u16;
    let Some(complaint) = concepts.map(ConceptId).find(|c| kinds.beside.has(*c)) else { return };
    for (added, (i, fact)) in told.into_iter().enumerate() {
        facts.insert(i + added + 1, Fact { concept: complaint, state: State::Affirmed, suspected: false, ..fact });
    }
}

/// Keeps the first of facts that say the same of the same thing in one section: a text that repeats itself a thousand times is no better
/// documented, and rules weigh every fact against every other.
fn first_of_many(facts: &mut Vec<Fact>) {
    if facts.len() <= REPEATED {
        return;
    }
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    facts.retain(|f| {
        let said = (f.section, f.concept, f.state, f.standing, f.region.clone(), f.levels.clone(), f.roots.clone());
        let times = seen.entry(said).or_default();
        *times += 1;
        *times <= REPEATED
    });
}

/// How often a section may say the same before the rest is left out of coding; findings keep it.
const REPEATED: usize = 32;

/// The finding before another in its sentence, if words of consequence join them.
fn consequence_of(layout: &Layout, findings: &[Finding], effect: usize, knowledge: &Knowledge) -> Option<usize> {
    let saying = knowledge.coding.guidelines.get("consequence-words")?;
    let cause = effect.checked_sub(1)?;
    let (before, own) = (&findings[cause].mention, &findings[effect].mention);
    // "*C5-6* HNP causing *stenosis*": the level they share is not where the effect is named
    let head = own.spans.last().map_or(own.tokens.start, |s| layout.folded.tokens.partition_point(|t| t.span.start < s.start) as u32);
    if before.sentence != own.sentence || before.tokens.end >= head {
        return None;
    }
    saying.stands_in(layout.tokens(before.tokens.end..head)).then_some(cause)
}

/// Whether the only words that put it in the past say that something came after it.
pub(crate) fn just_after(layout: &Layout, finding: &Finding, knowledge: &Knowledge) -> bool {
    let Some(saying) = knowledge.coding.guidelines.get("after-event") else { return false };
    // "history of a fall 4 days ago"
    let recent = |v: &Value| matches!(v, Value::Days(_, most) if saying.days.is_some_and(|days| *most <= days));
    if finding.attributes.iter().any(|a| a.key == AttributeKey::Onset && recent(&a.value)) {
        return true;
    }
    let cues = &finding.assertion.cues;
    let says = |c: &Cue| saying.said.iter().any(|p| layout.tokens_of(c.span).iter().map(|t| t.word).eq(p.iter().copied()));
    !cues.is_empty() && cues.iter().all(says)
}

/// In which part of its sentence a mention stands: how many semicolons come before it.
fn clause(layout: &Layout, finding: &Finding) -> u32 {
    let mention = &finding.mention;
    let first = layout.sentences.get(mention.sentence as usize).map_or(0, |s| s.tokens.start);
    (first..mention.tokens.start).filter(|&t| layout.folded.word(t as usize) == ";").count() as u32
}

/// Tokens of "with" and "w/".
const WITH: u32 = 2;

/// The diagnosis that opens the sentence and stands right before "with" and this finding.
fn led_with(layout: &Layout, findings: &[Finding], i: usize, knowledge: &Knowledge) -> Option<usize> {
    let with = knowledge.coding.guidelines.get("with-its-complication")?;
    let own = &findings[i].mention;
    let diagnosis = |f: &Finding| knowledge.lexicon.concept(f.mention.concept).kind == ConceptKind::Diagnosis;
    // the site may be one that both share: "cervical spondylosis with myelopathy"
    let start = own.core(layout).start;
    if !diagnosis(&findings[i]) || !with.stands_in(layout.tokens(start.saturating_sub(WITH)..start)) {
        return None;
    }
    let from = findings.partition_point(|f| f.mention.sentence < own.sentence);
    let here = findings[from..].iter().enumerate().take_while(|(_, f)| f.mention.sentence == own.sentence);
    let others = here.map(|(j, f)| (from + j, f)).filter(|(j, f)| *j != i && diagnosis(f));
    // "disc herniation at C5-6 with radiculopathy": its level is a part of the diagnosis
    let end = |f: &Finding| {
        let own = f.mention.core(layout).end;
        let levels = f.attributes.iter().filter(|a| a.key == AttributeKey::Level).map(|a| a.span.end);
        let behind = levels.map(|end| layout.folded.tokens.partition_point(|t| t.span.end <= end) as u32);
        behind.filter(|end| *end <= start).fold(own, u32::max)
    };
    let mut before = others.map(|(j, f)| (j, f.mention.core(layout).end, end(f))).filter(|(_, core, _)| *core <= start);
    let (first, _, end) = before.next()?;
    let gap = layout.tokens(end..start);
    (before.next().is_none() && gap.len() <= WITH as usize && with.stands_in(gap)).then_some(first)
}

/// What the assessment hedges and the same provider's story states is not uncertain.
fn established_elsewhere(facts: &mut [Fact], layout: &Layout) {
    use SectionKind as S;
    let story = |f: &Fact| matches!(layout.sections[f.section as usize].kind, S::ChiefComplaint | S::Hpi | S::Preamble | S::Indications);
    let stated: Vec<(ConceptId, String)> = facts
        .iter()
        .filter(|f| f.state == State::Affirmed && f.standing == Standing::Narrative && !f.suspected && story(f))
        .map(|f| (f.concept, f.region.clone()))
        .collect();
    for fact in facts.iter_mut().filter(|f| f.standing == Standing::Assessed && f.state == State::Hedged) {
        if stated.iter().any(|(concept, region)| *concept == fact.concept && compatible(region, &fact.region)) {
            fact.state = State::Affirmed;
        }
    }
}
