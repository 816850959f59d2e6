//! `Inheritance`: what a thread has from its creator: code, and the autoloaders.
//!
//! Owner: whoever starts or feeds a worker. Threads: made in the creator, installed in any. Invariants: immutable.

use super::autoloaders::{self, UnderWay};
use crate::code::{self, CodeError, Snapshot};
use crate::transfer::Packet;
use crate::zend::error::Class;
use crate::zend::{Php, Raised, error};
use std::sync::Arc;

/// See the module.
#[derive(Clone)]
pub(crate) struct Inheritance {
    code: Snapshot,
    autoloaders: Option<Arc<Packet>>,
    under_way: UnderWay,
}

impl Inheritance {
    /// What the current thread has.
    pub(crate) fn take(php: Php<'_>) -> Result<Inheritance, Raised> {
        // First, for capturing them may declare classes.
        let autoloaders = autoloaders::current(php)?;
        Ok(Inheritance { code: take_code(php)?, autoloaders, under_way: autoloaders::under_way(php) })
    }

    /// Whether both bring the same names and autoloaders.
    pub(super) fn is_same(&self, other: &Inheritance) -> bool {
        let autoloaders = match (&self.autoloaders, &other.autoloaders) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        autoloaders && self.under_way == other.under_way && self.code.is_same(&other.code)
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
