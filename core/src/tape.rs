//! A tape: words written once from front to back, read any number of times.
//!
//! * Purpose: the memory of a packet. A value graph is written to it in one pass and read from it in
//!   one pass, so a list of large segments is all the structure it needs, and dropping it costs one
//!   call per segment.
//! * Owner: a [`Writer`] until [`Writer::finish`], then the [`Tape`].
//! * Threads: a `Writer` stays in one thread; a `Tape` is plain memory, `Send` and `Sync`. Segments
//!   of full size are recycled through one process-wide pool, so that steady traffic touches no fresh
//!   pages.
//! * Invariants: every word below a segment's length was written; a run shorter than or equal to
//!   [`MAX_RUN`] lies in one segment, and a reader meets segment ends only where the writer did.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use parking_lot::Mutex;

use crate::pages;

pub use pen::{Finger, Pen};

/// The longest run, in words, that [`Writer::run`] keeps in one piece.
pub const MAX_RUN: usize = 256;

/// Words in a segment of full size: one large page.
const FULL: usize = pages::LARGE / size_of::<u64>();
/// Words in the first segment, which the writer keeps when everything fitted in it.
const FIRST: usize = 1 << 9;
/// What is left at the end of a tape is given a block of its own up to this size, in words: tapes may wait in queues.
const SMALL: usize = 1 << 16;
/// Full segments that may wait for their next use.
const POOLED: usize = 8;

static POOL: Mutex<Vec<Segment>> = Mutex::new(Vec::new());

/// A block of words, the first `len` of them written.
struct Segment {
    words: NonNull<u64>,
    capacity: usize,
    len: usize,
}

// SAFETY: a segment owns its block like a `Box<[MaybeUninit<u64>]>` would, and words are plain data.
unsafe impl Send for Segment {}
// SAFETY: as above; a shared segment is only read.
unsafe impl Sync for Segment {}

impl Segment {
    fn layout(capacity: usize) -> Layout {
        let layout = Layout::array::<u64>(capacity).expect("a segment fits in memory");
        if capacity == FULL { layout.align_to(pages::LARGE).expect("a power of two") } else { layout }
    }

    fn new(capacity: usize) -> Segment {
        debug_assert!(capacity > 0);
        let layout = Segment::layout(capacity);
        // SAFETY: the layout is not empty.
        let block = unsafe { alloc(layout) };
        let Some(words) = NonNull::new(block.cast::<u64>()) else { handle_alloc_error(layout) };
        if capacity == FULL {
            pages::prefer_large(block, layout.size());
        }
        Segment { words, capacity, len: 0 }
    }

    /// A segment of full size, a used one if there is one.
    fn full() -> Segment {
        let used = POOL.lock().pop();
        match used {
            Some(mut segment) => {
                segment.len = 0;
                segment
            }
            None => Segment::new(FULL),
        }
    }

    /// A copy that is no larger than what is written.
    fn fitting(&self) -> Segment {
        let mut copy = Segment::new(self.len.max(1));
        // SAFETY: `len` words are written and fit in the new block.
        unsafe { ptr::copy_nonoverlapping(self.words.as_ptr(), copy.words.as_ptr(), self.len) };
        copy.len = self.len;
        copy
    }

    /// Gives the block back, to the pool when it has use for it.
    fn recycle(self) {
        if self.capacity == FULL {
            let mut pool = POOL.lock();
            if pool.len() < POOLED {
                pool.push(self);
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: `new` made the block with this layout, and only this drop frees it.
        unsafe { dealloc(self.words.as_ptr().cast(), Segment::layout(self.capacity)) }
    }
}

/// Writes a tape.
///
/// Writing is unchecked for speed: room is asked for first, then filled.
pub struct Writer {
    /// Where the next word goes; null before the first.
    next: *mut u64,
    /// End of the current segment.
    end: *mut u64,
    /// All segments, the last one being written. Only the closed ones have their length set.
    segments: Vec<Segment>,
}

impl Default for Writer {
    fn default() -> Self {
        Writer::new()
    }
}

impl Writer {
    /// An empty tape; takes no memory yet.
    pub const fn new() -> Writer {
        Writer { next: ptr::null_mut(), end: ptr::null_mut(), segments: Vec::new() }
    }

    /// Whether nothing was written since the start or the last [`finish`](Writer::finish).
    pub fn is_empty(&self) -> bool {
        match self.segments.last() {
            None => true,
            Some(only) => self.segments.len() == 1 && only.words.as_ptr() == self.next,
        }
    }

    /// Bytes written so far.
    pub fn byte_len(&self) -> usize {
        let closed: usize = self.segments.iter().map(|s| s.len).sum();
        (closed + self.open_len()) * size_of::<u64>()
    }

    fn open_len(&self) -> usize {
        match self.segments.last() {
            // SAFETY: `next` is within, or one past the end of, the last segment's block.
            Some(last) => unsafe { self.next.offset_from_unsigned(last.words.as_ptr()) },
            None => 0,
        }
    }

    /// Writes one word.
    #[inline(always)]
    pub fn put(&mut self, word: u64) {
        if self.next == self.end {
            self.grow();
        }
        // SAFETY: there is room for a word at `next`: it was not the end, or `grow` made some.
        unsafe {
            self.next.write(word);
            self.next = self.next.add(1);
        }
    }

    /// Room for `words` words in one piece, at most [`MAX_RUN`]; the caller writes all of them.
    ///
    /// # Safety
    /// `words <= MAX_RUN`, and each of them is written before the next call of the writer.
    #[inline(always)]
    pub unsafe fn run(&mut self, words: usize) -> *mut u64 {
        debug_assert!(words <= MAX_RUN);
        // SAFETY: both point into the same block, `next` first.
        if unsafe { self.end.offset_from_unsigned(self.next) } < words {
            self.grow();
        }
        let run = self.next;
        // SAFETY: the segment has room for `words` more: checked above, or new (`MAX_RUN` < `FIRST`).
        self.next = unsafe { run.add(words) };
        run
    }

    /// Where the next words go, by value, for a loop that keeps it in registers. Until [`resume`](Writer::resume) the
    /// writer itself does not know of what was written.
    #[inline(always)]
    pub fn pen(&self) -> Pen {
        Pen { next: self.next, end: self.end }
    }

    /// Goes on from where `pen` stands.
    ///
    /// # Safety
    /// `pen` came from this writer, whose other methods were not called since.
    #[inline(always)]
    pub unsafe fn resume(&mut self, pen: Pen) {
        self.next = pen.next;
    }

    /// A pen with room for a run of `words` words, at most [`MAX_RUN`], to go on from where `pen` stands.
    ///
    /// # Safety
    /// As [`resume`](Writer::resume), and `words <= MAX_RUN`.
    #[cold]
    #[inline(never)]
    pub unsafe fn refill(&mut self, pen: Pen, words: usize) -> Pen {
        // SAFETY: by contract.
        unsafe { self.resume(pen) };
        if self.pen().room() < words {
            self.grow();
        }
        self.pen()
    }

    /// Copies `bytes` bytes, padded to whole words, splitting them over segments as needed.
    ///
    /// # Safety
    /// `from` is readable for `bytes` bytes.
    pub unsafe fn copy(&mut self, from: *const u8, bytes: usize) {
        let mut from = from;
        let mut left = bytes;
        while left > 0 {
            if self.next == self.end {
                self.grow();
            }
            // SAFETY: both point into the same block, `next` first.
            let room = unsafe { self.end.offset_from_unsigned(self.next) };
            let piece = left.min(room * size_of::<u64>());
            let words = piece.div_ceil(size_of::<u64>());
            // SAFETY: `piece` bytes are left to read, and `words` words of room hold them; the padding
            // of the last word is written first.
            unsafe {
                self.next.add(words - 1).write(0);
                ptr::copy_nonoverlapping(from, self.next.cast(), piece);
                self.next = self.next.add(words);
                from = from.add(piece);
            }
            left -= piece;
        }
    }

    /// Writes `count` words made by `word(index)`.
    #[inline]
    pub fn fill(&mut self, count: usize, mut word: impl FnMut(usize) -> u64) {
        let mut done = 0;
        while done < count {
            if self.next == self.end {
                self.grow();
            }
            // SAFETY: both point into the same block, `next` first.
            let room = unsafe { self.end.offset_from_unsigned(self.next) };
            let until = count.min(done + room);
            while done < until {
                // SAFETY: `until` counts no more words than there is room for.
                unsafe {
                    self.next.write(word(done));
                    self.next = self.next.add(1);
                }
                done += 1;
            }
        }
    }

    /// A place for one word that is known later; see [`patch`](Writer::patch).
    #[inline]
    pub fn reserve(&mut self) -> Place {
        self.put(0);
        // SAFETY: `put` left `next` just behind the word it wrote.
        Place(unsafe { self.next.sub(1) })
    }

    /// Writes the word kept free by [`reserve`](Writer::reserve).
    ///
    /// # Safety
    /// `place` came from this writer, which has not been finished or cleared since.
    #[inline]
    pub unsafe fn patch(&mut self, place: Place, word: u64) {
        // SAFETY: segments never move, so the place is still inside one of ours.
        unsafe { place.0.write(word) }
    }

    /// Where the tape ends now; see [`rewind`](Writer::rewind).
    pub fn mark(&self) -> Mark {
        Mark { segments: self.segments.len(), next: self.next }
    }

    /// Takes back what was written since `mark`.
    ///
    /// # Safety
    /// `mark` came from this writer, which has not been finished, cleared or rewound beyond it since.
    pub unsafe fn rewind(&mut self, mark: Mark) {
        if mark.segments == 0 {
            return self.clear();
        }
        for segment in self.segments.drain(mark.segments..) {
            segment.recycle();
        }
        let last = &self.segments[mark.segments - 1];
        self.next = mark.next;
        // SAFETY: one past the end of the block.
        self.end = unsafe { last.words.as_ptr().add(last.capacity) };
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let open = self.open_len();
        let next = match self.segments.last_mut() {
            None => Segment::new(FIRST),
            Some(last) => {
                last.len = open;
                match last.capacity {
                    FULL => Segment::full(),
                    small if small * 16 <= SMALL => Segment::new(small * 16),
                    _ => Segment::full(),
                }
            }
        };
        self.next = next.words.as_ptr();
        // SAFETY: one past the end of the block.
        self.end = unsafe { self.next.add(next.capacity) };
        self.segments.push(next);
    }

    /// Ends the tape and hands it over; the writer is empty again.
    ///
    /// A tape that fitted in the first segment is copied to a block of its size, so that small packets
    /// are small and the writer goes on with its warm segment.
    pub fn finish(&mut self) -> Tape {
        let open = self.open_len();
        if let [first] = self.segments.as_mut_slice() {
            first.len = open;
            let copy = first.fitting();
            self.next = first.words.as_ptr();
            return Tape { first: Some(copy), rest: Vec::new() };
        }
        let Some(last) = self.segments.last_mut() else {
            return Tape { first: None, rest: Vec::new() };
        };
        last.len = open;
        if last.capacity == FULL && open <= SMALL {
            let copy = last.fitting();
            std::mem::replace(last, copy).recycle();
        }
        let mut segments = std::mem::take(&mut self.segments).into_iter();
        (self.next, self.end) = (ptr::null_mut(), ptr::null_mut());
        Tape { first: segments.next(), rest: segments.collect() }
    }

    /// Forgets what was written.
    pub fn clear(&mut self) {
        for segment in self.segments.drain(1.min(self.segments.len())..) {
            segment.recycle();
        }
        match self.segments.first() {
            Some(first) => {
                self.next = first.words.as_ptr();
                // SAFETY: one past the end of the block.
                self.end = unsafe { self.next.add(first.capacity) };
            }
            None => (self.next, self.end) = (ptr::null_mut(), ptr::null_mut()),
        }
    }
}

/// The place of a word to be patched.
#[derive(Clone, Copy)]
pub struct Place(*mut u64);

/// An end that a tape had.
#[derive(Clone, Copy)]
pub struct Mark {
    segments: usize,
    next: *mut u64,
}

/// A finished tape.
#[derive(Default)]
pub struct Tape {
    first: Option<Segment>,
    rest: Vec<Segment>,
}

impl Tape {
    /// Bytes that were written.
    pub fn byte_len(&self) -> usize {
        self.first.iter().chain(&self.rest).map(|s| s.len * size_of::<u64>()).sum()
    }

    /// A reader at the beginning.
    pub fn read(&self) -> Reader<'_> {
        let mut reader = Reader { next: ptr::null(), end: ptr::null(), rest: Rest::Lent(self.rest.iter()) };
        if let Some(first) = &self.first {
            reader.enter(first);
        }
        reader
    }

    /// A reader at the beginning that gives up each segment when it has read it, so that tape and what is made of it are not both
    /// in memory as a whole.
    pub fn read_once(&mut self) -> Reader<'static> {
        let rest = std::mem::take(&mut self.rest).into_iter();
        let mut reader = Reader { next: ptr::null(), end: ptr::null(), rest: Rest::Owned { current: self.first.take(), rest } };
        if let Rest::Owned { current: Some(first), .. } = &reader.rest {
            let len = first.len;
            reader.next = first.words.as_ptr();
            // SAFETY: `len` words of the block are written.
            reader.end = unsafe { reader.next.add(len) };
        }
        reader
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        for segment in self.rest.drain(..) {
            segment.recycle();
        }
    }
}

/// Reads a tape, in the units in which it was written.
pub struct Reader<'tape> {
    next: *const u64,
    end: *const u64,
    rest: Rest<'tape>,
}

/// The segments of a tape that is being read.
enum Rest<'tape> {
    Lent(std::slice::Iter<'tape, Segment>),
    Owned { current: Option<Segment>, rest: std::vec::IntoIter<Segment> },
}

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        if let Rest::Owned { current, rest } = self {
            current.take().into_iter().chain(rest).for_each(Segment::recycle);
        }
    }
}

impl Reader<'_> {
    fn enter(&mut self, segment: &Segment) {
        self.next = segment.words.as_ptr();
        // SAFETY: `len` words of the block are written.
        self.end = unsafe { self.next.add(segment.len) };
    }

    #[cold]
    #[inline(never)]
    fn turn(&mut self) {
        const ENOUGH: &str = "a tape is read no further than it was written";
        match &mut self.rest {
            Rest::Lent(rest) => {
                let segment = rest.next().expect(ENOUGH);
                self.enter(segment);
            }
            Rest::Owned { current, rest } => {
                let read = current.replace(rest.next().expect(ENOUGH));
                if let Some(segment) = current {
                    // SAFETY: `len` words of the block are written.
                    (self.next, self.end) = (segment.words.as_ptr(), unsafe { segment.words.as_ptr().add(segment.len) });
                }
                read.into_iter().for_each(Segment::recycle);
            }
        }
    }

    /// Where the reader stands, by value, for a loop that keeps it in registers. Until [`resume`](Reader::resume) the reader
    /// itself does not know of what was read.
    #[inline(always)]
    pub fn finger(&self) -> Finger {
        Finger { next: self.next, end: self.end }
    }

    /// Goes on from where `finger` stands.
    ///
    /// # Safety
    /// `finger` came from this reader, whose other methods were not called since.
    #[inline(always)]
    pub unsafe fn resume(&mut self, finger: Finger) {
        self.next = finger.next;
    }

    /// On to the next piece of the tape, which there is.
    #[cold]
    #[inline(never)]
    pub fn next_piece(&mut self) -> Finger {
        self.turn();
        self.finger()
    }

    /// The next word.
    #[inline(always)]
    pub fn get(&mut self) -> u64 {
        if self.next == self.end {
            self.turn();
        }
        // SAFETY: `next` is before the end of the written words; no segment but the last is empty.
        unsafe {
            let word = self.next.read();
            self.next = self.next.add(1);
            word
        }
    }

    /// The next word, left where it is.
    #[inline]
    pub fn peek(&mut self) -> u64 {
        if self.next == self.end {
            self.turn();
        }
        // SAFETY: `next` is before the end of the written words.
        unsafe { self.next.read() }
    }

    /// The next `words` words, written in one piece by [`Writer::run`].
    ///
    /// # Safety
    /// A run of at least `words` words was written here.
    #[inline(always)]
    pub unsafe fn run(&mut self, words: usize) -> *const u64 {
        if self.next == self.end && words > 0 {
            self.turn();
        }
        let run = self.next;
        // SAFETY: the run lies within this segment.
        unsafe {
            debug_assert!(self.end.offset_from_unsigned(run) >= words);
            self.next = run.add(words);
        }
        run
    }

    /// Copies the next `bytes` bytes, written by [`Writer::copy`] in one call of the same size.
    ///
    /// # Safety
    /// `to` is writable for `bytes` bytes.
    pub unsafe fn copy(&mut self, to: *mut u8, bytes: usize) {
        let mut to = to;
        let mut left = bytes;
        while left > 0 {
            if self.next == self.end {
                self.turn();
            }
            // SAFETY: both point into the same block, `next` first.
            let there = unsafe { self.end.offset_from_unsigned(self.next) };
            let piece = left.min(there * size_of::<u64>());
            // SAFETY: `piece` bytes are written here and wanted there.
            unsafe {
                ptr::copy_nonoverlapping(self.next.cast::<u8>(), to, piece);
                self.next = self.next.add(piece.div_ceil(size_of::<u64>()));
                to = to.add(piece);
            }
            left -= piece;
        }
    }

    /// Hands out the next `count` words in pieces: `piece(index of the first, words)`.
    #[inline]
    pub fn pieces(&mut self, count: usize, mut piece: impl FnMut(usize, &[u64])) {
        let mut done = 0;
        while done < count {
            if self.next == self.end {
                self.turn();
            }
            // SAFETY: both point into the same block, `next` first.
            let there = unsafe { self.end.offset_from_unsigned(self.next) };
            let some = there.min(count - done);
            // SAFETY: `some` words from `next` on are written, and stay so while the tape is borrowed.
            piece(done, unsafe { std::slice::from_raw_parts(self.next, some) });
            // SAFETY: not past the end, by the choice of `some`.
            self.next = unsafe { self.next.add(some) };
            done += some;
        }
    }
}

/// Memory that may hold words nobody wrote, such as the padding of a string.
pub type RawWord = MaybeUninit<u64>;

const _: () = assert!(MAX_RUN < FIRST);
const _: () = {
    const fn sendable<T: Send + Sync>() {}
    sendable::<Tape>();
};

mod pen;
#[cfg(test)]
mod tests;
