//! What a person reads who got it wrong.

use ferrite_display::Show;
use ferrite_plot::{ChartError, chart};
use polars::prelude::*;

use crate::support::{error, penguins};

#[test]
fn a_missing_column_comes_with_the_nearest_name() {
    let expected =
        "no column \"flipper_len_mm\" in this frame; did you mean \"flipper_length_mm\"?";
    let chart = chart::scatter(&penguins(), "flipper_len_mm", "body_mass_g");
    assert!(error(&chart).starts_with(expected), "{}", error(&chart));

    let shown = chart.show();
    assert!(
        shown
            .get("text/plain")
            .unwrap()
            .starts_with(&format!("error: {expected}"))
    );
    assert!(
        shown
            .get("text/html")
            .unwrap()
            .contains("did you mean &quot;flipper_length_mm&quot;?")
    );
    assert_eq!(shown.get("image/svg+xml"), None);

    let coloured = chart::count(&penguins(), "island").color("specie");
    assert!(error(&coloured).contains("did you mean \"species\"?"));
}

#[test]
fn text_has_no_place_on_an_axis_of_numbers() {
    assert_eq!(
        error(&chart::scatter(&penguins(), "body_mass_g", "species")),
        "the y axis needs numbers, but column \"species\" holds str; \
         chart::count draws how often each value occurs"
    );
    assert_eq!(
        error(&chart::histogram(&penguins(), "island")),
        "a histogram needs numbers, but column \"island\" holds str; \
         chart::count draws how often each value occurs"
    );
}

#[test]
fn nothing_to_draw_says_why() {
    let frame = df!("x" => [None::<f64>, Some(f64::NAN)], "y" => [1.0, 2.0]).unwrap();
    for chart in [
        chart::scatter(&frame, "x", "y"),
        chart::line(&frame, "y", "x"),
        chart::histogram(&frame, "x"),
        chart::bar(&frame, "y", "x"),
    ] {
        assert_eq!(
            error(&chart),
            "nothing to draw: 2 rows without a value are not drawn"
        );
    }
    let frame = frame.head(Some(0));
    assert_eq!(
        error(&chart::count(&frame, "y")),
        "nothing to draw: the frame has no rows"
    );
    let frame = df!("x" => [-1.0, 0.0]).unwrap();
    assert_eq!(
        error(&chart::scatter(&frame, "x", "x").log_x()),
        "nothing to draw: 2 rows with a value of zero or less are not on the logarithmic axis"
    );
}

#[test]
fn options_that_would_be_ignored_are_refused() {
    let penguins = penguins();
    assert_eq!(
        error(&chart::count(&penguins, "species").trend()),
        "`.trend()` does not apply to a count chart; it is for scatter and line charts"
    );
    assert_eq!(
        error(&chart::scatter(&penguins, "year", "year").bins(5)),
        "`.bins()` does not apply to a scatter chart; it is for histograms and calibration curves"
    );
    assert_eq!(
        error(&chart::scatter(&penguins, "species", "year").trend()),
        "`.trend()` does not apply to a chart with names on its x axis"
    );
    let labels = ["a".to_owned()];
    assert!(
        error(&chart::confusion_matrix(&labels, &[vec![1]]).color("x"))
            .contains("a confusion matrix")
    );
}

#[test]
fn options_out_of_range_are_refused() {
    let mass = || chart::histogram(&penguins(), "body_mass_g");
    assert_eq!(
        error(&mass().bins(0)),
        "`.bins()` takes a number from 1 to 1000, not 0"
    );
    assert_eq!(
        error(&mass().alpha(2.0)),
        "`.alpha()` takes a number from 0 to 1, not 2"
    );
    assert_eq!(
        error(&mass().alpha(f64::NAN)),
        "`.alpha()` takes a number from 0 to 1, not NaN"
    );
    assert_eq!(
        error(&mass().size(0, 0)),
        "`.size()` takes pixels from 200 × 150 to 4000 × 4000, not 0 × 0"
    );
}

#[test]
fn a_matrix_must_agree_with_its_labels() {
    let labels = ["a", "b"].map(str::to_owned);
    assert_eq!(
        error(&chart::heatmap(&labels, &labels, &[vec![1.0, 2.0]])),
        "2 row labels for 1 row of values"
    );
    assert_eq!(
        error(&chart::confusion_matrix(&labels, &[vec![1, 2], vec![3]])),
        "2 column labels, but row 1 has 1 value"
    );
    assert_eq!(
        error(&chart::heatmap(&[], &[], &[])),
        "a heatmap without cells"
    );
    let many: Vec<String> = (0..200).map(|i| i.to_string()).collect();
    let zeros = vec![vec![0.0; 200]; 200];
    assert_eq!(
        error(&chart::heatmap(&many, &many, &zeros)),
        "200 × 200 cells are more than the 20000 that can be drawn"
    );
}

#[test]
fn files_that_cannot_be_written_are_named() {
    let chart = chart::count(&penguins(), "species");
    let message = |path: &str| chart.save(path).unwrap_err().to_string();
    assert_eq!(
        message("chart.pdf"),
        "a chart is saved as .svg, .png or .html; \"chart.pdf\" is none of them"
    );
    assert_eq!(
        message("chart"),
        "a chart is saved as .svg, .png or .html; \"chart\" is none of them"
    );
    for path in ["/no/such/folder/chart.svg", "/no/such/folder/chart.png"] {
        assert!(matches!(chart.save(path), Err(ChartError::Write { .. })));
        assert!(message(path).starts_with(&format!("cannot write \"{path}\": ")));
    }
}
