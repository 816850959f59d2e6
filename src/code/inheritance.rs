//! Keeps opcache's inheritance cache away from images.
//!
//! Owner: the process. Threads: any. Invariants: a class in shared memory never points at an image, for images are freed.
//! opcache stores a linked child of immutable classes for all requests to come; it cannot tell an image from a class of its own.

use super::images::MARK;
use crate::sys;
use std::sync::{Once, OnceLock};

type Add = unsafe extern "C" fn(
    *mut sys::zend_class_entry,
    *mut sys::zend_class_entry,
    *mut sys::zend_class_entry,
    *mut *mut sys::zend_class_entry,
    *mut sys::HashTable,
) -> *mut sys::zend_class_entry;

static OPCACHES: OnceLock<Add> = OnceLock::new();

/// Puts the guard into place. Before the first image exists; opcache has set its hook by then, at start-up of the engine.
pub(super) fn guard() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = &raw mut sys::zend_inheritance_cache_add;
        // SAFETY: the engine's hook, a word that other threads read at any time; both values of it are valid functions.
        unsafe {
            if let Some(opcaches) = *hook {
                let _ = OPCACHES.set(opcaches);
                hook.write_volatile(Some(add));
            }
        }
    });
}

/// Whether `class` is one of our images.
fn is_image(class: *mut sys::zend_class_entry) -> bool {
    // SAFETY: null or a class of this thread's table.
    unsafe {
        !class.is_null()
            && (*class).ce_flags & sys::ZEND_ACC_IMMUTABLE != 0
            && (*class).type_ as u32 & sys::ZEND_INTERNAL_CLASS == 0
            && (*class).refcount == MARK.cast_signed()
    }
}

/// `zend_inheritance_cache_add`: refuses when an image is involved.
///
/// # Safety
/// By the engine alone, in an attached thread.
unsafe extern "C" fn add(
    class: *mut sys::zend_class_entry,
    proto: *mut sys::zend_class_entry,
    parent: *mut sys::zend_class_entry,
    traits_and_interfaces: *mut *mut sys::zend_class_entry,
    dependencies: *mut sys::HashTable,
) -> *mut sys::zend_class_entry {
    let Some(opcaches) = OPCACHES.get() else { return std::ptr::null_mut() };
    // SAFETY: what the engine passes to the hook: classes of this thread, the list as long as `proto` says, a table of names and classes.
    unsafe {
        let others = if traits_and_interfaces.is_null() { 0 } else { (*proto).num_traits + (*proto).num_interfaces };
        let mut involved = is_image(proto) || is_image(parent);
        for i in 0..others as usize {
            involved |= is_image(*traits_and_interfaces.add(i));
        }
        if let Some(table) = dependencies.as_ref() {
            let source = super::raw::Source::assume();
            involved |= source.buckets(table).iter().any(|b| is_image(super::raw::pointer(&b.val)));
        }
        // A grandparent or an inherited interface may be an image where the parent is opcache's copy of nothing: look at what was linked too.
        let mut ancestor = super::raw::parent(&*class);
        while let Some(entry) = ancestor.as_ref() {
            involved |= is_image(ancestor);
            ancestor = super::raw::parent(entry);
        }
        for i in 0..(*class).num_interfaces as usize {
            involved |= is_image(*super::raw::interfaces(&*class).add(i));
        }
        if involved {
            return std::ptr::null_mut();
        }
        opcaches(class, proto, parent, traits_and_interfaces, dependencies)
    }
}
