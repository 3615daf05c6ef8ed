//! Different treatment for different columns, side by side.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::{Chain, FittedTransformer, KeptChain, Step, Transformer};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{self, ParamValue, Params};
use crate::persist::{self, Loader, Saved};
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
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    selection: Selection,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Selection {
    Numeric,
    Categorical,
    Named(Vec<String>),
}

impl Selection {
    fn choose(&self, frame: &DataFrame) -> Vec<String> {
        match self {
            Self::Numeric => columns::names_where(frame, |kind| kind == Kind::Number),
            Self::Categorical => columns::names_where(frame, Kind::is_categorical),
            Self::Named(names) => names.clone(),
        }
    }
}

impl ColumnTransformer {
    /// A transformer that does not take any column yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Steps for all numeric columns; without steps they pass as they are.
    pub fn numeric(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.part("numeric", Selection::Numeric, steps)
    }

    /// Steps for all text, category and boolean columns.
    pub fn categorical(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.part("categorical", Selection::Categorical, steps)
    }

    /// Steps for the columns of these names.
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
        columns: impl IntoIterator<Item = impl Into<String>>,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.part(name, Selection::Named(columns), steps)
    }

    fn part(
        mut self,
        name: impl Into<String>,
        selection: Selection,
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
}

impl Transformer for ColumnTransformer {
    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.parts
            .iter()
            .fold(Diagram::new("ColumnTransformer"), |diagram, part| {
                diagram.branch(&part.name, part.steps.iter().map(Step::diagram))
            })
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
            let columns = part.selection.choose(frame);
            if columns.is_empty() {
                continue;
            }
            let fitted = Chain::fit(&part.steps, &select(frame, &columns)?, target)?;
            prepared.extend_from_slice(fitted.frame.columns());
            parts.push(FittedPart {
                columns,
                chain: fitted.chain,
            });
        }
        if prepared.is_empty() {
            return Err(MlError::NoFeatures {
                left_out: columns::names(frame),
            });
        }
        let prepared = columns::assemble(frame.height(), prepared)?;
        let names = columns::names(&prepared);
        Ok((Box::new(FittedColumns { parts, names }), prepared))
    }
}

/// A fitted [`ColumnTransformer`].
#[derive(Clone, Debug)]
struct FittedColumns {
    parts: Vec<FittedPart>,
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
            let output = part.chain.transform(&select(frame, &part.columns)?)?;
            prepared.extend_from_slice(output.columns());
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
        let names = self.names.clone();
        Saved::of(NAME, 1, &KeptColumns { parts, names })
    }
}

/// The columns of these names, or an error that suggests a similar name.
fn select(frame: &DataFrame, names: &[String]) -> Result<DataFrame, MlError> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        columns.push(columns::column(frame, name)?.clone());
    }
    columns::assemble(frame.height(), columns)
}
