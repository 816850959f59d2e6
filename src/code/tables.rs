//! `Tables`: reading this thread's functions, classes, constants and included files into segments, each entry once.
//!
//! Owner: the session. Threads: the creator's. Invariants: tables only grow during a request, so what lies below a mark has been taken; exceptions, all rechecked:
//! classes that were not linked yet, whose declaration renames or replaces their entry in place.

use super::CodeError;
use super::arena::Arena;
use super::environment::Environment;
use super::give_way::Yielding;
use super::images::{Images, Pins, new_arena};
use super::needs::{self, Need};
use super::persist::{Persist, Seen};
use super::raw::{self, Source};
use super::segment::{ClassEntry, ConstantEntry, FunctionEntry, Segment};
use super::snapshot::{Part, Snapshot};
use crate::sys;
use crate::zend::Php;
use std::ptr;
use std::sync::{Arc, OnceLock};

/// Size of the first block of a segment's memory.
const FIRST_BLOCK: usize = 16 << 10;

/// How much of a table has been taken.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Mark {
    used: u32,
    /// Address of the key of the last entry taken: tells a table that was packed anew from one that grew.
    last_key: usize,
}

impl Mark {
    fn of(source: Source<'_>, table: &sys::HashTable) -> Mark {
        let last_key = source.buckets(table).last().map_or(0, |b| raw::address(b.key));
        Mark { used: table.nNumUsed, last_key }
    }

    /// Where to go on reading: behind the mark, or at `start` if the table is not the one that was marked.
    fn resume(self, source: Source<'_>, table: &sys::HashTable, start: u32) -> usize {
        let entries = source.buckets(table);
        let same = match (self.used as usize).checked_sub(1) {
            Some(last) => entries.get(last).is_some_and(|b| raw::address(b.key) == self.last_key),
            None => true,
        };
        if same && self.used >= start { self.used as usize } else { start as usize }
    }
}

/// An entry of the class table that may change in place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Unsettled {
    index: usize,
    key: usize,
    class: usize,
    linked: bool,
}

/// See the module's header.
#[derive(Default)]
pub(super) struct Tables {
    functions: Mark,
    classes: Mark,
    constants: Mark,
    included: Mark,
    unsettled: Vec<Unsettled>,
    seen: Seen,
    last: Option<Snapshot>,
}

/// The four tables, as found.
struct Found<'b> {
    functions: &'b sys::HashTable,
    classes: &'b sys::HashTable,
    constants: &'b sys::HashTable,
    included: &'b sys::HashTable,
    eg: &'b sys::zend_executor_globals,
}

/// A segment in the making.
#[derive(Default)]
struct Draft {
    classes: Vec<ClassEntry>,
    functions: Vec<FunctionEntry>,
    constants: Vec<ConstantEntry>,
    included: Vec<*mut sys::zend_string>,
}

impl Tables {
    /// The image of a class of this thread, if one has been built.
    pub(super) fn class_image(&self, class: *mut sys::zend_class_entry) -> Option<*mut sys::zend_class_entry> {
        self.seen.classes.get(&raw::address(class)).copied()
    }

    /// The memory that `class_image` leads into.
    pub(super) fn images(&self) -> impl Iterator<Item = &Arc<Images>> {
        self.last.iter().flat_map(|last| last.segments()).map(|segment| &segment.images)
    }

    /// Whether this request has nothing yet that a snapshot would take.
    pub(super) fn is_fresh(php: Php<'_>) -> bool {
        // SAFETY: the globals and tables of this thread; no PHP code runs until this function returns.
        let (source, eg) = unsafe { (Source::assume(), &*php.eg()) };
        let tables = (source.get(eg.function_table), source.get(eg.class_table), source.get(eg.zend_constants));
        let (Some(functions), Some(classes), Some(constants)) = tables else { return false };
        // What the engine adds for a request are constants, but not the user's.
        let is_users = |bucket: &sys::Bucket| constant_of(source, bucket).is_some_and(is_users_constant);
        functions.nNumUsed == eg.persistent_functions_count
            && classes.nNumUsed == eg.persistent_classes_count
            && eg.included_files.nNumUsed == 0
            && !source.buckets(constants).iter().skip(eg.persistent_constants_count as usize).any(is_users)
    }

    /// Of a request that was fresh and has all of `snapshot` now: what it gives others is the same, not a copy of it, as long as nothing is added.
    pub(super) fn holding(php: Php<'_>, snapshot: Snapshot) -> Option<Tables> {
        // SAFETY: as in `is_fresh`.
        let (source, eg) = unsafe { (Source::assume(), &*php.eg()) };
        let (functions, classes) = (source.get(eg.function_table)?, source.get(eg.class_table)?);
        let waiting = |index: usize| {
            let bucket = source.buckets(classes).get(index)?;
            let class: &sys::zend_class_entry = source.get(raw::pointer(&bucket.val))?;
            let settled = is_linked(class) && !waits_for_declaration(source, class, bucket.key);
            if settled { None } else { unsettled_now(source, classes, index) }
        };
        Some(Tables {
            functions: Mark::of(source, functions),
            classes: Mark::of(source, classes),
            constants: Mark::of(source, source.get(eg.zend_constants)?),
            included: Mark::of(source, &eg.included_files),
            unsettled: (eg.persistent_classes_count as usize..classes.nNumUsed as usize).filter_map(waiting).collect(),
            seen: Seen::default(),
            last: Some(snapshot),
        })
    }

    /// Takes what is new and returns the whole. As long as nothing is new it is one and the same.
    pub(super) fn snapshot(
        &mut self,
        php: Php<'_>,
        pins: &Pins,
        yielding: &Yielding,
        part: Part,
    ) -> Result<&Snapshot, CodeError> {
        // SAFETY: no PHP code runs until this function returns; all pointers are read from this thread's tables.
        let source = unsafe { Source::assume() };
        // SAFETY: the globals of this thread.
        let eg = unsafe { &*php.eg() };
        let tables = (source.get(eg.function_table), source.get(eg.class_table), source.get(eg.zend_constants));
        if let (Some(functions), Some(classes), Some(constants)) = tables {
            let found = Found { functions, classes, constants, included: &eg.included_files, eg };
            if self.changed(source, &found) {
                let segment = self.take(source, &found, pins, yielding)?;
                let segments = self.last.iter().flat_map(|last| last.segments()).cloned().chain([Arc::new(segment)]).collect();
                let environment = self.last.as_ref().map_or_else(Arc::default, |last| last.environment().clone());
                self.last = Some(Snapshot::new(segments, environment));
            }
        }
        let last = self.last.get_or_insert_with(|| Snapshot::new(Arc::default(), Arc::default()));
        if part == Part::All && !last.environment().is_current(php, source) {
            *last = last.with_environment(Environment::capture(php, source));
        }
        Ok(last)
    }

    fn changed(&self, source: Source<'_>, found: &Found<'_>) -> bool {
        self.functions != Mark::of(source, found.functions)
            || self.classes != Mark::of(source, found.classes)
            || self.constants != Mark::of(source, found.constants)
            || self.included != Mark::of(source, found.included)
            || self.unsettled.iter().any(|u| unsettled_now(source, found.classes, u.index) != Some(*u))
    }

    fn take(&mut self, source: Source<'_>, found: &Found<'_>, pins: &Pins, yielding: &Yielding) -> Result<Segment, CodeError> {
        let arena: Arena = new_arena(FIRST_BLOCK);
        let mut draft = Draft::default();
        let mut persist = Persist::new(source, &arena, &mut self.seen, pins);

        let from = self.classes.resume(source, found.classes, found.eg.persistent_classes_count);
        let mut indices: Vec<usize> = self
            .unsettled
            .iter()
            .filter(|u| u.index < from && unsettled_now(source, found.classes, u.index) != Some(**u))
            .map(|u| u.index)
            .collect();
        indices.extend(from..found.classes.nNumUsed as usize);
        self.unsettled.retain(|u| !indices.contains(&u.index));
        for index in indices {
            self.unsettled.extend(draft.class(&mut persist, found.eg, found.classes, index)?);
        }
        let from = self.functions.resume(source, found.functions, found.eg.persistent_functions_count);
        for bucket in &source.buckets(found.functions)[from.min(found.functions.nNumUsed as usize)..] {
            draft.function(&mut persist, bucket)?;
        }
        let from = self.constants.resume(source, found.constants, found.eg.persistent_constants_count);
        for bucket in &source.buckets(found.constants)[from.min(found.constants.nNumUsed as usize)..] {
            draft.constant(&mut persist, bucket);
        }
        let files = source.buckets(found.included);
        let from = self.included.resume(source, found.included, 0);
        for bucket in &files[from.min(files.len())..] {
            if raw::type_of(&bucket.val) != sys::IS_UNDEF {
                draft.included.push(persist.string(bucket.key));
            }
        }

        let built = persist.finish();
        self.functions = Mark::of(source, found.functions);
        self.classes = Mark::of(source, found.classes);
        self.constants = Mark::of(source, found.constants);
        self.included = Mark::of(source, found.included);
        Ok(Segment {
            images: Images::new(arena, built.slots, built.keeps),
            came: yielding.among(&draft.functions, &draft.classes),
            classes: draft.classes,
            functions: draft.functions,
            constants: draft.constants,
            included: draft.included,
            internal_caches: built.internal_caches,
            // SAFETY: reads a number of this thread's globals.
            map_ptr_last: unsafe { sys::at_map_ptr_last() },
            index: OnceLock::new(),
        })
    }
}

fn is_linked(class: &sys::zend_class_entry) -> bool {
    raw::is_internal(class) || class.ce_flags & sys::ZEND_ACC_LINKED != 0
}

/// Whether a linked class is not under its name yet: one without ancestors is linked before its declaration is run.
fn waits_for_declaration(source: Source<'_>, class: &sys::zend_class_entry, key: *mut sys::zend_string) -> bool {
    source.bytes(key).contains(&0) && !source.bytes(class.name).contains(&0)
}

/// What an entry of the table of constants holds.
fn constant_of<'b>(source: Source<'b>, bucket: &sys::Bucket) -> Option<&'b sys::zend_constant> {
    if raw::type_of(&bucket.val) == sys::IS_PTR { source.get(raw::pointer(&bucket.val)) } else { None }
}

fn is_users_constant(constant: &sys::zend_constant) -> bool {
    raw::constant_flags(&constant.value) >> 8 == sys::PHP_USER_CONSTANT
}

/// The state of an entry of the class table, if there is one.
fn unsettled_now(source: Source<'_>, classes: &sys::HashTable, index: usize) -> Option<Unsettled> {
    let bucket = source.buckets(classes).get(index)?;
    let class: *mut sys::zend_class_entry = raw::pointer(&bucket.val);
    let linked = source.get(class)?.ce_flags & sys::ZEND_ACC_LINKED != 0;
    Some(Unsettled { index, key: raw::address(bucket.key), class: raw::address(class), linked })
}

/// The key that the class `name` had before the declaration of it that is on the stack.
fn declaration_under_way(
    source: Source<'_>,
    eg: &sys::zend_executor_globals,
    name: *mut sys::zend_string,
) -> Option<*mut sys::zend_string> {
    let mut frame = source.get(eg.current_execute_data);
    while let Some(execute_data) = frame {
        let function = source.get(execute_data.func.cast::<sys::zend_op_array>());
        if function.is_some_and(|f| u32::from(f.type_) != sys::ZEND_INTERNAL_FUNCTION)
            && let Some(op) = source.get(execute_data.opline)
            && let Some(Need::Declaration(key, declared)) = needs::of_opline(source, op)
            && source.bytes(declared) == source.bytes(name)
        {
            return Some(key);
        }
        frame = source.get(execute_data.prev_execute_data);
    }
    None
}

impl Draft {
    /// Takes one entry of the class table; what may change later is returned to be looked at again.
    fn class(
        &mut self,
        persist: &mut Persist<'_>,
        eg: &sys::zend_executor_globals,
        classes: &sys::HashTable,
        index: usize,
    ) -> Result<Option<Unsettled>, CodeError> {
        let source = persist.source;
        let Some(bucket) = source.buckets(classes).get(index) else { return Ok(None) };
        let kind = raw::type_of(&bucket.val);
        if kind != sys::IS_PTR && kind != sys::IS_ALIAS_PTR {
            return Ok(None);
        }
        let alias = kind == sys::IS_ALIAS_PTR;
        let old: *mut sys::zend_class_entry = raw::pointer(&bucket.val);
        let Some(entry) = source.get(old) else { return Ok(None) };
        if raw::is_internal(entry) && !alias {
            return Ok(None);
        }
        if is_linked(entry) {
            let class = persist.class(old)?;
            self.classes.push(ClassEntry { key: persist.string(bucket.key), class, alias });
            return Ok(if waits_for_declaration(source, entry, bucket.key) {
                unsettled_now(source, classes, index)
            } else {
                None
            });
        }
        // Anonymous classes, and those that wait for their declaration, have a NUL in their key. Without one, a class is being declared right now (its
        // autoloader started this thread): there it waits for its declaration again.
        let key = if source.bytes(bucket.key).contains(&0) {
            bucket.key
        } else {
            declaration_under_way(source, eg, bucket.key).unwrap_or(ptr::null_mut())
        };
        if !key.is_null()
            && let Some(class) = persist.unlinked_class(old)?
        {
            self.classes.push(ClassEntry { key: persist.string(key), class, alias });
        }
        Ok(unsettled_now(source, classes, index))
    }

    fn function(&mut self, persist: &mut Persist<'_>, bucket: &sys::Bucket) -> Result<(), CodeError> {
        let old: *mut sys::zend_op_array = raw::pointer(&bucket.val);
        let Some(function) = persist.source.get(old) else { return Ok(()) };
        if raw::type_of(&bucket.val) != sys::IS_PTR || u32::from(function.type_) != sys::ZEND_USER_FUNCTION {
            return Ok(());
        }
        let function = persist.function(old)?.cast();
        self.functions.push(FunctionEntry { key: persist.string(bucket.key), function });
        Ok(())
    }

    /// Takes a global constant. One that holds a resource or an object other than an enum case, at any depth, stays behind: using it in the thread is
    /// the engine's "Undefined constant", which names it.
    fn constant(&mut self, persist: &mut Persist<'_>, bucket: &sys::Bucket) {
        let Some(constant) = constant_of(persist.source, bucket) else { return };
        // One of the engine's own is made for the request of the main thread alone.
        let is_mains = persist.source.bytes(constant.name) == b"PHP_CLI_PROCESS_TITLE";
        if !is_users_constant(constant) && !is_mains {
            return;
        }
        let value = persist.constant_value(&constant.value);
        if let Ok(mut value) = value {
            value.u2 = constant.value.u2;
            let (key, name) = (persist.string(bucket.key), persist.string(constant.name));
            self.constants.push(ConstantEntry { key, name, value });
        }
    }
}
