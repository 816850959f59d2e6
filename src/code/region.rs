//! `Region`: address space that is never used twice, for images of a process with a JIT.
//!
//! Owner: the process. Threads: any. Invariants: compiled code compares the addresses of functions and classes, and is not told when they go. So a
//! block's memory is given back to the system, but its addresses are not given out again. Reading them finds zeroes, and nobody does: every
//! use comes after a comparison with something alive.

use std::ptr::{self, NonNull};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Address space alone costs nothing.
const SIZE: usize = 1 << 38;
const PAGE: usize = 1 << 12;

struct Region {
    start: usize,
    used: AtomicUsize,
}

static REGION: OnceLock<Option<Region>> = OnceLock::new();

fn region() -> Option<&'static Region> {
    REGION.get_or_init(reserve).as_ref()
}

fn reserve() -> Option<Region> {
    // SAFETY: asks for fresh memory wherever the system likes.
    let start = unsafe {
        libc::mmap(
            ptr::null_mut(),
            SIZE,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    (start != libc::MAP_FAILED).then(|| Region { start: start.expose_provenance(), used: AtomicUsize::new(0) })
}

/// Whole pages for `size` bytes: the block and its real size. None where the system grants no such region, or when it is used up.
pub(super) fn take(size: usize) -> Option<(NonNull<u8>, usize)> {
    let region = region()?;
    let size = size.next_multiple_of(PAGE);
    // Relaxed: each caller gets addresses of its own; the memory itself is fresh.
    let at = region.used.fetch_add(size, Ordering::Relaxed);
    if at.checked_add(size)? > SIZE {
        return None;
    }
    Some((NonNull::new(ptr::with_exposed_provenance_mut(region.start + at))?, size))
}

/// Gives back the memory of a block, not its addresses.
pub(super) fn give_back(start: NonNull<u8>, size: usize) {
    // SAFETY: a block from `take`, whole pages, not used any more.
    unsafe { libc::madvise(start.as_ptr().cast(), size, libc::MADV_DONTNEED) };
}
