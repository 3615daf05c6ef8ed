//! Nothing is public that is compared with nobody: each transformer, model, metric,
//! split, sampler and explanation has a frozen result of scikit-learn (or of the tool
//! that papers quote), and a test that names it.

use std::collections::HashMap;

const LIB: &str = include_str!("../../src/lib.rs");

const PREPROCESSING: (&str, &str) = (
    include_str!("../reference/preprocessing.json"),
    concat!(
        include_str!("preprocessing.rs"),
        include_str!("imbalance.rs")
    ),
);
const MODELS: (&str, &str) = (
    include_str!("../reference/models.csv"),
    include_str!("scores.rs"),
);
const CLUSTERS: (&str, &str) = (
    include_str!("../reference/clusters.csv"),
    concat!(
        include_str!("clusters.rs"),
        include_str!("decompositions.rs")
    ),
);
const VALIDATION: (&str, &str) = (
    include_str!("../reference/validation.json"),
    concat!(
        include_str!("reference_metrics.rs"),
        include_str!("reference_splits.rs"),
        include_str!("reference_validation.rs"),
        include_str!("reference_text.rs"),
        include_str!("validate.rs"),
        include_str!("tune.rs"),
    ),
);
const EXPLANATIONS: (&str, &str) = (
    include_str!("../reference/explanations.json"),
    concat!(
        include_str!("reference_explanations.rs"),
        include_str!("reference_speeches.rs"),
        include_str!("explanations.rs"),
    ),
);
const DECISIONS: (&str, &str) = (
    include_str!("../reference/decisions.json"),
    include_str!("reference_decisions.rs"),
);

/// What is public, with the case in the frozen file, and the files.
#[rustfmt::skip]
const COVERED: &[(&str, &str, (&str, &str))] = &[
    // Preparing columns.
    ("SimpleImputer", "simple_imputer mean", PREPROCESSING),
    ("KNNImputer", "knn_imputer distance", PREPROCESSING),
    ("StandardScaler", "standard wine", PREPROCESSING),
    ("MinMaxScaler", "min_max wine", PREPROCESSING),
    ("MaxAbsScaler", "max_abs wine", PREPROCESSING),
    ("RobustScaler", "robust wine", PREPROCESSING),
    ("Normalizer", "normalizer l1", PREPROCESSING),
    ("QuantileTransformer", "quantile normal wine", PREPROCESSING),
    ("PowerTransformer", "power box-cox", PREPROCESSING),
    ("OneHotEncoder", "one_hot min_frequency", PREPROCESSING),
    ("OrdinalEncoder", "ordinal", PREPROCESSING),
    ("TargetEncoder", "target species crossed", PREPROCESSING),
    ("KBinsDiscretizer", "kbins kmeans wine", PREPROCESSING),
    ("PolynomialFeatures", "polynomial interactions", PREPROCESSING),
    ("DateParts", "dates", PREPROCESSING),
    ("CountVectorizer", "text count bigrams", PREPROCESSING),
    ("TfidfVectorizer", "text tfidf sublinear", PREPROCESSING),
    ("PCA", "pca digits", PREPROCESSING),
    ("TruncatedSVD", "truncated_svd", PREPROCESSING),
    ("VarianceThreshold", "variance_threshold cancer", PREPROCESSING),
    ("SelectKBest", "k_best f_classif", PREPROCESSING),
    ("FastICA", "wine,ica", CLUSTERS),
    ("GaussianRandomProjection", "wine,gaussian_projection", CLUSTERS),
    ("SparseRandomProjection", "wine,sparse_projection", CLUSTERS),
    ("TSNE", "wine,tsne", CLUSTERS),
    // Imbalance.
    ("ClassWeight", "class_weight balanced", PREPROCESSING),
    ("ClassWeighted", "wine logistic_balanced", DECISIONS),
    ("RandomOverSampler", "sampler over", PREPROCESSING),
    ("RandomUnderSampler", "sampler under", PREPROCESSING),
    ("SMOTE", "sampler smote", PREPROCESSING),
    ("TunedThreshold", "threshold f1", PREPROCESSING),
    // Models.
    ("AdaBoostClassifier", ",adaboost,", MODELS),
    ("BaggingClassifier", ",bagging_classifier,", MODELS),
    ("BaggingRegressor", ",bagging_regressor,", MODELS),
    ("BernoulliNB", ",bernoulli_nb,", MODELS),
    ("DecisionTreeClassifier", ",tree_classifier,", MODELS),
    ("DecisionTreeRegressor", ",tree_regressor,", MODELS),
    ("DummyClassifier", ",dummy_classifier,", MODELS),
    ("DummyRegressor", ",dummy_quantile,", MODELS),
    ("ElasticNet", ",elastic_net,", MODELS),
    ("GammaRegressor", ",gamma,", MODELS),
    ("GaussianNB", ",gaussian_nb,", MODELS),
    ("GradientBoostingClassifier", ",boosting_classifier,", MODELS),
    ("GradientBoostingRegressor", ",boosting_regressor,", MODELS),
    ("IsotonicRegression", ",isotonic,", MODELS),
    ("KNeighborsClassifier", ",knn_distance,", MODELS),
    ("KNeighborsRegressor", ",knn_regressor,", MODELS),
    ("Lasso", ",lasso,", MODELS),
    ("LinearRegression", ",linear,", MODELS),
    ("LogisticRegression", ",logistic,", MODELS),
    ("MultinomialNB", ",multinomial_nb,", MODELS),
    ("PLSRegression", ",pls,", MODELS),
    ("PoissonRegressor", ",poisson,", MODELS),
    ("RandomForestClassifier", ",forest_classifier,", MODELS),
    ("RandomForestRegressor", ",forest_regressor,", MODELS),
    ("Ridge", ",ridge,", MODELS),
    ("SVC", ",svc_rbf,", MODELS),
    ("SVR", ",svr,", MODELS),
    ("StackingClassifier", ",stacking_classifier,", MODELS),
    ("StackingRegressor", ",stacking_regressor,", MODELS),
    ("TweedieRegressor", ",tweedie,", MODELS),
    ("VotingClassifier", ",voting_soft,", MODELS),
    ("VotingRegressor", ",voting_regressor,", MODELS),
    ("knn", ",knn_5,", MODELS),
    // Groups.
    ("AgglomerativeClustering", "wine,ward", CLUSTERS),
    ("DBSCAN", "wine,dbscan", CLUSTERS),
    ("GaussianMixture", "wine,mixture_full", CLUSTERS),
    ("KMeans", "wine,kmeans", CLUSTERS),
    ("MiniBatchKMeans", "wine,mini_batch", CLUSTERS),
    ("OPTICS", "wine,optics_xi", CLUSTERS),
    // Metrics.
    ("accuracy_score", "accuracy", VALIDATION),
    ("adjusted_rand_score", "adjusted_rand", VALIDATION),
    ("average_precision_score", "average_precision", VALIDATION),
    ("balanced_accuracy_score", "balanced_accuracy", VALIDATION),
    ("brier_score_loss", "brier", VALIDATION),
    ("calibration_curve", "calibration_quantile", VALIDATION),
    ("calinski_harabasz_score", "calinski_harabasz", VALIDATION),
    ("classification_report", "report", VALIDATION),
    ("cohen_kappa_score", "kappa_quadratic", VALIDATION),
    ("confusion_matrix", "confusion", VALIDATION),
    ("davies_bouldin_score", "davies_bouldin", VALIDATION),
    ("explained_variance_score", "explained_variance", VALIDATION),
    ("f1_score", "f1_weighted", VALIDATION),
    ("fbeta_score", "f0.5_macro", VALIDATION),
    ("homogeneity_completeness_v_measure", "v_measure", VALIDATION),
    ("log_loss", "log_loss", VALIDATION),
    ("matthews_corrcoef", "matthews_corrcoef", VALIDATION),
    ("max_error", "max_error", VALIDATION),
    ("mean_absolute_error", "mean_absolute_error", VALIDATION),
    ("mean_absolute_percentage_error", "mean_absolute_percentage_error", VALIDATION),
    ("mean_pinball_loss", "pinball_0.9", VALIDATION),
    ("mean_poisson_deviance", "mean_poisson_deviance", VALIDATION),
    ("mean_squared_error", "mean_squared_error", VALIDATION),
    ("mean_squared_log_error", "mean_squared_log_error", VALIDATION),
    ("median_absolute_error", "median_absolute_error", VALIDATION),
    ("normalized_mutual_info_score", "normalized_mutual_info", VALIDATION),
    ("precision_recall_curve", "precision_recall_curve", VALIDATION),
    ("precision_score", "precision_micro", VALIDATION),
    ("r2_score", "r2", VALIDATION),
    ("recall_score", "recall_macro", VALIDATION),
    ("roc_auc_score", "roc_auc", VALIDATION),
    ("roc_auc_score_with", "roc_auc_ovo_weighted", VALIDATION),
    ("roc_curve", "roc_curve", VALIDATION),
    ("root_mean_squared_error", "root_mean_squared_error", VALIDATION),
    ("silhouette_score", "silhouette", VALIDATION),
    ("top_k_accuracy_score", "top_2", VALIDATION),
    // Splits and what stands on them.
    ("KFold", "kfold_4_seed_7", VALIDATION),
    ("StratifiedKFold", "stratified_3_seed_42", VALIDATION),
    ("GroupKFold", "group_4", VALIDATION),
    ("TimeSeriesSplit", "time_3_gap", VALIDATION),
    ("RepeatedKFold", "repeated_3_2_seed_5", VALIDATION),
    ("RepeatedStratifiedKFold", "repeated_stratified_3_2_seed_5", VALIDATION),
    ("train_test_split", "once_stratified_seed_7", VALIDATION),
    ("cross_validate", "cross_validate", VALIDATION),
    ("learning_curve", "learning_curve", VALIDATION),
    ("validation_curve", "validation_curve", VALIDATION),
    ("GridSearch", "grid", VALIDATION),
];

/// Not in scikit-learn, or nothing that computes by itself.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    // Whose numbers are those of the parts: tested for what they put together.
    "Pipeline", "ColumnTransformer", "FunctionTransformer", "OnColumns", "compare", "load",
    "load_transformer", "save_transformer", "on_progress",
    // scikit-learn has none: FTRL is held against logistic regression in `models.rs`; the
    // searches draw by lots of their own, and are held against a grid in `tune.rs`.
    "FtrlClassifier", "RandomSearch", "TpeSearch", "HalvingSearch",
    "uniform", "log_uniform", "log_integers",
    // The texts of language models are compared in `reference_text.rs`.
    "text",
    // Options and choices of the above.
    "Average", "BinEncoding", "BinStrategy", "Columns", "CovarianceType", "Criterion", "Cv",
    "DatePart", "Dimension", "Direction", "DropLevel", "DummyNumber", "DummyStrategy", "Fill",
    "Gamma", "HandleUnknown", "KappaWeights", "Kernel", "Link", "Linkage", "MaxFeatures",
    "Metric", "MultiClass", "NeighborWeights", "Norm", "OutputDistribution", "ParamValue",
    "PowerMethod", "ScoreFunc", "ThresholdMetric", "TrainTestSplit", "TsneInit", "Voting",
    // Requests and results of the above.
    "ClassScore", "ClassScores", "ClassificationReport", "Classes", "Clusters",
    "CoefficientTable", "Coefficients", "ColumnDistribution", "Compare", "ConfusionMatrix",
    "CrossValidate", "CrossValidation", "Curve", "Dependence", "Diagram", "Evaluation",
    "Features", "FittedImputer", "FittedOneHotEncoder", "FittedPipeline", "FittedPower",
    "FittedProjection", "FittedScaler", "Fold", "GroupScores", "ImportanceTable", "InputSchema",
    "Leaderboard", "LearningCurve", "MlError", "PartialDependence", "PermutationImportance",
    "Prediction", "Progress", "Saved", "SavedRecipe", "SchemaChanges", "Search", "ShapValues",
    "Step", "Target", "Task", "TrainingDistribution", "TreeDrawing", "TreeNode", "TreeView",
    "ValidationCurve",
    // Traits.
    "Clusterer", "Estimator", "FittedModel", "FittedTransformer", "Params", "Sampler",
    "Splitter", "Transformer",
];

/// The names that the crate exports.
fn exported() -> Vec<&'static str> {
    let uses = LIB
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'));
    let lists = uses.map(|(names, _)| match names.split_once('{') {
        Some((_, list)) => list.trim_end_matches('}'),
        None => names.rsplit("::").next().unwrap(),
    });
    let names = lists.flat_map(|list| list.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn whatever_computes_is_compared() {
    let covered: HashMap<&str, _> = COVERED.iter().map(|row| (row.0, row)).collect();
    let exported = exported();
    assert!(exported.len() > 200, "{exported:?}");
    for name in &exported {
        assert!(
            covered.contains_key(name) != OTHERS.contains(name),
            "{name} is compared with nothing: add a case and a row here"
        );
    }
    for name in covered.keys().chain(OTHERS) {
        assert!(exported.contains(name), "{name} is not there any more");
    }
}

#[test]
fn each_comparison_is_frozen_and_tested() {
    for (name, case, (frozen, tests)) in COVERED {
        assert!(
            frozen.contains(case),
            "{case} is not in the frozen results, for {name}"
        );
        let called = match *name {
            "KNeighborsClassifier" => "knn(",
            name => name,
        };
        assert!(
            tests.contains(called),
            "no test of the frozen results names {name}"
        );
    }
    for check in [
        "permutation_",
        "dependence_",
        "shap_tree",
        "shap_classes",
        "shap_linear",
    ] {
        assert!(
            EXPLANATIONS.0.contains(check) && EXPLANATIONS.1.contains(check),
            "{check}"
        );
    }
}
