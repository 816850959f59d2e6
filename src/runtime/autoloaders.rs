//! Autoloaders: a thread has those of its creator, with the state they had.
//!
//! The callables of `spl_autoload_functions()` and the static properties of their classes cross as one packet, which is captured when threads are given code and
//! kept as long as nothing of it has changed. A thread opens it when a class is asked for that it has not, or when its code asks for autoloaders: a thread that needs none
//! pays nothing. An autoloader that cannot cross stays behind.
//!
//! Owner: the thread. Threads: thread-local; packets are shared. Invariants: empty outside of a request; no borrow is held while PHP runs.

mod memo;

use super::outcome::restore_all;
use crate::code;
use crate::sys;
use crate::transfer::{CaptureError, Label, Packet, capture};
use crate::zend::door::guard;
use crate::zend::invoke::{Arguments, call};
use crate::zend::{Bailout, Php, Raised, Value, array, error, protect};
use memo::Memo;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The callables, the static properties of their classes, and what `spl_autoload_extensions()` gives.
const ROOTS: usize = 3;

thread_local! {
    /// Whether this request has autoloaders that are registered.
    static IN_USE: Cell<bool> = const { Cell::new(false) };
    /// Whether one was registered or taken away since the list was looked at.
    static CHANGED: Cell<bool> = const { Cell::new(false) };
    static STATE: RefCell<State> = const { RefCell::new(State { inherited: None, pending: false, under_way: None, registered: Vec::new(), memo: None }) };
}

struct State {
    /// What this thread has from its creator.
    inherited: Option<Arc<Packet>>,
    /// Whether it waits to be opened.
    pending: bool,
    /// Classes that the creator was loading.
    under_way: UnderWay,
    /// What came out of it.
    registered: Vec<Value>,
    memo: Option<Memo>,
}

/// Lower-cased names of classes whose autoloaders are running; mostly none.
pub(super) type UnderWay = Option<Arc<[Box<[u8]>]>>;

/// The classes that this thread is loading, or that its creator was.
pub(super) fn under_way(php: Php<'_>) -> UnderWay {
    // SAFETY: the globals of this thread; null until something is autoloaded.
    let own = unsafe { (*php.eg()).in_autoload };
    let inherited = with(|s| s.under_way.clone());
    // SAFETY: as above.
    if own.is_null() || unsafe { (*own).nNumOfElements } == 0 {
        return inherited;
    }
    // SAFETY: a table of this thread with names as keys; no PHP code runs.
    let own = unsafe { memo::keys_of(own) };
    Some(own.into_iter().chain(inherited.iter().flat_map(|names| names.iter().cloned())).collect())
}

/// The engine does not autoload a class while it is being autoloaded; neither does a thread that an autoloader has started.
fn before(php: Php<'_>, name: &[u8]) -> Result<bool, Raised> {
    if with(|s| s.under_way.as_ref().is_some_and(|names| names.iter().any(|known| **known == *name))) {
        return Ok(false);
    }
    open(php).map(|()| true)
}

fn with<R>(body: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(body)
}

/// MINIT, main thread.
pub(crate) fn startup() {
    // SAFETY: MINIT, one thread.
    unsafe { sys::at_hook_autoload() };
    code::before_autoloaders(before);
}

/// What threads started now inherit.
pub(super) fn current(php: Php<'_>) -> Result<Option<Arc<Packet>>, Raised> {
    if !IN_USE.get() {
        // Not opened: it goes on as it came.
        return Ok(with(|s| s.inherited.clone().filter(|_| s.pending)));
    }
    open(php)?;
    if !CHANGED.replace(false)
        && let Some(packet) = with(|s| s.memo.as_ref().filter(|memo| memo.is_current()).map(|memo| memo.packet.clone()))
    {
        return Ok(packet);
    }
    let (mut list, mut statics, mut extensions) = (Value::null(), Value::null(), Value::null());
    let (to_list, to_statics, to_extensions) = (list.as_mut_ptr(), statics.as_mut_ptr(), extensions.as_mut_ptr());
    // SAFETY: all live outside of `protect`.
    protect(php, |_| unsafe { sys::at_autoload_state(to_list, to_statics, to_extensions) })?;
    let packet = capture_what_crosses(php, &list, &statics, &extensions)?.map(Arc::new);
    let memo = Memo::new(&list, packet.clone());
    let old = with(|s| std::mem::replace(&mut s.memo, memo));
    drop(old);
    Ok(packet)
}

fn capture_what_crosses(php: Php<'_>, list: &Value, statics: &Value, extensions: &Value) -> Result<Option<Packet>, Raised> {
    let loaders = memo::elements(list);
    if loaders.is_empty() {
        return Ok(None);
    }
    let null = Value::null();
    if let Some(packet) = try_capture(php, list, statics, extensions)? {
        return Ok(Some(packet));
    }
    let mut crossing = Vec::new();
    for loader in loaders {
        if try_capture(php, &loader, &null, &null)?.is_some() {
            crossing.push(loader);
        }
    }
    if crossing.is_empty() {
        return Ok(None);
    }
    let list = array::list(php, crossing);
    match try_capture(php, &list, statics, extensions)? {
        Some(packet) => Ok(Some(packet)),
        None => try_capture(php, &list, &null, extensions),
    }
}

/// None if it does not cross.
fn try_capture(php: Php<'_>, list: &Value, statics: &Value, extensions: &Value) -> Result<Option<Packet>, Raised> {
    let label = Label::Named("spl_autoload_functions()");
    match capture(php, &[(label, list.as_ptr()), (label, statics.as_ptr()), (label, extensions.as_ptr())]) {
        Ok(packet) => Ok(Some(packet)),
        Err(CaptureError::Refused { .. }) => Ok(None),
        Err(CaptureError::Thrown) if error::is_unwinding(php) => Err(Raised::Exception),
        Err(CaptureError::Thrown) => {
            drop(error::take_exception(php));
            Ok(None)
        }
        Err(CaptureError::Bailout(bailout)) => Err(bailout.into()),
    }
}

/// This thread has its creator's autoloaders from now on, in place of what it had from it before.
pub(super) fn inherit(php: Php<'_>, packet: Option<&Arc<Packet>>, under_way: UnderWay) -> Result<(), Bailout> {
    with(|s| s.under_way = under_way);
    let Some(packet) = packet else { return Ok(()) };
    let Some(old) = with(|s| {
        if s.inherited.as_ref().is_some_and(|known| Arc::ptr_eq(known, packet)) {
            return None;
        }
        s.inherited = Some(Arc::clone(packet));
        s.pending = true;
        Some(std::mem::take(&mut s.registered))
    }) else {
        return Ok(());
    };
    for loader in old {
        // With `pending` set the hook would open the new ones first, which is no harm, but work that may never be needed.
        with(|s| s.pending = false);
        let unregistered = by_name(php, b"spl_autoload_unregister", loader);
        with(|s| s.pending = true);
        match unregistered {
            Ok(()) => {}
            Err(Raised::Exception) => drop(error::take_exception(php)),
            Err(Raised::Bailout(bailout)) => return Err(bailout),
        }
    }
    Ok(())
}

/// Registers what waits.
fn open(php: Php<'_>) -> Result<(), Raised> {
    let Some(packet) = with(|s| {
        let is_pending = std::mem::replace(&mut s.pending, false);
        s.inherited.clone().filter(|_| is_pending)
    }) else {
        return Ok(());
    };
    let mut roots = restore_all(php, &packet, ROOTS)?.into_iter();
    let mut next = || roots.next().unwrap_or_else(Value::null);
    let (list, statics, extensions) = (next(), next(), next());
    if statics.is_array() {
        // SAFETY: an array, alive until the end of this function.
        let table = unsafe { (*statics.as_ptr()).value.arr };
        // SAFETY: as above.
        protect(php, |_| unsafe { sys::at_autoload_set_statics(table) })?;
        if php.has_exception() {
            return Err(Raised::Exception);
        }
    }
    by_name(php, b"spl_autoload_extensions", extensions)?;
    for loader in memo::elements(&list) {
        with(|s| s.registered.push(loader.duplicate()));
        by_name(php, b"spl_autoload_register", loader)?;
    }
    Ok(())
}

fn by_name(php: Php<'_>, function: &[u8], loader: Value) -> Result<(), Raised> {
    let function = Value::string(php, function);
    call(php, &function, &mut Arguments::positional(vec![loader])).map(drop)
}

/// The autoloaders of this thread are asked for or changed.
#[unsafe(no_mangle)]
extern "C" fn at_autoloaders_wanted(purpose: i32) -> i32 {
    let purpose = purpose.cast_unsigned();
    if purpose == sys::AT_AUTOLOAD_REGISTERS {
        IN_USE.set(true);
    }
    if purpose != sys::AT_AUTOLOAD_ASKS {
        CHANGED.set(true);
    }
    // SAFETY: called by functions of PHP, inside a request.
    let php = unsafe { Php::assume() };
    match guard(php, || open(php)) {
        0 if php.has_exception() => 1,
        0 => 0,
        _ => 2,
    }
}

/// RSHUTDOWN: nothing of this request may be left.
pub(crate) fn request_end() {
    IN_USE.set(false);
    CHANGED.set(false);
    let (registered, memo) = with(|s| {
        s.inherited = None;
        s.pending = false;
        s.under_way = None;
        (std::mem::take(&mut s.registered), s.memo.take())
    });
    drop((registered, memo));
}
