//! All models, small enough to be fitted many times.

use ferrite_ml::*;

pub fn classifiers() -> Vec<(&'static str, Box<dyn Estimator>)> {
    vec![
        (
            "adaboost",
            Box::new(AdaBoostClassifier::new().n_estimators(5)),
        ),
        (
            "bagging",
            Box::new(BaggingClassifier::new(knn(1)).n_estimators(3)),
        ),
        ("bernoulli", Box::new(BernoulliNB::new())),
        (
            "boosting",
            Box::new(GradientBoostingClassifier::new().n_estimators(5)),
        ),
        ("dummy", Box::new(DummyClassifier::new())),
        (
            "forest",
            Box::new(RandomForestClassifier::new().n_estimators(5)),
        ),
        ("ftrl", Box::new(FtrlClassifier::new().max_iter(2))),
        ("gaussian", Box::new(GaussianNB::new())),
        ("knn", Box::new(knn(1))),
        (
            "knn distance",
            Box::new(knn(2).weights(NeighborWeights::Distance)),
        ),
        ("logistic", Box::new(LogisticRegression::new().max_iter(50))),
        ("multinomial", Box::new(MultinomialNB::new())),
        (
            "stacking",
            Box::new(
                StackingClassifier::new()
                    .cv(2)
                    .add("bayes", BernoulliNB::new())
                    .add("tree", DecisionTreeClassifier::new()),
            ),
        ),
        ("svc", Box::new(SVC::new().max_iter(1_000))),
        (
            "svc linear",
            Box::new(SVC::new().kernel(Kernel::Linear).max_iter(1_000)),
        ),
        ("tree", Box::new(DecisionTreeClassifier::new())),
        (
            "tree entropy",
            Box::new(DecisionTreeClassifier::new().criterion(Criterion::Entropy)),
        ),
        (
            "voting",
            Box::new(
                VotingClassifier::new()
                    .add("near", knn(1))
                    .add("tree", DecisionTreeClassifier::new()),
            ),
        ),
    ]
}

pub fn regressors() -> Vec<(&'static str, Box<dyn Estimator>)> {
    vec![
        (
            "bagging",
            Box::new(BaggingRegressor::new(Ridge::new()).n_estimators(3)),
        ),
        (
            "boosting",
            Box::new(GradientBoostingRegressor::new().n_estimators(5)),
        ),
        ("dummy", Box::new(DummyRegressor::new())),
        ("elastic net", Box::new(ElasticNet::new().max_iter(100))),
        (
            "forest",
            Box::new(RandomForestRegressor::new().n_estimators(5)),
        ),
        ("gamma", Box::new(GammaRegressor::new().max_iter(50))),
        (
            "isotonic",
            Box::new(IsotonicRegression::new().increasing(Direction::Auto)),
        ),
        ("knn", Box::new(KNeighborsRegressor::new().n_neighbors(1))),
        ("lasso", Box::new(Lasso::new().max_iter(100))),
        ("linear", Box::new(LinearRegression::new())),
        ("pls", Box::new(PLSRegression::new().n_components(1))),
        ("poisson", Box::new(PoissonRegressor::new().max_iter(50))),
        ("ridge", Box::new(Ridge::new())),
        (
            "stacking",
            Box::new(
                StackingRegressor::new()
                    .cv(2)
                    .add("near", KNeighborsRegressor::new().n_neighbors(1))
                    .add("mean", DummyRegressor::new()),
            ),
        ),
        ("svr", Box::new(SVR::new().max_iter(1_000))),
        ("tree", Box::new(DecisionTreeRegressor::new())),
        ("tweedie", Box::new(TweedieRegressor::new().max_iter(50))),
        (
            "voting",
            Box::new(
                VotingRegressor::new()
                    .add("line", Ridge::new())
                    .add("mean", DummyRegressor::new()),
            ),
        ),
    ]
}

/// All of them, each with the target that it learns.
pub fn with_targets<'a>(
    classes: &'a Target,
    numbers: &'a Target,
) -> impl Iterator<Item = (&'static str, Box<dyn Estimator>, &'a Target)> {
    let all = classifiers().into_iter().chain(regressors());
    all.map(move |(name, model)| match model.task() {
        Task::Classification => (name, model, classes),
        Task::Regression => (name, model, numbers),
    })
}
