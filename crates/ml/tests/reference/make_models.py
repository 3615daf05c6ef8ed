"""Writes data/diabetes_raw.csv and models.csv: cross-validated scores of scikit-learn's models.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scikit-learn pandas
    /tmp/reference/bin/python crates/ml/tests/reference/make_models.py

Five folds without random numbers: row i is for the test of fold i % 5. The rows of
models.csv are `data,model,metric,value`: the mean over the folds, for models that draw
random numbers also over five seeds (boosting draws next to nothing, one does). `../integration/scores.rs` computes the same.
Metrics are accuracy and log loss for classes, R² for numbers. The first row says which
packages the numbers come from.
"""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn import datasets
from sklearn.cross_decomposition import PLSRegression
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier, BaggingClassifier, BaggingRegressor, GradientBoostingClassifier,
    GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor, StackingClassifier,
    StackingRegressor, VotingClassifier, VotingRegressor,
)
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import (
    ElasticNet, GammaRegressor, Lasso, LinearRegression, LogisticRegression, PoissonRegressor,
    Ridge, TweedieRegressor,
)
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
FOLDS = 5

# The other data sets are written by make_validation.py.
raw = datasets.load_diabetes(scaled=False)
frame = pd.DataFrame(raw.data, columns=raw.feature_names)
frame["target"] = raw.target
frame.to_csv(HERE / "data/diabetes_raw.csv", index=False, float_format="%.10g")


def read(name):
    frame = pd.read_csv(HERE / "data" / f"{name}.csv")
    return frame.drop(columns="target"), frame["target"]


def penguins():
    frame = pd.read_csv(HERE / "../../../../notebooks/data/penguins.csv").dropna()
    numeric = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    return frame[numeric].reset_index(drop=True), frame["species"].reset_index(drop=True)


DATA = {name: read(name) for name in ["iris", "wine", "breast_cancer", "digits"]}
DATA["diabetes"] = read("diabetes_raw")
DATA["penguins"] = penguins()
DATA["diabetes_bmi"] = (DATA["diabetes"][0][["bmi"]], DATA["diabetes"][1])
CLASSES = ["iris", "wine", "breast_cancer", "digits", "penguins"]

SEEDS = range(5)
lines = []


def cross_validate(data, model, proba):
    x, y = DATA[data]
    found = {}
    for fold in range(FOLDS):
        test = np.arange(len(x)) % FOLDS == fold
        fitted = model.fit(x[~test], y[~test])
        if data in CLASSES:
            found.setdefault("accuracy", []).append(accuracy_score(y[test], fitted.predict(x[test])))
            if proba:
                found.setdefault("log_loss", []).append(
                    log_loss(y[test], fitted.predict_proba(x[test]), labels=fitted.classes_))
        else:
            found.setdefault("r2", []).append(r2_score(y[test], np.ravel(fitted.predict(x[test]))))
    return {metric: np.mean(scores) for metric, scores in found.items()}


def note(name, sets, make, scaled=False, random=False, proba=True, seeds=SEEDS):
    for data in sets:
        all_found = []
        for seed in seeds if random else [0]:
            model = make(seed) if random else make()
            if scaled:
                model = make_pipeline(StandardScaler(), model)
            all_found.append(cross_validate(data, model, proba))
        for metric in all_found[0]:
            value = np.mean([found[metric] for found in all_found])
            lines.append(f"{data},{name},{metric},{value:.10g}")
        print(lines[-1])


NUMBERS = ["diabetes"]
tight = dict(tol=1e-10, max_iter=100_000)

# --- the same result every time -------------------------------------------------
note("dummy_classifier", CLASSES, DummyClassifier)
note("dummy_most_frequent", CLASSES, lambda: DummyClassifier(strategy="most_frequent"), proba=False)
note("logistic", CLASSES, lambda: LogisticRegression(max_iter=10_000, tol=1e-10, solver="newton-cg"), scaled=True)
# The only solver that has such penalties is a slow one.
FEW = [data for data in CLASSES if data != "digits"]
sparse = dict(C=0.5, solver="saga", tol=1e-9, max_iter=50_000, random_state=0)
note("logistic_l1", FEW, lambda: LogisticRegression(l1_ratio=1.0, **sparse), scaled=True)
note("logistic_elastic", FEW, lambda: LogisticRegression(l1_ratio=0.4, **sparse), scaled=True)
note("gaussian_nb", CLASSES, GaussianNB)
note("gaussian_nb_smooth", CLASSES, lambda: GaussianNB(var_smoothing=1e-2), scaled=True)
note("multinomial_nb", ["wine", "digits"], MultinomialNB)
note("multinomial_nb_alpha", ["wine", "digits"], lambda: MultinomialNB(alpha=0.1))
note("bernoulli_nb", CLASSES, BernoulliNB, scaled=True)
note("bernoulli_nb_alpha", CLASSES, lambda: BernoulliNB(alpha=3.0), scaled=True)
note("knn_5", CLASSES, KNeighborsClassifier, scaled=True)
note("knn_distance", CLASSES, lambda: KNeighborsClassifier(7, weights="distance"), scaled=True)
note("knn_manhattan", CLASSES, lambda: KNeighborsClassifier(5, p=1), scaled=True)
note("knn_largest", FEW, lambda: KNeighborsClassifier(5, metric="chebyshev"), scaled=True)
note("svc_sigmoid", FEW, lambda: SVC(kernel="sigmoid", coef0=0.5, tol=1e-6), scaled=True, proba=False)
note("svc_rbf", CLASSES, lambda: SVC(tol=1e-6), scaled=True, proba=False)
note("svc_linear", CLASSES, lambda: SVC(kernel="linear", C=0.5, tol=1e-6), scaled=True, proba=False)
note("svc_poly", CLASSES, lambda: SVC(kernel="poly", coef0=1.0, tol=1e-6), scaled=True, proba=False)
note("tree_classifier", CLASSES, lambda seed: DecisionTreeClassifier(random_state=seed), random=True)
note("tree_depth_3", CLASSES, lambda seed: DecisionTreeClassifier(max_depth=3, random_state=seed), random=True)

note("dummy_regressor", NUMBERS, DummyRegressor)
note("dummy_median", NUMBERS, lambda: DummyRegressor(strategy="median"))
note("dummy_quantile", NUMBERS, lambda: DummyRegressor(strategy="quantile", quantile=0.8))
note("linear", NUMBERS, LinearRegression)
note("ridge", NUMBERS, lambda: Ridge(alpha=3.0), scaled=True)
note("lasso", NUMBERS, lambda: Lasso(alpha=0.7, **tight))
note("elastic_net", NUMBERS, lambda: ElasticNet(alpha=0.3, l1_ratio=0.4, **tight), scaled=True)
note("poisson", NUMBERS, lambda: PoissonRegressor(alpha=0.1, solver="newton-cholesky", tol=1e-10), scaled=True)
note("gamma", NUMBERS, lambda: GammaRegressor(alpha=0.1, solver="newton-cholesky", tol=1e-10), scaled=True)
note("tweedie", NUMBERS, lambda: TweedieRegressor(power=1.5, alpha=0.2, solver="newton-cholesky", tol=1e-10), scaled=True)
note("tweedie_normal", NUMBERS, lambda: TweedieRegressor(power=0, alpha=0.2, solver="newton-cholesky", tol=1e-10), scaled=True)
note("isotonic", ["diabetes_bmi"], lambda: IsotonicRegression(out_of_bounds="clip"))
note("pls", NUMBERS, lambda: PLSRegression(n_components=3))
note("knn_regressor", NUMBERS, lambda: KNeighborsRegressor(9), scaled=True)
note("knn_regressor_distance", NUMBERS, lambda: KNeighborsRegressor(9, weights="distance"), scaled=True)
note("knn_regressor_manhattan", NUMBERS, lambda: KNeighborsRegressor(9, p=1), scaled=True)
note("svr", NUMBERS, lambda: SVR(C=50.0, epsilon=2.0, tol=1e-6), scaled=True)
note("svr_linear", NUMBERS, lambda: SVR(kernel="linear", C=2.0, epsilon=5.0, tol=1e-6), scaled=True)
note("tree_regressor", NUMBERS, lambda seed: DecisionTreeRegressor(random_state=seed, min_samples_leaf=10), random=True)

# --- those that draw ---------------------------------------------------------------
note("forest_classifier", CLASSES, lambda seed: RandomForestClassifier(random_state=seed), random=True)
note("forest_regressor", NUMBERS, lambda seed: RandomForestRegressor(random_state=seed), random=True)
note("adaboost", CLASSES, lambda seed: AdaBoostClassifier(random_state=seed), random=True)
note("boosting_classifier", CLASSES, lambda seed: GradientBoostingClassifier(random_state=seed), random=True, seeds=[0])
note("boosting_regressor", NUMBERS, lambda seed: GradientBoostingRegressor(random_state=seed), random=True, seeds=[0])
note("bagging_classifier", CLASSES, lambda seed: BaggingClassifier(KNeighborsClassifier(3), n_estimators=20, random_state=seed), scaled=True, random=True)
note("bagging_regressor", NUMBERS, lambda seed: BaggingRegressor(Ridge(), n_estimators=20, random_state=seed), scaled=True, random=True)


def opinions():
    return [("logistic", LogisticRegression(max_iter=10_000)), ("bayes", GaussianNB()), ("near", KNeighborsClassifier(5))]


def numbers():
    return [("ridge", Ridge()), ("near", KNeighborsRegressor(9)), ("lasso", Lasso(alpha=0.7))]


note("voting_hard", CLASSES, lambda: VotingClassifier(opinions()), scaled=True, proba=False)
note("voting_soft", CLASSES, lambda: VotingClassifier(opinions(), voting="soft"), scaled=True)
note("voting_regressor", NUMBERS, lambda: VotingRegressor(numbers()), scaled=True)
note("stacking_classifier", CLASSES, lambda: StackingClassifier(opinions(), final_estimator=LogisticRegression(max_iter=10_000)), scaled=True)
note("stacking_regressor", NUMBERS, lambda: StackingRegressor(numbers(), final_estimator=Ridge()), scaled=True)

lines.insert(0, f"versions,scikit-learn {sklearn.__version__},numpy {np.__version__}; pandas {pd.__version__},0")
(HERE / "models.csv").write_text("data,model,metric,value\n" + "\n".join(lines) + "\n")
