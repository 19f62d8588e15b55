//! `rules/coding` as written → compiled: names resolved, every problem collected with its place.

use super::{
    Beside, Binding, CodingKnowledge, Concepts, FlagRule, FlagWhen, Pair, QueryRule, Replace, Rule, Saying, Suggest, Table, Tempting, When,
    WouldChange,
};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, nearest};
use crate::fold::{WordMap, fold_phrase};
use crate::knowledge::lexicon::{ConceptId, Lexicon};
use crate::knowledge::source::coding::{BesideDoc, CodingDoc, FlagDoc, ReplaceDoc, SuggestDoc, WhenDoc};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{NameId, Names};
use crate::vocab::Status;
use crate::words::{WordBits, WordId, Words};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// Resolves names while compiling, and collects what does not resolve.
struct Resolver<'a> {
    lexicon: &'a Lexicon,
    /// By concept: itself and its kinds.
    kinds: Vec<Vec<ConceptId>>,
    groups: WordMap<String, Concepts>,
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
    fn concepts(&mut self, ids: &[Placed<SmolStr>]) -> Concepts {
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
                self.kinds[family.0 as usize].iter().for_each(|kind| set.insert(*kind));
            } else {
                let help = nearest(id, self.lexicon.concepts.iter().map(|c| c.id.as_str()));
                let d = Diagnostic::error("K030", self.at(id.line, id.column), format!("no concept is called `{}`", id.value));
                self.problems.push(with_help(d, help, ""));
            }
        }
        self.used.extend(&set);
        set
    }

    fn codes(&mut self, codes: &[Placed<SmolStr>]) -> Vec<Code> {
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
                region: b.region.clone(),
                attributes: b.attributes.clone(),
                not_attributes: b.not_attributes.clone(),
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
    fn roots(&mut self, id: Option<&Placed<SmolStr>>, tables: &[Table]) -> BTreeMap<String, String> {
        id.and_then(|id| self.table(id)).map(|t| tables[t].rows.clone()).unwrap_or_default()
    }

    fn table(&mut self, id: &Placed<SmolStr>) -> Option<usize> {
        let found = self.tables.get(id.value.as_str()).copied();
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
                stem: s.code.value.to_string(),
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

fn with_help(d: Diagnostic, nearest: Option<&str>, prefix: &str) -> Diagnostic {
    match nearest {
        Some(n) => d.help(format!("did you mean `{prefix}{n}`?")),
        None => d,
    }
}

impl CodingKnowledge {
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
                tables.insert(t.id.value.to_string(), out.tables.len());
                out.tables.push(Table { name, by: t.by, rows: t.rows.clone() });
            }
        }
        let kinds = lexicon.kinds();
        let mut r =
            Resolver { lexicon, kinds, groups: WordMap::default(), tables, used: Concepts::default(), problems, path: String::new() };
        for (path, doc) in docs {
            r.path = (*path).to_owned();
            for group in &doc.groups {
                names.add(path, &group.id, r.problems);
                let members = r.concepts(&group.members);
                r.groups.insert(group.id.value.to_string(), members);
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
                    begin: WordBits::default(),
                    days: None,
                    within: 0,
                };
                out.reasons.insert(reason.reason, saying);
            }
            for g in &doc.guidelines {
                let phrases: Vec<String> = g.phrases.iter().map(|p| fold_phrase(p)).collect();
                let mut said: Vec<Vec<WordId>> = phrases.iter().map(|p| p.split_whitespace().map(|w| words.add(w)).collect()).collect();
                said.sort_unstable();
                let saying = Saying {
                    name: names.add(path, &g.id, r.problems),
                    authority: g.authority.clone().into(),
                    why: g.why.clone(),
                    concepts: r.concepts(&g.concepts),
                    beside: r.concepts(&g.beside),
                    codes: r.codes(&g.codes),
                    begin: WordBits::of(said.iter().filter_map(|p| p.first())),
                    said,
                    phrases,
                    days: g.days,
                    within: g.within.unwrap_or(0),
                };
                out.guidelines.insert(g.id.value.to_string(), saying);
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
            unless_under_days: w.unless_under_days,
            with: r.beside(&w.with),
            without: r.beside(&w.without),
            withheld: w.withheld.as_ref().map(|x| (x.reason.clone(), r.codes(&x.codes), x.assessed)),
            noticed: w.noticed.iter().map(|n| n.value.to_string()).collect(),
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
            quotes_condition: q.quotes_condition,
            options: q.options.iter().map(|o| (o.text.clone(), r.concepts(&o.needs), o.diagnosis)).collect(),
            indicators: r.concepts(&q.indicators),
            named: OnceLock::new(),
        }),
    }
}
