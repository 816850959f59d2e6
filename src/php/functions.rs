//! Functions of the namespace `Async`.

pub(crate) use super::actor::{actor_stats, actor_stop};
use super::{awaitable, coroutine, thread, timeout};
use crate::runtime::awaitable::{Awaitable, give, wait_for, wait_until};
use crate::runtime::coroutine::{Body, Location};
use crate::runtime::{awaitable as waiting, dispatch, scheduler};
use crate::zend::array::{self, Builder};
use crate::zend::error::{Class, throw, throw_argument};
use crate::zend::invoke::{self, Arguments};
use crate::zend::{Answer, Call, Php, Raised, Value};
use std::cell::Cell;
use std::time::Duration;

/// `spawn(callable $task, mixed ...$args)`
pub(crate) fn spawn(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, None)?;
    let php = call.php;
    let callable = call.callable()?.bound(php);
    let named = call.named().unwrap_or_else(Value::null);
    let positional = call.rest_values();
    let body = Body::Call(callable, Arguments { positional, named });
    let made = scheduler::of(php).spawn(body, Location::here(php));
    let handle = coroutine::handle(php, &made);
    call.give(handle);
    Ok(())
}

/// `await(Completable $awaitable, ?Completable $cancellation = null)`
pub(crate) fn await_(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(2))?;
    let awaitable = awaitable::argument(call, 1, false)?;
    let token = awaitable::argument(call, 2, true)?;
    if let Some(awaitable) = awaitable.as_ref().and_then(awaitable::of) {
        let value = wait_for(call.php, awaitable, token.as_ref().and_then(awaitable::of))?;
        call.give(value);
    }
    Ok(())
}

/// The arguments all functions that await many have.
struct Many {
    items: Vec<(Value, Value)>,
    token: Option<Value>,
}

impl Many {
    fn read(call: &mut Call<'_>) -> Result<Many, Raised> {
        call.expect_args(1, Some(2))?;
        let items = awaitable::list(call, 1)?;
        let token = awaitable::argument(call, 2, true)?;
        Ok(Many { items, token })
    }

    fn awaitables(&self) -> Vec<&dyn Awaitable> {
        self.items.iter().filter_map(|(_, value)| awaitable::of(value)).collect()
    }

    fn keyed(&self) -> impl Iterator<Item = (&Value, &dyn Awaitable)> {
        self.items.iter().filter_map(|(key, value)| Some((key, awaitable::of(value)?)))
    }

    fn wait(&self, php: Php<'_>, done: impl Fn(&[&dyn Awaitable]) -> bool) -> Answer {
        let awaitables = self.awaitables();
        wait_until(php, &awaitables, self.token.as_ref().and_then(awaitable::of), || done(&awaitables))
    }

    /// Results and errors of those that have ended, under their keys.
    fn sort(&self, php: Php<'_>) -> Result<(Builder, Builder), Raised> {
        let (mut results, mut errors) = (Builder::new(php), Builder::new(php));
        for (key, awaitable) in self.keyed() {
            if !awaitable.is_complete() {
                continue;
            }
            awaitable.observe(php)?;
            match awaitable.settled(php)? {
                Some(Ok(value)) => results.set(key, value.duplicate()),
                Some(Err(exception)) => errors.set(key, exception.duplicate()),
                None => {}
            }
        }
        Ok((results, errors))
    }
}

fn failed(php: Php<'_>, awaitable: &dyn Awaitable) -> bool {
    awaitable.is_complete() && matches!(awaitable.settled(php), Ok(Some(Err(_))))
}

fn succeeded(php: Php<'_>, awaitable: &dyn Awaitable) -> bool {
    awaitable.is_complete() && matches!(awaitable.settled(php), Ok(Some(Ok(_))))
}

/// `await_all(iterable $awaitables, ?Completable $cancellation = null)`
pub(crate) fn await_all(call: &mut Call<'_>) -> Answer {
    let many = Many::read(call)?;
    // All before it have ended: each is looked at about once, however many wake-ups there are.
    let first_open = Cell::new(0);
    many.wait(call.php, |list| {
        let open = list[first_open.get()..].iter().position(|other| !other.is_complete());
        first_open.set(open.map_or(list.len(), |open| first_open.get() + open));
        open.is_none()
    })?;
    let (results, errors) = many.sort(call.php)?;
    let pair = array::list(call.php, [results.finish(), errors.finish()]);
    call.give(pair);
    Ok(())
}

/// `await_all_or_fail(iterable $awaitables, ?Completable $cancellation = null)`
pub(crate) fn await_all_or_fail(call: &mut Call<'_>) -> Answer {
    let php = call.php;
    let many = Many::read(call)?;
    many.wait(php, |list| list.iter().all(|other| other.is_complete()) || list.iter().any(|other| failed(php, *other)))?;
    for (_, awaitable) in many.keyed() {
        if failed(php, awaitable) {
            return give_one(call, awaitable);
        }
    }
    let (results, _) = many.sort(php)?;
    call.give(results.finish());
    Ok(())
}

/// `await_any_or_fail(iterable $awaitables, ?Completable $cancellation = null)`
pub(crate) fn await_any_or_fail(call: &mut Call<'_>) -> Answer {
    let many = Many::read(call)?;
    if many.items.is_empty() {
        return Err(throw_argument(call.php, Class::ValueError, 1, "must not be empty"));
    }
    many.wait(call.php, |list| list.iter().any(|other| other.is_complete()))?;
    match many.keyed().find(|(_, other)| other.is_complete()) {
        Some((_, awaitable)) => give_one(call, awaitable),
        None => Ok(()),
    }
}

fn give_one(call: &mut Call<'_>, awaitable: &dyn Awaitable) -> Answer {
    awaitable.observe(call.php)?;
    if let Some(settled) = awaitable.settled(call.php)? {
        let value = give(call.php, settled)?;
        call.give(value);
    }
    Ok(())
}

/// `await_first_success(iterable $awaitables, ?Completable $cancellation = null)`
pub(crate) fn await_first_success(call: &mut Call<'_>) -> Answer {
    let php = call.php;
    let many = Many::read(call)?;
    many.wait(php, |list| list.iter().all(|other| other.is_complete()) || list.iter().any(|other| succeeded(php, *other)))?;
    let mut result = Value::null();
    for (_, awaitable) in many.keyed() {
        if succeeded(php, awaitable)
            && let Some(Ok(value)) = awaitable.settled(php)?
        {
            result = value.duplicate();
            break;
        }
    }
    let (_, errors) = many.sort(php)?;
    let pair = array::list(php, [result, errors.finish()]);
    call.give(pair);
    Ok(())
}

/// `suspend()`
pub(crate) fn suspend(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    scheduler::of(call.php).suspend(call.php)
}

/// The next argument, milliseconds.
fn milliseconds(call: &mut Call<'_>) -> Result<u64, Raised> {
    call.expect_args(1, Some(1))?;
    let ms = call.int()?;
    u64::try_from(ms).map_err(|_| throw_argument(call.php, Class::ValueError, 1, "must be greater than or equal to 0"))
}

/// `delay(int $ms)`
pub(crate) fn delay(call: &mut Call<'_>) -> Answer {
    let ms = milliseconds(call)?;
    waiting::delay(call.php, Duration::from_millis(ms))
}

/// `timeout(int $ms)`
pub(crate) fn timeout(call: &mut Call<'_>) -> Answer {
    let ms = milliseconds(call)?;
    let token = timeout::start(call.php, ms);
    call.give(token);
    Ok(())
}

/// `protect(Closure $critical)`
pub(crate) fn protect(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let critical = call.closure()?;
    let php = call.php;
    let value = scheduler::of(php).protect(php, || invoke::call(php, &critical, &mut Arguments::positional(Vec::new())))?;
    call.give(value);
    Ok(())
}

/// `current_coroutine()`
pub(crate) fn current_coroutine(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let current = scheduler::of(call.php).current();
    let handle = coroutine::handle(call.php, &current);
    call.give(handle);
    Ok(())
}

/// `get_coroutines()`
pub(crate) fn get_coroutines(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let mut list = Builder::new(call.php);
    for live in scheduler::of(call.php).live().into_iter().filter(|live| !live.hidden.get()) {
        list.set(&Value::integer(live.id as i64), coroutine::handle(call.php, &live));
    }
    call.give(list.finish());
    Ok(())
}

/// `spawn_thread(Closure $task, bool $inherit = true, ?Closure $bootloader = null)`
pub(crate) fn spawn_thread(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(3))?;
    let task = call.closure()?;
    let inherit = call.bool_or(true);
    let bootloader = call.optional_closure()?;
    let handle = thread::spawn(call.php, &task, inherit, bootloader.as_ref())?;
    call.give(handle);
    Ok(())
}

/// `completion_stream()`
pub(crate) fn completion_stream(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let stream = dispatch::stream(call.php)?;
    call.give(stream);
    Ok(())
}

/// `dispatch()`
pub(crate) fn dispatch(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let count = dispatch::dispatch(call.php)?;
    call.give_int(count as i64);
    Ok(())
}

/// `available_parallelism()`
pub(crate) fn available_parallelism(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    match std::thread::available_parallelism() {
        Ok(count) => call.give_int(count.get() as i64),
        Err(error) => return Err(throw(call.php, Class::AsyncException, &format!("Cannot tell: {error}"))),
    }
    Ok(())
}
