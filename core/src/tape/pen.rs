//! Places on a tape by value, for loops that keep them in registers.

/// Where a [`Writer`](super::Writer) writes next.
#[derive(Clone, Copy)]
pub struct Pen {
    pub(super) next: *mut u64,
    pub(super) end: *mut u64,
}

impl Pen {
    /// Words that can be written before the writer is needed again.
    #[inline(always)]
    pub fn room(&self) -> usize {
        // SAFETY: both point into the same block, `next` first; or both are null.
        unsafe { self.end.offset_from_unsigned(self.next) }
    }

    /// Writes one word.
    ///
    /// # Safety
    /// There is room for it.
    #[inline(always)]
    pub unsafe fn put(&mut self, word: u64) {
        // SAFETY: by contract.
        unsafe { self.run(1).write(word) };
    }

    /// The next `words` words; the caller writes all of them.
    ///
    /// # Safety
    /// There is room for them.
    #[inline(always)]
    pub unsafe fn run(&mut self, words: usize) -> *mut u64 {
        debug_assert!(words <= self.room());
        let run = self.next;
        // SAFETY: by contract.
        self.next = unsafe { run.add(words) };
        run
    }
}

/// Where a [`Reader`](super::Reader) reads next.
#[derive(Clone, Copy)]
pub struct Finger {
    pub(super) next: *const u64,
    pub(super) end: *const u64,
}

impl Finger {
    /// Whether the next word, if there is one, is in another piece of the tape.
    #[inline(always)]
    pub fn at_end(&self) -> bool {
        self.next == self.end
    }

    /// The next word, left where it is.
    ///
    /// # Safety
    /// Not at the end.
    #[inline(always)]
    pub unsafe fn peek(&self) -> u64 {
        debug_assert!(!self.at_end());
        // SAFETY: `next` is before the end of the written words.
        unsafe { self.next.read() }
    }

    /// The next `words` words, which were written in one run.
    ///
    /// # Safety
    /// They were.
    #[inline(always)]
    pub unsafe fn run(&mut self, words: usize) -> *const u64 {
        let run = self.next;
        // SAFETY: the run lies within this segment.
        unsafe {
            debug_assert!(self.end.offset_from_unsigned(run) >= words);
            self.next = run.add(words);
        }
        run
    }
}
