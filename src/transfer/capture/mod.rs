//! From a graph of values to a packet: one pass, one loop, a stack of its own.
//!
//! * Purpose: see [`super`]; the layout of what is written is in [`super::word`].
//! * Owner: [`Capture`] belongs to one call of [`capture`]; its memory goes back to the thread for the
//!   next call.
//! * Threads: the sender's.
//! * Invariants: as long as no user code runs, nobody changes the graph, so pointers into it stay valid
//!   and no node is freed whose number is known.

mod array;
mod closure;
pub(in crate::transfer) mod frame;
mod object;

use std::cell::Cell;

use async_threads_core::identity::{Identity, Meeting};
use async_threads_core::tape::Writer;

use self::frame::{Frame, Kind};
use self::object::Classes;
use super::packet::Tables;
use super::zv::{self, ty};
use super::{CaptureError, Label, Packet, path, word};
use crate::sys;
use crate::zend::Php;

/// Captures the graph that hangs on `roots`, as one: what two roots share stays shared.
///
/// Roots are values of this thread that stay alive and unchanged by others until this returns.
pub(crate) fn capture(php: Php<'_>, roots: &[(Label<'_>, *const sys::zval)]) -> Result<Packet, CaptureError> {
    let mut capture = SPARE.take().unwrap_or_default();
    let result = capture.roots(php, roots);
    let result = match result {
        Ok(()) => Ok(capture.packet(roots.len())),
        Err(Stop::Refused(reason)) => Err(CaptureError::Refused { path: path::of(roots, &capture.frames), reason }),
    };
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
}

impl Capture {
    fn roots(&mut self, php: Php<'_>, roots: &[(Label<'_>, *const sys::zval)]) -> Result<(), Stop> {
        for (index, &(_, value)) in roots.iter().enumerate() {
            let mut frame = Frame::root(index, value);
            // SAFETY: the caller of `capture` vouches for its roots, and everything else hangs on them.
            if let Err(stop) = unsafe { self.walk(php, &mut frame) } {
                self.frames.push(frame);
                return Err(stop);
            }
        }
        Ok(())
    }

    fn packet(&mut self, roots: usize) -> Packet {
        Packet {
            tape: self.tape.finish(),
            tables: std::mem::take(&mut self.tables),
            code: None,
            roots: u32::try_from(roots).expect("as many roots as arguments of a call"),
            shared: self.identity.count(),
        }
    }

    fn clear(&mut self) {
        self.tape.clear();
        self.identity.clear();
        self.frames.clear();
        self.frames.shrink_to(4096);
        self.classes.clear();
        self.tables.clear();
    }

    /// Writes everything below `frame`, which is a root's.
    ///
    /// # Safety
    /// The graph is alive, of this thread, and unchanging.
    unsafe fn walk(&mut self, php: Php<'_>, frame: &mut Frame) -> Result<(), Stop> {
        loop {
            // SAFETY: every frame spans values of a node that is alive, by contract; `at` moves by whole
            // elements up to `end`.
            unsafe {
                if frame.at == frame.end {
                    match self.frames.pop() {
                        Some(outer) => *frame = outer,
                        None => return Ok(()),
                    }
                    continue;
                }
                let value = match frame.kind() {
                    Kind::Map => match self.entry(frame) {
                        Some(value) => value,
                        None => continue,
                    },
                    Kind::Variables => match self.variable(frame) {
                        Some(value) => value,
                        None => continue,
                    },
                    Kind::Dynamic => match self.dynamic_entry(frame) {
                        Some(value) => value,
                        None => continue,
                    },
                    _ => frame.next_value(),
                };
                self.value(php, frame, value)?;
            }
        }
    }

    /// Writes one value; for a container the header, its contents becoming the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline(always)]
    unsafe fn value(&mut self, php: Php<'_>, frame: &mut Frame, value: *const sys::zval) -> Result<(), Stop> {
        let mut value = value;
        // SAFETY: the value is alive, and its tag says what it is.
        unsafe {
            if zv::type_of(value) == ty::REFERENCE {
                let reference = (*value).value.ref_;
                if zv::refcount(reference) == 1 {
                    // Bound to nothing else any more: to PHP, a plain value.
                    value = &raw const (*reference).val;
                } else {
                    self.reference(frame, reference);
                    return Ok(());
                }
            }
            match zv::type_of(value) {
                ty::NULL => self.tape.put(word::node(word::NULL, 0)),
                ty::FALSE => self.tape.put(word::node(word::FALSE, 0)),
                ty::TRUE => self.tape.put(word::node(word::TRUE, 0)),
                ty::LONG => self.int((*value).value.lval),
                ty::DOUBLE => {
                    let run = self.tape.run(2);
                    run.write(word::node(word::FLOAT, 0));
                    run.add(1).write((*value).value.dval.to_bits());
                }
                ty::STRING => {
                    let counted = zv::is_refcounted(zv::type_info(value));
                    let string = (*value).value.str_;
                    self.string(string, (*string).h, counted);
                }
                ty::ARRAY => {
                    let counted = zv::is_refcounted(zv::type_info(value));
                    self.array(frame, (*value).value.arr, counted);
                }
                ty::OBJECT => return self.object(php, frame, (*value).value.obj),
                ty::UNDEF => {
                    let uninitialised = (*value).u2.extra & sys::IS_PROP_UNINIT;
                    self.tape.put(word::node(word::UNDEF, u64::from(uninitialised)));
                }
                ty::RESOURCE => return Err(refuse_resource((*value).value.res)),
                other => return Err(Stop::Refused(format!("a value of type {other} is not transferable"))),
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn int(&mut self, value: i64) {
        if word::is_short(value) {
            self.tape.put(word::node(word::INT, value as u64));
        } else {
            self.tape.put(word::node(word::WIDE, 0));
            self.tape.put(value as u64);
        }
    }

    /// Writes a string, as a value or as a key.
    ///
    /// # Safety
    /// The string is alive; `hash` is its hash or zero; `counted` says whether it counts references.
    #[inline(always)]
    unsafe fn string(&mut self, string: *const sys::zend_string, hash: u64, counted: bool) {
        // SAFETY: the string is alive. Its memory is a multiple of eight bytes, header and NUL included, so
        // whole words of its characters may be read.
        unsafe {
            let length = (*string).len;
            if length <= 1 {
                let byte = *(&raw const (*string).val).cast::<u8>();
                let tag = if length == 0 { word::EMPTY_TEXT } else { word::CHAR };
                self.tape.put(word::node(tag, u64::from(byte)));
                return;
            }
            let shared = !counted || zv::refcount(string) > 1;
            if shared && let Meeting::Again(number) = self.identity.meet(string as usize) {
                self.tape.put(word::node(word::TEXT_AGAIN, u64::from(number)));
                return;
            }
            let from = (&raw const (*string).val).cast::<u64>();
            if length <= word::RUN_BYTES {
                let tag = if shared { word::TEXT_DEF } else { word::TEXT };
                let words = word::text_words(length);
                let run = self.tape.run(2 + words);
                run.write(word::node(tag, length as u64));
                run.add(1).write(hash);
                word::copy_words(from, run.add(2), words);
            } else {
                let tag = if shared { word::LONG_TEXT_DEF } else { word::LONG_TEXT };
                self.tape.put(word::node(tag, length as u64));
                self.tape.put(hash);
                self.tape.copy(from.cast(), length);
            }
        }
    }

    /// Writes a reference that is bound to more than one place.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    unsafe fn reference(&mut self, frame: &mut Frame, reference: *mut sys::zend_reference) {
        match self.identity.meet(reference as usize) {
            Meeting::Again(number) => {
                self.tape.put(word::node(word::REF_AGAIN, u64::from(number)));
            }
            Meeting::First(_) => {
                self.tape.put(word::node(word::REF, 0));
                // SAFETY: the reference is alive.
                let value = unsafe { &raw const (*reference).val };
                self.enter(frame, Frame::values(Kind::Reference, reference.cast(), value, 1));
            }
        }
    }

    /// Goes down into `inner`, to come back to `frame` afterwards.
    #[inline(always)]
    fn enter(&mut self, frame: &mut Frame, inner: Frame) {
        self.frames.push(std::mem::replace(frame, inner));
    }
}

/// A resource does not cross; says of which kind it is.
///
/// # Safety
/// The resource is alive.
#[cold]
unsafe fn refuse_resource(resource: *const sys::zend_resource) -> Stop {
    // SAFETY: the engine gives a static name or null.
    let kind = unsafe {
        let name = sys::zend_rsrc_list_get_rsrc_type(resource.cast_mut());
        match name.is_null() {
            true => "closed".into(),
            false => std::ffi::CStr::from_ptr(name).to_string_lossy(),
        }
    };
    Stop::Refused(format!("a resource ({kind}) is not transferable"))
}
