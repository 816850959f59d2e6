//! What the workers of a pool have done and do, in numbers.
//!
//! Owner: the pool. Threads: each is written by its worker and read by any.

use super::task::Task;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

/// What one worker has done.
#[derive(Default)]
pub(crate) struct WorkerStats {
    pub(crate) tasks: AtomicU64,
    pub(crate) busy_ns: AtomicU64,
    pub(crate) memory: AtomicU64,
    pub(crate) peak: AtomicU64,
    pub(crate) restarts: AtomicU32,
    /// Grows when its thread is given up; a thread of an earlier incarnation leaves when it can.
    pub(crate) incarnation: AtomicU32,
    /// What it runs now.
    pub(crate) current: Mutex<Vec<Arc<Task>>>,
    pub(crate) times: Mutex<Times>,
}

/// The last waits and run times, for percentiles.
#[derive(Default)]
pub(crate) struct Times {
    samples: VecDeque<(u64, u64)>,
}

/// So many at most.
const SAMPLES: usize = 1024;

impl Times {
    /// One task waited and ran so long, in nanoseconds.
    pub(crate) fn note(&mut self, wait: u64, run: u64) {
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back((wait, run));
    }

    /// Adds them to a list.
    pub(crate) fn collect(&self, all: &mut Vec<(u64, u64)>) {
        all.extend(&self.samples);
    }
}

/// The given percentiles of some numbers.
pub(crate) fn percentiles<const N: usize>(mut values: Vec<u64>, which: [usize; N]) -> [u64; N] {
    values.sort_unstable();
    which.map(|p| values.get((values.len() * p / 100).min(values.len().saturating_sub(1))).copied().unwrap_or(0))
}
