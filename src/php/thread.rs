//! `Async\Thread`

use super::coroutine::cancel_argument;
use crate::runtime::actor_waits::Target;
use crate::runtime::awaitable::{Awaitable, Guard, wait_for};
use crate::runtime::coroutine::Coroutine;
use crate::runtime::outcome::{Outcome, Settled};
use crate::runtime::owner::{self, Owner};
use crate::runtime::restoring::Restoring;
use crate::runtime::task::{Task, TaskHandle};
use crate::runtime::{drain as runtime_drain, job};
use crate::zend::error::{self, Class, Level};
use crate::zend::invoke::{self, Arguments};
use crate::zend::object::{self, Payload, SelfRef};
use crate::zend::{Answer, Call, Php, Raised, Value};
use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

static CLASS: object::Class = object::Class::new();

/// A handle to a task. Each thread that has one restores the outcome for itself, once.
#[derive(Default)]
pub(crate) struct Thread {
    task: OnceCell<TaskHandle>,
    settled: OnceCell<Settled>,
    restoring: Restoring,
    callbacks: RefCell<Vec<Value>>,
    object: SelfRef,
}

impl Payload for Thread {
    fn class() -> &'static object::Class {
        &CLASS
    }

    fn share(&self, _: Php<'_>) -> Option<Arc<dyn Any + Send + Sync>> {
        self.task.get().map(|task| Arc::new(task.clone()) as _)
    }

    fn adopt(shared: Arc<dyn Any + Send + Sync>) -> Option<Thread> {
        Some(Thread::of(TaskHandle::clone(&*shared.downcast().ok()?)))
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(Ok(value) | Err(value)) = self.settled.get() {
            visit(value);
        }
        // Not borrowed while PHP runs: `take_callbacks` hands the list out.
        self.callbacks.borrow().iter().for_each(visit);
    }

    fn released(&self, php: Php<'_>) {
        self.object.clear();
        if let Some(task) = self.task.get()
            && task.is_last()
            && task.failed_unobserved()
        {
            report_unobserved(php, task);
        }
    }
}

impl Thread {
    fn of(task: TaskHandle) -> Thread {
        let thread = Thread::default();
        let _ = thread.task.set(task);
        thread
    }

    fn task(&self, php: Php<'_>) -> Result<&Arc<Task>, Raised> {
        self.task
            .get()
            .map(|handle| &**handle)
            .ok_or_else(|| error::throw(php, Class::Error, "The Thread has not been constructed"))
    }
}

/// Reports a task whose failure nobody has looked at, as `async_threads.unobserved` says.
pub(crate) fn report_unobserved(php: Php<'_>, task: &Task) {
    task.mark_observed();
    if crate::zend::ini::text(php, c"async_threads.unobserved") == "ignore" {
        return;
    }
    if let Some(outcome) = task.outcome.get() {
        let message = format!("{} failed and nobody awaited it: {}", task.name(), outcome.describe());
        error::report(php, Level::Warning, &message);
    }
}

/// Starts a thread and gives its handle.
pub(crate) fn spawn(php: Php<'_>, closure: &Value, inherit: bool, bootloader: Option<&Value>) -> Result<Value, Raised> {
    report_forgotten(php, false);
    let task = job::start(php, closure, &[], None, inherit, bootloader)?;
    Ok(object::instantiate(php, Thread::of(TaskHandle::new(task))))
}

/// Reports failures of threads whose handles are gone (or of all, at the end of the script).
pub(crate) fn report_forgotten(php: Php<'_>, all: bool) {
    if let Some(owner) = owner::existing() {
        report_of(php, &owner, all);
    }
}

/// RSHUTDOWN: the last report.
pub(crate) fn report_all(php: Php<'_>, owner: &Owner) {
    report_of(php, owner, true);
}

fn report_of(php: Php<'_>, owner: &Owner, all: bool) {
    for task in owner.take_unobserved(all) {
        report_unobserved(php, &task);
    }
}

impl Awaitable for Thread {
    fn target(&self) -> Option<Target> {
        self.task.get().map(|task| Target::Task(Arc::clone(task)))
    }

    fn is_complete(&self) -> bool {
        self.task.get().is_some_and(|task| task.outcome.is_complete())
    }

    fn is_cancelled(&self) -> bool {
        matches!(self.task.get().and_then(|task| task.outcome.get()), Some(Outcome::Cancelled(_)))
    }

    fn subscribe<'a>(&'a self, php: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        self.task.get().map_or(Guard::None, |task| Guard::remote(php, &task.outcome, me))
    }

    fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised> {
        settled(php, self)
    }

    fn observe(&self, php: Php<'_>) -> Answer {
        self.task(php)?.mark_observed();
        match self.object.get() {
            Some(handle) => run_callbacks(php, &handle, self),
            None => Ok(()),
        }
    }

    fn cancel(&self, php: Php<'_>, cancellation: Option<&Value>) -> Answer {
        job::cancel(php, self.task(php)?, cancellation)
    }
}

/// What the task settled to, restored once for this handle; None while it runs.
fn settled<'a>(php: Php<'_>, thread: &'a Thread) -> Result<Option<&'a Settled>, Raised> {
    if thread.settled.get().is_none()
        && let Some(outcome) = thread.task(php)?.outcome.get()
    {
        let done = || thread.settled.get().is_some();
        thread.restoring.once(php, done, || {
            let value = outcome.settle(php)?;
            // Restoring may have run code that asked for the result itself: the first one stays.
            let _ = thread.settled.set(value);
            Ok(())
        })?;
    }
    Ok(thread.settled.get())
}

fn run_callbacks(php: Php<'_>, handle: &Value, thread: &Thread) -> Answer {
    let mut first = None;
    for callback in thread.callbacks.take() {
        match invoke::call(php, &callback, &mut Arguments::positional(vec![handle.duplicate()])) {
            Ok(_) => {}
            Err(Raised::Exception) if !error::is_unwinding(php) => {
                // All are called; the first exception is the caller's, later ones are reported.
                let exception = error::take_exception(php);
                match (&first, exception) {
                    (None, exception) => first = exception,
                    (Some(_), Some(exception)) => error::report_uncaught(php, exception),
                    (Some(_), None) => {}
                }
            }
            Err(raised) => return Err(raised),
        }
    }
    match first {
        Some(exception) => Err(error::throw_object(php, exception)),
        None => Ok(()),
    }
}

/// `__construct(Closure $task, mixed ...$args)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    let php = call.php;
    call.expect_args(1, None)?;
    let closure = call.closure()?;
    let named = call.named();
    let thread = call.this::<Thread>();
    if thread.task.get().is_some() {
        return Err(error::throw(php, Class::Error, "The Thread has been constructed already"));
    }
    report_forgotten(php, false);
    let task = job::start(php, &closure, call.rest(), named.as_ref(), true, None)?;
    let _ = thread.task.set(TaskHandle::new(task));
    Ok(())
}

/// `join()`
pub(crate) fn join(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let value = wait_for(call.php, call.this::<Thread>(), None)?;
    call.give(value);
    Ok(())
}

/// `isRunning()`
pub(crate) fn is_running(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let running = !call.this::<Thread>().task(call.php)?.outcome.is_complete();
    call.give_bool(running);
    Ok(())
}

/// `isCompleted()`
pub(crate) fn is_completed(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let completed = call.this::<Thread>().task(call.php)?.outcome.is_complete();
    call.give_bool(completed);
    Ok(())
}

/// `isCancelled()`
pub(crate) fn is_cancelled(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let thread = call.this::<Thread>();
    thread.task(call.php)?;
    call.give_bool(thread.is_cancelled());
    Ok(())
}

/// `getId()`
pub(crate) fn get_id(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let id = call.this::<Thread>().task(call.php)?.id;
    call.give_int(id as i64);
    Ok(())
}

/// `getResult()`
pub(crate) fn get_result(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let thread = call.this::<Thread>();
    if let Some(Ok(value)) = settled(call.php, thread)? {
        call.give(value.duplicate());
    }
    Ok(())
}

/// `getException()`
pub(crate) fn get_exception(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let thread = call.this::<Thread>();
    if let Some(Err(exception)) = settled(call.php, thread)? {
        thread.task(call.php)?.mark_observed();
        call.give(exception.duplicate());
    }
    Ok(())
}

/// `cancel(?AsyncCancellation $cancellation = null)`
pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    let given = cancel_argument(call)?;
    call.this::<Thread>().cancel(call.php, given.as_ref())
}

/// `finally(Closure $callback)`
pub(crate) fn finally(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    let callback = call.closure()?;
    let thread = call.this::<Thread>();
    let task = thread.task(call.php)?;
    let handle = call.this_value();
    if task.outcome.is_complete() {
        drop(invoke::call(call.php, &callback, &mut Arguments::positional(vec![handle]))?);
        return Ok(());
    }
    if thread.callbacks.borrow().is_empty() {
        thread.object.set(&handle);
        PENDING.with_borrow_mut(|pending| pending.push(handle));
    }
    thread.callbacks.borrow_mut().push(callback);
    Ok(())
}

thread_local! {
    /// Handles with callbacks to run at the end of the script at the latest.
    static PENDING: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// The last line of the script has run: waits for its threads, then runs what waits for them and reports what nobody looked at.
pub(crate) fn drain(php: Php<'_>) -> Answer {
    loop {
        runtime_drain::drain(php);
        if php.has_bailed_out() {
            // A coroutine died of a fatal error: nobody waits any more, RSHUTDOWN stops what runs.
            return Ok(());
        }
        if let Some(owner) = owner::existing() {
            owner.rest();
        }
        let Some(handle) = PENDING.with_borrow_mut(Vec::pop) else { break };
        if let Some(thread) = object::payload::<Thread>(&handle) {
            run_callbacks(php, &handle, thread).or_else(|raised| match raised {
                // One that throws is no reason for the others not to run.
                Raised::Exception if !error::is_unwinding(php) => match error::take_exception(php) {
                    Some(exception) => error::report_uncaught_at(php, exception, None).map_err(Raised::from),
                    None => Ok(()),
                },
                raised => Err(raised),
            })?;
        }
    }
    report_forgotten(php, true);
    Ok(())
}

/// RSHUTDOWN: nothing of this request may be left.
pub(crate) fn forget_pending() {
    PENDING.take();
}

/// MINIT
pub(crate) fn register() {
    object::register::<Thread>(Class::Thread.entry());
}
