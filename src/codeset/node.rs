//! What the Tabular List says at one place: a chapter, a block, a category, a code.

use crate::code::Code;
use serde::{Deserialize, Serialize};

/// The kinds of note the Tabular List knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// "Includes": examples of what belongs here.
    Includes,
    /// An inclusion term: another name for the condition ("Hyperextension injury of cervical spine").
    InclusionTerm,
    /// "Excludes1": not coded here; never beside this code.
    Excludes1,
    /// "Excludes2": not included here; both may be coded.
    Excludes2,
    /// "Code first": the cause comes before this code.
    CodeFirst,
    /// "Use additional code": a second code after this one.
    UseAdditional,
    /// "Code also": two codes may be needed, in either order.
    CodeAlso,
    /// A plain note.
    Note,
}

impl NoteKind {
    /// The heading the printed list gives it.
    pub fn heading(self) -> &'static str {
        match self {
            NoteKind::Includes => "Includes",
            NoteKind::InclusionTerm => "Inclusion term",
            NoteKind::Excludes1 => "Excludes1",
            NoteKind::Excludes2 => "Excludes2",
            NoteKind::CodeFirst => "Code first",
            NoteKind::UseAdditional => "Use additional code",
            NoteKind::CodeAlso => "Code also",
            NoteKind::Note => "Note",
        }
    }
}

/// One note, verbatim but for white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What kind of note.
    pub kind: NoteKind,
    /// Its words ("cervicalgia due to intervertebral cervical disc disorder (M50.-)").
    pub text: String,
}

/// The 7th characters of a node and of everything below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seventh {
    /// The sentence that introduces them.
    pub note: String,
    /// The characters with their meaning ("A", "initial encounter").
    pub characters: Vec<SeventhCharacter>,
    /// Codes below to which some of them do not apply.
    pub limits: Vec<SeventhLimit>,
}

/// One 7th character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeventhCharacter {
    /// The character.
    pub character: char,
    /// What it means ("initial encounter").
    pub meaning: String,
    /// Further words it covers.
    pub includes: Vec<String>,
}

/// "7th characters D and S do not apply to codes … with 6th character 7 …".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeventhLimit {
    /// The characters that do not apply.
    pub without: String,
    /// To codes with one of these as their 6th character.
    pub sixth: String,
}

/// A category, subcategory or code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The code as the list prints it, without 7th characters that are only defined.
    pub code: Code,
    /// Its title ("Cervicalgia").
    pub title: String,
    /// Its own notes, in the order of the list.
    pub notes: Vec<Note>,
    /// 7th characters defined here.
    pub seventh: Option<Seventh>,
}

/// A chapter or a block of categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// "13" for a chapter, "M50-M54" for a block.
    pub name: String,
    /// Its title, with its range as the list prints it.
    pub title: String,
    /// Whether it is a chapter.
    pub chapter: bool,
    /// The next wider group; `None` for a chapter.
    pub parent: Option<u32>,
    /// Its notes.
    pub notes: Vec<Note>,
}

/// A whole Tabular List, as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tabular {
    /// The version the file states ("2026": only a year).
    pub version: String,
    /// Chapters and blocks, parents before children.
    pub groups: Vec<Group>,
    /// Categories, subcategories and codes, sorted.
    pub entries: Vec<Entry>,
    /// The group each category stands in, sorted by category.
    pub categories: Vec<(Code, u32)>,
}

impl Seventh {
    /// The characters that apply to a code below the node that defines them.
    pub fn applying_to(&self, leaf: Code) -> impl Iterator<Item = &SeventhCharacter> {
        let sixth = leaf.compact().chars().nth(5);
        self.characters
            .iter()
            .filter(move |c| !self.limits.iter().any(|l| l.without.contains(c.character) && sixth.is_some_and(|s| l.sixth.contains(s))))
    }

    /// Reads a limiting note ("7th characters D and S do not apply to codes in category S06 with 6th character 7 - death …, or 8 - …"); `None` if it is none.
    pub fn limit_in(note: &str) -> Option<SeventhLimit> {
        let (which, rest) = note.split_once(" do not apply ")?;
        let without = which.strip_prefix("7th character")?.trim_start_matches('s');
        let without: String = single_characters(without.split([' ', ',']));
        let (_, sixth) = rest.split_once("6th character")?;
        // the character stands before its meaning: "7 - death due to …"
        let words: Vec<&str> = sixth.split([' ', ',']).filter(|w| !w.is_empty()).collect();
        let sixth = single_characters(words.windows(2).filter(|w| w[1] == "-").map(|w| w[0]));
        (!without.is_empty() && !sixth.is_empty()).then_some(SeventhLimit { without, sixth })
    }
}

fn single_characters<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.filter(|w| w.len() == 1 && w.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_which_seventh_characters_do_not_apply() {
        let limit = Seventh::limit_in(
            "7th characters D and S do not apply to codes in category Q06 with 6th character 7 - one thing, or 8 - another thing.",
        );
        assert_eq!(limit, Some(SeventhLimit { without: "DS".into(), sixth: "78".into() }));
        assert_eq!(Seventh::limit_in("Use additional code"), None);
    }
}
