//! What `timers` promises: against an ordered map as the model.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

fn at(base: Instant, millis: u64) -> Instant {
    base + Duration::from_millis(millis)
}

#[test]
fn timers_expire_by_deadline_and_equal_ones_in_order_of_insertion() {
    let (base, mut timers) = (Instant::now(), Timers::new());
    for (millis, name) in [(20, "c"), (10, "a"), (20, "d"), (10, "b"), (30, "e")] {
        timers.insert(at(base, millis), name);
    }
    assert_eq!(timers.next_deadline(), Some(at(base, 10)));
    assert_eq!(timers.pop_expired(at(base, 9)), None);
    let mut expired = String::new();
    while let Some(name) = timers.pop_expired(at(base, 20)) {
        expired.push_str(name);
    }
    assert_eq!(expired, "abcd");
    assert_eq!(timers.len(), 1);
}

#[test]
fn an_old_id_does_not_cancel_the_timer_that_took_its_place() {
    let (base, mut timers) = (Instant::now(), Timers::new());
    let old = timers.insert(base, "old");
    assert_eq!(timers.cancel(old), Some("old"));
    let new = timers.insert(base, "new");
    assert_eq!(timers.cancel(old), None);
    assert_eq!(timers.cancel(new), Some("new"));
    assert_eq!((timers.next_deadline(), timers.is_empty()), (None, true));
}

#[test]
fn a_million_timers_that_never_expire_keep_the_heap_small() {
    let (base, mut timers) = (Instant::now(), Timers::new());
    let _last = timers.insert(at(base, 0), 0);
    for round in 0..1_000_000 {
        let id = timers.insert(at(base, 1 + round % 977), round);
        assert_eq!(timers.cancel(id), Some(round));
    }
    assert!(timers.heap.len() <= 2 + KEEP_DEAD);
    assert_eq!(timers.slots.len(), 2);
}

#[derive(Clone, Debug)]
enum Call {
    Insert(u64),
    Cancel(usize),
    PopExpired(u64),
}

proptest! {
    #[test]
    fn timers_behave_like_an_ordered_map(calls in proptest::collection::vec(prop_oneof![
        3 => (0_u64..50).prop_map(Call::Insert),
        3 => (0_usize..200).prop_map(Call::Cancel),
        1 => (0_u64..50).prop_map(Call::PopExpired),
    ], 0..400)) {
        let (base, mut timers) = (Instant::now(), Timers::new());
        let mut model = BTreeMap::new();
        let mut ids = Vec::new();
        for call in calls {
            match call {
                Call::Insert(millis) => {
                    let number = ids.len();
                    model.insert((at(base, millis), number), ());
                    ids.push((timers.insert(at(base, millis), number), millis));
                }
                Call::Cancel(number) => if let Some(&(id, millis)) = ids.get(number) {
                    let expected = model.remove(&(at(base, millis), number)).map(|()| number);
                    prop_assert_eq!(timers.cancel(id), expected);
                }
                Call::PopExpired(millis) => {
                    let first = model.first_key_value().map(|(key, ())| *key);
                    let expected = first.filter(|(deadline, _)| *deadline <= at(base, millis));
                    expected.inspect(|key| { model.remove(key); });
                    prop_assert_eq!(timers.pop_expired(at(base, millis)), expected.map(|key| key.1));
                }
            }
            let first = model.first_key_value().map(|(key, ())| key.0);
            prop_assert_eq!(timers.next_deadline(), first);
            prop_assert_eq!(timers.len(), model.len());
            let dead = timers.heap.len() - timers.len();
            prop_assert!(dead <= timers.len().max(KEEP_DEAD));
        }
    }
}
