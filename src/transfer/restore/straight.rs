//! The straight way: what graphs are mostly made of – scalars, short strings, objects that are no more than their slots –,
//! read in one loop that keeps its place in registers.
//!
//! Nothing is decided here: whatever is not as usual is left where it is, for the general way.

use async_threads_core::tape::{Finger, Reader};

use super::target::Slot;
use super::{Frame, Kind, Restore, header};
use crate::sys;
use crate::transfer::word;
use crate::transfer::zv::{self, ty};

impl Restore {
    /// Fills `frame` and what is below and around it as far as it goes: to an element that is for the general way, to the end
    /// of a frame that has something to be done then, or to the end of all.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[inline(never)]
    pub(super) unsafe fn straight(&mut self, tape: &mut Reader<'_>, frame: &mut Frame) {
        let (mut finger, mut f) = (tape.finger(), *frame);
        // SAFETY: by contract. A frame's elements are of its kind; a slot's offset is inside the object; a head is read where
        // one was written, and what follows it in one run with it.
        unsafe {
            'frames: loop {
                if f.at == f.end {
                    if matches!(f.kind, Kind::State | Kind::Transfer) {
                        break;
                    }
                    f.count();
                    match self.frames.pop() {
                        Some(outer) => f = outer,
                        None => break,
                    }
                    continue;
                }
                match f.kind {
                    Kind::Slots => {
                        while f.at != f.end {
                            if finger.at_end() {
                                tape.resume(finger);
                                finger = tape.next_piece();
                            }
                            let slot = f.at.cast::<Slot>();
                            let place = f.owner.byte_add((*slot).offset as usize).cast::<sys::zval>();
                            let (head, allows) = (finger.peek(), (*slot).allows);
                            if self.usual::<true>(&mut finger, head, allows, place) {
                                f.step::<Slot>();
                                continue;
                            }
                            if !self.is_plain(head) || ((*slot).fits != self.class_of(head) && allows >> ty::OBJECT & 1 == 0) {
                                break 'frames;
                            }
                            finger.run(1);
                            f.step::<Slot>();
                            self.plain_object(head, &mut f, place);
                            continue 'frames;
                        }
                    }
                    Kind::List | Kind::Values | Kind::State | Kind::Transfer => {
                        while f.at != f.end {
                            if finger.at_end() {
                                tape.resume(finger);
                                finger = tape.next_piece();
                            }
                            let (head, place) = (finger.peek(), f.at.cast::<sys::zval>());
                            if self.usual::<false>(&mut finger, head, u32::MAX, place) {
                                f.step::<sys::zval>();
                                continue;
                            }
                            if !self.is_plain(head) {
                                break 'frames;
                            }
                            finger.run(1);
                            f.step::<sys::zval>();
                            self.plain_object(head, &mut f, place);
                            continue 'frames;
                        }
                    }
                    Kind::Map | Kind::Variables => break,
                }
            }
            tape.resume(finger);
        }
        *frame = f;
    }

    /// Reads a value that holds no others and is of the usual kind, and of a type that `allows` has a bit for; else false, and
    /// nothing is read or written. `SLOT`: what shares the tag's word is written, too: zero, or the flags of an empty slot.
    ///
    /// # Safety
    /// `place` is writable unless `allows` is zero; `head` is what the finger points to.
    #[inline(always)]
    unsafe fn usual<const SLOT: bool>(&mut self, finger: &mut Finger, head: u64, allows: u32, place: *mut sys::zval) -> bool {
        let tag = word::tag(head);
        // SAFETY: by contract; numbers on the tape are of nodes that have been made.
        unsafe {
            let (value, type_info) = match tag {
                word::TEXT if allows & 1 << ty::STRING != 0 => {
                    let run = finger.run(2 + word::text_words(word::payload(head) as usize));
                    (self.text(run).expose_provenance() as u64, sys::IS_STRING_EX)
                }
                word::INT if allows & 1 << ty::LONG != 0 => {
                    finger.run(1);
                    (word::short(head) as u64, sys::IS_LONG)
                }
                word::UNDEF..=word::TRUE if allows & 1 << tag != 0 => {
                    finger.run(1);
                    let flags = if SLOT { u64::from(word::count(head)) << 32 } else { 0 };
                    put_tag::<SLOT>(place, u64::from(tag) | flags);
                    return true;
                }
                word::TEXT_AGAIN if allows & 1 << ty::STRING != 0 => {
                    finger.run(1);
                    let string = self.node(head);
                    zv::addref(string);
                    (string.expose_provenance() as u64, sys::IS_STRING_EX)
                }
                word::FLOAT if allows & 1 << ty::DOUBLE != 0 => (*finger.run(2).add(1), sys::IS_DOUBLE),
                _ => return false,
            };
            place.cast::<u64>().write(value);
            put_tag::<SLOT>(place, u64::from(type_info));
        }
        true
    }

    /// Whether a head is of an object that is no more than its slots.
    #[inline(always)]
    fn is_plain(&self, head: u64) -> bool {
        word::tag(head) == word::OBJECT && head & word::DYNAMIC == 0 && self.targets[word::count(head) as usize].plain
    }

    /// The class of an object with this head.
    #[inline(always)]
    fn class_of(&self, head: u64) -> *const sys::zend_class_entry {
        self.targets[word::count(head) as usize].entry
    }

    /// A new object that is no more than its slots, in `place`; they become the new `frame`.
    ///
    /// # Safety
    /// `place` is writable, the target of `head` plain.
    #[inline(always)]
    unsafe fn plain_object(&mut self, head: u64, frame: &mut Frame, place: *mut sys::zval) {
        // SAFETY: by contract; slots are those of the target.
        unsafe {
            let object = self.make(word::count(head));
            if head & word::DEF != 0 {
                self.nodes.push(object.cast());
            }
            zv::set_counted(place, object, sys::IS_OBJECT_EX);
            let target = &self.targets[word::count(head) as usize];
            if target.count > 0 {
                let slots = self.slots.as_mut_ptr().add(target.first);
                self.enter(frame, Frame::new(Kind::Slots, object.cast(), slots, target.count));
            }
        }
    }

    /// A new string without number from the run that tells it: head, hash, bytes.
    ///
    /// # Safety
    /// It is such a run.
    #[inline(always)]
    unsafe fn text(&mut self, run: *const u64) -> *mut sys::zend_string {
        // SAFETY: by contract; the block has room for the header and the words of the bytes.
        unsafe {
            let length = word::payload(*run) as usize;
            let words = word::text_words(length);
            let string = self.alloc(zv::STRING_HEADER + words * 8).cast::<sys::zend_string>();
            (&raw mut (*string).gc).write(header(sys::GC_STRING));
            (&raw mut (*string).h).write(*run.add(1));
            (&raw mut (*string).len).write(length);
            word::copy_words(run.add(2), (&raw mut (*string).val).cast::<u64>(), words);
            string
        }
    }
}

/// Writes a tag, with `WHOLE` also what shares its word.
///
/// # Safety
/// `place` is writable.
#[inline(always)]
unsafe fn put_tag<const WHOLE: bool>(place: *mut sys::zval, tag: u64) {
    // SAFETY: by contract.
    unsafe {
        let word = &raw mut (*place).u1;
        if WHOLE { word.cast::<u64>().write(tag) } else { word.cast::<u32>().write(tag as u32) }
    }
}

// A tag of these is the type it stands for.
const _: () = assert!(word::UNDEF == ty::UNDEF && word::NULL == ty::NULL && word::FALSE == ty::FALSE && word::TRUE == ty::TRUE);
