//! `Arena`: the memory an image lives in. Bump allocation, freed as a whole.
//!
//! Owner: the `Images` it becomes part of. Threads: filled by one thread, then only read by any number (`Images` enforces that by giving
//! out nothing but raw pointers). Invariants: a block never moves; everything in it is plain data without destructors.

use super::region;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

/// Alignment of everything: the engine never asks for more.
const ALIGN: usize = 16;
const LARGEST_BLOCK: usize = 1 << 20;

struct Block {
    start: NonNull<u8>,
    layout: Layout,
    /// Bytes that nobody has asked for; of the last block, `Arena::left` tells.
    unused: usize,
    from: Source,
}

/// Where a block comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Heap,
    /// Addresses that are not used again.
    Region,
    /// The heap, where there is no region: never freed.
    Lost,
}

/// A growing set of blocks.
pub(super) struct Arena {
    blocks: RefCell<Vec<Block>>,
    next: Cell<*mut u8>,
    left: Cell<usize>,
    block_size: Cell<usize>,
    unique: bool,
}

// SAFETY: the blocks are owned memory of plain data, freed by whoever drops the arena; `Cell`s are not touched through `&Arena` by more than the
// one thread that fills it, since `Arena` is not `Sync`.
unsafe impl Send for Arena {}

impl Arena {
    /// An empty arena whose first block holds `first` bytes; with `unique`, no address of it is ever used again.
    pub(super) fn new(first: usize, unique: bool) -> Arena {
        Arena {
            blocks: RefCell::new(Vec::new()),
            next: Cell::new(std::ptr::null_mut()),
            left: Cell::new(0),
            block_size: Cell::new(first.max(256)),
            unique,
        }
    }

    /// The address ranges of all that has been handed out, block by block.
    pub(super) fn ranges(&self) -> Vec<(usize, usize)> {
        let blocks = self.blocks.borrow();
        let last = blocks.len().wrapping_sub(1);
        let unused = |i: usize, block: &Block| if i == last { self.left.get() } else { block.unused };
        let range = |(i, block): (usize, &Block)| {
            let start = block.start.expose_provenance().get();
            (start, start + block.layout.size() - unused(i, block))
        };
        blocks.iter().enumerate().map(range).collect()
    }

    /// `size` bytes of zeroed memory.
    pub(super) fn bytes_for(&self, size: usize) -> NonNull<u8> {
        let size = size.next_multiple_of(ALIGN).max(ALIGN);
        if size > self.left.get() {
            self.grow(size);
        }
        let place = self.next.get();
        self.next.set(place.wrapping_add(size));
        self.left.set(self.left.get() - size);
        // SAFETY: `place` has `size` bytes left in its block, and a block is never null.
        unsafe {
            place.write_bytes(0, size);
            NonNull::new_unchecked(place)
        }
    }

    /// Moves `value` into the arena.
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    pub(super) fn put<T: Copy>(&self, value: T) -> &mut T {
        const { assert!(align_of::<T>() <= ALIGN) }
        let place = self.bytes_for(size_of::<T>()).cast::<T>();
        // SAFETY: fresh memory of the right size and alignment, handed out once.
        unsafe {
            place.write(value);
            &mut *place.as_ptr()
        }
    }

    /// Copies `values` into the arena.
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    pub(super) fn put_slice<T: Copy>(&self, values: &[T]) -> &mut [T] {
        const { assert!(align_of::<T>() <= ALIGN) }
        let place = self.bytes_for(size_of_val(values)).cast::<T>();
        // SAFETY: fresh memory for as many `T`, handed out once; the source cannot overlap it.
        unsafe {
            place.copy_from_nonoverlapping(NonNull::from(values).cast(), values.len());
            std::slice::from_raw_parts_mut(place.as_ptr(), values.len())
        }
    }

    #[cold]
    fn grow(&self, at_least: usize) {
        let size = self.block_size.get().max(at_least).next_multiple_of(ALIGN);
        self.block_size.set((self.block_size.get() * 2).min(LARGEST_BLOCK));
        let block = self.block(size);
        if let Some(last) = self.blocks.borrow_mut().last_mut() {
            last.unused = self.left.get();
        }
        self.next.set(block.start.as_ptr());
        self.left.set(block.layout.size());
        self.blocks.borrow_mut().push(block);
    }

    fn block(&self, size: usize) -> Block {
        let layout = |size| Layout::from_size_align(size, ALIGN).expect("an image of sane size");
        if self.unique
            && let Some((start, size)) = region::take(size)
        {
            return Block { start, layout: layout(size), unused: 0, from: Source::Region };
        }
        let layout = layout(size);
        // SAFETY: the size is not zero.
        let Some(start) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        Block { start, layout, unused: 0, from: if self.unique { Source::Lost } else { Source::Heap } }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        for block in self.blocks.get_mut().drain(..) {
            match block.from {
                // SAFETY: allocated with this layout by `block`, freed once.
                Source::Heap => unsafe { dealloc(block.start.as_ptr(), block.layout) },
                Source::Region => region::give_back(block.start, block.layout.size()),
                Source::Lost => {}
            }
        }
    }
}
