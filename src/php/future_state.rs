//! `Async\FutureState`

use crate::runtime::future::{Cell, Held};
use crate::zend::error::{self, Class};
use crate::zend::object::{self, Payload};
use crate::zend::{Answer, Call, Php, Raised, Value};
use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

static CLASS: object::Class = object::Class::new();

/// The resolving side of a future, here or handed over from another thread.
pub(crate) struct FutureState {
    pub(super) cell: Held,
}

impl Default for FutureState {
    fn default() -> FutureState {
        FutureState { cell: Held::new(Rc::default()) }
    }
}

impl Payload for FutureState {
    fn class() -> &'static object::Class {
        &CLASS
    }

    fn share(&self, php: Php<'_>) -> Option<Arc<dyn Any + Send + Sync>> {
        self.cell.cell().hand_over(php).map(|remote| remote as _)
    }

    fn adopt(shared: Arc<dyn Any + Send + Sync>) -> Option<FutureState> {
        Some(FutureState { cell: Held::new(Rc::new(Cell::handed_over(shared.downcast().ok()?)?)) })
    }

    const ONCE: bool = true;

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.cell.trace(visit);
    }
}

fn resolve(call: &mut Call<'_>, outcome: Result<Value, Value>) -> Answer {
    let cell = Rc::clone(call.this::<FutureState>().cell.cell());
    cell.resolve(call.php, outcome)
}

/// `__construct()`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))
}

/// `complete(mixed $result)`
pub(crate) fn complete(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let value = call.value();
    resolve(call, Ok(value))
}

/// `error(Throwable $error)`
pub(crate) fn error(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let exception = throwable(call)?;
    resolve(call, Err(exception))
}

/// The next argument, a Throwable.
pub(super) fn throwable(call: &mut Call<'_>) -> Result<Value, Raised> {
    let value = call.optional_object(Class::Throwable.entry(), "Throwable")?;
    value.ok_or_else(|| error_type(call.php))
}

fn error_type(php: Php<'_>) -> Raised {
    error::throw_argument(php, Class::TypeError, 1, "must be of type Throwable, null given")
}

/// `isCompleted()`
pub(crate) fn is_completed(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = call.this::<FutureState>().cell.is_complete();
    call.give_bool(answer);
    Ok(())
}

/// MINIT
pub(crate) fn register() {
    object::register::<FutureState>(Class::FutureState.entry());
}
