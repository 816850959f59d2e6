//! Interrupting PHP code that runs in another thread.
//!
//! An `Interrupt` is the line to one thread. The thread publishes where its VM interrupt flag is while its request is active, and takes that back
//! before the memory goes; whoever wants its attention raises the flag and, for a thread that sits in a system call, kicks it with a signal that
//! has no SA_RESTART. The VM clears its flag before it calls the handler, so the wish is kept here until it is taken up. What there is to do then is the
//! runtime's to know: it looks at its tasks.
//!
//! Threads: `raise` from any; `publish`, `withdraw` and `answer` in the target. Invariant: `place` is Some only while the target's globals are
//! alive; whoever uses it holds the mutex.

use super::door::guard;
use super::{Answer, Php};
use crate::sys;
use async_threads_core::parker::Wake;
use parking_lot::Mutex;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Where the target runs.
struct Place {
    flag: *mut c_void,
    thread: libc::pthread_t,
    /// Wakes the target when it waits in this extension rather than in a system call.
    wake: Arc<dyn Wake>,
}

// SAFETY: the flag is an atomic of the engine; the pointer is valid while the Place is published, and used under its mutex alone.
unsafe impl Send for Place {}

/// The line to one thread.
#[derive(Default)]
pub(crate) struct Interrupt {
    pending: AtomicBool,
    place: Mutex<Option<Place>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Interrupt>>> = const { RefCell::new(None) };
}

/// What a thread does when it has been interrupted; set by the runtime.
static ANSWER: OnceLock<fn(Php<'_>) -> Answer> = OnceLock::new();

/// The signal that interrupts system calls. PHP's own timer uses SIGRTMIN.
pub(crate) fn kick_signal() -> c_int {
    libc::SIGRTMIN() + 7
}

extern "C" fn ignore(_: c_int) {}

/// MINIT: installs the VM hook (chained) and the kick's handler.
pub(crate) fn startup(answer: fn(Php<'_>) -> Answer) {
    let _ = ANSWER.set(answer);
    // SAFETY: MINIT, one thread. The handler does nothing; leaving out SA_RESTART is its purpose.
    unsafe {
        sys::at_hook_interrupt();
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = ignore as *const () as usize;
        libc::sigaction(kick_signal(), &raw const action, std::ptr::null_mut());
    }
}

impl Interrupt {
    /// The target's request has begun.
    pub(crate) fn publish(self: &Arc<Self>, php: Php<'_>, wake: Arc<dyn Wake>) {
        let _ = php;
        // SAFETY: attached (token); the flag lives as long as the TSRM block, and `withdraw` comes before that ends.
        let place = unsafe { Place { flag: sys::at_vm_interrupt_flag(), thread: libc::pthread_self(), wake } };
        *self.place.lock() = Some(place);
        CURRENT.set(Some(Arc::clone(self)));
    }

    /// The target's request has ended.
    pub(crate) fn withdraw(&self) {
        *self.place.lock() = None;
        CURRENT.set(None);
    }

    /// Calls for the target's attention. One call may be lost on a target that is just entering a system call: call again.
    pub(crate) fn raise(&self) {
        // Release: pairs with the Acquire in `answer`; what the caller noted for the target is visible to it then.
        self.pending.store(true, Ordering::Release);
        if let Some(place) = &*self.place.lock() {
            // SAFETY: published, so the target's globals and the target thread itself are alive while we hold the mutex.
            unsafe {
                sys::at_vm_interrupt_raise(place.flag);
                libc::pthread_kill(place.thread, kick_signal());
            }
            place.wake.wake();
        }
    }
}

/// Whether somebody wants this thread's attention.
pub(crate) fn is_pending() -> bool {
    // Acquire: pairs with the Release in `raise`.
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(|line| line.pending.load(Ordering::Acquire)))
}

/// Attends to it. The VM comes here by `at_interrupted`, waiting code by the VM's hook too.
fn answer(php: Php<'_>) -> Answer {
    if php.has_exception() {
        // Nothing can be thrown now; whoever asks goes on asking.
        return Ok(());
    }
    // Acquire: pairs with the Release in `raise`.
    let pending = CURRENT.with_borrow(|current| current.as_ref().is_some_and(|line| line.pending.swap(false, Ordering::Acquire)));
    if pending { ANSWER.get().expect("set in MINIT")(php) } else { Ok(()) }
}

/// Called by the C hook in the VM; non-zero: bail out.
///
/// # Safety
/// By the engine alone, in a thread with an active request.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_interrupted() -> c_int {
    // SAFETY: the VM runs only inside a request.
    let php = unsafe { Php::assume() };
    guard(php, || answer(php))
}
