//! Running PHP scripts with the extension: one of the user's, the examples, the benchmarks.

use std::{
    ffi::OsString,
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};

use crate::{
    ext, paths,
    variant::{Mode, Variant},
};

/// Runs one script; its exit status becomes ours.
pub fn run(variant: Variant, mode: Mode, args: &[OsString]) -> Result<ExitCode> {
    let mut command = ext::ensure(variant)?.command(mode);
    // PHP reads no options of its own after the script's name.
    command.args(args);
    let status = command.status().context("cannot start php")?;
    // A script killed by a signal has no code: 128 + signal is what a shell would tell.
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// Sets everything up and runs every example in turn.
pub fn demo() -> Result<ExitCode> {
    eprintln!("This runs the examples of async_threads. It takes three steps:");
    eprintln!("1. A PHP that is built for threads (ZTS). PHP_CONFIG or a php-config on PATH is used");
    eprintln!("   if it fits; else PHP 8.4 is built from source into your cache, once (minutes).");
    let php = crate::php::ensure(Variant::DEFAULT)?;
    eprintln!("   Using {}", php.binary.display());
    eprintln!("2. The extension, built with cargo for this PHP. Nothing is installed into it.");
    let extension = ext::build(&php)?;
    eprintln!("   Using {}", extension.library.display());
    let examples = examples()?;
    eprintln!("3. The {} scripts of examples/, each as", examples.len());
    eprintln!("   php -n -d extension=<the extension> examples/<name>.php");
    let mut failed = Vec::new();
    for (index, example) in examples.iter().enumerate() {
        let name = file_name(example);
        eprintln!("\n=== {}/{} examples/{name} ===", index + 1, examples.len());
        let mut command = extension.command(Mode::Plain);
        let status = command.arg(example).current_dir(paths::root()).status()?;
        if !status.success() {
            eprintln!("examples/{name} failed ({status})");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("{} of {} examples failed: {}", failed.len(), examples.len(), failed.join(", "));
    }
    eprintln!("\nAll {} examples ran. Run one by itself:", examples.len());
    eprintln!("  cargo xtask run -- examples/{}", file_name(&examples[0]));
    Ok(ExitCode::SUCCESS)
}

/// Runs the PHP benchmarks whose names contain one of `names` (all, if none is given), and those
/// of the core.
pub fn bench(names: &[String]) -> Result<ExitCode> {
    let wanted = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(part));
    let root = paths::root();
    let extension = ext::ensure(Variant::DEFAULT)?;
    let scripts = php_files(&root.join("benches/php"))?;
    let mut ran = 0;
    for script in scripts.iter().filter(|script| wanted(&file_name(script))) {
        let mode = bench_mode(&fs::read_to_string(script)?);
        println!("=== benches/php/{} ({mode}) ===", file_name(script));
        let status = extension.command(mode).arg(script).current_dir(&root).status()?;
        if !status.success() {
            bail!("{} failed ({status})", file_name(script));
        }
        ran += 1;
    }
    if root.join("core/benches").is_dir() && (names.is_empty() || wanted("core")) {
        println!("=== cargo bench of the core ===");
        let mut cargo = ext::cargo(&extension.php.config);
        let status = cargo.args(["bench", "--package", "async_threads_core"]).status()?;
        if !status.success() {
            bail!("cargo bench failed ({status})");
        }
        ran += 1;
    }
    if ran == 0 {
        bail!("no benchmark of that name");
    }
    Ok(ExitCode::SUCCESS)
}

fn bench_mode(script: &str) -> Mode {
    let on = script.lines().take(10).any(|line| line.trim() == "// opcache: on");
    if on { Mode::Opcache } else { Mode::Plain }
}

fn examples() -> Result<Vec<PathBuf>> {
    let mut scripts = php_files(&paths::root().join("examples"))?;
    if scripts.is_empty() {
        bail!("examples/ has no scripts");
    }
    // The gentlest first; the rest by name.
    scripts.sort_by_key(|script| (!file_name(script).contains("hello"), script.clone()));
    Ok(scripts)
}

/// The scripts directly in `dir`, by name; none if there is no such directory.
fn php_files(dir: &Path) -> Result<Vec<PathBuf>> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "php"));
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_asks_for_opcache_in_its_head() {
        assert_eq!(bench_mode("<?php\n// opcache: on\n"), Mode::Opcache);
        assert_eq!(bench_mode("<?php\n// about opcache: on or off\n"), Mode::Plain);
    }
}
