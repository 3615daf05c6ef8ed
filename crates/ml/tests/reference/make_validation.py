"""Writes validation.json and data/: what scikit-learn, sacrebleu, rouge-score and jiwer say.

    python -m venv /tmp/reference
    /tmp/reference/bin/pip install scikit-learn pandas sacrebleu rouge-score jiwer
    /tmp/reference/bin/python crates/ml/tests/reference/make_validation.py

`../integration/reference_{splits,metrics,validation,text}.rs` compute the same and
compare. Predictions that metrics are measured on are frozen as well, so that a test of a
metric is no test of a model. `versions` says which packages the numbers come from.
"""

import json
import math
import re
import string
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import jiwer
import numpy as np
import pandas as pd
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer
from sklearn import datasets, metrics as m
from sklearn.calibration import calibration_curve
from sklearn.cluster import KMeans
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import (
    GridSearchCV, GroupKFold, GroupShuffleSplit, KFold, RepeatedKFold, RepeatedStratifiedKFold,
    StratifiedKFold, TimeSeriesSplit, cross_val_predict, cross_validate, learning_curve,
    train_test_split, validation_curve,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
out = {"versions": {
    package: version(package)
    for package in ["scikit-learn", "numpy", "pandas", "sacrebleu", "rouge-score", "jiwer"]}}


def numbers(values):
    return [float(value) for value in np.asarray(values, dtype=float).ravel()]


def rows(indices):
    return [int(index) for index in indices]


# --- data ---------------------------------------------------------------------------------
frames = {}
for name in ["iris", "wine", "breast_cancer", "digits", "diabetes"]:
    bunch = getattr(datasets, f"load_{name}")()
    columns = [re.sub(r"\W+", "_", str(column)).strip("_") for column in bunch.feature_names]
    frame = pd.DataFrame(bunch.data, columns=columns)
    if name in ["iris", "wine", "breast_cancer"]:
        frame["target"] = [str(bunch.target_names[code]) for code in bunch.target]
    else:
        frame["target"] = bunch.target.astype(int)
    frame.to_csv(HERE / "data" / f"{name}.csv", index=False, float_format="%.10g")
    # As the tests read it.
    frames[name] = pd.read_csv(HERE / "data" / f"{name}.csv")

# --- splits -------------------------------------------------------------------------------
iris, wine = frames["iris"], frames["wine"]
groups = (np.arange(len(wine)) * 7919 % 23 // 2).astype(int)
out["groups"] = rows(groups)


def folds(splitter, frame, y=None, by=None):
    return [[rows(train), rows(test)] for train, test in splitter.split(frame, y, by)]


out["splits"] = {
    "kfold_5": folds(KFold(5), iris),
    "kfold_4_seed_7": folds(KFold(4, shuffle=True, random_state=7), iris),
    "stratified_5": folds(StratifiedKFold(5), wine, wine.target),
    "stratified_3_seed_42": folds(StratifiedKFold(3, shuffle=True, random_state=42), wine, wine.target),
    "group_4": folds(GroupKFold(4), wine, wine.target, groups),
    "group_3_seed_1": folds(GroupKFold(3, shuffle=True, random_state=1), wine, wine.target, groups),
    "time_5": folds(TimeSeriesSplit(5), iris),
    "time_3_gap": folds(TimeSeriesSplit(3, gap=4, test_size=20, max_train_size=50), iris),
    "repeated_3_2_seed_5": folds(RepeatedKFold(n_splits=3, n_repeats=2, random_state=5), iris),
    "repeated_stratified_3_2_seed_5": folds(
        RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=5), wine, wine.target),
    "once_seed_7": [[rows(part) for part in train_test_split(np.arange(len(iris)), test_size=0.3, random_state=7)]],
    "once_stratified_seed_7": [[rows(part) for part in train_test_split(
        np.arange(len(wine)), test_size=0.25, stratify=wine.target, random_state=7)]],
    "once_in_order": [[rows(part) for part in train_test_split(np.arange(len(iris)), test_size=0.3, shuffle=False)]],
    "once_groups_seed_3": folds(GroupShuffleSplit(1, test_size=0.25, random_state=3), wine, None, groups),
}

# --- metrics of frozen predictions ------------------------------------------------------------
out["predictions"], out["metrics"] = {}, {}
penguins = pd.read_csv(HERE / "../../../frame/data/penguins.csv")
frames["penguins"] = penguins.rename(columns={"species": "target"}).drop(columns=["island", "sex"])
for name in ["breast_cancer", "wine", "digits", "iris", "penguins"]:
    frame = frames[name].dropna()
    x, y = frame.drop(columns="target"), frame.target.astype(str)
    # Two features and a naive model: mistakes are what metrics are about.
    few = x.iloc[:, [20, 42]] if name == "digits" else x.iloc[:, [0, 1]]
    proba = cross_val_predict(GaussianNB(), few, y, cv=StratifiedKFold(5), method="predict_proba")
    proba = np.round(proba, 6)
    proba = proba / proba.sum(axis=1, keepdims=True)
    classes = sorted(y.unique())
    pred = np.array(classes)[proba.argmax(axis=1)]
    step = 7 if name == "digits" else 1
    y, pred, proba = y[::step], pred[::step], proba[::step]
    out["predictions"][name] = {
        "classes": classes, "truth": list(y), "pred": list(pred), "proba": [numbers(row) for row in proba],
    }
    found = {
        "accuracy": m.accuracy_score(y, pred),
        "balanced_accuracy": m.balanced_accuracy_score(y, pred),
        "matthews_corrcoef": m.matthews_corrcoef(y, pred),
        "cohen_kappa": m.cohen_kappa_score(y, pred),
        "kappa_linear": m.cohen_kappa_score(y, pred, weights="linear"),
        "kappa_quadratic": m.cohen_kappa_score(y, pred, weights="quadratic"),
        "log_loss": m.log_loss(y, proba, labels=classes),
        "brier": m.brier_score_loss(y, proba[:, 1] if len(classes) == 2 else proba,
                                    **({"pos_label": classes[1]} if len(classes) == 2 else {"labels": classes})),
        "confusion": numbers(m.confusion_matrix(y, pred)),
        "top_2": m.top_k_accuracy_score(y, proba, k=2, labels=classes) if len(classes) > 2 else 1.0,
    }
    found["top_3"] = m.top_k_accuracy_score(y, proba, k=3, labels=classes) if len(classes) > 3 else 1.0
    # Precision, recall, F1 and rows of each class, as in `classification_report`.
    report = m.precision_recall_fscore_support(y, pred, labels=classes, zero_division=0)
    found["report"] = [numbers(part) for part in report]
    for average in ["micro", "macro", "weighted"]:
        found[f"precision_{average}"] = m.precision_score(y, pred, average=average, zero_division=0)
        found[f"recall_{average}"] = m.recall_score(y, pred, average=average, zero_division=0)
        found[f"f1_{average}"] = m.f1_score(y, pred, average=average, zero_division=0)
        found[f"f0.5_{average}"] = m.fbeta_score(y, pred, beta=0.5, average=average, zero_division=0)
        found[f"f2_{average}"] = m.fbeta_score(y, pred, beta=2, average=average, zero_division=0)
    if len(classes) == 2:
        positive = (y == classes[1]).astype(int)
        found["precision_binary"] = m.precision_score(y, pred, pos_label=classes[1])
        found["recall_binary"] = m.recall_score(y, pred, pos_label=classes[1])
        found["f1_first_class"] = m.f1_score(y, pred, pos_label=classes[0])
        found["roc_auc"] = m.roc_auc_score(positive, proba[:, 1])
        found["average_precision"] = m.average_precision_score(positive, proba[:, 1])
        for key, curve in [("roc_curve", m.roc_curve(positive, proba[:, 1])),
                           ("precision_recall_curve", m.precision_recall_curve(positive, proba[:, 1]))]:
            found[key] = [numbers(part) for part in curve]
            found[key][2] = [value if math.isfinite(value) else None for value in found[key][2]]
        for strategy in ["uniform", "quantile"]:
            found[f"calibration_{strategy}"] = [
                numbers(part) for part in calibration_curve(positive, proba[:, 1], n_bins=8, strategy=strategy)]
    else:
        for how in ["ovr", "ovo"]:
            for average in ["macro", "weighted"]:
                found[f"roc_auc_{how}_{average}"] = m.roc_auc_score(
                    y, proba, multi_class=how, average=average, labels=classes)
        found["average_precision"] = m.average_precision_score(y, proba)
    out["metrics"][name] = found

diabetes = frames["diabetes"]
x, y = diabetes.drop(columns="target"), diabetes.target.astype(float)
pred = np.round(cross_val_predict(LinearRegression(), x, y, cv=5), 6)
out["predictions"]["diabetes"] = {"truth": numbers(y), "pred": numbers(pred)}
out["metrics"]["diabetes"] = {
    "mean_absolute_error": m.mean_absolute_error(y, pred),
    "mean_squared_error": m.mean_squared_error(y, pred),
    "root_mean_squared_error": m.root_mean_squared_error(y, pred),
    "mean_absolute_percentage_error": m.mean_absolute_percentage_error(y, pred),
    "median_absolute_error": m.median_absolute_error(y, pred),
    "r2": m.r2_score(y, pred),
    "explained_variance": m.explained_variance_score(y, pred),
    "max_error": m.max_error(y, pred),
    "mean_poisson_deviance": m.mean_poisson_deviance(y, np.abs(pred)),
    "mean_squared_log_error": m.mean_squared_log_error(y, np.abs(pred)),
    "pinball_0.1": m.mean_pinball_loss(y, pred, alpha=0.1),
    "pinball_0.9": m.mean_pinball_loss(y, pred, alpha=0.9),
}

out["clustering"] = {}
for name, clusters in [("iris", 3), ("wine", 4), ("breast_cancer", 2), ("digits", 10), ("penguins", 3)]:
    frame = frames[name].dropna()
    x = frame.drop(columns="target")
    labels = KMeans(clusters, n_init=4, random_state=0).fit_predict(x)
    h, c, v = m.homogeneity_completeness_v_measure(frame.target, labels)
    out["clustering"][name] = {
        "labels": rows(labels),
        "silhouette": m.silhouette_score(x, labels),
        "davies_bouldin": m.davies_bouldin_score(x, labels),
        "calinski_harabasz": m.calinski_harabasz_score(x, labels),
        "adjusted_rand": m.adjusted_rand_score(frame.target, labels),
        "normalized_mutual_info": m.normalized_mutual_info_score(frame.target, labels),
        "homogeneity": h, "completeness": c, "v_measure": v,
    }

# --- cross-validation, curves, a grid -----------------------------------------------------------
exact = dict(solver="newton-cholesky", tol=1e-12, max_iter=1_000)
models = {
    "knn": lambda: make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), KNeighborsClassifier(5)),
    "naive_bayes": lambda: make_pipeline(SimpleImputer(strategy="median"), GaussianNB()),
    "logistic": lambda: make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=1.0, **exact)),
}
out["cross_validate"] = {}
for name in ["iris", "wine", "breast_cancer", "digits", "penguins"]:
    frame = frames[name]
    x, y = frame.drop(columns="target"), frame.target.astype(str)
    binary = y.nunique() == 2
    # Strings have no positive class in scikit-learn's scorers; the second one is 1 here.
    y = (y == sorted(y.unique())[1]).astype(int) if binary else y
    scoring = ["accuracy", "balanced_accuracy", "f1_macro", "precision_weighted", "recall_macro",
               "matthews_corrcoef", "neg_log_loss",
               "roc_auc" if binary else "roc_auc_ovr", "roc_auc" if binary else "roc_auc_ovo_weighted"]
    for label, model in models.items():
        found = cross_validate(model(), x, y, cv=StratifiedKFold(5, shuffle=True, random_state=7),
                               scoring=list(dict.fromkeys(scoring)), return_train_score=True)
        out["cross_validate"][f"{name}_{label}"] = {
            key: numbers(values) for key, values in found.items() if "time" not in key}
x, y = diabetes.drop(columns="target"), diabetes.target
found = cross_validate(make_pipeline(StandardScaler(), LinearRegression()), x, y,
                       cv=KFold(6, shuffle=True, random_state=3),
                       scoring=["r2", "neg_mean_absolute_error", "neg_root_mean_squared_error",
                                "explained_variance", "neg_median_absolute_error", "neg_max_error"])
out["cross_validate"]["diabetes_linear"] = {
    key: numbers(values) for key, values in found.items() if "time" not in key}

# --- groups of rows: whose sex is guessed how well by four measurements --------------------------
sexes = penguins.dropna()
measured = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
guessed = GaussianNB().fit(sexes[measured], sexes.sex).predict(sexes[measured])
out["by_group"] = {}
for species, part in sexes.groupby("species"):
    truth, guess = part.sex == "male", guessed[sexes.species == species] == "male"
    out["by_group"][species] = {
        "accuracy": m.accuracy_score(truth, guess), "precision": m.precision_score(truth, guess),
        "recall": m.recall_score(truth, guess), "f1": m.f1_score(truth, guess),
        "selection_rate": float(guess.mean()), "true_positive_rate": float(guess[truth].mean()),
        "false_positive_rate": float(guess[~truth].mean()),
    }

bc = frames["breast_cancer"]
x, y = bc.drop(columns="target"), bc.target
knn = make_pipeline(StandardScaler(), KNeighborsClassifier(5))
sizes, train, test = learning_curve(knn, x, y, train_sizes=[0.1, 0.4, 1.0], cv=StratifiedKFold(4),
                                    shuffle=True, random_state=0)
out["learning_curve"] = {"sizes": rows(sizes), "train": numbers(train.mean(axis=1)), "test": numbers(test.mean(axis=1))}
train, test = validation_curve(knn, x, y, param_name="kneighborsclassifier__n_neighbors",
                               param_range=[1, 3, 9, 27, 81], cv=StratifiedKFold(4))
out["validation_curve"] = {"train": numbers(train.mean(axis=1)), "test": numbers(test.mean(axis=1))}
grid = GridSearchCV(knn, {"kneighborsclassifier__n_neighbors": [1, 3, 5, 7, 9],
                          "standardscaler__with_mean": [True, False]},
                    cv=StratifiedKFold(5, shuffle=True, random_state=1), scoring="f1_macro").fit(x, y)
out["grid"] = {
    "n_neighbors": rows(grid.cv_results_["param_kneighborsclassifier__n_neighbors"]),
    "with_mean": [bool(value) for value in grid.cv_results_["param_standardscaler__with_mean"]],
    "mean": numbers(grid.cv_results_["mean_test_score"]),
    "std": numbers(grid.cv_results_["std_test_score"]),
    "rank": rows(grid.cv_results_["rank_test_score"]),
    "best": grid.best_score_,
}

# --- texts ------------------------------------------------------------------------------------------
predictions = [
    "The cat sat on the mat.",
    "There is a cat on the mat.",
    "It's 3.14, or about 3,141 thousandths (in short).",
    "Paris is the capital of France!",
    "the the the the the the the",
    "A quick brown fox jumps over a lazy dog",
    "Yes",
    "",
    "In 1969, two people walked on the moon; they came back.",
    "Der Hund läuft schnell über die Straße.",
    "日本語のテキストです。",
    "Rates rose by 0.25-0.5 points on Monday, officials said.",
    "state-of-the-art models don't always win",
    "He said &quot;no&quot; and left.",
    "One two three four five six seven eight nine ten",
    "   spaces   between   words   ",
]
references = [
    ["The cat is on the mat.", "There is a cat on the mat."],
    ["The cat is on the mat.", "A cat sits upon a mat."],
    ["It is 3.14, i.e. about 3,142 thousandths.", "Pi is about 3.14 (in short)."],
    ["The capital of France is Paris.", "Paris is France's capital."],
    ["the cat is on the mat", "there is a cat on the mat"],
    ["The quick brown fox jumps over the lazy dog", "A fast brown fox leaps over a lazy dog"],
    ["Yes.", "yes, it is"],
    ["Something was expected here", "anything"],
    ["Two people walked on the moon in 1969, and they returned.", "In 1969 two men walked on the Moon."],
    ["Der Hund rennt schnell über die Straße.", "Ein Hund läuft über die Straße."],
    ["これは日本語のテキストです。", "日本語の文章です。"],
    ["Officials said on Monday that rates rose by 0.25-0.5 points.", "Rates were up 0.25-0.5 points, officials said."],
    ["State-of-the-art models do not always win.", "the best models don't always win"],
    ['He said "no" and left.', 'He left and said "no".'],
    ["ten nine eight seven six five four three two one", "one two three four five"],
    ["spaces between words", "no spaces"],
]
first, second = [pair[0] for pair in references], [pair[1] for pair in references]
rouge = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)


def squad(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def squad_f1(prediction, reference):
    ours, theirs = squad(prediction), squad(reference)
    if not ours or not theirs:
        return float(ours == theirs)
    same = sum((Counter(ours) & Counter(theirs)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(ours), same / len(theirs)
    return 2 * precision * recall / (precision + recall)


def bleu_facts(score):
    return {"score": score.score, "precisions": score.precisions, "bp": score.bp,
            "length": score.sys_len, "reference_length": score.ref_len}


def rouge_means(refs):
    scores = [rouge.score_multi(several, text) for several, text in zip(refs, predictions)]
    return {key: [float(np.mean([getattr(score[key], part) for score in scores]))
                  for part in ["precision", "recall", "fmeasure"]] for key in ["rouge1", "rouge2", "rougeL"]}


words = jiwer.process_words(first, predictions)
letters = jiwer.process_characters(first, predictions)
out["text"] = {
    "predictions": predictions,
    "references": references,
    "bleu_one": bleu_facts(sacrebleu.corpus_bleu(predictions, [first])),
    "bleu_two": bleu_facts(sacrebleu.corpus_bleu(predictions, [first, second])),
    "sentence_bleu": [sacrebleu.sentence_bleu(text, refs).score for text, refs in zip(predictions, references)],
    "chrf_one": sacrebleu.corpus_chrf(predictions, [first]).score,
    "chrf_two": sacrebleu.corpus_chrf(predictions, [first, second]).score,
    "chrf_plus_plus_two": sacrebleu.corpus_chrf(predictions, [first, second], word_order=2).score,
    "sentence_chrf": [sacrebleu.sentence_chrf(text, refs).score for text, refs in zip(predictions, references)],
    "rouge_one": rouge_means([[text] for text in first]),
    "rouge_two": rouge_means(references),
    "wer": words.wer,
    "wer_edits": words.substitutions + words.deletions + words.insertions,
    "cer": letters.cer,
    "cer_edits": letters.substitutions + letters.deletions + letters.insertions,
    "exact_match": float(np.mean([any(squad(text) == squad(ref) for ref in refs)
                                  for text, refs in zip(predictions, references)])),
    "token_f1": float(np.mean([max(squad_f1(text, ref) for ref in refs)
                               for text, refs in zip(predictions, references)])),
}

(HERE / "validation.json").write_text(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n")
