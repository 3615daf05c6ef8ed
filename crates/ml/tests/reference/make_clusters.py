"""Writes clusters.csv: what scikit-learn's clusterers and projections find in the iris and the wine.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scikit-learn==1.9.1 pandas==3.1.1
    /tmp/reference/bin/python crates/ml/tests/reference/make_clusters.py

Rows are `data,clusterer,item,numbers`; the first one says which packages they come from.
`labels` are numbered by their first rows, as Ferrite's are. `../integration/clusters.rs`
and `decompositions.rs` compute the same.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.cluster import DBSCAN, OPTICS, AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.decomposition import FastICA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import pairwise_distances
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

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
    for kind in ["full", "tied", "diag", "spherical"]:
        mixtures = [
            GaussianMixture(3, covariance_type=kind, n_init=20, tol=1e-6, max_iter=500, random_state=seed).fit(x)
            for seed in range(3)
        ]
        best = max(mixtures, key=lambda mixture: mixture.score(x))
        note(data, f"mixture_{kind}", "likelihood", best.score(x))
        note(data, f"mixture_{kind}", "labels", *renumbered(best.predict(x)))
        starts = [
            GaussianMixture(3, covariance_type=kind, tol=1e-6, max_iter=500, random_state=seed).fit(x).score(x)
            for seed in range(60)
        ]
        # Where several of sixty starts end.
        ends, counts = np.unique(np.round(starts, 4), return_counts=True)
        note(data, f"mixture_{kind}", "ends", *ends[counts > 2])
        note(data, f"mixture_{kind}", "one", GaussianMixture(1, covariance_type=kind).fit(x).score(x))
        wide = GaussianMixture(1, covariance_type=kind, reg_covar=0.5).fit(x)
        note(data, f"mixture_{kind}", "one_wide", wide.score(x))
    dbscan = DBSCAN(eps=eps, min_samples=5).fit(x)
    core = np.zeros(len(x))
    core[dbscan.core_sample_indices_] = 1
    note(data, "dbscan", "labels", *renumbered(dbscan.labels_))
    note(data, "dbscan", "core", *core)
    optics = OPTICS(min_samples=5, cluster_method="dbscan", eps=eps).fit(x)
    note(data, "optics", "labels", *renumbered(optics.labels_))
    for samples in [5, 10]:
        for xi in [0.03, 0.05, 0.1]:
            slopes = OPTICS(min_samples=samples, xi=xi).fit(x)
            note(data, "optics_xi", f"{samples}_{xi}", *renumbered(slopes.labels_))
    for linkage in ["ward", "complete", "average", "single"]:
        labels = AgglomerativeClustering(3, linkage=linkage).fit(x).labels_
        note(data, linkage, "labels", *renumbered(labels))


def distortion(x, few):
    """How much the distances of rows change, each way: the spread of their ratios."""
    pairs = np.triu_indices(len(x), 1)
    before, after = pairwise_distances(x)[pairs], pairwise_distances(few)[pairs]
    ratios = after[before > 0] / before[before > 0]
    return ratios.std() / ratios.mean()


for data in ["iris", "wine"]:
    frame = pd.read_csv(HERE / "data" / f"{data}.csv").drop(columns="target")
    x = StandardScaler().fit_transform(frame)
    ica = FastICA(3, whiten="unit-variance", tol=1e-8, max_iter=2_000, random_state=0).fit_transform(x)
    for source in range(3):
        note(data, "ica", f"source_{source}", *ica[:, source])
    for name, make in [("gaussian_projection", GaussianRandomProjection), ("sparse_projection", SparseRandomProjection)]:
        spreads = [distortion(x, make(3, random_state=seed).fit_transform(x)) for seed in range(50)]
        note(data, name, "distortion", np.mean(spreads), np.std(spreads))
    maps = [TSNE(random_state=seed).fit_transform(x) for seed in range(3)]
    note(data, "tsne", "trustworthiness", *[trustworthiness(x, each, n_neighbors=10) for each in maps])

lines.insert(0, f"versions,scikit-learn {sklearn.__version__},numpy {np.__version__},0")
(HERE / "clusters.csv").write_text("data,clusterer,item,numbers\n" + "\n".join(lines) + "\n")
