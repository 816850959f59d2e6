//! `Async\Mailbox`, an attribute. Actors read it from their class; an object of it is made by reflection alone.

use crate::zend::error::{Class, throw_argument};
use crate::zend::{Answer, Call};

/// `__construct(int $capacity)`
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(1, Some(1))?;
    if call.int()? < 1 {
        return Err(throw_argument(call.php, Class::ValueError, 1, "must be greater than 0"));
    }
    Ok(())
}
