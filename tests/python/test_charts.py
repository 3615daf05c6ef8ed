"""Charts as a notebook shows them."""

import json
import re

import pytest

from client import result

VEGA_LITE = "application/vnd.vegalite.v5+json"


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
