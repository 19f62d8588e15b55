//! What `rules/coding` says, checked and compiled: groups resolved to concept sets, tables to maps, rules to values.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location};
use crate::fold::{Token, WordMap, fold_phrase};
use crate::knowledge::lexicon::{ConceptId, Lexicon};
use crate::knowledge::source::coding::{
    Among, BesideDoc, CodingDoc, FlagDoc, Near, Outcome, ReplaceDoc, SuggestDoc, TableKey, WhenDoc, WouldChangeDoc,
};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{NameId, Names};
use crate::vocab::{AttributeKey, Basis, FlagSeverity, Reason, Setting, Status};
use crate::words::{WordId, Words};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// A set of concepts.
#[derive(Debug, Clone, Default)]
pub struct Concepts(Vec<u64>);

impl Concepts {
    /// Whether the concept is in it.
    pub fn has(&self, id: ConceptId) -> bool {
        self.0.get(id.0 as usize / 64).is_some_and(|w| w >> (id.0 % 64) & 1 == 1)
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|w| *w == 0)
    }

    fn insert(&mut self, id: ConceptId) {
        let word = id.0 as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (id.0 % 64);
    }

    fn extend(&mut self, other: &Concepts) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a |= b;
        }
    }
}

/// A table from a value to the end of a code.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its id.
    pub name: NameId,
    /// What it is looked up by.
    pub by: TableKey,
    /// Rows; `none` for what is not documented.
    pub rows: BTreeMap<String, String>,
}

/// Compiled `when`.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// The finding itself.
    pub any: Concepts,
    /// Its region; empty: any.
    pub region: Vec<String>,
    /// Values it must have.
    pub attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Values it must not have.
    pub not_attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// What must stand beside.
    pub with: Vec<Beside>,
    /// What must not.
    pub without: Vec<Beside>,
    /// Setting of the encounter.
    pub setting: Option<Setting>,
    /// Told as past and gone.
    pub resolved: bool,
}

/// Compiled binding of complications to the conditions they may be of.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Id and place.
    pub name: NameId,
    /// The complications.
    pub complications: Concepts,
    /// What they may be of.
    pub hosts: Concepts,
    /// What they may be of where no host stands as near.
    pub weak_hosts: Concepts,
    /// Root → level.
    pub roots: BTreeMap<String, String>,
}

/// Compiled "another finding".
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Which.
    pub any: Concepts,
    /// How near.
    pub near: Near,
    /// Which findings count.
    pub among: Among,
    /// Values it must have.
    pub attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Whether its region may differ.
    pub any_region: bool,
}

/// Compiled suggestion.
#[derive(Debug, Clone)]
pub struct Suggest {
    /// The whole code or its stem.
    pub stem: String,
    /// Index into [`CodingKnowledge::tables`].
    pub table: Option<usize>,
    /// Supported or review.
    pub status: Status,
    /// Basis where stated.
    pub basis: Option<Basis>,
    /// Coding order.
    pub rank: u32,
    /// Pairing by level.
    pub pair: Option<Pair>,
}

/// Compiled pairing.
#[derive(Debug, Clone, Default)]
pub struct Pair {
    /// The complication.
    pub with: Concepts,
    /// Root → level.
    pub roots: BTreeMap<String, String>,
}

/// Compiled displacement.
#[derive(Debug, Clone)]
pub struct Replace {
    /// Code prefixes.
    pub codes: Vec<Code>,
    /// Why.
    pub reason: Reason,
    /// What becomes of them.
    pub outcome: Outcome,
    /// Same level only.
    pub same_level: bool,
    /// Same region only.
    pub same_region: bool,
    /// Own problem stays for review.
    pub own_problem_review: bool,
    /// Displaced code for review, too, where the displacing finding is not assessed.
    pub demotes: bool,
    /// Not while one of these stands in either problem.
    pub unless: Concepts,
    /// What is said.
    pub why: String,
    /// Where the right comes from.
    pub authority: Arc<[String]>,
}

/// A compiled coding rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Id and place.
    pub name: NameId,
    /// What it is.
    pub title: String,
    /// Numbers of the rule book.
    pub cites: Vec<String>,
    /// Where its right comes from.
    pub authority: Arc<[String]>,
    /// When.
    pub when: When,
    /// What.
    pub suggest: Vec<Suggest>,
    /// Instead of what.
    pub replaces: Vec<Replace>,
    /// One sentence.
    pub why: String,
}

/// A compiled temptation.
#[derive(Debug, Clone)]
pub struct Tempting {
    /// Id and place.
    pub name: NameId,
    /// Where the right comes from.
    pub authority: Arc<[String]>,
    /// When.
    pub when: When,
    /// What it tempts to.
    pub codes: Vec<Suggest>,
    /// Why not, where it is affirmed.
    pub reason: Option<Reason>,
    /// One sentence.
    pub why: String,
    /// Only beside a code within one of these.
    pub only_when_coded: Vec<Code>,
}

/// What is said for a reason, or a convention.
#[derive(Debug, Clone)]
pub struct Saying {
    /// Id and place.
    pub name: NameId,
    /// Where the right comes from.
    pub authority: Arc<[String]>,
    /// One sentence.
    pub why: String,
    /// Concepts it speaks of.
    pub concepts: Concepts,
    /// A second set.
    pub beside: Concepts,
    /// Codes it speaks of.
    pub codes: Vec<Code>,
    /// Folded words it looks for.
    pub phrases: Vec<String>,
    /// The same as words of the knowledge.
    pub said: Vec<Vec<WordId>>,
    /// A number of days it speaks of.
    pub days: Option<u32>,
}

impl Saying {
    /// Whether one of its phrases stands among these tokens.
    pub fn stands_in(&self, tokens: &[Token]) -> bool {
        self.said.iter().any(|p| tokens.windows(p.len().max(1)).any(|here| here.iter().map(|t| t.word).eq(p.iter().copied())))
    }
}

/// A compiled flag.
#[derive(Debug, Clone)]
pub struct FlagRule {
    /// Id and place.
    pub name: NameId,
    /// Its name in the report.
    pub flag: String,
    /// What it is for.
    pub severity: FlagSeverity,
    /// When: one of these.
    pub when: Vec<FlagWhen>,
    /// One sentence.
    pub why: String,
    /// Answers to try.
    pub would_change: Option<WouldChange>,
    /// What may be asked.
    pub query: Option<QueryRule>,
}

/// Compiled [`WouldChangeDoc`].
#[derive(Debug, Clone)]
pub struct WouldChange {
    /// As written.
    pub doc: WouldChangeDoc,
    /// Concepts that take the attribute.
    pub of: Concepts,
}

/// Compiled query.
#[derive(Debug, Clone)]
pub struct QueryRule {
    /// The question.
    pub question: String,
    /// The question without options.
    pub open_question: Option<String>,
    /// Answers with what they need.
    pub options: Vec<(String, Concepts, bool)>,
    /// Concepts quoted as indicators.
    pub indicators: Concepts,
    /// The diagnoses that its words name, once the coding stage has read them.
    pub named: OnceLock<Named>,
}

/// The diagnoses that a query's words name.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// In the question.
    pub question: Vec<ConceptId>,
    /// By option.
    pub options: Vec<(String, Vec<ConceptId>)>,
}

/// Compiled [`crate::knowledge::source::coding::FlagWhenDoc`].
#[derive(Debug, Clone, Default)]
pub struct FlagWhen {
    /// A supported code within.
    pub supported: Vec<Code>,
    /// A suggested code within.
    pub suggested: Vec<Code>,
    /// No supported code within.
    pub not_supported: Vec<Code>,
    /// No suggested code within.
    pub not_suggested: Vec<Code>,
    /// A supported code in the plain form of a table.
    pub unspecified_in: Vec<usize>,
    /// The note gives none of these.
    pub note_lacks: Vec<AttributeKey>,
    /// The note gives one of these.
    pub note_has: BTreeMap<AttributeKey, Vec<String>>,
    /// Lasting at least so many days.
    pub lasting_days: Option<u32>,
    /// Findings that must stand.
    pub with: Vec<Beside>,
    /// Findings that must not.
    pub without: Vec<Beside>,
    /// A withheld code.
    pub withheld: Option<(Vec<Reason>, Vec<Code>, bool)>,
    /// Noticed by the stage.
    pub noticed: Vec<String>,
    /// The setting was assumed.
    pub setting_assumed: bool,
    /// No section counts as assessed.
    pub nothing_assessed: bool,
    /// The note is about the neck.
    pub neck_topic: bool,
}

/// Everything about coding, compiled.
#[derive(Debug, Default)]
pub struct CodingKnowledge {
    /// Tables.
    pub tables: Vec<Table>,
    /// Bindings in file order.
    pub bindings: Vec<Binding>,
    /// Rules in file order.
    pub rules: Vec<Rule>,
    /// Temptations in file order.
    pub tempting: Vec<Tempting>,
    /// Flags in file order.
    pub flags: Vec<FlagRule>,
    /// What is said, by reason.
    pub reasons: BTreeMap<Reason, Saying>,
    /// Conventions, by id.
    pub guidelines: WordMap<String, Saying>,
    /// Groups by id.
    pub groups: HashMap<String, Concepts>,
    /// Concepts that any rule, temptation or flag speaks of.
    pub used: Concepts,
    /// By concept: the rules that may fire on it, in file order.
    by_concept: Vec<Vec<u16>>,
}

/// Resolves names while compiling, and collects what does not resolve.
struct Resolver<'a> {
    lexicon: &'a Lexicon,
    groups: HashMap<String, Concepts>,
    tables: HashMap<String, usize>,
    used: Concepts,
    problems: &'a mut Vec<Diagnostic>,
    path: String,
}

impl Resolver<'_> {
    fn at(&self, line: u32, column: u32) -> Location {
        Location { path: Arc::from(self.path.as_str()), line, column }
    }

    /// The concepts of a list of ids and `@groups`; a concept stands for all its kinds, `=concept` for itself alone.
    fn concepts(&mut self, ids: &[Placed<String>]) -> Concepts {
        let mut set = Concepts::default();
        for id in ids {
            if let Some(group) = id.strip_prefix('@') {
                if let Some(members) = self.groups.get(group) {
                    set.extend(members);
                } else {
                    let help = nearest(group, self.groups.keys().map(String::as_str));
                    let d = Diagnostic::error("K031", self.at(id.line, id.column), format!("no group is called `@{group}`"));
                    self.problems.push(with_help(d, help, "@"));
                }
            } else if let Some(own) = id.strip_prefix('=').and_then(|own| self.lexicon.find(own)) {
                set.insert(own);
            } else if let Some(family) = self.lexicon.find(id) {
                for i in 0..self.lexicon.concepts.len() as u16 {
                    if self.lexicon.is_a(ConceptId(i), family) {
                        set.insert(ConceptId(i));
                    }
                }
            } else {
                let help = nearest(id, self.lexicon.concepts.iter().map(|c| c.id.as_str()));
                let d = Diagnostic::error("K030", self.at(id.line, id.column), format!("no concept is called `{}`", id.value));
                self.problems.push(with_help(d, help, ""));
            }
        }
        self.used.extend(&set);
        set
    }

    fn codes(&mut self, codes: &[Placed<String>]) -> Vec<Code> {
        let mut out = Vec::new();
        for code in codes {
            match Code::parse(code.trim_end_matches('-').trim_end_matches('.')) {
                Some(c) => out.push(c),
                None => self.problems.push(Diagnostic::error(
                    "K032",
                    self.at(code.line, code.column),
                    format!("`{}` is no code or code prefix", code.value),
                )),
            }
        }
        out
    }

    fn beside(&mut self, list: &[BesideDoc]) -> Vec<Beside> {
        list.iter()
            .map(|b| Beside {
                any: self.concepts(&b.any),
                near: b.near,
                among: b.among,
                attributes: b.attributes.clone(),
                any_region: b.any_region,
            })
            .collect()
    }

    fn when(&mut self, doc: &WhenDoc) -> When {
        When {
            any: self.concepts(&doc.any),
            region: doc.region.clone(),
            attributes: doc.attributes.clone(),
            not_attributes: doc.not_attributes.clone(),
            with: self.beside(&doc.with),
            without: self.beside(&doc.without),
            setting: doc.setting,
            resolved: doc.resolved,
        }
    }

    /// The rows of a table of nerve roots.
    fn roots(&mut self, id: Option<&Placed<String>>, tables: &[Table]) -> BTreeMap<String, String> {
        id.and_then(|id| self.table(id)).map(|t| tables[t].rows.clone()).unwrap_or_default()
    }

    fn table(&mut self, id: &Placed<String>) -> Option<usize> {
        let found = self.tables.get(&id.value).copied();
        if found.is_none() {
            let help = nearest(id, self.tables.keys().map(String::as_str));
            let d = Diagnostic::error("K033", self.at(id.line, id.column), format!("no table is called `{}`", id.value));
            self.problems.push(with_help(d, help, ""));
        }
        found
    }

    fn suggest(&mut self, list: &[SuggestDoc], tables: &[Table]) -> Vec<Suggest> {
        let mut out = Vec::new();
        for s in list {
            let table = s.table.as_ref().and_then(|t| self.table(t));
            if Code::parse(&s.code).is_none() {
                self.problems.push(Diagnostic::error(
                    "K032",
                    self.at(s.code.line, s.code.column),
                    format!("`{}` is no code or stem", s.code.value),
                ));
            }
            out.push(Suggest {
                stem: s.code.value.clone(),
                table,
                status: s.status.unwrap_or(Status::Supported),
                basis: s.basis,
                rank: s.rank.unwrap_or(50),
                pair: s.pair.as_ref().map(|p| Pair { with: self.concepts(&p.with), roots: self.roots(p.roots.as_ref(), tables) }),
            });
        }
        out
    }

    fn replaces(&mut self, list: &[ReplaceDoc], own: &Arc<[String]>) -> Vec<Replace> {
        list.iter()
            .map(|r| Replace {
                codes: self.codes(&r.codes),
                reason: r.reason,
                outcome: r.outcome,
                same_level: r.same_level,
                same_region: r.same_region,
                own_problem_review: r.own_problem_review,
                demotes: r.demotes,
                unless: self.concepts(&r.unless),
                why: r.why.clone(),
                authority: if r.authority.is_empty() { own.clone() } else { r.authority.clone().into() },
            })
            .collect()
    }
}

fn with_help(d: Diagnostic, nearest: Option<String>, prefix: &str) -> Diagnostic {
    match nearest {
        Some(n) => d.help(format!("did you mean `{prefix}{n}`?")),
        None => d,
    }
}

/// The name nearest to `name` by edits, if any is near.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = 1 + name.len() / 3;
    names.map(|n| (edits(name, n), n)).filter(|(d, _)| *d <= limit).min().map(|(_, n)| n.to_owned())
}

/// Edit distance in bytes.
fn edits(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

impl CodingKnowledge {
    /// The rules that may fire on a concept, in file order.
    pub fn rules_of(&self, concept: ConceptId) -> &[u16] {
        self.by_concept.get(concept.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Checks and compiles the documents, in path order.
    pub(crate) fn compile(
        docs: &[(&str, &CodingDoc)],
        lexicon: &Lexicon,
        words: &mut Words,
        names: &mut Names,
        problems: &mut Vec<Diagnostic>,
    ) -> CodingKnowledge {
        let mut out = CodingKnowledge::default();
        let mut tables = HashMap::new();
        for (path, doc) in docs {
            for t in &doc.tables {
                let name = names.add(path, &t.id, problems);
                tables.insert(t.id.value.clone(), out.tables.len());
                out.tables.push(Table { name, by: t.by, rows: t.rows.clone() });
            }
        }
        let mut r = Resolver { lexicon, groups: HashMap::new(), tables, used: Concepts::default(), problems, path: String::new() };
        for (path, doc) in docs {
            r.path = (*path).to_owned();
            for group in &doc.groups {
                names.add(path, &group.id, r.problems);
                let members = r.concepts(&group.members);
                r.groups.insert(group.id.value.clone(), members);
            }
        }
        for (path, doc) in docs {
            r.path = (*path).to_owned();
            for b in &doc.bindings {
                out.bindings.push(Binding {
                    name: names.add(path, &b.id, r.problems),
                    complications: r.concepts(&b.complications),
                    hosts: r.concepts(&b.hosts),
                    weak_hosts: r.concepts(&b.weak_hosts),
                    roots: r.roots(b.roots.as_ref(), &out.tables),
                });
            }
            for set in &doc.displacements {
                names.add(path, &set.id, r.problems);
            }
            for rule in &doc.rules {
                let name = names.add(path, &rule.id, r.problems);
                let authority: Arc<[String]> = rule.authority.clone().into();
                let mut replaces = r.replaces(&rule.replaces, &authority);
                for id in &rule.displaces {
                    match docs.iter().flat_map(|(_, d)| &d.displacements).find(|d| d.id.value == id.value) {
                        Some(set) => replaces.extend(r.replaces(&set.replaces, &authority)),
                        None => {
                            let help = nearest(id, docs.iter().flat_map(|(_, d)| &d.displacements).map(|d| d.id.value.as_str()));
                            let d =
                                Diagnostic::error("K036", r.at(id.line, id.column), format!("no displacement is called `{}`", id.value));
                            r.problems.push(with_help(d, help, ""));
                        }
                    }
                }
                out.rules.push(Rule {
                    name,
                    title: rule.title.clone(),
                    cites: rule.cites.clone(),
                    when: r.when(&rule.when),
                    suggest: r.suggest(&rule.suggest, &out.tables),
                    replaces,
                    why: rule.why.clone(),
                    authority,
                });
            }
            for t in &doc.tempting {
                out.tempting.push(Tempting {
                    name: names.add(path, &t.id, r.problems),
                    authority: t.authority.clone().into(),
                    when: r.when(&t.when),
                    codes: r.suggest(&t.codes, &out.tables),
                    reason: t.reason,
                    why: t.why.clone(),
                    only_when_coded: r.codes(&t.only_when_coded),
                });
            }
            for reason in &doc.reasons {
                let saying = Saying {
                    name: names.add(path, &reason.id, r.problems),
                    authority: reason.authority.clone().into(),
                    why: reason.why.clone(),
                    concepts: Concepts::default(),
                    beside: Concepts::default(),
                    codes: Vec::new(),
                    phrases: Vec::new(),
                    said: Vec::new(),
                    days: None,
                };
                out.reasons.insert(reason.reason, saying);
            }
            for g in &doc.guidelines {
                let phrases: Vec<String> = g.phrases.iter().map(|p| fold_phrase(p)).collect();
                let saying = Saying {
                    name: names.add(path, &g.id, r.problems),
                    authority: g.authority.clone().into(),
                    why: g.why.clone(),
                    concepts: r.concepts(&g.concepts),
                    beside: r.concepts(&g.beside),
                    codes: r.codes(&g.codes),
                    said: phrases.iter().map(|p| p.split_whitespace().map(|w| words.add(w)).collect()).collect(),
                    phrases,
                    days: g.days,
                };
                out.guidelines.insert(g.id.value.clone(), saying);
            }
            for flag in &doc.flags {
                let name = names.add(path, &flag.id, r.problems);
                out.flags.push(compile_flag(name, flag, &mut r));
            }
        }
        let concerned = |concept: u16| {
            let rules = out.rules.iter().enumerate().filter(|(_, rule)| rule.when.any.has(ConceptId(concept)));
            rules.map(|(at, _)| at as u16).collect()
        };
        out.by_concept = (0..lexicon.concepts.len() as u16).map(concerned).collect();
        out.groups = r.groups;
        out.used = r.used;
        out
    }
}

fn compile_flag(name: NameId, flag: &FlagDoc, r: &mut Resolver<'_>) -> FlagRule {
    let when = flag
        .when
        .iter()
        .map(|w| FlagWhen {
            supported: r.codes(&w.supported),
            suggested: r.codes(&w.suggested),
            not_supported: r.codes(&w.not_supported),
            not_suggested: r.codes(&w.not_suggested),
            unspecified_in: w.unspecified_in.iter().filter_map(|t| r.table(t)).collect(),
            note_lacks: w.note_lacks.clone(),
            note_has: w.note_has.clone(),
            lasting_days: w.lasting_days,
            with: r.beside(&w.with),
            without: r.beside(&w.without),
            withheld: w.withheld.as_ref().map(|x| (x.reason.clone(), r.codes(&x.codes), x.assessed)),
            noticed: w.noticed.iter().map(|n| n.value.clone()).collect(),
            setting_assumed: w.setting_assumed,
            nothing_assessed: w.nothing_assessed,
            neck_topic: w.neck_topic,
        })
        .collect();
    FlagRule {
        name,
        flag: flag.flag.clone(),
        severity: flag.severity,
        when,
        why: flag.why.clone(),
        would_change: flag.would_change.as_ref().map(|w| WouldChange { doc: w.clone(), of: r.concepts(&w.of) }),
        query: flag.query.as_ref().map(|q| QueryRule {
            question: q.question.clone(),
            open_question: q.open_question.clone(),
            options: q.options.iter().map(|o| (o.text.clone(), r.concepts(&o.needs), o.diagnosis)).collect(),
            indicators: r.concepts(&q.indicators),
            named: OnceLock::new(),
        }),
    }
}
