//! Queries to SQLite files; SQLite itself is part of the program.

use polars::prelude::DataFrame;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::sql::Stop;
use super::{Builder, Value, dates, files};
use crate::FrameError;

pub(super) fn query(path: &str, query: &str, stop: &Stop) -> Result<DataFrame, FrameError> {
    let place = files::expanded(path);
    // For its words on missing files and folders.
    files::open(&place.to_string_lossy())?;
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(&place, read_only)
        .map_err(|cause| refused(path, None, &cause))?;
    if let Ok(mut stop) = stop.lock() {
        *stop = Some(connection.get_interrupt_handle());
    }
    if query.trim().is_empty() {
        return Err(FrameError::invalid(
            "the query is empty",
            "for instance: read_sql(\"data.db\", \"select * from people\")?",
        ));
    }
    rows(&connection, query).map_err(|failure| match failure {
        Failure::Frame(error) => error,
        Failure::Database(cause) => missing_column(&cause.to_string(), path, query, &connection)
            .unwrap_or_else(|| refused(path, Some(&connection), &cause)),
    })
}

enum Failure {
    Frame(FrameError),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(cause: rusqlite::Error) -> Self {
        Failure::Database(cause)
    }
}

fn rows(connection: &Connection, query: &str) -> Result<DataFrame, Failure> {
    let mut statement = connection.prepare(query)?;
    let names: Vec<String> = statement
        .column_names()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut builders: Vec<Builder> = names.iter().map(|_| Builder::new()).collect();
    let mut rows = statement.query([])?;
    let mut height = 0;
    while let Some(row) = rows.next()? {
        for (i, builder) in builders.iter_mut().enumerate() {
            builder.push(match row.get_ref(i)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Int(number),
                ValueRef::Real(number) => Value::Float(number),
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
            });
        }
        height += 1;
    }
    super::sql_frame(names, builders, height)
        .map(dates::parsed)
        .map_err(Failure::Frame)
}

fn refused(path: &str, connection: Option<&Connection>, cause: &rusqlite::Error) -> FrameError {
    let message = cause.to_string();
    if let (Some(table), Some(connection)) = (missing_table(&message), connection)
        && let Ok(tables) = tables(connection)
    {
        return FrameError::unknown("table", &table, &format!(" in {path:?}"), tables);
    }
    let hint = if message.contains("not a database") {
        "expected is a SQLite file, or an address that begins with postgres://".to_owned()
    } else {
        match connection.map(tables) {
            Some(Ok(tables)) if !tables.is_empty() => format!("tables: {}", tables.join(", ")),
            _ => "is the query right?".to_owned(),
        }
    };
    FrameError::Database {
        database: path.to_owned(),
        message,
        hint,
    }
}

/// The error about a column that no table of the query has, with those that there are.
fn missing_column(
    message: &str,
    path: &str,
    query: &str,
    connection: &Connection,
) -> Option<FrameError> {
    let rest = message.split_once("no such column: ")?.1;
    let name = rest.split([' ', ',']).next()?.rsplit('.').next()?;
    let asked: Vec<String> = tables(connection)
        .ok()?
        .into_iter()
        .filter(|table| query.to_lowercase().contains(&table.to_lowercase()))
        .collect();
    let mut known: Vec<String> = Vec::new();
    for table in &asked {
        let mut statement = connection
            .prepare("select name from pragma_table_info(?1)")
            .ok()?;
        let columns = statement.query_map([table], |row| row.get(0)).ok()?;
        known.extend(columns.flatten());
    }
    let place = format!(" in {} of {path:?}", asked.join(", "));
    (!known.is_empty()).then(|| FrameError::unknown("column", name, &place, known))
}

fn missing_table(message: &str) -> Option<String> {
    let rest = message.split_once("no such table: ")?.1;
    let name = rest.split([' ', ',']).next()?;
    Some(name.trim_start_matches("main.").to_owned())
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "select name from sqlite_master where type in ('table', 'view') \
         and name not like 'sqlite_%' order by name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}
