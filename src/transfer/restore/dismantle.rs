//! Taking a half-built graph apart again.
//!
//! Without recursion, which the engine's own way of freeing needs; and without destructors, for nobody ever had
//! these objects.

use super::{Restore, value_of};
use crate::sys;
use crate::transfer::shape;
use crate::transfer::zv::{self, ty};

impl Restore {
    /// Frees all that was built.
    ///
    /// # Safety
    /// `out` is what the walk built on, the frames are where it stopped; no bailout happened.
    pub(super) unsafe fn dismantle(&mut self, out: &mut [sys::zval]) {
        // SAFETY: by contract; each node is released once for each place that holds it.
        unsafe {
            for frame in &self.frames {
                frame.settle();
            }
            self.loosen_states();
            for cell in &mut self.cells {
                self.loose.push(zv::take(cell));
            }
            // Owned by the state, like everything that is dropped: freeing may run code of extensions.
            let loose = &mut self.loose;
            // Cycles go through nodes with a number only. While these are held and emptied, no cycle is left.
            self.nodes.retain(|&node| !node.is_null() && owns_contents(node));
            for &node in &self.nodes {
                zv::addref(node);
                empty(node, loose);
            }
            for value in out {
                loose.push(*value);
                zv::set_type(value, sys::IS_UNDEF);
            }
            while let Some(mut value) = loose.pop() {
                if !zv::is_refcounted(zv::type_info(&raw const value)) {
                    continue;
                }
                let node = value.value.counted;
                if zv::refcount(node) == 1 {
                    empty(node, loose);
                }
                sys::at_zval_dtor(&raw mut value);
            }
            for node in self.nodes.drain(..) {
                let mut value = value_of(node);
                sys::at_zval_dtor(&raw mut value);
            }
        }
    }
}

/// Whether a node is one of ours with contents: not a string, not a case of an enum, which is the thread's.
///
/// # Safety
/// The node is alive.
unsafe fn owns_contents(node: *const sys::zend_refcounted) -> bool {
    // SAFETY: by contract; the header says of which type it is.
    unsafe {
        match zv::gc_type(node) {
            ty::STRING => false,
            ty::OBJECT => {
                let object = node.cast::<sys::zend_object>();
                (*(*object).ce).ce_flags & sys::ZEND_ACC_ENUM == 0
            }
            _ => true,
        }
    }
}

/// Moves the contents of a node to `loose`.
///
/// # Safety
/// The node is alive and settled.
unsafe fn empty(node: *mut sys::zend_refcounted, loose: &mut Vec<sys::zval>) {
    // SAFETY: the header says what the node is; each place is left UNDEF (or null, in a reference).
    unsafe {
        match zv::gc_type(node) {
            ty::ARRAY => {
                let array = node.cast::<sys::HashTable>();
                if (*array).u.flags & sys::HASH_FLAG_UNINITIALIZED != 0 {
                    return;
                }
                for index in 0..(*array).nNumUsed as usize {
                    let value = match zv::is_packed(array) {
                        true => zv::packed(array).add(index),
                        false => &raw mut (*zv::buckets(array).add(index)).val,
                    };
                    take(value, sys::IS_UNDEF, loose);
                }
            }
            ty::REFERENCE => {
                let reference = node.cast::<sys::zend_reference>();
                take(&raw mut (*reference).val, sys::IS_NULL, loose);
            }
            ty::OBJECT => {
                let object = node.cast::<sys::zend_object>();
                (*object).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT;
                let slots = zv::slots(object);
                for index in 0..(*(*object).ce).default_properties_count as usize {
                    let value = slots.add(index);
                    if zv::type_of(value) == ty::REFERENCE {
                        let info = shape::slot_info((*object).ce, index);
                        let sources = &raw mut (*(*value).value.ref_).sources;
                        if !info.is_null() && (*info).type_.type_mask != 0 && !(*sources).ptr.is_null() {
                            sys::zend_ref_del_type_source(sources, info);
                        }
                    }
                    take(value, sys::IS_UNDEF, loose);
                }
                if (*object).ce == sys::zend_ce_closure {
                    take(sys::at_closure_this(object), sys::IS_UNDEF, loose);
                    let variables = sys::at_closure_variables(object);
                    if !variables.is_null() {
                        empty(variables.cast(), loose);
                    }
                }
                let table = (*object).properties;
                if !table.is_null() && zv::refcount(table) == 1 {
                    empty(table.cast(), loose);
                }
            }
            _ => {}
        }
    }
}

/// # Safety
/// `value` is alive.
unsafe fn take(value: *mut sys::zval, leave: u32, loose: &mut Vec<sys::zval>) {
    // SAFETY: by contract. A table of properties points to slots, which are taken by themselves.
    unsafe {
        if zv::is_refcounted(zv::type_info(value)) {
            loose.push(*value);
            zv::set_type(value, leave);
        }
    }
}
