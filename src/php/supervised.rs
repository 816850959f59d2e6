//! `Async\Supervised`, an attribute. Actors read it from their class; an object of it is made by reflection alone.

use crate::zend::error::{Class, throw_argument};
use crate::zend::{Answer, Call};

/// `__construct(int $restarts = 3, int $within = 60)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(2))?;
    if call.given() > 0 && call.int()? < 0 {
        return Err(throw_argument(call.php, Class::ValueError, 1, "must not be negative"));
    }
    if call.given() > 1 && call.int()? < 1 {
        return Err(throw_argument(call.php, Class::ValueError, 2, "must be greater than 0"));
    }
    Ok(())
}
