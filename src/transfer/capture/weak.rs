//! Weak references and weak maps: alive in the receiver if what they refer to crosses too.

use std::collections::HashMap;

use super::frame::{Frame, Kind};
use super::{Capture, Stop};
use crate::sys;
use crate::transfer::word;
use crate::transfer::zv::{self, ty};
use crate::zend::Php;

/// What is known about weakness in this capture.
#[derive(Default)]
pub(super) struct Weak {
    /// Objects known from an earlier walk to be in the graph, behind weak references to them.
    expected: HashMap<usize, ()>,
    /// Objects whose weak references were written as dead.
    unmet: Vec<usize>,
    /// Entries of weak maps that are not written yet, in the order of the maps.
    entries: Vec<Entry>,
    /// How many entries there have been.
    count: u64,
    /// How often the walk has started again for what was met too late.
    restarts: u32,
}

/// User code may make other objects for each walk, so that there is always one that was met too late. Then those weak references are dead.
const MOST_RESTARTS: u32 = 8;

/// An entry of a weak map.
#[derive(Clone, Copy)]
struct Entry {
    /// Its number among all entries.
    number: u64,
    /// Number of the map.
    map: u32,
    /// Address of the key.
    key: usize,
    value: *const sys::zval,
}

impl Weak {
    pub(super) fn is_empty(&self) -> bool {
        self.unmet.is_empty() && self.entries.is_empty()
    }

    /// For another walk over the same graph.
    pub(super) fn restart(&mut self) {
        self.unmet.clear();
        self.entries.clear();
        self.count = 0;
    }

    pub(super) fn clear(&mut self) {
        self.restarts = 0;
        if !self.expected.is_empty() {
            self.expected = HashMap::new();
        }
    }

    /// Forgets the maps from number `shared` on.
    pub(super) fn rewind(&mut self, shared: u32) {
        self.entries.retain(|entry| entry.map < shared);
    }
}

impl Capture {
    /// Before a `WeakReference` that comes ahead of what it refers to, writes that, for nobody yet; both become the new
    /// `frame`. False if there is no need.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    pub(super) unsafe fn target_first(&mut self, frame: &mut Frame, object: *mut sys::zend_object) -> bool {
        // SAFETY: the object is alive, and so is what it refers to, if anything.
        unsafe {
            let target = sys::at_weak_target(object);
            if !self.weak.expected.contains_key(&(target as usize)) || self.identity.find(target as usize).is_some() {
                return false;
            }
            self.tape.put(word::node(word::HIDDEN, 0));
            let again = self.keep(object);
            self.enter(frame, Frame::values(Kind::State, object.cast(), again, 1));
            let hidden = self.keep(target);
            self.enter(frame, Frame::values(Kind::State, object.cast(), hidden, 1));
            true
        }
    }

    /// An object as a value that lives until the end.
    ///
    /// # Safety
    /// The object is alive.
    unsafe fn keep(&mut self, object: *mut sys::zend_object) -> *const sys::zval {
        let mut value = zv::undef();
        // SAFETY: by contract.
        unsafe {
            zv::addref(object);
            zv::set_counted(&raw mut value, object, sys::IS_OBJECT_EX);
        }
        self.made.push(Box::new(value));
        self.made.last().map(|value| &raw const **value).unwrap_or_default()
    }

    /// Writes a `WeakReference`.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    pub(super) unsafe fn weak_reference(&mut self, object: *mut sys::zend_object, flags: u64) {
        // SAFETY: the object is alive, and so is what it refers to, if anything.
        let target = unsafe { sys::at_weak_target(object) };
        let number = if target.is_null() { None } else { self.identity.find(target as usize) };
        match number {
            Some(number) => self.tape.put(word::node(word::WEAK, u64::from(number)) | flags | word::ALIVE),
            None => {
                if !target.is_null() {
                    self.weak.unmet.push(target as usize);
                }
                self.tape.put(word::node(word::WEAK, 0) | flags);
            }
        }
    }

    /// Writes a `WeakMap`; its entries come at the end, when it is known which keys cross.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk).
    pub(super) unsafe fn weak_map(&mut self, object: *mut sys::zend_object, number: u32) {
        self.tape.put(word::node(word::WEAK_MAP, 0) | word::DEF);
        // SAFETY: the map is alive; it shows its entries as pairs in a new array, which lives until the end.
        unsafe {
            self.made.push(Box::new(zv::undef()));
            let place = self.made.last_mut().map(|value| &raw mut **value).unwrap_or_default();
            sys::at_weak_entries(object, place);
            let pairs = (*place).value.arr;
            let first = zv::packed(pairs);
            for index in 0..(*pairs).nNumUsed as usize {
                let pair = zv::buckets((*first.add(index)).value.arr);
                let key = &raw const (*pair).val;
                let value = &raw const (*pair.add(1)).val;
                debug_assert_eq!(zv::type_of(key), ty::OBJECT);
                let key = (*key).value.obj as usize;
                self.weak.entries.push(Entry { number: self.weak.count, map: number, key, value });
                self.weak.count += 1;
            }
        }
    }

    /// Writes the entries of weak maps whose keys cross, and which may make more keys cross.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); all roots are written.
    pub(super) unsafe fn weak_ends(&mut self, php: Php<'_>) -> Result<(), Stop> {
        let mut progress = true;
        while progress {
            progress = false;
            let mut index = 0;
            while index < self.weak.entries.len() {
                let Entry { number, map, key, value } = self.weak.entries[index];
                let Some(key) = self.identity.find(key) else {
                    index += 1;
                    continue;
                };
                self.weak.entries.remove(index);
                progress = true;
                self.tables.entries += 1;
                self.tape.put(number);
                self.tape.put(u64::from(map));
                self.tape.put(u64::from(key));
                // SAFETY: the value lives until the end.
                unsafe { self.root(php, Frame::values(Kind::Entry, std::ptr::null(), value, 1))? };
            }
        }
        let identity = &self.identity;
        let late = self.weak.unmet.iter().copied().filter(|&object| identity.find(object).is_some());
        let known = self.weak.expected.len();
        self.weak.expected.extend(late.map(|object| (object, ())));
        if self.weak.expected.len() == known || self.weak.restarts == MOST_RESTARTS {
            return Ok(());
        }
        self.weak.restarts += 1;
        Err(Stop::Forward)
    }
}
