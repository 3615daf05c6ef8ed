//! Putting a kernel together, and taking it apart.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use jupyter_protocol::ConnectionInfo;
use serde_json::json;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::bell::Bell;
use crate::comm::Comms;
use crate::history::History;
use crate::interrupt::Interrupts;
use crate::lifecycle::Lifecycle;
use crate::request::kernel_info;
use crate::request::usage::Usage;
use crate::socket::control::Control;
use crate::socket::iopub::Publisher;
use crate::socket::shell::{Arrivals, Queue};
use crate::socket::stdin::Stdin;
use crate::socket::{debug, heartbeat, iopub, router, shell, stdin};
use crate::waiting::Waiting;
use crate::wire::Signer;
use crate::worker::Worker;
use crate::zmtp::{Listener, Router};
use crate::{Error, Language, parent, signals};

/// Parsers recurse; the default of 2 MB is little for a deeply nested cell.
const LANGUAGE_STACK: usize = 16 << 20;
/// What clients get to read the last messages.
const DRAIN: Duration = Duration::from_secs(2);
/// What the language gets to be dropped after it was shut down.
const FAREWELL: Duration = Duration::from_millis(250);

/// Serves `language` on the sockets that the connection file names, until a
/// client asks for the shutdown, SIGTERM comes, or the parent process is gone.
///
/// Returns then even if the language is stuck in a cell that heeds no
/// interrupt; its thread is left behind, for the end of the process.
///
/// Must not be called from an asynchronous runtime: it starts its own.
pub fn serve(connection_file: &Path, language: impl Language) -> Result<(), Error> {
    let connection = read_connection_file(connection_file)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(run(&connection, connection_file, language));
    // Not its destructor: that would wait for an interrupter that hangs.
    runtime.shutdown_background();
    result
}

fn read_connection_file(path: &Path) -> Result<ConnectionInfo, Error> {
    let text = std::fs::read(path).map_err(|source| Error::ReadConnectionFile {
        path: path.to_owned(),
        source,
    })?;
    let connection: ConnectionInfo =
        serde_json::from_slice(&text).map_err(|source| Error::ParseConnectionFile {
            path: path.to_owned(),
            source,
        })?;
    if !connection.key.is_empty() && connection.signature_scheme != "hmac-sha256" {
        return Err(Error::SignatureScheme(connection.signature_scheme));
    }
    Ok(connection)
}

/// All addresses, bound.
struct Listeners {
    iopub: Listener,
    shell: Listener,
    control: Listener,
    stdin: Listener,
    heartbeat: Listener,
}

impl Listeners {
    async fn bind(connection: &ConnectionInfo) -> Result<Self, Error> {
        let bind = async |channel, port| {
            let bound = Listener::bind(connection, port).await;
            bound.map_err(|source| Error::Bind { channel, source })
        };
        Ok(Self {
            iopub: bind("iopub", connection.iopub_port).await?,
            shell: bind("shell", connection.shell_port).await?,
            control: bind("control", connection.control_port).await?,
            stdin: bind("stdin", connection.stdin_port).await?,
            heartbeat: bind("heartbeat", connection.hb_port).await?,
        })
    }
}

async fn run(
    connection: &ConnectionInfo,
    connection_file: &Path,
    mut language: impl Language,
) -> Result<(), Error> {
    let listeners = Listeners::bind(connection).await?;
    let signer = Signer::new(&connection.key, &Uuid::new_v4().to_string());
    let (sender, jobs) = mpsc::unbounded_channel();
    let (ended, mut end) = mpsc::unbounded_channel();
    let (publisher, publications) = Publisher::channel();
    let (asking, questions) = Stdin::channel();

    let kernel_info = Arc::new(kernel_info::reply(language.kernel_info()));
    let interrupts = Arc::new(Interrupts::new(language.interrupter(), asking.clone()));
    let lifecycle = Lifecycle {
        interrupts,
        queue: sender.clone(),
        ended: ended.clone(),
    };
    let queue = Queue {
        jobs: sender,
        arrivals: Arrivals::default(),
        waiting: Waiting::default(),
    };
    language.waiting(queue.waiting.clone());
    let bell = Bell::new(queue.jobs.clone());
    language.bell(bell.clone());
    let comms = Comms::default();

    tokio::spawn(iopub::run(listeners.iopub, signer.clone(), publications));

    let (inbox, shell) = router::open("shell", listeners.shell, signer.clone());
    tokio::spawn(shell::run(inbox, shell.clone(), queue.clone()));

    let (inbox, control) = router::open("control", listeners.control, signer.clone());
    let (debug, debugging) = mpsc::unbounded_channel();
    language.debug_events(debug::DebugEvents::new(publisher.clone()));
    let debugger = language.debugger();
    tokio::spawn(debug::run(
        debugger,
        debugging,
        control.clone(),
        publisher.clone(),
    ));
    let answering = Control {
        outbox: control.clone(),
        publisher: publisher.clone(),
        lifecycle: lifecycle.clone(),
        kernel_info: kernel_info.clone(),
        comms: comms.clone(),
        queue: queue.clone(),
        usage: Usage::default(),
        debug,
    };
    tokio::spawn(answering.run(inbox));

    let (inbox, outbox) = router::open("stdin", listeners.stdin, signer);
    tokio::spawn(stdin::run(inbox, outbox, questions));

    tokio::spawn(heartbeat::run(Router::start(listeners.heartbeat)));
    tokio::spawn(signals::run(lifecycle.clone()));
    let connection_file = connection_file.to_owned();
    tokio::spawn(parent::run(lifecycle.clone(), connection_file));

    let history = History::open(language.history_file());
    let worker = Worker {
        language,
        kernel_info,
        history,
        ports: json!({
            "shell_port": connection.shell_port,
            "iopub_port": connection.iopub_port,
            "stdin_port": connection.stdin_port,
            "control_port": connection.control_port,
            "hb_port": connection.hb_port,
        }),
        comms,
        execution_count: 1,
        abort_before: 0,
        bell,
        last_cell: None,
        arrivals: queue.arrivals,
        waiting: queue.waiting,
        interrupts: lifecycle.interrupts,
        publisher: publisher.clone(),
        replies: shell.clone(),
        stdin: asking,
        ended,
    };
    let thread = std::thread::Builder::new()
        .name("language".to_owned())
        .stack_size(LANGUAGE_STACK)
        .spawn(move || worker.run(jobs))?;

    let _ = end.recv().await;
    let drained = async {
        publisher.drained().await;
        shell.drained().await;
        control.drained().await;
    };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("left messages behind that no client has read");
    }
    farewell(thread).await;
    Ok(())
}

async fn farewell(thread: JoinHandle<()>) {
    let finished = async {
        while !thread.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(FAREWELL, finished).await.is_err() {
        tracing::warn!("the language's thread is still busy");
    }
}
