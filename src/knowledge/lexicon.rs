//! What `lexicon/` says, checked and compiled: concepts, sites, findings, and what finds their phrases.

pub mod entries;
pub mod grammar;
pub mod joined;
pub mod spelling;
pub mod targets;

use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{Folded, WordMap, WordSet, fold};
use crate::knowledge::source::lexicon::{Form, LexiconDoc, Reach, Regional, WithDoc};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{Knowledge, NameId, Names};
use crate::vocab::ConceptKind;
use crate::words::{WordId, Words};
use entries::{Builder, Entries, FindingId, Meaning, SiteId};
use grammar::Grammar;
use joined::Joined;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use spelling::Spelling;
use std::ops::Range;
use std::sync::OnceLock;
use targets::Targets;

/// A concept, by its place in [`Lexicon::concepts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConceptId(pub u16);

/// One concept, compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Concept {
    /// Its id and place.
    pub name: NameId,
    /// "neck-pain".
    pub id: String,
    /// "Neck pain".
    pub title: String,
    /// What kind of thing it is.
    pub kind: ConceptKind,
    /// What it is a kind of.
    pub parent: Option<ConceptId>,
    /// The region its terms imply.
    pub region: Option<String>,
    /// Which sites it takes its region from.
    pub regional: Regional,
    /// Site or region, and the concept that it is there instead; the first that fits counts.
    pub with: Vec<(String, ConceptId)>,
    /// What it is when it lies in the past.
    pub past: Option<ConceptId>,
    /// Whether the candidate scan looks for it.
    pub target: bool,
}

/// A place of the body, compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Site {
    /// "neck".
    pub id: String,
    /// "cervical".
    pub region: Option<String>,
    /// Whether it is a part of the spine.
    pub spine: bool,
}

/// A bare finding, compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    /// "pain".
    pub id: String,
    /// Site or region, and the concept it makes there; the first that fits counts.
    pub with: Vec<(String, ConceptId)>,
    /// How far its site may stand away.
    pub reach: Reach,
    /// Of muscles, ligaments or joints.
    pub musculoskeletal: bool,
    /// Whether it makes nothing beside another finding in its row.
    pub alone: bool,
    /// The concept without a site.
    pub otherwise: Option<ConceptId>,
}

/// All concepts, and what finds them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Lexicon {
    /// In order of file and place.
    pub concepts: Vec<Concept>,
    /// Concept by id.
    pub by_id: WordMap<String, ConceptId>,
    /// Sites, in order of file and place.
    pub sites: Vec<Site>,
    /// Findings, in order of file and place.
    pub findings: Vec<Finding>,
    /// The phrases.
    pub entries: Entries,
    /// How findings and sites stand together.
    pub grammar: Grammar,
    /// Tokens of the phrases that put a concept into the past, longest first.
    pub past_markers: Vec<Vec<WordId>>,
    /// Tokens of the phrases after which a concept was only proposed.
    pub proposal_markers: Vec<Vec<WordId>>,
    /// What phrases can do towards naming a target, made when first asked for.
    #[serde(skip)]
    targets: OnceLock<Targets>,
    /// What words written as one are parted by, made when first asked for.
    #[serde(skip)]
    joined: OnceLock<Joined>,
    /// What the files list for it.
    run_together: joined::Listed,
    /// Words one slip away from those of the phrases.
    pub spelling: Spelling,
}

/// What is needed while compiling.
struct Compiler<'a> {
    names: &'a mut Names,
    words: &'a mut Words,
    problems: &'a mut Vec<Diagnostic>,
    builder: Builder,
    meanings: WordMap<String, Meaning>,
}

impl Lexicon {
    /// Whether words for a part of the neck begin at a token and end where they should.
    pub(crate) fn neck_at(&self, folded: &Folded, token: usize, wanted: impl Fn(usize) -> bool) -> bool {
        let cervical = |m: &Meaning| matches!(m, Meaning::Site(s) if self.sites[s.0 as usize].region.as_deref() == Some("cervical"));
        let mut found = false;
        if token < folded.tokens.len() {
            self.entries.finder.at(folded, token, |end, phrase| {
                found |= wanted(end) && self.entries.meanings[phrase].iter().any(|e| cervical(&e.meaning));
            });
        }
        found
    }

    /// The regions of the places that are named among some tokens.
    pub(crate) fn regions_in<'l>(&'l self, folded: &Folded, tokens: Range<u32>, mut each: impl FnMut(&'l str)) {
        for token in tokens.start as usize..folded.tokens.len().min(tokens.end as usize) {
            self.entries.finder.at(folded, token, |_, phrase| {
                for entry in &self.entries.meanings[phrase] {
                    let Meaning::Site(site) = entry.meaning else { continue };
                    self.sites[site.0 as usize].region.iter().for_each(|region| each(region));
                }
            });
        }
    }

    /// Whether some tokens name a part of the neck.
    pub(crate) fn names_neck(&self, folded: &Folded, mut tokens: Range<u32>) -> bool {
        tokens.any(|t| self.neck_at(folded, t as usize, |_| true))
    }

    /// Checks and compiles the documents, in path order.
    pub(crate) fn compile(docs: &[(&str, &LexiconDoc)], words: &mut Words, names: &mut Names, problems: &mut Vec<Diagnostic>) -> Lexicon {
        let mut lexicon = Lexicon { grammar: Grammar::compile(docs, words, problems), ..Lexicon::default() };
        let builder = Builder::with_room(docs.iter().map(|(_, d)| d.phrases()).sum());
        let mut compiler = Compiler { names, words, problems, builder, meanings: WordMap::default() };
        for (path, doc) in docs {
            lexicon.name_all(path, doc, &mut compiler);
        }
        for (path, doc) in docs {
            lexicon.resolve(path, doc, &mut compiler);
        }
        lexicon.resolve_likes(docs, &mut compiler);
        lexicon.entries = compiler.builder.build();
        lexicon.imply_sites(words);
        let mut tokens = |marker: &str| fold(marker).text.split_whitespace().map(|w| words.add(w)).collect();
        lexicon.past_markers = docs.iter().flat_map(|(_, d)| &d.past_markers).map(|m| tokens(m)).collect();
        lexicon.proposal_markers = docs.iter().flat_map(|(_, d)| &d.proposal_markers).map(|m| tokens(m)).collect();
        lexicon.past_markers.sort_by_key(|m| std::cmp::Reverse(m.len()));
        lexicon.spelling = Spelling::compile(docs, &lexicon.entries, words, problems);
        lexicon.run_together = joined::Listed::of(docs);
        lexicon
    }

    /// Registers every id of a file.
    fn name_all(&mut self, path: &str, doc: &LexiconDoc, compiler: &mut Compiler) {
        for concept in &doc.concepts {
            let name = compiler.names.add(path, &concept.id, compiler.problems);
            let id = ConceptId(self.concepts.len() as u16);
            self.by_id.insert(concept.id.value.to_string(), id);
            compiler.meanings.insert(concept.id.value.to_string(), Meaning::Concept(id));
            self.concepts.push(Concept {
                name,
                id: concept.id.value.to_string(),
                title: concept.title.clone(),
                kind: concept.kind,
                parent: None,
                region: concept.region.as_ref().map(|r| r.value.to_string()),
                regional: concept.regional,
                with: Vec::new(),
                past: None,
                target: concept.target,
            });
        }
        for site in &doc.sites {
            let id = SiteId(self.sites.len() as u16);
            compiler.meanings.insert(site.id.value.to_string(), Meaning::Site(id));
            let region = site.region.as_ref().map(|r| r.value.to_string());
            self.sites.push(Site { id: site.id.value.to_string(), region, spine: site.spine });
        }
        for finding in &doc.findings {
            let id = FindingId(self.findings.len() as u16);
            compiler.meanings.insert(finding.id.value.to_string(), Meaning::finding(id, Form::Noun));
            self.findings.push(Finding {
                id: finding.id.value.to_string(),
                with: Vec::new(),
                reach: finding.reach,
                alone: finding.alone,
                musculoskeletal: finding.musculoskeletal,
                otherwise: None,
            });
        }
    }

    /// Resolves what a file's ids refer to and adds its phrases.
    fn resolve(&mut self, path: &str, doc: &LexiconDoc, compiler: &mut Compiler) {
        compiler.builder.file(path);
        for concept in &doc.concepts {
            let id = self.by_id[concept.id.value.as_str()];
            if let Some(parent) = &concept.parent {
                self.concepts[id.0 as usize].parent = self.concept_at(path, parent, compiler);
            }
            self.concepts[id.0 as usize].with = self.rows(path, &concept.with, compiler);
            if let Some(past) = &concept.past {
                self.concepts[id.0 as usize].past = self.concept_at(path, past, compiler);
            }
            if let Some(region) =
                concept.region.as_ref().filter(|r| !self.sites.iter().any(|s| s.region.as_deref() == Some(r.value.as_str())))
            {
                let message = format!("`{}` is the region of no site", region.value);
                compiler.problems.push(Diagnostic::error("K014", location(path, region), message));
            }
            // A circumstance or sign may be said by denial ("not due to"); a complaint or condition leaves the cue to the context stage.
            let denied_by_cue = matches!(concept.kind, ConceptKind::Symptom | ConceptKind::Diagnosis);
            for term in concept.terms.iter().filter(|_| denied_by_cue) {
                if self.grammar.begins_with_cue(term, compiler.words) {
                    let message = format!("`{}` begins with a cue; name the thing itself", term.value);
                    compiler.problems.push(Diagnostic::error("K019", location(path, term), message));
                }
            }
            let meaning = Meaning::Concept(id);
            let company = compiler.builder.company(&[], &concept.unless_near, false, compiler.words);
            compiler.add_all(&concept.terms, meaning, false, company);
            compiler.add_all(&concept.abbreviations, meaning, true, company);
            compiler.add_all(&concept.not, Meaning::Block(None), false, None);
            let guessed = if concept.guesses.is_empty() { None } else { Some(compiler.builder.guessed()) };
            compiler.add_all(&concept.guesses, meaning, false, guessed);
        }
        for site in &doc.sites {
            let Some(meaning) = compiler.meanings.get(site.id.value.as_str()).copied() else { continue };
            let company = compiler.builder.company(&[], &site.unless_near, false, compiler.words);
            compiler.add_all(&site.terms, meaning, false, company);
            compiler.add_all(&site.abbreviations, meaning, true, company);
            compiler.add_all(&site.not, Meaning::Block(None), false, None);
        }
        for finding in &doc.findings {
            let Some(Meaning::Finding(id, _)) = compiler.meanings.get(finding.id.value.as_str()).copied() else { continue };
            let company = compiler.builder.company(&[], &finding.unless_near, false, compiler.words);
            let forms = [
                (Form::Noun, &finding.nouns),
                (Form::Adjective, &finding.adjectives),
                (Form::Verb, &finding.verbs),
                (Form::Action, &finding.actions),
            ];
            for (form, phrases) in forms {
                compiler.add_all(phrases, Meaning::finding(id, form), false, company);
            }
            compiler.add_all(&finding.not, Meaning::Block(Some(id)), false, None);
            let rows = self.rows(path, &finding.with, compiler);
            let otherwise = finding.otherwise.as_ref().and_then(|o| self.concept_at(path, o, compiler));
            let slot = &mut self.findings[id.0 as usize];
            slot.with = rows;
            slot.otherwise = otherwise;
        }
        for abbreviation in &doc.abbreviations {
            let company = compiler.builder.company(&abbreviation.near, &abbreviation.unless_near, abbreviation.anywhere, compiler.words);
            match compiler.meanings.get(abbreviation.means.value.as_str()).copied() {
                Some(meaning) => compiler.add_all(std::slice::from_ref(&abbreviation.text), meaning, !abbreviation.any_case, company),
                None => compiler.unknown(path, &abbreviation.means),
            }
        }
    }

    /// Site or region, and what is meant there.
    fn rows(&self, path: &str, with: &[WithDoc], compiler: &mut Compiler) -> Vec<(String, ConceptId)> {
        let mut rows = Vec::new();
        for with in with {
            let Some(concept) = self.concept_at(path, &with.is, compiler) else { continue };
            for at in &with.at {
                if !self.sites.iter().any(|s| s.id == at.value || s.region.as_deref() == Some(at)) {
                    let message = format!("`{}` is neither a site nor the region of one", at.value);
                    compiler.problems.push(Diagnostic::error("K014", location(path, at), message));
                }
                rows.push((at.value.to_string(), concept));
            }
        }
        rows
    }

    /// Gives each term of a concept that takes its region from sites the site that its own words name.
    fn imply_sites(&mut self, words: &Words) {
        for at in 0..self.entries.meanings.len() {
            let takes = |e: &entries::Entry| match e.meaning {
                Meaning::Concept(id) => self.concepts[id.0 as usize].regional != Regional::No,
                _ => false,
            };
            if !self.entries.meanings[at].iter().any(takes) {
                continue;
            }
            let mut sites = self.entries.sites_in(at, words);
            sites.retain(|s| self.sites[s.0 as usize].spine && self.sites[s.0 as usize].region.as_deref().is_some_and(|r| r != "spine"));
            let Some(&site) = sites.first() else { continue };
            for entry in &mut self.entries.meanings[at] {
                entry.site = Some(site);
            }
        }
    }

    /// Appends to each finding the rows of the one it is like.
    fn resolve_likes(&mut self, docs: &[(&str, &LexiconDoc)], compiler: &mut Compiler) {
        for (path, doc) in docs {
            for finding in &doc.findings {
                let Some(like) = &finding.like else { continue };
                match (compiler.meanings.get(finding.id.value.as_str()), compiler.meanings.get(like.value.as_str())) {
                    (Some(Meaning::Finding(id, _)), Some(Meaning::Finding(model, _))) => {
                        let rows = self.findings[model.0 as usize].with.clone();
                        self.findings[id.0 as usize].with.extend(rows);
                    }
                    _ => compiler.unknown(path, like),
                }
            }
        }
    }

    fn concept_at(&self, path: &str, id: &Placed<SmolStr>, compiler: &mut Compiler) -> Option<ConceptId> {
        let found = self.find(id);
        if found.is_none() {
            compiler.unknown(path, id);
        }
        found
    }

    /// The concept of that id.
    pub fn find(&self, id: &str) -> Option<ConceptId> {
        self.by_id.get(id).copied()
    }

    /// What phrases can do towards naming a target.
    pub fn targets(&self, words: &Words) -> &Targets {
        self.targets.get_or_init(|| Targets::compile(self, words))
    }

    /// Whether a folded word that is no word of the knowledge is several written as one.
    pub(super) fn may_be_joined(&self, word: &str, words: &Words) -> bool {
        // what is needed for it need not be made where all words are known, or short
        joined::LENGTH.contains(&word.len()) && self.joined(words).is_joined(word, self, words)
    }

    /// Parts words that are written as one.
    pub(super) fn part(&self, folded: Folded, knowledge: &Knowledge) -> Folded {
        self.joined(&knowledge.words).part(folded, knowledge)
    }

    fn joined(&self, words: &Words) -> &Joined {
        self.joined.get_or_init(|| Joined::compile(self, &self.run_together, words))
    }

    /// The concept itself.
    pub fn concept(&self, id: ConceptId) -> &Concept {
        &self.concepts[id.0 as usize]
    }

    /// The family that `id` belongs to: the last of its parents, or itself.
    pub fn root_of(&self, id: ConceptId) -> ConceptId {
        let mut at = id;
        for _ in 0..16 {
            match self.concept(at).parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    }

    /// By concept: itself and its kinds, in order.
    pub(crate) fn kinds(&self) -> Vec<Vec<ConceptId>> {
        let mut kinds = vec![Vec::new(); self.concepts.len()];
        for id in (0..self.concepts.len() as u16).map(ConceptId) {
            let mut at = Some(id);
            for _ in 0..16 {
                let Some(here) = at else { break };
                kinds[here.0 as usize].push(id);
                at = self.concept(here).parent;
            }
        }
        kinds
    }

    /// Whether `id` is `family` or, through its parents, a kind of it.
    pub fn is_a(&self, id: ConceptId, family: ConceptId) -> bool {
        let mut at = Some(id);
        for _ in 0..16 {
            match at {
                Some(here) if here == family => return true,
                Some(here) => at = self.concept(here).parent,
                None => return false,
            }
        }
        false
    }
}

impl Compiler<'_> {
    fn add_all(&mut self, phrases: &[Placed<SmolStr>], meaning: Meaning, exact: bool, company: Option<u16>) {
        for phrase in phrases {
            self.builder.add(phrase, meaning, exact, company, self.words, self.problems);
        }
    }

    fn unknown(&mut self, path: &str, id: &Placed<SmolStr>) {
        let mut known: Vec<&str> = self.meanings.keys().map(String::as_str).collect();
        known.sort_unstable();
        let problem = Diagnostic::error("K014", location(path, id), format!("`{}` is not defined", id.value));
        let near = known.iter().find(|k| spelling::one_slip_apart(k, id));
        self.problems.push(match near {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    }
}

/// Whether a finding makes a concept at a site.
fn lookup_row(lexicon: &Lexicon, finding: FindingId, site: SiteId) -> bool {
    let site = &lexicon.sites[site.0 as usize];
    let here = |at: &str| at == site.id || Some(at) == site.region.as_deref();
    lexicon.findings[finding.0 as usize].with.iter().any(|(at, _)| here(at))
}

fn location(path: &str, at: &Placed<SmolStr>) -> Location {
    Location { path: path.into(), line: at.line, column: at.column }
}

/// The words of all phrases, without marks and numbers.
fn words_of(entries: &Entries) -> WordSet<&str> {
    let words = entries.patterns.iter().flat_map(|p| p.split(' '));
    words.filter(|w| w.chars().next().is_some_and(char::is_alphabetic)).collect()
}
