//! `cervicode completions` and `cervicode man`: made from the same definitions as the commands.

use super::{Cli, Outcome, Status, World};
use clap::CommandFactory;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page, of the program or of one command
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The command
    command: Option<String>,
}

pub(crate) fn completions(args: &CompletionsArgs, world: &mut World<'_>) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cervicode", &mut script);
    world.out.write_all(&script)?;
    Ok(Status::Done)
}

pub(crate) fn man(args: &ManArgs, world: &mut World<'_>) -> Outcome {
    let mut command = Cli::command();
    command.build();
    if let Some(name) = &args.command {
        let Some(found) = command.find_subcommand(name) else {
            return Err(super::Failure::Message(format!("there is no command `{name}`")));
        };
        command = found.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    world.out.write_all(&page)?;
    Ok(Status::Done)
}
