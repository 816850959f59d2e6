//! Processes of tests that do not end: found by a mark in their environment, described, and killed.
//!
//! run-tests.php has a time limit of its own, yet it ends only the shell that it has started, not what that shell runs, and it waits
//! without limit for a process that has closed its output and does not exit. One such process must not take the time of all tests, and
//! where it stands still is worth knowing.

use std::{
    fs,
    path::Path,
    process::{self, Command},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::proc::{self, Captured};

/// The environment variable that tells a test's process, whoever its parent is by now.
const MARK: &str = "ASYNC_THREADS_TEST_RUN";

/// How often to look.
const PERIOD: Duration = Duration::from_secs(1);

/// After so many processes that do not end, the rest of the tests is not waited for either.
const PATIENCE: usize = 3;

/// Nor is it after this long: a run takes a few minutes.
const LONGEST: Duration = Duration::from_secs(20 * 60);

/// What a run of tests said, and how many of its processes had to be killed.
pub struct Watched {
    pub captured: Captured,
    pub killed: usize,
}

/// Runs `runner`, which runs tests, to its end. A process of a test that is older than `limit` is killed, and so is what is left in the end.
pub fn capture(runner: &mut Command, limit: Duration) -> Result<Watched> {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = format!("{}-{}", process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
    runner.env(MARK, &run);
    let mark = format!("{MARK}={run}");
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let mut killed = 0;
            let start = Instant::now();
            while is_done.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                killed += kill_older(&mark, limit);
                let passed = start.elapsed();
                if killed >= PATIENCE || passed > LONGEST {
                    println!("{killed} tests did not end, {} s have passed: the rest is not run", passed.as_secs());
                    processes(&mark).iter().for_each(|&process| kill(process));
                    break;
                }
            }
            // What has no parent any more is still alive, and takes the processor from other tests.
            killed + kill_older(&mark, Duration::ZERO)
        });
        let captured = proc::capture(runner);
        drop(done);
        let killed = watch.join().expect("the watch does not panic");
        Ok(Watched { captured: captured?, killed })
    })
}

/// Kills the tests among the marked processes that are older than `limit`; gives how many.
fn kill_older(mark: &str, limit: Duration) -> usize {
    let old = processes(mark).into_iter().filter(|&process| !is_runner(process) && age(process).is_some_and(|age| age > limit));
    let old: Vec<u32> = old.collect();
    for &process in &old {
        println!("A test's process does not end; it is killed:\n{}", describe(process));
        kill(process);
    }
    old.len()
}

/// Whether it is run-tests.php itself, whose age is that of all its tests.
fn is_runner(process: u32) -> bool {
    command_line(process).split_whitespace().any(|word| word.ends_with("run-tests.php"))
}

/// The living processes that carry the mark.
fn processes(mark: &str) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|variable| variable == mark.as_bytes())
    })
    .collect()
}

/// How long it has been running; `None` once it has ended.
fn age(process: u32) -> Option<Duration> {
    // See proc(5): field 22, in clock ticks, of which there are 100 in a second on all of Linux.
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let is_dead = matches!(*fields.first()?, "Z" | "X");
    let start: f64 = fields.get(19)?.parse::<f64>().ok()? / 100.0;
    let uptime: f64 = fs::read_to_string("/proc/uptime").ok()?.split_whitespace().next()?.parse().ok()?;
    (!is_dead).then(|| Duration::try_from_secs_f64(uptime - start).unwrap_or_default())
}

fn command_line(process: u32) -> String {
    let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words).replace('\0', " ")
}

/// Its command, its threads and what they wait for, and with gdb at hand where each of them is.
fn describe(process: u32) -> String {
    let mut text = format!("{process}: {}\n", command_line(process));
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    for thread in threads.map(|entry| entry.path()) {
        let read = |name: &str| fs::read_to_string(thread.join(name)).unwrap_or_default().trim().to_owned();
        let state = read("stat").rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().next().map(str::to_owned));
        text += &format!("  {} {} {}\n", read("comm"), state.unwrap_or_default(), read("wchan"));
    }
    if proc::find_on_path("gdb").is_some() && Path::new("/proc").join(process.to_string()).exists() {
        let mut gdb = Command::new("timeout");
        gdb.args(["60", "gdb", "-batch", "-p", &process.to_string(), "-ex", "thread apply all bt 25"]);
        if let Ok(answer) = proc::capture(&mut gdb) {
            text += &proc::tail(&answer.text, 400);
        }
    }
    text
}

fn kill(process: u32) {
    // It may have ended by itself meanwhile, which is as good.
    let _ = proc::capture(Command::new("kill").args(["-KILL", &process.to_string()]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_end_is_killed_and_what_is_left_too() {
        let mut runner = Command::new("sh");
        // The first has closed its output, the second has no parent any more.
        runner.args(["-c", "sleep 1000 </dev/null >/dev/null 2>&1 & (sleep 2000 >/dev/null 2>&1 &); sleep 3"]);
        let watched = capture(&mut runner, Duration::from_secs(60)).unwrap();
        assert!(watched.captured.success);
        assert_eq!(watched.killed, 2);
    }

    #[test]
    fn what_ends_in_time_is_left_alone() {
        let watched = capture(Command::new("sh").args(["-c", "sleep 0.1; echo fine"]), Duration::from_secs(60)).unwrap();
        assert_eq!((watched.captured.text.as_str(), watched.killed), ("fine\n", 0));
    }
}
