//! Who waits for whom among actors, so that a circle is an error instead of a hang.
//!
//! An actor handles one message at a time, so it waits for at most one other; an edge is in the table exactly while the handling of a message waits. Threads: any; one
//! mutex for a few look-ups. Invariant: the table has no circle, for whoever would close one is refused.

use super::actor::Actor;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

static EDGES: LazyLock<Mutex<HashMap<u64, Arc<Actor>>>> = LazyLock::new(Mutex::default);

/// While it lives, one actor is known to wait for another.
pub(crate) struct Edge(u64);

impl Drop for Edge {
    fn drop(&mut self) {
        let gone = EDGES.lock().remove(&self.0);
        drop(gone);
    }
}

/// `from` is about to wait for `to`. Refused with the chain of names when that would never end.
pub(crate) fn enter(from: &Arc<Actor>, to: &Arc<Actor>) -> Result<Edge, String> {
    let mut edges = EDGES.lock();
    let mut chain = vec![from.name(), to.name()];
    let mut at = to;
    while at.id != from.id {
        match edges.get(&at.id) {
            Some(next) => {
                chain.push(next.name());
                at = next;
            }
            None => {
                let before = edges.insert(from.id, Arc::clone(to));
                drop(edges);
                drop(before);
                return Ok(Edge(from.id));
            }
        }
    }
    Err(chain.join(" → "))
}
