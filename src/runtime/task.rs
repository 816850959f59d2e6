//! `Task`: one piece of work in another thread, as everybody sees it who may wait for it, cancel it or ask how it ended.
//!
//! Owner: reference count; held by PHP handles, by the worker while it runs, and by the request that started it until it has ended
//! altogether. Threads: any. Invariant: `outcome` is completed exactly once, whatever happens in the worker.

use super::actor_waits::Runner;
use super::outcome::Outcome;
use crate::transfer::Packet;
use crate::zend::interrupt::Interrupt;
use async_threads_core::completion::Completion;
use async_threads_core::state::TaskState;
use parking_lot::Mutex;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// How hard to stop.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Level {
    /// Leave it alone.
    None = 0,
    /// Throw a cancellation; the code may catch it and tidy up.
    Cancel = 1,
    /// Unwind: `finally` blocks run, `catch` blocks do not.
    Unwind = 2,
    /// Unwind as `exit` does; each time it is asked for, in shutdown functions and destructors too.
    Exit = 3,
}

impl Level {
    fn from(number: u8) -> Level {
        match number {
            0 => Level::None,
            1 => Level::Cancel,
            2 => Level::Unwind,
            _ => Level::Exit,
        }
    }
}

/// Handles of a task that has not had any.
const UNHANDLED: usize = usize::MAX;

/// See the module.
pub(crate) struct Task {
    /// Unique in the process.
    pub(crate) id: u64,
    /// For the task of a pool: the task from outside that it is a part of, which may be itself. The same for a message that such a task has led to. Else 0.
    pub(crate) family: u64,
    /// For the task of a pool: how long it ran, in nanoseconds, once there is an outcome.
    pub(crate) run_ns: AtomicU64,
    /// Queued, running, done or cancelled.
    pub(crate) state: TaskState,
    /// How it ended.
    pub(crate) outcome: Completion<Outcome>,
    /// The line to the thread that runs it, while one does.
    line: Mutex<Option<Arc<Interrupt>>>,
    /// How hard it has been asked to stop, and how hard it has been stopped: see `Level`.
    wanted: AtomicU8,
    given: AtomicU8,
    /// The exception a canceller wants thrown.
    pub(crate) cancellation: Mutex<Option<Arc<Packet>>>,
    /// Who runs it.
    pub(super) runner: Runner,
    /// What it was, for a report; set before it ends.
    label: OnceLock<Box<str>>,
    /// Whether anybody has seen, or will be told, how it ended.
    observed: AtomicBool,
    /// PHP handles in all threads; `UNHANDLED` before the first.
    handles: AtomicUsize,
}

impl Task {
    /// A task that is about to be queued.
    pub(crate) fn new() -> Arc<Task> {
        Task::make(Task::next_id(), 0)
    }

    /// This thread is about to write to it, and another one has: has the processor fetch it meanwhile, for writing.
    pub(super) fn prefetch(self: &Arc<Task>) {
        #[cfg(target_arch = "x86_64")]
        for offset in (0..size_of::<Task>()).step_by(64) {
            // SAFETY: a hint, which never faults, and which processors that do not know it take for nothing; inside the task anyway.
            unsafe {
                let line = Arc::as_ptr(self).byte_add(offset);
                std::arch::asm!("prefetchw [{}]", in(reg) line, options(nostack, preserves_flags));
            }
        }
    }

    /// The task of a pool, of the given family or, with 0, the first of its own.
    pub(crate) fn pooled(family: u64) -> Arc<Task> {
        let id = Task::next_id();
        Task::make(id, if family == 0 { id } else { family })
    }

    /// A message of the given family, or with 0 of none.
    pub(crate) fn message(family: u64) -> Arc<Task> {
        Task::make(Task::next_id(), family)
    }

    fn next_id() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    fn make(id: u64, family: u64) -> Arc<Task> {
        Arc::new(Task {
            id,
            family,
            run_ns: AtomicU64::new(0),
            state: TaskState::new(),
            outcome: Completion::new(),
            line: Mutex::new(None),
            wanted: AtomicU8::new(0),
            given: AtomicU8::new(0),
            cancellation: Mutex::new(None),
            runner: Runner::default(),
            label: OnceLock::new(),
            observed: AtomicBool::new(false),
            handles: AtomicUsize::new(UNHANDLED),
        })
    }

    /// It is the call of `method` on `actor`, and has failed.
    pub(super) fn label(&self, actor: &str, method: &[u8]) {
        let _ = self.label.set(format!("{actor}::{}()", String::from_utf8_lossy(method)).into());
    }

    /// What it is called in a report.
    pub(crate) fn name(&self) -> String {
        match self.label.get() {
            Some(label) => format!("Message {label}"),
            None if self.family == 0 => format!("Thread #{}", self.id),
            None => format!("Task #{}", self.id),
        }
    }

    /// The thread behind `line` begins to run it.
    pub(crate) fn attach(&self, line: &Arc<Interrupt>) {
        *self.line.lock() = Some(Arc::clone(line));
    }

    /// It runs no more.
    pub(crate) fn detach(&self) {
        *self.line.lock() = None;
    }

    /// Asks for at least this much force, and calls for the attention of the thread that runs it, if one does.
    pub(crate) fn raise(&self, level: Level) {
        // Relaxed: the line's Release and Acquire publish it.
        self.wanted.fetch_max(level as u8, Ordering::Relaxed);
        if self.pending() != Level::None
            && let Some(line) = &*self.line.lock()
        {
            line.raise();
        }
    }

    /// What has been asked for and not been done. `Exit` is to be done again and again.
    pub(crate) fn pending(&self) -> Level {
        // Relaxed, both: see `raise`; `given` is written by the runner alone, and a hint for others.
        let wanted = self.wanted.load(Ordering::Relaxed);
        let given = self.given.load(Ordering::Relaxed);
        if wanted > given || wanted == Level::Exit as u8 { Level::from(wanted) } else { Level::None }
    }

    /// Whether anybody asked it to stop.
    pub(crate) fn stop_requested(&self) -> bool {
        // Relaxed: see `pending`.
        self.wanted.load(Ordering::Relaxed) > 0
    }

    /// The runner has done what `level` asks.
    pub(crate) fn acknowledge(&self, level: Level) {
        // Relaxed: see `pending`.
        self.given.fetch_max(level as u8, Ordering::Relaxed);
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
        self.handles.load(Ordering::Acquire) == 0
    }
}

/// A PHP handle's hold on a task, in whichever thread it is: the last one to go leaves the task abandoned.
pub(crate) struct TaskHandle(Arc<Task>);

impl TaskHandle {
    /// The first handle.
    pub(crate) fn new(task: Arc<Task>) -> TaskHandle {
        // Relaxed: nobody else has it yet.
        task.handles.store(1, Ordering::Relaxed);
        TaskHandle(task)
    }

    /// Whether no other handle is left.
    pub(crate) fn is_last(&self) -> bool {
        // Acquire: pairs with the Release in `drop`.
        self.0.handles.load(Ordering::Acquire) == 1
    }
}

impl Clone for TaskHandle {
    fn clone(&self) -> TaskHandle {
        // Relaxed: the one that is copied keeps the number above zero.
        self.0.handles.fetch_add(1, Ordering::Relaxed);
        TaskHandle(Arc::clone(&self.0))
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
        // AcqRel: what the handles before did comes before what is seen by who finds none left.
        self.0.handles.fetch_sub(1, Ordering::AcqRel);
    }
}
