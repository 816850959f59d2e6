//! From PHP values to what the runtime can wait for.

use super::coroutine::CoroutineHandle;
use super::future::FutureHandle;
use super::thread::Thread;
use super::timeout::Timeout;
use crate::runtime::awaitable::Awaitable;
use crate::zend::error::{self, Class};
use crate::zend::object;
use crate::zend::{Call, Php, Raised, Value};

/// What `value` stands for, if it is an awaitable of this extension.
pub(crate) fn of(value: &Value) -> Option<&dyn Awaitable> {
    if let Some(thread) = object::payload::<Thread>(value) {
        return Some(thread);
    }
    if let Some(coroutine) = object::payload::<CoroutineHandle>(value) {
        return coroutine.awaitable();
    }
    if let Some(future) = object::payload::<FutureHandle>(value) {
        return Some(future);
    }
    object::payload::<Timeout>(value).map(|timeout| timeout as &dyn Awaitable)
}

/// The next argument of `call`, a Completable of ours, or null where `number` may be null.
pub(crate) fn argument(call: &mut Call<'_>, number: u32, optional: bool) -> Result<Option<Value>, Raised> {
    let name = if optional { "?Async\\Completable" } else { "Async\\Completable" };
    let value = call.optional_object(Class::Completable.entry(), name)?;
    match value {
        None if !optional => {
            Err(error::throw_argument(call.php, Class::TypeError, number, "must be of type Async\\Completable, null given"))
        }
        Some(value) if of(&value).is_none() => Err(refuse(call.php, number)),
        value => Ok(value),
    }
}

fn refuse(php: Php<'_>, number: u32) -> Raised {
    let text = "must be an awaitable of this extension; other classes cannot be awaited";
    error::throw_argument(php, Class::TypeError, number, text)
}

/// All values of an iterable argument, with their keys.
pub(crate) fn list(call: &mut Call<'_>, number: u32) -> Result<Vec<(Value, Value)>, Raised> {
    let items = call.iterable()?;
    if items.iter().any(|(_, value)| of(value).is_none()) {
        let text = "must contain only objects of type Async\\Completable of this extension";
        return Err(error::throw_argument(call.php, Class::TypeError, number, text));
    }
    Ok(items)
}
