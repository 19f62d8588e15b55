//! Excludes1 and Excludes2 between two codes, over both chains and in both directions.

use super::reference::references;
use super::{CodeSet, Level, NoteKind};
use crate::code::Code;

/// A note that excludes one code beside another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Excludes {
    /// Excludes1 (never together) or Excludes2 (both may be coded).
    pub kind: NoteKind,
    /// The note, verbatim.
    pub note: String,
    /// The place that carries it ("M54.1", "G50-G59", "chapter 13").
    pub node: String,
    /// How wide that place is.
    pub level: Level,
    /// The code in whose chain the note stands.
    pub from: Code,
    /// The code the note names.
    pub other: Code,
}

impl CodeSet {
    /// The Excludes1 note that forbids two codes together, if there is one: the one that stands closest to a code.
    pub fn excludes1(&self, a: Code, b: Code) -> Option<Excludes> {
        let found = self.excludes(a, b).into_iter().filter(|e| e.kind == NoteKind::Excludes1);
        // the first of the narrowest, so that the answer does not depend on the order of the two
        found.max_by(|x, y| x.level.cmp(&y.level).then(x.node.len().cmp(&y.node.len())).then(y.from.cmp(&x.from)))
    }

    /// Whether an Excludes1 note forbids two codes together; each pair is looked up once.
    pub fn forbids(&self, a: Code, b: Code) -> bool {
        if let Some(known) = self.pairs.0.read().ok().and_then(|pairs| pairs.get(&(a, b)).copied()) {
            return known;
        }
        let forbidden = self.excludes1(a, b).is_some();
        if let Ok(mut pairs) = self.pairs.0.write() {
            pairs.insert((a, b), forbidden);
        }
        forbidden
    }

    /// Every Excludes note between two codes: those in the chain of `a` that name `b`, then those in the chain of `b` that name `a`.
    pub fn excludes(&self, a: Code, b: Code) -> Vec<Excludes> {
        let mut found = Vec::new();
        if a != b {
            self.excludes_from(a, b, &mut found);
            self.excludes_from(b, a, &mut found);
        }
        found
    }

    fn excludes_from(&self, from: Code, other: Code, found: &mut Vec<Excludes>) {
        for place in self.chain(from).iter().rev() {
            for note in place.notes {
                if matches!(note.kind, NoteKind::Excludes1 | NoteKind::Excludes2) && references(&note.text).iter().any(|r| r.covers(other))
                {
                    found.push(Excludes {
                        kind: note.kind,
                        note: note.text.clone(),
                        node: place.name.clone(),
                        level: place.level,
                        from,
                        other,
                    });
                }
            }
        }
    }
}
