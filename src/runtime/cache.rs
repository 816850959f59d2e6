//! The thread cache: operating system threads that are attached to PHP and wait for a job.
//!
//! A thread takes one job after another, each in a fresh PHP request; what is expensive (the thread, its TSRM block) is kept. At most
//! `async_threads.thread_cache` idle threads are kept. Owner: the process; MSHUTDOWN ends and joins all, when no request is left.
//!
//! Invariants: every thread is joined, by whoever needs a thread next or by MSHUTDOWN; signals meant for PHP's main thread never arrive
//! in one of ours, for all are blocked but the kick, PHP's timer, and synchronous faults.

use super::fork_lock::ForkLock;
use super::job::Job;
use super::worker;
use crate::zend::attach::Attachment;
use crate::zend::interrupt::kick_signal;
use crate::zend::{Php, memory};
use async_threads_core::parker::{Parker, Unparker};
use async_threads_core::tempo::NAP;
use parking_lot::Mutex;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Stack of a worker. Committed page by page, so what is not used costs nothing; PHP derives its own limit from it.
const STACK: usize = 16 << 20;

struct Cache {
    /// Threads that wait for a job; who wakes one takes it out.
    idle: Vec<Idle>,
    /// Jobs for each of which an idle thread has been woken, or the one that is `left`. Whoever comes first takes one: a thread that has just ended its job is
    /// often faster than the one that wakes up, and its core is warm. The other one finds nothing and is idle again.
    waiting: VecDeque<Box<Job>>,
    /// The one job that waits is left to a thread whose request is over. If that takes long, a napping thread finds the job when its nap is over.
    left: bool,
    /// Threads whose request is over, which look for a job next.
    ending: usize,
    /// Idle threads that look once more in a moment, woken or not.
    napping: usize,
    /// Threads that run or are idle, and those that have ended and wait to be joined.
    handles: Vec<JoinHandle<()>>,
    closed: bool,
}

/// A thread in its `Parker`.
struct Idle {
    /// Its parker's address.
    id: usize,
    unparker: Unparker,
}

impl Cache {
    const NEW: Cache = Cache {
        idle: Vec::new(),
        waiting: VecDeque::new(),
        left: false,
        ending: 0,
        napping: 0,
        handles: Vec::new(),
        closed: false,
    };

    fn next_job(&mut self) -> Option<Box<Job>> {
        let job = self.waiting.pop_front()?;
        self.left = false;
        Some(job)
    }
}

thread_local! {
    /// The job of this thread ends with its request.
    static ENDS: Cell<bool> = const { Cell::new(false) };
    /// This thread is one of `Cache::ending`.
    static ENDING: Cell<bool> = const { Cell::new(false) };
}

static CACHE: ForkLock<Cache> = ForkLock::new(Cache::NEW);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static CAPACITY: AtomicUsize = AtomicUsize::new(8);

/// MINIT: how many idle threads to keep.
pub(crate) fn startup(capacity: usize) {
    // Relaxed: before any thread.
    CAPACITY.store(capacity, Ordering::Relaxed);
}

/// Threads that run a job or are idle.
pub(crate) fn live() -> usize {
    // Relaxed: for display.
    LIVE.load(Ordering::Relaxed)
}

/// Runs `job` in an idle thread, or in a new one. Gives the job back when the system has no thread to give.
pub(crate) fn run(job: Box<Job>) -> Result<(), Box<Job>> {
    let mut cache = CACHE.lock();
    if cache.waiting.is_empty() && cache.ending > 0 && cache.napping > 0 {
        cache.left = true;
        cache.waiting.push_back(job);
        return Ok(());
    }
    // Whoever naps may get this job, so the one that was left needs somebody, too. If nobody is idle, one that napped has been woken already, and finds it.
    let other = if std::mem::take(&mut cache.left) { cache.idle.pop() } else { None };
    if let Some(idle) = cache.idle.pop() {
        cache.waiting.push_back(job);
        drop(cache);
        idle.unparker.unpark();
        other.iter().for_each(|idle| idle.unparker.unpark());
        return Ok(());
    }
    // Join those that have ended, outside of the lock: they may be in their last instructions still.
    let (ended, running): (Vec<_>, Vec<_>) = std::mem::take(&mut cache.handles).into_iter().partition(JoinHandle::is_finished);
    cache.handles = running;
    drop(cache);
    other.iter().for_each(|idle| idle.unparker.unpark());
    for handle in ended {
        let _ = handle.join();
    }

    // Shared, for the job comes back when there is no thread.
    let first = Arc::new(Mutex::new(Some(job)));
    let own = Arc::clone(&first);
    match spawn_plain("async_threads", move || serve(own.lock().take())) {
        Some(handle) => {
            CACHE.lock().handles.push(handle);
            Ok(())
        }
        None => first.lock().take().map_or(Ok(()), Err),
    }
}

/// Runs the end of the request with which the job of this thread ends.
pub(super) fn with_last_request<R>(end: impl FnOnce() -> R) -> R {
    ENDS.set(true);
    let result = end();
    ENDS.set(false);
    result
}

/// The request of this thread is over but for the engine's last steps; done are shutdown functions, destructors, handlers of sessions and headers, streams, the join of
/// threads it has started. If the job is over with it this thread takes the next one sooner than one that sleeps. Nearly always: what is left may still take long, or
/// wait for anybody (hooks of other extensions, a C library's standard output, memory), so nobody relies on it.
pub(crate) fn request_ended(php: Php<'_>) {
    // Relaxed: set before any thread. Where no thread is to be kept this one takes no second job.
    let ends = ENDS.take() && CAPACITY.load(Ordering::Relaxed) > 0 && memory::is_small(php);
    if ends && !ENDING.replace(true) {
        CACHE.lock().ending += 1;
    }
}

/// A thread: runs `job`, and then others.
fn serve(mut job: Option<Box<Job>>) {
    LIVE.fetch_add(1, Ordering::Relaxed);
    let parker = Parker::new();
    let attachment = Attachment::new();
    crate::code::thread_attached();
    while let Some(next) = job.take().or_else(|| wait_for_job(&parker)) {
        run_here(&attachment, next);
    }
    drop(attachment);
    // Release: pairs with the Acquire in `settle`.
    LIVE.fetch_sub(1, Ordering::Release);
}

/// The next job of this thread, or nothing if it is not needed any more.
fn wait_for_job(parker: &Parker) -> Option<Box<Job>> {
    let id = std::ptr::from_ref(parker).addr();
    let mut cache = CACHE.lock();
    if ENDING.take() {
        cache.ending -= 1;
    }
    loop {
        if let Some(job) = cache.next_job() {
            return Some(job);
        }
        // Relaxed: set before any thread.
        if cache.closed || cache.idle.len() >= CAPACITY.load(Ordering::Relaxed) {
            return None;
        }
        cache.idle.push(Idle { id, unparker: parker.unparker() });
        cache.napping += 1;
        drop(cache);
        let woken = parker.park_until(Instant::now() + NAP);
        cache = CACHE.lock();
        cache.napping -= 1;
        if woken {
            continue;
        }
        match cache.idle.iter().position(|idle| idle.id == id) {
            Some(place) if cache.left => drop(cache.idle.remove(place)),
            _ => {
                drop(cache);
                // Until it is woken, and so not in the list any more.
                parker.park();
                cache = CACHE.lock();
            }
        }
    }
}

/// Runs `job` and lets go of all that belongs to it: idle is who does nothing any more, see `settle`.
fn run_here(attachment: &Attachment, job: Box<Job>) {
    let (task, owner) = (Arc::clone(&job.task), Arc::clone(&job.owner));
    if catch_unwind(AssertUnwindSafe(|| worker::run(attachment, *job))).is_err() {
        // A defect of ours, which the panic's message describes; whoever waits must not wait for ever.
        worker::failed(&task, &owner);
    }
}

/// Starts a thread with signals as they should be; `None` when the system refuses.
pub(crate) fn spawn_plain(name: &str, body: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    // The new thread inherits the mask, so there is no moment in which it could receive a signal of the process.
    // SAFETY: plain system calls on memory of this frame.
    let before = unsafe {
        let mut mask: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut mask);
        let timer = libc::SIGRTMIN();
        for open in [kick_signal(), timer, libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP] {
            libc::sigdelset(&raw mut mask, open);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const mask, &raw mut before);
        before
    };
    let spawned = std::thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(body);
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut()) };
    spawned.ok()
}

/// MSHUTDOWN: ends and joins all threads. No request is active any more, so all of them are idle or about to be.
pub(crate) fn shutdown() {
    let (idle, handles) = {
        let mut cache = CACHE.lock();
        cache.closed = true;
        (std::mem::take(&mut cache.idle), std::mem::take(&mut cache.handles))
    };
    for idle in idle {
        idle.unparker.unpark();
    }
    for handle in handles {
        let _ = handle.join();
    }
}

/// Waits a moment for threads that have ended their jobs and are just letting go of what belonged to them: in the child of a fork, what they hold would stay held.
pub(super) fn settle() {
    for _ in 0..10_000 {
        // Acquire: pairs with the Release at a thread's end.
        if CACHE.lock().idle.len() >= LIVE.load(Ordering::Acquire) {
            return;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// Before a fork.
pub(super) fn before_fork() {
    CACHE.before_fork();
}

/// After a fork, in the parent.
///
/// # Safety
/// After `before_fork`, in the same thread.
pub(super) unsafe fn after_fork_in_parent() {
    // SAFETY: by contract.
    unsafe { CACHE.in_parent() };
}

/// After a fork, in the child, where none of the threads is.
///
/// # Safety
/// After `before_fork`, in the child's only thread.
pub(super) unsafe fn after_fork_in_child() {
    // SAFETY: by contract.
    unsafe { CACHE.in_child(Cache::NEW) };
    LIVE.store(0, Ordering::Relaxed);
}
