//! `Timer`: fires once, at a deadline.

use super::coroutine::Waiters;
use super::scheduler;
use crate::zend::Php;
use async_threads_core::timers::TimerId;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// See the module. Firing wakes whoever waits.
#[derive(Default)]
pub(crate) struct Timer {
    fired: Cell<bool>,
    cancelled: Cell<bool>,
    id: Cell<Option<TimerId>>,
    pub(crate) waiters: Waiters,
}

impl Timer {
    /// A timer that fires `after` from now.
    pub(crate) fn start(php: Php<'_>, after: Duration) -> Rc<Timer> {
        let timer = Rc::new(Timer::default());
        // Far enough for anybody, and within what the clock can represent.
        let deadline = Instant::now() + after.min(Duration::from_secs(3_000_000_000));
        let id = scheduler::of(php).timers.borrow_mut().insert(deadline, Rc::clone(&timer));
        timer.id.set(Some(id));
        super::dispatch::arm(scheduler::of(php));
        timer
    }

    /// Whether its time has come.
    pub(crate) fn has_fired(&self) -> bool {
        self.fired.get()
    }

    /// Whether it was stopped before.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    pub(super) fn fire(&self, php: Php<'_>) {
        self.id.set(None);
        self.fired.set(true);
        self.waiters.wake_all(php);
    }

    /// It will not fire any more.
    pub(crate) fn stop(&self, php: Php<'_>) {
        if let Some(id) = self.id.take() {
            self.cancelled.set(true);
            // None at the request's end: the timers have gone with the scheduler.
            if let Some(scheduler) = scheduler::existing(php) {
                let entry = scheduler.timers.borrow_mut().cancel(id);
                drop(entry);
                self.waiters.wake_all(php);
            }
        }
    }
}
