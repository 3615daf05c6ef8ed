//! JSON: one array of objects, or one object on each line.

use std::io::Cursor;

use polars::prelude::{DataFrame, JsonFormat, JsonReader, PolarsResult, SerReader};

use super::{dates, files, malformed};
use crate::FrameError;

/// Reads a JSON file that holds an array of objects, one for each row:
/// `[{"a": 1, "b": "x"}, …]`. Texts that are all dates become dates.
///
/// ```
/// use ferrite_frame::read::{read_json, read_ndjson};
///
/// let folder = tempfile::tempdir()?;
/// let file = |name: &str| folder.path().join(name).display().to_string();
/// std::fs::write(file("a.json"), "[{\"x\": 1}, {\"x\": 2.5}]")?;
/// std::fs::write(file("a.ndjson"), "{\"x\": 1}\n{\"x\": 2.5}\n")?;
/// assert!(read_json(&file("a.json"))?.equals(&read_ndjson(&file("a.ndjson"))?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the file is missing, cannot be opened, or holds something else.
pub fn read_json(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| {
        let bytes = files::bytes(file)?;
        let frame = json(&bytes, JsonFormat::Json).map_err(|cause| {
            broken_json(file, &bytes).unwrap_or_else(|| {
                let hint = "expected is an array of objects, [{\"a\": 1}, …]; \
                            for one object on each line use read_ndjson";
                malformed(file, "JSON", hint)(cause)
            })
        })?;
        Ok(dates::parsed(frame))
    })
}

/// Reads a file with one JSON object on each line (`.ndjson`, `.jsonl`). Texts
/// that are all dates become dates.
///
/// # Errors
/// When the file is missing, cannot be opened, or a line is no JSON object;
/// the message names the line.
pub fn read_ndjson(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| {
        let bytes = files::bytes(file)?;
        let frame = json(&bytes, JsonFormat::JsonLines).map_err(|cause| {
            broken_line(file, &bytes).unwrap_or_else(|| {
                let hint = "expected is one object on each line, {\"a\": 1}; \
                            for an array of objects use read_json";
                malformed(file, "NDJSON", hint)(cause)
            })
        })?;
        Ok(dates::parsed(frame))
    })
}

fn json(bytes: &[u8], format: JsonFormat) -> PolarsResult<DataFrame> {
    JsonReader::new(Cursor::new(bytes))
        .with_json_format(format)
        .infer_schema_len(None)
        .finish()
}

/// The place where a file stops being JSON.
fn broken_json(path: &str, bytes: &[u8]) -> Option<FrameError> {
    let cause = serde_json::from_slice::<serde::de::IgnoredAny>(bytes).err()?;
    // Several values after each other: polars' words say what was expected.
    if cause.to_string().starts_with("trailing characters") {
        return None;
    }
    Some(FrameError::BadLine {
        path: path.to_owned(),
        line: cause.line(),
        problem: format!("this is no JSON: {cause}"),
        hint: "expected is an array of objects, [{\"a\": 1}, …]",
    })
}

/// The first line that is no JSON object.
pub(super) fn broken_line(path: &str, bytes: &[u8]) -> Option<FrameError> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let (number, cause) = lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .find_map(|(i, line)| {
            let read = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line);
            Some((i + 1, read.err()?))
        })?;
    Some(FrameError::BadLine {
        path: path.to_owned(),
        line: number,
        problem: format!("this is no JSON object: {cause}"),
        hint: "expected is one object on each line, {\"a\": 1}; \
               for an array of objects use read_json",
    })
}
