//! The cell behind `Future` and `FutureState`: resolved once, in its own thread or, once handed over, in another.
//!
//! Owner: reference count within the thread of the future; a handed-over state is another cell in another thread (see `hand_over`).

use super::actor::Actor;
use super::actor_waits::{Target, Who};
use super::awaitable::Guard;
use super::coroutine::{Coroutine, Waiters};
use super::hand_over::{Offer, Remote};
use super::outcome::{Outcome, Settled};
use super::pool::Pool;
use super::restoring::Restoring;
use super::task::TaskHandle;
use super::{job, pool_submit, pool_worker, scheduler};
use crate::zend::error::{self, Class};
use crate::zend::{Answer, Php, Raised, Value, exception};
use std::cell::{Cell as Count, OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

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
    restoring: Restoring,
    /// PHP objects that hold it, and their references to the outcome: one less, as `settled` is one. See `Held`.
    handles: Count<usize>,
    copies: RefCell<Vec<Value>>,
    waiters: Waiters,
    /// Set while the state is offered to another thread, and for good once that has claimed it.
    offer: RefCell<Option<Rc<Offer>>>,
    /// What a task of a pool resolves.
    task: OnceCell<(TaskHandle, Source)>,
    /// The coroutine that resolves it, where it is known.
    origin: OnceCell<Who>,
    /// Set in the thread it was handed to: the end to resolve.
    resolving: OnceCell<Arc<Remote>>,
}

impl Cell {
    /// A state that came from another thread.
    pub(crate) fn handed_over(remote: Arc<Remote>) -> Option<Cell> {
        let cell = Cell::default();
        let claimed = remote.claim();
        let _ = cell.resolving.set(remote);
        claimed.then_some(cell)
    }

    /// Offers the state to another thread; None when it is resolved, or on its way already.
    pub(crate) fn hand_over(self: &Rc<Self>, php: Php<'_>) -> Option<Arc<Remote>> {
        if self.is_complete() || self.resolving.get().is_some() || self.offer().is_some() {
            return None;
        }
        let (offer, remote) = Offer::make(php, scheduler::of(php), self);
        self.offer.replace(Some(Rc::new(offer)));
        Some(remote)
    }

    /// The offer that counts.
    fn offer(&self) -> Option<Rc<Offer>> {
        self.offer.borrow().clone().filter(|offer| !offer.is_withdrawn())
    }

    /// The future of a pool's task.
    pub(crate) fn of_task(task: TaskHandle, source: Source) -> Cell {
        let cell = Cell::default();
        let _ = cell.task.set((task, source));
        cell
    }

    /// The future of a message to an actor.
    pub(crate) fn of_message(task: TaskHandle, actor: Arc<Actor>) -> Cell {
        Cell::of_task(task, Source::Actor(actor))
    }

    /// `coroutine` will resolve it.
    pub(crate) fn set_origin(&self, coroutine: &Coroutine) {
        let _ = self.origin.set(coroutine.who());
    }

    /// On whom it depends, where that is known.
    pub(crate) fn target(&self) -> Option<Target> {
        match self.task.get() {
            Some((task, Source::Actor(actor))) => Some(Target::Answer(Arc::clone(task), Arc::clone(actor))),
            Some((task, Source::Pool(_))) => Some(Target::Task(Arc::clone(task))),
            None => self.origin.get().map(|who| Target::Coroutine(*who)),
        }
    }

    /// The task that resolves it, if one does.
    pub(crate) fn task(&self) -> Option<&(TaskHandle, Source)> {
        self.task.get()
    }

    /// Whether it is resolved.
    pub(crate) fn is_complete(&self) -> bool {
        self.settled.get().is_some()
            || self.task.get().is_some_and(|(task, _)| task.outcome.is_complete())
            || self.offer().is_some_and(|offer| offer.outcome().is_some())
            || self.resolving.get().is_some_and(|remote| remote.is_resolved())
    }

    /// Whether a coroutine of this thread waits for it.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.waiters.is_empty()
    }

    /// Another thread has answered an offer.
    pub(super) fn answered(&self, php: Php<'_>) {
        if self.is_complete() {
            self.waiters.wake_all(php);
        }
    }

    /// Resolves it.
    pub(crate) fn resolve(&self, php: Php<'_>, outcome: Settled) -> Answer {
        if self.is_complete() {
            return Err(error::throw(php, Class::AsyncException, "The FutureState is resolved already"));
        }
        if self.offer().is_some_and(|offer| !offer.revoke()) {
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
            // Values may resolve it themselves while they are captured.
            if !remote.resolve(outcome) {
                return Err(error::throw(php, Class::AsyncException, "The FutureState is resolved already"));
            }
            return Ok(());
        }
        self.settle(outcome);
        self.waiters.wake_all(php);
        Ok(())
    }

    /// How it was resolved; None until then.
    pub(crate) fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised> {
        if self.settled.get().is_none() {
            let offer = self.offer();
            let of_task = self.task.get().and_then(|(task, _)| task.outcome.get());
            if let Some(outcome) = of_task.or_else(|| offer.as_ref()?.outcome()) {
                let done = || self.settled.get().is_some();
                self.restoring.once(php, done, || {
                    self.settle(outcome.settle_as_original(php)?);
                    Ok(())
                })?;
            }
        }
        Ok(self.settled.get())
    }

    /// While the guard lives, resolving wakes `me`.
    pub(crate) fn subscribe<'a>(&'a self, php: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        let Some((task, source)) = self.task.get() else {
            return Guard::local(&self.waiters, me);
        };
        match source {
            Source::Pool(pool) => Guard::helping(php, &task.outcome, Some(pool), me),
            Source::Actor(_) => Guard::helping(php, &task.outcome, pool_worker::own_pool().as_ref(), me),
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
