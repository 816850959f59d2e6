//! The entry door: every function the engine calls comes in here.
//!
//! Invariants: a panic becomes a PHP `\Error`; a bailout is returned as a value to the C door, which raises it again when no Rust frame is
//! left; `Raised::Exception` means that `EG(exception)` is set.

use super::args::Call;
use super::error::{self, Class};
use super::{Bailout, Php};
use crate::sys;
use std::any::Any;
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a function did not return a value.
#[must_use]
#[derive(Debug)]
pub(crate) enum Raised {
    /// A PHP exception is in flight.
    Exception,
    /// The engine is unwinding by `longjmp`.
    Bailout(Bailout),
}

impl From<Bailout> for Raised {
    fn from(bailout: Bailout) -> Raised {
        Raised::Bailout(bailout)
    }
}

/// What the body of a PHP function gives: its return value is already in the call's return slot.
pub(crate) type Answer = Result<(), Raised>;

/// Calls `body` on behalf of the engine. Non-zero: the C door is to bail out.
///
/// # Safety
/// In an attached thread, inside a request; `frame` and `result` are the engine's, live until this returns.
pub(crate) unsafe fn enter(
    frame: *mut sys::zend_execute_data,
    result: *mut sys::zval,
    body: fn(&mut Call<'_>) -> Answer,
) -> c_int {
    // SAFETY: the engine calls functions only inside a request of this thread.
    let php = unsafe { Php::assume() };
    guard(php, || {
        // SAFETY: the caller's frame and slot outlive `call`, which does not outlive this closure.
        let mut call = unsafe { Call::new(php, frame, result) };
        body(&mut call)
    })
}

/// The same for callbacks that are not functions: object handlers, hooks of the module.
pub(crate) fn guard(php: Php<'_>, body: impl FnOnce() -> Answer) -> c_int {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => 0,
        Ok(Err(Raised::Exception)) => {
            debug_assert!(php.has_exception());
            0
        }
        Ok(Err(Raised::Bailout(_))) => 1,
        Err(panic) => {
            let message = format!("async_threads: internal error: {}; please report it", panic_text(&*panic));
            // The exception is pending now; that it was raised is all the engine needs to know.
            let _ = error::throw(php, Class::Error, &message);
            0
        }
    }
}

/// The message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "panic",
    }
}
