//! A yardstick: a word goes to another thread and back over crossbeam's channels.
//!
//! Prints the nanoseconds of one round trip, the median of some rounds.

use crossbeam_channel::{Receiver, Sender, bounded};
use std::thread;
use std::time::Instant;

const ROUNDS: usize = 9;
const TRIPS: u32 = 5_000;

fn round(to: &Sender<u32>, from: &Receiver<u32>) -> u128 {
    let start = Instant::now();
    for n in 0..TRIPS {
        to.send(n).expect("the other thread listens");
        assert_eq!(from.recv(), Ok(n));
    }
    start.elapsed().as_nanos() / u128::from(TRIPS)
}

fn main() {
    let (to, inbox) = bounded(1);
    let (outbox, from) = bounded(1);
    let echo = thread::spawn(move || {
        for word in inbox {
            if outbox.send(word).is_err() {
                break;
            }
        }
    });
    round(&to, &from);
    let mut times: Vec<u128> = (0..ROUNDS).map(|_| round(&to, &from)).collect();
    drop(to);
    echo.join().expect("it only echoes");
    times.sort_unstable();
    println!("{}", times[ROUNDS / 2]);
}
