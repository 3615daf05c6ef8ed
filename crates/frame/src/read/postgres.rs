//! Queries to PostgreSQL, by its wire protocol.
//!
//! Values come in PostgreSQL's binary form and are decoded here: the client
//! decodes dates and numerics only into types of other crates.

use polars::prelude::DataFrame;
use postgres::config::SslMode;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{FromSql, Kind, Type};
use postgres::{Client, Config, NoTls, Row};

use super::tls::{Connector, Mode};
use super::{Builder, Value, files};
use crate::FrameError;

/// Days from 1970 to 2000, where PostgreSQL begins to count.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// Connects as the address says; `sslmode` and `sslrootcert` are read here,
/// where more of them are known than by the client.
fn connect(address: &str) -> Result<Client, FrameError> {
    let refused = |cause: postgres::Error| refused(address, &cause);
    let (address, options) = match address.split_once('?') {
        Some((address, options)) => (address, options),
        None => (address, ""),
    };
    let (mut mode, mut root, mut others) = (Mode::Prefer, None, Vec::new());
    for option in options.split('&').filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            Some(("sslmode", name)) => mode = Mode::named(name)?,
            Some(("sslrootcert", "system")) => mode = Mode::Verify,
            Some(("sslrootcert", file)) => root = Some(files::expanded(&decoded(file))),
            _ => others.push(option),
        }
    }
    let address = match others.is_empty() {
        true => address.to_owned(),
        false => format!("{address}?{}", others.join("&")),
    };
    let mut config: Config = address.parse().map_err(refused)?;
    config.ssl_mode(match mode {
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        Mode::Require | Mode::Verify => SslMode::Require,
    });
    if mode == Mode::Disable {
        return config.connect(NoTls).map_err(refused);
    }
    let connector = Connector::new(mode, root.as_deref())?;
    match config.connect(connector) {
        // What cannot be agreed upon was only preferred.
        Err(cause) if mode == Mode::Prefer && cause.to_string().contains("TLS") => config
            .ssl_mode(SslMode::Disable)
            .connect(NoTls)
            .map_err(refused),
        made => made.map_err(refused),
    }
}

/// Text of an address, in which `%20` stands for a space.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = &behind[if hex.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn query(address: &str, query: &str) -> Result<DataFrame, FrameError> {
    let refused = |cause: &postgres::Error| refused(address, cause);
    let mut client = connect(address)?;
    let statement = client.prepare(query).map_err(|cause| refused(&cause))?;
    let columns = statement.columns();
    let names: Vec<String> = columns.iter().map(|c| c.name().to_owned()).collect();
    for column in columns {
        if !is_known(column.type_()) {
            return Err(FrameError::invalid(
                format!(
                    "column {:?} has PostgreSQL's type {}, which a frame has no place for",
                    column.name(),
                    column.type_()
                ),
                format!("ask for it as text: \"{}\"::text", column.name()),
            ));
        }
    }
    let mut builders: Vec<Builder> = names.iter().map(|_| Builder::new()).collect();
    let nothing: [i32; 0] = [];
    let mut rows = client
        .query_raw(&statement, nothing.iter())
        .map_err(|cause| refused(&cause))?;
    let mut height = 0;
    while let Some(row) = rows.next().map_err(|cause| refused(&cause))? {
        push(&row, &mut builders).map_err(|cause| refused(&cause))?;
        height += 1;
    }
    super::sql_frame(names, builders, height)
}

fn push(row: &Row, builders: &mut [Builder]) -> Result<(), postgres::Error> {
    for (i, builder) in builders.iter_mut().enumerate() {
        builder.push(match row.try_get::<_, Option<Decoded>>(i)? {
            Some(decoded) => decoded.0,
            None => Value::Null,
        });
    }
    Ok(())
}

/// A value of any type that [`is_known`].
struct Decoded(Value);

impl<'a> FromSql<'a> for Decoded {
    fn from_sql(
        dtype: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        match decode(dtype, raw) {
            Some(value) => Ok(Decoded(value)),
            None => Err(format!("a value of type {dtype} could not be understood").into()),
        }
    }

    fn accepts(dtype: &Type) -> bool {
        is_known(dtype)
    }
}

fn is_known(dtype: &Type) -> bool {
    is_text(dtype)
        || [
            Type::BOOL,
            Type::INT2,
            Type::INT4,
            Type::INT8,
            Type::OID,
            Type::FLOAT4,
            Type::FLOAT8,
            Type::NUMERIC,
            Type::DATE,
            Type::TIME,
            Type::TIMESTAMP,
            Type::TIMESTAMPTZ,
            Type::INTERVAL,
            Type::BYTEA,
            Type::UUID,
            Type::JSONB,
        ]
        .contains(dtype)
}

fn is_text(dtype: &Type) -> bool {
    let plain = [
        Type::TEXT,
        Type::VARCHAR,
        Type::BPCHAR,
        Type::NAME,
        Type::CHAR,
        Type::UNKNOWN,
        Type::JSON,
        Type::XML,
    ];
    plain.contains(dtype) || matches!(dtype.kind(), Kind::Enum(_))
}

fn decode(dtype: &Type, raw: &[u8]) -> Option<Value> {
    let text = |bytes: &[u8]| Value::Text(String::from_utf8_lossy(bytes).into_owned());
    let long = || Some(i64::from_be_bytes(raw.try_into().ok()?));
    Some(match *dtype {
        _ if is_text(dtype) => text(raw),
        Type::BOOL => Value::Bool(*raw.first()? != 0),
        Type::INT2 => Value::Int(i16::from_be_bytes(raw.try_into().ok()?).into()),
        Type::INT4 => Value::Int(i32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::OID => Value::Int(u32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::INT8 => Value::Int(long()?),
        Type::FLOAT4 => Value::Float(f32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::FLOAT8 => Value::Float(f64::from_be_bytes(raw.try_into().ok()?)),
        Type::NUMERIC => Value::Float(numeric(raw)?),
        Type::DATE => {
            Value::Date(i32::from_be_bytes(raw.try_into().ok()?).saturating_add(EPOCH_DAYS))
        }
        Type::TIME => Value::Time(long()?.saturating_mul(1_000)),
        Type::TIMESTAMP => Value::Moment(long()?.saturating_add(EPOCH_MICROS)),
        Type::TIMESTAMPTZ => Value::Instant(long()?.saturating_add(EPOCH_MICROS)),
        Type::INTERVAL => interval(raw)?,
        Type::BYTEA => Value::Bytes(raw.to_vec()),
        Type::UUID => Value::Text(uuid(raw)),
        // A version byte, then the text.
        Type::JSONB => text(raw.get(1..)?),
        _ => return None,
    })
}

/// Days and microseconds as a duration; months have no fixed length, so an
/// interval with months is text.
fn interval(raw: &[u8]) -> Option<Value> {
    let micros = i64::from_be_bytes(raw.get(..8)?.try_into().ok()?);
    let days = i32::from_be_bytes(raw.get(8..12)?.try_into().ok()?);
    let months = i32::from_be_bytes(raw.get(12..16)?.try_into().ok()?);
    Some(match months {
        0 => Value::Span(micros.saturating_add(i64::from(days) * 86_400_000_000)),
        _ => Value::Text(format!("{months} mons {days} days {micros} us")),
    })
}

fn uuid(raw: &[u8]) -> String {
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    let ends = [8, 12, 16, 20, 32];
    let starts = [0, 8, 12, 16, 20];
    let parts: Vec<&str> = starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| hex.get(*start..end))
        .collect();
    parts.join("-")
}

/// A decimal number of any length: a sign, and digits in base 10,000. It is
/// written out and parsed, which rounds once.
fn numeric(raw: &[u8]) -> Option<f64> {
    let short = |i: usize| {
        Some(u16::from_be_bytes(
            raw.get(i * 2..i * 2 + 2)?.try_into().ok()?,
        ))
    };
    let (count, weight, sign) = (usize::from(short(0)?), short(1)? as i16, short(2)?);
    match sign {
        0x0000 | 0x4000 => {}
        0xD000 => return Some(f64::INFINITY),
        0xF000 => return Some(f64::NEG_INFINITY),
        _ => return Some(f64::NAN),
    }
    let mut text = String::from(if sign == 0x4000 { "-" } else { "" });
    text.push('0');
    for i in 0..count {
        text += &format!("{:04}", short(4 + i)?);
    }
    let exponent = (i32::from(weight) + 1 - count as i32) * 4;
    format!("{text}e{exponent}").parse().ok()
}

fn refused(address: &str, cause: &postgres::Error) -> FrameError {
    let (message, hint) = match cause.as_db_error() {
        Some(said) => (
            said.message().to_owned(),
            said.hint().unwrap_or("is the query right?").to_owned(),
        ),
        None => {
            let mut message = cause.to_string();
            let mut deeper = std::error::Error::source(cause);
            while let Some(reason) = deeper {
                if !message.contains(&reason.to_string()) {
                    message += &format!(": {reason}");
                }
                deeper = reason.source();
            }
            let hint = match message.contains("certificate") || message.contains("TLS") {
                true => {
                    "?sslmode=require encrypts without asking who the server is, \
                     sslmode=disable does not encrypt, sslrootcert=FILE names authorities"
                }
                false => {
                    "expected is postgres://user:password@host:5432/database, and a server \
                     that answers there"
                }
            };
            (message, hint.to_owned())
        }
    };
    FrameError::Database {
        database: without_password(address),
        message,
        hint,
    }
}

fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return "postgres".to_owned();
    };
    // An address may have a password among its options as well.
    let rest = rest.split('?').next().unwrap_or(rest);
    match rest.rsplit_once('@') {
        Some((who, place)) => {
            let user = who.split(':').next().unwrap_or(who);
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric_of(parts: &[u16]) -> Option<f64> {
        let raw: Vec<u8> = parts.iter().flat_map(|p| p.to_be_bytes()).collect();
        numeric(&raw)
    }

    #[test]
    fn numerics_are_read_digit_by_digit() {
        // digits, weight, sign, scale, then groups of four digits.
        assert_eq!(numeric_of(&[2, 0, 0, 2, 12, 3400]), Some(12.34));
        assert_eq!(numeric_of(&[1, 1, 0x4000, 0, 5]), Some(-50_000.0));
        assert_eq!(numeric_of(&[1, 0xffff, 0, 4, 1]), Some(0.0001));
        assert_eq!(numeric_of(&[0, 0, 0, 0]), Some(0.0));
        assert!(numeric_of(&[0, 0, 0xC000, 0]).is_some_and(f64::is_nan));
        assert_eq!(numeric_of(&[3, 0]), None);
    }

    #[test]
    fn passwords_are_not_shown() {
        for (address, shown) in [
            ("postgres://me:secret@host/db", "postgres://me@host/db"),
            (
                "postgresql://host/db?password=secret",
                "postgresql://host/db",
            ),
            ("postgres://me:a@b@host/db", "postgres://me@host/db"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }

    #[test]
    fn modes_of_tls_are_those_of_postgres() {
        let error = |options: &str| {
            let address = format!("postgres://me@127.0.0.1:1/x?{options}");
            query(&address, "select 1").unwrap_err().to_string()
        };
        let unknown = error("sslmode=verify_full");
        assert!(
            unknown.starts_with("no sslmode \"verify_full\"; did you mean \"verify-full\"?"),
            "{unknown}"
        );
        for mode in [
            "disable",
            "prefer",
            "require",
            "verify-ca&connect_timeout=5",
        ] {
            let mode = error(&format!("sslmode={mode}&sslrootcert=/no/such%20file"));
            assert!(
                mode.contains("refused") || mode.contains("in \"/no/such file\""),
                "{mode}"
            );
        }
    }

    #[test]
    fn no_server_is_told_with_what_to_look_at() {
        let error = query("postgres://me:secret@127.0.0.1:1/x", "select 1").unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("postgres://me@127.0.0.1:1/x: "), "{text}");
        assert!(
            text.contains("refused") && !text.contains("secret"),
            "{text}"
        );
    }
}
