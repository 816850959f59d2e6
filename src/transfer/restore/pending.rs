//! Objects that are made from a state: by `__unserialize()`, by inserting elements, by `Transferable::restore()`.
//!
//! All wait until the whole graph is built. The first two are there from the start, without their state; the third give the object
//! itself, see [`super::late`].

use super::late::What;
use super::{Frame, Kind, Restore, Stop};
use crate::sys;
use crate::transfer::packet::How;
use crate::transfer::zv::{self, ty};
use crate::transfer::{shape, word};
use crate::zend::Php;

/// An object made but not yet given its state.
pub(super) struct Pending {
    object: *mut sys::zend_object,
    how: How,
    /// In a box, for a frame points to it.
    state: Box<sys::zval>,
}

/// A state that is complete, by the index of what it is for.
#[derive(Clone, Copy)]
pub(super) enum Complete {
    Pending(usize),
    Late(usize),
}

impl Restore {
    /// Makes the state of a new object the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    pub(super) unsafe fn state(&mut self, object: *mut sys::zend_object, how: How, frame: &mut Frame) {
        let index = self.pending.len();
        self.pending.push(Pending { object, how, state: Box::new(zv::undef()) });
        let place = &raw mut *self.pending[index].state;
        self.enter(frame, Frame::new(Kind::State, std::ptr::without_provenance_mut(index), place, 1));
    }

    /// Makes the state of an object yet to be made the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[cold]
    pub(super) unsafe fn transferable(&mut self, head: u64, frame: &mut Frame, place: *mut sys::zval) {
        let entry = self.targets[word::count(head) as usize].entry;
        // SAFETY: by contract.
        let index = unsafe { self.late(What::Transfer(entry), head, frame, place) };
        let state = &raw mut *self.lates[index].state;
        self.enter(frame, Frame::new(Kind::Transfer, std::ptr::without_provenance_mut(index), state, 1));
    }

    /// Takes note that the state whose frame `inner` was is complete.
    #[cold]
    pub(super) fn state_complete(&mut self, inner: &Frame) {
        let index = inner.owner.addr();
        if inner.kind == Kind::State {
            self.complete.push(Complete::Pending(index));
        } else {
            self.late_complete(index);
            self.complete.push(Complete::Late(index));
        }
    }

    /// Gives all objects their states, makes those that are made late, and lets go of what was held for it.
    ///
    /// # Safety
    /// The graph is complete but for these.
    pub(super) unsafe fn finish(&mut self, php: Php<'_>) -> Result<(), Stop> {
        let threw_before = php.has_exception();
        self.ran_code = !self.complete.is_empty() || !self.cells.is_empty();
        // SAFETY: by contract.
        unsafe {
            if !self.complete.is_empty() {
                for index in 0..self.pending.len() {
                    self.pin(self.pending[index].object.cast());
                }
                if !self.lates.is_empty() {
                    self.pin_holes();
                    self.pin_entries();
                    self.stand_in(php)?;
                }
                for at in 0..self.complete.len() {
                    match self.complete[at] {
                        Complete::Pending(index) => self.give_state(php, index)?,
                        Complete::Late(index) => self.make_late(php, index)?,
                    }
                }
                if !self.lates.is_empty() {
                    self.insert_entries();
                }
            }
            self.let_go();
        }
        // A destructor's.
        if php.has_exception() && !threw_before { Err(Stop::Thrown) } else { Ok(()) }
    }

    /// Gives an object its state.
    ///
    /// # Safety
    /// The object is pinned.
    unsafe fn give_state(&mut self, php: Php<'_>, index: usize) -> Result<(), Stop> {
        // SAFETY: by contract.
        unsafe {
            let (object, how) = (self.pending[index].object, self.pending[index].how);
            let mut state = zv::take(&mut self.pending[index].state);
            match how {
                How::Elements => sys::at_spl_insert(object, &raw mut state),
                _ => {
                    let entry = (*object).ce;
                    let (none, named) = (std::ptr::null_mut(), std::ptr::null_mut());
                    let method = (*entry).__unserialize;
                    sys::zend_call_known_function(method, object, entry, none, 1, &raw mut state, named);
                }
            }
            let thrown = php.has_exception();
            if thrown {
                (*object).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT;
            }
            sys::at_zval_dtor(&raw mut state);
            if thrown { Err(Stop::Thrown) } else { Ok(()) }
        }
    }

    /// Has a class make an object of its state, and puts it in its places.
    ///
    /// # Safety
    /// What has places for it is pinned.
    unsafe fn make_late(&mut self, php: Php<'_>, index: usize) -> Result<(), Stop> {
        let What::Transfer(entry) = self.lates[index].what else { return Ok(()) };
        // SAFETY: by contract; the class has the method, which its interface requires.
        unsafe {
            let mut made = zv::undef();
            let table = &raw const (*entry).function_table;
            let method = (*sys::at_find_lower(table, c"restore".as_ptr(), 7)).value.func;
            let mut state = zv::take(&mut self.lates[index].state);
            let none = std::ptr::null_mut();
            sys::zend_call_known_function(method, none, entry, &raw mut made, 1, &raw mut state, std::ptr::null_mut());
            if php.has_exception() || zv::type_of(&raw const made) != ty::OBJECT {
                sys::at_zval_dtor(&raw mut made);
                sys::at_zval_dtor(&raw mut state);
                return match php.has_exception() {
                    true => Err(Stop::Thrown),
                    false => {
                        let name = shape::class_name(entry);
                        Err(self.mismatch(format!("Cannot restore {name}: {name}::restore() gave no object")))
                    }
                };
            }
            self.lates[index].made = made;
            let filled = self.fill(php, index);
            sys::at_zval_dtor(&raw mut state);
            filled
        }
    }

    /// Releases what only this restore holds.
    ///
    /// # Safety
    /// The walk is over.
    pub(super) unsafe fn let_go(&mut self) {
        // SAFETY: these references are ours.
        unsafe {
            for index in 0..self.cells.len() {
                let mut value = zv::take(&mut self.cells[index]);
                sys::at_zval_dtor(&raw mut value);
            }
            for index in 0..self.lates.len() {
                let mut value = zv::take(&mut self.lates[index].made);
                sys::at_zval_dtor(&raw mut value);
            }
            while let Some(mut value) = self.pinned.pop() {
                sys::at_zval_dtor(&raw mut value);
            }
        }
    }

    /// Frees a graph that user code may have seen: as PHP frees it.
    ///
    /// # Safety
    /// As [`dismantle`](Restore::dismantle), and the graph was complete but for what is made at the end.
    pub(super) unsafe fn abandon(&mut self, out: &mut [sys::zval]) {
        // SAFETY: by contract.
        unsafe {
            // Those that have not got their state are no objects yet.
            for pending in self.pending.iter().filter(|pending| zv::type_of(&raw const *pending.state) != ty::UNDEF) {
                (*pending.object).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT;
            }
            self.loosen_states();
            while let Some(mut value) = self.loose.pop() {
                sys::at_zval_dtor(&raw mut value);
            }
            for value in out {
                let mut old = *value;
                zv::set_type(value, sys::IS_UNDEF);
                sys::at_zval_dtor(&raw mut old);
            }
            self.let_go();
        }
    }

    /// What was not used yet, for taking apart.
    pub(super) fn loosen_states(&mut self) {
        for pending in &mut self.pending {
            self.loose.push(zv::take(&mut pending.state));
        }
        for late in &mut self.lates {
            self.loose.push(zv::take(&mut late.state));
        }
        self.loosen_holes();
    }
}
