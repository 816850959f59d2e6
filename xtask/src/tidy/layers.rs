//! Which part of the extension may know of which: lower layers never name higher ones.

use super::{
    Finding,
    source::{Source, Token},
};

/// The modules of the root crate and their heights. `lib.rs` and `lifecycle.rs` wire everything
/// together and are above all of them.
const LAYERS: &[(&str, u8)] = &[("sys", 1), ("zend", 2), ("transfer", 3), ("code", 3), ("runtime", 4), ("php", 5)];

/// Neighbours of the same height may not know each other, but for these (who, whom).
const ALLOWED_NEIGHBOURS: &[(&str, &str)] = &[("transfer", "code")];

/// Checks what a file of `src/` names, and that the top layer is free of `unsafe`.
pub fn check(file: &str, source: &Source) -> Vec<Finding> {
    let Some((layer, depth)) = layer_of(file) else { return Vec::new() };
    let tokens = source.tokens();
    let mut findings = Vec::new();
    for (name, line) in mentions(&tokens, depth) {
        if !may_use(layer, name) {
            let message = format!("src/{layer} must not know of crate::{name}");
            findings.push(Finding { file: file.to_owned(), line: line + 1, message });
        }
    }
    if layer == "php" {
        for token in tokens.iter().filter(|token| token.text == "unsafe") {
            let message = "src/php has no unsafe code: give a lower layer a safe function for it";
            let line = token.line + 1;
            findings.push(Finding { file: file.to_owned(), line, message: message.to_owned() });
        }
    }
    findings
}

/// Checks that the core, which knows no PHP, depends on nothing that does.
pub fn check_core_manifest(file: &str, text: &str) -> Vec<Finding> {
    const PHP_WORDS: [&str; 4] = ["php", "zend", "bindgen", "async_threads"];
    let mut findings = Vec::new();
    let mut in_dependencies = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            in_dependencies = section.contains("dependencies");
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        if in_dependencies && PHP_WORDS.iter().any(|word| name.contains(word)) {
            let message = format!("the core must not depend on {name}");
            findings.push(Finding { file: file.to_owned(), line: index + 1, message });
        }
    }
    findings
}

/// The layer of a file of the root crate, and how deep its module lies below the crate's root.
fn layer_of(file: &str) -> Option<(&'static str, usize)> {
    let path = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let mut parts = path.split('/');
    let first = parts.next()?;
    let (name, _) = LAYERS.iter().find(|(name, _)| *name == first)?;
    Some((name, 1 + parts.count()))
}

fn height(layer: &str) -> u8 {
    LAYERS.iter().find(|(name, _)| *name == layer).map_or(u8::MAX, |(_, height)| *height)
}

fn may_use(user: &str, used: &str) -> bool {
    user == used || height(used) < height(user) || ALLOWED_NEIGHBOURS.contains(&(user, used))
}

/// The layers named by `crate::x` or `crate::{x, y::z}`, or by as many `super::` as lead there.
fn mentions<'a>(tokens: &[Token<'a>], depth: usize) -> Vec<(&'a str, usize)> {
    let mut found = Vec::new();
    for start in 0..tokens.len() {
        if start >= 2 && tokens[start - 1].text == "::" && tokens[start - 2].text == "super" {
            continue;
        }
        let after = match tokens[start].text {
            "crate" => start + 1,
            "super" => match supers(&tokens[start..]) {
                (count, length) if count >= depth => start + length,
                _ => continue,
            },
            _ => continue,
        };
        if tokens.get(after).map(|token| token.text) == Some("::") {
            found.extend(heads(&tokens[after + 1..]));
        }
    }
    found.retain(|(name, _)| LAYERS.iter().any(|(layer, _)| layer == name));
    found
}

/// How many `super` a path starts with, and how many tokens they take up.
fn supers(tokens: &[Token<'_>]) -> (usize, usize) {
    let mut count = 1;
    while tokens.get(2 * count - 1).map(|token| token.text) == Some("::")
        && tokens.get(2 * count).map(|token| token.text) == Some("super")
    {
        count += 1;
    }
    (count, 2 * count - 1)
}

/// The first names of what follows `crate::`: one, or those of a group.
fn heads<'a>(tokens: &[Token<'a>]) -> Vec<(&'a str, usize)> {
    let Some(first) = tokens.first() else { return Vec::new() };
    if first.text != "{" {
        return vec![(first.text, first.line)];
    }
    let mut heads = Vec::new();
    let mut depth = 0_usize;
    let mut expects = false;
    for token in tokens {
        match token.text {
            "{" => {
                depth += 1;
                expects = depth == 1;
            }
            "}" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            "," => expects = depth == 1,
            text if expects => {
                heads.push((text, token.line));
                expects = false;
            }
            _ => {}
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str, text: &str) -> Vec<usize> {
        check(file, &Source::new(text)).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn lower_layers_do_not_name_higher_ones() {
        assert_eq!(lines("src/sys/mod.rs", "use crate::sys::x;\nuse crate::zend::y;"), [2]);
        assert_eq!(lines("src/zend/value.rs", "fn f() { crate::runtime::go(); }"), [1]);
        assert!(lines("src/php/future.rs", "use crate::{zend::y, runtime, sys};").is_empty());
    }

    #[test]
    fn groups_are_looked_into() {
        let text = "use crate::{\n    sys::{php, runtime},\n    runtime::Task,\n};";
        assert_eq!(lines("src/transfer/mod.rs", text), [3]);
    }

    #[test]
    fn supers_that_reach_the_root_count() {
        assert_eq!(lines("src/sys/alloc.rs", "use super::super::zend::x;"), [1]);
        assert_eq!(lines("src/sys/mod.rs", "use super::zend::x;"), [1]);
        assert!(lines("src/sys/alloc.rs", "use super::zend::x;").is_empty());
    }

    #[test]
    fn transfer_may_use_code_but_not_the_reverse() {
        assert!(lines("src/transfer/a.rs", "use crate::code::b;").is_empty());
        assert_eq!(lines("src/code/a.rs", "use crate::transfer::b;"), [1]);
    }

    #[test]
    fn what_wires_the_layers_is_free() {
        assert!(lines("src/lib.rs", "use crate::php::x;").is_empty());
        assert!(lines("src/lifecycle.rs", "use crate::php::x;").is_empty());
        assert!(lines("core/src/lib.rs", "use crate::php::x;").is_empty());
    }

    #[test]
    fn the_top_layer_has_no_unsafe() {
        assert_eq!(lines("src/php/a.rs", "// unsafe\nlet s = \"unsafe\";\nunsafe { x() }"), [3]);
    }

    #[test]
    fn the_core_depends_on_no_php() {
        let manifest = "[package]\nname = \"async_threads_core\"\n[dependencies]\nloom = \"1\"\n\
                        ext-php-rs = \"1\"\n";
        let findings = check_core_manifest("core/Cargo.toml", manifest);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 5);
    }
}
