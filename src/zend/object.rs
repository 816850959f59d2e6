//! PHP objects with a Rust payload.
//!
//! Owner: the engine's object store of the thread that made the object; `free_obj` drops the payload. Threads: one. What may cross to
//! other threads is only what `Payload::share` gives (an `Arc`), from which `Payload::adopt` makes an equal handle there.

use super::door::guard;
use super::{Answer, Php, Value};
use crate::sys;
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::mem::{MaybeUninit, offset_of};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What an object keeps in Rust.
pub(crate) trait Payload: Default + 'static {
    /// The PHP class of objects with this payload.
    fn class() -> &'static Class;

    /// The thread-independent thing behind the handle; `None` when it has not been constructed.
    fn share(&self, php: Php<'_>) -> Option<Arc<dyn Any + Send + Sync>> {
        let _ = php;
        None
    }

    /// A handle to what another thread's `share` gave; `None` when it is of another type.
    fn adopt(shared: Arc<dyn Any + Send + Sync>) -> Option<Self> {
        let _ = shared;
        None
    }

    /// Shows the collector every value this payload holds.
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let _ = visit;
    }

    /// Whether but one thread may get what `share` gives.
    const ONCE: bool = false;

    /// Whether objects have a destructor, `destroyed`.
    const DESTRUCTOR: bool = false;

    /// Runs when a PHP destructor would: before anything the payload holds may be gone, not after a fatal error.
    fn destroyed(&self, php: Php<'_>) -> Answer {
        let _ = php;
        Ok(())
    }

    /// Runs when the last reference goes, while PHP may still be called; before the payload is dropped.
    fn released(&self, php: Php<'_>) {
        let _ = php;
    }
}

/// A class with payload: its entry and handlers, both written once in MINIT.
pub(crate) struct Class {
    entry: AtomicPtr<sys::zend_class_entry>,
    handlers: UnsafeCell<MaybeUninit<sys::zend_object_handlers>>,
}

// SAFETY: `handlers` is written in MINIT, when there is one thread, and only read afterwards.
unsafe impl Sync for Class {}

/// A handle on its way to another thread.
#[derive(Clone)]
pub(crate) struct SharedHandle {
    /// Whether but one thread may adopt it.
    pub(crate) once: bool,
    adopt: fn(Php<'_>, Arc<dyn Any + Send + Sync>) -> Option<Value>,
    shared: Arc<dyn Any + Send + Sync>,
}

#[repr(C)]
struct Holder<T> {
    payload: T,
    /// Of which type `payload` is, for code that has only the object.
    share: fn(Php<'_>, *const sys::zend_object) -> Option<SharedHandle>,
    std: sys::zend_object,
}

impl SharedHandle {
    /// Something that `adopt` makes a handle of in another thread.
    pub(crate) fn new(
        adopt: fn(Php<'_>, Arc<dyn Any + Send + Sync>) -> Option<Value>,
        shared: Arc<dyn Any + Send + Sync>,
    ) -> SharedHandle {
        SharedHandle { once: false, adopt, shared }
    }
}

impl Class {
    pub(crate) const fn new() -> Class {
        Class { entry: AtomicPtr::new(std::ptr::null_mut()), handlers: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    /// The class entry.
    pub(crate) fn entry(&self) -> *mut sys::zend_class_entry {
        // Written before any other thread exists; thread creation orders it.
        self.entry.load(Ordering::Relaxed)
    }
}

/// Connects `entry` with payload type `T`. MINIT only.
pub(crate) fn register<T: Payload>(entry: *mut sys::zend_class_entry) {
    let class = T::class();
    class.entry.store(entry, Ordering::Relaxed);
    let slot = REGISTERED.iter().find(|slot| slot.load(Ordering::Relaxed).is_null());
    slot.expect("room for every class").store(entry, Ordering::Relaxed);
    // SAFETY: MINIT: one thread, nobody reads the handlers or the class yet.
    unsafe {
        let handlers = (*class.handlers.get()).write(sys::std_object_handlers);
        handlers.offset = offset_of!(Holder<T>, std) as i32;
        handlers.free_obj = Some(free::<T>);
        handlers.get_gc = Some(get_gc::<T>);
        if T::DESTRUCTOR {
            handlers.dtor_obj = Some(destroy::<T>);
        }
        handlers.clone_obj = None;
        (*entry).__bindgen_anon_2.create_object = Some(create::<T>);
        (*entry).ce_flags |= sys::ZEND_ACC_NOT_SERIALIZABLE | sys::ZEND_ACC_NO_DYNAMIC_PROPERTIES;
    }
}

fn holder<T: Payload>(object: *const sys::zend_object) -> *mut Holder<T> {
    object.wrapping_byte_sub(offset_of!(Holder<T>, std)).cast_mut().cast()
}

/// The payload of `object`.
///
/// # Safety
/// `object` is alive, of `T`'s class, and of this thread.
pub(crate) unsafe fn payload_of<'a, T: Payload>(object: *const sys::zend_object) -> &'a T {
    // SAFETY: by contract the object was made by `create::<T>`.
    unsafe { &(*holder::<T>(object)).payload }
}

/// The payload of `value` if it is an object of `T`'s class.
pub(crate) fn payload<T: Payload>(value: &Value) -> Option<&T> {
    let object = value.object()?;
    // SAFETY: the class is checked before the payload is looked at; the value keeps the object alive.
    unsafe { ((*object).ce == T::class().entry()).then(|| payload_of::<T>(object)) }
}

/// A new object with this payload.
pub(crate) fn instantiate<T: Payload>(php: Php<'_>, payload: T) -> Value {
    let _ = php;
    // SAFETY: attached (token); `create` gives an object with one reference, which the Value takes over.
    unsafe {
        let object = create::<T>(T::class().entry());
        (*holder::<T>(object)).payload = payload;
        Value::from_object(object)
    }
}

/// What of `object` may cross to another thread: `None` for objects that are not handles of this extension, or not constructed.
///
/// # Safety
/// `object` is alive and of this thread.
pub(crate) unsafe fn share(php: Php<'_>, object: *const sys::zend_object) -> Option<SharedHandle> {
    // SAFETY: by contract.
    let entry = unsafe { (*object).ce };
    // SAFETY: by contract; classes outlive their objects.
    if unsafe { sys::at_is_actor(entry) } {
        return super::actor_class::share(object.cast_mut());
    }
    if !REGISTERED.iter().any(|slot| slot.load(Ordering::Relaxed) == entry) {
        return None;
    }
    // SAFETY: the class is one of ours, all final, so the object is the `std` of a Holder, whose `share` lies right before it.
    unsafe {
        let share = object.byte_sub(offset_of!(Holder<()>, std) - offset_of!(Holder<()>, share));
        (*share.cast::<fn(Php<'_>, *const sys::zend_object) -> Option<SharedHandle>>())(php, object)
    }
}

/// A handle of this thread to what `shared` stands for; `None` when the payload refuses.
pub(crate) fn adopt(php: Php<'_>, shared: &SharedHandle) -> Option<Value> {
    (shared.adopt)(php, Arc::clone(&shared.shared))
}

/// Entries of all classes with a payload, filled in MINIT.
static REGISTERED: [AtomicPtr<sys::zend_class_entry>; 32] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 32];

fn share_of<T: Payload>(php: Php<'_>, object: *const sys::zend_object) -> Option<SharedHandle> {
    // SAFETY: called by `share` with an object made by `create::<T>`.
    let shared = unsafe { payload_of::<T>(object) }.share(php)?;
    Some(SharedHandle { once: T::ONCE, adopt: |php, shared| Some(instantiate(php, T::adopt(shared)?)), shared })
}

/// The engine's way to make an object: `new`, before the constructor.
///
/// # Safety
/// By the engine, in an attached thread inside a request, with a class that `register::<T>` has connected.
unsafe extern "C" fn create<T: Payload>(entry: *mut sys::zend_class_entry) -> *mut sys::zend_object {
    const { assert!(align_of::<T>() <= 8, "emalloc aligns to 8") };
    // SAFETY: the engine calls this in an attached thread with a class of ours; the memory is written before anybody sees it.
    unsafe {
        let holder: *mut Holder<T> = sys::at_object_alloc(size_of::<Holder<T>>(), entry).cast();
        (&raw mut (*holder).payload).write(T::default());
        (&raw mut (*holder).share).write(share_of::<T>);
        let object = &raw mut (*holder).std;
        sys::zend_object_std_init(object, entry);
        sys::object_properties_init(object, entry);
        (*object).handlers = (*T::class().handlers.get()).as_ptr();
        object
    }
}

/// The engine's way to end an object: no reference is left, or the request ends.
///
/// # Safety
/// By the engine, once, with an object made by `create::<T>`, in its thread, inside the request.
unsafe extern "C" fn free<T: Payload>(object: *mut sys::zend_object) {
    // SAFETY: the engine calls this once for an object made by `create::<T>`, in its thread, inside the request.
    unsafe {
        let php = Php::assume();
        let holder = holder::<T>(object);
        // First: this clears weak references, so that no code that runs below can get hold of the object again.
        sys::zend_object_std_dtor(object);
        let bailed_out = guard(php, || {
            (*holder).payload.released(php);
            Ok(())
        });
        (&raw mut (*holder).payload).drop_in_place();
        if bailed_out != 0 {
            sys::at_bailout();
        }
    }
}

/// The engine's way to call a destructor.
///
/// # Safety
/// By the engine, with an object made by `create::<T>`, in its thread, inside the request.
unsafe extern "C" fn destroy<T: Payload>(object: *mut sys::zend_object) {
    // SAFETY: the engine calls this for an object made by `create::<T>`, in its thread, inside the request; an exception in flight is put aside
    // meanwhile, as it is for PHP destructors.
    unsafe {
        let php = Php::assume();
        let outer = sys::at_exception_put_aside();
        let bailed_out = guard(php, || payload_of::<T>(object).destroyed(php));
        if bailed_out != 0 {
            sys::at_bailout();
        }
        sys::at_exception_put_back(outer);
    }
}

/// What the collector asks for.
///
/// # Safety
/// By the engine, with a live object made by `create::<T>` and two slots to fill.
unsafe extern "C" fn get_gc<T: Payload>(
    object: *mut sys::zend_object,
    table: *mut *mut sys::zval,
    count: *mut std::ffi::c_int,
) -> *mut sys::HashTable {
    // SAFETY: the engine passes a live object made by `create::<T>` and two slots to fill.
    unsafe {
        let buffer = sys::zend_get_gc_buffer_create();
        payload_of::<T>(object).trace(&mut |value| sys::at_gc_buffer_add(buffer, value.as_ptr().cast_mut()));
        sys::at_gc_buffer_use(buffer, table, count);
        sys::zend_std_get_properties(object)
    }
}

/// A payload's way back to its own object, without keeping it alive. Cleared by the payload's `released`, so it never dangles.
pub(crate) struct SelfRef(Cell<*mut sys::zend_object>);

impl Default for SelfRef {
    fn default() -> SelfRef {
        SelfRef(Cell::new(std::ptr::null_mut()))
    }
}

impl SelfRef {
    /// Another reference to the object, if there is one. Not while a collection may be about to free it: a destructor that it runs is not to see the object
    /// again, for the collector would not notice.
    pub(crate) fn get(&self) -> Option<Value> {
        let object = self.0.get();
        // SAFETY: set to a live object, cleared when that is freed.
        unsafe {
            let is_doomed = || sys::at_gc_running() && (*object).gc.u.type_info >> sys::GC_INFO_SHIFT != 0;
            (!object.is_null() && !is_doomed()).then(|| Value::of_object(object))
        }
    }

    /// Remembers the object of `value`.
    pub(crate) fn set(&self, value: &Value) {
        self.0.set(value.object().unwrap_or(std::ptr::null_mut()));
    }

    /// The object is being freed.
    pub(crate) fn clear(&self) {
        self.0.set(std::ptr::null_mut());
    }

    /// Whether there is none.
    pub(crate) fn is_clear(&self) -> bool {
        self.0.get().is_null()
    }
}
