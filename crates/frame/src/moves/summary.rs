//! A frame told in numbers, a row for each column.

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series};

use crate::convert::to_f64;
use crate::{FrameError, stats};

const METHODS: [&str; 2] = ["pearson", "spearman"];

pub(crate) fn missing(frame: &DataFrame) -> Result<DataFrame, FrameError> {
    let rows = frame.height().max(1) as f64;
    let columns = frame.columns();
    let nulls: Vec<u64> = columns.iter().map(|c| c.null_count() as u64).collect();
    let nans: Vec<u64> = columns.iter().map(nans).collect::<Result<_, _>>()?;
    let shares: Vec<f64> = nulls
        .iter()
        .zip(&nans)
        .map(|(nulls, nans)| (nulls + nans) as f64 / rows)
        .collect();
    Ok(DataFrame::new(
        columns.len(),
        vec![
            names(columns),
            Series::new("nulls".into(), nulls).into_column(),
            Series::new("nan".into(), nans).into_column(),
            Series::new("share".into(), shares).into_column(),
        ],
    )?)
}

fn names(columns: &[Column]) -> Column {
    let names: Vec<&str> = columns.iter().map(|c| c.name().as_str()).collect();
    Series::new("column".into(), names).into_column()
}

fn nans(column: &Column) -> Result<u64, FrameError> {
    match column.dtype() {
        DataType::Float32 | DataType::Float64 => {
            let nan = column.as_materialized_series().is_nan()?;
            Ok(nan.sum().unwrap_or_default().into())
        }
        _ => Ok(0),
    }
}

fn is_number(column: &Column) -> bool {
    column.dtype().is_numeric() || column.dtype().is_bool()
}

pub(crate) fn describe(frame: &DataFrame) -> Result<DataFrame, FrameError> {
    const QUANTILES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
    let mut counts = Vec::new();
    let mut figures: [Vec<Option<f64>>; 7] = Default::default();
    for column in frame.columns() {
        counts.push((column.len() - column.null_count()) as u64 - nans(column)?);
        if !is_number(column) {
            figures.iter_mut().for_each(|figure| figure.push(None));
            continue;
        }
        let mut values = to_f64(column)?;
        values.retain(|value| !value.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        let (mean, std) = stats::mean_std(&values);
        let mut row = vec![mean, std];
        row.extend(QUANTILES.map(|q| stats::quantile(&values, q)));
        for (figure, value) in figures.iter_mut().zip(row) {
            figure.push(value);
        }
    }
    let mut columns = vec![
        names(frame.columns()),
        Series::new("count".into(), counts).into_column(),
    ];
    let titles = ["mean", "std", "min", "q25", "median", "q75", "max"];
    for (title, figure) in titles.into_iter().zip(figures) {
        columns.push(Series::new(title.into(), figure).into_column());
    }
    Ok(DataFrame::new(frame.width(), columns)?)
}

pub(crate) fn corr(frame: &DataFrame, method: &str) -> Result<DataFrame, FrameError> {
    let correlation = match method {
        "pearson" => stats::pearson,
        "spearman" => stats::spearman,
        other => return Err(FrameError::unknown("way to correlate", other, "", METHODS)),
    };
    let numeric: Vec<&Column> = frame.columns().iter().filter(|c| is_number(c)).collect();
    let values: Vec<Vec<f64>> = numeric
        .iter()
        .map(|column| to_f64(column))
        .collect::<Result<_, _>>()?;
    let mut table = vec![vec![None; numeric.len()]; numeric.len()];
    for i in 0..numeric.len() {
        for j in i..numeric.len() {
            ferrite_interrupt::checkpoint();
            let r = correlation(&values[i], &values[j]);
            table[i][j] = r;
            table[j][i] = r;
        }
    }
    let mut columns = vec![
        Series::new(
            "column".into(),
            numeric
                .iter()
                .map(|c| c.name().as_str())
                .collect::<Vec<_>>(),
        )
        .into_column(),
    ];
    for (column, figures) in numeric.iter().zip(table) {
        // A frame may have a column that is called `column`.
        let name = match column.name().as_str() {
            "column" => "column_".to_owned(),
            name => name.to_owned(),
        };
        columns.push(Series::new(name.into(), figures).into_column());
    }
    Ok(DataFrame::new(numeric.len(), columns)?)
}
