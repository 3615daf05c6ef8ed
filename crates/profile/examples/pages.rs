//! Writes a page with every look of a frame, to be opened in a browser:
//!
//! ```sh
//! cargo run --release --example pages -- looks.html
//! ```

use std::error::Error;
use std::fmt::Write;

use ferrite_display::Show;
use ferrite_frame::{FrameExt, datasets, render};
use ferrite_profile::FrameProfile;
use polars::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "looks.html".to_owned());
    let penguins = datasets::penguins()?;
    let flights = datasets::flights()?;
    let mut page = String::from(
        "<!doctype html><meta charset=\"utf-8\"><style>:root{color-scheme:light dark}\
         body{margin:24px;background:light-dark(#fff,#111)}h3{font:600 15px system-ui;color:light-dark(#000,#eee)}\
         </style>",
    );
    let mut add = |title: &str, bundle: ferrite_display::MimeBundle| {
        let html = bundle.get("text/html").or(bundle.get("text/plain"));
        let _ = write!(page, "<h3>{title}</h3>{}", html.unwrap_or_default());
    };
    add("a frame", render::frame(&penguins));
    add("a long one with times", render::frame(&flights));
    add("a wide one", render::frame(&datasets::breast_cancer()?));
    add("nested", render::frame(&nested()?));
    add("a column", render::column(penguins.column("body_mass_g")?));
    add("a plan", render::lazy_frame(&plan(&flights)));
    add(
        "groups",
        render::group_by(&penguins.group_by_stable(["species", "island"])?),
    );
    add("a schema", render::schema(penguins.schema()));
    add("structs", render::rows(&PEOPLE).unwrap_or_default());
    add("JSON", render::json(&tree()));
    add(
        "a matrix",
        render::array2(
            ferrite_frame::convert::matrix(&datasets::wine()?, &["alcohol", "ash", "proline"])?
                .view(),
        ),
    );
    add("describe", render::frame(&penguins.describe()?));
    add("the profile of the penguins", penguins.profile()?.show());
    add("the profile of the flights", flights.profile()?.show());
    add("the profile of cars", datasets::cars()?.profile()?.show());
    add("the profile of a messy frame", messy()?.profile()?.show());
    std::fs::write(&path, page)?;
    println!(
        "{}",
        messy()?
            .profile()?
            .show()
            .get("text/plain")
            .unwrap_or_default()
    );
    println!(
        "\n{}",
        flights
            .profile()?
            .show()
            .get("text/plain")
            .unwrap_or_default()
    );
    println!("\nwrote {path}");
    Ok(())
}

#[derive(serde::Serialize)]
struct Person {
    name: &'static str,
    born: u16,
    languages: &'static [&'static str],
    height: Option<f64>,
}

const PEOPLE: [Person; 3] = [
    Person {
        name: "Ada",
        born: 1815,
        languages: &["English", "French"],
        height: None,
    },
    Person {
        name: "Grace",
        born: 1906,
        languages: &["COBOL"],
        height: Some(1.66),
    },
    Person {
        name: "Edsger",
        born: 1930,
        languages: &[],
        height: Some(1.8),
    },
];

fn nested() -> PolarsResult<DataFrame> {
    let lists = [
        Series::new("".into(), [1.5, 2.0]),
        Series::new("".into(), [f64::NAN]),
    ];
    let parts = df!("x" => [1, 2], "y" => [Some("a"), None])?.into_struct("point".into());
    DataFrame::new_infer_height(vec![
        Series::new("list".into(), lists).into_column(),
        parts.into_series().into_column(),
        Series::new("day".into(), [19_000, 19_001]).cast(&DataType::Date)?.into_column(),
        Series::new("text".into(), ["企鹅 and a very long text that does not fit into the width of a cell of this table", "two\nlines"]).into_column(),
        Series::new("ratio".into(), [Some(f64::NAN), None]).into_column(),
        Series::new("tiny".into(), [1.5e-9, 3.25]).into_column(),
        Series::new("yes".into(), [true, false]).into_column(),
    ])
}

fn plan(flights: &DataFrame) -> LazyFrame {
    flights
        .clone()
        .lazy()
        .filter(col("dep_delay").gt(lit(60)))
        .group_by([col("carrier")])
        .agg([col("arr_delay").mean(), len().alias("n")])
        .sort(["n"], SortMultipleOptions::default())
}

fn tree() -> serde_json::Value {
    serde_json::json!({
        "name": "penguins", "rows": 344, "licence": null, "open": true,
        "columns": [{"name": "species", "type": "str", "values": ["Adelie", "Chinstrap", "Gentoo"]},
                    {"name": "body_mass_g", "type": "i64", "range": [2700, 6300], "mean": 4201.754}],
        "long": (0..150).collect::<Vec<_>>(),
        "text": "a long text ".repeat(30),
    })
}

fn messy() -> PolarsResult<DataFrame> {
    let rows = 500_i64;
    let n = |f: &dyn Fn(i64) -> f64| (0..rows).map(f).collect::<Vec<f64>>();
    let text = |f: &dyn Fn(i64) -> String| (0..rows).map(f).collect::<Vec<String>>();
    let frame = df!(
        "id" => (1..=rows).collect::<Vec<i64>>(),
        "price" => text(&|i| format!("{}.50", i % 37)),
        "day" => text(&|i| format!("2024-{:02}-{:02}", i % 12 + 1, i % 28 + 1)),
        "country" => text(&|i| ["USA", "usa", "France ", "Spain"][(i % 4) as usize].to_owned()),
        "always" => vec!["same"; rows as usize],
        "rain" => n(&|i| if i % 3 == 0 { (i as f64).sqrt() } else { 0.0 }),
        "income" => n(&|i| ((i * 7919 % 500) as f64 / 60.0).exp() + 1.0),
        "ratio" => n(&|i| match i % 50 { 0 => f64::INFINITY, 1 => f64::NAN, i => i as f64 }),
        "celsius" => n(&|i| (i as f64 / 30.0).sin() * 12.0 + 10.0),
        "fahrenheit" => n(&|i| ((i as f64 / 30.0).sin() * 12.0 + 10.0) * 1.8 + 32.0),
        "churned" => (0..rows).map(|i| i % 40 == 0).collect::<Vec<bool>>(),
        "note" => vec![None::<&str>; rows as usize],
        "sparse" => (0..rows).map(|i| (i % 5 == 0).then_some(i % 9)).collect::<Vec<Option<i64>>>(),
    )?;
    frame.vstack(&frame.head(Some(12)))
}
