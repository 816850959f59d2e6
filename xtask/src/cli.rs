//! The command line of `cargo xtask`.

use std::ffi::OsString;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::{
    test::Options,
    variant::{Mode, Variant},
};

/// What `cargo xtask help` prints.
pub const HELP: &str = "\
Usage: cargo xtask <command>

  php    [--php 8.4|8.3|8.2] [--debug]   print the path of a ZTS php, building it if need be
  build  [--php V] [--debug]             build the extension and print its path
  run    [--php V] [--debug] [--opcache | --jit function|tracing] -- script.php [args...]
                                         run a script with the extension loaded
  demo                                   build everything and run all of examples/
  test   [--quick] [filter...]           run every check and test; a filter is the name of a
                                         section (fmt, clippy, tidy, xtask, core, loom, stubs,
                                         phpt) or a part of a .phpt path
  tidy                                   check layering, safety comments, sizes and names
  stubs                                  compare stubs/ with what the extension registers
  bench  [name...]                       run benches/php/ and the core's benches

Environment: PHP_CONFIG (use this PHP where it fits), XDG_CACHE_HOME (where PHP builds are
kept), ASYNC_THREADS_DEBIAN_MIRROR (where to get PHP's source from, if apt cannot tell).";

/// What was asked for.
#[derive(Debug)]
pub enum Task {
    Help,
    Php(Variant),
    Build(Variant),
    Run { variant: Variant, mode: Mode, args: Vec<OsString> },
    Demo,
    Test(Options),
    Tidy,
    Stubs,
    Bench(Vec<String>),
}

/// Reads this process's command line.
pub fn parse() -> Result<Task> {
    parse_from(lexopt::Parser::from_env())
}

fn parse_from(mut parser: lexopt::Parser) -> Result<Task> {
    let command = match parser.next()? {
        None | Some(Long("help") | Short('h')) => return Ok(Task::Help),
        Some(Value(command)) => command.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    let takes_php = matches!(command.as_str(), "php" | "build" | "run");
    let mut variant = Variant::DEFAULT;
    let mut mode = Mode::Plain;
    let mut quick = false;
    let mut values = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Task::Help),
            Long("php") if takes_php => variant.version = parser.value()?.string()?.parse()?,
            Long("debug") if takes_php => variant.debug = true,
            Long("opcache") if command == "run" => mode = Mode::Opcache,
            Long("jit") if command == "run" => {
                mode = match parser.value()?.string()?.as_str() {
                    "function" => Mode::JitFunction,
                    "tracing" => Mode::JitTracing,
                    other => bail!("--jit {other}: give function or tracing"),
                }
            }
            Long("quick") if command == "test" => quick = true,
            Value(value) if command == "run" => {
                // The script and all that follows it are the script's, options too.
                values.push(value);
                values.extend(parser.raw_args()?);
            }
            Value(value) if matches!(command.as_str(), "test" | "bench") => values.push(value),
            other => return Err(other.unexpected().into()),
        }
    }
    let strings =
        |values: Vec<OsString>| -> Result<Vec<String>> { values.into_iter().map(|value| Ok(value.string()?)).collect() };
    Ok(match command.as_str() {
        "help" => Task::Help,
        "php" => Task::Php(variant),
        "build" => Task::Build(variant),
        "run" if values.is_empty() => bail!("run: which script?"),
        "run" => Task::Run { variant, mode, args: values },
        "demo" => Task::Demo,
        "test" => Task::Test(Options { quick, filters: strings(values)? }),
        "tidy" => Task::Tidy,
        "stubs" => Task::Stubs,
        "bench" => Task::Bench(strings(values)?),
        other => bail!("no such command: {other}; see cargo xtask help"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant::Version;

    fn parse(words: &[&str]) -> Result<Task> {
        parse_from(lexopt::Parser::from_iter(std::iter::once("xtask").chain(words.iter().copied())))
    }

    #[test]
    fn run_leaves_the_scripts_options_alone() {
        let words = ["run", "--php", "8.2", "--debug", "--jit", "tracing", "--", "a.php", "--debug", "-x"];
        let Task::Run { variant, mode, args } = parse(&words).unwrap() else { panic!() };
        assert_eq!(variant, Variant { version: Version::V8_2, debug: true });
        assert_eq!(mode, Mode::JitTracing);
        assert_eq!(args, ["a.php", "--debug", "-x"]);
    }

    #[test]
    fn the_double_dash_may_be_left_out() {
        let Task::Run { args, .. } = parse(&["run", "a.php", "--opcache"]).unwrap() else { panic!() };
        assert_eq!(args, ["a.php", "--opcache"]);
    }

    #[test]
    fn options_of_other_commands_are_refused() {
        assert!(parse(&["tidy", "--quick"]).is_err());
        assert!(parse(&["test", "--debug"]).is_err());
        assert!(parse(&["php", "--php", "7.4"]).is_err());
        assert!(parse(&["fly"]).is_err());
    }

    #[test]
    fn test_takes_filters() {
        let Task::Test(options) = parse(&["test", "--quick", "tidy", "spawn"]).unwrap() else { panic!() };
        assert!(options.quick);
        assert_eq!(options.filters, ["tidy", "spawn"]);
    }
}
