//! A PHP that the user brings: `$PHP_CONFIG`, or a `php-config` on PATH.

use std::{env, path::PathBuf, process::Command, sync::Once};

use anyhow::{Context, Result, bail};

use super::Php;
use crate::{proc, variant::Variant};

/// What a PHP says about itself.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    minor_id: u32,
    zts: bool,
    debug: bool,
}

/// The user's own PHP, if it is of this variant.
pub fn find(variant: Variant) -> Option<Php> {
    if let Some(config) = env::var_os("PHP_CONFIG").filter(|value| !value.is_empty()) {
        let found = inspect(PathBuf::from(config), variant);
        if let Err(reason) = &found {
            // Asked for by name, so its being passed over must not go unseen.
            static TOLD: Once = Once::new();
            TOLD.call_once(|| eprintln!("PHP_CONFIG is not used for {variant}: {reason:#}"));
        }
        return found.ok();
    }
    inspect(proc::find_on_path("php-config")?, variant).ok()
}

fn inspect(config: PathBuf, variant: Variant) -> Result<Php> {
    let vernum = proc::output(Command::new(&config).arg("--vernum"))?;
    let binary = PathBuf::from(proc::output(Command::new(&config).arg("--php-binary"))?);
    let flags = proc::output(Command::new(&binary).args(["-n", "-r", "echo (int) PHP_ZTS, (int) PHP_DEBUG;"]))?;
    check(&parse(&vernum, &flags)?, variant)?;
    // Later commands run in other directories.
    let config = config.canonicalize().unwrap_or(config);
    Ok(Php { binary, config, variant })
}

fn parse(vernum: &str, flags: &str) -> Result<Facts> {
    let version_id: u32 = vernum.parse().with_context(|| format!("odd --vernum {vernum:?}"))?;
    let (zts, debug) = match flags {
        "00" => (false, false),
        "01" => (false, true),
        "10" => (true, false),
        "11" => (true, true),
        _ => bail!("odd answer from php: {flags:?}"),
    };
    Ok(Facts { minor_id: version_id / 100, zts, debug })
}

fn check(facts: &Facts, variant: Variant) -> Result<()> {
    if facts.minor_id != variant.version.minor_id() {
        bail!("it is PHP {}.{}", facts.minor_id / 100, facts.minor_id % 100);
    }
    if !facts.zts {
        bail!("it is built without thread safety (ZTS)");
    }
    if facts.debug != variant.debug {
        bail!("it is a {} build", if facts.debug { "debug" } else { "release" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fitting_php_is_taken() {
        let facts = parse("80424", "10").unwrap();
        assert!(check(&facts, Variant::DEFAULT).is_ok());
    }

    #[test]
    fn each_difference_is_named() {
        let reason = |vernum, flags| check(&parse(vernum, flags).unwrap(), Variant::DEFAULT).unwrap_err().to_string();
        assert_eq!(reason("80232", "10"), "it is PHP 8.2");
        assert!(reason("80424", "00").contains("ZTS"));
        assert!(reason("80424", "11").contains("debug"));
        assert!(parse("80424", "Deprecated: x").is_err());
    }
}
