"""Writes clusters.csv: what scikit-learn's clusterers find in the iris and the wine.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scikit-learn pandas
    /tmp/reference/bin/python crates/ml/tests/reference/make_clusters.py

Rows are `data,clusterer,item,numbers`. `labels` are numbered by their first rows, as
Ferrite's are. `../integration/clusters.rs` computes the same.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN, OPTICS, AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
lines = []


def renumbered(labels):
    known = {}
    return [-1 if label < 0 else known.setdefault(label, len(known)) for label in labels]


def note(data, name, item, *values):
    lines.append(f"{data},{name},{item},{' '.join(f'{value:.10g}' for value in values)}")


for data, eps in [("iris", 0.6), ("wine", 2.2)]:
    frame = pd.read_csv(HERE / "data" / f"{data}.csv").drop(columns="target")
    x = StandardScaler().fit_transform(frame)
    note(data, "kmeans", "inertia", KMeans(3, n_init=50, random_state=0).fit(x).inertia_)
    note(data, "kmeans", "labels", *renumbered(KMeans(3, n_init=50, random_state=0).fit(x).labels_))
    inertia = [MiniBatchKMeans(3, random_state=seed).fit(x).inertia_ for seed in range(10)]
    note(data, "mini_batch", "inertia", np.mean(inertia))
    mixtures = [GaussianMixture(3, n_init=10, random_state=seed).fit(x) for seed in range(3)]
    note(data, "mixture", "likelihood", max(mixture.score(x) for mixture in mixtures))
    dbscan = DBSCAN(eps=eps, min_samples=5).fit(x)
    core = np.zeros(len(x))
    core[dbscan.core_sample_indices_] = 1
    note(data, "dbscan", "labels", *renumbered(dbscan.labels_))
    note(data, "dbscan", "core", *core)
    optics = OPTICS(min_samples=5, cluster_method="dbscan", eps=eps).fit(x)
    note(data, "optics", "labels", *renumbered(optics.labels_))
    for linkage in ["ward", "complete", "average", "single"]:
        labels = AgglomerativeClustering(3, linkage=linkage).fit(x).labels_
        note(data, linkage, "labels", *renumbered(labels))

(HERE / "clusters.csv").write_text("data,clusterer,item,numbers\n" + "\n".join(lines) + "\n")
