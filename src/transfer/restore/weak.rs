//! Weak references and weak maps.

use async_threads_core::tape::Reader;

use super::{Frame, Kind, Restore, Stop};
use crate::sys;
use crate::transfer::packet::Packet;
use crate::transfer::word;
use crate::transfer::zv;
use crate::zend::Php;

/// An entry of a weak map, its value in a cell.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    order: u64,
    map: u32,
    key: u32,
    cell: usize,
}

impl Restore {
    /// A weak reference in `place`, to a node that exists, or dead.
    ///
    /// # Safety
    /// `place` is writable.
    #[cold]
    pub(super) unsafe fn weak_reference(
        &mut self,
        php: Php<'_>,
        head: u64,
        frame: &Frame,
        place: *mut sys::zval,
    ) -> Result<(), Stop> {
        // SAFETY: the number is that of an object; the class makes references to nothing, too.
        unsafe {
            zv::set_type(place, sys::IS_UNDEF);
            let mut made = zv::undef();
            let target: *mut sys::zend_object =
                if head & word::ALIVE != 0 { self.node(head).cast() } else { std::ptr::null_mut() };
            if head & word::ALIVE != 0 && target.is_null() && self.late_reference(head, frame, place) {
                return Ok(());
            }
            if !target.is_null() {
                sys::at_weak_create(&raw mut made, target);
                if php.has_exception() {
                    return Err(Stop::Thrown);
                }
            } else if let Some(create) = (*sys::zend_ce_weakref).__bindgen_anon_2.create_object {
                zv::set_counted(&raw mut made, create(sys::zend_ce_weakref), sys::IS_OBJECT_EX);
            }
            if head & word::DEF != 0 {
                self.nodes.push(made.value.counted);
            }
            zv::set_counted(place, made.value.obj, sys::IS_OBJECT_EX);
        }
        Ok(())
    }

    /// A value for nobody yet, which becomes the new `frame`. It is held until the end.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[cold]
    pub(super) unsafe fn hidden(&mut self, frame: &mut Frame) {
        let index = self.cells.len();
        self.cells.push(Box::new(zv::undef()));
        let place = &raw mut *self.cells[index];
        self.enter(frame, Frame::new(Kind::Values, std::ptr::null_mut(), place, 1));
    }

    /// An empty weak map in `place`.
    ///
    /// # Safety
    /// `place` is writable.
    #[cold]
    pub(super) unsafe fn weak_map(&mut self, place: *mut sys::zval) {
        // SAFETY: the class exists since the engine's start, and is final.
        unsafe {
            let mut made = zv::undef();
            sys::at_weak_map(&raw mut made);
            self.nodes.push(made.value.counted);
            zv::set_counted(place, made.value.obj, sys::IS_OBJECT_EX);
        }
    }

    /// Reads the entries of weak maps behind the roots.
    ///
    /// # Safety
    /// The tape stands behind the roots, which are complete.
    pub(super) unsafe fn weak_entries(&mut self, php: Php<'_>, packet: &Packet, tape: &mut Reader<'_>) -> Result<(), Stop> {
        for _ in 0..packet.tables.entries {
            let (order, map, key) = (tape.get(), tape.get() as u32, tape.get() as u32);
            let index = self.cells.len();
            self.cells.push(Box::new(zv::undef()));
            self.entries.push(Entry { order, map, key, cell: index });
            let place = &raw mut *self.cells[index];
            let mut frame = Frame::new(Kind::Values, std::ptr::null_mut(), place, 1);
            // SAFETY: as in `all`.
            if let Err(stop) = unsafe { self.walk(php, packet, tape, &mut frame) } {
                self.frames.push(frame);
                return Err(stop);
            }
        }
        // A key may be known later than another, so they are in the order of the maps only now.
        self.entries.sort_unstable_by_key(|entry| entry.order);
        Ok(())
    }

    /// Puts the entries in their maps.
    ///
    /// # Safety
    /// They have been read, and all keys are made.
    pub(super) unsafe fn insert_entries(&mut self) {
        for at in 0..self.entries.len() {
            let Entry { map, key, cell, .. } = self.entries[at];
            let place = &raw mut *self.cells[cell];
            // SAFETY: map and key are objects that live on in the graph or in the cells, or are pinned. The map takes a reference of
            // its own.
            unsafe {
                let key = match self.nodes[key as usize] {
                    node if node.is_null() => self.made(key as usize),
                    node => node.cast(),
                };
                if !key.is_null() {
                    sys::at_weak_insert(self.nodes[map as usize].cast(), key, place);
                }
            }
        }
    }

    /// Holds the maps and keys of entries until these are inserted.
    ///
    /// # Safety
    /// The entries have been read, and no user code has run.
    pub(super) unsafe fn pin_entries(&mut self) {
        for at in 0..self.entries.len() {
            let Entry { map, key, .. } = self.entries[at];
            for number in [map, key] {
                let node = self.nodes[number as usize];
                if !node.is_null() {
                    // SAFETY: nodes with a number live until user code runs.
                    unsafe { self.pin(node) };
                }
            }
        }
    }
}
