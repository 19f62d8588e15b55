//! Many notes through one engine: in input order whatever the number of threads, in bounded memory, and a panic inside one
//! note loses that note alone.

use crate::engine::Engine;
use crate::input::{Ids, Item, Options, Problem, decode};
use crate::note::Note;
use crate::report::Report;
use crate::span::Unit;
use rayon::prelude::*;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How much is held at once.
const CHUNK_NOTES: usize = 1024;
const CHUNK_BYTES: usize = 1 << 20;

/// What a run reads with, and what it leaves out.
pub struct Run<'a> {
    /// Reviews.
    pub engine: &'a Engine,
    /// How items are read.
    pub options: &'a Options,
    /// Asked of every note's id, in input order: whether its work is done already, by an earlier run.
    pub done: &'a mut (dyn FnMut(&str) -> bool + Send),
}

/// Runs `work` on every note; `sink` gets what came of each, in input order, and every problem in its place.
///
/// While one chunk is worked on, the next is read and the one before is written.
///
/// # Errors
/// What `sink` says; reading ends then.
pub fn run<T: Send>(
    items: &mut (dyn Iterator<Item = Result<Item, Problem>> + Send),
    mut run: Run<'_>,
    work: &(dyn Fn(&Engine, &Note) -> T + Sync),
    sink: &mut (dyn FnMut(Result<T, Problem>) -> io::Result<()> + Send),
) -> io::Result<()> {
    let mut ids = Ids::default();
    let mut chunk = read(items);
    let mut done: Vec<Result<T, Problem>> = Vec::new();
    while !chunk.is_empty() {
        let (made, aside) = rayon::join(
            || process(chunk, &mut run, work, &mut ids),
            || -> io::Result<_> {
                done.into_iter().try_for_each(&mut *sink)?;
                Ok(read(items))
            },
        );
        done = made;
        chunk = aside?;
    }
    done.into_iter().try_for_each(sink)
}

fn read(items: &mut (dyn Iterator<Item = Result<Item, Problem>> + Send)) -> Vec<Result<Item, Problem>> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while chunk.len() < CHUNK_NOTES && bytes < CHUNK_BYTES {
        let Some(item) = items.next() else { break };
        bytes += item.as_ref().map_or(0, |i| i.raw.len());
        chunk.push(item);
    }
    chunk
}

fn process<T: Send>(
    chunk: Vec<Result<Item, Problem>>,
    run: &mut Run<'_>,
    work: &(dyn Fn(&Engine, &Note) -> T + Sync),
    ids: &mut Ids,
) -> Vec<Result<T, Problem>> {
    let (engine, options) = (run.engine, run.options);
    let decoded: Vec<Result<Note, Problem>> = chunk.into_par_iter().map(|item| item.and_then(|i| guarded_decode(i, options))).collect();
    // ids are given in order, so they are the same for any number of threads
    let mut notes: Vec<Result<Note, Problem>> = Vec::with_capacity(decoded.len());
    for decoded in decoded {
        match decoded {
            Ok(mut note) => {
                if let Some(new) = ids.unique(&note.id) {
                    notes.push(Err(Problem::told(&note.id, format!("the id stands more than once; this one is called {new}"))));
                    note.id = new;
                }
                if !(run.done)(&note.id) {
                    notes.push(Ok(note));
                }
            }
            Err(problem) => notes.push(Err(problem)),
        }
    }
    notes.into_par_iter().map(|note| note.and_then(|note| guarded(engine, &note, work))).collect()
}

fn guarded_decode(item: Item, options: &Options) -> Result<Note, Problem> {
    let place = item.place.clone();
    catch_unwind(AssertUnwindSafe(|| decode(item, options)))
        .unwrap_or_else(|_| Err(Problem::lost(place, "an internal error: this note was not read")))
}

impl Engine {
    /// Reviews notes on all threads of rayon's pool; reports come one by one, in the order of the notes.
    ///
    /// Notes are taken as reports are asked for, about a thousand ahead, so memory stays the same for any number of notes.
    /// A panic inside one note is a [`Problem`] that names it, in its place.
    ///
    /// ```
    /// use cervicode::{engine::Engine, note::Note, span::Unit};
    ///
    /// # fn main() -> Result<(), Vec<cervicode::diagnostic::Diagnostic>> {
    /// let engine = Engine::built_in()?;
    /// let notes = ["Assessment: neck pain.", "Assessment: sore throat."];
    /// let notes = notes.iter().enumerate().map(|(i, text)| Note::new(format!("note-{i}"), *text));
    /// let mut coded = Vec::new();
    /// for report in engine.review_all(notes, Unit::Codepoints) {
    ///     match report {
    ///         Ok(report) => coded.extend(report.codes.iter().map(|c| format!("{} {}", report.note.id, c.code))),
    ///         Err(problem) => eprintln!("{problem}"),
    ///     }
    /// }
    /// assert_eq!(coded, ["note-0 M54.2"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn review_all<I: IntoIterator<Item = Note>>(&self, notes: I, unit: Unit) -> Reviews<'_, I::IntoIter> {
        Reviews { engine: self, unit, notes: notes.into_iter(), ready: Vec::new().into_iter() }
    }
}

/// Reports in the order of notes; see [`Engine::review_all`].
#[derive(Debug)]
pub struct Reviews<'e, I> {
    engine: &'e Engine,
    unit: Unit,
    notes: I,
    ready: std::vec::IntoIter<Result<Report, Problem>>,
}

impl<I: Iterator<Item = Note>> Iterator for Reviews<'_, I> {
    type Item = Result<Report, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.len() == 0 {
            let mut chunk = Vec::new();
            let mut bytes = 0;
            while chunk.len() < CHUNK_NOTES && bytes < CHUNK_BYTES {
                let Some(note) = self.notes.next() else { break };
                bytes += note.text.len();
                chunk.push(note);
            }
            let (engine, unit) = (self.engine, self.unit);
            let review = |note: Note| guarded(engine, &note, &|engine, note| engine.review(note, unit));
            self.ready = chunk.into_par_iter().map(review).collect::<Vec<_>>().into_iter();
        }
        self.ready.next()
    }
}

/// Runs `work` on one note; a panic is a problem that names the note.
///
/// # Errors
/// If it panicked.
pub fn guarded<T>(engine: &Engine, note: &Note, work: &(dyn Fn(&Engine, &Note) -> T + Sync)) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(|| work(engine, note)))
        .map_err(|_| Problem::lost(&note.id, "an internal error: this note was not reviewed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Place, Raw};

    #[test]
    fn order_is_kept_and_a_panic_loses_one_note() {
        let items = (0..3000).map(|i| {
            let place = Place { file: "f".into(), line: Some(i) };
            Ok(Item { id: format!("n{}", i % 2999), place, raw: Raw::Text(b"Neck pain.".to_vec()) })
        });
        let engine = Engine::built_in().unwrap();
        let work = |_: &Engine, note: &Note| {
            assert!(note.id != "n7", "a fault");
            note.id.clone()
        };
        let (mut ids, mut problems) = (Vec::new(), Vec::new());
        let mut sink = |r: Result<String, Problem>| {
            match r {
                Ok(id) => ids.push(id),
                Err(p) => problems.push(p),
            }
            Ok(())
        };
        let (options, mut done) = (Options::default(), |id: &str| id == "n9");
        run(&mut items.into_iter(), Run { engine: &engine, options: &options, done: &mut done }, &work, &mut sink).unwrap();
        assert_eq!(ids.len(), 2998);
        assert_eq!(ids.last().map(String::as_str), Some("n0#2"));
        assert_eq!(problems.iter().map(|p| p.lost).collect::<Vec<_>>(), [true, false]);
    }
}
