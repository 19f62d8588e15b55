//! What a note gives of the neck's complaint: how long, how strong, where, and whose each value is.

use super::Asking;
use crate::attributes::{NoteValue, Value};
use crate::coding::facts::{self, Fact, Standing, State, compatible, family};
use crate::fold::TokenKind;
use crate::knowledge::context::{COMPANION, CONTRAST, VERB};
use crate::knowledge::source::lexicon::Regional;
use crate::layout::{ItemKind, Sentence};
use crate::span::Span;
use crate::vocab::{AttributeKey, Certainty, ConceptKind, Polarity, SectionKind, Subject, Time};

/// Tokens within which a label may begin a sentence: "2) Neck:", "57 yo F. Neck:".
const LABEL: usize = 8;

/// Tokens of a numbered problem before a value, its number included, that name what it is about.
const NAMED: u32 = 3;

impl Asking<'_> {
    /// Values of a property that the note gives for the neck. What places a pain must be said of the neck itself; how long and how strong
    /// it is may stand alone or be told of the arm.
    pub(super) fn given_values(&self, key: AttributeKey) -> impl Iterator<Item = &Value> {
        let places = matches!(key, AttributeKey::Laterality | AttributeKey::Region | AttributeKey::Level);
        let strength = matches!(key, AttributeKey::PainScore | AttributeKey::Severity);
        let counts = self.knowledge.coding.guidelines.get(if strength { "strong-for-the-neck" } else { "counts-for-the-neck" });
        let radiates: Vec<Span> =
            self.values.iter().filter(|v| v.attribute.key == AttributeKey::Radiation).map(|v| v.attribute.span).collect();
        self.values
            .iter()
            .filter(move |v| v.attribute.key == key && !self.copied(v.attribute.span))
            // "MRI if persistent", "continues on metformin", "neck mildly tender" tell nothing of the complaint's course and strength,
            // "collar off after a week" nothing of its cause
            .filter(move |v| match key {
                // "acute onset of right arm pain" is when the root began to hurt
                AttributeKey::Acuity => v.mentions.iter().any(|m| self.of_the_neck(*m) || self.of_the_arm(*m)),
                AttributeKey::Course => v.section != SectionKind::Exam && v.mentions.iter().any(|m| self.of_the_neck(*m)),
                AttributeKey::Cause => !v.mentions.is_empty(),
                AttributeKey::Severity => {
                    let found = matches!(v.section, SectionKind::Exam | SectionKind::Vitals);
                    !found && v.mentions.iter().all(|m| self.complaint(*m) && !self.of_strength(*m))
                }
                _ => true,
            })
            .filter(move |v| {
                if places {
                    let story = v.section <= SectionKind::Hpi || v.section >= SectionKind::Assessment;
                    // "tender paraspinals" in the exam is of the neck, "left" may be of anything
                    let examined = key == AttributeKey::Region && v.section == SectionKind::Exam && !self.nothing_at(v.attribute.span);
                    // "muscle spasm noted R trapezius"
                    let signs = || v.mentions.iter().all(|m| !self.nothing(*m) && !self.treats(*m) && !self.no_place(*m));
                    let alone = v.mentions.is_empty() && story || examined && (v.mentions.is_empty() || signs());
                    // "?right C6 radiculopathy" says nothing of where it hurts
                    let root = |m: usize| {
                        let roots = self.knowledge.coding.guidelines.get("no-place-unless-sure");
                        roots.is_some_and(|g| g.concepts.has(self.findings[m].mention.concept))
                    };
                    let sure = |m: usize| self.findings[m].assertion.certainty == Certainty::Definite || !root(m);
                    let placed = |&m: &usize| self.of_the_neck(m) && sure(m) && !self.treats(m) && !self.no_place(m) && !self.nothing(m);
                    // "neck pain into both upper traps" is in the trapezius, "into the left arm" is on neither side
                    let goes = key != AttributeKey::Region && radiates.iter().any(|r| r.overlaps(v.attribute.span));
                    !goes && (alone || v.mentions.iter().any(placed))
                } else {
                    // "return for severe headache" tells nothing of how strong the neck pain is
                    let stated = |m: usize| {
                        let a = &self.findings[m].assertion;
                        a.polarity == Polarity::Present && a.certainty != Certainty::Hypothetical && a.subject == Subject::Patient
                    };
                    // "Past history: migraine, quiet for years", "PSH: ACDF 2015"
                    let past = v.section == SectionKind::History;
                    // "a neck strain 5 years ago that resolved" tells nothing of today's pain
                    let begun = matches!(key, AttributeKey::Duration | AttributeKey::Onset);
                    let felt = |m: usize| self.complaint(m) || (!past && self.diagnosed(m));
                    // "the x-ray done last year showed narrowing at C5-6"
                    let imaged = |m: usize| self.facts.iter().any(|f| f.finding == m && f.standing == Standing::Imaging);
                    let over = |m: usize| felt(m) && self.findings[m].assertion.time == Time::Historical || past && !felt(m) || imaged(m);
                    let counted = |m: usize| {
                        let concept = self.findings[m].mention.concept;
                        counts.is_some_and(|c| c.concepts.has(concept) && !c.beside.has(concept))
                    };
                    let told = |&m: &usize| !past && counted(m) && stated(m) && !self.own_problem(m, v) && !self.below_the_neck(m);
                    // "nothing shooting into the arm" goes nowhere, "at first he had pain down the arm" nowhere today
                    let gone = |m: usize| self.findings[m].assertion.time == Time::Historical;
                    let denied = |m: usize| key == AttributeKey::Radiation && (!stated(m) || gone(m));
                    // "P> ibuprofen x 5d": what is planned has its own time
                    let planned = begun && v.section == SectionKind::Plan && !self.named_in_sentence(v.attribute.span);
                    (v.mentions.is_empty() && !past && !planned && !self.in_another_problem(v.attribute.span))
                        || v.mentions.iter().any(|m| {
                            (self.neck(*m) && !denied(*m) && !(begun && over(*m)))
                                || told(m) && !denied(*m)
                                || begun && self.listed_with_the_neck(*m, v.attribute.span)
                        })
                }
            })
            .map(|v| &v.attribute.value)
    }

    /// Whether a complaint heads a list in which one of the neck stands: "1 day of *fever*, headache and neck pain".
    fn listed_with_the_neck(&self, finding: usize, value: Span) -> bool {
        let first = &self.findings[finding].mention;
        if value.end > first.hull().start {
            return false;
        }
        let says =
            |t: u32| self.layout.folded.tokens.get(t as usize).is_some_and(|t| self.knowledge.context.is_of(t.word, VERB | COMPANION));
        let ended = |from: u32, to: u32| {
            let saying = self.knowledge.coding.guidelines.get("ends-a-list-of-complaints");
            saying.is_some_and(|s| s.stands_in(self.layout.tokens(from..to)))
        };
        let listed = |m: usize| {
            let other = &self.findings[m].mention;
            let between = (first.tokens.end..other.tokens.start).map(|t| self.layout.folded.word(t as usize));
            other.sentence == first.sentence
                && other.tokens.start >= first.tokens.end
                && between.clone().any(|w| w == ",")
                && !between.clone().any(|w| matches!(w, "." | ";"))
                && !(first.tokens.end..other.tokens.start).any(says)
                && !ended(first.tokens.end, other.tokens.start)
        };
        self.complaint(finding) && (0..self.findings.len()).any(|m| self.of_the_neck(m) && self.complaint(m) && listed(m))
    }

    /// Whether a value is told, in a sentence that does not name the neck, of what is assessed beside the neck or belongs to something
    /// that is.
    fn own_problem(&self, finding: usize, value: &NoteValue) -> bool {
        let mention = &self.findings[finding].mention;
        let guidelines = &self.knowledge.coding.guidelines;
        let speaks = |id: &str| guidelines.get(id).filter(|g| g.concepts.has(mention.concept));
        let (alone, nerve) = (speaks("problem-of-its-own").is_some(), speaks("of-a-nerve-of-the-arm"));
        let assessed = || self.facts.iter().filter(|f| f.state == State::Affirmed && f.standing == Standing::Assessed);
        let root = |f: &Fact| {
            let diagnosis = self.knowledge.lexicon.concept(f.concept).kind == ConceptKind::Diagnosis;
            diagnosis && guidelines.get("strong-for-the-neck").is_some_and(|g| g.concepts.has(f.concept))
        };
        let joint = speaks("of-a-joint-of-the-arm").filter(|_| !assessed().any(root));
        let other = |f: &Fact| nerve.into_iter().chain(joint).any(|g| g.beside.has(f.concept));
        // "Headaches for 3 months", where a migraine is assessed
        let own = |f: &Fact| alone && self.knowledge.lexicon.is_a(f.concept, mention.concept) || other(f);
        assessed().any(own)
            && self.sentence_of(value.attribute.span).is_some_and(|at| at as u32 == mention.sentence && !self.names_neck(at))
    }

    /// Whether a value that belongs to nothing of ours stands in a numbered problem that tells nothing of the neck and its arms, behind what
    /// it is about, in an assessment in which another one does: "2. CKD, stable *since 2023* 3. Neck pain".
    fn in_another_problem(&self, span: Span) -> bool {
        let items = &self.layout.items;
        let Some(sentence) = self.sentence_of(span).and_then(|at| self.layout.sentences.get(at)) else { return false };
        let here = self.layout.problem(sentence.item) as usize;
        let Some(item) = items.get(here).filter(|i| i.kind == ItemKind::Numbered) else { return false };
        if !self.layout.sections.get(item.section as usize).is_some_and(|s| s.assessed) {
            return false;
        }
        // "2. Onset 3 weeks ago"
        let first = self.layout.sentences.get(item.sentences.start as usize).map_or(0, |s| s.tokens.start);
        let at = self.layout.folded.tokens.partition_point(|t| t.span.start < span.start) as u32;
        let told = self.problems.get_or_init(|| self.problems_of_the_neck());
        let others = || items.iter().zip(told).enumerate().any(|(i, (o, tells))| i != here && *tells && o.section == item.section);
        at >= first + NAMED && !told[here] && others()
    }

    /// For each item whether it, or what stands under it, tells of the neck or the arms.
    fn problems_of_the_neck(&self) -> Vec<bool> {
        let mut told = vec![false; self.layout.items.len()];
        let named = (0..self.layout.sentences.len()).filter(|at| self.names_neck(*at));
        let findings = (0..self.findings.len()).filter(|m| self.of_the_neck(*m) || self.of_the_arm(*m));
        let sentences = named.chain(findings.map(|m| self.findings[m].mention.sentence as usize));
        for sentence in sentences.filter_map(|at| self.layout.sentences.get(at)) {
            if let Some(problem) = told.get_mut(self.layout.problem(sentence.item) as usize) {
                *problem = true;
            }
        }
        told
    }

    /// Whether a sentence names the neck.
    fn names_neck(&self, sentence: usize) -> bool {
        self.knowledge.lexicon.names_neck(&self.layout.folded, self.layout.sentences[sentence].tokens.clone())
    }

    /// Values of a property that are said of a present complaint of the neck: an old spell of it, or the disease behind it, has its own.
    pub(super) fn complaint_values(&self, key: AttributeKey) -> impl Iterator<Item = &Value> {
        self.complaint_times(key).map(|(value, _)| value)
    }

    /// The same, each with whether a complaint that it belongs to stands in its sentence.
    pub(super) fn complaint_times(&self, key: AttributeKey) -> impl Iterator<Item = (&Value, bool)> {
        let assessed = |m: usize| self.facts.iter().any(|f| f.finding == m && f.standing == Standing::Assessed);
        let present =
            move |&m: &usize| self.neck(m) && (self.complaint(m) || assessed(m)) && self.findings[m].assertion.time != Time::Historical;
        let alone = move |v: &NoteValue| {
            let span = v.attribute.span;
            // "began 5 months ago; cannot recall an injury": what is not there has no time
            let absent = |m: &usize| self.findings[*m].assertion.polarity == Polarity::Absent;
            v.mentions.iter().all(absent) && (self.labelled_neck(span) || self.field(span) || self.told_of_the_neck(span))
        };
        let told = move |v: &NoteValue| v.mentions.iter().any(present) || alone(v);
        let own = move |v: &&NoteValue| v.attribute.key == key && !self.copied(v.attribute.span) && told(v);
        let here = move |v: &NoteValue| {
            let sentence = self.sentence_of(v.attribute.span).map(|at| at as u32);
            v.mentions.iter().any(|m| Some(self.findings[*m].mention.sentence) == sentence)
        };
        self.values.iter().filter(own).map(move |v| (&v.attribute.value, here(v)))
    }

    /// The number of the sentence that a place begins in.
    fn sentence_of(&self, span: Span) -> Option<usize> {
        let token = self.layout.folded.tokens.partition_point(|t| t.span.start < span.start) as u32;
        self.layout.sentence_at(token)
    }

    /// The sentence of a value told in the story.
    fn told_in(&self, span: Span) -> Option<&Sentence> {
        let sentence = self.layout.sentences.get(self.sentence_of(span)?)?;
        self.layout.sections.get(sentence.section as usize).filter(|s| s.kind <= SectionKind::Hpi).map(|_| sentence)
    }

    /// Whether a value told in the story stands in a sentence that names the neck, or behind one: "He comes in about his *neck.* It began *5 months ago*".
    fn told_of_the_neck(&self, span: Span) -> bool {
        let Some(sentence) = self.told_in(span) else { return false };
        let at = self.sentence_of(span).unwrap_or(0);
        let names = |at: usize| self.layout.sentences.get(at).is_some_and(|s| s.item == sentence.item) && self.names_neck(at);
        names(at) || at.checked_sub(1).is_some_and(names)
    }

    /// Whether the sentence of a value names what is felt: "since *symptoms* ongoing > 6 weeks".
    fn named_in_sentence(&self, span: Span) -> bool {
        let felt = self.knowledge.coding.guidelines.get("names-what-is-felt");
        let sentence = self.sentence_of(span).and_then(|at| self.layout.sentences.get(at));
        felt.zip(sentence).is_some_and(|(felt, s)| felt.stands_in(self.layout.tokens(s.tokens.clone())))
    }

    /// Whether a value stands in a form's field of the complaint: "*Duration:* 3 years".
    fn field(&self, span: Span) -> bool {
        let (Some(sentence), Some(field)) = (self.told_in(span), self.knowledge.coding.guidelines.get("field-of-the-complaint")) else {
            return false;
        };
        let end = self.layout.folded.tokens.partition_point(|t| t.span.start < span.end) as u32;
        field.stands_in(self.layout.tokens(sentence.tokens.start..end))
    }

    /// Whether the sentence of a value is labelled with the neck: "*Neck:* right side, 8 months, 4/10".
    fn labelled_neck(&self, span: Span) -> bool {
        let Some(sentence) = self.told_in(span) else { return false };
        let folded = &self.layout.folded;
        let mark = |t: usize| folded.tokens.get(t).is_some_and(|t| t.kind == TokenKind::Punctuation);
        let opens = |t: &usize| *t == sentence.tokens.start as usize || mark(t.saturating_sub(1));
        let mut starts = sentence.tokens.clone().take(LABEL).map(|t| t as usize).filter(opens);
        starts.any(|start| self.knowledge.lexicon.neck_at(folded, start, |end| folded.word(end) == ":"))
    }

    /// Whether a place lies in text carried over from another note.
    fn copied(&self, span: Span) -> bool {
        let sections = &self.layout.sections;
        let at = sections.partition_point(|s| s.start <= span.start);
        at.checked_sub(1).is_some_and(|i| sections[i].copied)
    }

    pub(super) fn given(&self, key: AttributeKey) -> Option<&Value> {
        self.given_values(key).next()
    }

    /// Whether it is something felt: a "mild disc bulge" is no mild pain.
    fn complaint(&self, finding: usize) -> bool {
        self.knowledge.lexicon.concept(self.findings[finding].mention.concept).kind == ConceptKind::Symptom
    }

    /// Whether what is mild or severe of it tells nothing of a pain: "*mild* weakness since the stroke".
    fn of_strength(&self, finding: usize) -> bool {
        let weak = self.knowledge.coding.guidelines.get("no-strength-of-the-pain");
        weak.is_some_and(|w| w.concepts.has(self.findings[finding].mention.concept))
    }

    /// Whether it is a diagnosis.
    fn diagnosed(&self, finding: usize) -> bool {
        self.knowledge.lexicon.concept(self.findings[finding].mention.concept).kind == ConceptKind::Diagnosis
    }

    /// Whether the clause of a place says that nothing is found there: "paraspinals soft", "trapezius nontender".
    fn nothing_at(&self, span: Span) -> bool {
        let Some(saying) = self.knowledge.coding.guidelines.get("nothing-at-the-place") else { return false };
        let Some(sentence) = self.sentence_of(span).and_then(|at| self.layout.sentences.get(at)) else { return false };
        let folded = &self.layout.folded;
        let at = folded.tokens.partition_point(|t| t.span.start < span.start) as u32;
        let turns = |t: u32| folded.tokens.get(t as usize).is_some_and(|t| self.knowledge.context.is_of(t.word, CONTRAST | COMPANION));
        let parts = |t: &u32| matches!(folded.word(*t as usize), "," | ";" | ".") || turns(*t);
        let from = (sentence.tokens.start..at).rev().find(parts).map_or(sentence.tokens.start, |t| t + 1);
        let end = (at..sentence.tokens.end).find(parts).unwrap_or(sentence.tokens.end);
        saying.stands_in(self.layout.tokens(from..end))
    }

    /// Whether it is something done, or what an operation left: of "PT both" the side is the treatment's, of "ACDF C5-6 in 2019" the level.
    fn treats(&self, finding: usize) -> bool {
        matches!(self.knowledge.lexicon.concept(self.findings[finding].mention.concept).kind, ConceptKind::Procedure | ConceptKind::Status)
    }

    /// Whether it is a sign or a complaint that is not there: "no midline tenderness" tells of no place.
    fn nothing(&self, finding: usize) -> bool {
        let finding = &self.findings[finding];
        let kind = self.knowledge.lexicon.concept(finding.mention.concept).kind;
        finding.assertion.polarity == Polarity::Absent && matches!(kind, ConceptKind::Sign | ConceptKind::Symptom)
    }

    /// Whether its side or level is no place of the pain: "Spurling positive on the left".
    fn no_place(&self, finding: usize) -> bool {
        let signs = self.knowledge.coding.guidelines.get("no-place-of-the-pain");
        signs.is_some_and(|s| s.concepts.has(self.findings[finding].mention.concept))
    }

    fn neck(&self, finding: usize) -> bool {
        self.facts.iter().find(|f| f.finding == finding).is_some_and(|f| {
            // "breast cancer 2014", "LEEP 2004", "dizziness for 4 months": what has no place and does not come with the neck's is not its own
            let elsewhere = || {
                let concept = self.knowledge.lexicon.concept(f.concept);
                let comes_with = || self.knowledge.coding.guidelines.get("counts-for-the-neck").is_some_and(|c| c.concepts.has(f.concept));
                match concept.kind {
                    ConceptKind::Diagnosis | ConceptKind::Confuser => concept.regional == Regional::No,
                    ConceptKind::Symptom => !comes_with(),
                    _ => false,
                }
            };
            compatible(&f.region, "cervical") && (f.own_region || !elsewhere()) && !matches!(f.state, State::Someone | State::Hypothetical)
        })
    }

    /// Whether it is of the neck by its own words: "chronic foot drop" is not.
    pub(super) fn of_the_neck(&self, finding: usize) -> bool {
        self.neck(finding) && self.facts.iter().any(|f| f.finding == finding && f.own_region && family(&f.region) == "cervical")
    }

    /// Whether it is by its own words of the back or the leg, or an event of another part: "*foot* numbness for years", "knee pain since a
    /// *fall*".
    fn below_the_neck(&self, finding: usize) -> bool {
        let event =
            |f: &Fact| self.knowledge.lexicon.concept(f.concept).kind == ConceptKind::Mechanism && !compatible(&f.region, "cervical");
        let below = |f: &Fact| f.own_region && (facts::below_the_neck(&f.region) || event(f));
        self.facts.iter().any(|f| f.finding == finding && below(f))
    }

    /// Whether it is a complaint of the arm that a root or the neck gives.
    fn of_the_arm(&self, finding: usize) -> bool {
        let arm = self.knowledge.coding.guidelines.get("strong-for-the-neck");
        let found = &self.findings[finding];
        found.assertion.polarity == Polarity::Present && arm.is_some_and(|g| g.concepts.has(found.mention.concept))
    }
}
