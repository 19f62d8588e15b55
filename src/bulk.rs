//! Many notes through one engine: in input order whatever the number of threads, in bounded memory, and a panic inside one
//! note loses that note alone.

use crate::engine::Engine;
use crate::input::{Ids, Item, Options, Problem, decode};
use crate::note::Note;
use rayon::prelude::*;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How much is held at once.
const CHUNK_NOTES: usize = 1024;
const CHUNK_BYTES: usize = 4 << 20;

/// Runs `work` on every note; `sink` gets what came of each, in input order, and every problem in its place.
///
/// While one chunk is worked on, the next is read and the one before is written.
///
/// # Errors
/// What `sink` says; reading ends then.
pub fn run<T: Send>(
    items: &mut (dyn Iterator<Item = Result<Item, Problem>> + Send),
    engine: &Engine,
    options: &Options,
    work: &(dyn Fn(&Engine, &Note) -> T + Sync),
    sink: &mut (dyn FnMut(Result<T, Problem>) -> io::Result<()> + Send),
) -> io::Result<()> {
    let mut ids = Ids::default();
    let mut chunk = read(items);
    let mut done: Vec<Result<T, Problem>> = Vec::new();
    while !chunk.is_empty() {
        let (made, aside) = rayon::join(
            || process(chunk, engine, options, work, &mut ids),
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
    engine: &Engine,
    options: &Options,
    work: &(dyn Fn(&Engine, &Note) -> T + Sync),
    ids: &mut Ids,
) -> Vec<Result<T, Problem>> {
    let decoded: Vec<Result<Note, Problem>> = chunk.into_par_iter().map(|item| item.and_then(|i| decode(i, options))).collect();
    // ids are given in order, so they are the same for any number of threads
    let mut told = Vec::new();
    let mut notes = Vec::with_capacity(decoded.len());
    for mut note in decoded {
        if let Ok(note) = &mut note
            && let Some(new) = ids.unique(&note.id)
        {
            told.push((notes.len(), Problem::told(&note.id, format!("the id stands more than once; this one is called {new}"))));
            note.id = new;
        }
        notes.push(note);
    }
    let mut made: Vec<Result<T, Problem>> = notes.into_par_iter().map(|note| note.and_then(|note| guarded(engine, &note, work))).collect();
    for (i, problem) in told.into_iter().rev() {
        made.insert(i, Err(problem));
    }
    made
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
        run(&mut items.into_iter(), &engine, &Options::default(), &work, &mut sink).unwrap();
        assert_eq!(ids.len(), 2999);
        assert_eq!(ids.last().map(String::as_str), Some("n0#2"));
        assert_eq!(problems.iter().map(|p| p.lost).collect::<Vec<_>>(), [true, false]);
    }
}
