//! Waiting: the one place where a PHP thread of this extension stands still.
//!
//! A thread has one `Bell`. Whoever completes something the thread waits for rings it; a thread that is awake needs no system call for that. Before
//! it sleeps the thread looks again for a short while, since a wake-up through the kernel costs tens of microseconds and a look under one.
//! While it sleeps, signals still arrive: they are let in by `ppoll` alone, so that one that comes between the last look and the sleep ends the
//! sleep (pcntl handlers, time limits and cancellation depend on it).
//!
//! Threads: `Bell::wake` from any; the rest by its owner.

use crate::zend::interrupt;
use async_threads_core::doze::Doze;
use async_threads_core::parker::Wake;
use async_threads_core::patience::Patience;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Instant;

/// Wakes one thread.
pub(crate) struct Bell {
    doze: Doze,
    event: OwnedFd,
}

impl Wake for Bell {
    fn wake(&self) {
        self.doze.wake(|| self.ring());
    }
}

thread_local! {
    static BELL: std::cell::OnceCell<Arc<Bell>> = const { std::cell::OnceCell::new() };
}

/// The bell of this thread.
pub(crate) fn bell() -> Arc<Bell> {
    BELL.with(|cell| Arc::clone(cell.get_or_init(|| Arc::new(Bell::new()))))
}

/// A new event for a bell; negative if no descriptor is left.
fn eventfd() -> RawFd {
    // SAFETY: plain system call.
    unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) }
}

/// In the child of a fork: what `old` stands for is its parent's too, so the descriptor gets `new` in its place, if there is one.
pub(super) fn replace_shared(old: &OwnedFd, new: RawFd) {
    if new < 0 {
        return;
    }
    // SAFETY: `new` is this function's own; `old` stays a descriptor of its owner's.
    unsafe {
        libc::dup3(new, old.as_raw_fd(), libc::O_CLOEXEC);
        libc::close(new);
    }
}

/// In the child of a fork, in the thread that forked: its bell is its own.
pub(super) fn after_fork() {
    BELL.with(|cell| {
        if let Some(bell) = cell.get() {
            replace_shared(&bell.event, eventfd());
        }
    });
}

impl Bell {
    fn new() -> Bell {
        let fd = eventfd();
        assert!(fd >= 0, "eventfd: {}", std::io::Error::last_os_error());
        // SAFETY: a new descriptor, owned from here on.
        Bell { doze: Doze::new(), event: unsafe { OwnedFd::from_raw_fd(fd) } }
    }

    /// Writes the event, whether or not the owner sleeps: for those who wait for the descriptor in their own way.
    pub(super) fn ring(&self) {
        let one = 1u64;
        // SAFETY: eight readable bytes, an open descriptor.
        unsafe { libc::write(self.event.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    /// The owner counts as asleep from now on, without sleeping here: who waits for `descriptor` wakes it.
    pub(super) fn set_asleep(&self) {
        self.doze.set_asleep();
    }

    /// Takes the event back.
    pub(super) fn silence(&self) {
        let mut count = 0u64;
        // SAFETY: eight writable bytes, an open descriptor that does not block.
        unsafe { libc::read(self.event.as_raw_fd(), (&raw mut count).cast(), 8) };
    }

    /// Readable while rung.
    pub(super) fn descriptor(&self) -> RawFd {
        self.event.as_raw_fd()
    }

    /// Sleeps until rung, until a signal arrives, or until `deadline`; not at all if `awake` says that there is something to do.
    pub(super) fn sleep(&self, deadline: Option<Instant>, awake: impl Fn() -> bool) {
        self.sleep_with(None, deadline, awake);
    }

    /// The same, and until `other` is readable.
    pub(super) fn sleep_with(&self, other: Option<RawFd>, deadline: Option<Instant>, awake: impl Fn() -> bool) {
        // SAFETY: plain system calls on memory of this frame; the mask is put back on the only way out.
        unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, &raw mut before);
            self.doze.sleep(awake, || {
                let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
                let left = left
                    .map(|left| libc::timespec { tv_sec: left.as_secs() as libc::time_t, tv_nsec: left.subsec_nanos().into() });
                let timeout = left.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
                let watched = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
                // Negative descriptors are passed over.
                let mut polls = [watched(self.event.as_raw_fd()), watched(other.unwrap_or(-1))];
                libc::ppoll(polls.as_mut_ptr(), 2, timeout, &raw const before);
                // Whoever rang may write only after this sleep is over: then the next one ends at once, and reads here.
                if polls[0].revents & libc::POLLIN != 0 {
                    self.silence();
                }
            });
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut());
        }
    }
}

thread_local! {
    static PATIENCE: Patience = const { Patience::new() };
}

/// Looks for a short while; whether `done`, which is looked at all the time, or there is other `news`, which is looked for now and then.
pub(super) fn spin(done: &impl Fn() -> bool, news: &impl Fn() -> bool, deadline: Option<Instant>) -> bool {
    PATIENCE.with(|patience| patience.look(deadline, |look| done() || look % 8 == 0 && news()))
}

/// Waits until `done` or until `deadline`, running no PHP code; `stop` is called once if this thread is asked to stop meanwhile.
/// Returns whether it is done.
pub(crate) fn quietly(done: impl Fn() -> bool, deadline: Option<Instant>, mut stop: impl FnMut()) -> bool {
    let bell = bell();
    let mut stopped = false;
    loop {
        if done() {
            return true;
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return false;
        }
        if !stopped && interrupt::is_pending() {
            stopped = true;
            stop();
        }
        bell.sleep(deadline, || done() || (!stopped && interrupt::is_pending()));
    }
}
