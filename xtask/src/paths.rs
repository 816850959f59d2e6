//! Where things are: the checkout, the cache that outlives it, and the target directories.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::variant::Variant;

/// The root of the checkout.
pub fn root() -> PathBuf {
    // Asked at run time first: a checkout that was moved keeps its built xtask.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// The directory shared by all checkouts of a user, where PHP builds are kept.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(base.join("async_threads"))
}

/// Cargo's target directory for the extension built against `variant`.
///
/// Each variant has its own, or they would throw away one another's bindings and objects.
pub fn target(variant: Variant) -> PathBuf {
    let target = root().join("target");
    if variant == Variant::DEFAULT { target } else { target.join(variant.to_string()) }
}
