//! Every `unsafe` says why it is sound, or what its caller has to see to.

use super::{
    Finding,
    source::{Source, Token},
};

/// How far above an unsafe block its reason may stand.
const REACH: usize = 6;

/// Checks all uses of `unsafe` in a file.
pub fn check(file: &str, source: &Source) -> Vec<Finding> {
    let tokens = source.tokens();
    let mut findings = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.text != "unsafe" {
            continue;
        }
        let next = |offset: usize| tokens.get(index + offset).map_or("", |token: &Token<'_>| token.text);
        let missing = match next(1) {
            "{" if !reason_above(source, token.line) => Some("unsafe block without a SAFETY comment"),
            "impl" if !reason_above(source, token.line) => Some("unsafe impl without a SAFETY comment"),
            "trait" if !contract(source, token.line) => Some("unsafe trait without a `# Safety` section"),
            "fn" | "extern" if declares_function(&tokens[index + 1..]) => {
                (!contract(source, token.line)).then_some("unsafe fn without a `# Safety` section or a SAFETY comment")
            }
            _ => None,
        };
        if let Some(message) = missing {
            let line = token.line + 1;
            findings.push(Finding { file: file.to_owned(), line, message: message.to_owned() });
        }
    }
    findings
}

/// Whether these tokens are those of a function with a name, and not of a pointer type or of a
/// block of foreign declarations.
fn declares_function(tokens: &[Token<'_>]) -> bool {
    let mut tokens = tokens.iter().map(|token| token.text).skip_while(|&text| text == "extern");
    tokens.next() == Some("fn") && tokens.next().is_some_and(|name| name != "(")
}

fn reason_above(source: &Source, line: usize) -> bool {
    source.lines[line.saturating_sub(REACH)..=line].iter().any(|text| text.contains("SAFETY:"))
}

/// Whether the doc comment or the comments right above, or within the reach, have the contract.
fn contract(source: &Source, line: usize) -> bool {
    if reason_above(source, line) {
        return true;
    }
    let above = source.lines[..line].iter().rev().map(|text| text.trim_start());
    above
        .take_while(|text| text.starts_with("//") || text.starts_with("#["))
        .any(|text| text.contains("# Safety") || text.contains("SAFETY"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        check("x.rs", &Source::new(text)).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn blocks_need_a_reason_close_by() {
        assert_eq!(lines("fn f() {\n    unsafe { g() }\n}"), [2]);
        assert!(lines("// SAFETY: it is\nlet x = unsafe { g() };").is_empty());
        assert!(lines("unsafe { g() } // SAFETY: it is").is_empty());
        assert_eq!(lines("// SAFETY: far\n\n\n\n\n\n\nunsafe { g() }"), [8]);
    }

    #[test]
    fn impls_need_a_reason_too() {
        assert_eq!(lines("unsafe impl Send for X {}"), [1]);
        assert!(lines("// SAFETY: no state\nunsafe impl Send for X {}").is_empty());
    }

    #[test]
    fn functions_need_a_contract() {
        assert_eq!(lines("/// Does it.\npub unsafe fn f() {}"), [2]);
        assert_eq!(lines("unsafe extern \"C\" fn f() {}"), [1]);
        let long = "/// Does it.\n///\n/// # Safety\n/// a\n/// b\n/// c\n/// d\n/// e\n\
                    #[inline]\npub unsafe fn f() {}";
        assert!(lines(long).is_empty());
    }

    #[test]
    fn types_and_foreign_blocks_have_none() {
        assert!(lines("type F = unsafe extern \"C\" fn(i32);").is_empty());
        assert!(lines("type F = unsafe fn(i32);").is_empty());
        assert!(lines("unsafe extern \"C\" {\n    fn f();\n}").is_empty());
        assert!(lines("#[unsafe(no_mangle)]\npub fn f() {}").is_empty());
    }
}
