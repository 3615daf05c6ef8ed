//! The process that runs cells.
//!
//! It loads the prelude and compiled cells, runs them on one thread, and
//! reports to the engine over a socket. It may die (a cell may abort, overflow
//! the stack, call `exit`): the engine sees the socket close and starts
//! another. When the engine dies, the socket closes as well and the worker
//! ends itself, even in the middle of a cell.

mod comms;
mod leave;
mod load;
mod outputs;
pub mod stdin;
pub mod stop;
pub mod streams;
mod trace;

use std::io;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use ferrite_display::comm::CommMessage;
use ferrite_interrupt::Interrupted;
use ferrite_runtime::{cell, panic, slots};
use ferrite_wire::{Outcome, Request};

use outputs::Outputs;

/// Stack of the thread that runs cells; reserved, not used up. Recursion is
/// how many people are taught.
const STACK: usize = 256 << 20;

/// Runs the worker until the engine goes away.
pub fn main() {
    if let Err(error) = serve() {
        eprintln!("ferrite worker: {error}");
        std::process::exit(1);
    }
}

fn serve() -> io::Result<()> {
    let path = std::env::var_os(ferrite_wire::SOCKET_VARIABLE)
        .ok_or_else(|| io::Error::other("this program is started by ferrite, not by hand"))?;
    let mut socket = UnixStream::connect(path)?;
    die_first();
    let engine = std::os::unix::process::parent_id();
    let outputs = Outputs::new(socket.try_clone()?);
    ferrite_display::sink::install(Box::new(outputs.clone()));
    streams::install()?;
    stop::install();
    stdin::install(outputs.clone())?;

    let (requests, queue) = mpsc::channel();
    std::thread::Builder::new()
        .name("cells".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            stop::this_thread_runs_cells();
            panic::install(panic::Hooks {
                frames: trace::frames,
                elsewhere: trace::elsewhere,
            });
            for request in queue {
                // The engine waits for an answer, whatever happens.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(request)))
                    .unwrap_or_else(|payload| panicked(panic::take_report(&*payload)));
                stop::end();
                outputs.done(outcome);
            }
        })?;

    while let Some(request) = ferrite_wire::receive(&mut socket)? {
        match request {
            Request::Interrupt => stop::interrupt(),
            Request::Input { answer } => stdin::answer(answer),
            request => {
                // Here, not on the thread that carries it out: an interrupt that
                // comes next is meant for it.
                stop::begin();
                stdin::begin();
                streams::begin();
                if requests.send(request).is_err() {
                    break;
                }
            }
        }
    }
    // Not a return: destructors of statics and detached threads of user code
    // must not keep a worker alive that nobody talks to.
    leave::with_children(engine)
}

/// Lets the system end this process, and those that it starts, before the kernel
/// when there is no memory left: the kernel can say what happened and go on.
fn die_first() {
    const FILE: &str = "/proc/self/oom_score_adj";
    let given = std::fs::read_to_string(FILE).ok();
    if let Some(given) = given.and_then(|text| text.trim().parse::<i32>().ok()) {
        // Where it cannot be written, the system decides by size alone.
        let _ = std::fs::write(FILE, (given + 300).clamp(300, 1_000).to_string());
    }
}

fn answer(request: Request) -> Outcome {
    match request {
        Request::Preload { library, glue } => match load::prelude(&library, &glue) {
            Ok(()) => Outcome::Ok,
            Err(error) => Outcome::LoadFailed(error.to_string()),
        },
        Request::Run {
            library,
            needs,
            moved,
        } => {
            // One that cannot be loaded makes the cell itself fail, and say so.
            for needed in needs {
                let _ = load::keep(&needed);
            }
            run(&library, &moved)
        }
        Request::Show { name } => show(&name),
        Request::Preview { names, most } => preview(names, most),
        Request::Forget { names } => {
            slots::forget(&names);
            Outcome::Ok
        }
        Request::Variables => Outcome::Variables(
            slots::variables()
                .into_iter()
                .map(|v| (v.name, v.type_name))
                .collect(),
        ),
        Request::Comm { message } => comm(&comms::incoming(message)),
        Request::Interrupt | Request::Input { .. } => Outcome::Ok,
    }
}

fn run(library: &std::path::Path, moved: &[String]) -> Outcome {
    let entry = match load::cell(library) {
        Ok(entry) => entry,
        Err(error) => return Outcome::LoadFailed(error.to_string()),
    };
    let frame = stop::run(entry);
    let outcome = as_interrupted(cell::take_outcome());
    slots::settle(frame, moved, outcome == cell::Outcome::Ok);
    match outcome {
        cell::Outcome::Ok => Outcome::Ok,
        cell::Outcome::Error(error) => Outcome::Error {
            name: error.name,
            message: error.message,
            causes: error.causes,
        },
        cell::Outcome::Panic(report) => panicked(report),
        cell::Outcome::Interrupted => Outcome::Interrupted,
    }
}

/// What an interrupted cell makes of a system call that was cut short (an
/// error, a panic, or nothing at all) is no outcome of its own. One that came to
/// its end all the same was not to: cells that wait behind it must not run.
fn as_interrupted(outcome: Option<cell::Outcome>) -> cell::Outcome {
    match outcome {
        Some(outcome) if !ferrite_interrupt::requested() => outcome,
        _ => cell::Outcome::Interrupted,
    }
}

fn show(name: &str) -> Outcome {
    match catch_unwind(AssertUnwindSafe(|| stop::run(|| slots::show(name)))) {
        Ok(None) => Outcome::NoSuchVariable,
        Ok(Some(shown)) => {
            if let Some(bundle) = shown.into_bundle() {
                ferrite_display::sink::result(&bundle);
            }
            Outcome::Ok
        }
        Err(payload) if payload.is::<Interrupted>() || ferrite_interrupt::requested() => {
            Outcome::Interrupted
        }
        Err(payload) => panicked(panic::take_report(&*payload)),
    }
}

/// What has no look that can be had says so in its place.
fn preview(names: Vec<String>, most: usize) -> Outcome {
    let look = |name: &String| {
        let look = || stop::run(|| ferrite_display::preview::within(most, || slots::show(name)));
        match catch_unwind(AssertUnwindSafe(look)) {
            Ok(shown) => Some(shown?.into_bundle().unwrap_or_default()),
            Err(payload) if payload.is::<Interrupted>() => None,
            Err(payload) => {
                let message = panic::take_report(&*payload).message;
                let text = format!("its look panicked: {message}");
                Some(ferrite_display::MimeBundle::text(text))
            }
        }
    };
    let looks = names.into_iter().filter_map(|name| {
        let bundle = look(&name)?;
        let parts = bundle.parts();
        let parts = parts.map(|(mime, data)| (mime.to_owned(), data.to_owned()));
        Some((name, parts.collect()))
    });
    Outcome::Previews(looks.collect())
}

fn comm(message: &CommMessage) -> Outcome {
    let call = || stop::run(|| cell::call(|| ferrite_display::comm::receive(message)));
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(_) if ferrite_interrupt::requested() => Outcome::Interrupted,
        Ok(true) => Outcome::Ok,
        Ok(false) => Outcome::NoSuchComm,
        Err(payload) if payload.is::<Interrupted>() || ferrite_interrupt::requested() => {
            Outcome::Interrupted
        }
        Err(payload) => panicked(panic::take_report(&*payload)),
    }
}

fn panicked(report: panic::PanicReport) -> Outcome {
    Outcome::Panic {
        message: report.message,
        location: report.location.as_ref().map(trace::location),
        frames: trace::in_cells(&report.frames),
    }
}
