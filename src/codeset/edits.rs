//! What the official notes say of a set of codes: validity, excludes, instructions, order.

use super::nearest::Nearest;
use super::reference::references;
use super::{CodeSet, Excludes, Level, NoteKind, Validity};
use crate::code::Code;
use serde::Serialize;

/// The guideline that may lift an Excludes1 note. Its text was not at hand when this was written, so it is always shown as unverified.
pub const UNRELATED_CONDITIONS: &str = "Official Guidelines I.A.12.a allow both codes when the two conditions are unrelated (unverified: from memory; check before relying on it)";

/// Words by which the list itself keeps a code out of the first place, in titles and in notes.
const NEVER_FIRST_TITLES: [&str; 2] = ["in diseases classified elsewhere", "in other diseases classified elsewhere"];
const NEVER_FIRST_NOTES: [&str; 3] =
    ["used secondary to a code from another chapter", "as supplementary or additional codes", "not to be used for single-condition coding"];

/// Everything the release says of a list of codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edits {
    /// The release that was asked ("2026-04-01").
    pub release: String,
    /// Each code, in the order given.
    pub codes: Vec<CodeEdit>,
    /// Pairs with an Excludes note between them.
    pub pairs: Vec<PairEdit>,
    /// Code first, use additional code, code also.
    pub instructions: Vec<Instruction>,
    /// Codes that may not stand first.
    pub not_first: Vec<NotFirst>,
    /// Excludes1 notes that name no code: nobody but the reader can apply them.
    pub uncoded: Vec<Uncoded>,
}

/// Whether one code may be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeEdit {
    /// The code.
    pub code: Code,
    /// Its title, if the release holds it.
    pub title: Option<String>,
    /// Whether it is complete and valid.
    pub validity: Validity,
    /// Why not, if it is not.
    pub reason: Option<String>,
    /// The valid codes below a header, the completed codes where a 7th character is missing, or the nearest valid ones.
    pub instead: Vec<Nearest>,
    /// How many there are in all (`instead` holds the first ones).
    pub instead_total: usize,
}

/// An Excludes note between two codes of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PairEdit {
    /// The two codes, in the order given.
    pub codes: [Code; 2],
    /// Excludes1 if any note forbids the pair, otherwise Excludes2.
    pub kind: NoteKind,
    /// All notes between them, those that forbid first.
    pub notes: Vec<Excludes>,
    /// One note forbids what another, narrower than a chapter, allows.
    pub contradiction: bool,
    /// The note that forbids stands on a whole block or chapter: the two conditions may have nothing to do with each other.
    pub wide: bool,
    /// What may lift the note.
    pub exception: Option<&'static str>,
}

/// An instruction in the chain of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instruction {
    /// The code in whose chain it stands.
    pub code: Code,
    /// Code first, use additional code or code also.
    pub kind: NoteKind,
    /// Its words.
    pub note: String,
    /// The place that carries it.
    pub node: String,
    /// Codes of the list that it names.
    pub met_by: Vec<Code>,
    /// Whether those stand in the wrong order.
    pub out_of_order: bool,
}

/// A code that may not stand first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotFirst {
    /// The code.
    pub code: Code,
    /// The words that say so.
    pub because: String,
    /// The place that carries them.
    pub node: String,
    /// Whether it stands first in the list.
    pub stands_first: bool,
}

/// An Excludes1 note without a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uncoded {
    /// The code in whose chain it stands.
    pub code: Code,
    /// Its words.
    pub note: String,
    /// The place that carries it.
    pub node: String,
}

/// How many replacements are named.
const INSTEAD: usize = 12;

impl CodeSet {
    /// Everything this release says of a list of codes, in the order they would be reported.
    pub fn edits(&self, codes: &[Code]) -> Edits {
        let mut distinct: Vec<Code> = Vec::new();
        for &code in codes {
            if !distinct.contains(&code) {
                distinct.push(code);
            }
        }
        let mut edits = Edits {
            release: self.release().to_string(),
            codes: distinct.iter().map(|&c| self.code_edit(c)).collect(),
            pairs: Vec::new(),
            instructions: Vec::new(),
            not_first: Vec::new(),
            uncoded: Vec::new(),
        };
        for (i, &a) in distinct.iter().enumerate() {
            edits.pairs.extend(distinct.iter().skip(i + 1).filter_map(|&b| self.pair_edit(a, b)));
            self.instructions(i, &distinct, &mut edits);
        }
        edits.pairs.sort_by_key(|p| p.kind);
        edits
    }

    /// Whether one code may be reported, and what could stand instead.
    pub fn code_edit(&self, code: Code) -> CodeEdit {
        let validity = self.validity(code);
        let titled =
            |codes: Vec<Code>| codes.into_iter().map(|c| Nearest { code: c, title: self.title(c).unwrap_or_default() }).collect::<Vec<_>>();
        let (reason, mut instead) = match validity {
            Validity::Valid => (None, Vec::new()),
            Validity::Header => (Some("a header: a code below it is needed".to_string()), titled(self.valid_children(code))),
            Validity::MissingSeventh => (Some("its 7th character is missing".to_string()), titled(self.valid_children(code))),
            Validity::Unknown => {
                let (reason, nearest) = self.nearest(code);
                (Some(reason), nearest)
            }
        };
        let instead_total = instead.len();
        instead.truncate(INSTEAD);
        CodeEdit { code, title: self.title(code), validity, reason, instead, instead_total }
    }

    fn pair_edit(&self, a: Code, b: Code) -> Option<PairEdit> {
        let mut notes = self.excludes(a, b);
        notes.sort_by(|x, y| x.kind.cmp(&y.kind).then(y.level.cmp(&x.level)));
        let kind = notes.first()?.kind;
        let forbids = kind == NoteKind::Excludes1;
        let contradiction = forbids && notes.iter().any(|n| n.kind == NoteKind::Excludes2 && n.level != Level::Chapter);
        let wide = forbids && notes.iter().filter(|n| n.kind == NoteKind::Excludes1).all(|n| n.level <= Level::Block);
        Some(PairEdit { codes: [a, b], kind, notes, contradiction, wide, exception: forbids.then_some(UNRELATED_CONDITIONS) })
    }

    fn instructions(&self, place: usize, codes: &[Code], edits: &mut Edits) {
        let Some(&code) = codes.get(place) else { return };
        let chain = self.chain(code);
        for step in &chain {
            for note in step.notes {
                match note.kind {
                    NoteKind::CodeFirst | NoteKind::UseAdditional | NoteKind::CodeAlso => {
                        let named = references(&note.text);
                        let met = |at: &usize| *at != place && codes.get(*at).is_some_and(|c| named.iter().any(|r| r.covers(*c)));
                        let met: Vec<usize> = (0..codes.len()).filter(met).collect();
                        let out_of_order = match note.kind {
                            NoteKind::CodeFirst => met.iter().any(|&at| at > place),
                            NoteKind::UseAdditional => met.iter().any(|&at| at < place),
                            _ => false,
                        };
                        let met_by = met.iter().filter_map(|&at| codes.get(at).copied()).collect();
                        let note_text = note.text.trim_start_matches([',', ' ']).to_string();
                        edits.instructions.push(Instruction {
                            code,
                            kind: note.kind,
                            note: note_text,
                            node: step.name.clone(),
                            met_by,
                            out_of_order,
                        });
                    }
                    NoteKind::Excludes1 if references(&note.text).is_empty() && !note.text.ends_with(':') => {
                        edits.uncoded.push(Uncoded { code, note: note.text.clone(), node: step.name.clone() });
                    }
                    NoteKind::Note if NEVER_FIRST_NOTES.iter().any(|w| note.text.contains(w)) => {
                        edits.not_first.push(NotFirst {
                            code,
                            because: note.text.clone(),
                            node: step.name.clone(),
                            stands_first: place == 0,
                        });
                    }
                    _ => {}
                }
            }
        }
        let by_title = chain.last().filter(|p| NEVER_FIRST_TITLES.iter().any(|w| p.title.contains(w)));
        if let Some(place_of) = by_title {
            let because = format!("\"{}\": a manifestation, listed after its cause", place_of.title);
            edits.not_first.push(NotFirst { code, because, node: place_of.name.clone(), stands_first: place == 0 });
        }
    }
}

impl Edits {
    /// Whether anything forbids the list as it stands: an invalid code, a forbidden pair, a wrong order.
    pub fn problems(&self) -> bool {
        self.codes.iter().any(|c| c.validity != Validity::Valid)
            || self.pairs.iter().any(|p| p.kind == NoteKind::Excludes1)
            || self.instructions.iter().any(|i| i.out_of_order)
            || self.not_first.iter().any(|n| n.stands_first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(codes: &[&str]) -> Edits {
        let codes: Vec<Code> = codes.iter().map(|c| Code::parse(c).unwrap()).collect();
        CodeSet::built_in().edits(&codes)
    }

    #[test]
    fn a_forbidden_pair_names_its_note_and_place() {
        let edits = edits(&["M54.2", "M50.122", "G89.29"]);
        let forbidden: Vec<_> = edits.pairs.iter().filter(|p| p.kind == NoteKind::Excludes1).collect();
        assert_eq!(forbidden.len(), 1);
        assert_eq!(forbidden[0].notes[0].node, "M54.2");
        assert_eq!(forbidden[0].notes[0].note, "cervicalgia due to intervertebral cervical disc disorder (M50.-)");
        assert!(forbidden[0].exception.is_some_and(|e| e.contains("unverified")));
        assert!(edits.pairs.iter().any(|p| p.kind == NoteKind::Excludes2 && p.notes[0].node == "G89"));
        assert!(edits.uncoded.iter().any(|u| u.node == "M50-M54" && u.note.starts_with("current injury")));
    }

    #[test]
    fn contradictions_and_wide_notes_are_told_apart() {
        let pair = |a, b| edits(&[a, b]).pairs.remove(0);
        for (a, b) in [("M54.13", "M50.122"), ("G44.86", "R51.9")] {
            let pair = pair(a, b);
            assert!(pair.contradiction && !pair.wide, "{a} {b}");
        }
        let pair = pair("G56.01", "M54.12");
        assert!(pair.wide && !pair.contradiction);
        assert_eq!(pair.notes[0].node, "G50-G59");
    }

    #[test]
    fn order_and_first_place() {
        // a manifestation before its cause
        let edits = edits(&["G99.2", "B20", "W19.XXXA"]);
        assert!(edits.not_first.iter().any(|n| n.code.to_string() == "G99.2" && n.stands_first));
        assert!(edits.not_first.iter().any(|n| n.code.to_string() == "W19.XXXA" && !n.stands_first));
        assert!(edits.problems());
    }
}
