//! A result that arrives once and is read by many.
//!
//! * Purpose: the meeting point of the thread that produces a value and all
//!   that wait for it, be they parked threads or schedulers.
//! * Owner: whoever shares it, usually an `Arc` in the task and its handles.
//! * Threads: any thread may call anything; `T` is read by many at once.
//! * Invariants: the value is written at most once, before `complete` is set,
//!   and never moves or changes afterwards. A subscription is woken exactly
//!   once, unless it is dropped first; `wake` runs outside of locks, in the
//!   order of subscription. A wake-up already under way when the
//!   [`Subscription`] is dropped may still arrive afterwards.

use crate::parker::{Parker, Wake};
use crate::sync::{Arc, AtomicBool, Mutex, Ordering, UnsafeCell, Weak};
use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::time::Instant;

/// Who waits.
#[derive(Default)]
struct Waiting {
    next_key: u64,
    /// By key, which is the order of subscription.
    wakers: BTreeMap<u64, Arc<dyn Wake>>,
}

/// Whether anybody can still wait.
enum Door {
    /// Nobody has yet. Most values come before anybody waits: no memory for a
    /// list until somebody does.
    Untouched,
    /// Somebody has.
    Open(Arc<Mutex<Waiting>>),
    /// The value is there: whoever comes later is woken at once.
    Closed,
}

/// A one-shot value; see the module.
pub struct Completion<T> {
    complete: AtomicBool,
    value: UnsafeCell<Option<T>>,
    /// The mutex also decides which of several completers writes.
    door: Mutex<Door>,
}

// SAFETY: through `&Completion<T>` threads get `&T` (hence `T: Sync`) and may
// put in a `T` that another thread takes out or drops (hence `T: Send`). The
// cell is written once, under the mutex and before `complete` is set with
// Release, and read only after `complete` was seen with Acquire.
unsafe impl<T: Send + Sync> Sync for Completion<T> {}

impl<T> Default for Completion<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Completion<T> {
    /// An open completion.
    #[must_use]
    pub fn new() -> Self {
        Self { complete: AtomicBool::new(false), value: UnsafeCell::new(None), door: Mutex::new(Door::Untouched) }
    }

    /// Sets the value and wakes all subscribers.
    ///
    /// # Errors
    ///
    /// Hands `value` back if there is one already.
    pub fn complete(&self, value: T) -> Result<(), T> {
        let mut door = self.door.lock();
        if let Door::Closed = *door {
            // Dropped by the caller, outside of the lock.
            return Err(value);
        }
        self.value.with_mut(|slot| {
            // SAFETY: under the mutex with the door not closed, so nobody else
            // writes; `complete` is unset, so nobody reads.
            unsafe { *slot = Some(value) };
        });
        // Release: pairs with the Acquire in `is_complete`.
        self.complete.store(true, Ordering::Release);
        let before = mem::replace(&mut *door, Door::Closed);
        drop(door);
        if let Door::Open(waiting) = before {
            let wakers = mem::take(&mut waiting.lock().wakers);
            for waker in wakers.into_values() {
                waker.wake();
            }
        }
        Ok(())
    }

    /// Whether the value is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        // Acquire: pairs with the Release in `complete`.
        self.complete.load(Ordering::Acquire)
    }

    /// The value, if it is there.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        if !self.is_complete() {
            return None;
        }
        // SAFETY: complete, so the cell is never written again while shared.
        self.value.with(|slot| unsafe { (*slot).as_ref() })
    }

    /// The value, if it is there, for the last owner.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        // SAFETY: `self` is owned, so nobody else reads or writes.
        self.value.with_mut(|slot| unsafe { (*slot).take() })
    }

    /// Has `waker` woken once the value is there: at once if it is already.
    #[must_use = "dropping the subscription unsubscribes"]
    pub fn subscribe(&self, waker: Arc<dyn Wake>) -> Subscription {
        let mut door = self.door.lock();
        let waiting = match &*door {
            Door::Open(waiting) => Arc::clone(waiting),
            Door::Untouched => {
                let waiting = Arc::new(Mutex::new(Waiting::default()));
                *door = Door::Open(Arc::clone(&waiting));
                waiting
            }
            Door::Closed => {
                drop(door);
                waker.wake();
                return Subscription { waiting: Weak::new(), key: 0 };
            }
        };
        // Still behind the door, so that who closes it finds the waker.
        let mut list = waiting.lock();
        let key = list.next_key;
        list.next_key += 1;
        list.wakers.insert(key, waker);
        drop(list);
        drop(door);
        Subscription { waiting: Arc::downgrade(&waiting), key }
    }

    /// Parks the calling thread until the value is there.
    ///
    /// Like the other waits, this takes tokens that wake `parker` for any
    /// reason, and may leave a stale one behind.
    pub fn wait(&self, parker: &Parker) -> &T {
        loop {
            if let Some(value) = self.wait_unless(parker, None, || false) {
                return value;
            }
        }
    }

    /// Parks the calling thread until the value is there or the deadline has
    /// passed.
    #[must_use]
    pub fn wait_until(&self, parker: &Parker, deadline: Instant) -> Option<&T> {
        self.wait_unless(parker, Some(deadline), || false)
    }

    /// Parks the calling thread until the value is there, the deadline (if
    /// any) has passed, or `stop` says so. `stop` is asked before each sleep:
    /// who makes it true must unpark `parker` afterwards. The value wins if
    /// there is more than one reason to return.
    #[must_use]
    pub fn wait_unless(&self, parker: &Parker, deadline: Option<Instant>, mut stop: impl FnMut() -> bool) -> Option<&T> {
        if let Some(value) = self.get() {
            return Some(value);
        }
        let _subscription = self.subscribe(parker.waker());
        loop {
            if let Some(value) = self.get() {
                return Some(value);
            }
            if stop() {
                return self.get();
            }
            match deadline {
                None => parker.park(),
                Some(deadline) if parker.park_until(deadline) => {}
                Some(_) => return self.get(),
            }
        }
    }
}

impl<T> fmt::Debug for Completion<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Completion");
        out.field("complete", &self.is_complete()).finish_non_exhaustive()
    }
}

/// A place in the list of those to be woken; dropping it gives the place up.
/// Keeps neither the [`Completion`] nor its value alive.
#[must_use = "dropping the subscription unsubscribes"]
pub struct Subscription {
    /// Dangling if there is nothing left to unsubscribe from.
    waiting: Weak<Mutex<Waiting>>,
    key: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(waiting) = self.waiting.upgrade() {
            let waker = waiting.lock().wakers.remove(&self.key);
            // Not under the lock: dropping a waker may run anything.
            drop(waker);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

static_assertions::assert_impl_all!(Completion<u8>: Send, Sync);
static_assertions::assert_impl_all!(Subscription: Send, Sync);
// Neither what must stay on its thread nor what only one may look at.
static_assertions::assert_not_impl_any!(Completion<*const u8>: Send, Sync);
static_assertions::assert_not_impl_any!(Completion<std::cell::Cell<u8>>: Sync);

#[cfg(all(test, not(loom)))]
mod tests;
