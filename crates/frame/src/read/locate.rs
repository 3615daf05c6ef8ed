//! Where in a text file the trouble is.
//!
//! polars reads a file in many pieces at once and cannot say in which row it
//! stopped. Once it has, the file is walked through here, record by record, to
//! find the row, line and column that a person has to look at.

use polars::prelude::PolarsError;

use crate::FrameError;

/// One row of a text file as its raw fields, and the line that it starts on.
struct Record<'b> {
    line: usize,
    fields: Vec<&'b [u8]>,
    /// Whether every quote in it is closed.
    closed: bool,
}

/// Walks the records of a file; quoted fields may hold separators and line
/// ends.
struct Records<'b> {
    bytes: &'b [u8],
    at: usize,
    line: usize,
    separator: u8,
}

impl<'b> Iterator for Records<'b> {
    type Item = Record<'b>;

    fn next(&mut self) -> Option<Record<'b>> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let line = self.line;
        let (mut fields, mut start, mut quoted) = (Vec::new(), self.at, false);
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            quoted ^= byte == b'"';
            self.line += usize::from(byte == b'\n');
            if byte == b'\n' && !quoted {
                break;
            }
            if byte == self.separator && !quoted {
                fields.push(&self.bytes[start..self.at]);
                start = self.at + 1;
            }
            self.at += 1;
        }
        let last = &self.bytes[start..self.at];
        fields.push(last.strip_suffix(b"\r").unwrap_or(last));
        self.at += 1;
        Some(Record {
            line,
            fields,
            closed: !quoted,
        })
    }
}

/// The error with its place, if the file shows one.
pub(super) fn problem(
    path: &str,
    bytes: &[u8],
    separator: u8,
    cause: &PolarsError,
) -> Option<FrameError> {
    let words = cause.to_string();
    let mut records = Records {
        bytes: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
        at: 0,
        line: 1,
        separator,
    };
    if words.contains("utf-8") || words.contains("UTF-8") {
        return not_text(path, bytes);
    }
    let header = records.next()?;
    let names = header.fields;
    let mut records: Vec<Record<'_>> = records.filter(|r| r.fields != [b""]).collect();
    if let Some(open) = records.pop_if(|record| !record.closed) {
        return Some(FrameError::BadLine {
            path: path.to_owned(),
            line: open.line,
            problem: "a quote opens here that is never closed".to_owned(),
            hint: "close it, double a quote that belongs to the text (\"\"), or use polars' \
                   CsvReadOptions with CsvParseOptions::with_quote_char(None)",
        });
    }
    if words.contains("more fields") {
        let long = records
            .into_iter()
            .find(|record| record.fields.len() > names.len())?;
        return Some(FrameError::BadLine {
            path: path.to_owned(),
            line: long.line,
            problem: format!(
                "it has {} fields, the header has {}",
                long.fields.len(),
                names.len()
            ),
            hint: "put text with a separator in it in quotes; if the separator is another \
                   one use polars' CsvReadOptions",
        });
    }
    let (value, dtype) = unparsable(&words)?;
    let (column, column_name) = names.iter().enumerate().find_map(|(i, name)| {
        let name = text(name);
        words
            .contains(&format!("at column '{name}'"))
            .then_some((i, name))
    })?;
    let (row, record) = records
        .into_iter()
        .enumerate()
        .find(|(_, record)| record.fields.get(column).is_some_and(|f| text(f) == value))?;
    Some(FrameError::BadValue {
        path: path.to_owned(),
        row: row + 1,
        line: record.line,
        column: column_name,
        value,
        dtype,
    })
}

/// The line of the first byte that is no text in UTF-8.
fn not_text(path: &str, bytes: &[u8]) -> Option<FrameError> {
    let valid = std::str::from_utf8(bytes).err()?.valid_up_to();
    let line = bytes[..valid].iter().filter(|b| **b == b'\n').count() + 1;
    Some(FrameError::BadLine {
        path: path.to_owned(),
        line,
        problem: format!(
            "the byte {:#04x} is not UTF-8 text",
            bytes.get(valid).copied().unwrap_or_default()
        ),
        hint: "save it as UTF-8, or use polars' CsvReadOptions with CsvEncoding::LossyUtf8",
    })
}

/// A field without its quotes.
fn text(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field);
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => text.into_owned(),
    }
}

/// The value and the type in polars' words: could not parse `…` as dtype `…`.
fn unparsable(words: &str) -> Option<(String, String)> {
    let rest = words.split_once("could not parse `")?.1;
    let (value, rest) = rest.split_once("` as dtype `")?;
    let (dtype, _) = rest.split_once('`')?;
    let value = value
        .strip_prefix('"')
        .and_then(|v| v.strip_suffix('"'))
        .unwrap_or(value);
    Some((value.to_owned(), dtype.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_know_their_lines() {
        let records = Records {
            bytes: b"a,b\r\n\"x,\n\"\"y\",2\n\n3,4",
            at: 0,
            line: 1,
            separator: b',',
        };
        let found: Vec<(usize, Vec<String>)> = records
            .map(|r| (r.line, r.fields.iter().map(|f| text(f)).collect()))
            .collect();
        let expected = [
            (1, vec!["a", "b"]),
            (2, vec!["x,\n\"y", "2"]),
            (4, vec![""]),
            (5, vec!["3", "4"]),
        ];
        assert_eq!(found.len(), expected.len());
        for ((line, fields), (expected_line, expected_fields)) in found.iter().zip(expected) {
            assert_eq!(
                (*line, fields.as_slice()),
                (expected_line, expected_fields.map_to_strings().as_slice())
            );
        }
    }

    trait Strings {
        fn map_to_strings(&self) -> Vec<String>;
    }
    impl Strings for Vec<&str> {
        fn map_to_strings(&self) -> Vec<String> {
            self.iter().map(|s| (*s).to_owned()).collect()
        }
    }
}
