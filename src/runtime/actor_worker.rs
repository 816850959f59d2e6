//! A worker of the actor system: gives the actors that live here their turns.
//!
//! Turns are taken by one coroutine after another: as long as no message waits, one takes them all, which costs no switch. One that stands still in the middle of a turn is
//! relieved by a new one, so that the others of this worker go on, while that actor's next message stays in its mailbox; it ends with its turn. A fatal
//! error ends the worker's request and with it all instances here: their callers are told why, supervised ones are built anew in the next request.
//!
//! Owner: `Me` is the request's; instances are PHP objects of its heap. Threads: one.

use super::actor::{Actor, Message, Next, Place, Request, System};
use super::actor_turn;
use super::coroutine::{Body, Coroutine, Location};
use super::inheritance::Inheritance;
use super::outcome::Outcome;
use super::scheduler::Relief;
use super::table::{NumberMap, Table};
use super::task::Task;
use super::worker::{begin_request, end_request, finish, register_streams};
use super::{actor_waits, pool_worker, running, scheduler};
use crate::sys;
use crate::zend::attach::{Attachment, Inherited};
use crate::zend::error;
use crate::zend::interrupt::Interrupt;
use crate::zend::invoke::{self, Fatal, TaskEnd, as_task};
use crate::zend::{Bailout, Php, Raised, Value, fiber, output};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Turns after which the other coroutines of the thread, its timers and other threads are looked at, whether or not there is news.
const TURNS_IN_A_ROW: u32 = 64;

thread_local! {
    static SELF: RefCell<Option<Rc<Me>>> = const { RefCell::new(None) };
}

/// What a worker knows of itself during one request.
pub(super) struct Me {
    pub(super) system: Arc<System>,
    index: usize,
    pub(super) line: Arc<Interrupt>,
    pub(super) installed: RefCell<Option<Arc<Inheritance>>>,
    /// By the actor's number.
    pub(super) instances: RefCell<NumberMap<Instance>>,
    /// By the object's address.
    pub(super) by_object: RefCell<NumberMap<Arc<Actor>>>,
    /// Whose turns have begun and not ended. These actors are in no run queue.
    taken: RefCell<Table<Arc<Actor>>>,
    /// The coroutine that takes the turns.
    server: Cell<Option<u64>>,
    /// The system is closed, and all turns have ended.
    done: Cell<bool>,
    /// Whether it is in the middle of one.
    in_turn: Cell<bool>,
    /// No more turns are to be taken.
    closing: Cell<bool>,
    /// A message has died in this request.
    pub(super) dead: Cell<bool>,
}

impl Me {
    fn place(&self) -> &Place {
        &self.system.places[self.index]
    }
}

/// An actor's object.
pub(super) struct Instance {
    pub(super) actor: Arc<Actor>,
    pub(super) object: Value,
}

/// What a supervised actor needs to begin again, kept over requests.
#[derive(Default)]
pub(super) struct Records(HashMap<u64, Record>);

struct Record {
    build: Message,
    restarts: VecDeque<Instant>,
}

thread_local! {
    pub(super) static RECORDS: RefCell<Records> = RefCell::default();
}

/// The actor whose instance `object` is, if it is one of this worker's.
pub(super) fn actor_of_instance(object: *const sys::zend_object) -> Option<Arc<Actor>> {
    SELF.with_borrow(|me| me.as_ref()?.by_object.borrow().get(&(object.addr() as u64)).cloned())
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
            taken: RefCell::default(),
            server: Cell::new(None),
            done: Cell::new(false),
            in_turn: Cell::new(false),
            closing: Cell::new(false),
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
            system.note_handled(index);
            finish(&task, lost_outcome("The actor", &format!("its thread died: {reason}")));
        }
        let mut taken: HashMap<u64, Arc<Actor>> = me.taken.take().iter().map(|actor| (actor.id, Arc::clone(actor))).collect();
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

pub(super) fn lost_outcome(name: &str, reason: &str) -> Outcome {
    Outcome::Lost(format!("{name} is not there any more: {reason}"))
}

/// The instance of `actor` went down with its worker's request.
fn lose(actor: &Arc<Actor>, reason: &str, closed: bool, was_taken: bool) {
    if !closed && let Some(build) = RECORDS.with_borrow_mut(|records| records.restart(actor)) {
        actor.begin_again(build, was_taken);
        return;
    }
    RECORDS.with_borrow_mut(|records| records.forget(actor));
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

fn decline(actor: &Actor, request: &Request, reason: &str) {
    let _ = request.task.state.start();
    finish(&request.task, lost_outcome(&actor.name(), reason));
}

/// Tells the sender of `message` that it will not be handled.
pub(super) fn refuse(actor: &Actor, message: Message, reason: &str) {
    match message {
        Message::Build(request) => decline(actor, &request, reason),
        Message::Call(method, request) => {
            request.task.label(&actor.name(), &method.name);
            decline(actor, &request, reason);
        }
        Message::Release => {}
    }
    actor.note_handled();
}

impl Records {
    /// `actor`, which is supervised, has been built by `request`.
    pub(super) fn built(&mut self, actor: &Actor, request: Request) {
        let build = || Record { build: Message::Build(request), restarts: VecDeque::new() };
        self.0.entry(actor.id).or_insert_with(build);
    }

    /// Whether `actor` has been built and is to be built again.
    pub(super) fn has(&self, actor: &Actor) -> bool {
        self.0.contains_key(&actor.id)
    }

    /// It has ended.
    pub(super) fn forget(&mut self, actor: &Actor) {
        self.0.remove(&actor.id);
    }

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
pub(super) fn again(request: &Request) -> Request {
    let task = Task::new();
    task.mark_observed();
    Request { task, args: request.args.clone(), inheritance: Arc::clone(&request.inheritance) }
}

/// One request; true when the system is closed. Turns are taken by another coroutine than main code's, which waits for the end here.
fn serve(php: Php<'_>, me: &Rc<Me>, worker: &Arc<Task>) -> bool {
    if register_streams(php).is_err() {
        return false;
    }
    let scheduler = scheduler::of(php);
    scheduler.set_relief(Relief { parks, has_work });
    start_server(php, me);
    let closed = loop {
        if worker.stop_requested() {
            break true;
        }
        if me.done.get() {
            break release_all(php, me);
        }
        let woken = Cell::new(false);
        let waited = as_task(php, |php| {
            let _external = scheduler.expect_external();
            scheduler.wait(php, || woken.replace(true))
        });
        if waited.is_err() {
            break worker.stop_requested();
        }
    };
    me.closing.set(true);
    if let Some(server) = me.server.get() {
        scheduler.wake_id(server);
    }
    closed
}

/// A coroutine on its way to taking turns. If it never begins, there being too many, the next that comes to the end of its turn goes on in its place.
struct Successor(Option<Rc<Me>>);

impl Drop for Successor {
    fn drop(&mut self) {
        if let Some(me) = self.0.take() {
            me.server.set(None);
        }
    }
}

/// From now on a new coroutine takes the turns.
fn start_server(php: Php<'_>, me: &Rc<Me>) {
    let mut successor = Successor(Some(Rc::clone(me)));
    let body = move |php: Php<'_>| {
        if let Some(me) = successor.0.take() {
            take_turns(php, &me)?;
        }
        Ok(Value::null())
    };
    let server = scheduler::of(php).spawn(Body::Native(Box::new(body)), Location::default());
    me.server.set(Some(server.id));
}

/// `coroutine` is about to stand still: if it is the one that takes the turns, in the middle of one, another takes its place.
fn parks(php: Php<'_>, coroutine: &Rc<Coroutine>) {
    let Some(me) = SELF.with_borrow(Clone::clone) else { return };
    if me.server.get() == Some(coroutine.id) && me.in_turn.get() && !me.closing.get() {
        me.in_turn.set(false);
        start_server(php, &me);
    }
}

/// Whether turns wait.
fn has_work() -> bool {
    SELF.with_borrow(|me| me.as_ref().is_some_and(|me| me.place().has_turns()))
}

/// What the coroutine does that takes the turns, one after another, as long as no message makes it stand still: then it goes on to the end of that turn alone.
fn take_turns(php: Php<'_>, me: &Rc<Me>) -> Result<(), Bailout> {
    let scheduler = scheduler::of(php);
    let own = scheduler.current();
    own.hidden.set(true);
    let reporting = invoke::reporting(php);
    let mut turns = 0u32;
    while !me.closing.get() {
        let look = || scheduler.look_out_for(|| me.place().has_turns());
        let look = (!scheduler.has_ready() && !scheduler.has_news()).then_some(look);
        let looked = look.is_some();
        match me.place().next(look, || own.remote_waker(php)) {
            Next::Turn(actor) => {
                own.hidden.set(false);
                me.in_turn.set(true);
                let ended = take_turn(php, me, &own, actor);
                let is_server = me.server.get() == Some(own.id);
                if is_server {
                    me.in_turn.set(false);
                }
                ended?;
                invoke::end_silence(php, reporting)?;
                if !is_server && let Some(server) = me.server.get() {
                    // It may wait for the last turn to end.
                    scheduler.wake_id(server);
                    return Ok(());
                }
                me.server.set(Some(own.id));
                if !own.is_nobodys() {
                    // Whoever knows this coroutine waits for its end.
                    start_server(php, me);
                    return Ok(());
                }
                own.hidden.set(true);
                turns = turns.wrapping_add(1);
                if scheduler.has_ready() || scheduler.has_news() || turns.is_multiple_of(TURNS_IN_A_ROW) {
                    // Others have their turn too. What is thrown here is nobody's.
                    if let Err(TaskEnd::Died(_)) = as_task(php, |php| scheduler.suspend(php)) {
                        return Err(Bailout);
                    }
                }
            }
            Next::Closed if me.taken.borrow().len() == 0 => break,
            Next::Closed | Next::Empty => match scheduler.without_looking(looked, || pool_worker::wait_for_news(php)) {
                Err(TaskEnd::Died(_)) => return Err(Bailout),
                // What came too late for a message that had ended, or tells the whole thread to stop.
                Ok(()) | Err(TaskEnd::Threw(_) | TaskEnd::Exited) => {}
            },
        }
    }
    me.done.set(true);
    scheduler.wake(scheduler.main());
    Ok(())
}

/// One turn of `actor`, in the current coroutine.
fn take_turn(php: Php<'_>, me: &Me, own: &Rc<Coroutine>, actor: Arc<Actor>) -> Result<(), Bailout> {
    let key = me.taken.borrow_mut().add(Arc::clone(&actor));
    actor_turn::turn(php, me, own, &actor)?;
    // After a bailout it stays, and what becomes of the actor is decided at the request's end.
    let taken = me.taken.borrow_mut().remove(key);
    drop((taken, actor));
    fiber::end_state(php)
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
