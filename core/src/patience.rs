//! Looking before sleeping: how long it is worth looking out for news.
//!
//! * Purpose: a sleep and the wake-up that ends it cost tens of microseconds on
//!   a virtual machine, a look costs nanoseconds. So who is about to sleep looks
//!   for about as long as a wake-up takes, and less after looks in vain.
//! * Owner: whoever waits; one for each kind of news that comes at its own pace.
//! * Threads: `!Sync`; one thread at a time looks.
//! * Invariants: a look ends after [`PROBE`] at the latest. Where the cores are
//!   taken by others, or there is only one, looks are short or not made at all.

use crate::sync::spinning_helps;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// About the price of one wake-up, the most a look may cost in vain that is no
/// probe.
const LONGEST: Duration = Duration::from_micros(40);
/// What is left of it after looks in vain.
const SHORTEST: Duration = Duration::from_micros(4);
/// One look in so many is a long one all the same.
const PROBE_EVERY: u32 = 16;
/// Two threads that wait for each other in turn may both sleep each time, and
/// take longer only because of that: each finds the other one asleep. To come
/// out of it one of them has to look for as long as it takes the other to wake
/// up, work and answer.
const PROBE: Duration = Duration::from_micros(120);
/// Looks, a `pause` apart, between two questions to the clock.
const LOOKS: u32 = 48;

/// See the module.
#[derive(Debug)]
pub struct Patience {
    patience: Cell<Duration>,
    in_vain: Cell<u32>,
}

impl Default for Patience {
    fn default() -> Self {
        Self::new()
    }
}

impl Patience {
    /// Nothing is known yet: looks are long.
    #[must_use]
    pub const fn new() -> Self {
        Self { patience: Cell::new(LONGEST), in_vain: Cell::new(0) }
    }

    /// Looks until `found` says so (and returns true), until `deadline`, or for
    /// as long as it is worth. `found` gets the number of the look, for what is
    /// not to be looked at each time; 0 is always among them.
    pub fn look(&self, deadline: Option<Instant>, mut found: impl FnMut(u32) -> bool) -> bool {
        let is_probe = self.in_vain.get() >= PROBE_EVERY;
        let patience = if is_probe { PROBE } else { self.patience.get() };
        // Before the clock is asked: often it is there already.
        if found(0) {
            self.paid_off(patience);
            return true;
        }
        if !spinning_helps() {
            return false;
        }
        let until = Instant::now() + patience;
        let until = deadline.map_or(until, |deadline| deadline.min(until));
        loop {
            for look in 0..LOOKS {
                std::hint::spin_loop();
                if found(look) {
                    self.paid_off(patience);
                    return true;
                }
            }
            if Instant::now() >= until {
                self.patience.set((self.patience.get() / 2).max(SHORTEST));
                self.in_vain.set(if is_probe { 0 } else { self.in_vain.get() + 1 });
                return false;
            }
        }
    }

    fn paid_off(&self, patience: Duration) {
        self.patience.set((patience * 2).min(LONGEST));
        self.in_vain.set(0);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_look_ends() {
        let patience = Patience::new();
        for _ in 0..100 {
            let mut looks = 0;
            assert!(!patience.look(None, |_| {
                looks += 1;
                false
            }));
            assert!(looks > 0);
        }
    }

    #[test]
    fn what_is_there_is_found_at_once() {
        let patience = Patience::new();
        let mut looks = 0;
        let passed = Instant::now();
        assert!(patience.look(Some(passed), |number| {
            looks += 1;
            number == 0
        }));
        assert_eq!(looks, 1);
    }

    #[test]
    fn looks_in_vain_shorten_it_and_a_find_restores_it() {
        let patience = Patience::new();
        if !spinning_helps() {
            return;
        }
        for _ in 0..8 {
            patience.look(None, |_| false);
        }
        assert_eq!(patience.patience.get(), SHORTEST);
        for _ in 0..8 {
            patience.look(None, |_| true);
        }
        assert_eq!(patience.patience.get(), LONGEST);
        for _ in 0..PROBE_EVERY {
            patience.look(None, |_| false);
        }
        assert_eq!((patience.patience.get(), patience.in_vain.get()), (SHORTEST, PROBE_EVERY));
        // The next one is a probe, after which all looks are long again.
        patience.look(None, |_| true);
        assert_eq!((patience.patience.get(), patience.in_vain.get()), (LONGEST, 0));
    }
}
