//! Reading ini settings.

use super::Php;
use crate::sys;
use std::ffi::CStr;

/// The setting as text.
pub(crate) fn text(php: Php<'_>, name: &CStr) -> String {
    let _ = php;
    // SAFETY: attached (token); copied at once.
    unsafe {
        let text = sys::at_ini_string(name.as_ptr());
        if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
    }
}

/// The setting as an integer.
///
/// # Safety
/// In an attached thread; MINIT counts.
pub(crate) unsafe fn integer(name: &CStr) -> i64 {
    // SAFETY: by contract.
    unsafe { sys::at_ini_long(name.as_ptr()) }
}
