//! Putting one thread to sleep until another one wakes it.
//!
//! * Purpose: the only way a thread of this extension blocks. A [`Parker`]
//!   holds at most one token; `park` takes it or sleeps until it is there.
//! * Owner: the thread that parks owns the [`Parker`]; everybody who may wake
//!   it holds an [`Unparker`] or an `Arc<dyn Wake>`.
//! * Threads: `Parker` is `Send` but `!Sync`, so one thread at a time parks;
//!   `Unparker` is shared freely.
//! * Invariants: a token is never lost: after `unpark`, the present or the next
//!   `park` returns. What happened before `unpark` is visible after the `park`
//!   that took its token. `park` returns only with a token, yet a token may be
//!   stale (left by an earlier, already answered wake-up), so callers loop on
//!   their own condition. A sleeping thread uses no CPU; a signal it handles
//!   does not wake it.

use crate::patience::Patience;
use crate::sync::{Arc, AtomicU8, Condvar, Mutex, Ordering};
use std::fmt;
use std::time::{Duration, Instant};

/// Whatever can be woken: a parked thread, an event loop behind an eventfd, a
/// scheduler.
///
/// `wake` must be cheap, must not block and must not panic. What happened
/// before `wake` must be visible to whoever it wakes.
pub trait Wake: Send + Sync {
    /// Wakes; waking what is awake already is allowed.
    fn wake(&self);
}

const EMPTY: u8 = 0;
const PARKED: u8 = 1;
const TOKEN: u8 = 2;

struct Inner {
    state: AtomicU8,
    lock: Mutex<()>,
    wakeup: Condvar,
}

impl Inner {
    fn take_token(&self) -> bool {
        // Acquire: pairs with the Release in `unpark`.
        self.state.compare_exchange(TOKEN, EMPTY, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    fn unpark(&self) {
        // Release: pairs with the Acquire of whoever takes the token.
        if self.state.swap(TOKEN, Ordering::Release) != PARKED {
            return;
        }
        // The sleeper said PARKED under the lock and gives the lock up only by
        // waiting: after this it waits, or has already seen the token.
        drop(self.lock.lock());
        self.wakeup.notify_one();
    }

    /// Sleeps until there is a token (and takes it) or the deadline passes.
    #[cold]
    fn sleep(&self, deadline: Option<Instant>) -> bool {
        let mut guard = self.lock.lock();
        // Relaxed: publishes nothing. A failure can only mean TOKEN.
        let parked = self.state.compare_exchange(EMPTY, PARKED, Ordering::Relaxed, Ordering::Relaxed);
        if parked.is_err() {
            // Acquire: pairs with the Release in `unpark`; a swap, not a
            // store, to see the latest of several unparks.
            self.state.swap(EMPTY, Ordering::Acquire);
            return true;
        }
        loop {
            let passed = match deadline {
                None => {
                    guard = self.wakeup.wait(guard);
                    false
                }
                Some(deadline) => {
                    let (again, passed) = self.wakeup.wait_until(&self.lock, guard, deadline);
                    guard = again;
                    passed
                }
            };
            if self.take_token() {
                return true;
            }
            if passed {
                // Acquire: pairs with the Release in `unpark`, which may come
                // between the look above and this withdrawal.
                return self.state.swap(EMPTY, Ordering::Acquire) == TOKEN;
            }
        }
    }
}

impl Wake for Inner {
    fn wake(&self) {
        self.unpark();
    }
}

/// The sleeping side; see the module.
pub struct Parker {
    inner: Arc<Inner>,
    patience: Patience,
}

impl Default for Parker {
    fn default() -> Self {
        Self::new()
    }
}

impl Parker {
    /// A parker without a token.
    #[must_use]
    pub fn new() -> Self {
        let inner = Inner { state: AtomicU8::new(EMPTY), lock: Mutex::new(()), wakeup: Condvar::new() };
        Self { inner: Arc::new(inner), patience: Patience::new() }
    }

    /// A handle that wakes this parker.
    #[must_use]
    pub fn unparker(&self) -> Unparker {
        Unparker { inner: Arc::clone(&self.inner) }
    }

    /// The same as [`Parker::unparker`], in the shape `subscribe` wants; no
    /// allocation.
    #[must_use]
    pub fn waker(&self) -> Arc<dyn Wake> {
        Arc::<Inner>::clone(&self.inner)
    }

    /// Takes the token, sleeping until there is one.
    pub fn park(&self) {
        if !self.spin() {
            self.inner.sleep(None);
        }
    }

    /// Takes the token, sleeping at most `timeout`; `false` if none came. Zero
    /// only looks.
    #[must_use = "false means that no token came"]
    pub fn park_timeout(&self, timeout: Duration) -> bool {
        if self.inner.take_token() {
            return true;
        }
        if timeout.is_zero() {
            return false;
        }
        match Instant::now().checked_add(timeout) {
            Some(deadline) => self.park_until(deadline),
            None => {
                self.park();
                true
            }
        }
    }

    /// Takes the token, sleeping until `deadline` at most; `false` if none
    /// came.
    #[must_use = "false means that no token came"]
    pub fn park_until(&self, deadline: Instant) -> bool {
        self.spin() || self.inner.sleep(Some(deadline))
    }

    /// Looks for the token for as long as that has paid off lately.
    fn spin(&self) -> bool {
        // Relaxed: only a hint, `take_token` does the acquiring.
        let inner = &self.inner;
        self.patience.look(None, |_| inner.state.load(Ordering::Relaxed) == TOKEN && inner.take_token())
    }
}

impl fmt::Debug for Parker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parker").finish_non_exhaustive()
    }
}

/// The waking side; see the module.
#[derive(Clone)]
pub struct Unparker {
    inner: Arc<Inner>,
}

impl Unparker {
    /// Leaves a token, waking the parker if it sleeps.
    pub fn unpark(&self) {
        self.inner.unpark();
    }
}

impl Wake for Unparker {
    fn wake(&self) {
        self.unpark();
    }
}

impl fmt::Debug for Unparker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unparker").finish_non_exhaustive()
    }
}

// One thread at a time parks; handing the parker to another thread is fine.
static_assertions::assert_impl_all!(Parker: Send);
static_assertions::assert_not_impl_any!(Parker: Sync, Clone);
static_assertions::assert_impl_all!(Unparker: Send, Sync, Clone);

#[cfg(all(test, not(loom)))]
mod tests;
