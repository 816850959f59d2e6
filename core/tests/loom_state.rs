//! Races for the transitions of one task, in every interleaving.
#![cfg(loom)]

use async_threads_core::state::{CancelRequest, Ending, Finish, Phase, Start, TaskState};
use loom::cell::Cell;
use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // LOOM_MAX_PREEMPTIONS goes before.
    builder.preemption_bound = builder.preemption_bound.or(Some(4));
    builder.check(check);
}

/// What the two sides hand each other; loom reports an unordered access.
struct Task {
    state: TaskState,
    runner: Cell<u32>,
    reason: Cell<u32>,
    result: Cell<u32>,
}

// SAFETY: who may access which cell is what the models check.
unsafe impl Sync for Task {}

fn task() -> Arc<Task> {
    Arc::new(Task { state: TaskState::new(), runner: Cell::new(0), reason: Cell::new(0), result: Cell::new(0) })
}

/// Runs the task and looks for the cancellation once, as an interruption
/// handler does.
fn run(task: &Task) -> Option<Finish> {
    task.runner.set(7);
    match task.state.start() {
        Start::Started => {}
        Start::Cancelled => {
            assert_eq!(task.reason.get(), 8);
            return None;
        }
        Start::AlreadyStarted => panic!("there is one runner"),
    }
    let ending = if task.state.is_cancel_requested() {
        assert_eq!(task.reason.get(), 8);
        Ending::Cancelled
    } else {
        Ending::Done
    };
    task.result.set(9);
    Some(task.state.finish(ending))
}

#[test]
fn a_start_and_a_cancellation_agree_on_who_was_first() {
    model(|| {
        let task = task();
        let runner = {
            let task = task.clone();
            thread::spawn(move || run(&task))
        };
        task.reason.set(8);
        let request = task.state.request_cancel();
        match request {
            CancelRequest::WasQueued => assert_eq!(task.state.phase(), Phase::Cancelled),
            CancelRequest::Running => assert_eq!(task.runner.get(), 7),
            CancelRequest::AlreadyFinished => assert_eq!(task.result.get(), 9),
            CancelRequest::AlreadyRequested => panic!("there is one canceller"),
        }
        match runner.join().unwrap() {
            None => assert_eq!(request, CancelRequest::WasQueued),
            Some(Finish::CancelRequested) => assert_eq!(request, CancelRequest::Running),
            Some(Finish::Undisturbed) => assert_eq!(request, CancelRequest::AlreadyFinished),
            Some(Finish::NotRunning) => panic!("it ran"),
        }
        assert!(task.state.is_finished());
    });
}

#[test]
fn of_two_cancellers_one_is_told_to_act() {
    model(|| {
        let state = Arc::new(TaskState::new());
        let cancel = |state: &Arc<TaskState>| {
            let state = state.clone();
            thread::spawn(move || state.request_cancel())
        };
        let cancellers = [cancel(&state), cancel(&state)];
        let finish = match state.start() {
            Start::Started => Some(state.finish(Ending::Done)),
            _ => None,
        };
        let told = cancellers.map(|canceller| canceller.join().unwrap());
        let count = |what| told.iter().filter(|result| **result == what).count();
        assert_eq!(count(CancelRequest::WasQueued), usize::from(finish.is_none()));
        let interrupted = usize::from(finish == Some(Finish::CancelRequested));
        assert_eq!(count(CancelRequest::Running), interrupted);
        assert_eq!(state.is_cancel_requested(), finish != Some(Finish::Undisturbed));
    });
}

#[test]
fn who_sees_a_task_finished_sees_its_result() {
    model(|| {
        let task = task();
        let runner = {
            let task = task.clone();
            thread::spawn(move || run(&task))
        };
        if task.state.is_finished() {
            assert_eq!(task.result.get(), 9);
        } else if task.state.is_running() {
            assert_eq!(task.runner.get(), 7);
        }
        assert_eq!(runner.join().unwrap(), Some(Finish::Undisturbed));
    });
}
