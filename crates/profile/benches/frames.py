"""The same questions as frames.rs, asked of pandas and polars-py. Prints JSON."""

import json
import sys
import time
from pathlib import Path

import pandas as pd
import polars as pl

FOLDER = Path(sys.argv[1])
RUNS = 5


def timed(work):
    best = float("inf")
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best * 1e3


def with_pandas():
    csv, parquet = FOLDER / "wide.csv", FOLDER / "wide.parquet"
    wide = pd.read_parquet(parquet)
    flights = pd.read_parquet(FOLDER / "flights.parquet")
    planes = flights.groupby("tailnum", as_index=False)["distance"].sum()
    names = [f"f{i}" for i in range(10)]

    def profile(frame):
        """The figures that a profile has, not its page."""
        numbers = frame.select_dtypes("number")
        frame.isna().sum()
        frame.nunique()
        numbers.quantile([0, 0.05, 0.25, 0.5, 0.75, 0.95, 1])
        numbers.agg(["mean", "std", "skew"])
        numbers.corr()
        frame.duplicated().sum()
        for name in frame:
            frame[name].value_counts().head(10)

    return {
        "load csv, 1M × 20": timed(lambda: pd.read_csv(csv, parse_dates=["day"])),
        "load parquet, 1M × 20": timed(lambda: pd.read_parquet(parquet)),
        "group 1M rows by text": timed(lambda: wide.groupby("word").agg(a=("f0", "mean"), b=("f1", "std"), n=("f0", "size"))),
        "group the flights by two": timed(lambda: flights.groupby(["carrier", "dest"]).agg(a=("arr_delay", "mean"), n=("day", "size"))),
        "join the flights with planes": timed(lambda: flights.merge(planes, on="tailnum", how="left")),
        "sort 1M rows": timed(lambda: wide.sort_values(["word", "f0"], ascending=[True, False])),
        "resample the flights by day": timed(lambda: flights.set_index("time_hour")["dep_delay"].resample("D").mean()),
        "a matrix of 10 columns": timed(lambda: wide[names].to_numpy()),
        "profile, 1M × 20": timed(lambda: profile(wide)),
        "profile of the flights": timed(lambda: profile(flights)),
    }


def with_polars():
    csv, parquet = FOLDER / "wide.csv", FOLDER / "wide.parquet"
    wide = pl.read_parquet(parquet)
    flights = pl.read_parquet(FOLDER / "flights.parquet")
    planes = flights.group_by("tailnum").agg(pl.col("distance").sum().alias("miles"))
    names = [f"f{i}" for i in range(10)]

    def profile(frame):
        numbers = frame.select(pl.selectors.numeric())
        frame.null_count()
        frame.select(pl.all().n_unique())
        numbers.describe(percentiles=[0.05, 0.25, 0.5, 0.75, 0.95])
        numbers.select(pl.all().skew())
        pairs = [(a, b) for i, a in enumerate(numbers.columns) for b in numbers.columns[:i]]
        numbers.select(pl.corr(a, b).alias(f"{a}-{b}") for a, b in pairs)
        frame.is_duplicated().sum()
        for name in frame.columns:
            frame[name].value_counts(sort=True).head(10)

    return {
        "load csv, 1M × 20": timed(lambda: pl.read_csv(csv, try_parse_dates=True)),
        "load parquet, 1M × 20": timed(lambda: pl.read_parquet(parquet)),
        "group 1M rows by text": timed(lambda: wide.group_by("word").agg(pl.col("f0").mean(), pl.col("f1").std(), pl.len()).sort("word")),
        "group the flights by two": timed(lambda: flights.group_by(["carrier", "dest"]).agg(pl.col("arr_delay").mean(), pl.len()).sort(["carrier", "dest"])),
        "join the flights with planes": timed(lambda: flights.join(planes, on="tailnum", how="left", maintain_order="left")),
        "sort 1M rows": timed(lambda: wide.sort(["word", "f0"], descending=[False, True])),
        "resample the flights by day": timed(lambda: flights.sort("time_hour").group_by_dynamic("time_hour", every="1d").agg(pl.col("dep_delay").mean())),
        "a matrix of 10 columns": timed(lambda: wide.select(names).to_numpy(order="c")),
        "profile, 1M × 20": timed(lambda: profile(wide)),
        "profile of the flights": timed(lambda: profile(flights)),
    }


print(json.dumps({"pandas": with_pandas(), "polars": with_polars()}))
