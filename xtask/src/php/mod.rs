//! Finding a ZTS PHP of the wanted kind, or making one.

mod build;
mod source;
mod system;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{proc, variant::Variant};

/// A PHP that is installed and usable.
#[derive(Clone, Debug)]
pub struct Php {
    /// The CLI binary.
    pub binary: PathBuf,
    /// Its `php-config`.
    pub config: PathBuf,
    /// What it was asked to be.
    pub variant: Variant,
}

impl Php {
    /// A PHP command that reads no php.ini: what a test or example sees must not depend on the
    /// machine's configuration.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("-n");
        command
    }

    /// PHP's own test runner, which every installed PHP ships for `phpize`.
    pub fn run_tests(&self) -> Result<PathBuf> {
        let prefix = proc::output(Command::new(&self.config).arg("--prefix"))?;
        let extensions = proc::output(Command::new(&self.config).arg("--extension-dir"))?;
        let candidates = [
            Path::new(&prefix).join("lib/php/build/run-tests.php"),
            // Debian's layout: /usr/lib/php/<api> holds both the extensions and build/.
            Path::new(&extensions).join("build/run-tests.php"),
            Path::new(&extensions).join("../../build/run-tests.php"),
        ];
        let found = candidates.iter().find(|file| file.is_file()).cloned();
        found.with_context(|| format!("no run-tests.php in {prefix}/lib/php/build"))
    }
}

/// A ZTS PHP of this variant: one that the machine has, one built before, or one built now.
pub fn ensure(variant: Variant) -> Result<Php> {
    if let Some(php) = system::find(variant) {
        return Ok(php);
    }
    let Some(suite) = variant.version.debian_suite() else {
        bail!(
            "PHP {} is not built from source here: set PHP_CONFIG to the php-config of a ZTS \
             build of it",
            variant.version.as_str()
        );
    };
    build::ensure(variant, suite)
}
