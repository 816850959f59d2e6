//! The one place concurrency primitives come from.
//!
//! * Purpose: name the primitives the crate is built on, so that `cfg(loom)`
//!   replaces all of them by loom's at once. No other module imports
//!   `std::sync::atomic`, `Mutex`, `Condvar` or `UnsafeCell`.
//! * Owner: nobody; types only.
//! * Threads: whatever the primitive itself allows.
//! * Invariants: a panic under a [`Mutex`] does not poison it (the crate runs
//!   no foreign code under a lock); [`Condvar`] waits survive signals, because
//!   both implementations restart an interrupted wait.
//!
//! `Arc` is deliberately std's in both builds: loom's cannot hold a
//! `dyn Trait`, and reference counting is not what is being checked.

#[cfg(loom)]
use loom as imp;
#[cfg(not(loom))]
use std as imp;

use std::sync::PoisonError;
use std::time::Instant;

pub(crate) use imp::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Weak};

/// Held while a [`Mutex`] is locked.
pub(crate) type MutexGuard<'a, T> = imp::sync::MutexGuard<'a, T>;

/// A mutex that is never poisoned.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(imp::sync::Mutex<T>);

impl<T> Mutex<T> {
    /// An unlocked mutex around `value`.
    pub(crate) fn new(value: T) -> Self {
        Self(imp::sync::Mutex::new(value))
    }

    /// Locks, sleeping until the mutex is free.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A condition variable, used with [`Mutex`].
#[derive(Debug, Default)]
pub(crate) struct Condvar(imp::sync::Condvar);

impl Condvar {
    /// A condition variable nobody waits on.
    pub(crate) fn new() -> Self {
        Self(imp::sync::Condvar::new())
    }

    /// Unlocks, sleeps until notified, locks again.
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// Like [`Condvar::wait`] with an end; `true` says the end has come.
    #[cfg(not(loom))]
    pub(crate) fn wait_until<'a>(
        &self,
        _mutex: &'a Mutex<()>,
        guard: MutexGuard<'a, ()>,
        deadline: Instant,
    ) -> (MutexGuard<'a, ()>, bool) {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return (guard, true);
        }
        let (guard, _) = self.0.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner);
        // The clock decides, not the kernel's answer: a wait that woke for
        // another reason at the last moment is past its deadline too.
        (guard, Instant::now() >= deadline)
    }

    /// Loom has no clock: here every deadline passes at once, but not before
    /// others had the chance to take the mutex. (Yielding as well would make
    /// loom run them to their end first, and skip what comes in between.)
    #[cfg(loom)]
    pub(crate) fn wait_until<'a>(
        &self,
        mutex: &'a Mutex<()>,
        guard: MutexGuard<'a, ()>,
        _deadline: Instant,
    ) -> (MutexGuard<'a, ()>, bool) {
        drop(guard);
        (mutex.lock(), true)
    }

    /// Wakes one waiter, if there is any.
    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }
}

/// `UnsafeCell` with loom's closure interface, so that loom sees each access.
#[derive(Debug, Default)]
pub(crate) struct UnsafeCell<T>(imp::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// A cell holding `value`.
    pub(crate) fn new(value: T) -> Self {
        Self(imp::cell::UnsafeCell::new(value))
    }

    /// A shared access: nobody may write meanwhile.
    pub(crate) fn with<R>(&self, access: impl FnOnce(*const T) -> R) -> R {
        #[cfg(loom)]
        return self.0.with(access);
        #[cfg(not(loom))]
        access(self.0.get())
    }

    /// An exclusive access: nobody may read or write meanwhile.
    pub(crate) fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        #[cfg(loom)]
        return self.0.with_mut(access);
        #[cfg(not(loom))]
        access(self.0.get())
    }
}

/// Whether a waiter may hope that somebody acts while it spins: not on a
/// single CPU, and not under loom, where spinning only multiplies states.
#[must_use]
pub fn spinning_helps() -> bool {
    #[cfg(loom)]
    return false;
    #[cfg(not(loom))]
    {
        // No `LazyLock`: a fork while a thread is in its initialiser would
        // leave it locked in the child for good.
        static CPUS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        // Relaxed, here and below: a number by itself.
        let known = CPUS.load(Ordering::Relaxed);
        if known > 0 {
            return known > 1;
        }
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        CPUS.store(cpus, Ordering::Relaxed);
        cpus > 1
    }
}
