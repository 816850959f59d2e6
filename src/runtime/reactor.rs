//! The reactor: coroutines that wait for file descriptors.
//!
//! One epoll descriptor for a thread, made at first use. A descriptor is armed for one event at a time while anybody waits for it, so what is left
//! armed costs nothing and says nothing twice. An event is a hint: who waits looks at the descriptor itself afterwards.
//!
//! Owner: the scheduler. Threads: one. Invariant: a `Watch` is in `watches` from its making to its drop.

use super::coroutine::Coroutine;
use super::scheduler::{self, Scheduler};
use super::timer::Timer;
use super::wait;
use crate::zend::error::{self, Class};
use crate::zend::fiber::Place;
use crate::zend::{Php, Raised};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::rc::Rc;
use std::time::Duration;

/// Events taken from the kernel at once.
const BATCH: usize = 256;
/// A coroutine whose descriptors are always ready lets the others run after so many waits.
const GREED: u32 = 32;

/// See the module.
#[derive(Default)]
pub(super) struct Reactor {
    epoll: OnceCell<Option<OwnedFd>>,
    watches: RefCell<HashMap<RawFd, Vec<Rc<Watch>>>>,
    /// How many watches are whose.
    owners: RefCell<HashMap<Owner, usize>>,
    greed: Cell<u32>,
}

/// What a descriptor belongs to, as its user knows it: only compared. Null: nothing.
pub(super) type Owner = *mut c_void;

/// One coroutine that waits for one descriptor; without one (-1) it merely uses what it belongs to.
struct Watch {
    coroutine: Rc<Coroutine>,
    events: i16,
    owner: Owner,
    reading: bool,
    fired: Rc<Cell<Fired>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fired {
    No,
    Yes,
    Closed,
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ready {
    /// At least one descriptor is ready.
    Yes,
    /// The time is over.
    TimedOut,
    /// Somebody closes what the descriptor belongs to.
    Closed,
}

/// A new epoll descriptor; negative if none is left.
fn epoll_create() -> RawFd {
    // SAFETY: plain system call.
    unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) }
}

impl Reactor {
    fn epoll(&self) -> Option<RawFd> {
        let make = || {
            let fd = epoll_create();
            // SAFETY: a new descriptor, owned from here on.
            (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd) })
        };
        self.epoll.get_or_init(make).as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Whether anybody waits.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.watches.borrow().is_empty()
    }

    /// Readable while something is ready; None while nobody waits.
    pub(super) fn descriptor(&self) -> Option<RawFd> {
        if self.is_waited_for() { self.epoll() } else { None }
    }

    /// The epoll descriptor itself, for another event loop.
    pub(super) fn raw(&self) -> Option<RawFd> {
        self.epoll()
    }

    /// In the child of a fork: whoever waits here waits with an epoll of this process's own, so that neither process takes the other's events.
    pub(super) fn after_fork(&self) {
        let Some(Some(epoll)) = self.epoll.get() else { return };
        wait::replace_shared(epoll, epoll_create());
        let fds: Vec<RawFd> = self.watches.borrow().keys().copied().collect();
        for fd in fds {
            self.arm(fd);
        }
    }

    /// Wakes who waits for descriptors that are ready.
    pub(super) fn look(&self, scheduler: &Scheduler) {
        if !self.is_waited_for() {
            return;
        }
        let Some(epoll) = self.epoll() else { return };
        loop {
            let mut events = [libc::epoll_event { events: 0, u64: 0 }; BATCH];
            // SAFETY: room for as many events as is said.
            let count = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), BATCH as i32, 0) };
            let count = usize::try_from(count).unwrap_or(0);
            for event in &events[..count] {
                let fd = event.u64 as RawFd;
                let watches = self.watches.borrow();
                for watch in watches.get(&fd).into_iter().flatten() {
                    watch.fire(scheduler, Fired::Yes);
                }
            }
            if count < BATCH {
                return;
            }
        }
    }

    /// Arms `fd` for what its watches want.
    fn arm(&self, fd: RawFd) -> bool {
        if fd < 0 {
            return true;
        }
        let Some(epoll) = self.epoll() else { return false };
        let wanted = self.watches.borrow().get(&fd).into_iter().flatten().fold(0, |all, watch| all | watch.events);
        let mut event = libc::epoll_event { events: u32::from(wanted as u16) | libc::EPOLLONESHOT as u32, u64: fd as u64 };
        // Known already, more often than not. It is not when it has been closed since, and its number given to another.
        // SAFETY: plain system calls.
        unsafe {
            libc::epoll_ctl(epoll, libc::EPOLL_CTL_MOD, fd, &raw mut event) == 0
                || libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) == 0
        }
    }

    /// What belongs to `owner` is about to be closed: who waits for it is told. Whether anybody did.
    pub(super) fn close(&self, scheduler: &Scheduler, owner: Owner) -> bool {
        if !self.is_watched(owner) {
            return false;
        }
        let watches = self.watches.borrow();
        let concerned = watches.values().flatten().filter(|watch| watch.owner == owner);
        concerned.map(|watch| watch.fire(scheduler, Fired::Closed)).count() > 0
    }

    /// Whether anybody waits for what belongs to `owner`.
    fn is_watched(&self, owner: Owner) -> bool {
        self.owners.borrow().contains_key(&owner)
    }

    /// Whether a coroutine waits for `fd` to read what belongs to `owner`.
    fn is_read(&self, fd: RawFd, owner: Owner) -> bool {
        self.watches.borrow().get(&fd).into_iter().flatten().any(|watch| watch.reading && watch.owner == owner)
    }

    fn add(&self, fd: RawFd, watch: Watch) {
        *self.owners.borrow_mut().entry(watch.owner).or_default() += 1;
        self.watches.borrow_mut().entry(fd).or_default().push(Rc::new(watch));
    }

    /// Nobody waits any more.
    pub(super) fn forget_all(&self) {
        std::mem::forget(self.watches.take());
        self.owners.take();
    }
}

impl Watch {
    fn fire(&self, scheduler: &Scheduler, how: Fired) {
        if self.fired.get() != Fired::Closed {
            self.fired.set(how);
        }
        scheduler.wake(&self.coroutine);
    }
}

/// Takes its watches out again.
struct Watching<'a> {
    reactor: &'a Reactor,
    fired: Rc<Cell<Fired>>,
    polls: &'a [libc::pollfd],
    owners: &'a [Owner],
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let mut watches = self.reactor.watches.borrow_mut();
        for poll in self.polls {
            if let Some(list) = watches.get_mut(&poll.fd) {
                list.retain(|watch| !Rc::ptr_eq(&watch.fired, &self.fired));
                if list.is_empty() {
                    watches.remove(&poll.fd);
                }
            }
        }
        let mut counts = self.reactor.owners.borrow_mut();
        for owner in self.owners {
            if let Some(count) = counts.get_mut(owner) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(owner);
                }
            }
        }
    }
}

/// What the kernel says about `polls` now: how many are ready.
fn look_at(polls: &mut [libc::pollfd]) -> i32 {
    // SAFETY: as many entries as is said.
    unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, 0) }
}

/// Waits until one of `polls` is ready, for `timeout` at most. `owners` names what each belongs to, for `closing`. `reading`: the first is to be read, which
/// is one coroutine's business at a time, for its data goes through one buffer.
pub(crate) fn wait(
    php: Php<'_>,
    polls: &mut [libc::pollfd],
    timeout: Option<Duration>,
    owners: &[Owner],
    reading: bool,
) -> Result<Ready, Raised> {
    let scheduler = scheduler::of(php);
    let reactor = &scheduler.reactor;
    if reading && reactor.is_read(polls[0].fd, owners[0]) {
        let text = "Another coroutine is waiting to read from this stream: let one read it and hand on what it has read";
        return Err(error::throw(php, Class::AsyncException, text));
    }
    if look_at(polls) != 0 {
        reactor.greed.set(reactor.greed.get() + 1);
        if reactor.greed.get() < GREED {
            return Ok(Ready::Yes);
        }
        reactor.greed.set(0);
        scheduler.suspend(php)?;
        // Another coroutine may have taken what was there.
        if look_at(polls) != 0 {
            return Ok(Ready::Yes);
        }
    }
    if timeout == Some(Duration::ZERO) {
        return Ok(Ready::TimedOut);
    }
    reactor.greed.set(0);
    let me = scheduler.current();
    let timer = timeout.map(|timeout| Timer::start(php, timeout));
    let timer_guard = timer.as_ref().map(|timer| super::awaitable::Guard::local(&timer.waiters, &me));
    let ready = loop {
        let fired = Rc::new(Cell::new(Fired::No));
        let ended = {
            let polls = &*polls;
            for (poll, owner) in polls.iter().zip(owners) {
                let watch =
                    Watch { coroutine: Rc::clone(&me), events: poll.events, owner: *owner, reading, fired: Rc::clone(&fired) };
                reactor.add(poll.fd, watch);
            }
            let watching = Watching { reactor, fired: Rc::clone(&fired), polls, owners };
            // What cannot be watched, such as a regular file, never makes anybody wait.
            if !polls.iter().all(|poll| reactor.arm(poll.fd)) {
                break Ok(Ready::Yes);
            }
            let timed_out = || timer.as_ref().is_some_and(|timer| timer.has_fired());
            let ended = scheduler.wait(php, || fired.get() != Fired::No || timed_out());
            drop(watching);
            ended
        };
        if let Err(raised) = ended {
            break Err(raised);
        }
        if fired.get() == Fired::Closed {
            break Ok(Ready::Closed);
        }
        if look_at(polls) != 0 {
            break Ok(Ready::Yes);
        }
        if timer.as_ref().is_some_and(|timer| timer.has_fired()) {
            break Ok(Ready::TimedOut);
        }
    };
    drop(timer_guard);
    if let Some(timer) = timer {
        timer.stop(php);
    }
    ready
}

/// What belongs to `owner` is about to be closed: who waits for it goes on, and is out of it when this returns.
pub(crate) fn closing(php: Php<'_>, owner: Owner) -> Result<(), Raised> {
    let Some(scheduler) = scheduler::existing(php) else { return Ok(()) };
    if !scheduler.reactor.is_waited_for() || !scheduler.reactor.close(scheduler, owner) {
        return Ok(());
    }
    let me = scheduler.current();
    for _ in 0..64 {
        if !scheduler.reactor.is_watched(owner) {
            break;
        }
        // Those that wait were queued before us.
        me.shield.set(me.shield.get() + 1);
        let gone = scheduler.suspend(php);
        me.shield.set(me.shield.get() - 1);
        gone?;
    }
    Ok(())
}

/// Whether somebody waits for what belongs to `owner` and cannot be made to leave it from here.
pub(crate) fn is_stuck(php: Php<'_>, owner: Owner) -> bool {
    scheduler::existing(php).is_some_and(|scheduler| scheduler.reactor.is_watched(owner)) && !Place::can_switch(php)
}
