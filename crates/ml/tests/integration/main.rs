//! What this crate promises, as a user would try it.

mod errors;
mod metrics;
mod models;
mod pipeline;
mod reference;
mod scores;
mod split;
mod transform;

use ferrite_display::Show;
use ferrite_ml::{
    ColumnTransformer, Estimator, OneHotEncoder, Pipeline, SimpleImputer, StandardScaler,
};
use polars::prelude::*;

/// 344 rows with gaps; the target is `species`.
fn penguins() -> DataFrame {
    ferrite_frame::datasets::penguins().expect("the data set is part of the crate")
}

/// The rows whose position times `keep` is true, in their order.
fn rows(frame: &DataFrame, keep: impl Fn(usize) -> bool) -> DataFrame {
    let mask: BooleanChunked = (0..frame.height()).map(|row| Some(keep(row))).collect();
    frame
        .filter(&mask)
        .expect("the mask has as many rows as the frame")
}

/// Every fourth row for the test, the others for training.
fn every_fourth(frame: &DataFrame) -> (DataFrame, DataFrame) {
    (
        rows(frame, |row| row % 4 != 0),
        rows(frame, |row| row % 4 == 0),
    )
}

/// The pipeline of the front page.
fn front_page(model: impl Estimator + 'static) -> Pipeline {
    Pipeline::new()
        .step(
            "columns",
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
                .categorical([OneHotEncoder::new().into()]),
        )
        .model(model)
}

fn floats(frame: &DataFrame, column: &str) -> Vec<f64> {
    frame
        .column(column)
        .unwrap()
        .f64()
        .unwrap()
        .iter()
        .flatten()
        .collect()
}

fn names(frame: &DataFrame) -> Vec<String> {
    frame
        .columns()
        .iter()
        .map(|column| column.name().to_string())
        .collect()
}

fn shown(value: &impl Show) -> String {
    value
        .show()
        .get("text/plain")
        .expect("a text form is always there")
        .to_owned()
}

fn html(value: &impl Show) -> String {
    value
        .show()
        .get("text/html")
        .expect("a rich result has HTML")
        .to_owned()
}

fn texts(series: &Series) -> Vec<String> {
    series
        .str()
        .unwrap()
        .iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}
