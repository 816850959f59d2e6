//! Building PHP arrays.

use super::error::{Class, throw_argument};
use super::{Php, Raised, Value, protect};
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

/// Keys and values of an iterable: an array, or a Traversable, which is run to its end.
pub(crate) fn items(php: Php<'_>, iterable: &Value, argument: u32) -> Result<Vec<(Value, Value)>, Raised> {
    let mut copy = Value::null();
    let (from, to) = (iterable.as_ptr().cast_mut(), copy.as_mut_ptr());
    // Keys of a Traversable may be anything and come twice: both lists are kept, keys beside values.
    // SAFETY: both live outside of `protect`.
    let fine = protect(php, |_| unsafe { sys::at_iterable_to_list(from, to) })?;
    if php.has_exception() {
        return Err(Raised::Exception);
    }
    if !fine {
        return Err(throw_argument(php, Class::TypeError, argument, "must be of type Traversable|array"));
    }
    let mut items = Vec::new();
    let each = |index: u64| {
        // SAFETY: `copy` is a packed list of this thread.
        let entry = unsafe { sys::zend_hash_index_find((*copy.as_ptr()).value.arr, index) };
        // SAFETY: a live zval of the list.
        (!entry.is_null()).then(|| unsafe { Value::copy_of(entry) })
    };
    for pair in 0.. {
        let (Some(key), Some(value)) = (each(2 * pair), each(2 * pair + 1)) else { break };
        items.push((key, value));
    }
    Ok(items)
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
