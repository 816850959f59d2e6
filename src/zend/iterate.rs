//! Reading an iterable one item at a time.

use super::{Php, Raised, Value, protect};
use crate::sys;
use std::ptr;

/// The items of an array or a Traversable that are left.
pub(crate) struct Items {
    source: Value,
    /// For an array: the next place in it.
    position: u32,
    /// For a Traversable.
    iterator: *mut sys::zend_object_iterator,
    started: bool,
}

impl Items {
    /// The items of `source`; None when it is no iterable.
    pub(crate) fn new(php: Php<'_>, source: Value) -> Result<Option<Items>, Raised> {
        let mut iterator = ptr::null_mut();
        if source.object().is_some() {
            let from = source.as_ptr().cast_mut();
            // SAFETY: the value lives outside of `protect`.
            iterator = protect(php, |_| unsafe { sys::at_iterator_new(from) })?;
            if php.has_exception() {
                return Err(Raised::Exception);
            }
            if iterator.is_null() {
                return Ok(None);
            }
        } else if !source.is_array() {
            return Ok(None);
        }
        Ok(Some(Items { source, position: 0, iterator, started: false }))
    }

    /// How many are left, where that can be known without reading them.
    pub(crate) fn left(&self) -> Option<usize> {
        // SAFETY: an array, as it has no iterator.
        self.iterator.is_null().then(|| unsafe {
            let total = (*(*self.source.as_ptr()).value.arr).nNumOfElements as usize;
            total.saturating_sub(self.position as usize)
        })
    }

    /// Key and value of the next one.
    pub(crate) fn next(&mut self, php: Php<'_>) -> Result<Option<(Value, Value)>, Raised> {
        let (mut key, mut value) = (Value::null(), Value::null());
        let (to_key, to_value) = (key.as_mut_ptr(), value.as_mut_ptr());
        if self.iterator.is_null() {
            // SAFETY: an array that `self` keeps; both slots are writable.
            let found =
                unsafe { sys::at_array_next((*self.source.as_ptr()).value.arr, &raw mut self.position, to_key, to_value) };
            return Ok(found.then_some((key, value)));
        }
        let (iterator, first) = (self.iterator, !self.started);
        self.started = true;
        // SAFETY: the iterator lives until `drop`; both slots are outside of `protect`.
        let found = protect(php, |_| unsafe { sys::at_iterator_next(iterator, first, to_key, to_value) })?;
        if php.has_exception() {
            return Err(Raised::Exception);
        }
        Ok(found.then_some((key, value)))
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        // SAFETY: ours; after a bailout the engine frees the heap as a whole.
        unsafe {
            if !self.iterator.is_null() && !sys::at_unclean_shutdown() {
                sys::zend_iterator_dtor(self.iterator);
            }
        }
    }
}
