//! Reading notes for commands that look at each once.

use super::options::InputArgs;
use super::{Failure, World};
use crate::input::{self, Format, Problem};
use crate::note::Note;

/// Notes handed over at once.
const CHUNK: usize = 256;

/// Reads notes and hands them over in chunks, in input order; gives whether all could be read.
pub(super) fn each_chunk(
    names: &[String],
    args: &InputArgs,
    world: &mut World<'_>,
    mut take: impl FnMut(Vec<Note>, &mut World<'_>) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let options = args.options(Format::Text);
    let mut problems: Vec<Problem> = Vec::new();
    let sources = input::sources(names, true, &mut problems);
    let mut chunk = Vec::new();
    for source in sources {
        let mut stdin = world.stdin.take();
        let items = input::open(source, &options, &mut stdin);
        world.stdin = stdin;
        match items {
            Ok(items) => {
                for item in items {
                    match item.and_then(|item| input::decode(item, &options)) {
                        Ok(note) => chunk.push(note),
                        Err(problem) => problems.push(problem),
                    }
                    if chunk.len() == CHUNK {
                        take(std::mem::take(&mut chunk), world)?;
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !chunk.is_empty() {
        take(chunk, world)?;
    }
    problems.iter().for_each(|p| world.problem(p));
    Ok(!problems.iter().any(|p| p.lost))
}
