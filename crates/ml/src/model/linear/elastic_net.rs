//! Least squares with a penalty that sets coefficients to zero.
//!
//! linfa-elasticnet's coordinate descent does the work. It centres the target
//! but not the features, which moves the penalty onto the intercept; here both
//! are centred, and the rows compressed, before it sees them.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array2, ShapeBuilder};

use super::compress::Compressed;
use super::fitted::FittedLinear;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, estimator, positive, recipe, share};
use crate::model::{FittedModel, check};
use crate::target::Target;

recipe! {
    /// Least squares with a penalty on the sizes of the coefficients, which sets
    /// those of useless features to zero.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, Features, Lasso, Target};
    /// use ndarray::array;
    ///
    /// let x = Features::new(["a", "b"], array![[-1.0, 0.1], [0.0, -0.2], [1.0, 0.1]])?;
    /// let model = Lasso::new().alpha(0.5).fit(&x, &Target::Numbers(vec![-2.0, 0.0, 2.0]))?;
    /// let learned = model.coefficients().expect("the model is linear");
    /// assert!((learned.values[[0, 0]] - 1.25).abs() < 1e-6);
    /// assert_eq!(learned.values[[0, 1]], 0.0);
    /// # Ok::<(), ferrite_ml::MlError>(())
    /// ```
    pub struct Lasso, "Lasso" {
        /// The strength of the penalty; 1 unless set.
        alpha: f64 = 1.0,
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
        /// The most rounds over all coefficients; 1000 unless set.
        max_iter: usize = 1_000,
        /// How near to the minimum it must come, as a part of the target's
        /// squares; `1e-4` unless set.
        tol: f64 = 1e-4,
    }
}

recipe! {
    /// A mixture of the penalties of [`Lasso`] and [`Ridge`](crate::Ridge).
    ///
    /// ```
    /// use ferrite_ml::{ElasticNet, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [-1.0, 0.0, 1.0], "y" => [-2.0, 0.0, 2.0]]?;
    /// let model = ElasticNet::new().alpha(0.3).l1_ratio(0.2);
    /// let fitted = Pipeline::new().model(model).fit(&frame, "y")?;
    /// assert!(fitted.predict(&frame)?.f64()?.get(2).unwrap_or(2.0) < 1.5);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct ElasticNet, "ElasticNet" {
        /// The strength of both penalties; 1 unless set.
        alpha: f64 = 1.0,
        /// The part of the penalty that is on sizes; the rest is on squares.
        /// 0.5 unless set.
        l1_ratio: f64 = 0.5,
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
        /// The most rounds over all coefficients; 1000 unless set.
        max_iter: usize = 1_000,
        /// How near to the minimum it must come, as a part of the target's
        /// squares; `1e-4` unless set.
        tol: f64 = 1e-4,
    }
}

impl ElasticNet {
    fn learn_as(
        &self,
        owner: &'static str,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        positive(owner, "alpha", self.alpha)?;
        share(owner, "l1_ratio", self.l1_ratio)?;
        at_least_one(owner, "max_iter", self.max_iter)?;
        positive(owner, "tol", self.tol)?;
        let y = check::numbers(features, target, owner)?;
        let data = Compressed::roughly(&features.columns(), y, weights, self.fit_intercept);
        let rows = data.x.nrows();
        let rounds = u32::try_from(self.max_iter).unwrap_or(u32::MAX);
        // Columns side by side, as the descent walks them.
        let mut x = Array2::zeros((rows, data.x.ncols()).f());
        x.assign(&data.x);
        let fitted = linfa_elasticnet::ElasticNet::params()
            // linfa divides the squared errors by the rows that it sees.
            .penalty(self.alpha * data.weight / rows as f64)
            .l1_ratio(self.l1_ratio)
            .with_intercept(false)
            .max_iterations(rounds)
            .tolerance(self.tol)
            .fit(&DatasetBase::new(x, data.y.clone()))
            .map_err(|error| check::unable(owner, error))?;
        let coefficients = fitted.hyperplane().clone();
        if coefficients.iter().any(|weight| !weight.is_finite()) {
            return Err(check::unable(
                owner,
                "the features are too large for floating-point numbers; scale them first",
            ));
        }
        let stopped = fitted.n_steps() >= rounds;
        Ok(Box::new(FittedLinear {
            model: owner.to_owned(),
            intercept: data.intercept(&coefficients),
            coefficients,
            notes: stopped
                .then(|| {
                    format!(
                        "{owner} stopped after {rounds} rounds before it converged; raise \
                         max_iter or alpha, or scale the features"
                    )
                })
                .into_iter()
                .collect(),
        }))
    }
}

impl Lasso {
    fn as_elastic_net(&self) -> ElasticNet {
        ElasticNet {
            alpha: self.alpha,
            l1_ratio: 1.0,
            fit_intercept: self.fit_intercept,
            max_iter: self.max_iter,
            tol: self.tol,
        }
    }
}

estimator!(Lasso, Regression);

impl Lasso {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.as_elastic_net()
            .learn_as(Self::NAME, features, target, weights)
    }
}

estimator!(ElasticNet, Regression);

impl ElasticNet {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn_as(Self::NAME, features, target, weights)
    }
}
