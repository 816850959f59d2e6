//! The door out: calling PHP.
//!
//! `call` is for calls made while PHP is running (an exception stays in flight); `run_task` is for the outermost call of a thread, where
//! every way to end becomes a value.

use super::{Bailout, Php, Raised, Value, error, protect};
use crate::sys;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

/// Arguments of a call: positional ones, and named ones as a PHP array (or null).
pub(crate) struct Arguments {
    /// In order.
    pub(crate) positional: Vec<Value>,
    /// A string-keyed array, or null.
    pub(crate) named: Value,
}

impl Arguments {
    /// The table of the named ones, or NULL.
    fn named_table(&self) -> *mut sys::HashTable {
        // SAFETY: the tag is looked at before the pointer.
        unsafe { if self.named.is_array() { (*self.named.as_ptr()).value.arr } else { ptr::null_mut() } }
    }

    /// Positional arguments alone.
    pub(crate) fn positional(values: Vec<Value>) -> Arguments {
        Arguments { positional: values, named: Value::null() }
    }
}

/// Calls `callable` from within PHP code that is running.
pub(crate) fn call(php: Php<'_>, callable: &Value, args: &mut Arguments) -> Result<Value, Raised> {
    let mut result = Value::null();
    invoke(php, callable, args, &mut result)?;
    if php.has_exception() { Err(Raised::Exception) } else { Ok(result) }
}

/// Calls `method` of `object`, whatever its visibility.
pub(crate) fn call_method(
    php: Php<'_>,
    object: &Value,
    method: *mut sys::zend_function,
    args: &mut Arguments,
) -> Result<Value, Raised> {
    let mut result = Value::null();
    let named = args.named_table();
    let count = args.positional.len() as u32;
    let params: *mut sys::zval = args.positional.as_mut_ptr().cast();
    let (Some(instance), to) = (object.object(), result.as_mut_ptr()) else { return Ok(result) };
    // SAFETY: everything passed is live in frames outside of `protect`; the engine copies the arguments it keeps.
    protect(php, |_| unsafe { sys::at_call_method(instance, method, to, count, params, named) })?;
    if php.has_exception() { Err(Raised::Exception) } else { Ok(result) }
}

/// The bare call; the outcome is in `result` or in `EG(exception)`.
fn invoke(php: Php<'_>, callable: &Value, args: &mut Arguments, result: &mut Value) -> Result<(), Bailout> {
    let named = args.named_table();
    let count = args.positional.len() as u32;
    // `Value` is a zval with a marker, so a slice of them is a slice of zvals.
    const { assert!(size_of::<Value>() == size_of::<sys::zval>()) };
    let params: *mut sys::zval = args.positional.as_mut_ptr().cast();
    let (callable, result) = (callable.as_ptr().cast_mut(), result.as_mut_ptr());
    protect(php, |_| {
        // SAFETY: everything passed is live in frames outside of `protect`; the engine copies the arguments it keeps.
        unsafe { sys::at_call(callable, result, count, params, named) }
    })
}

/// How the outermost call of a thread ended, when it did not return.
pub(crate) enum TaskEnd {
    /// It threw this object.
    Threw(Value),
    /// It called `exit`; the status is in the executor's globals.
    Exited,
    /// A fatal error.
    Died(Fatal),
}

/// A fatal error, as PHP reported it.
#[derive(Debug, Clone)]
pub(crate) struct Fatal {
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

impl Fatal {
    /// Reads what the engine noted last.
    pub(crate) fn last(php: Php<'_>) -> Fatal {
        let _ = php;
        // SAFETY: attached (token); the strings are the engine's, copied here.
        unsafe {
            let pg = sys::at_pg();
            let text = |string: *const sys::zend_string| match string.as_ref() {
                Some(string) => {
                    let bytes = std::slice::from_raw_parts(string.val.as_ptr().cast::<u8>(), string.len);
                    String::from_utf8_lossy(bytes).into_owned()
                }
                None => String::new(),
            };
            let message = text((*pg).last_error_message);
            Fatal {
                message: if message.is_empty() { "the thread was ended by the engine".to_owned() } else { message },
                file: text((*pg).last_error_file),
                line: (*pg).last_error_lineno.max(0) as u32,
            }
        }
    }
}

/// Runs `body` as the outermost code of a thread's request: below a bottom frame, as a Fiber's code runs, so that uncaught exceptions and
/// `exit` come back as values instead of ending the request.
pub(crate) fn as_task<'php, R>(php: Php<'php>, body: impl FnOnce(Php<'php>) -> Result<R, Raised>) -> Result<R, TaskEnd> {
    // SAFETY: all-zero is how the engine itself makes such frames (`zend_fiber_execute`): no opline, no symbol table, no extra flags.
    let mut function: sys::zend_function = unsafe { MaybeUninit::zeroed().assume_init() };
    function.type_ = sys::ZEND_INTERNAL_FUNCTION as u8;
    // SAFETY: a permanent string of the engine, set at its start. Whatever complains right above the frame asks for a name.
    function.common.function_name = unsafe { sys::zend_empty_string };
    // SAFETY: as above.
    let mut frame: sys::zend_execute_data = unsafe { MaybeUninit::zeroed().assume_init() };
    frame.func = &raw mut function;
    let eg = php.eg();
    // SAFETY: this thread's globals; the frame outlives the call, and is taken away again below, on every path.
    let outer = unsafe { std::mem::replace(&mut (*eg).current_execute_data, &raw mut frame) };
    let answer = match body(php) {
        // What the release of values has thrown is not to stay in flight.
        Ok(_) if php.has_exception() => Err(Raised::Exception),
        answer => answer,
    };
    // After a bailout there is no frame to go back to.
    let outer = if matches!(answer, Err(Raised::Bailout(_))) { ptr::null_mut() } else { outer };
    // SAFETY: this thread's globals.
    unsafe { (*eg).current_execute_data = outer };
    match answer {
        Ok(value) => Ok(value),
        Err(Raised::Bailout(_)) => Err(TaskEnd::Died(Fatal::last(php))),
        Err(Raised::Exception) if error::is_unwinding(php) => {
            // SAFETY: an exception is in flight; the unwinding object is the engine's and freed here.
            unsafe { sys::zend_clear_exception() };
            Err(TaskEnd::Exited)
        }
        Err(Raised::Exception) => match error::take_exception(php) {
            Some(exception) => Err(TaskEnd::Threw(exception)),
            None => Err(TaskEnd::Died(Fatal::last(php))),
        },
    }
}

/// The status an `exit` left.
pub(crate) fn exit_status(php: Php<'_>) -> i64 {
    // SAFETY: this thread's globals.
    unsafe { i64::from((*php.eg()).exit_status) }
}

/// What one task has left behind is not for the next: the last error, the status of an `exit`, a time limit.
pub(crate) fn reset(php: Php<'_>) {
    error::forget_last(php);
    let eg = php.eg();
    // SAFETY: this thread's globals; the timer is this request's, set by code that has ended.
    unsafe {
        (*eg).exit_status = 0;
        if (*eg).timeout_seconds > 0 {
            sys::at_time_limit_lift();
            (*eg).timeout_seconds = 0;
        }
    }
}

/// How errors are reported now.
pub(crate) fn reporting(php: Php<'_>) -> i32 {
    // SAFETY: this thread's globals.
    unsafe { (*php.eg()).error_reporting }
}

/// Code that ended below an `@`, by `exit` for one, has left it in force: `before` counts again.
pub(crate) fn end_silence(php: Php<'_>, before: i32) -> Result<(), Bailout> {
    if reporting(php) == before {
        return Ok(());
    }
    // SAFETY: attached (token), inside the request.
    protect(php, |_| unsafe { sys::at_end_silence(before) })
}

/// File and line of the user code that runs.
pub(crate) fn place(php: Php<'_>) -> Option<(Value, u32)> {
    let _ = php;
    // SAFETY: attached (token); the string is copied by reference at once.
    unsafe {
        let file = sys::zend_get_executed_filename_ex();
        if file.is_null() {
            return None;
        }
        Some((Value::of_string(file), sys::zend_get_executed_lineno()))
    }
}

/// The PHP frame in which a coroutine stands still.
#[derive(Default)]
pub(crate) struct ParkedFrame(Cell<Option<NonNull<sys::zend_execute_data>>>);

impl ParkedFrame {
    /// Remembers the running frame. To be cleared when it runs on.
    pub(crate) fn set(&self, php: Php<'_>) {
        // SAFETY: this thread's globals.
        self.0.set(NonNull::new(unsafe { (*php.eg()).current_execute_data }));
    }

    /// It runs on.
    pub(crate) fn clear(&self) {
        self.0.set(None);
    }
}

/// The backtrace from a parked frame.
pub(crate) fn backtrace_of(php: Php<'_>, frame: &ParkedFrame) -> Result<Value, Bailout> {
    let mut trace = Value::null();
    let to = trace.as_mut_ptr();
    let Some(frame) = frame.0.get() else { return Ok(super::array::empty(php)) };
    let eg = php.eg();
    // SAFETY: a parked frame stays where it is until its coroutine runs on, and that clears it. The running frame is put back on both
    // ways out: after a bailout the engine has set its own.
    unsafe {
        let running = (*eg).current_execute_data;
        (*eg).current_execute_data = frame.as_ptr();
        let result = protect(php, |_| sys::zend_fetch_debug_backtrace(to, 0, 0, 0));
        if result.is_ok() {
            (*eg).current_execute_data = running;
        }
        result?;
    }
    Ok(trace)
}
