//! `Inheritance`: what a thread has from its creator: code, and the autoloaders.
//!
//! Owner: whoever starts or feeds a worker. Threads: made in the creator, installed in any. Invariants: immutable; as long as nothing has changed in a thread, what it
//! gives to others is one and the same.

use super::autoloaders::{self, UnderWay};
use crate::code::{self, CodeError, Snapshot};
use crate::transfer::Packet;
use crate::zend::error::Class;
use crate::zend::{Php, Raised, error};
use async_threads_core::stock::Stock;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// What this thread gave last.
    static LAST: RefCell<Option<Stock<Inheritance>>> = const { RefCell::new(None) };
}

/// RSHUTDOWN.
pub(crate) fn request_end() {
    drop(LAST.take());
}

/// See the module.
pub(crate) struct Inheritance {
    code: Snapshot,
    autoloaders: Option<Arc<Packet>>,
    under_way: UnderWay,
}

impl Inheritance {
    /// What the current thread has.
    pub(crate) fn take(php: Php<'_>) -> Result<Arc<Inheritance>, Raised> {
        // First, for capturing them may declare classes.
        let autoloaders = autoloaders::current(php)?;
        let under_way = autoloaders::under_way(php);
        let known = LAST.with_borrow_mut(|last| {
            let known = last.as_mut().filter(|known| known.has_autoloaders(autoloaders.as_ref(), &under_way))?;
            // What it refuses is thrown below.
            matches!(code::is_current(php, &known.code), Ok(true)).then(|| known.get())
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let given = Arc::new(Inheritance { code: take_code(php)?, autoloaders, under_way });
        drop(LAST.replace(Some(Stock::new(Arc::clone(&given)))));
        Ok(given)
    }

    /// Whether both bring the same names and autoloaders.
    pub(super) fn is_same(&self, other: &Inheritance) -> bool {
        std::ptr::eq(self, other)
            || self.has_autoloaders(other.autoloaders.as_ref(), &other.under_way) && self.code.is_same(&other.code)
    }

    fn has_autoloaders(&self, autoloaders: Option<&Arc<Packet>>, under_way: &UnderWay) -> bool {
        self.autoloaders.as_ref().map(Arc::as_ptr) == autoloaders.map(Arc::as_ptr) && self.under_way == *under_way
    }

    /// Gives it to this thread's request.
    pub(super) fn install(&self, php: Php<'_>) -> Result<(), CodeError> {
        self.code.install(php)?;
        autoloaders::inherit(php, self.autoloaders.as_ref(), self.under_way.clone()).map_err(CodeError::Fatal)
    }
}

/// The code the current thread has.
pub(super) fn take_code(php: Php<'_>) -> Result<Snapshot, Raised> {
    code::snapshot(php).map_err(|reason| error::throw(php, Class::ThreadTransferException, &reason.to_string()))
}
