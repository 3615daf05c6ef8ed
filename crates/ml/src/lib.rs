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
mod decomposition;
mod diagram;
mod error;
mod explain;
mod features;
mod folds;
mod imbalance;
mod labels;
mod metrics;
mod model;
mod params;
mod persist;
mod pipeline;
mod schema;
mod selector;
mod split;
mod stats;
mod target;
mod transform;

pub use cluster::{
    AgglomerativeClustering, Clusterer, Clusters, DBSCAN, GaussianMixture, KMeans, Linkage,
    MiniBatchKMeans, OPTICS,
};
pub use decomposition::{FastICA, GaussianRandomProjection, SparseRandomProjection, TSNE};
pub use diagram::Diagram;
pub use error::MlError;
pub use explain::{
    CoefficientTable, Dependence, ImportanceTable, PartialDependence, PermutationImportance,
    ShapValues, TreeDrawing,
};
pub use features::Features;
pub use imbalance::{
    ClassWeight, RandomOverSampler, RandomUnderSampler, SMOTE, ThresholdMetric, TunedThreshold,
};
pub use metrics::{ClassScore, ConfusionMatrix, Evaluation, accuracy_score, confusion_matrix};
pub use model::{
    AdaBoostClassifier, BaggingClassifier, BaggingRegressor, BernoulliNB, Coefficients, Criterion,
    DecisionTreeClassifier, DecisionTreeRegressor, Direction, DummyClassifier, DummyNumber,
    DummyRegressor, DummyStrategy, ElasticNet, Estimator, FittedModel, FtrlClassifier, Gamma,
    GammaRegressor, GaussianNB, GradientBoostingClassifier, GradientBoostingRegressor,
    IsotonicRegression, KNeighborsClassifier, KNeighborsRegressor, Kernel, Lasso, LinearRegression,
    Link, LogisticRegression, MaxFeatures, MultinomialNB, PLSRegression, PoissonRegressor,
    Prediction, RandomForestClassifier, RandomForestRegressor, Ridge, SVC, SVR, StackingClassifier,
    StackingRegressor, TreeNode, TreeView, TweedieRegressor, Voting, VotingClassifier,
    VotingRegressor, knn,
};
pub use params::{ParamValue, Params};
pub use persist::{Saved, load};
pub use pipeline::{FittedPipeline, Pipeline};
pub use schema::{InputSchema, SchemaChanges};
pub use selector::Columns;
pub use split::{TrainTestSplit, train_test_split};
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
