//! Binding on demand: a thread that did not take everything over gets what its code calls by name, when it needs it.
//!
//! Owner: the session. Threads: the one that needs a name. Invariants: whatever `INIT_FCALL` and class declarations in bound code trust in is bound with it;
//! a name the thread has already keeps its meaning. Classes are served where the engine asks for them: in front of the autoloaders.

use super::CodeError;
use super::give_way::{self, Grant};
use super::install;
use super::needs::{self, Need};
use super::raw::{self, Source};
use super::segment::{ClassEntry, FunctionEntry, Segment};
use super::session;
use super::snapshot::Snapshot;
use crate::sys;
use crate::zend::error::{self, Class};
use crate::zend::{Php, Raised};
use std::sync::OnceLock;

type Autoload = unsafe extern "C" fn(*mut sys::zend_string, *mut sys::zend_string) -> *mut sys::zend_class_entry;

static ENGINES: OnceLock<Autoload> = OnceLock::new();
static BEFORE: OnceLock<BeforeAutoloaders> = OnceLock::new();

/// What is called before the autoloaders of a thread are asked for a class, with its lower-cased name; whether to ask them.
pub(crate) type BeforeAutoloaders = fn(Php<'_>, &[u8]) -> Result<bool, Raised>;

/// MINIT, main thread.
pub(crate) fn before_autoloaders(body: BeforeAutoloaders) {
    let _ = BEFORE.set(body);
}

/// Comes in front of the engine's autoloading. MINIT, main thread.
pub(super) fn startup() {
    // SAFETY: MINIT: no other thread looks at the hook.
    unsafe {
        if let Some(engines) = sys::zend_autoload {
            let _ = ENGINES.set(engines);
            sys::zend_autoload = Some(autoload);
        }
    }
}

/// `zend_autoload`: a class that one of the snapshots this request draws from has; else the autoloaders are asked.
///
/// # Safety
/// By the engine alone, in an attached thread.
unsafe extern "C" fn autoload(name: *mut sys::zend_string, lower: *mut sys::zend_string) -> *mut sys::zend_class_entry {
    // SAFETY: the engine calls this in a request; nothing that needs dropping is alive behind this line when a bailout goes on.
    let served = unsafe { serve(Php::assume(), lower) };
    match served {
        Served::Class(class) => class,
        Served::Not => std::ptr::null_mut(),
        // SAFETY: the engine's own function, with the engine's arguments.
        Served::Unknown => ENGINES.get().map_or(std::ptr::null_mut(), |engines| unsafe { engines(name, lower) }),
        // SAFETY: no frame of ours holds anything.
        Served::Fatal => unsafe { sys::at_bailout() },
    }
}

enum Served {
    Class(*mut sys::zend_class_entry),
    Unknown,
    Not,
    Fatal,
}

fn serve(php: Php<'_>, lower: *mut sys::zend_string) -> Served {
    let sources = session::with(|s| s.sources.all().to_vec());
    let mut refused = None;
    for snapshot in sources {
        // SAFETY: the engine's string, alive during the call.
        let name = unsafe { Source::assume() }.bytes(lower);
        match class(php, &snapshot, name) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(CodeError::Fatal(_)) => return Served::Fatal,
            Err(reason) => {
                refused.get_or_insert(reason);
                continue;
            }
        }
        // SAFETY: the tables of this thread.
        let found = unsafe { sys::zend_hash_find((*php.eg()).class_table, lower) };
        // SAFETY: null or a value of the table.
        if let Some(value) = unsafe { found.as_ref() } {
            return Served::Class(raw::pointer(value));
        }
    }
    if let Some(reason) = refused {
        // "Class not found" would be the wrong story.
        return match error::throw(php, Class::Error, &reason.to_string()) {
            Raised::Exception => Served::Not,
            Raised::Bailout(_) => Served::Fatal,
        };
    }
    // SAFETY: the engine's string, alive during the call.
    let name = unsafe { Source::assume() }.bytes(lower);
    match BEFORE.get().map_or(Ok(true), |before| before(php, name)) {
        Ok(true) => Served::Unknown,
        Ok(false) | Err(Raised::Exception) => Served::Not,
        Err(Raised::Bailout(_)) => Served::Fatal,
    }
}

/// Lets this request draw from `snapshot` for the names its code uses. Returns the one to bind names from: that, or another that holds the same.
pub(super) fn draw_from(snapshot: &Snapshot) -> Snapshot {
    give_way::hook();
    snapshot.also().iter().for_each(|other| {
        draw_from(other);
    });
    session::with(|s| s.sources.add(snapshot, &mut s.pins))
}

/// Declares a class, its ancestors, and what their code takes for granted. False if the snapshot does not have it.
pub(super) fn class(php: Php<'_>, snapshot: &Snapshot, lower_name: &[u8]) -> Result<bool, CodeError> {
    if snapshot.class(lower_name).is_none() {
        return Ok(false);
    }
    let source = draw_from(snapshot);
    let Some((segment, entry)) = source.class(lower_name) else { return Ok(false) };
    Work::run(php, &source, |work| work.class(php, segment, entry))?;
    Ok(true)
}

/// Declares a function and what its code takes for granted. False if the snapshot does not have it.
pub(super) fn function(php: Php<'_>, snapshot: &Snapshot, lower_name: &[u8]) -> Result<bool, CodeError> {
    if snapshot.function(lower_name).is_none() {
        return Ok(false);
    }
    let source = draw_from(snapshot);
    let Some((_, entry)) = source.function(lower_name) else { return Ok(false) };
    // SAFETY: the tables of this thread.
    let functions = unsafe { (*php.eg()).function_table };
    Work::run(php, &source, |work| work.function(php, functions, entry.key, false))?;
    Ok(true)
}

/// Makes the names that `function` uses known to this request, which draws from `source`.
pub(super) fn code(php: Php<'_>, source: &Snapshot, function: *mut sys::zend_op_array) -> Result<(), CodeError> {
    Work::run(php, source, |work| {
        work.left.push(function);
        Ok(())
    })
}

/// Functions whose needs have not been looked at, and what has been added for those that have.
struct Work<'s> {
    snapshot: &'s Snapshot,
    left: Vec<*mut sys::zend_op_array>,
    needs: Vec<Need>,
    functions: Vec<FunctionEntry>,
    classes: Vec<*mut sys::zend_class_entry>,
}

impl<'s> Work<'s> {
    /// Begins with `start` and meets all needs that this leads to. When one cannot be met, nothing has been added: code must not be there without what it takes
    /// for granted.
    fn run(
        php: Php<'_>,
        snapshot: &'s Snapshot,
        start: impl FnOnce(&mut Work<'s>) -> Result<(), CodeError>,
    ) -> Result<(), CodeError> {
        let mut work = Work { snapshot, left: Vec::new(), needs: Vec::new(), functions: Vec::new(), classes: Vec::new() };
        let done = start(&mut work).and_then(|()| work.finish(php));
        // After a fatal error the tables go as a whole.
        if done.is_err() && !matches!(done, Err(CodeError::Fatal(_))) {
            work.undo(php);
        }
        done
    }

    fn undo(self, php: Php<'_>) {
        // SAFETY: the tables of this thread.
        let (functions, classes) = unsafe { (&mut *(*php.eg()).function_table, &mut *(*php.eg()).class_table) };
        // SAFETY: images that this request has pinned.
        let source = unsafe { Source::assume() };
        for entry in &self.functions {
            give_way::remove(functions, entry.key, entry.function.cast());
        }
        let added = |bucket: &&sys::Bucket| {
            raw::type_of(&bucket.val) != sys::IS_UNDEF && self.classes.contains(&raw::pointer(&bucket.val))
        };
        let keys: Vec<_> =
            source.buckets(classes).iter().filter(added).map(|bucket| (bucket.key, raw::pointer(&bucket.val))).collect();
        for (key, class) in keys {
            give_way::remove(classes, key, class);
        }
        session::with(|s| s.yielding.forget(&self.functions, &self.classes));
    }

    fn finish(&mut self, php: Php<'_>) -> Result<(), CodeError> {
        while let Some(function) = self.left.pop() {
            // SAFETY: an immutable function that this request has pinned.
            let source = unsafe { Source::assume() };
            self.check_classes(php, source, function)?;
            let needs = &mut self.needs;
            needs::of(source, function, &mut |need| needs.push(need));
            for need in std::mem::take(&mut self.needs) {
                self.meet(php, source, need)?;
            }
        }
        Ok(())
    }

    /// Sees to it that this thread has the classes that opcache's optimizer has seen when it compiled the function, before it can declare others of their names.
    fn check_classes(&mut self, php: Php<'_>, source: Source<'_>, function: *const sys::zend_op_array) -> Result<(), CodeError> {
        let Some(code) = source.get(function) else { return Ok(()) };
        if !install::is_opcaches(code) {
            return Ok(());
        }
        // SAFETY: the tables of this thread.
        let classes = unsafe { (*php.eg()).class_table };
        let snapshot = self.snapshot;
        let (mut conflict, mut missing) = (None, Vec::new());
        needs::mentions(source, function, &mut |name| {
            if conflict.is_none()
                && let Some((segment, entry)) = snapshot.class(name)
                && !raw::is_internal_class(source, entry.class)
                && source.bytes(install::class_file(entry.class)) == source.bytes(code.filename)
            {
                if !has(classes, entry.key) {
                    missing.push((segment, entry));
                } else if !install::is_class_compatible(classes, entry) {
                    conflict = Some(entry.key);
                }
            }
        });
        if let Some(name) = conflict {
            return Err(CodeError::ClassConflict(text(name)));
        }
        missing.into_iter().try_for_each(|(segment, entry)| self.class(php, segment, entry))
    }

    fn meet(&mut self, php: Php<'_>, source: Source<'_>, need: Need) -> Result<(), CodeError> {
        // SAFETY: the tables of this thread.
        let (functions, classes, constants) =
            unsafe { ((*php.eg()).function_table, (*php.eg()).class_table, (*php.eg()).zend_constants) };
        match need {
            Need::Function(name) => self.function(php, functions, name, true),
            Need::FunctionByName(name, fallback) => {
                if self.snapshot.function(source.bytes(name)).is_some() {
                    self.function(php, functions, name, false)
                } else {
                    self.function(php, functions, fallback, false)
                }
            }
            Need::Declaration(key, name) => {
                if has(classes, key) || has(classes, name) {
                    return Ok(());
                }
                let wanted = self.snapshot.class(source.bytes(key)).or_else(|| self.snapshot.class(source.bytes(name)));
                match wanted {
                    Some((segment, entry)) => self.class(php, segment, entry),
                    None => Err(CodeError::Missing(text(name))),
                }
            }
            // Served by `autoload`.
            Need::Class(_) | Need::ClassAsWritten(_) => Ok(()),
            Need::Constant(name, fallback) => self.constant(php, constants, [source.bytes(name), source.bytes(fallback)]),
            Need::ConstantAsWritten(name, is_unqualified) => {
                let key = needs::constant_key(source.bytes(name));
                let fallback = if is_unqualified { needs::unqualified(&key) } else { &key };
                self.constant(php, constants, [&key, fallback])
            }
        }
    }

    /// Declares the first of these that the snapshot has and this thread lacks.
    fn constant(&self, php: Php<'_>, constants: *mut sys::HashTable, keys: [&[u8]; 2]) -> Result<(), CodeError> {
        for key in keys {
            if find(constants, key).is_null()
                && let Some(entry) = self.snapshot.constant(key)
            {
                return install::constant(php, entry);
            }
        }
        Ok(())
    }

    fn function(
        &mut self,
        php: Php<'_>,
        functions: *mut sys::HashTable,
        name: *mut sys::zend_string,
        granted: bool,
    ) -> Result<(), CodeError> {
        // SAFETY: the name is a literal of pinned code.
        let source = unsafe { Source::assume() };
        let present = present(functions, name);
        let known = !present.is_null();
        if granted {
            session::with(|s| s.yielding.grant(present));
        }
        let Some((segment, entry)) = self.snapshot.function(source.bytes(name)) else {
            return if granted && !known { Err(CodeError::Missing(text(name))) } else { Ok(()) };
        };
        if known {
            let fits = install::is_function_compatible(functions, entry);
            return if granted && !fits { Err(CodeError::FunctionConflict(text(name))) } else { Ok(()) };
        }
        install::function(php, segment, entry)?;
        self.functions.push(entry);
        session::with(|s| s.yielding.function(entry, if granted { Grant::Yes } else { Grant::No }));
        self.left.push(entry.function.cast());
        Ok(())
    }

    fn class(&mut self, php: Php<'_>, segment: &Segment, entry: ClassEntry) -> Result<(), CodeError> {
        // SAFETY: classes of images, or of the process; immutable.
        let source = unsafe { Source::assume() };
        let mut added = Vec::new();
        install::class(php, segment, entry, &mut added)?;
        self.classes.extend(&added);
        for class in added.into_iter().filter_map(|class| source.get(class)) {
            // Under the name its file would declare it by.
            let lower = source.bytes(class.name).to_ascii_lowercase();
            // Not anonymous ones: code that declares one takes it for granted.
            if !lower.contains(&0)
                && let Some((_, entry)) = self.snapshot.class(&lower)
            {
                session::with(|s| s.yielding.class(entry));
            }
            each_method(source, class, &mut |method| self.left.push(method));
            let mut needs = Vec::new();
            needs::of_class(source, class, &mut |need| needs.push(need));
            for need in needs {
                self.meet(php, source, need)?;
            }
        }
        Ok(())
    }
}

/// Calls `found` with each method and hook of a class that is written in PHP.
fn each_method(source: Source<'_>, class: &sys::zend_class_entry, found: &mut dyn FnMut(*mut sys::zend_op_array)) {
    if raw::is_internal(class) {
        return;
    }
    for bucket in source.buckets(&class.function_table) {
        let method = raw::pointer(&bucket.val);
        if is_user_code(source, method) {
            found(method);
        }
    }
    #[cfg(php84)]
    for bucket in source.buckets(&class.properties_info) {
        let Some(info) = source.get(raw::pointer::<sys::zend_property_info>(&bucket.val)) else { continue };
        for &hook in source.slice(info.hooks, sys::ZEND_PROPERTY_HOOK_COUNT as usize) {
            if is_user_code(source, hook.cast()) {
                found(hook.cast());
            }
        }
    }
}

/// Whether code of the snapshot that this thread has, or is to get, calls a function in the knowledge of how it looks.
pub(super) fn is_called(php: Php<'_>, snapshot: &Snapshot, name: *mut sys::zend_string) -> bool {
    // SAFETY: images that the caller has pinned; immutable.
    let source = unsafe { Source::assume() };
    let wanted = source.bytes(name);
    let mut called = false;
    each_function(php, source, snapshot, &mut |function| {
        needs::of(source, function, &mut |need| {
            called |= matches!(need, Need::Function(other) if source.bytes(other) == wanted);
        });
    });
    called
}

/// Whether such code that was compiled together with the class mentions it.
pub(super) fn is_mentioned(php: Php<'_>, snapshot: &Snapshot, entry: ClassEntry) -> bool {
    // SAFETY: images that the caller has pinned; immutable.
    let source = unsafe { Source::assume() };
    let (file, wanted) = (source.bytes(install::class_file(entry.class)), source.bytes(entry.key));
    let mut mentioned = false;
    each_function(php, source, snapshot, &mut |function| {
        if source.get(function).is_some_and(|code| install::is_opcaches(code) && source.bytes(code.filename) == file) {
            needs::mentions(source, function, &mut |name| mentioned |= name == wanted);
        }
    });
    mentioned
}

/// Calls `found` with the functions and methods of a snapshot, but for those in whose place this thread has others.
fn each_function(php: Php<'_>, source: Source<'_>, snapshot: &Snapshot, found: &mut dyn FnMut(*mut sys::zend_op_array)) {
    // SAFETY: the tables of this thread.
    let (functions, classes) = unsafe { ((*php.eg()).function_table, (*php.eg()).class_table) };
    let counts = |table, key, own: *const std::ffi::c_void| {
        // SAFETY: a table of this thread; null or one of its values.
        let present = unsafe { sys::zend_hash_find(table, key).as_ref() };
        present.is_none_or(|value| raw::pointer::<std::ffi::c_void>(value).cast_const() == own)
    };
    for segment in snapshot.segments() {
        for entry in segment.functions.iter().filter(|entry| counts(functions, entry.key, entry.function.cast())) {
            found(entry.function.cast());
        }
        let in_effect = segment.classes.iter().filter(|entry| counts(classes, entry.key, entry.class.cast()));
        for class in in_effect.filter_map(|entry| source.get(entry.class)) {
            each_method(source, class, found);
        }
    }
}

fn is_user_code(source: Source<'_>, function: *const sys::zend_op_array) -> bool {
    source.get(function).is_some_and(|f| u32::from(f.type_) == sys::ZEND_USER_FUNCTION)
}

/// The function that a table has under the name, or null.
fn present(table: *mut sys::HashTable, name: *mut sys::zend_string) -> *mut sys::zend_function {
    // SAFETY: a table of this thread, a literal of pinned code.
    unsafe { sys::zend_hash_find(table, name).as_ref() }.map_or(std::ptr::null_mut(), raw::pointer)
}

fn has(table: *mut sys::HashTable, name: *mut sys::zend_string) -> bool {
    // SAFETY: a table of this thread, a literal of pinned code.
    unsafe { !sys::zend_hash_find(table, name).is_null() }
}

fn find(table: *const sys::HashTable, key: &[u8]) -> *mut sys::zval {
    // SAFETY: a table of this thread.
    unsafe { sys::zend_hash_str_find(table, key.as_ptr().cast(), key.len()) }
}

/// A name of pinned code as text.
pub(super) fn text(name: *mut sys::zend_string) -> String {
    // SAFETY: the caller's name is a string of code that this request has pinned.
    String::from_utf8_lossy(unsafe { raw::string_bytes(name) }).into_owned()
}

/// Whether code uses names that are not the engine's own or an extension's.
pub(super) fn uses_names(php: Php<'_>, source: Source<'_>, function: *const sys::zend_op_array) -> bool {
    // SAFETY: the tables of this thread.
    let eg = unsafe { &*php.eg() };
    let mut uses = false;
    needs::of(source, function, &mut |need| {
        uses |= match need {
            Need::Function(name) => !is_internal_function(source, eg, source.bytes(name)),
            Need::FunctionByName(name, fallback) => {
                [name, fallback].into_iter().all(|name| !is_internal_function(source, eg, source.bytes(name)))
            }
            Need::Declaration(..) => true,
            Need::Class(name) => !is_internal_class(source, eg, source.bytes(name)),
            Need::ClassAsWritten(name) => !is_internal_class(source, eg, &source.bytes(name).to_ascii_lowercase()),
            Need::Constant(name, fallback) => {
                [name, fallback].into_iter().all(|name| !is_internal_constant(source, eg, source.bytes(name)))
            }
            Need::ConstantAsWritten(name, _) => {
                let key = needs::constant_key(source.bytes(name));
                [&key, needs::unqualified(&key)].into_iter().all(|key| !is_internal_constant(source, eg, key))
            }
        };
    });
    uses
}

fn is_internal_function(source: Source<'_>, eg: &sys::zend_executor_globals, key: &[u8]) -> bool {
    let found = source.get(find(eg.function_table, key));
    found
        .and_then(|value| source.get(raw::pointer::<sys::zend_internal_function>(value)))
        .is_some_and(|f| u32::from(f.type_) == sys::ZEND_INTERNAL_FUNCTION)
}

fn is_internal_class(source: Source<'_>, eg: &sys::zend_executor_globals, key: &[u8]) -> bool {
    let found = source.get(find(eg.class_table, key));
    found.and_then(|value| source.get(raw::pointer::<sys::zend_class_entry>(value))).is_some_and(raw::is_internal)
}

fn is_internal_constant(source: Source<'_>, eg: &sys::zend_executor_globals, key: &[u8]) -> bool {
    let found = source.get(find(eg.zend_constants, key));
    found
        .and_then(|value| source.get(raw::pointer::<sys::zend_constant>(value)))
        .is_some_and(|c| raw::constant_flags(&c.value) >> 8 != sys::PHP_USER_CONSTANT)
}
