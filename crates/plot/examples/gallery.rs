//! Draws one chart of each kind, as SVG and PNG, into a folder, to look at
//! after a change:
//!
//! ```text
//! cargo run --release -p ferrite-plot --example gallery -- /tmp/gallery
//! ```

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
    for (name, chart) in charts()? {
        for extension in ["svg", "png"] {
            let path = Path::new(&folder).join(name).with_extension(extension);
            chart.save(&path.to_string_lossy())?;
        }
        println!("{name}: {chart}");
    }
    Ok(())
}

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
        (
            "heatmap",
            chart::heatmap(
                &measures.map(str::to_owned),
                &measures.map(str::to_owned),
                &correlations(),
            ),
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

/// Correlations of the penguins' four measures.
fn correlations() -> Vec<Vec<f64>> {
    vec![
        vec![1.0, -0.235, 0.656, 0.595],
        vec![-0.235, 1.0, -0.584, -0.472],
        vec![0.656, -0.584, 1.0, 0.871],
        vec![0.595, -0.472, 0.871, 1.0],
    ]
}
