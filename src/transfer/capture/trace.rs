//! Throwables: their traces hold whatever the calls had as arguments, and an argument that cannot cross is no
//! reason to refuse the exception. It is taken back and its type's name written instead.

use std::ffi::CStr;
use std::mem::offset_of;

use async_threads_core::tape::Mark;

use super::frame::{Frame, Kind};
use super::{Capture, Stop};
use crate::sys;
use crate::transfer::zv;
use crate::transfer::{path, word};
use crate::zend::{Php, error};

/// How far everything was when an argument was begun.
pub(super) struct Checkpoint {
    /// Depth of the frame of the arguments, and where it stood: if that is so no more, the arguments are done.
    depth: usize,
    at: *const u8,
    value: *const sys::zval,
    mark: Mark,
    shared: u32,
    shapes: usize,
    slots: usize,
    cases: usize,
    functions: usize,
    handles: usize,
    lent: usize,
    names: usize,
}

/// The index of the slot that holds the trace, in exceptions and errors alike.
///
/// # Safety
/// The engine has started.
pub(super) unsafe fn trace_slot() -> Option<u32> {
    // SAFETY: by contract.
    unsafe { slot_of(c"trace") }
}

/// The same for any of their properties.
///
/// # Safety
/// The engine has started.
unsafe fn slot_of(name: &CStr) -> Option<u32> {
    // SAFETY: the class exists since the engine's start; its table holds infos.
    unsafe {
        let properties = &raw const (*sys::zend_ce_exception).properties_info;
        let found = sys::zend_hash_str_find(properties, name.as_ptr(), name.count_bytes());
        if found.is_null() {
            return None;
        }
        let info = (*found).value.ptr.cast::<sys::zend_property_info>();
        let first = offset_of!(sys::zend_object, properties_table) as u32;
        Some(((*info).offset - first) / size_of::<sys::zval>() as u32)
    }
}

/// What the pending exception says; it is pending no more.
///
/// # Safety
/// One is.
pub(super) unsafe fn take_message(php: Php<'_>) -> String {
    // SAFETY: by contract; the slot is the same in exceptions and errors.
    unsafe {
        let exception = (*php.eg()).exception;
        let mut text = String::new();
        if let Some(slot) = slot_of(c"message") {
            let message = zv::slots(exception).add(slot as usize);
            if zv::type_of(message) == zv::ty::STRING {
                text = String::from_utf8_lossy(zv::bytes((*message).value.str_)).into_owned();
            }
        }
        sys::zend_clear_exception();
        text
    }
}

impl Capture {
    /// Writes the next element on the way from an exception to the arguments in its trace.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the frame is of one of these kinds and not at its end.
    #[cold]
    pub(super) unsafe fn trace_step(&mut self, php: Php<'_>, frame: &mut Frame) -> Result<(), Stop> {
        let kind = frame.kind();
        // SAFETY: by contract.
        unsafe {
            let is_map = matches!(kind, Kind::Call | Kind::NamedArguments);
            let value = match is_map {
                true => self.entry(frame),
                false => Some(frame.next_value()),
            };
            let Some(value) = value else { return Ok(()) };
            let next = match kind {
                Kind::Throwable => self.is_trace(frame).then_some((Kind::Trace, None)),
                Kind::Trace => Some((Kind::Call, Some(Kind::Call))),
                Kind::Call => is_args(frame).then_some((Kind::Arguments, Some(Kind::NamedArguments))),
                _ => {
                    self.checkpoint(frame, value);
                    None
                }
            };
            let depth = self.frames.len();
            self.value(php, frame, value)?;
            // What hangs on has the shape of a trace, or is written like any value.
            if let Some((list, map)) = next
                && self.frames.len() == depth + 1
            {
                match (frame.kind(), map) {
                    (Kind::List, _) if list != Kind::Call => frame.set_kind(list),
                    (Kind::Map, Some(map)) => frame.set_kind(map),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// # Safety
    /// The frame is of the slots of an exception.
    unsafe fn is_trace(&self, frame: &Frame) -> bool {
        let object = frame.owner() as *const sys::zend_object;
        // SAFETY: by contract.
        unsafe {
            let index = frame.current::<sys::zval>().offset_from(zv::slots(object));
            trace_slot().is_some_and(|slot| slot as isize == index)
        }
    }

    fn checkpoint(&mut self, frame: &Frame, value: *const sys::zval) {
        let depth = self.frames.len();
        while self.checkpoints.last().is_some_and(|last| last.depth >= depth) {
            self.checkpoints.pop();
        }
        let tables = &self.tables;
        self.checkpoints.push(Checkpoint {
            depth,
            at: frame.at,
            value,
            mark: self.tape.mark(),
            shared: self.identity.count(),
            shapes: tables.shapes.len(),
            slots: tables.slots.len(),
            cases: tables.cases.len(),
            functions: tables.functions.len(),
            handles: tables.handles.len(),
            lent: self.lent.len(),
            names: tables.names.len(),
        });
    }

    /// Whether what hangs on the current entry of `frame` is part of an argument in a trace.
    #[cfg(php84)]
    pub(super) fn in_argument(&self, frame: &Frame) -> bool {
        self.checkpoints.iter().any(|point| self.is_open(point, frame))
    }

    /// Whether the argument that was begun with `point` is still being written.
    fn is_open(&self, point: &Checkpoint, frame: &Frame) -> bool {
        let there = if point.depth == self.frames.len() { Some(frame) } else { self.frames.get(point.depth) };
        there.is_some_and(|frame| frame.is_arguments() && frame.at == point.at)
    }

    /// After a stop inside an argument, takes the argument back; the walk may go on from `frame`. Else gives the
    /// stop back.
    ///
    /// # Safety
    /// The walk has just stopped there.
    pub(super) unsafe fn recover(&mut self, php: Php<'_>, frame: &mut Frame, stop: Stop) -> Option<Stop> {
        // `exit` and cancellations are not to be lost.
        if !matches!(stop, Stop::Refused(_) | Stop::Thrown) || error::is_unwinding(php) || error::is_cancellation(php) {
            return Some(stop);
        }
        let point = loop {
            let Some(point) = self.checkpoints.pop() else { return Some(stop) };
            if self.is_open(&point, frame) {
                break point;
            }
        };
        if let Some(arguments) = self.frames.get(point.depth) {
            *frame = *arguments;
        }
        self.frames.truncate(point.depth);
        // SAFETY: the mark is of this writer and this walk; the value is that of the argument.
        unsafe {
            self.tape.rewind(point.mark);
            if matches!(stop, Stop::Thrown) && php.has_exception() {
                sys::zend_clear_exception();
            }
            self.identity.rewind(point.shared);
            let tables = &mut self.tables;
            tables.shapes.truncate(point.shapes);
            tables.slots.truncate(point.slots);
            tables.cases.truncate(point.cases);
            tables.functions.truncate(point.functions);
            tables.handles.truncate(point.handles);
            tables.names.truncate(point.names);
            self.lent.truncate(point.lent);
            self.classes.forget_shapes(point.shapes);
            self.weak.rewind(point.shared);
            let name = path::type_name(point.value);
            self.text(&name);
        }
        None
    }
}

/// Whether the current entry of a call in a trace is that of its arguments.
///
/// # Safety
/// The frame is of the buckets of such an entry.
unsafe fn is_args(frame: &Frame) -> bool {
    // SAFETY: by contract.
    unsafe {
        let key = (*frame.current::<sys::Bucket>()).key;
        !key.is_null() && zv::bytes(key) == b"args"
    }
}

const _: () = assert!(word::RUN_BYTES > 64);
