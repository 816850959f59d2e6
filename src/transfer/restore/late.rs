//! What is made late: objects that `Transferable::restore()` gives, and weak references to them. They are made when the graph around them
//! is complete, those in a state before what is made of it, and then put in their places.
//!
//! Until then there is something valid in each place: null, or nothing in a typed property, or an object that was never constructed
//! as the `$this` of a closure. User code may write there, and to what is around: a place is looked up by way of what holds it, which
//! is pinned, and what has been put there is released. A pinned array is never written to; user code gets a copy.

use super::object::Typed;
use super::target::Slot;
use super::{Frame, Kind, Restore, Stop, value_of};
use crate::sys;
use crate::transfer::word;
use crate::transfer::zv::{self, ty};
use crate::zend::Php;
use std::collections::HashMap;

/// An object that is made late.
pub(super) struct Late {
    pub(super) what: What,
    /// In a box, for a frame points to it.
    pub(super) state: Box<sys::zval>,
    /// The object, once it is made, with a reference of ours.
    pub(super) made: sys::zval,
    /// Its state can be used.
    complete: bool,
    /// Its holes, first and last.
    holes: Option<(usize, usize)>,
    /// The weak reference to it.
    weak: Option<usize>,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    /// What its class makes of a state.
    Transfer(*mut sys::zend_class_entry),
    /// The weak reference to an object made late.
    Weak,
}

/// A place for an object that is made late.
#[derive(Clone, Copy)]
pub(super) struct Hole {
    place: Place,
    /// What has the place, if it is a counted thing.
    holder: *mut sys::zend_refcounted,
    /// The next of the same object.
    next: Option<usize>,
}

#[derive(Clone, Copy)]
enum Place {
    /// A value that nobody else writes to: in an array, in a value of ours.
    Value(*mut sys::zval),
    /// The value of a reference.
    Reference(*mut sys::zend_refcounted),
    /// A slot of the holder.
    Slot(*mut sys::zval, *mut Slot),
    /// A dynamic property of the holder, by name or, where that is null, number.
    Property(*mut sys::zend_string, u64),
    /// A variable of the holder, by its index.
    Variable(usize),
    /// The `$this` of the holder.
    This,
    /// A typed property for a reference that refers to the object.
    Typed(Typed),
}

impl Frame {
    /// The place that was stepped over last.
    fn last(&self) -> *mut sys::zval {
        match self.kind {
            Kind::Slots => std::ptr::null_mut(),
            Kind::Map | Kind::Variables => {
                let bucket = self.at.cast::<sys::Bucket>().wrapping_sub(1);
                bucket.cast::<u8>().wrapping_add(std::mem::offset_of!(sys::Bucket, val)).cast()
            }
            Kind::Values | Kind::List | Kind::State | Kind::Transfer => self.at.cast::<sys::zval>().wrapping_sub(1),
        }
    }
}

impl Restore {
    /// Takes note of an object that is made late, first met in `place`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk); the value at the place is being read.
    pub(super) unsafe fn late(&mut self, what: What, head: u64, frame: &Frame, place: *mut sys::zval) -> usize {
        let index = self.lates.len();
        self.late_number(head, index);
        let (state, complete) = (Box::new(zv::undef()), matches!(what, What::Weak));
        self.lates.push(Late { what, state, made: zv::undef(), complete, holes: None, weak: None });
        // SAFETY: by contract.
        unsafe { self.hole(index, frame, place) };
        index
    }

    fn late_number(&mut self, head: u64, late: usize) {
        if head & word::DEF != 0 {
            self.late_numbers.insert(self.nodes.len(), late);
            self.nodes.push(std::ptr::null_mut());
        }
    }

    /// Notes another place of an object that is made late.
    ///
    /// # Safety
    /// As [`late`](Restore::late); the number in `head` is that of such an object.
    #[cold]
    pub(super) unsafe fn late_again(&mut self, head: u64, frame: &Frame, place: *mut sys::zval) {
        let index = self.late_numbers[&(word::count(head) as usize)];
        // SAFETY: by contract.
        unsafe { self.hole(index, frame, place) };
    }

    /// Notes that a weak reference to an object that is made late is made then. False if it is in the state of that object:
    /// the object will never have been there.
    ///
    /// # Safety
    /// As [`late`](Restore::late); the number in `head` is that of the object.
    #[cold]
    pub(super) unsafe fn late_reference(&mut self, head: u64, frame: &Frame, place: *mut sys::zval) -> bool {
        let of = self.late_numbers[&(word::count(head) as usize)];
        if !self.lates[of].complete {
            return false;
        }
        // SAFETY: by contract.
        unsafe {
            match self.lates[of].weak {
                Some(known) => {
                    self.late_number(head, known);
                    self.hole(known, frame, place);
                }
                None => self.lates[of].weak = Some(self.late(What::Weak, head, frame, place)),
            }
        }
        true
    }

    /// Puts something valid in `place`, and notes that object `late` belongs there.
    ///
    /// # Safety
    /// As [`late`](Restore::late).
    unsafe fn hole(&mut self, late: usize, frame: &Frame, place: *mut sys::zval) {
        let mut frame = *frame;
        if frame.kind == Kind::Values
            && frame.owner.is_null()
            && let Some(outer) = self.frames.last().filter(|outer| outer.last() == place)
        {
            // It is read once more, behind what was hidden.
            frame = *outer;
        }
        let mut holder = frame.owner.cast::<sys::zend_refcounted>();
        let mut empty = sys::IS_NULL;
        // SAFETY: by contract; the frame has just been stepped over `place`.
        unsafe {
            let hole = match frame.kind {
                Kind::Slots => {
                    let slot = frame.at.cast::<Slot>().wrapping_sub(1);
                    if !(*slot).info.is_null() {
                        empty = sys::IS_UNDEF;
                        (*place).u2.extra = sys::IS_PROP_UNINIT;
                    }
                    Place::Slot(place, slot)
                }
                Kind::Map => match self.tables.get(&frame.owner.addr()) {
                    None => Place::Value(place),
                    Some(&object) => {
                        holder = object.cast();
                        let bucket = frame.at.cast::<sys::Bucket>().wrapping_sub(1);
                        Place::Property((*bucket).key, (*bucket).h)
                    }
                },
                Kind::Variables => {
                    let table = sys::at_closure_variables(holder.cast());
                    let bucket = frame.at.cast::<sys::Bucket>().wrapping_sub(1);
                    Place::Variable(bucket.offset_from_unsigned(zv::buckets(table)))
                }
                Kind::Values if !holder.is_null() && zv::gc_type(holder) == ty::OBJECT => {
                    empty = sys::IS_UNDEF;
                    Place::This
                }
                Kind::Values if !holder.is_null() => Place::Reference(holder),
                Kind::List => Place::Value(place),
                Kind::Values | Kind::State | Kind::Transfer => {
                    holder = std::ptr::null_mut();
                    Place::Value(place)
                }
            };
            zv::set_type(place, empty);
            self.chain(late, hole, holder);
        }
    }

    fn chain(&mut self, late: usize, place: Place, holder: *mut sys::zend_refcounted) {
        let index = self.holes.len();
        self.holes.push(Hole { place, holder, next: None });
        let holes = &mut self.lates[late].holes;
        match holes {
            None => *holes = Some((index, index)),
            Some((_, last)) => self.holes[std::mem::replace(last, index)].next = Some(index),
        }
    }

    /// Takes note that the state of an object is complete.
    pub(super) fn late_complete(&mut self, late: usize) {
        self.lates[late].complete = true;
    }

    /// Takes references that have no value of their type yet out of typed properties.
    ///
    /// # Safety
    /// The graph is complete but for what is made late, and no user code has run.
    pub(super) unsafe fn hide_typed(&mut self) {
        if self.typed.is_empty() || self.lates.is_empty() {
            return;
        }
        let mut by_reference: HashMap<*mut sys::zend_refcounted, Vec<usize>> = HashMap::new();
        for (at, typed) in self.typed.iter().enumerate() {
            by_reference.entry(typed.reference.cast()).or_default().push(at);
        }
        for late in 0..self.lates.len() {
            let Some((first, last)) = self.lates[late].holes else { continue };
            let mut next = Some(first);
            while let Some(index) = next {
                next = self.holes[index].next.filter(|_| index != last);
                let Place::Reference(reference) = self.holes[index].place else { continue };
                for &at in by_reference.get(&reference).into_iter().flatten() {
                    self.typed[at].late = true;
                    let typed = self.typed[at];
                    // SAFETY: the slot holds the reference, whose count is kept for it.
                    unsafe {
                        sys::zend_ref_del_type_source(&raw mut (*typed.reference).sources, typed.info);
                        zv::set_type(typed.place, sys::IS_UNDEF);
                        (*typed.place).u2.extra = sys::IS_PROP_UNINIT;
                    }
                    self.chain(late, Place::Typed(typed), typed.object.cast());
                }
            }
        }
    }

    /// Holds what has holes.
    ///
    /// # Safety
    /// The graph is complete but for what is made late, and no user code has run.
    pub(super) unsafe fn pin_holes(&mut self) {
        for index in 0..self.holes.len() {
            let holder = self.holes[index].holder;
            if !holder.is_null() {
                // SAFETY: whatever has a hole is part of the graph.
                unsafe { self.pin(holder) };
            }
            if let Place::Property(name, _) = self.holes[index].place
                && !name.is_null()
            {
                // SAFETY: the property has its name. Interned ones count no references.
                unsafe {
                    if zv::gc_info(name) & (sys::GC_IMMUTABLE << sys::GC_FLAGS_SHIFT) == 0 {
                        self.pin(name.cast());
                    }
                }
            }
        }
    }

    /// Gives closures a `$this` for the meantime: their code relies on one. May run user code.
    ///
    /// # Safety
    /// What has holes is pinned.
    pub(super) unsafe fn stand_in(&mut self, php: Php<'_>) -> Result<(), Stop> {
        for late in 0..self.lates.len() {
            let entry = match self.lates[late].what {
                What::Transfer(entry) => entry,
                // SAFETY: the class exists since the engine's start.
                What::Weak => unsafe { sys::zend_ce_weakref },
            };
            let mut next = self.lates[late].holes.map(|(first, _)| first);
            while let Some(index) = next {
                let hole = self.holes[index];
                next = hole.next;
                if !matches!(hole.place, Place::This) {
                    continue;
                }
                // SAFETY: the class has objects, and the holder is a closure without `$this`.
                unsafe {
                    let mut value = zv::undef();
                    if sys::object_init_ex(&raw mut value, entry) != sys::SUCCESS || php.has_exception() {
                        return Err(Stop::Thrown);
                    }
                    (*value.value.obj).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT;
                    zv::set_counted(sys::at_closure_this(hole.holder.cast()), value.value.obj, sys::IS_OBJECT_EX);
                }
            }
        }
        Ok(())
    }

    /// Puts an object that has been made in its places, and then what refers to it weakly.
    ///
    /// # Safety
    /// What has holes is pinned.
    pub(super) unsafe fn fill(&mut self, php: Php<'_>, late: usize) -> Result<(), Stop> {
        let mut late = late;
        loop {
            let object = self.made_object(late);
            let mut next = self.lates[late].holes.map(|(first, _)| first);
            while let Some(index) = next {
                let hole = self.holes[index];
                next = hole.next;
                self.holes[index].holder = std::ptr::null_mut();
                // SAFETY: the object is held by `made`, the holder pinned.
                unsafe { self.fill_hole(php, hole, object)? };
                if php.has_exception() {
                    return Err(Stop::Thrown);
                }
            }
            let Some(weak) = self.lates[late].weak else { return Ok(()) };
            let mut made = zv::undef();
            // SAFETY: as above.
            unsafe { sys::at_weak_create(&raw mut made, object) };
            if php.has_exception() {
                return Err(Stop::Thrown);
            }
            self.lates[weak].made = made;
            late = weak;
        }
    }

    /// # Safety
    /// As [`fill`](Restore::fill).
    unsafe fn fill_hole(&mut self, php: Php<'_>, hole: Hole, object: *mut sys::zend_object) -> Result<(), Stop> {
        // SAFETY: by contract.
        unsafe {
            match hole.place {
                Place::Value(place) => sys::at_put_object(place, object),
                Place::Reference(reference) => {
                    let mut value = value_of(reference);
                    sys::at_put_object(&raw mut value, object);
                }
                Place::Slot(place, slot) => {
                    if !(*slot).info.is_null() {
                        let mut value = zv::undef();
                        zv::set_counted(&raw mut value, object, sys::IS_OBJECT_EX);
                        self.check(php, slot, &raw mut value)?;
                    }
                    (*place).u2.extra = 0;
                    sys::at_put_object(place, object);
                }
                Place::Property(name, number) => sys::at_put_property(hole.holder.cast(), name, number, object),
                Place::Variable(index) => {
                    let table = sys::at_closure_variables(hole.holder.cast());
                    if !table.is_null() && index < (*table).nNumUsed as usize {
                        sys::at_put_object(&raw mut (*zv::buckets(table).add(index)).val, object);
                    }
                }
                Place::This => sys::at_put_object(sys::at_closure_this(hole.holder.cast()), object),
                Place::Typed(typed) => {
                    let mut old = *typed.place;
                    if zv::type_of(&raw const old) == ty::REFERENCE {
                        sys::zend_ref_del_type_source(&raw mut (*old.value.ref_).sources, typed.info);
                    }
                    zv::set_counted(typed.place, typed.reference, sys::IS_REFERENCE_EX);
                    (*typed.place).u2.extra = 0;
                    sys::zend_ref_add_type_source(&raw mut (*typed.reference).sources, typed.info);
                    let fits = self.verify(php, typed.info, &raw mut (*typed.reference).val);
                    sys::at_zval_dtor(&raw mut old);
                    fits?;
                }
            }
        }
        Ok(())
    }

    /// The object of a number without node, or null if it was not made.
    pub(super) fn made(&self, number: usize) -> *mut sys::zend_object {
        self.late_numbers.get(&number).map(|&late| self.made_object(late)).unwrap_or_default()
    }

    fn made_object(&self, late: usize) -> *mut sys::zend_object {
        let made = &self.lates[late].made;
        // SAFETY: what was made is an object.
        unsafe {
            match zv::type_of(made) {
                ty::OBJECT => made.value.obj,
                _ => std::ptr::null_mut(),
            }
        }
    }

    /// Holds a node until the end.
    ///
    /// # Safety
    /// The node is alive.
    pub(super) unsafe fn pin(&mut self, node: *mut sys::zend_refcounted) {
        // SAFETY: by contract.
        unsafe {
            zv::addref(node);
            self.pinned.push(value_of(node));
        }
    }

    /// References kept for holes that are not filled, for taking apart.
    pub(super) fn loosen_holes(&mut self) {
        for hole in &self.holes {
            if let Place::Typed(typed) = hole.place
                && !hole.holder.is_null()
            {
                // SAFETY: the reference is alive, and its count is ours.
                self.loose.push(unsafe { value_of(typed.reference.cast()) });
            }
        }
    }
}
