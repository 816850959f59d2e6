//! System packages: what a build needs, installed by apt where something is missing.

use std::{collections::HashSet, env, process::Command};

use anyhow::{Context, Result, bail};

use crate::proc;

/// What building the extension needs beside Rust: libclang reads PHP's headers.
pub const FOR_EXTENSION: &[&str] = &["build-essential", "pkg-config", "libclang-dev", "clang"];

/// What building PHP from source needs.
pub const FOR_PHP: &[&str] = &[
    "build-essential",
    "pkg-config",
    "autoconf",
    "re2c",
    "bison",
    "libxml2-dev",
    "libsqlite3-dev",
    "libssl-dev",
    "zlib1g-dev",
    "libcurl4-openssl-dev",
    "libonig-dev",
    "libpng-dev",
    "libjpeg-dev",
    "libfreetype-dev",
    "libwebp-dev",
    "libgmp-dev",
    "libclang-dev",
    "clang",
    "valgrind",
    "gdb",
    "xz-utils",
];

/// Whether this system has Debian's package tools.
pub fn has_apt() -> bool {
    proc::find_on_path("apt-get").is_some() && proc::find_on_path("dpkg-query").is_some()
}

/// Installs what the extension's own build needs, where this system's way of doing so is known.
pub fn ensure_for_extension() -> Result<()> {
    if has_apt() && env::var_os("LIBCLANG_PATH").is_none() {
        return ensure(FOR_EXTENSION);
    }
    // Elsewhere a missing libclang shows itself in the build, with bindgen's own explanation.
    Ok(())
}

/// Installs those of `packages` that are missing. Needs no rights if none is.
pub fn ensure(packages: &[&str]) -> Result<()> {
    let missing = missing(packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Installing packages: {}", missing.join(" "));
    update()?;
    let mut install = as_root("apt-get")?;
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing);
    proc::run(&mut install).with_context(|| format!("install by hand: {}", missing.join(" ")))
}

/// Fetches apt's package lists anew.
pub fn update() -> Result<()> {
    proc::run(as_root("apt-get")?.args(["update", "-qq"]))
}

fn missing<'a>(packages: &[&'a str]) -> Result<Vec<&'a str>> {
    // Fails if it does not know a package, yet lists the others: only the list matters.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .output()
        .context("cannot start dpkg-query")?;
    Ok(not_installed(packages, &String::from_utf8_lossy(&output.stdout)))
}

fn not_installed<'a>(packages: &[&'a str], listing: &str) -> Vec<&'a str> {
    let installed: HashSet<&str> = listing.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    packages.iter().copied().filter(|package| !installed.contains(package)).collect()
}

fn as_root(program: &str) -> Result<Command> {
    let mut command = if proc::output(Command::new("id").arg("-u"))? == "0" {
        Command::new("env")
    } else if proc::find_on_path("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        bail!("installing packages needs root or sudo");
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::not_installed;

    #[test]
    fn only_installed_packages_count() {
        let listing = "gdb installed\nclang config-files\n";
        assert_eq!(not_installed(&["gdb", "clang", "re2c"], listing), ["clang", "re2c"]);
    }
}
