//! The straight way: what graphs are mostly made of – scalars, short strings, objects that are no more than their slots –,
//! read in one loop that keeps its place in registers.
//!
//! Nothing is decided here: whatever is not as usual is left where it is, for the general way.

use async_threads_core::tape::{Finger, Reader};

use super::memory::allocator;
use super::target::{Slot, Target, leaves};
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
                // The next plain object, and its place.
                let (head, target, place) = match f.kind {
                    Kind::Slots => loop {
                        if finger.at_end() {
                            tape.resume(finger);
                            finger = tape.next_piece();
                        }
                        let slot = f.at.cast::<Slot>();
                        let place = f.owner.byte_add((*slot).offset as usize).cast::<sys::zval>();
                        let head = finger.peek();
                        if self.usual::<true>(&mut finger, head, (*slot).leaves, place) {
                            f.step::<Slot>();
                            if f.at == f.end {
                                continue 'frames;
                            }
                            continue;
                        }
                        let Some(target) = self.plain_target(head).filter(|&target| is_allowed(target, slot)) else {
                            break 'frames;
                        };
                        f.step::<Slot>();
                        break (head, target, place);
                    },
                    Kind::List | Kind::Values | Kind::State | Kind::Transfer => loop {
                        if finger.at_end() {
                            tape.resume(finger);
                            finger = tape.next_piece();
                        }
                        let (head, place) = (finger.peek(), f.at.cast::<sys::zval>());
                        if self.usual::<false>(&mut finger, head, leaves(u32::MAX), place) {
                            f.step::<sys::zval>();
                            if f.at == f.end {
                                continue 'frames;
                            }
                            continue;
                        }
                        let Some(target) = self.plain_target(head) else { break 'frames };
                        f.step::<sys::zval>();
                        break (head, target, place);
                    },
                    Kind::Map | Kind::Variables => break,
                };
                finger.run(1);
                finger = self.plain_objects(tape, finger, &mut f, head, target, place);
            }
            tape.resume(finger);
        }
        *frame = f;
    }

    /// A new object that is no more than its slots, in `place`, and if the first of them that holds others has such an object, that
    /// as well, and so on. The innermost has been filled, or its slots that are left become the new `frame`.
    ///
    /// The way of most objects: nothing is made known of them before they can be seen, and those that hold no others need no frame.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk); the target is that of `head`, and plain; the finger is the tape's and stands behind `head`.
    #[inline(always)]
    unsafe fn plain_objects(
        &mut self,
        tape: &mut Reader<'_>,
        finger: Finger,
        frame: &mut Frame,
        head: u64,
        target: *const Target,
        place: *mut sys::zval,
    ) -> Finger {
        let (mut finger, mut head, mut target, mut place) = (finger, head, target, place);
        // SAFETY: by contract; slots are those of the target, their offsets inside the object. What bails out in between leaves a
        // block that nothing knows of.
        unsafe {
            loop {
                let object = self.unknown_object(target);
                if head & word::DEF != 0 {
                    self.nodes.push(object.cast());
                }
                let mut slot = (*target).slots;
                let end = slot.add((*target).count);
                let (inner, inside) = loop {
                    if slot == end {
                        self.store.put(object);
                        zv::set_counted(place, object, sys::IS_OBJECT_EX);
                        return finger;
                    }
                    if finger.at_end() {
                        tape.resume(finger);
                        finger = tape.next_piece();
                    }
                    let inside = object.byte_add((*slot).offset as usize).cast::<sys::zval>();
                    let inner = finger.peek();
                    if !self.usual::<true>(&mut finger, inner, (*slot).leaves, inside) {
                        break (inner, inside);
                    }
                    slot = slot.add(1);
                };
                clear(object, slot, end);
                self.store.put(object);
                zv::set_counted(place, object, sys::IS_OBJECT_EX);
                let inner_target = self.plain_target(inner).filter(|&target| is_allowed(target, slot));
                if inner_target.is_some() {
                    finger.run(1);
                    slot = slot.add(1);
                }
                self.enter(frame, Frame::new(Kind::Slots, object.cast(), slot, end.offset_from_unsigned(slot)));
                let Some(inner_target) = inner_target else { return finger };
                (head, target, place) = (inner, inner_target, inside);
            }
        }
    }

    /// A new object of a plain target that the engine does not know of yet: without handle, its slots not written.
    ///
    /// # Safety
    /// The target is one of ours, and plain.
    #[inline(always)]
    unsafe fn unknown_object(&mut self, target: *const Target) -> *mut sys::zend_object {
        // SAFETY: the block is as large as an object of the class. Written is what the engine's `zend_object_std_init` writes.
        unsafe {
            let object = self.alloc_by((*target).allocator, (*target).size / 8).cast::<sys::zend_object>();
            (&raw mut (*object).gc).write(header(sys::GC_OBJECT));
            #[cfg(php84)]
            (&raw mut (*object).extra_flags).write(0);
            (&raw mut (*object).ce).write((*target).entry);
            (&raw mut (*object).handlers).write((*target).handlers);
            (&raw mut (*object).properties).write(std::ptr::null_mut());
            if (*target).guarded {
                let slots = (*(*target).entry).default_properties_count as usize;
                // Type and guard are one word: UNDEF, nothing guarded.
                (&raw mut (*zv::slots(object).add(slots)).u1).cast::<u64>().write(0);
            }
            object
        }
    }

    /// Reads a value that holds no others and whose tag has a bit in `leaves`; else false, and nothing is read or written. `SLOT`:
    /// what shares the tag's word is written, too: zero, or the flags of an empty slot.
    ///
    /// # Safety
    /// `place` is writable unless `leaves` is zero; `head` is what the finger points to.
    #[inline(always)]
    unsafe fn usual<const SLOT: bool>(&mut self, finger: &mut Finger, head: u64, leaves: u64, place: *mut sys::zval) -> bool {
        if leaves >> (head & 63) & 1 == 0 {
            return false;
        }
        // SAFETY: by contract; numbers on the tape are of nodes that have been made.
        unsafe {
            let (value, type_info) = match word::tag(head) {
                word::TEXT => (self.text(finger, head).expose_provenance() as u64, sys::IS_STRING_EX),
                word::INT => {
                    finger.run(1);
                    (word::short(head) as u64, sys::IS_LONG)
                }
                word::UNDEF..=word::TRUE => {
                    finger.run(1);
                    put_tag::<SLOT>(place, head);
                    return true;
                }
                word::FLOAT => (*finger.run(2).add(1), sys::IS_DOUBLE),
                word::TEXT_AGAIN => {
                    finger.run(1);
                    let string = self.node(head);
                    zv::addref(string);
                    (string.expose_provenance() as u64, sys::IS_STRING_EX)
                }
                word::TEXT_DEF => {
                    let string = self.text(finger, head);
                    self.nodes.push(string.cast());
                    (string.expose_provenance() as u64, sys::IS_STRING_EX)
                }
                word::EMPTY_TEXT => {
                    finger.run(1);
                    (sys::zend_empty_string.expose_provenance() as u64, sys::IS_STRING)
                }
                _ => {
                    debug_assert_eq!(word::tag(head), word::CHAR);
                    finger.run(1);
                    let string = sys::zend_one_char_string[word::count(head) as usize];
                    (string.expose_provenance() as u64, sys::IS_STRING)
                }
            };
            place.cast::<u64>().write(value);
            put_tag::<SLOT>(place, u64::from(type_info));
        }
        true
    }

    /// The target of an object that is no more than its slots, if this is the head of one.
    #[inline(always)]
    fn plain_target(&self, head: u64) -> Option<*const Target> {
        if word::tag(head) != word::OBJECT || head & word::DYNAMIC != 0 {
            return None;
        }
        let target = &self.targets[word::count(head) as usize];
        target.plain.then_some(target)
    }

    /// A new string without number, all of which is in one run on the tape.
    ///
    /// # Safety
    /// The finger is before such a run, whose first word is `head`.
    #[inline(always)]
    unsafe fn text(&mut self, finger: &mut Finger, head: u64) -> *mut sys::zend_string {
        // Such strings are short.
        let length = word::count(head) as usize;
        let words = word::text_words(length);
        let size = zv::STRING_HEADER / 8 + words;
        // SAFETY: by contract; the block has room for the header and the words of the bytes.
        unsafe {
            let string = self.alloc_by(allocator(size), size).cast::<sys::zend_string>();
            let run = finger.run(2 + words);
            (&raw mut (*string).gc).write(header(sys::GC_STRING));
            (&raw mut (*string).h).write(*run.add(1));
            (&raw mut (*string).len).write(length);
            word::copy_words(run.add(2), (&raw mut (*string).val).cast::<u64>(), words);
            string
        }
    }
}

/// Whether objects of a target are known to fit a slot.
///
/// # Safety
/// Both are of the same packet's.
#[inline(always)]
unsafe fn is_allowed(target: *const Target, slot: *const Slot) -> bool {
    // SAFETY: by contract.
    unsafe { (*slot).fits == (*target).entry.cast_const() || (*slot).allows >> ty::OBJECT & 1 != 0 }
}

/// Makes slots of a new object UNDEF.
///
/// # Safety
/// They are slots of the object's target.
#[inline(always)]
unsafe fn clear(object: *mut sys::zend_object, first: *const Slot, end: *const Slot) {
    let mut slot = first;
    while slot != end {
        // SAFETY: by contract. Type and flags are one word: UNDEF without flags.
        unsafe {
            let value = object.byte_add((*slot).offset as usize).cast::<sys::zval>();
            (&raw mut (*value).u1).cast::<u64>().write(0);
            slot = slot.add(1);
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

// These tags are the types they stand for.
const _: () = assert!(word::UNDEF == ty::UNDEF && word::NULL == ty::NULL && word::FALSE == ty::FALSE && word::TRUE == ty::TRUE);
const _: () = assert!(word::INT == ty::LONG && word::FLOAT == ty::DOUBLE && word::TEXT == ty::STRING);
const _: () = assert!(word::LENT_TEXT_DEF < 64);
