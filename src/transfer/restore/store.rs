//! The engine's table of objects, entered as the engine itself does, but without a call for each object.

use crate::sys;
use crate::zend::Php;

/// The table of this thread.
pub(super) struct Store(*mut sys::zend_objects_store);

impl Default for Store {
    fn default() -> Self {
        Store(std::ptr::null_mut())
    }
}

/// The engine's mark for no handles that are free again.
const NONE_FREE: i32 = -1;

/// From so many objects on, room is made for all at once.
const MANY: usize = 1024;

impl Store {
    /// Makes ready for so many objects of the thread. May bail out.
    pub(super) fn open(&mut self, php: Php<'_>, count: usize) {
        // SAFETY: the table is the thread's, and stays where it is.
        unsafe {
            self.0 = &raw mut (*php.eg()).objects_store;
            let store = self.0;
            let wanted = (*store).top as usize + count;
            if count >= MANY && wanted > (*store).size as usize && wanted < i32::MAX as usize / 2 {
                let size = wanted.next_power_of_two();
                let bytes = size * size_of::<*mut sys::zend_object>();
                (*store).object_buckets = sys::at_erealloc((*store).object_buckets.cast(), bytes).cast();
                // After it is there, as in the engine.
                (*store).size = size as u32;
            }
        }
    }

    /// Gives an object its handle.
    ///
    /// # Safety
    /// The object is new, of this thread, and can be looked at and freed. [`open`](Store::open) has been called in this request.
    #[inline(always)]
    pub(super) unsafe fn put(&self, object: *mut sys::zend_object) {
        let store = self.0;
        // SAFETY: the table has `size` places, those from `top` on unused.
        unsafe {
            if (*store).free_list_head != NONE_FREE || (*store).top == (*store).size {
                sys::zend_objects_store_put(object);
                return;
            }
            let handle = (*store).top;
            (*store).top = handle + 1;
            (&raw mut (*object).handle).write(handle);
            (*store).object_buckets.add(handle as usize).write(object);
        }
    }
}
