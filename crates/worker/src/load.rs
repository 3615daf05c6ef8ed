//! Opening dynamic libraries. A library is never closed: values, threads and
//! destructors of the notebook may point into it for as long as the worker
//! lives.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ferrite_runtime::cell::{self, BlockOn, Frame};
use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LOCAL, RTLD_NOW};

/// What a compiled cell exports.
type Entry = fn() -> Frame;

fn open(path: &Path, visible: i32) -> Result<ManuallyDrop<Library>, libloading::Error> {
    // SAFETY: loading runs the library's initialisers. The file was made by
    // the engine with the compiler and the flags that made this program's own
    // libraries, from code that the user asked to run.
    unsafe { Library::open(Some(path), RTLD_NOW | visible) }.map(ManuallyDrop::new)
}

/// What was compiled from cells.
static CELLS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Whether a library was compiled from a cell.
pub fn is_cell(path: &Path) -> bool {
    let cells = CELLS.lock().unwrap_or_else(PoisonError::into_inner);
    cells.contains(path)
}

fn note(path: &Path) {
    let mut cells = CELLS.lock().unwrap_or_else(PoisonError::into_inner);
    cells.insert(path.to_owned());
}

/// Loads a library that cells name as one that they need.
pub fn keep(path: &Path) -> Result<(), libloading::Error> {
    note(path);
    open(path, RTLD_LOCAL).map(|_| ())
}

/// Loads a compiled cell and finds its entry.
pub fn cell(path: &Path) -> Result<Entry, libloading::Error> {
    note(path);
    let library = open(path, RTLD_LOCAL)?;
    // SAFETY: the engine generates `ferrite_cell` with exactly this type, and
    // the cell was compiled with this program's compiler, so the Rust ABI
    // agrees.
    let entry = unsafe { library.get::<Entry>(b"ferrite_cell\0") }?;
    Ok(*entry)
}

/// Loads the prelude and the glue, for all cells to see, and takes the prelude's
/// async executor.
pub fn prelude(path: &Path, glue: &Path) -> Result<(), libloading::Error> {
    let library = open(path, RTLD_GLOBAL)?;
    open(glue, RTLD_GLOBAL)?;
    // SAFETY: the prelude exports this function with exactly this type; same
    // compiler as above.
    let block_on = unsafe { library.get::<BlockOn>(b"ferrite_block_on\0") }?;
    cell::install_block_on(*block_on);
    // SAFETY: as above.
    let start = unsafe { library.get::<fn()>(b"ferrite_start\0") }?;
    start();
    Ok(())
}
