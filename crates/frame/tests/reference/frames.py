"""Figures of the bundled data sets by pandas, numpy and scipy, to compare with.

    pip install pandas==2.3.3 numpy==2.4.6 scipy==1.17.1 pyarrow==26.0.1
    python frames.py            # writes frames.json beside itself

The result is in the repository, so tests need no Python.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
NAMES = ["penguins", "wine", "breast_cancer", "cars", "gapminder", "seattle_weather", "co2", "flights"]


def load(name):
    csv = DATA / f"{name}.csv"
    if csv.exists():
        return pd.read_csv(csv, na_values=["NA"], keep_default_na=True)
    return pd.read_parquet(DATA / f"{name}.parquet")


def numbers(frame):
    return frame.select_dtypes("number").astype("float64")


def describe(frame):
    told = {}
    for name, column in numbers(frame).items():
        values = column.dropna().to_numpy()
        q25, median, q75 = np.quantile(values, [0.25, 0.5, 0.75])
        reach = 1.5 * (q75 - q25)
        told[name] = {
            "count": len(values),
            "mean": values.mean(),
            "std": values.std(ddof=1),
            "min": values.min(),
            "q25": q25,
            "median": median,
            "q75": q75,
            "max": values.max(),
            "skewness": column.skew(),
            "distinct": column.nunique(),
            "outliers": int(((values < q25 - reach) | (values > q75 + reach)).sum()),
        }
    return told


def corr(frame, method):
    table = numbers(frame).corr(method=method)
    return {a: {b: None if np.isnan(r) else r for b, r in row.items()} for a, row in table.items()}


def rows(frame):
    """A frame as lists; dates in ISO notation, missing values as None."""
    plain = frame.reset_index(drop=True).copy()
    for name in plain:
        if str(plain[name].dtype).startswith("datetime"):
            plain[name] = plain[name].dt.strftime("%Y-%m-%d")
    plain = plain.astype(object).where(plain.notna(), None)
    return plain.values.tolist()


def main():
    frames = {name: load(name) for name in NAMES}
    penguins, weather, co2 = frames["penguins"], frames["seattle_weather"], frames["co2"]
    flights, cars = frames["flights"], frames["cars"]
    weather["date"] = pd.to_datetime(weather["date"])
    co2["date"] = pd.to_datetime(co2["date"])

    # scipy's words on a pair, beside pandas'.
    both = penguins[["bill_length_mm", "body_mass_g"]].dropna()
    pair = {
        "pearson": stats.pearsonr(both["bill_length_mm"], both["body_mass_g"]).statistic,
        "spearman": stats.spearmanr(both["bill_length_mm"], both["body_mass_g"]).statistic,
    }

    grouped = penguins.groupby(["species", "sex"], dropna=False)["body_mass_g"]
    aggregate = grouped.agg(["mean", "std", "median", "min", "max", "count", "nunique"]).reset_index()
    pivot = penguins.pivot_table(index="species", columns="island", values="body_mass_g", aggfunc="mean")
    counts = penguins["sex"].value_counts(dropna=False)
    indexed = weather.set_index("date")
    window = co2["co2"].rolling(26)

    sparse = weather[weather["date"].dt.month != 7].set_index("date")
    days = sparse["temp_max"].rolling("7D")
    grouped_time = weather.groupby("weather").resample("MS", on="date")["temp_max"].agg(["mean", "count"])

    # Keys that occur twice, or on one side only, and values that are missing.
    left = pd.DataFrame({"k": ["b", "a", "c", "a"], "n": [1, 1, 2, 2], "x": [0.5, 1.5, None, 3.5]})
    right = pd.DataFrame({"k": ["a", "d", "b", "a"], "n": [1, 3, 1, 2], "y": [10.0, 20.0, 30.0, None]})

    def joined(on, how):
        table = left.merge(right, on=on, how=how)
        return rows(table.sort_values(list(table.columns), na_position="last"))

    join_values = {how: joined(["k", "n"], how) for how in ["inner", "left", "right", "outer"]}
    join_one = {how: joined(["k"], how) for how in ["inner", "left", "right", "outer"]}

    cut = pd.cut(penguins["body_mass_g"], [-np.inf, 3500, 4500, np.inf])
    qcut, edges = pd.qcut(cars["mpg"], 4, retbins=True)

    carriers = pd.DataFrame({"carrier": ["AA", "UA", "XX"], "name": ["American", "United", "None"]})
    joins = {
        how: len(flights[["carrier", "flight"]].merge(carriers, on="carrier", how=how))
        for how in ["inner", "left", "right", "outer"]
    }

    result = {
        "describe": {name: describe(frame) for name, frame in frames.items()},
        "pearson": {name: corr(frames[name], "pearson") for name in ["penguins", "wine", "cars", "flights"]},
        "spearman": {name: corr(frames[name], "spearman") for name in ["penguins", "wine", "cars"]},
        "pair": pair,
        "duplicates": {name: int(frame.duplicated().sum()) for name, frame in frames.items()},
        "aggregate": rows(aggregate),
        "pivot": rows(pivot.reset_index()),
        "value_counts": [[None if pd.isna(k) else k, int(v)] for k, v in counts.items()],
        "resample_month": rows(indexed["temp_max"].resample("MS").mean().reset_index()),
        "resample_week": rows(indexed["precipitation"].resample("W-MON", label="left", closed="left").sum().reset_index()),
        "resample_gaps": rows(sparse["temp_max"].resample("MS").mean().reset_index()),
        "moving": {
            how: [None if pd.isna(v) else v for v in getattr(window, how)()]
            for how in ["mean", "sum", "median", "std"]
        },
        "moving_by": {
            how: [None if pd.isna(v) else v for v in getattr(days, how)()]
            for how in ["mean", "sum", "min", "max", "median", "std", "var"]
        },
        "resample_by": rows(grouped_time.reset_index()),
        "cut": cut.cat.codes.tolist(),
        "qcut": qcut.cat.codes.tolist(),
        "qcut_edges": edges.tolist(),
        "joins": joins,
        "join_values": join_values,
        "join_one": join_one,
        "one_hot": pd.get_dummies(penguins["sex"], prefix="sex", dtype=int).sum().to_dict(),
    }
    # A line for each part, so that a change can be seen.
    parts = [f"{json.dumps(key)}: {json.dumps(part, allow_nan=False)}" for key, part in result.items()]
    (HERE / "frames.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
