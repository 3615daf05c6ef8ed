//! Queries to databases.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use polars::prelude::DataFrame;
use rusqlite::InterruptHandle;

use super::{postgres, sqlite};
use crate::FrameError;

/// Runs a query and gives its rows as a frame. The database is a SQLite file,
/// or a PostgreSQL server by its address (`postgres://user:password@host/name`).
///
/// ```
/// use ferrite_frame::read::read_sql;
///
/// let folder = tempfile::tempdir()?;
/// let shop = folder.path().join("shop.db").display().to_string();
/// rusqlite::Connection::open(&shop)?
///     .execute_batch("create table orders (id, day); insert into orders values (1, '2024-02-29')")?;
/// assert_eq!(read_sql(&shop, "select * from orders where id = 1")?.shape(), (1, 2));
/// assert!(read_sql("postgres://me@127.0.0.1:1/app", "select 1").is_err()); // nobody is there
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A SQLite file is opened for reading only. SQLite's columns get the type that
/// fits all their values, and texts that are all dates become dates;
/// PostgreSQL's have their types: numeric becomes `f64`, json, uuid and
/// enumerations become text.
///
/// `?sslmode=` behind the address of a server says how it is spoken with, as
/// for PostgreSQL's own programs: `prefer` (through TLS if it can) is taken
/// without one, `disable`, `require`, and `verify-full`, which also wants to know
/// who it is: by an authority that the system trusts, or one of
/// `&sslrootcert=FILE`.
///
/// # Errors
/// When there is no such file or server, or the database refuses the query;
/// the message has the database's words, and for a missing table the one that
/// was probably meant.
pub fn read_sql(database: &str, query: &str) -> Result<DataFrame, FrameError> {
    let (database, query) = (database.to_owned(), query.to_owned());
    let stop = Stop::default();
    let handle = stop.clone();
    let work = move || {
        if database.starts_with("postgres://") || database.starts_with("postgresql://") {
            postgres::query(&database, &query)
        } else {
            let path = database.strip_prefix("sqlite://").unwrap_or(&database);
            sqlite::query(path, &query, &handle)
        }
    };
    aside(work, &stop)
}

/// What ends a query of SQLite that is running.
pub(super) type Stop = Arc<Mutex<Option<InterruptHandle>>>;

/// How often it is looked at whether the person wants to stop.
const TICK: Duration = Duration::from_millis(50);

/// Runs a query on a thread of its own: the PostgreSQL client cannot be used
/// where an async runtime is already running, and a query that takes long can
/// be left behind when the person does not want to wait.
fn aside(
    work: impl FnOnce() -> Result<DataFrame, FrameError> + Send + 'static,
    stop: &Stop,
) -> Result<DataFrame, FrameError> {
    let (sender, receiver) = channel();
    let worker = thread::Builder::new()
        .name("query".to_owned())
        .spawn(move || {
            // Nobody listens any more after an interrupt.
            let _ = sender.send(work());
        });
    let worker = worker.map_err(|cause| {
        FrameError::invalid(
            format!("no thread for the query: {cause}"),
            "the system has too many of them",
        )
    })?;
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Timeout) => {
                if ferrite_interrupt::requested() {
                    if let Some(handle) = &*stop.lock().unwrap_or_else(PoisonError::into_inner) {
                        handle.interrupt();
                    }
                    ferrite_interrupt::checkpoint();
                }
            }
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => resume_unwind(panic),
                Ok(()) => {
                    return Err(FrameError::invalid(
                        "the query ended without an answer",
                        "run it again",
                    ));
                }
            },
        }
    }
}
