//! Whether one more worker is of use.
//!
//! Somebody submits tiny tasks as fast as it can and one worker runs them; with two cores both are taken. A second worker takes time from either, and all three
//! meet at the lock. But nobody can know that the one worker goes on: its next task may be a long one. So the second one is woken, and **stands by**: it
//! sleeps for a moment and looks how things have moved on. It begins as soon as they have not, or when more has piled up than is gone in a moment.
//!
//! Owner: the queue. Threads: whoever holds its lock. Invariant: a task waits for a worker that stands by for no longer than `MOMENT`.

use super::queue::Queue;
use super::{Closed, Pool, wait};
use parking_lot::MutexGuard;
use std::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_millis(1);
/// Tasks are tiny whose time in nanoseconds has no more bits than this: 16 microseconds.
const TINY: u8 = 14;
/// What is gone in a moment: so many nanoseconds of tasks.
const SOON: u64 = 5_000_000;

/// What is seen of how the queue moves.
#[derive(Clone, Copy, Default)]
pub(super) struct Pace {
    /// How many bits the time in nanoseconds has that tasks took lately; 0 if that is not known.
    bits: u8,
    /// Counters that wrap around: only whether they have changed is of interest.
    pushed: u8,
    taken: u8,
}

impl Pace {
    pub(super) fn pushed(&mut self) {
        self.pushed = self.pushed.wrapping_add(1);
    }

    /// By a worker whose tasks took so many nanoseconds lately.
    pub(super) fn taken(&mut self, typical: u64) {
        self.taken = self.taken.wrapping_add(1);
        self.bits = (u64::BITS - typical.leading_zeros()) as u8;
    }

    /// Whether so many tasks are gone in a moment, if workers go on as they did lately.
    fn is_gone_soon(self, tasks: usize) -> bool {
        (1..=TINY).contains(&self.bits) && (tasks as u64) << self.bits < SOON
    }

    /// Whether tasks have been submitted as well as taken since `before`.
    fn has_moved_on(self, before: Pace) -> bool {
        self.pushed != before.pushed && self.taken != before.taken
    }
}

impl Pool {
    /// Whether the others, and those who submit, have all the cores and get along.
    fn others_get_along(&self, queue: &Queue, generation: u64) -> bool {
        // Relaxed: a number by itself.
        let live = self.live.load(std::sync::atomic::Ordering::Relaxed);
        let others = live.saturating_sub(queue.waiting.free.len() + queue.waiting.standing_by + 1);
        others > 0
            && others + 1 >= async_threads_core::cores()
            && queue.pace.is_gone_soon(queue.tasks.len())
            && !queue.tasks.is_empty()
            && queue.closed == Closed::Open
            && !self.is_stale(generation)
    }

    /// Stands by as long as one more worker is of no use, or until `news`.
    pub(super) fn stand_by<'a>(
        &'a self,
        mut queue: MutexGuard<'a, Queue>,
        generation: u64,
        news: &impl Fn() -> bool,
    ) -> MutexGuard<'a, Queue> {
        while self.others_get_along(&queue, generation) && !news() {
            let before = queue.pace;
            queue.waiting.standing_by += 1;
            drop(queue);
            wait::bell().sleep(Some(Instant::now() + MOMENT), news);
            queue = self.front.queue.lock();
            queue.waiting.standing_by -= 1;
            if !queue.pace.has_moved_on(before) {
                break;
            }
        }
        queue
    }
}

#[cfg(test)]
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
