//! Follow the regularised leader: a logistic model that learns row by row.
//!
//! linfa-ftrl makes the steps, for two classes and without an intercept. Here a
//! feature that is always 1 stands for the intercept, and more classes have one
//! model each against all others. scikit-learn has no such model; its
//! `SGDClassifier` is the nearest.

use linfa::traits::FitWith;
use linfa::{DatasetBase, ParamGuard};
use linfa_ftrl::Ftrl;
use ndarray::{Array1, Array2, Axis, s};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use super::weigh;
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, not_negative, positive, recipe, share};
use crate::model::resume::Training;
use crate::model::{Coefficients, Estimator, FittedModel, Prediction, check, random};
use crate::params::Params;
use crate::persist::{Loader, Saved};
use crate::progress;
use crate::target::{Target, Task};

recipe! {
    /// A logistic model learned in small steps, with step sizes of its own for
    /// each feature and coefficients that are often zero.
    ///
    /// Features should have one scale.
    ///
    /// ```
    /// use ferrite_ml::{FtrlClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let x: Vec<f64> = (0..200).map(|i| f64::from(i) / 100.0 - 1.0).collect();
    /// let y: Vec<bool> = x.iter().map(|x| *x > 0.0).collect();
    /// let fitted = Pipeline::new().model(FtrlClassifier::new()).fit(&df!["x" => x, "y" => y]?, "y")?;
    /// assert_eq!(fitted.predict(&df!["x" => [0.5]]?)?.bool()?.get(0), Some(true));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct FtrlClassifier, "FtrlClassifier" {
        /// The size of steps; 1 unless set.
        alpha: f64 = 1.0,
        /// How slowly steps become smaller; 1 unless set.
        beta: f64 = 1.0,
        /// The penalty on the sizes of coefficients, 0 to 1; 0.001 unless set.
        l1_ratio: f64 = 0.001,
        /// The penalty on their squares, 0 to 1; 0.001 unless set.
        l2_ratio: f64 = 0.001,
        /// How often all rows are looked at; 30 unless set.
        max_iter: usize = 30,
        /// Rows that make a step together; 8 unless set.
        batch_size: usize = 8,
        /// The seed of the order of rows; 0 unless set.
        seed: u64 = 0,
    }
    resumable "looks at all rows"
}

/// What is known after some looks: the weights of the outputs that are over, and the
/// one that is being learned.
#[derive(Default, Serialize, Deserialize)]
struct State {
    over: Vec<Array1<f64>>,
    epochs: usize,
    model: Option<Ftrl<f64>>,
}

impl Estimator for FtrlClassifier {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        positive(Self::NAME, "alpha", self.alpha)?;
        not_negative(Self::NAME, "beta", self.beta)?;
        share(Self::NAME, "l1_ratio", self.l1_ratio)?;
        share(Self::NAME, "l2_ratio", self.l2_ratio)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        at_least_one(Self::NAME, "batch_size", self.batch_size)?;
        let classes = check::two_classes(features, target, Self::NAME)?;
        let outputs = match classes.names().len() {
            2 => vec![1],
            many => (0..many).collect(),
        };
        let x = features.values();
        let mut with_one = Array2::ones((x.nrows(), x.ncols() + 1));
        with_one.slice_mut(s![.., ..x.ncols()]).assign(x);
        let mut values = Array2::zeros((outputs.len(), x.ncols()));
        let mut intercepts = Vec::new();
        let training = Training::begin(
            &self.checkpoints,
            Self::NAME,
            &self.params(),
            features,
            Some(target),
            None,
        )?;
        let mut state: State = training.left()?.unwrap_or_default();
        let width = with_one.ncols();
        let fits = |model: &Ftrl<f64>| model.z().len() == width && model.n().len() == width;
        if state.over.iter().any(|weights| weights.len() != width)
            || state.over.len() > outputs.len()
            || !state.model.as_ref().is_none_or(fits)
        {
            return Err(training.unfit());
        }
        for class in outputs.iter().skip(state.over.len()) {
            self.one(
                &training,
                &mut state,
                outputs.len(),
                &with_one,
                classes.codes(),
                *class,
            )?;
        }
        training.over();
        for (output, weights) in state.over.iter().enumerate() {
            values
                .row_mut(output)
                .assign(&weights.slice(s![..x.ncols()]));
            intercepts.push(weights[x.ncols()]);
        }
        if values.iter().any(|weight| !weight.is_finite()) {
            return Err(check::unable(
                Self::NAME,
                "steps grew without end; scale the features, or lower alpha",
            ));
        }
        Ok(Box::new(FittedFtrl { values, intercepts }))
    }
}

impl FtrlClassifier {
    /// Learns the weights for one class against all others; the last is the intercept.
    fn one(
        &self,
        training: &Training,
        state: &mut State,
        outputs: usize,
        x: &Array2<f64>,
        codes: &[usize],
        class: usize,
    ) -> Result<(), MlError> {
        let params = Ftrl::params_with_rng(StdRng::seed_from_u64(self.seed))
            .alpha(self.alpha)
            .beta(self.beta)
            .l1_ratio(self.l1_ratio)
            .l2_ratio(self.l2_ratio)
            .check()
            .map_err(|error| check::unable(Self::NAME, error))?;
        let mut rng = random::generator(self.seed, class);
        for epoch in 0..self.max_iter {
            let order = random::permutation(x.nrows(), &mut rng);
            if epoch < state.epochs {
                continue;
            }
            // The rows in the order in which they are looked at.
            let mut ordered = Array2::zeros(x.raw_dim());
            for (mut to, row) in ordered.rows_mut().into_iter().zip(&order) {
                to.assign(&x.row(*row));
            }
            let batches = ordered.axis_chunks_iter(Axis(0), self.batch_size);
            for (batch, rows) in batches.zip(order.chunks(self.batch_size)) {
                ferrite_interrupt::checkpoint();
                let truth: Array1<bool> = rows.iter().map(|row| codes[*row] == class).collect();
                let step = params
                    .fit_with(state.model.take(), &DatasetBase::new(batch, truth))
                    .map_err(|error| check::unable(Self::NAME, error))?;
                state.model = Some(step);
            }
            state.epochs += 1;
            training.round(state.epochs, || &*state)?;
            let done = state.over.len() * self.max_iter + state.epochs;
            let what = "FtrlClassifier: looks at all rows";
            progress::report(what, done, outputs * self.max_iter);
        }
        let weights = state
            .model
            .take()
            .map_or_else(|| Array1::zeros(x.ncols()), |model| model.get_weights());
        state.over.push(weights);
        state.epochs = 0;
        Ok(())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedFtrl {
    /// A row for each output, a column for each feature.
    values: Array2<f64>,
    intercepts: Vec<f64>,
}

pub(in crate::model) const LOADER: Loader<dyn FittedModel> =
    Loader::model::<FittedFtrl>(FtrlClassifier::NAME, 1);

impl FittedModel for FittedFtrl {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        if let [intercept] = self.intercepts[..] {
            features.expect_count(self.values.ncols())?;
            let scores = weigh(features, &self.values.row(0).to_vec(), intercept);
            let second = |score: &f64| usize::from(*score > 0.0);
            return Ok(Prediction::Classes(scores.iter().map(second).collect()));
        }
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.values.ncols())?;
        let sigmoid = |score: f64| 1.0 / (1.0 + (-score).exp());
        let scores =
            features.values().dot(&self.values.t()) + &Array1::from(self.intercepts.clone());
        let mut each = scores.mapv_into(sigmoid);
        if each.ncols() == 1 {
            let second = each.column(0).to_owned();
            return Ok(ndarray::stack![Axis(1), second.mapv(|p| 1.0 - p), second]);
        }
        for mut row in each.rows_mut() {
            let sum = row.sum();
            if sum > 0.0 {
                row /= sum;
            } else {
                // Far from all of them: nothing tells the classes apart.
                row.fill(1.0 / row.len() as f64);
            }
        }
        Ok(each)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(FtrlClassifier::NAME, 1, self)
    }

    fn coefficients(&self) -> Option<Coefficients> {
        Some(Coefficients {
            values: self.values.clone(),
            intercepts: self.intercepts.clone(),
        })
    }
}
