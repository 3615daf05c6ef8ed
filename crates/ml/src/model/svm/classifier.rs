//! Classes by support vectors: for more than two, one boundary for each pair.

use ndarray::{Array2, ArrayView1, Axis, s};
use serde::{Deserialize, Serialize};

use super::kernel::{Gamma, Kernel, Likeness};
use super::smo::Problem;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, estimator, positive, recipe};
use crate::model::{Coefficients, FittedModel, Prediction, check, parallel};
use crate::persist::{self, Loader, Saved};
use crate::target::Target;

recipe! {
    /// The boundary with the widest margin between classes, bent by a kernel.
    ///
    /// More than two classes are decided by the votes of all pairs, as in
    /// scikit-learn. Scale the features first. It learns from each pair of rows,
    /// so 100,000 rows take minutes.
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, SVC};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [-2.0, -1.0, 0.0, 1.0, 2.0], "y" => ["out", "in", "in", "in", "out"]]?;
    /// let fitted = Pipeline::new().model(SVC::new().c(100.0)).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&df!["x" => [0.5, -3.0]]?)?.str()?.get(0), Some("in"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct SVC, "SVC" {
        /// What a row on the wrong side costs; 1 unless set.
        c: f64 = 1.0,
        /// How likeness is measured; `Rbf` unless set.
        kernel: Kernel = Kernel::Rbf,
        /// The width of the kernel; by the variance of the features unless set.
        gamma: Gamma = Gamma::Scale,
        /// A part of the kernels `Poly` and `Sigmoid`; 0 unless set.
        coef0: f64 = 0.0,
        /// The power of the kernel `Poly`; 3 unless set.
        degree: usize = 3,
        /// How far from the minimum it may stop; 0.001 unless set.
        tol: f64 = 1e-3,
        /// The most steps for one boundary; ten million unless set.
        max_iter: usize = 10_000_000,
    }
}

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: SVC::NAME,
    version: 1,
    load: |body| {
        let fitted: FittedSvc = persist::read(body)?;
        let sound = fitted.classes > 1
            && fitted.pairs.len() == fitted.rho.len()
            && fitted.weights.dim() == (fitted.vectors.nrows(), fitted.pairs.len())
            && fitted.pairs.iter().all(|(a, b)| a.max(b) < &fitted.classes);
        if sound {
            return Ok(Box::new(fitted));
        }
        Err(MlError::Damaged {
            reason: "support vectors and boundaries do not belong together".to_owned(),
        })
    },
};

estimator!(SVC, Classification, even);

impl SVC {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        positive(Self::NAME, "c", self.c)?;
        positive(Self::NAME, "tol", self.tol)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        let classes = check::two_classes(features, target, Self::NAME)?;
        check::moderate(features, target, Self::NAME)?;
        let shape = (self.kernel, self.gamma, self.coef0, self.degree);
        let likeness = Likeness::new(Self::NAME, shape, features.values())?;
        let count = classes.names().len();
        let pairs: Vec<(usize, usize)> = (0..count)
            .flat_map(|a| (a + 1..count).map(move |b| (a, b)))
            .collect();
        let boundaries = parallel::map(pairs.len(), |pair| {
            self.boundary(features, classes.codes(), weights, pairs[pair], likeness)
        });
        let mut chosen: Vec<usize> = boundaries
            .iter()
            .flat_map(|boundary| boundary.weights.iter().map(|(row, _)| *row))
            .collect();
        chosen.sort_unstable();
        chosen.dedup();
        let mut of_vectors = Array2::zeros((chosen.len(), pairs.len()));
        for (pair, boundary) in boundaries.iter().enumerate() {
            for (row, weight) in &boundary.weights {
                if let Ok(at) = chosen.binary_search(row) {
                    of_vectors[[at, pair]] = *weight;
                }
            }
        }
        Ok(Box::new(FittedSvc {
            likeness,
            linear: self.kernel == Kernel::Linear,
            vectors: features.values().select(Axis(0), &chosen),
            weights: of_vectors,
            rho: boundaries.iter().map(|boundary| boundary.rho).collect(),
            pairs,
            classes: count,
            stopped: boundaries.iter().any(|boundary| !boundary.converged),
        }))
    }
}

/// The boundary between two classes: rows with their weights.
struct Boundary {
    weights: Vec<(usize, f64)>,
    rho: f64,
    converged: bool,
}

impl SVC {
    fn boundary(
        &self,
        features: &Features,
        codes: &[usize],
        weights: &[f64],
        (first, second): (usize, usize),
        likeness: Likeness,
    ) -> Boundary {
        let rows: Vec<usize> = (0..codes.len())
            .filter(|row| weights[*row] > 0.0 && (codes[*row] == first || codes[*row] == second))
            .collect();
        let x = features.values().select(Axis(0), &rows);
        let signs: Vec<f64> = rows
            .iter()
            .map(|row| if codes[*row] == second { 1.0 } else { -1.0 })
            .collect();
        if signs.iter().all(|sign| *sign == signs[0]) {
            // One of the classes has no rows here; the other always wins.
            let rho = -signs.first().copied().unwrap_or(1.0);
            return Boundary {
                weights: Vec::new(),
                rho,
                converged: true,
            };
        }
        let solution = Problem {
            x: x.view(),
            likeness,
            linear: vec![-1.0; rows.len()],
            bounds: rows.iter().map(|row| self.c * weights[*row]).collect(),
            signs: signs.clone(),
            tol: self.tol,
            max_iter: self.max_iter,
        }
        .solve();
        let weighted = rows.iter().zip(&solution.alpha).zip(&signs);
        Boundary {
            weights: weighted
                .filter(|((_, alpha), _)| **alpha > 0.0)
                .map(|((row, alpha), sign)| (*row, alpha * sign))
                .collect(),
            rho: solution.rho,
            converged: solution.converged,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedSvc {
    likeness: Likeness,
    linear: bool,
    /// The rows that boundaries depend on.
    vectors: Array2<f64>,
    /// A row for each vector, a column for each pair of classes.
    weights: Array2<f64>,
    rho: Vec<f64>,
    pairs: Vec<(usize, usize)>,
    classes: usize,
    stopped: bool,
}

/// Fewer rows are not worth a thread.
const ROWS_PER_PART: usize = 128;

impl FittedSvc {
    /// What is made of the place of each row beside each boundary.
    fn each<T: Send>(
        &self,
        features: &Features,
        of: impl Fn(ArrayView1<f64>) -> T + Sync,
    ) -> Result<Vec<T>, MlError> {
        features.expect_count(self.vectors.ncols())?;
        let x = features.values();
        // Small enough parts for the likenesses to stay in the cache.
        let parts: Vec<_> = (0..x.nrows()).step_by(ROWS_PER_PART).collect();
        let made = parallel::map(parts.len(), |part| {
            let end = (parts[part] + ROWS_PER_PART).min(x.nrows());
            let rows = x.slice(s![parts[part]..end, ..]);
            let sums = self
                .likeness
                .between(rows, self.vectors.view())
                .dot(&self.weights);
            sums.rows().into_iter().map(&of).collect::<Vec<T>>()
        });
        Ok(made.into_iter().flatten().collect())
    }

    /// Each boundary with the side on which a row lies: above 0 that of the second class.
    fn sides<'a>(
        &'a self,
        sums: &'a ArrayView1<f64>,
    ) -> impl Iterator<Item = (f64, (usize, usize))> + 'a {
        let sides = sums.iter().zip(&self.rho).map(|(sum, rho)| sum - rho);
        sides.zip(self.pairs.iter().copied())
    }

    /// How far a row is on the side of each class: the boundaries that it wins, and, in
    /// steps of less than one of these, how clearly, as scikit-learn adds them.
    fn decide(&self, sums: ArrayView1<f64>) -> Vec<f64> {
        let (mut votes, mut clear) = (vec![0.0; self.classes], vec![0.0; self.classes]);
        for (side, (first, second)) in self.sides(&sums) {
            votes[if side > 0.0 { second } else { first }] += 1.0;
            clear[first] -= side;
            clear[second] += side;
        }
        let step = |clear: f64| clear / (3.0 * (clear.abs() + 1.0));
        votes
            .iter()
            .zip(clear)
            .map(|(votes, clear)| votes + step(clear))
            .collect()
    }
}

impl FittedModel for FittedSvc {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        let vote = |sums: ArrayView1<f64>| {
            let mut votes = vec![0_u32; self.classes];
            for (side, (first, second)) in self.sides(&sums) {
                votes[if side > 0.0 { second } else { first }] += 1;
            }
            let most = votes.iter().copied().max().unwrap_or(0);
            votes.iter().position(|votes| *votes == most).unwrap_or(0)
        };
        Ok(Prediction::Classes(self.each(features, vote)?))
    }

    fn decision_function(&self, features: &Features) -> Option<Result<Array2<f64>, MlError>> {
        let width = if self.classes == 2 { 1 } else { self.classes };
        let decided = self.each(features, |sums| {
            if self.classes == 2 {
                vec![sums[0] - self.rho[0]]
            } else {
                self.decide(sums)
            }
        });
        Some(decided.map(|rows| {
            Array2::from_shape_fn((rows.len(), width), |(row, class)| rows[row][class])
        }))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(SVC::NAME)
    }

    fn notes(&self) -> Vec<String> {
        let note =
            || "SVC stopped before it converged; raise max_iter, or scale the features".to_owned();
        self.stopped.then(note).into_iter().collect()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(SVC::NAME, 1, self)
    }

    fn coefficients(&self) -> Option<Coefficients> {
        (self.linear && self.classes == 2).then(|| Coefficients {
            values: self.weights.t().dot(&self.vectors),
            intercepts: self.rho.iter().map(|rho| -rho).collect(),
        })
    }
}
