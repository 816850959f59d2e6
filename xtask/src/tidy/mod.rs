//! Rules of this project that neither rustfmt nor clippy knows.
//!
//! Each checker takes a file's path and text and returns what is wrong, so that it can be tested
//! without files; this module feeds them what git knows of.

mod files;
mod layers;
mod safety;
mod source;

use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Result, bail};

use crate::{paths, proc};
use source::Source;

/// One broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root of the checkout.
    pub file: String,
    /// From 1; 0 for the file as a whole.
    pub line: usize,
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line.max(1), self.message)
    }
}

/// Prints each broken rule; fails if there is one.
pub fn run() -> Result<ExitCode> {
    let findings = check(&paths::root())?;
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} things", findings.len());
    }
    eprintln!("tidy: all is well");
    Ok(ExitCode::SUCCESS)
}

/// All broken rules in the checkout.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let files = tracked(root)?;
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(files::check_name(file));
        // Binary files have no text rules; a file deleted but still in the index has no text.
        let Ok(text) = fs::read_to_string(root.join(file)) else { continue };
        findings.extend(files::check_text(file, &text));
        if file.ends_with(".rs") {
            let source = Source::new(&text);
            findings.extend(safety::check(file, &source));
            findings.extend(layers::check(file, &source));
        }
        if file == "core/Cargo.toml" {
            findings.extend(layers::check_core_manifest(file, &text));
        }
    }
    Ok(findings)
}

/// The files that git tracks or would track.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.arg("-C").arg(root);
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = proc::output(&mut git)?;
    let mut files: Vec<String> = listing.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    files.sort();
    files.dedup();
    Ok(files)
}
