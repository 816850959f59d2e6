//! `Async\Actor`: handles, and what calls on them do.

use super::future::FutureHandle;
use crate::runtime::actor::{Actor, Guard, Message, Options};
use crate::runtime::actor_ask::Args;
use crate::runtime::future::Cell;
use crate::runtime::task::TaskHandle;
use crate::runtime::{actor_ask, actor_worker};
use crate::zend::actor_class::{self, Handle, Method};
use crate::zend::array::Builder;
use crate::zend::error::{Class, throw, throw_argument};
use crate::zend::object;
use crate::zend::{Answer, Call, Raised, Value};
use std::rc::Rc;
use std::sync::Arc;

/// `__construct()`: nothing; a constructor of one's own may call it.
pub(crate) fn construct(call: &mut Call<'_>) -> Answer {
    call.expect_args(0, Some(0))
}

/// A call on a handle: a message.
pub(crate) fn message(call: &mut Call<'_>, method: Arc<Method>) -> Answer {
    let php = call.php;
    let this = call.this_value();
    if let Some(parameter) = &method.by_reference {
        let (class, name) = (this.class_name().unwrap_or_default(), String::from_utf8_lossy(&method.name));
        let text = format!(
            "{class}::{name}() takes ${parameter} by reference, which a message to an actor cannot; return the value instead"
        );
        return Err(throw(php, Class::Error, &text));
    }
    if method.is_constructor {
        return start(call, &this);
    }
    let Some(guard) = this.object().and_then(actor_class::payload::<Guard>) else {
        let text = format!("This {} has not been started: its constructor has not run", this.class_name().unwrap_or_default());
        return Err(throw(php, Class::Error, &text));
    };
    let actor = &guard.0;
    let (positional, named) = call.message_args();
    let request = actor_ask::request(php, Args::capture(php, positional, &named)?)?;
    let task = Arc::clone(&request.task);
    if method.is_async {
        let task = TaskHandle::new(task);
        actor_ask::send(php, actor, Message::Call(method, request))?;
        let future = FutureHandle::of(Rc::new(Cell::of_message(task, Arc::clone(actor))));
        call.give(object::instantiate(php, future));
        return Ok(());
    }
    let value = actor_ask::ask(php, actor, task, Message::Call(method, request))?;
    call.give(value);
    Ok(())
}

/// The constructor of a handle: makes the actor, and waits until its instance is built.
fn start(call: &mut Call<'_>, this: &Value) -> Answer {
    let php = call.php;
    if this.object().and_then(actor_class::payload::<Guard>).is_some() {
        return Err(throw(php, Class::Error, "The actor has been constructed already"));
    }
    let (positional, named) = call.message_args();
    let options = options(call, this)?;
    let args = Args::capture(php, positional, &named)?;
    let system = actor_ask::system(php)?;
    let class = this.class_name_bytes();
    let actor = Actor::new(&system, &class, options);
    let guard = actor.guard();
    let request = actor_ask::request(php, args)?;
    actor_ask::ask(php, &actor, Arc::clone(&request.task), Message::Build(request)).map(drop)?;
    actor_class::set_payload(this, guard);
    Ok(())
}

/// What attributes of the class say.
fn options(call: &Call<'_>, this: &Value) -> Result<Options, Raised> {
    let php = call.php;
    let mut options = Options::default();
    if let Some(args) = this.class_attribute(php, "async\\mailbox", &["capacity"])? {
        let capacity = args[0].as_ref().and_then(Value::int).unwrap_or(0);
        options.capacity = usize::try_from(capacity).unwrap_or(0);
        if options.capacity == 0 {
            let text = "#[Async\\Mailbox]: the capacity must be greater than 0";
            return Err(throw(php, Class::ValueError, text));
        }
    }
    if let Some(args) = this.class_attribute(php, "async\\supervised", &["restarts", "within"])? {
        let number = |value: &Option<Value>, default| value.as_ref().and_then(Value::int).unwrap_or(default);
        options.restarts = u32::try_from(number(&args[0], 3)).unwrap_or(0);
        options.within = u32::try_from(number(&args[1], 60)).unwrap_or(u32::MAX);
    }
    Ok(options)
}

fn argument(call: &mut Call<'_>) -> Result<Arc<Guard>, Raised> {
    call.expect_args(1, Some(1))?;
    let value = call.optional_object(Class::Actor.entry(), "Async\\Actor")?;
    let guard = value
        .as_ref()
        .and_then(Value::object)
        .and_then(|object| actor_class::payload::<Guard>(object).or_else(|| Guard::of_instance(object)));
    guard.ok_or_else(|| throw_argument(call.php, Class::TypeError, 1, "must be an actor that has been started"))
}

/// `actor_stop(Actor $actor)`
pub(crate) fn actor_stop(call: &mut Call<'_>) -> Answer {
    let guard = argument(call)?;
    actor_worker::stop(&guard.0);
    Ok(())
}

/// `actor_stats(Actor $actor)`
pub(crate) fn actor_stats(call: &mut Call<'_>) -> Answer {
    let guard = argument(call)?;
    let mut stats = Builder::new(call.php);
    guard.describe(&mut stats);
    call.give(stats.finish());
    Ok(())
}

/// MINIT
pub(crate) fn register() {
    actor_class::register::<Guard>(Class::Actor.entry());
}
