//! What `state` promises: sequences of calls against a plain model, and a race of many.

use super::*;
use proptest::prelude::*;
use std::thread;

#[derive(Clone, Copy, Debug)]
enum Call {
    Start,
    Finish(Ending),
    RequestCancel,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        Just(Call::Start),
        Just(Call::Finish(Ending::Done)),
        Just(Call::Finish(Ending::Cancelled)),
        Just(Call::RequestCancel),
    ];
    proptest::collection::vec(call, 0..12)
}

proptest! {
    #[test]
    fn any_sequence_of_calls_behaves_like_the_plain_model(calls in calls()) {
        let state = TaskState::new();
        let (mut phase, mut requested) = (Phase::Queued, false);
        for call in calls {
            match call {
                Call::Start => {
                    let expected = match phase {
                        Phase::Queued => { phase = Phase::Running; Start::Started }
                        Phase::Cancelled => Start::Cancelled,
                        Phase::Running | Phase::Done => Start::AlreadyStarted,
                    };
                    prop_assert_eq!(state.start(), expected);
                }
                Call::Finish(ending) => {
                    let expected = match (phase, requested) {
                        (Phase::Running, false) => Finish::Undisturbed,
                        (Phase::Running, true) => Finish::CancelRequested,
                        _ => Finish::NotRunning,
                    };
                    if phase == Phase::Running {
                        phase = match ending {
                            Ending::Done => Phase::Done,
                            Ending::Cancelled => Phase::Cancelled,
                        };
                    }
                    prop_assert_eq!(state.finish(ending), expected);
                }
                Call::RequestCancel => {
                    let expected = match (phase, requested) {
                        (Phase::Queued, _) => { phase = Phase::Cancelled; CancelRequest::WasQueued }
                        (Phase::Running, false) => CancelRequest::Running,
                        (Phase::Running, true) => CancelRequest::AlreadyRequested,
                        _ => CancelRequest::AlreadyFinished,
                    };
                    requested |= matches!(expected, CancelRequest::WasQueued | CancelRequest::Running);
                    prop_assert_eq!(state.request_cancel(), expected);
                }
            }
            prop_assert_eq!(state.phase(), phase);
            prop_assert_eq!(state.is_cancel_requested(), requested);
        }
    }
}

#[test]
fn of_many_cancellers_exactly_one_is_told_to_act() {
    const TASKS: usize = 250_000;
    let tasks: Vec<TaskState> = (0..TASKS).map(|_| TaskState::new()).collect();
    let cancel_all = || {
        let results = tasks.iter().map(TaskState::request_cancel);
        results.collect::<Vec<_>>()
    };
    let run_all = || {
        let run = |task: &TaskState| match task.start() {
            Start::Started => Some(task.finish(Ending::Done)),
            Start::Cancelled => None,
            Start::AlreadyStarted => panic!("there is one runner"),
        };
        tasks.iter().map(run).collect::<Vec<_>>()
    };
    let (runs, cancels) = thread::scope(|scope| {
        let runner = scope.spawn(run_all);
        let cancellers = [(); 3].map(|()| scope.spawn(cancel_all));
        (runner.join().unwrap(), cancellers.map(|canceller| canceller.join().unwrap()))
    });
    for (index, run) in runs.iter().enumerate() {
        let told = |what| cancels.iter().filter(|of| of[index] == what).count();
        assert_eq!(told(CancelRequest::WasQueued), usize::from(run.is_none()));
        let interrupted = usize::from(*run == Some(Finish::CancelRequested));
        assert_eq!(told(CancelRequest::Running), interrupted);
    }
}
