//! Different treatment for different columns, side by side.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::{Chain, FittedTransformer, KeptChain, Step, Transformer};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::{self, ParamValue, Params};
use crate::persist::{self, Loader, Saved, SavedPart, SavedRecipe};
use crate::selector::Columns;
use crate::target::Target;

const NAME: &str = "ColumnTransformer";

pub(super) const LOADER: Loader<dyn FittedTransformer> = Loader {
    kind: NAME,
    version: 1,
    load: |body| Ok(Box::new(persist::read::<KeptColumns>(body)?.restore()?)),
};

/// A [`FittedColumns`] as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct KeptColumns {
    parts: Vec<(Vec<String>, KeptChain)>,
    taken: Option<Vec<String>>,
    names: Vec<String>,
}

impl KeptColumns {
    fn restore(self) -> Result<FittedColumns, MlError> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for (columns, chain) in self.parts {
            let chain = chain.restore()?;
            parts.push(FittedPart { columns, chain });
        }
        Ok(FittedColumns {
            parts,
            taken: self.taken,
            names: self.names,
        })
    }
}

/// Sends each column through the steps that are meant for its type, and puts
/// the results next to each other.
///
/// Columns are chosen when it is fitted: `numeric` takes integers and floats,
/// `categorical` takes text, categories and booleans. What nobody takes is left
/// out, as in scikit-learn.
///
/// ```
/// use ferrite_ml::{ColumnTransformer, MlError, OneHotEncoder, StandardScaler, Transformer};
/// use polars::df;
///
/// let columns = ColumnTransformer::new()
///     .numeric([StandardScaler::new().into()])
///     .categorical([OneHotEncoder::new().into()]);
/// let fitted = columns.fit(&df!["sex" => ["f", "m"], "age" => [3, 4]]?)?;
/// assert_eq!(fitted.feature_names(), ["age", "sex_f", "sex_m"]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ColumnTransformer {
    parts: Vec<Part>,
    passthrough: bool,
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    selection: Columns,
    steps: Vec<Step>,
}

impl Part {
    /// The name, and the columns unless the name says it.
    fn label(&self) -> String {
        let columns = self.selection.to_string();
        if columns == format!("{} columns", self.name) || columns == self.name {
            return self.name.clone();
        }
        format!("{} ({columns})", self.name)
    }
}

impl ColumnTransformer {
    /// A transformer that does not take any column yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Steps for all numeric columns; without steps they pass as they are.
    pub fn numeric(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.part("numeric", Columns::numeric(), steps)
    }

    /// Steps for all text, category and boolean columns.
    pub fn categorical(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.part("categorical", Columns::categorical(), steps)
    }

    /// Steps for certain columns: by their names, or any other choice of [`Columns`].
    ///
    /// ```
    /// use ferrite_ml::{ColumnTransformer, MinMaxScaler, MlError, Transformer};
    /// use polars::df;
    ///
    /// let columns = ColumnTransformer::new().columns("age", ["age"], [MinMaxScaler::new().into()]);
    /// let scaled = columns.fit_transform(&df!["age" => [3.0, 4.0], "id" => [1, 2]]?)?;
    /// assert!(scaled.equals(&df!["age" => [0.0, 1.0]]?));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn columns(
        self,
        name: impl Into<String>,
        columns: impl Into<Columns>,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        self.part(name, columns.into(), steps)
    }

    /// Lets columns that no part takes pass as they are; otherwise they are left out.
    pub fn passthrough(mut self) -> Self {
        self.passthrough = true;
        self
    }

    fn part(
        mut self,
        name: impl Into<String>,
        selection: Columns,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        let steps = steps.into_iter().collect();
        self.parts.push(Part {
            name: name.into(),
            selection,
            steps,
        });
        self
    }
}

/// How the steps of a part are addressed: `simple_imputer`, and with a number
/// behind it where there are several of a kind.
fn addresses(steps: &[Step]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(steps.len());
    for step in steps {
        let name = params::snake_case(step.diagram().title());
        let twins = (1..).map(|n| {
            if n == 1 {
                name.clone()
            } else {
                format!("{name}_{n}")
            }
        });
        let free = twins.into_iter().find(|name| !names.contains(name));
        names.extend(free);
    }
    names
}

impl Params for ColumnTransformer {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let mut all = Vec::new();
        for part in &self.parts {
            for (address, step) in addresses(&part.steps).iter().zip(&part.steps) {
                let inner = params::prefixed(address, step.params()).collect();
                all.extend(params::prefixed(&part.name, inner));
            }
        }
        all
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        let names: Vec<String> = self.parts.iter().map(|part| part.name.clone()).collect();
        if let Some((part, rest)) = params::inside(name, &names) {
            let part = &mut self.parts[part];
            if let Some((step, rest)) = params::inside(rest, &addresses(&part.steps)) {
                return part.steps[step].set_param(rest, value);
            }
        }
        let known = self.params();
        let known: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        Err(params::unknown("ColumnTransformer", name, &known))
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        let part = |part: &Part| {
            Some(SavedPart {
                name: part.name.clone(),
                columns: part.selection.clone(),
                steps: part.steps.iter().map(Step::recipe).collect::<Option<_>>()?,
            })
        };
        let parts = self.parts.iter().map(part).collect::<Option<_>>()?;
        Some(SavedRecipe::columns(parts, self.passthrough))
    }
}

impl Transformer for ColumnTransformer {
    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        let parts = self
            .parts
            .iter()
            .fold(Diagram::new("ColumnTransformer"), |diagram, part| {
                diagram.branch(part.label(), part.steps.iter().map(Step::diagram))
            });
        if self.passthrough {
            parts.branch("remainder", [Diagram::new("passthrough")])
        } else {
            parts
        }
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.fit_with_target(frame, None)
    }

    fn fit_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(self.fit_transform_with_target(frame, target)?.0)
    }

    fn fit_transform_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<(Box<dyn FittedTransformer>, DataFrame), MlError> {
        let mut parts = Vec::new();
        let mut prepared = Vec::new();
        let mut taken: Vec<String> = Vec::new();
        for part in &self.parts {
            if let Some(step) = part
                .steps
                .iter()
                .find(|s| s.transformer().sampler().is_some())
            {
                return Err(MlError::Sampler {
                    sampler: step.diagram().title().to_owned(),
                    reason: "it changes rows, so it cannot work on some of the columns; \
                             make it a step of the pipeline",
                });
            }
            let columns = part.selection.names(frame)?;
            if columns.is_empty() {
                continue;
            }
            let fitted = Chain::fit(&part.steps, &columns::select(frame, &columns)?, target)?;
            prepared.extend_from_slice(fitted.frame.columns());
            taken.extend(columns.iter().cloned());
            parts.push(FittedPart {
                columns,
                chain: fitted.chain,
            });
        }
        if self.passthrough {
            prepared.extend(columns::without(frame, &taken));
        }
        if prepared.is_empty() {
            return Err(MlError::NoFeatures {
                left_out: columns::names(frame),
            });
        }
        let prepared = columns::assemble(frame.height(), prepared)?;
        let names = columns::names(&prepared);
        let fitted = FittedColumns {
            parts,
            names,
            taken: self.passthrough.then_some(taken),
        };
        Ok((Box::new(fitted), prepared))
    }
}

/// A fitted [`ColumnTransformer`].
#[derive(Clone, Debug)]
struct FittedColumns {
    parts: Vec<FittedPart>,
    /// The columns that parts take, if the others pass as they are.
    taken: Option<Vec<String>>,
    names: Vec<String>,
}

#[derive(Clone, Debug)]
struct FittedPart {
    columns: Vec<String>,
    chain: Chain,
}

impl FittedTransformer for FittedColumns {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut prepared = Vec::with_capacity(self.names.len());
        for part in &self.parts {
            let output = part
                .chain
                .transform(&columns::select(frame, &part.columns)?)?;
            prepared.extend_from_slice(output.columns());
        }
        if let Some(taken) = &self.taken {
            prepared.extend(columns::without(frame, taken));
        }
        columns::assemble(frame.height(), prepared)
    }

    fn inputs(&self) -> Vec<String> {
        self.parts
            .iter()
            .flat_map(|part| part.columns.iter().cloned())
            .collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            parts.push((part.columns.clone(), part.chain.keep()?));
        }
        let kept = KeptColumns {
            parts,
            taken: self.taken.clone(),
            names: self.names.clone(),
        };
        Saved::of(NAME, 1, &kept)
    }
}
