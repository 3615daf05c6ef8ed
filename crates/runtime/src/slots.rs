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
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ferrite_display::probe::{Shown, short_type_name};

use crate::cell::Frame;

struct Slot {
    value: *mut u8,
    layout: Layout,
    /// `None` for a borrower: a type with lifetimes has none.
    type_id: Option<TypeId>,
    type_name: &'static str,
    /// Drops the value in place.
    drop: unsafe fn(*mut u8),
    /// The display function, for a pointer to the value.
    show: fn(*const u8) -> Shown,
    checked_out: Option<*const u8>,
    /// Where the value is while others borrow from it: in a frame.
    lent: Option<*const u8>,
    /// The variables that it borrows from.
    owners: Vec<String>,
}

impl Slot {
    /// Where the value is.
    fn home(&self) -> *const u8 {
        self.lent.unwrap_or(self.value)
    }
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

thread_local! {
    /// Frames that hold lent variables, with their names.
    static HELD: RefCell<Vec<(Frame, BTreeSet<String>)>> = const { RefCell::new(Vec::new()) };
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
    let (value, lent) = find(name, &Asked::of::<T>());
    assert!(!lent, "variable `{name}` is lent");
    // SAFETY: the slot holds an initialised T: the TypeId agrees, or the path does, and
    // the engine lets go of the variables of a type of the notebook whose definition
    // changes. The caller keeps the copy from being dropped a second time.
    unsafe { std::ptr::read(value.cast::<T>()) }
}

/// The type that a cell takes a variable for. What is generic in this module
/// is compiled with every cell, so it does little more than make one of these.
struct Asked {
    /// `None` for a borrower.
    type_id: Option<TypeId>,
    type_name: &'static str,
    layout: Layout,
}

impl Asked {
    fn of<T: 'static>() -> Self {
        Self {
            type_id: Some(TypeId::of::<T>()),
            ..Self::of_borrower::<T>()
        }
    }

    fn of_borrower<T>() -> Self {
        Self {
            type_id: None,
            type_name: std::any::type_name::<T>(),
            layout: Layout::new::<T>(),
        }
    }
}

/// Where a variable is, and whether it is lent.
fn find(name: &str, asked: &Asked) -> (*const u8, bool) {
    let slots = slots();
    let Some(slot) = slots.live.get(name) else {
        panic!("there is no variable `{name}`");
    };
    let borrower = slot.type_id.is_none();
    let same = borrower == asked.type_id.is_none()
        && (match borrower {
            true => slot.type_name == asked.type_name,
            false => slot.type_id == asked.type_id,
        } || has_moved(slot.type_name, asked.type_name))
        && slot.layout == asked.layout;
    assert!(
        same,
        "variable `{name}` is a `{}`, not a `{}`",
        slot.type_name, asked.type_name
    );
    (slot.home(), slot.lent.is_some())
}

/// Whether two paths differ only in which of the notebook's crates of items the types in
/// them are from. A type of the notebook can move from one crate to another without being
/// changed: it is another one to the compiler then, and looks the same in memory. (One
/// that is changed takes its variables with it, before a cell could ask for them.)
fn has_moved(from: &str, to: &str) -> bool {
    from != to && of_one_crate(from).eq(of_one_crate(to))
}

/// The parts of a path, with one name for all of those crates: `cell_items`,
/// `cell2_items` and so on.
fn of_one_crate(path: &str) -> impl Iterator<Item = &str> {
    path.split("_items::").map(|part| {
        let name = part.trim_end_matches(|c: char| c.is_ascii_digit());
        if name.ends_with("cell") { name } else { part }
    })
}

/// Like [`take`], for a variable that borrows from others.
///
/// # Panics
/// As [`take`].
///
/// # Safety
/// As [`take`]; and the lifetimes in `T` must be ones that the cell cannot let
/// outlive it: generic parameters of the function around its code.
pub unsafe fn take_borrower<T>(name: &str) -> T {
    let (value, _) = find(name, &Asked::of_borrower::<T>());
    // SAFETY: stored by `store_borrower` as this type but for its lifetimes.
    // What it borrows from is still where it was: owners that are lent are not
    // moved or dropped while a borrower lives. The rest as in `take`.
    unsafe { std::ptr::read(value.cast::<T>()) }
}

/// A variable that others borrow from.
///
/// # Panics
/// As [`take`].
///
/// # Safety
/// Only generated code may call this, with a lifetime that the cell cannot let
/// outlive it.
pub unsafe fn lent<'a, T: 'static>(name: &str) -> &'a T {
    let (value, _) = find(name, &Asked::of::<T>());
    // SAFETY: the slot's value is a T; while the cell runs nobody takes it by
    // value, because the engine generates either this or `take`.
    unsafe { &*value.cast::<T>() }
}

/// Says where the local is that holds a checked-out variable.
pub fn place<T>(name: &str, local: *const T) {
    placed(name, local.cast());
}

fn placed(name: &str, local: *const u8) {
    if let Some(slot) = slots().live.get_mut(name) {
        slot.checked_out = Some(local);
    }
}

/// Keeps a new variable for later cells, with the function that shows it.
pub fn store<T: 'static>(name: &str, value: T, show: fn(&T) -> Shown) {
    let asked = Asked::of::<T>();
    let value = Box::into_raw(Box::new(value)).cast();
    pend(name, asked, value, drop_value::<T>, for_pointer(show), &[]);
}

/// A display function as one for a pointer to the value.
fn for_pointer<T>(show: fn(&T) -> Shown) -> fn(*const u8) -> Shown {
    // SAFETY: a function pointer for a pointer to a sized T is one for a thin
    // pointer. It is called only with a slot's own value, which is a T.
    unsafe { std::mem::transmute(show) }
}

fn pend(
    name: &str,
    stored: Asked,
    value: *mut u8,
    drop: unsafe fn(*mut u8),
    show: fn(*const u8) -> Shown,
    owners: &[&str],
) {
    let slot = Slot {
        value,
        layout: stored.layout,
        type_id: stored.type_id,
        type_name: stored.type_name,
        drop,
        show,
        checked_out: None,
        lent: None,
        owners: owners.iter().map(|&owner| owner.to_owned()).collect(),
    };
    slots().pending.push((name.to_owned(), slot));
}

/// Something in a cell's frame, outside of the cell's own code.
#[derive(Debug, Default)]
pub struct Home;

/// Stands for the time in which a cell's frame is in place: what lives that
/// long is not in the cell's own code, which is over before.
#[derive(Debug)]
pub struct Guard<'frame>(PhantomData<fn(&'frame ()) -> &'frame ()>);

impl Home {
    /// Begins that time.
    pub fn guard(&self) -> Guard<'_> {
        Guard(PhantomData)
    }
}

impl Guard<'_> {
    /// Ends it.
    pub fn end(self) {}
}

/// Like [`store`], for a value that borrows from variables of the frame.
pub fn store_borrower<'frame, T: 'frame>(
    _: &Guard<'frame>,
    name: &str,
    owners: &[&str],
    value: T,
    show: fn(&T) -> Shown,
) {
    let asked = Asked::of_borrower::<T>();
    let value = Box::into_raw(Box::new(value)).cast();
    pend(
        name,
        asked,
        value,
        drop_value::<T>,
        for_pointer(show),
        owners,
    );
}

/// # Safety
/// `value` must point to an initialised `T` that nobody uses afterwards.
unsafe fn drop_value<T>(value: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { std::ptr::drop_in_place(value.cast::<T>()) }
}

/// Ends a cell: checked-out variables return, except those in `moved`, and
/// new ones become live if the cell ended well (`keep_new`). The frame is kept
/// if new variables borrow from its locals, else abandoned.
pub fn settle(frame: Frame, moved: &[String], keep_new: bool) {
    let mut gone = Vec::new();
    let lent = {
        let mut slots = slots();
        let pending = std::mem::take(&mut slots.pending);
        for name in moved {
            for (removed, mut slot) in slots.remove(name) {
                if moved.contains(&removed) {
                    // The value lives on where it was moved to.
                    slot.drop = forget_value;
                }
                gone.push(slot);
            }
        }
        let borrowed: BTreeSet<String> = pending
            .iter()
            .filter(|_| keep_new)
            .flat_map(|(_, slot)| slot.owners.iter().cloned())
            .collect();
        let mut lent = BTreeSet::new();
        for (name, slot) in &mut slots.live {
            let Some(local) = slot.checked_out.take() else {
                continue;
            };
            if borrowed.contains(name) && slot.type_id.is_some() {
                slot.lent = Some(local);
                lent.insert(name.clone());
            } else {
                // SAFETY: `local` is the place of the local that `take` filled,
                // of the same type and so of the same size; the cell has ended
                // and its frame is not yet freed. A mere copy: ownership goes
                // back to the slot, the local is never dropped.
                unsafe { std::ptr::copy_nonoverlapping(local, slot.value, slot.layout.size()) }
            }
        }
        // What was lent before was seen by a reference in this frame, and to
        // that a new borrower may point as well: the frame stays with it.
        let seen = borrowed.iter().filter(|&name| {
            let slot = slots.live.get(name);
            slot.is_some_and(|slot| slot.lent.is_some())
        });
        lent.extend(seen.cloned());
        let (borrowers, others): (Vec<_>, Vec<_>) = pending
            .into_iter()
            .partition(|(_, slot)| !slot.owners.is_empty());
        let mut replaced = BTreeSet::new();
        for (name, slot) in others {
            if keep_new {
                gone.extend(slots.remove(&name).into_iter().map(|(_, slot)| slot));
                slots.live.insert(name.clone(), slot);
                replaced.insert(name);
            } else {
                gone.push(slot);
            }
        }
        for (name, slot) in borrowers {
            let there = |owner: &String| {
                slots
                    .live
                    .get(owner)
                    .is_some_and(|slot| slot.lent.is_some())
            };
            let whole = slot
                .owners
                .iter()
                .all(|owner| there(owner) && !replaced.contains(owner) && *owner != name);
            if keep_new && whole {
                gone.extend(slots.remove(&name).into_iter().map(|(_, slot)| slot));
                slots.live.insert(name, slot);
            } else {
                gone.push(slot);
            }
        }
        lent
    };
    // Outside the lock: a destructor is user code and may do anything. In this
    // order: borrowers come before what they borrow from.
    for slot in gone {
        drop(slot);
    }
    if lent.is_empty() {
        frame.abandon();
    } else {
        HELD.with_borrow_mut(|held| held.push((frame, lent)));
    }
    bring_home();
}

/// Variables that nobody borrows from any more return from the frames that
/// hold them.
fn bring_home() {
    let held = HELD.take();
    let mut still = Vec::new();
    for (frame, mut names) in held {
        let mut slots = slots();
        let borrowed: BTreeSet<String> = slots
            .live
            .values()
            .flat_map(|slot| slot.owners.iter().cloned())
            .collect();
        names.retain(|name| {
            if borrowed.contains(name) {
                return true;
            }
            if let Some(slot) = slots.live.get_mut(name)
                && let Some(local) = slot.lent.take()
            {
                // SAFETY: as in `settle`; the frame is freed below at the earliest.
                unsafe { std::ptr::copy_nonoverlapping(local, slot.value, slot.layout.size()) }
            }
            false
        });
        drop(slots);
        if names.is_empty() {
            frame.abandon();
        } else {
            still.push((frame, names));
        }
    }
    HELD.set(still);
}

impl Slots {
    /// Removes a variable and, before it, all that borrow from it.
    fn remove(&mut self, name: &str) -> Vec<(String, Slot)> {
        let mut removed = Vec::new();
        let borrowers: Vec<String> = self
            .live
            .iter()
            .filter(|(_, slot)| slot.owners.iter().any(|owner| owner == name))
            .map(|(name, _)| name.clone())
            .collect();
        for borrower in borrowers {
            removed.extend(self.remove(&borrower));
        }
        removed.extend(self.live.remove_entry(name));
        removed
    }
}

/// # Safety
/// None needed; has the signature of a destructor.
unsafe fn forget_value(_: *mut u8) {}

/// Drops variables, and those that borrow from them.
pub fn forget(names: &[String]) {
    let gone: Vec<(String, Slot)> = {
        let mut slots = slots();
        names.iter().flat_map(|name| slots.remove(name)).collect()
    };
    for slot in gone {
        drop(slot);
    }
    bring_home();
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
    let shown = catch_unwind(AssertUnwindSafe(|| (slot.show)(slot.home())));
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
        let _ = catch_unwind(AssertUnwindSafe(|| unsafe {
            (self.drop)(self.home().cast_mut())
        }));
        if self.layout.size() > 0 {
            // SAFETY: the memory came from `Box<T>` with this very layout.
            unsafe { std::alloc::dealloc(self.value, self.layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_has_moved_is_known_by_its_path() {
        let from = "alloc::vec::Vec<(cell_items::P, cell2_items::m::Q)>";
        let to = "alloc::vec::Vec<(cell12_items::P, cell_items::m::Q)>";
        assert!(has_moved(from, to));
        assert!(has_moved("cell3_items::P", "cell_items::P"));
        for (from, to) in [
            ("cell_items::P", "cell_items::P"),
            ("cell_items::P", "cell2_items::Q"),
            ("my2_items::P", "my3_items::P"),
            ("cell_items::P2", "cell_items::P3"),
        ] {
            assert!(!has_moved(from, to), "{from} {to}");
        }
    }
}
