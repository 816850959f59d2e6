//! How a task ended, in a form that belongs to no thread, and what its awaiter gets from it.

use crate::code;
use crate::transfer::{CaptureError, Label, Packet, RestoreError, capture};
use crate::zend::error::Class;
use crate::zend::exception::{self, Details};
use crate::zend::invoke::Fatal;
use crate::zend::{Bailout, Php, Plain, Raised, Value, error};
use std::sync::Arc;

/// See the module.
pub(crate) enum Outcome {
    /// A value.
    Returned(Returned),
    /// An exception.
    Threw(Box<Thrown>),
    /// `exit`, with its status.
    Exited(i64),
    /// A fatal error.
    Died(Fatal),
    /// An actor that was not there any more; the message.
    Lost(String),
    /// A value that cannot cross; why.
    Unsendable(String),
    /// A pool could not run it; why.
    Refused(String),
    /// It was cancelled; the exception, if one was thrown.
    Cancelled(Option<Arc<Packet>>),
}

/// A value that left its thread.
pub(crate) enum Returned {
    Plain(Plain),
    Packet(Box<Packet>),
}

impl Returned {
    fn restore(&self, php: Php<'_>) -> Result<Value, Raised> {
        match self {
            Returned::Plain(plain) => Ok(plain.value()),
            Returned::Packet(packet) => restore_one(php, packet),
        }
    }
}

/// An exception that left its thread.
pub(crate) struct Thrown {
    /// The object itself, when it could cross.
    packet: Option<Packet>,
    details: Details,
}

/// What to throw at the awaiter when an outcome cannot even be shown.
pub(crate) type Settled = Result<Value, Value>;

/// Turns what a capture refuses into text; other reasons go on.
pub(crate) fn refusal(error: CaptureError) -> Result<String, Raised> {
    match error {
        CaptureError::Refused { path, reason } => Ok(format!("Cannot transfer {path}: {reason}")),
        CaptureError::Thrown => Err(Raised::Exception),
        CaptureError::Bailout(bailout) => Err(bailout.into()),
    }
}

/// The receiver of a result may lack classes that were declared here only.
fn send_code_along(php: Php<'_>, packet: &mut Packet) {
    if packet.names_classes()
        && let Ok(snapshot) = code::snapshot(php)
    {
        packet.attach_code(snapshot);
    }
}

/// Captures or throws `ThreadTransferException`.
pub(crate) fn capture_or_throw(php: Php<'_>, roots: &[(Label<'_>, *const crate::sys::zval)]) -> Result<Packet, Raised> {
    match capture(php, roots) {
        Ok(packet) => Ok(packet),
        Err(reason) => {
            let message = refusal(reason)?;
            Err(error::throw(php, Class::ThreadTransferException, &message))
        }
    }
}

/// Restores the single root of `packet`, or throws `ThreadTransferException`.
pub(crate) fn restore_one(php: Php<'_>, packet: &Packet) -> Result<Value, Raised> {
    let mut values = restore_all(php, packet, 1)?;
    Ok(values.pop().unwrap_or_else(Value::null))
}

/// Restores all `count` roots.
pub(crate) fn restore_all(php: Php<'_>, packet: &Packet, count: usize) -> Result<Vec<Value>, Raised> {
    let mut values: Vec<Value> = (0..count).map(|_| Value::null()).collect();
    let restored = packet.restore(php, Value::as_zvals(&mut values));
    restored_or_throw(php, restored.map(|()| values))
}

/// The same for the last time: the packet's memory goes as it is read.
pub(crate) fn restore_all_once(php: Php<'_>, packet: &mut Packet, count: usize) -> Result<Vec<Value>, Raised> {
    let mut values: Vec<Value> = (0..count).map(|_| Value::null()).collect();
    let restored = packet.restore_once(php, Value::as_zvals(&mut values));
    restored_or_throw(php, restored.map(|()| values))
}

fn restored_or_throw(php: Php<'_>, restored: Result<Vec<Value>, RestoreError>) -> Result<Vec<Value>, Raised> {
    match restored {
        Ok(values) => Ok(values),
        Err(RestoreError::Mismatch(reason)) => Err(error::throw(php, Class::ThreadTransferException, &reason)),
        Err(RestoreError::Thrown) => Err(Raised::Exception),
        Err(RestoreError::Bailout(bailout)) => Err(bailout.into()),
    }
}

impl Outcome {
    /// The outcome of a task that returned `value`.
    pub(crate) fn returned(php: Php<'_>, value: &Value) -> Result<Outcome, Raised> {
        if let Some(plain) = value.plain() {
            return Ok(Outcome::Returned(Returned::Plain(plain)));
        }
        match capture(php, &[(Label::Result, value.as_ptr())]) {
            Ok(mut packet) => {
                send_code_along(php, &mut packet);
                Ok(Outcome::Returned(Returned::Packet(Box::new(packet))))
            }
            Err(reason) => Ok(Outcome::Unsendable(refusal(reason)?)),
        }
    }

    /// The outcome of a task that threw `exception`.
    pub(crate) fn threw(php: Php<'_>, exception: &mut Value) -> Result<Outcome, Raised> {
        let packet = match capture(php, &[(Label::Result, exception.as_ptr())]) {
            Ok(mut packet) => {
                send_code_along(php, &mut packet);
                Some(packet)
            }
            Err(reason) => {
                match refusal(reason) {
                    // A veto, say: what was thrown is worth more than why not all of it can be sent.
                    Err(Raised::Exception) if !error::is_unwinding(php) => drop(error::take_exception(php)),
                    refused => drop(refused?),
                }
                None
            }
        };
        let details = exception::details(php, exception)?;
        Ok(Outcome::Threw(Box::new(Thrown { packet, details })))
    }

    /// The same seen as the end of a cancelled task: what it threw was its cancellation.
    pub(crate) fn into_cancelled(self) -> Outcome {
        match self {
            Outcome::Threw(thrown) => Outcome::Cancelled(thrown.packet.map(Arc::new)),
            other => other,
        }
    }

    /// Whether somebody should hear of it. To be cancelled is no failure: somebody asked for it.
    pub(crate) fn is_failure(&self) -> bool {
        !matches!(self, Outcome::Returned(_) | Outcome::Cancelled(_))
    }

    /// One line for a report.
    pub(crate) fn describe(&self) -> String {
        match self {
            Outcome::Returned(_) => "returned".to_owned(),
            Outcome::Threw(thrown) => {
                let d = &thrown.details;
                format!("uncaught {}: {} in {}:{}", d.class, d.message, d.file, d.line)
            }
            Outcome::Exited(status) => format!("exit({status})"),
            Outcome::Died(fatal) => format!("{} in {}:{}", fatal.message, fatal.file, fatal.line),
            Outcome::Unsendable(reason) | Outcome::Refused(reason) | Outcome::Lost(reason) => reason.clone(),
            Outcome::Cancelled(_) => "cancelled".to_owned(),
        }
    }

    /// The same for what is no thread of its own: an exception arrives as itself when it can.
    pub(crate) fn settle_as_original(&self, php: Php<'_>) -> Result<Settled, Raised> {
        if let Outcome::Threw(thrown) = self
            && let Some(packet) = &thrown.packet
        {
            return match restore_one(php, packet) {
                Ok(value) => Ok(Err(value)),
                Err(raised) => {
                    drop(caught(php, raised)?);
                    Ok(Err(exception::new_remote(php, &thrown.details, None)?))
                }
            };
        }
        self.settle(php)
    }

    /// What the awaiter gets: a value, or the exception to throw.
    pub(crate) fn settle(&self, php: Php<'_>) -> Result<Settled, Raised> {
        match self {
            Outcome::Returned(returned) => match returned.restore(php) {
                Ok(value) => Ok(Ok(value)),
                Err(raised) => Ok(Err(caught(php, raised)?)),
            },
            Outcome::Threw(thrown) => Ok(Err(thrown.remote_exception(php)?)),
            Outcome::Exited(status) => {
                let message = format!("The thread called exit({status})");
                Ok(Err(exception::new(php, Class::ThreadExitException, &message, *status)?))
            }
            Outcome::Died(fatal) => {
                let mut value = exception::new(php, Class::ThreadFatalError, &fatal.message, 0)?;
                exception::set_place(php, &mut value, &fatal.file, fatal.line)?;
                Ok(Err(value))
            }
            Outcome::Lost(reason) => Ok(Err(exception::new(php, Class::ActorException, reason, 0)?)),
            Outcome::Unsendable(reason) => Ok(Err(exception::new(php, Class::ThreadTransferException, reason, 0)?)),
            Outcome::Refused(reason) => Ok(Err(exception::new(php, Class::ThreadPoolException, reason, 0)?)),
            Outcome::Cancelled(packet) => {
                let restored = packet.as_ref().map(|packet| restore_one(php, packet));
                match restored {
                    Some(Ok(value)) => Ok(Err(value)),
                    Some(Err(raised)) => Ok(Err(caught(php, raised)?)),
                    None => Ok(Err(cancellation(php)?)),
                }
            }
        }
    }
}

impl Thrown {
    fn remote_exception(&self, php: Php<'_>) -> Result<Value, Raised> {
        let original = match self.packet.as_ref().map(|packet| restore_one(php, packet)) {
            Some(Ok(value)) => Some(value),
            // Its class is unknown here, say: the texts still tell the story.
            Some(Err(raised)) => {
                drop(caught(php, raised)?);
                None
            }
            None => None,
        };
        exception::new_remote(php, &self.details, original)
    }
}

/// The exception just thrown, taken out of flight.
fn caught(php: Php<'_>, raised: Raised) -> Result<Value, Raised> {
    match raised {
        Raised::Exception if !error::is_unwinding(php) => error::take_exception(php).ok_or(Raised::Exception),
        other => Err(other),
    }
}

/// What cancelled code and its awaiters get when nobody gave another.
pub(crate) fn cancellation(php: Php<'_>) -> Result<Value, Bailout> {
    exception::new(php, Class::AsyncCancellation, "The task was cancelled", 0)
}
