//! Single values: scalars, strings, references, and the way to arrays and objects.

use async_threads_core::tape::Reader;

use super::{Frame, Kind, Restore, Stop, header};
use crate::sys;
use crate::transfer::packet::Packet;
use crate::transfer::word;
use crate::transfer::zv;
use crate::zend::Php;

impl Restore {
    /// Reads one value into `place`; a container empty, its contents becoming the new `frame`.
    ///
    /// Only value and tag are written, not what shares the word with the tag.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[inline(always)]
    pub(super) unsafe fn value(
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
                word::LENT_TEXT | word::LENT_TEXT_DEF => self.lent(packet, tape, head, place),
                word::TEXT_AGAIN => self.again(place, head, sys::IS_STRING_EX),
                word::ARRAY_AGAIN => self.again(place, head, sys::IS_ARRAY_EX),
                word::OBJECT_AGAIN if self.node(head).is_null() => self.late_again(head, frame, place),
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
                word::TRANSFERABLE => self.transferable(head, frame, place),
                word::WEAK => self.weak_reference(php, head, frame, place)?,
                word::HIDDEN => {
                    zv::set_type(place, sys::IS_UNDEF);
                    self.enter(frame, Frame::new(Kind::Values, std::ptr::null_mut(), place, 1));
                    self.hidden(frame);
                }
                word::WEAK_MAP => self.weak_map(place),
                word::UNDEF => {
                    zv::set_type(place, sys::IS_UNDEF);
                    if frame.kind == Kind::Slots {
                        (*place).u2.extra = word::flags(head);
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
    pub(super) unsafe fn string(&mut self, tape: &mut Reader<'_>, head: u64) -> *mut sys::zend_string {
        let length = word::payload(head) as usize;
        let words = word::text_words(length);
        // SAFETY: the block has room for the header and so many words.
        unsafe {
            let string = self.alloc(zv::STRING_HEADER + words * 8).cast::<sys::zend_string>();
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

    /// A new string in `place`, copied from where the sender has it.
    ///
    /// # Safety
    /// The tape stands behind the head of a lent string.
    #[cold]
    unsafe fn lent(&mut self, packet: &Packet, tape: &mut Reader<'_>, head: u64, place: *mut sys::zval) {
        let (hash, length) = (tape.get(), tape.get() as usize);
        // SAFETY: the block has room for the header and the bytes. It is there before the loan is looked at: nothing that may bail
        // out runs under the loan's lock.
        unsafe {
            let string = self.alloc(zv::STRING_HEADER + word::text_words(length) * 8).cast::<sys::zend_string>();
            let text = (&raw mut (*string).val).cast::<u8>();
            packet.tables.loans[word::count(head) as usize].copy_to(text);
            text.add(length).write(0);
            (&raw mut (*string).gc).write(header(sys::GC_STRING));
            (&raw mut (*string).h).write(hash);
            (&raw mut (*string).len).write(length);
            if word::tag(head) == word::LENT_TEXT_DEF {
                self.nodes.push(string.cast());
            }
            zv::set_counted(place, string, sys::IS_STRING_EX);
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
    pub(super) unsafe fn node(&self, head: u64) -> *mut sys::zend_refcounted {
        debug_assert!((word::count(head) as usize) < self.nodes.len());
        // SAFETY: capture gives a number to each node before it refers to it.
        unsafe { *self.nodes.get_unchecked(word::count(head) as usize) }
    }

    /// # Safety
    /// `place` is writable.
    unsafe fn reference(&mut self, head: u64, frame: &mut Frame, place: *mut sys::zval) {
        // SAFETY: the block is as large as a reference, all of which is written.
        unsafe {
            let reference = self.alloc(size_of::<sys::zend_reference>()).cast::<sys::zend_reference>();
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
}
