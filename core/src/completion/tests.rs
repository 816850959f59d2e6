//! What `completion` promises, by ordinary threads; loom covers the interleavings.

use super::*;
use std::sync::atomic::AtomicUsize;
use std::thread;
use std::time::Duration;

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Count {
    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[test]
fn a_second_value_is_handed_back() {
    let completion = Completion::new();
    assert_eq!(completion.get(), None);
    assert_eq!(completion.complete("first"), Ok(()));
    assert_eq!(completion.complete("second"), Err("second"));
    assert_eq!(completion.get(), Some(&"first"));
    assert_eq!(completion.into_value(), Some("first"));
}

#[test]
fn subscribers_early_and_late_are_woken_exactly_once() {
    let (completion, early, late) = (Completion::new(), Arc::<Count>::default(), Arc::<Count>::default());
    let _first = completion.subscribe(early.clone());
    assert_eq!(early.get(), 0);
    completion.complete(()).unwrap();
    let _second = completion.subscribe(late.clone());
    assert_eq!(completion.complete(()), Err(()));
    assert_eq!((early.get(), late.get()), (1, 1));
}

#[test]
fn a_dropped_subscription_is_not_woken_and_frees_its_waker() {
    let (completion, count) = (Completion::new(), Arc::<Count>::default());
    drop(completion.subscribe(count.clone()));
    assert_eq!(Arc::strong_count(&count), 1);
    completion.complete(()).unwrap();
    assert_eq!(count.get(), 0);
}

#[test]
fn a_waker_that_owns_its_subscription_does_not_leak() {
    struct Knot(Arc<Count>, Mutex<Option<Subscription>>);
    impl Wake for Knot {
        fn wake(&self) {
            self.0.wake();
        }
    }
    let (completion, count) = (Completion::<()>::new(), Arc::<Count>::default());
    let knot = Arc::new(Knot(count.clone(), Mutex::new(None)));
    let subscription = completion.subscribe(knot.clone());
    *knot.1.lock() = Some(subscription);
    drop((knot, completion));
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn a_wait_ends_by_deadline_or_by_stop() {
    let (completion, parker) = (Completion::<()>::new(), Parker::new());
    let soon = Instant::now() + Duration::from_millis(2);
    assert!(completion.wait_until(&parker, soon).is_none());
    assert!(completion.wait_unless(&parker, None, || true).is_none());
    assert!(matches!(&*completion.door.lock(), Door::Open(waiting) if waiting.lock().wakers.is_empty()));
}

#[test]
fn every_waiter_of_many_completions_gets_the_value() {
    const ROUNDS: usize = 100_000;
    let all: Vec<Completion<usize>> = (0..ROUNDS).map(|_| Completion::new()).collect();
    let done = Arc::<Count>::default();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let parker = Parker::new();
                for (index, completion) in all.iter().enumerate() {
                    assert_eq!(*completion.wait(&parker), index);
                }
            });
        }
        // Subscribes and unsubscribes around the moment of completion.
        scope.spawn(|| all.iter().for_each(|completion| drop(completion.subscribe(done.clone()))));
        for (index, completion) in all.iter().enumerate() {
            let _kept = completion.subscribe(done.clone());
            completion.complete(index).unwrap();
        }
    });
    assert!((ROUNDS..=2 * ROUNDS).contains(&done.get()));
    assert_eq!(Arc::strong_count(&done), 1);
}
