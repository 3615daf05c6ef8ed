"""What matplotlib needs for the pictures of drawing.rs: a name and the best of
five times in milliseconds on each line.

Many points are drawn with `rasterized=True`, as one does in matplotlib to get
an SVG that can be opened; otherwise the defaults."""

import io
import time
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

penguins = pd.read_csv(
    Path(__file__).parent / "../../frame/data/penguins.csv", na_values=["NA"]
)


def cloud(rows):
    i = np.arange(rows)

    def uniform(factor):
        return np.maximum((i * factor + 0.5 * factor) % 1.0, 1e-9)

    radius = np.sqrt(-2.0 * np.log(uniform(0.7548776662466928)))
    angle = 2 * np.pi * uniform(0.5698402909980533)
    kind = np.array(["one", "two", "three"])[i % 3]
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return pd.DataFrame({"i": i, "x": x, "y": y, "kind": kind})


def best(name, draw):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        figure, axes = plt.subplots(figsize=(6.4, 4.0), dpi=200)
        draw(axes)
        figure.savefig(io.BytesIO(), format="svg")
        plt.close(figure)
        times.append(time.perf_counter() - start)
    print(f"{name}\t{min(times) * 1000:.1f}", flush=True)


def groups(axes, frame, x, y, column, **options):
    for name, rows in frame.groupby(column):
        axes.scatter(rows[x], rows[y], label=name, s=8, alpha=0.5, **options)
    axes.legend()


def boxes(axes, frame, column, value):
    names = sorted(frame[column].unique())
    axes.boxplot([frame[value][frame[column] == name].dropna() for name in names])
    axes.set_xticks(range(1, len(names) + 1), names)


small, medium, large = cloud(1_000), cloud(100_000), cloud(1_000_000)
best(
    "penguins, three colours",
    lambda axes: groups(axes, penguins, "flipper_length_mm", "body_mass_g", "species"),
)
best("penguins, histogram", lambda axes: axes.hist(penguins["body_mass_g"].dropna(), bins=20))
best("penguins, boxes", lambda axes: boxes(axes, penguins, "species", "body_mass_g"))
best("scatter of 1,000", lambda axes: axes.scatter(small["x"], small["y"], s=8, alpha=0.5))
for name, frame in [("100,000", medium), ("1,000,000", large)]:
    best(
        f"scatter of {name}",
        lambda axes: axes.scatter(frame["x"], frame["y"], s=1, alpha=0.3, rasterized=True),
    )
best(
    "scatter of 1,000,000, groups",
    lambda axes: groups(axes, large, "x", "y", "kind", rasterized=True),
)
best("line of 1,000,000", lambda axes: axes.plot(large["i"], large["y"], lw=0.5, rasterized=True))
best("histogram of 1,000,000", lambda axes: axes.hist(large["x"], bins=60))
best("boxes of 1,000,000", lambda axes: boxes(axes, large, "kind", "x"))
