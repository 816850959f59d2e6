//! `Table`: values under keys that are never used twice, though their places are; `NumberMap`: values under numbers that come from elsewhere.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Key: place in the low half, generation in the high half.
pub(crate) struct Table<T> {
    entries: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { entries: Vec::new(), free: Vec::new() }
    }
}

impl<T: Clone> Table<T> {
    /// Adds what `make` gives for its key.
    pub(crate) fn insert(&mut self, make: impl FnOnce(u64) -> T) -> T {
        let place = self.free.pop().unwrap_or_else(|| {
            self.entries.push((0, None));
            self.entries.len() as u32 - 1
        });
        let entry = &mut self.entries[place as usize];
        let value = make(u64::from(entry.0) << 32 | u64::from(place));
        entry.1 = Some(value.clone());
        value
    }

    /// Adds `value`; gives its key.
    pub(crate) fn add(&mut self, value: T) -> u64 {
        let mut given = 0;
        self.insert(|key| {
            given = key;
            value
        });
        given
    }

    /// The value under `key`, if it is there still.
    pub(crate) fn get(&self, key: u64) -> Option<&T> {
        let (generation, value) = self.entries.get(key as u32 as usize)?;
        if u64::from(*generation) == key >> 32 { value.as_ref() } else { None }
    }

    /// Takes it out.
    pub(crate) fn remove(&mut self, key: u64) -> Option<T> {
        self.get(key)?;
        let (generation, value) = &mut self.entries[key as u32 as usize];
        *generation = generation.wrapping_add(1);
        self.free.push(key as u32);
        value.take()
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// All values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|(_, value)| value.as_ref())
    }
}

/// Spreads numbers that nobody chooses with bad intent: addresses, and such as are counted up.
#[derive(Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(self.0 ^ u64::from(*byte)));
    }
    fn write_u64(&mut self, value: u64) {
        let mixed = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// Values by such a number.
pub(crate) type NumberMap<V> = HashMap<u64, V, BuildHasherDefault<NumberHasher>>;
