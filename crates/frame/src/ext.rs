//! The everyday moves, in the form in which they are said.
//!
//! polars can do all of this; in Rust it takes builders, argument structs and
//! generic parameters that a cell would have to compile. These methods take
//! names and lists of names, return `Result`, and suggest the name that was
//! probably meant. They are compiled once; none of them copies a column that
//! it does not change.

use polars::prelude::{Column, DataFrame, DataType, Expr};

use crate::render::View;
use crate::{FrameError, moves};

/// Short forms of what every notebook does with a [`DataFrame`].
///
/// A column that does not exist is [`FrameError::MissingColumn`] in every one of
/// them, with the one that was probably meant. Where a method takes a way to
/// aggregate as text, it is one of `mean`, `sum`, `min`, `max`, `median`, `std`,
/// `var`, `count`, `n_unique`, `first`, `last`.
///
/// ```
/// use ferrite_frame::{FrameExt, datasets};
/// use polars::prelude::*;
///
/// let penguins = datasets::penguins()?;
/// let heavy = penguins
///     .keep(col("body_mass_g").gt(lit(4000)))?
///     .assign("ratio", col("bill_length_mm") / col("bill_depth_mm"))?
///     .order_by(&["species", "-body_mass_g"])?
///     .pick(&["species", "sex", "body_mass_g", "ratio"])?;
/// assert_eq!(heavy.shape(), (172, 4));
///
/// let means = penguins.aggregate(&["species"], &[col("body_mass_g").mean(), len().alias("n")])?;
/// assert_eq!(means.shape(), (3, 3));
///
/// let table = penguins.pivot_table(&["species"], "island", "body_mass_g", "mean")?;
/// assert_eq!(table.get_column_names(), ["species", "Biscoe", "Dream", "Torgersen"]);
///
/// assert_eq!(penguins.value_counts("species")?.get_column_names(), ["species", "n", "share"]);
/// assert_eq!(penguins.qcut("body_mass_g", 4)?.value_counts("body_mass_g_bin")?.height(), 5);
/// assert_eq!(penguins.one_hot(&["island"])?.width(), 10);
/// assert_eq!(penguins.sample(10, 7)?.height(), 10);
///
/// let monthly = datasets::seattle_weather()?.resample("date", "1mo", &[col("temp_max").mean()])?;
/// assert_eq!(monthly.height(), 48);
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
pub trait FrameExt {
    /// The column of this name.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.require("year")?.len(), 344);
    /// assert!(penguins.require("yaer").is_err());
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When there is none: [`FrameError::MissingColumn`].
    fn require(&self, name: &str) -> Result<&Column, FrameError>;

    /// These columns, in this order. (polars: `select`.)
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.pick(&["year", "sex"])?.get_column_names(), ["year", "sex"]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or named twice.
    fn pick(&self, columns: &[&str]) -> Result<DataFrame, FrameError>;

    /// All columns but these. (polars: `drop_many`.)
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.without(&["year", "sex"])?.width(), 6);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing.
    fn without(&self, columns: &[&str]) -> Result<DataFrame, FrameError>;

    /// Gives columns new names: pairs of the old and the new one.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let co2 = datasets::co2()?.rename_columns(&[("co2", "ppm")])?;
    /// assert_eq!(co2.get_column_names(), ["date", "ppm"]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or two would have one name.
    fn rename_columns(&self, names: &[(&str, &str)]) -> Result<DataFrame, FrameError>;

    /// Changes the types of columns. Unlike polars' own cast a value that does
    /// not fit is an error, which names its row.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let frame = df!("n" => ["1", "2"], "day" => ["2024-02-29", "2024-03-01"])?;
    /// let types = [("n", DataType::Int64), ("day", DataType::Date)];
    /// assert_eq!(frame.cast_columns(&types)?.dtypes(), [DataType::Int64, DataType::Date]);
    /// let error = df!("n" => ["1", "two"])?.cast_columns(&types[..1]).unwrap_err();
    /// assert!(error.to_string().starts_with("column \"n\", row 1: \"two\" cannot become i64"));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or a value does not fit:
    /// [`FrameError::CannotCast`].
    fn cast_columns(&self, types: &[(&str, DataType)]) -> Result<DataFrame, FrameError>;

    /// Adds a column or replaces the one of that name. (polars: `with_column`.)
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let penguins = datasets::penguins()?;
    /// let kilos = penguins.assign("kg", col("body_mass_g") / lit(1000.0))?;
    /// assert_eq!(kilos.width(), 9);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the expression names a missing column or cannot be computed.
    fn assign(&self, name: &str, value: Expr) -> Result<DataFrame, FrameError>;

    /// The rows for which this holds. (polars: `filter` of a lazy frame.)
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let penguins = datasets::penguins()?;
    /// let heavy = penguins.keep(col("body_mass_g").gt(lit(6000)))?;
    /// assert_eq!(heavy.height(), 2);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the expression names a missing column or is no condition.
    fn keep(&self, condition: Expr) -> Result<DataFrame, FrameError>;

    /// Sorts by these columns; one with a `-` in front descends. Nulls stand
    /// last, and rows that are equal keep their order.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let sorted = datasets::cars()?.order_by(&["origin", "-mpg"])?;
    /// assert_eq!(sorted.require("mpg")?.f64()?.get(0), Some(44.3));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing.
    fn order_by(&self, columns: &[&str]) -> Result<DataFrame, FrameError>;

    /// `n` rows by chance, none twice; the same `seed` gives the same rows. A
    /// frame with fewer rows is given whole, in another order.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.sample(10, 7)?.height(), 10);
    /// assert!(penguins.sample(10, 7)?.equals_missing(&penguins.sample(10, 7)?));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When polars cannot take the rows.
    fn sample(&self, n: usize, seed: u64) -> Result<DataFrame, FrameError>;

    /// The rows in which none of these columns is null or NaN; of all columns if
    /// none is named.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.drop_missing(&[])?.height(), 333);
    /// assert_eq!(penguins.drop_missing(&["body_mass_g"])?.height(), 342);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing.
    fn drop_missing(&self, columns: &[&str]) -> Result<DataFrame, FrameError>;

    /// Groups by these columns and aggregates each group; groups are sorted.
    /// Without columns, one row for the whole frame.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let means = datasets::penguins()?
    ///     .aggregate(&["species"], &[col("body_mass_g").mean(), len().alias("n")])?;
    /// assert_eq!(means.get_column_names(), ["species", "body_mass_g", "n"]);
    /// assert_eq!(means.height(), 3);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing, or a value cannot be computed.
    fn aggregate(&self, by: &[&str], values: &[Expr]) -> Result<DataFrame, FrameError>;

    /// How often each value of a column occurs, null included: the column, `n`
    /// and `share` (of all rows), the most frequent first; equally frequent
    /// values stay in the order in which they first occur.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let counts = datasets::penguins()?.value_counts("sex")?;
    /// assert_eq!(counts.get_column_names(), ["sex", "n", "share"]);
    /// assert_eq!(counts.height(), 3); // male, female, null
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such column, or polars cannot group its type.
    fn value_counts(&self, column: &str) -> Result<DataFrame, FrameError>;

    /// How much is missing: a row for each column with its name (`column`), its
    /// number of `nulls`, of `nan`s, and the `share` of both in all rows.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let missing = datasets::penguins()?.missing()?;
    /// assert_eq!(missing.get_column_names(), ["column", "nulls", "nan", "share"]);
    /// assert_eq!(missing.height(), 8);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When polars cannot build the table.
    fn missing(&self) -> Result<DataFrame, FrameError>;

    /// Each column in numbers: its name, `count` (of values that are there),
    /// and for numbers and booleans `mean`, `std` (with n − 1), `min`, `q25`,
    /// `median`, `q75`, `max`. Quantiles interpolate linearly, NaN is left out.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let figures = datasets::penguins()?.describe()?;
    /// assert_eq!(figures.require("median")?.f64()?.get(5), Some(4050.0));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When polars cannot build the table.
    fn describe(&self) -> Result<DataFrame, FrameError>;

    /// How columns of numbers go together: a square table of correlations over
    /// the rows that have both values. `method` is `pearson` or `spearman`.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let table = datasets::penguins()?.corr("pearson")?;
    /// let with_mass = table.require("body_mass_g")?.f64()?;
    /// assert!(with_mass.get(2).is_some_and(|r| r > 0.87)); // flippers
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the method is none of the two.
    fn corr(&self, method: &str) -> Result<DataFrame, FrameError>;

    /// Joins the rows of another frame that agree in these columns; a name as
    /// `left=right` joins columns of different names. `how` is `inner`, `left`,
    /// `right`, `full`, `semi`, `anti` or `cross`. Rows stay in the order of this
    /// frame (of the other one with `right`); a column that both have gets
    /// `_right` in the other one's name.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let codes = df!("code" => ["Adelie", "Gentoo"], "eggs" => [2, 2])?;
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.merge(&codes, &["species=code"], "inner")?.shape(), (276, 9));
    /// assert_eq!(penguins.merge(&codes, &["species=code"], "anti")?.height(), 68);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing on either side, or `how` is none of these.
    fn merge(&self, other: &DataFrame, on: &[&str], how: &str) -> Result<DataFrame, FrameError>;

    /// A table with a row for each value of `index`, a column for each value of
    /// `columns`, and the aggregated `values` in its cells. Both are sorted.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let table = datasets::penguins()?.pivot_table(&["species"], "island", "body_mass_g", "mean")?;
    /// assert_eq!(table.get_column_names(), ["species", "Biscoe", "Dream", "Torgersen"]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing, `how` is no way to aggregate, or there would
    /// be more than a thousand columns.
    fn pivot_table(
        &self,
        index: &[&str],
        columns: &str,
        values: &str,
        how: &str,
    ) -> Result<DataFrame, FrameError>;

    /// The opposite of a pivot: a row for each value of the other columns, with
    /// its column's name in `variable` and itself in `value`.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let long = df!("name" => ["Ada"], "x" => [1], "y" => [2])?.melt(&["name"])?;
    /// assert_eq!(long.get_column_names(), ["name", "variable", "value"]);
    /// assert_eq!(long.height(), 2);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or the others have no common type.
    fn melt(&self, keep: &[&str]) -> Result<DataFrame, FrameError>;

    /// Puts numbers into bins that end at these breaks: a new column `…_bin`
    /// with labels such as `(3000, 4000]`.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let bins = datasets::penguins()?.cut("body_mass_g", &[3500.0, 4500.0])?;
    /// assert_eq!(bins.value_counts("body_mass_g_bin")?.height(), 4); // three, and null
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the column is missing or not numeric, or breaks are not finite or
    /// twice the same.
    fn cut(&self, column: &str, breaks: &[f64]) -> Result<DataFrame, FrameError>;

    /// Puts numbers into `bins` bins of equal size: a new column `…_bin`. Where
    /// many values are equal there may be fewer bins.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let quarters = datasets::cars()?.qcut("mpg", 4)?;
    /// assert_eq!(quarters.value_counts("mpg_bin")?.height(), 4);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the column is missing or not numeric, or `bins` is 0.
    fn qcut(&self, column: &str, bins: usize) -> Result<DataFrame, FrameError>;

    /// A column aggregated over each row and those before it, `window` rows in
    /// all: a new column such as `co2_mean_52`. The first rows are null.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let co2 = datasets::co2()?.moving("co2", 52, "mean")?;
    /// assert_eq!(co2.get_column_names(), ["date", "co2", "co2_mean_52"]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the column is missing or not numeric, `window` is 0, or `how` is no
    /// way to aggregate a window.
    fn moving(&self, column: &str, window: usize, how: &str) -> Result<DataFrame, FrameError>;

    /// Aggregates over spans of time: `every` is such as `15m`, `1h`, `1d`,
    /// `1w`, `1mo`, `1q`, `1y`. Each row is labelled with the start of its span;
    /// spans without a row are there, with nulls. The frame need not be sorted.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let months = datasets::seattle_weather()?.resample("date", "1mo", &[col("temp_max").mean()])?;
    /// assert_eq!(months.height(), 48);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the column is missing or holds no dates, or `every` is no span.
    fn resample(&self, time: &str, every: &str, values: &[Expr]) -> Result<DataFrame, FrameError>;

    /// A column aggregated over each row and those before it in a span of time
    /// that ends with it: a new column such as `temp_max_mean_7d`. `window` is
    /// such as `90m`, `12h`, `7d`, `2w`; a window is never empty, so only rows
    /// without a value in theirs are null. The frame need not be sorted.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let week = datasets::seattle_weather()?.moving_by("date", "7d", "temp_max", "mean")?;
    /// let first = week.require("temp_max_mean_7d")?.f64()?.get(0);
    /// assert_eq!(first, Some(12.8)); // of that day alone
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing, `time` holds no dates or has nulls, `column` is
    /// not numeric, `window` has no fixed length, or `how` is no way to aggregate
    /// a window.
    fn moving_by(
        &self,
        time: &str,
        window: &str,
        column: &str,
        how: &str,
    ) -> Result<DataFrame, FrameError>;

    /// [`resample`](Self::resample) for each group of rows by itself: the groups
    /// are sorted, and each has all spans from its first to its last row.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let rain = datasets::seattle_weather()?
    ///     .resample_by(&["weather"], "date", "1y", &[col("precipitation").sum()])?;
    /// assert_eq!(rain.get_column_names(), ["weather", "date", "precipitation"]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or `time` holds no dates, or `every` is no span.
    fn resample_by(
        &self,
        by: &[&str],
        time: &str,
        every: &str,
        values: &[Expr],
    ) -> Result<DataFrame, FrameError>;

    /// Replaces columns by one for each of their values, such as `sex_male`,
    /// with 1 where the value is that and 0 elsewhere.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let spread = datasets::penguins()?.pick(&["sex"])?.one_hot(&["sex"])?;
    /// assert_eq!(spread.get_column_names(), ["sex_female", "sex_male"]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or has more than a thousand values.
    fn one_hot(&self, columns: &[&str]) -> Result<DataFrame, FrameError>;

    /// The frame as a table with another number of rows or columns, and what is
    /// shown as CSV or JSON: see [`View`].
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use ferrite_display::Show;
    ///
    /// let more = datasets::penguins()?.view().rows(40).columns(3).show();
    /// assert!(more.get("text/plain").is_some_and(|text| text.contains("306 rows hidden")));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    fn view(&self) -> View;

    /// The whole frame as CSV, nulls as empty fields.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// assert_eq!(df!("a" => [Some(1), None], "b" => ["x", "y"])?.to_csv()?, "a,b\n1,x\n,y\n");
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When a column holds lists or structs.
    fn to_csv(&self) -> Result<String, FrameError>;

    /// The whole frame as a JSON array of objects; NaN and infinities are null.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    /// use polars::prelude::*;
    ///
    /// assert_eq!(df!("a" => [Some(1), None])?.to_json()?, "[{\"a\":1},{\"a\":null}]");
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When polars cannot write a type.
    fn to_json(&self) -> Result<String, FrameError>;
}

impl FrameExt for DataFrame {
    fn require(&self, name: &str) -> Result<&Column, FrameError> {
        self.column(name)
            .map_err(|_| FrameError::missing_column(name, self))
    }

    fn pick(&self, columns: &[&str]) -> Result<DataFrame, FrameError> {
        moves::columns::pick(self, columns)
    }

    fn without(&self, columns: &[&str]) -> Result<DataFrame, FrameError> {
        moves::columns::without(self, columns)
    }

    fn rename_columns(&self, names: &[(&str, &str)]) -> Result<DataFrame, FrameError> {
        moves::columns::rename(self, names)
    }

    fn cast_columns(&self, types: &[(&str, DataType)]) -> Result<DataFrame, FrameError> {
        moves::columns::cast(self, types)
    }

    fn assign(&self, name: &str, value: Expr) -> Result<DataFrame, FrameError> {
        moves::columns::assign(self, name, value)
    }

    fn keep(&self, condition: Expr) -> Result<DataFrame, FrameError> {
        moves::rows::keep(self, condition)
    }

    fn order_by(&self, columns: &[&str]) -> Result<DataFrame, FrameError> {
        moves::rows::order_by(self, columns)
    }

    fn sample(&self, n: usize, seed: u64) -> Result<DataFrame, FrameError> {
        moves::rows::sample(self, n, seed)
    }

    fn drop_missing(&self, columns: &[&str]) -> Result<DataFrame, FrameError> {
        moves::rows::drop_missing(self, columns)
    }

    fn aggregate(&self, by: &[&str], values: &[Expr]) -> Result<DataFrame, FrameError> {
        moves::groups::aggregate(self, by, values)
    }

    fn value_counts(&self, column: &str) -> Result<DataFrame, FrameError> {
        moves::groups::value_counts(self, column)
    }

    fn missing(&self) -> Result<DataFrame, FrameError> {
        moves::summary::missing(self)
    }

    fn describe(&self) -> Result<DataFrame, FrameError> {
        moves::summary::describe(self)
    }

    fn corr(&self, method: &str) -> Result<DataFrame, FrameError> {
        moves::summary::corr(self, method)
    }

    fn merge(&self, other: &DataFrame, on: &[&str], how: &str) -> Result<DataFrame, FrameError> {
        moves::shape::merge(self, other, on, how)
    }

    fn pivot_table(
        &self,
        index: &[&str],
        columns: &str,
        values: &str,
        how: &str,
    ) -> Result<DataFrame, FrameError> {
        moves::shape::pivot_table(self, index, columns, values, how)
    }

    fn melt(&self, keep: &[&str]) -> Result<DataFrame, FrameError> {
        moves::shape::melt(self, keep)
    }

    fn cut(&self, column: &str, breaks: &[f64]) -> Result<DataFrame, FrameError> {
        moves::bins::cut(self, column, breaks)
    }

    fn qcut(&self, column: &str, bins: usize) -> Result<DataFrame, FrameError> {
        moves::bins::qcut(self, column, bins)
    }

    fn moving(&self, column: &str, window: usize, how: &str) -> Result<DataFrame, FrameError> {
        moves::time::moving(self, column, window, how)
    }

    fn resample(&self, time: &str, every: &str, values: &[Expr]) -> Result<DataFrame, FrameError> {
        moves::time::resample(self, time, every, values)
    }

    fn moving_by(
        &self,
        time: &str,
        window: &str,
        column: &str,
        how: &str,
    ) -> Result<DataFrame, FrameError> {
        moves::time::moving_by(self, time, window, column, how)
    }

    fn resample_by(
        &self,
        by: &[&str],
        time: &str,
        every: &str,
        values: &[Expr],
    ) -> Result<DataFrame, FrameError> {
        moves::time::resample_by(self, by, time, every, values)
    }

    fn one_hot(&self, columns: &[&str]) -> Result<DataFrame, FrameError> {
        moves::bins::one_hot(self, columns)
    }

    fn view(&self) -> View {
        View::new(self)
    }

    fn to_csv(&self) -> Result<String, FrameError> {
        moves::text::csv(self)
    }

    fn to_json(&self) -> Result<String, FrameError> {
        moves::text::json(self)
    }
}
