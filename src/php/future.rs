//! `Async\Future`

use super::awaitable;
use super::coroutine::cancel_argument;
use super::future_state::{FutureState, throwable};
use super::thread::report_unobserved;
use crate::runtime::actor_waits::Target;
use crate::runtime::awaitable::{Awaitable, Guard, wait_for};
use crate::runtime::coroutine::{Body, Coroutine, Location};
use crate::runtime::future::{Cell, Held, Source};
use crate::runtime::outcome::{Outcome, Settled};
use crate::runtime::task::TaskHandle;
use crate::runtime::{actor_ask, pool_worker, scheduler};
use crate::zend::error::{self, Class};
use crate::zend::invoke::{self, Arguments};
use crate::zend::object::{self, Payload};
use crate::zend::{Answer, Call, Php, Raised, Value};
use std::any::Any;
use std::cell::{Cell as Flag, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

static CLASS: object::Class = object::Class::new();

/// The waiting side of a future.
#[derive(Default)]
pub(crate) struct FutureHandle {
    cell: OnceCell<Held>,
    observed: Flag<bool>,
    cancelled: Flag<bool>,
}

impl Payload for FutureHandle {
    fn class() -> &'static object::Class {
        &CLASS
    }

    fn share(&self, _: Php<'_>) -> Option<Arc<dyn Any + Send + Sync>> {
        // Futures of this thread's own making stay here; the task of a pool can be awaited anywhere.
        self.cell.get()?.task().map(|task| Arc::new(task.clone()) as _)
    }

    fn adopt(shared: Arc<dyn Any + Send + Sync>) -> Option<FutureHandle> {
        let shared = shared.downcast::<(TaskHandle, Source)>().ok()?;
        let (task, source) = &*shared;
        Some(FutureHandle::of(Rc::new(Cell::of_task(task.clone(), source.clone()))))
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(cell) = self.cell.get() {
            cell.trace(visit);
        }
    }

    const DESTRUCTOR: bool = true;

    fn destroyed(&self, php: Php<'_>) -> Answer {
        let cell = self.cell.get();
        if let Some((task, Source::Pool(_))) = cell.and_then(|cell| cell.task()) {
            // Others may have handles too; and one that fails later is reported by the pool's owner.
            if task.is_last() && task.failed_unobserved() {
                report_unobserved(php, task);
            }
            return Ok(());
        }
        if self.observed.get() || self.is_cancelled() || cell.is_none_or(|cell| !cell.is_complete()) {
            return Ok(());
        }
        // A message's answer may have other handles, in traces of exceptions for one, and may have been looked at by way of them.
        if cell.and_then(|cell| cell.task()).is_some_and(|(task, _)| Arc::strong_count(task) > 1 || !task.failed_unobserved()) {
            return Ok(());
        }
        if let Ok(Some(Err(exception))) = self.settled(php) {
            self.observed.set(true);
            error::report_uncaught_at(php, exception.duplicate(), None)?;
        }
        Ok(())
    }
}

impl FutureHandle {
    pub(super) fn of(cell: Rc<Cell>) -> FutureHandle {
        let future = FutureHandle::default();
        let _ = future.cell.set(Held::new(cell));
        future
    }

    fn mark_observed(&self) {
        self.observed.set(true);
        if let Some((task, _)) = self.cell.get().and_then(|cell| cell.task()) {
            task.mark_observed();
        }
    }
}

impl Awaitable for FutureHandle {
    fn is_complete(&self) -> bool {
        self.cell.get().is_some_and(|cell| cell.is_complete())
    }

    fn is_cancelled(&self) -> bool {
        let task = self.cell.get().and_then(|cell| cell.task());
        self.cancelled.get() || task.is_some_and(|(task, _)| matches!(task.outcome.get(), Some(Outcome::Cancelled(_))))
    }

    fn subscribe<'a>(&'a self, php: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        self.cell.get().map_or(Guard::None, |cell| cell.subscribe(php, me))
    }

    fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised> {
        self.cell.get().map_or(Ok(None), |cell| cell.settled(php))
    }

    fn observe(&self, _: Php<'_>) -> Answer {
        self.mark_observed();
        Ok(())
    }

    fn assist(&self, php: Php<'_>, me: &Rc<Coroutine>) {
        match self.cell.get().and_then(|cell| cell.task()) {
            Some((task, Source::Pool(pool))) if !task.outcome.is_complete() && pool_worker::is_member(pool) => {
                pool_worker::help(php, pool, Some(task), me);
            }
            Some((task, Source::Actor(_))) => actor_ask::assist(php, task, me),
            _ => {}
        }
    }

    fn look_out(&self, php: Php<'_>) {
        if let Some((task, Source::Pool(pool))) = self.cell.get().and_then(|cell| cell.task())
            && !pool_worker::is_member(pool)
        {
            scheduler::of(php).look_out_for(|| task.outcome.is_complete());
        }
    }

    fn target(&self) -> Option<Target> {
        self.cell.get()?.target()
    }

    fn given_up(&self, php: Php<'_>) -> Answer {
        // The task of a pool is nobody else's: nothing is to be had from going on.
        match self.cell.get().and_then(|cell| cell.task()) {
            Some(_) => self.cancel(php, None),
            None => Ok(()),
        }
    }

    fn cancel(&self, php: Php<'_>, given: Option<&Value>) -> Answer {
        if self.is_complete() {
            return Ok(());
        }
        if self.cell.get().is_some_and(|cell| cell.task().is_none()) {
            self.cancelled.set(true);
        }
        self.cell.get().map_or(Ok(()), |cell| cell.cancel(php, given))
    }
}

/// A future with an outcome.
fn settled(php: Php<'_>, outcome: Settled) -> Result<Value, Raised> {
    let cell = Rc::new(Cell::default());
    cell.resolve(php, outcome)?;
    Ok(object::instantiate(php, FutureHandle::of(cell)))
}

/// A future that gets what `body` makes of this one's outcome, in a coroutine of its own.
fn derive(call: &mut Call<'_>, body: fn(Php<'_>, Settled, Value) -> Result<Settled, Raised>) -> Answer {
    call.expect_args(1, Some(1))?;
    let php = call.php;
    let callback = call.closure()?;
    let source = call.this_value();
    let cell = Rc::new(Cell::default());
    let result = Rc::clone(&cell);
    let run = move |php: Php<'_>| {
        let awaitable = awaitable::of(&source).ok_or(Raised::Exception)?;
        let outcome = caught(php, wait_for(php, awaitable, None))?;
        let outcome = body(php, outcome, callback)?;
        if !cell.is_complete() {
            cell.resolve(php, outcome)?;
        }
        Ok(Value::null())
    };
    let coroutine = scheduler::of(php).spawn(Body::Native(Box::new(run)), Location::here(php));
    result.set_origin(&coroutine);
    call.give(object::instantiate(php, FutureHandle::of(result)));
    Ok(())
}

/// An answer with its exception taken out of flight; bailouts and unwinding go on.
fn caught(php: Php<'_>, answer: Result<Value, Raised>) -> Result<Settled, Raised> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(Raised::Exception) if !error::is_unwinding(php) => Ok(Err(error::take_exception(php).unwrap_or_else(Value::null))),
        Err(raised) => Err(raised),
    }
}

/// Calls `callback`; what it throws is the outcome.
fn apply(php: Php<'_>, callback: &Value, args: Vec<Value>) -> Result<Settled, Raised> {
    caught(php, invoke::call(php, callback, &mut Arguments::positional(args)))
}

/// `__construct(FutureState $state)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let state = call.optional_object(Class::FutureState.entry(), "Async\\FutureState")?;
    let Some(cell) = state.as_ref().and_then(object::payload::<FutureState>).map(|state| Rc::clone(state.cell.cell())) else {
        return Err(error::throw_argument(call.php, Class::TypeError, 1, "must be of type Async\\FutureState, null given"));
    };
    let _ = call.this::<FutureHandle>().cell.set(Held::new(cell));
    Ok(())
}

/// `completed(mixed $value = null)`
pub(crate) fn completed(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(1))?;
    let value = call.value();
    let future = settled(call.php, Ok(value))?;
    call.give(future);
    Ok(())
}

/// `failed(Throwable $error)`
pub(crate) fn failed(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let exception = throwable(call)?;
    let future = settled(call.php, Err(exception))?;
    call.give(future);
    Ok(())
}

/// `await(?Completable $cancellation = null)`
pub(crate) fn await_(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(1))?;
    let token = awaitable::argument(call, 1, true)?;
    let value = wait_for(call.php, call.this::<FutureHandle>(), token.as_ref().and_then(awaitable::of))?;
    call.give(value);
    Ok(())
}

/// `map(Closure $map)`
pub(crate) fn map(call: &mut Call<'_>) -> Answer {
    derive(call, |php, outcome, callback| match outcome {
        Ok(value) => apply(php, &callback, vec![value]),
        failed => Ok(failed),
    })
}

/// `catch(Closure $catch)`
pub(crate) fn catch(call: &mut Call<'_>) -> Answer {
    derive(call, |php, outcome, callback| match outcome {
        Err(exception) => apply(php, &callback, vec![exception]),
        fine => Ok(fine),
    })
}

/// `finally(Closure $finally)`
pub(crate) fn finally(call: &mut Call<'_>) -> Answer {
    derive(call, |php, outcome, callback| match apply(php, &callback, Vec::new())? {
        Ok(_) => Ok(outcome),
        failed => Ok(failed),
    })
}

/// `ignore()`
pub(crate) fn ignore(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    call.this::<FutureHandle>().mark_observed();
    let this = call.this_value();
    call.give(this);
    Ok(())
}

/// `cancel(?AsyncCancellation $cancellation = null)`
pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    let given = cancel_argument(call)?;
    call.this::<FutureHandle>().cancel(call.php, given.as_ref())
}

/// `isCompleted()`
pub(crate) fn is_completed(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = call.this::<FutureHandle>().is_complete();
    call.give_bool(answer);
    Ok(())
}

/// `isCancelled()`
pub(crate) fn is_cancelled(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = call.this::<FutureHandle>().is_cancelled();
    call.give_bool(answer);
    Ok(())
}

/// MINIT
pub(crate) fn register() {
    object::register::<FutureHandle>(Class::Future.entry());
}
