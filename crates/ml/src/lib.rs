//! Machine learning on frames, with scikit-learn's names.
//!
//! ```
//! use ferrite_ml::*;
//! use polars::prelude::*;
//!
//! let frame = df![
//!     "length" => [Some(39.1), Some(39.5), None, Some(46.1), Some(50.0), Some(48.7)],
//!     "island" => ["Torgersen", "Torgersen", "Dream", "Biscoe", "Biscoe", "Biscoe"],
//!     "species" => ["Adelie", "Adelie", "Adelie", "Gentoo", "Gentoo", "Gentoo"],
//! ]?;
//! let (train, test) = train_test_split(&frame, 0.34).stratify("species").seed(7).split()?;
//! let pipeline = Pipeline::new()
//!     .step("columns", ColumnTransformer::new()
//!         .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
//!         .categorical([OneHotEncoder::new().into()]))
//!     .model(LogisticRegression::new().c(1.0));
//! let fitted = pipeline.fit(&train, "species")?;
//! let evaluation = fitted.evaluate(&test)?;
//! assert_eq!(evaluation.support(), 3);
//! # Ok::<(), MlError>(())
//! ```
//!
//! The road of a row: [`train_test_split`] → the steps of a [`Pipeline`], each a
//! [`Transformer`] from frame to frame → [`Features`], finite numbers with names
//! → an [`Estimator`]'s [`FittedModel`] → an [`Evaluation`].
//!
//! Nothing here is generic over the number type, and the traits are object-safe:
//! training code is compiled once, in this crate, and a notebook cell that fits
//! a model compiles only calls. Numbers agree with scikit-learn's; the tests
//! compare them with what `tests/reference/make_reference.py` wrote.

mod cluster;
mod columns;
mod compare;
mod decomposition;
mod diagram;
mod distribution;
mod error;
mod explain;
mod features;
mod folds;
mod imbalance;
mod labels;
mod matrix;
mod metrics;
mod model;
mod params;
mod pending;
mod persist;
mod pipeline;
mod progress;
mod schema;
mod selector;
mod split;
mod stats;
mod table;
mod target;
mod transform;
mod tune;
mod validate;
mod vector;
mod wide;

pub use cluster::{
    AgglomerativeClustering, Clusterer, Clusters, CovarianceType, DBSCAN, GaussianMixture, KMeans,
    Linkage, MiniBatchKMeans, OPTICS,
};
pub use compare::{Compare, Leaderboard, compare};
pub use decomposition::{
    FastICA, GaussianRandomProjection, SparseRandomProjection, TSNE, TsneInit,
};
pub use diagram::Diagram;
pub use distribution::{ColumnDistribution, TrainingDistribution};
pub use error::MlError;
pub use explain::{
    CoefficientTable, Dependence, ImportanceTable, PartialDependence, PermutationImportance,
    ShapValues, TreeDrawing,
};
pub use features::Features;
pub use imbalance::{
    ClassWeight, RandomOverSampler, RandomUnderSampler, SMOTE, ThresholdMetric, TunedThreshold,
};
pub use metrics::text;
pub use metrics::{
    Average, ClassScore, ClassScores, ClassificationReport, ConfusionMatrix, Evaluation,
    GroupScores, KappaWeights, Metric, MultiClass, accuracy_score, adjusted_rand_score,
    average_precision_score, balanced_accuracy_score, brier_score_loss, calibration_curve,
    calinski_harabasz_score, classification_report, cohen_kappa_score, confusion_matrix,
    davies_bouldin_score, explained_variance_score, f1_score, fbeta_score,
    homogeneity_completeness_v_measure, log_loss, matthews_corrcoef, max_error,
    mean_absolute_error, mean_absolute_percentage_error, mean_pinball_loss, mean_poisson_deviance,
    mean_squared_error, mean_squared_log_error, median_absolute_error,
    normalized_mutual_info_score, precision_recall_curve, precision_score, r2_score, recall_score,
    roc_auc_score, roc_auc_score_with, roc_curve, root_mean_squared_error, silhouette_score,
    top_k_accuracy_score,
};
pub use model::{
    AdaBoostClassifier, BaggingClassifier, BaggingRegressor, BernoulliNB, ClassWeighted,
    Coefficients, Criterion, DecisionTreeClassifier, DecisionTreeRegressor, Direction,
    DummyClassifier, DummyNumber, DummyRegressor, DummyStrategy, ElasticNet, Estimator,
    FittedModel, FtrlClassifier, Gamma, GammaRegressor, GaussianNB, GradientBoostingClassifier,
    GradientBoostingRegressor, IsotonicRegression, KNeighborsClassifier, KNeighborsRegressor,
    Kernel, Lasso, LinearRegression, Link, LogisticRegression, MaxFeatures, MultinomialNB,
    PLSRegression, PoissonRegressor, Prediction, RandomForestClassifier, RandomForestRegressor,
    Ridge, SVC, SVR, StackingClassifier, StackingRegressor, TreeNode, TreeView, TweedieRegressor,
    Voting, VotingClassifier, VotingRegressor, knn,
};
pub use params::{ParamValue, Params};
pub use persist::{Saved, SavedRecipe, load, load_transformer, save_transformer};
pub use pipeline::{FittedPipeline, Pipeline};
pub use progress::{Progress, on_progress};
pub use schema::{InputSchema, SchemaChanges};
pub use selector::Columns;
pub use split::{
    Cv, Fold, GroupKFold, KFold, RepeatedKFold, RepeatedStratifiedKFold, Splitter, StratifiedKFold,
    TimeSeriesSplit, TrainTestSplit, train_test_split,
};
pub use target::{Classes, Target, Task};
pub use transform::{
    BinEncoding, BinStrategy, ColumnTransformer, CountVectorizer, DatePart, DateParts, DropLevel,
    Fill, FittedImputer, FittedOneHotEncoder, FittedPower, FittedProjection, FittedScaler,
    FittedTransformer, FunctionTransformer, HandleUnknown, KBinsDiscretizer, KNNImputer,
    MaxAbsScaler, MinMaxScaler, NeighborWeights, Norm, Normalizer, OnColumns, OneHotEncoder,
    OrdinalEncoder, OutputDistribution, PCA, PolynomialFeatures, PowerMethod, PowerTransformer,
    QuantileTransformer, RobustScaler, Sampler, ScoreFunc, SelectKBest, SimpleImputer,
    StandardScaler, Step, TargetEncoder, TfidfVectorizer, Transformer, TruncatedSVD,
    VarianceThreshold,
};
pub use tune::{
    Dimension, GridSearch, HalvingSearch, RandomSearch, Search, TpeSearch, log_integers,
    log_uniform, uniform,
};
pub use validate::{
    CrossValidate, CrossValidation, Curve, LearningCurve, ValidationCurve, cross_validate,
    learning_curve, validation_curve,
};
