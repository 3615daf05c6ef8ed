//! Functions of the C library, in a version that an interrupt can end and that
//! knows standard input as a notebook has it.
//!
//! The loader looks for a function in the program first. So these are the ones
//! that the standard library, the prelude and every cell call (the C library's
//! own code does not, it is bound to itself). Each passes the call on and
//! differs only on the thread that runs cells, and only once the cell is to be
//! interrupted; `read` and `readv` also for file descriptor 0. `write` and `writev`
//! are no waits: they keep stdout and stderr in order. So do `posix_spawnp` and
//! `fork`, which also see to it that no child is born behind an interrupt's back.
//!
//! A cell that sleeps gets an error from `clock_nanosleep` that the standard
//! library takes for a bug of its own: `std::thread::sleep` panics, which ends
//! the cell there. To return without an error would run the code behind the
//! sleep.
//!
//! Not here: `futex`, so locks, channels and joins of threads. The standard
//! library waits again whatever they return.

use std::ffi::{CStr, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use ferrite_worker::{stdin, stop, streams};
use libc::{
    c_char, c_int, clockid_t, id_t, idtype_t, iovec, nfds_t, pid_t, pollfd,
    posix_spawn_file_actions_t, posix_spawnattr_t, siginfo_t, size_t, sockaddr, socklen_t, ssize_t,
    timespec,
};

/// The function of that name behind the program's own.
struct Next {
    name: &'static CStr,
    found: AtomicPtr<c_void>,
}

impl Next {
    const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            found: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    fn get(&self) -> *mut c_void {
        let found = self.found.load(Ordering::Relaxed);
        if !found.is_null() {
            return found;
        }
        // SAFETY: the name ends in a zero byte.
        let found = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
        if found.is_null() {
            // The C library lacks what it must have: there is no way to go on.
            std::process::abort();
        }
        self.found.store(found, Ordering::Relaxed);
        found
    }
}

fn set_errno(number: c_int) {
    // SAFETY: the C library's `errno` of this thread, always there.
    unsafe { *libc::__errno_location() = number };
}

fn errno() -> c_int {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() }
}

/// A call that fails when the cell is to be interrupted.
fn stoppable<R: PartialEq + From<i8>>(call: impl FnOnce() -> R) -> R {
    let failed = R::from(-1);
    if !stop::must_return() {
        let result = call();
        if !(result == failed && errno() == libc::EINTR && stop::must_return()) {
            return result;
        }
    }
    set_errno(libc::ECANCELED);
    failed
}

/// A wait for a process. The interrupt has reached the process as well, so it
/// may have ended of it: the cell is not to go on as if it had ended by itself.
fn stoppable_wait(call: impl FnOnce() -> c_int) -> c_int {
    stoppable(|| {
        let result = call();
        if result >= 0 {
            streams::child_ended();
        }
        if stop::must_return() {
            set_errno(libc::EINTR);
            return -1;
        }
        result
    })
}

/// The beginning of a child that may print. None begins once the cell is to end,
/// and one that began while the interrupt went round gets it late.
///
/// `call` returns the child, or nothing where it failed or is the child.
fn spawning(call: impl FnOnce() -> Option<pid_t>) -> bool {
    if stop::must_return() {
        return false;
    }
    streams::child_begins();
    if let Some(child) = call().filter(|_| stop::must_return()) {
        // SAFETY: no memory is involved; nobody has waited for the child yet, so
        // the number is still its own.
        unsafe { libc::kill(child, libc::SIGINT) };
    }
    true
}

fn stoppable_sleep(call: impl FnOnce() -> c_int) -> c_int {
    if !stop::must_return() {
        let result = call();
        if !(result == libc::EINTR && stop::must_return()) {
            return result;
        }
    }
    libc::ECANCELED
}

fn read_of_stdin(call: impl FnOnce() -> ssize_t) -> ssize_t {
    match stdin::before_read() {
        stdin::Read::Call => stoppable(call),
        stdin::Read::End => 0,
        stdin::Read::Fail(number) => {
            set_errno(number);
            -1
        }
    }
}

macro_rules! interpose {
    ($($how:ident $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {$(
        /// # Safety
        /// As the C library has it.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            static NEXT: Next = Next::new(
                match CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                    Ok(name) => name,
                    Err(_) => c"",
                },
            );
            type Function = unsafe extern "C" fn($($type),*) -> $result;
            // SAFETY: the C library's function of that name has this type.
            let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
            // SAFETY: the caller's promise, for the function that they meant.
            $how(|| unsafe { next($($argument),*) })
        }
    )+};
}

interpose! {
    stoppable recv(socket: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t;
    stoppable recvfrom(socket: c_int, buffer: *mut c_void, length: size_t, flags: c_int, from: *mut sockaddr, size: *mut socklen_t) -> ssize_t;
    stoppable accept(socket: c_int, from: *mut sockaddr, size: *mut socklen_t) -> c_int;
    stoppable accept4(socket: c_int, from: *mut sockaddr, size: *mut socklen_t, flags: c_int) -> c_int;
    stoppable connect(socket: c_int, to: *const sockaddr, size: socklen_t) -> c_int;
    stoppable poll(descriptors: *mut pollfd, count: nfds_t, timeout: c_int) -> c_int;
    stoppable flock(descriptor: c_int, operation: c_int) -> c_int;
    stoppable_wait waitpid(process: pid_t, status: *mut c_int, options: c_int) -> pid_t;
    stoppable_wait waitid(kind: idtype_t, id: id_t, info: *mut siginfo_t, options: c_int) -> c_int;
    stoppable_sleep clock_nanosleep(clock: clockid_t, flags: c_int, time: *const timespec, left: *mut timespec) -> c_int;
    stoppable nanosleep(time: *const timespec, left: *mut timespec) -> c_int;
}

/// # Safety
/// As the C library has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_spawnp(
    process: *mut pid_t,
    file: *const c_char,
    actions: *const posix_spawn_file_actions_t,
    attributes: *const posix_spawnattr_t,
    arguments: *const *mut c_char,
    environment: *const *mut c_char,
) -> c_int {
    static NEXT: Next = Next::new(c"posix_spawnp");
    type Function = unsafe extern "C" fn(
        *mut pid_t,
        *const c_char,
        *const posix_spawn_file_actions_t,
        *const posix_spawnattr_t,
        *const *mut c_char,
        *const *mut c_char,
    ) -> c_int;
    // SAFETY: the C library's function of that name has this type.
    let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
    let mut child: pid_t = 0;
    let mut result = libc::ECANCELED;
    spawning(|| {
        // SAFETY: the caller's promise, for the function that they meant; the
        // number of the child goes into a variable of our own.
        result = unsafe { next(&raw mut child, file, actions, attributes, arguments, environment) };
        (result == 0).then_some(child)
    });
    if result == 0 && !process.is_null() {
        // SAFETY: the caller gave a place for the number, or null.
        unsafe { *process = child };
    }
    result
}

/// The standard library forks where a command has a `pre_exec` or another user.
/// Between `fork` and `exec` the child has the worker's handlers, which do nothing:
/// it gets the default back, or it would miss the interrupt.
///
/// # Safety
/// As the C library has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fork() -> pid_t {
    static NEXT: Next = Next::new(c"fork");
    type Function = unsafe extern "C" fn() -> pid_t;
    // SAFETY: the C library's function of that name has this type.
    let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
    let mut result = -1;
    let began = spawning(|| {
        let before = stop::hold_interrupts();
        // SAFETY: the caller's promise, for the function that they meant.
        result = unsafe { next() };
        stop::let_interrupts_through(&before, result == 0);
        (result > 0).then_some(result)
    });
    if !began {
        set_errno(libc::ECANCELED);
    }
    result
}

/// # Safety
/// As the C library has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn read(descriptor: c_int, buffer: *mut c_void, length: size_t) -> ssize_t {
    static NEXT: Next = Next::new(c"read");
    type Function = unsafe extern "C" fn(c_int, *mut c_void, size_t) -> ssize_t;
    // SAFETY: the C library's function of that name has this type.
    let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
    // SAFETY: the caller's promise, for the function that they meant.
    let call = || unsafe { next(descriptor, buffer, length) };
    if descriptor == 0 && length > 0 {
        read_of_stdin(call)
    } else {
        stoppable(call)
    }
}

/// # Safety
/// As the C library has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn readv(descriptor: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    static NEXT: Next = Next::new(c"readv");
    type Function = unsafe extern "C" fn(c_int, *const iovec, c_int) -> ssize_t;
    // SAFETY: the C library's function of that name has this type.
    let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
    // SAFETY: the caller's promise, for the function that they meant.
    let call = || unsafe { next(descriptor, parts, count) };
    if descriptor == 0 && count > 0 {
        read_of_stdin(call)
    } else {
        stoppable(call)
    }
}

/// # Safety
/// As the C library has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    static NEXT: Next = Next::new(c"write");
    type Function = unsafe extern "C" fn(c_int, *const c_void, size_t) -> ssize_t;
    // SAFETY: the C library's function of that name has this type.
    let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
    // SAFETY: the caller's promise, for the function that they meant.
    let call = || unsafe { next(descriptor, bytes, length) };
    match descriptor {
        1 | 2 => streams::written(descriptor, call),
        _ => call(),
    }
}

/// # Safety
/// As the C library has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    static NEXT: Next = Next::new(c"writev");
    type Function = unsafe extern "C" fn(c_int, *const iovec, c_int) -> ssize_t;
    // SAFETY: the C library's function of that name has this type.
    let next: Function = unsafe { std::mem::transmute(NEXT.get()) };
    // SAFETY: the caller's promise, for the function that they meant.
    let call = || unsafe { next(descriptor, parts, count) };
    match descriptor {
        1 | 2 => streams::written(descriptor, call),
        _ => call(),
    }
}
