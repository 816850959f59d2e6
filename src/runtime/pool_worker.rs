//! A worker of a pool: takes tasks from the queue and runs them, in one PHP request after another.
//!
//! A request ends when a task has made it unusable (a fatal error), after `maxTasks` tasks, after `reload()`, and when the pool is closed. In each new one the
//! creator's code is installed and the bootloader runs before the first task.
//!
//! A task runs in the worker's main coroutine, or with `coroutine: true` in one of its own. A task that waits for another of the same pool lets its worker
//! help meanwhile (`help`), so that a pool never waits for itself.

use super::coroutine::{Body, Location};
use super::job::Shape;
use super::outcome::{Outcome, restore_all};
use super::pool::{Kind, Pool, PoolTask, Taken};
use super::task::Task;
use super::worker::{begin_request, call_and_capture, end_request, finish, outcome_of, register_streams};
use super::{running, scheduler};
use crate::code::Snapshot;
use crate::transfer::Packet;
use crate::zend::attach::{Attachment, Inherited};
use crate::zend::interrupt::Interrupt;
use crate::zend::invoke::{Arguments, Fatal, as_task, call};
use crate::zend::{Php, Raised, Value, array, memory, output};
use async_threads_core::parker::Wake;
use async_threads_core::state::Start;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Why a request of a worker ended.
enum End {
    /// The pool is closed and its queue empty, or the worker has been told to stop.
    Closed,
    /// Another request is to follow.
    Again,
}

thread_local! {
    /// The pool this thread works for.
    static SELF: RefCell<Option<Rc<Me>>> = const { RefCell::new(None) };
}

/// What a worker knows of itself during one request.
struct Me {
    pool: Arc<Pool>,
    index: usize,
    line: Arc<Interrupt>,
    /// The code installed last.
    installed: RefCell<Option<Snapshot>>,
    /// Tasks running now, in coroutines of this thread.
    active: Cell<usize>,
    /// Tasks begun in this request.
    begun: Cell<u64>,
}

/// Runs tasks until the pool is closed.
pub(super) fn run(
    attachment: &Attachment,
    inherited: Inherited,
    line: &Arc<Interrupt>,
    worker: &Arc<Task>,
    pool: &Arc<Pool>,
    index: usize,
) {
    // Relaxed: for display.
    pool.live.fetch_add(1, Ordering::Relaxed);
    loop {
        let Some(mut request) = begin_request(attachment, inherited, line) else {
            abandon(pool, "PHP could not start a request in a worker");
            break;
        };
        let me = Rc::new(Me {
            pool: Arc::clone(pool),
            index,
            line: Arc::clone(line),
            installed: RefCell::default(),
            active: Cell::new(0),
            begun: Cell::new(0),
        });
        SELF.set(Some(Rc::clone(&me)));
        running::begin_worker(request.php(), worker);
        output::set_quiet_fatals(true);
        let end = serve(request.php(), &me, worker);
        output::set_quiet_fatals(false);
        running::ending(worker);
        request.finish_user_code();
        SELF.set(None);
        end_request(request, line);
        running::end(worker);
        // Those that ran beside a task that died went down with it.
        for task in running::take_all() {
            let reason = "The worker died of a fatal error in another task it was running".to_owned();
            task.detach();
            pool.workers[index].current.lock().clear();
            // Relaxed: for display.
            pool.running.fetch_sub(1, Ordering::Relaxed);
            settle(pool, &task, Outcome::Died(Fatal { message: reason, file: String::new(), line: 0 }));
        }
        match end {
            End::Closed => break,
            End::Again => {
                pool.workers[index].restarts.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    // Relaxed: for display.
    pool.live.fetch_sub(1, Ordering::Relaxed);
}

/// Nothing can be run: all that is queued fails, and what comes is refused.
fn abandon(pool: &Pool, reason: &str) {
    for task in pool.break_down(reason) {
        let _ = task.task.state.start();
        let fatal = Fatal { message: reason.to_owned(), file: String::new(), line: 0 };
        finish(&task.task, Outcome::Died(fatal));
    }
}

/// One request.
fn serve(php: Php<'_>, me: &Rc<Me>, worker: &Arc<Task>) -> End {
    let pool = &me.pool;
    // Acquire: pairs with the Release in `reload`.
    let generation = pool.generation.load(Ordering::Acquire);
    if let Err(outcome) = set_up(php, me) {
        abandon(pool, &format!("The bootloader of the pool failed: {}", outcome.describe()));
        return End::Closed;
    }
    let limit = pool.settings.max_tasks;
    loop {
        if worker.stop_requested() {
            return End::Closed;
        }
        // Acquire: pairs with the Release in `reload`.
        let stale = pool.generation.load(Ordering::Acquire) != generation;
        if me.active.get() == 0 && (stale || limit > 0 && me.begun.get() >= limit) {
            return End::Again;
        }
        let enough = stale || limit > 0 && me.begun.get() >= limit;
        if me.active.get() < pool.settings.concurrency && !enough {
            let main = scheduler::of(php).main().remote_waker(php);
            match pool.take(|| Arc::clone(&main)) {
                Taken::Task(task) => {
                    if pool.settings.concurrency == 1 {
                        if run_here(php, me, task) == Usable::No {
                            return End::Again;
                        }
                        between_tasks(php);
                    } else {
                        spawn(php, me, task);
                    }
                    continue;
                }
                Taken::Closed if me.active.get() == 0 => return End::Closed,
                Taken::Closed | Taken::Empty => {}
            }
            let waited = wait_for_news(php);
            pool.forget(&main);
            if !waited {
                return if worker.stop_requested() { End::Closed } else { End::Again };
            }
        } else if !wait_for_news(php) {
            return if worker.stop_requested() { End::Closed } else { End::Again };
        }
    }
}

/// Parks once; false when the request cannot go on.
fn wait_for_news(php: Php<'_>) -> bool {
    let woken = Cell::new(false);
    let answer = as_task(php, |php| {
        memory::collect_when_idle(php)?;
        let _external = scheduler::of(php).expect_external();
        // The first look says no, the one after the wake-up says yes.
        scheduler::of(php).wait(php, || woken.replace(true))
    });
    answer.is_ok()
}

/// What has to be there before the first task.
fn set_up(php: Php<'_>, me: &Me) -> Result<(), Outcome> {
    register_streams(php)?;
    let settings = &me.pool.settings;
    if let Some(bootloader) = &settings.bootloader {
        let boot = |php: Php<'_>| {
            let mut roots = restore_all(php, bootloader, 1)?;
            let bootloader = roots.pop().unwrap_or_else(Value::null);
            drop(call(php, &bootloader, &mut Arguments::positional(Vec::new()))?);
            Ok::<_, Raised>(Outcome::Exited(0))
        };
        let task = Task::new();
        match outcome_of(php, &task, || as_task(php, boot)) {
            Outcome::Exited(0) => {}
            failed => return Err(failed),
        }
    }
    install(php, me, &settings.snapshot).map_err(Outcome::Unsendable)
}

/// Makes the code of a task's submitter known here.
fn install(php: Php<'_>, me: &Me, snapshot: &Snapshot) -> Result<(), String> {
    if me.installed.borrow().as_ref().is_some_and(|known| known.is_same(snapshot)) {
        return Ok(());
    }
    snapshot.install(php).map_err(|reason| reason.to_string())?;
    me.installed.replace(Some(snapshot.clone()));
    Ok(())
}

/// Whether the request can go on after a task.
#[derive(PartialEq, Eq)]
enum Usable {
    Yes,
    No,
}

/// Runs `task` in the current coroutine.
fn run_here(php: Php<'_>, me: &Me, task: PoolTask) -> Usable {
    let PoolTask { task, packet, kind, snapshot, submitted } = task;
    if !matches!(task.state.start(), Start::Started) {
        finish(&task, Outcome::Cancelled(None));
        // Relaxed: for display.
        me.pool.completed.fetch_add(1, Ordering::Relaxed);
        return Usable::Yes;
    }
    let begun = Instant::now();
    me.begun.set(me.begun.get() + 1);
    // Relaxed: for display.
    me.pool.running.fetch_add(1, Ordering::Relaxed);
    task.attach(&me.line);
    running::begin(php, &task);
    me.pool.workers[me.index].current.lock().push(Arc::clone(&task));
    let outcome = match install(php, me, &snapshot) {
        Ok(()) => outcome_of(php, &task, || as_task(php, |php| perform(php, &packet, kind))),
        Err(reason) => Outcome::Unsendable(reason),
    };
    running::end(&task);
    me.pool.workers[me.index].current.lock().retain(|other| !Arc::ptr_eq(other, &task));
    task.detach();
    let usable = match outcome {
        Outcome::Died(_) => Usable::No,
        _ => Usable::Yes,
    };
    if usable == Usable::Yes {
        output::flush(php);
    }
    let run = begun.elapsed().as_nanos() as u64;
    let stats = &me.pool.workers[me.index];
    // Relaxed, all: for display.
    stats.tasks.fetch_add(1, Ordering::Relaxed);
    stats.busy_ns.fetch_add(run, Ordering::Relaxed);
    stats.memory.store(memory::usage(php), Ordering::Relaxed);
    stats.peak.fetch_max(memory::peak(php), Ordering::Relaxed);
    if let Some(mut times) = me.pool.times.try_lock() {
        times.note(begun.duration_since(submitted).as_nanos() as u64, run);
    }
    me.pool.running.fetch_sub(1, Ordering::Relaxed);
    settle(&me.pool, &task, outcome);
    usable
}

/// Counts first, so that whoever sees the result sees the count.
fn settle(pool: &Pool, task: &Task, outcome: Outcome) {
    // Release, by way of the outcome's publication.
    pool.completed.fetch_add(1, Ordering::Relaxed);
    finish(task, outcome);
}

fn perform(php: Php<'_>, packet: &Packet, kind: Kind) -> Result<Outcome, Raised> {
    match kind {
        Kind::Call(shape) => {
            let (callable, _, args) = read(php, packet, shape)?;
            call_and_capture(php, callable, args)
        }
        Kind::Chunk(count) => {
            let mut items = restore_all(php, packet, count + 1)?.into_iter();
            let callable = items.next().unwrap_or_else(Value::null);
            let mut results = array::Builder::new(php);
            for item in items {
                results.push(call(php, &callable, &mut Arguments::positional(vec![item]))?);
            }
            let results = results.finish();
            let outcome = Outcome::returned(php, &results)?;
            drop((results, callable));
            if php.has_exception() { Err(Raised::Exception) } else { Ok(outcome) }
        }
    }
}

fn read(php: Php<'_>, packet: &Packet, shape: Shape) -> Result<(Value, Option<Value>, Arguments), Raised> {
    Ok(shape.read(restore_all(php, packet, shape.roots())?))
}

/// Runs `task` in a coroutine of its own.
fn spawn(php: Php<'_>, me: &Rc<Me>, task: PoolTask) {
    me.active.set(me.active.get() + 1);
    let own = Rc::clone(me);
    let body = move |php: Php<'_>| {
        let usable = run_here(php, &own, task);
        own.active.set(own.active.get() - 1);
        let scheduler = scheduler::of(php);
        scheduler.wake(scheduler.main());
        match usable {
            Usable::Yes => Ok(Value::null()),
            Usable::No => Err(Raised::Bailout(crate::zend::Bailout)),
        }
    };
    drop(scheduler::of(php).spawn(Body::Native(Box::new(body)), Location::default()));
}

/// Nothing of one task is left for the next.
fn between_tasks(php: Php<'_>) {
    crate::zend::error::forget_last(php);
}

/// Whether the current thread works for `pool`.
pub(crate) fn is_member(pool: &Arc<Pool>) -> bool {
    SELF.with_borrow(|me| me.as_ref().is_some_and(|me| Arc::ptr_eq(&me.pool, pool)))
}

/// A coroutine of this worker is about to wait for `wanted` of the same pool: runs a queued task meanwhile, that one if it is still queued. With none, `waker`
/// will be called when there is one.
pub(crate) fn help(php: Php<'_>, pool: &Arc<Pool>, wanted: Option<&Arc<Task>>, waker: Arc<dyn Wake>) -> bool {
    let Some(me) = SELF.with_borrow(|me| me.as_ref().filter(|me| Arc::ptr_eq(&me.pool, pool)).cloned()) else {
        return false;
    };
    let task = wanted.and_then(|wanted| pool.take_this(wanted));
    let task = task.or_else(|| match pool.take(|| waker) {
        Taken::Task(task) => Some(task),
        Taken::Empty | Taken::Closed => None,
    });
    match task {
        Some(task) => {
            spawn(php, &me, task);
            true
        }
        None => false,
    }
}
