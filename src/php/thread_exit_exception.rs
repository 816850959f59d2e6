//! `Async\ThreadExitException`

use crate::zend::exception::code;
use crate::zend::{Answer, Call};

/// `getStatus()`
pub(crate) fn get_status(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))?;
    let status = code(call.php, &mut call.this_value());
    call.give_int(status);
    Ok(())
}
