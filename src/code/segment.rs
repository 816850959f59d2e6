//! `Segment`: what one build added to a snapshot.
//!
//! Owner: an `Arc`, shared by the snapshots that contain it. Threads: built in the creator, read by any. Invariants: every pointer leads into `images`, into
//! something `images` keeps alive, or to something of the process.

use super::alike::Comparison;
use super::give_way::Came;
use super::images::Images;
use super::raw;
use crate::sys;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A class under one of its names.
#[derive(Clone, Copy)]
pub(super) struct ClassEntry {
    pub(super) key: *mut sys::zend_string,
    pub(super) class: *mut sys::zend_class_entry,
    /// `class_alias`: the table must not own the class under this name.
    pub(super) alias: bool,
}

/// A function under its name.
#[derive(Clone, Copy)]
pub(super) struct FunctionEntry {
    pub(super) key: *mut sys::zend_string,
    pub(super) function: *mut sys::zend_function,
}

/// A global constant.
#[derive(Clone, Copy)]
pub(super) struct ConstantEntry {
    pub(super) key: *mut sys::zend_string,
    pub(super) name: *mut sys::zend_string,
    /// An immutable value, or an expression for one that has enum cases inside.
    pub(super) value: sys::zval,
}

/// See the module's header.
pub(super) struct Segment {
    pub(super) images: Arc<Images>,
    pub(super) classes: Vec<ClassEntry>,
    pub(super) functions: Vec<FunctionEntry>,
    pub(super) constants: Vec<ConstantEntry>,
    pub(super) included: Vec<*mut sys::zend_string>,
    /// Those that may be declared once more.
    pub(super) came: Came,
    /// Slots of the run-time caches of internal functions in `images`, as values of a `map_ptr` field.
    pub(super) internal_caches: Vec<usize>,
    /// How many `map_ptr` slots the creator knew: what opcache keeps in shared memory may use any of them.
    pub(super) map_ptr_last: usize,
    /// Made when something is looked up by name for the first time.
    pub(super) index: OnceLock<Index>,
}

/// Places in the lists of a segment, by name.
#[derive(Default)]
pub(super) struct Index {
    classes: HashMap<Box<[u8]>, usize>,
    functions: HashMap<Box<[u8]>, usize>,
    constants: HashMap<Box<[u8]>, usize>,
}

impl Segment {
    /// A class by its key in the class table: its lower-cased name, for most.
    pub(super) fn class(&self, key: &[u8]) -> Option<ClassEntry> {
        self.index().classes.get(key).map(|&place| self.classes[place])
    }

    /// A function by its lower-cased name.
    pub(super) fn function(&self, key: &[u8]) -> Option<FunctionEntry> {
        self.index().functions.get(key).map(|&place| self.functions[place])
    }

    /// A constant by its key in the constant table.
    pub(super) fn constant(&self, key: &[u8]) -> Option<ConstantEntry> {
        self.index().constants.get(key).map(|&place| self.constants[place])
    }

    /// Whether both hold the same code under the same names.
    pub(super) fn is_like(&self, other: &Segment, comparison: &mut Comparison) -> bool {
        fn all<E>(a: &[E], b: &[E], mut is_same: impl FnMut(&E, &E) -> bool) -> bool {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        if !comparison.images(&self.images, &other.images) {
            return false;
        }
        all(&self.classes, &other.classes, |a, b| {
            comparison.pointers(a.key, b.key) && comparison.pointers(a.class, b.class) && a.alias == b.alias
        }) && all(&self.functions, &other.functions, |a, b| {
            comparison.pointers(a.key, b.key) && comparison.pointers(a.function, b.function)
        }) && all(&self.constants, &other.constants, |a, b| {
            comparison.pointers(a.key, b.key)
                && comparison.pointers(a.name, b.name)
                && raw::type_of(&a.value) == raw::type_of(&b.value)
                && comparison.pointers::<u8>(raw::pointer(&a.value), raw::pointer(&b.value))
        })
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index {
            classes: places(self.classes.iter().map(|e| e.key)),
            functions: places(self.functions.iter().map(|e| e.key)),
            constants: places(self.constants.iter().map(|e| e.key)),
        })
    }
}

fn places(keys: impl Iterator<Item = *mut sys::zend_string>) -> HashMap<Box<[u8]>, usize> {
    // SAFETY: the keys are strings of images, or of the process.
    keys.enumerate().map(|(place, key)| (unsafe { raw::string_bytes(key) }.into(), place)).collect()
}

// SAFETY: the pointers lead to immutable data that `images` keeps alive (module header).
unsafe impl Send for Segment {}
// SAFETY: as above; nothing is changed through them.
unsafe impl Sync for Segment {}
