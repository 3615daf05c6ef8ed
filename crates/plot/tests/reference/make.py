"""Makes reference.json: what numpy, scipy, pandas, statsmodels, matplotlib and
scikit-learn say about the penguins, for the tests in src/reference.rs.

    pip install numpy scipy pandas statsmodels matplotlib scikit-learn
    python crates/plot/tests/reference/make.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from matplotlib import cbook
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

here = Path(__file__).parent
penguins = pd.read_csv(here / "../../../frame/data/penguins.csv", na_values=["NA"])
MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def boxes(values):
    box = cbook.boxplot_stats(values)[0]
    return {
        "values": values.tolist(),
        "summary": [box["whislo"], box["q1"], box["med"], box["q3"], box["whishi"]],
        "quantiles": np.quantile(values, [0.0, 0.1, 0.33, 0.5, 0.9, 1.0]).tolist(),
        "interval": float(stats.t.interval(0.95, len(values) - 1, 0, stats.sem(values))[1]),
        "sd": float(np.std(values, ddof=1)),
    }


def ecdf(values):
    # At some of the values, between them and beyond; ties are many.
    at = np.unique(np.concatenate([values[::9], np.linspace(values.min() - 1, values.max() + 1, 30)]))
    share = np.searchsorted(np.sort(values), at, side="right") / len(values)
    assert np.allclose(share, stats.ecdf(values).cdf.evaluate(at))
    return {"values": values.tolist(), "at": at.tolist(), "share": share.tolist()}


def densities(values):
    density = stats.gaussian_kde(values)
    at = np.linspace(values.min() - 5, values.max() + 5, 25)
    return {"at": at.tolist(), "density": density(at).tolist()}


def band(frame):
    x, y = frame["bill_length_mm"].to_numpy(), frame["bill_depth_mm"].to_numpy()
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    at = np.linspace(x.min(), x.max(), 61)
    found = fit.get_prediction(sm.add_constant(at)).summary_frame(alpha=0.05)
    columns = [at, found["mean_ci_lower"], found["mean"], found["mean_ci_upper"]]
    return {"x": x.tolist(), "y": y.tolist(), "line": np.column_stack(columns).tolist()}


def curves(frame):
    truth = (frame["species"] == "Gentoo").to_numpy()
    # Rounded, so that there are ties.
    scores = np.round((frame["flipper_length_mm"] - 170) / 70, 2).clip(0, 1).to_numpy().copy()
    scores[::7] = 0.5
    share, mean = calibration_curve(truth, scores, n_bins=10)
    false, true, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
    return {
        "truth": truth.tolist(),
        "scores": scores.tolist(),
        "roc": np.column_stack([false, true]).tolist(),
        "auc": float(metrics.roc_auc_score(truth, scores)),
        "average_precision": float(metrics.average_precision_score(truth, scores)),
        "calibration": np.column_stack([mean, share]).tolist(),
    }


complete = penguins.dropna(subset=MEASURES)
by_species = {name: rows for name, rows in complete.groupby("species")}
mass = complete["body_mass_g"].to_numpy()
counts, edges = np.histogram(mass, bins=12)
reference = {
    "boxes": [boxes(rows["body_mass_g"].to_numpy()) for rows in by_species.values()],
    "densities": [
        {"values": rows["flipper_length_mm"].tolist(), **densities(rows["flipper_length_mm"].to_numpy())}
        for rows in by_species.values()
    ],
    "ecdf": [ecdf(rows["body_mass_g"].to_numpy()) for rows in by_species.values()],
    "bands": [band(rows) for rows in by_species.values()],
    "curves": curves(complete),
    "correlation": penguins[MEASURES].corr().to_numpy().tolist(),
    "histogram": {"values": mass.tolist(), "counts": counts.tolist(), "edges": edges.tolist()},
    "student": [[d, float(stats.t.ppf(0.975, d))] for d in [1, 2, 3, 7, 30, 340, 100000]],
}
text = json.dumps(reference, separators=(",", ":"))
(here / "reference.json").write_text(text + "\n")
