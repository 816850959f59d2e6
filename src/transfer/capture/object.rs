//! Objects: what a class is to a transfer, and the slots of those that cross by their properties.

use std::collections::HashMap;

use async_threads_core::identity::Meeting;

use super::frame::{Frame, Kind};
use super::{Capture, Stop, Tally};
use crate::sys;
use crate::transfer::packet::{Case, How};
use crate::transfer::zv::{self, ty};
use crate::transfer::{shape, word};
use crate::zend::{self, Php};

/// How objects of a class cross.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By their properties.
    Properties,
    /// By their properties, with care for the trace.
    Throwable,
    /// By the name of the case.
    Case,
    /// By the function and what is bound to it.
    Closure,
    /// As a new object.
    Fresh,
    /// By what `__serialize()` gives.
    Contract,
    /// By their properties and the elements of the structure.
    Elements,
    /// By what `transfer()` gives.
    Transferable,
    WeakReference,
    WeakMap,
    /// As another handle to the same thing if it is one of this extension's, else not at all.
    Handle,
}

/// A class met in this capture.
struct Class {
    entry: *const sys::zend_class_entry,
    way: Way,
    /// Index of its shape, once an object of it is written.
    shape: Option<u32>,
}

/// The classes met in this capture.
#[derive(Default)]
pub(super) struct Classes {
    met: Vec<Class>,
    /// Where in `met` a class is; by address, as a short cut: several addresses share an entry.
    recent: [u32; RECENT],
    /// The same without loss, once there are many.
    index: HashMap<usize, u32>,
    /// Classes whose objects cross by their properties and have been met, by address likewise.
    plain: [Plain; RECENT],
}

/// What it takes to write an object that is no more than its slots.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    pub(super) entry: *const sys::zend_class_entry,
    pub(super) head: u64,
    pub(super) slots: usize,
    pub(super) tally: Tally,
}

impl Plain {
    /// More slots than these are left to the general way, so that their scalars fit in one run.
    const MOST: usize = 100;
}

impl Default for Plain {
    fn default() -> Self {
        Plain { entry: std::ptr::null(), head: 0, slots: 0, tally: Tally::default() }
    }
}

const RECENT: usize = 16;

impl Classes {
    pub(super) fn clear(&mut self) {
        if !self.met.is_empty() {
            self.met.clear();
            self.index.clear();
            self.recent = [0; RECENT];
            self.plain = [Plain::default(); RECENT];
        }
    }

    /// Where a class is among those met of late, if it is.
    #[inline(always)]
    fn place(entry: *const sys::zend_class_entry) -> usize {
        entry as usize / 64 % RECENT
    }

    /// What is known of the class of a plain object, and of another class if it is none.
    #[inline(always)]
    pub(super) fn plain(&self, entry: *const sys::zend_class_entry) -> &Plain {
        &self.plain[Classes::place(entry)]
    }

    /// Forgets the shapes from index `count` on.
    pub(super) fn forget_shapes(&mut self, count: usize) {
        for class in &mut self.met {
            class.shape = class.shape.filter(|&shape| (shape as usize) < count);
        }
        self.plain = [Plain::default(); RECENT];
    }

    /// The index of a class in `met`.
    ///
    /// # Safety
    /// The class is alive.
    #[inline(always)]
    unsafe fn of(&mut self, entry: *const sys::zend_class_entry) -> usize {
        let recent = Classes::place(entry);
        let guess = self.recent[recent] as usize;
        if self.met.get(guess).is_some_and(|class| class.entry == entry) {
            return guess;
        }
        // SAFETY: by contract.
        let index = unsafe { self.look_up(entry) };
        self.recent[recent] = index;
        index as usize
    }

    /// # Safety
    /// As [`of`](Classes::of).
    #[inline(never)]
    unsafe fn look_up(&mut self, entry: *const sys::zend_class_entry) -> u32 {
        let next = self.met.len() as u32;
        let known = match self.index.is_empty() {
            true => self.met.iter().position(|class| class.entry == entry).map(|index| index as u32),
            false => self.index.get(&(entry as usize)).copied(),
        };
        if let Some(index) = known {
            return index;
        }
        // SAFETY: the class is alive.
        let way = unsafe { way_of(entry) };
        self.met.push(Class { entry, way, shape: None });
        if next as usize >= RECENT {
            if self.index.is_empty() {
                self.index.extend(self.met.iter().zip(0..).map(|(class, index)| (class.entry as usize, index)));
            }
            self.index.insert(entry as usize, next);
        }
        next
    }
}

/// How objects of this class cross.
///
/// # Safety
/// The class is alive.
unsafe fn way_of(entry: *const sys::zend_class_entry) -> Way {
    // SAFETY: a class, its ancestors and its interfaces are alive together.
    unsafe {
        let flags = (*entry).ce_flags;
        if flags & sys::ZEND_ACC_ENUM != 0 {
            return Way::Case;
        }
        if entry == sys::zend_ce_closure.cast_const() {
            return Way::Closure;
        }
        let mut internal = entry;
        while !internal.is_null() && (*internal).type_ as u32 == sys::ZEND_USER_CLASS {
            internal = (*internal).__bindgen_anon_1.parent;
        }
        if internal != entry && is_transferable(entry) {
            return Way::Transferable;
        }
        if internal.is_null() {
            return Way::Properties;
        }
        match (*internal).__bindgen_anon_2.create_object {
            None if (*internal).ce_flags & sys::ZEND_ACC_NOT_SERIALIZABLE == 0 => Way::Properties,
            Some(create) if shape::makes_throwables(create) => Way::Throwable,
            _ if shape::is_stateless(entry) => Way::Fresh,
            _ if sys::at_spl_has_elements(entry) => Way::Elements,
            _ if internal == sys::zend_ce_weakref.cast_const() => Way::WeakReference,
            _ if zv::bytes((*internal).name) == b"WeakMap" => Way::WeakMap,
            Some(_) if (*internal).ce_flags & sys::ZEND_ACC_NOT_SERIALIZABLE == 0 && has_contract(entry) => Way::Contract,
            _ => Way::Handle,
        }
    }
}

/// Whether a class says by `__serialize()` what its objects hold.
///
/// # Safety
/// The class is alive.
unsafe fn has_contract(entry: *const sys::zend_class_entry) -> bool {
    // SAFETY: by contract.
    unsafe { !(*entry).__serialize.is_null() && !(*entry).__unserialize.is_null() }
}

/// Whether a class implements `Async\Transferable`.
///
/// # Safety
/// The class is alive and linked.
pub(in crate::transfer) unsafe fn is_transferable(entry: *const sys::zend_class_entry) -> bool {
    // SAFETY: a linked class has entries for all its interfaces.
    unsafe {
        (0..(*entry).num_interfaces as usize).any(|index| {
            let interface = *(*entry).__bindgen_anon_3.interfaces.add(index);
            (*interface).type_ as u32 == sys::ZEND_INTERNAL_CLASS && zv::bytes((*interface).name) == b"Async\\Transferable"
        })
    }
}

impl Capture {
    /// Writes an object's header; its contents become the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline]
    pub(super) unsafe fn object(&mut self, php: Php<'_>, frame: &mut Frame, object: *mut sys::zend_object) -> Result<(), Stop> {
        // SAFETY: the object, its class and its properties are alive.
        unsafe {
            let entry = (*object).ce.cast_const();
            // A proxy is the node, and what it stands for has the properties.
            #[cfg(php84)]
            let holder = if is_lazy(object) { self.initialised(php, frame, object)? } else { object };
            #[cfg(not(php84))]
            let holder = object;
            let class = self.classes.of(entry);
            let way = self.classes.met[class].way;
            let mut flags = 0;
            let mut number = 0;
            let weak = zv::gc_info(object) & (sys::IS_OBJ_WEAKLY_REFERENCED << sys::GC_FLAGS_SHIFT);
            if way == Way::WeakReference && self.target_first(frame, object) {
                return Ok(());
            }
            if zv::refcount(object) > 1 || weak != 0 || self.careful || way == Way::WeakMap {
                match self.meet(object, sys::IS_OBJECT_EX) {
                    Meeting::First(first) => (flags, number) = (word::DEF, first),
                    Meeting::Again(again) => {
                        if way == Way::Transferable && self.is_in_transfer(frame, object) {
                            let name = shape::class_name(entry);
                            return Err(Stop::Refused(format!("{name}::transfer() gave a state that holds the object itself")));
                        }
                        self.tape.put(word::node(word::OBJECT_AGAIN, u64::from(again)));
                        return Ok(());
                    }
                }
            }
            match way {
                Way::Properties => {
                    self.head(holder, class, How::Properties, flags);
                    self.properties(frame, holder, Kind::Slots);
                    if !self.careful {
                        self.note_plain(entry, class);
                    }
                }
                Way::Throwable => {
                    self.head(holder, class, How::Properties, flags);
                    self.properties(frame, holder, Kind::Throwable);
                }
                _ => return self.special(php, frame, holder, class, flags, number),
            }
        }
        Ok(())
    }

    /// Remembers a class for the straight way.
    ///
    /// # Safety
    /// The class is alive; its objects cross by their properties, and have a shape.
    unsafe fn note_plain(&mut self, entry: *const sys::zend_class_entry, class: usize) {
        // SAFETY: by contract.
        let slots = unsafe { (*entry).default_properties_count as usize };
        if let Some(shape) = self.classes.met[class].shape.filter(|_| slots <= Plain::MOST) {
            let head = word::node(word::OBJECT, u64::from(shape));
            self.classes.plain[Classes::place(entry)] = Plain { entry, head, slots, tally: tally_of(slots) };
        }
    }

    /// Writes an object that does not cross by its properties alone.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[cold]
    unsafe fn special(
        &mut self,
        php: Php<'_>,
        frame: &mut Frame,
        object: *mut sys::zend_object,
        class: usize,
        flags: u64,
        number: u32,
    ) -> Result<(), Stop> {
        // SAFETY: by contract; the way says what the class has.
        unsafe {
            match self.classes.met[class].way {
                Way::Case => self.case(object, flags),
                Way::Fresh => {
                    self.head(object, class, How::Fresh, flags);
                    self.properties(frame, object, Kind::Slots);
                }
                Way::Closure => self.closure(php, frame, object, flags)?,
                Way::Contract => {
                    self.head(object, class, How::Contract, flags);
                    self.contract(php, frame, object)?;
                }
                Way::Elements => {
                    self.head(object, class, How::Elements, flags);
                    self.elements(php, frame, object)?;
                    self.properties(frame, object, Kind::Slots);
                }
                Way::Transferable => {
                    let shape = self.shape(class, How::Transferable);
                    self.transferable(php, frame, object, shape, flags)?;
                }
                Way::WeakReference => self.weak_reference(object, flags),
                Way::WeakMap => self.weak_map(object, number),
                Way::Handle => self.handle(php, object, flags)?,
                Way::Properties | Way::Throwable => unreachable!("written already"),
            }
        }
        Ok(())
    }

    /// The index of a class's shape.
    ///
    /// # Safety
    /// The class is alive.
    #[inline(always)]
    unsafe fn shape(&mut self, class: usize, how: How) -> u32 {
        let class = &mut self.classes.met[class];
        if let Some(shape) = class.shape {
            return shape;
        }
        // SAFETY: by contract.
        let shape = unsafe { shape::describe(&mut self.tables, class.entry, how) };
        class.shape = Some(shape);
        shape
    }

    /// Writes the head of an object, with that of its dynamic properties.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline(always)]
    unsafe fn head(&mut self, object: *mut sys::zend_object, class: usize, how: How, flags: u64) {
        // SAFETY: the object is alive with its table of properties, if it has one.
        unsafe {
            let shape = self.shape(class, how);
            let mut head = word::node(word::OBJECT, u64::from(shape)) | flags;
            self.tally.0 += tally_of((*(*object).ce).default_properties_count as usize).0;
            let table = (*object).properties;
            let dynamic = match table.is_null() || how == How::Contract {
                true => 0,
                false => dynamic_count(table),
            };
            if dynamic != 0 {
                head |= word::DYNAMIC;
            }
            self.tape.put(head);
            if dynamic != 0 {
                self.map_header(table, 0, dynamic);
            }
        }
    }

    /// Makes the properties the new `frame`: the slots, then the dynamic ones.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline(always)]
    unsafe fn properties(&mut self, frame: &mut Frame, object: *mut sys::zend_object, kind: Kind) {
        // SAFETY: the object has as many slots as its class says, and a table of properties or none.
        unsafe {
            let table = (*object).properties;
            if !table.is_null() && dynamic_count(table) > 0 {
                let mut entries = table;
                if self.careful {
                    // A copy: to separate the table itself, were it held, the engine would make values of its pointers to slots.
                    entries = sys::at_dynamic_properties(table);
                    let mut own = zv::undef();
                    zv::set_counted(&raw mut own, entries, sys::IS_ARRAY_EX);
                    self.held.push(own);
                }
                self.enter(frame, Frame::buckets(Kind::Dynamic, object.cast(), entries));
            }
            let slots = (*(*object).ce).default_properties_count as usize;
            if slots > 0 {
                let first = zv::slots(object);
                self.enter(frame, Frame::values(kind, object.cast(), first, slots));
            }
        }
    }

    /// # Safety
    /// The object is alive.
    unsafe fn handle(&mut self, php: Php<'_>, object: *const sys::zend_object, flags: u64) -> Result<(), Stop> {
        // SAFETY: by contract.
        let Some(shared) = (unsafe { zend::object::share(php, object) }) else {
            // SAFETY: the class lives at least as long as its object.
            let name = unsafe { shape::class_name((*object).ce) };
            return Err(Stop::Refused(format!("{name} is not transferable")));
        };
        let index = self.tables.handles.len() as u64;
        self.tables.handles.push(shared);
        self.tape.put(word::node(word::HANDLE, index) | flags);
        Ok(())
    }

    /// # Safety
    /// The object is a case of an enum.
    unsafe fn case(&mut self, object: *const sys::zend_object, flags: u64) {
        // SAFETY: the first slot of a case holds its name.
        let (class, name) = unsafe {
            let name = (*zv::slots(object)).value.str_;
            (zv::bytes((*(*object).ce).name), zv::bytes(name))
        };
        let case = Case { class: self.tables.name(class), name: self.tables.name(name) };
        let index = self.tables.cases.len() as u64;
        self.tables.cases.push(case);
        self.tape.put(word::node(word::ENUM, index) | flags);
    }
}

/// An object with so many slots, and what it takes in memory beyond what it takes on the tape.
fn tally_of(slots: usize) -> Tally {
    // Its head, a place in the engine's table, and what rounding up to a size of the heap costs it and its strings.
    Tally::of(1, 72 + 8 * slots)
}

/// Whether an object stands for another, or for one yet to be made.
///
/// # Safety
/// The object is alive.
#[inline(always)]
pub(super) unsafe fn is_lazy(object: *const sys::zend_object) -> bool {
    #[cfg(php84)]
    // SAFETY: by contract.
    unsafe {
        (*object).extra_flags & (sys::IS_OBJ_LAZY_UNINITIALIZED | sys::IS_OBJ_LAZY_PROXY) != 0
    }
    #[cfg(not(php84))]
    {
        let _ = object;
        false
    }
}

/// How many entries of a table of properties are dynamic ones: values of their own, not pointers to slots.
///
/// # Safety
/// The table is alive.
unsafe fn dynamic_count(table: *const sys::HashTable) -> u32 {
    // SAFETY: a table of properties is a hash array, never packed once it has entries.
    unsafe {
        if (*table).nNumOfElements == 0 {
            return 0;
        }
        let first = zv::buckets(table).cast_const();
        let is_own = |i: &usize| !matches!(zv::type_of(&raw const (*first.add(*i)).val), ty::INDIRECT | ty::UNDEF);
        (0..(*table).nNumUsed as usize).filter(is_own).count() as u32
    }
}
