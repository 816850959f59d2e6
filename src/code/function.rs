//! `FunctionImage`: the code of one closure, able to cross threads.
//!
//! Owner: packets and the creator's cache, by `Arc`. Threads: built in the creator, used in any. Invariants: an image of a closure has no static variables of its own beyond a
//! template; the receiver of the closure brings their values. The cache pins what it keys by address: the creator's opcodes stay until the
//! entry goes.

use super::CodeError;
use super::alike::{Comparison, StandIns};
use super::images::{Images, Pins, new_arena};
use super::op_array::SlotsFor;
use super::persist::{AddressHasher, AddressMap, Persist, Seen};
use super::raw::{self, Source};
use super::snapshot::{self, Part, Snapshot};
use super::tables::Tables;
use super::{bind, install, session};
use crate::sys;
use crate::zend::Php;
use std::hash::Hasher;
use std::ptr;
use std::sync::Arc;

/// How many closures of a request stay cached.
const CACHED: usize = 1024;

/// See the module's header.
#[derive(Clone)]
pub(crate) struct FunctionImage {
    body: Arc<Body>,
    /// Where the names come from that the code uses; none if it uses only the engine's.
    names: Option<Snapshot>,
}

struct Body {
    function: *mut sys::zend_op_array,
    images: Arc<Images>,
    /// Images that the function refers to without `images` knowing: its scope.
    keeps: Vec<Arc<Images>>,
    map_ptr_last: usize,
    uses_names: bool,
}

// SAFETY: the function is immutable and lives in `images`.
unsafe impl Send for Body {}
// SAFETY: as above.
unsafe impl Sync for Body {}

const _: () = {
    const fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<FunctionImage>();
};

impl FunctionImage {
    /// The image of a closure's function, nested closures included.
    pub(crate) fn of(php: Php<'_>, function: *const sys::zend_op_array) -> Result<FunctionImage, CodeError> {
        super::inheritance::guard();
        session::with(|s| {
            let body = s.functions.get(php, function.cast_mut(), &s.pins, s.tables.as_deref())?;
            let names = if body.uses_names { Some(snapshot::take(php, s, Part::Code)?) } else { None };
            Ok(FunctionImage { body, names })
        })
    }

    /// Whether both are of the same opcodes.
    pub(crate) fn is_same(&self, other: &FunctionImage) -> bool {
        Arc::ptr_eq(&self.body, &other.body)
    }

    /// What to give to `zend_create_closure` in this thread. Stays valid until this thread's request is over. The functions and constants
    /// that the code names are declared here if they are missing; classes are, once they are used.
    pub(crate) fn function(&self, php: Php<'_>) -> Result<*mut sys::zend_function, CodeError> {
        let names = self.names.as_ref().map_or(0, Snapshot::address);
        let (body, is_new, is_bound) = session::with(|s| {
            let body = s.received.known(&self.body);
            let is_new = s.pins.add(&body.images);
            if is_new {
                body.keeps.iter().for_each(|images| {
                    s.pins.add(images);
                });
            }
            let is_bound = s.bound.contains(&(Arc::as_ptr(&body.images), names));
            (body, is_new, is_bound)
        });
        if is_new {
            install::map_ptr_room(php, body.map_ptr_last)?;
        }
        if let Some(names) = self.names.as_ref().filter(|_| !is_bound) {
            // What a request draws from stays where it is.
            let source = bind::draw_from(names);
            let bound = (Arc::as_ptr(&body.images), source.address());
            if !session::with(|s| s.bound.contains(&bound)) {
                bind::code(php, &source, body.function)?;
                session::with(|s| s.bound.insert(bound));
            }
        }
        Ok(body.function.cast())
    }
}

impl Body {
    /// Whether the opcodes lie in its own images: not in opcache's memory, nor in the images of a thread it has come through.
    fn has_opcodes(&self, function: &sys::zend_op_array) -> bool {
        let address = raw::address(function.opcodes);
        self.images.ranges().iter().any(|(start, end)| (*start..*end).contains(&address))
    }

    /// Whether both are the same code, with the same around it.
    fn is_like(&self, other: &Body) -> bool {
        let mut comparison = Comparison::default();
        self.uses_names == other.uses_names
            && comparison.all(&self.keeps, &other.keeps)
            && comparison.images(&self.images, &other.images)
            && comparison.pointers(self.function, other.function)
    }
}

/// A number that is the same for the same code, and rarely for other code.
fn shape(source: Source<'_>, function: &sys::zend_op_array) -> usize {
    let mut hasher = AddressHasher::default();
    let lines = [function.line_start, function.line_end, function.last, function.T];
    lines.iter().for_each(|&number| hasher.write(&number.to_ne_bytes()));
    for op in source.slice(function.opcodes, function.last as usize) {
        hasher.write(&[op.opcode]);
    }
    for literal in source.slice(function.literals, function.last_literal as usize) {
        match raw::type_of(literal) {
            sys::IS_STRING => hasher.write(source.bytes(raw::pointer(literal))),
            kind if kind < sys::IS_STRING => hasher.write(&raw::address(raw::pointer::<u8>(literal)).to_ne_bytes()),
            kind => hasher.write(&kind.to_ne_bytes()),
        }
    }
    hasher.finish() as usize
}

/// The images that a request has got from others. Each thread that gives a closure back has made an image of its own: one is enough.
pub(super) struct Received {
    /// By the address of their opcodes. Those stay where they are, for they are the process's or belong to images that are pinned.
    bodies: Option<AddressMap<Vec<Arc<Body>>>>,
    /// Those that have opcodes of their own, by the shape of these.
    by_shape: Option<AddressMap<Vec<Arc<Body>>>>,
    stand_ins: StandIns<Body, Arc<Body>>,
}

impl Received {
    /// Nothing yet.
    pub(super) const fn new() -> Received {
        Received { bodies: None, by_shape: None, stand_ins: StandIns::new() }
    }

    /// `body`, or one that was there before and is the same.
    fn known(&mut self, body: &Arc<Body>) -> Arc<Body> {
        // SAFETY: images are alive and immutable; no PHP code runs until this function returns.
        let source = unsafe { Source::assume() };
        let Some(function) = source.get(body.function) else { return body.clone() };
        let is_same = |other: &&Arc<Body>| {
            source.get(other.function).is_some_and(|other| {
                other.fn_flags == function.fn_flags
                    && other.scope == function.scope
                    && other.function_name == function.function_name
                    && other.static_variables.is_null() == function.static_variables.is_null()
                    && waiting(source, other) == waiting(source, function)
            }) && other.uses_names == body.uses_names
        };
        let place = raw::address(function.opcodes);
        if let Some(known) = self.bodies.as_ref().and_then(|all| all.get(&place)?.iter().find(is_same)) {
            return known.clone();
        }
        if let Some(known) = self.stand_ins.get(body) {
            return known;
        }
        if body.has_opcodes(function) {
            let alike = self.by_shape.get_or_insert_default().entry(shape(source, function)).or_default();
            if let Some(known) = alike.iter().find(|other| body.is_like(other)) {
                self.stand_ins.add(body, known.clone());
                return known.clone();
            }
            alike.push(body.clone());
        }
        self.bodies.get_or_insert_default().entry(place).or_default().push(body.clone());
        body.clone()
    }

    /// Forgets them: the request is over.
    pub(super) fn clear(&mut self) {
        self.bodies = None;
        self.by_shape = None;
        self.stand_ins.clear();
    }
}

/// The images of this thread's closures, by the address of their opcodes and by which of their static variables wait for evaluation.
pub(super) struct FunctionCache {
    entries: Option<AddressMap<Entry>>,
}

struct Entry {
    body: Arc<Body>,
    /// Holds a reference to the opcodes; null when they live longer than the request anyway.
    pin: *mut sys::zend_op_array,
}

impl FunctionCache {
    /// An empty cache.
    pub(super) const fn new() -> FunctionCache {
        FunctionCache { entries: None }
    }

    fn get(
        &mut self,
        php: Php<'_>,
        function: *mut sys::zend_op_array,
        pins: &Pins,
        tables: Option<&Tables>,
    ) -> Result<Arc<Body>, CodeError> {
        // SAFETY: no PHP code runs until this function returns; the closure the function belongs to is alive.
        let source = unsafe { Source::assume() };
        let Some(old) = source.get(function) else { return Err(CodeError::NotUserCode(String::new())) };
        if u32::from(old.type_) != sys::ZEND_USER_FUNCTION {
            let name = String::from_utf8_lossy(source.bytes(old.function_name)).into_owned();
            return Err(CodeError::NotUserCode(name));
        }
        let key = raw::address(old.opcodes) ^ waiting(source, old);
        let entries = self.entries.get_or_insert_default();
        if let Some(entry) = entries.get(&key) {
            return Ok(entry.body.clone());
        }
        let body = Arc::new(build(php, source, old, pins, tables)?);
        if entries.len() >= CACHED {
            self.release();
        }
        let entries = self.entries.get_or_insert_default();
        entries.insert(key, Entry { body: body.clone(), pin: pin(old) });
        Ok(body)
    }

    /// Drops all entries and gives up their references to opcodes: while the request's heap is alive.
    pub(super) fn release(&mut self) {
        for (_, entry) in self.entries.take().into_iter().flatten() {
            if !entry.pin.is_null() {
                // SAFETY: `pin` made this structure with a reference to the opcodes; the engine frees them with the last.
                unsafe {
                    sys::destroy_op_array(entry.pin);
                    drop(Box::from_raw(entry.pin));
                }
            }
        }
    }

    /// Drops all entries after the heap is gone.
    pub(super) fn clear(&mut self) {
        for (_, entry) in self.entries.take().into_iter().flatten() {
            if !entry.pin.is_null() {
                // SAFETY: made by `pin`; the opcodes went with the heap.
                drop(unsafe { Box::from_raw(entry.pin) });
            }
        }
    }
}

/// Which static variables hold an expression still: it is part of the template, which another closure of the same code may have replaced by a value.
fn waiting(source: Source<'_>, old: &sys::zend_op_array) -> usize {
    let Some(table) = source.get(old.static_variables) else { return 0 };
    let mut bits = 0_usize;
    for (i, bucket) in source.buckets(table).iter().enumerate() {
        if raw::type_of(&bucket.val) == sys::IS_CONSTANT_AST {
            // Opcodes are aligned to 16, so that the lowest bits of the key are free for the first few.
            bits = bits.wrapping_add(1).wrapping_mul(i.wrapping_mul(2).wrapping_add(3));
        }
    }
    bits
}

/// A structure that holds a reference to the opcodes of `old`.
fn pin(old: &sys::zend_op_array) -> *mut sys::zend_op_array {
    if old.refcount.is_null() {
        return ptr::null_mut();
    }
    let mut copy = *old;
    copy.fn_flags &= !(sys::ZEND_ACC_HEAP_RT_CACHE | sys::ZEND_ACC_CLOSURE);
    copy.static_variables = ptr::null_mut();
    copy.static_variables_ptr__ptr = ptr::null_mut();
    copy.run_time_cache__ptr = ptr::null_mut();
    // `destroy_op_array` releases the name for every function that shares the opcodes.
    copy.function_name = ptr::null_mut();
    // SAFETY: the count of a live closure's opcodes, changed by the thread they belong to.
    unsafe { *old.refcount += 1 };
    Box::into_raw(Box::new(copy))
}

/// About how much memory the image of a closure takes.
fn size_hint(old: &sys::zend_op_array) -> usize {
    let code = old.last as usize * size_of::<sys::zend_op>();
    let literals = old.last_literal as usize * (size_of::<sys::zval>() + 48);
    let arguments = (old.num_args as usize + old.last_var as usize) * 80;
    let inner = old.num_dynamic_func_defs as usize * 1024;
    384 + if old.refcount.is_null() { 0 } else { code + literals + arguments + inner }
}

fn build(
    php: Php<'_>,
    source: Source<'_>,
    old: &sys::zend_op_array,
    pins: &Pins,
    tables: Option<&Tables>,
) -> Result<Body, CodeError> {
    let arena = new_arena(size_hint(old));
    // Closures and their opcodes may be freed before the request ends: nothing seen here is remembered.
    let mut seen = Seen::default();
    let mut keeps = Vec::new();
    if let Some(image) = tables.and_then(|t| t.class_image(old.scope)) {
        seen.classes.insert(raw::address(old.scope), image);
        keeps.extend(tables.into_iter().flat_map(Tables::images).cloned());
    }
    let mut persist = Persist::new(source, &arena, &mut seen, pins);
    let new = arena.put(*old);
    raw::clear_gaps_of_function(new);
    new.function_name = persist.string(old.function_name);
    new.scope = persist.scope(old.scope);
    new.prototype = ptr::null_mut();
    #[cfg(php84)]
    {
        new.prop_info = ptr::null();
    }
    persist.body(new, old)?;
    new.static_variables = persist.static_variables(old.static_variables)?;
    persist.give_slots(new, SlotsFor::Running)?;
    let function = ptr::from_mut(new);
    let built = persist.finish();
    let images = Images::new(arena, built.slots, built.keeps);
    // SAFETY: reads a number of this thread's globals.
    let map_ptr_last = unsafe { sys::at_map_ptr_last() };
    let scope_is_named = source.get(old.scope).is_some_and(|scope| !raw::is_internal(scope));
    let uses_names = scope_is_named || bind::uses_names(php, source, old);
    Ok(Body { function, images, keeps, map_ptr_last, uses_names })
}
