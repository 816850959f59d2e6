//! Stopping PHP code that runs in another thread.
//!
//! `Interrupt` is what the canceller and the target share. The target publishes where its VM interrupt flag is while its request is active, and
//! takes that back before the memory goes; a canceller raises the flag and, for a target that sits in a system call, kicks it with a signal
//! that has no SA_RESTART. The VM clears its flag before it calls the handler, so the request is kept here until it is acknowledged.
//!
//! Threads: `raise` and `poke` from any; `publish`, `withdraw` and delivery in the target. Invariant: `place` is Some only while the target's
//! globals are alive; whoever uses it holds the mutex.

use super::door::guard;
use super::{Answer, Php};
use crate::sys;
use async_threads_core::parker::Wake;
use parking_lot::Mutex;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

/// How hard to stop.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Level {
    /// Leave it alone.
    None = 0,
    /// Throw a cancellation; the code may catch it and tidy up.
    Cancel = 1,
    /// Unwind, `finally` blocks run, `catch` blocks do not.
    Unwind = 2,
    /// Unwind as `exit` does; given again each time it is asked for, in shutdown functions and destructors too.
    Exit = 3,
}

impl Level {
    fn from(number: u8) -> Level {
        match number {
            0 => Level::None,
            1 => Level::Cancel,
            2 => Level::Unwind,
            _ => Level::Exit,
        }
    }
}

/// Where the target runs.
struct Place {
    flag: *mut c_void,
    thread: libc::pthread_t,
    /// Wakes the target when it waits in this extension rather than in a system call.
    wake: Arc<dyn Wake>,
}

// SAFETY: the flag is an atomic of the engine; the pointer is valid while the Place is published, and used under its mutex alone.
unsafe impl Send for Place {}

/// The line between a canceller and its target.
pub(crate) struct Interrupt {
    wanted: AtomicU8,
    given: AtomicU8,
    place: Mutex<Option<Place>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Interrupt>>> = const { RefCell::new(None) };
}

/// Throws into the current thread what a cancelled task is to see; set by the runtime.
static THROW_CANCELLATION: OnceLock<fn(Php<'_>) -> Answer> = OnceLock::new();

/// The signal that interrupts system calls. PHP's own timer uses SIGRTMIN.
pub(crate) fn kick_signal() -> c_int {
    libc::SIGRTMIN() + 7
}

extern "C" fn ignore(_: c_int) {}

/// MINIT: installs the VM hook (chained) and the kick's handler.
pub(crate) fn startup(throw_cancellation: fn(Php<'_>) -> Answer) {
    let _ = THROW_CANCELLATION.set(throw_cancellation);
    // SAFETY: MINIT, one thread. The handler does nothing; leaving out SA_RESTART is its purpose.
    unsafe {
        sys::at_hook_interrupt();
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = ignore as *const () as usize;
        libc::sigaction(kick_signal(), &raw const action, std::ptr::null_mut());
    }
}

impl Interrupt {
    /// A line to a target that is not running yet.
    pub(crate) fn new() -> Interrupt {
        Interrupt { wanted: AtomicU8::new(0), given: AtomicU8::new(0), place: Mutex::new(None) }
    }

    /// The target's request has begun.
    pub(crate) fn publish(self: &Arc<Self>, php: Php<'_>, wake: Arc<dyn Wake>) {
        let _ = php;
        // SAFETY: attached (token); the flag lives as long as the TSRM block, and `withdraw` comes before that ends.
        let place = unsafe { Place { flag: sys::at_vm_interrupt_flag(), thread: libc::pthread_self(), wake } };
        *self.place.lock() = Some(place);
        CURRENT.set(Some(Arc::clone(self)));
        // Somebody may have asked before there was a flag to raise.
        self.poke();
    }

    /// The target's request is about to end.
    pub(crate) fn withdraw(&self) {
        *self.place.lock() = None;
        CURRENT.set(None);
    }

    /// Asks the target to stop at least this hard.
    pub(crate) fn raise(&self, level: Level) {
        // Release: pairs with the Acquire in `pending`; what the canceller left for the target is visible to it.
        self.wanted.fetch_max(level as u8, Ordering::Release);
        self.poke();
    }

    /// Asks again, for a target that has not acknowledged: it was between a look and a system call, or an exception was in flight.
    pub(crate) fn poke(&self) {
        if self.pending() == Level::None {
            return;
        }
        if let Some(place) = &*self.place.lock() {
            // SAFETY: published, so the target's globals and the target thread itself are alive while we hold the mutex.
            unsafe {
                sys::at_vm_interrupt_raise(place.flag);
                libc::pthread_kill(place.thread, kick_signal());
            }
            place.wake.wake();
        }
    }

    /// What has been asked for and not been given yet.
    pub(crate) fn pending(&self) -> Level {
        // Acquire: pairs with the Release in `raise`.
        let wanted = self.wanted.load(Ordering::Acquire);
        // Relaxed: written by the target alone; for others a hint whether to poke again.
        let given = self.given.load(Ordering::Relaxed);
        if wanted > given || wanted == Level::Exit as u8 { Level::from(wanted) } else { Level::None }
    }

    /// Whether anybody asked to stop at all.
    pub(crate) fn is_requested(&self) -> bool {
        // Acquire: pairs with the Release in `raise`.
        self.wanted.load(Ordering::Acquire) > 0
    }

    /// The target acknowledges.
    fn take(&self) -> Level {
        let level = self.pending();
        // Relaxed: nothing else is published with it.
        self.given.fetch_max(level as u8, Ordering::Relaxed);
        level
    }
}

/// Whether the current thread has been asked to stop and has not obeyed yet.
pub(crate) fn is_pending() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(|line| line.pending() != Level::None))
}

/// Gives the current thread what it was asked for, as a PHP exception in flight. For waiting code; the VM comes by `at_interrupted`.
pub(crate) fn deliver(php: Php<'_>) -> Answer {
    if php.has_exception() {
        return Ok(());
    }
    let level = CURRENT.with_borrow(|current| current.as_ref().map_or(Level::None, |line| line.take()));
    match level {
        Level::None => Ok(()),
        Level::Cancel => THROW_CANCELLATION.get().expect("set in MINIT")(php),
        // SAFETY: attached (token), no exception in flight.
        Level::Unwind => unsafe {
            sys::zend_throw_graceful_exit();
            Err(super::Raised::Exception)
        },
        // SAFETY: as above.
        Level::Exit => unsafe {
            sys::zend_throw_unwind_exit();
            Err(super::Raised::Exception)
        },
    }
}

/// Called by the C hook in the VM; non-zero: bail out.
///
/// # Safety
/// By the engine alone, in a thread with an active request.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_interrupted() -> c_int {
    // SAFETY: the VM runs only inside a request.
    let php = unsafe { Php::assume() };
    guard(php, || deliver(php))
}
