//! Draws what is hard to draw well, as SVG and PNG, into a folder, to look at
//! after a change; `gallery.rs` has one chart of each kind:
//!
//! ```text
//! cargo run --release --example corners -- /tmp/corners
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
        .unwrap_or_else(|| "corners".to_owned());
    std::fs::create_dir_all(&folder)?;
    for (name, chart) in charts()? {
        let path = Path::new(&folder).join(name).display().to_string();
        chart.save(&format!("{path}.svg"))?;
        chart.save(&format!("{path}.png"))?;
        chart.interactive().save(&format!("{path}.vl.json"))?;
        println!("{name}: {chart}");
    }
    Ok(())
}

const DAY: i64 = 86_400_000_000;

/// Numbers every `step` microseconds from a day of 2024 on.
fn times(start: i64, step: i64, count: i64) -> Result<DataFrame, Box<dyn Error>> {
    let at: Vec<i64> = (0..count)
        .map(|i| 19_800 * DAY + start + i * step)
        .collect();
    let value: Vec<f64> = (0..count)
        .map(|i| (i as f64 / 9.0).sin() * 4.0 + (i % 5) as f64)
        .collect();
    let mut frame = df!("when" => at, "load" => value)?;
    let moments = DataType::Datetime(TimeUnit::Microseconds, None);
    frame.try_apply("when", |when| when.cast(&moments))?;
    Ok(frame)
}

fn charts() -> Result<Vec<(&'static str, Chart)>, Box<dyn Error>> {
    let penguins = datasets::penguins()?;
    let logs = df!(
        "rows" => [12.0, 60.0, 130.0, 800.0, 2500.0, 9000.0],
        "seconds" => [0.002, 0.004, 0.03, 0.2, 0.9, 7.5],
        "wide" => [3.0, 2e3, 7e5, 6e8, 1e11, 4e14],
    )?;
    let lone = df!(
        "x" => [1, 2, 3, 10, 4, 5, 7],
        "y" => [1.0, 2.0, 1.5, 3.0, 2.5, 2.0, 4.0],
        "group" => ["a", "a", "a", "a", "only one", "b", "b"],
    )?;
    let many = df!(
        "x" => (0..240).collect::<Vec<i32>>(),
        "y" => (0..240).map(|i| f64::from(i % 24) + f64::from(i * 7 % 13)).collect::<Vec<f64>>(),
        "country" => (0..240).map(|i| format!("country number {}", i % 24)).collect::<Vec<_>>(),
    )?;
    let long = df!(
        "question" => [
            "I am satisfied with the quality of the service that I received",
            "The staff were friendly and answered all of my questions",
            "I would recommend it to a friend or a colleague of mine",
            "It was easy to find what I was looking for on the website",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        ],
        "agree" => [0.81, 0.74, 0.66, 0.52, 0.13],
    )?;
    let words = df!(
        "面積" => [12.0, 9.0, 7.5, 6.0, 5.0],
        "πληθυσμός" => [3.0, 7.0, 4.0, 9.0, 2.0],
        "Größe" => ["東京都", "Αθήνα", "Reykjavík", "Zürich", "Łódź"],
    )?;
    let rows: Vec<String> = (0..40).map(|i| format!("gene {i}")).collect();
    let columns: Vec<String> = (0..60).map(|i| format!("sample {i}")).collect();
    let cells: Vec<Vec<f64>> = (0..40)
        .map(|row| {
            (0..60)
                .map(|column| (f64::from(row) / 7.0).sin() * (f64::from(column) / 9.0).cos())
                .collect()
        })
        .collect();
    let digits: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let counts: Vec<Vec<usize>> = (0..10)
        .map(|row| {
            (0..10)
                .map(|column| match (row, column) {
                    _ if row == column => 170 + row,
                    (3, 5) | (4, 9) | (8, 1) => 9,
                    _ => usize::from((row * 7 + column) % 5 == 0),
                })
                .collect()
        })
        .collect();
    let leaves: Vec<String> = (0..30).map(|i| format!("sample {i}")).collect();
    let merges: Vec<(usize, usize, f64)> = (0..29)
        .map(|i| (2 * i, 2 * i + 1, ((i + 2) as f64).ln()))
        .collect();
    let money = df!(
        "year" => [2019, 2020, 2021, 2022, 2023],
        "revenue" => [120_000.0, 98_000.0, 143_500.0, 1_250_000.0, 2_310_400.0],
    )?;
    Ok(vec![
        (
            "log_narrow",
            chart::scatter(&logs, "rows", "seconds").log_x().log_y(),
        ),
        (
            "log_wide",
            chart::line(&logs, "seconds", "wide").log_x().log_y(),
        ),
        ("log_bars", chart::bar(&logs, "rows", "wide").log_y()),
        ("log_histogram", chart::histogram(&many, "y").log_y()),
        ("lone_points", chart::line(&lone, "x", "y").color("group")),
        (
            "lone_scatter",
            chart::scatter(&lone.head(Some(1)), "x", "y"),
        ),
        ("legend_many", chart::line(&many, "x", "y").color("country")),
        ("labels_long", chart::bar(&long, "question", "agree")),
        (
            "labels_long_horizontal",
            chart::bar(&long, "question", "agree").horizontal(),
        ),
        (
            "words_scatter",
            chart::scatter(&words, "面積", "πληθυσμός")
                .color("Größe")
                .title("Μέγεθος και πληθυσμός: Größe 東京都"),
        ),
        (
            "words_bar",
            chart::bar(&words, "Größe", "面積").color("Größe"),
        ),
        ("heat_many", chart::heatmap(&rows, &columns, &cells)),
        ("confusion_ten", chart::confusion_matrix(&digits, &counts)),
        ("dendrogram_thirty", chart::dendrogram(&leaves, &merges)),
        (
            "dates_day",
            chart::line(&times(7 * DAY / 24, DAY / 144, 90)?, "when", "load"),
        ),
        (
            "dates_two_days",
            chart::line(&times(13 * DAY / 24, DAY / 48, 90)?, "when", "load"),
        ),
        (
            "dates_weeks",
            chart::line(&times(0, DAY / 2, 90)?, "when", "load"),
        ),
        (
            "dates_years",
            chart::line(&times(0, 61 * DAY, 120)?, "when", "load"),
        ),
        (
            "dates_seconds",
            chart::line(&times(DAY / 3, 250_000, 80)?, "when", "load"),
        ),
        ("money", chart::bar(&money, "year", "revenue")),
        ("money_line", chart::line(&money, "year", "revenue")),
        (
            "facets_titles",
            chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm")
                .facet("year")
                .color("species"),
        ),
        (
            "measure_dark",
            chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm")
                .color("body_mass_g")
                .theme("dark"),
        ),
    ])
}
