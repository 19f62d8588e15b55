//! What `rules/attributes` says, checked and compiled: one pass for all words, and what each of them means.

use crate::diagnostic::{Diagnostic, Location};
use crate::fold::fold_phrase;
use crate::knowledge::source::attributes::{AttributesDoc, ColumnDoc, LinkKind, MomentDoc, Place, QuantityKind, WordUse};
use crate::knowledge::yaml::Placed;
use crate::knowledge::{NameId, Names};
use crate::phrases::Phrases;
use crate::vocab::{AttributeKey, AuthorRole, Setting};
use crate::words::{ByWord, WordId, Words};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compiled form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AttributesKnowledge {
    /// Finds every word below in folded text; `None` if there is none.
    pub(crate) finder: Phrases,
    /// Finds the few phrases by which a note speaks of itself (setting, author, date of service), and which they are in `finder`.
    pub(crate) about_note: (Phrases, Vec<u32>),
    /// Those of them without which the others tell nothing: facts, and labels of the date of service.
    pub(crate) telling: Phrases,
    /// What each phrase of the finder means (a phrase may mean several things).
    pub(crate) meanings: Vec<Vec<Meaning>>,
    /// Words that are values.
    pub(crate) values: Vec<WordValue>,
    /// Rules for numbers and dates.
    pub(crate) quantities: Vec<Quantity>,
    /// Which of them the words around a number leave.
    pub(crate) quantities_by: QuantitiesBy,
    /// Units of time.
    pub(crate) units: Vec<Unit>,
    /// Moments in words.
    pub(crate) moments: Vec<MomentDoc>,
    /// Links.
    pub(crate) links: Vec<Link>,
    /// Names of body parts.
    pub(crate) targets: Vec<Target>,
    /// The spine's letters, from top to bottom.
    pub(crate) columns: Vec<ColumnDoc>,
    /// Facts.
    pub(crate) facts: Vec<Fact>,
    /// The rule that levels are reported under.
    pub(crate) level_rule: Option<NameId>,
}

/// A part of the body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Target {
    /// Its name.
    pub value: String,
    /// Whether a side named before it is its own.
    pub limb: bool,
    /// The side that its words name.
    pub side: Option<String>,
}

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Meaning {
    /// A value; in this very case only if `exact`.
    Value {
        /// Index into `values`.
        index: u16,
        /// Whether the case counts.
        exact: bool,
    },
    /// A number in words.
    Number(f32, f32),
    /// A place in a count, in words.
    Nth(u16),
    /// A unit of time.
    Unit(u16),
    /// A plural unit that may stand alone.
    UnitAlone(u16),
    /// A moment.
    Moment(u16),
    /// A link.
    Link(u16),
    /// A body part.
    Target(u16),
    /// A small word.
    Word(WordUse),
    /// A fact.
    Fact(u16),
    /// Blocks whatever this rule finds inside it.
    Block(NameId),
}

/// A word value.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WordValue {
    pub rule: NameId,
    pub key: AttributeKey,
    pub value: String,
    /// The abbreviations as written, for those that count only so.
    pub exact: Vec<String>,
}

/// A rule for numbers or dates.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Quantity {
    pub rule: NameId,
    pub key: AttributeKey,
    pub of: QuantityKind,
    /// Folded, with spaces at both ends.
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub skip: Vec<String>,
    /// Whether words of an onset must stand earlier in the sentence.
    pub opened: bool,
    /// Whether its own words say what it dates.
    pub named: bool,
    pub not_before: Vec<String>,
    pub not_after: Vec<String>,
    pub holds: Vec<String>,
    pub beside_mention: bool,
    /// Whether marks or line ends must stand on both sides, in the story or the assessment.
    pub alone: bool,
    /// Whether the end of its line will do for the words behind it.
    pub line_end: bool,
    pub scale: u32,
}

/// Rules for numbers and dates by what stands around these, one bit each; those past the last bit share it and are always tried.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct QuantitiesBy {
    /// By the word right before: rules of whose words before it is the last, skipped ones included.
    before: ByWord<u64>,
    /// By the word right behind: rules of whose words behind it is the first.
    behind: ByWord<u64>,
    /// Rules that need nothing before, and nothing behind.
    free: (u64, u64),
}

impl QuantitiesBy {
    fn add(&mut self, rule: usize, quantity: &Quantity, words: &mut Words) {
        let bit = 1 << rule.min(LAST_BIT);
        let mut word = |word: Option<&str>| words.add(word.unwrap_or_default());
        for phrase in quantity.before.iter().chain(&quantity.skip) {
            *self.before.slot(word(phrase.split_whitespace().next_back())) |= bit;
        }
        for phrase in &quantity.after {
            *self.behind.slot(word(phrase.split_whitespace().next())) |= bit;
        }
        self.free.0 |= if quantity.before.is_empty() || rule >= LAST_BIT { bit } else { 0 };
        self.free.1 |= if quantity.after.is_empty() || quantity.line_end || rule >= LAST_BIT { bit } else { 0 };
    }

    /// The rules that may hold between two words, by their places in order; whatever stands before does if `any_before`.
    pub fn between(&self, before: WordId, behind: WordId, any_before: bool, rules: usize) -> impl Iterator<Item = usize> + use<> {
        let led = if any_before { !0 } else { self.before.get(before) | self.free.0 };
        let left = led & (self.behind.get(behind) | self.free.1);
        (0..rules).filter(move |rule| left & (1 << (*rule).min(LAST_BIT)) != 0)
    }
}

/// The bit that the rules past it share.
const LAST_BIT: usize = u64::BITS as usize - 1;

/// A unit of time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Unit {
    pub hours: u32,
    pub alone: (u32, u32),
}

/// A link.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Link {
    pub rule: NameId,
    pub kind: LinkKind,
    pub close: bool,
}

/// A fact.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fact {
    pub rule: NameId,
    pub setting: Option<Setting>,
    pub author: Option<AuthorRole>,
    pub place: Place,
}

/// The id under which levels are reported; the file that gives the letters of the spine owns it.
const LEVEL_RULE: &str = "level";

struct Builder<'p> {
    words: &'p mut Words,
    finder: Phrases,
    list: Vec<String>,
    meanings: Vec<Vec<Meaning>>,
    problems: &'p mut Vec<Diagnostic>,
}

impl Builder<'_> {
    fn add(&mut self, path: &str, term: &Placed<SmolStr>, meaning: Meaning) {
        let folded = fold_phrase(&term.value);
        if folded.trim().is_empty() {
            let at = Location { path: Arc::from(path), line: term.line, column: term.column };
            self.problems.push(Diagnostic::error("K022", at, "an empty phrase"));
            return;
        }
        let slot = self.finder.add(&folded, self.words);
        if slot == self.list.len() {
            self.list.push(folded);
            self.meanings.push(Vec::new());
        }
        if self.meanings[slot].contains(&meaning) {
            let at = Location { path: Arc::from(path), line: term.line, column: term.column };
            self.problems.push(Diagnostic::warning("K023", at, format!("`{}` is listed twice", term.value)));
            return;
        }
        self.meanings[slot].push(meaning);
    }

    fn add_all(&mut self, path: &str, terms: &[Placed<SmolStr>], meaning: Meaning) {
        for term in terms {
            self.add(path, term, meaning);
        }
    }
}

impl AttributesKnowledge {
    /// Checks and compiles the documents, in path order.
    pub(crate) fn compile(
        docs: &[(&str, &AttributesDoc)],
        words: &mut Words,
        names: &mut Names,
        problems: &mut Vec<Diagnostic>,
    ) -> AttributesKnowledge {
        let mut out = AttributesKnowledge::default();
        let mut builder = Builder { words, finder: Phrases::default(), list: Vec::new(), meanings: Vec::new(), problems };
        for (path, doc) in docs {
            out.add_rules(path, doc, names, &mut builder);
            out.add_words(path, doc, names, &mut builder);
        }
        let Builder { words, finder, list, meanings, .. } = builder;
        (out.finder, out.meanings) = (finder, meanings);
        out.about_note = out.about_note(&list, words);
        out.telling = Phrases::new(&out.chosen(&list, |meaning| out.tells(meaning)).1, words);
        out
    }

    /// Whether a phrase tells something of the note by itself.
    fn tells(&self, meaning: &Meaning) -> bool {
        match *meaning {
            Meaning::Fact(_) => true,
            Meaning::Link(index) => self.links[index as usize].kind == LinkKind::ServiceDate,
            _ => false,
        }
    }

    /// The phrases that have such a meaning, with their numbers.
    fn chosen<'l>(&self, list: &'l [String], of: impl Fn(&Meaning) -> bool) -> (Vec<u32>, Vec<&'l str>) {
        let all = list.iter().enumerate().filter(|(i, _)| self.meanings[*i].iter().any(&of));
        all.map(|(i, phrase)| (i as u32, phrase.as_str())).unzip()
    }

    /// The phrases by which a note speaks of itself.
    fn about_note(&self, list: &[String], words: &mut Words) -> (Phrases, Vec<u32>) {
        let dates = || self.links.iter().filter(|l| l.kind == LinkKind::ServiceDate).map(|l| l.rule);
        let blocks = |rule| self.facts.iter().any(|f| f.rule == rule) || dates().any(|r| r == rule);
        let about = |meaning: &Meaning| match *meaning {
            Meaning::Word(WordUse::Signer | WordUse::Sender | WordUse::Credential) => true,
            Meaning::Block(rule) => blocks(rule),
            _ => self.tells(meaning),
        };
        let (chosen, phrases) = self.chosen(list, about);
        (Phrases::new(&phrases, words), chosen)
    }

    fn add_rules(&mut self, path: &str, doc: &AttributesDoc, names: &mut Names, builder: &mut Builder<'_>) {
        for value in &doc.values {
            let rule = names.add(path, &value.id, builder.problems);
            let index = self.values.len() as u16;
            builder.add_all(path, &value.terms, Meaning::Value { index, exact: false });
            builder.add_all(path, &value.abbreviations, Meaning::Value { index, exact: true });
            builder.add_all(path, &value.not, Meaning::Block(rule));
            let exact = value.abbreviations.iter().map(|a| a.value.to_string()).collect();
            self.values.push(WordValue { rule, key: value.key, value: value.value.clone(), exact });
        }
        for quantity in &doc.quantities {
            let rule = names.add(path, &quantity.id, builder.problems);
            let placed = |list: &[Placed<SmolStr>]| list.iter().map(|t| fold_phrase(&t.value)).collect::<Vec<_>>();
            let plain = |list: &[String]| list.iter().map(|t| fold_phrase(t)).collect::<Vec<_>>();
            let (before, after, skip) = (placed(&quantity.before), placed(&quantity.after), plain(&quantity.skip));
            let made = Quantity {
                rule,
                key: quantity.key,
                of: quantity.of,
                before,
                after,
                skip,
                opened: quantity.opened,
                named: quantity.named,
                not_before: plain(&quantity.not_before),
                not_after: plain(&quantity.not_after),
                holds: plain(&quantity.holds),
                beside_mention: quantity.beside_mention,
                alone: quantity.alone,
                line_end: quantity.line_end,
                scale: quantity.scale.unwrap_or(10),
            };
            self.quantities_by.add(self.quantities.len(), &made, builder.words);
            self.quantities.push(made);
        }
        for link in &doc.links {
            let rule = names.add(path, &link.id, builder.problems);
            builder.add_all(path, &link.terms, Meaning::Link(self.links.len() as u16));
            builder.add_all(path, &link.not, Meaning::Block(rule));
            self.links.push(Link { rule, kind: link.kind, close: link.close });
        }
        for fact in &doc.facts {
            let rule = names.add(path, &fact.id, builder.problems);
            builder.add_all(path, &fact.terms, Meaning::Fact(self.facts.len() as u16));
            builder.add_all(path, &fact.not, Meaning::Block(rule));
            self.facts.push(Fact { rule, setting: fact.setting, author: fact.author, place: fact.place });
        }
    }

    fn add_words(&mut self, path: &str, doc: &AttributesDoc, names: &mut Names, builder: &mut Builder<'_>) {
        for number in &doc.numbers {
            builder.add_all(path, &number.terms, Meaning::Number(number.min, number.max));
        }
        for ordinal in &doc.ordinals {
            builder.add_all(path, &ordinal.terms, Meaning::Nth(ordinal.nth));
        }
        for unit in &doc.units {
            let index = self.units.len() as u16;
            builder.add_all(path, &unit.terms, Meaning::Unit(index));
            builder.add_all(path, &unit.alone, Meaning::UnitAlone(index));
            self.units.push(Unit { hours: unit.hours, alone: unit.alone_means.unwrap_or((2, 9)) });
        }
        for moment in &doc.moments {
            builder.add_all(path, &moment.terms, Meaning::Moment(self.moments.len() as u16));
            self.moments.push(moment.clone());
        }
        for target in &doc.targets {
            builder.add_all(path, &target.terms, Meaning::Target(self.targets.len() as u16));
            self.targets.push(Target { value: target.value.clone(), limb: target.limb, side: target.side.clone() });
        }
        for words in &doc.words {
            builder.add_all(path, &words.terms, Meaning::Word(words.what));
        }
        if let Some(first) = doc.columns.first().filter(|_| self.level_rule.is_none()) {
            let id = Placed { value: SmolStr::new_static(LEVEL_RULE), line: first.letter.line, column: first.letter.column };
            self.level_rule = Some(names.add(path, &id, builder.problems));
        }
        self.columns.extend(doc.columns.iter().cloned());
    }

    /// The settings and roles that `facts` can state, for documentation.
    pub fn fact_ids<'n>(&'n self, names: &'n Names) -> impl Iterator<Item = &'n str> {
        self.facts.iter().map(|f| names.id(f.rule))
    }

    /// The values each key can take by words, in alphabetical order.
    pub fn word_values(&self) -> BTreeMap<AttributeKey, Vec<&str>> {
        let mut by_key: BTreeMap<AttributeKey, Vec<&str>> = BTreeMap::new();
        for value in &self.values {
            by_key.entry(value.key).or_default().push(&value.value);
        }
        for list in by_key.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        by_key
    }
}
