//! The path to a refused value, from the frames of a capture that stopped there.

use std::fmt::Write;

use super::capture::frame::{Frame, Kind};
use super::zv::{self, ty};
use super::{Label, shape};
use crate::sys;

/// Steps shown at each end of a long path.
const SHOWN: usize = 12;

/// The path through `frames`, outermost first; the last frame's current element is the refused one.
pub(super) fn of(roots: &[(Label<'_>, *const sys::zval)], frames: &[Frame]) -> String {
    let mut path = String::new();
    let left_out = frames.len().saturating_sub(2 * SHOWN);
    for (index, frame) in frames.iter().enumerate() {
        if left_out > 0 && index >= SHOWN && index < SHOWN + left_out {
            if index == SHOWN {
                let _ = write!(path, "…({left_out} more)…");
            }
            continue;
        }
        // SAFETY: the capture has just stopped at these frames; nothing ran since.
        unsafe { step(&mut path, roots, frames, index, frame) };
    }
    path
}

/// # Safety
/// The owner of the frame is alive and its current element is one of its elements.
unsafe fn step(path: &mut String, roots: &[(Label<'_>, *const sys::zval)], frames: &[Frame], index: usize, frame: &Frame) {
    // Two frames in a row may belong to one object: its slots over its dynamic properties, which then
    // have not been begun.
    let waiting = frames.get(index + 1).is_some_and(|inner| inner.owner() == frame.owner());
    if waiting && matches!(frame.kind(), Kind::Dynamic | Kind::Variables) {
        return;
    }
    // SAFETY: by contract.
    unsafe {
        match frame.kind() {
            Kind::Root => root(path, roots[frame.owner()].0),
            Kind::List | Kind::Trace | Kind::Arguments => {
                let array = frame.owner() as *const sys::HashTable;
                let index = frame.current::<sys::zval>().offset_from(zv::packed(array));
                let _ = write!(path, "[{index}]");
            }
            Kind::Map | Kind::Call | Kind::NamedArguments => {
                let bucket = frame.current::<sys::Bucket>();
                let key = (*bucket).key;
                if key.is_null() {
                    let _ = write!(path, "[{}]", (*bucket).h as i64);
                } else {
                    let _ = write!(path, "['{}']", quoted(zv::bytes(key)));
                }
            }
            Kind::Slots | Kind::Throwable => {
                let object = frame.owner() as *const sys::zend_object;
                let index = frame.current::<sys::zval>().offset_from(zv::slots(object)) as usize;
                let info = shape::slot_info((*object).ce, index);
                if !info.is_null() {
                    let _ = write!(path, "->{}", text(shape::plain_name(info)));
                }
            }
            Kind::Dynamic => {
                let bucket = frame.current::<sys::Bucket>();
                match (*bucket).key.is_null() {
                    true => drop(write!(path, "->{{'{}'}}", (*bucket).h as i64)),
                    false => property(path, zv::bytes((*bucket).key)),
                }
            }
            Kind::Reference | Kind::State | Kind::Transfer => {}
            Kind::Entry => path.push_str("value in a WeakMap"),
            Kind::This => bound(path, "this"),
            Kind::Variables => bound(path, &text(zv::bytes((*frame.current::<sys::Bucket>()).key))),
        }
    }
}

/// What a closure binds: of the task itself it is called as in its code.
fn bound(path: &mut String, name: &str) {
    let _ = match path.is_empty() {
        true => write!(path, "${name}"),
        false => write!(path, "{{${name}}}"),
    };
}

fn root(path: &mut String, label: Label<'_>) {
    let _ = match label {
        Label::Arg(number) => write!(path, "$args[{number}]"),
        Label::NamedArgs => write!(path, "$args"),
        Label::Task | Label::Bootloader => Ok(()),
        Label::Result => write!(path, "return value"),
        Label::Cancellation => write!(path, "$cancellation"),
        Label::Named(name) => write!(path, "{name}"),
    };
}

/// A dynamic property, whose name may be anything.
fn property(path: &mut String, name: &[u8]) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let _ = match !name.is_empty() && name.iter().all(plain) {
        true => write!(path, "->{}", text(name)),
        false => write!(path, "->{{'{}'}}", quoted(name)),
    };
}

/// A key or name between quotes.
fn quoted(bytes: &[u8]) -> String {
    text(bytes).replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n")
}

/// A key or name as it is shown: as text, shortened.
fn text(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(bytes);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// What a value is, as `get_debug_type()` would say.
///
/// # Safety
/// The value is alive.
pub(super) unsafe fn type_name(value: *const sys::zval) -> String {
    // SAFETY: by contract; the tag says which member of the union is live.
    unsafe {
        match zv::type_of(value) {
            ty::OBJECT => shape::class_name((*(*value).value.obj).ce),
            _ => {
                let name = sys::zend_zval_type_name(value);
                std::ffi::CStr::from_ptr(name).to_string_lossy().into_owned()
            }
        }
    }
}
