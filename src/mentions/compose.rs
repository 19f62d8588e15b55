//! Site × finding inside a sentence: "pain and stiffness of the neck and upper back" is four mentions.
//!
//! The sentence is read as nodes (runs of site words, findings) and the gaps between them. The patterns of the lexicon say
//! over which gaps a finding and a site, two sites, or two findings are joined; this file only walks the nodes:
//! findings in a row share the sites before or after them, sites in a row share the findings.

use super::matcher::{Hit, words_of};
use super::nodes::{Named, Node, Run, nodes};
use super::{How, Mention};
use crate::knowledge::lexicon::entries::FindingId;
use crate::knowledge::lexicon::{ConceptId, Lexicon};
use crate::knowledge::source::lexicon::{Form, Joins, Reach, Regional};
use crate::layout::Layout;
use crate::span::Span;
use crate::vocab::ConceptKind;
use crate::words::WordId;
use std::ops::Range;

/// The mentions of one sentence, in no certain order.
pub(super) fn compose(layout: &Layout, lexicon: &Lexicon, sentence: u32, hits: &[Hit], out: &mut Vec<Mention>) {
    let nodes = nodes(layout, lexicon, sentence, hits);
    let reader = Reader { layout, lexicon, sentence, nodes: &nodes };
    let from = out.len();
    let mut at = 0;
    let mut before = Vec::new();
    while at < nodes.len() {
        if matches!(nodes[at], Node::Site(_)) {
            at += 1;
            continue;
        }
        let end = reader.row_end(at);
        let sites = reader.read_row(at..end, &before, out);
        // "neck pain due to arthritis": what blames and took no site stands between a cause and its effect
        if !sites.is_empty() || !(at..end).all(|n| reader.binds_action(n) || reader.says_of(n)) {
            before = sites;
        }
        at = end;
    }
    reader.fill_regions(&mut out[from..]);
}

pub(super) struct Reader<'a> {
    pub(super) layout: &'a Layout,
    pub(super) lexicon: &'a Lexicon,
    pub(super) sentence: u32,
    pub(super) nodes: &'a [Node],
}

/// Sites that a row of findings is joined with: indices of nodes.
pub(super) type Sites = Vec<usize>;

/// Tokens between a procedure and its year, at most.
const DATED: u32 = 7;

impl Reader<'_> {
    pub(super) fn gap(&self, left: usize, right: usize) -> Range<u32> {
        self.nodes[left].tokens().end..self.nodes[right].tokens().start
    }

    fn joined(&self, joins: Joins, form: Option<Form>, left: usize, right: usize) -> bool {
        self.lexicon.grammar.joins(joins, form, &self.layout.folded, self.gap(left, right)).is_some()
    }

    fn run(&self, at: usize) -> Option<&Run> {
        match self.nodes.get(at)? {
            Node::Site(run) => Some(run),
            Node::Named(_) => None,
        }
    }

    pub(super) fn named(&self, at: usize) -> Option<&Named> {
        match self.nodes.get(at)? {
            Node::Named(named) => Some(named),
            Node::Site(_) => None,
        }
    }

    /// The end of the row of findings that begins at `start`.
    pub(super) fn row_end(&self, start: usize) -> usize {
        let mut end = start + 1;
        while self.named(end).is_some() && self.joined(Joins::FindingFinding, None, end - 1, end) {
            end += 1;
        }
        end
    }

    /// Whether a site can complete it: "traumatic | neck pain" leaves the neck to the pain.
    fn takes_site(&self, named: &Named, site: usize) -> bool {
        let there = |c| self.run(site).is_some_and(|run| row(&self.lexicon.concept(c).with, run, run.region.as_deref()).is_some());
        named.concept.is_none_or(|c| self.lexicon.concept(c).regional != Regional::No || there(c))
    }

    /// Sites before the node `at`, nearest first, none that an earlier row has taken.
    fn sites_before(&self, at: usize, taken: &Sites) -> Sites {
        let Some(named) = self.named(at) else { return Sites::new() };
        let Some(mut here) = at.checked_sub(1) else { return Sites::new() };
        let joined = |form| self.joined(Joins::SiteFinding, Some(form), here, at);
        if self.run(here).is_none() || taken.contains(&here) || !self.takes_site(named, here) || !named.forms().any(joined) {
            return Sites::new();
        }
        let mut sites = vec![here];
        while let Some(previous) = here.checked_sub(1) {
            if self.run(previous).is_none() || taken.contains(&previous) || !self.joined(Joins::SiteSite, None, previous, here) {
                break;
            }
            sites.push(previous);
            here = previous;
        }
        sites
    }

    /// Sites after the node `at`, nearest first; `before` are those that its row has already.
    fn sites_after(&self, at: usize, before: &Sites) -> Sites {
        let (Some(named), Some(_)) = (self.named(at), self.run(at + 1)) else { return Sites::new() };
        if !self.takes_site(named, at + 1) {
            return Sites::new();
        }
        let grammar = &self.lexicon.grammar;
        let pattern = named.forms().find_map(|f| grammar.joins(Joins::FindingSite, Some(f), &self.layout.folded, self.gap(at, at + 1)));
        let Some(pattern) = pattern else { return Sites::new() };
        let mut sites = vec![at + 1];
        let mut last = at + 1;
        while self.run(last + 1).is_some() && self.joined(Joins::SiteSite, None, last, last + 1) {
            last += 1;
            sites.push(last);
        }
        // "pain in neck and arm numbness": the last site belongs to what follows it.
        let followed = self.named(last + 1).is_some_and(|n| n.forms().any(|f| self.joined(Joins::SiteFinding, Some(f), last, last + 1)));
        // "neck pain from C5-6 disc herniation": the pain has its region, the level is the disc's.
        let of_spine = named.concept.is_some_and(|c| self.lexicon.concept(c).regional == Regional::Spine);
        let settled = !of_spine
            && (named.region.is_some() || !before.is_empty())
            && last + 1 < self.nodes.len()
            && self.gap(last, last + 1).is_empty();
        // "radiculopathy from C5-6 herniation": what it comes from has the level that it touches
        let comes_from = self.gap(at, at + 1).any(|t| self.lexicon.grammar.is_from(&self.layout.folded, t))
            && last + 1 < self.nodes.len()
            && self.gap(last, last + 1).is_empty();
        // "HNP / neck pain": a slash joins two, each with its own
        let slashed = self.gap(at, at + 1).len() == 1
            && last + 1 < self.nodes.len()
            && self.gap(last, last + 1).is_empty()
            && self.layout.folded.word(self.gap(at, at + 1).start as usize) == "/";
        let loose = self.gap(at, at + 1).is_empty() || pattern.closes || settled || comes_from || slashed;
        // "herniated cervical disc without radiculopathy": what stands right before the site has it
        let touches = || sites.len() == 1 && self.gap(at, at + 1).is_empty() && !self.gap(last, last + 1).is_empty();
        if followed && (sites.len() > 1 || loose) && !touches() && !self.binds_action(last + 1) {
            sites.pop();
            last -= 1;
        }
        if pattern.closes && !self.closed_after(last) {
            return Sites::new();
        }
        sites
    }

    /// Whether the node has only the form that takes its site after it.
    pub(super) fn binds_action(&self, at: usize) -> bool {
        self.named(at).is_some_and(|n| n.forms().all(|f| f == Form::Action))
    }

    /// Whether another site stands in a row with a site.
    fn site_beside(&self, site: usize) -> bool {
        let joined = |a: usize, b: usize| self.run(a).is_some() && self.run(b).is_some() && self.joined(Joins::SiteSite, None, a, b);
        site.checked_sub(1).is_some_and(|before| joined(before, site)) || joined(site, site + 1)
    }

    /// Whether a mark or the sentence's end follows the node.
    fn closed_after(&self, at: usize) -> bool {
        let end = self.nodes[at].tokens().end;
        end >= self.layout.sentences[self.sentence as usize].tokens.end || self.lexicon.grammar.is_mark(&self.layout.folded, end)
    }

    /// Reads one row of findings; returns the sites that it took.
    fn read_row(&self, row: Range<usize>, earlier: &Sites, out: &mut Vec<Mention>) -> Sites {
        let mut before = self.sites_before(row.start, earlier);
        let after = self.sites_after(row.end - 1, &before);
        if before.is_empty() && after.is_empty() {
            // "pain in the neck and stiffness": what follows shares the sites that were just named.
            let shares = earlier.contains(&row.start.wrapping_sub(1)) && self.joined(Joins::FindingFinding, None, row.start - 1, row.start);
            if shares {
                before = earlier.clone();
            }
        }
        // "neck pain due to DDD and arthritis": what names no place is where the effect is
        let effect = if before.is_empty() && after.is_empty() { self.sites_of_effect(row.clone(), earlier) } else { Sites::new() };
        for at in row.clone() {
            let Some(named) = self.named(at) else { continue };
            let (before, after) = if effect.is_empty() || !self.caused(named) { (&before, &after) } else { (&effect, &after) };
            let alone = |n: &Named| n.concept.is_none() && n.findings.iter().all(|(f, _)| self.lexicon.findings[f.0 as usize].alone);
            if row.len() > 1 && alone(named) {
                continue;
            }
            let first = at == row.start;
            let (near, far) = if !before.is_empty() && (first || after.is_empty()) { (before, after) } else { (after, before) };
            if !self.read_one(named, near, far, out) {
                let by_row = || (row.start..at).find_map(|o| self.named(o).and_then(|o| o.region.clone()));
                let by_clause = || self.only_region().filter(|_| !self.names_other_parts()).map(|r| r.0);
                let lone = near.is_empty() && far.is_empty();
                if let Some(concept) = named.concept {
                    let caused = lone && self.lexicon.concept(concept).regional == Regional::Spine;
                    self.read_alone(named, if caused { self.region_of_effect(row.start, out) } else { None }, out);
                    continue;
                }
                let region = by_row().or_else(|| if lone && self.placed_by_clause(named) { by_clause() } else { None });
                let region = region.or_else(|| if lone { self.region_guessed_at(named, out) } else { None });
                let region = region.or_else(|| if lone && self.caused(named) { self.region_of_effect(row.start, out) } else { None });
                let region = region.or_else(|| if lone { self.region_of_the_list(named, out) } else { None });
                self.read_alone(named, region, out);
            }
        }
        before.extend(after);
        before.extend(effect);
        before
    }

    /// Whether what causes something may be named so, without its place.
    pub(super) fn caused(&self, named: &Named) -> bool {
        named.findings.iter().any(|(f, _)| self.lexicon.findings[f.0 as usize].reach != Reach::Beside)
    }

    /// Whether what stands in a clause that names one part is of that part, though another word stands between.
    pub(super) fn placed_by_clause(&self, named: &Named) -> bool {
        named.findings.iter().any(|(f, _)| self.lexicon.findings[f.0 as usize].reach == Reach::Clause)
    }

    /// Reads a finding with its sites; false if nothing came of it.
    fn read_one(&self, named: &Named, near: &Sites, far: &Sites, out: &mut Vec<Mention>) -> bool {
        let from = out.len();
        for &site in near {
            let Some(run) = self.run(site) else { continue };
            // "facet arthropathy at C4-5": the structure stands before, the region after.
            let region = run.region.as_ref().map(|r| (r.clone(), run.spine, site));
            let others = || far.iter().find_map(|&s| self.run(s).and_then(|r| r.region.as_ref().map(|id| (id.clone(), r.spine, s))));
            let region = region.or_else(others);
            self.mention_at(named, run, site, region, out);
        }
        // "neck pain, OA *knees*": what has a place of its own beside it that is none of ours is nothing of ours
        let elsewhere = |&site: &usize| self.run(site).is_some_and(|r| r.region.is_some() && !r.spine);
        let own = near.first().is_some_and(elsewhere) && near.iter().all(|&s| s > named.node) && far.iter().all(|&s| s < named.node);
        if out.len() == from && !own {
            for &site in far {
                let Some(run) = self.run(site) else { continue };
                let region = run.region.as_ref().map(|r| (r.clone(), run.spine, site));
                self.mention_at(named, run, site, region, out);
            }
        }
        merge_regions(&mut out[from..].to_vec(), from, out);
        out.len() > from
    }

    fn mention_at(&self, named: &Named, run: &Run, site: usize, region: Option<(String, bool, usize)>, out: &mut Vec<Mention>) {
        let region_words = |at: usize| Some(words_of(self.layout, &self.nodes[at].tokens()));
        if let Some(concept) = named.concept {
            // "radiculopathy down the left *leg*"; not "in the arm and leg"
            let alone = !self.site_beside(site);
            if let Some(there) = row(&self.lexicon.concept(concept).with, run, region.as_ref().map(|r| r.0.as_str())).filter(|_| alone) {
                let implied = self.lexicon.concept(there).region.clone().map(|r| (r, None));
                out.push(self.mention(there, How::Composed, self.spans(named, site), named, implied));
                return;
            }
            let takes = match self.lexicon.concept(concept).regional {
                Regional::No => false,
                Regional::Spine => region.as_ref().is_some_and(|r| r.1),
                Regional::Any => region.is_some(),
            };
            if let Some((id, _, at)) = region.filter(|_| takes) {
                // A level is an attribute, not a part of the name, unless it stands right before ("C6 radiculopathy").
                let apart = at > named.node || named.node - at > 1 || !self.gap(at, named.node).is_empty();
                let level = self.run(at).is_some_and(|r| r.level_only);
                let spans = if level && apart { vec![self.span(named)] } else { self.spans(named, at) };
                out.push(self.mention(concept, named.how, spans, named, Some((id, region_words(at)))));
            }
            return;
        }
        let concept = named.findings.iter().find_map(|&(finding, form)| {
            let allowed = if form == Form::Action { site > named.node } else { true };
            allowed.then(|| lookup(self.lexicon, finding, run, region.as_ref().map(|r| r.0.as_str()))).flatten()
        });
        if let Some(concept) = concept {
            let how = if named.how == How::Misspelt || run.misspelt { How::Misspelt } else { How::Composed };
            let implied = self.lexicon.concept(concept).region.clone().map(|r| (r, None));
            let region = region.map(|(id, _, at)| (id, region_words(at))).or(implied);
            out.push(self.mention(concept, how, self.spans(named, site), named, region));
        }
    }

    /// Reads a finding without sites; `region` is that of a concept named in the same row.
    fn read_alone(&self, named: &Named, region: Option<String>, out: &mut Vec<Mention>) {
        if let Some(concept) = named.concept {
            let region = named.region.clone().or(region);
            out.push(self.mention(concept, named.how, vec![self.span(named)], named, region.map(|r| (r, None))));
            return;
        }
        let shared = region.and_then(|r| {
            let run = Run::of_region(&r);
            named.findings.iter().find_map(|&(f, _)| lookup(self.lexicon, f, &run, Some(&r))).map(|c| (c, r))
        });
        let names = |form| matches!(form, Form::Noun | Form::Adjective);
        let alone = || named.findings.iter().filter(|f| names(f.1)).find_map(|&(f, _)| self.lexicon.findings[f.0 as usize].otherwise);
        if let Some((concept, region)) = shared {
            out.push(self.mention(concept, How::Composed, vec![self.span(named)], named, Some((region, None))));
        } else if let Some(concept) = alone() {
            let implied = self.lexicon.concept(concept).region.clone();
            out.push(self.mention(concept, named.how, vec![self.span(named)], named, implied.map(|r| (r, None))));
        }
    }

    fn span(&self, named: &Named) -> Span {
        words_of(self.layout, &named.tokens)
    }

    /// The words of a finding and of its site: one span if nothing but joining words stands between.
    fn spans(&self, named: &Named, site: usize) -> Vec<Span> {
        let finding = self.span(named);
        let place = words_of(self.layout, &self.nodes[site].tokens());
        let (left, right) = if site < named.node { (site, named.node) } else { (named.node, site) };
        let next = right - left == 1;
        let cue = self.gap(left, right).any(|t| self.lexicon.grammar.is_cue(&self.layout.folded, t));
        if next && !cue {
            return vec![finding.hull(place)];
        }
        if finding < place { vec![finding, place] } else { vec![place, finding] }
    }

    /// The concept, or what it is in the past if the words before it, or a year behind it, say so ("s/p C5-6 ACDF", "ACDF 2021"); what was
    /// only proposed ("offered C5-6 fusion in 2003") was not done.
    fn in_time(&self, concept: ConceptId, tokens: &Range<u32>) -> ConceptId {
        let Some(past) = self.lexicon.concept(concept).past else { return concept };
        if self.marked(tokens.start, &self.lexicon.proposal_markers) {
            return concept;
        }
        let done = self.dated(tokens.end) || self.marked(tokens.start, &self.lexicon.past_markers);
        if done { past } else { concept }
    }

    /// Whether one of some markers stands before a token, with nothing but levels and words that describe between.
    fn marked(&self, start: u32, markers: &[Vec<WordId>]) -> bool {
        let folded = &self.layout.folded;
        let from = self.layout.sentences[self.sentence as usize].tokens.start;
        let mut end = start;
        loop {
            let marks = |m: &Vec<WordId>| {
                let start = end.checked_sub(m.len() as u32).filter(|s| *s >= from)?;
                m.iter().zip(&folded.tokens[start as usize..]).all(|(w, t)| *w == t.word).then_some(())
            };
            if markers.iter().any(|m| marks(m).is_some()) {
                return true;
            }
            let Some(previous) = end.checked_sub(1).filter(|t| *t >= from) else { return false };
            let within = |t: u32| self.nodes.iter().any(|n| n.tokens().contains(&t));
            // "s/p laminectomy and fusion", "prior C4-5, C5-6 ACDF": one marker for both
            let of_site = |t: u32| self.nodes.iter().any(|n| matches!(n, Node::Site(_)) && n.tokens().contains(&t));
            let ends = |t: u32| self.has_a_past(t) || of_site(t);
            let joined = || self.lexicon.grammar.coordinates(folded, previous) && previous.checked_sub(1).is_some_and(ends);
            if !within(previous) && !self.lexicon.grammar.describes(folded, previous) && !joined() {
                return false;
            }
            end = previous;
        }
    }

    /// Whether a year stands behind a procedure, with nothing but its level between: "ACDF *2021*", "ACDF C5-6 in *2021*".
    fn dated(&self, behind: u32) -> bool {
        let (folded, grammar) = (&self.layout.folded, &self.lexicon.grammar);
        let end = self.layout.sentences[self.sentence as usize].tokens.end;
        let level = |word: &str| word.len() == 1 || grammar.level_region(word, None).is_some();
        let between = |t: &u32| grammar.is_before_year(folded, *t) || level(folded.word(*t as usize));
        // "ACDF 3/2026" may be to come
        let at = (behind..end.min(behind + DATED)).find(|t| !between(t));
        at.is_some_and(|t| folded.is_year(t) && folded.word(t as usize - 1) != "/")
    }

    /// Whether the token ends the name of a procedure that is a state once it is past.
    fn has_a_past(&self, token: u32) -> bool {
        self.nodes.iter().any(|n| match n {
            Node::Named(named) => named.tokens.end == token + 1 && named.concept.is_some_and(|c| self.lexicon.concept(c).past.is_some()),
            Node::Site(_) => false,
        })
    }

    fn mention(&self, concept: ConceptId, how: How, spans: Vec<Span>, named: &Named, region: Option<(String, Option<Span>)>) -> Mention {
        let tokens = spans.iter().fold(named.tokens.clone(), |hull, s| self.tokens_of(*s, hull));
        let concept = self.in_time(concept, &tokens);
        Mention { concept, how, spans, tokens, sentence: self.sentence, region }
    }

    /// Widens a range of tokens to those of a span.
    fn tokens_of(&self, span: Span, hull: Range<u32>) -> Range<u32> {
        let tokens = &self.layout.folded.tokens;
        let first = tokens.partition_point(|t| t.span.end <= span.start) as u32;
        let end = tokens.partition_point(|t| t.span.start < span.end) as u32;
        hull.start.min(first)..hull.end.max(end)
    }

    /// Gives the one region of the spine that the sentence names to the concepts that need one and have none.
    fn fill_regions(&self, mentions: &mut [Mention]) {
        let needs = |m: &Mention| m.region.is_none() && self.lexicon.concept(m.concept).regional != Regional::No;
        if !mentions.iter().any(needs) {
            return;
        }
        let Some(only) = self.only_region() else { return };
        for mention in mentions.iter_mut().filter(|m| needs(m)) {
            mention.region = Some(only.clone());
        }
    }

    /// Whether the sentence speaks of parts of the body outside the spine.
    fn names_other_parts(&self) -> bool {
        (0..self.nodes.len()).filter_map(|at| self.run(at)).any(|r| r.region.is_some() && !r.spine)
    }

    /// The region of the spine that the sentence names, if it names one only.
    fn only_region(&self) -> Option<(String, Option<Span>)> {
        let of_spine = |region: &&String| self.lexicon.sites.iter().any(|s| s.spine && s.region.as_ref() == Some(region));
        let mut only: Option<(String, Option<Span>)> = None;
        // "CESI at *C7-T1* for DDD": where a needle goes in is not where the disease is
        let entered = |at: usize| {
            let concept = at.checked_sub(1).and_then(|before| self.named(before)).and_then(|n| n.concept).map(|c| self.lexicon.concept(c));
            let needle = concept.is_some_and(|c| c.kind == ConceptKind::Procedure && c.past.is_none());
            needle && self.run(at).is_some_and(|r| r.level_only)
        };
        for (at, node) in self.nodes.iter().enumerate().filter(|(at, _)| !entered(*at)) {
            let (region, words) = match node {
                Node::Site(run) if run.spine => (run.region.as_ref(), Some(words_of(self.layout, &self.nodes[at].tokens()))),
                Node::Site(_) => (None, None),
                Node::Named(named) => (named.region.as_ref().filter(of_spine), None),
            };
            match (region, &only) {
                (Some(region), Some((other, _))) if other != region => return None,
                (Some(region), None) => only = Some((region.clone(), words)),
                _ => {}
            }
        }
        only
    }
}

/// The concept of a finding at a site, by the first row that fits.
fn lookup(lexicon: &Lexicon, finding: FindingId, run: &Run, region: Option<&str>) -> Option<ConceptId> {
    row(&lexicon.findings[finding.0 as usize].with, run, region)
}

/// The first of some rows that fits a site or its region.
fn row(rows: &[(String, ConceptId)], run: &Run, region: Option<&str>) -> Option<ConceptId> {
    rows.iter().find(|(at, _)| Some(at.as_str()) == region || run.ids.iter().any(|id| id == at)).map(|(_, concept)| *concept)
}

/// Keeps one mention of a finding for each concept and region ("disc bulges at C4-5, C5-6 and C6-7" is one).
fn merge_regions(found: &mut Vec<Mention>, from: usize, out: &mut Vec<Mention>) {
    out.truncate(from);
    for mention in found.drain(..) {
        let region = |m: &Mention| m.region.as_ref().map(|r| r.0.clone());
        if !out[from..].iter().any(|m| m.concept == mention.concept && region(m) == region(&mention)) {
            out.push(mention);
        }
    }
}
