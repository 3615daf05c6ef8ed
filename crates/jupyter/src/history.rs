//! What was run, in this kernel and in earlier ones, and the three ways to ask
//! for it.
//!
//! A session is one kernel's life. It gets its number with its first cell, so
//! kernels that run nothing leave no trace. All kernels write into one SQLite
//! file at a time; it is in WAL mode, where a cell costs no wait for the disk.
//! History is a convenience: whatever is wrong with the file is logged, and the
//! kernel goes on with a history that lasts as long as itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jupyter_protocol::HistoryRequest;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use serde_json::{Value, json};

/// How many cells are kept.
const CELLS: u32 = 100_000;
/// How long to wait for another kernel that is writing.
const PATIENCE: Duration = Duration::from_secs(2);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS sessions (
        session INTEGER PRIMARY KEY AUTOINCREMENT,
        started TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS cells (
        session INTEGER NOT NULL,
        line INTEGER NOT NULL,
        input TEXT NOT NULL,
        output TEXT,
        PRIMARY KEY (session, line)
    );";

pub(crate) struct History {
    database: Option<Connection>,
    /// This kernel's number, once it has one.
    session: Option<i64>,
}

impl History {
    /// The history in a file, or one that ends with the kernel.
    pub(crate) fn open(file: Option<PathBuf>) -> Self {
        let lasting = file.as_deref().and_then(|file| {
            open_file(file)
                .inspect_err(|error| {
                    tracing::error!(file = %file.display(), %error, "the history is not kept");
                })
                .ok()
        });
        let database = lasting.or_else(|| {
            let database = Connection::open_in_memory().and_then(prepare);
            database
                .inspect_err(|error| tracing::error!(%error, "there is no history"))
                .ok()
        });
        Self {
            database,
            session: None,
        }
    }

    pub(crate) fn push(&mut self, line: usize, input: &str, output: Option<String>) {
        let Some(database) = &self.database else {
            return;
        };
        let pushed = session(database, &mut self.session).and_then(|session| {
            database.execute(
                "INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3, ?4)",
                params![session, line as i64, input, output],
            )
        });
        if let Err(error) = pushed {
            tracing::error!(%error, "cannot write the history");
        }
    }

    /// The `history` field of a reply: `[session, line, input]`, or with
    /// `output` `[session, line, [input, output]]`.
    pub(crate) fn answer(&self, request: &HistoryRequest) -> Vec<Value> {
        let Some(database) = &self.database else {
            return Vec::new();
        };
        let found = match request {
            HistoryRequest::Tail { n, output, .. } => tail(database, *n, *output),
            HistoryRequest::Range {
                session,
                start,
                stop,
                output,
                ..
            } => self
                .number(database, session.unwrap_or(0))
                .and_then(|session| range(database, session, *start, *stop, *output)),
            HistoryRequest::Search {
                pattern,
                unique,
                output,
                n,
                ..
            } => search(database, pattern, *unique, *n, *output),
        };
        found.unwrap_or_else(|error| {
            tracing::error!(%error, "cannot read the history");
            Vec::new()
        })
    }

    /// 0 is this session, -1 the one before it, a positive number itself.
    fn number(&self, database: &Connection, asked: i32) -> rusqlite::Result<i64> {
        if asked > 0 {
            return Ok(asked.into());
        }
        let here = match self.session {
            Some(session) => session,
            // It would be the next one.
            None => {
                let last: Option<i64> = database
                    .query_row("SELECT max(session) FROM sessions", [], |row| row.get(0))
                    .optional()?
                    .flatten();
                last.unwrap_or(0) + 1
            }
        };
        Ok(here + i64::from(asked))
    }
}

/// This kernel's number; it is given with the first cell.
fn session(database: &Connection, session: &mut Option<i64>) -> rusqlite::Result<i64> {
    if let Some(session) = session {
        return Ok(*session);
    }
    database.execute(
        "INSERT INTO sessions (started) VALUES (datetime('now'))",
        [],
    )?;
    Ok(*session.insert(database.last_insert_rowid()))
}

fn tail(database: &Connection, n: i32, output: bool) -> rusqlite::Result<Vec<Value>> {
    let mut query = database.prepare_cached(
        "SELECT session, line, input, output FROM cells
         ORDER BY session DESC, line DESC LIMIT ?1",
    )?;
    let rows = query.query_map([n.max(0)], |row| to_value(row, output))?;
    latest_last(rows.collect())
}

fn range(
    database: &Connection,
    session: i64,
    start: i32,
    stop: i32,
    output: bool,
) -> rusqlite::Result<Vec<Value>> {
    let mut query = database.prepare_cached(
        "SELECT session, line, input, output FROM cells
         WHERE session = ?1 AND line >= ?2 AND line < ?3 ORDER BY line",
    )?;
    let rows = query.query_map(params![session, start, stop], |row| to_value(row, output))?;
    rows.collect()
}

/// `pattern` is a glob for the whole input, as SQLite has it: `*`, `?`, `[a-z]`,
/// `[^a]`. With `unique` the latest of equal inputs.
fn search(
    database: &Connection,
    pattern: &str,
    unique: bool,
    n: i32,
    output: bool,
) -> rusqlite::Result<Vec<Value>> {
    let mut query = database.prepare_cached(
        "SELECT session, line, input, output FROM cells
         WHERE input GLOB ?1 AND (NOT ?2 OR rowid IN
             (SELECT max(rowid) FROM cells WHERE input GLOB ?1 GROUP BY input))
         ORDER BY session DESC, line DESC LIMIT ?3",
    )?;
    let rows = query.query_map(params![pattern, unique, n.max(0)], |row| {
        to_value(row, output)
    })?;
    latest_last(rows.collect())
}

fn to_value(row: &Row<'_>, with_output: bool) -> rusqlite::Result<Value> {
    let session: i64 = row.get(0)?;
    let line: i64 = row.get(1)?;
    let input: String = row.get(2)?;
    if !with_output {
        return Ok(json!([session, line, input]));
    }
    let output: Option<String> = row.get(3)?;
    Ok(json!([session, line, [input, output]]))
}

fn latest_last(rows: rusqlite::Result<Vec<Value>>) -> rusqlite::Result<Vec<Value>> {
    rows.map(|mut rows| {
        rows.reverse();
        rows
    })
}

fn open_file(file: &Path) -> rusqlite::Result<Connection> {
    if let Some(folder) = file.parent() {
        // If it cannot be made, opening the file says so.
        let _ = fs::create_dir_all(folder);
    }
    let opened = Connection::open(file).and_then(prepare);
    let opened = match opened {
        Err(error) if is_damaged(&error) => {
            let aside = aside(file);
            tracing::error!(%error, aside = %aside.display(), "put a damaged history aside");
            let _ = fs::rename(file, &aside);
            for leftover in ["-wal", "-shm"] {
                let mut name = file.as_os_str().to_owned();
                name.push(leftover);
                let _ = fs::remove_file(name);
            }
            Connection::open(file).and_then(prepare)
        }
        opened => opened,
    }?;
    keep_private(file);
    Ok(opened)
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

fn aside(file: &Path) -> PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default().as_secs();
    file.with_extension(format!("damaged-{now}.sqlite"))
}

/// Cells may hold what nobody else should read.
fn keep_private(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(file, fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = file;
}

fn prepare(database: Connection) -> rusqlite::Result<Connection> {
    database.busy_timeout(PATIENCE)?;
    // Answers with the mode that it has now: some file systems have no other.
    database.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    database.execute_batch("PRAGMA synchronous = NORMAL")?;
    database.execute_batch(SCHEMA)?;
    database.execute(
        "DELETE FROM cells WHERE rowid <= (SELECT max(rowid) FROM cells) - ?1",
        [CELLS],
    )?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(file: Option<PathBuf>) -> History {
        let mut history = History::open(file);
        history.push(1, "let a = 1;", None);
        history.push(2, "a", Some("1".into()));
        history.push(3, "a + 1", Some("2".into()));
        history.push(4, "a", Some("1".into()));
        history
    }

    /// Session and line of what is found.
    fn places(history: &History, request: HistoryRequest) -> Vec<(i64, i64)> {
        let place = |entry: &Value| (entry[0].as_i64().unwrap(), entry[1].as_i64().unwrap());
        history.answer(&request).iter().map(place).collect()
    }

    fn tail_of(n: i32) -> HistoryRequest {
        HistoryRequest::Tail {
            n,
            output: false,
            raw: true,
        }
    }

    fn range_of(session: i32, start: i32, stop: i32) -> HistoryRequest {
        HistoryRequest::Range {
            session: Some(session),
            start,
            stop,
            output: false,
            raw: true,
        }
    }

    fn search_for(pattern: &str, unique: bool, n: i32) -> HistoryRequest {
        HistoryRequest::Search {
            pattern: pattern.to_owned(),
            unique,
            n,
            output: false,
            raw: true,
        }
    }

    #[test]
    fn tail_is_the_latest_in_order() {
        let history = filled(None);
        assert_eq!(places(&history, tail_of(2)), [(1, 3), (1, 4)]);
        assert_eq!(places(&history, tail_of(9)).len(), 4);
        assert_eq!(places(&history, tail_of(-1)), []);
    }

    #[test]
    fn range_ends_before_stop() {
        let history = filled(None);
        assert_eq!(places(&history, range_of(0, 2, 4)), [(1, 2), (1, 3)]);
        assert_eq!(places(&history, range_of(1, 1, 2)), [(1, 1)]);
        assert_eq!(places(&history, range_of(0, 0, i32::MAX)).len(), 4);
        assert_eq!(places(&history, range_of(-1, 0, 9)), []);
        assert_eq!(places(&history, range_of(7, 0, 9)), []);
    }

    #[test]
    fn search_matches_whole_inputs() {
        let history = filled(None);
        let find = |pattern, unique, n| places(&history, search_for(pattern, unique, n));
        assert_eq!(find("a*", false, 9), [(1, 2), (1, 3), (1, 4)]);
        assert_eq!(find("a", false, 9), [(1, 2), (1, 4)]);
        assert_eq!(find("a*", true, 9), [(1, 3), (1, 4)], "the latest stays");
        assert_eq!(find("a*", false, 1), [(1, 4)]);
        assert_eq!(find("?et [a-c] = [^2]*", false, 9), [(1, 1)]);
        assert_eq!(find("A", false, 9), [], "letters have a case");
        assert_eq!(find("[", false, 9), []);
    }

    #[test]
    fn output_comes_with_the_input() {
        let request = HistoryRequest::Tail {
            n: 4,
            output: true,
            raw: true,
        };
        let found = filled(None).answer(&request);
        assert_eq!(found[0], json!([1, 1, ["let a = 1;", null]]));
        assert_eq!(found[1], json!([1, 2, ["a", "1"]]));
    }

    #[test]
    fn a_file_outlives_kernels_and_is_shared_by_them() {
        let dir = tempfile::tempdir().unwrap();
        let file = Some(dir.path().join("new folder").join("history.sqlite"));
        drop(filled(file.clone()));
        let mut second = History::open(file.clone());
        assert_eq!(places(&second, range_of(0, 0, 9)), []);
        assert_eq!(places(&second, range_of(-1, 4, 9)), [(1, 4)]);
        let mut third = History::open(file);
        third.push(1, "third", None);
        second.push(1, "second", None);
        third.push(2, "third", None);
        assert_eq!(places(&second, tail_of(3)), [(2, 1), (2, 2), (3, 1)]);
        assert_eq!(places(&third, range_of(0, 0, 9)), [(2, 1), (2, 2)]);
        assert_eq!(places(&second, range_of(-2, 4, 9)), [(1, 4)]);
        assert_eq!(places(&third, search_for("third", true, 9)), [(2, 2)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("history.sqlite");
        let _history = filled(Some(file.clone()));
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("history.sqlite");
        fs::write(&file, "this is no database, however long one looks at it").unwrap();
        assert_eq!(places(&filled(Some(file.clone())), tail_of(9)).len(), 4);
        let names = fs::read_dir(dir.path()).unwrap().flatten();
        let aside = names.filter(|name| name.file_name().to_string_lossy().contains("damaged"));
        assert_eq!(aside.count(), 1);
        assert_eq!(places(&History::open(Some(file)), tail_of(9)).len(), 4);
    }

    #[test]
    fn where_no_file_can_be_made_the_history_ends_with_the_kernel() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a file");
        fs::write(&file, "").unwrap();
        let history = filled(Some(file.join("history.sqlite")));
        assert_eq!(places(&history, tail_of(9)).len(), 4);
    }
}
