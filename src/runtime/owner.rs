//! `Owner`: the PHP request that threads belong to.
//!
//! A thread never outlives the request that started it. When the script's last line has run, `drain` waits for its threads; after a fatal error
//! `finish` stops them. What could not be stopped in time ends the process (see `finish`), since its memory is about to go.
//!
//! Owner: thread-local of the request's thread, shared with the workers it started. Threads: any.

use super::actor::System;
use super::pool::Pool;
use super::stopper::{self, Pace};
use super::task::Task;
use super::wait::{self, Bell};
use async_threads_core::parker::Wake;
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

/// How long threads have to stop after a fatal error of their owner.
const PATIENCE: Duration = Duration::from_millis(900);

/// See the module.
pub(crate) struct Owner {
    state: Mutex<State>,
    bell: Arc<Bell>,
    /// The main script's request, when this is one of a thread it has started, directly or not.
    root: Option<Arc<Owner>>,
    /// The actors of the script; the root's alone.
    system: OnceLock<Arc<System>>,
}

#[derive(Default)]
struct State {
    /// Started, and not ended altogether.
    live: HashMap<u64, Arc<Task>>,
    /// Their workers end when they are closed.
    pools: Vec<Weak<Pool>>,
    /// Ended badly before anybody looked.
    failed: Vec<Arc<Task>>,
    prune_at: usize,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Owner>>> = const { RefCell::new(None) };
    static CLOSED: Cell<bool> = const { Cell::new(false) };
    static ROOT: RefCell<Option<Arc<Owner>>> = const { RefCell::new(None) };
}

/// RINIT: a new owner for this request, once it is needed.
pub(crate) fn begin() {
    CURRENT.set(None);
    CLOSED.set(false);
}

/// RSHUTDOWN: nothing can be started any more.
pub(crate) fn close() {
    CURRENT.set(None);
    CLOSED.set(true);
}

/// Whether the request is over for threads.
pub(crate) fn is_closed() -> bool {
    CLOSED.get()
}

/// The owner that stands for the current request.
pub(crate) fn current() -> Arc<Owner> {
    CURRENT.with_borrow_mut(|current| {
        Arc::clone(current.get_or_insert_with(|| {
            Arc::new(Owner {
                state: Mutex::new(State::default()),
                bell: wait::bell(),
                root: ROOT.with_borrow(Clone::clone),
                system: OnceLock::new(),
            })
        }))
    })
}

/// The same if this request has started threads at all.
pub(crate) fn existing() -> Option<Arc<Owner>> {
    CURRENT.with_borrow(|current| current.clone())
}

/// What threads started by this one's requests belong to in the end. By a worker, around its job.
pub(super) fn set_root(root: Option<Arc<Owner>>) {
    ROOT.set(root);
}

impl Owner {
    /// The main script's request.
    pub(crate) fn root(self: &Arc<Owner>) -> Arc<Owner> {
        Arc::clone(self.root.as_ref().unwrap_or(self))
    }

    /// Its actors.
    pub(crate) fn system(&self) -> Option<Arc<System>> {
        self.system.get().cloned()
    }

    /// Makes `system` its actors, unless somebody was first; gives what it is now.
    pub(crate) fn set_system(&self, system: &Arc<System>) -> Arc<System> {
        Arc::clone(self.system.get_or_init(|| Arc::clone(system)))
    }

    /// `task`, which is no thread, has failed; to be reported unless somebody looks at it.
    pub(crate) fn note_failure(&self, task: &Arc<Task>) {
        if !task.failed_unobserved() {
            return;
        }
        let mut state = self.state.lock();
        // Those that have been looked at go when there are many: so seldom that it costs next to nothing.
        if state.failed.len() >= state.prune_at {
            state.failed.retain(|other| other.failed_unobserved());
            state.prune_at = (state.failed.len() * 2).max(64);
        }
        state.failed.push(Arc::clone(task));
    }

    /// A thread begins.
    pub(crate) fn adopt(&self, task: &Arc<Task>) {
        self.state.lock().live.insert(task.id, Arc::clone(task));
    }

    /// A pool begins.
    pub(crate) fn adopt_pool(&self, pool: &Arc<Pool>) {
        let mut state = self.state.lock();
        state.pools.retain(|other| other.strong_count() > 0);
        state.pools.push(Arc::downgrade(pool));
    }

    fn pools(&self) -> Vec<Arc<Pool>> {
        self.state.lock().pools.iter().filter_map(Weak::upgrade).collect()
    }

    /// A thread has ended altogether: its PHP request is over.
    pub(crate) fn release(&self, task: &Arc<Task>) {
        {
            let mut state = self.state.lock();
            if task.failed_unobserved() {
                state.failed.push(Arc::clone(task));
            }
            state.live.remove(&task.id);
        }
        self.bell.wake();
    }

    /// Waits a moment for threads whose outcome is there and whose requests are just ending. Gives how many are left.
    pub(crate) fn settle(&self) -> usize {
        let busy = || self.state.lock().live.values().filter(|task| !task.outcome.is_complete()).count();
        if busy() == 0 {
            wait::quietly(|| self.live() == 0, Some(Instant::now() + PATIENCE), || {});
        }
        self.live()
    }

    /// How many threads live.
    pub(crate) fn live(&self) -> usize {
        self.state.lock().live.len()
    }

    /// Tasks that ended badly, that nobody has looked at, and (unless `all`) that nobody can look at any more.
    pub(crate) fn take_unobserved(&self, all: bool) -> Vec<Arc<Task>> {
        let mut state = self.state.lock();
        if state.failed.is_empty() {
            return Vec::new();
        }
        let (report, keep) = std::mem::take(&mut state.failed)
            .into_iter()
            .filter(|task| task.failed_unobserved())
            .partition(|task| all || task.is_abandoned());
        state.failed = keep;
        report
    }

    /// Waits until all threads have ended, and actors have nothing to do; passes a wish to stop this thread on to them. Actors live on: shutdown functions and
    /// destructors may have something for them.
    pub(crate) fn rest(&self) {
        self.pools().iter().for_each(|pool| pool.orphan());
        let Some(system) = self.system.get() else {
            wait::quietly(|| self.live() == 0, None, || self.stop_all());
            return;
        };
        // Whatever is not an actor's worker may still send to actors, and they to one another: first all that ends, then quiet.
        system.announce_quiet(Arc::clone(&self.bell) as _);
        let workers = system.places.len();
        wait::quietly(|| self.live() <= workers && system.is_quiet(), None, || self.stop_all());
    }

    /// The same, to the end of all.
    fn join_all(&self) {
        self.rest();
        if let Some(system) = self.system.get() {
            system.close();
        }
        wait::quietly(|| self.live() == 0, None, || self.stop_all());
    }

    fn stop_all(&self) {
        for pool in self.pools() {
            pool.cancel_queued();
            for task in pool.running_tasks() {
                stopper::stop(task, Pace::Hasty);
            }
        }
        if let Some(system) = self.system.get() {
            system.close();
        }
        let tasks: Vec<_> = self.state.lock().live.values().cloned().collect();
        for task in tasks {
            stopper::stop(task, Pace::Hasty);
        }
    }

    /// RSHUTDOWN: no thread is left when this returns `true`.
    pub(crate) fn finish(&self, after_fatal_error: bool) -> bool {
        if !after_fatal_error {
            self.join_all();
            return true;
        }
        self.stop_all();
        let deadline = Instant::now() + PATIENCE;
        wait::quietly(|| self.live() == 0, Some(deadline), || {})
    }
}
