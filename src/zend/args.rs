//! `Call`: one call of a PHP function: its `$this`, arguments and return slot.

use super::actor_class::Method;
use super::door::Raised;
use super::error::{Class, throw_argument};
use super::iterate::Items;
use super::object::{self, Payload};
use super::{Php, Value};
use crate::sys;
use std::sync::Arc;

/// A call in progress.
pub(crate) struct Call<'php> {
    /// The place.
    pub(crate) php: Php<'php>,
    frame: *mut sys::zend_execute_data,
    result: *mut sys::zval,
    next: u32,
}

impl<'php> Call<'php> {
    /// # Safety
    /// `frame` and `result` are the engine's for this call and outlive the new object.
    pub(crate) unsafe fn new(php: Php<'php>, frame: *mut sys::zend_execute_data, result: *mut sys::zval) -> Call<'php> {
        Call { php, frame, result, next: 0 }
    }

    /// Checks the number of arguments; `None` for no upper bound.
    pub(crate) fn expect_args(&mut self, min: u32, max: Option<u32>) -> Result<(), Raised> {
        let given = self.count();
        if given < min || max.is_some_and(|max| given > max) {
            let max = max.unwrap_or(u32::MAX);
            // SAFETY: inside this function's frame.
            unsafe { sys::zend_wrong_parameters_count_error(min, max) };
            return Err(Raised::Exception);
        }
        Ok(())
    }

    fn count(&self) -> u32 {
        // SAFETY: the frame is live.
        unsafe { sys::at_frame_arg_count(self.frame) }
    }

    /// The next positional argument; `None` when it was not given. References are looked through.
    fn next_arg(&mut self) -> Option<*mut sys::zval> {
        if self.next >= self.count() {
            return None;
        }
        self.next += 1;
        // SAFETY: within the count of this live frame.
        let arg = unsafe { sys::at_deref(sys::at_frame_args(self.frame).add(self.next as usize - 1)) };
        Some(arg)
    }

    /// The next argument, which must be a closure.
    pub(crate) fn closure(&mut self) -> Result<Value, Raised> {
        match self.optional_closure()? {
            Some(closure) => Ok(closure),
            None => Err(throw_argument(self.php, Class::TypeError, self.next, "must be of type Closure, null given")),
        }
    }

    /// The next argument, a closure or null or left out.
    pub(crate) fn optional_closure(&mut self) -> Result<Option<Value>, Raised> {
        // SAFETY: the engine's own class entry, set before MINIT.
        self.optional_object(unsafe { sys::zend_ce_closure }, "Closure")
    }

    /// The next argument, an object of `class` or null or left out; `name` is for the message.
    pub(crate) fn optional_object(&mut self, class: *mut sys::zend_class_entry, name: &str) -> Result<Option<Value>, Raised> {
        let Some(arg) = self.next_arg() else { return Ok(None) };
        // SAFETY: arguments are initialised zvals of this thread; the tag is looked at before the object.
        unsafe {
            match u32::from((*arg).u1.v.type_) {
                sys::IS_NULL | sys::IS_UNDEF => Ok(None),
                sys::IS_OBJECT if sys::at_instanceof((*(*arg).value.obj).ce, class) => Ok(Some(Value::copy_of(arg))),
                _ => {
                    let given = sys::at_type_name(arg);
                    let given = std::ffi::CStr::from_ptr(given).to_string_lossy();
                    let text = format!("must be of type {name}, {given} given");
                    Err(throw_argument(self.php, Class::TypeError, self.next, &text))
                }
            }
        }
    }

    /// The next argument, whatever it is; null when it was left out.
    pub(crate) fn value(&mut self) -> Value {
        // SAFETY: an initialised zval of this thread.
        self.next_arg().map_or_else(Value::null, |arg| unsafe { Value::copy_of(arg) })
    }

    /// The next argument, something that can be called.
    pub(crate) fn callable(&mut self) -> Result<Value, Raised> {
        let value = self.value();
        // SAFETY: the value keeps the object alive.
        let is_closure = value.object().is_some_and(|object| unsafe { (*object).ce == sys::zend_ce_closure });
        // SAFETY: the value is initialised and of this thread; looking a callable up may load classes, whose errors stay in flight.
        if is_closure || unsafe { sys::at_is_callable(value.as_ptr().cast_mut()) } {
            return Ok(value);
        }
        if self.php.has_exception() {
            return Err(Raised::Exception);
        }
        Err(throw_argument(self.php, Class::TypeError, self.next, "must be a valid callback"))
    }

    /// The next argument as an integer, by PHP's rules for `int` parameters.
    pub(crate) fn int(&mut self) -> Result<i64, Raised> {
        let number = self.next + 1;
        let mut result = 0;
        if let Some(arg) = self.next_arg() {
            // SAFETY: an initialised zval of this thread, and room for the answer.
            if unsafe { sys::at_parse_int(arg, &raw mut result, number) } {
                return Ok(result);
            }
        }
        if self.php.has_exception() {
            return Err(Raised::Exception);
        }
        Err(throw_argument(self.php, Class::TypeError, number, "must be of type int"))
    }

    /// The next argument, an array or a Traversable, as keys and values.
    pub(crate) fn iterable(&mut self) -> Result<Vec<(Value, Value)>, Raised> {
        let mut items = self.iterator()?;
        let mut all = Vec::new();
        while let Some(item) = items.next(self.php)? {
            all.push(item);
        }
        Ok(all)
    }

    /// The next argument, an array or a Traversable, to be read one by one.
    pub(crate) fn iterator(&mut self) -> Result<Items, Raised> {
        let value = self.value();
        match Items::new(self.php, value)? {
            Some(items) => Ok(items),
            None => Err(throw_argument(self.php, Class::TypeError, self.next, "must be of type Traversable|array")),
        }
    }

    /// How many positional arguments there are.
    pub(crate) fn given(&self) -> u32 {
        self.count()
    }

    /// All arguments from here on, as values of their own.
    pub(crate) fn rest_values(&mut self) -> Vec<Value> {
        // SAFETY: the frame's zvals are initialised.
        self.rest().iter().map(|arg| unsafe { Value::copy_of(arg) }).collect()
    }

    /// The next argument as a boolean, or `default`.
    pub(crate) fn bool_or(&mut self, default: bool) -> bool {
        // SAFETY: an initialised zval of this thread.
        self.next_arg().map_or(default, |arg| unsafe { sys::at_is_true(arg) })
    }

    /// All arguments from here on, as a slice of zvals that stay owned by the frame.
    pub(crate) fn rest(&mut self) -> &[sys::zval] {
        let from = self.next.min(self.count());
        self.next = self.count();
        // SAFETY: the frame holds `count` zvals and outlives `self`.
        unsafe { std::slice::from_raw_parts(sys::at_frame_args(self.frame).add(from as usize), (self.next - from) as usize) }
    }

    /// Named arguments that no parameter took, as an array.
    pub(crate) fn named(&self) -> Option<Value> {
        // SAFETY: the table is the frame's; the value takes a reference of its own.
        unsafe {
            let table = sys::at_frame_named_args(self.frame);
            (!table.is_null()).then(|| Value::of_array(table))
        }
    }

    /// `$this`, whose class is the one `T` belongs to: methods of final classes are called on nothing else.
    pub(crate) fn this<T: Payload>(&self) -> &'php T {
        // SAFETY: the method is `T`'s class's own, so `This` is an object of it and lives as long as the call.
        unsafe { object::payload_of((*sys::at_frame_this(self.frame)).value.obj) }
    }

    /// What a call on an actor's handle is about.
    ///
    /// # Safety
    /// The called function is a stub of an actor's class.
    pub(crate) unsafe fn stub(&self) -> Arc<Method> {
        // SAFETY: by contract.
        unsafe { Method::of(self.frame) }
    }

    /// Arguments for a message: by position, up to the first one left out, and the others by name (an array, or null).
    pub(crate) fn message_args(&self) -> (&[sys::zval], Value) {
        let mut named = Value::null();
        // SAFETY: the frame holds that many zvals and outlives `self`.
        unsafe {
            let count = sys::at_actor_args(self.frame, named.as_mut_ptr());
            (std::slice::from_raw_parts(sys::at_frame_args(self.frame), count as usize), named)
        }
    }

    /// `$this` as an object.
    pub(crate) fn this_value(&self) -> Value {
        // SAFETY: a method's frame has an object there.
        unsafe { Value::copy_of(sys::at_frame_this(self.frame)) }
    }

    /// Returns `value`.
    pub(crate) fn give(&mut self, value: Value) {
        // SAFETY: the return slot is writable and holds NULL until now.
        unsafe { *self.result = value.into_raw() };
    }

    /// Returns a boolean.
    pub(crate) fn give_bool(&mut self, value: bool) {
        // SAFETY: the return slot is writable.
        unsafe { (*self.result).u1.type_info = if value { sys::IS_TRUE } else { sys::IS_FALSE } };
    }

    /// Returns an integer.
    pub(crate) fn give_int(&mut self, value: i64) {
        // SAFETY: the return slot is writable.
        unsafe {
            (*self.result).value.lval = value;
            (*self.result).u1.type_info = sys::IS_LONG;
        }
    }
}
