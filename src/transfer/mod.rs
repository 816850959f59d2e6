//! L3: values on their way from one thread to another.
//!
//! * Purpose: [`capture`] turns a graph of values into a [`Packet`], [`Packet::restore`] makes an equal
//!   graph in another thread: identity, cycles, references and sharing kept, user classes matched by
//!   name, whatever cannot cross refused with the path to it.
//! * Owner: the packet belongs to whoever holds it; it holds no memory of a PHP heap but what is lent, see [`lend`].
//! * Threads: capture runs in the sender, restore in the receiver, each with its own token; the packet is
//!   `Send + Sync`.
//! * Invariants: no recursion on user depth anywhere; each graph is walked once on each side; nothing
//!   droppable lives in a frame that a bailout may jump over.

mod bare;
mod capture;
mod deep;
mod lend;
mod packet;
mod path;
mod restore;
mod shape;
mod word;
mod zv;

pub(crate) use bare::Bare;
pub(crate) use capture::capture;
pub(crate) use lend::{request_begin, request_end};
pub(crate) use packet::Packet;

use crate::zend::Bailout;

/// What a root is called in the message of a refusal.
#[derive(Clone, Copy)]
pub(crate) enum Label<'a> {
    /// `$args[0]`
    Arg(u32),
    /// An array of named arguments: `$args['name']`.
    NamedArgs,
    /// The closure to run: what it binds is called by its own name, `$job` or `$this`.
    Task,
    /// The closure to run first, likewise.
    Bootloader,
    /// `return value`
    Result,
    /// `$cancellation`
    Cancellation,
    /// As it is given, with its dollar sign if it has one.
    Named(&'a str),
}

/// Why a graph was not captured.
pub(crate) enum CaptureError {
    /// Something in it does not cross.
    Refused {
        /// From the label of the root to the value, e.g. `$args[0]->jobs['x']`.
        path: String,
        /// The rest of the sentence, e.g. `PDO is not transferable`.
        reason: String,
    },
    /// User code threw; the exception is pending in this thread.
    Thrown,
    /// The request is at its end.
    Bailout(Bailout),
}

/// Why a packet was not restored.
pub(crate) enum RestoreError {
    /// The receiver's classes do not fit; the sentence for the exception.
    Mismatch(String),
    /// User code threw; the exception is pending in this thread.
    Thrown,
    /// The request is at its end.
    Bailout(Bailout),
}
