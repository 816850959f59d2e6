//! Actors: objects that live in threads, and the messages that are sent to them.
//!
//! An `Actor` is a mailbox with a place: one of the workers of its `System`, where the instance is. A message that finds the mailbox idle puts the actor into its
//! worker's run queue; the worker gives it turns of a few messages each. Owner: reference count, held by handles (through `Guard`), by the worker that
//! has the instance, and by messages in flight. Threads: any. Invariants: an actor is in its worker's run queue or has a turn exactly while its phase is not
//! `Idle`; messages of one sender are handled in the order sent; the last `Guard` to go sends the message that ends the actor.

use super::actor_ask::Args;
use super::actor_waits::{self, Runner};
use super::inheritance::Inheritance;
use super::owner::Owner;
use super::task::Task;
use crate::zend::actor_class::{Handle, Method};
use crate::zend::{Value, array};
use async_threads_core::parker::Wake;
use crossbeam_utils::CachePadded;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// What is to be done.
pub(crate) enum Message {
    /// Make the instance.
    Build(Request),
    /// Call a method.
    Call(Arc<Method>, Request),
    /// Let the instance go, unless there are handles again.
    Release,
}

/// A call's arguments, and who waits for its outcome.
pub(crate) struct Request {
    pub(crate) task: Arc<Task>,
    pub(crate) args: Args,
    /// What it has from its sender.
    pub(crate) inheritance: Arc<Inheritance>,
}

/// How an actor's class wants it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Options {
    /// Messages that may wait; 0 for any number.
    pub(crate) capacity: usize,
    /// How often it is built anew within so many seconds; 0 for never.
    pub(crate) restarts: u32,
    pub(crate) within: u32,
}

/// See the module. In this order: what senders and the worker write for each message is one line of the cache, what both only read is the next, and what the worker
/// alone writes the last.
#[repr(C, align(64))]
pub(crate) struct Actor {
    inner: Mutex<Inner>,
    pub(crate) system: Arc<System>,
    pub(crate) worker: usize,
    pub(crate) options: Options,
    pub(crate) id: u64,
    class: Box<[u8]>,
    pub(crate) handled: AtomicU64,
    /// Who handles its message.
    pub(super) runner: Runner,
}

#[repr(C)]
struct Inner {
    mailbox: VecDeque<Message>,
    phase: Phase,
    /// Set once it takes no more messages: why.
    gone: Option<Arc<str>>,
    guard: Weak<Guard>,
    crowded: Vec<Arc<dyn Wake>>,
}

const _: () = assert!(std::mem::offset_of!(Inner, guard) + 8 <= 64 && std::mem::offset_of!(Actor, id) >= 128);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Queued,
    Running,
}

/// Why a message was not taken.
pub(crate) enum Refused {
    /// The mailbox is full; the message comes back.
    Full(Message),
    /// There is no actor any more; why.
    Gone(Arc<str>),
}

/// What all handles of an actor share.
pub(crate) struct Guard(pub(crate) Arc<Actor>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.enqueue(Message::Release);
    }
}

impl Handle for Guard {
    fn id(&self) -> u64 {
        self.0.id
    }

    fn class_name(&self) -> &[u8] {
        &self.0.class
    }

    fn describe(&self, info: &mut array::Builder) {
        info.set_str("id", Value::integer(self.0.id as i64));
        info.set_str("mailbox", Value::integer(self.0.waiting() as i64));
        info.set_str("handled", Value::integer(self.0.handled.load(Ordering::Relaxed) as i64));
        info.set_str("worker", Value::integer(self.0.worker as i64));
        info.set_str("alive", Value::boolean(self.0.gone().is_none()));
    }

    fn of_instance(object: *const crate::sys::zend_object) -> Option<Arc<Guard>> {
        super::actor_worker::actor_of_instance(object).map(|actor| actor.guard())
    }
}

impl Actor {
    /// A new one, on the worker with the least to do.
    pub(crate) fn new(system: &Arc<System>, class: &[u8], options: Options) -> Arc<Actor> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let here = actor_waits::this_thread();
        let worker = system.places.iter().enumerate().min_by_key(|(_, place)| place.load(here)).map_or(0, |(i, _)| i);
        // Relaxed: a hint for placement.
        system.places[worker].actors.fetch_add(1, Ordering::Relaxed);
        Arc::new(Actor {
            // Relaxed: only uniqueness matters.
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            class: class.into(),
            options,
            worker,
            system: Arc::clone(system),
            inner: Mutex::new(Inner {
                mailbox: VecDeque::new(),
                phase: Phase::Idle,
                gone: None,
                guard: Weak::new(),
                crowded: Vec::new(),
            }),
            handled: AtomicU64::new(0),
            runner: Runner::default(),
        })
    }

    /// Name of its class, as declared.
    pub(crate) fn class(&self) -> &[u8] {
        &self.class
    }

    /// Class and number, for messages.
    pub(crate) fn name(&self) -> String {
        format!("{}#{}", String::from_utf8_lossy(&self.class), self.id)
    }

    /// Its worker's thread, as `actor_waits` counts them.
    pub(super) fn thread(&self) -> u64 {
        // Acquire: pairs with the Release in the worker's start.
        self.place().thread.load(Ordering::Acquire)
    }

    /// What handles share; made anew when the last one has gone and an instance gives itself away.
    pub(crate) fn guard(self: &Arc<Self>) -> Arc<Guard> {
        let mut inner = self.inner.lock();
        if let Some(guard) = inner.guard.upgrade() {
            return guard;
        }
        let guard = Arc::new(Guard(Arc::clone(self)));
        inner.guard = Arc::downgrade(&guard);
        guard
    }

    fn place(&self) -> &Place {
        &self.system.places[self.worker]
    }

    /// Into its worker's run queue.
    fn schedule(self: &Arc<Self>) {
        self.place().push(Arc::clone(self));
    }

    /// A message goes into the mailbox.
    fn note_sent(&self) {
        // SeqCst: see `System::is_quiet`.
        self.place().sent.fetch_add(1, Ordering::SeqCst);
    }

    /// A message has been handled, or never will be.
    pub(super) fn note_handled(&self) {
        self.system.note_handled(self.worker);
    }

    /// Puts `message` behind the others; whether it is to be scheduled for that.
    fn put(&self, inner: &mut Inner, message: Message) -> bool {
        self.note_sent();
        inner.mailbox.push_back(message);
        inner.wants_turn()
    }

    /// Sends `message`.
    pub(crate) fn send(self: &Arc<Self>, message: Message) -> Result<(), Refused> {
        let schedule = {
            let mut inner = self.inner.lock();
            if let Some(reason) = &inner.gone {
                return Err(Refused::Gone(Arc::clone(reason)));
            }
            if self.system.is_closed() {
                return Err(Refused::Gone("the script has ended".into()));
            }
            if self.options.capacity > 0 && inner.mailbox.len() >= self.options.capacity {
                return Err(Refused::Full(message));
            }
            self.put(&mut inner, message)
        };
        if schedule {
            self.schedule();
        }
        Ok(())
    }

    /// The same for what no capacity holds back, and what is nothing to an actor that has gone.
    fn enqueue(self: &Arc<Self>, message: Message) {
        let schedule = {
            let mut inner = self.inner.lock();
            if inner.gone.is_some() || self.system.is_closed() {
                return;
            }
            self.put(&mut inner, message)
        };
        if schedule {
            self.schedule();
        }
    }

    /// Calls `waker` once there may be room in the mailbox.
    pub(crate) fn wait_for_room(&self, waker: Arc<dyn Wake>) {
        let mut inner = self.inner.lock();
        if inner.mailbox.len() < self.options.capacity || inner.gone.is_some() {
            drop(inner);
            waker.wake();
        } else {
            inner.crowded.push(waker);
        }
    }

    /// The next message of a turn; none ends it.
    pub(super) fn next(&self) -> Option<Message> {
        let (message, crowded) = {
            let mut inner = self.inner.lock();
            let message = inner.mailbox.pop_front();
            inner.phase = if message.is_some() { Phase::Running } else { Phase::Idle };
            if let Some(Message::Call(_, next)) = inner.mailbox.front() {
                next.task.prefetch();
            }
            // Only if there are any: it is in a line that is not written for each message.
            (message, if inner.crowded.is_empty() { Vec::new() } else { std::mem::take(&mut inner.crowded) })
        };
        crowded.iter().for_each(|sender| sender.wake());
        message
    }

    /// A turn is over before the mailbox is empty: back into the queue, behind the others.
    pub(super) fn end_turn(self: &Arc<Self>) {
        let again = {
            let mut inner = self.inner.lock();
            inner.phase = if inner.mailbox.is_empty() { Phase::Idle } else { Phase::Queued };
            inner.phase == Phase::Queued
        };
        if again {
            self.schedule();
        }
    }

    /// `message` is to be handled before all others. By its worker, after the instance was lost; `was_taken`: out of its run queue.
    pub(super) fn begin_again(self: &Arc<Self>, message: Message, was_taken: bool) {
        let schedule = {
            let mut inner = self.inner.lock();
            self.note_sent();
            inner.mailbox.push_front(message);
            let waits_there = inner.phase == Phase::Queued && !was_taken;
            inner.phase = Phase::Queued;
            !waits_there
        };
        if schedule {
            self.schedule();
        }
    }

    /// The same where a turn was lost before it came to making the instance; false when it was lost later.
    pub(super) fn take_up_again(self: &Arc<Self>) -> bool {
        {
            let mut inner = self.inner.lock();
            if !matches!(inner.mailbox.front(), Some(Message::Build(_))) {
                return false;
            }
            inner.phase = Phase::Queued;
        }
        self.schedule();
        true
    }

    /// It takes no more messages. Gives back those it had not handled; `reason` is what their senders are told.
    pub(super) fn end(&self, reason: &str) -> Vec<Message> {
        let (messages, crowded) = {
            let mut inner = self.inner.lock();
            if inner.gone.is_none() {
                inner.gone = Some(reason.into());
                self.place().actors.fetch_sub(1, Ordering::Relaxed);
            }
            inner.phase = Phase::Idle;
            (std::mem::take(&mut inner.mailbox).into(), std::mem::take(&mut inner.crowded))
        };
        crowded.iter().for_each(|sender| sender.wake());
        messages
    }

    /// The same from outside of its worker, which is sent a last message to let the instance go.
    pub(super) fn end_by(self: &Arc<Self>, reason: &str) -> Vec<Message> {
        let (messages, crowded, schedule) = {
            let mut inner = self.inner.lock();
            if inner.gone.is_some() {
                return Vec::new();
            }
            inner.gone = Some(reason.into());
            self.place().actors.fetch_sub(1, Ordering::Relaxed);
            let messages: Vec<Message> = std::mem::take(&mut inner.mailbox).into();
            let schedule = self.put(&mut inner, Message::Release);
            (messages, std::mem::take(&mut inner.crowded), schedule)
        };
        crowded.iter().for_each(|sender| sender.wake());
        if schedule {
            self.schedule();
        }
        messages
    }

    /// Whether the instance may go: no handle is left, or it has been ended.
    pub(super) fn may_go(&self) -> bool {
        let inner = self.inner.lock();
        inner.gone.is_some() || inner.guard.strong_count() == 0
    }

    /// Why it takes no more messages, if it does not.
    pub(crate) fn gone(&self) -> Option<Arc<str>> {
        self.inner.lock().gone.clone()
    }

    /// Messages that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.inner.lock().mailbox.len()
    }
}

impl Inner {
    fn wants_turn(&mut self) -> bool {
        let idle = self.phase == Phase::Idle;
        if idle {
            self.phase = Phase::Queued;
        }
        idle
    }
}

/// All actors of one script, and their workers. Belongs to the request of the main script; threads it has started use the same.
pub(crate) struct System {
    pub(crate) places: Vec<Place>,
    closed: AtomicBool,
    /// Whether somebody waits for quiet, and who.
    is_quiet_wanted: AtomicBool,
    quiet: Mutex<Option<Arc<dyn Wake>>>,
    /// Messages of one turn.
    pub(crate) batch: usize,
    pub(crate) owner: Weak<Owner>,
}

/// The run queue of one worker.
#[derive(Default)]
pub(crate) struct Place {
    queue: Mutex<Ready>,
    /// How many are in the queue, for who looks out for one without the lock.
    queued: AtomicUsize,
    /// Messages sent to its actors. Apart from `handled`, so that neither is fetched from another processor's cache for each message.
    sent: AtomicU64,
    /// Messages to its actors that have been handled or never will be.
    handled: CachePadded<AtomicU64>,
    /// Counts beginnings and ends of turns: odd during one. By the worker alone.
    turns: CachePadded<AtomicU64>,
    /// What that was when an actor was last made.
    turns_seen: AtomicU64,
    /// The worker's thread, once it has begun.
    pub(super) thread: AtomicU64,
    pub(crate) actors: AtomicUsize,
}

#[derive(Default)]
struct Ready {
    actors: VecDeque<Arc<Actor>>,
    idle: Option<Arc<dyn Wake>>,
    /// Whether the worker looks out for turns: it needs no waking.
    looking_out: bool,
    closed: bool,
}

/// What a worker finds in its run queue.
pub(super) enum Next {
    Turn(Arc<Actor>),
    /// Nothing now; the waker will be called.
    Empty,
    /// Nothing, and nothing will come.
    Closed,
}

impl Place {
    /// How much there is for a new actor to share the worker with, seen from the thread `here`. Turns that wait, and one that has gone on since the last actor
    /// was made, weigh as much as some actors that may have none. A worker that makes an actor itself counts no turn for that.
    fn load(&self, here: u64) -> usize {
        const TURN: usize = 8;
        // Relaxed: hints, each by itself.
        let turns = self.turns.load(Ordering::Relaxed);
        let goes_on = self.turns_seen.swap(turns, Ordering::Relaxed) == turns && turns % 2 == 1;
        let is_busy = goes_on && self.thread.load(Ordering::Relaxed) != here;
        self.actors.load(Ordering::Relaxed) + TURN * (self.queued.load(Ordering::Relaxed) + usize::from(is_busy))
    }

    /// The worker has begun a turn, or is at none.
    fn note_turn(&self, begun: bool) {
        // Relaxed: a hint for placement, and no other thread writes.
        let turns = self.turns.load(Ordering::Relaxed);
        if (turns % 2 == 1) != begun {
            self.turns.store(turns + 1, Ordering::Relaxed);
        }
    }

    fn push(&self, actor: Arc<Actor>) {
        let idle = {
            let mut queue = self.queue.lock();
            queue.actors.push_back(actor);
            // Relaxed, here and below: who sees it takes the lock next.
            self.queued.store(queue.actors.len(), Ordering::Relaxed);
            if queue.looking_out { None } else { queue.idle.take() }
        };
        if let Some(worker) = idle {
            worker.wake();
        }
    }

    /// Whether somebody waits for a turn.
    pub(super) fn has_turns(&self) -> bool {
        self.queued.load(Ordering::Relaxed) > 0
    }

    /// The actor whose turn it is. With none, it is looked out for during `look`, which comes back early when `has_turns`; what `waker` gives is called later.
    pub(super) fn next(&self, look: Option<impl FnOnce()>, waker: impl FnOnce() -> Arc<dyn Wake>) -> Next {
        self.note_turn(false);
        let mut queue = self.queue.lock();
        if queue.actors.is_empty()
            && !queue.closed
            && let Some(look) = look
        {
            queue.looking_out = true;
            drop(queue);
            look();
            queue = self.queue.lock();
            queue.looking_out = false;
        }
        queue.idle = None;
        match queue.actors.pop_front() {
            Some(actor) => {
                self.note_turn(true);
                self.queued.store(queue.actors.len(), Ordering::Relaxed);
                Next::Turn(actor)
            }
            None if queue.closed => Next::Closed,
            None => {
                queue.idle = Some(waker());
                Next::Empty
            }
        }
    }

    fn close(&self) {
        let idle = {
            let mut queue = self.queue.lock();
            queue.closed = true;
            queue.idle.take()
        };
        if let Some(worker) = idle {
            worker.wake();
        }
    }
}

impl System {
    /// A system without workers yet.
    pub(crate) fn new(workers: usize, batch: usize, owner: Weak<Owner>) -> System {
        System {
            places: (0..workers).map(|_| Place::default()).collect(),
            closed: AtomicBool::new(false),
            is_quiet_wanted: AtomicBool::new(false),
            quiet: Mutex::new(None),
            batch,
            owner,
        }
    }

    /// A message to an actor of that worker has been handled, or never will be.
    pub(super) fn note_handled(&self, worker: usize) {
        // SeqCst, both: either this thread sees that quiet is wanted, or who wants it sees the message handled.
        self.places[worker].handled.fetch_add(1, Ordering::SeqCst);
        if self.is_quiet_wanted.load(Ordering::SeqCst)
            && self.is_quiet()
            && let Some(waiter) = &*self.quiet.lock()
        {
            waiter.wake();
        }
    }

    /// Calls `waker` whenever the last message has been handled.
    pub(crate) fn announce_quiet(&self, waker: Arc<dyn Wake>) {
        *self.quiet.lock() = Some(waker);
        // SeqCst: see `note_handled`.
        self.is_quiet_wanted.store(true, Ordering::SeqCst);
    }

    /// Whether no message was under way at some moment since this was called.
    pub(crate) fn is_quiet(&self) -> bool {
        // Neither number ever falls, and never have more been handled than sent. What had been sent when `handled` was read lies between that and `sent`, which is
        // read later: where these two are equal, so was it. SeqCst: all threads agree on the order of the changes.
        let sum = |count: fn(&Place) -> &AtomicU64| -> u64 {
            self.places.iter().map(|place| count(place).load(Ordering::SeqCst)).sum()
        };
        let handled = sum(|place| &place.handled);
        sum(|place| &place.sent) == handled
    }

    /// Whether messages are refused.
    fn is_closed(&self) -> bool {
        // Acquire: pairs with the Release in `close`.
        self.closed.load(Ordering::Acquire)
    }

    /// Workers end once their run queues are empty.
    pub(crate) fn close(&self) {
        // Release: pairs with the Acquire in `is_closed`.
        self.closed.store(true, Ordering::Release);
        self.places.iter().for_each(Place::close);
    }
}
