//! L3: code that travels. Functions, classes and constants become immutable images that every thread uses in place.
//!
//! Purpose: a thread sees what its creator sees, without a bootstrap file. The form is the one opcache uses for its shared memory: op_arrays and class entries flagged
//! immutable, whose per-thread parts (run-time caches, static variables, evaluated constants) are numbered slots in each thread's `map_ptr`
//! table. A thread only puts the pointers into its tables; the engine does the rest by itself.
//!
//! ```text
//!   tables ──► persist (value, ast, types, op_array, class, members) ──► arena + slots = Images
//!     │                                                                        │
//!  session: marks, maps, pins                                 Snapshot / FunctionImage ──► install
//! ```
//!
//! Owner: images are reference counted; a snapshot, a packet, and each request that uses them hold one. Threads: built in the creator, used in any. Invariants: see
//! `images`, `slots` and `session`.

mod alike;
mod arena;
mod ast;
mod bind;
mod class;
mod environment;
mod error;
mod function;
mod give_way;
mod images;
mod inheritance;
mod install;
mod members;
mod needs;
mod op_array;
mod opcache;
mod persist;
mod raw;
mod region;
mod segment;
mod session;
mod slots;
mod snapshot;
mod tables;
mod types;

pub(crate) use bind::before_autoloaders;
pub(crate) use error::CodeError;
pub(crate) use function::FunctionImage;
pub(crate) use snapshot::{Snapshot, is_current, snapshot};

use crate::zend::Php;

/// Reserves what all threads must agree on. MINIT, once, in the main thread.
pub(crate) fn startup() {
    slots::reserve();
    bind::startup();
}

/// A worker thread has its TSRM block and no request yet. Optional: saves memory.
pub(crate) fn thread_attached() {
    slots::thread_attached();
}

/// A worker thread is about to start a request.
pub(crate) fn request_starting() {
    opcache::request_starting();
    slots::request_starting();
}

/// How much code of others this request holds: in blocks of memory, at least one for each different closure.
pub(crate) fn held(_php: Php<'_>) -> usize {
    session::with(|s| s.pins.len())
}

/// Gives up references into this request's heap. RSHUTDOWN, before the heap goes.
pub(crate) fn request_closing(php: Php<'_>) {
    give_way::end(php);
    session::with(|s| s.functions.release());
}

/// Forgets this request. After the engine has destroyed its tables and objects: behind `php_request_shutdown`, or in post-deactivate.
pub(crate) fn request_end() {
    session::with(session::Session::clear);
    opcache::request_end();
}
