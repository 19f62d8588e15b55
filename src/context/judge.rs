//! From the cues that reach a mention to its assertion.

use super::around::{from_next, led_in};
use super::cells::cells;
use super::scope::{Active, Places, Scopes};
use super::verdict::verdict;
use super::view::{Found, View};
use super::{Assertion, Cue};
use crate::knowledge::Knowledge;
use crate::knowledge::context::{ContextKnowledge, CueRule, DATING, DENIER, OPENER, PRESUPPOSING, Part};
use crate::knowledge::source::context::{Axis, Direction, Says};
use crate::layout::{ItemKind, Layout, Sentence};
use crate::mentions::{How, Mention};
use crate::span::Span;
use crate::vocab::{Certainty, ConceptKind, Polarity, SectionKind, Subject, Time};
use std::ops::Range;

/// Something said of a mention.
#[derive(Debug, Clone)]
struct Act {
    says: Says,
    /// By its place in [`Scopes::active`].
    active: usize,
    scope: Range<usize>,
    distance: usize,
    forward: bool,
    reversed: bool,
}

/// Judges the mentions of a sentence.
pub(crate) fn sentence(
    layout: &Layout,
    index: usize,
    mentions: &[Mention],
    knowledge: &Knowledge,
    title: &mut Title,
    made: &mut [Assertion],
) {
    let Some(sentence) = layout.sentences.get(index) else { return };
    let context = &knowledge.context;
    let kind = layout.sections.get(sentence.section as usize).map_or(SectionKind::Unknown, |s| s.kind);
    let prior = context.priors.get(&kind).copied();
    let mut view = View::new(&layout.folded, sentence.tokens.clone(), knowledge);
    view.signed = layout.items.get(sentence.item as usize).is_some_and(|i| i.kind == ItemKind::Signed);
    view.examined = matches!(kind, SectionKind::Ros | SectionKind::Exam | SectionKind::Preamble);
    view.asked = matches!(kind, SectionKind::Ros | SectionKind::Hpi | SectionKind::ChiefComplaint);
    view.ordered = matches!(kind, SectionKind::Plan | SectionKind::Instructions | SectionKind::Medications | SectionKind::Procedure);
    view.assessed = layout.sections.get(sentence.section as usize).is_some_and(|s| s.assessed);
    let symbols = |m: &Mention| m.spans.iter().map(|s| view.symbols_of(*s)).collect::<Vec<_>>();
    let told: Vec<Range<usize>> = mentions.iter().flat_map(symbols).collect();
    // "radiculopathy *on chronic* gabapentin": what is taken takes no cue from what it is taken for, and so with a circumstance:
    // "unrelated to *known* DDD"
    let treats = |m: &&Mention| matches!(knowledge.lexicon.concept(m.concept).kind, ConceptKind::Procedure | ConceptKind::Circumstance);
    let suffered: Vec<Range<usize>> = mentions.iter().filter(|m| !treats(m)).flat_map(symbols).collect();
    let mut found = view.phrases(&suffered);
    found.retain(|f| !matches!(f.part, Part::Cue(cue) if context.cues[cue as usize].not_in.contains(&kind)));
    // in a table of diagnoses "No" and "none" are of a column: "Neck pain | R | No" below "Diagnosis | Side | Surgery"
    let tabled = layout.sections.get(sentence.section as usize).is_some_and(|s| s.tabled);
    let mut cells = cells(&view, &found, &told);
    if tabled {
        // a longer word is of the row: "| Radiculopathy | ruled out |"
        let brief = |start: usize, end: usize| end - start == 1 && (!view.is_word(start) || view.symbol(start).len() <= BRIEF);
        let in_column = |f: &Found| f.start > 0 && (view.column(f.start) || view.symbol(f.start - 1) == "|");
        found.retain(|f| !(in_column(f) && matches!(f.part, Part::Cue(_)) && brief(f.start, f.end)));
        cells.retain(|c| !brief(c.value.start, c.value.end));
    }
    let complaint = |m: &&Mention| {
        let kind = knowledge.lexicon.concept(m.concept).kind;
        matches!(m.how, How::Marked { .. }) || !matches!(kind, ConceptKind::Circumstance | ConceptKind::Mechanism | ConceptKind::Visit)
    };
    let named = mentions.iter().filter(complaint).flat_map(|m| &m.spans).map(|s| view.symbols_of(*s)).collect();
    let diagnosis = |m: &&Mention| knowledge.lexicon.concept(m.concept).kind == ConceptKind::Diagnosis;
    let diagnosed = mentions.iter().filter(diagnosis).flat_map(|m| &m.spans).map(|s| view.symbols_of(*s)).collect();
    let own_place = |m: &&Mention| {
        let by_name = knowledge.lexicon.concept(m.concept).region.is_some();
        by_name || matches!(&m.region, Some((_, Some(site))) if m.hull().overlaps(*site))
    };
    let placed = mentions.iter().filter(diagnosis).filter(own_place).flat_map(|m| &m.spans).map(|s| view.symbols_of(*s)).collect();
    let scopes = Scopes::new(&view, &found, &cells, Places { named, told, diagnosed, placed }, context);
    let titled = title.of(layout, sentence, knowledge);
    let led = led_in(layout, index, knowledge);
    for (mention, assertion) in mentions.iter().zip(made.iter_mut()) {
        let concept = knowledge.lexicon.concept(mention.concept).kind;
        let event = match mention.how {
            How::Marked { event } => event,
            _ => matches!(concept, ConceptKind::Procedure | ConceptKind::Visit | ConceptKind::Status),
        };
        // what has happened can be denied as what is done can, but "begin therapy for the injury" leaves it where it was
        let happened = concept == ConceptKind::Mechanism;
        let had = |cue: &CueRule| !(event || happened && cue.says.contains(&Says::Absent));
        let mut acts = acts_on(&scopes, mention, had);
        if happened && let Some(before) = presupposed(&view, mention) {
            // "no LOC after the fall", but "not after a fall"
            acts.retain(|a| a.says.axis() != Axis::Polarity || !a.forward || scopes.active[a.active].at.end >= before);
        }
        *assertion = decide(&scopes, &acts);
        if let Some((cue, says)) = titled
            && acts.iter().all(|a| a.says.axis() != says.axis())
        {
            assertion.cues.push(cue);
            apply(assertion, says);
        }
        for (cue, says) in &led {
            if acts.iter().all(|a| a.says.axis() != says.axis()) {
                assertion.cues.push(*cue);
                apply(assertion, *says);
            }
        }
        if let Some((rule, says)) = prior {
            let explicit = acts.iter().map(|a| a.says).chain(led.iter().map(|l| l.1)).any(|s| s.axis() == says.axis());
            if !explicit {
                let heading = layout.sections[sentence.section as usize].title.unwrap_or(sentence.span);
                assertion.cues.push(Cue { span: heading, scope: sentence.span, rule });
                apply(assertion, says);
            }
        }
        assertion.cues.sort_by_key(|c| (c.span.start, c.span.end));
        assertion.cues.dedup_by_key(|c| (c.span, c.rule));
    }
    if view.assessed {
        verdict(&scopes, mentions, knowledge, made);
    }
    agree(mentions, made);
    from_next(layout, index, mentions, knowledge, made);
}

/// Words that may stand between a preposition and the event it tells of: "after *the* fall", "when *she* fell".
const SKIPPED: usize = 3;

/// What the words of a heading say, of the section that was asked of last.
#[derive(Debug, Default)]
pub(crate) struct Title {
    section: Option<u32>,
    says: Option<(Cue, Says)>,
}

impl Title {
    /// What the words of a section's heading say of a sentence in it.
    ///
    /// A heading in front of its text, on one line, says it of that paragraph only.
    fn of(&mut self, layout: &Layout, sentence: &Sentence, knowledge: &Knowledge) -> Option<(Cue, Says)> {
        let section = layout.sections.get(sentence.section as usize)?;
        if self.section != Some(sentence.section) {
            *self = Title { section: Some(sentence.section), says: section.title.and_then(|t| title_says(layout, t, knowledge)) };
        }
        let says = self.says?;
        let body = layout.folded.tokens.partition_point(|t| t.span.start < section.body_start) as u32;
        let mut behind = layout.tokens(body..sentence.tokens.start + 1).iter();
        let of_paragraph = behind.next().is_some_and(|t| t.breaks == 0) && behind.any(|t| t.breaks > 1);
        (!of_paragraph).then_some(says)
    }
}

/// What the words of a heading say of all in its section: "Working diagnosis:", "Differential diagnosis:", "Risks:", "Problem list (resolved):".
fn title_says(layout: &Layout, title: Span, knowledge: &Knowledge) -> Option<(Cue, Says)> {
    let context = &knowledge.context;
    let tokens = &layout.folded.tokens;
    let first = tokens.partition_point(|t| t.span.end <= title.start) as u32;
    let end = tokens.partition_point(|t| t.span.start < title.end) as u32;
    let view = View::new(&layout.folded, first..end.max(first), knowledge);
    view.phrases(&[]).iter().find_map(|f| {
        let Part::Cue(cue) = f.part else { return None };
        let rule = &context.cues[cue as usize];
        // "RISKS:" speaks of what is in it; "Risk factors and exercises" is only about such things
        let whole = f.start == 0 && f.end >= view.len();
        let opened = view.symbol(f.start) == "(" || (f.start > 0 && view.symbol(f.start - 1) == "(");
        let bracketed = opened && f.end + 1 >= view.len();
        let says = rule.says.iter().copied().find(|s| match s {
            // "VS:" above a pulse is no choice between two
            Says::Probable | Says::Possible => !matches!(rule.direction, Direction::Backward | Direction::Both),
            Says::Hypothetical => whole && rule.direction != Direction::Backward,
            Says::Absent => whole && rule.direction != Direction::Forward,
            // "CHILDHOOD ILLNESSES" speaks of all below it
            Says::Historical if whole && rule.wins => true,
            Says::Historical | Says::Resolved => bracketed && rule.direction != Direction::Forward,
            _ => false,
        })?;
        Some((Cue { span: view.span(f.start..f.end), scope: title, rule: rule.name }, says))
    })
}

/// Letters of the answers of a column: "no", "none".
const BRIEF: usize = 4;

/// A denial less far from what it denies stands right before it.
const DENIED_AT_ONCE: usize = 2;

/// Overlapping mentions with one head are said of in one way: the longest decides.
fn agree(mentions: &[Mention], made: &mut [Assertion]) {
    for i in 0..mentions.len() {
        let hull = mentions[i].hull();
        let longest = (0..mentions.len())
            .filter(|j| mentions[*j].hull().contains(hull) && mentions[*j].hull().end == hull.end && mentions[*j].spans.len() == 1)
            .max_by_key(|j| (mentions[*j].hull().len(), usize::MAX - j));
        if let Some(j) = longest.filter(|j| mentions[*j].hull() != hull) {
            made[i] = made[j].clone();
        }
    }
}

/// The words that carry the mention's meaning: all but a site that stands apart.
fn heads(mention: &Mention) -> Vec<Span> {
    let site = mention.region.as_ref().and_then(|(_, span)| *span);
    let heads: Vec<Span> = mention.spans.iter().copied().filter(|s| Some(*s) != site).collect();
    if heads.is_empty() { mention.spans.clone() } else { heads }
}

/// Where the words stand that tell an event as one that has happened: "no LOC *after* the fall".
fn presupposed(view: &View<'_>, mention: &Mention) -> Option<usize> {
    let start = mention.spans.first().map(|s| view.symbols_of(*s).start)?;
    let skipped = (start.saturating_sub(SKIPPED)..start).rev().find(|i| !view.is(*i, OPENER) || view.is(*i, PRESUPPOSING))?;
    view.is(skipped, PRESUPPOSING).then_some(skipped)
}

fn acts_on(scopes: &Scopes<'_, '_>, mention: &Mention, had: impl Fn(&CueRule) -> bool) -> Vec<Act> {
    let own: Vec<Range<usize>> = mention.spans.iter().map(|s| scopes.view.symbols_of(*s)).collect();
    let heads: Vec<Range<usize>> = heads(mention).iter().map(|s| scopes.view.symbols_of(*s)).filter(|r| !r.is_empty()).collect();
    let mut acts = Vec::new();
    for (index, active) in scopes.active.iter().enumerate() {
        // "is *not the cause of*": the mention's own denial
        let denies = |o: &Range<usize>| o.start < active.at.end && scopes.view.is(o.start, DENIER);
        let inside = own.iter().any(|o| active.at.end <= o.end && (o.start <= active.at.start || denies(o)));
        let rule = &scopes.knowledge.cues[active.cue as usize];
        if inside || (rule.events && had(rule)) {
            continue;
        }
        for says in &rule.says {
            if let Some((scope, distance, forward)) = reaches(scopes, active, says.axis(), &heads) {
                acts.push(Act { says: *says, active: index, scope, distance, forward, reversed: false });
            }
        }
    }
    reverse(scopes, &mut acts);
    acts
}

/// The scope, the distance and the direction, if the cue reaches one of the heads.
fn reaches(scopes: &Scopes<'_, '_>, active: &Active, axis: Axis, heads: &[Range<usize>]) -> Option<(Range<usize>, usize, bool)> {
    if let Some(label) = &active.label {
        return heads.iter().any(|h| label.start <= h.start && h.end <= label.end).then(|| (label.clone(), 0, false));
    }
    if active.forward {
        let scope = scopes.forward(active, axis);
        if let Some(head) =
            heads.iter().find(|h| governed(h, active, &scope) && !scopes.taken_out(active, axis, h) && !scopes.is_subject(active, h))
        {
            // the cue's own last words are what it speaks of, too
            let scope = scope.start.min(head.start)..scope.end.max(head.end);
            return Some((scope, head.start.saturating_sub(active.at.end), true));
        }
    }
    if active.backward {
        let scope = scopes.backward(active, axis);
        if let Some(head) = heads.iter().rev().find(|h| h.start < active.at.start && h.end > scope.start) {
            return Some((scope, active.at.start.saturating_sub(head.end), false));
        }
    }
    None
}

/// Whether a cue that looks forward reaches the head: it stands in the scope, or it is the cue's own last words ("if *symptoms*").
fn governed(head: &Range<usize>, active: &Active, scope: &Range<usize>) -> bool {
    let follows = head.end > active.at.end && head.start < scope.end;
    follows || (head.end == active.at.end && head.start > active.at.start)
}

/// "cannot turn the head without pain", "not pain free": the inner denial affirms.
fn reverse(scopes: &Scopes<'_, '_>, acts: &mut [Act]) {
    for act in acts.iter_mut().filter(|a| a.says == Says::Absent) {
        let inner = &scopes.active[act.active];
        if !scopes.knowledge.cues[inner.cue as usize].reversible {
            continue;
        }
        let outer = scopes.active.iter().find(|o| {
            scopes.knowledge.cues[o.cue as usize].reverses
                && o.at.end <= inner.at.start
                && !(o.at.end..inner.at.start).any(|i| matches!(scopes.view.symbol(i), "," | ";"))
                && scopes.forward(o, Axis::Polarity).end >= inner.at.end
        });
        if outer.is_some() {
            act.reversed = true;
        }
    }
}

fn decide(scopes: &Scopes<'_, '_>, acts: &[Act]) -> Assertion {
    // "no stiffness with driving, all goals met": what is denied by the words right before it was not there to end
    let ends = |a: &Act| scopes.rule(&scopes.active[a.active]).says.contains(&Says::Resolved);
    let denied = acts.iter().any(|a| a.says == Says::Absent && a.forward && a.distance < DENIED_AT_ONCE && !ends(a));
    let kept: Vec<Act>;
    let acts = if denied {
        kept = acts.iter().filter(|a| a.forward || !ends(a)).cloned().collect();
        kept.as_slice()
    } else {
        acts
    };
    let mut assertion = Assertion::default();
    let mut deciding: Vec<&Act> = Vec::new();
    let nearest = |axis: Axis| acts.iter().filter(|a| a.says.axis() == axis).min_by_key(|a| rank(scopes, acts, a));

    let wins = |a: &Act| scopes.rule(&scopes.active[a.active]).wins;
    let affirms = |a: &&Act| a.says != Says::Present || a.forward || wins(a) || !denied_within(scopes, a);
    let polarity = acts.iter().filter(|a| a.says.axis() == Axis::Polarity).filter(affirms).min_by_key(|a| rank(scopes, acts, a));
    if let Some(act) = polarity {
        if !act.reversed {
            apply(&mut assertion, act.says);
        }
        deciding.push(act);
    }

    // a condition covers every hedge inside it
    let condition = acts.iter().filter(|a| a.says == Says::Hypothetical).min_by_key(|a| a.distance);
    // "if the fracture is confirmed": what is confirmed in a condition is only supposed
    let supposed = |a: &&Act| {
        let end = scopes.active[a.active].at.start;
        let from = condition.filter(|c| c.forward).map(|c| scopes.active[c.active].at.end);
        let denies = scopes.rule(&scopes.active[a.active]).says.contains(&Says::Absent);
        !denies && from.is_some_and(|from| from <= end && (from..end).all(|i| !matches!(scopes.view.symbol(i), "," | ";")))
    };
    let certainty = nearest(Axis::Certainty).filter(|a| wins(a) && !supposed(a)).or(condition).or_else(|| nearest(Axis::Certainty));
    if let Some(act) = certainty {
        // "nothing to suggest myelopathy", "without myelopathy or radiculopathy": the denial takes the hedge in
        let taken_in = polarity.is_some_and(|p| {
            let (denial, hedge) = (&scopes.active[p.active], &scopes.active[act.active]);
            let chooses = scopes.knowledge.cues[hedge.cue as usize].chooses;
            p.says == Says::Absent && p.forward && (act.forward || chooses) && denial.at.start < hedge.at.start
        });
        // "Numbness? Denies.": a question with its answer hedges nothing
        let behind = |p: &Act| {
            let (asked, said) = (scopes.active[act.active].at.end, scopes.active[p.active].at.start);
            said == asked || (said == asked + 1 && matches!(scopes.view.symbol(asked), "-" | "--"))
        };
        let answered = polarity.is_some_and(|p| !p.forward && behind(p));
        // "no bleeding, infection or neck pain": a list that would be a consent's is denied
        let list_denied = polarity.is_some_and(|p| {
            let (denial, list) = (&scopes.active[p.active], &scopes.active[act.active]);
            p.says == Says::Absent && p.forward && denial.at.end == list.at.start
        });
        let stands = if act.says == Says::Hypothetical { !list_denied } else { !(taken_in || answered) };
        if stands {
            apply(&mut assertion, act.says);
            deciding.push(act);
        }
    }

    // what is only supposed was not, and will not be
    // "arm pain resolved after the injection *but recurred*": of what ended and what came again the last said holds
    let at = |a: &Act| scopes.active[a.active].at.clone();
    let again = acts.iter().filter(|a| a.says == Says::Current && !a.forward && wins(a)).max_by_key(|a| at(a).start);
    // "no neck pain *before the accident*"
    let told =
        |a: &&Act| a.says.axis() == Axis::Time && (assertion.polarity == Polarity::Absent || !scopes.rule(&scopes.active[a.active]).denied);
    let ended = acts.iter().filter(told).min_by_key(|a| rank(scopes, acts, a));
    let since = |n: &Act| scopes.view.is(at(n).start, DATING);
    let last = again.filter(|n| ended.is_some_and(|e| ends(e) && !e.forward && !since(n) && scopes.says_on(at(e).end, at(n).start)));
    let time = last.or(ended).filter(|a| condition.is_none() || a.says == Says::Future);
    if let Some(act) = time {
        apply(&mut assertion, act.says);
        deciding.push(act);
        // "history of neck pain, resolved": past and, as is said besides, gone
        let gone = acts.iter().filter(|a| a.says == Says::Resolved).min_by_key(|a| a.distance);
        if let Some(gone) = gone.filter(|_| act.says == Says::Historical) {
            apply(&mut assertion, gone.says);
            deciding.push(gone);
        }
    }
    if let Some(act) = nearest(Axis::Subject) {
        apply(&mut assertion, act.says);
        deciding.push(act);
    }
    let view = scopes.view;
    assertion.cues = deciding
        .iter()
        .map(|act| {
            let active = &scopes.active[act.active];
            Cue {
                span: view.span(active.at.clone()),
                scope: view.span(act.scope.clone()),
                rule: scopes.knowledge.cues[active.cue as usize].name,
            }
        })
        .collect();
    assertion
}

/// Whether a denial opens the phrase that an affirming cue closes ("no DVT is present").
fn denied_within(scopes: &Scopes<'_, '_>, act: &Act) -> bool {
    let to = scopes.active[act.active].at.start;
    let phrase = (act.scope.start..to).rev().find(|i| matches!(scopes.view.symbol(*i), "," | ";")).map_or(act.scope.start, |i| i + 1);
    let denies = |context: &ContextKnowledge, a: &Active| a.forward && context.cues[a.cue as usize].says.contains(&Says::Absent);
    scopes.active.iter().any(|a| denies(scopes.knowledge, a) && phrase <= a.at.start && a.at.end <= to)
}

/// The lower, the sooner it decides: the last of those that win, else the nearest.
fn rank(scopes: &Scopes<'_, '_>, acts: &[Act], act: &Act) -> (bool, usize, bool) {
    let active = &scopes.active[act.active];
    // "numbness resolved and weakness persists": what ends the first part has said all of it, unless the second has no subject of its own
    let ended = |a: &Act| a.says == Says::Resolved && !a.forward && a.distance < act.distance;
    let wins =
        scopes.knowledge.cues[active.cue as usize].wins && (act.forward || !acts.iter().any(ended) || scopes.goes_on(active.at.start));
    (!wins, if wins { usize::MAX - active.at.start } else { act.distance }, act.forward)
}

pub(super) fn apply(assertion: &mut Assertion, says: Says) {
    match says {
        Says::Absent => assertion.polarity = Polarity::Absent,
        Says::Present => assertion.polarity = Polarity::Present,
        Says::Definite => assertion.certainty = Certainty::Definite,
        Says::Probable => assertion.certainty = Certainty::Probable,
        Says::Possible => assertion.certainty = Certainty::Possible,
        Says::Hypothetical => assertion.certainty = Certainty::Hypothetical,
        Says::Current => assertion.time = Time::Current,
        Says::Historical => assertion.time = Time::Historical,
        Says::Resolved => {
            assertion.time = Time::Historical;
            assertion.resolved = true;
        }
        Says::Future => assertion.time = Time::Future,
        Says::Patient => assertion.subject = Subject::Patient,
        Says::Family => assertion.subject = Subject::Family,
        Says::Other => assertion.subject = Subject::Other,
    }
}
