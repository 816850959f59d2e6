//! Throwing and reporting.

use super::{Bailout, Php, Raised, Value, protect};
use crate::sys;
use std::ffi::{CString, c_int};

/// Classes this extension throws, and the engine's it uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// `\Throwable`
    Throwable,
    /// `\Error`
    Error,
    /// `\TypeError`
    TypeError,
    /// `\ValueError`
    ValueError,
    /// `Async\Completable`
    Completable,
    /// `Async\Thread`
    Thread,
    /// `Async\AsyncException`
    AsyncException,
    /// `Async\RemoteException`
    RemoteException,
    /// `Async\ThreadTransferException`
    ThreadTransferException,
    /// `Async\ThreadExitException`
    ThreadExitException,
    /// `Async\ThreadFatalError`
    ThreadFatalError,
    /// `Async\AsyncCancellation`
    AsyncCancellation,
    /// `Async\OperationCanceledException`
    OperationCanceledException,
    /// `Async\TimeoutException`
    TimeoutException,
    /// `Async\DeadlockError`
    DeadlockError,
    /// `Async\ThreadPoolException`
    ThreadPoolException,
    /// `Async\ThreadPool`
    ThreadPool,
    /// `Async\ActorException`
    ActorException,
    /// `Async\Actor`
    Actor,
    /// `Async\Coroutine`
    Coroutine,
    /// `Async\Future`
    Future,
    /// `Async\FutureState`
    FutureState,
    /// `Async\Timeout`
    Timeout,
}

impl Class {
    /// The class entry.
    pub(crate) fn entry(self) -> *mut sys::zend_class_entry {
        use crate::api::*;
        // SAFETY: all of these are written once, in MINIT or before, on the only thread there is then.
        unsafe {
            match self {
                Class::Throwable => sys::zend_ce_throwable,
                Class::Error => sys::zend_ce_error,
                Class::TypeError => sys::zend_ce_type_error,
                Class::ValueError => sys::zend_ce_value_error,
                Class::Completable => at_ce_Async_Completable,
                Class::Thread => at_ce_Async_Thread,
                Class::AsyncException => at_ce_Async_AsyncException,
                Class::RemoteException => at_ce_Async_RemoteException,
                Class::ThreadTransferException => at_ce_Async_ThreadTransferException,
                Class::ThreadExitException => at_ce_Async_ThreadExitException,
                Class::ThreadFatalError => at_ce_Async_ThreadFatalError,
                Class::OperationCanceledException => at_ce_Async_OperationCanceledException,
                Class::TimeoutException => at_ce_Async_TimeoutException,
                Class::DeadlockError => at_ce_Async_DeadlockError,
                Class::ThreadPoolException => at_ce_Async_ThreadPoolException,
                Class::ThreadPool => at_ce_Async_ThreadPool,
                Class::ActorException => at_ce_Async_ActorException,
                Class::Actor => at_ce_Async_Actor,
                Class::Coroutine => at_ce_Async_Coroutine,
                Class::Future => at_ce_Async_Future,
                Class::FutureState => at_ce_Async_FutureState,
                Class::Timeout => at_ce_Async_Timeout,
                Class::AsyncCancellation => at_ce_Async_AsyncCancellation,
            }
        }
    }
}

/// A C string of `text`; a NUL inside is written out.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "\\0")).unwrap_or_default()
}

/// Throws `class` with `message`; the answer is for `return Err(throw(…))`.
pub(crate) fn throw(php: Php<'_>, class: Class, message: &str) -> Raised {
    let message = c_string(message);
    let _ = php;
    // SAFETY: attached (token); the engine copies the message.
    unsafe { sys::at_throw(class.entry(), message.as_ptr(), 0) };
    Raised::Exception
}

/// Throws for argument `number` (1-based): "f(): Argument #1 ($x) " and `message`.
pub(crate) fn throw_argument(php: Php<'_>, class: Class, number: u32, message: &str) -> Raised {
    let message = c_string(message);
    let _ = php;
    // SAFETY: attached (token), inside a function's frame; the engine copies the message.
    unsafe { sys::at_argument_error(class.entry(), number, message.as_ptr()) };
    Raised::Exception
}

/// Throws an exception object.
pub(crate) fn throw_object(php: Php<'_>, exception: Value) -> Raised {
    let _ = php;
    let mut raw = exception.into_raw();
    // SAFETY: attached (token); the engine takes over the reference.
    unsafe { sys::zend_throw_exception_object(&raw mut raw) };
    Raised::Exception
}

/// Takes the exception in flight.
pub(crate) fn take_exception(php: Php<'_>) -> Option<Value> {
    // SAFETY: this thread's globals; the object's reference moves from EG to the Value.
    unsafe {
        let eg = php.eg();
        let object = (*eg).exception;
        if object.is_null() {
            return None;
        }
        sys::at_take_exception();
        Some(Value::from_object(object))
    }
}

/// Whether the exception in flight is one of the engine's own unwinding objects, as `exit` uses.
pub(crate) fn is_unwinding(php: Php<'_>) -> bool {
    // SAFETY: this thread's globals.
    unsafe {
        let object = (*php.eg()).exception;
        !object.is_null() && (sys::zend_is_unwind_exit(object) || sys::zend_is_graceful_exit(object))
    }
}

/// Whether the exception in flight is a cancellation.
pub(crate) fn is_cancellation(php: Php<'_>) -> bool {
    // SAFETY: this thread's globals; the object is alive, and gets a reference of its own for the look.
    unsafe {
        let object = (*php.eg()).exception;
        !object.is_null() && !is_unwinding(php) && Value::of_object(object).is_instance_of(Class::AsyncCancellation.entry())
    }
}

/// Puts `exception` in flight: an exception, or one of the engine's unwinding objects.
pub(crate) fn throw_internal(php: Php<'_>, exception: Value) -> Raised {
    let _ = php;
    if let Some(object) = exception.object() {
        // The reference goes to the engine.
        std::mem::forget(exception);
        // SAFETY: attached (token); a throwable or an unwinding object, whose reference is handed over.
        unsafe { sys::zend_throw_exception_internal(object) };
    }
    Raised::Exception
}

/// The engine's object that unwinds past `catch` blocks, running `finally` blocks: as a destroyed Fiber does.
pub(crate) fn graceful_exit(php: Php<'_>) -> Value {
    let _ = php;
    // SAFETY: attached (token); a new object with one reference.
    unsafe { Value::from_object(sys::zend_create_graceful_exit()) }
}

/// The engine's object that unwinds as `exit` does.
pub(crate) fn unwind_exit(php: Php<'_>) -> Value {
    let _ = php;
    // SAFETY: attached (token); a new object with one reference.
    unsafe { Value::from_object(sys::zend_create_unwind_exit()) }
}

/// Whether `value` is one of the engine's unwinding objects.
pub(crate) fn is_unwinding_object(value: &Value) -> bool {
    // SAFETY: alive, as the value holds it.
    value.object().is_some_and(|object| unsafe { sys::zend_is_unwind_exit(object) || sys::zend_is_graceful_exit(object) })
}

/// Whether `value` is what `exit` throws.
pub(crate) fn is_exit_object(value: &Value) -> bool {
    // SAFETY: alive, as the value holds it.
    value.object().is_some_and(|object| unsafe { sys::zend_is_unwind_exit(object) })
}

/// Reports `exception` as PHP reports an uncaught one, as a warning: the script goes on.
pub(crate) fn report_uncaught(php: Php<'_>, exception: Value) {
    let _ = php;
    if let Some(object) = exception.object() {
        // The engine releases the reference.
        std::mem::forget(exception);
        // SAFETY: attached (token); a throwable whose reference is handed over.
        unsafe { sys::zend_exception_error(object, sys::E_WARNING as c_int) };
    }
}

/// The same, naming the spawn of the coroutine it comes from. What an error handler throws is in flight afterwards.
pub(crate) fn report_uncaught_at(php: Php<'_>, exception: Value, spawned: Option<(&Value, u32)>) -> Result<(), Bailout> {
    let Some(object) = exception.object() else { return Ok(()) };
    // The engine releases the reference.
    std::mem::forget(exception);
    let (file, line) = spawned.map_or((std::ptr::null_mut(), 0), |(file, line)| (file.string_ptr(), line));
    protect(php, |_| {
        // SAFETY: attached (token); a throwable whose reference is handed over; the file's name is held by the caller.
        unsafe { sys::at_report_uncaught(object, file, line) }
    })
}

/// Throws `class`, which is an Error, with `message`.
pub(crate) fn throw_error(php: Php<'_>, class: Class, message: &str) -> Raised {
    let message = c_string(message);
    let _ = php;
    // SAFETY: attached (token); the engine copies the message.
    unsafe { sys::at_throw_error(class.entry(), message.as_ptr()) };
    Raised::Exception
}

/// What `error_get_last()` gives is gone.
pub(crate) fn forget_last(php: Php<'_>) {
    let _ = php;
    // SAFETY: attached (token).
    unsafe { sys::at_clear_last_error() };
}

/// Kinds of reports.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    /// E_WARNING
    Warning,
}

/// Reports `message` as PHP does: error handlers, display, log.
pub(crate) fn report(php: Php<'_>, level: Level, message: &str) {
    let _ = php;
    let kind = match level {
        Level::Warning => sys::E_WARNING as c_int,
    };
    let message = c_string(message);
    // SAFETY: attached (token); the engine copies the message.
    unsafe { sys::at_error(kind, message.as_ptr()) };
}
