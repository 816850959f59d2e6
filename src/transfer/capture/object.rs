//! Objects: what a class is to a transfer, and the slots of those that cross by their properties.

use async_threads_core::identity::Meeting;

use super::frame::{Frame, Kind};
use super::{Capture, Stop};
use crate::sys;
use crate::transfer::packet::Case;
use crate::transfer::zv::{self, ty};
use crate::transfer::{shape, word};
use crate::zend::{self, Php};

/// How objects of a class cross.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By their properties.
    Properties,
    /// By the name of the case.
    Case,
    /// By the function and what is bound to it.
    Closure,
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
    /// The same without loss.
    index: std::collections::HashMap<usize, u32>,
}

const RECENT: usize = 16;

impl Classes {
    pub(super) fn clear(&mut self) {
        if !self.met.is_empty() {
            self.met.clear();
            self.index.clear();
            self.recent = [0; RECENT];
        }
    }

    /// The index of a class in `met`.
    ///
    /// # Safety
    /// The class is alive.
    #[inline(always)]
    unsafe fn of(&mut self, entry: *const sys::zend_class_entry) -> usize {
        let recent = entry as usize / 64 % RECENT;
        let guess = self.recent[recent] as usize;
        if self.met.get(guess).is_some_and(|class| class.entry == entry) {
            return guess;
        }
        // SAFETY: by contract.
        unsafe { self.look_up(entry, recent) }
    }

    #[inline(never)]
    unsafe fn look_up(&mut self, entry: *const sys::zend_class_entry, recent: usize) -> usize {
        let next = self.met.len() as u32;
        let index = *self.index.entry(entry as usize).or_insert(next);
        if index == next {
            // SAFETY: the class is alive.
            let way = unsafe { way_of(entry) };
            self.met.push(Class { entry, way, shape: None });
        }
        self.recent[recent] = index;
        index as usize
    }
}

/// How objects of this class cross.
///
/// # Safety
/// The class is alive.
unsafe fn way_of(entry: *const sys::zend_class_entry) -> Way {
    // SAFETY: a class and its ancestors are alive together.
    unsafe {
        if (*entry).ce_flags & sys::ZEND_ACC_ENUM != 0 {
            return Way::Case;
        }
        if entry == sys::zend_ce_closure.cast_const() {
            return Way::Closure;
        }
        let mut internal = entry;
        while !internal.is_null() && (*internal).type_ as u32 == sys::ZEND_USER_CLASS {
            internal = (*internal).__bindgen_anon_1.parent;
        }
        if internal.is_null() {
            return Way::Properties;
        }
        match (*internal).__bindgen_anon_2.create_object {
            None if (*internal).ce_flags & sys::ZEND_ACC_NOT_SERIALIZABLE == 0 => Way::Properties,
            Some(create) if is_throwables(create) => Way::Properties,
            _ => Way::Handle,
        }
    }
}

/// Whether this is how the engine makes exceptions and errors, which are plain objects once made.
///
/// # Safety
/// The engine has started.
unsafe fn is_throwables(create: unsafe extern "C" fn(*mut sys::zend_class_entry) -> *mut sys::zend_object) -> bool {
    // SAFETY: the class exists since the engine's start.
    let throwables = unsafe { (*sys::zend_ce_exception).__bindgen_anon_2.create_object };
    throwables.is_some_and(|throwables| std::ptr::fn_addr_eq(throwables, create))
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
            let mut flags = 0;
            let weak = zv::gc_info(object) & (sys::IS_OBJ_WEAKLY_REFERENCED << sys::GC_FLAGS_SHIFT);
            if zv::refcount(object) > 1 || weak != 0 {
                match self.identity.meet(object as usize) {
                    Meeting::Again(number) => {
                        self.tape.put(word::node(word::OBJECT_AGAIN, u64::from(number)));
                        return Ok(());
                    }
                    Meeting::First(_) => flags = word::DEF,
                }
            }
            let entry = (*object).ce;
            let class = self.classes.of(entry);
            match self.classes.met[class].way {
                Way::Properties => self.properties(frame, object, class, flags),
                Way::Case => self.case(object, flags),
                Way::Closure => self.closure(php, frame, object, flags)?,
                Way::Handle => self.handle(object, flags)?,
            }
        }
        Ok(())
    }

    /// # Safety
    /// As [`walk`](Capture::walk).
    #[inline(always)]
    unsafe fn properties(&mut self, frame: &mut Frame, object: *mut sys::zend_object, class: usize, flags: u64) {
        // SAFETY: the object has as many slots as its class says, and a table of properties or none.
        unsafe {
            let entry = (*object).ce;
            let shape = match self.classes.met[class].shape {
                Some(shape) => shape,
                None => {
                    let shape = shape::describe(&mut self.tables, entry);
                    self.classes.met[class].shape = Some(shape);
                    shape
                }
            };
            let head = word::node(word::OBJECT, u64::from(shape)) | flags;
            let table = (*object).properties;
            let dynamic = if table.is_null() { 0 } else { dynamic_count(table) };
            if dynamic == 0 {
                self.tape.put(head);
            } else {
                self.tape.put(head | word::DYNAMIC);
                self.map_header(table, 0, dynamic);
                self.enter(frame, Frame::buckets(Kind::Dynamic, object.cast(), table));
            }
            let slots = (*entry).default_properties_count as usize;
            if slots > 0 {
                let first = zv::slots(object);
                self.enter(frame, Frame::values(Kind::Slots, object.cast(), first, slots));
            }
        }
    }

    /// # Safety
    /// The object is alive.
    #[cold]
    unsafe fn handle(&mut self, object: *const sys::zend_object, flags: u64) -> Result<(), Stop> {
        // SAFETY: by contract.
        let Some(shared) = (unsafe { zend::object::share(object) }) else {
            // SAFETY: the class lives at least as long as its object.
            return Err(unsafe { refuse((*object).ce) });
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

/// # Safety
/// The class is alive.
#[cold]
unsafe fn refuse(entry: *const sys::zend_class_entry) -> Stop {
    // SAFETY: by contract.
    let name = unsafe { shape::class_name(entry) };
    Stop::Refused(format!("{name} is not transferable"))
}
