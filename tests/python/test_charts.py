"""Charts as a notebook shows them."""

import json
import re
from pathlib import Path

import pytest
import vl_convert

from client import result

VEGA_LITE = "application/vnd.vegalite.v5+json"
# The first and the last version 5 that the compiler's package has, and the next one.
VERSIONS = ["5.8", "5.21", "6.1"]

# A chart of every kind and of the options that change its marks.
KINDS = """
let days: Vec<i32> = (0..60).map(|i| 19_000 + i).collect();
let values: Vec<f64> = (0..60).map(|i| f64::from(i * 7 % 13) - 4.0).collect();
let yes: Vec<bool> = (0..60).map(|i| i % 3 == 0).collect();
let scores: Vec<f64> = (0..60).map(|i| f64::from(i * 11 % 60) / 60.0).collect();
let parts: Vec<&str> = (0..60).map(|i| ["left", "right"][i % 2]).collect();
let dates = Series::new("day".into(), days).cast(&DataType::Date)?;
let mut made = df!("value" => values, "yes" => yes, "score" => scores, "part" => parts)?;
made.with_column(dates.into())?;
let two = ["a", "b"].map(str::to_owned);
let folds = vec![vec![0.8, 0.9], vec![0.85, 0.95]];
let thousands = df!(
    "x" => (0..30_000).map(f64::from).collect::<Vec<f64>>(),
    "y" => (0..30_000i64).map(|i| (i * 7919 % 30_011) as f64).collect::<Vec<f64>>(),
)?;
let (mass, flippers) = ("body_mass_g", "flipper_length_mm");
let charts = vec![
    ("scatter", chart::scatter(&penguins, flippers, mass).color("species").trend()),
    ("scatter_of_names", chart::scatter(&penguins, "island", mass).color("sex")),
    ("scatter_of_a_measure", chart::scatter(&penguins, flippers, mass).color(mass)),
    ("scatter_of_thousands", chart::scatter(&thousands, "x", "y")),
    ("scatter_with_errors", chart::scatter(&made, "day", "value").error_bars("score")),
    ("logarithmic", chart::scatter(&penguins, flippers, mass).log_x().log_y().trend()),
    ("line_of_dates", chart::line(&made, "day", "value").color("part")),
    ("line_with_band", chart::line(&penguins, "year", mass).color("sex").error_bars("ci")),
    ("step", chart::step(&made, "day", "value")),
    ("area", chart::area(&made, "day", "score").color("part").stacked()),
    ("bar", chart::bar(&penguins, "species", mass).color("sex").error_bars("sd")),
    ("bar_lying", chart::bar(&made, "part", "value").horizontal()),
    ("count", chart::count(&penguins, "island").color("species").stacked()),
    ("histogram", chart::histogram(&penguins, mass).color("sex")),
    ("histogram_of_dates", chart::histogram(&made, "day")),
    ("histogram_stacked", chart::histogram(&penguins, mass).color("sex").stacked().theme("dark")),
    ("density", chart::density(&penguins, mass).color("species")),
    ("ecdf", chart::ecdf(&penguins, mass).color("species")),
    ("boxplot", chart::boxplot(&penguins, "species", mass).color("sex")),
    ("violin", chart::violin(&penguins, "species", mass).horizontal()),
    ("heatmap", chart::heatmap(&two, &two, &[vec![1.0, f64::NAN], vec![-3.0, 4.0]])),
    ("heatmap_by", chart::heatmap_by(&penguins, "species", "year", mass)),
    ("correlation", chart::correlation(&penguins, &[])),
    ("pairs", chart::pair_plot(&penguins, &[]).color("species")),
    ("facets", chart::scatter(&penguins, flippers, mass).facet("island").title("Islands")),
    ("confusion", chart::confusion_matrix(&two, &[vec![9, 1], vec![0, 8]])),
    ("roc", chart::roc_curve(&made, "yes", &["score"])),
    ("precision_recall", chart::precision_recall_curve(&made, "yes", &["score"])),
    ("calibration", chart::calibration_curve(&made, "yes", &["score"])),
    ("residuals", chart::residuals(&made, "value", "score")),
    ("learning_curve", chart::learning_curve(&[10, 20], &folds, &folds)),
    ("validation_curve", chart::validation_curve("C", &[0.1, 10.0], &folds, &folds).log_x()),
    ("importance", chart::feature_importance(&made.head(Some(9)), "day", "value").error_bars("score")),
    ("regions", chart::decision_regions(&made, "value", "score", "part", |grid| {
        Ok::<Series, String>(Series::new("part".into(), vec!["left"; grid.height()]))
    })),
    ("silhouette", chart::silhouette(&made, "part", "score")),
    ("elbow", chart::elbow(&[1, 2, 3, 4], &[9.0, 4.0, 2.0, 1.5])),
    ("dendrogram", chart::dendrogram(&two, &[(0, 1, 1.0)])),
];
for (name, chart) in &charts {
    chart.interactive().save(&format!("{name}.vl.json"))?;
}
"""


@pytest.fixture(scope="module")
def penguins(nb):
    nb.run("use ferrite::prelude::*;\nlet penguins = datasets::penguins()?;")
    return nb


def test_a_chart_is_a_picture_that_follows_the_theme(penguins):
    data = penguins.show('chart::boxplot(&penguins, "species", "body_mass_g").color("sex")')
    assert set(data) == {"image/svg+xml", "text/plain"}
    assert "light-dark(" in data["image/svg+xml"] and "Gentoo" in data["image/svg+xml"]
    assert data["text/plain"].startswith("box plot of body_mass_g by species")


def test_an_interactive_chart_is_vega_lite(penguins):
    data = penguins.show('chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").interactive()')
    spec = data[VEGA_LITE]
    spec = json.loads(spec) if isinstance(spec, str) else spec
    assert spec["$schema"].endswith("/vega-lite/v5.json")
    assert len(spec["layer"][0]["data"]["values"]) == 342
    assert "<svg" in data["image/svg+xml"], "for those who do not know Vega-Lite"


def test_every_kind_is_sound_vega_lite(penguins, capfd):
    """Vega-Lite's own compiler takes the document of each kind, without a warning."""
    penguins.run(KINDS)
    folder = Path(penguins.folder)
    specs = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.vl.json"))}
    assert len(specs) == 37, sorted(specs)
    for version in VERSIONS:
        for name, spec in specs.items():
            capfd.readouterr()
            compiled = vl_convert.vegalite_to_vega(spec, vl_version=version, show_warnings=True)
            said = capfd.readouterr()
            assert said.out + said.err == "", f"{name}, Vega-Lite {version}"
            assert compiled["marks"], name
    # A page is drawn as well: what is wrong with data is seen only then.
    for name in ["scatter.vl.json", "facets.vl.json", "heatmap_by.vl.json", "line_of_dates.vl.json"]:
        svg = vl_convert.vegalite_to_svg(specs[name], vl_version=VERSIONS[0])
        assert svg.count("<path") > 10 and "NaN" not in svg, name


def test_the_compiler_is_heard(capfd):
    """The test above would notice a warning."""
    wrong = {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"shape": {"field": "a", "type": "nominal"}}}
    vl_convert.vegalite_to_vega(wrong, vl_version=VERSIONS[0], show_warnings=True)
    said = capfd.readouterr()
    assert "shape dropped" in said.out + said.err


def test_a_million_points_are_an_image_in_a_picture(penguins):
    penguins.run("""let million = df!(
    "x" => (0..1_000_000).map(f64::from).collect::<Vec<f64>>(),
    "y" => (0..1_000_000i64).map(|i| (i * 7919 % 1_000_003) as f64).collect::<Vec<f64>>(),
)?;""")
    svg = penguins.show('chart::scatter(&million, "x", "y")')["image/svg+xml"]
    assert "<circle" not in svg and "data:image/png;base64," in svg
    assert len(svg) < 4_000_000


def test_several_charts_are_one_picture(penguins):
    data = penguins.show("""chart::subplots(&[
    chart::count(&penguins, "species"),
    chart::density(&penguins, "body_mass_g").color("species"),
])""")
    assert data["image/svg+xml"].count("<svg") == 1
    assert "density" in data["image/svg+xml"] and ">152</text>" in data["image/svg+xml"]


def test_a_model_is_asked_for_its_regions(penguins):
    penguins.run("""let two = penguins.select(["bill_length_mm", "bill_depth_mm", "species"])?;
let neighbours = Pipeline::new().step("impute", SimpleImputer::median()).model(knn(15)).fit(&two, "species")?;""")
    svg = penguins.show(
        'chart::decision_regions(&two, "bill_length_mm", "bill_depth_mm", "species",'
        " |grid| neighbours.predict(grid))"
    )["image/svg+xml"]
    assert "data:image/png;base64," in svg and svg.count("<circle") == 342


def test_a_chart_that_cannot_be_drawn_says_why(penguins):
    data = penguins.show('chart::violin(&penguins, "specie", "body_mass_g")')
    assert 'did you mean "species"?' in data["text/plain"]
    assert "image/svg+xml" not in data


def test_files_are_what_their_names_say(penguins):
    penguins.run("""let bars = chart::count(&penguins, "species");
bars.save("bars.png")?; bars.save("bars.svg")?; bars.save("bars.html")?;""")
    with open(f"{penguins.folder}/bars.png", "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    with open(f"{penguins.folder}/bars.html", encoding="utf-8") as file:
        assert "<svg" in file.read()
    assert penguins.run('bars.save("bars.pdf").is_err()') == [result("true")]


@pytest.mark.parametrize("font", ["sans-serif", "Arial", "Calibri"])
def test_plotters_knows_the_names_that_people_write(nb, font):
    nb.run("use plotters::prelude::*;")
    code = f"""evcxr_figure((300, 80), |root| {{
        root.titled("letters", ("{font}", 20).into_font())?;
        Ok(())
    }})"""
    assert "letters" in str(nb.show(code))


def test_a_plotters_closure_has_letters(nb):
    nb.run("use plotters::prelude::*;")
    data = nb.show("""evcxr_figure((320, 200), |root| {
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("A sine", ("sans-serif", 18))
        .x_label_area_size(30)
        .y_label_area_size(40)
        .build_cartesian_2d(0.0..6.3, -1.1..1.1)?;
    chart.configure_mesh().draw()?;
    chart.draw_series(LineSeries::new((0..60).map(|i| f64::from(i) * 0.1).map(|x| (x, x.sin())), &BLUE))?;
    Ok(())
})""")
    (_, shown), = data.items()
    assert "<svg" in shown and "A sine" in shown and re.search(r">\s*1\.0\s*<", shown)
