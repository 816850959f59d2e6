//! The environment as PHP strings, for `$_SERVER` and `getenv()`: made once per process and environment, not once per request.
//!
//! The engine takes every variable apart in each request anew, which is a third of what the start of a thread costs. Here the array it made is
//! remembered beside the text it was made of, and whoever finds the same text gets a copy.
//!
//! Owner: a static, guarded by the engine's own lock of the environment (`putenv()` takes it too). Threads: any. Invariants: no memory of a request is taken
//! under the lock, for that may end in a jump; what is remembered is bytes, never a string of a request.

use super::door::guard;
use super::{Bailout, Php, Value, protect};
use crate::sys;
use std::cell::{RefCell, UnsafeCell};
use std::ffi::{CStr, c_char, c_int};
use std::ops::Range;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What the engine made of an environment.
struct Known {
    /// All entries as they were, each with its NUL.
    text: Vec<u8>,
    bytes: Vec<u8>,
    /// Names and values, in `bytes`, in order.
    variables: Vec<(Range<usize>, Range<usize>)>,
}

struct Shared(UnsafeCell<Option<Arc<Known>>>);

// SAFETY: looked at under the engine's lock of the environment alone.
unsafe impl Sync for Shared {}

/// The environment there was last.
static LAST: Shared = Shared(UnsafeCell::new(None));

thread_local! {
    /// Kept here while it is copied, where a jump out of the copying does not leak it.
    static HELD: RefCell<Option<Arc<Known>>> = const { RefCell::new(None) };
}

/// The entries, up to a null.
type Entries = *const *const c_char;

/// Where the C library and the engine have the environment. Not the symbol `environ` as this library would be bound to it: PHP loads extensions with
/// `RTLD_DEEPBIND`, which prefers the C library's own variable to the copy in the executable, and it is the copy that is in use.
static ENVIRON: AtomicPtr<Entries> = AtomicPtr::new(ptr::null_mut());

/// The engine's lock of the environment.
struct Lock;

impl Lock {
    fn new() -> Lock {
        // SAFETY: a lock of the process.
        unsafe { sys::tsrm_env_lock() };
        Lock
    }

    /// The entries of the environment.
    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        // Relaxed: set once, in MINIT.
        let place = ENVIRON.load(Ordering::Relaxed);
        // SAFETY: under the lock.
        let mut next = unsafe { *place };
        std::iter::from_fn(move || {
            // SAFETY: as above; there may be no entries at all.
            unsafe {
                let entry = *next.as_ref()?;
                next = next.add(1);
                (!entry.is_null()).then(|| CStr::from_ptr(entry).to_bytes_with_nul())
            }
        })
    }

    fn last(&mut self) -> &mut Option<Arc<Known>> {
        // SAFETY: under the lock, which is not held for longer than one statement here.
        unsafe { &mut *LAST.0.get() }
    }

    /// Whether `text` is that of the environment there is now.
    fn is(&self, text: &[u8]) -> bool {
        let left = self.entries().try_fold(text, |left, entry| left.strip_prefix(entry));
        left.is_some_and(<[u8]>::is_empty)
    }

    /// What is known of the environment there is now.
    fn known(&mut self) -> Option<Arc<Known>> {
        let known = self.last().clone();
        known.filter(|known| self.is(&known.text))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // SAFETY: locked in `new`.
        unsafe { sys::tsrm_env_unlock() };
    }
}

/// MINIT
pub(crate) fn startup() {
    // SAFETY: a name that ends with a NUL; MINIT, one thread.
    unsafe {
        let executable = libc::dlopen(ptr::null(), libc::RTLD_NOW);
        let place = libc::dlsym(executable, c"environ".as_ptr());
        if !place.is_null() {
            ENVIRON.store(place.cast(), Ordering::Relaxed);
            sys::at_hook_environment();
        }
    }
}

/// The engine wants the environment added to `array`. Non-zero: bail out.
///
/// # Safety
/// By the engine alone, with an array of this thread that nobody else has.
#[unsafe(no_mangle)]
unsafe extern "C" fn at_add_environment(array: *mut sys::zval) -> c_int {
    // SAFETY: called inside a request, or at its start.
    let php = unsafe { Php::assume() };
    // SAFETY: by contract.
    guard(php, || Ok(unsafe { import(php, array) }?))
}

/// # Safety
/// As above.
unsafe fn import(php: Php<'_>, array: *mut sys::zval) -> Result<(), Bailout> {
    // SAFETY: as above.
    let table = unsafe { (*array).value.arr };
    // SAFETY: as above.
    let is_empty = unsafe { (*table).nNumOfElements } == 0;
    let known = if is_empty { Lock::new().known() } else { None };
    if let Some(known) = known {
        let known = HELD.with_borrow_mut(|held| ptr::from_ref::<Known>(held.insert(known)));
        // SAFETY: as above; `HELD` keeps what is known until the next call.
        return protect(php, |_| unsafe { (*known).copy_to(table) });
    }
    let text: Vec<u8> = Lock::new().entries().flatten().copied().collect();
    // SAFETY: as above.
    protect(php, |_| unsafe { sys::at_import_environment(array) })?;
    // SAFETY: as above.
    if is_empty && let Some(known) = unsafe { Known::read(text, table) } {
        let mut lock = Lock::new();
        // If it has changed meanwhile, nobody knows what it was made of.
        if lock.is(&known.text) {
            *lock.last() = Some(Arc::new(known));
        }
    }
    Ok(())
}

impl Known {
    /// What the engine has put into `table`; None if that is more than names and strings.
    ///
    /// # Safety
    /// A table of this thread.
    unsafe fn read(text: Vec<u8>, table: *mut sys::HashTable) -> Option<Known> {
        let mut known = Known { text, bytes: Vec::new(), variables: Vec::new() };
        let mut position = 0;
        loop {
            // New ones each time: what they are given is theirs to release.
            let (mut key, mut value) = (Value::null(), Value::null());
            // SAFETY: by contract; both are writable.
            if !unsafe { sys::at_array_next(table, &raw mut position, key.as_mut_ptr(), value.as_mut_ptr()) } {
                break;
            }
            let name = known.append(key.bytes()?);
            let value = known.append(value.bytes()?);
            known.variables.push((name, value));
        }
        Some(known)
    }

    fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        from..self.bytes.len()
    }

    /// Fills an empty table. Inside `protect`.
    ///
    /// # Safety
    /// A table of this thread that nobody else has.
    unsafe fn copy_to(&self, table: *mut sys::HashTable) {
        // SAFETY: by contract; bytes with their lengths. The table takes over the value and takes a reference of its own to the name.
        unsafe {
            sys::zend_hash_extend(table, self.variables.len() as u32, false);
            for (name, value) in &self.variables {
                let (name, value) = (&self.bytes[name.clone()], &self.bytes[value.clone()]);
                let name = sys::at_string_init(name.as_ptr().cast(), name.len(), false);
                let mut slot: sys::zval = std::mem::zeroed();
                sys::at_zval_string(&raw mut slot, value.as_ptr().cast(), value.len());
                sys::zend_hash_add_new(table, name, &raw mut slot);
                sys::at_string_release(name);
            }
        }
    }
}
