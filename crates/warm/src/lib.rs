//! Loaded into rustc (`LD_PRELOAD`), makes it a compiler that is already warm.
//!
//! Half of what a small cell costs is rustc starting up and reading the
//! metadata of some 370 crates, the same every time. The root file of a cell's
//! crate names the crates first and then includes `cell.rs`. So when rustc
//! opens `cell.rs`, it has done that work and nothing of the cell yet. At this
//! moment [`open64`] holds it: it reads folders from standard input, one a
//! line, each by a child that was forked before. The child goes to the folder and
//! returns to rustc, which finds the cell's own `cell.rs` there and compiles on.
//!
//! rustc has one busy thread at that moment (its main thread waits for it), so
//! a fork of this thread is a whole compiler. Where any of this does not hold,
//! nobody answers `ready`, and the engine compiles without it.
//!
//! When the object file is there, all that rustc has left to do is to put away what
//! it holds, which takes as long as a tenth of the cell: the child says `done` and
//! ends ([`unlink`], [`munmap`]).

#![cfg(target_os = "linux")]

use std::ffi::{CStr, OsStr, c_void};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use libc::{c_char, c_int, mode_t};

/// Set by the engine for the compilers that are to wait, to the mark of its folders:
/// `PROCESS-NUMBER`, in names like `.warm-PROCESS-NUMBER-…`.
const VARIABLE: &CStr = c"FERRITE_WARM";
const CELL: &[u8] = b"cell.rs";

/// What the compiled cell is called in its folder, and how the file ends from which
/// rustc makes it and which it deletes then.
const OBJECT: &CStr = c"cell.o";
const MADE_FROM: &[u8] = b".rcgu.o";
/// How a child ends that has said `done` itself, and one for which there was no cell.
const SAID: c_int = 3;
const NO_MORE: c_int = 4;

/// How often, and how many times, to look whether the engine has ended.
const LOOK: Duration = Duration::from_millis(10);
const LOOKS: u32 = 30;

static WAITED: AtomicBool = AtomicBool::new(false);
/// In a child, where to say that it is done.
static TELL: AtomicI32 = AtomicI32::new(-1);

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

/// Stands in for libc's function of this name.
///
/// # Safety
/// As for libc's: `path` is a string that ends in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller's promise; what `unlink` is defined to be.
    let result = unsafe { libc::unlinkat(libc::AT_FDCWD, path, 0) };
    let to = TELL.load(Ordering::SeqCst);
    if to != -1 {
        // SAFETY: the caller's promise, and OBJECT ends in a zero byte.
        let finished = unsafe {
            CStr::from_ptr(path).to_bytes().ends_with(MADE_FROM)
                && libc::access(OBJECT.as_ptr(), libc::F_OK) == 0
        };
        if finished {
            say(to, "done");
            // SAFETY: ends the process. rustc has flushed each message.
            unsafe { libc::_exit(SAID) };
        }
    }
    result
}

/// Stands in for libc's function of this name. A child gives nothing back: it ends
/// soon, and gives back everything at once.
///
/// # Safety
/// As for libc's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn munmap(address: *mut c_void, length: usize) -> c_int {
    if TELL.load(Ordering::Relaxed) != -1 {
        return 0;
    }
    // SAFETY: the caller's promise; what `munmap` is defined to be.
    unsafe { libc::syscall(libc::SYS_munmap, address, length) as c_int }
}

/// Returns in a child, once for each cell. The child of the next cell waits already.
fn wait_for_cells() {
    if WAITED.swap(true, Ordering::SeqCst) {
        return;
    }
    // What rustc starts (a linker) is no compiler.
    // Nobody may listen any more, which is no reason to end without tidying up.
    // SAFETY: no other thread runs that could read the environment; no memory is
    // involved in ignoring a signal.
    let before = unsafe {
        libc::unsetenv(c"LD_PRELOAD".as_ptr());
        libc::signal(libc::SIGPIPE, libc::SIG_IGN)
    };
    say(1, "ready");
    loop {
        // SAFETY: this is the only thread of rustc that holds locks or runs;
        // the others sleep until this one is done, in the parent for ever.
        match unsafe { libc::fork() } {
            -1 => fail(),
            0 => {
                // SAFETY: as rustc had it; no memory is involved.
                unsafe { libc::signal(libc::SIGPIPE, before) };
                return enter(&next_folder());
            }
            child => {
                let mut status = 0;
                // SAFETY: `status` is a place to write to.
                while unsafe { libc::waitpid(child, &mut status, 0) } == -1 {}
                match libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)) {
                    Some(SAID) => {}
                    Some(NO_MORE) => leave(),
                    _ => say(1, "done"),
                }
            }
        }
    }
}

/// Where no child can be made, cells are refused one by one.
fn fail() {
    let mut folder = Vec::new();
    if !read_line(&mut folder) {
        leave();
    }
    say(1, "failed");
}

/// Ends the compiler: nobody will send a cell any more.
fn leave() -> ! {
    let mark = std::env::var("FERRITE_WARM").unwrap_or_default();
    if let Ok(own) = std::env::current_dir() {
        let engine = mark.split('-').next().and_then(|pid| pid.parse().ok());
        if is_gone(engine) {
            remove_all(own.parent(), &mark);
        }
        let marked = |name: &OsStr| name.to_string_lossy().starts_with(".warm-");
        if own.file_name().is_some_and(marked) {
            let _ = fs::remove_dir_all(&own);
        }
    }
    // SAFETY: ends the process; nothing of it is wanted any more.
    unsafe { libc::_exit(0) }
}

/// Whether the process that started this one has ended. It closes its files a moment
/// before that.
fn is_gone(engine: Option<libc::pid_t>) -> bool {
    let Some(engine) = engine else {
        return false;
    };
    for _ in 0..LOOKS {
        // SAFETY: no pointers.
        if unsafe { libc::getppid() } != engine {
            return true;
        }
        std::thread::sleep(LOOK);
    }
    false
}

/// Removes what the engine was compiling in when it was killed. The next kernel would
/// do it too.
fn remove_all(dir: Option<&Path>, mark: &str) {
    let prefixes = [format!(".work-{mark}-"), format!(".warm-{mark}-")];
    let folders = dir.and_then(|dir| fs::read_dir(dir).ok());
    for folder in folders.into_iter().flatten().flatten() {
        let name = folder.file_name();
        let name = name.to_string_lossy();
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

/// In a child, waits for its folder.
fn next_folder() -> Vec<u8> {
    // SAFETY: no pointers. A parent that has died before would end it as well.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
    let mut folder = Vec::new();
    if !read_line(&mut folder) {
        // SAFETY: ends the process; nothing of it is wanted any more.
        unsafe { libc::_exit(NO_MORE) };
    }
    folder.push(0);
    folder
}

/// Makes the process the compiler of the cell in a folder.
fn enter(folder: &[u8]) {
    // SAFETY: all strings end in a zero byte, all descriptors are our own or
    // the standard ones, and on any failure the process ends at once.
    unsafe {
        if libc::chdir(folder.as_ptr().cast()) != 0 {
            libc::_exit(1);
        }
        let create = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC;
        let messages = libc::openat(libc::AT_FDCWD, c"messages.json".as_ptr(), create, 0o644);
        let nothing = libc::openat(libc::AT_FDCWD, c"/dev/null".as_ptr(), libc::O_RDWR);
        if messages == -1 || nothing == -1 {
            libc::_exit(1);
        }
        TELL.store(libc::fcntl(1, libc::F_DUPFD_CLOEXEC, 3), Ordering::SeqCst);
        libc::dup2(nothing, 0);
        libc::dup2(nothing, 1);
        libc::dup2(messages, 2);
        libc::close(messages);
        libc::close(nothing);
    }
}

fn say(to: c_int, word: &str) {
    let line = format!("{word}\n");
    // SAFETY: the pointer and the length are those of `line`.
    unsafe { libc::write(to, line.as_ptr().cast(), line.len()) };
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
