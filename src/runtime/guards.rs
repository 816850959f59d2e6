//! Functions of other extensions that would break a process with threads.
//!
//! `pcntl_fork`: a child has only the thread that forked. In a worker it is refused; in main it is refused while threads run, and else the child
//! forgets the idle ones. `pcntl_signal`: handlers are per thread, the disposition is the process's; PHP's main thread alone receives signals, so
//! workers may not set any. `proc_open` and its kin: a process inherits the mask of the thread that starts it, so workers, which block nearly all
//! signals, let them in for the time of such a call.

use super::{cache, owner, running, stopper};
use crate::zend::error::{Class, throw};
use crate::zend::{Php, Raised};
use std::sync::OnceLock;

/// The signals that the process had blocked when it started.
static MASK: OnceLock<libc::sigset_t> = OnceLock::new();

/// MINIT
pub(crate) fn startup() {
    // SAFETY: plain system call on memory of this frame.
    let mask = unsafe {
        let mut mask = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut mask);
        mask
    };
    let _ = MASK.set(mask);
    extern "C" fn prepare() {
        cache::before_fork();
        stopper::before_fork();
    }
    extern "C" fn parent() {
        // SAFETY: `prepare` has locked both, in this thread.
        unsafe {
            stopper::after_fork();
            cache::after_fork();
        }
    }
    extern "C" fn child() {
        parent();
        stopper::forget_all();
        cache::forget_all();
    }
    // SAFETY: registers functions that are never unloaded (`-z nodelete`).
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
}

/// Whether `pcntl_fork()` may go on; else an exception is in flight.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_may_pcntl_fork() -> bool {
    // SAFETY: called by the engine inside a function's frame.
    let php = unsafe { Php::assume() };
    let running = owner::existing().map_or(0, |owner| owner.settle());
    let refused = if running::is_worker() {
        "pcntl_fork() cannot be used in a thread: the child would lack all other threads. Fork before starting threads, or use proc_open()"
            .to_owned()
    } else if running > 0 {
        format!("pcntl_fork() cannot be used while threads run ({running} now): wait for them first, or use proc_open()")
    } else {
        return true;
    };
    let _: Raised = throw(php, Class::Error, &refused);
    false
}

/// Whether `pcntl_signal()` may go on; else an exception is in flight.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_may_pcntl_signal() -> bool {
    if !running::is_worker() {
        return true;
    }
    // SAFETY: called by the engine inside a function's frame.
    let php = unsafe { Php::assume() };
    let text = "pcntl_signal() cannot be used in a thread: signals are delivered to the main thread. Set the handler there";
    let _: Raised = throw(php, Class::Error, text);
    false
}

/// A function that starts processes is about to run: whether this thread's mask, kept in `before`, was changed for it.
///
/// The kernel prefers the main thread for a signal of the process, so that one which arrives meanwhile comes here only when main cannot take it.
///
/// # Safety
/// `before` is writable.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_before_process(before: *mut libc::sigset_t) -> bool {
    let Some(mask) = MASK.get().filter(|_| running::is_worker()) else { return false };
    // SAFETY: by contract; the mask is the process's own.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, mask, before) == 0 }
}

/// It has run.
///
/// # Safety
/// `before` is what `at_before_process` has kept, in this thread.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_after_process(before: *const libc::sigset_t) {
    // SAFETY: by contract.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, std::ptr::null_mut()) };
}
