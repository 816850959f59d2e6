//! Memory of PHP's heap, with an eye on what it costs to touch it first.
//!
//! The heap takes memory from the kernel in chunks of 2 MiB and, for what is larger, in blocks of their own. Where a restore is
//! about to fill such memory, it asks for large pages; see [`async_threads_core::pages`].

use std::ffi::c_void;

use async_threads_core::pages::{self, LARGE};

use super::Restore;
#[cfg(not(php_debug))]
use crate::sys;
use crate::transfer::zv;

/// From so many bytes on, one large page costs less than the small ones would.
const WORTH: usize = LARGE / 4;

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
        self.left = if weight >= WORTH { weight } else { 0 };
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
        if self.left >= WORTH {
            pages::gather(block);
        }
        // The first has been in use before.
        let room = if self.seen.is_empty() { LARGE / 2 } else { LARGE };
        self.seen.push(self.chunk);
        self.left = self.left.saturating_sub(room).max(1);
    }
}

/// How the engine allocates blocks of one size. Null where that has no way of its own.
pub(super) type Allocator = Option<unsafe extern "C" fn() -> *mut c_void>;

/// Ways to allocate, by size in words.
#[cfg(not(php_debug))]
static ALLOCATORS: [Allocator; 41] = {
    let mut table: [Allocator; 41] = [None; 41];
    let mut words = 0;
    while words < table.len() {
        table[words] = match words * 8 {
            // Smaller sizes are rounded in ways that differ between versions.
            0..=16 => None,
            17..=24 => Some(sys::_emalloc_24),
            25..=32 => Some(sys::_emalloc_32),
            33..=40 => Some(sys::_emalloc_40),
            41..=48 => Some(sys::_emalloc_48),
            49..=56 => Some(sys::_emalloc_56),
            57..=64 => Some(sys::_emalloc_64),
            65..=80 => Some(sys::_emalloc_80),
            81..=96 => Some(sys::_emalloc_96),
            97..=112 => Some(sys::_emalloc_112),
            113..=128 => Some(sys::_emalloc_128),
            129..=160 => Some(sys::_emalloc_160),
            161..=192 => Some(sys::_emalloc_192),
            193..=224 => Some(sys::_emalloc_224),
            225..=256 => Some(sys::_emalloc_256),
            257..=320 => Some(sys::_emalloc_320),
            _ => None,
        };
        words += 1;
    }
    table
};

/// How to allocate blocks of `words` words.
#[inline(always)]
pub(super) fn allocator(words: usize) -> Allocator {
    #[cfg(not(php_debug))]
    {
        ALLOCATORS.get(words).copied().flatten()
    }
    #[cfg(php_debug)]
    {
        let _ = words;
        None
    }
}

impl Restore {
    /// A block of PHP's heap of `words` words, in the way that [`allocator`] gave for them. May bail out.
    ///
    /// # Safety
    /// The thread is attached and in a request.
    #[inline(always)]
    pub(super) unsafe fn alloc_by(&mut self, allocator: Allocator, words: usize) -> *mut u8 {
        let Some(allocate) = allocator else {
            // SAFETY: by contract.
            return unsafe { self.alloc(words * 8) };
        };
        // SAFETY: by contract.
        let block = unsafe { allocate() }.cast::<u8>();
        self.memory.note(block);
        block
    }

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
