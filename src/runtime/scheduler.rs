//! The coroutine scheduler of one PHP thread.
//!
//! There is no scheduler context: whoever parks picks the next ready coroutine and switches to it, or, when there is none, waits for events right where it
//! is. A context whose coroutine has ended takes the next unstarted one without any switch. Main code is a coroutine in the engine's main context.
//!
//! Owner: thread-local, made at first use in a request, dropped when the request's heap is still there (`request_end`). Threads: one; others reach it
//! through its inbox alone. Invariants: `current` is the coroutine whose code runs; a parked coroutine that is woken is in `ready` exactly once;
//! while a context is idle its frames own nothing.

use super::context::{self, Contexts, MAX_CONTEXTS};
use super::coroutine::{Body, Coroutine, Location, Phase, Throw};
use super::dispatch::{self, Clock};
use super::hand_over::Relays;
use super::reactor::Reactor;
use super::table::Table;
use super::timer::Timer;
use super::wait::{self, Bell};
use crate::sys;
use crate::zend::error::{self, Class};
use crate::zend::fiber::{Context, Place};
use crate::zend::{Bailout, Php, Raised, exception, interrupt, protect};
use async_threads_core::inbox::{Inbox, InboxSender, SleepDecision};
use async_threads_core::timers::Timers;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

/// Contexts kept for reuse; more than this many idle ones are freed.
const IDLE_CONTEXTS: usize = 512;
/// Coroutines resumed in a row before timers and other threads are looked at.
const BATCH: u32 = 64;

/// What other threads have to say.
pub(crate) enum Notice {
    /// The coroutine of this id is to look again at what it waits for.
    Wake(u64),
    /// There is an answer for the relay of this key.
    HandedOver(u64),
}

mod this_thread;
pub(super) use this_thread::after_fork;
pub(crate) use this_thread::{existing, forget, of, request_end};

/// What a thread does whose coroutines have work that is in no queue of the scheduler.
#[derive(Clone, Copy)]
pub(crate) struct Relief {
    /// A coroutine is about to stand still.
    pub(crate) parks: fn(Php<'_>, &Rc<Coroutine>),
    /// Whether there is such work.
    pub(crate) has_work: fn() -> bool,
}

/// See the module.
pub(crate) struct Scheduler {
    main: Rc<Coroutine>,
    current: RefCell<Rc<Coroutine>>,
    pub(super) ready: RefCell<VecDeque<Rc<Coroutine>>>,
    table: RefCell<Table<Rc<Coroutine>>>,
    pub(super) idle: RefCell<Vec<Context>>,
    contexts: Contexts,
    pub(super) handoff: RefCell<Option<Rc<Coroutine>>>,
    pub(super) timers: RefCell<Timers<Rc<Timer>>>,
    pub(super) reactor: Reactor,
    pub(super) inbox: Inbox<Notice>,
    pub(super) relays: Relays,
    pub(super) bell: Arc<Bell>,
    /// Waits that something outside of this thread will end.
    pub(super) external: Cell<usize>,
    since_look: Cell<u32>,
    /// No use in looking again before a sleep.
    looked: Cell<bool>,
    /// A coroutine has called `exit`.
    pub(super) exiting: Cell<bool>,
    /// How many times a coroutine was let go on.
    pub(super) resumed: Cell<usize>,
    pub(super) clock: Clock,
    /// Signal handlers and cancellations are being looked at while all coroutines wait.
    pub(super) interrupted: Cell<bool>,
    /// Another event loop waits for this thread: it is to be told of anything ready.
    pub(super) watched: Cell<bool>,
    /// A bailout has ended the request's code: nothing is let go on.
    pub(super) abandoned: Cell<bool>,
    relief: Cell<Option<Relief>>,
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
            contexts: Contexts::default(),
            handoff: RefCell::default(),
            timers: RefCell::new(Timers::new()),
            reactor: Reactor::default(),
            inbox: Inbox::new(Arc::clone(&bell) as _),
            relays: Relays::default(),
            bell,
            external: Cell::new(0),
            since_look: Cell::new(0),
            looked: Cell::new(false),
            exiting: Cell::new(false),
            resumed: Cell::new(0),
            clock: Clock::default(),
            interrupted: Cell::new(false),
            watched: Cell::new(false),
            abandoned: Cell::new(false),
            relief: Cell::new(None),
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
    pub(crate) fn inbox_sender(&self) -> InboxSender<Notice> {
        self.inbox.sender()
    }

    /// Makes a coroutine that will run once the current one parks.
    pub(crate) fn spawn(&self, body: Body, at: Location) -> Rc<Coroutine> {
        let make = |id| Rc::new(Coroutine::new(id, Some(body), at));
        let coroutine = self.table.borrow_mut().insert(make);
        coroutine.woken.set(true);
        self.enqueue(&coroutine);
        coroutine
    }

    fn enqueue(&self, coroutine: &Rc<Coroutine>) {
        self.ready.borrow_mut().push_back(Rc::clone(coroutine));
        if self.watched.get() {
            self.bell.ring();
        }
    }

    /// Whether anything is to run.
    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.borrow().is_empty()
    }

    /// The same as `wake` by its id.
    pub(crate) fn wake_id(&self, id: u64) {
        let coroutine = self.table.borrow().get(id).cloned();
        if let Some(coroutine) = coroutine {
            self.wake(&coroutine);
        }
    }

    /// `coroutine` is to look again at what it waits for.
    pub(crate) fn wake(&self, coroutine: &Rc<Coroutine>) {
        match coroutine.phase.get() {
            Phase::Parked if !coroutine.woken.replace(true) => self.enqueue(coroutine),
            Phase::Running => coroutine.woken.set(true),
            Phase::Parked | Phase::Created | Phase::Finished => {}
        }
    }

    /// `coroutine` is to find `what` when it goes on; the first thing stays.
    pub(crate) fn throw_into(&self, coroutine: &Rc<Coroutine>, what: Throw) {
        {
            let mut pending = coroutine.pending.borrow_mut();
            match (&*pending, &what) {
                (None, _) | (Some(Throw::Cancellation(_)), Throw::Now(_)) => {}
                // `exit` is not to be lost.
                (_, Throw::Now(object)) if error::is_unwinding_object(object) => {}
                _ => return,
            }
            // Released after the borrow: a destructor may run.
            let before = pending.replace(what);
            drop(pending);
            drop(before);
        }
        self.wake(coroutine);
    }

    /// Waits until `done`; whoever makes it true wakes the current coroutine. What is thrown into the coroutine ends the wait.
    pub(crate) fn wait(&self, php: Php<'_>, done: impl Fn() -> bool) -> Result<(), Raised> {
        let me = self.current();
        if !Place::can_switch(php) {
            return self.wait_here(php, &me, done);
        }
        while !done() {
            *me.suspended_at.borrow_mut() = Location::here(php);
            let parked = self.park(php, &me);
            dispatch::arm(self);
            parked?;
        }
        // A cancellation that came with the result: the result wins, the cancellation is found at the next wait.
        Ok(())
    }

    /// A wait in a place that must not be left: other coroutines stand still meanwhile.
    fn wait_here(&self, php: Php<'_>, me: &Rc<Coroutine>, done: impl Fn() -> bool) -> Result<(), Raised> {
        while !done() {
            if let Some(exception) = me.take_pending() {
                return Err(error::throw_internal(php, exception));
            }
            self.look(php);
            if done() {
                break;
            }
            if !self.sleep(php, &done)? {
                let text = "Nothing is left that could end this wait: other coroutines cannot run while an autoloader, a signal handler or (in a \
                            garbage collection, and before PHP 8.4) a destructor waits";
                return Err(error::throw_error(php, Class::DeadlockError, text));
            }
        }
        Ok(())
    }

    /// Lets the others run once.
    pub(crate) fn suspend(&self, php: Php<'_>) -> Result<(), Raised> {
        let me = self.current();
        if !Place::can_switch(php) {
            return Ok(());
        }
        if let Some(exception) = me.take_pending() {
            return Err(error::throw_internal(php, exception));
        }
        self.look(php);
        *me.suspended_at.borrow_mut() = Location::here(php);
        me.phase.set(Phase::Parked);
        // It runs, so it is not in the queue, whatever it has been told meanwhile.
        me.woken.set(true);
        self.enqueue(&me);
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
        if self.abandoned.get() {
            me.phase.set(Phase::Running);
            return Err(Raised::Bailout(Bailout));
        }
        if let Some(relief) = self.relief.get() {
            (relief.parks)(php, me);
        }
        me.place.set(Place::current(php));
        me.frame.set(php);
        let result = self.run_others(php, me);
        me.frame.clear();
        // Already so, unless the wait ended in an unusual way.
        me.phase.set(Phase::Running);
        self.resumed.set(self.resumed.get() + 1);
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
            let place = match next.phase.get() {
                Phase::Parked => {
                    let place = next.place.get();
                    self.enter(next);
                    place
                }
                Phase::Created => match self.context(php) {
                    Ok(context) => {
                        self.handoff.replace(Some(next));
                        context.place()
                    }
                    Err(Raised::Exception) => {
                        let exception = context::take(php);
                        drop(next.body.take());
                        context::finish(php, &next, Err(exception), false);
                        continue;
                    }
                    Err(bailout) => return Err(bailout),
                },
                Phase::Running | Phase::Finished => continue,
            };
            me.state.save(php);
            // SAFETY: a parked coroutine's place is suspended until somebody takes it from the queue, as we just did; a new or idle context is
            // suspended, and was taken from the list.
            let switched = unsafe { place.switch(php) };
            if !matches!(switched, Err(Raised::Bailout(_))) {
                me.state.restore(php);
            }
            return switched;
        }
    }

    /// `next` is about to run.
    pub(super) fn enter(&self, next: Rc<Coroutine>) {
        next.phase.set(Phase::Running);
        self.current.replace(next);
    }

    fn context(&self, php: Php<'_>) -> Result<Context, Raised> {
        if let Some(context) = self.idle.borrow_mut().pop() {
            return Ok(context);
        }
        if !self.contexts.begin() {
            let message = format!(
                "Cannot start another coroutine: {MAX_CONTEXTS} are suspended already, and each needs a stack of its own"
            );
            return Err(error::throw(php, Class::AsyncException, &message));
        }
        let mut context = Err(Raised::Exception);
        let made = protect(php, |php| context = Context::new(php)).map_err(Raised::from).and(context);
        if made.is_err() {
            self.contexts.end();
        }
        made
    }

    pub(super) fn next_ready(&self, php: Php<'_>) -> Option<Rc<Coroutine>> {
        let since = self.since_look.get() + 1;
        self.since_look.set(since);
        if since >= BATCH {
            self.look(php);
        }
        self.ready.borrow_mut().pop_front()
    }

    /// Takes in what other threads, descriptors and the clock have to say.
    pub(super) fn look(&self, php: Php<'_>) {
        self.since_look.set(0);
        self.inbox.drain(|notice| match notice {
            Notice::Wake(id) => self.wake_id(id),
            Notice::HandedOver(key) => self.relays.deliver(php, key),
        });
        self.reactor.look(self);
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
    pub(super) fn poll(&self, php: Php<'_>) -> Result<(), Raised> {
        self.look(php);
        while self.ready.borrow().is_empty() {
            if !self.sleep(php, &|| false)? {
                self.deadlock(php)?;
            }
            self.look(php);
        }
        Ok(())
    }

    /// Sleeps until an event; false when there can be none.
    fn sleep(&self, php: Php<'_>, done: &dyn Fn() -> bool) -> Result<bool, Raised> {
        // SAFETY: attached (token).
        let interrupted = || interrupt::is_pending() || unsafe { sys::at_vm_interrupt_is_raised() };
        if interrupted() {
            self.run_interrupts(php)?;
            return Ok(true);
        }
        let deadline = self.timers.borrow_mut().next_deadline();
        let external = self.external.get() > 0 || self.relays.are_waited_for();
        if deadline.is_none() && !external && !self.reactor.is_waited_for() {
            return Ok(false);
        }
        let arrived = || !self.inbox.is_empty() || done();
        // Descriptors are the kernel's to look at: no use in looking for those.
        if external && !self.looked.get() && wait::spin(&arrived, &interrupted, deadline) {
            return Ok(true);
        }
        self.sleep_at_bell(self.reactor.descriptor(), deadline, || arrived() || interrupted());
        Ok(true)
    }

    /// Sleeps until other threads have something to say to this one, and no longer than to `deadline`; runs nothing.
    pub(crate) fn nap(&self, deadline: Instant) {
        self.sleep_at_bell(None, Some(deadline), || self.has_news());
    }

    /// Sleeps until something arrives in the inbox, `other` is readable, a signal comes, or until `deadline`; not at all if something has arrived or `awake` says so.
    fn sleep_at_bell(&self, other: Option<RawFd>, deadline: Option<Instant>, awake: impl Fn() -> bool) {
        if self.inbox.prepare_sleep() == SleepDecision::Sleep {
            self.bell.sleep_with(other, deadline, awake);
            self.inbox.awake();
        }
    }

    /// Whether other threads have something to say to this one.
    pub(crate) fn has_news(&self) -> bool {
        // SAFETY: a scheduler belongs to a thread that is attached as long as it lives.
        !self.inbox.is_empty() || interrupt::is_pending() || unsafe { sys::at_vm_interrupt_is_raised() }
    }

    /// See `Relief`.
    pub(crate) fn set_relief(&self, relief: Relief) {
        self.relief.set(Some(relief));
    }

    /// Looks for a short while whether another thread does what the current coroutine is about to wait for; there is nothing else to do.
    pub(crate) fn look_out_for(&self, done: impl Fn() -> bool) {
        let relief = self.relief.get();
        let has_work = || relief.is_some_and(|relief| (relief.has_work)());
        if !self.has_ready() && !self.watched.get() {
            let deadline = self.timers.borrow_mut().next_deadline();
            wait::spin(&done, &|| self.has_news() || has_work(), deadline);
        }
    }

    /// Sleeps that `body` leads to begin at once if `at_once`: somebody has looked already.
    pub(crate) fn without_looking<R>(&self, at_once: bool, body: impl FnOnce() -> R) -> R {
        self.looked.set(at_once);
        let result = body();
        self.looked.set(false);
        result
    }

    /// Signal handlers, time limits and cancellations, while nothing else runs. What they throw is main's to see.
    fn run_interrupts(&self, php: Php<'_>) -> Result<(), Bailout> {
        let before = self.interrupted.replace(true);
        let result = protect(php, |_| {
            // SAFETY: inside the request.
            unsafe { sys::at_run_interrupts() }
        });
        self.interrupted.set(before);
        result?;
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

    /// Holds cancellations back while `body` runs; one that has come is thrown after it.
    pub(crate) fn protect<R>(&self, php: Php<'_>, body: impl FnOnce() -> Result<R, Raised>) -> Result<R, Raised> {
        let me = self.current();
        me.shield.set(me.shield.get() + 1);
        let result = body();
        me.shield.set(me.shield.get() - 1);
        if result.is_ok()
            && let Some(exception) = me.take_pending()
        {
            return Err(error::throw_internal(php, exception));
        }
        result
    }

    pub(super) fn forget(&self, coroutine: &Coroutine) {
        let entry = self.table.borrow_mut().remove(coroutine.id);
        drop(entry);
    }

    /// Frees an idle context when there are many.
    pub(super) fn trim(&self) {
        if self.idle.borrow().len() < IDLE_CONTEXTS {
            return;
        }
        if let Some(context) = self.idle.borrow_mut().pop() {
            // SAFETY: idle: suspended, owns nothing; taken from the list.
            unsafe { context.free() };
            self.contexts.end();
        }
    }
}

/// See `Scheduler::expect_external`.
pub(crate) struct External<'a>(&'a Scheduler);

impl Drop for External<'_> {
    fn drop(&mut self) {
        self.0.external.set(self.0.external.get() - 1);
    }
}
