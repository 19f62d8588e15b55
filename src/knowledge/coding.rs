//! What `rules/coding` says, as the coding stage uses it: groups as concept sets, tables as maps, rules as values.

mod compile;

use crate::code::Code;
use crate::fold::{Token, WordMap};
use crate::knowledge::NameId;
use crate::knowledge::lexicon::ConceptId;
use crate::knowledge::source::coding::{Among, Near, Outcome, TableKey, WouldChangeDoc};
use crate::vocab::{AttributeKey, Basis, FlagSeverity, Reason, Setting, Status};
use crate::words::{WordBits, WordId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A set of concepts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// Its id.
    pub name: NameId,
    /// What it is looked up by.
    pub by: TableKey,
    /// Rows; `none` for what is not documented.
    pub rows: BTreeMap<String, String>,
}

/// Compiled `when`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Beside {
    /// Which.
    pub any: Concepts,
    /// How near.
    pub near: Near,
    /// Which findings count.
    pub among: Among,
    /// Its region, whatever that of the finding itself; empty: the same.
    pub region: Vec<String>,
    /// Values it must have.
    pub attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Values it must not have.
    pub not_attributes: BTreeMap<AttributeKey, Vec<String>>,
    /// Whether its region may differ.
    pub any_region: bool,
}

/// Compiled suggestion.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Pair {
    /// The complication.
    pub with: Concepts,
    /// Root → level.
    pub roots: BTreeMap<String, String>,
}

/// Compiled displacement.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// The same as words of the knowledge, in order.
    pub said: Vec<Vec<WordId>>,
    /// The bits of the words they begin with.
    pub begin: WordBits,
    /// A number of days it speaks of.
    pub days: Option<u32>,
    /// How many tokens before a finding its phrases may stand.
    pub within: u32,
}

impl Saying {
    /// Whether one of its phrases stands among these tokens.
    pub fn stands_in(&self, tokens: &[Token]) -> bool {
        tokens.iter().enumerate().filter(|(_, token)| self.begin.may_have(token.word)).any(|(i, token)| {
            let from = self.said.partition_point(|p| p.first() < Some(&token.word));
            let begin = self.said[from..].iter().take_while(|p| p.first() == Some(&token.word));
            begin.into_iter().any(|p| tokens[i..].len() >= p.len() && tokens[i..].iter().zip(p).all(|(t, w)| t.word == *w))
        })
    }
}

/// A compiled flag.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WouldChange {
    /// As written.
    pub doc: WouldChangeDoc,
    /// Concepts that take the attribute.
    pub of: Concepts,
}

/// Compiled query.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QueryRule {
    /// The question.
    pub question: String,
    /// The question without options.
    pub open_question: Option<String>,
    /// Answers with what they need.
    pub options: Vec<(String, Concepts, bool)>,
    /// Whether the condition is quoted in the question, not the first indicator.
    pub quotes_condition: bool,
    /// Concepts quoted as indicators.
    pub indicators: Concepts,
    /// The diagnoses that its words name, once the coding stage has read them.
    #[serde(skip)]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
    /// Not if the complaint is told to have lasted fewer days.
    pub unless_under_days: Option<u32>,
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
#[derive(Debug, Default, Serialize, Deserialize)]
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
    pub groups: WordMap<String, Concepts>,
    /// Concepts that any rule, temptation or flag speaks of.
    pub used: Concepts,
    /// By concept: the rules that may fire on it, in file order.
    by_concept: Vec<Vec<u16>>,
}

impl CodingKnowledge {
    /// The rules that may fire on a concept, in file order.
    pub fn rules_of(&self, concept: ConceptId) -> &[u16] {
        self.by_concept.get(concept.0 as usize).map_or(&[], Vec::as_slice)
    }
}
