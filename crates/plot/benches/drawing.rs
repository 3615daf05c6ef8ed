//! How long pictures take, beside matplotlib's of the same data.
//!
//! ```text
//! PYTHON=/path/to/python cargo bench --bench drawing
//! ```
//!
//! (Without `-p`, which would build polars once more with the features that this
//! crate alone asks for.)
//!
//! Each time is the best of five, from a frame (or an array) to the finished
//! text of an SVG. Without a Python that has matplotlib, only ours are printed.
//! The last line says whether a million points took less than a second.

use std::collections::HashMap;
use std::error::Error;
use std::process::Command;
use std::time::Instant;

use ferrite_plot::{Chart, chart};
use polars::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let theirs = matplotlib();
    println!(
        "{:<28}{:>12}{:>16}{:>8}",
        "", "Ferrite ms", "matplotlib ms", "ratio"
    );
    let mut slowest = 0.0f64;
    for (name, chart) in cases()? {
        let ours = (0..5)
            .map(|_| {
                let start = Instant::now();
                let svg = chart.svg()?;
                let time = start.elapsed().as_secs_f64() * 1000.0;
                std::hint::black_box(svg);
                Ok(time)
            })
            .collect::<Result<Vec<f64>, Box<dyn Error>>>()?
            .into_iter()
            .fold(f64::INFINITY, f64::min);
        if name.contains("1,000,000") {
            slowest = slowest.max(ours);
        }
        match theirs.get(name) {
            Some(time) => println!("{name:<28}{ours:>12.1}{time:>16.1}{:>8.1}", time / ours),
            None => println!("{name:<28}{ours:>12.1}{:>16}", "-"),
        }
    }
    let verdict = if slowest < 1000.0 { "met" } else { "missed" };
    println!("1 million points in under 1 s: {verdict} (at most {slowest:.0} ms)");
    Ok(())
}

/// The times of `drawing.py`, by name.
fn matplotlib() -> HashMap<String, f64> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/drawing.py");
    let output = Command::new(python).arg(script).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        return HashMap::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let (name, time) = line.rsplit_once('\t')?;
            Some((name.to_owned(), time.parse().ok()?))
        })
        .collect()
}

fn cases() -> Result<Vec<(&'static str, Chart)>, Box<dyn Error>> {
    let penguins = ferrite_frame::datasets::penguins()?;
    let small = cloud(1_000)?;
    let medium = cloud(100_000)?;
    let large = cloud(1_000_000)?;
    Ok(vec![
        (
            "penguins, three colours",
            chart::scatter(&penguins, "flipper_length_mm", "body_mass_g").color("species"),
        ),
        (
            "penguins, histogram",
            chart::histogram(&penguins, "body_mass_g").bins(20),
        ),
        (
            "penguins, boxes",
            chart::boxplot(&penguins, "species", "body_mass_g"),
        ),
        ("scatter of 1,000", chart::scatter(&small, "x", "y")),
        ("scatter of 100,000", chart::scatter(&medium, "x", "y")),
        ("scatter of 1,000,000", chart::scatter(&large, "x", "y")),
        (
            "scatter of 1,000,000, groups",
            chart::scatter(&large, "x", "y").color("kind"),
        ),
        ("line of 1,000,000", chart::line(&large, "i", "y")),
        (
            "histogram of 1,000,000",
            chart::histogram(&large, "x").bins(60),
        ),
        ("boxes of 1,000,000", chart::boxplot(&large, "kind", "x")),
    ])
}

/// Rows of two numbers that look random, as in `drawing.py`.
fn cloud(rows: usize) -> PolarsResult<DataFrame> {
    let normal = |i: usize| {
        let uniform = |factor: f64| (i as f64 * factor + 0.5 * factor).fract().max(1e-9);
        let radius = (-2.0 * uniform(0.754_877_666_246_692_8).ln()).sqrt();
        let angle = std::f64::consts::TAU * uniform(0.569_840_290_998_053_3);
        (radius * angle.cos(), radius * angle.sin())
    };
    let (x, y): (Vec<f64>, Vec<f64>) = (0..rows).map(normal).unzip();
    df!(
        "i" => (0..rows as i64).collect::<Vec<_>>(),
        "x" => x,
        "y" => y,
        "kind" => (0..rows).map(|i| ["one", "two", "three"][i % 3]).collect::<Vec<_>>(),
    )
}
