//! What the packet's classes and cases are in the receiving thread.
//!
//! Found by name before anything is built, because finding them may run user code: an autoloader, the constant
//! expressions of defaults.

use super::memory::{Allocator, allocator};
use super::{Restore, Stop};
use crate::sys;
use crate::transfer::capture::is_transferable;
use crate::transfer::packet::{How, Name, Packet, Shape, Tables};
use crate::transfer::{shape, word, zv};
use crate::zend::Php;

/// A class of the receiver, seen from a shape of the packet.
pub(super) struct Target {
    pub(super) entry: *mut sys::zend_class_entry,
    pub(super) how: How,
    /// Its objects are slots and nothing else, all of which the packet has values for.
    pub(super) plain: bool,
    /// Bytes of an object.
    pub(super) size: usize,
    /// A new object has values in its slots: defaults that the packet does not overwrite, or what its
    /// making puts there.
    pub(super) prefilled: bool,
    /// Its piece of [`Restore::slots`].
    pub(super) first: usize,
    pub(super) count: usize,
    /// Where in memory that piece begins, once all targets are known.
    pub(super) slots: *mut Slot,
    /// How to allocate an object.
    pub(super) allocator: Allocator,
    /// The handlers of new objects that are no more than their slots.
    pub(super) handlers: *const sys::zend_object_handlers,
    /// Objects have room for guards behind their slots.
    pub(super) guarded: bool,
}

/// Where a slot of the packet is in a new object.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// Byte offset in the object, or `NOWHERE`.
    pub(super) offset: u32,
    /// A bit for each type of value that needs no look at the property.
    pub(super) allows: u32,
    /// The same for the tags of values that hold no others; see [`leaves`].
    pub(super) leaves: u64,
    /// The property, if it has a type to be checked; else null.
    pub(super) info: *mut sys::zend_property_info,
    /// A class whose objects have been found to fit the type.
    pub(super) fits: *const sys::zend_class_entry,
}

/// The tags of values that hold no others, as a bit for each, in a place that `allows` these types.
pub(super) const fn leaves(allows: u32) -> u64 {
    const STRINGS: u64 = 1 << word::TEXT_DEF | 1 << word::TEXT_AGAIN | 1 << word::CHAR | 1 << word::EMPTY_TEXT;
    // The first tags are the types they stand for.
    let types = allows as u64 & ((1 << (word::TEXT + 1)) - 1);
    if types & 1 << word::TEXT != 0 { types | STRINGS } else { types }
}

/// The offset of a slot where the sender's class keeps nothing.
pub(super) const NOWHERE: u32 = 0;

const SLOTS: u32 = shape::SLOTS as u32;

impl Restore {
    /// Finds everything the packet names.
    pub(super) fn resolve(&mut self, php: Php<'_>, packet: &Packet) -> Result<(), Stop> {
        let tables = &packet.tables;
        // First: with the code of closures comes the knowledge of where to find classes.
        for function in &tables.functions {
            self.function(php, packet, function)?;
        }
        for shape in &tables.shapes {
            let entry = self.class(php, packet, shape.class)?;
            // SAFETY: the class was just found; classes live as long as the request.
            unsafe { self.target(php, tables, shape, entry)? };
        }
        let slots = self.slots.as_mut_ptr();
        for target in &mut self.targets {
            target.slots = slots.wrapping_add(target.first);
        }
        for case in &tables.cases {
            let entry = self.class(php, packet, case.class)?;
            // SAFETY: as above.
            let object = unsafe { self.case(php, tables, entry, case.name)? };
            self.cases.push(object);
        }
        Ok(())
    }

    /// Finds a class by name, by autoloading if need be.
    pub(super) fn class(&mut self, php: Php<'_>, packet: &Packet, name: Name) -> Result<*mut sys::zend_class_entry, Stop> {
        let text = packet.tables.text(name);
        // SAFETY: attached (token). The string is ours, and kept by nobody else past its release.
        let mut entry = unsafe { look_up(text) };
        if php.has_exception() {
            return Err(Stop::Thrown);
        }
        if entry.is_null()
            && let Some(code) = &packet.code
        {
            match code.bind_class(php, &text.to_ascii_lowercase()) {
                // SAFETY: as above.
                Ok(_) => entry = unsafe { look_up(text) },
                Err(error) => {
                    let name = shape::shown(text);
                    return Err(self.mismatch(format!("Cannot restore {name}: {error}")));
                }
            }
        }
        if entry.is_null() && text.contains(&0) {
            // SAFETY: attached (token); this thread may run user code here.
            entry = unsafe { sys::at_link_anonymous(text.as_ptr().cast(), text.len()) };
            if php.has_exception() {
                return Err(Stop::Thrown);
            }
        }
        if entry.is_null() {
            let name = shape::shown(text);
            return Err(self.mismatch(format!("Cannot restore {name}: the class does not exist here")));
        }
        Ok(entry)
    }

    /// Matches the slots of a shape with those of a class.
    ///
    /// # Safety
    /// The class is alive.
    unsafe fn target(
        &mut self,
        php: Php<'_>,
        tables: &Tables,
        shape: &Shape,
        entry: *mut sys::zend_class_entry,
    ) -> Result<(), Stop> {
        let first = self.slots.len();
        let source = &tables.slots[shape.first as usize..(shape.first + shape.count) as usize];
        // SAFETY: the class is alive; a linked class has an info for each slot, or none where nothing lives.
        unsafe {
            const NO_OBJECTS: u32 = sys::ZEND_ACC_INTERFACE
                | sys::ZEND_ACC_TRAIT
                | sys::ZEND_ACC_ENUM
                | sys::ZEND_ACC_EXPLICIT_ABSTRACT_CLASS
                | sys::ZEND_ACC_IMPLICIT_ABSTRACT_CLASS;
            if (*entry).ce_flags & NO_OBJECTS != 0 {
                let name = shape::class_name(entry);
                return Err(self.mismatch(format!("Cannot restore {name}: it is no class with objects here")));
            }
            let fits = match shape.how {
                How::Properties => is_plain(entry),
                How::Fresh => shape::is_stateless(entry),
                How::Contract => !(*entry).__serialize.is_null() && !(*entry).__unserialize.is_null(),
                How::Elements => sys::at_spl_has_elements(entry),
                How::Transferable => is_transferable(entry),
            };
            if !fits {
                let name = shape::class_name(entry);
                return Err(self.mismatch(format!("Cannot restore {name}: it is another kind of class here")));
            }
            let own = (*entry).default_properties_count as u32;
            let (mut filled, mut highest) = (0, 0);
            for slot in source {
                if slot.name == Name::NONE {
                    let (info, fits) = (std::ptr::null_mut(), std::ptr::null());
                    self.slots.push(Slot { offset: NOWHERE, allows: 0, leaves: 0, info, fits });
                    continue;
                }
                let declaring = match slot.declaring {
                    Name::NONE => Some(entry),
                    name => ancestor(entry, tables.text(name)),
                };
                let name = tables.text(slot.name);
                let offset = declaring.and_then(|declaring| offset_of(declaring, entry, name));
                let Some(offset) = offset else {
                    return Err(self.missing(tables, shape, slot.declaring, name));
                };
                // Mostly they are in order. One slot for two would leave another without a value.
                if offset <= highest && self.slots[first..].iter().any(|slot| slot.offset == offset) {
                    let (class, name) = (shape::class_name(entry), String::from_utf8_lossy(name));
                    return Err(self.mismatch(format!("Cannot restore {class}::${name}: it stands for two properties here")));
                }
                highest = highest.max(offset);
                let at = (offset - SLOTS) as usize / size_of::<sys::zval>();
                let info = shape::slot_info(entry, at);
                let typed = !info.is_null() && has_type(info);
                filled += 1;
                let info = if typed { info } else { std::ptr::null_mut() };
                // What is more than a type of its own in the mask is not one of a value.
                const VALUES: u32 = (1 << (sys::IS_OBJECT + 1)) - 1;
                let allows = if typed { (*info).type_.type_mask & VALUES | (1 << sys::IS_UNDEF) } else { u32::MAX };
                self.slots.push(Slot { offset, allows, leaves: leaves(allows), info, fits: std::ptr::null() });
            }
            let made = (*entry).__bindgen_anon_2.create_object.is_some();
            let prefilled = made || filled < own;
            if prefilled
                && (*entry).ce_flags & sys::ZEND_ACC_CONSTANTS_UPDATED == 0
                && sys::zend_update_class_constants(entry) != sys::SUCCESS
            {
                return Err(Stop::Thrown);
            }
            debug_assert!(!php.has_exception());
            let size = size_of::<sys::zend_object>() + sys::at_object_properties_size(entry);
            let plain = shape.how == How::Properties && !prefilled && !source.iter().any(|slot| slot.name == Name::NONE);
            #[cfg(php82)]
            let handlers = &raw const sys::std_object_handlers;
            #[cfg(not(php82))]
            let handlers = (*entry).default_object_handlers;
            let (how, count) = (shape.how, source.len());
            let guarded = (*entry).ce_flags & sys::ZEND_ACC_USE_GUARDS != 0;
            // Known when all targets are: the table of slots may still move.
            let slots = std::ptr::null_mut();
            let allocator = allocator(size / 8);
            self.targets.push(Target { entry, how, plain, size, prefilled, first, count, slots, allocator, handlers, guarded });
        }
        Ok(())
    }

    /// Finds a case of an enum.
    ///
    /// # Safety
    /// The class is alive.
    unsafe fn case(
        &mut self,
        php: Php<'_>,
        tables: &Tables,
        entry: *mut sys::zend_class_entry,
        name: Name,
    ) -> Result<*mut sys::zend_object, Stop> {
        let text = tables.text(name);
        // SAFETY: the class and its constants are alive; `zend_enum_get_case` is asked for cases only.
        unsafe {
            let mut object = std::ptr::null_mut();
            if (*entry).ce_flags & sys::ZEND_ACC_ENUM != 0 {
                let name = sys::at_string_init(text.as_ptr().cast(), text.len(), false);
                let constant = sys::zend_hash_find(sys::at_class_constants(entry), name);
                if !constant.is_null() && is_case((*constant).value.ptr.cast()) {
                    object = sys::zend_enum_get_case(entry, name);
                }
                sys::at_string_release(name);
            }
            if php.has_exception() {
                return Err(Stop::Thrown);
            }
            if object.is_null() {
                let class = shape::class_name(entry);
                let case = String::from_utf8_lossy(text).into_owned();
                return Err(self.mismatch(format!("Cannot restore {class}::{case}: there is no such case here")));
            }
            Ok(object)
        }
    }

    #[cold]
    fn missing(&mut self, tables: &Tables, shape: &Shape, declaring: Name, property: &[u8]) -> Stop {
        let class = if declaring == Name::NONE { shape.class } else { declaring };
        let class = shape::shown(tables.text(class));
        let property = String::from_utf8_lossy(property);
        self.mismatch(format!("Cannot restore {class}::${property}: there is no such property here"))
    }
}

/// Finds a class by name, by autoloading if need be.
///
/// # Safety
/// The thread is attached and in a request.
unsafe fn look_up(name: &[u8]) -> *mut sys::zend_class_entry {
    // SAFETY: by contract. The string is ours, and whoever keeps it has a reference of its own.
    unsafe {
        let name = sys::at_string_init(name.as_ptr().cast(), name.len(), false);
        let entry = sys::zend_lookup_class(name);
        sys::at_string_release(name);
        entry
    }
}

/// Whether objects of a class are no more than their properties.
///
/// # Safety
/// The class is alive.
unsafe fn is_plain(entry: *const sys::zend_class_entry) -> bool {
    // SAFETY: by contract.
    unsafe { (*entry).__bindgen_anon_2.create_object.is_none_or(|create| shape::makes_throwables(create)) }
}

/// Whether a class constant is a case of an enum.
///
/// # Safety
/// The constant is alive.
unsafe fn is_case(constant: *const sys::zend_class_constant) -> bool {
    // SAFETY: by contract.
    unsafe { (*constant).value.u2.constant_flags & sys::ZEND_CLASS_CONST_IS_CASE != 0 }
}

/// The ancestor of a class with this name, or itself.
///
/// # Safety
/// The class is alive.
unsafe fn ancestor(entry: *mut sys::zend_class_entry, name: &[u8]) -> Option<*mut sys::zend_class_entry> {
    let mut entry = entry;
    while !entry.is_null() {
        // SAFETY: a class and its ancestors are alive together, and linked.
        unsafe {
            if zv::bytes((*entry).name).eq_ignore_ascii_case(name) {
                return Some(entry);
            }
            entry = (*entry).__bindgen_anon_1.parent;
        }
    }
    None
}

/// The offset of the slot of property `name` as class `declaring` sees it, in objects of `entry`.
///
/// # Safety
/// The classes are alive.
unsafe fn offset_of(declaring: *const sys::zend_class_entry, entry: *const sys::zend_class_entry, name: &[u8]) -> Option<u32> {
    // SAFETY: the table holds pointers to infos.
    unsafe {
        let table = &raw const (*declaring).properties_info;
        let found = sys::zend_hash_str_find(table, name.as_ptr().cast(), name.len());
        if found.is_null() {
            return None;
        }
        let info = (*found).value.ptr.cast::<sys::zend_property_info>();
        let foreign = (*info).ce.cast_const() != declaring && (*info).flags & sys::ZEND_ACC_PRIVATE != 0;
        let last = SLOTS + (*entry).default_properties_count as u32 * size_of::<sys::zval>() as u32;
        let offset = (*info).offset;
        let is_slot = (*info).flags & sys::ZEND_ACC_STATIC == 0 && (SLOTS..last).contains(&offset);
        (is_slot && !foreign).then_some(offset)
    }
}

/// Whether a property has a type that not every value fits.
///
/// # Safety
/// The info is alive.
unsafe fn has_type(info: *const sys::zend_property_info) -> bool {
    // SAFETY: by contract.
    unsafe { (*info).type_.type_mask != 0 }
}
