//! Exceptions as objects: making them, and reading what they say.

use super::error::Class;
use super::{Bailout, Php, Value, error, protect};
use crate::sys;
use std::ffi::CStr;
use std::ptr;

/// What an exception says, as text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub(crate) class: String,
    pub(crate) message: String,
    pub(crate) code: i64,
    pub(crate) file: String,
    pub(crate) line: i64,
    pub(crate) trace: String,
}

/// An exception that whatever it tells about keeps: the arguments in its trace, which that may be among, are left out. They would be a circle for the collector.
pub(crate) fn new(php: Php<'_>, class: Class, message: &str, code: i64) -> Result<Value, Bailout> {
    let eg = php.eg();
    // SAFETY: this thread's globals, here and below; the setting is put back on every way out.
    let before = unsafe { std::mem::replace(&mut (*eg).exception_ignore_args, true) };
    let made = build(php, class, message, code, None);
    // SAFETY: as above.
    unsafe { (*eg).exception_ignore_args = before };
    made
}

/// One that is thrown at once, with a previous exception.
pub(crate) fn with_previous(php: Php<'_>, class: Class, message: &str, previous: Option<Value>) -> Result<Value, Bailout> {
    let mut previous = previous;
    build(php, class, message, 0, previous.as_mut())
}

fn build(php: Php<'_>, class: Class, message: &str, code: i64, previous: Option<&mut Value>) -> Result<Value, Bailout> {
    let mut object = Value::null();
    let to = object.as_mut_ptr();
    let previous = previous.map_or(ptr::null_mut(), Value::as_mut_ptr);
    protect(php, |_| {
        // SAFETY: `to` and `previous` live outside; the property takes a reference of its own to the string.
        unsafe {
            let text = sys::at_string_init(message.as_ptr().cast(), message.len(), false);
            sys::at_exception_new(to, class.entry(), text, code, previous);
            sys::at_string_release(text);
        }
    })?;
    Ok(object)
}

/// A `RemoteException` that stands for what `details` says.
pub(crate) fn new_remote(php: Php<'_>, details: &Details, original: Option<Value>) -> Result<Value, super::Raised> {
    let mut original = original;
    let mut object = build(php, Class::RemoteException, &details.message, details.code, original.as_mut())?;
    if let Some(mut original) = original {
        set_private(php, &mut object, c"remoteException", &mut original)?;
    }
    set_private(php, &mut object, c"remoteClass", &mut Value::string(php, details.class.as_bytes()))?;
    set_private(php, &mut object, c"remoteTrace", &mut Value::string(php, details.trace.as_bytes()))?;
    Ok(object)
}

fn set_private(php: Php<'_>, object: &mut Value, name: &CStr, value: &mut Value) -> Result<(), Bailout> {
    let (object, value) = (object.as_mut_ptr(), value.as_mut_ptr());
    protect(php, |_| {
        // SAFETY: both live outside of `protect`; the property takes its own reference.
        unsafe { sys::at_set_private_property(object, name.as_ptr(), value) }
    })
}

/// A private property of one of our exceptions.
pub(crate) fn private(php: Php<'_>, object: &mut Value, name: &CStr) -> Value {
    let _ = php;
    let mut slot = Value::null();
    // SAFETY: the property is declared; reading a private property without hooks runs no code; the result is copied at once.
    unsafe { Value::copy_of(sys::at_private_property(object.as_mut_ptr(), name.as_ptr(), slot.as_mut_ptr())) }
}

/// Overwrites where an exception says it was made.
pub(crate) fn set_place(php: Php<'_>, exception: &mut Value, file: &str, line: u32) -> Result<(), Bailout> {
    let exception = exception.as_mut_ptr();
    protect(php, |_| {
        // SAFETY: the object lives outside; the property takes its own reference.
        unsafe {
            let text = sys::at_string_init(file.as_ptr().cast(), file.len(), false);
            sys::at_exception_set_place(exception, text, i64::from(line));
            sys::at_string_release(text);
        }
    })
}

/// Reads what `exception` says. Its trace is made by PHP's own `getTraceAsString`.
pub(crate) fn details(php: Php<'_>, exception: &mut Value) -> Result<Details, Bailout> {
    let mut trace = Value::null();
    let (object, slot) = (exception.as_mut_ptr(), trace.as_mut_ptr());
    protect(php, |_| {
        // SAFETY: both live outside of `protect`. The method is final and internal.
        unsafe { sys::at_exception_trace(object, slot) }
    })?;
    if php.has_exception() && !error::is_unwinding(php) {
        drop(error::take_exception(php));
    }
    Ok(Details {
        class: exception.class_name().unwrap_or_default(),
        message: property(exception, c"message").text(),
        code: property(exception, c"code").int().unwrap_or(0),
        file: property(exception, c"file").text(),
        line: property(exception, c"line").int().unwrap_or(0),
        trace: trace.text(),
    })
}

/// One of the properties every Throwable has.
fn property(exception: &mut Value, name: &CStr) -> Value {
    let mut slot = Value::null();
    // SAFETY: declared by the base class and without hooks; the result is copied at once.
    unsafe { Value::copy_of(sys::at_exception_property(exception.as_mut_ptr(), name.as_ptr(), slot.as_mut_ptr())) }
}

/// The exception's code.
pub(crate) fn code(php: Php<'_>, exception: &mut Value) -> i64 {
    let _ = php;
    property(exception, c"code").int().unwrap_or(0)
}
