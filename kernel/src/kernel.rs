//! The kernel: joins the engine to the Jupyter protocol.
//!
//! The engine is started in the background as soon as the process is, so that
//! the kernel answers `kernel_info` at once; the first cell waits for it, and
//! shows how far the setup is if the prelude has still to be built.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use ferrite_engine::{Completeness, Failure, Session};
use ferrite_jupyter::{
    Bell, CommMessage, CompleteReply, DebugEvents, Debugger, ExecuteError, ExecuteReply,
    ExecuteRequest, HelpLink, InspectReply, IsComplete, KernelInfo, Language, MimeBundle, Outputs,
    Waiting,
};

use crate::outputs::{ToJupyter, ValueOf, comm_from_jupyter};
use crate::{answers, debugger, log, progress};

/// Serves Jupyter until it asks the kernel to end.
pub fn run(connection_file: &Path) -> Result<ExitCode> {
    log::start();
    ferrite_jupyter::serve(connection_file, Rust::new())
        .with_context(|| format!("serving the connection {}", connection_file.display()))?;
    Ok(ExitCode::SUCCESS)
}

enum Start {
    /// What setup is doing.
    Step(String),
    /// The session, or why there is none.
    Done(Box<Result<Session, String>>),
}

/// Rust as a language for Jupyter.
struct Rust {
    session: Option<Arc<Mutex<Session>>>,
    /// Knows the session too, and asks from another thread.
    debugger: debugger::Debugger,
    starting: Receiver<Start>,
    interrupter: Arc<Mutex<ferrite_engine::Interrupter>>,
    /// The number of the cell that ran last.
    number: u32,
    waiting: Waiting,
    bell: Option<Bell>,
}

impl Rust {
    fn new() -> Self {
        let starting = start_in_background();
        Self {
            session: None,
            debugger: debugger::Debugger::new(),
            starting,
            interrupter: Arc::default(),
            number: 0,
            waiting: Waiting::default(),
            bell: None,
        }
    }

    /// The session; waits for it the first time.
    fn session(&mut self, out: &Outputs) -> Result<Arc<Mutex<Session>>, ExecuteError> {
        if self.session.is_none() {
            let session = self
                .await_start(out)
                .map_err(|why| ExecuteError::new("Setup", why))?;
            self.take(session);
        }
        self.session
            .clone()
            .ok_or_else(|| ExecuteError::new("Setup", "no session"))
    }

    /// The session, if there is one already: nobody waits for a setup to
    /// complete a name.
    fn ready(&mut self) -> Option<Arc<Mutex<Session>>> {
        while self.session.is_none() {
            match self.starting.try_recv().ok()? {
                Start::Step(_) => {}
                Start::Done(result) => match *result {
                    Ok(session) => self.take(session),
                    Err(why) => {
                        tracing::warn!(why, "the engine did not start");
                        self.starting = start_in_background();
                        return None;
                    }
                },
            }
        }
        self.session.clone()
    }

    fn take(&mut self, session: Session) {
        let waiting = self.waiting.clone();
        let session = session.with_waiting(Arc::new(move || waiting.cells()));
        if let Some(bell) = self.bell.take() {
            session.bell().hang(Box::new(move || bell.ring()));
        }
        let mut shared = self
            .interrupter
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *shared = session.interrupter();
        drop(shared);
        let session = Arc::new(Mutex::new(session));
        self.debugger.set_session(Some(&session));
        self.session = Some(session);
    }

    /// Closes the comms whose other end is gone.
    fn end_comms(&self, out: &Outputs) {
        if let Some(session) = &self.session {
            out.close_comms(&lock(session).ended_comms());
        }
    }

    fn await_start(&mut self, out: &Outputs) -> Result<Session, String> {
        let mut shown = false;
        loop {
            match self.starting.recv() {
                Ok(Start::Step(step)) => {
                    // One line that is rewritten, as a terminal would.
                    out.stream(ferrite_jupyter::Stream::Stderr, format!("\r\x1b[K{step}"));
                    shown = true;
                }
                Ok(Start::Done(result)) => {
                    if shown {
                        out.clear_output(true);
                    }
                    if result.is_err() {
                        // The next cell tries again.
                        self.starting = start_in_background();
                    }
                    return *result;
                }
                Err(_) => {
                    self.starting = start_in_background();
                    return Err("the engine did not start; run the cell again".to_owned());
                }
            }
        }
    }
}

fn start_in_background() -> Receiver<Start> {
    let (tell, starting) = mpsc::channel();
    std::thread::spawn(move || {
        let steps = tell.clone();
        let begin = std::time::Instant::now();
        let result = ferrite_setup::ensure(&mut |step| {
            let line = progress::describe("the prelude", &step);
            let _ = steps.send(Start::Step(format!(
                "{line} · {}",
                progress::clock(begin.elapsed())
            )));
        })
        .map_err(|error| error.to_string())
        .and_then(|toolchain| crate::start::session(toolchain).map_err(|error| error.to_string()))
        .inspect(Session::prepare);
        let _ = tell.send(Start::Done(Box::new(result)));
    });
    starting
}

impl Language for Rust {
    fn waiting(&mut self, waiting: Waiting) {
        self.waiting = waiting;
    }

    fn bell(&mut self, bell: Bell) {
        self.bell = Some(bell);
    }

    fn attend(&mut self, out: &Outputs) {
        if let Some(session) = &self.session {
            lock(session).attend(&mut ToJupyter(out));
        }
    }

    fn kernel_info(&self) -> KernelInfo {
        let version = env!("CARGO_PKG_VERSION");
        let mut info = KernelInfo::new("ferrite", version, "rust", env!("CARGO_PKG_RUST_VERSION"));
        info.banner = format!(
            "Ferrite {version}: Rust with polars, linfa and plotters. \
             Begin with `use ferrite::prelude::*;`."
        );
        info.supported_features = vec!["debugger".to_owned()];
        info.language_info.mimetype = Some("text/rust".to_owned());
        info.language_info.file_extension = Some(".rs".to_owned());
        info.help_links = [
            ("The Rust book", "https://doc.rust-lang.org/book/"),
            ("polars", "https://docs.rs/polars"),
            ("linfa", "https://rust-ml.github.io/linfa/"),
            ("plotters", "https://docs.rs/plotters"),
        ]
        .map(|(text, url)| HelpLink {
            text: text.to_owned(),
            url: url.to_owned(),
        })
        .into();
        info
    }

    fn execute(&mut self, request: &ExecuteRequest, out: &Outputs) -> ExecuteReply {
        let session = match self.session(out) {
            Ok(session) => session,
            Err(error) => return error.into(),
        };
        if out.interrupted() {
            return ExecuteError::new("Interrupted", "the cell was interrupted").into();
        }
        let number = u32::try_from(request.execution_count).unwrap_or(u32::MAX);
        self.debugger.cell(number, &request.code);
        let ran = lock(&session).execute(number, &request.code, &mut ToJupyter(out));
        self.number = number;
        self.end_comms(out);
        match ran {
            Ok(()) => ExecuteReply::Ok,
            Err(failure) => error(failure).into(),
        }
    }

    fn evaluate(&mut self, expression: &str, out: &Outputs) -> Result<MimeBundle, ExecuteError> {
        let number = self.number;
        let mut value = ValueOf::new(out);
        let session = self.session(out)?;
        lock(&session)
            .evaluate(number, expression, &mut value)
            .map_err(error)?;
        Ok(value.into_value())
    }

    fn comm(&mut self, message: &CommMessage, out: &Outputs) -> Result<bool, ExecuteError> {
        // Before the first cell nobody can have registered for anything.
        let Some(session) = self.session.clone() else {
            return Ok(false);
        };
        let taken = lock(&session).comm(comm_from_jupyter(message), &mut ToJupyter(out));
        self.end_comms(out);
        taken.map_err(error)
    }

    fn history_file(&self) -> Option<PathBuf> {
        Some(ferrite_setup::places::history_file())
    }

    fn is_complete(&mut self, code: &str) -> IsComplete {
        match ferrite_engine::completeness(code) {
            Completeness::Complete => IsComplete::Complete,
            Completeness::Incomplete(indent) => IsComplete::Incomplete { indent },
            Completeness::Invalid => IsComplete::Invalid,
        }
    }

    fn complete(&mut self, code: &str, cursor_pos: usize) -> CompleteReply {
        match self.ready() {
            Some(session) => {
                let found = lock(&session).complete(code, cursor_pos);
                answers::completions(code, found)
            }
            // The prelude is being built, or the worker has not come up yet.
            None => {
                let found = ferrite_engine::completion::without_session(code, cursor_pos);
                answers::completions(code, found)
            }
        }
    }

    fn inspect(&mut self, code: &str, cursor_pos: usize, level: usize) -> InspectReply {
        let found = self
            .ready()
            .and_then(|session| lock(&session).inspect(code, cursor_pos, level));
        match found {
            Some(markdown) => InspectReply::Found(answers::markdown(markdown)),
            None => InspectReply::NotFound,
        }
    }

    fn debug_events(&mut self, events: DebugEvents) {
        self.debugger.publish_to(events);
    }

    fn debugger(&self) -> Option<Debugger> {
        let debugger = self.debugger.clone();
        Some(Arc::new(move |request| debugger.answer(request)))
    }

    fn interrupter(&self) -> Box<dyn Fn() + Send + Sync> {
        let shared = Arc::clone(&self.interrupter);
        let debugger = self.debugger.clone();
        Box::new(move || {
            debugger.interrupt();
            let interrupter = shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            interrupter.interrupt();
        })
    }

    fn shutdown(&mut self, _restart: bool) {
        self.debugger.set_session(None);
        self.session = None;
    }
}

fn lock(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn error(failure: Failure) -> ExecuteError {
    ExecuteError::new(failure.name, failure.message).with_traceback(failure.traceback)
}
