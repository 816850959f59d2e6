//! `Snapshot`: everything user-level that a thread had at one moment, ready to be given to another.
//!
//! Owner: whoever starts or feeds a worker. Threads: made in the creator, installed in any. Invariants: immutable; holding it keeps all code in it alive.

use super::CodeError;
use super::environment::Environment;
use super::segment::{ClassEntry, ConstantEntry, FunctionEntry, Segment};
use super::session::Session;
use super::{bind, install, session};
use crate::zend::Php;
use std::sync::Arc;

/// See the module's header.
#[derive(Clone)]
pub(crate) struct Snapshot(Arc<Inner>);

struct Inner {
    segments: Arc<[Arc<Segment>]>,
    environment: Arc<Environment>,
}

const _: () = {
    const fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<Snapshot>();
};

impl Snapshot {
    pub(super) fn new(segments: Arc<[Arc<Segment>]>, environment: Arc<Environment>) -> Snapshot {
        Snapshot(Arc::new(Inner { segments, environment }))
    }

    /// Gives a fresh request everything: functions, classes, constants, included files, working directory, ini settings. Names the
    /// request has already keep their meaning. May be called again with a later snapshot: adds what is missing.
    pub(crate) fn install(&self, php: Php<'_>) -> Result<(), CodeError> {
        let new: Vec<&Segment> = session::with(|s| {
            let mut new = Vec::new();
            for segment in self.0.segments.iter() {
                s.pins.add(&segment.images);
                // Its address stays its own for as long as its images are pinned.
                if s.installed.insert(Arc::as_ptr(&segment.images)) {
                    new.push(&**segment);
                }
            }
            s.yielding.clear();
            new
        });
        install::environment(php, &self.0.environment)?;
        let conflicts = install::segments(php, &new)?;
        // The thread's own version wins, unless code was compiled against the other one.
        if let Some(entry) = conflicts.functions.into_iter().find(|entry| bind::is_called(self, entry.key)) {
            return Err(CodeError::FunctionConflict(bind::text(entry.key)));
        }
        if let Some(entry) = conflicts.classes.into_iter().find(|&entry| bind::is_mentioned(self, entry)) {
            return Err(CodeError::ClassConflict(bind::text(entry.key)));
        }
        Ok(())
    }

    /// Whether both hold the same names; the environment may differ.
    pub(crate) fn is_same(&self, other: &Snapshot) -> bool {
        Arc::ptr_eq(&self.0.segments, &other.0.segments)
    }

    /// Declares one class, its ancestors first, by its lower-cased name, if this thread lacks it. False if the snapshot lacks it too.
    /// From then on this request finds the other classes of the snapshot as well, when it uses them.
    pub(crate) fn bind_class(&self, php: Php<'_>, lower_name: &[u8]) -> Result<bool, CodeError> {
        bind::class(php, self, lower_name)
    }

    /// Declares one function by its lower-cased name, and what its code takes for granted, if this thread lacks it. False if the snapshot
    /// lacks it too.
    pub(crate) fn bind_function(&self, php: Php<'_>, lower_name: &[u8]) -> Result<bool, CodeError> {
        bind::function(php, self, lower_name)
    }

    pub(super) fn segments(&self) -> &[Arc<Segment>] {
        &self.0.segments
    }

    pub(super) fn environment(&self) -> &Arc<Environment> {
        &self.0.environment
    }

    /// The same code with another environment.
    pub(super) fn with_environment(&self, environment: Environment) -> Snapshot {
        Snapshot::new(self.0.segments.clone(), Arc::new(environment))
    }

    /// A class by its key; the latest wins.
    pub(super) fn class(&self, key: &[u8]) -> Option<(&Segment, ClassEntry)> {
        self.0.segments.iter().rev().find_map(|segment| Some((&**segment, segment.class(key)?)))
    }

    /// A function by its lower-cased name.
    pub(super) fn function(&self, key: &[u8]) -> Option<(&Segment, FunctionEntry)> {
        self.0.segments.iter().find_map(|segment| Some((&**segment, segment.function(key)?)))
    }

    /// A constant by its key.
    pub(super) fn constant(&self, key: &[u8]) -> Option<ConstantEntry> {
        self.0.segments.iter().find_map(|segment| segment.constant(key))
    }
}

/// What of a snapshot has to be up to date.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything.
    All,
    /// Functions, classes, constants; the environment may be an earlier one.
    Code,
}

/// Snapshot of everything user-level that this thread has now. Only what is new since the last call is copied.
pub(crate) fn snapshot(php: Php<'_>) -> Result<Snapshot, CodeError> {
    super::inheritance::guard();
    session::with(|s| take(php, s, Part::All))
}

pub(super) fn take(php: Php<'_>, session: &mut Session, part: Part) -> Result<Snapshot, CodeError> {
    let mut tables = session.tables.take().unwrap_or_default();
    let taken = tables.snapshot(php, &session.pins, part)?;
    // After an error the marks and maps are dropped with `tables`: some of what they promise was not built.
    session.tables = Some(tables);
    Ok(taken)
}
