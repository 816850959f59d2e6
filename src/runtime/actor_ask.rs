//! Sending messages, and waiting for what they give.

use super::actor::{Actor, Message, Refused, Request, System};
use super::actor_waits::{self, Edge, Target};
use super::awaitable::{Awaitable, Guard, wait_for};
use super::coroutine::Coroutine;
use super::inheritance::Inheritance;
use super::job::{self, Work};
use super::outcome::{Outcome, Settled, capture_or_throw, restore_all, restore_all_once};
use super::owner::{self, Owner};
use super::task::{Task, TaskHandle};
use super::{pool_worker, scheduler};
use crate::sys;
use crate::transfer::{Label, Packet};
use crate::zend::error::{self, Class, throw};
use crate::zend::invoke::Arguments;
use crate::zend::{Answer, Php, Plain, Raised, Value, ini};
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

/// The actors of this script; workers are started with the first one.
pub(crate) fn system(php: Php<'_>) -> Result<Arc<System>, Raised> {
    job::check_start(php)?;
    let root = Owner::root(&owner::current());
    if let Some(system) = root.system() {
        return Ok(system);
    }
    let setting = |name: &std::ffi::CStr| {
        // SAFETY: attached (token).
        unsafe { ini::integer(name) }
    };
    let workers = match usize::try_from(setting(c"async_threads.actor_workers")) {
        Ok(0) | Err(_) => std::thread::available_parallelism().map_or(1, |n| n.get()),
        Ok(n) => n.min(1024),
    };
    let batch = usize::try_from(setting(c"async_threads.actor_batch")).unwrap_or(0).max(1);
    actor_waits::activate();
    let made = Arc::new(System::new(workers, batch, Arc::downgrade(&root)));
    let system = root.set_system(&made);
    if Arc::ptr_eq(&system, &made) {
        for index in 0..workers {
            job::launch(php, &root, &Task::new(), Work::Actors(Arc::clone(&system), index))?;
        }
    }
    Ok(system)
}

/// What a message carries.
#[derive(Clone)]
pub(crate) enum Args {
    /// None, or one number or the like: no memory that one thread takes and another gives back.
    Short(Option<Plain>),
    /// Nothing but numbers and the like, by position.
    Plain(Arc<[Plain]>),
    /// Named arguments or null, then so many positional ones.
    Packet(Arc<Packet>, usize),
}

impl Args {
    /// Captures arguments.
    pub(crate) fn capture(php: Php<'_>, positional: &[sys::zval], named: &Value) -> Result<Args, Raised> {
        if named.is_null() {
            let mut plain = positional.iter().map(Plain::of);
            let args = match positional.len() {
                0 => Some(Args::Short(None)),
                1 => plain.next().flatten().map(|plain| Args::Short(Some(plain))),
                _ => plain.collect::<Option<Arc<[Plain]>>>().map(Args::Plain),
            };
            if let Some(args) = args {
                return Ok(args);
            }
        }
        let mut roots = vec![(Label::NamedArgs, named.as_ptr())];
        roots.extend(positional.iter().enumerate().map(|(i, arg)| (Label::Arg(i as u32), std::ptr::from_ref(arg))));
        Ok(Args::Packet(Arc::new(capture_or_throw(php, &roots)?), positional.len()))
    }

    /// Makes them here, for a call. What nobody else needs is given back as it is read.
    pub(super) fn restore(self, php: Php<'_>) -> Result<Arguments, Raised> {
        let (mut packet, count) = match self {
            Args::Short(plain) => return Ok(Arguments::positional(plain.into_iter().map(Plain::value).collect())),
            Args::Plain(plain) => return Ok(Arguments::positional(plain.iter().map(|plain| plain.value()).collect())),
            Args::Packet(packet, positional) => (packet, positional + 1),
        };
        let mut roots = match Arc::get_mut(&mut packet) {
            Some(packet) => restore_all_once(php, packet, count),
            None => restore_all(php, &packet, count),
        }?
        .into_iter();
        let named = roots.next().unwrap_or_else(Value::null);
        Ok(Arguments { positional: roots.collect(), named })
    }
}

/// Sends `message`, waiting for room in a bounded mailbox.
pub(crate) fn send(php: Php<'_>, actor: &Arc<Actor>, message: Message) -> Answer {
    let mut message = message;
    loop {
        message = match actor.send(message) {
            Ok(()) => return Ok(()),
            Err(Refused::Gone(reason)) => {
                let text = format!("{} is not there any more: {reason}", actor.name());
                return Err(throw(php, Class::ActorException, &text));
            }
            Err(Refused::Full(message)) => message,
        };
        let _edge = edge(php, || Target::Room(Arc::clone(actor)))?;
        let scheduler = scheduler::of(php);
        actor.wait_for_room(scheduler.current().remote_waker(php));
        let woken = Cell::new(false);
        let _external = scheduler.expect_external();
        scheduler.wait(php, || woken.replace(true))?;
    }
}

/// Where a worker's coroutine is about to wait: notes it, or throws `DeadlockError` when that could never end.
fn edge(php: Php<'_>, target: impl FnOnce() -> Target) -> Result<Option<Edge>, Raised> {
    if !actor_waits::is_tracked() {
        return Ok(None);
    }
    actor_waits::enter(php, vec![target()]).map(Some).map_err(|chain| deadlock(php, &chain))
}

/// A wait that would never end.
pub(super) fn deadlock(php: Php<'_>, chain: &str) -> Raised {
    throw(php, Class::DeadlockError, &format!("This call would wait for itself: {chain}"))
}

/// Sends a message and waits for what it gives.
pub(crate) fn ask(php: Php<'_>, actor: &Arc<Actor>, task: Arc<Task>, message: Message) -> Result<Value, Raised> {
    let edge = edge(php, || Target::Answer(Arc::clone(&task), Arc::clone(actor)))?;
    // First, for once the message is sent the task's memory is the worker's.
    let reply = Reply { task: TaskHandle::new(task), settled: OnceCell::new() };
    send(php, actor, message)?;
    let answer = wait_for(php, &reply, None);
    drop(edge);
    if let Err(Raised::Exception) = &answer
        && !reply.is_complete()
        && let Some(exception) = error::take_exception(php)
    {
        // Whoever waited is being cancelled, and nobody else knows of the message.
        reply.cancel(php, None)?;
        return Err(error::throw_internal(php, exception));
    }
    if let Err(Raised::Bailout(_)) = &answer {
        // Whoever waited went down with its thread: the answer is nobody's any more.
        reply.task.mark_observed();
    }
    answer
}

/// A request for a message.
pub(crate) fn request(php: Php<'_>, args: Args) -> Result<Request, Raised> {
    Ok(Request { task: Task::message(pool_worker::family(php)), args, inheritance: Inheritance::take(php)? })
}

/// A pool's worker that waits for an actor runs what the message has led to in its pool.
pub(crate) fn assist(php: Php<'_>, task: &Task, me: &Rc<Coroutine>) {
    if !task.outcome.is_complete()
        && let Some(pool) = pool_worker::own_pool()
    {
        pool_worker::help(php, &pool, None, me);
    }
}

/// What a message gives, to be waited for where it was sent.
struct Reply {
    task: TaskHandle,
    settled: OnceCell<Settled>,
}

impl Awaitable for Reply {
    fn look_out(&self, php: Php<'_>) {
        scheduler::of(php).look_out_for(|| self.task.outcome.is_complete());
    }

    fn is_complete(&self) -> bool {
        self.task.outcome.is_complete()
    }

    fn is_cancelled(&self) -> bool {
        matches!(self.task.outcome.get(), Some(Outcome::Cancelled(_)))
    }

    fn subscribe<'a>(&'a self, php: Php<'a>, me: &Rc<Coroutine>) -> Guard<'a> {
        Guard::helping(php, &self.task.outcome, pool_worker::own_pool().as_ref(), me)
    }

    fn assist(&self, php: Php<'_>, me: &Rc<Coroutine>) {
        assist(php, &self.task, me);
    }

    fn settled(&self, php: Php<'_>) -> Result<Option<&Settled>, Raised> {
        if self.settled.get().is_none()
            && let Some(outcome) = self.task.outcome.get()
        {
            let _ = self.settled.set(outcome.settle_as_original(php)?);
        }
        Ok(self.settled.get())
    }

    fn observe(&self, _: Php<'_>) -> Answer {
        self.task.mark_observed();
        Ok(())
    }

    fn cancel(&self, php: Php<'_>, cancellation: Option<&Value>) -> Answer {
        job::cancel(php, &self.task, cancellation)
    }
}
