//! Names that were bound on demand give way to the ones that a file declares.
//!
//! A bootloader, and a task that inherits nothing, may include the very file that declares what their own code uses. Binding has declared those names
//! before the code ran; so while a file or a string is compiled, they are out of the tables, and come back if it has not declared them itself. Classes only while the
//! file they come from is compiled: for any other they may be the parents that let it declare its classes early.
//!
//! Owner: the session. Threads: the one that compiles. Invariants: what a call was compiled against (`INIT_FCALL`) never leaves the tables, for PHP code may run while
//! a file is compiled (a stream wrapper, an error handler); every other use of a name is checked by the engine. Names a snapshot has installed as a whole stay, too.

use super::install;
use super::needs::{self, Need};
use super::raw::{self, Source};
use super::segment::{ClassEntry, FunctionEntry};
use super::session;
use crate::sys;
use crate::zend::{Php, protect};
use std::ffi::{c_char, c_int};
use std::mem::take;
use std::sync::{Once, OnceLock};

type CompileFile = unsafe extern "C" fn(*mut sys::zend_file_handle, c_int) -> *mut sys::zend_op_array;
type CompileString =
    unsafe extern "C" fn(*mut sys::zend_string, *const c_char, sys::zend_compile_position) -> *mut sys::zend_op_array;

static FILES: OnceLock<CompileFile> = OnceLock::new();
static STRINGS: OnceLock<CompileString> = OnceLock::new();

/// What this request's binding has put into the tables and may be declared once more.
#[derive(Default)]
pub(super) struct Yielding {
    functions: Vec<FunctionEntry>,
    classes: Vec<ClassEntry>,
}

impl Yielding {
    /// None.
    pub(super) const fn new() -> Yielding {
        Yielding { functions: Vec::new(), classes: Vec::new() }
    }

    /// A function was bound; code looks it up by name when it calls it.
    pub(super) fn function(&mut self, entry: FunctionEntry) {
        self.functions.push(entry);
    }

    /// Code takes for granted that the function is there and as it was.
    pub(super) fn keep_function(&mut self, key: *mut sys::zend_string) {
        if self.functions.is_empty() {
            return;
        }
        // SAFETY: names of code that this request has pinned.
        self.functions.retain(|entry| unsafe { raw::string_bytes(entry.key) != raw::string_bytes(key) });
    }

    /// A class was bound.
    pub(super) fn class(&mut self, entry: ClassEntry) {
        self.classes.push(entry);
    }

    /// These have been taken back.
    pub(super) fn forget(&mut self, functions: &[FunctionEntry], classes: &[*mut sys::zend_class_entry]) {
        self.functions.retain(|entry| !functions.iter().any(|gone| std::ptr::eq(gone.function, entry.function)));
        self.classes.retain(|entry| !classes.contains(&entry.class));
    }

    /// Nothing gives way any more.
    pub(super) fn clear(&mut self) {
        self.functions.clear();
        self.classes.clear();
    }

    fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.classes.is_empty()
    }
}

/// Puts the hooks into place. Before anything is bound; opcache has set its own by then, at start-up of the engine.
pub(super) fn hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let (files, strings) = (&raw mut sys::zend_compile_file, &raw mut sys::zend_compile_string);
        // SAFETY: the engine's hooks, words that other threads read at any time; both values of each are valid functions.
        if let (Some(engines_files), Some(engines_strings)) = unsafe { (*files, *strings) } {
            let _ = FILES.set(engines_files);
            let _ = STRINGS.set(engines_strings);
            // SAFETY: as above.
            unsafe { files.write_volatile(Some(compile_file)) };
            // SAFETY: as above.
            unsafe { strings.write_volatile(Some(compile_string)) };
        }
    });
}

/// `zend_compile_file`.
///
/// # Safety
/// By the engine alone, in an attached thread.
unsafe extern "C" fn compile_file(file: *mut sys::zend_file_handle, kind: c_int) -> *mut sys::zend_op_array {
    let Some(engines) = FILES.get() else { return std::ptr::null_mut() };
    // SAFETY: the engine's handle, alive during the call, as is its name.
    let name = unsafe { file.as_ref().map_or(std::ptr::null_mut(), |file| file.filename) };
    // SAFETY: the engine's own function, with the engine's arguments.
    give_way(name, move || unsafe { engines(file, kind) })
}

/// `zend_compile_string`.
///
/// # Safety
/// By the engine alone, in an attached thread.
unsafe extern "C" fn compile_string(
    source: *mut sys::zend_string,
    name: *const c_char,
    position: sys::zend_compile_position,
) -> *mut sys::zend_op_array {
    let Some(engines) = STRINGS.get() else { return std::ptr::null_mut() };
    // SAFETY: the engine's own function, with the engine's arguments.
    give_way(std::ptr::null_mut(), move || unsafe { engines(source, name, position) })
}

fn give_way(file: *const sys::zend_string, compile: impl FnOnce() -> *mut sys::zend_op_array) -> *mut sys::zend_op_array {
    if session::with(|s| s.yielding.is_empty()) {
        return compile();
    }
    // SAFETY: the engine compiles in attached threads, inside a request.
    let php = unsafe { Php::assume() };
    let mut hidden = session::with(|s| take(&mut s.yielding));
    hide(php, &hidden, file);
    let compiled = protect(php, |_| compile());
    let restored = protect(php, |php| restore(php, &hidden, compiled.as_ref().copied().unwrap_or(std::ptr::null_mut())));
    // Files that were compiled meanwhile (a stream wrapper's) may have bound more.
    session::with(|s| {
        hidden.functions.append(&mut s.yielding.functions);
        hidden.classes.append(&mut s.yielding.classes);
        s.yielding = hidden;
    });
    match (compiled, restored) {
        (Ok(code), Ok(())) => code,
        // SAFETY: no frame of this extension between here and the engine holds anything.
        _ => unsafe { sys::at_bailout() },
    }
}

/// Takes the names out of the tables.
fn hide(php: Php<'_>, names: &Yielding, file: *const sys::zend_string) {
    // SAFETY: the tables of this thread.
    let (functions, classes) = unsafe { (&mut *(*php.eg()).function_table, &mut *(*php.eg()).class_table) };
    for entry in &names.functions {
        remove(functions, entry.key, entry.function.cast());
    }
    // SAFETY: null or the engine's string; the classes' files are strings of images. No PHP code runs.
    let source = unsafe { Source::assume() };
    let file = last_part(source.bytes(file));
    let of_file = |entry: &&ClassEntry| !file.is_empty() && last_part(source.bytes(install::class_file(entry.class))) == file;
    for entry in names.classes.iter().filter(of_file) {
        remove(classes, entry.key, entry.class.cast());
    }
}

/// The name of a file without its directory: a path may be written in many ways.
fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

/// Removes an entry if it is still the one that was bound. What it leads to belongs to an image, or to opcache.
pub(super) fn remove(table: &mut sys::HashTable, key: *mut sys::zend_string, bound: *mut std::ffi::c_void) {
    // SAFETY: a table of this thread.
    let Some(value) = (unsafe { sys::zend_hash_find(table, key).as_ref() }) else { return };
    if raw::pointer(value) == bound {
        let destroys = table.pDestructor.take();
        // SAFETY: a table of this thread, whose values are left alone for the moment.
        unsafe { sys::zend_hash_del(table, key) };
        table.pDestructor = destroys;
    }
}

/// Puts back what `code`, just compiled, has not declared and is not about to declare. Calls the engine: inside `protect`.
fn restore(php: Php<'_>, names: &Yielding, code: *mut sys::zend_op_array) {
    // SAFETY: the tables of this thread.
    let (functions, classes) = unsafe { ((*php.eg()).function_table, (*php.eg()).class_table) };
    for entry in &names.functions {
        put(functions, entry.key, sys::IS_PTR, entry.function.cast());
    }
    for entry in &names.classes {
        if !declares(code, entry.key) {
            put(classes, entry.key, if entry.alias { sys::IS_ALIAS_PTR } else { sys::IS_PTR }, entry.class.cast());
        }
    }
}

fn put(table: *mut sys::HashTable, key: *mut sys::zend_string, kind: u32, bound: *mut std::ffi::c_void) {
    let mut value = raw::pointer_value(kind, bound, raw::NO_EXTRA);
    // SAFETY: a table of this thread; key and value outlive the request. Adds nothing where the name is taken.
    unsafe { sys::zend_hash_add(table, key, &raw mut value) };
}

/// Whether the code of a file declares the class when it runs: then nobody may have taken the name by that time.
fn declares(code: *mut sys::zend_op_array, key: *mut sys::zend_string) -> bool {
    // SAFETY: null, or what the engine has just compiled; it stays as it is while this function looks.
    let source = unsafe { Source::assume() };
    let Some(code) = source.get(code) else { return false };
    source.slice(code.opcodes, code.last as usize).iter().any(|op| {
        matches!(needs::of_opline(source, op), Some(Need::Declaration(_, name)) if source.bytes(name).eq_ignore_ascii_case(source.bytes(key)))
    })
}
