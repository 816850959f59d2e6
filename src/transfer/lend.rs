//! Long strings are lent: the receiver copies them from the sender's heap.
//!
//! * Purpose: one copy instead of two, and no third place for the bytes. The sender holds a reference, so its own code that writes to
//!   such a string writes to a copy, as with any string that is held twice.
//! * Owner: each thread's [`LENDER`], for the length of a request.
//! * Threads: references are taken and released by their own thread alone: at its transfers, and at its request's end. Other
//!   threads read the bytes, and nothing else, by way of [`Loan`].
//! * Invariants: strings are lent between RINIT and RSHUTDOWN only; when RSHUTDOWN returns, nobody reads this heap any more.
//!
//! Only strings: an array crosses as a row of its elements, and a receiver has to write and to look at each of them anyway.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use async_threads_core::loan::{Lender, Loan};

use crate::sys;
use crate::transfer::zv;
use crate::zend::Php;

/// From this length on a string is lent. Below, the second copy costs less than what writing to a lent string may cost.
pub(super) const LEAST: usize = 256 << 10;

thread_local! {
    static LENDER: RefCell<Option<Lender<Reference>>> = const { RefCell::new(None) };
    /// A request is active and its end will be told.
    static OPEN: Cell<bool> = const { Cell::new(false) };
}

/// A reference to a string of this thread's heap.
struct Reference(*mut sys::zend_string);

impl Reference {
    /// Gives it up.
    ///
    /// # Safety
    /// The thread that took it, in the request that it was taken in, and no bailout happened since.
    unsafe fn release(self) {
        // SAFETY: by contract.
        unsafe { sys::at_string_release(self.0) };
    }
}

/// Whether strings may be lent now.
pub(super) fn is_open() -> bool {
    OPEN.get()
}

/// Lends a string.
///
/// # Safety
/// The string is alive, of this thread's heap, and counts references; [`is_open`].
pub(super) unsafe fn lend(string: *mut sys::zend_string) -> Arc<Loan> {
    // SAFETY: the string is alive; from now on it has a reference more, so nobody changes or frees it until that is released.
    unsafe {
        zv::addref(string);
        let text = (&raw const (*string).val).cast::<u8>();
        LENDER.with_borrow_mut(|lender| lender.get_or_insert_default().lend(text, (*string).len, Reference(string)))
    }
}

/// Releases the strings whose loans are over.
pub(super) fn take_back(php: Php<'_>) {
    if !php.has_bailed_out() {
        LENDER.with_borrow_mut(|lender| {
            if let Some(lender) = lender {
                // SAFETY: taken by this thread in this request: `request_end` leaves none.
                lender.take_back(|string| unsafe { string.release() });
            }
        });
    }
}

/// RINIT: from now on strings may be lent.
pub(crate) fn request_begin() {
    OPEN.set(true);
}

/// RSHUTDOWN: takes all strings back. After a bailout they are not released, for the heap goes as a whole.
pub(crate) fn request_end(php: Php<'_>) {
    OPEN.set(false);
    let bailed_out = php.has_bailed_out();
    if let Some(mut lender) = LENDER.take() {
        lender.recall(|string| {
            if !bailed_out {
                // SAFETY: as above.
                unsafe { string.release() };
            }
        });
    }
}
