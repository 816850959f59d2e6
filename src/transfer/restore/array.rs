//! Arrays, made in their final size and filled without looking anything up: the keys on a tape are distinct.

use async_threads_core::tape::Reader;

use super::{Frame, Kind, Restore, header};
use crate::sys;
use crate::transfer::word;
use crate::transfer::zv;

const HASH_SLOT: usize = size_of::<u32>();
/// The hash part that a packed array has for form's sake: two slots.
const PACKED_HASH: usize = 2 * HASH_SLOT;
const PACKED_MASK: u32 = 2u32.wrapping_neg();
const LEAST: u32 = 8;

impl Restore {
    /// A new list in `place`, its elements the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[inline]
    pub(super) unsafe fn list(&mut self, tape: &mut Reader<'_>, head: u64, frame: &mut Frame, place: *mut sys::zval) {
        let used = word::count(head);
        // SAFETY: the new array has room for `used` elements, which the frame spans.
        unsafe {
            let (array, first) = self.packed(tape, head, place);
            if head & word::HOLES != 0 {
                (*array).nNumOfElements = tape.get() as u32;
            }
            if used > 0 {
                self.enter(frame, Frame::new(Kind::List, array.cast(), first, used as usize));
            }
        }
    }

    /// A new list of bare words in `place`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    pub(super) unsafe fn row(&mut self, tape: &mut Reader<'_>, head: u64, place: *mut sys::zval) {
        let used = word::count(head) as usize;
        let type_info = if word::tag(head) == word::INTS { sys::IS_LONG } else { sys::IS_DOUBLE };
        // SAFETY: the new array has room for `used` elements.
        unsafe {
            let (array, first) = self.packed(tape, head, place);
            tape.pieces(used, |done, words| {
                let to = first.add(done);
                for (i, &word) in words.iter().enumerate() {
                    (&raw mut (*to.add(i)).value.lval).write(word as i64);
                    zv::set_type(to.add(i), type_info);
                }
            });
            (*array).nNumUsed = used as u32;
        }
    }

    /// A packed array without elements yet, but with room for them; see [`Frame::count`].
    ///
    /// # Safety
    /// `place` is writable, the tape stands behind the head of an array.
    #[inline(always)]
    unsafe fn packed(
        &mut self,
        tape: &mut Reader<'_>,
        head: u64,
        place: *mut sys::zval,
    ) -> (*mut sys::HashTable, *mut sys::zval) {
        let used = word::count(head);
        let next = match head & word::NEXT {
            0 => i64::from(used),
            _ => tape.get() as i64,
        };
        let size = table_size(used);
        // SAFETY: the block holds the hash part and `size` values.
        unsafe {
            let block = self.alloc(PACKED_HASH + size as usize * size_of::<sys::zval>());
            block.cast::<u64>().write(u64::MAX);
            let first = block.add(PACKED_HASH).cast::<sys::zval>();
            let flags = sys::HASH_FLAG_PACKED | sys::HASH_FLAG_STATIC_KEYS;
            let array = self.new_table(flags, PACKED_MASK, size, used, next);
            (*array).__bindgen_anon_1.arPacked = first;
            if head & word::DEF != 0 {
                self.nodes.push(array.cast());
            }
            zv::set_counted(place, array, sys::IS_ARRAY_EX);
            (array, first)
        }
    }

    /// A hash array without elements yet, but with room for them; see [`Frame::count`].
    ///
    /// # Safety
    /// The tape stands behind the head of a map.
    #[inline]
    pub(super) unsafe fn map(&mut self, tape: &mut Reader<'_>, head: u64) -> *mut sys::HashTable {
        let used = word::count(head);
        // SAFETY: reading a constant of the engine.
        let usual_next = unsafe { sys::zend_empty_array.nNextFreeElement };
        let next = match head & word::NEXT {
            0 => usual_next,
            _ => tape.get() as i64,
        };
        let size = table_size(used);
        let hash_bytes = 2 * size as usize * HASH_SLOT;
        // SAFETY: the block holds the hash part and `size` buckets.
        unsafe {
            let block = self.alloc(hash_bytes + size as usize * size_of::<sys::Bucket>());
            std::ptr::write_bytes(block, 0xff, hash_bytes);
            let mask = (2 * size).wrapping_neg();
            let array = self.new_table(sys::HASH_FLAG_STATIC_KEYS, mask, size, used, next);
            (*array).__bindgen_anon_1.arData = block.add(hash_bytes).cast();
            array
        }
    }

    /// Reads the key of the next entry and gives the place for its value.
    ///
    /// # Safety
    /// The frame is a map's and not at its end.
    #[inline(always)]
    pub(super) unsafe fn entry(&mut self, tape: &mut Reader<'_>, frame: &mut Frame) -> *mut sys::zval {
        let map = frame.owner.cast::<sys::HashTable>();
        let bucket = frame.step::<sys::Bucket>();
        let head = tape.get();
        // SAFETY: the bucket is one of the map's; its hash part has a slot for every hash.
        unsafe {
            let mut named = true;
            let (hash, key) = match word::tag(head) {
                word::INT => {
                    named = false;
                    (word::short(head) as u64, std::ptr::null_mut())
                }
                word::WIDE => {
                    named = false;
                    (tape.get(), std::ptr::null_mut())
                }
                word::TEXT | word::TEXT_DEF | word::LONG_TEXT | word::LONG_TEXT_DEF => {
                    let key = self.string(tape, head);
                    ((*key).h, key)
                }
                word::TEXT_AGAIN => {
                    let key = self.node(head).cast::<sys::zend_string>();
                    zv::addref(key);
                    match (*key).h {
                        0 => (sys::at_string_hash(key), key),
                        hash => (hash, key),
                    }
                }
                word::EMPTY_TEXT => {
                    named = false;
                    let key = sys::zend_empty_string;
                    ((*key).h, key)
                }
                word::CHAR => {
                    named = false;
                    let key = sys::zend_one_char_string[word::count(head) as usize];
                    ((*key).h, key)
                }
                other => unreachable!("tag {other} is no key"),
            };
            if named {
                (*map).u.flags &= !sys::HASH_FLAG_STATIC_KEYS;
            }
            (&raw mut (*bucket).h).write(hash);
            (&raw mut (*bucket).key).write(key);
            let first = (*map).__bindgen_anon_1.arData;
            let slot = (hash as u32 | (*map).nTableMask) as i32;
            let chain = first.cast::<u32>().offset(slot as isize);
            (&raw mut (*bucket).val.u2.next).write(*chain);
            chain.write(bucket.offset_from_unsigned(first) as u32);
            // Until the value is there, the bucket is a hole to whoever looks.
            zv::set_type(&raw mut (*bucket).val, sys::IS_UNDEF);
            &raw mut (*bucket).val
        }
    }
}

/// The size the engine would choose for so many elements.
#[inline(always)]
fn table_size(count: u32) -> u32 {
    count.max(LEAST).next_power_of_two()
}

impl Restore {
    /// A new table without its elements' block, for so many elements.
    ///
    /// # Safety
    /// The thread is attached and in a request.
    #[inline(always)]
    unsafe fn new_table(&mut self, flags: u32, mask: u32, size: u32, used: u32, next: i64) -> *mut sys::HashTable {
        // SAFETY: the block is as large as a table, all of which is written.
        unsafe {
            let table = self.alloc(size_of::<sys::HashTable>()).cast::<sys::HashTable>();
            table.write(sys::HashTable {
                gc: header(sys::GC_ARRAY),
                u: sys::_zend_array__bindgen_ty_1 { flags },
                nTableMask: mask,
                __bindgen_anon_1: sys::_zend_array__bindgen_ty_2 { arData: std::ptr::null_mut() },
                nNumUsed: 0,
                nNumOfElements: used,
                nTableSize: size,
                nInternalPointer: 0,
                nNextFreeElement: next,
                pDestructor: Some(sys::zval_ptr_dtor),
            });
            table
        }
    }
}
