"""Frames, charts and models: the cells that Ferrite is made for."""

import re

import pytest

from client import result, stdout


@pytest.fixture(scope="module")
def penguins(nb):
    nb.run("use ferrite::prelude::*;\nlet penguins = datasets::penguins()?;")
    return nb


def test_a_frame_is_a_table(penguins):
    data = penguins.show("penguins")
    assert set(data) == {"text/html", "text/plain"}
    assert "<table" in data["text/html"]
    for text in data.values():
        assert "344 rows × 8 columns" in text
        assert "species" in text and "f64" in text and "null" in text
    # An expression looks as the variable does.
    assert penguins.show("penguins.clone()") == data
    assert penguins.show("&penguins") == data


def test_a_csv_file_is_read(nb):
    with open(f"{nb.folder}/ages.csv", "w", encoding="utf-8") as file:
        file.write("name,age\nAda,36\nGrace,\n")
    nb.run("use ferrite::prelude::*;")
    nb.run('let ages = read_csv("ages.csv")?;')
    text = nb.show("ages")["text/plain"]
    assert "Ada" in text and "null" in text and "2 rows × 2 columns" in text


def test_a_group_by(penguins):
    penguins.run("""let by_species = penguins
    .clone().lazy()
    .filter(col("sex").is_not_null())
    .group_by([col("species"), col("sex")])
    .agg([col("body_mass_g").mean().alias("mean"), len().alias("n")])
    .sort(["species", "sex"], Default::default())
    .collect()?;                                    // plain polars""")
    text = penguins.show("by_species")["text/plain"]
    assert "Gentoo" in text and "6 rows × 4 columns" in text
    assert penguins.run('by_species.column("n")?.u32()?.sum()') == [result("333")] or penguins.run(
        'by_species.column("n")?.idx()?.sum()'
    ) == [result("Some(333)")]


def test_a_frame_assigned_from_its_own_consumption(penguins):
    penguins.run("let mut df = penguins.clone();")
    penguins.run('df = df.lazy().filter(col("species").eq(lit("Gentoo"))).collect()?;')
    assert penguins.run("df.height()") == [result("124")]
    penguins.run('df = df.lazy().filter(col("sex").is_not_null()).collect()?;')
    assert penguins.run("df.height()") == [result("119")]


def test_a_frame_of_ones_own(nb):
    nb.run("use polars::prelude::*;")
    nb.run('let own = df!("name" => ["Ada", "Bo"], "mass" => [Some(3.5), None])?;')
    data = nb.show("own")
    assert data["text/plain"] == (
        "name  mass\nstr    f64\n──────────\nAda    3.5\nBo    null\n2 rows × 2 columns"
    )
    assert "<table" in data["text/html"]


def test_columns_series_and_plans_have_looks(penguins):
    assert "<table" in penguins.show('penguins.column("species")?.clone()')["text/html"]
    assert "<table" in penguins.show('Series::new("x".into(), [1, 2, 3])')["text/html"]
    plan = penguins.show('penguins.clone().lazy().filter(col("year").gt(lit(2007)))')
    assert "FILTER" in plan["text/plain"]


def test_polars_errors_are_told(penguins):
    failure = penguins.fail('penguins.clone().lazy().select([col("no_such")]).collect()?')
    assert failure.name == "PolarsError"
    assert "no_such" in failure.value
    assert penguins.run("penguins.height()") == [result("344")]


def test_a_scatter_chart(penguins):
    data = penguins.show("""chart::scatter(&penguins, "flipper_length_mm", "body_mass_g")
    .color("species")
    .trend()
    .title("Heavier penguins have longer flippers")""")
    svg = data["image/svg+xml"]
    assert svg.lstrip().startswith("<svg") or svg.lstrip().startswith("<?xml")
    assert "Heavier penguins have longer flippers" in svg and "Gentoo" in svg
    assert "text/plain" in data


def test_a_histogram_kept_in_a_variable(penguins):
    penguins.run('let bills = chart::histogram(&penguins, "bill_length_mm").bins(24);')
    assert "<svg" in penguins.show("bills")["image/svg+xml"]


def test_charts_in_the_middle_of_a_cell_keep_their_order(penguins):
    outputs = penguins.run("""for column in ["bill_length_mm", "bill_depth_mm"] {
    println!("{column}");
    display(&chart::histogram(&penguins, column).title(column));
}""")
    assert [kind for kind, _ in outputs] == ["stdout", "display_data"] * 2
    assert outputs[0] == stdout("bill_length_mm\n")
    assert "bill_length_mm" in outputs[1][1]["image/svg+xml"]
    assert "bill_depth_mm" in outputs[3][1]["image/svg+xml"]


def test_plotters_draws_svg(nb):
    nb.run("use plotters::prelude::*;")
    nb.run("""let mut svg = String::new();
{
    let root = SVGBackend::with_string(&mut svg, (200, 100)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("a line", ("sans-serif", 16))
        .build_cartesian_2d(0f64..1f64, 0f64..1f64)?;
    chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], &RED))?;
    root.present()?;
}""")
    assert nb.run('svg.contains("polyline") && svg.contains("a line")') == [result("true")]


def test_plotters_evcxr_figure_is_shown(nb):
    nb.run("use plotters::prelude::*;")
    data = nb.show("""evcxr_figure((200, 100), |root| {
    root.fill(&WHITE)?;
    Ok(())
})""")
    (_, shown), = data.items()
    assert "<svg" in shown


def test_a_pipeline_from_the_split_to_the_evaluation(penguins):
    penguins.run('let (train, test) = train_test_split(&penguins, 0.25).stratify("species").seed(7).split()?;')
    assert penguins.run("(train.height() + test.height(), test.width())") == [result("(344, 8)")]
    diagram = penguins.show("""let pipeline = Pipeline::new()
    .step("columns", ColumnTransformer::new()
        .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
        .categorical([SimpleImputer::most_frequent().into(), OneHotEncoder::new().into()]))
    .model(LogisticRegression::new().c(1.0));
pipeline                                            // a diagram""")
    assert "text/html" in diagram and "StandardScaler" in diagram["text/plain"]
    data = penguins.show('let fitted = pipeline.fit(&train, "species")?;\nfitted.evaluate(&test)?')
    assert "accuracy" in data["text/plain"] and "text/html" in data
    accuracy = float(penguins.text("fitted.evaluate(&test)?.accuracy()?"))
    assert 0.9 < accuracy <= 1.0
    assert penguins.run("fitted.predict(&test)?.len() == test.height()") == [result("true")]


def test_linfa_under_its_own_name(penguins):
    penguins.run("use linfa::prelude::*;\nuse linfa_trees::DecisionTree;\nuse ndarray::{Array1, Array2, array};")
    penguins.run("""let records: Array2<f64> = Array2::from_shape_fn((60, 2), |(i, j)| (i * (j + 1)) as f64);
let targets: Array1<usize> = Array1::from_shape_fn(60, |i| i / 30);
let dataset = Dataset::new(records, targets);""")
    penguins.run("let tree = DecisionTree::params().max_depth(Some(3)).fit(&dataset)?;")
    assert penguins.run("tree.predict(&dataset).confusion_matrix(&dataset)?.accuracy()") == [
        result("1.0")
    ]


def test_an_array_is_readable(nb):
    nb.run("use ndarray::{Array2, array};\nlet a = array![[1.0, 2.0], [3.0, 4.5]];")
    data = nb.show("a.dot(&a)")
    assert re.search(r"\b7\b|\b7\.0\b", data["text/plain"]) and "2 × 2" in data["text/plain"]
    assert nb.run("a.sum()") == [result("10.5")]
    big = nb.show("Array2::<f64>::zeros((1000, 1000))")
    assert len(big["text/plain"]) < 10_000


def test_random_numbers(nb):
    nb.run("use rand::{Rng, SeedableRng, rngs::StdRng};\nlet mut dice = StdRng::seed_from_u64(7);")
    nb.run("let rolls: Vec<u8> = (0..100).map(|_| dice.gen_range(1..=6)).collect();")
    assert nb.run("rolls.iter().all(|r| (1..=6).contains(r))") == [result("true")]


def test_json(nb):
    nb.run("use serde_json::json;")
    nb.run('let value = json!({ "a": [1, 2, { "b": null }] });')
    assert nb.run('value["a"][1].as_i64()') == [result("Some(2)")]


def test_frames_come_and_go_through_functions(penguins):
    penguins.run("""fn heavy(frame: &DataFrame, grams: f64) -> PolarsResult<DataFrame> {
    frame.clone().lazy().filter(col("body_mass_g").gt(lit(grams))).collect()
}""")
    assert penguins.run("heavy(&penguins, 6000.0)?.height()") == [result("2")]


def test_polars_prelude_shadows_nothing_that_cells_need(nb):
    """It brings in modules and types of common names."""
    nb.run("use polars::prelude::*;")
    assert nb.run("let n: Result<i32, String> = Ok(1);\nn") == [result("Ok(1)")]
    assert nb.run("Some(1).map(|n| n + 1)") == [result("Some(2)")]
    assert nb.run('let list: Vec<String> = vec!["a".into()];\nlist.len()') == [result("1")]
