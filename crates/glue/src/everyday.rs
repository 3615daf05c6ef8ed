//! What cells do with the standard library, and how errors leave them.

use std::collections::{BTreeMap, HashMap};

use ferrite::prelude::*;
use ferrite_runtime::{CellError, CellResult};

/// `?` on a result that holds a `T`.
fn question_mark<T, E>(result: Result<T, E>) -> CellResult
where
    CellError: From<E>,
{
    let value = result?;
    Ok(())
}

macro_rules! results {
    ($($of:ty),+ $(,)?) => {
        /// Values that come out of fallible calls.
        pub fn results() {
            $(
                let polars = question_mark::<$of, PolarsError>;
                let frame = question_mark::<$of, FrameError>;
                let ml = question_mark::<$of, MlError>;
                let chart = question_mark::<$of, ChartError>;
                let io = question_mark::<$of, std::io::Error>;
            )+
        }
    };
}

results! {
    (), DataFrame, LazyFrame, Series, Column, String, f64, usize, bool, &'static Column, &'static Series,
    &'static Float64Chunked, &'static Int64Chunked, &'static Int32Chunked, &'static StringChunked,
    &'static BooleanChunked, (DataFrame, DataFrame), Chart, ferrite::ml::FittedPipeline,
    ferrite::ml::Evaluation, ferrite::ml::Prediction,
}

/// Errors of parsing.
pub fn parsing(text: &str) -> CellResult {
    let number: f64 = text.parse()?;
    let number: i32 = text.parse()?;
    let number: i64 = text.parse()?;
    let number: usize = text.parse()?;
    let chosen = Some(1.0).ok_or("no value")?;
    Err("text")?;
    Err(String::new())?;
    Ok(())
}

/// Numbers in vectors.
pub fn numbers(values: &[f64], counts: &[i32]) -> CellResult {
    let mut kept: Vec<f64> = values.iter().copied().filter(|v| *v > 0.0).collect();
    kept.push(1.0);
    kept.extend(values.iter().map(|v| v * 2.0));
    kept.sort_by(|a, b| a.total_cmp(b));
    kept.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let sum: f64 = kept.iter().sum();
    let mean = sum / kept.len() as f64;
    let squares: f64 = kept.iter().map(|v| (v - mean).powi(2)).sum();
    let largest = kept.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let rows: Vec<Vec<f64>> = kept.chunks(2).map(<[f64]>::to_vec).collect();
    let pairs: Vec<(f64, f64)> = kept.iter().copied().zip(values.iter().copied()).collect();
    let mut whole: Vec<i32> = counts.to_vec();
    whole.push(1);
    whole.sort_unstable();
    let total: i32 = whole.iter().sum();
    let total: i32 = (1..=10).sum();
    let range: Vec<usize> = (0..10).collect();
    let range: Vec<i32> = (0..10).map(|i| i * i).collect();
    let floats: Vec<f64> = (0..10).map(f64::from).collect();
    println!("{sum:.2} {total} {largest:?} {kept:?} {rows:?} {whole:?} {pairs:?} {range:?}");
    let repeated = vec![0.0; 3];
    let repeated = vec![0_usize; 3];
    let first = kept.first();
    let slice = &kept[1..];
    Ok(())
}

/// Texts and maps.
pub fn texts(text: &str) -> CellResult {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let owned: Vec<String> = words.iter().map(|word| word.to_string()).collect();
    let joined = owned.join(", ");
    let upper = words.iter().map(|w| w.to_uppercase()).collect::<Vec<_>>();
    let mut counts: HashMap<String, usize> = HashMap::new();
    *counts.entry(joined.clone()).or_insert(0) += 1;
    *counts.entry(joined.clone()).or_default() += 1;
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    *sums.entry(joined).or_insert(0.0) += 1.0;
    let mut sorted: Vec<(String, usize)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1));
    println!("{words:?} {lines:?} {upper:?} {sums:?} {sorted:?}");
    let mut by_word: HashMap<&str, i32> = HashMap::new();
    *by_word.entry("a").or_insert(0) += 1;
    let read = std::fs::read_to_string(text)?;
    Ok(())
}
