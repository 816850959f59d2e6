//! Which nodes of a graph have been met, and under which number.
//!
//! * Purpose: while a graph is captured, every node that can be met twice gets a number at the first
//!   meeting and is found under it at the next.
//! * Owner: the capture that fills it; it is reused from capture to capture for its memory.
//! * Threads: one.
//! * Invariants: numbers are given out in the order of first meetings, from zero without gaps. Two
//!   nodes alive at the same time are at least [`GRAIN`] bytes apart, so a node's address divided
//!   by that is its own.
//!
//! Nodes of one graph tend to lie side by side, because an allocator put them there. So this is
//! a table of pages with a small array of numbers each, rather than a hash table of addresses:
//! neighbours share cache lines, and their page is usually one of those looked up just before.

/// Every node is at least this many bytes large.
pub const GRAIN: usize = 32;

const PAGE: usize = 4096;
const GRAINS: usize = PAGE / GRAIN;

/// How many pages are found without searching: keys and other strings of a script lie apart from what it makes.
const RECENT: usize = 32;

/// Numbers of the nodes in one page, plus one; zero where none was met.
type Numbers = [u32; GRAINS];

/// Nodes met so far.
#[derive(Default)]
pub struct Identity {
    /// Open addressing: page number and index into `pages`; page zero holds no node and means "free".
    slots: Vec<(usize, u32)>,
    pages: Vec<Numbers>,
    /// Pages of late, each in the place that its number gives: a page and its index.
    recent: [(usize, u32); RECENT],
    count: u32,
}

/// What [`Identity::meet`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// The node is new and has got this number.
    First(u32),
    /// The node was met before and has this number.
    Again(u32),
}

impl Identity {
    /// Nobody met yet; takes no memory yet.
    pub const fn new() -> Identity {
        Identity { slots: Vec::new(), pages: Vec::new(), recent: [(0, 0); RECENT], count: 0 }
    }

    /// How many nodes have been met.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Meets the node at `address`.
    #[inline]
    pub fn meet(&mut self, address: usize) -> Meeting {
        let page = address / PAGE;
        let (there, mut index) = self.recent[page % RECENT];
        if there != page {
            index = self.find_or_add(page);
        }
        let number = &mut self.pages[index as usize][address % PAGE / GRAIN];
        if *number != 0 {
            return Meeting::Again(*number - 1);
        }
        // Four thousand million shared nodes need more memory than a number of 32 bits can run out in.
        self.count = self.count.checked_add(1).expect("fewer than 2^32 shared nodes");
        *number = self.count;
        Meeting::First(self.count - 1)
    }

    /// The number of the node at `address`, if it was met.
    pub fn find(&self, address: usize) -> Option<u32> {
        let page = address / PAGE;
        if self.slots.is_empty() {
            return None;
        }
        let slot = self.slot(page);
        let (there, index) = self.slots[slot];
        if there != page {
            return None;
        }
        self.pages[index as usize][address % PAGE / GRAIN].checked_sub(1)
    }

    /// Forgets the nodes that were met when `count` had been met already. Slow: looks at all of them.
    pub fn rewind(&mut self, count: u32) {
        for number in self.pages.iter_mut().flatten() {
            if *number > count {
                *number = 0;
            }
        }
        self.count = self.count.min(count);
    }

    /// Forgets all nodes, keeping a moderate amount of memory for the next graph.
    pub fn clear(&mut self) {
        if self.count == 0 && self.pages.is_empty() {
            return;
        }
        if self.slots.len() > 4096 {
            self.slots = Vec::new();
        } else {
            self.slots.fill((0, 0));
        }
        if self.pages.capacity() > 1024 {
            self.pages = Vec::new();
        } else {
            self.pages.clear();
        }
        self.recent = [(0, 0); RECENT];
        self.count = 0;
    }

    /// Where `page` is, or the free slot where it belongs.
    fn slot(&self, page: usize) -> usize {
        let mask = self.slots.len() - 1;
        // The upper bits of a product with an odd constant depend on all bits of the page number.
        let mut at = (page.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) & mask;
        loop {
            let (there, _) = self.slots[at];
            if there == page || there == 0 {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline(never)]
    fn find_or_add(&mut self, page: usize) -> u32 {
        if self.pages.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.slot(page);
        if self.slots[at].0 == 0 {
            let index = u32::try_from(self.pages.len()).expect("fewer than 2^32 pages");
            self.slots[at] = (page, index);
            self.pages.push([0; GRAINS]);
        }
        self.recent[page % RECENT] = self.slots[at];
        self.slots[at].1
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for (page, index) in old {
            if page != 0 {
                let at = self.slot(page);
                self.slots[at] = (page, index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn numbers_are_those_of_a_map(steps in prop::collection::vec((1usize..200, 0usize..128), 0..2000)) {
            let mut identity = Identity::new();
            for _ in 0..2 {
                let mut model: HashMap<usize, u32> = HashMap::new();
                for &(page, grain) in &steps {
                    let address = page * 7 * PAGE + grain * GRAIN + 8;
                    prop_assert_eq!(identity.find(address), model.get(&address).copied());
                    let number = model.len() as u32;
                    let expected = match model.get(&address) {
                        Some(&number) => Meeting::Again(number),
                        None => Meeting::First(number),
                    };
                    model.entry(address).or_insert(number);
                    prop_assert_eq!(identity.meet(address), expected);
                }
                prop_assert_eq!(identity.count() as usize, model.len());
                identity.clear();
            }
        }
    }

    #[test]
    fn rewinding_forgets_the_later_ones() {
        let mut identity = Identity::new();
        for node in 1..100 {
            identity.meet(node * 1000 * GRAIN);
        }
        identity.rewind(50);
        assert_eq!(identity.find(50 * 1000 * GRAIN), Some(49));
        assert_eq!(identity.find(51 * 1000 * GRAIN), None);
        assert_eq!(identity.meet(99 * 1000 * GRAIN), Meeting::First(50));
    }

    #[test]
    fn pages_that_fall_on_one_slot_stay_apart() {
        let mut identity = Identity::new();
        for page in 1..100_000usize {
            assert_eq!(identity.meet(page << 32), Meeting::First(page as u32 - 1));
        }
        for page in 1..100_000usize {
            assert_eq!(identity.meet(page << 32), Meeting::Again(page as u32 - 1));
        }
    }
}
