"""Writes explanations.json: importances, dependence, SHAP values, reports and texts.

    python -m venv /tmp/reference
    /tmp/reference/bin/pip install scikit-learn==1.9.1 shap==0.51.0 pandas==3.1.1 pyarrow
    /tmp/reference/bin/python crates/ml/tests/reference/make_explanations.py

`../integration/reference_explanations.rs` and `reference_speeches.rs` compute the same.
`versions` says which packages the numbers come from.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import shap
import sklearn
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, log_loss
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.naive_bayes import BernoulliNB, MultinomialNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

HERE = Path(__file__).parent
out = {"versions": {
    "python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "shap": shap.__version__,
    "numpy": np.__version__, "pandas": pd.__version__,
}}


def read(name):
    frame = pd.read_csv(HERE / "data" / f"{name}.csv")
    # Whole numbers would be rounded along the way.
    return frame.drop(columns="target").astype(float), frame["target"]


def numbers(values):
    return [float(value) for value in np.asarray(values, dtype=float).ravel()]


diabetes, progress = read("diabetes_raw")
wine, cultivar = read("wine")
exact = dict(solver="newton-cholesky", tol=1e-12, max_iter=1_000)
linear = LinearRegression().fit(diabetes, progress)
logistic = make_pipeline(StandardScaler(), LogisticRegression(**exact)).fit(wine, cultivar)
near = make_pipeline(StandardScaler(), KNeighborsRegressor(9)).fit(diabetes, progress)

# --- importance by permutation: lots differ, means of many agree ------------------------
for name, model, x, y in [("diabetes", linear, diabetes, progress), ("wine", logistic, wine, cultivar)]:
    found = permutation_importance(model, x, y, n_repeats=400, random_state=0)
    out[f"permutation_{name}"] = {
        "names": list(x.columns), "mean": numbers(found.importances_mean), "std": numbers(found.importances_std)}

# --- dependence, over all values of a column -------------------------------------------------
for name, model, x, column in [("diabetes", near, diabetes, "age"), ("wine", logistic, wine, "magnesium")]:
    found = partial_dependence(model, x, [column], kind="both", grid_resolution=100,
                               response_method="auto")
    out[f"dependence_{name}"] = {
        "column": column,
        "grid": numbers(found["grid_values"][0]),
        "average": [numbers(each) for each in found["average"]],
        # Of every 40th row: output, row, grid.
        "individual": [[numbers(row) for row in each[::40]] for each in found["individual"]],
    }

# --- SHAP -------------------------------------------------------------------------------------
# Trees whose splits are the same in both, so that the values can be.
tree = DecisionTreeRegressor(max_depth=3, random_state=0).fit(diabetes, progress)
explained = shap.TreeExplainer(tree)
out["shap_tree"] = {
    "prediction": numbers(tree.predict(diabetes.iloc[::40])),
    "base": numbers(explained.expected_value), "values": [numbers(r) for r in explained.shap_values(diabetes.iloc[::40])]}
few = wine[["alcohol", "flavanoids", "proline"]]
tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(few, cultivar)
explained = shap.TreeExplainer(tree)
values = explained.shap_values(few.iloc[::20])
out["shap_classes"] = {
    "columns": list(few.columns),
    "prediction": [numbers(row) for row in tree.predict_proba(few.iloc[::20])],
    "base": numbers(explained.expected_value),
    # Row, feature, class.
    "values": [[numbers(feature) for feature in row] for row in values]}
explained = shap.LinearExplainer(linear, shap.maskers.Independent(diabetes, max_samples=len(diabetes)))
out["shap_linear"] = {
    "base": numbers(explained.expected_value), "values": [numbers(r) for r in explained.shap_values(diabetes.iloc[::40])]}

# --- reports of the predictions that make_validation.py froze ---------------------------------
frozen = json.loads((HERE / "validation.json").read_text())["predictions"]
out["report"] = {}
for name in ["breast_cancer", "wine", "digits"]:
    case = frozen[name]
    report = classification_report(case["truth"], case["pred"], output_dict=True, zero_division=0)
    out["report"][name] = {
        label: numbers([row["precision"], row["recall"], row["f1-score"], row["support"]])
        for label, row in report.items() if label != "accuracy"}
    out["report"][name]["accuracy"] = [report["accuracy"]]

# --- vectors and probabilities of language models ----------------------------------------------
rng = np.random.RandomState(0)
logs = np.round(np.log(rng.uniform(0.01, 1.0, 50)), 6)
one, other = np.round(rng.normal(size=(12, 8)), 6), np.round(rng.normal(size=(12, 8)), 6)
out["language"] = {
    "log_probabilities": numbers(logs), "perplexity": float(np.exp(-logs.mean())),
    "one": [numbers(row) for row in one], "other": [numbers(row) for row in other],
    "cosine": numbers(np.diag(cosine_similarity(one, other)))}

# --- texts: what presidents said ------------------------------------------------------------------
speeches = pd.read_parquet(HERE / "../../../frame/data/speeches.parquet")
out["speeches"] = {"rows": len(speeches)}
some = [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]
for name, vectorizer in [
    ("count", CountVectorizer(min_df=20, max_df=0.5)),
    ("count_bigrams", CountVectorizer(ngram_range=(1, 2), max_features=300)),
    ("tfidf", TfidfVectorizer(min_df=50)),
    ("tfidf_sublinear", TfidfVectorizer(max_features=200, sublinear_tf=True)),
]:
    matrix = vectorizer.fit_transform(speeches.text)
    rows = matrix[some].toarray()
    out["speeches"][name] = {
        "words": list(vectorizer.get_feature_names_out()),
        "sums": numbers(matrix.sum(axis=0)),
        "rows": some,
        # Position and number of what is not zero.
        "values": [[[int(at), float(row[at])] for at in np.flatnonzero(row)] for row in rows],
    }
test = np.arange(len(speeches)) % 5 == 0
for name, model in [
    ("multinomial", make_pipeline(CountVectorizer(min_df=20), MultinomialNB())),
    ("multinomial_tfidf", make_pipeline(TfidfVectorizer(min_df=20), MultinomialNB(alpha=0.3))),
    ("bernoulli", make_pipeline(CountVectorizer(min_df=20, binary=True), BernoulliNB())),
    ("logistic_svd", make_pipeline(TfidfVectorizer(min_df=20), TruncatedSVD(20, algorithm="arpack"), LogisticRegression(**exact))),
]:
    x, y = speeches.text, speeches.party
    fitted = model.fit(x[~test], y[~test])
    out["speeches"][name] = {
        "accuracy": accuracy_score(y[test], fitted.predict(x[test])),
        "log_loss": log_loss(y[test], fitted.predict_proba(x[test])),
        "first": numbers(fitted.predict_proba(x[test])[:20, 1])}

(HERE / "explanations.json").write_text(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n")
