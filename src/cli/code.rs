//! `cervicode code`: one note or a few, for a person or a program.

use super::options::{InputArgs, OffsetUnit};
use super::{Failure, Outcome, Status, World};
use crate::bulk::guarded;
use crate::input::{self, Format, Ids};
use crate::note::Note;
use crate::report::{csv, html, text};
use crate::span::Unit;
use clap::ValueEnum;

/// Suggest codes for notes, with evidence, withheld codes and documentation flags
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Notes (.txt) or records (.ndjson, .jsonl, .csv; also .gz, .zst); `-` or none reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// How to show the reports
    #[arg(long, short, default_value = "text")]
    format: View,
    /// The unit of positions in json and ndjson
    #[arg(long, default_value = "codepoints")]
    offsets: OffsetUnit,
    /// Exit with status 1 if a report has any of these
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// Columns of the text view
    #[arg(long, default_value_t = 80, value_name = "COLUMNS")]
    width: usize,
    #[command(flatten)]
    input: InputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum View {
    /// An annotated note for a person
    Text,
    /// One object, or an array of several
    Json,
    /// One object a line
    Ndjson,
    /// One row a code
    Csv,
    /// One self-contained page
    Html,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    /// Documentation flags
    Flags,
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let options = args.input.options(Format::Text);
    let engine = world.engine()?;
    let files = if args.files.is_empty() { vec!["-".to_string()] } else { args.files.clone() };
    let mut problems = Vec::new();
    let sources = input::sources(&files, false, &mut problems);
    // one note is an object, several are an array; a note that could not be read counts
    let single = problems.is_empty() && sources.len() == 1;
    let mut state = State {
        view: args.format,
        unit: args.offsets.unit(),
        width: args.width,
        shown: 0,
        held: None,
        status: Status::Done,
        flagged: false,
    };
    for problem in &problems {
        state.lose(problem, world);
    }
    if args.format == View::Csv {
        csv::header(world.out)?;
    } else if args.format == View::Html {
        html::begin(world.out)?;
    }
    let mut ids = Ids::default();
    for source in sources {
        let mut stdin = world.stdin.take();
        let items = input::open(source, &options, &mut stdin);
        world.stdin = stdin;
        let items = match items {
            Ok(items) => items,
            Err(problem) => {
                state.lose(&problem, world);
                continue;
            }
        };
        for item in items {
            match item.and_then(|item| input::decode(item, &options)) {
                Ok(mut note) => {
                    if let Some(new) = ids.unique(&note.id) {
                        let told = format!("the id stands more than once; this one is called {new}");
                        world.problem(&input::Problem::told(&note.id, told));
                        note.id = new;
                    }
                    if note.text.trim().is_empty() {
                        world.problem(&input::Problem::told(&note.id, "the note is empty"));
                    }
                    state.show(&note, &engine, world)?;
                }
                Err(problem) => state.lose(&problem, world),
            }
        }
    }
    state.finish(single, world)?;
    if state.flagged && matches!(args.fail_on, Some(FailOn::Flags)) && state.status == Status::Done {
        state.status = Status::Problems;
    }
    Ok(state.status)
}

struct State {
    view: View,
    unit: Unit,
    width: usize,
    shown: usize,
    /// The first report of a JSON run, until it is known whether others follow.
    held: Option<String>,
    status: Status,
    flagged: bool,
}

impl State {
    fn lose(&mut self, problem: &input::Problem, world: &mut World<'_>) {
        world.problem(problem);
        if problem.lost {
            self.status = Status::Unread;
        }
    }

    fn show(&mut self, note: &Note, engine: &crate::engine::Engine, world: &mut World<'_>) -> Result<(), Failure> {
        let unit = if matches!(self.view, View::Json | View::Ndjson) { self.unit } else { Unit::Bytes };
        let report = match guarded(engine, note, &|engine, note| engine.review(note, unit)) {
            Ok(report) => report,
            Err(problem) => {
                self.lose(&problem, world);
                return Ok(());
            }
        };
        self.flagged |= !report.flags.is_empty();
        match self.view {
            View::Text => {
                if self.shown > 0 {
                    writeln!(world.out, "{}\n", "=".repeat(self.width))?;
                }
                text::write(&report, &note.text, text::Look { width: self.width.max(30), colour: world.colour }, world.out)?;
            }
            View::Json => {
                let json = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?;
                match (self.shown, self.held.take()) {
                    (0, _) => self.held = Some(json),
                    (_, Some(first)) => write!(world.out, "[{first},\n{json}")?,
                    (_, None) => write!(world.out, ",\n{json}")?,
                }
            }
            View::Ndjson => {
                serde_json::to_writer(&mut *world.out, &report).map_err(std::io::Error::from)?;
                writeln!(world.out)?;
            }
            View::Csv => csv::rows(&report, world.out)?,
            View::Html => html::write(&report, &note.text, world.out)?,
        }
        self.shown += 1;
        Ok(())
    }

    fn finish(&mut self, single: bool, world: &mut World<'_>) -> Result<(), Failure> {
        match (self.view, self.held.take()) {
            (View::Json, Some(only)) if single && self.status == Status::Done => writeln!(world.out, "{only}")?,
            (View::Json, Some(only)) => writeln!(world.out, "[{only}]")?,
            (View::Json, None) if self.shown > 0 => writeln!(world.out, "]")?,
            (View::Json, None) if !single => writeln!(world.out, "[]")?,
            (View::Html, _) => html::end(world.out)?,
            _ => {}
        }
        Ok(())
    }
}
