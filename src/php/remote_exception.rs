//! `Async\RemoteException`

use crate::zend::exception::private;
use crate::zend::{Answer, Call};

/// `getRemoteException()`
pub(crate) fn get_remote_exception(call: &mut Call<'_>) -> Answer {
    property(call, c"remoteException")
}

/// `getRemoteClass()`
pub(crate) fn get_remote_class(call: &mut Call<'_>) -> Answer {
    property(call, c"remoteClass")
}

/// `getRemoteTraceAsString()`
pub(crate) fn get_remote_trace_as_string(call: &mut Call<'_>) -> Answer {
    property(call, c"remoteTrace")
}

fn property(call: &mut Call<'_>, name: &std::ffi::CStr) -> Answer {
    call.expect_args(0, Some(0))?;
    let value = private(call.php, &mut call.this_value(), name);
    call.give(value);
    Ok(())
}
