//! No wake-up is lost, in every interleaving. A lost one would leave the model
//! with a sleeping thread and nobody to wake it, which loom reports as a
//! deadlock.
#![cfg(loom)]

use async_threads_core::parker::Parker;
use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;
use std::time::{Duration, Instant};

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // LOOM_MAX_PREEMPTIONS goes before.
    builder.preemption_bound = builder.preemption_bound.or(Some(4));
    builder.check(check);
}

#[test]
fn park_sees_what_happened_before_unpark() {
    model(|| {
        let parker = Parker::new();
        let flag = Arc::new(AtomicUsize::new(0));
        let waker = {
            let (flag, unparker) = (flag.clone(), parker.unparker());
            thread::spawn(move || {
                flag.store(1, Relaxed);
                unparker.unpark();
            })
        };
        parker.park();
        assert_eq!(flag.load(Relaxed), 1);
        waker.join().unwrap();
    });
}

#[test]
fn two_wakers_with_one_token_are_both_noticed() {
    model(|| {
        let parker = Parker::new();
        let count = Arc::new(AtomicUsize::new(0));
        let wakers = [(); 2].map(|()| {
            let (count, waker) = (count.clone(), parker.waker());
            thread::spawn(move || {
                count.fetch_add(1, Relaxed);
                waker.wake();
            })
        });
        while count.load(Relaxed) < 2 {
            parker.park();
        }
        for waker in wakers {
            waker.join().unwrap();
        }
    });
}

#[test]
fn a_parker_sleeps_again_after_it_was_woken() {
    model(|| {
        let parker = Parker::new();
        let turn = Arc::new(AtomicUsize::new(0));
        let other = Parker::new();
        let thread = {
            let (turn, here, there) = (turn.clone(), parker.unparker(), other.unparker());
            let waker = thread::spawn(move || {
                turn.store(1, Relaxed);
                here.unpark();
                while turn.load(Relaxed) != 2 {
                    other.park();
                }
                turn.store(3, Relaxed);
                here.unpark();
            });
            (waker, there)
        };
        while turn.load(Relaxed) != 1 {
            parker.park();
        }
        turn.store(2, Relaxed);
        thread.1.unpark();
        while turn.load(Relaxed) != 3 {
            parker.park();
        }
        thread.0.join().unwrap();
    });
}

#[test]
fn a_token_that_races_with_a_timeout_is_taken_now_or_later() {
    model(|| {
        let parker = Parker::new();
        let flag = Arc::new(AtomicUsize::new(0));
        let waker = {
            let (flag, unparker) = (flag.clone(), parker.unparker());
            thread::spawn(move || {
                flag.store(1, Relaxed);
                unparker.unpark();
            })
        };
        // Under loom every deadline passes at once.
        if !parker.park_until(Instant::now()) {
            parker.park();
        }
        assert_eq!(flag.load(Relaxed), 1);
        assert!(!parker.park_timeout(Duration::ZERO));
        waker.join().unwrap();
    });
}

#[test]
fn an_unparker_outlives_its_parker() {
    model(|| {
        let parker = Parker::new();
        let unparker = parker.unparker();
        let waker = thread::spawn(move || unparker.unpark());
        let _ = parker.park_until(Instant::now());
        drop(parker);
        waker.join().unwrap();
    });
}
