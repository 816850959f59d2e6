//! Containment of bailouts: the engine's fatal errors are a `longjmp`, and Rust frames with something to drop must not be jumped over.
//!
//! `protect` is the one place that catches such a jump. What runs inside may call anything of the engine; what it owns must live
//! outside of it, so that it is dropped in order afterwards. A caught bailout travels up as the value `Bailout` to the entry door, whose C part
//! raises it again once no Rust frame is left.

use super::Php;
use crate::sys;
use std::ffi::c_void;
use std::mem::MaybeUninit;

/// The engine is on its way out of the request: return this to the door, call nothing of PHP on the way.
#[must_use = "a bailout must reach the entry door"]
#[derive(Debug)]
pub(crate) struct Bailout;

struct Job<'php, F, R> {
    php: Php<'php>,
    body: Option<F>,
    result: MaybeUninit<R>,
}

/// # Safety
/// `data` is the `Job` of the same types that `protect` has made, alive until this returns.
unsafe extern "C" fn run<'php, F: FnOnce(Php<'php>) -> R, R>(data: *mut c_void) {
    // SAFETY: `protect` passes its own `Job`, alive until `at_protect` returns.
    let job = unsafe { &mut *data.cast::<Job<'php, F, R>>() };
    if let Some(body) = job.body.take() {
        job.result.write(body(job.php));
    }
}

/// Runs `body`, catching a bailout.
///
/// `body` and all it calls may be jumped over: no frame in it holds a lock, a guard, or anything with a destructor across a call into
/// the engine. Captures by reference are fine, owned captures are forgotten (leaked) by a jump.
pub(crate) fn protect<'php, F, R>(php: Php<'php>, body: F) -> Result<R, Bailout>
where
    F: FnOnce(Php<'php>) -> R,
{
    let mut job = Job { php, body: Some(body), result: MaybeUninit::uninit() };
    // SAFETY: `run` gets the `Job` it is instantiated for.
    let bailed_out = unsafe { sys::at_protect(Some(run::<'php, F, R>), (&raw mut job).cast()) };
    if bailed_out != 0 {
        return Err(Bailout);
    }
    // SAFETY: no bailout, so `run` came to its end and wrote the result.
    Ok(unsafe { job.result.assume_init() })
}
