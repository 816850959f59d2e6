//! Who sleeps, and who has to wake it: the word that decides whether a wake-up costs a system call.
//!
//! * Purpose: a thread that is awake is told nothing, since it looks by itself before it sleeps; one that sleeps is told exactly once. How it sleeps
//!   and how it is woken (an eventfd, say) is the caller's.
//! * Owner: whoever shares it, usually in the sleeper's bell.
//! * Threads: `sleep` and `set_asleep` by the sleeper alone, `wake` by any.
//! * Invariants: news made before `wake` is seen either by the sleeper's `awake`, or the waker sees it asleep and rings. Both sides swap the same
//!   word, so one of them comes second and reads what the other has written.

use crate::sync::{AtomicBool, Ordering};

/// See the module.
#[derive(Debug)]
pub struct Doze {
    asleep: AtomicBool,
}

impl Default for Doze {
    fn default() -> Self {
        Self::new()
    }
}

impl Doze {
    /// Awake.
    #[must_use]
    pub fn new() -> Self {
        Self { asleep: AtomicBool::new(false) }
    }

    /// There is news: calls `ring` if the sleeper has to be told.
    pub fn wake(&self, ring: impl FnOnce()) {
        // AcqRel: pairs with the swap in `set_asleep`. Second, it sees the sleeper and rings; first, it publishes the news to the sleeper's look.
        if self.asleep.swap(false, Ordering::AcqRel) {
            ring();
        }
    }

    /// Sleeps by calling `wait`, unless `awake` says that there is news. A ring may arrive after this has returned, and ends a later wait early.
    pub fn sleep(&self, awake: impl FnOnce() -> bool, wait: impl FnOnce()) {
        self.set_asleep();
        if !awake() {
            wait();
        }
        // AcqRel, and a swap: a second waker that saw the sleeper told already did not ring, and its news is to be seen from here on. A plain store
        // would hide that waker's swap from the next `set_asleep`.
        self.asleep.swap(false, Ordering::AcqRel);
    }

    /// Counts as asleep from now on, without waiting here: for those who look at the ring in their own way. They look at the news afterwards.
    pub fn set_asleep(&self) {
        // AcqRel: pairs with the swap in `wake`.
        self.asleep.swap(true, Ordering::AcqRel);
    }
}
