//! A sentence's hits as nodes: runs of site words, and findings or concepts by name.

use super::How;
use super::matcher::Hit;
use crate::fold::TokenKind;
use crate::knowledge::lexicon::entries::{FindingId, Meaning};
use crate::knowledge::lexicon::{ConceptId, Lexicon};
use crate::knowledge::source::lexicon::{Form, Joins};
use crate::layout::Layout;
use std::ops::Range;

/// A node.
#[derive(Debug)]
pub(super) enum Node {
    Site(Run),
    Named(Named),
}

/// Site words that are one place: "cervical spine", "left C5-6 disc".
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    pub tokens: Range<u32>,
    /// Sites by id.
    pub ids: Vec<String>,
    pub region: Option<String>,
    pub spine: bool,
    /// Nothing but levels ("C5-6").
    pub level_only: bool,
    pub misspelt: bool,
}

/// A concept by a term of its own, or a bare finding in one or two forms.
#[derive(Debug)]
pub(super) struct Named {
    /// Its place among the nodes.
    pub node: usize,
    pub tokens: Range<u32>,
    pub concept: Option<ConceptId>,
    pub findings: Vec<(FindingId, Form)>,
    /// The region that its own words or its concept imply.
    pub region: Option<String>,
    pub how: How,
}

impl Node {
    pub(super) fn tokens(&self) -> Range<u32> {
        match self {
            Node::Site(run) => run.tokens.clone(),
            Node::Named(named) => named.tokens.clone(),
        }
    }
}

impl Run {
    /// A place that is only known by its region.
    pub(super) fn of_region(region: &str) -> Run {
        Run { region: Some(region.to_owned()), ..Run::default() }
    }

    /// Whether the other place can be the same one.
    fn agrees(&self, other: &Run) -> bool {
        self.region.is_none() || other.region.is_none() || self.region == other.region
    }

    fn join(&mut self, other: Run) {
        self.tokens.end = other.tokens.end;
        self.ids.extend(other.ids);
        self.region = self.region.take().or(other.region);
        self.spine |= other.spine;
        self.level_only &= other.level_only;
        self.misspelt |= other.misspelt;
    }
}

impl Named {
    /// Its forms; a concept's terms are nouns.
    pub(super) fn forms(&self) -> impl Iterator<Item = Form> + '_ {
        let noun = self.concept.is_some().then_some(Form::Noun);
        noun.into_iter().chain(self.findings.iter().map(|f| f.1))
    }
}

const FORMS: [Form; 4] = [Form::Noun, Form::Adjective, Form::Verb, Form::Action];

/// The id by which rows of findings speak of levels.
const LEVEL: &str = "level";

/// The nodes of a sentence, in text order.
pub(super) fn nodes(layout: &Layout, lexicon: &Lexicon, sentence: u32, hits: &[Hit]) -> Vec<Node> {
    let mut parts: Vec<Node> = Vec::with_capacity(hits.len());
    for hit in hits {
        let tokens = hit.tokens.clone();
        match hit.meaning {
            Meaning::Block(_) => {}
            Meaning::Concept(concept) => {
                let own = hit.site.and_then(|s| lexicon.sites[s.0 as usize].region.clone());
                let region = own.or_else(|| lexicon.concept(concept).region.clone());
                parts.push(Node::Named(Named { node: 0, tokens, concept: Some(concept), findings: Vec::new(), region, how: hit.how }));
            }
            Meaning::Finding(finding, form) => {
                let form = FORMS[form as usize % FORMS.len()];
                match parts.last_mut() {
                    Some(Node::Named(last)) if last.tokens == tokens => last.findings.push((finding, form)),
                    _ => {
                        let findings = vec![(finding, form)];
                        parts.push(Node::Named(Named { node: 0, tokens, concept: None, findings, region: None, how: hit.how }));
                    }
                }
            }
            Meaning::Site(site) => {
                let site = &lexicon.sites[site.0 as usize];
                let misspelt = hit.how == How::Misspelt;
                let run = Run {
                    tokens: tokens.clone(),
                    ids: vec![site.id.clone()],
                    region: site.region.clone(),
                    spine: site.spine,
                    level_only: false,
                    misspelt,
                };
                // "LBP" is both: the site stands before what is found there
                let both = parts.last().is_some_and(|p| matches!(p, Node::Named(n) if n.tokens == tokens));
                let place = parts.len() - usize::from(both);
                parts.insert(place, Node::Site(run));
            }
        }
    }
    if parts.iter().any(|p| matches!(p, Node::Named(_))) {
        add_levels(layout, lexicon, sentence, hits, &mut parts);
    }
    let mut nodes: Vec<Node> = Vec::with_capacity(parts.len());
    for part in parts {
        match (nodes.last_mut(), part) {
            (Some(Node::Site(last)), Node::Site(run)) if last.agrees(&run) && is_run(layout, lexicon, last, &run) => last.join(run),
            (_, part) => nodes.push(part),
        }
    }
    for (at, node) in nodes.iter_mut().enumerate() {
        if let Node::Named(named) = node {
            named.node = at;
        }
    }
    nodes
}

fn is_run(layout: &Layout, lexicon: &Lexicon, left: &Run, right: &Run) -> bool {
    lexicon.grammar.joins(Joins::SiteRun, None, &layout.folded, left.tokens.end..right.tokens.start).is_some()
}

/// Adds vertebrae, discs and roots ("C6", "C5-6", "C5 to T1") where no phrase stands.
fn add_levels(layout: &Layout, lexicon: &Lexicon, sentence: u32, hits: &[Hit], parts: &mut Vec<Node>) {
    let folded = &layout.folded;
    let within = layout.sentences[sentence as usize].tokens.clone();
    let kind = |t: u32| folded.tokens.get(t as usize).map(|t| t.kind);
    let mut at = within.start;
    let mut found = false;
    while at < within.end {
        let first = folded.word(at as usize);
        if kind(at) != Some(TokenKind::Alphanumeric) || first.len() > 3 || lexicon.grammar.level_region(first, None).is_none() {
            at += 1;
            continue;
        }
        let ranged = at + 2 < within.end && lexicon.grammar.is_range(folded, at + 1);
        let glued = at + 1 < within.end && folded.tokens.get(at as usize + 1).is_some_and(|t| !t.spaced);
        let second = if ranged {
            Some(at + 2)
        } else if glued {
            Some(at + 1)
        } else {
            None
        };
        let both = second.and_then(|s| lexicon.grammar.level_region(first, Some(folded.word(s as usize))).map(|r| (s + 1, r)));
        let alone = || lexicon.grammar.level_region(first, None).map(|r| (at + 1, r));
        let Some((end, region)) = both.or_else(alone) else { break };
        if !hits.iter().any(|h| h.tokens.start < end && at < h.tokens.end) {
            let ids = vec![LEVEL.to_owned()];
            let run = Run { tokens: at..end, ids, region: Some(region.to_owned()), spine: true, level_only: true, misspelt: false };
            parts.push(Node::Site(run));
            found = true;
        }
        at = end;
    }
    if found {
        parts.sort_by_key(|p| p.tokens().start);
    }
}
