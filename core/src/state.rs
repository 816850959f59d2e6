//! The life of one task as one atomic word.
//!
//! * Purpose: decide races between the thread that runs a task and the threads
//!   that want it cancelled; every transition has exactly one winner.
//! * Owner: the task; the word is shared by its queue, its runner and its
//!   handles.
//! * Threads: any thread may call anything. `start` and `finish` belong to the
//!   runner by convention; a misplaced call changes nothing and says so.
//! * Invariants: `Queued → Running → Done | Cancelled` and
//!   `Queued → Cancelled`, never backwards; the cancel-requested bit is never
//!   cleared, and is only set on a task that has not finished.
//!
//! [`CancelRequest::Running`] asks the caller to interrupt the runner. By the
//! time the interruption arrives, the runner may be busy with its next task:
//! the interruption handler must look at `is_cancel_requested` of the task it
//! is running now, and take that bit, not the interruption, as the order.

use crate::sync::{AtomicU8, Ordering};

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 2;
const CANCELLED: u8 = 3;
const PHASE: u8 = 0b011;
const CANCEL_REQUESTED: u8 = 0b100;

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Waits to be started.
    Queued,
    /// Was started and has not finished.
    Running,
    /// Finished by itself, with a result or a failure.
    Done,
    /// Finished because of a cancellation, or never started.
    Cancelled,
}

/// What [`TaskState::start`] decided.
#[must_use = "only a started task may be run"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The caller is the runner now.
    Started,
    /// The task was cancelled while it was queued: do not run it.
    Cancelled,
    /// Somebody else started it before: do not run it. A bug of the queue.
    AlreadyStarted,
}

/// How a task ended, as its runner saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with a result or a failure.
    Done,
    /// By the cancellation reaching it.
    Cancelled,
}

/// What [`TaskState::finish`] found.
#[must_use = "an interruption may still be on its way to this thread"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Finished, and nobody had asked for a cancellation.
    Undisturbed,
    /// Finished, but a cancellation was requested at some time: its
    /// interruption may have been delivered, or may still be on its way.
    CancelRequested,
    /// The task was not running; nothing changed. A bug of the runner.
    NotRunning,
}

/// What [`TaskState::request_cancel`] decided.
#[must_use = "a running task has to be interrupted by whoever cancels it"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelRequest {
    /// It had not started and never will: it is cancelled now, and this
    /// caller is the one who completes it.
    WasQueued,
    /// It runs; this caller is the one who interrupts it.
    Running,
    /// It runs, and somebody else has already asked.
    AlreadyRequested,
    /// Too late.
    AlreadyFinished,
}

/// The state of one task; starts as [`Phase::Queued`].
#[derive(Debug)]
pub struct TaskState {
    word: AtomicU8,
}

impl Default for TaskState {
    fn default() -> Self {
        Self::new()
    }
}

impl TaskState {
    /// A queued task.
    #[must_use]
    pub fn new() -> Self {
        Self { word: AtomicU8::new(QUEUED) }
    }

    /// `Queued → Running`. What the runner stored before (such as where to
    /// interrupt it) is visible to a canceller that is told `Running`.
    pub fn start(&self) -> Start {
        // Success Release: pairs with the Acquire in `request_cancel`.
        // Failure Acquire: pairs with the Release in `request_cancel`.
        match self.word.compare_exchange(QUEUED, RUNNING, Ordering::Release, Ordering::Acquire) {
            Ok(_) => Start::Started,
            // From `Queued` straight to `Cancelled`, or after a run: in both
            // cases there is nothing left to start.
            Err(word) if word & PHASE == CANCELLED => Start::Cancelled,
            Err(_) => Start::AlreadyStarted,
        }
    }

    /// `Running → Done | Cancelled`. What the runner stored before (such as
    /// the result) is visible to whoever sees the task finished.
    pub fn finish(&self, ending: Ending) -> Finish {
        let phase = match ending {
            Ending::Done => DONE,
            Ending::Cancelled => CANCELLED,
        };
        // Success Release: pairs with the Acquire in `phase` and
        // `request_cancel`. Acquire: pairs with the Release in `request_cancel`.
        let before = self.word.fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
            (word & PHASE == RUNNING).then_some(phase | (word & CANCEL_REQUESTED))
        });
        match before {
            Ok(RUNNING) => Finish::Undisturbed,
            Ok(_) => Finish::CancelRequested,
            Err(_) => Finish::NotRunning,
        }
    }

    /// Asks for cancellation. A queued task is cancelled on the spot; for a
    /// running one exactly one caller ever gets [`CancelRequest::Running`].
    /// What the caller stored before (such as the reason) is visible to
    /// whoever sees the request.
    pub fn request_cancel(&self) -> CancelRequest {
        // Success Release: pairs with the Acquire in `start`, `finish` and
        // `is_cancel_requested`. Acquire: pairs with the Release in `start`
        // and `finish`.
        let before = self.word.fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| match word {
            QUEUED => Some(CANCELLED | CANCEL_REQUESTED),
            RUNNING => Some(RUNNING | CANCEL_REQUESTED),
            _ => None,
        });
        match before {
            Ok(QUEUED) => CancelRequest::WasQueued,
            Ok(_) => CancelRequest::Running,
            Err(word) if word & PHASE == RUNNING => CancelRequest::AlreadyRequested,
            Err(_) => CancelRequest::AlreadyFinished,
        }
    }

    /// Where the task is now.
    #[must_use]
    pub fn phase(&self) -> Phase {
        // Acquire: pairs with the Release in `start`, `finish` and
        // `request_cancel`.
        match self.word.load(Ordering::Acquire) & PHASE {
            QUEUED => Phase::Queued,
            RUNNING => Phase::Running,
            DONE => Phase::Done,
            _ => Phase::Cancelled,
        }
    }

    /// Whether the task waits to be started.
    #[must_use]
    pub fn is_queued(&self) -> bool {
        self.phase() == Phase::Queued
    }

    /// Whether the task was started and has not finished.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.phase() == Phase::Running
    }

    /// Whether the task is over, done or cancelled.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self.phase(), Phase::Done | Phase::Cancelled)
    }

    /// Whether a cancellation was ever requested in time. Cheap enough to be
    /// asked by every interruption handler.
    #[must_use]
    pub fn is_cancel_requested(&self) -> bool {
        // Acquire: pairs with the Release in `request_cancel`.
        self.word.load(Ordering::Acquire) & CANCEL_REQUESTED != 0
    }
}

static_assertions::assert_impl_all!(TaskState: Send, Sync);

#[cfg(all(test, not(loom)))]
mod tests;
