//! PHP's source: the upstream release tarball inside Debian's source package.
//!
//! apt checks its signature and knows a mirror that this machine can reach. The machine's own apt
//! configuration stays as it is: lists, cache and sources live in our cache directory.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{packages, paths, proc, variant::Version};

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR_VARIABLE: &str = "ASYNC_THREADS_DEBIAN_MIRROR";

/// The tarball of `version`, downloaded unless an earlier call did so.
pub fn tarball(version: Version, suite: &str) -> Result<PathBuf> {
    let apt = paths::cache()?.join("apt");
    let sources = apt.join("src");
    fs::create_dir_all(&sources)?;
    let package = format!("php{}", version.as_str());
    if let Some(file) = find_tarball(&sources, &package)? {
        return Ok(file);
    }
    if let Err(error) = download(&apt, &package, suite) {
        let Some(release) = known_release(version) else { return Err(error) };
        eprintln!("{error:#}");
        download_known(&apt, &package, &release)?;
    }
    find_tarball(&sources, &package)?.context("the source package has no .orig.tar.xz")
}

/// A release of PHP as Debian's archive holds it.
struct Release {
    /// Its name in the archive's directory of that package.
    file: &'static str,
    sha256: &'static str,
}

/// The release to fall back to while a mirror names a newer one in its lists than it has, which
/// happens for days after a point release. The sums are those of the signed source packages.
fn known_release(version: Version) -> Option<Release> {
    match version {
        Version::V8_4 => Some(Release {
            file: "php8.4_8.4.24.orig.tar.xz",
            sha256: "e127be09a8506f4327c5cfa78a614b00d210714484ec215ce0011b4a03c00731",
        }),
        Version::V8_3 => None,
        Version::V8_2 => Some(Release {
            file: "php8.2_8.2.32.orig.tar.xz",
            sha256: "e02aa173c236c12791696254d607da680e6d5516f8f5c2339642de7c4f944bd2",
        }),
    }
}

/// Downloads a release whose checksum is known, so that no list need name it.
fn download_known(apt: &Path, package: &str, release: &Release) -> Result<()> {
    const HELPER: &str = "/usr/lib/apt/apt-helper";
    let Release { file, sha256 } = release;
    let mirror = mirror()?;
    let url = format!("{}/pool/main/p/{package}/{file}", mirror.trim_end_matches('/'));
    let download = apt.join("known");
    fs::create_dir_all(&download)?;
    let target = download.join(file);
    eprintln!("Downloading {file} instead");
    let mut helper = Command::new(HELPER);
    helper.arg("-oAPT::Sandbox::User=root").arg("download-file");
    proc::run(helper.arg(&url).arg(&target).arg(format!("SHA256:{sha256}")))?;
    fs::rename(&target, apt.join("src").join(file))?;
    Ok(())
}

/// Unpacks `tarball` as the directory `target`, replacing it.
pub fn unpack(tarball: &Path, target: &Path) -> Result<()> {
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::create_dir_all(target)?;
    let mut tar = Command::new("tar");
    tar.arg("-xJf").arg(tarball).arg("-C").arg(target).arg("--strip-components=1");
    proc::run(&mut tar)?;
    if !target.join("configure").is_file() {
        bail!("{} is no release tarball: it has no configure", tarball.display());
    }
    Ok(())
}

fn find_tarball(dir: &Path, package: &str) -> Result<Option<PathBuf>> {
    let prefix = format!("{package}_");
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.starts_with(&prefix) && name.ends_with(".orig.tar.xz") {
            found.push(dir.join(name));
        }
    }
    found.sort();
    Ok(found.pop())
}

fn download(apt: &Path, package: &str, suite: &str) -> Result<()> {
    let mirror = mirror()?;
    if !Path::new(KEYRING).is_file() {
        packages::ensure(&["debian-archive-keyring"])?;
    }
    // The lists are per suite: apt would otherwise prune those of the suite fetched before.
    let state = apt.join(suite);
    let download = state.join("download");
    for dir in [state.join("lists/partial"), state.join("cache/archives/partial")] {
        fs::create_dir_all(dir)?;
    }
    if download.exists() {
        fs::remove_dir_all(&download)?;
    }
    fs::create_dir_all(&download)?;
    let list = state.join("sources.list");
    fs::write(&list, format!("deb-src [signed-by={KEYRING}] {mirror} {suite} main\n"))?;

    eprintln!("Downloading the source package {package} (Debian {suite})");
    let options = options(&state, &list);
    proc::run(Command::new("apt-get").args(&options).args(["update", "-qq"]))?;
    let mut get = Command::new("apt-get");
    get.args(&options).args(["source", "--download-only", "-qq", package]);
    proc::run(get.current_dir(&download))?;

    // Only a download that apt has finished and checked gets to where it is looked for.
    let tarball = find_tarball(&download, package)?.with_context(|| format!("{package} of {suite} has no .orig.tar.xz"))?;
    let name = tarball.file_name().context("a tarball without a name")?;
    fs::rename(&tarball, apt.join("src").join(name))?;
    fs::remove_dir_all(&download)?;
    Ok(())
}

fn options(state: &Path, list: &Path) -> Vec<OsString> {
    let set = |name: &str, value: &Path| {
        let mut option = OsString::from(format!("-o{name}="));
        option.push(value);
        option
    };
    vec![
        set("Dir::Etc::sourcelist", list),
        set("Dir::Etc::sourceparts", Path::new("/dev/null")),
        set("Dir::State::lists", &state.join("lists")),
        set("Dir::Cache", &state.join("cache")),
        // apt's own user may not enter a cache below somebody's home.
        OsString::from("-oAPT::Sandbox::User=root"),
    ]
}

/// The Debian mirror to use: the user's choice, or the one this machine's apt uses.
fn mirror() -> Result<String> {
    if let Ok(mirror) = env::var(MIRROR_VARIABLE)
        && !mirror.is_empty()
    {
        return Ok(mirror);
    }
    if let Some(mirror) = configured_mirror()? {
        return Ok(mirror);
    }
    // A new machine has no lists yet, and without them apt cannot tell whose a repository is.
    packages::update()?;
    configured_mirror()?.with_context(|| {
        format!(
            "apt on this machine knows no Debian repository to get PHP's source from: set \
             {MIRROR_VARIABLE} to the URL of a Debian mirror, or PHP_CONFIG to the php-config of \
             a ZTS build of PHP"
        )
    })
}

fn configured_mirror() -> Result<Option<String>> {
    const FORMAT: &str = "$(CREATED_BY)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)";
    let mut indextargets = Command::new("apt-get");
    Ok(choose_mirror(&proc::output(indextargets.args(["indextargets", "--format", FORMAT]))?))
}

fn choose_mirror(targets: &str) -> Option<String> {
    // The label tells Debian's main archive from the security one, which has no full suites.
    targets.lines().find_map(|line| line.strip_prefix("Packages|Debian|Debian|main|")).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::choose_mirror;

    #[test]
    fn the_main_archive_is_chosen() {
        let targets = "Packages|Debian|Debian-Security|main|http://security.example/\n\
                       Translations|Debian|Debian|main|http://wrong.example/\n\
                       Packages|Acme|Acme|main|http://acme.example/\n\
                       Packages|Debian|Debian|main|http://mirror.example/debian/\n";
        assert_eq!(choose_mirror(targets).as_deref(), Some("http://mirror.example/debian/"));
    }

    #[test]
    fn other_systems_have_none() {
        assert_eq!(choose_mirror("Packages|Ubuntu|Ubuntu|main|http://u.example/\n"), None);
        assert_eq!(choose_mirror("Packages|||main|http://fresh.example/\n"), None);
    }
}
