//! What workers write: whole calls, and fatal errors quietly.
//!
//! Two of the engine's process-wide callbacks are wrapped in MINIT. `ub_write`: the bytes of one call stay together, whatever the SAPI does
//! with them. `zend_error_cb`: a fatal error inside a task is not displayed by the thread it happens in, because whoever awaits the task gets it
//! as an exception with the same message, file and line.

use super::{Bailout, Php, protect};
use crate::sys;
use parking_lot::RawMutex;
use parking_lot::lock_api::RawMutex as _;
use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::sync::OnceLock;

type Write = unsafe extern "C" fn(*const c_char, usize) -> usize;
type ErrorCallback = unsafe extern "C" fn(c_int, *mut sys::zend_string, u32, *mut sys::zend_string);

static WRITE: OnceLock<Write> = OnceLock::new();
static ERROR: OnceLock<ErrorCallback> = OnceLock::new();
/// Raw, because the SAPI's function may bail out: it is unlocked by hand after the jump has been caught.
static WRITING: RawMutex = RawMutex::INIT;

thread_local! {
    static QUIET_FATALS: Cell<bool> = const { Cell::new(false) };
    /// `display_errors` and `log_errors` as they were before a quiet fatal error.
    static REPORTING: Cell<Option<(u8, bool)>> = const { Cell::new(None) };
}

/// MINIT: wraps the callbacks.
pub(crate) fn startup() {
    // SAFETY: MINIT, one thread.
    unsafe {
        let sapi = &raw mut sys::sapi_module;
        if let Some(original) = (*sapi).ub_write {
            let _ = WRITE.set(original);
            (*sapi).ub_write = Some(write);
        }
        if let Some(original) = sys::zend_error_cb {
            let _ = ERROR.set(original);
            sys::zend_error_cb = Some(report);
        }
    }
}

/// From now on fatal errors of this thread are (not) left to the awaiter, who gets one only: what shutdown functions and destructors run into is displayed.
pub(crate) fn set_quiet_fatals(php: Php<'_>, quiet: bool) {
    let _ = php;
    QUIET_FATALS.set(quiet);
    if let Some((display, log)) = REPORTING.take() {
        // SAFETY: attached (token); this thread's globals.
        unsafe {
            let pg = sys::at_pg();
            (*pg).display_errors = display;
            (*pg).log_errors = log;
        }
    }
}

/// Whether the running code has output buffers.
pub(crate) fn is_buffered(php: Php<'_>) -> bool {
    let _ = php;
    // SAFETY: attached (token).
    unsafe { sys::php_output_get_level() > 0 }
}

/// Sends what output buffers hold that code has left open, and ends them. Their callbacks may throw.
pub(crate) fn flush(php: Php<'_>) -> Result<(), Bailout> {
    protect(php, |_| {
        // SAFETY: within the request.
        unsafe { sys::php_output_end_all() }
    })
}

struct Bytes {
    start: *const c_char,
    length: usize,
    written: usize,
}

/// The wrapped `ub_write`.
///
/// # Safety
/// By the engine, in an attached thread, with that many readable bytes.
unsafe extern "C" fn write(start: *const c_char, length: usize) -> usize {
    /// # Safety
    /// `bytes` is a `Bytes`, alive until this returns.
    unsafe extern "C" fn original(bytes: *mut c_void) {
        // SAFETY: `write` passes its own Bytes; the SAPI's function gets what it would have got.
        unsafe {
            let bytes = bytes.cast::<Bytes>();
            (*bytes).written = WRITE.get().expect("set in MINIT")((*bytes).start, (*bytes).length);
        }
    }
    let mut bytes = Bytes { start, length, written: 0 };
    WRITING.lock();
    // SAFETY: no frame here has anything to drop; the lock is released on both ways out.
    unsafe {
        let bailed_out = sys::at_protect(Some(original), (&raw mut bytes).cast());
        WRITING.unlock();
        if bailed_out != 0 {
            sys::at_bailout();
        }
    }
    bytes.written
}

/// The wrapped `zend_error_cb`.
///
/// # Safety
/// By the engine, in an attached thread.
unsafe extern "C" fn report(kind: c_int, file: *mut sys::zend_string, line: u32, message: *mut sys::zend_string) {
    const FATAL: u32 =
        sys::E_ERROR | sys::E_CORE_ERROR | sys::E_COMPILE_ERROR | sys::E_USER_ERROR | sys::E_RECOVERABLE_ERROR | sys::E_PARSE;
    // SAFETY: the engine reports in an attached thread; `set_quiet_fatals` restores the two settings.
    unsafe {
        let fatal = kind as u32 & FATAL != 0 && kind as u32 & sys::E_DONT_BAIL == 0;
        if fatal {
            sys::at_fatal_error(message);
        }
        if fatal && QUIET_FATALS.get() {
            let pg = sys::at_pg();
            REPORTING.set(REPORTING.get().or(Some(((*pg).display_errors, (*pg).log_errors))));
            (*pg).display_errors = 0;
            (*pg).log_errors = false;
        }
        ERROR.get().expect("set in MINIT")(kind, file, line, message);
    }
}
