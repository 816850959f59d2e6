//! Which scheduler is this thread's: it is made at first use in a request and dropped at its end, when the request's heap is still there.

use super::Scheduler;
use crate::runtime::context::context_loop;
use crate::runtime::{dispatch, wait};
use crate::zend::Php;
use crate::zend::fiber;
use std::cell::Cell;
use std::ptr;

thread_local! {
    static SCHEDULER: Cell<*const Scheduler> = const { Cell::new(ptr::null()) };
}

/// The scheduler of this thread's request.
pub(crate) fn of(_: Php<'_>) -> &Scheduler {
    let mut scheduler = SCHEDULER.get();
    if scheduler.is_null() {
        fiber::set_loop(context_loop);
        scheduler = Box::into_raw(Box::new(Scheduler::new()));
        SCHEDULER.set(scheduler);
    }
    // SAFETY: made above or earlier in this request, freed by `request_end` when no PHP code runs any more.
    unsafe { &*scheduler }
}

/// The same, if there is one.
pub(crate) fn existing(_: Php<'_>) -> Option<&Scheduler> {
    // SAFETY: as in `of`.
    unsafe { SCHEDULER.get().as_ref() }
}

/// RSHUTDOWN: nothing of this request runs any more. Contexts in which code still stands (after a bailout) are freed as they are: what their frames
/// own goes with the request's heap.
pub(crate) fn request_end(after_bailout: bool) {
    let scheduler = SCHEDULER.replace(ptr::null());
    if scheduler.is_null() {
        fiber::free_all();
        return;
    }
    // SAFETY: from `Box::into_raw` in `of`, and nobody has it any more.
    let scheduler = unsafe { Box::from_raw(scheduler.cast_mut()) };
    if !after_bailout {
        for context in scheduler.idle.take() {
            // SAFETY: idle contexts are suspended in their loop and own nothing.
            unsafe { context.free() };
        }
    }
    fiber::free_all();
}

/// After everything of the request: what code of other extensions' RSHUTDOWN made once more is lost with the request's heap.
pub(crate) fn forget() {
    if !SCHEDULER.replace(ptr::null()).is_null() {
        fiber::free_all();
    }
}

/// In the child of a fork, in the thread that forked, which stands in a system call and thus borrows nothing of the scheduler.
pub(in crate::runtime) fn after_fork() {
    wait::after_fork();
    // SAFETY: as in `of`.
    if let Some(scheduler) = unsafe { SCHEDULER.get().as_ref() } {
        scheduler.reactor.after_fork();
        dispatch::after_fork(scheduler);
    }
}
