//! Fires the rules on a set of facts: candidates, level pairing, and which candidate displaces which.

use super::apart;
use super::bonds::causes;
use super::facts::{Fact, Standing, State, compatible};
use super::when::Scene;
use crate::attributes::{Attribute, Value};
use crate::code::Code;
use crate::knowledge::coding::{CodingKnowledge, Pair, Replace, Suggest};
use crate::knowledge::source::coding::{Outcome as Fate, TableKey};
use crate::vocab::{AttributeKey, Basis, Phase, Status};
use std::collections::BTreeSet;

/// A code that a rule suggests.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub code: Code,
    /// Index into [`CodingKnowledge::rules`].
    pub rule: usize,
    pub status: Status,
    pub basis: Basis,
    pub rank: u32,
    /// The level it stands for; "" for none.
    pub level: String,
    pub region: String,
    /// The facts it rests on.
    pub facts: Vec<usize>,
    /// It was completed by the `none` row of this table.
    pub plain_in: Option<usize>,
}

/// A candidate that gave way.
#[derive(Debug, Clone)]
pub(crate) struct Displaced<'k> {
    pub candidate: Candidate,
    pub by: Candidate,
    pub replace: &'k Replace,
}

/// What firing the rules gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome<'k> {
    pub kept: Vec<Candidate>,
    pub displaced: Vec<Displaced<'k>>,
    /// What the mechanism noticed: `level-conflict`, `root-unclear`.
    pub noticed: BTreeSet<&'static str>,
}

/// Fires every rule on the scene's active facts.
pub(crate) fn run<'k>(scene: &Scene<'_>, coding: &'k CodingKnowledge, phase: Option<&str>) -> Outcome<'k> {
    let mut candidates = Vec::new();
    let mut noticed = BTreeSet::new();
    // only rules that speak of what is there, in the order of the knowledge
    let concerned: BTreeSet<u16> = scene.active.iter().flat_map(|&f| coding.rules_of(scene.facts[f].concept)).copied().collect();
    for r in concerned.into_iter().map(usize::from) {
        let rule = &coding.rules[r];
        let fired: Vec<usize> = scene.active.iter().copied().filter(|&f| scene.holds(&rule.when, f)).collect();
        if fired.is_empty() {
            continue;
        }
        for suggest in &rule.suggest {
            if let Some(pair) = &suggest.pair {
                paired(scene, coding, r, suggest, pair, &fired, &mut candidates, &mut noticed);
                continue;
            }
            for &f in &fired {
                let beside = rule.when.with.iter().filter_map(|b| scene.beside(b, f));
                let facts: Vec<usize> = std::iter::once(f).chain(beside).collect();
                if single(scene, coding, r, suggest, phase, &facts, &mut candidates) {
                    noticed.insert("no-such-disc");
                }
            }
        }
    }
    let candidates = merge(candidates);
    displace(scene, coding, candidates, noticed)
}

/// The codes that a suggestion would be for a fact, whatever becomes of them.
pub(crate) fn codes(scene: &Scene<'_>, coding: &CodingKnowledge, suggest: &Suggest, fact: usize) -> Vec<Code> {
    let mut made = Vec::new();
    single(scene, coding, 0, suggest, None, &[fact], &mut made);
    made.into_iter().map(|c| c.code).collect()
}

/// The candidates of one suggestion for one fact (`facts[0]`; the rest stand beside it); true if its levels are none that the table has.
fn single(
    scene: &Scene<'_>,
    coding: &CodingKnowledge,
    rule: usize,
    suggest: &Suggest,
    phase: Option<&str>,
    facts: &[usize],
    out: &mut Vec<Candidate>,
) -> bool {
    let fact = &scene.facts[facts[0]];
    let mut push = |suffix: &str, level: &str, plain: bool, table: Option<usize>| {
        if let Some(code) = Code::parse(&format!("{}{suffix}", suggest.stem)) {
            out.push(Candidate {
                code,
                rule,
                status: suggest.status,
                basis: suggest.basis.unwrap_or(if plain { Basis::Default } else { Basis::Documented }),
                rank: suggest.rank,
                level: level.to_owned(),
                region: fact.region.clone(),
                facts: facts.to_vec(),
                plain_in: if plain { table } else { None },
            });
        }
    };
    let Some(t) = suggest.table else {
        let level = fact.levels.first().cloned().unwrap_or_default();
        push("", &level, false, None);
        return false;
    };
    let rows = &coding.tables[t].rows;
    let none = rows.get("none");
    match coding.tables[t].by {
        TableKey::Level => {
            let mut any = false;
            for level in &fact.levels {
                if let Some(suffix) = rows.get(level) {
                    push(suffix, level, false, Some(t));
                    any = true;
                }
            }
            if !any && !fact.levels.is_empty() {
                return true;
            }
            if !any {
                let word = region_word(scene, fact);
                match rows.get(word) {
                    Some(suffix) => push(suffix, word, word.starts_with("mid"), Some(t)),
                    None => {
                        if let Some(suffix) = none {
                            push(suffix, "", true, Some(t));
                        }
                    }
                }
            }
        }
        TableKey::Region => match rows.get(&fact.region) {
            Some(suffix) => push(suffix, "", false, Some(t)),
            None => {
                if let Some(suffix) = none.filter(|_| fact.region.is_empty()) {
                    push(suffix, "", true, Some(t));
                }
            }
        },
        TableKey::Laterality => {
            // "bilateral low back pain with left-sided sciatica": the last side within the words is that of the sciatica
            let finding = &scene.findings[fact.finding];
            let within = |a: &&Attribute| a.key == AttributeKey::Laterality && finding.mention.hull().contains(a.span);
            let last = finding.attributes.iter().filter(within).max_by_key(|a| a.span.start);
            let side = match last.map(|a| &a.value) {
                Some(Value::Text(side)) => side,
                _ => fact.text(scene.findings, AttributeKey::Laterality).unwrap_or("none"),
            };
            match (rows.get("left"), rows.get("right")) {
                (Some(left), Some(right)) if side == "bilateral" && !rows.contains_key(side) => {
                    push(right, "", false, Some(t));
                    push(left, "", false, Some(t));
                }
                _ => {
                    if let Some(suffix) = rows.get(side).or(none) {
                        push(suffix, "", !rows.contains_key(side) || side == "none", Some(t));
                    }
                }
            }
        }
        // a root is looked up by pairs and bindings, never to complete a code
        TableKey::Root => {}
        TableKey::Phase => {
            let own = fact.text(scene.findings, AttributeKey::Phase);
            // "initial encounter" at the fourth visit: which holds is for a person
            let contradicted = own == Some(Phase::Active.as_str()) && phase == Some(Phase::Routine.as_str());
            if let Some(suffix) = own.or(phase).filter(|_| !contradicted).and_then(|p| rows.get(p)) {
                push(suffix, "", false, Some(t));
            } else {
                // the phase is not documented: every form that fits is a candidate
                for (value, suffix) in rows {
                    if (value == "active" || value == "routine")
                        && let Some(code) = Code::parse(&format!("{}{suffix}", suggest.stem))
                    {
                        out.push(Candidate {
                            code,
                            rule,
                            status: Status::Review,
                            basis: Basis::Default,
                            rank: suggest.rank,
                            level: String::new(),
                            region: fact.region.clone(),
                            facts: facts.to_vec(),
                            plain_in: Some(t),
                        });
                    }
                }
            }
        }
    }
    false
}

/// The word for a stretch of levels ("mid-cervical"), or the region where the table may have a row for it.
fn region_word<'f>(scene: &'f Scene<'_>, fact: &'f Fact) -> &'f str {
    fact.text(scene.findings, AttributeKey::Region).unwrap_or(&fact.region)
}

/// Pairs a levelled condition with a complication, level by level.
#[allow(clippy::too_many_arguments)]
fn paired(
    scene: &Scene<'_>,
    coding: &CodingKnowledge,
    rule: usize,
    suggest: &Suggest,
    pair: &Pair,
    fired: &[usize],
    out: &mut Vec<Candidate>,
    noticed: &mut BTreeSet<&'static str>,
) {
    let complications: Vec<usize> = scene
        .active
        .iter()
        .copied()
        .filter(|&i| pair.with.has(scene.facts[i].concept) && fired.iter().any(|&f| scene.bonds.bound(f, i)))
        .collect();
    let fired: Vec<usize> = fired.iter().copied().filter(|&f| complications.iter().any(|&c| scene.bonds.bound(f, c))).collect();
    let fired = &fired[..];
    if complications.is_empty() {
        return;
    }
    let Some(t) = suggest.table else { return };
    let rows = &coding.tables[t].rows;
    let mut push = |level: &str, status: Status, basis: Basis, facts: Vec<usize>| {
        let (suffix, plain) = match rows.get(level) {
            Some(s) if level != "none" => (s, level.starts_with("mid")),
            _ => match rows.get("none") {
                Some(s) => (s, true),
                None => return,
            },
        };
        if let Some(code) = Code::parse(&format!("{}{suffix}", suggest.stem)) {
            let level = if level == "none" { String::new() } else { level.to_owned() };
            out.push(Candidate {
                code,
                rule,
                status: status.max(suggest.status),
                basis: if plain { Basis::Default } else { basis },
                rank: suggest.rank,
                level,
                region: scene.facts[facts[0]].region.clone(),
                facts,
                plain_in: plain.then_some(t),
            });
        }
    };
    let levels_of = |facts: &[usize]| {
        let mut levels: Vec<String> = Vec::new();
        for &f in facts {
            for level in &scene.facts[f].levels {
                if !levels.contains(level) {
                    levels.push(level.clone());
                }
            }
        }
        levels
    };
    let mapped = |facts: &[usize]| -> Vec<String> {
        let mut levels: Vec<String> = Vec::new();
        for &f in facts {
            let fact = &scene.facts[f];
            for level in fact.roots.iter().filter_map(|r| pair.roots.get(r)).chain(&fact.levels) {
                if !levels.contains(level) {
                    levels.push(level.clone());
                }
            }
        }
        levels
    };
    let with = |fired: &[usize], level: &str| -> Vec<usize> {
        let own = |f: &usize| level == "none" || scene.facts[*f].levels.iter().any(|l| l == level) || scene.facts[*f].levels.is_empty();
        let mut facts: Vec<usize> = fired.iter().copied().filter(own).collect();
        if facts.is_empty() {
            facts.extend_from_slice(fired);
        }
        facts.extend(&complications);
        facts
    };
    let items: BTreeSet<u32> = fired.iter().map(|&f| scene.facts[f].item).collect();
    let shared: Vec<u32> = items.into_iter().filter(|i| complications.iter().any(|&c| scene.facts[c].item == *i)).collect();
    if !shared.is_empty() {
        for item in shared {
            let here: Vec<usize> = fired.iter().copied().filter(|&f| scene.facts[f].item == item).collect();
            let comp: Vec<usize> = complications.iter().copied().filter(|&c| scene.facts[c].item == item).collect();
            let (levels, roots) = (levels_of(&here), mapped(&comp));
            match levels.len() {
                0 => {
                    // "disc disorder with radiculopathy, mid-cervical region": the stretch stands behind either
                    let words = here[..1].iter().chain(&comp).map(|&f| region_word(scene, &scene.facts[f]));
                    let word = words.into_iter().find(|w| rows.contains_key(*w)).unwrap_or("none");
                    if roots.is_empty() {
                        push(word, Status::Supported, Basis::Documented, with(&here, "none"));
                    }
                    for level in &roots {
                        push(level, Status::Supported, Basis::Documented, with(&here, level));
                    }
                }
                1 if !roots.is_empty() && !roots.contains(&levels[0]) => {
                    noticed.insert("level-conflict");
                    push(&levels[0], Status::Review, Basis::Documented, with(&here, &levels[0]));
                }
                _ => {
                    // "herniations at C5-6 and C6-7. Left C7 radiculopathy": in a sentence of its own a root picks its level
                    let apart = comp.iter().all(|&c| here.iter().all(|&h| scene.facts[h].sentence != scene.facts[c].sentence));
                    let picked = |l: &&String| !apart || roots.contains(l);
                    let some = levels.iter().any(|l| picked(&l));
                    for level in levels.iter().filter(|l| !some || picked(l)) {
                        push(level, Status::Supported, Basis::Documented, with(&here, level));
                    }
                }
            }
        }
        return;
    }
    let (levels, roots) = (levels_of(fired), mapped(&complications));
    let hits: Vec<&String> = levels.iter().filter(|l| roots.contains(l)).collect();
    if levels.is_empty() {
        if roots.is_empty() {
            push("none", Status::Supported, Basis::Assumed, with(fired, "none"));
        }
        for level in &roots {
            push(level, Status::Supported, Basis::Assumed, with(fired, level));
        }
    } else if !hits.is_empty() {
        for level in hits {
            push(level, Status::Supported, Basis::Assumed, with(fired, level));
        }
    } else if levels.len() == 1 {
        let conflict = !roots.is_empty();
        if conflict {
            noticed.insert("level-conflict");
        }
        push(&levels[0], if conflict { Status::Review } else { Status::Supported }, Basis::Assumed, with(fired, &levels[0]));
    } else {
        noticed.insert("root-unclear");
        for level in &levels {
            push(level, Status::Review, Basis::Assumed, with(fired, level));
        }
    }
}

/// One candidate a code: the surest, with all the facts.
fn merge(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    for c in candidates {
        match out.iter_mut().find(|o| o.code == c.code && o.rule == c.rule) {
            Some(o) => {
                if c.status < o.status {
                    o.status = c.status;
                }
                for f in c.facts {
                    if !o.facts.contains(&f) {
                        o.facts.push(f);
                    }
                }
            }
            None => out.push(c),
        }
    }
    out
}

/// Whether `by` displaces `other` through `replace`.
fn displaces(scene: &Scene<'_>, by: &Candidate, replace: &Replace, other: &Candidate) -> bool {
    if other.code == by.code || !replace.codes.iter().any(|p| other.code.within(p)) {
        return false;
    }
    // a plain code of the same finding is the one whose level the root has told
    let plain = other.level.is_empty() && other.facts.iter().all(|f| by.facts.contains(f));
    if (replace.same_level && other.level != by.level && !plain) || (replace.same_region && !compatible(&other.region, &by.region)) {
        return false;
    }
    let here = |item: u32| by.facts.iter().chain(&other.facts).any(|&f| scene.facts[f].item == item);
    // what stands only in the history, nobody has set apart
    let assessed = other.facts.iter().any(|&f| scene.facts[f].standing == Standing::Assessed);
    // "headaches are unrelated to the spondylosis" parts the headaches from it, and no neck pain
    let at = |f: &Fact| scene.findings[f.finding].mention.tokens.start;
    let subject = |u: &Fact| {
        let mut said =
            scene.facts.iter().filter(|f| f.sentence == u.sentence && at(f) < at(u) && !replace.unless.has(f.concept)).peekable();
        let own = |f: &Fact| by.facts.iter().chain(&other.facts).any(|&o| scene.facts[o].finding == f.finding);
        let led = said.peek().is_some();
        if led { said.any(own) } else { by.facts.iter().any(|&o| scene.facts[o].sentence == u.sentence) }
    };
    // "neck pain due to disc degeneration, not due to diabetes"
    let unrelated = |u: &Fact| scene.coding.guidelines.get("stated-unrelated").is_some_and(|g| g.concepts.has(u.concept));
    let caused = || by.facts.iter().any(|&b| other.facts.iter().any(|&o| causes(scene.findings, scene.facts, o, b)));
    // where it is plain what a sentence parts from what, only those two are
    let parted = |u: &Fact| {
        let plain = scene.facts.iter().any(|f| f.sentence == u.sentence && !f.apart.is_empty());
        let two = || by.facts.iter().any(|&b| other.facts.iter().any(|&o| apart::parted(&scene.facts[b], &scene.facts[o])));
        if plain { two() } else { here(u.item) && subject(u) && !(unrelated(u) && caused()) }
    };
    let apart = |f: &Fact| replace.unless.has(f.concept) && f.state == State::Affirmed && parted(f);
    !assessed || !scene.facts.iter().any(apart)
}

/// Removes what is displaced by what stands, until nothing changes; then sends to review what is only doubtful beside it.
fn displace<'k>(scene: &Scene<'_>, coding: &'k CodingKnowledge, mut open: Vec<Candidate>, noticed: BTreeSet<&'static str>) -> Outcome<'k> {
    let mut out = Outcome { noticed, ..Outcome::default() };
    let removes = |by: &Candidate, c: &Candidate| {
        coding.rules[by.rule].replaces.iter().find(|r| r.outcome == Fate::Withhold && displaces(scene, by, r, c))
    };
    while !open.is_empty() {
        let threat = |c: &Candidate, among: &[Candidate]| among.iter().any(|b| removes(b, c).is_some());
        let safe = (0..open.len()).find(|&i| !threat(&open[i], &open)).unwrap_or(0);
        let by = open.remove(safe);
        let mut rest = Vec::new();
        for mut c in open {
            match removes(&by, &c) {
                Some(replace) if replace.own_problem_review && own_problem(scene, &by, &c) => {
                    c.status = Status::Review;
                    rest.push(c);
                }
                Some(replace) => out.displaced.push(Displaced { candidate: c, by: by.clone(), replace }),
                None => rest.push(c),
            }
        }
        open = rest;
        out.kept.push(by);
    }
    for by in 0..out.kept.len() {
        for other in 0..out.kept.len() {
            let doubtful = |r: &&Replace| r.outcome != Fate::Withhold && displaces(scene, &out.kept[by], r, &out.kept[other]);
            let Some(replace) = coding.rules[out.kept[by].rule].replaces.iter().find(doubtful) else { continue };
            if replace.outcome != Fate::OtherReview {
                out.kept[other].status = Status::Review;
            }
            if matches!(replace.outcome, Fate::BothReview | Fate::OtherReview) {
                out.kept[by].status = Status::Review;
            }
        }
    }
    // one code, one candidate: the first rule that stands speaks for it
    let mut kept: Vec<Candidate> = Vec::new();
    for c in std::mem::take(&mut out.kept) {
        match kept.iter_mut().find(|k| k.code == c.code) {
            Some(k) => {
                // of two statements of one code the later section's governs, within a section the surer one
                let section = |c: &Candidate| c.facts.iter().map(|&f| scene.facts[f].section).max();
                k.status = match section(k).cmp(&section(&c)) {
                    std::cmp::Ordering::Less => c.status,
                    std::cmp::Ordering::Equal => k.status.min(c.status),
                    std::cmp::Ordering::Greater => k.status,
                };
                k.facts.extend(c.facts.into_iter().filter(|f| !k.facts.contains(f)).collect::<Vec<_>>());
            }
            None => kept.push(c),
        }
    }
    out.kept = kept;
    out
}

/// Whether a candidate rests on a problem of its own in the assessment, apart from the other's.
fn own_problem(scene: &Scene<'_>, by: &Candidate, other: &Candidate) -> bool {
    // "Neck pain; cervical radiculopathy": semicolons part the problems of a line
    let problem = |f: usize| (scene.facts[f].item, scene.facts[f].sentence, scene.facts[f].clause);
    let theirs: Vec<_> = by.facts.iter().map(|&f| problem(f)).collect();
    let parted = |f: usize| theirs.iter().all(|t| t.0 != problem(f).0 || (t.1 == problem(f).1 && t.2 != problem(f).2));
    other.facts.iter().any(|&f| scene.facts[f].standing == Standing::Assessed && parted(f))
}
