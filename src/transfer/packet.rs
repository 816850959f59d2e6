//! A captured graph.
//!
//! Long strings are lent (see [`super::lend`]); everything else is here. Flat on purpose: a tape of words, and tables for what a graph has few of. Dropping it visits no nodes.

use std::sync::Arc;

use async_threads_core::loan::Loan;
use async_threads_core::tape::Tape;

use crate::code::{FunctionImage, Snapshot};
use crate::zend::object::SharedHandle;

/// A graph of values outside of any PHP heap; see the module [`super`].
///
/// It may be restored any number of times, in any thread.
pub(crate) struct Packet {
    pub(super) tape: Tape,
    pub(super) tables: Tables,
    /// Where to take classes from that the receiver lacks.
    pub(super) code: Option<Snapshot>,
    /// Number of root values, which stand one after another on the tape.
    pub(super) roots: u32,
    /// Number of nodes that are met more than once, at most.
    pub(super) shared: u32,
    /// Number of objects that are made of their properties.
    pub(super) objects: usize,
    /// About how much memory the graph will take, large blocks left out.
    pub(super) weight: usize,
}

/// What nodes of the tape refer to by index.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) shapes: Vec<Shape>,
    pub(super) slots: Vec<Slot>,
    pub(super) cases: Vec<Case>,
    pub(super) functions: Vec<Function>,
    pub(super) handles: Vec<SharedHandle>,
    /// Long strings.
    pub(super) loans: Vec<Arc<Loan>>,
    /// Number of entries of weak maps, which stand behind the roots on the tape.
    pub(super) entries: u32,
    /// All names, one behind the other.
    pub(super) names: Vec<u8>,
}

/// A name: a piece of [`Tables::names`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) at: u32,
    pub(super) length: u32,
}

impl Name {
    /// No name at all, as opposed to an empty one.
    pub(super) const NONE: Name = Name { at: 0, length: u32::MAX };
}

/// What more than its properties belongs to an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Nothing.
    Properties,
    /// Instead of its properties, what `__serialize()` gave.
    Contract,
    /// The elements of an SPL heap or priority queue.
    Elements,
    /// Instead of the object, what `transfer()` gave.
    Transferable,
    /// Nothing, and nothing is kept inside of it either: any new object will do.
    Fresh,
}

/// A class, and what its objects' slots hold, in the sender's order.
pub(super) struct Shape {
    pub(super) how: How,
    pub(super) class: Name,
    /// Its piece of [`Tables::slots`].
    pub(super) first: u32,
    pub(super) count: u32,
}

/// A property slot.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The class that declares it; `NONE` for the object's own class.
    pub(super) declaring: Name,
    /// `NONE` when no property lives there.
    pub(super) name: Name,
}

/// A case of an enum.
pub(super) struct Case {
    pub(super) class: Name,
    pub(super) name: Name,
}

/// What a closure calls.
pub(super) struct Function {
    pub(super) code: Code,
    /// `NONE` for none, here and below.
    pub(super) scope: Name,
    pub(super) called_scope: Name,
}

/// Where the code of a function comes from.
pub(super) enum Code {
    /// It travels.
    Image(FunctionImage),
    /// The receiver has a function of this name, or a method in the scope, or one that answers for it.
    Named { name: Name, is_static: bool },
}

impl Tables {
    pub(super) fn name(&mut self, bytes: &[u8]) -> Name {
        let (at, length) = (self.names.len(), bytes.len());
        self.names.extend_from_slice(bytes);
        let fits = "names of one packet fit in 4 GiB";
        Name { at: at.try_into().expect(fits), length: length.try_into().expect(fits) }
    }

    pub(super) fn text(&self, name: Name) -> &[u8] {
        let at = name.at as usize;
        &self.names[at..at + name.length as usize]
    }

    pub(super) fn clear(&mut self) {
        self.shapes.clear();
        self.slots.clear();
        self.cases.clear();
        self.functions.clear();
        self.handles.clear();
        self.loans.clear();
        self.entries = 0;
        self.names.clear();
    }
}

impl Packet {
    /// Whether it holds what but one thread may get, so that it can be restored only once.
    pub(crate) fn is_for_one(&self) -> bool {
        self.tables.handles.iter().any(|handle| handle.once)
    }

    /// The code that was attached.
    pub(crate) fn code(&self) -> Option<&Snapshot> {
        self.code.as_ref()
    }

    /// Sends along the sender's code: classes that the receiver lacks are declared from it.
    pub(crate) fn attach_code(&mut self, code: Snapshot) {
        self.code = Some(code);
    }

    /// Whether a receiver has to know classes to open the packet.
    pub(crate) fn names_classes(&self) -> bool {
        let tables = &self.tables;
        !(tables.shapes.is_empty() && tables.cases.is_empty() && tables.functions.is_empty())
    }
}

const _: () = {
    const fn sendable<T: Send + Sync>() {}
    sendable::<Packet>();
};
