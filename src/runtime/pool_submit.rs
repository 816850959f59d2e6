//! The submitting side of a pool.

use super::inheritance::Inheritance;
use super::outcome::{Outcome, capture_or_throw};
use super::pool::{From, Pool, PoolTask, Refused};
use super::pool_call::Work;
use super::pool_worker::{self, Helping};
use super::scheduler;
use super::stopper::{self, Pace};
use super::task::{Task, TaskHandle};
use crate::transfer::Label;
use crate::zend::error::{Class, throw};
use crate::zend::{Answer, Php, Raised, Value};
use async_threads_core::parker::Wake;
use async_threads_core::state::CancelRequest;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

/// Queues `work` as a new task. Its first handle is there before: once it is queued its memory is the worker's.
pub(crate) fn submit(php: Php<'_>, pool: &Arc<Pool>, work: Work) -> Result<TaskHandle, Raised> {
    let task = TaskHandle::new(Task::pooled(pool_worker::family(php)));
    let inheritance = Inheritance::take(php)?;
    push(php, pool, PoolTask { task: Arc::clone(&task), work, inheritance, submitted: Instant::now() })?;
    Ok(task)
}

/// Waits for room; however the wait ends, a wake-up that came for it is not lost.
struct Crowd<'a>(&'a Pool, Arc<dyn Wake>);

impl Drop for Crowd<'_> {
    fn drop(&mut self) {
        self.0.leave_crowd(&self.1);
    }
}

/// Queues `task`, waiting for room. A worker of the same pool makes room by running a task of the same family; where there is none, it makes the queue longer.
fn push(php: Php<'_>, pool: &Arc<Pool>, mut task: PoolTask) -> Answer {
    let mut from = if pool_worker::is_member(pool) { From::Inside } else { From::Outside };
    if from == From::Inside && pool_worker::is_overloaded(pool) {
        return Err(throw(php, Class::ThreadPoolException, "Too many tasks of this worker wait for one another"));
    }
    loop {
        task = match pool.push(task, from) {
            Ok(()) => return Ok(()),
            Err(Refused::Closed) => return Err(throw(php, Class::ThreadPoolException, "The pool is closed")),
            Err(Refused::Orphan) => {
                let text = "The pool is closed: the script or thread that created it has ended";
                return Err(throw(php, Class::ThreadPoolException, text));
            }
            Err(Refused::Broken(reason)) => return Err(throw(php, Class::ThreadPoolException, &reason)),
            Err(Refused::Full(task)) => task,
        };
        if from == From::Outside && pool.runs_kin_of(&task.task) {
            // Sent by an actor for a task of this pool, whose worker waits for that actor and cannot make room.
            from = From::InsideWithoutRoom;
            continue;
        }
        let scheduler = scheduler::of(php);
        let me = scheduler.current();
        let _helping = Helping::begin(php, pool, &me);
        let _crowd = if from == From::Outside {
            let waker = me.remote_waker(php);
            pool.wait_for_room(Arc::clone(&waker));
            Some(Crowd(pool, waker))
        } else if pool_worker::help(php, pool, None, &me) {
            None
        } else {
            from = From::InsideWithoutRoom;
            continue;
        };
        let woken = Cell::new(false);
        let _external = scheduler.expect_external();
        scheduler.wait(php, || woken.replace(true))?;
    }
}

/// Cancels `task` of `pool`: one that is queued is over at once, one that runs is interrupted. With `given`, that is thrown into it and into its awaiters.
pub(crate) fn cancel(php: Php<'_>, pool: &Pool, task: &Arc<Task>, given: Option<&Value>) -> Answer {
    if let Some(value) = given {
        let packet = capture_or_throw(php, &[(Label::Cancellation, value.as_ptr())])?;
        task.cancellation.lock().get_or_insert_with(|| Arc::new(packet));
    }
    match task.state.request_cancel() {
        CancelRequest::WasQueued => {
            pool.remove(task);
            pool.complete(task, Outcome::Cancelled(None));
        }
        CancelRequest::Running => stopper::stop(Arc::clone(task), Pace::Patient),
        CancelRequest::AlreadyRequested | CancelRequest::AlreadyFinished => {}
    }
    Ok(())
}
