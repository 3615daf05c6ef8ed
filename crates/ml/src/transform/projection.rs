//! Many columns as a few that keep what varies: `PCA` and `TruncatedSVD`.
//!
//! Both need the singular vectors of the data. They come from the eigenvectors of
//! the smaller product of the data with itself, by linfa's `linfa-linalg`.
//! linfa-reduction's own `Pca` starts from random vectors and iterates to a few
//! digits, so its results neither repeat nor agree with scikit-learn's.

use linfa_linalg::eigh::{EigSort, EighInto};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, s};
use polars::prelude::{DataFrame, Float64Chunked, IntoColumn};
use serde::{Deserialize, Serialize};

use super::along::{blocks, parts, project};
use super::{FittedTransformer, Transformer, numeric};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::model::parallel;
use crate::params::{Field, ParamValue, params};
use crate::persist::{Loader, Saved};
use crate::stats;
use crate::table::{self, Table};

const KIND: &str = "Projection";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedProjection>(KIND, 1);

/// How many components a [`PCA`] keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Components {
    /// As many as there can be.
    All,
    Count(usize),
    /// As many as explain this part of the variance.
    Variance(f64),
}

impl Field for Components {
    fn to_value(&self) -> ParamValue {
        match self {
            Self::All => ParamValue::Nothing,
            Self::Count(count) => (*count).into(),
            Self::Variance(part) => (*part).into(),
        }
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Nothing => Ok(Self::All),
            ParamValue::Number(part) if part.fract() != 0.0 => Ok(Self::Variance(*part)),
            value => usize::from_value(value).map(Self::Count),
        }
    }
}

/// Principal components: the directions in which rows vary most, as columns
/// `pca0`, `pca1`, …. They replace all numeric columns.
///
/// Columns are centred but not scaled; put a [`StandardScaler`](crate::StandardScaler)
/// before it if their units differ. Signs are scikit-learn's: the largest weight
/// of each component is positive.
///
/// ```
/// use ferrite_ml::{MlError, PCA};
/// use polars::df;
///
/// let frame = df!["a" => [1.0, 2.0, 3.0], "b" => [2.0, 4.0, 6.0]]?;
/// let fitted = PCA::new(1).fit(&frame)?;
/// assert!((fitted.explained_variance_ratio()[0] - 1.0).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PCA {
    n_components: Components,
    whiten: bool,
}

impl Default for PCA {
    fn default() -> Self {
        Self {
            n_components: Components::All,
            whiten: false,
        }
    }
}

impl PCA {
    /// Keeps that many components.
    pub fn new(n_components: usize) -> Self {
        Self {
            n_components: Components::Count(n_components),
            whiten: false,
        }
    }

    /// Keeps as many components as explain this part of the variance, such as 0.95.
    pub fn explaining(variance: f64) -> Self {
        Self {
            n_components: Components::Variance(variance),
            whiten: false,
        }
    }

    /// Whether each component is brought to variance 1; false unless set.
    pub fn whiten(mut self, whiten: bool) -> Self {
        self.whiten = whiten;
        self
    }

    /// Learns the components of the numeric columns.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedProjection, MlError> {
        const NAME: &str = "PCA";
        let inputs = numeric::feature_names(frame)?;
        let table = Table::complete(frame, &inputs)?;
        let rows = table.rows();
        if rows < 2 {
            return Err(too_few(NAME, rows));
        }
        let mean = Array1::from(table.each(stats::mean));
        let (singular, vectors) = decompose(NAME, &table, &mean)?;
        let variances = singular.mapv(|s| s * s / (rows - 1) as f64);
        let total = variances.sum();
        let ratios = variances.mapv(|v| if total > 0.0 { v / total } else { 0.0 });
        let most = singular.len();
        let count = match self.n_components {
            Components::All => most,
            Components::Count(count) => check_count(NAME, count, most)?,
            Components::Variance(part) if 0.0 < part && part < 1.0 => {
                let mut explained = 0.0;
                let reached = ratios.iter().position(|ratio| {
                    explained += ratio;
                    explained > part
                });
                reached.map_or(most, |last| last + 1)
            }
            Components::Variance(part) => {
                return Err(MlError::InvalidParameter {
                    owner: NAME,
                    name: "n_components",
                    value: part.to_string(),
                    rule: "be a number of components, or a part of the variance below 1",
                });
            }
        };
        let kept = variances.slice(s![..count]).to_owned();
        let mut components = vectors.slice(s![..count, ..]).to_owned();
        if self.whiten {
            for (mut component, variance) in components.rows_mut().into_iter().zip(&kept) {
                let deviation = variance.sqrt();
                if deviation > 0.0 {
                    component.mapv_inplace(|weight| weight / deviation);
                }
            }
        }
        let ratio = ratios.slice(s![..count]).to_vec();
        FittedProjection::new(frame, "pca", inputs, components, mean, kept, ratio)
    }
}

params!(PCA, "PCA", { n_components: n_components, whiten: whiten });

impl Transformer for PCA {
    fn diagram(&self) -> Diagram {
        let diagram = match self.n_components {
            Components::All => Diagram::new("PCA"),
            Components::Count(count) => Diagram::new("PCA").setting(count.to_string()),
            Components::Variance(part) => {
                Diagram::new("PCA").setting(format!("{part} of the variance"))
            }
        };
        diagram.setting_if(self.whiten, "whitened")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

/// Like [`PCA`], but without centring the columns first: zeros stay zeros, which
/// suits counts of words (latent semantic analysis). Columns are called
/// `truncatedsvd0`, ….
///
/// ```
/// use ferrite_ml::{MlError, Transformer, TruncatedSVD};
/// use polars::df;
///
/// let frame = df!["a" => [3.0, 0.0], "b" => [4.0, 0.0]]?;
/// let reduced = TruncatedSVD::new(1).fit_transform(&frame)?;
/// assert!((reduced.column("truncatedsvd0")?.f64()?.get(0).unwrap_or(0.0) - 5.0).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruncatedSVD {
    n_components: usize,
}

impl Default for TruncatedSVD {
    fn default() -> Self {
        Self::new(2)
    }
}

impl TruncatedSVD {
    /// Keeps that many components.
    pub fn new(n_components: usize) -> Self {
        Self { n_components }
    }

    /// Learns the components of the numeric columns.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedProjection, MlError> {
        const NAME: &str = "TruncatedSVD";
        let inputs = numeric::feature_names(frame)?;
        let table = Table::complete(frame, &inputs)?;
        if table.rows() == 0 {
            return Err(too_few(NAME, 0));
        }
        let mean = Array1::zeros(inputs.len());
        let (singular, vectors) = decompose(NAME, &table, &mean)?;
        let count = check_count(NAME, self.n_components, singular.len())?;
        let components = vectors.slice(s![..count, ..]).to_owned();
        let reduced = project(&table, &mean, &components);
        let variances: Array1<f64> = reduced
            .iter()
            .map(|column| stats::variance(column))
            .collect();
        let columns = table.columns().iter();
        let total: f64 = columns.map(|column| stats::variance(column)).sum();
        let ratio = variances
            .iter()
            .map(|v| if total > 0.0 { v / total } else { 0.0 });
        let ratio = ratio.collect();
        FittedProjection::new(
            frame,
            "truncatedsvd",
            inputs,
            components,
            mean,
            variances,
            ratio,
        )
    }
}

params!(TruncatedSVD, "TruncatedSVD", { n_components: n_components });

impl Transformer for TruncatedSVD {
    fn diagram(&self) -> Diagram {
        Diagram::new("TruncatedSVD").setting(self.n_components.to_string())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

fn too_few(name: &str, found: usize) -> MlError {
    MlError::TooFewRows {
        purpose: name.to_owned(),
        needed: 2,
        found,
        advice: "",
    }
}

fn check_count(owner: &'static str, count: usize, most: usize) -> Result<usize, MlError> {
    if (1..=most).contains(&count) {
        return Ok(count);
    }
    Err(MlError::InvalidParameter {
        owner,
        name: "n_components",
        value: count.to_string(),
        rule: "be at least 1 and at most the number of rows and of numeric columns",
    })
}

/// The products of all centred columns with each other.
fn products(table: &Table, mean: &Array1<f64>) -> Array2<f64> {
    let columns = table.columns().len();
    let (parts, mean) = (parts(table), mean.to_vec());
    let sums = parallel::map(parts.len(), |part| {
        let mut sum = Array2::zeros((columns, columns));
        for rows in blocks(&parts[part]) {
            ferrite_interrupt::checkpoint();
            let block = table.centered(rows, &mean);
            general_mat_mul(1.0, &block, &block.t(), 1.0, &mut sum);
        }
        sum
    });
    let none = Array2::zeros((columns, columns));
    sums.into_iter().fold(none, |sum, part| sum + part)
}

/// Singular values, largest first, and the right singular vectors as rows.
pub(crate) fn decompose(
    owner: &'static str,
    table: &Table,
    mean: &Array1<f64>,
) -> Result<(Array1<f64>, Array2<f64>), MlError> {
    let unable = |error: linfa_linalg::LinalgError| MlError::Unable {
        model: owner,
        reason: error.to_string(),
    };
    /// Beyond it the sums of squares have no place in a float.
    const LARGEST: f64 = 1e140;
    let is_large = |column: &[f64]| !table::all(column, |value| value.abs() <= LARGEST);
    if table.each(is_large).into_iter().any(|large| large) {
        return Err(MlError::Unable {
            model: owner,
            reason: "the columns are too large for floating-point numbers; scale them first"
                .to_owned(),
        });
    }
    let (rows, columns) = (table.rows(), table.columns().len());
    let wide = columns > rows;
    // A row for each column.
    let whole = wide.then(|| table.centered(0..rows, &mean.to_vec()));
    let product = match &whole {
        Some(values) => values.t().dot(values),
        None => products(table, mean),
    };
    ferrite_interrupt::checkpoint();
    let (eigenvalues, eigenvectors) = product.eigh_into().map_err(unable)?.sort_eig_desc();
    let singular = eigenvalues.mapv(|value| value.max(0.0).sqrt());
    let mut vectors = if let Some(values) = &whole {
        let mut vectors = eigenvectors.t().dot(&values.t());
        for (mut vector, size) in vectors.rows_mut().into_iter().zip(&singular) {
            if *size > 0.0 {
                vector.mapv_inplace(|weight| weight / size);
            }
        }
        vectors
    } else {
        eigenvectors.t().to_owned()
    };
    for mut vector in vectors.rows_mut() {
        let mut largest = 0.0_f64;
        for weight in &vector {
            if weight.abs() > largest.abs() {
                largest = *weight;
            }
        }
        if largest < 0.0 {
            vector.mapv_inplace(|weight| -weight);
        }
    }
    Ok((singular, vectors))
}

/// What a [`PCA`] or [`TruncatedSVD`] learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedProjection {
    inputs: Vec<String>,
    outputs: Vec<String>,
    names: Vec<String>,
    /// A row for each component, a column for each input.
    components: Array2<f64>,
    mean: Array1<f64>,
    explained_variance: Vec<f64>,
    explained_variance_ratio: Vec<f64>,
}

impl FittedProjection {
    pub(crate) fn new(
        frame: &DataFrame,
        prefix: &str,
        inputs: Vec<String>,
        components: Array2<f64>,
        mean: Array1<f64>,
        explained_variance: Array1<f64>,
        explained_variance_ratio: Vec<f64>,
    ) -> Result<Self, MlError> {
        let outputs = (0..components.nrows()).map(|i| format!("{prefix}{i}"));
        let mut fitted = Self {
            inputs,
            outputs: outputs.collect(),
            names: Vec::new(),
            components,
            mean,
            explained_variance: explained_variance.to_vec(),
            explained_variance_ratio,
        };
        fitted.names = columns::names(&fitted.transform(&frame.head(Some(1)))?);
        Ok(fitted)
    }

    /// The weights: a row for each component, a column for each input.
    pub fn components(&self) -> &Array2<f64> {
        &self.components
    }

    /// The variance of each component among the training rows.
    pub fn explained_variance(&self) -> &[f64] {
        &self.explained_variance
    }

    /// The part of the whole variance that each component explains.
    pub fn explained_variance_ratio(&self) -> &[f64] {
        &self.explained_variance_ratio
    }
}

impl FittedTransformer for FittedProjection {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for name in &self.inputs {
            let found = columns::column(frame, name)?.dtype();
            if !Kind::of(found).is_feature() {
                columns::expect_kind(frame, name, Kind::Number)?;
            }
        }
        let table = Table::complete(frame, &self.inputs)?;
        let reduced = project(&table, &self.mean, &self.components);
        let mut all = columns::without(frame, &self.inputs);
        for (name, column) in self.outputs.iter().zip(reduced) {
            let column = Float64Chunked::from_vec(name.as_str().into(), column);
            all.push(column.into_column());
        }
        columns::assemble(frame.height(), all)
    }

    fn inputs(&self) -> Vec<String> {
        self.inputs.clone()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KIND, 1, self)
    }
}
