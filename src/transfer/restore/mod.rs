//! From a packet to a graph of values: one pass over the tape, one loop, a stack of its own.
//!
//! * Purpose: see [`super`]; the layout of what is read is in [`super::word`].
//! * Owner: [`Restore`] belongs to one call of [`Packet::restore`]; its memory goes back to the thread for the
//!   next call.
//! * Threads: the receiver's.
//! * Invariants: classes and enum cases are looked up before the first node is made, so that no user code
//!   runs while the graph is half built; every node hangs on its parent before its contents are read;
//!   nothing of PHP's is freed after a bailout, for the whole heap goes.

mod array;
mod closure;
mod dismantle;
mod object;
mod target;

use std::cell::Cell;

use async_threads_core::tape::Reader;

use self::closure::Found;
use self::target::{Slot, Target};
use super::RestoreError;
use super::packet::Packet;
use super::word;
use super::zv;
use crate::sys;
use crate::zend::{Php, protect};

impl Packet {
    /// Builds the graph in this thread, one value per root into `out`; all of them UNDEF on failure.
    ///
    /// What `out` held before is overwritten, not released.
    pub(crate) fn restore(&self, php: Php<'_>, out: &mut [sys::zval]) -> Result<(), RestoreError> {
        assert_eq!(out.len(), self.roots as usize, "one place for each root");
        for value in out.iter_mut() {
            value.u1.type_info = sys::IS_UNDEF;
        }
        let mut restore = SPARE.take().unwrap_or_default();
        restore.nodes.reserve(self.shared as usize);
        let state = &mut *restore;
        let place = &mut *out;
        let built = protect(php, |php| {
            // SAFETY: the token, and `place` is writable.
            unsafe { state.all(php, self, place) }
        });
        let result = match built {
            Ok(Ok(())) => Ok(()),
            Ok(Err(stop)) => {
                let state = &mut *restore;
                let place = &mut *out;
                // SAFETY: the frames are those of the walk that just stopped, and hang on `place`.
                let freed = protect(php, |_| unsafe { state.dismantle(place) });
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
    /// What each shape of the packet is here.
    targets: Vec<Target>,
    slots: Vec<Slot>,
    /// The cases of the packet's table, without a reference of their own.
    cases: Vec<*mut sys::zend_object>,
    functions: Vec<Found>,
    /// References put in typed properties: what they hold is checked at the end.
    typed: Vec<(*mut sys::zend_reference, *mut sys::zend_property_info)>,
    /// Values taken out of a graph that is being dismantled.
    loose: Vec<sys::zval>,
    mismatch: Option<String>,
}

/// What a frame's places are.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    /// Values in a row that are valid at any time: `out`, the value of a reference.
    Values,
    /// The elements of a new list.
    List,
    /// The buckets of a new map.
    Map,
    /// All slots of a new object, in the packet's order.
    Slots,
    /// Some slots of a new object, by way of its target.
    Mapped,
    /// The buckets of a closure's variables.
    Variables,
}

/// Places yet to be filled, in one node.
#[derive(Clone, Copy)]
struct Frame {
    at: *mut u8,
    end: *mut u8,
    owner: *mut u8,
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
        self.loose.clear();
        self.mismatch = None;
    }

    /// # Safety
    /// `out` is writable, one value per root, all UNDEF.
    unsafe fn all(&mut self, php: Php<'_>, packet: &Packet, out: &mut [sys::zval]) -> Result<(), Stop> {
        self.resolve(php, packet)?;
        let mut tape = packet.tape.read();
        let mut frame = Frame::new(Kind::Values, std::ptr::null_mut(), out.as_mut_ptr(), out.len());
        // SAFETY: by contract; the tape is read just as it was written.
        let walked = unsafe { self.walk(php, packet, &mut tape, &mut frame) };
        if walked.is_err() {
            self.frames.push(frame);
        }
        walked?;
        // SAFETY: the graph is complete.
        unsafe { self.check_references(php) }
    }

    /// Fills `frame` and everything below it.
    ///
    /// # Safety
    /// The frame's places are writable; the tape stands where their values begin.
    unsafe fn walk(&mut self, php: Php<'_>, packet: &Packet, tape: &mut Reader<'_>, frame: &mut Frame) -> Result<(), Stop> {
        loop {
            if frame.at == frame.end {
                match self.frames.pop() {
                    Some(outer) => *frame = outer,
                    None => return Ok(()),
                }
                continue;
            }
            // SAFETY: by contract, and for frames below because `value` makes them so.
            unsafe {
                match frame.kind {
                    Kind::Map => {
                        let place = self.entry(tape, frame);
                        self.value(php, packet, tape, frame, place)?;
                    }
                    Kind::Mapped => self.mapped(php, packet, tape, frame)?,
                    Kind::Variables => self.variable(php, packet, tape, frame)?,
                    Kind::Values | Kind::List | Kind::Slots => {
                        let place = frame.step();
                        self.value(php, packet, tape, frame, place)?;
                    }
                }
            }
        }
    }

    /// Reads one value into `place`; a container empty, its contents becoming the new `frame`.
    ///
    /// Only value and tag are written, not what shares the word with the tag.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[inline(always)]
    unsafe fn value(
        &mut self,
        php: Php<'_>,
        packet: &Packet,
        tape: &mut Reader<'_>,
        frame: &mut Frame,
        place: *mut sys::zval,
    ) -> Result<(), Stop> {
        let head = tape.get();
        // SAFETY: `place` is writable; numbers on the tape are of nodes that have been made.
        unsafe {
            match word::tag(head) {
                word::NULL => zv::set_type(place, sys::IS_NULL),
                word::FALSE => zv::set_type(place, sys::IS_FALSE),
                word::TRUE => zv::set_type(place, sys::IS_TRUE),
                word::INT => zv::set_long(place, word::short(head)),
                word::WIDE => zv::set_long(place, tape.get() as i64),
                word::FLOAT => zv::set_double(place, *tape.run(1)),
                word::EMPTY_TEXT => {
                    zv::set_counted(place, sys::zend_empty_string, sys::IS_STRING);
                }
                word::CHAR => {
                    let string = sys::zend_one_char_string[word::count(head) as usize];
                    zv::set_counted(place, string, sys::IS_STRING);
                }
                word::TEXT | word::TEXT_DEF | word::LONG_TEXT | word::LONG_TEXT_DEF => {
                    let string = self.string(tape, head);
                    zv::set_counted(place, string, sys::IS_STRING_EX);
                }
                word::TEXT_AGAIN => self.again(place, head, sys::IS_STRING_EX),
                word::ARRAY_AGAIN => self.again(place, head, sys::IS_ARRAY_EX),
                word::OBJECT_AGAIN => self.again(place, head, sys::IS_OBJECT_EX),
                word::REF_AGAIN => self.again(place, head, sys::IS_REFERENCE_EX),
                word::EMPTY_LIST => {
                    zv::set_counted(place, (&raw const sys::zend_empty_array).cast_mut(), sys::IS_ARRAY);
                }
                word::LIST => self.list(tape, head, frame, place),
                word::INTS | word::FLOATS => self.row(tape, head, place),
                word::MAP => {
                    let map = self.map(tape, head);
                    if head & word::DEF != 0 {
                        self.nodes.push(map.cast());
                    }
                    zv::set_counted(place, map, sys::IS_ARRAY_EX);
                    let inner = Frame::new(Kind::Map, map.cast(), zv::buckets(map), word::count(head) as usize);
                    self.enter(frame, inner);
                }
                word::REF | word::BOX => self.reference(head, frame, place),
                word::OBJECT => self.object(php, tape, head, frame, place)?,
                word::ENUM => {
                    let case = self.cases[word::count(head) as usize];
                    if head & word::DEF != 0 {
                        self.nodes.push(case.cast());
                    }
                    zv::addref(case);
                    zv::set_counted(place, case, sys::IS_OBJECT_EX);
                }
                word::CLOSURE => self.closure(php, packet, tape, head, frame, place)?,
                word::HANDLE => self.handle(php, packet, head, place)?,
                word::UNDEF => {
                    zv::set_type(place, sys::IS_UNDEF);
                    if matches!(frame.kind, Kind::Slots | Kind::Mapped) {
                        (*place).u2.extra = word::count(head);
                    }
                }
                other => unreachable!("tag {other} is no value"),
            }
        }
        Ok(())
    }

    /// A new string.
    ///
    /// # Safety
    /// The tape stands behind the head of a string.
    #[inline(always)]
    unsafe fn string(&mut self, tape: &mut Reader<'_>, head: u64) -> *mut sys::zend_string {
        let length = word::payload(head) as usize;
        let words = word::text_words(length);
        // SAFETY: the block has room for the header and so many words.
        unsafe {
            let string = zv::emalloc(zv::STRING_HEADER + words * 8).cast::<sys::zend_string>();
            let text = (&raw mut (*string).val).cast::<u64>();
            let tag = word::tag(head);
            let hash = if tag == word::TEXT || tag == word::TEXT_DEF {
                let run = tape.run(1 + words);
                word::copy_words(run.add(1), text, words);
                *run
            } else {
                let hash = tape.get();
                tape.copy(text.cast(), length);
                text.cast::<u8>().add(length).write(0);
                hash
            };
            (&raw mut (*string).gc).write(header(sys::GC_STRING));
            (&raw mut (*string).h).write(hash);
            (&raw mut (*string).len).write(length);
            if tag == word::TEXT_DEF || tag == word::LONG_TEXT_DEF {
                self.nodes.push(string.cast());
            }
            string
        }
    }

    /// Another reference to a node that was made before.
    ///
    /// # Safety
    /// The number in `head` is that of a node of this type.
    #[inline(always)]
    unsafe fn again(&mut self, place: *mut sys::zval, head: u64, type_info: u32) {
        // SAFETY: by contract.
        unsafe {
            let node = self.node(head);
            zv::addref(node);
            zv::set_counted(place, node, type_info);
        }
    }

    /// # Safety
    /// The number in `head` is that of a node.
    #[inline(always)]
    unsafe fn node(&self, head: u64) -> *mut sys::zend_refcounted {
        debug_assert!((word::count(head) as usize) < self.nodes.len());
        // SAFETY: capture gives a number to each node before it refers to it.
        unsafe { *self.nodes.get_unchecked(word::count(head) as usize) }
    }

    /// # Safety
    /// `place` is writable.
    unsafe fn reference(&mut self, head: u64, frame: &mut Frame, place: *mut sys::zval) {
        // SAFETY: the block is as large as a reference, all of which is written.
        unsafe {
            let reference = zv::emalloc(size_of::<sys::zend_reference>()).cast::<sys::zend_reference>();
            (&raw mut (*reference).gc).write(header(sys::GC_REFERENCE));
            let value = &raw mut (*reference).val;
            zv::set_type(value, sys::IS_NULL);
            (&raw mut (*reference).sources.ptr).write(std::ptr::null_mut());
            if word::tag(head) == word::REF {
                self.nodes.push(reference.cast());
            }
            zv::set_counted(place, reference, sys::IS_REFERENCE_EX);
            self.enter(frame, Frame::new(Kind::Values, reference.cast(), value, 1));
        }
    }

    /// Goes down into `inner`, to come back to `frame` afterwards.
    #[inline(always)]
    fn enter(&mut self, frame: &mut Frame, inner: Frame) {
        self.frames.push(std::mem::replace(frame, inner));
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
