//! Frames to try things on, without a file and without a network.
//!
//! The data is part of the program, so an example that starts with a dataset
//! runs everywhere and always gives the same result. All of it was measured,
//! none is made up.
//!
//! | function | rows × columns | good for |
//! |---|---|---|
//! | [`penguins`] | 344 × 8 | classification, with missing values and categories |
//! | [`wine`] | 178 × 14 | classification, clustering |
//! | [`breast_cancer`] | 569 × 31 | two classes: ROC, thresholds, calibration |
//! | [`digits`] | 1,797 × 65 | clustering, reduction, ten classes |
//! | [`cars`] | 398 × 9 | regression |
//! | [`gapminder`] | 187 × 5 | clustering, charts with size and colour |
//! | [`seattle_weather`] | 1,461 × 6 | time series, resampling |
//! | [`co2`] | 2,284 × 2 | time series with trend, season and gaps |
//! | [`flights`] | 336,776 × 16 | grouping, joining, larger data |
//! | [`speeches`] | 3,162 × 5 | text |
//!
//! ```
//! use ferrite_frame::datasets;
//!
//! assert_eq!(datasets::flights()?.shape(), (336_776, 16));
//! assert_eq!(datasets::speeches()?.shape(), (3_162, 5));
//! # Ok::<(), ferrite_frame::FrameError>(())
//! ```

use std::io::Cursor;

use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};

use crate::FrameError;
use crate::read::{lendable, parse_delimited};

/// The Palmer penguins: measurements of 344 penguins of three species, seen
/// on three islands of the Palmer Archipelago from 2007 to 2009.
///
/// The columns are `species`, `island`, `bill_length_mm`, `bill_depth_mm`,
/// `flipper_length_mm`, `body_mass_g`, `sex` and `year`. Two penguins were
/// not measured and eleven have no known sex; these values are null.
///
/// Source: Horst, Hill and Gorman (2020), *palmerpenguins*; measured by
/// Gorman, Williams and Fraser (2014), PLoS ONE 9(3): e90081. Licence: CC0.
///
/// ```
/// let penguins = ferrite_frame::datasets::penguins()?;
/// assert_eq!(penguins.shape(), (344, 8));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn penguins() -> Result<DataFrame, FrameError> {
    csv(include_str!("../data/penguins.csv"))
}

/// 178 Italian wines of three `cultivar`s (A, B, C) and thirteen measurements
/// of their chemistry, such as `alcohol` and `proline`. Nothing is missing.
///
/// Source: Aeberhard and Forina (1991), *Wine*, UCI Machine Learning
/// Repository. Licence: CC BY 4.0.
///
/// ```
/// let wine = ferrite_frame::datasets::wine()?;
/// assert_eq!(wine.shape(), (178, 14));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn wine() -> Result<DataFrame, FrameError> {
    csv(include_str!("../data/wine.csv"))
}

/// 569 breast tumours: the `diagnosis` (`malignant` or `benign`) and thirty
/// measurements of the cell nuclei seen in a needle aspirate. Nothing is
/// missing.
///
/// Source: Wolberg, Mangasarian, Street and Street (1993), *Breast Cancer
/// Wisconsin (Diagnostic)*, UCI Machine Learning Repository. Licence: CC BY 4.0.
///
/// ```
/// let tumours = ferrite_frame::datasets::breast_cancer()?;
/// assert_eq!(tumours.shape(), (569, 31));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn breast_cancer() -> Result<DataFrame, FrameError> {
    parquet(include_bytes!("../data/breast_cancer.parquet"))
}

/// 1,797 handwritten digits: which `digit` it is, and 8 × 8 pixels `pixel_r_c`
/// from 0 (paper) to 16 (ink).
///
/// Source: Alpaydin and Kaynak (1998), *Optical Recognition of Handwritten
/// Digits*, UCI Machine Learning Repository. Licence: CC BY 4.0.
///
/// ```
/// let digits = ferrite_frame::datasets::digits()?;
/// assert_eq!(digits.shape(), (1_797, 65));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn digits() -> Result<DataFrame, FrameError> {
    parquet(include_bytes!("../data/digits.parquet"))
}

/// 398 cars of 1970 to 1982: `name`, `mpg` (miles per gallon), `cylinders`,
/// `displacement` (cubic inches), `horsepower` (six are null), `weight`
/// (pounds), `acceleration` (seconds to 60 miles per hour), `year`, `origin`.
///
/// Source: Quinlan (1993), *Auto MPG*, UCI Machine Learning Repository.
/// Licence: CC BY 4.0.
///
/// ```
/// let cars = ferrite_frame::datasets::cars()?;
/// assert_eq!(cars.shape(), (398, 9));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn cars() -> Result<DataFrame, FrameError> {
    csv(include_str!("../data/cars.csv"))
}

/// 187 countries: `income` (gross domestic product per person in international
/// dollars), `health` (life expectancy in years), `population`, `region`.
///
/// Source: free material from gapminder.org. Licence: CC BY 4.0.
///
/// ```
/// let countries = ferrite_frame::datasets::gapminder()?;
/// assert_eq!(countries.shape(), (187, 5));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn gapminder() -> Result<DataFrame, FrameError> {
    csv(include_str!("../data/gapminder.csv"))
}

/// The weather in Seattle on each day of 2012 to 2015: `date`, `precipitation`
/// (millimetres), `temp_max`, `temp_min` (degrees Celsius), `wind` (metres per
/// second) and `weather` in a word.
///
/// Source: NOAA, National Climatic Data Center, by way of vega-datasets.
/// Licence: public domain, a work of the United States government.
///
/// ```
/// let days = ferrite_frame::datasets::seattle_weather()?;
/// assert_eq!(days.shape(), (1_461, 6));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn seattle_weather() -> Result<DataFrame, FrameError> {
    csv(include_str!("../data/seattle_weather.csv"))
}

/// Carbon dioxide in the air over Mauna Loa, Hawaii: the mean of each week from
/// March 1958 to December 2001 as `date` and `co2` (parts per million); 59
/// weeks are null.
///
/// Source: Keeling and Whorf (2004), Carbon Dioxide Information Analysis
/// Center. Licence: public domain.
///
/// ```
/// let weeks = ferrite_frame::datasets::co2()?;
/// assert_eq!(weeks.shape(), (2_284, 2));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn co2() -> Result<DataFrame, FrameError> {
    csv(include_str!("../data/co2.csv"))
}

/// All 336,776 flights that left New York City in 2013.
///
/// `month`, `day`, `dep_time`, `sched_dep_time`, `arr_time`, `sched_arr_time`
/// (local, 517 is 5:17), `dep_delay`, `arr_delay`, `air_time` (minutes),
/// `carrier`, `flight`, `tailnum`, `origin`, `dest`, `distance` (miles),
/// `time_hour` (the scheduled hour of departure, UTC). Cancelled flights have
/// nulls.
///
/// Source: Wickham, *nycflights13*, from the United States Bureau of
/// Transportation Statistics. Licence: CC0.
///
/// ```
/// use ferrite_frame::{FrameExt, datasets};
/// use polars::prelude::*;
///
/// let flights = datasets::flights()?;
/// let late = flights.aggregate(&["carrier"], &[col("arr_delay").mean()])?;
/// assert_eq!(late.shape(), (16, 2));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn flights() -> Result<DataFrame, FrameError> {
    parquet(include_bytes!("../data/flights.parquet"))
}

/// What presidents of the United States told Congress in 3,162 passages of
/// some 700 letters, from 1961 to 2021: `year`, `president`, `party`,
/// `passage` (its place in the speech, from 1), `text`.
///
/// Source: State of the Union addresses, works of the United States
/// government, by way of stdlib's `datasets-sotu`. Licence: CC0.
///
/// ```
/// let passages = ferrite_frame::datasets::speeches()?;
/// assert_eq!(passages.shape(), (3_162, 5));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn speeches() -> Result<DataFrame, FrameError> {
    parquet(include_bytes!("../data/speeches.parquet"))
}

fn csv(file: &str) -> Result<DataFrame, FrameError> {
    let mut frame = parse_delimited(Cursor::new(file.as_bytes()), b',', None)?;
    lendable(&mut frame);
    Ok(frame)
}

fn parquet(file: &'static [u8]) -> Result<DataFrame, FrameError> {
    let mut frame = ParquetReader::new(Cursor::new(file))
        .set_rechunk(true)
        .finish()?;
    // The file has the narrowest integers; sums of those would overflow.
    for i in 0..frame.width() {
        let narrow = frame.columns().get(i).filter(|column| {
            let dtype = column.dtype();
            dtype.is_integer() && *dtype != DataType::Int64
        });
        if let Some(column) = narrow {
            let wide = column.cast(&DataType::Int64)?;
            frame.replace_column(i, wide)?;
        }
    }
    Ok(frame)
}
