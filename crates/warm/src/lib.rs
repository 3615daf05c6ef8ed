//! Loaded into rustc (`LD_PRELOAD`), makes it a compiler that is already warm.
//!
//! Half of what a small cell costs is rustc starting up and reading the
//! metadata of some 370 crates, the same every time. The root file of a cell's
//! crate names the crates first and then includes `cell.rs`. So when rustc
//! opens `cell.rs`, it has done that work and nothing of the cell yet. At this
//! moment [`open64`] holds it: it reads folders from standard input, one a
//! line, and for each of them forks. The child goes to the folder and returns
//! to rustc, which finds the cell's own `cell.rs` there and compiles on.
//!
//! rustc has one busy thread at that moment (its main thread waits for it), so
//! a fork of this thread is a whole compiler. Where any of this does not hold,
//! nobody answers `ready`, and the engine compiles without it.

#![cfg(target_os = "linux")]

use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};

use libc::{c_char, c_int, mode_t};

/// Set by the engine for the compilers that are to wait.
const VARIABLE: &CStr = c"FERRITE_WARM";
const CELL: &[u8] = b"cell.rs";

static WAITED: AtomicBool = AtomicBool::new(false);

/// Stands in for libc's function of this name.
///
/// # Safety
/// As for libc's: `path` is a string that ends in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise.
    let name = unsafe { CStr::from_ptr(path) }.to_bytes();
    // SAFETY: VARIABLE ends in a zero byte; nobody changes the environment.
    if name == CELL && !unsafe { libc::getenv(VARIABLE.as_ptr()) }.is_null() {
        wait_for_cells();
    }
    // SAFETY: the caller's promise; what `open64` is defined to be.
    unsafe { libc::openat(libc::AT_FDCWD, path, flags | libc::O_LARGEFILE, mode) }
}

/// Returns in a child, once for each cell.
fn wait_for_cells() {
    if WAITED.swap(true, Ordering::SeqCst) {
        return;
    }
    // What rustc starts (a linker) is no compiler.
    // SAFETY: no other thread runs that could read the environment.
    unsafe { libc::unsetenv(c"LD_PRELOAD".as_ptr()) };
    say("ready");
    let mut folder = Vec::new();
    while read_line(&mut folder) {
        folder.push(0);
        // SAFETY: this is the only thread of rustc that holds locks or runs;
        // the others sleep until this one is done, in the parent for ever.
        match unsafe { libc::fork() } {
            -1 => say("failed"),
            0 => return enter(&folder),
            child => {
                let mut status = 0;
                // SAFETY: `status` is a place to write to.
                while unsafe { libc::waitpid(child, &mut status, 0) } == -1 {}
                say("done");
            }
        }
    }
    // SAFETY: ends the process; nothing of it is wanted any more.
    unsafe { libc::_exit(0) }
}

/// Makes the process the compiler of the cell in a folder.
fn enter(folder: &[u8]) {
    // SAFETY: all strings end in a zero byte, all descriptors are our own or
    // the standard ones, and on any failure the process ends at once.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        if libc::chdir(folder.as_ptr().cast()) != 0 {
            libc::_exit(1);
        }
        let create = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC;
        let messages = libc::openat(libc::AT_FDCWD, c"messages.json".as_ptr(), create, 0o644);
        let nothing = libc::openat(libc::AT_FDCWD, c"/dev/null".as_ptr(), libc::O_RDWR);
        if messages == -1 || nothing == -1 {
            libc::_exit(1);
        }
        libc::dup2(nothing, 0);
        libc::dup2(nothing, 1);
        libc::dup2(messages, 2);
        libc::close(messages);
        libc::close(nothing);
    }
}

fn say(word: &str) {
    let line = format!("{word}\n");
    // SAFETY: the pointer and the length are those of `line`.
    unsafe { libc::write(1, line.as_ptr().cast(), line.len()) };
}

/// A line of standard input without its end; false when there are no more.
fn read_line(line: &mut Vec<u8>) -> bool {
    line.clear();
    loop {
        let mut byte = 0_u8;
        // SAFETY: `byte` is a place for one byte.
        match unsafe { libc::read(0, (&raw mut byte).cast(), 1) } {
            1 if byte == b'\n' => return true,
            1 => line.push(byte),
            -1 if std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted => {}
            _ => return false,
        }
    }
}
