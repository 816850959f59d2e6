//! What code calls by name: read from its opcodes.
//!
//! Owner: nobody. Threads: any; op_arrays are only read. Invariants: a call compiled as `INIT_FCALL`, and the declaration of a class, trust that the name is in the thread's
//! tables: without it the engine follows a null pointer. Every other use of a name is checked by the engine itself.

use super::ast;
use super::raw::{self, Source};
use crate::sys;

/// One use of a name. The strings are literals of the code.
#[derive(Clone, Copy)]
pub(super) enum Need {
    /// A function whose existence and frame size the calling code takes for granted.
    Function(*mut sys::zend_string),
    /// A function looked up when it is called: under the first name, or else the second.
    FunctionByName(*mut sys::zend_string, *mut sys::zend_string),
    /// The declaration of a class: its key in the class table before that, and its name.
    Declaration(*mut sys::zend_string, *mut sys::zend_string),
    /// A class looked up when it is used.
    Class(*mut sys::zend_string),
    /// A constant looked up when it is used: under the first name, or else the second.
    Constant(*mut sys::zend_string, *mut sys::zend_string),
    /// A class in a constant expression, named as it was written.
    ClassAsWritten(*mut sys::zend_string),
    /// A constant in a constant expression, likewise; whether its name without the namespace is asked for next.
    ConstantAsWritten(*mut sys::zend_string, bool),
}

/// Calls `found` for each name that `function`, or a function declared inside of it, uses.
pub(super) fn of(source: Source<'_>, function: *const sys::zend_op_array, found: &mut dyn FnMut(Need)) {
    let Some(code) = source.get(function) else { return };
    for op in source.slice(code.opcodes, code.last as usize) {
        if let Some(need) = of_opline(source, op) {
            found(need);
        }
    }
    // Defaults of parameters, and static variables.
    source.slice(code.literals, code.last_literal as usize).iter().for_each(|literal| of_expression(source, literal, found));
    of_expressions(source, code.static_variables, found);
    for &inner in source.slice(code.dynamic_func_defs, code.num_dynamic_func_defs as usize) {
        of(source, inner, found);
    }
}

/// The same for the constants and defaults of a class written in PHP, as they are before their evaluation.
pub(super) fn of_class(source: Source<'_>, class: &sys::zend_class_entry, found: &mut dyn FnMut(Need)) {
    for bucket in source.buckets(&class.constants_table) {
        if let Some(constant) = source.get(raw::pointer::<sys::zend_class_constant>(&bucket.val)) {
            of_expression(source, &constant.value, found);
        }
    }
    for (table, count) in [
        (class.default_properties_table, class.default_properties_count),
        (class.default_static_members_table, class.default_static_members_count),
    ] {
        source.slice(table, count as usize).iter().for_each(|value| of_expression(source, value, found));
    }
}

fn of_expressions(source: Source<'_>, table: *const sys::HashTable, found: &mut dyn FnMut(Need)) {
    if let Some(table) = source.get(table) {
        source.buckets(table).iter().for_each(|bucket| of_expression(source, &bucket.val, found));
    }
}

/// The names in a value, if that is a constant expression.
fn of_expression(source: Source<'_>, value: &sys::zval, found: &mut dyn FnMut(Need)) {
    if raw::type_of(value) == sys::IS_CONSTANT_AST {
        let root = raw::pointer::<u8>(value).wrapping_add(ast::REF_SIZE);
        of_node(source, root.cast(), found);
    }
}

fn of_node(source: Source<'_>, node: *const sys::zend_ast, found: &mut dyn FnMut(Need)) {
    let Some(head) = source.get(node) else { return };
    let kind = u32::from(head.kind);
    let name = |node: *const sys::zend_ast| {
        let value = &source.get(node.cast::<sys::zend_ast_zval>())?.val;
        (raw::type_of(value) == sys::IS_STRING).then(|| raw::pointer(value))
    };
    if kind == sys::ZEND_AST_CONSTANT {
        let is_unqualified = u32::from(head.attr) & sys::AT_CONSTANT_UNQUALIFIED_IN_NAMESPACE != 0;
        found_if(name(node).map(|name| Need::ConstantAsWritten(name, is_unqualified)), found);
    }
    let list_children = source.get(node.cast::<sys::zend_ast_list>()).map_or(0, |list| list.children);
    let Some((start, count)) = ast::shape(kind, list_children) else { return };
    let children = source.slice(node.cast::<u8>().wrapping_add(start).cast::<*const sys::zend_ast>(), count);
    if matches!(kind, sys::ZEND_AST_CLASS_CONST | sys::ZEND_AST_CLASS_NAME | sys::ZEND_AST_NEW | sys::ZEND_AST_CONST_ENUM_INIT) {
        let class =
            children.first().filter(|&&first| source.get(first).is_some_and(|first| u32::from(first.kind) == sys::ZEND_AST_ZVAL));
        found_if(class.and_then(|&class| name(class)).map(Need::ClassAsWritten), found);
    }
    children.iter().for_each(|&child| of_node(source, child, found));
}

fn found_if(need: Option<Need>, found: &mut dyn FnMut(Need)) {
    if let Some(need) = need {
        found(need);
    }
}

/// The key of the engine's table of constants under which a name as written is found: namespaces are written in any case.
pub(super) fn constant_key(name: &[u8]) -> Vec<u8> {
    let mut key = name.strip_prefix(b"\\").unwrap_or(name).to_vec();
    let namespace = key.iter().rposition(|&byte| byte == b'\\').unwrap_or(0);
    key[..namespace].make_ascii_lowercase();
    key
}

/// A name without its namespace.
pub(super) fn unqualified(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b'\\').next().unwrap_or(name)
}

/// Calls `found` with what may be the lower-cased name of a class that `function`, or one declared inside of it, knows: its strings, its argument and return types.
pub(super) fn mentions(source: Source<'_>, function: *const sys::zend_op_array, found: &mut dyn FnMut(&[u8])) {
    let Some(code) = source.get(function) else { return };
    for literal in source.slice(code.literals, code.last_literal as usize) {
        if raw::type_of(literal) == sys::IS_STRING {
            found(source.bytes(raw::pointer(literal)));
        }
    }
    if !code.arg_info.is_null() {
        let before = usize::from(code.fn_flags & sys::ZEND_ACC_HAS_RETURN_TYPE != 0);
        let after = usize::from(code.fn_flags & sys::ZEND_ACC_VARIADIC != 0);
        for info in source.slice(code.arg_info.wrapping_sub(before), before + code.num_args as usize + after) {
            names_of_type(source, &info.type_, found);
        }
    }
    for &inner in source.slice(code.dynamic_func_defs, code.num_dynamic_func_defs as usize) {
        mentions(source, inner, found);
    }
}

fn names_of_type(source: Source<'_>, declared: &sys::zend_type, found: &mut dyn FnMut(&[u8])) {
    if declared.type_mask & sys::AT_TYPE_LIST_BIT != 0 {
        let list: *const sys::zend_type_list = declared.ptr.cast();
        let Some(head) = source.get(list) else { return };
        let first = list.cast::<u8>().wrapping_add(std::mem::offset_of!(sys::zend_type_list, types)).cast::<sys::zend_type>();
        source.slice(first, head.num_types as usize).iter().for_each(|member| names_of_type(source, member, found));
    } else if declared.type_mask & sys::AT_TYPE_NAME_BIT != 0 {
        found(&source.bytes(declared.ptr.cast()).to_ascii_lowercase());
    }
}

/// The name that one opline uses, if any.
pub(super) fn of_opline(source: Source<'_>, op: &sys::zend_op) -> Option<Need> {
    let first = |n| literal(source, op, op.op1_type, &op.op1, n);
    let second = |n| literal(source, op, op.op2_type, &op.op2, n);
    match u32::from(op.opcode) {
        sys::ZEND_INIT_FCALL => Some(Need::Function(second(0)?)),
        sys::ZEND_INIT_FCALL_BY_NAME => Some(Need::FunctionByName(second(1)?, second(1)?)),
        sys::ZEND_INIT_NS_FCALL_BY_NAME => Some(Need::FunctionByName(second(1)?, second(2)?)),
        sys::ZEND_DECLARE_CLASS | sys::ZEND_DECLARE_CLASS_DELAYED => Some(Need::Declaration(first(1)?, first(0)?)),
        sys::ZEND_DECLARE_ANON_CLASS => Some(Need::Declaration(first(0)?, first(0)?)),
        sys::ZEND_NEW | sys::ZEND_INIT_STATIC_METHOD_CALL | sys::ZEND_FETCH_CLASS_CONSTANT => Some(Need::Class(first(1)?)),
        sys::ZEND_FETCH_CLASS
        | sys::ZEND_ASSIGN_STATIC_PROP
        | sys::ZEND_ASSIGN_STATIC_PROP_OP
        | sys::ZEND_ASSIGN_STATIC_PROP_REF
        | sys::ZEND_PRE_INC_STATIC_PROP
        | sys::ZEND_PRE_DEC_STATIC_PROP
        | sys::ZEND_POST_INC_STATIC_PROP
        | sys::ZEND_POST_DEC_STATIC_PROP
        | sys::ZEND_FETCH_STATIC_PROP_R
        | sys::ZEND_FETCH_STATIC_PROP_W
        | sys::ZEND_FETCH_STATIC_PROP_RW
        | sys::ZEND_FETCH_STATIC_PROP_IS
        | sys::ZEND_FETCH_STATIC_PROP_FUNC_ARG
        | sys::ZEND_FETCH_STATIC_PROP_UNSET
        | sys::ZEND_UNSET_STATIC_PROP
        | sys::ZEND_ISSET_ISEMPTY_STATIC_PROP => Some(Need::Class(second(1)?)),
        sys::ZEND_FETCH_CONSTANT => {
            let qualified = second(1)?;
            // Unqualified inside a namespace: the global name comes next.
            // SAFETY: every variant of the union is a plain integer.
            let flags = unsafe { op.op1.num };
            let fallback = if flags & sys::AT_CONSTANT_UNQUALIFIED_IN_NAMESPACE != 0 { second(2)? } else { qualified };
            Some(Need::Constant(qualified, fallback))
        }
        _ => None,
    }
}

/// The `n`th of the literals that a constant operand stands for, if it is a string.
fn literal(source: Source<'_>, op: &sys::zend_op, kind: u8, operand: &sys::znode_op, n: usize) -> Option<*mut sys::zend_string> {
    if u32::from(kind) != sys::IS_CONST {
        return None;
    }
    let offset = raw::constant_offset(operand) as isize;
    let place = std::ptr::from_ref(op).cast::<u8>().wrapping_offset(offset).cast::<sys::zval>();
    let value = source.get(place.wrapping_add(n))?;
    (raw::type_of(value) == sys::IS_STRING).then(|| raw::pointer(value))
}
