//! Where a capture stands inside one node.

use crate::sys;
use crate::transfer::zv;

/// What a frame's elements are. Rows of values come first; see [`Frame::is_row`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
#[repr(u8)]
pub(in crate::transfer) enum Kind {
    /// One value; the owner is its index among the roots.
    Root,
    /// The elements of a packed array.
    List,
    /// The property slots of an object.
    Slots,
    /// The value of a reference.
    Reference,
    /// The `$this` of a closure.
    This,
    /// What a serialiser gave for an object.
    State,
    /// What `transfer()` gave for an object.
    Transfer,
    /// The value of an entry of a weak map; without owner.
    Entry,
    /// The buckets of a hash array.
    Map,
    /// The buckets of an object's table of dynamic properties; those that point to slots are passed over.
    Dynamic,
    /// The buckets of a closure's variables.
    Variables,
    /// The slots of an exception, one of which holds its trace.
    Throwable,
    /// The calls in such a trace.
    Trace,
    /// The parts of one call.
    Call,
    /// Its arguments.
    Arguments,
    /// Its arguments, some of them named.
    NamedArguments,
}

const KINDS: [Kind; 16] = [
    Kind::Root,
    Kind::List,
    Kind::Slots,
    Kind::Reference,
    Kind::This,
    Kind::State,
    Kind::Transfer,
    Kind::Entry,
    Kind::Map,
    Kind::Dynamic,
    Kind::Variables,
    Kind::Throwable,
    Kind::Trace,
    Kind::Call,
    Kind::Arguments,
    Kind::NamedArguments,
];

/// A span of elements yet to be written, and the node they belong to.
#[derive(Clone, Copy)]
pub(in crate::transfer) struct Frame {
    pub(super) at: *const u8,
    pub(super) end: *const u8,
    /// Address of the owner, the kind in the byte that no user address has.
    owner: usize,
}

/// How many elements ahead memory is asked for: what they point to may be far from everything.
const AHEAD: usize = 4;

/// Asks for the memory at `address`, if it is one.
#[inline(always)]
fn fetch(address: *const i8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing; any address will do.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

const KIND_SHIFT: u32 = usize::BITS - 8;

impl Frame {
    /// The one value of a root.
    pub(super) fn root(index: usize, value: *const sys::zval) -> Frame {
        Frame::new(Kind::Root, index, value.cast(), size_of::<sys::zval>())
    }

    /// `count` values in a row.
    #[inline(always)]
    pub(super) fn values(kind: Kind, owner: *const u8, first: *const sys::zval, count: usize) -> Frame {
        Frame::new(kind, owner as usize, first.cast(), count * size_of::<sys::zval>())
    }

    /// All buckets of `table`, a hash array.
    ///
    /// # Safety
    /// The table is alive and not packed.
    #[inline(always)]
    pub(super) unsafe fn buckets(kind: Kind, owner: *const u8, table: *const sys::HashTable) -> Frame {
        // SAFETY: by contract.
        let (first, count) = unsafe { (zv::buckets(table), (*table).nNumUsed as usize) };
        let bytes = count * size_of::<sys::Bucket>();
        Frame::new(kind, owner as usize, first.cast_const().cast(), bytes)
    }

    #[inline(always)]
    fn new(kind: Kind, owner: usize, at: *const u8, bytes: usize) -> Frame {
        debug_assert_eq!(owner >> KIND_SHIFT, 0);
        Frame { at, end: at.wrapping_add(bytes), owner: owner | (kind as usize) << KIND_SHIFT }
    }

    /// What the elements are.
    #[inline(always)]
    pub(in crate::transfer) fn kind(&self) -> Kind {
        KINDS[self.owner >> KIND_SHIFT]
    }

    /// Whether the elements are values in a row, nothing more to be said of them.
    #[inline(always)]
    pub(super) fn is_row(&self) -> bool {
        self.owner >> KIND_SHIFT <= Kind::Entry as usize
    }

    /// Says more about what the elements are.
    pub(super) fn set_kind(&mut self, kind: Kind) {
        self.owner = self.owner() | (kind as usize) << KIND_SHIFT;
    }

    /// Whether the elements are the arguments of a call in a trace.
    pub(super) fn is_arguments(&self) -> bool {
        matches!(self.kind(), Kind::Arguments | Kind::NamedArguments)
    }

    /// Address of the node, or index of the root.
    pub(in crate::transfer) fn owner(&self) -> usize {
        self.owner & ((1 << KIND_SHIFT) - 1)
    }

    /// The next of a row of values.
    #[inline(always)]
    pub(super) fn next_value(&mut self) -> *const sys::zval {
        let value = self.at.cast::<sys::zval>();
        self.at = self.at.wrapping_add(size_of::<sys::zval>());
        let ahead = value.wrapping_add(AHEAD);
        if ahead.cast() < self.end {
            // SAFETY: both values are among the frame's. What the nearer one holds was asked for before.
            unsafe {
                let counted = (*ahead).value.counted.cast::<i8>();
                fetch(counted);
                fetch(counted.wrapping_add(64));
                let near = value.add(AHEAD / 2);
                if zv::type_of(near) == zv::ty::ARRAY {
                    let elements = (*(*near).value.arr).__bindgen_anon_1.arPacked.cast::<i8>();
                    fetch(elements);
                    fetch(elements.wrapping_add(128));
                }
            }
        }
        value
    }

    /// The next of a row of buckets.
    #[inline(always)]
    pub(super) fn next_bucket(&mut self) -> *const sys::Bucket {
        let bucket = self.at.cast::<sys::Bucket>();
        self.at = self.at.wrapping_add(size_of::<sys::Bucket>());
        let ahead = bucket.wrapping_add(AHEAD);
        if ahead.cast() < self.end {
            // SAFETY: the bucket is one of the frame's.
            unsafe {
                fetch((*ahead).key.cast());
                fetch((*ahead).val.value.counted.cast());
            }
        }
        bucket
    }

    /// Takes the last [`next_bucket`](Frame::next_bucket) back.
    pub(super) fn back_to_bucket(&mut self) {
        self.at = self.at.wrapping_sub(size_of::<sys::Bucket>());
    }

    /// The element that is being written: the one before `at`.
    pub(in crate::transfer) fn current<T>(&self) -> *const T {
        self.at.wrapping_sub(size_of::<T>()).cast()
    }
}
