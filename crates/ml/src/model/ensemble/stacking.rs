//! A model that learns from what other models predict.
//!
//! It must not learn from predictions for rows that a member has seen, so each
//! row is predicted by members that were fitted without its part (as many parts
//! as `cv`). The members that predict later are fitted on all rows.

use ndarray::{Array2, Axis, concatenate};
use serde::{Deserialize, Serialize};

use super::members::{KeptModels, Member, Members, numbers, of_member, shares, split};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::at_least_two;
use crate::model::{
    Estimator, FittedModel, LogisticRegression, Prediction, Ridge, check, parallel,
};
use crate::params::{self, ParamValue, Params};
use crate::persist::{self, Kept, Loader, Saved, SavedRecipe};
use crate::target::{Target, Task};

/// A classifier on the probabilities of other classifiers.
///
/// ```
/// use ferrite_ml::{DecisionTreeClassifier, GaussianNB, MlError, Pipeline, StackingClassifier};
/// use polars::df;
///
/// let x: Vec<i32> = (0..20).collect();
/// let y: Vec<&str> = x.iter().map(|x| if *x < 10 { "a" } else { "b" }).collect();
/// let model = StackingClassifier::new()
///     .add("tree", DecisionTreeClassifier::new())
///     .add("bayes", GaussianNB::new());
/// let fitted = Pipeline::new().model(model).fit(&df!["x" => x, "y" => y]?, "y")?;
/// assert_eq!(fitted.predict(&df!["x" => [17]]?)?.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StackingClassifier {
    stack: Stack,
}

/// A regression on what other regressions predict.
///
/// ```
/// use ferrite_ml::{DecisionTreeRegressor, LinearRegression, MlError, Pipeline, StackingRegressor};
/// use polars::df;
///
/// let x: Vec<f64> = (0..20).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| 3.0 * x).collect();
/// let model = StackingRegressor::new()
///     .add("tree", DecisionTreeRegressor::new())
///     .add("line", LinearRegression::new());
/// let fitted = Pipeline::new().model(model).fit(&df!["x" => x, "y" => y]?, "y")?;
/// let predicted = fitted.predict(&df!["x" => [10.0]]?)?;
/// assert!((predicted.f64()?.get(0).unwrap_or(0.0) - 30.0).abs() < 1.0);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StackingRegressor {
    stack: Stack,
}

/// What both have in common.
#[derive(Clone, Debug)]
struct Stack {
    owner: &'static str,
    members: Members,
    last: Member,
    cv: usize,
    passthrough: bool,
}

/// Where parameters of the last model stand.
const LAST: &str = "final_estimator";
const KNOWN: [&str; 3] = ["cv", "passthrough", LAST];

macro_rules! stacking {
    ($type:ident, $name:literal, $default:expr, $last:literal) => {
        impl Default for $type {
            fn default() -> Self {
                Self {
                    stack: Stack {
                        owner: $name,
                        members: Members::default(),
                        last: Member(Box::new($default)),
                        cv: 5,
                        passthrough: false,
                    },
                }
            }
        }

        impl $type {
            pub(super) fn of(members: Members, last: Box<dyn Estimator>) -> Self {
                let mut made = Self::default();
                (made.stack.members, made.stack.last) = (members, Member(last));
                made
            }

            /// A stack without members.
            pub fn new() -> Self {
                Self::default()
            }

            /// Adds a member.
            pub fn add(mut self, name: impl Into<String>, model: impl Estimator + 'static) -> Self {
                self.stack.members.add(name.into(), model);
                self
            }

            #[doc = concat!("The model that learns from the members; ", $last, " unless set.")]
            pub fn final_estimator(mut self, model: impl Estimator + 'static) -> Self {
                self.stack.last = Member(Box::new(model));
                self
            }

            /// The number of parts, each of which is predicted by members that
            /// did not see it; 5 unless set.
            pub fn cv(mut self, parts: usize) -> Self {
                self.stack.cv = parts;
                self
            }

            /// Whether the last model sees the features as well; false unless set.
            pub fn passthrough(mut self, passthrough: bool) -> Self {
                self.stack.passthrough = passthrough;
                self
            }
        }

        impl Params for $type {
            fn params(&self) -> Vec<(String, ParamValue)> {
                self.stack.params()
            }

            fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
                self.stack.set_param(name, value)
            }

            fn recipe(&self) -> Option<SavedRecipe> {
                let Stack { members, last, .. } = &self.stack;
                let own = self.stack.own_params().into();
                let last = last.0.recipe()?;
                Some(SavedRecipe::ensemble(
                    $name,
                    own,
                    members.recipes()?,
                    Some(last),
                ))
            }
        }
    };
}

stacking!(
    StackingClassifier,
    "StackingClassifier",
    LogisticRegression::new(),
    "logistic regression"
);
stacking!(
    StackingRegressor,
    "StackingRegressor",
    Ridge::new(),
    "ridge regression"
);

impl Stack {
    fn own_params(&self) -> [(String, ParamValue); 2] {
        [
            ("cv".to_owned(), ParamValue::from(self.cv)),
            ("passthrough".to_owned(), ParamValue::from(self.passthrough)),
        ]
    }

    fn params(&self) -> Vec<(String, ParamValue)> {
        self.own_params()
            .into_iter()
            .chain(self.members.params())
            .chain(of_member(LAST, &*self.last.0))
            .collect()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        match split(name) {
            ("cv", None) => self.cv = params::read(self.owner, "cv", value)?,
            ("passthrough", None) => {
                self.passthrough = params::read(self.owner, "passthrough", value)?;
            }
            (LAST, Some(rest)) => self.last.0.set_param(rest, value)?,
            _ => return self.members.set_param(self.owner, name, value, &KNOWN),
        }
        Ok(())
    }

    fn diagram(&self) -> Diagram {
        let mut diagram = Diagram::new(self.owner);
        if self.cv != 5 {
            diagram = diagram.setting(format!("cv={}", self.cv));
        }
        if self.passthrough {
            diagram = diagram.setting("passthrough");
        }
        self.members
            .diagram(diagram)
            .branch("final", [self.last.0.diagram()])
    }

    fn fit(
        &self,
        features: &Features,
        target: &Target,
        task: Task,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        at_least_two(self.owner, "cv", self.cv)?;
        self.members.check(self.owner, task)?;
        let mut last = Members::default();
        last.0.push((LAST.to_owned(), self.last.clone()));
        last.check(self.owner, task)?;
        let classes = match task {
            Task::Classification => Some(
                check::two_classes(features, target, self.owner)?
                    .names()
                    .len(),
            ),
            Task::Regression => check::numbers(features, target, self.owner).map(|_| None)?,
        };
        check::at_least(
            features,
            self.cv,
            self.owner.to_owned(),
            "; choose a smaller cv",
        )?;
        let part_of_row = parts(target, self.cv);
        let jobs = self.members.0.len() * self.cv;
        let what = format!("{}: members on parts", self.owner);
        let opinions = parallel::map_told(&what, 0, jobs, jobs, |job| {
            let (member, part) = (&self.members.0[job / self.cv].1.0, job % self.cv);
            let (mut seen, mut unseen) = (Vec::new(), Vec::new());
            for (row, of_row) in part_of_row.iter().enumerate() {
                if *of_row == part {
                    unseen.push(row)
                } else {
                    seen.push(row)
                }
            }
            let fitted = member.fit(&features.take(&seen), &target.take(&seen))?;
            let said = opinion(&*fitted, &features.take(&unseen), classes)?;
            Ok::<_, MlError>((unseen, said))
        });
        let opinions: Vec<_> = opinions.into_iter().collect::<Result<_, _>>()?;
        let of_members: Vec<Array2<f64>> = opinions
            .chunks(self.cv)
            .map(|parts| {
                let width = parts.first().map_or(0, |(_, said)| said.ncols());
                let mut all = Array2::zeros((features.rows(), width));
                for (rows, said) in parts {
                    for (row, said) in rows.iter().zip(said.rows()) {
                        all.row_mut(*row).assign(&said);
                    }
                }
                all
            })
            .collect();
        let inputs = self.inputs(of_members, features)?;
        let last = self.last.0.fit(&inputs, target)?;
        Ok(Box::new(FittedStack {
            models: self.members.fit(features, target, None)?,
            last,
            classes,
            passthrough: self.passthrough,
        }))
    }

    fn inputs(&self, said: Vec<Array2<f64>>, features: &Features) -> Result<Features, MlError> {
        inputs(said, self.passthrough.then_some(features))
    }
}

/// What the last model learns from.
fn inputs(said: Vec<Array2<f64>>, features: Option<&Features>) -> Result<Features, MlError> {
    let mut views: Vec<_> = said.iter().map(|said| said.view()).collect();
    views.extend(features.map(|features| features.values().view()));
    let values = concatenate(Axis(1), &views)
        .map_err(|error| check::unable("a stack", error))?
        .as_standard_layout()
        .into_owned();
    Features::new(
        (0..values.ncols()).map(|column| format!("member_{column}")),
        values,
    )
}

/// What a member tells the last model: numbers, or the probability of each
/// class; of two classes one is enough.
fn opinion(
    model: &dyn FittedModel,
    features: &Features,
    classes: Option<usize>,
) -> Result<Array2<f64>, MlError> {
    match classes {
        None => {
            let numbers = numbers(model, features)?;
            Ok(ndarray::Array1::from(numbers).insert_axis(Axis(1)))
        }
        Some(2) => Ok(shares(model, features, 2)?
            .column(1)
            .to_owned()
            .insert_axis(Axis(1))),
        Some(classes) => shares(model, features, classes),
    }
}

/// The part of each row: neighbouring rows together, and classes alike in all
/// parts, as scikit-learn cuts them without shuffling.
fn parts(target: &Target, cv: usize) -> Vec<usize> {
    let rows = target.rows();
    let Target::Classes(classes) = target else {
        // The first parts are one row longer if it does not come out even.
        let (size, longer) = (rows / cv, rows % cv);
        let lengths = (0..cv).map(|part| size + usize::from(part < longer));
        return lengths
            .enumerate()
            .flat_map(|(part, length)| std::iter::repeat_n(part, length))
            .collect();
    };
    let mut sorted = classes.codes().to_vec();
    sorted.sort_unstable();
    let mut left = vec![vec![0; classes.names().len()]; cv];
    for (at, code) in sorted.iter().enumerate() {
        left[at % cv][*code] += 1;
    }
    let next = |code: &usize| {
        let part = left.iter().position(|left| left[*code] > 0).unwrap_or(0);
        left[part][*code] -= 1;
        part
    };
    classes.codes().iter().map(next).collect()
}

macro_rules! estimator {
    ($type:ident, $task:expr) => {
        impl Estimator for $type {
            fn clone_box(&self) -> Box<dyn Estimator> {
                Box::new(self.clone())
            }

            fn diagram(&self) -> Diagram {
                self.stack.diagram()
            }

            fn task(&self) -> Task {
                $task
            }

            fn fit(
                &self,
                features: &Features,
                target: &Target,
            ) -> Result<Box<dyn FittedModel>, MlError> {
                self.stack.fit(features, target, $task)
            }
        }
    };
}

estimator!(StackingClassifier, Task::Classification);
estimator!(StackingRegressor, Task::Regression);

#[derive(Debug)]
struct FittedStack {
    models: Vec<Box<dyn FittedModel>>,
    last: Box<dyn FittedModel>,
    classes: Option<usize>,
    passthrough: bool,
}

/// What is written to a file.
#[derive(Debug, Serialize, Deserialize)]
struct KeptStack {
    models: KeptModels,
    last: Kept,
    classes: Option<usize>,
    passthrough: bool,
}

const KIND: &str = "Stacking";

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: KIND,
    version: 1,
    load: |body| {
        let kept: KeptStack = persist::read(body)?;
        Ok(Box::new(FittedStack {
            models: kept.models.restore()?,
            last: kept.last.model()?,
            classes: kept.classes,
            passthrough: kept.passthrough,
        }))
    },
};

impl FittedStack {
    fn inputs(&self, features: &Features) -> Result<Features, MlError> {
        let said = self
            .models
            .iter()
            .map(|model| opinion(&**model, features, self.classes));
        let said: Vec<_> = said.collect::<Result<_, _>>()?;
        inputs(said, self.passthrough.then_some(features))
    }
}

impl FittedModel for FittedStack {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        self.last.predict(&self.inputs(features)?)
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        self.last.predict_proba(&self.inputs(features)?)
    }

    fn notes(&self) -> Vec<String> {
        let all = self.models.iter().chain([&self.last]);
        all.flat_map(|model| model.notes()).collect()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let kept = KeptStack {
            models: KeptModels::of(&self.models)?,
            last: self.last.saved()?.into(),
            classes: self.classes,
            passthrough: self.passthrough,
        };
        Saved::of(KIND, 1, &kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Classes;
    use polars::prelude::{NamedFrom, Series};

    #[test]
    fn parts_are_cut_as_scikit_learn_cuts_them() {
        let numbers = Target::Numbers(vec![0.0; 7]);
        assert_eq!(parts(&numbers, 3), [0, 0, 0, 1, 1, 2, 2]);
        let y = Series::new("y".into(), [0, 0, 0, 0, 0, 1, 1, 1]);
        let classes = Target::Classes(Classes::of(&y).unwrap());
        // list(StratifiedKFold(3).split(y, y)) puts rows 0 1 5 | 2 3 6 | 4 7 aside.
        assert_eq!(parts(&classes, 3), [0, 0, 1, 1, 2, 0, 1, 2]);
    }
}
