//! The queue of a pool: what is to be done, and who waits for it.
//!
//! Owner: the pool, behind its mutex. Threads: whoever holds that.

use super::PoolTask;
use async_threads_core::parker::Wake;
use async_threads_core::tempo::Tempo;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// See the module.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) tasks: VecDeque<PoolTask>,
    pub(super) waiting: Box<Waiting>,
    /// Whether `waiting` holds anybody at all.
    awaited: bool,
    /// Whether a worker looks out for a task: it needs no waking, and in the end it takes one or joins the others here.
    pub(super) looking_out: bool,
    /// Whether there may be tasks that nobody has been woken for: who takes one before them sees to them.
    pub(super) left: bool,
    /// Whether a free worker naps: it looks for tasks in a moment, woken or not.
    pub(super) somebody_naps: bool,
    pub(super) closed: Closed,
    /// The request that created it has ended, or is about to.
    pub(super) orphan: bool,
    /// No worker can run anything, for the reason in `waiting`.
    pub(super) is_broken: bool,
}

/// Who waits, and other things seldom looked at.
#[derive(Default)]
pub(super) struct Waiting {
    /// Workers with nothing to do at all. One push wakes one of them.
    pub(super) free: Vec<Arc<dyn Wake>>,
    /// Coroutines that could take a task, of threads that may be busy with others. Woken together when nobody is free, since which of them can run now is
    /// not known.
    pub(super) loaded: Vec<Arc<dyn Wake>>,
    pub(super) crowded: VecDeque<Arc<dyn Wake>>,
    /// How many of the free ones nap.
    napping: usize,
    /// That of the worker that took the last task, while anybody naps.
    pub(super) tempo: Tempo,
    /// Why no worker can run anything: the bootloader failed.
    pub(super) broken: Option<String>,
}

/// Who may still submit.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd)]
pub(super) enum Closed {
    /// Everybody.
    #[default]
    Open,
    /// Its own tasks, as parts of work accepted before.
    ToOthers,
    /// Nobody: it has been cancelled.
    ToAll,
    /// Nobody: there is no worker any more.
    Deserted,
}

/// Wakers to call once the queue is unlocked.
#[must_use]
pub(super) enum Calls {
    None,
    One(Arc<dyn Wake>),
    Many(Vec<Arc<dyn Wake>>),
}

impl Calls {
    pub(super) fn make(self) {
        match self {
            Calls::None => {}
            Calls::One(waker) => waker.wake(),
            Calls::Many(wakers) => wakers.iter().for_each(|waker| waker.wake()),
        }
    }

    fn maybe(waker: Option<Arc<dyn Wake>>) -> Calls {
        waker.map_or(Calls::None, Calls::One)
    }
}

impl Queue {
    /// Changes who waits.
    pub(super) fn waiting<R>(&mut self, change: impl FnOnce(&mut Waiting) -> R) -> R {
        let result = change(&mut self.waiting);
        self.awaited = !(self.waiting.free.is_empty() && self.waiting.loaded.is_empty() && self.waiting.crowded.is_empty());
        result
    }

    /// The same for taking somebody out.
    fn take_out<R>(&mut self, take: impl FnOnce(&mut Waiting) -> Option<R>) -> Option<R> {
        if self.awaited { self.waiting(take) } else { None }
    }

    /// Whether nobody need be woken for the tasks that are there: a worker has just taken the last one before them, as it is at `now`, or is taking it (none), and will be
    /// through with these before somebody's nap is over. Not if anybody waits in `loaded`: a worker whose nap is over takes one task and wakes those that are free.
    pub(super) fn is_kept_up_with(&self, now: Option<Instant>) -> bool {
        self.somebody_naps
            && self.waiting.loaded.is_empty()
            && self.waiting.tempo.keeps_up(self.tasks.len())
            && now.is_none_or(|now| self.waiting.tempo.is_at_work(now))
    }

    /// A worker is about to nap. Until somebody takes a task nobody is known to be at work.
    pub(super) fn begin_nap(&mut self) {
        self.waiting.napping += 1;
        self.waiting.tempo = Tempo::default();
        self.somebody_naps = true;
    }

    pub(super) fn end_nap(&mut self) {
        self.waiting.napping -= 1;
        self.somebody_naps = self.waiting.napping > 0;
    }

    /// Whom a new task concerns.
    pub(super) fn takers(&mut self) -> Calls {
        let calls = self.take_out(|waiting| match waiting.free.pop() {
            Some(worker) => Some(Calls::One(worker)),
            None if waiting.loaded.is_empty() => None,
            None => Some(Calls::Many(std::mem::take(&mut waiting.loaded))),
        });
        calls.unwrap_or(Calls::None)
    }

    /// A worker that is free.
    pub(super) fn free(&mut self) -> Calls {
        Calls::maybe(self.take_out(|waiting| waiting.free.pop()))
    }

    /// Who waits for the room that one task has left.
    pub(super) fn crowded(&mut self) -> Calls {
        Calls::maybe(self.take_out(|waiting| waiting.crowded.pop_front()))
    }

    /// All who could take a task.
    pub(super) fn workers(&mut self) -> Calls {
        Calls::Many(self.waiting(Waiting::take_workers))
    }

    /// All who wait.
    pub(super) fn everybody(&mut self) -> Calls {
        Calls::Many(self.waiting(|waiting| {
            let mut all = waiting.take_workers();
            all.extend(std::mem::take(&mut waiting.crowded));
            all
        }))
    }
}

impl Waiting {
    fn take_workers(&mut self) -> Vec<Arc<dyn Wake>> {
        let mut all = std::mem::take(&mut self.free);
        all.append(&mut self.loaded);
        all
    }
}
