//! Contexts: C stacks with a VM stack of their own, on which coroutines run.
//!
//! Owner: the scheduler of the request's thread (contexts live in the request's heap). Threads: one. Invariants: a context is switched to only
//! while it is suspended; an idle one holds nothing that needs dropping, so it may be freed as it stands.

use super::{Bailout, Php, Raised, protect};
use crate::sys;
use std::cell::{Cell, UnsafeCell};
use std::ffi::c_int;
use std::ptr;

/// A suspended or running context of ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Context(*mut sys::at_context);

/// Anything that can be switched to: a context of ours, the main one, or that of a user's Fiber.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(*mut sys::zend_fiber_context);

/// What a context runs from its first switch on.
pub(crate) type Loop = fn(Php<'_>, Context) -> Exit;

thread_local! {
    static BAILED_OUT: Cell<bool> = const { Cell::new(false) };
    static RUN: Cell<Option<Loop>> = const { Cell::new(None) };
}

/// Why a context's loop ended.
pub(crate) enum Exit {
    /// A fatal error: the request bails out in the main context.
    Bailout,
}

impl Context {
    /// A new one. It will run what `set_loop` was given; an exception is in flight when there is no memory for its stack.
    pub(crate) fn new(php: Php<'_>) -> Result<Context, Raised> {
        let _ = php;
        // SAFETY: attached (token).
        let context = unsafe { sys::at_context_new() };
        if context.is_null() { Err(Raised::Exception) } else { Ok(Context(context)) }
    }

    /// Frees it.
    ///
    /// # Safety
    /// Suspended or never entered, never used again; its frames own nothing.
    pub(crate) unsafe fn free(self) {
        // SAFETY: by contract.
        unsafe { sys::at_context_free(self.0) };
    }

    /// As something to switch to.
    pub(crate) fn place(self) -> Place {
        Place(self.0.cast())
    }

    /// Puts the VM's state back to what a fresh coroutine expects. The context must be the current one.
    pub(crate) fn reset(self, php: Php<'_>) {
        let _ = php;
        // SAFETY: attached (token); the context is live.
        unsafe { sys::at_context_reset(self.0) };
    }
}

impl Place {
    /// Nowhere.
    pub(crate) const NONE: Place = Place(ptr::null_mut());

    /// Where the thread is now.
    pub(crate) fn current(php: Php<'_>) -> Place {
        let _ = php;
        // SAFETY: attached (token).
        Place(unsafe { sys::at_context_current() })
    }

    /// Whether the current context may be left now: not in a destructor run by the collector, a signal handler, an autoloader.
    pub(crate) fn can_switch(php: Php<'_>) -> bool {
        let _ = php;
        // SAFETY: attached (token).
        unsafe { !sys::zend_fiber_switch_blocked() && !sys::at_gc_running() && !sys::at_in_autoload() }
    }

    /// Suspends the current context and goes on in this one; returns when somebody comes back. `Err`: the request is to bail out.
    ///
    /// # Safety
    /// Suspended, and not freed.
    pub(crate) unsafe fn switch(self, php: Php<'_>) -> Result<(), Raised> {
        let _ = php;
        // SAFETY: by contract.
        unsafe { sys::at_context_switch(self.0) };
        if BAILED_OUT.take() {
            Err(Raised::Bailout(Bailout))
        } else if php.has_exception() {
            Err(Raised::Exception)
        } else {
            Ok(())
        }
    }
}

/// What the engine keeps once for a thread and each coroutine needs for itself: output buffers and `error_get_last()`. Empty while its coroutine runs.
pub(crate) struct State(UnsafeCell<sys::at_coroutine_state>);

impl Default for State {
    fn default() -> State {
        // SAFETY: all-zero is the empty state.
        State(UnsafeCell::new(unsafe { std::mem::zeroed() }))
    }
}

impl State {
    /// Moves the thread's here; the thread has none then.
    pub(crate) fn save(&self, php: Php<'_>) {
        let _ = php;
        // SAFETY: attached (token); the cell is this thread's and not borrowed.
        unsafe { sys::at_state_save(self.0.get()) };
    }

    /// Moves it back; what the thread has is dropped.
    pub(crate) fn restore(&self, php: Php<'_>) {
        let _ = php;
        // SAFETY: as above.
        unsafe { sys::at_state_restore(self.0.get()) };
    }
}

/// A coroutine has ended: sends what its output buffers hold, and forgets its last error.
pub(crate) fn end_state(php: Php<'_>) -> Result<(), Bailout> {
    protect(php, |_| {
        // SAFETY: attached, inside the request.
        unsafe { sys::at_state_end() }
    })
}

/// Has the drain called once more, after the shutdown functions registered until now.
pub(crate) fn drain_again(php: Php<'_>) {
    let _ = php;
    // SAFETY: attached, inside the request.
    unsafe { sys::at_register_drain() };
}

/// RSHUTDOWN: frees all contexts of the thread, whatever stands in them.
pub(crate) fn free_all() {
    // SAFETY: nothing runs in them any more, nor will.
    unsafe { sys::at_context_free_all() };
    // SAFETY: a bailout out of a collection has left the mark.
    unsafe { sys::at_gc_forget() };
}

/// MINIT: from now on it is known when the collector runs.
pub(crate) fn startup() {
    // SAFETY: MINIT, one thread.
    unsafe { sys::at_hook_collector() };
}

/// What contexts run, set once per thread before the first is made.
pub(crate) fn set_loop(run: fn(Php<'_>, Context) -> Exit) {
    RUN.set(Some(run));
}

/// The body of every context. Gives the context to go on in.
///
/// # Safety
/// By the C trampoline alone, on the new context's stack.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_context_run(
    context: *mut sys::at_context,
    bailout: *mut c_int,
) -> *mut sys::zend_fiber_context {
    // SAFETY: contexts run inside a request.
    let php = unsafe { Php::assume() };
    let run = RUN.get().expect("set before the first context");
    // A panic here has no PHP frame to be thrown into; the process cannot go on.
    let end = std::panic::catch_unwind(|| run(php, Context(context))).unwrap_or_else(|_| std::process::abort());
    // SAFETY: the trampoline's own variable; the main context lives as long as the request.
    unsafe {
        match end {
            Exit::Bailout => *bailout = 1,
        }
        sys::at_context_main()
    }
}

/// Whatever is switched to next finds a bailout there.
pub(crate) fn raise_bailout() {
    BAILED_OUT.set(true);
}

/// Another context's code ended in a bailout, and the current one has been switched to.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_context_bailed_out() {
    BAILED_OUT.set(true);
}
