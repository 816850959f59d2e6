//! The words of a packet: what capture writes and restore reads.
//!
//! A node is one word, tag in the low byte and payload above it, and whatever the tag says follows:
//!
//! | tag | payload | then |
//! | --- | --- | --- |
//! | `UNDEF` | the slot's flags, in the upper half | |
//! | `INT` | 56 bits | |
//! | `WIDE` | | the integer |
//! | `FLOAT` | | its bits |
//! | `CHAR` | the byte | |
//! | `TEXT` `TEXT_DEF` | length | hash, then the bytes with their NUL, padded, in one run |
//! | `LONG_TEXT` `LONG_TEXT_DEF` | length | hash, then the bytes, padded, in any number of pieces |
//! | `LENT_TEXT` `LENT_TEXT_DEF` | index | hash, length; the bytes are the sender's |
//! | `…_AGAIN` | number of the node | |
//! | `REF` | | the value |
//! | `LIST` | count and array flags | [next index], [number of elements], the values; holes are `UNDEF` |
//! | `INTS` `FLOATS` | count and array flags | [next index], the bare words |
//! | `MAP` | count and array flags | [next index], key and value in turn |
//! | `OBJECT` | shape and object flags | [header of the dynamic properties], slots, [dynamic properties], [state] |
//! | `TRANSFERABLE` | shape and object flags | the state |
//! | `WEAK` | number and flags | |
//! | `HIDDEN` | | a value that only weak references refer to so far, then the value itself |
//! | `WEAK_MAP` | object flags | its entries are behind the roots: their order, number of the map, of the key, value |
//! | `ENUM` | index of the case | |
//! | `BOX` | | the value; a reference that nothing shares |
//! | `CLOSURE` | index and object flags | number of variables, [`$this`], the variables |
//! | `SKIP` | | in a closure's variable: it stays as the code has it |
//! | `HANDLE` | index and object flags | |
//!
//! Nodes that may be met again count themselves: a `…_DEF` tag, or the `DEF` flag, gives the next number.

use std::ptr;

use async_threads_core::tape::{MAX_RUN, RawWord};

/// Bits above the tag.
pub(super) const PAYLOAD: u32 = 8;
const COUNT: u32 = 32;

/// The node gets the next number.
pub(super) const DEF: u64 = 1 << (PAYLOAD + COUNT);
/// An array's next index follows.
pub(super) const NEXT: u64 = 1 << (PAYLOAD + COUNT + 1);
/// An object has dynamic properties.
pub(super) const DYNAMIC: u64 = 1 << (PAYLOAD + COUNT + 2);
/// A weak reference refers to the node whose number it gives.
pub(super) const ALIVE: u64 = 1 << (PAYLOAD + COUNT + 5);
/// A closure has a `$this`.
pub(super) const BOUND: u64 = 1 << (PAYLOAD + COUNT + 3);
/// A list has holes; the number of its elements follows.
pub(super) const HOLES: u64 = 1 << (PAYLOAD + COUNT + 4);

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident)*) => { tags!(@ 0u8; $($name)*); };
    (@ $n:expr; $name:ident $($rest:ident)*) => {
        pub(super) const $name: u8 = $n;
        tags!(@ $n + 1; $($rest)*);
    };
    (@ $n:expr;) => {};
}

tags! {
    UNDEF NULL FALSE TRUE INT FLOAT TEXT
    WIDE EMPTY_TEXT CHAR TEXT_DEF TEXT_AGAIN LONG_TEXT LONG_TEXT_DEF
    EMPTY_LIST LIST INTS FLOATS MAP ARRAY_AGAIN
    REF REF_AGAIN
    OBJECT ENUM CLOSURE HANDLE OBJECT_AGAIN
    SKIP BOX TRANSFERABLE WEAK WEAK_MAP HIDDEN
    LENT_TEXT LENT_TEXT_DEF
}

/// The longest string that is written in one run, in bytes.
pub(super) const RUN_BYTES: usize = (MAX_RUN - 2) * 8 - 1;

/// A node's word.
#[inline(always)]
pub(super) const fn node(tag: u8, payload: u64) -> u64 {
    tag as u64 | payload << PAYLOAD
}

/// The tag of a node.
#[inline(always)]
pub(super) const fn tag(word: u64) -> u8 {
    word as u8
}

/// All of the payload.
#[inline(always)]
pub(super) const fn payload(word: u64) -> u64 {
    word >> PAYLOAD
}

/// The payload below the flags: a count, a number, an index.
#[inline(always)]
pub(super) const fn count(word: u64) -> u32 {
    (word >> PAYLOAD) as u32
}

/// UNDEF, with the flags of the slot: the very word that is in an empty slot.
#[inline(always)]
pub(super) const fn undef(flags: u32) -> u64 {
    UNDEF as u64 | (flags as u64) << 32
}

/// The flags in such a word.
#[inline(always)]
pub(super) const fn flags(word: u64) -> u32 {
    (word >> 32) as u32
}

/// Whether an integer fits in a payload.
#[inline(always)]
pub(super) const fn is_short(value: i64) -> bool {
    value << PAYLOAD >> PAYLOAD == value
}

/// The integer in a payload.
#[inline(always)]
pub(super) const fn short(word: u64) -> i64 {
    word as i64 >> PAYLOAD
}

/// Words for the bytes of a string of this length with its NUL.
#[inline(always)]
pub(super) const fn text_words(length: usize) -> usize {
    (length + 8) / 8
}

/// Copies `words` words, at least one. Most strings are a few words long; a call to `memcpy` would cost more than
/// their copy.
///
/// # Safety
/// Readable and writable for so many words, aligned, apart; what is read may be uninitialised.
#[inline(always)]
pub(super) unsafe fn copy_words(from: *const u64, to: *mut u64, words: usize) {
    let (from, to) = (from.cast::<RawWord>(), to.cast::<RawWord>());
    // SAFETY: each index is below `words`. Pieces overlap where `words` is not their multiple; all
    // are read before they are written or carry equal words.
    unsafe {
        if words <= 2 {
            let last = words - 1;
            to.write(from.read());
            to.add(last).write(from.add(last).read());
        } else if words <= 4 {
            let last = words - 2;
            to.cast::<[RawWord; 2]>().write(from.cast::<[RawWord; 2]>().read());
            to.add(last).cast::<[RawWord; 2]>().write(from.add(last).cast::<[RawWord; 2]>().read());
        } else if words <= 8 {
            let last = words - 4;
            to.cast::<[RawWord; 4]>().write(from.cast::<[RawWord; 4]>().read());
            to.add(last).cast::<[RawWord; 4]>().write(from.add(last).cast::<[RawWord; 4]>().read());
        } else {
            ptr::copy_nonoverlapping(from, to, words);
        }
    }
}
