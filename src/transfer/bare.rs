//! Closures that are code and nothing else: no variables, no `$this`.
//!
//! Purpose: who sends one again and again needs one packet of it, and who calls it again and again one closure. Owner: none of PHP's memory is held. Threads: made in the
//! sender's; compared there. Invariants: a class is compared by its address, so a `Bare` does not outlive the request it was made in.

use super::zv::{self, ty};
use crate::code::FunctionImage;
use crate::sys;
use crate::zend::{Php, Value};

/// Which code, seen from which class.
pub(crate) struct Bare {
    image: FunctionImage,
    scope: *const sys::zend_class_entry,
    called_scope: *const sys::zend_class_entry,
}

impl Bare {
    /// The code of `value`, if it is a closure that has nothing else.
    pub(crate) fn of(php: Php<'_>, value: &Value) -> Option<Bare> {
        let object = value.object()?;
        // SAFETY: the value keeps the object alive, which is a closure, and with it its function and classes.
        let (function, scope, called_scope) = unsafe {
            if (*object).ce != sys::zend_ce_closure {
                return None;
            }
            let function = sys::zend_get_closure_method_def(object);
            let is_user = u32::from((*function).type_) == sys::ZEND_USER_FUNCTION;
            let is_fake = (*function).common.fn_flags & sys::ZEND_ACC_FAKE_CLOSURE != 0;
            if !is_user || is_fake || zv::type_of(sys::at_closure_this(object)) == ty::OBJECT {
                return None;
            }
            // Variables that are bound, and static ones.
            if !(*function).op_array.static_variables.is_null() {
                return None;
            }
            (&raw const (*function).op_array, (*function).common.scope, sys::at_closure_called_scope(object))
        };
        let image = FunctionImage::of(php, function).ok()?;
        Some(Bare { image, scope, called_scope })
    }

    /// Whether both do the same wherever they are called.
    pub(crate) fn is_same(&self, other: &Bare) -> bool {
        self.image.is_same(&other.image) && self.scope == other.scope && self.called_scope == other.called_scope
    }
}
