//! Single values: scalars, strings, references, and the way to arrays and objects.

use async_threads_core::identity::Meeting;

use super::frame::{Frame, Kind};
use super::{Capture, Stop};
use crate::sys;
use crate::transfer::zv::{self, ty};
use crate::transfer::{lend, word};
use crate::zend::Php;

impl Capture {
    /// Writes one value; for a container the header, its contents becoming the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline(always)]
    pub(super) unsafe fn value(&mut self, php: Php<'_>, frame: &mut Frame, value: *const sys::zval) -> Result<(), Stop> {
        let mut value = value;
        // SAFETY: the value is alive, and its tag says what it is.
        unsafe {
            if zv::type_of(value) == ty::REFERENCE {
                let reference = (*value).value.ref_;
                if zv::refcount(reference) > 1 {
                    self.reference(frame, reference);
                    return Ok(());
                }
                // Bound to nothing else any more: to PHP, a plain value.
                value = &raw const (*reference).val;
                if zv::type_of(value) == ty::ARRAY && zv::refcount((*value).value.arr) > 1 {
                    // Perhaps the very array that holds it, which without the reference would have no end.
                    self.boxed(frame, reference);
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
                    match counted && (*string).len >= lend::LEAST && lend::is_open() {
                        true => self.lent(string),
                        false => self.string(string, (*string).h, counted),
                    }
                }
                ty::ARRAY => {
                    let counted = zv::is_refcounted(zv::type_info(value));
                    self.array(frame, (*value).value.arr, counted);
                }
                ty::OBJECT => return self.object(php, frame, (*value).value.obj),
                ty::UNDEF => {
                    let uninitialised = (*value).u2.extra & sys::IS_PROP_UNINIT;
                    self.tape.put(word::undef(uninitialised));
                }
                ty::RESOURCE => return Err(refuse_resource((*value).value.res)),
                other => return Err(Stop::Refused(format!("a value of type {other} is not transferable"))),
            }
        }
        Ok(())
    }

    /// Meets a node that may be met again. In a careful walk it is held from now on.
    ///
    /// # Safety
    /// The node is alive; `type_info` says what it is, and whether it counts references.
    #[inline(always)]
    pub(super) unsafe fn meet<T>(&mut self, node: *const T, type_info: u32) -> Meeting {
        let meeting = self.identity.meet(node as usize);
        if self.careful && matches!(meeting, Meeting::First(_)) {
            // SAFETY: by contract.
            unsafe { self.hold(node, type_info) };
        }
        meeting
    }

    #[inline(always)]
    pub(super) fn int(&mut self, value: i64) {
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
    pub(super) unsafe fn string(&mut self, string: *const sys::zend_string, hash: u64, counted: bool) {
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
            let type_info = if counted { sys::IS_STRING_EX } else { sys::IS_STRING };
            if shared && let Meeting::Again(number) = self.meet(string, type_info) {
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

    /// Writes a string that is to be lent.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the string counts references.
    #[cold]
    unsafe fn lent(&mut self, string: *mut sys::zend_string) {
        // SAFETY: by contract.
        unsafe {
            let shared = zv::refcount(string) > 1 || self.careful;
            if shared && let Meeting::Again(number) = self.meet(string, sys::IS_STRING_EX) {
                self.tape.put(word::node(word::TEXT_AGAIN, u64::from(number)));
                return;
            }
            let tag = if shared { word::LENT_TEXT_DEF } else { word::LENT_TEXT };
            self.tape.put(word::node(tag, self.lent.len() as u64));
            self.tape.put((*string).h);
            self.tape.put((*string).len as u64);
            self.lent.push(string);
        }
    }

    /// Writes a string that is not PHP's.
    pub(super) fn text(&mut self, text: &str) {
        self.tape.put(word::node(word::LONG_TEXT, text.len() as u64));
        self.tape.put(0);
        // SAFETY: the bytes are there.
        unsafe { self.tape.copy(text.as_ptr(), text.len()) };
    }

    /// Writes a reference that is bound to more than one place.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    unsafe fn reference(&mut self, frame: &mut Frame, reference: *mut sys::zend_reference) {
        // SAFETY: the reference is alive.
        match unsafe { self.meet(reference, sys::IS_REFERENCE_EX) } {
            Meeting::Again(number) => {
                self.tape.put(word::node(word::REF_AGAIN, u64::from(number)));
            }
            Meeting::First(_) => {
                self.tape.put(word::node(word::REF, 0));
                // SAFETY: as above.
                let value = unsafe { &raw const (*reference).val };
                self.enter(frame, Frame::values(Kind::Reference, reference.cast(), value, 1));
            }
        }
    }

    /// Writes a reference that nothing shares.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    pub(super) unsafe fn boxed(&mut self, frame: &mut Frame, reference: *mut sys::zend_reference) {
        self.tape.put(word::node(word::BOX, 0));
        // SAFETY: the reference is alive.
        let value = unsafe { &raw const (*reference).val };
        self.enter(frame, Frame::values(Kind::Reference, reference.cast(), value, 1));
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
