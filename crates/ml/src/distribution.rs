//! What the training data were like, column by column, so that new data can be held
//! against them long after the training data are gone.
//!
//! It is part of a fitted pipeline and of its file, so it is small: quantiles instead of
//! values, and the most frequent levels of text.

use std::collections::HashMap;
use std::fmt::Write;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use polars::prelude::{Column, DataFrame, Series};
use serde::{Deserialize, Serialize};

use crate::columns::{self, Kind};
use crate::model::parallel;
use crate::schema::InputSchema;
use crate::{MlError, stats};

/// Where quantiles are taken.
const SHARES: [f64; 17] = [
    0.0, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1.0,
];
/// More levels of a column are only counted together.
const MOST_LEVELS: usize = 50;
/// Longer texts are no levels; they are counted with the rare ones.
const LONGEST_LEVEL: usize = 80;

/// What the columns that a pipeline reads, and its target, were like when it was fitted.
/// Shown, it is a table.
///
/// ```
/// use ferrite_ml::{MlError, OneHotEncoder, Pipeline, knn};
/// use polars::df;
///
/// let frame = df!["island" => [Some("Biscoe"), Some("Dream"), None, Some("Dream")],
///     "mass" => [4_000, 3_600, 3_700, 3_900], "sex" => ["m", "f", "f", "m"]]?;
/// let pipeline = Pipeline::new().step("encode", OneHotEncoder::new()).model(knn(1));
/// let fitted = pipeline.fit(&frame, "sex")?;
/// let known = fitted.training_distribution().expect("it was just fitted");
/// assert_eq!(known.rows(), 4);
/// let island = known.column("island").expect("it is read");
/// assert_eq!((island.count(), island.nulls()), (3, 1));
/// assert_eq!(island.levels()[0], ("Dream".to_owned(), 2));
/// let mass = known.column("mass").expect("it is read");
/// assert_eq!((mass.min(), mass.quantile(0.5), mass.max()), (Some(3_600.0), Some(3_800.0), Some(4_000.0)));
/// assert_eq!(known.target().levels().len(), 2);
/// assert_eq!(known.frame()?.height(), 3);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingDistribution {
    rows: usize,
    columns: Vec<ColumnDistribution>,
    target: ColumnDistribution,
}

/// What one column was like; see [`TrainingDistribution`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnDistribution {
    name: String,
    count: usize,
    nulls: usize,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Values {
    Numbers {
        mean: f64,
        std: f64,
        /// One for each of the shares.
        quantiles: Vec<f64>,
    },
    Levels {
        /// The most frequent first.
        levels: Vec<(String, usize)>,
        distinct: usize,
    },
    /// Dates, lists and columns without a value: only counted.
    Counted,
}

impl TrainingDistribution {
    /// That of the columns of a schema, and of the target.
    pub(crate) fn of(
        inputs: &DataFrame,
        schema: &InputSchema,
        target: &Series,
    ) -> Result<Self, MlError> {
        let names = schema.names();
        let columns =
            parallel::try_map(names.len(), |at| ColumnDistribution::of(inputs, names[at]))?;
        let alone = columns::assemble(target.len(), vec![target.clone().into()])?;
        Ok(Self {
            rows: inputs.height(),
            columns,
            target: ColumnDistribution::of(&alone, target.name())?,
        })
    }

    /// The number of training rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns that the pipeline reads.
    pub fn columns(&self) -> &[ColumnDistribution] {
        &self.columns
    }

    /// A column by its name, the target included.
    pub fn column(&self, name: &str) -> Option<&ColumnDistribution> {
        self.all().find(|column| column.name == name)
    }

    /// The target.
    pub fn target(&self) -> &ColumnDistribution {
        &self.target
    }

    fn all(&self) -> impl Iterator<Item = &ColumnDistribution> {
        self.columns.iter().chain([&self.target])
    }

    /// A row for each column, the target last: `column`, `count`, `nulls`, `mean`, `std`,
    /// the quantiles as `q0`, `q0.01`, … `q1`, `distinct` and the most frequent `level`.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let numbers = |value: &dyn Fn(&ColumnDistribution) -> Option<f64>| -> Vec<Option<f64>> {
            self.all().map(value).collect()
        };
        let counts = |value: &dyn Fn(&ColumnDistribution) -> u64| -> Vec<u64> {
            self.all().map(value).collect()
        };
        let names: Vec<&str> = self.all().map(ColumnDistribution::name).collect();
        let mut table = vec![
            Column::new("column".into(), names),
            Column::new("count".into(), counts(&|column| column.count as u64)),
            Column::new("nulls".into(), counts(&|column| column.nulls as u64)),
            Column::new("mean".into(), numbers(&ColumnDistribution::mean)),
            Column::new("std".into(), numbers(&ColumnDistribution::std)),
        ];
        for share in SHARES {
            let values = numbers(&|column| column.quantile(share));
            table.push(Column::new(format!("q{share}").into(), values));
        }
        let distinct: Vec<Option<u64>> = self
            .all()
            .map(|column| column.distinct().map(|count| count as u64))
            .collect();
        table.push(Column::new("distinct".into(), distinct));
        let levels: Vec<Option<&str>> = self
            .all()
            .map(|column| column.levels().first().map(|(level, _)| level.as_str()))
            .collect();
        table.push(Column::new("level".into(), levels));
        columns::assemble(self.columns.len() + 1, table)
    }
}

impl ColumnDistribution {
    fn of(frame: &DataFrame, name: &str) -> Result<Self, MlError> {
        let rows = frame.height();
        let (count, values) = match Kind::of(columns::column(frame, name)?.dtype()) {
            Kind::Number => {
                let known: Vec<f64> = columns::numbers(frame, name)?
                    .into_iter()
                    .flatten()
                    .collect();
                (known.len(), numbers(known))
            }
            Kind::Text | Kind::Boolean => {
                let known = columns::texts(frame, name)?.into_iter().flatten();
                let known: Vec<String> = known.collect();
                (known.len(), levels(known))
            }
            Kind::Other => {
                let known = columns::known(frame, name)?.into_iter();
                (known.filter(|known| *known).count(), Values::Counted)
            }
        };
        Ok(Self {
            name: name.to_owned(),
            count,
            nulls: rows - count,
            values: if count == 0 { Values::Counted } else { values },
        })
    }

    /// The name of the column.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows with a value.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number of rows without one; `NaN` is none.
    pub fn nulls(&self) -> usize {
        self.nulls
    }

    /// The mean, if the column holds numbers.
    pub fn mean(&self) -> Option<f64> {
        match self.values {
            Values::Numbers { mean, .. } => Some(mean),
            _ => None,
        }
    }

    /// The standard deviation by the number of values (scikit-learn's), if the column
    /// holds numbers.
    pub fn std(&self) -> Option<f64> {
        match self.values {
            Values::Numbers { std, .. } => Some(std),
            _ => None,
        }
    }

    /// The smallest number.
    pub fn min(&self) -> Option<f64> {
        self.quantile(0.0)
    }

    /// The largest number.
    pub fn max(&self) -> Option<f64> {
        self.quantile(1.0)
    }

    /// The number below which this part of the values lies, from 0 to 1. It is exact at
    /// the shares of [`quantiles`](Self::quantiles) and lies on a line between them.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let Values::Numbers { quantiles, .. } = &self.values else {
            return None;
        };
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        match SHARES.iter().position(|known| *known == share) {
            Some(at) => quantiles.get(at).copied(),
            None => Some(stats::interpolate(share, &SHARES, quantiles)),
        }
    }

    /// Shares and the numbers below which they lie; empty for what holds no numbers.
    pub fn quantiles(&self) -> Vec<(f64, f64)> {
        match &self.values {
            Values::Numbers { quantiles, .. } => {
                SHARES.into_iter().zip(quantiles.iter().copied()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The 50 most frequent texts, or `true` and `false`, with their number of rows; texts
    /// of more than 80 letters are not among them.
    pub fn levels(&self) -> &[(String, usize)] {
        match &self.values {
            Values::Levels { levels, .. } => levels,
            _ => &[],
        }
    }

    /// How many texts differ, also those that are not among the levels.
    pub fn distinct(&self) -> Option<usize> {
        match self.values {
            Values::Levels { distinct, .. } => Some(distinct),
            _ => None,
        }
    }

    /// The number of rows whose text is not among the levels.
    pub fn other_rows(&self) -> usize {
        match &self.values {
            Values::Levels { levels, .. } => {
                let listed: usize = levels.iter().map(|(_, rows)| rows).sum();
                self.count.saturating_sub(listed)
            }
            _ => 0,
        }
    }

    /// What it was like, in a line.
    fn describe(&self) -> String {
        const SHOWN: usize = 4;
        match &self.values {
            Values::Counted => String::new(),
            Values::Numbers { mean, std, .. } => {
                let at = |share| number(self.quantile(share).unwrap_or(f64::NAN));
                format!(
                    "{} ± {}, {} … {} … {}",
                    number(*mean),
                    number(*std),
                    at(0.0),
                    at(0.5),
                    at(1.0)
                )
            }
            Values::Levels { levels, distinct } => {
                let share = |rows: usize| 100.0 * rows as f64 / self.count.max(1) as f64;
                let shown = levels.iter().take(SHOWN);
                let mut parts: Vec<String> = shown
                    .map(|(level, rows)| format!("{level} {:.0}%", share(*rows)))
                    .collect();
                if *distinct > parts.len() {
                    parts.push(format!("{} others", distinct - parts.len()));
                }
                parts.join(", ")
            }
        }
    }
}

fn number(value: f64) -> String {
    if value != 0.0 && value.is_finite() && (value.abs() < 1e-3 || value.abs() >= 1e7) {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.3}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn numbers(mut values: Vec<f64>) -> Values {
    let count = values.len() as f64;
    // Parts are added, as numbers may have no sum.
    let mean: f64 = values.iter().map(|value| value / count).sum();
    let variance: f64 = values
        .iter()
        .map(|value| (value - mean).powi(2) / count)
        .sum();
    let last = values.len().saturating_sub(1);
    let ends = |share: f64| {
        let below = (share * last as f64).floor() as usize;
        [below, (below + 1).min(last)]
    };
    let mut places: Vec<usize> = SHARES.into_iter().flat_map(ends).collect();
    places.sort_unstable();
    places.dedup();
    arrange(&mut values, &places, 0);
    Values::Numbers {
        mean,
        std: variance.sqrt(),
        quantiles: SHARES
            .into_iter()
            .map(|share| stats::quantile(&values, share))
            .collect(),
    }
}

/// Brings to these places what would stand there if all were sorted, which takes less
/// time; `before` values are before these.
fn arrange(values: &mut [f64], places: &[usize], before: usize) {
    let middle = places.len() / 2;
    let Some(place) = places.get(middle).filter(|_| !values.is_empty()) else {
        return;
    };
    let place = place - before;
    values.select_nth_unstable_by(place, f64::total_cmp);
    let (smaller, larger) = values.split_at_mut(place);
    arrange(smaller, &places[..middle], before);
    arrange(&mut larger[1..], &places[middle + 1..], before + place + 1);
}

fn levels(values: Vec<String>) -> Values {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let distinct = counts.len();
    let mut levels: Vec<(String, usize)> = counts
        .into_iter()
        .filter(|(level, _)| level.chars().count() <= LONGEST_LEVEL)
        .collect();
    levels.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    levels.truncate(MOST_LEVELS);
    Values::Levels { levels, distinct }
}

impl Show for TrainingDistribution {
    fn show(&self) -> MimeBundle {
        let title = format!("training distribution of {} rows", self.rows);
        let width = self.all().map(|column| column.name.chars().count()).max();
        let width = width.unwrap_or(0);
        let mut text = title.clone();
        let mut html = format!(
            "<div class=\"shape\">{title}</div><table><thead><tr><th>column</th>\
             <th class=\"num\">values</th><th class=\"num\">missing</th><th></th></tr></thead><tbody>"
        );
        for column in self.all() {
            let line = column.describe();
            let (name, count, nulls) = (&column.name, column.count, column.nulls);
            let _ = write!(text, "\n{name:width$}  {count} values");
            if nulls > 0 {
                let _ = write!(text, ", {nulls} missing");
            }
            if !line.is_empty() {
                let _ = write!(text, ": {line}");
            }
            let _ = write!(
                html,
                "<tr><td>{}</td><td class=\"num\">{count}</td><td class=\"num\">{nulls}</td>\
                 <td>{}</td></tr>",
                escape(name),
                escape(&line)
            );
        }
        html.push_str("</tbody></table>");
        MimeBundle::text(text).html(card(&html))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_those_of_sorted_values(values in proptest::collection::vec(-9_i8..9, 0..300)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let Values::Numbers { quantiles, .. } = numbers(values) else { unreachable!() };
            for (share, found) in SHARES.into_iter().zip(quantiles) {
                let expected = stats::quantile(&sorted, share);
                prop_assert!(found == expected || sorted.is_empty(), "{} {} {}", share, found, expected);
            }
        }
    }
}
