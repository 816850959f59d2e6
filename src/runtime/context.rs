//! What a context runs: coroutines from their first line to their end, one after another.
//!
//! A context whose coroutine has ended takes the next unstarted one itself, without any switch; it gives way only to a coroutine that stands in another
//! context. Code that follows an end (callbacks, the report of an error nobody can ask for) runs in coroutines of its own, since it may wait.

use super::coroutine::{Body, Coroutine, Location, Phase, Throw};
use super::scheduler::{Scheduler, of};
use crate::zend::error::{self, Class};
use crate::zend::fiber::{self, Context, Exit};
use crate::zend::invoke::{self, Arguments};
use crate::zend::{Bailout, Php, Raised, Value};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Contexts at once, of all threads together. Each takes two kernel mappings and the kernel's default limit is 65,530; running into it fails in unpleasant places.
pub(super) const MAX_CONTEXTS: usize = 30_000;

/// The loop of every context.
pub(super) fn context_loop(php: Php<'_>, context: Context) -> Exit {
    let scheduler = of(php);
    loop {
        if let Some(coroutine) = scheduler.handoff.take() {
            scheduler.enter(Rc::clone(&coroutine));
            // What its end has left (warnings in destructors) is nobody's.
            if run(php, &coroutine).is_err() || fiber::end_state(php).is_err() {
                // The engine frees this stack, but nothing on it.
                drop(coroutine);
                return Exit::Bailout;
            }
        }
        if next(php, scheduler, context).is_err() {
            return Exit::Bailout;
        }
    }
}

/// Puts the next unstarted coroutine into the hand-off, or goes on in the context of one that stands still until this one is needed again.
fn next(php: Php<'_>, scheduler: &Scheduler, context: Context) -> Result<(), Raised> {
    loop {
        if scheduler.abandoned.get() {
            return Err(Raised::Bailout(Bailout));
        }
        let Some(next) = scheduler.next_ready(php) else {
            scheduler.poll(php)?;
            continue;
        };
        next.woken.set(false);
        match next.phase.get() {
            Phase::Created => {
                context.reset(php);
                scheduler.handoff.replace(Some(next));
                return Ok(());
            }
            Phase::Parked => {
                let place = next.place.get();
                scheduler.enter(next);
                scheduler.trim();
                scheduler.idle.borrow_mut().push(context);
                // SAFETY: the place of a parked coroutine that has just been taken from the queue.
                return unsafe { place.switch(php) };
            }
            Phase::Running | Phase::Finished => {}
        }
    }
}

/// Runs a coroutine from its first line to its end.
fn run(php: Php<'_>, coroutine: &Rc<Coroutine>) -> Result<(), Bailout> {
    let Some(body) = coroutine.body.take() else { return Ok(()) };
    let scheduler = of(php);
    coroutine.started.set(true);
    scheduler.resumed.set(scheduler.resumed.get() + 1);
    let answer = match body {
        Body::Call(callable, mut args) => invoke::call(php, &callable, &mut args),
        Body::Native(body) => body(php),
    };
    let mut outcome = match answer {
        Ok(value) => Ok(value),
        Err(Raised::Exception) => Err(take(php)),
        Err(Raised::Bailout(bailout)) => return Err(bailout),
    };
    // Its output buffers end before it does: their callbacks are code of its own, and may wait and throw.
    fiber::end_state(php)?;
    // What the destructors of its callable and arguments threw.
    if php.has_exception() {
        outcome = Err(take(php));
    }
    let mut cancelled = false;
    if let Err(exception) = &outcome {
        if error::is_unwinding_object(exception) {
            // `exit` ends the script, not only this coroutine; a graceful exit is how the scheduler itself ends one.
            if error::is_exit_object(exception) {
                scheduler.exiting.set(true);
                scheduler.throw_into(scheduler.main(), Throw::Now(exception.duplicate()));
            }
            outcome = Err(super::outcome::cancellation(php)?);
            cancelled = true;
        } else {
            cancelled = coroutine.cancel_requested.get() && exception.is_instance_of(Class::AsyncCancellation.entry());
        }
    }
    if coroutine.handle.is_clear() && (cancelled || outcome.is_ok()) {
        // Nobody can ask for it. What its release runs belongs to this coroutine, which must not have ended then.
        drop(std::mem::replace(&mut outcome, Ok(Value::null())));
    }
    if php.has_exception() && !error::is_unwinding(php) {
        outcome = Err(take(php));
        cancelled = false;
    }
    finish(php, coroutine, outcome, cancelled);
    if php.has_exception() {
        // A destructor has thrown where nobody can catch it.
        error::report_uncaught_at(php, take(php), None)?;
        to_main(php);
        drop(error::take_exception(php));
    }
    Ok(())
}

/// Takes the exception in flight; null if there is none after all.
pub(super) fn take(php: Php<'_>) -> Value {
    error::take_exception(php).unwrap_or_else(Value::null)
}

/// The coroutine has ended: wakes who waits for it.
pub(crate) fn finish(php: Php<'_>, coroutine: &Rc<Coroutine>, outcome: Result<Value, Value>, cancelled: bool) {
    let scheduler = of(php);
    coroutine.phase.set(Phase::Finished);
    coroutine.cancelled.set(cancelled);
    drop(coroutine.pending.take());
    let _ = coroutine.outcome.set(outcome);
    let callbacks = coroutine.callbacks.take();
    if !callbacks.is_empty() {
        scheduler.spawn(Body::Native(Box::new(move |php| call_all(php, callbacks))), Location::default());
    }
    if coroutine.handle.is_clear() && coroutine.is_lost() {
        let lost = Rc::clone(coroutine);
        scheduler.spawn(Body::Native(Box::new(move |php| report(php, &lost).map(|()| Value::null()))), Location::default());
    }
    scheduler.forget(coroutine);
    coroutine.waiters.wake_all(php);
    if scheduler.live_count() == 0 {
        // Main may wait for the last one to end.
        scheduler.wake(scheduler.main());
    }
}

/// Calls what was to be called at the end of a coroutine; what each throws is reported.
fn call_all(php: Php<'_>, callbacks: Vec<Value>) -> Result<Value, Raised> {
    for callback in callbacks {
        match invoke::call(php, &callback, &mut Arguments::positional(Vec::new())) {
            Ok(_) => {}
            Err(Raised::Exception) if !error::is_unwinding(php) => {
                error::report_uncaught_at(php, take(php), None)?;
                to_main(php);
            }
            Err(raised) => return Err(raised),
        }
    }
    Ok(Value::null())
}

/// Reports the error of a coroutine that nobody can ask any more.
pub(crate) fn report(php: Php<'_>, coroutine: &Coroutine) -> Result<(), Raised> {
    if let Some(Err(exception)) = coroutine.outcome.get()
        && coroutine.is_lost()
    {
        coroutine.observed.set(true);
        let at = &coroutine.spawned_at;
        error::report_uncaught_at(php, exception.duplicate(), at.file.as_ref().map(|file| (file, at.line)))?;
        to_main(php);
    }
    Ok(())
}

/// What an error handler has thrown while it was told of a lost error: main code gets it.
fn to_main(php: Php<'_>) {
    if php.has_exception() && !error::is_unwinding(php) {
        let scheduler = of(php);
        if !std::rc::Rc::ptr_eq(&scheduler.current(), scheduler.main()) {
            scheduler.throw_into(scheduler.main(), Throw::Now(take(php)));
        }
    }
}

/// How many contexts a scheduler has; all of them together are bounded.
#[derive(Default)]
pub(super) struct Contexts(Cell<usize>);

static ALL_CONTEXTS: AtomicUsize = AtomicUsize::new(0);

impl Contexts {
    /// One more; false when there are too many.
    pub(super) fn begin(&self) -> bool {
        // Relaxed, all of them: a number that nothing else hangs on.
        if ALL_CONTEXTS.fetch_add(1, Ordering::Relaxed) >= MAX_CONTEXTS {
            ALL_CONTEXTS.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        self.0.set(self.0.get() + 1);
        true
    }

    /// One less.
    pub(super) fn end(&self) {
        self.0.set(self.0.get() - 1);
        ALL_CONTEXTS.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Contexts {
    fn drop(&mut self) {
        ALL_CONTEXTS.fetch_sub(self.0.get(), Ordering::Relaxed);
    }
}
