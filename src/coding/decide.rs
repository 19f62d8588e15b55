//! From facts to suggested and withheld codes.

mod outside;

use super::combine::{self, Candidate, Outcome};
use super::encounter::Encounter;
use super::facts::{Fact, Standing, State, family, led_by};
use super::reconcile::denies_the_same;
use super::when::Scene;
use super::{Evidence, Suggestion, Withheld, edits, typed};
use crate::attributes::{Attribute, Value};
use crate::code::Code;
use crate::codeset::Validity;
use crate::findings::Finding;
use crate::knowledge::coding::{Concepts, Saying};
use crate::knowledge::source::lexicon::Regional;
use crate::knowledge::{Knowledge, NameId};
use crate::layout::{ItemKind, Layout};
use crate::span::Span;
use crate::vocab::{AttributeKey, Basis, ConceptKind, EvidenceRole, Reason, SectionKind, Status};
use std::collections::{BTreeMap, HashMap};

/// What was decided, with what the flags need to know of how.
pub(crate) struct Decision {
    pub suggestions: Vec<Suggestion>,
    pub withheld: Vec<Withheld>,
    /// The candidates behind the suggestions, in the same order; none behind a code that is typed without words.
    pub candidates: Vec<Option<Candidate>>,
    /// What the mechanism noticed, with what shows it.
    pub noticed: BTreeMap<&'static str, Noticed>,
}

/// What shows something that was noticed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noticed {
    /// Facts.
    pub facts: Vec<usize>,
    /// Words of the note beside them.
    pub spans: Vec<Span>,
}

/// Indices of facts that pass.
fn pick(facts: &[Fact], test: impl Fn(&Fact) -> bool) -> Vec<usize> {
    (0..facts.len()).filter(|&i| test(&facts[i])).collect()
}

/// The facts that count as affirmed in the assessment.
pub(crate) fn assessed(facts: &[Fact]) -> Vec<usize> {
    pick(facts, |f| f.standing == Standing::Assessed && f.state == State::Affirmed)
}

/// Fires the rules on the assessed facts alone.
pub(crate) fn supported<'k>(findings: &[Finding], facts: &[Fact], encounter: &Encounter, knowledge: &'k Knowledge) -> Outcome<'k> {
    let active = assessed(facts);
    combine::run(&Scene::new(findings, facts, &active, encounter.setting, &knowledge.coding), &knowledge.coding, encounter.phase)
}

/// The shortest paragraph, in bytes, whose repetition is no coincidence.
const COPY_LENGTH: usize = 80;

struct Deciding<'a> {
    layout: &'a Layout,
    findings: &'a [Finding],
    facts: &'a [Fact],
    encounter: &'a Encounter,
    knowledge: &'a Knowledge,
    candidates: Vec<(Candidate, Status)>,
    withheld: Vec<Withheld>,
    /// Candidates that gave way, with their facts.
    gave_way: Vec<(Code, Vec<usize>)>,
    /// Suggestions that no rule makes: codes typed without words.
    typed: Vec<Suggestion>,
    noticed: BTreeMap<&'static str, Noticed>,
}

/// Decides a note's codes.
pub(crate) fn decide(
    text: &str,
    layout: &Layout,
    findings: &[Finding],
    facts: &[Fact],
    encounter: &Encounter,
    knowledge: &Knowledge,
) -> Decision {
    let mut d = Deciding {
        layout,
        findings,
        facts,
        encounter,
        knowledge,
        candidates: Vec::new(),
        withheld: Vec::new(),
        gave_way: Vec::new(),
        typed: Vec::new(),
        noticed: BTreeMap::new(),
    };
    d.read_assessment(text);
    d.read_typed(text);
    d.read_narrative();
    d.not_affirmed();
    d.tempting();
    d.finish()
}

/// What the history and the examination must deny together to contradict a diagnosis: of a root, of the cord.
const CONTRADICTING: [(&str, &str); 2] =
    [("contradicted-by-history", "contradicted-by-exam"), ("cord-denied-by-history", "cord-denied-by-exam")];

impl<'a> Deciding<'a> {
    fn run(&self, active: &[usize]) -> Outcome<'a> {
        let scene = Scene::new(self.findings, self.facts, active, self.encounter.setting, &self.knowledge.coding);
        combine::run(&scene, &self.knowledge.coding, self.encounter.phase)
    }

    fn notice(&mut self, what: &'static str, facts: &[usize]) {
        self.noticed.entry(what).or_default().facts.extend(facts);
    }

    fn suggested(&self, code: Code) -> bool {
        self.candidates.iter().any(|(c, _)| c.code == code)
    }

    fn kind(&self, f: usize) -> ConceptKind {
        self.knowledge.lexicon.concept(self.facts[f].concept).kind
    }

    fn read_assessment(&mut self, text: &str) {
        let active = assessed(self.facts);
        if self.encounter.not_provider {
            // what another clinician adds does not weaken the diagnosis that was referred
            let referred: Vec<usize> = active.iter().copied().filter(|&f| self.facts[f].referred).collect();
            for c in self.run(&referred).kept {
                let status = c.status;
                self.candidates.push((c, status));
            }
        }
        let outcome = self.run(&active);
        for what in &outcome.noticed {
            let facts: Vec<usize> = outcome.kept.iter().flat_map(|c| c.facts.clone()).collect();
            self.notice(what, &facts);
        }
        for c in outcome.kept {
            if self.suggested(c.code) {
                continue;
            }
            let mut status = c.status;
            if self.encounter.not_provider && !self.referred(&c) {
                status = Status::Review;
                self.notice("author", &c.facts);
            }
            if self.doubtful(&c) {
                status = Status::Review;
            }
            if let Some(by) = self.contradicted(&c).or_else(|| self.other_side(&c, "contradicted-by-history")) {
                status = Status::Review;
                self.notice("contradiction", &by);
            } else if let Some(by) = self.other_side(&c, "side-of-the-pain") {
                // the code names no side and stands
                self.notice("contradiction", &by);
            }
            let disputed: Vec<usize> = c.facts.iter().copied().filter(|&f| self.facts[f].disputed_by.is_some()).collect();
            if !disputed.is_empty() {
                status = Status::Review;
                let by = disputed.iter().filter_map(|&f| self.facts[f].disputed_by);
                self.notice("denied-elsewhere", &disputed.iter().copied().chain(by).collect::<Vec<_>>());
            }
            if let Some(by) = self.denied_in_the_story(&c) {
                if self.normal_on_exam(by[0]) || self.exam_denies(&c) {
                    status = Status::Review;
                }
                self.notice("denied-elsewhere", &by);
            }
            self.candidates.push((c, status));
        }
        for d in &outcome.displaced {
            self.displaced(d.candidate.clone(), d.by.code, d.replace);
        }
        if let Some(facts) = self.with_imaging_levels(&active) {
            let imaging: Vec<usize> = active.iter().copied().filter(|&f| !self.facts[f].imaging_levels.is_empty()).collect();
            let scene = Scene::new(self.findings, &facts, &active, self.encounter.setting, &self.knowledge.coding);
            for c in combine::run(&scene, &self.knowledge.coding, self.encounter.phase).kept {
                if !self.suggested(c.code) {
                    self.candidates.push((c, Status::Review));
                }
            }
            self.notice("level-in-imaging", &imaging);
        }
        self.resolved_today();
        self.repeated(text);
        let overruled = pick(self.facts, |f| f.overruled);
        if !overruled.is_empty() {
            let said = pick(self.facts, |f| f.state == State::Denied && overruled.iter().any(|&o| self.facts[o].concept == f.concept));
            self.notice("denied-elsewhere", &[overruled, said].concat());
        }
        let copied = pick(self.facts, |f| self.layout.sections[f.section as usize].copied && f.state == State::Affirmed);
        if copied.iter().any(|&f| self.cervical(f)) {
            self.notice("copied", &copied);
        }
        // "history of X" in an assessment: ambiguous, for the coder
        let gone = self.knowledge.coding.guidelines.get("past-is-past").map(|g| &g.concepts);
        let past =
            pick(self.facts, |f| f.standing == Standing::Assessed && f.state == State::Past && !gone.is_some_and(|g| g.has(f.concept)));
        for f in past {
            for c in self.run(&[f]).kept {
                if !self.suggested(c.code) && self.cervical(f) {
                    self.notice("history", &[f]);
                    self.candidates.push((c, Status::Review));
                }
            }
        }
    }

    fn cervical(&self, f: usize) -> bool {
        let r = &self.facts[f].region;
        r.is_empty() || family(r) == "cervical"
    }

    /// Whether it is of the neck, or may be for all it says: a radiculopathy without region is, a concussion is not.
    fn of_the_spine(&self, f: usize) -> bool {
        let concept = self.knowledge.lexicon.concept(self.facts[f].concept);
        self.cervical(f) && (self.facts[f].own_region || concept.regional != Regional::No)
    }

    /// Whether a therapist's note quotes it as the referring provider's diagnosis.
    fn referred(&self, c: &Candidate) -> bool {
        c.facts.iter().any(|&f| self.facts[f].referred)
    }

    /// Whether words that weaken a statement without hedging it ("evidence of", "borderline") stand before what it rests on.
    fn doubtful(&self, c: &Candidate) -> bool {
        let weak = |f: usize| led_by(self.layout, &self.findings[self.facts[f].finding], self.knowledge, "weak-wording");
        // "Cervical spondylosis: neck pain with evidence of spondylosis": named outright, it is not weakened by what is said of it
        let outright = |f: usize| c.facts.iter().any(|&g| self.facts[g].concept == self.facts[f].concept && !weak(g));
        c.facts.iter().any(|&f| weak(f) && !outright(f))
    }

    /// Long paragraphs, and long sentences in two of them, that stand twice in the note: one of the two is a copy. The diagnosis after an operation may be the one before it.
    fn repeated(&mut self, text: &str) {
        let listed = |section: u32| self.layout.sections.get(section as usize).is_some_and(|s| s.kind == SectionKind::Diagnosis);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut copies = Vec::new();
        for (i, item) in self.layout.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Paragraph && !listed(i.section)) {
            let body = self.layout.words_of(item.span);
            if item.span.of(text).trim().len() >= COPY_LENGTH && seen.insert(body, i).is_some() {
                copies.push(i as u32);
            }
        }
        // a long sentence word for word in another paragraph or entry
        let mut said: HashMap<&str, u32> = HashMap::new();
        let mut again = Vec::new();
        for (i, sentence) in
            self.layout.sentences.iter().enumerate().filter(|(_, s)| s.span.len() as usize >= COPY_LENGTH && !listed(s.section))
        {
            let item = *said.entry(self.layout.words(sentence.tokens.clone())).or_insert(sentence.item);
            if item != sentence.item {
                again.push(i as u32);
            }
        }
        let facts = pick(self.facts, |f| (copies.contains(&f.item) || again.contains(&f.sentence)) && f.state == State::Affirmed);
        if facts.iter().any(|&f| self.cervical(f)) {
            self.notice("copied", &facts);
        }
    }

    /// Codes that stand for a condition which the assessment tells as gone.
    fn resolved_today(&mut self) {
        let gone = pick(self.facts, |f| f.standing == Standing::Assessed && f.state == State::Resolved);
        let kept = self.run(&gone).kept;
        let of_resolution = |c: &Candidate| self.knowledge.coding.rules[c.rule].when.resolved;
        let told: Vec<Candidate> = kept.into_iter().filter(|c| of_resolution(c) && !self.suggested(c.code)).collect();
        self.candidates.extend(told.into_iter().map(|c| {
            let status = c.status;
            (c, status)
        }));
    }

    /// Denied complaints in the history and normal signs on examination that together contradict a diagnosis.
    fn contradicted(&self, c: &Candidate) -> Option<Vec<usize>> {
        CONTRADICTING.into_iter().find_map(|(history, exam)| self.contradicted_by(c, history, exam))
    }

    /// Whether the examination finds none of the signs of a diagnosis.
    fn exam_denies(&self, c: &Candidate) -> bool {
        let guideline = |id: &str| self.knowledge.coding.guidelines.get(id);
        let of_it = |id: &str| guideline(id).is_some_and(|g| g.codes.iter().any(|p| c.code.within(p)));
        let signs = CONTRADICTING.into_iter().filter(|(history, _)| of_it(history)).filter_map(|(_, exam)| guideline(exam));
        signs.into_iter().any(|sign| self.normal_sign(sign).is_some())
    }

    /// A sign that the examination denies, or a finding of it that says as much.
    fn normal_sign(&self, sign: &Saying) -> Option<usize> {
        let examined = |f: &Fact| self.layout.sections[f.section as usize].kind == SectionKind::Exam && f.standing == Standing::Narrative;
        let find = |concepts: &Concepts, state: State| {
            (0..self.facts.len()).find(|&i| examined(&self.facts[i]) && concepts.has(self.facts[i].concept) && self.facts[i].state == state)
        };
        find(&sign.concepts, State::Denied).or_else(|| find(&sign.beside, State::Affirmed))
    }

    fn contradicted_by(&self, c: &Candidate, history: &str, exam: &str) -> Option<Vec<usize>> {
        let complaint = self.knowledge.coding.guidelines.get(history)?;
        let sign = self.knowledge.coding.guidelines.get(exam)?;
        if !complaint.codes.iter().any(|p| c.code.within(p)) {
            return None;
        }
        let kind = |f: &Fact| self.layout.sections[f.section as usize].kind;
        let told_of = |concepts: &Concepts| {
            (0..self.facts.len()).find(|&i| {
                let f = &self.facts[i];
                concepts.has(f.concept) && f.state == State::Denied && kind(f) != SectionKind::Exam && f.standing == Standing::Narrative
            })
        };
        let affirmed = |concepts: &Concepts| self.facts.iter().any(|f| concepts.has(f.concept) && f.state == State::Affirmed);
        // what is told to go there bears the diagnosis out
        let arm = |to: &str| complaint.phrases.iter().any(|part| to.ends_with(part.trim()));
        let goes = |a: &Attribute| a.key == AttributeKey::Radiation && matches!(&a.value, Value::Text(to) if arm(to));
        let radiates = |f: &Fact| f.state == State::Affirmed && self.findings[f.finding].attributes.iter().any(goes);
        let told = |f: &Fact| {
            let own = complaint.beside.has(f.concept) || c.facts.iter().any(|&own| self.facts[own].concept == f.concept);
            f.standing == Standing::Narrative && f.state == State::Affirmed && !f.suspected && own
        };
        let borne_out = !complaint.beside.is_empty() && self.facts.iter().any(|f| radiates(f) || told(f));
        if affirmed(&complaint.concepts) || affirmed(&sign.concepts) || borne_out {
            return None;
        }
        let denied = told_of(&complaint.concepts)?;
        let normal = self.normal_sign(sign)?;
        Some(vec![denied, normal])
    }

    /// What is assessed and what denies it in the story, where nothing there affirms it: "Denies neck pain", assessed as neck pain.
    /// A line of a review of systems, which is copied from note to note, denies nothing.
    fn denied_in_the_story(&self, c: &Candidate) -> Option<Vec<usize>> {
        use SectionKind::{ChiefComplaint, HospitalCourse, Hpi, Indications, Preamble, Unknown};
        let tells = |kind| matches!(kind, Preamble | ChiefComplaint | Hpi | HospitalCourse | Indications | Unknown);
        let story = |f: &Fact| tells(self.layout.sections[f.section as usize].kind);
        // "radiculopathy with arm pain": what it is assessed with
        let with = |f: &Fact| {
            let symptom = self.knowledge.lexicon.concept(f.concept).kind == ConceptKind::Symptom;
            let assessed = f.state == State::Affirmed && f.standing == Standing::Assessed;
            symptom && assessed && c.facts.iter().any(|own| self.facts[*own].sentence == f.sentence && self.of_the_spine(*own))
        };
        let beside = (0..self.facts.len()).filter(|f| !c.facts.contains(f) && with(&self.facts[*f]));
        c.facts.iter().copied().filter(|own| self.of_the_spine(*own)).chain(beside).find_map(|own| {
            let fact = &self.facts[own];
            let told = |f: &Fact| f.concept == fact.concept && f.state != State::Denied && f.standing != Standing::Assessed;
            let outright = |f: &Fact| led_by(self.layout, &self.findings[f.finding], self.knowledge, "denied-outright");
            let denies =
                |f: &Fact| story(f) && outright(f) && denies_the_same(f, fact, self.facts, self.findings, self.layout, self.knowledge);
            let by = self.facts.iter().position(denies)?;
            (!self.facts.iter().any(told)).then(|| vec![own, by])
        })
    }

    /// Whether the examination of the place of a complaint is normal.
    fn normal_on_exam(&self, complaint: usize) -> bool {
        let Some(g) = self.knowledge.coding.guidelines.get("complaint-and-exam-denied") else { return false };
        let exam = |f: &Fact| self.layout.sections[f.section as usize].kind == SectionKind::Exam;
        let normal = |f: &Fact| exam(f) && g.beside.has(f.concept) && f.state == State::Affirmed;
        g.concepts.has(self.facts[complaint].concept) && self.facts.iter().any(normal)
    }

    /// A diagnosis of one side whose complaints in the history are all of the other: "right arm pain", assessed as left radiculopathy;
    /// "left neck pain", assessed as right neck pain. The guideline `id` has the complaints and the codes.
    fn other_side(&self, c: &Candidate, id: &str) -> Option<Vec<usize>> {
        let complaint = self.knowledge.coding.guidelines.get(id)?;
        if !complaint.codes.iter().any(|p| c.code.within(p)) {
            return None;
        }
        let own = |f: usize| self.facts[f].text(self.findings, AttributeKey::Laterality).filter(|s| matches!(*s, "left" | "right"));
        let (dx, assessed) = c.facts.iter().find_map(|&f| Some((f, own(f)?)))?;
        let same = |f: usize| c.facts.iter().any(|&d| self.facts[d].concept == self.facts[f].concept);
        // where pain goes has a side, too: "right arm"
        let side = |f: usize| match self.facts[f].text(self.findings, AttributeKey::Radiation).filter(|_| !same(f)) {
            Some(target) => target.split_once(' ').map(|(side, _)| side),
            None if complaint.concepts.has(self.facts[f].concept) => self.facts[f].text(self.findings, AttributeKey::Laterality),
            None => None,
        };
        let told = pick(self.facts, |f| f.standing == Standing::Narrative && f.state == State::Affirmed);
        // a sign of the assessed side bears it out
        if told.iter().any(|&f| own(f) == Some(assessed)) {
            return None;
        }
        let told: Vec<(usize, &str)> = told.iter().filter_map(|&f| Some((f, side(f)?))).collect();
        let (first, other) = *told.iter().find(|(_, s)| matches!(*s, "left" | "right") && *s != assessed)?;
        told.iter().all(|(_, s)| *s == other).then(|| vec![dx, first])
    }

    fn displaced(&mut self, c: Candidate, by: Code, replace: &crate::knowledge::coding::Replace) {
        let rule = self.knowledge.coding.rules[c.rule].name;
        let facts = c.facts.clone();
        self.gave_way.push((c.code, facts.clone()));
        let why = replace.why.replace("{by}", &by.to_string());
        self.withhold(c.code, replace.reason, rule, why, replace.authority.to_vec(), &facts);
    }

    fn withhold(&mut self, code: Code, reason: Reason, rule: NameId, why: String, authority: Vec<String>, facts: &[usize]) {
        if self.suggested(code) || self.withheld.iter().any(|w| w.code == code) {
            return;
        }
        let evidence = self.evidence(facts);
        self.withheld.push(Withheld { code, reason, rule, why, authority, evidence });
    }

    /// Withholds for a reason of assertion or place, in the words the knowledge has for it.
    fn withhold_for(&mut self, c: &Candidate, reason: Reason) {
        let Some(saying) = self.knowledge.coding.reasons.get(&reason) else { return };
        let (rule, why, authority) = (saying.name, saying.why.clone(), saying.authority.to_vec());
        self.withhold(c.code, reason, rule, why, authority, &c.facts.clone());
    }

    /// Codes typed in the assessment: they count for nothing beside words, and for review without.
    fn read_typed(&mut self, text: &str) {
        let Some(saying) = self.knowledge.coding.guidelines.get("typed-code") else { return };
        let all = typed::typed(text, self.layout, self.findings, self.facts, self.encounter, saying);
        // "neck pain (M54.2, G89.29)": what one code says of the words another does not take back
        let confirms = |t: &typed::Typed, c: &Candidate| {
            t.validity == Validity::Valid && t.code == Some(c.code) && c.facts.iter().any(|f| t.facts.contains(f))
        };
        let confirmed: Vec<bool> = self.candidates.iter().map(|(c, _)| all.iter().any(|t| confirms(t, c))).collect();
        for typed in all {
            let shares = |facts: &[usize]| facts.iter().any(|f| typed.facts.contains(f));
            let here: Vec<usize> = (0..self.candidates.len()).filter(|&i| shares(&self.candidates[i].0.facts)).collect();
            let codes: Vec<Code> = here.iter().map(|&i| self.candidates[i].0.code).collect();
            let gave_way: Vec<Code> = self.gave_way.iter().filter(|(_, facts)| shares(facts)).map(|(code, _)| *code).collect();
            let valid = typed.validity == Validity::Valid;
            if valid && typed.code.is_some_and(|code| codes.contains(&code) || gave_way.contains(&code)) {
                continue;
            }
            let entry = self.noticed.entry("typed-code").or_default();
            entry.spans.push(typed.span);
            entry.facts.extend(&typed.facts);
            // "Dx: S13.4": how far the care has come is open like the words
            if typed.validity == Validity::MissingSeventh && typed.facts.is_empty() && self.encounter.phase.is_none() {
                self.noticed.entry("typed-phase").or_default().spans.push(typed.span);
            }
            let Some(code) = typed.code else { continue };
            let completed = codes.iter().any(|c| c.within(&code));
            let disagree = |c: &Code| !completed && c.compact().get(..4) != code.compact().get(..4);
            for &i in &here {
                if !confirmed[i] && disagree(&self.candidates[i].0.code) || typed.validity == Validity::MissingSeventh {
                    self.candidates[i].1 = Status::Review;
                }
            }
            let mut evidence = self.evidence(&typed.facts);
            evidence.push(Evidence { role: EvidenceRole::Mention, span: typed.span });
            evidence.sort_by_key(|e| (e.span, e.role));
            evidence.dedup();
            let (rule, why, authority) = (saying.name, saying.why.clone(), saying.authority.to_vec());
            if valid && typed.facts.is_empty() && !self.suggested(code) {
                self.typed.push(Suggestion {
                    code,
                    sequence: 0,
                    status: Status::Review,
                    basis: Basis::Documented,
                    rule,
                    why,
                    authority,
                    conflicts_with: Vec::new(),
                    evidence,
                });
            } else if !self.suggested(code) && !self.withheld.iter().any(|w| w.code == code) {
                let reason = if valid { Reason::NotDocumented } else { Reason::InvalidCode };
                self.withheld.push(Withheld { code, reason, rule, why, authority, evidence });
            }
        }
    }

    /// The words that facts rest on, in text order.
    fn evidence(&self, facts: &[usize]) -> Vec<Evidence> {
        evidence(self.layout, self.findings, self.facts, facts)
    }

    fn finish(mut self) -> Decision {
        let set = &self.encounter.release.set;
        // what the release of the note's date does not take is said, not dropped
        let (valid, invalid) = std::mem::take(&mut self.candidates).into_iter().partition(|(c, _)| edits::billable(set, c.code));
        self.candidates = valid;
        invalid.iter().for_each(|(c, _): &(Candidate, Status)| self.withhold_for(c, Reason::InvalidCode));
        let place = |c: &Candidate| c.facts.iter().map(|&f| self.findings[self.facts[f].finding].mention.hull().start).min().unwrap_or(0);
        let mut ordered = self.candidates.clone();
        ordered.sort_by_key(|(c, status)| (*status, c.rank, place(c), c.code));
        let mut suggestions: Vec<Suggestion> = ordered
            .iter()
            .map(|(c, status)| {
                let rule = &self.knowledge.coding.rules[c.rule];
                Suggestion {
                    code: c.code,
                    sequence: 0,
                    status: *status,
                    basis: c.basis,
                    rule: rule.name,
                    why: rule.why.clone(),
                    authority: rule.authority.to_vec(),
                    conflicts_with: Vec::new(),
                    evidence: self.evidence(&c.facts),
                }
            })
            .collect();
        let mut candidates: Vec<Option<Candidate>> = ordered.into_iter().map(|(c, _)| Some(c)).collect();
        let typed = std::mem::take(&mut self.typed);
        for suggestion in typed.into_iter().filter(|t| edits::billable(set, t.code)) {
            if !suggestions.iter().any(|s| s.code == suggestion.code) {
                suggestions.push(suggestion);
                candidates.push(None);
            }
        }
        let open = edits::excludes(set, &mut suggestions);
        for i in open {
            let facts = candidates[i].iter().flat_map(|c| c.facts.clone()).collect::<Vec<_>>();
            self.notice("excludes1-open", &facts);
        }
        let mut pairs: Vec<(Suggestion, Option<Candidate>)> = suggestions.into_iter().zip(candidates).collect();
        pairs.sort_by_key(|(s, _)| s.status);
        for (n, (s, _)) in pairs.iter_mut().enumerate() {
            s.sequence = n as u32 + 1;
        }
        let taken: Vec<Code> = pairs.iter().map(|(s, _)| s.code).collect();
        self.withheld.retain(|w| !taken.contains(&w.code));
        self.withheld.sort_by_key(|w| w.code);
        let (suggestions, candidates) = pairs.into_iter().unzip();
        Decision { suggestions, withheld: self.withheld, candidates, noticed: self.noticed }
    }
}

/// The words that facts rest on, in text order, without repetition.
pub(crate) fn evidence(layout: &Layout, findings: &[Finding], facts: &[Fact], used: &[usize]) -> Vec<Evidence> {
    let mut out = Vec::new();
    for &i in used {
        let fact = &facts[i];
        for finding in std::iter::once(fact.finding).chain(fact.adopted.iter().copied()).map(|f| &findings[f]) {
            out.extend(finding.mention.spans.iter().map(|&span| Evidence { role: EvidenceRole::Mention, span }));
            out.extend(finding.assertion.cues.iter().map(|c| Evidence { role: EvidenceRole::Cue, span: c.span }));
            let coded = [AttributeKey::Level, AttributeKey::Acuity, AttributeKey::Laterality, AttributeKey::Phase];
            let attributes = finding.attributes.iter().filter(|a| coded.contains(&a.key) && matches!(a.value, Value::Text(_)));
            out.extend(attributes.map(|a| Evidence { role: EvidenceRole::Attribute, span: a.span }));
        }
        if let Some(title) = layout.sections[fact.section as usize].title {
            out.push(Evidence { role: EvidenceRole::Section, span: title });
        }
    }
    out.sort_by_key(|e| (e.span, e.role));
    out.dedup();
    out.retain(|e| !e.span.is_empty());
    out
}
