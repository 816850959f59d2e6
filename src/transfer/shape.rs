//! Shapes: a class described by names, so that a receiver with its own idea of the class can find its way.

use crate::sys;
use crate::transfer::packet::{How, Name, Shape, Slot, Tables};
use crate::transfer::zv;

/// Describes a class for a packet and gives the index of the description.
///
/// # Safety
/// The class is alive and linked.
#[cold]
pub(super) unsafe fn describe(tables: &mut Tables, entry: *const sys::zend_class_entry, how: How) -> u32 {
    // SAFETY: a linked class has an info for each slot, or none where nothing lives, all alive with it.
    unsafe {
        let class = tables.name(zv::bytes((*entry).name));
        let first = tables.slots.len() as u32;
        let count = match how {
            How::Properties | How::Elements | How::Fresh => (*entry).default_properties_count as u32,
            How::Contract | How::Transferable => 0,
        };
        let mut last: Option<(*const sys::zend_class_entry, Name)> = None;
        for index in 0..count as usize {
            let info = slot_info(entry, index);
            if info.is_null() {
                tables.slots.push(Slot { declaring: Name::NONE, name: Name::NONE });
                continue;
            }
            let owner = (*info).ce.cast_const();
            let declaring = match last {
                _ if owner == entry => Name::NONE,
                Some((same, name)) if same == owner => name,
                _ => tables.name(zv::bytes((*owner).name)),
            };
            last = Some((owner, declaring));
            let name = tables.name(plain_name(info));
            tables.slots.push(Slot { declaring, name });
        }
        let shape = tables.shapes.len() as u32;
        tables.shapes.push(Shape { how, class, first, count });
        shape
    }
}

/// The property that keeps its value in a slot; null when none does.
///
/// The engine's table has, where hooks were added to an inherited property, the property at its old slot.
///
/// # Safety
/// The class is alive and linked, and has so many slots.
pub(super) unsafe fn slot_info(entry: *const sys::zend_class_entry, index: usize) -> *mut sys::zend_property_info {
    // SAFETY: a linked class has a place in the table for each slot; tables of properties hold infos.
    unsafe {
        let offset = (SLOTS + index * size_of::<sys::zval>()) as u32;
        let info = *(*entry).properties_info_table.add(index);
        if !info.is_null() && (*info).offset == offset {
            return info;
        }
        let table = &raw const (*entry).properties_info;
        let buckets = zv::buckets(table);
        (0..(*table).nNumUsed as usize)
            .map(|at| &raw const (*buckets.add(at)).val)
            .filter(|&value| zv::type_of(value) != zv::ty::UNDEF)
            .map(|value| (*value).value.ptr.cast::<sys::zend_property_info>())
            .find(|&info| (*info).offset == offset && (*info).flags & sys::ZEND_ACC_STATIC == 0)
            .unwrap_or_default()
    }
}

/// Where the slots of an object begin.
pub(super) const SLOTS: usize = std::mem::offset_of!(sys::zend_object, properties_table);

/// The name of a property as the user wrote it.
///
/// # Safety
/// The info is alive for as long as the slice is used.
pub(super) unsafe fn plain_name<'a>(info: *const sys::zend_property_info) -> &'a [u8] {
    // SAFETY: by contract.
    plain(unsafe { zv::bytes((*info).name) })
}

/// A property's name without the class or `*` that the engine puts before it.
pub(super) fn plain(name: &[u8]) -> &[u8] {
    // The name of an anonymous class has a NUL of its own.
    match name {
        [0, ..] => name.rsplit(|&byte| byte == 0).next().unwrap_or(name),
        plain => plain,
    }
}

/// The name of a class for messages; what follows the NUL in an anonymous one is left out.
///
/// # Safety
/// The class is alive.
pub(super) unsafe fn class_name(entry: *const sys::zend_class_entry) -> String {
    // SAFETY: by contract.
    shown(unsafe { zv::bytes((*entry).name) })
}

/// A class name as messages show it.
pub(super) fn shown(name: &[u8]) -> String {
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    String::from_utf8_lossy(&name[..end]).into_owned()
}

/// Whether objects of an internal class keep nothing inside, though they are made in a way of their own.
///
/// # Safety
/// The class is alive.
pub(super) unsafe fn is_stateless(entry: *const sys::zend_class_entry) -> bool {
    // SAFETY: by contract.
    unsafe { (*entry).type_ as u32 == sys::ZEND_INTERNAL_CLASS && zv::bytes((*entry).name) == b"Random\\Engine\\Secure" }
}

/// Whether this is how the engine makes exceptions and errors, which are plain objects once made.
///
/// # Safety
/// The engine has started.
pub(super) unsafe fn makes_throwables(create: CreateObject) -> bool {
    // SAFETY: these classes exist since the engine's start.
    unsafe {
        [sys::zend_ce_exception, sys::zend_ce_error_exception, sys::zend_ce_error]
            .into_iter()
            .filter_map(|class| (*class).__bindgen_anon_2.create_object)
            .any(|own| std::ptr::fn_addr_eq(own, create))
    }
}

/// How a class makes its objects.
type CreateObject = unsafe extern "C" fn(*mut sys::zend_class_entry) -> *mut sys::zend_object;
