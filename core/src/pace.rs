//! Whether a queue empties by itself.
//!
//! * Purpose: what is seen of how a queue moves, in three bytes, so that it fits
//!   beside the queue's lock.
//! * Owner: the queue.
//! * Threads: whoever holds the queue's lock.

/// Tasks are tiny whose time in nanoseconds has no more bits than this: 16
/// microseconds.
const TINY: u8 = 14;
/// What is gone soon: so many nanoseconds of tasks.
const SOON: u64 = 5_000_000;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// How many bits the time in nanoseconds has that tasks took lately; 0 if
    /// that is not known.
    bits: u8,
    /// Counters that wrap around: only whether they have changed is of interest.
    pushed: u8,
    taken: u8,
}

impl Pace {
    /// A task has been submitted.
    pub fn pushed(&mut self) {
        self.pushed = self.pushed.wrapping_add(1);
    }

    /// A task has been taken by a worker whose tasks took so many nanoseconds
    /// lately; 0 if that is not known.
    pub fn taken(&mut self, typical: u64) {
        self.taken = self.taken.wrapping_add(1);
        self.bits = (u64::BITS - typical.leading_zeros()) as u8;
    }

    /// Whether so many tasks are gone soon, if they go on as they did lately.
    #[must_use]
    pub fn is_gone_soon(self, tasks: usize) -> bool {
        (1..=TINY).contains(&self.bits) && tasks as u64 <= SOON >> self.bits
    }

    /// Whether tasks have been submitted as well as taken since `before`.
    #[must_use]
    pub fn has_moved_on(self, before: Pace) -> bool {
        self.pushed != before.pushed && self.taken != before.taken
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_tiny_tasks_are_gone_soon() {
        let mut pace = Pace::default();
        assert!(!pace.is_gone_soon(1));
        pace.taken(300);
        assert!(pace.is_gone_soon(1) && pace.is_gone_soon(5_000) && !pace.is_gone_soon(50_000));
        pace.taken(100_000);
        assert!(!pace.is_gone_soon(1));
        pace.taken(u64::MAX);
        assert!(!pace.is_gone_soon(1));
    }

    #[test]
    fn it_moves_on_when_both_sides_do() {
        let before = Pace::default();
        let mut pace = before;
        pace.pushed();
        assert!(!pace.has_moved_on(before));
        pace.taken(1);
        assert!(pace.has_moved_on(before));
    }
}
