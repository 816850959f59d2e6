//! What can be awaited, and waiting for one or many of them.

use super::actor_waits::Target;
use super::coroutine::{Coroutine, Waiters};
use super::outcome::Settled;
use super::pool::Pool;
use super::pool_worker::Helping;
use super::scheduler::{self, External};
use super::timer::Timer;
use super::{actor_ask, actor_waits};
use crate::zend::error::{self, Class};
use crate::zend::{Answer, Php, Raised, Value, exception};
use async_threads_core::completion::{Completion, Subscription};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Something that ends once.
pub(crate) trait Awaitable {
    /// Whether it has ended.
    fn is_complete(&self) -> bool;
    /// Whether it ended by a cancellation.
    fn is_cancelled(&self) -> bool;
    /// While the guard lives, the end wakes `me`.
    fn subscribe<'a>(&'a self, php: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a>;
    /// How it ended; None until then.
    fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised>;
    /// Somebody looks at how it ended.
    fn observe(&self, php: Php<'_>) -> Answer;
    /// Asks it to end.
    fn cancel(&self, php: Php<'_>, cancellation: Option<&Value>) -> Answer;
    /// Does something useful for it before `me` waits, such as running it here.
    fn assist(&self, php: Php<'_>, me: &Rc<Coroutine>) {
        let _ = (php, me);
    }
    /// Looks whether it ends at once, before a wait is worth its while.
    fn look_out(&self, php: Php<'_>) {
        let _ = php;
    }
    /// On whom its end depends, where that is known.
    fn target(&self) -> Option<Target> {
        None
    }
    /// An `await` gave up because its token completed.
    fn given_up(&self, php: Php<'_>) -> Answer {
        let _ = php;
        Ok(())
    }
}

/// Keeps a subscription.
pub(crate) enum Guard<'a> {
    /// Ended already.
    None,
    /// In a list of this thread.
    Local(&'a Waiters, Rc<Coroutine>),
    /// At something that other threads end.
    Remote { _subscription: Subscription, _external: External<'a> },
    /// With a pool's worker helping while it waits.
    Helping { _helping: Helping },
    /// Both.
    Both { _first: Box<Guard<'a>>, _second: Box<Guard<'a>> },
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Guard::Local(waiters, me) = self {
            waiters.remove(me);
        }
    }
}

impl<'a> Guard<'a> {
    /// Waits in `waiters`.
    pub(crate) fn local(waiters: &'a Waiters, me: &Rc<Coroutine>) -> Guard<'a> {
        waiters.add(me);
        Guard::Local(waiters, Rc::clone(me))
    }

    /// Waits for `completion`.
    pub(crate) fn remote<T>(php: Php<'a>, completion: &Completion<T>, me: &Rc<Coroutine>) -> Guard<'a> {
        Guard::Remote {
            _subscription: completion.subscribe(me.remote_waker(php)),
            _external: scheduler::of(php).expect_external(),
        }
    }

    /// The same; while it waits, `me` may be interrupted to help in `pool`, if this thread works for that.
    pub(crate) fn helping<T>(
        php: Php<'a>,
        completion: &Completion<T>,
        pool: Option<&Arc<Pool>>,
        me: &Rc<Coroutine>,
    ) -> Guard<'a> {
        let remote = Guard::remote(php, completion, me);
        match pool.and_then(|pool| Helping::begin(php, pool, me)) {
            Some(_helping) => Guard::Both { _first: Box::new(Guard::Helping { _helping }), _second: Box::new(remote) },
            None => remote,
        }
    }
}

/// A copy of what `settled` holds, or the exception thrown.
pub(crate) fn give(php: Php<'_>, settled: &Settled) -> Result<Value, Raised> {
    match settled {
        Ok(value) => Ok(value.duplicate()),
        Err(exception) => Err(error::throw_object(php, exception.duplicate())),
    }
}

/// Waits for `awaitable`, and gives its value or throws its error.
pub(crate) fn wait_for(php: Php<'_>, awaitable: &dyn Awaitable, token: Option<&dyn Awaitable>) -> Result<Value, Raised> {
    if !awaitable.is_complete() {
        awaitable.look_out(php);
    }
    let end = wait_until(php, &[awaitable], token, || awaitable.is_complete());
    if let Err(raised) = end {
        if token.is_some_and(Awaitable::is_complete) && !awaitable.is_complete() {
            awaitable.given_up(php)?;
        }
        return Err(raised);
    }
    awaitable.observe(php)?;
    match awaitable.settled(php)? {
        Some(settled) => give(php, settled),
        None => Ok(Value::null()),
    }
}

/// Waits until `done`, to be looked at whenever one of `awaitables` ends. A token that completes first ends the wait with an exception.
pub(crate) fn wait_until(
    php: Php<'_>,
    awaitables: &[&dyn Awaitable],
    token: Option<&dyn Awaitable>,
    done: impl Fn() -> bool,
) -> Result<(), Raised> {
    if done() {
        return Ok(());
    }
    let scheduler = scheduler::of(php);
    let me = scheduler.current();
    let token_done = || token.is_some_and(Awaitable::is_complete);
    if !token_done() {
        let open = awaitables.iter().filter(|other| !other.is_complete());
        let _guards: Vec<Guard<'_>> = open.chain(token.iter()).map(|other| other.subscribe(php, &me)).collect();
        let tracked = actor_waits::is_tracked();
        let (edge, circle) = (RefCell::new(None), RefCell::new(None));
        scheduler.wait(php, || {
            // It is not waiting while it looks, nor while it assists.
            drop(edge.take());
            if done() || token_done() {
                return true;
            }
            awaitables.iter().for_each(|other| other.assist(php, &me));
            if tracked {
                match actor_waits::enter_any(php, awaitables.iter().chain(token.iter()).copied()) {
                    Ok(now) => drop(edge.replace(now)),
                    Err(chain) => drop(circle.replace(Some(chain))),
                }
            }
            circle.borrow().is_some()
        })?;
        if let Some(chain) = circle.into_inner() {
            return Err(actor_ask::deadlock(php, &chain));
        }
    }
    if done() {
        return Ok(());
    }
    let previous = match token {
        Some(token) => {
            token.observe(php)?;
            match token.settled(php)? {
                Some(Err(error)) => Some(error.duplicate()),
                _ => None,
            }
        }
        None => None,
    };
    let message = "The awaiting was cancelled";
    let exception = exception::with_previous(php, Class::OperationCanceledException, message, previous)?;
    Err(error::throw_object(php, exception))
}

/// `delay()`
pub(crate) fn delay(php: Php<'_>, after: std::time::Duration) -> Answer {
    let scheduler = scheduler::of(php);
    let me = scheduler.current();
    let timer = Timer::start(php, after);
    let _guard = Guard::local(&timer.waiters, &me);
    let stopped = StopOnDrop(php, &timer);
    scheduler.wait(php, || timer.has_fired())?;
    drop(stopped);
    Ok(())
}

/// A wait that ends early takes its timer along.
struct StopOnDrop<'a>(Php<'a>, &'a Timer);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.1.stop(self.0);
    }
}
