//! Windows of rows and spans of time.

use polars::prelude::{
    ClosedWindow, Column, DataFrame, DataType, Duration, DynamicGroupOptions, Expr, IntoColumn,
    IntoLazy, JoinArgs, JoinType, Label, LazyFrame, MaintainOrderJoin, NamedFrom,
    RollingOptionsDynamicWindow, RollingOptionsFixedWindow, Series, SortMultipleOptions, StartBy,
    TimeUnit, col,
};

use super::bins::numeric;
use super::{calendar, exactly, explained, require_all, run};
use crate::{FrameError, FrameExt};

/// Ways to aggregate a window of rows.
const WAYS: [&str; 7] = ["mean", "sum", "min", "max", "median", "std", "var"];
/// More spans than this are probably a slip, such as `1s` over years.
const MOST_SPANS: usize = 10_000_000;

pub(crate) fn moving(
    frame: &DataFrame,
    name: &str,
    window: usize,
    how: &str,
) -> Result<DataFrame, FrameError> {
    numeric(frame, name)?;
    if window == 0 {
        return Err(FrameError::invalid(
            "a window of 0 rows holds nothing",
            "1 is the row itself, 2 the row and the one before it",
        ));
    }
    let options = RollingOptionsFixedWindow {
        window_size: window,
        min_periods: window,
        ..RollingOptionsFixedWindow::default()
    };
    let value = col(name).cast(DataType::Float64);
    let moving = match how {
        "mean" => value.rolling_mean(options),
        "sum" => value.rolling_sum(options),
        "min" => value.rolling_min(options),
        "max" => value.rolling_max(options),
        "median" => value.rolling_median(options),
        "std" => value.rolling_std(options),
        "var" => value.rolling_var(options),
        other => {
            return Err(FrameError::unknown(
                "way to aggregate a window",
                other,
                "",
                WAYS,
            ));
        }
    };
    let named = moving.alias(format!("{name}_{how}_{window}"));
    run(frame.clone().lazy().with_column(named), frame)
}

pub(crate) fn moving_by(
    frame: &DataFrame,
    time: &str,
    window: &str,
    name: &str,
    how: &str,
) -> Result<DataFrame, FrameError> {
    let times = dated(frame, time)?;
    numeric(frame, name)?;
    let length = span(window, times.dtype())?;
    let zone = match times.dtype() {
        DataType::Datetime(_, zone) => zone.as_ref(),
        _ => None,
    };
    if !length.is_constant_duration(zone) {
        return Err(FrameError::invalid(
            format!("a window of {window:?} has no fixed length"),
            "windows are such as \"90m\", \"12h\", \"7d\", \"2w\"; in a time zone days \
             may have 23 hours, so take \"168h\" there",
        ));
    }
    if times.null_count() > 0 {
        return Err(FrameError::invalid(
            format!("{} rows have no {time:?}", times.null_count()),
            format!("leave them out first: drop_missing(&[{time:?}])"),
        ));
    }
    let options = RollingOptionsDynamicWindow {
        window_size: length,
        min_periods: 1,
        closed_window: ClosedWindow::Right,
        fn_params: None,
    };
    let (value, by) = (col(name).cast(DataType::Float64), col(time));
    let moving = match how {
        "mean" => value.rolling_mean_by(by, options),
        "sum" => value.rolling_sum_by(by, options),
        "min" => value.rolling_min_by(by, options),
        "max" => value.rolling_max_by(by, options),
        "median" => value.rolling_median_by(by, options),
        "std" => value.rolling_std_by(by, options),
        "var" => value.rolling_var_by(by, options),
        other => {
            return Err(FrameError::unknown(
                "way to aggregate a window",
                other,
                "",
                WAYS,
            ));
        }
    };
    let named = moving.alias(format!("{name}_{how}_{window}"));
    run(frame.clone().lazy().with_column(named), frame)
}

/// The column, if it holds dates or moments that can be computed with.
fn dated<'f>(frame: &'f DataFrame, time: &str) -> Result<&'f Column, FrameError> {
    let column = frame.require(time)?;
    if !matches!(column.dtype(), DataType::Date | DataType::Datetime(..)) {
        return Err(FrameError::invalid(
            format!("column {time:?} holds {}, not dates", column.dtype()),
            format!("turn it into dates first: cast_columns(&[({time:?}, DataType::Date)])"),
        ));
    }
    calendar::within(column)?;
    Ok(column)
}

pub(crate) fn resample_by(
    frame: &DataFrame,
    by: &[&str],
    time: &str,
    every: &str,
    values: &[Expr],
) -> Result<DataFrame, FrameError> {
    require_all(frame, by)?;
    if by.is_empty() {
        return resample(frame, time, every, values);
    }
    let column = dated(frame, time)?;
    let every = span(every, column.dtype())?;
    let found = in_order(frame, time)
        .group_by_dynamic(col(time), exactly(by), spans_of(time, every))
        .agg(values)
        .collect()
        .map_err(|cause| explained(cause, frame))?;
    let names: Vec<&str> = by.iter().copied().chain([time]).collect();
    let order = SortMultipleOptions::default()
        .with_nulls_last(true)
        .with_maintain_order(true);
    let mut found = found.sort(names.iter().copied(), order)?;
    let mut all: Option<DataFrame> = None;
    for group in found.partition_by_stable(by.iter().copied(), true)? {
        let starts = spans(group.require(time)?, every)?;
        let mut columns = Vec::new();
        for key in by {
            columns.push(group.require(key)?.new_from_index(0, starts.len()));
        }
        columns.push(starts);
        let whole = DataFrame::new_infer_height(columns)?;
        match &mut all {
            Some(all) => drop(all.vstack_mut(&whole)?),
            None => all = Some(whole),
        }
    }
    let Some(all) = all.filter(|all| all.height() > found.height()) else {
        found.rechunk_mut_par();
        return Ok(found);
    };
    let args = JoinArgs {
        maintain_order: MaintainOrderJoin::Left,
        // Groups without a name stay together.
        nulls_equal: true,
        ..JoinArgs::new(JoinType::Left)
    };
    let keys = exactly(&names);
    let joined = all.lazy().join(found.lazy(), keys.clone(), keys, args);
    Ok(joined.collect()?)
}

pub(crate) fn resample(
    frame: &DataFrame,
    time: &str,
    every: &str,
    values: &[Expr],
) -> Result<DataFrame, FrameError> {
    let column = dated(frame, time)?;
    let every = span(every, column.dtype())?;
    let found = in_order(frame, time)
        .group_by_dynamic(col(time), [], spans_of(time, every))
        .agg(values)
        .collect()
        .map_err(|cause| explained(cause, frame))?;
    let all = spans(found.require(time)?, every)?;
    if all.len() == found.height() {
        return Ok(found);
    }
    let args = JoinArgs {
        maintain_order: MaintainOrderJoin::Left,
        ..JoinArgs::new(JoinType::Left)
    };
    let joined = all
        .into_frame()
        .lazy()
        .join(found.lazy(), [col(time)], [col(time)], args);
    Ok(joined.collect()?)
}

/// The rows that have a time (the others belong to no span), in its order, as a plan: of a wide frame only the
/// columns that are asked for are moved.
fn in_order(frame: &DataFrame, time: &str) -> LazyFrame {
    let sorted = SortMultipleOptions::default().with_maintain_order(true);
    frame
        .clone()
        .lazy()
        .filter(col(time).is_not_null())
        .sort([time], sorted)
}

/// Spans that follow each other without a gap, labelled with their starts.
fn spans_of(time: &str, every: Duration) -> DynamicGroupOptions {
    DynamicGroupOptions {
        index_column: time.into(),
        every,
        period: every,
        offset: Duration::parse("0ns"),
        label: Label::Left,
        start_by: StartBy::WindowBound,
        ..DynamicGroupOptions::default()
    }
}

/// The length of a span, if it is one that time can be divided into.
fn span(every: &str, dtype: &DataType) -> Result<Duration, FrameError> {
    const HINT: &str = "spans are such as \"15m\", \"1h\", \"1d\", \"1w\", \"1mo\", \"1q\", \"1y\"";
    let refused =
        |why: String| FrameError::invalid(format!("{every:?} is no span of time: {why}"), HINT);
    let length = Duration::try_parse(every).map_err(|cause| refused(cause.to_string()))?;
    if length.is_zero() || length.negative() {
        return Err(refused("it must be longer than nothing".to_owned()));
    }
    if *dtype == DataType::Date && !length.is_full_days() {
        return Err(refused("dates have no hours".to_owned()));
    }
    Ok(length)
}

/// The starts of all spans from the first to the last of `found`.
fn spans(found: &Column, every: Duration) -> Result<Column, FrameError> {
    let dtype = found.dtype().clone();
    let zone = match &dtype {
        DataType::Datetime(_, Some(zone)) => zone.to_chrono().ok(),
        _ => None,
    };
    let zoned = match &dtype {
        DataType::Datetime(_, zone) => DataType::Datetime(TimeUnit::Microseconds, zone.clone()),
        _ => DataType::Datetime(TimeUnit::Microseconds, None),
    };
    let ticks = found.cast(&zoned)?.cast(&DataType::Int64)?;
    let ticks = ticks.i64()?;
    // polars' own `first`, `last` and `get` panic where there are no rows.
    let mut ends = ticks.iter().flatten();
    let Some(first) = ends.next() else {
        return Ok(found.clone());
    };
    let last = ends.last().unwrap_or(first);
    let mut starts = vec![first];
    let mut at = first;
    while at < last {
        let next = every.add_us(at, zone.as_ref())?;
        if next <= at || starts.len() >= MOST_SPANS {
            return Err(FrameError::invalid(
                format!(
                    "more than {MOST_SPANS} spans of time lie between the first and the last row"
                ),
                "take longer ones",
            ));
        }
        at = next;
        starts.push(at);
    }
    let starts = Series::new(found.name().clone(), starts);
    Ok(starts.cast(&zoned)?.cast(&dtype)?.into_column())
}
