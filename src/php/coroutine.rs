//! `Async\Coroutine`

use crate::runtime::actor_waits::Target;
use crate::runtime::awaitable::{Awaitable, Guard};
use crate::runtime::context;
use crate::runtime::coroutine::{Body, Coroutine, Location, Phase, Throw};
use crate::runtime::outcome::{Settled, cancellation};
use crate::runtime::scheduler;
use crate::zend::error::{self, Class};
use crate::zend::invoke::{self, Arguments};
use crate::zend::object::{self, Payload};
use crate::zend::{Answer, Call, Php, Raised, Value, array};
use std::cell::OnceCell;
use std::rc::Rc;

static CLASS: object::Class = object::Class::new();

/// A handle; a coroutine has at most one at a time, so that `===` holds.
#[derive(Default)]
pub(crate) struct CoroutineHandle {
    coroutine: OnceCell<Rc<Coroutine>>,
}

impl Payload for CoroutineHandle {
    fn class() -> &'static object::Class {
        &CLASS
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(coroutine) = self.coroutine.get() {
            coroutine.trace(visit);
        }
    }

    const DESTRUCTOR: bool = true;

    fn destroyed(&self, php: Php<'_>) -> Answer {
        match self.coroutine.get() {
            Some(coroutine) => context::report(php, coroutine),
            None => Ok(()),
        }
    }

    fn released(&self, _: Php<'_>) {
        if let Some(coroutine) = self.coroutine.get() {
            coroutine.handle.clear();
        }
    }
}

impl CoroutineHandle {
    /// What it stands for.
    pub(crate) fn awaitable(&self) -> Option<&dyn Awaitable> {
        self.coroutine.get().map(|coroutine| coroutine as &dyn Awaitable)
    }
}

/// The handle of `coroutine`.
pub(crate) fn handle(php: Php<'_>, coroutine: &Rc<Coroutine>) -> Value {
    if let Some(value) = coroutine.handle.get() {
        return value;
    }
    let payload = CoroutineHandle::default();
    let _ = payload.coroutine.set(Rc::clone(coroutine));
    let value = object::instantiate(php, payload);
    coroutine.handle.set(&value);
    value
}

impl Awaitable for Rc<Coroutine> {
    fn target(&self) -> Option<Target> {
        Some(Target::Coroutine(self.who()))
    }

    fn is_complete(&self) -> bool {
        self.is_finished()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    fn subscribe<'a>(&'a self, _: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        if self.is_finished() { Guard::None } else { Guard::local(&self.waiters, me) }
    }

    fn settled(&self, _: Php<'_>) -> Result<Option<&Settled>, Raised> {
        Ok(self.outcome.get())
    }

    fn observe(&self, _: Php<'_>) -> Answer {
        self.observed.set(true);
        Ok(())
    }

    fn cancel(&self, php: Php<'_>, given: Option<&Value>) -> Answer {
        if self.is_finished() || self.cancel_requested.replace(true) {
            return Ok(());
        }
        let exception = match given {
            Some(value) => value.duplicate(),
            None => cancellation(php)?,
        };
        // Code of this extension that others wait for (what `Future::map()` makes) is to hear of it, too.
        let is_native = matches!(&*self.body.borrow(), Some(Body::Native(_)));
        if self.phase.get() == Phase::Created && !is_native {
            // Never starts; what it would have called is released here.
            drop(self.body.take());
            context::finish(php, self, Err(exception), true);
            return Ok(());
        }
        scheduler::of(php).throw_into(self, Throw::Cancellation(exception));
        Ok(())
    }
}

fn this(call: &Call<'_>) -> Result<Rc<Coroutine>, Raised> {
    let coroutine = call.this::<CoroutineHandle>().coroutine.get().cloned();
    coroutine.ok_or_else(|| error::throw(call.php, Class::Error, "Coroutines are made by Async\\spawn()"))
}

/// `__construct()`, private
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))
}

/// `getId()`
pub(crate) fn get_id(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let id = this(call)?.id;
    call.give_int(id as i64);
    Ok(())
}

/// `getResult()`
pub(crate) fn get_result(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    if let Some(Ok(value)) = this(call)?.outcome.get() {
        call.give(value.duplicate());
    }
    Ok(())
}

/// `getException()`
pub(crate) fn get_exception(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let coroutine = this(call)?;
    if let Some(Err(exception)) = coroutine.outcome.get() {
        coroutine.observed.set(true);
        call.give(exception.duplicate());
    }
    Ok(())
}

fn give_if(call: &mut Call<'_>, test: impl FnOnce(&Coroutine) -> bool) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = test(&*this(call)?);
    call.give_bool(answer);
    Ok(())
}

/// `isStarted()`
pub(crate) fn is_started(call: &mut Call<'_>) -> Answer {
    give_if(call, |coroutine| coroutine.started.get())
}

/// `isQueued()`
pub(crate) fn is_queued(call: &mut Call<'_>) -> Answer {
    give_if(call, |coroutine| match coroutine.phase.get() {
        Phase::Created => true,
        Phase::Parked => coroutine.woken.get(),
        Phase::Running | Phase::Finished => false,
    })
}

/// `isRunning()`
pub(crate) fn is_running(call: &mut Call<'_>) -> Answer {
    give_if(call, |coroutine| coroutine.phase.get() == Phase::Running)
}

/// `isSuspended()`
pub(crate) fn is_suspended(call: &mut Call<'_>) -> Answer {
    give_if(call, |coroutine| coroutine.phase.get() == Phase::Parked)
}

/// `isCompleted()`
pub(crate) fn is_completed(call: &mut Call<'_>) -> Answer {
    give_if(call, Coroutine::is_finished)
}

/// `isCancelled()`
pub(crate) fn is_cancelled(call: &mut Call<'_>) -> Answer {
    give_if(call, |coroutine| coroutine.cancelled.get())
}

/// `isCancellationRequested()`
pub(crate) fn is_cancellation_requested(call: &mut Call<'_>) -> Answer {
    give_if(call, |coroutine| coroutine.cancel_requested.get())
}

/// `cancel(?AsyncCancellation $cancellation = null)`
pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    let given = cancel_argument(call)?;
    this(call)?.cancel(call.php, given.as_ref())
}

/// The argument of every `cancel()`.
pub(crate) fn cancel_argument(call: &mut Call<'_>) -> Result<Option<Value>, Raised> {
    call.expect_args(0, Some(1))?;
    call.optional_object(Class::AsyncCancellation.entry(), "?Async\\AsyncCancellation")
}

/// `finally(Closure $callback)`
pub(crate) fn finally(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let callback = call.closure()?;
    let coroutine = this(call)?;
    if coroutine.is_finished() {
        drop(invoke::call(call.php, &callback, &mut Arguments::positional(Vec::new()))?);
    } else {
        coroutine.callbacks.borrow_mut().push(callback);
    }
    Ok(())
}

/// `getTrace()`
pub(crate) fn get_trace(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let coroutine = this(call)?;
    let trace = match coroutine.phase.get() {
        Phase::Parked => invoke::backtrace_of(call.php, &coroutine.frame)?,
        _ => array::empty(call.php),
    };
    call.give(trace);
    Ok(())
}

fn give_place(call: &mut Call<'_>, place: impl FnOnce(&Coroutine) -> Location) -> Answer {
    call.expect_args(0, Some(0))?;
    let place = place(&*this(call)?);
    let file = place.file.unwrap_or_else(|| Value::string(call.php, b""));
    let pair = array::list(call.php, [file, Value::integer(i64::from(place.line))]);
    call.give(pair);
    Ok(())
}

fn give_location(call: &mut Call<'_>, place: impl FnOnce(&Coroutine) -> Location) -> Answer {
    call.expect_args(0, Some(0))?;
    let place = place(&*this(call)?);
    let text = match place.file {
        Some(file) => format!("{}:{}", file.text(), place.line),
        None => String::new(),
    };
    let text = Value::string(call.php, text.as_bytes());
    call.give(text);
    Ok(())
}

/// `getSpawnFileAndLine()`
pub(crate) fn get_spawn_file_and_line(call: &mut Call<'_>) -> Answer {
    give_place(call, |coroutine| coroutine.spawned_at.clone())
}

/// `getSpawnLocation()`
pub(crate) fn get_spawn_location(call: &mut Call<'_>) -> Answer {
    give_location(call, |coroutine| coroutine.spawned_at.clone())
}

/// `getSuspendFileAndLine()`
pub(crate) fn get_suspend_file_and_line(call: &mut Call<'_>) -> Answer {
    give_place(call, |coroutine| coroutine.suspended_at.borrow().clone())
}

/// `getSuspendLocation()`
pub(crate) fn get_suspend_location(call: &mut Call<'_>) -> Answer {
    give_location(call, |coroutine| coroutine.suspended_at.borrow().clone())
}

/// MINIT
pub(crate) fn register() {
    object::register::<CoroutineHandle>(Class::Coroutine.entry());
}
