//! The engine's values by pointer: the few reads and writes that capture and restore are made of.
//!
//! Everything here is `unsafe` for one reason, stated once: the pointer is to a live value (or, for the
//! writers, to writable memory) of the calling thread's heap, and a field is read only as the type the
//! tag names.

use crate::sys;

/// `IS_LONG` and so on, as the byte they are in a value.
pub(super) mod ty {
    use crate::sys;

    pub(crate) const UNDEF: u8 = sys::IS_UNDEF as u8;
    pub(crate) const NULL: u8 = sys::IS_NULL as u8;
    pub(crate) const FALSE: u8 = sys::IS_FALSE as u8;
    pub(crate) const TRUE: u8 = sys::IS_TRUE as u8;
    pub(crate) const LONG: u8 = sys::IS_LONG as u8;
    pub(crate) const DOUBLE: u8 = sys::IS_DOUBLE as u8;
    pub(crate) const STRING: u8 = sys::IS_STRING as u8;
    pub(crate) const ARRAY: u8 = sys::IS_ARRAY as u8;
    pub(crate) const OBJECT: u8 = sys::IS_OBJECT as u8;
    pub(crate) const RESOURCE: u8 = sys::IS_RESOURCE as u8;
    pub(crate) const REFERENCE: u8 = sys::IS_REFERENCE as u8;
    pub(crate) const CONSTANT_AST: u8 = sys::IS_CONSTANT_AST as u8;
    pub(crate) const INDIRECT: u8 = sys::IS_INDIRECT as u8;
}

/// The engine's `Z_TYPE_FLAGS_SHIFT`: the flags are the second byte.
const TYPE_FLAGS_SHIFT: u32 = 8;

const _: () = assert!(sys::IS_STRING_EX == sys::IS_STRING | sys::IS_TYPE_REFCOUNTED << TYPE_FLAGS_SHIFT);

/// Bytes of a string's header, before its characters.
pub(super) const STRING_HEADER: usize = std::mem::offset_of!(sys::zend_string, val);

/// UNDEF.
pub(super) fn undef() -> sys::zval {
    // SAFETY: plain data, for which all-zero is valid: it is UNDEF.
    unsafe { std::mem::zeroed() }
}

/// Takes a value out of its place, which is left UNDEF.
pub(super) fn take(place: &mut sys::zval) -> sys::zval {
    std::mem::replace(place, undef())
}

/// The type of a value.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn type_of(value: *const sys::zval) -> u8 {
    // SAFETY: by contract.
    unsafe { (*value).u1.type_info as u8 }
}

/// The type of a value with its flags.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn type_info(value: *const sys::zval) -> u32 {
    // SAFETY: by contract.
    unsafe { (*value).u1.type_info }
}

/// Whether the value counts references: false for scalars, interned strings and immutable arrays.
#[inline(always)]
pub(super) fn is_refcounted(type_info: u32) -> bool {
    type_info & (sys::IS_TYPE_REFCOUNTED << TYPE_FLAGS_SHIFT) != 0
}

/// The number of references to a counted thing.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn refcount<T>(counted: *const T) -> u32 {
    // SAFETY: every counted thing begins with this header.
    unsafe { (*counted.cast::<sys::zend_refcounted_h>()).refcount }
}

/// One more reference to a counted thing that is not immutable.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn addref<T>(counted: *mut T) {
    // SAFETY: every counted thing begins with this header.
    unsafe { (*counted.cast::<sys::zend_refcounted_h>()).refcount += 1 };
}

/// The flags of a counted thing, with its type.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn gc_info<T>(counted: *const T) -> u32 {
    // SAFETY: every counted thing begins with this header.
    unsafe { (*counted.cast::<sys::zend_refcounted_h>()).u.type_info }
}

/// The type of a counted thing.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn gc_type<T>(counted: *const T) -> u8 {
    // SAFETY: by contract.
    unsafe { gc_info(counted) as u8 & sys::GC_TYPE_MASK as u8 }
}

/// Writes the tag alone, leaving `u2` (a hash chain, a property's flags) as it is.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn set_type(to: *mut sys::zval, type_info: u32) {
    // SAFETY: by contract.
    unsafe { (&raw mut (*to).u1.type_info).write(type_info) };
}

/// Writes an integer.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn set_long(to: *mut sys::zval, value: i64) {
    // SAFETY: by contract.
    unsafe {
        (&raw mut (*to).value.lval).write(value);
        set_type(to, sys::IS_LONG);
    }
}

/// Writes a float.
///
/// # Safety
/// See the module.
#[inline(always)]
pub(super) unsafe fn set_double(to: *mut sys::zval, bits: u64) {
    // SAFETY: by contract.
    unsafe {
        (&raw mut (*to).value.dval).write(f64::from_bits(bits));
        set_type(to, sys::IS_DOUBLE);
    }
}

/// Writes a pointer with the tag that says to what.
///
/// # Safety
/// See the module; `counted` is what `type_info` says.
#[inline(always)]
pub(super) unsafe fn set_counted<T>(to: *mut sys::zval, counted: *mut T, type_info: u32) {
    // SAFETY: by contract.
    unsafe {
        (&raw mut (*to).value.counted).write(counted.cast());
        set_type(to, type_info);
    }
}

/// The elements of a packed array.
///
/// # Safety
/// `array` is alive and packed.
#[inline(always)]
pub(super) unsafe fn packed(array: *const sys::HashTable) -> *mut sys::zval {
    // SAFETY: by contract.
    unsafe { (*array).__bindgen_anon_1.arPacked }
}

/// The buckets of a hash array.
///
/// # Safety
/// `array` is alive and not packed.
#[inline(always)]
pub(super) unsafe fn buckets(array: *const sys::HashTable) -> *mut sys::Bucket {
    // SAFETY: by contract.
    unsafe { (*array).__bindgen_anon_1.arData }
}

/// Whether the array is a list of values without keys.
///
/// # Safety
/// `array` is alive.
#[inline(always)]
pub(super) unsafe fn is_packed(array: *const sys::HashTable) -> bool {
    // SAFETY: by contract.
    unsafe { (*array).u.flags & sys::HASH_FLAG_PACKED != 0 }
}

/// The property slots of an object.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub(super) unsafe fn slots(object: *const sys::zend_object) -> *mut sys::zval {
    // SAFETY: by contract.
    unsafe { (&raw const (*object).properties_table).cast_mut().cast() }
}

/// The characters of a string.
///
/// # Safety
/// `string` is alive and stays so, unchanged, as long as the slice is used.
#[inline(always)]
pub(super) unsafe fn bytes<'a>(string: *const sys::zend_string) -> &'a [u8] {
    // SAFETY: by contract.
    unsafe { std::slice::from_raw_parts((&raw const (*string).val).cast(), (*string).len) }
}

/// A block of PHP's heap. May bail out.
///
/// # Safety
/// The thread is attached and in a request.
#[inline(always)]
pub(super) unsafe fn emalloc(size: usize) -> *mut u8 {
    #[cfg(not(php_debug))]
    // SAFETY: by contract.
    unsafe {
        sys::_emalloc(size).cast()
    }
    #[cfg(php_debug)]
    // SAFETY: by contract.
    unsafe {
        sys::at_emalloc(size).cast()
    }
}
