//! Sleeps and streams of the standard library that suspend only their coroutine: what the patched functions (src/sys/stream_shim.c) ask for.
//!
//! Threads: each by its own scheduler; where a thread has no other coroutine, the original functions run. The patches are the process's, made once.

use super::{awaitable, reactor, scheduler};
use crate::sys;
use crate::zend::door::guard;
use crate::zend::fiber::Place;
use crate::zend::{Php, Raised, ini};
use reactor::Ready;
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::Once;
use std::time::Duration;

/// MINIT
pub(crate) fn startup(_: Php<'_>) {
    if is_on() {
        // SAFETY: MINIT, one thread.
        unsafe { sys::at_hook_functions() };
    }
}

/// The start of a request; the first one is when there is one thread.
pub(crate) fn request_start(_: Php<'_>) {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        if is_on() {
            // SAFETY: inside the first request, before any other thread.
            unsafe { sys::at_hook_streams() };
        }
    });
}

fn is_on() -> bool {
    // SAFETY: attached; the setting is registered.
    unsafe { ini::integer(c"async_threads.hooks") != 0 }
}

/// Whether waiting lets anything else run.
#[unsafe(no_mangle)]
extern "C" fn at_may_wait() -> bool {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    scheduler::existing(php).is_some_and(|scheduler| {
        let in_main = Rc::ptr_eq(&scheduler.current(), scheduler.main());
        // Where another event loop runs in main code, waiting is its business.
        let useful = if in_main { scheduler.live_count() > 0 && !scheduler.watched.get() } else { true };
        useful && Place::can_switch(php)
    })
}

const READY: i32 = 1;
const TIMED_OUT: i32 = 0;
const FAILED: i32 = -1;
const BAILOUT: i32 = -2;

fn answer(php: Php<'_>, body: impl FnOnce() -> Result<i32, Raised>) -> i32 {
    let mut result = FAILED;
    let bailed_out = guard(php, || {
        result = body()?;
        Ok(())
    });
    if bailed_out != 0 { BAILOUT } else { result }
}

/// Waits for descriptors.
///
/// # Safety
/// `polls` is `count` entries; inside a request.
#[unsafe(no_mangle)]
unsafe extern "C" fn at_wait_for(polls: *mut libc::pollfd, count: usize, microseconds: i64, owner: *mut c_void) -> i32 {
    // SAFETY: by contract.
    let php = unsafe { Php::assume() };
    // SAFETY: by contract; the caller's array outlives the call.
    let polls = unsafe { std::slice::from_raw_parts_mut(polls, count) };
    let timeout = u64::try_from(microseconds).ok().map(Duration::from_micros);
    answer(php, || {
        Ok(match reactor::wait(php, polls, timeout, owner as usize)? {
            Ready::Yes => READY,
            Ready::TimedOut => TIMED_OUT,
            Ready::Closed => FAILED,
        })
    })
}

/// Sleeps.
#[unsafe(no_mangle)]
extern "C" fn at_sleep_for(nanoseconds: u64) -> i32 {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    answer(php, || awaitable::delay(php, Duration::from_nanos(nanoseconds)).map(|()| READY))
}

/// A stream is about to be closed.
#[unsafe(no_mangle)]
extern "C" fn at_closing(owner: *mut c_void) -> i32 {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    answer(php, || reactor::closing(php, owner as usize).map(|()| READY))
}
