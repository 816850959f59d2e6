//! A worker of a pool: takes tasks from the queue and runs them, in one PHP request after another.
//!
//! A request ends when a task has made it unusable (a fatal error), after `maxTasks` tasks or some thousand different closures, after `reload()`, and when the
//! pool is closed. In each new one the bootloader runs and the creator's code is installed before the first task.
//!
//! A task runs in the worker's main coroutine, or with `coroutine: true` in one of its own. A task that waits for another of the same pool lets its worker
//! help meanwhile: it runs that one, or another one of the same family (those that one task from outside has led to, by way of actors too), so that a pool never
//! waits for itself. They share a PHP request: a fatal error in one takes the ones below it along, hence the restriction to the family.
//!
//! Code that has not stopped `stopper::GIVE_UP` after it was told to (one long call of a C function) is given up: its future is settled, another thread takes the
//! worker's place, and the old one leaves once its call returns.

use super::coroutine::{Body, Coroutine, Location};
use super::inheritance::Inheritance;
use super::job::{Job, Work};
use super::outcome::Outcome;
use super::pool::{Pool, PoolTask, Taken, Taker};
use super::pool_call::Kept;
use super::pool_stats::WorkerStats;
use super::task::Task;
use super::worker::{begin_request, end_request, outcome_of, register_streams, with_output};
use super::{cache, running, scheduler, worker};
use crate::code;
use crate::transfer::Packet;
use crate::zend::attach::{Attachment, Inherited};
use crate::zend::fiber::Place;
use crate::zend::interrupt::Interrupt;
use crate::zend::invoke::{self, Fatal, TaskEnd, as_task};
use crate::zend::{Answer, Php, Raised, Value, error, memory, output};
use async_threads_core::parker::Wake;
use async_threads_core::state::Start;
use async_threads_core::tempo::{NAP, Tempo};
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak as LocalWeak};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Instant;

/// Tasks begun at once in one worker, most of which wait for others; more is a mistake, and would end in a less pleasant place.
const MAX_NESTED: usize = 20_000;
/// Snapshots of submitters a worker remembers to have installed.
const KNOWN_SNAPSHOTS: usize = 16;

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
    incarnation: u32,
    worker: Arc<Task>,
    line: Arc<Interrupt>,
    /// Wakes the main coroutine.
    main: Arc<dyn Wake>,
    /// The code installed lately.
    installed: RefCell<Vec<Arc<Inheritance>>>,
    /// Tasks in coroutines of this thread.
    active: Cell<usize>,
    /// Those of them that have not begun.
    unstarted: Cell<usize>,
    /// Tasks begun in this request.
    begun: Cell<u64>,
    /// How tasks went lately.
    tempo: Cell<Tempo>,
    /// Waiting coroutines that want to look again once those have begun.
    askers: RefCell<Vec<LocalWeak<Coroutine>>>,
    /// A task has died in this request.
    dead: Cell<bool>,
    kept: Kept,
}

impl Me {
    fn stats(&self) -> &WorkerStats {
        &self.pool.workers[self.index]
    }

    /// Whether another thread has taken this one's place.
    fn is_replaced(&self) -> bool {
        // Relaxed: a look will come that sees it; nothing else depends on it.
        self.stats().incarnation.load(Ordering::Relaxed) != self.incarnation
    }
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
    let stats = &pool.workers[index];
    // Relaxed: a replacement is started after the number has grown.
    let incarnation = stats.incarnation.load(Ordering::Relaxed);
    let mut anew = false;
    loop {
        let Some(mut request) = begin_request(attachment, inherited, line) else {
            pool.break_down("PHP could not start a request in a worker");
            break;
        };
        let main = scheduler::of(request.php()).main().remote_waker(request.php());
        let me = Rc::new(Me {
            pool: Arc::clone(pool),
            index,
            incarnation,
            worker: Arc::clone(worker),
            line: Arc::clone(line),
            main,
            installed: RefCell::default(),
            active: Cell::new(0),
            unstarted: Cell::new(0),
            begun: Cell::new(0),
            tempo: Cell::default(),
            askers: RefCell::default(),
            dead: Cell::new(false),
            kept: Kept::default(),
        });
        SELF.set(Some(Rc::clone(&me)));
        running::begin_worker(request.php(), worker);
        output::set_quiet_fatals(request.php(), true);
        let end = serve(request.php(), &me, worker, anew);
        output::set_quiet_fatals(request.php(), false);
        me.kept.clear(me.dead.get());
        running::ending(worker);
        request.finish_user_code();
        SELF.set(None);
        let replaced = me.is_replaced();
        drop(me);
        end_request(request, line);
        running::end(worker);
        // Those that ran beside a task that died went down with it.
        for task in running::take_all() {
            task.detach();
            stats.current.lock().retain(|other| !Arc::ptr_eq(other, &task));
            let outcome = if worker.stop_requested() || task.stop_requested() { Outcome::Cancelled(None) } else { collateral() };
            // Relaxed: for display.
            stats.tasks.fetch_add(1, Ordering::Relaxed);
            pool.settle(&task, outcome);
        }
        if replaced {
            // Relaxed: a bound, not an account.
            pool.replaced.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        match end {
            End::Closed => break,
            End::Again => anew = true,
        }
    }
    pool.end_renewal(index);
    pool.leave();
}

/// How a task ended whose worker died.
fn collateral() -> Outcome {
    let message = "The worker died of a fatal error in another task that it was running in the meantime".to_owned();
    Outcome::Died(Fatal { message, file: String::new(), line: 0 })
}

/// One request; `anew` when the thread has had one before.
fn serve(php: Php<'_>, me: &Rc<Me>, worker: &Arc<Task>, anew: bool) -> End {
    let pool = &me.pool;
    // Acquire: pairs with the Release in `reload`.
    let generation = pool.generation.load(Ordering::Acquire);
    if let Err(outcome) = set_up(php, me) {
        if !worker.stop_requested() && !pool.is_cancelled() {
            pool.break_down(&format!("The bootloader of the pool failed: {}", outcome.describe()));
        }
        return End::Closed;
    }
    if anew {
        // Only now: who has seen the number grow may rely on the next `reload()` concerning this request too. Release: `generation`
        // was read before; pairs with the Acquire in `stats()`.
        me.stats().restarts.fetch_add(1, Ordering::Release);
    }
    pool.end_renewal(me.index);
    let limit = pool.settings.max_tasks;
    loop {
        if worker.stop_requested() || me.is_replaced() {
            return End::Closed;
        }
        let renew = limit > 0 && me.begun.get() >= limit
            || code::held(php) > MOST_CODE
            || pool.is_stale(generation) && pool.claim_renewal(me.index);
        if renew && me.active.get() == 0 {
            return if pool.is_drained() { End::Closed } else { End::Again };
        }
        let ended = if !renew && me.active.get() < pool.settings.concurrency {
            let coroutines = scheduler::of(php);
            let busy = me.active.get() > 0 || coroutines.live_count() > 0;
            let taker = Taker { waker: &me.main, busy, generation, tempo: me.tempo.get(), napped: false };
            let mut taken = pool.take(taker, || coroutines.has_news());
            if let Taken::Nap = taken {
                coroutines.nap(Instant::now() + NAP);
                taken = pool.take(Taker { napped: true, ..taker }, || coroutines.has_news());
            }
            match taken {
                Taken::Task(task) if pool.settings.concurrency == 1 => {
                    if run_here(php, me, task) == Usable::No {
                        return End::Again;
                    }
                    continue;
                }
                Taken::Task(task) => {
                    spawn(php, me, task);
                    continue;
                }
                Taken::Closed if me.active.get() == 0 => return End::Closed,
                Taken::Closed => wait_for_news(php),
                Taken::Stale => continue,
                Taken::Empty | Taken::Nap => {
                    // It has looked long enough by itself.
                    let news = coroutines.without_looking(!busy, || wait_for_news(php));
                    pool.forget(&me.main);
                    news
                }
            }
        } else {
            wait_for_news(php)
        };
        match ended {
            // An exception here belongs to nobody: a wish to stop a task that had ended when it arrived.
            Ok(()) | Err(TaskEnd::Threw(_)) => {}
            Err(end) => {
                me.dead.set(me.dead.get() || matches!(end, TaskEnd::Died(_)));
                return if worker.stop_requested() { End::Closed } else { End::Again };
            }
        }
    }
}

/// Parks once.
pub(super) fn wait_for_news(php: Php<'_>) -> Result<(), TaskEnd> {
    let woken = Cell::new(false);
    as_task(php, |php| {
        memory::collect_when_idle(php)?;
        destructors_threw(php)?;
        let _external = scheduler::of(php).expect_external();
        // The first look says no, the one after the wake-up says yes.
        scheduler::of(php).wait(php, || woken.replace(true))
    })
}

/// What destructors throw that the collector has run belongs to no task: it is reported.
fn destructors_threw(php: Php<'_>) -> Answer {
    if error::is_unwinding(php) {
        return Err(Raised::Exception);
    }
    if let Some(exception) = error::take_exception(php) {
        error::report_uncaught_at(php, exception, None)?;
    }
    // What an error handler has thrown while it was told.
    drop(error::take_exception(php));
    Ok(())
}

/// A request holds the code of all closures it has run, which may be in use anywhere in it. With more than these it ends, and the next begins with none.
const MOST_CODE: usize = 4096;

/// What has to be there before the first task.
fn set_up(php: Php<'_>, me: &Rc<Me>) -> Result<(), Outcome> {
    register_streams(php)?;
    let settings = &me.pool.settings;
    // First the bootloader: the names it declares win.
    if let Some(bootloader) = &settings.bootloader {
        boot(php, me, bootloader)?;
    }
    install(php, me, &settings.inheritance)
}

/// Runs the bootloader; `cancel()` of the pool stops it as it stops tasks.
fn boot(php: Php<'_>, me: &Rc<Me>, bootloader: &Packet) -> Result<(), Outcome> {
    let task = Task::new();
    let _ = task.state.start();
    begin(php, me, &task);
    let body = |php: Php<'_>| {
        worker::boot(php, bootloader)?;
        Ok::<_, Raised>(Outcome::Cancelled(None))
    };
    let booted = Cell::new(false);
    let outcome = outcome_of(php, &task, || {
        if me.pool.is_cancelled() {
            return Ok(Outcome::Cancelled(None));
        }
        let ended = with_output(php, body);
        booted.set(ended.is_ok());
        ended
    });
    end(me, &task);
    between_tasks(php);
    if booted.get() { Ok(()) } else { Err(outcome) }
}

/// Makes the code of a task's submitter known here.
fn install(php: Php<'_>, me: &Me, inheritance: &Arc<Inheritance>) -> Result<(), Outcome> {
    if me.installed.borrow().iter().any(|known| known.is_same(inheritance)) {
        return Ok(());
    }
    worker::install(php, inheritance)?;
    let mut known = me.installed.borrow_mut();
    if known.len() == KNOWN_SNAPSHOTS {
        known.remove(0);
    }
    known.push(Arc::clone(inheritance));
    Ok(())
}

/// Whether the request can go on after a task.
#[derive(PartialEq, Eq)]
enum Usable {
    Yes,
    No,
}

/// From here on `task` can be stopped.
fn begin(php: Php<'_>, me: &Me, task: &Arc<Task>) {
    task.attach(&me.line);
    running::begin(php, task);
    me.stats().current.lock().push(Arc::clone(task));
}

/// From here on nothing that is meant for `task` reaches this thread.
fn end(me: &Me, task: &Arc<Task>) {
    running::end(task);
    me.stats().current.lock().retain(|other| !Arc::ptr_eq(other, task));
    task.detach();
    if task.stop_requested() {
        // A signal that was sent before `detach` arrives at the latest when a system call returns: now, and not in a sleep of the next task.
        std::thread::yield_now();
    }
}

/// Runs `task` in the current coroutine.
fn run_here(php: Php<'_>, me: &Me, task: PoolTask) -> Usable {
    let PoolTask { task, mut work, inheritance, submitted } = task;
    if !matches!(task.state.start(), Start::Started) {
        // Who cancelled it has settled it.
        return Usable::Yes;
    }
    let begun = Instant::now();
    me.begun.set(me.begun.get() + 1);
    // Relaxed: for display.
    me.pool.running.fetch_add(1, Ordering::Relaxed);
    begin(php, me, &task);
    let mut outcome = match install(php, me, &inheritance) {
        // Those that `cancel()` found in `begin` it has told itself.
        _ if me.pool.is_cancelled() => Outcome::Cancelled(None),
        Ok(()) => outcome_of(php, &task, || with_output(php, |php| work.perform(php, &me.kept))),
        Err(outcome) => outcome,
    };
    end(me, &task);
    let usable = match outcome {
        Outcome::Died(_) => Usable::No,
        _ => Usable::Yes,
    };
    match outcome {
        Outcome::Died(_) if me.dead.replace(true) => {
            outcome = if task.stop_requested() { Outcome::Cancelled(None) } else { collateral() };
        }
        Outcome::Died(_) => {}
        // The unwinding was meant for the worker.
        Outcome::Exited(_) if me.worker.stop_requested() => outcome = Outcome::Cancelled(None),
        _ => between_tasks(php),
    }
    note(php, me, &task, begun, submitted);
    me.pool.settle(&task, outcome);
    // Another task's fatal error may have been met where code goes on after a bailout.
    if php.has_bailed_out() { Usable::No } else { usable }
}

fn note(php: Php<'_>, me: &Me, task: &Task, begun: Instant, submitted: Instant) {
    let ended = Instant::now();
    let took = ended.saturating_duration_since(begun);
    let mut tempo = me.tempo.get();
    tempo.ran(took, ended);
    me.tempo.set(tempo);
    let run = took.as_nanos() as u64;
    let stats = me.stats();
    // Relaxed, all: for display, or published by the task's outcome.
    task.run_ns.store(run, Ordering::Relaxed);
    stats.tasks.fetch_add(1, Ordering::Relaxed);
    stats.busy_ns.fetch_add(run, Ordering::Relaxed);
    stats.memory.store(memory::usage(php), Ordering::Relaxed);
    stats.peak.fetch_max(memory::peak(php), Ordering::Relaxed);
    stats.times.lock().note(begun.duration_since(submitted).as_nanos() as u64, run);
}

/// A task on its way into a coroutine; if that never starts, the task goes back.
struct Seat {
    me: Rc<Me>,
    task: Option<PoolTask>,
}

impl Seat {
    fn begin(&mut self, php: Php<'_>) -> Option<PoolTask> {
        let task = self.task.take()?;
        self.me.unstarted.set(self.me.unstarted.get() - 1);
        let scheduler = scheduler::of(php);
        for asker in self.me.askers.take() {
            if let Some(asker) = asker.upgrade() {
                scheduler.wake(&asker);
            }
        }
        Some(task)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let me = &self.me;
        me.active.set(me.active.get() - 1);
        if let Some(task) = self.task.take() {
            me.unstarted.set(me.unstarted.get() - 1);
            me.pool.put_back(task);
        }
        me.main.wake();
    }
}

/// Runs `task` in a coroutine of its own.
fn spawn(php: Php<'_>, me: &Rc<Me>, task: PoolTask) {
    me.active.set(me.active.get() + 1);
    me.unstarted.set(me.unstarted.get() + 1);
    let mut seat = Seat { me: Rc::clone(me), task: Some(task) };
    let body = move |php: Php<'_>| {
        let usable = match seat.begin(php) {
            Some(task) => run_here(php, &seat.me, task),
            None => Usable::Yes,
        };
        drop(seat);
        match usable {
            Usable::Yes => Ok(Value::null()),
            Usable::No => Err(Raised::Bailout(crate::zend::Bailout)),
        }
    };
    drop(scheduler::of(php).spawn(Body::Native(Box::new(body)), Location::default()));
}

/// Nothing of one task is left for the next: the last error and exit status are forgotten, and so is what was to be thrown into a task that had its result
/// already. A time limit counts for each task anew.
fn between_tasks(php: Php<'_>) {
    // Limits are the thread's: not while it is in the middle of other tasks.
    if running::count() <= 1 {
        invoke::reset(php);
    }
    let me = scheduler::of(php).current();
    me.shield.set(0);
    drop(me.take_pending());
}

fn member(pool: &Arc<Pool>) -> Option<Rc<Me>> {
    SELF.with_borrow(|me| me.as_ref().filter(|me| Arc::ptr_eq(&me.pool, pool)).cloned())
}

/// Whether the current thread works for `pool`.
pub(crate) fn is_member(pool: &Arc<Pool>) -> bool {
    SELF.with_borrow(|me| me.as_ref().is_some_and(|me| Arc::ptr_eq(&me.pool, pool)))
}

/// Whether this worker has taken on as much as it can.
pub(crate) fn is_overloaded(pool: &Arc<Pool>) -> bool {
    member(pool).is_some_and(|me| me.active.get() >= MAX_NESTED)
}

/// The pool that the current thread works for.
pub(super) fn own_pool() -> Option<Arc<Pool>> {
    SELF.with_borrow(|me| me.as_ref().map(|me| Arc::clone(&me.pool)))
}

/// The family of the task, or the message, that the current coroutine runs, for what it submits or sends; 0 outside of any.
pub(crate) fn family(php: Php<'_>) -> u64 {
    if SELF.with_borrow(Option::is_none) { running::message_family(php) } else { running::family(php) }
}

/// While this lives, a wait of this coroutine may be interrupted to help.
pub(crate) struct Helping {
    pool: Arc<Pool>,
    waker: Arc<dyn Wake>,
}

impl Helping {
    /// For a wait of `me`; None when this thread does not work for `pool`.
    pub(crate) fn begin(php: Php<'_>, pool: &Arc<Pool>, me: &Rc<Coroutine>) -> Option<Helping> {
        is_member(pool).then(|| Helping { pool: Arc::clone(pool), waker: me.remote_waker(php) })
    }
}

impl Drop for Helping {
    fn drop(&mut self) {
        self.pool.forget(&self.waker);
    }
}

/// `asker`, a coroutine of this worker in a wait with a `Helping`, is about to park: another coroutine runs a queued task meanwhile, `wanted` if it is still queued.
/// False when there is none; `asker` will be woken when there is one.
pub(crate) fn help(php: Php<'_>, pool: &Arc<Pool>, wanted: Option<&Arc<Task>>, asker: &Rc<Coroutine>) -> bool {
    let Some(me) = member(pool) else { return false };
    if !Place::can_switch(php) || me.active.get() >= MAX_NESTED {
        return false;
    }
    let taken = me.unstarted.get() == 0;
    if taken {
        match pool.take_kin(wanted, running::family(php), &asker.remote_waker(php)) {
            Some(task) => spawn(php, &me, task),
            None => return false,
        }
    }
    // It begins once `asker` parks; should it park too, `asker` may take another.
    me.askers.borrow_mut().push(Rc::downgrade(asker));
    true
}

/// All pools, for the stopper to find the worker of a task. Entries of dropped ones go when others come.
static POOLS: Mutex<Vec<Weak<Pool>>> = Mutex::new(Vec::new());

/// A pool begins.
pub(crate) fn register(pool: &Arc<Pool>) {
    let mut pools = POOLS.lock();
    pools.retain(|other| other.strong_count() > 0);
    pools.push(Arc::downgrade(pool));
}

/// `task` cannot be stopped: settles it, and gives its worker's place to another thread. No more threads are replaced at a time than a pool has workers.
pub(super) fn give_up(task: &Arc<Task>) {
    let pools: Vec<Arc<Pool>> = POOLS.lock().iter().filter_map(Weak::upgrade).collect();
    for pool in pools {
        let runs = |stats: &WorkerStats| stats.current.lock().iter().any(|other| Arc::ptr_eq(other, task));
        let Some(index) = pool.workers.iter().position(runs) else { continue };
        pool.settle(task, Outcome::Cancelled(None));
        // Relaxed: the stopper is one thread.
        if pool.replaced.load(Ordering::Relaxed) < pool.settings.workers {
            pool.replaced.fetch_add(1, Ordering::Relaxed);
            replace(&pool, index);
        }
        return;
    }
}

fn replace(pool: &Arc<Pool>, index: usize) {
    let (owner, task) = (&pool.settings.owner, Task::new());
    owner.adopt(&task);
    // Relaxed: see `run`; the new thread is started after this.
    pool.workers[index].incarnation.fetch_add(1, Ordering::Relaxed);
    pool.workers[index].restarts.fetch_add(1, Ordering::Relaxed);
    let work = Work::Pool(Arc::clone(pool), index);
    let job = Job { task, owner: Arc::clone(owner), inherited: pool.settings.inherited, work };
    if let Err(job) = cache::run(Box::new(job)) {
        owner.release(&job.task);
        pool.leave();
    }
}
