//! L2: safe views of the engine. The last layer where unsafe is ordinary.

pub(crate) mod protect;
pub(crate) mod token;

pub(crate) use protect::{Bailout, protect};
pub(crate) use token::Php;
