//! Whole frames as text that other programs read.

use polars::prelude::{CsvWriter, DataFrame, DataType, JsonFormat, JsonWriter, SerWriter};

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
    // polars would panic.
    if let Some(column) = frame.columns().iter().find(|c| holds_bytes(c.dtype())) {
        return Err(FrameError::invalid(
            format!(
                "column {:?} holds bytes, which JSON cannot",
                column.name().as_str()
            ),
            "leave it out with without(…), or make text of it first",
        ));
    }
    frame.columns().iter().try_for_each(calendar::within)?;
    let mut text = Vec::new();
    JsonWriter::new(&mut text)
        .with_json_format(JsonFormat::Json)
        .finish(&mut frame.clone())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn holds_bytes(dtype: &DataType) -> bool {
    match dtype {
        DataType::Binary | DataType::BinaryOffset => true,
        DataType::List(inner) => holds_bytes(inner),
        DataType::Struct(fields) => fields.iter().any(|field| holds_bytes(field.dtype())),
        _ => false,
    }
}
