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
use parking_lot::Mutex;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Stack of a worker. Committed page by page, so what is not used costs nothing; PHP derives its own limit from it.
const STACK: usize = 16 << 20;

struct Cache {
    /// Threads that wait for a job; who wakes one takes it out.
    idle: Vec<Unparker>,
    /// Jobs for each of which a thread is coming. Whoever comes first takes one: a thread that has just ended its job is often faster than the one that
    /// wakes up, and its core is warm. The other one finds nothing and is idle again.
    waiting: VecDeque<Box<Job>>,
    /// Threads that will look at `waiting` in a moment: woken ones, and those whose request is over.
    coming: usize,
    /// Threads that run or are idle, and those that have ended and wait to be joined.
    handles: Vec<JoinHandle<()>>,
    closed: bool,
}

impl Cache {
    const NEW: Cache = Cache { idle: Vec::new(), waiting: VecDeque::new(), coming: 0, handles: Vec::new(), closed: false };
}

thread_local! {
    /// The job of this thread ends with its request.
    static ENDS: Cell<bool> = const { Cell::new(false) };
    /// This thread is one of `Cache::coming`.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
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
    if cache.waiting.len() < cache.coming {
        cache.waiting.push_back(job);
        return Ok(());
    }
    if let Some(idle) = cache.idle.pop() {
        cache.waiting.push_back(job);
        cache.coming += 1;
        drop(cache);
        idle.unpark();
        return Ok(());
    }
    // Join those that have ended, outside of the lock: they may be in their last instructions still.
    let (ended, running): (Vec<_>, Vec<_>) = std::mem::take(&mut cache.handles).into_iter().partition(JoinHandle::is_finished);
    cache.handles = running;
    drop(cache);
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

/// The job of this thread ends with the request that is about to end.
pub(super) fn ends_with_request() {
    ENDS.set(true);
}

/// The request of this thread is over: shutdown functions, destructors, handlers of sessions and headers, streams, the threads it has started. If the job is
/// over with it this thread takes the next one sooner than one that sleeps, for nothing is left that could wait for anybody.
pub(crate) fn request_ended(php: Php<'_>) {
    // Relaxed: set before any thread. Where no thread is to be kept this one takes no second job.
    let comes = ENDS.take() && CAPACITY.load(Ordering::Relaxed) > 0 && memory::is_small(php);
    if comes && !EXPECTED.replace(true) {
        CACHE.lock().coming += 1;
    }
}

/// A thread: runs `job`, and then others.
fn serve(mut job: Option<Box<Job>>) {
    LIVE.fetch_add(1, Ordering::Relaxed);
    let parker = Parker::new();
    let attachment = Attachment::new();
    crate::code::thread_attached();
    loop {
        if let Some(job) = job.take() {
            run_here(&attachment, job);
        }
        let mut cache = CACHE.lock();
        if EXPECTED.take() {
            cache.coming -= 1;
        }
        job = cache.waiting.pop_front();
        if job.is_some() {
            continue;
        }
        // Relaxed: set before any thread.
        if cache.closed || cache.idle.len() >= CAPACITY.load(Ordering::Relaxed) {
            break;
        }
        cache.idle.push(parker.unparker());
        drop(cache);
        // Until it is woken, and so not in the list any more, and counted.
        parker.park();
        EXPECTED.set(true);
    }
    drop(attachment);
    // Release: pairs with the Acquire in `settle`.
    LIVE.fetch_sub(1, Ordering::Release);
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
        cache.coming += cache.idle.len();
        (std::mem::take(&mut cache.idle), std::mem::take(&mut cache.handles))
    };
    for idle in idle {
        idle.unpark();
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
