//! Products of columns, so that a linear model can see how they work together.

use ndarray::Array1;
use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, numeric};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::params;
use crate::persist::{Loader, Saved};

const NAME: &str = "PolynomialFeatures";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedPolynomial>(NAME, 1);

/// More columns than this are a mistake: they would not fit into memory.
const MOST_OUTPUTS: usize = 100_000;

/// All products of numeric columns up to a degree: `1`, `a`, `b`, `a^2`, `a b`,
/// `b^2`. The names and their order are scikit-learn's.
///
/// ```
/// use ferrite_ml::{MlError, PolynomialFeatures, Transformer};
/// use polars::df;
///
/// let poly = PolynomialFeatures::new(2).include_bias(false);
/// let products = poly.fit_transform(&df!["a" => [2.0], "b" => [3.0]]?)?;
/// let expected = df!["a" => [2.0], "b" => [3.0], "a^2" => [4.0], "a b" => [6.0], "b^2" => [9.0]]?;
/// assert!(products.equals(&expected));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolynomialFeatures {
    degree: usize,
    interaction_only: bool,
    include_bias: bool,
}

impl Default for PolynomialFeatures {
    fn default() -> Self {
        Self::new(2)
    }
}

impl PolynomialFeatures {
    /// Products of up to `degree` factors.
    pub fn new(degree: usize) -> Self {
        Self {
            degree,
            interaction_only: false,
            include_bias: true,
        }
    }

    /// Whether a column may be a factor once only; false unless set.
    pub fn interaction_only(mut self, only: bool) -> Self {
        self.interaction_only = only;
        self
    }

    /// Whether there is a column `1` of ones; true unless set.
    pub fn include_bias(mut self, include: bool) -> Self {
        self.include_bias = include;
        self
    }

    /// The factors of each product, in order: by degree, then by column.
    fn products(&self, columns: usize) -> Result<Vec<Vec<usize>>, MlError> {
        let mut all: Vec<Vec<usize>> = Vec::new();
        if self.include_bias {
            all.push(Vec::new());
        }
        let mut last: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..self.degree {
            let mut longer = Vec::new();
            for product in &last {
                let first = match product.last() {
                    Some(factor) => factor + usize::from(self.interaction_only),
                    None => 0,
                };
                for factor in first..columns {
                    let mut next = product.clone();
                    next.push(factor);
                    longer.push(next);
                }
                if all.len() + longer.len() > MOST_OUTPUTS {
                    return Err(MlError::Unable {
                        model: NAME,
                        reason: format!(
                            "{columns} columns have more than {MOST_OUTPUTS} products of up to \
                             {} factors; choose a smaller degree or fewer columns",
                            self.degree
                        ),
                    });
                }
            }
            all.extend(longer.iter().cloned());
            if longer.is_empty() {
                break;
            }
            last = longer;
        }
        Ok(all)
    }
}

/// The name of a product: `a^2 b`.
fn product_name(factors: &[usize], columns: &[String]) -> String {
    let mut powers: Vec<(usize, usize)> = Vec::new();
    for factor in factors {
        match powers.last_mut() {
            Some((last, power)) if last == factor => *power += 1,
            _ => powers.push((*factor, 1)),
        }
    }
    let parts: Vec<String> = powers
        .into_iter()
        .map(|(factor, power)| match power {
            1 => columns[factor].clone(),
            _ => format!("{}^{power}", columns[factor]),
        })
        .collect();
    if parts.is_empty() {
        "1".to_owned()
    } else {
        parts.join(" ")
    }
}

params!(PolynomialFeatures, NAME, {
    degree: degree,
    interaction_only: interaction_only,
    include_bias: include_bias,
});

impl Transformer for PolynomialFeatures {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
            .setting(format!("degree={}", self.degree))
            .setting_if(self.interaction_only, "interactions only")
            .setting_if(!self.include_bias, "no bias")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        let inputs = numeric::feature_names(frame)?;
        let products = self.products(inputs.len())?;
        if products.is_empty() {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "degree",
                value: self.degree.to_string(),
                rule: "be at least 1 without a bias",
            });
        }
        numeric::complete_matrix(frame, &inputs)?;
        let outputs: Vec<String> = products.iter().map(|p| product_name(p, &inputs)).collect();
        let mut fitted = FittedPolynomial {
            inputs,
            products,
            outputs,
            names: Vec::new(),
        };
        fitted.names = columns::names(&fitted.transform(&frame.head(Some(1)))?);
        Ok(Box::new(fitted))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedPolynomial {
    inputs: Vec<String>,
    products: Vec<Vec<usize>>,
    outputs: Vec<String>,
    names: Vec<String>,
}

impl FittedTransformer for FittedPolynomial {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let values = numeric::complete_matrix(frame, &self.inputs)?;
        let mut all = columns::without(frame, &self.inputs);
        for (name, factors) in self.outputs.iter().zip(&self.products) {
            let mut product = Array1::<f64>::ones(frame.height());
            for factor in factors {
                product *= &values.column(*factor);
            }
            all.push(Column::new(name.as_str().into(), product.to_vec()));
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
        Saved::of(NAME, 1, self)
    }
}
