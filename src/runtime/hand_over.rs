//! A `FutureState` that is handed to another thread and resolved there.
//!
//! Purpose: the two cells, one in each thread, share a `Remote`. It begins as an offer inside the packet; the thread that restores the packet claims it. An
//! offer that nobody claims (the send failed, the packet was dropped, the thread never ran) is withdrawn, and the state is its first owner's again; a claimed
//! one that is dropped unresolved resolves the future with an error, so that nobody waits for ever.
//!
//! Owner: reference count. Threads: `Remote` is shared by two; `Offer` and `Relays` stay in the thread of the future.

use super::future::Cell;
use super::outcome::Outcome;
use super::scheduler::{Notice, Scheduler};
use super::table::Table;
use crate::zend::Php;
use crate::zend::invoke::Fatal;
use async_threads_core::completion::{Completion, Subscription};
use async_threads_core::inbox::InboxSender;
use async_threads_core::parker::Wake;
use std::cell::RefCell;
use std::rc::{Rc, Weak as WeakRc};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};

/// What becomes of an offer.
pub(super) enum Delivery {
    /// Resolved by the thread that claimed it.
    Resolved(Outcome),
    /// Nobody has claimed it, and nobody can any more.
    Withdrawn,
}

/// The part that both threads hold.
#[derive(Default)]
pub(crate) struct Remote {
    completion: Arc<Completion<Delivery>>,
    state: AtomicU8,
}

const OFFERED: u8 = 0;
const CLAIMED: u8 = 1;
const REVOKED: u8 = 2;

impl Remote {
    /// The other thread takes it up; false when its first owner has resolved it meanwhile.
    pub(super) fn claim(&self) -> bool {
        self.leave_offered(CLAIMED).is_ok()
    }

    /// Its first owner takes it back; false when the other thread has it.
    fn revoke(&self) -> bool {
        matches!(self.leave_offered(REVOKED), Ok(_) | Err(REVOKED))
    }

    fn leave_offered(&self, to: u8) -> Result<u8, u8> {
        // AcqRel: the two sides agree on who was first; nothing else is published by it.
        self.state.compare_exchange(OFFERED, to, Ordering::AcqRel, Ordering::Acquire)
    }

    /// Resolves it from the thread that claimed it; false when it is resolved already.
    pub(super) fn resolve(&self, outcome: Outcome) -> bool {
        self.completion.complete(Delivery::Resolved(outcome)).is_ok()
    }

    /// Whether the thread that claimed it has resolved it.
    pub(super) fn is_resolved(&self) -> bool {
        self.completion.is_complete()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let last = match *self.state.get_mut() {
            CLAIMED => {
                let message = "The FutureState was destroyed before it was resolved".to_owned();
                Delivery::Resolved(Outcome::Died(Fatal { message, file: String::new(), line: 0 }))
            }
            _ => Delivery::Withdrawn,
        };
        // Fails when it has been resolved, as it should have been.
        let _ = self.completion.complete(last);
    }
}

/// The first owner's view of what it has offered.
pub(super) struct Offer {
    remote: Weak<Remote>,
    completion: Arc<Completion<Delivery>>,
}

impl Offer {
    /// Offers the state of `cell` to another thread, whose answer will wake those who wait for it.
    pub(super) fn make(php: Php<'_>, scheduler: &Scheduler, cell: &Rc<Cell>) -> (Offer, Arc<Remote>) {
        let remote = Arc::new(Remote::default());
        scheduler.relays.add(php, cell, scheduler.inbox_sender(), &remote.completion);
        (Offer { remote: Arc::downgrade(&remote), completion: Arc::clone(&remote.completion) }, remote)
    }

    /// How the other thread has resolved it.
    pub(super) fn outcome(&self) -> Option<&Outcome> {
        match self.completion.get() {
            Some(Delivery::Resolved(outcome)) => Some(outcome),
            Some(Delivery::Withdrawn) | None => None,
        }
    }

    /// Whether it counts no more: nobody has claimed it, and nobody can.
    pub(super) fn is_withdrawn(&self) -> bool {
        matches!(self.completion.get(), Some(Delivery::Withdrawn))
    }

    /// Takes the state back, to resolve it here; false when the other thread has it.
    pub(super) fn revoke(&self) -> bool {
        match self.remote.upgrade() {
            Some(remote) => remote.revoke(),
            None => self.outcome().is_none(),
        }
    }
}

/// The futures of this thread whose states other threads may resolve.
#[derive(Default)]
pub(crate) struct Relays(RefCell<Table<Rc<Relay>>>);

struct Relay {
    cell: WeakRc<Cell>,
    subscription: RefCell<Option<Subscription>>,
}

/// Tells the scheduler of an answer.
struct Messenger {
    key: u64,
    inbox: InboxSender<Notice>,
}

impl Wake for Messenger {
    fn wake(&self) {
        // Closed: the request has ended, and the future with it.
        let _ = self.inbox.send(Notice::HandedOver(self.key));
    }
}

impl Relays {
    fn add(&self, _: Php<'_>, cell: &Rc<Cell>, inbox: InboxSender<Notice>, completion: &Completion<Delivery>) {
        let mut key = 0;
        let relay = self.0.borrow_mut().insert(|given| {
            key = given;
            Rc::new(Relay { cell: Rc::downgrade(cell), subscription: RefCell::default() })
        });
        let subscription = completion.subscribe(Arc::new(Messenger { key, inbox }));
        relay.subscription.replace(Some(subscription));
    }

    /// The answer is there: those who wait look at it, unless it says that they have to wait on.
    pub(super) fn deliver(&self, php: Php<'_>, key: u64) {
        let relay = self.0.borrow_mut().remove(key);
        if let Some(cell) = relay.and_then(|relay| relay.cell.upgrade()) {
            cell.answered(php);
        }
    }

    /// Whether a coroutine waits for what another thread may resolve.
    pub(super) fn are_waited_for(&self) -> bool {
        self.0.borrow().iter().any(|relay| relay.cell.upgrade().is_some_and(|cell| cell.is_waited_for()))
    }

    /// After a bailout.
    pub(super) fn forget_all(&self) {
        self.0.take();
    }
}
