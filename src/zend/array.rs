//! Building PHP arrays.

use super::{Php, Value};
use crate::sys;

/// `[]`
pub(crate) fn empty(php: Php<'_>) -> Value {
    list(php, [])
}

/// A list of `values`.
pub(crate) fn list(php: Php<'_>, values: impl IntoIterator<Item = Value>) -> Value {
    let mut array = Builder::new(php);
    for value in values {
        array.push(value);
    }
    array.finish()
}

/// An array in the making.
pub(crate) struct Builder(Value);

impl Builder {
    /// An empty one.
    pub(crate) fn new(php: Php<'_>) -> Builder {
        let _ = php;
        // SAFETY: attached (token); a new table with one reference.
        unsafe {
            let mut raw = Value::null().into_raw();
            raw.value.arr = sys::at_new_array(0);
            raw.u1.type_info = sys::IS_ARRAY_EX;
            Builder(Value::from_raw(raw))
        }
    }

    fn table(&mut self) -> *mut sys::HashTable {
        // SAFETY: always an array.
        unsafe { (*self.0.as_mut_ptr()).value.arr }
    }

    /// Appends.
    pub(crate) fn push(&mut self, value: Value) {
        let mut raw = value.into_raw();
        // SAFETY: the table takes over the reference; nobody else has the table.
        unsafe { sys::zend_hash_next_index_insert(self.table(), &raw mut raw) };
    }

    /// Sets `key`, an integer or a string.
    pub(crate) fn set(&mut self, key: &Value, value: Value) {
        let mut raw = value.into_raw();
        // SAFETY: as above; keys of other types are turned into what PHP would.
        unsafe { sys::array_set_zval_key(self.table(), key.as_ptr().cast_mut(), &raw mut raw) };
        // `array_set_zval_key` takes a reference of its own.
        // SAFETY: our reference.
        drop(unsafe { Value::from_raw(raw) });
    }

    /// Sets a key given as text.
    pub(crate) fn set_str(&mut self, key: &str, value: Value) {
        let mut raw = value.into_raw();
        // SAFETY: as above.
        unsafe { sys::zend_hash_str_update(self.table(), key.as_ptr().cast(), key.len(), &raw mut raw) };
    }

    /// The array.
    pub(crate) fn finish(self) -> Value {
        self.0
    }
}
