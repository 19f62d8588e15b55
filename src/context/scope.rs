//! Which symbols of a sentence a cue speaks of.

use super::cells::Cell;
use super::commas::SUBJECT;
use super::view::{Found, View};
use crate::knowledge::context::{
    ADJUNCT, AGED, ALTERNATIVE, ARTICLE, CLAUSE_OPENER, COMPANION, COMPLEMENT, CONTRAST, COORDINATOR, ContextKnowledge, CueRule, DEFINITE,
    INTRODUCING, MANEUVER, OPENER, PREPOSITION, PRONOUN, Part, RELATIVE, RESUMING, SIDE, VERB,
};
use crate::knowledge::source::context::{Axis, Direction, Reach, Says};
use std::cell::OnceCell;
use std::ops::Range;

/// How many symbols may tell of a patient's work.
const WORK: usize = 8;

/// A cue in a sentence and the side or sides it looks to.
#[derive(Debug, Clone)]
pub(crate) struct Active {
    /// By its place in [`ContextKnowledge::cues`].
    pub cue: u16,
    /// Its symbols.
    pub at: Range<usize>,
    /// Whether it speaks of what follows.
    pub forward: bool,
    /// Whether it speaks of what stands before.
    pub backward: bool,
    /// The label of the cell whose value it is.
    pub label: Option<Range<usize>>,
}

/// The cues and terminators of a sentence.
pub(crate) struct Scopes<'v, 'f> {
    pub view: &'v View<'f>,
    pub knowledge: &'v ContextKnowledge,
    pub active: Vec<Active>,
    /// Start, end and place in [`ContextKnowledge::terminators`].
    pub terminators: Vec<(usize, usize, u16)>,
    /// Symbols of the longest of them.
    longest: usize,
    /// Where cues begin that look forward and say whether something is there.
    pub(super) stated: Vec<usize>,
    pub(super) places: Places,
}

/// The symbols of a sentence's mentions.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// What is named: complaints, signs, diagnoses, treatments.
    pub named: Vec<Range<usize>>,
    /// The same with events, visits and circumstances.
    pub told: Vec<Range<usize>>,
    /// Diagnoses alone.
    pub diagnosed: Vec<Range<usize>>,
    /// Those of them that name their place, or have it by what they are: "*cervical* spondylosis", "occipital neuralgia".
    pub placed: Vec<Range<usize>>,
}

/// Letters and digits of a level: "c6".
const LEVEL: usize = 3;

/// Words between a choice and what it is between, at most: "strain *or* an underlying radiculopathy".
const ASIDE: usize = 1;

impl<'v, 'f> Scopes<'v, 'f> {
    /// Settles which phrases act, and to which side.
    pub fn new(view: &'v View<'f>, found: &[Found], cells: &[Cell], places: Places, knowledge: &'v ContextKnowledge) -> Scopes<'v, 'f> {
        let mut terminators: Vec<(usize, usize, u16)> = found
            .iter()
            .filter_map(|f| match f.part {
                Part::Terminator(t) => Some((f.start, f.end, t)),
                _ => None,
            })
            .collect();
        terminators.sort_by_key(|t| t.0);
        let longest = terminators.iter().map(|t| t.1 - t.0).max().unwrap_or(0);
        let states = |f: &&Found| match f.part {
            Part::Cue(cue) => {
                let rule = &knowledge.cues[cue as usize];
                rule.direction != Direction::Backward && rule.says.iter().any(|s| s.axis() == Axis::Polarity)
            }
            _ => false,
        };
        let mut scopes = Scopes { view, knowledge, active: Vec::new(), terminators, longest, stated: Vec::new(), places };
        // the dash of a list entry denies nothing
        let glued = |f: &&Found| !matches!(f.part, Part::Cue(cue) if knowledge.cues[cue as usize].glued) || scopes.is_glued(f);
        scopes.stated = found.iter().filter(states).filter(glued).map(|f| f.start).collect();
        let is_marker = |f: &&Found| matches!(f.part, Part::Cue(cue) if knowledge.cues[cue as usize].direction == Direction::Marker);
        let mut marks_forward = None;
        for f in found {
            match f.part {
                Part::Cue(cue) => {
                    let rule = &knowledge.cues[cue as usize];
                    if cells.iter().any(|c| c.label.end <= f.start && f.end <= c.value.end)
                        || (rule.glued && !scopes.is_glued(f))
                        || (rule.opens && !scopes.opens(f.start, rule))
                        || (rule.object && !scopes.is_object(f.start))
                        || (rule.chooses && !scopes.chooses(f))
                        || (rule.direction == Direction::Both && scopes.between_levels(f))
                        || (rule.behind_answer && !scopes.answered_before(f.start))
                        || (rule.says.contains(&Says::Other) && scopes.is_patient(f.start))
                    {
                        continue;
                    }
                    let (forward, backward) = match rule.direction {
                        Direction::Forward => (true, false),
                        Direction::Backward => (false, true),
                        Direction::Both => (true, true),
                        Direction::ForwardFirst => scopes.one_side(f, rule, true),
                        Direction::BackwardFirst => scopes.one_side(f, rule, false),
                        Direction::Marker => {
                            // "spondylosis (-) radiculopathy (-) myelopathy": the last mark has something to say of what follows
                            let ends = || found.iter().rev().find(|f| is_marker(f)).map_or(0, |f| f.end);
                            let forward = *marks_forward.get_or_insert_with(|| scopes.nothing_before(f.start) || scopes.is_named(ends()));
                            (forward, !forward)
                        }
                    };
                    if forward || backward {
                        scopes.active.push(Active { cue, at: f.start..f.end, forward, backward, label: None });
                    }
                }
                Part::Value(cue) => {
                    if let Some(cell) = cells.iter().find(|c| c.value == (f.start..f.end)) {
                        scopes.active.push(Active {
                            cue,
                            at: f.start..f.end,
                            forward: false,
                            backward: false,
                            label: Some(cell.label.clone()),
                        });
                    }
                }
                Part::Terminator(_) | Part::Pseudo => {}
            }
        }
        scopes
    }

    /// Whether an entry before the one that ends at symbol `at` has its own answer.
    fn answered_before(&self, at: usize) -> bool {
        let answers = |a: &&Active| {
            let says = &self.knowledge.cues[a.cue as usize].says;
            a.backward && !a.forward && says.iter().any(|s| s.axis() == Axis::Polarity)
        };
        let parted = |a: &Active| (a.at.end..at).any(|i| self.view.symbol(i) == ",");
        self.active.iter().filter(answers).any(parted)
    }

    /// Whether the words part two diagnoses of an assessment, or one and a complaint: "strain *or* a radiculopathy".
    fn chooses(&self, f: &Found) -> bool {
        let near =
            |from: usize, to: usize| from <= to && to - from <= ASIDE && (from..to).all(|i| self.view.is_word(i) && !self.coordinates(i));
        let before = |places: &[Range<usize>]| places.iter().any(|d| near(d.end, f.start));
        let behind = |places: &[Range<usize>]| places.iter().any(|d| near(f.end, d.start));
        let Places { named, diagnosed, .. } = &self.places;
        self.view.assessed && (before(diagnosed) && behind(named) || before(named) && behind(diagnosed))
    }

    /// Whether what a cue of an assessment leaves open is a level and no condition: "*C6* vs *C7* radiculopathy".
    fn between_levels(&self, f: &Found) -> bool {
        let level = |i: usize| self.view.is_alphanumeric(i) && self.view.symbol(i).len() <= LEVEL;
        self.view.assessed && f.start.checked_sub(1).is_some_and(level) && level(f.end)
    }

    /// A mark that stands free on the left and touches a word on the right, within a line: "no pain -fever"; or one of a series, or a list entry's sign.
    fn is_glued(&self, f: &Found) -> bool {
        let symbol = self.view.symbol(f.start);
        // "NKI. -N/T. -weakness", "ROS: -fever -chills": within a line a sentence may begin with a sign where symptoms are gone through
        let opens_list = || self.view.opens_line(f.start) && !(f.start == 0 && self.view.goes_on_in_line());
        let touches = || matches!(symbol, "+" | "-") && !self.view.spaced(f.end) && (symbol != "-" || !opens_list());
        self.view.spaced(f.start)
            && self.view.is_word(f.end)
            && (touches() || self.in_series(f.start) || (self.view.signed && f.start == 0))
    }

    /// Whether a mark before an entry is one of several in a row, not all of them dashes: "*+* headache, *-* fever"; where signs are
    /// told, dashes alone will do.
    fn in_series(&self, at: usize) -> bool {
        let mark = |i: usize| matches!(self.view.symbol(i), "+" | "-") && self.view.is_word(i + 1);
        let first = |i: usize| i == 0 && self.view.goes_on_in_line();
        let opens = |i: usize| first(i) || i > 0 && matches!(self.view.symbol(i - 1), "," | ":" | ";");
        let entries = || (0..self.view.len()).filter(|i| mark(*i) && opens(*i));
        mark(at) && opens(at) && entries().count() > 1 && (self.view.examined || entries().any(|i| self.view.symbol(i) == "+"))
    }

    /// Whether no word of substance stands between the clause's start and symbol `at`.
    fn nothing_before(&self, at: usize) -> bool {
        let mut i = at;
        while i > 0 {
            i -= 1;
            let symbol = self.view.symbol(i);
            // "spondylosis *with myelopathy* ruled out": what ends a scope may itself name something; "stridor *at rest* absent"
            let ends = |t: &(usize, usize, u16)| {
                t.0 <= i && i < t.1 && self.knowledge.terminators[t.2 as usize].backward && !self.names_between(t.0, t.1)
            };
            if matches!(symbol, "," | ";" | ":" | "." | "(" | "•" | "*" | "|") || self.terminators_over(i).iter().any(ends) {
                return true;
            }
            if self.view.is_word(i) && !self.view.is(i, OPENER) && !(self.view.is_number(i) && i == 0) {
                return false;
            }
        }
        true
    }

    /// Whether a clause opens with symbol `at`: nothing but articles, pronouns and the like stands between its start and `at`.
    fn opens(&self, at: usize, rule: &CueRule) -> bool {
        // of a person one word may say what sort: "her *yoga* teacher"
        let person = rule.says.iter().any(|s| s.axis() == Axis::Subject);
        for i in (0..at).rev() {
            // "exposures: *daycare* teacher"
            let sort = || i > 0 && (self.view.is(i - 1, ARTICLE) || self.view.symbol(i - 1) == ":");
            if person && i + 1 == at && self.view.is_word(i) && !self.view.is(i, PREPOSITION) && sort() {
                continue;
            }
            if !self.view.is_word(i) || self.view.is(i, CLAUSE_OPENER) {
                return true;
            }
            if self.view.is(i, PREPOSITION) || !(self.view.is_number(i) || self.view.is(i, OPENER)) {
                return false;
            }
        }
        true
    }

    /// Whether the person named at symbol `at` is the patient, told by age and work: "44 year old shift *supervisor* with".
    fn is_patient(&self, at: usize) -> bool {
        let ends = |i: &usize| {
            !self.view.is_word(*i)
                || self.view.is(*i, VERB | PREPOSITION | CLAUSE_OPENER | RELATIVE | ARTICLE | DEFINITE)
                || self.view.is_number(*i)
        };
        let before = (at.saturating_sub(WORK)..at).rev();
        before.take_while(|i| self.view.is(*i, AGED) || !ends(i)).any(|i| self.view.is(i, AGED))
    }

    /// Whether a word of which symbol `at` can be the object stands before it.
    fn is_object(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| self.view.is_word(before) && !self.view.is(before, INTRODUCING))
    }

    /// Whether a cue at symbol `at` goes on about the subject before it: "neck pain resolved *but recurred*", "neck pain, *now worse*".
    pub fn goes_on(&self, at: usize) -> bool {
        at == 0 || !self.view.is_word(at - 1) || !self.view.is_word(at) || self.view.is(at, RESUMING) || self.view.is(at - 1, RESUMING)
    }

    /// Whether something named begins with symbol `at`.
    fn is_named(&self, at: usize) -> bool {
        self.places.named.iter().any(|n| n.start == at)
    }

    /// Whether nothing that a cue could govern follows symbol `at`.
    fn nothing_after(&self, at: usize, rule: &CueRule) -> bool {
        if at >= self.view.len() {
            return true;
        }
        let symbol = self.view.symbol(at);
        if self.view.is_word(at) {
            self.view.is(at, ADJUNCT) || self.view.adjoins(at) || rule.says.iter().any(|s| self.terminates(at, s.axis(), rule, true))
        } else {
            !matches!(symbol, "\"" | "'" | "?" | ":" | "(") || at + 1 >= self.view.len()
        }
    }

    fn one_side(&self, f: &Found, rule: &CueRule, forward_first: bool) -> (bool, bool) {
        let (before, after) = (self.nothing_before(f.start), self.nothing_after(f.end, rule));
        match (before, after) {
            // "sprain, probable": a cue alone between marks speaks of what stands before it
            (true, true) => (false, self.set_off(f.start)),
            // "radiculopathy, possible      2. EMG"
            (true, false) if self.view.column(f.end) && self.set_off(f.start) => (false, true),
            (true, false) => (true, false),
            (false, true) => (false, true),
            // "Spurling negative right, Hoffmann positive"
            (false, false) if self.view.is(f.end, SIDE) && self.view.ends_phrase(f.end) => (false, true),
            // "radiculopathy ruled out      2. No further EMG": the next column is another matter
            (false, false) if self.view.column(f.end) => (false, true),
            // "radiculopathy ruled out (normal EMG)", "radiculopathy: doubtful", "radiculopathy ruled out - it is the wrist"
            (false, false) if self.stands_behind(f) => (false, true),
            // "radiculopathy? get MRI": a mark that touches the word before it alone is of that
            (false, false) if self.is_mark(f) && !self.view.spaced(f.start) && self.view.spaced(f.end) => (false, true),
            // "neck pain - resolved radiculopathy"
            (false, false) if self.set_off(f.start) && self.places.named.iter().any(|n| n.start == f.end && self.closes(n.end)) => {
                (true, false)
            }
            (false, false) => (forward_first, !forward_first),
        }
    }

    /// Whether nothing but an end or a mark stands at symbol `at`.
    fn closes(&self, at: usize) -> bool {
        at >= self.view.len() || !self.view.is_word(at)
    }

    fn is_mark(&self, f: &Found) -> bool {
        f.end == f.start + 1 && !self.view.is_word(f.start)
    }

    /// Whether a cue stands right behind something named and before a bracket or a dash, which parts it from what follows.
    fn stands_behind(&self, f: &Found) -> bool {
        let mark = self.view.symbol(f.end);
        let dash = matches!(mark, "-" | "--") && self.view.spaced(f.end) && self.view.spaced(f.end + 1);
        (mark == "(" || dash) && self.places.named.iter().any(|n| n.end == f.start)
    }

    /// Whether a comma, a bracket or a dash parts symbol `at` from what stands before it.
    fn set_off(&self, at: usize) -> bool {
        at > 1 && matches!(self.view.symbol(at - 1), "," | "(" | "-" | "--" | "[")
    }

    pub(super) fn rule(&self, active: &Active) -> &CueRule {
        &self.knowledge.cues[active.cue as usize]
    }

    /// The symbols after the cue that it reaches on that axis; of one that reaches only up to a terminator none, if it does not get there.
    pub fn forward(&self, active: &Active, axis: Axis) -> Range<usize> {
        let (rule, from) = (self.rule(active), active.at.end);
        let Some(until) = rule.until else { return self.ahead(active, axis, self.view.len()) };
        // "*discussed* radiculopathy red flags"
        let next = self.terminators.partition_point(|t| t.0 < from);
        let most = self.terminators[next..].iter().find(|t| t.2 == until).map(|t| t.0);
        let reached = most.map(|most| (most, self.ahead(active, axis, most)));
        reached.filter(|(most, r)| r.end == *most && !self.parted(r, rule)).map_or(from..from, |(_, r)| r)
    }

    /// Whether what stands between a cue and the terminator it reaches up to is not what it speaks of: "discussed neck pain *and* red flags",
    /// "history of HTN *with* neck pain presenting with".
    fn parted(&self, between: &Range<usize>, rule: &CueRule) -> bool {
        let last = between.end.saturating_sub(1);
        let joined = rule.reach == Reach::Phrase && !between.is_empty() && self.view.is(last, COORDINATOR);
        joined || between.clone().any(|i| self.view.is(i, COMPANION | VERB))
    }

    /// The symbols after the cue, up to `most`, that it reaches on that axis.
    fn ahead(&self, active: &Active, axis: Axis, most: usize) -> Range<usize> {
        let rule = self.rule(active);
        let from = active.at.end;
        let mut depth = 0;
        let own =
            |(start, end, t): &&(usize, usize, u16)| active.at.start <= *start && *start < from && from <= *end && rule.passes.contains(t);
        let mut passed = self.terminators.iter().find(own).map(|(_, _, t)| *t);
        // "Unlikely: radiculopathy, HNP; stenosis": a colon opens a list, and no mark within it ends what is said of all
        let heads = axis != Axis::Subject
            && (self.view.symbol(from) == ":" || (from > 0 && self.view.symbol(from - 1) == ":") || self.view.enumerates(from + 1));
        let mut i = from;
        while i < most && i - from < rule.words as usize {
            for (_, _, t) in self.terminators_at(i) {
                if self.ends(*t, axis, rule, true)
                    && !self.resumes(*t)
                    && (passed.is_none() || self.knowledge.terminators[*t as usize].unless_after != passed)
                {
                    return from..i;
                }
                if rule.passes.contains(t) {
                    passed = Some(*t);
                }
            }
            match self.view.symbol(i) {
                "(" => depth += 1,
                // "DDx: 1) radiculopathy 2) stenosis"
                ")" if depth == 0 && heads && self.view.enumerates(i) => {}
                ")" if depth == 0 => break,
                ")" => depth -= 1,
                "," | ";" if heads && self.lists(i, from) => {}
                "," if axis == Axis::Certainty && self.view.assessed && self.leans(i) => {}
                // "Neg Hoffman, Babinski": one word for all tests
                "," if axis == Axis::Polarity && self.view.is(i - 1, MANEUVER) && self.view.is(i + 1, MANEUVER) => {}
                // "no radiculopathy and cervicalgia is improving"
                _ if axis == Axis::Polarity && i > from && self.view.is(i, COORDINATOR) && self.goes_on_anew(i) => break,
                // "(-) headache, numbness; (+) stiffness": each mark leads its list
                "," if rule.direction == Direction::Marker && self.leads_list(active) => {}
                "," if (rule.reach == Reach::Phrase && !self.in_or_list(i) && !self.in_and_list(i, from))
                    || (axis == Axis::Subject && self.view.possessive(from - 1)) =>
                {
                    break;
                }
                "," if rule.reach == Reach::Clause && axis != Axis::Subject && i > from && self.opens_clause(i) => break,
                "," if axis == Axis::Polarity
                    && i > from
                    && (self.speaks_for_itself(i) || self.diagnoses(from, i))
                    && !self.in_or_list(i) =>
                {
                    break;
                }
                ";" if rule.reach != Reach::Sentence || (axis == Axis::Certainty && self.opens_clause(i)) => break,
                "|" => break,
                // "CT negative for fracture - cervical strain", "no fx. cervical strain"
                "-" | "--" | "." if axis == Axis::Polarity && self.parts_diagnoses(from, i) => break,
                _ if rule.indefinite && i > from && self.view.is(i, DEFINITE) => break,
                _ => {}
            }
            i += 1;
        }
        from..i
    }

    /// The symbols before the cue that it reaches on that axis; of one that reaches only up to a terminator none, if it does not get there.
    pub fn backward(&self, active: &Active, axis: Axis) -> Range<usize> {
        let (rule, to) = (self.rule(active), active.at.start);
        let Some(until) = rule.until else { return self.behind(active, axis, 0) };
        // "with a *history of* neck pain who presents with a cough"
        let next = self.terminators.partition_point(|t| t.0 < to);
        let least = self.terminators[..next].iter().rev().find(|t| t.2 == until && t.1 <= to).map(|t| t.1);
        let reached = least.map(|least| (least, self.behind(active, axis, least)));
        reached.filter(|(least, r)| r.start == *least && !self.parted(r, rule)).map_or(to..to, |(_, r)| r)
    }

    /// The symbols before the cue, down to `least`, that it reaches on that axis.
    fn behind(&self, active: &Active, axis: Axis, least: usize) -> Range<usize> {
        let rule = self.rule(active);
        let to = active.at.start;
        let listed = OnceCell::new();
        // alone between marks, it speaks of the phrase before it only
        let near = self.set_off(to) && !matches!(rule.direction, Direction::Backward | Direction::Both);
        // "Dx: cervicalgia      *Precautions*: none": a label in the next column
        if self.view.column(to) && active.at.end < self.view.len() && self.view.symbol(active.at.end) == ":" {
            return to..to;
        }
        let mut depth = 0;
        let mut i = to;
        while i > least && to - i < rule.words as usize {
            let at = i - 1;
            // a terminator that reaches into the cue is the cue's own beginning (", now worse")
            if self.terminators_over(at).iter().any(|(_, end, t)| at < *end && *end <= to && self.ends(*t, axis, rule, false)) {
                break;
            }
            match self.view.symbol(at) {
                ")" => depth += 1,
                // "no clonus, spasm or deformity *noted*": of the denied list, as its "or" says
                _ if axis == Axis::Polarity && rule.says.contains(&Says::Present) && self.view.is(at, ALTERNATIVE) => return to..to,
                // "stenosis (resolved)": a cue that opens a bracket speaks of what stands before it
                "(" if depth == 0 && at + 1 < to && self.view.is_word(at + 1) => break,
                "(" if depth > 0 => depth -= 1,
                // "Spurling, Soto-Hall, distraction negative": one word for all tests
                "," if axis == Axis::Polarity && self.lists_maneuvers(at, to) => {}
                // "radiculopathy, myelopathy, fracture *unlikely*"
                "," if matches!(axis, Axis::Polarity | Axis::Certainty) && listed.get_or_init(|| self.bare_diagnoses(to)).contains(&at) => {
                }
                // "the accident of May 19, 2021, *resolved*"
                "," if at > 0 && self.view.is_number(at - 1) && self.view.is_number(at + 1) => {}
                "," if (near || rule.reach == Reach::Phrase || (axis == Axis::Time && self.stands_alone(at)))
                    && i != to
                    && (near || !self.in_list_before(at, to))
                    && !(near && rule.says.contains(&Says::Resolved) && self.only_qualifies(at, to)) =>
                {
                    break;
                }
                // "radiculopathy, *ESI* in 2024": what stands between is what was then; in an assessment every entry has its own word:
                // "spondylosis, acute flare resolved", "radiculopathy, prior auth denied"
                "," if i != to
                    && (self.view.is_word(to - 1) || self.view.symbol(to - 1) == "/")
                    && self.says_of_its_own(at, to, axis)
                    && !self.in_list_before(at, to) =>
                {
                    break;
                }
                // "spondylosis, *who had RFA* 6/2024"; not "the dizziness that came with the concussion went away"
                _ if axis == Axis::Time
                    && self.view.is(at, RELATIVE)
                    && self.view.is(at + 1, VERB)
                    && !rule.says.contains(&Says::Resolved)
                    && self.places.told.iter().any(|n| at < n.start && n.end <= to) =>
                {
                    break;
                }
                // "arm pain in the spring; by fall it was gone"
                ";" if rule.anaphoric.is_some() && self.view.is(to, PRONOUN) => {}
                "," if axis == Axis::Polarity && rule.reach != Reach::Sentence && self.parts_entries(at, to) => break,
                // "neck pain - fracture excluded"
                // but "radiculopathy - resolved after PT but has returned"
                "-" | "--"
                    if self.view.spaced(at)
                        && self.view.spaced(at + 1)
                        && !rule.says.contains(&Says::Current)
                        && self.parted_by_dash(i, to, axis) =>
                {
                    break;
                }
                ";" if rule.reach != Reach::Sentence || axis != Axis::Polarity => break,
                "|" => break,
                // "neck pain *with* fracture ruled out": in an assessment what came with a thing has its own word
                _ if self.view.is(at, COMPANION) && self.has_its_own(i, to, axis) => break,
                // "fever: -, cough: +": directly behind a colon a cue speaks of the label
                ":" if i != to && rule.reach != Reach::Sentence => break,
                _ => {}
            }
            i = at;
        }
        i..to
    }

    /// Whether the words at symbol `to` come after those that end at `from`, and nothing else is named between.
    pub fn says_on(&self, from: usize, to: usize) -> bool {
        from <= to && !self.names_between(from, to)
    }

    /// Whether something is named between two symbols.
    pub(super) fn names_between(&self, from: usize, to: usize) -> bool {
        self.places.named.iter().any(|n| from <= n.start && n.end <= to)
    }

    /// Whether only a part of the scope that it interrupts is not spoken of.
    fn resumes(&self, terminator: u16) -> bool {
        self.knowledge.terminators[terminator as usize].resumes
    }

    /// Whether a phrase that takes out what follows it, up to a comma, stands between the cue and symbol `head`: "denies radiation of *the pain*".
    pub fn taken_out(&self, active: &Active, axis: Axis, head: &Range<usize>) -> bool {
        let rule = self.rule(active);
        let out = |(start, end, t): &(usize, usize, u16)| {
            self.resumes(*t)
                && active.at.end <= *start
                && *end <= head.start
                && self.ends(*t, axis, rule, true)
                && !(*end..head.start).any(|i| self.view.symbol(i) == "," || self.view.is(i, ALTERNATIVE))
        };
        self.terminators.iter().any(out)
    }

    /// Whether the head is the subject of what the cue speaks of: "I suspect *her neck pain* comes from the joints".
    pub fn is_subject(&self, active: &Active, head: &Range<usize>) -> bool {
        let verb = |i: usize| self.view.is(i, VERB);
        let from = active.at.end + usize::from(self.view.is(active.at.end, COMPLEMENT));
        self.rule(active).skips_subject
            && self.view.is(from, DEFINITE)
            && !(from..head.start).any(verb)
            && (head.end..self.view.len().min(head.end + SUBJECT + 2))
                .take_while(|i| self.view.is_word(*i) && !self.view.is(*i, RELATIVE | CONTRAST))
                .any(verb)
    }

    /// Whether a scope ends at symbol `at`; what only interrupts it does not end it.
    fn terminates(&self, at: usize, axis: Axis, rule: &CueRule, forward: bool) -> bool {
        self.terminators_at(at).iter().any(|(_, _, t)| self.ends(*t, axis, rule, forward) && !self.resumes(*t))
    }

    /// The terminators that begin at a symbol.
    fn terminators_at(&self, at: usize) -> &[(usize, usize, u16)] {
        let from = self.terminators.partition_point(|t| t.0 < at);
        let end = from + self.terminators[from..].partition_point(|t| t.0 == at);
        &self.terminators[from..end]
    }

    /// Those that begin at a symbol or so few before it that they may reach over it.
    fn terminators_over(&self, at: usize) -> &[(usize, usize, u16)] {
        let from = self.terminators.partition_point(|t| t.0 + self.longest < at);
        let end = from + self.terminators[from..].partition_point(|t| t.0 <= at);
        &self.terminators[from..end]
    }

    fn ends(&self, terminator: u16, axis: Axis, rule: &CueRule, forward: bool) -> bool {
        let t = &self.knowledge.terminators[terminator as usize];
        t.ends.contains(&axis) && (if forward { t.forward } else { t.backward }) && !rule.passes.contains(&terminator)
    }
}
