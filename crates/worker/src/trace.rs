//! Where in which cell a panic happened.
//!
//! Addresses are turned into a library and an offset in it; the engine, which
//! has the library's file, knows what they mean.

use std::ffi::{CStr, OsStr, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use ferrite_runtime::panic::{Location, PanicReport};
use ferrite_wire::ThreadPanic;

use crate::load;

/// Most frames that are taken: an endless recursion has a million.
const MOST: usize = 1_000;
/// Longest message of another thread's panic, so that it is written in one go.
const LONGEST: usize = 2_000;

unsafe extern "C-unwind" {
    // Of libgcc_s, which the standard library unwinds with.
    fn _Unwind_Backtrace(
        each: extern "C-unwind" fn(*mut c_void, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIP(context: *mut c_void) -> usize;
}

/// The return addresses of the calling thread, innermost first.
pub fn frames() -> Vec<usize> {
    extern "C-unwind" fn each(context: *mut c_void, frames: *mut c_void) -> c_int {
        const GO_ON: c_int = 0;
        const STOP: c_int = 5;
        // SAFETY: `frames` is the vector that `frames` below passes, which
        // nobody else uses meanwhile; `context` comes from the unwinder.
        let (frames, address) =
            unsafe { (&mut *frames.cast::<Vec<usize>>(), _Unwind_GetIP(context)) };
        frames.push(address);
        if frames.len() < MOST { GO_ON } else { STOP }
    }
    let mut frames = Vec::new();
    // SAFETY: `each` has the type that the unwinder calls, and `frames` lives
    // until it returns.
    unsafe { _Unwind_Backtrace(each, (&raw mut frames).cast()) };
    frames
}

/// The frames that are in cells, as library and address in it.
pub fn in_cells(frames: &[usize]) -> Vec<(PathBuf, u64)> {
    // A return address may be that of the next function already.
    let calls = frames.iter().map(|address| address.wrapping_sub(1));
    calls
        .filter_map(library)
        .filter(|(path, _)| load::is_cell(path))
        .collect()
}

/// The place of a panic, for the engine.
pub fn location(place: &Location) -> ferrite_wire::Location {
    ferrite_wire::Location {
        file: place.file.clone(),
        line: place.line,
        column: place.column,
        library: library(place.address)
            .map(|(path, _)| path)
            .filter(|path| load::is_cell(path)),
    }
}

fn library(address: usize) -> Option<(PathBuf, u64)> {
    // SAFETY: a zeroed `Dl_info` is a valid one; `dladdr` takes any address and
    // fills it when it knows the library.
    let (found, info) = unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        (libc::dladdr(address as *const c_void, &raw mut info), info)
    };
    if found == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: the loader's own name of a library, which is never unloaded.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
    Some((path, (address - info.dli_fbase.addr()) as u64))
}

/// Tells the engine of a panic on a thread that the cell has started.
pub fn elsewhere(report: &PanicReport) {
    let mut message = report.message.clone();
    message.truncate(message.floor_char_boundary(LONGEST));
    let panic = ThreadPanic {
        thread: std::thread::current().name().map(str::to_owned),
        message,
        location: report.location.as_ref().map(location),
    };
    let text = ferrite_wire::thread_panic(&panic);
    // Straight to the descriptor: the thread may hold the lock of stderr.
    // SAFETY: the bytes are there for as long as the call lasts.
    unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
}
