//! Names that were bound on demand give way to the ones that a file declares.
//!
//! A bootloader, and a task that inherits nothing, may include the very file that declares what their own code uses; so may one that inherits what came back from
//! another thread. Binding has declared those names before the code ran. So while a file or a string is compiled,
//!
//! - its functions go into a table of their own, in which the functions that give way have other names, and are moved afterwards. The engine's own table stays as it is: PHP
//!   code may run while a file is compiled (an error handler), and calls that were compiled against a function (`INIT_FCALL`) trust that it is there. For such a
//!   *granted* function a declaration in the same file is taken for the one that is there;
//! - classes of that file have other names in the table, and come back if it has not declared them itself. No others: they may be the parents that let the file declare its
//!   classes early.
//!
//! What PHP code reads (a stream wrapper) is read before that. Code that runs meanwhile may include files itself, and may be suspended: nothing here relies on files being
//! compiled one inside the other.
//!
//! Owner: the session. Threads: the one that compiles. Invariants: what a call was compiled against never leaves the engine's table; every other use of a name is checked by
//! the engine. Names a snapshot has installed as a whole stay, but for those that its creator had bound on demand.

use super::bind;
use super::install;
use super::needs::{self, Need};
use super::raw::{self, Source};
use super::segment::{ClassEntry, FunctionEntry};
use super::session;
use super::snapshot::Snapshot;
use crate::sys;
use crate::zend::{Php, protect};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_int};
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
    /// What the functions of the files that are being compiled right now go into.
    compiling: Vec<*mut sys::HashTable>,
    /// Where the names of `Grant::Unknown` are from.
    origins: Vec<Snapshot>,
}

struct YieldingFunction {
    key: *mut sys::zend_string,
    granted: Grant,
}

/// Whether code takes for granted that a function is there and as it was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    No,
    /// It came with all that its creator has: any of that may.
    Unknown,
    Yes,
}

impl Yielding {
    /// None.
    pub(super) const fn new() -> Yielding {
        Yielding { functions: BTreeMap::new(), classes: Vec::new(), compiling: Vec::new(), origins: Vec::new() }
    }

    /// A function was bound.
    pub(super) fn function(&mut self, entry: FunctionEntry, granted: Grant) {
        self.functions.insert(entry.function, YieldingFunction { key: entry.key, granted });
    }

    /// Code takes for granted that the function is there and as it was.
    pub(super) fn grant(&mut self, function: *mut sys::zend_function) {
        if let Some(bound) = self.functions.get_mut(&function) {
            bound.granted = Grant::Yes;
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
        self.origins.clear();
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
    pub(super) fn came(&mut self, names: &Came, origin: &Snapshot) {
        names.functions.iter().for_each(|entry| self.function(*entry, Grant::Unknown));
        self.classes.extend(&names.classes);
        if !names.functions.is_empty() && !self.origins.iter().any(|known| known.address() == origin.address()) {
            self.origins.push(origin.clone());
        }
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
    // SAFETY: the engine's handle, alive during the call; nobody else looks at it before the engine does, below.
    let handle = unsafe { file.as_mut() };
    // SAFETY: the engine's own function, with the engine's arguments.
    give_way(handle, move || unsafe { engines(file, kind) })
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
    give_way(None, move || unsafe { engines(source, name, position) })
}

fn give_way(
    file: Option<&mut sys::zend_file_handle>,
    compile: impl FnOnce() -> *mut sys::zend_op_array,
) -> *mut sys::zend_op_array {
    // SAFETY: the engine compiles in attached threads, inside a request.
    let php = unsafe { Php::assume() };
    if session::with(|s| s.yielding.is_empty() && s.yielding.compiling.is_empty()) {
        return compile();
    }
    let mut path = Vec::new();
    if let Some(file) = file
        && protect(php, |php| path = path_of(php, file)).is_err()
    {
        drop(path);
        // SAFETY: no frame of this extension between here and the engine holds anything.
        unsafe { sys::at_bailout() };
    }
    let mut hidden = session::with(|s| s.yielding.classes_of(&path));
    let (mut table, mut copied) = (ptr::null_mut(), 0);
    let done = protect(php, |php| {
        // SAFETY: the globals and tables of this thread, here and below.
        let (functions, classes) = unsafe { ((*php.eg()).function_table, (*php.eg()).class_table) };
        let giving = session::with(|s| s.yielding.functions_of(&path));
        if !giving.is_empty() {
            close_holes(functions);
            // SAFETY: the values are pointers that the copy does not own.
            table = unsafe { sys::zend_array_dup(functions) };
            giving.iter().for_each(|entry| {
                hide(table, entry.key, entry.function.cast());
            });
            // SAFETY: made just now.
            copied = unsafe { (*table).nNumUsed };
        }
        let adds_to = if table.is_null() { functions } else { table };
        session::with(|s| s.yielding.compiling.push(adds_to));
        // SAFETY: as above. The compiler adds to this one; code that runs meanwhile looks into the engine's.
        unsafe { (*php.cg()).function_table = adds_to };
        hidden.retain(|entry| hide(classes, entry.key, entry.class.cast()));
        compile()
    });
    let code = done.as_ref().copied().unwrap_or(ptr::null_mut());
    let restored = protect(php, |php| {
        // SAFETY: as above.
        let functions = unsafe { (*php.eg()).function_table };
        let adds_to = if table.is_null() { functions } else { table };
        // Not always the last one: code that runs while a file is compiled may be suspended.
        let outer = session::with(|s| {
            let own = s.yielding.compiling.iter().rposition(|&other| other == adds_to);
            own.map(|own| s.yielding.compiling.remove(own));
            s.yielding.compiling.last().copied()
        });
        // SAFETY: as above.
        unsafe { (*php.cg()).function_table = outer.unwrap_or(functions) };
        show(php, &hidden, code);
        if !table.is_null() {
            declare(php, table, copied);
        }
    });
    drop(hidden);
    drop(path);
    match (done, restored) {
        (Ok(code), Ok(())) => code,
        // SAFETY: no frame of this extension between here and the engine holds anything.
        _ => unsafe { sys::at_bailout() },
    }
}

/// At the end of a request: code that ran while a file was compiled may have been suspended for ever, and the tables go with the request.
pub(super) fn end(php: Php<'_>) {
    session::with(|s| s.yielding.compiling.clear());
    // SAFETY: the globals of this thread.
    unsafe { (*php.cg()).function_table = (*php.eg()).function_table };
}

/// The path of a file as the engine notes it in the code. What user code gives is read to its end: it does so before anything is hidden from that code.
fn path_of(_php: Php<'_>, file: &mut sys::zend_file_handle) -> Vec<u8> {
    // SAFETY: the engine's handle and its strings, alive during the call; what `zend_resolve_path` gives is released.
    unsafe {
        if sys::at_is_user_stream(file.filename) {
            let (mut text, mut length) = (ptr::null_mut(), 0);
            if sys::zend_stream_fixup(file, &raw mut text, &raw mut length) != sys::SUCCESS {
                return Vec::new();
            }
        }
        let resolved = if file.opened_path.is_null() { sys::at_resolve_path(file.filename) } else { ptr::null_mut() };
        let known = [file.opened_path, resolved, file.filename].into_iter().find(|path| !path.is_null());
        let path = known.map_or_else(Vec::new, |path| raw::string_bytes(path).to_vec());
        if !resolved.is_null() {
            sys::at_string_release(resolved);
        }
        path
    }
}

impl Yielding {
    /// The functions that give way to those of a file.
    fn functions_of(&self, path: &[u8]) -> Vec<FunctionEntry> {
        // SAFETY: functions of images. No PHP code runs.
        let source = unsafe { Source::assume() };
        let gives_way = |(function, bound): &(&*mut sys::zend_function, &YieldingFunction)| {
            let declared = source.get(function.cast::<sys::zend_op_array>()).map(|code| source.bytes(code.filename));
            bound.granted == Grant::No || !path.is_empty() && declared == Some(path)
        };
        let giving = self.functions.iter().filter(gives_way);
        giving.map(|(&function, bound)| FunctionEntry { key: bound.key, function }).collect()
    }

    /// The classes of a file.
    fn classes_of(&self, path: &[u8]) -> Vec<ClassEntry> {
        // SAFETY: the classes' files are strings of images.
        let source = unsafe { Source::assume() };
        let of_file = |entry: &&ClassEntry| !path.is_empty() && source.bytes(install::class_file(entry.class)) == path;
        self.classes.iter().filter(of_file).copied().collect()
    }
}

/// Moves what the compiler has added to `table`, behind what was `copied`, into the engine's. Calls the engine: inside `protect`.
fn declare(php: Php<'_>, table: *mut sys::HashTable, copied: u32) {
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
        let present: *mut sys::zend_function = raw::pointer(there);
        let granted = session::with(|s| s.yielding.functions.remove(&present)).map(|bound| bound.granted);
        // SAFETY: functions of this thread.
        let fits = granted.is_some_and(|granted| granted != Grant::No) && unsafe { install::can_stand_in(&*present, &*new) };
        if fits {
            // SAFETY: nothing refers to what the compiler has made a moment ago.
            unsafe { sys::destroy_op_array(new.cast()) };
        } else if granted == Some(Grant::No) || granted == Some(Grant::Unknown) && !is_called(php, bucket.key) {
            there.value.ptr = new.cast();
        } else {
            refused = Some((bucket.key, new));
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

/// Whether code that came with all that its creator has, and is in effect, was compiled against the function.
fn is_called(php: Php<'_>, name: *mut sys::zend_string) -> bool {
    let origins = session::with(|s| s.yielding.origins.clone());
    origins.iter().any(|origin| bind::is_called(php, origin, name))
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
                session::with(|s| s.yielding.forget(&[], &[entry.class]));
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

/// Gives an entry another name if it is still the one that was bound; whether it is. It keeps its place: opcache takes the last entries of a table for those that a file has added, by their number.
fn hide(table: *mut sys::HashTable, key: *mut sys::zend_string, bound: *mut std::ffi::c_void) -> bool {
    let name = hidden_name(key);
    // SAFETY: a table of this thread; its values are the first part of their buckets. The table has a reference of its own to the name.
    unsafe {
        let value = sys::zend_hash_find(table, key);
        let is_there = value.as_ref().is_some_and(|value| raw::pointer(value) == bound);
        if is_there {
            sys::zend_hash_set_bucket_key(table, value.cast(), name);
        }
        sys::at_string_release(name);
        is_there
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
