//! Pushing, draining, sleeping and closing, in every interleaving.
#![cfg(loom)]

use async_threads_core::inbox::{Inbox, Push, SleepDecision};
use async_threads_core::parker::{Parker, Wake};
use loom::alloc::Track;
use loom::cell::Cell;
use loom::model::Builder;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;
use std::sync::Arc;

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // LOOM_MAX_PREEMPTIONS goes before.
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(check);
}

/// An item that tells loom about its accesses and about being leaked.
struct Item(Track<Cell<usize>>);

// SAFETY: that items are handed over in order is what the models check.
unsafe impl Send for Item {}

impl Item {
    fn new(number: usize) -> Self {
        let cell = Cell::new(0);
        cell.set(number);
        Self(Track::new(cell))
    }

    fn number(&self) -> usize {
        self.0.get_ref().get()
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        // Dropping is an access too.
        self.number();
    }
}

/// Receives `wanted` items, sleeping in between as a scheduler does.
fn receive(inbox: &Inbox<Item>, parker: &Parker, wanted: usize) -> Vec<usize> {
    let mut numbers = Vec::new();
    loop {
        inbox.drain(|item| numbers.push(item.number()));
        if numbers.len() >= wanted {
            return numbers;
        }
        if inbox.prepare_sleep() == SleepDecision::Sleep {
            parker.park();
        }
    }
}

#[test]
fn a_push_never_slips_past_a_consumer_going_to_sleep() {
    model(|| {
        let parker = Parker::new();
        let inbox = Inbox::new(parker.waker());
        let sender = inbox.sender();
        let producer = thread::spawn(move || {
            assert!(sender.send(Item::new(1)).is_ok());
            assert!(sender.send(Item::new(2)).is_ok());
        });
        assert_eq!(receive(&inbox, &parker, 2), [1, 2]);
        producer.join().unwrap();
    });
}

#[test]
fn items_of_two_producers_arrive_each_in_its_order() {
    model(|| {
        let parker = Parker::new();
        let inbox = Inbox::new(parker.waker());
        let producers = [10, 20].map(|base| {
            let sender = inbox.sender();
            thread::spawn(move || {
                assert!(sender.send(Item::new(base)).is_ok());
                if base == 10 {
                    assert!(sender.send(Item::new(base + 1)).is_ok());
                }
            })
        });
        let numbers = receive(&inbox, &parker, 3);
        let first: Vec<usize> = numbers.iter().copied().filter(|number| *number < 20).collect();
        assert_eq!(first, [10, 11]);
        assert!(numbers.contains(&20));
        for producer in producers {
            producer.join().unwrap();
        }
    });
}

struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(&self) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_sleeper_is_woken_by_exactly_one_of_two_producers() {
    model(|| {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let inbox = Inbox::new(count.clone());
        assert_eq!(inbox.prepare_sleep(), SleepDecision::Sleep);
        let producers = [1, 2].map(|number| {
            let sender = inbox.sender();
            thread::spawn(move || assert!(sender.send(Item::new(number)).is_ok()))
        });
        for producer in producers {
            producer.join().unwrap();
        }
        assert_eq!(count.0.load(Relaxed), 1);
        assert_eq!(inbox.drain(drop), 2);
    });
}

#[test]
fn one_who_is_awake_is_not_woken() {
    model(|| {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let inbox = Inbox::new(count.clone());
        let sender = inbox.sender();
        let producer = thread::spawn(move || assert!(sender.send(Item::new(1)).is_ok()));
        inbox.drain(drop);
        producer.join().unwrap();
        inbox.drain(drop);
        assert_eq!(count.0.load(Relaxed), 0);
    });
}

#[test]
fn taking_the_sleep_back_leaves_a_push_that_came_before() {
    model(|| {
        let inbox = Inbox::new(Arc::new(Count(AtomicUsize::new(0))));
        let sender = inbox.sender();
        let producer = thread::spawn(move || matches!(sender.push(Item::new(1)), Push::Closed(_)));
        let decision = inbox.prepare_sleep();
        inbox.awake();
        assert!(!producer.join().unwrap());
        assert_eq!(inbox.drain(|item| assert_eq!(item.number(), 1)), 1);
        let _ = decision;
    });
}

/// The consumer goes away while items arrive: each is dropped with the inbox
/// or handed back; loom reports a leak.
#[test]
fn closing_while_two_push_loses_no_item() {
    model(|| {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let inbox = Inbox::new(count);
        let producers = [1, 2].map(|number| {
            let sender = inbox.sender();
            thread::spawn(move || match sender.send(Item::new(number)) {
                Ok(()) => {}
                Err(item) => {
                    assert_eq!(item.number(), number);
                    assert!(sender.is_closed());
                }
            })
        });
        let late = inbox.sender();
        drop(inbox);
        assert!(late.send(Item::new(3)).is_err());
        for producer in producers {
            producer.join().unwrap();
        }
    });
}
