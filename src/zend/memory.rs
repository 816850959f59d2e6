//! The request's heap: how much it holds, and its collector.

use super::{Bailout, Php, protect};
use crate::sys;

/// Possible roots of garbage cycles from which on it is worth collecting them while there is nothing else to do.
const WORTH_COLLECTING: u32 = 500;

/// A few chunks, in bytes: the system takes each back in some ten microseconds.
const SMALL: usize = 8 << 20;

/// Bytes in use by PHP values of this thread.
pub(crate) fn usage(php: Php<'_>) -> u64 {
    let _ = php;
    // SAFETY: attached (token).
    unsafe { sys::zend_memory_usage(false) as u64 }
}

/// The most there has been in this request.
pub(crate) fn peak(php: Php<'_>) -> u64 {
    let _ = php;
    // SAFETY: attached (token).
    unsafe { sys::zend_memory_peak_usage(false) as u64 }
}

/// Whether the heap has taken so little from the system that giving it back takes no time worth speaking of.
pub(crate) fn is_small(php: Php<'_>) -> bool {
    let _ = php;
    // SAFETY: attached (token).
    unsafe { sys::zend_memory_usage(true) <= SMALL }
}

/// Collects garbage cycles now if there may be many, so that no task has to later.
pub(crate) fn collect_when_idle(php: Php<'_>) -> Result<(), Bailout> {
    // SAFETY: attached (token); the struct is filled in by the engine.
    let roots = unsafe {
        let mut status: sys::zend_gc_status = std::mem::zeroed();
        sys::zend_gc_get_status(&raw mut status);
        status.num_roots
    };
    if roots < WORTH_COLLECTING {
        return Ok(());
    }
    protect(php, |_| {
        // SAFETY: within the request; destructors run here.
        unsafe { sys::at_collect() };
    })
}
