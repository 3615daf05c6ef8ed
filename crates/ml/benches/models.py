"""Times scikit-learn for models.rs: models.py FOLDER ROWS:NAME…

FOLDER has `ROWS.f64`: features row by row, then classes, then numbers. Writes
`rows,name,seconds of fit,seconds of predict`.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.cross_decomposition import PLSRegression
from sklearn.ensemble import (
    AdaBoostClassifier, BaggingClassifier, HistGradientBoostingClassifier,
    HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor,
)
from sklearn.linear_model import (
    ElasticNet, Lasso, LinearRegression, LogisticRegression, PoissonRegressor, Ridge,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
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
}


def best(run):
    least, begun = np.inf, time.perf_counter()
    for _ in range(3):
        start = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - start)
        if time.perf_counter() - begun > 4.0:
            break
    return least


folder, *asked = sys.argv[1:]
for each in asked:
    rows, name = each.split(":")
    rows = int(rows)
    values = np.fromfile(Path(folder) / f"{rows}.f64", dtype="<f8")
    x = values[: rows * FEATURES].reshape(rows, FEATURES)
    classes, numbers = values[rows * FEATURES:].reshape(2, rows)
    model, y = (CLASSES[name], classes.astype(int)) if name in CLASSES else (NUMBERS[name], numbers)
    fit = best(lambda: model.fit(x, y))
    predict = best(lambda: model.predict(x[:PREDICTED]))
    print(f"{rows},{name},{fit:.6f},{predict:.6f}", flush=True)
