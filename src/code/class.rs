//! Classes: images of class entries, as `zend_persist_class_entry` and `zend_update_parent_ce` make them.
//!
//! Owner: the arena of the build. Threads: the creator's. Invariants: an image is flagged immutable and cached; its ancestors are internal, immutable or images
//! themselves and come first; its per-thread parts (evaluated constants and defaults, static members) are slots; values that the creator has
//! evaluated already are scalars or expressions again, so that each thread evaluates them for itself.

use super::CodeError;
use super::images::MARK;
use super::op_array::SlotsFor;
use super::persist::{Persist, buckets_mut};
use super::raw;
use crate::sys;
use std::ptr;

/// Flags that say how far constants and defaults are evaluated; computed anew for an image.
const EVALUATION: u32 = sys::ZEND_ACC_CONSTANTS_UPDATED
    | sys::ZEND_ACC_HAS_AST_CONSTANTS
    | sys::ZEND_ACC_HAS_AST_PROPERTIES
    | sys::ZEND_ACC_HAS_AST_STATICS;

/// Flags of a class whose declaration is under way or failed half-way.
const HALF_LINKED: u32 = sys::ZEND_ACC_RESOLVED_PARENT
    | sys::ZEND_ACC_RESOLVED_INTERFACES
    | sys::ZEND_ACC_UNRESOLVED_VARIANCE
    | sys::ZEND_ACC_NEARLY_LINKED;

impl<'b> Persist<'b> {
    /// The image of a linked class, its ancestors first.
    pub(super) fn class(&mut self, old: *mut sys::zend_class_entry) -> Result<*mut sys::zend_class_entry, CodeError> {
        let Some(class) = self.source.get(old) else { return Ok(old) };
        if raw::is_internal(class) {
            return Ok(old);
        }
        if let Some(&new) = self.seen.classes.get(&raw::address(old)) {
            return Ok(new);
        }
        if class.ce_flags & sys::ZEND_ACC_IMMUTABLE != 0 {
            self.share(raw::address(old));
            return Ok(old);
        }
        if class.ce_flags & sys::ZEND_ACC_LINKED == 0 {
            return Err(CodeError::Unlinked(self.text(class.name)));
        }
        self.class(raw::parent(class))?;
        for &interface in self.source.slice(raw::interfaces(class), class.num_interfaces as usize) {
            self.class(interface)?;
        }
        self.copy_class(class, SlotsFor::Running)
    }

    /// The image of a class that waits for its declaration to be run; `None` if its linking was begun.
    pub(super) fn unlinked_class(
        &mut self,
        old: *mut sys::zend_class_entry,
    ) -> Result<Option<*mut sys::zend_class_entry>, CodeError> {
        let Some(class) = self.source.get(old) else { return Ok(None) };
        if class.ce_flags & sys::ZEND_ACC_IMMUTABLE != 0 {
            self.share(raw::address(old));
            return Ok(Some(old));
        }
        if class.ce_flags & HALF_LINKED != 0 {
            return Ok(None);
        }
        // Linking changes the class in place: what is seen now must not be taken for it later.
        let kept = std::mem::take(self.seen);
        let new = self.copy_class(class, SlotsFor::Unlinked);
        *self.seen = kept;
        new.map(Some)
    }

    fn copy_class(&mut self, old: &'b sys::zend_class_entry, slots: SlotsFor) -> Result<*mut sys::zend_class_entry, CodeError> {
        let linked = slots == SlotsFor::Running;
        let arena = self.arena;
        let new = arena.put(*old);
        raw::clear_gaps_of_class(new);
        let image: *mut sys::zend_class_entry = new;
        self.seen.classes.insert(raw::address(old), image);

        new.refcount = MARK.cast_signed();
        new.ce_flags |= sys::ZEND_ACC_IMMUTABLE | sys::ZEND_ACC_CACHED;
        new.ce_flags &= !(EVALUATION | sys::ZEND_ACC_FILE_CACHED | sys::ZEND_ACC_CACHEABLE);
        new.inheritance_cache = ptr::null_mut();
        new.backed_enum_table = ptr::null_mut();
        new.mutable_data__ptr = ptr::null_mut();
        new.static_members_table__ptr = ptr::null_mut();
        new.name = self.string(old.name);
        if linked {
            new.__bindgen_anon_1.parent = self.class(raw::parent(old))?;
        } else {
            new.__bindgen_anon_1.parent_name = self.string(raw::parent_name(old));
        }
        self.class_strings(new, old)?;
        self.methods(new, old, slots)?;
        self.class_constants(new, old)?;
        self.properties(new, old, slots)?;
        self.defaults(new, old)?;
        self.traits(new, old);
        self.interfaces(new, old, linked)?;
        self.special_methods(new, old)?;
        if linked {
            self.class_slots(new, old)?;
        } else {
            new.ce_flags |= old.ce_flags & EVALUATION;
        }
        Ok(image)
    }

    fn class_strings(&mut self, new: &mut sys::zend_class_entry, old: &sys::zend_class_entry) -> Result<(), CodeError> {
        let user = raw::user_info(new);
        user.filename = self.string(user.filename);
        #[cfg(php82)]
        {
            user.doc_comment = self.string(user.doc_comment);
        }
        #[cfg(not(php82))]
        {
            new.doc_comment = self.string(old.doc_comment);
        }
        new.attributes = self.attribute_table(old.attributes)?;
        Ok(())
    }

    fn methods(
        &mut self,
        new: &mut sys::zend_class_entry,
        old: &sys::zend_class_entry,
        slots: SlotsFor,
    ) -> Result<(), CodeError> {
        new.function_table = self.member_table(&old.function_table);
        for bucket in buckets_mut(&mut new.function_table) {
            if raw::type_of(&bucket.val) != sys::IS_UNDEF {
                bucket.key = self.string(bucket.key);
                bucket.val.value.ptr = self.method(raw::pointer(&bucket.val), old, slots)?.cast();
            }
        }
        Ok(())
    }

    /// A table of methods, properties or constants: keys that live for ever, never freed by the engine.
    pub(super) fn member_table(&mut self, old: &sys::HashTable) -> sys::HashTable {
        let mut new = self.table(old);
        let flags = raw::table_flags(&new) & (sys::HASH_FLAG_UNINITIALIZED | sys::HASH_FLAG_STATIC_KEYS);
        raw::set_table_flags(&mut new, flags);
        new.gc = raw::gc_head(old.gc.refcount, raw::gc_info(&old.gc) & !sys::GC_PERSISTENT);
        new
    }

    /// The image of a method or hook of `class`.
    pub(super) fn method(
        &mut self,
        old: *mut sys::zend_function,
        class: &sys::zend_class_entry,
        slots: SlotsFor,
    ) -> Result<*mut sys::zend_function, CodeError> {
        let Some(function) = self.source.get(old.cast::<sys::zend_internal_function>()) else { return Ok(old) };
        if u32::from(function.type_) != sys::ZEND_INTERNAL_FUNCTION {
            return Ok(self.user_function(old.cast(), slots)?.cast());
        }
        if function.fn_flags & sys::ZEND_ACC_ARENA_ALLOCATED == 0 || self.share(raw::address(old)) {
            return Ok(old);
        }
        if let Some(&new) = self.seen.functions.get(&raw::address(old)) {
            return Ok(new);
        }
        let arena = self.arena;
        let new = arena.put(*function);
        let image: *mut sys::zend_internal_function = new;
        self.seen.functions.insert(raw::address(old), image.cast());
        new.scope = self.scope(function.scope);
        new.prototype = raw::or_null(self.method_reference(function.prototype));
        // An enum's own `cases()` and so on need a run-time cache; a copy of an internal class's method keeps that method's.
        if ptr::eq(function.scope, class) && function.fn_flags & sys::ZEND_ACC_TRAIT_CLONE == 0 {
            self.slots.give(&mut new.run_time_cache__ptr)?;
            self.internal_caches.push(new.run_time_cache__ptr.addr());
        }
        Ok(image.cast())
    }

    fn traits(&mut self, new: &mut sys::zend_class_entry, old: &sys::zend_class_entry) {
        let (arena, source) = (self.arena, self.source);
        if old.num_traits == 0 {
            return;
        }
        let names = arena.put_slice(source.slice(old.trait_names, old.num_traits as usize));
        for name in names.iter_mut() {
            name.name = self.string(name.name);
            name.lc_name = self.string(name.lc_name);
        }
        new.trait_names = names.as_mut_ptr();
        if !old.trait_aliases.is_null() {
            let mut list = Vec::new();
            for alias in source.null_terminated(old.trait_aliases).iter().filter_map(|&a| source.get(a)) {
                let copy = arena.put(*alias);
                copy.trait_method.method_name = self.string(alias.trait_method.method_name);
                copy.trait_method.class_name = self.string(alias.trait_method.class_name);
                copy.alias = self.string(alias.alias);
                list.push(ptr::from_mut(copy));
            }
            list.push(ptr::null_mut());
            new.trait_aliases = arena.put_slice(&list).as_mut_ptr();
        }
        if !old.trait_precedences.is_null() {
            let mut list = Vec::new();
            for &precedence in source.null_terminated(old.trait_precedences) {
                list.push(self.precedence(precedence));
            }
            list.push(ptr::null_mut());
            new.trait_precedences = arena.put_slice(&list).as_mut_ptr();
        }
    }

    fn precedence(&mut self, old: *mut sys::zend_trait_precedence) -> *mut sys::zend_trait_precedence {
        let Some(precedence) = self.source.get(old) else { return old };
        let head = std::mem::offset_of!(sys::zend_trait_precedence, exclude_class_names);
        let names = self
            .source
            .slice(old.cast::<u8>().wrapping_add(head).cast::<*mut sys::zend_string>(), precedence.num_excludes as usize);
        let size = (head + size_of_val(names)).max(size_of::<sys::zend_trait_precedence>());
        let block = self.arena.bytes_for(size).as_ptr();
        let method_name = self.string(precedence.trait_method.method_name);
        let class_name = self.string(precedence.trait_method.class_name);
        let new: *mut sys::zend_trait_precedence = block.cast();
        // SAFETY: the block is as large as the structure at least.
        unsafe {
            (*new).trait_method = sys::zend_trait_method_reference { method_name, class_name };
            (*new).num_excludes = precedence.num_excludes;
        }
        for (i, &name) in names.iter().enumerate() {
            let name = self.string(name);
            // SAFETY: the block has room for all names behind the head.
            unsafe { block.add(head).cast::<*mut sys::zend_string>().add(i).write(name) };
        }
        new
    }

    fn interfaces(
        &mut self,
        new: &mut sys::zend_class_entry,
        old: &sys::zend_class_entry,
        linked: bool,
    ) -> Result<(), CodeError> {
        let (arena, source) = (self.arena, self.source);
        let count = old.num_interfaces as usize;
        if count == 0 {
            return Ok(());
        }
        if linked {
            let list = arena.put_slice(source.slice(raw::interfaces(old), count));
            for interface in list.iter_mut() {
                *interface = self.class(*interface)?;
            }
            new.__bindgen_anon_3.interfaces = list.as_mut_ptr();
        } else {
            let names = arena.put_slice(source.slice(raw::interface_names(old), count));
            for name in names.iter_mut() {
                name.name = self.string(name.name);
                name.lc_name = self.string(name.lc_name);
            }
            new.__bindgen_anon_3.interface_names = names.as_mut_ptr();
        }
        Ok(())
    }

    /// Constructor, destructor, magic methods, and the methods that iteration and `[]` use.
    fn special_methods(&mut self, new: &mut sys::zend_class_entry, old: &sys::zend_class_entry) -> Result<(), CodeError> {
        let magic = [
            &mut new.constructor,
            &mut new.destructor,
            &mut new.clone,
            &mut new.__get,
            &mut new.__set,
            &mut new.__unset,
            &mut new.__isset,
            &mut new.__call,
            &mut new.__callstatic,
            &mut new.__tostring,
            &mut new.__debugInfo,
            &mut new.__serialize,
            &mut new.__unserialize,
        ];
        for method in magic {
            if !method.is_null() {
                let image = self.method_reference(*method);
                *method = image.ok_or_else(|| CodeError::Dangling(self.text(old.name), "magic method"))?;
            }
        }
        if let Some(iteration) = self.source.get(old.iterator_funcs_ptr) {
            let table = &new.function_table;
            let named = |old: *mut sys::zend_function, name: &str| if old.is_null() { old } else { find_method(table, name) };
            let copy = sys::zend_class_iterator_funcs {
                zf_new_iterator: named(iteration.zf_new_iterator, "getiterator"),
                zf_valid: named(iteration.zf_valid, "valid"),
                zf_current: named(iteration.zf_current, "current"),
                zf_key: named(iteration.zf_key, "key"),
                zf_next: named(iteration.zf_next, "next"),
                zf_rewind: named(iteration.zf_rewind, "rewind"),
            };
            new.iterator_funcs_ptr = self.arena.put(copy);
        }
        if !old.arrayaccess_funcs_ptr.is_null() {
            let table = &new.function_table;
            let copy = sys::zend_class_arrayaccess_funcs {
                zf_offsetget: find_method(table, "offsetget"),
                zf_offsetexists: find_method(table, "offsetexists"),
                zf_offsetset: find_method(table, "offsetset"),
                zf_offsetunset: find_method(table, "offsetunset"),
            };
            new.arrayaccess_funcs_ptr = self.arena.put(copy);
        }
        Ok(())
    }

    /// Slots for what each thread has of its own, where it has any.
    fn class_slots(&mut self, new: &mut sys::zend_class_entry, old: &sys::zend_class_entry) -> Result<(), CodeError> {
        let expressions = new.ce_flags & EVALUATION != 0;
        let parent_done = match self.source.get(raw::parent(old)) {
            Some(_) => self.source.get(raw::parent(new)).is_some_and(|p| p.ce_flags & sys::ZEND_ACC_CONSTANTS_UPDATED != 0),
            None => true,
        };
        // An enum's table of cases is built together with its constants.
        let is_enum = old.ce_flags & sys::ZEND_ACC_ENUM != 0;
        if !expressions && parent_done && !is_enum {
            new.ce_flags |= sys::ZEND_ACC_CONSTANTS_UPDATED;
        } else {
            self.slots.give(&mut new.mutable_data__ptr)?;
        }
        if !new.default_static_members_table.is_null() {
            self.slots.give(&mut new.static_members_table__ptr)?;
        }
        Ok(())
    }
}

/// The method of that lower-cased name in an image's table.
fn find_method(table: &sys::HashTable, name: &str) -> *mut sys::zend_function {
    // SAFETY: the table is complete and its keys have their hashes; the name is passed with its length.
    let value = unsafe { sys::zend_hash_str_find(table, name.as_ptr().cast(), name.len()) };
    if value.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the value found in the table.
    raw::pointer(unsafe { &*value })
}
