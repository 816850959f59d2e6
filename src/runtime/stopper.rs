//! Sees to it that what was told to stop does stop.
//!
//! One raise of the VM's flag may be lost on a target that was just about to enter a system call, and code may catch its cancellation and go on. So
//! one thread, which exists only while there is something to stop, asks again and, after a grace time, harder.
//!
//! Threads: `stop` from any. The stopper never runs PHP.

use super::fork_lock::ForkLock;
use super::pool_worker;
use super::task::{Level, Task};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How soon to become harder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A cancellation: the code may clean up.
    Patient,
    /// The owner is going down.
    Hasty,
}

impl Pace {
    /// What to ask for after this long.
    fn level(self, after: Duration) -> Level {
        let millis = after.as_millis();
        match self {
            Pace::Patient if millis < 1_000 => Level::Cancel,
            Pace::Patient if millis < 3_000 => Level::Unwind,
            Pace::Hasty if millis < 250 => Level::Unwind,
            _ => Level::Exit,
        }
    }
}

/// A pool gives up code that has not stopped this long after it was cancelled: it is not PHP code, but one long call of a C function.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(5);

struct Target {
    task: Arc<Task>,
    pace: Pace,
    since: Instant,
    given_up: bool,
}

impl Target {
    /// A cancelled task is done with its result; one whose owner goes down only with its request.
    fn is_done(&self) -> bool {
        match self.pace {
            Pace::Patient => self.task.outcome.is_complete(),
            // The worker and the owner let go of it when its request has ended.
            Pace::Hasty => self.task.outcome.is_complete() && Arc::strong_count(&self.task) == 1,
        }
    }
}

struct Stopper {
    targets: Vec<Target>,
    running: bool,
    thread: Option<JoinHandle<()>>,
}

impl Stopper {
    const NEW: Stopper = Stopper { targets: Vec::new(), running: false, thread: None };
}

static STOPPER: ForkLock<Stopper> = ForkLock::new(Stopper::NEW);

/// Asks `task` to stop now, and goes on asking until it has.
pub(crate) fn stop(task: Arc<Task>, pace: Pace) {
    task.raise(pace.level(Duration::ZERO));
    let mut stopper = STOPPER.lock();
    stopper.targets.push(Target { task, pace, since: Instant::now(), given_up: false });
    if !stopper.running {
        stopper.running = true;
        // The one before has left its loop: joining it takes no time.
        if let Some(thread) = stopper.thread.take() {
            let _ = thread.join();
        }
        let spawned = super::cache::spawn_plain("async_threads stopper", run);
        stopper.running = spawned.is_some();
        stopper.thread = spawned;
    }
}

fn run() {
    let mut pause = Duration::from_millis(1);
    loop {
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(Duration::from_millis(20));
        let now = Instant::now();
        let mut stopper = STOPPER.lock();
        stopper.targets.retain(|target| !target.is_done());
        if stopper.targets.is_empty() {
            stopper.running = false;
            return;
        }
        let mut hopeless = Vec::new();
        for target in &mut stopper.targets {
            let age = now - target.since;
            if age >= GIVE_UP && target.pace == Pace::Patient && !std::mem::replace(&mut target.given_up, true) {
                hopeless.push(Arc::clone(&target.task));
            }
            if age < Duration::from_millis(50) {
                pause = Duration::from_millis(1);
            }
            target.task.raise(target.pace.level(age));
        }
        drop(stopper);
        hopeless.iter().for_each(pool_worker::give_up);
    }
}

/// MSHUTDOWN: nothing is left to stop; waits for the thread.
pub(crate) fn join() {
    let thread = {
        let mut stopper = STOPPER.lock();
        stopper.targets.clear();
        stopper.thread.take()
    };
    if let Some(thread) = thread {
        let _ = thread.join();
    }
}

/// Before a fork.
pub(super) fn before_fork() {
    STOPPER.before_fork();
}

/// After a fork, in the parent.
///
/// # Safety
/// After `before_fork`, in the same thread.
pub(super) unsafe fn after_fork_in_parent() {
    // SAFETY: by contract.
    unsafe { STOPPER.in_parent() };
}

/// After a fork, in the child, where the thread is not.
///
/// # Safety
/// After `before_fork`, in the child's only thread.
pub(super) unsafe fn after_fork_in_child() {
    // SAFETY: by contract.
    unsafe { STOPPER.in_child(Stopper::NEW) };
}
