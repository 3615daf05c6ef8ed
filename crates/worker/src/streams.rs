//! Text of stdout and stderr in the order in which it was printed.
//!
//! The two are pipes, which the engine reads apart: it cannot tell what came
//! first. So the program's own `write` (see `program/interpose.rs`) looks
//! whether the stream has changed, and puts a marker into both pipes if so: what
//! stands before it is older than what stands behind it. An output has such a
//! marker as well. What children and the C library print does not pass there;
//! a child's output is between the markers of its start and its end.
//!
//! Rust keeps a line of stdout until it ends. A thread flushes it meanwhile, or
//! a person would not see `print!("\r{percent} %")`.

use std::cell::Cell;
use std::io::{self, Write};
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use ferrite_wire::{marker, turn};

use crate::stop;

/// How long a part of a line may wait while a request is carried out.
const SOON: Duration = Duration::from_millis(50);
/// The same between requests, when only threads and tasks of earlier cells print.
const LATER: Duration = Duration::from_millis(500);
/// Changes of the stream in one request that are told. Each makes a message of
/// its own for the browser, which bears only so many.
const TURNS: u32 = 1_000;

unsafe extern "C" {
    /// The C library's own stdout, with a buffer of its own.
    static mut stdout: *mut libc::FILE;
}

static STREAMS: OnceLock<Streams> = OnceLock::new();
static FLUSHER: OnceLock<Thread> = OnceLock::new();
/// This is a copy of the worker, made by `fork`: another thread may have held the
/// lock, and markers are the worker's.
static FORKED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// This thread is in [`written`], perhaps interrupted by a signal handler
    /// that writes as well.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

struct Streams {
    /// The pipes. Cells may close descriptors 1 and 2 or put files in their place.
    pipes: [RawFd; 2],
    place: Mutex<Place>,
}

#[derive(Default)]
struct Place {
    /// Number of the last marker.
    marker: u64,
    /// The stream that was written to since then.
    stream: Option<RawFd>,
    /// Changes of the stream in this request.
    turns: u32,
}

/// Begins to keep order.
///
/// # Errors
/// When there are no descriptors or threads left.
pub fn install() -> io::Result<()> {
    let mut pipes = [0; 2];
    for (pipe, descriptor) in pipes.iter_mut().zip([1, 2]) {
        // SAFETY: takes any number for a descriptor. Not for children: the
        // engine waits for the end of the pipes.
        *pipe = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) };
        if *pipe < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    extern "C" fn forked() {
        FORKED.store(true, Ordering::Relaxed);
    }
    // SAFETY: the handler only sets a flag.
    unsafe { libc::pthread_atfork(None, None, Some(forked)) };
    STREAMS.get_or_init(|| Streams {
        pipes,
        place: Mutex::default(),
    });
    // SAFETY: called before anything was printed, as `setvbuf` demands; with a
    // null pointer it takes a buffer of its own. By default the C library holds
    // back whole pages for a stdout that is no terminal.
    unsafe { libc::setvbuf(stdout, std::ptr::null_mut(), libc::_IOLBF, 0) };
    let flusher = std::thread::Builder::new()
        .name("flush".to_owned())
        .spawn(|| {
            loop {
                std::thread::park_timeout(if stop::busy() { SOON } else { LATER });
                // Both wait for whoever holds the stream, which is harmless on a
                // thread that does nothing else.
                let _ = io::stdout().flush();
                flush_c();
            }
        })?;
    let _ = FLUSHER.set(flusher.thread().clone());
    Ok(())
}

/// A request begins.
pub fn begin() {
    if let Some(streams) = STREAMS.get() {
        streams.place().turns = 0;
    }
    if let Some(flusher) = FLUSHER.get() {
        flusher.unpark();
    }
}

/// Writes what the C library holds back.
pub fn flush_c() {
    // SAFETY: a stream that C code has opened; null would mean all of them, but
    // the C library has set this one.
    unsafe { libc::fflush(stdout) };
}

/// Calls what writes to descriptor 1 or 2.
pub fn written<R>(descriptor: RawFd, call: impl FnOnce() -> R) -> R {
    struct Left;
    impl Drop for Left {
        fn drop(&mut self) {
            WRITING.set(false);
        }
    }
    let streams = STREAMS.get().filter(|_| !FORKED.load(Ordering::Relaxed));
    let Some(streams) = streams.filter(|_| !WRITING.replace(true)) else {
        return call();
    };
    let _left = Left;
    // Held while it is written: a marker of another thread would come between.
    let mut place = streams.place();
    if place.stream != Some(descriptor) {
        streams.turn(&mut place);
        place.stream = Some(descriptor);
    }
    call()
}

/// A child begins, which may print to either stream.
pub fn child_begins() {
    unseen(|place| place.stream);
}

/// A child has ended, which may have printed to either stream.
pub fn child_ended() {
    unseen(|_| Some(0));
}

/// Text from now on does not belong to what was written before; `before` says
/// which stream that was, as far as it matters.
fn unseen(before: impl FnOnce(&Place) -> Option<RawFd>) {
    if let Some(streams) = STREAMS.get()
        && !FORKED.load(Ordering::Relaxed)
    {
        let mut place = streams.place();
        place.stream = before(&place);
        streams.turn(&mut place);
        place.stream = None;
    }
}

/// Puts the marker of an event into both streams. Returns its number.
pub fn mark() -> u64 {
    let Some(streams) = STREAMS.get() else {
        return 0;
    };
    let mut place = streams.place();
    place.marker += 1;
    place.stream = None;
    streams.put(&marker(place.marker));
    place.marker
}

impl Streams {
    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, place: &mut Place) {
        if place.stream.is_none() || place.turns >= TURNS {
            return;
        }
        place.turns += 1;
        place.marker += 1;
        self.put(&turn(place.marker));
    }

    fn put(&self, mark: &str) {
        for pipe in self.pipes {
            let mut left = mark.as_bytes();
            while !left.is_empty() {
                // SAFETY: the bytes are there for as long as the call lasts.
                let written = unsafe { libc::write(pipe, left.as_ptr().cast(), left.len()) };
                match usize::try_from(written) {
                    Ok(written) => left = &left[written.min(left.len())..],
                    Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                    // Nobody listens any more. The engine waits for markers only
                    // for a moment.
                    Err(_) => break,
                }
            }
        }
    }
}
