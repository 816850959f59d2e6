//! What `inbox` promises, by ordinary threads; loom covers the interleavings.

use super::*;
use crate::parker::Parker;
use std::sync::atomic::AtomicUsize as StdAtomicUsize;
use std::thread;

#[derive(Default)]
struct Count(StdAtomicUsize);

impl Wake for Count {
    fn wake(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn drained<T>(inbox: &Inbox<T>) -> Vec<T> {
    let mut items = Vec::new();
    let count = inbox.drain(|item| items.push(item));
    assert_eq!(count, items.len());
    items
}

#[test]
fn items_come_out_in_the_order_they_went_in() {
    let inbox = Inbox::new(Arc::<Count>::default());
    let sender = inbox.sender();
    for item in 0..5 {
        assert_eq!(sender.push(item), Push::Queued);
    }
    assert!(!inbox.is_empty());
    assert_eq!(drained(&inbox), [0, 1, 2, 3, 4]);
    assert!(inbox.is_empty());
    assert!(drained(&inbox).is_empty());
}

#[test]
fn what_is_pushed_during_a_drain_waits_for_the_next() {
    let inbox = Inbox::new(Arc::<Count>::default());
    let sender = inbox.sender();
    sender.send(1).unwrap();
    assert_eq!(inbox.drain(|item| sender.send(item + 1).unwrap()), 1);
    assert_eq!(drained(&inbox), [2]);
}

#[test]
fn only_the_first_push_wakes_a_sleeper_and_none_one_who_is_awake() {
    let count = Arc::<Count>::default();
    let inbox = Inbox::new(count.clone());
    let sender = inbox.sender();
    assert_eq!(inbox.prepare_sleep(), SleepDecision::Sleep);
    assert_eq!(inbox.prepare_sleep(), SleepDecision::Sleep);
    assert_eq!(sender.push(1), Push::WakeConsumer);
    assert_eq!(sender.push(2), Push::Queued);
    assert_eq!(inbox.prepare_sleep(), SleepDecision::HasItems);
    assert_eq!(drained(&inbox), [1, 2]);
    assert_eq!(inbox.prepare_sleep(), SleepDecision::Sleep);
    inbox.awake();
    assert_eq!(sender.push(3), Push::Queued);
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
    assert_eq!(drained(&inbox), [3]);
    assert_eq!(inbox.prepare_sleep(), SleepDecision::Sleep);
    assert!(drained(&inbox).is_empty());
    assert_eq!(sender.push(4), Push::Queued);
}

#[test]
fn a_dropped_inbox_drops_its_items_and_hands_later_ones_back() {
    let item = Arc::new(());
    let inbox = Inbox::new(Arc::<Count>::default());
    let sender = inbox.sender();
    for _ in 0..3 {
        sender.send(item.clone()).unwrap();
    }
    drop(inbox);
    assert_eq!(Arc::strong_count(&item), 1);
    assert!(sender.is_closed());
    assert_eq!(sender.push(item.clone()), Push::Closed(item.clone()));
    assert!(sender.send(item.clone()).is_err());
    assert_eq!(Arc::strong_count(&item), 1);
}

#[test]
fn a_panic_in_a_drain_drops_the_rest() {
    let item = Arc::new(());
    let inbox = Inbox::new(Arc::<Count>::default());
    for _ in 0..3 {
        inbox.sender().send(item.clone()).unwrap();
    }
    let drain = || inbox.drain(|_| panic!("on purpose"));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(drain)).is_err());
    assert_eq!(Arc::strong_count(&item), 1);
    assert!(inbox.is_empty());
}

#[test]
fn a_million_items_are_dropped_without_recursion() {
    let inbox = Inbox::new(Arc::<Count>::default());
    let sender = inbox.sender();
    for item in 0..1_000_000 {
        sender.send(item).unwrap();
    }
    thread::Builder::new().stack_size(64 << 10).spawn(move || drop(inbox)).unwrap().join().unwrap();
}

#[test]
fn a_million_items_from_many_producers_arrive_each_in_its_order() {
    const PRODUCERS: usize = 4;
    const EACH: usize = 250_000;
    let parker = Parker::new();
    let inbox = Inbox::new(parker.waker());
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let sender = inbox.sender();
            scope.spawn(move || {
                for item in 0..EACH {
                    sender.send((producer, item)).unwrap();
                }
            });
        }
        let mut expected = [0; PRODUCERS];
        let mut left = PRODUCERS * EACH;
        while left > 0 {
            left -= inbox.drain(|(producer, item)| {
                assert_eq!(item, expected[producer]);
                expected[producer] += 1;
            });
            if left > 0 && inbox.prepare_sleep() == SleepDecision::Sleep {
                parker.park();
            }
        }
    });
    assert!(inbox.is_empty());
}

#[test]
fn every_item_pushed_around_the_drop_is_dropped_or_handed_back() {
    let item = Arc::new(());
    for _ in 0..500 {
        thread::scope(|scope| {
            let inbox = Inbox::new(Arc::<Count>::default());
            for _ in 0..2 {
                let (sender, item) = (inbox.sender(), &item);
                // Bounded: a consumer slower than its producers falls behind.
                scope.spawn(move || (0..1000).all(|_| sender.send(item.clone()).is_ok()));
            }
            inbox.drain(drop);
        });
        assert_eq!(Arc::strong_count(&item), 1);
    }
}
