//! A lock of the process that a fork leaves usable in both processes.
//!
//! A fork copies a lock as it is, with the traces of threads that wait for it and are not in the child. So the forking thread takes it first: then what it
//! guards is whole. The parent gives it back; the child, where letting go could hand it to a thread that is not there, gets a new one instead.
//!
//! Owner: a static. Threads: any.

use parking_lot::{Mutex, MutexGuard};
use std::cell::UnsafeCell;

/// See the module.
pub(super) struct ForkLock<T>(UnsafeCell<Mutex<T>>);

// SAFETY: shared access is that of the mutex; `in_child`, which replaces it, runs while there is no other thread.
unsafe impl<T: Send> Sync for ForkLock<T> {}

impl<T> ForkLock<T> {
    /// A lock that guards `value`.
    pub(super) const fn new(value: T) -> ForkLock<T> {
        ForkLock(UnsafeCell::new(Mutex::new(value)))
    }

    fn mutex(&self) -> &Mutex<T> {
        // SAFETY: only `in_child` writes, when there is no other thread and, by its contract, no guard of this one.
        unsafe { &*self.0.get() }
    }

    /// Locks it.
    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.mutex().lock()
    }

    /// Before a fork: no other thread holds the lock while the process is copied.
    pub(super) fn before_fork(&self) {
        std::mem::forget(self.lock());
    }

    /// After a fork, in the parent.
    ///
    /// # Safety
    /// After `before_fork`, in the same thread.
    pub(super) unsafe fn in_parent(&self) {
        // SAFETY: by contract the lock is held, and its guard forgotten.
        unsafe { self.mutex().force_unlock() };
    }

    /// After a fork, in the child: a new lock. What the old one guards belongs to threads that are not here; it is leaked.
    ///
    /// # Safety
    /// After `before_fork`, in the only thread of the child, which holds no guard.
    pub(super) unsafe fn in_child(&self, value: T) {
        // SAFETY: by contract nobody looks at the mutex. Overwritten, not dropped.
        unsafe { self.0.get().write(Mutex::new(value)) };
    }
}
