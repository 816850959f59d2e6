//! The module's hooks, called by src/sys/module.c, one short function each.
//!
//! MINIT and MSHUTDOWN run on PHP's main thread when there is no other; RINIT, RSHUTDOWN and post-deactivate run for every request, also for
//! those of our own workers.

use crate::runtime::{
    actor_waits, autoloaders, cache, drain, guards, hooks, inheritance, owner, pool_call, running, scheduler, stopper,
};
use crate::sys;
use crate::zend::door::guard;
use crate::zend::{Call, Php, actor_class, ini, interrupt, output};
use crate::{code, php, transfer};
use std::ffi::c_int;

/// Module start-up.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_minit(_module_number: c_int) -> c_int {
    // SAFETY: MINIT: attached, and the settings have been registered.
    let capacity = unsafe { ini::integer(c"async_threads.thread_cache") };
    cache::startup(usize::try_from(capacity).unwrap_or(0));
    php::register();
    interrupt::startup(running::answer);
    output::startup();
    crate::zend::fiber::startup();
    // SAFETY: MINIT: attached.
    hooks::startup(unsafe { Php::assume() });
    guards::startup();
    code::startup();
    autoloaders::startup();
    sys::SUCCESS
}

/// Module shut-down: no request is active.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_mshutdown() -> c_int {
    stopper::join();
    cache::shutdown();
    sys::SUCCESS
}

/// Request start.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_rinit() -> c_int {
    owner::begin();
    transfer::request_begin();
    // SAFETY: RINIT is inside the request.
    hooks::request_start(unsafe { Php::assume() });
    sys::SUCCESS
}

/// After the script's last line and before its own shutdown functions. Non-zero: bail out.
///
/// # Safety
/// By the engine alone, as the body of the function registered in RINIT.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_body_drain(frame: *mut sys::zend_execute_data, result: *mut sys::zval) -> c_int {
    // SAFETY: attached.
    if unsafe { sys::at_unclean_shutdown() } {
        // After a fatal error the engine comes by here too. Nobody waits then: RSHUTDOWN stops what runs.
        return 0;
    }
    // SAFETY: the engine hands over its own frame and return slot.
    unsafe { crate::zend::door::enter(frame, result, |call: &mut Call<'_>| php::thread::drain(call.php)) }
}

/// A call on an actor's handle. Non-zero: bail out.
///
/// # Safety
/// By the engine alone, from the stub's C door.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_body_actor_call(frame: *mut sys::zend_execute_data, result: *mut sys::zval) -> c_int {
    // SAFETY: the engine hands over its own frame and return slot, and the frame is a stub's.
    unsafe {
        crate::zend::door::enter(frame, result, |call: &mut Call<'_>| {
            let stub = call.stub();
            php::actor::message(call, stub)
        })
    }
}

/// Request end: no thread of this request is left when it returns.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_rshutdown() -> c_int {
    // SAFETY: RSHUTDOWN is inside the request.
    let php = unsafe { Php::assume() };
    guard(php, || {
        drain::request_end(php);
        // SAFETY: attached.
        let after_fatal_error = unsafe { sys::at_unclean_shutdown() };
        if let Some(owner) = owner::existing() {
            if !owner.finish(after_fatal_error) {
                abandon(owner.live());
            }
            // Error handlers run here for the last time; what they start is refused.
            owner::close();
            if !after_fatal_error {
                php::thread::report_all(php, &owner);
            }
        }
        owner::close();
        php::thread::forget_pending();
        pool_call::request_end();
        inheritance::request_end();
        scheduler::request_end(after_fatal_error);
        autoloaders::request_end();
        actor_waits::forget_thread();
        code::request_closing(php);
        Ok(())
    });
    // Whatever happened above: other threads read this heap until then.
    transfer::request_end(php);
    sys::SUCCESS
}

/// Threads that could not be stopped still use memory that is about to be freed. Output has been flushed and the error reported: ending the
/// process here is the one safe way on.
fn abandon(count: usize) -> ! {
    eprintln!("async_threads: {count} threads could not be stopped after a fatal error; ending the process");
    // SAFETY: ends the process.
    unsafe { libc::_exit(255) }
}

/// After the request's tables are gone.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_post_deactivate() -> c_int {
    // SAFETY: the heap is still there, and the thread attached.
    let php = unsafe { Php::assume() };
    // Only if RSHUTDOWN was cut short is there something left to do.
    transfer::request_end(php);
    scheduler::forget();
    actor_class::request_end();
    if !running::is_worker() {
        code::request_end();
    }
    cache::request_ended(php);
    sys::SUCCESS
}

/// For `phpinfo()`.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_live_threads() -> usize {
    cache::live()
}
