//! async_threads: real threads for PHP. See ARCHITECTURE.md for the map.

mod api;
mod code;
mod lifecycle;
mod php;
mod runtime;
mod sys;
mod transfer;
mod zend;

/// What PHP looks for in a module. Also called by a PHP that is not thread-safe; the answer is harmless there.
#[unsafe(no_mangle)]
pub extern "C" fn get_module() -> *mut sys::zend_module_entry {
    // SAFETY: gives the address of a static; called once, before any other thread.
    unsafe { sys::at_get_module() }
}
