//! Draws one chart of each kind, as SVG and PNG, into a folder, to look at
//! after a change:
//!
//! ```text
//! cargo run --release --example gallery -- /tmp/gallery
//! ```
//!
//! `compare.py` beside this file draws the same data with seaborn and Altair.

use std::error::Error;
use std::path::Path;

use ferrite_frame::datasets;
use ferrite_plot::{Chart, chart};
use polars::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "gallery".to_owned());
    std::fs::create_dir_all(&folder)?;
    let file = |name: &str, extension: &str| {
        let path = Path::new(&folder).join(format!("{name}.{extension}"));
        path.to_string_lossy().into_owned()
    };
    let mut page = String::from(PAGE);
    let mut all = charts()?;
    all.extend(models()?);
    for (name, chart) in &all {
        chart.save(&file(name, "svg"))?;
        chart.save(&file(name, "png"))?;
        chart.interactive().save(&file(name, "vl.json"))?;
        page += &format!(
            "<figure>{}<figcaption>{name}</figcaption></figure>\n",
            chart.svg()?
        );
        println!("{name}: {chart}");
    }
    let penguins = datasets::penguins()?;
    let subplots = chart::subplots(&[
        chart::count(&penguins, "species").color("sex").stacked(),
        chart::histogram(&penguins, "body_mass_g").color("species"),
        chart::boxplot(&penguins, "island", "flipper_length_mm"),
        chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").color("species"),
    ])
    .title("Penguins of the Palmer archipelago");
    subplots.save(&file("subplots", "svg"))?;
    subplots.save(&file("subplots", "png"))?;
    page += &format!(
        "<figure>{}<figcaption>subplots</figcaption></figure>\n",
        subplots.svg()?
    );
    std::fs::write(file("index", "html"), page)?;
    Ok(())
}

/// All pictures on one page, which follows the reader's theme.
const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Gallery</title>\
    <style>:root{color-scheme:light dark}body{background:light-dark(#fff,#111);\
    font:13px sans-serif;display:flex;flex-wrap:wrap}figure{margin:8px}</style>\n";

fn charts() -> Result<Vec<(&'static str, Chart)>, Box<dyn Error>> {
    let penguins = datasets::penguins()?;
    let classes = ["Adelie", "Chinstrap", "Gentoo"].map(str::to_owned);
    let measures = [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ];
    let mean = penguins
        .clone()
        .lazy()
        .group_by_stable([col("species"), col("sex")])
        .agg([col("body_mass_g").mean().alias("mean")])
        .collect()?;
    let days: Vec<i32> = (0..900).map(|day| 19_000 + day).collect();
    let wave = |phase: f64| {
        move |day: &i32| 20.0 + 8.0 * (f64::from(*day) / 58.0 + phase).sin() + f64::from(day % 7)
    };
    let temperature: Vec<f64> = days
        .iter()
        .map(wave(0.0))
        .chain(days.iter().map(wave(2.0)))
        .collect();
    let city: Vec<&str> = days
        .iter()
        .map(|_| "Lima")
        .chain(days.iter().map(|_| "Oslo"))
        .collect();
    let mut weather = df!(
        "date" => [days.clone(), days].concat(),
        "temperature" => temperature,
        "city" => city,
    )?;
    weather.try_apply("date", |column| column.cast(&DataType::Date))?;
    let model = [
        "logistic regression",
        "nearest neighbours",
        "decision tree",
        "random forest",
        "gradient boosting",
        "naive Bayes",
        "support vectors (radial)",
        "support vectors (linear)",
    ];
    let leaderboard = df!(
        "model" => model,
        "f1_macro" => [0.981, 0.964, 0.932, 0.977, 0.969, 0.941, 0.983, 0.979],
    )?;
    let sizes: Vec<f64> = (0..3000)
        .map(|i| (f64::from(i * 7919 % 3001) / 300.0).exp())
        .collect();
    let times: Vec<f64> = sizes
        .iter()
        .enumerate()
        .map(|(i, s)| s.powf(1.3) * (1.0 + (i % 13) as f64))
        .collect();
    let runs = df!("rows" => sizes, "seconds" => times)?;
    let stock = df!("day" => [1, 4, 5, 9, 12, 13, 20], "boxes" => [10, 7, 12, 9, 4, 15, 11])?;
    let shops = ["north", "east", "south"];
    let sales = df!(
        "year" => (0..36).map(|i| 2012 + i / 3).collect::<Vec<i32>>(),
        "sold" => (0..36).map(|i| f64::from(20 + i * 7 % 13 + i)).collect::<Vec<f64>>(),
        "shop" => (0..36).map(|i| shops[i % 3]).collect::<Vec<_>>(),
    )?;
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"];
    let change = df!(
        "month" => months,
        "change" => [1.2, -0.4, 0.8, -1.6, 2.1, 0.3],
        "error" => [0.3, 0.2, 0.4, 0.3, 0.5, 0.2],
    )?;
    let noisy = df!(
        "time" => (0..600).map(|i| i / 20).collect::<Vec<i32>>(),
        "signal" => (0..600)
            .map(|i| (f64::from(i / 20) / 4.0 + f64::from(i % 2)).sin() + f64::from(i * 37 % 20) / 20.0)
            .collect::<Vec<f64>>(),
        "event" => (0..600).map(|i| ["cue", "stimulus"][i % 2]).collect::<Vec<_>>(),
    )?;
    let words = df!(
        "λέξη" => ["Größe", "naïveté", "Ωμέγα", "Привет", "漢字とかな", "한국어"],
        "häufigkeit" => [12, 9, 7, 6, 5, 3],
    )?;
    let cloud = cloud(20_000)?;
    let crowd = cloud_of_one(1_000_000)?;
    Ok(vec![
        (
            "scatter",
            chart::scatter(&penguins, "flipper_length_mm", "body_mass_g")
                .color("species")
                .trend()
                .title("Heavier penguins have longer flippers")
                .x_label("flipper length (mm)")
                .y_label("body mass (g)"),
        ),
        (
            "scatter_plain",
            chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").trend(),
        ),
        (
            "scatter_measure",
            chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").color("body_mass_g"),
        ),
        (
            "scatter_log",
            chart::scatter(&runs, "rows", "seconds")
                .log_x()
                .log_y()
                .trend(),
        ),
        (
            "scatter_names",
            chart::scatter(&penguins, "island", "body_mass_g").color("sex"),
        ),
        (
            "line",
            chart::line(&weather, "date", "temperature")
                .color("city")
                .title("Two cities"),
        ),
        (
            "bar",
            chart::bar(&mean, "species", "mean")
                .color("sex")
                .title("Mean body mass by species and sex"),
        ),
        (
            "bar_long",
            chart::bar(&leaderboard, "model", "f1_macro").title("Eight models in five folds"),
        ),
        (
            "histogram",
            chart::histogram(&penguins, "body_mass_g").title("How heavy penguins are"),
        ),
        (
            "histogram_color",
            chart::histogram(&penguins, "flipper_length_mm").color("species"),
        ),
        ("count", chart::count(&penguins, "species")),
        (
            "count_color",
            chart::count(&penguins, "island").color("species"),
        ),
        ("correlation", chart::correlation(&penguins, &[])),
        (
            "heatmap",
            chart::heatmap(
                &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(str::to_owned),
                &(0..24).map(|hour| hour.to_string()).collect::<Vec<_>>(),
                &visits(),
            )
            .title("Visits by hour"),
        ),
        (
            "heatmap_by",
            chart::heatmap_by(&penguins, "species", "island", "body_mass_g")
                .title("Mean body mass (g)"),
        ),
        (
            "density",
            chart::density(&penguins, "flipper_length_mm")
                .color("species")
                .title("Flippers"),
        ),
        ("density_plain", chart::density(&penguins, "body_mass_g")),
        (
            "ecdf",
            chart::ecdf(&penguins, "body_mass_g").color("species"),
        ),
        (
            "boxplot",
            chart::boxplot(&penguins, "species", "body_mass_g")
                .color("sex")
                .title("Body mass"),
        ),
        (
            "boxplot_plain",
            chart::boxplot(&penguins, "species", "body_mass_g").color("species"),
        ),
        (
            "boxplot_horizontal",
            chart::boxplot(&penguins, "island", "bill_depth_mm")
                .color("species")
                .horizontal(),
        ),
        (
            "violin",
            chart::violin(&penguins, "species", "body_mass_g").color("sex"),
        ),
        (
            "violin_plain",
            chart::violin(&penguins, "species", "flipper_length_mm").color("species"),
        ),
        (
            "pairs",
            chart::pair_plot(&penguins, &measures).color("species"),
        ),
        ("pairs_plain", chart::pair_plot(&penguins, &measures[..3])),
        (
            "facets",
            chart::scatter(&penguins, "flipper_length_mm", "body_mass_g")
                .color("species")
                .facet("island")
                .title("The same relation on three islands"),
        ),
        (
            "facets_histogram",
            chart::histogram(&penguins, "body_mass_g")
                .color("sex")
                .facet("species")
                .facet_columns(1),
        ),
        (
            "step",
            chart::step(&stock, "day", "boxes").title("Boxes in stock"),
        ),
        (
            "area",
            chart::area(&weather, "date", "temperature").color("city"),
        ),
        (
            "area_stacked",
            chart::area(&sales, "year", "sold")
                .color("shop")
                .stacked()
                .title("Sold, by shop"),
        ),
        (
            "bar_stacked",
            chart::count(&penguins, "island").color("species").stacked(),
        ),
        (
            "bar_horizontal",
            chart::bar(&leaderboard, "model", "f1_macro").horizontal(),
        ),
        (
            "bar_errors",
            chart::bar(&penguins, "species", "body_mass_g")
                .color("sex")
                .error_bars("ci"),
        ),
        ("bar_negative", chart::bar(&change, "month", "change")),
        (
            "line_errors",
            chart::line(&noisy, "time", "signal")
                .color("event")
                .error_bars("ci"),
        ),
        (
            "errors",
            chart::scatter(&change, "month", "change").error_bars("error"),
        ),
        (
            "histogram_stacked",
            chart::histogram(&penguins, "flipper_length_mm")
                .color("species")
                .stacked(),
        ),
        (
            "scatter_many",
            chart::scatter(&cloud, "x", "y")
                .color("kind")
                .title("20,000 points"),
        ),
        (
            "scatter_million",
            chart::scatter(&crowd, "x", "y").title("A million points"),
        ),
        (
            "words",
            chart::bar(&words, "λέξη", "häufigkeit").title("Größe, λέξη, 漢字とかな, 한국어"),
        ),
        (
            "confusion",
            chart::confusion_matrix(
                &classes,
                &[vec![146, 5, 0], vec![2, 66, 0], vec![0, 0, 123]],
            )
            .title("Species, predicted on held-out penguins"),
        ),
    ])
}

/// Visitors of a site by weekday and hour.
fn visits() -> Vec<Vec<f64>> {
    let hour = |day: usize, hour: usize| {
        let wave = (-((hour as f64 - 14.0) / 5.0).powi(2)).exp();
        (wave * if day < 5 { 90.0 } else { 40.0 } + ((day * 24 + hour) * 37 % 11) as f64).round()
    };
    (0..7)
        .map(|day| (0..24).map(|h| hour(day, h)).collect())
        .collect()
}

/// Two numbers that look random and are normally distributed (Box and Muller).
fn normal(index: usize) -> (f64, f64) {
    let uniform = |factor: f64| (index as f64 * factor + 0.5 * factor).fract().max(1e-9);
    let radius = (-2.0 * uniform(0.754_877_666_246_692_8).ln()).sqrt();
    let angle = std::f64::consts::TAU * uniform(0.569_840_290_998_053_3);
    (radius * angle.cos(), radius * angle.sin())
}

fn cloud(rows: usize) -> PolarsResult<DataFrame> {
    let row = |i: usize| {
        let (x, y) = normal(i);
        let kind = i % 3;
        (
            x + 2.5 * kind as f64,
            y + 1.5 * (kind % 2) as f64,
            ["one", "two", "three"][kind],
        )
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    df!(
        "x" => rows.iter().map(|row| row.0).collect::<Vec<_>>(),
        "y" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
        "kind" => rows.iter().map(|row| row.2).collect::<Vec<_>>(),
    )
}

fn cloud_of_one(rows: usize) -> PolarsResult<DataFrame> {
    let (x, y): (Vec<f64>, Vec<f64>) = (0..rows)
        .map(normal)
        .map(|(a, b)| (a, b + 0.6 * a * a))
        .unzip();
    df!("x" => x, "y" => y)
}

/// Charts about models, of made-up scores.
fn models() -> Result<Vec<(&'static str, Chart)>, Box<dyn Error>> {
    let penguins = datasets::penguins()?;
    let noise = |i: usize| normal(i).0;
    let truth: Vec<bool> = (0..400).map(|i| i % 3 == 0).collect();
    let probability = |strength: f64| {
        let score = |(i, yes): (usize, &bool)| {
            let logit = strength * if *yes { 1.0 } else { -1.0 } + noise(i + 7) - 0.4;
            1.0 / (1.0 + (-logit).exp())
        };
        truth.iter().enumerate().map(score).collect::<Vec<f64>>()
    };
    let scored =
        df!("ill" => truth.clone(), "forest" => probability(1.4), "logistic" => probability(0.6))?;
    let priced = df!(
        "price" => (0..300).map(|i| f64::from(i) + 20.0 * noise(i as usize)).collect::<Vec<f64>>(),
        "predicted" => (0..300).map(f64::from).collect::<Vec<f64>>(),
    )?;
    let sizes = [50usize, 100, 200, 400, 800];
    let folds = |base: f64, gain: f64| -> Vec<Vec<f64>> {
        let score = |(i, size): (usize, &usize)| {
            (0..5)
                .map(|fold| base + gain / (*size as f64).sqrt() + 0.01 * noise(i * 5 + fold))
                .collect()
        };
        sizes.iter().enumerate().map(score).collect()
    };
    let values = [0.001, 0.01, 0.1, 1.0, 10.0, 100.0];
    let at = |i: usize, base: f64, bend: f64| -> Vec<f64> {
        (0..5)
            .map(|fold| {
                base + 0.05 * i as f64 - bend * (i as f64 - 3.0).powi(2) + 0.01 * noise(i + fold)
            })
            .collect()
    };
    let features = df!(
        "feature" => ["flipper_length_mm", "bill_length_mm", "bill_depth_mm", "body_mass_g", "sex", "year"],
        "importance" => [0.31, 0.27, 0.12, 0.08, 0.02, -0.004],
        "sd" => [0.04, 0.03, 0.02, 0.01, 0.01, 0.003],
    )?;
    let clusters = df!(
        "cluster" => (0..300).map(|i| ["a", "b", "c"][usize::min(i / 90, 2)]).collect::<Vec<_>>(),
        "silhouette" => (0..300).map(|i| (0.75 - (i % 90) as f64 / 110.0).max(-0.2)).collect::<Vec<f64>>(),
    )?;
    let leaves: Vec<String> = ["ash", "oak", "elm", "cat", "dog", "fox", "cod", "eel"]
        .map(str::to_owned)
        .into();
    let merges = [
        (0, 1, 0.8),
        (4, 5, 1.0),
        (2, 8, 1.3),
        (3, 9, 1.6),
        (6, 7, 1.9),
        (11, 12, 4.0),
        (10, 13, 6.5),
    ];
    Ok(vec![
        (
            "roc",
            chart::roc_curve(&scored, "ill", &["forest", "logistic"]).title("ROC"),
        ),
        (
            "precision_recall",
            chart::precision_recall_curve(&scored, "ill", &["forest", "logistic"]),
        ),
        (
            "calibration",
            chart::calibration_curve(&scored, "ill", &["forest", "logistic"]),
        ),
        ("residuals", chart::residuals(&priced, "price", "predicted")),
        (
            "predictions",
            chart::predictions(&priced, "price", "predicted"),
        ),
        (
            "learning_curve",
            chart::learning_curve(&sizes, &folds(0.95, 0.3), &folds(0.93, -1.5)),
        ),
        (
            "validation_curve",
            chart::validation_curve(
                "C",
                &values,
                &(0..6).map(|i| at(i, 0.7, 0.0)).collect::<Vec<_>>(),
                &(0..6).map(|i| at(i, 0.68, 0.02)).collect::<Vec<_>>(),
            ),
        ),
        (
            "feature_importance",
            chart::feature_importance(&features, "feature", "importance").error_bars("sd"),
        ),
        (
            "decision_regions",
            chart::decision_regions(
                &penguins,
                "bill_length_mm",
                "bill_depth_mm",
                "species",
                |grid| {
                    let (length, depth) = (
                        grid.column("bill_length_mm")?.f64()?,
                        grid.column("bill_depth_mm")?.f64()?,
                    );
                    let name = |(length, depth): (Option<f64>, Option<f64>)| {
                        let (length, depth) = (length?, depth?);
                        Some(match (length < 43.5, depth < 16.6) {
                            (true, _) => "Adelie",
                            (_, true) => "Gentoo",
                            _ => "Chinstrap",
                        })
                    };
                    Ok::<Series, PolarsError>(Series::from_iter(
                        length.iter().zip(depth.iter()).map(name),
                    ))
                },
            ),
        ),
        (
            "silhouette",
            chart::silhouette(&clusters, "cluster", "silhouette"),
        ),
        (
            "elbow",
            chart::elbow(
                &[1, 2, 3, 4, 5, 6, 7],
                &[680.0, 310.0, 140.0, 115.0, 98.0, 85.0, 77.0],
            ),
        ),
        ("dendrogram", chart::dendrogram(&leaves, &merges)),
    ])
}
