"""Writes preprocessing.json: what scikit-learn and imbalanced-learn make of columns.

    python -m venv /tmp/reference
    /tmp/reference/bin/pip install scikit-learn imbalanced-learn pandas
    /tmp/reference/bin/python crates/ml/tests/reference/make_preprocessing.py

`versions` says which packages the numbers come from. Each case names its columns and holds rows of the transformed frame; NaN is null.
Every fourth row is for the test, the others are for training. Data comes from data/,
which make_validation.py writes, and from the penguins. `../integration/preprocessing.rs`
and `../integration/imbalance.rs` compute the same and compare.
"""

import json
import math
import warnings
from pathlib import Path

import imblearn
import numpy as np
import pandas as pd
import sklearn
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampled
from imblearn.under_sampling import RandomUnderSampler
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, VarianceThreshold, chi2, f_classif, f_regression
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer, MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder,
    PolynomialFeatures, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler,
    TargetEncoder,
)
from sklearn.utils.class_weight import compute_class_weight

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
cases = {"versions": {"texts": [
    f"{package.__name__} {package.__version__}" for package in [sklearn, imblearn, np, pd]]}}


def load(name):
    frame = pd.read_csv(HERE / f"data/{name}.csv")
    return frame.drop(columns="target"), frame["target"]


def halves(frame):
    is_test = np.arange(len(frame)) % 4 == 0
    return frame[~is_test], frame[is_test]


def note(name, columns, values, step=None):
    values = np.asarray(values, dtype=float)
    # A few rows of each are enough to tell one transformer from another.
    step = step or max(4, len(values) // 10)
    rows = list(range(0, len(values), step))
    clean = lambda v: None if math.isnan(v) else float(f"{v:.12g}")
    cases[name] = {
        "columns": [str(column) for column in columns],
        "rows": rows,
        "values": [[clean(v) for v in values[row]] for row in rows],
    }


def apply(name, transformer, frame, target=None, columns=None):
    """Fits on the training rows and notes the test rows."""
    train, test = halves(frame)
    transformer.fit(train, None if target is None else halves(target)[0])
    names = columns if columns is not None else transformer.get_feature_names_out()
    note(name, names, np.asarray(transformer.transform(test)))
    return transformer


wine, cultivar = load("wine")
cancer, tumor = load("breast_cancer")
diabetes, progression = load("diabetes")
digits, digit = load("digits")
iris, _ = load("iris")
# Gaps where the row and the column say so.
gappy = wine.mask((np.add.outer(np.arange(len(wine)) * 7, np.arange(wine.shape[1]) * 5) % 11) == 0)

# --- scaling --------------------------------------------------------------------------------
for name, frame in [("wine", wine), ("cancer", cancer), ("digits", digits), ("gappy", gappy)]:
    apply(f"standard {name}", StandardScaler(), frame)
    apply(f"min_max {name}", MinMaxScaler(feature_range=(-1, 3), clip=True), frame)
    apply(f"max_abs {name}", MaxAbsScaler(), frame)
    apply(f"robust {name}", RobustScaler(), frame)
apply("standard no_mean", StandardScaler(with_mean=False), wine)
apply("robust 10_90", RobustScaler(quantile_range=(10, 90)), wine)
for norm in ["l1", "l2", "max"]:
    apply(f"normalizer {norm}", Normalizer(norm=norm), digits)
for name, frame in [("wine", wine), ("gappy", gappy), ("digits", digits)]:
    apply(f"quantile uniform {name}", QuantileTransformer(n_quantiles=50), frame)
    apply(f"quantile normal {name}", QuantileTransformer(n_quantiles=50, output_distribution="normal"), frame)
for name, frame in [("wine", wine), ("diabetes", diabetes), ("gappy", gappy)]:
    apply(f"power yeo-johnson {name}", PowerTransformer(), frame)
apply("power box-cox", PowerTransformer(method="box-cox"), wine)
apply("power raw", PowerTransformer(standardize=False), wine)
for strategy in ["uniform", "quantile", "kmeans"]:
    apply(f"kbins {strategy} wine", KBinsDiscretizer(4, encode="ordinal", strategy=strategy), wine)
    # The digits are whole numbers, often just between two first centres: k-means then
    # follows the rounding errors of scikit-learn's centring.
    name, frame = ("cancer", cancer) if strategy == "kmeans" else ("digits", digits)
    apply(f"kbins {strategy} {name}", KBinsDiscretizer(4, encode="ordinal", strategy=strategy), frame)
one_hot_bins = KBinsDiscretizer(3, encode="onehot-dense").fit(halves(iris)[0])
names = [f"{column}_{b}" for column, count in zip(iris.columns, one_hot_bins.n_bins_) for b in range(count)]
note("kbins onehot", names, one_hot_bins.transform(halves(iris)[1]))
apply("polynomial 2", PolynomialFeatures(2), iris)
apply("polynomial interactions", PolynomialFeatures(3, interaction_only=True, include_bias=False), iris)

# --- gaps -----------------------------------------------------------------------------------
for weights in ["uniform", "distance"]:
    apply(f"knn_imputer {weights}", KNNImputer(n_neighbors=3, weights=weights), gappy)
apply("simple_imputer mean", SimpleImputer(), gappy)
apply("simple_imputer most_frequent", SimpleImputer(strategy="most_frequent"), gappy)

apply("simple_imputer indicator", SimpleImputer(add_indicator=True), gappy)

measurements = pd.read_csv(HERE / "../../../frame/data/penguins.csv")[
    ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]]
apply("knn_imputer penguins", KNNImputer(n_neighbors=5), measurements)
apply("simple_imputer median", SimpleImputer(strategy="median"), measurements)
apply("simple_imputer constant", SimpleImputer(strategy="constant", fill_value=-1), measurements)
apply("standard penguins", StandardScaler(), measurements)
apply("robust penguins", RobustScaler(), measurements)
apply("quantile penguins", QuantileTransformer(n_quantiles=40), measurements)
apply("power penguins", PowerTransformer(), measurements)

# --- categories -----------------------------------------------------------------------------
penguins = pd.read_csv(HERE / "../../../frame/data/penguins.csv")
penguins["sex"] = penguins["sex"].fillna("missing")
categories = penguins[["island", "sex"]]
for name, options in [
    ("plain", {}),
    ("min_frequency", {"min_frequency": 60}),
    ("min_part", {"min_frequency": 0.2}),
    ("max_categories", {"max_categories": 2}),
    ("drop_first", {"drop": "first"}),
    ("drop_if_binary", {"drop": "if_binary"}),
]:
    encoder = OneHotEncoder(sparse_output=False, handle_unknown="infrequent_if_exist", **options)
    encoder.fit(halves(categories)[0])
    names = [n.replace("infrequent_sklearn", "infrequent") for n in encoder.get_feature_names_out()]
    note(f"one_hot {name}", names, encoder.transform(halves(categories)[1]))
apply("ordinal", OrdinalEncoder(), categories)
known = penguins[penguins.body_mass_g.notna()]
for name, target, options in [
    ("species", penguins.species, {}),
    ("sex_is_male", (penguins.sex == "male").map({True: "yes", False: "no"}), {}),
    ("species smooth", penguins.species, {"smooth": 20.0}),
    ("mass", known.body_mass_g, {"target_type": "continuous"}),
]:
    frame = penguins.loc[target.index, ["island", "sex"]]
    encoder = TargetEncoder(shuffle=False, **options)
    train, test = halves(frame)
    crossed = encoder.fit_transform(train, halves(target)[0])
    names = encoder.get_feature_names_out()
    note(f"target {name} crossed", names, crossed)
    note(f"target {name}", names, encoder.transform(test))

# --- fewer columns --------------------------------------------------------------------------
for name, frame in [("wine", wine), ("digits", digits), ("cancer", cancer)]:
    reducer = apply(f"pca {name}", PCA(5, svd_solver="full"), frame)
    cases[f"pca {name} ratio"] = {"numbers": reducer.explained_variance_ratio_.tolist()}
apply("pca whiten", PCA(3, whiten=True, svd_solver="full"), wine)
apply("pca explaining", PCA(0.95, svd_solver="full"), digits)
wide = digits.iloc[:40]
apply("pca wide", PCA(4, svd_solver="full"), wide)
reducer = apply("truncated_svd", TruncatedSVD(5, algorithm="arpack", random_state=0), digits)
for name, frame in [("iris", iris), ("diabetes", diabetes)]:
    apply(f"pca {name}", PCA(3, svd_solver="full"), frame)
    apply(f"truncated_svd {name}", TruncatedSVD(3, algorithm="arpack", random_state=0), frame)
cases["truncated_svd ratio"] = {"numbers": reducer.explained_variance_ratio_.tolist()}
apply("variance_threshold 0", VarianceThreshold(), digits)
apply("variance_threshold cancer", VarianceThreshold(0.01), cancer)
apply("variance_threshold 1", VarianceThreshold(1.0), wine)
for name, score, frame, target, k in [
    ("f_classif", f_classif, wine, cultivar, 5),
    ("f_regression", f_regression, diabetes, progression, 4),
    ("chi2", chi2, digits, digit, 20),
]:
    chosen = apply(f"k_best {name}", SelectKBest(score, k=k), frame, target)
    scores = [None if math.isnan(s) else float(s) for s in chosen.scores_]
    cases[f"k_best {name} scores"] = {"numbers": scores}

# --- text -----------------------------------------------------------------------------------
texts = [
    "The quick brown fox jumps over the lazy dog.",
    "Foxes and dogs: the dog sleeps, the fox does not!",
    "Ärger im Café — der naïve Fuchs schläft nicht, 42 Hunde auch nicht",
    "a b c d",
    "",
    "snake_case and kebab-case, e-mail me@example.org 3.14 times",
    "the the the the",
    "ΣΊΣΥΦΟΣ pushes; Сизиф толкает камень, Fox watches",
]
cases["texts"] = {"texts": texts}
for name, make in [
    ("count", CountVectorizer()),
    ("count bigrams", CountVectorizer(ngram_range=(1, 2), min_df=2)),
    ("count max_df", CountVectorizer(max_df=0.3, binary=True)),
    ("count max_df 1", CountVectorizer(max_df=1.0)),
    ("count stop", CountVectorizer(stop_words=["the", "and", "fox"], lowercase=True)),
    ("tfidf", TfidfVectorizer()),
    ("tfidf sublinear", TfidfVectorizer(sublinear_tf=True, norm="l1", smooth_idf=False)),
    ("tfidf no_idf", TfidfVectorizer(use_idf=False, norm=None)),
]:
    values = make.fit_transform(texts).toarray()
    note(f"text {name}", [f"text_{term}" for term in make.get_feature_names_out()], values, step=1)

# --- dates ----------------------------------------------------------------------------------
moments = pd.Series(pd.to_datetime([
    "1969-12-31 23:59:59", "1970-01-01 00:00:00", "2000-02-29 12:30:15", "2024-12-30 06:07:08",
    "2023-01-01 00:00:01", "1900-03-01 18:00:00",
]))
parts = moments.dt
note("dates", [f"at_{p}" for p in
     ["year", "quarter", "month", "week", "day", "weekday", "ordinal_day", "hour", "minute", "second"]],
     np.column_stack([parts.year, parts.quarter, parts.month, parts.isocalendar().week, parts.day,
                      parts.weekday + 1, parts.dayofyear, parts.hour, parts.minute, parts.second]), step=1)
cases["moments"] = {"texts": [str(m) for m in moments]}

# --- classes of different size --------------------------------------------------------------
# One malignant tumour in six is kept.
malignant = np.flatnonzero(tumor == "malignant")
keep = np.sort(np.concatenate([np.flatnonzero(tumor == "benign"), malignant[::6]]))
rare, label = cancer.iloc[keep].reset_index(drop=True), tumor.iloc[keep].reset_index(drop=True)
cases["rare rows"] = {"numbers": [int(row) for row in keep]}
weights = compute_class_weight("balanced", classes=np.array(["benign", "malignant"]), y=label)
cases["class_weight balanced"] = {"numbers": weights.tolist()}
logistic = lambda **o: LogisticRegression(solver="newton-cholesky", tol=1e-10, max_iter=1_000, **o)
(train, test), (y, truth) = halves(rare), halves(label)
weighted = make_pipeline(StandardScaler(), logistic(class_weight="balanced")).fit(train, y)
note("class_weight proba", ["benign", "malignant"], weighted.predict_proba(test))
for metric in ["balanced_accuracy", "f1", "accuracy"]:
    scoring = metric
    if metric == "f1":
        from sklearn.metrics import f1_score, make_scorer
        scoring = make_scorer(f1_score, pos_label="malignant")
    tuned = TunedThresholdClassifierCV(
        make_pipeline(StandardScaler(), logistic()), scoring=scoring, cv=StratifiedKFold(5),
    ).fit(train, y)
    cases[f"threshold {metric}"] = {"numbers": [tuned.best_threshold_]}

seeds = range(60)
columns = list(rare.columns[:4])
for name, sampler in [("over", RandomOverSampler), ("under", RandomUnderSampler), ("smote", SMOTE)]:
    counts, means, deviations, scores = None, [], [], []
    for seed in seeds:
        x, resampled = sampler(random_state=seed).fit_resample(train, y)
        counts = resampled.value_counts().sort_index().tolist()
        of_class = x.loc[(resampled == ("benign" if name == "under" else "malignant")).to_numpy(), columns]
        means.append(of_class.mean().to_numpy())
        deviations.append(of_class.std(ddof=0).to_numpy())
        model = make_sampled(StandardScaler(), sampler(random_state=seed), logistic())
        scores.append(balanced_accuracy_score(truth, model.fit(train, y).predict(test)))
    cases[f"sampler {name}"] = {
        "numbers": counts, "mean": np.mean(means, axis=0).tolist(),
        "deviation": np.mean(deviations, axis=0).tolist(), "score": float(np.mean(scores)),
    }
    half = sampler(sampling_strategy=0.5, random_state=0).fit_resample(train, y)[1]
    cases[f"sampler {name} half"] = {"numbers": half.value_counts().sort_index().tolist()}

(HERE / "preprocessing.json").write_text(
    "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in cases.items()) + "\n}\n")
