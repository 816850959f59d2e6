//! Constant expressions: copies of the engine's syntax trees, and new ones for values that only an expression can bring back.
//!
//! Owner: the arena of the build. Threads: the creator's. Invariants: the root of a tree lies right behind its `zend_ast_ref`, as `GC_AST` expects; the
//! reference is immutable, so that evaluating it copies the result and leaves the tree alone.

use super::CodeError;
use super::persist::Persist;
use super::raw;
use crate::sys;
use std::mem::offset_of;

/// Where the children of a list node start.
const LIST_CHILDREN: usize = offset_of!(sys::zend_ast_list, child);
/// Where the children of any other node start.
const NODE_CHILDREN: usize = offset_of!(sys::zend_ast, child);
/// How deep an array with enum cases inside may be nested: the tree for it is built, and later evaluated, recursively.
const DEEPEST: usize = 256;

/// What precedes the root of an expression.
pub(super) const REF_SIZE: usize = size_of::<sys::zend_ast_ref>();

/// The children of a node, and the size of what precedes them; `None` for a node that holds a value.
pub(super) fn shape(kind: u32, list_children: u32) -> Option<(usize, usize)> {
    if kind == sys::ZEND_AST_ZVAL || kind == sys::ZEND_AST_CONSTANT {
        None
    } else if kind >> sys::ZEND_AST_IS_LIST_SHIFT & 1 != 0 {
        Some((LIST_CHILDREN, list_children as usize))
    } else {
        Some((NODE_CHILDREN, (kind >> sys::ZEND_AST_NUM_CHILDREN_SHIFT) as usize))
    }
}

impl Persist<'_> {
    /// A copy of a constant expression.
    pub(super) fn ast_ref(&mut self, old: *mut sys::zend_ast_ref) -> Result<*mut sys::zend_ast_ref, CodeError> {
        if let Some(&new) = self.asts.get(&raw::address(old)) {
            return Ok(new);
        }
        let root: *const sys::zend_ast = old.cast::<u8>().wrapping_add(REF_SIZE).cast();
        let new = self.copy_node(root, REF_SIZE)?.cast::<sys::zend_ast_ref>();
        self.finish_ref(new);
        self.asts.insert(raw::address(old), new);
        Ok(new)
    }

    /// Writes the header of a reference whose root is in place.
    fn finish_ref(&mut self, new: *mut sys::zend_ast_ref) {
        // SAFETY: the caller allocated room for the reference in front of the root.
        unsafe { (*new).gc = raw::gc_head(1, sys::GC_CONSTANT_AST | sys::GC_IMMUTABLE) };
    }

    /// Copies a node and what is below it, leaving `room` bytes in front; returns the start of that room.
    fn copy_node(&mut self, old: *const sys::zend_ast, room: usize) -> Result<*mut u8, CodeError> {
        let Some(node) = self.source.get(old) else { return Err(CodeError::value()) };
        let list_children = match self.source.get(old.cast::<sys::zend_ast_list>()) {
            Some(list) if u32::from(node.kind) >> sys::ZEND_AST_IS_LIST_SHIFT & 1 != 0 => list.children,
            _ => 0,
        };
        let Some((head, count)) = shape(u32::from(node.kind), list_children) else {
            let Some(holder) = self.source.get(old.cast::<sys::zend_ast_zval>()) else { return Err(CodeError::value()) };
            let val = self.value(&holder.val)?;
            return Ok(self.place(room, sys::zend_ast_zval { kind: holder.kind, attr: holder.attr, val }));
        };
        let block = self.arena.bytes_for(room + head + count * size_of::<*mut sys::zend_ast>()).as_ptr();
        let new = block.wrapping_add(room);
        let bytes = self.source.slice(old.cast::<u8>(), head);
        // SAFETY: the block has room for `head` bytes behind `room`.
        unsafe { new.copy_from_nonoverlapping(bytes.as_ptr(), head) };
        let children = self.source.slice(old.cast::<u8>().wrapping_add(head).cast::<*mut sys::zend_ast>(), count);
        for (i, &child) in children.iter().enumerate() {
            let copy = if child.is_null() { child } else { self.copy_node(child, 0)?.cast() };
            self.set_child(new, head, i, copy);
        }
        Ok(block)
    }

    /// Puts `node` into the arena behind `room` bytes; returns the start of that room.
    fn place<T: Copy>(&mut self, room: usize, node: T) -> *mut u8 {
        let block = self.arena.bytes_for(room + size_of::<T>()).as_ptr();
        // SAFETY: the block has room for a `T` behind `room`, which is 0 or the size of a reference: both keep `T` aligned.
        unsafe { block.add(room).cast::<T>().write(node) };
        block
    }

    fn set_child(&mut self, node: *mut u8, head: usize, index: usize, child: *mut sys::zend_ast) {
        // SAFETY: the callers allocated `node` with more than `index` children behind `head` bytes.
        unsafe { node.add(head).cast::<*mut sys::zend_ast>().add(index).write(child) };
    }

    /// The expression that makes an enum case, as the compiler puts it into the case's constant.
    pub(super) fn case_expression(
        &mut self,
        class: *mut sys::zend_string,
        case: *mut sys::zend_string,
        backing: Option<&sys::zval>,
    ) -> Result<sys::zval, CodeError> {
        let class = self.string_node(class);
        let case = self.string_node(case);
        let backing = match backing {
            Some(value) => self.value_node(value)?,
            None => std::ptr::null_mut(),
        };
        Ok(self.expression(sys::ZEND_AST_CONST_ENUM_INIT, &[class, case, backing]))
    }

    /// The value `old` as something an image can hold: itself, or an expression when enum cases are inside.
    pub(super) fn constant_value(&mut self, old: &sys::zval) -> Result<sys::zval, CodeError> {
        let mut new = match raw::type_of(old) {
            sys::IS_OBJECT => {
                let (class, case) = self.enum_case(old)?;
                let (class, case) = (self.string_node(class), self.string_node(case));
                self.expression(sys::ZEND_AST_CLASS_CONST, &[class, case])
            }
            sys::IS_ARRAY if raw::is_refcounted(old) && self.has_objects(raw::pointer(old)) => {
                let elements = self.element_nodes(raw::pointer(old), 0)?;
                self.list_expression(&elements)
            }
            _ => self.value(old)?,
        };
        new.u2 = old.u2;
        Ok(new)
    }

    /// The same for the default or constant of a class, which may hold what threads cannot share. Then it is the expression of the global constant that holds the
    /// same thing here, such as `STDERR`, or, so that the rest of the class can be taken along, one that names in its error what `holder` says.
    pub(super) fn recoverable_value(&mut self, old: &sys::zval, holder: impl FnOnce() -> String) -> Result<sys::zval, CodeError> {
        match self.constant_value(old) {
            Err(CodeError::Value { .. } | CodeError::Object { .. }) => {
                let name = match self.constant_that_is(old) {
                    Some(name) => self.string(name),
                    None => self.copy_string(format!("{}, which threads cannot share", holder()).as_bytes(), 0),
                };
                let val = raw::pointer_value(sys::IS_STRING, name, raw::NO_EXTRA);
                let node = sys::zend_ast_zval { kind: sys::ZEND_AST_CONSTANT as u16, attr: 0, val };
                let new = self.place(REF_SIZE, node).cast::<sys::zend_ast_ref>();
                self.finish_ref(new);
                let mut value = raw::pointer_value(sys::IS_CONSTANT_AST, new, raw::NO_EXTRA);
                value.u2 = old.u2;
                Ok(value)
            }
            other => other,
        }
    }

    /// The name of a global constant that holds the very resource or object.
    fn constant_that_is(&self, wanted: &sys::zval) -> Option<*mut sys::zend_string> {
        if !matches!(raw::type_of(wanted), sys::IS_RESOURCE | sys::IS_OBJECT) {
            return None;
        }
        // SAFETY: the globals of this thread, which is attached.
        let constants = self.source.get(unsafe { (*sys::at_eg()).zend_constants })?;
        let constant = |bucket: &sys::Bucket| self.source.get(raw::pointer::<sys::zend_constant>(&bucket.val));
        let is_wanted = |value: &sys::zval| {
            raw::type_of(value) == raw::type_of(wanted) && raw::pointer::<u8>(value) == raw::pointer::<u8>(wanted)
        };
        let used = self.source.buckets(constants).iter().filter(|bucket| raw::type_of(&bucket.val) == sys::IS_PTR);
        used.filter_map(constant).find(|constant| is_wanted(&constant.value)).map(|constant| constant.name)
    }

    /// Class and name of the enum case that `object` is.
    pub(super) fn enum_case(&self, object: &sys::zval) -> Result<(*mut sys::zend_string, *mut sys::zend_string), CodeError> {
        let class = self.class_of(object).ok_or_else(CodeError::value)?;
        if class.ce_flags & sys::ZEND_ACC_ENUM == 0 {
            return Err(CodeError::Object { holder: String::new(), class: self.text(class.name) });
        }
        let case = self.enum_property(object, 0).ok_or_else(CodeError::value)?;
        Ok((class.name, raw::pointer(case)))
    }

    /// Property `index` of an enum case: 0 is its name, 1 its backing value.
    pub(super) fn enum_property(&self, object: &sys::zval, index: usize) -> Option<&sys::zval> {
        let object: *mut sys::zend_object = raw::pointer(object);
        let properties = object.cast::<u8>().wrapping_add(offset_of!(sys::zend_object, properties_table));
        self.source.get(properties.cast::<sys::zval>().wrapping_add(index))
    }

    fn has_objects(&self, array: *mut sys::HashTable) -> bool {
        let mut left = vec![array];
        let mut looked = 0_usize;
        while let Some(table) = left.pop() {
            let Some(table) = self.source.get(table) else { continue };
            // An array that contains itself by reference cannot be a constant; give up on it rather than run for ever.
            looked += 1;
            if looked > 1 << 20 {
                return false;
            }
            let values = self.source.packed(table).iter().chain(self.source.buckets(table).iter().map(|b| &b.val));
            for value in values {
                match raw::type_of(value) {
                    sys::IS_OBJECT => return true,
                    sys::IS_ARRAY if raw::is_refcounted(value) => left.push(raw::pointer(value)),
                    _ => {}
                }
            }
        }
        false
    }

    fn element_nodes(&mut self, array: *mut sys::HashTable, depth: usize) -> Result<Vec<*mut sys::zend_ast>, CodeError> {
        let Some(table) = self.source.get(array) else { return Ok(Vec::new()) };
        if depth > DEEPEST {
            return Err(CodeError::value());
        }
        let mut nodes = Vec::new();
        for (index, value) in self.source.packed(table).iter().enumerate() {
            if raw::type_of(value) != sys::IS_UNDEF {
                nodes.push(self.element(raw::long_value(index as i64), value, depth)?);
            }
        }
        for bucket in self.source.buckets(table) {
            if raw::type_of(&bucket.val) == sys::IS_UNDEF {
                continue;
            }
            let key = if bucket.key.is_null() { raw::long_value(bucket.h.cast_signed()) } else { self.string_value(bucket.key) };
            nodes.push(self.element(key, &bucket.val, depth)?);
        }
        Ok(nodes)
    }

    fn element(&mut self, key: sys::zval, value: &sys::zval, depth: usize) -> Result<*mut sys::zend_ast, CodeError> {
        let value = match raw::type_of(value) {
            sys::IS_OBJECT => {
                let (class, case) = self.enum_case(value)?;
                let (class, case) = (self.string_node(class), self.string_node(case));
                self.node(sys::ZEND_AST_CLASS_CONST, &[class, case], 0).cast()
            }
            sys::IS_ARRAY if raw::is_refcounted(value) && self.has_objects(raw::pointer(value)) => {
                let nodes = self.element_nodes(raw::pointer(value), depth + 1)?;
                self.list(&nodes, 0).cast()
            }
            _ => self.value_node(value)?,
        };
        let key = self.place(0, sys::zend_ast_zval { kind: sys::ZEND_AST_ZVAL as u16, attr: 0, val: key }).cast();
        Ok(self.node(sys::ZEND_AST_ARRAY_ELEM, &[value, key], 0).cast())
    }

    fn string_value(&mut self, string: *mut sys::zend_string) -> sys::zval {
        let string = self.string(string);
        raw::pointer_value(sys::IS_STRING, string, raw::NO_EXTRA)
    }

    fn string_node(&mut self, string: *mut sys::zend_string) -> *mut sys::zend_ast {
        let val = self.string_value(string);
        self.place(0, sys::zend_ast_zval { kind: sys::ZEND_AST_ZVAL as u16, attr: 0, val }).cast()
    }

    fn value_node(&mut self, value: &sys::zval) -> Result<*mut sys::zend_ast, CodeError> {
        let mut val = self.value(value)?;
        val.u2 = raw::NO_EXTRA;
        Ok(self.place(0, sys::zend_ast_zval { kind: sys::ZEND_AST_ZVAL as u16, attr: 0, val }).cast())
    }

    fn node(&mut self, kind: u32, children: &[*mut sys::zend_ast], room: usize) -> *mut u8 {
        let block = self.arena.bytes_for(room + NODE_CHILDREN + size_of_val(children)).as_ptr();
        let new = block.wrapping_add(room);
        // SAFETY: the block has room for the head of a node behind `room`; the rest of it is zero.
        unsafe { (*new.cast::<sys::zend_ast>()).kind = kind as u16 };
        for (i, &child) in children.iter().enumerate() {
            self.set_child(new, NODE_CHILDREN, i, child);
        }
        block
    }

    fn list(&mut self, children: &[*mut sys::zend_ast], room: usize) -> *mut u8 {
        let block = self.arena.bytes_for(room + LIST_CHILDREN + size_of_val(children)).as_ptr();
        let new = block.wrapping_add(room);
        // SAFETY: the block has room for the head of a list behind `room`; the rest of it is zero.
        unsafe {
            let list = new.cast::<sys::zend_ast_list>();
            (*list).kind = sys::ZEND_AST_ARRAY as u16;
            (*list).children = children.len() as u32;
        }
        for (i, &child) in children.iter().enumerate() {
            self.set_child(new, LIST_CHILDREN, i, child);
        }
        block
    }

    fn expression(&mut self, kind: u32, children: &[*mut sys::zend_ast]) -> sys::zval {
        let new = self.node(kind, children, REF_SIZE).cast();
        self.finish_ref(new);
        raw::pointer_value(sys::IS_CONSTANT_AST, new, raw::NO_EXTRA)
    }

    fn list_expression(&mut self, children: &[*mut sys::zend_ast]) -> sys::zval {
        let new = self.list(children, REF_SIZE).cast();
        self.finish_ref(new);
        raw::pointer_value(sys::IS_CONSTANT_AST, new, raw::NO_EXTRA)
    }
}
