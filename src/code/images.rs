//! `Images`: one allocation of shared code and what keeps it valid.
//!
//! Owner: an `Arc`, held by snapshots, function images, and by each thread's pin list for as long as its request may use the code. Threads: any.
//! Invariants: nothing in the memory changes after `Images::new`; the code it refers to outside of itself belongs to the process (opcache's
//! shared memory, internal classes) or to one of `keeps`. With a JIT no address is used twice: see `region`.

use super::arena::Arena;
use super::slots::Slots;
use crate::sys;
use std::ffi::CStr;
use std::sync::Arc;
use std::sync::OnceLock;

/// Marks classes, strings and arrays that live in an image, in the field that would be their reference count.
///
/// The engine never counts references to immutable things; any number above one makes it copy an array before writing.
pub(super) const MARK: u32 = 0x4154_0C0D;

/// See the module's header.
pub(super) struct Images {
    _arena: Arena,
    slots: Slots,
    keeps: Vec<Arc<Images>>,
    ranges: Vec<(usize, usize)>,
}

// SAFETY: the arena's memory is immutable from here on, and no method gives access to the arena's cells; the rest is `Sync` by itself.
unsafe impl Sync for Images {}

impl Images {
    /// Freezes what was built.
    pub(super) fn new(arena: Arena, mut slots: Slots, keeps: Vec<Arc<Images>>) -> Arc<Images> {
        let ranges = arena.ranges();
        slots.freeze();
        Arc::new(Images { _arena: arena, slots, keeps, ranges })
    }

    /// The address ranges of the memory.
    pub(super) fn ranges(&self) -> &[(usize, usize)] {
        &self.ranges
    }

    /// The addresses of the fields that slots were given to, in ascending order.
    pub(super) fn slot_fields(&self) -> &[usize] {
        self.slots.fields()
    }

    /// The other images that this one refers to.
    pub(super) fn keeps(&self) -> &[Arc<Images>] {
        &self.keeps
    }
}

/// An arena for a new image.
pub(super) fn new_arena(first_block: usize) -> Arena {
    Arena::new(first_block, jit_may_run())
}

/// Whether opcache's JIT may be on now or later in this process.
fn jit_may_run() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let buffer = setting(c"opcache.jit_buffer_size");
        let mode = setting(c"opcache.jit");
        !matches!(buffer.as_str(), "" | "0") && !mode.eq_ignore_ascii_case("disable")
    })
}

/// The value of an ini setting, empty if there is none.
fn setting(name: &CStr) -> String {
    // SAFETY: called from code that holds a `Php`; the name ends with a NUL, the answer lives until the setting changes.
    let value = unsafe { sys::at_ini_string(name.as_ptr()) };
    if value.is_null() {
        return String::new();
    }
    // SAFETY: the engine's strings end with a NUL.
    unsafe { CStr::from_ptr(value) }.to_string_lossy().into_owned()
}

/// The images that this thread's request uses, found by address.
#[derive(Default)]
pub(super) struct Pins {
    by_start: std::collections::BTreeMap<usize, (usize, Arc<Images>)>,
}

impl Pins {
    /// An empty list.
    pub(super) const fn new() -> Pins {
        Pins { by_start: std::collections::BTreeMap::new() }
    }

    /// Keeps `images` until `clear`; whether they were not kept before.
    pub(super) fn add(&mut self, images: &Arc<Images>) -> bool {
        let is_new = images.ranges().first().is_some_and(|(start, _)| !self.by_start.contains_key(start));
        if is_new {
            self.by_start.extend(images.ranges().iter().map(|&(start, end)| (start, (end, images.clone()))));
        }
        is_new
    }

    /// How many blocks of memory that is.
    pub(super) fn len(&self) -> usize {
        self.by_start.len()
    }

    /// The image that `address` lies in.
    pub(super) fn owner(&self, address: usize) -> Option<&Arc<Images>> {
        let (_, (end, images)) = self.by_start.range(..=address).next_back()?;
        (address < *end).then_some(images)
    }

    /// Lets go of everything. The request that used it is over.
    pub(super) fn clear(&mut self) {
        self.by_start.clear();
    }
}
