//! `cargo xtask`: sets up a ZTS PHP, builds the extension for it, and runs and checks it.
//!
//! Everything that a contributor or CI does to the project goes through here, so that both do
//! the same. Each command is a module; this file only chooses among them.

mod cli;
mod ext;
mod packages;
mod paths;
mod php;
mod proc;
mod script;
mod stubs;
mod test;
mod tidy;
mod variant;

use std::process::ExitCode;

use cli::Task;

fn main() -> ExitCode {
    match cli::parse().and_then(run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Carries out one task. Paths that a caller may want to capture go to stdout; all else to stderr.
fn run(task: Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Help => println!("{}", cli::HELP),
        Task::Php(variant) => println!("{}", php::ensure(variant)?.binary.display()),
        Task::Build(variant) => {
            println!("{}", ext::build(&php::ensure(variant)?)?.library.display());
        }
        Task::Run { variant, mode, args } => return script::run(variant, mode, &args),
        Task::Demo => return script::demo(),
        Task::Bench(names) => return script::bench(&names),
        Task::Test(options) => return Ok(test::run(&options)),
        Task::Tidy => return tidy::run(),
        Task::Stubs => {
            let extension = ext::build(&php::ensure(variant::Variant::DEFAULT)?)?;
            return stubs::run(&extension);
        }
    }
    Ok(ExitCode::SUCCESS)
}
