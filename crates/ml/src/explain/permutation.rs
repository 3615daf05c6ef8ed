//! How much worse a pipeline gets when a column no longer tells it anything.

use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};
use polars::prelude::{Column, DataFrame, IdxSize};

use super::bars::{self, Bar};
use crate::metrics::Metric;
use crate::model::{parallel, random, recipe};
use crate::pending::pending;
use crate::pipeline::{FittedPipeline, with_target};
use crate::target::Task;
use crate::validate::rig::judge_frame;
use crate::{MlError, columns};

/// A measurement that is being set up; [`run`](Self::run) makes it.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn};
/// use polars::df;
///
/// let frame = df!["a" => [1, 2, 3, 7, 8, 9], "b" => [0, 0, 0, 0, 0, 0], "y" => ["n", "n", "n", "y", "y", "y"]]?;
/// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
/// let importance = fitted.permutation_importance(&frame).repeats(10).seed(1).run()?;
/// let table = importance.frame()?;
/// assert_eq!(table.column("feature")?.str()?.get(0), Some("a"));
/// assert_eq!(table.column("importance")?.f64()?.get(1), Some(0.0)); // of b
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .run() to measure"]
pub struct PermutationImportance {
    fitted: FittedPipeline,
    frame: DataFrame,
    metric: Option<Metric>,
    repeats: usize,
    seed: u64,
}

/// Columns or features by importance.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, RandomForestRegressor};
/// use polars::df;
///
/// let frame = df!["a" => [1, 2, 3, 4], "y" => [1.0, 2.0, 3.0, 4.0]]?;
/// let forest = RandomForestRegressor::new().n_estimators(10);
/// let fitted = Pipeline::new().model(forest).fit(&frame, "y")?;
/// let table = fitted.feature_importances()?;
/// assert_eq!(table.names(), ["a"]);
/// assert_eq!(table.values(), [1.0]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ImportanceTable {
    bars: Vec<Bar>,
    title: String,
}

impl FittedPipeline {
    /// Measures how much a metric falls when the values of a column are shuffled
    /// among the rows, for each column that the pipeline reads.
    ///
    /// Columns that say the same share their importance: each can stand in for
    /// the other.
    pub fn permutation_importance(&self, frame: &DataFrame) -> PermutationImportance {
        PermutationImportance {
            fitted: self.clone(),
            frame: frame.clone(),
            metric: None,
            repeats: 5,
            seed: 0,
        }
    }
}

impl PermutationImportance {
    /// The metric, by any name that [`cross_validate`](crate::cross_validate) takes, such
    /// as `"roc_auc"` or `"log_loss"`, or one of your own; accuracy for classes and R²
    /// for numbers unless set.
    pub fn metric(mut self, metric: impl Into<Metric>) -> Self {
        self.metric = Some(metric.into());
        self
    }

    /// How often each column is shuffled; 5 unless set.
    pub fn repeats(mut self, repeats: usize) -> Self {
        self.repeats = repeats;
        self
    }

    /// The seed of the shuffling; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// Measures, on all cores.
    pub fn run(&self) -> Result<ImportanceTable, MlError> {
        recipe::at_least_one("permutation_importance", "repeats", self.repeats)?;
        let usual = match self.fitted.task() {
            Task::Classification => "accuracy",
            Task::Regression => "r2",
        };
        let metric = self.metric.clone().unwrap_or_else(|| usual.into());
        metric.check(self.fitted.task())?;
        let sign = if metric.greater_is_better() {
            1.0
        } else {
            -1.0
        };
        let with_probabilities = metric.needs_probabilities();
        let (known, _) = with_target(&self.frame, self.fitted.target(), "evaluate")?;
        let measure = |frame: &DataFrame| {
            metric.measure(&judge_frame(&self.fitted, frame, with_probabilities)?)
        };
        let whole = measure(&known)?;
        let names = self.fitted.input_schema().names();
        let drops = parallel::try_map(names.len() * self.repeats, |job| {
            let name = names[job / self.repeats];
            let mut rng = random::generator(self.seed, job);
            let order = random::permutation(known.height(), &mut rng);
            let order: Vec<IdxSize> = order.into_iter().map(|row| row as IdxSize).collect();
            let shuffled = columns::column(&known, name)?
                .as_materialized_series()
                .take_slice(&order)?;
            let mut frame = known.clone();
            frame.with_column(shuffled.into())?;
            Ok::<f64, MlError>(sign * (whole - measure(&frame)?))
        })?;
        let bar = |(name, drops): (&&str, &[f64])| {
            let count = drops.len() as f64;
            let mean = drops.iter().sum::<f64>() / count;
            let square = drops.iter().map(|drop| (drop - mean).powi(2)).sum::<f64>() / count;
            Bar {
                name: (*name).to_owned(),
                value: mean,
                spread: Some(square.sqrt()),
            }
        };
        let bars = names
            .iter()
            .zip(drops.chunks(self.repeats))
            .map(bar)
            .collect();
        let change = if sign > 0.0 { "falls" } else { "rises" };
        Ok(ImportanceTable::new(
            bars,
            format!(
                "how much {} ({whole:.4}) {change} when a column is shuffled",
                metric.name()
            ),
        ))
    }
}

impl ImportanceTable {
    /// The most important first.
    pub(super) fn new(mut bars: Vec<Bar>, title: String) -> Self {
        bars.sort_by(|a, b| b.value.total_cmp(&a.value));
        Self { bars, title }
    }

    /// In the order that was given.
    pub(super) fn in_order(bars: Vec<Bar>, title: String) -> Self {
        Self { bars, title }
    }

    pub(super) fn parts(&self) -> (&[Bar], &str) {
        (&self.bars, &self.title)
    }

    /// The columns or features, the most important first.
    pub fn names(&self) -> Vec<&str> {
        self.bars.iter().map(|bar| bar.name.as_str()).collect()
    }

    /// Their importances.
    pub fn values(&self) -> Vec<f64> {
        self.bars.iter().map(|bar| bar.value).collect()
    }

    /// `feature`, `importance` and, where it was measured several times, `std`.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let names = self.names();
        let mut table = vec![
            Column::new("feature".into(), names),
            Column::new("importance".into(), self.values()),
        ];
        if self.bars.iter().any(|bar| bar.spread.is_some()) {
            let spreads: Vec<Option<f64>> = self.bars.iter().map(|bar| bar.spread).collect();
            table.push(Column::new("std".into(), spreads));
        }
        columns::assemble(self.bars.len(), table)
    }
}

impl Show for ImportanceTable {
    fn show(&self) -> MimeBundle {
        let text = format!("{}\n{}", self.title, bars::text(&self.bars));
        MimeBundle::text(text.trim_end()).html(card(&bars::html(&self.bars, &self.title)))
    }
}

pending!(PermutationImportance, "a permutation importance", ".run()?");
