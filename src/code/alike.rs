//! Whether two images hold the same code: two threads that load one file have each made an image of it, and who gets values from both needs one of them.
//!
//! Owner: nobody. Threads: any; images do not change. Invariants: two words are the same if they are equal, or lead to the same place of two images that are compared, or are
//! fields that slots were given to. Memory that differs in what nobody reads (padding) counts as different: then both are kept.

use super::images::Images;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// Pairs of images that hold the same code, found by one comparison.
#[derive(Default)]
pub(super) struct Comparison {
    same: Vec<(Arc<Images>, Arc<Images>)>,
}

impl Comparison {
    /// Compares two images, those they refer to first.
    pub(super) fn images(&mut self, a: &Arc<Images>, b: &Arc<Images>) -> bool {
        if Arc::ptr_eq(a, b) || self.same.iter().any(|(x, y)| Arc::ptr_eq(x, a) && Arc::ptr_eq(y, b)) {
            return true;
        }
        let lengths = |images: &Images| images.ranges().iter().map(|(start, end)| end - start).collect::<Vec<_>>();
        let is_same = lengths(a) == lengths(b) && self.all(a.keeps(), b.keeps()) && self.memory(a, b);
        if is_same {
            self.same.push((a.clone(), b.clone()));
        }
        is_same
    }

    /// Compares as many images.
    pub(super) fn all(&mut self, a: &[Arc<Images>], b: &[Arc<Images>]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.images(a, b))
    }

    /// Whether two addresses are the same one, or lead to the same place of a pair.
    pub(super) fn pointers<T>(&self, a: *const T, b: *const T) -> bool {
        a == b || self.is_same_place_of_a_pair(a.addr(), b.addr())
    }

    fn is_same_place_of_a_pair(&self, address: usize, other: usize) -> bool {
        self.same.iter().any(|(x, y)| is_same_place(x, y, address, other))
    }

    fn memory(&self, a: &Images, b: &Images) -> bool {
        let (slots, others) = (a.slot_fields(), b.slot_fields());
        let are_same_fields = || slots.iter().zip(others).all(|(&field, &other)| is_same_place(a, b, field, other));
        let mut blocks = a.ranges().iter().zip(b.ranges());
        slots.len() == others.len()
            && are_same_fields()
            && blocks.all(|(&(from, end), &(other_from, _))| {
                (0..(end - from) / size_of::<usize>()).all(|i| {
                    let (word, other) = (word(from, i), word(other_from, i));
                    word == other
                        || is_same_place(a, b, word, other)
                        || self.is_same_place_of_a_pair(word, other)
                        || slots.binary_search(&(from + i * size_of::<usize>())).is_ok()
                })
            })
    }
}

/// A word of a block.
fn word(start: usize, index: usize) -> usize {
    // SAFETY: a block of an image that the caller holds: zeroed when it was made, aligned, and of this many words.
    unsafe { std::ptr::with_exposed_provenance::<usize>(start).add(index).read() }
}

fn is_same_place(a: &Images, b: &Images, address: usize, other: usize) -> bool {
    a.ranges().iter().zip(b.ranges()).any(|((start, end), (other_start, _))| {
        (*start..*end).contains(&address) && address - start == other.wrapping_sub(*other_start)
    })
}

/// What stands in for things that are the same as it, by their addresses: the weak reference sees to it that such an address is not used for another.
pub(super) struct StandIns<T, S> {
    known: BTreeMap<usize, (Weak<T>, S)>,
    /// Those whose things are gone are looked for when there are so many.
    most: usize,
}

/// So many before the first look for what is gone.
const FEW: usize = 32;

impl<T, S: Clone> StandIns<T, S> {
    /// None.
    pub(super) const fn new() -> StandIns<T, S> {
        StandIns { known: BTreeMap::new(), most: FEW }
    }

    /// What stands in for `thing`.
    pub(super) fn get(&self, thing: &Arc<T>) -> Option<S> {
        self.known.get(&Arc::as_ptr(thing).addr()).map(|(_, stand_in)| stand_in.clone())
    }

    /// From now on `stand_in` does.
    pub(super) fn add(&mut self, thing: &Arc<T>, stand_in: S) {
        if self.known.len() >= self.most {
            self.known.retain(|_, (thing, _)| thing.strong_count() > 0);
            self.most = self.known.len() * 2 + FEW;
        }
        self.known.insert(Arc::as_ptr(thing).addr(), (Arc::downgrade(thing), stand_in));
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.most = FEW;
    }
}
