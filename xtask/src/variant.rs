//! Which PHP is meant: its version and whether it is a debug build.

use std::{fmt, str::FromStr};

use anyhow::bail;

/// A PHP version that the extension supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V8_2,
    V8_3,
    V8_4,
}

impl Version {
    /// The version as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V8_2 => "8.2",
            Self::V8_3 => "8.3",
            Self::V8_4 => "8.4",
        }
    }

    /// The Debian suite that carries this version's source, where there is one.
    pub fn debian_suite(self) -> Option<&'static str> {
        match self {
            Self::V8_2 => Some("bookworm"),
            Self::V8_3 => None,
            Self::V8_4 => Some("trixie"),
        }
    }

    /// `PHP_VERSION_ID / 100`, which all patch releases share.
    pub fn minor_id(self) -> u32 {
        match self {
            Self::V8_2 => 802,
            Self::V8_3 => 803,
            Self::V8_4 => 804,
        }
    }
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        Ok(match text {
            "8.2" => Self::V8_2,
            "8.3" => Self::V8_3,
            "8.4" => Self::V8_4,
            _ => bail!("PHP {text} is not supported: give 8.4, 8.3 or 8.2"),
        })
    }
}

/// One build of PHP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    pub version: Version,
    pub debug: bool,
}

impl Variant {
    /// What is meant when nothing is said.
    pub const DEFAULT: Self = Self { version: Version::V8_4, debug: false };
    /// The build that finds leaks and broken engine invariants.
    pub const DEBUG: Self = Self { version: Version::V8_4, debug: true };
    /// The oldest supported version.
    pub const OLDEST: Self = Self { version: Version::V8_2, debug: false };
}

/// `8.4-release`: the name in directories and messages.
impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.debug { "debug" } else { "release" };
        write!(f, "{}-{kind}", self.version.as_str())
    }
}

/// How the engine runs the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Plain,
    Opcache,
    JitFunction,
    JitTracing,
}

impl Mode {
    /// The ini settings that switch this mode on.
    pub fn ini(self) -> &'static [&'static str] {
        // run-tests.php sets protect_memory, which does not go with threads.
        const OPCACHE: [&str; 3] = ["zend_extension=opcache", "opcache.enable_cli=1", "opcache.protect_memory=0"];
        match self {
            Self::Plain => &[],
            Self::Opcache => &OPCACHE,
            Self::JitFunction => &[OPCACHE[0], OPCACHE[1], OPCACHE[2], "opcache.jit_buffer_size=64M", "opcache.jit=1205"],
            Self::JitTracing => &[OPCACHE[0], OPCACHE[1], OPCACHE[2], "opcache.jit_buffer_size=64M", "opcache.jit=tracing"],
        }
    }

    /// Whether code gets compiled to machine code.
    pub fn is_jit(self) -> bool {
        matches!(self, Self::JitFunction | Self::JitTracing)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Opcache => "opcache",
            Self::JitFunction => "jit-function",
            Self::JitTracing => "jit-tracing",
        })
    }
}
