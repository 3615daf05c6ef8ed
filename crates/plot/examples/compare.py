"""Draws the data of the gallery with seaborn and Altair too, and writes pages on
which each chart stands beside theirs, for light and for dark readers.

    pip install seaborn==0.13.2 altair==6.3.0 vl-convert-python==1.9.0.post1 \
        pandas==3.1.1 matplotlib==3.11.2 scipy==1.17.1
    cargo run --release --example gallery -- /tmp/gallery
    python crates/plot/examples/compare.py /tmp/gallery /tmp/compare

The same goes for what is hard to draw well, which `corners.rs` has.

Look at `light-1.html`, `dark-1.html` and so on in a browser. Or take pictures:

    chromium --headless --screenshot=light-1.png --window-size=2010,2700 light-1.html

Both libraries get what a person would write who wants the same chart: their own
style, no fine tuning. Charts about models have no counterpart in either, except
for the few that are drawn here from their parts.
"""

import base64
import io
import sys
from pathlib import Path

import altair as alt
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import vl_convert as vlc
from scipy.cluster import hierarchy

HERE = Path(__file__).parent
# Rows of charts on one page.
ROWS = 6

penguins = pd.read_csv(HERE / "../../frame/data/penguins.csv", na_values=["NA"])
MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
# What gallery.rs makes up, made up once more.
days = np.arange(900)
wave = lambda phase: 20 + 8 * np.sin((19000 + days) / 58 + phase) + (19000 + days) % 7
dates = pd.to_datetime(19000 + days, unit="D")
weather = pd.concat(
    pd.DataFrame({"date": dates, "temperature": wave(phase), "city": city})
    for phase, city in [(0, "Lima"), (2, "Oslo")]
)
leaderboard = pd.DataFrame({
    "model": ["logistic regression", "nearest neighbours", "decision tree", "random forest",
              "gradient boosting", "naive Bayes", "support vectors (radial)", "support vectors (linear)"],
    "f1_macro": [0.981, 0.964, 0.932, 0.977, 0.969, 0.941, 0.983, 0.979],
})
index = np.arange(3000)
size = np.exp(index * 7919 % 3001 / 300)
runs = pd.DataFrame({"rows": size, "seconds": size**1.3 * (1 + index % 13)})
stock = pd.DataFrame({"day": [1, 4, 5, 9, 12, 13, 20], "boxes": [10, 7, 12, 9, 4, 15, 11]})
index = np.arange(36)
sales = pd.DataFrame({
    "year": 2012 + index // 3,
    "sold": 20.0 + index * 7 % 13 + index,
    "shop": np.array(["north", "east", "south"])[index % 3],
})
change = pd.DataFrame({
    "month": ["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
    "change": [1.2, -0.4, 0.8, -1.6, 2.1, 0.3],
    "error": [0.3, 0.2, 0.4, 0.3, 0.5, 0.2],
})
index = np.arange(600)
noisy = pd.DataFrame({
    "time": index // 20,
    "signal": np.sin(index // 20 / 4 + index % 2) + index * 37 % 20 / 20,
    "event": np.array(["cue", "stimulus"])[index % 2],
})
words = pd.DataFrame({
    "λέξη": ["Größe", "naïveté", "Ωμέγα", "Привет", "漢字とかな", "한국어"],
    "häufigkeit": [12, 9, 7, 6, 5, 3],
})
weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
hours = np.arange(24)
visits = pd.DataFrame(
    [np.exp(-(((hours - 14) / 5) ** 2)) * (90 if day < 5 else 40) + (day * 24 + hours) * 37 % 11
     for day in range(7)],
    index=weekdays, columns=hours,
).round()
classes = ["Adelie", "Chinstrap", "Gentoo"]
confusion = pd.DataFrame([[146, 5, 0], [2, 66, 0], [0, 0, 123]], index=classes, columns=classes)
merges = [(0, 1, 0.8), (4, 5, 1.0), (2, 8, 1.3), (3, 9, 1.6), (6, 7, 1.9), (11, 12, 4.0), (10, 13, 6.5)]
leaves = ["ash", "oak", "elm", "cat", "dog", "fox", "cod", "eel"]
importance = pd.DataFrame({
    "feature": ["flipper_length_mm", "bill_length_mm", "bill_depth_mm", "body_mass_g", "sex", "year"],
    "importance": [0.31, 0.27, 0.12, 0.08, 0.02, -0.004],
    "sd": [0.04, 0.03, 0.02, 0.01, 0.01, 0.003],
})

# What corners.rs makes up.
logs = pd.DataFrame({
    "rows": [12.0, 60.0, 130.0, 800.0, 2500.0, 9000.0],
    "seconds": [0.002, 0.004, 0.03, 0.2, 0.9, 7.5],
    "wide": [3.0, 2e3, 7e5, 6e8, 1e11, 4e14],
})
index = np.arange(240)
many = pd.DataFrame({
    "x": index, "y": index % 24 + index * 7 % 13, "country": [f"country number {i % 24}" for i in index],
})
questions = pd.DataFrame({
    "question": [
        "I am satisfied with the quality of the service that I received",
        "The staff were friendly and answered all of my questions",
        "I would recommend it to a friend or a colleague of mine",
        "It was easy to find what I was looking for on the website",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    ],
    "agree": [0.81, 0.74, 0.66, 0.52, 0.13],
})
money = pd.DataFrame({"year": range(2019, 2024), "revenue": [120_000, 98_000, 143_500, 1_250_000, 2_310_400]})
genes = pd.DataFrame(
    np.outer(np.sin(np.arange(40) / 7), np.cos(np.arange(60) / 9)),
    index=[f"gene {i}" for i in range(40)], columns=[f"sample {i}" for i in range(60)],
)


def times(start, step):
    """Every `step` days, from `start` days after the 18th of March 2024 on."""
    index = np.arange(90)
    when = pd.Timestamp("2024-03-18") + pd.to_timedelta(start + index * step, unit="D")
    return pd.DataFrame({"when": when, "load": np.sin(index / 9) * 4 + index % 5})


TIMES = {
    "dates_day": times(7 / 24, 1 / 144), "dates_two_days": times(13 / 24, 1 / 48),
    "dates_weeks": times(0, 1 / 2), "dates_years": times(0, 61),
}


def normal(index):
    uniform = lambda factor: np.maximum((index * factor + 0.5 * factor) % 1, 1e-9)
    radius = np.sqrt(-2 * np.log(uniform(0.7548776662466928)))
    angle = 2 * np.pi * uniform(0.5698402909980533)
    return radius * np.cos(angle), radius * np.sin(angle)


index = np.arange(20_000)
x, y = normal(index)
cloud = pd.DataFrame({
    "x": x + 2.5 * (index % 3), "y": y + 1.5 * (index % 3 % 2),
    "kind": np.array(["one", "two", "three"])[index % 3],
})


def linkage():
    counts = {leaf: 1 for leaf in range(len(leaves))}
    rows = []
    for number, (left, right, height) in enumerate(merges):
        counts[len(leaves) + number] = counts[left] + counts[right]
        rows.append([left, right, height, counts[len(leaves) + number]])
    return np.array(rows, dtype=float)


def with_seaborn(name):
    """The figure, for names that seaborn (or matplotlib or scipy) has a chart for."""
    size = {"figsize": (6.4, 4.0)}
    grid = None
    match name:
        case "pairs":
            grid = sns.pairplot(penguins[MEASURES + ["species"]], hue="species", height=1.9)
        case "pairs_plain":
            grid = sns.pairplot(penguins[MEASURES[:3]], height=2.2)
        case "facets":
            grid = sns.relplot(penguins, x="flipper_length_mm", y="body_mass_g", hue="species",
                               col="island", height=2.6, aspect=0.85)
            grid.figure.suptitle("The same relation on three islands", y=1.03)
        case "facets_histogram":
            grid = sns.displot(penguins, x="body_mass_g", hue="sex", row="species", height=1.8, aspect=3)
    if grid is not None:
        return grid.figure
    figure, axes = plt.subplots(**size)
    match name:
        case "scatter":
            sns.scatterplot(penguins, x="flipper_length_mm", y="body_mass_g", hue="species", ax=axes)
            for species, rows in penguins.groupby("species", sort=False):
                sns.regplot(rows, x="flipper_length_mm", y="body_mass_g", scatter=False, ax=axes)
            axes.set(title="Heavier penguins have longer flippers", xlabel="flipper length (mm)",
                     ylabel="body mass (g)")
        case "scatter_plain":
            sns.regplot(penguins, x="bill_length_mm", y="bill_depth_mm", ax=axes)
        case "scatter_measure":
            sns.scatterplot(penguins, x="bill_length_mm", y="bill_depth_mm", hue="body_mass_g", ax=axes)
        case "scatter_log":
            sns.scatterplot(runs, x="rows", y="seconds", ax=axes)
            axes.set(xscale="log", yscale="log")
        case "scatter_names":
            sns.stripplot(penguins, x="island", y="body_mass_g", hue="sex", dodge=True, ax=axes)
        case "scatter_many":
            sns.scatterplot(cloud, x="x", y="y", hue="kind", s=6, ax=axes)
            axes.set(title="20,000 points")
        case "line":
            sns.lineplot(weather, x="date", y="temperature", hue="city", ax=axes)
            axes.set(title="Two cities")
        case "line_errors":
            sns.lineplot(noisy, x="time", y="signal", hue="event", ax=axes)
        case "step":
            sns.lineplot(stock, x="day", y="boxes", drawstyle="steps-post", ax=axes)
            axes.set(title="Boxes in stock")
        case "area":
            for city, rows in weather.groupby("city"):
                axes.fill_between(rows["date"], rows["temperature"], alpha=0.4, label=city)
            axes.legend(title="city")
        case "area_stacked":
            wide = sales.pivot(index="year", columns="shop", values="sold")
            axes.stackplot(wide.index, *(wide[shop] for shop in wide), labels=list(wide))
            axes.legend(title="shop", loc="upper left")
            axes.set(title="Sold, by shop", xlabel="year", ylabel="sold")
        case "bar":
            sns.barplot(penguins, x="species", y="body_mass_g", hue="sex", errorbar=None, ax=axes)
            axes.set(title="Mean body mass by species and sex")
        case "bar_errors":
            sns.barplot(penguins, x="species", y="body_mass_g", hue="sex", ax=axes)
        case "bar_long":
            sns.barplot(leaderboard, x="model", y="f1_macro", ax=axes)
            axes.set(title="Eight models in five folds")
        case "bar_horizontal":
            sns.barplot(leaderboard, y="model", x="f1_macro", ax=axes)
        case "bar_negative":
            sns.barplot(change, x="month", y="change", ax=axes)
        case "errors":
            axes.errorbar(change["month"], change["change"], yerr=change["error"], fmt="o")
            axes.set(xlabel="month", ylabel="change")
        case "words":
            sns.barplot(words, x="λέξη", y="häufigkeit", ax=axes)
            axes.set(title="Größe, λέξη, 漢字とかな, 한국어")
        case "count":
            sns.countplot(penguins, x="species", ax=axes)
        case "count_color":
            sns.countplot(penguins, x="island", hue="species", ax=axes)
        case "bar_stacked":
            sns.histplot(penguins, x="island", hue="species", multiple="stack", shrink=0.8, ax=axes)
        case "histogram":
            sns.histplot(penguins, x="body_mass_g", ax=axes)
            axes.set(title="How heavy penguins are")
        case "histogram_color":
            sns.histplot(penguins, x="flipper_length_mm", hue="species", ax=axes)
        case "histogram_stacked":
            sns.histplot(penguins, x="flipper_length_mm", hue="species", multiple="stack", ax=axes)
        case "density":
            sns.kdeplot(penguins, x="flipper_length_mm", hue="species", fill=True, ax=axes)
            axes.set(title="Flippers")
        case "density_plain":
            sns.kdeplot(penguins, x="body_mass_g", fill=True, ax=axes)
        case "ecdf":
            sns.ecdfplot(penguins, x="body_mass_g", hue="species", ax=axes)
        case "boxplot":
            sns.boxplot(penguins, x="species", y="body_mass_g", hue="sex", ax=axes)
            axes.set(title="Body mass")
        case "boxplot_plain":
            sns.boxplot(penguins, x="species", y="body_mass_g", hue="species", ax=axes)
        case "boxplot_horizontal":
            sns.boxplot(penguins, y="island", x="bill_depth_mm", hue="species", ax=axes)
        case "violin":
            sns.violinplot(penguins, x="species", y="body_mass_g", hue="sex", ax=axes)
        case "violin_plain":
            sns.violinplot(penguins, x="species", y="flipper_length_mm", hue="species", ax=axes)
        case "heatmap":
            sns.heatmap(visits, ax=axes)
            axes.set(title="Visits by hour")
        case "heatmap_by":
            table = penguins.pivot_table(index="island", columns="species", values="body_mass_g")
            sns.heatmap(table, annot=True, fmt=".0f", cmap="Blues", ax=axes)
            axes.set(title="Mean body mass (g)")
        case "correlation":
            found = penguins.select_dtypes("number").corr()
            sns.heatmap(found, annot=True, fmt=".2f", vmin=-1, vmax=1, cmap="vlag", ax=axes)
        case "confusion":
            sns.heatmap(confusion, annot=True, fmt="d", cmap="Blues", ax=axes)
            axes.set(title="Species, predicted on held-out penguins", xlabel="predicted", ylabel="true")
        case "feature_importance":
            sns.barplot(importance, y="feature", x="importance", ax=axes)
            axes.errorbar(importance["importance"], range(6), xerr=importance["sd"], fmt="none", color="0.3")
        case "log_narrow":
            sns.scatterplot(logs, x="rows", y="seconds", ax=axes)
            axes.set(xscale="log", yscale="log")
        case "log_wide":
            sns.lineplot(logs, x="seconds", y="wide", ax=axes)
            axes.set(xscale="log", yscale="log")
        case "legend_many":
            sns.lineplot(many, x="x", y="y", hue="country", ax=axes)
        case "labels_long":
            sns.barplot(questions, x="question", y="agree", ax=axes)
        case "labels_long_horizontal":
            sns.barplot(questions, y="question", x="agree", ax=axes)
        case "money":
            sns.barplot(money, x="year", y="revenue", ax=axes)
        case "heat_many":
            sns.heatmap(genes, cmap="vlag", ax=axes)
        case "dates_day" | "dates_two_days" | "dates_weeks" | "dates_years":
            sns.lineplot(TIMES[name], x="when", y="load", ax=axes)
        case "dendrogram":
            hierarchy.dendrogram(linkage(), labels=leaves, ax=axes)
        case _:
            plt.close(figure)
            return None
    return figure


def with_altair(name):
    """The chart, for names that Altair has marks for."""
    of = lambda frame: alt.Chart(frame)
    free = {"scale": alt.Scale(zero=False)}
    q = lambda column: alt.X(f"{column}:Q", **free)
    v = lambda column: alt.Y(f"{column}:Q", **free)
    points = of(penguins).mark_point()
    chart = None
    match name:
        case "scatter":
            base = points.encode(q("flipper_length_mm"), v("body_mass_g"), color="species")
            trend = base.transform_regression("flipper_length_mm", "body_mass_g", groupby=["species"]).mark_line()
            chart = (base + trend).properties(title="Heavier penguins have longer flippers")
        case "scatter_plain":
            base = points.encode(q("bill_length_mm"), v("bill_depth_mm"))
            chart = base + base.transform_regression("bill_length_mm", "bill_depth_mm").mark_line()
        case "scatter_measure":
            chart = points.encode(q("bill_length_mm"), v("bill_depth_mm"), color="body_mass_g")
        case "scatter_log":
            log = alt.Scale(type="log")
            chart = of(runs).mark_point().encode(alt.X("rows", scale=log), alt.Y("seconds", scale=log))
        case "scatter_names":
            chart = points.encode(x="island", y=v("body_mass_g"), color="sex", xOffset="sex")
        case "scatter_many":
            chart = of(cloud).mark_circle(size=6).encode(x="x", y="y", color="kind").properties(title="20,000 points")
        case "line":
            chart = of(weather).mark_line().encode(x="date", y="temperature", color="city").properties(title="Two cities")
        case "line_errors":
            base = of(noisy).encode(x="time", color="event")
            chart = base.mark_errorband(extent="ci").encode(y="signal") + base.mark_line().encode(y="mean(signal)")
        case "step":
            chart = of(stock).mark_line(interpolate="step-after").encode(x="day", y="boxes").properties(title="Boxes in stock")
        case "area":
            chart = of(weather).mark_area(opacity=0.4).encode(x="date", y=alt.Y("temperature", stack=None), color="city")
        case "area_stacked":
            chart = of(sales).mark_area().encode(x="year:O", y="sold", color="shop").properties(title="Sold, by shop")
        case "bar":
            chart = of(penguins.dropna(subset=["sex"])).mark_bar().encode(
                x="species", y="mean(body_mass_g)", color="sex", xOffset="sex"
            ).properties(title="Mean body mass by species and sex")
        case "bar_errors":
            base = of(penguins.dropna(subset=["sex"])).encode(x="species", xOffset="sex")
            chart = base.mark_bar().encode(y="mean(body_mass_g)", color="sex") + base.mark_errorbar(
                extent="ci", color="black"
            ).encode(y="body_mass_g")
        case "bar_long":
            chart = of(leaderboard).mark_bar().encode(x=alt.X("model", sort=None), y="f1_macro").properties(
                title="Eight models in five folds"
            )
        case "bar_horizontal":
            chart = of(leaderboard).mark_bar().encode(y=alt.Y("model", sort=None), x="f1_macro")
        case "bar_negative":
            chart = of(change).mark_bar().encode(x=alt.X("month", sort=None), y="change")
        case "errors":
            base = of(change).encode(x=alt.X("month", sort=None), y="change")
            chart = base.mark_point(filled=True) + base.mark_errorbar().encode(yError="error")
        case "words":
            chart = of(words).mark_bar().encode(x=alt.X("λέξη", sort=None), y="häufigkeit").properties(
                title="Größe, λέξη, 漢字とかな, 한국어"
            )
        case "count":
            chart = of(penguins).mark_bar().encode(x="species", y="count()")
        case "count_color":
            chart = of(penguins).mark_bar().encode(x="island", y="count()", color="species", xOffset="species")
        case "bar_stacked":
            chart = of(penguins).mark_bar().encode(x="island", y="count()", color="species")
        case "histogram":
            chart = of(penguins).mark_bar().encode(
                x=alt.X("body_mass_g", bin=alt.Bin(maxbins=20)), y="count()"
            ).properties(title="How heavy penguins are")
        case "histogram_color":
            chart = of(penguins).mark_bar(opacity=0.5).encode(
                x=alt.X("flipper_length_mm", bin=alt.Bin(maxbins=25)), y=alt.Y("count()", stack=None), color="species"
            )
        case "histogram_stacked":
            chart = of(penguins).mark_bar().encode(
                x=alt.X("flipper_length_mm", bin=alt.Bin(maxbins=25)), y="count()", color="species"
            )
        case "density":
            chart = of(penguins.dropna(subset=["flipper_length_mm"])).transform_density(
                "flipper_length_mm", groupby=["species"], as_=["flipper_length_mm", "density"]
            ).mark_area(opacity=0.5).encode(x="flipper_length_mm:Q", y=alt.Y("density:Q", stack=None), color="species:N")
        case "density_plain":
            chart = of(penguins.dropna(subset=["body_mass_g"])).transform_density(
                "body_mass_g", as_=["body_mass_g", "density"]
            ).mark_area(opacity=0.6).encode(x="body_mass_g:Q", y="density:Q")
        case "ecdf":
            chart = of(penguins.dropna(subset=["body_mass_g"])).transform_window(
                share="cume_dist()", sort=[{"field": "body_mass_g"}], groupby=["species"]
            ).mark_line(interpolate="step-after").encode(x=q("body_mass_g"), y="share:Q", color="species")
        case "boxplot":
            chart = of(penguins.dropna(subset=["sex"])).mark_boxplot().encode(
                x="species", y=v("body_mass_g"), color="sex", xOffset="sex"
            ).properties(title="Body mass")
        case "boxplot_plain":
            chart = of(penguins).mark_boxplot(size=60).encode(x="species", y=v("body_mass_g"), color="species")
        case "boxplot_horizontal":
            chart = of(penguins).mark_boxplot().encode(
                y="island", x=alt.X("bill_depth_mm", **free), color="species", yOffset="species"
            )
        case "violin_plain":
            chart = of(penguins.dropna(subset=["flipper_length_mm"])).transform_density(
                "flipper_length_mm", groupby=["species"], as_=["flipper_length_mm", "density"]
            ).mark_area(orient="horizontal").encode(
                x=alt.X("density:Q", stack="center", axis=None), y=v("flipper_length_mm"), color="species:N",
                column="species:N",
            ).properties(width=130, height=300)
            return chart
        case "heatmap":
            long = visits.reset_index(names="day").melt("day", var_name="hour", value_name="visits")
            chart = of(long).mark_rect().encode(
                x="hour:O", y=alt.Y("day", sort=None), color="visits"
            ).properties(title="Visits by hour")
        case "heatmap_by":
            chart = of(penguins).mark_rect().encode(
                x="species", y="island", color="mean(body_mass_g)"
            ).properties(title="Mean body mass (g)")
        case "correlation" | "confusion":
            table = confusion if name == "confusion" else penguins.select_dtypes("number").corr().round(2)
            long = table.reset_index(names="row").melt("row", var_name="column", value_name="value")
            base = of(long).encode(x=alt.X("column", sort=None), y=alt.Y("row", sort=None))
            scheme = "blues" if name == "confusion" else "redblue"
            color = alt.Color("value", scale=alt.Scale(scheme=scheme, domainMid=0))
            chart = base.mark_rect().encode(color=color) + base.mark_text().encode(text="value")
        case "feature_importance":
            base = of(importance).encode(y=alt.Y("feature", sort=None), x="importance")
            chart = base.mark_bar() + base.mark_errorbar(color="gray").encode(xError="sd")
        case "log_narrow":
            log = alt.Scale(type="log")
            chart = of(logs).mark_point().encode(alt.X("rows", scale=log), alt.Y("seconds", scale=log))
        case "log_wide":
            log = alt.Scale(type="log")
            chart = of(logs).mark_line().encode(alt.X("seconds", scale=log), alt.Y("wide", scale=log))
        case "legend_many":
            chart = of(many).mark_line().encode(x="x", y="y", color="country")
        case "labels_long":
            chart = of(questions).mark_bar().encode(x=alt.X("question", sort=None), y="agree")
        case "labels_long_horizontal":
            chart = of(questions).mark_bar().encode(y=alt.Y("question", sort=None), x="agree")
        case "money":
            chart = of(money).mark_bar().encode(x="year:O", y="revenue")
        case "heat_many":
            cells = genes.reset_index(names="gene").melt("gene", var_name="sample", value_name="value")
            color = alt.Color("value", scale=alt.Scale(scheme="redblue", domainMid=0))
            chart = of(cells).mark_rect().encode(
                x=alt.X("sample", sort=None), y=alt.Y("gene", sort=None), color=color
            )
        case "dates_day" | "dates_two_days" | "dates_weeks" | "dates_years":
            chart = of(TIMES[name]).mark_line().encode(x="when", y="load")
        case "pairs" | "pairs_plain":
            shown = MEASURES if name == "pairs" else MEASURES[:3]
            base = points.encode(
                alt.X(alt.repeat("column"), type="quantitative", **free),
                alt.Y(alt.repeat("row"), type="quantitative", **free),
            ).properties(width=120, height=120)
            base = base.encode(color="species") if name == "pairs" else base
            return base.repeat(row=shown, column=shown)
        case "facets":
            return points.encode(q("flipper_length_mm"), v("body_mass_g"), color="species").properties(
                width=160, height=220
            ).facet("island", title="The same relation on three islands")
        case "facets_histogram":
            return of(penguins).mark_bar(opacity=0.5).encode(
                x=alt.X("body_mass_g", bin=alt.Bin(maxbins=20)), y=alt.Y("count()", stack=None), color="sex"
            ).properties(width=480, height=110).facet(row="species")
    return chart and chart.properties(width=500, height=300)


def picture(kind, data):
    return f"<img src='data:image/{kind};base64,{base64.b64encode(data).decode()}'>"


def seaborn(name, dark):
    style = {"text.color": "w", "axes.labelcolor": "w", "xtick.color": "w", "ytick.color": "w",
             "figure.facecolor": "#111", "axes.facecolor": "#1c1c1c", "axes.edgecolor": "#555", "grid.color": "#333"}
    sns.set_theme(style="whitegrid", rc=style if dark else {})
    figure = with_seaborn(name)
    if figure is None:
        return ""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=150, bbox_inches="tight")
    plt.close("all")
    return picture("png", file.getvalue())


def altair(name, dark):
    chart = with_altair(name)
    if chart is None:
        return ""
    spec = chart.to_dict()
    return picture("svg+xml", vlc.vegalite_to_svg(spec, theme="dark" if dark else None).encode())


def ours(gallery, name):
    return (gallery / f"{name}.svg").read_text()


def main(gallery, folder):
    alt.data_transformers.disable_max_rows()
    folder.mkdir(exist_ok=True, parents=True)
    names = [path.stem for path in sorted(gallery.glob("*.svg"))]
    compared = [name for name in names if with_altair(name) is not None or name in ("dendrogram", "violin")]
    rest = [name for name in names if name not in compared]
    for theme in ["light", "dark"]:
        dark = theme == "dark"
        head = (
            f"<!doctype html><meta charset=utf-8><title>Ferrite, seaborn, Altair</title><style>:root{{color-scheme:{theme}}}"
            f"body{{background:{'#111' if dark else '#fff'};margin:8px;font:13px sans-serif;display:grid;"
            "grid-template-columns:repeat(3,650px);gap:8px;align-items:center}img,svg{max-width:640px}h2{grid-column:1/-1;margin:0}"
            "</style>\n"
        )
        pages = [compared[start:start + ROWS] for start in range(0, len(compared), ROWS)]
        for number, page in enumerate(pages, 1):
            body = "".join(
                f"<div>{ours(gallery, name)}</div><div>{seaborn(name, dark)}</div><div>{altair(name, dark)}</div>\n"
                for name in page
            )
            (folder / f"{theme}-{number}.html").write_text(head + body)
            print(f"{theme}-{number}.html: {', '.join(page)}")
        body = "".join(f"<div>{ours(gallery, name)}</div>\n" for name in rest)
        (folder / f"{theme}-rest.html").write_text(head + body)
        print(f"{theme}-rest.html: {', '.join(rest)}")


main(Path(sys.argv[1]), Path(sys.argv[2]))
