//! Which of overlapping hits are meant: the longest, and of equals the one that says most.
//!
//! A blocking phrase or a confuser ("neck brace", "femoral neck") wins like any other by its length, and its words are gone for
//! the shorter ones. Words that read in two ways of one length ("hurt": the neck hurts, he hurt his neck) keep both readings.

use super::matcher::Hit;
use crate::knowledge::lexicon::Lexicon;
use crate::knowledge::lexicon::entries::{FindingId, Meaning};
use crate::knowledge::source::lexicon::Form;
use crate::vocab::ConceptKind;

/// The hits of one sentence that are meant, in text order; equal ranges only for two forms of findings, or for a finding and the
/// place that it holds ("LBP"). Those of visits that name a part of the body, an accident or a diagnosis stand apart and hide no others:
/// "*follow up neck* pain" is a visit and a complaint.
pub(super) fn meant(hits: &[Hit], lexicon: &Lexicon) -> [Vec<Hit>; 2] {
    let names_another = |h: &Hit| {
        let inside = |s: &&Hit| h.tokens.start <= s.tokens.start && s.tokens.end <= h.tokens.end;
        let told = |m: Meaning| matches!(m, Meaning::Concept(c) if matches!(lexicon.concept(c).kind, ConceptKind::Mechanism | ConceptKind::Diagnosis));
        hits.iter().filter(inside).any(|s| matches!(s.meaning, Meaning::Site(_)) || told(s.meaning))
    };
    let visit = |h: &Hit| matches!(h.meaning, Meaning::Concept(c) if lexicon.concept(c).kind == ConceptKind::Visit) && names_another(h);
    let (visits, others): (Vec<&Hit>, Vec<&Hit>) = hits.iter().partition(|h| visit(h));
    let blocks = others.iter().copied().filter(|h| h.meaning.blocks());
    let visits: Vec<&Hit> = if visits.is_empty() { visits } else { visits.into_iter().chain(blocks).collect() };
    [of(&others), of(&visits)]
}

/// What stands inside a term and is the head of places named before it, too: "*neck* and *low back pain* with sciatica", "*neck pain* at
/// night", "*neck pain* is back"; not in what blocks the finding itself ("neck pain clinic"). Each with the token at which its term begins.
pub(super) fn shared(hits: &[Hit], meant: &[Hit]) -> Vec<(u32, Vec<Hit>)> {
    let is_site = |h: &&Hit| matches!(h.meaning, Meaning::Site(_));
    let mut found = Vec::new();
    for (at, term) in meant.iter().enumerate().filter(|(_, h)| matches!(h.meaning, Meaning::Concept(_) | Meaning::Block(_))) {
        let places = meant[..at].iter().rev().take_while(is_site).count();
        if places == 0 {
            continue;
        }
        let within = |h: &&Hit| h.tokens.end <= term.tokens.end && h.tokens.len() < term.tokens.len();
        let longest = |start: u32, of: &dyn Fn(&&Hit) -> bool| {
            let from = hits.partition_point(|h| h.tokens.start < start);
            let here = hits[from..].iter().take_while(|h| h.tokens.start == start);
            here.filter(within).filter(of).max_by_key(|h| h.tokens.len())
        };
        let before = meant[at - places..at].iter();
        let blocked = |finding: FindingId| {
            let block = |h: &Hit| {
                h.meaning == Meaning::Block(Some(finding)) && h.tokens.start == term.tokens.start && h.tokens.end <= term.tokens.end
            };
            hits.iter().any(block)
        };
        let own = |h: &&Hit| matches!(h.meaning, Meaning::Finding(finding, _) if blocked(finding));
        let beside = meant[at - 1].tokens.end == term.tokens.start;
        let row = if let Some(finding) = longest(term.tokens.start, &|h| is_noun(h) && !own(h)).filter(|_| beside) {
            before.chain([finding]).cloned().collect()
        } else if let Meaning::Concept(_) = term.meaning {
            let Some(site) = longest(term.tokens.start, &is_site) else { continue };
            let Some(finding) = longest(site.tokens.end, &|h| is_finding(h)) else { continue };
            before.chain([site, finding]).cloned().collect()
        } else {
            continue;
        };
        found.push((term.tokens.start, row));
    }
    found
}

/// Which of these are meant.
fn of(hits: &[&Hit]) -> Vec<Hit> {
    let said = |block: &Hit| hits.iter().any(|h| h.tokens == block.tokens && !h.meaning.blocks());
    let mut ranked: Vec<&Hit> = hits.iter().copied().filter(|h| !h.meaning.blocks() || !said(h)).collect();
    ranked.sort_by_key(|h| (std::cmp::Reverse(h.tokens.len()), rank(h.meaning), h.tokens.start, h.meaning));
    let mut kept: Vec<Hit> = Vec::new();
    for hit in ranked {
        let clash = kept.iter().find(|k| k.tokens.start < hit.tokens.end && hit.tokens.start < k.tokens.end);
        let composes = |h: &Hit| is_finding(h) || matches!(h.meaning, Meaning::Site(_));
        // two forms of a finding, or a finding that holds its place
        let second_reading = |k: &Hit| k.tokens == hit.tokens && k.meaning != hit.meaning && is_finding(k) && composes(hit);
        if clash.is_none_or(second_reading) {
            kept.push(hit.clone());
        }
    }
    kept.sort_by_key(|h| (h.tokens.start, h.tokens.end, h.meaning));
    kept
}

/// Of equal length: a blocking phrase ("*vocal cord* lesion") comes first, unless the very words are a term; then a concept,
/// a finding and a site ("cervical *cord lesion*").
fn rank(meaning: Meaning) -> u8 {
    match meaning {
        Meaning::Block(_) => 0,
        Meaning::Concept(_) => 1,
        Meaning::Finding(..) => 2,
        Meaning::Site(_) => 3,
    }
}

fn is_finding(hit: &Hit) -> bool {
    matches!(hit.meaning, Meaning::Finding(..))
}

fn is_noun(hit: &Hit) -> bool {
    matches!(hit.meaning, Meaning::Finding(_, form) if form == Form::Noun as u8)
}
