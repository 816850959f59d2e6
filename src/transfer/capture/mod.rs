//! From a graph of values to a packet: one pass, one loop, a stack of its own.
//!
//! * Purpose: see [`super`]; the layout of what is written is in [`super::word`].
//! * Owner: [`Capture`] belongs to one call of [`capture`]; its memory goes back to the thread for the
//!   next call.
//! * Threads: the sender's.
//! * Invariants: as long as no user code runs, nobody changes the graph, so pointers into it stay valid
//!   and no node is freed whose number is known. A graph that needs user code is walked again from
//!   the start in a careful way: every node that is met is held, so that user code that writes to an array
//!   being read writes to a copy, and no address is used twice.

mod array;
mod closure;
pub(in crate::transfer) mod frame;
mod node;
mod object;
mod straight;
mod trace;
mod user;
mod weak;

use std::cell::Cell;
use std::collections::HashMap;

use async_threads_core::identity::Identity;
use async_threads_core::tape::Writer;

use self::frame::{Frame, Kind};
use self::object::Classes;
pub(in crate::transfer) use self::object::is_transferable;
use self::trace::Checkpoint;
use self::weak::Weak;
use super::packet::Tables;
use super::{CaptureError, Label, Packet, deep, lend, path};
use crate::sys;
use crate::zend::{Bailout, Php, protect};

/// Captures the graph that hangs on `roots`, as one: what two roots share stays shared.
///
/// Roots are values of this thread that stay alive and unchanged by others until this returns.
pub(crate) fn capture(php: Php<'_>, roots: &[(Label<'_>, *const sys::zval)]) -> Result<Packet, CaptureError> {
    lend::take_back(php);
    let mut capture = SPARE.take().unwrap_or_default();
    let stopped = loop {
        let state = &mut *capture;
        // The collector runs destructors, which is user code; what it is given to look at meanwhile it looks at later.
        // SAFETY: attached (token); set back whatever happens.
        let pauses = !state.careful && unsafe { sys::gc_enabled() };
        if pauses {
            // SAFETY: as above.
            unsafe { sys::gc_enable(false) };
        }
        let walked = protect(php, |php| state.all(php, roots));
        if pauses {
            // SAFETY: as above.
            unsafe { sys::gc_enable(true) };
        }
        match walked {
            Ok(Err(Stop::UserCode)) => {
                capture.restart();
                capture.careful = true;
                let state = &mut *capture;
                // What was made so far holds parts of the graph that user code may write to.
                // SAFETY: the frames are gone.
                if let Err(bailout) = protect(php, |_| unsafe { state.let_go() }) {
                    break Some(Stop::Bailout(bailout));
                }
                capture.made.clear();
                capture.states.clear();
            }
            Ok(Err(Stop::Forward)) => capture.restart(),
            Ok(Ok(())) => break None,
            Ok(Err(stop)) => break Some(stop),
            Err(bailout) => break Some(Stop::Bailout(bailout)),
        }
    };
    let mut result = match stopped {
        None => Ok(capture.packet(roots.len())),
        Some(Stop::Refused(reason)) => Err(CaptureError::Refused { path: path::of(roots, &capture.frames), reason }),
        Some(Stop::Bailout(bailout)) => Err(CaptureError::Bailout(bailout)),
        Some(Stop::Thrown | Stop::UserCode | Stop::Forward) => Err(CaptureError::Thrown),
    };
    // After a bailout the heap goes as a whole.
    if !matches!(result, Err(CaptureError::Bailout(_))) {
        let threw_before = php.has_exception();
        let state = &mut *capture;
        // SAFETY: nothing refers to the held values any more.
        if let Err(bailout) = protect(php, |_| unsafe { state.let_go() }) {
            result = Err(CaptureError::Bailout(bailout));
        } else if result.is_ok() && !threw_before && php.has_exception() {
            // A destructor of something that user code had made for this. Whoever sends hears of it, so nothing is sent.
            result = Err(CaptureError::Thrown);
        }
    }
    capture.clear();
    SPARE.set(Some(capture));
    result
}

thread_local! {
    /// The memory of the last capture. A nested one, from user code that a capture runs, finds none and makes
    /// its own.
    static SPARE: Cell<Option<Box<Capture>>> = const { Cell::new(None) };
}

/// Why the walk ended early. The frames are left as they were, for the path.
enum Stop {
    /// A value does not cross.
    Refused(String),
    /// User code has to run: start again, carefully.
    UserCode,
    /// A weak reference comes before what it refers to: start again, now that this is known.
    Forward,
    /// User code threw; the exception is pending.
    Thrown,
    /// The request is at its end.
    Bailout(Bailout),
}

/// The number of objects that cross by their properties, and above it what objects and small maps take in memory beyond what they take
/// on the tape: one word, as it is added to for each object. Good guesses, no more.
#[derive(Clone, Copy, Default)]
struct Tally(u64);

impl Tally {
    const OBJECTS: u32 = 28;

    fn of(objects: u64, weight: usize) -> Tally {
        Tally(objects | (weight as u64) << Self::OBJECTS)
    }

    fn objects(self) -> usize {
        (self.0 & ((1 << Self::OBJECTS) - 1)) as usize
    }

    fn weight(self) -> usize {
        (self.0 >> Self::OBJECTS) as usize
    }
}

/// A capture under way.
#[derive(Default)]
struct Capture {
    tape: Writer,
    identity: Identity,
    /// The way from the root to the current node; complete only when the walk has stopped.
    frames: Vec<Frame>,
    classes: Classes,
    tables: Tables,
    /// User code may run: every node met is held in `held`.
    careful: bool,
    /// References to nodes that must not go before the end.
    held: Vec<sys::zval>,
    /// Values made for this capture, such as what a serialiser gave.
    #[expect(clippy::vec_box, reason = "frames point to the values")]
    made: Vec<Box<sys::zval>>,
    /// What objects gave as their states: values in `made`, by the address of the object, which is held.
    states: HashMap<usize, *const sys::zval>,
    /// Strings that are lent if all goes well.
    lent: Vec<*mut sys::zend_string>,
    checkpoints: Vec<Checkpoint>,
    weak: Weak,
    tally: Tally,
}

impl Capture {
    fn all(&mut self, php: Php<'_>, roots: &[(Label<'_>, *const sys::zval)]) -> Result<(), Stop> {
        for (index, &(_, value)) in roots.iter().enumerate() {
            // SAFETY: the caller of `capture` vouches for its roots, and everything else hangs on them.
            unsafe { self.root(php, Frame::root(index, value))? };
        }
        if self.weak.is_empty() {
            return Ok(());
        }
        // SAFETY: as above.
        unsafe { self.weak_ends(php) }
    }

    /// Writes everything below `frame`.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    unsafe fn root(&mut self, php: Php<'_>, frame: Frame) -> Result<(), Stop> {
        let mut frame = frame;
        loop {
            // SAFETY: by contract.
            let Err(stop) = (unsafe { self.walk(php, &mut frame) }) else { return Ok(()) };
            // SAFETY: by contract; the walk has just stopped at these frames.
            match unsafe { self.recover(php, &mut frame, stop) } {
                None => {}
                Some(stop) => {
                    self.frames.push(frame);
                    return Err(stop);
                }
            }
        }
    }

    fn packet(&mut self, roots: usize) -> Packet {
        for &string in &self.lent {
            // SAFETY: the string is part of the graph, or held: nothing was let go since it was met.
            self.tables.loans.push(unsafe { lend::lend(string) });
        }
        let tape = self.tape.finish();
        let weight = self.tally.weight() + tape.byte_len();
        Packet {
            tape,
            tables: std::mem::take(&mut self.tables),
            code: None,
            roots: u32::try_from(roots).expect("as many roots as arguments of a call"),
            shared: self.identity.count(),
            objects: self.tally.objects(),
            weight,
        }
    }

    /// Back to the start, still holding what is held.
    fn restart(&mut self) {
        self.tape.clear();
        self.identity.clear();
        self.frames.clear();
        self.classes.clear();
        self.tables.clear();
        self.lent.clear();
        self.checkpoints.clear();
        self.weak.restart();
        self.tally = Tally::default();
    }

    fn clear(&mut self) {
        self.restart();
        self.frames.shrink_to(4096);
        self.careful = false;
        self.held = Vec::new();
        self.made.clear();
        if !self.states.is_empty() {
            self.states = HashMap::new();
        }
        self.weak.clear();
    }

    /// Writes everything below `frame`.
    ///
    /// # Safety
    /// The graph is alive and of this thread; it changes only by user code that the walk itself runs.
    unsafe fn walk(&mut self, php: Php<'_>, frame: &mut Frame) -> Result<(), Stop> {
        loop {
            // SAFETY: every frame spans values of a node that is alive, by contract; `at` moves by whole
            // elements up to `end`.
            unsafe {
                let value = match self.straight(frame) {
                    Some(value) => Some(value),
                    None if frame.at == frame.end => return Ok(()),
                    None => match frame.kind() {
                        Kind::Variables => self.variable(frame),
                        Kind::Dynamic => self.dynamic_entry(frame),
                        _ => {
                            self.trace_step(php, frame)?;
                            None
                        }
                    },
                };
                if let Some(value) = value {
                    self.value(php, frame, value)?;
                }
            }
        }
    }

    /// Goes down into `inner`, to come back to `frame` afterwards.
    #[inline(always)]
    fn enter(&mut self, frame: &mut Frame, inner: Frame) {
        self.frames.push(std::mem::replace(frame, inner));
        if self.frames.len().is_multiple_of(deep::EVERY) {
            // SAFETY: the frame's owner is what its kind says.
            unsafe {
                match frame.kind() {
                    Kind::List | Kind::Map => deep::mark_array(frame.owner() as *mut _),
                    Kind::Slots => deep::mark_object(frame.owner() as *mut _),
                    Kind::Dynamic => deep::mark_array((*(frame.owner() as *mut sys::zend_object)).properties),
                    _ => {}
                }
            }
        }
    }
}
