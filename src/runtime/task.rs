//! `Task`: one piece of work in another thread, as everybody sees it who may wait for it, cancel it or ask how it ended.
//!
//! Owner: reference count; held by PHP handles, by the worker while it runs, and by the request that started it until it has ended
//! altogether. Threads: any. Invariant: `outcome` is completed exactly once, whatever happens in the worker.

use super::outcome::Outcome;
use crate::transfer::Packet;
use crate::zend::interrupt::Interrupt;
use async_threads_core::completion::Completion;
use async_threads_core::state::TaskState;
use parking_lot::Mutex;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// See the module.
pub(crate) struct Task {
    /// Unique in the process.
    pub(crate) id: u64,
    /// Queued, running, done or cancelled.
    pub(crate) state: TaskState,
    /// How it ended.
    pub(crate) outcome: Completion<Outcome>,
    /// The line to the code that runs.
    pub(crate) interrupt: Arc<Interrupt>,
    /// The exception a canceller wants thrown.
    pub(crate) cancellation: Mutex<Option<Arc<Packet>>>,
    /// Whether anybody has seen, or will be told, how it ended.
    observed: AtomicBool,
    /// Whether the last PHP handle has gone.
    abandoned: AtomicBool,
}

impl Task {
    /// A task that is about to be queued.
    pub(crate) fn new() -> Arc<Task> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(Task {
            // Relaxed: only uniqueness matters.
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            state: TaskState::new(),
            outcome: Completion::new(),
            interrupt: Arc::new(Interrupt::new()),
            cancellation: Mutex::new(None),
            observed: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
        })
    }

    /// Somebody looks at the outcome.
    pub(crate) fn mark_observed(&self) {
        // Relaxed: a note for the reporter, which runs in the thread of the last handle or after all of them.
        self.observed.store(true, Ordering::Relaxed);
    }

    /// Whether it ended badly and nobody has looked.
    pub(crate) fn failed_unobserved(&self) -> bool {
        // Relaxed: see `mark_observed`.
        !self.observed.load(Ordering::Relaxed) && self.outcome.get().is_some_and(Outcome::is_failure)
    }

    /// Whether no PHP handle is left, anywhere.
    pub(crate) fn is_abandoned(&self) -> bool {
        // Acquire: pairs with the Release in `TaskHandle::drop`.
        self.abandoned.load(Ordering::Acquire)
    }
}

/// What PHP handles share, in whichever threads they are: the last one to go leaves the task abandoned.
pub(crate) struct TaskHandle(Arc<Task>);

impl TaskHandle {
    /// The first handle.
    pub(crate) fn new(task: Arc<Task>) -> Arc<TaskHandle> {
        Arc::new(TaskHandle(task))
    }
}

impl Deref for TaskHandle {
    type Target = Arc<Task>;

    fn deref(&self) -> &Arc<Task> {
        &self.0
    }
}

impl Drop for TaskHandle {
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `is_abandoned`.
        self.0.abandoned.store(true, Ordering::Release);
    }
}
