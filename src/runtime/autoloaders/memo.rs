//! `Memo`: the packet of this thread's autoloaders, and what they looked like when it was captured.
//!
//! Owner: `autoloaders`. Threads: one. Invariants: every array, string and object that is compared by address is held, so that writing to an array makes another
//! one, and no address is used again. State that cannot be watched like this (references, dynamic properties, objects of internal classes) is not remembered at all.

use crate::sys;
use crate::transfer::Packet;
use crate::zend::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// See the module.
pub(super) struct Memo {
    pub(super) packet: Option<Arc<Packet>>,
    /// Holds the objects that are compared.
    _list: Vec<Value>,
    objects: Vec<(*mut sys::zend_object, Vec<Value>)>,
    classes: Vec<(*mut sys::zend_class_entry, Vec<Value>)>,
}

impl Memo {
    /// Looks at all that `list` leads to; None if a change of it could not be seen.
    pub(super) fn new(list: &Value, packet: Option<Arc<Packet>>) -> Option<Memo> {
        let list = elements(list);
        let mut walk = Walk::default();
        let (mut objects, mut classes) = (Vec::new(), Vec::new());
        for loader in &list {
            walk.value(loader)?;
            // Static methods name their class.
            for class in named_class(loader).map(ancestry).unwrap_or_default() {
                take_class(class, &mut classes, &mut walk)?;
            }
        }
        while let Some(object) = walk.left.pop() {
            let slots = copies(&slots_of(object)?)?;
            slots.iter().try_for_each(|slot| walk.value(slot))?;
            for class in classes_of(object) {
                take_class(class, &mut classes, &mut walk)?;
            }
            objects.push((object, slots));
        }
        Some(Memo { packet, _list: list, objects, classes })
    }

    /// Whether everything is as it was; the list is the caller's to know.
    pub(super) fn is_current(&self) -> bool {
        self.objects.iter().all(|(object, slots)| slots_of(*object).is_some_and(|now| is_same(&now, slots)))
            && self.classes.iter().all(|(class, members)| is_same(&members_of(*class), members))
    }
}

fn take_class(
    class: *mut sys::zend_class_entry,
    classes: &mut Vec<(*mut sys::zend_class_entry, Vec<Value>)>,
    walk: &mut Walk,
) -> Option<()> {
    if classes.iter().any(|(known, _)| std::ptr::eq(*known, class)) {
        return Some(());
    }
    let members = copies(&members_of(class))?;
    members.iter().try_for_each(|member| walk.value(member))?;
    classes.push((class, members));
    Some(())
}

/// The elements of a list; none if it is none.
pub(super) fn elements(list: &Value) -> Vec<Value> {
    if !list.is_array() {
        return Vec::new();
    }
    // SAFETY: an array that `list` holds.
    unsafe { values_of((*list.as_ptr()).value.arr) }
}

/// The elements of an array, holes (UNDEF) included.
///
/// # Safety
/// The array is alive and unchanged as long as the iterator is used.
unsafe fn slots(table: *const sys::HashTable) -> impl Iterator<Item = *mut sys::zval> {
    // SAFETY: by contract; both kinds of table have `nNumUsed` entries.
    let (packed, used) = unsafe { ((*table).u.flags & sys::HASH_FLAG_PACKED != 0, (*table).nNumUsed as usize) };
    (0..used).map(move |i| {
        // SAFETY: as above.
        unsafe {
            if packed {
                (*table).__bindgen_anon_1.arPacked.add(i)
            } else {
                &raw mut (*(*table).__bindgen_anon_1.arData.add(i)).val
            }
        }
    })
}

/// Copies of the values of an array.
///
/// # Safety
/// The array is alive.
unsafe fn values_of(table: *const sys::HashTable) -> Vec<Value> {
    // SAFETY: by contract; the elements are copied before anything else runs.
    unsafe { slots(table).filter(|value| kind(&**value) != sys::IS_UNDEF).map(|value| Value::copy_of(value)).collect() }
}

/// The names that a table has as keys.
///
/// # Safety
/// The table is alive, and a hash table.
pub(super) unsafe fn keys_of(table: *const sys::HashTable) -> Vec<Box<[u8]>> {
    let mut keys = Vec::new();
    // SAFETY: by contract; a hole is UNDEF, and numbers have no string.
    unsafe {
        for i in 0..(*table).nNumUsed as usize {
            let bucket = &*(*table).__bindgen_anon_1.arData.add(i);
            if kind(&bucket.val) != sys::IS_UNDEF && !bucket.key.is_null() {
                let bytes = (&raw const (*bucket.key).val).cast::<u8>();
                keys.push(std::slice::from_raw_parts(bytes, (*bucket.key).len).into());
            }
        }
    }
    keys
}

fn kind(value: &sys::zval) -> u32 {
    // SAFETY: both variants of the union are plain integers.
    u32::from(unsafe { value.u1.v.type_ })
}

fn raw(value: &Value) -> &sys::zval {
    // SAFETY: a value holds an initialised zval.
    unsafe { &*value.as_ptr() }
}

fn bits(value: &sys::zval) -> (u32, i64) {
    // SAFETY: all variants of the union are plain data of one size.
    (kind(value), if kind(value) <= sys::IS_TRUE { 0 } else { unsafe { value.value.lval } })
}

fn is_same(now: &[*const sys::zval], then: &[Value]) -> bool {
    // SAFETY: `slots_of` and `members_of` have just found them in what is alive.
    now.len() == then.len() && now.iter().zip(then).all(|(&now, then)| unsafe { bits(&*now) == bits(raw(then)) })
}

/// Copies of slots; None if one is a reference, behind which things change unseen.
fn copies(slots: &[*const sys::zval]) -> Option<Vec<Value>> {
    // SAFETY: as above. What has not been set is copied as it is: it has no reference count.
    slots.iter().map(|&slot| unsafe { (kind(&*slot) != sys::IS_REFERENCE).then(|| Value::copy_of(slot)) }).collect()
}

/// Objects that were found.
#[derive(Default)]
struct Walk {
    seen: BTreeSet<usize>,
    left: Vec<*mut sys::zend_object>,
}

impl Walk {
    /// Takes note of the objects in a value; None if it has a reference in it.
    fn value(&mut self, value: &Value) -> Option<()> {
        match kind(raw(value)) {
            sys::IS_OBJECT => {
                let object = value.object()?;
                if self.seen.insert(object.addr()) {
                    self.left.push(object);
                }
            }
            sys::IS_ARRAY => {
                // SAFETY: an array that `value` holds.
                let table = unsafe { raw(value).value.arr };
                if self.seen.insert(table.addr()) {
                    // SAFETY: as above.
                    unsafe { self.array(table)? };
                }
            }
            _ => {}
        }
        Some(())
    }

    /// # Safety
    /// The array is alive.
    unsafe fn array(&mut self, table: *const sys::HashTable) -> Option<()> {
        // SAFETY: by contract. Only values that lead on are copied.
        unsafe {
            for value in slots(table) {
                match kind(&*value) {
                    sys::IS_REFERENCE => return None,
                    sys::IS_ARRAY | sys::IS_OBJECT => self.value(&Value::copy_of(value))?,
                    _ => {}
                }
            }
        }
        Some(())
    }
}

/// What an object holds; None if that cannot be said in slots.
fn slots_of(object: *mut sys::zend_object) -> Option<Vec<*const sys::zval>> {
    // SAFETY: an object that the memo or the list of autoloaders holds.
    unsafe {
        let class = &*(*object).ce;
        if std::ptr::eq(class, sys::zend_ce_closure) {
            let mut slots = vec![sys::at_closure_this(object).cast_const()];
            let variables = sys::at_closure_variables(object);
            if !variables.is_null() {
                slots.extend(
                    (0..(*variables).nNumUsed as usize).map(|i| (&raw const (*(*variables).__bindgen_anon_1.arData.add(i)).val)),
                );
            }
            return Some(slots);
        }
        if class.type_ as u32 & sys::ZEND_INTERNAL_CLASS != 0
            || class.__bindgen_anon_2.create_object.is_some()
            || !(*object).properties.is_null()
        {
            return None;
        }
        let first = (&raw const (*object).properties_table).cast::<sys::zval>();
        Some((0..class.default_properties_count as usize).map(|i| first.add(i)).collect())
    }
}

/// The classes whose static properties belong to an object: its own, or a closure's scope, and their ancestors.
fn classes_of(object: *mut sys::zend_object) -> Vec<*mut sys::zend_class_entry> {
    // SAFETY: an object that the memo holds.
    unsafe {
        let class = (*object).ce;
        if std::ptr::eq(class, sys::zend_ce_closure) {
            return ancestry((*sys::zend_get_closure_method_def(object)).common.scope);
        }
        ancestry(class)
    }
}

fn ancestry(class: *mut sys::zend_class_entry) -> Vec<*mut sys::zend_class_entry> {
    let mut classes = Vec::new();
    let mut next = class;
    // SAFETY: linked classes of this thread; null ends the line.
    while let Some(entry) = unsafe { next.as_ref() } {
        classes.push(next);
        // SAFETY: both variants of the union are pointers, and a linked class has this one.
        next = unsafe { entry.__bindgen_anon_1.parent };
    }
    classes
}

/// The class of `['Class', 'method']`.
fn named_class(loader: &Value) -> Option<*mut sys::zend_class_entry> {
    let parts = elements(loader);
    let name = parts.first().map(Value::string_ptr).filter(|name| !name.is_null())?;
    // SAFETY: a string that `parts` holds; without autoloading no PHP code runs.
    let class = unsafe { sys::zend_lookup_class_ex(name, std::ptr::null_mut(), sys::ZEND_FETCH_CLASS_NO_AUTOLOAD) };
    (!class.is_null()).then_some(class)
}

/// A class's static properties in this thread; none if it has not used them yet.
fn members_of(class: *mut sys::zend_class_entry) -> Vec<*const sys::zval> {
    let mut count = 0;
    // SAFETY: a class of this thread; the table has as many entries as it says. Inherited ones lead to the parent's.
    unsafe {
        let first = sys::at_statics_of_class(class, &raw mut count);
        if first.is_null() {
            return Vec::new();
        }
        let member = |i| {
            let member = first.add(i);
            if kind(&*member) == sys::IS_INDIRECT { (*member).value.zv.cast_const() } else { member.cast_const() }
        };
        (0..usize::try_from(count).unwrap_or(0)).map(member).filter(|&member| kind(&*member) != sys::IS_CONSTANT_AST).collect()
    }
}
