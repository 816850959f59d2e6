//! The cell behind `Future` and `FutureState`: resolved once, in its own thread or, once handed over, in another.
//!
//! Owner: reference count within the thread of the future; a handed-over state is another cell in another thread that shares only the `Remote`. A remote
//! that is dropped unresolved resolves the future with an error, so that nobody waits for ever.

use super::actor::Actor;
use super::awaitable::Guard;
use super::coroutine::{Coroutine, Waiters};
use super::outcome::{Outcome, Settled};
use super::pool::Pool;
use super::pool_worker::Helping;
use super::task::TaskHandle;
use super::{job, pool_submit};
use crate::zend::error::{self, Class};
use crate::zend::invoke::Fatal;
use crate::zend::{Answer, Php, Raised, Value, exception};
use async_threads_core::completion::Completion;
use std::cell::{Cell as Count, OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};

/// What the two threads of a handed-over state share. It is an offer until the other thread takes it up: a send that fails changes nothing.
#[derive(Default)]
pub(crate) struct Remote {
    completion: Arc<Completion<Outcome>>,
    state: AtomicU8,
}

const OFFERED: u8 = 0;
const CLAIMED: u8 = 1;
const REVOKED: u8 = 2;

impl Remote {
    /// One of the two sides takes it; false when the other has.
    fn take(&self, as_state: u8) -> bool {
        // AcqRel: the two sides agree on who was first; nothing else is published by it.
        let taken = self.state.compare_exchange(OFFERED, as_state, Ordering::AcqRel, Ordering::Acquire);
        taken.is_ok() || taken == Err(as_state)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        if *self.state.get_mut() != CLAIMED {
            return;
        }
        let lost =
            Fatal { message: "The FutureState was destroyed before it was resolved".to_owned(), file: String::new(), line: 0 };
        // Fails when it has been resolved, as it should have been.
        let _ = self.completion.complete(Outcome::Died(lost));
    }
}

/// Who runs the task that resolves a future.
#[derive(Clone)]
pub(crate) enum Source {
    Pool(Arc<Pool>),
    Actor(Arc<Actor>),
}

/// See the module.
#[derive(Default)]
pub(crate) struct Cell {
    settled: OnceCell<Settled>,
    /// PHP objects that hold it, and their references to the outcome: one less, as `settled` is one. See `Held`.
    handles: Count<usize>,
    copies: RefCell<Vec<Value>>,
    waiters: Waiters,
    /// Set once the state has been offered to another thread: the end to listen at.
    listening: OnceCell<(Weak<Remote>, Arc<Completion<Outcome>>)>,
    /// What a task of a pool resolves.
    task: OnceCell<(Arc<TaskHandle>, Source)>,
    /// Set in the thread it was handed to: the end to resolve.
    resolving: OnceCell<Arc<Remote>>,
}

impl Cell {
    /// A state that came from another thread.
    pub(crate) fn handed_over(remote: Arc<Remote>) -> Option<Cell> {
        let cell = Cell::default();
        let claimed = remote.take(CLAIMED);
        let _ = cell.resolving.set(remote);
        claimed.then_some(cell)
    }

    /// Prepares the state for another thread; None when it is resolved, or has gone already.
    pub(crate) fn hand_over(&self) -> Option<Arc<Remote>> {
        if self.settled.get().is_some() || self.listening.get().is_some() {
            return None;
        }
        let remote = Arc::new(Remote::default());
        let _ = self.listening.set((Arc::downgrade(&remote), Arc::clone(&remote.completion)));
        Some(remote)
    }

    /// The future of a pool's task.
    pub(crate) fn of_task(task: Arc<TaskHandle>, source: Source) -> Cell {
        let cell = Cell::default();
        let _ = cell.task.set((task, source));
        cell
    }

    /// The future of a message to an actor.
    pub(crate) fn of_message(task: Arc<TaskHandle>, actor: Arc<Actor>) -> Cell {
        Cell::of_task(task, Source::Actor(actor))
    }

    /// The task that resolves it, if one does.
    pub(crate) fn task(&self) -> Option<&(Arc<TaskHandle>, Source)> {
        self.task.get()
    }

    /// Whether it is resolved.
    pub(crate) fn is_complete(&self) -> bool {
        self.settled.get().is_some()
            || self.task.get().is_some_and(|(task, _)| task.outcome.is_complete())
            || self.listening.get().is_some_and(|(_, completion)| completion.is_complete())
            || self.resolving.get().is_some_and(|remote| remote.completion.is_complete())
    }

    /// Resolves it.
    pub(crate) fn resolve(&self, php: Php<'_>, outcome: Settled) -> Answer {
        if self.is_complete() {
            return Err(error::throw(php, Class::AsyncException, "The FutureState is resolved already"));
        }
        let offer = self.listening.get().and_then(|(remote, _)| remote.upgrade());
        if offer.is_some_and(|remote| !remote.take(REVOKED)) {
            let text = "The FutureState has been handed to another thread; it can be resolved there only";
            return Err(error::throw(php, Class::AsyncException, text));
        }
        if let Some(remote) = self.resolving.get() {
            let outcome = match outcome {
                Ok(value) => Outcome::returned(php, &value)?,
                Err(mut exception) => Outcome::threw(php, &mut exception)?,
            };
            if let Outcome::Unsendable(reason) = outcome {
                return Err(error::throw(php, Class::ThreadTransferException, &reason));
            }
            let _ = remote.completion.complete(outcome);
            return Ok(());
        }
        self.settle(outcome);
        self.waiters.wake_all(php);
        Ok(())
    }

    /// How it was resolved; None until then.
    pub(crate) fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised> {
        if self.settled.get().is_none()
            && let Some(outcome) = self.remote().and_then(Completion::get)
        {
            let settled = outcome.settle_as_original(php)?;
            self.settle(settled);
        }
        Ok(self.settled.get())
    }

    /// What another thread completes.
    fn remote(&self) -> Option<&Completion<Outcome>> {
        let task = self.task.get().map(|(task, _)| &task.outcome);
        task.or_else(|| self.listening.get().map(|(_, completion)| &**completion))
    }

    /// While the guard lives, resolving wakes `me`.
    pub(crate) fn subscribe<'a>(&'a self, php: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        match self.remote() {
            Some(completion) => {
                let remote = Guard::remote(php, completion, me);
                // The task of a pool is resolved from there alone.
                let local = match self.task.get() {
                    None => Guard::local(&self.waiters, me),
                    Some((_, Source::Pool(pool))) => match Helping::begin(php, pool, me) {
                        Some(_helping) => Guard::Helping { _helping },
                        None => return remote,
                    },
                    Some((_, Source::Actor(_))) => return remote,
                };
                Guard::Both { _first: Box::new(local), _second: Box::new(remote) }
            }
            None => Guard::local(&self.waiters, me),
        }
    }

    /// Ends it from the waiting side.
    pub(crate) fn cancel(&self, php: Php<'_>, given: Option<&Value>) -> Answer {
        if self.is_complete() {
            return Ok(());
        }
        if let Some((task, source)) = self.task.get() {
            return match source {
                Source::Pool(pool) => pool_submit::cancel(php, pool, task, given),
                Source::Actor(_) => job::cancel(php, task, given),
            };
        }
        let exception = match given {
            Some(value) => value.duplicate(),
            None => exception::new(php, Class::AsyncCancellation, "The future was cancelled", 0)?,
        };
        self.settle(Err(exception));
        self.waiters.wake_all(php);
        Ok(())
    }

    /// The outcome is there; the first one stays.
    fn settle(&self, outcome: Settled) {
        if self.settled.set(outcome).is_ok() {
            (1..self.handles.get()).for_each(|_| self.add_copy());
        }
    }

    fn add_copy(&self) {
        if let Some(Ok(value) | Err(value)) = self.settled.get() {
            self.copies.borrow_mut().push(value.duplicate());
        }
    }
}

/// A PHP object's hold on a cell. The collector asks each object for the values it holds and counts their references, so once the cell is settled each
/// object has a reference of its own.
pub(crate) struct Held(Rc<Cell>);

impl Held {
    /// One more object holds `cell`.
    pub(crate) fn new(cell: Rc<Cell>) -> Held {
        let before = cell.handles.get();
        cell.handles.set(before + 1);
        if before > 0 {
            cell.add_copy();
        }
        Held(cell)
    }

    /// The cell, to be held by others too.
    pub(crate) fn cell(&self) -> &Rc<Cell> {
        &self.0
    }

    /// For the collector: this object's reference. What code of this extension holds as well is no garbage, whatever becomes of the objects.
    pub(crate) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if Rc::strong_count(&self.0) == self.0.handles.get()
            && let Some(Ok(value) | Err(value)) = self.0.settled.get()
        {
            visit(value);
        }
    }
}

impl Deref for Held {
    type Target = Cell;

    fn deref(&self) -> &Cell {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.handles.set(self.0.handles.get() - 1);
        let copy = self.0.copies.borrow_mut().pop();
        drop(copy);
    }
}
