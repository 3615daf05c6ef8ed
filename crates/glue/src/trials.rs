//! What cells do to try pipelines: comparisons, cross-validation, searches, explanations.

use ferrite::ml;
use ferrite::prelude::*;
use ferrite_runtime::CellResult;

macro_rules! steps {
    ($($transformer:expr),+ $(,)?) => {
        /// A step of each kind, and the lists of a `ColumnTransformer`.
        pub fn steps(pipeline: Pipeline, columns: ColumnTransformer) {
            $(
                let pipeline = pipeline.step("s", $transformer);
                let step: ml::Step = $transformer.into();
                let some = $transformer.on(["a"]);
                let pipeline = pipeline.step("s", some);
            )+
        }
    };
}

steps! {
    SimpleImputer::median(), KNNImputer::new(5), StandardScaler::new(), MinMaxScaler::new(),
    MaxAbsScaler::new(), RobustScaler::new(), Normalizer::new(), QuantileTransformer::new(),
    PowerTransformer::new(), OneHotEncoder::new(), OrdinalEncoder::new(), TargetEncoder::new(),
    KBinsDiscretizer::new(5), PolynomialFeatures::new(2), DateParts::new(),
    CountVectorizer::new(), TfidfVectorizer::new(), PCA::new(2), TruncatedSVD::new(2),
    VarianceThreshold::new(), SelectKBest::new(2), RandomOverSampler::new(),
    RandomUnderSampler::new(), SMOTE::new(),
}

/// Pipelines as steps, and lists of one to three transformers.
pub fn nested(inner: Pipeline, columns: ColumnTransformer, steps: [ml::Step; 3]) -> Pipeline {
    let [one, two, three] = steps;
    let columns = columns
        .numeric([one.clone()])
        .numeric([one.clone(), two.clone()])
        .numeric([one.clone(), two.clone(), three.clone()])
        .categorical([one.clone()])
        .categorical([one.clone(), two.clone()])
        .columns("part", ["a"], [one.clone()])
        .columns("part", ["a", "b"], [one.clone(), two.clone()])
        .columns("part", "a", [one]);
    Pipeline::new()
        .step("inner", inner)
        .step("columns", columns.clone())
        .step("again", columns.on(["a", "b"]))
}

macro_rules! models {
    ($($model:expr),+ $(,)?) => {
        /// A pipeline with each model, and a vote of all.
        pub fn models() {
            $(
                let pipeline = Pipeline::new().model($model);
                let vote = VotingClassifier::new().add("a", $model);
                let vote = VotingRegressor::new().add("a", $model);
                let stack = StackingClassifier::new().add("a", $model);
                let stack = StackingRegressor::new().add("a", $model);
            )+
        }
    };
}

models! {
    AdaBoostClassifier::new(), BaggingClassifier::new(knn(1)),
    BaggingClassifier::new(DecisionTreeClassifier::new()),
    BaggingRegressor::new(DecisionTreeRegressor::new()), BernoulliNB::new(),
    DecisionTreeClassifier::new(), DecisionTreeRegressor::new(), DummyClassifier::new(),
    DummyRegressor::new(), ElasticNet::new(), FtrlClassifier::new(), GammaRegressor::new(),
    GaussianNB::new(), GradientBoostingClassifier::new(), GradientBoostingRegressor::new(),
    IsotonicRegression::new(), KNeighborsRegressor::new(), Lasso::new(), LinearRegression::new(),
    LogisticRegression::new(), MultinomialNB::new(), PLSRegression::new(),
    PoissonRegressor::new(), RandomForestClassifier::new(), RandomForestRegressor::new(),
    Ridge::new(), SVC::new(), SVR::new(), TweedieRegressor::new(), knn(5),
    VotingClassifier::new(), VotingRegressor::new(), StackingClassifier::new(),
    StackingRegressor::new(),
}

/// Sets the folds of something, of each kind.
macro_rules! folds {
    ($of:expr) => {
        $of.cv(5_usize)
            .cv(KFold::new(5).seed(7))
            .cv(StratifiedKFold::new(5).seed(7))
            .cv(GroupKFold::new(5, "a"))
            .cv(TimeSeriesSplit::new(5))
            .cv(RepeatedKFold::new(5, 2).seed(7))
            .cv(RepeatedStratifiedKFold::new(5, 2).seed(7))
    };
}

/// Comparisons and cross-validation with up to four metrics.
pub fn validation(frame: &DataFrame, pipeline: &Pipeline) -> CellResult {
    let board = folds!(compare(frame, "a").add("a", pipeline.clone()))
        .metrics(["accuracy"])
        .metrics(["accuracy", "f1_macro"])
        .metrics(["accuracy", "f1_macro", "log_loss"])
        .metrics(["accuracy", "f1_macro", "log_loss", "roc_auc_ovr"])
        .metrics([Metric::from("accuracy")])
        .metrics(["accuracy"].map(Metric::from).to_vec())
        .run()?;
    let best = board.best()?.fit(frame, "a")?;
    let copy = board.clone();
    let (mean, spread) = (board.mean("a", "accuracy")?, board.difference("a")?);
    let scores = folds!(cross_validate(pipeline, frame, "a"))
        .metrics(["accuracy"])
        .metrics(["accuracy", "f1_macro"])
        .metrics(["accuracy", "f1_macro", "log_loss"])
        .metrics(["accuracy", "f1_macro", "log_loss", "roc_auc_ovr"])
        .train_scores()
        .run()?;
    let copy = scores.clone();
    let curve = folds!(learning_curve(pipeline, frame, "a"))
        .metric("accuracy")
        .run()?;
    let values = validation_curve(pipeline, frame, "a", "model__c", [0.1, 1.0, 10.0]);
    let curve = folds!(values).metric("accuracy").run()?;
    let values = validation_curve(pipeline, frame, "a", "model__n_neighbors", [1, 3, 5, 9]);
    let curve = values.run()?;
    Ok(())
}

macro_rules! searches {
    ($($name:ident = $search:expr),+ $(,)?) => {
        $(
            /// A search over values of each kind.
            pub fn $name(frame: &DataFrame, pipeline: &Pipeline) -> CellResult {
                let search = folds!($search(pipeline))
                    .param("a", log_uniform(1e-3, 1e2))
                    .param("a", 1..10)
                    .param("a", 1..=10)
                    .param("a", [1])
                    .param("a", [1, 2])
                    .param("a", [1, 2, 3])
                    .param("a", [1, 2, 3, 4])
                    .param("a", [1, 2, 3, 4, 5])
                    .param("a", [1.0, 2.0])
                    .param("a", [1.0, 2.0, 3.0])
                    .param("a", [1.0, 2.0, 3.0, 4.0])
                    .param("a", [1.0, 2.0, 3.0, 4.0, 5.0])
                    .param("a", vec![1.0])
                    .param("a", vec![1_i64])
                    .param("a", [true, false])
                    .param("a", ["a"])
                    .param("a", ["a", "b"])
                    .param("a", ["a", "b", "c"])
                    .param("a", ["a", "b", "c", "d"])
                    .metric("f1_macro")
                    .metrics(["accuracy", "f1_macro"])
                    .metrics(["accuracy", "f1_macro", "log_loss"])
                    .journal("a")
                    .fit(frame, "a")?;
                let fitted = search.best().clone();
                let params = search.best_params().to_vec();
                let (results, again) = (search.results().clone(), search.clone());
                println!("{:?}", search.best_params());
                Ok(())
            }
        )+
    };
}

searches! {
    grid = GridSearch::new, random = RandomSearch::new, tpe = TpeSearch::new,
    halving = HalvingSearch::new,
}

/// Explanations of a fitted pipeline, and its way into a file and back.
pub fn explanations(frame: &DataFrame, fitted: &FittedPipeline) -> CellResult {
    let importance = fitted
        .permutation_importance(frame)
        .metric("accuracy")
        .run()?;
    let curve = fitted.partial_dependence(frame, "a").individual(5).run()?;
    let table = fitted.coefficients()?;
    let importances = fitted.feature_importances()?;
    let shap = fitted.shap_values(frame)?;
    let tree = fitted.tree(0)?;
    fitted.save("a")?;
    fitted.save(String::new())?;
    let path = std::env::temp_dir().join("a");
    fitted.save(&path)?;
    let loaded = load("a")?;
    let loaded = load(String::new())?;
    let loaded = load(&path)?;
    let series = loaded.predict(frame)?.with_name("a".into());
    let same = series.equals(&fitted.predict(frame)?);
    Ok(())
}

/// Groups of rows and few columns instead of many.
pub fn without_target(frame: &DataFrame) -> CellResult {
    let scaled = StandardScaler::new().fit_transform(frame)?;
    for clusters in [
        KMeans::new().fit(&scaled)?,
        MiniBatchKMeans::new().fit(&scaled)?,
        GaussianMixture::new().fit(&scaled)?,
        DBSCAN::new().fit(&scaled)?,
        OPTICS::new().fit(&scaled)?,
        AgglomerativeClustering::new().fit(&scaled)?,
    ] {
        let labels = clusters.labels();
    }
    let map = TSNE::new().fit_transform(&scaled)?;
    let sources = FastICA::new().fit_transform(&scaled)?;
    let few = PCA::new(2).fit_transform(&scaled)?;
    Ok(())
}
