//! What `parker` promises, by ordinary threads; loom covers the interleavings.

use super::*;
use std::sync::atomic::AtomicU64;
use std::thread;

#[test]
fn unpark_before_park_makes_park_return_at_once() {
    let parker = Parker::new();
    parker.unparker().unpark();
    parker.park();
}

#[test]
fn several_unparks_leave_one_token() {
    let parker = Parker::new();
    parker.waker().wake();
    parker.unparker().wake();
    assert!(parker.park_timeout(Duration::ZERO));
    assert!(!parker.park_timeout(Duration::ZERO));
}

#[test]
fn a_timeout_passes_and_leaves_the_parker_usable() {
    let parker = Parker::new();
    let start = Instant::now();
    assert!(!parker.park_timeout(Duration::from_millis(5)));
    assert!(start.elapsed() >= Duration::from_millis(5));
    parker.unparker().unpark();
    assert!(parker.park_until(start));
}

#[test]
fn an_endless_timeout_waits_for_the_token() {
    let parker = Parker::new();
    let unparker = parker.unparker();
    thread::scope(|scope| {
        scope.spawn(|| unparker.unpark());
        assert!(parker.park_timeout(Duration::MAX));
    });
}

#[test]
fn no_wake_up_is_lost_over_a_million_unparks() {
    const EACH: u64 = 500_000;
    let (parker, count) = (Parker::new(), AtomicU64::new(0));
    thread::scope(|scope| {
        for unparker in [parker.unparker(), parker.unparker()] {
            let count = &count;
            scope.spawn(move || {
                for _ in 0..EACH {
                    count.fetch_add(1, Ordering::Relaxed);
                    unparker.unpark();
                }
            });
        }
        while count.load(Ordering::Relaxed) < 2 * EACH {
            parker.park();
        }
    });
}

#[test]
fn two_threads_hand_a_turn_back_and_forth() {
    const TURNS: u64 = 50_000;
    let (here, there, turn) = (Parker::new(), Parker::new(), AtomicU64::new(0));
    let play = |parker: &Parker, other: &Unparker, mine: u64| {
        for round in 0..TURNS {
            while turn.load(Ordering::Relaxed) != 2 * round + mine {
                // The odd side also uses deadlines, most of which pass.
                if mine == 1 && round % 2 == 0 {
                    let _ = parker.park_timeout(Duration::from_micros(1));
                } else {
                    parker.park();
                }
            }
            turn.fetch_add(1, Ordering::Relaxed);
            other.unpark();
        }
    };
    let (to_here, to_there) = (here.unparker(), there.unparker());
    thread::scope(|scope| {
        scope.spawn(|| {
            let there = there;
            play(&there, &to_here, 1);
        });
        play(&here, &to_there, 0);
    });
    assert_eq!(turn.into_inner(), 2 * TURNS);
}

/// A handler without `SA_RESTART`, so that the sleep in the kernel is
/// interrupted each time.
#[test]
fn signals_do_not_end_a_sleep() {
    extern "C" fn ignore(_: libc::c_int) {}
    let handler: extern "C" fn(libc::c_int) = ignore;
    // SAFETY: all-zero is a valid `sigaction` (no flags, empty mask), and the
    // handler does nothing.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as usize;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
    }
    let (parker, signals) = (Parker::new(), AtomicU64::new(0));
    let unparker = parker.unparker();
    // SAFETY: just asks who we are.
    let sleeper = unsafe { libc::pthread_self() };
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..10_000 {
                // SAFETY: this scope keeps the sleeping thread alive.
                assert_eq!(unsafe { libc::pthread_kill(sleeper, libc::SIGUSR1) }, 0);
                signals.fetch_add(1, Ordering::Relaxed);
            }
            unparker.unpark();
        });
        assert!(parker.park_timeout(Duration::MAX / 4));
        assert_eq!(signals.load(Ordering::Relaxed), 10_000);
    });
}
