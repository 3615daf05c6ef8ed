//! Columns of text that hold nothing but dates become dates, for sources that
//! have no type for them (JSON, SQLite, spreadsheets).

use polars::prelude::{
    ChunkApply, ChunkFull, Column, DataFrame, DataType, IntoColumn, StringChunked, StringMethods,
    TimeUnit,
};

/// The frame with such columns parsed.
pub(super) fn parsed(mut frame: DataFrame) -> DataFrame {
    let texts: Vec<Column> = frame
        .columns()
        .iter()
        .filter(|column| column.dtype().is_string())
        .filter_map(as_dates)
        .collect();
    for column in texts {
        // It replaces a column of the same name and length.
        let _ = frame.with_column(column);
    }
    frame
}

fn as_dates(column: &Column) -> Option<Column> {
    let texts = column.str().ok()?;
    let dtype = shape_of(texts.iter().flatten().next()?)?;
    if !texts
        .iter()
        .flatten()
        .all(|t| shape_of(t).as_ref() == Some(&dtype))
    {
        return None;
    }
    let parsed = if dtype == DataType::Date {
        texts.as_date(Some("%Y-%m-%d"), false).ok()?.into_column()
    } else {
        let plain = texts.apply(|text| text.map(|t| t.replacen('T', " ", 1).into()));
        let long = plain.iter().flatten().next()?.contains('.');
        let format = if long {
            "%Y-%m-%d %H:%M:%S%.f"
        } else {
            "%Y-%m-%d %H:%M:%S"
        };
        let earlier = StringChunked::full("".into(), "raise", plain.len());
        plain
            .as_datetime(
                Some(format),
                TimeUnit::Microseconds,
                false,
                false,
                None,
                &earlier,
            )
            .ok()?
            .into_column()
    };
    // A 30th of February stays text, and so does the column.
    (parsed.null_count() == column.null_count()).then(|| parsed.with_name(column.name().clone()))
}

/// `2024-02-29` or `2024-02-29 10:00:00` (also with a `T`, also with fractions).
fn shape_of(text: &str) -> Option<DataType> {
    const DATE: &[u8] = b"0000-00-00";
    const MOMENT: &[u8] = b"0000-00-00 00:00:00";
    let fits = |pattern: &[u8], bytes: &[u8]| {
        pattern.iter().zip(bytes).all(|(p, b)| match p {
            b'0' => b.is_ascii_digit(),
            b' ' => matches!(b, b' ' | b'T'),
            other => b == other,
        })
    };
    let bytes = text.as_bytes();
    if bytes.len() == DATE.len() && fits(DATE, bytes) {
        return Some(DataType::Date);
    }
    let fraction = bytes.get(MOMENT.len()..)?;
    let fraction_fits = match fraction {
        [] => true,
        [b'.', digits @ ..] => {
            (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    (fits(MOMENT, bytes) && fraction_fits)
        .then_some(DataType::Datetime(TimeUnit::Microseconds, None))
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::parsed;

    #[test]
    fn only_columns_of_nothing_but_dates_are_parsed() {
        let frame = df!(
            "day" => [Some("2024-02-29"), None],
            "moment" => ["2024-02-29T10:00:00", "2024-03-01T11:30:00"],
            "fine" => ["2024-02-29 10:00:00.25", "2024-03-01 11:30:00.5"],
            "broken" => ["2024-02-29", "2024-02-30"],
            "mixed" => ["2024-02-29", "soon"],
        )
        .unwrap();
        let types: Vec<String> = parsed(frame)
            .dtypes()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            types,
            ["date", "datetime[μs]", "datetime[μs]", "str", "str"]
        );
    }
}
