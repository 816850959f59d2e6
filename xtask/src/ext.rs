//! Building the extension and starting PHP with it.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    packages, paths,
    php::Php,
    proc,
    variant::{Mode, Variant},
};

/// The name under which PHP knows the extension.
pub const NAME: &str = "async_threads";

/// An extension that is built, and the PHP it was built for.
#[derive(Clone, Debug)]
pub struct Extension {
    pub php: Php,
    /// The shared library.
    pub library: PathBuf,
}

impl Extension {
    /// A PHP command with the extension loaded, in this mode, and no php.ini.
    pub fn command(&self, mode: Mode) -> Command {
        let mut command = self.php.command();
        for setting in self.ini(mode) {
            command.arg("-d").arg(setting);
        }
        command
    }

    /// The ini settings that `command` uses.
    pub fn ini(&self, mode: Mode) -> Vec<String> {
        let mut settings: Vec<String> = mode.ini().iter().map(|&text| text.to_owned()).collect();
        settings.push(format!("extension={}", self.library.display()));
        settings
    }
}

/// Builds the extension for this PHP; next to nothing happens if it is up to date.
pub fn build(php: &Php) -> Result<Extension> {
    packages::ensure_for_extension()?;
    let target = paths::target(php.variant);
    let mut cargo = cargo(&php.config);
    cargo.args(["build", "--release", "--package", NAME]);
    cargo.env("CARGO_TARGET_DIR", &target);
    if php.variant.debug {
        // Where PHP checks its invariants, the extension has to check its own.
        cargo.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    }
    let status = cargo
        .stdin(Stdio::null())
        .stdout(io::stderr())
        .status()
        .with_context(|| format!("cannot start `{}`", proc::describe(&cargo)))?;
    if !status.success() {
        bail!("the extension does not build for PHP {}", php.variant);
    }
    let library = target.join("release").join(library_name());
    if !library.is_file() {
        bail!("cargo made no {}", library.display());
    }
    Ok(Extension { php: php.clone(), library })
}

/// A PHP of this variant and the extension for it, both made as needed.
pub fn ensure(variant: Variant) -> Result<Extension> {
    build(&crate::php::ensure(variant)?)
}

/// A cargo command in the checkout whose builds use this `php-config`.
///
/// Always the same one for the same target directory: the build script runs again when it changes.
pub fn cargo(php_config: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(paths::root()).env("PHP_CONFIG", php_config);
    command
}

fn library_name() -> &'static str {
    if cfg!(target_os = "macos") { "libasync_threads.dylib" } else { "libasync_threads.so" }
}
