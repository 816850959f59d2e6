//! Large pages for memory that is about to be filled.
//!
//! * Purpose: memory fresh from the kernel costs a fault for every page of 4 KiB, a microsecond or two on a virtual
//!   machine: more than filling it. In pages of 2 MiB there are 512 times fewer faults. So those who know that they
//!   are about to fill megabytes ask for large pages first.
//! * Owner: nobody; this is advice to the kernel about memory of others.
//! * Threads: any.
//! * Invariants: nothing here changes what memory contains or whether it may be used. Where the kernel has no large
//!   pages, or is slow to make them, nothing happens.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The size of a large page.
pub const LARGE: usize = 2 << 20;

/// A large page may take so long to make; beyond, it is not worth it.
const PATIENCE: Duration = Duration::from_micros(600);

/// How often not to ask at first: a wait for a busy processor is soon over, and not asking costs ten times what asking does.
const FEW: u32 = 4;

/// How often not to ask, after the kernel was slow: doubled each time. A count for the process, not exact.
static SKIP: AtomicU32 = AtomicU32::new(0);
static NEXT_SKIP: AtomicU32 = AtomicU32::new(FEW);

/// Asks for large pages in `length` bytes at `start`, which nobody has touched yet.
///
/// Small pieces before the first and behind the last multiple of [`LARGE`] stay as they are.
pub fn prefer_large(start: *mut u8, length: usize) {
    #[cfg(target_os = "linux")]
    {
        let first = start.addr().next_multiple_of(LARGE);
        let end = (start.addr() + length) / LARGE * LARGE;
        if first < end {
            let start = start.with_addr(first);
            // SAFETY: advice about how to back memory; its contents do not change.
            unsafe { libc::madvise(start.cast(), end - first, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, length);
}

/// Makes the [`LARGE`] bytes around `address` one large page, if little of them has been touched yet: whoever calls
/// this is about to fill them.
pub fn gather(address: *mut u8) {
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 4096;
        /// Of 512. More than these are not worth a copy.
        const TOUCHED: usize = 128;
        // Relaxed: a count of no consequence.
        if SKIP.load(Ordering::Relaxed) > 0 {
            SKIP.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let start = address.with_addr(address.addr() / LARGE * LARGE);
        let mut resident = [0u8; LARGE / PAGE];
        // SAFETY: the kernel writes one byte for each page, and fails where nothing is mapped.
        let known = unsafe { libc::mincore(start.cast(), LARGE, resident.as_mut_ptr().cast()) };
        if known != 0 || resident.iter().filter(|&&byte| byte & 1 != 0).count() > TOUCHED {
            return;
        }
        let begun = Instant::now();
        // SAFETY: advice about how to back memory; its contents do not change.
        let made = unsafe { libc::madvise(start.cast(), LARGE, libc::MADV_COLLAPSE) };
        if made != 0 || begun.elapsed() > PATIENCE {
            let skip = NEXT_SKIP.load(Ordering::Relaxed);
            SKIP.store(skip, Ordering::Relaxed);
            NEXT_SKIP.store(skip.saturating_mul(2).min(1 << 20), Ordering::Relaxed);
        } else {
            NEXT_SKIP.store(FEW, Ordering::Relaxed);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = address;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_changes_no_contents() {
        let mut block = vec![0u8; 5 * LARGE];
        let start = block.as_mut_ptr();
        prefer_large(start, block.len());
        block[LARGE..LARGE + 100].fill(7);
        gather(start.wrapping_add(LARGE + 50));
        gather(start.wrapping_add(2 * LARGE));
        assert!(block[..LARGE].iter().all(|&byte| byte == 0));
        assert!(block[LARGE..LARGE + 100].iter().all(|&byte| byte == 7));
        assert!(block[LARGE + 100..].iter().all(|&byte| byte == 0));
    }

    #[test]
    fn advice_about_nothing_is_harmless() {
        prefer_large(std::ptr::null_mut(), 10);
        gather(std::ptr::without_provenance_mut(LARGE));
    }
}
