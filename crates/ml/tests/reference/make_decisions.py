"""Writes decisions.json: on which side of a boundary scikit-learn's models put rows.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scikit-learn pandas
    /tmp/reference/bin/python crates/ml/tests/reference/make_decisions.py

Every fourth row is for the test, the others are for training. `roc_auc` is the mean over
five folds without random numbers, of models that have no probabilities. Weights of
classes are set on the models themselves. `../integration/reference_decisions.rs` computes
the same and compares. `versions` says which packages the numbers come from.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

HERE = Path(__file__).parent
out = {"versions": [f"{package.__name__} {package.__version__}" for package in [sklearn, np, pd]]}
exact = dict(solver="newton-cholesky", tol=1e-10, max_iter=1_000)
models = {
    "svc_rbf": lambda: SVC(tol=1e-8),
    "svc_linear": lambda: SVC(kernel="linear", C=0.5, tol=1e-8),
    "svc_balanced": lambda: SVC(class_weight="balanced", tol=1e-8),
    "logistic": lambda: LogisticRegression(**exact),
    "logistic_balanced": lambda: LogisticRegression(class_weight="balanced", **exact),
    "logistic_free": lambda: LogisticRegression(C=np.inf, **exact),
    "logistic_rows": lambda: LogisticRegression(**exact),
}
# Without a penalty, classes that can be told apart have no finite boundary.
FREE = ["penguin_sex"]
penguins = pd.read_csv(HERE / "../../../frame/data/penguins.csv").dropna()
frames = {name: pd.read_csv(HERE / f"data/{name}.csv") for name in ["breast_cancer", "wine", "iris", "digits"]}
frames["penguin_sex"] = penguins[["bill_length_mm", "bill_depth_mm", "body_mass_g"]].assign(target=penguins.sex)
for name, frame in frames.items():
    x, y = frame.drop(columns="target"), frame.target.astype(str)
    is_test = np.arange(len(x)) % 4 == 0
    for model, make in models.items():
        if name == "digits" and model.startswith("logistic") or model == "logistic_free" and name not in FREE:
            continue
        # Rows count 1, 2, 3, 1, 2, 3, …
        rows = (np.arange(len(x)) % 3 + 1)[~is_test] if model == "logistic_rows" else None
        fitted = make_pipeline(StandardScaler(), make())
        last = fitted.steps[-1][0]
        fitted.fit(x[~is_test], y[~is_test], **{f"{last}__sample_weight": rows})
        decided = fitted.decision_function(x[is_test])[::5]
        case = {"classes": [str(c) for c in fitted.classes_],
                "decided": decided.reshape(len(decided), -1).tolist()}
        if name == "breast_cancer" and model.startswith("svc"):
            for metric in ["roc_auc", "average_precision"]:
                # The later class is the one that ranks high, as in the tests.
                scores = cross_val_score(make_pipeline(StandardScaler(), make()), x, y == "malignant",
                                         cv=StratifiedKFold(5), scoring=metric)
                case[metric] = float(scores.mean())
        out[f"{name} {model}"] = case

# A vote in which one member weighs its classes.
frame = pd.read_csv(HERE / "data/breast_cancer.csv")
x, y = frame.drop(columns="target"), frame.target
is_test = np.arange(len(x)) % 4 == 0
vote = VotingClassifier([("weighted", models["logistic_balanced"]()), ("bayes", GaussianNB())], voting="soft")
fitted = make_pipeline(StandardScaler(), vote).fit(x[~is_test], y[~is_test])
out["weighted vote"] = {"classes": list(fitted.classes_), "decided": fitted.predict_proba(x[is_test])[::5].tolist()}
(HERE / "decisions.json").write_text(
    "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in out.items()) + "\n}\n")
