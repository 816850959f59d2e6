//! `Session`: what this thread remembers about travelling code during one PHP request.
//!
//! Owner: the thread. Threads: thread-local. Invariants: empty outside of a request; addresses of the creator's structures are kept only for structures that live as
//! long as the request; what a thread's tables or objects may refer to stays pinned until the request is over.

use super::function::{FunctionCache, Received};
use super::give_way::Yielding;
use super::images::{Images, Pins};
use super::snapshot::Sources;
use super::tables::Tables;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// See the module's header.
pub(super) struct Session {
    /// Images that this request uses.
    pub(super) pins: Pins,
    /// What has been taken of this thread's tables so far.
    pub(super) tables: Option<Box<Tables>>,
    /// Images of this thread's closures.
    pub(super) functions: FunctionCache,
    /// Images of others' closures.
    pub(super) received: Received,
    /// Where the names come from that this request's code uses.
    pub(super) sources: Sources,
    /// The segments, by their images, that have been put into this request's tables as a whole.
    pub(super) installed: BTreeSet<*const Images>,
    /// Closures for which all that their code uses has been bound, by their images, and by the names those were bound from.
    pub(super) bound: BTreeSet<(*const Images, usize)>,
    /// What was bound on demand.
    pub(super) yielding: Yielding,
    /// The request has taken over the environment of its creator.
    pub(super) has_environment: bool,
}

thread_local! {
    static SESSION: RefCell<Session> = const {
        RefCell::new(Session {
            pins: Pins::new(),
            tables: None,
            functions: FunctionCache::new(),
            received: Received::new(),
            sources: Sources::new(),
            installed: BTreeSet::new(),
            bound: BTreeSet::new(),
            yielding: Yielding::new(),
            has_environment: false,
        })
    };
}

/// Runs `body` with this thread's session. No PHP code runs inside.
pub(super) fn with<R>(body: impl FnOnce(&mut Session) -> R) -> R {
    SESSION.with_borrow_mut(body)
}

impl Session {
    /// Forgets everything: the request is over.
    pub(super) fn clear(&mut self) {
        self.tables = None;
        self.functions.clear();
        self.received.clear();
        self.sources.clear();
        self.installed.clear();
        self.bound.clear();
        self.yielding.clear();
        self.has_environment = false;
        self.pins.clear();
    }
}
