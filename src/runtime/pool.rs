//! `Pool`: one queue of tasks, shared by the threads that submit and the workers that run them.
//!
//! Owner: reference count: PHP handles in any thread, futures, workers. Threads: any. The queue is behind one mutex that is held for a few instructions and never
//! while PHP runs.
//!
//! Invariants. A task is taken from the queue by exactly one worker, and settled by whoever wins its state: `TaskState::finish` for one that ran,
//! `request_cancel` for one that never will; the winner counts it, then completes its outcome. No wake-up is lost: who finds the queue empty is in
//! `free` or `loaded` before it sleeps, or naps and takes again by itself, and none naps while a task is queued; a push may leave a task to that one (see
//! `is_kept_up_with`). Who finds it full is in `crowded`, and who stops waiting for whatever reason says so (`forget`,
//! `leave_crowd`) and passes on a wake-up that was meant for it. Once the last worker has gone, all that is queued has been settled and nothing more is taken in.

mod queue;

use super::inheritance::Inheritance;
use super::outcome::Outcome;
use super::owner::Owner;
use super::pool_call::Work;
use super::pool_stats::WorkerStats;
use super::task::Task;
use super::wait;
use crate::transfer::Packet;
use crate::zend::attach::Inherited;
use async_threads_core::parker::Wake;
use async_threads_core::state::{CancelRequest, Ending, Finish};
use async_threads_core::tempo::Tempo;
use crossbeam_utils::CachePadded;
use parking_lot::Mutex;
use queue::{Calls, Closed, Queue};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// What a task of a pool is to do. One line of the cache, as one processor writes it and another reads it.
#[repr(align(64))]
pub(crate) struct PoolTask {
    pub(crate) task: Arc<Task>,
    pub(crate) work: Work,
    /// What it has from its submitter.
    pub(crate) inheritance: Arc<Inheritance>,
    pub(crate) submitted: Instant,
}

const _: () = assert!(size_of::<PoolTask>() == 64);

/// How a pool is set up; all numbers final.
pub(crate) struct Settings {
    pub(crate) workers: usize,
    pub(crate) queue_size: usize,
    /// Tasks at once in one worker; more than one only with `coroutine: true`.
    pub(crate) concurrency: usize,
    /// Tasks after which a worker starts its request anew; 0 for never.
    pub(crate) max_tasks: u64,
    /// Captured bootloader.
    pub(crate) bootloader: Option<Packet>,
    /// What workers have from the creator.
    pub(crate) inheritance: Arc<Inheritance>,
    /// The request whose threads the workers are.
    pub(crate) owner: Arc<Owner>,
    /// What their requests take over from it.
    pub(crate) inherited: Inherited,
}

/// See the module.
pub(crate) struct Pool {
    pub(crate) settings: Settings,
    /// Apart from the rest, as submitters and workers write to it all the time; so are the numbers that change with each task.
    front: CachePadded<Front>,
    /// Grows with every `reload()`; a worker whose request is older starts it anew.
    pub(crate) generation: AtomicU64,
    /// Number (from 1) of the one worker that is starting anew after a `reload()`; 0 for none.
    renewing: AtomicUsize,
    pub(crate) workers: Vec<WorkerStats>,
    pub(crate) running: CachePadded<AtomicUsize>,
    cancelled: AtomicBool,
    pub(crate) completed: CachePadded<AtomicU64>,
    pub(crate) live: AtomicUsize,
    /// Workers replaced because their code could not be stopped.
    pub(crate) replaced: AtomicUsize,
}

/// What each submission and each worker writes, in one line of the cache.
#[derive(Default)]
struct Front {
    queue: Mutex<Queue>,
    /// How many tasks are in the queue, for those who look out for one without the lock.
    queued: AtomicUsize,
}

const _: () = assert!(size_of::<Front>() <= 64);

/// As long as there are no more tasks, they are left to the worker that looks out for some.
const FOR_ONE: usize = 4;

/// Why a task was not queued; it is handed back.
pub(crate) enum Refused {
    Full(PoolTask),
    Closed,
    /// Closed by the end of the request that created it.
    Orphan,
    Broken(String),
}

/// From where a task is submitted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// Any thread.
    Outside,
    /// A worker of the pool.
    Inside,
    /// A worker of the pool that must not wait for room.
    InsideWithoutRoom,
}

/// A worker that could take a task.
#[derive(Clone, Copy)]
pub(crate) struct Taker<'a> {
    /// Called when there may be a task after all.
    pub(crate) waker: &'a Arc<dyn Wake>,
    /// Other coroutines of the thread may keep it from looking.
    pub(crate) busy: bool,
    /// That of its request.
    pub(crate) generation: u64,
    pub(crate) tempo: Tempo,
    /// It has just napped.
    pub(crate) napped: bool,
}

/// What a worker finds.
pub(crate) enum Taken {
    Task(PoolTask),
    /// Nothing now; the waker it came with will be called.
    Empty,
    /// Nothing now, and it is to nap: sleep for [`NAP`](async_threads_core::tempo::NAP) at most, take again, and say that it has napped. Meanwhile the waker may be
    /// called, but need not be.
    Nap,
    /// Nothing, and nothing will come from outside.
    Closed,
    /// Nothing, and the request is older than the last `reload()`; no other worker is starting anew.
    Stale,
}

impl Pool {
    /// A pool whose workers are about to be started.
    pub(crate) fn new(settings: Settings) -> Pool {
        let workers = (0..settings.workers).map(|_| WorkerStats::default()).collect();
        Pool {
            live: AtomicUsize::new(settings.workers),
            settings,
            front: CachePadded::default(),
            generation: AtomicU64::new(0),
            renewing: AtomicUsize::new(0),
            workers,
            running: CachePadded::default(),
            cancelled: AtomicBool::new(false),
            completed: CachePadded::default(),
            replaced: AtomicUsize::new(0),
        }
    }

    /// The queue has changed.
    fn note(&self, queue: &Queue) {
        // Relaxed: who sees it takes the lock next.
        self.front.queued.store(queue.tasks.len(), Ordering::Relaxed);
    }

    /// Queues `task`, or hands it back.
    pub(crate) fn push(&self, task: PoolTask, from: From) -> Result<(), Refused> {
        let calls = {
            let mut queue = self.front.queue.lock();
            if queue.is_broken {
                return Err(Refused::Broken(queue.waiting.broken.clone().unwrap_or_default()));
            }
            match queue.closed {
                Closed::Open => {}
                Closed::ToOthers if from != From::Outside => {}
                _ if queue.orphan => return Err(Refused::Orphan),
                _ => return Err(Refused::Closed),
            }
            if queue.tasks.len() >= self.settings.queue_size && from != From::InsideWithoutRoom {
                return Err(Refused::Full(task));
            }
            let now = task.submitted;
            queue.tasks.push_back(task);
            self.note(&queue);
            if queue.looking_out && queue.tasks.len() <= FOR_ONE || queue.is_kept_up_with(Some(now)) {
                queue.left = true;
                Calls::None
            } else {
                queue.takers()
            }
        };
        calls.make();
        Ok(())
    }

    /// A task that was taken and not begun goes back to where it was.
    pub(crate) fn put_back(&self, task: PoolTask) {
        let mut queue = self.front.queue.lock();
        if queue.closed >= Closed::ToAll {
            drop(queue);
            self.discard(&task.task, Outcome::Cancelled(None));
            return;
        }
        queue.tasks.push_front(task);
        self.note(&queue);
        let calls = queue.takers();
        drop(queue);
        calls.make();
    }

    /// Calls `waker` once there may be room. Followed by `leave_crowd`.
    pub(crate) fn wait_for_room(&self, waker: Arc<dyn Wake>) {
        let mut queue = self.front.queue.lock();
        if queue.tasks.len() < self.settings.queue_size || queue.closed != Closed::Open || queue.is_broken {
            drop(queue);
            waker.wake();
        } else {
            queue.waiting(|waiting| waiting.crowded.push_back(waker));
        }
    }

    /// `waker` waits for room no more. If it has been called for room that is left, the next one is.
    pub(crate) fn leave_crowd(&self, waker: &Arc<dyn Wake>) {
        let next = {
            let mut queue = self.front.queue.lock();
            let called = queue.waiting(|waiting| {
                let before = waiting.crowded.len();
                waiting.crowded.retain(|other| !same(other, waker));
                waiting.crowded.len() == before
            });
            if called && queue.tasks.len() < self.settings.queue_size { queue.crowded() } else { Calls::None }
        };
        next.make();
    }

    /// Takes the next task; with none, its waker will be called when there may be one, or when it is its turn to start anew. One that is not busy looks out for a
    /// while before it gives up, or until `news`. Followed by `forget`.
    pub(crate) fn take(&self, taker: Taker<'_>, news: impl Fn() -> bool) -> Taken {
        let Taker { waker, busy, generation, tempo, napped } = taker;
        let mut queue = self.front.queue.lock();
        if napped {
            queue.end_nap();
            queue.waiting(|waiting| waiting.free.retain(|other| !same(other, waker)));
        }
        let mut more = Calls::None;
        // One is enough, and leaves the other cores to those who have work.
        if !busy
            && !napped
            && !queue.looking_out
            && queue.tasks.is_empty()
            && queue.closed == Closed::Open
            && !self.is_stale(generation)
        {
            queue.looking_out = true;
            drop(queue);
            // Relaxed: a hint; the lock comes next.
            wait::spin(&|| self.front.queued.load(Ordering::Relaxed) > 0, &news, None);
            queue = self.front.queue.lock();
            queue.looking_out = false;
            if queue.tasks.len() > 1 {
                more = queue.takers();
            }
        }
        match queue.tasks.pop_front() {
            Some(task) => {
                self.note(&queue);
                if queue.somebody_naps {
                    queue.waiting.tempo = tempo;
                }
                match queue.tasks.front() {
                    None => queue.left = false,
                    Some(next) => {
                        next.task.prefetch();
                        if matches!(more, Calls::None) && !queue.looking_out && !queue.is_kept_up_with(None) {
                            more = if queue.left { queue.takers() } else { queue.free() };
                        }
                    }
                }
                let crowded = queue.crowded();
                drop(queue);
                more.make();
                crowded.make();
                Taken::Task(task)
            }
            None if queue.closed != Closed::Open => Taken::Closed,
            // Under the lock: `reload` and `end_renewal` change this before they take it to wake who sleeps, so one of us sees the other.
            None if self.is_stale(generation) && !self.is_renewing() => Taken::Stale,
            None => {
                queue.waiting(|waiting| {
                    let list = if busy { &mut waiting.loaded } else { &mut waiting.free };
                    list.push(Arc::clone(waker));
                });
                // Relaxed: a number by itself.
                let naps =
                    !busy && !napped && !news() && self.live.load(Ordering::Relaxed) > 1 && tempo.suggests_nap(Instant::now());
                if naps {
                    queue.begin_nap();
                    return Taken::Nap;
                }
                Taken::Empty
            }
        }
    }

    /// Takes a task for a worker that waits for `wanted`: that one, else the last one queued of the same family, which is the smallest part of what it
    /// waits for. With none, `waker` will be called when there may be one. Followed by `forget`.
    pub(crate) fn take_kin(&self, wanted: Option<&Arc<Task>>, family: u64, waker: &Arc<dyn Wake>) -> Option<PoolTask> {
        let mut queue = self.front.queue.lock();
        let place = wanted.and_then(|wanted| queue.tasks.iter().rposition(|other| Arc::ptr_eq(&other.task, wanted)));
        let place = place.or_else(|| queue.tasks.iter().rposition(|other| other.task.family == family));
        let Some(place) = place else {
            queue.waiting(|waiting| {
                if !waiting.loaded.iter().any(|other| same(other, waker)) {
                    waiting.loaded.push(Arc::clone(waker));
                }
            });
            return None;
        };
        let taken = queue.tasks.remove(place);
        self.note(&queue);
        let crowded = queue.crowded();
        drop(queue);
        crowded.make();
        taken
    }

    /// `waker` is not to be called any more. If it has been, for a task that somebody else has to take now, another one is.
    pub(crate) fn forget(&self, waker: &Arc<dyn Wake>) {
        let calls = {
            let mut queue = self.front.queue.lock();
            let called = queue.waiting(|waiting| {
                let before = waiting.free.len() + waiting.loaded.len();
                waiting.free.retain(|other| !same(other, waker));
                waiting.loaded.retain(|other| !same(other, waker));
                waiting.free.len() + waiting.loaded.len() == before
            });
            if called && !queue.tasks.is_empty() { queue.takers() } else { Calls::None }
        };
        calls.make();
    }

    /// No new tasks from outside; what is queued is done.
    pub(crate) fn close(&self) {
        let calls = {
            let mut queue = self.front.queue.lock();
            if queue.closed == Closed::Open {
                queue.closed = Closed::ToOthers;
            }
            queue.everybody()
        };
        calls.make();
    }

    /// The same at the end of the request that created it.
    pub(crate) fn orphan(&self) {
        {
            let mut queue = self.front.queue.lock();
            queue.orphan |= queue.closed == Closed::Open;
        }
        self.close();
    }

    /// No new tasks at all; what is queued is cancelled.
    pub(crate) fn cancel_queued(&self) {
        // Relaxed: a worker looks after it has put its task into `current`; whoever locks that next is the first to see the other's.
        self.cancelled.store(true, Ordering::Relaxed);
        self.stop_taking(Closed::ToAll, || Outcome::Cancelled(None));
    }

    fn stop_taking(&self, closed: Closed, outcome: impl Fn() -> Outcome) {
        let (calls, tasks) = {
            let mut queue = self.front.queue.lock();
            if queue.closed < closed {
                queue.closed = closed;
            }
            self.front.queued.store(0, Ordering::Relaxed);
            (queue.everybody(), std::mem::take(&mut queue.tasks))
        };
        calls.make();
        tasks.iter().for_each(|queued| self.discard(&queued.task, outcome()));
    }

    /// No worker can run anything: what is queued fails, and what comes is refused.
    pub(crate) fn break_down(&self, reason: &str) {
        let (calls, tasks) = {
            let mut queue = self.front.queue.lock();
            queue.is_broken = true;
            queue.waiting.broken.get_or_insert_with(|| reason.to_owned());
            self.front.queued.store(0, Ordering::Relaxed);
            (queue.everybody(), std::mem::take(&mut queue.tasks))
        };
        calls.make();
        tasks.iter().for_each(|queued| self.discard(&queued.task, Outcome::Refused(reason.to_owned())));
    }

    /// A worker has gone for good; the last one leaves nothing behind.
    pub(crate) fn leave(&self) {
        // AcqRel: the last one sees what the others did.
        if self.live.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.stop_taking(Closed::Deserted, || Outcome::Cancelled(None));
        }
    }

    /// Fresh workers are wanted.
    pub(crate) fn reload(&self) {
        // Release: pairs with the Acquire in the worker's look between two tasks.
        self.generation.fetch_add(1, Ordering::Release);
        self.wake_all();
    }

    /// Whether there was a `reload()` since a request of that generation began.
    pub(crate) fn is_stale(&self, generation: u64) -> bool {
        // Acquire: pairs with the Release in `reload`.
        self.generation.load(Ordering::Acquire) != generation
    }

    /// Whether worker number `index` is the one that may start anew after a `reload()`.
    pub(crate) fn claim_renewal(&self, index: usize) -> bool {
        // Relaxed, both, here and below: which of them it is is all that matters; for sleepers see `take`.
        let claimed = self.renewing.compare_exchange(0, index + 1, Ordering::Relaxed, Ordering::Relaxed);
        claimed.is_ok() || claimed == Err(index + 1)
    }

    fn is_renewing(&self) -> bool {
        self.renewing.load(Ordering::Relaxed) != 0
    }

    /// Worker number `index` has started anew, or will not: the next one may.
    pub(crate) fn end_renewal(&self, index: usize) {
        if self.renewing.compare_exchange(index + 1, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.wake_all();
        }
    }

    fn wake_all(&self) {
        let calls = self.front.queue.lock().workers();
        calls.make();
    }

    /// What all workers run now.
    pub(crate) fn running_tasks(&self) -> Vec<Arc<Task>> {
        self.workers.iter().flat_map(|worker| worker.current.lock().clone()).collect()
    }

    /// Whether it has been cancelled: what `running_tasks` did not find yet is not to begin.
    pub(crate) fn is_cancelled(&self) -> bool {
        // Relaxed: see `cancel_queued`.
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Whether one of the family of `task`, which is not its first, runs here now.
    pub(crate) fn runs_kin_of(&self, task: &Task) -> bool {
        task.family != task.id && self.running_tasks().iter().any(|other| other.family == task.family)
    }

    /// Whether new tasks are refused.
    pub(crate) fn is_closed(&self) -> bool {
        self.front.queue.lock().closed != Closed::Open
    }

    /// Whether there is nothing more to do.
    pub(crate) fn is_drained(&self) -> bool {
        let queue = self.front.queue.lock();
        queue.closed != Closed::Open && queue.tasks.is_empty()
    }

    /// Tasks in the queue.
    pub(crate) fn pending(&self) -> usize {
        self.front.queue.lock().tasks.len()
    }

    /// Takes `task` out of the queue if it is there.
    pub(crate) fn remove(&self, task: &Arc<Task>) {
        let mut queue = self.front.queue.lock();
        let Some(place) = queue.tasks.iter().position(|other| Arc::ptr_eq(&other.task, task)) else { return };
        let removed = queue.tasks.remove(place);
        self.note(&queue);
        let crowded = queue.crowded();
        drop(queue);
        crowded.make();
        drop(removed);
    }

    /// Settles a task that has not begun, unless somebody else does.
    pub(crate) fn discard(&self, task: &Arc<Task>, outcome: Outcome) {
        if let CancelRequest::WasQueued = task.state.request_cancel() {
            self.complete(task, outcome);
        }
    }

    /// Settles a task that ran, unless somebody else has.
    pub(crate) fn settle(&self, task: &Arc<Task>, outcome: Outcome) {
        let ending = match outcome {
            Outcome::Cancelled(_) => Ending::Cancelled,
            _ => Ending::Done,
        };
        if let Finish::NotRunning = task.state.finish(ending) {
            return;
        }
        // Relaxed: for display; published by the outcome's Release.
        self.running.fetch_sub(1, Ordering::Relaxed);
        self.complete(task, outcome);
    }

    /// Counts first, so that whoever sees the outcome sees the count.
    pub(crate) fn complete(&self, task: &Arc<Task>, outcome: Outcome) {
        // Relaxed: for display; published by the outcome's Release.
        self.completed.fetch_add(1, Ordering::Relaxed);
        let failed = outcome.is_failure();
        let outcome = match outcome {
            Outcome::Cancelled(None) => Outcome::Cancelled(task.cancellation.lock().clone()),
            other => other,
        };
        let _ = task.outcome.complete(outcome);
        if failed {
            self.settings.owner.note_failure(task);
        }
    }
}

fn same(one: &Arc<dyn Wake>, other: &Arc<dyn Wake>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}

/// What PHP handles of a pool share; the last one to go closes it.
pub(crate) struct PoolHandle(pub(crate) Arc<Pool>);

impl Drop for PoolHandle {
    fn drop(&mut self) {
        self.0.close();
    }
}
