"""Writes expected.csv: what scikit-learn says about the penguins.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scikit-learn pandas
    /tmp/reference/bin/python crates/ml/tests/reference/make_reference.py

The split needs no random numbers: every fourth row is for the test. The rows
of expected.csv are `check,item,numbers`, of which the first says which packages they
come from; `../integration/reference.rs` computes the same and compares.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import (
    accuracy_score, balanced_accuracy_score, confusion_matrix,
    mean_absolute_error, precision_recall_fscore_support, r2_score, root_mean_squared_error,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

HERE = Path(__file__).parent
NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
CATEGORICAL = ["island", "sex"]

penguins = pd.read_csv(HERE / "../../../../notebooks/data/penguins.csv")
# Ferrite's encoder treats a missing text as the level "missing".
penguins[CATEGORICAL] = penguins[CATEGORICAL].fillna("missing")
is_test = penguins.index % 4 == 0
train, test = penguins[~is_test], penguins[is_test]

lines = []


def note(check, item, *values):
    lines.append(f"{check},{item},{' '.join(f'{float(value):.12g}' for value in values)}")


def note_rows(check, table):
    """Every fifth row is enough to tell one model from another."""
    for row in range(0, len(table), 5):
        note(check, row, *table[row])


def columns(numeric=NUMERIC):
    return ColumnTransformer([
        ("numeric", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        ("categorical", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORICAL),
    ], verbose_feature_names_out=False)


def classify(name, model):
    pipeline = make_pipeline(columns(), model).fit(train, train.species)
    predicted, truth = pipeline.predict(test), test.species
    note(name, "accuracy", accuracy_score(truth, predicted))
    precision, recall, f1, _ = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
    note(name, "precision_macro", precision)
    note(name, "recall_macro", recall)
    note(name, "f1_macro", f1)
    note(name, "f1_weighted", precision_recall_fscore_support(truth, predicted, average="weighted", zero_division=0)[2])
    note(name, "balanced_accuracy", balanced_accuracy_score(truth, predicted))
    note(name, "matrix", *confusion_matrix(truth, predicted).ravel())
    note_rows(f"{name}_proba", pipeline.predict_proba(test))


for strategy in ["median", "mean"]:
    imputer = SimpleImputer(strategy=strategy).fit(train[NUMERIC])
    for name, value in zip(NUMERIC, imputer.statistics_):
        note(f"imputer_{strategy}", name, value)

scaler = StandardScaler().fit(train[NUMERIC])
for name, mean, scale in zip(NUMERIC, scaler.mean_, scaler.scale_):
    note("scaler_mean", name, mean)
    note("scaler_scale", name, scale)

min_max = MinMaxScaler(feature_range=(-1, 3)).fit(train[NUMERIC])
for name, value in zip(NUMERIC, min_max.transform(test[NUMERIC].fillna(40))[2]):
    note("min_max_row_2", name, value)

for position, name in enumerate(columns().fit(train).get_feature_names_out()):
    note("feature_name", name, position)

exact = dict(solver="newton-cholesky", tol=1e-12, max_iter=1_000)
for c in [0.01, 1.0, 100.0, 10_000.0]:
    classify(f"logistic_{c:g}", LogisticRegression(C=c, **exact))
known = penguins[penguins.sex != "missing"]
binary = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, **exact))
binary.fit(known[NUMERIC][known.index % 4 != 0], known.sex[known.index % 4 != 0])
note_rows("logistic_sex_proba", binary.predict_proba(known[NUMERIC][known.index % 4 == 0]))
plain = make_pipeline(SimpleImputer(), LogisticRegression(**exact))
plain.fit(train[NUMERIC], train.species)
note_rows("logistic_unscaled_proba", plain.predict_proba(test[NUMERIC]))

classify("knn_5", KNeighborsClassifier(5))
classify("knn_1", KNeighborsClassifier(1))
classify("gaussian_nb", GaussianNB())
# scikit-learn draws lots between equally good features; these trees have no such draw.
for depth in [1, 2]:
    classify(f"tree_{depth}", DecisionTreeClassifier(max_depth=depth))
for name, features, tree in [
    ("tree_full", ["body_mass_g"], DecisionTreeClassifier()),
    ("tree_leaf", ["body_mass_g"], DecisionTreeClassifier(min_samples_leaf=8)),
    ("tree_split", ["body_mass_g"], DecisionTreeClassifier(min_samples_split=20)),
    ("tree_entropy", ["flipper_length_mm", "body_mass_g"], DecisionTreeClassifier(max_depth=5, criterion="entropy")),
]:
    pipeline = make_pipeline(SimpleImputer(strategy="median"), tree).fit(train[features], train.species)
    note_rows(f"{name}_proba", pipeline.predict_proba(test[features]))

known_train, known_test = train[train.body_mass_g.notna()], test[test.body_mass_g.notna()]
without_mass = [name for name in NUMERIC if name != "body_mass_g"]
linear = make_pipeline(columns(without_mass), LinearRegression()).fit(known_train, known_train.body_mass_g)
predicted = linear.predict(known_test)
note("linear", "r2", r2_score(known_test.body_mass_g, predicted))
note("linear", "mae", mean_absolute_error(known_test.body_mass_g, predicted))
note("linear", "rmse", root_mean_squared_error(known_test.body_mass_g, predicted))
# A level that was not there at fit: here the smallest solution differs from others.
unknown = known_test.assign(island="Atlantis")
note_rows("linear_prediction", list(zip(predicted, linear.predict(unknown))))

versions = f"scikit-learn {sklearn.__version__}; numpy {np.__version__}; pandas {pd.__version__}"
lines.insert(0, f"versions,{versions},0")
(HERE / "expected.csv").write_text("check,item,numbers\n" + "\n".join(lines) + "\n")
