//! How tasks went lately, and what that says of the next moment.
//!
//! * Purpose: to wake a worker costs more than a tiny task. Where another worker takes
//!   one tiny task after the other, the next few need nobody to be woken.
//! * Owner: a worker has its own; a queue has a copy of that of who took last.
//! * Threads: plain data.

use std::time::{Duration, Instant};

/// How long a worker naps that has had tiny tasks, and so how long a task waits at
/// most that was left to another one.
pub const NAP: Duration = Duration::from_millis(1);

/// Tasks are tiny that take no longer, in nanoseconds.
const TINY: u32 = 16_000;
/// Who has ended a tiny task so short a time ago is at the next one.
const JUST_NOW: Duration = Duration::from_micros(20);

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// When the last task ended.
    ended: Option<Instant>,
    /// What tasks took lately, in nanoseconds.
    typical: u32,
}

impl Pace {
    /// A task has taken so long.
    pub fn ran(&mut self, took: Duration, ended: Instant) {
        let took = u32::try_from(took.as_nanos()).unwrap_or(u32::MAX);
        // The mean of the last eight or so; one that was long is remembered at once.
        self.typical = if self.ended.is_none() || took > TINY { took } else { self.typical - self.typical / 8 + took / 8 };
        self.ended = Some(ended);
    }

    /// Whether who has this pace does well to nap at `now` instead of sleeping: there were
    /// tiny tasks until a moment ago, and there may be more.
    #[must_use]
    pub fn suggests_nap(&self, now: Instant) -> bool {
        self.is_tiny() && self.ended_within(now, NAP)
    }

    /// Whether who has this pace is at work at `now`, and will have done so many tasks
    /// before a nap is over, if they are like the last ones.
    #[must_use]
    pub fn keeps_up(&self, tasks: usize, now: Instant) -> bool {
        let soon = NAP.as_nanos() as u64;
        self.is_tiny() && self.ended_within(now, JUST_NOW) && tasks as u64 * u64::from(self.typical.max(1)) < soon
    }

    fn is_tiny(&self) -> bool {
        self.typical <= TINY
    }

    fn ended_within(&self, now: Instant, time: Duration) -> bool {
        self.ended.is_some_and(|ended| now.saturating_duration_since(ended) < time)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MICRO: Duration = Duration::from_micros(1);

    #[test]
    fn tiny_tasks_just_now_keep_up() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert!(!pace.keeps_up(1, start) && !pace.suggests_nap(start));
        pace.ran(MICRO, start);
        assert!(pace.keeps_up(900, start + MICRO) && !pace.keeps_up(1_100, start + MICRO));
        assert!(!pace.keeps_up(1, start + 30 * MICRO) && pace.suggests_nap(start + 30 * MICRO));
        assert!(!pace.suggests_nap(start + 2 * NAP));
    }

    #[test]
    fn a_long_task_is_remembered_until_tiny_ones_outweigh_it() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.ran(MICRO, start);
        pace.ran(100 * MICRO, start);
        assert!(!pace.keeps_up(1, start) && !pace.suggests_nap(start));
        for _ in 0..4 {
            pace.ran(MICRO, start);
            assert!(!pace.keeps_up(1, start));
        }
        for _ in 0..40 {
            pace.ran(MICRO, start);
        }
        assert!(pace.keeps_up(1, start));
        pace.ran(Duration::from_secs(100), start);
        assert!(!pace.suggests_nap(start));
    }
}
