//! Sleeps and streams of the standard library that suspend only their coroutine: what the patched functions (src/sys/stream_shim.c) ask for.
//!
//! Threads: each by its own scheduler; where a thread has no other coroutine, the original functions run. The patches are the process's, made once.

use super::coroutine::{Body, Location};
use super::{awaitable, dispatch, reactor, resolver, running, scheduler};
use crate::sys;
use crate::zend::door::guard;
use crate::zend::fiber::Place;
use crate::zend::invoke::{self, Arguments};
use crate::zend::{Php, Raised, Value, ini};
use reactor::Ready;
use std::ffi::{CStr, c_char, c_void};
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

/// Whether waiting lets anything else run, or has to end when the thread is told to stop: the engine's own waits go on after a signal.
#[unsafe(no_mangle)]
extern "C" fn at_may_wait() -> bool {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    scheduler::existing(php).is_some_and(|scheduler| {
        let in_main = Rc::ptr_eq(&scheduler.current(), scheduler.main());
        // Where another event loop runs in main code, waiting is its business.
        let useful = !in_main || running::is_worker() || scheduler.live_count() > 0 && !scheduler.watched.get();
        useful && Place::can_switch(php)
    })
}

/// The code that runs waits for `completion_stream()` in its own way.
#[unsafe(no_mangle)]
extern "C" fn at_other_loop_waits() {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    if let Some(scheduler) = scheduler::existing(php) {
        dispatch::arm(scheduler);
    }
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
/// `polls` and `owners` are `count` entries; inside a request.
#[unsafe(no_mangle)]
unsafe extern "C" fn at_wait_for(
    polls: *mut libc::pollfd,
    count: usize,
    microseconds: i64,
    owners: *const *mut c_void,
    reading: bool,
) -> i32 {
    // SAFETY: by contract.
    let (php, owners) = unsafe { (Php::assume(), std::slice::from_raw_parts(owners, count)) };
    // SAFETY: by contract; the caller's array outlives the call.
    let polls = unsafe { std::slice::from_raw_parts_mut(polls, count) };
    let timeout = u64::try_from(microseconds).ok().map(Duration::from_micros);
    answer(php, || {
        Ok(match reactor::wait(php, polls, timeout, owners, reading)? {
            Ready::Yes => READY,
            Ready::TimedOut => TIMED_OUT,
            Ready::Closed => FAILED,
        })
    })
}

/// Room for an address and a port as text.
const ADDRESS: usize = 64;

/// Looks `host` up: fills in addresses with `port`, as text, and gives their number, or one of the answers above. `error` gets the resolver's code.
///
/// # Safety
/// `host` is a C string, `addresses` has `room` entries, `error` is writable; inside a request.
#[unsafe(no_mangle)]
unsafe extern "C" fn at_resolve(
    host: *const c_char,
    port: u16,
    addresses: *mut [c_char; ADDRESS],
    room: usize,
    error: *mut i32,
) -> i32 {
    // SAFETY: by contract.
    let (php, host, addresses) =
        unsafe { (Php::assume(), CStr::from_ptr(host), std::slice::from_raw_parts_mut(addresses, room)) };
    answer(php, || match resolver::resolve(php, host, port)? {
        Ok(found) => {
            let count = found.len().min(room);
            for (address, to) in found.into_iter().zip(&mut *addresses) {
                *to = [0; ADDRESS];
                // The last byte stays zero.
                for (byte, to) in address.to_string().bytes().zip(&mut to[..ADDRESS - 1]) {
                    *to = byte.cast_signed();
                }
            }
            Ok(i32::try_from(count).unwrap_or(i32::MAX))
        }
        Err(code) => {
            // SAFETY: by contract.
            unsafe { *error = code };
            Ok(0)
        }
    })
}

/// Sleeps.
#[unsafe(no_mangle)]
extern "C" fn at_sleep_for(nanoseconds: u64) -> i32 {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    answer(php, || awaitable::delay(php, Duration::from_nanos(nanoseconds)).map(|()| READY))
}

/// Whether `stream` cannot be closed here and now; then a coroutine calls `function` for it.
///
/// # Safety
/// `stream` is alive and `function` a C string; inside a request.
#[unsafe(no_mangle)]
unsafe extern "C" fn at_close_later(owner: *mut c_void, stream: *const sys::zval, function: *const c_char) -> bool {
    // SAFETY: by contract.
    let (php, stream, function) = unsafe { (Php::assume(), Value::copy_of(stream), CStr::from_ptr(function)) };
    if !reactor::is_stuck(php, owner) {
        return false;
    }
    let close =
        move |php: Php<'_>| invoke::call(php, &Value::string(php, function.to_bytes()), &mut Arguments::positional(vec![stream]));
    drop(scheduler::of(php).spawn(Body::Native(Box::new(close)), Location::default()));
    true
}

/// A stream is about to be closed.
#[unsafe(no_mangle)]
extern "C" fn at_closing(owner: *mut c_void) -> i32 {
    // SAFETY: called by the patched functions, inside a request.
    let php = unsafe { Php::assume() };
    answer(php, || reactor::closing(php, owner).map(|()| READY))
}
