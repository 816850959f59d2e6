//! `Async\Timeout`

use super::coroutine::cancel_argument;
use crate::runtime::awaitable::{Awaitable, Guard};
use crate::runtime::coroutine::Coroutine;
use crate::runtime::outcome::{Settled, cancellation};
use crate::runtime::timer::Timer;
use crate::zend::error::Class;
use crate::zend::object::{self, Payload};
use crate::zend::{Answer, Call, Php, Raised, Value, exception};
use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

static CLASS: object::Class = object::Class::new();

/// A timer as an awaitable.
#[derive(Default)]
pub(crate) struct Timeout {
    timer: OnceCell<(Rc<Timer>, u64)>,
    settled: OnceCell<Settled>,
}

impl Payload for Timeout {
    fn class() -> &'static object::Class {
        &CLASS
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(Ok(value) | Err(value)) = self.settled.get() {
            visit(value);
        }
    }

    fn released(&self, php: Php<'_>) {
        if let Some((timer, _)) = self.timer.get() {
            timer.stop(php);
        }
    }
}

/// A new one.
pub(crate) fn start(php: Php<'_>, ms: u64) -> Value {
    let timeout = Timeout::default();
    let _ = timeout.timer.set((Timer::start(php, Duration::from_millis(ms)), ms));
    object::instantiate(php, timeout)
}

impl Awaitable for Timeout {
    fn is_complete(&self) -> bool {
        self.timer.get().is_none_or(|(timer, _)| timer.has_fired() || timer.is_cancelled())
    }

    fn is_cancelled(&self) -> bool {
        self.timer.get().is_some_and(|(timer, _)| timer.is_cancelled())
    }

    fn subscribe<'a>(&'a self, _: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        match self.timer.get() {
            Some((timer, _)) => Guard::local(&timer.waiters, me),
            None => Guard::None,
        }
    }

    fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised> {
        let Some((timer, ms)) = self.timer.get() else { return Ok(None) };
        if self.settled.get().is_none() && self.is_complete() {
            let exception = if timer.is_cancelled() {
                cancellation(php)?
            } else {
                exception::new(php, Class::TimeoutException, &format!("The time of {ms} ms is over"), 0)?
            };
            let _ = self.settled.set(Err(exception));
        }
        Ok(self.settled.get())
    }

    fn observe(&self, _: Php<'_>) -> Answer {
        Ok(())
    }

    fn cancel(&self, php: Php<'_>, _: Option<&Value>) -> Answer {
        if let Some((timer, _)) = self.timer.get() {
            timer.stop(php);
        }
        Ok(())
    }
}

/// `__construct()`, private
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))
}

/// `cancel(?AsyncCancellation $cancellation = null)`
pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    let given = cancel_argument(call)?;
    call.this::<Timeout>().cancel(call.php, given.as_ref())
}

/// `isCompleted()`
pub(crate) fn is_completed(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = call.this::<Timeout>().is_complete();
    call.give_bool(answer);
    Ok(())
}

/// `isCancelled()`
pub(crate) fn is_cancelled(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = call.this::<Timeout>().is_cancelled();
    call.give_bool(answer);
    Ok(())
}

/// MINIT
pub(crate) fn register() {
    object::register::<Timeout>(Class::Timeout.entry());
}
