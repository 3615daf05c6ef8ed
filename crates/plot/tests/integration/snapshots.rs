//! Whole pictures, so that a change of look shows in review. To look at them,
//! open the files of the gallery example instead.

use ferrite_plot::{Chart, chart};
use polars::prelude::*;

use crate::support::svg;

fn small() -> DataFrame {
    df!(
        "x" => [1.0, 2.0, 3.0, 4.0, 5.0],
        "y" => [Some(1.5), Some(2.0), Some(3.5), Some(3.0), None],
        "kind" => ["odd", "even", "odd", "even", "odd"],
    )
    .expect("columns of one length")
}

fn check(name: &str, chart: &Chart) {
    insta::assert_snapshot!(name, svg(chart));
}

#[test]
fn scatter() {
    check(
        "scatter",
        &chart::scatter(&small(), "x", "y")
            .color("kind")
            .trend()
            .title("Odd and even"),
    );
}

#[test]
fn bar() {
    check("bar", &chart::bar(&small(), "kind", "x").title("Means"));
}

#[test]
fn histogram() {
    check("histogram", &chart::histogram(&small(), "x").size(400, 250));
}

#[test]
fn confusion_matrix() {
    let labels = ["cat", "dog"].map(str::to_owned);
    check(
        "confusion_matrix",
        &chart::confusion_matrix(&labels, &[vec![9, 1], vec![2, 8]]),
    );
}
