//! `Snapshot`: everything user-level that a thread had at one moment, ready to be given to another.
//!
//! Owner: whoever starts or feeds a worker. Threads: made in the creator, installed in any. Invariants: immutable; holding it keeps all code in it alive.

use super::CodeError;
use super::alike::{Comparison, StandIns};
use super::environment::Environment;
use super::images::Pins;
use super::segment::{ClassEntry, ConstantEntry, FunctionEntry, Segment};
use super::session::Session;
use super::tables::Tables;
use super::{bind, install, session};
use crate::zend::{Bailout, Php};
use std::sync::Arc;

/// See the module's header.
#[derive(Clone)]
pub(crate) struct Snapshot(Arc<Inner>);

struct Inner {
    segments: Arc<[Arc<Segment>]>,
    environment: Arc<Environment>,
    /// What its creator itself drew names from: whoever has this draws from them, too. They have none of their own.
    also: Box<[Snapshot]>,
}

/// So many of these at most: the latest.
const MOST_ALSO: usize = 8;

const _: () = {
    const fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<Snapshot>();
};

impl Snapshot {
    pub(super) fn new(segments: Arc<[Arc<Segment>]>, environment: Arc<Environment>) -> Snapshot {
        Snapshot(Arc::new(Inner { segments, environment, also: Box::default() }))
    }

    /// Gives a fresh request everything: functions, classes, constants, included files, working directory, ini settings. Names the
    /// request has already keep their meaning. May be called again with a later snapshot: adds the names that are missing.
    pub(crate) fn install(&self, php: Php<'_>) -> Result<(), CodeError> {
        self.take_environment(php).map_err(CodeError::Fatal)?;
        let is_fresh = session::with(|s| s.tables.is_none()) && Tables::is_fresh(php);
        let new: Vec<&Segment> = session::with(|s| {
            // The address of an image stays its own for as long as it is pinned.
            let is_new = |segment: &&Arc<Segment>| !s.installed.contains(&Arc::as_ptr(&segment.images));
            let new = self.0.segments.iter().filter(is_new).map(|segment| &**segment).collect();
            self.0.segments.iter().for_each(|segment| {
                s.pins.add(&segment.images);
            });
            new
        });
        // The thread's own version wins, unless code was compiled against the other one: then nothing of it is added.
        let conflicts = install::conflicts(php, &new);
        if let Some(entry) = conflicts.functions.into_iter().find(|entry| bind::is_called(php, self, entry.key)) {
            return Err(CodeError::FunctionConflict(bind::text(entry.key)));
        }
        if let Some(entry) = conflicts.classes.into_iter().find(|&entry| bind::is_mentioned(php, self, entry)) {
            return Err(CodeError::ClassConflict(bind::text(entry.key)));
        }
        self.0.also.iter().for_each(|other| {
            bind::draw_from(other);
        });
        session::with(|s| s.yielding.clear());
        install::segments(php, &new)?;
        session::with(|s| {
            self.0.segments.iter().for_each(|segment| s.yielding.came(&segment.came, self));
            s.installed.extend(new.iter().map(|segment| Arc::as_ptr(&segment.images)));
            if is_fresh {
                s.tables = Tables::holding(php, self.alone()).map(Box::new);
            }
        });
        Ok(())
    }

    /// Gives a fresh request the working directory, the ini settings and so on. Once: what its code changes afterwards stays.
    pub(crate) fn take_environment(&self, php: Php<'_>) -> Result<(), Bailout> {
        if session::with(|s| std::mem::replace(&mut s.has_environment, true)) {
            return Ok(());
        }
        install::environment(php, &self.0.environment)
    }

    /// Whether both hold the same names; the environment may differ.
    pub(crate) fn is_same(&self, other: &Snapshot) -> bool {
        Arc::ptr_eq(&self.0.segments, &other.0.segments)
            && self.0.also.len() == other.0.also.len()
            && self.0.also.iter().zip(&other.0.also).all(|(a, b)| a.is_same(b))
    }

    /// Whether both hold the same names, and the same code under them.
    pub(super) fn is_like(&self, other: &Snapshot) -> bool {
        let mut comparison = Comparison::default();
        let segments = |a: &Snapshot, b: &Snapshot, comparison: &mut Comparison| {
            a.segments().len() == b.segments().len()
                && a.segments().iter().zip(b.segments()).all(|(a, b)| Arc::ptr_eq(a, b) || a.is_like(b, comparison))
        };
        self.also().len() == other.also().len()
            && segments(self, other, &mut comparison)
            && self.also().iter().zip(other.also()).all(|(a, b)| segments(a, b, &mut comparison))
    }

    /// Where its names are; unique as long as somebody draws from it.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0.segments).addr()
    }

    /// From now on this request finds the classes of the snapshot when it uses them.
    pub(crate) fn serve(&self, _php: Php<'_>) {
        let _ = bind::draw_from(self);
    }

    /// The same without what it draws from.
    fn alone(&self) -> Snapshot {
        Snapshot::new(self.0.segments.clone(), self.0.environment.clone())
    }

    pub(super) fn also(&self) -> &[Snapshot] {
        &self.0.also
    }

    /// The same, and what this request draws from without having all of it.
    fn with_sources(self, session: &Session) -> Snapshot {
        let mut also: Vec<Snapshot> = Vec::new();
        for source in session.sources.all().iter().rev() {
            let is_installed = |segment: &Arc<Segment>| session.installed.contains(&Arc::as_ptr(&segment.images));
            let is_known = also.iter().any(|known| Arc::ptr_eq(&known.0.segments, &source.0.segments));
            if !is_known && !source.segments().iter().all(is_installed) {
                also.push(source.alone());
            }
            if also.len() == MOST_ALSO {
                break;
            }
        }
        if also.is_empty() {
            return self;
        }
        let (segments, environment) = (self.0.segments.clone(), self.0.environment.clone());
        Snapshot(Arc::new(Inner { segments, environment, also: also.into() }))
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
        let own = || self.0.segments.iter().rev().find_map(|segment| Some((&**segment, segment.class(key)?)));
        own().or_else(|| self.0.also.iter().find_map(|other| other.class(key)))
    }

    /// A function by its lower-cased name.
    pub(super) fn function(&self, key: &[u8]) -> Option<(&Segment, FunctionEntry)> {
        let own = || self.0.segments.iter().find_map(|segment| Some((&**segment, segment.function(key)?)));
        own().or_else(|| self.0.also.iter().find_map(|other| other.function(key)))
    }

    /// A constant by its key.
    pub(super) fn constant(&self, key: &[u8]) -> Option<ConstantEntry> {
        let own = || self.0.segments.iter().find_map(|segment| segment.constant(key));
        own().or_else(|| self.0.also.iter().find_map(|other| other.constant(key)))
    }
}

/// The snapshots that serve the names a request's code uses, without being installed. Of those that hold the same code, the first.
pub(super) struct Sources {
    all: Vec<Snapshot>,
    stand_ins: StandIns<Inner, Snapshot>,
}

impl Sources {
    /// None.
    pub(super) const fn new() -> Sources {
        Sources { all: Vec::new(), stand_ins: StandIns::new() }
    }

    /// All of them, the first one first.
    pub(super) fn all(&self) -> &[Snapshot] {
        &self.all
    }

    /// Adds `snapshot`, or finds the one that stands in for it, and returns it. Names may be bound from that one only: all its images are pinned.
    pub(super) fn add(&mut self, snapshot: &Snapshot, pins: &mut Pins) -> Snapshot {
        let known = self.stand_ins.get(&snapshot.0).or_else(|| self.all.iter().find(|known| known.is_same(snapshot)).cloned());
        if let Some(known) = known {
            return known;
        }
        if let Some(known) = self.all.iter().find(|known| known.is_like(snapshot)).cloned() {
            self.stand_ins.add(&snapshot.0, known.clone());
            return known;
        }
        for segment in snapshot.segments().iter().chain(snapshot.also().iter().flat_map(Snapshot::segments)) {
            pins.add(&segment.images);
        }
        self.all.push(snapshot.clone());
        snapshot.clone()
    }

    /// Forgets them: the request is over.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.stand_ins.clear();
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

/// Whether that is `known`.
pub(crate) fn is_current(php: Php<'_>, known: &Snapshot) -> Result<bool, CodeError> {
    let look = |now: &Snapshot, session: &Session| session.sources.all().is_empty() && Arc::ptr_eq(&now.0, &known.0);
    session::with(|s| taken(php, s, Part::All, look))
}

pub(super) fn take(php: Php<'_>, session: &mut Session, part: Part) -> Result<Snapshot, CodeError> {
    taken(php, session, part, |now, session| now.clone().with_sources(session))
}

fn taken<R>(
    php: Php<'_>,
    session: &mut Session,
    part: Part,
    look: impl FnOnce(&Snapshot, &Session) -> R,
) -> Result<R, CodeError> {
    let mut tables = session.tables.take().unwrap_or_default();
    let result = look(tables.snapshot(php, &session.pins, &session.yielding, part)?, session);
    // After an error the marks and maps are dropped with `tables`: some of what they promise was not built.
    session.tables = Some(tables);
    Ok(result)
}
