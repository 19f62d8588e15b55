//! The command `cervicode`; everything it does is in the library's [`cervicode::cli`].

fn main() -> std::process::ExitCode {
    cervicode::cli::run(std::env::args_os())
}
