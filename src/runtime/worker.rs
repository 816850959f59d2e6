//! What a worker does with one job: a fresh PHP request, the task in it, the request's end.
//!
//! Order of the end, as others see it: shutdown functions, destructors and output are done; then the outcome is published; then the rest of
//! the request is torn down; then the owner lets go of it. So a result that can be seen implies that the thread's output has been written,
//! and a request of an owner that has joined its threads touches nothing of theirs.

use super::job::{Job, Shape};
use super::outcome::{Outcome, cancellation, restore_all, restore_one};
use super::task::Task;
use super::wait;
use crate::code;
use crate::sys;
use crate::zend::attach::{Attachment, Request};
use crate::zend::error::Class;
use crate::zend::interrupt::Interrupt;
use crate::zend::invoke::{Arguments, Fatal, TaskEnd, as_task, call, exit_status};
use crate::zend::{Answer, Php, Raised, error, output, protect};
use async_threads_core::state::{Ending, Start};
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// The task this thread runs, for `throw_cancellation`.
    static CURRENT: RefCell<Option<Arc<Task>>> = const { RefCell::new(None) };
}

/// Runs `job` from its request's start to its end.
pub(crate) fn run(attachment: &Attachment, job: Job) {
    let Job { task, owner, inherited, snapshot, packet, shape } = job;
    let outcome = match task.state.start() {
        Start::Started => match Request::start(attachment, inherited) {
            Some(mut request) => {
                let interrupt = Arc::clone(&task.interrupt);
                interrupt.publish(request.php(), wait::bell());
                CURRENT.set(Some(Arc::clone(&task)));
                output::set_quiet_fatals(true);
                let outcome = execute(request.php(), &task, snapshot.as_ref(), &packet, shape);
                output::set_quiet_fatals(false);
                request.finish_user_code();
                finish(&task, outcome);
                // What the packet and the snapshot hold is not needed for the request's end, only for what it ran.
                drop(request);
                interrupt.withdraw();
                CURRENT.set(None);
                code::request_end();
                None
            }
            None => Some(Outcome::Died(Fatal {
                message: "PHP could not start a request in the thread".to_owned(),
                file: String::new(),
                line: 0,
            })),
        },
        Start::Cancelled | Start::AlreadyStarted => Some(Outcome::Cancelled(None)),
    };
    if let Some(outcome) = outcome {
        finish(&task, outcome);
    }
    owner.release(&task);
}

fn finish(task: &Task, outcome: Outcome) {
    let ending = match outcome {
        Outcome::Cancelled(_) => Ending::Cancelled,
        _ => Ending::Done,
    };
    // A queued task that was cancelled has its final state already; a second outcome is impossible, as only its worker comes here.
    let _ = task.state.finish(ending);
    let _ = task.outcome.complete(outcome);
}

fn execute(
    php: Php<'_>,
    task: &Task,
    snapshot: Option<&code::Snapshot>,
    packet: &crate::transfer::Packet,
    shape: Shape,
) -> Outcome {
    // SAFETY: attached, request active; the descriptors are the process's.
    let streams = protect(php, |_| unsafe { sys::at_register_std_streams() });
    if streams.is_err() {
        return Outcome::Died(Fatal::last(php));
    }
    let ended = as_task(php, |php| body(php, snapshot, packet, shape));
    let ended = match ended {
        Ok(outcome) => outcome,
        Err(TaskEnd::Died(fatal)) => Outcome::Died(fatal),
        Err(TaskEnd::Exited) => Outcome::Exited(exit_status(php)),
        Err(TaskEnd::Threw(mut exception)) => match as_task(php, |php| Outcome::threw(php, &mut exception)) {
            Ok(outcome) if task.interrupt.is_requested() && is_cancellation(&exception) => outcome.into_cancelled(),
            Ok(outcome) => outcome,
            Err(TaskEnd::Died(fatal)) => Outcome::Died(fatal),
            Err(_) => Outcome::Unsendable("Cannot transfer the exception the thread threw".to_owned()),
        },
    };
    // Asked to stop, it stopped, or came to its end before it noticed: cancelled all the same.
    match ended {
        Outcome::Exited(_) if task.interrupt.is_requested() => Outcome::Cancelled(None),
        Outcome::Returned(_) if task.interrupt.pending() != crate::zend::interrupt::Level::None => Outcome::Cancelled(None),
        other => other,
    }
}

fn is_cancellation(exception: &crate::zend::Value) -> bool {
    exception.is_instance_of(Class::AsyncCancellation.entry())
}

fn body(
    php: Php<'_>,
    snapshot: Option<&code::Snapshot>,
    packet: &crate::transfer::Packet,
    shape: Shape,
) -> Result<Outcome, Raised> {
    if let Some(snapshot) = snapshot
        && let Err(reason) = snapshot.install(php)
    {
        return Ok(Outcome::Unsendable(reason.to_string()));
    }
    let roots = restore_all(php, packet, shape.roots())?;
    let (closure, bootloader, mut args) = shape.read(roots);
    if let Some(bootloader) = bootloader {
        drop(call(php, &bootloader, &mut Arguments::positional(Vec::new()))?);
    }
    let result = call(php, &closure, &mut args)?;
    let outcome = Outcome::returned(php, &result)?;
    // Their destructors belong to the task: what they throw is its error.
    drop((result, closure, args));
    if php.has_exception() {
        return Err(Raised::Exception);
    }
    Ok(outcome)
}

/// Throws into the current task what its canceller gave, or a plain cancellation. Set as the interrupt's action in MINIT.
pub(crate) fn throw_cancellation(php: Php<'_>) -> Answer {
    let given = CURRENT.with_borrow(|task| task.as_ref().and_then(|task| task.cancellation.lock().clone()));
    let exception = match given {
        Some(packet) => restore_one(php, &packet)?,
        None => cancellation(php)?,
    };
    Err(error::throw_object(php, exception))
}

/// Whether the current thread is one of ours.
pub(crate) fn is_worker() -> bool {
    CURRENT.with_borrow(Option::is_some)
}

/// The line to the current thread's task, if it is one of ours.
pub(crate) fn interrupt() -> Option<Arc<Interrupt>> {
    CURRENT.with_borrow(|task| task.as_ref().map(|task| Arc::clone(&task.interrupt)))
}
