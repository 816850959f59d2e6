//! Arrays: lists, maps, and the short cut for rows of numbers.

use async_threads_core::identity::Meeting;

use super::frame::{Frame, Kind};
use super::{Capture, Tally};
use crate::sys;
use crate::transfer::word;
use crate::transfer::zv::{self, ty};

impl Capture {
    /// Writes an array's header; its elements become the new `frame` unless they are written at once.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); `counted` says whether the array counts references.
    #[inline]
    pub(super) unsafe fn array(&mut self, frame: &mut Frame, array: *const sys::HashTable, counted: bool) {
        // SAFETY: the array is alive, and packed or not as its flags say.
        unsafe {
            if (*array).nNumOfElements == 0 && (*array).nNextFreeElement == sys::zend_empty_array.nNextFreeElement {
                self.tape.put(word::node(word::EMPTY_LIST, 0));
                return;
            }
            let mut flags = 0;
            // In a careful walk, to be held: user code that writes to it then writes to a copy.
            if !counted || zv::refcount(array) > 1 || self.careful {
                let type_info = if counted { sys::IS_ARRAY_EX } else { sys::IS_ARRAY };
                match self.meet(array, type_info) {
                    Meeting::Again(number) => {
                        self.tape.put(word::node(word::ARRAY_AGAIN, u64::from(number)));
                        return;
                    }
                    Meeting::First(_) => flags = word::DEF,
                }
            }
            if (*array).nNumOfElements == 0 {
                let usual_next = sys::zend_empty_array.nNextFreeElement;
                self.header(word::LIST, flags, 0, usual_next, array);
            } else if zv::is_packed(array) {
                self.list(frame, array, flags);
            } else {
                self.map_header(array, flags, count_of(array));
                self.enter(frame, Frame::buckets(Kind::Map, array.cast(), array));
            }
        }
    }

    /// Writes a list, rows of only integers or only floats as bare words.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the array is packed and not empty.
    #[inline(always)]
    unsafe fn list(&mut self, frame: &mut Frame, array: *const sys::HashTable, flags: u64) {
        // SAFETY: a packed array has `nNumUsed` elements, of the types their tags say.
        unsafe {
            let first = zv::packed(array).cast_const();
            let used = (*array).nNumUsed as usize;
            let usual_next = used as i64;
            let row = zv::type_of(first);
            if (row == ty::LONG || row == ty::DOUBLE) && (1..used).all(|i| zv::type_of(first.add(i)) == row) {
                let tag = if row == ty::LONG { word::INTS } else { word::FLOATS };
                self.header(tag, flags, used as u32, usual_next, array);
                self.tape.fill(used, |i| (*first.add(i)).value.lval as u64);
                return;
            }
            let mut flags = flags;
            if (*array).nNumOfElements != (*array).nNumUsed {
                flags |= word::HOLES;
            }
            self.header(word::LIST, flags, used as u32, usual_next, array);
            self.tally.0 += Tally::of(0, if used < 65536 { 64 + 16 * used.max(8) } else { 0 }).0;
            if flags & word::HOLES != 0 {
                self.tape.put(u64::from((*array).nNumOfElements));
            }
            self.enter(frame, Frame::values(Kind::List, array.cast(), first, used));
        }
    }

    /// Writes the header of a map of `count` entries.
    ///
    /// # Safety
    /// The array is alive.
    #[inline(always)]
    pub(super) unsafe fn map_header(&mut self, array: *const sys::HashTable, flags: u64, count: u32) {
        // SAFETY: by contract.
        unsafe {
            let usual_next = sys::zend_empty_array.nNextFreeElement;
            self.header(word::MAP, flags, count, usual_next, array);
            self.tally.0 += Tally::of(0, if count < 8192 { 56 + 40 * count.max(8) as usize } else { 0 }).0;
        }
    }

    /// # Safety
    /// The array is alive.
    #[inline(always)]
    unsafe fn header(&mut self, tag: u8, flags: u64, count: u32, usual_next: i64, array: *const sys::HashTable) {
        // SAFETY: by contract.
        let next = unsafe { (*array).nNextFreeElement };
        let head = word::node(tag, u64::from(count)) | flags;
        if next == usual_next {
            self.tape.put(head);
        } else {
            self.tape.put(head | word::NEXT);
            self.tape.put(next as u64);
        }
    }

    /// Writes the key of the next entry of a map and gives its value; nothing for a deleted one.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the frame is a map's and not at its end.
    #[inline(always)]
    pub(super) unsafe fn entry(&mut self, frame: &mut Frame) -> Option<*const sys::zval> {
        let bucket = frame.next_bucket();
        // SAFETY: the bucket is alive.
        unsafe {
            let mut value = &raw const (*bucket).val;
            if zv::type_of(value) == ty::INDIRECT {
                value = (*value).value.zv;
            }
            if zv::type_of(value) == ty::UNDEF {
                return None;
            }
            self.key(bucket);
            Some(value)
        }
    }

    /// Writes the key of the next dynamic property and gives its value; nothing for a declared one.
    ///
    /// # Safety
    /// As [`entry`](Capture::entry).
    pub(super) unsafe fn dynamic_entry(&mut self, frame: &mut Frame) -> Option<*const sys::zval> {
        let bucket = frame.next_bucket();
        // SAFETY: the bucket is alive.
        unsafe {
            let value = &raw const (*bucket).val;
            if matches!(zv::type_of(value), ty::INDIRECT | ty::UNDEF) {
                return None;
            }
            self.key(bucket);
            Some(value)
        }
    }

    /// # Safety
    /// The bucket is alive and in use.
    #[inline(always)]
    unsafe fn key(&mut self, bucket: *const sys::Bucket) {
        // SAFETY: by contract; a key that is interned says so in its header.
        unsafe {
            let key = (*bucket).key;
            if key.is_null() {
                self.int((*bucket).h as i64);
            } else {
                let interned = zv::gc_info(key) & (sys::IS_STR_INTERNED << sys::GC_FLAGS_SHIFT) != 0;
                self.string(key, (*bucket).h, !interned);
            }
        }
    }
}

/// How many entries a hash array has, not counting those that point to empty slots.
///
/// # Safety
/// The array is alive and not packed.
unsafe fn count_of(array: *const sys::HashTable) -> u32 {
    // SAFETY: by contract.
    unsafe {
        if (*array).u.flags & sys::HASH_FLAG_HAS_EMPTY_IND == 0 {
            return (*array).nNumOfElements;
        }
        sys::zend_array_count(array.cast_mut())
    }
}
