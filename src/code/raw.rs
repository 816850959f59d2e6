//! Reading the engine's structures: what its macros do, as small functions.
//!
//! Owner: nobody, these are views. Threads: any, each function only reads or writes what it is given. Invariants: a `Source` exists
//! only while the engine structures of this thread stand still, so that pointers found in them may be followed; every function
//! that reads a field of a union reads one whose every bit pattern is a valid value of its type.

use crate::sys;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr;

/// Size of the part of a `zend_string` before its bytes.
pub(super) const STRING_HEADER: usize = offset_of!(sys::zend_string, val);

/// Proof that the structures reachable from this thread's tables stay where they are and unchanged for `'b`.
///
/// It turns raw pointers *found in such structures* into references; that is the one thing its methods are for.
#[derive(Clone, Copy)]
pub(super) struct Source<'b>(PhantomData<(&'b (), *mut ())>);

impl<'b> Source<'b> {
    /// Makes the proof.
    ///
    /// # Safety
    /// For all of `'b`: this thread is inside a PHP request, runs no PHP code, and every pointer given to the methods was read from
    /// a live structure of that request (or of the process) and has the type the engine's headers give it.
    pub(super) unsafe fn assume() -> Source<'b> {
        Source(PhantomData)
    }

    /// The structure at `pointer`, if it is not null.
    pub(super) fn get<T>(self, pointer: *const T) -> Option<&'b T> {
        // SAFETY: the contract of `assume`: a non-null pointer found in a live structure points to a live `T`.
        unsafe { pointer.as_ref() }
    }

    /// `len` elements at `pointer`; none if it is null.
    pub(super) fn slice<T>(self, pointer: *const T, len: usize) -> &'b [T] {
        if pointer.is_null() || len == 0 {
            return &[];
        }
        // SAFETY: the contract of `assume`; `len` is the count the owning structure gives.
        unsafe { std::slice::from_raw_parts(pointer, len) }
    }

    /// The entries of a null-terminated list of pointers.
    pub(super) fn null_terminated<T>(self, list: *const *mut T) -> &'b [*mut T] {
        if list.is_null() {
            return &[];
        }
        let mut len = 0;
        // SAFETY: the contract of `assume`; the list ends with a null pointer, which is not passed.
        while unsafe { !(*list.add(len)).is_null() } {
            len += 1;
        }
        self.slice(list, len)
    }

    /// The bytes of a string.
    pub(super) fn bytes(self, string: *const sys::zend_string) -> &'b [u8] {
        match self.get(string) {
            Some(s) => self.slice(string.cast::<u8>().wrapping_add(STRING_HEADER), s.len),
            None => &[],
        }
    }

    /// The buckets of a hash table, holes included; empty for a packed or unused one.
    pub(super) fn buckets(self, table: &'b sys::HashTable) -> &'b [sys::Bucket] {
        if is_packed(table) || is_uninitialized(table) {
            return &[];
        }
        self.slice(ar_data(table), table.nNumUsed as usize)
    }

    /// The values of a packed array, holes included; empty for a hash table or an unused one.
    pub(super) fn packed(self, table: &'b sys::HashTable) -> &'b [sys::zval] {
        if !is_packed(table) || is_uninitialized(table) {
            return &[];
        }
        self.slice(ar_packed(table), table.nNumUsed as usize)
    }
}

/// The bytes of a string.
///
/// # Safety
/// The string stays alive and unchanged for `'s`.
pub(super) unsafe fn string_bytes<'s>(string: *const sys::zend_string) -> &'s [u8] {
    // SAFETY: the contract; a string has `len` bytes behind its header.
    unsafe { std::slice::from_raw_parts(string.cast::<u8>().add(STRING_HEADER), (*string).len) }
}

/// The type of a value (`Z_TYPE`).
pub(super) fn type_of(value: &sys::zval) -> u32 {
    // SAFETY: both variants of the union are plain integers.
    u32::from(unsafe { value.u1.v.type_ })
}

/// Whether a value carries a reference count.
pub(super) fn is_refcounted(value: &sys::zval) -> bool {
    // SAFETY: both variants of the union are plain integers.
    unsafe { value.u1.v.type_flags != 0 }
}

/// Clears the flags that say "refcounted", leaving type and extra bits.
pub(super) fn clear_type_flags(value: &mut sys::zval) {
    value.u1.v.type_flags = 0;
}

/// A value of `kind` that holds `pointer`, not refcounted. The extra word (`u2`) is the caller's.
pub(super) fn pointer_value<T>(kind: u32, pointer: *mut T, extra: sys::_zval_struct__bindgen_ty_2) -> sys::zval {
    sys::zval {
        value: sys::zend_value { ptr: pointer.cast() },
        u1: sys::_zval_struct__bindgen_ty_1 { type_info: kind },
        u2: extra,
    }
}

/// A null value with the given extra word.
pub(super) fn null_value(extra: sys::_zval_struct__bindgen_ty_2) -> sys::zval {
    sys::zval { value: sys::zend_value { lval: 0 }, u1: sys::_zval_struct__bindgen_ty_1 { type_info: sys::IS_NULL }, u2: extra }
}

/// An extra word of zero.
pub(super) const NO_EXTRA: sys::_zval_struct__bindgen_ty_2 = sys::_zval_struct__bindgen_ty_2 { extra: 0 };

/// An integer.
pub(super) fn long_value(number: i64) -> sys::zval {
    sys::zval {
        value: sys::zend_value { lval: number },
        u1: sys::_zval_struct__bindgen_ty_1 { type_info: sys::IS_LONG },
        u2: NO_EXTRA,
    }
}

/// The pointer a value holds; meaningful for the types that hold one.
pub(super) fn pointer<T>(value: &sys::zval) -> *mut T {
    // SAFETY: every bit pattern is a raw pointer; using it is up to the caller's knowledge of the type.
    unsafe { value.value.ptr }.cast()
}

/// `GC_TYPE_INFO`.
pub(super) fn gc_info(head: &sys::zend_refcounted_h) -> u32 {
    // SAFETY: the union holds one integer.
    unsafe { head.u.type_info }
}

/// Writes the header of something immutable: `refcount` is never counted, `info` is its `GC_TYPE_INFO`.
pub(super) fn gc_head(refcount: u32, info: u32) -> sys::zend_refcounted_h {
    sys::zend_refcounted_h { refcount, u: sys::_zend_refcounted_h__bindgen_ty_1 { type_info: info } }
}

/// `HT_FLAGS`.
pub(super) fn table_flags(table: &sys::HashTable) -> u32 {
    // SAFETY: both variants of the union are plain integers.
    unsafe { table.u.flags }
}

/// `HT_FLAGS(table) = flags`.
pub(super) fn set_table_flags(table: &mut sys::HashTable, flags: u32) {
    table.u.flags = flags;
}

/// `HT_IS_PACKED`.
pub(super) fn is_packed(table: &sys::HashTable) -> bool {
    table_flags(table) & sys::HASH_FLAG_PACKED != 0
}

/// Whether a table has no memory of its own yet.
pub(super) fn is_uninitialized(table: &sys::HashTable) -> bool {
    table_flags(table) & sys::HASH_FLAG_UNINITIALIZED != 0
}

/// `arData`.
pub(super) fn ar_data(table: &sys::HashTable) -> *mut sys::Bucket {
    // SAFETY: every variant of the union is a raw pointer.
    unsafe { table.__bindgen_anon_1.arData }
}

/// `arPacked`.
pub(super) fn ar_packed(table: &sys::HashTable) -> *mut sys::zval {
    // SAFETY: every variant of the union is a raw pointer.
    unsafe { table.__bindgen_anon_1.arPacked }
}

/// How many slots the hash part of a table has (`HT_HASH_SIZE` in entries).
pub(super) fn hash_slots(table: &sys::HashTable) -> usize {
    table.nTableMask.wrapping_neg() as usize
}

/// The constant operand of an opline, an offset from the opline.
pub(super) fn constant_offset(operand: &sys::znode_op) -> i32 {
    // SAFETY: every variant of the union is a plain integer.
    unsafe { operand.constant }.cast_signed()
}

/// Whether a class came with an extension.
pub(super) fn is_internal(class: &sys::zend_class_entry) -> bool {
    class.type_ as u32 & sys::ZEND_INTERNAL_CLASS != 0
}

/// The same of a pointer; null is taken for one of an extension, too.
pub(super) fn is_internal_class(source: Source<'_>, class: *const sys::zend_class_entry) -> bool {
    source.get(class).is_none_or(is_internal)
}

/// The parent of a linked class.
pub(super) fn parent(class: &sys::zend_class_entry) -> *mut sys::zend_class_entry {
    // SAFETY: both variants of the union are raw pointers.
    unsafe { class.__bindgen_anon_1.parent }
}

/// The name of the parent of a class that is not linked yet.
pub(super) fn parent_name(class: &sys::zend_class_entry) -> *mut sys::zend_string {
    // SAFETY: both variants of the union are raw pointers.
    unsafe { class.__bindgen_anon_1.parent_name }
}

/// The interfaces of a linked class.
pub(super) fn interfaces(class: &sys::zend_class_entry) -> *mut *mut sys::zend_class_entry {
    // SAFETY: both variants of the union are raw pointers.
    unsafe { class.__bindgen_anon_3.interfaces }
}

/// The names of the interfaces of a class that is not linked yet.
pub(super) fn interface_names(class: &sys::zend_class_entry) -> *mut sys::zend_class_name {
    // SAFETY: both variants of the union are raw pointers.
    unsafe { class.__bindgen_anon_3.interface_names }
}

/// The user part of a class's `info`.
pub(super) fn user_info(class: &mut sys::zend_class_entry) -> &mut sys::_zend_class_entry__bindgen_ty_4__bindgen_ty_1 {
    // SAFETY: a user class has this variant; both variants are plain data.
    unsafe { &mut class.info.user }
}

/// The extra word of a value as the flags of a constant.
pub(super) fn constant_flags(value: &sys::zval) -> u32 {
    // SAFETY: every variant of the union is a plain integer.
    unsafe { value.u2.constant_flags }
}

/// A raw pointer as the key of an address map.
pub(super) fn address<T>(pointer: *const T) -> usize {
    pointer.addr()
}

/// The pointer stored in the map for `old`, or null.
pub(super) fn or_null<T>(pointer: Option<*mut T>) -> *mut T {
    pointer.unwrap_or(ptr::null_mut())
}

/// Zeroes what lies between the fields of a function, where the engine's memory holds whatever was there before: images of the same code have the same bytes.
pub(super) fn clear_gaps_of_function(function: &mut sys::zend_op_array) {
    const _: () = assert!(offset_of!(sys::zend_op_array, opcodes) == offset_of!(sys::zend_op_array, last) + 8);
    const _: () = assert!(offset_of!(sys::zend_op_array, T).is_multiple_of(8));
    clear_gap(function, offset_of!(sys::zend_op_array, T) + 4);
    clear_gap(function, offset_of!(sys::zend_op_array, last) + 4);
}

/// The same for a class.
pub(super) fn clear_gaps_of_class(class: &mut sys::zend_class_entry) {
    const _: () = assert!(offset_of!(sys::zend_class_entry, enum_backing_type).is_multiple_of(8));
    clear_gap(class, offset_of!(sys::zend_class_entry, type_) + 1);
    clear_gap(class, offset_of!(sys::zend_class_entry, enum_backing_type) + 4);
}

/// The same for a declared type.
pub(super) fn clear_gap_of_type(declared: &mut sys::zend_type) {
    const _: () = assert!(size_of::<sys::zend_type>() == 16);
    clear_gap(declared, offset_of!(sys::zend_type, type_mask) + 4);
}

/// Zeroes the bytes from `end` up to the next multiple of 8: the caller knows that no field lies there.
fn clear_gap<T>(holder: &mut T, end: usize) {
    let next = end.next_multiple_of(8);
    assert!(next <= size_of::<T>());
    // SAFETY: inside of `holder`, and padding.
    unsafe { ptr::from_mut(holder).cast::<u8>().add(end).write_bytes(0, next - end) };
}
