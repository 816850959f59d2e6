//! Classes of actors, seen from Rust: what src/sys/actor_class.c makes of them.
//!
//! A handle's payload is an `Arc<T>` of the runtime, owned by the handle; an empty handle has not been constructed. Owner: the engine's object store of the
//! handle's thread. Threads: one, but for what `share` gives.

use super::object::{SelfRef, SharedHandle};
use super::{Bailout, Php, Value, array, protect};
use crate::sys;
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, OnceLock};

/// What the runtime keeps in a handle.
pub(crate) trait Handle: Send + Sync + 'static {
    /// The actor's number.
    fn id(&self) -> u64;
    /// Name of its class, as declared.
    fn class_name(&self) -> &[u8];
    /// For `var_dump`.
    fn describe(&self, info: &mut array::Builder);
    /// The handle for an instance's own thread to give away: of the actor whose instance `object` is.
    fn of_instance(object: *const sys::zend_object) -> Option<Arc<Self>>;
}

struct Hooks {
    released: fn(*mut c_void),
    id: fn(*const c_void) -> u64,
    identify: fn(*mut sys::zend_object) -> Option<u64>,
    describe: fn(Php<'_>, *const c_void, *mut sys::zval),
    share: fn(*mut sys::zend_object) -> Option<SharedHandle>,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

thread_local! {
    /// Handles of this thread by actor: one for each, so that `===` holds.
    static HANDLES: RefCell<HashMap<u64, SelfRef>> = RefCell::default();
}

/// MINIT: makes `entry` the base class of actors, with handles that hold an `Arc<T>`.
pub(crate) fn register<T: Handle>(entry: *mut sys::zend_class_entry) {
    let _ = HOOKS.set(Hooks {
        // SAFETY: payloads are made by `set_payload::<T>` alone.
        released: |payload| unsafe { drop(Arc::from_raw(payload.cast_const().cast::<T>())) },
        // SAFETY: as above.
        id: |payload| unsafe { (*payload.cast::<T>()).id() },
        identify: |object| payload::<T>(object).or_else(|| T::of_instance(object)).map(|actor| actor.id()),
        describe: |php, payload, info| {
            let mut builder = array::Builder::new(php);
            if !payload.is_null() {
                // SAFETY: as above.
                unsafe { (*payload.cast::<T>()).describe(&mut builder) };
            }
            // SAFETY: an array of the caller's, replaced.
            unsafe { drop(Value::from_raw(std::mem::replace(&mut *info, builder.finish().into_raw()))) };
        },
        share: |object| {
            let handle = payload::<T>(object).or_else(|| T::of_instance(object))?;
            Some(SharedHandle::new(adopt::<T>, handle))
        },
    });
    // SAFETY: MINIT, one thread.
    unsafe { sys::at_actor_register(entry) };
}

/// The runtime's side of a handle; None for an empty one and for any other object.
pub(crate) fn payload<T: Handle>(object: *mut sys::zend_object) -> Option<Arc<T>> {
    // SAFETY: `object` is alive; a slot is a handle's, and holds what `set_payload` put there.
    unsafe {
        let slot = sys::at_actor_payload(object);
        if slot.is_null() || (*slot).is_null() {
            return None;
        }
        let payload = (*slot).cast_const().cast::<T>();
        Arc::increment_strong_count(payload);
        Some(Arc::from_raw(payload))
    }
}

/// Fills an empty handle.
pub(crate) fn set_payload<T: Handle>(handle: &Value, payload: Arc<T>) {
    let Some(object) = handle.object() else { return };
    let id = payload.id();
    // SAFETY: alive, as the value holds it.
    unsafe {
        let slot = sys::at_actor_payload(object);
        if slot.is_null() || !(*slot).is_null() {
            return;
        }
        *slot = Arc::into_raw(payload).cast_mut().cast();
    }
    let known = SelfRef::default();
    known.set(handle);
    HANDLES.with_borrow_mut(|handles| handles.insert(id, known));
}

/// What of an actor's handle or instance may cross to another thread. None for other objects.
pub(super) fn share(object: *mut sys::zend_object) -> Option<SharedHandle> {
    (HOOKS.get()?.share)(object)
}

/// This thread's handle of an actor; a new one if it has none. None when its class is unknown here.
pub(crate) fn adopt<T: Handle>(php: Php<'_>, shared: Arc<dyn Any + Send + Sync>) -> Option<Value> {
    let payload = shared.downcast::<T>().ok()?;
    if let Some(handle) = HANDLES.with_borrow(|handles| handles.get(&payload.id()).and_then(SelfRef::get)) {
        return Some(handle);
    }
    let class = find_class(php, payload.class_name()).ok()??;
    // SAFETY: attached (token), a class that extends the base.
    let handle = unsafe { Value::from_object(sys::at_actor_new_handle(class, ptr::null_mut())) };
    set_payload(&handle, payload);
    Some(handle)
}

/// A class by name, autoloaded if need be. An exception may be in flight when there is none.
pub(crate) fn find_class(php: Php<'_>, name: &[u8]) -> Result<Option<*mut sys::zend_class_entry>, Bailout> {
    let name = Value::string(php, name);
    let name = name.as_ptr();
    // SAFETY: a string that outlives the call.
    let class = protect(php, |_| unsafe { sys::zend_lookup_class((*name).value.str_) })?;
    Ok((!class.is_null()).then_some(class))
}

/// A standard object of the real class `class`, whose constructor has not run. An exception may be in flight instead.
pub(crate) fn instantiate(php: Php<'_>, class: *mut sys::zend_class_entry) -> Result<Value, Bailout> {
    let mut object = Value::null();
    let to = object.as_mut_ptr();
    // SAFETY: `to` is outside of `protect`; the class is alive.
    protect(php, |_| unsafe { sys::at_actor_instantiate(to, class) })?;
    Ok(object)
}

/// The constructor of a new object has thrown: its destructor is not to run.
pub(crate) fn constructor_failed(instance: &Value) {
    if let Some(object) = instance.object() {
        // SAFETY: alive, as the value holds it. The engine's `zend_object_store_ctor_failed`, a macro.
        unsafe { (*object).gc.u.type_info |= sys::IS_OBJ_DESTRUCTOR_CALLED << sys::GC_FLAGS_SHIFT };
    }
}

/// The constructor of an instance's class.
pub(crate) fn constructor(instance: &Value) -> Option<*mut sys::zend_function> {
    let object = instance.object()?;
    // SAFETY: alive, as the value holds it.
    let constructor = unsafe { (*(*object).ce).constructor };
    (!constructor.is_null()).then_some(constructor)
}

/// A method as handles know it: what a call on one is about. Owner: reference count: the stub, and messages on their way.
pub(crate) struct Method {
    /// The name as declared.
    pub(crate) name: Box<[u8]>,
    /// The same in lower case.
    key: Box<[u8]>,
    /// Called as `…Async`.
    pub(crate) is_async: bool,
    /// The constructor.
    pub(crate) is_constructor: bool,
    /// There is none that the caller could see: it is for `__call`.
    is_magic: bool,
    /// The first parameter it takes by reference, which no message can.
    pub(crate) by_reference: Option<String>,
}

impl Method {
    /// # Safety
    /// `frame` is that of a stub.
    pub(super) unsafe fn of(frame: *mut sys::zend_execute_data) -> Arc<Method> {
        // SAFETY: by contract.
        let stub = unsafe { &mut *sys::at_actor_stub(frame) };
        if stub.known.is_null() {
            // SAFETY: as above.
            stub.known = Arc::into_raw(Arc::new(unsafe { Method::read(stub) })).cast();
        }
        let known = stub.known.cast::<Method>();
        // SAFETY: made above or by an earlier call; the stub keeps one reference until it is freed.
        unsafe {
            Arc::increment_strong_count(known);
            Arc::from_raw(known)
        }
    }

    /// # Safety
    /// The strings and the function that `stub` names are alive.
    unsafe fn read(stub: &sys::at_stub) -> Method {
        // SAFETY: by contract.
        unsafe {
            let bytes =
                |string: *const sys::zend_string| std::slice::from_raw_parts((*string).val.as_ptr().cast::<u8>(), (*string).len);
            let by_reference = if stub.real.is_null() { ptr::null_mut() } else { sys::at_actor_by_reference(stub.real) };
            let name: Box<[u8]> = bytes(stub.method).into();
            Method {
                key: name.to_ascii_lowercase().into(),
                name,
                is_async: stub.async_,
                is_magic: stub.real.is_null(),
                is_constructor: !stub.real.is_null() && (*stub.real).common.fn_flags & sys::ZEND_ACC_CTOR != 0,
                by_reference: (!by_reference.is_null()).then(|| String::from_utf8_lossy(bytes(by_reference)).into_owned()),
            }
        }
    }

    /// The method of that name of an instance's class; none when it is for `__call`.
    pub(crate) fn find_in(&self, instance: &Value) -> Option<*mut sys::zend_function> {
        let object = instance.object().filter(|_| !self.is_magic)?;
        // SAFETY: alive, as the value holds it; tables of classes are not changed while code runs.
        let found = unsafe {
            sys::zend_hash_str_find(&raw const (*(*object).ce).function_table, self.key.as_ptr().cast(), self.key.len())
        };
        // SAFETY: entries of a method table are pointers.
        (!found.is_null()).then(|| unsafe { (*found).value.func })
    }
}

/// A stub is freed.
///
/// # Safety
/// By the C side alone, with what `Method::of` left in a stub.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_stub_forgotten(known: *const c_void) {
    // SAFETY: by contract.
    unsafe { drop(Arc::from_raw(known.cast::<Method>())) };
}

/// RSHUTDOWN and later: no handle of this thread is used any more.
pub(crate) fn request_end() {
    HANDLES.take();
    // SAFETY: behind the end of the object store.
    unsafe { sys::at_actor_forget_classes() };
}

/// A handle is freed.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_actor_released(payload: *mut c_void) {
    if let Some(hooks) = HOOKS.get() {
        let id = (hooks.id)(payload);
        HANDLES.with_borrow_mut(|handles| handles.remove(&id));
        (hooks.released)(payload);
    }
}

/// Whether two objects, handles or the instance itself, are one actor.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at_actor_same(one: *mut sys::zend_object, other: *mut sys::zend_object) -> bool {
    let Some(hooks) = HOOKS.get() else { return false };
    (hooks.identify)(one).is_some_and(|id| (hooks.identify)(other) == Some(id))
}

/// Fills `info` for `var_dump`.
///
/// # Safety
/// By the engine, inside a request; `info` is an array.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn at_actor_describe(payload: *mut c_void, info: *mut sys::zval) {
    // SAFETY: handlers run inside a request.
    let php = unsafe { Php::assume() };
    if let Some(hooks) = HOOKS.get() {
        (hooks.describe)(php, payload, info);
    }
}
