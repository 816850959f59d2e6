//! Slots: the places in each thread's `map_ptr` table where the engine keeps the per-thread part of shared code.
//!
//! Owner: the process. Threads: any; one mutex, never held while PHP runs. Invariants: the block is reserved at MINIT, so that every thread's table
//! has it; a slot is given back only when no request uses the image it belongs to, and the engine zeroes a thread's whole table when a request
//! starts, so a slot given out again is empty wherever it is used.

use super::CodeError;
use crate::sys;
use parking_lot::Mutex;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// How many slots are reserved: about 13 for a class of ten methods. Eight bytes each in every thread's table, touched only once used
/// (`thread_attached`, `request_starting`).
const RESERVED: u32 = 131_072;

struct Pool {
    /// Number of the first slot of the block in the `map_ptr` table.
    base: u32,
    /// Slots of the block never given out yet start here.
    next: u32,
    size: u32,
    free: Vec<u32>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { base: 0, next: 0, size: 0, free: Vec::new() });

/// `Pool::base` and `Pool::size`, for the hooks below; both are set once, in MINIT.
static BASE: AtomicU32 = AtomicU32::new(0);
static SIZE: AtomicU32 = AtomicU32::new(0);
/// `Pool::next`: no thread has ever written to a slot of the block from here on.
static HIGH: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// The size of this thread's table while the engine is made to believe that it ends before the unused slots.
    static REAL_SIZE: Cell<usize> = const { Cell::new(0) };
}

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
    // Relaxed: threads are started later.
    BASE.store(base, Ordering::Relaxed);
    SIZE.store(RESERVED, Ordering::Relaxed);
    // SAFETY: MINIT: no other thread looks at the SAPI's table.
    unsafe {
        ACTIVATE.store(sys::sapi_module.activate.map_or(0, |f| f as usize), Ordering::Relaxed);
        sys::sapi_module.activate = Some(activated);
    }
}

/// The SAPI's own `activate`, as a number.
static ACTIVATE: AtomicUsize = AtomicUsize::new(0);

/// The slots of the block that no image has used yet, as places in this thread's table.
fn unused() -> (usize, usize) {
    // Acquire: pairs with the store in `take`. A slot is used in a thread only after an image with it has come there.
    let high = HIGH.load(Ordering::Acquire);
    let (base, size) = (BASE.load(Ordering::Relaxed), SIZE.load(Ordering::Relaxed));
    ((base + high) as usize, (base + size) as usize)
}

/// Gives back the memory of slots that this new thread has not used: the engine zeroed it, which made it real.
pub(super) fn thread_attached() {
    let (from, to) = unused();
    // SAFETY: attached: the table is this thread's.
    let (first, end) = unsafe { (sys::at_map_ptr_place(from), sys::at_map_ptr_place(to)) };
    let page = 4096 * 16;
    let start = first.addr().next_multiple_of(page);
    let length = end.addr().saturating_sub(start) / page * page;
    if length > 0 {
        let skip = start - first.addr();
        // SAFETY: whole pages of the table's memory, all zero; they read as zero afterwards.
        unsafe { libc::madvise(first.cast::<u8>().add(skip).cast(), length, libc::MADV_DONTNEED) };
    }
}

/// Before `php_request_startup` in a worker: the engine zeroes the whole table then, which for slots never used would take longer than
/// all the rest. It is told that the table ends in front of them; `activated` puts that right before anybody else can look.
pub(super) fn request_starting() {
    let (from, to) = unused();
    // SAFETY: attached, no request is active: nobody uses the table.
    unsafe {
        let last = sys::at_map_ptr_last();
        if REAL_SIZE.get() == 0 && last >= to {
            REAL_SIZE.set(last);
            sys::at_map_ptr_set_last(from);
        }
    }
}

/// The SAPI's `activate`: the first thing the engine calls after it has zeroed the table.
///
/// # Safety
/// By the engine alone, in an attached thread.
unsafe extern "C" fn activated() -> std::ffi::c_int {
    let last = REAL_SIZE.replace(0);
    if last != 0 {
        let to = (BASE.load(Ordering::Relaxed) + SIZE.load(Ordering::Relaxed)) as usize;
        // SAFETY: attached; what lies behind the block has not been zeroed yet, and is as long as before.
        unsafe {
            sys::at_map_ptr_place(to).write_bytes(0, last - to);
            sys::at_map_ptr_set_last(last);
        }
    }
    match ACTIVATE.load(Ordering::Relaxed) {
        0 => sys::SUCCESS,
        // SAFETY: the number of a function of this type, stored in `reserve`.
        f => unsafe { std::mem::transmute::<usize, unsafe extern "C" fn() -> std::ffi::c_int>(f)() },
    }
}

/// The slots of one image set; given back when dropped.
#[derive(Default)]
pub(super) struct Slots {
    numbers: Vec<u32>,
    fields: Vec<usize>,
}

impl Slots {
    /// Gives one more slot to a `map_ptr` field of an image: an odd number, the offset from the table's biased base.
    pub(super) fn give<T>(&mut self, field: &mut *mut T) -> Result<(), CodeError> {
        let mut pool = POOL.lock();
        let number = match pool.free.pop() {
            Some(number) => number,
            None if pool.next < pool.size => {
                pool.next += 1;
                HIGH.store(pool.next, Ordering::Release);
                pool.base + pool.next - 1
            }
            None => return Err(CodeError::OutOfSlots),
        };
        drop(pool);
        self.numbers.push(number);
        self.fields.push(std::ptr::from_mut(field).addr());
        *field = std::ptr::without_provenance_mut(number as usize * size_of::<usize>() + 1);
        Ok(())
    }

    /// The image is complete.
    pub(super) fn freeze(&mut self) {
        self.fields.sort_unstable();
    }

    /// The addresses of the fields, once it is.
    pub(super) fn fields(&self) -> &[usize] {
        &self.fields
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        if !self.numbers.is_empty() {
            POOL.lock().free.append(&mut self.numbers);
        }
    }
}
