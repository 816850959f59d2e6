//! References to something that other threads get again and again, taken in
//! advance.
//!
//! * Purpose: who gives a reference away and who lets go of it are in different
//!   threads, and each would fetch the counter from the other's cache for each
//!   reference. A stock takes many at a time.
//! * Owner: one thread.
//! * Threads: that one; the references go anywhere.
//! * Invariant: what was taken in advance and not given away is given back when
//!   the stock is dropped.

use crate::sync::Arc;
use std::fmt;
use std::ops::Deref;

/// As many are taken at a time in the end.
const MOST: usize = 64;

/// See the module.
pub struct Stock<T> {
    of: Arc<T>,
    ready: Vec<Arc<T>>,
    /// How many were taken the last time: who needs few takes few.
    taken: usize,
}

impl<T> Stock<T> {
    /// References to the same as `of`; none is taken in advance yet.
    #[must_use]
    pub fn new(of: Arc<T>) -> Self {
        Self { of, ready: Vec::new(), taken: 0 }
    }

    /// Another reference.
    #[must_use]
    pub fn get(&mut self) -> Arc<T> {
        if let Some(ready) = self.ready.pop() {
            return ready;
        }
        self.ready.extend((0..self.taken).map(|_| Arc::clone(&self.of)));
        self.taken = (2 * self.taken + 1).min(MOST);
        Arc::clone(&self.of)
    }
}

impl<T> Deref for Stock<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.of
    }
}

impl<T> fmt::Debug for Stock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stock").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn each_reference_counts_once_however_it_was_taken() {
        let of = Arc::new(7);
        let mut stock = Stock::new(Arc::clone(&of));
        let given: Vec<Arc<i32>> = (0..1000).map(|_| stock.get()).collect();
        assert!(given.iter().all(|given| Arc::ptr_eq(given, &of)));
        let in_advance = Arc::strong_count(&of) - 2 - given.len();
        assert!(in_advance <= MOST, "{in_advance} are taken in advance");
        drop(stock);
        assert_eq!(Arc::strong_count(&of), 1 + given.len());
        drop(given);
        assert_eq!(Arc::strong_count(&of), 1);
    }

    #[test]
    fn who_needs_one_takes_one() {
        let of = Arc::new(7);
        let mut stock = Stock::new(Arc::clone(&of));
        let given = stock.get();
        assert_eq!(Arc::strong_count(&of), 3);
        drop((stock, given));
        assert_eq!(Arc::strong_count(&of), 1);
    }
}
