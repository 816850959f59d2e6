//! PHP libraries for the tests of whole applications: Debian's packages of them, unpacked in the cache directory. Nothing is installed.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Result, ensure};

use crate::{packages, paths, proc};

const PACKAGES: &[&str] =
    &["composer", "php-doctrine-inflector", "php-parser", "php-symfony-string", "php-symfony-yaml", "php-twig"];

/// Says to tests where the libraries are.
pub const VARIABLE: &str = "ASYNC_THREADS_LIBRARIES";

/// The libraries' directory. Without it (no apt, no network) the tests that need it are skipped, and named as such.
pub fn directory() -> Option<PathBuf> {
    if let Some(given) = env::var_os(VARIABLE) {
        return Some(given.into());
    }
    match fetch() {
        Ok(directory) => Some(directory),
        Err(error) => {
            println!("no libraries for the tests of applications: {error:#}");
            None
        }
    }
}

fn fetch() -> Result<PathBuf> {
    let base = paths::cache()?.join("libraries");
    let directory = base.join("usr/share/php");
    // Written last; names what was unpacked.
    let complete = base.join("complete");
    let wanted = PACKAGES.join(" ");
    if fs::read_to_string(&complete).is_ok_and(|unpacked| unpacked == wanted) {
        return Ok(directory);
    }
    ensure!(packages::has_apt(), "this system has no apt");
    let download = base.join("download");
    if download.exists() {
        fs::remove_dir_all(&download)?;
    }
    fs::create_dir_all(&download)?;
    let answer = proc::capture(Command::new("apt-get").args(["download", "-qq"]).args(PACKAGES).current_dir(&download))?;
    ensure!(answer.success, "apt-get download: {}", proc::tail(&answer.text, 3));
    for entry in fs::read_dir(&download)? {
        proc::run(Command::new("dpkg").arg("-x").arg(entry?.path()).arg(&base))?;
    }
    fs::write(complete, wanted)?;
    Ok(directory)
}
