//! What a worker does with a job: a fresh PHP request, the task in it, the request's end.
//!
//! Order of the end, as others see it: shutdown functions, destructors and output are done; then the outcome is published; then the rest of
//! the request is torn down; then the owner lets go of it. So a result that can be seen implies that the thread's output has been written,
//! and a request of an owner that has joined its threads touches nothing of theirs.

use super::inheritance::Inheritance;
use super::job::{Call, Job, Work};
use super::outcome::{Outcome, restore_all_once, restore_one};
use super::owner::Owner;
use super::task::{Level, Task};
use super::{actor_worker, cache, owner, pool_worker, running, wait};
use crate::code::{self, CodeError};
use crate::sys;
use crate::transfer::Packet;
use crate::zend::attach::{Attachment, Request};
use crate::zend::error::Class;
use crate::zend::interrupt::Interrupt;
use crate::zend::invoke::{Arguments, Fatal, TaskEnd, as_task, call, exit_status};
use crate::zend::{Php, Raised, Value, output, protect};
use async_threads_core::state::{Ending, Start};
use std::sync::Arc;

/// Runs `job` from its first request's start to its last one's end.
pub(crate) fn run(attachment: &Attachment, job: Job) {
    let Job { task, owner, inherited, mut work } = job;
    owner::set_root(Some(Owner::root(&owner)));
    match task.state.start() {
        Start::Started => {
            let line = Arc::new(Interrupt::default());
            task.attach(&line);
            match &mut work {
                Work::Call(call) => {
                    let outcome = in_request(attachment, inherited, &line, &task, |php| execute(php, &task, call));
                    // Published already, unless there was no request at all.
                    finish(&task, outcome.unwrap_or_else(no_request));
                }
                Work::Actors(system, index) => {
                    actor_worker::run(attachment, inherited, &line, &task, system, *index);
                    // As below.
                    finish(&task, Outcome::Cancelled(None));
                }
                Work::Pool(pool, index) => {
                    pool_worker::run(attachment, inherited, &line, &task, pool, *index);
                    // Nobody waits for a worker; cancelled is what is reported to nobody.
                    finish(&task, Outcome::Cancelled(None));
                }
            }
            task.detach();
        }
        Start::Cancelled | Start::AlreadyStarted => finish(&task, Outcome::Cancelled(None)),
    }
    drop(work);
    owner::set_root(None);
    owner.release(&task);
}

/// One request of this thread, with `body` as its code. Gives None when PHP could not start it; else the outcome has been published.
fn in_request(
    attachment: &Attachment,
    inherited: crate::zend::attach::Inherited,
    line: &Arc<Interrupt>,
    task: &Arc<Task>,
    body: impl FnOnce(Php<'_>) -> Outcome,
) -> Option<Outcome> {
    let mut request = begin_request(attachment, inherited, line)?;
    running::begin_worker(request.php(), task);
    output::set_quiet_fatals(request.php(), true);
    let outcome = body(request.php());
    output::set_quiet_fatals(request.php(), false);
    running::ending(task);
    request.finish_user_code();
    finish(task, outcome);
    cache::with_last_request(|| end_request(request, line));
    running::end(task);
    Some(Outcome::Cancelled(None))
}

/// Starts a request; `line` reaches it from now on.
pub(super) fn begin_request<'a>(
    attachment: &'a Attachment,
    inherited: crate::zend::attach::Inherited,
    line: &Arc<Interrupt>,
) -> Option<Request<'a>> {
    code::request_starting();
    let request = Request::start(attachment, inherited)?;
    line.publish(request.php(), wait::bell());
    Some(request)
}

/// Ends it. The code it used may go afterwards.
pub(super) fn end_request(request: Request<'_>, line: &Interrupt) {
    drop(request);
    line.withdraw();
    code::request_end();
}

/// The worker panicked: ends `task` for others.
pub(super) fn failed(task: &Arc<Task>, owner: &Owner) {
    let message = "async_threads: internal error in a thread; please report it".to_owned();
    task.detach();
    running::end(task);
    finish(task, Outcome::Died(Fatal { message, file: String::new(), line: 0 }));
    owner.release(task);
}

fn no_request() -> Outcome {
    Outcome::Died(Fatal { message: "PHP could not start a request in the thread".to_owned(), file: String::new(), line: 0 })
}

/// Publishes how `task` ended; the first time counts.
pub(crate) fn finish(task: &Task, outcome: Outcome) {
    let (ending, outcome) = match outcome {
        // What the canceller gave is what the awaiter gets, also when the task never saw it.
        Outcome::Cancelled(None) => (Ending::Cancelled, Outcome::Cancelled(task.cancellation.lock().clone())),
        Outcome::Cancelled(given) => (Ending::Cancelled, Outcome::Cancelled(given)),
        outcome => (Ending::Done, outcome),
    };
    // A task that was cancelled in the queue has its final state already.
    let _ = task.state.finish(ending);
    let _ = task.outcome.complete(outcome);
}

/// `STDIN` and its siblings.
pub(super) fn register_streams(php: Php<'_>) -> Result<(), Outcome> {
    // SAFETY: attached, request active; the descriptors are the process's.
    protect(php, |_| unsafe { sys::at_register_std_streams() }).map_err(|_| Outcome::Died(Fatal::last(php)))
}

fn execute(php: Php<'_>, task: &Arc<Task>, work: &mut Call) -> Outcome {
    if let Err(outcome) = register_streams(php) {
        return outcome;
    }
    outcome_of(php, task, || as_task(php, |php| body(php, work)))
}

/// Runs `body` and makes an outcome of every way it can end.
pub(super) fn outcome_of(php: Php<'_>, task: &Arc<Task>, body: impl FnOnce() -> Result<Outcome, TaskEnd>) -> Outcome {
    // The outermost `protect`: what a fatal error in a destructor jumps over, while values are released on the way, is leaked.
    let ended = protect(php, |php| outcome_inside(php, task, body)).unwrap_or_else(|_| Outcome::Died(Fatal::last(php)));
    // Asked to stop, it stopped, or came to its end before it noticed: cancelled all the same.
    match ended {
        Outcome::Exited(_) if task.stop_requested() => Outcome::Cancelled(None),
        Outcome::Returned(_) if task.pending() != Level::None => Outcome::Cancelled(None),
        other => other,
    }
}

/// Runs `body` as a task whose output buffers end with it: their callbacks are its code, and what they throw or die of is how it ended, unless that was
/// worse already.
pub(super) fn with_output<'php>(
    php: Php<'php>,
    body: impl FnOnce(Php<'php>) -> Result<Outcome, Raised>,
) -> Result<Outcome, TaskEnd> {
    let ended = as_task(php, body);
    if matches!(ended, Err(TaskEnd::Died(_))) || !output::is_buffered(php) {
        return ended;
    }
    match (ended, as_task(php, |php| Ok(output::flush(php)?))) {
        (_, Err(TaskEnd::Died(fatal))) => Err(TaskEnd::Died(fatal)),
        (Ok(_), Err(end)) => Err(end),
        (ended, Err(TaskEnd::Threw(exception))) => {
            release(php, exception);
            ended
        }
        (ended, _) => ended,
    }
}

fn outcome_inside(php: Php<'_>, task: &Arc<Task>, body: impl FnOnce() -> Result<Outcome, TaskEnd>) -> Outcome {
    match body() {
        Ok(outcome) => outcome,
        Err(TaskEnd::Died(fatal)) => Outcome::Died(fatal),
        Err(TaskEnd::Exited) => Outcome::Exited(exit_status(php)),
        Err(TaskEnd::Threw(mut exception)) => {
            let outcome = match as_task(php, |php| Outcome::threw(php, &mut exception)) {
                Ok(outcome) if task.state.is_cancel_requested() && is_cancellation(&exception) => outcome.into_cancelled(),
                Ok(outcome) => outcome,
                Err(TaskEnd::Died(fatal)) => Outcome::Died(fatal),
                Err(TaskEnd::Exited) => Outcome::Exited(exit_status(php)),
                Err(_) => Outcome::Unsendable("Cannot transfer the exception the thread threw".to_owned()),
            };
            release(php, exception);
            outcome
        }
    }
}

/// Lets go of what a task threw. The objects its trace holds may be destroyed with it: what their destructors throw comes too late to be the outcome,
/// as it would in a main script.
fn release(php: Php<'_>, exception: Value) {
    let mut last = Some(exception);
    while let Some(exception) = last.take() {
        let ended = as_task(php, |php| {
            drop(exception);
            if php.has_exception() { Err(Raised::Exception) } else { Ok(()) }
        });
        if let Err(TaskEnd::Threw(another)) = ended {
            last = Some(another);
        }
    }
}

fn is_cancellation(exception: &Value) -> bool {
    exception.is_instance_of(Class::AsyncCancellation.entry())
}

/// Makes the code of somebody else known in this thread; else gives what becomes of the task that needs it.
pub(super) fn install(php: Php<'_>, inheritance: &Inheritance) -> Result<(), Outcome> {
    inheritance.install(php).map_err(|reason| match reason {
        CodeError::Fatal(_) => Outcome::Died(Fatal::last(php)),
        reason => Outcome::Unsendable(reason.to_string()),
    })
}

/// Runs a bootloader: before anything of its creator's is installed.
pub(super) fn boot(php: Php<'_>, bootloader: &Packet) -> Result<(), Raised> {
    if let Some(code) = bootloader.code() {
        // First, so that what the bootloader changes stays.
        code.take_environment(php)?;
        // Also for what it includes, and for names that are made as it runs.
        code.serve(php);
    }
    let bootloader = restore_one(php, bootloader)?;
    drop(call(php, &bootloader, &mut Arguments::positional(Vec::new()))?);
    Ok(())
}

fn body(php: Php<'_>, work: &mut Call) -> Result<Outcome, Raised> {
    // First, so that the names it declares are its own.
    if let Some(bootloader) = &work.bootloader {
        boot(php, bootloader)?;
    }
    if let Some(inheritance) = &work.inheritance
        && let Err(outcome) = install(php, inheritance)
    {
        return Ok(outcome);
    }
    if let Some(code) = work.packet.code() {
        code.take_environment(php)?;
    }
    let roots = restore_all_once(php, &mut work.packet, work.shape.roots())?;
    let (closure, args) = work.shape.read(roots);
    call_and_capture(php, closure, args)
}

/// Calls `callable`; what is left of it is released before the outcome counts.
pub(super) fn call_and_capture(php: Php<'_>, callable: Value, mut args: Arguments) -> Result<Outcome, Raised> {
    let result = call(php, &callable, &mut args)?;
    let outcome = Outcome::returned(php, &result)?;
    // Their destructors belong to the task: what they throw is its error.
    drop((result, callable, args));
    if php.has_exception() { Err(Raised::Exception) } else { Ok(outcome) }
}
