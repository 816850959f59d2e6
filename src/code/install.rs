//! Installing: putting images into the tables of this thread's request.
//!
//! Owner: nobody. Threads: a worker's, or any thread that learns of new names. Invariants: the images are pinned before their pointers get into a table; a name the thread
//! has already keeps its meaning; nothing that needs dropping is alive while the engine is called, for running out of memory jumps away.

use super::CodeError;
use super::environment::Environment;
use super::raw;
use super::segment::{ClassEntry, ConstantEntry, FunctionEntry, Segment};
use crate::sys;
use crate::zend::{Bailout, Php, protect};
use std::ptr;

/// Applies working directory, ini settings and so on.
pub(super) fn environment(php: Php<'_>, environment: &Environment) -> Result<(), Bailout> {
    protect(php, |php| environment.apply(php))
}

/// Names that a thread has in another version, which code compiled in the creator could not use.
#[derive(Default)]
pub(super) struct Conflicts {
    pub(super) functions: Vec<FunctionEntry>,
    pub(super) classes: Vec<ClassEntry>,
}

/// Looks for such names before anything is added.
pub(super) fn conflicts(php: Php<'_>, segments: &[&Segment]) -> Conflicts {
    // SAFETY: the globals of this thread, and its tables.
    let (eg, functions, classes) = unsafe {
        let eg = &*php.eg();
        (eg, eg.function_table, eg.class_table)
    };
    let mut conflicts = Conflicts::default();
    // SAFETY: as above. A fresh request has nothing that could be in the way.
    let is_fresh =
        unsafe { (*functions).nNumUsed == eg.persistent_functions_count && (*classes).nNumUsed == eg.persistent_classes_count };
    if !is_fresh {
        for segment in segments {
            conflicts.classes.extend(segment.classes.iter().filter(|entry| !is_class_compatible(classes, **entry)));
            conflicts.functions.extend(segment.functions.iter().filter(|entry| !is_function_compatible(functions, **entry)));
        }
    }
    conflicts
}

/// Adds everything that is missing. The caller has pinned the images.
pub(super) fn segments(php: Php<'_>, segments: &[&Segment]) -> Result<(), CodeError> {
    protect(php, |php| {
        for segment in segments {
            prepare(php, segment);
            // SAFETY: the tables of this thread.
            let eg = unsafe { &mut *php.eg() };
            for entry in &segment.classes {
                add_class(eg.class_table, *entry);
            }
            for entry in &segment.functions {
                add_function(eg.function_table, *entry);
            }
            for entry in &segment.constants {
                add_constant(eg.zend_constants, *entry);
            }
            for &file in &segment.included {
                // SAFETY: a table of this thread and a string that outlives the request.
                unsafe { sys::zend_hash_add_empty_element(&raw mut eg.included_files, file) };
            }
        }
    })
    .map_err(CodeError::Fatal)
}

/// Adds one class and its ancestors; `added` gets those that were missing. The caller has pinned the images.
pub(super) fn class(
    php: Php<'_>,
    segment: &Segment,
    entry: ClassEntry,
    added: &mut Vec<*mut sys::zend_class_entry>,
) -> Result<(), CodeError> {
    protect(php, |php| {
        prepare(php, segment);
        // SAFETY: the tables of this thread.
        let table = unsafe { (*php.eg()).class_table };
        add_ancestors(table, entry.class, added);
        if add_class(table, entry) {
            added.push(entry.class);
        }
    })
    .map_err(CodeError::Fatal)
}

/// Adds one function. The caller has pinned the images.
pub(super) fn function(php: Php<'_>, segment: &Segment, entry: FunctionEntry) -> Result<(), CodeError> {
    protect(php, |php| {
        prepare(php, segment);
        // SAFETY: the tables of this thread.
        add_function(unsafe { (*php.eg()).function_table }, entry);
    })
    .map_err(CodeError::Fatal)
}

/// Adds one constant. The caller has pinned the images.
pub(super) fn constant(php: Php<'_>, entry: ConstantEntry) -> Result<(), CodeError> {
    // SAFETY: the tables of this thread.
    protect(php, |php| add_constant(unsafe { (*php.eg()).zend_constants }, entry)).map_err(CodeError::Fatal)
}

/// Whether the function that the table has under the name can be called by code compiled against `entry`.
pub(super) fn is_function_compatible(table: *mut sys::HashTable, entry: FunctionEntry) -> bool {
    // SAFETY: a table of this thread; what it holds, and the image, are functions.
    unsafe {
        let there = sys::zend_hash_find(table, entry.key);
        there.is_null() || can_stand_in(&*raw::pointer::<sys::zend_function>(&*there), &*entry.function)
    }
}

/// Whether code compiled together with the class of `entry` finds that very class in the table: opcache lets such code rely on what it has seen of the class.
pub(super) fn is_class_compatible(table: *mut sys::HashTable, entry: ClassEntry) -> bool {
    // SAFETY: a class of an image, or of the process.
    if raw::is_internal(unsafe { &*entry.class }) || !is_permanent(class_file(entry.class)) {
        return true;
    }
    // SAFETY: a table of this thread; what it holds are classes.
    let present: *mut sys::zend_class_entry = unsafe {
        let there = sys::zend_hash_find(table, entry.key);
        if there.is_null() {
            return true;
        }
        raw::pointer(&*there)
    };
    ptr::eq(present, entry.class) || same_declaration(present, entry.class)
}

/// The file that a class written in PHP was declared in.
pub(super) fn class_file(class: *const sys::zend_class_entry) -> *const sys::zend_string {
    // SAFETY: a class of an image, or of the process, written in PHP: it has this variant.
    unsafe { (*class).info.user.filename }
}

/// Whether opcache has the code of a function, in shared memory or from its file cache. The name of its file tells: images have names of their own, and what the engine has
/// just compiled, whose file may have a name that opcache knows from elsewhere, counts references.
pub(super) fn is_opcaches(code: &sys::zend_op_array) -> bool {
    code.refcount.is_null() && is_permanent(code.filename)
}

fn is_permanent(string: *const sys::zend_string) -> bool {
    // SAFETY: null or a string of code that is alive.
    unsafe { string.as_ref() }.is_some_and(|string| raw::gc_info(&string.gc) & sys::IS_STR_PERMANENT != 0)
}

/// Two links of what opcache holds of one declaration.
fn same_declaration(a: *const sys::zend_class_entry, b: *const sys::zend_class_entry) -> bool {
    // SAFETY: classes of images, of the process, or of this thread's table.
    unsafe { !raw::is_internal(&*a) && class_file(a) == class_file(b) && (*a).info.user.line_start == (*b).info.user.line_start }
}

/// Makes room for the per-thread parts of what a segment brings.
fn prepare(php: Php<'_>, segment: &Segment) {
    extend_map_ptr(php, segment.map_ptr_last);
    // SAFETY: asks for a size.
    let size = unsafe { sys::zend_internal_run_time_cache_reserved_size() };
    if size == 0 {
        return;
    }
    // Only observers of internal functions use these; the engine makes them when it links an enum.
    for &slot in &segment.internal_caches {
        let mut field = ptr::without_provenance_mut::<std::ffi::c_void>(slot);
        // SAFETY: a slot of this thread's table; the memory lives as long as the request.
        unsafe {
            if sys::at_map_ptr_get((&raw mut field).cast()).is_null() {
                let cache = sys::at_code_arena_calloc(size);
                sys::at_map_ptr_set((&raw mut field).cast(), cache);
            }
        }
    }
}

/// Makes this thread's `map_ptr` table as large as the creator's was.
fn extend_map_ptr(_php: Php<'_>, last: usize) {
    // SAFETY: attached and in a request; the engine grows and zeroes its own table.
    unsafe {
        if sys::at_map_ptr_last() < last {
            sys::zend_map_ptr_extend(last);
        }
    }
}

/// The same on its own.
pub(super) fn map_ptr_room(php: Php<'_>, last: usize) -> Result<(), CodeError> {
    protect(php, |php| extend_map_ptr(php, last)).map_err(CodeError::Fatal)
}

fn add_ancestors(table: *mut sys::HashTable, class: *mut sys::zend_class_entry, added: &mut Vec<*mut sys::zend_class_entry>) {
    // SAFETY: classes of images or of the process, immutable.
    let entry = unsafe { &*class };
    if raw::is_internal(entry) || entry.ce_flags & sys::ZEND_ACC_LINKED == 0 {
        return;
    }
    let parent = raw::parent(entry);
    if !parent.is_null() {
        add_ancestor(table, parent, added);
    }
    for i in 0..entry.num_interfaces as usize {
        // SAFETY: a linked class has this many interfaces.
        add_ancestor(table, unsafe { *raw::interfaces(entry).add(i) }, added);
    }
}

fn add_ancestor(table: *mut sys::HashTable, class: *mut sys::zend_class_entry, added: &mut Vec<*mut sys::zend_class_entry>) {
    add_ancestors(table, class, added);
    // SAFETY: a class of an image, or of the process.
    let entry = unsafe { &*class };
    if raw::is_internal(entry) {
        return;
    }
    // SAFETY: makes a lower-cased copy of the name, released below.
    unsafe {
        let key = sys::zend_string_tolower_ex(entry.name, false);
        if add_class(table, ClassEntry { key, class, alias: false }) {
            added.push(class);
        }
        sys::at_string_release(key);
    }
}

/// Whether the name was missing.
fn add_class(table: *mut sys::HashTable, entry: ClassEntry) -> bool {
    let kind = if entry.alias { sys::IS_ALIAS_PTR } else { sys::IS_PTR };
    let mut value = raw::pointer_value(kind, entry.class, raw::NO_EXTRA);
    // SAFETY: a table of this thread; key and class outlive the request.
    unsafe {
        let there = sys::zend_hash_find(table, entry.key);
        if there.is_null() {
            sys::zend_hash_add_new(table, entry.key, &raw mut value);
            return true;
        }
        // An anonymous class that its creator linked since: the same declaration, so the linked one takes its place.
        let present: *mut sys::zend_class_entry = raw::pointer(&*there);
        let unlinked = |class: *mut sys::zend_class_entry| (*class).ce_flags & sys::ZEND_ACC_LINKED == 0;
        if unlinked(present) && (*present).ce_flags & sys::ZEND_ACC_IMMUTABLE != 0 && !unlinked(entry.class) {
            (*there).value.ptr = entry.class.cast();
        }
        false
    }
}

fn add_function(table: *mut sys::HashTable, entry: FunctionEntry) {
    let mut value = raw::pointer_value(sys::IS_PTR, entry.function, raw::NO_EXTRA);
    // SAFETY: a table of this thread; key and function outlive the request. Adds nothing where the name is taken.
    unsafe { sys::zend_hash_add(table, entry.key, &raw mut value) };
}

/// Whether calls compiled against `expected` may reach `present`: frame size and by-reference arguments are fixed in the calling code.
pub(super) fn can_stand_in(present: &sys::zend_function, expected: &sys::zend_function) -> bool {
    if ptr::eq(present, expected) {
        return true;
    }
    // SAFETY: the type says which variant each is.
    unsafe {
        if u32::from(present.type_) != sys::ZEND_USER_FUNCTION {
            return false;
        }
        let (present, expected) = (&present.op_array, &expected.op_array);
        if is_opcaches(expected) {
            // It is called so from its own file alone, whose optimizer has seen what it does and returns.
            return ptr::eq(present.opcodes, expected.opcodes);
        }
        let frame = |f: &sys::zend_op_array| f.last_var as u32 + f.T;
        present.arg_flags == expected.arg_flags && present.num_args == expected.num_args && frame(present) <= frame(expected)
    }
}

fn add_constant(table: *mut sys::HashTable, entry: ConstantEntry) {
    // SAFETY: a table of this thread; key, name and value outlive the request. The engine frees the structure with the table.
    unsafe {
        if !sys::zend_hash_find(table, entry.key).is_null() {
            return;
        }
        let mut value = entry.value;
        if raw::type_of(&value) == sys::IS_CONSTANT_AST {
            if sys::zval_update_constant_ex(&raw mut value, ptr::null_mut()) != sys::SUCCESS {
                sys::zend_clear_exception();
                return;
            }
            value.u2 = entry.value.u2;
        }
        let constant = sys::at_emalloc(size_of::<sys::zend_constant>()).cast::<sys::zend_constant>();
        constant.write(sys::zend_constant { value, name: entry.name });
        let mut slot = raw::pointer_value(sys::IS_PTR, constant, raw::NO_EXTRA);
        sys::zend_hash_add_new(table, entry.key, &raw mut slot);
    }
}
