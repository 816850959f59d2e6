//! Names that were bound on demand give way to the ones that a file declares.
//!
//! A bootloader, and a task that inherits nothing, may include the very file that declares what their own code uses; so may one that inherits what came back from
//! another thread. Binding has declared those names before the code ran. So while a file or a string is compiled,
//!
//! - its functions go into a table of their own, which lacks the functions that give way, and are moved afterwards. The engine's own table stays as it is: PHP code may
//!   run while a file is compiled (a stream wrapper, an error handler), and calls that were compiled against a function (`INIT_FCALL`) trust that it is there. For such a
//!   *granted* function a declaration in the same file is taken for the one that is there;
//! - classes of that file have other names in the table, and come back if it has not declared them itself. No others: they may be the parents that let the file declare its
//!   classes early.
//!
//! Owner: the session. Threads: the one that compiles. Invariants: what a call was compiled against never leaves the engine's table; every other use of a name is checked by
//! the engine. Names a snapshot has installed as a whole stay, but for those that its creator had bound on demand.

use super::install;
use super::needs::{self, Need};
use super::raw::{self, Source};
use super::segment::{ClassEntry, FunctionEntry};
use super::session;
use crate::sys;
use crate::zend::{Php, protect};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_int};
use std::mem::{self, take};
use std::ptr;
use std::sync::{Once, OnceLock};

type CompileFile = unsafe extern "C" fn(*mut sys::zend_file_handle, c_int) -> *mut sys::zend_op_array;
type CompileString =
    unsafe extern "C" fn(*mut sys::zend_string, *const c_char, sys::zend_compile_position) -> *mut sys::zend_op_array;

static FILES: OnceLock<CompileFile> = OnceLock::new();
static STRINGS: OnceLock<CompileString> = OnceLock::new();

/// What this request's binding has put into the tables and may be declared once more.
#[derive(Default)]
pub(super) struct Yielding {
    functions: BTreeMap<*mut sys::zend_function, YieldingFunction>,
    classes: Vec<ClassEntry>,
    /// What the functions of the file that is being compiled go into; null: nothing of ours.
    compiled: *mut sys::HashTable,
}

struct YieldingFunction {
    key: *mut sys::zend_string,
    /// Code takes for granted that the function is there and as it was.
    granted: bool,
}

impl Yielding {
    /// None.
    pub(super) const fn new() -> Yielding {
        Yielding { functions: BTreeMap::new(), classes: Vec::new(), compiled: ptr::null_mut() }
    }

    /// A function was bound.
    pub(super) fn function(&mut self, entry: FunctionEntry, granted: bool) {
        self.functions.insert(entry.function, YieldingFunction { key: entry.key, granted });
    }

    /// Code takes for granted that the function is there and as it was.
    pub(super) fn grant(&mut self, function: *mut sys::zend_function) {
        if let Some(bound) = self.functions.get_mut(&function) {
            bound.granted = true;
        }
    }

    /// A class was bound.
    pub(super) fn class(&mut self, entry: ClassEntry) {
        self.classes.push(entry);
    }

    /// These have been taken back.
    pub(super) fn forget(&mut self, functions: &[FunctionEntry], classes: &[*mut sys::zend_class_entry]) {
        for gone in functions {
            self.functions.remove(&gone.function);
        }
        self.classes.retain(|entry| !classes.contains(&entry.class));
    }

    /// Nothing gives way any more.
    pub(super) fn clear(&mut self) {
        self.functions.clear();
        self.classes.clear();
    }

    /// Those of these names that give way.
    pub(super) fn among(&self, functions: &[FunctionEntry], classes: &[ClassEntry]) -> Came {
        let gives_way = |class: &&ClassEntry| self.classes.iter().any(|other| ptr::eq(other.class, class.class));
        Came {
            functions: functions.iter().filter(|entry| self.functions.contains_key(&entry.function)).copied().collect(),
            classes: if self.classes.is_empty() { Box::default() } else { classes.iter().filter(gives_way).copied().collect() },
        }
    }

    /// These have been installed, among all that their creator has; its code may have been compiled against any of them.
    pub(super) fn came(&mut self, names: &Came) {
        names.functions.iter().for_each(|entry| self.function(*entry, true));
        self.classes.extend(&names.classes);
    }

    fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.classes.is_empty()
    }
}

/// The names of a segment that its creator had not declared itself: they came with values from other threads, or were bound on demand.
pub(super) struct Came {
    functions: Box<[FunctionEntry]>,
    classes: Box<[ClassEntry]>,
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
    let Some(engines) = FILES.get() else { return ptr::null_mut() };
    // SAFETY: the engine's handle, alive during the call, as is its name.
    let name = unsafe { file.as_ref().map_or(ptr::null_mut(), |file| file.filename) };
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
    let Some(engines) = STRINGS.get() else { return ptr::null_mut() };
    // SAFETY: the engine's own function, with the engine's arguments.
    give_way(ptr::null_mut(), move || unsafe { engines(source, name, position) })
}

fn give_way(file: *const sys::zend_string, compile: impl FnOnce() -> *mut sys::zend_op_array) -> *mut sys::zend_op_array {
    // SAFETY: the engine compiles in attached threads, inside a request.
    let php = unsafe { Php::assume() };
    // Also when a file is compiled by code that runs while another is.
    let (is_idle, outer) = session::with(|s| (s.yielding.is_empty(), mem::replace(&mut s.yielding.compiled, ptr::null_mut())));
    if is_idle && outer.is_null() {
        return compile();
    }
    let mut names = session::with(|s| take(&mut s.yielding));
    // SAFETY: the globals of this thread, here and below.
    let previous = unsafe { (*php.cg()).function_table };
    let hidden = names.classes_of(file);
    let mut copied = 0;
    let done = protect(php, |php| {
        // SAFETY: as above.
        let functions = unsafe { (*php.eg()).function_table };
        let table = names.functions_to_declare(functions, file);
        session::with(|s| s.yielding.compiled = table);
        // SAFETY: as above.
        copied = unsafe { table.as_ref() }.map_or(0, |table| table.nNumUsed);
        let adds_to = if !table.is_null() {
            table
        } else if outer.is_null() {
            previous
        } else {
            functions
        };
        // SAFETY: as above. The compiler adds to this one; code that runs meanwhile looks into the engine's.
        unsafe { (*php.cg()).function_table = adds_to };
        // SAFETY: as above.
        let classes = unsafe { (*php.eg()).class_table };
        hidden.iter().for_each(|entry| hide(classes, entry.key, entry.class.cast()));
        compile()
    });
    // SAFETY: as above.
    unsafe { (*php.cg()).function_table = previous };
    let code = done.as_ref().copied().unwrap_or(ptr::null_mut());
    let restored = protect(php, |php| {
        let table = session::with(|s| mem::replace(&mut s.yielding.compiled, outer));
        show(php, &hidden, code);
        if !table.is_null() {
            names.declare(php, table, copied);
        }
    });
    // Files that were compiled meanwhile (a stream wrapper's) may have bound more.
    session::with(|s| {
        names.functions.append(&mut s.yielding.functions);
        names.classes.append(&mut s.yielding.classes);
        names.compiled = outer;
        s.yielding = names;
    });
    drop(hidden);
    match (done, restored) {
        (Ok(code), Ok(())) => code,
        // SAFETY: no frame of this extension between here and the engine holds anything.
        _ => unsafe { sys::at_bailout() },
    }
}

impl Yielding {
    /// A table without the functions that give way to those of the file; null if none does. Calls the engine: inside `protect`.
    fn functions_to_declare(&self, functions: *mut sys::HashTable, file: *const sys::zend_string) -> *mut sys::HashTable {
        // SAFETY: null or the engine's string; functions of images. No PHP code runs.
        let source = unsafe { Source::assume() };
        let file = last_part(source.bytes(file));
        let gives_way = |(function, bound): &(&*mut sys::zend_function, &YieldingFunction)| {
            let declared = source.get(function.cast::<sys::zend_op_array>()).map(|code| source.bytes(code.filename));
            !bound.granted || !file.is_empty() && declared.is_some_and(|declared| last_part(declared) == file)
        };
        let mut giving = self.functions.iter().filter(gives_way).peekable();
        if giving.peek().is_none() {
            return ptr::null_mut();
        }
        close_holes(functions);
        // SAFETY: the table of this thread; its values are pointers that the copy does not own.
        let table = unsafe { sys::zend_array_dup(functions) };
        giving.for_each(|(function, bound)| hide(table, bound.key, function.cast()));
        table
    }

    /// Moves what the compiler has added to `table`, behind what was `copied`, into the engine's. Calls the engine: inside `protect`.
    fn declare(&mut self, php: Php<'_>, table: *mut sys::HashTable, copied: u32) {
        // SAFETY: the tables are this thread's; what they hold are functions. No PHP code runs.
        let (source, functions) = unsafe { (Source::assume(), (*php.eg()).function_table) };
        let mut refused = None;
        // SAFETY: as above.
        let all = source.buckets(unsafe { &*table });
        for bucket in all[copied as usize..].iter().filter(|bucket| raw::type_of(&bucket.val) != sys::IS_UNDEF) {
            let new: *mut sys::zend_function = raw::pointer(&bucket.val);
            // SAFETY: as above.
            let Some(there) = (unsafe { sys::zend_hash_find(functions, bucket.key).as_mut() }) else {
                put(functions, bucket.key, sys::IS_PTR, new.cast());
                continue;
            };
            let present = raw::pointer(there);
            match self.functions.remove(&present) {
                Some(bound) if !bound.granted => there.value.ptr = new.cast(),
                // SAFETY: functions of this thread.
                Some(_) if unsafe { install::can_stand_in(&*present, &*new) } => {
                    // SAFETY: nothing refers to what the compiler has made a moment ago.
                    unsafe { sys::destroy_op_array(new.cast()) };
                }
                _ => refused = Some((bucket.key, new)),
            }
        }
        // SAFETY: a copy that owns its keys only. Then the engine's own complaint, which does not return.
        unsafe {
            if let Some((key, new)) = refused {
                let mut name = raw::pointer_value(sys::IS_STRING, key, raw::NO_EXTRA);
                sys::do_bind_function(new, &raw mut name);
            }
            sys::zend_array_destroy(table);
        }
    }

    /// The classes of a file.
    fn classes_of(&self, file: *const sys::zend_string) -> Vec<ClassEntry> {
        // SAFETY: null or the engine's string; the classes' files are strings of images.
        let source = unsafe { Source::assume() };
        let file = last_part(source.bytes(file));
        let of_file = |entry: &&ClassEntry| !file.is_empty() && last_part(source.bytes(install::class_file(entry.class))) == file;
        self.classes.iter().filter(of_file).copied().collect()
    }
}

/// Puts those hidden classes back that `code`, just compiled, has not declared and is not about to declare. Calls the engine: inside `protect`.
fn show(php: Php<'_>, hidden: &[ClassEntry], code: *mut sys::zend_op_array) {
    // SAFETY: the table of this thread.
    let classes = unsafe { &mut *(*php.eg()).class_table };
    for entry in hidden {
        let name = hidden_name(entry.key);
        // SAFETY: a table of this thread, in which `hide` has left the entry its place; the name is released below.
        unsafe {
            let place = sys::zend_hash_find(classes, name);
            let is_taken = || !sys::zend_hash_find(classes, entry.key).is_null();
            if !place.is_null() && (declares(code, entry.key) || is_taken()) {
                remove(classes, name, entry.class.cast());
            } else if !place.is_null() {
                sys::zend_hash_set_bucket_key(classes, place.cast(), entry.key);
            }
            sys::at_string_release(name);
        }
    }
    if !hidden.is_empty() {
        close_holes(classes);
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

/// Gives an entry another name if it is still the one that was bound. It keeps its place: opcache takes the last entries of a table for those that a file has added, by their number.
fn hide(table: *mut sys::HashTable, key: *mut sys::zend_string, bound: *mut std::ffi::c_void) {
    let name = hidden_name(key);
    // SAFETY: a table of this thread; its values are the first part of their buckets. The table has a reference of its own to the name.
    unsafe {
        let value = sys::zend_hash_find(table, key);
        if value.as_ref().is_some_and(|value| raw::pointer(value) == bound) {
            sys::zend_hash_set_bucket_key(table, value.cast(), name);
        }
        sys::at_string_release(name);
    }
}

/// The name of a hidden entry. With a NUL in front it is no name that code could ask for.
fn hidden_name(key: *mut sys::zend_string) -> *mut sys::zend_string {
    // SAFETY: a string of an image; bytes with their length.
    unsafe {
        let name = [b"\0hidden ", raw::string_bytes(key)].concat();
        sys::at_string_init(name.as_ptr().cast(), name.len(), false)
    }
}

/// Moves the entries of a table together, for the same reason: the engine would do so when the table has to grow.
fn close_holes(table: *mut sys::HashTable) {
    // SAFETY: a table of this thread, into whose memory nobody has a pointer now: `Tables` looks whether it has been packed.
    unsafe {
        if (*table).nNumUsed != (*table).nNumOfElements {
            sys::zend_hash_rehash(table);
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
