//! Whether one more worker is of use.
//!
//! Somebody submits tiny tasks as fast as it can and one worker runs them; with two cores both are taken. A second worker takes time from either, and all three
//! meet at the lock. But nobody can know that the one worker goes on: its next task may be a long one. So the second one is woken, and **stands by**: it
//! sleeps for a moment and looks how things have moved on. It begins as soon as they have not, or when more has piled up than is gone soon.
//!
//! Owner: the queue. Threads: whoever holds its lock. Invariant: a task waits for a worker that stands by for no longer than `MOMENT`.

use super::queue::Queue;
use super::{Closed, Pool, wait};
use parking_lot::MutexGuard;
use std::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_millis(1);
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
