//! How tasks went lately, and what that says of the next moment.
//!
//! * Purpose: to wake a worker costs more than a tiny task. Where another worker takes
//!   one tiny task after the other, the next few need nobody to be woken.
//! * Owner: a worker has its own; a queue has a copy of that of who took last.
//! * Threads: plain data.

use std::time::{Duration, Instant};

/// How long a thread naps that has just been at work, and so how long something waits at
/// most that was left to another one.
pub const NAP: Duration = Duration::from_millis(1);

/// Tasks are tiny that take no longer, in nanoseconds.
const TINY: u32 = 16_000;
/// Who has ended a tiny task so short a time ago is at the next one.
const JUST_NOW: Duration = Duration::from_micros(20);

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tempo {
    /// When the last task ended.
    ended: Option<Instant>,
    /// What tasks took lately, in nanoseconds.
    typical: u32,
}

impl Tempo {
    /// A task has taken so long.
    pub fn ran(&mut self, took: Duration, ended: Instant) {
        let took = u32::try_from(took.as_nanos()).unwrap_or(u32::MAX);
        // The mean of the last eight or so; one that was long is remembered at once.
        self.typical = if self.ended.is_none() || took > TINY { took } else { self.typical - self.typical / 8 + took / 8 };
        self.ended = Some(ended);
    }

    /// Whether who has this tempo does well to nap at `now` instead of sleeping: there were
    /// tiny tasks until a moment ago, and there may be more.
    #[must_use]
    pub fn suggests_nap(&self, now: Instant) -> bool {
        self.is_tiny() && self.ended_within(now, NAP)
    }

    /// Whether who has this tempo will have done so many tasks before a nap is over, if it
    /// is at work and they are like the last ones.
    #[must_use]
    pub fn keeps_up(&self, tasks: usize) -> bool {
        let soon = NAP.as_nanos() as u64;
        self.ended.is_some() && self.is_tiny() && tasks as u64 * u64::from(self.typical.max(1)) < soon
    }

    /// Whether it is at work at `now`, as far as one can tell: a task has ended just now.
    #[must_use]
    pub fn is_at_work(&self, now: Instant) -> bool {
        self.ended_within(now, JUST_NOW)
    }

    fn is_tiny(&self) -> bool {
        self.typical <= TINY
    }

    fn ended_within(&self, now: Instant, time: Duration) -> bool {
        // The time of a submission may be a little older, and nothing is known if it is much older.
        self.ended.is_some_and(|ended| match now.checked_duration_since(ended) {
            Some(since) => since < time,
            None => ended.duration_since(now) < JUST_NOW,
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MICRO: Duration = Duration::from_micros(1);

    #[test]
    fn tiny_tasks_just_now_keep_up() {
        let start = Instant::now();
        let mut tempo = Tempo::default();
        assert!(!tempo.keeps_up(1) && !tempo.is_at_work(start) && !tempo.suggests_nap(start));
        let ended = start + 100 * MICRO;
        tempo.ran(MICRO, ended);
        assert!(tempo.keeps_up(900) && !tempo.keeps_up(1_100));
        assert!(tempo.is_at_work(ended + MICRO) && tempo.is_at_work(ended - MICRO));
        assert!(!tempo.is_at_work(ended + 30 * MICRO) && !tempo.is_at_work(ended - 30 * MICRO));
        assert!(tempo.suggests_nap(ended + 30 * MICRO) && !tempo.suggests_nap(ended + 2 * NAP));
    }

    #[test]
    fn a_long_task_is_remembered_until_tiny_ones_outweigh_it() {
        let start = Instant::now();
        let mut tempo = Tempo::default();
        tempo.ran(MICRO, start);
        tempo.ran(100 * MICRO, start);
        assert!(!tempo.keeps_up(1) && !tempo.suggests_nap(start));
        for _ in 0..4 {
            tempo.ran(MICRO, start);
            assert!(!tempo.keeps_up(1));
        }
        for _ in 0..40 {
            tempo.ran(MICRO, start);
        }
        assert!(tempo.keeps_up(1));
        tempo.ran(Duration::from_secs(100), start);
        assert!(!tempo.suggests_nap(start));
    }
}
