//! Where the variables of a notebook live between cells.
//!
//! A variable is a value on the heap with its type, its destructor and the
//! function that shows it, all taken when it was stored; whoever holds a slot
//! needs to know nothing of the type.
//!
//! A cell that uses a variable *checks it out*: [`take`] copies its bits into
//! a local of the exact type, [`place`] says where that local is. The slot
//! keeps its memory. When the cell is over, [`settle`] copies the bits back,
//! or, if the cell moved the variable, forgets it. The local itself is never
//! dropped: it lives in a future that [`crate::cell::start`] abandons. So
//! there is exactly one owner at every moment.

use std::alloc::Layout;
use std::any::TypeId;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ferrite_display::probe::{Shown, short_type_name};

struct Slot {
    value: *mut u8,
    layout: Layout,
    type_id: TypeId,
    type_name: &'static str,
    /// Drops the value in place.
    drop: unsafe fn(*mut u8),
    /// Calls the display function on the value.
    show: Box<dyn Fn(*const u8) -> Shown>,
    checked_out: Option<*const u8>,
}

// SAFETY: a slot's value is touched only by the thread that runs cells (there
// is one); other threads only read names and types under the lock.
unsafe impl Send for Slot {}

#[derive(Default)]
struct Slots {
    live: BTreeMap<String, Slot>,
    /// Stored by the running cell; become live when it ends well.
    pending: Vec<(String, Slot)>,
}

static SLOTS: Mutex<Slots> = Mutex::new(Slots {
    live: BTreeMap::new(),
    pending: Vec::new(),
});

fn slots() -> MutexGuard<'static, Slots> {
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a variable without knowing its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type, without paths.
    pub type_name: String,
}

/// Copies a variable's bits into a local of the cell.
///
/// # Panics
/// If there is no such variable or it has another type: the engine generated
/// a wrong cell. Nothing is touched then.
///
/// # Safety
/// Only generated code may call this: the returned value must be announced
/// with [`place`] and must never be dropped, except by being moved away in a
/// cell for which [`settle`] is told so.
pub unsafe fn take<T: 'static>(name: &str) -> T {
    let slots = slots();
    let Some(slot) = slots.live.get(name) else {
        panic!("there is no variable `{name}`");
    };
    if slot.type_id != TypeId::of::<T>() {
        panic!(
            "variable `{name}` is a `{}`, not a `{}`",
            slot.type_name,
            std::any::type_name::<T>()
        );
    }
    // SAFETY: the slot holds an initialised T (the TypeId agrees); the caller
    // keeps the copy from being dropped a second time.
    unsafe { std::ptr::read(slot.value.cast::<T>()) }
}

/// Says where the local is that holds a checked-out variable.
pub fn place<T: 'static>(name: &str, local: *const T) {
    if let Some(slot) = slots().live.get_mut(name) {
        slot.checked_out = Some(local.cast());
    }
}

/// Keeps a new variable for later cells, with the function that shows it.
pub fn store<T: 'static>(name: &str, value: T, show: fn(&T) -> Shown) {
    let slot = Slot {
        value: Box::into_raw(Box::new(value)).cast(),
        layout: Layout::new::<T>(),
        type_id: TypeId::of::<T>(),
        type_name: std::any::type_name::<T>(),
        drop: drop_value::<T>,
        // SAFETY: called only with this slot's own value, which is a T.
        show: Box::new(move |value| show(unsafe { &*value.cast::<T>() })),
        checked_out: None,
    };
    slots().pending.push((name.to_owned(), slot));
}

/// # Safety
/// `value` must point to an initialised `T` that nobody uses afterwards.
unsafe fn drop_value<T>(value: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { std::ptr::drop_in_place(value.cast::<T>()) }
}

/// Ends a cell: checked-out variables return, except those in `moved`, and
/// new ones become live if the cell ended well (`keep_new`).
pub fn settle(moved: &[String], keep_new: bool) {
    let mut gone = Vec::new();
    {
        let mut slots = slots();
        for name in moved {
            if let Some(mut slot) = slots.live.remove(name) {
                // The value lives on where it was moved to.
                slot.drop = forget_value;
                gone.push(slot);
            }
        }
        for slot in slots.live.values_mut() {
            if let Some(local) = slot.checked_out.take() {
                // SAFETY: `local` is the place of the local that `take` filled,
                // of the same type and so of the same size; the cell has ended
                // and its frame is not yet freed. A mere copy: ownership goes
                // back to the slot, the local is never dropped.
                unsafe { std::ptr::copy_nonoverlapping(local, slot.value, slot.layout.size()) }
            }
        }
        for (name, slot) in std::mem::take(&mut slots.pending) {
            if keep_new {
                gone.extend(slots.live.insert(name, slot));
            } else {
                gone.push(slot);
            }
        }
    }
    // Outside the lock: a destructor is user code and may do anything.
    drop(gone);
}

/// # Safety
/// None needed; has the signature of a destructor.
unsafe fn forget_value(_: *mut u8) {}

/// Drops variables.
pub fn forget(names: &[String]) {
    let gone: Vec<Slot> = {
        let mut slots = slots();
        names
            .iter()
            .filter_map(|name| slots.live.remove(name))
            .collect()
    };
    drop(gone);
}

/// All variables, by name.
pub fn variables() -> Vec<Variable> {
    slots()
        .live
        .iter()
        .map(|(name, slot)| Variable {
            name: name.clone(),
            type_name: short_type_name(slot.type_name),
        })
        .collect()
}

/// Shows a variable with the display function of its type.
pub fn show(name: &str) -> Option<Shown> {
    // The display function is user code: the slot leaves the table while it
    // runs, so that the lock is free and a panic in it loses nothing.
    let slot = slots().live.remove(name)?;
    let shown = catch_unwind(AssertUnwindSafe(|| (slot.show)(slot.value)));
    slots().live.insert(name.to_owned(), slot);
    match shown {
        Ok(shown) => Some(shown),
        Err(payload) => std::panic::resume_unwind(payload),
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: the slot owns its value (a moved one has `forget_value`),
        // and nothing can reach the slot any more. A panicking destructor
        // must not take the notebook with it.
        let _ = catch_unwind(AssertUnwindSafe(|| unsafe { (self.drop)(self.value) }));
        if self.layout.size() > 0 {
            // SAFETY: the memory came from `Box<T>` with this very layout.
            unsafe { std::alloc::dealloc(self.value, self.layout) }
        }
    }
}
