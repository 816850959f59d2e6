//! Deep graphs that PHP can free without a deep stack.
//!
//! * Purpose: the engine frees a list of a million objects by a million nested calls. So in a graph that was captured or
//!   restored, one node in every [`EVERY`] levels is freed in its own way: not at once, but by the outermost of its
//!   kind, in a loop. PHP code sees no difference; all is freed before whatever freed the first one goes on.
//! * Owner: [`WAITING`], of each thread.
//! * Threads: each for itself.
//! * Invariants: what waits has a reference of ours and is released before the outermost release returns, or by the
//!   request's end after a bailout. Inside the collector nothing waits: it frees all its nodes by itself, and would
//!   free what waits.

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_int;
use std::sync::OnceLock;

use super::zv::{self, ty};
use crate::sys;
use crate::zend::{Php, protect};

/// So many levels are left to the engine: a few hundred bytes of stack each.
pub(super) const EVERY: usize = 128;

/// Releases put off.
struct Waiting {
    /// A release of this kind is under way and will see to what is put off.
    active: Cell<bool>,
    /// The collector runs.
    collecting: Cell<bool>,
    values: UnsafeCell<Vec<sys::zval>>,
}

thread_local! {
    static WAITING: Waiting =
        const { Waiting { active: Cell::new(false), collecting: Cell::new(false), values: UnsafeCell::new(Vec::new()) } };
}

/// Handlers of such objects: the engine's own, but for the freeing.
struct Handlers(sys::zend_object_handlers);

// SAFETY: never changed after they are made.
unsafe impl Sync for Handlers {}
// SAFETY: pointers to functions.
unsafe impl Send for Handlers {}

static HANDLERS: OnceLock<Handlers> = OnceLock::new();
static COLLECT: OnceLock<sys::at_collector> = OnceLock::new();

/// Makes an array one of this kind.
///
/// # Safety
/// The array is alive, of this thread.
#[cold]
pub(super) unsafe fn mark_array(array: *mut sys::HashTable) {
    // SAFETY: by contract. What is immutable is never freed, and may be seen by other threads.
    unsafe {
        if zv::gc_info(array) & (sys::GC_IMMUTABLE << sys::GC_FLAGS_SHIFT) == 0 {
            note_collections();
            (*array).pDestructor = Some(release_element);
        }
    }
}

/// Makes an object one of this kind if it has the engine's usual handlers.
///
/// # Safety
/// The object is alive, of this thread.
#[cold]
pub(super) unsafe fn mark_object(object: *mut sys::zend_object) {
    // SAFETY: by contract.
    unsafe {
        let usual = &raw const sys::std_object_handlers;
        if (*object).handlers == usual {
            note_collections();
            let handlers = HANDLERS.get_or_init(|| {
                let mut handlers = sys::std_object_handlers;
                handlers.free_obj = Some(free_object);
                Handlers(handlers)
            });
            (*object).handlers = &raw const handlers.0;
        }
    }
}

/// From now on it is known when the collector runs.
fn note_collections() {
    COLLECT.get_or_init(|| {
        // SAFETY: the engine reads the pointer at each use, and both functions do for it.
        unsafe { sys::at_replace_collector(Some(collecting)) }
    });
}

/// The collector, with a note that it runs.
///
/// # Safety
/// By the engine alone.
unsafe extern "C" fn collecting() -> c_int {
    let Some(Some(collect)) = COLLECT.get() else { return 0 };
    let before = WAITING.with(|waiting| waiting.collecting.replace(true));
    // SAFETY: called as the engine calls it.
    let count = unsafe { collect() };
    WAITING.with(|waiting| waiting.collecting.set(before));
    count
}

/// The destructor of elements of such arrays.
///
/// # Safety
/// By the engine alone, with a live element.
unsafe extern "C" fn release_element(value: *mut sys::zval) {
    // SAFETY: the engine hands over a live element, whose reference goes.
    unsafe {
        if !zv::is_refcounted(zv::type_info(value)) {
            return;
        }
        if !put_off(value) {
            outermost(|| sys::at_zval_dtor(value));
        }
    }
}

/// Frees the contents of such objects.
///
/// # Safety
/// By the engine alone, with an object whose last reference went.
unsafe extern "C" fn free_object(object: *mut sys::zend_object) {
    // SAFETY: the engine hands over an object whose last reference went; slots and entries are its own.
    unsafe {
        if !WAITING.with(|waiting| waiting.active.get() && !waiting.collecting.get()) {
            outermost(|| sys::zend_object_std_dtor(object));
            return;
        }
        let entry = (*object).ce;
        let slots = zv::slots(object);
        for index in 0..(*entry).default_properties_count as usize {
            let value = slots.add(index);
            // References may know the property; the engine sees to that.
            if matches!(zv::type_of(value), ty::OBJECT | ty::ARRAY) && put_off(value) {
                zv::set_type(value, sys::IS_UNDEF);
            }
        }
        let table = (*object).properties;
        if !table.is_null() && zv::refcount(table) == 1 && !zv::is_packed(table) {
            for index in 0..(*table).nNumUsed as usize {
                let value = &raw mut (*zv::buckets(table).add(index)).val;
                if matches!(zv::type_of(value), ty::OBJECT | ty::ARRAY) && put_off(value) {
                    zv::set_type(value, sys::IS_UNDEF);
                }
            }
        }
        sys::zend_object_std_dtor(object);
    }
}

/// Leaves the release of a value to the outermost one; false if this is the outermost.
///
/// # Safety
/// The value is alive; if put off, its reference is taken over.
unsafe fn put_off(value: *const sys::zval) -> bool {
    WAITING.with(|waiting| {
        let later = waiting.active.get() && !waiting.collecting.get();
        // SAFETY: by contract.
        if later && zv::is_refcounted(unsafe { zv::type_info(value) }) {
            // SAFETY: no other borrow is active: nothing that could take one runs during the push.
            unsafe { (*waiting.values.get()).push(*value) };
        }
        later
    })
}

/// Does `first`, then all releases that are put off meanwhile.
///
/// # Safety
/// As the release itself. No destructor of Rust's is in `first`.
unsafe fn outermost(first: impl FnOnce()) {
    if WAITING.with(|waiting| waiting.active.get() || waiting.collecting.get()) {
        first();
        return;
    }
    WAITING.with(|waiting| waiting.active.set(true));
    // SAFETY: the engine frees things in an attached thread, inside a request.
    let php = unsafe { Php::assume() };
    let done = protect(php, |_| {
        first();
        // SAFETY: no other borrow is active: nothing that could take one runs during the pop.
        while let Some(mut value) = WAITING.with(|waiting| unsafe { (*waiting.values.get()).pop() }) {
            // SAFETY: this reference was taken over.
            unsafe { sys::at_zval_dtor(&raw mut value) };
        }
    });
    WAITING.with(|waiting| {
        waiting.active.set(false);
        // SAFETY: as above. What is left after a bailout goes with the heap.
        unsafe { *waiting.values.get() = Vec::new() };
    });
    if done.is_err() {
        // SAFETY: no Rust frame with anything to drop is between here and the engine.
        unsafe { sys::at_bailout() };
    }
}
