//! The submitting side of a pool.

use super::pool::{Pool, PoolTask, Refused};
use super::{pool_worker, scheduler};
use crate::zend::error::{Class, throw};
use crate::zend::{Answer, Php};
use std::sync::Arc;

/// Queues `task`, waiting for room. A worker of the same pool makes room by running a task.
pub(crate) fn push(php: Php<'_>, pool: &Arc<Pool>, task: PoolTask) -> Answer {
    let mut task = task;
    loop {
        let refused = match pool.push(task) {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        task = match refused {
            Refused::Closed(_) => return Err(throw(php, Class::ThreadPoolException, "The pool is closed")),
            Refused::Broken(_, reason) => return Err(throw(php, Class::ThreadPoolException, &reason)),
            Refused::Full(task) => task,
        };
        let scheduler = scheduler::of(php);
        let waker = scheduler.current().remote_waker(php);
        if !pool_worker::help(php, pool, None, Arc::clone(&waker)) {
            pool.wait_for_room(waker);
        }
        let woken = std::cell::Cell::new(false);
        let _external = scheduler.expect_external();
        scheduler.wait(php, || woken.replace(true))?;
    }
}
