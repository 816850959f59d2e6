//! The end of a script: its coroutines run to theirs.

use super::coroutine::{Phase, Throw};
use super::outcome::cancellation;
use super::scheduler::{self, Scheduler};
use super::{context, coroutine::Coroutine};
use crate::zend::error::{self, Class};
use crate::zend::{Bailout, Php, Raised, fiber};
use async_threads_core::timers::Timers;
use std::cell::Cell;
use std::rc::Rc;

/// How often code that is told to end may go on waiting for what never comes.
const PATIENCE: u32 = 8;

/// Waits until no coroutine is left. After `exit` in one of them, and when all wait for nothing, the rest is unwound: `finally` blocks run. A fatal error
/// ends them all where they stand. Neither keeps the script's shutdown functions from being called.
pub(crate) fn drain(php: Php<'_>) {
    if !AGAIN.replace(true) {
        fiber::drain_again(php);
    }
    run_all(php);
}

/// RSHUTDOWN: the same for what destructors have started.
pub(crate) fn request_end(php: Php<'_>) {
    AGAIN.set(false);
    run_all(php);
}

thread_local! {
    /// Whether the drain after the script's own shutdown functions has been arranged.
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

fn run_all(php: Php<'_>) {
    let Some(scheduler) = scheduler::existing(php) else { return };
    if php.has_bailed_out() {
        scheduler.abandon(php);
        return;
    }
    let mut rounds = 0;
    while scheduler.live_count() > 0 && rounds < PATIENCE {
        let end = if scheduler.exiting.get() { end_all(php, scheduler) } else { Ok(()) };
        let end = end.map_err(Raised::from).and_then(|()| scheduler.wait(php, || scheduler.live_count() == 0));
        let end = match end {
            Ok(()) => break,
            Err(Raised::Exception) => interrupted(php, scheduler, &mut rounds),
            Err(Raised::Bailout(bailout)) => Err(bailout),
        };
        if end.is_err() {
            break;
        }
    }
    if php.has_bailed_out() || scheduler.live_count() > 0 {
        scheduler.abandon(php);
    }
    scheduler.exiting.set(false);
}

/// The wait for the last one was ended by what was thrown into main code.
fn interrupted(php: Php<'_>, scheduler: &Scheduler, rounds: &mut u32) -> Result<(), Bailout> {
    if error::is_unwinding(php) {
        *rounds += 1;
        drop(error::take_exception(php));
        scheduler.exiting.set(false);
        return end_all(php, scheduler);
    }
    let exception = context::take(php);
    let deadlock = exception.is_instance_of(Class::DeadlockError.entry());
    error::report_uncaught_at(php, exception, None)?;
    drop(error::take_exception(php));
    if deadlock {
        *rounds += 1;
        end_all(php, scheduler)?;
    }
    Ok(())
}

/// All coroutines are to end: their `finally` blocks run, `catch` blocks do not.
fn end_all(php: Php<'_>, scheduler: &Scheduler) -> Result<(), Bailout> {
    for coroutine in scheduler.live() {
        coroutine.cancel_requested.set(true);
        match coroutine.phase.get() {
            Phase::Created => end_unstarted(php, &coroutine)?,
            Phase::Parked => scheduler.throw_into(&coroutine, Throw::Now(error::graceful_exit(php))),
            Phase::Running | Phase::Finished => {}
        }
    }
    Ok(())
}

fn end_unstarted(php: Php<'_>, coroutine: &Rc<Coroutine>) -> Result<(), Bailout> {
    drop(coroutine.body.take());
    let exception = cancellation(php)?;
    context::finish(php, coroutine, Err(exception), true);
    Ok(())
}

impl Scheduler {
    /// Nothing runs any more. After a bailout, code that stood still ends as the code that failed did: its frames of this extension let go of what they hold.
    /// Otherwise it has refused to end: what it holds is lost with the heap.
    fn abandon(&self, php: Php<'_>) {
        self.abandoned.set(true);
        let others = self.live();
        for other in &others {
            match other.phase.get() {
                // Never begun: its task goes back to where it came from.
                Phase::Created if php.has_bailed_out() => drop(other.body.take()),
                Phase::Parked if php.has_bailed_out() => self.bail_out(php, other),
                _ => {}
            }
            other.phase.set(Phase::Finished);
            other.cancelled.set(true);
            self.forget(other);
        }
        if php.has_bailed_out() {
            drop(others);
        } else {
            std::mem::forget(others);
        }
        self.ready.borrow_mut().clear();
        self.handoff.take();
        self.timers.replace(Timers::new());
        self.reactor.forget_all();
        self.external.set(0);
        self.relays.forget_all();
        self.enter(Rc::clone(self.main()));
        self.main().woken.set(false);
        self.main().pending.take();
        self.abandoned.set(false);
    }

    /// The wait of `other` ends with a bailout, in its own place; comes back when its context has ended.
    fn bail_out(&self, php: Php<'_>, other: &Rc<Coroutine>) {
        let place = other.place.get();
        self.enter(Rc::clone(other));
        fiber::raise_bailout();
        // SAFETY: a parked coroutine's place is suspended, and runs to its end now.
        let _ = unsafe { place.switch(php) };
    }
}
