//! Keeps opcache from starting over while a worker's request is active.
//!
//! Owner: the process. Threads: any; one mutex, never held while PHP runs. Invariants: `opcache_reset()`, and a cache that is full, make opcache wipe its shared memory at the start of some
//! later request, once nobody uses it. It asks for users by locks on a file, which do not tell one thread of a process from another: the first
//! worker to start a request would wipe what its creator is running. So this process holds a lock of a kind that opcache's question does see, for
//! as long as one of its workers has a request.

use parking_lot::Mutex;
use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::sync::OnceLock;

/// How many workers have a request.
static ACTIVE: Mutex<usize> = Mutex::new(0);

thread_local! {
    /// Whether this thread is counted in `ACTIVE`.
    static COUNTED: Cell<bool> = const { Cell::new(false) };
}

/// Before a worker starts a request.
pub(super) fn request_starting() {
    if !COUNTED.replace(true) {
        let mut active = ACTIVE.lock();
        *active += 1;
        if *active == 1 {
            lock(libc::F_RDLCK);
        }
    }
}

/// After a request has ended.
pub(super) fn request_end() {
    if COUNTED.replace(false) {
        let mut active = ACTIVE.lock();
        *active -= 1;
        if *active == 0 {
            lock(libc::F_UNLCK);
        }
    }
}

/// Sets or removes the lock that says "in use".
fn lock(kind: libc::c_int) {
    let Some(file) = lock_file() else { return };
    // SAFETY: all-zero is a valid value of this plain structure.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as libc::c_short;
    lock.l_whence = libc::SEEK_SET as libc::c_short;
    // The byte that opcache's users lock.
    lock.l_start = 1;
    lock.l_len = 1;
    // SAFETY: an open file and a valid structure. A lock of the open file: it conflicts with those of this very process, too.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &raw const lock) };
}

/// opcache's lock file, opened once more and never closed: closing it would drop all locks that this process has on it.
fn lock_file() -> Option<&'static File> {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    FILE.get_or_init(open).as_ref()
}

fn open() -> Option<File> {
    let descriptors = fs::read_dir("/proc/self/fd").ok()?;
    let found = descriptors.filter_map(|entry| Some(entry.ok()?.path())).find(|path| {
        fs::read_link(path).is_ok_and(|target| {
            let target = target.to_string_lossy();
            target.contains("memfd:opcache_lock") || target.contains("/.ZendSem.")
        })
    })?;
    OpenOptions::new().read(true).write(true).open(found).ok()
}
