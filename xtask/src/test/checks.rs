//! The sections that check sources and run cargo's tests.

use std::{fs, process::Command};

use anyhow::{Result, bail};

use super::report::{Counts, Outcome};
use crate::{
    ext::{self, Extension},
    paths,
    php::Php,
    proc, stubs, tidy,
};

const CORE: &str = "async_threads_core";

/// The formatting of all crates.
pub fn fmt() -> Outcome {
    check(plain_cargo().args(["fmt", "--all", "--check", "--", "--color", "never"]))
}

/// Clippy, with every warning an error.
pub fn clippy(php: &Php) -> Outcome {
    let mut cargo = ext::cargo(&php.config);
    cargo.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    check(&mut cargo)
}

/// The project's own rules.
pub fn tidy() -> Outcome {
    let findings = tidy::check(&paths::root())?;
    report_each(findings.iter().map(ToString::to_string))
}

/// The documented API against the one that is there.
pub fn stubs(extension: &Extension) -> Outcome {
    report_each(stubs::check(extension)?.into_iter())
}

/// The tests of this tool.
pub fn xtask() -> Outcome {
    cargo_tests(plain_cargo().args(["test", "--quiet", "--package", "xtask"]))
}

/// The tests of the core, its property tests included.
pub fn core() -> Outcome {
    cargo_tests(plain_cargo().args(["test", "--package", CORE]))
}

/// The core's tests under loom, which tries the interleavings of threads one by one.
pub fn loom() -> Outcome {
    let tests = paths::root().join("core/tests");
    let has_tests = fs::read_dir(tests)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("loom")));
    if !has_tests {
        println!("core/tests has no loom tests");
        return Ok(Counts::SKIP);
    }
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut cargo = plain_cargo();
    cargo.args(["test", "--package", CORE, "--release", "--test", "loom*"]);
    cargo.env("RUSTFLAGS", format!("{flags} --cfg loom"));
    // The flags change every object: apart, they leave those of other builds alone.
    cargo.env("CARGO_TARGET_DIR", paths::root().join("target/loom"));
    cargo_tests(&mut cargo)
}

/// A cargo that builds nothing that needs PHP.
fn plain_cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(paths::root());
    cargo
}

/// A command that is one check: silent unless it fails.
fn check(command: &mut Command) -> Outcome {
    let captured = proc::capture(command)?;
    if captured.success {
        return Ok(Counts::PASS);
    }
    println!("{}", captured.text.trim_end());
    Ok(Counts::FAIL)
}

/// One check with a line for each thing that is wrong.
fn report_each(problems: impl Iterator<Item = String>) -> Outcome {
    let mut counts = Counts::PASS;
    for problem in problems {
        println!("{problem}");
        counts = Counts::FAIL;
    }
    Ok(counts)
}

fn cargo_tests(command: &mut Command) -> Outcome {
    let captured = proc::capture(command)?;
    let counts = parse(&captured.text);
    if !captured.success || counts.failed > 0 {
        println!("{}", captured.text.trim_end());
    }
    complete(counts, captured.success)
}

/// Sees to it that a run that broke off is no success.
fn complete(mut counts: Counts, success: bool) -> Result<Counts> {
    if success && counts == Counts::default() {
        bail!("cargo test ran no tests");
    }
    if !success && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(counts)
}

/// Adds up the `test result:` lines of all test binaries.
fn parse(text: &str) -> Counts {
    let mut counts = Counts::default();
    for result in text.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        // "ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s"
        let fields = result.split(['.', ';']).map(str::trim);
        for (count, word) in fields.filter_map(|field| field.split_once(' ')) {
            let Ok(count) = count.parse::<u32>() else { continue };
            match word {
                "passed" => counts.passed += count,
                "failed" => counts.failed += count,
                "ignored" => counts.skipped += count,
                _ => {}
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_count() {
        let text = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; \
                    0 filtered out; finished in 0.01s\n\ntest result: FAILED. 1 passed; 2 failed; \
                    0 ignored; 0 measured; 5 filtered out; finished in 1.00s\n";
        assert_eq!(parse(text), Counts { passed: 4, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_run_without_results_fails() {
        assert!(complete(parse(""), true).is_err());
        assert_eq!(complete(parse("error: could not compile"), false).unwrap(), Counts::FAIL);
    }
}
