//! The coroutine scheduler of one PHP thread.
//!
//! There is no scheduler context: whoever parks picks the next ready coroutine and switches to it, or, when there is none, waits for events right where it
//! is. A context whose coroutine has ended takes the next unstarted one without any switch. Main code is a coroutine in the engine's main context.
//!
//! Owner: thread-local, made at first use in a request, dropped when the request's heap is still there (`request_end`). Threads: one; others reach it
//! through its inbox alone. Invariants: `current` is the coroutine whose code runs; a parked coroutine that is woken is in `ready` exactly once;
//! while a context is idle its frames own nothing.

use super::coroutine::{Body, Coroutine, Location, Phase, Throw};
use super::table::Table;
use super::timer::Timer;
use super::wait::{self, Bell};
use crate::sys;
use crate::zend::error::{self, Class};
use crate::zend::fiber::{self, Context, Exit, Place};
use crate::zend::invoke::{self, Arguments};
use crate::zend::{Bailout, Php, Raised, Value, exception, interrupt, protect};
use async_threads_core::inbox::{Inbox, InboxSender, SleepDecision};
use async_threads_core::timers::Timers;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ptr;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Contexts kept for reuse; more than this many idle ones are freed.
const IDLE_CONTEXTS: usize = 512;
/// Contexts at once. Each takes two kernel mappings and the kernel's default limit is 65,530; running into it fails in unpleasant places.
const MAX_CONTEXTS: usize = 30_000;
/// Coroutines resumed in a row before timers and other threads are looked at.
const BATCH: u32 = 64;

/// See the module.
pub(crate) struct Scheduler {
    main: Rc<Coroutine>,
    current: RefCell<Rc<Coroutine>>,
    ready: RefCell<VecDeque<Rc<Coroutine>>>,
    table: RefCell<Table<Rc<Coroutine>>>,
    idle: RefCell<Vec<Context>>,
    contexts: Cell<usize>,
    handoff: RefCell<Option<Rc<Coroutine>>>,
    pub(super) timers: RefCell<Timers<Rc<Timer>>>,
    inbox: Inbox<u64>,
    bell: Arc<Bell>,
    /// Waits that something outside of this thread will end.
    external: Cell<usize>,
    since_look: Cell<u32>,
}

thread_local! {
    static SCHEDULER: Cell<*const Scheduler> = const { Cell::new(ptr::null()) };
}

/// The scheduler of this thread's request.
pub(crate) fn of(_: Php<'_>) -> &Scheduler {
    let mut scheduler = SCHEDULER.get();
    if scheduler.is_null() {
        fiber::set_loop(context_loop);
        scheduler = Box::into_raw(Box::new(Scheduler::new()));
        SCHEDULER.set(scheduler);
    }
    // SAFETY: made above or earlier in this request, freed by `request_end` when no PHP code runs any more.
    unsafe { &*scheduler }
}

/// RSHUTDOWN: nothing of this request runs any more. After a bailout contexts are left to the engine, whose heap goes as a whole.
pub(crate) fn request_end(after_bailout: bool) {
    let scheduler = SCHEDULER.replace(ptr::null());
    if scheduler.is_null() {
        return;
    }
    // SAFETY: from `Box::into_raw` in `of`, and nobody has it any more.
    let scheduler = unsafe { Box::from_raw(scheduler.cast_mut()) };
    if !after_bailout {
        for context in scheduler.idle.take() {
            // SAFETY: idle contexts are suspended in their loop and own nothing.
            unsafe { context.free() };
        }
    }
}

impl Scheduler {
    fn new() -> Scheduler {
        let bell = wait::bell();
        let main = Rc::new(Coroutine::new(0, None, Location::default()));
        let mut table = Table::default();
        table.insert(|_| Rc::clone(&main));
        Scheduler {
            current: RefCell::new(Rc::clone(&main)),
            main,
            ready: RefCell::default(),
            table: RefCell::new(table),
            idle: RefCell::default(),
            contexts: Cell::new(0),
            handoff: RefCell::default(),
            timers: RefCell::new(Timers::new()),
            inbox: Inbox::new(Arc::clone(&bell) as _),
            bell,
            external: Cell::new(0),
            since_look: Cell::new(0),
        }
    }

    /// The coroutine whose code runs.
    pub(crate) fn current(&self) -> Rc<Coroutine> {
        Rc::clone(&self.current.borrow())
    }

    /// Main code.
    pub(crate) fn main(&self) -> &Rc<Coroutine> {
        &self.main
    }

    /// Coroutines that have not ended, main code apart.
    pub(crate) fn live(&self) -> Vec<Rc<Coroutine>> {
        self.table.borrow().iter().filter(|other| !Rc::ptr_eq(other, &self.main)).cloned().collect()
    }

    /// How many there are.
    pub(crate) fn live_count(&self) -> usize {
        self.table.borrow().len() - 1
    }

    /// For wakers of other threads.
    pub(crate) fn inbox_sender(&self) -> InboxSender<u64> {
        self.inbox.sender()
    }

    /// Makes a coroutine that will run once the current one parks.
    pub(crate) fn spawn(&self, body: Body, at: Location) -> Rc<Coroutine> {
        let make = |id| Rc::new(Coroutine::new(id, Some(body), at));
        let coroutine = self.table.borrow_mut().insert(make);
        coroutine.woken.set(true);
        self.ready.borrow_mut().push_back(Rc::clone(&coroutine));
        coroutine
    }

    /// `coroutine` is to look again at what it waits for.
    pub(crate) fn wake(&self, coroutine: &Rc<Coroutine>) {
        match coroutine.phase.get() {
            Phase::Parked if !coroutine.woken.replace(true) => {
                self.ready.borrow_mut().push_back(Rc::clone(coroutine));
            }
            Phase::Running => coroutine.woken.set(true),
            Phase::Parked | Phase::Created | Phase::Finished => {}
        }
    }

    /// `coroutine` is to find `what` when it goes on; the first thing stays.
    pub(crate) fn throw_into(&self, coroutine: &Rc<Coroutine>, what: Throw) {
        {
            let mut pending = coroutine.pending.borrow_mut();
            match (&*pending, &what) {
                (None, _) | (Some(Throw::Cancellation(_)), Throw::Now(_)) => *pending = Some(what),
                _ => return,
            }
        }
        self.wake(coroutine);
    }

    /// Waits until `done`; whoever makes it true wakes the current coroutine. What is thrown into the coroutine ends the wait.
    pub(crate) fn wait(&self, php: Php<'_>, done: impl Fn() -> bool) -> Result<(), Raised> {
        let me = self.current();
        if !Place::can_switch(php) {
            return self.wait_here(php, done);
        }
        while !done() {
            *me.suspended_at.borrow_mut() = Location::here(php);
            self.park(php, &me)?;
        }
        // A cancellation that came with the result: the result wins, the cancellation is found at the next wait.
        Ok(())
    }

    /// A wait in a place that must not be left: other coroutines stand still meanwhile.
    fn wait_here(&self, php: Php<'_>, done: impl Fn() -> bool) -> Result<(), Raised> {
        while !done() {
            self.look(php);
            if done() {
                break;
            }
            self.sleep(php, &done)?;
        }
        Ok(())
    }

    /// Lets the others run once.
    pub(crate) fn suspend(&self, php: Php<'_>) -> Result<(), Raised> {
        let me = self.current();
        if !Place::can_switch(php) {
            return Ok(());
        }
        self.look(php);
        *me.suspended_at.borrow_mut() = Location::here(php);
        me.phase.set(Phase::Parked);
        if !me.woken.replace(true) {
            self.ready.borrow_mut().push_back(Rc::clone(&me));
        }
        self.switch_away(php, &me)
    }

    fn park(&self, php: Php<'_>, me: &Rc<Coroutine>) -> Result<(), Raised> {
        if let Some(exception) = me.take_pending() {
            return Err(error::throw_internal(php, exception));
        }
        if me.woken.replace(false) {
            return Ok(());
        }
        me.phase.set(Phase::Parked);
        self.switch_away(php, me)
    }

    /// Runs others until `me`, which is parked, is to go on.
    fn switch_away(&self, php: Php<'_>, me: &Rc<Coroutine>) -> Result<(), Raised> {
        me.place.set(Place::current(php));
        me.frame.set(php);
        let result = self.run_others(php, me);
        me.frame.clear();
        result?;
        // Whoever switched here has made `me` the current one.
        match me.take_pending() {
            Some(exception) => Err(error::throw_internal(php, exception)),
            None => Ok(()),
        }
    }

    fn run_others(&self, php: Php<'_>, me: &Rc<Coroutine>) -> Result<(), Raised> {
        loop {
            let Some(next) = self.next_ready(php) else {
                if let Err(raised) = self.poll(php) {
                    me.phase.set(Phase::Running);
                    return Err(raised);
                }
                continue;
            };
            next.woken.set(false);
            if Rc::ptr_eq(&next, me) {
                me.phase.set(Phase::Running);
                return Ok(());
            }
            match next.phase.get() {
                Phase::Parked => {
                    let place = next.place.get();
                    self.enter(next);
                    // SAFETY: a parked coroutine's place is suspended until somebody takes it from the queue, as we just did.
                    return unsafe { place.switch(php) };
                }
                Phase::Created => match self.context(php) {
                    Ok(context) => {
                        self.handoff.replace(Some(next));
                        // SAFETY: new or idle: suspended, and taken from the list.
                        return unsafe { context.place().switch(php) };
                    }
                    Err(Raised::Exception) => {
                        let exception = error::take_exception(php);
                        next.body.take();
                        finish(php, &next, Err(exception.unwrap_or_else(Value::null)), false);
                    }
                    Err(bailout) => return Err(bailout),
                },
                Phase::Running | Phase::Finished => {}
            }
        }
    }

    /// `next` is about to run.
    fn enter(&self, next: Rc<Coroutine>) {
        next.phase.set(Phase::Running);
        self.current.replace(next);
    }

    fn context(&self, php: Php<'_>) -> Result<Context, Raised> {
        if let Some(context) = self.idle.borrow_mut().pop() {
            return Ok(context);
        }
        if self.contexts.get() >= MAX_CONTEXTS {
            let message = format!(
                "Cannot start another coroutine: {MAX_CONTEXTS} are suspended already, and each needs a stack of its own"
            );
            return Err(error::throw(php, Class::AsyncException, &message));
        }
        let mut context = Err(Raised::Exception);
        protect(php, |php| context = Context::new(php))?;
        let context = context?;
        self.contexts.set(self.contexts.get() + 1);
        Ok(context)
    }

    fn next_ready(&self, php: Php<'_>) -> Option<Rc<Coroutine>> {
        let since = self.since_look.get() + 1;
        self.since_look.set(since);
        if since >= BATCH {
            self.look(php);
        }
        self.ready.borrow_mut().pop_front()
    }

    /// Takes in what other threads and the clock have to say.
    fn look(&self, php: Php<'_>) {
        self.since_look.set(0);
        self.inbox.drain(|id| {
            let coroutine = self.table.borrow().get(id).cloned();
            if let Some(coroutine) = coroutine {
                self.wake(&coroutine);
            }
        });
        if self.timers.borrow().is_empty() {
            return;
        }
        let now = Instant::now();
        loop {
            let Some(timer) = self.timers.borrow_mut().pop_expired(now) else { break };
            timer.fire(php);
        }
    }

    /// Nothing is ready: waits until something is.
    fn poll(&self, php: Php<'_>) -> Result<(), Raised> {
        self.look(php);
        while self.ready.borrow().is_empty() {
            self.sleep(php, &|| false)?;
            self.look(php);
        }
        Ok(())
    }

    /// Sleeps until an event, or finds out that there can be none.
    fn sleep(&self, php: Php<'_>, done: &dyn Fn() -> bool) -> Result<(), Raised> {
        // SAFETY: attached (token).
        let interrupted = || interrupt::is_pending() || unsafe { sys::at_vm_interrupt_is_raised() };
        if interrupted() {
            self.run_interrupts(php)?;
            return Ok(());
        }
        let deadline = self.timers.borrow_mut().next_deadline();
        if deadline.is_none() && self.external.get() == 0 {
            return self.deadlock(php);
        }
        let news = || !self.inbox.is_empty() || interrupted() || done();
        if wait::spin(&news, deadline) {
            return Ok(());
        }
        if self.inbox.prepare_sleep() == SleepDecision::Sleep {
            self.bell.sleep(deadline, news);
            self.inbox.awake();
        }
        Ok(())
    }

    /// Signal handlers, time limits and cancellations, while nothing else runs. What they throw is main's to see.
    fn run_interrupts(&self, php: Php<'_>) -> Result<(), Bailout> {
        protect(php, |_| {
            // SAFETY: inside the request.
            unsafe { sys::at_run_interrupts() }
        })?;
        if let Some(exception) = error::take_exception(php) {
            self.throw_into(&self.main, Throw::Now(exception));
        }
        Ok(())
    }

    fn deadlock(&self, php: Php<'_>) -> Result<(), Raised> {
        let waiting = self.live_count();
        let message = match waiting {
            0 => "Nothing is left that could end this wait".to_owned(),
            1 => "Nothing is left that could end this wait; 1 coroutine waits as well".to_owned(),
            n => format!("Nothing is left that could end this wait; {n} coroutines wait as well"),
        };
        let exception = exception::new(php, Class::DeadlockError, &message, 0)?;
        self.throw_into(&self.main, Throw::Now(exception));
        Ok(())
    }

    /// While the guard lives, something outside of this thread is expected to wake it.
    pub(crate) fn expect_external(&self) -> External<'_> {
        self.external.set(self.external.get() + 1);
        External(self)
    }

    /// Whether a cancellation has to be held back now.
    pub(crate) fn protect<R>(&self, body: impl FnOnce() -> R) -> R {
        let me = self.current();
        me.shield.set(me.shield.get() + 1);
        let result = body();
        me.shield.set(me.shield.get() - 1);
        result
    }

    fn forget(&self, coroutine: &Coroutine) {
        self.table.borrow_mut().remove(coroutine.id);
    }
}

/// See `Scheduler::expect_external`.
pub(crate) struct External<'a>(&'a Scheduler);

impl Drop for External<'_> {
    fn drop(&mut self) {
        self.0.external.set(self.0.external.get() - 1);
    }
}

/// What every context runs.
fn context_loop(php: Php<'_>, context: Context) -> Exit {
    let scheduler = of(php);
    loop {
        if let Some(coroutine) = scheduler.handoff.take() {
            scheduler.enter(Rc::clone(&coroutine));
            if let Err(Bailout) = run(php, &coroutine) {
                return Exit::Bailout;
            }
        }
        let place = loop {
            let Some(next) = scheduler.next_ready(php) else {
                if scheduler.poll(php).is_err() {
                    return Exit::Bailout;
                }
                continue;
            };
            next.woken.set(false);
            match next.phase.get() {
                Phase::Created => {
                    context.reset(php);
                    scheduler.handoff.replace(Some(next));
                    break Place::NONE;
                }
                Phase::Parked => {
                    let place = next.place.get();
                    scheduler.enter(next);
                    break place;
                }
                Phase::Running | Phase::Finished => {}
            }
        };
        if place != Place::NONE {
            scheduler.trim();
            scheduler.idle.borrow_mut().push(context);
            // SAFETY: the place of a parked coroutine that has just been taken from the queue.
            if unsafe { place.switch(php) }.is_err() {
                return Exit::Bailout;
            }
        }
    }
}

impl Scheduler {
    /// Frees an idle context when there are many.
    fn trim(&self) {
        if self.idle.borrow().len() < IDLE_CONTEXTS {
            return;
        }
        if let Some(context) = self.idle.borrow_mut().pop() {
            // SAFETY: idle: suspended, owns nothing; taken from the list.
            unsafe { context.free() };
            self.contexts.set(self.contexts.get() - 1);
        }
    }
}

/// Runs a coroutine from its first line to its end.
fn run(php: Php<'_>, coroutine: &Rc<Coroutine>) -> Result<(), Bailout> {
    let Some(body) = coroutine.body.take() else { return Ok(()) };
    coroutine.started.set(true);
    let answer = match body {
        Body::Call(callable, mut args) => invoke::call(php, &callable, &mut args),
        Body::Native(body) => body(php),
    };
    let mut outcome = match answer {
        Ok(value) => Ok(value),
        Err(Raised::Exception) => Err(take(php)),
        Err(Raised::Bailout(bailout)) => return Err(bailout),
    };
    if php.has_exception() {
        outcome = Err(take(php));
    }
    let mut cancelled = false;
    if let Err(exception) = &outcome {
        if error::is_unwinding_object(exception) {
            // `exit` ends the script, not only this coroutine; a graceful exit is how the scheduler itself ends one.
            if error::is_exit_object(exception) {
                of(php).throw_into(of(php).main(), Throw::Now(exception.duplicate()));
            }
            outcome = Err(super::outcome::cancellation(php)?);
            cancelled = true;
        } else {
            cancelled = coroutine.cancel_requested.get() && exception.is_instance_of(Class::AsyncCancellation.entry());
        }
    }
    finish(php, coroutine, outcome, cancelled);
    after_finish(php, coroutine)
}

/// What follows the end of a coroutine: its callbacks, and a report when nobody can ask for its error any more.
pub(crate) fn after_finish(php: Php<'_>, coroutine: &Rc<Coroutine>) -> Result<(), Bailout> {
    for callback in coroutine.callbacks.take() {
        match invoke::call(php, &callback, &mut Arguments::positional(Vec::new())) {
            Ok(_) => {}
            Err(Raised::Exception) => error::report_uncaught(php, take(php)),
            Err(Raised::Bailout(bailout)) => return Err(bailout),
        }
    }
    if let Some(report) = REPORT.get() {
        report(php, coroutine);
    }
    Ok(())
}

/// Reports the error of a coroutine that has no handle; set by the PHP layer.
static REPORT: OnceLock<fn(Php<'_>, &Coroutine)> = OnceLock::new();

/// MINIT
pub(crate) fn startup(report_if_lost: fn(Php<'_>, &Coroutine)) {
    let _ = REPORT.set(report_if_lost);
}

fn take(php: Php<'_>) -> Value {
    error::take_exception(php).unwrap_or_else(Value::null)
}

/// The coroutine has ended: wakes who waits for it.
pub(crate) fn finish(php: Php<'_>, coroutine: &Rc<Coroutine>, outcome: Result<Value, Value>, cancelled: bool) {
    coroutine.phase.set(Phase::Finished);
    coroutine.cancelled.set(cancelled);
    coroutine.pending.take();
    let _ = coroutine.outcome.set(outcome);
    let scheduler = of(php);
    scheduler.forget(coroutine);
    coroutine.waiters.wake_all(php);
    if scheduler.live_count() == 0 {
        // Main may wait for the last one to end.
        scheduler.wake(&scheduler.main);
    }
}
