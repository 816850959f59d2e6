//! L5: the PHP classes and functions, one file each. They parse arguments and translate errors; no unsafe.
//!
//! Every function here is called from the door that `stubs/generate.rs` makes for it: class `RemoteException` is module `remote_exception`,
//! method `getId` is `get_id`, `__construct` is `construct`, functions are in `functions`.

pub(crate) mod actor;
pub(crate) mod awaitable;
pub(crate) mod coroutine;
pub(crate) mod functions;
pub(crate) mod future;
pub(crate) mod future_state;
pub(crate) mod mailbox;
pub(crate) mod remote_exception;
pub(crate) mod supervised;
pub(crate) mod thread;
pub(crate) mod thread_exit_exception;
pub(crate) mod thread_pool;
pub(crate) mod timeout;

/// MINIT: connects classes with their payloads.
pub(crate) fn register() {
    actor::register();
    coroutine::register();
    future::register();
    future_state::register();
    thread::register();
    thread_pool::register();
    timeout::register();
}
