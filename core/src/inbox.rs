//! A queue into one consumer, which sleeps when there is nothing to do.
//!
//! * Purpose: how other threads hand work to a scheduler. Pushing costs one
//!   allocation and one compare-and-swap; waking happens exactly when the
//!   consumer sleeps, and then by one producer.
//! * Owner: the consumer owns the [`Inbox`]; producers hold [`InboxSender`]s.
//! * Threads: `Inbox` is `Send` but `!Sync`: one consumer at a time. Senders
//!   are shared freely.
//! * Invariants: `head` is the whole truth: `AWAKE` or `ASLEEP` (nothing
//!   queued), `CLOSED` (the consumer is gone, for ever), or the address of the
//!   last pushed node, from which `next` leads to older ones and ends in
//!   `AWAKE`. A queued node belongs to the queue; who swaps it out owns the
//!   chain. Items of one producer arrive in order; no item is lost, none is
//!   dropped by a push.
//!
//! Because "asleep" is a value of the very word that a push replaces, a push
//! cannot slip between the consumer's last look and its sleep, and of several
//! pushes only the first sees the sleeper. A consumer woken by something else
//! may be woken once more by a producer that saw it asleep before.

use crate::parker::Wake;
use crate::sync::{Arc, AtomicUsize, Ordering};
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;

// Not addresses of a `Node`, whose alignment is that of `usize` at least.
const AWAKE: usize = 0;
const ASLEEP: usize = 1;
const CLOSED: usize = 2;
const _: () = assert!(align_of::<Node<()>>() > CLOSED);

struct Node<T> {
    /// The next older node, or `AWAKE`.
    next: usize,
    item: T,
}

struct Shared<T> {
    /// An address, not a pointer: a compare-and-swap may succeed against a node
    /// freed and allocated anew at the same place, which is right, but would
    /// leave a pointer to the old allocation in `next`.
    head: AtomicUsize,
    waker: Arc<dyn Wake>,
    owns: PhantomData<*mut Node<T>>,
}

// SAFETY: items only move from the pushing to the draining (or dropping)
// thread and are never shared: `T: Send` is enough.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        // Acquire: pairs with the Release in `push`.
        drop(Chain::<T>::from_head(self.head.swap(CLOSED, Ordering::Acquire)));
    }
}

/// Nodes taken out of the queue; an iterator, so that nothing recurses.
struct Chain<T> {
    next: usize,
    owns: PhantomData<Box<Node<T>>>,
}

impl<T> Chain<T> {
    /// Takes over what `head` led to before it was swapped.
    fn from_head(head: usize) -> Self {
        let next = if head <= CLOSED { AWAKE } else { head };
        Self { next, owns: PhantomData }
    }

    fn pop(&mut self) -> Option<Box<Node<T>>> {
        if self.next == AWAKE {
            return None;
        }
        let node = ptr::with_exposed_provenance_mut::<Node<T>>(self.next);
        // SAFETY: `push` exposed the address of a box; the chain is ours alone
        // since the (acquiring) swap that took it; each node is popped once.
        let node = unsafe { Box::from_raw(node) };
        self.next = node.next;
        Some(node)
    }

    /// From newest-first, as pushed, to oldest-first.
    fn reversed(mut self) -> Self {
        let mut oldest_first = Self { next: AWAKE, owns: PhantomData };
        while let Some(mut node) = self.pop() {
            node.next = oldest_first.next;
            oldest_first.next = Box::into_raw(node).expose_provenance();
        }
        oldest_first
    }
}

impl<T> Drop for Chain<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

/// What became of a pushed item.
#[must_use = "a sleeping consumer has to be woken by whoever is told so"]
#[derive(Debug, PartialEq, Eq)]
pub enum Push<T> {
    /// Queued; the consumer is awake or being woken by somebody else.
    Queued,
    /// Queued; the consumer sleeps, and this caller is the one to wake it.
    WakeConsumer,
    /// The consumer is gone; here is the item.
    Closed(T),
}

/// What [`Inbox::prepare_sleep`] decided.
#[must_use = "sleeping is only right if the inbox says so"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SleepDecision {
    /// Nothing is queued: sleep. The next push wakes.
    Sleep,
    /// Items are waiting: drain instead.
    HasItems,
}

/// The consumer's end; see the module. Dropping it closes the queue and drops
/// what is left.
pub struct Inbox<T> {
    shared: Arc<Shared<T>>,
    not_sync: PhantomData<Cell<()>>,
}

impl<T> Inbox<T> {
    /// An empty inbox whose consumer, awake now, is woken through `waker`.
    #[must_use]
    pub fn new(waker: Arc<dyn Wake>) -> Self {
        let shared = Shared { head: AtomicUsize::new(AWAKE), waker, owns: PhantomData };
        Self { shared: Arc::new(shared), not_sync: PhantomData }
    }

    /// A producer's end.
    #[must_use]
    pub fn sender(&self) -> InboxSender<T> {
        InboxSender { shared: Arc::clone(&self.shared) }
    }

    /// Whether nothing is queued at the moment.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // Relaxed: a hint; the items themselves are acquired by `drain`.
        self.shared.head.load(Ordering::Relaxed) <= CLOSED
    }

    /// Takes all that is queued, oldest first, and says how many there were.
    /// What is pushed meanwhile waits for the next drain. The consumer counts
    /// as awake afterwards. If `each` panics, the rest is dropped.
    pub fn drain(&self, mut each: impl FnMut(T)) -> usize {
        // Relaxed: a hint to spare the swap; AWAKE carries nothing.
        if self.shared.head.load(Ordering::Relaxed) == AWAKE {
            return 0;
        }
        // Acquire: pairs with the Release in `push` (all of them: each push
        // continues the release sequence of those before).
        let head = self.shared.head.swap(AWAKE, Ordering::Acquire);
        let mut chain = Chain::<T>::from_head(head).reversed();
        let mut count = 0;
        while let Some(node) = chain.pop() {
            each(node.item);
            count += 1;
        }
        count
    }

    /// Announces that the consumer goes to sleep. After
    /// [`SleepDecision::Sleep`] it may sleep on whatever `waker` wakes, and
    /// calls [`Inbox::drain`] or [`Inbox::awake`] when it is up again.
    pub fn prepare_sleep(&self) -> SleepDecision {
        // Release: pairs with the Acquire in `push`: who wakes sees what the
        // consumer did before. Failure Relaxed: `drain` acquires the items.
        let asleep = self.shared.head.compare_exchange(AWAKE, ASLEEP, Ordering::Release, Ordering::Relaxed);
        match asleep {
            Ok(_) | Err(ASLEEP) => SleepDecision::Sleep,
            Err(_) => SleepDecision::HasItems,
        }
    }

    /// Takes the announcement back: something else woke the consumer, pushes
    /// need not wake it any more.
    pub fn awake(&self) {
        // Relaxed: nothing is handed over. A failure means that a push was
        // faster, or that nothing was announced.
        let _ = self.shared.head.compare_exchange(ASLEEP, AWAKE, Ordering::Relaxed, Ordering::Relaxed);
    }
}

impl<T> Drop for Inbox<T> {
    fn drop(&mut self) {
        // Acquire: pairs with the Release in `push`.
        drop(Chain::<T>::from_head(self.shared.head.swap(CLOSED, Ordering::Acquire)));
    }
}

/// A producer's end; see the module.
pub struct InboxSender<T> {
    shared: Arc<Shared<T>>,
}

impl<T> InboxSender<T> {
    /// Queues `item` without waking; the caller does so if told (now, or after
    /// pushing more) with [`InboxSender::wake`].
    pub fn push(&self, item: T) -> Push<T> {
        // Relaxed: only a guess for the compare-and-swap.
        let mut seen = self.shared.head.load(Ordering::Relaxed);
        if seen == CLOSED {
            return Push::Closed(item);
        }
        let node = Box::into_raw(Box::new(Node { next: AWAKE, item }));
        loop {
            let next = if seen == ASLEEP { AWAKE } else { seen };
            // SAFETY: not published yet, so the node is still ours.
            unsafe { (*node).next = next };
            // Release: pairs with the Acquire in `drain` and the drops. Acquire:
            // with the Release in `prepare_sleep`. Failure Relaxed: a guess.
            let pushed =
                self.shared.head.compare_exchange_weak(seen, node.expose_provenance(), Ordering::AcqRel, Ordering::Relaxed);
            match pushed {
                Ok(ASLEEP) => return Push::WakeConsumer,
                Ok(_) => return Push::Queued,
                Err(CLOSED) => {
                    // SAFETY: never published, so the node is still ours.
                    let node = unsafe { Box::from_raw(node) };
                    return Push::Closed(node.item);
                }
                Err(now) => seen = now,
            }
        }
    }

    /// Wakes the consumer; only to be called when a push said so.
    pub fn wake(&self) {
        self.shared.waker.wake();
    }

    /// Queues `item` and wakes the consumer if it sleeps.
    ///
    /// # Errors
    ///
    /// Hands `item` back if the consumer is gone.
    pub fn send(&self, item: T) -> Result<(), T> {
        match self.push(item) {
            Push::Queued => Ok(()),
            Push::WakeConsumer => {
                self.wake();
                Ok(())
            }
            Push::Closed(item) => Err(item),
        }
    }

    /// Whether the consumer is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        // Relaxed: a hint; nothing is handed over through it.
        self.shared.head.load(Ordering::Relaxed) == CLOSED
    }
}

impl<T> Clone for InboxSender<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for Inbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for InboxSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxSender").finish_non_exhaustive()
    }
}

static_assertions::assert_impl_all!(Inbox<Cell<u8>>: Send);
static_assertions::assert_impl_all!(InboxSender<Cell<u8>>: Send, Sync, Clone);
// One consumer at a time, and nothing that must stay on its thread.
static_assertions::assert_not_impl_any!(Inbox<u8>: Sync, Clone);
static_assertions::assert_not_impl_any!(Inbox<*const u8>: Send);
static_assertions::assert_not_impl_any!(InboxSender<*const u8>: Send, Sync);

#[cfg(all(test, not(loom)))]
mod tests;
