//! `Pool`: one queue of tasks, shared by the threads that submit and the workers that run them.
//!
//! Owner: reference count: PHP handles in any thread, futures, workers. Threads: any. The queue is behind one mutex that is held for a few instructions and never
//! while PHP runs. Invariants: a task is taken from the queue by exactly one worker; a worker that finds the queue empty is in `idle` before it
//! sleeps, so that the next push wakes it; whoever waits for room is in `crowded`.

use super::job::Shape;
use super::task::Task;
use crate::code::Snapshot;
use crate::transfer::Packet;
use async_threads_core::parker::Wake;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// What a task of a pool is to do.
pub(crate) struct PoolTask {
    pub(crate) task: Arc<Task>,
    pub(crate) packet: Packet,
    pub(crate) kind: Kind,
    /// The submitter's code.
    pub(crate) snapshot: Snapshot,
    pub(crate) submitted: Instant,
}

/// How to read a task's packet.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// One call.
    Call(Shape),
    /// `map`: a callable and so many items; the result is the list of what it returned.
    Chunk(usize),
}

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
    /// The creator's code.
    pub(crate) snapshot: Snapshot,
}

/// See the module.
pub(crate) struct Pool {
    pub(crate) settings: Settings,
    queue: Mutex<Queue>,
    /// Grows with every `reload()`; a worker whose request is older starts it anew.
    pub(crate) generation: AtomicU64,
    /// Held by the one worker that is starting anew after a `reload()`.
    pub(crate) reloading: Mutex<()>,
    pub(crate) workers: Vec<WorkerStats>,
    pub(crate) running: AtomicUsize,
    pub(crate) completed: AtomicU64,
    pub(crate) live: AtomicUsize,
    pub(crate) times: Mutex<Times>,
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<PoolTask>,
    idle: Vec<Arc<dyn Wake>>,
    crowded: VecDeque<Arc<dyn Wake>>,
    closed: bool,
    /// Why no worker can run anything: the bootloader failed.
    broken: Option<String>,
}

/// What one worker has done.
#[derive(Default)]
pub(crate) struct WorkerStats {
    pub(crate) tasks: AtomicU64,
    pub(crate) busy_ns: AtomicU64,
    pub(crate) memory: AtomicU64,
    pub(crate) peak: AtomicU64,
    pub(crate) restarts: AtomicU32,
    /// What it runs now.
    pub(crate) current: Mutex<Vec<Arc<Task>>>,
}

/// The last waits and run times, for percentiles.
#[derive(Default)]
pub(crate) struct Times {
    samples: VecDeque<(u64, u64)>,
}

const SAMPLES: usize = 1024;

impl Times {
    /// One task waited and ran so long, in nanoseconds.
    pub(crate) fn note(&mut self, wait: u64, run: u64) {
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back((wait, run));
    }

    /// The given percentiles of waits and of run times, in nanoseconds.
    pub(crate) fn percentiles<const N: usize>(&self, which: [usize; N]) -> ([u64; N], [u64; N]) {
        let pick = |mut values: Vec<u64>| {
            values.sort_unstable();
            which.map(|p| values.get((values.len() * p / 100).min(values.len().saturating_sub(1))).copied().unwrap_or(0))
        };
        (pick(self.samples.iter().map(|s| s.0).collect()), pick(self.samples.iter().map(|s| s.1).collect()))
    }
}

/// Why a task was not queued; it is handed back.
pub(crate) enum Refused {
    Full(PoolTask),
    Closed(PoolTask),
    Broken(PoolTask, String),
}

/// What a worker finds.
pub(crate) enum Taken {
    Task(PoolTask),
    /// Nothing now; the waker it came with will be called.
    Empty,
    /// Nothing, and nothing will come.
    Closed,
}

impl Pool {
    /// A pool without workers yet.
    pub(crate) fn new(settings: Settings) -> Pool {
        let workers = (0..settings.workers).map(|_| WorkerStats::default()).collect();
        Pool {
            settings,
            queue: Mutex::default(),
            generation: AtomicU64::new(0),
            reloading: Mutex::new(()),
            workers,
            running: AtomicUsize::new(0),
            completed: AtomicU64::new(0),
            live: AtomicUsize::new(0),
            times: Mutex::default(),
        }
    }

    /// Queues `task`, or hands it back.
    pub(crate) fn push(&self, task: PoolTask) -> Result<(), Refused> {
        let wake = {
            let mut queue = self.queue.lock();
            if queue.closed {
                return Err(Refused::Closed(task));
            }
            if let Some(reason) = &queue.broken {
                let reason = reason.clone();
                return Err(Refused::Broken(task, reason));
            }
            if queue.tasks.len() >= self.settings.queue_size {
                return Err(Refused::Full(task));
            }
            queue.tasks.push_back(task);
            queue.idle.pop()
        };
        if let Some(worker) = wake {
            worker.wake();
        }
        Ok(())
    }

    /// Calls `waker` once there may be room.
    pub(crate) fn wait_for_room(&self, waker: Arc<dyn Wake>) {
        let mut queue = self.queue.lock();
        if queue.tasks.len() < self.settings.queue_size || queue.closed || queue.broken.is_some() {
            drop(queue);
            waker.wake();
        } else {
            queue.crowded.push_back(waker);
        }
    }

    /// Takes the next task; with none, `waker` will be called when there may be one.
    pub(crate) fn take(&self, waker: impl FnOnce() -> Arc<dyn Wake>) -> Taken {
        let mut queue = self.queue.lock();
        match queue.tasks.pop_front() {
            Some(task) => {
                let crowded = queue.crowded.pop_front();
                drop(queue);
                if let Some(submitter) = crowded {
                    submitter.wake();
                }
                Taken::Task(task)
            }
            None if queue.closed => Taken::Closed,
            None => {
                let waker = waker();
                if !queue.idle.iter().any(|other| same(other, &waker)) {
                    queue.idle.push(waker);
                }
                Taken::Empty
            }
        }
    }

    /// `waker` is not to be called any more. If it has been, for a task that somebody else has to take now, another worker is.
    pub(crate) fn forget(&self, waker: &Arc<dyn Wake>) {
        let next = {
            let mut queue = self.queue.lock();
            let before = queue.idle.len();
            queue.idle.retain(|other| !same(other, waker));
            if queue.idle.len() == before && !queue.tasks.is_empty() { queue.idle.pop() } else { None }
        };
        if let Some(worker) = next {
            worker.wake();
        }
    }

    /// No new tasks. Gives back what was queued when `discard`.
    pub(crate) fn close(&self, discard: bool) -> VecDeque<PoolTask> {
        let (idle, crowded, tasks) = {
            let mut queue = self.queue.lock();
            queue.closed = true;
            let tasks = if discard { std::mem::take(&mut queue.tasks) } else { VecDeque::new() };
            (std::mem::take(&mut queue.idle), std::mem::take(&mut queue.crowded), tasks)
        };
        idle.iter().for_each(|worker| worker.wake());
        crowded.iter().for_each(|submitter| submitter.wake());
        tasks
    }

    /// No worker can run anything; gives back what was queued.
    pub(crate) fn break_down(&self, reason: &str) -> VecDeque<PoolTask> {
        let (crowded, tasks) = {
            let mut queue = self.queue.lock();
            queue.broken.get_or_insert_with(|| reason.to_owned());
            (std::mem::take(&mut queue.crowded), std::mem::take(&mut queue.tasks))
        };
        crowded.iter().for_each(|submitter| submitter.wake());
        tasks
    }

    /// Fresh workers are wanted.
    pub(crate) fn reload(&self) {
        // Release: pairs with the Acquire in the worker's look between two tasks.
        self.generation.fetch_add(1, Ordering::Release);
        let idle = std::mem::take(&mut self.queue.lock().idle);
        idle.iter().for_each(|worker| worker.wake());
    }

    /// What all workers run now.
    pub(crate) fn running_tasks(&self) -> Vec<Arc<Task>> {
        self.workers.iter().flat_map(|worker| worker.current.lock().clone()).collect()
    }

    /// Whether new tasks are refused.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.lock().closed
    }

    /// Tasks in the queue.
    pub(crate) fn pending(&self) -> usize {
        self.queue.lock().tasks.len()
    }

    /// A task that is still queued, taken out of turn.
    pub(crate) fn take_this(&self, task: &Arc<Task>) -> Option<PoolTask> {
        let mut queue = self.queue.lock();
        let at = queue.tasks.iter().position(|other| Arc::ptr_eq(&other.task, task))?;
        let taken = queue.tasks.remove(at);
        let crowded = queue.crowded.pop_front();
        drop(queue);
        if let Some(submitter) = crowded {
            submitter.wake();
        }
        taken
    }
}

fn same(one: &Arc<dyn Wake>, other: &Arc<dyn Wake>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}

/// What PHP handles of a pool share; the last one to go closes it.
pub(crate) struct PoolHandle(pub(crate) Arc<Pool>);

impl Drop for PoolHandle {
    fn drop(&mut self) {
        drop(self.0.close(false));
    }
}
