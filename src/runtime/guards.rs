//! Functions of other extensions that would break a process with threads.
//!
//! `pcntl_fork`: a child has only the thread that forked. In a worker it is refused; in main it is refused while threads run, and else the child
//! forgets the idle ones. `pcntl_signal`: handlers are per thread, the disposition is the process's; PHP's main thread alone receives signals, so
//! workers may not set any.

use super::{cache, owner, running, stopper};
use crate::zend::error::{Class, throw};
use crate::zend::{Php, Raised};

/// MINIT
pub(crate) fn startup() {
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
