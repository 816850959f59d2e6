//! Adding up what the sections of a test run found.

use std::{
    ops::AddAssign,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;

/// How many checks or tests went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

/// What a section returns. An error counts as one failure.
pub type Outcome = Result<Counts>;

impl Counts {
    /// A single check that passed.
    pub const PASS: Self = Self { passed: 1, failed: 0, skipped: 0 };
    /// A single check that failed.
    pub const FAIL: Self = Self { passed: 0, failed: 1, skipped: 0 };
    /// A single check that there was nothing for.
    pub const SKIP: Self = Self { passed: 0, failed: 0, skipped: 1 };

    /// The last line of a run, which is always of this form: `N passed, N failed`.
    fn verdict(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.verdict())?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// The sections run so far.
pub struct Report {
    start: Instant,
    total: Counts,
    sections: Vec<(String, Counts, Duration)>,
}

impl Report {
    pub fn new() -> Self {
        Self { start: Instant::now(), total: Counts::default(), sections: Vec::new() }
    }

    /// Runs a section and counts what it found.
    pub fn section(&mut self, name: &str, section: impl FnOnce() -> Outcome) {
        println!("== {name}");
        let start = Instant::now();
        let counts = section().unwrap_or_else(|error| {
            println!("{error:#}");
            Counts::FAIL
        });
        self.add(name, counts, start.elapsed());
    }

    /// Makes something that later sections need. It counts only if it fails; they then cannot run.
    pub fn prepare<T>(&mut self, name: &str, make: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("== prepare: {name}");
        let start = Instant::now();
        match make() {
            Ok(made) => {
                self.add(name, Counts::default(), start.elapsed());
                Some(made)
            }
            Err(error) => {
                println!("{error:#}\nWhat needs it does not run.");
                self.add(name, Counts::FAIL, start.elapsed());
                None
            }
        }
    }

    fn add(&mut self, name: &str, counts: Counts, time: Duration) {
        if counts != Counts::default() {
            println!("   {name}: {counts} in {:.1} s", time.as_secs_f32());
        }
        self.total += counts;
        self.sections.push((name.to_owned(), counts, time));
    }

    /// Prints the table of sections and, as the very last line, the sum.
    pub fn finish(mut self) -> ExitCode {
        println!("\nSections:");
        for (name, counts, time) in &self.sections {
            let result = if *counts == Counts::default() { "ready" } else { &counts.to_string() };
            println!("{:8.1} s  {name}: {result}", time.as_secs_f32());
        }
        println!("{:8.1} s  in all", self.start.elapsed().as_secs_f32());
        if self.total.passed + self.total.failed == 0 {
            // A run that has looked at nothing proves nothing.
            self.total += Counts::FAIL;
            println!("No test was run.");
        }
        if self.total.skipped > 0 {
            println!("{} skipped: each is one that its version of PHP or its mode has nothing for", self.total.skipped);
        }
        println!("{}", self.total.verdict());
        if self.total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn sections_add_up() {
        let mut report = Report::new();
        report.section("a", || Ok(Counts { passed: 3, failed: 0, skipped: 2 }));
        report.section("b", || Ok(Counts::PASS));
        assert_eq!(report.total.to_string(), "4 passed, 0 failed, 2 skipped");
        assert_eq!(report.total.verdict(), "4 passed, 0 failed");
    }

    #[test]
    fn errors_are_failures() {
        let mut report = Report::new();
        report.section("a", || bail!("no summary"));
        assert_eq!(report.prepare("b", || -> Result<()> { bail!("no php") }), None);
        assert_eq!(report.prepare("c", || Ok(7)), Some(7));
        assert_eq!(report.total.to_string(), "0 passed, 2 failed");
    }
}
