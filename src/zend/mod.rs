//! L2: safe views of the engine. The last layer where unsafe is ordinary.

pub(crate) mod actor_class;
pub(crate) mod args;
pub(crate) mod array;
pub(crate) mod attach;
pub(crate) mod door;
pub(crate) mod error;
pub(crate) mod exception;
pub(crate) mod fiber;
pub(crate) mod ini;
pub(crate) mod interrupt;
pub(crate) mod invoke;
pub(crate) mod iterate;
pub(crate) mod memory;
pub(crate) mod object;
pub(crate) mod output;
pub(crate) mod protect;
pub(crate) mod token;
pub(crate) mod value;

pub(crate) use args::Call;
pub(crate) use door::{Answer, Raised};
pub(crate) use protect::{Bailout, protect};
pub(crate) use token::Php;
pub(crate) use value::{Plain, Value};
