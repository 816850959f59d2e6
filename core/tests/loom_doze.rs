//! No wake-up is lost, in every interleaving. A lost one would leave the model with a sleeping thread and nobody to wake it, which loom reports
//! as a deadlock.
#![cfg(loom)]

use async_threads_core::doze::Doze;
use loom::model::Builder;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // LOOM_MAX_PREEMPTIONS goes before.
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(check);
}

/// What an eventfd is to the kernel.
#[derive(Default)]
struct Event {
    rung: Mutex<usize>,
    changed: Condvar,
}

impl Event {
    fn ring(&self) {
        *self.rung.lock().unwrap() += 1;
        self.changed.notify_one();
    }

    fn wait(&self) {
        let mut rung = self.rung.lock().unwrap();
        while *rung == 0 {
            rung = self.changed.wait(rung).unwrap();
        }
        *rung = 0;
    }

    fn rings(&self) -> usize {
        *self.rung.lock().unwrap()
    }
}

#[derive(Default)]
struct Bell {
    doze: Doze,
    event: Event,
    news: AtomicUsize,
}

impl Bell {
    fn tell(&self) {
        // Relaxed on purpose: it is the swaps that have to make it seen.
        self.news.fetch_add(1, Relaxed);
        self.doze.wake(|| self.event.ring());
    }

    fn sleep_until(&self, count: usize) {
        while self.news.load(Relaxed) < count {
            self.doze.sleep(|| self.news.load(Relaxed) >= count, || self.event.wait());
        }
    }
}

#[test]
fn one_waker_is_noticed() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let waker = thread::spawn({
            let bell = bell.clone();
            move || bell.tell()
        });
        bell.sleep_until(1);
        waker.join().unwrap();
    });
}

#[test]
fn two_wakers_are_both_noticed() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let wakers = [(); 2].map(|()| {
            let bell = bell.clone();
            thread::spawn(move || bell.tell())
        });
        bell.sleep_until(2);
        for waker in wakers {
            waker.join().unwrap();
        }
    });
}

#[test]
fn who_sleeps_again_is_woken_again() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let waker = thread::spawn({
            let bell = bell.clone();
            move || {
                bell.tell();
                bell.tell();
            }
        });
        bell.sleep_until(1);
        bell.sleep_until(2);
        waker.join().unwrap();
    });
}

#[test]
fn who_is_awake_is_not_rung() {
    model(|| {
        let bell = Arc::new(Bell::default());
        bell.tell();
        assert_eq!(bell.event.rings(), 0);
        bell.doze.set_asleep();
        bell.tell();
        bell.tell();
        assert_eq!(bell.event.rings(), 1);
    });
}
