//! `Async\ThreadPool`

use super::future::FutureHandle;
use super::thread::report_forgotten;
use crate::runtime::awaitable::{Awaitable, wait_for};
use crate::runtime::future::{Cell, Source};
use crate::runtime::inheritance::Inheritance;
use crate::runtime::job::{self, Work};
use crate::runtime::pool::{Pool, PoolHandle, Settings};
use crate::runtime::task::Task;
use crate::runtime::{owner, pool_call, pool_map, pool_stats, pool_submit, pool_worker};
use crate::transfer::Packet;
use crate::zend::array::Builder;
use crate::zend::attach::Inherited;
use crate::zend::error::{self, Class, throw, throw_argument};
use crate::zend::object::{self, Payload};
use crate::zend::{Answer, Call, Php, Raised, Value};
use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

static CLASS: object::Class = object::Class::new();

/// A handle to a pool.
#[derive(Default)]
pub(crate) struct ThreadPool {
    pool: OnceCell<Arc<PoolHandle>>,
}

impl Payload for ThreadPool {
    fn class() -> &'static object::Class {
        &CLASS
    }

    fn share(&self, _: Php<'_>) -> Option<Arc<dyn Any + Send + Sync>> {
        self.pool.get().map(|pool| Arc::clone(pool) as _)
    }

    fn adopt(shared: Arc<dyn Any + Send + Sync>) -> Option<ThreadPool> {
        let pool = ThreadPool::default();
        let _ = pool.pool.set(shared.downcast().ok()?);
        Some(pool)
    }
}

fn this(call: &Call<'_>) -> Result<Arc<Pool>, Raised> {
    let pool = call.this::<ThreadPool>().pool.get().map(|handle| Arc::clone(&handle.0));
    pool.ok_or_else(|| throw(call.php, Class::Error, "The ThreadPool has not been constructed"))
}

/// The next argument, a number that is not negative; 0 when it was left out.
fn number(call: &mut Call<'_>, number: u32) -> Result<u64, Raised> {
    if call.given() < number {
        return Ok(0);
    }
    let value = call.int()?;
    u64::try_from(value).map_err(|_| throw_argument(call.php, Class::ValueError, number, "must be greater than or equal to 0"))
}

/// `__construct(…)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(6))?;
    let php = call.php;
    let workers = number(call, 1)?;
    let queue_size = number(call, 2)?;
    let bootloader = call.optional_closure()?;
    let coroutine = call.bool_or(false);
    let concurrency = number(call, 5)?;
    let max_tasks = number(call, 6)?;
    if call.this::<ThreadPool>().pool.get().is_some() {
        return Err(throw(php, Class::Error, "The ThreadPool has been constructed already"));
    }
    if workers > 1024 {
        return Err(throw_argument(php, Class::ValueError, 1, "must be less than or equal to 1024"));
    }
    job::check_start(php)?;
    let workers = match workers {
        0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
        n => n as usize,
    };
    let bootloader = bootloader.map(|bootloader| job::capture_bootloader(php, &bootloader)).transpose()?;
    if bootloader.as_ref().is_some_and(Packet::is_for_one) {
        let text =
            "Cannot transfer the bootloader: every worker runs it, and it holds a FutureState, which one thread alone may get";
        return Err(throw(php, Class::ThreadTransferException, text));
    }
    let settings = Settings {
        workers,
        queue_size: if queue_size == 0 { workers * 4 } else { usize::try_from(queue_size).unwrap_or(usize::MAX) },
        concurrency: match (coroutine, concurrency) {
            (false, _) => 1,
            (true, 0) => 64,
            (true, n) => usize::try_from(n).unwrap_or(usize::MAX).max(2),
        },
        max_tasks,
        bootloader,
        inheritance: Inheritance::take(php)?,
        owner: owner::current(),
        inherited: Inherited::here(php),
    };
    let pool = Arc::new(Pool::new(settings));
    let owner = &pool.settings.owner;
    owner.adopt_pool(&pool);
    pool_worker::register(&pool);
    // From here on the handle closes the pool when something fails.
    let handle = Arc::new(PoolHandle(Arc::clone(&pool)));
    for index in 0..workers {
        if let Err(raised) = job::launch(php, owner, &Task::new(), Work::Pool(Arc::clone(&pool), index)) {
            (index..workers).for_each(|_| pool.leave());
            return Err(raised);
        }
    }
    let _ = call.this::<ThreadPool>().pool.set(handle);
    Ok(())
}

/// Queues what `call` asks for.
fn submit_call(call: &mut Call<'_>) -> Result<FutureHandle, Raised> {
    call.expect_args(1, None)?;
    let php = call.php;
    let pool = this(call)?;
    let callable = call.callable()?;
    let named = call.named();
    report_forgotten(php, false);
    let work = pool_call::Work::call(php, &callable, call.rest(), named.as_ref())?;
    let task = pool_submit::submit(php, &pool, work)?;
    Ok(FutureHandle::of(Rc::new(Cell::of_task(task, Source::Pool(pool)))))
}

/// `enqueue(callable $task, mixed ...$args)`
pub(crate) fn enqueue(call: &mut Call<'_>) -> Answer {
    let future = submit_call(call)?;
    let value = match wait_for(call.php, &future, None) {
        Ok(value) => value,
        Err(raised) => {
            // Whoever waited is being cancelled, and nobody else knows of the task.
            if !future.is_complete()
                && let Raised::Exception = raised
                && let Some(exception) = error::take_exception(call.php)
            {
                future.cancel(call.php, None)?;
                return Err(error::throw_internal(call.php, exception));
            }
            return Err(raised);
        }
    };
    call.give(value);
    Ok(())
}

/// `submit(callable $task, mixed ...$args)`
pub(crate) fn submit(call: &mut Call<'_>) -> Answer {
    let future = submit_call(call)?;
    let future = object::instantiate(call.php, future);
    call.give(future);
    Ok(())
}

/// `map(iterable $items, callable $task, int $chunk = 0, ?Closure $progress = null)`
pub(crate) fn map(call: &mut Call<'_>) -> Answer {
    call.expect_args(2, Some(4))?;
    let pool = this(call)?;
    let items = call.iterator()?;
    let callable = call.callable()?;
    let chunk = number(call, 3)?;
    let progress = call.optional_closure()?;
    let result = pool_map::map(call.php, &pool, items, &callable, chunk as usize, progress.as_ref())?;
    call.give(result);
    Ok(())
}

/// `close()`
pub(crate) fn close(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    this(call)?.close();
    Ok(())
}

/// `cancel()`
pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let pool = this(call)?;
    pool.cancel_queued();
    pool.running_tasks().iter().try_for_each(|task| pool_submit::cancel(call.php, &pool, task, None))
}

/// `reload()`
pub(crate) fn reload(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    this(call)?.reload();
    Ok(())
}

/// `isClosed()`
pub(crate) fn is_closed(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let answer = this(call)?.is_closed();
    call.give_bool(answer);
    Ok(())
}

fn give_number(call: &mut Call<'_>, number: impl FnOnce(&Pool) -> u64) -> Answer {
    call.expect_args(0, Some(0))?;
    let number = number(&*this(call)?);
    call.give_int(number as i64);
    Ok(())
}

/// `getPendingCount()`
pub(crate) fn get_pending_count(call: &mut Call<'_>) -> Answer {
    give_number(call, |pool| pool.pending() as u64)
}

/// `getRunningCount()`
pub(crate) fn get_running_count(call: &mut Call<'_>) -> Answer {
    // Relaxed: for display.
    give_number(call, |pool| pool.running.load(Ordering::Relaxed) as u64)
}

/// `getCompletedCount()`
pub(crate) fn get_completed_count(call: &mut Call<'_>) -> Answer {
    // Relaxed: for display.
    give_number(call, |pool| pool.completed.load(Ordering::Relaxed))
}

/// `getWorkerCount()`
pub(crate) fn get_worker_count(call: &mut Call<'_>) -> Answer {
    // Relaxed: for display.
    give_number(call, |pool| pool.live.load(Ordering::Relaxed) as u64)
}

/// `count()`
pub(crate) fn count(call: &mut Call<'_>) -> Answer {
    // Relaxed: for display.
    give_number(call, |pool| (pool.pending() + pool.running.load(Ordering::Relaxed)) as u64)
}

/// `stats()`
pub(crate) fn stats(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let php = call.php;
    let pool = this(call)?;
    let seconds = |ns: u64| Value::float(ns as f64 / 1e9);
    let mut workers = Builder::new(php);
    for worker in &pool.workers {
        let mut row = Builder::new(php);
        // Relaxed, all: for display.
        row.set_str("tasks", Value::integer(worker.tasks.load(Ordering::Relaxed) as i64));
        row.set_str("busy", seconds(worker.busy_ns.load(Ordering::Relaxed)));
        row.set_str("memory", Value::integer(worker.memory.load(Ordering::Relaxed) as i64));
        row.set_str("peak", Value::integer(worker.peak.load(Ordering::Relaxed) as i64));
        // Acquire: pairs with the Release in `serve`.
        row.set_str("restarts", Value::integer(i64::from(worker.restarts.load(Ordering::Acquire))));
        workers.push(row.finish());
    }
    let mut times = Vec::new();
    pool.workers.iter().for_each(|worker| worker.times.lock().collect(&mut times));
    let (wait, run): (Vec<u64>, Vec<u64>) = times.into_iter().unzip();
    let percentiles = |values: Vec<u64>| {
        let mut row = Builder::new(php);
        for (name, value) in ["p50", "p90", "p99"].into_iter().zip(pool_stats::percentiles(values, [50, 90, 99])) {
            row.set_str(name, seconds(value));
        }
        row.finish()
    };
    let mut stats = Builder::new(php);
    stats.set_str("workers", workers.finish());
    stats.set_str("wait", percentiles(wait));
    stats.set_str("run", percentiles(run));
    call.give(stats.finish());
    Ok(())
}

/// MINIT
pub(crate) fn register() {
    object::register::<ThreadPool>(Class::ThreadPool.entry());
}
