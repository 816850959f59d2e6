//! Rules of this project that neither rustfmt nor clippy knows.
//!
//! Each checker takes a file's path and text and returns what is wrong, so that it can be tested
//! without files; this module feeds them the files that belong to the project.

mod files;
mod layers;
mod safety;
mod source;

use std::{fs, path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use ignore::WalkBuilder;

use crate::paths;
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
        // Binary files have no text rules.
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

/// The files that git tracks or would track. Git itself need not be there, nor its history: an unpacked archive is checked as a clone is.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .parents(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| !kind.is_dir()) {
            let path = entry.path().strip_prefix(root)?;
            files.push(path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?.to_owned());
        }
    }
    files.sort();
    Ok(files)
}
