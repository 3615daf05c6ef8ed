//! The table that an estimator is written as: its parameters with their
//! defaults and documentation. The struct, its methods, its parameters by name
//! and its box in a diagram all follow from it.

use crate::MlError;
use crate::diagram::Diagram;
use crate::params::ParamValue;

/// Defines an estimator by its parameters.
///
/// ```ignore
/// recipe! {
///     /// Least squares with a penalty.
///     pub struct Ridge, "Ridge" {
///         /// The strength of the penalty; 1 unless set.
///         alpha: f64 = 1.0,
///     }
///     optional {
///         /// A limit; none unless set.
///         max_iter: usize,
///     }
/// }
/// ```
macro_rules! recipe {
    (
        $(#[$doc:meta])*
        pub struct $type:ident, $name:literal {
            $($(#[$field_doc:meta])* $field:ident: $field_type:ty = $default:expr),* $(,)?
        }
        $(optional {
            $($(#[$option_doc:meta])* $option:ident: $option_type:ty),* $(,)?
        })?
        $(resumable $rounds:literal)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $type {
            $($field: $field_type,)*
            $($($option: Option<$option_type>,)*)?
            $(
                #[doc = $rounds]
                checkpoints: $crate::model::resume::Checkpoints,
            )?
        }

        impl Default for $type {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                    $($($option: None,)*)?
                    $(checkpoints: $crate::model::recipe::first!(
                        $crate::model::resume::Checkpoints::default(), $rounds
                    ),)?
                }
            }
        }

        impl $type {
            const NAME: &'static str = $name;

            /// The recipe with every parameter at its default.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$field_doc])*
                pub fn $field(mut self, $field: $field_type) -> Self {
                    self.$field = $field;
                    self
                }
            )*

            $($(
                $(#[$option_doc])*
                pub fn $option(mut self, $option: $option_type) -> Self {
                    self.$option = Some($option);
                    self
                }
            )*)?

            $($crate::model::recipe::twin!($field: $field_type);)*

            $(
                /// Writes the state of training into this folder now and then, and goes
                /// on from it when the same recipe is fitted to the same data again: after
                /// an interrupt, a crash or a power cut. What is learned is the same to
                /// the last bit.
                ///
                /// Every training has a file of its own, named by its recipe and data,
                /// which is removed when it is over; the folder is made if it is not there.
                pub fn checkpoint(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
                    self.checkpoints.folder = Some(folder.into());
                    self
                }

                #[doc = concat!("How many ", $rounds, " lie between two writes; 10 unless set.")]
                pub fn checkpoint_every(mut self, rounds: usize) -> Self {
                    self.checkpoints.every = Some(rounds);
                    self
                }
            )?

            /// The box of a diagram: the name, and what is not at its default.
            fn boxed(&self) -> $crate::diagram::Diagram {
                $crate::model::recipe::diagram(
                    Self::NAME,
                    $crate::params::Params::params(self),
                    $crate::params::Params::params(&Self::default()),
                )
            }
        }

        $crate::params::params!($type, $name, {
            $($field: $field,)*
            $($($option: $option,)*)?
        });
    };
}
pub(crate) use recipe;

/// Makes an [`Estimator`](crate::Estimator) of a recipe that has a method `learn`, which
/// takes features, a target and the weights of the rows: `None` if all count the same, or
/// as many ones if the task is followed by `even`.
macro_rules! estimator {
    ($type:ident, $task:ident) => {
        $crate::model::recipe::estimator!($type, $task, |_features| None, Some);
    };
    ($type:ident, $task:ident, even) => {
        $crate::model::recipe::estimator!(
            $type,
            $task,
            |features| &vec![1.0; features.rows()],
            std::convert::identity
        );
    };
    ($type:ident, $task:ident, |$features:ident| $even:expr, $weighted:expr) => {
        impl $crate::Estimator for $type {
            fn clone_box(&self) -> Box<dyn $crate::Estimator> {
                Box::new(self.clone())
            }

            fn diagram(&self) -> $crate::diagram::Diagram {
                self.boxed()
            }

            fn task(&self) -> $crate::target::Task {
                $crate::target::Task::$task
            }

            fn fit(
                &self,
                $features: &$crate::features::Features,
                target: &$crate::target::Target,
            ) -> Result<Box<dyn $crate::model::FittedModel>, $crate::MlError> {
                self.learn($features, target, $even)
            }

            fn fit_weighted(
                &self,
                features: &$crate::features::Features,
                target: &$crate::target::Target,
                weights: &[f64],
            ) -> Result<Box<dyn $crate::model::FittedModel>, $crate::MlError> {
                $crate::model::check::weights(features, weights, Self::NAME)?;
                self.learn(features, target, $weighted(weights))
            }
        }
    };
}
pub(crate) use estimator;

/// The method by which scikit-learn's users look for a seed.
macro_rules! twin {
    (seed: $type:ty) => {
        /// scikit-learn's name for [`seed`](Self::seed).
        pub fn random_state(self, random_state: $type) -> Self {
            self.seed(random_state)
        }
    };
    ($field:ident: $type:ty) => {};
}
pub(crate) use twin;

/// The first of two, for repetitions that are made by the second.
macro_rules! first {
    ($first:expr, $second:expr) => {
        $first
    };
}
pub(crate) use first;

/// The name with the parameters that differ from their defaults.
pub(crate) fn diagram(
    name: &str,
    params: Vec<(String, ParamValue)>,
    defaults: Vec<(String, ParamValue)>,
) -> Diagram {
    params
        .into_iter()
        .zip(defaults)
        .filter(|(set, default)| set != default)
        .fold(Diagram::new(name), |diagram, ((name, value), _)| {
            diagram.setting(format!("{name}={value}"))
        })
}

fn wrong<T>(
    owner: &'static str,
    name: &'static str,
    value: impl ToString,
    rule: &'static str,
) -> Result<T, MlError> {
    Err(MlError::InvalidParameter {
        owner,
        name,
        value: value.to_string(),
        rule,
    })
}

/// Fails unless a parameter is a number above 0.
pub(crate) fn positive(owner: &'static str, name: &'static str, value: f64) -> Result<(), MlError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    wrong(owner, name, value, "be a positive number")
}

/// Fails unless a parameter is a number from 0 on.
pub(crate) fn not_negative(
    owner: &'static str,
    name: &'static str,
    value: f64,
) -> Result<(), MlError> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    wrong(owner, name, value, "be 0 or a positive number")
}

/// Fails unless a parameter lies between 0 and 1, both included.
pub(crate) fn share(owner: &'static str, name: &'static str, value: f64) -> Result<(), MlError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    wrong(owner, name, value, "lie between 0 and 1")
}

/// Fails if a whole number is 0.
pub(crate) fn at_least_one(
    owner: &'static str,
    name: &'static str,
    value: usize,
) -> Result<(), MlError> {
    if value >= 1 {
        return Ok(());
    }
    wrong(owner, name, value, "be at least 1")
}

/// Fails unless a whole number is 2 or more.
pub(crate) fn at_least_two(
    owner: &'static str,
    name: &'static str,
    value: usize,
) -> Result<(), MlError> {
    if value >= 2 {
        return Ok(());
    }
    wrong(owner, name, value, "be at least 2")
}
