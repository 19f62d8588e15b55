//! `lexicon/*.yaml` as written.

use crate::knowledge::source::case::Case;
use crate::knowledge::yaml::Placed;
use crate::vocab::ConceptKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One file: concepts of a clinical topic, and the sites and findings they are composed of.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LexiconDoc {
    /// The format's version: 1.
    pub version: u32,
    /// Concepts.
    pub concepts: Vec<ConceptDoc>,
    /// Places of the body that findings are composed with.
    pub sites: Vec<SiteDoc>,
    /// Bare findings that name a concept only together with a site.
    pub findings: Vec<FindingDoc>,
    /// Abbreviations that need certain words near them, or none of certain others.
    pub abbreviations: Vec<AbbreviationDoc>,
    /// Words that are misspelt so often that they are listed, with the word meant.
    pub misspellings: Vec<MisspellingDoc>,
    /// Words that are put right when they are one slip wrong.
    pub correctable: Vec<Placed<SmolStr>>,
    /// Words that are right as they stand though they are one slip away from one of those, or look like two written as one.
    pub known_words: Vec<String>,
    /// Small words that may be written as one with a site or a finding beside them ("neckand").
    pub run_together: Vec<String>,
    /// Words that another one may begin with by right ("postfusion" is no slip).
    pub prefixes: Vec<String>,
    /// What the letters before a level stand for, and levels that belong to another region than their letter.
    pub levels: Vec<LevelDoc>,
    /// Classes of words that may stand between a finding and its site.
    pub classes: Vec<ClassDoc>,
    /// Phrases that put what follows into the past, for concepts that are another one then.
    pub past_markers: Vec<Placed<SmolStr>>,
    /// Phrases after which what follows was only proposed, and so is not past whatever year stands behind it: "offered".
    pub proposal_markers: Vec<Placed<SmolStr>>,
    /// How a finding and a site stand together.
    pub patterns: Vec<PatternDoc>,
}

impl LexiconDoc {
    /// How many phrases it has.
    pub(crate) fn phrases(&self) -> usize {
        let concepts = self.concepts.iter().map(|c| c.terms.len() + c.abbreviations.len() + c.not.len());
        let sites = self.sites.iter().map(|s| s.terms.len() + s.abbreviations.len() + s.not.len());
        let findings = self.findings.iter().map(|f| f.nouns.len() + f.adjectives.len() + f.verbs.len() + f.actions.len() + f.not.len());
        concepts.chain(sites).chain(findings).sum()
    }
}

/// One concept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConceptDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// What it is, in the field's words.
    pub title: String,
    /// What kind of thing it is.
    pub kind: ConceptKind,
    /// The concept it is a kind of, for rules that speak of the family.
    #[serde(default)]
    pub parent: Option<Placed<SmolStr>>,
    /// The region its terms imply ("ACDF": cervical).
    #[serde(default)]
    pub region: Option<Placed<SmolStr>>,
    /// Whether its region is read from the site words beside it ("*cervical* radiculopathy").
    #[serde(default)]
    pub regional: Regional,
    /// What it is at certain sites instead ("radiculopathy down the left *leg*"); the first row that fits counts.
    #[serde(default)]
    pub with: Vec<WithDoc>,
    /// What it is when it is said to lie in the past ("s/p ACDF": fusion status).
    #[serde(default)]
    pub past: Option<Placed<SmolStr>>,
    /// Whether a note that names it is worth reading in full (see the candidate scan).
    #[serde(default)]
    pub target: bool,
    /// Phrases that name it, in any case.
    #[serde(default)]
    pub terms: Vec<Placed<SmolStr>>,
    /// Abbreviations, matched in this very case.
    #[serde(default)]
    pub abbreviations: Vec<Placed<SmolStr>>,
    /// Words that name it only as a guess or one of two ("likely *facet*", "facet vs *disc*"), where nothing that they describe follows.
    #[serde(default)]
    pub guesses: Vec<Placed<SmolStr>>,
    /// Longer phrases that block a match inside them.
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Words that, in the same sentence, make it another part's or another trouble's ("osteomyelitis" beside "toe").
    #[serde(default)]
    pub unless_near: Vec<String>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Which sites a concept takes its region from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Regional {
    /// None: it has one region or no region at all.
    #[default]
    No,
    /// Sites of the spine only: in "right arm radiculopathy" the arm is no region of the root.
    Spine,
    /// Any site: "myofascial pain of the shoulder".
    Any,
}

/// A place of the body.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SiteDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Its region; none for a structure that every region has ("disc").
    #[serde(default)]
    pub region: Option<Placed<SmolStr>>,
    /// Whether it is a part of the spine, so that diagnoses of the spine take their region from it.
    #[serde(default)]
    pub spine: bool,
    /// Phrases that name it.
    #[serde(default)]
    pub terms: Vec<Placed<SmolStr>>,
    /// Abbreviations, matched in this very case.
    #[serde(default)]
    pub abbreviations: Vec<Placed<SmolStr>>,
    /// Longer phrases in which it is not the site of a finding ("neck brace").
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Words that, in the same sentence, give its words another meaning ("cervical" beside "uterus").
    #[serde(default)]
    pub unless_near: Vec<String>,
}

/// A bare finding: "pain", "stiff", "numbness".
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FindingDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Names: "pain in the neck", "neck pain".
    #[serde(default)]
    pub nouns: Vec<Placed<SmolStr>>,
    /// Qualities: "sore neck", "neck is sore".
    #[serde(default)]
    pub adjectives: Vec<Placed<SmolStr>>,
    /// Doings of the site: "neck hurts".
    #[serde(default)]
    pub verbs: Vec<Placed<SmolStr>>,
    /// Doings to the site: "hurt his neck".
    #[serde(default)]
    pub actions: Vec<Placed<SmolStr>>,
    /// Longer phrases that block a match inside them ("pain free").
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Words that, in the same sentence, make it another thing's ("stenosis" beside "carotid").
    #[serde(default)]
    pub unless_near: Vec<String>,
    /// What it is together with a site; the first row that fits counts.
    #[serde(default)]
    pub with: Vec<WithDoc>,
    /// How far its site may stand away.
    #[serde(default)]
    pub reach: Reach,
    /// It makes nothing beside another finding in its row: the "7/10" of "neck pain (7/10)".
    #[serde(default)]
    pub alone: bool,
    /// A trouble of muscles, ligaments or joints: a site right before it is theirs, whatever else the sentence names ("*cervical* strain;
    /// Pap smear done").
    #[serde(default)]
    pub musculoskeletal: bool,
    /// A finding whose rows hold too, after its own.
    #[serde(default)]
    pub like: Option<Placed<SmolStr>>,
    /// What it is without a site that fits; nothing if not said.
    #[serde(default)]
    pub otherwise: Option<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// How far a site may stand from a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Beside it, or beside a finding in the same row.
    #[default]
    Beside,
    /// Also the site of what it is said to cause: "neck pain due to *arthritis*".
    Linked,
    /// Also the only part of the spine that its sentence names.
    Clause,
}

/// What a finding or a concept is at certain sites.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WithDoc {
    /// Sites or regions.
    pub at: Vec<Placed<SmolStr>>,
    /// The concept.
    pub is: Placed<SmolStr>,
}

/// An abbreviation that is read only in the right company.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AbbreviationDoc {
    /// As written, in this very case.
    pub text: Placed<SmolStr>,
    /// The concept, site or finding it stands for.
    pub means: Placed<SmolStr>,
    /// Words one of which must stand in the same sentence; none: no need.
    #[serde(default)]
    pub near: Vec<String>,
    /// Words none of which may stand in the same sentence.
    #[serde(default)]
    pub unless_near: Vec<String>,
    /// Matched in any case: words that are common and mean this in that company alone.
    #[serde(default)]
    pub any_case: bool,
    /// Those words may stand anywhere in the note.
    #[serde(default)]
    pub anywhere: bool,
}

/// A listed misspelling.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MisspellingDoc {
    /// One word as it is misspelt.
    pub wrong: Placed<SmolStr>,
    /// The word meant.
    pub right: Placed<SmolStr>,
}

/// The region of vertebrae, discs and roots.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LevelDoc {
    /// The region.
    pub region: Placed<SmolStr>,
    /// The letter of its vertebrae; empty if only single levels are meant.
    #[serde(default)]
    pub letter: String,
    /// The highest number.
    #[serde(default)]
    pub last: u8,
    /// Levels of this region whatever their letter: `c8`, `c7-t1`.
    #[serde(default)]
    pub levels: Vec<String>,
}

/// Words of one use.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClassDoc {
    /// Its name in patterns.
    pub id: Placed<SmolStr>,
    /// Single words or marks.
    pub words: Vec<String>,
}

/// How a finding and a site, or two of either, stand together.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatternDoc {
    /// What it joins.
    pub joins: Joins,
    /// Forms of the finding it holds for; empty: all.
    #[serde(default)]
    pub forms: Vec<Form>,
    /// What stands between: classes joined by `|`, each with `?`, `*` or `+` or nothing.
    pub gap: Vec<Placed<SmolStr>>,
    /// Whether a mark or the sentence's end must follow ("pain, neck.").
    #[serde(default)]
    pub closes: bool,
    /// An example, for readers.
    #[serde(default)]
    pub example: String,
}

/// What a pattern joins, in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Joins {
    /// "neck … pain".
    SiteFinding,
    /// "pain … neck".
    FindingSite,
    /// Two sites that share a finding: "neck and back".
    SiteSite,
    /// Two sites that are one: "cervical disc".
    SiteRun,
    /// Two findings that share a site: "pain and stiffness".
    FindingFinding,
    /// A finding and its cause: "neck pain due to arthritis".
    FindingCause,
    /// The start of a sentence and what it guesses at: "most likely a muscle strain".
    Guess,
}

/// The form of a finding's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// "pain".
    Noun,
    /// "sore".
    Adjective,
    /// "hurts".
    Verb,
    /// "hurt" (his neck).
    Action,
}

impl LexiconDoc {
    pub(crate) fn strip_cases(&mut self) {
        for concept in &mut self.concepts {
            concept.cases.clear();
        }
        for finding in &mut self.findings {
            finding.cases.clear();
        }
    }
}
