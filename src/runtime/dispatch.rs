//! Event loops that are not ours: a stream they can wait for, and `dispatch`.
//!
//! The stream is a copy of the reactor's epoll descriptor, to which the bell's event and a clock for the next deadline are added at first use. From then on
//! the thread counts as asleep whenever it is not in the scheduler, and whoever makes a coroutine ready rings the bell, so that the other loop wakes up.

use super::scheduler::{self, Scheduler};
use super::wait;
use crate::sys;
use crate::zend::error::{self, Class};
use crate::zend::{Php, Raised, Value, protect};
use async_threads_core::inbox::SleepDecision;
use std::cell::OnceCell;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Instant;

/// Rings at the next deadline.
#[derive(Default)]
pub(super) struct Clock(OnceCell<OwnedFd>);

/// A new clock; negative if no descriptor is left.
fn timerfd() -> RawFd {
    // SAFETY: plain system call.
    unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK) }
}

impl Clock {
    fn set(&self, deadline: Option<Instant>) {
        let Some(clock) = self.0.get() else { return };
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let value = left.map_or(libc::timespec { tv_sec: 0, tv_nsec: 0 }, |left| libc::timespec {
            tv_sec: left.as_secs() as libc::time_t,
            // Zero would stop it.
            tv_nsec: i64::from(left.subsec_nanos()).max(1),
        });
        let time = libc::itimerspec { it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        // SAFETY: an open descriptor; setting it also takes back that it has rung.
        unsafe { libc::timerfd_settime(clock.as_raw_fd(), 0, &raw const time, std::ptr::null_mut()) };
    }
}

fn add(epoll: RawFd, fd: RawFd) {
    // A number no descriptor has: nobody waits for this one in the reactor.
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: u64::from(u32::MAX) };
    // SAFETY: open descriptors.
    unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) };
}

/// Whoever waits for `epoll` also hears the clock and the bell.
fn watch_all(scheduler: &Scheduler, epoll: RawFd) {
    for fd in scheduler.clock.0.get().map(AsRawFd::as_raw_fd).into_iter().chain([scheduler.bell.descriptor()]) {
        add(epoll, fd);
    }
}

/// In the child of a fork, after the bell and the reactor. The streams handed out before remain the parent's.
pub(super) fn after_fork(scheduler: &Scheduler) {
    let Some(clock) = scheduler.clock.0.get() else { return };
    wait::replace_shared(clock, timerfd());
    if let Some(epoll) = scheduler.reactor.raw() {
        watch_all(scheduler, epoll);
    }
    arm(scheduler);
}

/// `completion_stream()`
pub(crate) fn stream(php: Php<'_>) -> Result<Value, Raised> {
    let scheduler = scheduler::of(php);
    let failed =
        || error::throw(php, Class::AsyncException, &format!("No descriptor is left: {}", std::io::Error::last_os_error()));
    let epoll = scheduler.reactor.raw().ok_or_else(failed)?;
    if !scheduler.watched.replace(true) {
        let clock = timerfd();
        if clock < 0 {
            scheduler.watched.set(false);
            return Err(failed());
        }
        // SAFETY: a new descriptor, owned from here on.
        let _ = scheduler.clock.0.set(unsafe { OwnedFd::from_raw_fd(clock) });
        watch_all(scheduler, epoll);
    }
    // SAFETY: an open descriptor; the copy belongs to the stream.
    let copy = unsafe { libc::fcntl(epoll, libc::F_DUPFD_CLOEXEC, 0) };
    if copy < 0 {
        return Err(failed());
    }
    let mut stream = Value::null();
    let to = stream.as_mut_ptr();
    protect(php, |_| {
        // SAFETY: inside the request; the slot lives outside of `protect`.
        unsafe { sys::at_stream_of(copy, to) }
    })?;
    arm(scheduler);
    Ok(stream)
}

/// `dispatch()`
pub(crate) fn dispatch(php: Php<'_>) -> Result<usize, Raised> {
    let scheduler = scheduler::of(php);
    scheduler.bell.silence();
    let before = scheduler.resumed.get();
    scheduler.look(php);
    let mut own = 0;
    // What runs may make others ready; those that only give way run again the next time.
    if scheduler.has_ready() {
        own = 1;
        scheduler.suspend(php)?;
    }
    arm(scheduler);
    Ok((scheduler.resumed.get() - before).saturating_sub(own))
}

/// Another loop sleeps for this thread from now on.
pub(super) fn arm(scheduler: &Scheduler) {
    if !scheduler.watched.get() {
        return;
    }
    scheduler.clock.set(scheduler.timers.borrow().next_deadline());
    scheduler.bell.set_asleep();
    if scheduler.has_ready() || scheduler.inbox.prepare_sleep() == SleepDecision::HasItems {
        scheduler.bell.ring();
    }
}
