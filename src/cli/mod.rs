//! The command line: definitions, validated options, one file per subcommand.
//!
//! To add a subcommand: a file with an `Args` struct and `run(&Args, &mut World) -> Outcome`, and a line in `Command` and in `dispatch`.

mod accuracy;
mod assert;
mod audit;
mod billed;
mod check;
mod code;
mod codeset;
mod compare;
mod completions;
mod coverage;
mod diff;
mod edits;
mod eval;
mod explain;
mod lookup;
mod new;
mod notes;
mod options;
mod query;
mod reference;
mod releases;
mod sample;
mod scan;
mod schema;
mod trace;
mod under;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Engine;
use crate::input::Problem;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Reads clinical notes about the neck and says which ICD-10-CM codes their documentation supports.
#[derive(Debug, Parser)]
#[command(name = "cervicode", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every subcommand has.
#[derive(Debug, Clone, clap::Args)]
struct Global {
    /// Lay the lexicon/ and rules/ of this folder over the built-in knowledge
    #[arg(long, global = true, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    #[command(flatten)]
    folder: releases::Folder,
    /// Say nothing but what went wrong
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Code(code::Args),
    Scan(scan::Args),
    Assert(assert::Args),
    Accuracy(accuracy::Args),
    Trace(trace::Args),
    Eval(eval::Args),
    Query(query::Args),
    Sample(sample::Args),
    Audit(audit::Args),
    Compare(compare::Args),
    /// What a code, rule, concept, flag, cue or term is; with notes and --code or --not: why a code is there or not
    Explain(explain::ExplainArgs),
    Check(check::Args),
    Diff(diff::Args),
    Coverage(coverage::Args),
    New(new::Args),
    Schema(schema::Args),
    Reference(reference::Args),
    /// Look up a code, or find codes by words
    Lookup(lookup::LookupArgs),
    /// What the official notes say of a set of codes: validity, Excludes1 and 2, instructions
    Edits(edits::EditsArgs),
    /// Official releases: list, show, add, compare
    Codeset(codeset::CodesetArgs),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
}

fn dispatch(command: &Command, world: &mut World<'_>) -> Outcome {
    match command {
        Command::Code(args) => code::run(args, world),
        Command::Scan(args) => scan::run(args, world),
        Command::Assert(args) => assert::run(args, world),
        Command::Accuracy(args) => accuracy::run(args, world),
        Command::Trace(args) => trace::run(args, world),
        Command::Eval(args) => eval::run(args, world),
        Command::Query(args) => query::run(args, world),
        Command::Sample(args) => sample::run(args, world),
        Command::Audit(args) => audit::run(args, world),
        Command::Compare(args) => compare::run(args, world),
        Command::Explain(args) => explain::run(args, world),
        Command::Lookup(args) => {
            // a code needs no knowledge, and the knowledge is what a start costs
            let engine = if args.names_a_code() { None } else { Some(world.knowing()?) };
            let index = engine.as_ref().map_or(&[][..], |e| &e.knowledge.index.terms);
            Ok(world.streams(|streams| lookup::run(args, index, streams))?)
        }
        Command::Edits(args) => Ok(world.streams(|streams| edits::run(args, streams))?),
        Command::Codeset(args) => Ok(world.streams(|streams| codeset::run(args, streams))?),
        Command::Check(args) => check::run(args, world),
        Command::Diff(args) => diff::run(args, world),
        Command::Coverage(args) => coverage::run(args, world),
        Command::New(args) => new::run(args, world),
        Command::Schema(args) => schema::run(args, world),
        Command::Reference(args) => reference::run(args, world),
        Command::Completions(args) => completions::completions(args, world),
        Command::Man(args) => completions::man(args, world),
    }
}

/// How a run ended; its number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// Everything was done.
    Done = 0,
    /// Problems were found where the user asked for them.
    Problems = 1,
    /// Something could not be read; the rest was done.
    Unread = 2,
}

/// Why a run could not go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The output could not be written; a reader that went away is no failure.
    Write(io::Error),
    /// Anything else, in one plain sentence.
    Message(String),
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Failure {
        Failure::Write(e)
    }
}

pub(crate) type Outcome = Result<Status, Failure>;

/// What a subcommand may touch: nothing else reads or writes.
pub(crate) struct World<'w> {
    global: Global,
    stdin: Option<Box<dyn Read + Send>>,
    out: &'w mut (dyn Write + Send),
    err: &'w mut (dyn Write + Send),
    /// Whether results may be coloured.
    colour: bool,
    /// Whether messages go to a terminal.
    interactive: bool,
    /// Whether something beside the input could not be read: an installed release.
    unread: bool,
}

/// Where the look-up commands write: results to one, messages to the other.
struct Streams<'a> {
    out: &'a mut dyn Write,
    messages: &'a mut dyn Write,
    /// Where releases are installed.
    folder: &'a releases::Folder,
}

impl Streams<'_> {
    fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *self.out, value)?;
        writeln!(self.out)
    }

    /// A message to the user; a closed standard error is no reason to stop.
    fn message(&mut self, text: &str) {
        let _ = writeln!(self.messages, "cervicode: {text}");
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum AnswerFormat {
    /// For reading, at 80 columns.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Exit status of the look-up commands: done.
const DONE: u8 = 0;
/// Problems found where asked.
const PROBLEMS: u8 = 1;
/// Something could not be read.
const UNREADABLE: u8 = 2;

impl World<'_> {
    /// Runs a look-up command, which answers with its exit status.
    fn streams(&mut self, run: impl FnOnce(&mut Streams<'_>) -> io::Result<u8>) -> io::Result<Status> {
        let status = run(&mut Streams { out: &mut self.out, messages: &mut self.err, folder: &self.global.folder })?;
        Ok(match status {
            DONE => Status::Done,
            PROBLEMS => Status::Problems,
            _ => Status::Unread,
        })
    }

    /// The engine that the options ask for, with the installed releases; one that cannot be used is told.
    fn engine(&mut self) -> Result<Engine, Failure> {
        let engine = self.knowing()?;
        let (releases, problems) = self.global.folder.releases();
        self.unusable(&problems);
        let engine = engine.with_releases(releases);
        // one engine lasts as long as the process, whose end frees it at once: word by word takes a twelfth of a one-note run
        std::mem::forget(engine.clone());
        Ok(engine)
    }

    /// Tells of installed releases that cannot be used.
    fn unusable(&mut self, problems: &[String]) {
        for problem in problems {
            let _ = writeln!(self.err, "cervicode: release not used: {problem}");
        }
        self.unread |= !problems.is_empty();
    }

    /// The engine with the knowledge that the options ask for, and the embedded release alone.
    fn knowing(&mut self) -> Result<Engine, Failure> {
        let loaded = match &self.global.knowledge {
            Some(folder) => Engine::load(folder),
            None => Engine::built_in(),
        };
        match loaded {
            Ok(engine) => Ok(engine),
            Err(problems) => {
                self.diagnostics(&problems);
                Err(Failure::Message("the knowledge cannot be used".into()))
            }
        }
    }

    /// Shows problems with their places.
    fn diagnostics(&mut self, problems: &[Diagnostic]) {
        for problem in problems.iter().filter(|p| p.severity == Severity::Error || !self.global.quiet) {
            let _ = writeln!(self.err, "{problem}");
        }
    }

    /// Tells of something that could not be read.
    fn problem(&mut self, problem: &Problem) {
        if problem.lost || !self.global.quiet {
            let _ = writeln!(self.err, "cervicode: {problem}");
        }
    }
}

/// Runs the command line with those arguments.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    // a panic's own message may quote the note it met
    std::panic::set_hook(Box::new(|info| {
        let at = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "cervicode: internal error at {at}");
    }));
    let stdout = io::stdout();
    let colour = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let interactive = io::stderr().is_terminal();
    let mut out = io::BufWriter::with_capacity(1 << 16, stdout);
    ExitCode::from(run_in(args, Box::new(io::stdin()), &mut out, &mut io::stderr(), colour, interactive))
}

/// The same with streams of one's own; the number is the exit status. What tests use.
pub fn run_with(
    args: impl Iterator<Item = OsString>,
    stdin: Box<dyn Read + Send>,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> u8 {
    run_in(args, stdin, out, err, false, false)
}

fn run_in(
    args: impl Iterator<Item = OsString>,
    stdin: Box<dyn Read + Send>,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
    colour: bool,
    interactive: bool,
) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let (stream, status): (&mut dyn Write, u8) = if e.use_stderr() { (err, 2) } else { (out, 0) };
            let text = if colour { e.render().ansi().to_string() } else { e.render().to_string() };
            let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
            return status;
        }
    };
    let mut world = World { global: cli.global, stdin: Some(stdin), out, err, colour, interactive, unread: false };
    let outcome = dispatch(&cli.command, &mut world).and_then(|status| Ok(world.out.flush().map(|()| status)?));
    match outcome {
        Ok(_) if world.unread => Status::Unread as u8,
        Ok(status) => status as u8,
        Err(Failure::Write(e)) if e.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(Failure::Write(e)) => {
            let _ = writeln!(world.err, "cervicode: the output cannot be written: {e}");
            2
        }
        Err(Failure::Message(message)) => {
            let _ = writeln!(world.err, "cervicode: {message}");
            2
        }
    }
}
