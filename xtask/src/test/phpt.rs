//! The .phpt files, run by PHP's own run-tests.php.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use super::libraries;
use super::report::{Counts, Outcome};
use super::watchdog::{self, Watched};
use crate::{ext::Extension, paths, proc, variant::Mode};

/// Makes the JIT compile what a short test runs but a few times.
const JIT_AT_ONCE: [&str; 4] =
    ["opcache.jit_hot_func=2", "opcache.jit_hot_loop=2", "opcache.jit_hot_return=2", "opcache.jit_hot_side_exit=2"];

/// Seconds without a word from a test after which run-tests.php gives it up.
const TIMEOUT: &str = "120";

/// How old a process of a test may become; see `watchdog`.
const OLDEST: Duration = Duration::from_secs(180);

/// How many lines of one test's diff are shown.
const DIFF_LINES: usize = 60;

/// Runs the tests whose path contains one of `filters` (all, if there is none).
pub fn run(extension: &Extension, mode: Mode, filters: &[&str]) -> Outcome {
    check_mode(extension, mode)?;
    let name = format!("{}-{mode}", extension.php.variant);
    let base = paths::root().join("target/phpt").join(name);
    let dir = base.join("php-tests");
    let count = copy_tests(&paths::root().join("php-tests"), &dir, filters)?;
    link_what_tests_include(&base)?;
    ensure!(count > 0, "no .phpt file to run");

    let Watched { mut captured, killed } = watchdog::capture(&mut run_tests(extension, mode, &dir)?, OLDEST)?;
    // Its progress display ends with a carriage return, right before a result.
    captured.text = captured.text.replace('\r', "\n");
    fs::write(dir.join("run-tests.log"), &captured.text)?;
    show_skips(&captured.text);
    let Some(mut counts) = parse(&captured.text) else {
        println!("{}", proc::tail(&captured.text, 40));
        bail!("run-tests.php printed no summary");
    };
    if killed > 0 {
        println!("{killed} processes of tests did not end by themselves");
        counts.failed = counts.failed.max(1);
    }
    if counts.failed > 0 || !captured.success {
        show_failures(&captured.text, &dir)?;
        counts.failed = counts.failed.max(1);
    }
    let ran = counts.passed + counts.failed + counts.skipped;
    if ran < count {
        println!("run-tests.php told of {ran} tests only, of {count}");
        counts.failed += count - ran;
    }
    Ok(counts)
}

/// Asks PHP whether it runs as wanted: a JIT that switched itself off would go unnoticed.
fn check_mode(extension: &Extension, mode: Mode) -> Result<()> {
    const SCRIPT: &str = r#"
        [, $opcache, $jit] = $argv;
        $status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
        extension_loaded('async_threads') || exit('the extension is not loaded');
        ($status !== false) === (bool) $opcache || exit('opcache is not as wanted');
        ($status['jit']['on'] ?? false) === (bool) $jit || exit('the JIT is not as wanted');
        echo 'fine';
    "#;
    let flag = |on: bool| if on { "1" } else { "0" };
    let mut php = extension.command(mode);
    php.args(["-r", SCRIPT, "--", flag(mode != Mode::Plain), flag(mode.is_jit())]);
    let answer = proc::capture(&mut php)?;
    ensure!(answer.success && answer.text == "fine", "php does not start: {}", answer.text);
    Ok(())
}

fn run_tests(extension: &Extension, mode: Mode, dir: &Path) -> Result<Command> {
    let mut command = extension.php.command();
    command.arg(extension.php.run_tests()?);
    // One at a time: tests start processes and threads of their own, and send signals.
    command.args(["-q", "-n", "--no-color", "--set-timeout", TIMEOUT]);
    let jit: &[&str] = if mode.is_jit() { &JIT_AT_ONCE } else { &[] };
    for setting in extension.ini(mode).iter().map(String::as_str).chain(jit.iter().copied()) {
        command.args(["-d", setting]);
    }
    command.arg(dir).current_dir(dir);
    command.env("TEST_PHP_EXECUTABLE", &extension.php.binary).env("NO_INTERACTION", "1");
    if let Some(directory) = libraries::directory() {
        command.env(libraries::VARIABLE, directory);
    }
    // Left over from somebody's own test runs, these would change ours.
    for variable in ["TEST_PHP_ARGS", "TEST_PHP_USER", "TEST_PHP_JUNIT", "TEST_PHP_SRCDIR"] {
        command.env_remove(variable);
    }
    Ok(command)
}

/// Copies the tests, as run-tests.php leaves its output beside them; returns how many there are.
fn copy_tests(from: &Path, to: &Path, filters: &[&str]) -> Result<u32> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let mut count = 0;
    for file in files_below(from)? {
        let relative = file.strip_prefix(from)?;
        if relative.extension().is_some_and(|extension| extension == "phpt") {
            let path = relative.to_string_lossy();
            if !filters.is_empty() && !filters.iter().any(|filter| path.contains(filter)) {
                continue;
            }
            count += 1;
        }
        let target = to.join(relative);
        fs::create_dir_all(target.parent().context("a file without a directory")?)?;
        fs::copy(&file, target)?;
    }
    Ok(count)
}

/// Puts beside the copied tests what stands beside them in the checkout and is included by some.
fn link_what_tests_include(base: &Path) -> Result<()> {
    for name in ["adapters", "examples"] {
        let link = base.join(name);
        // Not asked with exists(): that is false for a link to a checkout that has moved.
        if link.symlink_metadata().is_ok() {
            fs::remove_file(&link)?;
        }
        std::os::unix::fs::symlink(paths::root().join(name), &link)?;
    }
    Ok(())
}

fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the summary that run-tests.php ends with.
fn parse(text: &str) -> Option<Counts> {
    let summary = text.split("Number of tests :").nth(1)?;
    let mut counts = Counts::default();
    for (label, rest) in summary.lines().filter_map(|line| line.split_once(':')) {
        let Some(count) = rest.split_whitespace().next().and_then(|word| word.parse::<u32>().ok()) else {
            continue;
        };
        match label.trim() {
            "Tests passed" | "Expected fail" => counts.passed += count,
            "Tests skipped" => counts.skipped += count,
            "Tests failed" | "Tests warned" | "Tests borked" | "Tests leaked" | "Expected leak" => {
                counts.failed += count;
            }
            _ => {}
        }
    }
    Some(counts)
}

/// Tests that did not run are named: a reason to skip must not hide.
fn show_skips(text: &str) {
    for line in text.lines().filter(|line| line.starts_with("SKIP ")) {
        println!("{line}");
    }
}

fn show_failures(text: &str, dir: &Path) -> Result<()> {
    for file in files_below(dir)?.iter().filter(|file| file.extension().is_some_and(|e| e == "diff")) {
        let diff = fs::read(file)?;
        let diff = String::from_utf8_lossy(&diff);
        println!("--- {}", file.display());
        diff.lines().take(DIFF_LINES).for_each(|line| println!("{line}"));
        let more = diff.lines().count().saturating_sub(DIFF_LINES);
        if more > 0 {
            println!("... {more} more lines");
        }
    }
    // What has no diff (broken test files, warnings) stands in the lists below the summary.
    match text.find("Number of tests :") {
        Some(summary) => println!("{}", text[summary..].trim_end()),
        None => println!("{}", proc::tail(text, 40)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "
TEST RESULT SUMMARY
---------------------------------------------------------------------
Exts skipped    :     0
Number of tests :    12                10
Tests borked    :     1 (  8.3%) --------
Tests skipped   :     2 ( 16.7%) --------
Tests warned    :     1 (  8.3%) ( 10.0%)
Tests failed    :     2 ( 16.7%) ( 20.0%)
Tests leaked    :     1 (  8.3%) ( 10.0%)
Tests passed    :     5 ( 41.7%) ( 50.0%)
---------------------------------------------------------------------
Time taken      :   3.2 seconds
";

    #[test]
    fn all_that_is_not_clean_fails() {
        assert_eq!(parse(SUMMARY), Some(Counts { passed: 5, failed: 5, skipped: 2 }));
    }

    #[test]
    fn a_missing_summary_is_noticed() {
        assert_eq!(parse("ERROR: environment variable TEST_PHP_EXECUTABLE must be set"), None);
    }
}
