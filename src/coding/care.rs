//! The phase of care of an injury, from what the note tells: first treatment, care during healing, or a residual.

use super::encounter::{assessed, in_story, told};
use super::facts;
use crate::attributes::Value;
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::knowledge::coding::Saying;
use crate::layout::Layout;
use crate::vocab::{AttributeKey, ConceptKind, Time};

/// Tokens of a sentence that says nothing but how it goes: "Improving."
const ALONE: usize = 4;

/// Tokens behind a word of healing that name what heals.
const FOLLOWING: u32 = 2;

/// Tokens of a line that may be the note's title.
const TITLE: usize = 12;

/// What a note tells of the care of an injury.
pub(crate) struct Care<'a> {
    pub layout: &'a Layout,
    pub findings: &'a [Finding],
    pub knowledge: &'a Knowledge,
    /// Whether a therapist writes it.
    pub therapy: bool,
}

impl Care<'_> {
    /// The phase, by the seventh character's name; nothing where the note leaves it open.
    pub fn phase(&self) -> Option<&'static str> {
        if self.any(|f| told(f) && self.says("care-sequela", f) && self.beside_the_neck(f)) {
            return Some("sequela");
        }
        if self.shown("care-undetermined") {
            return None;
        }
        // therapy is care during recovery, whoever treated the injury first
        if self.therapy {
            return Some("routine");
        }
        // an emergency visit is active treatment even if the pain got better there
        if self.any(|f| told(f) && self.says("care-emergency", f) && in_story(self.layout, f)) && !self.shown("care-recheck") {
            return Some("active");
        }
        if (self.any(|f| self.follows_up(f)) || self.titled()) && !self.follows_another_problem() {
            return Some("routine");
        }
        let later = self.begun(|least, _| least >= self.days("care-healing"));
        let soon = self.begun(|_, most| most < self.days("care-healing"));
        let heals = self.any(|f| self.heals(f));
        if !self.shown("care-active") && (later || (heals && !soon)) {
            if self.care_goes_on() {
                return Some("routine");
            }
            if heals && later {
                return None;
            }
        }
        let recent = self.begun(|_, most| most <= self.days("care-active"));
        // "chronic whiplash since a crash in 2019": no first treatment, whatever happened then, and whatever flares today
        let old = || self.begun(|least, _| least > self.days("care-old"));
        let chronic = self.any(|f| self.chronic(f));
        let flares = || !self.shown("care-active") && (chronic || self.any(|f| self.happened_long_ago(f)));
        if (!recent && (chronic || old())) || flares() {
            return None;
        }
        (self.shown("care-active") || recent || self.any(|f| self.just_happened(f))).then_some("active")
    }

    /// Whether it is a follow-up or a stage of healing, of the neck's injury if it stands in the assessment.
    fn follows_up(&self, f: &Finding) -> bool {
        let assessed = assessed(self.layout, f);
        let said = self.says("care-routine", f) && in_story(self.layout, f);
        let improved = self.says_beside("care-routine", f) && assessed;
        told(f) && (said || improved) && (!assessed || self.of_the_neck(f))
    }

    /// Whether the note's first line calls the visit a follow-up: "Recheck - Brookside Medical Group".
    fn titled(&self) -> bool {
        let tokens = &self.layout.folded.tokens;
        let end = (1..tokens.len().min(TITLE + 1)).find(|&t| tokens[t].breaks > 0);
        end.is_some_and(|end| self.saying("care-title").is_some_and(|s| s.stands_in(&tokens[..end])))
    }

    /// Whether something began in the last days and no follow-up names the neck: "HTN f/u. Also strained her neck yesterday".
    fn follows_another_problem(&self) -> bool {
        let names = |f: &Finding| self.any(|g| g.mention.sentence == f.mention.sentence && self.says("care-new-injury", g));
        self.begun(|_, most| most <= self.days("care-new-injury")) && !self.any(|f| self.follows_up(f) && names(f))
    }

    /// Whether the injury itself is called chronic.
    fn chronic(&self, f: &Finding) -> bool {
        let chronic = |v: &Value| matches!(v, Value::Text(t) if t == "chronic");
        told(f) && self.says("care-of-the-neck", f) && f.attributes.iter().any(|a| a.key == AttributeKey::Acuity && chronic(&a.value))
    }

    /// Whether the accident itself, or the injury, lies far back.
    fn happened_long_ago(&self, f: &Finding) -> bool {
        let long = |v: &Value| matches!(v, Value::Days(least, _) if *least > self.days("care-old"));
        let event = self.says_beside("care-active", f) || self.says("care-of-the-neck", f);
        told(f) && event && f.attributes.iter().any(|a| a.key == AttributeKey::Onset && long(&a.value))
    }

    /// Whether the story says that it gets better.
    fn heals(&self, f: &Finding) -> bool {
        told(f) && self.says("care-healing", f) && in_story(self.layout, f)
    }

    /// Whether care went on before this visit or goes on after it.
    fn care_goes_on(&self) -> bool {
        let in_therapy = |f: &Finding| {
            let sentence = self.layout.sentences.get(f.mention.sentence as usize);
            let therapy = self.saying("care-healing-therapy").zip(sentence);
            therapy.is_some_and(|(t, s)| t.stands_in(self.layout.tokens(s.tokens.clone())))
        };
        self.any(|f| (told(f) && self.says_beside("care-healing", f)) || (self.heals(f) && in_therapy(f)))
    }

    /// Whether it is an accident told as the present history, while nobody says that care went on before.
    fn just_happened(&self, f: &Finding) -> bool {
        let now = f.assertion.time == Time::Current || facts::just_after(self.layout, f, self.knowledge);
        told(f) && now && self.says_beside("care-active", f) && in_story(self.layout, f)
    }

    /// Whether an injury or a pain of the neck is named in the sentence: "hemiparesis, late effect of a stroke" is none of it.
    fn beside_the_neck(&self, said: &Finding) -> bool {
        self.any(|f| f.mention.sentence == said.mention.sentence && self.says("care-new-injury", f))
    }

    /// Whether how it goes is said of an injury of the neck: in the assessment it stands behind one in its sentence or alone behind its
    /// sentence, or right before one ("1. Ankle sprain, healing 2. Cervical strain" is the ankle's). A visit is of all.
    fn of_the_neck(&self, said: &Finding) -> bool {
        let here = &said.mention;
        let injuries = || self.findings.iter().filter(|f| self.says("care-of-the-neck", f));
        // "Cervical strain, initial encounter; HTN, improving": a semicolon parts two problems
        let parted = |f: &Finding| {
            let (first, second) = if f.mention.tokens.end <= here.tokens.start { (&f.mention, here) } else { (here, &f.mention) };
            (first.tokens.end..second.tokens.start).any(|t| self.layout.folded.word(t as usize) == ";")
        };
        let within = self.layout.sentences.get(here.sentence as usize).map_or(0..0, |s| s.tokens.clone());
        // "cervical strain, *abrasions* healing", "strain and healing *ulcer* of the foot"
        let another = |from: u32, to: u32| self.saying("care-of-another").is_some_and(|s| s.stands_in(self.layout.tokens(from..to)));
        let of_another = another(within.start, within.end);
        if self.knowledge.lexicon.concept(said.mention.concept).kind != ConceptKind::Circumstance {
            if of_another && !self.beside_the_neck(said) {
                return false;
            }
            let mut here = injuries().filter(|f| f.mention.sentence == here.sentence).peekable();
            return here.peek().is_none() || !here.all(parted);
        }
        let sentence = |s: u32| self.layout.sentences.get(s as usize);
        let alone = within.len() <= ALONE && !of_another;
        injuries().any(|f| {
            let injury = &f.mention;
            let item = |s: u32| sentence(s).map(|s| s.item);
            let behind = injury.tokens.end <= here.tokens.start;
            let near = || match behind {
                true => !another(injury.tokens.end, within.end.min(here.tokens.end + FOLLOWING)),
                false => injury.tokens.start.saturating_sub(here.tokens.end) <= 2,
            };
            let beside = injury.sentence == here.sentence && near() && !parted(f);
            let before = alone && injury.sentence + 1 == here.sentence && item(injury.sentence) == item(here.sentence);
            beside || before
        })
    }

    /// Whether a time told in the story passes; days since it began, at least and at most.
    fn begun(&self, passes: impl Fn(u32, u32) -> bool) -> bool {
        self.any(|f| {
            let passes = |value: &Value| matches!(value, Value::Days(least, most) if passes(*least, *most));
            let time = |key| matches!(key, AttributeKey::Onset | AttributeKey::Duration);
            told(f) && in_story(self.layout, f) && f.attributes.iter().any(|a| time(a.key) && passes(&a.value))
        })
    }

    fn shown(&self, id: &str) -> bool {
        self.any(|f| told(f) && self.says(id, f))
    }

    fn any(&self, is: impl Fn(&Finding) -> bool) -> bool {
        self.findings.iter().any(is)
    }

    fn saying(&self, id: &str) -> Option<&Saying> {
        self.knowledge.coding.guidelines.get(id)
    }

    /// Whether a finding is what a guideline names.
    fn says(&self, id: &str, f: &Finding) -> bool {
        self.saying(id).is_some_and(|s| s.concepts.has(f.mention.concept))
    }

    /// Whether a finding is what a guideline names beside it.
    fn says_beside(&self, id: &str, f: &Finding) -> bool {
        self.saying(id).is_some_and(|s| s.beside.has(f.mention.concept))
    }

    fn days(&self, id: &str) -> u32 {
        self.saying(id).and_then(|s| s.days).unwrap_or(0)
    }
}
