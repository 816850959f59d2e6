//! What a task of a pool does: captured by who submits it, performed by a worker.
//!
//! A closure that is nothing but code is captured once per submitter and restored once per request of a worker: its `Template` stands for it. What else a task needs
//! is its arguments; those that are plain travel as they are.
//!
//! Owner: `Work` belongs to the task in the queue, then to the worker; templates are shared. Threads: captured in the submitter's, performed in the worker's.

use super::job::Shape;
use super::outcome::{Outcome, capture_or_throw, restore_all_once, restore_one};
use super::worker::call_and_capture;
use crate::sys;
use crate::transfer::{Bare, Label, Packet};
use crate::zend::invoke::{Arguments, call};
use crate::zend::{Php, Plain, Raised, Value, array};
use async_threads_core::stock::Stock;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

/// Closures a submitter, and a worker, remembers.
const REMEMBERED: usize = 32;

/// A closure that is nothing but code.
pub(crate) struct Template(Packet);

/// What to call.
pub(crate) enum Callee {
    Template(Arc<Template>),
    /// The first root of the packet.
    InPacket,
}

/// See the module.
pub(crate) enum Work {
    /// One call; the callee, if it is in the packet, and the arguments.
    Call(Box<Packet>, Shape),
    /// One call with named and positional arguments in the packet, that many roots.
    Kept(Arc<Template>, Box<Packet>, usize),
    /// One call with plain arguments.
    Plain(Arc<Template>, Box<[Plain]>),
    /// `map`: so many items; the result is the list of what the callee returned.
    Chunk(Callee, Box<Packet>, usize),
}

thread_local! {
    /// This thread's closures that have a template, the latest first. Classes are compared by address: emptied at the request's end.
    static TEMPLATES: RefCell<VecDeque<(Bare, Stock<Template>)>> = const { RefCell::new(VecDeque::new()) };
}

/// RSHUTDOWN.
pub(crate) fn request_end() {
    drop(TEMPLATES.take());
}

/// The template of `callable`, if it can have one.
fn template(php: Php<'_>, callable: &Value) -> Result<Option<Arc<Template>>, Raised> {
    let Some(bare) = Bare::of(php, callable) else { return Ok(None) };
    let known =
        TEMPLATES.with_borrow_mut(|all| all.iter_mut().find(|(other, _)| other.is_same(&bare)).map(|(_, known)| known.get()));
    if known.is_some() {
        return Ok(known);
    }
    // Not under the borrow: it may run code.
    let made = Arc::new(Template(capture_or_throw(php, &[(Label::Task, callable.as_ptr())])?));
    let forgotten = TEMPLATES.with_borrow_mut(|all| {
        all.push_front((bare, Stock::new(Arc::clone(&made))));
        if all.len() > REMEMBERED { all.pop_back() } else { None }
    });
    drop(forgotten);
    Ok(Some(made))
}

fn arguments<'a>(args: &'a [sys::zval]) -> impl Iterator<Item = (Label<'a>, *const sys::zval)> {
    args.iter().enumerate().map(|(i, arg)| (Label::Arg(i as u32), std::ptr::from_ref(arg)))
}

impl Work {
    /// Captures a call.
    pub(crate) fn call(php: Php<'_>, callable: &Value, args: &[sys::zval], named: Option<&Value>) -> Result<Work, Raised> {
        let Some(template) = template(php, callable)? else {
            let (packet, shape) = super::job::capture_call(php, callable, args, named)?;
            return Ok(Work::Call(Box::new(packet), shape));
        };
        if named.is_none()
            && let Some(plain) = args.iter().map(Plain::of).collect::<Option<Box<[Plain]>>>()
        {
            return Ok(Work::Plain(template, plain));
        }
        let null = Value::null();
        let mut roots = vec![(Label::NamedArgs, named.unwrap_or(&null).as_ptr())];
        roots.extend(arguments(args));
        let packet = capture_or_throw(php, &roots)?;
        Ok(Work::Kept(template, Box::new(packet), roots.len()))
    }

    /// Captures a chunk of a `map`.
    pub(crate) fn chunk(php: Php<'_>, callable: &Value, items: &[Value]) -> Result<Work, Raised> {
        let template = template(php, callable)?;
        let callee = template.is_none().then(|| (Label::Task, callable.as_ptr()));
        let roots: Vec<_> = callee.into_iter().chain(items.iter().map(|item| (Label::Named("$item"), item.as_ptr()))).collect();
        let packet = Box::new(capture_or_throw(php, &roots)?);
        Ok(Work::Chunk(template.map_or(Callee::InPacket, Callee::Template), packet, items.len()))
    }

    /// Does it.
    pub(crate) fn perform(&mut self, php: Php<'_>, kept: &Kept) -> Result<Outcome, Raised> {
        match self {
            Work::Call(packet, shape) => {
                let (callable, args) = shape.read(restore_all_once(php, packet, shape.roots())?);
                call_and_capture(php, callable, args)
            }
            Work::Kept(template, packet, roots) => {
                let callable = kept.closure(php, template)?;
                let mut args = restore_all_once(php, packet, *roots)?;
                let positional = args.split_off(1);
                let named = args.pop().unwrap_or_else(Value::null);
                call_and_capture(php, callable, Arguments { positional, named })
            }
            Work::Plain(template, args) => {
                let callable = kept.closure(php, template)?;
                let args = args.iter().map(|plain| plain.value()).collect();
                call_and_capture(php, callable, Arguments::positional(args))
            }
            Work::Chunk(callee, packet, count) => chunk(php, kept, callee, packet, *count),
        }
    }
}

fn chunk(php: Php<'_>, kept: &Kept, callee: &Callee, packet: &mut Packet, count: usize) -> Result<Outcome, Raised> {
    let (callable, items) = match callee {
        Callee::Template(template) => (kept.closure(php, template)?, restore_all_once(php, packet, count)?.into_iter()),
        Callee::InPacket => {
            let mut roots = restore_all_once(php, packet, count + 1)?.into_iter();
            (roots.next().unwrap_or_else(Value::null), roots)
        }
    };
    let mut results = array::Builder::new(php);
    for item in items {
        results.push(call(php, &callable, &mut Arguments::positional(vec![item]))?);
    }
    let results = results.finish();
    let outcome = Outcome::returned(php, &results)?;
    drop((results, callable));
    if php.has_exception() { Err(Raised::Exception) } else { Ok(outcome) }
}

/// The closures a worker has restored in its request, the latest first.
#[derive(Default)]
pub(crate) struct Kept(RefCell<VecDeque<(Arc<Template>, Value)>>);

impl Kept {
    fn closure(&self, php: Php<'_>, template: &Arc<Template>) -> Result<Value, Raised> {
        let known = self.0.borrow().iter().find(|(other, _)| Arc::ptr_eq(other, template)).map(|(_, known)| known.duplicate());
        if let Some(known) = known {
            return Ok(known);
        }
        let made = restore_one(php, &template.0)?;
        let mut all = self.0.borrow_mut();
        all.push_front((Arc::clone(template), made.duplicate()));
        let forgotten = if all.len() > REMEMBERED { all.pop_back() } else { None };
        drop(all);
        drop(forgotten);
        Ok(made)
    }

    /// At the request's end, before its heap goes. After a bailout no value is released by itself.
    pub(crate) fn clear(&self, after_bailout: bool) {
        for (template, closure) in self.0.take() {
            drop(template);
            if after_bailout {
                std::mem::forget(closure);
            }
        }
    }
}
