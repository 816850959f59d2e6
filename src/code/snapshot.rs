//! `Snapshot`: everything user-level that a thread had at one moment, ready to be given to another.
//!
//! Owner: whoever starts or feeds a worker. Threads: made in the creator, installed in any. Invariants: immutable; holding it keeps all code in it alive.

use super::CodeError;
use super::environment::Environment;
use super::install;
use super::segment::{ClassEntry, Segment};
use super::session;
use crate::sys;
use crate::zend::Php;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// See the module's header.
#[derive(Clone)]
pub(crate) struct Snapshot(Arc<Inner>);

struct Inner {
    segments: Arc<[Arc<Segment>]>,
    environment: Arc<Environment>,
    by_name: OnceLock<HashMap<Box<[u8]>, ClassEntryRef>>,
}

/// Segment and place in it.
type ClassEntryRef = (usize, usize);

const _: () = {
    const fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<Snapshot>();
};

impl Snapshot {
    pub(super) fn new(segments: Arc<[Arc<Segment>]>, environment: Arc<Environment>) -> Snapshot {
        Snapshot(Arc::new(Inner { segments, environment, by_name: OnceLock::new() }))
    }

    /// Gives a fresh request everything: functions, classes, constants, included files, working directory, ini settings. Names the
    /// request has already keep their meaning. May be called again with a later snapshot: adds what is missing.
    pub(crate) fn install(&self, php: Php<'_>) -> Result<(), CodeError> {
        session::with(|s| self.0.segments.iter().for_each(|segment| s.pins.add(&segment.images)));
        install::environment(php, &self.0.environment)?;
        install::segments(php, &self.0.segments)
    }

    /// Whether both hold the same names; the environment may differ.
    pub(crate) fn is_same(&self, other: &Snapshot) -> bool {
        Arc::ptr_eq(&self.0.segments, &other.0.segments)
    }

    /// Declares one class, its ancestors first, by its lower-cased name, if this thread lacks it. False if the snapshot lacks it too.
    pub(crate) fn bind_class(&self, php: Php<'_>, lower_name: &[u8]) -> Result<bool, CodeError> {
        let index = self.0.by_name.get_or_init(|| self.index());
        let Some(&(segment, place)) = index.get(lower_name) else { return Ok(false) };
        session::with(|s| self.0.segments.iter().for_each(|segment| s.pins.add(&segment.images)));
        install::class(php, &self.0.segments[segment], self.0.segments[segment].classes[place])?;
        Ok(true)
    }

    fn index(&self) -> HashMap<Box<[u8]>, ClassEntryRef> {
        let mut index = HashMap::new();
        for (s, segment) in self.0.segments.iter().enumerate() {
            for (place, ClassEntry { key, .. }) in segment.classes.iter().enumerate() {
                index.insert(string_bytes(*key).into(), (s, place));
            }
        }
        index
    }
}

/// The bytes of a string in an image.
fn string_bytes(string: *mut sys::zend_string) -> Vec<u8> {
    // SAFETY: a string of an image, or one that lives as long as the process; immutable either way.
    unsafe {
        let bytes = string.cast::<u8>().add(super::raw::STRING_HEADER);
        std::slice::from_raw_parts(bytes, (*string).len).to_vec()
    }
}

/// Snapshot of everything user-level that this thread has now. Only what is new since the last call is copied.
pub(crate) fn snapshot(php: Php<'_>) -> Result<Snapshot, CodeError> {
    super::inheritance::guard();
    session::with(|s| {
        let mut tables = s.tables.take().unwrap_or_default();
        let taken = tables.snapshot(php, &s.pins)?;
        // After an error the marks and maps are dropped with `tables`: some of what they promise was not built.
        s.tables = Some(tables);
        Ok(taken)
    })
}
