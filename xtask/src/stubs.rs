//! Compares the documented API, `stubs/`, with the one that the extension registers.
//!
//! PHP itself tells both by reflection (`xtask/php/api_dump.php`), in the same JSON shape.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    ext::{self, Extension},
    paths, proc,
    variant::Mode,
};

const STUB: &str = "stubs/async_threads.stub.php";

/// Prints each difference; fails if there is one.
pub fn run(extension: &Extension) -> Result<ExitCode> {
    let differences = check(extension)?;
    for difference in &differences {
        println!("{difference}");
    }
    if !differences.is_empty() {
        bail!("{STUB} and the extension differ in {} places", differences.len());
    }
    eprintln!("{STUB} and the extension agree");
    Ok(ExitCode::SUCCESS)
}

/// The differences in words, one each.
pub fn check(extension: &Extension) -> Result<Vec<String>> {
    let stub = dump(extension.php.command(), "stub", STUB)?;
    let registered = dump(extension.command(Mode::Plain), "extension", ext::NAME)?;
    let classes = stub["classes"].as_object().context("the stub's dump has no classes")?;
    if classes.is_empty() {
        bail!("{STUB} declares no class");
    }
    let mut differences = Vec::new();
    compare("", &stub, &registered, &mut differences);
    Ok(differences)
}

fn dump(mut php: Command, source: &str, argument: &str) -> Result<Value> {
    let root = paths::root();
    php.args(["-d", "display_errors=stderr", "-d", "error_reporting=-1"]);
    php.arg(root.join("xtask/php/api_dump.php")).arg(source);
    if source == "stub" {
        php.arg(root.join(argument));
    } else {
        php.arg(argument);
    }
    let json = proc::output(&mut php)?;
    serde_json::from_str(&json).with_context(|| format!("the {source}'s API is no JSON: {json}"))
}

/// Walks both trees; `path` is where they are, in words.
fn compare(path: &str, stub: &Value, registered: &Value, differences: &mut Vec<String>) {
    match (stub, registered) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                match b.get(key) {
                    Some(other) => compare(&step(path, key), value, other, differences),
                    None if key == "default" => {}
                    None => {
                        differences.push(format!("{}: only in the stub", step(path, key)));
                    }
                }
            }
            // Internal functions may keep a default to themselves, stubs may do so too.
            for key in b.keys().filter(|key| !a.contains_key(*key) && *key != "default") {
                differences.push(format!("{}: only in the extension", step(path, key)));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (value, other)) in a.iter().zip(b).enumerate() {
                compare(&step(path, &(index + 1).to_string()), value, other, differences);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.iter().chain(b).all(Value::is_object) => {
            differences.push(format!(
                "{path}: {} ({}) in the stub, {} ({}) in the extension",
                a.len(),
                names(a),
                b.len(),
                names(b)
            ));
        }
        _ if stub == registered => {}
        _ => differences.push(format!("{path}: {} in the stub, {} in the extension", show(stub), show(registered))),
    }
}

/// `classes` and such are plain plurals in the JSON, but read as "class X" in a message.
fn step(path: &str, key: &str) -> String {
    let (head, last) = path.rsplit_once(' ').unwrap_or(("", path));
    let singular = match last {
        "classes" => "class",
        "functions" => "function",
        "methods" => "method",
        "properties" => "property",
        "constants" => "constant",
        "params" => "parameter",
        "interfaces" => "interface",
        _ => return format!("{path} {key}").trim_start().to_owned(),
    };
    format!("{head} {singular} {key}").trim_start().to_owned()
}

fn names(params: &[Value]) -> String {
    let name = |param: &Value| format!("${}", param["name"].as_str().unwrap_or("?"));
    params.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => format!("`{text}`"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(stub: &Value, registered: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        compare("", stub, registered, &mut differences);
        differences
    }

    #[test]
    fn equal_trees_agree() {
        let api = json!({"classes": {"A\\B": {"final": true, "interfaces": ["X"]}}});
        assert!(differences(&api, &api).is_empty());
    }

    #[test]
    fn a_difference_says_where_it_is() {
        let api = |ty: &str, last: bool| {
            json!({"classes": {"Async\\F": {"final": last, "methods": {
                "await": {"params": [{"name": "ms", "type": ty}]}
            }}}})
        };
        assert_eq!(
            differences(&api("int", true), &api("float", false)),
            [
                "class Async\\F final: yes in the stub, no in the extension",
                "class Async\\F method await parameter 1 type: `int` in the stub, `float` in the \
                 extension",
            ]
        );
    }

    #[test]
    fn either_side_may_lack_something() {
        let a = json!({"functions": {"Async\\a": {}}});
        let b = json!({"functions": {"Async\\b": {}}});
        assert_eq!(differences(&a, &b), ["function Async\\a: only in the stub", "function Async\\b: only in the extension"]);
    }

    #[test]
    fn parameter_counts_are_told_with_names() {
        let a = json!({"params": [{"name": "x"}]});
        let b = json!({"params": []});
        assert_eq!(differences(&a, &b), ["params: 1 ($x) in the stub, 0 () in the extension"]);
    }

    #[test]
    fn defaults_are_compared_only_if_both_are_known() {
        assert!(differences(&json!({"default": "1"}), &json!({})).is_empty());
        assert_eq!(differences(&json!({"default": "1"}), &json!({"default": "2"})).len(), 1);
    }
}
