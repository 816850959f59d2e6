//! The tasks a worker runs, and stopping them.
//!
//! A thread's job is one; a pool's worker may have several, each in a coroutine. Owner: thread-local. A wish to stop a task arrives by the line to the
//! thread; `answer`, called by the VM or by waiting code, looks which tasks it concerns and throws into their coroutines.

use super::actor::Actor;
use super::coroutine::{Coroutine, Phase, Throw};
use super::outcome::{cancellation, restore_one};
use super::scheduler;
use super::task::{Level, Task};
use crate::zend::{Answer, Php, Raised, Value, error};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

struct Running {
    task: Arc<Task>,
    /// Weak, since it holds values of a request that may end before the task does.
    coroutine: Weak<Coroutine>,
    /// The actor whose message it is.
    actor: Option<Arc<Actor>>,
    /// It stands for the whole thread: to stop it is to stop whatever runs.
    whole: bool,
    /// Its code has ended; what is left are shutdown functions and destructors.
    ending: bool,
}

thread_local! {
    static RUNNING: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

/// The current coroutine begins to run `task`.
pub(crate) fn begin(php: Php<'_>, task: &Arc<Task>) {
    push(php, task, None, false);
}

/// The same for a task that stands for the thread: its job, or its work for a pool or for actors.
pub(crate) fn begin_worker(php: Php<'_>, task: &Arc<Task>) {
    push(php, task, None, true);
}

/// The same for a message of `actor`.
pub(crate) fn begin_message(php: Php<'_>, task: &Arc<Task>, actor: &Arc<Actor>) {
    push(php, task, Some(Arc::clone(actor)), false);
}

fn push(php: Php<'_>, task: &Arc<Task>, actor: Option<Arc<Actor>>, whole: bool) {
    let current = scheduler::of(php).current();
    task.runner.set(Some(current.who()));
    if let Some(actor) = &actor {
        actor.runner.set(Some(current.who()));
    }
    let coroutine = Rc::downgrade(&current);
    let task = Arc::clone(task);
    RUNNING.with_borrow_mut(|running| running.push(Running { task, coroutine, actor, whole, ending: false }));
}

/// The actor whose message the current coroutine handles.
pub(crate) fn current_actor(php: Php<'_>) -> Option<Arc<Actor>> {
    RUNNING.with_borrow(|running| {
        if running.is_empty() {
            return None;
        }
        let current = Rc::downgrade(&scheduler::of(php).current());
        running.iter().rev().find(|other| Weak::ptr_eq(&other.coroutine, &current))?.actor.clone()
    })
}

/// The code of `task` has ended.
pub(crate) fn ending(task: &Arc<Task>) {
    RUNNING.with_borrow_mut(|running| {
        running.iter_mut().filter(|other| Arc::ptr_eq(&other.task, task)).for_each(|other| other.ending = true);
    });
}

/// `task` is over.
pub(crate) fn end(task: &Arc<Task>) {
    let ended = RUNNING.with_borrow_mut(|running| {
        let at = running.iter().position(|other| Arc::ptr_eq(&other.task, task))?;
        Some(running.swap_remove(at))
    });
    if let Some(actor) = ended.as_ref().and_then(|ended| ended.actor.as_ref()) {
        actor.runner.set(None);
    }
    drop(ended);
}

/// All that were running when their request died.
pub(crate) fn take_all() -> Vec<Arc<Task>> {
    let ended = RUNNING.take().into_iter();
    let without_runner = |running: Running| {
        running.actor.inspect(|actor| actor.runner.set(None));
        running.task
    };
    ended.map(without_runner).collect()
}

/// How many this thread has begun and not ended.
pub(crate) fn count() -> usize {
    RUNNING.with_borrow(Vec::len)
}

/// The family of the task that the current coroutine runs, or a coroutine that such a task has made: then the one begun last is as good a guess as any.
pub(crate) fn family(php: Php<'_>) -> u64 {
    let current = scheduler::of(php).current();
    RUNNING.with_borrow(|running| {
        let mine = running
            .iter()
            .rev()
            .find(|other| std::ptr::eq(other.coroutine.as_ptr(), Rc::as_ptr(&current)) && other.task.family != 0);
        mine.or(running.last()).map_or(0, |running| running.task.family)
    })
}

/// The family that the message belongs to which the current coroutine handles; 0 for none.
pub(crate) fn message_family(php: Php<'_>) -> u64 {
    RUNNING.with_borrow(|running| {
        if running.is_empty() {
            return 0;
        }
        let current = scheduler::of(php).current();
        let mine = |other: &&Running| other.actor.is_some() && std::ptr::eq(other.coroutine.as_ptr(), Rc::as_ptr(&current));
        running.iter().rev().find(mine).map_or(0, |running| running.task.family)
    })
}

/// Whether this thread runs tasks: whether it is one of ours.
pub(crate) fn is_worker() -> bool {
    RUNNING.with_borrow(|running| !running.is_empty())
}

/// Somebody wants this thread's attention. Set as the interrupt's answer in MINIT.
pub(crate) fn answer(php: Php<'_>) -> Answer {
    let current = scheduler::of(php).current();
    let wanted: Vec<(Arc<Task>, Rc<Coroutine>, Level, bool)> = RUNNING.with_borrow(|running| {
        let wanted = running.iter().map(|other| (other, other.task.pending()));
        wanted
            .filter(|(other, level)| *level != Level::None && (!other.ending || *level == Level::Exit))
            .filter_map(|(other, level)| Some((Arc::clone(&other.task), other.coroutine.upgrade()?, level, other.whole)))
            .collect()
    });
    let (mut here, mut elsewhere) = (None, false);
    for (task, coroutine, level, whole) in wanted {
        task.acknowledge(level);
        let what = match level {
            Level::None => continue,
            Level::Cancel => Throw::Cancellation(cancellation_of(php, &task)?),
            Level::Unwind => Throw::Now(error::graceful_exit(php)),
            Level::Exit => Throw::Now(error::unwind_exit(php)),
        };
        if whole && level >= Level::Unwind && !Rc::ptr_eq(&coroutine, &current) {
            // Whatever runs now is part of what is to stop.
            here = Some(Throw::Now(if level == Level::Exit { error::unwind_exit(php) } else { error::graceful_exit(php) }));
        }
        if Rc::ptr_eq(&coroutine, &current) && !(matches!(what, Throw::Cancellation(_)) && coroutine.shield.get() > 0) {
            here = Some(what);
        } else {
            elsewhere = true;
            scheduler::of(php).throw_into(&coroutine, what);
        }
    }
    match here {
        // Nothing runs: the current coroutine is one that waits, in its own place.
        Some(what) if scheduler::of(php).interrupted.get() => {
            scheduler::of(php).throw_into(&current, what);
            Ok(())
        }
        Some(Throw::Cancellation(exception) | Throw::Now(exception)) => Err(error::throw_internal(php, exception)),
        // The code that runs may be what the other one waits for, and may never end: let the other one go first.
        None if elsewhere && current.phase.get() == Phase::Running => scheduler::of(php).suspend(php),
        None => Ok(()),
    }
}

/// What the canceller of `task` gave, or a plain cancellation.
fn cancellation_of(php: Php<'_>, task: &Task) -> Result<Value, Raised> {
    let given = task.cancellation.lock().clone();
    match given {
        Some(packet) => restore_one(php, &packet),
        None => Ok(cancellation(php)?),
    }
}
