//! Reads the PHP stub and writes the C tables (arginfo, methods, class registration) and the Rust doors.
//!
//! Purpose: the stub is the contract, so nothing in it is typed a second time. Owner: the build script. The parser knows just the PHP
//! the stub uses (namespaces in braces, classes, interfaces, methods, functions, defaults); anything else stops the build with its line.

use std::fmt::Write;

/// A parsed stub.
pub(crate) struct Stub {
    pub(crate) classes: Vec<Class>,
    pub(crate) functions: Vec<Function>,
}

/// A class or interface, in the order of the stub (parents come first).
pub(crate) struct Class {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) interface: bool,
    pub(crate) is_final: bool,
    pub(crate) is_abstract: bool,
    /// Usable as an attribute, of classes alone.
    pub(crate) is_attribute: bool,
    pub(crate) parent: Option<String>,
    pub(crate) interfaces: Vec<String>,
    pub(crate) methods: Vec<Function>,
}

/// A function or method.
pub(crate) struct Function {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) modifiers: Vec<String>,
    pub(crate) params: Vec<Param>,
    pub(crate) returns: Option<String>,
}

/// One parameter, its types as written.
pub(crate) struct Param {
    pub(crate) ty: String,
    pub(crate) name: String,
    pub(crate) default: Option<String>,
    pub(crate) variadic: bool,
}

fn strip_comments(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find("*/").map_or(rest.len(), |e| at + e + 2);
        out.extend(rest[at..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Parses the stub's text.
///
/// # Panics
/// On PHP it does not know, naming the text.
pub(crate) fn parse(source: &str) -> Stub {
    let text = strip_comments(source);
    let mut stub = Stub { classes: vec![], functions: vec![] };
    let mut namespace = String::new();
    let mut class: Option<Class> = None;
    let mut depth = 0;
    // A declaration ends with `;`, `{}` or, for a class or namespace, with `{`.
    let mut pending = String::new();
    for line in text.trim_start_matches("<?php").lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !pending.is_empty() {
            pending.push(' ');
        }
        pending.push_str(line);
        if pending == "}" {
            depth -= 1;
            if depth == 1 {
                stub.classes.extend(class.take());
            }
            pending.clear();
        } else if let Some(rest) = pending.strip_prefix("namespace") {
            namespace = rest.trim().trim_end_matches('{').trim().to_owned();
            depth = 1;
            pending.clear();
        } else if pending.contains("function ") {
            if pending.ends_with("{}") || pending.ends_with(';') {
                let function = parse_function(&pending, &namespace);
                match class.as_mut() {
                    Some(class) => class.methods.push(function),
                    None => stub.functions.push(function),
                }
                pending.clear();
            }
        } else if pending.ends_with("{}") {
            stub.classes.push(parse_class(&pending, &namespace));
            pending.clear();
        } else if pending.ends_with('{') {
            class = Some(parse_class(&pending, &namespace));
            depth = 2;
            pending.clear();
        }
    }
    assert!(pending.is_empty(), "stub: cannot read `{pending}`");
    stub
}

fn parse_class(text: &str, namespace: &str) -> Class {
    let head = text.trim_end_matches("{}").trim_end_matches('{').trim();
    let words: Vec<&str> = head.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let kind = words.iter().position(|w| *w == "class" || *w == "interface");
    let kind = kind.unwrap_or_else(|| panic!("stub: cannot read `{text}`"));
    let interface = words[kind] == "interface";
    let mut class = Class {
        namespace: namespace.to_owned(),
        name: words[kind + 1].to_owned(),
        interface,
        is_final: words[..kind].contains(&"final"),
        is_abstract: words[..kind].contains(&"abstract"),
        is_attribute: words[..kind].contains(&"#[\\Attribute(\\Attribute::TARGET_CLASS)]"),
        parent: None,
        interfaces: vec![],
        methods: vec![],
    };
    let mut implements = interface;
    for word in &words[kind + 2..] {
        match *word {
            "extends" => {}
            "implements" => implements = true,
            name if implements => class.interfaces.push(qualify(name, namespace)),
            name => class.parent = Some(qualify(name, namespace)),
        }
    }
    class
}

fn parse_function(text: &str, namespace: &str) -> Function {
    let text = text.trim_end_matches("{}").trim_end_matches(';').trim();
    let (head, rest) = text.split_once('(').expect("a parameter list");
    let close = rest.rfind(')').expect("a closing parenthesis");
    let mut words: Vec<String> = head.split_whitespace().map(str::to_owned).collect();
    let name = words.pop().expect("a name");
    words.pop();
    let params = rest[..close].split(", ").filter(|p| !p.trim().is_empty()).map(parse_param).collect();
    let returns = rest[close + 1..].trim().strip_prefix(':').map(|t| t.trim().to_owned());
    Function { namespace: namespace.to_owned(), name, modifiers: words, params, returns }
}

fn parse_param(text: &str) -> Param {
    let (left, default) = match text.split_once('=') {
        Some((left, default)) => (left.trim(), Some(default.trim().to_owned())),
        None => (text.trim(), None),
    };
    let (ty, name) = left.rsplit_once(' ').unwrap_or_else(|| panic!("stub: parameter `{text}` has no type"));
    Param {
        ty: ty.to_owned(),
        variadic: name.starts_with("..."),
        name: name.trim_start_matches("...").trim_start_matches('$').to_owned(),
        default,
    }
}

fn qualify(name: &str, namespace: &str) -> String {
    match name.strip_prefix('\\') {
        Some(global) => global.to_owned(),
        None if namespace.is_empty() => name.to_owned(),
        None => format!("{namespace}\\{name}"),
    }
}

fn c_name(qualified: &str) -> String {
    qualified.replace('\\', "_")
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim_start_matches("__").chars() {
        if c.is_ascii_uppercase() {
            if !out.is_empty() {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    match out.as_str() {
        "await" | "yield" | "move" | "static" | "final" | "become" => out + "_",
        _ => out,
    }
}

/// `MAY_BE_…` mask and class name of a type.
fn type_of(ty: &str, namespace: &str) -> (String, Option<String>) {
    let mut mask = vec![];
    let mut class = vec![];
    let (nullable, body) = match ty.strip_prefix('?') {
        Some(body) => (true, body),
        None => (false, ty),
    };
    for part in body.split('|') {
        match part {
            "mixed" => mask.push("MAY_BE_ANY".to_owned()),
            "int" | "bool" | "string" | "array" | "callable" | "void" | "static" | "never" | "null" | "false" | "object" => {
                let name = if part == "int" { "long" } else { part };
                mask.push(format!("MAY_BE_{}", name.to_uppercase()));
            }
            "float" => mask.push("MAY_BE_DOUBLE".to_owned()),
            "iterable" => {
                class.push("Traversable".to_owned());
                mask.push("MAY_BE_ARRAY".to_owned());
            }
            name => class.push(qualify(name, namespace)),
        }
    }
    if nullable {
        mask.push("MAY_BE_NULL".to_owned());
    }
    let mask = if mask.is_empty() { "0".to_owned() } else { mask.join("|") };
    (mask, (!class.is_empty()).then(|| class.join("|").replace('\\', "\\\\")))
}

fn arginfo(out: &mut String, symbol: &str, function: &Function) {
    let namespace = &function.namespace;
    let required = function.params.iter().filter(|p| p.default.is_none() && !p.variadic).count();
    match function.returns.as_deref().map(|r| type_of(r, namespace)) {
        None => writeln!(out, "ZEND_BEGIN_ARG_INFO_EX(ai_{symbol}, 0, 0, {required})"),
        Some((mask, None)) => {
            writeln!(out, "ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(ai_{symbol}, 0, {required}, {mask})")
        }
        Some((mask, Some(class))) => {
            writeln!(out, "ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(ai_{symbol}, 0, {required}, {class}, {mask})")
        }
    }
    .unwrap();
    for param in &function.params {
        let (mask, class) = type_of(&param.ty, namespace);
        let name = &param.name;
        let default = param.default.as_ref().map_or("NULL".to_owned(), |d| format!("\"{}\"", d.replace('"', "\\\"")));
        match (class, param.variadic) {
            (None, true) => writeln!(out, "AT_ARG_VARIADIC({name})"),
            (Some(class), true) => writeln!(out, "ZEND_ARG_VARIADIC_OBJ_TYPE_MASK(0, {name}, {class}, {mask})"),
            (None, false) => writeln!(out, "ZEND_ARG_TYPE_MASK(0, {name}, {mask}, {default})"),
            (Some(class), false) => writeln!(out, "ZEND_ARG_OBJ_TYPE_MASK(0, {name}, {class}, {mask}, {default})"),
        }
        .unwrap();
    }
    out.push_str("ZEND_END_ARG_INFO()\n");
}

/// The C file's body: arginfo, doors' declarations, method tables, class registration.
pub(crate) fn c_tables(stub: &Stub) -> String {
    let mut out = String::from("/* Made from stubs/async_threads.stub.php by stubs/generate.rs. */\n");
    let mut all: Vec<(String, &Function, bool)> = vec![];
    for class in &stub.classes {
        let class_name = c_name(&qualify(&class.name, &class.namespace));
        for method in &class.methods {
            let is_abstract = class.interface || method.modifiers.iter().any(|m| m == "abstract");
            all.push((format!("{class_name}_{}", method.name), method, is_abstract));
        }
    }
    for function in &stub.functions {
        all.push((c_name(&qualify(&function.name, &function.namespace)), function, false));
    }
    for (symbol, function, is_abstract) in &all {
        arginfo(&mut out, symbol, function);
        if !is_abstract {
            writeln!(out, "AT_DOOR({symbol})").unwrap();
        }
    }
    for class in &stub.classes {
        let qualified = qualify(&class.name, &class.namespace);
        let class_name = c_name(&qualified);
        writeln!(out, "static const zend_function_entry methods_{class_name}[] = {{").unwrap();
        for method in &class.methods {
            let symbol = format!("{class_name}_{}", method.name);
            let mut flags: Vec<String> = method.modifiers.iter().map(|m| format!("ZEND_ACC_{}", m.to_uppercase())).collect();
            let is_abstract = class.interface || method.modifiers.iter().any(|m| m == "abstract");
            if class.interface {
                flags.push("ZEND_ACC_ABSTRACT".to_owned());
            }
            let handler = if is_abstract { "NULL".to_owned() } else { format!("door_{symbol}") };
            writeln!(out, "\tAT_FE(\"{}\", {handler}, ai_{symbol}, {})", method.name, flags.join("|")).unwrap();
        }
        out.push_str("\tZEND_FE_END\n};\n");
        writeln!(out, "zend_class_entry *at_ce_{class_name};").unwrap();
    }
    out.push_str("static const zend_function_entry at_functions[] = {\n");
    for function in &stub.functions {
        let qualified = qualify(&function.name, &function.namespace);
        let symbol = c_name(&qualified);
        writeln!(out, "\tAT_FE(\"{}\", door_{symbol}, ai_{symbol}, 0)", qualified.replace('\\', "\\\\")).unwrap();
    }
    out.push_str("\tZEND_FE_END\n};\n");
    out.push_str("static void at_register_classes(void)\n{\n\tzend_class_entry ce;\n");
    for class in &stub.classes {
        let class_name = c_name(&qualify(&class.name, &class.namespace));
        if class.namespace.is_empty() {
            writeln!(out, "\tINIT_CLASS_ENTRY(ce, \"{}\", methods_{class_name});", class.name).unwrap();
        } else {
            let namespace = class.namespace.replace('\\', "\\\\");
            writeln!(out, "\tINIT_NS_CLASS_ENTRY(ce, \"{namespace}\", \"{}\", methods_{class_name});", class.name).unwrap();
        }
        if class.interface {
            writeln!(out, "\tat_ce_{class_name} = zend_register_internal_interface(&ce);").unwrap();
        } else {
            let parent = class.parent.as_deref().map_or("NULL".to_owned(), class_symbol);
            writeln!(out, "\tat_ce_{class_name} = zend_register_internal_class_ex(&ce, {parent});").unwrap();
        }
        if class.is_final {
            writeln!(out, "\tat_ce_{class_name}->ce_flags |= ZEND_ACC_FINAL;").unwrap();
        }
        if class.is_abstract {
            writeln!(out, "\tat_ce_{class_name}->ce_flags |= ZEND_ACC_EXPLICIT_ABSTRACT_CLASS;").unwrap();
        }
        if class.is_attribute {
            writeln!(out, "\tzend_internal_attribute_register(at_ce_{class_name}, ZEND_ATTRIBUTE_TARGET_CLASS);").unwrap();
        }
        if !class.interfaces.is_empty() {
            let list: Vec<String> = class.interfaces.iter().map(|i| class_symbol(i)).collect();
            writeln!(out, "\tzend_class_implements(at_ce_{class_name}, {}, {});", list.len(), list.join(", ")).unwrap();
        }
    }
    out.push_str("}\n");
    out
}

fn class_symbol(qualified: &str) -> String {
    match qualified {
        "Error" => "zend_ce_error".to_owned(),
        "Exception" => "zend_ce_exception".to_owned(),
        "Countable" => "zend_ce_countable".to_owned(),
        "IteratorAggregate" => "zend_ce_aggregate".to_owned(),
        other => format!("at_ce_{}", c_name(other)),
    }
}

/// The Rust file: one `extern "C"` entry per function, each through the entry door to `crate::php::<class>::<method>`.
pub(crate) fn rust_doors(stub: &Stub) -> String {
    let mut out = String::from("// Made from stubs/async_threads.stub.php by stubs/generate.rs.\n");
    let mut door = |symbol: &str, path: &str| {
        writeln!(
            out,
            "/// Entry of `{path}`.\n///\n/// # Safety\n/// Called by the engine alone, from the C door of the same name.\n\
             #[unsafe(no_mangle)]\npub unsafe extern \"C\" fn at_body_{symbol}(frame: *mut crate::sys::zend_execute_data, \
             result: *mut crate::sys::zval) -> core::ffi::c_int {{\n    \
             // SAFETY: the engine hands over its own frame and return slot, both live until this returns.\n    \
             unsafe {{ crate::zend::door::enter(frame, result, crate::php::{path}) }}\n}}"
        )
        .unwrap();
    };
    for class in stub.classes.iter().filter(|c| !c.interface) {
        let class_name = c_name(&qualify(&class.name, &class.namespace));
        for method in class.methods.iter().filter(|m| !m.modifiers.iter().any(|m| m == "abstract")) {
            door(&format!("{class_name}_{}", method.name), &format!("{}::{}", snake(&class.name), snake(&method.name)));
        }
    }
    for function in &stub.functions {
        let symbol = c_name(&qualify(&function.name, &function.namespace));
        door(&symbol, &format!("functions::{}", snake(&function.name)));
    }
    for class in &stub.classes {
        let qualified = qualify(&class.name, &class.namespace);
        let class_name = c_name(&qualified);
        writeln!(
            out,
            "unsafe extern \"C\" {{\n    /// Class entry of `{qualified}`, set in MINIT.\n    \
             pub static mut at_ce_{class_name}: *mut crate::sys::zend_class_entry;\n}}"
        )
        .unwrap();
    }
    out
}
