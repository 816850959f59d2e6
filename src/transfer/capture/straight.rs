//! The straight way: what graphs are mostly made of – scalars, strings that nothing else holds, objects that are no more than their
//! slots –, written in one loop that keeps its place in registers.
//!
//! Nothing is decided here: whatever is not as usual is left to the general way.

use async_threads_core::tape::Pen;

use super::Capture;
use super::frame::{Frame, Kind};
use super::object::is_lazy;
use crate::sys;
use crate::transfer::zv::{self, ty};
use crate::transfer::{lend, word};

/// Words for a scalar, or for the head of an object.
const SCALAR: usize = 2;

impl Capture {
    /// Writes what is in `frame`, below and around it, as far as it goes: to a value for the general way, which is given (its key is
    /// written, the frame stands behind it), to a frame that is neither a row of values nor a map, or to the end of all.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline(never)]
    pub(super) unsafe fn straight(&mut self, frame: &mut Frame) -> Option<*const sys::zval> {
        let (mut pen, mut f) = (self.tape.pen(), *frame);
        // SAFETY: by contract. The pen is the tape's, and is given back before the tape is used otherwise.
        let left = unsafe {
            'frames: loop {
                if f.at == f.end {
                    match self.frames.pop() {
                        Some(outer) => f = outer,
                        None => break None,
                    }
                    continue;
                }
                let is_map = f.kind() == Kind::Map;
                if !is_map && !f.is_row() {
                    break None;
                }
                while f.at != f.end {
                    let value = if is_map {
                        let bucket = f.next_bucket();
                        let value = &raw const (*bucket).val;
                        if matches!(zv::type_of(value), ty::UNDEF | ty::INDIRECT) {
                            // Through a copy: a frame whose address is known would not be kept in registers.
                            let mut unusual = f;
                            unusual.back_to_bucket();
                            self.tape.resume(pen);
                            let value = self.entry(&mut unusual);
                            (pen, f) = (self.tape.pen(), unusual);
                            let Some(value) = value else { continue };
                            break 'frames Some(value);
                        }
                        self.usual_key(&mut pen, bucket);
                        value
                    } else {
                        f.next_value()
                    };
                    if self.usual(&mut pen, value) {
                        continue;
                    }
                    let left;
                    (f, left) = self.plain_objects(&mut pen, f, value);
                    match left {
                        Some(value) => break 'frames Some(value),
                        None => continue 'frames,
                    }
                }
            }
        };
        // SAFETY: as above.
        unsafe { self.tape.resume(pen) };
        *frame = f;
        left
    }

    /// Writes an object that is no more than its slots, and if the first of them that holds others has such an object, that as well,
    /// and so on. What is left of the innermost is the new `frame`, if anything is left; what is given is for the general way.
    ///
    /// # Safety
    /// As [`straight`](Capture::straight).
    #[inline(always)]
    unsafe fn plain_objects(
        &mut self,
        pen: &mut Pen,
        frame: Frame,
        value: *const sys::zval,
    ) -> (Frame, Option<*const sys::zval>) {
        let (mut frame, mut value) = (frame, value);
        // SAFETY: the value is alive, its tag says what it is, and an object has as many slots as its class says.
        unsafe {
            loop {
                if zv::type_of(value) != ty::OBJECT {
                    return (frame, Some(value));
                }
                let object = (*value).value.obj;
                let class = self.classes.plain((*object).ce);
                let plain = class.entry == (*object).ce.cast_const()
                    && zv::refcount(object) == 1
                    && zv::gc_info(object) & (sys::IS_OBJ_WEAKLY_REFERENCED << sys::GC_FLAGS_SHIFT) == 0
                    && (*object).properties.is_null()
                    && !is_lazy(object);
                if !plain {
                    return (frame, Some(value));
                }
                let (head, count, tally) = (class.head, class.slots, class.tally);
                let room = 1 + SCALAR * count;
                if pen.room() < room {
                    *pen = self.tape.refill(*pen, room);
                }
                pen.put(head);
                self.tally.0 += tally.0;
                let mut slot = zv::slots(object).cast_const();
                let end = slot.add(count);
                value = loop {
                    if slot == end {
                        return (frame, None);
                    }
                    let value = slot;
                    slot = slot.add(1);
                    let type_info = zv::type_info(value);
                    if type_info as u8 != ty::STRING {
                        if !put_scalar(pen, value, type_info) {
                            break value;
                        }
                        continue;
                    }
                    if !self.own_text(pen, value, type_info) {
                        break value;
                    }
                    let room = SCALAR * end.offset_from_unsigned(slot);
                    if pen.room() < room {
                        *pen = self.tape.refill(*pen, room);
                    }
                };
                let inner = Frame::values(Kind::Slots, object.cast(), slot, end.offset_from_unsigned(slot));
                self.enter(&mut frame, inner);
            }
        }
    }

    /// Writes a value that holds no others; else false, and nothing is written.
    ///
    /// # Safety
    /// As [`straight`](Capture::straight).
    #[inline(always)]
    unsafe fn usual(&mut self, pen: &mut Pen, value: *const sys::zval) -> bool {
        // SAFETY: the value is alive.
        unsafe {
            let type_info = zv::type_info(value);
            if type_info as u8 == ty::STRING {
                return self.own_text(pen, value, type_info);
            }
            if pen.room() < SCALAR {
                *pen = self.tape.refill(*pen, SCALAR);
            }
            put_scalar(pen, value, type_info)
        }
    }

    /// Writes a string unless it is to be lent; else false, and nothing is written.
    ///
    /// # Safety
    /// As [`straight`](Capture::straight); the value is a string of this type.
    #[inline(always)]
    unsafe fn own_text(&mut self, pen: &mut Pen, value: *const sys::zval, type_info: u32) -> bool {
        // SAFETY: the value is alive and a string.
        unsafe {
            let string = (*value).value.str_.cast_const();
            let counted = zv::is_refcounted(type_info);
            if counted && is_usual(string) {
                return self.run(pen, string, (*string).h);
            }
            if counted && (*string).len >= lend::LEAST {
                return false;
            }
            self.tape.resume(*pen);
            self.unusual_string(string, counted);
            *pen = self.tape.pen();
            true
        }
    }

    /// # Safety
    /// As [`string`](Capture::string).
    #[inline(never)]
    unsafe fn unusual_string(&mut self, string: *const sys::zend_string, counted: bool) {
        // SAFETY: by contract.
        unsafe { self.string(string, (*string).h, counted) };
    }

    /// Writes the key of a bucket that is in use.
    ///
    /// # Safety
    /// As [`straight`](Capture::straight).
    #[inline(always)]
    unsafe fn usual_key(&mut self, pen: &mut Pen, bucket: *const sys::Bucket) {
        // SAFETY: the bucket is alive, and so is its key, if it has one.
        unsafe {
            let key = (*bucket).key.cast_const();
            if key.is_null() {
                if pen.room() < SCALAR {
                    *pen = self.tape.refill(*pen, SCALAR);
                }
                put_int(pen, (*bucket).h as i64);
                return;
            }
            let interned = zv::gc_info(key) & (sys::IS_STR_INTERNED << sys::GC_FLAGS_SHIFT) != 0;
            if !interned && is_usual(key) {
                self.run(pen, key, (*bucket).h);
                return;
            }
            self.tape.resume(*pen);
            self.string(key, (*bucket).h, !interned);
            *pen = self.tape.pen();
        }
    }

    /// Writes a usual string in one run; true for convenience.
    ///
    /// # Safety
    /// As [`straight`](Capture::straight); the string is usual, `hash` is its hash or zero.
    #[inline(always)]
    unsafe fn run(&mut self, pen: &mut Pen, string: *const sys::zend_string, hash: u64) -> bool {
        // SAFETY: by contract. The memory of a string is a multiple of eight bytes, header and NUL included.
        unsafe {
            let length = (*string).len;
            let words = word::text_words(length);
            if pen.room() < 2 + words {
                *pen = self.tape.refill(*pen, 2 + words);
            }
            let run = pen.run(2 + words);
            run.write(word::node(word::TEXT, length as u64));
            run.add(1).write(hash);
            word::copy_words((&raw const (*string).val).cast::<u64>(), run.add(2), words);
            true
        }
    }
}

/// Whether a string that counts references is held by one place alone and is of a length that is written in one run.
///
/// # Safety
/// The string is alive and counts references.
#[inline(always)]
unsafe fn is_usual(string: *const sys::zend_string) -> bool {
    // SAFETY: by contract.
    unsafe { zv::refcount(string) == 1 && (*string).len.wrapping_sub(2) <= word::RUN_BYTES - 2 }
}

/// Writes a scalar; else false, and nothing is written.
///
/// # Safety
/// There is room for [`SCALAR`] words; the value is alive and of this type.
#[inline(always)]
unsafe fn put_scalar(pen: &mut Pen, value: *const sys::zval, type_info: u32) -> bool {
    let kind = type_info as u8;
    // SAFETY: by contract.
    unsafe {
        if kind == ty::LONG {
            put_int(pen, (*value).value.lval);
        } else if kind.wrapping_sub(ty::NULL) <= ty::TRUE - ty::NULL {
            pen.put(word::node(kind, 0));
        } else if kind == ty::DOUBLE {
            pen.put(word::node(word::FLOAT, 0));
            pen.put((*value).value.dval.to_bits());
        } else {
            return false;
        }
    }
    true
}

/// # Safety
/// There is room for [`SCALAR`] words.
#[inline(always)]
unsafe fn put_int(pen: &mut Pen, value: i64) {
    // SAFETY: by contract.
    unsafe {
        if word::is_short(value) {
            pen.put(word::node(word::INT, value as u64));
        } else {
            pen.put(word::node(word::WIDE, 0));
            pen.put(value as u64);
        }
    }
}

const _: () = assert!(word::NULL == ty::NULL && word::FALSE == ty::FALSE && word::TRUE == ty::TRUE);
const _: () = assert!(word::RUN_BYTES >= 2);
