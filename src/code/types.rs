//! Types, argument descriptions and attributes.
//!
//! Owner: the arena of the build. Threads: the creator's. Invariants: type names are strings without a class cache slot, for such a slot is
//! a number in the creator's own table.

use super::CodeError;
use super::images::MARK;
use super::persist::{Persist, packed_mut};
use super::raw;
use crate::sys;
use std::mem::offset_of;

impl Persist<'_> {
    /// A type with its names.
    pub(super) fn declared_type(&mut self, old: &sys::zend_type) -> sys::zend_type {
        let mut new = *old;
        if old.type_mask & sys::AT_TYPE_LIST_BIT != 0 {
            let list: *const sys::zend_type_list = old.ptr.cast();
            let Some(head) = self.source.get(list) else { return new };
            let first = offset_of!(sys::zend_type_list, types);
            let members =
                self.source.slice(list.cast::<u8>().wrapping_add(first).cast::<sys::zend_type>(), head.num_types as usize);
            let block = self.arena.bytes_for(first + size_of_val(members));
            let to = block.as_ptr();
            // SAFETY: the block has room for the head and all members.
            unsafe { (*to.cast::<sys::zend_type_list>()).num_types = head.num_types };
            for (i, member) in members.iter().enumerate() {
                let member = self.declared_type(member);
                let place = to.wrapping_add(first).cast::<sys::zend_type>().wrapping_add(i);
                // SAFETY: as above; `i` counts the members.
                raw::clear_gap_of_type(unsafe {
                    place.write(member);
                    &mut *place
                });
            }
            new.ptr = to.cast();
            new.type_mask &= !sys::AT_TYPE_ARENA_BIT;
        } else if old.type_mask & sys::AT_TYPE_NAME_BIT != 0 {
            new.ptr = self.string(old.ptr.cast()).cast();
        }
        new
    }

    /// The description of arguments: `count` of them, starting at `first`.
    pub(super) fn arg_infos(&mut self, first: *const sys::zend_arg_info, count: usize) -> *mut sys::zend_arg_info {
        let arena = self.arena;
        let new = arena.put_slice(self.source.slice(first, count));
        for info in new.iter_mut() {
            info.name = self.string(info.name);
            // Unset for functions written in PHP: their defaults are opcodes.
            info.default_value = std::ptr::null_mut();
            info.type_ = self.declared_type(&info.type_);
            raw::clear_gap_of_type(&mut info.type_);
        }
        new.as_mut_ptr()
    }

    /// A table of attributes.
    pub(super) fn attribute_table(&mut self, old: *mut sys::HashTable) -> Result<*mut sys::HashTable, CodeError> {
        let Some(table) = self.source.get(old) else { return Ok(old) };
        if self.share(raw::address(old)) {
            return Ok(old);
        }
        if let Some(&new) = self.attributes.get(&raw::address(old)) {
            return Ok(new);
        }
        let mut copy = self.table(table);
        copy.gc = raw::gc_head(MARK, sys::GC_ARRAY | sys::IS_ARRAY_IMMUTABLE | sys::GC_NOT_COLLECTABLE);
        for value in packed_mut(&mut copy) {
            if raw::type_of(value) == sys::IS_PTR {
                value.value.ptr = self.attribute(raw::pointer(value))?.cast();
            }
        }
        let new: *mut sys::HashTable = self.arena.put(copy);
        self.attributes.insert(raw::address(old), new);
        Ok(new)
    }

    fn attribute(&mut self, old: *mut sys::zend_attribute) -> Result<*mut sys::zend_attribute, CodeError> {
        let Some(attribute) = self.source.get(old) else { return Ok(old) };
        let head = offset_of!(sys::zend_attribute, args);
        let args =
            self.source.slice(old.cast::<u8>().wrapping_add(head).cast::<sys::zend_attribute_arg>(), attribute.argc as usize);
        // At least the size the structure has in the headers, which counts one argument.
        let size = (head + size_of_val(args)).max(size_of::<sys::zend_attribute>());
        let block = self.arena.bytes_for(size).as_ptr();
        let bytes = self.source.slice(old.cast::<u8>(), head);
        // SAFETY: the block is larger than the head.
        unsafe { block.copy_from_nonoverlapping(bytes.as_ptr(), head) };
        let (name, lcname) = (self.string(attribute.name), self.string(attribute.lcname));
        let new: *mut sys::zend_attribute = block.cast();
        // SAFETY: the head is in place.
        unsafe {
            (*new).name = name;
            (*new).lcname = lcname;
        }
        for (i, arg) in args.iter().enumerate() {
            let arg = sys::zend_attribute_arg { name: self.string(arg.name), value: self.value(&arg.value)? };
            // SAFETY: the block has room for all arguments behind the head.
            unsafe { block.add(head).cast::<sys::zend_attribute_arg>().add(i).write(arg) };
        }
        Ok(new)
    }
}
