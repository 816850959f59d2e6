//! L4: threads, what runs in them, who owns them, and waiting.

pub(crate) mod actor;
pub(crate) mod actor_ask;
mod actor_waits;
pub(crate) mod actor_worker;
pub(crate) mod awaitable;
pub(crate) mod cache;
pub(crate) mod context;
pub(crate) mod coroutine;
pub(crate) mod drain;
pub(crate) mod future;
pub(crate) mod guards;
pub(crate) mod job;
pub(crate) mod outcome;
pub(crate) mod owner;
pub(crate) mod pool;
pub(crate) mod pool_map;
pub(crate) mod pool_submit;
pub(crate) mod pool_worker;
mod reactor;
pub(crate) mod running;
pub(crate) mod scheduler;
pub(crate) mod stopper;
mod table;
pub(crate) mod task;
pub(crate) mod timer;
pub(crate) mod wait;
pub(crate) mod worker;
