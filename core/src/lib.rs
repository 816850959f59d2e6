//! Layer 0 of `async_threads`: concurrency that knows no PHP.
//!
//! * Purpose: the parts whose correctness depends on the interleaving of
//!   threads, kept apart from the Zend engine so that loom, proptest and
//!   stress tests can run them as ordinary Rust.
//! * Owner: whoever makes a value; of globals there are only a cached CPU count
//!   and, where a module says so, a pool of memory.
//! * Threads: every module states for itself which thread may call what, and
//!   where the compiler can enforce it the types are `!Sync`.
//! * Invariants: nothing here blocks except [`parker::Parker`] (and
//!   [`completion::Completion::wait`], which parks); no callback is ever run
//!   under a lock.
//!
//! Loom models are in `tests/loom_*.rs`:
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test -p async_threads_core --release --test 'loom*'
//! ```

pub mod completion;
pub mod doze;
pub mod identity;
pub mod inbox;
pub mod loan;
pub mod pages;
pub mod parker;
pub mod patience;
pub mod state;
pub mod stock;
mod sync;
pub mod tape;
pub mod tempo;
pub mod timers;

pub use sync::spinning_helps;
