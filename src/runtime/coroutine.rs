//! `Coroutine`: PHP code that can stand still while other code of its thread goes on.
//!
//! Owner: reference count, within one thread: the scheduler while it has not ended, PHP handles, whoever waits for it. Main code is a coroutine too: it has
//! no body, and runs in the engine's main context.

use super::actor_waits::Who;
use super::outcome::Settled;
use super::scheduler::{self, Notice};
use crate::zend::fiber::{Place, State};
use crate::zend::invoke::{self, Arguments, ParkedFrame};
use crate::zend::object::SelfRef;
use crate::zend::{Php, Raised, Value};
use async_threads_core::parker::Wake;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// Where a coroutine is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// In the ready queue for the first time.
    Created,
    /// The thread's current one.
    Running,
    /// Standing still.
    Parked,
    /// Ended; there is an outcome.
    Finished,
}

/// What to throw into a coroutine when it goes on.
pub(crate) enum Throw {
    /// A cancellation, held back while the coroutine is protected.
    Cancellation(Value),
    /// An exception or the engine's unwinding object; at once.
    Now(Value),
}

/// Code of this extension that runs as a coroutine.
pub(crate) type Native = dyn FnOnce(Php<'_>) -> Result<Value, Raised>;

/// What a coroutine runs.
pub(crate) enum Body {
    /// A PHP callable.
    Call(Value, Arguments),
    /// Code of this extension, which may wait and call PHP.
    Native(Box<Native>),
}

/// See the module.
pub(crate) struct Coroutine {
    /// Index and generation in the scheduler's table: unique in the thread's request.
    pub(crate) id: u64,
    /// Where it is.
    pub(crate) phase: Cell<Phase>,
    /// In the ready queue, or told to go on before it parked.
    pub(crate) woken: Cell<bool>,
    /// What to run; taken when it starts.
    pub(crate) body: RefCell<Option<Body>>,
    /// Where to go on, while parked.
    pub(crate) place: Cell<Place>,
    /// How it ended.
    pub(crate) outcome: OnceCell<Settled>,
    /// Whether it ended by a cancellation.
    pub(crate) cancelled: Cell<bool>,
    /// Whether anybody asked it to stop.
    pub(crate) cancel_requested: Cell<bool>,
    /// What it is to find when it goes on.
    pub(crate) pending: RefCell<Option<Throw>>,
    /// Depth of `protect()`.
    pub(crate) shield: Cell<u32>,
    /// Who waits for its end.
    pub(crate) waiters: Waiters,
    /// To be called at its end.
    pub(crate) callbacks: RefCell<Vec<Value>>,
    /// Where it was made.
    pub(crate) spawned_at: Location,
    /// Where it parked last.
    pub(crate) suspended_at: RefCell<Location>,
    /// Somebody has seen its outcome.
    pub(crate) observed: Cell<bool>,
    /// Its first line has been reached.
    pub(crate) started: Cell<bool>,
    /// Not for PHP code to see, as it stands for nothing of its own now.
    pub(crate) hidden: Cell<bool>,
    /// Its PHP handle, as long as there is one.
    pub(crate) handle: SelfRef,
    /// The PHP frame in which it parked.
    pub(crate) frame: ParkedFrame,
    /// The thread's state that is its own, while parked.
    pub(crate) state: State,
    remote: OnceLock<Arc<RemoteWaker>>,
    /// Its name among those who wait, once it has one.
    pub(super) who: OnceCell<Who>,
}

/// A line of PHP code.
#[derive(Default)]
pub(crate) struct Location {
    /// None outside of user code.
    pub(crate) file: Option<Value>,
    /// 1-based; 0 where there is none.
    pub(crate) line: u32,
}

impl Clone for Location {
    fn clone(&self) -> Location {
        Location { file: self.file.as_ref().map(Value::duplicate), line: self.line }
    }
}

impl Location {
    /// The line of the running code.
    pub(crate) fn here(php: Php<'_>) -> Location {
        match invoke::place(php) {
            Some((file, line)) => Location { file: Some(file), line },
            None => Location::default(),
        }
    }
}

/// Wakes a coroutine from another thread.
struct RemoteWaker {
    id: u64,
    inbox: async_threads_core::inbox::InboxSender<Notice>,
}

impl Wake for RemoteWaker {
    fn wake(&self) {
        // Closed: the request has ended, and the coroutine with it.
        let _ = self.inbox.send(Notice::Wake(self.id));
    }
}

impl Coroutine {
    /// A coroutine that is not in any queue yet.
    pub(crate) fn new(id: u64, body: Option<Body>, spawned_at: Location) -> Coroutine {
        Coroutine {
            id,
            phase: Cell::new(if body.is_some() { Phase::Created } else { Phase::Running }),
            woken: Cell::new(false),
            body: RefCell::new(body),
            place: Cell::new(Place::NONE),
            outcome: OnceCell::new(),
            cancelled: Cell::new(false),
            cancel_requested: Cell::new(false),
            pending: RefCell::new(None),
            shield: Cell::new(0),
            waiters: Waiters::default(),
            callbacks: RefCell::default(),
            spawned_at,
            suspended_at: RefCell::default(),
            observed: Cell::new(false),
            started: Cell::new(false),
            hidden: Cell::new(false),
            handle: SelfRef::default(),
            frame: ParkedFrame::default(),
            state: State::default(),
            remote: OnceLock::new(),
            who: OnceCell::new(),
        }
    }

    /// Whether it has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.phase.get() == Phase::Finished
    }

    /// A waker for other threads; made once.
    pub(crate) fn remote_waker(&self, php: Php<'_>) -> Arc<dyn Wake> {
        let make = || Arc::new(RemoteWaker { id: self.id, inbox: scheduler::of(php).inbox_sender() });
        Arc::clone(self.remote.get_or_init(make)) as _
    }

    /// Whether nobody can tell if it ends now or goes on with something else.
    pub(crate) fn is_nobodys(&self) -> bool {
        self.handle.is_clear() && self.waiters.is_empty() && self.callbacks.borrow().is_empty()
    }

    /// Whether it ended with an error of its own that nobody has seen.
    pub(crate) fn is_lost(&self) -> bool {
        !self.cancelled.get() && !self.observed.get() && matches!(self.outcome.get(), Some(Err(_)))
    }

    /// For the collector: what its handle holds. While the scheduler or anybody else holds the coroutine too, what it holds is not garbage,
    /// whatever becomes of the handle; so a suspended one keeps alive what its frames hold.
    pub(crate) fn trace(self: &Rc<Self>, visit: &mut dyn FnMut(&Value)) {
        if Rc::strong_count(self) > 1 {
            return;
        }
        if let Some(Ok(value) | Err(value)) = self.outcome.get() {
            visit(value);
        }
    }

    /// Takes what it is to throw now, if anything.
    pub(crate) fn take_pending(&self) -> Option<Value> {
        let mut pending = self.pending.borrow_mut();
        match &*pending {
            Some(Throw::Cancellation(_)) if self.shield.get() > 0 => None,
            Some(_) => pending.take().map(|(Throw::Cancellation(value) | Throw::Now(value))| value),
            None => None,
        }
    }
}

/// Coroutines of this thread that wait for one thing.
#[derive(Default)]
pub(crate) struct Waiters(RefCell<Vec<Rc<Coroutine>>>);

impl Waiters {
    /// `coroutine` waits.
    pub(crate) fn add(&self, coroutine: &Rc<Coroutine>) {
        self.0.borrow_mut().push(Rc::clone(coroutine));
    }

    /// It does not any more.
    pub(crate) fn remove(&self, coroutine: &Rc<Coroutine>) {
        let mut list = self.0.borrow_mut();
        if let Some(at) = list.iter().position(|other| Rc::ptr_eq(other, coroutine)) {
            list.swap_remove(at);
        }
    }

    /// Whether nobody does.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// All of them go on, in the order in which they came.
    pub(crate) fn wake_all(&self, php: Php<'_>) {
        for coroutine in self.0.take() {
            scheduler::of(php).wake(&coroutine);
        }
    }
}
