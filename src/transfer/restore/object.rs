//! Objects, made without constructor, their slots filled directly.

use async_threads_core::tape::Reader;

use super::target::{NOWHERE, Slot};
use super::{Frame, Kind, Restore, Stop};
use crate::sys;
use crate::transfer::packet::{How, Packet};
use crate::transfer::zv::{self, ty};
use crate::transfer::{path, shape, word};
use crate::zend::{self, Php};

/// A reference in a typed property.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    pub(super) reference: *mut sys::zend_reference,
    pub(super) info: *mut sys::zend_property_info,
    pub(super) object: *mut sys::zend_object,
    pub(super) place: *mut sys::zval,
    /// What it refers to is made late.
    pub(super) late: bool,
}

impl Restore {
    /// A new object in `place`, its slots (and then its dynamic properties) the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[inline]
    pub(super) unsafe fn object(
        &mut self,
        php: Php<'_>,
        tape: &mut Reader<'_>,
        head: u64,
        frame: &mut Frame,
        place: *mut sys::zval,
    ) -> Result<(), Stop> {
        let target = &self.targets[word::count(head) as usize];
        let (first, count, how) = (target.first, target.count, target.how);
        // SAFETY: the class is alive and has objects; the slots are those of its target.
        unsafe {
            let object = self.make(word::count(head));
            if head & word::DEF != 0 {
                self.nodes.push(object.cast());
            }
            zv::set_counted(place, object, sys::IS_OBJECT_EX);
            if !matches!(how, How::Properties | How::Fresh) {
                self.state(object, how, frame);
            }
            if head & word::DYNAMIC != 0 {
                self.dynamic(php, tape, object, frame)?;
            }
            if count > 0 {
                let slots = self.slots.as_mut_ptr().add(first);
                self.enter(frame, Frame::new(Kind::Slots, object.cast(), slots, count));
            }
        }
        Ok(())
    }

    /// A new object of a target's class, the slots that the packet has values for UNDEF.
    ///
    /// # Safety
    /// The target's class is alive and has objects.
    #[inline(always)]
    pub(super) unsafe fn make(&mut self, target: u32) -> *mut sys::zend_object {
        let target = &self.targets[target as usize];
        let (entry, prefilled, size) = (target.entry, target.prefilled, target.size);
        let (first, count) = (target.first, target.count);
        // SAFETY: by contract.
        unsafe {
            if prefilled {
                let object = match (*entry).__bindgen_anon_2.create_object {
                    None => sys::zend_objects_new(entry),
                    Some(create) => create(entry),
                };
                self.memory.note(object.cast());
                self.empty(object, first, count);
                return object;
            }
            // As the engine's `zend_objects_new` does.
            let object = self.alloc(size).cast::<sys::zend_object>();
            sys::zend_object_std_init(object, entry);
            #[cfg(php82)]
            {
                (*object).handlers = &raw const sys::std_object_handlers;
            }
            let mut slot = zv::slots(object);
            let end = slot.add((*entry).default_properties_count as usize);
            while slot != end {
                // Type and flags are one word: UNDEF without flags.
                (&raw mut (*slot).u1).cast::<u64>().write(0);
                slot = slot.add(1);
            }
            object
        }
    }

    /// Takes the values out of those slots of a new object that the packet has values for.
    ///
    /// # Safety
    /// The object is new, of the class whose target has these slots.
    #[cold]
    unsafe fn empty(&mut self, object: *mut sys::zend_object, first: usize, count: usize) {
        // SAFETY: offsets are those of the object's slots.
        unsafe {
            if (*(*object).ce).__bindgen_anon_2.create_object.is_none() {
                sys::object_properties_init(object, (*object).ce);
            }
            for slot in &self.slots[first..first + count] {
                if slot.offset != NOWHERE {
                    let value = object.byte_add(slot.offset as usize).cast::<sys::zval>();
                    sys::at_zval_dtor(value);
                    (&raw mut (*value).u1).cast::<u64>().write(0);
                }
            }
        }
    }

    /// Makes room for dynamic properties, which become the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk); the object is new.
    #[cold]
    unsafe fn dynamic(
        &mut self,
        php: Php<'_>,
        tape: &mut Reader<'_>,
        object: *mut sys::zend_object,
        frame: &mut Frame,
    ) -> Result<(), Stop> {
        let _ = php;
        let head = tape.get();
        let count = word::count(head);
        // SAFETY: the table is the object's own, with room for what it says it holds.
        unsafe {
            let entry = (*object).ce;
            if (*entry).ce_flags & sys::ZEND_ACC_NO_DYNAMIC_PROPERTIES != 0 {
                let class = shape::class_name(entry);
                return Err(self.mismatch(format!("Cannot restore {class}: it has no dynamic properties here")));
            }
            let table;
            let mut declared = 0;
            if (*entry).default_properties_count == 0 {
                table = self.map(tape, head);
                (*object).properties = table;
            } else {
                sys::at_rebuild_properties(object);
                table = (*object).properties;
                declared = (*table).nNumUsed;
                if head & word::NEXT != 0 {
                    (*table).nNextFreeElement = tape.get() as i64;
                }
                if (*table).u.flags & sys::HASH_FLAG_UNINITIALIZED != 0 {
                    sys::zend_hash_real_init_mixed(table);
                }
                sys::zend_hash_extend(table, declared + count, false);
                (*table).nNumOfElements += count;
            }
            if self.makes_late {
                self.tables.insert(table.addr(), object);
            }
            if (*entry).properties_info.nNumOfElements > 0 {
                self.extended.push((object, declared));
            }
            let buckets = zv::buckets(table).add(declared as usize);
            self.enter(frame, Frame::new(Kind::Map, table.cast(), buckets, count as usize));
        }
        Ok(())
    }

    /// Reads the value of the next slot and checks it against the type of the property.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk); the frame is of slots and not at its end.
    pub(super) unsafe fn slot(
        &mut self,
        php: Php<'_>,
        packet: &Packet,
        tape: &mut Reader<'_>,
        frame: &mut Frame,
    ) -> Result<(), Stop> {
        let slot = frame.step::<Slot>();
        // SAFETY: the slot is one of the target's, its offset inside the object.
        unsafe {
            if (*slot).offset == NOWHERE {
                // No property lives there, so nothing but UNDEF was sent.
                let head = tape.get();
                debug_assert_eq!(word::tag(head), word::UNDEF);
                return Ok(());
            }
            if word::tag(tape.peek()) == word::HIDDEN {
                tape.get();
                // Back to this slot when the hidden value is there.
                frame.at = slot.cast();
                self.hidden(frame);
                return Ok(());
            }
            let place = frame.owner.byte_add((*slot).offset as usize).cast::<sys::zval>();
            let holes = self.holes.len();
            self.value(php, packet, tape, frame, place)?;
            if holes < self.holes.len() {
                // Checked when the object is there.
                return Ok(());
            }
            self.check(php, slot, place)
        }
    }

    /// Checks a value in a slot against the type of the property.
    ///
    /// # Safety
    /// `place` is the slot, and holds the value.
    #[inline]
    pub(super) unsafe fn check(&mut self, php: Php<'_>, slot: *mut Slot, place: *mut sys::zval) -> Result<(), Stop> {
        // SAFETY: the value is made, its class known; the property belongs to a class that is alive.
        unsafe {
            let kind = zv::type_of(place);
            if (*slot).allows >> kind & 1 != 0 {
                return Ok(());
            }
            let info = (*slot).info;
            if kind == ty::OBJECT {
                let class = (*(*place).value.obj).ce.cast_const();
                if (*slot).fits != class {
                    self.verify(php, info, place)?;
                    (*slot).fits = class;
                }
                return Ok(());
            }
            if kind != ty::REFERENCE {
                return self.verify(php, info, place);
            }
            let reference = (*place).value.ref_;
            sys::zend_ref_add_type_source(&raw mut (*reference).sources, info);
            let object = place.byte_sub((*slot).offset as usize).cast();
            self.typed.push(Typed { reference, info, object, place, late: false });
        }
        Ok(())
    }

    /// Checks that no dynamic property has the name of one that is declared here.
    ///
    /// # Safety
    /// The graph is complete.
    pub(super) unsafe fn check_dynamic(&mut self) -> Result<(), Stop> {
        for index in 0..self.extended.len() {
            let (object, declared) = self.extended[index];
            // SAFETY: the object hangs in the graph, and has a table of properties.
            unsafe {
                let (table, entry) = ((*object).properties, (*object).ce);
                for place in declared..(*table).nNumUsed {
                    let bucket = zv::buckets(table).add(place as usize);
                    let key = (*bucket).key;
                    if zv::type_of(&raw const (*bucket).val) == ty::UNDEF || key.is_null() {
                        continue;
                    }
                    let info = sys::zend_hash_find(&raw mut (*entry).properties_info, key);
                    // A private one of an ancestor is another property.
                    let is_slot = |info: *mut sys::zend_property_info| {
                        let flags = (*info).flags;
                        flags & sys::ZEND_ACC_STATIC == 0 && (flags & sys::ZEND_ACC_PRIVATE == 0 || (*info).ce == entry)
                    };
                    if !info.is_null() && is_slot((*info).value.ptr.cast()) {
                        let (class, name) = (shape::class_name(entry), String::from_utf8_lossy(zv::bytes(key)).into_owned());
                        return Err(
                            self.mismatch(format!("Cannot restore {class}: its property ${name} was a dynamic one there"))
                        );
                    }
                }
            }
        }
        Ok(())
    }

    /// Checks what references in typed properties hold, now that they hold it.
    ///
    /// # Safety
    /// The graph is complete but for what is made late.
    pub(super) unsafe fn check_references(&mut self, php: Php<'_>) -> Result<(), Stop> {
        for index in 0..self.typed.len() {
            let Typed { reference, info, late, .. } = self.typed[index];
            if late {
                // Checked when it is made.
                continue;
            }
            // SAFETY: the reference hangs in the graph.
            unsafe { self.verify(php, info, &raw mut (*reference).val)? };
        }
        Ok(())
    }

    /// A handle of this thread, in `place`, to a thing that several threads may hold.
    ///
    /// # Safety
    /// `place` is writable.
    #[cold]
    pub(super) unsafe fn handle(&mut self, php: Php<'_>, packet: &Packet, head: u64, place: *mut sys::zval) -> Result<(), Stop> {
        let shared = &packet.tables.handles[word::count(head) as usize];
        let Some(handle) = zend::object::adopt(php, shared) else {
            return Err(self.mismatch("Cannot restore a handle: it does not work in this thread".into()));
        };
        let value = handle.into_raw();
        // SAFETY: an adopted handle is an object with one reference, now that of `place`.
        unsafe {
            if head & word::DEF != 0 {
                self.nodes.push(value.value.counted);
            }
            zv::set_counted(place, value.value.obj, sys::IS_OBJECT_EX);
        }
        Ok(())
    }

    /// Asks the engine whether a value fits a property.
    ///
    /// # Safety
    /// Both are alive.
    pub(super) unsafe fn verify(
        &mut self,
        php: Php<'_>,
        info: *mut sys::zend_property_info,
        value: *mut sys::zval,
    ) -> Result<(), Stop> {
        // SAFETY: by contract. A strict check converts an integer for a float property and nothing else.
        unsafe {
            if sys::zend_verify_property_type(info, value, true) {
                return Ok(());
            }
            if php.has_exception() {
                sys::zend_clear_exception();
            }
            let class = shape::class_name((*info).ce);
            let property = String::from_utf8_lossy(shape::plain_name(info));
            let got = path::type_name(value);
            let sentence = format!("Cannot restore {class}::${property}: its type here does not allow {got}");
            Err(self.mismatch(sentence))
        }
    }
}
