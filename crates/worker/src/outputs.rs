//! Sends outputs and outcomes to the engine, each at its place among the text
//! that the cell prints.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use ferrite_display::MimeBundle;
use ferrite_display::comm::CommMessage;
use ferrite_display::sink::Sink;
use ferrite_wire::{Bundle, Event, Outcome, Output};

use crate::streams;

/// The worker's way out; clones share it.
#[derive(Clone)]
pub struct Outputs(Arc<Mutex<UnixStream>>);

impl Outputs {
    pub fn new(socket: UnixStream) -> Self {
        Self(Arc::new(Mutex::new(socket)))
    }

    /// Ends the current request.
    pub fn done(&self, outcome: Outcome) {
        streams::flush_c();
        self.send(|marker| Event::Done { marker, outcome });
    }

    /// Asks the person something; the answer comes as a request. Text that was
    /// printed before is flushed if this thread may wait for the lock of stdout.
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
            self.tell(event);
        }
    }

    fn output(&self, output: Output) {
        self.send(|marker| Event::Output { marker, output });
    }

    fn send(&self, event: impl FnOnce(u64) -> Event) {
        // Whoever holds the lock of stdout may wait for ours, so this comes before
        // it. (Rust's stderr holds nothing back.)
        let _ = io::stdout().flush();
        self.tell(event);
    }

    fn tell(&self, event: impl FnOnce(u64) -> Event) {
        // A user's panic while showing something must not silence the worker.
        let mut socket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let event = event(streams::mark());
        if ferrite_wire::send(&mut *socket, &event).is_err() {
            std::process::exit(0);
        }
    }
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
