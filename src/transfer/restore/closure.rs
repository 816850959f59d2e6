//! Closures: the function found or bound in this thread, then what the closure binds.

use async_threads_core::tape::Reader;

use super::{Frame, Kind, Restore, Stop};
use crate::sys;
use crate::transfer::packet::{Code, Function, Name, Packet, Tables};
use crate::transfer::zv;
use crate::transfer::{shape, word};
use crate::zend::Php;

/// A function of the packet in this thread.
#[derive(Clone, Copy)]
pub(super) struct Found {
    function: *mut sys::zend_function,
    scope: *mut sys::zend_class_entry,
    called_scope: *mut sys::zend_class_entry,
    /// One function under several closures, its static variables the function's own.
    named: bool,
    /// A call of `__call` or `__callStatic` under this name; `function` is that method.
    magic: Name,
    is_static: bool,
}

impl Restore {
    /// Finds a function, its classes first.
    pub(super) fn function(&mut self, php: Php<'_>, packet: &Packet, function: &Function) -> Result<(), Stop> {
        // First of all: from then on this thread knows where to find the classes that the code uses.
        let image = match &function.code {
            Code::Image(image) => match image.function(php) {
                Ok(image) => Some(image),
                Err(error) => return Err(self.mismatch(format!("Cannot restore Closure: {error}"))),
            },
            Code::Named { .. } => None,
        };
        let scope = self.optional_class(php, packet, function.scope)?;
        let called_scope = self.optional_class(php, packet, function.called_scope)?;
        let mut found =
            Found { function: std::ptr::null_mut(), scope, called_scope, named: false, magic: Name::NONE, is_static: false };
        match &function.code {
            Code::Image(_) => found.function = image.unwrap_or(std::ptr::null_mut()),
            Code::Named { name, is_static } => {
                found.named = true;
                let text = packet.tables.text(*name);
                // SAFETY: attached (token); the classes were just found. The `$this` of an actor's method is a handle here.
                found.function = unsafe {
                    match *is_static || scope.is_null() || !sys::at_is_actor(scope) {
                        true => named(php, scope, text),
                        false => sys::at_handle_function(called_scope, scope, text.as_ptr().cast(), text.len()),
                    }
                };
                if found.function.is_null()
                    && scope.is_null()
                    && let Some(code) = &packet.code
                {
                    match code.bind_function(php, &text.to_ascii_lowercase()) {
                        // SAFETY: as above.
                        Ok(_) => found.function = unsafe { named(php, scope, text) },
                        Err(error) => return Err(self.mismatch(format!("Cannot restore Closure: {error}"))),
                    }
                }
                if found.function.is_null() {
                    // SAFETY: as above.
                    found.function = unsafe { magic(scope, *is_static) };
                    found.magic = *name;
                    found.is_static = *is_static;
                }
                if found.function.is_null() {
                    return Err(self.no_function(&packet.tables, function, text));
                }
            }
        }
        self.functions.push(found);
        Ok(())
    }

    #[cold]
    fn no_function(&mut self, tables: &Tables, function: &Function, name: &[u8]) -> Stop {
        let class = match function.scope {
            Name::NONE => String::new(),
            scope => shape::shown(tables.text(scope)) + "::",
        };
        let name = String::from_utf8_lossy(name);
        self.mismatch(format!("Cannot restore Closure of {class}{name}(): there is no such function here"))
    }

    fn optional_class(&mut self, php: Php<'_>, packet: &Packet, name: Name) -> Result<*mut sys::zend_class_entry, Stop> {
        match name {
            Name::NONE => Ok(std::ptr::null_mut()),
            name => self.class(php, packet, name),
        }
    }

    /// A new closure in `place`; its `$this` and then its variables the new `frame`.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk).
    #[inline(never)]
    pub(super) unsafe fn closure(
        &mut self,
        php: Php<'_>,
        packet: &Packet,
        tape: &mut Reader<'_>,
        head: u64,
        frame: &mut Frame,
        place: *mut sys::zval,
    ) -> Result<(), Stop> {
        let _ = php;
        let found = self.functions[word::count(head) as usize];
        let variables = tape.get() as usize;
        // SAFETY: the function and its classes live as long as the request. The object is linked to its
        // `$this` after it is made, as if it had been given then: that may be a node still being built.
        unsafe {
            let mut made = zv::undef();
            if found.magic != Name::NONE {
                let name = packet.tables.text(found.magic);
                sys::at_closure_magic(
                    &raw mut made,
                    found.scope,
                    found.called_scope,
                    name.as_ptr().cast(),
                    name.len(),
                    found.is_static,
                );
            } else if found.named {
                let (function, scope, called) = (found.function, found.scope, found.called_scope);
                sys::zend_create_fake_closure(&raw mut made, function, scope, called, std::ptr::null_mut());
            } else {
                let (function, scope, called) = (found.function, found.scope, found.called_scope);
                sys::zend_create_closure(&raw mut made, function, scope, called, std::ptr::null_mut());
            }
            let object = made.value.obj;
            if head & word::DEF != 0 {
                self.nodes.push(object.cast());
            }
            zv::set_counted(place, object, sys::IS_OBJECT_EX);
            if variables > 0 {
                let table = sys::at_closure_variables(object);
                if table.is_null() || (*table).nNumUsed as usize != variables {
                    return Err(self.mismatch("Cannot restore Closure: its code here has other variables".into()));
                }
                let buckets = zv::buckets(table);
                self.enter(frame, Frame::new(Kind::Variables, object.cast(), buckets, variables));
            }
            if head & word::BOUND != 0 {
                let this = sys::at_closure_this(object);
                self.enter(frame, Frame::new(Kind::Values, object.cast(), this, 1));
            }
        }
        Ok(())
    }

    /// Reads the value of the next variable of a closure.
    ///
    /// # Safety
    /// As [`walk`](Restore::walk); the frame is of a closure's variables.
    pub(super) unsafe fn variable(
        &mut self,
        php: Php<'_>,
        packet: &Packet,
        tape: &mut Reader<'_>,
        frame: &mut Frame,
    ) -> Result<(), Stop> {
        let bucket = frame.step::<sys::Bucket>();
        // SAFETY: the bucket is one of the closure's own table; its value is replaced.
        unsafe {
            let place = &raw mut (*bucket).val;
            let mut old = *place;
            zv::set_type(place, sys::IS_NULL);
            let head = tape.peek();
            if word::tag(head) == word::SKIP {
                tape.get();
                *place = old;
                return Ok(());
            }
            sys::at_zval_dtor(&raw mut old);
            self.value(php, packet, tape, frame, place)
        }
    }
}

/// A function or method by its name in this thread.
///
/// # Safety
/// The class is alive, or null.
unsafe fn named(php: Php<'_>, scope: *mut sys::zend_class_entry, name: &[u8]) -> *mut sys::zend_function {
    // SAFETY: by contract; function tables hold pointers to functions.
    unsafe {
        let table = match scope.is_null() {
            true => (*php.eg()).function_table.cast_const(),
            false => &raw const (*scope).function_table,
        };
        let found = sys::at_find_lower(table, name.as_ptr().cast(), name.len());
        if found.is_null() { std::ptr::null_mut() } else { (*found).value.func }
    }
}

/// The method that answers calls of methods a class does not have.
///
/// # Safety
/// The classes are alive, or null.
unsafe fn magic(scope: *mut sys::zend_class_entry, is_static: bool) -> *mut sys::zend_function {
    if scope.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: by contract.
    unsafe { if is_static { (*scope).__callstatic } else { (*scope).__call } }
}
