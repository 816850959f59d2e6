//! Building PHP from source into the cache, once per variant and recipe.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    num::NonZero,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::{Php, source};
use crate::{packages, paths, proc, variant::Variant};

/// Part of the directory's name. To be raised whenever the flags below change, or machines that
/// have a build keep using the old one.
const RECIPE: u32 = 1;

/// A marker written last: without it a build was interrupted.
const STAMP: &str = ".complete";

/// What the release builds are made with: near to what people run, so that examples and
/// applications find the extensions they use.
const RELEASE_FLAGS: &[&str] = &[
    "--enable-zts",
    "--disable-cgi",
    "--disable-phpdbg",
    "--without-pear",
    "--enable-mbstring",
    "--disable-mbregex",
    "--with-openssl",
    "--with-zlib",
    "--with-curl",
    "--enable-sockets",
    "--enable-pcntl",
    "--enable-gd",
    "--with-jpeg",
    "--with-webp",
    "--with-freetype",
    "--with-gmp",
    "--enable-opcache",
];

/// What the debug builds are made with: slim, as they serve the tests only.
const DEBUG_FLAGS: &[&str] = &[
    "--enable-zts",
    "--enable-debug",
    "--disable-all",
    "--disable-cgi",
    "--disable-phpdbg",
    "--without-pear",
    "--enable-cli",
    "--enable-opcache",
    "--enable-ctype",
    "--enable-tokenizer",
    "--enable-filter",
    "--enable-posix",
    "--enable-pcntl",
    "--enable-sockets",
    "--enable-mbstring",
    "--disable-mbregex",
    "--with-openssl",
    "--with-zlib",
    "--with-gmp",
];

/// The PHP of this variant in the cache, built if it is not there.
pub fn ensure(variant: Variant, suite: &str) -> Result<Php> {
    let cache = paths::cache()?;
    let name = format!("{variant}-r{RECIPE}");
    let prefix = cache.join("php").join(&name);
    if prefix.join(STAMP).is_file() {
        return Ok(installed(&prefix, variant));
    }
    if !packages::has_apt() {
        bail!(
            "PHP can be built here on Debian and Ubuntu only. Install a ZTS build of PHP {} with \
             its headers (php-config, phpize) and libclang by this system's means, then run this \
             again with PHP_CONFIG=/path/to/php-config",
            variant.version.as_str()
        );
    }
    fs::create_dir_all(cache.join("php"))?;
    let _lock = lock(&cache.join("php").join(format!("{name}.lock")), &name)?;
    // Whoever held the lock may have built it.
    if !prefix.join(STAMP).is_file() {
        packages::ensure(packages::FOR_PHP)?;
        let tarball = {
            // Release and debug builds come from the same download.
            let _lock = lock(&cache.join("php").join("source.lock"), "source")?;
            source::tarball(variant.version, suite)?
        };
        let work = cache.join("build").join(&name);
        build(variant, &tarball, &work, &prefix)?;
        fs::remove_dir_all(&work)?;
    }
    Ok(installed(&prefix, variant))
}

fn installed(prefix: &Path, variant: Variant) -> Php {
    Php { binary: prefix.join("bin/php"), config: prefix.join("bin/php-config"), variant }
}

/// Holds the lock file until it is dropped; waits for another process that has it.
fn lock(path: &Path, name: &str) -> Result<File> {
    let file = File::create(path)?;
    if file.try_lock().is_err() {
        eprintln!("Waiting for another process that makes PHP {name}");
        file.lock()?;
    }
    Ok(file)
}

fn build(variant: Variant, tarball: &Path, work: &Path, prefix: &Path) -> Result<()> {
    eprintln!("Building PHP {variant} from {}; this takes some minutes, once", tarball.display());
    if prefix.exists() {
        fs::remove_dir_all(prefix)?;
    }
    source::unpack(tarball, work)?;
    let (cflags, flags) = if variant.debug { ("-O1 -g", DEBUG_FLAGS) } else { ("-O2 -g", RELEASE_FLAGS) };
    // Beside the work directory, which goes away in the end.
    let log = work.with_file_name(format!("{variant}-r{RECIPE}.log"));
    File::create(&log)?;

    let mut configure = Command::new("./configure");
    configure.arg("--quiet").arg(format!("--prefix={}", prefix.display())).args(flags);
    configure.env("CFLAGS", cflags);
    step("configure", configure.current_dir(work), &log)?;

    let jobs = thread::available_parallelism().map_or(1, NonZero::get);
    step("make", Command::new("make").arg(format!("-j{jobs}")).current_dir(work), &log)?;
    step("make install", Command::new("make").arg("install").current_dir(work), &log)?;
    fs::write(prefix.join(STAMP), "")?;
    Ok(())
}

/// Runs one step with its output in `log`, telling now and then how far it is.
fn step(name: &str, command: &mut Command, log: &Path) -> Result<()> {
    const TELL_EVERY: Duration = Duration::from_secs(30);
    let mut file = File::options().create(true).append(true).open(log)?;
    writeln!(file, "== {}", proc::describe(command))?;
    let (reader, writer) = std::io::pipe()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()
        .with_context(|| format!("cannot start `{}`", proc::describe(command)))?;
    // Our own write ends have to go, or the loop below would never see the end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let start = Instant::now();
    let mut told = start;
    let mut lines = 0_u32;
    for line in BufReader::new(reader).split(b'\n') {
        file.write_all(&line?)?;
        file.write_all(b"\n")?;
        lines += 1;
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            eprintln!("  {name}: {lines} lines of output, {} s", start.elapsed().as_secs());
        }
    }
    let status = child.wait()?;
    if !status.success() {
        let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        bail!("{name} failed ({status}); {} ends:\n{}", log.display(), proc::tail(&text, 40));
    }
    eprintln!("  {name}: done in {} s", start.elapsed().as_secs());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn a_failed_step_shows_the_end_of_its_log() {
        let dir = scratch("step");
        let log = dir.join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo fine; echo broken >&2; exit 1"]);
        let error = step("make", &mut command, &log).unwrap_err().to_string();
        assert!(error.contains("fine\nbroken"), "{error}");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_lock_excludes_others() {
        let dir = scratch("lock");
        let path = dir.join("x.lock");
        let held = lock(&path, "x").unwrap();
        assert!(File::create(&path).unwrap().try_lock().is_err());
        drop(held);
        assert!(File::create(&path).unwrap().try_lock().is_ok());
        fs::remove_dir_all(dir).unwrap();
    }
}
