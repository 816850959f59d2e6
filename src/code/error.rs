//! What can go wrong when code is made to travel.

use crate::zend::Bailout;

/// Why code cannot be taken along, or not be added to a thread.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodeError {
    /// All reserved slots are in use.
    #[error("no room for more code: all slots for shared functions and classes are taken")]
    OutOfSlots,
    /// A constant or default holds an object that no constant expression can describe.
    #[error("{holder} cannot be taken along: it holds an object of class {class}")]
    Object {
        /// The constant, property or variable.
        holder: String,
        /// The class of the object it holds.
        class: String,
    },
    /// A constant or default holds a resource or something as odd.
    #[error("{holder} cannot be taken along: it holds a value of a kind that threads cannot share")]
    Value {
        /// The constant, property or variable.
        holder: String,
    },
    /// A class that is just being declared.
    #[error("class {0} cannot be taken along while it is being declared")]
    Unlinked(String),
    /// A class refers to a part of another class that was not found.
    #[error("class {0} cannot be taken along: its {1} belongs to a class that is not declared")]
    Dangling(String, &'static str),
    /// The thread has another function of that name.
    #[error("function {0}() in this thread differs from the one its creator's code was compiled against")]
    FunctionConflict(String),
    /// The thread has another class of that name.
    #[error("class {0} in this thread differs from the one its creator's code was compiled against")]
    ClassConflict(String),
    /// Code takes for granted that a name is declared, and neither this thread nor its creator has it.
    #[error("{0} is not declared in this thread, and the code was compiled in the knowledge of it")]
    Missing(String),
    /// The function is not PHP code.
    #[error("{0}() is not a function written in PHP")]
    NotUserCode(String),
    /// A fatal error while adding code.
    #[error("fatal error while adding code to the thread")]
    Fatal(Bailout),
}

impl CodeError {
    /// A value of a kind that cannot be shared; `held_by` says where.
    pub(super) fn value() -> CodeError {
        CodeError::Value { holder: String::new() }
    }

    /// Names the constant or variable that holds the value which could not be taken along, unless that is known already.
    pub(super) fn held_by(mut self, name: impl FnOnce() -> String) -> CodeError {
        if let CodeError::Object { holder, .. } | CodeError::Value { holder } = &mut self
            && holder.is_empty()
        {
            *holder = name();
        }
        self
    }
}
