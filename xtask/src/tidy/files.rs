//! Rules on files as such: their size, their names, and paths that only exist on one machine.

use super::Finding;

/// The most lines that a source file may have.
const MAX_LINES: usize = 600;

/// How many lines of a file count as its head.
const HEAD: usize = 15;

/// Paths of people's machines. Put together here, or this file would break its own rule.
const LOCAL_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// Checks where a test lies and how it is called.
pub fn check_name(file: &str) -> Option<Finding> {
    let path = file.strip_suffix(".phpt")?;
    let parts: Vec<&str> = path.split('/').collect();
    let message = match parts[..] {
        ["php-tests", _, name] if !is_test_name(name) => "a test's name is made of a-z, 0-9 and _, and is no mere number",
        ["php-tests", _, _] => return None,
        _ => "tests live in php-tests/<topic>/",
    };
    Some(Finding { file: file.to_owned(), line: 0, message: message.to_owned() })
}

fn is_test_name(name: &str) -> bool {
    name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')) && name.chars().any(|c| c.is_ascii_lowercase())
}

/// Checks a file's length and that it names no directory of somebody's machine.
pub fn check_text(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |line: usize, message: String| {
        findings.push(Finding { file: file.to_owned(), line, message });
    };
    let is_source = [".rs", ".c", ".h"].iter().any(|extension| file.ends_with(extension));
    let length = text.lines().count();
    if is_source && length > MAX_LINES && !text.lines().take(HEAD).any(explains_size) {
        report(0, format!("{length} lines: split it, or say `// size: <why>` in its head"));
    }
    for (index, line) in text.lines().enumerate() {
        for path in LOCAL_PATHS.iter().filter(|path| mentions(line, path)) {
            report(index + 1, format!("{path} exists on some machines only"));
        }
    }
    findings
}

fn explains_size(line: &str) -> bool {
    line.trim_start().strip_prefix("// size:").is_some_and(|reason| !reason.trim().is_empty())
}

/// Whether the line has the path from its root, not as a part of a longer one.
fn mentions(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}' | '/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_and_placed() {
        assert_eq!(check_name("php-tests/spawn/returns_value.phpt"), None);
        assert_eq!(check_name("README.md"), None);
        for bad in [
            "php-tests/spawn/001.phpt",
            "php-tests/spawn/Big.phpt",
            "php-tests/spawn/a-b.phpt",
            "php-tests/a.phpt",
            "php-tests/a/b/c.phpt",
            "tests/a/b.phpt",
        ] {
            assert!(check_name(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn long_files_say_why() {
        let long = "x\n".repeat(MAX_LINES + 1);
        assert_eq!(check_text("a.rs", &long).len(), 1);
        assert_eq!(check_text("a.h", &format!("// size: \n{long}")).len(), 1);
        assert!(check_text("a.rs", &format!("// size: one table\n{long}")).is_empty());
        assert!(check_text("a.md", &long).is_empty());
        assert!(check_text("a.rs", &"x\n".repeat(MAX_LINES)).is_empty());
    }

    #[test]
    fn local_paths_are_found() {
        let line = format!("ok\nsee {}x", LOCAL_PATHS[0]);
        assert_eq!(check_text("a.md", &line)[0].line, 2);
        assert!(check_text("a.md", &format!("docs{}x", LOCAL_PATHS[0])).is_empty());
    }
}
