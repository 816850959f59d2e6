//! Where user code may run: lazy objects, serialisers, `Async\Transferable`.

use super::frame::{Frame, Kind};
use super::{Capture, Stop, trace};
use crate::sys;
use crate::transfer::word;
use crate::transfer::zv::{self, ty};
use crate::zend::{Php, error};

impl Capture {
    /// Holds a node until the end, if it counts references.
    ///
    /// # Safety
    /// The node is alive and is what `type_info` says.
    #[cold]
    pub(super) unsafe fn hold<T>(&mut self, node: *const T, type_info: u32) {
        if !zv::is_refcounted(type_info) {
            return;
        }
        // SAFETY: by contract.
        unsafe {
            let mut value = zv::undef();
            zv::set_counted(&raw mut value, node.cast_mut(), type_info);
            zv::addref(node.cast_mut());
            self.held.push(value);
        }
    }

    /// Releases what was held and made. May run destructors.
    ///
    /// # Safety
    /// The walk is over, and the frames are not used any more.
    pub(super) unsafe fn let_go(&mut self) {
        while let Some(mut value) = self.held.pop() {
            // SAFETY: `hold` took this reference.
            unsafe { sys::at_zval_dtor(&raw mut value) };
        }
        for index in 0..self.made.len() {
            // SAFETY: the value is ours; it is left UNDEF.
            unsafe {
                let value = &mut *self.made[index];
                let mut old = zv::take(value);
                sys::at_zval_dtor(&raw mut old);
            }
        }
    }

    /// Goes on only if user code may run now.
    pub(super) fn need_care(&self) -> Result<(), Stop> {
        if self.careful { Ok(()) } else { Err(Stop::UserCode) }
    }

    /// Calls a method without arguments; what it returns lives until the end. An object is asked once, however often the walk starts again
    /// for weak references. What a class of the engine throws is a reason to refuse the object.
    ///
    /// # Safety
    /// The object is alive and the method one of its class.
    unsafe fn ask(
        &mut self,
        php: Php<'_>,
        object: *mut sys::zend_object,
        method: *mut sys::zend_function,
    ) -> Result<*const sys::zval, Stop> {
        if let Some(&known) = self.states.get(&(object as usize)) {
            return Ok(known);
        }
        self.made.push(Box::new(zv::undef()));
        let place = self.made.last_mut().map(|value| &raw mut **value).unwrap_or_default();
        // SAFETY: by contract; the box outlives the walk.
        unsafe {
            let none = std::ptr::null_mut();
            sys::zend_call_known_function(method, object, (*object).ce, place, 0, none, std::ptr::null_mut());
        }
        if !php.has_exception() {
            self.states.insert(object as usize, place);
            return Ok(place);
        }
        // SAFETY: by contract; an exception is pending.
        unsafe {
            let internal = u32::from((*method).type_) != sys::ZEND_USER_FUNCTION;
            match internal && !error::is_unwinding(php) && !error::is_cancellation(php) {
                true => Err(Stop::Refused(trace::take_message(php))),
                false => Err(Stop::Thrown),
            }
        }
    }

    /// The object whose properties a lazy object stands for, initialised.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the object is lazy.
    #[cfg(php84)]
    pub(super) unsafe fn initialised(
        &mut self,
        php: Php<'_>,
        frame: &Frame,
        object: *mut sys::zend_object,
    ) -> Result<*mut sys::zend_object, Stop> {
        // SAFETY: the object is alive, and held before user code runs.
        unsafe {
            if (*object).extra_flags & sys::IS_OBJ_LAZY_UNINITIALIZED != 0 {
                // An exception that passes by is no reason: the initialiser may be what has thrown it.
                if self.in_argument(frame) {
                    return Err(Stop::Refused("a lazy object of a trace stays as it is".into()));
                }
                self.need_care()?;
                self.hold(object, sys::IS_OBJECT_EX);
            }
            let instance = sys::zend_lazy_object_init(object);
            match instance.is_null() || php.has_exception() {
                true => Err(Stop::Thrown),
                false => Ok(instance),
            }
        }
    }

    /// Writes the state that `__serialize()` gives for an object whose header was written.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the class has the method.
    pub(super) unsafe fn contract(&mut self, php: Php<'_>, frame: &mut Frame, object: *mut sys::zend_object) -> Result<(), Stop> {
        // SAFETY: the object and its class are alive.
        unsafe {
            let method = (*(*object).ce).__serialize;
            if u32::from((*method).type_) == sys::ZEND_USER_FUNCTION {
                self.need_care()?;
            }
            let state = self.ask(php, object, method)?;
            if zv::type_of(state) != ty::ARRAY {
                let class = crate::transfer::shape::class_name((*object).ce);
                return Err(Stop::Refused(format!("{class}::__serialize() gave no array")));
            }
            if self.careful && u32::from((*method).type_) != sys::ZEND_USER_FUNCTION {
                // `ArrayObject` writes to its storage as if nobody else could hold it.
                sys::at_own_arrays(state.cast_mut());
            }
            self.enter(frame, Frame::values(Kind::State, object.cast(), state, 1));
        }
        Ok(())
    }

    /// Writes the elements of a heap, a priority queue or a fixed array, as the class shows them.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the object is one of these.
    pub(super) unsafe fn elements(&mut self, php: Php<'_>, frame: &mut Frame, object: *mut sys::zend_object) -> Result<(), Stop> {
        // SAFETY: the object is alive; the value made is a new array.
        unsafe {
            self.made.push(Box::new(zv::undef()));
            let place = self.made.last_mut().map(|value| &raw mut **value).unwrap_or_default();
            let whole = sys::at_spl_elements(object, place);
            if php.has_exception() {
                return Err(Stop::Thrown);
            }
            if !whole {
                let class = crate::transfer::shape::class_name((*object).ce);
                return Err(Stop::Refused(format!("{class} is corrupted")));
            }
            self.enter(frame, Frame::values(Kind::State, object.cast(), place, 1));
        }
        Ok(())
    }

    /// Writes an object as the state that its `transfer()` gives.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the class implements `Async\Transferable`.
    pub(super) unsafe fn transferable(
        &mut self,
        php: Php<'_>,
        frame: &mut Frame,
        object: *mut sys::zend_object,
        shape: u32,
        flags: u64,
    ) -> Result<(), Stop> {
        self.need_care()?;
        // SAFETY: the object and its class are alive, and the interface requires the method.
        unsafe {
            let methods = &raw const (*(*object).ce).function_table;
            let method = sys::at_find_lower(methods, c"transfer".as_ptr(), 8);
            let state = self.ask(php, object, (*method).value.func)?;
            self.tape.put(word::node(word::TRANSFERABLE, u64::from(shape)) | flags);
            self.enter(frame, Frame::values(Kind::Transfer, object.cast(), state, 1));
        }
        Ok(())
    }

    /// Whether an object is being written as what its `transfer()` gave, which then contains it.
    pub(super) fn is_in_transfer<T>(&self, frame: &Frame, object: *const T) -> bool {
        let by = |frame: &Frame| frame.kind() == Kind::Transfer && frame.owner() == object as usize;
        by(frame) || self.frames.iter().any(by)
    }
}
