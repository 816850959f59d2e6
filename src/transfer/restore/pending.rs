//! Objects that are made from a state: by `__unserialize()`, by inserting elements, by `Transferable::restore()`.
//!
//! The first two wait until the whole graph is built. The third gives the object itself, which others may refer to, and
//! so runs as soon as its state is complete.

use super::target::Slot;
use super::{Frame, Kind, Restore, Stop};
use crate::sys;
use crate::transfer::packet::{How, Packet};
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

/// An object that its class makes from a state.
pub(super) struct Transfer {
    entry: *mut sys::zend_class_entry,
    place: *mut sys::zval,
    /// Its number, if it has one.
    number: Option<usize>,
    /// The slot that `place` is, if that has a type.
    pub(super) slot: *mut Slot,
    state: Box<sys::zval>,
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
    pub(super) unsafe fn transferable(&mut self, packet: &Packet, head: u64, frame: &mut Frame, place: *mut sys::zval) {
        let _ = packet;
        let entry = self.targets[word::count(head) as usize].entry;
        let number = (head & word::DEF != 0).then_some(self.nodes.len());
        if number.is_some() {
            self.nodes.push(std::ptr::null_mut());
        }
        // SAFETY: `place` is writable.
        unsafe { zv::set_type(place, sys::IS_UNDEF) };
        let index = self.transfers.len();
        self.transfers.push(Transfer { entry, place, number, slot: std::ptr::null_mut(), state: Box::new(zv::undef()) });
        let state = &raw mut *self.transfers[index].state;
        self.enter(frame, Frame::new(Kind::Transfer, std::ptr::without_provenance_mut(index), state, 1));
    }

    /// Takes note that a state is complete; for a transfer, makes the object.
    ///
    /// # Safety
    /// `inner` was the frame of the state, `frame` is the one around it.
    #[cold]
    pub(super) unsafe fn state_complete(&mut self, php: Php<'_>, frame: &mut Frame, inner: &Frame) -> Result<(), Stop> {
        let index = inner.owner.addr();
        if inner.kind == Kind::State {
            self.complete.push(index);
            return Ok(());
        }
        // SAFETY: by contract; the place belongs to a node that is pinned before user code runs.
        unsafe {
            self.frames.push(*frame);
            self.brace();
            if let Some(settled) = self.frames.pop() {
                *frame = settled;
            }
            self.run_complete(php)?;
            let transfer = &mut self.transfers[index];
            let (entry, place, slot) = (transfer.entry, transfer.place, transfer.slot);
            let mut made = zv::undef();
            let table = &raw const (*entry).function_table;
            let method = (*sys::at_find_lower(table, c"restore".as_ptr(), 7)).value.func;
            let state = &raw mut *transfer.state;
            let none = std::ptr::null_mut();
            sys::zend_call_known_function(method, none, entry, &raw mut made, 1, state, std::ptr::null_mut());
            let mut state = zv::take(&mut self.transfers[index].state);
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
            zv::set_counted(place, made.value.obj, sys::IS_OBJECT_EX);
            if let Some(number) = self.transfers[index].number {
                zv::addref(made.value.obj);
                self.nodes[number] = made.value.counted;
                debug_assert!(number < self.pinned_nodes);
            }
            sys::at_zval_dtor(&raw mut state);
            if slot.is_null() { Ok(()) } else { self.check(php, slot, place) }
        }
    }

    /// Gives all objects their states, and lets go of what was held for it.
    ///
    /// # Safety
    /// The graph is complete.
    pub(super) unsafe fn finish(&mut self, php: Php<'_>) -> Result<(), Stop> {
        // SAFETY: by contract.
        unsafe {
            if !self.complete.is_empty() {
                self.brace();
                self.run_complete(php)?;
            }
            self.let_go();
        }
        Ok(())
    }

    /// Makes everything fit to be seen and touched by user code: places still to be filled are UNDEF, nodes that
    /// this restore goes on using have a reference of its own.
    ///
    /// # Safety
    /// The frames are those of the walk.
    unsafe fn brace(&mut self) {
        self.ran_code = true;
        // SAFETY: nodes with a number stay alive, for each is referred to by its place, until user code runs.
        unsafe {
            for &node in &self.nodes[self.pinned_nodes..] {
                if !node.is_null() {
                    zv::addref(node);
                }
            }
            self.pinned_nodes = self.nodes.len();
            for index in 0..self.frames.len() {
                if self.frames[index].settled != 0 {
                    continue;
                }
                self.frames[index].settle();
                if let Some(owner) = self.frames[index].node() {
                    zv::addref(owner.value.counted);
                    self.pinned.push(owner);
                }
            }
        }
    }

    /// Gives their states to the objects whose states are complete.
    ///
    /// # Safety
    /// [`brace`](Restore::brace) has been called.
    unsafe fn run_complete(&mut self, php: Php<'_>) -> Result<(), Stop> {
        for at in 0..self.complete.len() {
            let index = self.complete[at];
            // SAFETY: the object is held by its place, or by its number.
            unsafe {
                let (object, how) = (self.pending[index].object, self.pending[index].how);
                let mut state = zv::take(&mut self.pending[index].state);
                zv::addref(object);
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
                let mut held = zv::undef();
                zv::set_counted(&raw mut held, object, sys::IS_OBJECT_EX);
                sys::at_zval_dtor(&raw mut held);
                if thrown {
                    return Err(Stop::Thrown);
                }
            }
        }
        self.complete.clear();
        Ok(())
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
            while let Some(mut value) = self.pinned.pop() {
                sys::at_zval_dtor(&raw mut value);
            }
            while self.pinned_nodes > 0 {
                self.pinned_nodes -= 1;
                let node = self.nodes[self.pinned_nodes];
                if !node.is_null() {
                    let mut value = super::value_of(node);
                    sys::at_zval_dtor(&raw mut value);
                }
            }
        }
    }

    /// Frees a graph that user code may have seen: as PHP frees it.
    ///
    /// # Safety
    /// As [`dismantle`](Restore::dismantle).
    pub(super) unsafe fn abandon(&mut self, out: &mut [sys::zval]) {
        // SAFETY: by contract.
        unsafe {
            for index in 0..self.frames.len() {
                if self.frames[index].settled == 0 {
                    self.frames[index].settle();
                }
                if let Some(owner) = self.frames[index].node()
                    && zv::type_of(&raw const owner) == ty::OBJECT
                {
                    (*owner.value.obj).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT;
                }
            }
            // Those that have not got their state are no objects yet.
            for pending in self.pending.iter().filter(|pending| zv::type_of(&raw const *pending.state) != ty::UNDEF) {
                (*pending.object).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT;
            }
            for index in 0..self.pending.len() {
                let mut state = zv::take(&mut self.pending[index].state);
                sys::at_zval_dtor(&raw mut state);
            }
            for index in 0..self.transfers.len() {
                let mut state = zv::take(&mut self.transfers[index].state);
                sys::at_zval_dtor(&raw mut state);
            }
            for value in out {
                let mut old = *value;
                zv::set_type(value, sys::IS_UNDEF);
                sys::at_zval_dtor(&raw mut old);
            }
            self.let_go();
        }
    }

    /// The states not yet used, for taking apart.
    pub(super) fn loosen_states(&mut self) {
        for pending in &mut self.pending {
            self.loose.push(zv::take(&mut pending.state));
        }
        for transfer in &mut self.transfers {
            self.loose.push(zv::take(&mut transfer.state));
        }
    }
}
