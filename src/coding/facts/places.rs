//! Where a fact is: its region and levels, its own and those it takes over from what is told beside it.

use super::super::bonds::causes;
use super::{Fact, Standing, State};
use crate::attributes::problems::Problems;
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::knowledge::coding::{Saying, Suggest};
use crate::knowledge::lexicon::ConceptId;
use crate::knowledge::source::coding::TableKey;
use crate::layout::Layout;
use crate::vocab::{AttributeKey, ConceptKind};
use std::cell::OnceCell;

/// The family of regions that one spinal region belongs to.
pub(crate) fn family(region: &str) -> &str {
    match region {
        "occipito-atlanto-axial" | "cervical" | "cervicothoracic" => "cervical",
        "thoracic" | "thoracolumbar" => "thoracic",
        "lumbar" | "lumbosacral" | "sacral" => "lumbar",
        other => other,
    }
}

/// Whether two regions may be the same place: one unknown, or of one family.
pub(crate) fn compatible(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty() || family(a) == family(b)
}

/// The region that all levels lie in, if it is another than that of their column, which is what is named.
pub(super) fn region_at_end(levels: &[String], named: &str) -> Option<&'static str> {
    let first = levels.first()?;
    let region = region_of_level(first);
    let column = region_of_level(first.split('-').next()?.get(..1)?);
    (column == named && region != named && levels.iter().all(|l| region_of_level(l) == region)).then_some(region)
}

/// The region a vertebral level lies in.
pub(crate) fn region_of_level(level: &str) -> &'static str {
    let mut ends = level.split('-');
    let first = ends.next().unwrap_or("");
    let last = ends.next().unwrap_or(first);
    match (first.as_bytes().first(), last.as_bytes().first()) {
        (Some(b'C'), Some(b'T')) => "cervicothoracic",
        (Some(b'C'), _) if matches!(first, "C0" | "C1") && matches!(last, "C0" | "C1" | "C2") => "occipito-atlanto-axial",
        (Some(b'C'), _) => "cervical",
        (Some(b'T'), Some(b'L')) => "thoracolumbar",
        (Some(b'T'), _) => "thoracic",
        (Some(b'L'), Some(b'S')) => "lumbosacral",
        (Some(b'L'), _) => "lumbar",
        (Some(b'S'), _) => "sacral",
        _ => "",
    }
}

pub(super) fn push_new(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|l| l == text) {
        list.push(text.to_owned());
    }
}

/// Sentence, problem, section and region of a fact that names its region, whether it is affirmed, and its finding.
type Known = (u32, u32, u32, String, bool, usize);

/// The region of a back of which no part is told.
const BACK: &str = "back";

/// Whether a region is of the back or the leg.
pub(crate) fn below_the_neck(region: &str) -> bool {
    matches!(family(region), "thoracic" | "lumbar" | "leg" | BACK)
}

/// Tokens at the beginning of a sentence that name what it is about: "*L shoulder* 4/10".
const OPENS: u32 = 2;

/// Tokens of a label and its colon.
const LABELLED: usize = 5;

/// The region of an event that hurt an arm or a leg.
const LIMB: &str = "limb";

/// "right knee pain since a fall", "slipped on ice and hurt her wrist": an event is of the limb that its sentence tells of, where that
/// does not name the neck; so is one that is told of a part in which another problem is assessed.
fn place_events(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let saying = |id: &str| knowledge.coding.guidelines.get(id);
    let (Some(limbs), Some(hurt), whole) = (saying("hurts-a-limb"), saying("hurt-there"), saying("hurts-the-trunk")) else { return };
    let (labels, opened) = (saying("labels-a-limb"), saying("opens-with-a-limb"));
    let problems = OnceCell::new();
    for fact in facts.iter_mut().filter(|f| f.region.is_empty() && limbs.concepts.has(f.concept)) {
        let Some(tokens) = layout.sentences.get(fact.sentence as usize).map(|s| s.tokens.clone()) else { continue };
        if knowledge.lexicon.names_neck(&layout.folded, tokens.clone()) {
            continue;
        }
        let says = |g: &Saying| g.stands_in(layout.tokens(tokens.clone()));
        // "landed on her hip", where a contusion of the hip is assessed
        let assessed = || {
            let problems = problems.get_or_init(|| Problems::of(layout, findings.iter().map(|f| &f.mention), knowledge));
            let limb = |p: &&Problems| p.others.iter().any(|o| limbs.stands_in(layout.tokens(o.clone())));
            problems.as_ref().filter(limb).is_some_and(|p| p.name_a_place_of_others(layout, tokens.clone(), knowledge))
        };
        // "L shoulder: 1 yr, after a fall on ice"
        let label = tokens.clone().take(LABELLED).find(|t| layout.folded.word(*t as usize) == ":");
        let labelled = || labels.zip(label).is_some_and(|(of, end)| of.stands_in(layout.tokens(tokens.start..end)));
        // "L shoulder 4/10 since a fall on ice"
        let opens = || {
            let end = tokens.end.min(tokens.start + OPENS);
            opened.is_some_and(|o| o.stands_in(layout.tokens(tokens.start..end)))
        };
        if labelled() || opens() || says(limbs) && (says(hurt) && !whole.is_some_and(says) || assessed()) {
            LIMB.clone_into(&mut fact.region);
            fact.own_region = true;
        }
    }
}

/// "low back pain after shoveling": a load strains what it is told with, where that is below the neck.
fn place_loads(facts: &mut [Fact], knowledge: &Knowledge) {
    let Some(loads) = knowledge.coding.guidelines.get("strains-a-part") else { return };
    for i in 0..facts.len() {
        if !facts[i].region.is_empty() || !loads.concepts.has(facts[i].concept) {
            continue;
        }
        let beside = || facts.iter().filter(|f| f.sentence == facts[i].sentence && !f.region.is_empty());
        if beside().all(|f| below_the_neck(&f.region))
            && let Some(region) = beside().next().map(|f| f.region.clone())
        {
            facts[i].region = region;
            facts[i].own_region = true;
        }
    }
}

/// Gives a region to facts that name none: that of their sentence, problem, section or note, where it is only one.
pub(super) fn place(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let spinal = |r: &str| matches!(family(r), "cervical" | "thoracic" | "lumbar");
    // "Chronic back pain. DDD on MRI.": of the back, wherever in it
    let backs: Vec<(u32, u32)> =
        facts.iter().filter(|f| f.region == BACK && f.state == State::Affirmed).map(|f| (f.item, f.sentence)).collect();
    // a normal neck tells nothing of what else is wrong
    let normal = knowledge.coding.guidelines.get("tells-no-region");
    let there = |f: &Fact| matches!(f.state, State::Affirmed | State::Hedged) && !normal.is_some_and(|n| n.concepts.has(f.concept));
    // "CESI at C7-T1" is for the neck, wherever it goes in
    let enters = knowledge.coding.guidelines.get("enters-elsewhere");
    let region_of = |f: &Fact| {
        let within = enters.is_some_and(|e| e.concepts.has(f.concept));
        if within { family(&f.region).to_owned() } else { f.region.clone() }
    };
    let known: Vec<Known> =
        facts.iter().filter(|f| spinal(&f.region)).map(|f| (f.sentence, f.item, f.section, region_of(f), there(f), f.finding)).collect();
    let below = facts.iter().any(|f| there(f) && matches!(family(&f.region), "lumbar" | "leg" | "sacral"));
    let only = |pick: &dyn Fn(&Known) -> bool| -> Option<String> {
        let mut regions = known.iter().filter(|k| pick(k)).map(|k| &k.3);
        let first = regions.next()?;
        let mut widest = first;
        for region in regions {
            if family(region) != family(first) {
                return None;
            }
            if region != widest {
                widest = if family(first) == region { region } else { first };
            }
        }
        Some(widest.clone())
    };
    // "neck pain and low back pain due to disc degeneration": what causes both is the neck's as well
    let caused = |f: &Fact| f.consequence_of.is_some() || findings[f.finding].attributes.iter().any(|a| a.key == AttributeKey::Cause);
    let effects: Vec<usize> = (0..facts.len()).filter(|i| family(&facts[*i].region) == "cervical" && caused(&facts[*i])).collect();
    let causes_neck_pain = |cause: usize| effects.iter().any(|effect| causes(findings, facts, *effect, cause));
    let of_the_neck: Vec<bool> = (0..facts.len()).map(|i| facts[i].region.is_empty() && causes_neck_pain(i)).collect();
    place_loads(facts, knowledge);
    place_events(facts, findings, layout, knowledge);
    for (i, fact) in facts.iter_mut().enumerate().filter(|(_, f)| f.region.is_empty()) {
        if of_the_neck[i] {
            "cervical".clone_into(&mut fact.region);
            continue;
        }
        let kind = knowledge.lexicon.concept(fact.concept).kind;
        if !matches!(kind, ConceptKind::Diagnosis | ConceptKind::Symptom | ConceptKind::Sign | ConceptKind::Procedure | ConceptKind::Status)
        {
            continue;
        }
        let (sentence, item, section) = (fact.sentence, fact.item, fact.section);
        // "neck pain, and L5 radiculopathy due to disc herniation"
        let beside = || known.iter().rfind(|k| k.0 == sentence && k.5 < fact.finding).map(|k| k.3.clone());
        let found = only(&|k| k.0 == sentence)
            .or_else(beside)
            .or_else(|| only(&|k| k.1 == item))
            .or_else(|| {
                let beside = backs.iter().any(|b| b.0 == item && b.1 <= sentence);
                (beside && !known.iter().any(|k| k.1 == item)).then(|| BACK.to_owned())
            })
            .or_else(|| only(&|k| k.2 == section && k.4))
            .or_else(|| only(&|k| k.4))
            // "right leg pain; disc herniation with radiculopathy": what is felt below the neck comes from below it
            .or_else(|| if below { Some("lumbar".to_owned()) } else { only(&|_| true) });
        if let Some(region) = found {
            // a neighbour's region says which part of the spine, not which end of it
            fact.region = family(&region).to_owned();
        }
    }
}

/// "C5-6 degeneration with protrusion": a condition without level has that of the kindred one before it in its sentence; "disc and joint
/// disease at C5-6": conditions joined by "and" share the level behind them.
pub(super) fn share_levels(facts: &mut [Fact], findings: &[Finding], layout: &Layout, knowledge: &Knowledge) {
    let sharing = knowledge.coding.guidelines.get("shared-level-words");
    for i in (0..facts.len().saturating_sub(1)).rev() {
        let (own, next) = (&findings[facts[i].finding].mention.tokens, &findings[facts[i + 1].finding].mention.tokens);
        let between = layout.words(own.end..next.start.max(own.end));
        let joined = own.end < next.start && sharing.is_some_and(|s| s.phrases.iter().any(|p| p == between));
        let kind = |f: &Fact| knowledge.lexicon.concept(f.concept).kind;
        // "C5-6 herniation *with radiculopathy*, C6-7 herniation": what a herniation comes with has its level
        if joined
            && facts[i].with.is_none()
            && facts[i].levels.is_empty()
            && kind(&facts[i]) == ConceptKind::Diagnosis
            && kind(&facts[i + 1]) == ConceptKind::Diagnosis
            && compatible(&facts[i].region, &facts[i + 1].region)
        {
            facts[i].levels = facts[i + 1].levels.clone();
        }
    }
    // "herniated disc, C5-6 with myelopathy": the level is the disc's, whichever of the two it was read with
    for i in 1..facts.len() {
        let complication = |f: &Fact| knowledge.coding.bindings.iter().any(|b| b.complications.has(f.concept));
        let host = |f: &Fact| knowledge.coding.bindings.iter().any(|b| b.hosts.has(f.concept));
        let (before, own) = facts.split_at_mut(i);
        let (Some(last), Some(fact)) = (before.last_mut(), own.first()) else { continue };
        let beside = last.sentence == fact.sentence && last.clause == fact.clause;
        if beside && complication(fact) && host(last) && last.levels.is_empty() && !fact.levels.is_empty() {
            last.levels = fact.levels.clone();
        }
    }
    for i in 0..facts.len() {
        if !facts[i].levels.is_empty() || !facts[i].roots.is_empty() {
            continue;
        }
        let root = knowledge.lexicon.root_of(facts[i].concept);
        let before = facts[..i].iter().rev().take_while(|f| f.sentence == facts[i].sentence);
        let kindred = before.clone().find(|f| knowledge.lexicon.root_of(f.concept) == root && f.clause == facts[i].clause);
        // "C5-6 spondylosis with disc protrusion": what a condition is found with is found where it is, but for a complication
        let complication = || knowledge.coding.bindings.iter().any(|b| b.complications.has(facts[i].concept));
        let led = || before.clone().find(|f| Some(f.finding) == facts[i].with && !complication());
        let kindred = kindred.or_else(led).filter(|k| !k.levels.is_empty() && compatible(&k.region, &facts[i].region));
        if let Some((levels, region)) = kindred.map(|k| (k.levels.clone(), k.region.clone())) {
            facts[i].levels = levels;
            facts[i].region = region;
        }
    }
}

/// Takes levels over from the same provider's narrative; levels that only a report gives are kept apart.
pub(super) fn adopt_levels(facts: &mut [Fact], knowledge: &Knowledge) {
    let sources: Vec<(usize, ConceptId, Standing, Vec<String>, String)> = facts
        .iter()
        .filter(|f| f.state == State::Affirmed && !f.levels.is_empty() && f.standing <= Standing::Imaging)
        .map(|f| (f.finding, f.concept, f.standing, f.levels.clone(), f.region.clone()))
        .collect();
    let kin = |a: ConceptId, b: ConceptId| knowledge.lexicon.is_a(a, b) || knowledge.lexicon.is_a(b, a);
    for fact in facts.iter_mut().filter(|f| f.standing <= Standing::Narrative && f.levels.is_empty()) {
        let near: Vec<_> = sources.iter().filter(|s| kin(s.1, fact.concept) && compatible(&s.4, &fact.region)).collect();
        // a surgeon's "the disc fragment was removed" is the disc that the diagnosis names
        let told = if fact.standing == Standing::Assessed { Standing::Narrative } else { Standing::Assessed };
        for (finding, _, standing, levels, _) in &near {
            if *standing == told {
                levels.iter().for_each(|level| push_new(&mut fact.levels, level));
                fact.adopted.push(*finding);
            } else if *standing == Standing::Imaging && fact.standing == Standing::Assessed {
                levels.iter().for_each(|level| push_new(&mut fact.imaging_levels, level));
            }
        }
        // "1. Disc herniation with radiculopathy 2. C6-7 herniation": the one level that the assessment gives is that of both
        if fact.levels.is_empty() && fact.standing == Standing::Assessed {
            let own = near.iter().filter(|s| s.2 == Standing::Assessed);
            let mut given: Vec<&String> = own.clone().flat_map(|s| &s.3).collect();
            given.sort_unstable();
            given.dedup();
            if let [level] = given[..] {
                fact.adopted.extend(own.map(|s| s.0));
                fact.levels = vec![level.clone()];
            }
        }
        if !fact.levels.is_empty() {
            fact.imaging_levels.clear();
        }
    }
}

/// Takes the side of an assessed condition whose code has one over from the same provider's story, if that knows one side of it.
pub(super) fn adopt_sides(facts: &mut [Fact], findings: &[Finding], knowledge: &Knowledge) {
    let coding = &knowledge.coding;
    let by_side = |s: &Suggest| s.table.is_some_and(|t| coding.tables[t].by == TableKey::Laterality);
    let sided = |concept: ConceptId| coding.rules_of(concept).iter().any(|&r| coding.rules[r as usize].suggest.iter().any(by_side));
    let side = |f: &Fact| f.text(findings, AttributeKey::Laterality).map(str::to_owned);
    let told = |f: &&Fact| f.state == State::Affirmed && f.standing == Standing::Narrative;
    let sources: Vec<(usize, ConceptId, String)> =
        facts.iter().filter(told).filter_map(|f| side(f).map(|s| (f.finding, f.concept, s))).collect();
    for fact in facts.iter_mut() {
        if fact.standing != Standing::Assessed || side(fact).is_some() || !sided(fact.concept) {
            continue;
        }
        let mut own = sources.iter().filter(|s| s.1 == fact.concept);
        let Some((finding, _, first)) = own.next() else { continue };
        if own.all(|s| s.2 == *first) {
            fact.side = Some(*finding);
            fact.adopted.push(*finding);
        }
    }
}
