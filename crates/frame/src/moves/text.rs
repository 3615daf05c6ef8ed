//! Whole frames as text that other programs read.

use polars::prelude::{CsvWriter, DataFrame, JsonFormat, JsonWriter, SerWriter};

use super::calendar;
use crate::FrameError;

pub(crate) fn csv(frame: &DataFrame) -> Result<String, FrameError> {
    frame.columns().iter().try_for_each(calendar::within)?;
    let mut text = Vec::new();
    CsvWriter::new(&mut text)
        .include_header(true)
        .finish(&mut frame.clone())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

pub(crate) fn json(frame: &DataFrame) -> Result<String, FrameError> {
    frame.columns().iter().try_for_each(calendar::within)?;
    let mut text = Vec::new();
    JsonWriter::new(&mut text)
        .with_json_format(JsonFormat::Json)
        .finish(&mut frame.clone())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
