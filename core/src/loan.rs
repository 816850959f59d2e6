//! Lent memory: bytes that a receiver reads where the sender has them.
//!
//! * Purpose: large pieces of memory cross with one copy instead of two. The sender keeps them still, the receiver copies from
//!   them, and what kept them still goes home through a queue.
//! * Owner: the sender's [`Lender`] owns what it lent; a message owns its [`Loan`]s, and may be read any number of times or never.
//! * Threads: a `Lender` stays in one thread; loans go anywhere.
//! * Invariants: a loan's bytes are read under its lock alone, by plain copies. [`Lender::recall`] needs the lock for writing, so
//!   after it nobody reads the sender's memory any more: whoever still holds the loan reads a copy. Nobody waits longer than a copy
//!   takes, and nobody waits for a message to be read.

use crate::inbox::{Inbox, InboxSender};
use crate::parker::Wake;
use crate::sync::{Arc, Weak};
use parking_lot::RwLock;
use std::collections::HashMap;

/// Where the bytes of a loan are.
enum Bytes {
    /// With the sender.
    Lent { at: *const u8, length: usize },
    /// The sender wanted its memory back before the loan was given up.
    Copied(Box<[u8]>),
}

// SAFETY: the memory is kept still by the lender, who takes it back by way of the lock or when the loan is gone; plain data.
unsafe impl Send for Bytes {}
// SAFETY: as above; shared bytes are only read.
unsafe impl Sync for Bytes {}

/// A piece of memory lent by another thread.
pub struct Loan {
    number: u64,
    bytes: RwLock<Bytes>,
    home: InboxSender<u64>,
}

impl Loan {
    /// Copies the bytes.
    ///
    /// # Safety
    /// `to` is writable for as many bytes as were lent.
    pub unsafe fn copy_to(&self, to: *mut u8) {
        let bytes = self.bytes.read();
        let (at, length) = match &*bytes {
            Bytes::Lent { at, length } => (*at, *length),
            Bytes::Copied(copy) => (copy.as_ptr(), copy.len()),
        };
        // SAFETY: the lender keeps its bytes readable until it has had the lock for writing; `to` by contract.
        unsafe { std::ptr::copy_nonoverlapping(at, to, length) };
    }

    /// Makes a copy for those who may still read, who use it from now on.
    fn settle(&self) {
        let mut bytes = self.bytes.write();
        if let Bytes::Lent { at, length } = *bytes {
            // SAFETY: the lender calls this while it still keeps the bytes.
            *bytes = Bytes::Copied(unsafe { std::slice::from_raw_parts(at, length) }.into());
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        // Whether the lender still listens does not matter: if not, it has taken everything back.
        let _ = self.home.push(self.number);
    }
}

/// What keeps the memory of one thread's loans still.
pub struct Lender<T> {
    returned: Inbox<u64>,
    out: HashMap<u64, (Weak<Loan>, T)>,
    next: u64,
}

impl<T> Default for Lender<T> {
    fn default() -> Self {
        Lender { returned: Inbox::new(Arc::new(Nobody)), out: HashMap::new(), next: 0 }
    }
}

impl<T> Lender<T> {
    /// Lends `length` bytes, which `keeper` keeps still.
    ///
    /// # Safety
    /// The bytes at `at` stay readable and as they are until `keeper` has been given back.
    pub unsafe fn lend(&mut self, at: *const u8, length: usize, keeper: T) -> Arc<Loan> {
        let (number, home) = (self.next, self.returned.sender());
        self.next += 1;
        let loan = Arc::new(Loan { number, bytes: RwLock::new(Bytes::Lent { at, length }), home });
        self.out.insert(number, (Arc::downgrade(&loan), keeper));
        loan
    }

    /// Gives back the keepers of loans that are over.
    pub fn take_back(&mut self, mut each: impl FnMut(T)) {
        if self.out.is_empty() {
            return;
        }
        let out = &mut self.out;
        self.returned.drain(|number| {
            if let Some((_, keeper)) = out.remove(&number) {
                each(keeper);
            }
        });
    }

    /// Gives back all keepers, now. Loans that are not over go on with a copy.
    pub fn recall(&mut self, mut each: impl FnMut(T)) {
        for (_, (loan, keeper)) in self.out.drain() {
            if let Some(loan) = loan.upgrade() {
                loan.settle();
            }
            each(keeper);
        }
    }

    /// How many loans are not known to be over.
    pub fn count(&self) -> usize {
        self.out.len()
    }
}

/// The lender looks for returned loans when it comes by; nobody wakes it.
struct Nobody;

impl Wake for Nobody {
    fn wake(&self) {}
}

#[cfg(all(test, not(loom)))]
mod tests;
