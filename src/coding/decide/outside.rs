//! What the note tells outside its assessment, or does not affirm: offered for review, or withheld with its reason.

use super::{Deciding, assessed, pick};
use crate::coding::combine;
use crate::coding::facts::{Fact, Standing, State, family};
use crate::coding::when::{Scene, answered};
use crate::fold::Token;
use crate::knowledge::source::sections::SectionWordUse;
use crate::vocab::{ConceptKind, Reason, SectionKind, Status};

impl Deciding<'_> {
    /// What the story, the history and quoted reports name and the assessment does not: for review, or withheld.
    pub(super) fn read_narrative(&mut self) {
        let active = assessed(self.facts);
        let told = pick(self.facts, |f| f.standing == Standing::Narrative && f.state == State::Affirmed);
        let told: Vec<usize> = told
            .into_iter()
            .filter(|&f| match self.kind(f) {
                ConceptKind::Diagnosis | ConceptKind::Status => true,
                // what the examiner finds is no complaint
                ConceptKind::Symptom => self.layout.sections[self.facts[f].section as usize].kind != SectionKind::Exam,
                _ => false,
            })
            .collect();
        let all = [active.clone(), told.clone()].concat();
        let outcome = self.run(&all);
        for c in outcome.kept {
            if self.suggested(c.code) {
                continue;
            }
            let Some(&f) = c.facts.iter().find(|f| told.contains(f)) else { continue };
            // "radiculopathy this spring" in the history, "radiculopathy, resolved" in the assessment, which governs
            if self.resolved_since(f) {
                self.withhold_for(&c, Reason::Resolved);
                continue;
            }
            if !self.topical(f) || !self.cervical(f) {
                self.withhold_for(&c, Reason::NotAssessed);
                continue;
            }
            let rule = &self.knowledge.coding.rules[c.rule];
            let mut combined = false;
            for (other, status) in &mut self.candidates {
                if rule.replaces.iter().any(|r| r.demotes && r.codes.iter().any(|p| other.code.within(p))) {
                    *status = Status::Review;
                    combined = true;
                }
            }
            if combined || (c.status == Status::Supported && self.new_diagnosis(f)) {
                self.notice(if combined { "combination-not-assessed" } else { "narrative-only" }, &c.facts.clone());
            }
            self.candidates.push((c, Status::Review));
        }
        for d in &outcome.displaced {
            self.displaced(d.candidate.clone(), d.by.code, d.replace);
        }
        let outside = pick(self.facts, |f| {
            matches!(f.standing, Standing::Imaging | Standing::Past | Standing::Incidental) && f.state == State::Affirmed
        });
        let imaged = outside.iter().any(|&f| self.facts[f].standing == Standing::Imaging);
        let weighed = imaged && (self.encounter.report || self.imaging_weighed());
        for f in outside {
            let reason = match self.facts[f].standing {
                Standing::Imaging => Reason::ImagingOnly,
                Standing::Past if self.layout.sections[self.facts[f].section as usize].copied => Reason::Historical,
                _ => Reason::NotAssessed,
            };
            for c in self.run(&[f]).kept {
                let settled = weighed && reason == Reason::ImagingOnly;
                if !settled && !self.suggested(c.code) && c.status == Status::Supported && self.new_diagnosis(f) {
                    self.notice(if reason == Reason::ImagingOnly { "imaging-only" } else { "listed-only" }, &[f]);
                }
                self.withhold_for(&c, reason);
            }
        }
    }

    /// Whether the assessment or the plan says that what a study shows is of no account: "MRI findings age appropriate".
    fn imaging_weighed(&self) -> bool {
        let Some(saying) = self.knowledge.coding.guidelines.get("imaging-weighed") else { return false };
        let own = |section: usize| self.encounter.coded_from[section] || self.layout.sections[section].kind == SectionKind::Plan;
        let mut sentences = self.layout.sentences.iter().filter(|s| own(s.section as usize));
        sentences.any(|s| saying.stands_in(self.layout.tokens(s.tokens.clone())))
    }

    /// What is hedged, denied, over or another's: withheld with that reason.
    pub(super) fn not_affirmed(&mut self) {
        let hedged = pick(self.facts, |f| f.state == State::Hedged);
        let as_diagnosis = self.knowledge.coding.guidelines.get("hedged-as-diagnosis");
        // "concern for carcinoma of the tonsil" where nothing of the spine is named is no question of the spine
        let told = |f: usize| self.facts[f].state == State::Affirmed && self.facts[f].standing <= Standing::Narrative;
        let complains = (0..self.facts.len()).any(|f| told(f) && self.of_the_spine(f));
        for &f in &hedged {
            let hedge = &self.facts[f];
            let established = self.facts.iter().any(|g| {
                g.concept == hedge.concept && g.state == State::Affirmed && g.standing <= Standing::Narrative && g.may_share_place(hedge)
            });
            if self.facts[f].standing == Standing::Assessed
                && (self.kind(f) == ConceptKind::Diagnosis || as_diagnosis.is_some_and(|g| g.concepts.has(self.facts[f].concept)))
                && (self.of_the_spine(f)
                    || as_diagnosis
                        .is_some_and(|g| g.beside.has(hedge.concept) || (g.concepts.has(hedge.concept) && self.cervical(f) && complains)))
                && !established
                && !answered(self.facts, f, &self.knowledge.coding)
            {
                self.notice("uncertain", &[f]);
            }
        }
        let groups = [
            (State::Hedged, Reason::Uncertain),
            (State::Denied, Reason::Negated),
            (State::Resolved, Reason::Resolved),
            (State::Past, Reason::Historical),
            (State::Someone, Reason::Family),
            (State::Hypothetical, Reason::Hypothetical),
        ];
        let injuries = self.knowledge.coding.guidelines.get("past-is-past").map(|g| &g.concepts);
        let injury = |f: usize| injuries.is_some_and(|i| i.has(self.facts[f].concept));
        for (state, reason) in groups {
            for f in pick(self.facts, |f| f.state == state) {
                for c in self.run(&[f]).kept {
                    // what the past history lists and nothing says is over may well be what hurts
                    let listed = state == State::Past && self.in_own_history(f) && !injury(f);
                    if listed && c.status == Status::Supported && !self.suggested(c.code) && self.new_diagnosis(f) {
                        self.notice("listed-only", &[f]);
                    }
                    if !self.knowledge.coding.rules[c.rule].when.resolved {
                        self.withhold_for(&c, reason);
                    }
                }
            }
        }
        // what the combination would be: a disc beside a suspected, denied or merely imagined radiculopathy
        let assessed = assessed(self.facts);
        let told = pick(self.facts, |f| f.standing == Standing::Narrative && f.state == State::Affirmed);
        let imaged = self.with_imaging_levels(&assessed);
        for (state, reason) in groups {
            let odd: Vec<usize> =
                pick(self.facts, |f| f.state == state).into_iter().filter(|&f| self.kind(f) == ConceptKind::Diagnosis).collect();
            if odd.is_empty() {
                continue;
            }
            let mut outcomes = vec![self.run(&[assessed.clone(), odd.clone()].concat())];
            if state == State::Hedged {
                outcomes.push(self.run(&[assessed.clone(), told.clone(), odd.clone()].concat()));
                if let Some(facts) = &imaged {
                    let active = [assessed.clone(), odd.clone()].concat();
                    let scene = Scene::new(self.findings, facts, &active, self.encounter.setting, &self.knowledge.coding);
                    outcomes.push(combine::run(&scene, &self.knowledge.coding, self.encounter.phase));
                }
            }
            for c in outcomes.into_iter().flat_map(|o| o.kept) {
                if c.facts.iter().any(|f| odd.contains(f)) && !self.knowledge.coding.rules[c.rule].when.resolved {
                    self.withhold_for(&c, reason);
                }
            }
        }
    }

    /// The facts with the levels that only a quoted report gives; `None` if there are none.
    pub(super) fn with_imaging_levels(&self, active: &[usize]) -> Option<Vec<Fact>> {
        let imaging: Vec<usize> = active.iter().copied().filter(|&f| !self.facts[f].imaging_levels.is_empty()).collect();
        if imaging.is_empty() {
            return None;
        }
        let mut facts = self.facts.to_vec();
        for f in imaging {
            facts[f].levels = facts[f].imaging_levels.clone();
        }
        Some(facts)
    }

    /// Codes that what the note says tempts to and does not support.
    pub(super) fn tempting(&mut self) {
        let all: Vec<usize> = (0..self.facts.len()).collect();
        let coding = &self.knowledge.coding;
        let scene = Scene::new(self.findings, self.facts, &all, self.encounter.setting, coding);
        for t in &coding.tempting {
            if !t.only_when_coded.is_empty() && !self.candidates.iter().any(|(c, _)| t.only_when_coded.iter().any(|p| c.code.within(p))) {
                continue;
            }
            for &f in &all {
                if !scene.holds(&t.when, f) {
                    continue;
                }
                let Some(reason) = self.facts[f].state.reason().or(t.reason) else { continue };
                for s in &t.codes {
                    for code in combine::codes(&scene, coding, s, f) {
                        self.withhold(code, reason, t.name, t.why.clone(), t.authority.to_vec(), &[f]);
                    }
                }
            }
        }
    }

    /// Whether the neck is what the note is about.
    fn topical(&self, f: usize) -> bool {
        if self.candidates.iter().any(|(c, _)| c.facts.iter().any(|&g| self.facts[g].region.is_empty() || self.cervical(g))) {
            return true;
        }
        let fact = &self.facts[f];
        let section = &self.layout.sections[fact.section as usize];
        let complained = |g: &Fact| {
            let kind = self.layout.sections[g.section as usize].kind;
            g.own_region
                && family(&g.region) == "cervical"
                && g.state == State::Affirmed
                && matches!(kind, SectionKind::ChiefComplaint | SectionKind::Hpi | SectionKind::Indications)
        };
        match section.kind {
            SectionKind::ChiefComplaint | SectionKind::Plan | SectionKind::Indications => true,
            SectionKind::HospitalCourse => self.facts.iter().any(complained),
            SectionKind::Hpi | SectionKind::Preamble | SectionKind::Unknown => {
                let first = self.layout.sentences.iter().position(|s| s.section == fact.section).unwrap_or(0);
                (fact.sentence as usize).saturating_sub(first) < 4
            }
            _ => false,
        }
    }

    /// Whether the assessment says of what a fact is of that it is over, and nowhere that it is there.
    fn resolved_since(&self, f: usize) -> bool {
        let lexicon = &self.knowledge.lexicon;
        let root = lexicon.root_of(self.facts[f].concept);
        let assessed = |state: State| {
            self.facts.iter().any(|g| g.standing == Standing::Assessed && g.state == state && lexicon.root_of(g.concept) == root)
        };
        assessed(State::Resolved) && !assessed(State::Affirmed)
    }

    /// Whether a fact stands in the past history that the note's author took, not in what others have written.
    fn in_own_history(&self, f: usize) -> bool {
        let fact = &self.facts[f];
        let Some(title) = self.layout.sections.get(fact.section as usize).and_then(|s| s.title) else { return false };
        let record = |t: &Token| self.knowledge.sections.is(SectionWordUse::Record, t.folded.of(&self.layout.folded.text));
        fact.standing == Standing::Past && !self.layout.tokens_of(title).iter().any(record)
    }

    /// Whether a finding outside the assessment is a diagnosis of the neck whose kind the assessment does not name at all.
    fn new_diagnosis(&self, f: usize) -> bool {
        let lexicon = &self.knowledge.lexicon;
        let concept = self.facts[f].concept;
        let named = |g: &Fact| {
            g.standing == Standing::Assessed
                && matches!(g.state, State::Affirmed | State::Hedged | State::Denied)
                && lexicon.root_of(g.concept) == lexicon.root_of(concept)
        };
        self.kind(f) == ConceptKind::Diagnosis && self.cervical(f) && !self.facts.iter().any(named)
    }
}
