//! Functions: images of op_arrays, as `zend_persist_op_array_ex` makes them.
//!
//! Owner: the arena of the build. Threads: the creator's. Invariants: an image has no reference count, is flagged immutable, its run-time cache and
//! static variables are slots, its `reserved` words are empty (no JIT, no extension has seen it); opcodes and literals lie in one block, so that the
//! 32-bit distances between them hold. A body in opcache's shared memory, or in an image that this thread uses, is not copied.

use super::CodeError;
use super::images::MARK;
use super::install;
use super::persist::{Persist, buckets_mut, is_image_string};
use super::raw;
use crate::sys;
use std::ptr;

/// Opcodes whose first operand is `$this` when it has no type. The compiler leaves it as it was in memory, which would make images of the same code differ.
const OF_THIS: [u32; 19] = [
    sys::ZEND_FETCH_OBJ_R,
    sys::ZEND_FETCH_OBJ_W,
    sys::ZEND_FETCH_OBJ_RW,
    sys::ZEND_FETCH_OBJ_IS,
    sys::ZEND_FETCH_OBJ_FUNC_ARG,
    sys::ZEND_FETCH_OBJ_UNSET,
    sys::ZEND_ASSIGN_OBJ,
    sys::ZEND_ASSIGN_OBJ_OP,
    sys::ZEND_ASSIGN_OBJ_REF,
    sys::ZEND_PRE_INC_OBJ,
    sys::ZEND_PRE_DEC_OBJ,
    sys::ZEND_POST_INC_OBJ,
    sys::ZEND_POST_DEC_OBJ,
    sys::ZEND_UNSET_OBJ,
    sys::ZEND_ISSET_ISEMPTY_PROP_OBJ,
    sys::ZEND_INIT_METHOD_CALL,
    sys::ZEND_CLONE,
    sys::ZEND_FETCH_THIS,
    sys::ZEND_ISSET_ISEMPTY_THIS,
];

/// Which slots an image gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotsFor {
    /// Code that runs.
    Running,
    /// A method of a class that is not linked yet: linking makes a copy of it with slots.
    Unlinked,
}

impl Persist<'_> {
    /// The image of a function: of the function table, or declared inside another function.
    pub(super) fn function(&mut self, old: *mut sys::zend_op_array) -> Result<*mut sys::zend_op_array, CodeError> {
        self.user_function(old, SlotsFor::Running)
    }

    /// The image of a function written in PHP.
    pub(super) fn user_function(
        &mut self,
        old: *mut sys::zend_op_array,
        slots: SlotsFor,
    ) -> Result<*mut sys::zend_op_array, CodeError> {
        let Some(function) = self.source.get(old) else { return Ok(old) };
        if function.fn_flags & sys::ZEND_ACC_IMMUTABLE != 0 {
            self.share(raw::address(old));
            return Ok(old);
        }
        if let Some(&new) = self.seen.functions.get(&raw::address(old)) {
            return Ok(new.cast());
        }
        let arena = self.arena;
        let new = arena.put(*function);
        raw::clear_gaps_of_function(new);
        let image: *mut sys::zend_op_array = new;
        self.seen.functions.insert(raw::address(old), image.cast());
        #[cfg(php84)]
        {
            new.prop_info = ptr::null();
        }
        self.head(new, function)?;
        self.body(new, function)?;
        new.static_variables = self.static_variables(function.static_variables)?;
        self.give_slots(new, slots)?;
        Ok(image)
    }

    /// Gives an image its flags and slots.
    pub(super) fn give_slots(&mut self, new: &mut sys::zend_op_array, slots: SlotsFor) -> Result<(), CodeError> {
        new.refcount = ptr::null_mut();
        new.fn_flags |= sys::ZEND_ACC_IMMUTABLE;
        new.fn_flags &= !sys::ZEND_ACC_HEAP_RT_CACHE;
        new.run_time_cache__ptr = ptr::null_mut();
        new.static_variables_ptr__ptr = ptr::null_mut();
        if slots == SlotsFor::Running {
            self.slots.give(&mut new.run_time_cache__ptr)?;
            if !new.static_variables.is_null() {
                self.slots.give(&mut new.static_variables_ptr__ptr)?;
            }
        }
        Ok(())
    }

    /// Name, scope and prototype.
    fn head(&mut self, new: &mut sys::zend_op_array, old: &sys::zend_op_array) -> Result<(), CodeError> {
        new.function_name = self.string(old.function_name);
        new.scope = self.scope(old.scope);
        new.prototype = if old.scope.is_null() { ptr::null_mut() } else { raw::or_null(self.method_reference(old.prototype)) };
        Ok(())
    }

    /// The image of a scope: null when the class has none (a closure is given its scope again when it is made).
    pub(super) fn scope(&mut self, old: *mut sys::zend_class_entry) -> *mut sys::zend_class_entry {
        if let Some(&new) = self.seen.classes.get(&raw::address(old)) {
            return new;
        }
        match self.source.get(old) {
            Some(class) if raw::is_internal(class) || class.ce_flags & sys::ZEND_ACC_IMMUTABLE != 0 => {
                self.share(raw::address(old));
                old
            }
            _ => ptr::null_mut(),
        }
    }

    /// What a pointer to a method becomes: its image, itself if it outlives the request, or nothing.
    pub(super) fn method_reference(&mut self, old: *mut sys::zend_function) -> Option<*mut sys::zend_function> {
        if let Some(&new) = self.seen.functions.get(&raw::address(old)) {
            return Some(new);
        }
        let function = self.source.get(old.cast::<sys::zend_op_array>())?;
        let stays = if u32::from(function.type_) == sys::ZEND_INTERNAL_FUNCTION {
            function.fn_flags & sys::ZEND_ACC_ARENA_ALLOCATED == 0
        } else {
            function.fn_flags & sys::ZEND_ACC_IMMUTABLE != 0
        };
        if !stays {
            return None;
        }
        self.share(raw::address(old));
        Some(old)
    }

    /// Whether the opcodes and all that belongs to them outlive the request.
    fn is_shared_body(&mut self, old: &sys::zend_op_array) -> bool {
        if !old.refcount.is_null() {
            return false;
        }
        let Some(file) = self.source.get(old.filename) else { return false };
        if is_image_string(file) {
            return self.share(raw::address(old.opcodes));
        }
        // Else it is in shared memory or, from opcache's file cache alone, in the request's arena.
        install::is_opcaches(old)
    }

    /// Everything that functions with the same opcodes share.
    pub(super) fn body(&mut self, new: &mut sys::zend_op_array, old: &sys::zend_op_array) -> Result<(), CodeError> {
        if self.is_shared_body(old) {
            return Ok(());
        }
        new.reserved = [ptr::null_mut(); sys::ZEND_MAX_RESERVED_RESOURCES as usize];
        let key = raw::address(old.opcodes);
        if let Some(&copied) = self.seen.bodies.get(&key)
            && let Some(copied) = self.source.get(copied)
        {
            new.opcodes = copied.opcodes;
            new.literals = copied.literals;
            new.filename = copied.filename;
            new.arg_info = copied.arg_info;
            new.live_range = copied.live_range;
            new.doc_comment = copied.doc_comment;
            new.attributes = copied.attributes;
            new.try_catch_array = copied.try_catch_array;
            new.vars = copied.vars;
            new.dynamic_func_defs = copied.dynamic_func_defs;
            return Ok(());
        }
        self.opcodes(new, old)?;
        let arena = self.arena;
        let source = self.source;
        new.filename = self.own_string(old.filename);
        new.doc_comment = self.string(old.doc_comment);
        new.attributes = self.attribute_table(old.attributes)?;
        new.arg_info = self.arguments(old);
        if !old.live_range.is_null() {
            new.live_range = arena.put_slice(source.slice(old.live_range, old.last_live_range as usize)).as_mut_ptr();
        }
        if !old.try_catch_array.is_null() {
            new.try_catch_array = arena.put_slice(source.slice(old.try_catch_array, old.last_try_catch as usize)).as_mut_ptr();
        }
        if !old.vars.is_null() {
            let vars = arena.put_slice(source.slice(old.vars, old.last_var as usize));
            for name in vars.iter_mut() {
                *name = self.string(*name);
            }
            new.vars = vars.as_mut_ptr();
        }
        if old.num_dynamic_func_defs > 0 {
            let inner = arena.put_slice(source.slice(old.dynamic_func_defs, old.num_dynamic_func_defs as usize));
            for function in inner.iter_mut() {
                *function = self.function(*function)?;
            }
            new.dynamic_func_defs = inner.as_mut_ptr();
        }
        self.seen.bodies.insert(key, new);
        Ok(())
    }

    /// Opcodes and literals, in one block.
    fn opcodes(&mut self, new: &mut sys::zend_op_array, old: &sys::zend_op_array) -> Result<(), CodeError> {
        let from = self.source.slice(old.opcodes, old.last as usize);
        let literals = self.source.slice(old.literals, old.last_literal as usize);
        let code = size_of_val(from).next_multiple_of(16);
        let block = self.arena.bytes_for(code + size_of_val(literals)).as_ptr();
        let new_opcodes = block.cast::<sys::zend_op>();
        let new_literals = block.wrapping_add(code).cast::<sys::zval>();
        for (i, literal) in literals.iter().enumerate() {
            let value = self.value(literal)?;
            // SAFETY: the block has room for all literals behind the opcodes.
            unsafe { new_literals.add(i).write(value) };
        }
        // How much farther from its opline a literal is now than it was.
        let shift = new_literals
            .addr()
            .wrapping_sub(new_opcodes.addr())
            .wrapping_sub(old.literals.addr().wrapping_sub(old.opcodes.addr())) as i32;
        for (i, op) in from.iter().enumerate() {
            let mut op = *op;
            if u32::from(op.op1_type) == sys::IS_UNUSED && OF_THIS.contains(&u32::from(op.opcode)) {
                op.op1.num = 0;
            }
            if u32::from(op.op1_type) == sys::IS_CONST {
                op.op1.constant = raw::constant_offset(&op.op1).wrapping_add(shift).cast_unsigned();
            }
            if u32::from(op.op2_type) == sys::IS_CONST {
                op.op2.constant = raw::constant_offset(&op.op2).wrapping_add(shift).cast_unsigned();
            }
            // SAFETY: the block has room for all opcodes.
            unsafe { new_opcodes.add(i).write(op) };
        }
        new.opcodes = new_opcodes;
        new.literals = if old.literals.is_null() { ptr::null_mut() } else { new_literals };
        Ok(())
    }

    /// The argument descriptions: one before the first for the return type, one behind the last for a variadic.
    fn arguments(&mut self, old: &sys::zend_op_array) -> *mut sys::zend_arg_info {
        if old.arg_info.is_null() {
            return old.arg_info;
        }
        let before = usize::from(old.fn_flags & sys::ZEND_ACC_HAS_RETURN_TYPE != 0);
        let after = usize::from(old.fn_flags & sys::ZEND_ACC_VARIADIC != 0);
        let first = old.arg_info.wrapping_sub(before);
        self.arg_infos(first, before + old.num_args as usize + after).wrapping_add(before)
    }

    /// The pristine static variables of a function.
    pub(super) fn static_variables(&mut self, old: *mut sys::HashTable) -> Result<*mut sys::HashTable, CodeError> {
        let Some(table) = self.source.get(old) else { return Ok(old) };
        if table.gc.refcount == MARK && self.share(raw::address(old)) {
            return Ok(old);
        }
        if let Some(&new) = self.attributes.get(&raw::address(old)) {
            return Ok(new);
        }
        let mut copy = self.table(table);
        copy.gc = raw::gc_head(MARK, sys::GC_ARRAY | sys::IS_ARRAY_IMMUTABLE | sys::GC_NOT_COLLECTABLE);
        for bucket in buckets_mut(&mut copy) {
            bucket.key = self.string(bucket.key);
            bucket.val = self.template_value(&bucket.val)?;
        }
        let new: *mut sys::HashTable = self.arena.put(copy);
        self.attributes.insert(raw::address(old), new);
        Ok(new)
    }

    /// A value of a template. What a closure has bound already is null in it: each closure brings its own.
    fn template_value(&mut self, old: &sys::zval) -> Result<sys::zval, CodeError> {
        match raw::type_of(old) {
            sys::IS_OBJECT | sys::IS_RESOURCE | sys::IS_REFERENCE => Ok(raw::null_value(old.u2)),
            sys::IS_ARRAY if raw::is_refcounted(old) && !self.is_plain(raw::pointer(old)) => Ok(raw::null_value(old.u2)),
            _ => self.value(old),
        }
    }

    /// Whether an array holds only scalars, strings and such arrays, to any depth.
    fn is_plain(&self, array: *mut sys::HashTable) -> bool {
        let mut left = vec![array];
        while let Some(table) = left.pop() {
            let Some(table) = self.source.get(table) else { continue };
            let values = self.source.packed(table).iter().chain(self.source.buckets(table).iter().map(|b| &b.val));
            for value in values {
                match raw::type_of(value) {
                    sys::IS_ARRAY if raw::is_refcounted(value) => left.push(raw::pointer(value)),
                    kind if kind <= sys::IS_ARRAY || kind == sys::IS_CONSTANT_AST => {}
                    _ => return false,
                }
            }
        }
        true
    }
}
