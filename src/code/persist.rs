//! `Persist`: the building of one set of images; this file holds the context, strings, values and arrays.
//!
//! Owner: one call of `snapshot` or `FunctionImage::of`. Threads: the creator's. Invariants: each structure of the creator becomes one structure of the image
//! (`Seen`, as opcache's translation table); what is immutable already is shared, not copied; nothing in the image points into the creator's heap.

use super::CodeError;
use super::arena::Arena;
use super::images::{Images, MARK, Pins};
use super::raw::{self, Source};
use super::slots::Slots;
use crate::sys;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Hashes addresses: one multiplication.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
    fn write_usize(&mut self, value: usize) {
        let mixed = (value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// From the address of a creator's structure to something of the image.
pub(super) type AddressMap<V> = HashMap<usize, V, BuildHasherDefault<AddressHasher>>;

/// Structures that live as long as the creator's request, and their images: valid for all builds of that request.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) classes: AddressMap<*mut sys::zend_class_entry>,
    pub(super) functions: AddressMap<*mut sys::zend_function>,
    pub(super) properties: AddressMap<*mut sys::zend_property_info>,
    pub(super) constants: AddressMap<*mut sys::zend_class_constant>,
    /// By the address of the opcodes: the image that owns a copy of them. Trait methods and inherited ones share.
    pub(super) bodies: AddressMap<*mut sys::zend_op_array>,
}

/// The hash part of a table without elements. Never written.
static NO_BUCKETS: [u32; 2] = [u32::MAX, u32::MAX];

/// See the module's header.
pub(super) struct Persist<'b> {
    pub(super) source: Source<'b>,
    pub(super) arena: &'b Arena,
    pub(super) seen: &'b mut Seen,
    pub(super) slots: Slots,
    /// Run-time cache slots of internal functions that an image owns: each thread fills them.
    pub(super) internal_caches: Vec<usize>,
    pins: &'b Pins,
    keeps: Vec<Arc<Images>>,
    kept_range: (usize, usize),
    strings: AddressMap<*mut sys::zend_string>,
    arrays: AddressMap<*mut sys::HashTable>,
    pub(super) asts: AddressMap<*mut sys::zend_ast_ref>,
    pub(super) attributes: AddressMap<*mut sys::HashTable>,
    unfilled: Vec<*mut sys::HashTable>,
}

/// What a build leaves behind once its arena is full.
pub(super) struct Built {
    pub(super) slots: Slots,
    pub(super) keeps: Vec<Arc<Images>>,
    pub(super) internal_caches: Vec<usize>,
}

impl<'b> Persist<'b> {
    /// A build into `arena`.
    pub(super) fn new(source: Source<'b>, arena: &'b Arena, seen: &'b mut Seen, pins: &'b Pins) -> Persist<'b> {
        Persist {
            source,
            arena,
            seen,
            slots: Slots::default(),
            internal_caches: Vec::new(),
            pins,
            keeps: Vec::new(),
            kept_range: (0, 0),
            strings: AddressMap::default(),
            arrays: AddressMap::default(),
            asts: AddressMap::default(),
            attributes: AddressMap::default(),
            unfilled: Vec::new(),
        }
    }

    /// Ends the build.
    pub(super) fn finish(self) -> Built {
        Built { slots: self.slots, keeps: self.keeps, internal_caches: self.internal_caches }
    }

    /// Notes that the new image points at `address`; true if that lies in an image this thread uses, which is then kept alive too.
    pub(super) fn share(&mut self, address: usize) -> bool {
        let (start, end) = self.kept_range;
        if (start..end).contains(&address) {
            return true;
        }
        let Some(owner) = self.pins.owner(address) else { return false };
        if !self.keeps.iter().any(|k| Arc::ptr_eq(k, owner)) {
            self.keeps.push(owner.clone());
        }
        if let Some(&range) = owner.ranges().iter().find(|(s, e)| (*s..*e).contains(&address)) {
            self.kept_range = range;
        }
        true
    }

    /// A string of the image: interned, so that nobody counts references to it; not permanent, for what is permanent gets into caches that outlive
    /// requests (pcre's, for one). Strings that live as long as the process stay where they are.
    pub(super) fn string(&mut self, old: *mut sys::zend_string) -> *mut sys::zend_string {
        if self
            .source
            .get(old)
            .is_some_and(|string| !is_image_string(string) && raw::gc_info(&string.gc) & sys::IS_STR_PERMANENT != 0)
        {
            return old;
        }
        self.own_string(old)
    }

    /// The same, also of a string that lives as long as the process.
    pub(super) fn own_string(&mut self, old: *mut sys::zend_string) -> *mut sys::zend_string {
        let Some(string) = self.source.get(old) else { return old };
        let info = raw::gc_info(&string.gc);
        if is_image_string(string) && self.share(raw::address(old)) {
            return old;
        }
        if let Some(&new) = self.strings.get(&raw::address(old)) {
            return new;
        }
        let new = self.copy_string(self.source.bytes(old), info & sys::IS_STR_VALID_UTF8);
        self.strings.insert(raw::address(old), new);
        new
    }

    /// A string of the image with these bytes.
    pub(super) fn copy_string(&mut self, bytes: &[u8], flags: u32) -> *mut sys::zend_string {
        let place = self.arena.bytes_for(raw::STRING_HEADER + bytes.len() + 1);
        let new = place.cast::<sys::zend_string>().as_ptr();
        // SAFETY: fresh zeroed memory for header, bytes and the final NUL; nobody else has the pointer.
        unsafe {
            (*new).gc = raw::gc_head(MARK, sys::GC_STRING | sys::IS_STR_INTERNED | flags);
            (*new).len = bytes.len();
            place.as_ptr().add(raw::STRING_HEADER).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            sys::at_string_hash(new);
        }
        new
    }

    /// A copy of `old` that no request owns. Nested arrays of any depth.
    pub(super) fn value(&mut self, old: &sys::zval) -> Result<sys::zval, CodeError> {
        let new = self.shallow(old)?;
        while let Some(table) = self.unfilled.pop() {
            self.fill(table)?;
        }
        Ok(new)
    }

    fn shallow(&mut self, old: &sys::zval) -> Result<sys::zval, CodeError> {
        let mut new = *old;
        match raw::type_of(old) {
            // They have no value; what is there may be anything.
            kind if kind < sys::IS_LONG => new.value.lval = 0,
            kind if kind < sys::IS_STRING => {}
            sys::IS_STRING => {
                new.value.str_ = self.string(raw::pointer(old));
                raw::clear_type_flags(&mut new);
            }
            sys::IS_ARRAY => {
                new.value.arr = self.array(raw::pointer(old));
                raw::clear_type_flags(&mut new);
            }
            sys::IS_CONSTANT_AST => {
                new.value.ast = self.ast_ref(raw::pointer(old))?;
                raw::clear_type_flags(&mut new);
            }
            sys::IS_REFERENCE => {
                let reference: *mut sys::zend_reference = raw::pointer(old);
                let Some(reference) = self.source.get(reference) else { return Err(CodeError::value()) };
                let extra = old.u2;
                new = self.shallow(&reference.val)?;
                new.u2 = extra;
            }
            sys::IS_OBJECT => {
                let class = self.class_of(old).map(|class| self.text(class.name));
                return Err(CodeError::Object { holder: String::new(), class: class.unwrap_or_default() });
            }
            _ => return Err(CodeError::value()),
        }
        Ok(new)
    }

    /// The class of an object.
    pub(super) fn class_of(&self, object: &sys::zval) -> Option<&'b sys::zend_class_entry> {
        let object = self.source.get(raw::pointer::<sys::zend_object>(object))?;
        self.source.get(object.ce)
    }

    /// A string as text for messages.
    pub(super) fn text(&self, string: *mut sys::zend_string) -> String {
        String::from_utf8_lossy(self.source.bytes(string)).into_owned()
    }

    /// An immutable array, its elements still the creator's: `value` fills it.
    fn array(&mut self, old: *mut sys::HashTable) -> *mut sys::HashTable {
        if std::ptr::eq(old, &raw const sys::zend_empty_array) {
            return old;
        }
        let Some(table) = self.source.get(old) else { return old };
        if table.gc.refcount == MARK && self.share(raw::address(old)) {
            return old;
        }
        if let Some(&new) = self.arrays.get(&raw::address(old)) {
            return new;
        }
        let mut copy = self.table(table);
        copy.gc = raw::gc_head(MARK, sys::GC_ARRAY | sys::IS_ARRAY_IMMUTABLE);
        let new: *mut sys::HashTable = self.arena.put(copy);
        self.arrays.insert(raw::address(old), new);
        self.unfilled.push(new);
        new
    }

    /// Replaces the creator's keys and values in a copied table by the image's.
    fn fill(&mut self, table: *mut sys::HashTable) -> Result<(), CodeError> {
        // SAFETY: `array` put the table into the arena; this is the only reference to it.
        let table = unsafe { &mut *table };
        for value in packed_mut(table) {
            *value = self.shallow(value)?;
        }
        for bucket in buckets_mut(table) {
            bucket.key = self.string(bucket.key);
            bucket.val = self.shallow(&bucket.val)?;
        }
        Ok(())
    }

    /// A table with memory of its own and the same elements, as opcache's `zend_hash_persist` makes it. The header is the caller's to keep.
    pub(super) fn table(&mut self, old: &sys::HashTable) -> sys::HashTable {
        let mut new = *old;
        let flags = raw::table_flags(old) & (sys::HASH_FLAG_PACKED | sys::HASH_FLAG_UNINITIALIZED | sys::HASH_FLAG_HAS_EMPTY_IND)
            | sys::HASH_FLAG_STATIC_KEYS;
        raw::set_table_flags(&mut new, flags);
        new.pDestructor = None;
        new.nInternalPointer = 0;
        if raw::is_uninitialized(old) || old.nNumUsed == 0 {
            new.nTableMask = (NO_BUCKETS.len() as u32).wrapping_neg();
            new.__bindgen_anon_1.arData = (&raw const NO_BUCKETS).cast_mut().wrapping_add(1).cast();
            raw::set_table_flags(&mut new, flags | sys::HASH_FLAG_UNINITIALIZED);
            return new;
        }
        let head = raw::hash_slots(old) * size_of::<u32>();
        let element = if raw::is_packed(old) { size_of::<sys::zval>() } else { size_of::<sys::Bucket>() };
        let used = head + old.nNumUsed as usize * element;
        let from = self.source.slice(raw::ar_data(old).cast::<u8>().wrapping_sub(head), used);
        let to = self.arena.put_slice(from).as_mut_ptr();
        new.__bindgen_anon_1.arData = to.wrapping_add(head).cast();
        new
    }
}

/// Whether a string says that it lives in an image.
pub(super) fn is_image_string(string: &sys::zend_string) -> bool {
    let flags = raw::gc_info(&string.gc) & (sys::IS_STR_INTERNED | sys::IS_STR_PERMANENT | sys::IS_STR_CLASS_NAME_MAP_PTR);
    flags == sys::IS_STR_INTERNED && string.gc.refcount == MARK
}

/// The buckets of a table in the image being built.
pub(super) fn buckets_mut(table: &mut sys::HashTable) -> &mut [sys::Bucket] {
    if raw::is_packed(table) || raw::is_uninitialized(table) {
        return &mut [];
    }
    // SAFETY: `Persist::table` gave the table this many buckets of its own; the borrow of the header guards them.
    unsafe { std::slice::from_raw_parts_mut(raw::ar_data(table), table.nNumUsed as usize) }
}

/// The values of a packed table in the image being built.
pub(super) fn packed_mut(table: &mut sys::HashTable) -> &mut [sys::zval] {
    if !raw::is_packed(table) || raw::is_uninitialized(table) {
        return &mut [];
    }
    // SAFETY: `Persist::table` gave the table this many values of its own; the borrow of the header guards them.
    unsafe { std::slice::from_raw_parts_mut(raw::ar_packed(table), table.nNumUsed as usize) }
}
