//! Frames beside pandas and polars-py: the same files, the same questions, on
//! the same machine.
//!
//! ```sh
//! pip install pandas polars pyarrow
//! cargo bench --bench frames -- [PYTHON [WORD]…]
//! ```
//!
//! (Without `-p`, which would build polars once more with the features that this
//! crate alone asks for.) Without a Python that has them, only ours are printed,
//! and what polars takes in Rust with nothing of ours around it. Each figure is
//! the best of five runs, in milliseconds. With words, only the questions are
//! asked that have one of them in their name.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use ferrite_frame::{FrameExt, convert, datasets, read};
use ferrite_profile::FrameProfile;
use polars::prelude::*;
use serde_json::Value;

const ROWS: usize = 1_000_000;
const RUNS: usize = 5;
/// The step that has a limit.
const PROFILE: &str = "profile, 1M × 20";

type Outcome = Result<(), Box<dyn Error>>;
/// What a step took, and what it takes polars with nothing of ours around it.
struct Measured {
    name: &'static str,
    ms: f64,
    plain: Option<f64>,
}

/// How many rows a step gave.
type Rows = Result<usize, Box<dyn Error>>;

fn main() -> Outcome {
    // `cargo bench` passes `--bench`.
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'));
    let python = arguments.next();
    let words: Vec<String> = arguments.collect();
    let folder = std::env::temp_dir().join(format!("ferrite-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = compare(&folder, python.as_deref().unwrap_or("python3"), &words);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn compare(folder: &Path, python: &str, words: &[String]) -> Outcome {
    let asked = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let csv = folder.join("wide.csv").display().to_string();
    let parquet = folder.join("wide.parquet").display().to_string();
    let mut wide = wide()?;
    CsvWriter::new(File::create(&csv)?).finish(&mut wide)?;
    ParquetWriter::new(File::create(&parquet)?).finish(&mut wide)?;
    let mut flights = datasets::flights()?;
    ParquetWriter::new(File::create(folder.join("flights.parquet"))?).finish(&mut flights)?;

    let mut ours: Vec<Measured> = Vec::new();
    let mut time = |name, work: &mut dyn FnMut() -> Rows, plain: &mut dyn FnMut() -> Rows| {
        if !asked(name) {
            return Ok(());
        }
        // Each in turn, so that both meet the same noise.
        let (mut best, mut bare) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..RUNS {
            best = best.min(milliseconds(work)?);
            bare = bare.min(milliseconds(plain)?);
        }
        let plain = bare.is_finite().then_some(bare);
        ours.push(Measured {
            name,
            ms: best,
            plain,
        });
        Outcome::Ok(())
    };
    time(
        "load csv, 1M × 20",
        &mut || Ok(read::read_csv(&csv)?.height()),
        &mut || Ok(plain::csv(&csv)?.height()),
    )?;
    time(
        "load parquet, 1M × 20",
        &mut || Ok(read::read_parquet(&parquet)?.height()),
        &mut || Ok(ParquetReader::new(File::open(&parquet)?).finish()?.height()),
    )?;
    let mean = [col("f0").mean(), col("f1").std(1), len().alias("n")];
    time(
        "group 1M rows by text",
        &mut || Ok(wide.aggregate(&["word"], &mean)?.height()),
        &mut || Ok(plain::group(&wide, &["word"], &mean)?.height()),
    )?;
    let delay = [col("arr_delay").mean(), len().alias("n")];
    time(
        "group the flights by two",
        &mut || Ok(flights.aggregate(&["carrier", "dest"], &delay)?.height()),
        &mut || Ok(plain::group(&flights, &["carrier", "dest"], &delay)?.height()),
    )?;
    let by_plane = flights.aggregate(&["tailnum"], &[col("distance").sum().alias("miles")])?;
    time(
        "join the flights with planes",
        &mut || Ok(flights.merge(&by_plane, &["tailnum"], "left")?.height()),
        &mut || Ok(plain::join(&flights, &by_plane)?.height()),
    )?;
    time(
        "sort 1M rows",
        &mut || Ok(wide.order_by(&["word", "-f0"])?.height()),
        &mut || Ok(plain::sort(&wide)?.height()),
    )?;
    let delay = [col("dep_delay").mean()];
    time(
        "resample the flights by day",
        &mut || Ok(flights.resample("time_hour", "1d", &delay)?.height()),
        &mut || Ok(plain::resample(&flights, &delay)?.height()),
    )?;
    let names: Vec<String> = (0..10).map(|i| format!("f{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    time(
        "a matrix of 10 columns",
        &mut || Ok(convert::matrix(&wide, &names)?.nrows()),
        &mut || {
            let ten = wide.select(names.iter().copied())?;
            Ok(ten.to_ndarray::<Float64Type>(IndexOrder::C)?.nrows())
        },
    )?;
    for (name, frame) in [(PROFILE, &wide), ("profile of the flights", &flights)] {
        if !asked(name) {
            continue;
        }
        let profile = &mut || Ok(frame.profile()?.rows);
        ours.push(Measured {
            name,
            ms: (0..RUNS).try_fold(f64::INFINITY, |best, _| {
                milliseconds(profile).map(|ms| best.min(ms))
            })?,
            plain: None,
        });
    }
    print(&ours, theirs(folder, python));
    judge(&ours);
    match words {
        [] => zero_copy(&wide),
        _ => Ok(()),
    }
}

/// What the script beside this file measured.
fn theirs(folder: &Path, python: &str) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/frames.py");
    let done = Command::new(python).arg(script).arg(folder).output().ok()?;
    if !done.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&done.stderr));
        return None;
    }
    serde_json::from_slice(&done.stdout).ok()
}

fn milliseconds(work: &mut dyn FnMut() -> Rows) -> Result<f64, Box<dyn Error>> {
    let begun = Instant::now();
    std::hint::black_box(work()?);
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

/// The same in polars' own words, as its documentation has them.
mod plain {
    use polars::prelude::*;

    pub fn csv(path: &str) -> PolarsResult<DataFrame> {
        CsvReadOptions::default()
            .map_parse_options(|options| options.with_try_parse_dates(true))
            .try_into_reader_with_file_path(Some(path.into()))?
            .finish()
    }

    pub fn group(frame: &DataFrame, by: &[&str], values: &[Expr]) -> PolarsResult<DataFrame> {
        let keys: Vec<Expr> = by.iter().map(|name| col(*name)).collect();
        let grouped = frame.clone().lazy().group_by(keys).agg(values);
        grouped
            .sort(by.iter().copied(), SortMultipleOptions::default())
            .collect()
    }

    pub fn join(frame: &DataFrame, other: &DataFrame) -> PolarsResult<DataFrame> {
        let args = JoinArgs {
            maintain_order: MaintainOrderJoin::Left,
            ..JoinArgs::new(JoinType::Left)
        };
        let key = [col("tailnum")];
        let other = other.clone().lazy();
        frame
            .clone()
            .lazy()
            .join(other, key.clone(), key, args)
            .collect()
    }

    pub fn sort(frame: &DataFrame) -> PolarsResult<DataFrame> {
        let options = SortMultipleOptions::default().with_order_descending_multi([false, true]);
        frame.sort(["word", "f0"], options)
    }

    pub fn resample(frame: &DataFrame, values: &[Expr]) -> PolarsResult<DataFrame> {
        let day = Duration::parse("1d");
        let window = DynamicGroupOptions {
            every: day,
            period: day,
            offset: Duration::parse("0ns"),
            ..DynamicGroupOptions::default()
        };
        let sorted = frame
            .clone()
            .lazy()
            .sort(["time_hour"], SortMultipleOptions::default());
        sorted
            .group_by_dynamic(col("time_hour"), [], window)
            .agg(values)
            .collect()
    }
}

fn print(ours: &[Measured], theirs: Option<Value>) {
    println!(
        "{:<30} {:>9} {:>9} {:>9} {:>9} {:>12} {:>12} {:>12}",
        "ms", "ferrite", "polars-rs", "pandas", "polars-py", "rs/ours", "pandas/ours", "py/ours"
    );
    for Measured { name, ms, plain } in ours {
        let of = |library: &str| theirs.as_ref().and_then(|t| t[library][name].as_f64());
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.1}"));
        let ratio =
            |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{:.2}", v / ms));
        println!(
            "{name:<30} {ms:>9.1} {:>9} {:>9} {:>9} {:>12} {:>12} {:>12}",
            number(*plain),
            number(of("pandas")),
            number(of("polars")),
            ratio(*plain),
            ratio(of("pandas")),
            ratio(of("polars")),
        );
    }
}

/// Whether the profile took as little as it is meant to.
fn judge(ours: &[Measured]) {
    const MOST_MS: f64 = 2_000.0;
    if let Some(Measured { ms, .. }) = ours.iter().find(|step| step.name == PROFILE) {
        let verdict = if *ms < MOST_MS { "met" } else { "missed" };
        println!(
            "\nprofile of 1M x 20 < {:.0} s: {verdict} ({:.2} s)",
            MOST_MS / 1e3,
            ms / 1e3
        );
    }
}

/// What lending costs beside copying: the best of some runs, in microseconds.
fn zero_copy(wide: &DataFrame) -> Outcome {
    let names = ["f1", "f2", "f4", "f5"];
    let matrix = || convert::matrix_by_column(wide, &names);
    // A conversion, and the same with a copy.
    let table = [
        (
            "a column as a slice",
            best(|| Ok(()), |()| Ok(convert::slice(wide, "f1")?.len()))?,
            best(
                || Ok(()),
                |()| Ok(convert::to_f64(wide.require("f1")?)?.len()),
            )?,
        ),
        (
            "a matrix of 4 columns as a frame",
            best(
                || Ok(matrix()?),
                |matrix| Ok(convert::from_array2(matrix, &names)?.height()),
            )?,
            best(
                || Ok(matrix()?),
                |matrix| Ok(convert::from_array2(matrix.clone(), &names)?.height()),
            )?,
        ),
        (
            "ndarray 0.16 to 0.17",
            best(
                || Ok(matrix()?),
                |matrix| Ok(convert::to_ndarray_017(matrix).nrows()),
            )?,
            best(
                || Ok(matrix()?),
                |matrix| Ok(convert::to_ndarray_017(matrix.clone()).nrows()),
            )?,
        ),
    ];
    println!(
        "\n{:<34} {:>12} {:>12}",
        "µs, 1M rows", "as it is", "with a copy"
    );
    for (what, lent, copied) in table {
        println!("{what:<34} {lent:>12.1} {copied:>12.1}");
    }
    Ok(())
}

/// The least time in microseconds of some work on something that is made anew
/// for each run.
fn best<T>(
    make: impl Fn() -> Result<T, Box<dyn Error>>,
    work: impl Fn(T) -> Rows,
) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let made = make()?;
        let begun = Instant::now();
        let rows = std::hint::black_box(work(made)?);
        best = best.min(begun.elapsed().as_secs_f64() * 1e6);
        std::hint::black_box(rows);
    }
    Ok(best)
}

/// A million rows of twenty columns of the usual kinds.
fn wide() -> PolarsResult<DataFrame> {
    let mut state = 42_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let mut columns = Vec::new();
    for i in 0..10 {
        let values = (0..ROWS).map(|row| {
            let value = f64::from(random()) / 1e6 + (row % 1000) as f64 * f64::from(i);
            // A tenth of some columns is missing.
            (i % 3 != 0 || !random().is_multiple_of(10)).then_some(value)
        });
        columns.push(Column::new(
            format!("f{i}").into(),
            values.collect::<Vec<Option<f64>>>(),
        ));
    }
    for i in 0..5 {
        let values = (0..ROWS).map(|_| i64::from(random() % 10_u32.pow(i + 1)));
        columns.push(Column::new(
            format!("i{i}").into(),
            values.collect::<Vec<i64>>(),
        ));
    }
    let words = (0..ROWS).map(|_| format!("word {}", random() % 5_000));
    columns.push(Column::new("word".into(), words.collect::<Vec<String>>()));
    let kinds = (0..ROWS).map(|_| ["red", "green", "blue"][(random() % 3) as usize]);
    columns.push(Column::new("kind".into(), kinds.collect::<Vec<&str>>()));
    let keys = (0..ROWS).map(|row| format!("key-{row:07}"));
    columns.push(Column::new("key".into(), keys.collect::<Vec<String>>()));
    let flags = (0..ROWS).map(|_| random().is_multiple_of(2));
    columns.push(Column::new("flag".into(), flags.collect::<Vec<bool>>()));
    let days = (0..ROWS).map(|_| (random() % 8_000) as i32 + 12_000);
    let days = Series::new("day".into(), days.collect::<Vec<i32>>()).cast(&DataType::Date)?;
    columns.push(days.into_column());
    DataFrame::new(ROWS, columns)
}
