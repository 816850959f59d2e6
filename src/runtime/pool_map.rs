//! `ThreadPool::map`: many items, few tasks, all workers busy to the end.
//!
//! The calling coroutine keeps a window of chunks in the pool, reads items only to fill it, and takes the results in as they come. How many items make a chunk is
//! chosen from how long items have taken: long enough that a task's own cost does not matter, short enough that all workers finish together.

use super::awaitable::Guard;
use super::outcome::Outcome;
use super::pool::Pool;
use super::pool_call::Work;
use super::pool_worker::{self, Helping};
use super::task::TaskHandle;
use super::{pool_submit, scheduler};
use crate::zend::array::Builder;
use crate::zend::invoke::{self, Arguments};
use crate::zend::iterate::Items;
use crate::zend::{Php, Raised, Value, error};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a chunk should take.
const CHUNK_TIME: Duration = Duration::from_millis(2);

struct Chunk {
    keys: Vec<Value>,
    task: TaskHandle,
}

struct Map<'a> {
    pool: &'a Arc<Pool>,
    items: Items,
    callable: &'a Value,
    /// Asked for, or 0.
    fixed: usize,
    /// Items for the next chunk.
    size: usize,
    window: VecDeque<Chunk>,
    results: Builder,
    done: usize,
}

/// Calls `callable` for all `items`.
pub(crate) fn map(
    php: Php<'_>,
    pool: &Arc<Pool>,
    items: Items,
    callable: &Value,
    chunk: usize,
    progress: Option<&Value>,
) -> Result<Value, Raised> {
    let mut map = Map {
        pool,
        items,
        callable,
        fixed: chunk,
        size: chunk.max(1),
        window: VecDeque::new(),
        results: Builder::new(php),
        done: 0,
    };
    let outcome = map.run(php, progress);
    if outcome.is_err() {
        map.stop(php);
    }
    outcome?;
    Ok(map.results.finish())
}

impl Map<'_> {
    fn run(&mut self, php: Php<'_>, progress: Option<&Value>) -> Result<(), Raised> {
        let depth = self.pool.settings.workers * 2;
        let mut more = true;
        loop {
            while more && self.window.len() < depth {
                more = self.begin_chunk(php)?;
            }
            // In order: results go in under their keys as they were read; a later chunk that is done already waits here.
            if self.window.is_empty() {
                return Ok(());
            }
            self.wait_for_first(php)?;
            let Some(chunk) = self.window.pop_front() else { return Ok(()) };
            self.take_in(php, chunk)?;
            if let Some(progress) = progress {
                let done = Value::integer(self.done as i64);
                drop(invoke::call(php, progress, &mut Arguments::positional(vec![done]))?);
            }
        }
    }

    /// Reads items and queues them; false when there are no more.
    fn begin_chunk(&mut self, php: Php<'_>) -> Result<bool, Raised> {
        let share = self.items.left().map(|left| left.div_ceil(self.pool.settings.workers * 2).max(1));
        let size = if self.fixed > 0 { self.fixed } else { self.size.min(share.unwrap_or(usize::MAX)) };
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        while values.len() < size {
            let Some((key, value)) = self.items.next(php)? else { break };
            keys.push(key);
            values.push(value);
        }
        if values.is_empty() {
            return Ok(false);
        }
        let work = Work::chunk(php, self.callable, &values)?;
        let task = pool_submit::submit(php, self.pool, work)?;
        self.window.push_back(Chunk { keys, task });
        Ok(true)
    }

    /// Waits for the oldest chunk, or for any that failed.
    fn wait_for_first(&mut self, php: Php<'_>) -> Result<(), Raised> {
        let scheduler = scheduler::of(php);
        let me = scheduler.current();
        let open = self.window.iter().filter(|chunk| !chunk.task.outcome.is_complete());
        let _guards: Vec<_> = open.map(|chunk| Guard::remote(php, &chunk.task.outcome, &me)).collect();
        let failed = |chunk: &Chunk| chunk.task.outcome.get().is_some_and(|o| !matches!(o, Outcome::Returned(_)));
        let _helping = Helping::begin(php, self.pool, &me);
        scheduler.wait(php, || {
            let done = self.window[0].task.outcome.is_complete() || self.window.iter().any(failed);
            if !done {
                pool_worker::help(php, self.pool, Some(&self.window[0].task), &me);
            }
            done
        })?;
        if let Some(at) = self.window.iter().position(failed) {
            self.window.swap(0, at);
        }
        Ok(())
    }

    fn take_in(&mut self, php: Php<'_>, chunk: Chunk) -> Result<(), Raised> {
        chunk.task.mark_observed();
        let Some(outcome) = chunk.task.outcome.get() else { return Ok(()) };
        let results = match outcome.settle_as_original(php)? {
            Ok(list) => list,
            Err(exception) => return Err(error::throw_object(php, exception)),
        };
        let count = chunk.keys.len();
        let mut results = match Items::new(php, results)? {
            Some(results) => results,
            None => return Ok(()),
        };
        for key in chunk.keys {
            if let Some((_, value)) = results.next(php)? {
                self.results.set(&key, value);
            }
        }
        self.done += count;
        if self.fixed == 0 {
            // Relaxed: published by the outcome.
            let each = chunk.task.run_ns.load(Ordering::Relaxed) / count as u64;
            let wanted = CHUNK_TIME.as_nanos() as u64 / each.max(1);
            self.size = (wanted as usize).clamp(1, self.size * 2);
        }
        Ok(())
    }

    /// It failed: what is queued is not begun, what runs is stopped.
    fn stop(&mut self, php: Php<'_>) {
        let exception = error::take_exception(php);
        for chunk in self.window.drain(..) {
            chunk.task.mark_observed();
            // Nothing is captured, so nothing can fail.
            let _ = pool_submit::cancel(php, self.pool, &chunk.task, None);
        }
        if let Some(exception) = exception {
            let _: Raised = error::throw_internal(php, exception);
        }
    }
}
