//! Functions of other extensions that would break a process with threads.
//!
//! `pcntl_fork`: a child has only the thread that forked. In a worker it is refused; in main it is refused while threads run, and else the child
//! forgets the idle ones. `pcntl_signal`: handlers are per thread, the disposition is the process's; PHP's main thread alone receives signals, so
//! workers may not set any. `proc_open` and its kin: a process inherits the mask of the thread that starts it, so workers, which block nearly all
//! signals, let them in for the time of such a call.

use super::{cache, owner, running, scheduler, stopper};
use crate::sys;
use crate::zend::error::{Class, throw};
use crate::zend::{Php, Raised};
use std::cell::RefCell;
use std::sync::OnceLock;

/// The signals that the process had blocked when it started.
static MASK: OnceLock<libc::sigset_t> = OnceLock::new();

/// MINIT
pub(crate) fn startup() {
    // SAFETY: MINIT, one thread.
    unsafe { sys::at_guard_environment() };
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
            stopper::after_fork_in_parent();
            cache::after_fork_in_parent();
        }
    }
    extern "C" fn child() {
        // SAFETY: `prepare` has locked both, and this is the child's only thread.
        unsafe {
            stopper::after_fork_in_child();
            cache::after_fork_in_child();
        }
        scheduler::after_fork();
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
        cache::settle();
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

thread_local! {
    /// How many calls that start processes are under way, in as many coroutines, and the thread's own mask.
    static STARTING: RefCell<(usize, Option<libc::sigset_t>)> = const { RefCell::new((0, None)) };
}

/// A function that starts processes is about to run: whether this thread's mask was changed for it, and is to be put back afterwards.
///
/// The kernel prefers the main thread for a signal of the process, so that one which arrives meanwhile comes here only when main cannot take it.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_before_process() -> bool {
    let Some(mask) = MASK.get().filter(|_| running::is_worker()) else { return false };
    STARTING.with_borrow_mut(|(calls, own)| {
        if *calls == 0 {
            // SAFETY: plain system call on memory of this frame.
            *own = Some(unsafe {
                let mut before = std::mem::zeroed();
                libc::pthread_sigmask(libc::SIG_SETMASK, mask, &raw mut before);
                before
            });
        }
        *calls += 1;
    });
    true
}

/// It has run. The last of several puts the thread's mask back: they wait for their processes as coroutines do, and end in any order.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_after_process() {
    STARTING.with_borrow_mut(|(calls, own)| {
        *calls = calls.saturating_sub(1);
        if *calls == 0
            && let Some(own) = own.take()
        {
            // SAFETY: plain system call on memory of this frame.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const own, std::ptr::null_mut()) };
        }
    });
}
