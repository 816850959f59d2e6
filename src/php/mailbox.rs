//! `Async\Mailbox`, an attribute: read from the class, never made by PHP code in earnest.

use crate::zend::{Answer, Call};

/// `__construct(int $capacity)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    call.int().map(drop)
}
