//! Deadlines in order, with cancellation.
//!
//! * Purpose: a scheduler asks when to wake up next and what has expired then.
//! * Owner: one scheduler, which keeps one [`Timers`].
//! * Threads: plain data, used by one thread; nothing is shared.
//! * Invariants: every live value has exactly one heap entry. The entry of a
//!   cancelled timer stays (dead) in the heap, but never on top, and at most
//!   half of the heap (or [`KEEP_DEAD`] entries) is dead. Equal deadlines
//!   expire in the order of insertion.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// So few dead entries are not worth a compaction.
const KEEP_DEAD: usize = 16;

/// Names one inserted timer, for cancelling; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimerId {
    sequence: u64,
    slot: usize,
}

/// Ordered by deadline, then by insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    deadline: Instant,
    sequence: u64,
    slot: usize,
}

/// Where a live value is kept; `sequence` tells its timer from earlier ones.
#[derive(Debug)]
struct Slot<V> {
    sequence: u64,
    value: Option<V>,
}

impl<V> Slot<V> {
    fn take(&mut self, sequence: u64) -> Option<V> {
        if self.sequence == sequence { self.value.take() } else { None }
    }
}

/// Deadlines with a value each; see the module.
#[derive(Debug)]
pub struct Timers<V> {
    heap: BinaryHeap<Reverse<Entry>>,
    slots: Vec<Slot<V>>,
    free: Vec<usize>,
    next_sequence: u64,
}

impl<V> Default for Timers<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Timers<V> {
    /// No timers; allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { heap: BinaryHeap::new(), slots: Vec::new(), free: Vec::new(), next_sequence: 0 }
    }

    /// Adds a timer.
    pub fn insert(&mut self, deadline: Instant, value: V) -> TimerId {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let filled = Slot { sequence, value: Some(value) };
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot] = filled;
            slot
        } else {
            self.slots.push(filled);
            self.slots.len() - 1
        };
        self.heap.push(Reverse(Entry { deadline, sequence, slot }));
        TimerId { sequence, slot }
    }

    /// Removes a timer that has not expired; `None` if it has, or was
    /// cancelled before.
    pub fn cancel(&mut self, id: TimerId) -> Option<V> {
        let value = self.slots.get_mut(id.slot)?.take(id.sequence)?;
        self.free.push(id.slot);
        self.bury_dead();
        Some(value)
    }

    /// When the next timer expires.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse(entry)| entry.deadline)
    }

    /// Removes and returns one timer whose deadline is not after `now`, the
    /// earliest first.
    pub fn pop_expired(&mut self, now: Instant) -> Option<V> {
        if self.next_deadline()? > now {
            return None;
        }
        let Reverse(entry) = self.heap.pop()?;
        let value = self.slots[entry.slot].take(entry.sequence);
        debug_assert!(value.is_some(), "the top of the heap is alive");
        self.free.push(entry.slot);
        self.bury_dead();
        value
    }

    /// How many timers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether there is no timer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Restores the invariants about dead entries.
    fn bury_dead(&mut self) {
        let live = self.len();
        let slots = &self.slots;
        let alive = |entry: &Entry| {
            let slot = &slots[entry.slot];
            slot.sequence == entry.sequence && slot.value.is_some()
        };
        let dead = self.heap.len() - live;
        if dead > KEEP_DEAD && dead > live {
            self.heap.retain(|Reverse(entry)| alive(entry));
        }
        while self.heap.peek().is_some_and(|Reverse(entry)| !alive(entry)) {
            self.heap.pop();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
