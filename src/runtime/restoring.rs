//! Outcomes are restored once for each thing that is awaited, however many coroutines await it.
//!
//! Owner: the thing awaited, in its thread.

use super::awaitable::Guard;
use super::coroutine::{Coroutine, Waiters};
use super::scheduler;
use crate::zend::{Answer, Php};
use std::cell::RefCell;
use std::rc::Rc;

/// Who is restoring an outcome, which may run code that suspends.
#[derive(Default)]
pub(crate) struct Restoring {
    by: RefCell<Option<Rc<Coroutine>>>,
    waiters: Waiters,
}

impl Restoring {
    /// Has `restore` run until it is `done`; waits instead while another coroutine is at it. If what is being restored asks for itself, it
    /// gets an outcome of its own.
    pub(crate) fn once(&self, php: Php<'_>, done: impl Fn() -> bool, restore: impl FnOnce() -> Answer) -> Answer {
        let scheduler = scheduler::of(php);
        let me = scheduler.current();
        while !done() {
            let by = self.by.borrow().clone();
            match by {
                None => {
                    self.by.replace(Some(me));
                    let answer = restore();
                    self.by.replace(None);
                    self.waiters.wake_all(php);
                    return answer;
                }
                Some(by) if Rc::ptr_eq(&by, &me) => return restore(),
                Some(_) => {
                    let _guard = Guard::local(&self.waiters, &me);
                    scheduler.wait(php, || done() || self.by.borrow().is_none())?;
                }
            }
        }
        Ok(())
    }
}
