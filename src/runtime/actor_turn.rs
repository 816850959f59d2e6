//! A turn of an actor: its messages, handled one after another by its instance, in the current coroutine.
//!
//! Threads: a worker's. Invariants: a message that was taken out of the mailbox is settled here, unless its thread dies under it: then when the request ends.

use super::actor::{Actor, Message, Request};
use super::actor_ask::Args;
use super::actor_worker::{Instance, Me, RECORDS, again, lost_outcome, refuse};
use super::coroutine::Coroutine;
use super::inheritance::Inheritance;
use super::outcome::Outcome;
use super::task::Task;
use super::worker::{finish, outcome_of, with_output};
use super::{running, worker};
use crate::zend::actor_class::{self, Method};
use crate::zend::error::{Class, throw};
use crate::zend::invoke::{Arguments, as_task, call, call_method};
use crate::zend::{Bailout, Php, Raised, Value, array};
use async_threads_core::state::Start;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A turn of `actor`: so many messages.
pub(super) fn turn(php: Php<'_>, me: &Me, own: &Coroutine, actor: &Arc<Actor>) -> Result<(), Bailout> {
    for _ in 0..me.system.batch {
        let Some(message) = actor.next() else { return Ok(()) };
        let usable = match message {
            Message::Build(request) => handle(php, me, actor, request, None),
            Message::Call(method, request) => handle(php, me, actor, request, Some(method)),
            Message::Release => {
                // Relaxed: for display.
                actor.handled.fetch_add(1, Ordering::Relaxed);
                release(php, me, actor);
                true
            }
        };
        if !usable {
            return Err(Bailout);
        }
        actor.note_handled();
        if php.has_bailed_out() {
            // The end of the request was met in a place that goes on after a bailout.
            return Err(Bailout);
        }
        // What was to be thrown into this message and came too late is not for the next.
        own.shield.set(0);
        drop(own.take_pending());
    }
    actor.end_turn();
    Ok(())
}

/// Handles one request; false when the worker's request cannot go on. Nobody is told of the outcome before the message counts as handled.
fn handle(php: Php<'_>, me: &Me, actor: &Arc<Actor>, request: Request, method: Option<Arc<Method>>) -> bool {
    let again = (method.is_none() && actor.options.restarts > 0).then(|| again(&request));
    let is_build = method.is_none();
    let Request { task, args, inheritance } = request;
    // Relaxed: for display. First: who has the answer may look.
    actor.handled.fetch_add(1, Ordering::Relaxed);
    if !matches!(task.state.start(), Start::Started) {
        finish(&task, Outcome::Cancelled(None));
        return true;
    }
    task.attach(&me.line);
    running::begin_message(php, &task, actor);
    let mut outcome = match install(php, me, &inheritance) {
        Ok(()) => outcome_of(php, &task, || with_output(php, |php| perform(php, me, actor, args, method.as_deref()))),
        Err(outcome) => outcome,
    };
    running::end(&task);
    task.detach();
    let usable = !matches!(outcome, Outcome::Died(_));
    if let Outcome::Died(fatal) = &outcome {
        actor.note_handled();
        if me.dead.replace(true) {
            outcome = lost_outcome("The actor", &format!("its thread died: {}", fatal.message));
        }
    }
    if is_build && matches!(outcome, Outcome::Returned(_)) {
        if let Some(again) = again {
            RECORDS.with_borrow_mut(|records| records.built(actor, again));
        }
    } else if is_build && !(matches!(outcome, Outcome::Died(_)) && RECORDS.with_borrow(|records| records.has(actor))) {
        // Nobody can send to it. Whether one is tried again whose thread died under it, is decided at the request's end.
        let reason = format!("its constructor failed: {}", outcome.describe());
        RECORDS.with_borrow_mut(|records| records.forget(actor));
        for message in actor.end(&reason) {
            refuse(actor, message, &reason);
        }
    }
    if outcome.is_failure() {
        task.label(&actor.name(), method.as_ref().map_or(b"__construct", |method| &method.name));
    }
    let lost = outcome.is_failure() && task.is_abandoned();
    finish(&task, outcome);
    if lost && let Some(owner) = me.system.owner.upgrade() {
        owner.note_failure(&task);
    }
    usable
}

/// Makes the code of a sender known here.
fn install(php: Php<'_>, me: &Me, inheritance: &Arc<Inheritance>) -> Result<(), Outcome> {
    if me.installed.borrow().as_ref().is_some_and(|known| known.is_same(inheritance)) {
        return Ok(());
    }
    worker::install(php, inheritance)?;
    me.installed.replace(Some(Arc::clone(inheritance)));
    Ok(())
}

fn perform(php: Php<'_>, me: &Me, actor: &Arc<Actor>, args: Args, method: Option<&Method>) -> Result<Outcome, Raised> {
    let mut args = args.restore(php)?;
    let Some(method) = method else { return build(php, me, actor, &mut args) };
    let instance = me.instances.borrow().get(&actor.id).map(|instance| instance.object.duplicate());
    let Some(instance) = instance else {
        let text = format!("{} is not there any more", actor.name());
        return Err(throw(php, Class::ActorException, &text));
    };
    let result = match method.find_in(&instance) {
        Some(function) => call_method(php, &instance, function, &mut args)?,
        None => {
            // Known to `__call` alone.
            let callable = array::list(php, [instance.duplicate(), Value::string(php, &method.name)]);
            call(php, &callable, &mut args)?
        }
    };
    let outcome = Outcome::returned(php, &result)?;
    drop((result, args, instance));
    if php.has_exception() { Err(Raised::Exception) } else { Ok(outcome) }
}

fn build(php: Php<'_>, me: &Me, actor: &Arc<Actor>, args: &mut Arguments) -> Result<Outcome, Raised> {
    let name = actor.class();
    let Some(class) = actor_class::find_class(php, name)? else {
        if php.has_exception() {
            return Err(Raised::Exception);
        }
        let text = format!("Class \"{}\" not found in the actor's thread", String::from_utf8_lossy(name));
        return Err(throw(php, Class::Error, &text));
    };
    let instance = actor_class::instantiate(php, class)?;
    let Some(object) = instance.object() else { return Err(Raised::Exception) };
    me.by_object.borrow_mut().insert(object.addr() as u64, Arc::clone(actor));
    if let Some(constructor) = actor_class::constructor(&instance)
        && let Err(raised) = call_method(php, &instance, constructor, args)
    {
        me.by_object.borrow_mut().remove(&(object.addr() as u64));
        actor_class::constructor_failed(&instance);
        return Err(raised);
    }
    me.instances.borrow_mut().insert(actor.id, Instance { actor: Arc::clone(actor), object: instance });
    Outcome::returned(php, &Value::null())
}

/// The last handle has gone: the instance goes, its destructor runs here.
fn release(php: Php<'_>, me: &Me, actor: &Arc<Actor>) {
    if !actor.may_go() {
        return;
    }
    let Some(instance) = me.instances.borrow_mut().remove(&actor.id) else { return };
    RECORDS.with_borrow_mut(|records| records.forget(actor));
    let task = Task::new();
    running::begin_message(php, &task, actor);
    let outcome = outcome_of(php, &task, || {
        as_task(php, |php| {
            let object = instance.object.object();
            drop(instance.object);
            if let Some(object) = object {
                me.by_object.borrow_mut().remove(&(object.addr() as u64));
            }
            if php.has_exception() { Err(Raised::Exception) } else { Outcome::returned(php, &Value::null()) }
        })
    });
    running::end(&task);
    for message in actor.end("its last handle has gone") {
        refuse(actor, message, "its last handle has gone");
    }
    if outcome.is_failure() {
        task.label(&actor.name(), b"__destruct");
        finish(&task, outcome);
        if let Some(owner) = me.system.owner.upgrade() {
            owner.note_failure(&task);
        }
    }
}
