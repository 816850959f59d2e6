//! Closures: their code as an image or by name, and the values they bind.

use super::frame::{Frame, Kind};
use super::{Capture, Stop};
use crate::code::FunctionImage;
use crate::sys;
use crate::transfer::packet::{Code, Function, Name};
use crate::transfer::word;
use crate::transfer::zv::{self, ty};
use crate::zend::Php;

impl Capture {
    /// Writes a closure's header; `$this` and then its variables become the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the object is a closure.
    pub(super) unsafe fn closure(
        &mut self,
        php: Php<'_>,
        frame: &mut Frame,
        object: *mut sys::zend_object,
        flags: u64,
    ) -> Result<(), Stop> {
        // SAFETY: the closure is alive, and with it its function, its classes and what it binds.
        unsafe {
            let function = sys::zend_get_closure_method_def(object);
            let common = &raw const (*function).common;
            let is_user = u32::from((*function).type_) == sys::ZEND_USER_FUNCTION;
            let is_own = (*common).fn_flags & sys::ZEND_ACC_FAKE_CLOSURE == 0;
            let scope = (*common).scope.cast_const();
            let code = if is_user && (is_own || is_unnamed(function)) {
                let image = FunctionImage::of(php, &raw const (*function).op_array);
                match image {
                    Ok(image) => Code::Image(image),
                    Err(error) => return Err(Stop::Refused(format!("Closure is not transferable: {error}"))),
                }
            } else {
                let name = self.tables.name(zv::bytes((*common).function_name));
                Code::Named { name, is_static: (*common).fn_flags & sys::ZEND_ACC_STATIC != 0 }
            };
            let this = sys::at_closure_this(object);
            let called_scope = sys::at_closure_called_scope(object).cast_const();
            let function_of = Function { code, scope: self.class_name(scope), called_scope: self.class_name(called_scope) };
            let index = self.tables.functions.len() as u64;
            self.tables.functions.push(function_of);

            let bound = zv::type_of(this) == ty::OBJECT;
            let head = word::node(word::CLOSURE, index) | flags;
            self.tape.put(if bound { head | word::BOUND } else { head });
            let variables = match is_user && is_own {
                true => sys::at_closure_variables(object),
                false => std::ptr::null_mut(),
            };
            if !variables.is_null() && (*variables).nNumUsed > 0 {
                self.tape.put(u64::from((*variables).nNumUsed));
                self.enter(frame, Frame::buckets(Kind::Variables, object.cast(), variables));
            } else {
                self.tape.put(0);
            }
            if bound {
                self.enter(frame, Frame::values(Kind::This, object.cast(), this, 1));
            }
        }
        Ok(())
    }

    /// The name of a class, for the receiver to look up; none for none.
    ///
    /// # Safety
    /// The class is alive, or null.
    unsafe fn class_name(&mut self, entry: *const sys::zend_class_entry) -> Name {
        if entry.is_null() {
            return Name::NONE;
        }
        // SAFETY: by contract.
        self.tables.name(unsafe { zv::bytes((*entry).name) })
    }

    /// Gives the next variable of a closure, or writes it when it is none that travels by value.
    ///
    /// # Safety
    /// As [`walk`](Capture::walk); the frame is of a closure's variables and not at its end.
    pub(super) unsafe fn variable(&mut self, frame: &mut Frame) -> Option<*const sys::zval> {
        let bucket = frame.next_bucket();
        // SAFETY: the bucket is alive.
        unsafe {
            let value = &raw const (*bucket).val;
            match zv::type_of(value) {
                // An initialiser that has not run yet: the receiver's copy of the code has it too.
                ty::CONSTANT_AST => {
                    self.tape.put(word::node(word::SKIP, 0));
                    None
                }
                // The engine takes a reference here for "initialised", even one that nothing else shares.
                ty::REFERENCE if zv::refcount((*value).value.ref_) == 1 => {
                    self.boxed(frame, (*value).value.ref_);
                    None
                }
                _ => Some(value),
            }
        }
    }
}

/// Whether a function has no name to find it by: that of a closure, which `$closure(...)` gives as it is.
///
/// # Safety
/// The function is alive.
unsafe fn is_unnamed(function: *const sys::zend_function) -> bool {
    // SAFETY: by contract.
    unsafe { zv::bytes((*function).common.function_name).starts_with(b"{closure") }
}
