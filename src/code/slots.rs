//! Slots: the places in each thread's `map_ptr` table where the engine keeps the per-thread part of shared code.
//!
//! Owner: the process. Threads: any; one mutex, never held while PHP runs. Invariants: the block is reserved at MINIT, so that every thread's table
//! has it; a slot is given back only when no request uses the image it belongs to, and the engine zeroes a thread's whole table when a request
//! starts, so a slot given out again is empty wherever it is used.

use super::CodeError;
use crate::sys;
use parking_lot::Mutex;

/// How many slots are reserved: about 13 for a class of ten methods. The table is zeroed for each request, 8 bytes a slot.
const RESERVED: u32 = 65_536;

struct Pool {
    /// Number of the first slot of the block in the `map_ptr` table.
    base: u32,
    /// Slots of the block never given out yet start here.
    next: u32,
    size: u32,
    free: Vec<u32>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { base: 0, next: 0, size: 0, free: Vec::new() });

/// Reserves the block. MINIT, main thread.
pub(super) fn reserve() {
    let mut pool = POOL.lock();
    // SAFETY: MINIT runs in a thread attached to PHP; the size of the table is read, then grown by the engine's own function.
    let last = unsafe {
        let last = sys::at_map_ptr_last();
        sys::zend_map_ptr_extend(last + RESERVED as usize);
        last
    };
    let Ok(base) = u32::try_from(last) else { return };
    *pool = Pool { base, next: 0, size: RESERVED, free: Vec::new() };
}

/// The slots of one image set; given back when dropped.
#[derive(Default)]
pub(super) struct Slots(Vec<u32>);

impl Slots {
    /// One more slot, as the value of a `map_ptr` field: an odd number, the offset from the table's biased base.
    pub(super) fn take<T>(&mut self) -> Result<*mut T, CodeError> {
        let mut pool = POOL.lock();
        let number = match pool.free.pop() {
            Some(number) => number,
            None if pool.next < pool.size => {
                pool.next += 1;
                pool.base + pool.next - 1
            }
            None => return Err(CodeError::OutOfSlots),
        };
        drop(pool);
        self.0.push(number);
        Ok(std::ptr::without_provenance_mut(number as usize * size_of::<usize>() + 1))
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            POOL.lock().free.append(&mut self.0);
        }
    }
}
