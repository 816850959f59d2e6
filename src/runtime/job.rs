//! `Job`: a task on its way to a thread: what to call, with what, seeing which code.

use super::actor::System;
use super::inheritance::{Inheritance, take_code};
use super::outcome::capture_or_throw;
use super::owner::{self, Owner};
use super::pool::Pool;
use super::task::Task;
use super::{cache, stopper};
use crate::sys;
use crate::transfer::{Label, Packet};
use crate::zend::attach::Inherited;
use crate::zend::error::Class;
use crate::zend::{Php, Raised, Value, error, ini, invoke::Arguments};
use async_threads_core::state::CancelRequest;
use std::sync::Arc;

/// See the module.
pub(crate) struct Job {
    pub(crate) task: Arc<Task>,
    pub(crate) owner: Arc<Owner>,
    pub(crate) inherited: Inherited,
    pub(crate) work: Work,
}

/// What a thread is for.
pub(crate) enum Work {
    /// One call.
    Call(Box<Call>),
    /// Worker number so-and-so of the actors.
    Actors(Arc<System>, usize),
    /// Worker number so-and-so of a pool.
    Pool(Arc<Pool>, usize),
}

/// One call.
pub(crate) struct Call {
    /// What the thread has from its creator; None with `inherit: false`.
    pub(crate) inheritance: Option<Arc<Inheritance>>,
    /// What runs before anything of the creator is there.
    pub(crate) bootloader: Option<Packet>,
    pub(crate) packet: Packet,
    pub(crate) shape: Shape,
}

/// How the roots of a job's packet are to be read: the closure, named arguments or null, then positional ones.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    positional: usize,
}

impl Shape {
    /// Number of roots.
    pub(crate) fn roots(self) -> usize {
        2 + self.positional
    }

    /// Reads the restored roots.
    pub(crate) fn read(self, mut roots: Vec<Value>) -> (Value, Arguments) {
        let positional = roots.split_off(2);
        let mut roots = roots.into_iter();
        let mut next = || roots.next().unwrap_or_else(Value::null);
        let (closure, named) = (next(), next());
        (closure, Arguments { positional, named })
    }
}

/// Where threads can be started.
pub(crate) fn check_start(php: Php<'_>) -> Result<(), Raised> {
    if owner::is_closed() {
        return Err(error::throw(php, Class::AsyncException, "No thread can be started any more: the request has ended"));
    }
    let sapi = crate::zend::attach::sapi_name();
    if sapi == "cli" {
        // It write-protects opcache's memory for the whole process whenever one thread has finished writing there.
        if ini::text(php, c"opcache.protect_memory") == "1" {
            let text = "Threads cannot be started with opcache.protect_memory=1, which is not made for them: set it to 0";
            return Err(error::throw(php, Class::AsyncException, text));
        }
        #[cfg(php82)]
        if jit_is_on(php) {
            let text = "Threads cannot be started while the JIT of PHP 8.2 is on, which crashes with several threads: set opcache.jit to \"disable\", \
                        or use PHP 8.3 or later";
            return Err(error::throw(php, Class::AsyncException, text));
        }
        return Ok(());
    }
    let message = format!("Threads can be started on the command line (cli) only, for now; this is {sapi}");
    Err(error::throw(php, Class::AsyncException, &message))
}

/// Whether opcache compiles to machine code.
#[cfg(php82)]
fn jit_is_on(php: Php<'_>) -> bool {
    let is_set = |name| ini::text(php, name) == "1";
    let off = ["", "0", "off", "no", "false", "disable"];
    is_set(c"opcache.enable")
        && is_set(c"opcache.enable_cli")
        && !matches!(ini::text(php, c"opcache.jit_buffer_size").as_str(), "" | "0")
        && !off.contains(&ini::text(php, c"opcache.jit").to_ascii_lowercase().as_str())
}

/// Captures a bootloader; its code finds the creator's names where it uses them.
pub(crate) fn capture_bootloader(php: Php<'_>, bootloader: &Value) -> Result<Packet, Raised> {
    let mut packet = capture_or_throw(php, &[(Label::Bootloader, bootloader.as_ptr())])?;
    packet.attach_code(take_code(php)?);
    Ok(packet)
}

/// Captures a call: what to call, and the arguments.
pub(crate) fn capture_call(
    php: Php<'_>,
    callable: &Value,
    args: &[sys::zval],
    named: Option<&Value>,
) -> Result<(Packet, Shape), Raised> {
    let null = Value::null();
    let mut roots = vec![(Label::Task, callable.as_ptr()), (Label::NamedArgs, named.unwrap_or(&null).as_ptr())];
    roots.extend(args.iter().enumerate().map(|(i, arg)| (Label::Arg(i as u32), std::ptr::from_ref(arg))));
    let packet = capture_or_throw(php, &roots)?;
    Ok((packet, Shape { positional: args.len() }))
}

/// Starts a thread that calls `closure`.
pub(crate) fn start(
    php: Php<'_>,
    closure: &Value,
    args: &[sys::zval],
    named: Option<&Value>,
    inherit: bool,
    bootloader: Option<&Value>,
) -> Result<Arc<Task>, Raised> {
    check_start(php)?;
    let (mut packet, shape) = capture_call(php, closure, args, named)?;
    let bootloader = bootloader.map(|bootloader| capture_bootloader(php, bootloader)).transpose()?;
    let inheritance = if inherit {
        Some(Inheritance::take(php)?)
    } else {
        packet.attach_code(take_code(php)?);
        None
    };
    let task = Task::new();
    launch(php, &owner::current(), &task, Work::Call(Box::new(Call { inheritance, bootloader, packet, shape })))?;
    Ok(task)
}

/// Gives `work` a thread, as `task`, which belongs to `owner`.
pub(crate) fn launch(php: Php<'_>, owner: &Arc<Owner>, task: &Arc<Task>, work: Work) -> Result<(), Raised> {
    owner.adopt(task);
    let job = Job { task: Arc::clone(task), owner: Arc::clone(owner), inherited: Inherited::here(php), work };
    if let Err(job) = cache::run(Box::new(job)) {
        job.owner.release(&job.task);
        let message =
            format!("Cannot start a thread: {}; {} threads are running", std::io::Error::last_os_error(), job.owner.live());
        return Err(error::throw(php, Class::AsyncException, &message));
    }
    Ok(())
}

/// Cancels `task`, throwing `cancellation` (captured here) into it if it runs.
pub(crate) fn cancel(php: Php<'_>, task: &Arc<Task>, cancellation: Option<&Value>) -> Result<(), Raised> {
    if let Some(value) = cancellation {
        let packet = capture_or_throw(php, &[(Label::Cancellation, value.as_ptr())])?;
        task.cancellation.lock().get_or_insert_with(|| Arc::new(packet));
    }
    match task.state.request_cancel() {
        CancelRequest::Running => stopper::stop(Arc::clone(task), stopper::Pace::Patient),
        // The worker that takes it from the queue completes it.
        CancelRequest::WasQueued | CancelRequest::AlreadyRequested | CancelRequest::AlreadyFinished => {}
    }
    Ok(())
}
