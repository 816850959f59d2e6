//! Members of classes: constants, properties with their hooks, default values.
//!
//! Owner: the arena of the build. Threads: the creator's. Invariants: a member that a class inherited is its ancestor's image, not a copy; a constant or default
//! that the creator has evaluated to an enum case is an expression again.

use super::CodeError;
use super::op_array::SlotsFor;
use super::persist::{Persist, buckets_mut};
use super::raw;
use crate::sys;
use std::ptr;

impl Persist<'_> {
    /// The table of class constants.
    pub(super) fn class_constants(
        &mut self,
        new: &mut sys::zend_class_entry,
        old: &sys::zend_class_entry,
    ) -> Result<(), CodeError> {
        new.constants_table = self.member_table(&old.constants_table);
        for bucket in buckets_mut(&mut new.constants_table) {
            if raw::type_of(&bucket.val) == sys::IS_UNDEF {
                continue;
            }
            let name = bucket.key;
            bucket.key = self.string(name);
            let image = self
                .class_constant(raw::pointer(&bucket.val), name, old)
                .map_err(|e| e.held_by(|| format!("{}::{}", self.text(old.name), self.text(name))))?;
            bucket.val.value.ptr = image.cast();
            if self.source.get(image).is_some_and(|c| raw::type_of(&c.value) == sys::IS_CONSTANT_AST) {
                new.ce_flags |= sys::ZEND_ACC_HAS_AST_CONSTANTS;
            }
        }
        Ok(())
    }

    fn class_constant(
        &mut self,
        old: *mut sys::zend_class_constant,
        name: *mut sys::zend_string,
        class: &sys::zend_class_entry,
    ) -> Result<*mut sys::zend_class_constant, CodeError> {
        if let Some(&new) = self.seen.constants.get(&raw::address(old)) {
            return Ok(new);
        }
        let Some(constant) = self.source.get(old) else { return Ok(old) };
        if !ptr::eq(constant.ce, class) {
            return self.inherited_constant(constant, name, class);
        }
        let arena = self.arena;
        let new = arena.put(*constant);
        let image: *mut sys::zend_class_constant = new;
        self.seen.constants.insert(raw::address(old), image);
        new.value = if raw::type_of(&constant.value) == sys::IS_OBJECT
            && raw::constant_flags(&constant.value) & sys::ZEND_CLASS_CONST_IS_CASE != 0
        {
            self.own_case(&constant.value)?
        } else {
            let (constants_name, class) = (self.text(name), self.text(class.name));
            self.recoverable_value(&constant.value, || format!("constant {constants_name} of class {class}"))?
        };
        new.value.u2 = constant.value.u2;
        new.ce = self.scope(constant.ce);
        new.doc_comment = self.string(constant.doc_comment);
        new.attributes = self.attribute_table(constant.attributes)?;
        #[cfg(not(php82))]
        {
            new.type_ = self.declared_type(&constant.type_);
            raw::clear_gap_of_type(&mut new.type_);
        }
        Ok(image)
    }

    /// The expression of an enum's own case that the creator has made already.
    fn own_case(&mut self, object: &sys::zval) -> Result<sys::zval, CodeError> {
        let (class, case) = self.enum_case(object)?;
        let backed = self.class_of(object).is_some_and(|c| c.enum_backing_type != sys::IS_UNDEF);
        let backing = if backed { self.enum_property(object, 1).copied() } else { None };
        self.case_expression(class, case, backing.as_ref())
    }

    /// A constant that another class declares: that class's own entry in its pristine table.
    fn inherited_constant(
        &mut self,
        constant: &sys::zend_class_constant,
        name: *mut sys::zend_string,
        class: &sys::zend_class_entry,
    ) -> Result<*mut sys::zend_class_constant, CodeError> {
        let declared_in = self.class(constant.ce)?;
        let Some(owner) = self.source.get(declared_in) else {
            return Err(CodeError::Dangling(self.text(class.name), "constant"));
        };
        let bytes = self.source.bytes(name);
        // SAFETY: a complete table (the ancestor came first), the name with its length.
        let found = unsafe { sys::zend_hash_str_find(&owner.constants_table, bytes.as_ptr().cast(), bytes.len()) };
        match self.source.get(found) {
            Some(value) => Ok(raw::pointer(value)),
            None => Err(CodeError::Dangling(self.text(class.name), "constant")),
        }
    }

    /// The descriptions of properties, in both tables.
    pub(super) fn properties(
        &mut self,
        new: &mut sys::zend_class_entry,
        old: &sys::zend_class_entry,
        slots: SlotsFor,
    ) -> Result<(), CodeError> {
        let (arena, source) = (self.arena, self.source);
        new.properties_info = self.member_table(&old.properties_info);
        let mut own = Vec::new();
        for bucket in buckets_mut(&mut new.properties_info) {
            if raw::type_of(&bucket.val) == sys::IS_UNDEF {
                continue;
            }
            bucket.key = self.string(bucket.key);
            let old_info: *mut sys::zend_property_info = raw::pointer(&bucket.val);
            let Some(info) = source.get(old_info) else { continue };
            let image = if ptr::eq(info.ce, old) {
                let image = self.property(old_info, info, old, slots)?;
                own.push((info, image));
                image
            } else {
                self.property_reference(old_info).ok_or_else(|| CodeError::Dangling(self.text(old.name), "property"))?
            };
            bucket.val.value.ptr = image.cast();
        }
        for (info, image) in own {
            self.property_links(info, image);
        }
        if !old.properties_info_table.is_null() {
            let table = arena.put_slice(source.slice(old.properties_info_table, old.default_properties_count as usize));
            for info in table.iter_mut().filter(|info| !info.is_null()) {
                let image = self.property_reference(*info);
                *info = image.ok_or_else(|| CodeError::Dangling(self.text(old.name), "property"))?;
            }
            new.properties_info_table = table.as_mut_ptr();
        }
        Ok(())
    }

    /// What a pointer to a property becomes: its image, or itself if its class outlives the request.
    fn property_reference(&mut self, old: *mut sys::zend_property_info) -> Option<*mut sys::zend_property_info> {
        if let Some(&new) = self.seen.properties.get(&raw::address(old)) {
            return Some(new);
        }
        let owner = self.source.get(self.source.get(old)?.ce)?;
        if !raw::is_internal(owner) && owner.ce_flags & sys::ZEND_ACC_IMMUTABLE == 0 {
            return None;
        }
        self.share(raw::address(old));
        Some(old)
    }

    fn property(
        &mut self,
        old: *mut sys::zend_property_info,
        info: &sys::zend_property_info,
        class: &sys::zend_class_entry,
        slots: SlotsFor,
    ) -> Result<*mut sys::zend_property_info, CodeError> {
        let arena = self.arena;
        let new = arena.put(*info);
        let image: *mut sys::zend_property_info = new;
        self.seen.properties.insert(raw::address(old), image);
        new.ce = self.scope(info.ce);
        new.name = self.string(info.name);
        new.doc_comment = self.string(info.doc_comment);
        new.attributes = self.attribute_table(info.attributes)?;
        new.type_ = self.declared_type(&info.type_);
        raw::clear_gap_of_type(&mut new.type_);
        #[cfg(php84)]
        if !info.hooks.is_null() {
            let hooks = arena.put_slice(self.source.slice(info.hooks, sys::ZEND_PROPERTY_HOOK_COUNT as usize));
            for hook in hooks.iter_mut().filter(|hook| !hook.is_null()) {
                *hook = self.method(*hook, class, slots)?;
            }
            new.hooks = hooks.as_mut_ptr();
        }
        #[cfg(not(php84))]
        let _ = (class, slots);
        Ok(image)
    }

    /// References among properties and hooks, once all have their images.
    #[cfg(php84)]
    fn property_links(&mut self, old: &sys::zend_property_info, image: *mut sys::zend_property_info) {
        let prototype = self.property_reference(old.prototype.cast_mut()).unwrap_or(image);
        let mut own_hooks = Vec::new();
        for &hook in self.source.slice(old.hooks, sys::ZEND_PROPERTY_HOOK_COUNT as usize) {
            let Some(function) = self.source.get(hook.cast::<sys::zend_op_array>()) else { continue };
            let Some(&new_hook) = self.seen.functions.get(&raw::address(hook)) else { continue };
            // An inherited hook has its property already, in an image that other threads may be reading.
            if self.source.get(new_hook.cast::<sys::zend_op_array>()).is_some_and(|h| h.prop_info.is_null()) {
                let property = self.property_reference(function.prop_info.cast_mut()).unwrap_or(image);
                own_hooks.push((new_hook.cast::<sys::zend_op_array>(), property));
            }
        }
        // SAFETY: `image` and the hooks are in the arena being built, and nothing else refers to them now.
        unsafe {
            (*image).prototype = prototype;
            for (hook, property) in own_hooks {
                (*hook).prop_info = property;
            }
        }
    }

    #[cfg(not(php84))]
    fn property_links(&mut self, _old: &sys::zend_property_info, _image: *mut sys::zend_property_info) {}

    /// Default values of properties and static properties.
    pub(super) fn defaults(&mut self, new: &mut sys::zend_class_entry, old: &sys::zend_class_entry) -> Result<(), CodeError> {
        let (arena, source) = (self.arena, self.source);
        let class = self.text(old.name);
        if !old.default_properties_table.is_null() {
            let values = arena.put_slice(source.slice(old.default_properties_table, old.default_properties_count as usize));
            for value in values.iter_mut() {
                *value = self.recoverable_value(value, || format!("a default of class {class}"))?;
                if raw::type_of(value) == sys::IS_CONSTANT_AST {
                    new.ce_flags |= sys::ZEND_ACC_HAS_AST_PROPERTIES;
                }
            }
            new.default_properties_table = values.as_mut_ptr();
        }
        if !old.default_static_members_table.is_null() {
            let values =
                arena.put_slice(source.slice(old.default_static_members_table, old.default_static_members_count as usize));
            for (i, value) in values.iter_mut().enumerate() {
                if raw::type_of(value) == sys::IS_INDIRECT {
                    value.value.zv = self.parents_static(raw::parent(new), i);
                    continue;
                }
                *value = self.recoverable_value(value, || format!("a static property of class {class}"))?;
                if raw::type_of(value) == sys::IS_CONSTANT_AST {
                    new.ce_flags |= sys::ZEND_ACC_HAS_AST_STATICS;
                }
            }
            new.default_static_members_table = values.as_mut_ptr();
        }
        Ok(())
    }

    /// Where the default of the inherited static property `index` is: in the ancestor that declares it.
    fn parents_static(&self, parent: *mut sys::zend_class_entry, index: usize) -> *mut sys::zval {
        let Some(parent) = self.source.get(parent) else { return ptr::null_mut() };
        let place = parent.default_static_members_table.wrapping_add(index);
        match self.source.get(place) {
            Some(value) if raw::type_of(value) == sys::IS_INDIRECT => raw::pointer(value),
            _ => place,
        }
    }
}
