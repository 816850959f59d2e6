//! Who waits for whom, so that a circle that goes through actors is an error instead of a hang.
//!
//! An actor handles one message at a time: who waits for it waits for the coroutine that handles its message. A coroutine of a worker that waits notes here what it
//! waits for; it goes on when one of that ends, and then notes what is left. Where every way out leads back to somebody who waits, the wait that would
//! close the circle is refused. A coroutine that stands still in a place it cannot leave (an autoloader, a destructor in a collection) holds up its whole thread.
//!
//! Threads: any; one mutex for a few look-ups. Invariant: whoever is in the table has a way out, for the wait that takes the last one away is refused. What is not in
//! the table (code that runs, that sleeps, that waits for something unknown here) is a way out.

use super::actor::Actor;
use super::awaitable::Awaitable;
use super::coroutine::Coroutine;
use super::task::Task;
use super::{running, scheduler};
use crate::zend::Php;
use crate::zend::fiber::Place;
use parking_lot::Mutex;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);
/// Set with the first actor: before that there is nothing to note.
static ACTIVE: AtomicBool = AtomicBool::new(false);

#[derive(Default)]
struct Table {
    waits: HashMap<Who, Wait>,
    /// Threads held up by one of their coroutines.
    held_up: HashMap<u64, Who>,
}

struct Wait {
    targets: Vec<Target>,
    /// The actor whose message waits.
    actor: Option<Arc<Actor>>,
}

/// A coroutine, unique in the process; its thread is in the upper bits. Never 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Who(u64);

const THREAD_SHIFT: u32 = 40;

thread_local! {
    static NEXT: Cell<u64> = Cell::new(next_thread() << THREAD_SHIFT);
}

fn next_thread() -> u64 {
    static THREADS: AtomicU64 = AtomicU64::new(1);
    // Relaxed: only uniqueness matters.
    THREADS.fetch_add(1, Ordering::Relaxed)
}

/// The number of this thread.
pub(super) fn this_thread() -> u64 {
    NEXT.get() >> THREAD_SHIFT
}

impl Who {
    /// A new one, of this thread.
    pub(super) fn new() -> Who {
        let next = NEXT.get() + 1;
        NEXT.set(next);
        Who(next)
    }

    pub(super) fn thread(self) -> u64 {
        self.0 >> THREAD_SHIFT
    }
}

/// The coroutine that runs something, or none.
#[derive(Default)]
pub(crate) struct Runner(AtomicU64);

impl Runner {
    /// It is `who` from now on.
    pub(super) fn set(&self, who: Option<Who>) {
        // Release: pairs with the Acquire in `get`. Who takes part in a circle notes its wait later, under the mutex.
        self.0.store(who.map_or(0, |who| who.0), Ordering::Release);
    }

    fn get(&self) -> Option<Who> {
        // Acquire: pairs with the Release in `set`.
        match self.0.load(Ordering::Acquire) {
            0 => None,
            who => Some(Who(who)),
        }
    }
}

/// What somebody waits for.
pub(crate) enum Target {
    /// The end of a task.
    Task(Arc<Task>),
    /// The answer to a message.
    Answer(Arc<Task>, Arc<Actor>),
    /// Room in a mailbox.
    Room(Arc<Actor>),
    /// The end of a coroutine.
    Coroutine(Who),
}

/// On whom a target depends.
enum Next {
    /// It has come, or will by itself.
    Free,
    On(Who),
}

impl Target {
    fn next(&self, table: &Table) -> Next {
        let (runner, actor) = match self {
            Target::Task(task) | Target::Answer(task, _) if task.outcome.is_complete() => return Next::Free,
            Target::Coroutine(who) => return Next::On(*who),
            Target::Task(task) => (task.runner.get(), None),
            Target::Answer(_, actor) | Target::Room(actor) => (actor.runner.get(), Some(actor)),
        };
        let held_up = || table.held_up.get(&actor?.thread()).copied();
        runner.or_else(held_up).map_or(Next::Free, Next::On)
    }

    fn actor(&self) -> Option<&Arc<Actor>> {
        match self {
            Target::Answer(_, actor) | Target::Room(actor) => Some(actor),
            Target::Task(_) | Target::Coroutine(_) => None,
        }
    }
}

impl Table {
    /// Whether nothing that this thread can do would let `who` go on.
    fn is_stuck(&self, who: Who) -> bool {
        // Each is asked once: who handles a message changes while we look, and two answers need not fit together.
        let mut known = vec![self.look_at(who)];
        let mut seen = HashSet::from([who]);
        let mut at = 0;
        while let Some(look) = known.get(at) {
            let others: Vec<Who> = look.leads_to().filter(|other| seen.insert(*other)).collect();
            known.extend(others.into_iter().map(|other| self.look_at(other)));
            at += 1;
        }
        // The least set that is closed under "can go on": whoever is outside of it never will.
        let mut free: HashSet<Who> = HashSet::new();
        loop {
            let more: Vec<Who> =
                known.iter().filter(|look| !free.contains(&look.who) && look.can_go_on(&free)).map(|look| look.who).collect();
            if more.is_empty() {
                return !free.contains(&who);
            }
            free.extend(more);
            if free.contains(&who) {
                return false;
            }
        }
    }

    fn look_at(&self, who: Who) -> Look {
        let ways = self.waits.get(&who).map(|wait| wait.targets.iter().map(|target| target.next(self)).collect());
        Look { who, ways, holder: self.holder_up(who) }
    }

    /// The other coroutine that `who`'s thread stands still for.
    fn holder_up(&self, who: Who) -> Option<Who> {
        self.held_up.get(&who.thread()).copied().filter(|holder| *holder != who)
    }

    /// A circle that `who` is in, in words.
    fn chain(&self, who: Who) -> String {
        let mut names = Vec::new();
        names.extend(self.waits.get(&who).and_then(|wait| wait.actor.as_ref()).map(|actor| actor.name()));
        let mut seen = HashSet::from([who]);
        let mut at = who;
        loop {
            let target = self.waits.get(&at).and_then(|wait| wait.targets.first());
            names.extend(target.and_then(Target::actor).map(|actor| actor.name()));
            let next = match target.map(|target| target.next(self)) {
                Some(Next::On(next)) => next,
                _ => break,
            };
            if !seen.insert(next) {
                break;
            }
            at = next;
        }
        match names.len() {
            0 | 1 => format!("{} in a circle of coroutines and tasks", names.first().map_or("it is", String::as_str)),
            _ => names.join(" → "),
        }
    }
}

/// What somebody waits for, as it was at one moment.
struct Look {
    who: Who,
    /// One of these has to come; none if it does not wait.
    ways: Option<Vec<Next>>,
    /// Who has to go on besides.
    holder: Option<Who>,
}

impl Look {
    fn leads_to(&self) -> impl Iterator<Item = Who> {
        let on = |next: &Next| match next {
            Next::On(other) => Some(*other),
            Next::Free => None,
        };
        self.ways.iter().flatten().filter_map(on).chain(self.holder)
    }

    fn can_go_on(&self, free: &HashSet<Who>) -> bool {
        let is_way_out = |next: &Next| match next {
            Next::Free => true,
            Next::On(other) => free.contains(other),
        };
        self.ways.as_ref().is_none_or(|ways| ways.iter().any(is_way_out))
            && self.holder.is_none_or(|holder| free.contains(&holder))
    }
}

/// While it lives, a coroutine is known to wait.
pub(crate) struct Edge {
    who: Who,
    before: Option<Wait>,
    holds_up: bool,
    left: bool,
}

impl Edge {
    /// The coroutine waits no longer. What it waited for is given, to be dropped without the lock.
    fn leave(&mut self, table: &mut Table) -> Option<Wait> {
        if std::mem::replace(&mut self.left, true) {
            return None;
        }
        if self.holds_up {
            table.held_up.remove(&self.who.thread());
        }
        match self.before.take() {
            Some(before) => table.waits.insert(self.who, before),
            None => table.waits.remove(&self.who),
        }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        if !self.left {
            let mut table = TABLE.lock();
            let gone = self.leave(&mut table);
            drop(table);
            drop(gone);
        }
    }
}

/// Actors are used from now on.
pub(super) fn activate() {
    // Relaxed: a wait that has begun before is that of no actor.
    ACTIVE.store(true, Ordering::Relaxed);
}

/// Whether waits of this thread are to be noted: those of a script's main thread are nobody's business, as no one waits for it.
pub(super) fn is_tracked() -> bool {
    // Relaxed: see `activate`.
    ACTIVE.load(Ordering::Relaxed) && running::is_worker()
}

/// The current coroutine is about to wait until one of `targets` comes. Refused with the chain of names when that would never be.
pub(crate) fn enter(php: Php<'_>, targets: Vec<Target>) -> Result<Edge, String> {
    let who = scheduler::of(php).current().who();
    let holds_up = !Place::can_switch(php);
    let wait = Wait { targets, actor: running::current_actor(php) };
    let mut table = TABLE.lock();
    let is_free = !holds_up && wait.targets.iter().any(|target| matches!(target.next(&table), Next::Free));
    let before = table.waits.insert(who, wait);
    let holds_up = holds_up && !table.held_up.contains_key(&who.thread());
    if holds_up {
        table.held_up.insert(who.thread(), who);
    }
    let mut edge = Edge { who, before, holds_up, left: false };
    if is_free || !table.is_stuck(who) {
        return Ok(edge);
    }
    let chain = table.chain(who);
    // At once: whoever looks next must not find it waiting.
    let gone = edge.leave(&mut table);
    drop(table);
    drop(gone);
    Err(chain)
}

/// The same for the end of one of `awaitables`; None when one of them is a way out of every circle.
pub(super) fn enter_any<'a>(php: Php<'_>, awaitables: impl Iterator<Item = &'a dyn Awaitable>) -> Result<Option<Edge>, String> {
    let targets: Option<Vec<Target>> = awaitables.filter(|other| !other.is_complete()).map(Awaitable::target).collect();
    match targets {
        Some(targets) if !targets.is_empty() => enter(php, targets).map(Some),
        _ => Ok(None),
    }
}

/// The end of a request: whatever of it waited does so no more, also when a fatal error has left it standing.
pub(crate) fn forget_thread() {
    // Relaxed: see `activate`.
    if !ACTIVE.load(Ordering::Relaxed) {
        return;
    }
    let thread = this_thread();
    let mut table = TABLE.lock();
    let gone: Vec<Wait> = table.waits.extract_if(|who, _| who.thread() == thread).map(|(_, wait)| wait).collect();
    table.held_up.remove(&thread);
    drop(table);
    drop(gone);
}

impl Coroutine {
    /// Its name in the table.
    pub(crate) fn who(&self) -> Who {
        *self.who.get_or_init(Who::new)
    }
}
