//! Rust source with its comments and literals told apart from its code.
//!
//! No parser: the rules only ask which words stand in code and which in comments.

/// A Rust file, once as written and once as code alone.
pub struct Source {
    /// The lines as written.
    pub lines: Vec<String>,
    /// The same lines with comments, strings and character literals blanked out.
    pub code: Vec<String>,
}

/// A word or punctuation character of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// From 0.
    pub line: usize,
}

impl Source {
    /// Splits the text of a Rust file.
    pub fn new(text: &str) -> Self {
        let lines = text.lines().map(str::to_owned).collect();
        let code = mask(text).lines().map(str::to_owned).collect();
        Self { lines, code }
    }

    /// The code's tokens; `::` is one, all other punctuation comes as single characters.
    pub fn tokens(&self) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        for (line, code) in self.code.iter().enumerate() {
            let mut rest = code.trim_start();
            while let Some(first) = rest.chars().next() {
                let length = if is_word(first) {
                    rest.find(|c| !is_word(c)).unwrap_or(rest.len())
                } else if rest.starts_with("::") {
                    2
                } else {
                    first.len_utf8()
                };
                let (text, after) = rest.split_at(length);
                tokens.push(Token { text, line });
                rest = after.trim_start();
            }
        }
        tokens
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Blanks comments and literals, keeping every line break.
fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let after_word = at > 0 && is_word(chars[at - 1]);
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => block_end(&chars, at),
            '"' => string_end(&chars, at),
            'r' if !after_word || is_byte_prefix(&chars, at) => raw_end(&chars, at),
            '\'' => char_end(&chars, at),
            _ => at,
        };
        if end == at {
            masked.push(chars[at]);
            at += 1;
        } else {
            // Spaces, so that a literal still separates the words around it.
            masked.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    masked
}

/// Whether the `r` here follows a lone `b` or `c`, as in `br"…"`.
fn is_byte_prefix(chars: &[char], at: usize) -> bool {
    matches!(chars[at - 1], 'b' | 'c') && (at < 2 || !is_word(chars[at - 2]))
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |length| at + length)
}

fn block_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut i = at;
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => {
                depth += 1;
                i += 2;
            }
            ('*', '/') => {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    return i;
                }
            }
            _ => i += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut i = at + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"` or `r#"…"#`; `at` itself if it is a plain word or a raw identifier.
fn raw_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return at;
    }
    let mut i = open + 1;
    while i < chars.len() {
        let closing = chars[i + 1..].iter().take(hashes).take_while(|&&c| c == '#').count();
        if chars[i] == '"' && closing == hashes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    chars.len()
}

/// The end of a character literal; `at` itself if it is the tick of a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    match chars.get(at + 1) {
        // The escaped character may be a tick itself, hence the search starts behind it.
        Some('\\') => {
            chars[(at + 3).min(chars.len())..].iter().position(|&c| c == '\'').map_or(chars.len(), |length| at + 3 + length + 1)
        }
        Some(_) if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Source::new(text).tokens().iter().map(|token| token.text.to_owned()).collect()
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        assert_eq!(words("a // unsafe\nb /* x /* y */ z */ c"), ["a", "b", "c"]);
        assert_eq!(words(r#"f("un\"safe", 'u', '\'', b"x")"#), ["f", "(", ",", ",", ",", "b", ")"]);
        assert_eq!(words("r#\"unsafe \" {\"# x br\"unsafe\" y"), ["x", "b", "y"]);
        assert_eq!(words(r"'\u{41}' x"), ["x"]);
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_code() {
        assert_eq!(words("&'a T"), ["&", "'", "a", "T"]);
        assert_eq!(words("r#type bar"), ["r", "#", "type", "bar"]);
    }

    #[test]
    fn tokens_know_their_lines() {
        let source = Source::new("use\n  crate::x;\n/*\n\n*/ y");
        let tokens = source.tokens();
        assert_eq!(tokens.len(), 6);
        assert_eq!(tokens[2], Token { text: "::", line: 1 });
        assert_eq!(tokens[5], Token { text: "y", line: 4 });
    }
}
