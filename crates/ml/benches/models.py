"""Times scikit-learn for models.rs: models.py FOLDER ROWS:NAME…

FOLDER has `ROWS.f64`: features row by row, then classes, then numbers. Writes
`rows,name,seconds of fit,seconds of predict`. What has no rule for new rows, and maps,
have no seconds of predict.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN, OPTICS, AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA, FastICA, TruncatedSVD
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier, BaggingClassifier, HistGradientBoostingClassifier,
    HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor,
    StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor,
)
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import (
    ElasticNet, GammaRegressor, Lasso, LinearRegression, LogisticRegression, PoissonRegressor,
    Ridge, SGDClassifier, TweedieRegressor,
)
from sklearn.manifold import TSNE
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings("ignore")
FEATURES, PREDICTED = 20, 20_000
# Boosting on bins, as Ferrite's: 100 trees of depth 5, without the early stop.
bins = dict(max_iter=100, max_depth=5, early_stopping=False)
CLASSES = {
    "logistic": LogisticRegression(),
    "gaussian_nb": GaussianNB(),
    "bernoulli_nb": BernoulliNB(),
    "knn": KNeighborsClassifier(5, n_jobs=-1),
    "svc": SVC(),
    "tree_classifier": DecisionTreeClassifier(),
    "forest_classifier": RandomForestClassifier(n_jobs=-1),
    "adaboost": AdaBoostClassifier(),
    "boosting_classifier": HistGradientBoostingClassifier(**bins),
    "bagging": BaggingClassifier(n_jobs=-1),
    "multinomial_nb": MultinomialNB(),
    # scikit-learn has no FTRL; this is its way of learning row by row.
    "ftrl": SGDClassifier(loss="log_loss", penalty="elasticnet", max_iter=5, tol=None),
    "dummy": DummyClassifier(),
    "voting": VotingClassifier([("bayes", GaussianNB()), ("tree", DecisionTreeClassifier(max_depth=5))], voting="soft"),
    "stacking": StackingClassifier(
        [("bayes", GaussianNB()), ("tree", DecisionTreeClassifier(max_depth=5))], final_estimator=LogisticRegression(), n_jobs=-1),
}
NUMBERS = {
    "linear": LinearRegression(n_jobs=-1),
    "ridge": Ridge(),
    "lasso": Lasso(alpha=0.01),
    "elastic_net": ElasticNet(alpha=0.01),
    "poisson": PoissonRegressor(),
    "pls": PLSRegression(),
    "knn_regressor": KNeighborsRegressor(5, n_jobs=-1),
    "svr": SVR(),
    "tree_regressor": DecisionTreeRegressor(),
    "forest_regressor": RandomForestRegressor(n_jobs=-1),
    "boosting_regressor": HistGradientBoostingRegressor(**bins),
    "gamma": GammaRegressor(),
    "tweedie": TweedieRegressor(power=1.5),
    "isotonic": IsotonicRegression(),
    "dummy_regressor": DummyRegressor(),
    "voting_regressor": VotingRegressor([("ridge", Ridge()), ("tree", DecisionTreeRegressor(max_depth=5))]),
    "stacking_regressor": StackingRegressor(
        [("ridge", Ridge()), ("tree", DecisionTreeRegressor(max_depth=5))], final_estimator=Ridge(), n_jobs=-1),
}
GROUPS = {
    "k_means": KMeans(8, n_init=1, random_state=0),
    "mini_batch_k_means": MiniBatchKMeans(8, n_init=1, random_state=0),
    "gaussian_mixture": GaussianMixture(4, random_state=0, max_iter=20, tol=0),
    "dbscan": DBSCAN(eps=4.0, min_samples=5, n_jobs=-1),
    "optics": OPTICS(min_samples=5, max_eps=4.0, cluster_method="dbscan", n_jobs=-1),
    "agglomerative": AgglomerativeClustering(8),
}
PROJECTIONS = {
    "pca": PCA(5),
    "truncated_svd": TruncatedSVD(5),
    "fast_ica": FastICA(5, random_state=0),
    "gaussian_projection": GaussianRandomProjection(5, random_state=0),
    "sparse_projection": SparseRandomProjection(5, random_state=0),
    "t_sne": TSNE(random_state=0, n_jobs=-1),
}


def best(run):
    least, begun = np.inf, time.perf_counter()
    for number in range(1, 21):
        start = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - start)
        seconds = time.perf_counter() - begun
        if seconds > 2.0 or (number >= 3 and seconds > 0.2):
            break
    return least


folder, *asked = sys.argv[1:]
for each in asked:
    rows, name = each.split(":")
    rows = int(rows)
    values = np.fromfile(Path(folder) / f"{rows}.f64", dtype="<f8")
    x = values[: rows * FEATURES].reshape(rows, FEATURES)
    classes, numbers = values[rows * FEATURES:].reshape(2, rows)
    if name == "multinomial_nb":
        x = np.abs(x)
    x = pd.DataFrame({f"x{at}": x[:, at] for at in range(1 if name == "isotonic" else FEATURES)})
    few = x[:PREDICTED]
    if name in GROUPS:
        model = GROUPS[name]
        fit = best(lambda: model.fit(x))
        predict = best(lambda: model.predict(few)) if hasattr(model, "predict") else np.nan
    elif name in PROJECTIONS:
        model = PROJECTIONS[name]
        fit = best(lambda: model.fit_transform(x))
        predict = best(lambda: model.transform(few)) if hasattr(model, "transform") else np.nan
    else:
        model, y = (CLASSES[name], classes.astype(int)) if name in CLASSES else (NUMBERS[name], numbers)
        fit = best(lambda: model.fit(x, y))
        predict = best(lambda: model.predict(few))
    print(f"{rows},{name},{fit:.6f},{predict:.6f}", flush=True)
