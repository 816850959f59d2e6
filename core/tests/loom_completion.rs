//! Completing, subscribing, unsubscribing and dropping, in every interleaving.
#![cfg(loom)]

use async_threads_core::completion::Completion;
use async_threads_core::parker::{Parker, Wake};
use loom::alloc::Track;
use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;
use std::time::Instant;

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // LOOM_MAX_PREEMPTIONS goes before.
    builder.preemption_bound = builder.preemption_bound.or(Some(4));
    builder.check(check);
}

/// Counts wake-ups, and checks that each comes after the completion.
struct Count {
    wakes: AtomicUsize,
    completion: Arc<Completion<Track<u32>>>,
}

impl Wake for Count {
    fn wake(&self) {
        assert!(self.completion.is_complete());
        self.wakes.fetch_add(1, Relaxed);
    }
}

type Shared = (Arc<Completion<Track<u32>>>, std::sync::Arc<Count>);

fn counted() -> Shared {
    let completion = Arc::new(Completion::new());
    let count = Count { wakes: AtomicUsize::new(0), completion: completion.clone() };
    (completion, std::sync::Arc::new(count))
}

#[test]
fn a_subscriber_is_woken_once_whether_it_comes_before_or_after() {
    model(|| {
        let (completion, count) = counted();
        let completer = {
            let completion = completion.clone();
            thread::spawn(move || assert!(completion.complete(Track::new(5)).is_ok()))
        };
        let subscription = completion.subscribe(count.clone());
        completer.join().unwrap();
        assert_eq!(count.wakes.load(Relaxed), 1);
        drop(subscription);
        assert_eq!(count.wakes.load(Relaxed), 1);
    });
}

#[test]
fn unsubscribing_while_it_completes_wakes_at_most_once() {
    model(|| {
        let (completion, count) = counted();
        let subscription = completion.subscribe(count.clone());
        let kept = completion.subscribe(count.clone());
        let completer = {
            let completion = completion.clone();
            thread::spawn(move || assert!(completion.complete(Track::new(5)).is_ok()))
        };
        drop(subscription);
        completer.join().unwrap();
        assert!((1..=2).contains(&count.wakes.load(Relaxed)));
        drop(kept);
    });
}

#[test]
fn of_two_completers_one_wins_and_the_other_gets_its_value_back() {
    model(|| {
        let (completion, count) = counted();
        let subscription = completion.subscribe(count.clone());
        let completers = [1, 2].map(|number| {
            let completion = completion.clone();
            thread::spawn(move || match completion.complete(Track::new(number)) {
                Ok(()) => Some(number),
                Err(back) => {
                    assert_eq!(back.into_inner(), number);
                    assert!(completion.get().is_some());
                    None
                }
            })
        });
        let [first, second] = completers.map(|completer| completer.join().unwrap());
        let winner = first.xor(second).expect("exactly one wins");
        assert_eq!(completion.get().map(|value| *value.get_ref()), Some(winner));
        assert_eq!(count.wakes.load(Relaxed), 1);
        drop(subscription);
    });
}

#[test]
fn two_parked_threads_both_get_the_value() {
    model(|| {
        let completion = Arc::new(Completion::new());
        let waiters = [(); 2].map(|()| {
            let completion: Arc<Completion<Track<u32>>> = completion.clone();
            thread::spawn(move || *completion.wait(&Parker::new()).get_ref())
        });
        assert!(completion.complete(Track::new(5)).is_ok());
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), 5);
        }
    });
}

#[test]
fn a_wait_ends_by_its_deadline_or_with_the_value() {
    model(|| {
        let completion = Arc::new(Completion::new());
        let waiter = {
            let completion: Arc<Completion<Track<u32>>> = completion.clone();
            thread::spawn(move || {
                let parker = Parker::new();
                let value = completion.wait_until(&parker, Instant::now());
                value.map(|value| *value.get_ref())
            })
        };
        assert!(completion.complete(Track::new(5)).is_ok());
        assert!(matches!(waiter.join().unwrap(), None | Some(5)));
    });
}

#[test]
fn a_canceller_ends_a_wait_that_is_never_completed() {
    model(|| {
        let completion = Completion::<Track<u32>>::new();
        let parker = Parker::new();
        let stop = Arc::new(AtomicUsize::new(0));
        let canceller = {
            let (stop, unparker) = (stop.clone(), parker.unparker());
            thread::spawn(move || {
                stop.store(1, Relaxed);
                unparker.unpark();
            })
        };
        let value = completion.wait_unless(&parker, None, || stop.load(Relaxed) == 1);
        assert!(value.is_none());
        canceller.join().unwrap();
    });
}

/// The last handle goes away on one thread while the other resolves: the value
/// is dropped exactly once (loom reports a leaked [`Track`]), whoever is last.
#[test]
fn resolved_and_dropped_at_the_same_moment_frees_the_value_once() {
    model(|| {
        let (completion, count) = (Arc::new(Completion::new()), Parker::new());
        let subscription = completion.subscribe(count.waker());
        let completer = {
            let completion: Arc<Completion<Track<u32>>> = completion.clone();
            thread::spawn(move || assert!(completion.complete(Track::new(5)).is_ok()))
        };
        drop(completion);
        drop(subscription);
        completer.join().unwrap();
    });
}
