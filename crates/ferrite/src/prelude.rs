//! What a first cell imports: `use ferrite::prelude::*;`.
//!
//! polars' own prelude is part of it, so that everything in polars'
//! documentation works as it stands there.

pub use polars::prelude::*;

pub use crate::look::{DisplayHandle, display, display_as, display_handle, look, update_display};
pub use ferrite_display::{MimeBundle, Show, clear_output, input, password, progress};
pub use ferrite_frame::convert;
pub use ferrite_frame::datasets;
pub use ferrite_frame::read::{
    read_csv, read_excel, read_excel_sheet, read_ipc, read_json, read_ndjson, read_parquet,
    read_sql, read_table, read_tsv, scan_csv, scan_ipc, scan_ndjson, scan_parquet, scan_table,
    scan_tsv,
};
pub use ferrite_frame::{FrameError, FrameExt, PlanExt};
pub use ferrite_ml::{
    BinEncoding, BinStrategy, ClassWeight, ColumnTransformer, Columns, CountVectorizer, DatePart,
    DateParts, DecisionTreeClassifier, DropLevel, FittedPipeline, FittedTransformer,
    FunctionTransformer, GaussianNB, HandleUnknown, KBinsDiscretizer, KNNImputer,
    KNeighborsClassifier, LinearRegression, LogisticRegression, MaxAbsScaler, MinMaxScaler,
    MlError, NeighborWeights, Norm, Normalizer, OneHotEncoder, OrdinalEncoder, OutputDistribution,
    PCA, Pipeline, PolynomialFeatures, PowerMethod, PowerTransformer, QuantileTransformer,
    RandomOverSampler, RandomUnderSampler, RobustScaler, SMOTE, ScoreFunc, SelectKBest,
    SimpleImputer, StandardScaler, TargetEncoder, TfidfVectorizer, ThresholdMetric, Transformer,
    TruncatedSVD, TunedThreshold, VarianceThreshold, accuracy_score, confusion_matrix, knn, load,
    train_test_split,
};
pub use ferrite_ml::{
    CovarianceType, Criterion, Direction, DummyNumber, DummyStrategy, Gamma, Kernel, Link, Linkage,
    MaxFeatures, TsneInit, Voting,
};
// Splits, metrics, comparisons and searches.
pub use ferrite_ml::text;
pub use ferrite_ml::{
    Average, KappaWeights, MultiClass, adjusted_rand_score, average_precision_score,
    balanced_accuracy_score, brier_score_loss, calibration_curve, calinski_harabasz_score,
    cohen_kappa_score, davies_bouldin_score, explained_variance_score, fbeta_score,
    homogeneity_completeness_v_measure, log_loss, matthews_corrcoef, max_error,
    mean_absolute_percentage_error, mean_pinball_loss, mean_poisson_deviance, mean_squared_error,
    mean_squared_log_error, median_absolute_error, normalized_mutual_info_score,
    precision_recall_curve, precision_score, recall_score, roc_auc_score_with, roc_curve,
    silhouette_score, top_k_accuracy_score,
};
pub use ferrite_ml::{
    Clusters, Estimator, Evaluation, Leaderboard, ParamValue, Params, Search, Step,
    load_transformer, save_transformer,
};
pub use ferrite_ml::{
    Cv, GridSearch, GroupKFold, HalvingSearch, KFold, Metric, RandomSearch, RepeatedKFold,
    RepeatedStratifiedKFold, StratifiedKFold, TimeSeriesSplit, TpeSearch, classification_report,
    compare, cross_validate, f1_score, learning_curve, log_integers, log_uniform,
    mean_absolute_error, r2_score, roc_auc_score, root_mean_squared_error, uniform,
    validation_curve,
};
// Models beyond the first few, clusters, projections, explanations.
pub use ferrite_ml::{
    AdaBoostClassifier, AgglomerativeClustering, BaggingClassifier, BaggingRegressor, BernoulliNB,
    Clusterer, DBSCAN, DecisionTreeRegressor, DummyClassifier, DummyRegressor, ElasticNet, FastICA,
    FtrlClassifier, GammaRegressor, GaussianMixture, GaussianRandomProjection,
    GradientBoostingClassifier, GradientBoostingRegressor, IsotonicRegression, KMeans,
    KNeighborsRegressor, Lasso, MiniBatchKMeans, MultinomialNB, OPTICS, PLSRegression,
    PoissonRegressor, RandomForestClassifier, RandomForestRegressor, Ridge, SVC, SVR,
    SparseRandomProjection, StackingClassifier, StackingRegressor, TSNE, TweedieRegressor,
    VotingClassifier, VotingRegressor,
};
pub use ferrite_plot::chart;
pub use ferrite_plot::{Chart, ChartError};
pub use ferrite_profile::{FrameProfile, Profile};
pub use ferrite_widgets::{button, checkbox, comm, dropdown, slider, text_field};

pub use crate::{interact, widgets};
