//! Memory of PHP's heap, with an eye on what it costs to touch it first.
//!
//! The heap takes memory from the kernel in chunks of 2 MiB and, for what is larger, in blocks of their own. Where a restore is
//! about to fill such memory, it asks for large pages; see [`async_threads_core::pages`].

use async_threads_core::pages::{self, LARGE};

use super::Restore;
use crate::transfer::zv;

/// How far a restore has come with its memory.
#[derive(Default)]
pub(super) struct Memory {
    /// The chunk of the last block, by number.
    chunk: usize,
    /// Bytes that are still to be filled, as far as the packet knows; zero if they are too few to care.
    left: usize,
    /// Chunks that need no more care.
    seen: Vec<usize>,
}

impl Memory {
    /// For a graph of about `weight` bytes.
    pub(super) fn expect(&mut self, weight: usize) {
        self.seen.clear();
        self.chunk = 0;
        self.left = if weight >= LARGE / 2 { weight } else { 0 };
    }

    /// Takes note of a block in the heap.
    #[inline(always)]
    pub(super) fn note(&mut self, block: *mut u8) {
        if self.left != 0 && block.addr() / LARGE != self.chunk {
            self.enter(block);
        }
    }

    #[cold]
    fn enter(&mut self, block: *mut u8) {
        self.chunk = block.addr() / LARGE;
        if self.seen.contains(&self.chunk) {
            return;
        }
        self.seen.push(self.chunk);
        if self.left >= LARGE / 2 {
            pages::gather(block);
        }
        self.left = self.left.saturating_sub(LARGE).max(1);
    }
}

impl Restore {
    /// A block of PHP's heap. May bail out.
    ///
    /// # Safety
    /// The thread is attached and in a request.
    #[inline(always)]
    pub(super) unsafe fn alloc(&mut self, size: usize) -> *mut u8 {
        // SAFETY: by contract.
        let block = unsafe { zv::emalloc(size) };
        if size >= LARGE {
            pages::prefer_large(block, size);
        } else {
            self.memory.note(block);
        }
        block
    }
}
