//! Sends outputs and outcomes to the engine, each at its place among the text
//! that the cell prints.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use ferrite_display::MimeBundle;
use ferrite_display::comm::CommMessage;
use ferrite_display::sink::Sink;
use ferrite_wire::{Bundle, Event, Outcome, Output, marker};

unsafe extern "C" {
    /// The C library's own stdout, with a buffer of its own.
    static mut stdout: *mut libc::FILE;
}

/// Lets what C code prints appear line by line and in order with Rust's: the C
/// library holds back whole pages for a stdout that is no terminal.
pub fn flush_c_lines() {
    // SAFETY: called before anything was printed, as `setvbuf` demands; with a
    // null pointer it takes a buffer of its own.
    unsafe { libc::setvbuf(stdout, std::ptr::null_mut(), libc::_IOLBF, 0) };
}

/// The worker's way out; clones share it.
#[derive(Clone)]
pub struct Outputs(Arc<Mutex<State>>);

struct State {
    socket: UnixStream,
    marker: u64,
}

impl Outputs {
    pub fn new(socket: UnixStream) -> Self {
        Self(Arc::new(Mutex::new(State { socket, marker: 0 })))
    }

    /// Ends the current request.
    pub fn done(&self, outcome: Outcome) {
        // SAFETY: a stream that C code has opened; null would mean all of them,
        // but the C library has set this one.
        unsafe { libc::fflush(stdout) };
        self.send(|marker| Event::Done { marker, outcome });
    }

    /// Asks the person something; the answer comes as a request. Text that was
    /// printed before is flushed if this thread may wait for the locks of stdout
    /// and stderr.
    pub fn ask(&self, prompt: &str, password: bool, stdin: bool, flush: bool) {
        let event = |marker| Event::Input {
            marker,
            prompt: prompt.to_owned(),
            password,
            stdin,
        };
        if flush {
            self.send(event);
        } else {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let marker = state.marker;
            state.tell(&event(marker));
        }
    }

    fn output(&self, output: Output) {
        self.send(|marker| Event::Output { marker, output });
    }

    fn send(&self, event: impl FnOnce(u64) -> Event) {
        // A user's panic while showing something must not silence the worker.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.marker += 1;
        let number = state.marker;
        let mark = marker(number);
        // The streams may have been closed by user code: the engine waits for
        // markers only for a moment.
        let _ = write_flushed(&mut io::stdout(), &mark);
        let _ = write_flushed(&mut io::stderr(), &mark);
        state.tell(&event(number));
    }
}

impl State {
    fn tell(&mut self, event: &Event) {
        if ferrite_wire::send(&mut self.socket, event).is_err() {
            std::process::exit(0);
        }
    }
}

fn write_flushed(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn parts(bundle: &MimeBundle) -> Bundle {
    bundle
        .parts()
        .map(|(mime, data)| (mime.to_owned(), data.to_owned()))
        .collect()
}

impl Sink for Outputs {
    fn display(&self, bundle: &MimeBundle, id: Option<&str>) {
        self.output(Output::Display {
            bundle: parts(bundle),
            id: id.map(str::to_owned),
        });
    }

    fn result(&self, bundle: &MimeBundle) {
        // The value may be what an interrupt made of it.
        ferrite_interrupt::checkpoint();
        self.output(Output::Result(parts(bundle)));
    }

    fn update(&self, bundle: &MimeBundle, id: &str) {
        self.output(Output::Update {
            bundle: parts(bundle),
            id: id.to_owned(),
        });
    }

    fn clear(&self, wait: bool) {
        self.output(Output::Clear { wait });
    }

    fn comm(&self, message: &CommMessage) {
        self.output(Output::Comm(crate::comms::outgoing(message)));
    }

    fn input(&self, prompt: &str, password: bool) -> io::Result<String> {
        crate::stdin::ask(prompt, password)
    }
}
