//! What bars are drawn from: a value for each category and group, with how far
//! it may be off.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use crate::column;
use crate::error::ChartError;
use crate::groups;
use crate::stats::confidence;

/// More categories than this cannot be told apart.
const MOST_CATEGORIES: usize = 60;

/// A row that has a category and a value.
pub(crate) struct Row {
    pub category: String,
    /// The place of its group.
    pub group: usize,
    pub value: f64,
    /// How far the value may be off, as a column says; NaN if none does.
    pub error: f64,
    /// Whether it is drawn, or only known to the scales.
    pub drawn: bool,
}

/// What error bars show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errors {
    None,
    /// One standard deviation.
    Deviation,
    /// One standard error of the mean.
    Standard,
    /// The 95 % interval of the mean.
    Confidence,
    /// What a column says.
    Column(String),
}

/// A value for each category and group, where there is one.
pub(crate) struct Table {
    pub categories: Vec<String>,
    /// By category, then by group: the value, and half the error bar or NaN.
    pub values: Vec<Vec<Option<(f64, f64)>>>,
}

/// The mean of one category and group, with the squares of what differs from
/// it (Welford's way, which does not lose digits).
#[derive(Clone, Copy, Default)]
pub(crate) struct Pool {
    pub mean: f64,
    squares: f64,
    error: f64,
    pub rows: usize,
}

impl Errors {
    /// What a person has asked for.
    pub fn asked(what: Option<&str>) -> Errors {
        match what {
            None => Errors::None,
            Some("sd") => Errors::Deviation,
            Some("se") => Errors::Standard,
            Some("ci") => Errors::Confidence,
            Some(column) => Errors::Column(column.to_owned()),
        }
    }

    /// What they show, for a note.
    pub fn note(&self, what: &str) -> Option<String> {
        let shown = match self {
            Errors::None => return None,
            Errors::Deviation => "one standard deviation".to_owned(),
            Errors::Standard => "one standard error of the mean".to_owned(),
            Errors::Confidence => "the 95 % interval of the mean".to_owned(),
            Errors::Column(column) => format!("± {column}"),
        };
        Some(format!("{what}: {shown}"))
    }
}

/// The half-lengths of error bars, out of a column.
pub(crate) fn half_lengths(
    frame: &DataFrame,
    column: &str,
) -> Result<Vec<Option<f64>>, ChartError> {
    // Not a column, but perhaps a slip of one of the three words.
    if frame.column(column).is_err() && column.len() <= 3 {
        return Err(ChartError::Invalid {
            option: "error_bars",
            expected: "\"sd\", \"se\", \"ci\" or a column of half-lengths",
            got: format!("\"{column}\""),
        });
    }
    column::numbers(frame, column, "error bars", "")
}

impl Pool {
    /// Takes in one more value.
    pub fn add(&mut self, value: f64, error: f64) {
        self.rows += 1;
        let away = value - self.mean;
        self.mean += away / self.rows as f64;
        self.squares += away * (value - self.mean);
        self.error += (error - self.error) / self.rows as f64;
    }

    /// Half the length of an error bar; NaN where there is none.
    pub fn half(&self, errors: &Errors) -> f64 {
        let sd = || (self.squares / (self.rows as f64 - 1.0)).sqrt();
        match errors {
            Errors::None => f64::NAN,
            Errors::Column(_) => self.error,
            _ if self.rows < 2 => f64::NAN,
            Errors::Deviation => sd(),
            Errors::Standard => sd() / (self.rows as f64).sqrt(),
            Errors::Confidence => confidence(sd(), self.rows),
        }
    }
}

impl Table {
    /// The number of rows of each category and group; numbers in their order,
    /// names with the most frequent first.
    pub fn counts(rows: &[Row], groups: usize) -> Table {
        let mut table = Table::of(rows, groups, |pool| (pool.rows as f64, f64::NAN));
        table.sort();
        table
    }

    /// The mean of each category and group, in order of appearance, and
    /// whether any is of several rows.
    pub fn means(rows: &[Row], groups: usize, errors: &Errors) -> (Table, bool) {
        let mut several = false;
        let table = Table::of(rows, groups, |pool| {
            several |= pool.rows > 1;
            (pool.mean, pool.half(errors))
        });
        (table, several)
    }

    fn of(rows: &[Row], groups: usize, mut value: impl FnMut(Pool) -> (f64, f64)) -> Table {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut categories = Vec::new();
        let mut pools: Vec<Vec<Pool>> = Vec::new();
        for row in rows {
            let place = *places.entry(&row.category).or_insert_with(|| {
                categories.push(row.category.clone());
                pools.push(vec![Pool::default(); groups]);
                pools.len() - 1
            });
            pools[place][row.group].add(row.value, row.error);
        }
        let mut of_pool = |pool: Pool| (pool.rows > 0).then(|| value(pool));
        let values = pools
            .into_iter()
            .map(|pools| pools.into_iter().map(&mut of_pool).collect());
        Table {
            categories,
            values: values.collect(),
        }
    }

    fn sort(&mut self) {
        let mut names = self.categories.clone();
        groups::sort(&mut names);
        let numbers = names.iter().all(|name| name.parse::<f64>().is_ok());
        let places = names.iter().map(String::as_str).zip(0..);
        let places: HashMap<&str, usize> = places.collect();
        let sum = |values: &[Option<(f64, f64)>]| {
            values.iter().flatten().map(|value| value.0).sum::<f64>()
        };
        let categories = std::mem::take(&mut self.categories);
        let mut rows: Vec<_> = categories.into_iter().zip(self.values.drain(..)).collect();
        rows.sort_by_key(|(name, _)| places[name.as_str()]);
        if !numbers {
            rows.sort_by(|(_, a), (_, b)| sum(b).total_cmp(&sum(a)));
        }
        (self.categories, self.values) = rows.into_iter().unzip();
    }

    /// The same categories in the same order as another table, empty where
    /// this one has no values.
    pub fn aligned(mut self, like: &Table, groups: usize) -> Table {
        let places: HashMap<&str, usize> = self
            .categories
            .iter()
            .map(String::as_str)
            .zip(0..)
            .collect();
        let mut take = |name: &String| match places.get(name.as_str()) {
            Some(place) => std::mem::take(&mut self.values[*place]),
            None => vec![None; groups],
        };
        Table {
            values: like.categories.iter().map(&mut take).collect(),
            categories: like.categories.clone(),
        }
    }

    /// Leaves out the smallest of too many categories, and says so.
    pub fn cap(&mut self) -> Option<String> {
        let all = self.categories.len();
        if all <= MOST_CATEGORIES {
            return None;
        }
        let size = |place: &usize| {
            let values = self.values[*place].iter().flatten();
            values.fold(0.0f64, |most, value| most.max(value.0.abs()))
        };
        let mut order: Vec<usize> = (0..all).collect();
        order.sort_by(|a, b| size(b).total_cmp(&size(a)));
        let mut kept = vec![false; all];
        for place in &order[..MOST_CATEGORIES] {
            kept[*place] = true;
        }
        let mut keep = kept.iter();
        self.categories.retain(|_| keep.next() == Some(&true));
        let mut keep = kept.iter();
        self.values.retain(|_| keep.next() == Some(&true));
        Some(format!(
            "the {MOST_CATEGORIES} largest of {all} categories are drawn"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(category: &str, group: usize, value: f64) -> Row {
        Row {
            category: category.to_owned(),
            group,
            value,
            error: f64::NAN,
            drawn: true,
        }
    }

    fn values(table: &Table) -> Vec<Vec<Option<f64>>> {
        let value = |value: &Option<(f64, f64)>| value.map(|value| value.0);
        table
            .values
            .iter()
            .map(|row| row.iter().map(value).collect())
            .collect()
    }

    #[test]
    fn names_are_sorted_by_frequency_and_numbers_by_size() {
        let rows = [row("a", 0, 1.0), row("b", 0, 1.0), row("b", 1, 1.0)];
        let table = Table::counts(&rows, 2);
        assert_eq!(table.categories, ["b", "a"]);
        assert_eq!(values(&table), [[Some(1.0), Some(1.0)], [Some(1.0), None]]);
        let rows = [row("10", 0, 1.0), row("10", 0, 1.0), row("9", 0, 1.0)];
        assert_eq!(Table::counts(&rows, 1).categories, ["9", "10"]);
    }

    #[test]
    fn means_keep_the_order_of_rows() {
        let rows = [row("b", 0, 1.0), row("a", 0, 5.0), row("b", 0, 2.0)];
        let (table, several) = Table::means(&rows, 1, &Errors::None);
        assert!(several);
        assert_eq!(table.categories, ["b", "a"]);
        assert_eq!(values(&table), [[Some(1.5)], [Some(5.0)]]);
    }

    #[test]
    fn error_bars_are_of_the_rows_of_a_bar() {
        let rows: Vec<Row> = [1.0, 2.0, 3.0, 4.0].map(|value| row("a", 0, value)).into();
        let half = |errors| Table::means(&rows, 1, &errors).0.values[0][0].map(|value| value.1);
        let sd = 1.290_994_448_735_805_6;
        assert_eq!(half(Errors::Deviation), Some(sd));
        assert_eq!(half(Errors::Standard), Some(sd / 2.0));
        // scipy.stats.t.ppf(0.975, 3) is 3.182446305284263.
        let confidence = half(Errors::Confidence).unwrap();
        assert!((confidence - 3.182_446_305_284_263 * sd / 2.0).abs() < 1e-9);
        let one = Table::means(&rows[..1], 1, &Errors::Deviation).0;
        assert!(one.values[0][0].is_some_and(|value| value.1.is_nan()));
    }

    #[test]
    fn the_largest_remain_in_their_order() {
        let rows: Vec<Row> = (0..1000)
            .map(|i| row(&format!("c{i}"), 0, f64::from(i)))
            .collect();
        let (mut table, _) = Table::means(&rows, 1, &Errors::None);
        assert_eq!(
            table.cap().as_deref(),
            Some("the 60 largest of 1000 categories are drawn")
        );
        assert_eq!(
            (table.categories.len(), table.categories[0].as_str()),
            (60, "c940")
        );
        assert_eq!(values(&table)[59], [Some(999.0)]);
    }

    #[test]
    fn tables_are_aligned_by_name() {
        let all = Table::counts(&[row("a", 0, 1.0), row("b", 0, 1.0)], 1);
        let some = Table::counts(&[row("b", 0, 1.0)], 1).aligned(&all, 1);
        assert_eq!(values(&some), [[None], [Some(1.0)]]);
    }
}
