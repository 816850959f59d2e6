//! How a thread becomes a PHP thread, and what a PHP request on it is.
//!
//! The engine demands an order: TSRM block → request start → code → shutdown functions, destructors, output → request end → (another
//! request | TSRM block freed). `Attachment` and `Request` are that order as types: a `Request` borrows its `Attachment`, both end by
//! dropping, nobody else calls `ts_resource`, `ts_free_thread`, `php_request_startup` or `php_request_shutdown`.
//!
//! Threads: created, used and dropped on one thread (`!Send`).

use super::{Bailout, Php, protect};
use crate::sys;
use std::ffi::CStr;
use std::marker::PhantomData;

/// This thread has a TSRM block.
pub(crate) struct Attachment(PhantomData<*mut ()>);

impl Attachment {
    /// Attaches the current thread, which must not be one of PHP's own.
    pub(crate) fn new() -> Attachment {
        // SAFETY: a thread of ours without a TSRM block; the process's TSRM is up, since the module is loaded and MSHUTDOWN joins us.
        unsafe { sys::at_tsrm_attach() };
        Attachment(PhantomData)
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        // SAFETY: attached in `new`; no request is active, for a Request borrows us.
        unsafe { sys::at_tsrm_detach() };
    }
}

/// What a worker's request takes over from the thread that starts it: process-wide facts of the command line.
///
/// The pointers are to memory of the SAPI that lives until the owner's request has ended, and an owner's request ends after those of its
/// threads.
#[derive(Clone, Copy)]
pub(crate) struct Inherited {
    argc: i32,
    argv: *mut *mut std::ffi::c_char,
    path_translated: *mut std::ffi::c_char,
    server_context: *mut std::ffi::c_void,
    /// Whether `#!` lines at the top of files are skipped; the command line says yes.
    skip_shebang: bool,
}

// SAFETY: the pointers are read-only facts of the process, see above.
unsafe impl Send for Inherited {}
// SAFETY: as above.
unsafe impl Sync for Inherited {}

impl Inherited {
    /// Reads them from the current request.
    pub(crate) fn here(php: Php<'_>) -> Inherited {
        // SAFETY: attached (token).
        unsafe {
            let sg = sys::at_sg();
            let info = &(*sg).request_info;
            Inherited {
                argc: info.argc,
                argv: info.argv,
                path_translated: info.path_translated,
                server_context: (*sg).server_context,
                skip_shebang: (*php.cg()).skip_shebang,
            }
        }
    }
}

/// An active PHP request on an attached thread.
pub(crate) struct Request<'thread> {
    attachment: PhantomData<&'thread Attachment>,
}

impl<'thread> Request<'thread> {
    /// Starts a request; `None` when PHP cannot (it has said why on its log then).
    pub(crate) fn start(_: &'thread Attachment, inherited: Inherited) -> Option<Request<'thread>> {
        // SAFETY: attached, and no request is active: only this type starts one, and it cannot be nested as it is not reachable from PHP.
        unsafe {
            let sg = sys::at_sg();
            (*sg).request_info.argc = inherited.argc;
            (*sg).request_info.argv = inherited.argv;
            (*sg).request_info.path_translated = inherited.path_translated;
            (*sg).server_context = inherited.server_context;
            if sys::php_request_startup() != sys::SUCCESS {
                sys::php_request_shutdown(std::ptr::null_mut());
                return None;
            }
            let pg = sys::at_pg();
            // Otherwise warnings are headed "PHP Request Startup".
            (*pg).during_request_startup = false;
            // That of the request before stays otherwise.
            (*sys::at_eg()).exit_status = 0;
            (*sys::at_cg()).skip_shebang = inherited.skip_shebang;
            Some(Request { attachment: PhantomData })
        }
    }

    /// The token of this request.
    pub(crate) fn php(&self) -> Php<'_> {
        // SAFETY: attached, request active for as long as `self`.
        unsafe { Php::assume() }
    }

    /// What a user can notice of the request's end: shutdown functions, destructors, the last output. Done apart from `drop`, so that the
    /// result of the thread can be published in between.
    pub(crate) fn finish_user_code(&mut self) {
        // SAFETY: this is what php_request_shutdown does first; it finds nothing left to do afterwards. No frame of ours is in between.
        unsafe {
            sys::at_enter_shutdown();
            sys::php_call_shutdown_functions();
            sys::php_free_shutdown_functions();
        }
        // A bailout in a destructor or an output handler ends that step only, as in the engine.
        let _: Result<(), Bailout> = protect(self.php(), |_| {
            // SAFETY: within the request.
            unsafe { sys::zend_call_destructors() }
        });
        let ended = protect(self.php(), |_| {
            // SAFETY: within the request.
            unsafe { sys::php_output_end_all() }
        });
        if ended.is_err() {
            // Or the engine would complain at the next step of a handler that seems to run still.
            // SAFETY: within the request; the engine does the same later, once.
            unsafe { sys::php_output_deactivate() };
        }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        // SAFETY: the request is active; nothing of it is used afterwards. Deliberately not inside `protect`: php_request_shutdown
        // protects its steps one by one, and a jump past it would leave the rest undone.
        unsafe {
            sys::php_request_shutdown(std::ptr::null_mut());
        }
    }
}

/// The name of the SAPI, such as `cli`.
pub(crate) fn sapi_name() -> String {
    // SAFETY: set before modules are loaded, never changed.
    unsafe { CStr::from_ptr(sys::sapi_module.name).to_string_lossy().into_owned() }
}
