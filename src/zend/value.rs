//! `Value`: an owned zval, released when dropped. Never leaves its thread.

use super::Php;
use crate::sys;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;

/// An owned PHP value of this thread.
#[repr(transparent)]
pub(crate) struct Value {
    raw: sys::zval,
    /// Not Send: the value's memory belongs to this thread's heap.
    thread: PhantomData<*mut ()>,
}

/// A value that is nothing but itself: null, a boolean, a number. May go anywhere.
#[derive(Clone, Copy)]
pub(crate) struct Plain {
    type_info: u32,
    /// Of a number; a float's bits.
    bits: i64,
}

impl Plain {
    /// What `raw` holds, if it is that simple.
    pub(crate) fn of(raw: &sys::zval) -> Option<Plain> {
        // SAFETY: every variant of the union is a plain integer; zvals are initialised.
        let type_info = unsafe { raw.u1.type_info };
        let bits = match type_info {
            sys::IS_NULL | sys::IS_FALSE | sys::IS_TRUE => 0,
            // SAFETY: a number, whose eight bytes are initialised.
            sys::IS_LONG | sys::IS_DOUBLE => unsafe { raw.value.lval },
            _ => return None,
        };
        Some(Plain { type_info, bits })
    }

    /// The value here.
    pub(crate) fn value(self) -> Value {
        let mut value = Value::null();
        value.raw.value.lval = self.bits;
        value.raw.u1.type_info = self.type_info;
        value
    }
}

impl Value {
    /// The value, if it is that simple.
    pub(crate) fn plain(&self) -> Option<Plain> {
        Plain::of(&self.raw)
    }

    /// Takes over the reference in `raw`.
    ///
    /// # Safety
    /// `raw` is initialised and belongs to this thread; nobody else releases this reference.
    pub(crate) unsafe fn from_raw(raw: sys::zval) -> Value {
        Value { raw, thread: PhantomData }
    }

    /// Takes over one reference to `object`.
    ///
    /// # Safety
    /// As `from_raw`.
    pub(crate) unsafe fn from_object(object: *mut sys::zend_object) -> Value {
        let mut value = Value::null();
        value.raw.value.obj = object;
        value.raw.u1.type_info = sys::IS_OBJECT_EX;
        value
    }

    /// Another reference to what `raw` holds (references are looked through).
    ///
    /// # Safety
    /// `raw` is initialised and belongs to this thread.
    pub(crate) unsafe fn copy_of(raw: *const sys::zval) -> Value {
        let mut value = Value::null();
        // SAFETY: by contract.
        unsafe { sys::at_zval_copy_deref(&raw mut value.raw, raw.cast_mut()) };
        value
    }

    /// `null`
    pub(crate) fn null() -> Value {
        // SAFETY: an all-zero zval is UNDEF.
        let mut raw: sys::zval = unsafe { std::mem::zeroed() };
        raw.u1.type_info = sys::IS_NULL;
        Value { raw, thread: PhantomData }
    }

    /// A string.
    pub(crate) fn string(php: Php<'_>, text: &[u8]) -> Value {
        let _ = php;
        let mut value = Value::null();
        // SAFETY: attached (token); the engine copies the bytes.
        unsafe { sys::at_zval_string(&raw mut value.raw, text.as_ptr().cast(), text.len()) };
        value
    }

    /// Another reference to `table`, which is a request's own (no immutable one).
    ///
    /// # Safety
    /// Alive and of this thread.
    pub(crate) unsafe fn of_array(table: *mut sys::HashTable) -> Value {
        let mut raw = Value::null().into_raw();
        raw.value.arr = table;
        raw.u1.type_info = sys::IS_ARRAY_EX;
        // SAFETY: by contract; `raw` borrows the reference that `copy_of` duplicates.
        unsafe { Value::copy_of(&raw const raw) }
    }

    /// Whether it is null.
    pub(crate) fn is_null(&self) -> bool {
        // SAFETY: the tag of an initialised zval.
        unsafe { u32::from(self.raw.u1.v.type_) == sys::IS_NULL }
    }

    /// Another reference to `string`.
    ///
    /// # Safety
    /// Alive and of this thread, or interned.
    pub(crate) unsafe fn of_string(string: *mut sys::zend_string) -> Value {
        let mut value = Value::null();
        // SAFETY: by contract.
        unsafe { sys::at_zval_str_copy(&raw mut value.raw, string) };
        value
    }

    /// Another reference to `object`.
    ///
    /// # Safety
    /// Alive and of this thread.
    pub(crate) unsafe fn of_object(object: *mut sys::zend_object) -> Value {
        let mut raw = Value::null().into_raw();
        raw.value.obj = object;
        raw.u1.type_info = sys::IS_OBJECT_EX;
        // SAFETY: by contract; `raw` borrows the reference that `copy_of` duplicates.
        unsafe { Value::copy_of(&raw const raw) }
    }

    /// An integer.
    pub(crate) fn integer(number: i64) -> Value {
        let mut value = Value::null();
        value.raw.value.lval = number;
        value.raw.u1.type_info = sys::IS_LONG;
        value
    }

    /// Whether it is an object of `class` or of one of its children.
    pub(crate) fn is_instance_of(&self, class: *mut sys::zend_class_entry) -> bool {
        // SAFETY: the object is alive as this value holds it; classes outlive their objects.
        self.object().is_some_and(|object| unsafe { sys::at_instanceof((*object).ce, class) })
    }

    /// Its bytes as text, if it is a string; else nothing.
    pub(crate) fn text(&self) -> String {
        // SAFETY: the tag says which member of the union is live.
        unsafe {
            if u32::from(self.raw.u1.v.type_) != sys::IS_STRING {
                return String::new();
            }
            let string = &*self.raw.value.str_;
            let bytes = std::slice::from_raw_parts(string.val.as_ptr().cast::<u8>(), string.len);
            String::from_utf8_lossy(bytes).into_owned()
        }
    }

    /// A callable that means the same anywhere: a method becomes a closure, as its visibility depends on who names it.
    pub(crate) fn bound(self, php: Php<'_>) -> Value {
        let _ = php;
        let mut closure = Value::null();
        // SAFETY: attached (token); both are live.
        if self.is_array() && unsafe { sys::at_closure_of(self.as_ptr().cast_mut(), closure.as_mut_ptr()) } {
            closure
        } else {
            self
        }
    }

    /// The string, or null.
    pub(crate) fn string_ptr(&self) -> *mut sys::zend_string {
        // SAFETY: the tag says which member of the union is live.
        unsafe { if u32::from(self.raw.u1.v.type_) == sys::IS_STRING { self.raw.value.str_ } else { std::ptr::null_mut() } }
    }

    /// The integer, if it is one.
    pub(crate) fn int(&self) -> Option<i64> {
        // SAFETY: the tag says which member of the union is live.
        unsafe { (u32::from(self.raw.u1.v.type_) == sys::IS_LONG).then_some(self.raw.value.lval) }
    }

    /// A boolean.
    pub(crate) fn boolean(value: bool) -> Value {
        let mut result = Value::null();
        result.raw.u1.type_info = if value { sys::IS_TRUE } else { sys::IS_FALSE };
        result
    }

    /// A float.
    pub(crate) fn float(number: f64) -> Value {
        let mut value = Value::null();
        value.raw.value.dval = number;
        value.raw.u1.type_info = sys::IS_DOUBLE;
        value
    }

    /// Whether it is an array.
    pub(crate) fn is_array(&self) -> bool {
        // SAFETY: reading the tag.
        unsafe { u32::from(self.raw.u1.v.type_) == sys::IS_ARRAY }
    }

    /// The class of the object, by name.
    pub(crate) fn class_name(&self) -> Option<String> {
        let object = self.object()?;
        // SAFETY: alive, as this value holds it; class names outlive their objects.
        unsafe {
            let name = &*(*(*object).ce).name;
            let bytes = std::slice::from_raw_parts(name.val.as_ptr().cast::<u8>(), name.len);
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }

    /// The same as bytes; empty when it is no object.
    pub(crate) fn class_name_bytes(&self) -> Vec<u8> {
        let Some(object) = self.object() else { return Vec::new() };
        // SAFETY: alive, as this value holds it; class names outlive their objects.
        unsafe {
            let name = &*(*(*object).ce).name;
            std::slice::from_raw_parts(name.val.as_ptr().cast::<u8>(), name.len).to_vec()
        }
    }

    /// Arguments of the attribute `name` (lower-cased) of the object's class, for these parameters; None when it has none. Constant expressions are
    /// evaluated, which may throw.
    pub(crate) fn class_attribute(
        &self,
        php: Php<'_>,
        name: &str,
        parameters: &[&str],
    ) -> Result<Option<Vec<Option<Value>>>, super::Raised> {
        let Some(object) = self.object() else { return Ok(None) };
        let mut found = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            let mut value = Value::null();
            let (to, parameter) = (value.as_mut_ptr(), super::error::c_string(parameter));
            let name = super::error::c_string(name);
            // SAFETY: the object is alive, texts and slot are outside of `protect`.
            let answer = super::protect(php, |_| unsafe {
                sys::at_class_attribute((*object).ce, name.as_ptr(), index as u32, parameter.as_ptr(), to)
            })?;
            if php.has_exception() {
                return Err(super::Raised::Exception);
            }
            match answer {
                0 => return Ok(None),
                1 => found.push(None),
                _ => found.push(Some(value)),
            }
        }
        Ok(Some(found))
    }

    /// Values as the zvals they are, to be filled in.
    pub(crate) fn as_zvals(values: &mut [Value]) -> &mut [sys::zval] {
        const { assert!(size_of::<Value>() == size_of::<sys::zval>()) };
        // SAFETY: a Value is a zval and a zero-sized marker, of the same layout (repr(transparent)).
        unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
    }

    /// Another reference to the same value.
    pub(crate) fn duplicate(&self) -> Value {
        // SAFETY: `self.raw` is initialised and of this thread, as Value is not Send.
        unsafe { Value::copy_of(&raw const self.raw) }
    }

    /// The zval, for reading.
    pub(crate) fn as_ptr(&self) -> *const sys::zval {
        &raw const self.raw
    }

    /// The zval, for calls that take `zval *`.
    pub(crate) fn as_mut_ptr(&mut self) -> *mut sys::zval {
        &raw mut self.raw
    }

    /// Gives the reference away.
    pub(crate) fn into_raw(self) -> sys::zval {
        ManuallyDrop::new(self).raw
    }

    /// The object inside, if it is one.
    pub(crate) fn object(&self) -> Option<*mut sys::zend_object> {
        // SAFETY: the tag says which member of the union is live.
        unsafe { (u32::from(self.raw.u1.v.type_) == sys::IS_OBJECT).then_some(self.raw.value.obj) }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        // After a bailout the engine frees the heap as a whole; what a jump left half-made must not be walked.
        // SAFETY: owned, of this thread.
        unsafe {
            if !sys::at_unclean_shutdown() {
                sys::at_zval_dtor(&raw mut self.raw);
            }
        }
    }
}
