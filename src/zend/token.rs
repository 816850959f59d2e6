//! `Php`: the proof that this thread is attached to PHP and inside a request.
//!
//! Owner: nobody; it is a zero-sized witness. Threads: never leaves the thread it was made in (`!Send`, `!Sync`). Invariant: whoever
//! holds one may read the engine's globals and call it; made only by the entry door, the request type and the module hooks.

use std::marker::PhantomData;

/// Witness of "attached, request active", for as long as `'php`.
#[derive(Clone, Copy)]
pub(crate) struct Php<'php>(PhantomData<(&'php (), *mut ())>);

impl<'php> Php<'php> {
    /// Makes the witness.
    ///
    /// # Safety
    /// The calling thread is attached to TSRM and stays inside an active request for all of `'php`.
    pub(crate) unsafe fn assume() -> Php<'php> {
        Php(PhantomData)
    }

    /// The executor's globals of this thread.
    pub(crate) fn eg(self) -> *mut crate::sys::zend_executor_globals {
        // SAPI threads and workers alike have a TSRM block here, by the invariant of `Php`.
        // SAFETY: the token proves attachment.
        unsafe { crate::sys::at_eg() }
    }

    /// The compiler's globals of this thread.
    pub(crate) fn cg(self) -> *mut crate::sys::zend_compiler_globals {
        // SAFETY: the token proves attachment.
        unsafe { crate::sys::at_cg() }
    }

    /// Whether a fatal error has ended the request's code.
    pub(crate) fn has_bailed_out(self) -> bool {
        // SAFETY: the token proves attachment.
        unsafe { crate::sys::at_unclean_shutdown() }
    }

    /// Whether an exception (or an unwinding `exit`) is in flight.
    pub(crate) fn has_exception(self) -> bool {
        // SAFETY: `eg` points to this thread's globals.
        unsafe { !(*self.eg()).exception.is_null() }
    }
}
