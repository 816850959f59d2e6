//! What a thread takes over besides code: working directory, time zone, ini settings changed at run time, and the superglobals that compiled code expects.
//!
//! Owner: `Snapshot`. Threads: captured in the creator, applied in a worker; plain data in between. Invariants: applying never fails as a whole; a setting that
//! the worker's engine refuses stays as it is there.

use super::raw::{self, Source};
use crate::sys;
use crate::zend::invoke::{self, Arguments};
use crate::zend::{Php, Value};
use std::cell::Cell;
use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;

/// Superglobals that the engine fills when code that mentions them is compiled: the creator's compiler saw it, a worker's does not.
const ON_DEMAND: [&CStr; 3] = [c"_SERVER", c"_ENV", c"_REQUEST"];

/// Settings a worker does not take over: the time limit of the main script is its own.
const OWN: [&[u8]; 1] = [b"max_execution_time"];

/// See the module's header.
#[derive(PartialEq, Eq, Default)]
pub(super) struct Environment {
    directory: CString,
    settings: Vec<(Vec<u8>, Vec<u8>)>,
    /// Empty: `date_default_timezone_set()` has not been called.
    timezone: CString,
    on_demand: [bool; ON_DEMAND.len()],
}

/// Names and values of the settings that have been changed and that threads take over. One without a value only looks changed: the engine notes `error_reporting`
/// at the first `@`.
fn changed_settings<'b>(source: Source<'b>, changed: *const sys::HashTable) -> impl Iterator<Item = (&'b [u8], &'b [u8])> {
    let buckets = source.get(changed).map_or(&[][..], |changed| source.buckets(changed));
    buckets
        .iter()
        .filter(|bucket| raw::type_of(&bucket.val) != sys::IS_UNDEF)
        .filter_map(move |bucket| source.get(raw::pointer::<sys::zend_ini_entry>(&bucket.val)))
        .filter(|entry| !entry.value.is_null())
        .map(move |entry| (source.bytes(entry.name), source.bytes(entry.value)))
        .filter(|(name, _)| !OWN.contains(name))
}

impl Environment {
    /// What this thread has now.
    pub(super) fn capture(php: Php<'_>, source: Source<'_>) -> Environment {
        let mut environment =
            Environment { directory: working_directory(), timezone: own_timezone(php).to_owned(), ..Environment::default() };
        // SAFETY: the globals of this thread.
        let (eg, cg) = unsafe { (&*php.eg(), &*php.cg()) };
        let settings = changed_settings(source, eg.modified_ini_directives);
        environment.settings.extend(settings.map(|(name, value)| (name.to_vec(), value.to_vec())));
        environment.on_demand = superglobals_used(source, cg);
        environment
    }

    /// Whether this thread still has it. Asked at every submission to a pool, so nothing is copied.
    pub(super) fn is_current(&self, php: Php<'_>, source: Source<'_>) -> bool {
        // SAFETY: the globals of this thread.
        let (eg, cg) = unsafe { (&*php.eg(), &*php.cg()) };
        let mut known = self.settings.iter();
        let mut settings = changed_settings(source, eg.modified_ini_directives);
        settings.all(|(name, value)| known.next().is_some_and(|(n, v)| n == name && v == value))
            && known.next().is_none()
            && with_working_directory(|directory| directory == self.directory.as_c_str())
            && self.timezone.as_c_str() == own_timezone(php)
            && self.on_demand == superglobals_used(source, cg)
    }

    /// Makes this thread's environment equal. Calls the engine: inside `protect`.
    pub(super) fn apply(&self, php: Php<'_>) {
        if self.directory != working_directory() {
            // SAFETY: a path that ends with a NUL. A directory that is gone by now leaves the thread where it is.
            let _ = unsafe { sys::virtual_chdir(self.directory.as_ptr()) };
        }
        self.apply_settings(php);
        self.apply_timezone(php);
        for (used, name) in self.on_demand.iter().zip(ON_DEMAND) {
            if *used {
                // SAFETY: the name with its length.
                unsafe { sys::zend_is_auto_global_str(name.as_ptr(), name.count_bytes()) };
            }
        }
    }

    fn apply_timezone(&self, php: Php<'_>) {
        const SET: &CStr = c"date_default_timezone_set";
        if self.timezone.is_empty() || self.timezone.as_c_str() == own_timezone(php) {
            return;
        }
        // SAFETY: the function table of this thread. Who has disabled the function does without.
        let there = unsafe { !sys::at_find_lower((*php.eg()).function_table, SET.as_ptr(), SET.count_bytes()).is_null() };
        if there {
            let zone = Value::string(php, self.timezone.as_bytes());
            // It knows the zone, for the creator's did.
            let _ = invoke::call(php, &Value::string(php, SET.to_bytes()), &mut Arguments::positional(vec![zone]));
        }
    }

    fn apply_settings(&self, php: Php<'_>) {
        if self.settings.is_empty() {
            return;
        }
        // Some settings complain about the moment they are changed at; the creator heard that already.
        let eg = php.eg();
        // SAFETY: the globals of this thread, here and below.
        let reporting = unsafe { std::mem::replace(&mut (*eg).error_reporting, 0) };
        for (name, value) in self.settings.iter().filter(|(name, _)| name != b"error_reporting") {
            apply_setting(name, value);
        }
        // SAFETY: as above.
        unsafe { (*eg).error_reporting = reporting };
        for (name, value) in self.settings.iter().filter(|(name, _)| name == b"error_reporting") {
            apply_setting(name, value);
        }
    }
}

/// What `date_default_timezone_set()` was called with in this request, or nothing.
fn own_timezone(_: Php<'_>) -> &CStr {
    // SAFETY: attached; the text stays until that function is called again.
    unsafe { sys::at_own_timezone().as_ref().map_or(c"", |first| CStr::from_ptr(first)) }
}

fn apply_setting(name: &[u8], value: &[u8]) {
    // SAFETY: bytes with their lengths; `zend_alter_ini_entry_ex` takes references of its own to both strings.
    unsafe {
        let name = sys::at_string_init(name.as_ptr().cast(), name.len(), false);
        let value = sys::at_string_init(value.as_ptr().cast(), value.len(), false);
        sys::zend_alter_ini_entry_ex(name, value, sys::ZEND_INI_SYSTEM as i32, sys::ZEND_INI_STAGE_RUNTIME as i32, true);
        sys::at_string_release(value);
        sys::at_string_release(name);
    }
}

/// Which of them code of this thread has mentioned.
fn superglobals_used(source: Source<'_>, cg: &sys::zend_compiler_globals) -> [bool; ON_DEMAND.len()] {
    thread_local! {
        /// Where they are, as long as the table lies where it did.
        static FOUND: Cell<(usize, [*const sys::zend_auto_global; ON_DEMAND.len()])> = const { Cell::new((0, [ptr::null(); ON_DEMAND.len()])) };
    }
    let Some(table) = source.get(cg.auto_globals) else { return Default::default() };
    let place = raw::address(source.buckets(table).as_ptr());
    let (known, mut found) = FOUND.get();
    if known != place {
        found = ON_DEMAND.map(|name| auto_global(source, cg, name).map_or(ptr::null(), ptr::from_ref));
        FOUND.set((place, found));
    }
    found.map(|global| source.get(global).is_some_and(|global| global.jit && !global.armed))
}

fn auto_global<'b>(source: Source<'b>, cg: &sys::zend_compiler_globals, name: &CStr) -> Option<&'b sys::zend_auto_global> {
    let table = source.get(cg.auto_globals)?;
    // SAFETY: the name with its length.
    let found = unsafe { sys::zend_hash_str_find(table, name.as_ptr(), name.count_bytes()) };
    source.get(raw::pointer::<sys::zend_auto_global>(source.get(found)?))
}

/// This thread's (virtual) working directory.
fn working_directory() -> CString {
    with_working_directory(CStr::to_owned)
}

/// The same, to be looked at without a copy of it being kept.
fn with_working_directory<R>(look: impl FnOnce(&CStr) -> R) -> R {
    let mut buffer = MaybeUninit::<[c_char; libc::PATH_MAX as usize]>::uninit();
    let start: *mut c_char = buffer.as_mut_ptr().cast();
    // SAFETY: the buffer with its size.
    let found = unsafe { sys::virtual_getcwd(start, libc::PATH_MAX as usize) };
    if found.is_null() {
        return look(c"");
    }
    // SAFETY: the call wrote a path that ends with a NUL into the buffer.
    look(unsafe { CStr::from_ptr(start) })
}
