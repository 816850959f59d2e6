//! From a packet to a graph of values: one pass over the tape, one loop, a stack of its own.
//!
//! * Purpose: see [`super`]; the layout of what is read is in [`super::word`].
//! * Owner: [`Restore`] belongs to one call of [`Packet::restore`]; its memory goes back to the thread for the
//!   next call.
//! * Threads: the receiver's.
//! * Invariants: classes and enum cases are looked up before the first node is made, `__unserialize()` and
//!   `Transferable::restore()` are called after the last, so that user code sees no half-built graph (what is not made yet
//!   is missing where it will be, see [`late`]); every node hangs on its parent before its contents are read; nothing of
//!   PHP's is freed after a bailout, for the whole heap goes.

mod array;
mod closure;
mod dismantle;
mod late;
mod memory;
mod node;
mod object;
mod pending;
mod store;
mod straight;
mod target;
mod weak;

use std::cell::Cell;
use std::collections::HashMap;

use async_threads_core::tape::Reader;

use self::closure::Found;
use self::late::{Hole, Late};
use self::memory::Memory;
use self::pending::{Complete, Pending};
use self::store::Store;
use self::target::{Slot, Target};
use super::packet::{How, Packet};
use super::zv;
use super::{RestoreError, deep, lend};
use crate::sys;
use crate::zend::{Php, protect};

impl Packet {
    /// Builds the graph in this thread, one value per root into `out`; all of them UNDEF on failure.
    ///
    /// What `out` held before is overwritten, not released.
    pub(crate) fn restore(&self, php: Php<'_>, out: &mut [sys::zval]) -> Result<(), RestoreError> {
        self.build(php, &mut self.tape.read(), out)
    }

    /// The same for the last time: the packet's memory goes as it is read.
    pub(crate) fn restore_once(&mut self, php: Php<'_>, out: &mut [sys::zval]) -> Result<(), RestoreError> {
        let mut tape = self.tape.read_once();
        self.build(php, &mut tape, out)
    }

    fn build(&self, php: Php<'_>, tape: &mut Reader<'_>, out: &mut [sys::zval]) -> Result<(), RestoreError> {
        assert_eq!(out.len(), self.roots as usize, "one place for each root");
        for value in out.iter_mut() {
            value.u1.type_info = sys::IS_UNDEF;
        }
        lend::take_back(php);
        let mut restore = SPARE.take().unwrap_or_default();
        restore.nodes.reserve(self.shared as usize);
        restore.memory.expect(self.weight);
        let state = &mut *restore;
        let place = &mut *out;
        let built = protect(php, |php| {
            // SAFETY: the token, and `place` is writable.
            unsafe { state.all(php, self, tape, place) }
        });
        let result = match built {
            Ok(Ok(())) => Ok(()),
            Ok(Err(stop)) => {
                let state = &mut *restore;
                let place = &mut *out;
                // SAFETY: the frames are those of the walk that just stopped, and hang on `place`.
                let freed = protect(php, |_| unsafe {
                    match state.ran_code {
                        false => state.dismantle(place),
                        true => state.abandon(place),
                    }
                });
                match (freed, stop) {
                    (Err(bailout), _) => Err(RestoreError::Bailout(bailout)),
                    (Ok(()), Stop::Mismatch) => Err(RestoreError::Mismatch(restore.mismatch.take().unwrap_or_default())),
                    (Ok(()), Stop::Thrown) => Err(RestoreError::Thrown),
                }
            }
            Err(bailout) => Err(RestoreError::Bailout(bailout)),
        };
        if result.is_err() {
            for value in out {
                value.u1.type_info = sys::IS_UNDEF;
            }
        }
        restore.clear();
        SPARE.set(Some(restore));
        result
    }
}

thread_local! {
    /// The memory of the last restore. A nested one, from user code that a restore runs, finds none and makes
    /// its own.
    static SPARE: Cell<Option<Box<Restore>>> = const { Cell::new(None) };
}

/// Why building ended early; holds nothing, for it lives in frames that may be jumped over.
enum Stop {
    /// The sentence is in [`Restore::mismatch`].
    Mismatch,
    /// An exception is pending.
    Thrown,
}

/// A restore under way.
#[derive(Default)]
struct Restore {
    /// The nodes with a number, by number.
    nodes: Vec<*mut sys::zend_refcounted>,
    frames: Vec<Frame>,
    memory: Memory,
    store: Store,
    /// What each shape of the packet is here.
    targets: Vec<Target>,
    slots: Vec<Slot>,
    /// The cases of the packet's table, without a reference of their own.
    cases: Vec<*mut sys::zend_object>,
    functions: Vec<Found>,
    /// References put in typed properties: what they hold is checked at the end.
    typed: Vec<object::Typed>,
    /// Objects with dynamic properties whose classes declare some, and how many entries of their tables are of those.
    extended: Vec<(*mut sys::zend_object, u32)>,
    /// States of objects that get them when all is built.
    pending: Vec<Pending>,
    /// Objects that are made when all is built, and where they will be.
    lates: Vec<Late>,
    holes: Vec<Hole>,
    /// Those of them that have a number, which has no node, by number.
    late_numbers: HashMap<usize, usize>,
    /// Tables of dynamic properties and their objects, in graphs with such.
    tables: HashMap<usize, *mut sys::zend_object>,
    makes_late: bool,
    /// Those whose state is complete, inner ones first.
    complete: Vec<Complete>,
    /// User code has run or is about to; `pinned` have a reference of ours.
    ran_code: bool,
    pinned: Vec<sys::zval>,
    /// Values of entries of weak maps, and values that only weak references refer to so far.
    #[expect(clippy::vec_box, reason = "frames point to the values")]
    cells: Vec<Box<sys::zval>>,
    /// Entries of weak maps.
    entries: Vec<weak::Entry>,
    /// Values taken out of a graph that is being dismantled.
    loose: Vec<sys::zval>,
    mismatch: Option<String>,
}

/// What a frame's places are.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
enum Kind {
    /// Values in a row that are valid at any time: `out`, the value of a reference.
    Values,
    /// The elements of a new list.
    List,
    /// The buckets of a new map.
    Map,
    /// Slots of a new object, by way of its target.
    Slots,
    /// The buckets of a closure's variables.
    Variables,
    /// The one value of a [`Pending`], whose index is the owner.
    State,
    /// The one value of a [`Late`], likewise.
    Transfer,
}

/// Places yet to be filled, in one node.
#[derive(Clone, Copy)]
struct Frame {
    at: *mut u8,
    end: *mut u8,
    owner: *mut u8,
    /// As wide as the rest, so that a frame is moved in whole words.
    kind: Kind,
}

impl Frame {
    #[inline(always)]
    fn new<T>(kind: Kind, owner: *mut u8, first: *mut T, count: usize) -> Frame {
        let at = first.cast::<u8>();
        Frame { at, end: at.wrapping_add(count * size_of::<T>()), owner, kind }
    }

    #[inline(always)]
    fn step<T>(&mut self) -> *mut T {
        let place = self.at;
        self.at = place.wrapping_add(size_of::<T>());
        place.cast()
    }
}

impl Frame {
    /// Makes the places still to be filled UNDEF, so that the node can be looked at and freed.
    ///
    /// # Safety
    /// The frame's owner is alive.
    unsafe fn settle(&self) {
        // SAFETY: the places are the owner's, and nothing was written there yet.
        unsafe {
            self.count();
            match self.kind {
                Kind::List => {
                    let mut at = self.at.cast::<sys::zval>();
                    while at < self.end.cast() {
                        zv::set_type(at, sys::IS_UNDEF);
                        at = at.add(1);
                    }
                }
                Kind::Map => {
                    let mut at = self.at.cast::<sys::Bucket>();
                    while at < self.end.cast() {
                        zv::set_type(&raw mut (*at).val, sys::IS_UNDEF);
                        (&raw mut (*at).h).write(0);
                        (&raw mut (*at).key).write(std::ptr::null_mut());
                        at = at.add(1);
                    }
                }
                // Valid from the start.
                Kind::Values | Kind::Slots | Kind::Variables | Kind::State | Kind::Transfer => {}
            }
        }
    }

    /// Tells a new array that it has all its elements. Until then it says that it has none, for whoever frees it after a bailout.
    ///
    /// # Safety
    /// The frame's owner is alive; all its places can be looked at.
    #[inline(always)]
    unsafe fn count(&self) {
        let array = self.owner.cast::<sys::HashTable>();
        // SAFETY: by contract; the places up to the end are in the array's block.
        unsafe {
            match self.kind {
                Kind::List => (*array).nNumUsed = self.end.cast::<sys::zval>().offset_from_unsigned(zv::packed(array)) as u32,
                Kind::Map => (*array).nNumUsed = self.end.cast::<sys::Bucket>().offset_from_unsigned(zv::buckets(array)) as u32,
                _ => {}
            }
        }
    }
}

/// A counted thing as a value.
///
/// # Safety
/// The node is alive.
unsafe fn value_of(node: *mut sys::zend_refcounted) -> sys::zval {
    // SAFETY: the tag is what the header says.
    unsafe {
        let mut value = zv::undef();
        let type_info = match zv::gc_type(node) {
            zv::ty::STRING => sys::IS_STRING_EX,
            zv::ty::ARRAY => sys::IS_ARRAY_EX,
            zv::ty::OBJECT => sys::IS_OBJECT_EX,
            _ => sys::IS_REFERENCE_EX,
        };
        zv::set_counted(&raw mut value, node, type_info);
        value
    }
}

impl Restore {
    fn clear(&mut self) {
        self.nodes.clear();
        self.nodes.shrink_to(4096);
        self.frames.clear();
        self.frames.shrink_to(4096);
        self.targets.clear();
        self.slots.clear();
        self.cases.clear();
        self.functions.clear();
        self.typed.clear();
        self.extended.clear();
        self.pending.clear();
        self.lates.clear();
        self.holes.clear();
        self.late_numbers.clear();
        self.tables.clear();
        self.makes_late = false;
        self.complete.clear();
        self.ran_code = false;
        self.pinned.clear();
        self.cells.clear();
        self.entries.clear();
        self.loose.clear();
        self.mismatch = None;
    }

    /// # Safety
    /// `out` is writable, one value per root, all UNDEF.
    unsafe fn all(&mut self, php: Php<'_>, packet: &Packet, tape: &mut Reader<'_>, out: &mut [sys::zval]) -> Result<(), Stop> {
        self.makes_late = packet.tables.shapes.iter().any(|shape| shape.how == How::Transferable);
        self.resolve(php, packet)?;
        self.store.open(php, packet.objects);
        let mut frame = Frame::new(Kind::Values, std::ptr::null_mut(), out.as_mut_ptr(), out.len());
        // SAFETY: by contract; the tape is read just as it was written.
        let walked = unsafe { self.walk(php, packet, tape, &mut frame) };
        if walked.is_err() {
            self.frames.push(frame);
        }
        walked?;
        // SAFETY: the roots are complete, and what follows on the tape are entries of weak maps.
        unsafe {
            self.weak_entries(php, packet, tape)?;
            if self.lates.is_empty() {
                self.insert_entries();
            }
            self.hide_typed();
            self.check_references(php)?;
            self.check_dynamic()?;
            self.finish(php)
        }
    }

    /// Fills `frame` and everything below it.
    ///
    /// # Safety
    /// The frame's places are writable; the tape stands where their values begin.
    unsafe fn walk(&mut self, php: Php<'_>, packet: &Packet, tape: &mut Reader<'_>, frame: &mut Frame) -> Result<(), Stop> {
        loop {
            // SAFETY: by contract, and for frames below because `value` makes them so.
            unsafe {
                self.straight(tape, frame);
                if frame.at == frame.end {
                    let Some(outer) = self.frames.pop() else { return Ok(()) };
                    let inner = std::mem::replace(frame, outer);
                    if matches!(inner.kind, Kind::State | Kind::Transfer) {
                        self.state_complete(&inner);
                    }
                    continue;
                }
                match frame.kind {
                    Kind::Map => {
                        let place = self.entry(tape, frame);
                        self.value(php, packet, tape, frame, place)?;
                    }
                    Kind::Slots => self.slot(php, packet, tape, frame)?,
                    Kind::Variables => self.variable(php, packet, tape, frame)?,
                    Kind::Values | Kind::List | Kind::State | Kind::Transfer => {
                        let place = frame.step();
                        self.value(php, packet, tape, frame, place)?;
                    }
                }
            }
        }
    }

    /// Goes down into `inner`, to come back to `frame` afterwards.
    #[inline(always)]
    fn enter(&mut self, frame: &mut Frame, inner: Frame) {
        self.frames.push(std::mem::replace(frame, inner));
        if self.frames.len().is_multiple_of(deep::EVERY) {
            // SAFETY: the node was just made.
            unsafe {
                match frame.kind {
                    Kind::List | Kind::Map => deep::mark_array(frame.owner.cast()),
                    Kind::Slots => deep::mark_object(frame.owner.cast()),
                    Kind::Values | Kind::Variables | Kind::State | Kind::Transfer => {}
                }
            }
        }
    }

    /// Remembers the sentence for a mismatch.
    #[cold]
    fn mismatch(&mut self, sentence: String) -> Stop {
        self.mismatch = Some(sentence);
        Stop::Mismatch
    }
}

/// The header of a new counted thing: one reference.
#[inline(always)]
fn header(type_info: u32) -> sys::zend_refcounted_h {
    sys::zend_refcounted_h { refcount: 1, u: sys::_zend_refcounted_h__bindgen_ty_1 { type_info } }
}
