//! What code calls by name: read from its opcodes.
//!
//! Owner: nobody. Threads: any; op_arrays are only read. Invariants: a call compiled as `INIT_FCALL`, and the declaration of a class, trust that the name is in the thread's
//! tables: without it the engine follows a null pointer. Every other use of a name is checked by the engine itself.

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
}

/// Calls `found` for each name that `function`, or a function declared inside of it, uses.
pub(super) fn of(source: Source<'_>, function: *const sys::zend_op_array, found: &mut dyn FnMut(Need)) {
    let Some(code) = source.get(function) else { return };
    for op in source.slice(code.opcodes, code.last as usize) {
        if let Some(need) = of_opline(source, op) {
            found(need);
        }
    }
    for &inner in source.slice(code.dynamic_func_defs, code.num_dynamic_func_defs as usize) {
        of(source, inner, found);
    }
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
