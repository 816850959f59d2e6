//! `cargo xtask test`: every check and test there is, with one line in the end that adds them up.

mod checks;
mod libraries;
mod phpt;
mod report;
mod watchdog;

use std::process::ExitCode;

use crate::{
    ext::{self, Extension},
    packages, php,
    variant::{Mode, Variant},
};
use report::Report;

/// What to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only what a change needs while one works on it.
    pub quick: bool,
    /// Names of sections, and parts of .phpt paths; empty for all.
    pub filters: Vec<String>,
}

/// The sections that can be asked for by name.
const SECTIONS: [&str; 8] = ["fmt", "clippy", "tidy", "xtask", "core", "loom", "stubs", "phpt"];

/// A section that needs nothing made before.
type Section = fn() -> report::Outcome;

/// The engine's modes in which the .phpt files run on one PHP.
struct PhptPlan {
    variant: Variant,
    modes: &'static [Mode],
}

const QUICK: &[PhptPlan] = &[PhptPlan { variant: Variant::DEFAULT, modes: &[Mode::Plain, Mode::Opcache] }];

const FULL: &[PhptPlan] = &[
    PhptPlan { variant: Variant::DEFAULT, modes: &[Mode::Plain, Mode::Opcache, Mode::JitFunction, Mode::JitTracing] },
    PhptPlan { variant: Variant::DEBUG, modes: &[Mode::Plain, Mode::Opcache] },
    PhptPlan { variant: Variant::OLDEST, modes: &[Mode::Plain, Mode::Opcache] },
];

impl Options {
    fn wants(&self, section: &str) -> bool {
        let named = self.filters.iter().any(|filter| filter == section);
        match section {
            // What is no section's name is a part of a test's path.
            "phpt" => named || self.filters.is_empty() || !self.phpt_filters().is_empty(),
            "loom" if self.quick => named,
            _ => named || self.filters.is_empty(),
        }
    }

    fn phpt_filters(&self) -> Vec<&str> {
        let filters = self.filters.iter().map(String::as_str);
        filters.filter(|filter| !SECTIONS.contains(filter)).collect()
    }
}

/// Runs what was asked for and prints the sum; nothing stops it before the end.
pub fn run(options: &Options) -> ExitCode {
    let mut report = Report::new();
    run_without_php(options, &mut report);
    run_with_php(options, &mut report);
    report.finish()
}

fn run_without_php(options: &Options, report: &mut Report) {
    let sections: [(&str, Section); 5] =
        [("fmt", checks::fmt), ("tidy", checks::tidy), ("xtask", checks::xtask), ("core", checks::core), ("loom", checks::loom)];
    for (name, section) in sections {
        if options.wants(name) {
            report.section(name, section);
        }
    }
}

fn run_with_php(options: &Options, report: &mut Report) {
    let wants_extension = options.wants("stubs") || options.wants("phpt");
    if !wants_extension && !options.wants("clippy") {
        return;
    }
    let Some(php) = report.prepare("PHP 8.4-release", || {
        packages::ensure_for_extension()?;
        php::ensure(Variant::DEFAULT)
    }) else {
        return;
    };
    if options.wants("clippy") {
        report.section("clippy", || checks::clippy(&php));
    }
    if !wants_extension {
        return;
    }
    let Some(extension) = report.prepare("extension for 8.4-release", || ext::build(&php)) else {
        return;
    };
    if options.wants("stubs") {
        report.section("stubs", || checks::stubs(&extension));
    }
    if options.wants("phpt") {
        run_phpt(options, &extension, report);
    }
}

fn run_phpt(options: &Options, default: &Extension, report: &mut Report) {
    let filters = options.phpt_filters();
    for plan in if options.quick { QUICK } else { FULL } {
        let variant = plan.variant;
        let extension = if variant == Variant::DEFAULT {
            Some(default.clone())
        } else {
            report.prepare(&format!("PHP and extension for {variant}"), || ext::ensure(variant))
        };
        let Some(extension) = extension else { continue };
        for &mode in plan.modes {
            report.section(&format!("phpt {variant} {mode}"), || phpt::run(&extension, mode, &filters));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(quick: bool, filters: &[&str]) -> Options {
        Options { quick, filters: filters.iter().map(|&filter| filter.to_owned()).collect() }
    }

    #[test]
    fn without_filters_all_sections_run() {
        assert!(SECTIONS.iter().all(|section| options(false, &[]).wants(section)));
    }

    #[test]
    fn quick_leaves_loom_out_unless_named() {
        assert!(!options(true, &[]).wants("loom"));
        assert!(options(true, &["loom"]).wants("loom"));
    }

    #[test]
    fn a_section_name_selects_only_it() {
        let options = options(false, &["tidy"]);
        assert!(options.wants("tidy"));
        assert!(!options.wants("phpt") && !options.wants("fmt"));
    }

    #[test]
    fn other_words_select_tests() {
        let options = options(false, &["stubs", "spawn/"]);
        assert!(options.wants("phpt") && options.wants("stubs") && !options.wants("core"));
        assert_eq!(options.phpt_filters(), ["spawn/"]);
    }
}
