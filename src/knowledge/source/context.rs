//! `rules/context` as written: cues, terminators, value cells and section priors.

use crate::knowledge::source::case::Case;
use crate::knowledge::yaml::Placed;
use crate::vocab::SectionKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ContextDoc {
    /// The format's version: 1.
    pub version: u32,
    /// Phrases that say something of the mentions they reach.
    pub cues: Vec<CueDoc>,
    /// Phrases that say nothing and keep every cue inside them from acting ("no change in").
    pub pseudo_cues: Vec<PseudoDoc>,
    /// Phrases at which scopes end ("but").
    pub terminators: Vec<TerminatorDoc>,
    /// Values of check lists and tables ("Numbness: No").
    pub values: Vec<ValueDoc>,
    /// Small word classes that the mechanisms need.
    pub words: Vec<WordsDoc>,
    /// Words that stand for one another in every phrase.
    pub alike: Vec<AlikeDoc>,
    /// Phrases that others take in by name: `<surgery> for`.
    pub sets: Vec<SetDoc>,
    /// What a section says of everything in it until the text says otherwise.
    pub priors: Vec<PriorDoc>,
    /// Cases of the file as a whole.
    pub cases: Vec<Case>,
}

impl ContextDoc {
    /// How many phrases it has.
    pub(crate) fn phrases(&self) -> usize {
        let cues = self.cues.iter().map(|c| c.phrases.len() + c.not.len());
        let others = self.pseudo_cues.iter().map(|p| p.phrases.len()).chain(self.terminators.iter().map(|t| t.phrases.len()));
        let sets = self.sets.iter().map(|s| s.phrases.len()).chain(self.values.iter().map(|v| v.phrases.len()));
        cues.chain(others).chain(sets).sum()
    }
}

/// What a cue says of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// It is not there.
    Absent,
    /// It is there.
    Present,
    /// It is established.
    Definite,
    /// It is likely.
    Probable,
    /// It may be.
    Possible,
    /// It is spoken of, not said of the patient's state.
    Hypothetical,
    /// It is now.
    Current,
    /// It was, once.
    Historical,
    /// It was, and is over.
    Resolved,
    /// It is to come.
    Future,
    /// It is the patient's.
    Patient,
    /// It is a relative's.
    Family,
    /// It is someone else's.
    Other,
}

/// One of the four questions an assertion answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// There or not.
    Polarity,
    /// How surely.
    Certainty,
    /// When.
    Time,
    /// Of whom.
    Subject,
}

/// On which side of a cue the mentions stand that it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// After it: "denies *neck pain*".
    #[default]
    Forward,
    /// Before it: "*fracture* is ruled out".
    Backward,
    /// On both sides: "*sprain* versus *strain*".
    Both,
    /// After it, unless nothing it could govern follows: "negative *Spurling*", "*Spurling* negative bilaterally".
    ForwardFirst,
    /// Before it, unless nothing it could govern precedes: "*neck pain* resolved with rest", "resolved *neck pain*".
    BackwardFirst,
    /// As the first mark of the sentence shows: "(-) *fever* (+) *cough*", "*fever* (-) *cough* (+)".
    Marker,
}

/// Which mentions of the sentence before an anaphoric cue speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Anaphora {
    /// The last: "Numbness in the hand. *This* has resolved."
    Last,
    /// Each: "Numbness and tingling. *These* have resolved."
    All,
}

/// How far a cue reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// To the next comma, unless that comma belongs to a list closed by "or".
    Phrase,
    /// Through commas, to the next semicolon.
    #[default]
    Clause,
    /// To the end of the sentence.
    Sentence,
}

/// One cue: phrases of the same effect.
///
/// In a phrase `<n>` stands for a number ("3", "three", "2-3") and `<year>` for a year ("2019"), and the name of a set for each of its phrases.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CueDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// What it says.
    pub says: Vec<Says>,
    /// Where the mentions stand.
    #[serde(default)]
    pub direction: Direction,
    /// How far it reaches.
    #[serde(default)]
    pub reach: Reach,
    /// At most so many words, if given.
    #[serde(default)]
    pub words: Option<u16>,
    /// Terminators that do not end it.
    #[serde(default)]
    pub passes: Vec<Placed<SmolStr>>,
    /// It reaches only as far as this terminator, and nothing where there is none: "*discussed* radiculopathy red flags", "with a history of
    /// neck pain *who presents with* a cough".
    #[serde(default)]
    pub until: Option<Placed<SmolStr>>,
    /// Its mark touches the word that follows ("?fracture", "-fever").
    #[serde(default)]
    pub glued: bool,
    /// It turns a `reversible` cue that stands in its scope into its opposite ("cannot turn the head without pain").
    #[serde(default)]
    pub reverses: bool,
    /// It can be turned by a `reverses` cue.
    #[serde(default)]
    pub reversible: bool,
    /// It acts only where a clause opens: "*In 2015* she had", "*her mother* has".
    #[serde(default)]
    pub opens: bool,
    /// It acts only where it is what another verb or a preposition speaks of: "lifted *a man with* dementia", not "is *a man with* neck pain".
    #[serde(default)]
    pub object: bool,
    /// It acts only where its clause ends behind it: "he says *he doesn't have any*", not "he doesn't have any pain".
    #[serde(default)]
    pub closes: bool,
    /// The definite subject right behind it is not what it speaks of, if a verb follows: "suspect *the neck pain* is muscular".
    #[serde(default)]
    pub skips_subject: bool,
    /// It speaks of nothing definite that a word parts from it: "did not mention *the neck pain*".
    #[serde(default)]
    pub indefinite: bool,
    /// It speaks of what is done or happens, not of what one has: "the myelopathy, for surgery *tomorrow*".
    #[serde(default)]
    pub events: bool,
    /// It offers a choice: it acts only where an assessment names a diagnosis on either side of it, "*strain* or *radiculopathy*".
    #[serde(default)]
    pub chooses: bool,
    /// It acts only where an entry before it in its sentence has an answer of its own: "Hoffmann negative, tenderness *present*".
    #[serde(default)]
    pub behind_answer: bool,
    /// It speaks only of what is denied: "no neck pain *before the accident*", not "neck pain before the accident".
    #[serde(default)]
    pub denied: bool,
    /// Sections in which it says nothing: a year behind an entry of a problem list is when it was found, not when it was over.
    #[serde(default)]
    pub not_in: Vec<SectionKind>,
    /// It decides over nearer cues of its axis that do not: "whiplash in 2015, *now worse*".
    #[serde(default)]
    pub wins: bool,
    /// At the start of a sentence it speaks of the sentence before ("This has resolved.").
    #[serde(default)]
    pub anaphoric: Option<Anaphora>,
    /// Its words.
    pub phrases: Vec<Placed<SmolStr>>,
    /// Longer phrases in which it is no cue.
    #[serde(default)]
    pub not: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Phrases that look like cues and are none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PseudoDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// Its words.
    pub phrases: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Phrases at which scopes end.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TerminatorDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// The axes whose cues it ends.
    pub ends: Vec<Axis>,
    /// The scopes it ends: those that run forward into it, those that run backward, or both (not given).
    #[serde(default)]
    pub from: Option<Direction>,
    /// After the next comma or "or" the scope goes on: "denies radiation of the pain, *numbness*".
    #[serde(default)]
    pub resumes: bool,
    /// A scope that has passed this terminator passes it, too: "surgery for herniation *with* radiculopathy".
    #[serde(default)]
    pub unless_after: Option<Placed<SmolStr>>,
    /// Its words.
    pub phrases: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// What a value says of its label.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValueDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// What it says.
    pub says: Vec<Says>,
    /// It needs no mark before it where it closes a phrase: "Numbness *N*, weakness *N*".
    #[serde(default)]
    pub bare: bool,
    /// The same, where another of its kind closes a phrase of the sentence, too: "Neck pain *yes*, arm pain *no*".
    #[serde(default)]
    pub in_turn: bool,
    /// It answers a question, which is a mention that its own mark closes, and says nothing of any other label: "MOI: *insidious*".
    #[serde(default)]
    pub answers: bool,
    /// The values.
    pub phrases: Vec<Placed<SmolStr>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// A small class of words.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WordsDoc {
    /// Which class.
    pub class: WordClass,
    /// The words.
    pub words: Vec<Placed<SmolStr>>,
}

/// Words that stand for one another: a phrase with "mother" is one with "father", too.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AlikeDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// The words.
    pub words: Vec<Placed<SmolStr>>,
}

/// Phrases that others take in by name: with a set `surgery`, `<surgery> for` is a phrase for each of its words.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SetDoc {
    /// Kebab-case id, unique in the tree; phrases name it in angle brackets.
    pub id: Placed<SmolStr>,
    /// The phrases; they may name other sets.
    pub phrases: Vec<Placed<SmolStr>>,
}

/// Word classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WordClass {
    /// Words before what came with a thing, and has its own word behind it ("neck pain *with* fracture ruled out").
    Companion,
    /// Words for numbers ("three", "several").
    Number,
    /// Words that may stand before a cue without being what it speaks of ("a", "her", "now").
    Opener,
    /// Words that begin what is not governed by a cue before them ("bilaterally", "by", "today").
    Adjunct,
    /// Words that may stand inside a phrase and change nothing ("has *since* resolved", "no *clinical* evidence of").
    Filler,
    /// A comma before one of them, a few words on, opens a new clause ("denies weakness, grip *is* reduced").
    Verb,
    /// Words that join the entries of a list ("and", "or").
    Coordinator,
    /// Those of them that close a list of alternatives, so that a cue that a comma would end speaks of all of it ("without A, B, *or* C").
    Alternative,
    /// Words that open a clause about what stands before them ("which", "who").
    Relative,
    /// Words before what is known already ("did not mention *the* neck pain").
    Definite,
    /// Words that open the naming of a person ("*a* yoga teacher").
    Article,
    /// Persons of whom something may be said between commas ("her *father*, 68, has").
    Person,
    /// Words before the naming of the patient himself ("*saw* a pleasant man with").
    Introducing,
    /// Words behind which a person is the patient, told by his work ("44 year *old* shift supervisor with").
    Aged,
    /// Words that tell how it stands with what is named before them, or whence it comes: "no fracture, neck pain *improving*".
    Course,
    /// What no denial of a fracture takes in behind a comma: "no fracture, neck *strain*".
    Lesser,
    /// A disorder that is made at the bedside: no film or blood test denies it ("radiculopathy").
    Bedside,
    /// Words that deny the verb they stand with, and are part of what they deny where it is named with them ("*not* the cause of").
    Denier,
    /// Tests by their names: a list of them has one word for all ("*Spurling*, Soto-Hall negative").
    Maneuver,
    /// Words that stand for a thing named before.
    Pronoun,
    /// Words with which a cue goes on about the subject before it ("resolved *but* recurred").
    Resuming,
    /// Words between a doubt and its subject ("suspect *that* her neck pain is muscular").
    Complement,
    /// Words behind which another thing is said.
    Contrast,
    /// Words that open a time ("*By* fall it had cleared").
    Dating,
    /// Between the ends of a range of numbers ("2 *to* 3").
    Range,
    /// Words that open a clause inside a sentence ("*because* her sister had stenosis").
    ClauseOpener,
    /// Words after which nothing is a clause's subject ("lives *with* her mother").
    Preposition,
    /// Words that are an adjunct where they close a phrase ("Spurling negative *right*,").
    Side,
    /// Words before an event that has happened, whatever is denied of it ("no LOC *after* the fall").
    Presupposing,
    /// The last words of what is done to the patient, not had by him ("physical *therapy*", "cervical *fusion*").
    Event,
    /// The ends of such words ("lamin*ectomy*").
    EventEnding,
    /// The years about the newest release: a full date in one of them is no past by itself ("seen 3/2/2026").
    RecentYear,
    /// Two figures with a stroke that are read as words where a word follows: "*2/2* neck pain" is secondary to it.
    Figures,
    /// Labels before how it stands with the problem above them ("*Status*: resolved").
    State,
    /// Words of cues that are put right when they are one slip wrong ("dneies").
    Correctable,
    /// Right words that are one slip away from one of those.
    KnownWord,
}

/// What kinds of section say of everything in them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PriorDoc {
    /// Kebab-case id, unique in the tree.
    pub id: Placed<SmolStr>,
    /// The kinds of section.
    pub sections: Vec<SectionKind>,
    /// What they say.
    pub says: Says,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

impl ContextDoc {
    pub(crate) fn strip_cases(&mut self) {
        self.cases.clear();
        for cue in &mut self.cues {
            cue.cases.clear();
        }
        for pseudo in &mut self.pseudo_cues {
            pseudo.cases.clear();
        }
        for terminator in &mut self.terminators {
            terminator.cases.clear();
        }
        for value in &mut self.values {
            value.cases.clear();
        }
        for prior in &mut self.priors {
            prior.cases.clear();
        }
    }
}
