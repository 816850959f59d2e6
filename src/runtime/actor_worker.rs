//! A worker of the actor system: gives the actors that live here their turns.
//!
//! A turn is a coroutine, so that an actor whose method waits lets the others of this worker go on, while its own next message stays in the mailbox. A fatal
//! error ends the worker's request and with it all instances here: their callers are told why, supervised ones are built anew in the next request.
//!
//! Owner: `Me` is the request's; instances are PHP objects of its heap. Threads: one.

use super::actor::{Actor, Message, Next, Request, System};
use super::coroutine::{Body, Location};
use super::inheritance::Inheritance;
use super::outcome::{Outcome, restore_all, restore_all_once};
use super::task::Task;
use super::worker::{begin_request, end_request, finish, outcome_of, register_streams, with_output};
use super::{actor_waits, running, scheduler};
use crate::sys;
use crate::zend::actor_class;
use crate::zend::attach::{Attachment, Inherited};
use crate::zend::error::{self, Class, throw};
use crate::zend::interrupt::Interrupt;
use crate::zend::invoke::{Arguments, Fatal, TaskEnd, as_task, call, call_method};
use crate::zend::{Bailout, Php, Raised, Value, array, memory, output};
use async_threads_core::state::Start;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

thread_local! {
    static SELF: RefCell<Option<Rc<Me>>> = const { RefCell::new(None) };
}

struct Me {
    system: Arc<System>,
    index: usize,
    line: Arc<Interrupt>,
    installed: RefCell<Option<Inheritance>>,
    instances: RefCell<HashMap<u64, Instance>>,
    by_object: RefCell<HashMap<usize, Arc<Actor>>>,
    /// Turns that have begun and not ended.
    turns: Cell<usize>,
    /// Whose they are. These actors are in no run queue.
    taken: RefCell<HashMap<u64, Arc<Actor>>>,
    /// A message has died in this request.
    dead: Cell<bool>,
}

struct Instance {
    actor: Arc<Actor>,
    object: Value,
}

/// What a supervised actor needs to begin again, kept over requests.
#[derive(Default)]
struct Records(HashMap<u64, Record>);

struct Record {
    build: Message,
    restarts: VecDeque<Instant>,
}

thread_local! {
    static RECORDS: RefCell<Records> = RefCell::default();
}

/// The actor whose instance `object` is, if it is one of this worker's.
pub(super) fn actor_of_instance(object: *const sys::zend_object) -> Option<Arc<Actor>> {
    SELF.with_borrow(|me| me.as_ref()?.by_object.borrow().get(&object.addr()).cloned())
}

/// Runs turns until the system is closed.
pub(super) fn run(
    attachment: &Attachment,
    inherited: Inherited,
    line: &Arc<Interrupt>,
    worker: &Arc<Task>,
    system: &Arc<System>,
    index: usize,
) {
    loop {
        let Some(mut request) = begin_request(attachment, inherited, line) else { break };
        let me = Rc::new(Me {
            system: Arc::clone(system),
            index,
            line: Arc::clone(line),
            installed: RefCell::default(),
            instances: RefCell::default(),
            by_object: RefCell::default(),
            turns: Cell::new(0),
            taken: RefCell::default(),
            dead: Cell::new(false),
        });
        SELF.set(Some(Rc::clone(&me)));
        running::begin_worker(request.php(), worker);
        // Release: pairs with the Acquire in `Actor::thread`.
        system.places[index].thread.store(actor_waits::this_thread(), Ordering::Release);
        output::set_quiet_fatals(request.php(), true);
        let closed = serve(request.php(), &me, worker);
        output::set_quiet_fatals(request.php(), false);
        running::ending(worker);
        let reason = if closed { "the script has ended".to_owned() } else { Fatal::last(request.php()).message };
        request.finish_user_code();
        let lost = let_go(request.php(), &me);
        SELF.set(None);
        end_request(request, line);
        running::end(worker);
        for task in running::take_all() {
            task.detach();
            system.handled();
            finish(&task, lost_outcome("The actor", &format!("its thread died: {reason}")));
        }
        let mut taken = me.taken.take();
        for actor in lost {
            let was_taken = taken.remove(&actor.id).is_some();
            lose(&actor, &reason, closed, was_taken);
        }
        for actor in taken.into_values() {
            // Its turn had not come to making the instance: the next request will. Or it went down in its constructor.
            if closed || !actor.take_up_again() {
                lose(&actor, &reason, closed, true);
            }
        }
        if closed {
            break;
        }
    }
    RECORDS.take();
}

/// The request ends with instances in it: frees what is left of them while its heap is there. Their destructors have run.
fn let_go(php: Php<'_>, me: &Me) -> Vec<Arc<Actor>> {
    me.by_object.take();
    let (actors, objects): (Vec<_>, Vec<_>) = me.instances.take().into_values().map(|lost| (lost.actor, lost.object)).unzip();
    let _ = crate::zend::protect(php, |_| drop(objects));
    actors
}

fn lost_outcome(name: &str, reason: &str) -> Outcome {
    Outcome::Lost(format!("{name} is not there any more: {reason}"))
}

/// The instance of `actor` went down with its worker's request.
fn lose(actor: &Arc<Actor>, reason: &str, closed: bool, was_taken: bool) {
    if !closed && let Some(build) = RECORDS.with_borrow_mut(|records| records.restart(actor)) {
        actor.begin_again(build, was_taken);
        return;
    }
    let reason = if closed { reason.to_owned() } else { format!("its thread died: {reason}") };
    for message in actor.end(&reason) {
        refuse(actor, message, &reason);
    }
}

/// Ends `actor`: it takes no more messages, those that wait are refused, and its instance goes with the message it handles now.
pub(crate) fn stop(actor: &Arc<Actor>) {
    for message in actor.end_by("it was stopped") {
        refuse(actor, message, "it was stopped");
    }
}

/// Tells the sender of `message` that it will not be handled.
fn refuse(actor: &Actor, message: Message, reason: &str) {
    match message {
        Message::Build(request) | Message::Call(_, request) => {
            let _ = request.task.state.start();
            finish(&request.task, lost_outcome(&actor.name(), reason));
        }
        Message::Release => {}
    }
    actor.system.handled();
}

impl Records {
    /// How to begin again, if the actor is supervised and has not failed too often.
    fn restart(&mut self, actor: &Actor) -> Option<Message> {
        let record = self.0.get_mut(&actor.id)?;
        let now = Instant::now();
        let within = Duration::from_secs(u64::from(actor.options.within.max(1)));
        record.restarts.retain(|at| now.duration_since(*at) < within);
        if record.restarts.len() >= actor.options.restarts as usize {
            return None;
        }
        record.restarts.push_back(now);
        match &record.build {
            Message::Build(request) => Some(Message::Build(again(request))),
            _ => None,
        }
    }
}

/// The same request for somebody who does not wait.
fn again(request: &Request) -> Request {
    let task = Task::new();
    task.mark_observed();
    Request {
        task,
        packet: Arc::clone(&request.packet),
        positional: request.positional,
        inheritance: request.inheritance.clone(),
    }
}

/// One request; true when the system is closed.
fn serve(php: Php<'_>, me: &Rc<Me>, worker: &Arc<Task>) -> bool {
    if register_streams(php).is_err() {
        return false;
    }
    loop {
        if worker.stop_requested() {
            return true;
        }
        let waker = scheduler::of(php).main().remote_waker(php);
        match me.system.places[me.index].next(&waker) {
            Next::Turn(actor) => {
                begin_turn(php, me, actor);
                continue;
            }
            Next::Closed if me.turns.get() == 0 => return release_all(php, me),
            Next::Closed | Next::Empty => {}
        }
        let woken = Cell::new(false);
        let waited = as_task(php, |php| {
            if me.turns.get() == 0 {
                memory::collect_when_idle(php)?;
            }
            let _external = scheduler::of(php).expect_external();
            scheduler::of(php).wait(php, || woken.replace(true))
        });
        if waited.is_err() {
            return worker.stop_requested();
        }
    }
}

/// The script has ended: instances go, their destructors run.
fn release_all(php: Php<'_>, me: &Me) -> bool {
    let instances = me.instances.take();
    me.by_object.take();
    for (_, instance) in instances {
        drop(instance.actor.end("the script has ended"));
        // What a destructor throws here has nobody to go to; it is reported as such.
        let object = instance.object;
        let release = |_: Php<'_>| {
            drop(object);
            Ok::<(), Raised>(())
        };
        let _ = crate::zend::protect(php, |php| {
            if let Err(TaskEnd::Threw(exception)) = as_task(php, release) {
                let _ = error::report_uncaught_at(php, exception, None);
            }
        });
    }
    true
}

fn begin_turn(php: Php<'_>, me: &Rc<Me>, actor: Arc<Actor>) {
    me.turns.set(me.turns.get() + 1);
    me.taken.borrow_mut().insert(actor.id, Arc::clone(&actor));
    let own = Rc::clone(me);
    let body = move |php: Php<'_>| {
        let end = turn(php, &own, &actor);
        own.turns.set(own.turns.get() - 1);
        if end.is_ok() {
            // Else the request ends here, and what becomes of the actor is decided then.
            own.taken.borrow_mut().remove(&actor.id);
        }
        let scheduler = scheduler::of(php);
        scheduler.wake(scheduler.main());
        match end {
            Ok(()) => Ok(Value::null()),
            Err(bailout) => Err(bailout.into()),
        }
    };
    drop(scheduler::of(php).spawn(Body::Native(Box::new(body)), Location::default()));
}

fn turn(php: Php<'_>, me: &Me, actor: &Arc<Actor>) -> Result<(), Bailout> {
    for _ in 0..me.system.batch {
        let Some(message) = actor.next() else { return Ok(()) };
        let usable = match message {
            Message::Build(request) => handle(php, me, actor, request, None),
            Message::Call(method, request) => handle(php, me, actor, request, Some(&method)),
            Message::Release => {
                release(php, me, actor);
                true
            }
        };
        // Relaxed: for display.
        actor.handled.fetch_add(1, Ordering::Relaxed);
        if !usable {
            return Err(Bailout);
        }
        me.system.handled();
    }
    actor.end_turn();
    Ok(())
}

/// Handles one request; false when the worker's request cannot go on. Nobody is told of the outcome before the message counts as handled.
fn handle(php: Php<'_>, me: &Me, actor: &Arc<Actor>, mut request: Request, method: Option<&[u8]>) -> bool {
    let task = Arc::clone(&request.task);
    if !matches!(task.state.start(), Start::Started) {
        finish(&task, Outcome::Cancelled(None));
        return true;
    }
    task.attach(&me.line);
    running::begin_message(php, &task, actor);
    let mut outcome = match install(php, me, &request.inheritance) {
        Ok(()) => outcome_of(php, &task, || with_output(php, |php| perform(php, me, actor, &mut request, method))),
        Err(reason) => Outcome::Unsendable(reason),
    };
    running::end(&task);
    task.detach();
    let usable = !matches!(outcome, Outcome::Died(_));
    if let Outcome::Died(fatal) = &outcome {
        me.system.handled();
        if me.dead.replace(true) {
            outcome = lost_outcome("The actor", &format!("its thread died: {}", fatal.message));
        }
    }
    match method {
        None if matches!(outcome, Outcome::Returned(_)) => {
            if actor.options.restarts > 0 {
                RECORDS.with_borrow_mut(|records| {
                    let build = || Record { build: Message::Build(again(&request)), restarts: VecDeque::new() };
                    records.0.entry(actor.id).or_insert_with(build);
                });
            }
        }
        None => {
            // Never built: nobody can send to it.
            for message in actor.end("its constructor failed") {
                refuse(actor, message, "its constructor failed");
            }
        }
        Some(_) => {}
    }
    let lost = outcome.is_failure() && task.is_abandoned();
    finish(&task, outcome);
    if lost && let Some(owner) = me.system.owner.upgrade() {
        owner.note_failure(&task);
    }
    usable
}

/// Makes the code of a sender known here.
fn install(php: Php<'_>, me: &Me, inheritance: &Inheritance) -> Result<(), String> {
    if me.installed.borrow().as_ref().is_some_and(|known| known.is_same(inheritance)) {
        return Ok(());
    }
    inheritance.install(php).map_err(|reason| reason.to_string())?;
    me.installed.replace(Some(inheritance.clone()));
    Ok(())
}

fn perform(php: Php<'_>, me: &Me, actor: &Arc<Actor>, request: &mut Request, method: Option<&[u8]>) -> Result<Outcome, Raised> {
    let count = request.positional + 1;
    // A constructor's arguments may be needed for another instance.
    let mut roots = match Arc::get_mut(&mut request.packet).filter(|_| method.is_some()) {
        Some(packet) => restore_all_once(php, packet, count)?,
        None => restore_all(php, &request.packet, count)?,
    }
    .into_iter();
    let named = roots.next().unwrap_or_else(Value::null);
    let mut args = Arguments { positional: roots.collect(), named };
    let Some(method) = method else { return build(php, me, actor, &mut args) };
    let instance = me.instances.borrow().get(&actor.id).map(|instance| instance.object.duplicate());
    let Some(instance) = instance else {
        let text = format!("{} is not there any more", actor.name());
        return Err(throw(php, Class::ActorException, &text));
    };
    let result = match actor_class::find_method(&instance, &method.to_ascii_lowercase()) {
        Some(method) => call_method(php, &instance, method, &mut args)?,
        None => {
            // Known to `__call` alone.
            let callable = array::list(php, [instance.duplicate(), Value::string(php, method)]);
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
    me.by_object.borrow_mut().insert(object.addr(), Arc::clone(actor));
    if let Some(constructor) = actor_class::constructor(&instance)
        && let Err(raised) = call_method(php, &instance, constructor, args)
    {
        me.by_object.borrow_mut().remove(&object.addr());
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
    RECORDS.with_borrow_mut(|records| records.0.remove(&actor.id));
    let task = Task::new();
    running::begin_message(php, &task, actor);
    let outcome = outcome_of(php, &task, || {
        as_task(php, |php| {
            let object = instance.object.object();
            drop(instance.object);
            if let Some(object) = object {
                me.by_object.borrow_mut().remove(&object.addr());
            }
            if php.has_exception() { Err(Raised::Exception) } else { Outcome::returned(php, &Value::null()) }
        })
    });
    running::end(&task);
    for message in actor.end("its last handle has gone") {
        refuse(actor, message, "its last handle has gone");
    }
    if outcome.is_failure() {
        finish(&task, outcome);
        if let Some(owner) = me.system.owner.upgrade() {
            owner.note_failure(&task);
        }
    }
}
