//! `Async\Supervised`, an attribute: read from the class, never made by PHP code in earnest.

use crate::zend::{Answer, Call};

/// `__construct(int $restarts = 3, int $within = 60)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(2))
}
